/*
 * Units of the board: what one process writes, all others see, and nothing
 * that a worker may write leads astray.
 */
#include <sys/types.h>
#include <sys/wait.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../board.h"
#include "unit.h"

enum { NSLOT = 8 };

static void
setup(void)
{
	ck_assert_int_eq(board_init(NSLOT), 0);
}

/* All may run in one process: leave nothing to the next test. */
static void
teardown(void)
{
	size_t i;

	for (i = 0; i < NSLOT; i++)
		board_clear(i);
	board_clear_checker();
	board_mark_tallies();
	board_sweep_tallies();
}

static struct slot_view
look(size_t i)
{
	struct slot_view v;

	board_look(i, &v);
	return v;
}

START_TEST(test_init)
{
	errno = 0;
	ck_assert_int_eq(board_init(0), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_int_eq(board_init(SIZE_MAX / 2), -1);
	/* The board that there was is still in use. */
	board_take(NSLOT - 1, 1);
	ck_assert_int_eq(look(NSLOT - 1).state, SLOT_STARTING);
	ck_assert_int_eq(look(0).state, SLOT_EMPTY);
}
END_TEST

START_TEST(test_take_and_clear)
{
	struct slot_view v;

	board_take(3, 7);
	v = look(3);
	ck_assert_int_eq(v.state, SLOT_STARTING);
	board_mine(3);
	board_set_state(SLOT_SERVING, 1234);
	board_count_request();
	board_count_request();
	v = look(3);
	ck_assert_int_eq(v.state, SLOT_SERVING);
	ck_assert_uint_eq(v.since_ms, 1234);
	ck_assert_uint_eq(v.requests, 2);
	board_set_spool(1);
	board_clear(3);
	v = look(3);
	ck_assert_int_eq(v.state, SLOT_EMPTY);
	ck_assert_uint_eq(v.since_ms, 0);
	ck_assert_uint_eq(v.requests, 0);
	ck_assert_uint_eq(board_spool_total(), 0);
}
END_TEST

/* What a worker leaves is not what the next in its slot begins with. */
START_TEST(test_take_wipes)
{
	board_take(0, 1);
	board_mine(0);
	board_count_request();
	board_set_spool(100);
	board_take(0, 2);
	ck_assert_uint_eq(look(0).requests, 0);
	ck_assert_uint_eq(board_spool_total(), 0);
}
END_TEST

START_TEST(test_range)
{
	board_take(0, 1);
	board_mine(0);
	board_set_state((enum slot_state)99, 0);
	ck_assert_int_eq(look(0).state, SLOT_SERVING);
	ck_assert_int_eq(look(NSLOT).state, SLOT_EMPTY);
	ck_assert_int_eq(look(SIZE_MAX).state, SLOT_EMPTY);
}
END_TEST

START_TEST(test_idle)
{
	ck_assert(!board_any_idle(0));
	board_take(1, 4);
	board_take(NSLOT - 1, 5);
	ck_assert(!board_any_idle(4));
	board_mine(1);
	board_set_state(SLOT_IDLE, 0);
	ck_assert(board_any_idle(4));
	ck_assert(!board_any_idle(5));
	board_set_state(SLOT_KEEPALIVE, 0);
	ck_assert(!board_any_idle(4));
	board_mine(NSLOT - 1);
	board_set_state(SLOT_IDLE, 0);
	ck_assert(board_any_idle(5));
	board_clear(NSLOT - 1);
	ck_assert(!board_any_idle(5));
}
END_TEST

START_TEST(test_spool)
{
	static const struct {
		uint64_t	bytes;
		uint64_t	units;
	} table[] = {
		{ 0, 0 }, { 1, 1 }, { 65536, 1 }, { 65537, 2 },
		{ UINT64_C(1) << 40, UINT64_C(1) << 24 },
		{ UINT64_MAX, UINT32_MAX },
	};
	size_t i;

	board_take(0, 1);
	board_take(5, 1);
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		board_mine(0);
		board_set_spool(table[i].bytes);
		ck_assert_uint_eq(board_spool_total(),
		    table[i].units * 65536);
		board_mine(5);
		board_set_spool(65536);
		ck_assert_uint_eq(board_spool_total(),
		    (table[i].units + 1) * 65536);
		board_set_spool(0);
	}
}
END_TEST

START_TEST(test_retire)
{
	ck_assert(!board_is_retired(1));
	board_retire_before(3);
	ck_assert(board_is_retired(1));
	ck_assert(board_is_retired(2));
	ck_assert(!board_is_retired(3));
	board_retire_one(5);
	ck_assert(!board_is_retired(4));
	ck_assert(board_is_retired(5));
	ck_assert(!board_is_retired(6));
	board_retire_before(UINT32_MAX);
	ck_assert(board_is_retired(6));
}
END_TEST

START_TEST(test_shared)
{
	pid_t pid;
	int status;

	board_take(2, 9);
	pid = fork();
	ck_assert_int_ne(pid, -1);
	if (pid == 0) {
		board_mine(2);
		board_set_state(SLOT_IDLE, 77);
		board_count_request();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	ck_assert(board_any_idle(9));
	ck_assert_uint_eq(look(2).since_ms, 77);
	ck_assert_uint_eq(look(2).requests, 1);
}
END_TEST

/* ------------------------------------------------------------------ tallies */

START_TEST(test_tallies)
{
	struct tally *a, *b;

	ck_assert_ptr_null(board_find_tally("a"));
	a = board_tally("a");
	b = board_tally("b");
	ck_assert_ptr_nonnull(a);
	ck_assert_ptr_ne(a, b);
	ck_assert_ptr_eq(board_tally("a"), a);
	ck_assert_ptr_eq(board_find_tally("b"), b);
	board_mark_tallies();
	ck_assert_ptr_eq(board_tally("b"), b);
	board_sweep_tallies();
	ck_assert_ptr_null(board_find_tally("a"));
	ck_assert_ptr_eq(board_find_tally("b"), b);
}
END_TEST

/* What is known outlives a reload that has the same key. */
START_TEST(test_tally_outlives)
{
	struct tally *t;

	t = board_tally("a");
	board_change_flags(t, TALLY_ERROR, 0);
	board_set_error(t, 5);
	board_add_status(t, -300);
	board_count_elected(t);
	board_mark_tallies();
	ck_assert_ptr_eq(board_tally("a"), t);
	board_sweep_tallies();
	ck_assert_uint_eq(board_flags(t), TALLY_ERROR);
	ck_assert_uint_eq(board_error_ms(t), 5);
	ck_assert_uint_eq(board_errors(t), 1);
	ck_assert_int_eq(board_add_status(t, 0), -300);
	ck_assert_uint_eq(board_elected(t), 1);
	/* one that comes later begins anew */
	board_mark_tallies();
	board_sweep_tallies();
	t = board_tally("a");
	ck_assert_uint_eq(board_flags(t), 0);
	ck_assert_uint_eq(board_elected(t), 0);
}
END_TEST

START_TEST(test_flags)
{
	static const struct {
		uint32_t	set;
		uint32_t	clear;
		uint32_t	was;
	} table[] = {
		{ TALLY_ERROR, 0, 0 },
		{ TALLY_TOLD_DOWN, 0, TALLY_ERROR },
		{ 0, TALLY_ERROR, TALLY_ERROR | TALLY_TOLD_DOWN },
		{ TALLY_ASK_NAME, TALLY_ASK_NAME, TALLY_TOLD_DOWN },
		{ 0, 0, TALLY_TOLD_DOWN },
	};
	struct tally *t;
	size_t i;

	t = board_tally("a");
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		ck_assert_uint_eq(board_change_flags(t, table[i].set,
		    table[i].clear), table[i].was);
	ck_assert_uint_eq(board_flags(t), TALLY_TOLD_DOWN);
}
END_TEST

START_TEST(test_bytes)
{
	struct tally *a, *b;
	uint64_t in, out;

	a = board_tally("a");
	b = board_tally("b");
	board_take(0, 1);
	board_take(NSLOT - 1, 1);
	board_mine(0);
	board_count_bytes(a, 10, UINT64_C(1) << 40);
	board_mine(NSLOT - 1);
	board_count_bytes(a, 5, 1);
	board_count_bytes(b, 7, 0);
	board_sum_bytes(a, &out, &in);
	ck_assert_uint_eq(out, 15);
	ck_assert_uint_eq(in, (UINT64_C(1) << 40) + 1);
	/* the next worker of a slot goes on counting */
	board_clear(NSLOT - 1);
	board_take(NSLOT - 1, 2);
	board_count_bytes(b, 1, 2);
	board_sum_bytes(b, &out, &in);
	ck_assert_uint_eq(out, 8);
	ck_assert_uint_eq(in, 2);
}
END_TEST

static void
fill_addresses(struct tally_addresses *list, uint32_t n)
{
	uint32_t i;

	memset(list, (int)n, sizeof(*list));
	list->n = n;
	for (i = 0; i < TALLY_ADDRESSES; i++)
		list->length[i] = sizeof(list->address[i]);
}

START_TEST(test_addresses)
{
	struct tally_addresses from, to;
	struct tally *t;
	uint32_t n;

	t = board_tally("a");
	memset(&to, 0xff, sizeof(to));
	board_get_addresses(t, &to);
	ck_assert_uint_eq(to.n, 0);
	for (n = TALLY_ADDRESSES; n > 0; n--) {
		fill_addresses(&from, n);
		board_set_addresses(t, &from);
		board_get_addresses(t, &to);
		ck_assert_mem_eq(&from, &to, sizeof(to));
	}
	/* nothing that is read counts further than there is room */
	from.n = UINT32_MAX;
	board_set_addresses(t, &from);
	board_get_addresses(t, &to);
	ck_assert_uint_eq(to.n, TALLY_ADDRESSES);
	from.length[1] = sizeof(from.address[1]) + 1;
	board_set_addresses(t, &from);
	board_get_addresses(t, &to);
	ck_assert_uint_eq(to.n, 1);
}
END_TEST

/* ------------------------------------------------------------------- places */

static void
as(size_t i)
{
	board_mine(i);
}

static void
take_all_slots(void)
{
	size_t i;

	for (i = 0; i < NSLOT; i++)
		board_take(i, 1);
}

START_TEST(test_places)
{
	static const struct {
		size_t		slot;
		char		what;	/* + take, - release, x cleared */
		uint32_t	limit;
		bool		done;
		bool		free_after;
	} steps[] = {
		{ 0, '+', 0, false, false },
		{ 0, '+', 2, true, true },
		{ 0, '+', 2, true, true },	/* has it already */
		{ 3, '+', 1, false, false },
		{ 3, '+', 2, true, false },
		{ 4, '+', 2, false, false },
		{ 4, '-', 2, true, false },	/* has none */
		{ 0, '-', 2, true, true },
		{ 0, '-', 2, true, true },
		{ 4, '+', 2, true, false },
		{ 3, 'x', 2, true, true },
		{ 5, '+', 2, true, false },
		/* a limit that was lowered holds at once */
		{ 6, '+', 1, false, false },
		{ 6, '+', 3, true, false },
		{ 7, '+', UINT32_MAX, true, true },
	};
	struct tally *t;
	size_t i;
	bool done;

	take_all_slots();
	t = board_tally("a");
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		as(steps[i].slot);
		done = true;
		if (steps[i].what == '+')
			done = board_take_place(t, steps[i].limit);
		else if (steps[i].what == '-')
			board_release_place(t);
		else
			board_clear(steps[i].slot);
		ck_assert_msg(done == steps[i].done, "step %zu", i);
		ck_assert_msg(board_has_place(t, steps[i].limit) ==
		    steps[i].free_after, "free after step %zu", i);
	}
}
END_TEST

/* A lower limit holds although places behind it are still taken. */
START_TEST(test_lower_limit)
{
	struct tally *t;
	size_t i;

	take_all_slots();
	t = board_tally("a");
	for (i = 0; i < 4; i++) {
		as(i);
		ck_assert(board_take_place(t, 4));
	}
	for (i = 0; i < 2; i++) {
		as(i);
		board_release_place(t);
		as(5);
		ck_assert(!board_has_place(t, 2));
		ck_assert(!board_take_place(t, 2));
	}
	as(2);
	board_release_place(t);
	as(5);
	ck_assert(board_has_place(t, 2));
	ck_assert(board_take_place(t, 2));
	as(6);
	ck_assert(!board_take_place(t, 2));
	as(3);
	board_release_place(t);
	as(6);
	ck_assert(board_take_place(t, 2));
}
END_TEST

/* Places of one application are no places of another. */
START_TEST(test_places_apart)
{
	struct tally *a, *b;

	take_all_slots();
	a = board_tally("a");
	b = board_tally("b");
	as(0);
	ck_assert(board_take_place(a, 1));
	ck_assert(board_take_place(b, 1));
	as(1);
	ck_assert(!board_take_place(a, 1));
	ck_assert(!board_take_place(b, 1));
	board_clear(0);
	ck_assert(board_take_place(a, 1));
	ck_assert(board_take_place(b, 1));
}
END_TEST

/* The checker has no slot, but places. */
START_TEST(test_checker_place)
{
	struct tally *t;

	take_all_slots();
	t = board_tally("a");
	board_mine_checker();
	ck_assert(board_take_place(t, 1));
	as(NSLOT - 1);
	ck_assert(!board_take_place(t, 1));
	board_release_place(t);
	ck_assert(!board_take_place(t, 1));
	board_mine_checker();
	board_release_place(t);
	as(0);
	ck_assert(board_take_place(t, 1));
}
END_TEST

static void
nap(long ns)
{
	struct timespec ts = { 0, ns };

	nanosleep(&ts, NULL);
}

/* A process that takes and gives back, and says so while it has one. */
static void
take_often(struct tally *t, uint32_t limit, int fd)
{
	int i;

	for (i = 0; i < 300; i++) {
		while (!board_take_place(t, limit))
			nap(10000);
		if (write(fd, "+", 1) != 1)
			_exit(1);
		nap(1000);
		if (write(fd, "-", 1) != 1)
			_exit(2);
		board_release_place(t);
	}
	_exit(0);
}

/* Never more than the limit, over several processes. */
START_TEST(test_places_contended)
{
	struct tally *t;
	char buf[512];
	ssize_t k, n;
	pid_t pid[6];
	int fd[2], in, most, status, total;
	size_t i;

	take_all_slots();
	t = board_tally("a");
	ck_assert_int_eq(pipe(fd), 0);
	for (i = 0; i < 6; i++) {
		pid[i] = fork();
		ck_assert_int_ne(pid[i], -1);
		if (pid[i] == 0) {
			close(fd[0]);
			board_mine(i);
			take_often(t, 2, fd[1]);
		}
	}
	close(fd[1]);
	in = most = total = 0;
	while ((n = read(fd[0], buf, sizeof(buf))) > 0)
		for (k = 0; k < n; k++) {
			in += buf[k] == '+' ? 1 : -1;
			total += buf[k] == '+';
			most = in > most ? in : most;
		}
	close(fd[0]);
	for (i = 0; i < 6; i++) {
		ck_assert_int_eq(waitpid(pid[i], &status, 0), pid[i]);
		ck_assert_int_eq(status, 0);
	}
	ck_assert_int_eq(total, 1800);
	ck_assert_int_eq(in, 0);
	ck_assert_int_le(most, 2);
	ck_assert_int_ge(most, 1);
}
END_TEST

/* What a killed process had comes back, and only by board_clear(). */
START_TEST(test_place_of_killed)
{
	struct tally *t;
	pid_t pid;
	int fd[2];
	char byte;

	take_all_slots();
	t = board_tally("a");
	ck_assert_int_eq(pipe(fd), 0);
	pid = fork();
	ck_assert_int_ne(pid, -1);
	if (pid == 0) {
		board_mine(2);
		if (board_take_place(t, 1) && write(fd[1], "", 1) == 1)
			pause();
		_exit(1);
	}
	ck_assert_int_eq((int)read(fd[0], &byte, 1), 1);
	close(fd[0]);
	close(fd[1]);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	as(0);
	ck_assert(!board_take_place(t, 1));
	board_clear(1);
	ck_assert(!board_take_place(t, 1));
	board_clear(2);
	ck_assert(board_take_place(t, 1));
}
END_TEST

static bool
rings(const struct tally *t)
{
	struct pollfd p = { board_place_bell(t), POLLIN, 0 };

	if (poll(&p, 1, 0) != 1)
		return false;
	board_answer_bell(t);
	return true;
}

/* The bell rings for who has waited longest, not for nobody. */
START_TEST(test_bell)
{
	struct tally *a, *b;

	take_all_slots();
	a = board_tally("a");
	b = board_tally("b");
	ck_assert_int_eq(board_open_bells(a), 0);
	ck_assert_int_eq(board_open_bells(a), 0);
	ck_assert_int_eq(board_open_bells(b), 0);
	as(0);
	ck_assert(board_take_place(a, 1));
	board_release_place(a);
	ck_assert(!rings(a));
	ck_assert(board_take_place(a, 1));
	as(1);
	board_set_waiting(a, 10);
	ck_assert(!rings(a));
	as(2);
	board_set_waiting(a, 9);
	as(0);
	board_release_place(a);
	ck_assert(!rings(a));
	as(1);
	ck_assert(!rings(a));
	as(2);
	ck_assert(rings(a));
	ck_assert(!rings(a));
	ck_assert(!rings(b));
	/* one that was killed rings too */
	as(0);
	ck_assert(board_take_place(a, 1));
	board_clear(0);
	as(2);
	ck_assert(rings(a));
	/* what gives back nothing does not */
	as(3);
	board_release_place(a);
	as(2);
	ck_assert(!rings(a));
}
END_TEST

/* Who leaves the line wakes the next one, if there is a place for it. */
START_TEST(test_bell_passed_on)
{
	struct tally *t;

	take_all_slots();
	t = board_tally("a");
	ck_assert_int_eq(board_open_bells(t), 0);
	as(1);
	board_set_waiting(t, 10);
	as(2);
	board_set_waiting(t, 11);
	as(1);
	ck_assert(board_take_place(t, 2));
	board_set_waiting(NULL, 0);
	board_pass_on(t, 1);
	as(2);
	ck_assert(!rings(t));
	board_pass_on(t, 2);
	ck_assert(rings(t));
}
END_TEST

/* Who waits since when, and how many are before each. */
static const struct {
	uint32_t	since[4];	/* of slots 0 to 3 */
	uint32_t	ahead[4];
} queues[] = {
	{ { 1, 2, 3, 4 }, { 0, 1, 2, 3 } },
	{ { 4, 3, 2, 1 }, { 3, 2, 1, 0 } },
	{ { 5, 5, 5, 5 }, { 0, 1, 2, 3 } },
	{ { 7, 5, 7, 5 }, { 2, 0, 3, 1 } },
	/* the clock wraps around */
	{ { 1, 0, UINT32_MAX, UINT32_MAX - 5 }, { 3, 2, 1, 0 } },
	{ { 0x80000001, 0x7fffffff, 0x80000000, 0x7ffffffe },
	    { 3, 1, 2, 0 } },
};

START_TEST(test_queue)
{
	struct tally *a, *b;
	size_t i;

	take_all_slots();
	a = board_tally("a");
	b = board_tally("b");
	as(5);
	board_set_waiting(b, 0);
	for (i = 0; i < 4; i++) {
		as(i);
		board_set_waiting(a, queues[_i].since[i]);
	}
	ck_assert_uint_eq(board_waiting(a), 4);
	ck_assert_uint_eq(board_waiting(b), 1);
	for (i = 0; i < 4; i++) {
		as(i);
		ck_assert_uint_eq(board_count_ahead(a), queues[_i].ahead[i]);
	}
	as(5);
	ck_assert_uint_eq(board_count_ahead(b), 0);
}
END_TEST

/* Who is killed or gives up lets the others go on. */
START_TEST(test_queue_leaves)
{
	struct tally *t;
	size_t i;

	take_all_slots();
	t = board_tally("a");
	for (i = 0; i < 4; i++) {
		as(i);
		board_set_waiting(t, (uint32_t)i);
	}
	ck_assert_uint_eq(board_count_ahead(t), 3);
	board_clear(0);
	ck_assert_uint_eq(board_count_ahead(t), 2);
	as(1);
	board_set_waiting(NULL, 0);
	as(3);
	ck_assert_uint_eq(board_count_ahead(t), 1);
	ck_assert_uint_eq(board_waiting(t), 2);
}
END_TEST

Suite *
suite_board(void)
{
	Suite *s;
	TCase *c;

	s = suite_create("board");
	c = tcase_create("board");
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, test_init);
	tcase_add_test(c, test_take_and_clear);
	tcase_add_test(c, test_take_wipes);
	tcase_add_test(c, test_range);
	tcase_add_test(c, test_idle);
	tcase_add_test(c, test_spool);
	tcase_add_test(c, test_retire);
	tcase_add_test(c, test_shared);
	tcase_add_test(c, test_tallies);
	tcase_add_test(c, test_tally_outlives);
	tcase_add_test(c, test_flags);
	tcase_add_test(c, test_bytes);
	tcase_add_test(c, test_addresses);
	tcase_add_test(c, test_places);
	tcase_add_test(c, test_lower_limit);
	tcase_add_test(c, test_places_apart);
	tcase_add_test(c, test_checker_place);
	tcase_add_test(c, test_places_contended);
	tcase_add_test(c, test_place_of_killed);
	tcase_add_test(c, test_bell);
	tcase_add_test(c, test_bell_passed_on);
	tcase_add_loop_test(c, test_queue, 0, (int)(sizeof(queues) /
	    sizeof(queues[0])));
	tcase_add_test(c, test_queue_leaves);
	suite_add_tcase(s, c);
	return s;
}
