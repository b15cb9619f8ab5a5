/*
 * review: what a configuration comes to, in words.
 */
#ifndef REVIEW_H
#define REVIEW_H

#include <stdbool.h>

#include "config.h"

/*
 * Warn of what is no fault and will not do what was meant: files that an
 * application hides, directories that are not there, nothing mapped at all.
 * After config_load(), before names are resolved; nothing is said of a
 * configuration that has faults.
 */
void	review_warn(struct config *conf);

/*
 * What is mapped, a line for each in the order in which it is decided, by the
 * main server, then by each host: "/app/ -> scgi://localhost:4000
 * (file:line)".  Of what can never be reached the line says so.  quick: the
 * command line is the configuration.
 */
void	review_describe(struct config *conf, bool quick,
	    void (*say)(const char *));

#endif
