/*
 * http: heads of requests and answers, chunks, paths, dates, words.
 */
#include <arpa/inet.h>
#include <netinet/in.h>

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "http.h"
#include "unit.h"
#include "vectors_http.h"

enum { ARENA_SIZE = 1024 * 1024 };

/* httpd's defaults, and LimitRequestHead's. */
static const struct http_limits usual = { 8190, 8190, 100, 1024 * 1024 };

static struct arena arena;

static void
set_up(void)
{
	ck_assert_int_eq(arena_init(&arena, ARENA_SIZE), 0);
}

static void
tear_down(void)
{
	arena_free(&arena);
}

static void
check_str(struct str got, const char *want)
{
	if (want == NULL) {
		ck_assert_ptr_eq(got.p, NULL);
		return;
	}
	ck_assert_ptr_ne(got.p, NULL);
	ck_assert_msg(str_eq(got, str_of(want)), "got \"%.*s\", not \"%s\"",
	    STR_ARG(got), want);
}

/* Scan bytes that come in pieces of step bytes, the first of first. */
static int
scan(struct str bytes, size_t first, size_t step,
    const struct http_limits *limits, size_t *length)
{
	struct http_scan s;
	size_t n, was;
	int status;

	memset(&s, 0, sizeof(s));
	*length = 0;
	for (n = first;; n += step) {
		if (n > bytes.n)
			n = bytes.n;
		was = s.at;
		status = http_scan_head(&s, str_head(bytes, n), limits,
		    length);
		if (s.at < was)
			ck_abort_msg("scanned backwards");
		if (status != 0 || *length != 0 || n == bytes.n)
			return status;
	}
}

/* Is the body of r whole in rest?  200, 0 for more to come, 400. */
static int
read_body(const struct request *r, struct str rest)
{
	struct http_chunks c;
	struct str data;
	int64_t used;

	if (r->body == HTTP_BODY_NONE)
		return 200;
	if (r->body == HTTP_BODY_LENGTH)
		return rest.n < r->length ? 0 : 200;
	memset(&c, 0, sizeof(c));
	do {
		used = http_decode_chunks(&c, rest, 8190, 100, &data);
		if (used == -1)
			return 400;
		rest = str_from(rest, (size_t)used);
	} while (used > 0 && !c.done);
	return c.done ? 200 : 0;
}

/* All that http.c says of a raw request. */
static int
take(struct str bytes, bool *ends)
{
	struct request r;
	const char *why;
	size_t length;
	int status;

	*ends = true;
	status = scan(bytes, bytes.n, 1, &usual, &length);
	if (status != 0)
		return status;
	*ends = false;
	if (length == 0)
		return 0;
	status = http_parse_request(&r, str_head(bytes, length), &usual,
	    &arena, &why);
	ck_assert_int_eq(status == 0, why == NULL);
	if (status == 0)
		status = read_body(&r, str_from(bytes, length));
	*ends = status != 0 && (status != 200 || !r.keep);
	return status;
}

static void
check_outcome(const struct raw_request *v)
{
	bool ends;
	int status;

	status = take((struct str){ v->bytes, v->length }, &ends);
	ck_assert_msg(status == v->status, "%s: %d, not %d", v->name, status,
	    v->status);
	ck_assert_msg(ends == v->ends, "%s: wrong about the end", v->name);
}

/* No way to cut a head into pieces changes what is said of it. */
static void
check_pieces(const struct raw_request *v)
{
	struct str bytes;
	size_t i, length, whole;
	int status;

	bytes = (struct str){ v->bytes, v->length };
	status = scan(bytes, bytes.n, 1, &usual, &whole);
	ck_assert_int_eq(scan(bytes, 0, 1, &usual, &length), status);
	ck_assert_uint_eq(length, whole);
	for (i = 0; i < bytes.n; i++) {
		ck_assert_int_eq(scan(bytes, i, bytes.n, &usual, &length),
		    status);
		ck_assert_uint_eq(length, whole);
	}
}

/* The parser takes nothing that the scanner does not, nor half of it. */
static void
check_without_scan(const struct raw_request *v)
{
	struct request r;
	struct str bytes;
	const char *why;
	size_t i, length;
	int status;

	bytes = (struct str){ v->bytes, v->length };
	status = scan(bytes, bytes.n, 1, &usual, &length);
	for (i = 0; i <= bytes.n; i++) {
		if (status == 0 && length != 0 && i >= length)
			break;
		ck_assert_int_ne(http_parse_request(&r, str_head(bytes, i),
		    &usual, &arena, &why), 0);
		ck_assert_ptr_ne(why, NULL);
	}
}

/* An arena that is too small is 500, and nothing else goes wrong. */
static void
check_small_arena(const struct raw_request *v)
{
	struct arena small;
	struct request r;
	struct str bytes;
	const char *why;
	size_t length, size;
	int status, want;

	bytes = (struct str){ v->bytes, v->length };
	if (scan(bytes, bytes.n, 1, &usual, &length) != 0 || length == 0)
		return;
	bytes.n = length;
	want = http_parse_request(&r, bytes, &usual, &arena, &why);
	for (size = 16; size < 512; size += 16) {
		ck_assert_int_eq(arena_init(&small, size), 0);
		status = http_parse_request(&r, bytes, &usual, &small, &why);
		ck_assert(status == want || status == 500);
		arena_free(&small);
	}
}

/* The bodies among the raw requests, byte by byte: the same is said. */
static void
check_chunks(const struct raw_request *v)
{
	struct http_chunks c;
	struct request r;
	struct str bytes, data;
	const char *why;
	size_t i, length;
	int64_t used;

	bytes = (struct str){ v->bytes, v->length };
	if (scan(bytes, bytes.n, 1, &usual, &length) != 0 || length == 0 ||
	    http_parse_request(&r, str_head(bytes, length), &usual, &arena,
	    &why) != 0 || r.body != HTTP_BODY_CHUNKED)
		return;
	memset(&c, 0, sizeof(c));
	used = 1;
	for (i = length; i < bytes.n && used == 1; i++)
		used = http_decode_chunks(&c, str_head(str_from(bytes, i), 1),
		    8190, 100, &data);
	ck_assert_int_eq(v->status, used == -1 ? 400 : c.done ? 200 : 0);
	if (used == -1)
		ck_assert_int_eq(http_decode_chunks(&c, STR("\n"), 8190, 100,
		    &data), -1);
}

START_TEST(test_raw)
{
	const struct raw_request *v = &raw_requests[_i];

	check_outcome(v);
	check_pieces(v);
	check_without_scan(v);
	check_small_arena(v);
	check_chunks(v);
}
END_TEST

static const struct {
	const char	*head;
	const char	*method;
	const char	*path;
	const char	*query;
	const char	*scheme;
	const char	*host;
	int		 port;
	const char	*host_field;
} targets[] = {
	{ "GET /a HTTP/1.1\r\nHost: b\r\n\r\n",
	    "GET", "/a", NULL, NULL, "b", 0, "b" },
	{ "\r\n\r\nPUT /?x=%20 HTTP/1.1\r\nhost: b:81\r\n\r\n",
	    "PUT", "/", "x=%20", NULL, "b", 81, "b:81" },
	{ "GET /a?? HTTP/1.1\r\nHost:\r\n\r\n",
	    "GET", "/a", "?", NULL, NULL, 0, "" },
	{ "GET /%2e%2E//x HTTP/1.0\r\n\r\n",
	    "GET", "/%2e%2E//x", NULL, NULL, NULL, 0, NULL },
	{ "GET /a? HTTP/1.1\r\nHost: WWW.Example.ORG.:0080\r\n\r\n",
	    "GET", "/a", "", NULL, "www.example.org", 80,
	    "WWW.Example.ORG.:0080" },
	{ "GET //a//b HTTP/1.1\r\nHost: [2001:DB8::A]:8080\r\n\r\n",
	    "GET", "//a//b", NULL, NULL, "[2001:db8::a]", 8080,
	    "[2001:DB8::A]:8080" },
	{ "GET / HTTP/1.1\r\nHost: [::ffff:1.2.3.4]\r\n\r\n",
	    "GET", "/", NULL, NULL, "[::ffff:1.2.3.4]", 0,
	    "[::ffff:1.2.3.4]" },
	{ "GET / HTTP/1.1\r\nHost: a-b_c.d:\r\n\r\n",
	    "GET", "/", NULL, NULL, "a-b_c.d", 0, "a-b_c.d:" },
	{ "GET HTTPS://A.b:8443/C?d HTTP/1.1\r\nHost: z:1\r\n\r\n",
	    "GET", "/C", "d", "https", "a.b", 8443, "A.b:8443" },
	{ "GET http://[::1]:99 HTTP/1.0\r\n\r\n",
	    "GET", "/", NULL, "http", "[::1]", 99, "[::1]:99" },
	{ "GET http://a?b/c HTTP/1.1\r\nHost: a\r\n\r\n",
	    "GET", "/", "b/c", "http", "a", 0, "a" },
	{ "GET http://a/ HTTP/1.1\r\nX: y\r\nHost:\r\nX: z\r\n\r\n",
	    "GET", "/", NULL, "http", "a", 0, "a" },
	{ "GET http://a. HTTP/1.1\r\nHost: b:2\r\n\r\n",
	    "GET", "/", NULL, "http", "a", 0, "a." },
	{ "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
	    "OPTIONS", "*", NULL, NULL, "a", 0, "a" },
	{ "OPTIONS http://a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
	    "OPTIONS", "*", NULL, "http", "a", 1, "a:1" },
	{ "OPTIONS http://a? HTTP/1.1\r\nHost: a\r\n\r\n",
	    "OPTIONS", "/", "", "http", "a", 0, "a" },
	{ "OPTIONS http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
	    "OPTIONS", "/", NULL, "http", "a", 0, "a" },
};

START_TEST(test_targets)
{
	struct request r;
	const struct str *field;
	const char *why;

	ck_assert_int_eq(http_parse_request(&r, str_of(targets[_i].head),
	    &usual, &arena, &why), 0);
	check_str(r.method, targets[_i].method);
	check_str(r.path, targets[_i].path);
	check_str(r.query, targets[_i].query);
	check_str(r.scheme, targets[_i].scheme);
	check_str(r.host, targets[_i].host);
	ck_assert_int_eq(r.port, targets[_i].port);
	field = fields_get(&r.fields, STR("host"));
	check_str(field == NULL ? STR_NONE : *field, targets[_i].host_field);
	ck_assert_uint_le(fields_count(&r.fields, STR("Host")), 1);
}
END_TEST

static const struct {
	const char	*head;
	int		 minor;
	enum http_body	 body;
	uint64_t	 length;
	bool		 expect_continue;
	bool		 keep;
	bool		 keep_token;
} framings[] = {
	{ "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
	    1, HTTP_BODY_NONE, 0, false, true, false },
	{ "GET / HTTP/1.7\r\nHost: a\r\n\r\n",
	    1, HTTP_BODY_NONE, 0, false, true, false },
	{ "GET / HTTP/1.0\r\n\r\n",
	    0, HTTP_BODY_NONE, 0, false, false, false },
	{ "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
	    1, HTTP_BODY_LENGTH, 0, false, true, false },
	{ "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 0012\r\n\r\n",
	    1, HTTP_BODY_LENGTH, 12, false, true, false },
	{ "PUT / HTTP/1.1\r\nHost: a\r\n"
	    "Content-Length: 9223372036854775807\r\n\r\n",
	    1, HTTP_BODY_LENGTH, INT64_MAX, false, true, false },
	{ "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED\r\n\r\n",
	    1, HTTP_BODY_CHUNKED, 0, false, true, false },
	{ "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
	    "Expect: 100-continue\r\n\r\n",
	    1, HTTP_BODY_CHUNKED, 0, true, true, false },
	{ "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
	    "Expect: 100-CONTINUE, 100-continue\r\n\r\n",
	    1, HTTP_BODY_LENGTH, 1, true, true, false },
	{ "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n"
	    "Expect: 100-continue\r\n\r\n",
	    1, HTTP_BODY_LENGTH, 0, false, true, false },
	{ "PUT / HTTP/1.1\r\nHost: a\r\nExpect:\r\n\r\n",
	    1, HTTP_BODY_NONE, 0, false, true, false },
	{ "PUT / HTTP/1.0\r\nContent-Length: 1\r\n"
	    "Expect: 100-continue\r\n\r\n",
	    0, HTTP_BODY_LENGTH, 1, false, false, false },
	{ "GET / HTTP/1.0\r\nConnection: x, Keep-Alive\r\n\r\n",
	    0, HTTP_BODY_NONE, 0, false, true, true },
	{ "GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
	    1, HTTP_BODY_NONE, 0, false, true, true },
	{ "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
	    1, HTTP_BODY_NONE, 0, false, false, false },
	{ "GET / HTTP/1.0\r\nConnection: keep-alive\r\n"
	    "Connection: close\r\n\r\n",
	    0, HTTP_BODY_NONE, 0, false, false, false },
};

START_TEST(test_framings)
{
	struct request r;
	const char *why;

	ck_assert_int_eq(http_parse_request(&r, str_of(framings[_i].head),
	    &usual, &arena, &why), 0);
	ck_assert_int_eq(r.minor, framings[_i].minor);
	ck_assert_int_eq((int)r.body, (int)framings[_i].body);
	ck_assert_uint_eq(r.length, framings[_i].length);
	ck_assert_int_eq(r.expect_continue, framings[_i].expect_continue);
	ck_assert_int_eq(r.keep, framings[_i].keep);
	ck_assert_int_eq(r.keep_token, framings[_i].keep_token);
}
END_TEST

/* Values as they are understood: RFC 9112 5 and 5.2. */
static const struct {
	const char	*raw;		/* from the colon on */
	const char	*value;
} values[] = {
	{ ":\r\n", "" },
	{ ": \t \r\n", "" },
	{ ":a\r\n", "a" },
	{ ": \ta b\t \r\n", "a b" },
	{ ": a\tb\r\n", "a\tb" },
	{ "::\r\n", ":" },
	{ ": \303\244\r\n", "\303\244" },
	{ ": a\r\n b\r\n", "a b" },
	{ ": a \t\r\n\t  b \r\n", "a b" },
	{ ":\r\n a\r\n", "a" },
	{ ": a\r\n b: c\r\n", "a b: c" },
	{ ": a\r\n b\r\n\tc  d\r\n", "a b c  d" },
};

START_TEST(test_values)
{
	char room[128];
	struct out o;
	struct request r;
	const char *why;
	size_t length;

	out_init(&o, room, sizeof(room));
	out_z(&o, "GET / HTTP/1.0\r\nA: 1\r\nX");
	out_z(&o, values[_i].raw);
	out_z(&o, "B: 2\r\n\r\n");
	ck_assert(!o.bad);
	ck_assert_int_eq(scan(out_done(&o), o.n, 1, &usual, &length), 0);
	ck_assert_uint_eq(length, o.n);
	ck_assert_int_eq(http_parse_request(&r, out_done(&o), &usual, &arena,
	    &why), 0);
	ck_assert_uint_eq(r.fields.n, 3);
	check_str(*fields_get(&r.fields, STR("x")), values[_i].value);
	check_str(*fields_get(&r.fields, STR("a")), "1");
	check_str(*fields_get(&r.fields, STR("b")), "2");
}
END_TEST

/* What the log gets of a request that is refused. */
static const struct {
	const char	*bytes;
	const char	*line;
	const char	*method;
	const char	*uri;
	const char	*protocol;
} refused[] = {
	{ "", "", "", NULL, NULL },
	{ "GET", "GET", "GET", NULL, NULL },
	{ "GET /\r\n", "GET /", "GET", "/", NULL },
	{ "GET / HTTP/2.0\r\n\r\n",
	    "GET / HTTP/2.0", "GET", "/", "HTTP/2.0" },
	{ "GET /a b HTTP/1.1\r\n\r\n",
	    "GET /a b HTTP/1.1", "GET", "/a", "b HTTP/1.1" },
	{ "\r\n\r\nGET / HTTP/1.1\nHost: a\n\n",
	    "GET / HTTP/1.1", "GET", "/", "HTTP/1.1" },
	{ "GET / HTTP/1.1\r\nHost: a\r\n",
	    "GET / HTTP/1.1", "GET", "/", "HTTP/1.1" },
	{ "CONNECT a:1 HTTP/1.1\r\n\r\n",
	    "CONNECT a:1 HTTP/1.1", "CONNECT", "a:1", "HTTP/1.1" },
};

START_TEST(test_refused)
{
	struct request r;
	const char *why;

	ck_assert_int_ne(http_parse_request(&r, str_of(refused[_i].bytes),
	    &usual, &arena, &why), 0);
	ck_assert_ptr_ne(why, NULL);
	check_str(r.line, refused[_i].line);
	check_str(r.method, refused[_i].method);
	check_str(r.uri, refused[_i].uri);
	check_str(r.protocol, refused[_i].protocol);
}
END_TEST

/* What an application gets of one: no byte that could end a variable. */
START_TEST(test_trim_refused)
{
	static const struct {
		const char	*bytes;
		const char	*method;
		const char	*uri;
		const char	*host;
	} rows[] = {
		{ "G\1T /a HTTP/1.1\r\nHost: b\r\n\r\n", NULL, NULL, NULL },
		{ "GET /\1 HTTP/1.1\r\nHost: b\r\n\r\n", NULL, NULL, NULL },
		{ "GET /a HTTP/1.1\1\r\nHost: b\r\n\r\n", NULL, NULL,
		    NULL },
		{ "GET /a HTTP/1.1\r\nHost: b\r\nC d: e\r\n\r\n", "GET",
		    "/a", "b" },
		{ "GET /a HTTP/1.1\r\nHost: b\r\nC: \1\r\n\r\n", "GET",
		    "/a", "b" },
		{ "GET /a HTTP/1.1\r\nHost: b/c\r\n\r\n", "GET", "/a",
		    NULL },
		{ "GET /a HTTP/1.1\r\nHost: b\r\nHost: b\r\n\r\n", "GET",
		    "/a", NULL },
		{ "GET /a HTTP/1.1\r\nHost: b:1\r\nExpect: c\r\n\r\n",
		    "GET", "/a", "b:1" }
	};
	struct request r;
	const struct str *host;
	const char *why;
	char bytes[80];
	size_t i, k, n;

	for (i = 0; i < NELEM(rows); i++) {
		n = strlen(rows[i].bytes);
		memcpy(bytes, rows[i].bytes, n);
		for (k = 0; k < n; k++)
			if (bytes[k] == '\1')
				bytes[k] = '\0';
		arena_reset(&arena);
		ck_assert_int_ne(http_parse_request(&r,
		    (struct str){ bytes, n }, &usual, &arena, &why), 0);
		http_trim_refused(&r);
		check_str(r.method, rows[i].method);
		check_str(r.uri, rows[i].uri);
		host = fields_get(&r.fields, STR("Host"));
		check_str(host == NULL ? STR_NONE : *host, rows[i].host);
		ck_assert_ptr_eq(fields_get(&r.fields, STR("C")), NULL);
		ck_assert(!r.keep);
	}
}
END_TEST

/*
 * Scan in both ways, then parse; the first status that is not 0.  A head
 * that does not end is 400 by the parser.
 */
static int
judge(struct str head, const struct http_limits *limits)
{
	struct request r;
	const char *why;
	size_t length, whole;
	int status;

	arena_reset(&arena);
	status = scan(head, head.n, 1, limits, &whole);
	ck_assert_int_eq(scan(head, 0, 1, limits, &length), status);
	ck_assert_uint_eq(length, whole);
	if (status != 0) {
		ck_assert_int_ne(http_parse_request(&r, head, limits, &arena,
		    &why), 0);
		return status;
	}
	ck_assert(whole == 0 || whole == head.n);
	return http_parse_request(&r, head, limits, &arena, &why);
}

START_TEST(test_limits)
{
	struct http_limits l = { 14, 6, 2, 1000 };

	ck_assert_int_eq(judge(STR("GET / HTTP/1.0\r\n\r\n"), &l), 0);
	ck_assert_int_eq(judge(STR("GET /a HTTP/1.0\r\n\r\n"), &l), 414);
	ck_assert_int_eq(judge(STR("GET /abcdefghi"), &l), 400);
	ck_assert_int_eq(judge(STR("GET /abcdefghij"), &l), 414);
	ck_assert_int_eq(judge(STR("GET / HTTP/1.0\r\nA: bcd\r\n\r\n"), &l),
	    0);
	ck_assert_int_eq(judge(STR("GET / HTTP/1.0\r\nA: bcde\r\n\r\n"), &l),
	    431);
	ck_assert_int_eq(judge(STR("GET / HTTP/1.0\r\nA: bcde"), &l), 431);
	ck_assert_int_eq(judge(STR("GET / HTTP/1.0\r\nA: bcd \r\n\r\n"), &l),
	    431);
	/* a fold counts to its field, its line end too */
	ck_assert_int_eq(judge(STR("GET / HTTP/1.0\r\nA:\r\n b\r\n\r\n"), &l),
	    0);
	ck_assert_int_eq(judge(STR("GET / HTTP/1.0\r\nA:\r\n bc\r\n\r\n"),
	    &l), 431);
	ck_assert_int_eq(judge(STR("GET / HTTP/1.0\r\nA:\r\nB:\r\n\r\n"), &l),
	    0);
	ck_assert_int_eq(judge(STR("GET / HTTP/1.0\r\nA:\r\nB:\r\nC:\r\n"
	    "\r\n"), &l), 431);
	l.fields = 0;
	ck_assert_int_eq(judge(STR("GET / HTTP/1.0\r\nA:\r\nB:\r\nC:\r\n"
	    "\r\n"), &l), 0);
	l.head = 18;
	ck_assert_int_eq(judge(STR("GET / HTTP/1.0\r\n\r\n"), &l), 0);
	ck_assert_int_eq(judge(STR("GET / HTTP/1.0\r\nA:\r\n\r\n"), &l), 431);
	l.head = 17;
	ck_assert_int_eq(judge(STR("GET / HTTP/1.0\r\n\r\n"), &l), 431);
	l.head = 10;
	ck_assert_int_eq(judge(STR("GET / HTTP/1.0\r\n\r\n"), &l), 414);
}
END_TEST

START_TEST(test_usual_limits)
{
	static char room[20000];
	struct out o;
	size_t n;

	for (n = 8180; n < 8200; n++) {
		out_init(&o, room, sizeof(room));
		out_z(&o, "GET /");
		while (o.n < n - 9)
			out_ch(&o, 'a');
		out_z(&o, " HTTP/1.0\r\n\r\n");
		ck_assert_int_eq(judge(out_done(&o), &usual),
		    n > 8190 ? 414 : 0);
		out_init(&o, room, sizeof(room));
		out_z(&o, "GET / HTTP/1.0\r\nX:");
		while (o.n < n + 16)
			out_ch(&o, 'a');
		out_z(&o, "\r\n\r\n");
		ck_assert_int_eq(judge(out_done(&o), &usual),
		    n > 8190 ? 431 : 0);
	}
}
END_TEST

/* A large head costs no more than its bytes, in whatever pieces it comes. */
START_TEST(test_many_fields)
{
	struct arena big;
	struct http_limits l = { 8190, 500 * 1024, 0, 1024 * 1024 };
	struct out o;
	struct request r;
	const char *why;
	char *room;
	size_t i, length;

	room = malloc(l.head);
	ck_assert_ptr_ne(room, NULL);
	ck_assert_int_eq(arena_init(&big, 16 * 1024 * 1024), 0);
	out_init(&o, room, l.head);
	out_z(&o, "GET / HTTP/1.1\r\nHost: a\r\n");
	for (i = 0; i < 100; i++)
		out_z(&o, "Connection: x\r\n");
	for (i = 0; i < 100000; i++)
		out_z(&o, i % 2 == 0 ? "X: y\r\n" : "Z:\r\n f\r\n");
	out_z(&o, "\r\n");
	ck_assert(!o.bad);
	ck_assert_int_eq(scan(out_done(&o), 0, 1, &l, &length), 0);
	ck_assert_uint_eq(length, o.n);
	ck_assert_int_eq(http_parse_request(&r, out_done(&o), &l, &big,
	    &why), 0);
	ck_assert_uint_eq(r.fields.n, 100101);
	http_strip_hop_by_hop(&r.fields, STR_NONE);
	ck_assert_uint_eq(r.fields.n, 50001);
	check_str(r.fields.v[50000].value, "f");
	arena_free(&big);
	free(room);
}
END_TEST

/*
 * A head of a megabyte, all of its names different: each line is looked at
 * once.  What looks at all others takes a minute, and check(3) ends it.
 */
START_TEST(test_many_names)
{
	struct http_limits l = { 100, 50, 0, 2 * 1024 * 1024 };
	struct arena large;
	struct out o;
	struct request r;
	const char *why;
	unsigned i;

	ck_assert_int_eq(arena_init(&large, 32 * 1024 * 1024), 0);
	out_init(&o, malloc(l.head), l.head);
	out_z(&o, "GET / HTTP/1.1\r\nHost: a\r\n");
	for (i = 0; i < 150000; i++)
		out_fmt(&o, "%x:\r\n", i + 0x1000);
	out_z(&o, "\r\n");
	ck_assert_int_eq(http_parse_request(&r, out_done(&o), &l, &large,
	    &why), 0);
	ck_assert_uint_eq(r.fields.n, 150001);
	free(o.p);
	arena_free(&large);
}
END_TEST

/* httpd: LimitRequestFieldSize holds for the lines of one name together. */
START_TEST(test_joined_fields)
{
	static const struct http_limits l = { 8190, 8190, 0, 1024 * 1024 };
	static char room[600 * 1024];
	struct arena big;
	struct out o;
	struct request r;
	const char *why;
	size_t i, k, n;

	ck_assert_int_eq(arena_init(&big, 16 * 1024 * 1024), 0);
	for (n = 4088; n <= 4096; n++) {
		out_init(&o, room, sizeof(room));
		out_z(&o, "GET / HTTP/1.1\r\nHost: a\r\n");
		for (i = 0; i < 2; i++) {
			out_z(&o, i == 0 ? "X-A: " : "x-a: ");
			for (k = 0; k < n; k++)
				out_ch(&o, 'a');
			out_z(&o, "\r\n");
		}
		out_z(&o, "\r\n");
		ck_assert_int_eq(http_parse_request(&r, out_done(&o), &l,
		    &big, &why), 3 + 2 * (n + 2) > 8190 ? 431 : 0);
		arena_reset(&big);
	}
	/* As much in other names is no matter, however many they are. */
	out_init(&o, room, sizeof(room));
	out_z(&o, "GET / HTTP/1.1\r\nHost: a\r\n");
	for (i = 0; i < 30000; i++)
		out_fmt(&o, "n%zu: value\r\n", i);
	out_z(&o, "\r\n");
	ck_assert_int_eq(http_parse_request(&r, out_done(&o), &l, &big,
	    &why), 0);
	arena_free(&big);
}
END_TEST

START_TEST(test_many_options)
{
	static char room[4096];
	struct out o;
	size_t i, n;

	for (n = HTTP_OPTIONS_MAX - 1; n <= HTTP_OPTIONS_MAX + 1; n++) {
		out_init(&o, room, sizeof(room));
		out_z(&o, "GET / HTTP/1.0\r\nConnection: a");
		for (i = 1; i < n; i++)
			out_z(&o, i % 10 == 0 ? "\r\nConnection: a" : ",a");
		out_z(&o, "\r\n\r\n");
		ck_assert_int_eq(judge(out_done(&o), &usual),
		    n > HTTP_OPTIONS_MAX ? 400 : 0);
	}
}
END_TEST

START_TEST(test_fields)
{
	struct fields f;
	size_t i;

	memset(&f, 0, sizeof(f));
	ck_assert_ptr_eq(fields_get(&f, STR("a")), NULL);
	ck_assert_uint_eq(fields_del(&f, STR("a")), 0);
	check_str(fields_join(&f, &arena, STR("a"), STR("; ")), NULL);
	ck_assert_int_eq(fields_set(&f, &arena, STR("A"), STR("1")), 0);
	check_str(fields_join(&f, &arena, STR("a"), STR("; ")), "1");
	ck_assert_int_eq(fields_add(&f, &arena, STR("b"), STR("2")), 0);
	ck_assert_int_eq(fields_add(&f, &arena, STR("a"), STR("")), 0);
	ck_assert_int_eq(fields_add(&f, &arena, STR("a"), STR("3")), 0);
	check_str(*fields_get(&f, STR("a")), "1");
	ck_assert_uint_eq(fields_count(&f, STR("a")), 3);
	check_str(fields_join(&f, &arena, STR("a"), STR("; ")), "1; ; 3");
	ck_assert_int_eq(fields_set(&f, &arena, STR("B"), STR("4")), 0);
	check_str(*fields_get(&f, STR("b")), "4");
	ck_assert_int_eq(fields_set(&f, &arena, STR("a"), STR("5")), 0);
	ck_assert_uint_eq(f.n, 2);
	check_str(f.v[0].value, "5");
	check_str(f.v[1].name, "B");
	ck_assert_uint_eq(fields_del(&f, STR("A")), 1);
	ck_assert_uint_eq(f.n, 1);
	for (i = 0; i < 1000; i++)
		ck_assert_int_eq(fields_add(&f, &arena, STR("c"), STR("6")),
		    0);
	ck_assert_uint_eq(f.n, 1001);
	check_str(f.v[0].value, "4");
	ck_assert_uint_eq(fields_del(&f, STR("c")), 1000);
}
END_TEST

START_TEST(test_fields_in_full_arena)
{
	struct arena small;
	struct fields f;

	memset(&f, 0, sizeof(f));
	ck_assert_int_eq(arena_init(&small, sizeof(struct field) * 16 + 16),
	    0);
	while (fields_add(&f, &small, STR("a"), STR("a long value")) == 0)
		continue;
	ck_assert_uint_eq(f.n, 16);
	check_str(fields_join(&f, &small, STR("a"), STR(", ")), NULL);
	ck_assert_int_eq(fields_set(&f, &small, STR("b"), STR("")), -1);
	ck_assert_int_eq(fields_set(&f, &small, STR("a"), STR("")), 0);
	ck_assert_uint_eq(f.n, 1);
	arena_free(&small);
}
END_TEST

/*
 * Chunked bodies: what they carry.  Those that are refused are among the raw
 * requests.
 */
static const struct {
	const char	*in;
	const char	*data;
	size_t		 left;		/* bytes that are not the body's */
} chunked[] = {
	{ "0\r\n\r\n", "", 0 },
	{ "0\r\n\r\nGET", "", 3 },
	{ "000\r\n\r\n\r\n", "", 2 },
	{ "1\r\na\r\n0\r\n\r\n", "a", 0 },
	{ "5\r\nhello\r\n1\r\n \r\n05\r\nworld\r\n0\r\n\r\n", "hello world",
	    0 },
	{ "4\r\n\r\n\r\n\r\n0\r\n\r\n", "\r\n\r\n", 0 },
	{ "3\r\n0\r\n\r\n0\r\n\r\n", "0\r\n", 0 },
	{ "a;x=y\r\n0123456789\r\n0;z\r\n\r\n", "0123456789", 0 },
	{ "2 \t; a = \"b \\\"\t;\" ;c\r\nhi\r\n0\r\nA: b\r\nC:\r\n\r\nX", "hi",
	    1 },
	{ "1;5=5\r\na\r\n0\r\n5:5\r\n\r\n", "a", 0 },
};

/* Decode in pieces; the result is in out.  What is left, or SIZE_MAX. */
static size_t
decode(struct str in, const size_t *cuts, size_t ncuts, struct out *o)
{
	struct http_chunks c;
	struct str data, piece;
	size_t end, i, pos;
	int64_t used;

	memset(&c, 0, sizeof(c));
	pos = 0;
	for (i = 0; i <= ncuts; i++) {
		end = i < ncuts ? cuts[i] : in.n;
		do {
			piece = str_from(str_head(in, end), pos);
			used = http_decode_chunks(&c, piece, 100, 10, &data);
			if (used == -1)
				return SIZE_MAX;
			out_str(o, data);
			pos += (size_t)used;
		} while (used > 0 && !c.done);
		if (!c.done)
			ck_assert_uint_eq(pos, end);
	}
	ck_assert(c.done);
	ck_assert_int_eq(http_decode_chunks(&c, STR("1"), 100, 10, &data),
	    0);
	return in.n - pos;
}

START_TEST(test_chunks)
{
	char room[64];
	struct out o;
	struct str in;
	size_t bytes[64], cuts[2];

	in = str_of(chunked[_i].in);
	for (cuts[0] = 0; cuts[0] <= in.n; cuts[0]++) {
		bytes[cuts[0]] = cuts[0];
		for (cuts[1] = cuts[0]; cuts[1] <= in.n; cuts[1]++) {
			out_init(&o, room, sizeof(room));
			ck_assert_uint_eq(decode(in, cuts, 2, &o),
			    chunked[_i].left);
			check_str(out_done(&o), chunked[_i].data);
		}
	}
	out_init(&o, room, sizeof(room));
	ck_assert_uint_eq(decode(in, bytes, in.n, &o), chunked[_i].left);
	check_str(out_done(&o), chunked[_i].data);
}
END_TEST

/* Give it all; -1, or whether it was the end. */
static int
feed(struct http_chunks *c, struct str in, size_t line_max, size_t fields)
{
	struct str data;
	int64_t used;

	do {
		used = http_decode_chunks(c, in, line_max, fields, &data);
		if (used == -1)
			return -1;
		in = str_from(in, (size_t)used);
	} while (used > 0 && !c->done);
	return c->done;
}

START_TEST(test_chunk_limits)
{
	struct http_chunks c;
	int i;

	memset(&c, 0, sizeof(c));
	ck_assert_int_eq(feed(&c, STR("0;ab\r\nX: y\r\nY: z\r\n\r\n"), 4, 2),
	    1);
	memset(&c, 0, sizeof(c));
	ck_assert_int_eq(feed(&c, STR("0;abc\r\n"), 4, 2), -1);
	memset(&c, 0, sizeof(c));
	ck_assert_int_eq(feed(&c, STR("00001"), 4, 2), -1);
	memset(&c, 0, sizeof(c));
	ck_assert_int_eq(feed(&c, STR("0\r\nX: yz\r\n"), 4, 2), -1);
	memset(&c, 0, sizeof(c));
	ck_assert_int_eq(feed(&c, STR("0\r\nX:\r\nX:\r\nX:\r\n"), 4, 2), -1);
	memset(&c, 0, sizeof(c));
	ck_assert_int_eq(feed(&c, STR("0\r\nX:\r\nX:\r\nX:\r\n"), 4, 0), 0);
	/* no limit on trailers, but not without end */
	for (i = 0; feed(&c, STR("Abcdefg:\r\n"), 8, 0) == 0; i++)
		ck_assert_int_lt(i, 65536);
	ck_assert_int_gt(i, 1000);
}
END_TEST

START_TEST(test_chunk_excess)
{
	struct http_chunks c;
	int i, r;

	/* extensions are taken as long as data comes with them */
	memset(&c, 0, sizeof(c));
	for (i = 0; i < 20000; i++)
		ck_assert_int_eq(feed(&c, STR("4;abcdefg\r\ndata\r\n"), 100,
		    1), 0);
	memset(&c, 0, sizeof(c));
	r = 0;
	for (i = 0; i < 20000 && r == 0; i++)
		r = feed(&c, STR("1;abcdefghijklmnopqrstuvwxyz\r\nd\r\n"),
		    100, 1);
	ck_assert_int_eq(r, -1);
	ck_assert_int_gt(i, 500);
}
END_TEST

/* Chunks of one byte, with sizes that are padded; how many are taken. */
static int
count_padded(const char *chunk)
{
	struct http_chunks c;
	int i;

	memset(&c, 0, sizeof(c));
	for (i = 0; i < 100000; i++)
		if (feed(&c, str_of(chunk), 8190, 1) != 0)
			break;
	return i;
}

START_TEST(test_chunk_padding)
{
	char zeros[1100];
	int i;

	ck_assert_int_eq(count_padded("1\r\nx\r\n"), 100000);
	ck_assert_int_eq(count_padded("00000001\r\nx\r\n"), 100000);
	ck_assert_int_eq(count_padded("0000000000000001\r\nx\r\n"), 100000);
	memset(zeros, '0', sizeof(zeros));
	memcpy(zeros + 1000, "1\r\nx\r\n", 7);
	i = count_padded(zeros);
	ck_assert_int_gt(i, 30);
	ck_assert_int_lt(i, 70);
}
END_TEST

/* Raw paths, and what they name or the status that they get. */
static const struct {
	const char		*raw;
	enum http_slashes	 slashes;
	bool			 merge;
	int			 status;
	const char		*path;
} paths[] = {
	{ "/", HTTP_SLASHES_OFF, true, 0, "/" },
	{ "/a", HTTP_SLASHES_OFF, true, 0, "/a" },
	{ "/a/", HTTP_SLASHES_OFF, true, 0, "/a/" },
	{ "/a/b", HTTP_SLASHES_OFF, true, 0, "/a/b" },
	{ "", HTTP_SLASHES_OFF, true, 400, NULL },
	{ "a", HTTP_SLASHES_OFF, true, 400, NULL },
	{ "*", HTTP_SLASHES_OFF, true, 400, NULL },
	{ "%2Fa", HTTP_SLASHES_ON, true, 400, NULL },
	/* the front */
	{ "//", HTTP_SLASHES_OFF, true, 0, "/" },
	{ "//a", HTTP_SLASHES_OFF, true, 0, "/a" },
	{ "////a", HTTP_SLASHES_OFF, false, 0, "/a" },
	{ "/.//a", HTTP_SLASHES_OFF, false, 0, "/a" },
	{ "/a/..//b", HTTP_SLASHES_OFF, false, 0, "/b" },
	/* slashes inside */
	{ "/a//b", HTTP_SLASHES_OFF, true, 0, "/a/b" },
	{ "/a///b////", HTTP_SLASHES_OFF, true, 0, "/a/b/" },
	{ "/a//b", HTTP_SLASHES_OFF, false, 0, "/a//b" },
	{ "/a///b//", HTTP_SLASHES_OFF, false, 0, "/a///b//" },
	{ "/a/./b//c", HTTP_SLASHES_OFF, false, 0, "/a/b//c" },
	/* dots */
	{ "/.", HTTP_SLASHES_OFF, true, 0, "/" },
	{ "/./", HTTP_SLASHES_OFF, true, 0, "/" },
	{ "/a/.", HTTP_SLASHES_OFF, true, 0, "/a/" },
	{ "/./a/./b/.", HTTP_SLASHES_OFF, true, 0, "/a/b/" },
	{ "/a/..", HTTP_SLASHES_OFF, true, 0, "/" },
	{ "/a/../", HTTP_SLASHES_OFF, true, 0, "/" },
	{ "/a/../b", HTTP_SLASHES_OFF, true, 0, "/b" },
	{ "/a/b/..", HTTP_SLASHES_OFF, true, 0, "/a/" },
	{ "/a/b/../../c", HTTP_SLASHES_OFF, true, 0, "/c" },
	{ "/a//../b", HTTP_SLASHES_OFF, true, 0, "/b" },
	{ "/a//../b", HTTP_SLASHES_OFF, false, 0, "/a/b" },
	{ "/..", HTTP_SLASHES_OFF, true, 400, NULL },
	{ "/../", HTTP_SLASHES_OFF, true, 400, NULL },
	{ "/../a", HTTP_SLASHES_OFF, true, 400, NULL },
	{ "//../a", HTTP_SLASHES_OFF, false, 400, NULL },
	{ "/a/../../b", HTTP_SLASHES_OFF, true, 400, NULL },
	{ "/a/./../../b", HTTP_SLASHES_OFF, true, 400, NULL },
	{ "/...", HTTP_SLASHES_OFF, true, 0, "/..." },
	{ "/.a/..b/c../d.", HTTP_SLASHES_OFF, true, 0, "/.a/..b/c../d." },
	{ "/a/.../b", HTTP_SLASHES_OFF, true, 0, "/a/.../b" },
	/* escapes of what never needed one: before the dots */
	{ "/%61%7A%41%5a%30%39", HTTP_SLASHES_OFF, true, 0, "/azAZ09" },
	{ "/%2D%2e%5F%7e", HTTP_SLASHES_OFF, true, 0, "/-._~" },
	{ "/a/%2e%2E/b", HTTP_SLASHES_OFF, true, 0, "/b" },
	{ "/a/.%2e/b", HTTP_SLASHES_OFF, true, 0, "/b" },
	{ "/%2e/a", HTTP_SLASHES_OFF, true, 0, "/a" },
	{ "/%2e%2e/a", HTTP_SLASHES_OFF, true, 400, NULL },
	/* the others: after them, and once */
	{ "/a%20b", HTTP_SLASHES_OFF, true, 0, "/a b" },
	{ "/%C3%a4", HTTP_SLASHES_OFF, true, 0, "/\303\244" },
	{ "/%3F%23%25", HTTP_SLASHES_OFF, true, 0, "/?#%" },
	{ "/%252e%252e/a", HTTP_SLASHES_OFF, true, 0, "/%2e%2e/a" },
	{ "/%2561", HTTP_SLASHES_OFF, true, 0, "/%61" },
	{ "/%252F", HTTP_SLASHES_OFF, true, 0, "/%2F" },
	{ "/%2500", HTTP_SLASHES_OFF, true, 0, "/%00" },
	{ "/a%5C..%5Cb", HTTP_SLASHES_OFF, true, 0, "/a\\..\\b" },
	{ "/%0A%0D%01%7F", HTTP_SLASHES_OFF, true, 0, "/\n\r\001\177" },
	{ "/a+b", HTTP_SLASHES_OFF, true, 0, "/a+b" },
	{ "/a;b=c,d", HTTP_SLASHES_OFF, true, 0, "/a;b=c,d" },
	/* escapes that are none */
	{ "/%", HTTP_SLASHES_OFF, true, 400, NULL },
	{ "/%2", HTTP_SLASHES_OFF, true, 400, NULL },
	{ "/%zz", HTTP_SLASHES_OFF, true, 400, NULL },
	{ "/%2/", HTTP_SLASHES_OFF, true, 400, NULL },
	{ "/%g0", HTTP_SLASHES_OFF, true, 400, NULL },
	{ "/%%41", HTTP_SLASHES_OFF, true, 400, NULL },
	{ "/%u0041", HTTP_SLASHES_OFF, true, 400, NULL },
	{ "/%+1", HTTP_SLASHES_OFF, true, 400, NULL },
	{ "/%00%", HTTP_SLASHES_OFF, true, 400, NULL },
	/* NUL and slashes */
	{ "/%00", HTTP_SLASHES_OFF, true, 404, NULL },
	{ "/a%00", HTTP_SLASHES_ON, true, 404, NULL },
	{ "/a%00b", HTTP_SLASHES_NODECODE, true, 404, NULL },
	{ "/a%2Fb", HTTP_SLASHES_OFF, true, 404, NULL },
	{ "/a%2fb", HTTP_SLASHES_OFF, true, 404, NULL },
	{ "/../%2F", HTTP_SLASHES_OFF, true, 400, NULL },
	{ "/a%2Fb", HTTP_SLASHES_ON, true, 0, "/a/b" },
	{ "/%2F%2Fa", HTTP_SLASHES_ON, false, 0, "/a" },
	{ "/a%2F/b", HTTP_SLASHES_ON, true, 0, "/a/b" },
	{ "/a%2F/b", HTTP_SLASHES_ON, false, 0, "/a//b" },
	{ "/a%2F..%2fb", HTTP_SLASHES_ON, true, 0, "/b" },
	{ "/a%2F..", HTTP_SLASHES_ON, true, 0, "/" },
	{ "/a%2F..%2F..%2Fb", HTTP_SLASHES_ON, true, 400, NULL },
	{ "/..%2Fa", HTTP_SLASHES_ON, true, 400, NULL },
	{ "/a/..%2F..%2Fb", HTTP_SLASHES_ON, true, 400, NULL },
	{ "/a%252F..", HTTP_SLASHES_ON, true, 0, "/a%2F.." },
	{ "/a%2Fb", HTTP_SLASHES_NODECODE, true, 0, "/a%2Fb" },
	{ "/a%2fb%20c", HTTP_SLASHES_NODECODE, true, 0, "/a%2fb c" },
	{ "/a%2F../b", HTTP_SLASHES_NODECODE, true, 0, "/a%2F../b" },
	{ "/%2F", HTTP_SLASHES_NODECODE, true, 0, "/%2F" },
};

START_TEST(test_paths)
{
	struct arena small;
	struct str path;

	path = STR_NONE;
	ck_assert_int_eq(http_normalise_path(str_of(paths[_i].raw),
	    paths[_i].slashes, paths[_i].merge, &arena, &path),
	    paths[_i].status);
	check_str(path, paths[_i].path);
	if (paths[_i].raw[0] != '/')
		return;
	ck_assert_int_eq(arena_init(&small, 0), 0);
	ck_assert_int_eq(http_normalise_path(str_of(paths[_i].raw),
	    paths[_i].slashes, paths[_i].merge, &small, &path), 500);
	arena_free(&small);
}
END_TEST

/* As a path stands in a Location of ours. */
static const struct {
	const char		*path;
	enum http_slashes	 slashes;
	const char		*escaped;
} escapes[] = {
	{ "/", HTTP_SLASHES_OFF, "/" },
	{ "/a/B9/$-_.+!*'(),:@&=~", HTTP_SLASHES_OFF,
	  "/a/B9/$-_.+!*'(),:@&=~" },
	{ "//evil.example/x", HTTP_SLASHES_OFF, "/evil.example/x" },
	{ "///evil.example", HTTP_SLASHES_OFF, "/evil.example" },
	{ "//", HTTP_SLASHES_OFF, "/" },
	{ "/\\evil.example", HTTP_SLASHES_OFF, "/%5Cevil.example" },
	{ "/a b\t?#%\"<>;[]^`{|}", HTTP_SLASHES_OFF,
	  "/a%20b%09%3F%23%25%22%3C%3E%3B%5B%5D%5E%60%7B%7C%7D" },
	{ "/\xc3\xa9\x7f\r\n", HTTP_SLASHES_OFF, "/%C3%A9%7F%0D%0A" },
	{ "/a%2Fb", HTTP_SLASHES_ON, "/a%252Fb" },
	{ "/a%2fb%41", HTTP_SLASHES_NODECODE, "/a%2fb%2541" },
	{ "/a%2", HTTP_SLASHES_NODECODE, "/a%252" },
	{ "", HTTP_SLASHES_OFF, "" },
};

START_TEST(test_escapes)
{
	struct out o;

	out_begin(&o, &arena);
	http_escape_path(&o, str_of(escapes[_i].path), escapes[_i].slashes);
	check_str(out_end(&o, &arena), escapes[_i].escaped);
}
END_TEST

START_TEST(test_path_with_nul)
{
	struct str path;

	ck_assert_int_eq(http_normalise_path(STR("/a\0b"), HTTP_SLASHES_OFF,
	    true, &arena, &path), 404);
}
END_TEST

/*
 * Answers.  What was understood is told as "status reason length", with -
 * for what is absent, then the fields.
 */
static const struct {
	const char	*head;
	size_t		 length;
	int		 status;	/* of parsing */
	const char	*told;
} answers[] = {
	{ RAW("\n"), 0, "0 - -1\n" },
	{ RAW("\r\n"), 0, "0 - -1\n" },
	{ RAW("Content-Type: text/plain\n\n"),
	    0, "0 - -1\nContent-Type: text/plain\n" },
	{ RAW("Content-Type: text/plain\r\n\r\n"),
	    0, "0 - -1\nContent-Type: text/plain\n" },
	{ RAW("A: b\r\nC: d\n\r\n"), 0, "0 - -1\nA: b\nC: d\n" },
	{ RAW("A:\tb c \t\n\n"), 0, "0 - -1\nA: b c\n" },
	{ RAW("A:\n\n"), 0, "0 - -1\nA: \n" },
	{ RAW("A:: b\n\n"), 0, "0 - -1\nA: : b\n" },
	{ RAW("A: \303\244\tb\n\n"), 0, "0 - -1\nA: \303\244\tb\n" },
	{ RAW("!#$%&'*+-.^_`|~9: b\n\n"),
	    0, "0 - -1\n!#$%&'*+-.^_`|~9: b\n" },
	/* status */
	{ RAW("Status: 200\n\n"), 0, "200 - -1\n" },
	{ RAW("Status: 200 OK\n\n"), 0, "200 OK -1\n" },
	{ RAW("status:404 Gone fishing \r\n\r\n"),
	    0, "404 Gone fishing -1\n" },
	{ RAW("Status: 404  \t\n\n"), 0, "404 - -1\n" },
	{ RAW("Status: 599 x\n\n"), 0, "599 x -1\n" },
	{ RAW("Status: 299\nA: b\nStatus: 500 later\n\n"),
	    0, "500 later -1\nA: b\n" },
	{ RAW("Status: 500 Oops\nStatus: 204\n\n"), 0, "204 - -1\n" },
	{ RAW("Status: 200 \303\244\n\n"), 0, "200 \303\244 -1\n" },
	{ RAW("Status:\n\n"), 502, "bad status" },
	{ RAW("Status: OK\n\n"), 502, "bad status" },
	{ RAW("Status: 20\n\n"), 502, "bad status" },
	{ RAW("Status: 2000\n\n"), 502, "bad status" },
	{ RAW("Status: 200OK\n\n"), 0, "200 - -1\n" },
	{ RAW("Status: 200\tOK\n\n"), 0, "200 - -1\n" },
	{ RAW("Status: 404x y\n\n"), 0, "404 - -1\n" },
	{ RAW("HTTP/1.1 200x\n\n"), 502, "bad status line" },
	{ RAW("Status: +200\n\n"), 502, "bad status" },
	{ RAW("Status: 0x200\n\n"), 502, "bad status" },
	{ RAW("Status: 000\n\n"), 502, "bad status" },
	{ RAW("Status: 099\n\n"), 502, "bad status" },
	{ RAW("Status: 100 Continue\n\n"), 502, "bad status" },
	{ RAW("Status: 101\n\n"), 502, "bad status" },
	{ RAW("Status: 199\n\n"), 502, "bad status" },
	{ RAW("Status: 600\n\n"), 502, "bad status" },
	{ RAW("Status: 999\n\n"), 502, "bad status" },
	{ RAW("Status: -1\n\n"), 502, "bad status" },
	{ RAW("Status: 200 OK\nStatus: 700\n\n"), 502, "bad status" },
	{ RAW("Status: 200 a\001b\n\n"), 502, "bad byte in a field" },
	/* a status line */
	{ RAW("HTTP/1.1 200 OK\r\nA: b\r\n\r\n"),
	    0, "200 OK -1\nA: b\n" },
	{ RAW("HTTP/1.0 404 Not Found\n\n"), 0, "404 Not Found -1\n" },
	{ RAW("HTTP/1.1 204\r\n\r\n"), 0, "204 - -1\n" },
	{ RAW("HTTP/1.1 204 \r\n\r\n"), 0, "204 - -1\n" },
	{ RAW("HTTP/1.1 200 OK\r\nStatus: 201\r\n\r\n"),
	    0, "201 - -1\n" },
	{ RAW("HTTP/1.1 200 a: b\r\n\r\n"), 0, "200 a: b -1\n" },
	{ RAW("HTTP/1.1 100 Continue\r\n\r\n"), 502, "bad status line" },
	{ RAW("HTTP/1.1 700 X\r\n\r\n"), 502, "bad status line" },
	{ RAW("HTTP/1.1 OK\r\n\r\n"), 502, "bad status line" },
	{ RAW("HTTP/1.1  200 OK\r\n\r\n"), 502, "bad status line" },
	{ RAW("HTTP/1.1\r\n\r\n"), 502, "bad status line" },
	{ RAW("HTTP/2 200\r\n\r\n"), 502, "bad status line" },
	{ RAW("HTTP/1.10 200\r\n\r\n"), 502, "bad status line" },
	{ RAW("HTTP/1.1 200 a\rb\r\n\r\n"), 502, "bad status line" },
	{ RAW("A: b\nHTTP/1.1 200 OK\n\n"), 502, "line without a colon" },
	{ RAW("Status: 200\nHTTP/1.1 200 a:b\n\n"),
	    502, "bad field name" },
	{ RAW("http/1.1 200 OK\n\n"), 502, "line without a colon" },
	/* lengths and codings */
	{ RAW("Content-Length: 5\n\n"), 0, "0 - 5\n" },
	{ RAW("content-length:0\n\n"), 0, "0 - 0\n" },
	{ RAW("Content-Length: 9223372036854775807\n\n"),
	    0, "0 - 9223372036854775807\n" },
	{ RAW("Content-Length: 5\nContent-Length: 05\n\n"),
	    0, "0 - 5\n" },
	{ RAW("Content-Length: 5\nContent-Length: 6\n\n"),
	    502, "two different Content-Lengths" },
	{ RAW("Content-Length: 0\nContent-Length: 6\n\n"),
	    502, "two different Content-Lengths" },
	{ RAW("Content-Length: 5, 6\n\n"),
	    502, "two different Content-Lengths" },
	{ RAW("Content-Length:\n\n"), 0, "0 - -1\nodd \"\"\n" },
	{ RAW("Content-Length: None\n\n"), 0, "0 - -1\nodd \"None\"\n" },
	{ RAW("Content-Length: -5\n\n"), 0, "0 - -1\nodd \"-5\"\n" },
	{ RAW("Content-Length: +5\n\n"), 0, "0 - -1\nodd \"+5\"\n" },
	{ RAW("Content-Length: 5.0\n\n"), 0, "0 - -1\nodd \"5.0\"\n" },
	{ RAW("Content-Length: 5, 5\n\n"), 0, "0 - 5\n" },
	{ RAW("Content-Length: 5, x\n\n"), 0, "0 - -1\nodd \"5, x\"\n" },
	{ RAW("Content-Length: x\nContent-Length: 5\n\n"),
	    0, "0 - 5\nodd \"x\"\n" },
	{ RAW("Content-Length: 5 \n\n"), 0, "0 - 5\n" },
	{ RAW("Content-Length: 9223372036854775808\n\n"),
	    0, "0 - -1\nodd \"9223372036854775808\"\n" },
	{ RAW("Content-Length: 99999999999999999999\n\n"),
	    0, "0 - -1\nodd \"99999999999999999999\"\n" },
	{ RAW("Transfer-Encoding: chunked\nA: b\n\n"),
	    0, "0 - -1\nchunked\nA: b\n" },
	{ RAW("transfer-encoding: Chunked\nContent-Length: 1\n\n"),
	    0, "0 - -1\nchunked\n" },
	{ RAW("Content-Length: x\ntransfer-encoding: chunked\n\n"),
	    0, "0 - -1\nchunked\n" },
	{ RAW("transfer-encoding: identity\nContent-Length: 1\n\n"),
	    502, "Transfer-Encoding is not chunked" },
	{ RAW("Transfer-Encoding: gzip, chunked\n\n"),
	    502, "Transfer-Encoding is not chunked" },
	{ RAW("Transfer-Encoding: chunked\nTransfer-Encoding: chunked\n\n"),
	    502, "Transfer-Encoding is not chunked" },
	/* fields given twice */
	{ RAW("Location: /a\nB: c\nlocation: /d\n\n"),
	    0, "0 - -1\nlocation: /d\nB: c\n" },
	{ RAW("Content-Type: a/b\nContent-Type: c/d\nETag: 1\nETag: 2\n\n"),
	    0, "0 - -1\nContent-Type: c/d\nETag: 2\n" },
	{ RAW("Content-Range: bytes 0-1/2\nContent-Range: bytes 1-1/2\n\n"),
	    0, "0 - -1\nContent-Range: bytes 1-1/2\n" },
	{ RAW("Set-Cookie: a=b\nX: 1\nSet-Cookie: c=d\nX: 2\nVary: e\n"
	    "Vary: f\n\n"),
	    0, "0 - -1\nSet-Cookie: a=b\nX: 1\nSet-Cookie: c=d\nX: 2\n"
	    "Vary: e\nVary: f\n" },
	/* values that are tidied */
	{ RAW("Content-Type: Text/HTML; Charset=UTF-8 \n\n"),
	    0, "0 - -1\nContent-Type: text/html; Charset=UTF-8\n" },
	{ RAW("Content-Type: TEXT/PLAIN\n\n"),
	    0, "0 - -1\nContent-Type: text/plain\n" },
	{ RAW("Content-Type:\n\n"), 0, "0 - -1\nContent-Type: \n" },
	{ RAW("Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\n\n"),
	    0, "0 - -1\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\n" },
	{ RAW("Last-Modified: yesterday\nA: b\n\n"),
	    0, "0 - -1\nLast-Modified: yesterday\nA: b\n" },
	/* what no client should get */
	{ RAW("A\n\n"), 502, "line without a colon" },
	{ RAW("<html>\n\n"), 502, "line without a colon" },
	{ RAW(": b\n\n"), 502, "bad field name" },
	{ RAW("A : b\n\n"), 502, "bad field name" },
	{ RAW("A\t: b\n\n"), 502, "bad field name" },
	{ RAW("A B: c\n\n"), 502, "bad field name" },
	{ RAW("A(: c\n\n"), 502, "bad field name" },
	{ RAW("\303\244: c\n\n"), 502, "bad field name" },
	{ RAW(" A: b\n\n"), 502, "folded line" },
	{ RAW("A: b\n c\n\n"), 502, "folded line" },
	{ RAW("A: b\r\n\tc: d\r\n\r\n"), 502, "folded line" },
	{ RAW("A: b\n \n\n"), 502, "folded line" },
	{ RAW("A: b\rC: d\n\n"), 502, "bad byte in a field" },
	{ RAW("A: b\r\r\n\n"), 502, "bad byte in a field" },
	{ RAW("A\r: b\n\n"), 502, "bad field name" },
	{ RAW("A: b\000\n\n"), 502, "bad byte in a field" },
	{ RAW("A\000: b\n\n"), 502, "bad field name" },
	{ RAW("\000\n\n"), 502, "line without a colon" },
	{ RAW("A: \033[1m\n\n"), 502, "bad byte in a field" },
	{ RAW("A: \177\n\n"), 502, "bad byte in a field" },
	{ RAW("Status: 200 OK\n\rA: b\n\n"), 502, "bad field name" },
	/* no end */
	{ RAW(""), 0, "0 - -1\n" },
	{ RAW("A: b"), 0, "0 - -1\nA: b\n" },
};

static struct str
tell(struct out *o, const struct http_answer *r)
{
	size_t i;

	out_fmt(o, "%d %.*s %lld\n", r->status,
	    STR_ARG(r->reason.p == NULL ? STR("-") : r->reason),
	    (long long)r->length);
	if (r->chunked)
		out_z(o, "chunked\n");
	if (r->odd_length.p != NULL)
		out_fmt(o, "odd \"%.*s\"\n", STR_ARG(r->odd_length));
	for (i = 0; i < r->fields.n; i++) {
		out_str(o, r->fields.v[i].name);
		out_z(o, ": ");
		out_str(o, r->fields.v[i].value);
		out_ch(o, '\n');
	}
	return out_done(o);
}

START_TEST(test_answers)
{
	char room[512];
	struct arena small;
	struct http_answer r;
	struct out o;
	struct str head;
	const char *why;
	size_t size;
	int status;

	head = (struct str){ answers[_i].head, answers[_i].length };
	status = http_parse_answer(&r, head, &arena, &why);
	ck_assert_int_eq(status, answers[_i].status);
	out_init(&o, room, sizeof(room));
	if (status == 0) {
		ck_assert_ptr_eq(why, NULL);
		check_str(tell(&o, &r), answers[_i].told);
	} else {
		ck_assert_str_eq(why, answers[_i].told);
	}
	for (size = 0; size < 256; size += 16) {
		ck_assert_int_eq(arena_init(&small, size), 0);
		status = http_parse_answer(&r, head, &small, &why);
		ck_assert(status == answers[_i].status || status == 500);
		arena_free(&small);
	}
}
END_TEST

static const struct {
	const char	*bytes;
	size_t		 line_max;
	size_t		 head_max;
	int64_t		 length;
} ends[] = {
	{ "", 0, 100, 0 },
	{ "\n", 0, 100, 1 },
	{ "\r\n", 0, 100, 2 },
	{ "\r", 0, 100, 0 },
	{ "\nbody", 0, 100, 1 },
	{ "A: b\n", 0, 100, 0 },
	{ "A: b\n\n", 0, 100, 6 },
	{ "A: b\r\n\r\n", 0, 100, 8 },
	{ "A: b\n\r\nbody\n\n", 0, 100, 7 },
	{ "A: b\r\n\nbody", 0, 100, 7 },
	{ "A: b\r\n\r", 0, 100, 0 },
	{ "A: b\r\r\n\r\r\n", 0, 100, 0 },
	{ "A: b\n\n", 4, 100, 6 },
	{ "A: b\r\n\r\n", 4, 100, 8 },
	{ "A: b\n\n", 3, 100, -1 },
	{ "A: b\r\n\r\n", 3, 100, -1 },
	{ "A: b", 4, 100, 0 },
	{ "A: b\r", 4, 100, 0 },
	{ "A: bc", 4, 100, -1 },
	{ "A:\nBC: de\n\n", 4, 100, -1 },
	{ "A: b\n\n", 0, 6, 6 },
	{ "A: b\n\n", 0, 5, -1 },
	{ "A: b\n\n and a body", 0, 6, 6 },
	{ "A: b\n", 0, 5, 0 },
	{ "A: b\nC", 0, 6, -1 },
	{ "A: bcde", 0, 6, -1 },
};

/* An answer's head in pieces ends where the whole does. */
START_TEST(test_answer_ends)
{
	struct str bytes;
	size_t first, from, n;
	int64_t r;

	bytes = str_of(ends[_i].bytes);
	for (first = 0; first <= bytes.n; first++) {
		from = 0;
		r = 0;
		for (n = first; n <= bytes.n && r == 0; n++)
			r = http_scan_answer(str_head(bytes, n), &from,
			    ends[_i].line_max, ends[_i].head_max);
		/* the last byte that is allowed may not have been the last */
		if (ends[_i].length == 0)
			ck_assert(r == 0 || bytes.n == ends[_i].head_max);
		else
			ck_assert_int_eq(r, ends[_i].length);
	}
}
END_TEST

START_TEST(test_many_answer_fields)
{
	struct arena big;
	struct http_answer r;
	struct out o;
	const char *why;
	char *room;
	size_t from, i;

	room = malloc(1024 * 1024);
	ck_assert_ptr_ne(room, NULL);
	ck_assert_int_eq(arena_init(&big, 16 * 1024 * 1024), 0);
	out_init(&o, room, 1024 * 1024);
	for (i = 0; i < 50000; i++)
		out_z(&o, i % 2 == 0 ? "Location: /a\n" : "B: c\n");
	out_z(&o, "\n");
	ck_assert(!o.bad);
	from = 0;
	for (i = 0; i < o.n; i++)
		if (http_scan_answer(str_head(out_done(&o), i), &from, 8190,
		    1024 * 1024) != 0)
			ck_abort_msg("ended after %zu bytes", i);
	ck_assert_int_eq(http_parse_answer(&r, out_done(&o), &big, &why), 0);
	ck_assert_uint_eq(r.fields.n, 25001);
	arena_free(&big);
	free(room);
}
END_TEST

/* Which lines are left, by their names. */
static const struct {
	const char	*names;		/* "name=value;..." */
	const char	*keep;
	const char	*left;
} hops[] = {
	{ "A=1;B=2", NULL, "A;B" },
	{ "Connection=close;A=1", NULL, "A" },
	{ "A=1;keep-alive=5;TE=x;Trailer=x;Upgrade=x;"
	    "Transfer-Encoding=x;Proxy-Connection=x;Proxy-Authenticate=x",
	    NULL, "A" },
	{ "Proxy-Authorization=x;Proxy=x", NULL, "Proxy-Authorization;Proxy" },
	{ "A=1;Connection=a, X-b;x-B=2;C=3;a=4", NULL, "C" },
	{ "A=1;B=2;Connection=A;C=3;Connection=,B,", NULL, "C" },
	{ "Host=h;Cookie=c;Connection=Host,cookie", NULL, "Host;Cookie" },
	{ "Authorization=a;Forwarded=f;Connection=authorization,forwarded",
	    NULL, "Authorization;Forwarded" },
	{ "Content-Length=1;Content-Type=t;Content-X=x;"
	    "Connection=content-length,content-type,content-x", NULL,
	    "Content-Length;Content-Type;Content-X" },
	{ "X-Forwarded-For=1;X-Forwarded-Proto=2;X-Forwarded=3;"
	    "Connection=x-forwarded-for,X-Forwarded-Proto,x-forwarded", NULL,
	    "X-Forwarded-For;X-Forwarded-Proto" },
	{ "X-Real-IP=1;Connection=X-Real-IP", NULL, "" },
	{ "X-Real-IP=1;Connection=X-Real-IP", "x-real-ip", "X-Real-IP" },
	{ "Upgrade=x;Connection=Upgrade", "Upgrade", "" },
	{ "Content=1;Connection=content", NULL, "" },
};

START_TEST(test_hops)
{
	char room[512];
	struct fields f;
	struct out o;
	struct str item, rest;
	size_t i, n;

	memset(&f, 0, sizeof(f));
	for (rest = str_of(hops[_i].names); rest.n > 0;
	    rest = str_from(rest, n + 1)) {
		n = str_chr(rest, ';');
		item = str_head(rest, n);
		i = str_chr(item, '=');
		ck_assert_int_eq(fields_add(&f, &arena, str_head(item, i),
		    str_from(item, i + 1)), 0);
	}
	http_strip_hop_by_hop(&f, str_of(hops[_i].keep));
	out_init(&o, room, sizeof(room));
	for (i = 0; i < f.n; i++) {
		if (i > 0)
			out_ch(&o, ';');
		out_str(&o, f.v[i].name);
	}
	check_str(out_done(&o), hops[_i].left);
}
END_TEST

/* More options than count are not looked at, but harm nothing. */
START_TEST(test_hops_are_bounded)
{
	struct fields f;
	int i;

	memset(&f, 0, sizeof(f));
	ck_assert_int_eq(fields_add(&f, &arena, STR("A"), STR("")), 0);
	for (i = 0; i < 3000; i++)
		ck_assert_int_eq(fields_add(&f, &arena, STR("Connection"),
		    STR("b,Host")), 0);
	ck_assert_int_eq(fields_add(&f, &arena, STR("Connection"), STR("A")),
	    0);
	ck_assert_int_eq(fields_add(&f, &arena, STR("B"), STR("")), 0);
	http_strip_hop_by_hop(&f, STR_NONE);
	ck_assert_uint_eq(f.n, 1);
	check_str(f.v[0].name, "A");
}
END_TEST

static const struct {
	int64_t		 t;
	const char	*text;
} dates[] = {
	{ 0, "Thu, 01 Jan 1970 00:00:00 GMT" },
	{ 784111777, "Sun, 06 Nov 1994 08:49:37 GMT" },
	{ 951782399, "Mon, 28 Feb 2000 23:59:59 GMT" },
	{ 951782400, "Tue, 29 Feb 2000 00:00:00 GMT" },
	{ 951868800, "Wed, 01 Mar 2000 00:00:00 GMT" },
	{ 946684799, "Fri, 31 Dec 1999 23:59:59 GMT" },
	{ 1704067199, "Sun, 31 Dec 2023 23:59:59 GMT" },
	{ 1709164800, "Thu, 29 Feb 2024 00:00:00 GMT" },
	{ 1735603200, "Tue, 31 Dec 2024 00:00:00 GMT" },
	{ 2147483647, "Tue, 19 Jan 2038 03:14:07 GMT" },
	{ 4107542400, "Mon, 01 Mar 2100 00:00:00 GMT" },
	{ 253402300799, "Fri, 31 Dec 9999 23:59:59 GMT" },
};

START_TEST(test_dates)
{
	char buf[30];
	time_t t;

	t = (time_t)dates[_i].t;
	if (t != dates[_i].t) {
		/* a time_t of 32 bits cannot say it */
		ck_assert_int_eq(http_parse_date(str_of(dates[_i].text), &t),
		    -1);
		return;
	}
	http_format_date(t, buf);
	ck_assert_str_eq(buf, dates[_i].text);
	t = 1;
	ck_assert_int_eq(http_parse_date(str_of(dates[_i].text), &t), 0);
	ck_assert_int_eq(t, dates[_i].t);
}
END_TEST

static const struct {
	const char	*text;
	int64_t		 t;		/* -1: no date */
} date_texts[] = {
	{ "Sunday, 06-Nov-94 08:49:37 GMT", 784111777 },
	{ "Sun Nov  6 08:49:37 1994", 784111777 },
	{ "Sun Nov 16 08:49:37 1994", 784975777 },
	{ "Thursday, 01-Jan-70 00:00:00 GMT", 0 },
	{ "Friday, 01-Jan-38 00:00:00 GMT", 2145916800 },
	{ "Sat, 31 Dec 2016 23:59:60 GMT", 1483228800 },
	/* the name of the day is not compared */
	{ "Mon, 06 Nov 1994 08:49:37 GMT", 784111777 },
	{ "", -1 },
	{ "0", -1 },
	{ "yesterday", -1 },
	{ "784111777", -1 },
	{ "Sun, 06 Nov 1994 08:49:37", -1 },
	{ "Sun, 06 Nov 1994 08:49:37 UTC", 784111777 },
	{ "Sun, 06 Nov 1994 08:49:37 UT", 784111777 },
	{ "Sun, 06 Nov 1994 08:49:37 Z", 784111777 },
	{ "Sun, 06 Nov 1994 08:49:37 gmt", 784111777 },
	{ "Sun, 06 Nov 1994 08:49:37 +0000", 784111777 },
	{ "Sun, 06 Nov 1994 08:49:37 -0000", 784111777 },
	{ "Sun, 06 Nov 1994 10:49:37 +0200", 784111777 },
	{ "Sun, 06 Nov 1994 03:19:37 -0530", 784111777 },
	{ "Sunday, 06-Nov-94 08:49:37 UTC", 784111777 },
	{ "Sunday, 06-Nov-94 08:49:37 +0000", 784111777 },
	{ "Sun, 6 Nov 1994 08:49:37 GMT", 784111777 },
	{ "Sun, 6 Nov 1994 08:49:37 +0000", 784111777 },
	{ "Thu, 01 Jan 1970 00:30:00 +0100", -1 },
	{ "Sun, 06 Nov 1994 08:49:37 +2400", -1 },
	{ "Sun, 06 Nov 1994 08:49:37 +0060", -1 },
	{ "Sun, 06 Nov 1994 08:49:37 +000", -1 },
	{ "Sun, 06 Nov 1994 08:49:37 CEST", -1 },
	{ "Sun, 06 Nov 1994 08:49:37 ", -1 },
	{ "Sun, 06 Nov 1994 08:49:37 GMT ", -1 },
	{ "Sun, 00 Nov 1994 08:49:37 GMT", -1 },
	{ "Sun, 31 Nov 1994 08:49:37 GMT", -1 },
	{ "Sun, 32 Dec 1994 08:49:37 GMT", -1 },
	{ "Tue, 29 Feb 2023 00:00:00 GMT", -1 },
	{ "Mon, 29 Feb 2100 00:00:00 GMT", -1 },
	{ "Sun, 06 Nox 1994 08:49:37 GMT", -1 },
	{ "sun, 06 nov 1994 08:49:37 gmt", -1 },
	{ "Sux, 06 Nov 1994 08:49:37 GMT", -1 },
	{ "Sun, 06 Nov 1994 24:00:00 GMT", -1 },
	{ "Sun, 06 Nov 1994 08:60:37 GMT", -1 },
	{ "Sun, 06 Nov 1994 08:49:61 GMT", -1 },
	{ "Sun, 06 Nov 1994 08:49: 7 GMT", -1 },
	{ "Wed, 31 Dec 1969 23:59:59 GMT", -1 },
	{ "Sat, 06 Nov 0000 08:49:37 GMT", -1 },
	{ "Sun, 06-Nov-94 08:49:37 GMT", -1 },
	{ "Someday, 06-Nov-94 08:49:37 GMT", -1 },
	{ "Sunday, 06-Nov-1994 08:49:37 GMT", -1 },
	{ "Sun Nov 06 08:49:37 94", -1 },
	{ "Sun Nov  0 08:49:37 1994", -1 },
	{ "Sun Nov x6 08:49:37 1994", -1 },
	{ "Sux Nov  6 08:49:37 1994", -1 },
	{ "Sun,  6 Nov 1994 08:49:37 GMT", -1 },
	{ "Sun, 06 Nov +994 08:49:37 GMT", -1 },
};

START_TEST(test_date_texts)
{
	time_t t;
	int r;

	t = -1;
	r = http_parse_date(str_of(date_texts[_i].text), &t);
	ck_assert_int_eq(r, date_texts[_i].t == -1 ? -1 : 0);
	ck_assert_int_eq(t, date_texts[_i].t);
}
END_TEST

/* What is formatted is parsed, on days of all kinds, and within its bounds. */
START_TEST(test_dates_round)
{
	char buf[31];
	time_t back, t;
	long i;

	buf[30] = 'x';
	for (i = 0; i < 24000; i++) {
		t = (time_t)i * 86413;
		http_format_date(t, buf);
		ck_assert_uint_eq(strlen(buf), 29);
		ck_assert_int_eq(http_parse_date(str_of(buf), &back), 0);
		ck_assert_int_eq(back, t);
	}
	http_format_date((time_t)-1, buf);
	ck_assert_str_eq(buf, "Thu, 01 Jan 1970 00:00:00 GMT");
	if (sizeof(time_t) > 4) {
		http_format_date((time_t)INT64_MAX, buf);
		ck_assert_str_eq(buf, "Fri, 31 Dec 9999 23:59:59 GMT");
	}
	ck_assert_int_eq(buf[30], 'x');
}
END_TEST

START_TEST(test_reasons)
{
	struct str a, b;

	check_str(http_reason(200), "OK");
	check_str(http_reason(404), "Not Found");
	check_str(http_reason(431), "Request Header Fields Too Large");
	a = http_reason(299);
	b = http_reason(599);
	check_str(a, "Status 299");
	check_str(b, "Status 599");
	check_str(http_reason(7), "Status 007");
	check_str(http_reason(-1), "Status");
	check_str(http_reason(100000), "Status");
}
END_TEST

START_TEST(test_words)
{
	ck_assert(http_is_token(STR("a")));
	ck_assert(http_is_token(STR("!#$%&'*+-.^_`|~09azAZ")));
	ck_assert(!http_is_token(STR("")));
	ck_assert(!http_is_token(STR("a b")));
	ck_assert(!http_is_token(STR("a\0")));
	ck_assert(!http_is_token(STR("\"a\"")));
	ck_assert(!http_is_token(STR("\344")));
	ck_assert(http_is_hop_by_hop(STR("CONNECTION")));
	ck_assert(http_is_hop_by_hop(STR("te")));
	ck_assert(!http_is_hop_by_hop(STR("Server")));
}
END_TEST

START_TEST(test_response)
{
	struct response r;
	int fd;

	response_init(&r);
	ck_assert_int_eq(r.status, 200);
	ck_assert_int_eq((int)r.source, (int)SOURCE_NONE);
	ck_assert_int_eq(r.length, 0);
	ck_assert_uint_eq(r.fields.n, 0);
	ck_assert_int_eq(r.fd, -1);
	response_close(&r);
	fd = dup(STDERR_FILENO);
	ck_assert_int_ne(fd, -1);
	r.fd = fd;
	response_close(&r);
	response_close(&r);
	ck_assert_int_eq(r.fd, -1);
	ck_assert_int_eq(fcntl(fd, F_GETFD), -1);
}
END_TEST

static void
add_requests(TCase *t)
{
	tcase_add_loop_test(t, test_raw, 0, (int)NELEM(raw_requests));
	tcase_add_loop_test(t, test_targets, 0, (int)NELEM(targets));
	tcase_add_loop_test(t, test_framings, 0, (int)NELEM(framings));
	tcase_add_loop_test(t, test_values, 0, (int)NELEM(values));
	tcase_add_loop_test(t, test_refused, 0, (int)NELEM(refused));
	tcase_add_test(t, test_trim_refused);
	tcase_add_test(t, test_limits);
	tcase_add_test(t, test_usual_limits);
	tcase_add_test(t, test_many_fields);
	tcase_add_test(t, test_many_names);
	tcase_add_test(t, test_joined_fields);
	tcase_add_test(t, test_many_options);
	tcase_add_loop_test(t, test_chunks, 0, (int)NELEM(chunked));
	tcase_add_test(t, test_chunk_limits);
	tcase_add_test(t, test_chunk_excess);
	tcase_add_test(t, test_chunk_padding);
	tcase_add_loop_test(t, test_paths, 0, (int)NELEM(paths));
	tcase_add_loop_test(t, test_escapes, 0, (int)NELEM(escapes));
	tcase_add_test(t, test_path_with_nul);
}

static void
add_answers(TCase *t)
{
	tcase_add_loop_test(t, test_answers, 0, (int)NELEM(answers));
	tcase_add_loop_test(t, test_answer_ends, 0, (int)NELEM(ends));
	tcase_add_test(t, test_many_answer_fields);
}

static void
add_words(TCase *t)
{
	tcase_add_test(t, test_fields);
	tcase_add_test(t, test_fields_in_full_arena);
	tcase_add_loop_test(t, test_hops, 0, (int)NELEM(hops));
	tcase_add_test(t, test_hops_are_bounded);
	tcase_add_loop_test(t, test_dates, 0, (int)NELEM(dates));
	tcase_add_loop_test(t, test_date_texts, 0, (int)NELEM(date_texts));
	tcase_add_test(t, test_dates_round);
	tcase_add_test(t, test_reasons);
	tcase_add_test(t, test_words);
	tcase_add_test(t, test_response);
}

#define OLD	"Sat, 01 Jan 2000 00:00:00 GMT"
#define WHEN	"Sun, 02 Jan 2000 00:00:00 GMT"
#define NEW	"Mon, 03 Jan 2000 00:00:00 GMT"
#define LATER	"Wed, 05 Jan 2000 00:00:00 GMT"
#define NOW	946944000	/* Tue, 04 Jan 2000 00:00:00 GMT */

/* RFC 9110 13.1 and 13.2.2; two fields of the request, joined by none. */
static const struct {
	const char	*name[2];
	const char	*value[2];
	const char	*etag;
	const char	*modified;
	int		 status;
} conditions[] = {
	{ { NULL }, { NULL }, "\"a\"", WHEN, 0 },
	{ { "If-Match" }, { "\"a\"" }, "\"a\"", NULL, 0 },
	{ { "If-Match" }, { "\"b\", \"a\"" }, "\"a\"", NULL, 0 },
	{ { "If-Match" }, { "\"b\"" }, "\"a\"", NULL, 412 },
	{ { "If-Match" }, { "W/\"a\"" }, "\"a\"", NULL, 412 },
	{ { "If-Match" }, { "\"a\"" }, "W/\"a\"", NULL, 412 },
	{ { "If-Match" }, { "*" }, NULL, NULL, 0 },
	{ { "If-Match" }, { "\"a\"" }, NULL, NULL, 412 },
	{ { "If-Match" }, { "\"a,b\"" }, "\"a,b\"", NULL, 0 },
	{ { "If-Match", "If-Match" }, { "\"x\"", "\"a\"" }, "\"a\"", NULL, 0 },
	{ { "If-None-Match" }, { "\"a\"" }, "\"a\"", NULL, 304 },
	{ { "if-none-match" }, { "\"a\"" }, "\"a\"", NULL, 304 },
	{ { "If-None-Match" }, { "W/\"a\"" }, "\"a\"", NULL, 304 },
	{ { "If-None-Match" }, { "\"a\"" }, "W/\"a\"", NULL, 304 },
	{ { "If-None-Match" }, { "\"b\"" }, "\"a\"", NULL, 0 },
	{ { "If-None-Match" }, { "*" }, NULL, NULL, 304 },
	{ { "If-None-Match" }, { "\"a\"" }, NULL, NULL, 0 },
	{ { "If-Modified-Since" }, { OLD }, NULL, WHEN, 0 },
	{ { "If-Modified-Since" }, { WHEN }, NULL, WHEN, 304 },
	{ { "If-Modified-Since" }, { NEW }, NULL, WHEN, 304 },
	{ { "If-Modified-Since" }, { NEW }, NULL, NULL, 0 },
	/* what is not yet is no date, for this field */
	{ { "If-Modified-Since" }, { LATER }, NULL, WHEN, 0 },
	{ { "If-Unmodified-Since" }, { LATER }, NULL, WHEN, 0 },
	{ { "If-Modified-Since" }, { "tomorrow" }, NULL, WHEN, 0 },
	{ { "If-Unmodified-Since" }, { OLD }, NULL, WHEN, 412 },
	{ { "If-Unmodified-Since" }, { WHEN }, NULL, WHEN, 0 },
	{ { "If-Unmodified-Since" }, { NEW }, NULL, WHEN, 0 },
	{ { "If-Unmodified-Since" }, { OLD }, NULL, NULL, 0 },
	/* 13.2.2: tags are asked first, dates then are not. */
	{ { "If-None-Match", "If-Modified-Since" }, { "\"b\"", NEW },
	    "\"a\"", WHEN, 0 },
	{ { "If-None-Match", "If-Modified-Since" }, { "\"a\"", OLD },
	    "\"a\"", WHEN, 304 },
	{ { "If-Match", "If-Unmodified-Since" }, { "\"a\"", OLD },
	    "\"a\"", WHEN, 0 },
	{ { "If-Match", "If-None-Match" }, { "\"a\"", "\"a\"" },
	    "\"a\"", WHEN, 304 },
};

START_TEST(test_conditions)
{
	struct arena a;
	struct fields f;
	struct str etag;
	time_t t;
	size_t i;

	ck_assert_int_eq(arena_init(&a, 4096), 0);
	memset(&f, 0, sizeof(f));
	for (i = 0; i < 2 && conditions[_i].name[i] != NULL; i++)
		ck_assert_int_eq(fields_add(&f, &a,
		    str_of(conditions[_i].name[i]),
		    str_of(conditions[_i].value[i])), 0);
	etag = str_of(conditions[_i].etag);
	t = 0;
	if (conditions[_i].modified != NULL)
		ck_assert_int_eq(http_parse_date(
		    str_of(conditions[_i].modified), &t), 0);
	ck_assert_int_eq(http_check_conditions(&f, etag.p == NULL ? NULL :
	    &etag, conditions[_i].modified == NULL ? NULL : &t, NOW),
	    conditions[_i].status);
	arena_free(&a);
}
END_TEST

static void
add_conditions(TCase *t)
{
	tcase_add_loop_test(t, test_conditions, 0, (int)NELEM(conditions));
}

/*
 * PROXY
 */

#define SIGNATURE	"\r\n\r\n\0\r\nQUIT\n"
#define A4		"\300\0\2\7\300\0\2\1\307\70\37\220"
#define A6		"\40\1\15\270\0\0\0\0\0\0\0\0\0\0\0\7" \
			"\40\1\15\270\0\0\0\0\0\0\0\0\0\0\0\1" \
			"\307\70\37\220"
#define V6		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
#define ROW(lit)	{ (lit), sizeof(lit) - 1 }
#define X20		"xxxxxxxxxxxxxxxxxxxx"
#define X90		X20 X20 X20 X20 "xxxxxxxxxx"

/* client and here are NULL when the connection is local. */
static const struct {
	struct str	 header;
	const char	*client;
	unsigned	 client_port;
	const char	*here;
	unsigned	 here_port;
} proxies[] = {
	{ ROW("PROXY TCP4 192.0.2.7 192.0.2.1 51000 8080\r\n"),
	    "192.0.2.7", 51000, "192.0.2.1", 8080 },
	{ ROW("PROXY TCP4 0.0.0.0 255.255.255.255 0 65535\r\n"),
	    "0.0.0.0", 0, "255.255.255.255", 65535 },
	{ ROW("PROXY TCP4 10.20.130.240 1.0.200.255 1 65529\r\n"),
	    "10.20.130.240", 1, "1.0.200.255", 65529 },
	{ ROW("PROXY TCP6 2001:db8::7 ::1 51000 80\r\n"),
	    "2001:db8::7", 51000, "::1", 80 },
	{ ROW("PROXY TCP6 :: 1:2:3:4:5:6:7:8 1 2\r\n"),
	    "::", 1, "1:2:3:4:5:6:7:8", 2 },
	{ ROW("PROXY TCP6 2001:DB8:0000::abcd fe80:: 1 2\r\n"),
	    "2001:db8::abcd", 1, "fe80::", 2 },
	{ ROW("PROXY TCP6 1:2:3:4:5:6:7:: ::2:3:4:5:6:7:8 1 2\r\n"),
	    "1:2:3:4:5:6:7:0", 1, "0:2:3:4:5:6:7:8", 2 },
	{ ROW("PROXY TCP6 ::ffff:192.0.2.7 1:2:3:4:5:6:192.0.2.1 1 2\r\n"),
	    "::ffff:192.0.2.7", 1, "1:2:3:4:5:6:c000:201", 2 },
	{ ROW("PROXY TCP6 " V6 " " V6 " 65535 65535\r\n"),
	    V6, 65535, V6, 65535 },
	{ ROW("PROXY UNKNOWN\r\n"), NULL, 0, NULL, 0 },
	{ ROW("PROXY UNKNOWN \r\n"), NULL, 0, NULL, 0 },
	{ ROW("PROXY UNKNOWN 1.2.3.4 x\0y  99999 -1\r\n"),
	    NULL, 0, NULL, 0 },
	{ ROW("PROXY UNKNOWN " V6 " " V6 " 65535 65535\r\n"),
	    NULL, 0, NULL, 0 },
	{ ROW(SIGNATURE "\41\21\0\14" A4),
	    "192.0.2.7", 51000, "192.0.2.1", 8080 },
	{ ROW(SIGNATURE "\41\41\0\44" A6),
	    "2001:db8::7", 51000, "2001:db8::1", 8080 },
	/* With what may follow the addresses. */
	{ ROW(SIGNATURE "\41\21\0\23" A4 "\4\0\4abcd"),
	    "192.0.2.7", 51000, "192.0.2.1", 8080 },
	{ ROW(SIGNATURE "\41\21\0\15" A4 "\4"),
	    "192.0.2.7", 51000, "192.0.2.1", 8080 },
	{ ROW(SIGNATURE "\41\41\0\51" A6 "\1\0\2h2"),
	    "2001:db8::7", 51000, "2001:db8::1", 8080 },
	/* LOCAL, with whatever it says. */
	{ ROW(SIGNATURE "\40\0\0\0"), NULL, 0, NULL, 0 },
	{ ROW(SIGNATURE "\40\21\0\14" A4), NULL, 0, NULL, 0 },
	{ ROW(SIGNATURE "\40\377\0\3xyz"), NULL, 0, NULL, 0 },
	{ ROW(SIGNATURE "\40\21\0\1x"), NULL, 0, NULL, 0 },
	/* Families and transports that are none of ours. */
	{ ROW(SIGNATURE "\41\0\0\0"), NULL, 0, NULL, 0 },
	{ ROW(SIGNATURE "\41\0\0\3xyz"), NULL, 0, NULL, 0 },
	{ ROW(SIGNATURE "\41\1\0\0"), NULL, 0, NULL, 0 },
	{ ROW(SIGNATURE "\41\20\0\0"), NULL, 0, NULL, 0 },
	{ ROW(SIGNATURE "\41\22\0\14" A4), NULL, 0, NULL, 0 },
	{ ROW(SIGNATURE "\41\42\0\44" A6), NULL, 0, NULL, 0 },
	{ ROW(SIGNATURE "\41\61\0\330" X90 X90 X20 "xxxxxxxxxxxxxxxx"),
	    NULL, 0, NULL, 0 },
};

static void
check_address(const struct sockaddr_storage *ss, const char *want,
    unsigned want_port)
{
	char text[INET6_ADDRSTRLEN];
	const struct sockaddr_in *sin;
	const struct sockaddr_in6 *sin6;

	if (want == NULL) {
		ck_assert_int_eq(ss->ss_family, AF_UNSPEC);
		return;
	}
	sin = (const struct sockaddr_in *)ss;
	sin6 = (const struct sockaddr_in6 *)ss;
	ck_assert_int_eq(ss->ss_family, strchr(want, ':') == NULL ?
	    AF_INET : AF_INET6);
	ck_assert_ptr_ne(inet_ntop(ss->ss_family, ss->ss_family == AF_INET ?
	    (const void *)&sin->sin_addr : (const void *)&sin6->sin6_addr,
	    text, sizeof(text)), NULL);
	ck_assert_str_eq(text, want);
	ck_assert_uint_eq(ntohs(ss->ss_family == AF_INET ? sin->sin_port :
	    sin6->sin6_port), want_port);
}

/* In a place of just that size, which a sanitizer guards. */
static long
parse_proxy(struct http_proxy *p, struct str s, const char **why)
{
	char *exact;
	long n;

	exact = malloc(s.n + 1);
	ck_assert_ptr_ne(exact, NULL);
	memcpy(exact + 1, s.p, s.n);
	n = http_parse_proxy(p, (struct str){ exact + 1, s.n }, why);
	free(exact);
	return n;
}

START_TEST(test_proxies)
{
	struct http_proxy p;
	struct str s, more;
	const char *why;
	char *end;
	size_t n;

	s = proxies[_i].header;
	for (n = 0; n < s.n; n++) {
		ck_assert_msg(parse_proxy(&p, str_head(s, n), &why) == 0,
		    "%zu bytes: %s", n, why);
		ck_assert_ptr_eq(why, NULL);
	}
	end = arena_alloc(&arena, s.n + 3);
	memcpy(end, s.p, s.n);
	memcpy(end + s.n, "\r\nX", 3);
	more = (struct str){ end, s.n + 3 };
	for (n = s.n; n <= more.n; n++) {
		ck_assert_int_eq(parse_proxy(&p, str_head(more, n), &why),
		    (long)s.n);
		ck_assert_ptr_eq(why, NULL);
		ck_assert_int_eq(p.local, proxies[_i].client == NULL);
		check_address(&p.client, proxies[_i].client,
		    proxies[_i].client_port);
		check_address(&p.here, proxies[_i].here,
		    proxies[_i].here_port);
	}
}
END_TEST

/* The last byte is the first that is wrong. */
static const struct {
	struct str	 header;
	const char	*why;
} no_proxies[] = {
	{ ROW("G"), "does not begin" },
	{ ROW("\0"), "does not begin" },
	{ ROW(" "), "does not begin" },
	{ ROW("\n"), "does not begin" },
	{ ROW("p"), "does not begin" },
	{ ROW("PO"), "does not begin" },
	{ ROW("PROXY\r"), "does not begin" },
	{ ROW("PROXY  "), "does not begin" },
	{ ROW("PROXY\t"), "does not begin" },
	{ ROW("PROXY UD"), "does not begin" },
	{ ROW("PROXY TCP5"), "does not begin" },
	{ ROW("PROXY TCP4\r"), "does not begin" },
	{ ROW("PROXY t"), "does not begin" },
	{ ROW("PROXY UNKNOWNX"), "UNKNOWN" },
	{ ROW("PROXY UNKNOWN\n"), "UNKNOWN" },
	{ ROW("PROXY UNKNOWN a\n"), "CRLF" },
	{ ROW("PROXY UNKNOWN a\rb"), "CRLF" },
	{ ROW("PROXY UNKNOWN\r\r"), "CRLF" },
	{ ROW("PROXY UNKNOWN " X90 "xy"), "107" },
	{ ROW("PROXY TCP4  "), "address" },
	{ ROW("PROXY TCP4 2001"), "address" },
	{ ROW("PROXY TCP4 01"), "address" },
	{ ROW("PROXY TCP4 256"), "address" },
	{ ROW("PROXY TCP4 1.2.3.4."), "address" },
	{ ROW("PROXY TCP4 1.2.3 "), "address" },
	{ ROW("PROXY TCP4 1.2.3.4\0"), "address" },
	{ ROW("PROXY TCP4 1.2.3.4\r"), "address" },
	{ ROW("PROXY TCP4 1.2.3.4\t"), "address" },
	{ ROW("PROXY TCP4 -"), "address" },
	{ ROW("PROXY TCP4 l"), "address" },
	{ ROW("PROXY TCP4 1.2.3.4  "), "address" },
	{ ROW("PROXY TCP4 1.2.3.4 5.6.7.8  "), "port" },
	{ ROW("PROXY TCP4 1.2.3.4 5.6.7.8 01"), "port" },
	{ ROW("PROXY TCP4 1.2.3.4 5.6.7.8 +"), "port" },
	{ ROW("PROXY TCP4 1.2.3.4 5.6.7.8 -"), "port" },
	{ ROW("PROXY TCP4 1.2.3.4 5.6.7.8 65536"), "port" },
	{ ROW("PROXY TCP4 1.2.3.4 5.6.7.8 12345,"), "port" },
	{ ROW("PROXY TCP4 1.2.3.4 5.6.7.8 1\r"), "port" },
	{ ROW("PROXY TCP4 1.2.3.4 5.6.7.8 1 \r"), "port" },
	{ ROW("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\n"), "port" },
	{ ROW("PROXY TCP4 1.2.3.4 5.6.7.8 1 2 "), "port" },
	{ ROW("PROXY TCP4 1.2.3.4 5.6.7.8 1 00"), "port" },
	{ ROW("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\r"), "CRLF" },
	{ ROW("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\rX"), "CRLF" },
	{ ROW("PROXY TCP6 1."), "address" },
	{ ROW("PROXY TCP6 12345"), "address" },
	{ ROW("PROXY TCP6 g"), "address" },
	{ ROW("PROXY TCP6 :1"), "address" },
	{ ROW("PROXY TCP6 :::"), "address" },
	{ ROW("PROXY TCP6 1::2::"), "address" },
	{ ROW("PROXY TCP6 1:2:3:4:5:6:7:8:"), "address" },
	{ ROW("PROXY TCP6 1:2:3:4:5:6:7:1."), "address" },
	{ ROW("PROXY TCP6 1:2 "), "address" },
	{ ROW("PROXY TCP6 fe80::1%"), "address" },
	{ ROW("PROXY TCP6 ["), "address" },
	{ ROW("PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255 "
	    "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255 123"), "107" },
	{ ROW("\r\r"), "does not begin" },
	{ ROW("\r\n\r\nG"), "does not begin" },
	{ ROW("\r\n\r\n\0\r\nQUIT\r"), "does not begin" },
	{ ROW(SIGNATURE "\0"), "version" },
	{ ROW(SIGNATURE "\21"), "version" },
	{ ROW(SIGNATURE "\61"), "version" },
	{ ROW(SIGNATURE "\42"), "command" },
	{ ROW(SIGNATURE "\57"), "command" },
	{ ROW(SIGNATURE "\41\101"), "family" },
	{ ROW(SIGNATURE "\41\361"), "family" },
	{ ROW(SIGNATURE "\41\23"), "transport" },
	{ ROW(SIGNATURE "\41\3"), "transport" },
	{ ROW(SIGNATURE "\41\21\0\13"), "fit" },
	{ ROW(SIGNATURE "\41\21\0\0"), "fit" },
	{ ROW(SIGNATURE "\41\22\0\13"), "fit" },
	{ ROW(SIGNATURE "\41\41\0\43"), "fit" },
	{ ROW(SIGNATURE "\41\61\0\327"), "fit" },
	{ ROW(SIGNATURE "\41\21\20"), "4096" },
	{ ROW(SIGNATURE "\41\21\377"), "4096" },
	{ ROW(SIGNATURE "\40\0\17\361"), "4096" },
};

START_TEST(test_no_proxies)
{
	struct http_proxy p;
	struct str s;
	const char *why;
	size_t n;

	s = no_proxies[_i].header;
	for (n = 0; n < s.n; n++)
		ck_assert_msg(parse_proxy(&p, str_head(s, n), &why) == 0,
		    "%zu bytes: %s", n, why);
	ck_assert_int_eq(parse_proxy(&p, s, &why), -1);
	ck_assert_ptr_ne(why, NULL);
	ck_assert_msg(strstr(why, no_proxies[_i].why) != NULL, "%s", why);
}
END_TEST

/* The longest header of version 2, and each prefix of it. */
START_TEST(test_long_proxy)
{
	struct http_proxy p;
	const char *why;
	char *big;
	size_t n;

	big = arena_zalloc(&arena, HTTP_PROXY_MAX);
	memcpy(big, SIGNATURE "\41\21\17\360" A4, 28);
	for (n = 0; n < HTTP_PROXY_MAX; n++)
		ck_assert_int_eq(http_parse_proxy(&p, (struct str){ big, n },
		    &why), 0);
	ck_assert_int_eq(http_parse_proxy(&p, (struct str){ big, n }, &why),
	    HTTP_PROXY_MAX);
	check_address(&p.client, "192.0.2.7", 51000);
}
END_TEST

static void
add_proxies(TCase *t)
{
	tcase_add_loop_test(t, test_proxies, 0, (int)NELEM(proxies));
	tcase_add_loop_test(t, test_no_proxies, 0, (int)NELEM(no_proxies));
	tcase_add_test(t, test_long_proxy);
}

Suite *
suite_http(void)
{
	static const struct {
		const char	 *name;
		void		(*add)(TCase *);
	} cases[] = {
		{ "requests", add_requests },
		{ "answers", add_answers },
		{ "words", add_words },
		{ "conditions", add_conditions },
		{ "proxies", add_proxies },
	};
	Suite *s;
	TCase *t;
	size_t i;

	s = suite_create("http");
	for (i = 0; i < NELEM(cases); i++) {
		t = tcase_create(cases[i].name);
		tcase_add_checked_fixture(t, set_up, tear_down);
		tcase_set_timeout(t, 20);
		cases[i].add(t);
		suite_add_tcase(s, t);
	}
	return s;
}
