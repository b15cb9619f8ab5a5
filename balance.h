/*
 * balance: balancer -> member.  Policy only, over counters on the board.
 */
#ifndef BALANCE_H
#define BALANCE_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"

struct balancer;
struct fields;
struct member;

/* What a request asks of a balancer, and what came of it. */
struct balance {
	const struct balancer	*balancer;
	bool			*tried;		/* by the order of members */
	bool			*competes;	/* the same: in this election */
	struct str		 sticky;	/* cookie or parameter that
						 * names a route; absent */
	const struct member	*queued;	/* in whose queue it stands;
						 * counts as full; NULL */
	struct str		 route;		/* asked for; absent */
	bool			 changed;	/* another one was taken, or
						 * none was asked for */
};

/*
 * Begin with a request: find the route that it asks for (httpd), in the
 * parameters of the path, in the query, then in the Cookie.  0, or -1: the
 * arena is full.
 */
int	balance_begin(struct balance *c, const struct balancer *b,
	    struct str path, struct str query, const struct fields *request,
	    struct arena *a);

/*
 * The member that is asked next, none twice; NULL: there is none.  now:
 * io_now().  open: only members that have a free place; one that has none is
 * usable, and waited for rather than replaced by spares, standbys or a later
 * set.  The rules are httpd's: the sticky route, then set by set the method's
 * choice among usable members and as many spares as others are not, then
 * standbys.  At the first call members that are all in error are all tried
 * again, unless forcerecovery=Off.
 */
const struct member	*balance_pick(struct balance *c, int64_t now,
			    bool open);

/* How many members have been chosen. */
unsigned	balance_count_tried(const struct balance *c);

/* Take back a choice: the member may be chosen again. */
void	balance_unpick(struct balance *c, const struct member *m);

/* May the member be asked now?  One in error may when retry= is over. */
bool	balance_is_usable(const struct member *m, int64_t now);

/*
 * The member could not be reached, or has said a status of failonstatus: it
 * is in error for retry=, unless it ignores errors or stands alone.  True:
 * this is news for the log.
 */
bool	balance_blame(const struct member *m, int64_t now);

/*
 * It has been reached, by a connection of that time (io_now()); one older
 * than the last error says nothing.  True: it was said to be down.
 */
bool	balance_praise(const struct member *m, int64_t reached);

/* Seconds until the first member in error is tried again, at least 1. */
int	balance_retry_after(const struct balancer *b, int64_t now);

#endif
