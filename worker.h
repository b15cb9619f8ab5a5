/*
 * worker: a worker's life (wait, serve, retire) and a request's life (the
 * dispatch loop).
 */
#ifndef WORKER_H
#define WORKER_H

#include <stddef.h>
#include <stdint.h>

struct config;

/*
 * What the master hands to a worker it has forked.  Privileges are given up
 * already, all managed signals are blocked, the log is open, board_mine()
 * is called.
 */
struct worker_birth {
	const struct config	*conf;
	const int		*listeners;	/* non-blocking */
	size_t			 nlisteners;
	int			 lifeline;	/* ends: leave (board.h) */
	int			 bell;		/* one byte wakes the master */
	uint32_t		 generation;
};

/*
 * Live.  Returns the exit code: 0 after a life that was asked to end, 71
 * when it could not begin.
 *
 * Signals: TERM means finish and leave; USR1 (from the master) means give
 * up a connection that has no request now, clients are queueing.  The bell
 * is rung when the worker is ready and when it takes a connection while no
 * other worker of its generation is idle.
 */
int	worker_run(const struct worker_birth *birth);

#endif
