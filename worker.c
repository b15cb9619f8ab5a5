/*
 * worker: a worker's life (wait, serve, retire) and a request's life (the
 * dispatch loop).
 *
 * One request at a time, blocking, straight through.  This room decides what
 * an answer is and whether a connection is kept; it parses nothing and frames
 * nothing itself.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>

#include <errno.h>
#include <inttypes.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "access.h"
#include "accesslog.h"
#include "auth.h"
#include "balance.h"
#include "board.h"
#include "buf.h"
#include "compat.h"
#include "config.h"
#include "edit.h"
#include "env.h"
#include "file.h"
#include "http.h"
#include "io.h"
#include "log.h"
#include "pattern.h"
#include "redirect.h"
#include "reply.h"
#include "route.h"
#include "scgi.h"
#include "spool.h"
#include "worker.h"

enum {
	TICK = 2000,		/* ms; a wake-up may be lost with a sibling */
	BACKEND_BUFFER = 256 * 1024,
	HEAD_KEEP = 64 * 1024,	/* bytes that stay with a worker */
	BODY_KEEP = 1024 * 1024,
	SILENT = 1000,		/* ms after which a new client is idle */
	ACCEPT_PAUSE = 100,	/* ms */
	TELL_AGAIN = 60 * 1000,	/* ms */
	QUEUE_TICK = 100,	/* ms after which a waiter looks again */
	QUEUE_FULL = -2,	/* beside statuses and CLIENT_GONE */
	QUEUE_STEP = 1,		/* ms for another one to answer the bell */
	PATH_LIMIT = 4096,	/* bytes of a file's name */
	DRAIN_MAX = 64 * 1024,	/* bytes of a body that nobody wanted */
	LOOK_MAX = 1024 * 1024,	/* the same, of what is there already */
	LINGER = 30 * 1000,	/* ms (httpd: MAX_SECS_TO_LINGER) */
	LINGER_SHORT = 2000,	/* ms, for a client that was too slow */
	NAME_SIZE = 1025,	/* of a host, with its NUL */
	CODE_OSERR = 71,	/* of sysexits(3), which is not POSIX */
	STATUS_CLOSED = 499	/* in the log: no answer, the client left */
};

/* Set by handlers. */
static volatile sig_atomic_t got_term;
static volatile sig_atomic_t give_up;

/* What a name server said of an address. */
struct host_name {
	char	 ip[INET6_ADDRSTRLEN];	/* that was asked for; "": none was */
	char	 name[NAME_SIZE];	/* "": there is none */
};

/*
 * A worker.  Buffers are made once; only what is used of them is touched.
 */
struct worker {
	const struct worker_birth	*birth;
	const struct config		*conf;
	struct compat_waiter		 waiter;
	sigset_t			 open;	/* the mask while idle */
	struct arena			 memory;	/* the buffers */
	struct arena			 arena;		/* the request's */
	struct conn			 conn;
	const struct vhost_set		*hosts;		/* of its address */
	const struct vhost		*last;		/* of its last one's */
	struct sockaddr_storage		 client;	/* its peer's, or what a
							 * PROXY header says */
	char				 client_ip[INET6_ADDRSTRLEN];
	unsigned			 client_port;
	bool				 proxied;	/* a PROXY header has
							 * told the client */
	struct host_name		 peer;
	struct host_name		 own;
	struct file			 file;		/* of the request */
	char				*backend_buf;
	char				*body_mem;
	size_t				 body_cap;
	/* By listener; AF_UNSPEC: to be asked for each connection. */
	struct sockaddr_storage		 here[64];
	unsigned			 connections;
	bool				 leaving;
	bool				 orphan;	/* the master is gone */
	bool				 told_auth;
};

static struct worker self;

/* What the conversations of a request took; for the log. */
struct use {
	unsigned	 attempts;
	int64_t		 queue_us;	/* -1: no place was needed */
	int64_t		 began_us;	/* the first one; 0: none */
	int64_t		 connect_us;	/* of the last one; -1: none */
	int64_t		 firstbyte_us;
	int64_t		 ended_us;
	uint64_t	 in;		/* bytes, of all */
	uint64_t	 out;
};

/* All that belongs to one request. */
struct exchange {
	struct worker		*w;
	struct conn		*c;
	const struct vhost	*vhost;
	struct request		 req;
	const struct target	*first;
	const struct target	*t;
	struct place		 place;
	struct env_subject	 subject;
	struct env		 env;
	struct env		 wire;		/* of this hop */
	struct body		 body;
	struct spool		 spool;		/* request body */
	struct spool		 overflow;	/* answer */
	struct backend		 backend;
	struct http_answer	 answer;
	struct fields		 fields;	/* the request's, as edited */
	bool			 edited;	/* ->fields is a copy */
	struct sockaddr_storage	 client;	/* after RemoteIP */
	char			 client_ip[INET6_ADDRSTRLEN];
	struct env		 notes;		/* Header note */
	struct str		 first_user;	/* of the first hop */
	struct use		 use;		/* of members */
	struct fields		 carried;	/* from hop to hop */
	struct response		 res;
	struct reply_sent	 sent;
	struct str		 note;		/* for the error page */
	int			 file_status;	/* of opening w->file */
	const struct member	*member;	/* that was asked last */
	const struct member	*placed;	/* whose place is taken */
	struct balance		 balance;	/* of this hop */
	bool			 repeated;	/* a whole request was */
	int			 retry_after;	/* s, for a 503; 0 */
	int			 connect_timeout;	/* ms */
	int			 first_status;	/* of the first hop; 0 */
	int			 error;		/* that an ErrorDocument
						 * documents; 0 */
	struct str		 allow;		/* methods, for a 405 */
	bool			 our_error;	/* ->res is the page of one */
	bool			 unbuffered;	/* X-Accel-Buffering: no */
	bool			 keep;
	bool			 parsed;	/* ->req is whole */
	struct timeval		 began;
	int64_t			 began_us;
	uint64_t		 nread;		/* of the stream, at start */
	uint64_t		 nwritten;
};

/* What became of one hop. */
enum verdict {
	VERDICT_ANSWER,		/* ->res is to be sent */
	VERDICT_REDIRECT,	/* ->t is the next target */
	VERDICT_ERROR,		/* a status of ours */
	VERDICT_GONE		/* nobody is there to answer to */
};

static void
on_term(int sig)
{
	(void)sig;
	got_term = 1;
}

static void
on_usr1(int sig)
{
	(void)sig;
	give_up = 1;
}

static void
set_state(enum slot_state s)
{
	board_set_state(s, (uint32_t)io_now());
}

static void
ring(const struct worker *w)
{
	ssize_t n;

	/* A full pipe has woken the master already. */
	n = write(w->birth->bell, "", 1);
	(void)n;
}

/* ------------------------------------------------------------------ life */

/*
 * The listeners out of the set, then closed: a registration outlives
 * close(2) while other workers hold the same socket.
 */
static void
drop_listeners(struct worker *w)
{
	size_t i;

	if (w->waiter.listener == NULL)
		return;
	compat_waiter_drop(&w->waiter);
	for (i = 0; i < w->birth->nlisteners; i++)
		close(w->birth->listeners[i]);
	w->waiter.listener = NULL;
}

/* The lifeline has ended: retired, or the master is gone. */
static void
begin_leaving(struct worker *w)
{
	w->leaving = true;
	if (!board_is_retired(w->birth->generation)) {
		w->orphan = true;
		give_up = 1;
	}
}

/* Called from the middle of any wait, once. */
static void
on_lifeline(void)
{
	begin_leaving(&self);
	drop_listeners(&self);
}

static void
set_handler(int sig, void (*handler)(int))
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = handler;
	sigemptyset(&sa.sa_mask);
	sigaction(sig, &sa, NULL);
}

/*
 * TERM is blocked while the worker goes to sleep and opened by the sleep
 * itself: it cannot be lost between a test and the sleep.
 */
static void
block_term(int how)
{
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	sigprocmask(how, &mask, NULL);
}

/* USR1 is open always: the master repeats it. */
static void
open_signals(struct worker *w)
{

	set_handler(SIGTERM, on_term);
	set_handler(SIGUSR1, on_usr1);
	set_handler(SIGHUP, SIG_IGN);
	set_handler(SIGINT, SIG_IGN);
	set_handler(SIGUSR2, SIG_IGN);
	set_handler(SIGPIPE, SIG_IGN);
	set_handler(SIGCHLD, SIG_DFL);
	if (compat_sigwinch() != 0)
		set_handler(compat_sigwinch(), SIG_IGN);
	sigemptyset(&w->open);
	sigprocmask(SIG_SETMASK, &w->open, NULL);
	block_term(SIG_BLOCK);
}

/* A listener on one address spares getsockname(2) for each connection. */
static void
learn_address(struct worker *w, size_t i)
{
	struct sockaddr_storage ss;
	struct conn probe;
	socklen_t len;

	if (i >= NELEM(w->here))
		return;
	len = sizeof(ss);
	memset(&ss, 0, sizeof(ss));
	if (getsockname(w->birth->listeners[i], (struct sockaddr *)&ss,
	    &len) == -1)
		return;
	io_address(&ss, probe.here_ip, sizeof(probe.here_ip),
	    &probe.here_port);
	if (strcmp(probe.here_ip, "0.0.0.0") != 0 &&
	    strcmp(probe.here_ip, "::") != 0)
		w->here[i] = ss;
}

/* ProxyRequestBufferSize of the host and of all its sections. */
static int64_t
largest_request_buffer(const struct vhost *v)
{
	const struct location *l;
	int64_t max;

	max = v->set.request_buffer;
	for (l = v->proxies; l != NULL; l = l->next)
		if (l->set.request_buffer > max)
			max = l->set.request_buffer;
	for (l = v->locations; l != NULL; l = l->next)
		if (l->set.request_buffer > max)
			max = l->set.request_buffer;
	return max;
}

/* The largest head and the largest body in memory of any host. */
static size_t
largest_head(const struct config *conf, int64_t *body)
{
	const struct vhost *v;
	int64_t n;
	size_t head;

	head = conf->main.limits.head;
	*body = largest_request_buffer(&conf->main);
	for (v = conf->vhosts; v != NULL; v = v->next) {
		if (v->limits.head > head)
			head = v->limits.head;
		n = largest_request_buffer(v);
		if (n > *body)
			*body = n;
	}
	return head;
}

static int
make_buffers(struct worker *w)
{
	int64_t body;
	size_t cap, head;

	head = largest_head(w->conf, &body);
	cap = head + 64 * 1024;
	w->body_cap = (size_t)body;
	/*
	 * A head stands in the arena, again in the variables, and again in the
	 * netstring, for several hops.
	 */
	if (arena_init(&w->arena, head * 8 + 2 * 1024 * 1024) == -1 ||
	    arena_init(&w->memory, cap + BACKEND_BUFFER + w->body_cap +
	    1024) == -1)
		return -1;
	w->conn.s.buf = arena_alloc(&w->memory, cap);
	w->conn.s.cap = cap;
	w->backend_buf = arena_alloc(&w->memory, BACKEND_BUFFER);
	w->body_mem = arena_alloc(&w->memory, w->body_cap);
	return 0;
}

static int
be_born(struct worker *w, const struct worker_birth *birth)
{
	size_t i;

	w->birth = birth;
	w->conf = birth->conf;
	w->file.fd = -1;
	open_signals(w);
	for (i = 0; i < birth->nlisteners; i++)
		learn_address(w, i);
	if (make_buffers(w) == -1)
		return -1;
	if (w->conf->auth_files != NULL && auth_setup() == -1) {
		log_error("random bytes for AuthUserFile");
		return -1;
	}
	spool_setup(w->conf->spool_dir, (uint64_t)w->conf->spool_total);
	if (w->conf->scheduling == SCHED_WORKER_BATCH)
		compat_batch();
	io_watch_lifeline(birth->lifeline, on_lifeline);
	return compat_waiter_init(&w->waiter, birth->listeners,
	    birth->nlisteners, birth->lifeline);
}

static int
accept_from(struct worker *w, size_t i)
{
	memset(&w->conn.here, 0, sizeof(w->conn.here));
	if (i < NELEM(w->here))
		w->conn.here = w->here[i];
	return io_accept(w->birth->listeners[i], &w->conn);
}

/* A connection from any listener, without waiting; false: there is none. */
static bool
accept_any(struct worker *w)
{
	size_t i;

	if (w->waiter.listener == NULL)
		return false;
	for (i = 0; i < w->birth->nlisteners; i++)
		if (accept_from(w, i) == 0)
			return true;
	return false;
}

/*
 * accept(2) has failed: another worker was faster, or the client left again.
 * Anything else will not be better at once.
 */
static void
mind_accept_error(void)
{
	static int64_t told;

	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ECONNABORTED ||
	    errno == EINTR || errno == EPROTO)
		return;
	if (told == 0 || io_now() - told > TELL_AGAIN) {
		told = io_now();
		log_warn("accept");
	}
	io_wait(-1, 0, io_deadline(ACCEPT_PAUSE));
}

/* Nothing to do: what BufferedLogs holds back is written. */
static void
flush_logs(const struct worker *w)
{
	struct sink *s;

	for (s = w->conf->sinks; s != NULL; s = s->next)
		sink_flush(s);
}

/*
 * Sleep until there is a connection: true, or false when it is time to
 * leave.
 */
static bool
wait_connection(struct worker *w)
{
	int i;

	while (!w->leaving && !got_term) {
		i = compat_waiter_wait(&w->waiter, TICK, &w->open);
		if (i >= 0) {
			if (accept_from(w, (size_t)i) == 0)
				return true;
			mind_accept_error();
		} else if (i == COMPAT_WAIT_TIMEOUT) {
			flush_logs(w);
			if (accept_any(w))
				return true;
		} else if (i == COMPAT_WAIT_LIFELINE) {
			io_watch_lifeline(-1, NULL);
			begin_leaving(w);
		} else if (i == COMPAT_WAIT_ERROR) {
			log_error("wait for connections");
			return false;
		}
	}
	return false;
}

/*
 * Leave the listeners: out of the set first, then one more look, for a
 * connection whose wake-up was ours alone.
 */
static bool
look_once_more(struct worker *w)
{
	bool found;

	if (w->waiter.listener == NULL)
		return false;
	compat_waiter_drop(&w->waiter);
	found = accept_any(w);
	drop_listeners(w);
	return found;
}

static int
first_set(int a, int b, int c)
{
	return a != 0 ? a : b != 0 ? b : c;
}

/* The hosts of the connection, and its client until more is known. */
static void
begin_connection(struct worker *w)
{
	const struct conn *c;

	c = &w->conn;
	w->hosts = route_hosts(w->conf, &c->here);
	w->last = route_default(w->hosts);
	w->client = c->peer;
	memcpy(w->client_ip, c->peer_ip, sizeof(w->client_ip));
	w->client_port = c->peer_port;
	w->proxied = false;
}

/*
 * May this peer say for whom it speaks?  Everybody may where no list tells
 * (httpd); who can reach a Unix socket is let in by its permissions.
 */
static bool
may_send_proxy_header(const struct worker *w)
{
	const struct auth_remote *r;

	r = &w->last->remote;
	return (r->internal == NULL && r->trusted == NULL) ||
	    w->conn.local || auth_in_nets(r->internal, &w->conn.peer) ||
	    auth_in_nets(r->trusted, &w->conn.peer);
}

/* Who the PROXY header says that the client is. */
static void
take_proxy_header(struct worker *w, const struct http_proxy *p)
{
	if (p->local)
		return;
	w->proxied = true;
	w->client = p->client;
	io_address(&p->client, w->client_ip, sizeof(w->client_ip),
	    &w->client_port);
}

/*
 * The wait for the next byte of a connection that is idle.  It is given up
 * when the master says that others queue, after one last look.  0 or
 * CLIENT_GONE.
 */
static int
wait_idle(struct stream *s, int64_t deadline)
{
	enum io_result r;

	if (!self.orphan)
		give_up = 0;
	set_state(SLOT_KEEPALIVE);
	r = io_wait_idle(s->fd, deadline, &give_up);
	set_state(SLOT_READING);
	if (r == IO_LEFT)
		return io_fill_now(s) == IO_OK ? 0 : CLIENT_GONE;
	return r == IO_OK ? 0 : CLIENT_GONE;
}

/* The same for a new connection, which is idle when silent for a second. */
static int
wait_new(struct stream *s, int64_t deadline)
{
	enum io_result r;
	int64_t silent;

	if (io_fill_now(s) == IO_OK)
		return 0;
	silent = io_deadline(SILENT);
	r = io_wait(s->fd, POLLIN, silent < deadline ? silent : deadline);
	if (r == IO_TIMEOUT && silent < deadline)
		return wait_idle(s, deadline);
	return r == IO_OK ? 0 : CLIENT_GONE;
}

/* RemoteIPProxyProtocol: false when the connection is to be closed. */
static bool
read_proxy_header(struct worker *w)
{
	struct http_proxy p;
	struct stream *s;
	const char *why;
	int64_t deadline;
	long n;

	if (!route_wants_proxy_header(w->hosts) ||
	    auth_in_nets(w->conf->proxy_exceptions, &w->conn.peer))
		return true;
	if (!may_send_proxy_header(w)) {
		log_info("proxy header: %s: not one of RemoteIPInternalProxy "
		    "and RemoteIPTrustedProxy", w->conn.peer_ip);
		return false;
	}
	s = &w->conn.s;
	deadline = io_deadline(first_set(w->last->read_head.first,
	    w->last->timeout, 0));
	if (wait_new(s, deadline) == CLIENT_GONE)
		return false;
	while ((n = http_parse_proxy(&p, stream_pending(s), &why)) == 0)
		if (io_fill(s, false, deadline) != IO_OK)
			return false;
	if (n == -1) {
		log_info("proxy header: %s: %s", w->conn.peer_ip, why);
		return false;
	}
	stream_take(s, (size_t)n);
	take_proxy_header(w, &p);
	return true;
}

/* What a large head has touched is not held for the small ones to come. */
static void
forget_request(struct worker *w)
{
	stream_trim(&w->conn.s, HEAD_KEEP);
	arena_reset(&w->arena);
}

static bool serve_request(struct worker *, struct conn *);

static void
serve_connection(struct worker *w)
{
	set_state(SLOT_READING);
	if (!board_any_idle(w->birth->generation))
		ring(w);
	block_term(SIG_UNBLOCK);
	begin_connection(w);
	if (read_proxy_header(w))
		while (serve_request(w, &w->conn))
			continue;
	stream_take(&w->conn.s, stream_pending(&w->conn.s).n);
	forget_request(w);
	stream_close(&w->conn.s);
	block_term(SIG_BLOCK);
	w->connections++;
	if (w->conf->max_connections != 0 &&
	    w->connections >= (unsigned)w->conf->max_connections)
		w->leaving = true;
	if (!w->leaving)
		set_state(SLOT_IDLE);
}

int
worker_run(const struct worker_birth *birth)
{
	struct worker *w;

	w = &self;
	if (be_born(w, birth) == -1) {
		log_error("worker");
		return CODE_OSERR;
	}
	set_state(SLOT_IDLE);
	ring(w);
	while (wait_connection(w))
		serve_connection(w);
	set_state(SLOT_LEAVING);
	w->leaving = true;
	if (look_once_more(w))
		serve_connection(w);
	return 0;
}

/* --------------------------------------------------------------- request */

static void
begin_exchange(struct exchange *x, struct worker *w, struct conn *c)
{
	memset(x, 0, sizeof(*x));
	forget_request(w);
	x->w = w;
	x->c = c;
	x->vhost = route_default(w->hosts);
	x->subject.conf = w->conf;
	x->subject.vhost = x->vhost;
	x->client = w->client;
	memcpy(x->client_ip, w->client_ip, sizeof(x->client_ip));
	x->subject.client_ip = x->client_ip;
	x->subject.client_port = w->client_port;
	x->use.connect_us = x->use.firstbyte_us = x->use.queue_us = -1;
	x->subject.conn = c;
	x->subject.req = &x->req;
	x->nread = c->s.nread - (c->s.end - c->s.pos);
	x->nwritten = c->s.nwritten;
	stream_open(&x->backend.s, -1, w->backend_buf, BACKEND_BUFFER);
	spool_open(&x->spool, NULL, 0, 0);
	spool_open(&x->overflow, NULL, 0, 0);
	response_init(&x->res);
	io_watch_client(NULL, false);
}

static void
stamp(struct exchange *x)
{
	gettimeofday(&x->began, NULL);
	x->began_us = io_now_us();
}

static bool
is_set(const struct exchange *x, struct str name)
{
	return x->env.arena != NULL && env_get(&x->env, name) != NULL;
}

/*
 * The wait for the first byte of a request.  0 or CLIENT_GONE.
 */
static int
wait_first_byte(struct exchange *x)
{
	struct stream *s;

	s = &x->c->s;
	if (s->pos < s->end)
		return 0;
	if (x->c->served == 0)
		return wait_new(s, read_deadline(&x->vhost->read_head,
		    io_now(), 0, x->vhost->timeout));
	/* httpd: that of the first host, unless the last one says it. */
	return wait_idle(s, io_deadline(x->w->last->keepalive_told ?
	    x->w->last->keepalive_timeout : x->vhost->keepalive_timeout));
}

/* More bytes of the head.  0, 408 or CLIENT_GONE. */
static int
read_more(struct exchange *x, int64_t started)
{
	struct stream *s;

	s = &x->c->s;
	switch (io_fill(s, false, read_deadline(&x->vhost->read_head, started,
	    s->nread - x->nread, x->vhost->timeout))) {
	case IO_OK:
		return 0;
	case IO_TIMEOUT:
		/* httpd: without any byte the connection is just closed. */
		return s->pos < s->end ? 408 : CLIENT_GONE;
	case IO_FAILED:
		return errno == ENOBUFS ? 431 : CLIENT_GONE;
	case IO_EOF:
	case IO_GONE:
	case IO_LEFT:
		break;
	}
	return CLIENT_GONE;
}

/* The body of the request; one of no bytes has been read already. */
static void
prepare_body(struct exchange *x)
{
	x->body.conn = x->c;
	x->body.kind = x->req.body;
	x->body.length = x->req.length;
	x->body.line_max = x->vhost->limits.field_size;
	x->body.fields_max = x->vhost->limits.fields;
	x->body.rate = &x->vhost->read_body;
	x->body.timeout = x->vhost->timeout;
	x->body.expects = x->req.expect_continue;
	x->body.done = x->req.body == HTTP_BODY_NONE ||
	    (x->req.body == HTTP_BODY_LENGTH && x->req.length == 0);
}

/*
 * The request's fields as a copy that may be edited: the request itself stays
 * as it came.  0, or 500.
 */
static int
own_fields(struct exchange *x)
{
	const struct fields *from;
	struct field *v;

	if (x->edited)
		return 0;
	from = &x->req.fields;
	v = arena_alloc(&x->w->arena, (from->n + 1) * sizeof(*v));
	if (v == NULL)
		return 500;
	if (from->n > 0)
		memcpy(v, from->v, from->n * sizeof(*v));
	x->fields.v = v;
	x->fields.n = from->n;
	x->fields.cap = from->n + 1;
	x->edited = true;
	x->subject.fields = &x->fields;
	return 0;
}

/* RemoteIP; a PROXY header has told it already (httpd).  0, or 500. */
static int
find_client(struct exchange *x)
{
	const struct auth_remote *r;

	r = &x->vhost->remote;
	if (r->field == NULL || x->w->proxied ||
	    fields_get(&x->req.fields, str_of(r->field)) == NULL)
		return 0;
	if (own_fields(x) != 0)
		return 500;
	return auth_find_client(r, &x->fields, &x->w->arena, &x->client,
	    x->client_ip, sizeof(x->client_ip)) == -1 ? 500 : 0;
}

/* The virtual host by the name that the client asks for.  0, or a status. */
static int
choose_host(struct exchange *x)
{
	const struct vhost *v;

	v = route_vhost(x->w->hosts, x->req.host);
	if (v == NULL && x->req.host.p != NULL && x->vhost->strict_host == 1)
		return 400;
	if (v != NULL)
		x->vhost = v;
	x->subject.vhost = x->vhost;
	x->w->last = x->vhost;
	prepare_body(x);
	return find_client(x);
}

/*
 * A head that was refused before it was whole: what there is of it, for the
 * log.  The slices point into the connection's buffer, which stays as it is
 * until the answer is sent.
 */
static void
parse_refused(struct exchange *x)
{
	const char *why;

	http_parse_request(&x->req, stream_pending(&x->c->s),
	    &x->vhost->limits, &x->w->arena, &why);
	log_debug("request: %s: %s", x->c->peer_ip, why);
}

/*
 * Read and parse the head.  0, a status, or CLIENT_GONE.
 */
static int
read_request(struct exchange *x)
{
	struct http_scan scan;
	struct str head;
	const char *why;
	int64_t started;
	size_t length;
	int status;

	/* httpd: the clock of a kept connection starts at the first byte. */
	started = io_now();
	if ((status = wait_first_byte(x)) != 0)
		return status;
	stamp(x);
	if (x->c->served > 0)
		started = io_now();
	memset(&scan, 0, sizeof(scan));
	do {
		status = http_scan_head(&scan, stream_pending(&x->c->s),
		    &x->vhost->limits, &length);
		if (status == 0 && length == 0)
			status = read_more(x, started);
	} while (status == 0 && length == 0);
	if (status == CLIENT_GONE)
		return status;
	if (status != 0) {
		parse_refused(x);
		return status;
	}
	head = arena_dup(&x->w->arena, str_head(stream_pending(&x->c->s),
	    length));
	if (head.p == NULL)
		return 500;
	stream_take(&x->c->s, length);
	status = http_parse_request(&x->req, head, &x->vhost->limits,
	    &x->w->arena, &why);
	if (status == 500)
		log_warnx("request: %s: %s (LimitRequestHead)",
		    x->c->peer_ip, why);
	else if (status != 0)
		log_debug("request: %s: %s", x->c->peer_ip, why);
	x->parsed = status == 0;
	if (x->parsed)
		status = choose_host(x);
	return status;
}

/* The target of the next hop; NULL with *status. */
static struct target *
make_target(struct exchange *x, struct str raw, struct str method, int *status)
{
	struct target *t;

	t = arena_zalloc(&x->w->arena, sizeof(*t));
	if (t == NULL) {
		*status = 500;
		return NULL;
	}
	t->prev = x->t;
	t->hop = x->t == NULL ? 0 : x->t->hop + 1;
	t->method = method;
	t->status = 200;
	*status = http_normalise_path(raw, (enum http_slashes)
	    x->vhost->slashes,
	    x->vhost->merge_slashes == 1, &x->w->arena, &t->path);
	return *status == 0 ? t : NULL;
}

static void
begin_conversation(struct exchange *x)
{
	x->use.attempts++;
	x->use.ended_us = io_now_us();
	if (x->use.began_us == 0)
		x->use.began_us = x->use.ended_us;
	x->use.connect_us = x->use.firstbyte_us = -1;
}

/* Before the next hop too, which may need the same place. */
static void
leave_member(struct exchange *x)
{
	if (x->placed == NULL)
		return;
	board_set_member(NULL);
	if (x->placed->max > 0)
		board_release_place(x->placed->tally);
	x->placed = NULL;
}

/* complete: the answer has come whole. */
static void
end_conversation(struct exchange *x, bool complete)
{
	struct backend *b;

	b = &x->backend;
	if (b->s.fd == -1) {
		leave_member(x);
		return;
	}
	/* Until now ->ended_us was when this one began. */
	x->use.connect_us = b->connected_us - x->use.ended_us;
	if (b->first_us != 0)
		x->use.firstbyte_us = b->first_us - b->connected_us;
	scgi_close(b, complete);
	x->use.in += b->s.nread;
	x->use.out += b->s.nwritten;
	x->use.ended_us = io_now_us();
	board_count_bytes(x->member->tally, b->s.nwritten, b->s.nread);
	leave_member(x);
}

/* What ErrorDocument says of a status; NULL: nothing, or default. */
static const struct error_doc *
find_error_doc(const struct settings *set, int status)
{
	const struct error_docs *docs;
	const struct error_doc *d;

	for (docs = &set->errors; docs != NULL; docs = docs->outer)
		for (d = docs->list; d != NULL; d = d->next)
			if (d->status == status)
				return d->kind == ERROR_DOC_DEFAULT ? NULL :
				    d;
	return NULL;
}

/* What takes the place of the body of an answer that is not sent. */
enum {
	BY_FILE = 1,		/* a file that it names */
	BY_TARGET = 2,		/* what Location leads to inside (httpd) */
	BY_ACCEL = 4,		/* what X-Accel-Redirect does (nginx) */
	BY_ERROR = 8		/* an error of ours */
};

/*
 * Fields that go with the body that they described, or with the success that
 * an error takes the place of.  What is in no row stays, such as Set-Cookie.
 */
static const struct {
	const char	*name;
	int		 goes;		/* BY_... */
} body_fields[] = {
	{ "Content-Type",	BY_TARGET | BY_ERROR },
	{ "Content-Disposition", BY_ERROR },
	{ "Content-Encoding",	BY_TARGET | BY_ACCEL | BY_ERROR },
	{ "Content-Language",	BY_TARGET | BY_ACCEL | BY_ERROR },
	{ "Content-Location",	BY_TARGET | BY_ACCEL | BY_ERROR },
	{ "Content-Range",	BY_FILE | BY_TARGET | BY_ACCEL | BY_ERROR },
	{ "Content-MD5",	BY_FILE | BY_TARGET | BY_ACCEL | BY_ERROR },
	{ "Content-Digest",	BY_FILE | BY_TARGET | BY_ACCEL | BY_ERROR },
	{ "Repr-Digest",	BY_FILE | BY_TARGET | BY_ACCEL | BY_ERROR },
	{ "Digest",		BY_FILE | BY_TARGET | BY_ACCEL | BY_ERROR },
	{ "ETag",		BY_TARGET | BY_ACCEL | BY_ERROR },
	{ "Last-Modified",	BY_TARGET | BY_ACCEL | BY_ERROR },
	{ "Location",		BY_TARGET | BY_ACCEL | BY_ERROR },
	{ "Accept-Ranges",	BY_FILE | BY_ERROR },
	{ "Cache-Control",	BY_ERROR },
	{ "CDN-Cache-Control",	BY_ERROR },
	{ "Surrogate-Control",	BY_ERROR },
	{ "Expires",		BY_ERROR },
	{ "Pragma",		BY_ERROR },
	{ "Age",		BY_ERROR }
};

static void
drop_body_fields(struct fields *f, int by)
{
	size_t i;

	for (i = 0; i < NELEM(body_fields); i++)
		if ((body_fields[i].goes & by) != 0)
			fields_del(f, str_of(body_fields[i].name));
}

static bool
is_redirect(int status)
{
	return status >= 300 && status <= 399;
}

/*
 * An answer that an error takes the place of, but for what belongs to the
 * error: where a redirect of ours leads, how long the file of a 416 is.
 */
static void
drop_answer(struct exchange *x, int status)
{
	const struct str *value;
	struct str kept, name;
	bool away;

	away = is_redirect(status);
	name = away ? STR("Location") : STR("Content-Range");
	value = fields_get(&x->carried, name);
	kept = (away || status == 416) && value != NULL ? *value : STR_NONE;
	drop_body_fields(&x->carried, BY_ERROR);
	/* There is room: it has just been taken out. */
	if (kept.p != NULL)
		fields_add(&x->carried, &x->w->arena, name, kept);
}

/* True: it cannot be. */
static bool
add_retry_after(struct exchange *x, struct fields *to)
{
	const char *seconds;

	seconds = arena_printf(&x->w->arena, "%d", x->retry_after);
	return seconds == NULL || fields_set(to, &x->w->arena,
	    STR("Retry-After"), str_of(seconds)) == -1;
}

/* An expression that would have cost too much.  False: none was refused. */
static bool
log_refused_match(const struct exchange *x)
{
	const char *re, *why;

	re = pattern_refusal(&why);
	if (re == NULL)
		return false;
	log_warnx("expression: %s: %s, 500 is given (request %.*s)", re, why,
	    STR_ARG(x->req.line));
	return true;
}

/*
 * An error of ours: when a local path documents it, that is the next target,
 * which keeps the status, and 0 is returned.  An error of the document is
 * none: the page of the first error says so (httpd).
 */
static int
document_error(struct exchange *x, int status)
{
	const struct error_doc *doc;
	struct target *t;
	size_t query;
	int unused;

	log_refused_match(x);
	if (x->error != 0) {
		log_warnx("ErrorDocument: %.*s: gave %d itself",
		    STR_ARG(x->t->path), status);
		return x->error;
	}
	doc = x->subject.set == NULL ? NULL :
	    find_error_doc(x->subject.set, status);
	if (doc == NULL || doc->kind != ERROR_DOC_PATH)
		return status;
	query = str_chr(doc->value, '?');
	/* httpd: a GET always; a client that sent HEAD gets no body. */
	t = make_target(x, str_head(doc->value, query), STR("GET"), &unused);
	if (t == NULL)
		return status;
	t->status = status;
	if (query < doc->value.n)
		t->query = str_from(doc->value, query + 1);
	end_conversation(x, false);
	response_close(&x->res);
	response_init(&x->res);
	drop_answer(x, status);
	if (status == 503 && x->retry_after > 0 &&
	    add_retry_after(x, &x->carried))
		return status;
	x->error = status;
	x->t = t;
	return 0;
}

/* TRACE by TraceEnable (httpd).  0, or a status. */
static int
check_trace(const struct exchange *x)
{
	if (!str_eq(x->req.method, STR("TRACE")))
		return 0;
	if (x->vhost->trace == TRACE_OFF)
		return 405;
	if (x->vhost->trace == TRACE_ON && !x->body.done)
		return 413;
	return 0;
}

/*
 * A target that is refused before it is mapped: its path is as it came.  0
 * when a document of the error is the next target, else the status.
 */
static int
refuse_target(struct exchange *x, int status)
{
	struct target *t;

	t = arena_zalloc(&x->w->arena, sizeof(*t));
	if (t == NULL)
		return 500;
	t->method = x->req.method;
	t->path = x->req.path.p != NULL ? x->req.path :
	    str_head(x->req.uri, str_chr(x->req.uri, '?'));
	t->query = x->req.query;
	t->status = 200;
	x->first = x->t = t;
	x->subject.set = &x->vhost->set;
	return document_error(x, status);
}

/*
 * A head that is refused: a path of ErrorDocument is asked with what there is
 * of it.  0 when that is the next target, else the status.
 */
static int
refuse_head(struct exchange *x, int status)
{
	const struct vhost *v;

	if (!x->parsed) {
		http_trim_refused(&x->req);
		v = route_vhost(x->w->hosts, x->req.host);
		if (v != NULL)
			x->vhost = v;
		x->subject.vhost = x->vhost;
		if (find_client(x) != 0)
			return 500;
	}
	return refuse_target(x, status);
}

static int
first_target(struct exchange *x)
{
	struct target *t;
	int status;

	if ((status = check_trace(x)) != 0)
		return refuse_target(x, status);
	t = make_target(x, x->req.path, x->req.method, &status);
	if (t == NULL)
		return refuse_target(x, status);
	t->query = x->req.query;
	t->has_body = x->req.body != HTTP_BODY_NONE;
	x->first = x->t = t;
	return 0;
}

/*
 * The target that an application named: "/path?query".  0, or a status.
 */
static int
next_target(struct exchange *x, struct str value)
{
	struct target *t;
	size_t query;
	int status;

	if (x->t->hop >= (unsigned)x->vhost->recursion) {
		log_warnx("internal redirect: %s: more than %d hops, "
		    "LimitInternalRecursion (location %.*s, request %.*s)",
		    x->member->url, x->vhost->recursion,
		    STR_ARG(x->place.label), STR_ARG(x->req.line));
		return 500;
	}
	value = str_head(value, str_chr(value, '#'));
	query = str_chr(value, '?');
	t = make_target(x, str_head(value, query), str_eq(x->t->method,
	    STR("HEAD")) ? STR("HEAD") : STR("GET"), &status);
	if (t == NULL) {
		log_warnx("internal redirect: %s: \"%.*s\" is no local path "
		    "(location %.*s, request %.*s)", x->member->url,
		    STR_ARG(value), STR_ARG(x->place.label),
		    STR_ARG(x->req.line));
		return status == 400 ? 502 : status;
	}
	t->query = query < value.n ? str_from(value, query + 1) : STR_NONE;
	if (x->error != 0)
		t->status = x->error;
	x->t = t;
	return 0;
}

/* HostnameLookups Double: does the name lead back to the address? */
static bool
confirm_name(const struct sockaddr_storage *of, const char *of_ip,
    const char *name)
{
	struct addrinfo hints, *list, *ai;
	struct sockaddr_storage ss;
	char ip[INET6_ADDRSTRLEN];
	unsigned port;
	bool same;

	memset(&hints, 0, sizeof(hints));
	hints.ai_family = of->ss_family;
	hints.ai_socktype = SOCK_STREAM;
	if (getaddrinfo(name, NULL, &hints, &list) != 0)
		return false;
	same = false;
	for (ai = list; ai != NULL && !same; ai = ai->ai_next) {
		memset(&ss, 0, sizeof(ss));
		memcpy(&ss, ai->ai_addr, ai->ai_addrlen);
		io_address(&ss, ip, sizeof(ip), &port);
		same = strcmp(ip, of_ip) == 0;
	}
	freeaddrinfo(list);
	return same;
}

/*
 * The name of an address; absent when there is none.  It is asked for once
 * while the address stays the same.
 */
static struct str
look_up(struct host_name *h, const struct sockaddr_storage *ss,
    const char *ip, bool confirm)
{
	socklen_t len;

	if (ss->ss_family == AF_UNIX)
		return STR_NONE;
	len = ss->ss_family == AF_INET ? sizeof(struct sockaddr_in) :
	    sizeof(struct sockaddr_in6);
	if (strcmp(h->ip, ip) != 0) {
		if (getnameinfo((const struct sockaddr *)ss, len, h->name,
		    sizeof(h->name), NULL, 0, NI_NAMEREQD) != 0 ||
		    (confirm && !confirm_name(ss, ip, h->name)))
			h->name[0] = '\0';
		snprintf(h->ip, sizeof(h->ip), "%s", ip);
	}
	return h->name[0] == '\0' ? STR_NONE : str_of(h->name);
}

/*
 * HostnameLookups and UseCanonicalName DNS: the only times that a worker
 * asks for names, because it was told to.
 */
static void
look_up_names(struct exchange *x, const struct settings *set)
{
	if (set->lookups != LOOKUPS_OFF)
		x->subject.remote_host = look_up(&x->w->peer, &x->client,
		    x->client_ip, set->lookups == LOOKUPS_DOUBLE);
	if (set->canonical == CANONICAL_DNS)
		x->subject.here_host = look_up(&x->w->own, &x->c->here,
		    x->c->here_ip, false);
}

static void
describe_access(struct exchange *x, const struct settings *set,
    struct auth_subject *s)
{
	memset(s, 0, sizeof(*s));
	s->set = set;
	s->client = &x->client;
	s->client_ip = x->client_ip;
	s->here = &x->c->here;
	s->method = x->t->method;
	s->path = x->t->path;
	s->env = &x->env;
	s->fields = &x->req.fields;
	s->arena = &x->w->arena;
	s->now = io_now();
}

/*
 * Order, Allow, Deny, Satisfy and Require.  0, or a status; ->carried gets
 * the challenge of a 401.
 */
static int
check_access(struct exchange *x, const struct settings *set)
{
	struct auth_subject s;
	struct auth_result r;
	int status;

	x->subject.user = STR_NONE;
	if (set->require == NULL && set->access == NULL &&
	    set->auth_type != AUTH_TYPE_SECTION)
		return 0;
	describe_access(x, set, &s);
	status = access_check(&s, &r);
	x->subject.user = r.user;
	if (x->t->prev == NULL)
		x->first_user = r.user;
	if (status == 401 && r.challenge.p != NULL &&
	    fields_set(&x->carried, &x->w->arena, STR("WWW-Authenticate"),
	    r.challenge) == -1)
		return 500;
	return status;
}

/* %l, %i and %b of Header: how busy the machine and the workers are. */
static void
measure(struct edit_load *load)
{
	static char text[64];
	double average[3];

	if (compat_load(average) == -1)
		average[0] = average[1] = average[2] = 0;
	snprintf(text, sizeof(text), "%.2f/%.2f/%.2f", average[0],
	    average[1], average[2]);
	load->load = str_of(text);
	board_shares(self.birth->generation, &load->idle, &load->busy);
}

static void
begin_edit(struct exchange *x, struct edit_subject *s)
{
	memset(s, 0, sizeof(*s));
	if (x->notes.arena == NULL)
		env_init(&x->notes, &x->w->arena, 4);
	s->arena = &x->w->arena;
	s->env = x->env.arena == NULL ? NULL : &x->env;
	s->notes = &x->notes;
	s->request = x->edited ? &x->fields : &x->req.fields;
	s->began_us = (int64_t)x->began.tv_sec * 1000000 + x->began.tv_usec;
	s->spent_us = io_now_us() - x->began_us;
	s->measure = measure;
	s->on_error = x->our_error;
}

/* RequestHeader: of the request's fields as they are seen from here on. */
static int
edit_request(struct exchange *x, const struct settings *set)
{
	const struct section_block *b;
	struct edit_subject s;

	for (b = set->blocks; b != NULL; b = b->next) {
		if (b->request_edits == NULL)
			continue;
		begin_edit(x, &s);
		if (own_fields(x) != 0 || edit_apply(b->request_edits,
		    &x->fields, &s) == -1)
			return 500;
	}
	return 0;
}

/*
 * SetHandler: what of the path is a file's name is SCRIPT_NAME (httpd).  The
 * file may be there or not.
 */
static int
split_handler(struct exchange *x)
{
	const struct place *p;
	size_t rest;

	file_close(&x->w->file);
	p = &x->place;
	if (p->kind != PLACE_MEMBER || !p->mapping->handler)
		return 0;
	rest = file_path_info(&x->w->file, p->root, p->root == NULL ?
	    p->path : p->file, p->set->follow_links == 1);
	x->file_status = x->w->file.fd != -1 ? 0 : errno == EACCES ? 403 : 404;
	return route_split_handler(&x->place, rest, &x->w->arena);
}

/* A Redirect that matches: its status, or 0. */
static int
redirect_by(struct exchange *x, const struct redirect *list)
{
	struct redirect_ask ask;
	struct str to;
	int status;

	if (list == NULL)
		return 0;
	memset(&ask, 0, sizeof(ask));
	ask.subject = &x->subject;
	ask.env = &x->env;
	ask.arena = &x->w->arena;
	ask.relative = x->subject.set->redirect_relative == 1;
	status = redirect_find(list, &ask, &to);
	if (status == 0)
		return 0;
	log_debug("mapped: %.*s: Redirect %d %.*s", STR_ARG(x->t->path),
	    status, STR_ARG(to));
	fields_del(&x->carried, STR("Location"));
	if (to.p != NULL && fields_add(&x->carried, &x->w->arena,
	    STR("Location"), to) == -1)
		return 500;
	return status;
}

/*
 * httpd: where no ProxyPass has the path, before access is asked for, the
 * Redirect without a path of <Location>, then the host's.
 */
static int
redirect_mapped(struct exchange *x)
{
	const struct vhost *v;
	int status;

	status = redirect_by(x, x->subject.set->redirect);
	for (v = x->vhost; v != NULL && status == 0; v = v->base)
		status = redirect_by(x, v->redirects);
	return status;
}

/* httpd: when access is granted, those of sections, the innermost first. */
static int
redirect_granted(struct exchange *x)
{
	const struct section_block *b;
	int last, status;

	status = redirect_by(x, x->subject.set->redirect);
	if (status == 0)
		for (b = x->subject.set->blocks; b != NULL; b = b->next)
			if ((last = redirect_by(x, b->redirects)) != 0)
				status = last;
	return status;
}

/*
 * The settings of the place that the path leads to, and where that is, unless
 * a Redirect sends the client away: then *away is set.  0, or a status.
 */
static int
find_settings(struct exchange *x, bool no_proxy, bool *away)
{
	const struct settings *set;
	int status;

	*away = false;
	set = route_settings(x->vhost, x->t->path, NULL, &x->w->arena);
	if (set == NULL)
		return 500;
	x->subject.set = set;
	status = route_find(&x->place, x->vhost, set, x->t->path, no_proxy,
	    &x->w->arena);
	if (status == 400)
		log_warnx("map: %.*s: %s and the rest of the path make no "
		    "url", STR_ARG(x->place.label), x->place.member->url);
	if (status == 0 && !route_is_passed(&x->place) &&
	    (status = redirect_mapped(x)) != 0)
		*away = true;
	if (status != 0 || (status = split_handler(x)) != 0)
		return status;
	set = route_settings(x->vhost, x->t->path, &x->place, &x->w->arena);
	if (set == NULL)
		return 500;
	x->subject.set = x->place.set = set;
	return 0;
}

/*
 * Where the target is served, and its environment (httpd: the host's
 * SetEnvIf before the mapping, the section's after it, SetEnv when access is
 * granted).  0, or a status.
 */
static int
find_place(struct exchange *x)
{
	struct env old, *before;
	const struct settings *set;
	bool away;
	int mapped, status;

	old = x->env;
	before = x->t->prev != NULL ? &old : NULL;
	x->subject.set = NULL;
	x->subject.target = x->t;
	env_init(&x->env, &x->w->arena, 16);
	env_begin(&x->env, &x->subject, before);
	/* httpd: only what is set before the mapping can prevent it. */
	mapped = find_settings(x, env_get(&x->env, STR("no-proxy")) != NULL,
	    &away);
	set = x->subject.set;
	if (set == NULL)
		return 500;
	look_up_names(x, set);
	env_mapped(&x->env, &x->subject);
	if (x->env.bad)
		return 500;
	if (set->internal_only == 1 && x->t->prev == NULL)
		return 404;
	if (away)
		return mapped;
	x->body.limit = (uint64_t)set->body_limit;
	if ((status = check_access(x, set)) != 0)
		return status;
	env_fixup(&x->env, &x->subject);
	env_set_path_info(&x->env, route_wants_path_info(&x->place));
	if (x->env.bad)
		return 500;
	if (mapped != 0 || (status = redirect_granted(x)) != 0)
		return mapped != 0 ? mapped : status;
	return edit_request(x, set);
}

/* ---------------------------------------------------------------- member */

/*
 * A socket that may not be used is the most frequent fault of all: say who
 * was refused by what.
 */
static const char *
explain_socket(struct exchange *x, const struct member *m, int error)
{
	const char *s;
	struct stat st;

	if (error != EACCES || m->path == NULL)
		return "";
	if (stat(m->path, &st) == 0)
		s = arena_printf(&x->w->arena,
		    " (as uid %ld, socket mode %04o, owner %ld)",
		    (long)geteuid(), (unsigned)(st.st_mode & 07777),
		    (long)st.st_uid);
	else
		s = arena_printf(&x->w->arena,
		    " (as uid %ld, which may not enter its directory)",
		    (long)geteuid());
	return s == NULL ? "" : s;
}

/* What was waited for in vain, and which parameter says how long. */
static const char *
explain_timeout(struct exchange *x, const char *what)
{
	const char *s;

	if (strcmp(what, "connect") == 0)
		s = arena_printf(&x->w->arena, "no connection within %g s "
		    "(connectiontimeout=)", x->connect_timeout / 1000.0);
	else
		s = arena_printf(&x->w->arena, "%s within %g s (timeout=, "
		    "ProxyTimeout)", strcmp(what, "send") == 0 ?
		    "the request was not taken" : "no answer",
		    x->backend.timeout / 1000.0);
	return s == NULL ? strerror(ETIMEDOUT) : s;
}

/* The log line of a fault, with object, cause and location. */
static void
log_fault(struct exchange *x, const struct scgi_fault *f)
{
	const char *detail, *why;

	detail = "";
	if (f->why != NULL)
		why = f->why;
	else if (f->error == ETIMEDOUT)
		why = explain_timeout(x, f->what);
	else {
		why = strerror(f->error);
		detail = explain_socket(x, x->member, f->error);
	}
	if (f->said.n > 0)
		log_warnx("%s: %s: %s: \"%.*s\" (location %.*s, "
		    "request %.*s)", f->what, x->member->url, why,
		    STR_ARG(f->said), STR_ARG(x->place.label),
		    STR_ARG(x->req.line));
	else
		log_warnx("%s: %s: %s%s (location %.*s, request %.*s)",
		    f->what, x->member->url, why, detail,
		    STR_ARG(x->place.label), STR_ARG(x->req.line));
}

/*
 * The status for a conversation that failed, and the sentence for the error
 * page.  CLIENT_GONE when nobody is there to read it.
 */
static int
judge_failure(struct exchange *x, enum scgi_result r,
    const struct scgi_fault *f)
{
	switch (r) {
	case SCGI_OK:
		return 0;
	case SCGI_CLIENT_GONE:
		log_debug("client: %s: left before the answer",
		    x->c->peer_ip);
		return CLIENT_GONE;
	case SCGI_CLIENT_BODY:
		return x->backend.client_status;
	case SCGI_NO_CONNECTION:
		x->note = STR("The application cannot be reached.");
		log_fault(x, f);
		return 503;
	case SCGI_NO_DESCRIPTOR:
		log_fault(x, f);
		return 503;
	case SCGI_TIMEOUT:
		x->note = STR("The application did not answer in time.");
		log_fault(x, f);
		return 504;
	case SCGI_CLOSED:
	case SCGI_BAD_HEAD:
		x->note = STR("The application gave no valid answer.");
		log_fault(x, f);
		return 502;
	}
	return 500;
}

static bool
has_address(const struct member *m)
{
	struct tally_addresses list;

	board_get_addresses(m->tally, &list);
	return list.n > 0;
}

/*
 * Have the request body where it can be sent from.  *streamed: it goes to
 * the member as it comes.  0, a status, or CLIENT_GONE.
 */
static int
take_body(struct exchange *x, bool *streamed, uint64_t *length)
{
	int status;

	*streamed = false;
	*length = 0;
	/*
	 * No body is asked for that nobody could get: scgi_open() tells.
	 * Another member of a balancer may.
	 */
	if (!x->t->has_body || (x->place.mapping->balancer == NULL &&
	    !has_address(x->place.member)))
		return 0;
	if (x->body.kind == HTTP_BODY_LENGTH && x->body.limit != 0 &&
	    x->body.length > x->body.limit) {
		log_debug("client: %s: body over LimitRequestBody",
		    x->c->peer_ip);
		return 413;
	}
	*length = x->body.length;
	if (x->body.kind == HTTP_BODY_LENGTH &&
	    !x->place.set->request_buffering && !x->body.done) {
		*streamed = true;
		return 0;
	}
	spool_open(&x->spool, x->w->body_mem,
	    (size_t)x->place.set->request_buffer, UINT64_MAX);
	status = body_receive(&x->body, &x->spool);
	if (status == 503)
		log_warnx("request body: %s: cannot be spooled: %s "
		    "(location %.*s, request %.*s)", x->w->conf->spool_dir,
		    strerror(errno), STR_ARG(x->place.label),
		    STR_ARG(x->req.line));
	*length = x->body.received;
	return status;
}

static bool
is_secret(struct str variable)
{
	return str_eq(variable, STR("HTTP_AUTHORIZATION")) ||
	    str_eq(variable, STR("HTTP_PROXY_AUTHORIZATION"));
}

/* -vv: what was decided, and what the application gets. */
static void
log_decision(const struct exchange *x, const struct env *wire)
{
	size_t i;

	if (!log_debugging())
		return;
	log_debug("mapped: %.*s: location %.*s, to %s", STR_ARG(x->t->path),
	    STR_ARG(x->place.label), x->place.member->url);
	for (i = 0; i < wire->n; i++)
		log_debug("variable: %.*s=%.*s", STR_ARG(wire->v[i].name),
		    STR_ARG(is_secret(wire->v[i].name) ? STR("(not shown)") :
		    wire->v[i].value));
}

/*
 * httpd maps PATH_INFO as if it were a request's path: when that leads to an
 * application, PATH_TRANSLATED says so.
 */
static void
translate_path_info(struct exchange *x)
{
	const struct settings *set;
	struct place p;

	x->subject.translated = STR_NONE;
	if (!env_wants_path_info(&x->env))
		return;
	set = route_settings(x->vhost, x->place.rest, NULL, &x->w->arena);
	if (set != NULL && route_find(&p, x->vhost, set, x->place.rest, false,
	    &x->w->arena) == 0 && p.kind == PLACE_MEMBER)
		x->subject.translated = p.script;
}

static int
no_netstring(struct exchange *x)
{
	log_warnx("request: %.*s: its variables need more memory "
	    "(LimitRequestHead)", STR_ARG(x->place.label));
	return 500;
}

/* The netstring of this hop; absent when the arena is full. */
static struct str
make_netstring(struct exchange *x, uint64_t length)
{
	struct out o;

	translate_path_info(x);
	env_cgi(&x->wire, &x->env, &x->subject, x->place.mount,
	    x->place.rest, x->place.script);
	if (x->wire.bad)
		return STR_NONE;
	x->env.wire = &x->wire;
	log_decision(x, &x->wire);
	out_begin(&o, &x->w->arena);
	scgi_encode(&o, length, &x->wire);
	return out_end(&o, &x->w->arena);
}

static int
timeout_of(const struct exchange *x, const struct member *m)
{
	const struct place *p;

	p = &x->place;
	return first_set(p->mapping->scgi && p->set->scgi_timeout > 0 ?
	    p->set->scgi_timeout : m->timeout, x->vhost->proxy_timeout,
	    x->vhost->timeout);
}

/* The log's line of a change; cause is for one that went down. */
static void
log_change(const struct member *m, const char *cause)
{
	if (cause == NULL)
		log_warnx("member: %s: up again (balancer://%s)", m->url,
		    m->balancer->name);
	else
		log_warnx("member: %s: down: %s (balancer://%s)", m->url,
		    cause, m->balancer->name);
}

static bool
is_failure_status(const struct balancer *b, int status)
{
	const struct status_list *l;

	for (l = b->fail_on; l != NULL; l = l->next)
		if (l->status == status)
			return true;
	return false;
}

static void
blame(const struct member *m, const char *cause)
{
	if (balance_blame(m, io_now()))
		log_change(m, cause);
}

/*
 * What a conversation says of its member: only one that is not reached, takes
 * nothing, or says a status of failonstatus is in error.
 */
static void
mind_member(struct exchange *x, enum scgi_result r,
    const struct scgi_fault *f)
{
	const struct member *m;
	const char *cause;

	m = x->member;
	if (r == SCGI_NO_CONNECTION)
		board_change_flags(m->tally, TALLY_ASK_NAME, 0);
	if (m->balancer == NULL)
		return;
	cause = f->why != NULL ? f->why : strerror(f->error);
	if (r == SCGI_NO_CONNECTION || (r == SCGI_CLOSED &&
	    x->backend.sent == 0))
		blame(m, cause);
	else if (r == SCGI_TIMEOUT && m->balancer->fail_on_timeout == 1)
		blame(m, "no answer in time (failontimeout)");
	else if (r == SCGI_OK && is_failure_status(m->balancer,
	    x->answer.status == 0 ? 200 : x->answer.status)) {
		cause = arena_printf(&x->w->arena, "answered %d "
		    "(failonstatus)", x->answer.status == 0 ? 200 :
		    x->answer.status);
		blame(m, cause == NULL ? "failonstatus" : cause);
	} else if (x->backend.connected_us != 0 && balance_praise(m,
	    x->backend.connected_us / 1000))
		log_change(m, NULL);
}

/* Connect, send, receive the head.  *result says what the status comes of. */
static int
converse(struct exchange *x, struct str netstring, bool streamed,
    enum scgi_result *result)
{
	const struct member *m;
	struct scgi_fault f;
	enum scgi_result r;
	int timeout;

	m = x->member;
	timeout = timeout_of(x, m);
	x->connect_timeout = first_set(m->connect_timeout, timeout, 0);
	memset(&f, 0, sizeof(f));
	begin_conversation(x);
	r = scgi_open(&x->backend, m, x->connect_timeout, timeout,
	    x->w->backend_buf, BACKEND_BUFFER, &f);
	if (r == SCGI_OK) {
		scgi_send(&x->backend, netstring, x->t->has_body &&
		    !streamed ? &x->spool : NULL, streamed ? &x->body : NULL);
		r = scgi_receive(&x->backend, m->field_size, &x->answer,
		    &x->w->arena, &f);
	}
	*result = r;
	mind_member(x, r, &f);
	return judge_failure(x, r, &f);
}

/*
 * The balancer's next member, if another one makes sense: one that was never
 * reached has done nothing, and what may be done twice (RFC 9110 9.2.2) is
 * given to one other.
 */
static bool
may_repeat(struct exchange *x, enum scgi_result r, bool streamed)
{
	const struct balancer *b;
	unsigned most;

	b = x->place.mapping->balancer;
	if (b == NULL)
		return false;
	most = b->max_attempts == UNSET ? (unsigned)b->n - 1 :
	    (unsigned)b->max_attempts;
	if (balance_count_tried(&x->balance) > most)
		return false;
	if (r == SCGI_NO_CONNECTION)
		return true;
	if (r != SCGI_CLOSED || streamed)
		return false;
	if (x->backend.sent == 0)
		return true;
	if (x->repeated || !http_is_idempotent(x->t->method))
		return false;
	x->repeated = true;
	return true;
}

/* The variables of a balancer (httpd). */
static int
name_member(struct exchange *x)
{
	const struct balance *c;
	const struct member *m;
	const char *name, *url;

	c = &x->balance;
	m = x->member;
	name = arena_printf(&x->w->arena, "balancer://%s", c->balancer->name);
	url = arena_printf(&x->w->arena, "%.*s%.*s", STR_ALL(m->canon),
	    STR_ALL(m->base));
	if (name == NULL || url == NULL)
		return 500;
	env_set(&x->env, STR("BALANCER_NAME"), str_of(name));
	env_set(&x->env, STR("BALANCER_WORKER_NAME"), str_of(url));
	env_set(&x->env, STR("BALANCER_WORKER_ROUTE"), str_of(m->route));
	if (c->route.p != NULL) {
		env_set(&x->env, STR("BALANCER_SESSION_STICKY"), c->sticky);
		env_set(&x->env, STR("BALANCER_SESSION_ROUTE"), c->route);
	}
	if (c->changed)
		env_set(&x->env, STR("BALANCER_ROUTE_CHANGED"), STR("1"));
	else
		env_unset(&x->env, STR("BALANCER_ROUTE_CHANGED"));
	return x->env.bad ? 500 : 0;
}

/* The member is the one that is asked now.  0, or a status. */
static int
ask_next(struct exchange *x, const struct member *m)
{
	int status;

	x->member = m;
	status = route_place_on(&x->place, m, &x->w->arena);
	if (status == 400)
		log_warnx("map: %.*s: %s and the rest of the path make no "
		    "url", STR_ARG(x->place.label), m->url);
	return status != 0 ? status : name_member(x);
}

static int
none_left(struct exchange *x)
{
	x->note = STR("No application can be reached.");
	x->retry_after = balance_retry_after(x->balance.balancer, io_now());
	log_warnx("balancer: balancer://%s: no member can be used (location "
	    "%.*s, request %.*s)", x->balance.balancer->name,
	    STR_ARG(x->place.label), STR_ARG(x->req.line));
	return 503;
}

/*
 * A member of the balancer: one with a free place, else one to wait for.
 * When there is none, timeout= says how long one is waited for.  0 with *m,
 * 503, or CLIENT_GONE.
 */
static int
elect(struct exchange *x, const struct member **m)
{
	int64_t deadline;
	enum io_result r;

	deadline = io_now() + x->balance.balancer->timeout;
	for (;;) {
		*m = balance_pick(&x->balance, io_now(), true);
		if (*m == NULL)
			*m = balance_pick(&x->balance, io_now(), false);
		if (*m != NULL)
			return 0;
		if (io_now() >= deadline)
			return 503;
		r = io_wait(-1, 0, io_deadline(QUEUE_TICK));
		if (r != IO_TIMEOUT)
			return r == IO_GONE ? CLIENT_GONE : 503;
	}
}

/* How many may wait for a place of the member. */
static uint32_t
queue_limit(const struct exchange *x, const struct member *m)
{
	int most;

	most = m->max_queue != UNSET ? m->max_queue :
	    x->w->conf->max_workers / 4;
	return most < 1 && m->max_queue == UNSET ? 1 : (uint32_t)most;
}

/*
 * The caller stands in line already: all that come at once do so before
 * anyone counts.  What is not told leaves half of the workers to others, over
 * all queues.
 */
static bool
is_queue_full(const struct exchange *x, const struct member *m)
{
	uint32_t all;

	if (board_count_ahead(m->tally) >= queue_limit(x, m))
		return true;
	all = board_all_waiting();
	return m->max_queue == UNSET && all > 1 &&
	    all > (uint32_t)x->w->conf->max_workers / 2;
}

static void
leave_queue(const struct member *m)
{
	board_set_waiting(NULL, 0);
	if (m->max > 0)
		board_pass_on(m->tally, (uint32_t)m->max);
}

/* Who asks for the member of its session has no choice but to wait for it. */
static bool
may_choose(const struct exchange *x)
{
	return x->place.mapping->balancer != NULL &&
	    (x->balance.route.p == NULL || x->balance.changed);
}

/* Another member has a place. */
static bool
change_queue(struct exchange *x, int *status)
{
	const struct member *m, *was;

	if (!may_choose(x))
		return false;
	was = x->member;
	x->balance.queued = was;
	m = balance_pick(&x->balance, io_now(), true);
	x->balance.queued = NULL;
	if (m == NULL)
		return false;
	leave_queue(was);
	balance_unpick(&x->balance, was);
	*status = ask_next(x, m);
	return true;
}

/*
 * Wait for a place, first come, first served: the one that has waited longest
 * takes the next one.  A release rings; who is not the first lets the others
 * go by.  0, a status, or CLIENT_GONE.
 */
static int
queue_for_place(struct exchange *x, uint32_t since, int64_t deadline)
{
	const struct member *m;
	uint32_t ahead;
	int64_t until;
	short bell, unused;
	bool deaf, rung;
	int status;

	rung = false;
	for (;;) {
		m = x->member;
		if (m->max == 0)
			return 0;
		board_set_waiting(m->tally, since);
		ahead = board_count_ahead(m->tally);
		if (ahead == 0) {
			board_answer_bell(m->tally);
			if (board_take_place(m->tally, (uint32_t)m->max))
				return 0;
		}
		if (change_queue(x, &status)) {
			if (status != 0)
				return status;
			continue;
		}
		if (io_now() >= deadline)
			return 503;
		/* It rings for another one, who has to have time to answer. */
		deaf = rung && ahead > 0;
		until = io_now() + (deaf ? QUEUE_STEP : QUEUE_TICK);
		rung = false;
		switch (io_wait2(deaf ? -1 : board_place_bell(m->tally),
		    POLLIN, &bell, -1, 0, &unused, until < deadline ? until :
		    deadline)) {
		case IO_OK:
			rung = true;
			break;
		case IO_GONE:
			return CLIENT_GONE;
		case IO_TIMEOUT:
		case IO_FAILED:
		case IO_EOF:
		case IO_LEFT:
			break;
		}
	}
}

static int
refuse_place(struct exchange *x, const char *why)
{
	x->note = STR("The application is busy.");
	x->retry_after = 1;
	log_warnx("queue: %s: %s (location %.*s, request %.*s)",
	    x->member->url, why, STR_ARG(x->place.label),
	    STR_ARG(x->req.line));
	return 503;
}

/*
 * Stand in line for a place at the member.  0, 503 (in vain), QUEUE_FULL or
 * CLIENT_GONE.
 */
static int
wait_for_place(struct exchange *x)
{
	const struct member *m;
	uint32_t since;
	int status, wait;

	m = x->member;
	if (m->max == 0 || (board_waiting(m->tally) == 0 &&
	    board_take_place(m->tally, (uint32_t)m->max)))
		return 0;
	since = (uint32_t)io_now();
	board_set_waiting(m->tally, since);
	if (is_queue_full(x, m)) {
		leave_queue(m);
		return QUEUE_FULL;
	}
	wait = m->acquire != UNSET ? m->acquire : timeout_of(x, m);
	status = queue_for_place(x, since, io_now() + wait);
	leave_queue(x->member);
	return status;
}

/* Another member of the same kind, whose queue may have room.  NULL: none. */
static const struct member *
other_queue(struct exchange *x)
{
	const struct member *m, *was;

	was = x->member;
	if (!may_choose(x))
		return NULL;
	m = balance_pick(&x->balance, io_now(), false);
	if (m == NULL || m->lbset != was->lbset || ((m->status ^ was->status) &
	    (STATUS_SPARE | STATUS_STANDBY)) != 0)
		return NULL;
	return m;
}

/* A place at the member, which has so many (max=).  0, a status, or gone. */
static int
take_place(struct exchange *x)
{
	const struct member *m;
	int64_t from;
	int status;

	from = io_now_us();
	while ((status = wait_for_place(x)) == QUEUE_FULL) {
		m = other_queue(x);
		if (m == NULL)
			return refuse_place(x, "as many as may wait do "
			    "(maxqueue=)");
		if ((status = ask_next(x, m)) != 0)
			return status;
	}
	if (x->member->max > 0)
		x->use.queue_us = io_now_us() - from;
	return status == 503 ? refuse_place(x, "no place was free in time "
	    "(max=, acquire=)") : status;
}

/*
 * Ask one member after the other until there is an answer, or no sense in
 * another try.  0, a status, or CLIENT_GONE.
 */
static int
ask_in_turn(struct exchange *x, bool streamed, uint64_t length)
{
	const struct balancer *b;
	const struct member *m;
	enum scgi_result r;
	struct spool body;
	struct str netstring;
	int elected, status;

	b = x->place.mapping->balancer;
	body = x->spool;
	for (;;) {
		if ((status = take_place(x)) != 0)
			return status;
		x->placed = x->member;
		board_set_member(x->member->tally);
		netstring = make_netstring(x, length);
		if (netstring.p == NULL)
			return no_netstring(x);
		status = converse(x, netstring, streamed, &r);
		if (status == 0)
			return 0;
		if (!may_repeat(x, r, streamed)) {
			if (r == SCGI_NO_CONNECTION && b != NULL)
				x->retry_after = balance_retry_after(b,
				    io_now());
			return status;
		}
		end_conversation(x, false);
		elected = elect(x, &m);
		if (elected == 503)
			return r == SCGI_NO_CONNECTION ? none_left(x) :
			    status;
		if (elected != 0)
			return elected;
		if ((status = ask_next(x, m)) != 0)
			return status;
		x->spool = body;
	}
}

/*
 * When the answer was last modified; NULL: it does not say.  A date of the
 * future is now (RFC 9110 8.8.2.1).
 */
static const time_t *
last_modified(struct exchange *x, time_t *t)
{
	const struct str *value;
	char date[30];

	value = fields_get(&x->answer.fields, STR("Last-Modified"));
	if (value == NULL || http_parse_date(*value, t) == -1)
		return NULL;
	if (*t > x->began.tv_sec) {
		*t = x->began.tv_sec;
		http_format_date(*t, date);
		fields_set(&x->answer.fields, &x->w->arena,
		    STR("Last-Modified"), arena_dup(&x->w->arena,
		    str_of(date)));
	}
	return t;
}

/*
 * httpd: an answer without Status to a GET or HEAD is held against the
 * conditions of the request; an explicit Status is the application's word.
 */
static int
check_conditions(struct exchange *x)
{
	const time_t *modified;
	time_t t;

	modified = last_modified(x, &t);
	if (x->answer.status != 0 || x->t->status != 200 ||
	    (!str_eq(x->t->method, STR("GET")) &&
	    !str_eq(x->t->method, STR("HEAD"))))
		return 0;
	return http_check_conditions(&x->req.fields,
	    fields_get(&x->answer.fields, STR("ETag")), modified,
	    x->began.tv_sec);
}

/*
 * ProxyAccelHeaders: words of applications that were written for nginx.  They
 * are for us alone.
 */
static void
mind_accel(struct exchange *x)
{
	const struct str *value;
	struct fields *f;
	size_t i, n;

	if (x->place.set->accel_headers != 1)
		return;
	f = &x->answer.fields;
	value = fields_get(f, STR("X-Accel-Buffering"));
	x->unbuffered = value != NULL && str_caseeq(*value, STR("no"));
	n = 0;
	for (i = 0; i < f->n; i++)
		if (!str_casestarts(f->v[i].name, STR("X-Accel-")))
			f->v[n++] = f->v[i];
	f->n = n;
}

/*
 * Lay the fields of this answer over those carried so far: the last answer
 * wins, Set-Cookie accumulates.
 */
static int
carry(struct exchange *x)
{
	const struct fields *later;
	const struct field *f;
	size_t i;

	mind_accel(x);
	later = &x->answer.fields;
	for (i = 0; i < later->n; i++)
		if (!str_caseeq(later->v[i].name, STR("Set-Cookie")))
			fields_del(&x->carried, later->v[i].name);
	for (i = 0; i < later->n; i++) {
		f = &later->v[i];
		if (fields_add(&x->carried, &x->w->arena, f->name,
		    f->value) == -1)
			return 500;
	}
	return 0;
}

/* Is the field of internal redirects nginx's, with the meaning it has there? */
static bool
redirects_as_nginx(const struct exchange *x)
{
	return str_caseeq(str_of(x->place.set->redirect_field),
	    STR("X-Accel-Redirect"));
}

/*
 * The local path that the answer redirects to internally: only a 200 (httpd),
 * but by X-Accel-Redirect whatever the status is, which goes with the body
 * (nginx).  Absent: none.
 */
static struct str
redirect_to(const struct exchange *x)
{
	const char *name;
	const struct str *value;
	int status;

	name = x->place.set->redirect_field;
	status = x->answer.status != 0 ? x->answer.status : x->t->status;
	if (name[0] == '\0' || (status != 200 && !redirects_as_nginx(x)))
		return STR_NONE;
	value = fields_get(&x->answer.fields, str_of(name));
	if (value == NULL || value->n == 0 || value->p[0] != '/')
		return STR_NONE;
	return *value;
}

static int
follow_redirect(struct exchange *x, struct str to)
{
	int status;

	log_debug("internal redirect: %.*s: to %.*s", STR_ARG(x->t->path),
	    STR_ARG(to));
	if (x->t->prev == NULL)
		x->first_status = 200;
	fields_del(&x->answer.fields, str_of(x->place.set->redirect_field));
	/* What the rest of this answer says is not read. */
	end_conversation(x, false);
	drop_body_fields(&x->answer.fields, redirects_as_nginx(x) ?
	    BY_ACCEL : BY_TARGET);
	if ((status = carry(x)) != 0)
		return status;
	return next_target(x, to);
}

/* ProxyErrorOverride: is the status one that we answer ourselves? */
static bool
is_overridden(const struct settings *set, int status)
{
	const struct status_list *l;

	if (set->error_override != 1 || status < 400)
		return false;
	if (set->override_list == NULL)
		return true;
	for (l = set->override_list; l != NULL; l = l->next)
		if (l->status == status)
			return true;
	return false;
}

/*
 * Its body is dropped; fields that do not belong to it stay, such as
 * WWW-Authenticate.  Returns the status.
 */
static int
override_error(struct exchange *x)
{
	int status;

	end_conversation(x, false);
	status = carry(x);
	return status != 0 ? status : x->answer.status;
}

/* ProxyPassReverse and its kin, of the outermost section first (httpd). */
static int
reverse_fields(struct exchange *x)
{
	const struct section_block *b;
	struct str front;

	front = STR_NONE;
	for (b = x->place.set->blocks; b != NULL; b = b->next) {
		if (b->reverses == NULL)
			continue;
		if (front.p == NULL)
			front = env_server_url(&x->subject, &x->w->arena);
		if (front.p == NULL || edit_reverse(b->reverses,
		    &x->answer.fields, front, &x->w->arena) == -1)
			return 500;
	}
	return 0;
}

/* Status and fields of the answer, over those of the hops before. */
static int
take_fields(struct exchange *x)
{
	struct response *r;
	int status;

	if ((status = reverse_fields(x)) != 0 ||
	    (status = carry(x)) != 0)
		return status;
	r = &x->res;
	r->fields = x->carried;
	if (is_set(x, STR("force-no-vary")))
		fields_del(&r->fields, STR("Vary"));
	r->status = x->answer.status != 0 ? x->answer.status : x->t->status;
	r->reason = x->answer.reason;
	/* A page of an error that says 200, as WSGI servers do, is its page. */
	if (x->error != 0 && r->status < 300) {
		r->status = x->error;
		r->reason = STR_NONE;
	}
	return 0;
}

/* ForceType; absent: none. */
static struct str
forced_type(const struct exchange *x)
{
	const char *type;

	type = x->place.set->forced_type;
	return type == NULL || type[0] == '\0' ? STR_NONE : str_of(type);
}

/* httpd: it is also that of an answer that says none.  0, or a status. */
static int
add_type(struct exchange *x)
{
	struct response *r;
	struct str type;

	r = &x->res;
	type = forced_type(x);
	if (type.p == NULL || r->status == 204 || r->status == 304 ||
	    fields_get(&r->fields, STR("Content-Type")) != NULL)
		return 0;
	return fields_add(&r->fields, &x->w->arena, STR("Content-Type"),
	    type) == -1 ? 500 : 0;
}

/* The answer as the response that is sent. */
static int
take_answer(struct exchange *x)
{
	struct response *r;
	int condition, status;

	condition = check_conditions(x);
	if ((status = take_fields(x)) != 0)
		return status;
	r = &x->res;
	/* RFC 3875 6.2.3: a Location alone is a redirect. */
	if (x->answer.status == 0 &&
	    fields_get(&r->fields, STR("Location")) != NULL)
		r->status = 302;
	if (r->status == 200 && condition == 412)
		return 412;
	if (r->status == 200 && condition == 304)
		r->status = 304;
	r->length = x->answer.length;
	r->source = SOURCE_STREAM;
	r->stream = &x->backend.s;
	return add_type(x);
}

/* Names that begin with .ht are the server's own (httpd). */
static bool
is_hidden(struct str path)
{
	size_t i;

	for (i = 0; i < path.n; i++)
		if (path.p[i] == '/' &&
		    str_casestarts(str_from(path, i + 1), STR(".ht")))
			return true;
	return false;
}

/* The same for the last one alone. */
static bool
is_hidden_name(struct str path)
{
	size_t i;

	for (i = path.n; i > 0 && path.p[i - 1] != '/'; i--)
		continue;
	return str_casestarts(str_from(path, i), STR(".ht"));
}

static const char hidden[] = "names that begin with .ht are never served";

/* By where the file really is; what is above its root does not count. */
static bool
is_hidden_file(const struct file *f)
{
	return is_hidden_name(f->path) ||
	    (f->root_n > 0 && is_hidden(str_from(f->path, f->root_n)));
}

/*
 * The name where a file really is as the operator wrote it, who may have
 * written a link for its root; absent when there is none other.  0, or 500.
 */
static int
written_name(struct exchange *x, const struct file *f, struct str name,
    struct str *written)
{
	struct out o;

	*written = STR_NONE;
	if (!f->below || f->written_n > name.n)
		return 0;
	out_begin(&o, &x->w->arena);
	out_str(&o, str_head(name, f->written_n));
	out_str(&o, str_from(f->path, f->root_n));
	*written = out_end(&o, &x->w->arena);
	return written->p == NULL ? 500 : 0;
}

/* XSendFilePath as file.c wants it; NULL: the arena is full. */
static const char **
list_dirs(struct exchange *x, size_t *n)
{
	const struct word_list *w;
	const char **dirs;

	*n = 0;
	for (w = x->place.set->sendfile_dirs; w != NULL; w = w->next)
		(*n)++;
	dirs = arena_alloc(&x->w->arena, (*n + 1) * sizeof(*dirs));
	if (dirs == NULL)
		return NULL;
	*n = 0;
	for (w = x->place.set->sendfile_dirs; w != NULL; w = w->next)
		dirs[(*n)++] = w->word;
	return dirs;
}

/*
 * httpd: what <Directory> says of a file holds for one that an application
 * names too.  Who the user is was the application's matter; whoever it lets
 * have the file, nobody has what is denied to all.
 */
static int
check_named(struct exchange *x, const struct settings *set)
{
	struct auth_subject s;
	struct auth_result r;
	int status;

	if (set == NULL)
		return 500;
	describe_access(x, set, &s);
	/* The host's own holds for the request, not for files. */
	if (set->require == x->vhost->set.require)
		return access_admits(&s) ? 0 : 403;
	s.vouched = true;
	status = access_check(&s, &r);
	return status == 0 || status == 500 ? status : 403;
}

/* By the name as it was written, or as it is when links are followed. */
static int
check_name(struct exchange *x, struct str name, struct str written)
{
	return check_named(x, route_file_settings(x->vhost, STR_NONE, name,
	    written, &x->w->arena));
}

static int
open_allowed(struct exchange *x, struct file *f, struct str path)
{
	const char **dirs;
	size_t n;

	if (x->place.set->sendfile_dirs == NULL)
		return file_open(f, path);
	if ((dirs = list_dirs(x, &n)) == NULL)
		return 500;
	return file_open_allowed(f, dirs, n, path);
}

/* Where the file that was opened really is. */
static int
check_named_file(struct exchange *x, const struct file *f, struct str name,
    const char **why)
{
	struct str written;
	int status;

	*why = hidden;
	if (is_hidden_file(f))
		return 403;
	if (!route_wants_real(x->vhost, name, f->path))
		return 0;
	*why = "<Directory> denies it, where links lead to";
	if ((status = written_name(x, f, name, &written)) != 0)
		return status;
	return check_name(x, f->path, written);
}

/* Open the file that the application names.  0, or a status with *why. */
static int
open_named(struct exchange *x, struct file *f, struct str path,
    const char **why)
{
	struct str name;
	int status;

	name = file_simplify(&x->w->arena, path);
	*why = hidden;
	if (name.p != NULL && is_hidden_name(name))
		return 403;
	*why = "<Directory> denies it";
	if (name.p != NULL && (status = check_name(x, name, STR_NONE)) != 0)
		return status;
	/* What has no such name cannot be opened: errno says why. */
	status = open_allowed(x, f, name.p == NULL ? path : name);
	*why = path.n == 0 || path.p[0] != '/' ? "no absolute path" :
	    strerror(errno);
	return status == 0 ? check_named_file(x, f, name, why) : status;
}

/* The file as the answer, with what the application said.  0, or a status. */
static int
answer_file(struct exchange *x, struct file *f, struct str path)
{
	struct file_ask ask;
	const char *charset;
	int status;

	memset(&ask, 0, sizeof(ask));
	ask.request = &x->req.fields;
	ask.method = x->t->method;
	ask.arena = &x->w->arena;
	ask.now = x->began.tv_sec;
	ask.type = forced_type(x);
	if (ask.type.p == NULL)
		ask.type = file_type(x->w->conf->types, path);
	charset = x->place.set->charset;
	if (ask.type.p != NULL && charset != NULL && charset[0] != '\0')
		ask.type = http_add_charset(ask.type, charset, ask.arena);
	/* Below 0 is unlimited. */
	ask.max_ranges = x->place.set->max_ranges;
	ask.max_overlaps = x->place.set->max_overlaps;
	ask.max_reversals = x->place.set->max_reversals;
	status = file_answer(&x->res, f, &ask);
	/* 416: the error page says how long the file is. */
	if (status == 416)
		x->carried = x->res.fields;
	return status;
}

/*
 * Content-Encoding stays when the file is what is encoded, and goes when it
 * spoke of the body that the file takes the place of.
 */
static void
keep_coding(struct exchange *x, const struct file *f, struct str path)
{
	const struct str *coding;

	coding = fields_get(&x->res.fields, STR("Content-Encoding"));
	if (coding != NULL && !file_has_coding(f, path, *coding))
		fields_del(&x->res.fields, STR("Content-Encoding"));
}

/*
 * ProxySCGISendfile: the application has named a file, which takes the place
 * of the rest of its answer.  0, or a status.
 */
static int
send_named(struct exchange *x, struct str path)
{
	struct file f;
	const char *why;
	bool several;
	int status;

	several = fields_count(&x->answer.fields,
	    str_of(x->place.set->sendfile_field)) > 1;
	fields_del(&x->answer.fields, str_of(x->place.set->sendfile_field));
	drop_body_fields(&x->answer.fields, BY_FILE);
	end_conversation(x, false);
	if ((status = take_fields(x)) != 0)
		return status;
	f.fd = -1;
	why = "named together with another";
	status = several ? 404 : open_named(x, &f, path, &why);
	if (status != 0)
		log_warnx("sendfile: %.*s: %s (application %s, location "
		    "%.*s, request %.*s)", STR_ARG(path), why,
		    x->member->url, STR_ARG(x->place.label),
		    STR_ARG(x->req.line));
	else {
		keep_coding(x, &f, path);
		status = answer_file(x, &f, path);
	}
	file_close(&f);
	return status;
}

/* What the field names; absent: ProxySCGISendfile is Off or not asked for. */
static struct str
named_file(const struct exchange *x)
{
	const struct str *value;
	const char *name;

	name = x->place.set->sendfile_field;
	if (name[0] == '\0')
		return STR_NONE;
	value = fields_get(&x->answer.fields, str_of(name));
	return value == NULL ? STR_NONE : *value;
}

/*
 * What is named, by X-Sendfile or X-Accel-Redirect, is all of what was asked
 * for: the status of a range goes with its body, the request's Range decides.
 */
static void
forget_range(struct exchange *x)
{
	if ((x->answer.status != 206 && x->answer.status != 416) ||
	    (named_file(x).p == NULL && redirect_to(x).p == NULL))
		return;
	x->answer.status = 200;
	x->answer.reason = STR_NONE;
}

static enum verdict
failed(int status, int *result)
{
	*result = status;
	return status == CLIENT_GONE ? VERDICT_GONE : VERDICT_ERROR;
}

/* Statuses without a body: what is to document an error says nothing. */
static bool
is_no_page(int status)
{
	return status == 204 || status == 304;
}

/* An application that wants credentials which were withheld from it. */
static void
hint_auth(struct exchange *x)
{
	if (x->answer.status != 401 || x->w->told_auth ||
	    x->place.set->pass_auth ||
	    fields_get(&x->req.fields, STR("Authorization")) == NULL)
		return;
	x->w->told_auth = true;
	log_info("authorization: %.*s: withheld from the application, which "
	    "answered 401 (CGIPassAuth On passes it)",
	    STR_ARG(x->place.label));
}

/*
 * The member that is asked first: before the body is read, so that a client
 * is not asked for one that nobody could get.  0, or a status.
 */
static int
first_member(struct exchange *x)
{
	const struct balancer *b;
	const struct member *m;
	int status;

	x->member = x->place.member;
	b = x->place.mapping->balancer;
	if (b == NULL)
		return 0;
	x->repeated = false;
	if (balance_begin(&x->balance, b, x->t->prev == NULL ? x->req.path :
	    x->t->path, x->t->query, env_fields(&x->subject),
	    &x->w->arena) == -1)
		return 500;
	if ((status = elect(x, &m)) != 0)
		return status == 503 ? none_left(x) : status;
	return ask_next(x, m);
}

static void
watch_client(const struct exchange *x)
{
	io_watch_client(x->place.set->ignore_abort ? NULL : x->c,
	    !x->req.keep);
}

/*
 * One hop to a member: body, netstring, conversation, and what its answer
 * means.
 */
static enum verdict
ask_member(struct exchange *x, int *result)
{
	struct str to;
	uint64_t length;
	bool streamed;
	int status;

	set_state(SLOT_SERVING);
	/* What comes while there is a body to come is that body. */
	if (!x->t->has_body)
		watch_client(x);
	if ((status = first_member(x)) != 0 ||
	    (status = take_body(x, &streamed, &length)) != 0)
		return failed(status, result);
	watch_client(x);
	if ((status = ask_in_turn(x, streamed, length)) != 0)
		return failed(status, result);
	hint_auth(x);
	if (x->error != 0 && is_no_page(x->answer.status))
		return failed(x->answer.status, result);
	if (x->answer.odd_length.p != NULL)
		log_warnx("receive: %s: Content-Length \"%.*s\" is no number "
		    "and not heeded (location %.*s, request %.*s)",
		    x->member->url, STR_ARG(x->answer.odd_length),
		    STR_ARG(x->place.label), STR_ARG(x->req.line));
	http_strip_hop_by_hop(&x->answer.fields, STR_NONE);
	forget_range(x);
	/* What documents an error is not an error itself. */
	if (x->error == 0 && is_overridden(x->place.set, x->answer.status))
		return failed(override_error(x), result);
	to = named_file(x);
	if (to.p != NULL) {
		if ((status = send_named(x, to)) != 0)
			return failed(status, result);
		return VERDICT_ANSWER;
	}
	to = redirect_to(x);
	if (to.p != NULL) {
		if ((status = follow_redirect(x, to)) != 0)
			return failed(status, result);
		return VERDICT_REDIRECT;
	}
	if ((status = take_answer(x)) != 0)
		return failed(status, result);
	return VERDICT_ANSWER;
}

/* ------------------------------------------------------------------ file */

/* A directory without its slash: the same with it, said to the client. */
static int
add_slash(struct exchange *x)
{
	struct out o;
	struct str to;

	out_begin(&o, &x->w->arena);
	http_escape_path(&o, x->t->path, (enum http_slashes)x->vhost->slashes);
	out_ch(&o, '/');
	if (x->t->query.p != NULL) {
		out_ch(&o, '?');
		http_escape_query(&o, x->t->query);
	}
	to = out_end(&o, &x->w->arena);
	if (to.p == NULL || fields_add(&x->carried, &x->w->arena,
	    STR("Location"), to) == -1)
		return 500;
	return 301;
}

static int
refuse_hidden(const struct exchange *x)
{
	log_info("file: %.*s: %s (request %.*s)", STR_ARG(x->t->path), hidden,
	    STR_ARG(x->req.line));
	return 403;
}

/*
 * What was opened is judged by where it really is, too: when a link has led
 * there, the sections of that name have to let it out as well.
 */
static int
check_opened(struct exchange *x)
{
	const struct settings *set;
	const struct file *f;
	struct str user, written;
	int status;

	f = &x->w->file;
	if (is_hidden_file(f))
		return refuse_hidden(x);
	if (!route_wants_real(x->vhost, x->place.name, f->path))
		return 0;
	if ((status = written_name(x, f, x->place.name, &written)) != 0)
		return status;
	set = route_file_settings(x->vhost, x->t->path, f->path, written,
	    &x->w->arena);
	if (set == NULL)
		return 500;
	if (set->internal_only == 1 && x->t->prev == NULL)
		return 404;
	user = x->subject.user;
	status = check_access(x, set);
	if (x->subject.user.p == NULL)
		x->subject.user = user;
	if (x->t->prev == NULL)
		x->first_user = x->subject.user;
	if (status != 0)
		log_info("file: %.*s: it is %.*s, for which <Directory> says "
		    "%d", STR_ARG(x->place.name), STR_ARG(f->path), status);
	return status;
}

/*
 * Open what the place names, a file or what SetHandler has taken.  0, or the
 * status of a refusal; that it could not be opened is ->file_status.
 */
static int
open_place(struct exchange *x)
{
	const struct place *p;
	struct str name;

	p = &x->place;
	if (p->kind == PLACE_NONE ||
	    (p->kind == PLACE_MEMBER && !p->mapping->handler))
		return 0;
	name = p->kind == PLACE_FILE ? p->file : p->mount;
	if (is_hidden(name) || (p->root != NULL && is_hidden(str_head(p->file,
	    p->file.n - p->rest.n))))
		return refuse_hidden(x);
	if (p->kind == PLACE_FILE) {
		file_close(&x->w->file);
		x->file_status = name.n > PATH_LIMIT ? 404 :
		    file_open_below(&x->w->file, p->root, name,
		    p->set->follow_links == 1);
	}
	return x->w->file.fd != -1 ? check_opened(x) : 0;
}

/* What is tried in the place of a directory, to be put back. */
struct lead {
	const struct target	*t;
	const struct target	*first;
	const struct settings	*set;
	struct place		 place;
	struct str		 user;
	struct str		 first_user;
	struct fields		 carried;
};

static void
save_lead(const struct exchange *x, struct lead *lead)
{
	lead->t = x->t;
	lead->first = x->first;
	lead->set = x->subject.set;
	lead->place = x->place;
	lead->user = x->subject.user;
	lead->first_user = x->first_user;
	lead->carried = x->carried;
}

static void
restore_lead(struct exchange *x, const struct lead *lead)
{
	file_close(&x->w->file);
	x->t = x->subject.target = lead->t;
	x->first = lead->first;
	x->subject.set = lead->set;
	x->place = lead->place;
	x->subject.user = lead->user;
	x->first_user = lead->first_user;
	x->carried = lead->carried;
}

/*
 * The target of a name of DirectoryIndex, "name", "/path" or "name?query":
 * it takes the place of the directory's.  NULL: there is none.
 */
static const struct target *
index_target(struct exchange *x, struct str word)
{
	struct target *t;
	struct out o;
	struct str args, path, query, raw;
	int status;

	path = x->t->path;
	query = str_from(word, str_chr(word, '?'));
	word.n -= query.n;
	out_begin(&o, &x->w->arena);
	if (word.n == 0 || word.p[0] != '/') {
		http_escape_path(&o, path, (enum http_slashes)
		    x->vhost->slashes);
		if (path.p[path.n - 1] != '/')
			out_ch(&o, '/');
	}
	out_str(&o, word);
	raw = out_end(&o, &x->w->arena);
	if (raw.p == NULL || (t = make_target(x, raw, x->t->method,
	    &status)) == NULL)
		return NULL;
	args = x->t->query;
	if (query.n > 0 && args.p != NULL) {
		/* httpd: one question mark more. */
		out_begin(&o, &x->w->arena);
		out_str(&o, str_from(query, 1));
		out_ch(&o, '?');
		out_str(&o, args);
		args = out_end(&o, &x->w->arena);
	} else if (query.n > 0)
		args = str_from(query, 1);
	t->query = args;
	t->prev = x->t->prev;
	t->hop = x->t->hop;
	t->has_body = x->t->has_body;
	t->status = x->t->status;
	return t;
}

/* Is there something to serve at the place?  0, or 404 or what forbids it. */
static int
examine_index(struct exchange *x)
{
	const struct place *p;
	int status;

	p = &x->place;
	if (p->kind == PLACE_NONE)
		return 404;
	/* httpd: what is proxied by its path needs no file. */
	if (p->kind == PLACE_MEMBER && !p->mapping->handler)
		return 0;
	if ((status = open_place(x)) != 0)
		return status;
	if (x->w->file.fd != -1)
		return x->w->file.directory || p->rest.n > 0 ? 404 : 0;
	/* The application may read what we may not. */
	if (p->kind == PLACE_MEMBER && x->file_status == 403 && p->rest.n == 0)
		return 0;
	return x->file_status;
}

/*
 * httpd: the index is a request of its own, with the method, the variables
 * and the fields that the directory's has.  0, or a status.
 */
static int
try_index(struct exchange *x, const struct target *t)
{
	const struct settings *set;
	bool away;
	int status;

	if (x->first == x->t)
		x->first = t;
	x->t = x->subject.target = t;
	status = find_settings(x, is_set(x, STR("no-proxy")), &away);
	set = x->subject.set;
	if (status != 0 && !away)
		return status;
	if (set->internal_only == 1 && t->prev == NULL)
		return 404;
	if (away)
		return status;
	if ((status = check_access(x, set)) != 0 ||
	    (status = redirect_granted(x)) != 0 ||
	    (status = examine_index(x)) != 0)
		return status;
	x->body.limit = (uint64_t)set->body_limit;
	env_fixup(&x->env, &x->subject);
	env_set_path_info(&x->env, route_wants_path_info(&x->place));
	return x->env.bad ? 500 : 0;
}

static struct str
challenge_of(const struct exchange *x)
{
	const struct str *value;

	value = fields_get(&x->carried, STR("WWW-Authenticate"));
	return value == NULL ? STR_NONE : *value;
}

/*
 * The first name of DirectoryIndex that is there takes the place of the
 * directory.  0, 404: there is none; or what forbade the last one (httpd).
 */
static int
find_index(struct exchange *x)
{
	struct lead lead;
	const struct target *t;
	const struct word_list *w;
	struct str challenge;
	int status, result;

	save_lead(x, &lead);
	result = 404;
	challenge = STR_NONE;
	for (w = x->place.set->indexes; w != NULL && w->word[0] != '\0';
	    w = w->next) {
		t = index_target(x, str_of(w->word));
		if (t == NULL)
			continue;
		status = try_index(x, t);
		/* httpd: served, or the client is sent away. */
		if (status == 0 || is_redirect(status))
			return status;
		if (status == 401)
			challenge = challenge_of(x);
		restore_lead(x, &lead);
		if (x->env.bad)
			return 500;
		if (status == 404)
			continue;
		log_debug("index: %.*s: %d", STR_ARG(t->path), status);
		result = status;
	}
	if (result == 401 && challenge.p != NULL &&
	    fields_set(&x->carried, &x->w->arena, STR("WWW-Authenticate"),
	    challenge) == -1)
		return 500;
	return result;
}

/*
 * What the place stands for: it is opened, and where it is a directory its
 * index takes its place.  0, or a status.
 */
static int
settle_place(struct exchange *x)
{
	int status;

	if (x->place.kind == PLACE_FILE &&
	    str_eq(x->t->method, STR("TRACE")))
		return 0;
	if ((status = open_place(x)) != 0)
		return status;
	if (x->w->file.fd == -1 || !x->w->file.directory)
		return 0;
	/* A hop's path is nobody's business. */
	if (x->t->prev == NULL && x->t->path.p[x->t->path.n - 1] != '/')
		return add_slash(x);
	status = find_index(x);
	if (status != 404)
		return status;
	/* There are no listings; but an application may make one. */
	x->file_status = 403;
	return 0;
}

/* TRACE for us: the request as it came, but for what is secret. */
static int
answer_trace(struct exchange *x)
{
	const struct field *f;
	struct out o;
	size_t i;

	out_begin(&o, &x->w->arena);
	out_str(&o, x->req.line);
	out_z(&o, "\r\n");
	for (i = 0; i < x->req.fields.n; i++) {
		f = &x->req.fields.v[i];
		if (str_caseeq(f->name, STR("Authorization")) ||
		    str_caseeq(f->name, STR("Proxy-Authorization")) ||
		    str_caseeq(f->name, STR("Cookie")))
			continue;
		out_str(&o, f->name);
		out_z(&o, ": ");
		out_str(&o, f->value);
		out_z(&o, "\r\n");
	}
	out_z(&o, "\r\n");
	x->res.bytes = out_end(&o, &x->w->arena);
	if (x->res.bytes.p == NULL)
		return 500;
	x->res.source = SOURCE_BYTES;
	x->res.length = (int64_t)x->res.bytes.n;
	return fields_set(&x->res.fields, &x->w->arena, STR("Content-Type"),
	    STR("message/http")) == -1 ? 500 : 0;
}

/* A plain file for GET and HEAD.  0, or a status. */
static int
serve_file(struct exchange *x)
{
	int status;

	x->allow = STR("GET, HEAD, OPTIONS");
	if (str_eq(x->t->method, STR("OPTIONS"))) {
		x->res.length = 0;
		return fields_add(&x->res.fields, &x->w->arena, STR("Allow"),
		    x->allow) == -1 ? 500 : 0;
	}
	/* TraceEnable has been asked already. */
	if (str_eq(x->t->method, STR("TRACE")))
		return answer_trace(x);
	if (!str_eq(x->t->method, STR("GET")) &&
	    !str_eq(x->t->method, STR("HEAD")))
		return 405;
	status = x->file_status;
	log_debug("file: %.*s: %d", STR_ARG(x->place.name), status);
	if (status != 0)
		return status;
	x->res.fields = x->carried;
	x->res.status = x->t->status;
	status = answer_file(x, &x->w->file, x->place.file);
	file_close(&x->w->file);
	return status;
}

/* ---------------------------------------------------------------- answer */

static int
not_mapped(struct exchange *x)
{
	log_debug("mapped: %.*s: to nothing", STR_ARG(x->t->path));
	x->note = STR("No application is mapped to this path.");
	return 404;
}

/* OPTIONS * is answered without dispatch (httpd). */
static bool
is_for_server(struct exchange *x)
{
	if (!str_eq(x->req.path, STR("*")))
		return false;
	x->res.length = 0;
	return true;
}

/*
 * Is this the last hop that Max-Forwards allows a TRACE or OPTIONS (RFC 9110
 * 7.6.2)?  Then it is answered here, and *status is 0, or an error: 400 when
 * the field is no number (httpd).
 */
static bool
ends_here(struct exchange *x, int *status)
{
	const struct str *value;
	uint64_t n;
	bool trace;

	trace = str_eq(x->t->method, STR("TRACE"));
	value = fields_get(&x->req.fields, STR("Max-Forwards"));
	if (value == NULL || (!trace && !str_eq(x->t->method, STR("OPTIONS"))))
		return false;
	n = 1;
	*status = 0;
	if (str_u64(*value, &n) == -1 && errno == EINVAL)
		*status = 400;
	else if (n > 0)
		return false;
	else if (trace)
		*status = answer_trace(x);
	else
		x->res.length = 0;
	return true;
}

/*
 * The arena is full: a 500 with nothing but its status, in an arena begun
 * anew.
 */
static void
make_bare_error(struct exchange *x)
{
	if (!log_refused_match(x))
		log_warnx("answer: %.*s: it needs more memory "
		    "(LimitRequestHead)", STR_ARG(x->place.label));
	end_conversation(x, false);
	response_close(&x->res);
	arena_reset(&x->w->arena);
	response_init(&x->res);
	x->res.status = 500;
	x->res.length = 0;
	memset(&x->req, 0, sizeof(x->req));
	memset(&x->env, 0, sizeof(x->env));
	memset(&x->notes, 0, sizeof(x->notes));
	memset(&x->fields, 0, sizeof(x->fields));
	memset(&x->carried, 0, sizeof(x->carried));
	x->edited = false;
	x->our_error = true;
	x->subject.fields = NULL;
	x->subject.target = NULL;
	x->subject.translated = STR_NONE;
	x->subject.user = x->first_user = STR_NONE;
	memset(&x->place, 0, sizeof(x->place));
	x->first = x->t = NULL;
	x->subject.set = &x->vhost->set;
	x->parsed = x->keep = false;
}

/* Does the client take HTML?  One that says nothing takes anything. */
static bool
takes_html(const struct exchange *x)
{
	const struct str *value;
	struct str list, one;

	value = fields_get(&x->req.fields, STR("Accept"));
	if (value == NULL)
		return true;
	list = *value;
	while ((one = str_list_next(&list)).p != NULL) {
		one = str_trim(str_head(one, str_chr(one, ';')));
		if (str_caseeq(one, STR("text/html")) ||
		    str_caseeq(one, STR("text/*")) ||
		    str_caseeq(one, STR("*/*")))
			return true;
	}
	return false;
}

/* The built-in page.  True: the arena is full; so for the next two. */
static bool
make_page(struct exchange *x)
{
	struct reply_page page;

	page.note = x->note;
	page.signature = env_signature(&x->subject, &x->w->arena);
	page.plain = !takes_html(x);
	page.charset = !is_set(x, STR("suppress-error-charset"));
	return reply_error_page(&x->res, &x->w->arena, &page) == -1;
}

/* ErrorDocument with a text. */
static bool
make_text(struct exchange *x, struct str text)
{
	x->res.bytes = text;
	x->res.source = SOURCE_BYTES;
	x->res.length = (int64_t)text.n;
	return fields_set(&x->res.fields, &x->w->arena, STR("Content-Type"),
	    STR("text/html; charset=utf-8")) == -1;
}

/* ErrorDocument with a url: the client is sent there. */
static bool
make_away(struct exchange *x, struct str url)
{
	x->res.status = 302;
	return fields_set(&x->res.fields, &x->w->arena, STR("Location"),
	    url) == -1 || make_page(x);
}

/* An error of ours as the response. */
static void
make_error(struct exchange *x, int status)
{
	const struct error_doc *doc;
	struct response *r;
	bool failed;

	end_conversation(x, false);
	drop_answer(x, status);
	r = &x->res;
	response_close(r);
	response_init(r);
	r->status = status;
	r->fields = x->carried;
	x->our_error = true;
	failed = false;
	if (status == 503 && x->retry_after > 0)
		failed = add_retry_after(x, &r->fields);
	if (status == 405)
		fields_set(&r->fields, &x->w->arena, STR("Allow"),
		    x->allow.p != NULL ? x->allow :
		    STR("GET, HEAD, POST, PUT, DELETE, OPTIONS"));
	if (x->subject.set == NULL)
		x->subject.set = &x->vhost->set;
	doc = find_error_doc(x->subject.set, status);
	if (failed)
		;
	else if (x->error == 0 && doc != NULL && doc->kind == ERROR_DOC_TEXT)
		failed = make_text(x, doc->value);
	else if (x->error == 0 && doc != NULL && doc->kind == ERROR_DOC_URL)
		failed = make_away(x, doc->value);
	else
		failed = make_page(x);
	if (failed)
		make_bare_error(x);
}

/* The minor version that the answer is made for. */
static int
client_minor(const struct exchange *x)
{
	/* Of a refused head: 0 when it does not say, all know that way. */
	if (!x->parsed)
		return x->req.minor;
	return is_set(x, STR("downgrade-1.0")) ||
	    is_set(x, STR("force-no-vary")) ? 0 : x->req.minor;
}

/* Does the client want the connection kept (httpd)? */
static bool
client_keeps(const struct exchange *x)
{
	if (!x->parsed || !x->req.keep)
		return false;
	if (client_minor(x) == 0 && !x->req.keep_token)
		return false;
	/* httpd: behind a proxy the variable says nothing of the client. */
	return !is_set(x, STR("nokeepalive")) ||
	    fields_get(&x->req.fields, STR("Via")) != NULL;
}

/* After these of ours it is not sure where the next request begins. */
static bool
ends_connection(int status)
{
	static const int statuses[] = { 400, 408, 411, 413, 414, 500, 501,
	    503 };
	size_t i;

	for (i = 0; i < NELEM(statuses); i++)
		if (statuses[i] == status)
			return true;
	return false;
}

/*
 * Can what is left of the request's body be read, so that the next request
 * begins behind it?  One that was never asked for may never come; one that
 * nobody wants and that is there already tells at once.
 */
static bool
may_drain(struct body *b, bool wanted)
{
	struct str piece;
	uint64_t before;

	if (b->done)
		return true;
	if (b->expects)
		return false;
	before = b->conn->s.nread;
	while (!wanted) {
		b->limit = 0;
		/* A client that never stops must not keep us here. */
		if (b->conn->s.nread - before > LOOK_MAX ||
		    body_poll(b, &piece) != 0)
			return false;
		if (piece.n == 0)
			break;
	}
	return b->done || b->kind == HTTP_BODY_CHUNKED ||
	    b->length - b->received <= DRAIN_MAX;
}

static bool
drain(struct body *b)
{
	struct str piece;
	uint64_t before;

	before = b->conn->s.nread;
	while (!b->done)
		if (b->conn->s.nread - before > DRAIN_MAX ||
		    body_next(b, &piece) != 0)
			return false;
	return true;
}

/*
 * May the connection serve another request after this one?  error is a
 * status of ours, 0 for an application's answer.
 */
static bool
may_keep(struct exchange *x, int error)
{
	const struct vhost *v;

	v = x->vhost;
	return client_keeps(x) && !ends_connection(error) &&
	    v->keepalive == 1 && v->keepalive_timeout > 0 &&
	    !self.leaving && !got_term && (v->keepalive_max == 0 ||
	    x->c->served <= (unsigned)v->keepalive_max) &&
	    may_drain(&x->body, x->backend.streamed != NULL);
}

static void
release_member(void *arg)
{
	end_conversation(arg, true);
}

static void
address_reply(struct exchange *x, struct reply_to *to)
{
	const struct vhost *v;

	v = x->vhost;
	memset(to, 0, sizeof(*to));
	to->conn = x->c;
	to->arena = &x->w->arena;
	to->minor = client_minor(x);
	to->head_only = str_eq(x->req.method, STR("HEAD"));
	to->keep = x->keep;
	to->keep_token = x->req.keep_token;
	to->keep_timeout = v->keepalive_timeout / 1000;
	to->keep_left = v->keepalive_max == 0 ? -1 :
	    v->keepalive_max - (int)x->c->served + 1;
	to->timeout = v->timeout;
	to->source_timeout = x->backend.timeout;
	to->old_line = to->minor == 0 && (is_set(x,
	    STR("force-response-1.0")) || is_set(x, STR("force-no-vary")));
	to->now = time(NULL);
	to->software = env_server_software(x->w->conf->tokens);
	to->released = release_member;
	to->released_arg = x;
	if (x->place.set == NULL)
		return;
	to->ignore_abort = x->place.set->ignore_abort == 1;
	spool_open(&x->overflow, NULL, 0,
	    (uint64_t)x->place.set->temp_file_max);
	to->spool = x->unbuffered ? NULL : &x->overflow;
	to->feed = scgi_feed;
	to->feed_arg = &x->backend;
	to->streamed = x->backend.streamed;
}

/* The words for an answer that broke off. */
static void
log_short(struct exchange *x)
{
	const char *why;

	why = x->sent.source_error == 0 ?
	    "closed before its Content-Length was reached" :
	    x->answer.chunked && x->sent.source_error == EPROTO ?
	    "a malformed chunk" :
	    x->answer.chunked && x->sent.source_error == EPIPE ?
	    "closed before its last chunk" : strerror(x->sent.source_error);
	if (x->res.source == SOURCE_FILE) {
		log_warnx("sendfile: the file became shorter while it was "
		    "sent (location %.*s, request %.*s)",
		    STR_ARG(x->place.label), STR_ARG(x->req.line));
		return;
	}
	log_warnx("receive: %s: answer cut after %" PRIu64 " bytes: %s "
	    "(location %.*s, request %.*s)", x->member == NULL ? "gateway" :
	    x->member->url, x->sent.taken, why, STR_ARG(x->place.label),
	    STR_ARG(x->req.line));
}

/* An answer that was longer than it said: what is more went nowhere. */
static void
log_long(const struct exchange *x)
{
	if (x->res.source == SOURCE_STREAM && x->sent.dropped > 0)
		log_warnx("receive: %s: answer cut: its Content-Length is %"
		    PRIu64 " and at least %" PRIu64 " bytes came (location "
		    "%.*s, request %.*s)", x->member->url, x->sent.taken,
		    x->sent.taken + x->sent.dropped, STR_ARG(x->place.label),
		    STR_ARG(x->req.line));
}

/*
 * An application that closes before it has read a body that it was sent
 * resets its answer, and so does one that dies in the middle: without a
 * Content-Length nobody can tell which it was.
 */
static void
log_reset(const struct exchange *x)
{
	const struct backend *b;

	b = &x->backend;
	if (x->res.source != SOURCE_STREAM || x->answer.length >= 0 ||
	    x->sent.taken == 0 || !b->s.was_reset || b->send_error != 0)
		return;
	log_warnx("receive: %s: reset after %" PRIu64 " bytes of an answer "
	    "without Content-Length: taken for its end (location %.*s, "
	    "request %.*s)", x->member->url, x->sent.taken,
	    STR_ARG(x->place.label), STR_ARG(x->req.line));
}

/* Header, of the outermost section first (httpd). */
static void
edit_answer(struct exchange *x)
{
	const struct section_block *b;
	struct edit_subject s;

	if (x->subject.set == NULL)
		return;
	for (b = x->subject.set->blocks; b != NULL; b = b->next) {
		if (b->answer_edits == NULL)
			continue;
		begin_edit(x, &s);
		if (edit_apply(b->answer_edits, &x->res.fields, &s) == -1) {
			make_bare_error(x);
			return;
		}
	}
}

/* AddDefaultCharset, for text that does not say its own.  0, or -1. */
static int
add_charset(struct exchange *x)
{
	const struct str *type;
	struct str typed;
	const char *charset;

	if (x->subject.set == NULL)
		return 0;
	charset = x->subject.set->charset;
	type = fields_get(&x->res.fields, STR("Content-Type"));
	if (type == NULL || charset == NULL || charset[0] == '\0')
		return 0;
	typed = http_add_charset(*type, charset, &x->w->arena);
	return typed.p == NULL ? -1 : fields_set(&x->res.fields,
	    &x->w->arena, STR("Content-Type"), typed);
}

/* Send ->res; ->keep tells afterwards whether the connection goes on. */
static void
send_response(struct exchange *x)
{
	struct reply_to to;
	enum reply_result r;

	edit_answer(x);
	if (add_charset(x) == -1)
		make_bare_error(x);
	/*
	 * A body that is streamed may be wanted only now: the answer has told
	 * the client already (RFC 9110 10.1.1), and no 100 may stand in it.
	 */
	x->body.expects = false;
	address_reply(x, &to);
	r = reply_send(&to, &x->res, &x->sent);
	if (r == REPLY_NO_ROOM) {
		make_bare_error(x);
		address_reply(x, &to);
		r = reply_send(&to, &x->res, &x->sent);
	}
	switch (r) {
	case REPLY_NO_ROOM:
		x->keep = false;
		break;
	case REPLY_SENT:
		log_reset(x);
		log_long(x);
		x->keep = to.keep && drain(&x->body);
		break;
	case REPLY_SOURCE_SHORT:
		log_short(x);
		/* To HTTP/1.0 the end of file says that all is well. */
		if (to.minor == 0 && x->res.length < 0)
			io_reset_on_close(&x->c->s);
		x->keep = false;
		x->c->broken = true;
		break;
	case REPLY_CLIENT_GONE:
		log_debug("client: %s: left in the middle of the answer: %s",
		    x->c->peer_ip, strerror(x->sent.client_error));
		x->keep = false;
		x->c->broken = true;
		break;
	}
	if (x->sent.spool_error != 0 && x->sent.spool_error != EFBIG)
		log_warnx("answer: %s: cannot be spooled, it goes at the "
		    "client's pace: %s (location %.*s, request %.*s)",
		    x->w->conf->spool_dir, strerror(x->sent.spool_error),
		    STR_ARG(x->place.label), STR_ARG(x->req.line));
}

/* %f: the url of an application, or the name of a file. */
static struct str
filename_of(struct exchange *x)
{
	const char *name;

	if (x->place.kind != PLACE_FILE)
		return x->place.script;
	name = arena_printf(&x->w->arena, "%s%.*s", strcmp(x->place.root,
	    "/") == 0 ? "" : x->place.root, STR_ALL(x->place.file));
	return str_of(name);
}

static void
write_log(struct exchange *x, int status)
{
	struct access a;

	if (x->vhost->logs == NULL && (x->vhost->base == NULL ||
	    x->vhost->base->logs == NULL))
		return;
	memset(&a, 0, sizeof(a));
	a.conf = x->w->conf;
	a.vhost = x->vhost;
	a.conn = x->c;
	a.req = &x->req;
	a.first = x->first;
	a.last = x->t;
	a.env = x->env.arena == NULL ? NULL : &x->env;
	a.fields = x->edited ? &x->fields : NULL;
	a.sent = &x->res.fields;
	a.member = x->member;
	a.set = x->subject.set;
	a.user = x->subject.user;
	a.user_first = x->first_user;
	a.client_ip = x->client_ip;
	a.client_port = x->w->client_port;
	a.notes = x->notes.arena == NULL ? NULL : &x->notes;
	a.queue_us = x->use.queue_us;
	a.connect_us = x->use.connect_us;
	a.firstbyte_us = x->use.firstbyte_us;
	a.backend_us = x->use.began_us == 0 ? -1 :
	    x->use.ended_us - x->use.began_us;
	a.attempts = x->use.attempts;
	a.member_in = x->use.in;
	a.member_out = x->use.out;
	a.script = filename_of(x);
	a.remote_host = x->subject.remote_host;
	a.status = status;
	a.status_first = x->first_status != 0 ? x->first_status : status;
	a.body_bytes = x->sent.body;
	a.bytes_in = x->c->s.nread - (x->c->s.end - x->c->s.pos) - x->nread;
	a.bytes_out = x->c->s.nwritten - x->nwritten;
	a.began = x->began.tv_sec;
	a.began_usec = x->began.tv_usec;
	a.began_us = x->began_us;
	a.first_byte_us = x->sent.first_us;
	a.ended_us = io_now_us();
	a.aborted = x->c->broken;
	a.keep = x->keep;
	a.kept = x->c->served > 0 ? x->c->served - 1 : 0;
	accesslog_write(&a, &x->w->arena);
}

/*
 * Close what the request opened.  A connection that is not kept is closed
 * slowly unless the client said that it sends no more: a reset would take
 * the answer from it (RFC 9112 9.6).
 */
static void
end_exchange(struct exchange *x, int status)
{
	x->c->held = false;
	response_close(&x->res);
	file_close(&x->w->file);
	spool_close(&x->spool);
	spool_close(&x->overflow);
	if (x->w->body_cap > BODY_KEEP && x->body.received > BODY_KEEP)
		compat_forget(x->w->body_mem + BODY_KEEP,
		    x->w->body_cap - BODY_KEEP);
	io_watch_client(NULL, false);
	if (x->keep || x->c->broken || status == CLIENT_GONE)
		return;
	if (x->parsed && !x->req.keep && x->body.done &&
	    x->c->s.pos == x->c->s.end)
		return;
	set_state(SLOT_CLOSING);
	if (!self.orphan)
		give_up = 0;
	io_linger(&x->c->s, status == 408 || x->error == 408 ? LINGER_SHORT :
	    LINGER, &give_up);
}

/*
 * A request's whole life: read it, find its place, ask there, follow where
 * the answer leads, answer.  True: the connection goes on.
 */
static bool
serve_request(struct worker *w, struct conn *c)
{
	struct exchange x;
	enum verdict v;
	int status;

	begin_exchange(&x, w, c);
	status = read_request(&x);
	if (status == CLIENT_GONE)
		return false;
	c->served++;
	board_count_request();
	v = VERDICT_ERROR;
	if (status == 0 && is_for_server(&x))
		v = VERDICT_ANSWER;
	else
		status = status == 0 ? first_target(&x) :
		    refuse_head(&x, status);
	while (status == 0 && v != VERDICT_ANSWER) {
		if ((status = find_place(&x)) != 0 ||
		    (status = settle_place(&x)) != 0) {
			status = document_error(&x, status);
			continue;
		}
		switch (x.place.kind) {
		case PLACE_MEMBER:
			v = ends_here(&x, &status) ? status == 0 ?
			    VERDICT_ANSWER : VERDICT_ERROR :
			    ask_member(&x, &status);
			break;
		case PLACE_FILE:
			status = serve_file(&x);
			v = status == 0 ? VERDICT_ANSWER : VERDICT_ERROR;
			break;
		case PLACE_NONE:
			status = not_mapped(&x);
			v = VERDICT_ERROR;
			break;
		}
		if (v != VERDICT_GONE && status != 0)
			status = document_error(&x, status);
	}
	if (v != VERDICT_GONE) {
		x.keep = may_keep(&x, status != 0 ? status : x.error);
		if (status != 0)
			make_error(&x, status);
		send_response(&x);
	}
	end_conversation(&x, x.sent.source_done);
	write_log(&x, v == VERDICT_GONE ? STATUS_CLOSED : x.res.status);
	end_exchange(&x, status);
	return x.keep;
}
