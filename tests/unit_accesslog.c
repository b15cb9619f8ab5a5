/*
 * accesslog: formats, letters, escaping, conditions, which log gets a line.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "accesslog.h"
#include "buf.h"
#include "config.h"
#include "env.h"
#include "http.h"
#include "io.h"
#include "log.h"
#include "unit.h"

static struct arena arena;
static struct config conf;
static struct conn conn;
static struct request req;
static struct target first, last;
static struct member member;
static struct fields sent;
static struct env env;
static struct access x;

/*
 * POST /a was redirected to /b: everything has a value, and those of the
 * first and of the last hop differ.
 */
static void
fill_access(void)
{
	x.conf = &conf;
	x.vhost = &conf.main;
	x.conn = &conn;
	x.req = &req;
	x.first = &first;
	x.last = &last;
	x.env = &env;
	x.sent = &sent;
	x.member = &member;
	x.script = STR("proxy:scgi://h/b");
	x.status_first = 200;
	x.status = 404;
	x.body_bytes = 1234;
	x.bytes_in = 300;
	x.bytes_out = 1500;
	x.began = 1000000000;	/* 2001-09-09 01:46:40 UTC */
	x.began_usec = 7089;
	x.began_us = 5000000;
	x.first_byte_us = 5000321;
	x.ended_us = 6234567;
	x.keep = true;
	x.kept = 3;
	x.queue_us = 11;
	x.connect_us = 22;
	x.firstbyte_us = 33;
	x.backend_us = 0;
	x.attempts = 2;
	x.member_in = 5000000000;
	x.member_out = 600;
}

static void
setup(void)
{
	static const struct http_limits limits = { 8190, 8190, 0, 65536 };
	const char *why;

	ck_assert_int_eq(setenv("TZ", "XXX-01", 1), 0);
	tzset();
	ck_assert_int_eq(arena_init(&arena, 1024 * 1024), 0);
	memset(&conf, 0, sizeof(conf));
	memset(&conn, 0, sizeof(conn));
	memset(&req, 0, sizeof(req));
	memset(&first, 0, sizeof(first));
	memset(&last, 0, sizeof(last));
	memset(&member, 0, sizeof(member));
	memset(&sent, 0, sizeof(sent));
	memset(&x, 0, sizeof(x));
	ck_assert_int_eq(http_parse_request(&req, STR(
	    "POST /a%20b?q=1&r HTTP/1.1\r\nHost: Www.Org:81\r\n"
	    "User-Agent: Moz \"x\" \\ y\r\nX-A: 1\r\nx-a: 2\r\n"
	    "Cookie: a=1; SID = s 1 ; empty=; b=x=y\r\nCookie: c=3; a=9\r\n"
	    "X-Empty:\r\n\r\n"), &limits, &arena, &why), 0);
	conf.main.server_name = "srv";
	memcpy(conn.peer_ip, "192.0.2.7", 10);
	memcpy(conn.here_ip, "192.0.2.1", 10);
	conn.peer_port = 51000;
	conn.here_port = 8080;
	first = (struct target){ NULL, 0, STR("POST"), STR("/a b"),
	    STR("q=1&r"), true, 200 };
	last = (struct target){ &first, 1, STR("GET"), STR("/b"), STR_NONE,
	    false, 200 };
	member.url = "scgi://h:4000/";
	fields_add(&sent, &arena, STR("Content-Type"), STR("text/html"));
	fields_add(&sent, &arena, STR("Set-Cookie"), STR("a"));
	fields_add(&sent, &arena, STR("set-cookie"), STR("b"));
	env_init(&env, &arena, 0);
	env_set(&env, STR("V"), STR("v\nw"));
	env_set(&env, STR("EMPTY"), STR(""));
	fill_access();
}

static void
teardown(void)
{
	arena_free(&arena);
}

static char *
line_of(const char *format)
{
	const struct logformat *f;
	const char *why;
	struct str s;

	f = accesslog_compile(format, &arena, &why);
	ck_assert_msg(f != NULL, "%s: %s", format, why);
	s = accesslog_line(f, &x, &arena);
	ck_assert_ptr_nonnull(s.p);
	return arena_cstr(&arena, s);
}

static const struct {
	const char	*format;
	const char	*want;
} lines[] = {
	/* Text. */
	{ "", "" },
	{ "abc", "abc" },
	{ "a%%b", "a%b" },
	{ "a\\tb\\nc\\rd", "a\tb\nc\rd" },
	{ "\\\"x\\\"", "\"x\"" },
	{ "\\\\", "\\" },
	{ "\\x\\", "\\x\\" },
	{ "\xc3\xa9", "\xc3\xa9" },
	/* Addresses and names. */
	{ "%a", "192.0.2.7" },
	{ "%{c}a", "192.0.2.7" },
	{ "%A", "192.0.2.1" },
	{ "%h", "192.0.2.7" },
	{ "%{c}h", "192.0.2.7" },
	{ "%v", "srv" },
	{ "%V", "www.org" },
	{ "%p", "80" },
	{ "%{canonical}p", "80" },
	{ "%{local}p", "8080" },
	{ "%{remote}p", "51000" },
	{ "%{Remote}p %{LOCAL}p", "51000 8080" },
	{ "%l %u", "- -" },
	/* The request. */
	{ "%r", "POST /a%20b?q=1&r HTTP/1.1" },
	{ "%>r", "POST /a%20b?q=1&r HTTP/1.1" },
	{ "%m", "GET" },
	{ "%<m", "POST" },
	{ "%>m", "GET" },
	{ "%U", "/a b" },
	{ "%>U", "/b" },
	{ "%<U", "/a b" },
	{ "%q", "" },
	{ "%<q", "?q=1&r" },
	{ "%>q", "" },
	{ "%H", "HTTP/1.1" },
	{ "%f", "proxy:scgi://h/b" },
	{ "%R %<R %>R", "proxy-server proxy-server proxy-server" },
	{ "%{User-Agent}i", "Moz \\\"x\\\" \\\\ y" },
	{ "%{user-agent}i", "Moz \\\"x\\\" \\\\ y" },
	{ "%{X-A}i", "1, 2" },
	{ "%{X-Empty}i", "" },
	{ "%{Referer}i", "-" },
	{ "%{Host}i", "Www.Org:81" },
	{ "%{a}C", "1" },
	{ "%{sid}C", " s 1" },
	{ "%{b}C", "x=y" },
	{ "%{c}C", "3" },
	{ "%{empty}C", "-" },
	{ "%{none}C", "-" },
	{ "%{Cookie}i",
	    "a=1; SID = s 1 ; empty=; b=x=y; c=3; a=9" },
	/* The answer. */
	{ "%s", "200" },
	{ "%>s", "404" },
	{ "%<s", "200" },
	{ "%b", "1234" },
	{ "%B", "1234" },
	{ "%{Content-Type}o", "text/html" },
	{ "%{Set-Cookie}o", "a, b" },
	{ "%{X-None}o", "-" },
	{ "%I %O %S", "300 1500 1800" },
	{ "%X", "+" },
	{ "%k", "3" },
	/* Times. */
	{ "%t", "[09/Sep/2001:02:46:40 +0100]" },
	{ "%{}t", "[09/Sep/2001:02:46:40 +0100]" },
	{ "%{begin:}t", "[09/Sep/2001:02:46:40 +0100]" },
	{ "%{end:}t", "[09/Sep/2001:02:46:41 +0100]" },
	{ "%{begin}t", "[09/Sep/2001:02:46:40 +0100]" },
	{ "%{end}t", "[09/Sep/2001:02:46:41 +0100]" },
	{ "%{ending}t%{beginning %S}t", "endingbeginning 40" },
	{ "%{%Y-%m-%dT%H:%M:%S%z}t", "2001-09-09T02:46:40+0100" },
	{ "%{begin:%S}t", "40" },
	{ "%{end:%S}t", "41" },
	{ "%{sec}t", "1000000000" },
	{ "%{msec}t", "1000000000007" },
	{ "%{usec}t", "1000000000007089" },
	{ "%{msec_frac}t", "007" },
	{ "%{usec_frac}t", "007089" },
	{ "%{begin:sec}t", "1000000000" },
	{ "%{begin:usec_frac}t", "007089" },
	{ "%{end:sec}t", "1000000001" },
	{ "%{end:msec}t", "1000000001241" },
	{ "%{end:usec}t", "1000000001241656" },
	{ "%{end:msec_frac}t", "241" },
	{ "%{end:usec_frac}t", "241656" },
	{ "%D", "1234567" },
	{ "%T", "1" },
	{ "%{s}T", "1" },
	{ "%{ms}T", "1234" },
	{ "%{us}T", "1234567" },
	{ "%{MS}T", "1234" },
	{ "%<D %>D %<T %>T", "1234567 1234567 1 1" },
	{ "%^FB", "321" },
	/* What the gateway knows. */
	{ "%{V}e", "v\\nw" },
	{ "%{v}e", "v\\nw" },
	{ "%{EMPTY}e", "" },
	{ "%{NONE}e", "-" },
	{ "%{member}n", "scgi://h:4000/" },
	{ "%{other}n", "-" },
	{ "%l%L%{c}L%F%<L%>F", "------" },
	{ "%{queue}x %{connect}x %{firstbyte}x %{backend}x", "11 22 33 0" },
	{ "%{member}x", "scgi://h:4000/" },
	{ "%{attempts}x %{memberin}x %{memberout}x", "2 5000000000 600" },
	{ "%{Queue}x", "11" },
	{ "%404{queue}x %500{queue}x", "11 -" },
	{ "%{X}^ti%{X}^to%^FB", "--321" },
	/* Conditions are about the last status. */
	{ "%404s", "200" },
	{ "%200s", "-" },
	{ "%200,404s", "200" },
	{ "%!404s", "-" },
	{ "%!200,304s", "200" },
	{ "%400,501{User-agent}i", "-" },
	{ "%!200,304,302{X-A}i", "1, 2" },
	{ "%404>s", "404" },
	{ "%>404s", "404" },
	{ "%{X-A}404i", "1, 2" },
	{ "%500b|", "-|" },
	{ "%!!404s", "200" },
	{ "%404,s", "200" },
	{ "%!404%", "-" },
	/* All together. */
	{ "%h %l %u %t \"%r\" %>s %b",
	    "192.0.2.7 - - [09/Sep/2001:02:46:40 +0100] "
	    "\"POST /a%20b?q=1&r HTTP/1.1\" 404 1234" },
};

START_TEST(test_lines)
{
	ck_assert_str_eq(line_of(lines[_i].format), lines[_i].want);
}
END_TEST

static const struct {
	const char	*format;
	const char	*want;		/* in the message */
} faults[] = {
	{ "%z", "\"z\"" },
	{ "a %d b", "\"d\"" },
	{ "%{x}Z", "\"Z\"" },
	{ "%^xy", "\"^xy\"" },
	{ "%^", "\"^\"" },
	{ "%", "letter is missing" },
	{ "%>", "letter is missing" },
	{ "%{a}", "letter is missing" },
	{ "%{Referer i", "no }" },
	{ "%i", "{name}" },
	{ "%{}i", "{name}" },
	{ "%o", "{name}" },
	{ "%C", "{name}" },
	{ "%e", "{name}" },
	{ "%n", "{name}" },
	{ "%^ti", "{name}" },
	{ "%{min}T", "\"min\"" },
	{ "%{x}p", "\"x\"" },
	{ "%{x}P", "\"x\"" },
	{ "%{x}a", "\"x\"" },
	{ "%{time}x", "\"time\", there are queue, connect, firstbyte, "
	    "backend, member, attempts, memberin, memberout" },
	{ "%{queue }x", "\"queue \"" },
	{ "%x", "before x \"\", there are queue" },
	{ "%{}x", "before x \"\"" },
};

START_TEST(test_faults)
{
	const char *why;

	ck_assert_ptr_null(accesslog_compile(faults[_i].format, &arena,
	    &why));
	ck_assert_ptr_nonnull(why);
	ck_assert_msg(strstr(why, faults[_i].want) != NULL, "%s: %s",
	    faults[_i].format, why);
}
END_TEST

/* A value by itself, as httpd and as JSON escape it. */
static const struct {
	const char	*value;
	const char	*httpd;
	const char	*json;
} escapes[] = {
	{ "plain ~!", "plain ~!", "plain ~!" },
	{ "\"\\", "\\\"\\\\", "\\\"\\\\" },
	{ "\n\r\t\v\b", "\\n\\r\\t\\v\\b",
	    "\\u000a\\u000d\\u0009\\u000b\\u0008" },
	{ "\x01\x1b\x7f", "\\x01\\x1b\\x7f", "\\u0001\\u001b\\u007f" },
	{ "\xc3\xa9", "\\xc3\\xa9", "\xc3\xa9" },
	{ "\xe2\x82\xac", "\\xe2\\x82\\xac", "\xe2\x82\xac" },
	{ "\xf0\x9f\x98\x80x", "\\xf0\\x9f\\x98\\x80x",
	    "\xf0\x9f\x98\x80x" },
	{ "\xe9", "\\xe9", "\\u00e9" },
	{ "\xc3", "\\xc3", "\\u00c3" },
	{ "\xc3(", "\\xc3(", "\\u00c3(" },
	{ "\xc0\xaf", "\\xc0\\xaf", "\\u00c0\\u00af" },
	{ "\xe0\x9f\xbf", "\\xe0\\x9f\\xbf", "\\u00e0\\u009f\\u00bf" },
	{ "\xed\xa0\x80", "\\xed\\xa0\\x80", "\\u00ed\\u00a0\\u0080" },
	{ "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80",
	    "\\u00f4\\u0090\\u0080\\u0080" },
	{ "</script>", "</script>", "</script>" },
};

START_TEST(test_escapes)
{
	env_set(&env, STR("V"), str_of(escapes[_i].value));
	ck_assert_str_eq(line_of("%{V}e"), escapes[_i].httpd);
	ck_assert_str_eq(line_of("{\"v\":\"%{V}e\"}"), arena_printf(&arena,
	    "{\"v\":\"%s\"}", escapes[_i].json));
}
END_TEST

/* What a client cannot do: end the line, leave the quotes. */
START_TEST(test_all_bytes)
{
	char bytes[256], *line;
	int i;

	for (i = 0; i < 256; i++)
		bytes[i] = (char)i;
	env_set(&env, STR("V"), (struct str){ bytes, 256 });
	for (line = line_of("%{V}e"); *line != '\0'; line++) {
		ck_assert(*line >= ' ' && *line <= '~' && *line != '"' &&
		    (*line != '\\' || line[1] != '\0'));
		if (*line == '\\')
			line++;
	}
}
END_TEST

/* In JSON what is absent is null where "-" would be none of its values. */
static const struct {
	const char	*format;
	const char	*want;
} nulls[] = {
	{ "{\"a\":%{queue}x,\"b\":\"%{queue}x\"}",
	    "{\"a\":null,\"b\":\"-\"}" },
	{ " {\"a\":%{connect}x}", " {\"a\":null}" },
	{ "{\"a\\\\\\\\\":%{queue}x,\"%{queue}x\":1}",
	    "{\"a\\\\\":null,\"-\":1}" },
	{ "{\"a\\\\\"%{queue}x\":%^FB}", "{\"a\\\"-\":null}" },
	{ "{\"a\":%b,\"b\":%200B,\"c\":%B}",
	    "{\"a\":null,\"b\":null,\"c\":0}" },
	{ "{\"a\":\"%{X}i\",\"b\":%{X}i,\"c\":%u,\"d\":%{n}n}",
	    "{\"a\":\"-\",\"b\":null,\"c\":null,\"d\":null}" },
	{ "[%{queue}x,%b]", "[-,-]" },
};

START_TEST(test_nulls)
{
	x.queue_us = x.connect_us = -1;
	x.first_byte_us = 0;
	x.body_bytes = 0;
	ck_assert_str_eq(line_of(nulls[_i].format), nulls[_i].want);
}
END_TEST

/* Outside of its strings a text has quotes of its own, a number has none. */
static const struct {
	const char	*format;
	const char	*want;
} texts[] = {
	{ "{\"a\":%h,\"b\":%>s,\"c\":\"%h\"}",
	    "{\"a\":\"192.0.2.7\",\"b\":404,\"c\":\"192.0.2.7\"}" },
	{ "{\"a\":%{User-Agent}i,\"b\":%{No}i}",
	    "{\"a\":\"Moz \\\"x\\\" \\\\ y\",\"b\":null}" },
	{ "{\"a\":%r,\"b\":%U,\"c\":%<q,\"d\":%q,\"e\":%m,\"f\":%H}",
	    "{\"a\":\"POST /a%20b?q=1&r HTTP/1.1\",\"b\":\"/a b\","
	    "\"c\":\"?q=1&r\",\"d\":null,\"e\":\"GET\","
	    "\"f\":\"HTTP/1.1\"}" },
	{ "{\"a\":%{V}e,\"b\":%{EMPTY}e,\"c\":%{SID}C,\"d\":%{x}n}",
	    "{\"a\":\"v\\u000aw\",\"b\":\"\",\"c\":\" s 1\",\"d\":null}" },
	{ "{\"a\":%t,\"b\":%{%Y}t,\"c\":%{sec}t,\"d\":%{msec_frac}t,"
	    "\"e\":%{sec}t.%{msec_frac}t,\"f\":%{usec_frac}t}",
	    "{\"a\":\"[09/Sep/2001:02:46:40 +0100]\",\"b\":\"2001\","
	    "\"c\":1000000000,\"d\":7,\"e\":1000000000.007,\"f\":7089}" },
	{ "{\"a\":%X,\"b\":%v,\"c\":%V,\"d\":%R,\"e\":%f,\"f\":%u}",
	    "{\"a\":\"+\",\"b\":\"srv\",\"c\":\"www.org\","
	    "\"d\":\"proxy-server\",\"e\":\"proxy:scgi://h/b\","
	    "\"f\":null}" },
	{ "{\"a\":%B,\"b\":%b,\"c\":%D,\"d\":%T,\"e\":%k,\"f\":%p,"
	    "\"g\":%I,\"h\":%O,\"i\":%S,\"j\":%^FB,\"k\":%l}",
	    "{\"a\":1234,\"b\":1234,\"c\":1234567,\"d\":1,\"e\":3,"
	    "\"f\":80,\"g\":300,\"h\":1500,\"i\":1800,\"j\":321,"
	    "\"k\":null}" },
	{ "{\"a\":%{member}x,\"b\":%{queue}x,\"c\":%{Set-Cookie}o}",
	    "{\"a\":\"scgi://h:4000/\",\"b\":11,\"c\":\"a, b\"}" },
	{ "{\"a\":%200{V}e,\"b\":%!200{V}e,\"c\":%%}",
	    "{\"a\":null,\"b\":\"v\\u000aw\",\"c\":%}" },
};

START_TEST(test_json_texts)
{
	ck_assert_str_eq(line_of(texts[_i].format), texts[_i].want);
}
END_TEST

/*
 * RFC 8259, strictly, as far as a line of an object without others in it
 * needs it.  Behind what was read, NULL: it is none.
 */
static const char *
skip_string(const char *p)
{
	size_t n;

	if (*p++ != '"')
		return NULL;
	for (; *p != '"'; p += n) {
		n = 1;
		if ((unsigned char)*p < ' ')
			return NULL;
		if (*p == '\\') {
			n = p[1] == 'u' ? 6 : 2;
			if (p[1] == '\0' || strchr("\"\\/bfnrtu", p[1]) ==
			    NULL || (n == 6 && strspn(p + 2,
			    "0123456789abcdef") < 4))
				return NULL;
		} else if ((unsigned char)*p >= 0x80) {
			n = (unsigned char)*p >= 0xf0 ? 4 :
			    (unsigned char)*p >= 0xe0 ? 3 : 2;
			if ((unsigned char)*p < 0xc2 ||
			    (p[1] & 0xc0) != 0x80 ||
			    (n > 2 && (p[2] & 0xc0) != 0x80) ||
			    (n > 3 && (p[3] & 0xc0) != 0x80))
				return NULL;
		}
	}
	return p + 1;
}

static const char *
skip_number(const char *p)
{
	size_t n;

	n = strspn(p, "0123456789");
	if (n == 0 || (p[0] == '0' && n > 1))
		return NULL;
	p += n;
	if (*p != '.')
		return p;
	n = strspn(++p, "0123456789");
	return n == 0 ? NULL : p + n;
}

static bool
is_json(const char *p)
{
	if (*p++ != '{')
		return false;
	for (;; p++) {
		if ((p = skip_string(p)) == NULL || *p++ != ':')
			return false;
		if (strncmp(p, "null", 4) == 0)
			p += 4;
		else
			p = *p == '"' ? skip_string(p) : skip_number(p);
		if (p == NULL || *p != ',')
			return p != NULL && strcmp(p, "}") == 0;
	}
}

/* Every letter in and outside of quotes, with every byte and with none. */
START_TEST(test_json_bytes)
{
	static const char *const letters[] = { "A", "B", "{a}C", "D", "F",
	    "H", "I", "L", "O", "P", "{hextid}P", "R", "S", "T", "{ms}T",
	    "U", "<U", "V", "X", "^FB", "{a}^ti", "a", "{c}a", "b", "{V}e",
	    "f", "h", "{X-A}i", "k", "l", "m", "<m", "{V}n", "{V}o", "p",
	    "{remote}p", "q", "<q", "r", "s", ">s", "t", "{sec}t",
	    "{msec}t", "{usec}t", "{msec_frac}t", "{usec_frac}t", "{%H:%M}t",
	    "u", "v", "{queue}x", "{member}x", "200B", "!200U" };
	static char bytes[4];
	const char *format, *line;
	struct str s;
	struct env notes;
	size_t i;

	s = (struct str){ bytes, 3 };
	bytes[0] = bytes[2] = (char)_i;
	bytes[1] = _i % 2 == 0 ? '\\' : '"';
	req.method = req.protocol = req.line = s;
	for (i = 0; i < req.fields.n; i++)
		req.fields.v[i].value = s;
	last.path = last.query = last.method = first.query = first.path = s;
	env_set(&env, STR("V"), s);
	env_init(&notes, &arena, 0);
	env_set(&notes, STR("V"), s);
	fields_add(&sent, &arena, STR("V"), s);
	x.notes = &notes;
	x.script = x.user = x.remote_host = s;
	member.url = _i == 0 ? "" : bytes;
	for (i = 0; i < 2 * NELEM(letters); i++) {
		format = letters[i % NELEM(letters)];
		format = arena_printf(&arena, "{\"a\":%%%s,\"b\":\"%%%s\"}",
		    format, format);
		/* The second round: a head that never came. */
		if (i == NELEM(letters)) {
			memset(&x, 0, sizeof(x));
			x.conf = &conf;
			x.conn = &conn;
			x.queue_us = -1;
		}
		line = line_of(format);
		ck_assert_msg(is_json(line), "%s: %s", format, line);
	}
}
END_TEST

/* Nothing is known but the connection: a head that never came. */
static const struct {
	const char	*format;
	const char	*want;
} blanks[] = {
	{ "%r", "-" }, { "%m", "-" }, { "%U", "-" }, { "%q", "" },
	{ "%H", "-" }, { "%>U", "-" }, { "%f", "-" }, { "%R", "-" },
	{ "%{X-A}i", "-" }, { "%{a}C", "-" }, { "%{X}o", "-" },
	{ "%{V}e", "-" }, { "%{member}n", "-" }, { "%b", "-" },
	{ "%B", "0" }, { "%^FB", "-" }, { "%X", "X" }, { "%v", "srv" },
	{ "%V", "srv" }, { "%p", "80" }, { "%D", "0" }, { "%k", "0" },
	{ "%u%<u", "--" }, { "%a", "192.0.2.7" }, { "%h", "192.0.2.7" },
	{ "%A", "192.0.2.1" }, { "%s", "408" }, { "%I%O%S", "000" },
	{ "%<m%<q%<R", "--" }, { "%T", "0" }, { "%{n}n", "-" },
	{ "%{queue}x%{connect}x%{firstbyte}x%{backend}x", "----" },
	{ "%{member}x", "-" },
	{ "%{attempts}x%{memberin}x%{memberout}x", "000" },
};

START_TEST(test_blanks)
{
	memset(&x, 0, sizeof(x));
	x.conf = &conf;
	x.conn = &conn;
	x.status = x.status_first = 408;
	x.aborted = true;
	x.began_us = 5;
	x.queue_us = x.connect_us = x.firstbyte_us = x.backend_us = -1;
	ck_assert_str_eq(line_of(blanks[_i].format), blanks[_i].want);
}
END_TEST

/* A request that was understood but never dispatched. */
START_TEST(test_not_dispatched)
{
	x.first = x.last = NULL;
	ck_assert_str_eq(line_of("%m %U%q"), "POST /a%20b?q=1&r");
}
END_TEST

START_TEST(test_states)
{
	ck_assert_str_eq(line_of("%X"), "+");
	x.keep = false;
	ck_assert_str_eq(line_of("%X"), "-");
	x.aborted = true;
	ck_assert_str_eq(line_of("%X"), "X");
	x.ended_us = x.began_us - 10;
	ck_assert_str_eq(line_of("%D"), "0");
	ck_assert_str_eq(line_of("%P"),
	    arena_printf(&arena, "%ld", (long)getpid()));
	ck_assert_str_eq(line_of("%{hextid}P"),
	    arena_printf(&arena, "%lx", (long)getpid()));
	ck_assert_str_eq(line_of("%{pid}P"), line_of("%{tid}P"));
}
END_TEST

START_TEST(test_names)
{
	struct settings set;

	x.remote_host = STR("client.example");
	ck_assert_str_eq(line_of("%h %{c}h %a"),
	    "client.example 192.0.2.7 192.0.2.7");
	memset(&set, 0, sizeof(set));
	set.canonical = CANONICAL_ON;
	x.set = &set;
	ck_assert_str_eq(line_of("%V %p"), "srv 80");
	conf.main.server_name = NULL;
	ck_assert_str_eq(line_of("%v %V"), "192.0.2.1 192.0.2.1");
	conn.local = true;
	memcpy(conn.peer_ip, "unix:", 6);
	ck_assert_str_eq(line_of("%v %a"), "localhost unix:");
}
END_TEST

/* Who the client is after RemoteIP and a PROXY header, and the peer. */
START_TEST(test_clients)
{
	x.client_ip = "2001:db8::9";
	x.client_port = 51000;
	ck_assert_str_eq(line_of("%a %{c}a %h %{c}h"),
	    "2001:db8::9 192.0.2.7 2001:db8::9 192.0.2.7");
	ck_assert_str_eq(line_of("%{remote}p"), "51000");
	x.remote_host = STR("client.example");
	x.client_port = 4711;
	ck_assert_str_eq(line_of("%a %h %{c}h %{remote}p %{local}p %p"),
	    "2001:db8::9 client.example 192.0.2.7 4711 8080 80");
}
END_TEST

START_TEST(test_users)
{
	ck_assert_str_eq(line_of("%u %<u %>u"), "- - -");
	x.user = STR("ann \"x\"\n");
	ck_assert_str_eq(line_of("%u %<u %>u"),
	    "ann \\\"x\\\"\\n - ann \\\"x\\\"\\n");
	x.user_first = STR("bob");
	ck_assert_str_eq(line_of("%401u %404<u"), "- bob");
	x.user = STR("");
	ck_assert_str_eq(line_of("%u %<u"), "\"\" bob");
	ck_assert_str_eq(line_of("{\"u\":\"%u\",\"f\":\"%<u\"}"),
	    "{\"u\":\"\",\"f\":\"bob\"}");
}
END_TEST

/* A note of a Header line comes before the one that is always there. */
START_TEST(test_notes)
{
	struct env notes;

	env_init(&notes, &arena, 0);
	x.notes = &notes;
	ck_assert_str_eq(line_of("%{a}n %{member}n"), "- scgi://h:4000/");
	env_set(&notes, STR("a"), STR("1\t"));
	env_set(&notes, STR("empty"), STR(""));
	ck_assert_str_eq(line_of("%{A}n|%{empty}n|%{b}n|%{member}n"),
	    "1\\t||-|scgi://h:4000/");
	env_set(&notes, STR("member"), STR("me"));
	ck_assert_str_eq(line_of("%{member}n %{member}x"),
	    "me scgi://h:4000/");
	x.member = NULL;
	ck_assert_str_eq(line_of("%{member}n %{member}x"), "me -");
}
END_TEST

/* What answered the first hop and the last one. */
START_TEST(test_handlers)
{
	struct target middle;

	x.member = NULL;
	ck_assert_str_eq(line_of("%R %<R %>R"),
	    "proxy-server proxy-server -");
	middle = first;
	middle.prev = &first;
	last.prev = &middle;
	last.status = 404;
	ck_assert_str_eq(line_of("%R %>R"), "proxy-server -");
	/* An error page, of an error that nobody knows the source of. */
	middle.status = 403;
	ck_assert_str_eq(line_of("%R %>R"), "- -");
	x.last = &first;
	ck_assert_str_eq(line_of("%R %>R"), "- -");
}
END_TEST

/* Each second has its own text. */
START_TEST(test_clock)
{
	ck_assert_str_eq(line_of("%t"), "[09/Sep/2001:02:46:40 +0100]");
	x.began++;
	ck_assert_str_eq(line_of("%t"), "[09/Sep/2001:02:46:41 +0100]");
	x.began--;
	ck_assert_str_eq(line_of("%t"), "[09/Sep/2001:02:46:40 +0100]");
	ck_assert_str_eq(line_of("%t%{end:}t%t"),
	    "[09/Sep/2001:02:46:40 +0100][09/Sep/2001:02:46:41 +0100]"
	    "[09/Sep/2001:02:46:40 +0100]");
}
END_TEST

static const struct {
	const char	*nickname;
	const char	*want;
} nicknames[] = {
	{ "common", "192.0.2.7 - - [09/Sep/2001:02:46:40 +0100] "
	    "\"POST /a%20b?q=1&r HTTP/1.1\" 404 1234" },
	{ "combined", "192.0.2.7 - - [09/Sep/2001:02:46:40 +0100] "
	    "\"POST /a%20b?q=1&r HTTP/1.1\" 404 1234 \"-\" "
	    "\"Moz \\\"x\\\" \\\\ y\"" },
	{ "combinedio", "192.0.2.7 - - [09/Sep/2001:02:46:40 +0100] "
	    "\"POST /a%20b?q=1&r HTTP/1.1\" 404 1234 \"-\" "
	    "\"Moz \\\"x\\\" \\\\ y\" 300 1500" },
	{ "vhost_combined", "srv:80 192.0.2.7 - - "
	    "[09/Sep/2001:02:46:40 +0100] \"POST /a%20b?q=1&r HTTP/1.1\" "
	    "404 1500 \"-\" \"Moz \\\"x\\\" \\\\ y\"" },
	{ "json", "{\"time\":\"2001-09-09T02:46:40+0100\","
	    "\"client\":\"192.0.2.7\",\"user\":\"-\","
	    "\"host\":\"www.org\","
	    "\"method\":\"GET\",\"path\":\"/a b\",\"query\":\"\","
	    "\"protocol\":\"HTTP/1.1\",\"status\":404,\"bytes\":1234,"
	    "\"in\":300,\"out\":1500,\"us\":1234567,\"state\":\"+\","
	    "\"member\":\"scgi://h:4000/\",\"attempts\":2,"
	    "\"queue\":11,\"connect\":22,\"firstbyte\":33,"
	    "\"backend\":0,\"memberin\":5000000000,\"memberout\":600,"
	    "\"referer\":\"-\","
	    "\"agent\":\"Moz \\\"x\\\" \\\\ y\"}" },
	{ "scgi", "192.0.2.7 - - [09/Sep/2001:02:46:40 +0100] "
	    "\"POST /a%20b?q=1&r HTTP/1.1\" 404 1234 1234567 321 "
	    "\"scgi://h:4000/\" 11 22 33 0 2" },
};

START_TEST(test_nicknames)
{
	const char *format;

	format = accesslog_predefined(nicknames[_i].nickname);
	ck_assert_ptr_nonnull(format);
	ck_assert_str_eq(line_of(format), nicknames[_i].want);
	ck_assert_ptr_null(accesslog_predefined("none"));
}
END_TEST

/* A full arena: the line is there, its values are short. */
START_TEST(test_full)
{
	const struct logformat *f;
	struct arena small;
	struct str s;
	const char *why;
	char *big;

	big = arena_alloc(&arena, 100000);
	memset(big, 'a', 100000);
	env_set(&env, STR("V"), (struct str){ big, 100000 });
	f = accesslog_compile("%h %{V}e %>s", &arena, &why);
	ck_assert_int_eq(arena_init(&small, 64), 0);
	s = accesslog_line(f, &x, &small);
	ck_assert_uint_eq(s.n, 9 + 1 + 256 + 1 + 3);
	ck_assert(str_eq(str_from(s, s.n - 4), STR(" 404")));
	ck_assert_uint_eq(small.used, 0);
	s = accesslog_line(f, &x, &arena);
	ck_assert_uint_eq(s.n, 9 + 1 + 100000 + 1 + 3);
	arena_free(&small);
}
END_TEST

/* Whose condition holds gets the line. */
START_TEST(test_write)
{
	struct custom_log logs[5];
	struct sink sinks[5];
	char buffers[5][256];
	const struct logformat *f, *g;
	const char *why;
	size_t i;

	f = accesslog_compile("%>s", &arena, &why);
	g = accesslog_compile("%m", &arena, &why);
	memset(logs, 0, sizeof(logs));
	memset(sinks, 0, sizeof(sinks));
	for (i = 0; i < NELEM(logs); i++) {
		sinks[i].kind = SINK_FD;
		sinks[i].fd = -1;
		sink_buffer(&sinks[i], buffers[i], sizeof(buffers[i]));
		logs[i].sink = &sinks[i];
		logs[i].format = i == 2 ? g : f;
		logs[i].next = i + 1 < NELEM(logs) ? &logs[i + 1] : NULL;
	}
	logs[1].env = "EMPTY";
	logs[2].env = "EMPTY";
	logs[2].env_not = true;
	logs[3].env = "none";
	logs[4].env = "none";
	logs[4].env_not = true;
	conf.main.logs = logs;
	accesslog_write(&x, &arena);
	ck_assert_uint_eq(sinks[0].buffered, 4);
	ck_assert(memcmp(buffers[0], "404\n", 4) == 0);
	ck_assert_uint_eq(sinks[1].buffered, 4);
	ck_assert_uint_eq(sinks[2].buffered, 0);
	ck_assert_uint_eq(sinks[3].buffered, 0);
	ck_assert_uint_eq(sinks[4].buffered, 4);
	x.env = NULL;
	accesslog_write(&x, &arena);
	ck_assert_uint_eq(sinks[0].buffered, 8);
	ck_assert_uint_eq(sinks[1].buffered, 4);
	ck_assert_uint_eq(sinks[2].buffered, 4);
	ck_assert(memcmp(buffers[2], "GET\n", 4) == 0);
	ck_assert_uint_eq(sinks[4].buffered, 8);
}
END_TEST

Suite *
suite_accesslog(void)
{
	Suite *s;
	TCase *t;

	s = suite_create("accesslog");
	t = tcase_create("accesslog");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, test_lines, 0, NELEM(lines));
	tcase_add_loop_test(t, test_faults, 0, NELEM(faults));
	tcase_add_loop_test(t, test_escapes, 0, NELEM(escapes));
	tcase_add_loop_test(t, test_nulls, 0, NELEM(nulls));
	tcase_add_loop_test(t, test_json_texts, 0, NELEM(texts));
	tcase_add_loop_test(t, test_json_bytes, 0, 256);
	tcase_add_test(t, test_all_bytes);
	tcase_add_loop_test(t, test_blanks, 0, NELEM(blanks));
	tcase_add_test(t, test_not_dispatched);
	tcase_add_test(t, test_states);
	tcase_add_test(t, test_names);
	tcase_add_test(t, test_clients);
	tcase_add_test(t, test_users);
	tcase_add_test(t, test_notes);
	tcase_add_test(t, test_handlers);
	tcase_add_test(t, test_clock);
	tcase_add_loop_test(t, test_nicknames, 0, NELEM(nicknames));
	tcase_add_test(t, test_full);
	tcase_add_test(t, test_write);
	suite_add_tcase(s, t);
	return s;
}
