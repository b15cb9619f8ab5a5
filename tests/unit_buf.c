/*
 * buf: slices, numbers, lists, arenas, the bounded builder.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "unit.h"

static const struct {
	const char	*text;
	int		 error;		/* 0: a number */
	uint64_t	 value;
} numbers[] = {
	{ "0", 0, 0 },
	{ "7", 0, 7 },
	{ "007", 0, 7 },
	{ "18446744073709551615", 0, UINT64_MAX },
	{ "18446744073709551616", ERANGE, 0 },
	{ "99999999999999999999", ERANGE, 0 },
	{ "", EINVAL, 0 },
	{ "+1", EINVAL, 0 },
	{ "-1", EINVAL, 0 },
	{ " 1", EINVAL, 0 },
	{ "1 ", EINVAL, 0 },
	{ "0x1", EINVAL, 0 },
	{ "1,1", EINVAL, 0 },
};

START_TEST(test_numbers)
{
	uint64_t v;
	int r;

	v = 0;
	errno = 0;
	r = str_u64(str_of(numbers[_i].text), &v);
	ck_assert_int_eq(r, numbers[_i].error == 0 ? 0 : -1);
	ck_assert_int_eq(errno, numbers[_i].error);
	ck_assert_uint_eq(v, numbers[_i].value);
}
END_TEST

static const struct {
	const char	*list;
	const char	*elements;	/* joined by | */
} lists[] = {
	{ "", "" },
	{ "a", "a" },
	{ "a,b", "a|b" },
	{ " a , b\t,c ", "a|b|c" },
	{ ",,a,,b,", "a|b" },
	{ "\"a,b\",c", "\"a,b\"|c" },
	{ "\"a\\\",b\",c", "\"a\\\",b\"|c" },
	{ " , , ", "" },
};

START_TEST(test_lists)
{
	char room[64];
	struct out o;
	struct str list, s;

	out_init(&o, room, sizeof(room));
	list = str_of(lists[_i].list);
	while ((s = str_list_next(&list)).p != NULL) {
		if (o.n > 0)
			out_ch(&o, '|');
		out_str(&o, s);
	}
	ck_assert(str_eq(out_done(&o), str_of(lists[_i].elements)));
}
END_TEST

static const struct {
	const char	*a;
	const char	*b;
	int		 equal;
	int		 same_letters;
	int		 starts;	/* a begins with b */
} pairs[] = {
	{ "", "", 1, 1, 1 },
	{ "a", "", 0, 0, 1 },
	{ "", "a", 0, 0, 0 },
	{ "Host", "host", 0, 1, 0 },
	{ "Host", "Host", 1, 1, 1 },
	{ "Hosts", "Host", 0, 0, 1 },
	{ "[", "{", 0, 0, 0 },		/* differ by the case bit alone */
	{ "@", "`", 0, 0, 0 },
};

START_TEST(test_pairs)
{
	struct str a, b;

	a = str_of(pairs[_i].a);
	b = str_of(pairs[_i].b);
	ck_assert_int_eq(str_eq(a, b), pairs[_i].equal);
	ck_assert_int_eq(str_caseeq(a, b), pairs[_i].same_letters);
	ck_assert_int_eq(str_starts(a, b), pairs[_i].starts);
}
END_TEST

START_TEST(test_slices)
{
	struct str s;

	s = STR("abcdef");
	ck_assert_uint_eq(str_chr(s, 'c'), 2);
	ck_assert_uint_eq(str_chr(s, 'x'), 6);
	ck_assert_uint_eq(str_chr(STR_NONE, 'x'), 0);
	ck_assert(str_eq(str_from(s, 4), STR("ef")));
	ck_assert_uint_eq(str_from(s, 9).n, 0);
	ck_assert_ptr_eq(str_from(STR_NONE, 3).p, NULL);
	ck_assert(str_eq(str_head(s, 2), STR("ab")));
	ck_assert(str_eq(str_head(s, 99), s));
	ck_assert(str_eq(str_trim(STR(" \t x y \t")), STR("x y")));
	ck_assert_uint_eq(str_trim(STR("  ")).n, 0);
	ck_assert_ptr_eq(str_of(NULL).p, NULL);
	ck_assert_int_eq(ch_hex('g'), -1);
	ck_assert_int_eq(ch_hex('F'), 15);
}
END_TEST

START_TEST(test_arena_is_bounded)
{
	struct arena a;
	char *p, *q;

	ck_assert_int_eq(arena_init(&a, 1024), 0);
	p = arena_alloc(&a, 1);
	q = arena_alloc(&a, 1);
	ck_assert_uint_eq((uintptr_t)q % _Alignof(max_align_t), 0);
	ck_assert_ptr_ne(p, q);
	ck_assert_ptr_eq(arena_alloc(&a, 2048), NULL);
	ck_assert_int_eq(errno, ENOMEM);
	ck_assert_ptr_eq(arena_alloc(&a, SIZE_MAX), NULL);
	arena_reset(&a);
	ck_assert_ptr_eq(arena_alloc(&a, 1024), p);
	ck_assert_ptr_eq(arena_alloc(&a, 1), NULL);
	arena_free(&a);
}
END_TEST

/* What a reset gives back begins anew, what it keeps is not written. */
START_TEST(test_arena_gives_back)
{
	struct arena a;
	struct out o;
	char *p;

	ck_assert_int_eq(arena_init(&a, 4 * ARENA_KEEP), 0);
	p = arena_alloc(&a, 3 * ARENA_KEEP);
	memset(p, 'x', 3 * ARENA_KEEP);
	arena_reset(&a);
	ck_assert_int_eq(p[0], 'x');
	ck_assert_int_eq(p[ARENA_KEEP - 1], 'x');
	p = arena_alloc(&a, 3 * ARENA_KEEP);
	memset(p, 'y', 3 * ARENA_KEEP);
	ck_assert_int_eq(p[3 * ARENA_KEEP - 1], 'y');
	arena_reset(&a);
	/* a builder that ran full has touched it all */
	out_begin(&o, &a);
	while (!o.bad)
		out_ch(&o, 'z');
	ck_assert_ptr_null(out_end(&o, &a).p);
	ck_assert_uint_eq(a.used, 0);
	ck_assert_uint_eq(a.touched, 4 * ARENA_KEEP);
	arena_reset(&a);
	ck_assert_uint_eq(a.touched, 0);
	arena_free(&a);
}
END_TEST

START_TEST(test_arena_grows)
{
	struct arena a;
	size_t i;
	char *p;

	ck_assert_int_eq(arena_init_growing(&a), 0);
	for (i = 1; i < 400000; i *= 3) {
		p = arena_zalloc(&a, i);
		ck_assert_ptr_ne(p, NULL);
		ck_assert_int_eq(p[i - 1], 0);
		memset(p, 'x', i);
	}
	arena_free(&a);
}
END_TEST

START_TEST(test_bridge)
{
	struct arena a;

	ck_assert_int_eq(arena_init(&a, 256), 0);
	ck_assert_str_eq(arena_cstr(&a, STR("path")), "path");
	ck_assert_ptr_eq(arena_cstr(&a, STR("a\0b")), NULL);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_str_eq(arena_printf(&a, "%d-%s", 5, "x"), "5-x");
	ck_assert(str_eq(arena_dup(&a, STR("dup")), STR("dup")));
	arena_free(&a);
}
END_TEST

START_TEST(test_builder)
{
	char room[8];
	struct out o;

	out_init(&o, room, sizeof(room));
	out_z(&o, "ab");
	out_u64(&o, 10);
	out_hex(&o, 255);
	out_ch(&o, '-');
	ck_assert(str_eq(out_done(&o), STR("ab10ff-")));
	out_str(&o, STR("xy"));
	ck_assert(o.bad);
	out_ch(&o, 'z');
	ck_assert_ptr_eq(out_done(&o).p, NULL);
	out_init(&o, room, sizeof(room));
	out_fmt(&o, "%s", "1234567");
	ck_assert(!o.bad);
	out_fmt(&o, "%s", "9");
	ck_assert(o.bad);
}
END_TEST

START_TEST(test_builder_in_arena)
{
	struct arena a;
	struct out o;
	struct str s;

	ck_assert_int_eq(arena_init(&a, 128), 0);
	out_begin(&o, &a);
	out_z(&o, "hello");
	s = out_end(&o, &a);
	ck_assert(str_eq(s, STR("hello")));
	ck_assert(str_eq(arena_dup(&a, STR("next")), STR("next")));
	ck_assert(str_eq(s, STR("hello")));
	out_begin(&o, &a);
	while (!o.bad)
		out_z(&o, "0123456789");
	ck_assert_ptr_eq(out_end(&o, &a).p, NULL);
	arena_free(&a);
}
END_TEST

Suite *
suite_buf(void)
{
	Suite *s;
	TCase *t;

	s = suite_create("buf");
	t = tcase_create("buf");
	tcase_add_loop_test(t, test_numbers, 0, (int)NELEM(numbers));
	tcase_add_loop_test(t, test_lists, 0, (int)NELEM(lists));
	tcase_add_loop_test(t, test_pairs, 0, (int)NELEM(pairs));
	tcase_add_test(t, test_slices);
	tcase_add_test(t, test_arena_is_bounded);
	tcase_add_test(t, test_arena_gives_back);
	tcase_add_test(t, test_arena_grows);
	tcase_add_test(t, test_bridge);
	tcase_add_test(t, test_builder);
	tcase_add_test(t, test_builder_in_arena);
	suite_add_tcase(s, t);
	return s;
}
