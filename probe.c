/*
 * probe: what a check asks a member for.
 *
 * Applications look at Host, scheme and path before they answer, so a check
 * has to come as a client's request does: through the mapping, the SetEnv and
 * the RequestHeader of the host that uses the balancer.  It connects to
 * nothing and sends nothing.
 */
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "config.h"
#include "edit.h"
#include "env.h"
#include "http.h"
#include "io.h"
#include "probe.h"
#include "route.h"
#include "scgi.h"

/* As large as a line of the configuration may make it. */
static const struct http_limits limits = { 1024 * 1024, 1024 * 1024, 0,
    1024 * 1024 };

/* A check on its way to the member. */
struct probe {
	const struct config	*conf;
	const struct member	*m;
	struct arena		*arena;
	const struct vhost	*vhost;		/* that uses the balancer */
	const struct mapping	*mapping;	/* by which; NULL: by none */
	struct conn		 conn;		/* as if it came from here */
	struct request		 req;
	struct target		 target;
	struct fields		 fields;	/* the request's, as edited */
	struct env_subject	 subject;
	struct env		 env;
	struct env		 notes;
	struct place		 place;
};

/* A balancer of a host may have the members of the main server's. */
static bool
leads_to(const struct mapping *map, const struct member *m)
{
	return map != NULL && map->balancer != NULL &&
	    (map->balancer == m->balancer ||
	    map->balancer->members == m->balancer->members);
}

static const struct mapping *
find_mapping_to(const struct vhost *v, const struct member *m)
{
	const struct location *l;
	const struct mapping *map;

	for (map = v->mappings; map != NULL; map = map->next)
		if (leads_to(map, m))
			return map;
	for (l = v->locations; l != NULL; l = l->next) {
		if (leads_to(l->set.mapping, m))
			return l->set.mapping;
		if (leads_to(l->set.handler, m))
			return l->set.handler;
	}
	return leads_to(v->set.handler, m) ? v->set.handler : NULL;
}

/* The first host that leads to the member, and how. */
static void
find_host(struct probe *p)
{
	const struct vhost *v;

	p->vhost = &p->conf->main;
	p->mapping = find_mapping_to(p->vhost, p->m);
	for (v = p->conf->vhosts; v != NULL && p->mapping == NULL;
	    v = v->next) {
		p->mapping = find_mapping_to(v, p->m);
		if (p->mapping != NULL)
			p->vhost = v;
	}
}

static bool
is_default_port(const struct vhost *v)
{
	bool tls;

	tls = v->server_scheme != NULL &&
	    strcmp(v->server_scheme, "https") == 0;
	return v->server_port == 0 || v->server_port == (tls ? 443 : 80);
}

/* What its clients call the host.  NULL: the arena is full. */
static const char *
host_field(const struct probe *p)
{
	const struct vhost *v = p->vhost;
	const struct word_list *w;

	if (p->m->check_host != NULL)
		return p->m->check_host;
	if (v->server_name != NULL)
		return is_default_port(v) ? v->server_name :
		    arena_printf(p->arena, "%s:%d", v->server_name,
		    v->server_port);
	for (w = v->server_aliases; w != NULL; w = w->next)
		if (strpbrk(w->word, "*?") == NULL)
			return w->word;
	return "localhost";
}

/* The path that the mapping takes away, as a client writes it. */
static void
out_mount(struct out *o, const struct mapping *map)
{
	static const char plain[] = "/-._~!$&'()*+,;=:@";
	struct str s;
	size_t i;

	if (map == NULL || map->regex != NULL || map->handler)
		return;
	s = map->path;
	while (s.n > 0 && s.p[s.n - 1] == '/')
		s.n--;
	for (i = 0; i < s.n; i++)
		if (ch_isalpha(s.p[i]) || ch_isdigit(s.p[i]) ||
		    (s.p[i] != '\0' && strchr(plain, s.p[i]) != NULL))
			out_ch(o, s.p[i]);
		else
			out_fmt(o, "%%%02X", (unsigned char)s.p[i]);
}

/* The request as its client sends it.  0, or -1: the arena is full. */
static int
write_request(struct probe *p, struct str *host)
{
	const char *name, *why;
	struct out o;
	struct str head;

	name = host_field(p);
	if (name == NULL)
		return -1;
	*host = str_of(name);
	out_begin(&o, p->arena);
	out_z(&o, p->m->check == CHECK_HEAD ? "HEAD " : "GET ");
	out_mount(&o, p->mapping);
	out_z(&o, p->m->check_uri != NULL ? p->m->check_uri : "/");
	out_z(&o, " HTTP/1.1\r\nHost: ");
	out_str(&o, *host);
	out_z(&o, "\r\nUser-Agent: gateway health check\r\n\r\n");
	head = out_end(&o, p->arena);
	return head.p == NULL || http_parse_request(&p->req, head, &limits,
	    p->arena, &why) != 0 ? -1 : 0;
}

/* From this machine, to the port that the host is asked at. */
static void
set_connection(struct probe *p)
{
	struct conn *c = &p->conn;

	snprintf(c->peer_ip, sizeof(c->peer_ip), "127.0.0.1");
	snprintf(c->here_ip, sizeof(c->here_ip), "127.0.0.1");
	c->here_port = (unsigned)p->vhost->server_port;
	p->subject.conf = p->conf;
	p->subject.vhost = p->vhost;
	p->subject.conn = c;
	p->subject.req = &p->req;
	p->subject.target = &p->target;
	p->subject.fields = &p->fields;
}

/*
 * The place by the mapping that is known to lead there, where the host has
 * another one before it for this path.
 */
static void
place_by_mapping(struct probe *p, const struct settings *set)
{
	struct place *place = &p->place;
	long taken;

	memset(place, 0, sizeof(*place));
	place->kind = PLACE_MEMBER;
	place->vhost = p->vhost;
	place->set = set;
	place->path = p->target.path;
	place->mapping = p->mapping;
	place->base = p->mapping->base;
	taken = p->mapping->regex != NULL || p->mapping->handler ? -1 :
	    route_match_prefix(p->mapping->path, place->path);
	place->taken = taken == -1 ? 0 : (size_t)taken;
	place->tail = str_from(place->path, place->taken);
}

/* Where the path leads, with its settings.  0, or -1. */
static int
lead_path(struct probe *p)
{
	const struct settings *set;

	set = route_settings(p->vhost, p->target.path, NULL, p->arena);
	if (set == NULL)
		return -1;
	if (route_find(&p->place, p->vhost, set, p->target.path, false,
	    p->arena) != 0 || p->place.kind != PLACE_MEMBER ||
	    !leads_to(p->place.mapping, p->m))
		place_by_mapping(p, set);
	set = route_settings(p->vhost, p->target.path, &p->place, p->arena);
	if (set == NULL)
		return -1;
	p->subject.set = p->place.set = set;
	return route_place_on(&p->place, p->m, p->arena) == 0 ? 0 : -1;
}

/* RequestHeader.  0, or -1. */
static int
edit_fields(struct probe *p)
{
	const struct section_block *b;
	struct edit_subject s;

	memset(&s, 0, sizeof(s));
	env_init(&p->notes, p->arena, 4);
	s.arena = p->arena;
	s.env = &p->env;
	s.notes = &p->notes;
	s.request = &p->req.fields;
	for (b = p->subject.set->blocks; b != NULL; b = b->next)
		if (b->request_edits != NULL && edit_apply(b->request_edits,
		    &p->fields, &s) == -1)
			return -1;
	return 0;
}

/* As a worker does it: SetEnvIf, mapping, SetEnv, RequestHeader. */
static int
dispatch(struct probe *p)
{
	const struct vhost *v = p->vhost;

	p->fields = p->req.fields;
	p->target.method = p->req.method;
	p->target.query = p->req.query;
	p->target.status = 200;
	if (http_normalise_path(p->req.path, (enum http_slashes)v->slashes,
	    v->merge_slashes == 1, p->arena, &p->target.path) != 0)
		p->target.path = p->req.path;
	env_init(&p->env, p->arena, 16);
	env_begin(&p->env, &p->subject, NULL);
	if (lead_path(p) == -1)
		return -1;
	env_mapped(&p->env, &p->subject);
	env_fixup(&p->env, &p->subject);
	env_set_path_info(&p->env, route_wants_path_info(&p->place));
	return edit_fields(p);
}

struct str
probe_make_request(const struct config *conf, const struct member *m,
    struct arena *a, struct str *host)
{
	struct probe *p;
	struct env wire;
	struct out o;

	p = arena_zalloc(a, sizeof(*p));
	if (p == NULL)
		return STR_NONE;
	p->conf = conf;
	p->m = m;
	p->arena = a;
	find_host(p);
	set_connection(p);
	if (p->mapping == NULL || write_request(p, host) == -1 ||
	    dispatch(p) == -1)
		return STR_NONE;
	env_cgi(&wire, &p->env, &p->subject, p->place.mount, p->place.rest,
	    p->place.script);
	out_begin(&o, a);
	scgi_encode(&o, 0, &wire);
	return wire.bad ? STR_NONE : out_end(&o, a);
}
