/*
 * redirect: Redirect, RedirectMatch, RedirectPermanent and RedirectTemp as
 * mod_alias has them: read, and matched with a target.  When in a request's
 * life they are asked is worker.c's business.
 *
 * It looks at nothing outside, and never lets a request choose the host that
 * a line names.
 */
#include <string.h>

#include "buf.h"
#include "config.h"
#include "env.h"
#include "http.h"
#include "log.h"
#include "pattern.h"
#include "redirect.h"
#include "route.h"

enum piece_kind {
	PIECE_TEXT,
	PIECE_VARIABLE,		/* of the environment */
	PIECE_FIELD,		/* of the request */
	PIECE_HOST,		/* HTTP_HOST: name and port */
	PIECE_HTTPS,
	PIECE_QUERY,
	PIECE_URI,
	PIECE_METHOD,
	PIECE_ADDRESS,
	PIECE_USER,
	PIECE_NAME,
	PIECE_PORT,
	PIECE_SCHEME
};

struct redirect_piece {
	struct redirect_piece	*next;
	enum piece_kind		 kind;
	struct str		 text;		/* or the name of what is
						 * looked up */
};

/* httpd's variables in a text, as far as a url has use for them. */
static const struct {
	const char	*name;
	enum piece_kind	 kind;
	const char	*field;
} variables[] = {
	{ "HTTP_HOST", PIECE_HOST, "" },
	{ "HTTP_REFERER", PIECE_FIELD, "Referer" },
	{ "HTTP_USER_AGENT", PIECE_FIELD, "User-Agent" },
	{ "HTTP_ACCEPT", PIECE_FIELD, "Accept" },
	{ "HTTPS", PIECE_HTTPS, "" },
	{ "QUERY_STRING", PIECE_QUERY, "" },
	{ "REMOTE_ADDR", PIECE_ADDRESS, "" },
	{ "REMOTE_USER", PIECE_USER, "" },
	{ "REQUEST_METHOD", PIECE_METHOD, "" },
	{ "REQUEST_SCHEME", PIECE_SCHEME, "" },
	{ "REQUEST_URI", PIECE_URI, "" },
	{ "SERVER_NAME", PIECE_NAME, "" },
	{ "SERVER_PORT", PIECE_PORT, "" }
};

/*
 * Reading.
 */

/* A number or a word that names a status; 0: neither. */
static int
named_status(const char *word)
{
	static const int statuses[] = { 301, 302, 303, 410 };
	uint64_t n;
	int i;

	i = config_find_word("permanent temp seeother gone", word);
	if (i != -1)
		return statuses[i];
	if (!ch_isdigit(word[0]))
		return 0;
	return str_u64(str_of(word), &n) == -1 || n > 999 ? -1 : (int)n;
}

static bool
sends_away(int status)
{
	return status >= 300 && status <= 399;
}

/* "scheme:", however it goes on (httpd). */
static bool
is_url(struct str s)
{
	size_t i;

	for (i = 0; i < s.n && s.p[i] != ':'; i++)
		if (!ch_isalpha(s.p[i]) && !ch_isdigit(s.p[i]) &&
		    s.p[i] != '+' && s.p[i] != '-' && s.p[i] != '.')
			return false;
	return i > 0 && i < s.n;
}

static const char *
check_status(struct arena *a, int status, const char *word)
{
	static const int usual[] = { 300, 301, 302, 303, 304, 305, 307, 308 };
	size_t i;

	if (status >= 400 && status <= 599)
		return NULL;
	for (i = 0; i < NELEM(usual); i++)
		if (status == usual[i])
			return NULL;
	return arena_printf(a, "\"%s\" is no status to answer with: write "
	    "permanent (301), temp (302), seeother (303), 307, 308, gone "
	    "(410), or another one from 400 to 599", word);
}

/* What "%{name}" means; NULL, or what is wrong. */
static const char *
parse_variable(struct redirect_piece *piece, struct arena *a, struct str name)
{
	static const char *const env[] = { "env:", "reqenv:" },
	    *const field[] = { "http:", "req:" };
	size_t i;

	for (i = 0; i < NELEM(env); i++)
		if (str_casestarts(name, str_of(env[i]))) {
			piece->kind = PIECE_VARIABLE;
			piece->text = str_from(name, strlen(env[i]));
			return NULL;
		}
	for (i = 0; i < NELEM(field); i++)
		if (str_casestarts(name, str_of(field[i]))) {
			piece->kind = PIECE_FIELD;
			piece->text = str_from(name, strlen(field[i]));
			return NULL;
		}
	for (i = 0; i < NELEM(variables); i++)
		if (str_caseeq(name, str_of(variables[i].name))) {
			piece->kind = variables[i].kind;
			piece->text = str_of(variables[i].field);
			return NULL;
		}
	return arena_printf(a, "%%{%.*s} is not known here: there are "
	    "HTTP_HOST, REQUEST_URI, QUERY_STRING, SERVER_NAME and the like, "
	    "env:name and req:field", STR_ARG(name));
}

/* A url that stands alone is a text with variables (httpd). */
static const char *
parse_text(struct redirect *r, struct arena *a, struct str url)
{
	struct redirect_piece *piece, **end;
	const char *why;
	size_t n;

	end = (struct redirect_piece **)&r->pieces;
	for (*end = NULL; url.n > 0; url = str_from(url, n)) {
		piece = arena_zalloc(a, sizeof(*piece));
		if (piece == NULL)
			return "out of memory";
		*end = piece;
		end = &piece->next;
		if (str_starts(url, STR("%{"))) {
			n = str_chr(url, '}');
			if (n == url.n)
				return "a %{ without its }";
			why = parse_variable(piece, a, str_from(str_head(url,
			    n++), 2));
			if (why != NULL)
				return why;
			continue;
		}
		for (n = 1; n < url.n && !str_starts(str_from(url, n),
		    STR("%{")); n++)
			continue;
		piece->text = str_head(url, n);
	}
	return NULL;
}

/* Can the url begin so?  What a $ or % puts there is seen later. */
static const char *
refuse_url(struct arena *a, struct str url, bool plain)
{
	if (url.p[0] == '/' || is_url(url) || (!plain &&
	    strchr("$\\%", url.p[0]) != NULL))
		return NULL;
	return arena_printf(a, "\"%.*s\" is neither a url nor a path: let it "
	    "begin with https:// or /", STR_ARG(url));
}

/* What is left of the words when the status is taken. */
static const char *
parse_rest(struct redirect *r, struct arena *a,
    const struct redirect_line *line, int argc, const char *const *argv)
{
	const char *path, *url;

	path = argc > 0 ? argv[0] : NULL;
	url = argc > 1 ? argv[1] : NULL;
	if (argc == 1 && sends_away(r->status)) {
		if (!line->section || line->match)
			return line->match ? "the url is missing: write "
			    "[status] expression url" : "the path or the url "
			    "is missing: write [status] path url, or leave "
			    "the path out in <Location>";
		path = NULL;
		url = argv[0];
	}
	if (!sends_away(r->status) && url != NULL)
		return arena_printf(a, "a status of %d has no url",
		    r->status);
	if (sends_away(r->status) && url == NULL)
		return "the url is missing";
	if (path == NULL && !line->section)
		return "the path is missing: only in a section it may be "
		    "left out";
	if (path != NULL && !line->match && path[0] != '/')
		return arena_printf(a, "the path \"%s\" does not begin with "
		    "/%s", path, argc == 2 ? ", and it is no status" : "");
	r->path = path == NULL ? STR_NONE : str_of(path);
	r->url = url == NULL ? STR_NONE : str_of(url);
	if (url == NULL)
		return NULL;
	if (path == NULL && strchr(url, '$') != NULL)
		return "$ has no meaning without an expression: write "
		    "RedirectMatch";
	if (path == NULL && (url = parse_text(r, a, r->url)) != NULL)
		return url;
	return refuse_url(a, r->url, path != NULL && !line->match);
}

const char *
redirect_parse(struct redirect *r, struct arena *a,
    const struct redirect_line *line)
{
	const char *const *argv = line->argv;
	const char *why;
	int argc = line->argc, status;

	r->status = line->status;
	status = named_status(argv[0]);
	if (status == 0 && argc == 3)
		return arena_printf(a, "\"%s\" is no status: write permanent, "
		    "temp, seeother, gone or a number", argv[0]);
	if (status != 0) {
		if ((why = check_status(a, status, argv[0])) != NULL)
			return why;
		r->status = status;
		argc--;
		argv++;
	}
	return parse_rest(r, a, line, argc, argv);
}

/* The length of "scheme://host"; 0: it has none. */
static size_t
end_of_host(struct str url)
{
	size_t n;

	n = str_chr(url, ':');
	if (!is_url(url) || !str_starts(str_from(url, n), STR("://")))
		return 0;
	for (n += strlen("://"); n < url.n; n++)
		if (strchr("/?#", url.p[n]) != NULL)
			break;
	return n;
}

bool
redirect_lacks_slash(const struct redirect *r)
{
	return r->url.n > 0 && r->path.n > 0 && r->regex == NULL &&
	    r->path.p[r->path.n - 1] == '/' &&
	    end_of_host(r->url) == r->url.n;
}

/*
 * Matching.
 */

static enum http_slashes
slashes_of(const struct redirect_ask *ask)
{
	return (enum http_slashes)ask->subject->vhost->slashes;
}

static struct str
escape(const struct redirect_ask *ask, struct str s)
{
	struct out o;

	out_begin(&o, ask->arena);
	http_escape_path(&o, s, slashes_of(ask));
	return out_end(&o, ask->arena);
}

/* The url, and what the path has more. */
static struct str
glue_rest(const struct redirect *r, const struct redirect_ask *ask,
    struct str rest)
{
	struct out o;

	out_begin(&o, ask->arena);
	out_str(&o, r->url);
	if (rest.n > 0 && rest.p[0] != '/' && end_of_host(r->url) == r->url.n)
		out_ch(&o, '/');
	http_escape_path(&o, rest, slashes_of(ask));
	return out_end(&o, ask->arena);
}

/* The url with $1 to $9 of the expression. */
static struct str
fill_groups(const struct redirect *r, const struct redirect_ask *ask,
    struct str *group)
{
	size_t i;

	for (i = 0; i < PATTERN_GROUPS; i++) {
		if (group[i].n == 0)
			continue;
		group[i] = escape(ask, group[i]);
		if (group[i].p == NULL)
			return STR_NONE;
	}
	return pattern_substitute(ask->arena, r->url, group);
}

static const struct str *
piece_value(const struct redirect_piece *piece, const struct redirect_ask *ask)
{
	if (piece->kind == PIECE_VARIABLE)
		return env_get(ask->env, piece->text);
	return fields_get(env_fields(ask->subject), piece->text);
}

static void
out_value(struct out *o, const struct redirect_piece *piece,
    const struct redirect_ask *ask)
{
	const struct str *value;

	value = piece_value(piece, ask);
	if (value != NULL)
		http_escape_path(o, *value, slashes_of(ask));
}

/* Host as it came: its bytes are those of a name or address, and a port. */
static void
out_host(struct out *o, const struct request *req)
{
	out_str(o, req->host);
	if (req->port == 0)
		return;
	out_ch(o, ':');
	out_u64(o, (uint64_t)req->port);
}

static void
out_piece(struct out *o, const struct redirect_piece *piece,
    const struct redirect_ask *ask)
{
	const struct env_subject *s = ask->subject;
	const char *scheme = s->vhost->server_scheme;

	switch (piece->kind) {
	case PIECE_TEXT:
		out_str(o, piece->text);
		break;
	case PIECE_VARIABLE:
	case PIECE_FIELD:
		out_value(o, piece, ask);
		break;
	case PIECE_HOST:
		out_host(o, s->req);
		break;
	case PIECE_HTTPS:
		out_z(o, scheme != NULL && strcmp(scheme, "https") == 0 ?
		    "on" : "off");
		break;
	case PIECE_QUERY:
		http_escape_query(o, s->target->query);
		break;
	case PIECE_URI:
		http_escape_path(o, s->target->path, slashes_of(ask));
		break;
	case PIECE_METHOD:
		out_str(o, s->target->method);
		break;
	case PIECE_ADDRESS:
		out_z(o, env_client_ip(s));
		break;
	case PIECE_USER:
		http_escape_path(o, s->user, slashes_of(ask));
		break;
	case PIECE_NAME:
		out_str(o, env_server_name(s));
		break;
	case PIECE_PORT:
		out_u64(o, (uint64_t)env_server_port(s));
		break;
	case PIECE_SCHEME:
		out_z(o, scheme == NULL ? "http" : scheme);
		break;
	}
}

static struct str
fill_text(const struct redirect *r, const struct redirect_ask *ask)
{
	const struct redirect_piece *piece;
	struct out o;

	out_begin(&o, ask->arena);
	for (piece = r->pieces; piece != NULL; piece = piece->next)
		out_piece(&o, piece, ask);
	return out_end(&o, ask->arena);
}

/*
 * Does the line match?  1, 0, or -1: the arena is full.  *url gets what it
 * leads to, absent where it leads nowhere.
 */
static int
try_redirect(const struct redirect *r, const struct redirect_ask *ask,
    struct pattern_text *t, struct str *url)
{
	struct str group[PATTERN_GROUPS];
	long taken;
	int matches;

	*url = STR_NONE;
	taken = 0;
	matches = 1;
	if (r->regex != NULL)
		matches = pattern_match(r->regex, t, ask->arena, group);
	else if (r->path.p != NULL) {
		taken = route_match_prefix(r->path, t->s);
		matches = taken == -1 ? 0 : 1;
	}
	if (matches != 1 || r->url.p == NULL)
		return matches;
	if (r->regex != NULL)
		*url = fill_groups(r, ask, group);
	else if (r->path.p != NULL)
		*url = glue_rest(r, ask, str_from(t->s, (size_t)taken));
	else
		*url = fill_text(r, ask);
	return url->p == NULL ? -1 : 1;
}

/* The url as the client gets it: absolute, with the request's query. */
static struct str
finish_url(const struct redirect_ask *ask, struct str url)
{
	struct str fragment, home, query;
	struct out o;
	size_t n;

	home = STR("");
	if (url.p[0] == '/' && !ask->relative)
		home = env_server_url(ask->subject, ask->arena);
	query = ask->subject->target->query;
	n = str_chr(url, '#');
	fragment = str_from(url, n);
	url = str_head(url, n);
	if (home.p == NULL)
		return STR_NONE;
	out_begin(&o, ask->arena);
	out_str(&o, home);
	/* "//name" would be a host. */
	while (ask->relative && str_starts(url, STR("//")))
		url = str_from(url, 1);
	out_str(&o, url);
	if (query.p != NULL && str_chr(url, '?') == url.n) {
		out_ch(&o, '?');
		http_escape_query(&o, query);
	}
	out_str(&o, fragment);
	return out_end(&o, ask->arena);
}

int
redirect_find(const struct redirect *list, const struct redirect_ask *ask,
    struct str *location)
{
	struct pattern_text t;
	struct str url;
	int matches;

	*location = STR_NONE;
	t = (struct pattern_text){ ask->subject->target->path, NULL };
	matches = 0;
	for (; list != NULL; list = list->next)
		if ((matches = try_redirect(list, ask, &t, &url)) != 0)
			break;
	if (matches == 0)
		return 0;
	if (matches == -1)
		return 500;
	if (list->url.p == NULL)
		return list->status;
	if (!is_url(url) && (url.n == 0 || url.p[0] != '/')) {
		log_warnx("redirect: %.*s: leads to \"%.*s\", which is "
		    "neither a url nor a path (%s:%d)", STR_ARG(t.s),
		    STR_ARG(url), list->place.file, list->place.line);
		return 500;
	}
	*location = finish_url(ask, url);
	return location->p == NULL ? 500 : list->status;
}
