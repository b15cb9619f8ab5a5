/*
 * reply: response -> bytes to the client: head, framing, the relaying of
 * the body, built-in pages.  It decides nothing about the answer.
 */
#ifndef REPLY_H
#define REPLY_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "buf.h"
#include "http.h"
#include "io.h"
#include "spool.h"

/* How the client is to be talked to. */
struct reply_to {
	struct conn	*conn;
	struct arena	*arena;
	int		 minor;		/* HTTP/1.minor of the client */
	bool		 head_only;	/* HEAD */
	bool		 keep;		/* in: may be kept; out: is kept */
	bool		 keep_token;	/* client said keep-alive */
	int		 keep_timeout;	/* s, for the Keep-Alive field */
	int		 keep_left;	/* requests left; -1 unlimited */
	int		 timeout;	/* ms, each step to the client */
	int		 source_timeout; /* ms, each step of the source */
	bool		 ignore_abort;	/* read the source to its end */
	bool		 old_line;	/* status line says HTTP/1.0 */
	time_t		 now;		/* for Date */
	struct str	 software;	/* Server, when absent from it */
	struct spool	*spool;		/* for a client that is slow; NULL */
	enum feed	(*feed)(void *);	/* rest of the request body */
	void		*feed_arg;
	const struct body	*streamed;	/* which feed sends; NULL */
	void		(*released)(void *);	/* the source has ended */
	void		*released_arg;
};

enum reply_result {
	REPLY_SENT,		/* all of it */
	REPLY_CLIENT_GONE,	/* the client left, or was too slow */
	REPLY_NO_ROOM,		/* the arena is full; nothing was sent */
	REPLY_SOURCE_SHORT	/* the source ended or failed before its
				 * length; the connection must be cut */
};

/* What was sent, for the log. */
struct reply_sent {
	uint64_t	 body;		/* bytes of the body */
	int64_t		 first_us;	/* io_now_us() of the first byte; 0 */
	uint64_t	 taken;		/* bytes read of a stream */
	uint64_t	 dropped;	/* seen of it behind its length */
	bool		 source_done;	/* the source has ended properly */
	int		 source_error;	/* errno, 0; ETIMEDOUT */
	int		 client_error;	/* errno, 0; ETIMEDOUT */
	int		 spool_error;	/* errno: no read-ahead; 0 */
};

/*
 * Send the response.  Framing (RFC 9112 6): no body for HEAD, 204, 304; a
 * known length is said and kept to; a body that has come whole gets its
 * length; else chunked for HTTP/1.1 and close for 1.0.
 */
enum reply_result	reply_send(struct reply_to *to, struct response *r,
			    struct reply_sent *sent);

/* What the built-in page of an error says. */
struct reply_page {
	struct str	 note;		/* a sentence of why, or absent */
	struct str	 signature;	/* the foot as HTML, or absent */
	bool		 plain;		/* text, for who takes no HTML */
	bool		 charset;	/* the type names it */
};

/*
 * Make the built-in page: r->status stays, body and type are set.  0, or -1
 * (arena full).
 */
int	reply_error_page(struct response *r, struct arena *a,
	    const struct reply_page *page);

#endif
