/*
 * scgi: request -> netstring, and the one conversation with a member:
 * connect, send, receive the head of the answer.  The body of the answer is
 * reply.c's to relay; the connection is never used twice.
 */
#ifndef SCGI_H
#define SCGI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "http.h"
#include "io.h"
#include "spool.h"

struct env;
struct member;

/*
 * The conversation.  What is still to be sent goes out while the answer
 * already comes: an application may answer early, or as it reads.
 */
struct backend {
	struct stream		 s;
	const struct member	*member;
	int			 timeout;	/* ms without a step forward */
	bool			 local;		/* on this machine */
	struct str		 head;		/* of the netstring: unsent */
	struct spool		*spool;		/* request body; NULL: none */
	struct body		*streamed;	/* the same, as it comes */
	struct str		 piece;		/* of streamed: unsent */
	struct channel		 channel;	/* the same, in the kernel */
	uint64_t		 sent;		/* bytes it took in all */
	int64_t			 connected_us;	/* io_now_us(); 0: never */
	int64_t			 first_us;	/* its first byte; 0: none */
	int			 send_error;	/* errno; it takes no more */
	int			 client_status;	/* streamed body failed */
	struct http_chunks	 chunks;	/* of an answer that has them */
};

/* How a step of the conversation ended. */
enum scgi_result {
	SCGI_OK,
	SCGI_CLIENT_GONE,	/* the client left; nobody is to blame */
	SCGI_CLIENT_BODY,	/* its body failed: client_status */
	SCGI_NO_CONNECTION,	/* 503: not connected, nothing was sent */
	SCGI_NO_DESCRIPTOR,	/* 503: a resource of ours; not its fault */
	SCGI_TIMEOUT,		/* 504 */
	SCGI_CLOSED,		/* 502: reset or end before a whole head */
	SCGI_BAD_HEAD		/* 502: no head that a client should get */
};

/* Why; for the log. */
struct scgi_fault {
	const char	*what;		/* "connect", "send", "receive" */
	const char	*why;		/* words; NULL: see error */
	int		 error;		/* errno, 0: none */
	struct str	 said;		/* SCGI_BAD_HEAD, SCGI_CLOSED: the line
					 * at fault, what was said instead of
					 * a head; may be empty */
};

/*
 * The head: netstring of CONTENT_LENGTH, SCGI and the variables, appended
 * to o, which must be empty (SCGI: protocol.txt).
 */
void	scgi_encode(struct out *o, uint64_t content_length,
	    const struct env *vars);

/*
 * Connect to one of the member's addresses in turn, each for at most
 * connect_timeout milliseconds.  The watched client is minded.  buf (cap
 * bytes, more than 64 KiB) is for what the member sends.
 */
enum scgi_result	scgi_open(struct backend *b, const struct member *m,
			    int connect_timeout, int timeout, char *buf,
			    size_t cap, struct scgi_fault *f);

/*
 * Begin to send head and body: spooled, or streamed as the client sends it
 * (both NULL: none).  Does not wait for the member: what does not go out now
 * goes with scgi_receive() and, by scgi_feed(), with the relaying of the
 * answer.
 */
void	scgi_send(struct backend *b, struct str head, struct spool *spool,
	    struct body *streamed);

/*
 * Send what the socket takes now of what is left; says what the rest waits
 * for.  A member that takes no more is FEED_DONE: its answer may be there.
 * arg is the backend.
 */
enum feed	scgi_feed(void *arg);

/*
 * Receive and parse the head of the answer; what has come of the body stays
 * in b->s, which decodes chunks from there on: it fails with EPROTO where they
 * are malformed, and with EPIPE where they end too early.  field_size:
 * responsefieldsize, bytes.
 */
enum scgi_result	scgi_receive(struct backend *b, size_t field_size,
			    struct http_answer *answer, struct arena *a,
			    struct scgi_fault *f);

/*
 * Close the conversation.  complete: the answer ended by its length.  Over
 * TCP that is not loopback the member may close first, for at most 20 ms.
 */
void	scgi_close(struct backend *b, bool complete);

#endif
