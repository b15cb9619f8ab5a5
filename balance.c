/*
 * balance: which member of a balancer gets a request.
 *
 * Policy only: it connects to nothing, logs nothing and keeps nothing of its
 * own.  What it knows stands on the board, where all workers see it.
 */
#include <stddef.h>
#include <string.h>

#include "balance.h"
#include "board.h"
#include "buf.h"
#include "config.h"
#include "http.h"

enum { SKEW = 60 * 60 * 1000 };	/* ms by which an error may be later */

/*
 * State.
 */

/*
 * ms since the last error, 0 when it came later.  The clock of the board
 * wraps around after 49 days.
 */
static uint32_t
since_error(const struct member *m, int64_t now)
{
	uint32_t ms;

	ms = (uint32_t)now - board_error_ms(m->tally);
	return ms > UINT32_MAX - SKEW ? 0 : ms;
}

/* httpd: a member in error is offered a retry whenever it is looked at. */
static void
offer_retry(const struct member *m, int64_t now)
{
	if ((board_flags(m->tally) & TALLY_ERROR) == 0 ||
	    (m->status & STATUS_STOPPED) != 0)
		return;
	if ((m->status & STATUS_IGNORE) != 0 ||
	    since_error(m, now) >= (uint32_t)m->retry)
		board_change_flags(m->tally, 0, TALLY_ERROR);
}

/* What a checker said counts only while there is one. */
static bool
has_failed_check(const struct member *m)
{
	return m->check != CHECK_NONE &&
	    (board_flags(m->tally) & TALLY_CHECK_FAILED) != 0;
}

bool
balance_is_usable(const struct member *m, int64_t now)
{
	if ((m->status & (STATUS_DISABLED | STATUS_STOPPED)) != 0)
		return false;
	offer_retry(m, now);
	return (board_flags(m->tally) & TALLY_ERROR) == 0 &&
	    !has_failed_check(m);
}

bool
balance_blame(const struct member *m, int64_t now)
{
	uint32_t was;

	if (m->balancer == NULL || (m->status & STATUS_IGNORE) != 0)
		return false;
	board_set_error(m->tally, (uint32_t)now);
	was = board_change_flags(m->tally, TALLY_ERROR | TALLY_TOLD_DOWN,
	    TALLY_COUNTED);
	return (was & TALLY_TOLD_DOWN) == 0;
}

bool
balance_praise(const struct member *m, int64_t reached)
{
	uint32_t was;

	if ((board_flags(m->tally) & (TALLY_ERROR | TALLY_TOLD_DOWN)) == 0)
		return false;
	/* A connection of before the error says nothing of what is now. */
	if (since_error(m, reached) == 0)
		return false;
	/* Up again is what the next check will say. */
	if (has_failed_check(m))
		return false;
	was = board_change_flags(m->tally, 0, TALLY_ERROR | TALLY_TOLD_DOWN);
	return (was & TALLY_TOLD_DOWN) != 0;
}

int
balance_retry_after(const struct balancer *b, int64_t now)
{
	const struct member *m;
	uint32_t ms;
	int left, least;

	least = 60 * 1000;
	for (m = b->members; m != NULL; m = m->sibling) {
		if ((m->status & STATUS_IGNORE) != 0 && (m->status &
		    (STATUS_DISABLED | STATUS_STOPPED)) == 0)
			least = 0;
		if ((board_flags(m->tally) & TALLY_ERROR) == 0)
			continue;
		ms = since_error(m, now);
		left = ms < (uint32_t)m->retry ? m->retry - (int)ms : 0;
		if (left < least)
			least = left;
	}
	return least <= 1000 ? 1 : least / 1000 + (least % 1000 != 0);
}

/*
 * All that could be used are in error: none of them can be worse than no
 * answer.  Those that are disabled do not count.
 */
static void
recover(const struct balancer *b, int64_t now)
{
	const struct member *m;
	bool any;

	any = false;
	for (m = b->members; m != NULL; m = m->sibling) {
		if ((m->status & (STATUS_DISABLED | STATUS_STOPPED)) != 0)
			continue;
		if (balance_is_usable(m, now))
			return;
		any |= (board_flags(m->tally) & TALLY_ERROR) != 0;
	}
	for (m = b->members; any && m != NULL; m = m->sibling)
		if ((m->status & STATUS_STOPPED) == 0)
			board_change_flags(m->tally, 0, TALLY_ERROR);
}

/*
 * Sticky sessions.
 */

/* The value behind "name=" at s, up to one of ends; absent: another name. */
static struct str
value_at(struct str s, struct str name, const char *ends)
{
	struct str value;
	size_t n;

	if (!str_starts(s, name))
		return STR_NONE;
	value = str_from(s, name.n);
	while (value.n > 0 && value.p[0] == ' ')
		value = str_from(value, 1);
	if (value.n == 0 || value.p[0] != '=')
		return STR_NONE;
	value = str_from(value, 1);
	for (n = 0; n < value.n && strchr(ends, value.p[n]) == NULL; n++)
		continue;
	return str_head(value, n);
}

/* The first value of a name that stands behind one of before. */
static struct str
find_value(struct str s, struct str name, const char *before,
    const char *ends)
{
	struct str value;
	size_t i;

	for (i = 0; i < s.n; i++) {
		if (i > 0 && strchr(before, s.p[i - 1]) == NULL)
			continue;
		value = value_at(str_from(s, i), name, ends);
		if (value.p != NULL)
			return value;
	}
	return STR_NONE;
}

/* Of the path: behind a semicolon only, whole names. */
static struct str
find_in_path(const struct balancer *b, struct str path)
{
	size_t n;

	n = str_chr(path, ';');
	return find_value(str_from(path, n + 1), str_of(b->param), ";&",
	    b->semicolon == 1 ? "/?&;" : "/?&");
}

static struct str
find_in_query(const struct balancer *b, struct str query)
{
	bool semicolon;

	semicolon = b->semicolon == 1;
	return find_value(query, str_of(b->param), semicolon ? "&;" : "&",
	    semicolon ? "&;" : "&");
}

static struct str
find_in_cookies(const struct balancer *b, const struct fields *request)
{
	struct str value;
	size_t i;

	for (i = 0; i < request->n; i++) {
		if (!str_caseeq(request->v[i].name, STR("Cookie")))
			continue;
		value = find_value(request->v[i].value, str_of(b->cookie),
		    ";, ", ";,");
		if (value.p != NULL)
			return value;
	}
	return STR_NONE;
}

/* What of a session's name tells the route; absent: nothing. */
static struct str
route_of(const struct balancer *b, struct str value)
{
	if (b->separator != '\0')
		value = str_from(value, str_chr(value, b->separator) + 1);
	return value.n == 0 ? STR_NONE : value;
}

int
balance_begin(struct balance *c, const struct balancer *b, struct str path,
    struct str query, const struct fields *request, struct arena *a)
{
	struct str value;

	memset(c, 0, sizeof(*c));
	c->balancer = b;
	c->tried = arena_zalloc(a, 2 * b->n * sizeof(*c->tried));
	if (c->tried == NULL)
		return -1;
	c->competes = c->tried + b->n;
	if (b->cookie == NULL)
		return 0;
	c->sticky = str_of(b->param);
	value = find_in_path(b, path);
	if (value.p == NULL)
		value = find_in_query(b, query);
	if (value.p == NULL) {
		c->sticky = str_of(b->cookie);
		value = find_in_cookies(b, request);
	}
	c->route = route_of(b, value);
	if (c->route.p == NULL)
		c->sticky = STR_NONE;
	return 0;
}

static size_t
number_of(const struct balancer *b, const struct member *which)
{
	const struct member *m;
	size_t i;

	i = 0;
	for (m = b->members; m != which; m = m->sibling)
		i++;
	return i;
}

/*
 * The first of a route and kind that may be asked.  *redirect: that of the
 * first that has one; left alone when there is none, as *known.
 */
static const struct member *
find_route(const struct balance *c, struct str route, bool standby,
    int64_t now, struct str *redirect, bool *known)
{
	const struct member *m;
	size_t i;

	for (i = 0, m = c->balancer->members; m != NULL; m = m->sibling, i++) {
		if (!str_eq(str_of(m->route), route) ||
		    ((m->status & STATUS_STANDBY) != 0) != standby)
			continue;
		*known = true;
		if (!c->tried[i] && balance_is_usable(m, now))
			return m;
		if (redirect->n == 0)
			*redirect = str_of(m->redirect);
	}
	return NULL;
}

/*
 * The member of the route that is asked for, ordinary ones before standbys,
 * or one that it is redirected to.  *known: there is such a route.
 */
static const struct member *
pick_sticky(const struct balance *c, int64_t now, bool *known)
{
	const struct member *m;
	struct str redirect, route;
	size_t i;

	*known = false;
	route = c->route;
	for (i = 0; i <= c->balancer->n && route.n > 0; i++) {
		redirect = STR("");
		m = find_route(c, route, false, now, &redirect, known);
		if (m == NULL)
			m = find_route(c, route, true, now, &redirect, known);
		if (m != NULL)
			return m;
		route = redirect;
	}
	return NULL;
}

/*
 * Methods.
 */

/* Does b beat a by the method?  Of equals the earlier one stays. */
struct rank {
	uint64_t	load;		/* less is better */
	int32_t		status;		/* then more is */
};

/* Bytes are compared when all who compete are known. */
static void
rank_member(const struct balancer *b, const struct member *m,
    struct rank *rank)
{
	rank->load = b->method == METHOD_BUSYNESS ? board_busy(m->tally) : 0;
	rank->status = 0;
	if (b->method == METHOD_TRAFFIC)
		return;
	rank->status = board_add_status(m->tally, m->load_factor);
}

static bool
is_better(const struct rank *a, const struct rank *than)
{
	return a->load < than->load ||
	    (a->load == than->load && a->status > than->status);
}

/* One election: who competes, and how it stands. */
struct election {
	const struct balance	*choice;
	int64_t			 now;
	bool			 open;
	int			 lbset;
	const struct member	*best;
	struct rank		 rank;
	int32_t			 sum;		/* of all factors */
	unsigned		 missing;	/* ordinary ones not usable */
	bool			 full;		/* a usable one has no place */
};

static void
compete(struct election *e, const struct member *m)
{
	struct rank rank;

	e->choice->competes[number_of(e->choice->balancer, m)] = true;
	rank_member(e->choice->balancer, m, &rank);
	e->sum += m->load_factor;
	if (e->best == NULL || is_better(&rank, &e->rank)) {
		e->best = m;
		e->rank = rank;
	}
}

/* Could it be asked, apart from what kind of member it is? */
static bool
may_ask(const struct election *e, const struct member *m)
{
	return (m == e->choice->queued ||
	    !e->choice->tried[number_of(e->choice->balancer, m)]) &&
	    balance_is_usable(m, e->now);
}

static bool
has_place(struct election *e, const struct member *m)
{
	if (m != e->choice->queued && (!e->open || m->max == 0 ||
	    board_has_place(m->tally, (uint32_t)m->max)))
		return true;
	e->full = true;
	return false;
}

static void
compete_ordinary(struct election *e)
{
	const struct member *m;

	for (m = e->choice->balancer->members; m != NULL; m = m->sibling) {
		if (m->lbset != e->lbset || (m->status & (STATUS_SPARE |
		    STATUS_STANDBY)) != 0)
			continue;
		if ((m->status & STATUS_DRAINING) != 0 || !may_ask(e, m))
			e->missing++;
		else if (has_place(e, m))
			compete(e, m);
	}
}

/* All of a kind, but no more than so many. */
static void
compete_kind(struct election *e, unsigned kind, unsigned most)
{
	const struct member *m;

	for (m = e->choice->balancer->members; m != NULL && most > 0;
	    m = m->sibling) {
		if (m->lbset != e->lbset || (m->status & kind) == 0 ||
		    (m->status & STATUS_DRAINING) != 0 || !may_ask(e, m))
			continue;
		most--;
		if (has_place(e, m))
			compete(e, m);
	}
}

/*
 * Bytes.  A member that is new, or was not asked for a while, would get every
 * request until it has caught up with what the others have had meanwhile: it
 * is put on a level with that one of them which has had the least.
 */

static uint64_t
traffic_of(const struct member *m)
{
	uint64_t factor, in, out;

	factor = (uint64_t)m->load_factor;
	board_sum_bytes(m->tally, &out, &in);
	return out / factor + in / factor + board_sum_lead(m->tally);
}

static bool
is_counted(const struct member *m)
{
	return (board_flags(m->tally) & TALLY_COUNTED) != 0 &&
	    board_factor(m->tally) == (uint32_t)m->load_factor;
}

/* The least of those who are counted, or of all when none is. */
static uint64_t
least_level(const struct balance *c)
{
	const struct member *m;
	uint64_t all, counted, load;
	size_t i;

	all = counted = UINT64_MAX;
	for (i = 0, m = c->balancer->members; m != NULL; m = m->sibling, i++) {
		if (!c->competes[i])
			continue;
		load = traffic_of(m);
		if (load < all)
			all = load;
		if (is_counted(m) && load < counted)
			counted = load;
	}
	return counted != UINT64_MAX ? counted : all;
}

/*
 * What a member has had, put on the level if it was not counted yet.  With
 * another factor all that it ever had would count anew: then it is put there
 * in any case.
 */
static uint64_t
count_traffic(const struct member *m, uint64_t level)
{
	uint64_t load;
	uint32_t factor, flags, was;

	load = traffic_of(m);
	factor = (uint32_t)m->load_factor;
	was = board_factor(m->tally);
	if (was != factor)
		was = board_swap_factor(m->tally, factor);
	if (was == 0)
		was = factor;
	flags = board_flags(m->tally);
	if ((flags & TALLY_COUNTED) == 0)
		flags = board_change_flags(m->tally, TALLY_COUNTED, 0);
	/* Who has set the flag moves it. */
	if (was == factor && ((flags & TALLY_COUNTED) != 0 || load >= level))
		return load;
	board_add_lead(m->tally, level - load);
	return level;
}

/* Not asked because of its state: it falls behind. */
static void
leave_count(const struct election *e, const struct member *m)
{
	if ((board_flags(m->tally) & TALLY_COUNTED) != 0 &&
	    (m->lbset != e->lbset || (m->status & (STATUS_SPARE |
	    STATUS_STANDBY | STATUS_DRAINING)) != 0 ||
	    !balance_is_usable(m, e->now)))
		board_change_flags(m->tally, 0, TALLY_COUNTED);
}

/* Who of those that compete has had the least. */
static const struct member *
least_traffic(const struct election *e)
{
	const struct balance *c = e->choice;
	const struct member *best, *m;
	uint64_t least, level, load;
	size_t i;

	best = NULL;
	least = 0;
	level = least_level(c);
	for (i = 0, m = c->balancer->members; m != NULL; m = m->sibling, i++) {
		if (!c->competes[i]) {
			leave_count(e, m);
			continue;
		}
		load = count_traffic(m, level);
		if (best == NULL || load < least) {
			best = m;
			least = load;
		}
	}
	return best;
}

static int
highest_set(const struct balancer *b)
{
	const struct member *m;
	int set;

	set = 0;
	for (m = b->members; m != NULL; m = m->sibling)
		if (m->lbset > set)
			set = m->lbset;
	return set;
}

static const struct member *
elect(const struct balance *c, int64_t now, bool open)
{
	struct election e;
	int last;

	last = highest_set(c->balancer);
	memset(&e, 0, sizeof(e));
	memset(c->competes, 0, c->balancer->n * sizeof(*c->competes));
	e.choice = c;
	e.now = now;
	e.open = open;
	for (; e.lbset <= last; e.lbset++) {
		e.missing = 0;
		compete_ordinary(&e);
		compete_kind(&e, STATUS_SPARE, e.missing);
		if (e.best == NULL && !e.full)
			compete_kind(&e, STATUS_STANDBY, UINT32_MAX);
		if (e.best != NULL || e.full)
			break;
	}
	if (e.best == NULL)
		return NULL;
	if (c->balancer->method == METHOD_TRAFFIC)
		return least_traffic(&e);
	board_add_status(e.best->tally, -e.sum);
	return e.best;
}

/* httpd: a request that knows its way counts for the others too. */
static void
count_sticky(const struct balance *c, const struct member *taken, int64_t now)
{
	const struct member *m;
	int32_t sum;

	if (c->balancer->method == METHOD_TRAFFIC)
		return;
	sum = 0;
	for (m = c->balancer->members; m != NULL; m = m->sibling)
		if (balance_is_usable(m, now)) {
			board_add_status(m->tally, m->load_factor);
			sum += m->load_factor;
		}
	board_add_status(taken->tally, -sum);
}

const struct member *
balance_pick(struct balance *c, int64_t now, bool open)
{
	const struct balancer *b;
	const struct member *m;
	bool known;

	b = c->balancer;
	if (b->force_recovery == 1 && balance_count_tried(c) == 0)
		recover(b, now);
	m = pick_sticky(c, now, &known);
	if (m != NULL && open && m->max != 0 &&
	    !board_has_place(m->tally, (uint32_t)m->max))
		return NULL;
	if (m != NULL)
		count_sticky(c, m, now);
	else if (known && b->no_failover == 1)
		return NULL;
	else
		m = elect(c, now, open);
	if (m == NULL)
		return NULL;
	c->tried[number_of(b, m)] = true;
	c->changed = b->cookie != NULL && (c->route.p == NULL ||
	    !str_eq(str_of(m->route), c->route));
	board_count_elected(m->tally);
	return m;
}

void
balance_unpick(struct balance *c, const struct member *m)
{
	c->tried[number_of(c->balancer, m)] = false;
}

unsigned
balance_count_tried(const struct balance *c)
{
	unsigned n;
	size_t i;

	n = 0;
	for (i = 0; i < c->balancer->n; i++)
		n += c->tried[i];
	return n;
}
