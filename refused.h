/*
 * refused: the names of httpd that are not here, and what to use instead.
 */
#ifndef REFUSED_H
#define REFUSED_H

#include <stddef.h>

#include "config.h"

/* The list, to be handed to config_load(), and how many rows it has. */
extern const struct config_absent	refused[];
extern const size_t			nrefused;

#endif
