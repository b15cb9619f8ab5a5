/*
 * scgi: request -> netstring, and the one conversation with a member.
 *
 * This room knows SCGI and the head of a CGI answer; it does not choose the
 * member, does not talk to the client, and neither logs nor repeats.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <errno.h>
#include <poll.h>
#include <string.h>

#include "board.h"
#include "config.h"
#include "env.h"
#include "scgi.h"

enum {
	ANSWER_HEAD_MAX = 64 * 1024,	/* bytes */
	LINE_SHOWN = 200,		/* bytes of a bad one in the log */
	CHUNK_LINE_MAX = 8190,		/* bytes: of a size or a trailer */
	CLOSE_WAIT = 20			/* ms that a member may close first */
};

static size_t
decimal_length(uint64_t v)
{
	size_t n;

	for (n = 1; v >= 10; v /= 10)
		n++;
	return n;
}

static void
encode_var(struct out *o, struct str name, struct str value)
{
	out_str(o, name);
	out_ch(o, '\0');
	out_str(o, value);
	out_ch(o, '\0');
}

void
scgi_encode(struct out *o, uint64_t content_length, const struct env *vars)
{
	uint64_t n;
	size_t i;

	n = sizeof("CONTENT_LENGTH") + decimal_length(content_length) + 1 +
	    sizeof("SCGI") + sizeof("1");
	for (i = 0; i < vars->n; i++)
		n += vars->v[i].name.n + 1 + vars->v[i].value.n + 1;
	out_u64(o, n);
	out_z(o, ":CONTENT_LENGTH");
	out_ch(o, '\0');
	out_u64(o, content_length);
	out_ch(o, '\0');
	encode_var(o, STR("SCGI"), STR("1"));
	for (i = 0; i < vars->n; i++)
		encode_var(o, vars->v[i].name, vars->v[i].value);
	out_ch(o, ',');
}

static enum scgi_result
fail(struct scgi_fault *f, enum scgi_result r, const char *what,
    const char *why, int error)
{
	f->what = what;
	f->why = why;
	f->error = error;
	return r;
}

/* Does the address lead to this machine? */
static bool
is_local(const struct sockaddr_storage *ss)
{
	if (ss->ss_family == AF_INET)
		return (ntohl(((const struct sockaddr_in *)ss)->
		    sin_addr.s_addr) >> 24) == 127;
	if (ss->ss_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(
		    &((const struct sockaddr_in6 *)ss)->sin6_addr);
	return true;
}

/* Is a failed connect our own want, whatever the address? */
static bool
is_ours(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS ||
	    error == ENOMEM;
}

/*
 * Is it the kind of address that cannot be used here (IPv6 switched off, no
 * port left)?  The next one may do.
 */
static bool
is_address_unusable(int error)
{
	return error == EADDRNOTAVAIL || error == ENETUNREACH ||
	    error == EAFNOSUPPORT;
}

enum scgi_result
scgi_open(struct backend *b, const struct member *m, int connect_timeout,
    int timeout, char *buf, size_t cap, struct scgi_fault *f)
{
	struct tally_addresses list;
	uint32_t i;
	int error, fd, unusable;

	memset(b, 0, sizeof(*b));
	stream_open(&b->s, -1, buf, cap);
	b->channel.fd[0] = b->channel.fd[1] = -1;
	b->member = m;
	b->timeout = timeout;
	board_get_addresses(m->tally, &list);
	if (list.n == 0)
		return fail(f, SCGI_NO_CONNECTION, "connect",
		    "its name has no address", 0);
	unusable = error = 0;
	for (i = 0; i < list.n; i++) {
		switch (io_connect((const struct sockaddr *)&list.address[i],
		    list.length[i], io_deadline(connect_timeout), &fd)) {
		case IO_OK:
			b->s.fd = fd;
			b->local = is_local(&list.address[i]);
			b->connected_us = io_now_us();
			return SCGI_OK;
		case IO_GONE:
			return SCGI_CLIENT_GONE;
		case IO_TIMEOUT:
			error = ETIMEDOUT;
			break;
		case IO_FAILED:
		case IO_EOF:
		case IO_LEFT:
			if (is_ours(errno))
				return fail(f, SCGI_NO_DESCRIPTOR, "connect",
				    NULL, errno);
			if (is_address_unusable(errno))
				unusable = errno;
			else
				error = errno;
			break;
		}
	}
	if (error == 0)
		return fail(f, SCGI_NO_DESCRIPTOR, "connect", NULL, unusable);
	return fail(f, SCGI_NO_CONNECTION, "connect", NULL, error);
}

void
scgi_send(struct backend *b, struct str head, struct spool *spool,
    struct body *streamed)
{
	int on;

	b->head = head;
	b->spool = spool;
	b->streamed = streamed;
	/* More than one write follows: none shall wait for the other's ack. */
	if (b->member->path == NULL && (streamed != NULL ||
	    (spool != NULL && spool->fd != -1))) {
		on = 1;
		setsockopt(b->s.fd, IPPROTO_TCP, TCP_NODELAY, &on,
		    sizeof(on));
	}
	scgi_feed(b);
}

/* n bytes went out, or errno; more: there may be room for more. */
static bool
went_out(struct backend *b, ssize_t n)
{
	if (n == -1) {
		b->send_error = errno;
		return false;
	}
	b->sent += (uint64_t)n;
	return n > 0;
}

/* Head and the part of the body that is in memory, in one write. */
static bool
feed_head(struct backend *b)
{
	struct iovec iov[2];
	struct str memory;
	size_t k;
	ssize_t n;

	memory = b->spool == NULL ? STR("") : spool_memory(b->spool);
	iov[0].iov_base = (void *)(uintptr_t)b->head.p;
	iov[0].iov_len = b->head.n;
	iov[1].iov_base = (void *)(uintptr_t)memory.p;
	iov[1].iov_len = memory.n;
	n = io_writev_now(&b->s, iov, memory.n > 0 ? 2 : 1);
	if (!went_out(b, n))
		return false;
	k = (size_t)n < b->head.n ? (size_t)n : b->head.n;
	b->head = str_from(b->head, k);
	if ((size_t)n > k)
		spool_take(b->spool, (size_t)n - k);
	return true;
}

/* Has something of a streamed body come that was not sent yet? */
static bool
has_piece(const struct backend *b)
{
	return b->piece.n > 0 || b->channel.held > 0;
}

/* Have the next piece of it; FEED_MEMBER: there is one. */
static enum feed
next_piece(struct backend *b)
{
	struct body *body;

	body = b->streamed;
	body->conn->held = false;
	if (!body_splice(body, &b->channel, &b->client_status))
		b->client_status = body_poll(body, &b->piece);
	if (b->client_status != 0)
		return FEED_FAILED;
	if (!has_piece(b) && body->done)
		return FEED_DONE;
	body->conn->held = true;
	return has_piece(b) ? FEED_MEMBER : FEED_CLIENT;
}

/*
 * One step of a body that is still coming.  The piece is a slice of the
 * client's buffer, which is held until the whole body has gone.
 */
static enum feed
feed_streamed(struct backend *b)
{
	enum feed feed;
	ssize_t n;

	if (!has_piece(b) && (feed = next_piece(b)) != FEED_MEMBER)
		return feed;
	if (b->channel.held > 0) {
		went_out(b, channel_drain(&b->channel, &b->s));
		return FEED_MEMBER;
	}
	n = io_write_now(&b->s, b->piece.p, b->piece.n);
	if (went_out(b, n))
		b->piece = str_from(b->piece, (size_t)n);
	return FEED_MEMBER;
}

enum feed
scgi_feed(void *arg)
{
	struct backend *b;
	enum feed feed;
	uint64_t was;

	b = arg;
	for (;;) {
		if (b->client_status != 0)
			return FEED_FAILED;
		if (b->send_error != 0)
			return FEED_DONE;
		was = b->sent;
		feed = FEED_MEMBER;
		if (b->head.n > 0)
			feed_head(b);
		else if (b->streamed != NULL)
			feed = feed_streamed(b);
		else if (b->spool != NULL && spool_size(b->spool) > 0)
			went_out(b, spool_send(b->spool, &b->s, UINT64_MAX));
		else
			return FEED_DONE;
		if (feed != FEED_MEMBER)
			return feed;
		if (b->sent == was && b->send_error == 0)
			return FEED_MEMBER;
	}
}

/*
 * The member has closed or reset before its head was whole.
 */
/*
 * What tells most of a text that is no head: the line at fault, else the first
 * one; but of a traceback the last line, which has the reason.
 */
static struct str
line_to_show(struct str text, struct str at_fault)
{
	struct str last, line;

	if (str_starts(text, STR("Traceback"))) {
		at_fault = last = STR_NONE;
		while (text.n > 0) {
			line = str_head(text, str_chr(text, '\n'));
			text = str_from(text, line.n + 1);
			if (str_trim(line).n > 0)
				last = str_trim(line);
		}
		text = last;
	}
	if (at_fault.p == NULL)
		at_fault = str_head(text, str_chr(text, '\n'));
	if (at_fault.n > 0 && at_fault.p[at_fault.n - 1] == '\r')
		at_fault.n--;
	return str_head(str_trim(at_fault), LINE_SHOWN);
}

static enum scgi_result
closed(struct backend *b, int error, struct scgi_fault *f)
{
	if (b->sent == 0 && b->send_error != 0)
		return fail(f, SCGI_NO_CONNECTION, "send", NULL,
		    b->send_error);
	if (b->s.nread == 0)
		return fail(f, SCGI_CLOSED, "receive", error != 0 ? NULL :
		    "closed without an answer", error);
	f->said = line_to_show(stream_pending(&b->s), STR_NONE);
	return fail(f, SCGI_CLOSED, "receive", error != 0 ? NULL :
	    "closed in the middle of the response head", error);
}

/*
 * Wait until the member has sent something, meanwhile sending what is left.
 */
static enum scgi_result
wait_answer(struct backend *b, struct scgi_fault *f)
{
	enum feed feed;
	int64_t deadline;
	short member, client;

	for (;;) {
		feed = scgi_feed(b);
		if (feed == FEED_FAILED)
			return SCGI_CLIENT_BODY;
		deadline = feed == FEED_CLIENT ? body_deadline(b->streamed) :
		    io_deadline(b->timeout);
		switch (io_wait2(b->s.fd, (short)(POLLIN |
		    (feed == FEED_MEMBER ? POLLOUT : 0)), &member,
		    feed == FEED_CLIENT ? b->streamed->conn->s.fd : -1,
		    POLLIN, &client, deadline)) {
		case IO_OK:
			if (member & ~POLLOUT)
				return SCGI_OK;
			break;
		case IO_TIMEOUT:
			if (feed == FEED_CLIENT) {
				b->client_status = 408;
				return SCGI_CLIENT_BODY;
			}
			return fail(f, SCGI_TIMEOUT, feed == FEED_MEMBER ?
			    "send" : "receive", NULL, ETIMEDOUT);
		case IO_GONE:
			return SCGI_CLIENT_GONE;
		case IO_FAILED:
		case IO_EOF:
		case IO_LEFT:
			return fail(f, SCGI_CLOSED, "wait", NULL, errno);
		}
	}
}

/*
 * More of the head.  A head that trickles has its deadline for each step
 * forward, as every other wait.
 */
static enum scgi_result
receive_more(struct backend *b, struct scgi_fault *f)
{
	enum scgi_result r;

	for (;;) {
		if ((r = wait_answer(b, f)) != SCGI_OK)
			return r;
		switch (io_fill_now(&b->s)) {
		case IO_OK:
			if (b->first_us == 0)
				b->first_us = io_now_us();
			return SCGI_OK;
		case IO_EOF:
			return closed(b, 0, f);
		case IO_FAILED:
			return closed(b, errno, f);
		case IO_TIMEOUT:
		case IO_GONE:
		case IO_LEFT:
			break;
		}
	}
}

/* Of what was read last, what is data stays, in place. */
static int
decode_chunks(struct stream *s, size_t was, bool at_end)
{
	struct http_chunks *c;
	struct str data, in;
	int64_t used;

	c = s->decoder;
	in = (struct str){ s->buf + was, s->end - was };
	s->end = was;
	while (in.n > 0 && !c->done) {
		used = http_decode_chunks(c, in, CHUNK_LINE_MAX, 0, &data);
		if (used <= 0) {
			errno = EPROTO;
			return -1;
		}
		memmove(s->buf + s->end, data.p, data.n);
		s->end += data.n;
		in = str_from(in, (size_t)used);
	}
	if (c->done)
		s->eof = true;
	if (!at_end || c->done)
		return 0;
	errno = EPIPE;
	return -1;
}

/* What follows the head is chunks; some may have come with it. */
static int
begin_chunks(struct backend *b)
{
	memset(&b->chunks, 0, sizeof(b->chunks));
	b->s.decode = decode_chunks;
	b->s.decoder = &b->chunks;
	return decode_chunks(&b->s, b->s.pos, false);
}

enum scgi_result
scgi_receive(struct backend *b, size_t field_size, struct http_answer *answer,
    struct arena *a, struct scgi_fault *f)
{
	enum scgi_result r;
	struct str head;
	int64_t n;
	size_t from;
	int status;

	from = 0;
	while ((n = http_scan_answer(stream_pending(&b->s), &from, field_size,
	    ANSWER_HEAD_MAX)) == 0)
		if ((r = receive_more(b, f)) != SCGI_OK)
			return r;
	if (n == -1) {
		head = str_from(stream_pending(&b->s), from);
		head = str_head(head, str_chr(head, '\n'));
		f->said = line_to_show(stream_pending(&b->s), head);
		return fail(f, SCGI_BAD_HEAD, "response head",
		    field_size != 0 && head.n > field_size ?
		    "a line is longer than responsefieldsize=" :
		    "longer than 64 KiB in all", 0);
	}
	/* What the head says outlives the buffer it came in. */
	head = arena_dup(a, str_head(stream_pending(&b->s), (size_t)n));
	if (head.p == NULL)
		return fail(f, SCGI_NO_DESCRIPTOR, "response head",
		    "no room (LimitRequestHead)", 0);
	stream_take(&b->s, (size_t)n);
	status = http_parse_answer(answer, head, a, &f->why);
	if (status == 0 && answer->chunked && begin_chunks(b) == -1)
		return fail(f, SCGI_BAD_HEAD, "response", "a malformed chunk",
		    0);
	if (status == 0) {
		/*
		 * An application that does not read the whole request body
		 * and closes resets the connection, after its answer.
		 */
		b->s.reset_ends = b->spool != NULL || b->streamed != NULL;
		return SCGI_OK;
	}
	f->said = line_to_show(head, answer->bad_line);
	return fail(f, status == 500 ? SCGI_NO_DESCRIPTOR : SCGI_BAD_HEAD,
	    "response head", f->why, 0);
}

/*
 * Who closes first keeps the port in TIME_WAIT; on loopback it is reused
 * soon, elsewhere the ports would run out here.  What the buffer of the
 * conversation holds may still be on its way to the client: not there.
 */
static void
let_close_first(const struct backend *b)
{
	char waste[4096];
	struct stream s;
	int64_t deadline;

	stream_open(&s, b->s.fd, waste, sizeof(waste));
	deadline = io_deadline(CLOSE_WAIT);
	while (io_fill(&s, false, deadline) == IO_OK && io_now() < deadline)
		s.pos = s.end = 0;
}

void
scgi_close(struct backend *b, bool complete)
{
	if (b->s.fd == -1)
		return;
	if (complete && (!b->s.eof || b->s.decode != NULL) && !b->local)
		let_close_first(b);
	channel_close(&b->channel);
	stream_close(&b->s);
}
