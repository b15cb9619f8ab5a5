/*
 * route: connection and path -> virtual host, merged settings, destination.
 *
 * Pure look-up: it reads the configuration and changes nothing, sends
 * nothing, logs nothing.  What it returns points into the configuration,
 * the path or the arena.
 */
#include <netinet/in.h>
#include <limits.h>
#include <string.h>

#include "buf.h"
#include "config.h"
#include "file.h"
#include "pattern.h"
#include "route.h"

/*
 * Hosts.
 */

/* A name and the first host that has it. */
struct host_name {
	struct host_name	*next;		/* in its cell, or the list */
	struct str		 name;		/* lower case; begins with a
						 * dot: any name that ends so */
	const struct vhost	*host;
	unsigned		 order;		/* in the file */
};

/* The names of one hash. */
struct name_cell {
	struct host_name	*first;
};

struct vhost_set {
	struct vhost_set	*next;
	struct sockaddr_storage	 address;	/* AF_UNSPEC: every one */
	int			 port;		/* 0: every one */
	const struct vhost	*first;
	bool			 proxy_header;
	unsigned		 hosts;
	struct name_cell	*cells;
	size_t			 ncells;	/* a power of two */
	struct host_name	*wild;		/* with * or ?, in order */
	struct host_name	**wild_end;
};

struct vhost_index {
	struct vhost_set	*sets;
	struct vhost_set	 main;		/* when none matches */
};

/* From its end, so that those of all ends of a name are made in one pass. */
static const size_t hash_first = 2166136261U;

static size_t
hash_byte(size_t h, char c)
{
	return (h ^ (unsigned char)c) * 16777619U;
}

static size_t
cell_of(const struct vhost_set *set, size_t h)
{
	return (h ^ h >> 15) & (set->ncells - 1);
}

static size_t
hash_name(struct str s)
{
	size_t h, i;

	h = hash_first;
	for (i = s.n; i > 0; i--)
		h = hash_byte(h, s.p[i - 1]);
	return h;
}

static bool
same_address(const struct sockaddr_storage *a,
    const struct sockaddr_storage *b)
{
	const struct sockaddr_in *a4, *b4;
	const struct sockaddr_in6 *a6, *b6;

	if (a->ss_family != b->ss_family)
		return false;
	if (a->ss_family == AF_INET) {
		a4 = (const struct sockaddr_in *)a;
		b4 = (const struct sockaddr_in *)b;
		return a4->sin_addr.s_addr == b4->sin_addr.s_addr;
	}
	if (a->ss_family == AF_INET6) {
		a6 = (const struct sockaddr_in6 *)a;
		b6 = (const struct sockaddr_in6 *)b;
		return memcmp(&a6->sin6_addr, &b6->sin6_addr,
		    sizeof(a6->sin6_addr)) == 0;
	}
	return true;
}

static int
port_of(const struct sockaddr_storage *ss)
{
	if (ss->ss_family == AF_INET)
		return ntohs(((const struct sockaddr_in *)ss)->sin_port);
	if (ss->ss_family == AF_INET6)
		return ntohs(((const struct sockaddr_in6 *)ss)->sin6_port);
	return 0;
}

/* The set of an address and port, made when there is none; NULL: memory. */
static struct vhost_set *
find_set(struct config *conf, struct vhost_index *index,
    const struct sockaddr_storage *address, int port)
{
	struct vhost_set *set, **end;

	for (end = &index->sets; *end != NULL; end = &(*end)->next)
		if ((*end)->port == port &&
		    same_address(&(*end)->address, address))
			return *end;
	set = arena_zalloc(&conf->arena, sizeof(*set));
	if (set == NULL)
		return NULL;
	set->address = *address;
	set->port = port;
	*end = set;
	return set;
}

/* The first round counts, so that the table has its size at once. */
static void
count_names(struct vhost_set *set, const struct vhost *v)
{
	const struct word_list *w;

	if (set->first == NULL)
		set->first = v;
	if (v->proxy_protocol != UNSET)
		set->proxy_header = v->proxy_protocol == 1;
	set->ncells += 2;
	for (w = v->server_aliases; w != NULL; w = w->next)
		set->ncells++;
}

static int
make_cells(struct config *conf, struct vhost_set *set)
{
	size_t n;

	for (n = 8; n < set->ncells * 2; n *= 2)
		continue;
	set->ncells = n;
	set->cells = arena_zalloc(&conf->arena, n * sizeof(*set->cells));
	set->wild_end = &set->wild;
	return set->cells == NULL ? -1 : 0;
}

static int
add_name(struct config *conf, struct vhost_set *set, const struct vhost *v,
    const char *name, unsigned order)
{
	struct host_name *h, **cell;
	struct str s;
	char *p;
	size_t i;

	h = arena_zalloc(&conf->arena, sizeof(*h));
	p = h == NULL ? NULL : arena_cstr(&conf->arena, str_of(name));
	if (p == NULL)
		return -1;
	for (i = 0; p[i] != '\0'; i++)
		p[i] = ch_lower(p[i]);
	s = (struct str){ p, i };
	h->name = s;
	h->host = v;
	h->order = order;
	/* "*.example.org" is looked up by what follows the star. */
	if (i > 1 && p[0] == '*' && p[1] == '.' &&
	    strpbrk(p + 1, "*?") == NULL)
		s = h->name = str_from(s, 1);
	else if (strpbrk(p, "*?") != NULL) {
		*set->wild_end = h;
		set->wild_end = &h->next;
		return 0;
	}
	cell = &set->cells[cell_of(set, hash_name(s))].first;
	/* Behind the others: the first of a name is the one that is found. */
	while (*cell != NULL)
		cell = &(*cell)->next;
	*cell = h;
	return 0;
}

static int
add_names(struct config *conf, struct vhost_set *set, const struct vhost *v)
{
	const struct word_list *w;
	unsigned order;

	if (set->cells == NULL && make_cells(conf, set) == -1)
		return -1;
	order = set->hosts++;
	if (v->server_name != NULL && (v->base == NULL ||
	    v->server_name != v->base->server_name) &&
	    add_name(conf, set, v, v->server_name, order) == -1)
		return -1;
	for (w = v->server_aliases; w != NULL; w = w->next)
		if (add_name(conf, set, v, w->word, order) == -1)
			return -1;
	return 0;
}

/* The three rounds in which the sets are made. */
enum round { ROUND_COUNT, ROUND_NAMES, ROUND_WRITTEN };

static int
add_to_set(struct config *conf, struct vhost_set *set, const struct vhost *v,
    const struct vhost_address *va, enum round round)
{
	switch (round) {
	case ROUND_COUNT:
		count_names(set, v);
		return 0;
	case ROUND_NAMES:
		return add_names(conf, set, v);
	case ROUND_WRITTEN:
		/* httpd: the last name to match. */
		return va->host == NULL ? 0 :
		    add_name(conf, set, v, va->host, UINT_MAX);
	}
	return 0;
}

/* Each set that a host belongs to. */
static int
add_host(struct config *conf, struct vhost_index *index,
    const struct vhost *v, enum round round)
{
	static const struct sockaddr_storage every;
	const struct vhost_address *va;
	const struct address *a;
	struct vhost_set *set;

	for (va = v->addresses; va != NULL; va = va->next) {
		a = va->addresses;
		if (a == NULL && va->host != NULL)
			continue;
		do {
			set = find_set(conf, index, a == NULL ? &every :
			    &a->sa, va->port);
			if (set == NULL || add_to_set(conf, set, v, va,
			    round) == -1)
				return -1;
		} while (a != NULL && (a = a->next) != NULL);
	}
	return 0;
}

int
route_index(struct config *conf)
{
	struct vhost_index *index;
	const struct vhost *v;
	int round;

	index = arena_zalloc(&conf->arena, sizeof(*index));
	if (index == NULL)
		return -1;
	count_names(&index->main, &conf->main);
	if (add_names(conf, &index->main, &conf->main) == -1)
		return -1;
	for (round = ROUND_COUNT; round <= ROUND_WRITTEN; round++)
		for (v = conf->vhosts; v != NULL; v = v->next)
			if (add_host(conf, index, v, (enum round)round) == -1)
				return -1;
	conf->index = index;
	return 0;
}

/* How well a set fits: 0 is not at all. */
static int
fitness(const struct vhost_set *set, const struct sockaddr_storage *here)
{
	bool local;
	int fits;

	local = here->ss_family == AF_UNIX;
	fits = 1;
	if (set->address.ss_family != AF_UNSPEC) {
		if (!same_address(&set->address, here))
			return 0;
		fits += 2;
	}
	if (set->port == 0 || local)
		return fits;
	return set->port == port_of(here) ? fits + 1 : 0;
}

const struct vhost_set *
route_hosts(const struct config *conf, const struct sockaddr_storage *here)
{
	const struct vhost_set *best, *set;
	int fits, most;

	best = &conf->index->main;
	most = 0;
	for (set = conf->index->sets; set != NULL; set = set->next) {
		fits = fitness(set, here);
		if (fits > most) {
			most = fits;
			best = set;
		}
	}
	return best;
}

const struct vhost *
route_default(const struct vhost_set *hosts)
{
	return hosts->first;
}

bool
route_wants_proxy_header(const struct vhost_set *hosts)
{
	return hosts->proxy_header;
}

static size_t
skip_slashes(struct str s, size_t i)
{
	while (i < s.n && s.p[i] == '/')
		i++;
	return i;
}

/*
 * httpd: any run of slashes equals any other, and a prefix that does not
 * end in one must end with a segment: /app is no prefix of /apple.
 */
long
route_match_prefix(struct str prefix, struct str path)
{
	size_t i, k;

	i = k = 0;
	while (i < prefix.n) {
		if (k == path.n || prefix.p[i] != path.p[k])
			return -1;
		if (prefix.p[i] == '/') {
			i = skip_slashes(prefix, i);
			k = skip_slashes(path, k);
		} else {
			i++;
			k++;
		}
	}
	if (i > 0 && prefix.p[i - 1] != '/' && k < path.n && path.p[k] != '/')
		return -1;
	return (long)k;
}

/*
 * Does c belong to the bracket at p ("[a-z]", "[!a]")?  *end gets what is
 * behind it, NULL when it is not closed.
 */
static bool
match_bracket(const char *p, char c, const char **end)
{
	unsigned char from, to, u;
	const char *first;
	bool found, negated;

	u = (unsigned char)c;
	found = false;
	p++;
	negated = *p == '!' || *p == '^';
	p += negated;
	for (first = p; *p != ']' || p == first; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		if (*p == '\0') {
			*end = NULL;
			return false;
		}
		from = to = (unsigned char)*p;
		if (p[1] == '-' && p[2] != ']' && p[2] != '\0') {
			p += p[2] == '\\' && p[3] != '\0' ? 3 : 2;
			to = (unsigned char)*p;
		}
		if (u >= from && u <= to)
			found = true;
	}
	*end = p + 1;
	return found != negated;
}

/*
 * Does the one-byte pattern at p match c?  *next gets what is behind it.
 * Neither ? nor a bracket takes a slash.
 */
static bool
match_one(const char *p, char c, const char **next)
{
	const char *end;
	bool in;

	*next = p + 1;
	if (*p == '?')
		return c != '/';
	if (*p == '[') {
		in = match_bracket(p, c, &end);
		if (end != NULL) {
			*next = end;
			return in && c != '/';
		}
	}
	if (*p == '\\' && p[1] != '\0') {
		*next = p + 2;
		p++;
	}
	return *p != '\0' && *p == c;
}

/*
 * A shell wildcard against the whole path, as fnmatch(3) with FNM_PATHNAME
 * does it: but on a slice, in the C locale, and with runs of slashes equal.
 * Only the last * has to be tried again: none of them crosses a slash.
 */
static bool
match_wildcard(const char *pattern, struct str path)
{
	const char *next, *p, *star;
	size_t at, i;

	p = pattern;
	star = NULL;
	at = i = 0;
	while (i < path.n || *p == '*') {
		if (*p == '*') {
			star = ++p;
			at = i;
			continue;
		}
		if (match_one(p, path.p[i], &next)) {
			i = *p == '/' ? skip_slashes(path, i) : i + 1;
			for (p = next; p[-1] == '/' && *p == '/'; p++)
				continue;
			continue;
		}
		if (star == NULL || path.p[at] == '/')
			return false;
		i = ++at;
		p = star;
	}
	return *p == '\0';
}

/* * and ? of ServerAlias take any byte. */
static bool
match_name(struct str pattern, struct str name)
{
	size_t at, i, p, star;

	star = SIZE_MAX;
	at = i = p = 0;
	while (i < name.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = ++p;
			at = i;
		} else if (p < pattern.n && (pattern.p[p] == '?' ||
		    pattern.p[p] == name.p[i])) {
			p++;
			i++;
		} else {
			if (star == SIZE_MAX)
				return false;
			i = ++at;
			p = star;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

/* The first host with that name, or with that end of a name. */
static const struct host_name *
find_name(const struct vhost_set *hosts, struct str name, size_t hash)
{
	const struct host_name *h;

	h = hosts->cells[cell_of(hosts, hash)].first;
	while (h != NULL && !str_eq(h->name, name))
		h = h->next;
	return h;
}

const struct vhost *
route_vhost(const struct vhost_set *hosts, struct str name)
{
	const struct host_name *h, *other;
	size_t hash, i;

	h = NULL;
	hash = hash_first;
	for (i = name.n; i-- > 0;) {
		hash = hash_byte(hash, name.p[i]);
		if (i > 0 && name.p[i] != '.')
			continue;
		other = find_name(hosts, str_from(name, i), hash);
		if (other != NULL && (h == NULL || other->order < h->order))
			h = other;
	}
	for (other = hosts->wild; other != NULL; other = other->next) {
		if (h != NULL && h->order <= other->order)
			break;
		if (match_name(other->name, name))
			return other->host;
	}
	return h == NULL ? NULL : h->host;
}

/*
 * Sections.
 */

bool
route_match_location(const struct location *l, struct str path)
{
	if (l->wildcard)
		return match_wildcard(l->pattern, path);
	return route_match_prefix(l->path, path) != -1;
}

static void
inherit(int *to, int from)
{
	if (from != UNSET)
		*to = from;
}

static void
inherit_size(int64_t *to, int64_t from)
{
	if (from != UNSET)
		*to = from;
}

static void
merge_access(struct settings *to, const struct settings *from)
{
	if (from->require != NULL) {
		to->require = from->require;
		to->require_place = from->require_place;
	}
	/* httpd: one line of mod_access_compat replaces all outer ones. */
	if (from->access != NULL) {
		to->access = from->access;
		to->access_place = from->access_place;
	}
	inherit(&to->auth_type, from->auth_type);
	if (from->auth_name != NULL)
		to->auth_name = from->auth_name;
	if (from->auth_file != NULL)
		to->auth_file = from->auth_file;
}

/* Where a request goes. */
static void
merge_mapping(struct settings *to, const struct settings *from)
{
	if (from->mapping != NULL)
		to->mapping = from->mapping;
	if (from->handler_told != UNSET) {
		to->handler_told = from->handler_told;
		to->handler = from->handler;
	}
	if (from->redirect != NULL)
		to->redirect = from->redirect;
	inherit(&to->redirect_relative, from->redirect_relative);
	if (from->scgi_server != NULL)
		to->scgi_server = from->scgi_server;
	inherit(&to->scgi_handler, from->scgi_handler);
	if (from->scgi_timeout > 0)
		to->scgi_timeout = from->scgi_timeout;
}

int
route_merge(struct settings *to, const struct settings *from, struct arena *a)
{
	struct error_docs *outer;

	if (from->errors.list != NULL) {
		outer = arena_alloc(a, sizeof(*outer));
		if (outer == NULL)
			return -1;
		*outer = to->errors;
		to->errors.outer = outer;
		to->errors.list = from->errors.list;
	}
	if (from->error_override != UNSET) {
		to->error_override = from->error_override;
		to->override_list = from->override_list;
	}
	if (from->forced_type != NULL)
		to->forced_type = from->forced_type;
	if (from->charset != NULL)
		to->charset = from->charset;
	if (from->indexes != NULL)
		to->indexes = from->indexes;
	merge_access(to, from);
	merge_mapping(to, from);
	inherit(&to->path_info, from->path_info);
	inherit(&to->physical_port, from->physical_port);
	inherit(&to->internal_only, from->internal_only);
	inherit(&to->accel_headers, from->accel_headers);
	inherit(&to->follow_links, from->follow_links);
	if (from->redirect_field != NULL)
		to->redirect_field = from->redirect_field;
	if (from->server_admin != NULL)
		to->server_admin = from->server_admin;
	if (from->sendfile_field != NULL)
		to->sendfile_field = from->sendfile_field;
	if (from->sendfile_dirs != NULL)
		to->sendfile_dirs = from->sendfile_dirs;
	inherit(&to->max_ranges, from->max_ranges);
	inherit(&to->max_overlaps, from->max_overlaps);
	inherit(&to->max_reversals, from->max_reversals);
	inherit_size(&to->body_limit, from->body_limit);
	inherit_size(&to->request_buffer, from->request_buffer);
	inherit_size(&to->temp_file_max, from->temp_file_max);
	inherit(&to->pass_auth, from->pass_auth);
	inherit(&to->request_uri, from->request_uri);
	inherit(&to->canonical, from->canonical);
	inherit(&to->signature, from->signature);
	inherit(&to->lookups, from->lookups);
	inherit(&to->request_buffering, from->request_buffering);
	inherit(&to->ignore_abort, from->ignore_abort);
	return 0;
}

/* The lists of sections, by what they match. */
enum section_list {
	SECTIONS_DIRECTORY,	/* the name of a file */
	SECTIONS_PROXY,		/* the url of an application */
	SECTIONS_LOCATION	/* the path of a request */
};

/* Settings on their way from the host's to those of a request. */
struct merging {
	const struct vhost	*vhost;
	struct settings		*set;		/* NULL: the host's still */
	struct section_block	**end;
	struct arena		*arena;
	struct pattern_text	 text;		/* what is matched now */
	struct str		 by_socket;	/* the url with its socket;
						 * absent */
	bool			 full;		/* the arena is */
};

/* Append a copy of a block that is not empty. */
static void
add_block(struct merging *m, const struct section_block *from)
{
	struct section_block *b;

	if (from->ops == NULL && from->rules == NULL &&
	    from->request_edits == NULL && from->answer_edits == NULL &&
	    from->reverses == NULL && from->redirects == NULL)
		return;
	b = arena_alloc(m->arena, sizeof(*b));
	if (b == NULL) {
		m->full = true;
		return;
	}
	*b = *from;
	b->next = NULL;
	*m->end = b;
	m->end = &b->next;
}

/* The first section that matches: from now on the settings are a copy. */
static void
begin_merging(struct merging *m)
{
	const struct section_block *b;

	m->set = arena_alloc(m->arena, sizeof(*m->set));
	if (m->set == NULL) {
		m->full = true;
		return;
	}
	*m->set = m->vhost->set;
	m->set->blocks = NULL;
	m->end = &m->set->blocks;
	for (b = m->vhost->set.blocks; b != NULL; b = b->next)
		add_block(m, b);
}

static void
merge_section(struct merging *m, const struct location *l)
{
	if (m->set == NULL)
		begin_merging(m);
	if (m->full || route_merge(m->set, &l->set, m->arena) == -1)
		m->full = true;
	else
		add_block(m, &l->set.own);
}

static bool
match_regex(struct merging *m, const struct pattern *p)
{
	int matches;

	matches = pattern_match(p, &m->text, m->arena, NULL);
	if (matches == -1)
		m->full = true;
	return matches == 1;
}

static size_t
count_slashes(struct str s)
{
	size_t i, n;

	n = 0;
	for (i = 0; i < s.n; i++)
		if (s.p[i] == '/')
			n++;
	return n;
}

/* The head of a path with as many segments as another one. */
static struct str
as_deep(struct str path, struct str as)
{
	size_t i, n;

	n = count_slashes(as);
	for (i = 0; i < path.n; i++)
		if (path.p[i] == '/' && n-- == 0)
			break;
	return str_head(path, i);
}

/*
 * <Directory>: the directory and all that is below it.  real: file is no name
 * that somebody wrote, but where it is; so may be the section's.
 */
static bool
match_directory(const struct location *l, struct str file, bool real)
{
	if (l->wildcard)
		return match_wildcard(l->pattern, as_deep(file, l->path));
	return route_match_prefix(l->path, file) != -1 ||
	    (real && l->real.p != NULL &&
	    route_match_prefix(l->real, file) != -1);
}

/*
 * <Proxy>: a plain prefix, or a wildcard for all of it (httpd).  What names a
 * socket is held against the url as ProxyPass has it; the path of the socket
 * has to be whole, or to end with a slash.
 */
static bool
match_proxy(const struct merging *m, const struct location *l)
{
	struct str rest, url;
	size_t n;

	url = m->by_socket;
	if (l->wildcard)
		return match_name(l->path, m->text.s) ||
		    (url.p != NULL && match_name(l->path, url));
	if (!str_starts(l->path, STR("unix:")))
		return str_casestarts(m->text.s, l->path);
	n = str_chr(l->path, '|');
	if (url.p == NULL || !str_starts(url, str_head(l->path, n)))
		return false;
	rest = str_from(url, n);
	if (n == l->path.n)
		return l->path.p[n - 1] == '/' || str_starts(rest, STR("|"));
	return str_casestarts(rest, str_from(l->path, n));
}

static bool
match_proxy_regex(struct merging *m, const struct pattern *p)
{
	struct str url;
	bool matches;

	if (match_regex(m, p))
		return true;
	if (m->by_socket.p == NULL)
		return false;
	url = m->text.s;
	m->text = (struct pattern_text){ m->by_socket, NULL };
	matches = match_regex(m, p);
	m->text = (struct pattern_text){ url, NULL };
	return matches;
}

/* Does a section match what is looked at, by the list that it is in? */
static bool
match_section(struct merging *m, enum section_list which,
    const struct location *l)
{
	if (l->regex != NULL)
		return which == SECTIONS_PROXY ?
		    match_proxy_regex(m, l->regex) : match_regex(m, l->regex);
	switch (which) {
	case SECTIONS_LOCATION:
		return route_match_location(l, m->text.s);
	case SECTIONS_PROXY:
		return match_proxy(m, l);
	case SECTIONS_DIRECTORY:
		return match_directory(l, m->text.s, false);
	}
	return false;
}

static const struct location *
sections_of(const struct vhost *v, enum section_list which)
{
	switch (which) {
	case SECTIONS_LOCATION:
		return v->locations;
	case SECTIONS_PROXY:
		return v->proxies;
	case SECTIONS_DIRECTORY:
		return v->directories;
	}
	return NULL;
}

/* The sections that match: the main server's, then the host's (httpd). */
static void
merge_sections(struct merging *m, enum section_list which, struct str text)
{
	const struct location *l;
	const struct vhost *v;

	m->text = (struct pattern_text){ text, NULL };
	v = m->vhost->base != NULL ? m->vhost->base : m->vhost;
	for (;;) {
		for (l = sections_of(v, which); l != NULL; l = l->next)
			if (!m->full && match_section(m, which, l))
				merge_section(m, l);
		if (v == m->vhost)
			return;
		v = m->vhost;
	}
}

static bool
has_sections(const struct vhost *v, enum section_list which)
{
	return sections_of(v, which) != NULL || (v->base != NULL &&
	    sections_of(v->base, which) != NULL);
}

static struct str
glue(struct arena *a, struct str one, struct str two)
{
	struct out o;

	out_begin(&o, a);
	out_str(&o, one);
	out_str(&o, two);
	return out_end(&o, a);
}

static const struct settings *
merged(const struct merging *m)
{
	if (m->full)
		return NULL;
	return m->set == NULL ? &m->vhost->set : m->set;
}

/*
 * The name of a file below a directory, in its simplest form; one that is too
 * long for any file stays as it is.  Absent when the arena is full.
 */
static struct str
name_below(struct arena *a, const char *root, struct str file)
{
	struct str name, simple;

	name = strcmp(root, "/") == 0 ? file : glue(a, str_of(root), file);
	if (name.p == NULL)
		return name;
	simple = file_simplify(a, name);
	return simple.p == NULL ? name : simple;
}

/* httpd: <Proxy balancer://name> is matched before a member is elected. */
static struct str
balancer_url(struct merging *m, const struct place *p)
{
	struct out o;
	struct str s;

	if (!has_sections(m->vhost, SECTIONS_PROXY))
		return STR("");
	out_begin(&o, m->arena);
	out_z(&o, "balancer://");
	out_z(&o, p->mapping->balancer_name);
	out_str(&o, p->base);
	out_str(&o, p->tail);
	s = out_end(&o, m->arena);
	if (s.p == NULL)
		m->full = true;
	return s;
}

static void
merge_member(struct merging *m, const struct member *member, struct str url)
{
	if (member->socket.p != NULL &&
	    has_sections(m->vhost, SECTIONS_PROXY)) {
		m->by_socket = glue(m->arena, member->socket, url);
		if (m->by_socket.p == NULL)
			m->full = true;
	}
	merge_sections(m, SECTIONS_PROXY, url);
}

/* The sections for where a place leads. */
static void
merge_place(struct merging *m, const struct place *p)
{
	if (p->name.p != NULL)
		merge_sections(m, SECTIONS_DIRECTORY, p->name);
	if (p->kind == PLACE_MEMBER && p->member == NULL)
		merge_sections(m, SECTIONS_PROXY, balancer_url(m, p));
	else if (p->kind == PLACE_MEMBER)
		merge_member(m, p->member, str_from(p->script,
		    strlen("proxy:")));
}

const struct settings *
route_settings(const struct vhost *v, struct str path, const struct place *p,
    struct arena *a)
{
	struct merging m;

	memset(&m, 0, sizeof(m));
	m.vhost = v;
	m.arena = a;
	if (p != NULL) {
		merge_place(&m, p);
		/* What is known already need not be made again. */
		if (m.set == NULL && !m.full)
			return p->set;
	}
	merge_sections(&m, SECTIONS_LOCATION, path);
	return merged(&m);
}

/* Which of a file's two names a <Directory> has to match. */
enum names { NAMES_BOTH, NAMES_WRITTEN, NAMES_REAL };

static bool
match_names(struct merging *m, const struct location *l, struct str written,
    struct str real, enum names names)
{
	bool one, other;

	m->text = (struct pattern_text){ real, NULL };
	one = l->regex != NULL ? match_regex(m, l->regex) :
	    match_directory(l, real, true);
	m->text = (struct pattern_text){ written, NULL };
	other = l->regex != NULL ? match_regex(m, l->regex) :
	    match_directory(l, written, false);
	switch (names) {
	case NAMES_BOTH:
		return one && other;
	case NAMES_WRITTEN:
		return other && !one;
	case NAMES_REAL:
		return one && !other;
	}
	return false;
}

/*
 * First what holds for both names, which is the ground; then what holds for
 * the written one; what is said of where the file really is comes last.
 */
static void
merge_directories(struct merging *m, struct str written, struct str real)
{
	const struct location *l;
	const struct vhost *v;
	int names;

	for (names = NAMES_BOTH; names <= NAMES_REAL; names++)
		for (v = m->vhost->base != NULL ? m->vhost->base : m->vhost;
		    v != NULL; v = v == m->vhost ? NULL : m->vhost)
			for (l = v->directories; l != NULL; l = l->next)
				if (!m->full && match_names(m, l, written,
				    real, (enum names)names))
					merge_section(m, l);
}

const struct settings *
route_file_settings(const struct vhost *v, struct str path, struct str name,
    struct str written, struct arena *a)
{
	struct merging m;

	memset(&m, 0, sizeof(m));
	m.vhost = v;
	m.arena = a;
	merge_directories(&m, written.p == NULL ? name : written, name);
	if (path.p != NULL)
		merge_sections(&m, SECTIONS_LOCATION, path);
	return merged(&m);
}

bool
route_wants_real(const struct vhost *v, struct str name, struct str real)
{
	const struct location *l;

	if (!has_sections(v, SECTIONS_DIRECTORY))
		return false;
	if (name.n > 1 && name.p[name.n - 1] == '/')
		name.n--;
	if (!str_eq(name, real))
		return true;
	for (; v != NULL; v = v->base)
		for (l = v->directories; l != NULL; l = l->next)
			if (l->real.p != NULL)
				return true;
	return false;
}

/*
 * Mappings.
 */

/* A mapping that matches: the path of its url, and what follows it. */
struct hit {
	const struct mapping	*mapping;
	struct str		 base;
	struct str		 tail;
	size_t			 taken;		/* of the path, by a prefix */
};

/* 1 it matches, 0 it does not, -1 the arena is full. */
static int
try_mapping(struct hit *hit, const struct mapping *m, struct pattern_text *t,
    struct arena *a)
{
	struct str base, group[PATTERN_GROUPS];
	long taken;
	int matches;

	base = m->member == NULL ? m->base : m->member->base;
	hit->mapping = m;
	hit->base = base;
	if (m->regex == NULL) {
		taken = route_match_prefix(m->path, t->s);
		if (taken == -1)
			return 0;
		hit->taken = (size_t)taken;
		hit->tail = str_from(t->s, hit->taken);
		return 1;
	}
	matches = pattern_match(m->regex, t, a, group);
	if (matches != 1 || (m->member == NULL && m->balancer == NULL))
		return matches;
	hit->base = pattern_substitute(a, base, group);
	if (hit->base.p == NULL && base.n > 0)
		return -1;
	/* httpd: without a $ all of the path follows. */
	hit->tail = str_eq(hit->base, base) ? t->s : STR("");
	return 1;
}

static int
try_mappings(struct hit *hit, const struct mapping *m,
    struct pattern_text *t, struct arena *a)
{
	int matches;

	for (; m != NULL; m = m->next)
		if ((matches = try_mapping(hit, m, t, a)) != 0)
			return matches;
	return 0;
}

/* hit->mapping is NULL when none matches.  0, or 500: the arena is full. */
static int
find_mapping(struct hit *hit, const struct vhost *v,
    const struct settings *set, struct str path, struct arena *a)
{
	struct pattern_text t;
	int matches;

	t = (struct pattern_text){ path, NULL };
	matches = 0;
	/* Its ->next is of no list. */
	if (set->mapping != NULL)
		matches = try_mapping(hit, set->mapping, &t, a);
	if (matches == 0 && v->base != NULL)
		matches = try_mappings(hit, v->base->mappings, &t, a);
	if (matches == 0)
		matches = try_mappings(hit, v->mappings, &t, a);
	if (matches == 0)
		hit->mapping = NULL;
	return matches == -1 ? 500 : 0;
}

/* The path before the mapped rest, without the slash that divides them. */
static struct str
mount_of(struct str path, size_t taken)
{
	while (taken > 0 && path.p[taken - 1] == '/')
		taken--;
	return str_head(path, taken);
}

/*
 * The url's path and what is left of ours with one slash where both have
 * one, so that SCRIPT_NAME and PATH_INFO make up the path again.  Absent
 * when the arena is full.
 */
static struct str
join(struct str base, struct str path, size_t taken, struct arena *a)
{
	struct str tail;
	struct out o;
	char *mem;

	tail = str_from(path, taken);
	if (tail.n == 0)
		return base.n == 0 ? STR("/") : base;
	if (base.n == 0)
		return tail;
	if (base.p[base.n - 1] == '/' && tail.p[0] == '/')
		base.n--;
	if (base.n == 0)
		return tail;
	/* The usual case, "/app/" and a url with just "/": ours will do. */
	if (base.n == 1 && taken > 0 && path.p[taken - 1] == '/')
		return str_from(path, taken - 1);
	mem = arena_alloc(a, base.n + tail.n);
	if (mem == NULL)
		return STR_NONE;
	out_init(&o, mem, base.n + tail.n);
	out_str(&o, base);
	out_str(&o, tail);
	return out_done(&o);
}

/* httpd: its canonical form of a path leaves these bytes alone. */
static bool
is_plain(char c)
{
	return ch_isalpha(c) || ch_isdigit(c) ||
	    (c != '\0' && strchr("/~$-_.+!*'(),;:@&=", c) != NULL);
}

static void
out_encoded(struct out *o, struct str s, enum http_slashes slashes)
{
	static const char hex[] = "0123456789ABCDEF";
	unsigned char c;
	size_t i;

	for (i = 0; i < s.n; i++) {
		c = (unsigned char)s.p[i];
		/* What NoDecode has left encoded is not encoded again. */
		if (is_plain(s.p[i]) || (slashes == HTTP_SLASHES_NODECODE &&
		    str_casestarts(str_from(s, i), STR("%2F")))) {
			out_ch(o, s.p[i]);
			continue;
		}
		out_ch(o, '%');
		out_ch(o, hex[c >> 4]);
		out_ch(o, hex[c & 15]);
	}
}

/* SCRIPT_FILENAME: the url with the rest glued to it, as httpd has it. */
static struct str
script_of(const struct place *p, struct str base, struct str tail,
    struct arena *a)
{
	enum http_slashes slashes;
	const struct member *m;
	struct out o;

	m = p->member;
	slashes = (enum http_slashes)p->vhost->slashes;
	out_begin(&o, a);
	out_z(&o, "proxy:");
	out_str(&o, m->canon);
	if (base.n == 0 && tail.n == 0)
		out_ch(&o, '/');
	out_encoded(&o, base, slashes);
	out_encoded(&o, tail, slashes);
	return out_end(&o, a);
}

/* The place is a file: directory and path below it, in the arena. */
static int
place_file(struct place *p, struct str root, struct str file, struct arena *a)
{
	while (root.n > 1 && root.p[root.n - 1] == '/')
		root.n--;
	p->root = arena_cstr(a, root);
	if (p->root == NULL)
		return 500;
	if (file.n == 0 || file.p[0] != '/')
		file = join(STR("/"), file, 0, a);
	if (file.p == NULL)
		return 500;
	p->file = file;
	p->name = name_below(a, p->root, file);
	p->kind = PLACE_FILE;
	return p->name.p == NULL ? 500 : 0;
}

/*
 * Alias: what the path has more is below the target.  The target alone is a
 * name in its directory, for it may be a file.
 */
static int
place_alias(struct place *p, const struct alias *alias, struct str rest,
    struct arena *a)
{
	struct str target;
	size_t i;

	target = str_of(alias->target);
	if (rest.n > 0)
		return place_file(p, target, rest, a);
	for (i = target.n; i > 1 && target.p[i - 1] != '/'; i--)
		continue;
	return place_file(p, str_head(target, i), str_from(target, i), a);
}

/*
 * AliasMatch: the directory is what the target says before its first $, so
 * that no request chooses another.
 */
static int
place_match(struct place *p, const struct alias *alias,
    const struct str *group, struct arena *a)
{
	struct str file, root;

	root = str_of(alias->target);
	root = str_head(root, strcspn(alias->target, "$\\"));
	while (root.n > 1 && root.p[root.n - 1] != '/')
		root.n--;
	file = pattern_substitute(a, str_of(alias->target), group);
	if (file.p == NULL)
		return 500;
	return place_file(p, root, str_from(file, root.n), a);
}

/* *found: an Alias of the list has matched.  0, or 500. */
static int
find_alias(struct place *p, const struct alias *alias, struct str path,
    bool *found, struct arena *a)
{
	struct str group[PATTERN_GROUPS];
	struct pattern_text t;
	long taken;

	t = (struct pattern_text){ path, NULL };
	*found = true;
	for (; alias != NULL; alias = alias->next) {
		p->label = alias->path;
		if (alias->regex == NULL) {
			taken = route_match_prefix(alias->path, path);
			if (taken != -1)
				return place_alias(p, alias, str_from(path,
				    (size_t)taken), a);
			continue;
		}
		switch (pattern_match(alias->regex, &t, a, group)) {
		case 1:
			return place_match(p, alias, group, a);
		case -1:
			return 500;
		}
	}
	*found = false;
	return 0;
}

/* The same for a host: its own, then the main server's (httpd). */
static int
find_aliased(struct place *p, struct str path, bool *found, struct arena *a)
{
	const struct vhost *v;
	int status;

	*found = false;
	for (v = p->vhost; v != NULL; v = v->base) {
		status = find_alias(p, v->aliases, path, found, a);
		if (status != 0 || *found)
			return status;
	}
	return 0;
}

/* Not proxied: a file by the first Alias that matches, or DocumentRoot. */
static int
find_file(struct place *p, struct str path, struct arena *a)
{
	bool found;
	int status;

	status = find_aliased(p, path, &found, a);
	if (status != 0 || found)
		return status;
	p->label = STR("/");
	if (p->vhost->document_root == NULL)
		return 0;
	return place_file(p, str_of(p->vhost->document_root), path, a);
}

/*
 * httpd: what of the path the application's rest does not repeat, up to the
 * next slash, for mappings that are no prefixes.
 */
static struct str
mount_before(struct str path, struct str rest)
{
	size_t n;

	n = path.n;
	while (n > 0 && rest.n > 0 &&
	    path.p[n - 1] == rest.p[rest.n - 1]) {
		n--;
		rest.n--;
	}
	while (n < path.n && path.p[n] != '/')
		n++;
	return str_head(path, n);
}

/* The mapping's url and the rest of the path, for one application. */
static int
place_rest(struct place *p, struct str base, struct arena *a)
{
	struct str rest;

	/* mod_scgi: behind a mount may be nothing. */
	if (p->mapping->path_info) {
		p->mount = mount_of(p->path, p->taken);
		p->tail = str_from(p->path, p->mount.n);
	}
	rest = base.n > 0 ? base : p->tail;
	/* "scgi://host:4000" and "x" would be another port. */
	if (rest.n > 0 && rest.p[0] != '/')
		return 400;
	if (p->mapping->path_info)
		p->rest = p->tail;
	else if (p->mapping->regex == NULL) {
		p->mount = mount_of(p->path, p->taken);
		p->rest = join(base, p->path, p->taken, a);
	} else {
		p->rest = p->tail.n == 0 ? base : join(base, p->path, 0, a);
		if (p->rest.n == 0 && p->rest.p != NULL)
			p->rest = STR("/");
		p->mount = mount_before(p->path, p->rest);
	}
	p->script = script_of(p, base, p->tail, a);
	return p->rest.p == NULL || p->script.p == NULL ? 500 : 0;
}

/* An application, by a ProxyPass that has matched. */
static int
place_member(struct place *p, const struct hit *hit, struct arena *a)
{
	p->mapping = hit->mapping;
	p->label = hit->mapping->path;
	p->kind = PLACE_MEMBER;
	p->member = hit->mapping->member;
	p->base = hit->base;
	p->tail = hit->tail;
	p->taken = hit->taken;
	return p->member == NULL ? 0 : place_rest(p, p->base, a);
}

int
route_place_on(struct place *p, const struct member *m, struct arena *a)
{
	struct str base;

	p->member = m;
	base = m->base;
	/* httpd: the member's url, then the path of the balancer's. */
	if (base.n > 0 && base.p[base.n - 1] == '/' && p->base.n > 0 &&
	    p->base.p[0] == '/')
		base.n--;
	base = base.n == 0 ? p->base : p->base.n == 0 ? base :
	    glue(a, base, p->base);
	if (base.p == NULL && m->base.n + p->base.n > 0)
		return 500;
	if (!p->mapping->handler)
		return place_rest(p, base, a);
	p->script = script_of(p, base, p->tail, a);
	return p->script.p == NULL ? 500 : 0;
}

/* SetHandler: the url and the name of the file (httpd). */
static int
place_handler(struct place *p, struct arena *a)
{
	int status;

	status = find_file(p, p->path, a);
	if (status != 0)
		return status;
	p->mapping = p->set->handler;
	p->label = p->mapping->path;
	p->kind = PLACE_MEMBER;
	p->member = p->mapping->member;
	if (p->mapping->scgi && p->set->scgi_server != NULL)
		p->member = p->set->scgi_server->member;
	p->base = p->member == NULL ? p->mapping->base : p->member->base;
	return route_split_handler(p, 0, a);
}

int
route_split_handler(struct place *p, size_t rest, struct arena *a)
{
	struct str file;

	p->mount = str_head(p->path, p->path.n - rest);
	p->rest = str_from(p->path, p->path.n - rest);
	file = p->mount;
	if (p->root != NULL) {
		file = str_head(p->file, p->file.n - rest);
		p->name = name_below(a, p->root, file);
		file = strcmp(p->root, "/") == 0 ? file :
		    glue(a, str_of(p->root), file);
		if (p->name.p == NULL || file.p == NULL)
			return 500;
	}
	p->tail = file;
	if (p->member == NULL)
		return 0;
	p->script = script_of(p, p->base, file, a);
	return p->script.p == NULL ? 500 : 0;
}

bool
route_is_passed(const struct place *p)
{
	return p->mapping != NULL && !p->mapping->handler &&
	    !p->mapping->scgi;
}

int
route_wants_path_info(const struct place *p)
{
	const struct mapping *m;

	m = p->mapping;
	if (p->set->path_info != UNSET || m == NULL)
		return p->set->path_info;
	return m->path_info || (m->handler && p->rest.n > 0) ? 1 : UNSET;
}

static bool
has_mounts(const struct vhost *v)
{
	return v->mounts != NULL || (v->base != NULL &&
	    v->base->mounts != NULL);
}

/*
 * mod_scgi: what no Alias has is SCGIServer's, or the first SCGIMount's, the
 * host's own before the main server's.  hit->mapping is NULL when it is not.
 */
static int
find_scgi(struct place *p, struct hit *hit, struct arena *a)
{
	struct pattern_text t;
	const struct vhost *v;
	bool found;
	int matches, status;

	hit->mapping = NULL;
	if (p->set->scgi_handler == 0 || (p->set->scgi_server == NULL &&
	    !has_mounts(p->vhost)))
		return 0;
	status = find_aliased(p, p->path, &found, a);
	p->kind = PLACE_NONE;
	p->root = NULL;
	if (status != 0 || found)
		return status;
	t = (struct pattern_text){ p->path, NULL };
	matches = p->set->scgi_server == NULL ? 0 : try_mapping(hit,
	    p->set->scgi_server, &t, a);
	for (v = p->vhost; v != NULL && matches == 0; v = v->base)
		matches = try_mappings(hit, v->mounts, &t, a);
	if (matches == 0)
		hit->mapping = NULL;
	return matches == -1 ? 500 : 0;
}

int
route_find(struct place *p, const struct vhost *v, const struct settings *set,
    struct str path, bool no_proxy, struct arena *a)
{
	struct hit hit;
	int status;

	memset(p, 0, sizeof(*p));
	memset(&hit, 0, sizeof(hit));
	p->kind = PLACE_NONE;
	p->vhost = v;
	p->set = set;
	p->path = path;
	if (!no_proxy && (status = find_mapping(&hit, v, set, path, a)) != 0)
		return status;
	if (hit.mapping != NULL && (hit.mapping->member != NULL ||
	    hit.mapping->balancer != NULL))
		return place_member(p, &hit, a);
	if (set->handler != NULL && !set->handler->scgi)
		return place_handler(p, a);
	if ((status = find_scgi(p, &hit, a)) != 0)
		return status;
	if (hit.mapping != NULL)
		return place_member(p, &hit, a);
	return set->handler != NULL ? place_handler(p, a) :
	    find_file(p, path, a);
}
