/*
 * Fuzzing of http.c: the same bytes as a request head, a path, a chunked
 * body, an answer's head, a date and a PROXY header, in one piece and byte by
 * byte.  What must hold of any result is asserted.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "http.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	ARENA_SIZE = 4 * 1024 * 1024,
	SIZE_MAX_BYTEWISE = 4096
};

static const struct http_limits usual = { 8190, 8190, 100, 1024 * 1024 };
static const struct http_limits narrow = { 40, 30, 3, 120 };

static struct arena arena;

/* What would end a line or a string further on. */
static void
check_fields(const struct fields *f)
{
	const struct field *line;
	size_t i;

	for (i = 0; i < f->n; i++) {
		line = &f->v[i];
		assert(http_is_token(line->name));
		assert(line->value.p != NULL);
		assert(str_chr(line->value, '\r') == line->value.n);
		assert(str_chr(line->value, '\n') == line->value.n);
		assert(str_chr(line->value, '\0') == line->value.n);
		assert(str_eq(str_trim(line->value), line->value));
	}
}

static void
check_request(const struct request *r)
{
	size_t i;

	assert(http_is_token(r->method));
	assert(r->path.n > 0);
	assert(r->path.p[0] == '/' || str_eq(r->path, STR("*")));
	assert(r->minor == 0 || r->minor == 1);
	assert(r->port >= 0 && r->port <= 65535);
	assert(r->length <= INT64_MAX);
	assert(r->body == HTTP_BODY_LENGTH || r->length == 0);
	assert(!r->keep_token || r->keep);
	assert(fields_count(&r->fields, STR("Host")) <= 1);
	assert(fields_count(&r->fields, STR("Content-Length")) <= 1);
	for (i = 0; i < r->host.n; i++)
		assert(r->host.p[i] == ch_lower(r->host.p[i]));
	check_fields(&r->fields);
}

static void
fuzz_request(struct str in, const struct http_limits *limits)
{
	struct http_scan s;
	struct request r;
	const char *why;
	size_t length, n, pieces;
	int status, whole;

	memset(&s, 0, sizeof(s));
	whole = http_scan_head(&s, in, limits, &length);
	if (in.n <= SIZE_MAX_BYTEWISE) {
		memset(&s, 0, sizeof(s));
		status = 0;
		pieces = 0;
		for (n = 0; n <= in.n && status == 0 && pieces == 0; n++)
			status = http_scan_head(&s, str_head(in, n), limits,
			    &pieces);
		assert(status == whole && pieces == length);
	}
	arena_reset(&arena);
	if (length != 0)
		in = str_head(in, length);
	status = http_parse_request(&r, in, limits, &arena, &why);
	assert(status == 0 ? why == NULL : why != NULL);
	assert(status == 0 || status >= 400);
	if (status == 0) {
		assert(whole == 0 && length != 0);
		check_request(&r);
		http_strip_hop_by_hop(&r.fields, STR("x"));
		fields_join(&r.fields, &arena, STR("x"), STR(", "));
		return;
	}
	http_trim_refused(&r);
	assert(str_chr(r.method, '\0') == r.method.n);
	assert(str_chr(r.uri, '\0') == r.uri.n);
	assert(str_chr(r.protocol, '\0') == r.protocol.n);
	for (n = 0; n < r.fields.n; n++)
		assert(str_chr(r.fields.v[n].value, '\0') ==
		    r.fields.v[n].value.n);
}

static void
check_path(struct str path, bool merge)
{
	struct str rest, segment;
	size_t n;

	assert(path.n > 0 && path.p[0] == '/');
	assert(path.n == 1 || path.p[1] != '/');
	assert(str_chr(path, '\0') == path.n);
	rest = str_from(path, 1);
	while (rest.n > 0) {
		n = str_chr(rest, '/');
		segment = str_head(rest, n);
		assert(!str_eq(segment, STR(".")));
		assert(!str_eq(segment, STR("..")));
		assert(segment.n > 0 || !merge);
		rest = str_from(rest, n + 1);
	}
}

static void
fuzz_path(struct str in)
{
	static const enum http_slashes modes[] = {
		HTTP_SLASHES_OFF, HTTP_SLASHES_ON, HTTP_SLASHES_NODECODE
	};
	struct str path;
	size_t i;
	int status;

	for (i = 0; i < 2 * NELEM(modes); i++) {
		arena_reset(&arena);
		status = http_normalise_path(in, modes[i / 2], i % 2 == 0,
		    &arena, &path);
		assert(status == 0 || status == 400 || status == 404);
		if (status == 0)
			check_path(path, i % 2 == 0);
	}
}

/* Decode all of it in steps of at most step bytes; 1 done, 0 more, -1. */
static int
decode(struct str in, size_t step, struct out *o)
{
	struct http_chunks c;
	struct str data, piece;
	size_t pos;
	int64_t used;

	memset(&c, 0, sizeof(c));
	for (pos = 0; pos < in.n && !c.done; pos += (size_t)used) {
		piece = str_head(str_from(in, pos), step);
		used = http_decode_chunks(&c, piece, 200, 5, &data);
		if (used == -1)
			return -1;
		assert(used > 0 && (size_t)used <= piece.n);
		assert(data.n <= (size_t)used);
		out_str(o, data);
	}
	return c.done;
}

static void
fuzz_chunks(struct str in)
{
	struct out a, b;
	char *p;
	int whole;

	arena_reset(&arena);
	p = arena_alloc(&arena, 2 * in.n + 1);
	if (p == NULL)
		return;
	out_init(&a, p, in.n);
	out_init(&b, p + in.n, in.n);
	whole = decode(in, in.n, &a);
	assert(decode(in, 1, &b) == whole);
	assert(!a.bad && !b.bad);
	assert(str_eq(out_done(&a), out_done(&b)));
}

static void
fuzz_answer(struct str in)
{
	struct http_answer r;
	const char *why;
	size_t from, n;
	int64_t pieces, whole;
	int status;

	from = 0;
	whole = http_scan_answer(in, &from, 100, 500);
	if (in.n <= SIZE_MAX_BYTEWISE) {
		from = 0;
		pieces = 0;
		for (n = 0; n <= in.n && pieces == 0; n++)
			pieces = http_scan_answer(str_head(in, n), &from, 100,
			    500);
		assert(pieces == whole);
	}
	if (whole > 0)
		in = str_head(in, (size_t)whole);
	arena_reset(&arena);
	status = http_parse_answer(&r, in, &arena, &why);
	assert(status == 0 || status == 502);
	assert(status == 0 ? why == NULL : why != NULL);
	if (status != 0)
		return;
	assert(r.status == 0 || (r.status >= 200 && r.status <= 599));
	assert(r.length >= -1);
	assert(str_chr(r.reason, '\r') == r.reason.n);
	assert(str_chr(r.reason, '\0') == r.reason.n);
	check_fields(&r.fields);
}

static void
fuzz_date(struct str in)
{
	char text[30];
	time_t back, t;

	if (http_parse_date(in, &t) == -1)
		return;
	http_format_date(t, text);
	assert(strlen(text) == 29);
	if (http_parse_date(str_of(text), &back) == -1)
		return;
	assert(back == t);
}

/* Bytes as they come to it: with the signature of version 2 before them. */
static struct str
signed_proxy(struct str in)
{
	static const char signature[] = "\r\n\r\n\0\r\nQUIT\n";
	struct out o;

	arena_reset(&arena);
	out_begin(&o, &arena);
	out_str(&o, STR(signature));
	out_str(&o, in);
	return out_end(&o, &arena);
}

static void
fuzz_proxy(struct str in)
{
	struct http_proxy p;
	const char *why;
	size_t n;
	long pieces, whole;

	whole = http_parse_proxy(&p, in, &why);
	assert(whole == -1 ? why != NULL : why == NULL);
	assert(whole >= -1 && whole <= HTTP_PROXY_MAX);
	assert(whole <= 0 || (size_t)whole <= in.n);
	assert(whole != 0 || in.n < HTTP_PROXY_MAX);
	if (whole > 0)
		assert((p.client.ss_family == AF_UNSPEC) == p.local &&
		    p.here.ss_family == p.client.ss_family);
	pieces = 0;
	for (n = 0; n <= in.n && pieces == 0; n++)
		pieces = http_parse_proxy(&p, str_head(in, n), &why);
	assert(pieces == whole);
	assert(whole <= 0 || n == (size_t)whole + 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in;

	if (arena.base == NULL && arena_init(&arena, ARENA_SIZE) == -1)
		abort();
	in.p = size == 0 ? "" : (const char *)data;
	in.n = size;
	fuzz_request(in, &usual);
	fuzz_request(in, &narrow);
	fuzz_path(in);
	fuzz_chunks(in);
	fuzz_answer(in);
	fuzz_date(in);
	fuzz_proxy(in);
	fuzz_proxy(signed_proxy(in));
	return 0;
}
