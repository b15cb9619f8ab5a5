/*
 * spool: a body on its way.  Request bodies: decoded, in memory first, then
 * in an unlinked temporary file.  Answers: the two-way pump between an
 * application and a client that takes its time.
 */
#ifndef SPOOL_H
#define SPOOL_H

#include <sys/types.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "config.h"
#include "http.h"
#include "io.h"

/*
 * A queue of bytes: written at its end, read from its front.  Memory first;
 * once there is a file, all that follows goes to the file.
 */
struct spool {
	char		*mem;		/* not owned; NULL: a file only */
	size_t		 cap;		/* bytes of mem */
	size_t		 mem_pos;	/* read so far of mem */
	size_t		 mem_end;	/* written so far of mem */
	int		 fd;		/* -1: no file */
	off_t		 file_pos;	/* read so far of the file */
	off_t		 file_end;	/* written so far of the file */
	uint64_t	 file_max;	/* bytes, 0: never a file */
};

/*
 * Where temporary files are made, and how much all workers may have there
 * in bytes (0: no limit).  Once a worker.
 */
void	spool_setup(const char *dir, uint64_t total);

/* An empty queue over cap bytes at mem and at most file_max in a file. */
void	spool_open(struct spool *s, char *mem, size_t cap, uint64_t file_max);
void	spool_close(struct spool *s);

/*
 * Append all of it: 0, or -1 with errno (EFBIG: file_max; ENOSPC:
 * SpoolMaxTotal or the disk; others of the file).  Nothing is appended then.
 */
int	spool_append(struct spool *s, struct str bytes);

/* How many bytes wait in it. */
uint64_t	spool_size(const struct spool *s);

/* What waits in memory; all of it when there is no file. */
struct str	spool_memory(const struct spool *s);

/* n bytes of the front have been used. */
void	spool_take(struct spool *s, size_t n);

/*
 * Send from the front what the stream's socket takes now, at most max
 * bytes.  Bytes sent (0: the socket is full, or the queue is empty), or -1
 * with errno.
 */
ssize_t	spool_send(struct spool *s, struct stream *to, uint64_t max);

/*
 * Send length bytes of file fd from *offset on, as much as the socket takes
 * now, moving *offset on.  Bytes sent, 0 (full), or -1 with errno (EIO: the
 * file is shorter).
 */
ssize_t	spool_send_file(struct stream *to, int fd, off_t *offset,
	    uint64_t length);

/*
 * A request body as it comes.  Zeroed, then filled in by the caller up to
 * the line.
 */
struct body {
	struct conn		*conn;
	enum http_body		 kind;
	uint64_t		 length;	/* HTTP_BODY_LENGTH: bytes */
	uint64_t		 limit;		/* bytes, 0: unlimited */
	size_t			 line_max;	/* chunk and trailer lines */
	size_t			 fields_max;	/* trailer lines */
	const struct read_rate	*rate;
	int			 timeout;	/* ms without a byte */
	bool			 expects;	/* 100 Continue is due */
	/* ------ */
	bool			 begun;
	bool			 done;		/* all of it was read */
	bool			 copies;	/* cannot be spliced */
	uint64_t		 received;	/* decoded bytes */
	int64_t			 started;	/* ms */
	uint64_t		 read_before;	/* of the stream, at start */
	struct http_chunks	 chunks;
};

/* In the place of a status: the client left. */
#define CLIENT_GONE	(-1)

/*
 * The next piece, a slice of the client's buffer that is good until the
 * next call; empty at the end (->done).  Waits for it; sends the 100 first
 * when it is due.  0, a status (400, 408, 413) or CLIENT_GONE.
 */
int	body_next(struct body *b, struct str *piece);

/*
 * The same without waiting: an empty piece that is not the end means that
 * there is nothing now.
 */
int	body_poll(struct body *b, struct str *piece);

/*
 * The same past the buffer, into an empty channel (which is opened for it),
 * for a body of known length of which much is still to come.  True when that
 * is the way now: *status is then 0 (an empty channel: there is nothing now)
 * or CLIENT_GONE.  False: body_poll().
 */
bool	body_splice(struct body *b, struct channel *c, int *status);

/* Until when the client must have sent more of it. */
int64_t	body_deadline(const struct body *b);

/*
 * Read all of it into the queue.  0, a status (400, 408, 413, 503: no room
 * to spool, errno says why) or CLIENT_GONE.
 */
int	body_receive(struct body *b, struct spool *to);

/*
 * The deadline of a stage of RequestReadTimeout: begun at started (ms),
 * nread bytes so far; never more than timeout ms from now.
 */
int64_t	read_deadline(const struct read_rate *r, int64_t started,
	    uint64_t nread, int timeout);

/*
 * What the sending of a request body to an application waits for.
 */
enum feed {
	FEED_DONE,		/* nothing, ever again */
	FEED_MEMBER,		/* the application takes more */
	FEED_CLIENT,		/* the client sends more */
	FEED_FAILED		/* the client's body is no body: give up */
};

/*
 * The pump: source -> client, both at their own pace, while the rest of the
 * request body may still go the other way.
 */
struct pump {
	struct stream	*source;	/* its buffer holds what waits */
	struct conn	*client;
	struct spool	*spool;		/* overflow, file only; may be NULL */
	struct str	 head;		/* goes out first */
	bool		 chunked;
	bool		 discard;	/* send the head, drop the body: read
					 * it until the source is silent for
					 * source_timeout, or DISCARD_TIME in
					 * all is over */
	bool		 drain;		/* client gone: still read it all */
	int64_t		 length;	/* of the body; -1: to the end */
	int		 source_timeout;	/* ms */
	int		 client_timeout;	/* ms */
	enum feed	(*feed)(void *);	/* send more of the request
						 * body; NULL: all is sent */
	void		*feed_arg;
	const struct body	*streamed;	/* its deadline counts; NULL */
	/* ------ results */
	uint64_t	 taken;		/* body bytes read from the source */
	uint64_t	 dropped;	/* that came with them, over length */
	uint64_t	 sent;		/* body bytes the client took */
	int64_t		 first_us;	/* io_now_us() of first byte; 0 */
	bool		 source_done;	/* it has ended as it should */
	int		 source_error;	/* errno; 0 */
	int		 client_error;	/* errno; 0 */
	int		 spool_error;	/* errno of a refused read-ahead; 0 */
};

/*
 * Relay the body, what waits in the source's buffer first.  released, when
 * not NULL, is called with arg when the source has ended and the client
 * still has to be waited for: the application is free.  0 when the client
 * has it all, -1 when not (see the results).
 */
int	pump_run(struct pump *p, void (*released)(void *), void *arg);

#endif
