/*
 * log: diagnostics, and the files, pipes and syslog that lines go to.
 *
 * Form of a message: lower case, no full stop, "what: object: reason".
 * Faults of a client are debug, those of an application or a member warn,
 * the life of the daemon info.
 */
#ifndef LOG_H
#define LOG_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

enum log_level {
	LOG_LEVEL_ERROR,	/* this process ends, or cannot do its work */
	LOG_LEVEL_WARN,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

enum sink_kind {
	SINK_FD,		/* a descriptor that is not ours: stderr */
	SINK_FILE,
	SINK_PIPE,
	SINK_SYSLOG
};

/*
 * Where lines go.  Opened by the master, inherited by the workers, owned by
 * the configuration that names it.  For a pipe the master keeps both ends,
 * so that a program that died can be started again without losing a line.
 */
struct sink {
	struct sink	*next;		/* all sinks of one configuration */
	enum sink_kind	 kind;
	const char	*name;		/* path, command, "facility[:tag]" */
	int		 fd;		/* written to; -1 when closed */
	int		 fd_read;	/* pipe: the other end, master only */
	pid_t		 pid;		/* pipe: the program, master only */
	int		 facility;	/* syslog */
	unsigned	 dropped;	/* lines lost, not yet told */
	int		 error;		/* why, errno */
	bool		 may_block;	/* a write to it might */
	bool		 stuck;		/* full: not waited for again yet */
	bool		 torn;		/* its last line has no end */
	int64_t		 told;		/* of losses, when, monotonic ms */
	int64_t		 again;		/* pipe: no start before, ms */
	char		*buffer;	/* BufferedLogs: not yet written */
	size_t		 buffered;	/* bytes */
	size_t		 buffer_size;	/* bytes, 0 = unbuffered */
};

/*
 * Until told otherwise messages go to stderr, level info, as
 * "gateway: message".
 */
void	log_init(const char *progname);

/*
 * Messages of this process go to s from now on (NULL: stderr), those above
 * level are left out.  s must live until the next call.
 */
void	log_to(struct sink *s, enum log_level level);
enum log_level	log_level(void);

/* The word of httpd's LogLevel as ours; -1 when it is none of them. */
int	log_level_of(const char *word);

/*
 * Write a message.  errno is preserved.  log_warn and log_error add
 * ": strerror(errno)"; the forms with x do not.  Bytes that are not printable
 * ASCII are written as \xhh, and a backslash as two: what a client sent cannot
 * make a line of its own, or say something to a terminal.
 */
void	log_error(const char *fmt, ...)
	    __attribute__((__format__(printf, 1, 2)));
void	log_errorx(const char *fmt, ...)
	    __attribute__((__format__(printf, 1, 2)));
void	log_warn(const char *fmt, ...)
	    __attribute__((__format__(printf, 1, 2)));
void	log_warnx(const char *fmt, ...)
	    __attribute__((__format__(printf, 1, 2)));
void	log_info(const char *fmt, ...)
	    __attribute__((__format__(printf, 1, 2)));
void	log_debug(const char *fmt, ...)
	    __attribute__((__format__(printf, 1, 2)));

/* Is a debug line worth the work of making it? */
bool	log_debugging(void);

/* log_error, log_errorx, then exit with a code of sysexits(3). */
void	fatal(int code, const char *fmt, ...)
	    __attribute__((__noreturn__, __format__(printf, 2, 3)));
void	fatalx(int code, const char *fmt, ...)
	    __attribute__((__noreturn__, __format__(printf, 2, 3)));

/*
 * Open a sink: "syslog[:facility[:tag]]", "|program args", "||program",
 * "|$shell line", else a path (append, created 0644).  The program of a
 * pipe gets a process group of its own and is waited for until it has begun.
 * spec must outlive the sink.  All members but next are set.
 * 0, or -1 with errno (EINVAL: no such facility, no program).
 */
int	sink_open(struct sink *s, const char *spec);

/*
 * What is wrong with a spec, as far as it can be told without opening
 * anything: NULL, or why sink_open() would refuse it everywhere.
 */
const char	*sink_check(const char *spec);

/* Does a spec name a file? */
bool	sink_is_file(const char *spec);

/*
 * Give the sink a buffer (BufferedLogs): lines are written when size bytes
 * are full or at sink_flush().  The memory is the caller's.
 */
void	sink_buffer(struct sink *s, char *buffer, size_t size);
void	sink_flush(struct sink *s);

/* The process ends: flush, and tell of the losses that were not told yet. */
void	sink_end(struct sink *s);

/*
 * Write one line (without its newline), or put it into the sink's buffer.
 * Never blocks for more than 100 ms, whatever the sink is (SIGALRM interrupts
 * a call that would), and never fails: a line that cannot be written is
 * counted, and the count is logged at most once a minute.  A line to a program
 * is cut at PIPE_BUF.
 */
void	sink_write(struct sink *s, struct str line);

/* A sink over a descriptor that stays its owner's. */
void	sink_over(struct sink *s, int fd, const char *name);

/*
 * Master: did pid, which ended with a wait(2) status, run for one of these
 * sinks?  Then start it again with the same pipe (at most once a second; the
 * rest by sink_restart, to be called every second) and say true.
 */
bool	sink_reaped(struct sink *list, pid_t pid, int status);
void	sink_restart(struct sink *list);

/* Close the descriptors; a program behind a pipe sees the end of file. */
void	sink_close(struct sink *s);

/*
 * Worker: close what only the master needs of these sinks.
 */
void	sink_forked(struct sink *list);

#endif
