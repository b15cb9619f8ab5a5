/*
 * log: diagnostics, and the files, pipes and syslog that lines go to.
 *
 * It never decides what is worth a line, and it never stops a service: a
 * line that cannot be written is counted and forgotten.
 */
#include <sys/types.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"
#include "compat.h"
#include "log.h"

enum {
	MESSAGE_MAX = 2048,	/* bytes of a message */
	LINE_MAX_BYTES = 4096,	/* with its head, escaped */
	WORDS_MAX = 64,		/* of the command line of a program */
	FULL_WAIT = 100,	/* ms for what is full */
	ALARM_EVERY = 45,	/* ms after which a call is interrupted, twice
				 * at most: syslog(3) tries again */
	STUCK_WAIT = 1000,	/* ms that a syslogd which hangs is left */
	TELL_EVERY = 60000,	/* ms between two words about losses */
	START_EVERY = 1000,	/* ms between two starts of a program */
	START_FAILED = 10000	/* ms after one that did not work */
};

static const char *program = "gateway";
static struct sink to_stderr = { .kind = SINK_FD, .name = "stderr", .fd = 2,
    .may_block = true, .fd_read = -1 };
static struct sink *target = &to_stderr;
static enum log_level threshold = LOG_LEVEL_INFO;
static bool telling;
static volatile sig_atomic_t interrupted;
/* openlog(3) keeps the pointer. */
static char syslog_tag[64];

static void tell_losses(struct sink *, bool);

static int64_t
monotonic_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void
log_init(const char *progname)
{
	program = progname;
	target = &to_stderr;
	threshold = LOG_LEVEL_INFO;
}

void
log_to(struct sink *s, enum log_level level)
{
	target = s == NULL ? &to_stderr : s;
	threshold = level;
}

enum log_level
log_level(void)
{
	return threshold;
}

bool
log_debugging(void)
{
	return threshold >= LOG_LEVEL_DEBUG;
}

int
log_level_of(const char *word)
{
	static const struct {
		const char	*word;
		enum log_level	 level;
	} words[] = {
		{ "emerg", LOG_LEVEL_ERROR },
		{ "alert", LOG_LEVEL_ERROR },
		{ "crit", LOG_LEVEL_ERROR },
		{ "error", LOG_LEVEL_ERROR },
		{ "warn", LOG_LEVEL_WARN },
		{ "notice", LOG_LEVEL_INFO },
		{ "info", LOG_LEVEL_INFO },
		{ "debug", LOG_LEVEL_DEBUG },
	};
	size_t i;

	for (i = 0; i < NELEM(words); i++)
		if (strcasecmp(word, words[i].word) == 0)
			return (int)words[i].level;
	if (strncasecmp(word, "trace", 5) == 0 && word[5] >= '1' &&
	    word[5] <= '8' && word[6] == '\0')
		return LOG_LEVEL_DEBUG;
	return -1;
}

/* The head of a line in a file: RFC 3339 time in UTC, who, how bad. */
static size_t
put_head(char *p, size_t size, enum log_level level)
{
	static const char *const names[] = { "error", "warn", "info",
	    "debug" };
	struct timespec ts;
	struct tm tm;
	char when[32];
	int n;

	clock_gettime(CLOCK_REALTIME, &ts);
	if (gmtime_r(&ts.tv_sec, &tm) == NULL ||
	    strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", &tm) == 0)
		when[0] = '\0';
	n = snprintf(p, size, "%s.%06ldZ %s[%ld]: %s: ", when,
	    (long)(ts.tv_nsec / 1000), program, (long)getpid(),
	    names[level]);
	return n < 0 ? 0 : (size_t)n;
}

/*
 * Append the message so that it is one line whatever a client put into it.
 * What is too long ends in dots.
 */
static size_t
put_escaped(char *p, size_t n, size_t size, const char *message)
{
	static const char hex[] = "0123456789abcdef";
	unsigned char c;

	for (; *message != '\0'; message++) {
		if (n + 8 > size) {
			memcpy(p + n, "...", 3);
			return n + 3;
		}
		c = (unsigned char)*message;
		if (c >= 0x20 && c < 0x7f && c != '\\') {
			p[n++] = (char)c;
			continue;
		}
		p[n++] = '\\';
		if (c == '\\') {
			p[n++] = '\\';
			continue;
		}
		p[n++] = 'x';
		p[n++] = hex[c >> 4];
		p[n++] = hex[c & 15];
	}
	return n;
}

static void
use_syslog(const char *tag)
{
	if (tag == NULL || *tag == '\0')
		tag = program;
	if (strncmp(syslog_tag, tag, sizeof(syslog_tag) - 1) == 0)
		return;
	snprintf(syslog_tag, sizeof(syslog_tag), "%s", tag);
	openlog(syslog_tag, LOG_PID | LOG_NDELAY, LOG_DAEMON);
}

/* "syslog[:facility[:tag]]": the tag, NULL when none is told. */
static const char *
syslog_tag_of(const char *name)
{
	const char *colon;

	if ((colon = strchr(name, ':')) == NULL)
		return NULL;
	colon = strchr(colon + 1, ':');
	return colon == NULL ? NULL : colon + 1;
}

/*
 * A call that may block is interrupted: poll(2) promises only room for
 * PIPE_BUF bytes, or none at all for what syslog(3) keeps to itself, and the
 * descriptor belongs to others too, so that it cannot be made non-blocking.
 */
static void
on_alarm(int sig)
{
	(void)sig;
	interrupted = 1;
}

static void
set_alarm(int ms)
{
	struct itimerval it;

	it.it_value.tv_sec = it.it_interval.tv_sec = 0;
	it.it_value.tv_usec = it.it_interval.tv_usec = ms * 1000;
	setitimer(ITIMER_REAL, &it, NULL);
}

static void
begin_patience(void)
{
	static pid_t installed_by;
	struct sigaction sa;
	sigset_t set;

	interrupted = 0;
	if (installed_by != getpid()) {
		memset(&sa, 0, sizeof(sa));
		sigemptyset(&sa.sa_mask);
		/* No SA_RESTART: that is what it is for. */
		sa.sa_handler = on_alarm;
		sigaction(SIGALRM, &sa, NULL);
		sigemptyset(&set);
		sigaddset(&set, SIGALRM);
		sigprocmask(SIG_UNBLOCK, &set, NULL);
		installed_by = getpid();
	}
	set_alarm(ALARM_EVERY);
}

static void
end_patience(void)
{
	int saved;

	saved = errno;
	set_alarm(0);
	errno = saved;
}

/*
 * One line to syslog(3).  A syslogd that does not read costs one line 100 ms,
 * and then nothing for a second: what comes meanwhile is lost.
 */
static void
send_syslog(struct sink *s, int priority, const char *line, int n)
{
	static int64_t again;
	bool works;

	works = monotonic_ms() >= again;
	if (works) {
		use_syslog(syslog_tag_of(s->name));
		begin_patience();
		syslog(priority, "%.*s", n, line);
		end_patience();
		works = interrupted == 0;
		if (!works)
			again = monotonic_ms() + STUCK_WAIT;
	}
	if (!works) {
		s->error = EAGAIN;
		s->dropped++;
	}
	if (s->dropped > 0)
		tell_losses(s, works);
}

static void
write_syslog(enum log_level level, const char *message)
{
	static const int priorities[] = { LOG_ERR, LOG_WARNING, LOG_INFO,
	    LOG_DEBUG };
	char line[LINE_MAX_BYTES];
	size_t n;

	n = put_escaped(line, 0, sizeof(line), message);
	send_syslog(target, target->facility | priorities[level], line,
	    (int)n);
}

static void
write_message(enum log_level level, const char *message)
{
	char line[LINE_MAX_BYTES];
	size_t n;

	if (target->kind == SINK_SYSLOG) {
		write_syslog(level, message);
		return;
	}
	if (target->kind == SINK_FD)
		n = (size_t)snprintf(line, sizeof(line), "%s: ", program);
	else
		n = put_head(line, sizeof(line), level);
	n = put_escaped(line, n, sizeof(line), message);
	sink_write(target, (struct str){ line, n });
}

static void __attribute__((__format__(printf, 3, 0)))
log_message(enum log_level level, int error, const char *fmt, va_list ap)
{
	char message[MESSAGE_MAX];
	size_t n;
	int saved;

	if (level > threshold)
		return;
	saved = errno;
	vsnprintf(message, sizeof(message), fmt, ap);
	n = strlen(message);
	if (error != 0)
		snprintf(message + n, sizeof(message) - n, ": %s",
		    strerror(error));
	write_message(level, message);
	errno = saved;
}

void
log_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_message(LOG_LEVEL_ERROR, errno, fmt, ap);
	va_end(ap);
}

void
log_errorx(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_message(LOG_LEVEL_ERROR, 0, fmt, ap);
	va_end(ap);
}

void
log_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_message(LOG_LEVEL_WARN, errno, fmt, ap);
	va_end(ap);
}

void
log_warnx(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_message(LOG_LEVEL_WARN, 0, fmt, ap);
	va_end(ap);
}

void
log_info(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_message(LOG_LEVEL_INFO, 0, fmt, ap);
	va_end(ap);
}

void
log_debug(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_message(LOG_LEVEL_DEBUG, 0, fmt, ap);
	va_end(ap);
}

void
fatal(int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_message(LOG_LEVEL_ERROR, errno, fmt, ap);
	va_end(ap);
	exit(code);
}

void
fatalx(int code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_message(LOG_LEVEL_ERROR, 0, fmt, ap);
	va_end(ap);
	exit(code);
}

/*
 * The facility of "syslog[:facility[:tag]]", daemon when none is told; -1:
 * no such one.  Only those of POSIX.
 */
static int
parse_facility(const char *spec)
{
	static const struct {
		const char	*name;
		int		 facility;
	} table[] = {
		{ "", LOG_DAEMON },
		{ "auth", LOG_AUTH }, { "cron", LOG_CRON },
		{ "daemon", LOG_DAEMON }, { "kern", LOG_KERN },
		{ "lpr", LOG_LPR }, { "mail", LOG_MAIL },
		{ "news", LOG_NEWS }, { "user", LOG_USER },
		{ "uucp", LOG_UUCP }, { "local0", LOG_LOCAL0 },
		{ "local1", LOG_LOCAL1 }, { "local2", LOG_LOCAL2 },
		{ "local3", LOG_LOCAL3 }, { "local4", LOG_LOCAL4 },
		{ "local5", LOG_LOCAL5 }, { "local6", LOG_LOCAL6 },
		{ "local7", LOG_LOCAL7 },
	};
	struct str name;
	size_t i;

	name = STR("");
	if (*spec == ':') {
		name = str_of(spec + 1);
		name = str_head(name, str_chr(name, ':'));
	}
	for (i = 0; i < NELEM(table); i++)
		if (str_caseeq(name, str_of(table[i].name)))
			return table[i].facility;
	return -1;
}

static int
open_syslog(struct sink *s, const char *spec)
{
	if ((s->facility = parse_facility(spec + strlen("syslog"))) == -1) {
		errno = EINVAL;
		return -1;
	}
	s->kind = SINK_SYSLOG;
	use_syslog(syslog_tag_of(spec));
	return 0;
}

/*
 * Split a command at blanks into words, in place; single and double quotes
 * keep a word together.  How many; -1: too many, -2: a quote is not closed.
 */
static int
split_words(char *p, char **argv, int max)
{
	char *to;
	char quote;
	int n;

	for (n = 0;;) {
		while (*p == ' ' || *p == '\t')
			p++;
		if (*p == '\0')
			return n;
		if (n == max)
			return -1;
		argv[n++] = to = p;
		for (quote = '\0'; *p != '\0'; p++) {
			if (quote != '\0' ? *p == quote :
			    (*p == '"' || *p == '\'')) {
				quote = quote != '\0' ? '\0' : *p;
				continue;
			}
			if (quote == '\0' && (*p == ' ' || *p == '\t'))
				break;
			*to++ = *p;
		}
		if (quote != '\0')
			return -2;
		if (*p != '\0')
			p++;
		*to = '\0';
	}
}

/*
 * Take apart what follows the | of a command that goes to no shell: words
 * has LINE_MAX_BYTES, argv WORDS_MAX + 1.  NULL, or what is wrong with it.
 */
static const char *
parse_command(const char *command, char *words, char **argv)
{
	size_t len;
	int n;

	if (*command == '|')
		command++;
	if ((len = strlen(command)) >= LINE_MAX_BYTES)
		return "is too long";
	memcpy(words, command, len + 1);
	n = split_words(words, argv, WORDS_MAX);
	if (n == -1)
		return "has too many words";
	if (n == -2)
		return "opens a quote and does not close it";
	if (n == 0 || *argv[0] == '\0')
		return "names no program";
	argv[n] = NULL;
	return NULL;
}

/* Become the program of a pipe's command; returns only when it cannot. */
static void
exec_command(const char *command)
{
	char words[LINE_MAX_BYTES];
	char *argv[WORDS_MAX + 1];

	errno = EINVAL;
	if (*command == '$')
		execl("/bin/sh", "sh", "-c", command + 1, (char *)NULL);
	else if (parse_command(command, words, argv) == NULL)
		execvp(argv[0], argv);
}

/*
 * The child: what the master has blocked and ignored is not the program's
 * business, and neither is the ^C that ends the master.
 */
static void __attribute__((__noreturn__))
run_program(const struct sink *s, int report)
{
	sigset_t none;
	ssize_t n;
	int error;

	setpgid(0, 0);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(s->fd_read, STDIN_FILENO) != -1)
		exec_command(s->name + 1);
	error = errno;
	n = write(report, &error, sizeof(error));
	_exit(n == -1 ? 126 : 127);
}

/*
 * Start the program of a pipe.  The report pipe closes when it runs, so that
 * a command that cannot be run is an error here and not a riddle later.
 */
static int
start_program(struct sink *s)
{
	ssize_t n;
	pid_t pid;
	int error, report[2];

	s->again = monotonic_ms() + START_EVERY;
	if (compat_pipe(report) == -1)
		return -1;
	if ((pid = fork()) == 0)
		run_program(s, report[1]);
	error = errno;
	close(report[1]);
	n = 0;
	if (pid != -1) {
		do
			n = read(report[0], &error, sizeof(error));
		while (n == -1 && errno == EINTR);
	}
	close(report[0]);
	if (pid != -1 && n != (ssize_t)sizeof(error)) {
		s->pid = pid;
		return 0;
	}
	if (pid != -1)
		waitpid(pid, NULL, 0);
	s->again += START_FAILED - START_EVERY;
	errno = error;
	return -1;
}

static int
open_pipe(struct sink *s)
{
	int error, fd[2], flags;

	s->kind = SINK_PIPE;
	if (compat_pipe(fd) == -1)
		return -1;
	s->fd_read = fd[0];
	s->fd = fd[1];
	if ((flags = fcntl(fd[1], F_GETFL)) != -1 &&
	    fcntl(fd[1], F_SETFL, flags | O_NONBLOCK) != -1 &&
	    start_program(s) == 0)
		return 0;
	error = errno;
	sink_close(s);
	errno = error;
	return -1;
}

/* O_NONBLOCK, or a FIFO that nobody reads would stop the start. */
static int
open_file(struct sink *s, const char *path)
{
	s->kind = SINK_FILE;
	s->fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC |
	    O_NOCTTY | O_NONBLOCK, 0644);
	return s->fd == -1 ? -1 : 0;
}

static bool
is_plain(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

void
sink_over(struct sink *s, int fd, const char *name)
{
	struct sink *next;

	next = s->next;
	memset(s, 0, sizeof(*s));
	s->next = next;
	s->name = name;
	s->kind = SINK_FD;
	s->fd = fd;
	/* Ours do not; that of another may, unless it is a plain file. */
	s->may_block = fd != -1 && !is_plain(fd);
	s->fd_read = -1;
	s->told = -TELL_EVERY;
}

static bool
is_syslog(const char *spec)
{
	size_t n;

	n = strlen("syslog");
	return strncmp(spec, "syslog", n) == 0 &&
	    (spec[n] == '\0' || spec[n] == ':');
}

bool
sink_is_file(const char *spec)
{
	return *spec != '|' && !is_syslog(spec);
}

static const char *
check_command(const char *command)
{
	char words[LINE_MAX_BYTES];
	char *argv[WORDS_MAX + 1];

	if (*command == '$')
		return command[strspn(command + 1, " \t") + 1] == '\0' ?
		    "names no program" : NULL;
	return parse_command(command, words, argv);
}

const char *
sink_check(const char *spec)
{
	if (*spec == '\0')
		return "names no file and no program";
	if (*spec == '|')
		return check_command(spec + 1);
	if (is_syslog(spec) && parse_facility(spec + strlen("syslog")) == -1)
		return "names no facility of syslog";
	return NULL;
}

int
sink_open(struct sink *s, const char *spec)
{
	sink_over(s, -1, spec);
	if (is_syslog(spec))
		return open_syslog(s, spec);
	if (*spec == '|')
		return open_pipe(s);
	return open_file(s, spec);
}

void
sink_buffer(struct sink *s, char *buffer, size_t size)
{
	if (s->kind == SINK_SYSLOG)
		return;
	/* What goes to a pipe at once must not be torn by another's line. */
	if (s->kind == SINK_PIPE && size > PIPE_BUF)
		size = PIPE_BUF;
	s->buffer = buffer;
	s->buffer_size = size;
	s->buffered = 0;
}

/*
 * Say how much was lost, once a minute.  The log of messages itself is told
 * only when it takes lines again.
 */
static void
tell_losses(struct sink *s, bool works)
{
	int64_t now;
	unsigned n;

	if (telling || (s == target && !works))
		return;
	now = monotonic_ms();
	if (now - s->told < TELL_EVERY)
		return;
	telling = true;
	s->told = now;
	n = s->dropped;
	s->dropped = 0;
	log_warnx("log: %s: %s: %u lines are lost", s->name,
	    s->error == EAGAIN ? "not read" : strerror(s->error), n);
	telling = false;
}

/*
 * Wait for room, but only once: a reader that hangs must not cost every
 * request its 100 ms.
 */
static bool
wait_room(struct sink *s)
{
	struct pollfd pfd;
	int n;

	pfd.fd = s->fd;
	pfd.events = POLLOUT;
	do
		n = poll(&pfd, 1, s->stuck ? 0 : s->may_block ?
		    FULL_WAIT - ALARM_EVERY : FULL_WAIT);
	while (n == -1 && errno == EINTR);
	s->stuck = n == 0;
	return !s->stuck;
}

/* A write that may block, for as long as the alarm lets it. */
static ssize_t
write_patiently(struct sink *s, const struct iovec *iov, int n)
{
	ssize_t done;

	if (!wait_room(s)) {
		errno = EAGAIN;
		return -1;
	}
	begin_patience();
	do
		done = writev(s->fd, iov, n);
	while (done == -1 && errno == EINTR && interrupted == 0);
	end_patience();
	if (interrupted != 0)
		s->stuck = true;
	if (done == -1 && errno == EINTR)
		errno = EAGAIN;
	return done;
}

static ssize_t
write_parts(struct sink *s, const struct iovec *iov, int n)
{
	ssize_t done;

	if (s->may_block)
		return write_patiently(s, iov, n);
	for (;;) {
		done = writev(s->fd, iov, n);
		if (done != -1 || (errno != EINTR && errno != EAGAIN))
			return done;
		if (errno == EAGAIN && !wait_room(s)) {
			errno = EAGAIN;
			return -1;
		}
	}
}

/* Write nlines lines at once; what cannot be written is counted. */
static void
write_lines(struct sink *s, const struct iovec *iov, int n, unsigned nlines)
{
	static char newline = '\n';
	struct iovec parts[3];
	ssize_t done;
	size_t want;
	bool works;
	int i;

	want = 0;
	for (i = 0; i < n; i++) {
		parts[i + 1] = iov[i];
		want += iov[i].iov_len;
	}
	/* A line that was cut ends where the next one begins. */
	parts[0].iov_base = &newline;
	parts[0].iov_len = s->torn;
	done = s->torn ? write_parts(s, parts, n + 1) : write_parts(s, iov, n);
	want += s->torn;
	works = done != -1 && (size_t)done == want;
	if (done > 0)
		s->torn = !works;
	if (!works) {
		s->error = done == -1 ? errno : s->may_block ? EAGAIN :
		    ENOSPC;
		s->dropped += nlines;
	}
	if (s->dropped > 0)
		tell_losses(s, works);
}

void
sink_flush(struct sink *s)
{
	struct iovec iov;
	unsigned nlines;
	size_t i;

	if (s->buffered == 0)
		return;
	nlines = 0;
	for (i = 0; i < s->buffered; i++)
		nlines += s->buffer[i] == '\n';
	iov.iov_base = s->buffer;
	iov.iov_len = s->buffered;
	write_lines(s, &iov, 1, nlines);
	s->buffered = 0;
}

void
sink_end(struct sink *s)
{
	sink_flush(s);
	if (s->dropped == 0)
		return;
	s->told = monotonic_ms() - TELL_EVERY;
	tell_losses(s, false);
}

void
sink_write(struct sink *s, struct str line)
{
	struct iovec iov[2];
	char newline;

	if (s->kind == SINK_SYSLOG) {
		send_syslog(s, s->facility | LOG_INFO, line.p,
		    (int)(line.n > INT_MAX ? INT_MAX : line.n));
		return;
	}
	if (s->kind == SINK_PIPE)
		line = str_head(line, PIPE_BUF - 1);
	if (s->buffered + line.n + 1 > s->buffer_size)
		sink_flush(s);
	if (line.n + 1 <= s->buffer_size) {
		memcpy(s->buffer + s->buffered, line.p, line.n);
		s->buffer[s->buffered + line.n] = '\n';
		s->buffered += line.n + 1;
		return;
	}
	newline = '\n';
	/* iovec has no const; writev(2) does not write there. */
	iov[0].iov_base = (void *)(uintptr_t)line.p;
	iov[0].iov_len = line.n;
	iov[1].iov_base = &newline;
	iov[1].iov_len = 1;
	write_lines(s, iov, 2, 1);
}

static void
restart(struct sink *s)
{
	if (start_program(s) == 0)
		log_info("log: %s: started again, pid %ld", s->name,
		    (long)s->pid);
	else
		log_warn("log: %s: start", s->name);
}

bool
sink_reaped(struct sink *list, pid_t pid, int status)
{
	struct sink *s;

	for (s = list; s != NULL; s = s->next)
		if (s->kind == SINK_PIPE && s->pid == pid && s->fd != -1)
			break;
	if (s == NULL)
		return false;
	s->pid = 0;
	log_warnx("log: %s: the program ended, %s %d", s->name,
	    WIFSIGNALED(status) ? "signal" : "exit code",
	    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	if (monotonic_ms() >= s->again)
		restart(s);
	return true;
}

void
sink_restart(struct sink *list)
{
	struct sink *s;

	for (s = list; s != NULL; s = s->next)
		if (s->kind == SINK_PIPE && s->pid == 0 && s->fd != -1 &&
		    monotonic_ms() >= s->again)
			restart(s);
}

void
sink_close(struct sink *s)
{
	sink_flush(s);
	if (s->kind == SINK_FD)
		return;
	if (s->fd_read != -1)
		close(s->fd_read);
	if (s->fd != -1)
		close(s->fd);
	s->fd = s->fd_read = -1;
}

void
sink_forked(struct sink *list)
{
	struct sink *s;

	for (s = list; s != NULL; s = s->next)
		if (s->fd_read != -1) {
			close(s->fd_read);
			s->fd_read = -1;
		}
}
