/*
 * http: bytes -> request, response head -> fields, status words, dates.
 * Pure: opens and reads no descriptor, closes none but in response_close(),
 * asks no clock.
 *
 * Sources: RFC 9112 (syntax, framing), RFC 9110 (semantics), RFC 3875
 * (the head of an application's answer), haproxy's proxy-protocol.txt.
 */
#ifndef HTTP_H
#define HTTP_H

#include <sys/socket.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "buf.h"

struct stream;

/* One field line.  Names compare without case. */
struct field {
	struct str	 name;
	struct str	 value;		/* trimmed, obs-fold joined */
};

/* Field lines in their order, in an arena. */
struct fields {
	struct field	*v;
	size_t		 n;
	size_t		 cap;
};

/* The first value of a name; NULL when there is none. */
const struct str	*fields_get(const struct fields *f, struct str name);
/* How many lines have that name? */
size_t	fields_count(const struct fields *f, struct str name);
/* Append a line; 0, or -1 when the arena is full. */
int	fields_add(struct fields *f, struct arena *a, struct str name,
	    struct str value);
/* Replace all lines of that name by one. */
int	fields_set(struct fields *f, struct arena *a, struct str name,
	    struct str value);
/* Remove all lines of that name; how many there were. */
size_t	fields_del(struct fields *f, struct str name);
/*
 * All values of a name, joined by sep, in the arena when there are several.
 * Absent when there is none or the arena is full.
 */
struct str	fields_join(const struct fields *f, struct arena *a,
		    struct str name, struct str sep);

/*
 * What a client may send; 0 is unlimited where said.  Line ends do not
 * count, but for those inside a folded field and in head.
 */
struct http_limits {
	size_t	line;		/* LimitRequestLine, bytes */
	size_t	field_size;	/* LimitRequestFieldSize, bytes: name, colon
				 * and value with the lines folded to it */
	size_t	fields;		/* LimitRequestFields, 0 = unlimited */
	size_t	head;		/* LimitRequestHead, bytes in all */
};

/*
 * The search for the end of a request head, which may come in any pieces.
 * Zeroed at the start of each head.
 */
struct http_scan {
	size_t	at;		/* bytes looked at so far */
	size_t	skip;		/* empty lines before the request line */
	size_t	line_start;
	size_t	nlines;		/* complete lines after the skipped ones */
	size_t	field_start;	/* of a field and what is folded to it */
	size_t	nfields;	/* fields begun so far */
};

/*
 * Look at a head of which bytes has come (from its first byte on, all
 * calls).  *length gets the length of the whole head, final empty line
 * included, 0 when more is needed.  Returns 0, or the status to answer with
 * at once: 400 (not HTTP: NUL, a control byte, a bare CR or LF, a request
 * line without a version), 414 (request line over its limit), 431 (a field,
 * their number or the head over its limit).  Up to 10 empty lines before the
 * request line are passed over (RFC 9112 2.2; httpd: 10).  No byte is looked
 * at twice, and the outcome does not depend on the pieces.
 */
int	http_scan_head(struct http_scan *scan, struct str bytes,
	    const struct http_limits *limits, size_t *length);

enum http_body {
	HTTP_BODY_NONE,
	HTTP_BODY_LENGTH,
	HTTP_BODY_CHUNKED
};

/*
 * What the client sent.  Read-only after parsing.
 */
struct request {
	struct str	 line;		/* the request line without its CRLF */
	struct str	 method;
	struct str	 uri;		/* second word of the line, raw */
	struct str	 protocol;	/* third word, "HTTP/1.1" */
	int		 minor;		/* 0 or 1; higher ones count as 1 */
	struct str	 path;		/* raw path of uri; "*" for OPTIONS * */
	struct str	 query;		/* raw, absent without "?" */
	struct str	 scheme;	/* of an absolute uri in lower case,
					 * else absent */
	struct str	 host;		/* lower case, no port, no final dot;
					 * brackets stay; absent if not told */
	int		 port;		/* that Host or uri names; 0: none */
	struct fields	 fields;	/* all lines as they came, but: Host is
					 * rewritten from an absolute uri */
	enum http_body	 body;
	uint64_t	 length;	/* HTTP_BODY_LENGTH: bytes */
	bool		 expect_continue; /* waits before it sends a body */
	bool		 keep;		/* client would keep the connection */
	bool		 keep_token;	/* and said so: "keep-alive" */
};

/* How many options a Connection field may name, in all its lines. */
enum { HTTP_OPTIONS_MAX = 100 };

/*
 * Parse a whole head, as http_scan_head() found it, into *r; slices point
 * into head and the arena.  0, or the status to answer with: 400, 405
 * (CONNECT), 414, 417 (unknown expectation), 431, 500 (arena full), 501
 * (unknown transfer coding), 505.  *r is filled as far as it was
 * understood, for the log; *why says what was wrong, in lower case words,
 * or is NULL.  RFC 9112 2-7; any doubt about framing is 400: Content-Length
 * twice or with Transfer-Encoding, codings that are not exactly one
 * "chunked" at the end, an empty element among them, a fold in one of these
 * fields or in Host.  More than HTTP_OPTIONS_MAX connection options are 400.
 *
 * Any bytes may be given: of a head that http_scan_head() refused, or that
 * never came to its end, it makes out what there is and does not return 0.
 */
int	http_parse_request(struct request *r, struct str head,
	    const struct http_limits *limits, struct arena *a,
	    const char **why);

/*
 * Leave of a refused request what an application may see, which gets the page
 * of the error: the words of the line only if all its bytes may stand there,
 * a NUL would be the end of a variable; Host only if it is one.  Fields that
 * were found bad are not among ->fields.  ->line stays, for the log.
 */
void	http_trim_refused(struct request *r);

/* What AllowEncodedSlashes and MergeSlashes say. */
enum http_slashes {
	HTTP_SLASHES_OFF,	/* %2F is 404 */
	HTTP_SLASHES_ON,	/* decoded */
	HTTP_SLASHES_NODECODE	/* kept as it is */
};

/*
 * A raw path as it is mapped: percent-escapes decoded, dot segments
 * removed, slashes merged (httpd, in three steps).  *path points into
 * the arena.  0, or 400 (bad escape, above the root, not absolute), 404
 * (NUL or %00, %2F when not allowed), 500 (arena full).
 */
int	http_normalise_path(struct str raw, enum http_slashes slashes,
	    bool merge, struct arena *a, struct str *path);

/*
 * Append a normalised path as it is written in a url of ours: bytes that httpd
 * escapes become %XX, a "%2F" that was kept stays, and of several slashes at
 * the beginning one is left, since "//host" would be another place.
 */
void	http_escape_path(struct out *o, struct str path,
	    enum http_slashes slashes);

/*
 * Append a raw query as it is written in a url of ours: what is no visible
 * ASCII character becomes %XX, the rest is the client's own writing.
 */
void	http_escape_query(struct out *o, struct str query);

/*
 * What is dispatched now.  An internal redirect makes a new target and
 * never edits the request.
 */
struct target {
	const struct target	*prev;		/* the hop before; NULL */
	unsigned		 hop;		/* 0 for the request itself */
	struct str		 method;
	struct str		 path;		/* decoded, normalised */
	struct str		 query;		/* raw, absent without "?" */
	bool			 has_body;	/* the request's, or none */
	int			 status;	/* 200, or an error's that is
						 * being documented */
};

/* Where the body of a response comes from. */
enum source {
	SOURCE_NONE,
	SOURCE_BYTES,		/* bytes, in the arena or static */
	SOURCE_STREAM,		/* what an application still sends */
	SOURCE_FILE		/* of fd: length bytes from offset on, or the
				 * parts and the tail, length bytes in all */
};

/* A part of a file in a body of several: head, then a piece of the file. */
struct part {
	struct str	 head;
	int64_t		 offset;
	int64_t		 length;	/* bytes of the file */
};

/*
 * What shall be sent.  A value: rooms describe, only reply.c sends.
 */
struct response {
	int		 status;	/* 200 to 599 */
	struct str	 reason;	/* absent: the usual one */
	struct fields	 fields;	/* end to end fields only */
	int64_t		 length;	/* of the body, bytes; -1 unknown */
	enum source	 source;
	struct str	 bytes;
	struct stream	*stream;	/* not owned */
	int		 fd;		/* owned; -1 */
	int64_t		 offset;
	const struct part	*parts;	/* in the arena */
	size_t		 nparts;	/* 0: it is one piece */
	struct str	 tail;		/* behind the last part */
};

/* An empty 200 without a body. */
void	response_init(struct response *r);
/* Close what it owns. */
void	response_close(struct response *r);

/* What an application said in its head. */
struct http_answer {
	int		 status;	/* 0: none was given */
	struct str	 reason;	/* absent: none */
	int64_t		 length;	/* Content-Length, -1: none */
	struct str	 odd_length;	/* a Content-Length that is no number;
					 * absent: there is none such */
	struct str	 bad_line;	/* the line that was refused; absent */
	bool		 chunked;	/* by Transfer-Encoding, which goes
					 * before the length */
	struct fields	 fields;	/* without Status, Content-Length,
					 * Transfer-Encoding; each line as it
					 * came, but of Content-Type, Location,
					 * ETag, Last-Modified, Content-Range
					 * only the last one */
};

/*
 * The end of an application's response head: its length with the empty
 * line (LF or CRLF, RFC 3875 6.2), 0 when more is needed, -1 when a line is
 * longer than line_max (0: no limit) or bytes longer than head_max.  from
 * is where the last look ended (0 at first) and is moved on: to the start of
 * the line that is not complete.  Line ends do not count to line_max.
 */
int64_t	http_scan_answer(struct str bytes, size_t *from, size_t line_max,
	    size_t head_max);

/*
 * Parse it; slices point into head and the arena.  0, or 502 for what no
 * client should get: no colon, a bad name or value, a folded line, NUL or
 * bare CR, Status that is no number or out of 200..599, two different
 * Content-Lengths.  *why says what was wrong, or is NULL.  500: the arena is
 * full.
 *
 * Transfer-Encoding must be "chunked" (else 502) and is for the caller to
 * decode.  A Content-Length that is no number is as none; a list of equal
 * numbers is that number.  The type in Content-Type is put in lower case
 * (httpd).
 */
int	http_parse_answer(struct http_answer *r, struct str head,
	    struct arena *a, const char **why);

/*
 * A chunked body on its way in (RFC 9112 7.1).  Zeroed at the start.
 */
struct http_chunks {
	int		 state;		/* private to http.c */
	uint64_t	 left;		/* of the present chunk, bytes */
	size_t		 line;		/* bytes of the present line */
	size_t		 lines;		/* trailer lines so far */
	uint64_t	 overhead;	/* bytes that are no data and that no
					 * data has made up for */
	bool		 done;		/* last chunk and trailers are read */
};

/*
 * Decode from in: returns how many bytes of in were used; *data gets the
 * slice of in that is body (empty when none of this step is).  Call again
 * until it uses nothing or done is set.  line_max bounds size lines and
 * trailer lines, fields_max the number of trailer lines (0: no limit).  All
 * that is not data (sizes with their zeros, extensions, line ends, trailers)
 * may be 64 KiB more than twice the data and 20 bytes a chunk.  Extensions
 * and trailers are checked and thrown away.
 * -1: not the grammar, or too long.
 */
int64_t	http_decode_chunks(struct http_chunks *c, struct str in,
	    size_t line_max, size_t fields_max, struct str *data);

/* The usual phrase of a status; "Status NNN" words for unknown ones. */
struct str	http_reason(int status);

/* A token of RFC 9110 5.6.2? */
bool	http_is_token(struct str s);

/* A field that belongs to one connection only (RFC 9110 7.6.1)? */
bool	http_is_hop_by_hop(struct str name);

/*
 * Remove what is hop by hop, and what Connection names, but for those that
 * Connection cannot remove: Host, Content-*, Cookie, Authorization,
 * X-Forwarded-*, Forwarded, keep (a further name, or absent).  Of the
 * options of Connection the first HTTP_OPTIONS_MAX count.
 */
void	http_strip_hop_by_hop(struct fields *f, struct str keep);

/*
 * The conditions of a GET or HEAD request against what is known of the
 * answer (RFC 9110 13.2.2; httpd does it for CGI answers without Status).
 * etag may be NULL; modified is NULL without a Last-Modified.  0: send it;
 * 304 or 412.  A date condition without a date to compare is passed over, and
 * so is an If-Modified-Since later than now.
 */
int	http_check_conditions(const struct fields *request,
	    const struct str *etag, const time_t *modified, time_t now);

/*
 * May the ranges of a request be served (If-Range, RFC 9110 13.1.5)?  True
 * without If-Range, or when it names what is there now: the tag, both
 * strong, or the very date, if that is in the past at now.  etag and
 * modified may be NULL.
 */
bool	http_check_if_range(const struct fields *request,
	    const struct str *etag, const time_t *modified, time_t now);

/*
 * An IMF-fixdate of RFC 9110 5.6.7, 29 bytes and a NUL, into buf[30].  Times
 * before 1970 or after 9999 are taken as the nearest in that range.
 */
void	http_format_date(time_t t, char *buf);
/*
 * Any of the three formats; 0, or -1 (no date, or before 1970).  A year of
 * two digits is one of 1970 to 2069.
 */
int	http_parse_date(struct str s, time_t *t);

/*
 * The media type with "; charset=" behind it, in the arena: as it is when it
 * has one, or is neither text/plain nor text/html (httpd).  Absent when the
 * arena is full.
 */
struct str	http_add_charset(struct str type, const char *charset,
		    struct arena *a);

/* What a PROXY header says of the connection. */
struct http_proxy {
	bool			 local;		/* LOCAL or UNKNOWN: the
						 * addresses of the connection
						 * hold */
	struct sockaddr_storage	 client;	/* AF_INET, AF_INET6;
						 * AF_UNSPEC when local */
	struct sockaddr_storage	 here;		/* the address that the client
						 * asked for */
};

/* The longest PROXY header that is read, bytes: a buffer must hold it. */
enum { HTTP_PROXY_MAX = 4096 };

/*
 * Read a PROXY protocol header, version 1 or 2, at the beginning of s: the
 * bytes that it takes, 0 when it is not whole yet, -1 when it is none, with
 * *why (static, else NULL).  *p counts only when it is whole.  All calls get
 * the header from its first byte on.  The first byte that no header has at
 * its place makes it none, whatever the pieces; more than HTTP_PROXY_MAX
 * bytes do as well.
 *
 * Addresses are taken of TCP over IPv4 and IPv6 alone.  Of other transports
 * and families that version 2 has, and after LOCAL and UNKNOWN, the
 * connection is local.  What follows the addresses in version 2 is skipped
 * (proxy-protocol.txt 2.1, 2.2).
 */
long	http_parse_proxy(struct http_proxy *p, struct str s,
	    const char **why);

/* May a request with that method be sent twice (RFC 9110 9.2.2)? */
bool	http_is_idempotent(struct str method);

#endif
