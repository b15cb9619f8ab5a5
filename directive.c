/*
 * directive: the table of directives, and the setters that its rows name.
 * A directive of a later version is a row more; most need no setter of
 * their own, the typed ones are told by the row where and what.
 *
 * It resolves no host, opens no log, and looks at nothing outside but the
 * spool directory, users and groups, the file of TypesConfig and, for
 * PassEnv, the environment.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <netinet/in.h>

#include <arpa/inet.h>
#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "accesslog.h"
#include "auth.h"
#include "buf.h"
#include "config.h"
#include "directive.h"
#include "edit.h"
#include "env.h"
#include "file.h"
#include "http.h"
#include "log.h"
#include "pattern.h"
#include "redirect.h"
#include "route.h"

enum {
	MAX_WORKERS = 200000,	/* httpd: prefork's MAX_SERVER_LIMIT */
	MAX_BALANCER_NAME = 63,	/* httpd */
	MAX_SUN_PATH = 103,	/* the shortest sun_path of them all */
	HOST_NAME_LENGTH = 253,	/* RFC 1035 2.3.4, as text */
	LABEL_LENGTH = 63,	/* the same */
	MAX_HEAD = 256 * 1024 * 1024,
	MAX_BUFFER = 256 * 1024 * 1024
};

static const char no_abstract[] = "a socket without a file (@name) is not "
    "supported: write a path, which can have owner and mode";
static const char path_too_long[] = "the path of the socket is longer than "
    "103 bytes";

/*
 * Memory and lists.
 */

/* Zeroed memory that lives as long as the configuration. */
static void *
allocate(struct config_call *call, size_t n)
{
	void *p;

	p = arena_zalloc(&call->conf->arena, n);
	if (p == NULL)
		config_fault(call, "out of memory");
	return p;
}

/*
 * A regular expression of the line, as the row's room wants it; NULL after
 * config_fault().
 */
static const struct pattern *
compile_pattern(struct config_call *call, const char *text, bool captures)
{
	struct pattern_list *l;
	struct pattern *p;
	const char *why;

	l = allocate(call, sizeof(*l));
	if (l == NULL)
		return NULL;
	why = pattern_compile(&p, &call->conf->arena, text, false, captures);
	if (why != NULL) {
		config_fault(call, "%s: %s", call->directive->name, why);
		return NULL;
	}
	l->pattern = p;
	l->next = call->conf->patterns;
	call->conf->patterns = l;
	if (pattern_warning(p) != NULL)
		config_warn(call, "%s: %s", call->directive->name,
		    pattern_warning(p));
	return p;
}

/* The last line with that name outside of sections; NULL: none. */
static const struct config_line *
find_line(const struct config *conf, const char *name)
{
	const struct config_line *line, *last;

	last = NULL;
	for (line = conf->lines; line != NULL; line = line->next)
		if (line->depth == 0 && strcmp(line->name, name) == 0)
			last = line;
	return last;
}

/*
 * The typed setters: one argument, put where the row says.
 */

static void *
field(struct config_call *call)
{
	const struct directive *d = call->directive;

	if (d->contexts & CONTEXT_LOCATION)
		return (char *)config_settings(call) + d->offset;
	if (d->contexts & CONTEXT_VHOST)
		return (char *)call->scope.vhost + d->offset;
	return (char *)call->conf + d->offset;
}

static int
check_range(struct config_call *call, int64_t value)
{
	const struct directive *d = call->directive;

	if (value >= d->low && (d->high == 0 || value <= d->high))
		return 0;
	if (d->high == 0)
		return config_fault(call, "%s: %s is too small, the least is "
		    "%" PRId64, d->name, call->argv[0], d->low);
	return config_fault(call, "%s: %s is not between %" PRId64 " and %"
	    PRId64, d->name, call->argv[0], d->low, d->high);
}

/* high must be told by rows that are put into an int. */
static int
parse_number(struct config_call *call, int64_t *value)
{
	uint64_t n;

	if (str_u64(str_of(call->argv[0]), &n) == -1 || n > INT64_MAX)
		return config_fault(call, "%s: \"%s\" is not a number",
		    call->directive->name, call->argv[0]);
	*value = (int64_t)n;
	return check_range(call, *value);
}

static int
set_int(struct config_call *call)
{
	int64_t n;

	if (parse_number(call, &n) == -1)
		return -1;
	*(int *)field(call) = (int)n;
	return 0;
}

/* A number of things, 0 for no limit. */
static int
set_count(struct config_call *call)
{
	int64_t n;

	if (parse_number(call, &n) == -1)
		return -1;
	*(size_t *)field(call) = (size_t)n;
	return 0;
}

/* "4096", "64K", "8M", "2G" in bytes. */
static int
parse_size(struct config_call *call, int64_t *value)
{
	static const char units[] = "KMG";
	struct str s;
	uint64_t n, factor;
	const char *unit;

	s = str_of(call->argv[0]);
	factor = 1;
	if (s.n > 0 && (unit = strchr(units, ch_upper(s.p[s.n - 1]))) != NULL) {
		factor = (uint64_t)1 << (10 * (unit - units + 1));
		s.n--;
	}
	if (str_u64(s, &n) == -1 || n > INT64_MAX / factor)
		return config_fault(call, "%s: \"%s\" is not a size "
		    "(bytes, or with K, M or G)", call->directive->name,
		    call->argv[0]);
	*value = (int64_t)(n * factor);
	return check_range(call, *value);
}

static int
set_size(struct config_call *call)
{
	return parse_size(call, field(call));
}

/* The same for what must fit into memory. */
static int
set_limit(struct config_call *call)
{
	int64_t n;

	if (parse_size(call, &n) == -1)
		return -1;
	*(size_t *)field(call) = (size_t)n;
	return 0;
}

static int
set_time(struct config_call *call)
{
	int ms;

	if (config_parse_time(call->argv[0], 1000, &ms) == -1)
		return config_fault(call, "%s: \"%s\" is not a time (seconds, "
		    "or with ms, s, mi or h; 24 days at most)",
		    call->directive->name, call->argv[0]);
	if (ms < call->directive->low)
		return config_fault(call, "%s: 0 is not possible",
		    call->directive->name);
	*(int *)field(call) = ms;
	return 0;
}

static int
set_flag(struct config_call *call)
{
	int value;

	value = config_find_word("off on", call->argv[0]);
	if (value == -1)
		return config_fault(call, "%s must be On or Off, not \"%s\"",
		    call->directive->name, call->argv[0]);
	*(int *)field(call) = value;
	return 0;
}

static int
set_word(struct config_call *call)
{
	const struct directive *d = call->directive;
	int value;

	value = config_find_word(d->words, call->argv[0]);
	if (value == -1)
		return config_fault(call, "%s: unknown value \"%s\": %s",
		    d->name, call->argv[0], d->help);
	*(int *)field(call) = value;
	return 0;
}

/* A path that may be relative to ServerRoot. */
static int
set_path(struct config_call *call)
{
	const char *path;

	if (call->argv[0][0] == '\0')
		return config_fault(call, "%s: the path is empty",
		    call->directive->name);
	path = config_path(call, call->argv[0]);
	if (path == NULL)
		return -1;
	*(const char **)field(call) = path;
	return 0;
}

static int
set_spool_directory(struct config_call *call)
{
	if (set_path(call) == -1)
		return -1;
	call->conf->spool_place = call->place;
	return 0;
}

/*
 * Hosts and ports.
 */

static const char *
check_port(struct str port)
{
	uint64_t n;

	if (str_u64(port, &n) == -1 || n < 1 || n > 65535)
		return "the port is not a number from 1 to 65535";
	return NULL;
}

/* Only digits and dots: no name of a host is like that (RFC 1123 2.1). */
static bool
is_numeric(struct str host)
{
	size_t i;

	for (i = 0; i < host.n && (ch_isdigit(host.p[i]) ||
	    host.p[i] == '.'); i++)
		continue;
	return i == host.n;
}

/* An address; of IPv4 also in the short forms that getaddrinfo(3) takes. */
static bool
is_address(struct str host, bool brackets)
{
	struct in6_addr addr;
	char z[INET6_ADDRSTRLEN];

	if (brackets)
		host = str_head(host, str_chr(host, '%'));
	if (host.n >= sizeof(z))
		return false;
	memcpy(z, host.p, host.n);
	z[host.n] = '\0';
	if (brackets)
		return inet_pton(AF_INET6, z, &addr) == 1;
	return inet_addr(z) != (in_addr_t)-1 ||
	    strcmp(z, "255.255.255.255") == 0;
}

/* Can it be looked up at all (RFC 1035 2.3.4)?  A dot may be the last. */
static const char *
check_labels(struct str host)
{
	struct str label;
	size_t n;

	if (host.n > HOST_NAME_LENGTH)
		return "the name of the host is longer than 253 bytes";
	while (host.n > 0) {
		n = str_chr(host, '.');
		label = str_head(host, n);
		if (label.n == 0)
			return "there is an empty label in the name of the "
			    "host";
		if (label.n > LABEL_LENGTH)
			return "there is a label of more than 63 bytes in "
			    "the name of the host";
		host = str_from(host, n + 1);
	}
	return NULL;
}

static const char *
check_host(struct str host, bool brackets)
{
	size_t i;
	char c;

	if (host.n == 0)
		return "the name of a host is missing";
	for (i = 0; i < host.n; i++) {
		c = host.p[i];
		if (ch_isalpha(c) || ch_isdigit(c) || c == '.' || c == '-' ||
		    c == '_')
			continue;
		if (brackets && (c == ':' || c == '%'))
			continue;
		return "there is a bad character in the name of the host";
	}
	if (brackets)
		return is_address(host, true) ? NULL :
		    "what stands in brackets is no IPv6 address";
	if (is_numeric(host))
		return is_address(host, false) ? NULL :
		    "it is neither an address nor a name: an IPv4 address "
		    "has four numbers from 0 to 255";
	return check_labels(host);
}

/*
 * "name", "name:port", "[v6]" or "[v6]:port": name without brackets, port
 * absent when it is not told.  NULL, or what is wrong.
 */
static const char *
split_host(struct str s, struct str *host, struct str *port)
{
	const char *why;
	bool brackets;
	size_t n;

	*port = STR_NONE;
	brackets = s.n > 0 && s.p[0] == '[';
	n = str_chr(s, brackets ? ']' : ':');
	if (!brackets && n < s.n && str_chr(str_from(s, n + 1), ':') + n + 1 <
	    s.n)
		return "an IPv6 address must stand in brackets";
	if (brackets && n == s.n)
		return "there is a [ without its ]";
	*host = str_head(s, n);
	if (brackets) {
		*host = str_from(*host, 1);
		n++;
	}
	why = check_host(*host, brackets);
	if (why != NULL)
		return why;
	s = str_from(s, n);
	if (s.n == 0)
		return NULL;
	*port = str_from(s, 1);
	if (s.p[0] != ':' || str_chr(*port, ':') < port->n)
		return "after the ] comes no port";
	return check_port(*port);
}

/* A NUL-terminated copy in lower case; NULL: no memory. */
static const char *
lower_copy(struct arena *a, struct str s)
{
	char *copy, *p;

	copy = arena_cstr(a, s);
	for (p = copy; p != NULL && *p != '\0'; p++)
		*p = ch_lower(*p);
	return copy;
}

/* The absolute path of a Unix socket; NULL after config_fault(). */
static const char *
socket_path(struct config_call *call, const char *word)
{
	const char *dir = call->conf->runtime_dir, *path;

	if (word[0] != '/' && dir != NULL)
		path = arena_printf(&call->conf->arena, "%s/%s", dir, word);
	else
		path = config_path(call, word);
	if (path == NULL || strlen(path) <= MAX_SUN_PATH)
		return path;
	config_fault(call, "%s: the path %s is longer than %d bytes",
	    call->directive->name, path, MAX_SUN_PATH);
	return NULL;
}

/*
 * Users and groups.
 */

/* The number behind the # of an id.  0, or -1. */
static int
parse_id(const char *word, uint32_t *id)
{
	uint64_t n;

	/* -1 means none to chown(2) and its kin. */
	if (str_u64(str_of(word), &n) == -1 || n >= UINT32_MAX)
		return -1;
	*id = (uint32_t)n;
	return 0;
}

/* "name" or "#id".  0, or -1: there is no such user. */
static int
find_user(const char *word, uid_t *uid)
{
	const struct passwd *pw;
	uint32_t id;

	if (word[0] == '#') {
		if (parse_id(word + 1, &id) == -1)
			return -1;
		*uid = (uid_t)id;
		return 0;
	}
	if ((pw = getpwnam(word)) == NULL)
		return -1;
	*uid = pw->pw_uid;
	return 0;
}

static int
find_group(const char *word, gid_t *gid)
{
	const struct group *gr;
	uint32_t id;

	if (word[0] == '#') {
		if (parse_id(word + 1, &id) == -1)
			return -1;
		*gid = (gid_t)id;
		return 0;
	}
	if ((gr = getgrnam(word)) == NULL)
		return -1;
	*gid = gr->gr_gid;
	return 0;
}

/* A word that can be the name of somebody. */
static int
check_identity(struct config_call *call)
{
	const char *word = call->argv[0];
	uint32_t id;

	if (word[0] == '\0')
		return config_fault(call, "%s: the name is empty",
		    call->directive->name);
	if (word[0] == '#' && parse_id(word + 1, &id) == -1)
		return config_fault(call, "%s: after # comes a number, not "
		    "\"%s\"", call->directive->name, word + 1);
	return 0;
}

static int
set_user(struct config_call *call)
{
	const char *word = call->argv[0];
	uid_t uid;

	if (check_identity(call) == -1)
		return -1;
	if (find_user(word, &uid) == -1)
		return config_fault(call, "User: %s: no such user", word);
	if (uid == 0)
		return config_fault(call, "User: %s: workers must not be root",
		    word);
	call->conf->uid = uid;
	return 0;
}

static int
set_group(struct config_call *call)
{
	const char *word = call->argv[0];

	if (check_identity(call) == -1)
		return -1;
	if (find_group(word, &call->conf->gid) == -1)
		return config_fault(call, "Group: %s: no such group", word);
	return 0;
}

/*
 * Listen.
 */

/* Permission bits in octal; -1: no such thing. */
static int
parse_mode(struct str s)
{
	int mode;
	size_t i;

	mode = 0;
	for (i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '7' || i > 3)
			return -1;
		mode = mode * 8 + (s.p[i] - '0');
	}
	return s.n == 0 || mode > 0777 ? -1 : mode;
}

static const char *
listen_unix_word(struct listen_on *l, const char *word)
{
	struct str s, value;
	int mode;

	s = str_of(word);
	value = str_from(s, str_chr(s, '=') + 1);
	s = str_head(s, str_chr(s, '='));
	if (str_caseeq(s, STR("mode"))) {
		mode = parse_mode(value);
		if (mode == -1)
			return "mode= takes an octal number like 0660";
		l->mode = (mode_t)mode;
	} else if (str_caseeq(s, STR("user")) && value.n > 0)
		return find_user(value.p, &l->uid) == -1 ?
		    "no such user" : NULL;
	else if (str_caseeq(s, STR("group")) && value.n > 0)
		return find_group(value.p, &l->gid) == -1 ?
		    "no such group" : NULL;
	else
		return "after unix:/path come mode=, user= and group= only";
	return NULL;
}

static const char *
listen_unix(struct listen_on *l, int argc, const char *const *argv)
{
	const char *why;
	int i;

	l->path = argv[0] + strlen("unix:");
	if (l->path[0] == '\0')
		return "unix: without a path";
	if (l->path[0] == '@')
		return no_abstract;
	if (strlen(l->path) > MAX_SUN_PATH)
		return path_too_long;
	for (i = 1; i < argc; i++) {
		why = listen_unix_word(l, argv[i]);
		if (why != NULL)
			return why;
	}
	return NULL;
}

/* What may stand behind an address. */
static const char *
listen_protocol(int argc, const char *const *argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (str_casestarts(str_of(argv[i]), STR("options=")))
			return "options= is not supported: leave it out, the "
			    "sockets are made as they are needed";
	if (argc > 2)
		return "after the address comes the protocol only";
	if (argc == 1 || str_caseeq(str_of(argv[1]), STR("http")))
		return NULL;
	if (str_caseeq(str_of(argv[1]), STR("https")))
		return "https is not available: TLS must end in front of "
		    "the gateway";
	return "the protocol must be http";
}

static const char *
listen_inet(struct listen_on *l, struct arena *a, int argc,
    const char *const *argv)
{
	struct str s, host, port;
	const char *why;

	s = str_of(argv[0]);
	host = STR_NONE;
	port = s;
	if (str_starts(s, STR("*:")))
		port = str_from(s, 2);
	if (strspn(s.p, "0123456789") < s.n && port.n == s.n) {
		why = split_host(s, &host, &port);
		if (why != NULL)
			return why;
		if (port.p == NULL)
			return "the port is missing";
	}
	why = check_port(port);
	if (why != NULL)
		return why;
	l->port = port.p;
	l->host = host.p == NULL ? NULL : lower_copy(a, host);
	if (host.p != NULL && l->host == NULL)
		return "out of memory";
	return listen_protocol(argc, argv);
}

/*
 * An address: "8080", "127.0.0.1:8080", "[::]:80", "unix:/path", and what may
 * follow.  A relative path stays one.  NULL with *why.
 */
static struct listen_on *
parse_listen(struct arena *a, int argc, const char *const *argv,
    const char **why)
{
	struct listen_on *l;

	l = arena_zalloc(a, sizeof(*l));
	*why = "out of memory";
	if (l == NULL)
		return NULL;
	l->text = argv[0];
	l->mode = 0666;
	l->uid = (uid_t)-1;
	l->gid = (gid_t)-1;
	if (str_casestarts(str_of(argv[0]), STR("unix:")))
		*why = listen_unix(l, argc, argv);
	else
		*why = listen_inet(l, a, argc, argv);
	return *why == NULL ? l : NULL;
}

static bool
is_wildcard(const char *host)
{
	return host == NULL || strcmp(host, "0.0.0.0") == 0 ||
	    strcmp(host, "::") == 0;
}

/* Do two Listens want the same socket? */
static bool
same_listen(const struct listen_on *a, const struct listen_on *b)
{
	if (a->path != NULL || b->path != NULL)
		return a->path != NULL && b->path != NULL &&
		    strcmp(a->path, b->path) == 0;
	if (strtol(a->port, NULL, 10) != strtol(b->port, NULL, 10))
		return false;
	if (a->host == NULL || b->host == NULL)
		return is_wildcard(a->host) && is_wildcard(b->host);
	return strcmp(a->host, b->host) == 0;
}

/* Put it behind the others.  NULL, or the one that wants the same. */
static const struct listen_on *
append_listen(struct config *conf, struct listen_on *l)
{
	struct listen_on **end;

	for (end = &conf->listens; *end != NULL; end = &(*end)->next)
		if (same_listen(*end, l))
			return *end;
	*end = l;
	return NULL;
}

static int
set_listen(struct config_call *call)
{
	const struct listen_on *same;
	struct listen_on *l;
	const char *why;

	l = parse_listen(&call->conf->arena, call->argc, call->argv, &why);
	if (l == NULL)
		return config_fault(call, "Listen %s: %s", call->argv[0],
		    why);
	l->place = call->place;
	if (l->path != NULL && (l->path = socket_path(call, l->path)) == NULL)
		return -1;
	same = append_listen(call->conf, l);
	if (same != NULL)
		return config_fault(call, "Listen %s: %s:%d listens there "
		    "already (%s)", l->text, same->place.file,
		    same->place.line, same->text);
	if (l->path == NULL && call->argc == 1 &&
	    strtol(l->port, NULL, 10) == 443)
		config_warn(call, "Listen %s: this is http, where httpd would "
		    "speak https: let TLS end in front, or write \"Listen %s "
		    "http\"", l->text, l->text);
	return 0;
}

void
directive_forget_listens(struct config *conf)
{
	conf->listens = NULL;
	config_drop_lines(conf, "Listen");
}

const char *
directive_add_listen(struct config *conf, int argc, const char *const *argv)
{
	struct listen_on *l;
	const char *why;

	l = parse_listen(&conf->arena, argc, argv, &why);
	if (l == NULL)
		return why;
	l->place.file = "-l";
	if (append_listen(conf, l) != NULL)
		return "another one listens there already";
	return config_add_line(conf, "Listen", argc, argv) == -1 ?
	    "out of memory" : NULL;
}

static int
set_accept_filter(struct config_call *call)
{
	int value;

	if (config_find_word("http https", call->argv[0]) == -1)
		return config_fault(call, "AcceptFilter: the protocol must be "
		    "http, not \"%s\"", call->argv[0]);
	/* dataready and httpready are the BSDs' names in httpd. */
	value = config_find_word("none data|dataready|httpready",
	    call->argv[1]);
	if (value == -1)
		return config_fault(call, "AcceptFilter: unknown filter "
		    "\"%s\": data or none", call->argv[1]);
	if (config_find_word("http", call->argv[0]) == 0)
		call->conf->accept_filter = value == 0 ? ACCEPT_NONE :
		    ACCEPT_DATA;
	return 0;
}

/*
 * Names and identity.
 */

static int
set_server_name(struct config_call *call)
{
	struct vhost *v = call->scope.vhost;
	struct str s, host, port;
	const char *scheme, *name, *why;

	s = str_of(call->argv[0]);
	scheme = "http";
	if (str_casestarts(s, STR("https://"))) {
		scheme = "https";
		s = str_from(s, strlen("https://"));
	} else if (str_casestarts(s, STR("http://")))
		s = str_from(s, strlen("http://"));
	why = split_host(s, &host, &port);
	if (why != NULL)
		return config_fault(call, "ServerName %s: %s",
		    call->argv[0], why);
	name = arena_printf(&call->conf->arena,
	    str_chr(host, ':') < host.n ? "[%.*s]" : "%.*s", STR_ALL(host));
	if (name == NULL)
		return config_fault(call, "out of memory");
	v->server_name = name;
	v->server_scheme = scheme;
	v->server_port = port.p == NULL ? 0 : (int)strtol(port.p, NULL, 10);
	return 0;
}

static int
set_server_admin(struct config_call *call)
{
	call->scope.vhost->server_admin = call->argv[0];
	call->scope.vhost->set.server_admin = call->argv[0];
	return 0;
}

/* httpd takes away a slash at the end. */
static int
set_document_root(struct config_call *call)
{
	struct str s;

	if (set_path(call) == -1)
		return -1;
	s = file_simplify(&call->conf->arena,
	    str_of(call->scope.vhost->document_root));
	if (s.p == NULL)
		return config_fault(call, "DocumentRoot: \"%s\" is no path",
		    call->argv[0]);
	while (s.n > 1 && s.p[s.n - 1] == '/')
		s.n--;
	call->scope.vhost->document_root = arena_cstr(&call->conf->arena, s);
	if (call->scope.vhost->document_root == NULL)
		return config_fault(call, "out of memory");
	return 0;
}

/*
 * Requests.
 */

static int
set_recursion(struct config_call *call)
{
	struct config_call second;

	/* httpd: the second bounds subrequests, of which there are none. */
	if (call->argc == 2) {
		second = *call;
		second.argv++;
		if (set_int(&second) == -1)
			return -1;
	}
	if (set_int(call) == -1)
		return -1;
	if (call->scope.vhost->recursion < 4)
		config_warn(call, "LimitInternalRecursion %s is very low",
		    call->argv[0]);
	return 0;
}

/* "T", or "T-Max" when there is a rate. */
static int
parse_stage(struct str times, struct read_rate *r, struct arena *a)
{
	const char *first, *max;
	size_t n;

	n = str_chr(times, '-');
	first = arena_cstr(a, str_head(times, n));
	if (first == NULL || config_parse_time(first, 1000, &r->first) == -1)
		return -1;
	if (n == times.n)
		return 0;
	max = arena_cstr(a, str_from(times, n + 1));
	if (max == NULL || config_parse_time(max, 1000, &r->max) == -1)
		return -1;
	return 0;
}

/* "header=20-40,MinRate=500", "body=20"; httpd's mod_reqtimeout. */
static int
set_read_stage(struct config_call *call, const char *word)
{
	struct str s, name, times, rate;
	struct read_rate r;
	uint64_t n;
	size_t comma;

	memset(&r, 0, sizeof(r));
	s = str_of(word);
	name = str_head(s, str_chr(s, '='));
	s = str_from(s, name.n + 1);
	comma = str_chr(s, ',');
	times = str_head(s, comma);
	rate = str_from(s, comma + 1);
	if (parse_stage(times, &r, &call->conf->arena) == -1)
		return config_fault(call, "RequestReadTimeout: \"%s\" has no "
		    "time: %s", word, call->directive->help);
	if (rate.n > 0) {
		if (!str_casestarts(rate, STR("MinRate=")) ||
		    str_u64(str_from(rate, 8), &n) == -1 || n < 1 ||
		    n > INT_MAX)
			return config_fault(call, "RequestReadTimeout: \"%s\" "
			    "has no MinRate= of at least 1", word);
		r.rate = (int)n;
	}
	if (r.max != 0 && r.rate == 0)
		return config_fault(call, "RequestReadTimeout: \"%s\" has a "
		    "range, which needs MinRate=", word);
	if (r.max != 0 && r.max <= r.first)
		return config_fault(call, "RequestReadTimeout: in \"%s\" the "
		    "second time is not longer than the first", word);
	if (str_caseeq(name, STR("header")))
		call->scope.vhost->read_head = r;
	else if (str_caseeq(name, STR("body")))
		call->scope.vhost->read_body = r;
	else if (!str_caseeq(name, STR("handshake")))
		return config_fault(call, "RequestReadTimeout: unknown stage "
		    "\"%.*s\": %s", STR_ARG(name), call->directive->help);
	else if (r.first != 0)
		config_warn(call, "RequestReadTimeout: handshake has no "
		    "effect: there is no TLS");
	return 0;
}

static int
set_read_timeout(struct config_call *call)
{
	int i;

	for (i = 0; i < call->argc; i++)
		if (set_read_stage(call, call->argv[i]) == -1)
			return -1;
	return 0;
}

static int
set_encoded_slashes(struct config_call *call)
{
	static const enum http_slashes values[] = { HTTP_SLASHES_OFF,
	    HTTP_SLASHES_ON, HTTP_SLASHES_NODECODE };
	int value;

	value = config_find_word("off on nodecode", call->argv[0]);
	if (value == -1)
		return config_fault(call, "AllowEncodedSlashes: unknown value "
		    "\"%s\": %s", call->argv[0], call->directive->help);
	call->scope.vhost->slashes = (int)values[value];
	return 0;
}

/*
 * Logs.
 */

/* "|program" and "syslog..." as they are, a path made absolute. */
static const char *
log_name(struct config_call *call, const char *word)
{
	const char *why;

	why = sink_check(word);
	if (why != NULL) {
		config_fault(call, "%s: \"%s\" %s", call->directive->name,
		    word, why);
		return NULL;
	}
	return sink_is_file(word) ? config_path(call, word) : word;
}

static int
set_error_log(struct config_call *call)
{
	const char *name;

	name = log_name(call, call->argv[0]);
	if (name == NULL)
		return -1;
	if (call->scope.vhost->base != NULL) {
		config_warn(call, "ErrorLog has no effect in <VirtualHost>: "
		    "the messages of all hosts go to one log");
		return 0;
	}
	call->conf->error_log = name;
	call->conf->error_sink->name = name;
	return 0;
}

static int
set_log_level(struct config_call *call)
{
	const char *word, *level;
	int i, value;

	for (i = 0; i < call->argc; i++) {
		word = call->argv[i];
		level = strchr(word, ':');
		level = level == NULL ? word : level + 1;
		value = log_level_of(level);
		if (value == -1)
			return config_fault(call, "LogLevel: unknown level "
			    "\"%s\": emerg, alert, crit, error, warn, notice, "
			    "info, debug or trace1 to trace8", level);
		if (level == word && call->scope.location == NULL &&
		    call->scope.vhost->base == NULL)
			call->conf->log_level = value;
		else
			config_warn(call, "LogLevel: %s has no effect%s: "
			    "there is one level for all", word,
			    level != word ? "" : " in sections");
	}
	return 0;
}

static const struct logformat *
compile_format(struct config_call *call, const char *format)
{
	const struct logformat *f;
	const char *why;

	f = accesslog_compile(format, &call->conf->arena, &why);
	if (f == NULL)
		config_fault(call, "%s: \"%s\": %s", call->directive->name,
		    format, why);
	return f;
}

/*
 * Only looked at here: CustomLog may stand before or after, so nicknames are
 * looked up in the lines of the configuration when all are there.
 */
static int
set_log_format(struct config_call *call)
{
	struct log_nickname *n;

	if (compile_format(call, call->argv[0]) == NULL)
		return -1;
	n = allocate(call, sizeof(*n));
	if (n == NULL)
		return -1;
	n->name = call->argc == 2 ? call->argv[1] : NULL;
	n->format = call->argv[0];
	n->next = call->scope.vhost->nicknames;
	call->scope.vhost->nicknames = n;
	return 0;
}

static struct sink *
find_sink(struct config_call *call, const char *name)
{
	struct sink *s, **end;

	for (end = &call->conf->sinks; *end != NULL; end = &(*end)->next)
		if (strcmp((*end)->name, name) == 0)
			return *end;
	s = allocate(call, sizeof(*s));
	if (s == NULL)
		return NULL;
	s->name = name;
	s->fd = s->fd_read = -1;
	*end = s;
	return s;
}

/* env=NAME or env=!NAME */
static int
set_log_condition(struct config_call *call, struct custom_log *log,
    const char *word)
{
	const char *name = call->directive->name;

	if (str_casestarts(str_of(word), STR("expr=")))
		return config_fault(call, "%s: expr= is not supported: set a "
		    "variable with SetEnvIf, and env=", name);
	if (!str_casestarts(str_of(word), STR("env=")))
		return config_fault(call, "%s: \"%s\" is not env=NAME or "
		    "env=!NAME", name, word);
	word += strlen("env=");
	log->env_not = word[0] == '!';
	log->env = log->env_not ? word + 1 : word;
	if (log->env[0] == '\0')
		return config_fault(call, "%s: env= without a name", name);
	return 0;
}

static int
add_log(struct config_call *call, bool global)
{
	struct custom_log *log, **end;
	const char *name;

	log = allocate(call, sizeof(*log));
	name = log_name(call, call->argv[0]);
	if (log == NULL || name == NULL)
		return -1;
	log->place = call->place;
	log->global = global;
	log->text = call->argc > 1 ? call->argv[1] : NULL;
	if (call->argc > 2 &&
	    set_log_condition(call, log, call->argv[2]) == -1)
		return -1;
	if (log->text != NULL && strchr(log->text, '%') != NULL) {
		log->format = compile_format(call, log->text);
		if (log->format == NULL)
			return -1;
	}
	log->sink = find_sink(call, name);
	if (log->sink == NULL)
		return -1;
	for (end = &call->scope.vhost->logs; *end != NULL; end = &(*end)->next)
		;
	*end = log;
	return 0;
}

static int
set_custom_log(struct config_call *call)
{
	return add_log(call, false);
}

static int
set_global_log(struct config_call *call)
{
	return add_log(call, true);
}

/*
 * Variables.
 */

static int
add_op(struct config_call *call, enum env_verb verb, const char *name,
    const char *value)
{
	if (name[0] == '\0')
		return config_fault(call, "%s: the name of the variable is "
		    "empty", call->directive->name);
	if (strchr(name, '=') != NULL)
		config_warn(call, "%s: the name of the variable is \"%s\", "
		    "with the =", call->directive->name, name);
	if (env_add_op(&config_settings(call)->own.ops, &call->conf->arena,
	    verb, str_of(name), str_of(value)) == -1)
		return config_fault(call, "out of memory");
	return 0;
}

static int
set_env(struct config_call *call)
{
	return add_op(call, ENV_SET, call->argv[0],
	    call->argc > 1 ? call->argv[1] : "");
}

static int
unset_env(struct config_call *call)
{
	int i;

	for (i = 0; i < call->argc; i++)
		if (add_op(call, ENV_UNSET, call->argv[i], "") == -1)
			return -1;
	return 0;
}

static int
pass_env(struct config_call *call)
{
	const char *value;
	char *copy;
	int i;

	for (i = 0; i < call->argc; i++) {
		value = getenv(call->argv[i]);
		if (value == NULL) {
			config_warn(call, "PassEnv: %s is not in the "
			    "environment", call->argv[i]);
			continue;
		}
		copy = arena_cstr(&call->conf->arena, str_of(value));
		if (copy == NULL)
			return config_fault(call, "out of memory");
		if (add_op(call, ENV_SET, call->argv[i], copy) == -1)
			return -1;
	}
	return 0;
}

static int
add_rule(struct config_call *call, bool nocase, int argc,
    const char *const *argv)
{
	struct env_rule **list;
	const char *why;

	list = call->scope.location != NULL ?
	    &call->scope.location->set.own.rules :
	    &call->scope.vhost->env_rules;
	why = env_compile_rule(list, &call->conf->arena, nocase, argc, argv);
	if (why != NULL)
		return config_fault(call, "%s: %s", call->directive->name,
		    why);
	why = env_rule_warning(*list);
	if (why != NULL)
		config_warn(call, "%s: %s", call->directive->name, why);
	return 0;
}

static int
set_env_if(struct config_call *call)
{
	return add_rule(call, false, call->argc, call->argv);
}

static int
set_env_if_nocase(struct config_call *call)
{
	return add_rule(call, true, call->argc, call->argv);
}

/* BrowserMatch is SetEnvIf User-Agent. */
static int
match_browser(struct config_call *call, bool nocase)
{
	const char **argv;
	int i;

	argv = allocate(call, (size_t)(call->argc + 1) * sizeof(*argv));
	if (argv == NULL)
		return -1;
	argv[0] = "User-Agent";
	for (i = 0; i < call->argc; i++)
		argv[i + 1] = call->argv[i];
	return add_rule(call, nocase, call->argc + 1, argv);
}

static int
set_browser_match(struct config_call *call)
{
	return match_browser(call, false);
}

static int
set_browser_match_nocase(struct config_call *call)
{
	return match_browser(call, true);
}

static int
set_cgi_var(struct config_call *call)
{
	int value;

	if (strcmp(call->argv[0], "REQUEST_URI") != 0)
		return config_fault(call, "CGIVar: only REQUEST_URI can be "
		    "chosen, not \"%s\"", call->argv[0]);
	value = config_find_word("original-uri current-uri", call->argv[1]);
	if (value == -1)
		return config_fault(call, "CGIVar: unknown value \"%s\": %s",
		    call->argv[1], call->directive->help);
	config_settings(call)->request_uri = value == 0 ? CGIVAR_ORIGINAL :
	    CGIVAR_CURRENT;
	return 0;
}

/*
 * Applications.
 */

/*
 * The url that somebody may have meant who wrote "localhost:4000", "4000",
 * "/run/app.sock", "scgi:localhost" or "sgci://localhost"; NULL: none.
 */
static const char *
guess_url(struct arena *a, const char *url)
{
	static const char *const schemes[] = { "scgi", "sgci", "scig",
	    "cgi", "tcp" };
	struct str s, scheme, host, port;
	const char *word;
	size_t n;

	s = str_of(url);
	if (s.n > 0 && strspn(url, "0123456789") == s.n)
		return check_port(s) != NULL ? NULL :
		    arena_printf(a, "scgi://localhost:%s", url);
	if (s.n > 1 && s.p[0] == '/')
		return arena_printf(a, "unix:%s", url);
	n = str_chr(s, ':');
	scheme = str_head(s, n);
	word = arena_cstr(a, scheme);
	s = str_from(s, n + 1);
	if (n < strlen(url) && word != NULL && config_nearest(word, schemes,
	    NELEM(schemes)) != NULL) {
		while (str_starts(s, STR("/")))
			s = str_from(s, 1);
		if (s.n > 0)
			return arena_printf(a, "scgi://%.*s", STR_ALL(s));
	}
	s = str_of(url);
	if (split_host(str_head(s, str_chr(s, '/')), &host, &port) == NULL &&
	    port.p != NULL)
		return arena_printf(a, "scgi://%s", url);
	if (strstr(url, ".sock") != NULL && strchr(url, ':') == NULL)
		return arena_printf(a, "unix:%s", url);
	return NULL;
}

static const char *
advise_scheme(struct arena *a, const char *url)
{
	static const struct {
		struct str	 scheme;
		const char	*advice;
	} table[] = {
		{ { "balancer:", 9 }, "a balancer is no member of another" },
		{ { "http:", 5 }, "only SCGI is spoken here: HTTP servers "
		    "need an HTTP proxy" },
		{ { "https:", 6 }, "only SCGI is spoken here: HTTP servers "
		    "need an HTTP proxy" },
		{ { "h2:", 3 }, "only SCGI is spoken here: HTTP servers need "
		    "an HTTP proxy" },
		{ { "h2c:", 4 }, "only SCGI is spoken here: HTTP servers need "
		    "an HTTP proxy" },
		{ { "ws:", 3 }, "only SCGI is spoken here: WebSockets need an "
		    "HTTP proxy" },
		{ { "wss:", 4 }, "only SCGI is spoken here: WebSockets need "
		    "an HTTP proxy" },
		{ { "fcgi:", 5 }, "only SCGI is spoken here: let the "
		    "application speak SCGI instead of FastCGI" },
		{ { "uwsgi:", 6 }, "only SCGI is spoken here: start uwsgi "
		    "with --scgi-socket" },
		{ { "ajp:", 4 }, "only SCGI is spoken here, not AJP" },
		{ { "ftp:", 4 }, "only SCGI is spoken here, not FTP" }
	};
	const char *meant, *text;
	size_t i;

	for (i = 0; i < NELEM(table); i++) {
		if (!str_casestarts(str_of(url), table[i].scheme))
			continue;
		text = NULL;
		if (strncmp(url + table[i].scheme.n, "//", 2) == 0 &&
		    str_starts(str_of(table[i].advice), STR("only SCGI")))
			text = arena_printf(a, "%s (does it speak SCGI? then "
			    "\"scgi:%s\")", table[i].advice,
			    url + table[i].scheme.n);
		return text != NULL ? text : table[i].advice;
	}
	meant = guess_url(a, url);
	text = meant == NULL ? NULL : arena_printf(a, "this is no url of an "
	    "application (did you mean \"%s\"?)", meant);
	return text != NULL ? text : "this is no url of an application: "
	    "scgi://host:port/ or unix:/path";
}

/* The path of a url: what is glued before the rest of the request's. */
static const char *
check_base(struct str base)
{
	size_t i;

	for (i = 0; i < base.n; i++) {
		if (base.p[i] == '?' || base.p[i] == '#')
			return "a url of an application has no query and no "
			    "fragment: the request's own query is passed on";
		if ((unsigned char)base.p[i] <= ' ' || base.p[i] == 0x7f)
			return "there is a blank in the url";
	}
	return NULL;
}

/*
 * "[user[:password]@]host[:port][/path]"; user and password are dropped.  Of
 * ProxyPassMatch the path may begin with a $.
 */
static const char *
parse_authority(struct member *m, struct arena *a, struct str s, bool dollar)
{
	struct str host, port;
	const char *why;
	size_t n;

	n = str_chr(s, '/');
	if (dollar && str_chr(s, '$') < n)
		n = str_chr(s, '$');
	m->base = str_from(s, n);
	why = check_base(m->base);
	if (why != NULL)
		return why;
	s = str_head(s, n);
	while ((n = str_chr(s, '@')) < s.n)
		s = str_from(s, n + 1);
	why = split_host(s, &host, &port);
	if (why != NULL)
		return why;
	m->host = lower_copy(a, host);
	m->port = port.p == NULL ? "4000" : arena_cstr(a, port);
	return m->host == NULL || m->port == NULL ? "out of memory" : NULL;
}

/* The names that logs and SCRIPT_FILENAME use. */
static const char *
name_member(struct member *m, struct arena *a)
{
	const char *host, *canon;

	host = strchr(m->host, ':') == NULL ? m->host :
	    arena_printf(a, "[%s]", m->host);
	if (host == NULL)
		return "out of memory";
	/* httpd: the default port is left out. */
	if (strcmp(m->port, "4000") == 0)
		canon = arena_printf(a, "scgi://%s", host);
	else
		canon = arena_printf(a, "scgi://%s:%s", host, m->port);
	if (m->path != NULL)
		m->url = arena_printf(a, "unix:%s", m->path);
	else
		m->url = arena_printf(a, "scgi://%s:%s", host, m->port);
	m->canon = str_of(canon);
	return canon == NULL || m->url == NULL ? "out of memory" : NULL;
}

/* "path", or "path|scgi://label[:port][/path]". */
static const char *
parse_unix(struct member *m, struct arena *a, struct str s, bool dollar)
{
	struct str label;
	size_t n;

	n = str_chr(s, '|');
	label = str_from(s, n + 1);
	if (n == 0)
		return "unix: without a path";
	if (s.p[0] == '@')
		return no_abstract;
	if (n > MAX_SUN_PATH)
		return path_too_long;
	m->path = arena_cstr(a, str_head(s, n));
	if (m->path == NULL)
		return "out of memory";
	if (n == s.n)
		return parse_authority(m, a, STR("localhost"), false);
	if (!str_casestarts(label, STR("scgi:")))
		return "after the | comes scgi://name";
	label = str_from(label, strlen("scgi:"));
	if (str_starts(label, STR("//")))
		label = str_from(label, 2);
	if (label.n == 0)
		label = STR("localhost");
	return parse_authority(m, a, label, dollar);
}

/*
 * The url of an application: "scgi://host[:port][/path]",
 * "unix:/path|scgi://label[:port][/path]", "unix:/path".  The new member in
 * the arena, its addresses not resolved; a relative path stays one.  NULL
 * with *why.
 */
static struct member *
parse_member(struct arena *a, const char *url, bool dollar, const char **why)
{
	struct member *m;
	struct str s;

	m = arena_zalloc(a, sizeof(*m));
	*why = "out of memory";
	if (m == NULL)
		return NULL;
	m->field_size = 8192;
	m->load_factor = 100;
	m->route = m->redirect = "";
	m->retry = 60 * 1000;
	m->acquire = m->max_queue = m->address_ttl = UNSET;
	m->check_interval = 30 * 1000;
	m->check_passes = m->check_fails = 1;
	s = str_of(url);
	if (str_casestarts(s, STR("unix:")))
		*why = parse_unix(m, a, str_from(s, strlen("unix:")), dollar);
	else if (str_casestarts(s, STR("scgi://")))
		*why = parse_authority(m, a, str_from(s, strlen("scgi://")),
		    dollar);
	else
		*why = advise_scheme(a, url);
	if (*why == NULL)
		*why = name_member(m, a);
	return *why == NULL ? m : NULL;
}

const char *
directive_check_url(struct arena *a, const char *url)
{
	const char *why;

	parse_member(a, url, false, &why);
	return why;
}

/*
 * Parameters of applications and balancers.
 */

/* Whose parameter it is. */
enum { OF_MEMBER = 1, OF_BALANCER = 2 };

struct param {
	const char	*name;
	unsigned	 of;
	/*
	 * Sets it in a struct member, or in a struct balancer.  NULL: no
	 * effect, which is said.
	 */
	int		(*set)(struct config_call *, const struct param *,
			    void *, const char *);
	size_t		 offset;	/* of an int or a text there */
	int		 low;
	int		 high;
	int		 unit;		/* ms of a bare number */
	const char	*help;
	bool		 balanced;	/* means nothing for one alone */
};

static void *
param_field(const struct param *p, void *object)
{
	return (char *)object + p->offset;
}

static int
bad_param(struct config_call *call, const struct param *p, const char *value)
{
	return config_fault(call, "%s: %s=%s is not %s",
	    call->directive->name, p->name, value, p->help);
}

static int
param_time(struct config_call *call, const struct param *p, void *object,
    const char *value)
{
	int ms;

	if (config_parse_time(value, p->unit == 0 ? 1000 : p->unit, &ms) ==
	    -1 || ms < p->low)
		return bad_param(call, p, value);
	*(int *)param_field(p, object) = ms;
	return 0;
}

static int
param_number(struct config_call *call, const struct param *p, void *object,
    const char *value)
{
	uint64_t n;

	if (str_u64(str_of(value), &n) == -1 || n < (uint64_t)p->low ||
	    n > (uint64_t)p->high)
		return bad_param(call, p, value);
	*(int *)param_field(p, object) = (int)n;
	return 0;
}

/* httpd: -1 is for ever. */
static int
param_ttl(struct config_call *call, const struct param *p, void *object,
    const char *value)
{
	if (strcmp(value, "-1") != 0)
		return param_number(call, p, object, value);
	*(int *)param_field(p, object) = UNSET;
	return 0;
}

static int
param_flag(struct config_call *call, const struct param *p, void *object,
    const char *value)
{
	int flag;

	flag = config_find_word("off on", value);
	if (flag == -1)
		return bad_param(call, p, value);
	*(int *)param_field(p, object) = flag;
	return 0;
}

/* ->high is the longest. */
static int
param_text(struct config_call *call, const struct param *p, void *object,
    const char *value)
{
	if (strlen(value) > (size_t)p->high)
		return bad_param(call, p, value);
	*(const char **)param_field(p, object) = value;
	return 0;
}

static int
param_field_size(struct config_call *call, const struct param *p,
    void *object, const char *value)
{
	struct member *m = object;
	uint64_t n;

	if (str_u64(str_of(value), &n) == -1 || n > MAX_HEAD)
		return bad_param(call, p, value);
	m->field_size = (size_t)n;
	return 0;
}

/* "1" to "100" with two digits behind the point, in hundredths (httpd). */
static int
param_load_factor(struct config_call *call, const struct param *p,
    void *object, const char *value)
{
	struct member *m = object;
	struct str s, whole, part;
	uint64_t n, hundredths;

	s = str_of(value);
	whole = str_head(s, str_chr(s, '.'));
	part = str_head(str_from(s, whole.n + 1), 2);
	hundredths = 0;
	if (str_u64(whole, &n) == -1 || n > 100 ||
	    (part.n > 0 && str_u64(part, &hundredths) == -1))
		return bad_param(call, p, value);
	n = n * 100 + hundredths * (part.n == 1 ? 10 : 1);
	if (n < 100 || n > 10000)
		return bad_param(call, p, value);
	m->load_factor = (int)n;
	return 0;
}

static unsigned
status_bit(char letter)
{
	static const char letters[] = "DSIRHN";
	const char *at;

	at = letter == '\0' ? NULL : strchr(letters, ch_upper(letter));
	return at == NULL ? 0 : 1U << (at - letters);
}

/* "+D", "S-I", letters set or cleared from left to right (httpd). */
static int
param_status(struct config_call *call, const struct param *p, void *object,
    const char *value)
{
	struct member *m = object;
	const char *c;
	unsigned bit;
	bool clear;

	clear = false;
	for (c = value; *c != '\0'; c++) {
		if (*c == '+' || *c == '-') {
			clear = *c == '-';
			continue;
		}
		bit = status_bit(*c);
		/* In error, or failed by a check, nothing is configured. */
		if (bit == 0 && strchr("EC", ch_upper(*c)) == NULL)
			return bad_param(call, p, value);
		m->status = clear ? m->status & ~bit : m->status | bit;
	}
	if (m->balancer == NULL && (m->status & (STATUS_DISABLED |
	    STATUS_STOPPED)) != 0)
		return config_fault(call, "%s: status=%s is not supported: "
		    "leave the line out, or write ! for the url",
		    call->directive->name, value);
	if (m->balancer == NULL)
		config_warn(call, "%s: status= has no effect",
		    call->directive->name);
	return 0;
}

static int
param_mapping(struct config_call *call, const struct param *p, void *object,
    const char *value)
{
	(void)object;
	return config_fault(call, "%s: %s=%s is not supported: paths are "
	    "compared as decoded", call->directive->name, p->name, value);
}

static int
param_check(struct config_call *call, const struct param *p, void *object,
    const char *value)
{
	struct member *m = object;

	m->check = config_find_word("none tcp head get", value);
	if (m->check != -1)
		return 0;
	m->check = CHECK_NONE;
	if (config_find_word("options|cping|provider options11|head11|get11",
	    value) == -1)
		return bad_param(call, p, value);
	return config_fault(call, "%s: hcmethod=%s is not supported: write "
	    "TCP, or GET or HEAD with hcuri=", call->directive->name, value);
}

/* What a client may ask for: a path that can be mapped, and a query. */
static bool
is_request_uri(struct config_call *call, struct str s)
{
	struct str path;
	size_t i;

	for (i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == '\177' ||
		    s.p[i] == '#')
			return false;
	return http_normalise_path(str_head(s, str_chr(s, '?')),
	    HTTP_SLASHES_ON, false, &call->conf->arena, &path) == 0;
}

static int
param_check_uri(struct config_call *call, const struct param *p,
    void *object, const char *value)
{
	struct member *m = object;

	if (!is_request_uri(call, str_of(value)))
		return bad_param(call, p, value);
	m->check_uri = value;
	return 0;
}

static int
param_check_host(struct config_call *call, const struct param *p,
    void *object, const char *value)
{
	struct member *m = object;
	struct str host, port;

	if (split_host(str_of(value), &host, &port) != NULL)
		return bad_param(call, p, value);
	m->check_host = value;
	return 0;
}

static int
param_method(struct config_call *call, const struct param *p, void *object,
    const char *value)
{
	struct balancer *b = object;
	int method;

	if (config_find_word("heartbeat", value) == 0)
		return config_fault(call, "%s: lbmethod=heartbeat is not "
		    "supported: bybusyness knows how busy the members are",
		    call->directive->name);
	method = config_find_word("byrequests bytraffic bybusyness", value);
	if (method == -1)
		return bad_param(call, p, value);
	b->method = method;
	return 0;
}

/* "NAME" or "COOKIE|param" (httpd). */
static int
param_sticky(struct config_call *call, const struct param *p, void *object,
    const char *value)
{
	struct balancer *b = object;
	struct str s;
	size_t n;

	s = str_of(value);
	n = str_chr(s, '|');
	if (n == 0 || s.n >= 64 || n + 1 == s.n)
		return bad_param(call, p, value);
	b->cookie = arena_cstr(&call->conf->arena, str_head(s, n));
	b->param = n == s.n ? b->cookie : value + n + 1;
	return b->cookie == NULL ? config_fault(call, "out of memory") : 0;
}

static int
param_separator(struct config_call *call, const struct param *p,
    void *object, const char *value)
{
	struct balancer *b = object;

	if (config_find_word("off", value) == 0)
		b->separator = '\0';
	else if (value[0] != '\0' && value[1] == '\0')
		b->separator = value[0];
	else
		return bad_param(call, p, value);
	return 0;
}

/* "503", "500,503" or "500 503" */
static int
param_fail_on(struct config_call *call, const struct param *p, void *object,
    const char *value)
{
	struct balancer *b = object;
	struct status_list **end, *list;
	struct str s, one;
	uint64_t n;

	list = NULL;
	end = &list;
	s = str_of(value);
	while (s.n > 0) {
		one = str_head(s, strcspn(s.p, ", "));
		s = str_from(s, one.n + 1);
		if (one.n == 0)
			continue;
		if (str_u64(one, &n) == -1 || n < 100 || n > 599)
			return bad_param(call, p, value);
		*end = allocate(call, sizeof(**end));
		if (*end == NULL)
			return -1;
		(*end)->status = (int)n;
		end = &(*end)->next;
	}
	b->fail_on = list;
	return list == NULL ? bad_param(call, p, value) : 0;
}

#define MEMBER(f)							\
	.of = OF_MEMBER, .offset = offsetof(struct member, f)
#define BALANCER(f)							\
	.of = OF_BALANCER, .offset = offsetof(struct balancer, f)

static const char time_help[] = "a time (seconds, or with ms, s, mi or h)";

static const struct param params[] = {
	{ .name = "acquire", MEMBER(acquire), .set = param_time, .unit = 1,
	  .help = "a time (milliseconds, or with s, mi or h)" },
	{ .name = "addressttl", MEMBER(address_ttl), .set = param_ttl,
	  .high = INT_MAX, .help = "a number of seconds" },
	{ .name = "connectiontimeout", MEMBER(connect_timeout),
	  .set = param_time, .low = 1, .help = time_help },
	{ .name = "disablereuse", .of = OF_MEMBER },
	{ .name = "enablereuse", .of = OF_MEMBER },
	{ .name = "failonstatus", .of = OF_BALANCER, .set = param_fail_on,
	  .help = "a list of statuses from 100 to 599" },
	{ .name = "failontimeout", BALANCER(fail_on_timeout),
	  .set = param_flag, .help = "On or Off" },
	{ .name = "flusher", .of = OF_MEMBER },
	{ .name = "flushpackets", .of = OF_MEMBER },
	{ .name = "flushwait", .of = OF_MEMBER },
	{ .name = "forcerecovery", BALANCER(force_recovery),
	  .set = param_flag, .help = "On or Off" },
	{ .name = "growth", .of = OF_BALANCER },
	{ .name = "hcexpr", .of = OF_MEMBER },
	{ .name = "hcfails", MEMBER(check_fails), .set = param_number,
	  .low = 1, .high = 1000, .help = "a number from 1 to 1000",
	  .balanced = true },
	{ .name = "hchost", .of = OF_MEMBER, .set = param_check_host,
	  .help = "a name, with :port or without", .balanced = true },
	{ .name = "hcinterval", MEMBER(check_interval), .set = param_time,
	  .low = 100, .help = "a time of at least 100ms", .balanced = true },
	{ .name = "hcmethod", .of = OF_MEMBER, .set = param_check,
	  .help = "None, TCP, GET or HEAD", .balanced = true },
	{ .name = "hcpasses", MEMBER(check_passes), .set = param_number,
	  .low = 1, .high = 1000, .help = "a number from 1 to 1000",
	  .balanced = true },
	{ .name = "hctemplate", .of = OF_MEMBER },
	{ .name = "hcuri", .of = OF_MEMBER, .set = param_check_uri,
	  .help = "a path that begins with /", .balanced = true },
	{ .name = "iobuffersize", .of = OF_MEMBER },
	{ .name = "keepalive", .of = OF_MEMBER },
	{ .name = "lbmethod", .of = OF_BALANCER, .set = param_method,
	  .help = "byrequests, bytraffic or bybusyness" },
	{ .name = "lbset", MEMBER(lbset), .set = param_number, .high = 99,
	  .help = "a number from 0 to 99", .balanced = true },
	{ .name = "loadfactor", .of = OF_MEMBER, .set = param_load_factor,
	  .help = "a number from 1 to 100, with two digits behind the "
	  "point at most", .balanced = true },
	{ .name = "mapping", .of = OF_MEMBER | OF_BALANCER,
	  .set = param_mapping },
	{ .name = "max", MEMBER(max), .set = param_number,
	  .high = MAX_WORKERS, .help = "a number of requests, 0 for no "
	  "limit" },
	{ .name = "maxattempts", BALANCER(max_attempts),
	  .set = param_number, .high = INT_MAX, .help = "a number" },
	{ .name = "maxqueue", MEMBER(max_queue), .set = param_number,
	  .high = MAX_WORKERS, .help = "a number of requests" },
	{ .name = "min", .of = OF_MEMBER },
	{ .name = "multipathtcp", .of = OF_MEMBER },
	{ .name = "nofailover", BALANCER(no_failover), .set = param_flag,
	  .help = "On or Off" },
	{ .name = "nonce", .of = OF_BALANCER },
	{ .name = "ping", .of = OF_MEMBER },
	{ .name = "receivebuffersize", .of = OF_MEMBER },
	{ .name = "redirect", MEMBER(redirect), .set = param_text,
	  .high = 95, .help = "shorter than 96 characters", .balanced = true },
	{ .name = "responsefieldsize", .of = OF_MEMBER,
	  .set = param_field_size, .help = "a number of bytes up to "
	  "268435456" },
	{ .name = "retry", MEMBER(retry), .set = param_time,
	  .help = time_help, .balanced = true },
	{ .name = "route", MEMBER(route), .set = param_text, .high = 95,
	  .help = "shorter than 96 characters", .balanced = true },
	{ .name = "scolonpathdelim", BALANCER(semicolon), .set = param_flag,
	  .help = "On or Off" },
	{ .name = "secret", .of = OF_MEMBER },
	{ .name = "smax", .of = OF_MEMBER },
	{ .name = "status", .of = OF_MEMBER, .set = param_status,
	  .help = "made of the letters D, S, I, R, H and N with + and -" },
	{ .name = "stickysession", .of = OF_BALANCER, .set = param_sticky,
	  .help = "a name, or cookie|parameter, of 63 characters at most" },
	{ .name = "stickysessionsep", .of = OF_BALANCER,
	  .set = param_separator, .help = "one character or Off" },
	{ .name = "timeout", MEMBER(timeout), .set = param_time, .low = 1,
	  .help = time_help },
	{ .name = "timeout", BALANCER(timeout), .set = param_time,
	  .low = 10, .help = "a time of at least 10ms" },
	{ .name = "ttl", .of = OF_MEMBER },
	{ .name = "upgrade", .of = OF_MEMBER }
};

#undef MEMBER
#undef BALANCER

static int
unknown_param(struct config_call *call, struct str name)
{
	const char *names[NELEM(params)];
	const char *word, *near;
	size_t i;

	for (i = 0; i < NELEM(params); i++)
		names[i] = params[i].name;
	word = arena_cstr(&call->conf->arena, name);
	near = word == NULL ? NULL : config_nearest(word, names,
	    NELEM(names));
	if (near == NULL)
		return config_fault(call, "%s: unknown parameter \"%.*s\"",
		    call->directive->name, STR_ARG(name));
	return config_fault(call, "%s: unknown parameter \"%.*s\" (did you "
	    "mean \"%s\"?)", call->directive->name, STR_ARG(name), near);
}

/* The row of a name for a member or a balancer; NULL: *other is its row. */
static const struct param *
find_param(struct str name, unsigned of, const struct param **other)
{
	size_t i;

	*other = NULL;
	for (i = 0; i < NELEM(params); i++) {
		if (!str_caseeq(name, str_of(params[i].name)))
			continue;
		*other = &params[i];
		if (params[i].of & of)
			return *other;
	}
	return NULL;
}

/* A parameter of an application, or of a balancer. */
static int
set_param(struct config_call *call, unsigned of, void *object,
    const char *word)
{
	const struct param *other, *p;
	struct str s, name;

	if (config_find_word("nocanon interpolate noquery", word) != -1) {
		config_warn(call, "%s: %s has no effect",
		    call->directive->name, word);
		return 0;
	}
	s = str_of(word);
	name = str_head(s, str_chr(s, '='));
	if (name.n == s.n)
		return config_fault(call, "%s: \"%s\" is not of the form "
		    "key=value", call->directive->name, word);
	p = find_param(name, of, &other);
	if (p == NULL && other == NULL)
		return unknown_param(call, name);
	if (p == NULL)
		return config_fault(call, of == OF_BALANCER ?
		    "%s: %s= is no parameter of a balancer: write it behind "
		    "BalancerMember" : "%s: %s= is a parameter of a "
		    "balancer://, not of an application",
		    call->directive->name, other->name);
	if (p->set == NULL || (p->balanced &&
	    ((struct member *)object)->balancer == NULL))
		config_warn(call, "%s: %s= has no effect",
		    call->directive->name, p->name);
	return p->set == NULL ? 0 :
	    p->set(call, p, object, word + name.n + 1);
}

static int
set_params(struct config_call *call, unsigned of, void *object, int at)
{
	int i, rc;

	rc = 0;
	for (i = at; i < call->argc; i++)
		if (set_param(call, of, object, call->argv[i]) == -1)
			rc = -1;
	return rc;
}

/*
 * ProxyPass and its kin.
 */

static bool
ends_with_slash(struct str s)
{
	return s.n > 0 && s.p[s.n - 1] == '/';
}

/* "unix:" and the path as it is compared, and what follows. */
static int
name_socket(struct config_call *call, const char *path, const char *end,
    struct str *name)
{
	struct str s;
	const char *p;

	s = file_simplify(&call->conf->arena, str_of(path));
	if (s.p == NULL)
		s = str_of(path);
	p = arena_printf(&call->conf->arena, "unix:%.*s%s", STR_ALL(s), end);
	if (p == NULL)
		return config_fault(call, "out of memory");
	*name = str_of(p);
	return 0;
}

/* Into the list of all, with a key of its own.  0, or -1: out of memory. */
static int
append_member(struct config *conf, struct member *m)
{
	m->key = arena_printf(&conf->arena, "%s|%s|%.*s%.*s",
	    m->balancer == NULL ? "" : m->balancer->name, m->path == NULL ?
	    "" : m->path, STR_ALL(m->canon), STR_ALL(m->base));
	if (m->key == NULL)
		return -1;
	*conf->members_end = m;
	conf->members_end = &m->next;
	return 0;
}

/* A member by its url, in the list of all; NULL after config_fault(). */
static struct member *
add_member(struct config_call *call, const char *url, bool dollar)
{
	struct member *m;
	const char *why;

	m = parse_member(&call->conf->arena, url, dollar, &why);
	if (m == NULL) {
		config_fault(call, "%s %s: %s", call->directive->name, url,
		    why);
		return NULL;
	}
	m->place = call->place;
	m->written = url;
	m->balancer = call->scope.balancer;
	if (m->path != NULL && (m->path = socket_path(call, m->path)) == NULL)
		return NULL;
	if (m->path != NULL &&
	    name_socket(call, m->path, "|", &m->socket) == -1)
		return NULL;
	if (append_member(call->conf, m) == -1) {
		config_fault(call, "out of memory");
		return NULL;
	}
	return m;
}

/* Of ProxyPassMatch the path may begin with a $, as in other urls. */
static size_t
end_of_balancer(struct str s)
{
	size_t n;

	for (n = 0; n < s.n && s.p[n] != '/' && s.p[n] != '$'; n++)
		continue;
	return n;
}

/* The name of "balancer://name[/...]", in lower case; NULL: it is none. */
static const char *
balancer_name(struct config_call *call, const char *url)
{
	struct str s;

	s = str_of(url);
	if (!str_casestarts(s, STR("balancer://")))
		return NULL;
	s = str_from(s, strlen("balancer://"));
	return lower_copy(&call->conf->arena, str_head(s,
	    end_of_balancer(s)));
}

/* The one of that name and host, made when there is none. */
static struct balancer *
find_balancer(struct config_call *call, const char *name)
{
	struct balancer *b, **end;

	for (end = &call->scope.vhost->balancers; *end != NULL;
	    end = &(*end)->next)
		if (strcmp((*end)->name, name) == 0)
			return *end;
	if (name[0] == '\0' || strlen(name) > MAX_BALANCER_NAME) {
		config_fault(call, "%s: the name of a balancer has from 1 to "
		    "%d characters", call->directive->name,
		    MAX_BALANCER_NAME);
		return NULL;
	}
	b = allocate(call, sizeof(*b));
	if (b == NULL)
		return NULL;
	b->place = call->place;
	b->name = name;
	b->max_attempts = UNSET;
	b->separator = '.';
	b->force_recovery = 1;
	*end = b;
	return b;
}

/* httpd: what stands behind balancer://name follows the member's url. */
static int
parse_balancer_target(struct config_call *call, int at, struct mapping *map)
{
	struct balancer *b;
	struct str s;

	s = str_from(str_of(call->argv[at]), strlen("balancer://"));
	map->base = str_from(s, end_of_balancer(s));
	if (call->argc == at + 1)
		return 0;
	b = find_balancer(call, map->balancer_name);
	return b == NULL ? -1 : set_params(call, OF_BALANCER, b, at + 1);
}

/* The url and the parameters behind it. */
static int
parse_target(struct config_call *call, int at, struct mapping *map)
{
	const char *url = call->argv[at];

	if (strcmp(url, "!") == 0) {
		if (at + 1 < call->argc)
			return config_fault(call, "%s: after ! comes nothing, "
			    "not \"%s\"", call->directive->name,
			    call->argv[at + 1]);
		return 0;
	}
	map->balancer_name = balancer_name(call, url);
	if (map->balancer_name != NULL)
		return parse_balancer_target(call, at, map);
	map->member = add_member(call, url, map->regex != NULL);
	if (map->member == NULL)
		return -1;
	/* There is no url in which one could write the slash. */
	if (map->member->path != NULL && strchr(url, '|') == NULL &&
	    map->regex == NULL && ends_with_slash(map->path))
		map->member->base = STR("/");
	return set_params(call, OF_MEMBER, map->member, at + 1);
}

/*
 * The path is compared, then the url and what is left of the request's path
 * are glued together (httpd): the slashes at their ends must fit.
 */
static void
warn_slashes(struct config_call *call, struct str path,
    const struct member *m)
{
	if (!ends_with_slash(path) || ends_with_slash(m->base))
		return;
	if (m->base.n == 0)
		config_warn(call, "ProxyPass: below %.*s every request is "
		    "400, because its rest is glued to \"%.*s\": end both "
		    "with a slash, or none", STR_ARG(path),
		    STR_ARG(m->canon));
	else
		config_warn(call, "ProxyPass: the path ends with a slash, the "
		    "url does not: what follows %.*s is glued to \"%.*s\"",
		    STR_ARG(path), STR_ARG(m->base));
}

/* In <Location> the path is the section's. */
static int
path_of_location(struct config_call *call, struct mapping *map, bool match)
{
	const struct location *l = call->scope.location;
	const char *word = call->argv[0];

	if (word[0] == '/' || strcmp(word, "~") == 0)
		return config_fault(call, "%s takes no path in <Location>, it "
		    "has that of the section", call->directive->name);
	map->path = l->path;
	/* What a section matches needs no groups, a url may name them. */
	if (match || l->regex != NULL) {
		map->regex = compile_pattern(call, l->pattern, true);
		return map->regex == NULL ? -1 : 0;
	}
	/* httpd: all of the request's path follows the url. */
	if (l->wildcard)
		map->path = ends_with_slash(str_of(word)) ? STR("/") :
		    STR("");
	return 0;
}

static int
path_of_line(struct config_call *call, int at, struct mapping *map,
    bool match)
{
	const char *word = call->argv[at];

	if (!match && word[0] != '/')
		return config_fault(call, "ProxyPass: the path \"%s\" does "
		    "not begin with /", word);
	if (call->argc < at + 2)
		return config_fault(call, "%s %s: the url is missing: %s",
		    call->directive->name, word, call->directive->help);
	map->path = str_of(word);
	if (match) {
		map->regex = compile_pattern(call, word, true);
		return map->regex == NULL ? -1 : 0;
	}
	if (strchr(word, '%') != NULL)
		config_warn(call, "ProxyPass: %s is compared with the decoded "
		    "path, the %% means itself", word);
	return 0;
}

static void
append_mapping(struct config_call *call, struct mapping *map)
{
	struct mapping **end;

	if (call->scope.location != NULL) {
		if (call->scope.location->set.mapping != NULL)
			config_warn(call, "ProxyPass: the one at %s:%d in the "
			    "same section has no effect any more",
			    call->scope.location->set.mapping->place.file,
			    call->scope.location->set.mapping->place.line);
		call->scope.location->set.mapping = map;
		return;
	}
	for (end = &call->scope.vhost->mappings; *end != NULL;
	    end = &(*end)->next)
		;
	*end = map;
}

/* match: the path is a regular expression. */
static int
add_mapping(struct config_call *call, bool match)
{
	struct mapping *map;
	int at;

	map = allocate(call, sizeof(*map));
	if (map == NULL)
		return -1;
	map->place = call->place;
	at = 0;
	if (call->scope.location == NULL && strcmp(call->argv[0], "~") == 0) {
		match = true;
		at = 1;
	}
	if (call->scope.location != NULL) {
		if (path_of_location(call, map, match) == -1)
			return -1;
	} else if (call->argc <= at)
		return config_fault(call, "%s: the path is missing: %s",
		    call->directive->name, call->directive->help);
	else if (path_of_line(call, at++, map, match) == -1)
		return -1;
	if (parse_target(call, at, map) == -1)
		return -1;
	if (map->member != NULL && map->regex == NULL)
		warn_slashes(call, map->path, map->member);
	if (map->balancer_name != NULL && map->regex == NULL &&
	    ends_with_slash(map->path) && !ends_with_slash(map->base))
		config_warn(call, "ProxyPass: the path ends with a slash, the "
		    "url does not: what follows %.*s is glued to the urls of "
		    "the members", STR_ARG(map->path));
	append_mapping(call, map);
	return 0;
}

static int
set_proxy_pass(struct config_call *call)
{
	return add_mapping(call, false);
}

static int
set_proxy_pass_match(struct config_call *call)
{
	return add_mapping(call, true);
}

/*
 * The words of mod_scgi.
 */

/* "host:port" as a url; NULL after config_fault(). */
static const char *
scgi_url(struct config_call *call, const char *word)
{
	const char *url;

	if (strstr(word, "://") != NULL ||
	    str_casestarts(str_of(word), STR("unix:")))
		return word;
	url = arena_printf(&call->conf->arena, "scgi://%s", word);
	if (url == NULL)
		config_fault(call, "out of memory");
	return url;
}

/* A mount, which is SCRIPT_NAME, and the rest, PATH_INFO. */
static int
set_scgi_mount(struct config_call *call)
{
	const char *path = call->argv[0], *url;
	struct mapping *map, **end;

	if (path[0] != '/')
		return config_fault(call, "SCGIMount: the path \"%s\" does "
		    "not begin with /", path);
	map = allocate(call, sizeof(*map));
	if (map == NULL)
		return -1;
	url = scgi_url(call, call->argv[1]);
	if (url == NULL)
		return -1;
	map->place = call->place;
	map->path_info = map->scgi = true;
	map->path = str_of(path);
	while (map->path.n > 1 && ends_with_slash(map->path))
		map->path.n--;
	map->member = add_member(call, url, false);
	if (map->member == NULL)
		return -1;
	map->member->base = STR("");
	for (end = &call->scope.vhost->mounts; *end != NULL;
	    end = &(*end)->next)
		continue;
	*end = map;
	return 0;
}

/* "host:port" or "host port": the application of a section. */
static int
set_scgi_server(struct config_call *call)
{
	const char *url, *word = call->argv[0];
	struct mapping *map;
	bool bare;

	map = allocate(call, sizeof(*map));
	if (map == NULL)
		return -1;
	bare = strchr(word, ':') != NULL && word[0] != '[';
	url = call->argc == 1 ? word : arena_printf(&call->conf->arena,
	    bare ? "[%s]:%s" : "%s:%s", word, call->argv[1]);
	if (url == NULL)
		return config_fault(call, "out of memory");
	if ((url = scgi_url(call, url)) == NULL)
		return -1;
	map->place = call->place;
	map->scgi = true;
	if (path_of_location(call, map, false) == -1 ||
	    (map->member = add_member(call, url, false)) == NULL)
		return -1;
	if (map->member->base.n == 0 && map->regex == NULL &&
	    ends_with_slash(map->path))
		map->member->base = STR("/");
	call->scope.location->set.scgi_server = map;
	return 0;
}

/* Off: no application at all, as ProxyPass ! in the section. */
static int
set_scgi_handler(struct config_call *call)
{
	struct settings *set = config_settings(call);
	struct mapping *map;

	if (set_flag(call) == -1)
		return -1;
	if (set->scgi_handler == 1 || set->mapping != NULL)
		return 0;
	map = allocate(call, sizeof(*map));
	if (map == NULL)
		return -1;
	map->place = call->place;
	if (path_of_location(call, map, false) == -1)
		return -1;
	set->mapping = map;
	return 0;
}

/* SetHandler scgi-handler: link_scgi() finds out where that is. */
static int
set_scgi_file(struct config_call *call, struct settings *set)
{
	struct mapping *map;

	map = allocate(call, sizeof(*map));
	if (map == NULL)
		return -1;
	map->place = call->place;
	map->handler = map->scgi = true;
	map->path = call->scope.location == NULL ? STR("/") :
	    call->scope.location->path;
	set->handler = map;
	return 0;
}

/* SetHandler "proxy:url"; the names of other handlers have no meaning. */
static int
set_handler(struct config_call *call)
{
	struct settings *set = config_settings(call);
	const char *word = call->argv[0];
	struct config_call target;
	struct mapping *map;

	set->handler_told = 1;
	set->handler = NULL;
	if (config_find_word("none default-handler", word) != -1)
		return 0;
	if (config_find_word("server-status", word) != -1) {
		config_warn(call, "SetHandler: there is no status page in "
		    "this version");
		return 0;
	}
	if (config_find_word("scgi-handler", word) != -1)
		return set_scgi_file(call, set);
	if (!str_casestarts(str_of(word), STR("proxy:")))
		return config_fault(call, "SetHandler: \"%s\" is not "
		    "supported: write \"proxy:scgi://host:port\" or "
		    "ProxyPass, or let the application speak SCGI", word);
	map = allocate(call, sizeof(*map));
	if (map == NULL)
		return -1;
	word += strlen("proxy:");
	target = *call;
	target.argc = 1;
	target.argv = &word;
	map->place = call->place;
	map->handler = true;
	map->path = call->scope.location == NULL ? STR("/") :
	    call->scope.location->path;
	if (strcmp(word, "!") == 0 || parse_target(&target, 0, map) == -1)
		return -1;
	set->handler = map;
	return 0;
}

/*
 * Balancers.
 */

static bool
is_same_url(const struct member *m, const struct member *n)
{
	if (m->path != NULL || n->path != NULL)
		return strcmp(m->written, n->written) == 0;
	return str_eq(m->canon, n->canon) && str_eq(m->base, n->base);
}

/* A url that the balancer has already: httpd counts it once. */
static bool
find_twin(struct config_call *call, const char *url)
{
	const struct member *m;
	struct member *like;
	const char *why;

	like = parse_member(&call->conf->arena, url, false, &why);
	if (like == NULL)
		return false;
	like->written = url;
	for (m = call->scope.balancer->members; m != NULL; m = m->sibling)
		if (is_same_url(m, like)) {
			config_warn(call, "BalancerMember %s has no effect: "
			    "the balancer has that member already (%s:%d)",
			    url, m->place.file, m->place.line);
			return true;
		}
	return false;
}

/* BalancerMember [balancer-url] url [key=value ...] */
static int
set_balancer_member(struct config_call *call)
{
	struct config_call inner;
	struct member *m, **end;
	const char *name;
	int at;

	at = 0;
	inner = *call;
	name = balancer_name(call, call->argv[0]);
	if (name != NULL) {
		inner.scope.balancer = find_balancer(call, name);
		if (inner.scope.balancer == NULL)
			return -1;
		at = 1;
	}
	if (inner.scope.balancer == NULL)
		return config_fault(call, "BalancerMember: outside of <Proxy "
		    "balancer://...> it begins with the url of a balancer");
	if (at == call->argc)
		return config_fault(call, "BalancerMember: the url is "
		    "missing: %s", call->directive->help);
	if (find_twin(&inner, call->argv[at]))
		return 0;
	m = add_member(&inner, call->argv[at], false);
	if (m == NULL)
		return -1;
	m->balancer->n++;
	for (end = &m->balancer->members; *end != NULL;
	    end = &(*end)->sibling)
		continue;
	*end = m;
	return set_params(&inner, OF_MEMBER, m, at + 1);
}

/*
 * Parameters of a url, for all that ProxyPass has below it: they are read
 * once, for an application that nothing leads to, and given to the others
 * when all is known.
 */
struct url_params {
	struct url_params	*next;
	struct config_call	 call;
	const struct member	*like;
	int			 at;	/* the first one */
};

static int
add_url_params(struct config_call *call, const char *url, int at)
{
	struct url_params *u, **end;
	struct member *m;
	const char *why;

	m = parse_member(&call->conf->arena, url, false, &why);
	if (m == NULL)
		return config_fault(call, "%s %s: %s", call->directive->name,
		    url, why);
	if (m->path != NULL && (m->path = socket_path(call, m->path)) == NULL)
		return -1;
	while (ends_with_slash(m->base))
		m->base.n--;
	u = allocate(call, sizeof(*u));
	if (u == NULL)
		return -1;
	u->call = *call;
	u->like = m;
	u->at = at;
	for (end = &call->conf->url_params; *end != NULL;
	    end = &(*end)->next)
		continue;
	*end = u;
	return set_params(call, OF_MEMBER, m, at);
}

static bool
is_below(const struct member *m, const struct member *like)
{
	return m->balancer == NULL && (m->path == NULL ?
	    like->path == NULL : like->path != NULL &&
	    strcmp(m->path, like->path) == 0) &&
	    str_eq(m->canon, like->canon) && str_starts(m->base, like->base);
}

static void
give_url_params(struct url_params *u)
{
	const struct param *other, *p;
	struct str name, word;
	struct member *m;
	bool any;
	int i;

	any = false;
	for (m = u->call.conf->members; m != NULL; m = m->next) {
		if (!is_below(m, u->like))
			continue;
		any = true;
		for (i = u->at; i < u->call.argc; i++) {
			word = str_of(u->call.argv[i]);
			name = str_head(word, str_chr(word, '='));
			p = find_param(name, OF_MEMBER, &other);
			if (p != NULL && p->set != NULL && !p->balanced)
				p->set(&u->call, p, m, word.p + name.n + 1);
		}
	}
	if (!any)
		config_warn_at(u->call.conf, u->call.place, "%s: no ProxyPass "
		    "has that url", u->call.directive->name);
}

/* The url of the section; NULL after config_fault(). */
static const char *
url_of_section(struct config_call *call)
{
	const struct location *l = call->scope.location;

	if (l != NULL && l->regex == NULL && !l->wildcard)
		return l->pattern;
	config_fault(call, "%s: it stands in <Proxy url>, or begins with a "
	    "url", call->directive->name);
	return NULL;
}

/* ProxySet [url] key=value ... */
static int
set_proxy_set(struct config_call *call)
{
	struct balancer *b;
	const char *name, *url;
	int at;

	at = strstr(call->argv[0], "://") != NULL ||
	    str_casestarts(str_of(call->argv[0]), STR("unix:")) ? 1 : 0;
	b = call->scope.balancer;
	if (at == 0 && b != NULL)
		return set_params(call, OF_BALANCER, b, at);
	url = at == 1 ? call->argv[0] : url_of_section(call);
	if (url == NULL)
		return -1;
	name = balancer_name(call, url);
	if (name == NULL)
		return add_url_params(call, url, at);
	b = find_balancer(call, name);
	return b == NULL ? -1 : set_params(call, OF_BALANCER, b, at);
}

static int
set_proxy_requests(struct config_call *call)
{
	if (config_find_word("off", call->argv[0]) == 0)
		return 0;
	return config_fault(call, "ProxyRequests %s is not supported: this "
	    "is no forward proxy", call->argv[0]);
}

/* Off is "", On the usual field, any other word the name of a field. */
static int
parse_field_name(struct config_call *call, const char *usual,
    const char **field)
{
	const char *word = call->argv[0];
	int value;

	value = config_find_word("off on", word);
	if (value == -1 && !http_is_token(str_of(word)))
		return config_fault(call, "%s: \"%s\" is neither On nor Off "
		    "nor the name of a field", call->directive->name, word);
	*field = value == -1 ? word : value == 0 ? "" : usual;
	return 0;
}

static int
set_internal_redirect(struct config_call *call)
{
	return parse_field_name(call, "Location",
	    &config_settings(call)->redirect_field);
}

static int
set_sendfile(struct config_call *call)
{
	return parse_field_name(call, "X-Sendfile",
	    &config_settings(call)->sendfile_field);
}

/*
 * The name of a file or directory as it is compared, in its simplest form;
 * NULL after config_fault().
 */
static const char *
simple_name(struct config_call *call, const char *word)
{
	struct str s;
	const char *name;

	s = file_simplify(&call->conf->arena, str_of(word));
	if (s.p == NULL) {
		config_fault(call, "%s: \"%s\" is no absolute path, or is "
		    "longer than %d bytes", call->directive->name, word,
		    FILE_PATH_BYTES - 1);
		return NULL;
	}
	name = arena_cstr(&call->conf->arena, s);
	if (name == NULL)
		config_fault(call, "out of memory");
	return name;
}

/* Those of one section add up; those of an inner one take their place. */
static int
set_sendfile_path(struct config_call *call)
{
	struct word_list *w, **end;

	if (call->argv[0][0] != '/')
		return config_fault(call, "%s: \"%s\" is no absolute path",
		    call->directive->name, call->argv[0]);
	w = arena_zalloc(&call->conf->arena, sizeof(*w));
	if (w == NULL)
		return config_fault(call, "out of memory");
	w->word = simple_name(call, call->argv[0]);
	if (w->word == NULL)
		return -1;
	for (end = &config_settings(call)->sendfile_dirs; *end != NULL;
	    end = &(*end)->next)
		continue;
	*end = w;
	return 0;
}

/* MaxRanges and its kin: "default", "unlimited", "none" or a number. */
static int
set_ranges(struct config_call *call)
{
	const struct directive *d = call->directive;
	const char *word = call->argv[0];
	uint64_t n;
	int *value;

	value = (int *)((char *)config_settings(call) + d->offset);
	switch (config_find_word("default unlimited none", word)) {
	case 0:
		*value = (int)d->high;
		return 0;
	case 1:
		*value = RANGES_UNLIMITED;
		return 0;
	case 2:
		*value = 0;
		return 0;
	}
	if (str_u64(str_of(word), &n) == -1 || n > INT_MAX)
		return config_fault(call, "%s: \"%s\" is neither default nor "
		    "unlimited nor none nor a number", d->name, word);
	*value = (int)n;
	return 0;
}

/*
 * Files.
 */

/*
 * The target of an Alias; of an AliasMatch the directory before the first
 * group, what follows is known with each request only.
 */
static const char *
simple_target(struct config_call *call)
{
	const char *all, *directory;
	size_t n;

	all = call->argv[1];
	n = strlen(all);
	if (strcmp(call->directive->name, "AliasMatch") == 0)
		for (n = strcspn(all, "$\\"); n > 0 && all[n - 1] != '/';)
			n--;
	directory = arena_printf(&call->conf->arena, "%.*s", (int)n, all);
	if (directory == NULL) {
		config_fault(call, "out of memory");
		return NULL;
	}
	directory = simple_name(call, directory);
	if (directory == NULL || all[n] == '\0')
		return directory;
	all = arena_printf(&call->conf->arena, "%s%s", directory, all + n);
	if (all == NULL)
		config_fault(call, "out of memory");
	return all;
}

/* The alias of a line, behind the others; NULL after config_fault(). */
static struct alias *
add_alias(struct config_call *call)
{
	struct alias *alias, **end;

	if (call->argv[1][0] != '/') {
		config_fault(call, "%s: \"%s\" is no absolute path",
		    call->directive->name, call->argv[1]);
		return NULL;
	}
	alias = allocate(call, sizeof(*alias));
	if (alias == NULL)
		return NULL;
	alias->place = call->place;
	alias->path = str_of(call->argv[0]);
	alias->target = simple_target(call);
	if (alias->target == NULL)
		return NULL;
	for (end = &call->scope.vhost->aliases; *end != NULL;
	    end = &(*end)->next)
		continue;
	*end = alias;
	return alias;
}

static int
set_alias(struct config_call *call)
{
	const char *path = call->argv[0];

	if (path[0] != '/')
		return config_fault(call, "Alias: the path \"%s\" does not "
		    "begin with /", path);
	if (strchr(path, '%') != NULL)
		config_warn(call, "Alias: %s is compared with the decoded "
		    "path, the %% means itself", path);
	return add_alias(call) == NULL ? -1 : 0;
}

/* What stands before the first $ is the directory that no request leaves. */
static void
warn_open_target(struct config_call *call)
{
	const char *target = call->argv[1];
	size_t n;

	n = strcspn(target, "$\\");
	if (target[n] != '\0' && memchr(target + 1, '/', n - 1) == NULL)
		config_warn(call, "AliasMatch: %s lets requests choose any "
		    "file: let a directory stand before the $", target);
}

static int
set_alias_match(struct config_call *call)
{
	const struct pattern *p;
	struct alias *alias;

	p = compile_pattern(call, call->argv[0], true);
	if (p == NULL)
		return -1;
	alias = add_alias(call);
	if (alias == NULL)
		return -1;
	alias->regex = p;
	warn_open_target(call);
	return 0;
}

/*
 * Redirect.
 */

/* Where a line of that kind goes: what has a path is tried in order. */
static void
append_redirect(struct config_call *call, struct redirect *r)
{
	struct redirect **end;

	if (r->path.p == NULL) {
		call->scope.location->set.redirect = r;
		return;
	}
	end = call->scope.location == NULL ? &call->scope.vhost->redirects :
	    &call->scope.location->set.own.redirects;
	while (*end != NULL)
		end = &(*end)->next;
	*end = r;
}

static int
take_redirect(struct config_call *call, int status, bool match)
{
	struct redirect_line line;
	struct redirect *r;
	const char *why;

	r = allocate(call, sizeof(*r));
	if (r == NULL)
		return -1;
	r->place = call->place;
	line.status = status;
	line.match = match;
	line.section = call->scope.location != NULL;
	line.argc = call->argc;
	line.argv = call->argv;
	why = redirect_parse(r, &call->conf->arena, &line);
	if (why != NULL)
		return config_fault(call, "%s: %s", call->directive->name,
		    why);
	if (match && (r->regex = compile_pattern(call, r->path.p, true)) ==
	    NULL)
		return -1;
	if (redirect_lacks_slash(r))
		config_warn(call, "%s: a slash is put between %.*s and the "
		    "rest of the path: write it", call->directive->name,
		    STR_ARG(r->url));
	append_redirect(call, r);
	return 0;
}

static int
set_redirect(struct config_call *call)
{
	return take_redirect(call, 302, false);
}

static int
set_redirect_match(struct config_call *call)
{
	return take_redirect(call, 302, true);
}

static int
set_redirect_permanent(struct config_call *call)
{
	return take_redirect(call, 301, false);
}

static int
add_index(struct config_call *call, struct word_list **list, const char *word)
{
	struct word_list *w;

	/* The default and "disabled" are no names to add to. */
	if (*list != NULL && ((*list)->word[0] == '\0' ||
	    (*list)->word == call->directive->initial))
		*list = NULL;
	w = allocate(call, sizeof(*w));
	if (w == NULL)
		return -1;
	w->word = word;
	while (*list != NULL)
		list = &(*list)->next;
	*list = w;
	return 0;
}

/* httpd: the lines of one section add up. */
/* AddDefaultCharset: On is what it was when the web was young (httpd). */
static int
set_charset(struct config_call *call)
{
	const char *word = call->argv[0];

	if (str_caseeq(str_of(word), STR("off")))
		word = "";
	else if (str_caseeq(str_of(word), STR("on")))
		word = "iso-8859-1";
	else if (word[strspn(word, "0123456789abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ!#$%&'*+-.^_`|~")] != '\0' ||
	    word[0] == '\0')
		return config_fault(call, "AddDefaultCharset: \"%s\" is no "
		    "name of a charset", word);
	config_settings(call)->charset = word;
	return 0;
}

/* AddHandler: what depends on the name of a file is no program here. */
static int
set_add_handler(struct config_call *call)
{
	const char *word = call->argv[0], *extension = call->argv[1];

	if (extension[0] == '.')
		extension++;
	if (config_find_word("type-map", word) != -1) {
		config_warn(call, "AddHandler: type-map has no effect: a path "
		    "is one file, there is nothing to choose from");
		return 0;
	}
	if (str_casestarts(str_of(word), STR("proxy:")))
		return config_fault(call, "AddHandler: \"%s\" is not "
		    "supported: write ProxyPassMatch \"[.]%s$\" "
		    "scgi://host:port", word, extension);
	return config_fault(call, "AddHandler: \"%s\" is not supported: "
	    "programs are not started here; let the application speak SCGI, "
	    "and write ProxyPassMatch \"[.]%s$\" scgi://host:port", word,
	    extension);
}

static int
set_indexes(struct config_call *call)
{
	struct word_list **list = &config_settings(call)->indexes;
	int i;

	if (call->place.file == NULL)
		return add_index(call, list, call->directive->initial);
	if (call->argc == 1 &&
	    config_find_word("disabled", call->argv[0]) == 0) {
		*list = NULL;
		return add_index(call, list, "");
	}
	for (i = 0; i < call->argc; i++) {
		if (call->argv[i][0] == '\0')
			return config_fault(call, "DirectoryIndex: the name "
			    "is empty");
		if (add_index(call, list, call->argv[i]) == -1)
			return -1;
	}
	return 0;
}

static bool
has_sign(const char *word)
{
	return word[0] == '+' || word[0] == '-';
}

static int
set_option(struct config_call *call, const char *word, int *links)
{
	char sign;

	sign = has_sign(word) ? *word++ : '\0';
	switch (config_find_word("none all|followsymlinks "
	    "symlinksifownermatch indexes|multiviews|includes|"
	    "includesnoexec|execcgi", word)) {
	case 0:
		return 0;
	case 1:
		*links = sign != '-';
		return 0;
	case 2:
		if (sign == '-')
			return 0;
		if (sign == '+')
			*links = 0;
		config_warn(call, "Options: %s is not supported: links that "
		    "lead out are not followed", word);
		return 0;
	case 3:
		if (sign != '-')
			config_warn(call, "Options: %s has no effect", word);
		return 0;
	}
	return config_fault(call, "Options: unknown word \"%s\": %s", word,
	    call->directive->help);
}

/* httpd: words without a sign are all there is, others change what is. */
static int
set_options(struct config_call *call)
{
	int *field_links = &config_settings(call)->follow_links;
	int i, links, signs;

	signs = 0;
	for (i = 0; i < call->argc; i++)
		if (has_sign(call->argv[i]))
			signs++;
	if (signs != 0 && signs != call->argc)
		return config_fault(call, "Options: either all words begin "
		    "with + or -, or none does");
	links = signs == 0 ? 0 : *field_links;
	for (i = 0; i < call->argc; i++)
		if (set_option(call, call->argv[i], &links) == -1)
			return -1;
	*field_links = links;
	return 0;
}

/* "text/html", and what may follow a semicolon. */
static bool
is_type(const char *word)
{
	struct str type;
	size_t i, slash;

	for (i = 0; word[i] != '\0'; i++)
		if ((unsigned char)word[i] < ' ' || word[i] == 0x7f)
			return false;
	type = str_of(word);
	type = str_head(type, str_chr(type, ';'));
	while (type.n > 0 && type.p[type.n - 1] == ' ')
		type.n--;
	slash = str_chr(type, '/');
	return http_is_token(str_head(type, slash)) &&
	    http_is_token(str_from(type, slash + 1));
}

/* 0, or -1 after config_fault(). */
static int
check_type(struct config_call *call, const char *type)
{
	const char *name = call->directive->name;

	if (!is_type(type))
		return config_fault(call, "%s: \"%s\" is not of the form "
		    "type/subtype", name, type);
	/* mod_php and its kin are started by a type. */
	if (str_casestarts(str_of(type), STR("application/x-httpd-")))
		config_warn(call, "%s: %s starts no program here: such files "
		    "are sent as they are", name, type);
	return 0;
}

/* httpd writes it in small letters. */
static int
set_forced_type(struct config_call *call)
{
	const char *word = call->argv[0];
	char *type;
	size_t i, n;

	if (str_caseeq(str_of(word), STR("none"))) {
		config_settings(call)->forced_type = "";
		return 0;
	}
	if (check_type(call, word) == -1)
		return -1;
	n = strlen(word) + 1;
	type = allocate(call, n);
	if (type == NULL)
		return -1;
	for (i = 0; i < n; i++)
		type[i] = ch_lower(word[i]);
	config_settings(call)->forced_type = type;
	return 0;
}

static int
set_add_type(struct config_call *call)
{
	const char *type = call->argv[0];
	struct file_types *t;
	int i;

	if (check_type(call, type) == -1)
		return -1;
	/* The table is only const for those who read it. */
	t = (struct file_types *)call->conf->types;
	for (i = 1; i < call->argc; i++)
		if (file_types_add(t, &call->conf->arena,
		    str_of(call->argv[i]), str_of(type)) == -1)
			return config_fault(call, "out of memory");
	return 0;
}

/* It takes the place of the built-in list; what AddType says goes before. */
static int
set_types_config(struct config_call *call)
{
	struct file_types *t;
	const char *path;

	t = allocate(call, sizeof(*t));
	path = config_path(call, call->argv[0]);
	if (t == NULL || path == NULL)
		return -1;
	if (file_types_read(t, &call->conf->arena, path) == -1)
		return config_fault(call, "TypesConfig: %s: %s", path,
		    strerror(errno));
	((struct file_types *)call->conf->types)->next = t;
	return 0;
}

static int
set_default_type(struct config_call *call)
{
	if (config_find_word("none", call->argv[0]) == -1)
		config_warn(call, "DefaultType: %s has no effect: files "
		    "whose type is not known have none", call->argv[0]);
	return 0;
}

/*
 * Access.
 */

/* Several Require of one section are as in <RequireAny> (httpd). */
static struct auth_rule *
group_of(struct config_call *call)
{
	struct settings *set;

	if (call->scope.group != NULL)
		return call->scope.group;
	set = config_settings(call);
	if (set->require == NULL)
		set->require = auth_make_group(&call->conf->arena, AUTH_ANY);
	if (set->require == NULL)
		config_fault(call, "out of memory");
	return set->require;
}

/* Only what is negated can be wrong in a section's own group. */
static int
add_access_rule(struct config_call *call, struct auth_rule *rule)
{
	struct auth_rule *group;
	struct settings *set;

	group = group_of(call);
	if (group == NULL)
		return -1;
	auth_add(group, rule);
	set = config_settings(call);
	if (group == set->require && (auth_is_negated(rule) ||
	    set->require_place.file == NULL))
		set->require_place = call->place;
	return 0;
}

static int
set_require(struct config_call *call)
{
	struct auth_rule *rule;
	const char *why;

	/* The default needs no rule. */
	if (call->place.file == NULL)
		return 0;
	why = auth_compile(&rule, &call->conf->arena, call->argc, call->argv);
	if (why != NULL)
		return config_fault(call, "Require: %s", why);
	return add_access_rule(call, rule);
}

static int
open_group(struct config_call *call, enum auth_group kind)
{
	struct auth_rule *group;

	group = auth_make_group(&call->conf->arena, kind);
	if (group == NULL)
		return config_fault(call, "out of memory");
	if (add_access_rule(call, group) == -1)
		return -1;
	call->scope.group = group;
	return 0;
}

static int
open_require_all(struct config_call *call)
{
	return open_group(call, AUTH_ALL);
}

static int
open_require_any(struct config_call *call)
{
	return open_group(call, AUTH_ANY);
}

static int
open_require_none(struct config_call *call)
{
	return open_group(call, AUTH_NONE);
}

static int
close_group(struct config_call *call)
{
	const char *why;

	why = auth_check_group(call->scope.group, false);
	if (why != NULL)
		return config_fault(call, "<%s>: %s", call->directive->name,
		    why);
	return 0;
}

/* What the section says with Order and its kin, made at the first of them. */
static struct access_rules *
rules_of(struct config_call *call)
{
	struct settings *set;

	set = config_settings(call);
	if (set->access == NULL) {
		set->access = access_make(&call->conf->arena);
		set->access_place = call->place;
	}
	if (set->access == NULL)
		config_fault(call, "out of memory");
	return set->access;
}

static int
set_order(struct config_call *call)
{
	struct access_rules *rules;

	rules = rules_of(call);
	if (rules == NULL)
		return -1;
	return access_set_order(rules, call->argv[0]) ? 0 :
	    config_fault(call, "Order: \"%s\" is not known: it is deny,allow, "
	    "allow,deny or mutual-failure", call->argv[0]);
}

static int
set_satisfy(struct config_call *call)
{
	struct access_rules *rules;

	rules = rules_of(call);
	if (rules == NULL)
		return -1;
	return access_set_satisfy(rules, call->argv[0]) ? 0 :
	    config_fault(call, "Satisfy: \"%s\" is not known: it is all or "
	    "any", call->argv[0]);
}

static int
add_from(struct config_call *call, enum access_list list)
{
	const char *name = call->directive->name, *why;
	struct access_rules *rules;
	int i, rc;

	if (config_find_word("from", call->argv[0]) == -1)
		return config_fault(call, "%s is followed by from: write %s "
		    "from %s", name, name, call->argv[0]);
	rules = rules_of(call);
	if (rules == NULL)
		return -1;
	rc = 0;
	for (i = 1; i < call->argc; i++) {
		why = access_add(rules, &call->conf->arena, list,
		    call->argv[i]);
		if (why != NULL)
			rc = config_fault(call, "%s from %s: %s", name,
			    call->argv[i], why);
	}
	return rc;
}

static int
set_allow(struct config_call *call)
{
	return add_from(call, ACCESS_ALLOW);
}

static int
set_deny(struct config_call *call)
{
	return add_from(call, ACCESS_DENY);
}

static int
set_auth_type(struct config_call *call)
{
	int value;

	value = config_find_word("none basic", call->argv[0]);
	if (value == -1)
		return config_fault(call, "AuthType: %s is not supported: "
		    "write Basic", call->argv[0]);
	config_settings(call)->auth_type = value == 0 ? AUTH_TYPE_NONE :
	    call->scope.location != NULL ? AUTH_TYPE_SECTION :
	    AUTH_TYPE_BASIC;
	return 0;
}

static int
set_auth_name(struct config_call *call)
{
	config_settings(call)->auth_name = call->argv[0];
	return 0;
}

/* Each file is read once, however many sections name it. */
static int
set_auth_user_file(struct config_call *call)
{
	const char *path, *why, *warning;
	struct auth_list *l;

	path = config_path(call, call->argv[0]);
	if (path == NULL)
		return -1;
	for (l = call->conf->auth_files; l != NULL; l = l->next)
		if (strcmp(l->path, path) == 0)
			break;
	if (l == NULL) {
		l = allocate(call, sizeof(*l));
		if (l == NULL)
			return -1;
		l->file = auth_open_file(&call->conf->arena, path, &why,
		    &warning);
		if (l->file == NULL)
			return config_fault(call, "AuthUserFile: %s: %s",
			    path, why);
		if (warning != NULL)
			config_warn(call, "AuthUserFile: %s: %s", path,
			    warning);
		l->path = path;
		l->place = call->place;
		l->next = call->conf->auth_files;
		call->conf->auth_files = l;
	}
	config_settings(call)->auth_file = l->file;
	return 0;
}

static int
set_auth_provider(struct config_call *call)
{
	int i;

	for (i = 0; i < call->argc; i++)
		if (config_find_word("file", call->argv[i]) == -1)
			return config_fault(call, "AuthBasicProvider: %s is "
			    "not supported: write file, and AuthUserFile",
			    call->argv[i]);
	return 0;
}

/*
 * Who the client is.
 */

static int
set_remote_field(struct config_call *call)
{
	if (!http_is_token(str_of(call->argv[0])))
		return config_fault(call, "%s: \"%s\" is not the name of a "
		    "field", call->directive->name, call->argv[0]);
	*(const char **)(void *)((char *)call->scope.vhost +
	    call->directive->offset) = call->argv[0];
	return 0;
}

static int
add_net(struct config_call *call, const char *word)
{
	struct auth_nets **list;
	const char *why;

	list = (struct auth_nets **)field(call);
	why = auth_add_proxy(list, &call->conf->arena, word);
	return why == NULL ? 0 : config_fault(call, "%s: %s: %s",
	    call->directive->name, word, why);
}

static int
set_nets(struct config_call *call)
{
	int i, rc;

	rc = 0;
	for (i = 0; i < call->argc; i++)
		if (add_net(call, call->argv[i]) == -1)
			rc = -1;
	return rc;
}

/* A file of networks, one a line; # begins a comment. */
static int
set_net_list(struct config_call *call)
{
	char line[256];
	const char *path;
	struct str s;
	FILE *fp;
	int rc;

	path = config_path(call, call->argv[0]);
	if (path == NULL)
		return -1;
	if ((fp = fopen(path, "r")) == NULL)
		return config_fault(call, "%s: %s: %s", call->directive->name,
		    path, strerror(errno));
	rc = 0;
	while (fgets(line, sizeof(line), fp) != NULL) {
		s = str_of(line);
		s = str_head(s, strcspn(line, "#\r\n"));
		s = str_trim(s);
		if (s.n > 0 && add_net(call, arena_cstr(&call->conf->arena,
		    s)) == -1)
			rc = -1;
	}
	fclose(fp);
	return rc;
}

/*
 * Error pages.
 */

static int
parse_status(struct config_call *call, const char *word, int *status)
{
	uint64_t n;

	if (str_u64(str_of(word), &n) == -1 || n < 400 || n > 599)
		return config_fault(call, "%s: \"%s\" is no status from 400 "
		    "to 599", call->directive->name, word);
	*status = (int)n;
	return 0;
}

static enum error_doc_kind
kind_of_document(const char *word)
{
	if (config_find_word("default", word) == 0)
		return ERROR_DOC_DEFAULT;
	/* httpd: with a blank it is text, whatever it begins with. */
	if (strpbrk(word, " \t") != NULL)
		return ERROR_DOC_TEXT;
	if (word[0] == '/')
		return ERROR_DOC_PATH;
	if (str_casestarts(str_of(word), STR("http://")) ||
	    str_casestarts(str_of(word), STR("https://")))
		return ERROR_DOC_URL;
	return ERROR_DOC_TEXT;
}

/* The section's for that status, made when it has none. */
static struct error_doc *
find_document(struct config_call *call, int status)
{
	struct error_doc *doc, **end;

	for (end = &config_settings(call)->errors.list; *end != NULL;
	    end = &(*end)->next)
		if ((*end)->status == status)
			return *end;
	doc = allocate(call, sizeof(*doc));
	if (doc == NULL)
		return NULL;
	doc->status = status;
	*end = doc;
	return doc;
}

static int
set_error_document(struct config_call *call)
{
	struct error_doc *doc;
	enum error_doc_kind kind;
	const char *word = call->argv[1];
	int status;

	if (parse_status(call, call->argv[0], &status) == -1)
		return -1;
	kind = kind_of_document(word);
	/* httpd: the client would never be asked for its password. */
	if (status == 401 && kind == ERROR_DOC_URL) {
		config_warn(call, "ErrorDocument: a url has no effect for "
		    "401: write a path or a text");
		return 0;
	}
	if (kind == ERROR_DOC_TEXT && strstr(word, "%{") != NULL)
		config_warn(call, "ErrorDocument: there are no expressions, "
		    "%%{ means itself");
	/* httpd: an old way to say that text follows. */
	if (kind == ERROR_DOC_TEXT && word[0] == '"')
		word++;
	doc = find_document(call, status);
	if (doc == NULL)
		return -1;
	doc->kind = kind;
	doc->value = str_of(word);
	return 0;
}

static int
set_error_override(struct config_call *call)
{
	struct settings *set = config_settings(call);
	struct status_list *list, **end;
	int i, value;

	value = config_find_word("off on", call->argv[0]);
	if (value == -1)
		return config_fault(call, "ProxyErrorOverride must be On or "
		    "Off, not \"%s\"", call->argv[0]);
	if (value == 0 && call->argc > 1)
		return config_fault(call, "ProxyErrorOverride: after Off "
		    "comes nothing, not \"%s\"", call->argv[1]);
	list = NULL;
	end = &list;
	for (i = 1; i < call->argc; i++) {
		*end = allocate(call, sizeof(**end));
		if (*end == NULL || parse_status(call, call->argv[i],
		    &(*end)->status) == -1)
			return -1;
		end = &(*end)->next;
	}
	set->error_override = value;
	set->override_list = list;
	return 0;
}

/*
 * Locations.
 */

static void
clear_settings(struct settings *set)
{
	memset(set, 0, sizeof(*set));
	set->body_limit = UNSET;
	set->pass_auth = UNSET;
	set->request_uri = UNSET;
	set->canonical = UNSET;
	set->signature = UNSET;
	set->lookups = UNSET;
	set->request_buffering = UNSET;
	set->request_buffer = UNSET;
	set->temp_file_max = UNSET;
	set->ignore_abort = UNSET;
	set->error_override = UNSET;
	set->auth_type = UNSET;
	set->handler_told = UNSET;
	set->path_info = UNSET;
	set->physical_port = UNSET;
	set->internal_only = UNSET;
	set->accel_headers = UNSET;
	set->redirect_relative = UNSET;
	set->scgi_handler = UNSET;
	set->follow_links = UNSET;
	set->max_ranges = UNSET;
	set->max_overlaps = UNSET;
	set->max_reversals = UNSET;
}

/* The section, behind the others of its list. */
static struct location *
add_section(struct config_call *call, struct location **list, const char *word)
{
	struct location *l;

	l = allocate(call, sizeof(*l));
	if (l == NULL)
		return NULL;
	l->place = call->place;
	l->path = str_of(word);
	l->pattern = word;
	clear_settings(&l->set);
	while (*list != NULL)
		list = &(*list)->next;
	*list = l;
	/* This first: what is inside is looked at in any case. */
	call->scope.location = l;
	return l;
}

/*
 * <Name path>, <Name ~ regex> and <NameMatch regex>.  *regex tells which;
 * the section is made in any case.  NULL after config_fault().
 */
static struct location *
open_section(struct config_call *call, struct location **list, bool match)
{
	struct location *l;
	bool tilde;

	tilde = strcmp(call->argv[0], "~") == 0;
	l = add_section(call, list, call->argv[call->argc - 1]);
	if (l == NULL)
		return NULL;
	if (call->argc != (tilde ? 2 : 1)) {
		config_fault(call, "<%s> takes one %s", call->directive->name,
		    match ? "expression" : "argument, or ~ and an "
		    "expression");
		return NULL;
	}
	if (match || tilde) {
		l->regex = compile_pattern(call, l->pattern, false);
		return l->regex == NULL ? NULL : l;
	}
	l->wildcard = strpbrk(l->pattern, "*?[") != NULL;
	return l;
}

static int
set_location(struct config_call *call)
{
	const struct location *l;

	l = open_section(call, &call->scope.vhost->locations, false);
	if (l == NULL)
		return -1;
	if (l->regex != NULL)
		return 0;
	if (strstr(l->pattern, "://") != NULL)
		return config_fault(call, "<Location %s>: a url with its host "
		    "is for forward proxies", l->pattern);
	if (l->pattern[0] != '/')
		return config_fault(call, "<Location %s>: the path does not "
		    "begin with /", l->pattern);
	return 0;
}

static int
set_location_match(struct config_call *call)
{
	return open_section(call, &call->scope.vhost->locations, true) ==
	    NULL ? -1 : 0;
}

/*
 * "unix:/path" and "unix:/path|scgi:", of which any name that follows may be:
 * what is before it, in the form that it is compared in.
 */
static int
canonical_socket(struct config_call *call, struct location *l, bool label)
{
	const char *path;

	path = arena_printf(&call->conf->arena, "%.*s",
	    (int)(str_chr(l->path, '|') - strlen("unix:")),
	    l->path.p + strlen("unix:"));
	if (path == NULL)
		return config_fault(call, "out of memory");
	path = socket_path(call, path);
	return path == NULL ? -1 :
	    name_socket(call, path, label ? "|" : "", &l->path);
}

/*
 * The url as SCRIPT_FILENAME has it, without the default port; before it the
 * socket, if there is one.
 */
static int
canonical_url(struct config_call *call, struct location *l)
{
	struct str rest, s, socket;
	struct member *m;
	const char *why;

	s = l->path;
	if (l->wildcard)
		return 0;
	socket = STR("");
	if (str_casestarts(s, STR("unix:"))) {
		s = str_from(s, str_chr(s, '|'));
		if (canonical_socket(call, l, s.n > 0) == -1)
			return -1;
		socket = l->path;
		s = str_from(s, 1);
		if (s.n > 0 && !str_casestarts(s, STR("scgi:")))
			return config_fault(call, "<Proxy %s>: after the | "
			    "comes scgi://name", l->pattern);
	}
	if (!str_casestarts(s, STR("scgi://")) || s.n == 7)
		return 0;
	m = parse_member(&call->conf->arena, s.p, false, &why);
	if (m == NULL)
		return config_fault(call, "<Proxy %s>: %s", l->pattern, why);
	rest = str_from(s, 7);
	rest = str_from(rest, str_chr(rest, '/'));
	s.p = arena_printf(&call->conf->arena, "%.*s%.*s%.*s",
	    STR_ALL(socket), STR_ALL(m->canon), STR_ALL(rest));
	if (s.p == NULL)
		return config_fault(call, "out of memory");
	l->path = str_of(s.p);
	return 0;
}

static int
set_proxy(struct config_call *call)
{
	const char *name;
	struct config_call inner;
	struct location *l;

	name = balancer_name(call, call->argv[0]);
	inner = *call;
	inner.argc = strcmp(call->argv[0], "~") == 0 ? 2 : 1;
	l = open_section(&inner, &call->scope.vhost->proxies, false);
	call->scope = inner.scope;
	if (l == NULL)
		return -1;
	if (name != NULL) {
		call->scope.balancer = find_balancer(call, name);
		if (call->scope.balancer == NULL)
			return -1;
		return set_params(call, OF_BALANCER, call->scope.balancer, 1);
	}
	if (call->argc > inner.argc) {
		name = url_of_section(call);
		if (name == NULL || add_url_params(call, name, 1) == -1)
			return -1;
	}
	return l->regex != NULL ? 0 : canonical_url(call, l);
}

static int
set_proxy_match(struct config_call *call)
{
	return open_section(call, &call->scope.vhost->proxies, true) ==
	    NULL ? -1 : 0;
}

static size_t
depth_of(const struct location *l)
{
	size_t i, n;

	n = 0;
	for (i = 0; i < l->path.n; i++)
		if (l->path.p[i] == '/')
			n++;
	return l->regex != NULL ? SIZE_MAX : l->path.n == 1 ? 0 : n;
}

/* httpd: the shorter ones first, then the expressions, else as written. */
static void
sort_directory(struct location **list, struct location *l)
{
	struct location **end;

	for (end = list; *end != l; end = &(*end)->next)
		continue;
	*end = NULL;
	while (*list != NULL && depth_of(*list) <= depth_of(l))
		list = &(*list)->next;
	l->next = *list;
	*list = l;
}

/*
 * The name is compared in its simplest form, without a slash at its end.
 * Where links lead counts as well, for what is opened in another way.
 */
static int
simplify_directory(struct config_call *call, struct location *l)
{
	struct file f;

	l->pattern = simple_name(call, l->pattern);
	if (l->pattern == NULL)
		return -1;
	l->path = str_of(l->pattern);
	while (l->path.n > 1 && ends_with_slash(l->path))
		l->path.n--;
	l->pattern = arena_cstr(&call->conf->arena, l->path);
	if (l->pattern == NULL)
		return config_fault(call, "out of memory");
	if (l->wildcard)
		return 0;
	if (file_open_below(&f, "/", l->path, true) == 0 && f.directory &&
	    !str_eq(f.path, l->path))
		l->real = arena_dup(&call->conf->arena, f.path);
	file_close(&f);
	return 0;
}

static int
set_directory(struct config_call *call)
{
	struct location *l;

	l = open_section(call, &call->scope.vhost->directories, false);
	if (l == NULL)
		return -1;
	if (l->regex != NULL)
		return 0;
	if (l->pattern[0] != '/')
		return config_fault(call, "<Directory %s>: the path does not "
		    "begin with /", l->pattern);
	if (simplify_directory(call, l) == -1)
		return -1;
	sort_directory(&call->scope.vhost->directories, l);
	return 0;
}

static int
set_directory_match(struct config_call *call)
{
	return open_section(call, &call->scope.vhost->directories, true) ==
	    NULL ? -1 : 0;
}

/*
 * <Files> and <FilesMatch>: settings belong to paths here, but what stock
 * files say of names that begin with .ht holds anyway.
 */

/* "ht", in whatever case of letters, at the front of an expression. */
static bool
begins_ht(struct str s)
{
	return str_casestarts(s, STR("ht")) || str_starts(s, STR("[Hh][Tt]")) ||
	    str_starts(s, STR("[hH][tT]"));
}

/* Can the expression match only names that begin with .ht? */
static bool
is_ht_regex(const char *text)
{
	struct str s;
	bool inside;

	s = str_of(text);
	if (!str_starts(s, STR("^\\.")))
		return false;
	s = str_from(s, 3);
	inside = str_starts(s, STR("("));
	if (inside)
		s = str_from(s, 1);
	for (;;) {
		if (!begins_ht(s))
			return false;
		s = str_from(s, strcspn(s.p, "|)"));
		if (s.n == 0)
			return true;
		if (!inside || s.p[0] == ')')
			return str_chr(s, '|') == s.n;
		s = str_from(s, 1);
	}
}

static int
refuse_files(struct config_call *call)
{
	return config_fault(call, "<%s %s> is not supported: settings belong "
	    "to paths; write <LocationMatch>, <DirectoryMatch> or "
	    "ProxyPassMatch (names that begin with .ht are never served)",
	    call->directive->name, call->argv[call->argc - 1]);
}

/* What stands inside goes nowhere. */
static int
open_files(struct config_call *call, bool match)
{
	const struct config_scope outside = call->scope;
	struct location *nowhere;
	const struct location *l;

	nowhere = NULL;
	l = open_section(call, &nowhere, match);
	if (l != NULL && (l->regex != NULL ? is_ht_regex(l->pattern) :
	    str_starts(l->path, STR(".ht"))))
		return 0;
	call->scope = outside;
	return l == NULL ? -1 : refuse_files(call);
}

static int
set_files(struct config_call *call)
{
	return open_files(call, false);
}

static int
set_files_match(struct config_call *call)
{
	return open_files(call, true);
}

/* At the end: nobody may have been let in. */
static int
close_files(struct config_call *call)
{
	const struct settings *set = config_settings(call);

	if ((set->require == NULL && set->access == NULL) ||
	    access_is_closed(set))
		return 0;
	return config_fault_at(call->conf, set->require != NULL ?
	    set->require_place : set->access_place, "<%s %s>: "
	    "names that begin with .ht are never served: only \"Require all "
	    "denied\" can stand here", call->directive->name,
	    call->scope.location->pattern);
}

/*
 * Virtual hosts.
 */

static void
clear_host(struct vhost *v)
{
	v->timeout = UNSET;
	v->keepalive = UNSET;
	v->keepalive_timeout = UNSET;
	v->keepalive_max = UNSET;
	v->read_head.first = UNSET;
	v->read_body.first = UNSET;
	v->limits.line = SIZE_MAX;
	v->limits.field_size = SIZE_MAX;
	v->limits.fields = SIZE_MAX;
	v->limits.head = SIZE_MAX;
	v->trace = UNSET;
	v->slashes = UNSET;
	v->merge_slashes = UNSET;
	v->recursion = UNSET;
	v->strict_host = UNSET;
	v->proxy_protocol = UNSET;
	clear_settings(&v->set);
}

/* "*", "_default_", "addr", each with ":port" or ":*" or without. */
static const char *
parse_vhost_address(struct vhost_address *va, struct arena *a,
    const char *word)
{
	struct str host, port, s;
	const char *why;

	s = str_of(word);
	if (s.n > 2 && str_eq(str_from(s, s.n - 2), STR(":*")))
		s.n -= 2;
	if (str_eq(s, STR("*")) || str_caseeq(s, STR("_default_")))
		return NULL;
	if (str_starts(s, STR("*:")) || str_casestarts(s,
	    STR("_default_:"))) {
		port = str_from(s, str_chr(s, ':') + 1);
		why = check_port(port);
	} else {
		why = split_host(s, &host, &port);
		if (why == NULL && (va->host = lower_copy(a, host)) == NULL)
			why = "out of memory";
	}
	if (why == NULL && port.p != NULL)
		va->port = (int)strtol(port.p, NULL, 10);
	return why;
}

static int
add_vhost_address(struct config_call *call, const char *word)
{
	struct vhost_address *va, **end;
	const char *why;

	va = allocate(call, sizeof(*va));
	if (va == NULL)
		return -1;
	va->place = call->place;
	why = parse_vhost_address(va, &call->conf->arena, word);
	if (why != NULL)
		return config_fault(call, "<VirtualHost %s>: %s", word, why);
	for (end = &call->scope.vhost->addresses; *end != NULL;
	    end = &(*end)->next)
		continue;
	*end = va;
	return 0;
}

static int
set_virtual_host(struct config_call *call)
{
	struct vhost *v, **end;
	int i, rc;

	v = allocate(call, sizeof(*v));
	if (v == NULL)
		return -1;
	v->base = &call->conf->main;
	v->place = call->place;
	clear_host(v);
	for (end = &call->conf->vhosts; *end != NULL; end = &(*end)->next)
		continue;
	*end = v;
	call->scope.vhost = v;
	rc = 0;
	for (i = 0; i < call->argc; i++)
		if (add_vhost_address(call, call->argv[i]) == -1)
			rc = -1;
	return rc;
}

static int
set_server_alias(struct config_call *call)
{
	struct word_list **end;
	struct str s;
	int i;

	for (end = &call->scope.vhost->server_aliases; *end != NULL;
	    end = &(*end)->next)
		continue;
	for (i = 0; i < call->argc; i++) {
		s = str_of(call->argv[i]);
		if (strpbrk(s.p, ":/[]") != NULL || s.n == 0)
			return config_fault(call, "ServerAlias: \"%s\" is not "
			    "a name, without a port, with * and ? for what "
			    "varies", call->argv[i]);
		*end = allocate(call, sizeof(**end));
		if (*end == NULL)
			return -1;
		(*end)->word = s.p;
		end = &(*end)->next;
	}
	return 0;
}

/*
 * Fields.
 */

static int
add_edit(struct config_call *call, struct edit **list, enum edit_side side)
{
	const char *warning, *why;

	why = edit_compile(list, &call->conf->arena, side, call->argc,
	    call->argv, &warning);
	if (why != NULL)
		return config_fault(call, "%s: %s", call->directive->name,
		    why);
	if (warning != NULL)
		config_warn(call, "%s: %s", call->directive->name, warning);
	return 0;
}

static int
set_header(struct config_call *call)
{
	return add_edit(call, &config_settings(call)->own.answer_edits,
	    EDIT_ANSWER);
}

static int
set_request_header(struct config_call *call)
{
	return add_edit(call, &config_settings(call)->own.request_edits,
	    EDIT_REQUEST);
}

static int
add_reverse(struct config_call *call, enum reverse_kind kind,
    const char *from, const char *to)
{
	const char *why;

	why = edit_compile_reverse(&config_settings(call)->own.reverses,
	    &call->conf->arena, kind, from, to);
	return why == NULL ? 0 : config_fault(call, "%s: %s",
	    call->directive->name, why);
}

/* The urls of a balancer's members are known when all lines are read. */
static int
add_reverse_later(struct config_call *call, const char *path, const char *url)
{
	struct reverse_later *later, **end;

	later = allocate(call, sizeof(*later));
	if (later == NULL)
		return -1;
	later->place = call->place;
	later->vhost = call->scope.vhost;
	later->block = &config_settings(call)->own;
	later->path = path;
	later->url = url;
	for (end = &call->conf->reverses_later; *end != NULL;
	    end = &(*end)->next)
		continue;
	*end = later;
	return 0;
}

/* ProxyPassReverse [path] url */
static int
set_reverse(struct config_call *call)
{
	const struct location *l = call->scope.location;
	const char *path, *url;
	int argc;

	argc = call->argc;
	if (argc > 1 && config_find_word("interpolate",
	    call->argv[argc - 1]) == 0) {
		config_warn(call, "ProxyPassReverse: interpolate has no "
		    "effect");
		argc--;
	}
	if (argc == 2 && l == NULL) {
		path = call->argv[0];
		url = call->argv[1];
	} else if (argc == 1 && l != NULL && l->regex == NULL) {
		path = l->pattern;
		url = call->argv[0];
	} else
		return config_fault(call, "ProxyPassReverse takes a path and "
		    "a url, in <Location> only the url");
	if (path[0] != '/')
		return config_fault(call, "ProxyPassReverse: the path \"%s\" "
		    "does not begin with /", path);
	if (balancer_name(call, url) != NULL)
		return add_reverse_later(call, path, url);
	return add_reverse(call, REVERSE_URL, url, path);
}

static int
set_reverse_domain(struct config_call *call)
{
	return add_reverse(call, REVERSE_COOKIE_DOMAIN, call->argv[0],
	    call->argv[1]);
}

static int
set_reverse_cookie_path(struct config_call *call)
{
	return add_reverse(call, REVERSE_COOKIE_PATH, call->argv[0],
	    call->argv[1]);
}

/*
 * The table.
 */

enum {
	S = CONTEXT_SERVER,
	SV = CONTEXT_SERVER | CONTEXT_VHOST,
	SVL = SV | CONTEXT_LOCATION,
	SVLP = SVL | CONTEXT_PROXY,		/* of requests */
	SVLD = SVLP | CONTEXT_DIRECTORY,	/* of files too */
	SECTIONS = CONTEXT_LOCATION | CONTEXT_PROXY | CONTEXT_DIRECTORY |
	    CONTEXT_FILES
};

const struct directive directives[] = {
	/* Addresses, users, processes. */
	{ .name = "Listen", .set = set_listen, .contexts = S,
	  .min = 1, .max = 4,
	  .help = "Listen [address:]port [http] | unix:/path [mode=octal] "
	  "[user=name] [group=name]" },
	{ .name = "ListenBackLog", .set = set_int, .contexts = S,
	  .min = 1, .max = 1, .offset = offsetof(struct config, backlog),
	  .low = 1, .high = INT_MAX, .initial = "511",
	  .help = "ListenBackLog number" },
	{ .name = "AcceptFilter", .set = set_accept_filter, .contexts = S,
	  .min = 2, .max = 2, .initial = "http none",
	  .help = "AcceptFilter http data|none" },
	{ .name = "User", .set = set_user, .contexts = S,
	  .min = 1, .max = 1, .help = "User name|#id" },
	{ .name = "Group", .set = set_group, .contexts = S,
	  .min = 1, .max = 1, .help = "Group name|#id" },
	{ .name = "PidFile", .set = set_path, .contexts = S,
	  .min = 1, .max = 1, .offset = offsetof(struct config, pid_file),
	  .help = "PidFile path" },
	{ .name = "DefaultRuntimeDir", .set = set_path, .contexts = S,
	  .min = 1, .max = 1, .offset = offsetof(struct config, runtime_dir),
	  .help = "DefaultRuntimeDir directory" },
	{ .name = "StartServers", .set = set_int, .contexts = S,
	  .min = 1, .max = 1, .offset = offsetof(struct config, start_servers),
	  .high = INT_MAX, .initial = "5", .help = "StartServers number" },
	{ .name = "MinSpareServers", .set = set_int, .contexts = S,
	  .min = 1, .max = 1, .offset = offsetof(struct config, min_spare),
	  .high = INT_MAX, .initial = "5", .help = "MinSpareServers number" },
	{ .name = "MaxSpareServers", .set = set_int, .contexts = S,
	  .min = 1, .max = 1, .offset = offsetof(struct config, max_spare),
	  .high = INT_MAX, .initial = "10", .help = "MaxSpareServers number" },
	{ .name = "ServerLimit", .set = set_int, .contexts = S,
	  .min = 1, .max = 1, .offset = offsetof(struct config, server_limit),
	  .high = INT_MAX, .initial = "256", .help = "ServerLimit number" },
	{ .name = "MaxRequestWorkers", .set = set_int, .contexts = S,
	  .min = 1, .max = 1, .offset = offsetof(struct config, max_workers),
	  .high = INT_MAX, .initial = "256",
	  .help = "MaxRequestWorkers number" },
	{ .name = "MaxClients", .kind = DIRECTIVE_ALIAS,
	  .words = "MaxRequestWorkers" },
	{ .name = "MaxConnectionsPerChild", .set = set_int, .contexts = S,
	  .min = 1, .max = 1,
	  .offset = offsetof(struct config, max_connections),
	  .high = INT_MAX, .initial = "0",
	  .help = "MaxConnectionsPerChild number" },
	{ .name = "MaxRequestsPerChild", .kind = DIRECTIVE_ALIAS,
	  .words = "MaxConnectionsPerChild" },
	{ .name = "GracefulShutdownTimeout", .set = set_time, .contexts = S,
	  .min = 1, .max = 1, .offset = offsetof(struct config, stop_timeout),
	  .initial = "8", .help = "GracefulShutdownTimeout time" },
	{ .name = "WorkerScheduling", .set = set_word, .contexts = S,
	  .min = 1, .max = 1, .offset = offsetof(struct config, scheduling),
	  .words = "normal batch", .initial = "batch",
	  .help = "WorkerScheduling batch|normal" },

	/* Who the server is. */
	{ .name = "ServerName", .set = set_server_name, .contexts = SV,
	  .min = 1, .max = 1, .help = "ServerName [scheme://]name[:port]" },
	{ .name = "VirtualHost", .kind = DIRECTIVE_SECTION,
	  .set = set_virtual_host, .contexts = S, .inside = CONTEXT_VHOST,
	  .min = 1, .max = -1,
	  .help = "VirtualHost address[:port] ..." },
	{ .name = "ServerAlias", .set = set_server_alias, .contexts = SV,
	  .min = 1, .max = -1, .help = "ServerAlias name ..." },
	{ .name = "StrictHostCheck", .set = set_flag, .contexts = SV,
	  .min = 1, .max = 1, .offset = offsetof(struct vhost, strict_host),
	  .initial = "Off", .help = "StrictHostCheck On|Off" },
	{ .name = "ServerAdmin", .set = set_server_admin, .contexts = SV,
	  .min = 1, .max = 1, .initial = "\"[no address given]\"",
	  .help = "ServerAdmin address" },
	{ .name = "ServerTokens", .set = set_word, .contexts = S,
	  .min = 1, .max = 1, .offset = offsetof(struct config, tokens),
	  .words = "prod|productonly major minor min|minimal os full",
	  .initial = "Full",
	  .help = "ServerTokens Full|OS|Minimal|Minor|Major|Prod" },
	{ .name = "ServerSignature", .set = set_word, .contexts = SVLD,
	  .min = 1, .max = 1, .offset = offsetof(struct settings, signature),
	  .words = "off on email", .initial = "Off",
	  .help = "ServerSignature On|Off|EMail" },
	{ .name = "UseCanonicalName", .set = set_word, .contexts = SVLP,
	  .min = 1, .max = 1, .offset = offsetof(struct settings, canonical),
	  .words = "off on dns", .initial = "Off",
	  .help = "UseCanonicalName On|Off|DNS" },
	{ .name = "UseCanonicalPhysicalPort", .set = set_flag,
	  .contexts = SVLP, .min = 1, .max = 1,
	  .offset = offsetof(struct settings, physical_port),
	  .initial = "Off", .help = "UseCanonicalPhysicalPort On|Off" },
	{ .name = "RemoteIPHeader", .set = set_remote_field, .contexts = SV,
	  .min = 1, .max = 1, .offset = offsetof(struct vhost, remote.field),
	  .help = "RemoteIPHeader field" },
	{ .name = "RemoteIPProxiesHeader", .set = set_remote_field,
	  .contexts = SV, .min = 1, .max = 1,
	  .offset = offsetof(struct vhost, remote.proxies_field),
	  .help = "RemoteIPProxiesHeader field" },
	{ .name = "RemoteIPInternalProxy", .set = set_nets, .contexts = SV,
	  .min = 1, .max = -1,
	  .offset = offsetof(struct vhost, remote.internal),
	  .help = "RemoteIPInternalProxy address|network ..." },
	{ .name = "RemoteIPInternalProxyList", .set = set_net_list,
	  .contexts = SV, .min = 1, .max = 1,
	  .offset = offsetof(struct vhost, remote.internal),
	  .help = "RemoteIPInternalProxyList path" },
	{ .name = "RemoteIPTrustedProxy", .set = set_nets, .contexts = SV,
	  .min = 1, .max = -1,
	  .offset = offsetof(struct vhost, remote.trusted),
	  .help = "RemoteIPTrustedProxy address|network ..." },
	{ .name = "RemoteIPTrustedProxyList", .set = set_net_list,
	  .contexts = SV, .min = 1, .max = 1,
	  .offset = offsetof(struct vhost, remote.trusted),
	  .help = "RemoteIPTrustedProxyList path" },
	{ .name = "RemoteIPProxyProtocol", .set = set_flag, .contexts = SV,
	  .min = 1, .max = 1,
	  .offset = offsetof(struct vhost, proxy_protocol),
	  .initial = "Off", .help = "RemoteIPProxyProtocol On|Off" },
	{ .name = "RemoteIPProxyProtocolExceptions", .set = set_nets,
	  .contexts = S, .min = 1, .max = -1,
	  .offset = offsetof(struct config, proxy_exceptions),
	  .help = "RemoteIPProxyProtocolExceptions address|network ..." },
	{ .name = "HostnameLookups", .set = set_word, .contexts = SVLP,
	  .min = 1, .max = 1, .offset = offsetof(struct settings, lookups),
	  .words = "off on double", .initial = "Off",
	  .help = "HostnameLookups On|Off|Double" },
	{ .name = "DocumentRoot", .set = set_document_root, .contexts = SV,
	  .min = 1, .max = 1, .offset = offsetof(struct vhost, document_root),
	  .help = "DocumentRoot directory" },

	/* Files and error pages. */
	{ .name = "Alias", .set = set_alias, .contexts = SV,
	  .min = 2, .max = 2, .help = "Alias path target" },
	{ .name = "AliasMatch", .set = set_alias_match, .contexts = SV,
	  .min = 2, .max = 2, .help = "AliasMatch regex target" },
	{ .name = "Redirect", .set = set_redirect, .contexts = SVLD,
	  .min = 1, .max = 3, .help = "Redirect [status] [path] [url]" },
	{ .name = "RedirectMatch", .set = set_redirect_match,
	  .contexts = SVLD, .min = 2, .max = 3,
	  .help = "RedirectMatch [status] regex [url]" },
	{ .name = "RedirectPermanent", .set = set_redirect_permanent,
	  .contexts = SVLD, .min = 2, .max = 2,
	  .help = "RedirectPermanent path url" },
	{ .name = "RedirectTemp", .set = set_redirect, .contexts = SVLD,
	  .min = 2, .max = 2, .help = "RedirectTemp path url" },
	{ .name = "RedirectRelative", .set = set_flag, .contexts = SVLD,
	  .min = 1, .max = 1,
	  .offset = offsetof(struct settings, redirect_relative),
	  .initial = "Off", .help = "RedirectRelative On|Off" },
	{ .name = "DirectoryIndex", .set = set_indexes, .contexts = SVLD,
	  .min = 1, .max = -1, .initial = "index.html",
	  .help = "DirectoryIndex name ...|disabled" },
	{ .name = "Options", .set = set_options, .contexts = SVLD,
	  .min = 1, .max = -1, .initial = "None",
	  .help = "Options [+|-]FollowSymLinks|All|None ..." },
	{ .name = "AddDefaultCharset", .set = set_charset, .contexts = SVLD,
	  .min = 1, .max = 1, .initial = "Off",
	  .help = "AddDefaultCharset On|Off|charset" },
	{ .name = "AddHandler", .set = set_add_handler, .contexts = SVLD,
	  .min = 2, .max = -1, .help = "AddHandler type-map extension ..." },
	{ .name = "AddType", .set = set_add_type, .contexts = SV,
	  .min = 2, .max = -1, .help = "AddType type extension ..." },
	{ .name = "ForceType", .set = set_forced_type, .contexts = SVLD,
	  .min = 1, .max = 1, .initial = "None",
	  .help = "ForceType type|None" },
	{ .name = "TypesConfig", .set = set_types_config, .contexts = S,
	  .min = 1, .max = 1, .help = "TypesConfig path" },
	{ .name = "DefaultType", .set = set_default_type, .contexts = SVLD,
	  .min = 1, .max = 1, .initial = "none", .help = "DefaultType none" },
	{ .name = "Require", .set = set_require,
	  .contexts = SVLD | CONTEXT_GROUP | CONTEXT_FILES, .min = 1, .max = -1,
	  .initial = "all granted",
	  .help = "Require [not] all granted|all denied|ip net ...|local|"
	  "method name ...|env name ...|valid-user|user name ..." },
	{ .name = "RequireAll", .kind = DIRECTIVE_SECTION,
	  .set = open_require_all, .close = close_group,
	  .contexts = SVLD | CONTEXT_GROUP, .inside = CONTEXT_GROUP,
	  .help = "RequireAll" },
	{ .name = "RequireAny", .kind = DIRECTIVE_SECTION,
	  .set = open_require_any, .close = close_group,
	  .contexts = SVLD | CONTEXT_GROUP, .inside = CONTEXT_GROUP,
	  .help = "RequireAny" },
	{ .name = "RequireNone", .kind = DIRECTIVE_SECTION,
	  .set = open_require_none, .close = close_group,
	  .contexts = SVLD | CONTEXT_GROUP, .inside = CONTEXT_GROUP,
	  .help = "RequireNone" },
	{ .name = "AuthType", .set = set_auth_type, .contexts = SVLD,
	  .min = 1, .max = 1, .initial = "None",
	  .help = "AuthType None|Basic" },
	{ .name = "AuthName", .set = set_auth_name, .contexts = SVLD,
	  .min = 1, .max = 1, .help = "AuthName text" },
	{ .name = "AuthUserFile", .set = set_auth_user_file,
	  .contexts = SVLD, .min = 1, .max = 1,
	  .help = "AuthUserFile path" },
	{ .name = "AuthBasicProvider", .set = set_auth_provider,
	  .contexts = SVLD, .min = 1, .max = -1,
	  .help = "AuthBasicProvider file" },
	/* Off where no section says it. */
	{ .name = "InternalOnly", .set = set_flag,
	  .contexts = CONTEXT_LOCATION, .min = 1, .max = 1,
	  .offset = offsetof(struct settings, internal_only),
	  .help = "InternalOnly On|Off" },
	{ .name = "ErrorDocument", .set = set_error_document,
	  .contexts = SVLD, .min = 2, .max = 2,
	  .help = "ErrorDocument status text|/path|url|default" },
	{ .name = "ProxyErrorOverride", .set = set_error_override,
	  .contexts = SVLP, .min = 1, .max = -1, .initial = "Off",
	  .help = "ProxyErrorOverride Off|On [status ...]" },

	/* Connections and requests. */
	{ .name = "Timeout", .set = set_time, .contexts = SV,
	  .min = 1, .max = 1, .offset = offsetof(struct vhost, timeout),
	  .low = 1, .initial = "60", .help = "Timeout time" },
	{ .name = "KeepAlive", .set = set_flag, .contexts = SV,
	  .min = 1, .max = 1, .offset = offsetof(struct vhost, keepalive),
	  .initial = "On", .help = "KeepAlive On|Off" },
	{ .name = "KeepAliveTimeout", .set = set_time, .contexts = SV,
	  .min = 1, .max = 1,
	  .offset = offsetof(struct vhost, keepalive_timeout),
	  .initial = "5", .help = "KeepAliveTimeout time" },
	{ .name = "MaxKeepAliveRequests", .set = set_int, .contexts = SV,
	  .min = 1, .max = 1, .offset = offsetof(struct vhost, keepalive_max),
	  .high = INT_MAX, .initial = "100",
	  .help = "MaxKeepAliveRequests number" },
	{ .name = "RequestReadTimeout", .set = set_read_timeout,
	  .contexts = SV, .min = 1, .max = 3,
	  .initial = "header=20-40,MinRate=500 body=20,MinRate=500",
	  .help = "RequestReadTimeout [header=time[-max][,MinRate=rate]] "
	  "[body=time[-max][,MinRate=rate]]" },
	{ .name = "LimitRequestLine", .set = set_limit, .contexts = SV,
	  .min = 1, .max = 1, .offset = offsetof(struct vhost, limits.line),
	  .low = 16, .high = MAX_HEAD, .initial = "8190",
	  .help = "LimitRequestLine bytes" },
	{ .name = "LimitRequestFieldSize", .set = set_limit, .contexts = SV,
	  .min = 1, .max = 1,
	  .offset = offsetof(struct vhost, limits.field_size),
	  .low = 16, .high = MAX_HEAD, .initial = "8190",
	  .help = "LimitRequestFieldSize bytes" },
	{ .name = "LimitRequestFields", .set = set_count, .contexts = SV,
	  .min = 1, .max = 1, .offset = offsetof(struct vhost, limits.fields),
	  .high = 32767, .initial = "100",
	  .help = "LimitRequestFields number" },
	{ .name = "LimitRequestHead", .set = set_limit, .contexts = SV,
	  .min = 1, .max = 1, .offset = offsetof(struct vhost, limits.head),
	  .low = 1024, .high = MAX_HEAD, .initial = "1M",
	  .help = "LimitRequestHead size" },
	{ .name = "LimitRequestBody", .set = set_size, .contexts = SVLP,
	  .min = 1, .max = 1, .offset = offsetof(struct settings, body_limit),
	  .initial = "1073741824", .help = "LimitRequestBody bytes" },
	{ .name = "LimitInternalRecursion", .set = set_recursion,
	  .contexts = SV, .min = 1, .max = 2,
	  .offset = offsetof(struct vhost, recursion), .low = 1,
	  .high = INT_MAX, .initial = "10",
	  .help = "LimitInternalRecursion number [number]" },
	{ .name = "TraceEnable", .set = set_word, .contexts = SV,
	  .min = 1, .max = 1, .offset = offsetof(struct vhost, trace),
	  .words = "off on extended", .initial = "On",
	  .help = "TraceEnable On|Off|extended" },
	{ .name = "AllowEncodedSlashes", .set = set_encoded_slashes,
	  .contexts = SV, .min = 1, .max = 1, .initial = "Off",
	  .help = "AllowEncodedSlashes On|Off|NoDecode" },
	{ .name = "MergeSlashes", .set = set_flag, .contexts = SV,
	  .min = 1, .max = 1, .offset = offsetof(struct vhost, merge_slashes),
	  .initial = "On", .help = "MergeSlashes On|Off" },

	/* Applications. */
	{ .name = "ProxyPass", .set = set_proxy_pass, .contexts = SVL,
	  .serves = true,
	  .min = 1, .max = -1,
	  .help = "ProxyPass [path] !|url [key=value ...]" },
	{ .name = "ProxyPassMatch", .set = set_proxy_pass_match,
	  .serves = true,
	  .contexts = SVL, .min = 1, .max = -1,
	  .help = "ProxyPassMatch [regex] !|url [key=value ...]" },
	{ .name = "SCGIMount", .set = set_scgi_mount, .contexts = SV,
	  .min = 2, .max = 2, .help = "SCGIMount path host:port" },
	{ .name = "SCGIServer", .set = set_scgi_server,
	  .contexts = CONTEXT_LOCATION, .min = 1, .max = 2,
	  .help = "SCGIServer host:port" },
	{ .name = "SCGIHandler", .set = set_scgi_handler,
	  .contexts = CONTEXT_LOCATION, .min = 1, .max = 1,
	  .offset = offsetof(struct settings, scgi_handler),
	  .help = "SCGIHandler On|Off" },
	{ .name = "SCGIServerTimeout", .set = set_time, .contexts = SVL,
	  .min = 1, .max = 1, .low = 1,
	  .offset = offsetof(struct settings, scgi_timeout),
	  .help = "SCGIServerTimeout time" },
	{ .name = "SetHandler", .set = set_handler, .contexts = SVLP,
	  .min = 1, .max = 1, .help = "SetHandler \"proxy:url\"|none" },
	{ .name = "ProxySCGIPathInfo", .set = set_flag, .contexts = SVLP,
	  .min = 1, .max = 1, .offset = offsetof(struct settings, path_info),
	  .help = "ProxySCGIPathInfo On|Off" },
	{ .name = "BalancerMember", .set = set_balancer_member,
	  .contexts = SV | CONTEXT_PROXY, .min = 1, .max = -1,
	  .help = "BalancerMember [balancer-url] url [key=value ...]" },
	{ .name = "ProxySet", .set = set_proxy_set,
	  .contexts = SV | CONTEXT_PROXY, .min = 1, .max = -1,
	  .help = "ProxySet [url] key=value ..." },
	{ .name = "ProxyPassReverse", .set = set_reverse, .contexts = SVL,
	  .min = 1, .max = 3, .help = "ProxyPassReverse [path] url" },
	{ .name = "ProxyPassReverseCookieDomain", .set = set_reverse_domain,
	  .contexts = SVL, .min = 2, .max = 3,
	  .help = "ProxyPassReverseCookieDomain internal public" },
	{ .name = "ProxyPassReverseCookiePath",
	  .set = set_reverse_cookie_path, .contexts = SVL, .min = 2,
	  .max = 3, .help = "ProxyPassReverseCookiePath internal public" },
	{ .name = "Header", .set = set_header, .contexts = SVLD, .min = 2,
	  .max = -1, .help = "Header [always|onsuccess] verb field [value "
	  "[replacement]] [env=[!]name]" },
	{ .name = "RequestHeader", .set = set_request_header,
	  .contexts = SVLD, .min = 2, .max = -1, .help = "RequestHeader verb "
	  "field [value [replacement]] [env=[!]name]" },
	{ .name = "ProxyTimeout", .set = set_time, .contexts = SV,
	  .min = 1, .max = 1, .offset = offsetof(struct vhost, proxy_timeout),
	  .low = 1, .help = "ProxyTimeout time" },
	{ .name = "ProxyRequests", .set = set_proxy_requests, .contexts = SV,
	  .min = 1, .max = 1, .initial = "Off", .help = "ProxyRequests Off" },
	{ .name = "ProxySCGIInternalRedirect", .set = set_internal_redirect,
	  .contexts = SVLD, .min = 1, .max = 1, .initial = "On",
	  .help = "ProxySCGIInternalRedirect On|Off|field" },
	{ .name = "ProxySCGISendfile", .set = set_sendfile, .contexts = SVLD,
	  .min = 1, .max = 1, .initial = "Off",
	  .help = "ProxySCGISendfile On|Off|field" },
	{ .name = "XSendFilePath", .set = set_sendfile_path,
	  .contexts = SVLP, .min = 1, .max = 1,
	  .help = "XSendFilePath directory" },
	{ .name = "ProxyAccelHeaders", .set = set_flag, .contexts = SVLP,
	  .min = 1, .max = 1,
	  .offset = offsetof(struct settings, accel_headers),
	  .initial = "Off", .help = "ProxyAccelHeaders On|Off" },
	{ .name = "MaxRanges", .set = set_ranges, .contexts = SVLD,
	  .min = 1, .max = 1, .offset = offsetof(struct settings, max_ranges),
	  .high = 200, .initial = "default",
	  .help = "MaxRanges default|unlimited|none|number" },
	{ .name = "MaxRangeOverlaps", .set = set_ranges, .contexts = SVLD,
	  .min = 1, .max = 1,
	  .offset = offsetof(struct settings, max_overlaps),
	  .high = 20, .initial = "default",
	  .help = "MaxRangeOverlaps default|unlimited|none|number" },
	{ .name = "MaxRangeReversals", .set = set_ranges, .contexts = SVLD,
	  .min = 1, .max = 1,
	  .offset = offsetof(struct settings, max_reversals),
	  .high = 20, .initial = "default",
	  .help = "MaxRangeReversals default|unlimited|none|number" },
	{ .name = "ProxyRequestBuffering", .set = set_flag, .contexts = SVLP,
	  .min = 1, .max = 1,
	  .offset = offsetof(struct settings, request_buffering),
	  .initial = "On", .help = "ProxyRequestBuffering On|Off" },
	{ .name = "ProxyRequestBufferSize", .set = set_size, .contexts = SVLP,
	  .min = 1, .max = 1,
	  .offset = offsetof(struct settings, request_buffer),
	  .high = MAX_BUFFER, .initial = "64K",
	  .help = "ProxyRequestBufferSize size" },
	{ .name = "ProxyMaxTempFileSize", .set = set_size, .contexts = SVLP,
	  .min = 1, .max = 1,
	  .offset = offsetof(struct settings, temp_file_max),
	  .initial = "1G", .help = "ProxyMaxTempFileSize size" },
	{ .name = "ProxyIgnoreClientAbort", .set = set_flag, .contexts = SVLP,
	  .min = 1, .max = 1,
	  .offset = offsetof(struct settings, ignore_abort),
	  .initial = "Off", .help = "ProxyIgnoreClientAbort On|Off" },
	{ .name = "SpoolDirectory", .set = set_spool_directory, .contexts = S,
	  .min = 1, .max = 1, .offset = offsetof(struct config, spool_dir),
	  .help = "SpoolDirectory directory" },
	{ .name = "SpoolMaxTotal", .set = set_size, .contexts = S,
	  .min = 1, .max = 1, .offset = offsetof(struct config, spool_total),
	  .initial = "0", .help = "SpoolMaxTotal size" },
	{ .name = "Location", .kind = DIRECTIVE_SECTION, .set = set_location,
	  .contexts = SV, .inside = CONTEXT_LOCATION, .min = 1, .max = 2,
	  .help = "Location path|~ regex" },
	{ .name = "LocationMatch", .kind = DIRECTIVE_SECTION,
	  .set = set_location_match, .contexts = SV,
	  .inside = CONTEXT_LOCATION, .min = 1, .max = 1,
	  .help = "LocationMatch regex" },
	{ .name = "Proxy", .kind = DIRECTIVE_SECTION, .set = set_proxy,
	  .contexts = SV, .inside = CONTEXT_PROXY, .min = 1, .max = -1,
	  .help = "Proxy url|*|~ regex" },
	{ .name = "ProxyMatch", .kind = DIRECTIVE_SECTION,
	  .set = set_proxy_match, .contexts = SV, .inside = CONTEXT_PROXY,
	  .min = 1, .max = 1, .help = "ProxyMatch regex" },
	{ .name = "Directory", .kind = DIRECTIVE_SECTION,
	  .set = set_directory, .contexts = SV, .inside = CONTEXT_DIRECTORY,
	  .min = 1, .max = 2, .help = "Directory path|~ regex" },
	{ .name = "Files", .kind = DIRECTIVE_SECTION, .set = set_files,
	  .close = close_files, .contexts = SVLD, .inside = CONTEXT_FILES,
	  .min = 1, .max = 2, .help = "Files \".ht*\"|~ \"^\\.ht\"" },
	{ .name = "FilesMatch", .kind = DIRECTIVE_SECTION,
	  .set = set_files_match, .close = close_files, .contexts = SVLD,
	  .inside = CONTEXT_FILES, .min = 1, .max = 1,
	  .help = "FilesMatch \"^\\.ht\"" },
	{ .name = "DirectoryMatch", .kind = DIRECTIVE_SECTION,
	  .set = set_directory_match, .contexts = SV,
	  .inside = CONTEXT_DIRECTORY, .min = 1, .max = 1,
	  .help = "DirectoryMatch regex" },

	/* Variables. */
	{ .name = "SetEnv", .set = set_env, .contexts = SVLP,
	  .min = 1, .max = 2, .help = "SetEnv name [value]" },
	{ .name = "UnsetEnv", .set = unset_env, .contexts = SVLP,
	  .min = 1, .max = -1, .help = "UnsetEnv name ..." },
	{ .name = "PassEnv", .set = pass_env, .contexts = SVLP,
	  .min = 1, .max = -1, .help = "PassEnv name ..." },
	{ .name = "SetEnvIf", .set = set_env_if, .contexts = SVLP,
	  .min = 3, .max = -1,
	  .help = "SetEnvIf attribute regex [!]name[=value] ..." },
	{ .name = "SetEnvIfNoCase", .set = set_env_if_nocase, .contexts = SVLP,
	  .min = 3, .max = -1,
	  .help = "SetEnvIfNoCase attribute regex [!]name[=value] ..." },
	{ .name = "BrowserMatch", .set = set_browser_match, .contexts = SVLP,
	  .min = 2, .max = -1,
	  .help = "BrowserMatch regex [!]name[=value] ..." },
	{ .name = "BrowserMatchNoCase", .set = set_browser_match_nocase,
	  .contexts = SVLP, .min = 2, .max = -1,
	  .help = "BrowserMatchNoCase regex [!]name[=value] ..." },
	{ .name = "CGIPassAuth", .set = set_flag, .contexts = SVLP,
	  .min = 1, .max = 1, .offset = offsetof(struct settings, pass_auth),
	  .initial = "Off", .help = "CGIPassAuth On|Off" },
	{ .name = "CGIVar", .set = set_cgi_var, .contexts = SVLP,
	  .min = 2, .max = 2, .initial = "REQUEST_URI original-uri",
	  .help = "CGIVar REQUEST_URI original-uri|current-uri" },

	/* Logs. */
	{ .name = "ErrorLog", .set = set_error_log, .contexts = SV,
	  .min = 1, .max = 1,
	  .help = "ErrorLog path|\"|program\"|syslog[:facility[:tag]]" },
	{ .name = "LogLevel", .set = set_log_level, .contexts = SVLP,
	  .min = 1, .max = -1, .initial = "info",
	  .help = "LogLevel [module:]level ..." },
	{ .name = "LogFormat", .set = set_log_format, .contexts = SV,
	  .min = 1, .max = 2, .help = "LogFormat format [nickname]" },
	{ .name = "CustomLog", .set = set_custom_log, .contexts = SV,
	  .min = 2, .max = 3,
	  .help = "CustomLog path|\"|program\" format|nickname "
	  "[env=[!]name]" },
	{ .name = "GlobalLog", .set = set_global_log, .contexts = S,
	  .min = 2, .max = 3,
	  .help = "GlobalLog path|\"|program\" format|nickname "
	  "[env=[!]name]" },
	{ .name = "TransferLog", .set = set_custom_log, .contexts = SV,
	  .min = 1, .max = 1, .help = "TransferLog path|\"|program\"" },
	{ .name = "BufferedLogs", .set = set_flag, .contexts = S,
	  .min = 1, .max = 1, .offset = offsetof(struct config, buffered_logs),
	  .initial = "Off", .help = "BufferedLogs On|Off" },

	/* httpd's mod_access_compat. */
	{ .name = "Order", .set = set_order, .contexts = SECTIONS,
	  .min = 1, .max = 1,
	  .help = "Order deny,allow|allow,deny|mutual-failure" },
	{ .name = "Allow", .set = set_allow, .contexts = SECTIONS,
	  .min = 2, .max = -1,
	  .help = "Allow from all|network|env=[!]name ..." },
	{ .name = "Deny", .set = set_deny, .contexts = SECTIONS,
	  .min = 2, .max = -1,
	  .help = "Deny from all|network|env=[!]name ..." },
	{ .name = "Satisfy", .set = set_satisfy, .contexts = SECTIONS,
	  .min = 1, .max = 1, .help = "Satisfy all|any" }
};

const size_t ndirectives = NELEM(directives);

/* What <IfModule> finds: the parts of httpd that the gateway stands for. */
static const char *const modules[] = {
	"core", "http", "http_core", "access_compat", "alias", "auth_basic",
	"authn_core", "authn_file", "authz_core", "authz_host", "authz_user",
	"dir", "env", "headers", "log_config", "logio", "mime", "mpm_prefork",
	"prefork", "proxy", "proxy_balancer", "proxy_scgi", "remoteip",
	"reqtimeout", "scgi", "setenvif", "so", "unixd", NULL
};

/*
 * Before the first line.
 */

static void
free_block(const struct section_block *b)
{
	env_free_rules(b->rules);
	edit_free(b->request_edits);
	edit_free(b->answer_edits);
}

static void
free_sections(const struct location *l)
{
	for (; l != NULL; l = l->next)
		free_block(&l->set.own);
}

static void
free_host(const struct vhost *v)
{
	env_free_rules(v->env_rules);
	free_block(&v->set.own);
	free_sections(v->directories);
	free_sections(v->proxies);
	free_sections(v->locations);
}

static void
release(struct config *conf)
{
	const struct pattern_list *p;
	const struct auth_list *l;
	const struct vhost *v;

	for (p = conf->patterns; p != NULL; p = p->next)
		pattern_free(p->pattern);
	for (l = conf->auth_files; l != NULL; l = l->next)
		auth_close_file(l->file);
	free_host(&conf->main);
	for (v = conf->vhosts; v != NULL; v = v->next)
		free_host(v);
}

/* A table for AddType, and behind it the types that are usual. */
static int
read_types(struct config *conf)
{
	struct file_types *t, *usual;

	t = arena_zalloc(&conf->arena, sizeof(*t));
	usual = arena_zalloc(&conf->arena, sizeof(*usual));
	if (t == NULL || usual == NULL)
		return -1;
	t->next = usual;
	conf->types = t;
	return file_types_read(usual, &conf->arena, NULL);
}

int
directive_begin(struct config *conf)
{
	size_t i;

	conf->modules = modules;
	conf->members_end = &conf->members;
	conf->release = release;
	conf->error_sink = arena_zalloc(&conf->arena,
	    sizeof(*conf->error_sink));
	if (conf->error_sink == NULL)
		return -1;
	conf->error_sink->fd = conf->error_sink->fd_read = -1;
	conf->main.server_scheme = "http";
	conf->uid = (uid_t)-1;
	conf->gid = (gid_t)-1;
	clear_settings(&conf->main.set);
	conf->main.set.internal_only = 0;
	conf->main.set.handler_told = 0;
	if (read_types(conf) == -1)
		return -1;
	for (i = 0; i < NELEM(directives); i++)
		if (directives[i].initial != NULL &&
		    config_preset(conf, &directives[i]) == -1)
			return -1;
	return 0;
}

/*
 * After the last line.
 */

/* Move a number of the pool between its bounds, and say so if it is told. */
static void
clamp(struct config *conf, const char *name, int *value, int low, int high)
{
	const struct config_line *line;
	int n;

	n = *value < low ? low : *value > high ? high : *value;
	line = find_line(conf, name);
	if (n != *value && line != NULL)
		config_warn_at(conf, line->place, "%s %d is too %s here, %d "
		    "is taken", name, *value, n > *value ? "low" : "high", n);
	*value = n;
}

/* As httpd's prefork does. */
static void
check_pool(struct config *conf)
{
	clamp(conf, "ServerLimit", &conf->server_limit, 1, MAX_WORKERS);
	clamp(conf, "MaxRequestWorkers", &conf->max_workers, 1,
	    conf->server_limit);
	clamp(conf, "StartServers", &conf->start_servers, 1,
	    conf->max_workers);
	clamp(conf, "MinSpareServers", &conf->min_spare, 1, MAX_WORKERS);
	clamp(conf, "MaxSpareServers", &conf->max_spare, conf->min_spare + 1,
	    INT_MAX);
}

/* A limit that can never be reached because the sum is bounded. */
static void
check_limit(struct config *conf, const char *name, size_t value)
{
	const struct config_line *line;

	line = find_line(conf, name);
	if (line != NULL && value > conf->main.limits.head)
		config_warn_at(conf, line->place, "%s %zu is above "
		    "LimitRequestHead, which bounds the whole head to %zu",
		    name, value, conf->main.limits.head);
}

static const char *
default_listen(struct config *conf)
{
	static const char *const argv[] = { "127.0.0.1:8080" };
	const char *why;

	conf->listens = parse_listen(&conf->arena, 1, argv, &why);
	if (conf->listens != NULL)
		config_add_line(conf, "Listen", 1, argv);
	return argv[0];
}

/* Pasted examples have no Listen; a faulty one has been told already. */
static void
check_listens(struct config *conf)
{
	struct config_place nowhere = { NULL, 0, NULL };

	if (conf->listens != NULL || conf->listens_told || conf->faults > 0)
		return;
	config_warn_at(conf, nowhere, "no Listen is given, listening on %s",
	    default_listen(conf));
}

/* 0, or an errno. */
static int
check_directory(const char *path)
{
	struct stat st;

	if (stat(path, &st) == -1)
		return errno;
	return S_ISDIR(st.st_mode) ? 0 : ENOTDIR;
}

/*
 * Whether the workers may write there is the master's to find out, because
 * it knows who they will be.
 */
static void
check_spool(struct config *conf)
{
	const char *tmp;
	int error;

	if (conf->spool_place.file == NULL) {
		conf->spool_dir = "/var/tmp";
		conf->spool_else[0] = "/tmp";
		tmp = getenv("TMPDIR");
		if (tmp != NULL && tmp[0] == '/' &&
		    check_directory(tmp) == 0 &&
		    (tmp = arena_cstr(&conf->arena, str_of(tmp))) != NULL) {
			conf->spool_else[1] = conf->spool_else[0];
			conf->spool_else[0] = conf->spool_dir;
			conf->spool_dir = tmp;
		}
		return;
	}
	error = check_directory(conf->spool_dir);
	if (error != 0)
		config_fault_at(conf, conf->spool_place, "SpoolDirectory: "
		    "%s: %s", conf->spool_dir, strerror(error));
}

/* The format that a nickname of LogFormat means in a host. */
static const char *
find_format(const struct vhost *v, const char *nickname)
{
	const struct log_nickname *n;

	for (; v != NULL; v = v->base)
		for (n = v->nicknames; n != NULL; n = n->next)
			if (nickname == NULL ? n->name == NULL :
			    n->name != NULL && strcmp(n->name, nickname) == 0)
				return n->format;
	return accesslog_predefined(nickname == NULL ? "common" : nickname);
}

static void
check_logs(struct config *conf, const struct vhost *v)
{
	struct custom_log *log;
	const char *format, *why;

	for (log = v->logs; log != NULL; log = log->next) {
		if (log->format != NULL)
			continue;
		format = find_format(v, log->text);
		if (format == NULL) {
			config_fault_at(conf, log->place, "CustomLog: no "
			    "LogFormat has the nickname \"%s\"", log->text);
			continue;
		}
		log->format = accesslog_compile(format, &conf->arena, &why);
		if (log->format == NULL)
			config_fault_at(conf, log->place, "CustomLog: \"%s\": "
			    "%s", format, why);
	}
}

/* The first of a list, up to end, that takes all requests of m; NULL. */
static const struct mapping *
find_shadow(const struct mapping *list, const struct mapping *end,
    struct str path)
{
	for (; list != end; list = list->next)
		if (list->regex == NULL &&
		    route_match_prefix(list->path, path) != -1)
			return list;
	return NULL;
}

/* The ProxyPass of a host that takes all requests for a path. */
static const struct mapping *
find_taker(const struct vhost *v, struct str path)
{
	const struct mapping *m;

	m = v->base == NULL ? NULL : find_shadow(v->base->mappings, NULL,
	    path);
	if (m == NULL)
		m = find_shadow(v->mappings, NULL, path);
	return m == NULL || (m->member == NULL && m->balancer_name == NULL) ?
	    NULL : m;
}

/* A mapping behind one that takes all its requests, exclusions too. */
static void
check_shadows(struct config *conf, const struct vhost *v)
{
	const struct mapping *before, *m;

	for (m = v->mappings; m != NULL; m = m->next) {
		if (m->regex != NULL)
			continue;
		before = v->base == NULL ? NULL :
		    find_shadow(v->base->mappings, NULL, m->path);
		if (before == NULL)
			before = find_shadow(v->mappings, m, m->path);
		if (before != NULL)
			config_warn_at(conf, m->place, "%s%.*s never matches, "
			    "because %.*s at %s comes first",
			    m->place.line == 0 ? "" : "ProxyPass ",
			    STR_ARG(m->path), STR_ARG(before->path),
			    config_place_name(conf, &before->place));
	}
}

/* mod_scgi: a mount gets what no ProxyPass and no Alias has taken. */
static void
check_mounts(struct config *conf, const struct vhost *v)
{
	const struct mapping *before, *m;

	for (m = v->mounts; m != NULL; m = m->next) {
		before = find_taker(v, m->path);
		if (before == NULL)
			before = find_shadow(v->mounts, m, m->path);
		if (before != NULL)
			config_warn_at(conf, m->place, "SCGIMount %.*s never "
			    "matches, because %.*s at %s:%d comes first",
			    STR_ARG(m->path), STR_ARG(before->path),
			    before->place.file, before->place.line);
	}
}

/* httpd: outside of sections Redirect gets what no ProxyPass has taken. */
static void
check_redirects(struct config *conf, const struct vhost *v)
{
	const struct mapping *before;
	const struct redirect *r;

	for (r = v->redirects; r != NULL; r = r->next) {
		if (r->regex != NULL)
			continue;
		before = find_taker(v, r->path);
		if (before == NULL)
			continue;
		config_warn_at(conf, r->place, "Redirect %.*s never matches, "
		    "because ProxyPass %.*s at %s:%d takes it: write "
		    "ProxyPass %.*s ! before that, or Redirect in "
		    "<Location %.*s>", STR_ARG(r->path),
		    STR_ARG(before->path), before->place.file,
		    before->place.line, STR_ARG(r->path), STR_ARG(r->path));
	}
}

static bool
is_plain_section(const struct location *l)
{
	return l->set.mapping != NULL && !l->wildcard && l->regex == NULL;
}

/* The last section that matches decides, not the longest (httpd). */
static void
check_sections(struct config *conf, const struct vhost *v)
{
	const struct location *l, *after;

	for (l = v->locations; l != NULL; l = l->next) {
		if (!is_plain_section(l))
			continue;
		for (after = l->next; after != NULL; after = after->next) {
			if (!is_plain_section(after) ||
			    !route_match_location(after, l->path))
				continue;
			config_warn_at(conf, l->set.mapping->place,
			    "ProxyPass in <Location %.*s> is never used, "
			    "because <Location %.*s> at %s comes later",
			    STR_ARG(l->path), STR_ARG(after->path),
			    config_place_name(conf, &after->place));
			break;
		}
	}
}

/* Is one the beginning of the other, by the shorter one? */
static bool
may_begin(struct str one, struct str other)
{
	return str_casestarts(one, other) || str_casestarts(other, one);
}

/* Can requests that the mapping takes have a url that begins so? */
static bool
may_have_url(struct config *conf, const struct mapping *m, struct str begin)
{
	const char *url;
	struct str base;

	if (m == NULL || (m->member == NULL && m->balancer_name == NULL))
		return false;
	base = m->member == NULL ? m->base : m->member->base;
	base = str_head(base, str_chr(base, '$'));
	url = m->member == NULL ? arena_printf(&conf->arena,
	    "balancer://%s%.*s", m->balancer_name, STR_ALL(base)) :
	    arena_printf(&conf->arena, "%.*s%.*s", STR_ALL(m->member->canon),
	    STR_ALL(base));
	if (url == NULL || may_begin(str_of(url), begin))
		return true;
	if (m->member == NULL || m->member->socket.p == NULL)
		return false;
	url = arena_printf(&conf->arena, "%.*s%s",
	    STR_ALL(m->member->socket), url);
	return url == NULL || may_begin(str_of(url), begin);
}

static bool
host_has_url(struct config *conf, const struct vhost *v, struct str begin)
{
	const struct location *l;
	const struct mapping *m;

	if (may_have_url(conf, v->set.handler, begin))
		return true;
	for (m = v->mappings; m != NULL; m = m->next)
		if (may_have_url(conf, m, begin))
			return true;
	for (l = v->locations; l != NULL; l = l->next)
		if (may_have_url(conf, l->set.mapping, begin) ||
		    may_have_url(conf, l->set.handler, begin))
			return true;
	return false;
}

/* A <Proxy> holds for the mappings of its host; the main server's for all. */
static bool
is_url_used(struct config *conf, const struct vhost *v, struct str begin)
{
	const struct vhost *other;

	if (host_has_url(conf, v, begin))
		return true;
	if (v->base != NULL)
		return host_has_url(conf, v->base, begin);
	for (other = conf->vhosts; other != NULL; other = other->next)
		if (host_has_url(conf, other, begin))
			return true;
	return false;
}

static bool
is_empty(const struct section_block *b)
{
	return b->ops == NULL && b->rules == NULL &&
	    b->request_edits == NULL && b->answer_edits == NULL &&
	    b->reverses == NULL && b->redirects == NULL;
}

/* How all urls begin that a <Proxy> matches. */
static struct str
begin_of(struct config *conf, const struct location *l)
{
	const char *whole;

	if (l->wildcard)
		return str_head(l->path, strcspn(l->pattern, "*?["));
	if (!str_starts(l->path, STR("unix:")) || ends_with_slash(l->path) ||
	    str_chr(l->path, '|') < l->path.n)
		return l->path;
	whole = arena_printf(&conf->arena, "%.*s|", STR_ALL(l->path));
	return whole == NULL ? l->path : str_of(whole);
}

/* Who is denied by a section that holds for nothing? */
static void
check_proxies(struct config *conf, const struct vhost *v)
{
	const struct location *l;
	struct str begin;

	for (l = v->proxies; l != NULL; l = l->next) {
		if (l->regex != NULL || (l->set.require == NULL &&
		    l->set.access == NULL && is_empty(&l->set.own)))
			continue;
		begin = begin_of(conf, l);
		if (begin.n > 0 && !is_url_used(conf, v, begin))
			config_warn_at(conf, l->place, "<Proxy %s> holds for "
			    "nothing: no ProxyPass has such a url (a member of "
			    "a balancer is looked up as balancer://name)",
			    l->pattern);
	}
}

/* What a host and each of its sections set, one after the other. */
static void
each_settings(const struct vhost *v,
    void (*look)(const struct settings *, void *), void *arg)
{
	const struct location *l;

	look(&v->set, arg);
	for (l = v->directories; l != NULL; l = l->next)
		look(&l->set, arg);
	for (l = v->proxies; l != NULL; l = l->next)
		look(&l->set, arg);
	for (l = v->locations; l != NULL; l = l->next)
		look(&l->set, arg);
}

static void
each_host(struct config *conf, void (*look)(const struct settings *, void *),
    void *arg)
{
	const struct vhost *v;

	each_settings(&conf->main, look, arg);
	for (v = conf->vhosts; v != NULL; v = v->next)
		each_settings(v, look, arg);
}

struct sendfile_use {
	bool	used;
	bool	confined;
};

static void
look_sendfile(const struct settings *set, void *arg)
{
	struct sendfile_use *use = arg;

	if (set->sendfile_field != NULL && set->sendfile_field[0] != '\0')
		use->used = true;
	if (set->sendfile_dirs != NULL)
		use->confined = true;
}

/* An application that may name any file should be one that is trusted. */
static void
check_sendfile(struct config *conf)
{
	static const struct config_place nowhere;
	struct sendfile_use use = { false, false };

	each_host(conf, look_sendfile, &use);
	if (use.used && !use.confined)
		config_warn_at(conf, nowhere, "ProxySCGISendfile without "
		    "XSendFilePath: applications may name any file that the "
		    "workers can read");
}

/*
 * Virtual hosts take from the main server what they do not say.
 */

static void
inherit(int *to, int from)
{
	if (*to == UNSET)
		*to = from;
}

static void
inherit_size(size_t *to, size_t from)
{
	if (*to == SIZE_MAX)
		*to = from;
}

static void
inherit_identity(struct vhost *v, const struct vhost *main)
{
	const struct vhost_address *va;

	if (v->server_name == NULL) {
		v->server_name = main->server_name;
		v->server_scheme = main->server_scheme;
		/* httpd: then a port in <VirtualHost> is the host's. */
		for (va = v->addresses; va != NULL && v->server_port == 0;
		    va = va->next)
			v->server_port = va->port;
		if (v->server_port == 0)
			v->server_port = main->server_port;
	}
	if (v->server_admin == NULL)
		v->server_admin = main->server_admin;
	if (v->document_root == NULL)
		v->document_root = main->document_root;
	if (v->remote.field == NULL)
		v->remote.field = main->remote.field;
	if (v->remote.proxies_field == NULL)
		v->remote.proxies_field = main->remote.proxies_field;
	if (v->remote.internal == NULL)
		v->remote.internal = main->remote.internal;
	if (v->remote.trusted == NULL)
		v->remote.trusted = main->remote.trusted;
}

static void
inherit_limits(struct vhost *v, const struct vhost *main)
{
	v->keepalive_told = v->keepalive_timeout != UNSET;
	inherit(&v->timeout, main->timeout);
	if (v->proxy_timeout == 0)
		v->proxy_timeout = main->proxy_timeout;
	inherit(&v->keepalive, main->keepalive);
	inherit(&v->keepalive_timeout, main->keepalive_timeout);
	inherit(&v->keepalive_max, main->keepalive_max);
	if (v->read_head.first == UNSET)
		v->read_head = main->read_head;
	if (v->read_body.first == UNSET)
		v->read_body = main->read_body;
	inherit_size(&v->limits.line, main->limits.line);
	inherit_size(&v->limits.field_size, main->limits.field_size);
	inherit_size(&v->limits.fields, main->limits.fields);
	inherit_size(&v->limits.head, main->limits.head);
	inherit(&v->trace, main->trace);
	inherit(&v->slashes, main->slashes);
	inherit(&v->merge_slashes, main->merge_slashes);
	inherit(&v->recursion, main->recursion);
	inherit(&v->strict_host, main->strict_host);
	inherit(&v->proxy_protocol, main->proxy_protocol);
}

/* ->blocks of a host: the main server's, then its own. */
static int
link_blocks(struct config *conf, struct vhost *v)
{
	struct section_block *b, **end;
	const struct vhost *from;

	v->set.blocks = NULL;
	end = &v->set.blocks;
	from = v->base != NULL ? v->base : v;
	for (;; from = v) {
		if (!is_empty(&from->set.own)) {
			b = arena_alloc(&conf->arena, sizeof(*b));
			if (b == NULL)
				return -1;
			*b = from->set.own;
			b->next = NULL;
			*end = b;
			end = &b->next;
		}
		if (from == v)
			return 0;
	}
}

static int
inherit_settings(struct config *conf, struct vhost *v)
{
	struct settings *merged;
	struct mapping *handler;

	merged = arena_alloc(&conf->arena, sizeof(*merged));
	if (merged == NULL)
		return -1;
	*merged = conf->main.set;
	if (route_merge(merged, &v->set, &conf->arena) == -1)
		return -1;
	merged->own = v->set.own;
	v->set = *merged;
	if (v->set.handler == NULL)
		return 0;
	/* Its balancer is the host's. */
	handler = arena_alloc(&conf->arena, sizeof(*handler));
	if (handler == NULL)
		return -1;
	*handler = *v->set.handler;
	v->set.handler = handler;
	return 0;
}

static int
inherit_all(struct config *conf)
{
	struct vhost *v;

	for (v = conf->vhosts; v != NULL; v = v->next) {
		inherit_identity(v, &conf->main);
		inherit_limits(v, &conf->main);
		if (inherit_settings(conf, v) == -1)
			return -1;
	}
	if (link_blocks(conf, &conf->main) == -1)
		return -1;
	for (v = conf->vhosts; v != NULL; v = v->next)
		if (link_blocks(conf, v) == -1)
			return -1;
	return 0;
}

/*
 * Balancers are named before or after they are described.
 */

/* The host's own, else the main server's (httpd). */
static struct balancer *
look_up_balancer(const struct vhost *v, const char *name)
{
	struct balancer *b;

	for (b = v->balancers; b != NULL; b = b->next)
		if (strcmp(b->name, name) == 0 && b->members != NULL)
			return b;
	return v->base == NULL ? NULL : look_up_balancer(v->base, name);
}

static void
fault_empty(struct config *conf, struct config_place place, const char *name)
{
	config_fault_at(conf, place, "balancer://%s has no member: write "
	    "<Proxy \"balancer://%s\"> with BalancerMember lines", name, name);
}

static void
link_balancer(struct config *conf, const struct vhost *v, struct mapping *m)
{
	struct balancer *b;

	if (m == NULL || m->balancer_name == NULL)
		return;
	m->balancer = look_up_balancer(v, m->balancer_name);
	if (m->balancer != NULL)
		return;
	fault_empty(conf, m->place, m->balancer_name);
	for (; v != NULL; v = v->base)
		for (b = v->balancers; b != NULL; b = b->next)
			b->told |= strcmp(b->name, m->balancer_name) == 0;
}

/* What main says of a balancer holds in a host, too, where it says nothing. */
static void
inherit_balancer(struct balancer *b, const struct balancer *from)
{
	if (b->members == NULL) {
		b->members = from->members;
		b->n = from->n;
	}
	if (b->method == METHOD_REQUESTS)
		b->method = from->method;
	if (b->max_attempts == UNSET)
		b->max_attempts = from->max_attempts;
	if (b->cookie == NULL) {
		b->cookie = from->cookie;
		b->param = from->param;
	}
	if (b->separator == '.')
		b->separator = from->separator;
	b->semicolon |= from->semicolon;
	b->no_failover |= from->no_failover;
	if (b->timeout == 0)
		b->timeout = from->timeout;
	if (b->fail_on == NULL)
		b->fail_on = from->fail_on;
	b->fail_on_timeout |= from->fail_on_timeout;
	b->force_recovery &= from->force_recovery;
}

static void
inherit_balancers(const struct vhost *v)
{
	const struct balancer *from;
	struct balancer *b;

	for (b = v->balancers; v->base != NULL && b != NULL; b = b->next) {
		from = look_up_balancer(v->base, b->name);
		if (from != NULL)
			inherit_balancer(b, from);
	}
}

/* Those that nothing leads to. */
static void
check_balancers(struct config *conf, const struct vhost *v)
{
	const struct balancer *b;

	for (b = v->balancers; b != NULL; b = b->next)
		if (b->members == NULL && !b->told)
			fault_empty(conf, b->place, b->name);
}

/* mod_scgi's default. */
static struct member *
usual_member(struct config *conf, const struct mapping *map)
{
	static const char url[] = "scgi://localhost:4000";
	const char *why;
	struct member *m;

	m = parse_member(&conf->arena, url, false, &why);
	if (m == NULL)
		return NULL;
	m->place = map->place;
	m->written = url;
	config_warn_at(conf, map->place, "SetHandler scgi-handler: neither "
	    "SCGIServer nor SCGIMount says where the application is: "
	    "localhost:4000 is asked, as by mod_scgi");
	return append_member(conf, m) == -1 ? NULL : m;
}

/* mod_scgi: SetHandler scgi-handler asks SCGIServer. */
static void
link_scgi(struct config *conf, const struct vhost *v, struct mapping *map)
{
	const struct settings *set;
	const struct vhost *from;
	const struct mapping *m;

	if (map == NULL || !map->scgi || map->member != NULL)
		return;
	set = route_settings(v, map->path, NULL, &conf->arena);
	m = set == NULL ? NULL : set->scgi_server;
	for (from = v; from != NULL && m == NULL; from = from->base)
		m = find_shadow(from->mounts, NULL, map->path);
	map->member = m != NULL ? m->member : usual_member(conf, map);
	if (map->member == NULL)
		config_fault_at(conf, map->place, "out of memory");
}

static void
link_balancers(struct config *conf, const struct vhost *v)
{
	const struct location *l;
	struct mapping *m;

	for (m = v->mappings; m != NULL; m = m->next)
		link_balancer(conf, v, m);
	link_balancer(conf, v, v->set.handler);
	for (l = v->locations; l != NULL; l = l->next) {
		link_balancer(conf, v, l->set.mapping);
		link_balancer(conf, v, l->set.handler);
	}
}

static int
add_member_reverse(struct config *conf, const struct reverse_later *later,
    const struct member *m, struct str server, const char *rest)
{
	const char *url;
	struct str base;

	base = m->base;
	/* As the url of a request: no slash twice. */
	if (ends_with_slash(base) && rest[0] == '/')
		base.n--;
	url = arena_printf(&conf->arena, "%.*s%.*s%s", STR_ALL(server),
	    STR_ALL(base), rest);
	return url == NULL || edit_compile_reverse(&later->block->reverses,
	    &conf->arena, REVERSE_URL, url, later->path) != NULL ? -1 : 0;
}

/* ProxyPassReverse balancer://name/path: the same for each member. */
static int
expand_reverse(struct config *conf, const struct reverse_later *later)
{
	const struct balancer *b;
	const struct member *m;
	const char *name, *rest;
	struct str s;
	size_t n;

	s = str_from(str_of(later->url), strlen("balancer://"));
	n = str_chr(s, '/');
	name = lower_copy(&conf->arena, str_head(s, n));
	rest = s.p + n;
	b = name == NULL ? NULL : look_up_balancer(later->vhost, name);
	if (b == NULL)
		return config_fault_at(conf, later->place, "ProxyPassReverse: "
		    "%s has no member", later->url);
	for (m = b->members; m != NULL; m = m->sibling) {
		if (add_member_reverse(conf, later, m, m->canon, rest) == -1 ||
		    (m->path == NULL && !str_eq(m->canon, str_of(m->url)) &&
		    add_member_reverse(conf, later, m, str_of(m->url),
		    rest) == -1))
			return config_fault_at(conf, later->place,
			    "ProxyPassReverse: %s makes no url with %s",
			    later->url, m->url);
	}
	return 0;
}

/*
 * What is dangerous or cannot work, and is known only now.
 */

static bool
is_loopback(const char *host)
{
	return host != NULL && (strncmp(host, "127.", 4) == 0 ||
	    strcmp(host, "::1") == 0 || strcmp(host, "localhost") == 0);
}

/* Can clients from elsewhere come in? */
static bool
is_public(const struct config *conf)
{
	const struct listen_on *l;

	for (l = conf->listens; l != NULL; l = l->next)
		if (l->path == NULL && !is_loopback(l->host))
			return true;
	return false;
}

/* The path of the mapping from its /RPC2 on; absent: it has none. */
static struct str
find_rpc(const struct mapping *m)
{
	size_t i;

	for (i = 0; i < m->path.n; i++)
		if (str_starts(str_from(m->path, i), STR("/RPC2")))
			return str_from(m->path, i);
	return STR_NONE;
}

/*
 * rtorrent does what anybody asks it for, programs to be run included.  Of an
 * expression it is only known that it would match /RPC2 itself.
 */
static void
check_open_rpc(struct config *conf, const struct vhost *v,
    const struct settings *own, const struct mapping *m)
{
	const struct settings *set;

	if (m == NULL || (m->member == NULL && m->balancer == NULL) ||
	    find_rpc(m).p == NULL)
		return;
	set = own != NULL && (own->require != NULL || own->access != NULL) ?
	    own : route_settings(v, m->regex != NULL ? STR("/RPC2") : m->path,
	    NULL, &conf->arena);
	if (set != NULL && access_is_open(set))
		config_warn_at(conf, m->place, "%.*s is open to everybody who "
		    "can reach a public address, and whoever can use it can "
		    "run programs: add Require in <Location%s %.*s>",
		    STR_ARG(m->path), m->regex != NULL ? "Match" : "",
		    STR_ARG(m->path));
}

static void
check_dangers(struct config *conf, const struct vhost *v)
{
	const struct location *l;
	const struct mapping *m;

	if (!is_public(conf))
		return;
	for (m = v->mappings; m != NULL; m = m->next)
		check_open_rpc(conf, v, NULL, m);
	for (m = v->mounts; m != NULL; m = m->next)
		check_open_rpc(conf, v, NULL, m);
	for (l = v->locations; l != NULL; l = l->next) {
		check_open_rpc(conf, v, &l->set, l->set.mapping);
		check_open_rpc(conf, v, &l->set, l->set.handler);
		check_open_rpc(conf, v, &l->set, l->set.scgi_server);
	}
	if (v->proxy_protocol == 1 && v->remote.internal == NULL &&
	    v->remote.trusted == NULL)
		config_warn_at(conf, v->place, "RemoteIPProxyProtocol On for "
		    "a public address: everybody may say who they are; name "
		    "the proxies with RemoteIPInternalProxy");
}

/* httpd would believe everybody. */
static void
check_remote(struct config *conf, const struct vhost *v)
{
	const struct config_line *line;

	if (v->remote.field == NULL || v->remote.internal != NULL ||
	    v->remote.trusted != NULL || (v->base != NULL &&
	    v->remote.field == v->base->remote.field))
		return;
	line = find_line(conf, "RemoteIPHeader");
	config_fault_at(conf, line != NULL ? line->place : v->place,
	    "RemoteIPHeader %s needs to know which proxies may send it: add "
	    "RemoteIPInternalProxy or RemoteIPTrustedProxy",
	    v->remote.field);
}

static const struct listen_on *
find_unix_listen(const struct config *conf)
{
	const struct listen_on *l;

	for (l = conf->listens; l != NULL && l->path == NULL; l = l->next)
		continue;
	return l;
}

static void
check_require_local(struct config *conf, const struct settings *set,
    const struct listen_on *l)
{
	if (set->require != NULL && auth_asks_local(set->require))
		config_warn_at(conf, set->require_place, "Require local lets "
		    "in everybody who comes by Listen %s: add RemoteIPHeader "
		    "and RemoteIPInternalProxy unix: to know who they are",
		    l->text);
	if (set->access != NULL && access_denies_nets(set->access))
		config_warn_at(conf, set->access_place, "Deny from an address "
		    "holds for nobody who comes by Listen %s: add "
		    "RemoteIPHeader and RemoteIPInternalProxy unix: to know "
		    "who they are", l->text);
}

/*
 * Who comes by a Unix socket is local, also when a front there speaks for the
 * whole world: the front has to be believed, or nobody knows the client.
 */
static void
check_unix_clients(struct config *conf, const struct vhost *v)
{
	const struct listen_on *l;
	const struct location *lists[3], *s;
	size_t i;

	l = find_unix_listen(conf);
	if (l == NULL || v->proxy_protocol == 1 || (v->remote.field != NULL &&
	    (auth_has_unix(v->remote.internal) ||
	    auth_has_unix(v->remote.trusted))))
		return;
	if (v->remote.field != NULL && (v->base == NULL ||
	    v->remote.field != v->base->remote.field))
		config_warn_at(conf, v->place, "RemoteIPHeader %s is not "
		    "heeded from Listen %s: add RemoteIPInternalProxy unix:",
		    v->remote.field, l->text);
	if (v->base == NULL || v->set.require != v->base->set.require)
		check_require_local(conf, &v->set, l);
	lists[0] = v->directories;
	lists[1] = v->proxies;
	lists[2] = v->locations;
	for (i = 0; i < NELEM(lists); i++)
		for (s = lists[i]; s != NULL; s = s->next)
			check_require_local(conf, &s->set, l);
}

/* A host that no Listen leads to. */
static void
check_vhost_ports(struct config *conf, const struct vhost *v)
{
	const struct vhost_address *va;
	const struct listen_on *l;

	if (conf->listens_told || conf->listens == NULL)
		return;
	for (va = v->addresses; va != NULL; va = va->next) {
		for (l = conf->listens; l != NULL; l = l->next)
			if (va->port == 0 || l->path != NULL ||
			    strtol(l->port, NULL, 10) == va->port)
				break;
		if (l == NULL)
			config_warn_at(conf, va->place, "<VirtualHost>: no "
			    "Listen has the port %d%s", va->port,
			    va->port == 443 ? ": let TLS end in front, and "
			    "give the hosts the port that is listened on" :
			    ": no request gets there");
	}
}

/* Its passwords could be had from us. */
static void
check_user_files(struct config *conf)
{
	const struct auth_list *l;
	const struct vhost *v;
	struct str name;

	for (l = conf->auth_files; l != NULL; l = l->next) {
		name = file_simplify(&conf->arena, str_of(l->path));
		for (v = &conf->main; v != NULL; v = v->base == NULL ?
		    conf->vhosts : v->next) {
			if (v->document_root == NULL || route_match_prefix(
			    str_of(v->document_root), name) == -1)
				continue;
			config_warn_at(conf, l->place, "AuthUserFile: %s is "
			    "below DocumentRoot, where clients may read it",
			    l->path);
			break;
		}
	}
}

/* What means to ask somebody, and asks nobody. */
static void
check_unasked(struct config *conf, const struct vhost *v,
    const struct settings *set, struct config_place place)
{
	if (v->set.require != NULL)
		return;
	if (set->auth_type == AUTH_TYPE_SECTION)
		config_warn_at(conf, place, "AuthType Basic asks for nobody, "
		    "because there is no Require here: requests get 500 unless "
		    "another section has it");
	else if (set->access != NULL && access_is_idle(set->access))
		config_warn_at(conf, set->access_place, "Satisfy any lets in "
		    "whom Order, Allow and Deny do not, because there is no "
		    "Require here: write Satisfy all unless another section "
		    "has one");
}

/* Require lines that cannot do what they say; place is the section's. */
static void
check_require(struct config *conf, const struct vhost *v,
    const struct settings *set, struct config_place from)
{
	struct config_place place;
	const char *why;

	if (set->require == NULL) {
		check_unasked(conf, v, set, from);
		return;
	}
	place = set->require_place;
	why = auth_check_group(set->require, true);
	if (why != NULL) {
		config_fault_at(conf, place, "Require: %s", why);
		return;
	}
	if ((why = auth_find_idle(set->require)) != NULL)
		config_warn_at(conf, place, "%s", why);
	if (!auth_asks_user(set->require))
		return;
	if (set->auth_type < AUTH_TYPE_BASIC &&
	    v->set.auth_type < AUTH_TYPE_BASIC)
		config_warn_at(conf, place, "Require asks for a user, but "
		    "there is no AuthType Basic here: requests get 500 unless "
		    "another section has it");
	else if (set->auth_file == NULL && v->set.auth_file == NULL)
		config_warn_at(conf, place, "Require asks for a user, but "
		    "there is no AuthUserFile here: requests get 500 unless "
		    "another section has it");
}

static void
check_access(struct config *conf, const struct vhost *v)
{
	const struct location *l;

	if (v->base == NULL || v->set.require != v->base->set.require)
		check_require(conf, v, &v->set, v->place);
	for (l = v->directories; l != NULL; l = l->next)
		check_require(conf, v, &l->set, l->place);
	for (l = v->proxies; l != NULL; l = l->next)
		check_require(conf, v, &l->set, l->place);
	for (l = v->locations; l != NULL; l = l->next)
		check_require(conf, v, &l->set, l->place);
}

/* In httpd these hold for programs below the directory; here there are none. */
static void
check_directories(struct config *conf, const struct vhost *v)
{
	const struct location *l;

	for (l = v->directories; l != NULL; l = l->next)
		if (l->set.redirect_field != NULL ||
		    l->set.sendfile_field != NULL)
			config_warn_at(conf, l->place, "<Directory %s>: "
			    "ProxySCGIInternalRedirect and ProxySCGISendfile "
			    "have no effect on files: write them into "
			    "<Location>", l->pattern);
}

static void
finish_host(struct config *conf, const struct vhost *v)
{
	const struct location *l;

	check_logs(conf, v);
	link_scgi(conf, v, v->set.handler);
	for (l = v->locations; l != NULL; l = l->next)
		link_scgi(conf, v, l->set.handler);
	link_balancers(conf, v);
	check_balancers(conf, v);
	check_shadows(conf, v);
	check_mounts(conf, v);
	check_redirects(conf, v);
	check_sections(conf, v);
	check_proxies(conf, v);
	check_remote(conf, v);
	check_unix_clients(conf, v);
	check_access(conf, v);
	check_directories(conf, v);
	check_dangers(conf, v);
}

void
directive_finish(struct config *conf)
{
	static const struct config_place nowhere;
	const struct reverse_later *later;
	const struct vhost *v;
	struct url_params *u;

	check_pool(conf);
	check_limit(conf, "LimitRequestLine", conf->main.limits.line);
	check_limit(conf, "LimitRequestFieldSize",
	    conf->main.limits.field_size);
	check_listens(conf);
	check_spool(conf);
	/* Before the lists of a host are linked to the main server's. */
	for (u = conf->url_params; u != NULL; u = u->next)
		give_url_params(u);
	for (v = conf->vhosts; v != NULL; v = v->next)
		inherit_balancers(v);
	for (later = conf->reverses_later; later != NULL; later = later->next)
		expand_reverse(conf, later);
	if (inherit_all(conf) == -1) {
		config_fault_at(conf, nowhere, "out of memory");
		return;
	}
	finish_host(conf, &conf->main);
	for (v = conf->vhosts; v != NULL; v = v->next) {
		finish_host(conf, v);
		check_vhost_ports(conf, v);
	}
	check_user_files(conf);
	check_sendfile(conf);
}
