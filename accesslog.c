/*
 * accesslog: LogFormat compiled at load, one line a request.
 *
 * It decides nothing and changes nothing: what happened is told in a struct
 * access, and every byte of it that came from outside is escaped.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "accesslog.h"
#include "buf.h"
#include "config.h"
#include "env.h"
#include "http.h"
#include "io.h"
#include "log.h"

/* When the arena has no room: a line of this size, values cut to that. */
enum {
	SHORT_LINE = 8192,
	SHORT_VALUE = 256
};

/* A line that is being written. */
struct line {
	struct out		 o;
	const struct access	*x;
	const struct vhost	*vhost;
	bool			 json;
	bool			 bare;		/* of the item: see there */
	bool			 absent;	/* the item had no value */
	size_t			 cut;		/* of each value, bytes */
};

enum time_form {
	TIME_CLF,
	TIME_STRFTIME,
	TIME_SEC,
	TIME_MSEC,
	TIME_USEC,
	TIME_MSEC_FRAC,
	TIME_USEC_FRAC
};

struct item;

/* A word of %{word}x. */
struct measure {
	const char	*word;
	void		(*put)(struct line *, const struct item *);
};

/* A letter of the format. */
struct letter {
	const char	*name;		/* "h", "^FB" */
	void		(*put)(struct line *, const struct item *);
	bool		 original;	/* of the first hop, without < or > */
	const char	*words;		/* what {} may say: "c", "|" between;
					 * NULL: nothing, "*": a name */
	bool		 number;	/* or a word of JSON, but for some
					 * words in {} */
};

/* A piece of a format. */
struct item {
	struct item		*next;
	void			(*put)(struct line *, const struct item *);
	struct str		 arg;		/* text, or {arg} */
	bool			 original;
	bool			 negated;	/* %!200 */
	bool			 bare;		/* JSON, outside of quotes */
	bool			 quotes;	/* and brings its own */
	int			*statuses;	/* that it is put for */
	size_t			 nstatuses;
	enum time_form		 form;
	const char		*strftime;
	bool			 end;		/* time of the end */
	bool			 whole;		/* of JSON, and no point before
						 * it: without zeros */
	const struct measure	*measure;
};

struct logformat {
	struct item	*items;
	bool		 json;
};

/*
 * Values.  What comes from outside could else end the line, or the quotes
 * around it.
 */
static void
put_hex(struct line *l, const char *prefix, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";

	out_z(&l->o, prefix);
	out_ch(&l->o, hex[c >> 4]);
	out_ch(&l->o, hex[c & 15]);
}

/* httpd's way: \" \\ \n \t ... and \xhh. */
static void
put_escaped(struct line *l, char c)
{
	static const char from[] = "\"\\\b\n\r\t\v", to[] = "\"\\bnrtv";
	const char *at;

	at = c == '\0' ? NULL : strchr(from, c);
	if (at == NULL) {
		put_hex(l, "\\x", (unsigned char)c);
		return;
	}
	out_ch(&l->o, '\\');
	out_ch(&l->o, to[at - from]);
}

/* How many bytes of UTF-8 (RFC 3629) s begins with as one character; 0. */
static size_t
utf8_length(struct str s)
{
	unsigned char c, low, high;
	size_t i, n;

	c = (unsigned char)s.p[0];
	if (c < 0xc2 || c > 0xf4)
		return 0;
	n = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	if (s.n < n)
		return 0;
	low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80;
	high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
	for (i = 1; i < n; i++) {
		c = (unsigned char)s.p[i];
		if (c < low || c > high)
			return 0;
		low = 0x80;
		high = 0xbf;
	}
	return n;
}

/* RFC 8259 7; a byte that is no UTF-8 is taken as ISO 8859-1. */
static size_t
put_json(struct line *l, struct str s)
{
	size_t n;

	n = utf8_length(s);
	if (n > 0) {
		out_str(&l->o, str_head(s, n));
		return n;
	}
	if (s.p[0] == '"' || s.p[0] == '\\') {
		out_ch(&l->o, '\\');
		out_ch(&l->o, s.p[0]);
	} else
		put_hex(l, "\\u00", (unsigned char)s.p[0]);
	return 1;
}

static bool
is_clean(char c)
{
	return c >= ' ' && c <= '~' && c != '"' && c != '\\';
}

/* Without the "-" for what is absent. */
static void
put_bytes(struct line *l, struct str s)
{
	size_t n;

	s = str_head(s, l->cut);
	while (s.n > 0) {
		for (n = 0; n < s.n && is_clean(s.p[n]); n++)
			continue;
		out_str(&l->o, str_head(s, n));
		s = str_from(s, n);
		if (s.n == 0)
			break;
		n = 1;
		if (l->json)
			n = put_json(l, s);
		else
			put_escaped(l, s.p[0]);
		s = str_from(s, n);
	}
}

/* Outside of quotes JSON has a word for it. */
static void
put_absent(struct line *l)
{
	l->absent = true;
	out_z(&l->o, l->bare ? "null" : "-");
}

static void
put_value(struct line *l, struct str s)
{
	if (s.p == NULL)
		put_absent(l);
	else
		put_bytes(l, s);
}

/* All lines of a field: joined, nothing may be taken from the arena now. */
static void
put_fields(struct line *l, const struct fields *f, struct str name)
{
	bool found;
	size_t i;

	found = false;
	for (i = 0; f != NULL && i < f->n; i++) {
		if (!str_caseeq(f->v[i].name, name))
			continue;
		if (found)
			out_z(&l->o, str_caseeq(name, STR("Cookie")) ?
			    "; " : ", ");
		put_bytes(l, f->v[i].value);
		found = true;
	}
	if (!found)
		put_absent(l);
}

static const struct target *
target_of(const struct line *l, const struct item *i)
{
	return i->original ? l->x->first : l->x->last;
}

static struct env_subject
subject_of(const struct line *l)
{
	struct env_subject s;

	memset(&s, 0, sizeof(s));
	s.conf = l->x->conf;
	s.vhost = l->vhost;
	s.set = l->x->set;
	s.conn = l->x->conn;
	s.req = l->x->req;
	s.target = l->x->last;
	return s;
}

/*
 * Letters.
 */
static void
put_text(struct line *l, const struct item *i)
{
	out_str(&l->o, i->arg);
}

static void
put_none(struct line *l, const struct item *i)
{
	(void)i;
	put_absent(l);
}

/* The client; with {c} the peer. */
static void
put_remote_ip(struct line *l, const struct item *i)
{
	if (i->arg.p == NULL && l->x->client_ip != NULL)
		put_value(l, str_of(l->x->client_ip));
	else
		put_value(l, str_of(l->x->conn->peer_ip));
}

static void
put_remote_host(struct line *l, const struct item *i)
{
	if (i->arg.p == NULL && l->x->remote_host.p != NULL)
		put_value(l, l->x->remote_host);
	else
		put_remote_ip(l, i);
}

static void
put_local_ip(struct line *l, const struct item *i)
{
	(void)i;
	put_value(l, str_of(l->x->conn->here_ip));
}

static void
put_body_bytes(struct line *l, const struct item *i)
{
	(void)i;
	out_u64(&l->o, l->x->body_bytes);
}

static void
put_body_bytes_clf(struct line *l, const struct item *i)
{
	if (l->x->body_bytes == 0)
		put_absent(l);
	else
		put_body_bytes(l, i);
}

/* The value of a cookie in one Cookie field; absent. */
static struct str
find_cookie(struct str list, struct str name)
{
	struct str pair;
	size_t eq, n;

	while (list.n > 0) {
		n = str_chr(list, ';');
		pair = str_trim(str_head(list, n));
		list = str_from(list, n + 1);
		eq = str_chr(pair, '=');
		/* httpd: without case, and a cookie without value is none. */
		if (eq + 1 < pair.n &&
		    str_caseeq(str_trim(str_head(pair, eq)), name))
			return str_from(pair, eq + 1);
	}
	return STR_NONE;
}

/* httpd: what RequestHeader and RemoteIP took away is not logged either. */
static const struct fields *
fields_of(const struct line *l)
{
	if (l->x->fields != NULL)
		return l->x->fields;
	return l->x->req == NULL ? NULL : &l->x->req->fields;
}

static void
put_cookie(struct line *l, const struct item *i)
{
	const struct fields *f;
	struct str value;
	size_t k;

	value = STR_NONE;
	f = fields_of(l);
	for (k = 0; f != NULL && k < f->n && value.p == NULL; k++)
		if (str_caseeq(f->v[k].name, STR("Cookie")))
			value = find_cookie(f->v[k].value, i->arg);
	put_value(l, value);
}

/* Microseconds that the request took. */
static uint64_t
duration(const struct access *x)
{
	return x->ended_us > x->began_us ?
	    (uint64_t)(x->ended_us - x->began_us) : 0;
}

static void
put_microseconds(struct line *l, const struct item *i)
{
	(void)i;
	out_u64(&l->o, duration(l->x));
}

static void
put_duration(struct line *l, const struct item *i)
{
	uint64_t unit;

	unit = 1000000;
	if (str_caseeq(i->arg, STR("ms")))
		unit = 1000;
	else if (str_caseeq(i->arg, STR("us")))
		unit = 1;
	out_u64(&l->o, duration(l->x) / unit);
}

static void
put_first_byte(struct line *l, const struct item *i)
{
	if (l->x->first_byte_us < l->x->began_us)
		put_none(l, i);
	else
		out_u64(&l->o,
		    (uint64_t)(l->x->first_byte_us - l->x->began_us));
}

static void
put_variable(struct line *l, const struct item *i)
{
	const struct str *v;

	v = l->x->env == NULL ? NULL : env_see(l->x->env, i->arg);
	put_value(l, v == NULL ? STR_NONE : *v);
}

static void
put_script(struct line *l, const struct item *i)
{
	(void)i;
	put_value(l, l->x->script);
}

static void
put_protocol(struct line *l, const struct item *i)
{
	(void)i;
	put_value(l, l->x->req == NULL ? STR_NONE : l->x->req->protocol);
}

static void
put_request_field(struct line *l, const struct item *i)
{
	put_fields(l, fields_of(l), i->arg);
}

static void
put_sent_field(struct line *l, const struct item *i)
{
	put_fields(l, l->x->sent, i->arg);
}

static void
put_kept(struct line *l, const struct item *i)
{
	(void)i;
	out_u64(&l->o, l->x->kept);
}

static void
put_method(struct line *l, const struct item *i)
{
	const struct target *t;

	t = target_of(l, i);
	if (t != NULL)
		put_value(l, t->method);
	else
		put_value(l, l->x->req == NULL ? STR_NONE : l->x->req->method);
}

static void
put_path(struct line *l, const struct item *i)
{
	const struct target *t;

	t = target_of(l, i);
	if (t != NULL)
		put_value(l, t->path);
	else
		put_value(l, l->x->req == NULL ? STR_NONE : l->x->req->path);
}

/* httpd: with its question mark, and nothing at all without a query. */
static void
put_query(struct line *l, const struct item *i)
{
	const struct target *t;
	struct str query;

	t = target_of(l, i);
	query = STR_NONE;
	if (t != NULL)
		query = t->query;
	else if (l->x->req != NULL)
		query = l->x->req->query;
	if (query.p == NULL) {
		if (l->bare)
			put_absent(l);
		return;
	}
	out_ch(&l->o, '?');
	put_bytes(l, query);
}

static void
put_request_line(struct line *l, const struct item *i)
{
	struct str s;

	(void)i;
	s = l->x->req == NULL ? STR_NONE : l->x->req->line;
	put_value(l, s.n == 0 ? STR_NONE : s);
}

/* httpd: a name that is empty is seen as such, and ends no column. */
static void
put_user(struct line *l, const struct item *i)
{
	struct str user;

	user = i->original ? l->x->user_first : l->x->user;
	if (user.p != NULL && user.n == 0 && !l->json)
		out_z(&l->o, "\"\"");
	else
		put_value(l, user);
}

static void
put_member(struct line *l, const struct item *i)
{
	(void)i;
	put_value(l, l->x->member == NULL ? STR_NONE :
	    str_of(l->x->member->url));
}

static void
put_note(struct line *l, const struct item *i)
{
	const struct str *v;

	v = l->x->notes == NULL ? NULL : env_get(l->x->notes, i->arg);
	if (v != NULL)
		put_value(l, *v);
	else if (str_eq(i->arg, STR("member")))
		put_member(l, i);
	else
		put_none(l, i);
}

static void
put_port(struct line *l, const struct item *i)
{
	struct env_subject s;

	if (str_caseeq(i->arg, STR("local")))
		out_u64(&l->o, l->x->conn->here_port);
	else if (str_caseeq(i->arg, STR("remote")))
		out_u64(&l->o, l->x->client_ip != NULL ? l->x->client_port :
		    l->x->conn->peer_port);
	else {
		/* httpd: ServerName's, whatever the client's Host says. */
		s = subject_of(l);
		s.req = NULL;
		out_u64(&l->o, (uint64_t)env_server_port(&s));
	}
}

static void
put_pid(struct line *l, const struct item *i)
{
	/* A worker is one thread; httpd's hextid is for those with more. */
	if (str_caseeq(i->arg, STR("hextid")))
		out_hex(&l->o, (uint64_t)getpid());
	else
		out_u64(&l->o, (uint64_t)getpid());
}

/*
 * Did an application serve that hop?  Of the first hop it is known when it
 * has redirected: nothing else does.
 */
static bool
was_proxied(const struct access *x, bool original)
{
	const struct target *second;

	if (original && x->last != NULL && x->last->prev != NULL) {
		second = x->last;
		while (second->prev->prev != NULL)
			second = second->prev;
		if (second->status == 200)
			return true;
	}
	return x->member != NULL;
}

/* httpd's name of what served the request. */
static void
put_handler(struct line *l, const struct item *i)
{
	if (was_proxied(l->x, i->original))
		out_z(&l->o, "proxy-server");
	else
		put_none(l, i);
}

static void
put_status(struct line *l, const struct item *i)
{
	out_u64(&l->o, (uint64_t)(i->original ? l->x->status_first :
	    l->x->status));
}

static void
put_server_name(struct line *l, const struct item *i)
{
	(void)i;
	if (l->vhost->server_name != NULL)
		put_value(l, str_of(l->vhost->server_name));
	else if (l->x->conn->local)
		out_z(&l->o, "localhost");
	else
		put_value(l, str_of(l->x->conn->here_ip));
}

static void
put_canonical_name(struct line *l, const struct item *i)
{
	struct env_subject s;

	(void)i;
	s = subject_of(l);
	put_value(l, env_server_name(&s));
}

static void
put_state(struct line *l, const struct item *i)
{
	(void)i;
	if (l->x->aborted)
		out_ch(&l->o, 'X');
	else
		out_ch(&l->o, l->x->keep ? '+' : '-');
}

static void
put_bytes_in(struct line *l, const struct item *i)
{
	(void)i;
	out_u64(&l->o, l->x->bytes_in);
}

static void
put_bytes_out(struct line *l, const struct item *i)
{
	(void)i;
	out_u64(&l->o, l->x->bytes_out);
}

static void
put_bytes_both(struct line *l, const struct item *i)
{
	(void)i;
	out_u64(&l->o, l->x->bytes_in + l->x->bytes_out);
}

/*
 * What members cost.
 */
static void
put_us(struct line *l, int64_t us)
{
	if (us < 0)
		put_absent(l);
	else
		out_u64(&l->o, (uint64_t)us);
}

static void
put_queue(struct line *l, const struct item *i)
{
	(void)i;
	put_us(l, l->x->queue_us);
}

static void
put_connect(struct line *l, const struct item *i)
{
	(void)i;
	put_us(l, l->x->connect_us);
}

static void
put_member_first_byte(struct line *l, const struct item *i)
{
	(void)i;
	put_us(l, l->x->firstbyte_us);
}

static void
put_backend(struct line *l, const struct item *i)
{
	(void)i;
	put_us(l, l->x->backend_us);
}

static void
put_attempts(struct line *l, const struct item *i)
{
	(void)i;
	out_u64(&l->o, l->x->attempts);
}

static void
put_member_in(struct line *l, const struct item *i)
{
	(void)i;
	out_u64(&l->o, l->x->member_in);
}

static void
put_member_out(struct line *l, const struct item *i)
{
	(void)i;
	out_u64(&l->o, l->x->member_out);
}

static const struct measure measures[] = {
	{ "queue",	put_queue },
	{ "connect",	put_connect },
	{ "firstbyte",	put_member_first_byte },
	{ "backend",	put_backend },
	{ "member",	put_member },
	{ "attempts",	put_attempts },
	{ "memberin",	put_member_in },
	{ "memberout",	put_member_out }
};

static void
put_measure(struct line *l, const struct item *i)
{
	i->measure->put(l, i);
}

static void
put_percent(struct line *l, const struct item *i)
{
	(void)i;
	out_ch(&l->o, '%');
}

/* Local time of a second, and its usual text: most lines share them. */
struct clock {
	bool		known;
	time_t		second;
	struct tm	tm;
	char		clf[64];
	size_t		n;
};

static const struct clock *
clock_at(time_t second)
{
	static struct clock c;

	if (c.known && c.second == second)
		return &c;
	if (!c.known)
		tzset();	/* localtime_r need not */
	c.known = true;
	c.second = second;
	if (localtime_r(&second, &c.tm) == NULL)
		memset(&c.tm, 0, sizeof(c.tm));
	c.n = strftime(c.clf, sizeof(c.clf), "[%d/%b/%Y:%H:%M:%S %z]", &c.tm);
	return &c;
}

static void
put_padded(struct line *l, uint64_t v, uint64_t least)
{
	for (; least > 1 && v < least; least /= 10)
		out_ch(&l->o, '0');
	out_u64(&l->o, v);
}

static void
put_time(struct line *l, const struct item *i)
{
	const struct clock *c;
	char text[256];
	uint64_t usec;

	usec = (uint64_t)l->x->began * 1000000 + (uint64_t)l->x->began_usec;
	if (i->end)
		usec += duration(l->x);
	switch (i->form) {
	case TIME_CLF:
		c = clock_at((time_t)(usec / 1000000));
		out_str(&l->o, (struct str){ c->clf, c->n });
		break;
	case TIME_STRFTIME:
		c = clock_at((time_t)(usec / 1000000));
		out_str(&l->o, (struct str){ text,
		    strftime(text, sizeof(text), i->strftime, &c->tm) });
		break;
	case TIME_SEC:
		out_u64(&l->o, usec / 1000000);
		break;
	case TIME_MSEC:
		out_u64(&l->o, usec / 1000);
		break;
	case TIME_USEC:
		out_u64(&l->o, usec);
		break;
	case TIME_MSEC_FRAC:
		put_padded(l, usec / 1000 % 1000, i->whole ? 1 : 100);
		break;
	case TIME_USEC_FRAC:
		put_padded(l, usec % 1000000, i->whole ? 1 : 100000);
		break;
	}
}

/* httpd's mod_log_config and mod_logio, and x. */
static const struct letter letters[] = {
	{ "%",		put_percent,		false,	NULL, true },
	{ "A",		put_local_ip,		false,	NULL, false },
	{ "B",		put_body_bytes,		false,	NULL, true },
	{ "C",		put_cookie,		false,	"*", false },
	{ "D",		put_microseconds,	true,	NULL, true },
	{ "F",		put_none,		true,	NULL, true },
	{ "H",		put_protocol,		false,	NULL, false },
	{ "I",		put_bytes_in,		false,	NULL, true },
	{ "L",		put_none,		true,	"c", true },
	{ "O",		put_bytes_out,		false,	NULL, true },
	{ "P",		put_pid,		false,
	    "pid|tid|hextid", true },
	{ "R",		put_handler,		true,	NULL, false },
	{ "S",		put_bytes_both,		false,	NULL, true },
	{ "T",		put_duration,		true,	"s|ms|us", true },
	{ "U",		put_path,		true,	NULL, false },
	{ "V",		put_canonical_name,	false,	NULL, false },
	{ "X",		put_state,		false,	NULL, false },
	{ "^FB",	put_first_byte,		false,	NULL, true },
	{ "^ti",	put_none,		false,	"*", true },
	{ "^to",	put_none,		false,	"*", true },
	{ "a",		put_remote_ip,		false,	"c", false },
	{ "b",		put_body_bytes_clf,	false,	NULL, true },
	{ "e",		put_variable,		false,	"*", false },
	{ "f",		put_script,		false,	NULL, false },
	{ "h",		put_remote_host,	false,	"c", false },
	{ "i",		put_request_field,	false,	"*", false },
	{ "k",		put_kept,		false,	NULL, true },
	{ "l",		put_none,		false,	NULL, true },
	{ "m",		put_method,		false,	NULL, false },
	{ "n",		put_note,		false,	"*", false },
	{ "o",		put_sent_field,		false,	"*", false },
	{ "p",		put_port,		false,
	    "canonical|local|remote", true },
	{ "q",		put_query,		false,	NULL, false },
	{ "r",		put_request_line,	true,	NULL, false },
	{ "s",		put_status,		true,	NULL, true },
	{ "t",		put_time,		false,	"", true },
	{ "u",		put_user,		false,	NULL, false },
	{ "v",		put_server_name,	false,	NULL, false },
	{ "x",		put_measure,		false,	"", true }
};

const char *
accesslog_predefined(const char *nickname)
{
	static const struct {
		const char	*nickname;
		const char	*format;
	} table[] = {
		{ "common", "%h %l %u %t \"%r\" %>s %b" },
		{ "combined", "%h %l %u %t \"%r\" %>s %b "
		    "\"%{Referer}i\" \"%{User-Agent}i\"" },
		{ "combinedio", "%h %l %u %t \"%r\" %>s %b "
		    "\"%{Referer}i\" \"%{User-Agent}i\" %I %O" },
		/* Debian's apache2.conf */
		{ "vhost_combined", "%v:%p %h %l %u %t \"%r\" %>s %O "
		    "\"%{Referer}i\" \"%{User-Agent}i\"" },
		{ "json", "{\"time\":\"%{%Y-%m-%dT%H:%M:%S%z}t\","
		    "\"client\":\"%a\",\"user\":\"%u\","
		    "\"host\":\"%V\",\"method\":\"%m\","
		    "\"path\":\"%U\",\"query\":\"%q\",\"protocol\":\"%H\","
		    "\"status\":%>s,\"bytes\":%B,\"in\":%I,\"out\":%O,"
		    "\"us\":%D,\"state\":\"%X\",\"member\":\"%{member}x\","
		    "\"attempts\":%{attempts}x,\"queue\":%{queue}x,"
		    "\"connect\":%{connect}x,\"firstbyte\":%{firstbyte}x,"
		    "\"backend\":%{backend}x,\"memberin\":%{memberin}x,"
		    "\"memberout\":%{memberout}x,"
		    "\"referer\":\"%{Referer}i\","
		    "\"agent\":\"%{User-Agent}i\"}" },
		{ "scgi", "%h %l %u %t \"%r\" %>s %b %D %^FB "
		    "\"%{member}x\" %{queue}x %{connect}x %{firstbyte}x "
		    "%{backend}x %{attempts}x" }
	};
	size_t i;

	for (i = 0; i < NELEM(table); i++)
		if (strcmp(nickname, table[i].nickname) == 0)
			return table[i].format;
	return NULL;
}

/*
 * The compiler.
 */
struct compiler {
	const char	*p;		/* what is left of the format */
	struct arena	*arena;
	const char	*why;		/* what is wrong; NULL */
	struct item	*item;		/* that is being made */
	bool		 chosen;	/* < or > was there */
	bool		 json;
	bool		 quoted;	/* within a string of JSON */
	char		 last;		/* of the text before; NUL */
};

/* Say what is wrong, with the letter or word that is. */
static void
fail(struct compiler *c, const char *what, struct str word)
{
	c->why = arena_printf(c->arena, "%s \"%.*s\"", what, STR_ARG(word));
	if (c->why == NULL)
		c->why = "out of memory";
}

static struct item *
new_item(struct compiler *c)
{
	struct item *i;

	i = arena_zalloc(c->arena, sizeof(*i));
	if (i == NULL)
		c->why = "out of memory";
	c->item = i;
	return i;
}

/* Where does text leave the strings of JSON? */
static void
follow_quotes(struct compiler *c, struct str text)
{
	size_t i;

	for (i = 0; i < text.n; i++) {
		if (c->quoted && text.p[i] == '\\')
			i++;
		else if (text.p[i] == '"')
			c->quoted = !c->quoted;
	}
}

/* Text up to the next %, with its escapes. */
static void
compile_text(struct compiler *c)
{
	struct out o;
	size_t n;
	char *mem;

	n = strcspn(c->p, "%");
	mem = arena_alloc(c->arena, n);
	if (mem == NULL) {
		c->why = "out of memory";
		return;
	}
	out_init(&o, mem, n);
	for (; *c->p != '\0' && *c->p != '%'; c->p++) {
		if (*c->p != '\\' || c->p[1] == '\0' ||
		    strchr("ntr\"\\", c->p[1]) == NULL) {
			out_ch(&o, *c->p);
			continue;
		}
		c->p++;
		out_ch(&o, *c->p == 'n' ? '\n' : *c->p == 't' ? '\t' :
		    *c->p == 'r' ? '\r' : *c->p);
	}
	c->item->put = put_text;
	c->item->arg = out_done(&o);
	follow_quotes(c, c->item->arg);
	c->last = c->item->arg.p[c->item->arg.n - 1];
}

static void
compile_arg(struct compiler *c)
{
	const char *end;

	end = strchr(c->p, '}');
	if (end == NULL) {
		fail(c, "no } after", str_of(c->p));
		return;
	}
	c->item->arg = (struct str){ c->p + 1, (size_t)(end - c->p - 1) };
	c->p = end + 1;
}

/* One status of "%400,501": the list grows by a copy, there are few. */
static void
compile_status(struct compiler *c)
{
	struct item *i;
	int *list, v;

	i = c->item;
	for (v = 0; ch_isdigit(*c->p) && v < 1000; c->p++)
		v = v * 10 + (*c->p - '0');
	list = arena_alloc(c->arena, (i->nstatuses + 1) * sizeof(*list));
	if (list == NULL) {
		c->why = "out of memory";
		return;
	}
	if (i->nstatuses > 0)
		memcpy(list, i->statuses, i->nstatuses * sizeof(*list));
	list[i->nstatuses++] = v;
	i->statuses = list;
}

/* What stands between the % and the letter. */
static void
compile_modifiers(struct compiler *c)
{
	while (c->why == NULL) {
		switch (*c->p) {
		case '!':
			/* httpd: twice is not at all. */
			c->item->negated = !c->item->negated;
			c->p++;
			break;
		case '<': case '>':
			c->item->original = *c->p++ == '<';
			c->chosen = true;
			break;
		case ',':
			c->p++;
			break;
		case '{':
			compile_arg(c);
			break;
		default:
			if (!ch_isdigit(*c->p))
				return;
			compile_status(c);
			break;
		}
	}
}

/* Is word one of words, which have | between them?  httpd: without case. */
static bool
is_word_of(struct str word, const char *words)
{
	struct str list;
	size_t n;

	list = str_of(words);
	while (list.n > 0) {
		n = str_chr(list, '|');
		if (str_caseeq(str_head(list, n), word))
			return true;
		list = str_from(list, n + 1);
	}
	return false;
}

/*
 * Cut "begin:" or "end:" off *arg, or all of it when it is that word alone.
 * A format may begin with the same letters.
 */
static bool
take_moment(struct str *arg, struct str word)
{
	if (!str_starts(*arg, word) ||
	    (arg->n > word.n && arg->p[word.n] != ':'))
		return false;
	*arg = str_from(*arg, word.n + 1);
	return true;
}

/* "[begin:|end:]sec|msec|...|strftime" */
static void
compile_time(struct compiler *c)
{
	static const struct {
		const char	*word;
		enum time_form	 form;
	} table[] = {
		{ "", TIME_CLF },
		{ "sec", TIME_SEC },
		{ "msec", TIME_MSEC },
		{ "usec", TIME_USEC },
		{ "msec_frac", TIME_MSEC_FRAC },
		{ "usec_frac", TIME_USEC_FRAC }
	};
	struct str arg;
	size_t k;

	arg = c->item->arg;
	if (!take_moment(&arg, STR("begin")))
		c->item->end = take_moment(&arg, STR("end"));
	for (k = 0; k < NELEM(table); k++) {
		if (str_eq(arg, str_of(table[k].word))) {
			c->item->form = table[k].form;
			return;
		}
	}
	c->item->form = TIME_STRFTIME;
	c->item->strftime = arena_cstr(c->arena, arg);
	if (c->item->strftime == NULL)
		c->why = "out of memory";
}

static void
compile_measure(struct compiler *c)
{
	const char *list;
	struct str word;
	size_t k;

	word = c->item->arg;
	list = "";
	for (k = 0; k < NELEM(measures) && list != NULL; k++) {
		if (str_caseeq(word, str_of(measures[k].word))) {
			c->item->measure = &measures[k];
			return;
		}
		list = arena_printf(c->arena, "%s%s%s", list,
		    k == 0 ? "" : ", ", measures[k].word);
	}
	if (list != NULL)
		list = arena_printf(c->arena, "unknown word in {} before x "
		    "\"%.*s\", there are %s", STR_ARG(word), list);
	c->why = list == NULL ? "out of memory" : list;
}

/* Does {arg} suit the letter? */
static void
check_arg(struct compiler *c, const struct letter *l)
{
	struct str arg;

	arg = c->item->arg;
	if (l->put == put_time) {
		compile_time(c);
		return;
	}
	if (l->put == put_measure) {
		compile_measure(c);
		return;
	}
	if (l->words != NULL && strcmp(l->words, "*") == 0) {
		if (arg.n == 0)
			fail(c, "a {name} is missing before",
			    str_of(l->name));
		return;
	}
	/* httpd: {} before a letter that knows none has no effect. */
	if (l->words == NULL || arg.n == 0)
		c->item->arg = STR_NONE;
	else if (!is_word_of(arg, l->words))
		fail(c, "unknown word in {}", arg);
}

/*
 * Outside of the strings of JSON a number and null stand by themselves, and
 * whatever else comes out needs quotes.
 */
static bool
needs_quotes(const struct item *i, const struct letter *l)
{
	if (!i->bare)
		return false;
	if (l->put == put_time)
		return i->form == TIME_CLF || i->form == TIME_STRFTIME;
	if (l->put == put_measure)
		return i->measure->put == put_member;
	if (l->put == put_pid)
		return str_caseeq(i->arg, STR("hextid"));
	return !l->number;
}

static void
compile_letter(struct compiler *c)
{
	struct str s;
	size_t k, n;

	s = str_of(c->p);
	for (k = 0; k < NELEM(letters); k++)
		if (str_starts(s, str_of(letters[k].name)))
			break;
	if (k == NELEM(letters)) {
		n = *c->p == '^' ? 3 : 1;
		if (s.n == 0)
			c->why = "a letter is missing after the last %";
		else
			fail(c, "unknown letter", str_head(s, n));
		return;
	}
	c->p += strlen(letters[k].name);
	c->item->put = letters[k].put;
	if (!c->chosen)
		c->item->original = letters[k].original;
	check_arg(c, &letters[k]);
	if (c->why == NULL)
		c->item->quotes = needs_quotes(c->item, &letters[k]);
	c->item->whole = c->item->bare && c->last != '.';
}

static void
compile_item(struct compiler *c)
{
	c->chosen = false;
	c->item->bare = c->json && !c->quoted;
	if (*c->p != '%') {
		compile_text(c);
		return;
	}
	c->p++;
	compile_modifiers(c);
	if (c->why == NULL)
		compile_letter(c);
	c->last = '\0';
}

const struct logformat *
accesslog_compile(const char *format, struct arena *a, const char **why)
{
	struct compiler c;
	struct item **end;
	struct logformat *f;

	memset(&c, 0, sizeof(c));
	c.p = format;
	c.arena = a;
	*why = "out of memory";
	f = arena_zalloc(a, sizeof(*f));
	if (f == NULL)
		return NULL;
	f->json = c.json = format[strspn(format, " \t")] == '{';
	end = &f->items;
	while (*c.p != '\0' && c.why == NULL && new_item(&c) != NULL) {
		compile_item(&c);
		*end = c.item;
		end = &c.item->next;
	}
	*why = c.why;
	return c.why == NULL ? f : NULL;
}

/* httpd: the condition is about the last status. */
static bool
is_wanted(const struct item *i, int status)
{
	size_t k;

	if (i->nstatuses == 0)
		return true;
	for (k = 0; k < i->nstatuses; k++)
		if (i->statuses[k] == status)
			return !i->negated;
	return i->negated;
}

/* A text of JSON that the format has not put into quotes; or null. */
static void
put_quoted(struct line *l, const struct item *i)
{
	size_t start;

	start = l->o.n;
	l->absent = false;
	out_ch(&l->o, '"');
	i->put(l, i);
	if (!l->absent) {
		out_ch(&l->o, '"');
		return;
	}
	l->o.n = start;
	put_absent(l);
}

static void
fill_line(struct line *l, const struct logformat *f, const struct access *x,
    size_t cut)
{
	const struct item *i;

	l->x = x;
	l->vhost = x->vhost == NULL ? &x->conf->main : x->vhost;
	l->json = f->json;
	l->cut = cut;
	for (i = f->items; i != NULL; i = i->next) {
		l->bare = i->bare;
		if (!is_wanted(i, x->status))
			put_absent(l);
		else if (i->quotes)
			put_quoted(l, i);
		else
			i->put(l, i);
	}
}

/* A line with its values cut; absent: there is no room for that either. */
static struct str
short_line(const struct logformat *f, const struct access *x, size_t value)
{
	static char spare[SHORT_LINE];
	struct line l;

	memset(&l, 0, sizeof(l));
	out_init(&l.o, spare, sizeof(spare));
	fill_line(&l, f, x, value);
	return out_done(&l.o);
}

/* A request that has filled the arena is worth its line more than others. */
struct str
accesslog_line(const struct logformat *f, const struct access *x,
    struct arena *a)
{
	struct line l;
	struct str s;

	memset(&l, 0, sizeof(l));
	out_begin(&l.o, a);
	fill_line(&l, f, x, SIZE_MAX);
	s = out_end(&l.o, a);
	return s.p != NULL ? s : short_line(f, x, SHORT_VALUE);
}

/* A pipe takes no more in one piece: cut off, JSON would be none. */
static struct str
fit_pipe(const struct custom_log *log, const struct access *x,
    struct str line)
{
	size_t value;

	if (!log->format->json || log->sink->kind != SINK_PIPE)
		return line;
	for (value = SHORT_VALUE; line.n >= PIPE_BUF && value > 0; value /= 2)
		line = short_line(log->format, x, value);
	return line;
}

static bool
is_logged(const struct custom_log *log, const struct env *env)
{
	bool set;

	if (log->env == NULL)
		return true;
	set = env != NULL && env_see(env, str_of(log->env)) != NULL;
	return set != log->env_not;
}

/* The logs of one list; all: not only those of every host. */
static void
write_list(const struct custom_log *log, bool all, const struct access *x,
    struct arena *a)
{
	const struct logformat *made;
	struct str line;

	made = NULL;
	line = STR_NONE;
	for (; log != NULL; log = log->next) {
		if ((!all && !log->global) || !is_logged(log, x->env))
			continue;
		if (log->format != made)
			line = accesslog_line(log->format, x, a);
		made = log->format;
		if (line.p != NULL)
			sink_write(log->sink, fit_pipe(log, x, line));
	}
}

void
accesslog_write(const struct access *x, struct arena *a)
{
	const struct vhost *v;

	v = x->vhost == NULL ? &x->conf->main : x->vhost;
	write_list(v->logs, true, x, a);
	/* httpd: a host with logs of its own writes to no others. */
	if (v->base != NULL)
		write_list(v->base->logs, v->logs == NULL, x, a);
}
