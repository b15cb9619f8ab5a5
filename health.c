/*
 * health: what is known of members without a request.
 *
 * Each check and each look-up is a process of its own, so that one that hangs
 * keeps nothing else waiting; what they find is written to the board by them
 * or by this one, never by a worker.  It elects nobody and serves nothing.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "board.h"
#include "buf.h"
#include "compat.h"
#include "config.h"
#include "health.h"
#include "http.h"
#include "io.h"
#include "log.h"
#include "probe.h"
#include "scgi.h"
#include "spool.h"

enum {
	MAX_RUNNING = 16,	/* processes at a time */
	MAX_WAIT = 1000,	/* ms between two looks at the board */
	SHORT_WAIT = 20,	/* ms, while something runs */
	NAME_PAUSE = 5000,	/* ms between two look-ups of a name */
	CHECK_TIMEOUT = 5000,	/* ms, unless the member says less */
	REASON_SIZE = 600,
	BUFFER = 128 * 1024
};

/* A process that was started for a member. */
struct errand {
	pid_t	 pid;		/* 0: none */
	int	 reason;	/* to be read when it ends; -1 */
	int64_t	 due;		/* ms, next */
};

/* A member that is watched. */
struct watched {
	const struct member	*m;
	struct errand		 check;
	struct errand		 name;
	int64_t			 asked;		/* ms, for the name */
	int			 passes;
	int			 fails;
};

static volatile sig_atomic_t got_term;
static const struct config *conf;
static struct watched *all;
static size_t nall;
static unsigned running;
static struct arena arena;	/* of each check, in its process */

static void
on_term(int sig)
{
	(void)sig;
	got_term = 1;
}

/*
 * What is watched.
 */

static bool
is_checked(const struct member *m)
{
	return m->check != CHECK_NONE && m->balancer != NULL &&
	    (m->status & STATUS_STOPPED) == 0;
}

/* A name that may get another address; localhost never does. */
static bool
is_named(const struct member *m)
{
	struct in6_addr a6;
	struct in_addr a4;

	return m->path == NULL && strcmp(m->host, "localhost") != 0 &&
	    inet_pton(AF_INET, m->host, &a4) != 1 &&
	    inet_pton(AF_INET6, m->host, &a6) != 1;
}

bool
health_is_wanted(const struct config *of)
{
	const struct member *m;

	for (m = of->members; m != NULL; m = m->next)
		if (is_checked(m) || is_named(m))
			return true;
	return false;
}

static int
collect(bool renamed)
{
	const struct member *m;
	int64_t now;

	for (m = conf->members; m != NULL; m = m->next)
		nall += is_checked(m) || is_named(m);
	all = calloc(nall + 1, sizeof(*all));
	if (all == NULL)
		return -1;
	nall = 0;
	now = io_now();
	for (m = conf->members; m != NULL; m = m->next) {
		if (!is_checked(m) && !is_named(m))
			continue;
		all[nall].m = m;
		all[nall].check.due = now;
		all[nall].asked = now - NAME_PAUSE;
		all[nall].check.reason = all[nall].name.reason = -1;
		all[nall].name.due = renamed ? now : m->address_ttl == UNSET ?
		    IO_NEVER : now + m->address_ttl * INT64_C(1000);
		nall++;
	}
	return 0;
}

/*
 * A check, in its process.
 */

/* Tell why, and end as one that failed. */
static void __attribute__((__noreturn__))
give_reason(int fd, const char *text)
{
	ssize_t n;

	n = write(fd, text, strlen(text));
	_exit(n == -1 ? 2 : 1);
}

static const char *
explain(const struct scgi_fault *f, enum scgi_result r)
{
	if (f->why != NULL)
		return f->why;
	if (r == SCGI_TIMEOUT)
		return "no answer in time";
	return strerror(f->error);
}

/* NULL: it is up. */
static const char *
run_check(const struct member *m)
{
	struct backend b;
	struct http_answer answer;
	struct scgi_fault f;
	enum scgi_result r;
	struct str host, request;
	char *buf;
	int timeout;

	timeout = m->timeout != 0 && m->timeout < CHECK_TIMEOUT ? m->timeout :
	    CHECK_TIMEOUT;
	if ((buf = arena_alloc(&arena, BUFFER)) == NULL)
		return NULL;
	memset(&f, 0, sizeof(f));
	memset(&answer, 0, sizeof(answer));
	r = scgi_open(&b, m, m->connect_timeout != 0 ? m->connect_timeout :
	    timeout, timeout, buf, BUFFER, &f);
	if (r == SCGI_OK && m->check != CHECK_TCP) {
		request = probe_make_request(conf, m, &arena, &host);
		if (request.p == NULL)
			return NULL;
		scgi_send(&b, request, NULL, NULL);
		r = scgi_receive(&b, m->field_size, &answer, &arena,
		    &f);
	}
	/* A fault of ours says nothing of the member. */
	if (r == SCGI_NO_DESCRIPTOR)
		return NULL;
	if (r != SCGI_OK)
		return explain(&f, r);
	if (answer.status < 400)
		return NULL;
	return arena_printf(&arena, "answered %d to %s %s for Host %.*s%s",
	    answer.status, m->check == CHECK_HEAD ? "HEAD" : "GET",
	    m->check_uri != NULL ? m->check_uri : "/", STR_ARG(host),
	    answer.status == 400 && m->check_host == NULL ?
	    ", hchost= asks for another" : "");
}

static void __attribute__((__noreturn__))
be_check(const struct member *m, int fd)
{
	const char *why;

	/* One that serves all that it may is alive. */
	if (m->max > 0 && !board_take_place(m->tally, (uint32_t)m->max))
		_exit(0);
	why = run_check(m);
	if (why != NULL)
		give_reason(fd, why);
	_exit(0);
}

/*
 * A look-up, in its process.
 */

static void __attribute__((__noreturn__))
be_look_up(const struct member *m, int fd)
{
	struct addrinfo hints, *ai, *list;
	struct tally_addresses found;
	int error;

	memset(&hints, 0, sizeof(hints));
	hints.ai_socktype = SOCK_STREAM;
	hints.ai_flags = AI_NUMERICSERV;
	error = getaddrinfo(m->host, m->port, &hints, &list);
	if (error != 0)
		give_reason(fd, gai_strerror(error));
	memset(&found, 0, sizeof(found));
	for (ai = list; ai != NULL && found.n < TALLY_ADDRESSES;
	    ai = ai->ai_next) {
		if (ai->ai_addrlen > sizeof(found.address[0]))
			continue;
		memcpy(&found.address[found.n], ai->ai_addr, ai->ai_addrlen);
		found.length[found.n++] = ai->ai_addrlen;
	}
	if (found.n > 0)
		board_set_addresses(m->tally, &found);
	_exit(0);
}

/*
 * Errands.
 */

static void
start_errand(struct errand *e, const struct member *m,
    void (*run)(const struct member *, int))
{
	int fd[2];

	if (compat_pipe(fd) == -1)
		return;
	e->pid = fork();
	if (e->pid == 0) {
		close(fd[0]);
		io_watch_lifeline(-1, NULL);
		run(m, fd[1]);
		_exit(0);
	}
	close(fd[1]);
	if (e->pid == -1) {
		e->pid = 0;
		close(fd[0]);
		return;
	}
	e->reason = fd[0];
	running++;
}

/* Why it failed, in words; NULL: it did not. */
static const char *
end_errand(struct errand *e, int status)
{
	static char reason[REASON_SIZE];
	ssize_t n;

	n = read(e->reason, reason, sizeof(reason) - 1);
	close(e->reason);
	e->reason = -1;
	e->pid = 0;
	running--;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return NULL;
	reason[n > 0 ? n : 0] = '\0';
	return n > 0 ? reason : "the check failed";
}

/* Up or down is news once so many checks in a row say so. */
static void
take_result(struct watched *w, const char *why)
{
	const struct member *m;
	uint32_t was;
	bool down;

	m = w->m;
	down = (board_flags(m->tally) & TALLY_CHECK_FAILED) != 0;
	if (why == NULL) {
		w->passes++;
		w->fails = 0;
	} else {
		w->fails++;
		w->passes = 0;
	}
	if (why == NULL && down && w->passes >= m->check_passes) {
		was = board_change_flags(m->tally, 0, TALLY_CHECK_FAILED |
		    TALLY_ERROR | TALLY_TOLD_DOWN);
		if ((was & TALLY_TOLD_DOWN) != 0)
			log_warnx("member: %s: up again: checked "
			    "(balancer://%s)", m->url, m->balancer->name);
	} else if (why != NULL && !down && w->fails >= m->check_fails) {
		was = board_change_flags(m->tally, TALLY_CHECK_FAILED |
		    TALLY_TOLD_DOWN, TALLY_COUNTED);
		if ((was & TALLY_TOLD_DOWN) == 0)
			log_warnx("member: %s: down: checked: %s "
			    "(balancer://%s)", m->url, why,
			    m->balancer->name);
	}
}

static void
take_name(struct watched *w, const char *why)
{
	if (why != NULL)
		log_warnx("resolve: %s: %s, its addresses stay", w->m->url,
		    why);
	else
		log_debug("resolve: %s: looked up", w->m->url);
}

static void
reap(void)
{
	struct watched *w;
	pid_t pid;
	size_t i;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (i = 0; i < nall; i++) {
			w = &all[i];
			if (w->check.pid == pid) {
				if (w->m->max > 0)
					board_release_place(w->m->tally);
				take_result(w, end_errand(&w->check,
				    status));
			} else if (w->name.pid == pid)
				take_name(w, end_errand(&w->name, status));
		}
}

/* A name that led nowhere is looked up before its time. */
static void
mind_name(struct watched *w, int64_t now)
{
	if ((board_flags(w->m->tally) & TALLY_ASK_NAME) != 0) {
		board_change_flags(w->m->tally, 0, TALLY_ASK_NAME);
		if (w->name.due > w->asked + NAME_PAUSE)
			w->name.due = w->asked + NAME_PAUSE;
	}
	if (w->name.pid != 0 || now < w->name.due)
		return;
	w->asked = now;
	w->name.due = w->m->address_ttl == UNSET ? IO_NEVER :
	    now + (w->m->address_ttl == 0 ? 1 : w->m->address_ttl) *
	    INT64_C(1000);
	start_errand(&w->name, w->m, be_look_up);
}

/* Another check has the place of this one, of a host with the same member. */
static bool
is_place_taken(const struct watched *w)
{
	size_t i;

	for (i = 0; w->m->max > 0 && i < nall; i++)
		if (all[i].check.pid != 0 && all[i].m->tally == w->m->tally)
			return true;
	return false;
}

/* In turn: those that hang must not keep the others from being checked. */
static void
look_around(int64_t now)
{
	static size_t next;
	struct watched *w;
	size_t i;

	for (i = 0; i < nall && running < MAX_RUNNING; i++) {
		w = &all[next++ % nall];
		if (is_named(w->m))
			mind_name(w, now);
		if (is_checked(w->m) && w->check.pid == 0 &&
		    now >= w->check.due && !is_place_taken(w)) {
			w->check.due = now + w->m->check_interval;
			start_errand(&w->check, w->m, be_check);
		}
	}
}

static int
time_to_sleep(int64_t now)
{
	int64_t next;
	size_t i;

	next = now + (running > 0 ? SHORT_WAIT : MAX_WAIT);
	for (i = 0; i < nall; i++)
		if (is_checked(all[i].m) && all[i].check.pid == 0 &&
		    all[i].check.due < next)
			next = all[i].check.due;
	/* What is due and not begun waits for something that runs. */
	if (next <= now)
		return running > 0 ? SHORT_WAIT : 1;
	return (int)(next - now);
}

static void
open_signals(void)
{
	struct sigaction sa;
	sigset_t none;

	memset(&sa, 0, sizeof(sa));
	sigemptyset(&sa.sa_mask);
	sa.sa_handler = on_term;
	sigaction(SIGTERM, &sa, NULL);
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, NULL);
	sigaction(SIGUSR1, &sa, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* What still runs ends with us. */
static void
end_all(void)
{
	size_t i;

	for (i = 0; i < nall; i++) {
		if (all[i].check.pid > 0)
			kill(all[i].check.pid, SIGKILL);
		if (all[i].name.pid > 0)
			kill(all[i].name.pid, SIGKILL);
	}
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		continue;
	for (i = 0; i < nall; i++)
		if (all[i].m->max > 0)
			board_release_place(all[i].m->tally);
}

int
health_run(const struct config *of, int lifeline, bool renamed)
{
	struct pollfd p;
	int n;

	conf = of;
	open_signals();
	board_mine_checker();
	if (collect(renamed) == -1 ||
	    arena_init(&arena, 4 * BUFFER) == -1) {
		log_error("checker");
		return 71;
	}
	p.fd = lifeline;
	p.events = POLLIN;
	while (!got_term) {
		reap();
		look_around(io_now());
		n = poll(&p, 1, time_to_sleep(io_now()));
		if (n > 0)
			break;
	}
	end_all();
	return 0;
}
