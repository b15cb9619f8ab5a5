/* The search of expressions: what is judged, and that both ways agree. */
#include <check.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "pattern.h"
#include "search.h"
#include "unit.h"

static struct arena arena;

static void
setup(void)
{
	ck_assert_int_eq(arena_init(&arena, 16 * 1024 * 1024), 0);
}

static void
teardown(void)
{
	arena_free(&arena);
}

static const struct {
	const char		*ere;
	enum search_cost	 cost;
	const char		*backwards;	/* NULL: not asked for */
} judged[] = {
	{ "abc", SEARCH_PLAIN, NULL },
	{ "^.*b", SEARCH_PLAIN, NULL },
	{ "^(a|b)*$", SEARCH_PLAIN, NULL },
	{ "a?b", SEARCH_PLAIN, NULL },
	{ "[0-9a-f]{32}", SEARCH_PLAIN, NULL },
	{ "a.{0,200}b", SEARCH_HEAVY, NULL },
	{ "a{9}.*b", SEARCH_HEAVY, NULL },
	{ "(a|$)*b", SEARCH_HEAVY, NULL },
	{ "((a|^)b)+", SEARCH_HEAVY, NULL },
	{ "[*+{]b", SEARCH_PLAIN, NULL },
	{ "a\\*", SEARCH_PLAIN, NULL },
	{ "^a|b*c", SEARCH_SQUARE, "^.*(a$|cb*)" },
	{ "(a|aa)+$", SEARCH_SQUARE, "^.*(^(a|aa)+)" },
	{ "ab+\\.[^]a-c]*(d(ef|g)?|h{2,})", SEARCH_SQUARE,
	  "^.*(((fe|g)?d|h{2,})[^]a-c]*\\.b+a)" },
	{ "(^|[^[:space:]x])y+", SEARCH_SQUARE,
	  "^.*(y+($|[^[:space:]x]))" }
};

START_TEST(test_judge)
{
	ck_assert_int_eq(search_judge(judged[_i].ere), judged[_i].cost);
	if (judged[_i].backwards != NULL)
		ck_assert_str_eq(search_backwards(judged[_i].ere, &arena),
		    judged[_i].backwards);
}
END_TEST

/* Numbers that are the same each time. */
static unsigned
roll(unsigned n)
{
	static uint64_t x = 88172645463325252;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return (unsigned)(x >> 11) % n;
}

static void
roll_branch(struct out *o, int depth)
{
	static const char *const atoms[] = { ".", "[ab]", "[^a]",
	    "[[:digit:]b]", "\\.", "a", "b", "c", "[]x-]" };
	static const char *const more[] = { "*", "+", "?", "{2}", "{1,2}",
	    "{1,}" };
	unsigned i, n;

	n = 1 + roll(3);
	for (i = 0; i < n; i++) {
		if (depth > 0 && roll(4) == 0) {
			out_ch(o, '(');
			roll_branch(o, depth - 1);
			if (roll(2) == 0) {
				out_ch(o, '|');
				roll_branch(o, depth - 1);
			}
			out_ch(o, ')');
		} else
			out_z(o, atoms[roll(NELEM(atoms))]);
		if (roll(2) == 0)
			out_z(o, more[roll(NELEM(more))]);
	}
}

/* Where regexec(3) itself finds it; -1: nowhere. */
static long
find_plainly(const char *ere, const char *text)
{
	regmatch_t m;
	regex_t re;
	int none;

	ck_assert_int_eq(regcomp(&re, ere, REG_EXTENDED), 0);
	none = regexec(&re, text, 1, &m, 0);
	regfree(&re);
	return none != 0 ? -1 : (long)m.rm_so;
}

static void
compare(const char *ere, const char *text)
{
	regex_t any, back;
	long want;

	want = find_plainly(ere, text);
	ck_assert_int_eq(regcomp(&any, search_anywhere(ere, &arena),
	    REG_EXTENDED | REG_NOSUB), 0);
	ck_assert_int_eq(regcomp(&back, search_backwards(ere, &arena),
	    REG_EXTENDED), 0);
	ck_assert_msg((regexec(&any, text, 0, NULL, 0) == 0) == (want != -1),
	    "%s anywhere in %s", ere, text);
	ck_assert_msg(search_first(&back, str_of(text), &arena) == want,
	    "%s backwards in %s", ere, text);
	regfree(&any);
	regfree(&back);
}

START_TEST(test_both_ways_agree)
{
	char ere[512], text[24];
	struct out o;
	unsigned i, k, n;

	for (i = 0; i < 2000; i++) {
		arena_reset(&arena);
		out_init(&o, ere, sizeof(ere) - 1);
		roll_branch(&o, 2);
		out_z(&o, roll(5) == 0 ? "$" : "");
		out_ch(&o, '\0');
		if (o.bad || search_judge(ere) != SEARCH_SQUARE)
			continue;
		for (k = 0; k < 4; k++) {
			n = roll(sizeof(text) - 1);
			text[n] = '\0';
			while (n > 0)
				text[--n] = "aabbc.x-1"[roll(9)];
			compare(ere, text);
		}
	}
}
END_TEST

/*
 * A text of half a megabyte: what costs the square of it takes a quarter of
 * an hour, and check(3) ends it.
 */
static const struct {
	const char	*re;
	const char	*tail;		/* behind all the a */
	const char	*first;		/* $1; NULL: no match */
} long_texts[] = {
	{ "(a|aa)+$", "b", NULL },
	{ "a+(b)", "cab", "b" },
	{ "(a.*)x", "", NULL },
	{ "(?i)(A+)C$", "Bac", "a" },
	{ "\\ba+(b)", "c ab", "b" },
	{ "(x|b+)(c|d)$", "bbc", "bb" }
};

START_TEST(test_long_texts)
{
	static char text[512 * 1024 + 8];
	struct pattern *p;
	struct pattern_text t;
	struct str group[PATTERN_GROUPS];
	int captures;

	memset(text, 'a', 512 * 1024);
	memcpy(text + 512 * 1024, long_texts[_i].tail,
	    strlen(long_texts[_i].tail) + 1);
	for (captures = 0; captures < 2; captures++) {
		ck_assert_ptr_null(pattern_compile(&p, &arena,
		    long_texts[_i].re, false, captures == 1));
		t = (struct pattern_text){ str_of(text), NULL };
		ck_assert_int_eq(pattern_match(p, &t, &arena, captures == 1 ?
		    group : NULL), long_texts[_i].first != NULL);
		if (captures == 1 && long_texts[_i].first != NULL)
			ck_assert_str_eq(arena_cstr(&arena, group[1]),
			    long_texts[_i].first);
		pattern_free(p);
	}
}
END_TEST

START_TEST(test_heavy)
{
	static char text[8192];
	struct pattern *p;
	struct pattern_text t;
	const char *why;

	ck_assert_ptr_null(pattern_compile(&p, &arena, "a{20}.*b", false,
	    false));
	ck_assert_ptr_nonnull(pattern_warning(p));
	memset(text, 'a', 8191);
	t = (struct pattern_text){ { text, 8190 }, NULL };
	ck_assert_int_eq(pattern_match(p, &t, &arena, NULL), 0);
	ck_assert_ptr_null(pattern_refusal(&why));
	t = (struct pattern_text){ { text, 8191 }, NULL };
	ck_assert_int_eq(pattern_match(p, &t, &arena, NULL), -1);
	ck_assert_str_eq(pattern_refusal(&why), "a{20}.*b");
	ck_assert_ptr_null(pattern_refusal(&why));
	pattern_free(p);
}
END_TEST

Suite *
suite_search(void)
{
	Suite *s;
	TCase *t;

	s = suite_create("search");
	t = tcase_create("search");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, test_judge, 0, NELEM(judged));
	tcase_add_test(t, test_both_ways_agree);
	tcase_add_loop_test(t, test_long_texts, 0, NELEM(long_texts));
	tcase_add_test(t, test_heavy);
	suite_add_tcase(s, t);
	return s;
}
