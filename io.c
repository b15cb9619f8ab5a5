/*
 * io: reading, writing and waiting on sockets.
 *
 * Every operation tries first: the kernel mostly has what is wanted, and a
 * wait before it costs a system call.  This room knows no protocol, answers
 * nobody and never logs.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "compat.h"
#include "io.h"

enum {
	LINGER_SILENCE = 2000,	/* ms (httpd: SECONDS_TO_LINGER) */
	BACKLOG_PAUSE_MAX = 50,	/* ms between tries of a full backlog */
	READ_MAX = 256 * 1024	/* bytes at once, or large buffers that are
				 * for rare heads would be touched whole */
};

/* What is watched during every wait. */
static struct {
	struct conn	*client;
	bool		 half_close;
	int		 lifeline;
	void		(*called)(void);
} watch = { NULL, false, -1, NULL };

int64_t
io_now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t
io_now(void)
{
	return io_now_us() / 1000;
}

int64_t
io_deadline(int ms)
{
	return ms <= 0 ? IO_NEVER : io_now() + ms;
}

void
stream_open(struct stream *s, int fd, char *buf, size_t cap)
{
	memset(s, 0, sizeof(*s));
	s->fd = fd;
	s->buf = buf;
	s->cap = cap;
}

void
stream_trim(struct stream *s, size_t keep)
{
	if (keep < s->end)
		keep = s->end;
	if (s->peak > keep)
		compat_forget(s->buf + keep, s->peak - keep);
	s->peak = s->end;
}

void
stream_close(struct stream *s)
{
	if (s->fd != -1)
		close(s->fd);
	s->fd = -1;
}

void
io_reset_on_close(struct stream *s)
{
	struct linger linger = { 1, 0 };

	setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger));
}

struct str
stream_pending(const struct stream *s)
{
	return (struct str){ s->buf + s->pos, s->end - s->pos };
}

void
stream_take(struct stream *s, size_t n)
{
	s->pos += n;
	if (s->pos == s->end)
		s->pos = s->end = 0;
}

void
io_watch_client(struct conn *c, bool half_close)
{
	watch.client = c;
	watch.half_close = half_close;
}

void
io_watch_lifeline(int fd, void (*called)(void))
{
	watch.lifeline = fd;
	watch.called = called;
}

/*
 * What a wait shall look for at the watched client: bytes only while none
 * wait in the buffer, else hang-up alone, or a client that pipelines would
 * keep the wait from sleeping.
 */
static short
client_events(const struct conn *c)
{
	return c->held || c->s.eof || c->s.pos < c->s.end ? 0 : POLLIN;
}

/* Has the watched client left?  Reads what it sent ahead. */
static bool
client_left(struct conn *c, short revents)
{
	if (revents & POLLIN) {
		switch (io_fill_now(&c->s)) {
		case IO_OK:
		case IO_TIMEOUT:
			return false;
		case IO_EOF:
			if (!watch.half_close || (revents & POLLERR))
				return true;
			return false;
		case IO_FAILED:
		case IO_GONE:
		case IO_LEFT:
			break;
		}
		c->broken = true;
		return true;
	}
	if (revents & (POLLERR | POLLHUP | POLLNVAL)) {
		c->broken = true;
		return true;
	}
	return false;
}

static void
lifeline_ended(void)
{
	watch.lifeline = -1;
	if (watch.called != NULL)
		watch.called();
}

/* Milliseconds for poll(2) until the deadline; -1 for ever. */
static int
poll_timeout(int64_t deadline)
{
	int64_t left;

	if (deadline == IO_NEVER)
		return -1;
	left = deadline - io_now();
	if (left < 0)
		return 0;
	return left > INT_MAX ? INT_MAX : (int)left;
}

/*
 * One poll(2) over fds[0] and fds[1] and what is watched.  poll leaves out
 * descriptors that are negative.
 */
static enum io_result
poll_once(struct pollfd fds[4], int64_t deadline)
{
	struct conn *c;
	int n;

	c = watch.client;
	if (c != NULL && c->s.fd != fds[0].fd && c->s.fd != fds[1].fd)
		fds[2] = (struct pollfd){ c->s.fd, client_events(c), 0 };
	else
		fds[2] = (struct pollfd){ -1, 0, 0 };
	fds[3] = (struct pollfd){ watch.lifeline, POLLIN, 0 };
	n = poll(fds, 4, poll_timeout(deadline));
	if (n == -1)
		return errno == EINTR ? IO_LEFT : IO_FAILED;
	if (n == 0)
		return IO_TIMEOUT;
	if (fds[3].revents != 0)
		lifeline_ended();
	if (fds[2].revents != 0 && client_left(c, fds[2].revents))
		return IO_GONE;
	return IO_OK;
}

enum io_result
io_wait2(int a, short events_a, short *ready_a, int b, short events_b,
    short *ready_b, int64_t deadline)
{
	struct pollfd fds[4];
	enum io_result r;

	for (;;) {
		fds[0] = (struct pollfd){ a, events_a, 0 };
		fds[1] = (struct pollfd){ b, events_b, 0 };
		r = poll_once(fds, deadline);
		if (r == IO_LEFT)
			continue;
		if (r != IO_OK)
			return r;
		if (fds[0].revents == 0 && fds[1].revents == 0)
			continue;
		*ready_a = fds[0].revents;
		*ready_b = fds[1].revents;
		return IO_OK;
	}
}

enum io_result
io_wait(int fd, short events, int64_t deadline)
{
	short a, b;

	return io_wait2(fd, events, &a, -1, 0, &b, deadline);
}

enum io_result
io_wait_idle(int fd, int64_t deadline, const volatile sig_atomic_t *interrupt)
{
	struct pollfd fds[4];
	enum io_result r;

	while (!*interrupt) {
		fds[0] = (struct pollfd){ fd, POLLIN, 0 };
		fds[1] = (struct pollfd){ -1, 0, 0 };
		r = poll_once(fds, deadline);
		if (r == IO_LEFT || (r == IO_OK && fds[0].revents == 0))
			continue;
		return r;
	}
	return IO_LEFT;
}

/* Make room behind the pending bytes; false when there is none. */
static bool
make_room(struct stream *s)
{
	if (s->end < s->cap)
		return true;
	if (s->pos == 0)
		return false;
	memmove(s->buf, s->buf + s->pos, s->end - s->pos);
	s->end -= s->pos;
	s->pos = 0;
	return true;
}

/* Can more come?  IO_OK, or how it ended. */
static enum io_result
may_come(const struct stream *s)
{
	if (s->eof)
		return IO_EOF;
	if (s->error != 0) {
		errno = s->error;
		return IO_FAILED;
	}
	return IO_OK;
}

/* n bytes were read; 0: end of file; -1: errno. */
static enum io_result
came(struct stream *s, ssize_t n)
{
	if (n > 0) {
		s->nread += (uint64_t)n;
		return IO_OK;
	}
	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return IO_TIMEOUT;
	if (n == 0 || (errno == ECONNRESET && s->reset_ends)) {
		s->was_reset = n == -1;
		s->eof = true;
		return IO_EOF;
	}
	s->error = errno;
	return IO_FAILED;
}

enum io_result
io_fill_now(struct stream *s)
{
	enum io_result r;
	size_t room;
	ssize_t n;

	if ((r = may_come(s)) != IO_OK)
		return r;
	if (!make_room(s)) {
		errno = ENOBUFS;
		return IO_FAILED;
	}
	room = s->cap - s->end < READ_MAX ? s->cap - s->end : READ_MAX;
	do
		n = recv(s->fd, s->buf + s->end, room, 0);
	while (n == -1 && errno == EINTR);
	if ((r = came(s, n)) == IO_OK)
		s->end += (size_t)n;
	if (s->peak < s->end)
		s->peak = s->end;
	if (s->decode != NULL && (r == IO_OK || r == IO_EOF) &&
	    s->decode(s, s->end - (r == IO_OK ? (size_t)n : 0),
	    r == IO_EOF) == -1) {
		s->error = errno;
		s->eof = false;
		return IO_FAILED;
	}
	return r;
}

enum io_result
io_fill(struct stream *s, bool wait_first, int64_t deadline)
{
	enum io_result r;

	if (s->eof)
		return IO_EOF;
	for (;;) {
		if (!wait_first && (r = io_fill_now(s)) != IO_TIMEOUT)
			return r;
		if ((r = io_wait(s->fd, POLLIN, deadline)) != IO_OK)
			return r;
		wait_first = false;
	}
}

ssize_t
io_writev_now(struct stream *s, const struct iovec *iov, int n)
{
	ssize_t done;

	do
		done = writev(s->fd, iov, n);
	while (done == -1 && errno == EINTR);
	if (done == -1)
		return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1;
	s->nwritten += (uint64_t)done;
	return done;
}

ssize_t
io_write_now(struct stream *s, const char *p, size_t n)
{
	ssize_t done;

	do
		done = send(s->fd, p, n, 0);
	while (done == -1 && errno == EINTR);
	if (done == -1)
		return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1;
	s->nwritten += (uint64_t)done;
	return done;
}

int
channel_open(struct channel *c)
{
	int saved;

	if (compat_pipe(c->fd) == -1) {
		c->fd[0] = c->fd[1] = -1;
		return -1;
	}
	c->held = 0;
	if (compat_splice_pipe(c->fd[1], CHANNEL_SIZE) == -1) {
		saved = errno;
		channel_close(c);
		errno = saved;
		return -1;
	}
	return 0;
}

void
channel_close(struct channel *c)
{
	if (c->fd[0] != -1) {
		close(c->fd[0]);
		close(c->fd[1]);
	}
	c->fd[0] = c->fd[1] = -1;
	c->held = 0;
}

enum io_result
channel_fill(struct channel *c, struct stream *from, uint64_t max)
{
	enum io_result r;
	ssize_t n;

	if ((r = may_come(from)) != IO_OK)
		return r;
	do
		n = compat_splice(from->fd, c->fd[1],
		    max < CHANNEL_SIZE ? (size_t)max : CHANNEL_SIZE);
	while (n == -1 && errno == EINTR);
	if (n == -1 && errno == EINVAL)
		return IO_FAILED;
	if ((r = came(from, n)) == IO_OK)
		c->held = (size_t)n;
	return r;
}

ssize_t
channel_drain(struct channel *c, struct stream *to)
{
	ssize_t n;

	do
		n = compat_splice(c->fd[0], to->fd, c->held);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1;
	c->held -= (size_t)n;
	to->nwritten += (uint64_t)n;
	return n;
}

/* Move iov on by done bytes; how many pieces are left. */
static int
advance(struct iovec **iov, int n, size_t done)
{
	while (n > 0 && done >= (*iov)->iov_len) {
		done -= (*iov)->iov_len;
		(*iov)++;
		n--;
	}
	if (n > 0) {
		(*iov)->iov_base = (char *)(*iov)->iov_base + done;
		(*iov)->iov_len -= done;
	}
	return n;
}

enum io_result
io_writev(struct stream *s, struct iovec *iov, int n, int timeout)
{
	enum io_result r;
	ssize_t done;

	n = advance(&iov, n, 0);
	while (n > 0) {
		done = io_writev_now(s, iov, n);
		if (done == -1)
			return IO_FAILED;
		n = advance(&iov, n, (size_t)done);
		if (n == 0)
			break;
		r = io_wait(s->fd, POLLOUT, io_deadline(timeout));
		if (r != IO_OK)
			return r;
	}
	return IO_OK;
}

enum io_result
io_write(struct stream *s, struct str bytes, int timeout)
{
	struct iovec iov;

	iov.iov_base = (void *)(uintptr_t)bytes.p;
	iov.iov_len = bytes.n;
	return io_writev(s, &iov, 1, timeout);
}

/* A connect(2) that was begun: has it succeeded? */
static enum io_result
finish_connect(int fd, int64_t deadline)
{
	enum io_result r;
	socklen_t len;
	int error;

	if ((r = io_wait(fd, POLLOUT, deadline)) != IO_OK)
		return r;
	len = sizeof(error);
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == -1)
		return IO_FAILED;
	if (error != 0) {
		errno = error;
		return IO_FAILED;
	}
	return IO_OK;
}

/*
 * Sleep before the next try of a full backlog: 1, 2, 4 ... 50 ms.
 */
static enum io_result
pause_for_backlog(int *pause, int64_t deadline)
{
	enum io_result r;
	int64_t until;

	until = io_now() + *pause;
	if (until >= deadline)
		until = deadline;
	*pause = *pause * 2 > BACKLOG_PAUSE_MAX ? BACKLOG_PAUSE_MAX :
	    *pause * 2;
	r = io_wait(-1, 0, until);
	if (r == IO_TIMEOUT && io_now() < deadline)
		return IO_OK;
	return r;
}

static enum io_result
try_connect(int fd, const struct sockaddr *sa, socklen_t len,
    int64_t deadline)
{
	enum io_result r;
	int pause;

	pause = 1;
	for (;;) {
		if (connect(fd, sa, len) == 0)
			return IO_OK;
		if (errno == EINPROGRESS || errno == EINTR)
			return finish_connect(fd, deadline);
		/* Linux: EAGAIN is a Unix socket's full backlog. */
		if (errno != EAGAIN || sa->sa_family != AF_UNIX)
			return IO_FAILED;
		if ((r = pause_for_backlog(&pause, deadline)) != IO_OK)
			return r;
	}
}

enum io_result
io_connect(const struct sockaddr *sa, socklen_t len, int64_t deadline,
    int *fd)
{
	enum io_result r;
	int error;

	*fd = compat_socket(sa->sa_family, SOCK_STREAM);
	if (*fd == -1)
		return IO_FAILED;
	r = try_connect(*fd, sa, len, deadline);
	if (r != IO_OK) {
		error = errno;
		close(*fd);
		*fd = -1;
		errno = error;
	}
	return r;
}

static int
close_failed(int fd)
{
	int error;

	error = errno;
	close(fd);
	errno = error;
	return -1;
}

int
io_listen(const struct sockaddr *sa, socklen_t len, int backlog)
{
	int fd, on;

	fd = compat_socket(sa->sa_family, SOCK_STREAM);
	if (fd == -1)
		return -1;
	on = 1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == -1)
		return close_failed(fd);
	if (sa->sa_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6,
	    IPV6_V6ONLY, &on, sizeof(on)) == -1)
		return close_failed(fd);
	/*
	 * Connections inherit it: small pieces of a streamed answer must not
	 * wait for the acknowledgement of the piece before.
	 */
	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) == -1)
		return close_failed(fd);
	if (bind(fd, sa, len) == -1 || listen(fd, backlog) == -1)
		return close_failed(fd);
	return fd;
}

/*
 * Make room for a new Unix socket: remove the file that a dead server left.
 * 0, or -1 with errno EADDRINUSE when somebody answers there.
 */
static int
remove_stale(const struct sockaddr_un *sun)
{
	struct stat st;
	int error, fd;

	if (lstat(sun->sun_path, &st) == -1)
		return errno == ENOENT ? 0 : -1;
	if (!S_ISSOCK(st.st_mode)) {
		errno = ENOTSOCK;
		return -1;
	}
	if ((fd = compat_socket(AF_UNIX, SOCK_STREAM)) == -1)
		return -1;
	error = connect(fd, (const struct sockaddr *)sun, sizeof(*sun)) == 0 ?
	    EADDRINUSE : errno;
	close(fd);
	if (error == ECONNREFUSED)
		return unlink(sun->sun_path);
	errno = error == EAGAIN ? EADDRINUSE : error;
	return -1;
}

/*
 * The file appears with no rights for others, then gets those asked for, so
 * that nobody connects who may not.
 */
static int
bind_unix(int fd, const struct sockaddr_un *sun)
{
	mode_t mask;
	int r;

	mask = umask(0177);
	r = bind(fd, (const struct sockaddr *)sun, sizeof(*sun));
	umask(mask);
	return r;
}

int
io_unix_address(struct sockaddr_un *sun, const char *path)
{
	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(sun->sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(sun->sun_path, path, strlen(path));
	return 0;
}

/* chmod(2) that follows no link, where there is such a thing. */
static int
set_mode(const char *path, mode_t mode)
{
	struct stat st;

	if (fchmodat(AT_FDCWD, path, mode, AT_SYMLINK_NOFOLLOW) == 0)
		return 0;
	if (errno != EOPNOTSUPP && errno != ENOTSUP && errno != EINVAL)
		return -1;
	if (lstat(path, &st) == -1)
		return -1;
	if (!S_ISSOCK(st.st_mode)) {
		errno = ENOTSOCK;
		return -1;
	}
	return chmod(path, mode);
}

int
io_set_rights(const char *path, mode_t mode, uid_t uid, gid_t gid)
{
	if ((uid != (uid_t)-1 || gid != (gid_t)-1) &&
	    lchown(path, uid, gid) == -1)
		return -1;
	return set_mode(path, mode);
}

int
io_listen_unix(const char *path, int backlog, mode_t mode, uid_t uid,
    gid_t gid)
{
	struct sockaddr_un sun;
	int fd;

	if (io_unix_address(&sun, path) == -1 || remove_stale(&sun) == -1)
		return -1;
	if ((fd = compat_socket(AF_UNIX, SOCK_STREAM)) == -1)
		return -1;
	if (bind_unix(fd, &sun) == -1)
		return close_failed(fd);
	if (io_set_rights(path, mode, uid, gid) == -1 ||
	    listen(fd, backlog) == -1) {
		unlink(path);
		return close_failed(fd);
	}
	return fd;
}

void
io_address(const struct sockaddr_storage *ss, char *ip, size_t size,
    unsigned *port)
{
	const struct sockaddr_in *in;
	const struct sockaddr_in6 *in6;

	if (ss->ss_family == AF_INET) {
		in = (const struct sockaddr_in *)ss;
		inet_ntop(AF_INET, &in->sin_addr, ip, (socklen_t)size);
		*port = ntohs(in->sin_port);
	} else if (ss->ss_family == AF_INET6) {
		in6 = (const struct sockaddr_in6 *)ss;
		if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr))
			inet_ntop(AF_INET, in6->sin6_addr.s6_addr + 12, ip,
			    (socklen_t)size);
		else
			inet_ntop(AF_INET6, &in6->sin6_addr, ip,
			    (socklen_t)size);
		*port = ntohs(in6->sin6_port);
	} else {
		snprintf(ip, size, "unix:");
		*port = 0;
	}
}

int
io_accept(int listener, struct conn *c)
{
	socklen_t len;
	int fd;

	len = sizeof(c->peer);
	memset(&c->peer, 0, sizeof(c->peer));
	fd = compat_accept(listener, (struct sockaddr *)&c->peer, &len);
	if (fd == -1)
		return -1;
	/* Some systems leave the family of an unnamed Unix peer empty. */
	if (len == 0)
		c->peer.ss_family = AF_UNIX;
	len = sizeof(c->here);
	if (c->here.ss_family == AF_UNSPEC && getsockname(fd,
	    (struct sockaddr *)&c->here, &len) == -1) {
		/* Some systems know no address of one that has left. */
		if (errno != ENOBUFS)
			errno = ECONNABORTED;
		return close_failed(fd);
	}
	stream_open(&c->s, fd, c->s.buf, c->s.cap);
	io_address(&c->peer, c->peer_ip, sizeof(c->peer_ip), &c->peer_port);
	io_address(&c->here, c->here_ip, sizeof(c->here_ip), &c->here_port);
	c->local = c->peer.ss_family == AF_UNIX;
	c->served = 0;
	c->broken = c->held = false;
	return 0;
}

void
io_linger(struct stream *s, int limit, const volatile sig_atomic_t *interrupt)
{
	int64_t end, silence;

	if (shutdown(s->fd, SHUT_WR) == -1)
		return;
	end = io_now() + limit;
	do {
		s->pos = s->end = 0;
		silence = io_now() + LINGER_SILENCE;
		if (io_wait_idle(s->fd, silence < end ? silence : end,
		    interrupt) != IO_OK)
			return;
	} while (io_fill_now(s) == IO_OK && io_now() < end);
}
