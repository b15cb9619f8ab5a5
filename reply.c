/*
 * reply: response -> bytes to the client.
 *
 * The one room that sends answers.  It decides how the body is framed and
 * whether the connection can be kept, never what the answer is.
 */
#include <sys/types.h>
#include <sys/uio.h>

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "reply.h"

/*
 * What is read of a body that nobody gets (HEAD, 204, 304), so that an
 * application which sends one all the same does not write into a closed
 * socket.
 */
enum {
	DISCARD_MAX = 1024 * 1024,	/* bytes */
	DISCARD_SILENCE = 10		/* ms without one */
};

/* A file up to this goes out with its head. */
enum {
	SMALL = 32 * 1024		/* bytes */
};

/* A status that never has a body (RFC 9110 6.4.1). */
static bool
is_bodyless(int status)
{
	return status == 204 || status == 304;
}

/*
 * Look whether the whole answer is here already: then its length is known,
 * however the application framed it.
 */
static void
look_for_end(struct response *r)
{
	struct stream *s;

	s = r->stream;
	while (s->end - s->pos < s->cap && io_fill_now(s) == IO_OK)
		continue;
	if (s->eof)
		r->length = (int64_t)(s->end - s->pos);
}

/*
 * Content-Length, chunked or close (RFC 9112 6.3).  True: chunked.
 */
static bool
choose_framing(struct reply_to *to, struct response *r)
{
	if (to->head_only || is_bodyless(r->status))
		return false;
	if (r->length < 0 && r->source == SOURCE_STREAM)
		look_for_end(r);
	if (r->length >= 0)
		return false;
	if (to->minor >= 1)
		return true;
	to->keep = false;
	return false;
}

static void
put_field(struct out *o, struct str name, struct str value)
{
	out_str(o, name);
	out_z(o, ": ");
	out_str(o, value);
	out_z(o, "\r\n");
}

static void
put_status_line(struct out *o, const struct reply_to *to,
    const struct response *r)
{
	out_z(o, to->old_line ? "HTTP/1.0 " : "HTTP/1.1 ");
	out_u64(o, (uint64_t)r->status);
	out_ch(o, ' ');
	out_str(o, r->reason.n > 0 ? r->reason : http_reason(r->status));
	out_z(o, "\r\n");
}

static void
put_date(struct out *o, const struct reply_to *to)
{
	static time_t made_for;
	static char date[30];

	if (made_for != to->now || date[0] == '\0') {
		http_format_date(to->now, date);
		made_for = to->now;
	}
	put_field(o, STR("Date"), str_of(date));
}

/* Fields that a 204 or 304 has no use for (httpd removes them too). */
static bool
describes_body(struct str name)
{
	return str_caseeq(name, STR("Content-Type")) ||
	    str_caseeq(name, STR("Content-Encoding")) ||
	    str_caseeq(name, STR("Content-Language"));
}

static void
put_fields(struct out *o, const struct reply_to *to, const struct response *r)
{
	const struct field *f;
	size_t i;

	if (fields_get(&r->fields, STR("Date")) == NULL)
		put_date(o, to);
	if (to->software.n > 0 &&
	    fields_get(&r->fields, STR("Server")) == NULL)
		put_field(o, STR("Server"), to->software);
	for (i = 0; i < r->fields.n; i++) {
		f = &r->fields.v[i];
		if (!is_bodyless(r->status) || !describes_body(f->name))
			put_field(o, f->name, f->value);
	}
}

static void
put_connection(struct out *o, const struct reply_to *to)
{
	if (!to->keep) {
		out_z(o, "Connection: close\r\n");
		return;
	}
	/* A 1.1 client knows without words; httpd: only if it asked. */
	if (!to->keep_token)
		return;
	out_z(o, "Keep-Alive: timeout=");
	out_u64(o, (uint64_t)to->keep_timeout);
	if (to->keep_left >= 0) {
		out_z(o, ", max=");
		out_u64(o, (uint64_t)to->keep_left);
	}
	out_z(o, "\r\nConnection: Keep-Alive\r\n");
}

/* The head; absent when the arena is full. */
static struct str
make_head(const struct reply_to *to, const struct response *r, bool chunked)
{
	struct out o;

	out_begin(&o, to->arena);
	put_status_line(&o, to, r);
	put_fields(&o, to, r);
	if (chunked)
		out_z(&o, "Transfer-Encoding: chunked\r\n");
	else if (r->length >= 0 && !is_bodyless(r->status)) {
		out_z(&o, "Content-Length: ");
		out_u64(&o, (uint64_t)r->length);
		out_z(&o, "\r\n");
	}
	put_connection(&o, to);
	out_z(&o, "\r\n");
	return out_end(&o, to->arena);
}

static enum reply_result
client_failed(struct reply_sent *sent, enum io_result r)
{
	sent->client_error = r == IO_TIMEOUT ? ETIMEDOUT :
	    r == IO_GONE ? ECONNRESET : errno;
	return REPLY_CLIENT_GONE;
}

/* Head, and a body that is in memory, in one write. */
static enum reply_result
send_bytes(struct reply_to *to, struct str head, struct str body,
    struct reply_sent *sent)
{
	struct iovec iov[2];
	struct stream *s;
	uint64_t before, head_sent;
	enum io_result r;

	s = &to->conn->s;
	before = s->nwritten;
	iov[0].iov_base = (void *)(uintptr_t)head.p;
	iov[0].iov_len = head.n;
	iov[1].iov_base = (void *)(uintptr_t)body.p;
	iov[1].iov_len = body.n;
	sent->first_us = io_now_us();
	r = io_writev(s, iov, body.n > 0 ? 2 : 1, to->timeout);
	head_sent = s->nwritten - before;
	sent->body = head_sent > head.n ? head_sent - head.n : 0;
	sent->source_done = true;
	return r == IO_OK ? REPLY_SENT : client_failed(sent, r);
}

/* A file on its way: what is small is gathered, to go out in one write. */
struct gather {
	struct reply_to		*to;
	struct reply_sent	*sent;
	int			 fd;
	struct str		 head;	/* goes out before the room */
	size_t			 n;	/* bytes in the room */
};

static char gather_room[SMALL];

/* Send what has been gathered. */
static enum reply_result
flush_gather(struct gather *g)
{
	struct iovec iov[2];
	enum io_result r;

	iov[0].iov_base = (void *)(uintptr_t)g->head.p;
	iov[0].iov_len = g->head.n;
	iov[1].iov_base = gather_room;
	iov[1].iov_len = g->n;
	g->head = STR("");
	g->n = 0;
	r = io_writev(&g->to->conn->s, iov, 2, g->to->timeout);
	return r == IO_OK ? REPLY_SENT : client_failed(g->sent, r);
}

static enum reply_result
gather_bytes(struct gather *g, struct str bytes)
{
	enum reply_result result;

	if (bytes.n > sizeof(gather_room) - g->n &&
	    (result = flush_gather(g)) != REPLY_SENT)
		return result;
	if (bytes.n > sizeof(gather_room)) {
		g->head = bytes;
		return flush_gather(g);
	}
	if (bytes.n > 0)
		memcpy(gather_room + g->n, bytes.p, bytes.n);
	g->n += bytes.n;
	return REPLY_SENT;
}

static enum reply_result
source_failed(struct reply_sent *sent, int error)
{
	sent->source_error = error;
	return REPLY_SOURCE_SHORT;
}

/* A small piece of the file into the room, where it fits. */
static enum reply_result
gather_piece(struct gather *g, const struct part *part)
{
	enum reply_result result;
	size_t done;
	ssize_t n;
	int error;

	for (done = 0; done < (size_t)part->length; done += (size_t)n) {
		n = pread(g->fd, gather_room + g->n,
		    (size_t)part->length - done,
		    (off_t)part->offset + (off_t)done);
		if (n == -1 && errno == EINTR)
			n = 0;
		else if (n <= 0) {
			error = n == 0 ? EIO : errno;
			result = flush_gather(g);
			return result != REPLY_SENT ? result :
			    source_failed(g->sent, error);
		}
		g->n += (size_t)n;
	}
	return REPLY_SENT;
}

/* A large piece, by itself. */
static enum reply_result
send_piece(struct gather *g, const struct part *part)
{
	enum io_result wait;
	off_t end, offset;
	ssize_t n;

	offset = (off_t)part->offset;
	end = offset + (off_t)part->length;
	while (offset < end) {
		n = spool_send_file(&g->to->conn->s, g->fd, &offset,
		    (uint64_t)(end - offset));
		if (n == -1 && errno == EIO)
			return source_failed(g->sent, EIO);
		if (n == -1)
			return client_failed(g->sent, IO_FAILED);
		if (n > 0)
			continue;
		wait = io_wait(g->to->conn->s.fd, POLLOUT,
		    io_deadline(g->to->timeout));
		if (wait != IO_OK)
			return client_failed(g->sent, wait);
	}
	return REPLY_SENT;
}

static enum reply_result
send_part(struct gather *g, const struct part *part)
{
	enum reply_result result;

	if ((result = gather_bytes(g, part->head)) != REPLY_SENT)
		return result;
	if (part->length > (int64_t)(sizeof(gather_room) - g->n) &&
	    (result = flush_gather(g)) != REPLY_SENT)
		return result;
	return part->length <= (int64_t)sizeof(gather_room) ?
	    gather_piece(g, part) : send_piece(g, part);
}

/* A file, or parts of it, behind the head. */
static enum reply_result
send_file(struct reply_to *to, struct str head, struct response *r,
    struct reply_sent *sent)
{
	struct gather g;
	struct part whole;
	enum reply_result result;
	uint64_t before, written;
	size_t i;

	g.to = to;
	g.sent = sent;
	g.fd = r->fd;
	g.head = head;
	g.n = 0;
	whole = (struct part){ STR(""), r->offset, r->length };
	before = to->conn->s.nwritten;
	sent->first_us = io_now_us();
	result = r->nparts > 0 ? REPLY_SENT : send_part(&g, &whole);
	for (i = 0; i < r->nparts && result == REPLY_SENT; i++)
		result = send_part(&g, &r->parts[i]);
	if (result == REPLY_SENT)
		result = gather_bytes(&g, r->tail);
	if (result == REPLY_SENT)
		result = flush_gather(&g);
	written = to->conn->s.nwritten - before;
	sent->body = written > head.n ? written - head.n : 0;
	sent->source_done = result != REPLY_SOURCE_SHORT;
	return result;
}

/* The answer of an application, as it comes. */
static enum reply_result
send_stream(struct reply_to *to, struct str head, struct response *r,
    bool chunked, struct reply_sent *sent)
{
	struct pump p;
	int failed;

	memset(&p, 0, sizeof(p));
	p.source = r->stream;
	p.client = to->conn;
	p.spool = to->spool;
	p.head = head;
	p.chunked = chunked;
	p.discard = to->head_only || is_bodyless(r->status);
	p.drain = to->ignore_abort;
	p.length = p.discard ? DISCARD_MAX : r->length;
	p.source_timeout = to->source_timeout;
	if (p.discard)
		p.source_timeout = DISCARD_SILENCE;
	p.client_timeout = to->timeout;
	p.feed = to->feed;
	p.feed_arg = to->feed_arg;
	p.streamed = to->streamed;
	failed = pump_run(&p, to->released, to->released_arg);
	sent->body = p.sent;
	sent->taken = p.taken;
	sent->dropped = p.discard ? 0 : p.dropped;
	sent->first_us = p.first_us;
	sent->source_done = p.source_done;
	sent->source_error = p.source_error;
	sent->client_error = p.client_error;
	sent->spool_error = p.spool_error;
	if (!failed || (p.discard && p.client_error == 0))
		return REPLY_SENT;
	return p.client_error != 0 ? REPLY_CLIENT_GONE : REPLY_SOURCE_SHORT;
}

enum reply_result
reply_send(struct reply_to *to, struct response *r, struct reply_sent *sent)
{
	struct str body, head;
	bool chunked;

	memset(sent, 0, sizeof(*sent));
	chunked = choose_framing(to, r);
	head = make_head(to, r, chunked);
	if (head.p == NULL)
		return REPLY_NO_ROOM;
	switch (r->source) {
	case SOURCE_NONE:
	case SOURCE_BYTES:
		body = r->source == SOURCE_BYTES && !to->head_only &&
		    !is_bodyless(r->status) ? r->bytes : STR("");
		return send_bytes(to, head, body, sent);
	case SOURCE_STREAM:
		return send_stream(to, head, r, chunked, sent);
	case SOURCE_FILE:
		if (to->head_only || is_bodyless(r->status))
			return send_bytes(to, head, STR(""), sent);
		return send_file(to, head, r, sent);
	}
	return REPLY_SOURCE_SHORT;
}

static void
put_plain_page(struct out *o, int status, const struct reply_page *page)
{
	out_u64(o, (uint64_t)status);
	out_ch(o, ' ');
	out_str(o, http_reason(status));
	out_ch(o, '\n');
	if (page->note.n > 0) {
		out_str(o, page->note);
		out_ch(o, '\n');
	}
}

static void
put_html_page(struct out *o, int status, const struct reply_page *page)
{
	struct str phrase;

	phrase = http_reason(status);
	out_z(o, "<!DOCTYPE html>\n<html lang=\"en\">\n<head><title>");
	out_u64(o, (uint64_t)status);
	out_ch(o, ' ');
	out_html(o, phrase);
	out_z(o, "</title></head>\n<body>\n<h1>");
	out_html(o, phrase);
	out_z(o, "</h1>\n");
	if (page->note.n > 0) {
		out_z(o, "<p>");
		out_html(o, page->note);
		out_z(o, "</p>\n");
	}
	if (page->signature.n > 0) {
		out_z(o, "<hr>\n");
		out_str(o, page->signature);
	}
	out_z(o, "</body>\n</html>\n");
}

int
reply_error_page(struct response *r, struct arena *a,
    const struct reply_page *page)
{
	static const char *const types[2][2] = {
		{ "text/html", "text/html; charset=utf-8" },
		{ "text/plain", "text/plain; charset=utf-8" }
	};
	struct out o;

	out_begin(&o, a);
	if (page->plain)
		put_plain_page(&o, r->status, page);
	else
		put_html_page(&o, r->status, page);
	r->bytes = out_end(&o, a);
	if (r->bytes.p == NULL)
		return -1;
	r->source = SOURCE_BYTES;
	r->length = (int64_t)r->bytes.n;
	return fields_set(&r->fields, a, STR("Content-Type"),
	    str_of(types[page->plain][page->charset]));
}
