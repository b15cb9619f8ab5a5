/*
 * talk: a client that sends exact bytes and prints exact bytes.  It adds
 * nothing, repairs nothing and follows nothing; what a test wants to see on
 * the wire it has to write down.
 *
 *	talk [-dqsv] [-a s] [-o file] [-t ms] -u path | host port [word ...]
 *
 * The words are a script; without any they are read from standard input,
 * where blanks and newlines separate, "..." holds together and # begins a
 * comment.  TEXT understands \r \n \t \0 \xHH \" and \\.
 *
 *	s TEXT		send the text
 *	z N TEXT	send the text N times
 *	f FILE		send a file
 *	g N SEED	send N pseudo-random bytes (talk -G prints the same)
 *	gc N SEED	the same as chunks of pseudo-random sizes, with the
 *			last chunk and the empty trailer
 *	& COMMAND ...	do that one sending command in a child, and go on
 *	p MS		pause
 *	r		read until the end of the connection
 *	R N		read N bytes
 *	m TEXT		read until the text was seen, and no further
 *	k		read one answer by its framing (1xx before it too)
 *	kh		the same for HEAD: no body
 *	o MS		is it open?  Prints <open>, <closed>, <reset> or
 *			<data>, after at most MS without any of the others
 *	h		half-close: no more will be sent
 *	x		close with a reset
 *	c		close
 *	n		a new connection (the old one is closed)
 *	t		print <N ms>, the time since the last t or the start
 *
 * All that is read is printed.  -q: nothing is; -d: k decodes chunks; -s: k
 * prints <body LENGTH SUM> instead of a body; -o: k writes the decoded body
 * to a file, the head is printed; -v: failures are told on standard error.
 * -t: how long a step may be without progress, 10 s when not told; -a: how
 * long all may take, 120 s.
 *
 * Exit status: 0 all went well, 1 a timeout, 2 no connection, 3 the peer
 * reset the connection, 4 it ended where more was wanted, 5 no HTTP answer,
 * 64 usage.  A failed sending ends no script, since the answer may still be
 * read; it is 3 when nothing could be read after it.
 *
 *	talk -P n		print n free loopback ports
 *	talk -w [-t ms] address
 *				wait until a connect succeeds (5 s)
 *	talk -S file		print LENGTH SUM of a file (-: standard input)
 *	talk -G n seed		write n pseudo-random bytes
 *	talk -H n address	hold n connections; "held n" when they stand;
 *				until killed or -a seconds are over
 *	talk -L n [-k] [-c clients] [-B bytes] [-T s] address path
 *				n requests (0: until -T seconds are over) by
 *				several clients, -k on kept-alive
 *				connections, -B as POST with such a body
 *
 * -L prints "requests N ok N failed N closed N refused N" and a line
 * "status NNN N" for each.  failed: a request that was sent and got no
 * whole answer.  closed: a kept-alive connection was closed before an
 * answer began; the request was repeated on a fresh one.  refused: no
 * connection.  The status is 1 when any failed or was refused.
 *
 * SUM is FNV-1a, 64 bits, as 16 hexadecimal digits.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <netinet/in.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
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

enum {
	BUFFER = 256 * 1024,
	MAX_WORDS = 8192,
	MAX_SCRIPT = 4 * 1024 * 1024,
	MAX_CLIENTS = 256
};

/* Exit codes, and how reading ended. */
enum result {
	GOOD = 0,
	LATE = 1,
	NO_CONNECTION = 2,
	RESET = 3,
	ENDED = 4,
	BAD = 5
};

/* The other side. */
struct peer {
	const char	*path;		/* Unix socket, else NULL */
	const char	*host;
	const char	*port;
	int		 fd;		/* -1: closed */
	size_t		 pos;
	size_t		 end;
	bool		 unsent;	/* a sending failed */
	char		 buf[BUFFER];
};

/* Where an answer goes. */
struct sink {
	FILE		*head;		/* NULL: nowhere */
	FILE		*body;
	bool		 decode;	/* no chunk framing in body */
	bool		 sum;
	uint64_t	 length;
	uint64_t	 fnv;
};

/* What a load brought. */
struct tally {
	uint32_t	 ok;
	uint32_t	 failed;
	uint32_t	 closed;
	uint32_t	 refused;
	uint32_t	 status[600];
};

struct command {
	const char	*name;
	int		 args;
	enum result	(*run)(struct peer *, char **);
};

static struct {
	int		 timeout;	/* ms */
	int		 limit;		/* s, for all */
	bool		 quiet;
	bool		 decode;
	bool		 sum;
	bool		 verbose;
	const char	*body_file;
	bool		 keep;		/* -L */
	int		 clients;
	int		 seconds;
	uint64_t	 body;
} opt = { .timeout = 10000, .limit = 120, .clients = 4 };

static struct peer	 peer;
static int64_t		 mark_ms;
static pid_t		 child[64];
static size_t		 nchild;

static void
usage(void)
{
	fprintf(stderr, "usage: talk [-dqsv] [-a s] [-o file] [-t ms] "
	    "-u path | host port [word ...]\n"
	    "       talk -P n | -S file | -G n seed\n"
	    "       talk -w | -H n | -L n [-k] [-c clients] [-B bytes] "
	    "[-T s] -u path | host port [path]\n");
	exit(64);
}

static void
fail(const char *what)
{
	fprintf(stderr, "talk: %s: %s\n", what, strerror(errno));
	exit(71);
}

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void
pause_ms(long ms)
{
	struct timespec ts;

	ts.tv_sec = ms / 1000;
	ts.tv_nsec = ms % 1000 * 1000000;
	while (nanosleep(&ts, &ts) == -1 && errno == EINTR)
		continue;
}

static uint64_t
number(const char *s)
{
	char *end;
	uintmax_t n;

	errno = 0;
	n = strtoumax(s, &end, 10);
	if (!isdigit((unsigned char)*s) || *end != '\0' || errno != 0) {
		fprintf(stderr, "talk: not a number: %s\n", s);
		exit(64);
	}
	return n;
}

static uint64_t
fnv(uint64_t h, const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * UINT64_C(0x100000001b3);
	return h;
}

#define FNV_START	UINT64_C(0xcbf29ce484222325)

/* xorshift64*: the same bytes for the same seed, here and in backend. */
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

/* In place; the new length. */
static size_t
unescape(char *s)
{
	static const char hex[] = "0123456789abcdef";
	const char *h, *l;
	char *in = s, *out = s;

	while (*in != '\0') {
		if (*in != '\\') {
			*out++ = *in++;
			continue;
		}
		switch (*++in) {
		case 'r':
			*out++ = '\r';
			break;
		case 'n':
			*out++ = '\n';
			break;
		case 't':
			*out++ = '\t';
			break;
		case '0':
			*out++ = '\0';
			break;
		case 'x':
			h = strchr(hex, tolower((unsigned char)in[1]));
			l = h == NULL || *h == '\0' ? NULL :
			    strchr(hex, tolower((unsigned char)in[2]));
			if (l == NULL || *l == '\0')
				usage();
			*out++ = (char)((h - hex) << 4 | (l - hex));
			in += 2;
			break;
		case '\0':
			usage();
			break;
		default:
			*out++ = *in;
			break;
		}
		in++;
	}
	return (size_t)(out - s);
}

/*
 * Connections.
 */

static int
open_socket(int family, const struct sockaddr *sa, socklen_t len)
{
	struct pollfd p;
	socklen_t n = sizeof(int);
	int error = 0, fd;

	if ((fd = socket(family, SOCK_STREAM, 0)) == -1)
		return -1;
	if (fcntl(fd, F_SETFL, O_NONBLOCK) == -1)
		fail("fcntl");
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	if (connect(fd, sa, len) == 0)
		return fd;
	p.fd = fd;
	p.events = POLLOUT;
	if (errno == EINPROGRESS && poll(&p, 1, opt.timeout) == 1 &&
	    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &n) == 0 &&
	    error == 0)
		return fd;
	if (error != 0)
		errno = error;
	else if (errno == EINPROGRESS)
		errno = ETIMEDOUT;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

static int
open_unix(const char *path)
{
	struct sockaddr_un sun;

	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(sun.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(sun.sun_path, path, strlen(path));
	return open_socket(AF_UNIX, (struct sockaddr *)&sun, sizeof(sun));
}

static int
open_inet(const char *host, const char *port)
{
	struct addrinfo hints, *all, *a;
	int fd = -1;

	memset(&hints, 0, sizeof(hints));
	hints.ai_socktype = SOCK_STREAM;
	if (getaddrinfo(host, port, &hints, &all) != 0) {
		errno = EINVAL;
		return -1;
	}
	for (a = all; a != NULL && fd == -1; a = a->ai_next)
		fd = open_socket(a->ai_family, a->ai_addr, a->ai_addrlen);
	freeaddrinfo(all);
	return fd;
}

static enum result
open_peer(struct peer *p)
{
	p->pos = p->end = 0;
	p->unsent = false;
	p->fd = p->path != NULL ? open_unix(p->path) :
	    open_inet(p->host, p->port);
	return p->fd == -1 ? NO_CONNECTION : GOOD;
}

static void
close_peer(struct peer *p)
{
	if (p->fd != -1)
		close(p->fd);
	p->fd = -1;
}

static enum result
wait_for(int fd, short events, int ms)
{
	struct pollfd p;
	int n;

	p.fd = fd;
	p.events = events;
	while ((n = poll(&p, 1, ms)) == -1 && errno == EINTR)
		continue;
	return n == 0 ? LATE : GOOD;
}

/* More bytes behind those that are there. */
static enum result
fill(struct peer *p)
{
	ssize_t n;

	if (p->fd == -1)
		return ENDED;
	if (p->pos == p->end)
		p->pos = p->end = 0;
	if (p->end == BUFFER) {
		memmove(p->buf, p->buf + p->pos, p->end - p->pos);
		p->end -= p->pos;
		p->pos = 0;
	}
	if (p->end == BUFFER)
		return BAD;
	for (;;) {
		n = read(p->fd, p->buf + p->end, BUFFER - p->end);
		if (n > 0) {
			p->end += (size_t)n;
			p->unsent = false;
			return GOOD;
		}
		if (n == 0)
			return ENDED;
		if (errno != EAGAIN && errno != EINTR)
			return RESET;
		if (wait_for(p->fd, POLLIN, opt.timeout) == LATE)
			return LATE;
	}
}

static enum result
send_bytes(struct peer *p, const char *s, size_t n)
{
	ssize_t k;

	while (n > 0 && !p->unsent) {
		if (p->fd == -1)
			return ENDED;
		if ((k = write(p->fd, s, n)) > 0) {
			s += k;
			n -= (size_t)k;
		} else if (errno == EAGAIN) {
			if (wait_for(p->fd, POLLOUT, opt.timeout) == LATE)
				return LATE;
		} else if (errno != EINTR)
			p->unsent = true;
	}
	return GOOD;
}

/*
 * Answers.
 */

static void
put(FILE *f, const char *p, size_t n)
{
	if (f != NULL && n > 0 && fwrite(p, 1, n, f) != n)
		fail("write");
}

static void
put_body(struct sink *k, const char *p, size_t n)
{
	k->length += n;
	if (k->sum)
		k->fnv = fnv(k->fnv, p, n);
	else
		put(k->body, p, n);
}

/* n bytes of the body; UINT64_MAX: all until the end. */
static enum result
read_body(struct peer *p, struct sink *k, uint64_t n)
{
	enum result r;
	size_t have;

	while (n > 0) {
		if (p->pos == p->end && (r = fill(p)) != GOOD)
			return r == ENDED && n == UINT64_MAX ? GOOD : r;
		have = p->end - p->pos;
		if (have > n)
			have = (size_t)n;
		put_body(k, p->buf + p->pos, have);
		p->pos += have;
		if (n != UINT64_MAX)
			n -= have;
	}
	return GOOD;
}

/* One line with its CRLF: its length in *n, not consumed. */
static enum result
read_line(struct peer *p, size_t *n)
{
	enum result r;
	char *nl;

	while ((nl = memchr(p->buf + p->pos, '\n', p->end - p->pos)) == NULL)
		if ((r = fill(p)) != GOOD)
			return r;
	*n = (size_t)(nl - (p->buf + p->pos)) + 1;
	if (*n < 2 || nl[-1] != '\r')
		return BAD;
	return GOOD;
}

static void
put_framing(struct peer *p, struct sink *k, size_t n)
{
	if (!k->decode)
		put(k->body, p->buf + p->pos, n);
	p->pos += n;
}

static enum result
read_chunks(struct peer *p, struct sink *k)
{
	enum result r;
	uint64_t size;
	size_t n;
	char *end;

	do {
		if ((r = read_line(p, &n)) != GOOD)
			return r;
		if (!isxdigit((unsigned char)p->buf[p->pos]))
			return BAD;
		size = strtoumax(p->buf + p->pos, &end, 16);
		if (*end != '\r' && *end != ';')
			return BAD;
		put_framing(p, k, n);
		if (size > 0 && (r = read_body(p, k, size)) != GOOD)
			return r;
		if (size > 0) {
			if ((r = read_line(p, &n)) != GOOD)
				return r;
			if (n != 2)
				return BAD;
			put_framing(p, k, n);
		}
	} while (size > 0);
	do {
		if ((r = read_line(p, &n)) != GOOD)
			return r;
		put_framing(p, k, n);
	} while (n > 2);
	return GOOD;
}

struct framing {
	int		 status;
	bool		 chunked;
	bool		 close;
	uint64_t	 length;	/* UINT64_MAX: not told */
};

static void
note_field(struct framing *f, const char *line)
{
	if (strncasecmp(line, "content-length:", 15) == 0)
		f->length = strtoumax(line + 15, NULL, 10);
	else if (strncasecmp(line, "transfer-encoding: chunked", 26) == 0)
		f->chunked = true;
	else if (strncasecmp(line, "connection: close", 17) == 0)
		f->close = true;
}

static enum result
read_head(struct peer *p, struct sink *k, struct framing *f)
{
	enum result r;
	const char *line;
	size_t n;

	memset(f, 0, sizeof(*f));
	f->length = UINT64_MAX;
	do {
		if ((r = read_line(p, &n)) != GOOD)
			return r;
		line = p->buf + p->pos;
		if (f->status != 0)
			note_field(f, line);
		else if (n < 14 || strncmp(line, "HTTP/1.", 7) != 0 ||
		    (f->status = (int)strtol(line + 9, NULL, 10)) < 100 ||
		    f->status > 599)
			return BAD;
		put(k->head, line, n);
		p->pos += n;
	} while (n > 2);
	return GOOD;
}

/* The whole answer, with the 1xx before it. */
static enum result
read_answer(struct peer *p, struct sink *k, bool head, struct framing *f)
{
	enum result r;

	k->length = 0;
	k->fnv = FNV_START;
	do {
		if ((r = read_head(p, k, f)) != GOOD)
			return r;
	} while (f->status < 200 && f->status != 101);
	if (head || f->status == 204 || f->status == 304 || f->status == 101)
		return GOOD;
	if (f->chunked)
		return read_chunks(p, k);
	return read_body(p, k, f->length);
}

/*
 * The commands of a script.
 */

static enum result
do_send(struct peer *p, char **arg)
{
	size_t n;

	n = unescape(arg[0]);
	return send_bytes(p, arg[0], n);
}

static enum result
do_times(struct peer *p, char **arg)
{
	static char block[65536];
	enum result r = GOOD;
	uint64_t times;
	size_t n, fit, i;

	times = number(arg[0]);
	n = unescape(arg[1]);
	if (n == 0 || n > sizeof(block))
		usage();
	fit = sizeof(block) / n;
	for (i = 0; i < fit; i++)
		memcpy(block + i * n, arg[1], n);
	for (; times > 0 && r == GOOD; times -= fit) {
		if (fit > times)
			fit = (size_t)times;
		r = send_bytes(p, block, fit * n);
	}
	return r;
}

static enum result
do_file(struct peer *p, char **arg)
{
	static char block[65536];
	enum result r = GOOD;
	FILE *f;
	size_t n;

	if ((f = fopen(arg[0], "r")) == NULL)
		fail(arg[0]);
	while (r == GOOD && (n = fread(block, 1, sizeof(block), f)) > 0)
		r = send_bytes(p, block, n);
	fclose(f);
	return r;
}

static enum result
do_random(struct peer *p, char **arg)
{
	static char block[65536];
	enum result r = GOOD;
	uint64_t left, x;
	size_t n;

	left = number(arg[0]);
	x = seed_random(number(arg[1]));
	for (; left > 0 && r == GOOD; left -= n) {
		n = left < sizeof(block) ? (size_t)left : sizeof(block);
		random_bytes(&x, block, n);
		r = send_bytes(p, block, n);
	}
	return r;
}

/*
 * The sizes are drawn from a second sequence and are multiples of eight but
 * for the last, so that the bytes are those of do_random().
 */
static enum result
do_random_chunked(struct peer *p, char **arg)
{
	static char block[65536 + 64];
	enum result r = GOOD;
	uint64_t left, x, y;
	size_t n, k;

	left = number(arg[0]);
	x = seed_random(number(arg[1]));
	y = seed_random(number(arg[1]) + 1000);
	for (; left > 0 && r == GOOD; left -= n) {
		n = (size_t)(next_random(&y) % 4 == 0 ? 8 :
		    8 * (1 + next_random(&y) % 8192));
		if (n > left)
			n = (size_t)left;
		k = (size_t)snprintf(block, 32, n % 3 == 0 ?
		    "%zx;x=\"y\"\r\n" : "%zX\r\n", n);
		random_bytes(&x, block + k, n);
		memcpy(block + k + n, "\r\n", 2);
		r = send_bytes(p, block, k + n + 2);
	}
	return r != GOOD ? r : send_bytes(p, "0\r\n\r\n", 5);
}

static enum result
do_pause(struct peer *p, char **arg)
{
	(void)p;
	pause_ms((long)number(arg[0]));
	return GOOD;
}

static void
show(struct peer *p, size_t n)
{
	put(opt.quiet ? NULL : stdout, p->buf + p->pos, n);
	p->pos += n;
}

static enum result
do_read_all(struct peer *p, char **arg)
{
	enum result r;

	(void)arg;
	do {
		show(p, p->end - p->pos);
	} while ((r = fill(p)) == GOOD);
	return r == ENDED ? GOOD : r;
}

static enum result
do_read_some(struct peer *p, char **arg)
{
	enum result r;
	uint64_t n;
	size_t have;

	for (n = number(arg[0]); n > 0; n -= have) {
		if (p->pos == p->end && (r = fill(p)) != GOOD)
			return r;
		have = p->end - p->pos;
		if (have > n)
			have = (size_t)n;
		show(p, have);
	}
	return GOOD;
}

static enum result
do_match(struct peer *p, char **arg)
{
	enum result r;
	size_t n;

	n = unescape(arg[0]);
	for (;;) {
		while (p->end - p->pos >= n) {
			if (memcmp(p->buf + p->pos, arg[0], n) == 0) {
				show(p, n);
				return GOOD;
			}
			show(p, 1);
		}
		if ((r = fill(p)) != GOOD) {
			show(p, p->end - p->pos);
			return r;
		}
	}
}

static enum result
read_one(struct peer *p, bool head)
{
	static struct sink k;
	struct framing f;
	enum result r;

	k.head = opt.quiet ? NULL : stdout;
	k.body = k.head;
	k.decode = opt.decode || opt.sum || opt.body_file != NULL;
	k.sum = opt.sum;
	if (opt.body_file != NULL &&
	    (k.body = fopen(opt.body_file, "w")) == NULL)
		fail(opt.body_file);
	r = read_answer(p, &k, head, &f);
	if (opt.sum)
		printf("<body %" PRIu64 " %016" PRIx64 ">\n", k.length,
		    k.fnv);
	if (opt.body_file != NULL && fclose(k.body) != 0)
		fail(opt.body_file);
	if (r != GOOD)
		show(p, p->end - p->pos);
	return r;
}

static enum result
do_answer(struct peer *p, char **arg)
{
	(void)arg;
	return read_one(p, false);
}

static enum result
do_answer_head(struct peer *p, char **arg)
{
	(void)arg;
	return read_one(p, true);
}

static enum result
do_open(struct peer *p, char **arg)
{
	const char *word = "open";
	int save;

	save = opt.timeout;
	opt.timeout = (int)number(arg[0]);
	switch (p->pos < p->end ? GOOD : fill(p)) {
	case GOOD:
	case BAD:
		word = "data";
		break;
	case ENDED:
	case NO_CONNECTION:
		word = "closed";
		break;
	case RESET:
		word = "reset";
		break;
	case LATE:
		break;
	}
	opt.timeout = save;
	printf("<%s>\n", word);
	return GOOD;
}

static enum result
do_half_close(struct peer *p, char **arg)
{
	(void)arg;
	if (p->fd != -1)
		(void)shutdown(p->fd, SHUT_WR);
	return GOOD;
}

static enum result
do_reset(struct peer *p, char **arg)
{
	struct linger l = { .l_onoff = 1, .l_linger = 0 };

	(void)arg;
	if (p->fd != -1)
		(void)setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l));
	close_peer(p);
	return GOOD;
}

static enum result
do_close(struct peer *p, char **arg)
{
	(void)arg;
	close_peer(p);
	p->unsent = false;
	return GOOD;
}

static enum result
do_again(struct peer *p, char **arg)
{
	(void)arg;
	close_peer(p);
	return open_peer(p);
}

static enum result
do_time(struct peer *p, char **arg)
{
	int64_t now;

	(void)p;
	(void)arg;
	now = now_ms();
	printf("<%" PRId64 " ms>\n", now - mark_ms);
	mark_ms = now;
	return GOOD;
}

static const struct command commands[] = {
	{ "s",	1, do_send },
	{ "z",	2, do_times },
	{ "f",	1, do_file },
	{ "g",	2, do_random },
	{ "gc",	2, do_random_chunked },
	{ "p",	1, do_pause },
	{ "r",	0, do_read_all },
	{ "R",	1, do_read_some },
	{ "m",	1, do_match },
	{ "k",	0, do_answer },
	{ "kh",	0, do_answer_head },
	{ "o",	1, do_open },
	{ "h",	0, do_half_close },
	{ "x",	0, do_reset },
	{ "c",	0, do_close },
	{ "n",	0, do_again },
	{ "t",	0, do_time },
};

static const struct command *
find_command(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	fprintf(stderr, "talk: no such command: %s\n", name);
	exit(64);
}

static enum result
run_aside(struct peer *p, const struct command *c, char **arg)
{
	pid_t pid;

	if (nchild == sizeof(child) / sizeof(child[0]))
		usage();
	if ((pid = fork()) == -1)
		fail("fork");
	if (pid == 0) {
		alarm((unsigned)opt.limit);
		_exit((int)c->run(p, arg));
	}
	child[nchild++] = pid;
	return GOOD;
}

static enum result
run_script(struct peer *p, char **word, int n)
{
	const struct command *c;
	enum result r = GOOD;
	bool aside;
	int i;

	for (i = 0; i < n && r == GOOD; i += c->args) {
		if ((aside = strcmp(word[i], "&") == 0) && ++i == n)
			usage();
		c = find_command(word[i++]);
		if (c->args > n - i)
			usage();
		fflush(stdout);
		r = aside ? run_aside(p, c, word + i) : c->run(p, word + i);
		if (r != GOOD && opt.verbose)
			fprintf(stderr, "talk: %s: status %d\n", c->name, r);
	}
	fflush(stdout);
	if (r == GOOD && p->unsent)
		r = RESET;
	close_peer(p);
	while (nchild > 0)
		if (kill(child[--nchild], SIGTERM) == 0)
			(void)waitpid(child[nchild], NULL, 0);
	return r;
}

/* The words on standard input. */
static int
read_script(char **word)
{
	static char text[MAX_SCRIPT];
	char *p = text;
	size_t n;
	int k = 0;

	n = fread(text, 1, sizeof(text) - 1, stdin);
	text[n] = '\0';
	while (k < MAX_WORDS) {
		p += strspn(p, " \t\r\n");
		if (*p == '#') {
			p += strcspn(p, "\n");
			continue;
		}
		if (*p == '\0')
			break;
		if (*p == '"') {
			word[k++] = ++p;
			while (*p != '"' && *p != '\0')
				p += *p == '\\' && p[1] != '\0' ? 2 : 1;
		} else {
			word[k++] = p;
			p += strcspn(p, " \t\r\n");
		}
		if (*p != '\0')
			*p++ = '\0';
	}
	return k;
}

/*
 * What is not a script.
 */

/*
 * Ports are taken below the usual ephemeral range: one from within it could
 * be given to any outgoing connection before the test binds it.
 */
static int
print_ports(uint64_t n)
{
	struct sockaddr_in sin;
	unsigned port[64];
	uint64_t x;
	size_t k = 0, tries = 0;
	int fd;

	if (n == 0 || n > sizeof(port) / sizeof(port[0]))
		usage();
	x = seed_random((uint64_t)getpid() << 20 ^ (uint64_t)time(NULL));
	memset(&sin, 0, sizeof(sin));
	sin.sin_family = AF_INET;
	sin.sin_addr.s_addr = htonl(INADDR_ANY);
	while (k < n && tries++ < 10000) {
		port[k] = (unsigned)(10000 + next_random(&x) % 22000);
		sin.sin_port = htons((uint16_t)port[k]);
		if ((fd = socket(AF_INET, SOCK_STREAM, 0)) == -1)
			fail("socket");
		if (bind(fd, (struct sockaddr *)&sin, sizeof(sin)) == 0)
			k++;
		else
			close(fd);
	}
	if (k < n)
		return 1;
	for (k = 0; k < n; k++)
		printf("%u\n", port[k]);
	return 0;
}

static int
print_sum(const char *name)
{
	static char block[65536];
	FILE *f = stdin;
	uint64_t h = FNV_START, length = 0;
	size_t n;

	if (strcmp(name, "-") != 0 && (f = fopen(name, "r")) == NULL)
		fail(name);
	while ((n = fread(block, 1, sizeof(block), f)) > 0) {
		h = fnv(h, block, n);
		length += n;
	}
	printf("%" PRIu64 " %016" PRIx64 "\n", length, h);
	return 0;
}

static int
print_random(uint64_t left, uint64_t seed)
{
	static char block[65536];
	uint64_t x;
	size_t n;

	x = seed_random(seed);
	for (; left > 0; left -= n) {
		n = left < sizeof(block) ? (size_t)left : sizeof(block);
		random_bytes(&x, block, n);
		put(stdout, block, n);
	}
	return fflush(stdout) == 0 ? 0 : 1;
}

static int
wait_until_open(struct peer *p, bool told)
{
	int64_t end;

	end = now_ms() + (told ? opt.timeout : 5000);
	do {
		if (open_peer(p) == GOOD)
			return 0;
		pause_ms(20);
	} while (now_ms() < end);
	return 1;
}

static int
hold(struct peer *p, uint64_t n)
{
	uint64_t i;

	for (i = 0; i < n; i++)
		if (open_peer(p) != GOOD)
			fail("connect");
	printf("held %" PRIu64 "\n", n);
	fflush(stdout);
	pause();
	return 0;
}

/*
 * The load.
 */

struct load {
	const char	*path;
	uint64_t	 requests;	/* 0: until the time is over */
	int64_t		 end;
	size_t		 size;		/* of the request */
	char		 request[1024 * 1024];
};

static struct load	load;

static void
make_request(const char *path)
{
	uint64_t x;
	int n;

	n = snprintf(load.request, 8192, "%s %s HTTP/1.1\r\n"
	    "Host: localhost\r\n%s", opt.body > 0 ? "POST" : "GET", path,
	    opt.keep ? "" : "Connection: close\r\n");
	if (n < 0 || n > 8000 || opt.body > sizeof(load.request) - 8192)
		usage();
	load.size = (size_t)n;
	if (opt.body > 0)
		load.size += (size_t)snprintf(load.request + n, 64,
		    "Content-Length: %" PRIu64 "\r\n", opt.body);
	memcpy(load.request + load.size, "\r\n", 2);
	load.size += 2;
	x = seed_random(opt.body);
	random_bytes(&x, load.request + load.size, (size_t)opt.body);
	load.size += (size_t)opt.body;
}

/* One request on the open connection; fresh: it has had none before. */
static enum result
load_once(struct peer *p, bool fresh, struct tally *t)
{
	struct sink k;
	struct framing f;
	enum result r;

	memset(&k, 0, sizeof(k));
	if ((r = send_bytes(p, load.request, load.size)) == GOOD)
		r = fill(p);
	if (r != GOOD || p->unsent) {
		close_peer(p);
		if (!fresh && r != LATE) {
			t->closed++;
			return ENDED;
		}
		t->failed++;
		return r;
	}
	r = read_answer(p, &k, false, &f);
	if (r == GOOD) {
		t->ok++;
		t->status[f.status]++;
	} else
		t->failed++;
	if (r != GOOD || f.close || !opt.keep ||
	    (!f.chunked && f.length == UINT64_MAX && f.status != 204 &&
	    f.status != 304))
		close_peer(p);
	return r;
}

static void
load_client(struct peer *p, uint64_t n, struct tally *t)
{
	bool fresh = true;
	uint64_t done;

	p->fd = -1;
	for (done = 0; n == 0 || done < n; ) {
		if (load.end != 0 && now_ms() >= load.end)
			break;
		if (p->fd == -1) {
			if (open_peer(p) != GOOD) {
				t->refused++;
				done++;
				pause_ms(10);
				continue;
			}
			fresh = true;
		}
		if (load_once(p, fresh, t) != ENDED || fresh)
			done++;
		fresh = false;
	}
	close_peer(p);
}

static void
add_tally(struct tally *sum, const struct tally *t)
{
	size_t i;

	sum->ok += t->ok;
	sum->failed += t->failed;
	sum->closed += t->closed;
	sum->refused += t->refused;
	for (i = 0; i < 600; i++)
		sum->status[i] += t->status[i];
}

static int
print_tally(const struct tally *t)
{
	size_t i;

	printf("requests %u ok %u failed %u closed %u refused %u\n",
	    (unsigned)(t->ok + t->failed + t->refused), (unsigned)t->ok,
	    (unsigned)t->failed, (unsigned)t->closed, (unsigned)t->refused);
	for (i = 0; i < 600; i++)
		if (t->status[i] > 0)
			printf("status %zu %u\n", i, (unsigned)t->status[i]);
	return t->failed > 0 || t->refused > 0 ? 1 : 0;
}

/* A child with a pipe of its own, that its tally will come through. */
static int
start_client(struct peer *p, uint64_t share)
{
	static struct tally t;
	int fd[2];

	if (pipe(fd) == -1)
		fail("pipe");
	switch (fork()) {
	case -1:
		fail("fork");
		break;
	case 0:
		alarm((unsigned)opt.limit);
		load_client(p, share, &t);
		_exit(write(fd[1], &t, sizeof(t)) != (ssize_t)sizeof(t));
	default:
		close(fd[1]);
		break;
	}
	return fd[0];
}

static int
run_load(struct peer *p, uint64_t n, const char *path)
{
	static struct tally sum, t;
	uint64_t clients;
	int fd[MAX_CLIENTS], i;

	make_request(path);
	load.end = opt.seconds > 0 ? now_ms() + opt.seconds * 1000 : 0;
	if (opt.clients < 1 || opt.clients > MAX_CLIENTS ||
	    (n == 0 && load.end == 0))
		usage();
	if (n > 0 && n < (uint64_t)opt.clients)
		opt.clients = (int)n;
	clients = (uint64_t)opt.clients;
	for (i = 0; i < opt.clients; i++)
		fd[i] = start_client(p, n / clients +
		    ((uint64_t)i < n % clients));
	for (i = 0; i < opt.clients; i++) {
		if (read(fd[i], &t, sizeof(t)) == (ssize_t)sizeof(t))
			add_tally(&sum, &t);
		else
			sum.failed++;
	}
	while (wait(NULL) > 0)
		continue;
	return print_tally(&sum);
}

/*
 * The command line.
 */

static void
on_alarm(int sig)
{
	(void)sig;
	_exit(LATE);
}

/* The address; what is left of the words. */
static char **
take_address(struct peer *p, char **argv, int *argc)
{
	p->fd = -1;
	if (p->path != NULL)
		return argv;
	if (*argc < 2)
		usage();
	p->host = argv[0];
	p->port = argv[1];
	*argc -= 2;
	return argv + 2;
}

static int
talk(struct peer *p, char **argv, int argc)
{
	static char *word[MAX_WORDS];

	if (argc == 0) {
		argc = read_script(word);
		argv = word;
	}
	mark_ms = now_ms();
	if (open_peer(p) != GOOD) {
		if (opt.verbose)
			fprintf(stderr, "talk: connect: %s\n",
			    strerror(errno));
		return NO_CONNECTION;
	}
	return (int)run_script(p, argv, argc);
}

static bool
set_option(int c)
{
	switch (c) {
	case 'a':
		opt.limit = (int)number(optarg);
		return true;
	case 'B':
		opt.body = number(optarg);
		return true;
	case 'c':
		opt.clients = (int)number(optarg);
		return true;
	case 'd':
		return opt.decode = true;
	case 'k':
		return opt.keep = true;
	case 'o':
		opt.body_file = optarg;
		return true;
	case 'q':
		return opt.quiet = true;
	case 's':
		return opt.sum = true;
	case 'T':
		opt.seconds = (int)number(optarg);
		return true;
	case 'u':
		peer.path = optarg;
		return true;
	case 'v':
		return opt.verbose = true;
	default:
		return false;
	}
}

int
main(int argc, char **argv)
{
	uint64_t n = 0;
	bool told = false;
	int c, mode = 0;

	/* +: glibc would look for options among the words, too */
	while ((c = getopt(argc, argv, "+a:B:c:dG:H:kL:o:P:qsS:t:T:u:vw")) !=
	    -1) {
		if (c == 't') {
			opt.timeout = (int)number(optarg);
			told = true;
		} else if (!set_option(c)) {
			if (c == '?' || mode != 0)
				usage();
			mode = c;
			if (c == 'S')
				return print_sum(optarg);
			if (c != 'w')
				n = number(optarg);
		}
	}
	argc -= optind;
	argv += optind;
	if (mode == 'P')
		return print_ports(n);
	if (mode == 'G' && argc == 1)
		return print_random(n, number(argv[0]));
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGALRM, on_alarm);
	alarm((unsigned)opt.limit);
	argv = take_address(&peer, argv, &argc);
	if (mode == 'w')
		return wait_until_open(&peer, told);
	if (mode == 'H')
		return hold(&peer, n);
	if (mode == 'L' && argc == 1)
		return run_load(&peer, n, argv[0]);
	if (mode != 0)
		usage();
	return talk(&peer, argv, argc);
}
