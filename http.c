/*
 * http: bytes -> request, response head -> fields, status words, dates.
 *
 * Everything here takes slices and gives slices.  It never reads or waits,
 * never asks a clock, never logs and never changes the bytes it was given;
 * what has to be rewritten is written into the arena.  The one descriptor
 * it touches is the one that response_close() closes.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "http.h"

enum {
	EMPTY_LINES_MAX = 10,		/* before a request line, as httpd */
	OVERHEAD_MAX = 64 * 1024,	/* bytes of chunks that are no data */
	OVERHEAD_FREE = 20,		/* of each: 16 digits, two CRLF */
	HOST_LENGTH_MAX = 255,	/* RFC 1035 2.3.4 */
	PORT_MAX = 65535,
	TOP_PORT_DIGITS = 5,
	PROXY_LINE_MAX = 107,		/* version 1, with its CRLF */
	PROXY_FIXED = 16		/* version 2, before the addresses */
};

/* What a byte may be part of. */
enum {
	TOKEN = 1,		/* RFC 9110 5.6.2 */
	VALUE = 2,		/* a field value, RFC 9110 5.5 */
	LINE = 4,		/* a request line; httpd: raw UTF-8 too */
	UNRESERVED = 8,		/* RFC 3986 2.3 */
	HOST = 16		/* the name of a host; httpd takes no others */
};

/* The combinations that occur: none, HTAB, delimiter or above ASCII ... */
enum {
	N = 0,
	V = VALUE,
	D = VALUE | LINE,
	M = VALUE | LINE | TOKEN,
	U = VALUE | LINE | TOKEN | UNRESERVED,
	A = VALUE | LINE | TOKEN | UNRESERVED | HOST
};

static const unsigned char traits[256] = {
	N, N, N, N, N, N, N, N, N, V, N, N, N, N, N, N,		/* HTAB */
	N, N, N, N, N, N, N, N, N, N, N, N, N, N, N, N,
	D, M, D, M, M, M, M, M, D, D, M, M, D, A, A, D,		/* SP to / */
	A, A, A, A, A, A, A, A, A, A, D, D, D, D, D, D,		/* 0 to ? */
	D, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A,		/* @ to O */
	A, A, A, A, A, A, A, A, A, A, A, D, D, D, M, A,		/* P to _ */
	M, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A,		/* ` to o */
	A, A, A, A, A, A, A, A, A, A, A, D, M, D, U, N,		/* p to DEL */
	D, D, D, D, D, D, D, D, D, D, D, D, D, D, D, D,
	D, D, D, D, D, D, D, D, D, D, D, D, D, D, D, D,
	D, D, D, D, D, D, D, D, D, D, D, D, D, D, D, D,
	D, D, D, D, D, D, D, D, D, D, D, D, D, D, D, D,
	D, D, D, D, D, D, D, D, D, D, D, D, D, D, D, D,
	D, D, D, D, D, D, D, D, D, D, D, D, D, D, D, D,
	D, D, D, D, D, D, D, D, D, D, D, D, D, D, D, D,
	D, D, D, D, D, D, D, D, D, D, D, D, D, D, D, D
};

static bool
is(char c, unsigned what)
{
	return (traits[(unsigned char)c] & what) != 0;
}

/* How many bytes from i on are what? */
static size_t
span_of(struct str s, size_t i, unsigned what)
{
	size_t end;

	for (end = i; end < s.n && is(s.p[end], what); end++)
		continue;
	return end - i;
}

static bool
all_of(struct str s, unsigned what)
{
	return span_of(s, 0, what) == s.n;
}

/* s in lower case, in the arena if that is another; absent if it is full. */
static struct str
lower(struct str s, struct arena *a)
{
	char *p;
	size_t i;

	for (i = 0; i < s.n && ch_lower(s.p[i]) == s.p[i]; i++)
		continue;
	if (i == s.n)
		return s;
	p = arena_alloc(a, s.n);
	if (p == NULL)
		return STR_NONE;
	for (i = 0; i < s.n; i++)
		p[i] = ch_lower(s.p[i]);
	return (struct str){ p, s.n };
}

/*
 * Cut the next line off *rest.  *line is without its end.  False when that
 * end is no CRLF: a bare LF, or none.
 */
static bool
take_line(struct str *rest, struct str *line)
{
	size_t n;

	n = str_chr(*rest, '\n');
	*line = str_head(*rest, n);
	if (n == rest->n) {
		*rest = str_from(*rest, n);
		return false;
	}
	*rest = str_from(*rest, n + 1);
	if (n == 0 || line->p[n - 1] != '\r')
		return false;
	line->n--;
	return true;
}

static size_t
count_lines(struct str s)
{
	size_t i, n;

	for (n = 0; s.n > 0; n++) {
		i = str_chr(s, '\n');
		s = str_from(s, i + 1);
	}
	return n;
}

/*
 * Fields
 */

/* Make room for n lines in all. */
static int
reserve(struct fields *f, struct arena *a, size_t n)
{
	struct field *v;

	if (n <= f->cap)
		return 0;
	if (n > SIZE_MAX / sizeof(*v))
		return -1;
	v = arena_alloc(a, n * sizeof(*v));
	if (v == NULL)
		return -1;
	if (f->n > 0)
		memcpy(v, f->v, f->n * sizeof(*v));
	f->v = v;
	f->cap = n;
	return 0;
}

const struct str *
fields_get(const struct fields *f, struct str name)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (str_caseeq(f->v[i].name, name))
			return &f->v[i].value;
	return NULL;
}

size_t
fields_count(const struct fields *f, struct str name)
{
	size_t i, n;

	n = 0;
	for (i = 0; i < f->n; i++)
		if (str_caseeq(f->v[i].name, name))
			n++;
	return n;
}

int
fields_add(struct fields *f, struct arena *a, struct str name,
    struct str value)
{
	size_t more;

	more = f->cap == 0 ? 16 : 2 * f->cap;
	if (f->n == f->cap && reserve(f, a, more) == -1)
		return -1;
	f->v[f->n].name = name;
	f->v[f->n].value = value;
	f->n++;
	return 0;
}

int
fields_set(struct fields *f, struct arena *a, struct str name,
    struct str value)
{
	struct field *line;
	size_t i, kept;
	bool found;

	found = false;
	kept = 0;
	for (i = 0; i < f->n; i++) {
		line = &f->v[i];
		if (!str_caseeq(line->name, name)) {
			f->v[kept++] = *line;
		} else if (!found) {
			found = true;
			f->v[kept].name = name;
			f->v[kept++].value = value;
		}
	}
	f->n = kept;
	return found ? 0 : fields_add(f, a, name, value);
}

size_t
fields_del(struct fields *f, struct str name)
{
	size_t i, kept, removed;

	kept = 0;
	for (i = 0; i < f->n; i++)
		if (!str_caseeq(f->v[i].name, name))
			f->v[kept++] = f->v[i];
	removed = f->n - kept;
	f->n = kept;
	return removed;
}

struct str
fields_join(const struct fields *f, struct arena *a, struct str name,
    struct str sep)
{
	struct out o;
	struct str only;
	size_t i, n, size;
	char *p;

	n = size = 0;
	only = STR_NONE;
	for (i = 0; i < f->n; i++) {
		if (!str_caseeq(f->v[i].name, name))
			continue;
		only = f->v[i].value;
		size += only.n + sep.n;
		n++;
	}
	if (n < 2)
		return only;
	p = arena_alloc(a, size);
	if (p == NULL)
		return STR_NONE;
	out_init(&o, p, size);
	for (i = 0; i < f->n; i++) {
		if (!str_caseeq(f->v[i].name, name))
			continue;
		if (o.n > 0 || n == 0)
			out_str(&o, sep);
		out_str(&o, f->v[i].value);
		n = 0;
	}
	return out_done(&o);
}

/*
 * The end of a request head
 */

/*
 * A byte that begins a line after the request line: of a field, of what is
 * folded to one, or of the empty line.
 */
static int
begin_line(struct http_scan *scan, char c, const struct http_limits *limits)
{
	if (c == '\r')
		return 0;
	if (c == ' ' || c == '\t')
		return scan->nfields == 0 ? 400 : 0;
	if (limits->fields != 0 && scan->nfields == limits->fields)
		return 431;
	scan->nfields++;
	scan->field_start = scan->at;
	return 0;
}

/* Move on to the end of the line, or to the end of what there is. */
static int
scan_line(struct http_scan *scan, struct str seen,
    const struct http_limits *limits)
{
	int status;

	if (scan->at == seen.n)
		return 0;
	if (scan->nlines > 0 && scan->at == scan->line_start) {
		status = begin_line(scan, seen.p[scan->at], limits);
		if (status != 0)
			return status;
	}
	scan->at += span_of(seen, scan->at, scan->nlines > 0 ? VALUE : LINE);
	if (scan->nlines == 0) {
		if (scan->at - scan->line_start > limits->line)
			return 414;
	} else if (scan->at > scan->line_start &&
	    scan->at - scan->field_start > limits->field_size)
		return 431;
	return scan->at < seen.n && seen.p[scan->at] != '\r' ? 400 : 0;
}

/* Is the last word HTTP/d.d?  HTTP/0.9 would wait for an answer here. */
static bool
has_version(struct str line)
{
	struct str word;

	if (line.n < 9)
		return false;
	word = str_from(line, line.n - 9);
	return str_starts(word, STR(" HTTP/")) && ch_isdigit(word.p[6]) &&
	    word.p[7] == '.' && ch_isdigit(word.p[8]);
}

/* At a CR and a byte after it. */
static int
end_line(struct http_scan *scan, struct str seen, size_t *length)
{
	struct str line;

	if (seen.p[scan->at + 1] != '\n')
		return 400;
	line.p = seen.p + scan->line_start;
	line.n = scan->at - scan->line_start;
	scan->at += 2;
	scan->line_start = scan->at;
	if (line.n == 0 && scan->nlines > 0) {
		*length = scan->at;
		return 0;
	}
	if (line.n == 0)
		return ++scan->skip > EMPTY_LINES_MAX ? 400 : 0;
	if (scan->nlines == 0 && !has_version(line))
		return 400;
	scan->nlines++;
	return 0;
}

int
http_scan_head(struct http_scan *scan, struct str bytes,
    const struct http_limits *limits, size_t *length)
{
	struct str seen;
	int status;

	*length = 0;
	seen = str_head(bytes, limits->head);
	for (;;) {
		status = scan_line(scan, seen, limits);
		if (status != 0)
			return status;
		if (seen.n - scan->at < 2)
			break;
		status = end_line(scan, seen, length);
		if (status != 0 || *length != 0)
			return status;
	}
	if (bytes.n > limits->head)
		return scan->nlines == 0 ? 414 : 431;
	return 0;
}

/*
 * A request
 */

/* What is collected on the way through the fields. */
struct parser {
	struct request			*r;
	const struct http_limits	*limits;
	struct arena			*arena;
	const char			**why;
	struct str			 authority;	/* of an absolute uri */
	struct str			 host;		/* of Host */
	struct str			 length;	/* of Content-Length */
	size_t				 nhosts;
	size_t				 nlengths;
	size_t				 ncodings;	/* all of them */
	size_t				 nchunked;
	size_t				 noptions;	/* of Connection */
	bool				 chunked_last;
	bool				 coding_bad;
	bool				 expects_continue;
	bool				 expects_other;
	bool				 option_close;
	bool				 option_keep;
};

static int
refuse(struct parser *p, int status, const char *why)
{
	*p->why = why;
	return status;
}

/* Three words with one SP between them; the third may be missing. */
static void
split_words(struct request *r)
{
	struct str rest;
	size_t n;

	n = str_chr(r->line, ' ');
	r->method = str_head(r->line, n);
	if (n == r->line.n)
		return;
	rest = str_from(r->line, n + 1);
	n = str_chr(rest, ' ');
	r->uri = str_head(rest, n);
	if (n < rest.n)
		r->protocol = str_from(rest, n + 1);
}

/* RFC 9112 2.3: HTTP-version is case-sensitive, one digit each. */
static int
parse_version(struct parser *p)
{
	struct str v;

	v = p->r->protocol;
	if (v.p == NULL)
		return refuse(p, 400, "no version in the request line");
	if (v.n != 8 || !str_starts(v, STR("HTTP/")) || v.p[6] != '.' ||
	    !ch_isdigit(v.p[5]) || !ch_isdigit(v.p[7]))
		return refuse(p, 400, "bad version in the request line");
	if (v.p[5] != '1')
		return refuse(p, 505, "version is not 1");
	p->r->minor = v.p[7] == '0' ? 0 : 1;
	return 0;
}

/* "" or ":" and a port; 0 for none.  -1: no such thing. */
static int
parse_port(struct str s)
{
	uint64_t port;

	if (s.n == 0)
		return 0;
	if (s.p[0] != ':')
		return -1;
	if (s.n == 1)
		return 0;
	if (s.n > 1 + TOP_PORT_DIGITS || str_u64(str_from(s, 1), &port) == -1)
		return -1;
	return port == 0 || port > PORT_MAX ? -1 : (int)port;
}

/* An address in brackets?  A zone means nothing on another host. */
static bool
is_ipv6_literal(struct str s)
{
	struct in6_addr addr;
	char z[INET6_ADDRSTRLEN];

	if (s.n < 2 || s.n - 2 >= sizeof(z) || s.p[s.n - 1] != ']')
		return false;
	memcpy(z, s.p + 1, s.n - 2);
	z[s.n - 2] = '\0';
	return memchr(z, '\0', s.n - 2) == NULL &&
	    inet_pton(AF_INET6, z, &addr) == 1;
}

/*
 * A name without empty labels, but for the root's at its end.  One that is
 * longer than any name can be is not looked up.
 */
static bool
is_host_name(struct str s)
{
	size_t i;

	if (s.n == 0 || s.n > HOST_LENGTH_MAX || s.p[0] == '.' ||
	    !all_of(s, HOST))
		return false;
	for (i = 1; i < s.n; i++)
		if (s.p[i] == '.' && s.p[i - 1] == '.')
			return false;
	return true;
}

/*
 * host[:port], in the way of httpd: letters, digits, "-", "_" and "." or an
 * address.  The other bytes of RFC 3986's reg-name are in no host's name but
 * in many an attack.  User information is refused with them (RFC 9110 4.2.4).
 */
static int
parse_authority(struct str s, struct str *host, int *port)
{
	size_t n;

	n = s.n > 0 && s.p[0] == '[' ? str_chr(s, ']') + 1 : str_chr(s, ':');
	*host = str_head(s, n);
	*port = parse_port(str_from(s, n));
	if (*port == -1)
		return -1;
	if (n > 0 && s.p[0] == '[')
		return is_ipv6_literal(*host) ? 0 : -1;
	if (!is_host_name(*host))
		return -1;
	if (host->p[host->n - 1] == '.')
		host->n--;
	return 0;
}

/* http://authority/path or https://...; what follows the authority. */
static int
parse_absolute(struct parser *p, struct str *rest)
{
	struct str host, uri;
	size_t n;
	int port;

	uri = p->r->uri;
	if (str_casestarts(uri, STR("http://")))
		p->r->scheme = STR("http");
	else if (str_casestarts(uri, STR("https://")))
		p->r->scheme = STR("https");
	else
		return refuse(p, 400, "bad target in the request line");
	uri = str_from(uri, p->r->scheme.n + 3);
	for (n = 0; n < uri.n && uri.p[n] != '/' && uri.p[n] != '?'; n++)
		continue;
	p->authority = str_head(uri, n);
	*rest = str_from(uri, n);
	if (parse_authority(p->authority, &host, &port) == -1)
		return refuse(p, 400, "bad host in the request line");
	return 0;
}

/* RFC 9112 3.2: the four forms. */
static int
parse_target(struct parser *p)
{
	struct request *r = p->r;
	struct str rest;
	size_t n;
	int status;
	bool options;

	options = str_eq(r->method, STR("OPTIONS"));
	if (r->uri.n == 0)
		return refuse(p, 400, "no target in the request line");
	if (str_eq(r->method, STR("CONNECT")))
		return refuse(p, 405, "no tunnels here");
	if (str_chr(r->uri, '#') < r->uri.n)
		return refuse(p, 400, "fragment in the request line");
	if (options && str_eq(r->uri, STR("*"))) {
		r->path = r->uri;
		return 0;
	}
	rest = r->uri;
	if (rest.p[0] != '/') {
		status = parse_absolute(p, &rest);
		if (status != 0)
			return status;
	}
	n = str_chr(rest, '?');
	r->path = str_head(rest, n);
	if (n < rest.n)
		r->query = str_from(rest, n + 1);
	/* RFC 9112 3.2.4: OPTIONS of an authority alone is OPTIONS * */
	if (n == 0)
		r->path = options && rest.n == 0 ? STR("*") : STR("/");
	return 0;
}

static int
parse_request_line(struct parser *p, struct str *rest)
{
	struct request *r = p->r;
	size_t skipped;
	int status;
	bool whole;

	for (skipped = 0; str_starts(*rest, STR("\r\n")); skipped++)
		*rest = str_from(*rest, 2);
	whole = take_line(rest, &r->line);
	split_words(r);
	if (skipped > EMPTY_LINES_MAX)
		return refuse(p, 400, "too many empty lines");
	if (r->line.n > p->limits->line)
		return refuse(p, 414, "request line is too long");
	if (!all_of(r->line, LINE))
		return refuse(p, 400, "bad byte in the request line");
	if (!whole)
		return refuse(p, 400, "request line does not end in CRLF");
	status = parse_version(p);
	if (status != 0)
		return status;
	if (!http_is_token(r->method))
		return refuse(p, 400, "bad method");
	return parse_target(p);
}

/*
 * Codings are counted over all lines.  An empty element, which lists may
 * have elsewhere (RFC 9110 5.6.1), is a doubt here.
 */
static void
note_codings(struct parser *p, struct str list)
{
	struct str coding;
	size_t n;

	for (;;) {
		n = str_chr(list, ',');
		coding = str_trim(str_head(list, n));
		p->ncodings++;
		p->chunked_last = str_caseeq(coding, STR("chunked"));
		if (p->chunked_last)
			p->nchunked++;
		if (!http_is_token(coding))
			p->coding_bad = true;
		if (n == list.n)
			return;
		list = str_from(list, n + 1);
	}
}

static void
note_options(struct parser *p, struct str list)
{
	struct str option;

	while ((option = str_list_next(&list)).p != NULL) {
		p->noptions++;
		if (str_caseeq(option, STR("close")))
			p->option_close = true;
		else if (str_caseeq(option, STR("keep-alive")))
			p->option_keep = true;
	}
}

static void
note_expectations(struct parser *p, struct str list)
{
	struct str e;

	while ((e = str_list_next(&list)).p != NULL) {
		if (str_caseeq(e, STR("100-continue")))
			p->expects_continue = true;
		else
			p->expects_other = true;
	}
}

/*
 * Note what the connection is steered by, in the one pass over the fields.
 * True when the field is one of those whose folding would leave a doubt.
 */
static bool
note_field(struct parser *p, const struct field *f)
{
	switch (f->name.n) {
	case 4:
		if (!str_caseeq(f->name, STR("Host")))
			return false;
		p->nhosts++;
		p->host = f->value;
		return true;
	case 6:
		if (str_caseeq(f->name, STR("Expect")))
			note_expectations(p, f->value);
		return false;
	case 10:
		if (str_caseeq(f->name, STR("Connection")))
			note_options(p, f->value);
		return false;
	case 14:
		if (!str_caseeq(f->name, STR("Content-Length")))
			return false;
		p->nlengths++;
		p->length = f->value;
		return true;
	case 17:
		if (!str_caseeq(f->name, STR("Transfer-Encoding")))
			return false;
		note_codings(p, f->value);
		return true;
	default:
		return false;
	}
}

/* Bytes of a field with what is folded to it; 0: it does not end here. */
static size_t
field_span(struct str s)
{
	size_t end, n;

	end = 0;
	do {
		n = str_chr(str_from(s, end), '\n');
		if (n == s.n - end)
			return 0;
		end += n + 1;
	} while (end < s.n && (s.p[end] == ' ' || s.p[end] == '\t'));
	return end;
}

/* RFC 9112 5.2: each fold, with the blanks around it, becomes one SP. */
static int
unfold(struct parser *p, struct str raw, struct str *value)
{
	struct out o;
	struct str line;
	size_t size;
	char *mem;
	bool whole;

	size = value->n + raw.n;
	mem = arena_alloc(p->arena, size);
	if (mem == NULL)
		return refuse(p, 500, "arena is full");
	out_init(&o, mem, size);
	out_str(&o, *value);
	while (raw.n > 0) {
		whole = take_line(&raw, &line);
		line = str_trim(line);
		if (!whole || !all_of(line, VALUE))
			return refuse(p, 400, "bad byte in a field");
		if (line.n == 0)
			return refuse(p, 400, "empty folded line");
		if (o.n > 0)
			out_ch(&o, ' ');
		out_str(&o, line);
	}
	*value = out_done(&o);
	return 0;
}

static int
parse_field(struct parser *p, struct str *rest)
{
	struct field f;
	struct str line, raw;
	size_t n;
	int status;
	bool folded, whole;

	raw = str_head(*rest, field_span(*rest));
	if (raw.n == 0)
		return refuse(p, 400, "head does not end");
	if (raw.n > 2 && raw.n - 2 > p->limits->field_size)
		return refuse(p, 431, "field is too long");
	if (p->limits->fields != 0 && p->r->fields.n == p->limits->fields)
		return refuse(p, 431, "too many fields");
	*rest = str_from(*rest, raw.n);
	whole = take_line(&raw, &line);
	folded = raw.n > 0;
	/* RFC 9112 5.1: nothing between name and colon */
	n = span_of(line, 0, TOKEN);
	if (n == 0 || n == line.n || line.p[n] != ':')
		return refuse(p, 400, "bad field name");
	f.name = str_head(line, n);
	f.value = str_trim(str_from(line, n + 1));
	if (!whole || !all_of(f.value, VALUE))
		return refuse(p, 400, "bad byte in a field");
	status = folded ? unfold(p, raw, &f.value) : 0;
	if (status != 0)
		return status;
	if (fields_add(&p->r->fields, p->arena, f.name, f.value) == -1)
		return refuse(p, 500, "arena is full");
	if (note_field(p, &f) && folded)
		return refuse(p, 400, "folded line in a framing field");
	return 0;
}

static int
parse_fields(struct parser *p, struct str rest)
{
	int status;

	/* one more for the Host that an absolute uri may add */
	if (reserve(&p->r->fields, p->arena, count_lines(rest) + 1) == -1)
		return refuse(p, 500, "arena is full");
	while (!str_starts(rest, STR("\r\n"))) {
		status = parse_field(p, &rest);
		if (status != 0)
			return status;
	}
	return 0;
}

/* RFC 9112 3.2 and 3.2.2; an absolute uri wins, but excuses nothing. */
static int
settle_host(struct parser *p)
{
	struct request *r = p->r;
	struct str host;

	host = STR_NONE;
	if (p->nhosts > 1)
		return refuse(p, 400, "more than one host field");
	if (p->nhosts == 0 && r->minor > 0)
		return refuse(p, 400, "no host field");
	if (p->host.n > 0 && parse_authority(p->host, &host, &r->port) == -1)
		return refuse(p, 400, "bad host field");
	if (p->authority.p != NULL) {
		/* it was found good when the target was parsed */
		parse_authority(p->authority, &host, &r->port);
		if (fields_set(&r->fields, p->arena, STR("Host"),
		    p->authority) == -1)
			return refuse(p, 500, "arena is full");
	}
	r->host = lower(host, p->arena);
	if (r->host.p == NULL && host.p != NULL)
		return refuse(p, 500, "arena is full");
	return 0;
}

/*
 * RFC 9112 6.1 and 6.3 leave a choice in some of these cases; every one that
 * two parsers could read in two ways is refused.
 */
static int
settle_body(struct parser *p)
{
	struct request *r = p->r;

	if (p->ncodings > 0) {
		if (r->minor == 0)
			return refuse(p, 400, "transfer-encoding in HTTP/1.0");
		if (p->nlengths > 0)
			return refuse(p, 400,
			    "transfer-encoding with content-length");
		if (p->coding_bad || p->nchunked != 1 || !p->chunked_last)
			return refuse(p, 400,
			    "transfer-encoding does not end in chunked");
		if (p->ncodings > 1)
			return refuse(p, 501, "unknown transfer coding");
		r->body = HTTP_BODY_CHUNKED;
		return 0;
	}
	if (p->nlengths == 0)
		return 0;
	if (p->nlengths > 1)
		return refuse(p, 400, "more than one content-length");
	if (str_u64(p->length, &r->length) == -1 || r->length > INT64_MAX)
		return refuse(p, 400, "bad content-length");
	r->body = HTTP_BODY_LENGTH;
	return 0;
}

/* RFC 9112 9.3, RFC 9110 10.1.1. */
static int
settle_connection(struct parser *p)
{
	struct request *r = p->r;
	bool has_body;

	if (p->noptions > HTTP_OPTIONS_MAX)
		return refuse(p, 400, "too many connection options");
	if (r->minor > 0 && p->expects_other)
		return refuse(p, 417, "unknown expectation");
	has_body = r->body == HTTP_BODY_CHUNKED || r->length > 0;
	r->expect_continue = r->minor > 0 && p->expects_continue && has_body;
	r->keep_token = p->option_keep && !p->option_close;
	r->keep = r->keep_token || (r->minor > 0 && !p->option_close);
	return 0;
}

/*
 * A number for a name.  The seed is an address, which a client does not
 * know: it cannot choose names that all fall together.
 */
static size_t
hash_field_name(const struct request *r, struct str name)
{
	uint32_t h;
	size_t i;

	h = (uint32_t)((uintptr_t)r->fields.v >> 4) ^ 2166136261U;
	for (i = 0; i < name.n; i++)
		h = (h ^ (unsigned char)ch_lower(name.p[i])) * 16777619U;
	return h ^ h >> 16;
}

/* Lines of one name. */
struct joined {
	uint32_t	first;		/* index + 1; 0: the place is free */
	uint32_t	lines;
	size_t		size;		/* as the application will see them */
};

/* The place of a name in a table of size, a power of two. */
static struct joined *
find_joined(const struct request *r, struct joined *table, size_t size,
    struct str name)
{
	size_t k;

	k = hash_field_name(r, name) & (size - 1);
	while (table[k].first != 0 &&
	    !str_caseeq(r->fields.v[table[k].first - 1].name, name))
		k = (k + 1) & (size - 1);
	return &table[k];
}

/*
 * httpd: LimitRequestFieldSize holds for lines of one name together, too.
 * Each line is looked up once, however many there are.
 */
static int
check_joined(struct parser *p)
{
	const struct field *f;
	struct joined *j, *table;
	size_t i, mark, size;

	for (size = 64; size < 2 * p->r->fields.n; size *= 2)
		continue;
	mark = p->arena->used;
	table = arena_zalloc(p->arena, size * sizeof(*table));
	if (table == NULL)
		return refuse(p, 500, "arena is full");
	for (i = 0; i < p->r->fields.n; i++) {
		f = &p->r->fields.v[i];
		j = find_joined(p->r, table, size, f->name);
		if (j->first == 0) {
			j->first = (uint32_t)i + 1;
			j->size = f->name.n;
		}
		j->lines++;
		j->size += f->value.n + 2;
		if (j->lines > 1 && j->size > p->limits->field_size)
			return refuse(p, 431, "field lines of one name are "
			    "too long together");
	}
	arena_release(p->arena, mark);
	return 0;
}

int
http_parse_request(struct request *r, struct str head,
    const struct http_limits *limits, struct arena *a, const char **why)
{
	struct parser p;
	struct str rest;
	int status;

	memset(r, 0, sizeof(*r));
	memset(&p, 0, sizeof(p));
	*why = NULL;
	p.r = r;
	p.limits = limits;
	p.arena = a;
	p.why = why;
	rest = head;
	status = parse_request_line(&p, &rest);
	if (status == 0 && head.n > limits->head)
		status = refuse(&p, 431, "head is too long");
	if (status == 0)
		status = parse_fields(&p, rest);
	if (status == 0 && head.n > limits->field_size)
		status = check_joined(&p);
	if (status == 0)
		status = settle_host(&p);
	if (status == 0)
		status = settle_body(&p);
	if (status == 0)
		status = settle_connection(&p);
	return status;
}

void
http_trim_refused(struct request *r)
{
	const struct str *host;
	struct str name;
	int port;

	if (!all_of(r->line, LINE))
		r->method = r->uri = r->protocol = r->path = r->query =
		    STR_NONE;
	host = fields_get(&r->fields, STR("Host"));
	if (host != NULL && (fields_count(&r->fields, STR("Host")) > 1 ||
	    parse_authority(*host, &name, &port) == -1))
		fields_del(&r->fields, STR("Host"));
	r->keep = false;
}

/*
 * A path
 */

/* The value of the escape at s[i], -1 when it is none. */
static int
escaped(const char *p, size_t n, size_t i)
{
	int high, low;

	if (n - i < 3)
		return -1;
	high = ch_hex(p[i + 1]);
	low = ch_hex(p[i + 2]);
	return high == -1 || low == -1 ? -1 : high * 16 + low;
}

/* Decode what never needed an escape; check the others. */
static int
unescape_unreserved(struct str raw, char *p, size_t *n)
{
	size_t i;
	int c;

	*n = 0;
	for (i = 0; i < raw.n; i++) {
		p[*n] = raw.p[i];
		if (raw.p[i] == '%') {
			c = escaped(raw.p, raw.n, i);
			if (c == -1)
				return -1;
			if (is((char)c, UNRESERVED)) {
				p[*n] = (char)c;
				i += 2;
			}
		}
		++*n;
	}
	return 0;
}

/*
 * Remove dot segments, and empty ones where they are to be merged; those at
 * the front always go.  What is written always ends in a slash when a
 * segment begins.  -1: above the root.
 */
static int
remove_dots(char *p, size_t *n, bool merge)
{
	size_t end, from, len, to;

	to = 1;
	for (from = 1; from < *n; from = end + 1) {
		for (end = from; end < *n && p[end] != '/'; end++)
			continue;
		len = end - from;
		if (len == 0 && (merge || to == 1))
			continue;
		if (len == 1 && p[from] == '.')
			continue;
		if (len == 2 && p[from] == '.' && p[from + 1] == '.') {
			if (to == 1)
				return -1;
			for (to--; p[to - 1] != '/'; to--)
				continue;
			continue;
		}
		memmove(p + to, p + from, len);
		to += len;
		if (end < *n)
			p[to++] = '/';
	}
	*n = to;
	return 0;
}

/* Decode the escapes that are left, which are all good. */
static int
unescape_rest(char *p, size_t *n, enum http_slashes slashes)
{
	size_t from, to;
	int c;

	to = 0;
	for (from = 0; from < *n; from++) {
		if (p[from] == '\0')
			return 404;
		p[to++] = p[from];
		if (p[from] != '%')
			continue;
		c = escaped(p, *n, from);
		if (c == '\0' || (c == '/' && slashes == HTTP_SLASHES_OFF))
			return 404;
		if (c == '/' && slashes == HTTP_SLASHES_NODECODE)
			continue;
		p[to - 1] = (char)c;
		from += 2;
	}
	*n = to;
	return 0;
}

int
http_normalise_path(struct str raw, enum http_slashes slashes, bool merge,
    struct arena *a, struct str *path)
{
	size_t n;
	char *p;
	int status;

	if (raw.n == 0 || raw.p[0] != '/')
		return 400;
	p = arena_alloc(a, raw.n);
	if (p == NULL)
		return 500;
	if (unescape_unreserved(raw, p, &n) == -1 ||
	    remove_dots(p, &n, merge) == -1)
		return 400;
	status = unescape_rest(p, &n, slashes);
	if (status != 0)
		return status;
	/* httpd: slashes that were escaped make segments of their own */
	if (slashes == HTTP_SLASHES_ON && remove_dots(p, &n, merge) == -1)
		return 400;
	path->p = p;
	path->n = n;
	return 0;
}

static void
out_escaped(struct out *o, unsigned char c)
{
	static const char hex[] = "0123456789ABCDEF";

	out_ch(o, '%');
	out_ch(o, hex[c >> 4]);
	out_ch(o, hex[c & 15]);
}

void
http_escape_path(struct out *o, struct str path, enum http_slashes slashes)
{
	static const char plain[] = "/$-_.+!*'(),:@&=~";
	unsigned char c;
	size_t i;

	for (i = 0; i + 1 < path.n && path.p[i] == '/' &&
	    path.p[i + 1] == '/'; i++)
		continue;
	for (; i < path.n; i++) {
		c = (unsigned char)path.p[i];
		if (ch_isalpha((char)c) || ch_isdigit((char)c) ||
		    (c != '\0' && strchr(plain, c) != NULL) ||
		    (c == '%' && slashes == HTTP_SLASHES_NODECODE &&
		    escaped(path.p, path.n, i) == '/')) {
			out_ch(o, (char)c);
			continue;
		}
		out_escaped(o, c);
	}
}

void
http_escape_query(struct out *o, struct str query)
{
	unsigned char c;
	size_t i;

	for (i = 0; i < query.n; i++) {
		c = (unsigned char)query.p[i];
		if (c > ' ' && c < 0x7f)
			out_ch(o, (char)c);
		else
			out_escaped(o, c);
	}
}

/*
 * A response
 */

void
response_init(struct response *r)
{
	memset(r, 0, sizeof(*r));
	r->status = 200;
	r->source = SOURCE_NONE;
	r->fd = -1;
}

void
response_close(struct response *r)
{
	if (r->fd != -1)
		close(r->fd);
	r->fd = -1;
}

/*
 * An application's answer
 */

/* Fields of which the last line counts (httpd). */
enum {
	SINGLE_TYPE,
	SINGLE_LOCATION,
	SINGLE_ETAG,
	SINGLE_MODIFIED,
	SINGLE_RANGE,
	NSINGLE
};

static const struct str singles[NSINGLE] = {
	{ "Content-Type", 12 },
	{ "Location", 8 },
	{ "ETag", 4 },
	{ "Last-Modified", 13 },
	{ "Content-Range", 13 }
};

struct answering {
	struct http_answer	*r;
	struct arena		*arena;
	const char		**why;
	size_t			 line[NSINGLE];	/* index + 1, 0: none yet */
};

static int
fail(struct answering *p, int status, const char *why)
{
	*p->why = why;
	return status;
}

int64_t
http_scan_answer(struct str bytes, size_t *from, size_t line_max,
    size_t head_max)
{
	struct str line;
	size_t n;
	bool ended;

	for (;;) {
		line = str_from(bytes, *from);
		n = str_chr(line, '\n');
		ended = n < line.n;
		line.n = n;
		if (n > 0 && line.p[n - 1] == '\r')
			line.n--;
		if (line_max != 0 && line.n > line_max)
			return -1;
		if (*from + n >= head_max)
			return -1;
		if (!ended)
			return 0;
		*from += n + 1;
		if (line.n == 0)
			return (int64_t)*from;
	}
}

/*
 * A status by its leading number; not 1xx, which is no answer (RFC 9110
 * 15.2).  What follows is the reason only behind three digits and a blank
 * (httpd); strict wants that or the end.
 */
static int
parse_status(struct http_answer *r, struct str s, bool strict)
{
	uint64_t status;
	size_t n;

	for (n = 0; n < s.n && ch_isdigit(s.p[n]); n++)
		continue;
	if (str_u64(str_head(s, n), &status) == -1 || status < 200 ||
	    status > 599)
		return -1;
	r->status = (int)status;
	r->reason = STR_NONE;
	if (n == 3 && n < s.n && s.p[n] == ' ')
		r->reason = str_trim(str_from(s, n));
	else if (strict && (n != 3 || n < s.n))
		return -1;
	if (r->reason.n == 0)
		r->reason = STR_NONE;
	return 0;
}

/* "HTTP/1.1 200 OK", which nginx and lighttpd take too. */
static int
parse_status_line(struct answering *p, struct str line)
{
	if (line.n < 9 || !str_starts(line, STR("HTTP/1.")) ||
	    !ch_isdigit(line.p[7]) || line.p[8] != ' ' ||
	    !all_of(line, VALUE) ||
	    parse_status(p->r, str_from(line, 9), true) == -1)
		return fail(p, 502, "bad status line");
	return 0;
}

static int
parse_length(struct answering *p, struct str value)
{
	struct str one, list;
	uint64_t n;

	list = value;
	while ((one = str_list_next(&list)).p != NULL) {
		if (str_u64(one, &n) == -1 || n > INT64_MAX) {
			p->r->odd_length = value;
			p->r->length = -1;
			return 0;
		}
		if (p->r->length != -1 && p->r->length != (int64_t)n)
			return fail(p, 502, "two different Content-Lengths");
		p->r->length = (int64_t)n;
	}
	if (str_trim(value).n == 0)
		p->r->odd_length = value;
	return 0;
}

/* The application's chunks are read; nothing else can be. */
static int
parse_coding(struct answering *p, struct str value)
{
	if (p->r->chunked || !str_caseeq(value, STR("chunked")))
		return fail(p, 502, "Transfer-Encoding is not chunked");
	p->r->chunked = true;
	return 0;
}

/* httpd: the type goes out in lower case, its parameters as they came. */
static struct str
lower_type(struct str value, struct arena *a)
{
	struct str type;
	char *p;
	size_t n;

	n = str_chr(value, ';');
	type = lower(str_head(value, n), a);
	if (type.p == NULL || type.p == value.p)
		return type.p == NULL ? STR_NONE : value;
	p = arena_alloc(a, value.n);
	if (p == NULL)
		return STR_NONE;
	memcpy(p, type.p, n);
	if (n < value.n)
		memcpy(p + n, value.p + n, value.n - n);
	return (struct str){ p, value.n };
}

static int
store_field(struct answering *p, struct field f)
{
	struct fields *all = &p->r->fields;
	size_t i;

	for (i = 0; i < NSINGLE; i++)
		if (str_caseeq(f.name, singles[i]))
			break;
	if (i == SINGLE_TYPE)
		f.value = lower_type(f.value, p->arena);
	if (f.value.p == NULL)
		return fail(p, 500, "arena is full");
	if (i < NSINGLE && p->line[i] != 0) {
		all->v[p->line[i] - 1] = f;
		return 0;
	}
	if (fields_add(all, p->arena, f.name, f.value) == -1)
		return fail(p, 500, "arena is full");
	if (i < NSINGLE)
		p->line[i] = all->n;
	return 0;
}

static int
parse_answer_field(struct answering *p, struct str line)
{
	struct field f;
	size_t n;

	n = span_of(line, 0, TOKEN);
	if (line.p[0] == ' ' || line.p[0] == '\t')
		return fail(p, 502, "folded line");
	if (str_chr(line, ':') == line.n)
		return fail(p, 502, "line without a colon");
	if (n == 0 || line.p[n] != ':')
		return fail(p, 502, "bad field name");
	f.name = str_head(line, n);
	f.value = str_trim(str_from(line, n + 1));
	if (!all_of(f.value, VALUE))
		return fail(p, 502, "bad byte in a field");
	if (str_caseeq(f.name, STR("Status"))) {
		if (parse_status(p->r, f.value, false) == -1)
			return fail(p, 502, "bad status");
		return 0;
	}
	if (str_caseeq(f.name, STR("Content-Length")))
		return parse_length(p, f.value);
	if (str_caseeq(f.name, STR("Transfer-Encoding")))
		return parse_coding(p, f.value);
	return store_field(p, f);
}

int
http_parse_answer(struct http_answer *r, struct str head, struct arena *a,
    const char **why)
{
	struct answering p;
	struct str line;
	size_t n;
	int status;
	bool first;

	memset(r, 0, sizeof(*r));
	memset(&p, 0, sizeof(p));
	*why = NULL;
	r->length = -1;
	p.r = r;
	p.arena = a;
	p.why = why;
	if (reserve(&r->fields, a, count_lines(head)) == -1)
		return fail(&p, 500, "arena is full");
	status = 0;
	for (first = true; head.n > 0 && status == 0; first = false) {
		n = str_chr(head, '\n');
		line = str_head(head, n);
		if (n > 0 && line.p[n - 1] == '\r')
			line.n--;
		if (line.n == 0)
			break;
		/* no name has a slash: only a status line begins like this */
		if (first && str_starts(line, STR("HTTP/")))
			status = parse_status_line(&p, line);
		else
			status = parse_answer_field(&p, line);
		if (status != 0)
			r->bad_line = line;
		head = str_from(head, n + 1);
	}
	/* RFC 9112 6.3: chunks go before a length. */
	if (r->chunked) {
		r->length = -1;
		r->odd_length = STR_NONE;
	}
	return status;
}

/*
 * Chunks
 *
 *	size [ ;name [ =value ] ]... CRLF data CRLF ... 0 CRLF fields CRLF
 */

enum chunk_state {
	SIZE_FIRST,	/* first digit: what a zeroed struct begins with */
	SIZE,
	GAP,		/* blanks before the next ; */
	NAME_FIRST,	/* after ; */
	NAME,
	NAME_GAP,	/* blanks before = */
	EXT_FIRST,	/* after = */
	EXT,		/* a value that is a token */
	QUOTED,
	PAIR,		/* after \ in quotes */
	QUOTED_END,
	TRAILER_FIRST,	/* a trailer field, or the end of all */
	TRAILER_NAME,
	TRAILER_VALUE,
	NTABLE,
	SIZE_LF = NTABLE,	/* each LF state waits for one byte */
	TRAILER_LF,
	LAST_LF,
	DATA_LF,
	DATA_CR,
	DATA,
	REFUSED
};

enum chunk_kind {
	OTHER, WORD, BLANK, SEMICOLON, EQUALS, QUOTE, BACKSLASH, COLON, CR,
	CONTROL, NKIND
};

/*
 * RFC 9112 7.1, 7.1.1, 7.1.2; a trailer that is folded is not taken.  What
 * is not named is no grammar: nothing here leads back to SIZE_FIRST, 0.
 */
static const unsigned char chunk_next[NTABLE][NKIND] = {
	[SIZE_FIRST] = { [WORD] = SIZE },
	[SIZE] = { [WORD] = SIZE, [BLANK] = GAP, [SEMICOLON] = NAME_FIRST,
	    [CR] = SIZE_LF },
	[GAP] = { [BLANK] = GAP, [SEMICOLON] = NAME_FIRST },
	[NAME_FIRST] = { [WORD] = NAME, [BLANK] = NAME_FIRST },
	[NAME] = { [WORD] = NAME, [BLANK] = NAME_GAP,
	    [SEMICOLON] = NAME_FIRST, [EQUALS] = EXT_FIRST, [CR] = SIZE_LF },
	[NAME_GAP] = { [BLANK] = NAME_GAP, [SEMICOLON] = NAME_FIRST,
	    [EQUALS] = EXT_FIRST },
	[EXT_FIRST] = { [WORD] = EXT, [BLANK] = EXT_FIRST, [QUOTE] = QUOTED },
	[EXT] = { [WORD] = EXT, [BLANK] = GAP, [SEMICOLON] = NAME_FIRST,
	    [CR] = SIZE_LF },
	[QUOTED] = { [OTHER] = QUOTED, [WORD] = QUOTED, [BLANK] = QUOTED,
	    [SEMICOLON] = QUOTED, [EQUALS] = QUOTED, [QUOTE] = QUOTED_END,
	    [BACKSLASH] = PAIR, [COLON] = QUOTED },
	[PAIR] = { [OTHER] = QUOTED, [WORD] = QUOTED, [BLANK] = QUOTED,
	    [SEMICOLON] = QUOTED, [EQUALS] = QUOTED, [QUOTE] = QUOTED,
	    [BACKSLASH] = QUOTED, [COLON] = QUOTED },
	[QUOTED_END] = { [BLANK] = GAP, [SEMICOLON] = NAME_FIRST,
	    [CR] = SIZE_LF },
	[TRAILER_FIRST] = { [WORD] = TRAILER_NAME, [CR] = LAST_LF },
	[TRAILER_NAME] = { [WORD] = TRAILER_NAME, [COLON] = TRAILER_VALUE },
	[TRAILER_VALUE] = { [OTHER] = TRAILER_VALUE, [WORD] = TRAILER_VALUE,
	    [BLANK] = TRAILER_VALUE, [SEMICOLON] = TRAILER_VALUE,
	    [EQUALS] = TRAILER_VALUE, [QUOTE] = TRAILER_VALUE,
	    [BACKSLASH] = TRAILER_VALUE, [COLON] = TRAILER_VALUE,
	    [CR] = TRAILER_LF }
};

static enum chunk_kind
kind_of(char c)
{
	switch (c) {
	case ' ':
	case '\t':
		return BLANK;
	case ';':
		return SEMICOLON;
	case '=':
		return EQUALS;
	case '"':
		return QUOTE;
	case '\\':
		return BACKSLASH;
	case ':':
		return COLON;
	case '\r':
		return CR;
	default:
		if (is(c, TOKEN))
			return WORD;
		return is(c, VALUE) ? OTHER : CONTROL;
	}
}

/* The next digit of a size, which must fit into an int64_t. */
static int
add_digit(struct http_chunks *c, char byte)
{
	int digit;

	digit = ch_hex(byte);
	if (digit == -1 || c->left > INT64_MAX >> 4)
		return -1;
	c->left = c->left << 4 | (uint64_t)digit;
	return 0;
}

/*
 * A size line has ended.  A chunk pays for its own frame and for twice its
 * data; what is left adds up, or a client could send any amount of zeros and
 * extensions that no limit on bodies counts.
 */
static void
begin_data(struct http_chunks *c)
{
	c->state = c->left > 0 ? DATA : TRAILER_FIRST;
	if (c->left == 0)
		return;
	if (c->overhead / 2 < c->left)
		c->overhead = 0;
	else
		c->overhead -= 2 * c->left;
	c->overhead -= c->overhead < OVERHEAD_FREE ? c->overhead :
	    OVERHEAD_FREE;
}

/* States that wait for exactly one byte. */
static int
end_chunk_line(struct http_chunks *c, char byte)
{
	if (byte != (c->state == DATA_CR ? '\r' : '\n'))
		return -1;
	c->line = 0;
	switch (c->state) {
	case SIZE_LF:
		begin_data(c);
		break;
	case DATA_CR:
		c->state = DATA_LF;
		break;
	case DATA_LF:
		c->state = SIZE_FIRST;
		break;
	case TRAILER_LF:
		c->state = TRAILER_FIRST;
		break;
	case LAST_LF:
		c->done = true;
		break;
	default:
		return -1;
	}
	return 0;
}

/* One byte that is not data. */
static int
step_chunk(struct http_chunks *c, char byte, size_t line_max,
    size_t fields_max)
{
	int from;

	if (++c->overhead > OVERHEAD_MAX)
		return -1;
	if (c->state >= NTABLE)
		return end_chunk_line(c, byte);
	from = c->state;
	c->state = chunk_next[from][kind_of(byte)];
	if (c->state == 0 || (byte != '\r' && ++c->line > line_max))
		return -1;
	if (c->state == SIZE)
		return add_digit(c, byte);
	if (from == TRAILER_FIRST && c->state == TRAILER_NAME &&
	    ++c->lines > fields_max && fields_max != 0)
		return -1;
	return 0;
}

int64_t
http_decode_chunks(struct http_chunks *c, struct str in, size_t line_max,
    size_t fields_max, struct str *data)
{
	size_t i;

	*data = str_head(in, 0);
	if (c->state == REFUSED)
		return -1;
	for (i = 0; i < in.n && !c->done; i++) {
		if (c->state == DATA) {
			*data = str_from(in, i);
			if (data->n > c->left)
				data->n = (size_t)c->left;
			c->left -= data->n;
			if (c->left == 0)
				c->state = DATA_CR;
			return (int64_t)(i + data->n);
		}
		if (step_chunk(c, in.p[i], line_max, fields_max) == -1) {
			c->state = REFUSED;
			return -1;
		}
	}
	return (int64_t)i;
}

/*
 * Words
 */

/* RFC 9110 15, and those of other standards that applications use. */
static const struct {
	int		 status;
	const char	*words;
} reasons[] = {
	{ 100, "Continue" },
	{ 101, "Switching Protocols" },
	{ 102, "Processing" },
	{ 103, "Early Hints" },
	{ 200, "OK" },
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 203, "Non-Authoritative Information" },
	{ 204, "No Content" },
	{ 205, "Reset Content" },
	{ 206, "Partial Content" },
	{ 207, "Multi-Status" },
	{ 208, "Already Reported" },
	{ 226, "IM Used" },
	{ 300, "Multiple Choices" },
	{ 301, "Moved Permanently" },
	{ 302, "Found" },
	{ 303, "See Other" },
	{ 304, "Not Modified" },
	{ 305, "Use Proxy" },
	{ 307, "Temporary Redirect" },
	{ 308, "Permanent Redirect" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 402, "Payment Required" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 407, "Proxy Authentication Required" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 410, "Gone" },
	{ 411, "Length Required" },
	{ 412, "Precondition Failed" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 416, "Range Not Satisfiable" },
	{ 417, "Expectation Failed" },
	{ 418, "I'm a teapot" },
	{ 421, "Misdirected Request" },
	{ 422, "Unprocessable Content" },
	{ 423, "Locked" },
	{ 424, "Failed Dependency" },
	{ 425, "Too Early" },
	{ 426, "Upgrade Required" },
	{ 428, "Precondition Required" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 451, "Unavailable For Legal Reasons" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
	{ 505, "HTTP Version Not Supported" },
	{ 506, "Variant Also Negotiates" },
	{ 507, "Insufficient Storage" },
	{ 508, "Loop Detected" },
	{ 510, "Not Extended" },
	{ 511, "Network Authentication Required" }
};

struct str
http_reason(int status)
{
	/* one each, so that a slice stays good after the next call */
	static char others[1000][sizeof("Status 999")];
	size_t i;

	for (i = 0; i < NELEM(reasons); i++)
		if (reasons[i].status == status)
			return str_of(reasons[i].words);
	if (status < 0 || status > 999)
		return STR("Status");
	snprintf(others[status], sizeof(others[status]), "Status %03d",
	    status);
	return str_of(others[status]);
}

bool
http_is_token(struct str s)
{
	return s.n > 0 && all_of(s, TOKEN);
}

/* Is name one of n names, or with starts, does it begin with one? */
static bool
is_among(struct str name, const char *const *names, size_t n, bool starts)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (starts ? str_casestarts(name, str_of(names[i])) :
		    str_caseeq(name, str_of(names[i])))
			return true;
	return false;
}

/*
 * Proxy-Authorization is not among them: without a proxy in front it is the
 * application's, when the configuration lets it have it (CGIPassAuth).
 */
bool
http_is_hop_by_hop(struct str name)
{
	switch (name.n) {
	case 2:
		return str_caseeq(name, STR("TE"));
	case 7:
		return str_caseeq(name, STR("Trailer")) ||
		    str_caseeq(name, STR("Upgrade"));
	case 10:
		return str_caseeq(name, STR("Connection")) ||
		    str_caseeq(name, STR("Keep-Alive"));
	case 16:
		return str_caseeq(name, STR("Proxy-Connection"));
	case 17:
		return str_caseeq(name, STR("Transfer-Encoding"));
	case 18:
		return str_caseeq(name, STR("Proxy-Authenticate"));
	default:
		return false;
	}
}

/* What Connection cannot remove, so that no client unsays who it is. */
static bool
is_protected(struct str name, struct str keep)
{
	static const char *const names[] = {
		"Host", "Cookie", "Authorization", "Forwarded"
	};
	static const char *const prefixes[] = { "Content-", "X-Forwarded-" };

	return is_among(name, names, NELEM(names), false) ||
	    is_among(name, prefixes, NELEM(prefixes), true) ||
	    (keep.p != NULL && str_caseeq(name, keep));
}

/* Collect what Connection names and may remove; how many there are. */
static size_t
collect_options(const struct fields *f, struct str keep, struct str *options)
{
	struct str list, option;
	size_t i, n, seen;

	n = seen = 0;
	for (i = 0; i < f->n; i++) {
		if (!str_caseeq(f->v[i].name, STR("Connection")))
			continue;
		list = f->v[i].value;
		while ((option = str_list_next(&list)).p != NULL) {
			if (seen++ == HTTP_OPTIONS_MAX)
				return n;
			if (!is_protected(option, keep))
				options[n++] = option;
		}
	}
	return n;
}

void
http_strip_hop_by_hop(struct fields *f, struct str keep)
{
	struct str options[HTTP_OPTIONS_MAX];
	size_t i, j, kept, n;

	n = collect_options(f, keep, options);
	kept = 0;
	for (i = 0; i < f->n; i++) {
		if (http_is_hop_by_hop(f->v[i].name))
			continue;
		for (j = 0; j < n; j++)
			if (str_caseeq(f->v[i].name, options[j]))
				break;
		if (j == n)
			f->v[kept++] = f->v[i];
	}
	f->n = kept;
}

/*
 * Dates, by the Gregorian calendar and without gmtime(3), which may open
 * the time zone's file
 */

enum { DAY = 24 * 60 * 60 };

static const char *const day_names[7] = {
	"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
	"Saturday"
};

static const char month_names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

/* Days from the first of 1970 to a day; month is 1 to 12. */
static int64_t
days_to(int year, int month, int day)
{
	int64_t y;
	int m;

	/* years that begin in March have their leap day at the end */
	y = month > 2 ? year : year - 1;
	m = month > 2 ? month - 3 : month + 9;
	return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 +
	    day - 1 - 719468;
}

/* Two digits. */
static void
put_pair(struct out *o, int n)
{
	out_ch(o, (char)('0' + n / 10));
	out_ch(o, (char)('0' + n % 10));
}

void
http_format_date(time_t t, char *buf)
{
	struct out o;
	int64_t days, when;
	int month, seconds, year;

	when = (int64_t)t;
	if (when < 0)
		when = 0;
	if (when >= days_to(10000, 1, 1) * DAY)
		when = days_to(10000, 1, 1) * DAY - 1;
	days = when / DAY;
	seconds = (int)(when % DAY);
	/* 366 days a year is never too late, and not much too early */
	year = 1970 + (int)(days / 366);
	while (days_to(year + 1, 1, 1) <= days)
		year++;
	month = 12;
	while (days_to(year, month, 1) > days)
		month--;
	out_init(&o, buf, 29);
	out_str(&o, str_head(str_of(day_names[(days + 4) % 7]), 3));
	out_z(&o, ", ");
	put_pair(&o, (int)(days - days_to(year, month, 1)) + 1);
	out_ch(&o, ' ');
	out_str(&o, (struct str){ month_names + (month - 1) * 3, 3 });
	out_ch(&o, ' ');
	put_pair(&o, year / 100);
	put_pair(&o, year % 100);
	out_ch(&o, ' ');
	put_pair(&o, seconds / 3600);
	out_ch(&o, ':');
	put_pair(&o, seconds / 60 % 60);
	out_ch(&o, ':');
	put_pair(&o, seconds % 60);
	out_z(&o, " GMT");
	buf[29] = '\0';
}

/* 0 stands for a digit, a for a letter, _ for a digit or SP. */
static bool
fits(struct str s, const char *form)
{
	size_t i;

	if (s.n != strlen(form))
		return false;
	for (i = 0; i < s.n; i++) {
		if (form[i] == '0' || (form[i] == '_' && s.p[i] != ' ')) {
			if (!ch_isdigit(s.p[i]))
				return false;
		} else if (form[i] == 'a') {
			if (!ch_isalpha(s.p[i]))
				return false;
		} else if (form[i] != '_' && form[i] != s.p[i])
			return false;
	}
	return true;
}

/* n digits at i, of which the first may be SP. */
static int
number_at(struct str s, size_t i, size_t n)
{
	int v;

	for (v = 0; n > 0; n--, i++)
		v = v * 10 + (s.p[i] == ' ' ? 0 : s.p[i] - '0');
	return v;
}

/* 1 to 12; 0: no month. */
static int
month_at(struct str s, size_t i)
{
	int m;

	for (m = 0; m < 12; m++)
		if (memcmp(month_names + 3 * m, s.p + i, 3) == 0)
			return m + 1;
	return 0;
}

/* n is 3, or 0 for the whole name. */
static bool
is_day_name(struct str s, size_t n)
{
	size_t i;

	for (i = 0; i < NELEM(day_names); i++)
		if (str_eq(s, n == 0 ? str_of(day_names[i]) :
		    str_head(str_of(day_names[i]), n)))
			return true;
	return false;
}

/* A date, and hh:mm:ss of s at i. */
static int
make_time(int year, int month, int day, struct str clock, time_t *t)
{
	int64_t when, next;
	int hour, minute, second;

	if (year < 1970 || month == 0 || day == 0)
		return -1;
	next = month == 12 ? days_to(year + 1, 1, 1) :
	    days_to(year, month + 1, 1);
	if (days_to(year, month, day) >= next)
		return -1;
	hour = number_at(clock, 0, 2);
	minute = number_at(clock, 3, 2);
	second = number_at(clock, 6, 2);
	/* RFC 9110 5.6.7: 60 is a leap second */
	if (hour > 23 || minute > 59 || second > 60)
		return -1;
	when = days_to(year, month, day) * DAY + hour * 3600 + minute * 60 +
	    second;
	*t = (time_t)when;
	return *t == when ? 0 : -1;
}

/*
 * Take the zone, the last word, off a date: seconds east of Greenwich.  GMT is
 * what is sent (RFC 9110 5.6.7), the others are what is met (RFC 5322 3.3).
 */
static int
take_zone(struct str *s, int *east)
{
	struct str zone;
	size_t i;

	for (i = s->n; i > 0 && s->p[i - 1] != ' '; i--)
		continue;
	if (i == 0)
		return -1;
	zone = str_from(*s, i);
	*s = str_head(*s, i - 1);
	*east = 0;
	if (str_caseeq(zone, STR("GMT")) || str_caseeq(zone, STR("UTC")) ||
	    str_caseeq(zone, STR("UT")) || str_caseeq(zone, STR("Z")))
		return 0;
	if (!fits(zone, "+0000") && !fits(zone, "-0000"))
		return -1;
	if (number_at(zone, 1, 2) > 23 || number_at(zone, 3, 2) > 59)
		return -1;
	*east = number_at(zone, 1, 2) * 3600 + number_at(zone, 3, 2) * 60;
	if (zone.p[0] == '-')
		*east = -*east;
	return 0;
}

/* "Sun, 06 Nov 1994 08:49:37", or with a day of one digit (RFC 5322). */
static int
parse_usual(struct str s, time_t *t)
{
	size_t digits;

	digits = fits(s, "aaa, 0 aaa 0000 00:00:00") ? 1 : 2;
	if ((digits == 2 && !fits(s, "aaa, 00 aaa 0000 00:00:00")) ||
	    !is_day_name(str_head(s, 3), 3))
		return -1;
	return make_time(number_at(s, 10 + digits, 4),
	    month_at(s, 6 + digits), number_at(s, 5, digits),
	    str_from(s, 15 + digits), t);
}

/* "Sunday, 06-Nov-94 08:49:37" */
static int
parse_old(struct str s, time_t *t)
{
	struct str rest;
	size_t n;
	int year;

	n = str_chr(s, ',');
	rest = str_from(s, n);
	if (!fits(rest, ", 00-aaa-00 00:00:00") ||
	    !is_day_name(str_head(s, n), 0))
		return -1;
	year = number_at(rest, 9, 2);
	year += year < 70 ? 2000 : 1900;
	return make_time(year, month_at(rest, 5), number_at(rest, 2, 2),
	    str_from(rest, 12), t);
}

int
http_parse_date(struct str s, time_t *t)
{
	time_t local;
	int east;

	if (fits(s, "aaa aaa _0 00:00:00 0000")) {
		if (!is_day_name(str_head(s, 3), 3))
			return -1;
		return make_time(number_at(s, 20, 4), month_at(s, 4),
		    number_at(s, 8, 2), str_from(s, 11), t);
	}
	if (take_zone(&s, &east) == -1 ||
	    (parse_usual(s, &local) == -1 && parse_old(s, &local) == -1) ||
	    (east > 0 && local < east))
		return -1;
	*t = local - east;
	return 0;
}

/* An entity tag without the mark of weakness; *weak tells whether it was. */
static struct str
opaque_tag(struct str tag, bool *weak)
{
	*weak = str_starts(tag, STR("W/"));
	return *weak ? str_from(tag, 2) : tag;
}

/*
 * Does the list of If-Match or If-None-Match hold the tag?  "*" holds every
 * one.  RFC 9110 8.8.3.2: strong comparison wants both to be strong.
 */
static bool
holds_tag(const struct fields *request, struct str name,
    const struct str *etag, bool strong)
{
	struct str list, one, tag;
	bool weak, weak_tag;
	size_t i;

	for (i = 0; i < request->n; i++) {
		if (!str_caseeq(request->v[i].name, name))
			continue;
		list = request->v[i].value;
		while ((one = str_list_next(&list)).p != NULL) {
			if (str_eq(one, STR("*")))
				return true;
			if (etag == NULL)
				continue;
			tag = opaque_tag(*etag, &weak_tag);
			one = opaque_tag(one, &weak);
			if (str_eq(one, tag) &&
			    (!strong || (!weak && !weak_tag)))
				return true;
		}
	}
	return false;
}

/*
 * Was it modified after the date of the field?  -1: there is nothing to
 * compare, and the condition is passed over.
 */
static int
modified_since(const struct fields *request, struct str name,
    const time_t *modified, const time_t *latest)
{
	const struct str *value;
	time_t t;

	value = fields_get(request, name);
	/* RFC 9110 13.1.3: of two dates none counts. */
	if (value == NULL || modified == NULL ||
	    fields_count(request, name) > 1 ||
	    http_parse_date(*value, &t) == -1)
		return -1;
	/* One of the future is none (RFC 7232 3.3, httpd). */
	if (latest != NULL && t > *latest)
		return -1;
	return *modified > t;
}

int
http_check_conditions(const struct fields *request, const struct str *etag,
    const time_t *modified, time_t now)
{
	if (fields_get(request, STR("If-Match")) != NULL) {
		if (!holds_tag(request, STR("If-Match"), etag, true))
			return 412;
	} else if (modified_since(request, STR("If-Unmodified-Since"),
	    modified, NULL) == 1)
		return 412;
	if (fields_get(request, STR("If-None-Match")) != NULL)
		return holds_tag(request, STR("If-None-Match"), etag,
		    false) ? 304 : 0;
	return modified_since(request, STR("If-Modified-Since"),
	    modified, &now) == 0 ? 304 : 0;
}

bool
http_check_if_range(const struct fields *request, const struct str *etag,
    const time_t *modified, time_t now)
{
	const struct str *value;
	time_t t;

	value = fields_get(request, STR("If-Range"));
	if (value == NULL)
		return true;
	if (fields_count(request, STR("If-Range")) > 1)
		return false;
	/* A weak tag begins with W/ and equals no strong one. */
	if (str_chr(*value, '"') < value->n)
		return etag != NULL && str_starts(*value, STR("\"")) &&
		    str_eq(*value, *etag);
	/*
	 * RFC 9110 8.8.2.2: the second must be over, or the file may have
	 * changed twice in it.
	 */
	return modified != NULL && http_parse_date(*value, &t) == 0 &&
	    t == *modified && t < now;
}

/*
 * PROXY
 */

static const char no_proxy[] = "it does not begin with a PROXY header";

/* The place of an address of *p: what the wire has first is the client. */
static struct sockaddr_storage *
proxy_end(struct http_proxy *p, size_t i)
{
	return i == 0 ? &p->client : &p->here;
}

/* address is of the family, in network order. */
static void
set_address(struct sockaddr_storage *ss, int family, const void *address)
{
	struct sockaddr_in sin;
	struct sockaddr_in6 sin6;

	if (family == AF_INET) {
		memset(&sin, 0, sizeof(sin));
		sin.sin_family = AF_INET;
		memcpy(&sin.sin_addr, address, sizeof(sin.sin_addr));
		memcpy(ss, &sin, sizeof(sin));
		return;
	}
	memset(&sin6, 0, sizeof(sin6));
	sin6.sin6_family = AF_INET6;
	memcpy(&sin6.sin6_addr, address, sizeof(sin6.sin6_addr));
	memcpy(ss, &sin6, sizeof(sin6));
}

/* port in host order, of an address that is set. */
static void
set_port(struct sockaddr_storage *ss, unsigned port)
{
	if (ss->ss_family == AF_INET)
		((struct sockaddr_in *)ss)->sin_port = htons((uint16_t)port);
	else
		((struct sockaddr_in6 *)ss)->sin6_port =
		    htons((uint16_t)port);
}

/* As many bytes as there are of both, the same? */
static bool
agrees(struct str s, struct str with)
{
	return s.n < with.n ? str_starts(with, s) : str_starts(s, with);
}

/* Can more bytes make text an address?  text has room for any of the ends. */
static bool
may_become_address(char *text, size_t n, int family)
{
	static const char *const ends[] = {
		"", "0", ".0", "0.0", ".0.0", "0.0.0", ".0.0.0", "0.0.0.0",
		":", "::", ":0"
	};
	char address[sizeof(struct in6_addr)];
	size_t i;

	for (i = 0; i < NELEM(ends); i++) {
		memcpy(text + n, ends[i], strlen(ends[i]) + 1);
		if (inet_pton(family, text, address) == 1)
			return true;
	}
	return false;
}

/* An address of version 1; whole: its word has ended. */
static int
parse_proxy_address(struct sockaddr_storage *ss, int family, struct str word,
    bool whole)
{
	char address[sizeof(struct in6_addr)];
	char text[INET6_ADDRSTRLEN + sizeof("0.0.0.0")];

	if (word.n >= INET6_ADDRSTRLEN || str_chr(word, '\0') < word.n)
		return -1;
	memcpy(text, word.p, word.n);
	text[word.n] = '\0';
	if (!whole)
		return may_become_address(text, word.n, family) ? 0 : -1;
	if (inet_pton(family, text, address) != 1)
		return -1;
	set_address(ss, family, address);
	return 0;
}

/* A port of version 1: decimal, without a sign and leading zeros. */
static int
parse_proxy_port(struct sockaddr_storage *ss, struct str word, bool whole)
{
	uint64_t port;

	if (word.n == 0)
		return whole ? -1 : 0;
	if (word.n > TOP_PORT_DIGITS || (word.n > 1 && word.p[0] == '0') ||
	    str_u64(word, &port) == -1 || port > PORT_MAX)
		return -1;
	if (whole)
		set_port(ss, (unsigned)port);
	return 0;
}

/* What follows UNKNOWN is not read (2.1), but for the end of the line. */
static long
skip_proxy_line(struct str rest, const char **why)
{
	size_t n;

	*why = "a blank or CRLF belongs behind UNKNOWN";
	if (rest.n > 0 && rest.p[0] != ' ' && rest.p[0] != '\r')
		return -1;
	*why = "the line ends without CRLF";
	n = str_chr(rest, '\r');
	if (str_chr(str_head(rest, n), '\n') < n)
		return -1;
	if (n + 1 >= rest.n)
		return 0;
	return rest.p[n + 1] == '\n' ? (long)(n + 2) : -1;
}

/* Both addresses, both ports, CRLF. */
static long
parse_proxy_words(struct http_proxy *p, int family, struct str rest,
    const char **why)
{
	struct str word;
	size_t i, n, used;
	bool whole;
	int bad;

	used = 0;
	for (i = 0; i < 4; i++) {
		n = str_chr(rest, i == 3 ? '\r' : ' ');
		word = str_head(rest, n);
		whole = n < rest.n;
		*why = i < 2 ? "a bad address" : "a bad port";
		bad = i < 2 ? parse_proxy_address(proxy_end(p, i), family,
		    word, whole) :
		    parse_proxy_port(proxy_end(p, i - 2), word, whole);
		if (bad == -1)
			return -1;
		if (!whole)
			return 0;
		rest = str_from(rest, n + 1);
		used += n + 1;
	}
	*why = "the line ends without CRLF";
	if (rest.n == 0)
		return 0;
	return rest.p[0] == '\n' ? (long)(used + 1) : -1;
}

/* Version 1, a line. */
static long
parse_proxy_line(struct http_proxy *p, struct str s, const char **why)
{
	static const struct {
		const char	*head;
		int		 family;
	} kinds[] = {
		{ "PROXY TCP4 ", AF_INET },
		{ "PROXY TCP6 ", AF_INET6 },
		{ "PROXY UNKNOWN", AF_UNSPEC }
	};
	struct str head;
	size_t i;
	long n;

	for (i = 0; i < NELEM(kinds); i++)
		if (agrees(s, str_of(kinds[i].head)))
			break;
	*why = no_proxy;
	if (i == NELEM(kinds))
		return -1;
	head = str_of(kinds[i].head);
	if (s.n <= head.n)
		return 0;
	s = str_from(s, head.n);
	p->local = kinds[i].family == AF_UNSPEC;
	n = p->local ? skip_proxy_line(s, why) :
	    parse_proxy_words(p, kinds[i].family, s, why);
	return n <= 0 ? n : n + (long)head.n;
}

/* Its CR must be in time for the LF to be one of the allowed bytes. */
static long
parse_proxy_1(struct http_proxy *p, struct str s, const char **why)
{
	long n;

	s = str_head(s, PROXY_LINE_MAX);
	n = parse_proxy_line(p, s, why);
	if (n == 0 && s.n > PROXY_LINE_MAX - 2 &&
	    s.p[PROXY_LINE_MAX - 2] != '\r') {
		*why = "the line is longer than 107 bytes";
		return -1;
	}
	return n;
}

/*
 * The fixed part of version 2 as far as it is there.  *family gets what to
 * read of the addresses (AF_UNSPEC: nothing), *length what follows.
 */
static int
parse_proxy_fixed(struct str s, int *family, size_t *length,
    const char **why)
{
	static const int families[] = { AF_UNSPEC, AF_INET, AF_INET6,
	    AF_UNSPEC };
	static const size_t sizes[] = { 0, 12, 36, 216 };
	unsigned char b[PROXY_FIXED] = { 0 };
	unsigned command, from, transport;

	memcpy(b, s.p, s.n < sizeof(b) ? s.n : sizeof(b));
	command = b[12] & 15;
	*why = "an unknown version or command";
	if (s.n > 12 && (b[12] >> 4 != 2 || command > 1))
		return -1;
	/* LOCAL has no use for the family, whatever it is (2.2). */
	from = command == 0 ? 0 : b[13] >> 4;
	transport = command == 0 ? 0 : b[13] & 15;
	*why = "an unknown family or transport";
	if (s.n > 13 && (from >= NELEM(families) || transport > 2))
		return -1;
	*length = (size_t)b[14] << 8 | b[15];
	*why = "the header is longer than 4096 bytes";
	if (s.n > 14 && PROXY_FIXED + *length > HTTP_PROXY_MAX)
		return -1;
	*why = "the addresses do not fit into its length";
	if (s.n > 15 && transport != 0 && *length < sizes[from])
		return -1;
	*family = transport == 1 ? families[from] : AF_UNSPEC;
	return 0;
}

/* Version 2, binary. */
static long
parse_proxy_2(struct http_proxy *p, struct str s, const char **why)
{
	static const char signature[] = "\r\n\r\n\0\r\nQUIT\n";
	const unsigned char *port;
	size_t i, length, size;
	int family;

	*why = no_proxy;
	if (!agrees(s, STR(signature)) ||
	    parse_proxy_fixed(s, &family, &length, why) == -1)
		return -1;
	if (s.n < PROXY_FIXED || s.n < PROXY_FIXED + length)
		return 0;
	p->local = family == AF_UNSPEC;
	size = family == AF_INET ? 4 : 16;
	for (i = 0; i < 2 && !p->local; i++) {
		port = (const unsigned char *)s.p + PROXY_FIXED + 2 * size +
		    2 * i;
		set_address(proxy_end(p, i), family,
		    s.p + PROXY_FIXED + i * size);
		set_port(proxy_end(p, i), (unsigned)port[0] << 8 | port[1]);
	}
	return (long)(PROXY_FIXED + length);
}

long
http_parse_proxy(struct http_proxy *p, struct str s, const char **why)
{
	long n;

	memset(p, 0, sizeof(*p));
	p->local = true;
	p->client.ss_family = p->here.ss_family = AF_UNSPEC;
	*why = NULL;
	if (s.n == 0)
		return 0;
	n = s.p[0] == '\r' ? parse_proxy_2(p, s, why) :
	    parse_proxy_1(p, s, why);
	if (n >= 0)
		*why = NULL;
	return n;
}

bool
http_is_idempotent(struct str method)
{
	static const char *const methods[] = { "GET", "HEAD", "OPTIONS",
	    "TRACE", "PUT", "DELETE" };
	size_t i;

	for (i = 0; i < NELEM(methods); i++)
		if (str_eq(method, str_of(methods[i])))
			return true;
	return false;
}

static bool
has_charset(struct str type)
{
	while (type.n > 0) {
		if (str_casestarts(type, STR("charset=")))
			return true;
		type = str_from(type, 1);
	}
	return false;
}

struct str
http_add_charset(struct str type, const char *charset, struct arena *a)
{
	struct str bare;
	const char *text;

	bare = str_trim(str_head(type, str_chr(type, ';')));
	if (has_charset(type) || (!str_caseeq(bare, STR("text/plain")) &&
	    !str_caseeq(bare, STR("text/html"))))
		return type;
	text = arena_printf(a, "%.*s; charset=%s", STR_ALL(type), charset);
	return text == NULL ? STR_NONE : str_of(text);
}
