/*
 * io: the only place that reads, writes and waits on sockets: deadlines,
 * EINTR, connect, listen.
 *
 * All sockets are non-blocking.  Every operation tries first and waits only
 * when the kernel has nothing.  Times are milliseconds of io_now().
 */
#ifndef IO_H
#define IO_H

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>

#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

/* A deadline that never comes. */
#define IO_NEVER	INT64_MAX

/*
 * One direction-agnostic byte stream: a socket and what has been read from
 * it and not been used: buf[pos] to buf[end - 1].
 */
struct stream {
	int	 fd;		/* -1: closed */
	char	*buf;		/* not owned */
	size_t	 cap;		/* bytes; touched only as far as used */
	size_t	 pos;
	size_t	 end;
	size_t	 peak;		/* the largest end so far */
	bool	 eof;		/* the peer has sent its last byte */
	int	 error;		/* errno of a read that failed; 0 */
	bool	 reset_ends;	/* a reset is an end of file */
	bool	 was_reset;	/* and that is how it ended */
	/*
	 * Decode what was read last, the bytes from was on, in place: it moves
	 * ->end down, and says by ->eof that the message is whole.  0, or -1
	 * with errno; at_end: there will be no more bytes.  NULL: as it comes.
	 */
	int	(*decode)(struct stream *, size_t was, bool at_end);
	void	*decoder;	/* state of ->decode */
	uint64_t nread;		/* bytes read from the socket so far */
	uint64_t nwritten;	/* bytes written to it so far */
};

/*
 * One client connection.  A worker holds one at a time today, several when
 * guests come; nothing here may assume either.
 */
struct conn {
	struct stream	 s;
	bool		 local;		/* came over a Unix socket */
	struct sockaddr_storage	 peer;
	struct sockaddr_storage	 here;
	char		 peer_ip[INET6_ADDRSTRLEN];	/* "unix:" if local */
	char		 here_ip[INET6_ADDRSTRLEN];
	unsigned	 peer_port;	/* 0 if local */
	unsigned	 here_port;
	unsigned	 served;	/* requests begun on it */
	bool		 broken;	/* nothing more can be sent on it */
	bool		 held;		/* slices of its buffer are in use: a
					 * wait must not read ahead */
};

enum io_result {
	IO_OK,
	IO_EOF,			/* the peer has closed */
	IO_TIMEOUT,		/* the deadline came first */
	IO_FAILED,		/* see errno */
	IO_GONE,		/* the watched client left meanwhile */
	IO_LEFT			/* a signal or the lifeline asks to leave */
};

/* Monotonic clock: milliseconds, microseconds.  Not the time of day. */
int64_t	io_now(void);
int64_t	io_now_us(void);

/* now + ms; IO_NEVER for ms <= 0. */
int64_t	io_deadline(int ms);

/* Use fd with the buffer; forgets what was read before. */
void	stream_open(struct stream *s, int fd, char *buf, size_t cap);
void	stream_close(struct stream *s);
/*
 * Give the memory of the buffer back, if more than keep bytes of it were
 * used; what is pending stays.
 */
void	stream_trim(struct stream *s, size_t keep);
/* Its closing shall be a reset, so that the peer can tell; not over Unix. */
void	io_reset_on_close(struct stream *s);
/* What has been read and not been used. */
struct str	stream_pending(const struct stream *s);
/* Use n bytes of it. */
void	stream_take(struct stream *s, size_t n);

/*
 * The watch.  While a worker waits for something else, the client c is
 * watched: bytes it sends meanwhile are read into its buffer (pipelining),
 * a reset or hang-up ends the wait with IO_GONE.  An end of file does so
 * only if half_close is false; else it is a half-close, and the answer is
 * still wanted.  NULL: nobody is watched.
 */
void	io_watch_client(struct conn *c, bool half_close);

/*
 * The lifeline: when fd ends, called runs once, in the middle of whatever
 * wait it is, and the wait goes on.
 */
void	io_watch_lifeline(int fd, void (*called)(void));

/*
 * Wait until one of events (POLLIN, POLLOUT) holds for fd, or something is
 * wrong with it (the next read or write tells).  IO_OK, IO_TIMEOUT,
 * IO_FAILED, IO_GONE.
 */
enum io_result	io_wait(int fd, short events, int64_t deadline);

/*
 * The same for two descriptors at once; *ready_a and *ready_b get the
 * events that hold, 0 for none.  A descriptor of -1 is left out.
 */
enum io_result	io_wait2(int a, short events_a, short *ready_a,
		    int b, short events_b, short *ready_b, int64_t deadline);

/*
 * Wait for a kept-alive or new client to send, without a watch: IO_OK when
 * there is something to read, IO_LEFT when *interrupt became true (set by
 * a signal handler), IO_TIMEOUT, IO_FAILED.
 */
enum io_result	io_wait_idle(int fd, int64_t deadline,
		    const volatile sig_atomic_t *interrupt);

/*
 * Read at least one byte behind the pending ones (which are moved to the
 * front when room is needed).  wait_first saves the useless read where data
 * is not expected yet.  IO_OK; IO_EOF (also when s->eof is known);
 * IO_TIMEOUT; IO_FAILED (errno; ENOBUFS when the buffer is full); IO_GONE.
 */
enum io_result	io_fill(struct stream *s, bool wait_first, int64_t deadline);

/*
 * Read what there is, without waiting: IO_OK (something came), IO_EOF,
 * IO_TIMEOUT (nothing there now), IO_FAILED.
 */
enum io_result	io_fill_now(struct stream *s);

/*
 * Write all of iov (which is used up on the way), waiting at most timeout
 * milliseconds for each step forward.  IO_OK, IO_TIMEOUT, IO_FAILED,
 * IO_GONE.
 */
enum io_result	io_writev(struct stream *s, struct iovec *iov, int n,
		    int timeout);
enum io_result	io_write(struct stream *s, struct str bytes, int timeout);

/*
 * Write what the socket takes now: bytes written (0: it is full), or -1
 * with errno.
 */
ssize_t	io_write_now(struct stream *s, const char *p, size_t n);
ssize_t	io_writev_now(struct stream *s, const struct iovec *iov, int n);

/*
 * Connect a new socket to one address.  Watches the client.  A Unix socket
 * whose backlog is full is tried again after 1, 2, 4 ... 50 ms until the
 * deadline; an interrupted connect is finished by poll and SO_ERROR.
 * IO_OK with *fd; IO_TIMEOUT; IO_FAILED with errno; IO_GONE.
 */
enum io_result	io_connect(const struct sockaddr *sa, socklen_t len,
		    int64_t deadline, int *fd);

/*
 * A listening socket, non-blocking and close-on-exec.  IPv6 sockets are
 * IPV6_V6ONLY.  A Unix socket's stale file (connection refused) is
 * replaced; a live one is EADDRINUSE; mode is applied to the new file.
 * The descriptor, or -1 with errno.
 */
int	io_listen(const struct sockaddr *sa, socklen_t len, int backlog);
int	io_listen_unix(const char *path, int backlog, mode_t mode,
	    uid_t uid, gid_t gid);

/*
 * Mode and owner (-1: as they are) of a Unix socket's file.  Root does this
 * where others may write: a link that was put in its place is not followed.
 * 0, or -1 with errno.
 */
int	io_set_rights(const char *path, mode_t mode, uid_t uid, gid_t gid);

/*
 * A pipe through which bytes go from one socket to another without leaving
 * the kernel.  An open one holds two descriptors.
 */
struct channel {
	int	 fd[2];		/* -1: closed */
	size_t	 held;		/* bytes that are in it */
};

enum { CHANNEL_SIZE = 256 * 1024 };	/* bytes that it has room for */

/* 0, or -1 with errno (ENOSYS: not here; EPERM: more than a user may have). */
int	channel_open(struct channel *c);
/* What it still holds is lost. */
void	channel_close(struct channel *c);

/*
 * Move at most max bytes that the socket has now into an empty channel, past
 * the stream's buffer.  Results as of io_fill_now(); IO_FAILED with EINVAL:
 * not from this kind of socket, and nothing was read.
 */
enum io_result	channel_fill(struct channel *c, struct stream *from,
		    uint64_t max);

/* Move what the socket takes now out of it.  Results as of io_write_now(). */
ssize_t	channel_drain(struct channel *c, struct stream *to);

/*
 * Accept into c (its buffer must be set), with addresses as text.  c->here
 * is asked of the kernel unless its family says that it is known already (a
 * listener on one address).  0, or -1 with errno.
 */
int	io_accept(int listener, struct conn *c);

/*
 * The address of a Unix socket.  0, or -1 with errno ENAMETOOLONG.
 */
int	io_unix_address(struct sockaddr_un *sun, const char *path);

/*
 * Address and port as text; "unix:" and 0 for a Unix socket.  An IPv4 address
 * in an IPv6 one is itself.
 */
void	io_address(const struct sockaddr_storage *ss, char *ip, size_t size,
	    unsigned *port);

/*
 * Close in the way of RFC 9112 9.6: end our side, read and discard until
 * end of file, 2 s of silence, or limit milliseconds; *interrupt ends it
 * early.
 */
void	io_linger(struct stream *s, int limit,
	    const volatile sig_atomic_t *interrupt);

#endif
