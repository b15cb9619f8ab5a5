/*
 * board: everything that is shared between processes: a line for each
 * worker, and which generations have been told to leave.
 *
 * It never waits and never locks: every word is an atomic of its own, with
 * one writer at a time.  Nothing that is read here is used as an index, a
 * length or a pointer without being checked, because a worker may have
 * written anything.
 */
#include <sys/select.h>

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "board.h"
#include "compat.h"

/* A word that is not lock-free could be left locked by a killed worker. */
_Static_assert(ATOMIC_INT_LOCK_FREE == 2 && sizeof(int) == sizeof(uint32_t),
    "32-bit atomics must be lock-free");

enum {
	SPOOL_UNIT = 64 * 1024,
	BELLS = 16		/* of a queue; who waits has that of its slot */
};

/* A line of its own in the cache, or neighbours slow each other down. */
struct slot {
	_Alignas(64) _Atomic uint32_t	 state;
	_Atomic uint32_t		 generation;
	_Atomic uint32_t		 since_ms;
	_Atomic uint32_t		 requests;
	_Atomic uint32_t		 spool;		/* of SPOOL_UNIT */
	_Atomic uint32_t		 member;	/* id of a tally; 0 */
	_Atomic uint32_t		 waiting;	/* the same */
	_Atomic uint32_t		 waiting_ms;
};

/* Bytes that one slot's workers moved: one writer, so plain words do. */
struct cell {
	volatile uint64_t	 out;
	volatile uint64_t	 in;
	volatile uint64_t	 lead;		/* that they gave it */
};

/* What of a tally is shared. */
struct shared_tally {
	_Alignas(64) _Atomic uint32_t	 flags;
	_Atomic uint32_t		 error_ms;
	_Atomic uint32_t		 errors;
	_Atomic uint32_t		 status;
	_Atomic uint32_t		 elected;
	_Atomic uint32_t		 factor;
	_Atomic uint32_t		 which;		/* copy of addresses */
	struct tally_addresses		 addresses[2];
};

/* A process's handle. */
struct tally {
	struct tally		*next;
	char			*key;
	uint32_t		 id;		/* from 1 */
	bool			 marked;
	int			 bell[BELLS][2];	/* -1: not open */
	struct shared_tally	*shared;
	_Atomic uint32_t	*places;	/* slot + 1, 0 is free */
	struct cell		*cells;		/* by slot */
};

struct board {
	_Alignas(64) _Atomic uint32_t	 retired_before;
	_Atomic uint32_t		 retired_one;
	_Atomic uint32_t		 used;		/* slots ever taken */
	struct slot			 slot[];
};

static struct board *board;
static size_t nslots;
static struct slot *mine;
static size_t my_number;
static struct tally *tallies;
static uint32_t last_id;

static size_t
bytes_for(size_t nslot)
{
	return sizeof(struct board) + nslot * sizeof(struct slot);
}

/*
 * Read what another process wrote, in any order: no word stands for another.
 */
static uint32_t
get(const _Atomic uint32_t *word)
{
	return atomic_load_explicit(word, memory_order_relaxed);
}

static void
put(_Atomic uint32_t *word, uint32_t value)
{
	atomic_store_explicit(word, value, memory_order_relaxed);
}

int
board_init(size_t nslot)
{
	struct board *fresh;

	if (nslot == 0 || nslot > UINT32_MAX / sizeof(struct slot)) {
		errno = EINVAL;
		return -1;
	}
	if ((fresh = compat_share(bytes_for(nslot))) == NULL)
		return -1;
	if (board != NULL)
		compat_unshare(board, bytes_for(nslots));
	board = fresh;
	nslots = nslot;
	mine = NULL;
	return 0;
}

/*
 * How many slots are worth a look.  The word is the master's, but every
 * worker can write it.
 */
static size_t
used_slots(void)
{
	size_t n;

	n = get(&board->used);
	return n < nslots ? n : nslots;
}

/* Has slot i waited longer than slot than? */
static bool
is_before(size_t i, size_t than)
{
	int32_t before;

	before = (int32_t)(get(&board->slot[than].waiting_ms) -
	    get(&board->slot[i].waiting_ms));
	return before > 0 || (before == 0 && i < than);
}

/* The slot that has waited longest; nslots: none does. */
static size_t
find_first(const struct tally *t)
{
	size_t first, i, n;

	first = nslots;
	n = used_slots();
	for (i = 0; i < n; i++)
		if (atomic_load(&board->slot[i].waiting) == t->id &&
		    (first == nslots || is_before(i, first)))
			first = i;
	return first;
}

/*
 * Only when somebody waits, or what nobody has read would keep the next one
 * awake.  Who comes to wait tells so before it looks for a place, and the
 * place was freed before we look here: one of the two sees the other.
 */
static void
ring(const struct tally *t)
{
	ssize_t n;
	size_t first;

	first = find_first(t);
	if (first == nslots)
		return;
	/* A full pipe has woken whoever waits already. */
	n = write(t->bell[first % BELLS][1], "", 1);
	(void)n;
}

static void
wipe(struct slot *s)
{
	put(&s->since_ms, 0);
	put(&s->requests, 0);
	put(&s->spool, 0);
	put(&s->member, 0);
	put(&s->waiting, 0);
}

/* What a killed worker had taken. */
static void
free_places(size_t slot)
{
	struct tally *t;
	size_t i;

	for (t = tallies; t != NULL; t = t->next)
		for (i = 0; i < nslots; i++)
			if (get(&t->places[i]) == slot + 1) {
				atomic_store(&t->places[i], 0);
				ring(t);
			}
}

void
board_take(size_t i, uint32_t generation)
{
	if (i >= nslots)
		abort();
	wipe(&board->slot[i]);
	put(&board->slot[i].generation, generation);
	put(&board->slot[i].state, SLOT_STARTING);
	if (i >= get(&board->used))
		put(&board->used, (uint32_t)i + 1);
}

void
board_clear(size_t i)
{
	if (i >= nslots)
		abort();
	put(&board->slot[i].state, SLOT_EMPTY);
	put(&board->slot[i].generation, 0);
	wipe(&board->slot[i]);
	free_places(i);
}

/*
 * The order matters to the worker that sees its lifeline end: what was
 * written before the pipe was closed must be there when it looks.
 */
void
board_retire_before(uint32_t generation)
{
	atomic_store(&board->retired_before, generation);
}

void
board_retire_one(uint32_t generation)
{
	atomic_store(&board->retired_one, generation);
}

bool
board_is_retired(uint32_t generation)
{
	return generation < atomic_load(&board->retired_before) ||
	    generation == atomic_load(&board->retired_one);
}

void
board_mine(size_t i)
{
	if (i >= nslots)
		abort();
	mine = &board->slot[i];
	my_number = i;
}

void
board_mine_checker(void)
{
	mine = NULL;
	my_number = nslots;
}

void
board_clear_checker(void)
{
	free_places(nslots);
}

/*
 * Two workers that become busy at the same time must not both take the other
 * for idle, or nobody rings the bell: this store and the loads of
 * board_any_idle() are in one order for all.
 */
void
board_set_state(enum slot_state s, uint32_t now_ms)
{
	put(&mine->since_ms, now_ms);
	atomic_store(&mine->state, (uint32_t)s);
}

static void
count(_Atomic uint32_t *word)
{
	put(word, get(word) + 1);
}

void
board_count_request(void)
{
	count(&mine->requests);
}

void
board_set_spool(uint64_t bytes)
{
	uint64_t units;

	units = bytes / SPOOL_UNIT + (bytes % SPOOL_UNIT != 0);
	put(&mine->spool, units > UINT32_MAX ? UINT32_MAX : (uint32_t)units);
}

uint64_t
board_spool_total(void)
{
	uint64_t sum;
	size_t i, n;

	sum = 0;
	n = used_slots();
	for (i = 0; i < n; i++)
		sum += get(&board->slot[i].spool);
	return sum * SPOOL_UNIT;
}

bool
board_any_idle(uint32_t generation)
{
	const struct slot *s;
	size_t i, n;

	n = used_slots();
	for (i = 0; i < n; i++) {
		s = &board->slot[i];
		if (atomic_load(&s->state) == SLOT_IDLE &&
		    get(&s->generation) == generation)
			return true;
	}
	return false;
}

void
board_shares(uint32_t generation, int *idle, int *busy)
{
	const struct slot *s;
	size_t all, free_ones, i, n;

	n = used_slots();
	all = free_ones = 0;
	for (i = 0; i < n; i++) {
		s = &board->slot[i];
		if (get(&s->generation) != generation ||
		    atomic_load(&s->state) == SLOT_EMPTY)
			continue;
		all++;
		if (atomic_load(&s->state) == SLOT_IDLE)
			free_ones++;
	}
	*idle = all == 0 ? 0 : (int)(free_ones * 100 / all);
	*busy = all == 0 ? 0 : 100 - *idle;
}

void
board_look(size_t i, struct slot_view *v)
{
	const struct slot *s;
	uint32_t state;

	*v = (struct slot_view){ SLOT_EMPTY, 0, 0 };
	if (i >= nslots)
		return;
	s = &board->slot[i];
	state = get(&s->state);
	v->state = state > SLOT_LEAVING ? SLOT_SERVING :
	    (enum slot_state)state;
	v->since_ms = get(&s->since_ms);
	v->requests = get(&s->requests);
}

/*
 * Tallies.
 */

static size_t
tally_bytes(void)
{
	return sizeof(struct shared_tally) + nslots * (sizeof(struct cell) +
	    sizeof(_Atomic uint32_t));
}

static void
close_bells(struct tally *t)
{
	size_t i;

	for (i = 0; i < BELLS; i++) {
		if (t->bell[i][0] != -1)
			close(t->bell[i][0]);
		if (t->bell[i][1] != -1)
			close(t->bell[i][1]);
		t->bell[i][0] = t->bell[i][1] = -1;
	}
}

static void
free_tally(struct tally *t)
{
	if (t->shared != NULL)
		compat_unshare(t->shared, tally_bytes());
	close_bells(t);
	free(t->key);
	free(t);
}

/*
 * The low numbers are for what the master waits for in pselect(2): there are
 * many bells, and they are polled.
 */
static int
move_up(int fd)
{
	int up;

	if ((up = fcntl(fd, F_DUPFD_CLOEXEC, FD_SETSIZE)) == -1)
		return fd;
	close(fd);
	return up;
}

static int
open_bell(int bell[2])
{
	int i;

	if (compat_pipe(bell) == -1) {
		bell[0] = bell[1] = -1;
		return -1;
	}
	for (i = 0; i < 2; i++) {
		bell[i] = move_up(bell[i]);
		if (fcntl(bell[i], F_SETFL, O_NONBLOCK) == -1)
			return -1;
	}
	return 0;
}

static struct tally *
make_tally(const char *key)
{
	struct tally *t;
	size_t i;

	if ((t = calloc(1, sizeof(*t))) == NULL)
		return NULL;
	for (i = 0; i < BELLS; i++)
		t->bell[i][0] = t->bell[i][1] = -1;
	t->key = strdup(key);
	t->shared = compat_share(tally_bytes());
	if (t->key == NULL || t->shared == NULL) {
		free_tally(t);
		return NULL;
	}
	t->cells = (struct cell *)(t->shared + 1);
	t->places = (_Atomic uint32_t *)(t->cells + nslots);
	t->id = ++last_id;
	return t;
}

int
board_open_bells(struct tally *t)
{
	size_t i;

	for (i = 0; i < BELLS && t->bell[i][0] == -1; i++)
		if (open_bell(t->bell[i]) == -1) {
			close_bells(t);
			return -1;
		}
	return 0;
}

struct tally *
board_find_tally(const char *key)
{
	struct tally *t;

	for (t = tallies; t != NULL; t = t->next)
		if (strcmp(t->key, key) == 0)
			break;
	return t;
}

struct tally *
board_tally(const char *key)
{
	struct tally *t;

	if ((t = board_find_tally(key)) == NULL &&
	    (t = make_tally(key)) != NULL) {
		t->next = tallies;
		tallies = t;
	}
	if (t != NULL)
		t->marked = true;
	return t;
}

void
board_mark_tallies(void)
{
	struct tally *t;

	for (t = tallies; t != NULL; t = t->next)
		t->marked = false;
}

/* Does a worker of an older generation still serve or wait there? */
static bool
is_used(const struct tally *t)
{
	const struct slot *s;
	size_t i;

	for (i = 0; i < nslots; i++) {
		s = &board->slot[i];
		if (get(&t->places[i]) != 0 || get(&s->member) == t->id ||
		    get(&s->waiting) == t->id)
			return true;
	}
	return false;
}

void
board_sweep_tallies(void)
{
	struct tally *t, **p;

	for (p = &tallies; (t = *p) != NULL;) {
		if (t->marked || is_used(t)) {
			/* Who is not asked any more falls behind. */
			if (!t->marked)
				board_change_flags(t, 0, TALLY_COUNTED);
			p = &t->next;
			continue;
		}
		*p = t->next;
		free_tally(t);
	}
}

uint32_t
board_flags(const struct tally *t)
{
	return atomic_load(&t->shared->flags);
}

uint32_t
board_change_flags(struct tally *t, uint32_t set, uint32_t clear)
{
	uint32_t was;

	was = atomic_load(&t->shared->flags);
	while (!atomic_compare_exchange_weak(&t->shared->flags, &was,
	    (was | set) & ~clear))
		continue;
	return was;
}

void
board_set_error(struct tally *t, uint32_t now_ms)
{
	put(&t->shared->error_ms, now_ms);
	atomic_fetch_add(&t->shared->errors, 1);
}

uint32_t
board_error_ms(const struct tally *t)
{
	return get(&t->shared->error_ms);
}

uint32_t
board_errors(const struct tally *t)
{
	return get(&t->shared->errors);
}

int32_t
board_add_status(struct tally *t, int32_t delta)
{
	return (int32_t)(atomic_fetch_add(&t->shared->status,
	    (uint32_t)delta) + (uint32_t)delta);
}

void
board_count_elected(struct tally *t)
{
	atomic_fetch_add(&t->shared->elected, 1);
}

uint32_t
board_elected(const struct tally *t)
{
	return get(&t->shared->elected);
}

void
board_count_bytes(struct tally *t, uint64_t out, uint64_t in)
{
	t->cells[my_number].out += out;
	t->cells[my_number].in += in;
}

void
board_sum_bytes(const struct tally *t, uint64_t *out, uint64_t *in)
{
	size_t i, n;

	*out = *in = 0;
	n = used_slots();
	for (i = 0; i < n; i++) {
		*out += t->cells[i].out;
		*in += t->cells[i].in;
	}
}

void
board_add_lead(struct tally *t, uint64_t delta)
{
	t->cells[my_number].lead += delta;
}

uint64_t
board_sum_lead(const struct tally *t)
{
	uint64_t lead;
	size_t i, n;

	lead = 0;
	n = used_slots();
	for (i = 0; i < n; i++)
		lead += t->cells[i].lead;
	return lead;
}

uint32_t
board_factor(const struct tally *t)
{
	return get(&t->shared->factor);
}

uint32_t
board_swap_factor(struct tally *t, uint32_t factor)
{
	return atomic_exchange(&t->shared->factor, factor);
}

void
board_set_member(const struct tally *t)
{
	put(&mine->member, t == NULL ? 0 : t->id);
}

uint32_t
board_busy(const struct tally *t)
{
	uint32_t busy;
	size_t i, n;

	busy = 0;
	n = used_slots();
	for (i = 0; i < n; i++)
		if (get(&board->slot[i].member) == t->id)
			busy++;
	return busy;
}

/*
 * Places behind the limit are taken by a generation that had a higher one:
 * until they are free the limit holds by counting.
 */
static bool
is_over(const struct tally *t, uint32_t limit)
{
	uint32_t i, behind, taken;

	behind = taken = 0;
	for (i = 0; i < nslots; i++)
		if (get(&t->places[i]) != 0) {
			taken++;
			behind += i >= limit;
		}
	return behind > 0 && taken >= limit;
}

bool
board_take_place(struct tally *t, uint32_t limit)
{
	uint32_t i, none;

	for (i = 0; i < nslots; i++)
		if (get(&t->places[i]) == my_number + 1)
			return true;
	if (is_over(t, limit))
		return false;
	for (i = 0; i < limit && i < nslots; i++) {
		none = 0;
		if (atomic_compare_exchange_strong(&t->places[i], &none,
		    (uint32_t)my_number + 1))
			return true;
	}
	return false;
}

void
board_release_place(struct tally *t)
{
	size_t i;

	for (i = 0; i < nslots; i++)
		if (get(&t->places[i]) == my_number + 1) {
			atomic_store(&t->places[i], 0);
			ring(t);
			return;
		}
}

bool
board_has_place(const struct tally *t, uint32_t limit)
{
	uint32_t i;

	for (i = 0; i < limit && i < nslots; i++)
		if (get(&t->places[i]) == 0)
			return !is_over(t, limit);
	return false;
}

void
board_set_waiting(const struct tally *t, uint32_t now_ms)
{
	put(&mine->waiting_ms, now_ms);
	atomic_store(&mine->waiting, t == NULL ? 0 : t->id);
}

uint32_t
board_count_ahead(const struct tally *t)
{
	uint32_t ahead;
	size_t i, n;

	ahead = 0;
	n = used_slots();
	for (i = 0; i < n; i++)
		if (i != my_number && is_before(i, my_number) &&
		    atomic_load(&board->slot[i].waiting) == t->id)
			ahead++;
	return ahead;
}

void
board_pass_on(const struct tally *t, uint32_t limit)
{
	if (board_has_place(t, limit))
		ring(t);
}

uint32_t
board_waiting(const struct tally *t)
{
	uint32_t waiting;
	size_t i, n;

	waiting = 0;
	n = used_slots();
	for (i = 0; i < n; i++)
		if (atomic_load(&board->slot[i].waiting) == t->id)
			waiting++;
	return waiting;
}

uint32_t
board_all_waiting(void)
{
	uint32_t waiting;
	size_t i, n;

	waiting = 0;
	n = used_slots();
	for (i = 0; i < n; i++)
		waiting += get(&board->slot[i].waiting) != 0;
	return waiting;
}

int
board_place_bell(const struct tally *t)
{
	return t->bell[my_number % BELLS][0];
}

void
board_answer_bell(const struct tally *t)
{
	char bytes[64];

	while (read(board_place_bell(t), bytes, sizeof(bytes)) ==
	    (ssize_t)sizeof(bytes))
		continue;
}

/*
 * The copy that nobody reads is written, then the index says so.  A reader
 * that is slower than two changes sees a mixture, of addresses that are
 * checked when they are used.
 */
void
board_set_addresses(struct tally *t, const struct tally_addresses *from)
{
	uint32_t other;

	other = (get(&t->shared->which) + 1) & 1;
	t->shared->addresses[other] = *from;
	atomic_store(&t->shared->which, other);
}

void
board_get_addresses(const struct tally *t, struct tally_addresses *to)
{
	uint32_t i;

	*to = t->shared->addresses[atomic_load(&t->shared->which) & 1];
	if (to->n > TALLY_ADDRESSES)
		to->n = TALLY_ADDRESSES;
	for (i = 0; i < to->n; i++)
		if (to->length[i] > sizeof(to->address[i]))
			to->n = i;
}
