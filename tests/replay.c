/*
 * replay: sends every raw request of vectors_http.h to a running gateway,
 * each on a connection of its own, and compares what comes back.
 *
 *	replay [-s] [-e file] host port
 *
 * A refused request must get its status with Connection: close, and then the
 * end of the connection; one that is taken a 200 with the request's body,
 * which is what the application shall answer; one of which more must come
 * nothing at all.  Behind each that ends its connection hangs the request
 * /marker, which nobody may serve; on one that goes on /second is served.
 *
 * -s: the bytes go out in pieces, one by one when they are few, and the
 * second request directly behind the first.  -e: a line for each request that
 * the application must have got, in the manner of backend -l.
 *
 * It prints a line for each vector that failed, and "N vectors, N failed".
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <errno.h>
#include <inttypes.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "vectors_http.h"

enum {
	PATIENCE = 5000,	/* ms for anything that must come */
	SILENCE = 30,		/* ms in which nothing may come */
	FEW = 48,		/* bytes that are sent one by one */
	MAX_TEXT = 4096
};

#define MARKER	"GET /marker HTTP/1.1\r\nHost: marker\r\n\r\n"
#define SECOND	"GET /second HTTP/1.1\r\nHost: second\r\n\r\n"

/* A request as the application gets it. */
struct told {
	char		 method[64];
	char		 uri[256];
	char		 body[256];
	size_t		 nbody;
	bool		 old;		/* HTTP/1.0 */
	bool		 expects;
};

struct answer {
	int		 status;
	bool		 interim;	/* a 1xx came before */
	bool		 close;		/* Connection says so */
	bool		 keep;
	bool		 chunked;
	uint64_t	 length;	/* UINT64_MAX: not told */
	char		 body[MAX_TEXT];
	size_t		 nbody;
};

static struct {
	int		 fd;
	size_t		 pos;
	size_t		 end;
	char		 buf[65536];
} conn;

static const char	*host;
static const char	*port;
static bool		 split;
static FILE		*expected;
static uint64_t		 seed;

static void
usage(void)
{
	fprintf(stderr, "usage: replay [-s] [-e file] host port\n");
	exit(64);
}

static void
fail(const char *what)
{
	fprintf(stderr, "replay: %s: %s\n", what, strerror(errno));
	exit(71);
}

/* The same sequence for the same vector, xorshift64*. */
static uint64_t
next_random(void)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return seed * UINT64_C(0x2545f4914f6cdd1d);
}

/*
 * The connection.
 */

static void
open_conn(void)
{
	struct addrinfo hints, *ai;
	int on = 1;

	memset(&hints, 0, sizeof(hints));
	hints.ai_socktype = SOCK_STREAM;
	if (getaddrinfo(host, port, &hints, &ai) != 0)
		usage();
	conn.pos = conn.end = 0;
	conn.fd = socket(ai->ai_family, SOCK_STREAM, 0);
	if (conn.fd == -1 || connect(conn.fd, ai->ai_addr, ai->ai_addrlen) ==
	    -1)
		fail("connect");
	(void)setsockopt(conn.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	freeaddrinfo(ai);
}

/* False when the other side has closed. */
static bool
send_all(const char *p, size_t n)
{
	ssize_t k;

	for (; n > 0; n -= (size_t)k) {
		if ((k = write(conn.fd, p, n)) == -1)
			return false;
		p += k;
	}
	return true;
}

/* The pause lets the gateway see each piece for itself, mostly. */
static bool
send_pieces(const char *p, size_t n)
{
	struct timespec pause = { 0, 100000 };
	size_t k;

	for (; n > 0; n -= k) {
		k = n <= FEW ? 1 : 1 + (size_t)(next_random() % (n / 2));
		if (!send_all(p, k))
			return false;
		nanosleep(&pause, NULL);
		p += k;
	}
	return true;
}

/* 1: more bytes, 0: the end, -1: a reset, -2: nothing in time. */
static int
fill(int ms)
{
	struct pollfd pfd;
	ssize_t n;

	if (conn.pos == conn.end)
		conn.pos = conn.end = 0;
	if (conn.end == sizeof(conn.buf))
		return -1;
	pfd.fd = conn.fd;
	pfd.events = POLLIN;
	if (poll(&pfd, 1, ms) != 1)
		return -2;
	n = read(conn.fd, conn.buf + conn.end, sizeof(conn.buf) - conn.end);
	if (n <= 0)
		return (int)n;
	conn.end += (size_t)n;
	return 1;
}

static const char *
why_not(int filled)
{
	return filled == 0 ? "the connection ended within an answer" :
	    filled == -1 ? "the connection was reset within an answer" :
	    "no answer in time";
}

/*
 * Answers.
 */

/* A line without its CRLF into text. */
static const char *
read_line(char *text)
{
	char *nl;
	size_t n;
	int r;

	while ((nl = memchr(conn.buf + conn.pos, '\n',
	    conn.end - conn.pos)) == NULL)
		if ((r = fill(PATIENCE)) != 1)
			return why_not(r);
	n = (size_t)(nl - (conn.buf + conn.pos));
	if (n == 0 || nl[-1] != '\r' || n > MAX_TEXT)
		return "a line of the answer is none";
	memcpy(text, conn.buf + conn.pos, n - 1);
	text[n - 1] = '\0';
	conn.pos += n + 1;
	return NULL;
}

static const char *
read_bytes(struct answer *a, uint64_t n)
{
	size_t k;
	int r;

	while (n > 0) {
		if (conn.pos == conn.end && (r = fill(PATIENCE)) != 1)
			return n == UINT64_MAX && r == 0 ? NULL : why_not(r);
		k = conn.end - conn.pos;
		if (k > n)
			k = (size_t)n;
		if (k > sizeof(a->body) - a->nbody)
			return "the body is too long";
		memcpy(a->body + a->nbody, conn.buf + conn.pos, k);
		a->nbody += k;
		conn.pos += k;
		if (n != UINT64_MAX)
			n -= k;
	}
	return NULL;
}

static const char *
read_chunks(struct answer *a)
{
	char text[MAX_TEXT];
	const char *why;
	uint64_t size;

	do {
		if ((why = read_line(text)) != NULL)
			return why;
		size = strtoumax(text, NULL, 16);
		if ((why = read_bytes(a, size)) != NULL ||
		    (why = read_line(text)) != NULL)
			return why;
		if (text[0] != '\0')
			return "no line ends a chunk";
	} while (size > 0);
	return NULL;
}

static void
note_field(struct answer *a, const char *line)
{
	if (strncasecmp(line, "content-length: ", 16) == 0)
		a->length = strtoumax(line + 16, NULL, 10);
	else if (strcasecmp(line, "transfer-encoding: chunked") == 0)
		a->chunked = true;
	else if (strcasecmp(line, "connection: close") == 0)
		a->close = true;
	else if (strcasecmp(line, "connection: keep-alive") == 0)
		a->keep = true;
}

static const char *
read_head(struct answer *a)
{
	char text[MAX_TEXT];
	const char *why;

	memset(a, 0, sizeof(*a));
	a->length = UINT64_MAX;
	do {
		if ((why = read_line(text)) != NULL)
			return why;
		if (a->status != 0)
			note_field(a, text);
		else if (strncmp(text, "HTTP/1.1 ", 9) != 0 ||
		    (a->status = (int)strtol(text + 9, NULL, 10)) < 100 ||
		    a->status > 599)
			return "no status line";
	} while (text[0] != '\0');
	return NULL;
}

/* The whole of it, and of the 1xx before it. */
static const char *
read_answer(struct answer *a, bool head_only)
{
	const char *why;
	bool interim = false;

	while ((why = read_head(a)) == NULL && a->status < 200)
		interim = true;
	a->interim = interim;
	if (why != NULL || head_only || a->status == 204 || a->status == 304)
		return why;
	return a->chunked ? read_chunks(a) : read_bytes(a, a->length);
}

/*
 * Requests.
 */

static void
copy(char *to, size_t size, const char *p, size_t n)
{
	if (n > size - 1)
		n = size - 1;
	memcpy(to, p, n);
	to[n] = '\0';
}

/* Is there such text in the bytes, which may contain NULs? */
static const char *
find(const char *p, size_t n, const char *text)
{
	size_t k;

	for (k = strlen(text); n >= k; p++, n--)
		if (strncasecmp(p, text, k) == 0)
			return p;
	return NULL;
}

static void
add_body(struct told *t, const char *p, size_t n)
{
	if (n > sizeof(t->body) - t->nbody)
		fail("the body of a vector is too long");
	memcpy(t->body + t->nbody, p, n);
	t->nbody += n;
}

/* A good body of chunks; where it ends. */
static const char *
take_chunks(struct told *t, const char *p, const char *end)
{
	const char *line;
	size_t n;

	do {
		n = (size_t)strtoumax(p, NULL, 16);
		p = find(p, (size_t)(end - p), "\r\n") + 2;
		add_body(t, p, n);
		p += n + (n > 0 ? 2 : 0);
	} while (n > 0);
	do {
		line = p;
		p = find(p, (size_t)(end - p), "\r\n") + 2;
	} while (p - line > 2);
	return p;
}

/*
 * The first request of bytes that are known to be good: this asks nothing,
 * so that it has nothing in common with http.c.  Where it ends.
 */
static const char *
take_request(struct told *t, const char *p, const char *end)
{
	const char *body, *field, *blank, *line;
	size_t n;

	memset(t, 0, sizeof(*t));
	while (*p == '\r' || *p == '\n')
		p++;
	body = find(p, (size_t)(end - p), "\r\n\r\n") + 4;
	line = find(p, (size_t)(end - p), "\r\n");
	blank = memchr(p, ' ', (size_t)(line - p));
	copy(t->method, sizeof(t->method), p, (size_t)(blank - p));
	p = blank + 1;
	blank = memchr(p, ' ', (size_t)(line - p));
	copy(t->uri, sizeof(t->uri), p, (size_t)(blank - p));
	t->old = strncmp(blank, " HTTP/1.0", 9) == 0;
	n = (size_t)(body - line);
	t->expects = find(line, n, "\r\nexpect: 100-continue") != NULL;
	if ((field = find(line, n, "\r\ncontent-length:")) != NULL) {
		n = (size_t)strtoumax(field + 17, NULL, 10);
		add_body(t, body, n);
		return body + n;
	}
	if (find(line, n, "\r\ntransfer-encoding:") != NULL)
		return take_chunks(t, body, end);
	return body;
}

/* OPTIONS of the server as a whole is answered by the gateway. */
static bool
is_ours(const struct told *t)
{
	return strcmp(t->method, "OPTIONS") == 0 &&
	    (strcmp(t->uri, "*") == 0 || strcmp(t->uri, "http://a:81") == 0);
}

static void
expect_event(const struct told *t)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	size_t i;

	if (expected == NULL || is_ours(t))
		return;
	for (i = 0; i < t->nbody; i++)
		h = (h ^ (unsigned char)t->body[i]) *
		    UINT64_C(0x100000001b3);
	fprintf(expected, "request %s %s %zu %016" PRIx64 "\n", t->method,
	    t->uri, t->nbody, h);
}

/*
 * What must come back.
 */

/* Nothing comes any more but the end. */
static const char *
check_end(bool may_reset)
{
	int r;

	if (conn.pos < conn.end)
		return "bytes behind the last answer";
	r = fill(PATIENCE);
	if (r == 1)
		return "bytes behind the last answer";
	if (r == -2)
		return "the connection is not closed";
	return r == -1 && !may_reset ? "the connection is reset" : NULL;
}

static const char *
check_refused(const struct raw_request *v)
{
	static char text[80];
	struct answer a;
	const char *why;

	if ((why = read_answer(&a, false)) != NULL)
		return why;
	if (a.status != v->status) {
		snprintf(text, sizeof(text), "status %d, not %d", a.status,
		    v->status);
		return text;
	}
	if (a.interim)
		return "a 100 before the refusal";
	if (!a.close)
		return "no Connection: close";
	if (a.length == UINT64_MAX)
		return "no Content-Length";
	return check_end(false);
}

/* One answer of 200 to what the application was told. */
static const char *
check_taken(const struct told *t, bool ends)
{
	static char text[320];
	struct answer a;
	const char *why;
	bool head_only;

	head_only = strcmp(t->method, "HEAD") == 0;
	if ((why = read_answer(&a, head_only)) != NULL)
		return why;
	if (a.status != 200) {
		snprintf(text, sizeof(text), "status %d, not 200, for %s",
		    a.status, t->uri);
		return text;
	}
	if (a.interim && (t->old || !t->expects || t->nbody == 0))
		return "a 100 that nobody waits for";
	if (a.chunked && t->old)
		return "chunks for HTTP/1.0";
	if (a.close != ends)
		return ends ? "no Connection: close" : "Connection: close";
	if (t->old && !ends && !a.keep)
		return "no Connection: Keep-Alive for HTTP/1.0";
	if (!head_only && (a.nbody != t->nbody ||
	    memcmp(a.body, t->body, t->nbody) != 0))
		return "the body is another";
	expect_event(t);
	return NULL;
}

/* The requests of a vector, then the one behind it. */
static const char *
check_all_taken(const struct raw_request *v)
{
	static const char second[] = SECOND;
	const char *end, *p, *why;
	struct told t;

	p = v->bytes;
	end = v->bytes + v->length;
	do {
		p = take_request(&t, p, end);
		if ((why = check_taken(&t, v->ends)) != NULL)
			return why;
	} while (p < end && !v->ends);
	/* A client that said it would send no more has sent more. */
	if (v->ends)
		return check_end(split);
	if (!split && !send_all(SECOND, strlen(SECOND)))
		return "the connection is closed";
	(void)take_request(&t, second, second + strlen(second));
	return check_taken(&t, false);
}

static const char *
check_waiting(void)
{
	int r;

	if ((r = fill(SILENCE)) == -2)
		return NULL;
	return r == 1 ? "an answer before the end of the request" :
	    "the connection ended before the request did";
}

static const char *
replay(const struct raw_request *v)
{
	static char text[MAX_TEXT];
	const char *behind;
	size_t n;
	bool sent;

	behind = v->status == 0 ? "" : v->ends ? MARKER : split ? SECOND : "";
	n = v->length + strlen(behind);
	if (n > sizeof(text))
		fail("a vector is too long");
	memcpy(text, v->bytes, v->length);
	memcpy(text + v->length, behind, strlen(behind));
	seed = (v->length + 1) * UINT64_C(0x9e3779b97f4a7c15);
	sent = split ? send_pieces(text, n) : send_all(text, n);
	if (!sent && !(split && v->status == 200 && v->ends))
		return "the connection was closed too early";
	if (v->status == 0)
		return check_waiting();
	return v->status == 200 ? check_all_taken(v) : check_refused(v);
}

int
main(int argc, char **argv)
{
	const char *why;
	size_t i, n, failed = 0;
	int c;

	while ((c = getopt(argc, argv, "e:s")) != -1) {
		if (c == 's')
			split = true;
		else if (c != 'e')
			usage();
		else if ((expected = fopen(optarg, "w")) == NULL)
			fail(optarg);
	}
	if (argc - optind != 2)
		usage();
	host = argv[optind];
	port = argv[optind + 1];
	(void)signal(SIGPIPE, SIG_IGN);
	n = sizeof(raw_requests) / sizeof(raw_requests[0]);
	for (i = 0; i < n; i++) {
		open_conn();
		why = replay(&raw_requests[i]);
		close(conn.fd);
		if (why == NULL)
			continue;
		failed++;
		printf("%s: %s\n", raw_requests[i].name, why);
	}
	if (expected != NULL && fclose(expected) != 0)
		fail("events");
	printf("%zu vectors, %zu failed\n", n, failed);
	return failed > 0;
}
