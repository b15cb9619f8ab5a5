/*
 * foreign: is a text the configuration of another server?
 */
#ifndef FOREIGN_H
#define FOREIGN_H

#include "buf.h"

/*
 * Whose language the text is in, by the look of its lines: "nginx",
 * "lighttpd", "Caddy" or "uwsgi" (and the like, with [sections]).  NULL: it
 * may be httpd's.  No text that httpd can read is taken for another's: one
 * section in pointed brackets is enough.
 */
const char	*foreign_language(struct str text);

#endif
