/*
 * env: the table, SetEnvIf and its expressions, SetEnv, who the server is,
 * the CGI variables byte for byte and in their order.
 */
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "config.h"
#include "env.h"
#include "http.h"
#include "io.h"
#include "unit.h"
#include "version.h"

enum { ARENA = 64 * 1024 * 1024 };

static struct arena arena;
static struct config conf;
static struct conn conn;
static struct request req;
static struct target target;
static struct env_subject subject;
static struct section_block block;

/* A request from 192.0.2.7 on an unremarkable server. */
static void
setup(void)
{
	ck_assert_int_eq(arena_init(&arena, ARENA), 0);
	memset(&conf, 0, sizeof(conf));
	memset(&conn, 0, sizeof(conn));
	memset(&req, 0, sizeof(req));
	memset(&target, 0, sizeof(target));
	memset(&subject, 0, sizeof(subject));
	conf.tokens = TOKENS_PROD;
	conf.main.server_scheme = "http";
	memcpy(conn.peer_ip, "192.0.2.7", 10);
	memcpy(conn.here_ip, "192.0.2.1", 10);
	conn.peer_port = 51000;
	conn.here_port = 8080;
	subject.conf = &conf;
	subject.vhost = &conf.main;
	subject.set = &conf.main.set;
	subject.conn = &conn;
	subject.req = &req;
	subject.target = &target;
}

static void
teardown(void)
{
	arena_free(&arena);
}

/* The request, and the target that it becomes. */
static void
parse(const char *head)
{
	static const struct http_limits limits = { 8190, 8190, 0, 1 << 24 };
	const char *why;

	ck_assert_int_eq(http_parse_request(&req, str_of(head), &limits,
	    &arena, &why), 0);
	target.method = req.method;
	target.query = req.query;
	target.status = 200;
	ck_assert_int_eq(http_normalise_path(req.path, HTTP_SLASHES_OFF, true,
	    &arena, &target.path), 0);
}

/* "a|b|c" as words; at most 8. */
static int
split(const char *line, const char **argv)
{
	char *p;
	int n;

	p = arena_cstr(&arena, str_of(line));
	for (n = 0; n < 8 && p != NULL; n++) {
		argv[n] = p;
		p = strchr(p, '|');
		if (p != NULL)
			*p++ = '\0';
	}
	return n;
}

/*
 * Lines of configuration: "if|attribute|expression|variables",
 * "ifnocase|...", "set|NAME|value", "unset|NAME", separated by newlines.
 */
static void
configure(const char *text, struct env_rule **rules, struct env_op **ops)
{
	const char *argv[8], *why;
	struct str s, line;
	size_t n;
	int argc;

	for (s = str_of(text); s.n > 0; s = str_from(s, n + 1)) {
		n = str_chr(s, '\n');
		line = str_head(s, n);
		argc = split(arena_cstr(&arena, line), argv);
		why = NULL;
		if (strcmp(argv[0], "set") == 0)
			env_add_op(ops, &arena, ENV_SET, str_of(argv[1]),
			    str_of(argc > 2 ? argv[2] : ""));
		else if (strcmp(argv[0], "unset") == 0)
			env_add_op(ops, &arena, ENV_UNSET, str_of(argv[1]),
			    STR_NONE);
		else
			why = env_compile_rule(rules, &arena,
			    strcmp(argv[0], "ifnocase") == 0, argc - 1,
			    argv + 1);
		ck_assert_msg(why == NULL, "%s", why);
	}
}

/* "A=1 B=2" of a table, with a newline between when lines is set. */
static char *
dump(const struct env *e, const char *between)
{
	struct out o;
	struct str s;
	size_t i;

	ck_assert(!e->bad);
	out_begin(&o, &arena);
	for (i = 0; i < e->n; i++) {
		if (i > 0)
			out_z(&o, between);
		out_str(&o, e->v[i].name);
		out_ch(&o, '=');
		out_str(&o, e->v[i].value);
	}
	s = out_end(&o, &arena);
	return arena_cstr(&arena, s);
}

/* --------------------------------------------------------------- the table */

static const struct {
	const char	*ops;		/* "A=1" set, "!A" unset */
	const char	*want;
} tables[] = {
	{ "", "" },
	{ "A=1", "A=1" },
	{ "A=1 B=2", "A=1 B=2" },
	{ "A=1 B=2 A=3", "A=3 B=2" },
	{ "A=1 a=2", "A=2" },
	{ "a=1 A=2", "a=2" },
	{ "A=1 !A", "" },
	{ "A=1 !a", "" },
	{ "!A", "" },
	{ "!A A=1", "A=1" },
	{ "A=1 B=2 C=3 !B", "A=1 C=3" },
	{ "A=1 B=2 C=3 !B B=4", "A=1 C=3 B=4" },
	{ "A=1 B=2 C=3 !A !C", "B=2" },
	{ "A= B=", "A= B=" },
	{ "a1=1 a2=2 a3=3 a4=4 a5=5 a6=6 a7=7 a8=8 a9=9 b1=1",
	    "a1=1 a2=2 a3=3 a4=4 a5=5 a6=6 a7=7 a8=8 a9=9 b1=1" },
	{ "a1=1 a2=2 a3=3 a4=4 a5=5 a6=6 a7=7 a8=8 a9=9 !a1 a9=x",
	    "a2=2 a3=3 a4=4 a5=5 a6=6 a7=7 a8=8 a9=x" },
	{ "A_B=1 a-b=2", "A_B=1 a-b=2" },
	{ "A\xdf=1 a\xff=2", "A\xdf=1 a\xff=2" },
};

START_TEST(test_table)
{
	struct str s, word;
	struct env e;
	size_t n;

	env_init(&e, &arena, 0);
	for (s = str_of(tables[_i].ops); s.n > 0; s = str_from(s, n + 1)) {
		n = str_chr(s, ' ');
		word = str_head(s, n);
		if (word.p[0] == '!')
			env_unset(&e, str_from(word, 1));
		else
			env_set(&e, str_head(word, str_chr(word, '=')),
			    str_from(word, str_chr(word, '=') + 1));
	}
	ck_assert_str_eq(dump(&e, " "), tables[_i].want);
	for (n = 0; n < e.n; n++)
		ck_assert_ptr_eq(env_get(&e, e.v[n].name), &e.v[n].value);
	ck_assert_ptr_null(env_get(&e, STR("missing")));
}
END_TEST

START_TEST(test_table_full)
{
	struct arena small;
	struct env e;
	int i;

	ck_assert_int_eq(arena_init(&small, 1024), 0);
	env_init(&e, &small, 4);
	ck_assert(!e.bad);
	for (i = 0; i < 200; i++)
		env_set(&e, str_of(arena_printf(&arena, "N%d", i)), STR("v"));
	ck_assert(e.bad);
	ck_assert_ptr_nonnull(env_get(&e, STR("n0")));
	ck_assert_ptr_null(env_get(&e, STR("N199")));
	env_init(&e, &small, 4096);
	ck_assert(e.bad);
	env_set(&e, STR("A"), STR("1"));
	ck_assert_ptr_null(env_get(&e, STR("A")));
	env_unset(&e, STR("A"));
	arena_free(&small);
}
END_TEST

/* ------------------------------------------------------------- expressions */

/* SetEnvIf X expression "R=$0|$1|$2"; NULL: no match. */
static const struct {
	const char	*re;
	bool		 nocase;
	const char	*subject;
	const char	*want;
} matches[] = {
	/* What is matched without regexec. */
	{ ".", false, "abc", "a||" },
	{ ".", false, "", NULL },
	{ "^.", false, "abc", "a||" },
	{ ".*", false, "abc", "abc||" },
	{ ".*", false, "", "||" },
	{ "^.*$", false, "abc", "abc||" },
	{ ".+", false, "abc", "abc||" },
	{ ".+", false, "", NULL },
	{ "^.+$", false, "a", "a||" },
	{ "(.*)", false, "a b", "a b|a b|" },
	{ "(.*)", false, "", "||" },
	{ "^(.+)$", false, "ab", "ab|ab|" },
	{ "^(.+)$", false, "", NULL },
	{ "^", false, "abc", "||" },
	{ "$", false, "abc", "||" },
	{ "^$", false, "", "||" },
	{ "^$", false, "a", NULL },
	{ "^ab", false, "abc", "ab||" },
	{ "^ab", false, "xab", NULL },
	{ "bc$", false, "abc", "bc||" },
	{ "bc$", false, "abcd", NULL },
	{ "^abc$", false, "abc", "abc||" },
	{ "^abc$", false, "abcc", NULL },
	{ "^AB", true, "abc", "ab||" },
	{ "^AB", false, "abc", NULL },
	{ "^a\\.b", false, "a.b", "a.b||" },
	{ "^a\\.b", false, "axb", NULL },
	{ "\\.png$", false, "/x.png", ".png||" },
	{ "^/a\\/b", false, "/a/b/c", "/a/b||" },
	{ "\\$$", false, "a$", "$||" },
	/* A pattern without metacharacters substitutes nothing. */
	{ "b", false, "abc", "$0|$1|$2" },
	{ "B", true, "abc", "$0|$1|$2" },
	{ "bb", false, "abc", NULL },
	{ "a\\.b", false, "a.b", "$0|$1|$2" },
	{ "", false, "abc", "$0|$1|$2" },
	/* POSIX EREs as they are. */
	{ "^.$", false, "a", "a||" },
	{ "^.$", false, "ab", NULL },
	{ "a+", false, "baac", "aa||" },
	{ "(a)(b)", false, "xaby", "ab|a|b" },
	{ "(a)|(b)", false, "b", "b||b" },
	{ "a|b", false, "xb", "b||" },
	{ "(foo|bar)x", true, "BARX", "BARX|BAR|" },
	{ "^(.*)=(.*)$", false, "k=v=w", "k=v=w|k=v|w" },
	{ "a{2,3}", false, "aaaa", "aaa||" },
	{ "a{2}", false, "a", NULL },
	{ "[a-c]+", false, "xabcd", "abc||" },
	{ "[^a-c]+", false, "abxyc", "xy||" },
	{ "[[:digit:]]+", false, "a12b", "12||" },
	{ "[[:alpha:]_-]+", false, "1a_-b2", "a_-b||" },
	{ "a\\+b", false, "a+b", "$0|$1|$2" },
	{ "(a\\+)b", false, "a+b", "a+b|a+|" },
	/* Translated from Perl's. */
	{ "\\d+", false, "ab123c", "123||" },
	{ "\\D+", false, "12ab3", "ab||" },
	{ "\\w+", false, "-a_1-", "a_1||" },
	{ "\\W+", false, "ab-+c", "-+||" },
	{ "\\s", false, "a b", " ||" },
	{ "\\S+$", false, "a bc", "bc||" },
	{ "a\\tb+", false, "a\tb", "a\tb||" },
	{ "\\x41\\x2e+", false, "xA..", "A..||" },
	{ "\\Aab+", false, "abb", "abb||" },
	{ "b+\\z", false, "abb", "bb||" },
	{ "[\\d.]+", false, "v1.2x", "1.2||" },
	{ "[\\w.-]+", false, " a.b-c ", "a.b-c||" },
	{ "[\\.]+", false, "a\\..b", "..||" },
	{ "[\\]x]+", false, "a]x]b", "]x]||" },
	{ "[^\\]]+", false, "]ab]", "ab||" },
	{ "[a\\-z]+", false, "b-az-c", "-az-||" },
	{ "[\\^]+", false, "a^^b", "^^||" },
	{ "[\\^a]+", false, "b^a^b", "^a^||" },
	{ "[\\^-]+", false, "b^-b", "^-||" },
	{ "[^\\^]+", false, "^ab^", "ab||" },
	{ "[[.]+", false, "a[.b", "[.||" },
	{ "[\\s]+x", false, "a \tx", " \tx||" },
	{ "[\\\\]+", false, "a\\\\b", "\\\\||" },
	{ "[]a]+", false, "b]a]b", "]a]||" },
	{ "[ -~]+", false, "\tab~\t", "ab~||" },
	{ "a{b", false, "a{b", "a{b||" },
	{ "\\/x+", false, "/xx", "/xx||" },
	{ "\\bMSIE", false, "foo MSIE 6", "MSIE||" },
	{ "\\bMSIE", false, "MSIE", "MSIE||" },
	{ "\\bMSIE", false, "XMSIE", NULL },
	{ "\\bMSI[E]", false, "a MSIE", "MSIE||" },
	{ "\\b(bot|spider)\\b", false, "a bot!", "bot|bot|" },
	{ "\\b(bot|spider)\\b", false, "robot", NULL },
	{ "\\b(bot|spider)\\b", false, "bots", NULL },
	{ "\\b(a)(b)", false, "-ab", "ab|a|b" },
	{ "\\d+\\b", false, "v12.", "12||" },
	{ "bot\\b", false, "robot", "bot||" },
	{ "bot\\b", false, "bots", NULL },
	{ "(?i)a(B)", false, "xAb", "Ab|b|" },
	{ "(?i)foo", false, "xFOO", "FOO||" },
	{ "(?i)^foo$", false, "FOO", "FOO||" },
	{ "(?is).", false, "a", "a||" },
	{ "(?s)(?i)[a-c]+", false, "xABC", "ABC||" },
	{ "(?i).*", false, "ab", "ab||" },
	{ "(?:a|b)(c)", false, "xbc", "bc|c|" },
	{ "(a)(?:b(c))+", false, "abcbc", "abcbc|a|c" },
	{ "(?:(?:a)|(b))(c)", false, "bc", "bc|b|c" },
	{ "\\b(?:bot|spider)\\b", false, "a bot!", "bot||" },
	{ "\\b(?:bot|spider)(s)\\b", false, "a bots!", "bots|s|" },
	{ "\\b(?:bot|spider)\\b", false, "robot", NULL },
	{ "(?:a){2}(b)", false, "aab", "aab|b|" },
};

START_TEST(test_matches)
{
	const char *argv[3], *why;
	const struct str *v;
	struct env_rule *rules;
	struct env e;

	parse("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	/* Not over HTTP: a value may begin with a blank here. */
	ck_assert_int_eq(fields_add(&req.fields, &arena, STR("X"),
	    str_of(matches[_i].subject)), 0);
	argv[0] = "X";
	argv[1] = matches[_i].re;
	argv[2] = "R=$0|$1|$2";
	rules = NULL;
	why = env_compile_rule(&rules, &arena, matches[_i].nocase, 3, argv);
	ck_assert_msg(why == NULL, "%s: %s", matches[_i].re, why);
	env_init(&e, &arena, 0);
	env_apply_rules(&e, rules, &subject);
	v = env_get(&e, STR("R"));
	if (matches[_i].want == NULL)
		ck_assert_msg(v == NULL, "%s matched", matches[_i].re);
	else {
		ck_assert_msg(v != NULL, "%s does not match", matches[_i].re);
		ck_assert_str_eq(arena_cstr(&arena, *v), matches[_i].want);
	}
	env_free_rules(rules);
}
END_TEST

static const struct {
	const char	*line;		/* arguments, | between */
	const char	*want;		/* in the message */
} faults[] = {
	{ "X", "needs an attribute" },
	{ "X|a", "needs an attribute" },
	{ "|a|V", "attribute is empty" },
	{ "X|a|", "name of a variable" },
	{ "X|a|=1", "name of a variable" },
	{ "X|a|!", "name of a variable" },
	{ "X|a(?i)b|V", "at its beginning" },
	{ "X|(?i:a)|V", "at its beginning" },
	{ "X|(?x)a|V", "at its beginning" },
	{ "X|(?-i)a|V", "at its beginning" },
	{ "X|a(?=b)|V", "second line" },
	{ "X|a(?!b)|V", "second line" },
	{ "X|(?<=a)b|V", "second line" },
	{ "X|(?<n>a)|V", "names for groups" },
	{ "X|(?P<n>a)|V", "(?...)" },
	{ "X|(?>a)|V", "(?...)" },
	{ "X|(?:a|V", "(?:a: " },
	{ "X|a.*?b|V=$0", "lazy" },
	{ "X|a+?b|V=$0", "lazy" },
	{ "X|a??b|V=$0", "lazy" },
	{ "X|a{2}?b|V=$0", "lazy" },
	{ "X|a.*??b|V", "nothing to repeat" },
	{ "X|a*+b|V", "possessive" },
	{ "X|(a)\\1|V", "back-reference" },
	{ "X|a\\Bb|V", "no such escape" },
	{ "X|\\Qa\\E|V", "no such escape" },
	{ "X|\\p{L}|V", "no such escape" },
	{ "X|\\x00|V", "no such escape" },
	{ "X|a\\bb|V", "\\b" },
	{ "X|\\b-a|V", "\\b" },
	{ "X|\\b(a)?|V", "\\b" },
	{ "X|\\b(a.-)|V", "\\b" },
	{ "X|a*\\b|V", "\\b" },
	{ "X|v(\\d+)\\b|V", "\\b" },
	{ "X|[\\D]|V", "in []" },
	{ "X|[a|V", "has no ]" },
	{ "X|[a-\\d]|V", "ends in a class" },
	{ "X|[+-\\]]|V", "no range" },
	{ "X|*a|V", "nothing to repeat" },
	{ "X|a**|V", "nothing to repeat" },
	{ "X|(+a)|V", "nothing to repeat" },
	{ "X|a.\\|V", "backslash ends" },
	{ "X|(a|V", "(a: " },
	{ "X|a.)|V", "has no (" },
	{ "X|[b-a]|V", "[b-a]: " },
	{ "^X(?=a)|a|V", "write (...)" },
};

START_TEST(test_faults)
{
	const char *argv[8], *why;
	struct env_rule *rules;
	int argc;

	rules = NULL;
	argc = split(faults[_i].line, argv);
	why = env_compile_rule(&rules, &arena, false, argc, argv);
	ck_assert_msg(why != NULL, "%s is taken", faults[_i].line);
	ck_assert_msg(strstr(why, faults[_i].want) != NULL, "%s: %s",
	    faults[_i].line, why);
	ck_assert_ptr_null(rules);
}
END_TEST

/* ------------------------------------------------------------------- rules */

#define HEAD \
	"POST /a%20b/c?x=1 HTTP/1.1\r\nHost: Www.Example.com:81\r\n" \
	"User-Agent: Moz/5.0 (X; MSIE 6)\r\nX-One: first\r\n" \
	"X-Two: 2\r\nx-one: second\r\nCookie: a=1\r\nCookie: b=2\r\n" \
	"Content-Length: 3\r\nAuthorization: Basic QTpC\r\n\r\n"

static const struct {
	const char	*lines;
	const char	*want;
} rules[] = {
	{ "if|Request_URI|.|P", "P=1" },
	{ "if|request_uri|^/a b/|P=yes", "P=yes" },
	{ "if|Request_URI|x=1|P", "" },
	{ "if|Request_Method|^POST$|P", "P=1" },
	{ "if|REQUEST_METHOD|post|P", "" },
	{ "ifnocase|Request_Method|post|P", "P=1" },
	{ "if|Request_Protocol|HTTP/1\\.1|P", "P=1" },
	{ "if|Remote_Addr|^192\\.0\\.2\\.|P", "P=1" },
	{ "if|Remote_Host|^192\\.0\\.2\\.7$|P", "P=1" },
	{ "if|Server_Addr|192.0.2.1|P", "P=1" },
	{ "if|User-Agent|MSIE|ie nokeepalive", "ie nokeepalive=1" },
	{ "if|User-Agent|MSIE|ie|nokeepalive", "ie=1 nokeepalive=1" },
	{ "ifnocase|user-agent|msie|ie", "ie=1" },
	{ "if|X-One|^first, second$|P", "P=1" },
	{ "if|Cookie|^a=1; b=2$|P", "P=1" },
	{ "if|X-Three|^$|P", "P=1" },
	{ "if|X-Three|.|P", "" },
	{ "if|X-Two|(.*)|P=<$1>", "P=<2>" },
	{ "if|Authorization|(.*)|HTTP_AUTHORIZATION=$1",
	    "HTTP_AUTHORIZATION=Basic QTpC" },
	{ "if|Authorization|^(.*)$|A=$1|B=$1$1", "A=Basic QTpC "
	    "B=Basic QTpCBasic QTpC" },
	{ "if|X-Two|^(.)$|P=a&b", "P=a&b" },
	{ "if|X-Two|^(.)$|P=&$0", "P=&2" },
	{ "if|X-Two|^(.)$|P=\\&\\$1", "P=&$1" },
	{ "if|X-Two|2|P=\\&$1&", "P=\\&$1&" },
	{ "if|X-Two|^(.)$|P=$9", "P=" },
	{ "if|X-Two|^(.)$|P=$a$", "P=$a$" },
	{ "if|X-Two|^2|P=", "P=1" },
	{ "if|X-Two|2|A|B|!A", "B=1" },
	{ "if|X-Two|2|!A", "" },
	{ "if|X-Two|2|A=1\nif|X-Two|3|A=2", "A=1" },
	{ "if|X-Two|2|A=1\nif|X-Two|2|A=2|B", "A=2 B=1" },
	{ "if|X-Two|2|seen=x\nif|seen|x|both", "seen=x both=1" },
	{ "if|X-Two|2|X-Two=9\nif|X-Two|9|P", "X-Two=9" },
	{ "if|X-Two|2|a=b=c", "a=b=c" },
	{ "if|X-Two|2|proxy-scgi-pathinfo", "proxy-scgi-pathinfo=1" },
	{ "if|^X-O|second|P", "P=1" },
	{ "if|^x-t.*|2|P", "" },
	{ "ifnocase|^x-t.*|2|P", "P=1" },
	{ "if|^(X-Two)$|2|P", "P=1" },
	{ "if|^Q.*|^$|P", "P=1" },
	{ "if|Host|^www|P", "" },
	{ "if|Host|Example|P", "P=1" },
	{ "if|Content-Length|^3$|P", "P=1" },
	/* SetEnv comes after, and wins. */
	{ "set|A|1", "A=1" },
	{ "set|A", "A=" },
	{ "set|A|1\nset|a|2", "A=2" },
	{ "set|B|1\nif|X-Two|2|A", "A=1 B=1" },
	{ "set|A|set\nif|X-Two|2|A=if|B", "A=set B=1" },
	{ "set|A|1\nunset|A", "" },
	{ "unset|A\nset|A|1", "A=1" },
	{ "if|X-Two|2|A=if\nunset|A", "A=if" },
	{ "if|X-Two|2|A=if\nset|A|1\nunset|A", "A=if" },
	{ "if|X-Two|2|A=if\nset|A|1\nunset|A\nset|B|2", "A=if B=2" },
};

START_TEST(test_rules)
{
	struct env_rule *list;
	struct env_op *ops;
	struct env e;

	parse(HEAD);
	list = NULL;
	ops = NULL;
	configure(rules[_i].lines, &list, &ops);
	block = (struct section_block){ .ops = ops, .rules = list };
	conf.main.set.blocks = &block;
	env_init(&e, &arena, 0);
	env_begin(&e, &subject, NULL);
	ck_assert_uint_eq(e.n, 0);
	env_mapped(&e, &subject);
	env_fixup(&e, &subject);
	ck_assert_str_eq(dump(&e, " "), rules[_i].want);
	env_free_rules(list);
}
END_TEST

/* Before mapping, after it, in a section: each at its time. */
START_TEST(test_blocks)
{
	struct section_block outer, inner;
	struct env_rule *early, *late, *in;
	struct env_op *ops, *inops;
	struct settings set;
	struct env e;

	parse(HEAD);
	early = late = in = NULL;
	ops = inops = NULL;
	configure("if|X-Two|2|E=early|L=early", &early, &ops);
	configure("if|L|early|L=late|seen", &late, &ops);
	configure("set|S|outer\nset|T|outer\nset|U|outer", &late, &ops);
	configure("if|seen|1|in\nif|S|.|never", &in, &inops);
	configure("set|S|inner\nunset|T\nunset|E", &in, &inops);
	inner = (struct section_block){ .ops = inops, .rules = in };
	outer = (struct section_block){ .next = &inner, .ops = ops,
	    .rules = late };
	set = conf.main.set;
	set.blocks = &outer;
	subject.set = &set;
	conf.main.env_rules = early;
	env_init(&e, &arena, 0);
	env_begin(&e, &subject, NULL);
	ck_assert_str_eq(dump(&e, " "), "E=early L=early");
	env_mapped(&e, &subject);
	env_fixup(&e, &subject);
	ck_assert_str_eq(dump(&e, " "),
	    "E=early L=late seen=1 in=1 S=inner U=outer");
	env_free_rules(early);
	env_free_rules(late);
	env_free_rules(in);
}
END_TEST

/* ------------------------------------------------------ who the server is */

static const struct {
	int		 canonical;
	const char	*name;		/* ServerName */
	int		 port;
	const char	*scheme;
	const char	*host;		/* Host, NULL: none */
	bool		 local;
	const char	*want;		/* SERVER_NAME */
	int		 want_port;
} names[] = {
	{ CANONICAL_OFF, "srv", 0, "http", "x", false, "x", 80 },
	{ CANONICAL_OFF, "srv", 0, "http", "X.Org:81", false, "x.org", 81 },
	{ CANONICAL_OFF, "srv", 0, "http", "x.org.", false, "x.org", 80 },
	{ CANONICAL_OFF, "srv", 8080, "http", "x", false, "x", 8080 },
	{ CANONICAL_OFF, "srv", 8080, "http", "x:81", false, "x", 81 },
	{ CANONICAL_OFF, "srv", 0, "https", "x", false, "x", 443 },
	{ CANONICAL_OFF, "srv", 0, "http", NULL, false, "srv", 80 },
	{ CANONICAL_OFF, NULL, 0, "http", NULL, false, "192.0.2.1", 80 },
	{ CANONICAL_OFF, NULL, 0, "http", NULL, true, "localhost", 80 },
	{ CANONICAL_OFF, "srv", 0, NULL, "[::1]:8", false, "[::1]", 8 },
	{ CANONICAL_OFF, "::1", 0, NULL, NULL, false, "[::1]", 80 },
	{ CANONICAL_ON, "srv", 0, "http", "x:81", false, "srv", 80 },
	{ CANONICAL_ON, "srv", 8080, "http", "x:81", false, "srv", 8080 },
	{ CANONICAL_ON, "srv", 0, "https", "x", false, "srv", 443 },
	{ CANONICAL_ON, NULL, 0, "http", "x", false, "192.0.2.1", 80 },
	{ CANONICAL_DNS, "srv", 0, "http", "x:81", false, "srv", 81 },
	{ UNSET, "srv", 0, "http", "x", false, "x", 80 },
	{ CANONICAL_ON, "a<b>&\"c", 0, NULL, NULL, false,
	    "a&lt;b&gt;&amp;&quot;c", 80 },
};

START_TEST(test_names)
{
	const struct str *v;
	struct env e, wire;

	conf.main.set.canonical = names[_i].canonical;
	conf.main.server_name = names[_i].name;
	conf.main.server_port = names[_i].port;
	conf.main.server_scheme = names[_i].scheme;
	conn.local = names[_i].local;
	if (names[_i].host == NULL)
		parse("GET / HTTP/1.0\r\n\r\n");
	else
		parse(arena_printf(&arena,
		    "GET / HTTP/1.1\r\nHost: %s\r\n\r\n", names[_i].host));
	env_init(&e, &arena, 0);
	env_cgi(&wire, &e, &subject, STR(""), STR("/"), STR("s"));
	v = env_get(&wire, STR("SERVER_NAME"));
	ck_assert_str_eq(arena_cstr(&arena, *v), names[_i].want);
	v = env_get(&wire, STR("SERVER_PORT"));
	ck_assert_int_eq(strtol(arena_cstr(&arena, *v), NULL, 10),
	    names[_i].want_port);
	v = env_get(&wire, STR("REQUEST_SCHEME"));
	ck_assert_str_eq(arena_cstr(&arena, *v),
	    names[_i].scheme == NULL ? "http" : names[_i].scheme);
}
END_TEST

START_TEST(test_server_name_dns)
{
	parse("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	conf.main.set.canonical = CANONICAL_DNS;
	conf.main.server_name = "srv";
	subject.here_host = STR("dns.example");
	ck_assert(str_eq(env_server_name(&subject), STR("dns.example")));
}
END_TEST

static const struct {
	int		 tokens;
	const char	*want;
} software[] = {
	{ TOKENS_PROD, "gateway" },
	{ TOKENS_MAJOR, "gateway/" },
	{ TOKENS_MINOR, "gateway/" },
	{ TOKENS_MIN, "gateway/" GATEWAY_VERSION },
	{ TOKENS_OS, "gateway/" GATEWAY_VERSION " (Unix)" },
	{ TOKENS_FULL, "gateway/" GATEWAY_VERSION " (Unix)" },
};

START_TEST(test_software)
{
	static const int dots[] = { 0, 0, 1, 2, 2, 2 };
	struct str s;
	size_t i;
	int n;

	s = env_server_software(software[_i].tokens);
	ck_assert(str_starts(s, str_of(software[_i].want)));
	for (i = 0, n = 0; i < s.n; i++)
		n += s.p[i] == '.';
	ck_assert_int_eq(n, dots[_i]);
}
END_TEST

static const struct {
	int		 signature;
	const char	*admin;
	const char	*want;
} signatures[] = {
	{ SIGNATURE_OFF, "me@x", "" },
	{ UNSET, "me@x", "" },
	{ SIGNATURE_ON, "me@x",
	    "<address>gateway Server at x&amp;y Port 80</address>\n" },
	{ SIGNATURE_EMAIL, "me@x",
	    "<address>gateway Server at <a href=\"mailto:me@x\">x&amp;y</a> "
	    "Port 80</address>\n" },
	{ SIGNATURE_EMAIL, "http://x/?a&b",
	    "<address>gateway Server at <a href=\"http://x/?a&amp;b\">"
	    "x&amp;y</a> Port 80</address>\n" },
};

START_TEST(test_signature)
{
	conf.main.server_name = "x&y";
	conf.main.set.signature = signatures[_i].signature;
	conf.main.set.server_admin = signatures[_i].admin;
	subject.set = NULL;	/* before mapping: the host's */
	ck_assert_str_eq(arena_cstr(&arena, env_signature(&subject, &arena)),
	    signatures[_i].want);
}
END_TEST

static const struct {
	const char	*name;
	bool		 control;
} controls[] = {
	{ "proxy-scgi-pathinfo", true }, { "Proxy-Sendcl", true },
	{ "proxy-", true }, { "proxy", false }, { "proxy_x", false },
	{ "no-gzip", true }, { "nokeepalive", true },
	{ "NoKeepAlive", true }, { "downgrade-1.0", true },
	{ "force-response-1.0", true }, { "force-no-vary", true },
	{ "no-proxy", true }, { "ap_trust_cgilike_cl", true },
	{ "suppress-error-charset", true }, { "gzip-only-text/html", true },
	{ "dont-vary", true }, { "HTTPS", false }, { "PATH", false },
	{ "no-gzip2", false }, { "", false },
};

START_TEST(test_controls)
{
	ck_assert(env_is_control(str_of(controls[_i].name)) ==
	    controls[_i].control);
}
END_TEST

/* ----------------------------------------------------------------- the CGI */

/* The variables that a plain request ends with. */
#define SERVER \
	"SERVER_SIGNATURE=\nSERVER_SOFTWARE=gateway\n" \
	"SERVER_NAME=h\nSERVER_ADDR=192.0.2.1\nSERVER_PORT=80\n"
#define REMOTE \
	"REMOTE_ADDR=192.0.2.7\nDOCUMENT_ROOT=\nREQUEST_SCHEME=http\n" \
	"CONTEXT_PREFIX=\nCONTEXT_DOCUMENT_ROOT=\n" \
	"SERVER_ADMIN=[no address given]\n" \
	"SCRIPT_FILENAME=proxy:scgi://h:4/x\nREMOTE_PORT=51000\n"
#define GET(path) \
	"SERVER_PROTOCOL=HTTP/1.1\nREQUEST_METHOD=GET\nQUERY_STRING=\n" \
	"REQUEST_URI=" path "\n"
#define HOST "HTTP_HOST=h\n"
#define PLAIN SERVER REMOTE GET("/m/x") "SCRIPT_NAME=/m/x"

static const struct {
	const char	*head;		/* fields after Host; request line */
	const char	*line;
	const char	*config;
	const char	*want;
} orders[] = {
	{ "", "GET /m/x HTTP/1.1", "", HOST PLAIN },
	{ "", "GET /m/x HTTP/1.1", "set|proxy-scgi-pathinfo|0",
	    HOST SERVER REMOTE GET("/m/x") "SCRIPT_NAME=/m\nPATH_INFO=/x" },
	{ "", "GET /m/x HTTP/1.1", "if|Request_URI|.|proxy-scgi-pathinfo",
	    HOST SERVER REMOTE GET("/m/x") "SCRIPT_NAME=/m\nPATH_INFO=/x" },
	{ "", "GET /m/%78?a=%20&b HTTP/1.1", "",
	    HOST SERVER REMOTE "SERVER_PROTOCOL=HTTP/1.1\n"
	    "REQUEST_METHOD=GET\nQUERY_STRING=a=%20&b\n"
	    "REQUEST_URI=/m/%78?a=%20&b\nSCRIPT_NAME=/m/x" },
	{ "", "GET //m/./x? HTTP/1.1", "",
	    HOST SERVER REMOTE "SERVER_PROTOCOL=HTTP/1.1\n"
	    "REQUEST_METHOD=GET\nQUERY_STRING=\nREQUEST_URI=//m/./x?\n"
	    "SCRIPT_NAME=/m/x" },
	{ "", "FOO http://h/m/x HTTP/1.1", "",
	    HOST SERVER REMOTE "SERVER_PROTOCOL=HTTP/1.1\n"
	    "REQUEST_METHOD=FOO\nQUERY_STRING=\n"
	    "REQUEST_URI=http://h/m/x\nSCRIPT_NAME=/m/x" },
	/* Names of fields. */
	{ "X-Foo: 1\r\nx-bar: 2\r\n", "GET /m/x HTTP/1.1", "",
	    HOST "HTTP_X_FOO=1\nHTTP_X_BAR=2\n" PLAIN },
	{ "X_Foo: 1\r\nX.Bar: 2\r\nX-Baz2: 3\r\nX!: 4\r\n",
	    "GET /m/x HTTP/1.1", "", HOST "HTTP_X_BAZ2=3\n" PLAIN },
	{ "Proxy: http://evil\r\nPROXY: b\r\n", "GET /m/x HTTP/1.1", "",
	    HOST PLAIN },
	{ "X-Empty:\r\n", "GET /m/x HTTP/1.1", "", HOST "HTTP_X_EMPTY=\n"
	    PLAIN },
	/* Content-Type where it came, Content-Length never. */
	{ "A: 1\r\nContent-type: text/x; a=B \r\nContent-Length: 0\r\n"
	    "B: 2\r\n", "GET /m/x HTTP/1.1", "",
	    HOST "HTTP_A=1\nCONTENT_TYPE=text/x; a=B\nHTTP_B=2\n" PLAIN },
	{ "Content-Encoding: gzip\r\n", "GET /m/x HTTP/1.1", "",
	    HOST "HTTP_CONTENT_ENCODING=gzip\n" PLAIN },
	/* Repeated fields. */
	{ "A: 1\r\nB: x\r\na: 2\r\nB: y\r\nA: 3\r\n", "GET /m/x HTTP/1.1",
	    "", HOST "HTTP_A=1, 2, 3\nHTTP_B=x, y\n" PLAIN },
	{ "Cookie: a=1\r\nX: 0\r\ncookie: b=2\r\n", "GET /m/x HTTP/1.1", "",
	    HOST "HTTP_COOKIE=a=1; b=2\nHTTP_X=0\n" PLAIN },
	{ "A:\r\nA: 2\r\nA:\r\n", "GET /m/x HTTP/1.1", "",
	    HOST "HTTP_A=, 2, \n" PLAIN },
	{ "Content-Type: a\r\nContent-Type: b\r\n", "GET /m/x HTTP/1.1", "",
	    HOST "CONTENT_TYPE=a, b\n" PLAIN },
	/* Hop by hop. */
	{ "Connection: close, X-Foo\r\nKeep-Alive: 5\r\nX-Foo: 1\r\n"
	    "TE: trailers\r\nX-Bar: 2\r\nUpgrade: h2c\r\n"
	    "Proxy-Connection: x\r\nTrailer: T\r\n", "GET /m/x HTTP/1.1", "",
	    HOST "HTTP_X_BAR=2\n" PLAIN },
	{ "Connection: host, Cookie, X-Forwarded-For, Forwarded, "
	    "Content-Type\r\nCookie: a\r\nX-Forwarded-For: 1.2.3.4\r\n"
	    "Forwarded: for=x\r\nContent-Type: t\r\n", "GET /m/x HTTP/1.1",
	    "", HOST "HTTP_COOKIE=a\nHTTP_X_FORWARDED_FOR=1.2.3.4\n"
	    "HTTP_FORWARDED=for=x\nCONTENT_TYPE=t\n" PLAIN },
	{ "A: 1\r\nConnection: a\r\nA: 2\r\nConnection: b\r\nB: 3\r\n"
	    "C: 4\r\n", "GET /m/x HTTP/1.1", "", HOST "HTTP_C=4\n" PLAIN },
	{ "Expect: 100-continue\r\nContent-Length: 5\r\n",
	    "GET /m/x HTTP/1.1", "", HOST "HTTP_EXPECT=100-continue\n"
	    PLAIN },
	/* Credentials. */
	{ "Authorization: Basic x\r\nProxy-Authorization: y\r\n",
	    "GET /m/x HTTP/1.1", "", HOST PLAIN },
	{ "Authorization: Basic x\r\nProxy-Authorization: y\r\n",
	    "GET /m/x HTTP/1.1", "passauth", HOST
	    "HTTP_AUTHORIZATION=Basic x\nHTTP_PROXY_AUTHORIZATION=y\n"
	    PLAIN },
	{ "Authorization: Basic x\r\nConnection: authorization\r\n",
	    "GET /m/x HTTP/1.1", "passauth", HOST
	    "HTTP_AUTHORIZATION=Basic x\n" PLAIN },
	{ "Authorization: Basic x\r\n", "GET /m/x HTTP/1.1",
	    "if|Authorization|(.*)|HTTP_AUTHORIZATION=$1",
	    "HTTP_AUTHORIZATION=Basic x\n" HOST PLAIN },
	/* Max-Forwards. */
	{ "Max-Forwards: 10\r\n", "GET /m/x HTTP/1.1", "",
	    HOST "HTTP_MAX_FORWARDS=10\n" PLAIN },
	{ "Max-Forwards: 0\r\n", "GET /m/x HTTP/1.1", "",
	    HOST "HTTP_MAX_FORWARDS=0\n" PLAIN },
	/* SetEnvIf, then SetEnv, before all others. */
	{ "X: 1\r\n", "GET /m/x HTTP/1.1",
	    "set|B|2\nif|X|1|A=1\nset|C|3",
	    "A=1\nB=2\nC=3\n" HOST "HTTP_X=1\n" PLAIN },
	{ "", "GET /m/x HTTP/1.1", "set|HTTPS|on\nset|EMPTY",
	    "HTTPS=on\nEMPTY=\n" HOST PLAIN },
	/* Never twice: the place of the first, the value of the last. */
	{ "X-Foo: client\r\n", "GET /m/x HTTP/1.1",
	    "set|HTTP_X_FOO|mine\nset|Z|1",
	    "HTTP_X_FOO=client\nZ=1\n" HOST PLAIN },
	{ "X-Foo: a\r\nX-Foo: b\r\n", "GET /m/x HTTP/1.1",
	    "set|HTTP_X_FOO|mine", "HTTP_X_FOO=a, b\n" HOST PLAIN },
	{ "", "GET /m/x HTTP/1.1", "set|REMOTE_ADDR|spoof\nset|A|1",
	    "REMOTE_ADDR=192.0.2.7\nA=1\n" HOST SERVER
	    "DOCUMENT_ROOT=\nREQUEST_SCHEME=http\nCONTEXT_PREFIX=\n"
	    "CONTEXT_DOCUMENT_ROOT=\nSERVER_ADMIN=[no address given]\n"
	    "SCRIPT_FILENAME=proxy:scgi://h:4/x\nREMOTE_PORT=51000\n"
	    GET("/m/x") "SCRIPT_NAME=/m/x" },
	{ "", "GET /m/x HTTP/1.1", "set|HTTP_HOST|a\nset|http_host|b",
	    "HTTP_HOST=h\n" PLAIN },
	/* What is not sent. */
	{ "", "GET /m/x HTTP/1.1",
	    "set|CONTENT_LENGTH|7\nset|SCGI|2\nset|GATEWAY_INTERFACE|CGI/1.1"
	    "\nset|content_length|8\nset|A|1", "A=1\n" HOST PLAIN },
	{ "", "GET /m/x HTTP/1.1",
	    "set|no-gzip|1\nset|nokeepalive|1\nset|proxy-nokeepalive|1\n"
	    "set|downgrade-1.0|1\nset|ap_trust_cgilike_cl|1\nset|A|1",
	    "A=1\n" HOST PLAIN },
	/* The daemon's PATH is not sent, one that is set is. */
	{ "", "GET /m/x HTTP/1.1", "set|PATH|/bin\nset|LD_LIBRARY_PATH|/l",
	    "PATH=/bin\nLD_LIBRARY_PATH=/l\n" HOST PLAIN },
	{ "", "GET /m/x HTTP/1.1", "set|PATH_INFO|/mine",
	    "PATH_INFO=/mine\n" HOST PLAIN },
	/* Values that are told by directives. */
	{ "", "GET /m/x HTTP/1.1", "root",
	    HOST SERVER "REMOTE_ADDR=192.0.2.7\nDOCUMENT_ROOT=/srv/www/\n"
	    "REQUEST_SCHEME=http\nCONTEXT_PREFIX=\n"
	    "CONTEXT_DOCUMENT_ROOT=/srv/www/\nSERVER_ADMIN=me@h\n"
	    "SCRIPT_FILENAME=proxy:scgi://h:4/x\nREMOTE_PORT=51000\n"
	    GET("/m/x") "SCRIPT_NAME=/m\nPATH_INFO=/x\n"
	    "PATH_TRANSLATED=/srv/www/x" },
	{ "", "GET /m/x?q HTTP/1.1", "current",
	    HOST SERVER REMOTE "SERVER_PROTOCOL=HTTP/1.1\n"
	    "REQUEST_METHOD=GET\nQUERY_STRING=q\nREQUEST_URI=/m/x\n"
	    "SCRIPT_NAME=/m/x" },
	{ "", "GET /m/x HTTP/1.1", "lookup", HOST SERVER
	    "REMOTE_HOST=client.example\n" REMOTE GET("/m/x")
	    "SCRIPT_NAME=/m/x" },
	{ "", "GET /m/x HTTP/1.1", "unix",
	    HOST "SERVER_SIGNATURE=\nSERVER_SOFTWARE=gateway\n"
	    "SERVER_NAME=h\nSERVER_ADDR=\nSERVER_PORT=80\n"
	    "REMOTE_ADDR=unix:\nDOCUMENT_ROOT=\nREQUEST_SCHEME=http\n"
	    "CONTEXT_PREFIX=\nCONTEXT_DOCUMENT_ROOT=\n"
	    "SERVER_ADMIN=[no address given]\n"
	    "SCRIPT_FILENAME=proxy:scgi://h:4/x\nREMOTE_PORT=0\n"
	    GET("/m/x") "SCRIPT_NAME=/m/x" },
};

/* What one line of configuration would do to the structs. */
static bool
special(const char *word)
{
	if (strcmp(word, "passauth") == 0)
		conf.main.set.pass_auth = 1;
	else if (strcmp(word, "current") == 0)
		conf.main.set.request_uri = CGIVAR_CURRENT;
	else if (strcmp(word, "lookup") == 0)
		subject.remote_host = STR("client.example");
	else if (strcmp(word, "unix") == 0) {
		conn.local = true;
		memcpy(conn.peer_ip, "unix:", 6);
		memcpy(conn.here_ip, "unix:", 6);
		conn.peer_port = conn.here_port = 0;
	} else if (strcmp(word, "root") == 0) {
		conf.main.document_root = "/srv/www/";
		conf.main.server_admin = "me@h";
	} else
		return false;
	return true;
}

START_TEST(test_orders)
{
	struct env e, wire;
	struct env_rule *list;
	struct env_op *ops;
	const char *config;

	parse(arena_printf(&arena, "%s\r\nHost: h\r\n%s\r\n",
	    orders[_i].line, orders[_i].head));
	list = NULL;
	ops = NULL;
	config = orders[_i].config;
	if (!special(config))
		configure(config, &list, &ops);
	if (strcmp(config, "root") == 0)
		configure("set|proxy-scgi-pathinfo", &list, &ops);
	block = (struct section_block){ .ops = ops, .rules = list };
	conf.main.set.blocks = &block;
	env_init(&e, &arena, 0);
	env_begin(&e, &subject, NULL);
	env_mapped(&e, &subject);
	env_fixup(&e, &subject);
	env_cgi(&wire, &e, &subject, STR("/m"), STR("/x"),
	    STR("proxy:scgi://h:4/x"));
	ck_assert_str_eq(dump(&wire, "\n"), orders[_i].want);
	env_free_rules(list);
}
END_TEST

/* Mount and rest as route.c splits them. */
static const struct {
	const char	*root;
	const char	*mount;
	const char	*rest;
	const char	*want;		/* the last ones */
} splits[] = {
	{ NULL, "", "/foo/bar", "SCRIPT_NAME=\nPATH_INFO=/foo/bar" },
	{ NULL, "/app", "/", "SCRIPT_NAME=/app\nPATH_INFO=/" },
	{ NULL, "/a b", "/\xc3\xa9", "SCRIPT_NAME=/a b\nPATH_INFO=/\xc3\xa9" },
	{ "/", "/app", "/x",
	    "SCRIPT_NAME=/app\nPATH_INFO=/x\nPATH_TRANSLATED=/x" },
	{ "/srv", "/app", "/x/",
	    "SCRIPT_NAME=/app\nPATH_INFO=/x/\nPATH_TRANSLATED=/srv/x/" },
	{ "/srv//", "", "/",
	    "SCRIPT_NAME=\nPATH_INFO=/\nPATH_TRANSLATED=/srv/" },
};

START_TEST(test_splits)
{
	struct env e, wire;

	parse("GET /whatever HTTP/1.1\r\nHost: h\r\n\r\n");
	conf.main.document_root = splits[_i].root;
	env_init(&e, &arena, 0);
	env_set(&e, STR("proxy-scgi-pathinfo"), STR(""));
	env_cgi(&wire, &e, &subject, str_of(splits[_i].mount),
	    str_of(splits[_i].rest), STR("s"));
	ck_assert_str_eq(strstr(dump(&wire, "\n"), "SCRIPT_NAME="),
	    splits[_i].want);
}
END_TEST

/* --------------------------------------------------------------- redirects */

START_TEST(test_redirect)
{
	struct env_rule *early;
	struct env_op *ops;
	struct env first, second, third, wire;
	struct target next, last;

	parse("POST /m/one?q=1 HTTP/1.1\r\nHost: h\r\n"
	    "Content-Type: t\r\nContent-Length: 3\r\n\r\n");
	early = NULL;
	ops = NULL;
	configure("if|Request_URI|one|ONE|no-gzip\nif|Request_Method|(.*)|M=$1"
	    "\nset|S|v", &early, &ops);
	conf.main.env_rules = early;
	block = (struct section_block){ .ops = ops };
	conf.main.set.blocks = &block;
	env_init(&first, &arena, 0);
	env_begin(&first, &subject, NULL);
	env_mapped(&first, &subject);
	env_fixup(&first, &subject);
	ck_assert_str_eq(dump(&first, " "), "ONE=1 no-gzip=1 M=POST S=v");

	next = (struct target){ &target, 1, STR("GET"), STR("/m/two"),
	    STR_NONE, false, 200 };
	subject.target = &next;
	env_init(&second, &arena, 0);
	env_begin(&second, &subject, &first);
	env_mapped(&second, &subject);
	env_fixup(&second, &subject);
	ck_assert_str_eq(dump(&second, "\n"),
	    "REDIRECT_ONE=1\nREDIRECT_M=POST\nREDIRECT_S=v\n"
	    "REDIRECT_REQUEST_METHOD=POST\nREDIRECT_STATUS=200\n"
	    "REDIRECT_URL=/m/one\nREDIRECT_QUERY_STRING=q=1\nM=GET\nS=v");
	env_cgi(&wire, &second, &subject, STR("/m"), STR("/two"),
	    STR("proxy:scgi://h:4/x"));
	ck_assert_str_eq(dump(&wire, "\n"),
	    "REDIRECT_ONE=1\nREDIRECT_M=POST\nREDIRECT_S=v\n"
	    "REDIRECT_REQUEST_METHOD=POST\nREDIRECT_STATUS=200\nM=GET\nS=v\n"
	    HOST "CONTENT_TYPE=t\n" SERVER REMOTE
	    "REDIRECT_URL=/m/one\nREDIRECT_QUERY_STRING=q=1\n"
	    "SERVER_PROTOCOL=HTTP/1.1\nREQUEST_METHOD=GET\nQUERY_STRING=\n"
	    "REQUEST_URI=/m/one?q=1\nSCRIPT_NAME=/m/two");

	last = (struct target){ &next, 2, STR("GET"), STR("/m/three"),
	    STR("z"), false, 404 };
	subject.target = &last;
	env_init(&third, &arena, 0);
	env_begin(&third, &subject, &second);
	ck_assert_str_eq(dump(&third, "\n"),
	    "REDIRECT_M=GET\nREDIRECT_S=v\nREDIRECT_REQUEST_METHOD=GET\n"
	    "REDIRECT_STATUS=404\nREDIRECT_URL=/m/two\nM=GET");
	env_free_rules(early);
}
END_TEST

/* Unset in the second hop: what is inherited stays told apart. */
START_TEST(test_redirect_unset)
{
	struct env_rule *early;
	struct env_op *ops;
	struct env first, second, third;
	struct target next;

	parse("GET /one HTTP/1.1\r\nHost: h\r\n\r\n");
	env_init(&first, &arena, 0);
	env_set(&first, STR("A"), STR("1"));
	next = (struct target){ &target, 1, STR("GET"), STR("/two"),
	    STR_NONE, false, 200 };
	subject.target = &next;
	early = NULL;
	ops = NULL;
	configure("if|Request_URI|two|!REDIRECT_A|B", &early, &ops);
	conf.main.env_rules = early;
	env_init(&second, &arena, 0);
	env_begin(&second, &subject, &first);
	env_init(&third, &arena, 0);
	conf.main.env_rules = NULL;
	env_begin(&third, &subject, &second);
	ck_assert_str_eq(dump(&third, " "), "REDIRECT_B=1 "
	    "REDIRECT_REQUEST_METHOD=GET REDIRECT_STATUS=200 "
	    "REDIRECT_URL=/one");
	env_free_rules(early);
}
END_TEST

/* -------------------------------------------------------------------- bulk */

/* 100000 fields, every second one again: not quadratic, nothing lost. */
START_TEST(test_many_fields)
{
	struct env e, wire;
	const struct str *v;
	char *name;
	int i;

	parse("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	req.fields.v = arena_alloc(&arena, 100001 * sizeof(*req.fields.v));
	req.fields.cap = 100001;
	req.fields.n = 0;
	for (i = 0; i < 100000; i++) {
		name = arena_printf(&arena, "x-%d", i % 50000);
		req.fields.v[req.fields.n++] =
		    (struct field){ str_of(name), STR("v") };
	}
	env_init(&e, &arena, 0);
	env_cgi(&wire, &e, &subject, STR(""), STR("/"), STR("s"));
	ck_assert(!wire.bad);
	ck_assert_uint_gt(wire.n, 50000);
	ck_assert_uint_lt(wire.n, 50032);
	v = env_get(&wire, STR("HTTP_X_49999"));
	ck_assert_str_eq(arena_cstr(&arena, *v), "v, v");
}
END_TEST

/* One name 100000 times. */
START_TEST(test_many_lines)
{
	struct env e, wire;
	int i;

	parse("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
	req.fields.v = arena_alloc(&arena, 100000 * sizeof(*req.fields.v));
	for (i = 0; i < 100000; i++)
		req.fields.v[i] = (struct field){ STR("a"), STR("b") };
	req.fields.n = req.fields.cap = 100000;
	env_init(&e, &arena, 0);
	env_cgi(&wire, &e, &subject, STR(""), STR("/"), STR("s"));
	ck_assert(!wire.bad);
	ck_assert_uint_eq(env_get(&wire, STR("HTTP_A"))->n, 299998);
}
END_TEST

/* An arena of any size: the table is bad, or it is whole. */
START_TEST(test_arena_full)
{
	struct arena small;
	struct env e, wire;
	size_t size;
	bool seen;

	parse(HEAD);
	seen = false;
	for (size = 256; size < 32768; size += 256) {
		ck_assert_int_eq(arena_init(&small, size), 0);
		env_init(&e, &small, 0);
		env_cgi(&wire, &e, &subject, STR(""), STR("/"), STR("s"));
		if (!wire.bad)
			ck_assert_uint_eq(wire.n, 23);
		else
			seen = true;
		arena_free(&small);
	}
	ck_assert(seen);
}
END_TEST

Suite *
suite_env(void)
{
	Suite *s;
	TCase *t;

	s = suite_create("env");
	t = tcase_create("env");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, test_table, 0, NELEM(tables));
	tcase_add_test(t, test_table_full);
	tcase_add_loop_test(t, test_matches, 0, NELEM(matches));
	tcase_add_loop_test(t, test_faults, 0, NELEM(faults));
	tcase_add_loop_test(t, test_rules, 0, NELEM(rules));
	tcase_add_test(t, test_blocks);
	tcase_add_loop_test(t, test_names, 0, NELEM(names));
	tcase_add_test(t, test_server_name_dns);
	tcase_add_loop_test(t, test_software, 0, NELEM(software));
	tcase_add_loop_test(t, test_signature, 0, NELEM(signatures));
	tcase_add_loop_test(t, test_controls, 0, NELEM(controls));
	tcase_add_loop_test(t, test_orders, 0, NELEM(orders));
	tcase_add_loop_test(t, test_splits, 0, NELEM(splits));
	tcase_add_test(t, test_redirect);
	tcase_add_test(t, test_redirect_unset);
	tcase_add_test(t, test_many_fields);
	tcase_add_test(t, test_many_lines);
	tcase_add_test(t, test_arena_full);
	suite_add_tcase(s, t);
	return s;
}
