/*
 * refused: the names of httpd that are not here, and what to use instead.
 */
#ifndef REFUSED_H
#define REFUSED_H

#include <stddef.h>

#include "config.h"

/*
 * The table, and how many rows it has: of the kinds DIRECTIVE_IGNORED and
 * DIRECTIVE_REFUSED only.  No name is in directive.c's table too.
 */
extern const struct directive	refused[];
extern const size_t		nrefused;

#endif
