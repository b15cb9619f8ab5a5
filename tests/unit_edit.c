/*
 * edit: what lines of Header and RequestHeader make of fields, and the way
 * back of urls and cookies.
 */
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "edit.h"
#include "env.h"
#include "http.h"
#include "unit.h"

enum { WORDS = 7 };

static struct arena arena, load;
static struct env env, notes;
static struct fields request, sent;
static struct edit_subject subject;
static int measured;

static void
measure(struct edit_load *l)
{
	measured++;
	l->load = STR("0.10/0.20/0.30");
	l->idle = 75;
	l->busy = 25;
}

/* "A: 1\nB: 2\n" as fields, in a. */
static int
parse(struct fields *f, struct arena *a, const char *text)
{
	struct str line, rest;
	size_t n;

	memset(f, 0, sizeof(*f));
	rest = str_of(text);
	while (rest.n > 0) {
		n = str_chr(rest, '\n');
		line = str_head(rest, n);
		rest = str_from(rest, n + 1);
		n = str_chr(line, ':');
		if (fields_add(f, a, str_head(line, n),
		    str_trim(str_from(line, n + 1))) == -1)
			return -1;
	}
	return 0;
}

/* And back. */
static const char *
print(const struct fields *f)
{
	struct out o;
	size_t i;

	out_begin(&o, &load);
	for (i = 0; i < f->n; i++) {
		out_str(&o, f->v[i].name);
		out_z(&o, f->v[i].value.n > 0 ? ": " : ":");
		out_str(&o, f->v[i].value);
		out_ch(&o, '\n');
	}
	out_ch(&o, '\0');
	return out_end(&o, &load).p;
}

static void
setup(void)
{
	ck_assert_int_eq(arena_init(&arena, 1024 * 1024), 0);
	ck_assert_int_eq(arena_init(&load, 1024 * 1024), 0);
	env_init(&env, &arena, 8);
	env_set(&env, STR("VAR"), STR("value"));
	env_set(&env, STR("EMPTY"), STR(""));
	env_set(&env, STR("CRLF"), STR("a\r\nSet-Cookie: evil=1"));
	env_set(&env, STR("NUL"), ((struct str){ "a\0b", 3 }));
	env_set(&env, STR("UTF8"), STR("\xc3\xa9\t!"));
	env_set(&env, STR("DOLLAR"), STR("<$1>"));
	env_set(&env, STR("AND"), STR("1&2"));
	env_set(&env, STR("BALANCER_WORKER_ROUTE"), STR("one"));
	env_init(&notes, &arena, 8);
	parse(&request, &load, "Host: h\nX-Time: 5\nx-tide: 6\nTE: trailers\n"
	    "Connection: x\nContent-Length: 5\nTransfer-Encoding: chunked\n");
	memset(&subject, 0, sizeof(subject));
	subject.arena = &arena;
	subject.env = &env;
	subject.notes = &notes;
	subject.request = &request;
	subject.began_us = 1795686991847105;
	subject.spent_us = 124;
	subject.measure = measure;
	measured = 0;
}

static void
teardown(void)
{
	arena_free(&arena);
	arena_free(&load);
}

static int
count(const char *const *argv)
{
	int n;

	for (n = 0; n < WORDS && argv[n] != NULL; n++)
		continue;
	return n;
}

static struct edit *
compile(enum edit_side side, const char *const *argv)
{
	struct edit *list;
	const char *warning, *why;

	list = NULL;
	why = edit_compile(&list, &load, side, count(argv), argv, &warning);
	ck_assert_msg(why == NULL, "%s %s: %s", argv[0], argv[1], why);
	ck_assert_msg(warning == NULL, "%s %s: %s", argv[0], argv[1], warning);
	return list;
}

static const char *
result_of(struct edit *list, const char *text)
{
	const char *z;

	parse(&sent, &arena, text);
	ck_assert_int_eq(edit_apply(list, &sent, &subject), 0);
	z = print(&sent);
	edit_free(list);
	return z;
}

/* ------------------------------------------------------------------- lines */

static const struct {
	const char	*argv[WORDS];
	const char	*from;
	const char	*to;
} lines[] = {
	/* Every verb on no line, one and two. */
	{ { "set", "A", "x" }, "B: 0\n", "B: 0\nA: x\n" },
	{ { "set", "A", "x" }, "a: 1\nB: 0\n", "A: x\nB: 0\n" },
	{ { "set", "A", "x" }, "A: 1\nB: 0\nA: 2\n", "A: x\nB: 0\n" },
	{ { "set", "A", "" }, "A: 1\n", "A:\n" },
	{ { "set", "A", "  x y " }, "", "A: x y\n" },
	{ { "setifempty", "A", "x" }, "", "A: x\n" },
	{ { "setifempty", "A", "x" }, "a: 1\n", "a: 1\n" },
	{ { "setifempty", "A", "x" }, "A: 1\nA: 2\n", "A: 1\nA: 2\n" },
	{ { "setifempty", "A", "x" }, "A:\n", "A:\n" },
	{ { "add", "A", "x" }, "", "A: x\n" },
	{ { "add", "A", "x" }, "A: x\n", "A: x\nA: x\n" },
	{ { "add", "A", "x" }, "A: 1\nA: 2\n", "A: 1\nA: 2\nA: x\n" },
	{ { "append", "A", "x" }, "", "A: x\n" },
	{ { "append", "A", "x" }, "a: 1\n", "a: 1, x\n" },
	{ { "append", "A", "x" }, "A: x\nA: 2\n", "A: x, x\nA: 2\n" },
	{ { "append", "Set-Cookie", "b=2" }, "Set-Cookie: a=1\n",
	    "Set-Cookie: a=1, b=2\n" },
	{ { "append", "A", "x" }, "A:\n", "A: , x\n" },
	{ { "merge", "A", "x" }, "", "A: x\n" },
	{ { "merge", "A", "x" }, "A: 1\n", "A: 1, x\n" },
	{ { "merge", "A", "x" }, "A: 1\nA: 2\n", "A: 1, x\nA: 2\n" },
	{ { "merge", "A", "x" }, "A: 1\nA: 2, x\n", "A: 1\nA: 2, x\n" },
	{ { "merge", "A", "x" }, "A: 1 ,  x\t,2\n", "A: 1 ,  x\t,2\n" },
	{ { "merge", "A", "x" }, "A: xx, X\n", "A: xx, X, x\n" },
	{ { "merge", "A", "x" }, "A: \"a, x, b\"\n",
	    "A: \"a, x, b\", x\n" },
	{ { "merge", "A", "\"a, b\"" }, "A: 1, \"a, b\"\n",
	    "A: 1, \"a, b\"\n" },
	{ { "merge", "A", "\"a" }, "A: \"a, \\\" b\"\n",
	    "A: \"a, \\\" b\", \"a\n" },
	{ { "merge", "Vary", "Accept" }, "Vary: Accept-Encoding\n",
	    "Vary: Accept-Encoding, Accept\n" },
	{ { "unset", "A" }, "B: 0\n", "B: 0\n" },
	{ { "unset", "A" }, "a: 1\nB: 0\n", "B: 0\n" },
	{ { "unset", "A" }, "A: 1\nB: 0\nA: 2\n", "B: 0\n" },
	{ { "edit", "A", "b", "x" }, "B: b\n", "B: b\n" },
	{ { "edit", "A", "b", "x" }, "A: abab\n", "A: axab\n" },
	{ { "edit", "A", "b", "x" }, "A: ab\nB: b\na: bb\nA: c\n",
	    "A: ax\nB: b\na: xb\nA: c\n" },
	{ { "edit*", "A", "b", "x" }, "B: b\n", "B: b\n" },
	{ { "edit*", "A", "b", "x" }, "A: abab\n", "A: axax\n" },
	{ { "edit*", "A", "b+", "x" }, "A: abba\nA: b\nA: c\n",
	    "A: axa\nA: x\nA: c\n" },
	{ { "echo", "^X-Ti" }, "", "X-Time: 5\nx-tide: 6\n" },
	{ { "echo", "^X-Time$" }, "X-Time: 1\n",
	    "X-Time: 1\nX-Time: 5\n" },
	{ { "echo", "none" }, "A: 1\n", "A: 1\n" },
	{ { "echo", "." }, "", "Host: h\nX-Time: 5\nx-tide: 6\n" },
	/* How a line is written. */
	{ { "always", "set", "A", "x" }, "", "A: x\n" },
	{ { "onsuccess", "set", "A", "x" }, "", "A: x\n" },
	{ { "ALWAYS", "SetIfEmpty", "A", "x" }, "", "A: x\n" },
	{ { "EDIT*", "A", "b", "x" }, "A: bb\n", "A: xx\n" },
	{ { "Unset", "A:" }, "A: 1\n", "" },
	{ { "set", "A:", "x" }, "", "A: x\n" },
	{ { "set", "A", "early" }, "", "A: early\n" },
	{ { "set", "A", "env=VAR" }, "", "A: env=VAR\n" },
	/* Conditions. */
	{ { "set", "A", "x", "env=VAR" }, "", "A: x\n" },
	{ { "set", "A", "x", "ENV=var" }, "", "A: x\n" },
	{ { "set", "A", "x", "env=EMPTY" }, "", "A: x\n" },
	{ { "set", "A", "x", "env=NONE" }, "", "" },
	{ { "set", "A", "x", "env=!NONE" }, "", "A: x\n" },
	{ { "set", "A", "x", "env=!VAR" }, "", "" },
	{ { "unset", "A", "env=VAR" }, "A: 1\n", "" },
	{ { "unset", "A", "env=!VAR" }, "A: 1\n", "A: 1\n" },
	{ { "echo", "X-Time", "env=!VAR" }, "", "" },
	{ { "edit", "A", "a", "b", "env=VAR" }, "A: a\n", "A: b\n" },
	{ { "edit", "A", "a", "b", "env=NONE" }, "A: a\n", "A: a\n" },
	{ { "add", "Set-Cookie",
	    "ROUTEID=.%{BALANCER_WORKER_ROUTE}e; path=/", "env=VAR" },
	    "Set-Cookie: a=1\n",
	    "Set-Cookie: a=1\nSet-Cookie: ROUTEID=.one; path=/\n" },
	/* Formats. */
	{ { "set", "A", "%%" }, "", "A: %\n" },
	{ { "set", "A", "100%" }, "", "A: 100%\n" },
	{ { "set", "A", "%t" }, "", "A: t=1795686991847105\n" },
	{ { "set", "A", "%D" }, "", "A: D=124\n" },
	{ { "set", "A", "%D %t" }, "", "A: D=124 t=1795686991847105\n" },
	{ { "set", "A", "%{VAR}e" }, "", "A: value\n" },
	{ { "set", "A", "%{var}e" }, "", "A: value\n" },
	{ { "set", "A", "[%{EMPTY}e]" }, "", "A: []\n" },
	{ { "set", "A", "%{NONE}e" }, "", "A: (null)\n" },
	{ { "set", "A", "%{SSL_PROTOCOL}s" }, "", "A: (null)\n" },
	{ { "set", "A", "%l" }, "", "A: l=0.10/0.20/0.30\n" },
	{ { "set", "A", "%i|%b" }, "", "A: i=75|b=25\n" },
	{ { "set", "A", "%{x}D" }, "", "A: D=124\n" },
	{ { "set", "A", "a%%b%{VAR}ec%" }, "", "A: a%bvaluec%\n" },
	{ { "append", "A", "%{VAR}e" }, "A: 1\n", "A: 1, value\n" },
	{ { "merge", "A", "%{VAR}e" }, "A: 1, value\n",
	    "A: 1, value\n" },
	{ { "set", "A", "x\\ty\\\\z\\q\\" }, "", "A: x\ty\\z\\q\\\n" },
	{ { "set", "A", "%{UTF8}e" }, "", "A: \xc3\xa9\t!\n" },
	/* What could end the line never comes out. */
	{ { "set", "A", "%{CRLF}e" }, "A: 1\n", "A: 1\n" },
	{ { "setifempty", "A", "%{CRLF}e" }, "", "" },
	{ { "add", "A", "%{CRLF}e" }, "A: 1\n", "A: 1\n" },
	{ { "append", "A", "%{CRLF}e" }, "A: 1\n", "A: 1\n" },
	{ { "merge", "A", "%{CRLF}e" }, "A: 1\n", "A: 1\n" },
	{ { "edit", "A", "1", "%{CRLF}e" }, "A: 1\nA: 2\n",
	    "A: 1\nA: 2\n" },
	{ { "edit*", "A", "1", "%{CRLF}e" }, "A: 1\n", "A: 1\n" },
	{ { "set", "A", "%{NUL}e" }, "", "" },
	/* Replacements. */
	{ { "edit", "A", "(.)(.)", "$2$1$0" }, "A: abc\n", "A: baabc\n" },
	{ { "edit", "A", "b", "" }, "A: abc\n", "A: ac\n" },
	{ { "edit", "A", "^.*$", "" }, "A: abc\n", "A:\n" },
	{ { "edit", "A", "(b)", "[$1 %{VAR}e %D]" }, "A: abc\n",
	    "A: a[b value D=124]c\n" },
	{ { "edit", "A", "(b)", "%{DOLLAR}e" }, "A: abc\n", "A: a<b>c\n" },
	{ { "edit", "A", "b", "?x=1&$0\\&\\$0\\\\\\\\y" }, "A: abc\n",
	    "A: a?x=1&b&$0\\yc\n" },
	{ { "edit*", "A", "b", "%{AND}e" }, "A: abb\n", "A: a1&21&2\n" },
	{ { "edit", "A", "(x)?b", "[$1]" }, "A: abc\n", "A: a[]c\n" },
	{ { "edit", "A", "b", "100%" }, "A: b\n", "A: 100%\n" },
	{ { "edit", "A", "^", "p" }, "A: abc\n", "A: pabc\n" },
	{ { "edit", "A", "$", "; Secure" }, "A: abc\n",
	    "A: abc; Secure\n" },
	{ { "edit", "Set-Cookie", "^(.*)$", "$1; HttpOnly" },
	    "Set-Cookie: a=1\nSet-Cookie: b=2\n",
	    "Set-Cookie: a=1; HttpOnly\nSet-Cookie: b=2; HttpOnly\n" },
	{ { "edit", "Location", "^http:", "https:" },
	    "Location: http://h/\n", "Location: https://h/\n" },
	/* Matches of nothing. */
	{ { "edit*", "A", "x*", "-" }, "A: abc\n", "A: -a-b-c-\n" },
	{ { "edit*", "A", "x*", "-" }, "A:\n", "A: -\n" },
	{ { "edit*", "A", "a*", "x" }, "A: baaac\n", "A: xbxcx\n" },
	{ { "edit*", "A", "a*", "x" }, "A: aa\n", "A: x\n" },
	{ { "edit*", "A", "^", "p" }, "A: abc\n", "A: pabc\n" },
	{ { "edit*", "A", "$", "s" }, "A: abc\n", "A: abcs\n" },
	{ { "edit*", "A", "^x*", "p" }, "A: xxa\n", "A: pa\n" },
	{ { "edit*", "A", "^a", "b" }, "A: aac\n", "A: bbc\n" },
	{ { "edit*", "A", "(a|b*)", "<$1>" }, "A: acbb\n",
	    "A: <a>c<bb>\n" },
	{ { "edit", "A", "x*", "-" }, "A: abc\n", "A: -abc\n" },
};

START_TEST(test_lines)
{
	ck_assert_str_eq(result_of(compile(EDIT_ANSWER, lines[_i].argv),
	    lines[_i].from), lines[_i].to);
}
END_TEST

/* Of a request the same, but for what only an answer has. */
START_TEST(test_request)
{
	const char *const *argv;

	argv = lines[_i].argv;
	if (strcmp(argv[0], "echo") == 0 || strcmp(argv[0], "always") == 0 ||
	    strcmp(argv[0], "onsuccess") == 0 ||
	    strcmp(argv[0], "ALWAYS") == 0)
		return;
	ck_assert_str_eq(result_of(compile(EDIT_REQUEST, argv),
	    lines[_i].from), lines[_i].to);
}
END_TEST

/* The lines are applied in their order, each to what the one before left. */
START_TEST(test_order)
{
	static const char *const table[][WORDS] = {
		{ "set", "A", "1" }, { "append", "A", "2" },
		{ "add", "A", "3" }, { "edit", "A", "$", "!" },
		{ "unset", "B" }, { "setifempty", "B", "%l%i%b" },
		{ "set", "C", "%b" }
	};
	struct edit *list;
	const char *warning;
	size_t i;

	list = NULL;
	for (i = 0; i < NELEM(table); i++)
		ck_assert_ptr_null(edit_compile(&list, &load, EDIT_ANSWER,
		    count(table[i]), table[i], &warning));
	ck_assert_str_eq(result_of(list, "B: 0\n"), "A: 1, 2!\nA: 3!\n"
	    "B: l=0.10/0.20/0.30i=75b=25\nC: b=25\n");
	ck_assert_int_eq(measured, 1);
}
END_TEST

static const struct {
	const char	*argv[WORDS];
	const char	*from;
	const char	*name;
	const char	*value;		/* NULL: no such note */
} notings[] = {
	{ { "note", "A", "n" }, "A: 1\nA: 2\n", "n", "1" },
	{ { "Note", "a", "%{VAR}e" }, "A: 1\n", "value", "1" },
	{ { "note", "A", "old" }, "B: 1\n", "old", NULL },
	{ { "note", "A", "n", "env=NONE" }, "A: 1\n", "n", NULL },
	{ { "note", "A", "%{CRLF}e" }, "A: 1\n", "a\r\nSet-Cookie: evil=1",
	    NULL },
};

START_TEST(test_notes)
{
	const struct str *v;

	env_set(&notes, STR("old"), STR("0"));
	ck_assert_str_eq(result_of(compile(EDIT_ANSWER, notings[_i].argv),
	    notings[_i].from), notings[_i].from);
	v = env_get(&notes, str_of(notings[_i].name));
	if (notings[_i].value == NULL)
		ck_assert_ptr_null(v);
	else
		ck_assert(str_eq(*v, str_of(notings[_i].value)));
}
END_TEST

/* A subject of which nothing is known. */
START_TEST(test_blank)
{
	static const char *const table[][WORDS] = {
		{ "set", "A", "%t %D %l %i %b %{VAR}e" },
		{ "set", "B", "x", "env=VAR" },
		{ "set", "C", "x", "env=!VAR" },
		{ "echo", "." }, { "note", "A", "n" }
	};
	struct edit *list;
	const char *warning;
	size_t i;

	memset(&subject, 0, sizeof(subject));
	subject.arena = &arena;
	subject.spent_us = -1;
	list = NULL;
	for (i = 0; i < NELEM(table); i++)
		ck_assert_ptr_null(edit_compile(&list, &load, EDIT_ANSWER,
		    count(table[i]), table[i], &warning));
	ck_assert_str_eq(result_of(list, ""),
	    "A: t=0 D=0 l=0.00/0.00/0.00 i=0 b=0 (null)\nC: x\n");
}
END_TEST

/* ------------------------------------------------------------------ faults */

static const struct {
	enum edit_side	 side;
	const char	*argv[WORDS];
	const char	*want;		/* in the message */
} faults[] = {
	{ EDIT_ANSWER, { NULL }, "a verb and the name" },
	{ EDIT_ANSWER, { "always" }, "a verb and the name" },
	{ EDIT_ANSWER, { "set" }, "a verb and the name" },
	{ EDIT_ANSWER, { "always", "set" }, "a verb and the name" },
	{ EDIT_ANSWER, { "put", "A", "x" }, "unknown verb \"put\" (set, "
	    "setifempty, add, append, merge, unset, edit, edit*, echo or "
	    "note)" },
	{ EDIT_REQUEST, { "put", "A", "x" }, "unknown verb \"put\" (set, "
	    "setifempty, add, append, merge, unset, edit or edit*)" },
	{ EDIT_REQUEST, { "echo", "A" }, "unknown verb \"echo\"" },
	{ EDIT_REQUEST, { "note", "A", "x" }, "unknown verb \"note\"" },
	{ EDIT_REQUEST, { "always", "set", "A", "x" },
	    "unknown verb \"always\"" },
	{ EDIT_ANSWER, { "always", "always", "set", "A", "x" },
	    "unknown verb \"always\"" },
	{ EDIT_ANSWER, { "set", "A" }, "set wants a value" },
	{ EDIT_ANSWER, { "NOTE", "A" }, "note wants a value" },
	{ EDIT_ANSWER, { "edit", "A" }, "an expression and a repl" },
	{ EDIT_ANSWER, { "edit*", "A", "x" }, "edit* wants an expression" },
	{ EDIT_ANSWER, { "edit", "A", "(", "x" }, "" },
	{ EDIT_ANSWER, { "echo", "(" }, "" },
	{ EDIT_ANSWER, { "unset", "A", "x" },
	    "unset takes no value: \"x\"" },
	{ EDIT_ANSWER, { "unset", "A", "x", "early" }, "takes no value" },
	{ EDIT_ANSWER, { "echo", "A", "x" }, "echo takes no value: \"x\"" },
	{ EDIT_ANSWER, { "set", "A", "x", "y" },
	    "unknown parameter \"y\": a value with blanks is written in "
	    "quotes, \"x y\", and behind it comes env=VAR or env=!VAR" },
	{ EDIT_ANSWER, { "add", "A", "x", "y", "z", "env=B" },
	    "quotes, \"x y z\", and" },
	{ EDIT_ANSWER, { "edit", "A", "x", "y", "z" },
	    "unknown parameter \"z\"" },
	{ EDIT_ANSWER, { "set", "A", "x", "env=VAR", "y" },
	    "too many arguments: \"y\"" },
	{ EDIT_ANSWER, { "unset", "A", "env=VAR", "y" }, "too many" },
	{ EDIT_ANSWER, { "edit", "A", "x", "y", "early", "z" }, "too many" },
	{ EDIT_ANSWER, { "set", "A", "x", "env=" },
	    "env= wants the name of a variable" },
	{ EDIT_ANSWER, { "set", "A", "x", "env=!" }, "env= wants" },
	{ EDIT_ANSWER, { "set", "A", "x", "expr=true" },
	    "expr= is not supported: set a variable with SetEnvIf" },
	{ EDIT_ANSWER, { "unset", "A", "Expr=true" }, "expr= is not" },
	{ EDIT_ANSWER, { "set", "A", "expr=%{REMOTE_ADDR}" },
	    "expr= is not" },
	{ EDIT_ANSWER, { "edit", "A", "x", "expr=y" }, "expr= is not" },
	{ EDIT_ANSWER, { "set", "A B", "x" },
	    "\"A B\" is no name of a field" },
	{ EDIT_ANSWER, { "set", "", "x" }, "\"\" is no name" },
	{ EDIT_ANSWER, { "set", ":", "x" }, "\"\" is no name" },
	{ EDIT_ANSWER, { "set", "A:B", "x" }, "\"A:B\" is no name" },
	{ EDIT_ANSWER, { "set", "A\r\nB", "x" }, "is no name" },
	{ EDIT_ANSWER, { "set", "A", "%q" }, "unknown format \"%q\" "
	    "(%% %t %D %l %i %b %{VAR}e %{VAR}s)" },
	{ EDIT_ANSWER, { "edit", "A", "x", "%q" }, "unknown format" },
	{ EDIT_ANSWER, { "note", "A", "%{n}q" }, "unknown format" },
	{ EDIT_ANSWER, { "set", "A", "a%{VAR" }, "no } after \"%{VAR\"" },
	{ EDIT_ANSWER, { "set", "A", "%{VAR}" }, "no letter after" },
	{ EDIT_ANSWER, { "set", "A", "%e" }, "%e wants the {name}" },
	{ EDIT_ANSWER, { "set", "A", "%{}s" }, "%s wants the {name}" },
};

START_TEST(test_faults)
{
	struct edit *list;
	const char *warning, *why;

	list = NULL;
	why = edit_compile(&list, &load, faults[_i].side,
	    count(faults[_i].argv), faults[_i].argv, &warning);
	ck_assert_ptr_nonnull(why);
	ck_assert_msg(strstr(why, faults[_i].want) != NULL, "%s", why);
	ck_assert_ptr_null(list);
}
END_TEST

static const struct {
	enum edit_side	 side;
	const char	*argv[WORDS];
	const char	*want;		/* in the warning; NULL: none */
	const char	*to;
} warnings[] = {
	{ EDIT_ANSWER, { "set", "A", "x", "early" }, "early has no effect",
	    "A: x\n" },
	{ EDIT_REQUEST, { "unset", "B", "EARLY" }, "early has no effect",
	    "" },
	{ EDIT_ANSWER, { "set", "A", "x\\ny" }, "line end", "" },
	{ EDIT_ANSWER, { "edit", "B", "0", "\\r" }, "line end", "B: 0\n" },
	{ EDIT_ANSWER, { "set", "Connection", "close" }, "no effect", "" },
	{ EDIT_ANSWER, { "set", "content-length", "1" }, "no effect", "" },
	{ EDIT_ANSWER, { "edit", "Transfer-Encoding", "x", "y" },
	    "no effect", "" },
	{ EDIT_ANSWER, { "unset", "Upgrade" }, "no effect", "" },
	{ EDIT_REQUEST, { "set", "Connection", "close" }, NULL,
	    "Connection: close\n" },
};

START_TEST(test_warnings)
{
	struct edit *list;
	const char *got, *warning;

	list = NULL;
	ck_assert_ptr_null(edit_compile(&list, &load, warnings[_i].side,
	    count(warnings[_i].argv), warnings[_i].argv, &warning));
	if (warnings[_i].want == NULL) {
		ck_assert_ptr_null(warning);
	} else {
		ck_assert_ptr_nonnull(warning);
		ck_assert_msg(strstr(warning, warnings[_i].want) != NULL,
		    "%s", warning);
	}
	got = result_of(list, strstr(warnings[_i].argv[1], "B") == NULL ?
	    "" : "B: 0\n");
	ck_assert_str_eq(got, warnings[_i].to);
}
END_TEST

/* Long values, and many matches: the memory stays in proportion. */
START_TEST(test_long)
{
	static const char *const argv[WORDS] = { "edit*", "A", "a(b)", "$1c" };
	struct edit *list;
	struct str v;
	char *big;
	size_t i;

	list = compile(EDIT_ANSWER, argv);
	big = arena_alloc(&load, 16384);
	for (i = 0; i < 16384; i++)
		big[i] = "ab"[i % 2];
	memset(&sent, 0, sizeof(sent));
	fields_add(&sent, &arena, STR("A"), (struct str){ big, 16384 });
	ck_assert_int_eq(edit_apply(list, &sent, &subject), 0);
	v = sent.v[0].value;
	ck_assert_uint_eq(v.n, 16384);
	for (i = 0; i < v.n; i++)
		ck_assert_int_eq(v.p[i], "bc"[i % 2]);
	edit_free(list);
}
END_TEST

/* ---------------------------------------------------------------- the way */

enum { RULES = 4 };

struct rule {
	enum reverse_kind	 kind;
	const char		*from;		/* NULL: no more */
	const char		*to;
};

#define URL(from, to)		{ REVERSE_URL, from, to }
#define DOMAIN(from, to)	{ REVERSE_COOKIE_DOMAIN, from, to }
#define PATH(from, to)		{ REVERSE_COOKIE_PATH, from, to }

static struct edit_reverse *
compile_rules(const struct rule *rules)
{
	struct edit_reverse *list;
	const char *why;
	int i;

	list = NULL;
	for (i = 0; i < RULES && rules[i].from != NULL; i++) {
		why = edit_compile_reverse(&list, &load, rules[i].kind,
		    rules[i].from, rules[i].to);
		ck_assert_msg(why == NULL, "%s", why);
	}
	return list;
}

static const struct {
	struct rule	 rules[RULES];
	const char	*from;
	const char	*to;
} urls[] = {
	/* A whole url. */
	{ { URL("http://h:1/", "/app/") }, "http://h:1/x",
	    "http://front:8080/app/x" },
	{ { URL("http://h:1/", "/app/") }, "HTTP://H:1/X?q#f",
	    "http://front:8080/app/X?q#f" },
	{ { URL("http://h:1/", "/app/") }, "http://h:1/",
	    "http://front:8080/app/" },
	{ { URL("http://h:1/", "/app/") }, "http://h:1", "http://h:1" },
	{ { URL("http://h:1", "/app") }, "http://h:1",
	    "http://front:8080/app" },
	{ { URL("http://h:1", "/app") }, "http://h:1/x",
	    "http://front:8080/app/x" },
	{ { URL("http://h:1", "/app") }, "http://h:1?q",
	    "http://front:8080/app?q" },
	{ { URL("http://h:1", "/app") }, "http://h:12/x",
	    "http://h:12/x" },
	{ { URL("http://h", "/app") }, "http://h.example/x",
	    "http://h.example/x" },
	{ { URL("http://h/base", "/app") }, "http://h/basement",
	    "http://h/basement" },
	{ { URL("http://h/", "/") }, "https://h/x", "https://h/x" },
	{ { URL("http://h/", "/") }, "http://h/x",
	    "http://front:8080/x" },
	{ { URL("http://h/", "/") }, "http://h//evil.com",
	    "http://front:8080/evil.com" },
	{ { URL("http://h/", "/app/") }, "/x", "/x" },
	{ { URL("http://h/", "/app/") }, "x", "x" },
	{ { URL("http://h/", "/app/") }, "", "" },
	{ { URL("scgi://h:4000/", "/app/") }, "scgi://h:4000/x",
	    "http://front:8080/app/x" },
	{ { URL("unix:/s|http://h/", "/app/") }, "http://h/x",
	    "http://front:8080/app/x" },
	{ { URL("unix:/run/app.sock", "/app/") }, "/run/app.sock",
	    "/run/app.sock" },
	/* Slashes at the seam. */
	{ { URL("http://h/base/", "/app") }, "http://h/base/x",
	    "http://front:8080/app/x" },
	{ { URL("http://h/base", "/app/") }, "http://h/base/x",
	    "http://front:8080/app/x" },
	{ { URL("http://h/base", "/app/") }, "http://h/base",
	    "http://front:8080/app/" },
	{ { URL("http://h/base/", "/app") }, "http://h/base/?q",
	    "http://front:8080/app?q" },
	/* The first rule that matches. */
	{ { URL("http://a/", "/a/"), URL("http://b/", "/b/") },
	    "http://b/x", "http://front:8080/b/x" },
	{ { URL("http://a/", "/1/"), URL("http://a/", "/2/") },
	    "http://a/x", "http://front:8080/1/x" },
	{ { URL("/a", "/b"), URL("/b", "/c") }, "/a/x", "/b/x" },
	{ { PATH("/", "/p/"), URL("/a", "/b") }, "/a/x", "/b/x" },
	/* A path. */
	{ { URL("/base", "/app") }, "/base/x", "/app/x" },
	{ { URL("/base", "/app") }, "/base", "/app" },
	{ { URL("/base", "/app") }, "/BASE/x", "/app/x" },
	{ { URL("/base", "/app") }, "/basement", "/basement" },
	{ { URL("/base", "/app") }, "http://any/base/x",
	    "http://front:8080/app/x" },
	{ { URL("/base", "/app") }, "http://any", "http://any" },
	{ { URL("/base", "/app") }, "http://any?/base",
	    "http://any?/base" },
	{ { URL("/base", "/app") }, "//any/base/x", "//any/base/x" },
	{ { URL("/y", "/app") }, "/x?u=http://h/y", "/x?u=http://h/y" },
	{ { URL("/", "/app/") }, "/x", "/app/x" },
	{ { URL("/", "/app/") }, "//evil.com/", "//evil.com/" },
	{ { URL("/base", "/") }, "/base//evil.com", "/evil.com" },
	{ { URL("/base", "/") }, "/base/\\evil.com", "/evil.com" },
	{ { URL("/base/", "/") }, "/base///evil.com", "/evil.com" },
	{ { URL("/base", "/") }, "/base", "/" },
	{ { URL("/base", "/") }, "/base?q", "/?q" },
	{ { URL("/app", "/app") }, "/app/x", "/app/x" },
	/* An application does not know its scgi url. */
	{ { URL("scgi://h:4000/base", "/app") }, "/base/x", "/app/x" },
	{ { URL("scgi://h:4000/base", "/app") }, "/base", "/app" },
	{ { URL("scgi://h:4000/base", "/app") }, "/base?q", "/app?q" },
	{ { URL("scgi://h:4000/base", "/app") }, "/basement",
	    "/basement" },
	{ { URL("scgi://h:4000/base", "/app") }, "/Base/x", "/Base/x" },
	{ { URL("scgi://h:4000/base/", "/app/") }, "/base/x", "/app/x" },
	{ { URL("scgi://h:4000/base/", "/app/") }, "/base", "/base" },
	{ { URL("scgi://h:4000/base/", "/app") }, "/base/x", "/app/x" },
	{ { URL("scgi://h:4000/base", "/app/") }, "/base/x", "/app/x" },
	{ { URL("scgi://h:4000/base", "/") }, "/base/x", "/x" },
	{ { URL("scgi://h:4000/base", "/") }, "/base//x", "/x" },
	{ { URL("scgi://h:4000/base", "/app") },
	    "http://front:8080/base/x", "http://front:8080/app/x" },
	{ { URL("scgi://h:4000/base", "/app") },
	    "http://front:80/base/x", "http://front:80/base/x" },
	{ { URL("scgi://h:4000/base", "/app") }, "http://o/base/x",
	    "http://o/base/x" },
	{ { URL("scgi://h:4000/base", "/base") }, "/base/x", "/base/x" },
	{ { URL("scgi://h:4000/", "/app/") }, "/x", "/x" },
	{ { URL("scgi://h:4000", "/app") }, "/x", "/x" },
	{ { URL("scgi://h:4000//", "/app") }, "//x", "//x" },
	{ { URL("unix:/s|scgi://h/base", "/app") }, "/base/x", "/app/x" },
	{ { URL("http://h/base", "/app") }, "/base/x", "/base/x" },
};

START_TEST(test_urls)
{
	static const char *const names[] = {
		"Location", "content-location", "URI", "Destination",
		"X-Location"
	};
	struct edit_reverse *list;
	struct str want;
	size_t i;

	list = compile_rules(urls[_i].rules);
	memset(&sent, 0, sizeof(sent));
	for (i = 0; i < NELEM(names); i++)
		fields_add(&sent, &arena, str_of(names[i]),
		    str_of(urls[_i].from));
	ck_assert_int_eq(edit_reverse(list, &sent, STR("http://front:8080"),
	    &arena), 0);
	for (i = 0; i < NELEM(names); i++) {
		want = str_of(i == 4 ? urls[_i].from : urls[_i].to);
		ck_assert_msg(str_eq(sent.v[i].value, want), "%.*s",
		    STR_ARG(sent.v[i].value));
	}
}
END_TEST

static const struct {
	struct rule	 rules[RULES];
	const char	*from;
	const char	*to;
} cookies[] = {
	{ { PATH("/", "/x/") }, "a=1; path=/", "a=1; path=/x/" },
	{ { PATH("/", "/x/") }, "a=1; path=/a", "a=1; path=/x/a" },
	{ { PATH("/", "/x") }, "a=1; path=/a", "a=1; path=/x/a" },
	{ { PATH("/", "/x") }, "a=1; path=/", "a=1; path=/x" },
	{ { PATH("/base", "/x") }, "a=1; path=/base", "a=1; path=/x" },
	{ { PATH("/base", "/x") }, "a=1; path=/base/b",
	    "a=1; path=/x/b" },
	{ { PATH("/base", "/") }, "a=1; path=/base/b", "a=1; path=/b" },
	{ { PATH("/base", "/x") }, "a=1; path=/basement",
	    "a=1; path=/basement" },
	{ { PATH("/base", "/x") }, "a=1; path=/Base", "a=1; path=/Base" },
	{ { PATH("/base/", "/x/") }, "a=1; path=/base",
	    "a=1; path=/base" },
	{ { PATH("/", "/x/") }, "a=1; PATH = /a ; Secure",
	    "a=1; PATH = /x/a ; Secure" },
	{ { PATH("/", "/x/") }, "a=1;Path=\"/a\"", "a=1;Path=\"/x/a\"" },
	{ { PATH("/", "/x/") }, "path=/; Secure", "path=/; Secure" },
	{ { PATH("/", "/x/") }, "a=path=/", "a=path=/" },
	{ { PATH("/", "/x/") }, "a=\"b; path=/\"; path=/",
	    "a=\"b; path=/\"; path=/x/" },
	{ { PATH("/", "/x/") }, "a=\"b\\\"; path=/\"; path=/",
	    "a=\"b\\\"; path=/\"; path=/x/" },
	{ { PATH("/", "/x/") }, "a=\"b; path=/", "a=\"b; path=/x/" },
	{ { PATH("/", "/x/") }, "a=5\"; path=/; c=\"",
	    "a=5\"; path=/x/; c=\"" },
	{ { PATH("/", "/x/") }, "a=1; xpath=/; path; path=",
	    "a=1; xpath=/; path; path=" },
	{ { PATH("/", "/x/") }, "a=1", "a=1" },
	{ { PATH("/", "/x/") }, "", "" },
	{ { PATH("/", "/x/") }, ";", ";" },
	{ { PATH("/", "/x/") }, "a=1; path=/;", "a=1; path=/x/;" },
	{ { PATH("/a", "/1"), PATH("/b", "/2") }, "a=1; path=/b",
	    "a=1; path=/2" },
	{ { PATH("/a", "/b"), PATH("/b", "/c") }, "a=1; path=/a",
	    "a=1; path=/b" },
	{ { DOMAIN("in.lan", "out.org") }, "a=1; domain=in.lan",
	    "a=1; domain=out.org" },
	{ { DOMAIN("in.lan", "out.org") }, "a=1; Domain=.IN.lan; Path=/",
	    "a=1; Domain=out.org; Path=/" },
	{ { DOMAIN(".in.lan", ".out.org") }, "a=1; domain=in.lan",
	    "a=1; domain=.out.org" },
	{ { DOMAIN("in.lan", "out.org") }, "a=1; domain=in.lan.x",
	    "a=1; domain=in.lan.x" },
	{ { DOMAIN("in.lan", "out.org") }, "a=1; domain=x.in.lan",
	    "a=1; domain=x.in.lan" },
	{ { DOMAIN("in.lan", "out.org") }, "domain=in.lan",
	    "domain=in.lan" },
	{ { DOMAIN("in.lan", "out.org") }, "a=1; path=in.lan",
	    "a=1; path=in.lan" },
	{ { DOMAIN("in.lan", "out.org"), PATH("/", "/x/") },
	    "a=1; path=/; domain=in.lan; HttpOnly",
	    "a=1; path=/x/; domain=out.org; HttpOnly" },
	{ { URL("/", "/x/") }, "a=1; path=/; domain=/",
	    "a=1; path=/; domain=/" },
};

START_TEST(test_cookies)
{
	struct edit_reverse *list;
	struct str other;
	size_t i;

	list = compile_rules(cookies[_i].rules);
	other = STR("z=1; path=none");
	memset(&sent, 0, sizeof(sent));
	fields_add(&sent, &arena, STR("Set-Cookie"), other);
	fields_add(&sent, &arena, STR("set-cookie"),
	    str_of(cookies[_i].from));
	fields_add(&sent, &arena, STR("Cookie"), str_of(cookies[_i].from));
	ck_assert_int_eq(edit_reverse(list, &sent, STR("http://f"), &arena),
	    0);
	ck_assert_uint_eq(sent.n, 3);
	ck_assert(str_eq(sent.v[0].value, other));
	for (i = 1; i < 3; i++)
		ck_assert_msg(str_eq(sent.v[i].value, str_of(i == 1 ?
		    cookies[_i].to : cookies[_i].from)), "%.*s",
		    STR_ARG(sent.v[i].value));
}
END_TEST

static const struct {
	struct rule	 rule;
	const char	*want;
} bad_rules[] = {
	{ URL("h:4000/", "/app/"), "\"h:4000/\" is neither a url nor a path" },
	{ URL("", "/app/"), "\"\" is neither" },
	{ URL("://h", "/app/"), "is neither" },
	{ URL("//h/", "/app/"), "is neither" },
	{ URL("unix:/s|", "/app/"), "\"\" is neither" },
	{ URL("http://h/", "app"),
	    "the path \"app\" does not begin with one slash" },
	{ URL("http://h/", "//app"), "the path \"//app\"" },
	{ URL("http://h/", ""), "the path \"\"" },
	{ URL("http://h/", "/a\r\nX: y"), "control" },
	{ DOMAIN("", "x"), "what to replace is empty" },
	{ DOMAIN("x", ""), "cannot stand in a cookie" },
	{ DOMAIN("x", "y; z"), "\"y; z\" cannot stand in a cookie" },
	{ PATH("/", "/\""), "cannot stand in a cookie" },
	{ PATH("/", "/\n"), "control" },
};

START_TEST(test_bad_rules)
{
	struct edit_reverse *list;
	const char *why;

	list = NULL;
	why = edit_compile_reverse(&list, &load, bad_rules[_i].rule.kind,
	    bad_rules[_i].rule.from, bad_rules[_i].rule.to);
	ck_assert_ptr_nonnull(why);
	ck_assert_msg(strstr(why, bad_rules[_i].want) != NULL, "%s", why);
	ck_assert_ptr_null(list);
}
END_TEST

/* ------------------------------------------------------------- full arenas */

/* Leave n bytes of a small arena, after the fields. */
static bool
fill(struct arena *a, size_t n, const char *text)
{
	arena_reset(a);
	return parse(&sent, a, text) == 0 && a->size - a->used >= n &&
	    arena_alloc(a, a->size - a->used - n) != NULL;
}

/* Either it is done, or -1; with enough it is done. */
START_TEST(test_full)
{
	struct edit *list;
	struct arena small;
	const char *got;
	size_t n;
	bool done;

	list = compile(EDIT_ANSWER, lines[_i].argv);
	ck_assert_int_eq(arena_init(&small, 8192), 0);
	subject.arena = &small;
	done = false;
	for (n = 0; n < 4096; n += 16) {
		ck_assert(fill(&small, n, lines[_i].from));
		if (edit_apply(list, &sent, &subject) == -1) {
			ck_assert(!done);
			continue;
		}
		done = true;
		arena_reset(&load);
		got = print(&sent);
		ck_assert_str_eq(got, lines[_i].to);
		break;
	}
	ck_assert(done);
	edit_free(list);
	arena_free(&small);
}
END_TEST

START_TEST(test_full_note)
{
	static const char *const argv[WORDS] = { "note", "A", "n%{VAR}e" };
	struct edit *list;
	struct arena small;
	size_t n;
	int failed;

	list = compile(EDIT_ANSWER, argv);
	ck_assert_int_eq(arena_init(&small, 4096), 0);
	subject.arena = &small;
	failed = 0;
	for (n = 0; n < 2048; n++) {
		ck_assert(fill(&small, n, "A: 1\n"));
		env_init(&notes, &small, 8);
		if (edit_apply(list, &sent, &subject) == -1)
			failed++;
		else
			ck_assert_ptr_nonnull(env_get(&notes,
			    STR("nvalue")));
	}
	ck_assert_int_gt(failed, 0);
	ck_assert_int_lt(failed, 2048);
	arena_free(&small);
}
END_TEST

START_TEST(test_full_reverse)
{
	static const struct rule rules[RULES] = {
		URL("/base", "/app"), DOMAIN("in", "out"), PATH("/", "/x/")
	};
	struct edit_reverse *list;
	struct arena small;
	const char *got;
	size_t n;
	int failed;

	list = compile_rules(rules);
	ck_assert_int_eq(arena_init(&small, 4096), 0);
	failed = 0;
	for (n = 0; n < 1024; n++) {
		ck_assert(fill(&small, n, "Location: http://h/base/x\n"
		    "Set-Cookie: a=1; domain=in; path=/\n"));
		if (edit_reverse(list, &sent, STR("http://f"), &small) == -1) {
			failed++;
			continue;
		}
		got = print(&sent);
		ck_assert_str_eq(got, "Location: http://f/app/x\n"
		    "Set-Cookie: a=1; domain=out; path=/x/\n");
	}
	ck_assert_int_gt(failed, 0);
	ck_assert_int_lt(failed, 1024);
	/* What changes nothing needs nothing. */
	ck_assert(fill(&small, 0, "Location: x\nSet-Cookie: a=1; b=2\n"));
	ck_assert_int_eq(edit_reverse(list, &sent, STR("http://f"), &small),
	    0);
	arena_free(&small);
}
END_TEST

/* At load: a line, or a message, from any arena. */
START_TEST(test_full_compile)
{
	struct edit *list;
	struct edit_reverse *rules;
	struct arena small;
	const char *warning, *why;
	size_t i, n;
	bool done;

	for (n = 0; n < 4096; n += 16) {
		ck_assert_int_eq(arena_init(&small, n + 1), 0);
		small.size = n;
		done = true;
		for (i = 0; i < NELEM(lines); i += 7) {
			list = NULL;
			arena_reset(&small);
			why = edit_compile(&list, &small, EDIT_ANSWER,
			    count(lines[i].argv), lines[i].argv, &warning);
			ck_assert((why == NULL) == (list != NULL));
			done &= why == NULL;
			edit_free(list);
		}
		for (i = 0; i < NELEM(faults); i++) {
			list = NULL;
			arena_reset(&small);
			ck_assert_ptr_nonnull(edit_compile(&list, &small,
			    faults[i].side, count(faults[i].argv),
			    faults[i].argv, &warning));
		}
		rules = NULL;
		arena_reset(&small);
		why = edit_compile_reverse(&rules, &small, REVERSE_URL,
		    "http://h/", "/app/");
		ck_assert((why == NULL) == (rules != NULL));
		arena_free(&small);
	}
	ck_assert(done);
}
END_TEST

Suite *
suite_edit(void)
{
	Suite *s;
	TCase *t;

	s = suite_create("edit");
	t = tcase_create("edit");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, test_lines, 0, NELEM(lines));
	tcase_add_loop_test(t, test_request, 0, NELEM(lines));
	tcase_add_test(t, test_order);
	tcase_add_loop_test(t, test_notes, 0, NELEM(notings));
	tcase_add_test(t, test_blank);
	tcase_add_loop_test(t, test_faults, 0, NELEM(faults));
	tcase_add_loop_test(t, test_warnings, 0, NELEM(warnings));
	tcase_add_test(t, test_long);
	tcase_add_loop_test(t, test_urls, 0, NELEM(urls));
	tcase_add_loop_test(t, test_cookies, 0, NELEM(cookies));
	tcase_add_loop_test(t, test_bad_rules, 0, NELEM(bad_rules));
	tcase_add_loop_test(t, test_full, 0, NELEM(lines));
	tcase_add_test(t, test_full_note);
	tcase_add_test(t, test_full_reverse);
	tcase_add_test(t, test_full_compile);
	suite_add_tcase(s, t);
	return s;
}
