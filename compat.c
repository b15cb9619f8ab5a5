/*
 * compat: the wall.  Everything that is not POSIX, for each system that has
 * it, and something that works for those that do not.
 *
 * This room never logs and keeps no state but the place of the title.
 */
#if defined(__linux__)
#define _GNU_SOURCE
#elif defined(__NetBSD__)
#define _NETBSD_SOURCE
#elif defined(__OpenBSD__)
#define _BSD_SOURCE
#elif defined(__APPLE__)
#define _DARWIN_C_SOURCE
#endif

#include <sys/types.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#if defined(__linux__)
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/syscall.h>
#define HAVE_EPOLL
#elif defined(__FreeBSD__) || defined(__NetBSD__) || defined(__OpenBSD__) || \
    defined(__DragonFly__) || defined(__APPLE__)
#include <sys/event.h>
#include <sys/time.h>
#include <sys/uio.h>
#define HAVE_KQUEUE
#endif

#include <netinet/in.h>
#include <netinet/tcp.h>
#if defined(__GLIBC__) && !defined(NO_CRYPT)
#include <crypt.h>
#endif
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compat.h"

#if !defined(MAP_ANON)
#define MAP_ANON	MAP_ANONYMOUS
#endif

int
compat_sigwinch(void)
{
#if defined(SIGWINCH)
	return SIGWINCH;
#else
	return 0;
#endif
}

void *
compat_share(size_t size)
{
	void *p;

	p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_ANON | MAP_SHARED,
	    -1, 0);
	return p == MAP_FAILED ? NULL : p;
}

/* Linux: at once; elsewhere when memory is short, which is as good. */
void
compat_forget(void *p, size_t n)
{
#if defined(MADV_DONTNEED)
	uintptr_t from, page, to;

	page = (uintptr_t)sysconf(_SC_PAGESIZE);
	from = ((uintptr_t)p + page - 1) / page * page;
	to = ((uintptr_t)p + n) / page * page;
	if (from >= to)
		return;
#if defined(__linux__)
	madvise((void *)from, to - from, MADV_DONTNEED);
#elif defined(MADV_FREE)
	madvise((void *)from, to - from, MADV_FREE);
#endif
#else
	(void)p;
	(void)n;
#endif
}

void
compat_unshare(void *p, size_t size)
{
	munmap(p, size);
}

int
compat_groups(const char *user, gid_t gid, gid_t *list, int *n)
{
#if defined(__APPLE__)
	/* The same size, another sign. */
	return getgrouplist(user, (int)gid, (int *)list, n) == -1 ? -1 : 0;
#else
	return getgrouplist(user, gid, list, n) == -1 ? -1 : 0;
#endif
}

int
compat_drop(uid_t uid, gid_t gid, const gid_t *list, int n)
{
	if (setgid(gid) == -1)
		return -1;
#if defined(__linux__)
	if (setgroups((size_t)n, list) == -1)
		return -1;
#else
	if (setgroups(n, list) == -1)
		return -1;
#endif
	if (setuid(uid) == -1)
		return -1;
	if (uid != 0 && (setuid(0) != -1 || geteuid() == 0)) {
		errno = EPERM;
		return -1;
	}
	return 0;
}

#if !defined(SOCK_NONBLOCK) || !defined(SOCK_CLOEXEC)
static int
prepare(int fd)
{
	int flags;

	if ((flags = fcntl(fd, F_GETFL)) == -1 ||
	    fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) == -1) {
		close(fd);
		return -1;
	}
	return fd;
}
#endif

int
compat_socket(int domain, int type)
{
#if defined(SOCK_NONBLOCK) && defined(SOCK_CLOEXEC)
	return socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
#else
	int fd;

	fd = socket(domain, type, 0);
	return fd == -1 ? -1 : prepare(fd);
#endif
}

int
compat_accept(int fd, struct sockaddr *sa, socklen_t *len)
{
#if defined(SOCK_NONBLOCK) && defined(SOCK_CLOEXEC)
	return accept4(fd, sa, len, SOCK_NONBLOCK | SOCK_CLOEXEC);
#else
	int s;

	s = accept(fd, sa, len);
	return s == -1 ? -1 : prepare(s);
#endif
}

int
compat_pipe(int fd[2])
{
#if defined(__linux__) || defined(__FreeBSD__) || defined(__NetBSD__) || \
    defined(__OpenBSD__) || defined(__DragonFly__)
	return pipe2(fd, O_CLOEXEC);
#else
	if (pipe(fd) == -1)
		return -1;
	fcntl(fd[0], F_SETFD, FD_CLOEXEC);
	fcntl(fd[1], F_SETFD, FD_CLOEXEC);
	return 0;
#endif
}

int
compat_defer_accept(int fd, int seconds)
{
#if defined(TCP_DEFER_ACCEPT)
	return setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds,
	    sizeof(seconds));
#elif defined(SO_ACCEPTFILTER)
	struct accept_filter_arg arg;

	if (seconds == 0)
		return setsockopt(fd, SOL_SOCKET, SO_ACCEPTFILTER, NULL, 0);
	memset(&arg, 0, sizeof(arg));
	memcpy(arg.af_name, "dataready", sizeof("dataready"));
	return setsockopt(fd, SOL_SOCKET, SO_ACCEPTFILTER, &arg, sizeof(arg));
#else
	(void)fd;
	(void)seconds;
	errno = ENOSYS;
	return -1;
#endif
}

const char *
compat_crypt(const char *password, const char *setting)
{
#if defined(NO_CRYPT)
	(void)password;
	(void)setting;
	return NULL;
#else
	return crypt(password, setting);
#endif
}

int
compat_load(double average[3])
{
#if defined(__linux__) || defined(__FreeBSD__) || defined(__NetBSD__) || \
    defined(__OpenBSD__) || defined(__DragonFly__) || defined(__APPLE__)
	return getloadavg(average, 3) == 3 ? 0 : -1;
#else
	average[0] = 0;
	errno = ENOSYS;
	return -1;
#endif
}

int
compat_batch(void)
{
#if defined(SCHED_BATCH)
	struct sched_param param;

	if (sched_getscheduler(0) != SCHED_OTHER)
		return 0;
	memset(&param, 0, sizeof(param));
	return sched_setscheduler(0, SCHED_BATCH, &param);
#else
	errno = ENOSYS;
	return -1;
#endif
}

ssize_t
compat_sendfile(int sock, int fd, off_t *off, size_t n)
{
#if defined(__linux__)
	return sendfile(sock, fd, off, n);
#elif defined(__FreeBSD__) || defined(__DragonFly__)
	off_t done;

	done = 0;
	if (sendfile(fd, sock, *off, n, NULL, &done, 0) == -1 && done == 0)
		return -1;
	*off += done;
	return (ssize_t)done;
#elif defined(__APPLE__)
	off_t done;

	done = (off_t)n;
	if (sendfile(fd, sock, *off, &done, NULL, 0) == -1 && done == 0)
		return -1;
	*off += done;
	return (ssize_t)done;
#else
	(void)sock;
	(void)fd;
	(void)off;
	(void)n;
	errno = ENOSYS;
	return -1;
#endif
}

int
compat_splice_pipe(int fd, size_t size)
{
#if defined(__linux__) && defined(F_SETPIPE_SZ)
	return fcntl(fd, F_SETPIPE_SZ, (int)size) == -1 ? -1 : 0;
#else
	(void)fd;
	(void)size;
	errno = ENOSYS;
	return -1;
#endif
}

ssize_t
compat_splice(int from, int to, size_t n)
{
#if defined(__linux__) && defined(F_SETPIPE_SZ)
	return splice(from, NULL, to, NULL, n,
	    SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
#else
	(void)from;
	(void)to;
	(void)n;
	errno = ENOSYS;
	return -1;
#endif
}

int
compat_open_no_links(int dir, const char *path, int flags)
{
#if defined(__linux__) && defined(SYS_openat2)
	/* struct open_how and its bits, for systems without the header. */
	enum { RESOLVE_LINKS_NOT = 0x04 };
	struct {
		uint64_t flags;
		uint64_t mode;
		uint64_t resolve;
	} how;

	/* This call does not assume it, and allows it not with O_PATH. */
	if (!(flags & O_PATH))
		flags |= O_LARGEFILE;
	how.flags = (uint64_t)flags;
	how.mode = 0;
	how.resolve = RESOLVE_LINKS_NOT;
	return (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
#elif defined(O_NOFOLLOW_ANY)
	return openat(dir, path, flags | O_NOFOLLOW_ANY);
#else
	(void)dir;
	(void)path;
	(void)flags;
	errno = ENOSYS;
	return -1;
#endif
}

int
compat_search(void)
{
#if defined(__linux__)
	return O_PATH;
#elif defined(O_SEARCH)
	return O_SEARCH;
#else
	return O_RDONLY;
#endif
}

long
compat_mtime_nsec(const struct stat *st)
{
#if defined(__APPLE__)
	return st->st_mtimespec.tv_nsec;
#else
	return st->st_mtim.tv_nsec;
#endif
}

/*
 * Linux shows the bytes of argv and, behind them, of the environment as the
 * name of the process: the arguments' room is what may be overwritten.
 */
static char *title;
static size_t title_size;

void
compat_title_init(int argc, char **argv)
{
#if defined(__linux__)
	char *end;
	int i;

	if (argc == 0)
		return;
	end = argv[0] + strlen(argv[0]) + 1;
	for (i = 1; i < argc && argv[i] == end; i++)
		end += strlen(argv[i]) + 1;
	title = argv[0];
	title_size = (size_t)(end - argv[0]);
#else
	(void)argc;
	(void)argv;
#endif
}

void
compat_title(const char *what)
{
#if defined(__FreeBSD__) || defined(__NetBSD__) || defined(__OpenBSD__) || \
    defined(__DragonFly__)
	setproctitle("%s", what);
#else
	if (title == NULL)
		return;
	memset(title, 0, title_size);
	snprintf(title, title_size, "gateway: %s", what);
#endif
}

bool
compat_has_terminal(void)
{
	int fd;

	fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd != -1)
		close(fd);
	return fd != -1;
}

int
compat_random(void *p, size_t n)
{
	ssize_t got;
	int fd;

#if defined(__linux__) && defined(SYS_getrandom)
	if (syscall(SYS_getrandom, p, n, 0) == (long)n)
		return 0;
#elif defined(__FreeBSD__) || defined(__NetBSD__) || defined(__OpenBSD__) || \
    defined(__DragonFly__)
	if (getentropy(p, n) == 0)
		return 0;
#endif
	if ((fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC)) == -1)
		return -1;
	got = read(fd, p, n);
	close(fd);
	if (got == (ssize_t)n)
		return 0;
	errno = EIO;
	return -1;
}

int
compat_detach(void)
{
	int fd;

	if (setsid() == -1 || chdir("/") == -1)
		return -1;
	fd = open("/dev/null", O_RDWR);
	if (fd == -1)
		return -1;
	if (dup2(fd, STDIN_FILENO) == -1 || dup2(fd, STDOUT_FILENO) == -1 ||
	    dup2(fd, STDERR_FILENO) == -1)
		return -1;
	if (fd > STDERR_FILENO)
		close(fd);
	return 0;
}

const char *
compat_features(void)
{
	return ""
#if defined(HAVE_EPOLL)
	    "epoll"
#elif defined(HAVE_KQUEUE)
	    "kqueue"
#else
	    "poll"
#endif
#if defined(SOCK_NONBLOCK) && defined(SOCK_CLOEXEC)
	    " accept4"
#endif
#if defined(TCP_DEFER_ACCEPT)
	    " defer-accept"
#elif defined(SO_ACCEPTFILTER)
	    " accept-filter"
#endif
#if defined(SCHED_BATCH)
	    " sched-batch"
#endif
#if defined(__linux__) || defined(__FreeBSD__) || defined(__DragonFly__) || \
    defined(__APPLE__)
	    " sendfile"
#endif
#if defined(__linux__) && defined(F_SETPIPE_SZ)
	    " splice"
#endif
#if defined(__linux__) && defined(SYS_openat2)
	    " openat2"
#elif defined(O_NOFOLLOW_ANY)
	    " nofollow-any"
#endif
	    ;
}

#if defined(HAVE_EPOLL)

#if !defined(EPOLLEXCLUSIVE)
#define EPOLLEXCLUSIVE	(1U << 28)
#endif

static int
add_event(int set, int fd, uint32_t events, uint32_t id)
{
	struct epoll_event ev;

	memset(&ev, 0, sizeof(ev));
	ev.events = events;
	ev.data.u32 = id;
	return epoll_ctl(set, EPOLL_CTL_ADD, fd, &ev);
}

int
compat_waiter_init(struct compat_waiter *w, const int *listener,
    size_t nlistener, int lifeline)
{
	size_t i;

	*w = (struct compat_waiter){ -1, listener, nlistener, lifeline, 0 };
	w->set = epoll_create1(EPOLL_CLOEXEC);
	if (w->set == -1)
		return -1;
	for (i = 0; i < nlistener; i++)
		if (add_event(w->set, listener[i], EPOLLIN | EPOLLEXCLUSIVE,
		    (uint32_t)i) == -1)
			return -1;
	if (lifeline != -1)
		return add_event(w->set, lifeline, EPOLLIN,
		    (uint32_t)nlistener);
	return 0;
}

int
compat_waiter_wait(struct compat_waiter *w, int timeout, const sigset_t *open)
{
	struct epoll_event ev;
	int n;

	n = epoll_pwait(w->set, &ev, 1, timeout, open);
	if (n == 0)
		return COMPAT_WAIT_TIMEOUT;
	if (n == -1)
		return errno == EINTR ? COMPAT_WAIT_SIGNAL :
		    COMPAT_WAIT_ERROR;
	if (ev.data.u32 == w->nlistener)
		return COMPAT_WAIT_LIFELINE;
	return (int)ev.data.u32;
}

void
compat_waiter_drop(struct compat_waiter *w)
{
	size_t i;

	for (i = 0; i < w->nlistener; i++)
		epoll_ctl(w->set, EPOLL_CTL_DEL, w->listener[i], NULL);
	w->nlistener = 0;
}

#elif defined(HAVE_KQUEUE)

/*
 * The pointer in a kevent is void * on some systems and intptr_t on others:
 * the descriptor alone tells who it is.
 */
static int
change(int set, int fd, unsigned short flags)
{
	struct kevent ev;

	memset(&ev, 0, sizeof(ev));
	ev.ident = (uintptr_t)fd;
	ev.filter = EVFILT_READ;
	ev.flags = flags;
	return kevent(set, &ev, 1, NULL, 0, NULL);
}

/*
 * A signal that is blocked is not lost: EVFILT_SIGNAL records it, and the
 * short opening of the mask afterwards lets its handler run.
 */
static int
watch_signals(int set)
{
	static const int numbers[] = { SIGTERM, SIGUSR1 };
	struct kevent ev;
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		memset(&ev, 0, sizeof(ev));
		ev.ident = (uintptr_t)numbers[i];
		ev.filter = EVFILT_SIGNAL;
		ev.flags = EV_ADD;
		if (kevent(set, &ev, 1, NULL, 0, NULL) == -1)
			return -1;
	}
	return 0;
}

int
compat_waiter_init(struct compat_waiter *w, const int *listener,
    size_t nlistener, int lifeline)
{
	size_t i;

	*w = (struct compat_waiter){ -1, listener, nlistener, lifeline, 0 };
	w->set = kqueue();
	if (w->set == -1 || watch_signals(w->set) == -1)
		return -1;
	for (i = 0; i < nlistener; i++)
		if (change(w->set, listener[i], EV_ADD) == -1)
			return -1;
	return lifeline == -1 ? 0 : change(w->set, lifeline, EV_ADD);
}

int
compat_waiter_wait(struct compat_waiter *w, int timeout, const sigset_t *open)
{
	struct kevent ev;
	struct timespec ts;
	sigset_t was;
	size_t i;
	int n;

	ts.tv_sec = timeout / 1000;
	ts.tv_nsec = (long)(timeout % 1000) * 1000000;
	n = kevent(w->set, NULL, 0, &ev, 1, &ts);
	if (n == 0)
		return COMPAT_WAIT_TIMEOUT;
	if (n == -1)
		return errno == EINTR ? COMPAT_WAIT_SIGNAL :
		    COMPAT_WAIT_ERROR;
	if (ev.filter == EVFILT_SIGNAL) {
		sigprocmask(SIG_SETMASK, open, &was);
		sigprocmask(SIG_SETMASK, &was, NULL);
		return COMPAT_WAIT_SIGNAL;
	}
	for (i = 0; i < w->nlistener; i++)
		if (ev.ident == (uintptr_t)w->listener[i])
			return (int)i;
	return COMPAT_WAIT_LIFELINE;
}

void
compat_waiter_drop(struct compat_waiter *w)
{
	size_t i;

	for (i = 0; i < w->nlistener; i++)
		change(w->set, w->listener[i], EV_DELETE);
	w->nlistener = 0;
}

#else

enum { MAX_POLL = 64 };

int
compat_waiter_init(struct compat_waiter *w, const int *listener,
    size_t nlistener, int lifeline)
{
	if (nlistener > MAX_POLL - 1) {
		errno = EINVAL;
		return -1;
	}
	*w = (struct compat_waiter){ -1, listener, nlistener, lifeline, 0 };
	return 0;
}

/*
 * poll(2) has no signal mask: pselect(2) has, and a worker has few
 * descriptors.
 */
int
compat_waiter_wait(struct compat_waiter *w, int timeout, const sigset_t *open)
{
	struct timespec ts;
	fd_set set;
	size_t i, k;
	int max, n;

	FD_ZERO(&set);
	max = w->lifeline;
	if (w->lifeline != -1)
		FD_SET(w->lifeline, &set);
	for (i = 0; i < w->nlistener; i++) {
		FD_SET(w->listener[i], &set);
		if (w->listener[i] > max)
			max = w->listener[i];
	}
	ts.tv_sec = timeout / 1000;
	ts.tv_nsec = (long)(timeout % 1000) * 1000000;
	n = pselect(max + 1, &set, NULL, NULL, &ts, open);
	if (n == 0)
		return COMPAT_WAIT_TIMEOUT;
	if (n == -1)
		return errno == EINTR ? COMPAT_WAIT_SIGNAL :
		    COMPAT_WAIT_ERROR;
	for (i = 0; i < w->nlistener; i++) {
		k = (w->next + i) % w->nlistener;
		if (FD_ISSET(w->listener[k], &set)) {
			w->next = k + 1;
			return (int)k;
		}
	}
	return COMPAT_WAIT_LIFELINE;
}

void
compat_waiter_drop(struct compat_waiter *w)
{
	w->nlistener = 0;
}

#endif
