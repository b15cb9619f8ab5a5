/*
 * balance: who is elected, which route a request asks for, and what a failure
 * does.  Members are described by words, as in a configuration.
 */
#include <sys/types.h>
#include <sys/wait.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../balance.h"
#include "../board.h"
#include "../buf.h"
#include "../config.h"
#include "../http.h"
#include "unit.h"

enum { NSLOT = 16, MOST = 8, RETRY = 60000, NOW = 1000000, PICKS = 10000 };

static struct arena arena;
static struct balancer balancer;
static struct member members[MOST];
static char names[MOST][2];
static struct fields none;

/* The next word of a text; NULL: there is none. */
static const char *
next_word(const char **text)
{
	static char word[64];
	size_t n;

	*text += strspn(*text, " ");
	n = strcspn(*text, " ");
	if (n == 0)
		return NULL;
	ck_assert_uint_lt(n, sizeof(word));
	memcpy(word, *text, n);
	word[n] = '\0';
	*text += n;
	return word;
}

/* A letter of a member, and the number behind it. */
static void
set_trait(struct member *m, char letter, int value)
{
	switch (letter) {
	case 'R':
		m->status |= STATUS_SPARE;
		break;
	case 'H':
		m->status |= STATUS_STANDBY;
		break;
	case 'N':
		m->status |= STATUS_DRAINING;
		break;
	case 'D':
		m->status |= STATUS_DISABLED;
		break;
	case 'S':
		m->status |= STATUS_STOPPED;
		break;
	case 'I':
		m->status |= STATUS_IGNORE;
		break;
	case 'E':
		board_set_error(m->tally, NOW);
		board_change_flags(m->tally, TALLY_ERROR | TALLY_TOLD_DOWN,
		    0);
		break;
	case 'C':
		m->check = CHECK_TCP;
		/* FALLTHROUGH */
	case 'c':
		board_change_flags(m->tally, TALLY_CHECK_FAILED, 0);
		break;
	case 'l':
		m->lbset = value;
		break;
	case 'f':
		m->load_factor = value * 100;
		break;
	case 'm':
		m->max = value;
		break;
	default:
		ck_abort_msg("unknown trait %c", letter);
	}
}

static void
add_member(size_t i, const char *word)
{
	struct member *m;
	char *end;
	long value;

	ck_assert_uint_lt(i, MOST);
	m = &members[i];
	memset(m, 0, sizeof(*m));
	names[i][0] = (char)('a' + i);
	m->url = m->key = names[i];
	m->route = names[i];
	m->redirect = "";
	m->balancer = &balancer;
	m->load_factor = 100;
	m->retry = RETRY;
	m->acquire = m->max_queue = m->address_ttl = UNSET;
	m->tally = board_tally(m->key);
	ck_assert_ptr_nonnull(m->tally);
	while (*word != '\0') {
		value = strtol(word + 1, &end, 10);
		if (*word != '-')
			set_trait(m, *word, (int)value);
		word = end;
	}
	if (i > 0)
		members[i - 1].sibling = m;
}

/* A balancer whose members are the words of text; "-" has no trait. */
static void
describe(const char *text, int method)
{
	const char *word;
	size_t n;

	memset(&balancer, 0, sizeof(balancer));
	balancer.name = "b";
	balancer.members = members;
	balancer.method = method;
	balancer.max_attempts = UNSET;
	balancer.separator = '.';
	balancer.force_recovery = 1;
	for (n = 0; (word = next_word(&text)) != NULL; n++)
		add_member(n, word);
	balancer.n = n;
}

static void
setup(void)
{
	ck_assert_int_eq(arena_init(&arena, 1024 * 1024), 0);
	ck_assert_int_eq(board_init(NSLOT), 0);
	board_take(0, 1);
	board_mine(0);
}

/* All may run in one process: leave nothing to the next test. */
static void
teardown(void)
{
	size_t i;

	for (i = 0; i < NSLOT; i++)
		board_clear(i);
	board_mark_tallies();
	board_sweep_tallies();
	arena_free(&arena);
}

static void
begin(struct balance *c)
{
	ck_assert_int_eq(balance_begin(c, &balancer, STR("/"), STR_NONE,
	    &none, &arena), 0);
}

static char
name_of(const struct member *m)
{
	return m == NULL ? '-' : m->url[0];
}

/* The first pick of a new request. */
static char
pick_at(int64_t now)
{
	struct balance c;

	arena_reset(&arena);
	begin(&c);
	return name_of(balance_pick(&c, now, false));
}

static char
pick(void)
{
	return pick_at(NOW);
}

/* --------------------------------------------------------------- elections */

/* The first picks of so many requests. */
static const struct {
	const char	*members;
	const char	*picks;
} elections[] = {
	{ "-", "aaa" },
	{ "- -", "abab" },
	{ "- - -", "abcabc" },
	{ "- - f2", "cabccabc" },
	{ "f2 -", "abaaba" },
	{ "- f2", "babbab" },
	{ "f3 -", "aabaaaba" },
	{ "f2 f2", "abab" },
	{ "f100 f100 f100", "abcabc" },
	{ "- - - -", "abcdabcd" },
	{ "D -", "bbb" },
	{ "- D", "aaa" },
	{ "S -", "bbb" },
	{ "N -", "bbb" },
	{ "E -", "bbb" },
	{ "C -", "bbb" },
	{ "c -", "abab" },
	{ "EI -", "abab" },
	{ "DI -", "bbb" },
	{ "SI -", "bbb" },
	{ "CI -", "bbb" },
	{ "D", "---" },
	{ "S", "---" },
	{ "N", "---" },
	{ "C", "---" },
	{ "D S N C", "---" },
	/* all in error are all tried again; but not those that are stopped */
	{ "E", "aaa" },
	{ "E E", "abab" },
	{ "E D", "aaa" },
	{ "E S", "aaa" },
	{ "ES E", "bbb" },
	{ "ES", "---" },
	{ "E C", "aaa" },
	{ "E C -", "ccc" },
	{ "E N", "---" },
	/* sets */
	{ "- l1", "aaa" },
	{ "l1 -", "bbb" },
	{ "l1 l1", "abab" },
	{ "E l1", "bbb" },
	{ "D l1 l1", "bcbc" },
	{ "D El1 l2", "ccc" },
	{ "l99 l3", "bbb" },
	{ "N l1", "bbb" },
	/* a spare for each that cannot be used */
	{ "- R", "aaa" },
	{ "E R", "bbb" },
	{ "D R R", "bbb" },
	{ "D D R R", "cdcd" },
	{ "D D R R R", "cdcd" },
	{ "- D R", "acac" },
	{ "- - R R", "abab" },
	{ "D ER R", "ccc" },
	{ "N R", "bbb" },
	{ "D Rl1", "---" },
	{ "D R l1", "bbb" },
	{ "R", "-" },
	{ "D RN R", "ccc" },
	/* standbys when nothing else is left */
	{ "- H", "aaa" },
	{ "E H", "bbb" },
	{ "H H", "abab" },
	{ "D H H", "bcbc" },
	{ "D R H", "bbb" },
	{ "D RE H", "ccc" },
	{ "D H l1", "bbb" },
	{ "D Hl1", "bbb" },
	{ "D EH H", "ccc" },
	{ "HN", "-" },
	{ "D RH H", "bbb" },
};

START_TEST(test_elections)
{
	const char *want;

	describe(elections[_i].members, METHOD_REQUESTS);
	for (want = elections[_i].picks; *want != '\0'; want++)
		ck_assert_msg(pick() == *want, "\"%s\": pick %d is not %c",
		    elections[_i].members,
		    (int)(want - elections[_i].picks), *want);
}
END_TEST

/* After so many picks each has its share, to one cycle. */
static const struct {
	const char	*members;
	int		 share[3];
} shares[] = {
	{ "- - f2", { 1, 1, 2 } },
	{ "f3 f7", { 3, 7, 0 } },
	{ "f100 f1", { 100, 1, 0 } },
	{ "f5 f3 f2", { 5, 3, 2 } },
};

START_TEST(test_shares)
{
	int cycle, got[3] = { 0, 0, 0 }, i, k, sum;
	char who;

	describe(shares[_i].members, METHOD_REQUESTS);
	sum = shares[_i].share[0] + shares[_i].share[1] +
	    shares[_i].share[2];
	for (i = 1; i <= PICKS; i++) {
		who = pick();
		ck_assert(who >= 'a' && who <= 'c');
		got[who - 'a']++;
		if (i % sum != 0)
			continue;
		cycle = i / sum;
		for (k = 0; k < 3; k++)
			ck_assert_int_eq(got[k], cycle * shares[_i].share[k]);
	}
	for (k = 0; k < 3 && members[k].tally != NULL &&
	    (size_t)k < balancer.n; k++)
		ck_assert_int_eq((int)board_elected(members[k].tally),
		    got[k]);
}
END_TEST

/* All members of one request, in turn: none twice. */
static const struct {
	const char	*members;
	const char	*turn;
} turns[] = {
	{ "-", "a-" },
	{ "- - -", "abc-" },
	{ "- - f2", "cab-" },
	{ "- D -", "ac-" },
	{ "- l1 l2", "abc-" },
	{ "- R H", "abc-" },
	{ "- - R H", "abcd-" },
	{ "- H H l1", "abcd-" },
	{ "E -", "b-" },
	{ "E E", "ab-" },
};

START_TEST(test_turns)
{
	const struct member *m;
	struct balance c;
	const char *want;
	unsigned n;

	describe(turns[_i].members, METHOD_REQUESTS);
	begin(&c);
	n = 0;
	for (want = turns[_i].turn; *want != '\0'; want++) {
		ck_assert_uint_eq(balance_count_tried(&c), n);
		m = balance_pick(&c, NOW, false);
		ck_assert_msg(name_of(m) == *want, "\"%s\": try %u is %c",
		    turns[_i].members, n, name_of(m));
		n++;
	}
}
END_TEST

START_TEST(test_unpick)
{
	const struct member *m;
	struct balance c;

	describe("- -", METHOD_REQUESTS);
	begin(&c);
	m = balance_pick(&c, NOW, false);
	ck_assert_int_eq(name_of(m), 'a');
	ck_assert_int_eq(name_of(balance_pick(&c, NOW, false)), 'b');
	balance_unpick(&c, m);
	ck_assert_uint_eq(balance_count_tried(&c), 1);
	ck_assert_int_eq(name_of(balance_pick(&c, NOW, false)), 'a');
}
END_TEST

/*
 * httpd: sent/factor + received/factor, the first on ties.
 */
static const struct {
	const char	*members;
	uint64_t	 out[3];
	uint64_t	 in[3];
	char		 pick;
} traffics[] = {
	{ "- - -", { 0, 0, 0 }, { 0, 0, 0 }, 'a' },
	{ "- - -", { 100, 0, 0 }, { 0, 0, 0 }, 'b' },
	{ "- - -", { 500, 700, 400 }, { 0, 0, 0 }, 'c' },
	{ "- - -", { 500, 700, 400 }, { 0, 0, 200 }, 'a' },
	{ "- f2 -", { 1000, 1900, 1000 }, { 0, 0, 0 }, 'b' },
	{ "- f2 -", { 1000, 1000, 5000 }, { 0, 1000, 0 }, 'a' },
	{ "- - f4", { 900, 900, 900 }, { 900, 900, 900 }, 'c' },
	{ "D - -", { 0, 900, 800 }, { 0, 0, 0 }, 'c' },
	{ "- - -", { UINT64_C(1) << 40, 1, 2 }, { 0, 999, 0 }, 'c' },
};

START_TEST(test_traffic)
{
	size_t i;

	describe(traffics[_i].members, METHOD_TRAFFIC);
	for (i = 0; i < 3; i++) {
		/* by several workers */
		board_take(i, 1);
		board_mine(i);
		board_count_bytes(members[i].tally, traffics[_i].out[i] / 2,
		    0);
		board_mine(0);
		board_count_bytes(members[i].tally, traffics[_i].out[i] -
		    traffics[_i].out[i] / 2, traffics[_i].in[i]);
	}
	ck_assert_int_eq(pick(), traffics[_i].pick);
	ck_assert_int_eq(pick(), traffics[_i].pick);
}
END_TEST

/*
 * The first one does not compete while the others get bytes; then it does,
 * and gets its share, not all that the others have had.
 */
static const struct {
	const char	*before;
	const char	*after;
	uint64_t	 first;		/* bytes that it has had */
} joins[] = {
	{ "D - -", "- - -", 0 },
	{ "S - -", "- - -", 0 },
	{ "N - -", "- - -", 0 },
	{ "E - -", "- - -", 0 },
	{ "C - -", "- - -", 0 },
	{ "R - -", "- - -", 0 },
	{ "H - -", "- - -", 0 },
	{ "l1 - -", "- - -", 0 },
	/* a spare takes the place of another, and then no more than that */
	{ "R - - -", "R - - D", 0 },
	/* another factor */
	{ "- - -", "f9 - -", 90000 },
	{ "f9 - -", "- - -", 900000 },
	{ "f2 f2 f2", "- - -", 90000 },
};

START_TEST(test_traffic_joins)
{
	describe(joins[_i].before, METHOD_TRAFFIC);
	pick();
	board_count_bytes(members[0].tally, joins[_i].first, 0);
	board_count_bytes(members[1].tally, 90000, 0);
	board_count_bytes(members[2].tally, 0, 80000);
	if (balancer.n > 3)
		board_count_bytes(members[3].tally, 90000, 0);
	ck_assert_int_ne(pick(), 'a');
	describe(joins[_i].after, METHOD_TRAFFIC);
	board_change_flags(members[0].tally, 0, TALLY_ERROR |
	    TALLY_CHECK_FAILED);
	ck_assert_int_eq(pick(), 'a');
	board_count_bytes(members[0].tally, 900000, 0);
	ck_assert_int_ne(pick(), 'a');
	board_count_bytes(members[2].tally, 9000000, 0);
	ck_assert_int_ne(pick(), 'c');
}
END_TEST

/* So many processes serve a request at each member, until told. */
static int
occupy(const char *who, pid_t *pids)
{
	int go[2], n, up[2];
	char byte;

	ck_assert_int_eq(pipe(go), 0);
	ck_assert_int_eq(pipe(up), 0);
	for (n = 0; who[n] != '\0'; n++) {
		board_take((size_t)n + 1, 1);
		pids[n] = fork();
		ck_assert_int_ne(pids[n], -1);
		if (pids[n] != 0)
			continue;
		close(go[1]);
		board_mine((size_t)n + 1);
		board_set_member(members[who[n] - 'a'].tally);
		if (write(up[1], "", 1) == 1 && read(go[0], &byte, 1) == 0)
			board_set_member(NULL);
		_exit(0);
	}
	close(go[0]);
	close(up[1]);
	for (n = 0; who[n] != '\0'; n++)
		ck_assert_int_eq((int)read(up[0], &byte, 1), 1);
	close(up[0]);
	return go[1];
}

static const struct {
	const char	*members;
	const char	*busy;
	const char	*picks;
} busynesses[] = {
	{ "- - -", "", "abcabc" },
	{ "- - f2", "", "cabccabc" },
	{ "- -", "a", "bbb" },
	{ "- -", "ab", "abab" },
	{ "- - -", "aab", "ccc" },
	{ "- - -", "abbcc", "aaa" },
	{ "f100 -", "a", "bbb" },
	{ "- - D", "ab", "abab" },
};

START_TEST(test_busyness)
{
	const char *want;
	pid_t pids[NSLOT];
	int fd, i, status;

	describe(busynesses[_i].members, METHOD_BUSYNESS);
	fd = occupy(busynesses[_i].busy, pids);
	for (want = busynesses[_i].picks; *want != '\0'; want++)
		ck_assert_msg(pick() == *want, "%d: not %c", _i, *want);
	close(fd);
	for (i = 0; busynesses[_i].busy[i] != '\0'; i++) {
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert_int_eq(status, 0);
	}
	ck_assert_uint_eq(board_busy(members[0].tally), 0);
}
END_TEST

/* One that was killed is busy until the master clears its slot. */
START_TEST(test_busy_killed)
{
	pid_t pid;
	int fd;

	describe("- -", METHOD_BUSYNESS);
	fd = occupy("a", &pid);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	close(fd);
	ck_assert_uint_eq(board_busy(members[0].tally), 1);
	board_clear(1);
	ck_assert_uint_eq(board_busy(members[0].tally), 0);
}
END_TEST

/* open: members without a free place are left out, and nothing is counted. */
START_TEST(test_open)
{
	struct balance c;
	int i;

	describe("m1 m2", METHOD_REQUESTS);
	board_take(1, 1);
	board_mine(1);
	ck_assert(board_take_place(members[0].tally, 1));
	board_mine(0);
	for (i = 0; i < 3; i++) {
		begin(&c);
		ck_assert_int_eq(name_of(balance_pick(&c, NOW, true)), 'b');
		ck_assert_ptr_null(balance_pick(&c, NOW, true));
		ck_assert_uint_eq(balance_count_tried(&c), 1);
		ck_assert_int_eq(name_of(balance_pick(&c, NOW, false)), 'a');
	}
	/* The session's own member is waited for, no other is taken. */
	balancer.cookie = balancer.param = "S";
	ck_assert_int_eq(balance_begin(&c, &balancer, STR("/;S=x.a"),
	    STR_NONE, &none, &arena), 0);
	ck_assert_ptr_null(balance_pick(&c, NOW, true));
	ck_assert_int_eq(name_of(balance_pick(&c, NOW, false)), 'a');
	board_clear(1);
}
END_TEST

/* ------------------------------------------------------------------ sticky */

/*
 * Routes a and b, c is a standby, d is asked for by nobody.  options: , other
 * separator; ; scolonpathdelim; 0 no separator; names are cookie SC and
 * parameter sp unless = (both S).
 */
static const struct {
	const char	*options;
	const char	*path;
	const char	*query;
	const char	*cookie;
	const char	*route;		/* NULL: none */
	const char	*sticky;
} stickies[] = {
	/* nothing */
	{ "", "/", NULL, NULL, NULL, NULL },
	{ "", "/", "", "", NULL, NULL },
	{ "", "/sp=x.a", NULL, NULL, NULL, NULL },
	{ "", "/x/sp=x.a", NULL, NULL, NULL, NULL },
	/* path */
	{ "", "/;sp=x.a", NULL, NULL, "a", "sp" },
	{ "", "/app;sp=x.a", NULL, NULL, "a", "sp" },
	{ "", "/app;sp=x.a/more", NULL, NULL, "a", "sp" },
	{ "", "/app;v=1;sp=x.a", NULL, NULL, "a", "sp" },
	{ "", "/app;sp=x.a&v=1", NULL, NULL, "a", "sp" },
	{ "", "/app;sp=x.a;v=1", NULL, NULL, "a;v=1", "sp" },
	{ ";", "/app;sp=x.a;v=1", NULL, NULL, "a", "sp" },
	{ "", "/app;xsp=x.a", NULL, NULL, NULL, NULL },
	{ "", "/app;spx=x.a", NULL, NULL, NULL, NULL },
	{ "", "/app;sp", NULL, NULL, NULL, NULL },
	{ "", "/app;SP=x.a", NULL, NULL, NULL, NULL },
	{ "", "/app;SC=x.a", NULL, NULL, NULL, NULL },
	{ "", "/app;sp=x", NULL, NULL, NULL, NULL },
	{ "", "/app;sp=x.", NULL, NULL, NULL, NULL },
	{ "", "/app;sp=", NULL, NULL, NULL, NULL },
	{ "", "/app;sp=.a", NULL, NULL, "a", "sp" },
	{ "", "/app;sp=x.a.b", NULL, NULL, "a.b", "sp" },
	{ "", "/a;sp=x.a/b;sp=x.b", NULL, NULL, "a", "sp" },
	/* query */
	{ "", "/", "sp=x.a", NULL, "a", "sp" },
	{ "", "/", "v=1&sp=x.a", NULL, "a", "sp" },
	{ "", "/", "sp=x.a&v=1", NULL, "a", "sp" },
	{ "", "/", "xsp=x.b&sp=x.a", NULL, "a", "sp" },
	{ "", "/", "v=sp=x.a", NULL, NULL, NULL },
	{ "", "/", "v;sp=x.a", NULL, NULL, NULL },
	{ ";", "/", "v;sp=x.a;w", NULL, "a", "sp" },
	{ "", "/", "SC=x.a", NULL, NULL, NULL },
	/* cookie */
	{ "", "/", NULL, "SC=x.a", "a", "SC" },
	{ "", "/", NULL, "SC=x.a; other=1", "a", "SC" },
	{ "", "/", NULL, "other=1; SC=x.a", "a", "SC" },
	{ "", "/", NULL, "other=1;SC=x.a", "a", "SC" },
	{ "", "/", NULL, "other=1, SC=x.a", "a", "SC" },
	{ "", "/", NULL, "other=1,SC=x.a,third", "a", "SC" },
	{ "", "/", NULL, "SC =x.a", "a", "SC" },
	{ "", "/", NULL, "XSC=x.b; SC=x.a", "a", "SC" },
	{ "", "/", NULL, "SCX=x.b; SC=x.a", "a", "SC" },
	{ "", "/", NULL, "sc=x.a", NULL, NULL },
	{ "", "/", NULL, "sp=x.a", NULL, NULL },
	{ "", "/", NULL, "SC=x", NULL, NULL },
	{ "", "/", NULL, "SC", NULL, NULL },
	{ "", "/", NULL, "SC=", NULL, NULL },
	{ "", "/", NULL, "SC=.a", "a", "SC" },
	{ "", "/", NULL, "other=SC=x.a", NULL, NULL },
	{ "", "/", NULL, "SC=x.a&b", "a&b", "SC" },
	{ "=", "/", NULL, "S=x.a", "a", "S" },
	{ "=", "/", "S=x.a", NULL, "a", "S" },
	/* the url beats the cookie, the path the query */
	{ "", "/;sp=x.a", "sp=x.b", "SC=x.c", "a", "sp" },
	{ "", "/", "sp=x.a", "SC=x.b", "a", "sp" },
	{ "", "/", "sp=x", "SC=x.b", NULL, NULL },
	/* separators */
	{ ",", "/;sp=x,a", NULL, NULL, "a", "sp" },
	{ ",", "/;sp=x.y,a", NULL, NULL, "a", "sp" },
	{ ",", "/;sp=x.a", NULL, NULL, NULL, NULL },
	{ "0", "/;sp=a", NULL, NULL, "a", "sp" },
	{ "0", "/;sp=x.a", NULL, NULL, "x.a", "sp" },
	{ "0", "/;sp=", NULL, NULL, NULL, NULL },
	{ "0", "/", NULL, "SC=b", "b", "SC" },
};

static void
set_options(const char *options)
{
	balancer.cookie = "SC";
	balancer.param = "sp";
	for (; *options != '\0'; options++)
		switch (*options) {
		case ',':
			balancer.separator = ',';
			break;
		case '0':
			balancer.separator = '\0';
			break;
		case ';':
			balancer.semicolon = 1;
			break;
		case '=':
			balancer.cookie = balancer.param = "S";
			break;
		default:
			ck_abort();
		}
}

static void
begin_sticky(struct balance *c, const char *path, const char *query,
    const char *cookie)
{
	struct fields f;

	memset(&f, 0, sizeof(f));
	ck_assert_int_eq(fields_add(&f, &arena, STR("Host"), STR("x")), 0);
	if (cookie != NULL)
		ck_assert_int_eq(fields_add(&f, &arena, STR("cookie"),
		    str_of(cookie)), 0);
	ck_assert_int_eq(balance_begin(c, &balancer, str_of(path),
	    query == NULL ? STR_NONE : str_of(query), &f, &arena), 0);
}

static void
check_text(struct str got, const char *want)
{
	if (want == NULL)
		ck_assert_ptr_null(got.p);
	else
		ck_assert_msg(str_eq(got, str_of(want)), "%d of \"%.*s\", "
		    "not \"%s\"", (int)got.n, STR_ARG(got), want);
}

START_TEST(test_sticky)
{
	struct balance c;

	describe("- - H", METHOD_REQUESTS);
	set_options(stickies[_i].options);
	begin_sticky(&c, stickies[_i].path, stickies[_i].query,
	    stickies[_i].cookie);
	check_text(c.route, stickies[_i].route);
	check_text(c.sticky, stickies[_i].sticky);
}
END_TEST

/* Without stickysession= nothing is looked for, nothing changes. */
START_TEST(test_not_sticky)
{
	struct balance c;

	describe("- -", METHOD_REQUESTS);
	begin_sticky(&c, "/;sp=x.b", "sp=x.b", "SC=x.b");
	check_text(c.route, NULL);
	ck_assert_int_eq(name_of(balance_pick(&c, NOW, false)), 'a');
	ck_assert(!c.changed);
}
END_TEST

/*
 * Who gets a request that asks for a route.  redirects: pairs of a member and
 * the route that it is redirected to; routes: the members' routes, when not
 * a, b, c; nofailover: !
 */
static const struct {
	const char	*members;
	const char	*routes;
	const char	*redirects;
	const char	*route;
	const char	*turn;		/* picks of one request */
	bool		 changed;
	bool		 no_failover;
} ways[] = {
	{ "- - -", NULL, "", "b", "bac-", false, false },
	{ "- - -", NULL, "", "z", "abc-", true, false },
	{ "- - -", NULL, "", "z", "abc-", true, true },
	{ "- - -", NULL, "", "B", "abc-", true, false },
	{ "- - f5", NULL, "", "b", "bca-", false, false },
	{ "- D -", NULL, "", "b", "ac-", true, false },
	{ "- D -", NULL, "", "b", "-", false, true },
	{ "- E -", NULL, "", "b", "-", false, true },
	{ "- E -", NULL, "", "b", "ac-", true, false },
	{ "- EI -", NULL, "", "b", "bac-", false, false },
	{ "- N -", NULL, "", "b", "bac-", false, false },
	{ "- DN -", NULL, "", "b", "ac-", true, false },
	{ "- C -", NULL, "", "b", "ac-", true, false },
	{ "- - H", NULL, "", "c", "cab-", false, false },
	{ "- - R", NULL, "", "c", "cab-", false, false },
	{ "- - l1", NULL, "", "c", "cab-", false, false },
	/* after the session's member has failed, others follow or not */
	{ "- - -", NULL, "", "b", "b-", false, true },
	/* redirect= */
	{ "- D -", NULL, "bc", "b", "ca-", true, false },
	{ "- D -", NULL, "bc", "b", "c-", true, true },
	{ "- - -", NULL, "bc", "b", "bca-", false, false },
	{ "D D -", NULL, "baac", "b", "c-", true, false },
	{ "- D D", NULL, "bccb", "b", "a-", true, false },
	{ "- D D", NULL, "bccb", "b", "-", false, true },
	{ "- D -", NULL, "bb", "b", "ac-", true, false },
	{ "- D -", NULL, "bz", "b", "ac-", true, false },
	{ "- D N", NULL, "bc", "b", "ca-", true, false },
	/* of one route: ordinary ones first, and the first that can */
	{ "- - -", "abb", "", "b", "bca-", false, false },
	{ "- H -", "abb", "", "b", "cba-", false, false },
	{ "- D -", "abb", "", "b", "ca-", false, false },
	{ "- D H", "abb", "", "b", "ca-", false, false },
	{ "- D -", "abb", "ba", "b", "ca-", false, false },
	{ "- D D", "abb", "ca", "b", "a-", true, false },
};

START_TEST(test_ways)
{
	static char routes[MOST][2], redirects[MOST][2];
	struct balance c;
	const char *p;
	size_t i;

	describe(ways[_i].members, METHOD_REQUESTS);
	set_options("");
	balancer.no_failover = ways[_i].no_failover;
	for (i = 0; ways[_i].routes != NULL && i < balancer.n; i++) {
		routes[i][0] = ways[_i].routes[i];
		members[i].route = routes[i];
	}
	for (p = ways[_i].redirects; *p != '\0'; p += 2) {
		redirects[p[0] - 'a'][0] = p[1];
		members[p[0] - 'a'].redirect = redirects[p[0] - 'a'];
	}
	begin_sticky(&c, arena_printf(&arena, "/;sp=x.%s", ways[_i].route),
	    NULL, NULL);
	for (p = ways[_i].turn; *p != '\0'; p++) {
		ck_assert_msg(name_of(balance_pick(&c, NOW, false)) == *p,
		    "%d: pick %d is not %c", _i, (int)(p - ways[_i].turn),
		    *p);
		if (p == ways[_i].turn)
			ck_assert_int_eq(c.changed, ways[_i].changed);
	}
}
END_TEST

/* httpd: requests that know their way count for the others. */
START_TEST(test_sticky_counts)
{
	struct balance c;
	int i;

	describe("- -", METHOD_REQUESTS);
	set_options("");
	for (i = 0; i < 3; i++) {
		begin_sticky(&c, "/;sp=x.a", NULL, NULL);
		ck_assert_int_eq(name_of(balance_pick(&c, NOW, false)), 'a');
	}
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(pick(), 'b');
	ck_assert_int_eq(pick(), 'a');
}
END_TEST

START_TEST(test_no_route_asked)
{
	struct balance c;

	describe("- -", METHOD_REQUESTS);
	set_options("");
	begin_sticky(&c, "/", NULL, NULL);
	ck_assert_int_eq(name_of(balance_pick(&c, NOW, false)), 'a');
	ck_assert(c.changed);
	/* A member without a route answers no route. */
	members[0].route = "";
	begin_sticky(&c, "/;sp=x.", NULL, NULL);
	ck_assert_int_eq(name_of(balance_pick(&c, NOW, false)), 'b');
}
END_TEST

/* ----------------------------------------------------------------- failure */

/* In error since NOW; retry and now tell whether it is tried again. */
static const struct {
	const char	*members;
	int		 retry;
	int64_t		 later;
	bool		 recovery;
	char		 pick;
} retries[] = {
	{ "E -", 60000, 0, true, 'b' },
	{ "E -", 60000, 59999, true, 'b' },
	{ "E -", 60000, 60000, true, 'a' },
	{ "E -", 0, 0, true, 'a' },
	{ "E -", 1, 0, true, 'b' },
	{ "E -", 1, 1, true, 'a' },
	{ "E", 60000, 0, true, 'a' },
	{ "E", 60000, 0, false, '-' },
	{ "E", 60000, 59999, false, '-' },
	{ "E", 60000, 60000, false, 'a' },
	{ "ES", 60000, 90000, false, '-' },
	{ "ES", 0, 90000, true, '-' },
	{ "ED", 0, 90000, true, '-' },
	{ "E D", 60000, 0, false, '-' },
	{ "E D", 60000, 0, true, 'a' },
	{ "E S", 60000, 0, true, 'a' },
	{ "E E", 60000, 0, false, '-' },
	{ "E E", 60000, 0, true, 'a' },
	{ "EI", 60000, 0, false, 'a' },
	{ "EC", 0, 90000, true, '-' },
	{ "Ec", 0, 90000, true, 'a' },
	/* another worker's error may be later than our now */
	{ "E -", 60000, -1, true, 'b' },
	{ "E -", 0, -1, true, 'a' },
	{ "E -", 60000, -60000, true, 'b' },
	/* the clock of the board wraps around */
	{ "E -", 60000, INT64_C(25) * 86400000, true, 'a' },
	{ "E -", 60000, INT64_C(48) * 86400000, true, 'a' },
	{ "E -", 60000, (INT64_C(1) << 32) + 60000, true, 'a' },
};

START_TEST(test_retries)
{
	size_t i;

	describe(retries[_i].members, METHOD_REQUESTS);
	balancer.force_recovery = retries[_i].recovery;
	for (i = 0; i < balancer.n; i++)
		members[i].retry = retries[_i].retry;
	ck_assert_int_eq(pick_at(NOW + retries[_i].later), retries[_i].pick);
}
END_TEST

/* With forced recovery only the start of a request tries all again. */
START_TEST(test_recovery_once)
{
	const struct member *m;
	struct balance c;

	describe("E E", METHOD_REQUESTS);
	begin(&c);
	m = balance_pick(&c, NOW, false);
	ck_assert_int_eq(name_of(m), 'a');
	balance_blame(m, NOW);
	m = balance_pick(&c, NOW, false);
	ck_assert_int_eq(name_of(m), 'b');
	balance_blame(m, NOW);
	ck_assert_ptr_null(balance_pick(&c, NOW, false));
	ck_assert(!balance_is_usable(&members[0], NOW));
	ck_assert_int_eq(pick(), 'b');
}
END_TEST

START_TEST(test_news)
{
	const struct member *m;

	describe("- -", METHOD_REQUESTS);
	m = &members[0];
	ck_assert(!balance_praise(m, NOW));
	ck_assert(balance_blame(m, NOW));
	ck_assert(!balance_blame(m, NOW + 1));
	ck_assert_uint_eq(board_errors(m->tally), 2);
	ck_assert_uint_eq(board_error_ms(m->tally), NOW + 1);
	ck_assert(!balance_is_usable(m, NOW + 1));
	/* tried again in vain: no news */
	ck_assert(balance_is_usable(m, NOW + 1 + RETRY));
	ck_assert(!balance_blame(m, NOW + 1 + RETRY));
	/* what was connected before says nothing */
	ck_assert(!balance_praise(m, NOW));
	ck_assert(!balance_praise(m, NOW + 1 + RETRY));
	ck_assert(!balance_is_usable(m, NOW + 1 + RETRY));
	ck_assert(balance_praise(m, NOW + 2 + RETRY));
	ck_assert(balance_is_usable(m, NOW + 2 + RETRY));
	ck_assert(!balance_praise(m, NOW + 3 + RETRY));
	ck_assert(balance_blame(m, NOW + 4 + RETRY));
}
END_TEST

/* Who ignores errors, or stands alone, is never in error. */
START_TEST(test_never_blamed)
{
	describe("I -", METHOD_REQUESTS);
	ck_assert(!balance_blame(&members[0], NOW));
	ck_assert(balance_is_usable(&members[0], NOW));
	members[1].balancer = NULL;
	ck_assert(!balance_blame(&members[1], NOW));
	ck_assert(balance_is_usable(&members[1], NOW));
	ck_assert_uint_eq(board_errors(members[0].tally), 0);
}
END_TEST

/* The checker has the last word on what it watches. */
START_TEST(test_checked)
{
	const struct member *m;

	describe("C -", METHOD_REQUESTS);
	m = &members[0];
	board_change_flags(m->tally, TALLY_TOLD_DOWN, 0);
	ck_assert(!balance_blame(m, NOW));
	ck_assert(!balance_praise(m, NOW + 1));
	ck_assert(!balance_is_usable(m, NOW + 2 * RETRY));
	board_change_flags(m->tally, 0, TALLY_CHECK_FAILED);
	ck_assert(balance_praise(m, NOW + 1));
	ck_assert(balance_is_usable(m, NOW + 1));
}
END_TEST

static const struct {
	const char	*members;
	int		 retry;
	int64_t		 later;
	int		 seconds;
} afters[] = {
	{ "-", 60000, 0, 60 },
	{ "E", 60000, 0, 60 },
	{ "E", 60000, 1, 60 },
	{ "E", 60000, 1000, 59 },
	{ "E", 60000, 59500, 1 },
	{ "E", 60000, 90000, 1 },
	{ "E", 0, 0, 1 },
	{ "E", 1, 0, 1 },
	{ "E", 1001, 0, 2 },
	{ "E E", 5000, 0, 5 },
	{ "E", 600000, 0, 60 },
	{ "E", 5000, -1, 5 },
	{ "E", 5000, INT64_C(30) * 86400000, 1 },
	{ "E", INT32_MAX, 0, 60 },
};

START_TEST(test_retry_after)
{
	size_t i;

	describe(afters[_i].members, METHOD_REQUESTS);
	for (i = 0; i < balancer.n; i++)
		members[i].retry = afters[_i].retry;
	ck_assert_int_eq(balance_retry_after(&balancer, NOW +
	    afters[_i].later), afters[_i].seconds);
}
END_TEST

START_TEST(test_full_arena)
{
	struct balance c;

	describe("-", METHOD_REQUESTS);
	while (arena_alloc(&arena, 1) != NULL)
		continue;
	ck_assert_int_eq(balance_begin(&c, &balancer, STR("/"), STR_NONE,
	    &none, &arena), -1);
}
END_TEST

#define LOOP(c, test, table) \
	tcase_add_loop_test(c, test, 0, (int)(sizeof(table) / \
	    sizeof((table)[0])))

Suite *
suite_balance(void)
{
	Suite *s;
	TCase *c;

	s = suite_create("balance");
	c = tcase_create("balance");
	tcase_add_checked_fixture(c, setup, teardown);
	LOOP(c, test_elections, elections);
	LOOP(c, test_shares, shares);
	LOOP(c, test_turns, turns);
	tcase_add_test(c, test_unpick);
	LOOP(c, test_traffic, traffics);
	LOOP(c, test_traffic_joins, joins);
	LOOP(c, test_busyness, busynesses);
	tcase_add_test(c, test_busy_killed);
	tcase_add_test(c, test_open);
	LOOP(c, test_sticky, stickies);
	tcase_add_test(c, test_not_sticky);
	LOOP(c, test_ways, ways);
	tcase_add_test(c, test_sticky_counts);
	tcase_add_test(c, test_no_route_asked);
	LOOP(c, test_retries, retries);
	tcase_add_test(c, test_recovery_once);
	tcase_add_test(c, test_news);
	tcase_add_test(c, test_never_blamed);
	tcase_add_test(c, test_checked);
	LOOP(c, test_retry_after, afters);
	tcase_add_test(c, test_full_arena);
	suite_add_tcase(s, c);
	return s;
}
