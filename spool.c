/*
 * spool: a body on its way.  The queue (memory, then a file), the request
 * body as it comes, the pump that relays an answer.
 *
 * It decides nothing: what a body is for, which status an answer has and
 * whether a connection is kept are other rooms' matters.
 */
#include <sys/types.h>
#include <sys/uio.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "board.h"
#include "compat.h"
#include "spool.h"

enum {
	COPY = 64 * 1024,	/* bytes a step where sendfile(2) cannot */
	DISCARD_TIME = 2000	/* ms in all for an answer that is dropped */
};

static const char *spool_dir = "/var/tmp";
static uint64_t spool_limit;
static uint64_t in_files;	/* bytes of this worker's files */

void
spool_setup(const char *dir, uint64_t total)
{
	spool_dir = dir;
	spool_limit = total;
}

static void
account(uint64_t before, uint64_t after)
{
	in_files = in_files - before + after;
	board_set_spool(in_files);
}

void
spool_open(struct spool *s, char *mem, size_t cap, uint64_t file_max)
{
	memset(s, 0, sizeof(*s));
	s->mem = mem;
	s->cap = cap;
	s->fd = -1;
	s->file_max = file_max;
}

void
spool_close(struct spool *s)
{
	if (s->fd != -1) {
		close(s->fd);
		account((uint64_t)s->file_end, 0);
	}
	spool_open(s, s->mem, s->cap, s->file_max);
}

/* An unlinked file that nobody else can open. */
static int
open_file(void)
{
	char path[1024];
	int error, fd, n;

	n = snprintf(path, sizeof(path), "%s/gateway.XXXXXXXXXX", spool_dir);
	if (n < 0 || (size_t)n >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	fd = mkstemp(path);
	if (fd == -1)
		return -1;
	if (unlink(path) == -1 || fcntl(fd, F_SETFD, FD_CLOEXEC) == -1) {
		error = errno;
		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

static int
write_file(struct spool *s, struct str bytes)
{
	ssize_t n;
	size_t done;

	for (done = 0; done < bytes.n; done += (size_t)n) {
		n = pwrite(s->fd, bytes.p + done, bytes.n - done,
		    s->file_end + (off_t)done);
		if (n == -1 && errno == EINTR)
			n = 0;
		else if (n <= 0) {
			if (n == 0)
				errno = ENOSPC;
			return -1;
		}
	}
	account((uint64_t)s->file_end, (uint64_t)s->file_end + bytes.n);
	s->file_end += (off_t)bytes.n;
	return 0;
}

static int
append_file(struct spool *s, struct str bytes)
{
	if ((uint64_t)s->file_end + bytes.n > s->file_max) {
		errno = EFBIG;
		return -1;
	}
	if (spool_limit != 0 && board_spool_total() + bytes.n > spool_limit) {
		errno = ENOSPC;
		return -1;
	}
	if (s->fd == -1 && (s->fd = open_file()) == -1)
		return -1;
	return write_file(s, bytes);
}

int
spool_append(struct spool *s, struct str bytes)
{
	if (bytes.n == 0)
		return 0;
	if (s->fd != -1 || bytes.n > s->cap - s->mem_end)
		return append_file(s, bytes);
	memcpy(s->mem + s->mem_end, bytes.p, bytes.n);
	s->mem_end += bytes.n;
	return 0;
}

uint64_t
spool_size(const struct spool *s)
{
	return s->mem_end - s->mem_pos + (uint64_t)(s->file_end - s->file_pos);
}

struct str
spool_memory(const struct spool *s)
{
	return (struct str){ s->mem + s->mem_pos, s->mem_end - s->mem_pos };
}

void
spool_take(struct spool *s, size_t n)
{
	size_t in_memory;

	in_memory = s->mem_end - s->mem_pos;
	if (n <= in_memory) {
		s->mem_pos += n;
		return;
	}
	s->mem_pos = s->mem_end;
	s->file_pos += (off_t)(n - in_memory);
}

/* Where sendfile(2) does not work: read and send. */
static ssize_t
copy_file(struct stream *to, int fd, off_t *offset, uint64_t length)
{
	static char buf[COPY];
	ssize_t n;

	n = pread(fd, buf, length < COPY ? (size_t)length : COPY, *offset);
	if (n == 0)
		errno = EIO;
	if (n <= 0)
		return -1;
	n = io_write_now(to, buf, (size_t)n);
	if (n > 0)
		*offset += n;
	return n;
}

ssize_t
spool_send_file(struct stream *to, int fd, off_t *offset, uint64_t length)
{
	ssize_t n;

	/* More at once does not help, and the count must fit in a size_t. */
	if (length > 1 << 30)
		length = 1 << 30;
	do
		n = compat_sendfile(to->fd, fd, offset, (size_t)length);
	while (n == -1 && errno == EINTR);
	if (n > 0)
		to->nwritten += (uint64_t)n;
	if (n > 0)
		return n;
	if (n == 0) {
		errno = EIO;
		return length == 0 ? 0 : -1;
	}
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return 0;
	if (errno == ENOSYS || errno == EINVAL || errno == EOPNOTSUPP ||
	    errno == ENOTSOCK)
		return copy_file(to, fd, offset, length);
	return -1;
}

ssize_t
spool_send(struct spool *s, struct stream *to, uint64_t max)
{
	struct str m;
	uint64_t left;
	ssize_t n;

	m = spool_memory(s);
	if (m.n > 0) {
		n = io_write_now(to, m.p, m.n < max ? m.n : (size_t)max);
		if (n > 0)
			s->mem_pos += (size_t)n;
		return n;
	}
	left = (uint64_t)(s->file_end - s->file_pos);
	if (left > max)
		left = max;
	if (left == 0)
		return 0;
	return spool_send_file(to, s->fd, &s->file_pos, left);
}

int64_t
read_deadline(const struct read_rate *r, int64_t started, uint64_t nread,
    int timeout)
{
	int64_t deadline, stage;

	deadline = io_deadline(timeout);
	if (r->first == 0)
		return deadline;
	stage = r->first;
	if (r->rate > 0) {
		/* Far more bytes than any body has cannot overflow. */
		if (nread > INT64_MAX / 2000)
			nread = INT64_MAX / 2000;
		stage += (int64_t)(nread * 1000 / (uint64_t)r->rate);
	}
	if (r->max != 0 && stage > r->max)
		stage = r->max;
	return started + stage < deadline ? started + stage : deadline;
}

/* The first time that the body is wanted. */
static int
begin_body(struct body *b)
{
	struct stream *s;

	b->begun = true;
	s = &b->conn->s;
	b->started = io_now();
	b->read_before = s->nread;
	if (b->kind == HTTP_BODY_LENGTH && b->limit != 0 &&
	    b->length > b->limit)
		return 413;
	/*
	 * RFC 9110 10.1.1: no 100 when the body has begun to come; the client
	 * did not wait for it.
	 */
	if (b->expects && s->pos == s->end && io_write(s,
	    STR("HTTP/1.1 100 Continue\r\n\r\n"), b->timeout) != IO_OK)
		return CLIENT_GONE;
	b->expects = false;
	return 0;
}

/* Bytes of the stream that are body, for a body of known length. */
static struct str
take_length(struct body *b)
{
	struct str s;
	uint64_t left;

	left = b->length - b->received;
	s = stream_pending(&b->conn->s);
	if (s.n > left)
		s.n = (size_t)left;
	b->conn->s.pos += s.n;
	b->received += s.n;
	b->done = b->received == b->length;
	return s;
}

/* The same for chunks; 0 or a status. */
static int
take_chunks(struct body *b, struct str *piece)
{
	struct stream *s;
	int64_t used;

	s = &b->conn->s;
	piece->n = 0;
	while (piece->n == 0 && !b->chunks.done && s->pos < s->end) {
		used = http_decode_chunks(&b->chunks, stream_pending(s),
		    b->line_max, b->fields_max, piece);
		if (used == -1)
			return 400;
		if (used == 0)
			break;
		s->pos += (size_t)used;
	}
	b->received += piece->n;
	if (b->limit != 0 && b->received > b->limit)
		return 413;
	/* The end may follow the last data at once: see it now. */
	b->done = b->chunks.done;
	return 0;
}

/* What of the body is in the buffer; empty when none is. */
static int
take_piece(struct body *b, struct str *piece)
{
	switch (b->kind) {
	case HTTP_BODY_NONE:
		b->done = true;
		*piece = STR("");
		return 0;
	case HTTP_BODY_LENGTH:
		*piece = take_length(b);
		return 0;
	case HTTP_BODY_CHUNKED:
		return take_chunks(b, piece);
	}
	return 500;
}

int64_t
body_deadline(const struct body *b)
{
	return read_deadline(b->rate, b->started,
	    b->conn->s.nread - b->read_before, b->timeout);
}

/*
 * More bytes of it, waiting or not.  0 (also when there is nothing and we do
 * not wait), 408 or CLIENT_GONE.
 */
static int
fill_body(struct body *b, bool waits)
{
	struct stream *s;

	s = &b->conn->s;
	/* All that was read is used up: begin the buffer anew. */
	if (s->pos == s->end)
		s->pos = s->end = 0;
	switch (waits ? io_fill(s, false, body_deadline(b)) :
	    io_fill_now(s)) {
	case IO_OK:
		return 0;
	case IO_TIMEOUT:
		return waits ? 408 : 0;
	case IO_EOF:
	case IO_FAILED:
	case IO_GONE:
	case IO_LEFT:
		break;
	}
	return CLIENT_GONE;
}

int
body_next(struct body *b, struct str *piece)
{
	int status;

	*piece = STR("");
	if (!b->begun && (status = begin_body(b)) != 0)
		return status;
	while (!b->done) {
		if ((status = take_piece(b, piece)) != 0)
			return status;
		if (piece->n > 0 || b->done)
			return 0;
		if ((status = fill_body(b, true)) != 0)
			return status;
	}
	return 0;
}

int
body_poll(struct body *b, struct str *piece)
{
	int status;

	*piece = STR("");
	if (!b->begun && (status = begin_body(b)) != 0)
		return status;
	if (b->done || (status = take_piece(b, piece)) != 0)
		return b->done ? 0 : status;
	if (piece->n > 0 || b->done)
		return 0;
	if ((status = fill_body(b, false)) != 0)
		return status;
	return take_piece(b, piece);
}

/* Is it worth it, or was it begun? */
static bool
may_splice(const struct body *b, const struct channel *c)
{
	const struct stream *s;

	s = &b->conn->s;
	if (!b->begun || b->done || b->kind != HTTP_BODY_LENGTH ||
	    s->pos < s->end || b->copies)
		return false;
	return c->fd[0] != -1 || b->length - b->received >= CHANNEL_SIZE;
}

bool
body_splice(struct body *b, struct channel *c, int *status)
{
	if (!may_splice(b, c))
		return false;
	if (c->fd[0] == -1 && channel_open(c) == -1) {
		b->copies = true;
		return false;
	}
	*status = 0;
	switch (channel_fill(c, &b->conn->s, b->length - b->received)) {
	case IO_OK:
		b->received += c->held;
		b->done = b->received == b->length;
		return true;
	case IO_TIMEOUT:
		return true;
	case IO_FAILED:
		if (errno == EINVAL) {
			b->copies = true;
			return false;
		}
		break;
	case IO_EOF:
	case IO_GONE:
	case IO_LEFT:
		break;
	}
	*status = CLIENT_GONE;
	return true;
}

int
body_receive(struct body *b, struct spool *to)
{
	struct str piece;
	int status;

	for (;;) {
		if ((status = body_next(b, &piece)) != 0)
			return status;
		if (piece.n == 0 && b->done)
			return 0;
		if (spool_append(to, piece) == -1)
			return 503;
	}
}

/*
 * The framing of a body towards the client: pieces of a known length as
 * they are, or chunks.
 */
struct framer {
	bool		 chunked;
	struct str	 head;		/* still to send before all pieces */
	struct str	 before;	/* still to send before the data */
	uint64_t	 left;		/* data of the present piece, bytes */
	struct str	 after;		/* still to send after the data */
	char		 room[24];
};

/* head, when not empty, goes out with the first piece. */
static void
framer_init(struct framer *f, bool chunked, struct str head)
{
	memset(f, 0, sizeof(*f));
	f->chunked = chunked;
	f->head = head;
}

/* Nothing of the present piece is left to send. */
static bool
framer_idle(const struct framer *f)
{
	return f->head.n == 0 && f->before.n == 0 && f->left == 0 &&
	    f->after.n == 0;
}

/* The next piece has n bytes; n == 0 is the last chunk. */
static void
framer_begin(struct framer *f, uint64_t n)
{
	struct out o;

	f->left = n;
	if (!f->chunked)
		return;
	out_init(&o, f->room, sizeof(f->room));
	out_hex(&o, n);
	out_z(&o, "\r\n");
	f->before = out_done(&o);
	/* The last chunk has no data, and no trailers follow it. */
	f->after = STR("\r\n");
}

/* n bytes have gone out; how many of them were data. */
static size_t
framer_advance(struct framer *f, size_t n)
{
	size_t data, k;

	k = n < f->head.n ? n : f->head.n;
	f->head = str_from(f->head, k);
	n -= k;
	k = n < f->before.n ? n : f->before.n;
	f->before = str_from(f->before, k);
	n -= k;
	data = n < f->left ? n : (size_t)f->left;
	f->left -= data;
	n -= data;
	f->after = str_from(f->after, n);
	return data;
}

static int
add_iov(struct iovec *iov, int n, struct str s)
{
	if (s.n == 0)
		return n;
	iov[n].iov_base = (void *)(uintptr_t)s.p;
	iov[n].iov_len = s.n;
	return n + 1;
}

/*
 * Send of the present piece what the socket takes; data is where its bytes
 * are.  Data bytes sent, or -1 with errno.  *full: the socket took not all.
 */
static ssize_t
framer_send(struct framer *f, struct stream *to, struct str data, bool *full)
{
	struct iovec iov[4];
	struct str after;
	ssize_t n;
	int k;

	if (data.n > f->left)
		data.n = (size_t)f->left;
	after = data.n == f->left ? f->after : STR("");
	k = add_iov(iov, 0, f->head);
	k = add_iov(iov, k, f->before);
	k = add_iov(iov, k, data);
	k = add_iov(iov, k, after);
	if (k == 0) {
		/* The piece was begun with bytes that are not there. */
		errno = EIO;
		return -1;
	}
	n = io_writev_now(to, iov, k);
	if (n == -1)
		return -1;
	*full = (size_t)n < f->head.n + f->before.n + data.n + after.n;
	return (ssize_t)framer_advance(f, (size_t)n);
}

/* The state of a pump that only its steps see. */
struct pumping {
	struct pump	*p;
	struct framer	 framer;
	bool		 last;		/* the last chunk is on its way */
	enum feed	 feed;		/* what the request body waits for */
	int64_t		 source_since;	/* ms: last step forward */
	int64_t		 discard_end;	/* ms: of reading what is dropped */
	int64_t		 client_since;
	void		(*released)(void *);
	void		*arg;
};

/* Body bytes that the source's buffer holds and the client shall get. */
static size_t
pending(const struct pump *p)
{
	return p->source->end - p->source->pos;
}

static uint64_t
spooled(const struct pump *p)
{
	return p->spool == NULL ? 0 : spool_size(p->spool);
}

/* New bytes stand in the source's buffer: count them, mind the length. */
static void
count_taken(struct pump *p, size_t was)
{
	struct stream *s;
	uint64_t more;

	s = p->source;
	more = s->end - s->pos - was;
	if (p->length >= 0 && p->taken + more >= (uint64_t)p->length) {
		/* Never more than was promised: the rest is not read. */
		p->dropped += p->taken + more - (uint64_t)p->length;
		more = (uint64_t)p->length - p->taken;
		s->end = s->pos + was + (size_t)more;
		p->source_done = true;
	}
	p->taken += more;
}

/* The source has ended or failed. */
static void
end_source(struct pumping *g, int error)
{
	struct pump *p;

	p = g->p;
	p->source_error = error;
	if (error == 0 && p->length < 0)
		p->source_done = true;
}

/*
 * Before a wait for the client alone: the application is free.  An answer
 * that the client takes at once goes out first.
 */
static void
release(struct pumping *g)
{
	if (g->p->source_done && g->released != NULL) {
		g->released(g->arg);
		g->released = NULL;
	}
}

static bool
source_open(const struct pump *p)
{
	return !p->source_done && p->source_error == 0 && !p->source->eof;
}

/*
 * Make room in the source's buffer by moving what waits there to the file.
 * False when read-ahead ends here: no spool, its limit, no space.
 */
static bool
spill(struct pump *p)
{
	struct stream *s;

	s = p->source;
	if (p->spool == NULL || p->spool_error != 0)
		return false;
	if (spool_append(p->spool, stream_pending(s)) == -1) {
		p->spool_error = errno;
		return false;
	}
	s->pos = s->end = 0;
	return true;
}

/* May the source be read now? */
static bool
may_read(struct pump *p)
{
	struct stream *s;

	s = p->source;
	if (!source_open(p))
		return false;
	if (p->discard || p->client_error != 0)
		s->pos = s->end = 0;	/* nobody wants what is there */
	/* Moving what waits to the front pays when half is free there. */
	if (s->end < s->cap || s->pos > s->cap / 2)
		return true;
	return spill(p);
}

static void
read_source(struct pumping *g)
{
	struct pump *p;
	size_t was;

	p = g->p;
	was = pending(p);
	switch (io_fill_now(p->source)) {
	case IO_OK:
		g->source_since = io_now();
		count_taken(p, was);
		if (p->source_done || p->source->eof)
			end_source(g, 0);
		break;
	case IO_EOF:
		end_source(g, 0);
		break;
	case IO_FAILED:
		end_source(g, errno);
		break;
	case IO_TIMEOUT:
	case IO_GONE:
	case IO_LEFT:
		break;
	}
}

/* Start the next piece when the one before has gone. */
static void
begin_piece(struct pumping *g)
{
	struct pump *p;
	uint64_t n;

	p = g->p;
	if (g->framer.left > 0 || g->framer.after.n > 0 || g->last ||
	    p->discard)
		return;
	n = spooled(p) > 0 ? spooled(p) : pending(p);
	if (n > 0) {
		framer_begin(&g->framer, n);
		g->client_since = io_now();
	} else if (p->chunked && p->source_done) {
		framer_begin(&g->framer, 0);
		g->last = true;
	}
}

/*
 * Send from the file: the frame's head, the data, the frame's end.
 */
static ssize_t
send_spooled(struct pumping *g, bool *full)
{
	struct pump *p;
	ssize_t n;

	p = g->p;
	if (g->framer.head.n + g->framer.before.n > 0) {
		n = framer_send(&g->framer, &p->client->s, STR(""), full);
		if (n == -1 || *full)
			return n;
	}
	n = spool_send(p->spool, &p->client->s, g->framer.left);
	if (n <= 0) {
		*full = n == 0;
		return n;
	}
	framer_advance(&g->framer, (size_t)n);
	if (spool_size(p->spool) == 0)
		spool_close(p->spool);
	return n;
}

/* One step towards the client; false when its socket is full or broken. */
static bool
send_client(struct pumping *g)
{
	struct pump *p;
	bool full;
	ssize_t n;

	p = g->p;
	full = false;
	if (g->framer.left > 0 && spooled(p) > 0)
		n = send_spooled(g, &full);
	else {
		n = framer_send(&g->framer, &p->client->s,
		    stream_pending(p->source), &full);
		if (n > 0)
			stream_take(p->source, (size_t)n);
	}
	if (n == -1) {
		p->client_error = errno;
		return false;
	}
	if (n > 0 || !full)
		g->client_since = io_now();
	if (p->first_us == 0)
		p->first_us = io_now_us();
	p->sent += (uint64_t)n;
	return !full;
}

/* Send until the client's socket is full or nothing is left. */
static bool
send_all(struct pumping *g)
{
	for (;;) {
		begin_piece(g);
		if (framer_idle(&g->framer))
			return true;
		if (!send_client(g))
			return false;
	}
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* When is somebody too slow who must do something (events) now? */
static int64_t
deadline_of(short events, int64_t since, int timeout)
{
	return events == 0 || timeout <= 0 ? IO_NEVER : since + timeout;
}

/* From now on what is dropped may take so long. */
static void
begin_discard(struct pumping *g)
{
	g->discard_end = g->p->discard ? g->source_since + DISCARD_TIME :
	    IO_NEVER;
}

/* What holds now, after a wait. */
static void
act(struct pumping *g, short source, short client, bool reading)
{
	if (source & POLLOUT)
		g->source_since = io_now();
	if (client & POLLIN)
		g->client_since = io_now();
	if (reading && (source & ~POLLOUT) != 0)
		read_source(g);
}

/*
 * Sleep until the source has more, the client takes more, the request body
 * can go on, or somebody was too slow.  Whoever is not waited for has no
 * deadline.
 */
static void
wait_both(struct pumping *g, bool reading, bool sending)
{
	struct pump *p;
	int64_t client, source;
	short a, b, in, out;

	p = g->p;
	in = (short)((reading ? POLLIN : 0) |
	    (g->feed == FEED_MEMBER ? POLLOUT : 0));
	out = (short)((sending ? POLLOUT : 0) |
	    (g->feed == FEED_CLIENT ? POLLIN : 0));
	/* An application that waits for the client is not slow. */
	source = g->feed == FEED_CLIENT ? IO_NEVER :
	    earlier(deadline_of(in, g->source_since, p->discard &&
	    g->feed == FEED_MEMBER ? DISCARD_TIME : p->source_timeout),
	    g->discard_end);
	client = deadline_of(out, g->client_since, p->client_timeout);
	if (g->feed == FEED_CLIENT && p->streamed != NULL)
		client = earlier(client, body_deadline(p->streamed));
	switch (io_wait2(in != 0 ? p->source->fd : -1, in, &a,
	    out != 0 ? p->client->s.fd : -1, out, &b,
	    earlier(source, client))) {
	case IO_OK:
		act(g, a, b, reading);
		break;
	case IO_TIMEOUT:
		if (client <= source)
			p->client_error = ETIMEDOUT;
		else
			end_source(g, ETIMEDOUT);
		break;
	case IO_GONE:
		p->client_error = ECONNRESET;
		io_watch_client(NULL, false);
		break;
	case IO_FAILED:
		end_source(g, errno);
		break;
	case IO_EOF:
	case IO_LEFT:
		break;
	}
	if (g->feed == FEED_CLIENT) {
		g->source_since = io_now();
		begin_discard(g);
	}
}

static void
begin_pump(struct pumping *g)
{
	struct pump *p;

	p = g->p;
	framer_init(&g->framer, p->chunked, p->head);
	g->source_since = g->client_since = io_now();
	begin_discard(g);
	count_taken(p, 0);
	if (p->source->eof || p->source_done)
		end_source(g, 0);
	else if (pending(p) == 0)
		/* The body often follows the head at once: one write. */
		read_source(g);
}

/*
 * Send more of the request body.  One that will never be whole ends it all:
 * the application waits for what cannot come.
 */
static void
feed_source(struct pumping *g)
{
	struct pump *p;

	p = g->p;
	if (!source_open(p))
		g->feed = FEED_DONE;
	else if (g->feed != FEED_DONE)
		g->feed = p->feed(p->feed_arg);
	if (g->feed == FEED_FAILED && p->client_error == 0)
		p->client_error = ECONNABORTED;
	if (g->feed == FEED_FAILED ||
	    (g->feed == FEED_CLIENT && p->client_error != 0))
		p->drain = false;
}

/* Nobody wants what comes any more, or it goes nowhere. */
static bool
gave_up(const struct pump *p)
{
	return p->client_error != 0 && !(p->drain && source_open(p));
}

int
pump_run(struct pump *p, void (*released)(void *), void *arg)
{
	struct pumping g;
	bool reading, sending;

	memset(&g, 0, sizeof(g));
	g.p = p;
	g.feed = p->feed == NULL ? FEED_DONE : FEED_MEMBER;
	g.released = released;
	g.arg = arg;
	begin_pump(&g);
	while (!gave_up(p)) {
		sending = false;
		if (p->client_error == 0)
			sending = !send_all(&g) && p->client_error == 0;
		if (gave_up(p))
			break;
		reading = may_read(p);
		if (!reading && !sending)
			break;
		release(&g);
		feed_source(&g);
		if (!gave_up(p))
			wait_both(&g, reading, sending);
	}
	if (p->client_error != 0 || !p->source_done)
		return -1;
	assert(p->discard || p->sent == p->taken);
	return 0;
}
