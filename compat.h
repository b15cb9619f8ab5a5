/*
 * compat: the wall.  Everything that is not POSIX stands behind these
 * functions, which work everywhere.  This room never logs: it returns a
 * reason in errno.
 */
#ifndef COMPAT_H
#define COMPAT_H

#include <sys/types.h>
#include <sys/socket.h>

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

struct stat;

/* SIGWINCH, or 0 where there is none. */
int	compat_sigwinch(void);

/*
 * size bytes of zeroed memory, shared with all children.  NULL with errno.
 */
void	*compat_share(size_t size);
void	compat_unshare(void *p, size_t size);

/*
 * The supplementary groups of a user and gid, at most *n, into list; *n gets
 * how many there are.  0, or -1 when list is too small.
 */
int	compat_groups(const char *user, gid_t gid, gid_t *list, int *n);

/*
 * Give up root for good: the groups of list, gid, uid, and verify that it
 * cannot be taken back.  0, or -1 with errno.
 */
int	compat_drop(uid_t uid, gid_t gid, const gid_t *list, int n);

/*
 * A socket that is non-blocking and close-on-exec.  -1 with errno.
 */
int	compat_socket(int domain, int type);

/*
 * accept(2); the new descriptor is non-blocking and close-on-exec whatever
 * the listener is.  -1 with errno.
 */
int	compat_accept(int fd, struct sockaddr *sa, socklen_t *len);

/* pipe(2) with both ends close-on-exec.  0, or -1 with errno. */
int	compat_pipe(int fd[2]);

/*
 * The kernel shall hand over connections that have sent something only
 * (AcceptFilter http data); seconds 0: no longer.  0, or -1 with errno
 * (ENOSYS: not here).
 */
int	compat_defer_accept(int fd, int seconds);

/*
 * The process shall not preempt others when it wakes (SCHED_BATCH), only if
 * its policy was the ordinary one.  0, or -1 with errno (ENOSYS: not here).
 */
int	compat_batch(void);

/*
 * crypt(3), which is declared here and there: a static text, or NULL.  Built
 * with -DNO_CRYPT, for systems without a libcrypt, it is always NULL.
 */
const char	*compat_crypt(const char *password, const char *setting);

/*
 * The load averages of the last 1, 5 and 15 minutes.  0, or -1: they cannot
 * be had here.
 */
int	compat_load(double average[3]);

/*
 * Copy up to n bytes of file fd at *off to a socket, advancing *off.
 * Bytes copied, 0 at the end of the file, -1 with errno (EAGAIN: the socket
 * is full; ENOSYS, EINVAL: not possible here, read and send instead).
 */
ssize_t	compat_sendfile(int sock, int fd, off_t *off, size_t n);

/*
 * Make a pipe hold size bytes, so that splicing through it pays.  0, or -1
 * with errno (ENOSYS: no splice(2) here; EPERM: more than a user may have).
 */
int	compat_splice_pipe(int fd, size_t size);

/*
 * Move up to n bytes from a socket to a pipe, or from a pipe to a socket,
 * inside the kernel and without waiting.  Bytes moved, 0 at the end, -1
 * with errno (EAGAIN: nothing there, or no room; EINVAL, ENOSYS: not
 * possible here, read and write instead).
 */
ssize_t	compat_splice(int from, int to, size_t n);

/*
 * openat(2) that follows no link anywhere in path.  -1 with errno; what is
 * not clear (ELOOP: there is one, ENOSYS: not here) must be decided otherwise.
 */
int	compat_open_no_links(int dir, const char *path, int flags);

/* The flag of open(2) for a directory that is only searched. */
int	compat_search(void);

/* Nanoseconds of the time of modification. */
long	compat_mtime_nsec(const struct stat *st);

/* Name for ps(1): "gateway: <what>".  Does nothing where it cannot. */
void	compat_title_init(int argc, char **argv);
void	compat_title(const char *what);

/*
 * Detach from the terminal and the session in the way of daemon(3), in the
 * calling process: setsid, / as directory, descriptors 0, 1 and 2 to
 * /dev/null.  0, or -1 with errno.
 */
int	compat_detach(void);

/*
 * Is there a terminal that belongs to this session?  One that was closed is
 * none.
 */
bool	compat_has_terminal(void);

/*
 * n bytes, at most 256, that nobody can guess.  Needs no /dev where the system
 * gives them without.  0, or -1 with errno.
 */
int	compat_random(void *p, size_t n);

/*
 * Give the pages that lie whole in n bytes at p back to the system; what they
 * held is lost.  Nothing happens where there is no such call.
 */
void	compat_forget(void *p, size_t n);

/* What this build uses of the OS, one line of words. */
const char	*compat_features(void);

/*
 * The waiter: a worker's sleep over its listeners and the lifeline.  A
 * connection wakes one sleeping worker, not all (epoll, kqueue; poll wakes
 * all).  Listeners must be non-blocking.
 */
struct compat_waiter {
	int		 set;		/* epoll or kqueue; -1 with poll */
	const int	*listener;	/* not owned; lives as long */
	size_t		 nlistener;
	int		 lifeline;
	size_t		 next;		/* poll: where to begin looking */
};

enum {
	COMPAT_WAIT_TIMEOUT = -1,
	COMPAT_WAIT_SIGNAL = -2,	/* interrupted by a signal */
	COMPAT_WAIT_LIFELINE = -3,	/* end of file on the lifeline */
	COMPAT_WAIT_ERROR = -4		/* see errno */
};

/*
 * To be called in the worker, after fork.  0, or -1 with errno.
 */
int	compat_waiter_init(struct compat_waiter *w, const int *listener,
	    size_t nlistener, int lifeline);

/*
 * Sleep until a listener may be accepted from and return its index, or one
 * of the values above.  timeout in milliseconds.  open is the signal mask
 * during the sleep and only then: a signal that is blocked outside is not
 * lost between a test and the sleep.
 */
int	compat_waiter_wait(struct compat_waiter *w, int timeout,
	    const sigset_t *open);

/*
 * Take the listeners out of the set, before they are closed: a registration
 * outlives close(2) while another process has the file open.
 */
void	compat_waiter_drop(struct compat_waiter *w);

#endif
