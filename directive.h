/*
 * directive: the table of directives.  Nothing else knows a directive's
 * name; the setters hand arguments to the rooms that compile them.
 */
#ifndef DIRECTIVE_H
#define DIRECTIVE_H

#include <stddef.h>

#include "config.h"

/* The table, and how many rows it has. */
extern const struct directive	directives[];
extern const size_t		ndirectives;

/* Defaults; to be handed to config_load().  0, or -1 (out of memory). */
int	directive_begin(struct config *conf);

/*
 * What only can be checked when all lines are read: limits of the pool that
 * contradict each other, mappings, that the spool directory is there.
 */
void	directive_finish(struct config *conf);

/*
 * Can that be the url of an application: "scgi://host[:port][/path]",
 * "unix:/path[|scgi://name[/path]]"?  NULL, or what is wrong with it, in the
 * arena.
 */
const char	*directive_check_url(struct arena *a, const char *url);

/*
 * -l in place of Listen: forget what is listened on, then add to it, as if
 * the file had said so.  argv, "8080", "127.0.0.1:8080", "[::]:80" or
 * "unix:/path" with further words, must live as long as conf.  NULL, or what
 * is wrong.
 */
void		 directive_forget_listens(struct config *conf);
const char	*directive_add_listen(struct config *conf, int argc,
		    const char *const *argv);

#endif
