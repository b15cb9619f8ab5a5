/*
 * health: the checker, a process that watches the members of balancers and
 * looks their names up, so that no worker has to.
 */
#ifndef HEALTH_H
#define HEALTH_H

#include <stdbool.h>

struct config;

/* Is there something to watch: hcmethod=, or a name that may change? */
bool	health_is_wanted(const struct config *conf);

/*
 * Live.  lifeline: its end asks to leave, as TERM does.  renamed: look all
 * names up at once, because the configuration was read again.  Returns the
 * exit code, 0.
 */
int	health_run(const struct config *conf, int lifeline, bool renamed);

#endif
