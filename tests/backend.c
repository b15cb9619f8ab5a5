/*
 * backend: an SCGI application that does what a test tells it to, good or
 * bad.  It checks strictly what the gateway sends and says so; it is never
 * clever about what it answers.
 *
 *	backend [-1] [-a address] [-b ms] [-i name] [-j n] [-l log]
 *	    [-m mode] [-n backlog] [-r record] -u path | -p port
 *
 * It prints "ready PORT" or "ready PATH" when it listens (-p 0: a free
 * port).  It forks for each connection; -1: one after the other in one
 * process; -j: n processes of that kind.  -a: where to bind (127.0.0.1), -m:
 * mode of the socket (0666), -i: what /id says, -b: it begins its answer, with
 * a head and "begun", ms before it reads anything; all that is said then is
 * body.  TERM ends it, its children too.
 *
 * -r: each request is appended as two netstrings and a newline: the block of
 * variables as it came, and the body.  -l: a line for each event:
 *
 *	connect				a connection
 *	request METHOD URI LENGTH SUM	a request with its whole body
 *	request METHOD URI - -		one whose body was not read
 *	bad REASON			one against the protocol
 *	gone ACTION MS			the gateway closed too early
 *	overlap				a /delay while another one is at work
 *
 * Both are written before the answer begins.  What it does is the first
 * segment of SCRIPT_NAME and PATH_INFO (of REQUEST_URI if they are empty)
 * that is in this list, wherever it is mounted; else echo.  Arguments come
 * in QUERY_STRING, percent-decoded.
 *
 *	/echo		all variables in order, one NAME=VALUE a line, an
 *			empty line, "body LENGTH SUM"
 *	/raw[?hex=1]	the netstring as it came
 *	/body		the request's body, its type, with Content-Length
 *	/sum		LENGTH SUM of the request's body
 *	/bytes?n=N[&len=1][&chunk=N][&delay=MS][&seed=S]
 *			N pseudo-random bytes (talk -G N S; S is 1), with
 *			Content-Length if len; written in pieces, with
 *			pauses; their sum in X-Sum
 *	/delay?ms=MS	answers late
 *	/early		answers (status=NNN) before it has the body, then
 *			reads until the gateway closes
 *	/early-close	the same, but closes at once
 *	/early-late?ms=MS
 *			the head before the body, MS later an answer without
 *			a length, and closes
 *	/duplex		writes each piece of the body back as it comes
 *	/head-first	the head before the body, then LENGTH of the body
 *	/drop		closes without an answer
 *	/drop-once?f=F	the same if the file F is absent, and makes it
 *	/reset		resets without an answer
 *	/reset-head	resets within the head
 *	/reset-body?n=N[&len=L]
 *			resets after N bytes of a body (len=none: no
 *			Content-Length)
 *	/close-head	closes within the head
 *	/garbage[?n=N]	no head at all: N pseudo-random bytes
 *	/endless	a body without an end
 *	/endless-head	a head without an end
 *	/short?len=L&n=N, /long?len=L&n=N
 *			Content-Length: L and N bytes
 *	/hang		never answers; waits for the gateway to close
 *	/hang-head	the same after half a head
 *	/hang-body?n=N	the same after the head and N bytes (len=L:
 *			Content-Length)
 *	/status/NNN	that status
 *	/head?raw=R[&b=B][&split=N][&hold=1]
 *			the head exactly as given, then the body B (N bytes
 *			each 10 ms); hold: waits for the gateway to close
 *	/redirect?to=U[&status=S][&b=B]
 *			Location: U
 *	/loop		Location: where it is
 *	/cookie		two Set-Cookie fields; shows HTTP_COOKIE
 *	/stream?n=N&ms=MS
 *			N lines with pauses
 *	/slowread?ms=MS[&n=N]
 *			reads the body N bytes (4096) each MS, then as /sum
 *	/nph		an answer that begins with HTTP/1.1 202 Custom
 *	/id		the name given with -i
 *
 * SUM is FNV-1a, 64 bits, as in talk.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <netinet/in.h>
#include <arpa/inet.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
	MAX_HEAD = 4 * 1024 * 1024,
	MAX_VARS = 20000,
	MAX_RECORD = 8 * 1024 * 1024,
	BLOCK = 65536
};

#define FNV_START	UINT64_C(0xcbf29ce484222325)

struct variable {
	const char	*name;
	const char	*value;
};

/* What came.  One at a time in a process. */
static struct {
	int		 fd;
	bool		 gone;		/* the gateway has closed */
	const char	*bad;
	char		 raw[MAX_HEAD];	/* with digits and comma */
	size_t		 nraw;
	char		*block;
	size_t		 nblock;
	struct variable	 var[MAX_VARS];
	size_t		 nvar;
	uint64_t	 length;	/* CONTENT_LENGTH */
	uint64_t	 got;
	uint64_t	 fnv;
	FILE		*body;		/* for /body and the record */
	int64_t		 began;
	const char	*rest;		/* the path from the action on */
	char		 out[BLOCK];	/* of the answer, not yet sent */
	size_t		 nout;
} req;

struct action {
	const char	*name;
	bool		 unread;	/* the body is not read first */
	void		(*run)(void);
};

static const char	*name = "backend";
static int		 begins_ms;	/* before it reads; 0: after */
static FILE		*record;
static FILE		*events;

static void
usage(void)
{
	fprintf(stderr, "usage: backend [-1] [-a address] [-b ms] [-i name] "
	    "[-j n] [-l log]\n"
	    "               [-m mode] [-n backlog] [-r record] -u path | "
	    "-p port\n");
	exit(64);
}

static void
fail(const char *what)
{
	fprintf(stderr, "backend: %s: %s\n", what, strerror(errno));
	exit(71);
}

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static uint64_t
fnv(uint64_t h, const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * UINT64_C(0x100000001b3);
	return h;
}

/* The same bytes for the same seed as in talk. */
static uint64_t
next_random(uint64_t *x)
{
	*x ^= *x >> 12;
	*x ^= *x << 25;
	*x ^= *x >> 27;
	return *x * UINT64_C(0x2545f4914f6cdd1d);
}

static uint64_t
seed_random(uint64_t seed)
{
	return (seed + 1) * UINT64_C(0x9e3779b97f4a7c15);
}

/* n is a multiple of eight but in the last piece. */
static void
random_bytes(uint64_t *x, char *p, size_t n)
{
	uint64_t r = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (i % 8 == 0)
			r = next_random(x);
		p[i] = (char)(r >> (i % 8 * 8) & 0xff);
	}
}

/* One write a line, so that the lines of several processes do not mix. */
static void
note(const char *fmt, ...)
{
	va_list ap;

	if (events == NULL)
		return;
	va_start(ap, fmt);
	vfprintf(events, fmt, ap);
	va_end(ap);
	fflush(events);
}

/*
 * The connection.
 */

static void
note_gone(void)
{
	if (!req.gone)
		note("gone %s %" PRId64 "\n", req.rest, now_ms() - req.began);
	req.gone = true;
}

static void
send_bytes(const char *p, size_t n)
{
	ssize_t k;

	while (n > 0 && !req.gone) {
		if ((k = write(req.fd, p, n)) >= 0) {
			p += k;
			n -= (size_t)k;
		} else if (errno != EINTR)
			note_gone();
	}
}

static void
flush(void)
{
	send_bytes(req.out, req.nout);
	req.nout = 0;
}

/* An answer that is small and without pauses is one write. */
static void
put(const char *p, size_t n)
{
	if (n > sizeof(req.out) - req.nout)
		flush();
	if (n > sizeof(req.out)) {
		send_bytes(p, n);
		return;
	}
	memcpy(req.out + req.nout, p, n);
	req.nout += n;
}

/* For ms or until the gateway closes; what was put is sent before. */
static void
wait_ms(int ms)
{
	struct pollfd p;
	char c;

	flush();
	p.fd = req.fd;
	p.events = POLLIN;
	p.revents = 0;
	if (!req.gone && poll(&p, 1, ms) == 1 &&
	    recv(req.fd, &c, 1, MSG_PEEK) <= 0)
		note_gone();
	else if (ms > 0 && p.revents != 0)
		(void)poll(NULL, 0, ms);	/* unread bytes */
}

static void
say(const char *fmt, ...)
{
	static char text[BLOCK];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n > 0)
		put(text, (size_t)n < sizeof(text) ? (size_t)n :
		    sizeof(text) - 1);
}

/* Close so that the gateway gets a reset, a little after what was put. */
static void
reset(void)
{
	struct linger l = { .l_onoff = 1, .l_linger = 0 };

	if (req.nout > 0) {
		flush();
		(void)poll(NULL, 0, 50);
	}
	(void)setsockopt(req.fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l));
}

/*
 * The request.
 */

static const char *
variable(const char *key)
{
	size_t i;

	for (i = 0; i < req.nvar; i++)
		if (strcmp(req.var[i].name, key) == 0)
			return req.var[i].value;
	return "";
}

static bool
read_exactly(char *p, size_t n)
{
	ssize_t k;

	while (n > 0) {
		if ((k = read(req.fd, p, n)) == -1 && errno == EINTR)
			continue;
		if (k <= 0)
			return false;
		p += k;
		n -= (size_t)k;
	}
	return true;
}

/* The netstring; what is wrong with it in req.bad. */
static void
read_netstring(void)
{
	size_t n = 0;
	char *p = req.raw;

	do {
		if (!read_exactly(p, 1)) {
			req.bad = p == req.raw ? "empty" : "end in length";
			return;
		}
		if (*p >= '0' && *p <= '9')
			n = n * 10 + (size_t)(*p - '0');
		else if (*p != ':')
			req.bad = "no digit";
	} while (req.bad == NULL && *p++ != ':' && n < MAX_HEAD);
	if (req.bad == NULL && (n == 0 || req.raw[0] == '0'))
		req.bad = "leading zero";
	if (req.bad == NULL && n > MAX_HEAD - 32)
		req.bad = "too long";
	if (req.bad != NULL)
		return;
	req.block = p;
	req.nblock = n;
	if (!read_exactly(p, n + 1))
		req.bad = "end in block";
	else if (p[n] != ',')
		req.bad = "no comma";
	req.nraw = (size_t)(p - req.raw) + n + 1;
}

static void
check_variables(void)
{
	size_t i, k;

	if (req.nvar < 2 || strcmp(req.var[0].name, "CONTENT_LENGTH") != 0)
		req.bad = "CONTENT_LENGTH is not first";
	else if (strcmp(req.var[1].name, "SCGI") != 0 ||
	    strcmp(req.var[1].value, "1") != 0)
		req.bad = "SCGI=1 is not second";
	else if (!isdigit((unsigned char)*req.var[0].value))
		req.bad = "CONTENT_LENGTH is no number";
	for (i = 0; i < req.nvar && req.nvar < 1000; i++)
		for (k = 0; k < i; k++)
			if (strcmp(req.var[i].name, req.var[k].name) == 0)
				req.bad = "a name twice";
	if (req.bad == NULL)
		req.length = strtoumax(req.var[0].value, NULL, 10);
}

static void
split_block(void)
{
	char *p, *end, *stop;

	if (req.block[req.nblock - 1] != '\0')
		req.bad = "no NUL at the end";
	end = req.block + req.nblock;
	for (p = req.block; p < end && req.bad == NULL; p = stop + 1) {
		stop = memchr(p, '\0', (size_t)(end - p));
		if (stop == p)
			req.bad = "empty name";
		else if (++stop == end)
			req.bad = "name without value";
		else if (req.nvar == MAX_VARS)
			req.bad = "too many variables";
		else {
			req.var[req.nvar].name = p;
			req.var[req.nvar++].value = stop;
			stop = memchr(stop, '\0', (size_t)(end - stop));
		}
	}
	if (req.bad == NULL)
		check_variables();
}

/* Up to n more bytes of the body; false at its end. */
static bool
read_some(size_t n)
{
	static char block[BLOCK];
	ssize_t k;

	if (req.got == req.length)
		return false;
	if (n > sizeof(block))
		n = sizeof(block);
	if (n > req.length - req.got)
		n = (size_t)(req.length - req.got);
	while ((k = read(req.fd, block, n)) == -1 && errno == EINTR)
		continue;
	if (k <= 0) {
		note_gone();
		return false;
	}
	req.got += (uint64_t)k;
	req.fnv = fnv(req.fnv, block, (size_t)k);
	if (req.body != NULL &&
	    fwrite(block, 1, (size_t)k, req.body) != (size_t)k)
		fail("body");
	return true;
}

static void
read_body(void)
{
	while (read_some(BLOCK))
		continue;
}

static void
write_record(void)
{
	static char block[BLOCK];
	uint64_t size;
	size_t n;

	if (record == NULL)
		return;
	size = req.got > MAX_RECORD ? 0 : req.got;
	fwrite(req.raw, 1, req.nraw, record);
	fprintf(record, "%" PRIu64 ":", size);
	if (size > 0) {
		rewind(req.body);
		while ((n = fread(block, 1, sizeof(block), req.body)) > 0)
			fwrite(block, 1, n, record);
	}
	fprintf(record, ",\n");
	fflush(record);
}

static void
note_request(bool read)
{
	write_record();
	if (read)
		note("request %s %s %" PRIu64 " %016" PRIx64 "\n",
		    variable("REQUEST_METHOD"), variable("REQUEST_URI"),
		    req.got, req.fnv);
	else
		note("request %s %s - -\n", variable("REQUEST_METHOD"),
		    variable("REQUEST_URI"));
}

/*
 * Arguments.
 */

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)tolower((unsigned char)c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*
 * The decoded value of a word of the query, NUL behind it; NULL if it is not
 * there.  The result lives until the next process.
 */
static char *
argument_n(const char *key, size_t *n)
{
	static char space[1024 * 1024];
	static size_t used;
	const char *p;
	char *out, *start;
	size_t k;

	k = strlen(key);
	p = variable("QUERY_STRING");
	while (strncmp(p, key, k) != 0 || p[k] != '=') {
		p += strcspn(p, "&");
		if (*p++ == '\0')
			return NULL;
	}
	p += k + 1;
	if (sizeof(space) - used < strcspn(p, "&") + 1)
		used = 0;
	start = out = space + used;
	for (; *p != '\0' && *p != '&' && out < space + sizeof(space) - 1;
	    p++) {
		if (*p == '%' && hex(p[1]) >= 0 && hex(p[2]) >= 0) {
			*out++ = (char)(hex(p[1]) << 4 | hex(p[2]));
			p += 2;
		} else
			*out++ = *p == '+' ? ' ' : *p;
	}
	*out = '\0';
	*n = (size_t)(out - start);
	used += *n + 1;
	return start;
}

static const char *
argument(const char *key, const char *otherwise)
{
	const char *p;
	size_t n;

	p = argument_n(key, &n);
	return p == NULL ? otherwise : p;
}

static uint64_t
argument_u64(const char *key, uint64_t otherwise)
{
	const char *p;

	p = argument(key, NULL);
	return p == NULL ? otherwise : strtoumax(p, NULL, 10);
}

static int
argument_ms(int otherwise)
{
	return (int)argument_u64("ms", (uint64_t)otherwise);
}

/*
 * The actions.
 */

#define PLAIN	"Content-Type: text/plain\r\n"

static void
do_echo(void)
{
	size_t i;

	say(PLAIN "\r\n");
	for (i = 0; i < req.nvar; i++) {
		put(req.var[i].name, strlen(req.var[i].name));
		put("=", 1);
		put(req.var[i].value, strlen(req.var[i].value));
		put("\n", 1);
	}
	say("\nbody %" PRIu64 " %016" PRIx64 "\n", req.got, req.fnv);
}

static void
do_raw(void)
{
	size_t i;

	say("Content-Type: application/octet-stream\r\n\r\n");
	if (argument_u64("hex", 0) == 0)
		put(req.raw, req.nraw);
	else
		for (i = 0; i < req.nraw; i++)
			say("%02x", (unsigned)(unsigned char)req.raw[i]);
}

static void
do_body(void)
{
	static char block[BLOCK];
	const char *type;
	size_t n;

	type = variable("CONTENT_TYPE");
	say("Content-Type: %s\r\nContent-Length: %" PRIu64 "\r\n\r\n",
	    *type == '\0' ? "application/octet-stream" : type, req.got);
	rewind(req.body);
	while ((n = fread(block, 1, sizeof(block), req.body)) > 0)
		put(block, n);
}

static void
do_sum(void)
{
	say(PLAIN "\r\n%" PRIu64 " %016" PRIx64 "\n", req.got, req.fnv);
}

/* Write n bytes of a seed, or only sum them. */
static uint64_t
give_bytes(uint64_t n, uint64_t seed, bool write, size_t chunk, int delay)
{
	static char block[BLOCK];
	uint64_t h = FNV_START, x;
	size_t k;

	x = seed_random(seed);
	for (; n > 0 && !req.gone; n -= k) {
		k = n < chunk ? (size_t)n : chunk;
		random_bytes(&x, block, k);
		if (!write) {
			h = fnv(h, block, k);
			continue;
		}
		put(block, k);
		if (chunk != BLOCK)
			flush();
		if (delay > 0)
			wait_ms(delay);
	}
	return h;
}

static void
do_bytes(void)
{
	uint64_t n, seed;
	size_t chunk;

	n = argument_u64("n", 0);
	seed = argument_u64("seed", 1);
	chunk = (size_t)argument_u64("chunk", BLOCK) & ~(size_t)7;
	if (chunk == 0 || chunk > BLOCK)
		chunk = chunk == 0 ? 8 : BLOCK;
	say("Content-Type: application/octet-stream\r\n"
	    "X-Sum: %016" PRIx64 "\r\n",
	    give_bytes(n, seed, false, BLOCK, 0));
	if (argument_u64("len", 0) != 0)
		say("Content-Length: %" PRIu64 "\r\n", n);
	say("\r\n");
	(void)give_bytes(n, seed, true, chunk,
	    (int)argument_u64("delay", 0));
}

/* A lock on the log tells whether two are at work at the same time. */
static void
lock_work(short type)
{
	struct flock lock;

	if (events == NULL)
		return;
	memset(&lock, 0, sizeof(lock));
	lock.l_type = type;
	lock.l_whence = SEEK_SET;
	if (fcntl(fileno(events), F_SETLK, &lock) == -1)
		note("overlap\n");
}

static void
do_delay(void)
{
	int ms;

	ms = argument_ms(1000);
	lock_work(F_WRLCK);
	wait_ms(ms);
	lock_work(F_UNLCK);
	say(PLAIN "\r\ndelayed %d\n", ms);
}

/* Linger: closing with unread bytes would reset what was answered. */
static void
do_early(void)
{
	char block[4096];

	say("Status: %s\r\n" PLAIN "Content-Length: 6\r\n\r\nearly\n",
	    argument("status", "200"));
	flush();
	(void)shutdown(req.fd, SHUT_WR);
	while (read(req.fd, block, sizeof(block)) > 0)
		continue;
}

static void
do_early_close(void)
{
	say("Status: %s\r\n" PLAIN "Content-Length: 6\r\n\r\nearly\n",
	    argument("status", "200"));
}

static void
do_early_late(void)
{
	say(PLAIN "\r\n");
	flush();
	wait_ms(argument_ms(50));
	say("early\n");
}

static void
do_head_first(void)
{
	static char block[4096];
	uint64_t left;
	ssize_t n;

	say(PLAIN "\r\n");
	flush();
	for (left = req.length; left > 0; left -= (uint64_t)n) {
		n = read(req.fd, block, left < sizeof(block) ?
		    (size_t)left : sizeof(block));
		if (n <= 0) {
			note_gone();
			return;
		}
	}
	say("%" PRIu64 "\n", req.length);
}

static void
do_duplex(void)
{
	static char block[4096];
	uint64_t left;
	ssize_t n;

	say(PLAIN "\r\n");
	flush();
	for (left = req.length; left > 0; left -= (uint64_t)n) {
		n = read(req.fd, block, left < sizeof(block) ?
		    (size_t)left : sizeof(block));
		if (n <= 0)
			return;
		put(block, (size_t)n);
		flush();
	}
}

static void
do_drop(void)
{
}

static void
do_drop_once(void)
{
	int fd;

	fd = open(argument("f", "/nonexistent/f"), O_CREAT | O_EXCL, 0600);
	if (fd == -1)
		do_sum();
	else
		close(fd);
}

static void
do_reset_head(void)
{
	say(PLAIN "X-Half: ye");
	reset();
}

static void
do_reset_body(void)
{
	uint64_t n;

	n = argument_u64("n", 1000);
	if (strcmp(argument("len", ""), "none") == 0)
		say(PLAIN "\r\n");
	else
		say(PLAIN "Content-Length: %" PRIu64 "\r\n\r\n",
		    argument_u64("len", n * 2));
	(void)give_bytes(n, 1, true, BLOCK, 0);
	reset();
}

static void
do_close_head(void)
{
	say(PLAIN "X-Half: ye");
}

static void
do_garbage(void)
{
	(void)give_bytes(argument_u64("n", 512), 3, true, BLOCK, 0);
}

static void
do_endless(void)
{
	say(PLAIN "\r\n");
	while (!req.gone)
		(void)give_bytes(BLOCK, 1, true, BLOCK, 0);
}

static void
do_endless_head(void)
{
	uint64_t i;

	for (i = 0; !req.gone; i++)
		say("X-Field-%" PRIu64 ": %s\r\n", i, argument("v", "value"));
}

static void
do_short_or_long(void)
{
	say(PLAIN "Content-Length: %" PRIu64 "\r\n\r\n",
	    argument_u64("len", 100));
	(void)give_bytes(argument_u64("n", 50), 1, true, BLOCK, 0);
}

static void
do_hang(void)
{
	while (!req.gone)
		wait_ms(1000);
}

static void
do_hang_head(void)
{
	say(PLAIN "X-Half: ye");
	do_hang();
}

static void
do_hang_body(void)
{
	say(PLAIN);
	if (argument("len", NULL) != NULL)
		say("Content-Length: %s\r\n", argument("len", "0"));
	say("\r\n");
	(void)give_bytes(argument_u64("n", 0), 1, true, BLOCK, 0);
	do_hang();
}

static void
do_status(void)
{
	const char *s;

	s = strrchr(req.rest, '/');
	s = s == NULL ? "200" : s + 1;
	say("Status: %s\r\n" PLAIN "\r\nstatus %s\n", s, s);
}

/* All at once, or size bytes each 10 ms. */
static void
put_pieces(const char *p, size_t n, size_t size)
{
	size_t k;

	for (; n > 0; n -= k, p += k) {
		k = size == 0 || size > n ? n : size;
		put(p, k);
		if (size == 0)
			continue;
		flush();
		wait_ms(10);
	}
}

static void
do_head(void)
{
	const char *p;
	size_t n;

	if ((p = argument_n("raw", &n)) != NULL)
		put(p, n);
	if ((p = argument_n("b", &n)) != NULL)
		put_pieces(p, n, (size_t)argument_u64("split", 0));
	if (argument_u64("hold", 0) != 0)
		do_hang();
}

static void
do_redirect(void)
{
	if (argument("status", NULL) != NULL)
		say("Status: %s\r\n", argument("status", ""));
	say("Location: %s\r\n\r\n%s", argument("to", "/"),
	    argument("b", ""));
}

static void
do_loop(void)
{
	say("Location: %s%s\r\n\r\n", variable("SCRIPT_NAME"),
	    variable("PATH_INFO"));
}

static void
do_cookie(void)
{
	say(PLAIN "Set-Cookie: a=1; Path=/\r\n"
	    "Set-Cookie: b=2; Expires=Thu, 01 Jan 2037 00:00:00 GMT\r\n\r\n"
	    "cookie %s\n", variable("HTTP_COOKIE"));
}

static void
do_stream(void)
{
	uint64_t i, n;
	int ms;

	n = argument_u64("n", 3);
	ms = argument_ms(100);
	say("Content-Type: %s\r\n\r\n",
	    argument("type", "text/event-stream"));
	for (i = 0; i < n && !req.gone; i++) {
		if (i > 0)
			wait_ms(ms);
		say("line %" PRIu64 "\n", i);
	}
}

static void
do_slow_read(void)
{
	size_t n;
	int ms;

	n = (size_t)argument_u64("n", 4096);
	ms = argument_ms(10);
	while (read_some(n))
		(void)poll(NULL, 0, ms);
	note_request(true);
	do_sum();
}

static void
do_nph(void)
{
	say("HTTP/1.1 202 Custom\r\n" PLAIN "X-Nph: yes\r\n\r\nnph\n");
}

static void
do_id(void)
{
	say(PLAIN "X-Backend: %s\r\n\r\n%s\n", name, name);
}

static const struct action actions[] = {
	{ "echo",		false,	do_echo },
	{ "raw",		false,	do_raw },
	{ "body",		false,	do_body },
	{ "sum",		false,	do_sum },
	{ "bytes",		false,	do_bytes },
	{ "delay",		false,	do_delay },
	{ "early",		true,	do_early },
	{ "early-close",	true,	do_early_close },
	{ "drop",		false,	do_drop },
	{ "drop-once",		false,	do_drop_once },
	{ "reset",		false,	reset },
	{ "reset-head",		false,	do_reset_head },
	{ "early-late",	true,	do_early_late },
	{ "duplex",		true,	do_duplex },
	{ "head-first",		true,	do_head_first },
	{ "reset-body",		false,	do_reset_body },
	{ "close-head",		false,	do_close_head },
	{ "garbage",		false,	do_garbage },
	{ "endless",		false,	do_endless },
	{ "endless-head",	false,	do_endless_head },
	{ "short",		false,	do_short_or_long },
	{ "long",		false,	do_short_or_long },
	{ "hang",		false,	do_hang },
	{ "hang-head",		false,	do_hang_head },
	{ "hang-body",		false,	do_hang_body },
	{ "status",		false,	do_status },
	{ "head",		false,	do_head },
	{ "redirect",		false,	do_redirect },
	{ "loop",		false,	do_loop },
	{ "cookie",		false,	do_cookie },
	{ "stream",		false,	do_stream },
	{ "slowread",		true,	do_slow_read },
	{ "nph",		false,	do_nph },
	{ "id",			false,	do_id },
};

static const struct action *
find_action(void)
{
	static char path[BLOCK];
	const char *p;
	size_t i, n;

	snprintf(path, sizeof(path), "%s%s", variable("SCRIPT_NAME"),
	    variable("PATH_INFO"));
	if (path[0] == '\0')
		snprintf(path, sizeof(path), "%.*s",
		    (int)strcspn(variable("REQUEST_URI"), "?"),
		    variable("REQUEST_URI"));
	for (p = path; *p != '\0'; p += n) {
		p += strspn(p, "/");
		n = strcspn(p, "/");
		req.rest = p;
		for (i = 0; i < sizeof(actions) / sizeof(actions[0]); i++)
			if (strlen(actions[i].name) == n &&
			    memcmp(actions[i].name, p, n) == 0)
				return &actions[i];
	}
	req.rest = "echo";
	return &actions[0];
}

/*
 * Serving.
 */

static void
serve(int fd)
{
	const struct action *a;

	req.fd = fd;
	req.bad = NULL;
	req.gone = false;
	req.nvar = 0;
	req.got = 0;
	req.nout = 0;
	req.fnv = FNV_START;
	req.body = NULL;
	req.began = now_ms();
	note("connect\n");
	if (begins_ms > 0) {
		say(PLAIN "\r\nbegun\n");
		flush();
		(void)poll(NULL, 0, begins_ms);
	}
	read_netstring();
	if (req.bad == NULL)
		split_block();
	if (req.bad != NULL) {
		note("bad %s\n", req.bad);
		say("Status: 500\r\n" PLAIN "\r\nbad %s\n", req.bad);
		flush();
		return;
	}
	a = find_action();
	if (record != NULL || a->run == do_body)
		if ((req.body = tmpfile()) == NULL)
			fail("tmpfile");
	if (!a->unread)
		read_body();
	if (!req.gone && a->run != do_slow_read)
		note_request(!a->unread);
	if (!req.gone)
		a->run();
	flush();
	if (req.body != NULL)
		fclose(req.body);
}

static void
accept_loop(int listener, bool forks)
{
	int fd;

	for (;;) {
		if ((fd = accept(listener, NULL, NULL)) == -1)
			continue;
		switch (forks ? fork() : 0) {
		case -1:
			note("bad fork\n");
			break;
		case 0:
			if (forks) {
				(void)signal(SIGTERM, SIG_DFL);
				alarm(300);
				close(listener);
			}
			serve(fd);
			if (forks)
				exit(0);
			break;
		default:
			break;
		}
		close(fd);
	}
}

static int
listen_unix(const char *path, mode_t mode)
{
	struct sockaddr_un sun;
	int fd;

	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(sun.sun_path)) {
		errno = ENAMETOOLONG;
		fail(path);
	}
	memcpy(sun.sun_path, path, strlen(path));
	(void)unlink(path);
	if ((fd = socket(AF_UNIX, SOCK_STREAM, 0)) == -1 ||
	    bind(fd, (struct sockaddr *)&sun, sizeof(sun)) == -1 ||
	    chmod(path, mode) == -1)
		fail(path);
	return fd;
}

static int
listen_inet(const char *address, uint16_t *port)
{
	struct sockaddr_in sin;
	struct sockaddr_in6 sin6;
	struct sockaddr *sa = (struct sockaddr *)&sin;
	socklen_t len = sizeof(sin);
	int fd, on = 1;

	memset(&sin, 0, sizeof(sin));
	memset(&sin6, 0, sizeof(sin6));
	sin.sin_family = AF_INET;
	sin.sin_port = sin6.sin6_port = htons(*port);
	if (inet_pton(AF_INET, address, &sin.sin_addr) != 1) {
		sin6.sin6_family = AF_INET6;
		if (inet_pton(AF_INET6, address, &sin6.sin6_addr) != 1)
			usage();
		sa = (struct sockaddr *)&sin6;
		len = sizeof(sin6);
	}
	if ((fd = socket(sa->sa_family, SOCK_STREAM, 0)) == -1 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1 ||
	    bind(fd, sa, len) == -1 || getsockname(fd, sa, &len) == -1)
		fail(address);
	*port = ntohs(sa->sa_family == AF_INET6 ? sin6.sin6_port :
	    sin.sin_port);
	return fd;
}

/* The children are in the process group that main() has made. */
static void
on_term(int sig)
{
	(void)sig;
	(void)kill(0, SIGKILL);
}

static FILE *
open_log(const char *path)
{
	static char room[2][16 * 1024];
	static int n;
	FILE *f;

	if ((f = fopen(path, "a")) == NULL)
		fail(path);
	(void)setvbuf(f, room[n++ % 2], _IOFBF, sizeof(room[0]));
	return f;
}

static void
run(int listener, int processes)
{
	(void)setpgid(0, 0);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGCHLD, SIG_IGN);
	(void)signal(SIGTERM, on_term);
	(void)signal(SIGINT, on_term);
	for (; processes > 1; processes--)
		if (fork() == 0)
			break;
	accept_loop(listener, processes == 0);
}

int
main(int argc, char **argv)
{
	const char *path = NULL, *address = "127.0.0.1";
	mode_t mode = 0666;
	uint16_t port = 0;
	bool tcp = false;
	int backlog = 128, c, fd, processes = 0;

	while ((c = getopt(argc, argv, "1a:b:i:j:l:m:n:p:r:u:")) != -1) {
		if (c == '1')
			processes = 1;
		else if (c == 'a')
			address = optarg;
		else if (c == 'b')
			begins_ms = (int)strtol(optarg, NULL, 10);
		else if (c == 'i')
			name = optarg;
		else if (c == 'j')
			processes = (int)strtol(optarg, NULL, 10);
		else if (c == 'l')
			events = open_log(optarg);
		else if (c == 'm')
			mode = (mode_t)strtol(optarg, NULL, 8);
		else if (c == 'n')
			backlog = (int)strtol(optarg, NULL, 10);
		else if (c == 'p') {
			port = (uint16_t)strtol(optarg, NULL, 10);
			tcp = true;
		} else if (c == 'r')
			record = open_log(optarg);
		else if (c == 'u')
			path = optarg;
		else
			usage();
	}
	if (optind != argc || tcp == (path != NULL))
		usage();
	fd = tcp ? listen_inet(address, &port) : listen_unix(path, mode);
	if (listen(fd, backlog) == -1)
		fail("listen");
	if (tcp)
		printf("ready %u\n", (unsigned)port);
	else
		printf("ready %s\n", path);
	fflush(stdout);
	run(fd, processes);
	return 0;
}
