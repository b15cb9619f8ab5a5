/*
 * accesslog: LogFormat compiled at load, one line a request written after
 * the answer.  It decides nothing and changes nothing.
 */
#ifndef ACCESSLOG_H
#define ACCESSLOG_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "buf.h"

struct arena;
struct config;
struct conn;
struct custom_log;
struct env;
struct fields;
struct logformat;
struct member;
struct request;
struct settings;
struct target;
struct vhost;

/* All there is to say about one request. */
struct access {
	const struct config	*conf;
	const struct vhost	*vhost;		/* NULL: the main one */
	const struct settings	*set;		/* merged; NULL: the host's */
	const struct conn	*conn;
	const struct request	*req;
	const struct target	*first;		/* NULL: never dispatched */
	const struct target	*last;
	const struct env	*env;		/* of the last hop; NULL */
	const struct fields	*fields;	/* the request's, as edited;
						 * NULL: as they came */
	const struct fields	*sent;		/* response fields; NULL */
	const struct member	*member;	/* of the last hop; NULL */
	struct str		 script;	/* SCRIPT_FILENAME; absent */
	struct str		 remote_host;	/* absent: not looked up */
	int			 status_first;	/* %<s */
	int			 status;	/* %>s */
	uint64_t		 body_bytes;	/* to the client, no framing */
	uint64_t		 bytes_in;
	uint64_t		 bytes_out;
	time_t			 began;		/* time of day, seconds */
	long			 began_usec;
	int64_t			 began_us;	/* io_now_us() */
	int64_t			 first_byte_us;	/* 0: none was sent */
	int64_t			 ended_us;
	bool			 aborted;	/* %X */
	bool			 keep;
	unsigned		 kept;		/* %k: requests before */

	struct str		 user;		/* authenticated, of the last
						 * hop; absent */
	struct str		 user_first;	/* of the first hop */
	const char		*client_ip;	/* after RemoteIP; NULL: the
						 * connection's */
	unsigned		 client_port;	/* with ->client_ip: as a
						 * PROXY header told it */
	const struct env	*notes;		/* Header note; NULL: none */

	/* What members cost, of all hops; microseconds. */
	int64_t			 queue_us;	/* wait for a place at the
						 * member; -1: none was asked
						 * for */
	int64_t			 connect_us;	/* until the connection stood;
						 * -1: none did */
	int64_t			 firstbyte_us;	/* from the connection to the
						 * first byte of the answer;
						 * -1: none came */
	int64_t			 backend_us;	/* from the first attempt to
						 * the close of the last
						 * conversation; -1: none */
	unsigned		 attempts;	/* conversations begun */
	uint64_t		 member_in;	/* bytes from members */
	uint64_t		 member_out;	/* bytes to members */
};

/*
 * Compile a format into the arena (\n \t \" understood): every letter of
 * httpd's mod_log_config and mod_logio, and %{word}x for what only a gateway
 * knows.  What is not kept here (%l, %L, %F, trailers) is "-".  There is
 * always a note "member": the url of the application, unless a Header note
 * has that name.  A format that begins with { is JSON: its values are escaped
 * as JSON has it, not as httpd does, and what is absent is null where it
 * stands outside of quotes.  NULL with *why (an unknown letter or word, a
 * missing brace); format must live as long as the arena.
 *
 * < and > choose the hop of %m %q %R %s %u %U; of the others there is one
 * value.
 */
const struct logformat	*accesslog_compile(const char *format,
			    struct arena *a, const char **why);

/*
 * The format of a predefined nickname (common, combined, combinedio, json,
 * scgi), or NULL.
 */
const char	*accesslog_predefined(const char *nickname);

/*
 * The line, in the arena.  When there is no room, in a place that the next
 * call uses again, its values cut at 256 bytes; absent when even that does
 * not fit into 8 KiB.
 */
struct str	accesslog_line(const struct logformat *f,
		    const struct access *x, struct arena *a);

/*
 * Write the request to all logs of its host, or the main server's when it has
 * none, whose condition holds.
 */
void	accesslog_write(const struct access *x, struct arena *a);

#endif
