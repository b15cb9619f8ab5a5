/*
 * board: everything that is shared between processes.  One mapping for the
 * master's life with 2 x ServerLimit slots (serving and leaving workers);
 * one writer a slot: its worker, or the master while it has none.  All
 * words are lock-free 32-bit atomics, so that nothing a killed worker could
 * leave behind is ever locked.
 */
#ifndef BOARD_H
#define BOARD_H

#include <sys/types.h>
#include <sys/socket.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum slot_state {
	SLOT_EMPTY,		/* no worker */
	SLOT_STARTING,		/* forked, not ready */
	SLOT_IDLE,		/* waits for a connection */
	SLOT_READING,		/* reads a request */
	SLOT_SERVING,		/* works on one, or sends the answer */
	SLOT_KEEPALIVE,		/* holds a connection without a request */
	SLOT_CLOSING,		/* lingering close */
	SLOT_LEAVING		/* has no listener any more */
};

/*
 * The mapping for nslot slots, made once by the master.  0, or -1 errno.
 */
int	board_init(size_t nslot);

/*
 * Master: take slot i for a worker of a generation, counted from 1 (state
 * STARTING), and clear all that a dead worker left in it (state EMPTY).
 */
void	board_take(size_t i, uint32_t generation);
void	board_clear(size_t i);

/*
 * Master: workers of generations before this one shall leave; workers of
 * this one alone shall (one that never came into its own).  A worker whose
 * lifeline ends compares: not retired means that the master is gone.
 */
void	board_retire_before(uint32_t generation);
void	board_retire_one(uint32_t generation);
bool	board_is_retired(uint32_t generation);

/*
 * Worker: which slot is mine.  To be called once, after fork.  The checker
 * has no slot, but places like a worker; board_clear_checker() is the
 * master's, and gives back those of one that was killed.
 */
void	board_mine(size_t i);
void	board_mine_checker(void);
void	board_clear_checker(void);

/* Worker: my state since now_ms (io_now() cut to 32 bits). */
void	board_set_state(enum slot_state s, uint32_t now_ms);

/* Worker: one more request. */
void	board_count_request(void);

/* Worker: bytes of temporary files in use, as a multiple of 64 KiB. */
void	board_set_spool(uint64_t bytes);

/* Any process: bytes of temporary files in use by all workers. */
uint64_t	board_spool_total(void);

/* Anyone: a worker of this generation that waits for a connection? */
bool	board_any_idle(uint32_t generation);

/*
 * Anyone: how many percent of the workers of this generation wait for a
 * connection, and how many do not (httpd's %i and %b).
 */
void	board_shares(uint32_t generation, int *idle, int *busy);

/*
 * One slot, copied once and range-checked (an unknown state reads as
 * SERVING, a slot that does not exist as EMPTY).
 */
struct slot_view {
	enum slot_state	 state;
	uint32_t	 since_ms;
	uint32_t	 requests;
};
void	board_look(size_t i, struct slot_view *v);

/*
 * Tallies: what all processes know of one application.  Each is a mapping of
 * its own, made by the master before the fork that first needs it, and
 * inherited by every generation that has an application of the same key: so
 * its state outlives a reload, and its limit holds over all generations.
 */
struct tally;

/* State that changes while we run. */
enum {
	TALLY_ERROR = 1,	/* has failed (httpd: E) */
	TALLY_CHECK_FAILED = 2,	/* a health check has (httpd: C) */
	TALLY_TOLD_DOWN = 4,	/* the log says that it is down */
	TALLY_ASK_NAME = 8,	/* its name should be looked up again */
	TALLY_COUNTED = 16	/* its bytes are on a level with the others' */
};

enum { TALLY_ADDRESSES = 8 };

/* The addresses of an application. */
struct tally_addresses {
	uint32_t		 n;
	struct sockaddr_storage	 address[TALLY_ADDRESSES];
	socklen_t		 length[TALLY_ADDRESSES];
};

/*
 * Master: the tally of that key, made if there is none.  NULL with errno.
 * It belongs to the board; board_sweep_tallies() gives those back that were
 * not asked for since board_mark_tallies() and that no worker uses.
 */
struct tally	*board_tally(const char *key);
struct tally	*board_find_tally(const char *key);	/* or NULL */
void		 board_mark_tallies(void);
void		 board_sweep_tallies(void);

/* The state; change it (first set, then clear) and learn what it was. */
uint32_t	board_flags(const struct tally *t);
uint32_t	board_change_flags(struct tally *t, uint32_t set,
		    uint32_t clear);

/* When it was last in error (io_now() cut to 32 bits), and how often. */
void		board_set_error(struct tally *t, uint32_t now_ms);
uint32_t	board_error_ms(const struct tally *t);
uint32_t	board_errors(const struct tally *t);

/* httpd's lbstatus; add to it and learn the sum.  Wraps around. */
int32_t		board_add_status(struct tally *t, int32_t delta);

/* One more election; how many there were. */
void		board_count_elected(struct tally *t);
uint32_t	board_elected(const struct tally *t);

/* Worker: bytes to and from it.  Anyone: the sums of all workers. */
void		board_count_bytes(struct tally *t, uint64_t out,
		    uint64_t in);
void		board_sum_bytes(const struct tally *t, uint64_t *out,
		    uint64_t *in);

/*
 * Worker: what its bytes are ahead of what they are, by the method that
 * compares them; adds up and wraps around.  Anyone: the sum of all workers.
 */
void		board_add_lead(struct tally *t, uint64_t delta);
uint64_t	board_sum_lead(const struct tally *t);

/* The factor that its bytes were divided by last; 0: none yet. */
uint32_t	board_factor(const struct tally *t);
uint32_t	board_swap_factor(struct tally *t, uint32_t factor);

/* Worker: it serves a request there, or (NULL) nowhere.  Anyone: how many. */
void		board_set_member(const struct tally *t);
uint32_t	board_busy(const struct tally *t);

/*
 * Places.  A worker takes one of so many by one step that is also the owning:
 * what a killed one had, board_clear() gives back.  Taking what is had
 * already succeeds.
 */
bool		board_take_place(struct tally *t, uint32_t limit);
void		board_release_place(struct tally *t);

/* Is one of so many places free? */
bool		board_has_place(const struct tally *t, uint32_t limit);

/*
 * The queue for places.  Worker: I wait for one since now_ms, or (NULL) for
 * none any more.  How many have waited longer than I?  Anyone: how many wait.
 */
void		board_set_waiting(const struct tally *t, uint32_t now_ms);
uint32_t	board_count_ahead(const struct tally *t);
uint32_t	board_waiting(const struct tally *t);
uint32_t	board_all_waiting(void);	/* in all queues */

/*
 * Who leaves the queue, with a place or without: if one is free the next in
 * line is woken, because what was rung before may have been for it.
 */
void		board_pass_on(const struct tally *t, uint32_t limit);

/*
 * Master: the bells of a queue, before the fork of who may wait in it; once
 * they are open nothing is done.  0, or -1 with errno.
 */
int		board_open_bells(struct tally *t);

/*
 * Worker: my bell is readable when it may be my turn, until it is answered.
 * Slots share bells: who has others ahead leaves it to them to answer.
 */
int		board_place_bell(const struct tally *t);
void		board_answer_bell(const struct tally *t);

/* Master or checker, one at a time: addresses.  Anyone: a copy; ->n is 0
 * when none is known. */
void		board_set_addresses(struct tally *t,
		    const struct tally_addresses *from);
void		board_get_addresses(const struct tally *t,
		    struct tally_addresses *to);

#endif
