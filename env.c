/*
 * env: what the application, the client and the logs will see of a request:
 * SetEnv, SetEnvIf and the CGI meta-variables.
 *
 * It never edits a request, looks nothing up in the network and knows no
 * location and no member.  Four parts, one after the other: the table of
 * variables, the rules of SetEnvIf, who the server is, and the variables of
 * the CGI (RFC 3875 4.1, in httpd's order).
 */
#include <string.h>

#include "buf.h"
#include "config.h"
#include "env.h"
#include "http.h"
#include "io.h"
#include "pattern.h"
#include "version.h"

enum {
	MADE = 32		/* variables of the CGI, at most */
};

/*
 * The table.  A client chooses names (its fields'), so the hash begins with
 * what it cannot know: where this process has its memory.  Shifting down
 * at each step lets all bits of the seed reach the low ones.
 */
static uint32_t
hash_name(uint32_t seed, struct str name)
{
	uint32_t h;
	size_t i;

	h = seed;
	for (i = 0; i < name.n; i++) {
		/* Letters of both cases fall together; others may. */
		h = (h ^ ((unsigned char)name.p[i] | 0x20U)) * 16777619U;
		h ^= h >> 15;
	}
	return h;
}

/* The cell that has the name, or the free one where it would be. */
static uint32_t *
find_cell(const struct env *e, struct str name)
{
	size_t i;

	i = hash_name(e->seed, name) & (e->nhash - 1);
	while (e->hash[i] != 0 &&
	    !str_caseeq(e->v[e->hash[i] - 1].name, name))
		i = (i + 1) & (e->nhash - 1);
	return &e->hash[i];
}

static void
fill_hash(struct env *e)
{
	size_t i;

	memset(e->hash, 0, e->nhash * sizeof(*e->hash));
	for (i = 0; i < e->n; i++)
		*find_cell(e, e->v[i].name) = (uint32_t)i + 1;
}

/* Room for cap variables; those that are there move. */
static int
make_room(struct env *e, size_t cap)
{
	struct var *v;
	uint32_t *hash;
	size_t nhash;

	for (nhash = 16; nhash < cap * 2; nhash *= 2)
		continue;
	v = arena_alloc(e->arena, cap * sizeof(*v));
	hash = arena_alloc(e->arena, nhash * sizeof(*hash));
	if (v == NULL || hash == NULL) {
		e->bad = true;
		return -1;
	}
	if (e->n > 0)
		memcpy(v, e->v, e->n * sizeof(*v));
	e->v = v;
	e->cap = cap;
	e->hash = hash;
	e->nhash = nhash;
	fill_hash(e);
	return 0;
}

void
env_init(struct env *e, struct arena *a, size_t n)
{
	memset(e, 0, sizeof(*e));
	e->arena = a;
	e->seed = (uint32_t)((uintptr_t)a->base >> 4) ^ 2166136261U;
	make_room(e, n < 8 ? 8 : n);
}

/* Set, and tell the index; 0 when the table is bad. */
static size_t
put(struct env *e, struct str name, struct str value)
{
	uint32_t *cell;

	if (e->bad)
		return 0;
	cell = find_cell(e, name);
	if (*cell == 0) {
		if (e->n == e->cap) {
			if (make_room(e, e->cap * 2) == -1)
				return 0;
			cell = find_cell(e, name);
		}
		e->v[e->n].name = name;
		*cell = (uint32_t)++e->n;
	}
	e->v[*cell - 1].value = value;
	return *cell - 1;
}

void
env_set(struct env *e, struct str name, struct str value)
{
	put(e, name, value);
}

void
env_unset(struct env *e, struct str name)
{
	size_t i;

	if (e->n == 0 || *find_cell(e, name) == 0)
		return;
	i = *find_cell(e, name) - 1;
	e->n--;
	if (i < e->inherited)
		e->inherited--;
	memmove(&e->v[i], &e->v[i + 1], (e->n - i) * sizeof(*e->v));
	fill_hash(e);
}

const struct str *
env_get(const struct env *e, struct str name)
{
	uint32_t at;

	if (e->n == 0)
		return NULL;
	at = *find_cell(e, name);
	return at == 0 ? NULL : &e->v[at - 1].value;
}

const struct str *
env_see(const struct env *e, struct str name)
{
	const struct str *value;

	value = env_get(e, name);
	return value == NULL && e->wire != NULL ? env_get(e->wire, name) :
	    value;
}

int
env_add_op(struct env_op **list, struct arena *a, enum env_verb verb,
    struct str name, struct str value)
{
	struct env_op *op;

	op = arena_zalloc(a, sizeof(*op));
	if (op == NULL)
		return -1;
	op->verb = verb;
	op->name = name;
	op->value = value;
	while (*list != NULL)
		list = &(*list)->next;
	*list = op;
	return 0;
}

void
env_apply_ops(struct env *e, const struct env_op *ops)
{
	for (; ops != NULL; ops = ops->next) {
		switch (ops->verb) {
		case ENV_SET:
			env_set(e, ops->name, ops->value);
			break;
		case ENV_UNSET:
			env_unset(e, ops->name);
			break;
		}
	}
}

/*
 * Rules.
 */
enum attribute {
	ATTRIBUTE_REMOTE_HOST,
	ATTRIBUTE_REMOTE_ADDR,
	ATTRIBUTE_SERVER_ADDR,
	ATTRIBUTE_METHOD,
	ATTRIBUTE_PROTOCOL,
	ATTRIBUTE_URI,
	ATTRIBUTE_FIELD,	/* else a variable, else empty */
	ATTRIBUTE_FIELDS	/* the last whose name matches */
};

struct assignment {
	struct assignment	*next;
	struct str		 name;
	struct str		 value;
	bool			 unset;
	bool			 expands;	/* $1 or \ in it */
};

struct env_rule {
	struct env_rule		*next;
	enum attribute		 attribute;
	struct str		 name;		/* FIELD */
	struct pattern		*names;		/* FIELDS; NULL */
	struct pattern		*pattern;
	struct assignment	*assignments;
	bool			 captures;
};

/* What the present rule looks at; a field joined once serves many rules. */
struct look {
	struct env			*env;
	const struct env_subject	*subject;
	struct pattern_text		 text;
	struct str			 field;		/* name; absent */
	struct str			 value;		/* its value; absent */
};

static enum attribute
attribute_of(const char *word)
{
	static const struct {
		const char	*name;
		enum attribute	 attribute;
	} table[] = {
		{ "Remote_Host", ATTRIBUTE_REMOTE_HOST },
		{ "Remote_Addr", ATTRIBUTE_REMOTE_ADDR },
		{ "Server_Addr", ATTRIBUTE_SERVER_ADDR },
		{ "Request_Method", ATTRIBUTE_METHOD },
		{ "Request_Protocol", ATTRIBUTE_PROTOCOL },
		{ "Request_URI", ATTRIBUTE_URI }
	};
	size_t i;

	for (i = 0; i < NELEM(table); i++)
		if (str_caseeq(str_of(word), str_of(table[i].name)))
			return table[i].attribute;
	for (; *word != '\0'; word++)
		if (!ch_isalpha(*word) && !ch_isdigit(*word) &&
		    *word != '_' && *word != '-')
			return ATTRIBUTE_FIELDS;
	return ATTRIBUTE_FIELD;
}

/* "[!]var[=value]"; NULL, or what is wrong. */
static const char *
add_assignment(struct env_rule *rule, struct arena *a, const char *word)
{
	struct assignment *as, **end;
	size_t n;

	as = arena_zalloc(a, sizeof(*as));
	if (as == NULL)
		return "out of memory";
	n = strcspn(word, "=");
	as->name = (struct str){ word, n };
	if (word[n] == '=' && word[n + 1] != '\0') {
		as->value = str_of(word + n + 1);
		as->expands = pattern_has_reference(word + n + 1);
	} else if (word[0] == '!') {
		as->name = str_from(as->name, 1);
		as->unset = true;
	} else
		as->value = STR("1");
	if (as->name.n == 0)
		return "the name of a variable is missing";
	rule->captures |= as->expands;
	for (end = &rule->assignments; *end != NULL; end = &(*end)->next)
		continue;
	*end = as;
	return NULL;
}

static const char *
fill_rule(struct env_rule *rule, struct arena *a, bool nocase, int argc,
    const char *const *argv)
{
	struct assignment *as;
	const char *why;
	int i;

	for (i = 2; i < argc; i++) {
		why = add_assignment(rule, a, argv[i]);
		if (why != NULL)
			return why;
	}
	rule->attribute = attribute_of(argv[0]);
	rule->name = str_of(argv[0]);
	why = pattern_compile(&rule->pattern, a, argv[1], nocase,
	    rule->captures);
	if (why != NULL)
		return why;
	/* httpd: a pattern without metacharacters substitutes nothing. */
	if (pattern_is_plain(rule->pattern)) {
		rule->captures = false;
		for (as = rule->assignments; as != NULL; as = as->next)
			as->expands = false;
	}
	if (rule->attribute != ATTRIBUTE_FIELDS)
		return NULL;
	why = pattern_compile(&rule->names, a, argv[0], nocase, false);
	if (why != NULL)
		pattern_free(rule->pattern);
	return why;
}

const char *
env_compile_rule(struct env_rule **list, struct arena *a, bool nocase,
    int argc, const char *const *argv)
{
	struct env_rule *rule;
	const char *why;

	if (argc < 3)
		return "needs an attribute, an expression and variables";
	if (argv[0][0] == '\0')
		return "the attribute is empty";
	rule = arena_zalloc(a, sizeof(*rule));
	if (rule == NULL)
		return "out of memory";
	why = fill_rule(rule, a, nocase, argc, argv);
	if (why != NULL)
		return why;
	while (*list != NULL)
		list = &(*list)->next;
	*list = rule;
	return NULL;
}

const char *
env_rule_warning(const struct env_rule *list)
{
	while (list->next != NULL)
		list = list->next;
	return pattern_warning(list->pattern);
}

void
env_free_rules(struct env_rule *list)
{
	for (; list != NULL; list = list->next) {
		pattern_free(list->pattern);
		pattern_free(list->names);
	}
}

/* What repeated lines of a field are joined by; RFC 6265 for Cookie. */
static struct str
separator_of(struct str name)
{
	return str_caseeq(name, STR("Cookie")) ? STR("; ") : STR(", ");
}

/* The value of a field, absent when it did not come. */
static struct str
field_value(struct look *l, struct str name)
{
	const struct fields *f;

	if (l->field.p != NULL && str_caseeq(l->field, name))
		return l->value;
	f = env_fields(l->subject);
	l->field = name;
	l->value = STR_NONE;
	if (fields_get(f, name) != NULL) {
		l->value = fields_join(f, l->env->arena, name,
		    separator_of(name));
		if (l->value.p == NULL)
			l->env->bad = true;
	}
	return l->value;
}

/* Does the expression match?  One that cannot be tried does not. */
static bool
matches(struct look *l, const struct pattern *p, struct pattern_text *t,
    struct str *group)
{
	int result;

	result = pattern_match(p, t, l->env->arena, group);
	if (result == -1)
		l->env->bad = true;
	return result == 1;
}

static bool
name_matches(struct look *l, const struct pattern *names, struct str name)
{
	struct pattern_text t;
	char z[256];

	t.s = name;
	t.z = NULL;
	if (name.n < sizeof(z)) {
		memcpy(z, name.p, name.n);
		z[name.n] = '\0';
		t.z = z;
	}
	return matches(l, names, &t, NULL);
}

static struct str
last_field(struct look *l, const struct pattern *names)
{
	const struct fields *f;
	size_t i;

	f = env_fields(l->subject);
	for (i = f->n; i > 0; i--)
		if (name_matches(l, names, f->v[i - 1].name))
			return field_value(l, f->v[i - 1].name);
	return STR_NONE;
}

static struct str
attribute_value(struct look *l, const struct env_rule *rule)
{
	const struct env_subject *s;
	const struct str *var;
	struct str v;

	s = l->subject;
	switch (rule->attribute) {
	case ATTRIBUTE_REMOTE_HOST:
		if (s->remote_host.p != NULL)
			return s->remote_host;
		return str_of(env_client_ip(s));
	case ATTRIBUTE_REMOTE_ADDR:
		return str_of(env_client_ip(s));
	case ATTRIBUTE_SERVER_ADDR:
		return str_of(s->conn->here_ip);
	case ATTRIBUTE_METHOD:
		return s->target->method;
	case ATTRIBUTE_PROTOCOL:
		return s->req->protocol;
	case ATTRIBUTE_URI:
		return s->target->path;
	case ATTRIBUTE_FIELD:
		v = field_value(l, rule->name);
		var = v.p == NULL ? env_get(l->env, rule->name) : NULL;
		return var == NULL ? v : *var;
	case ATTRIBUTE_FIELDS:
		return last_field(l, rule->names);
	}
	return STR_NONE;
}

static void
apply_assignments(struct env *e, const struct env_rule *rule,
    const struct str *group)
{
	const struct assignment *as;
	struct str value;

	for (as = rule->assignments; as != NULL; as = as->next) {
		if (as->unset) {
			env_unset(e, as->name);
			continue;
		}
		value = as->expands ? pattern_substitute(e->arena, as->value,
		    group) : as->value;
		if (value.p == NULL)
			e->bad = true;
		else
			env_set(e, as->name, value);
	}
}

void
env_apply_rules(struct env *e, const struct env_rule *rules,
    const struct env_subject *s)
{
	struct look l;
	struct str group[PATTERN_GROUPS], v;

	memset(&l, 0, sizeof(l));
	l.env = e;
	l.subject = s;
	for (; rules != NULL; rules = rules->next) {
		v = attribute_value(&l, rules);
		if (v.p == NULL)
			v = STR("");
		if (v.p != l.text.s.p || v.n != l.text.s.n)
			l.text = (struct pattern_text){ v, NULL };
		if (matches(&l, rules->pattern, &l.text,
		    rules->captures ? group : NULL))
			apply_assignments(e, rules, group);
	}
}

const struct fields *
env_fields(const struct env_subject *s)
{
	return s->fields == NULL ? &s->req->fields : s->fields;
}

const char *
env_client_ip(const struct env_subject *s)
{
	return s->client_ip == NULL ? s->conn->peer_ip : s->client_ip;
}

/* The merged settings, or the host's before mapping. */
static const struct settings *
settings_of(const struct env_subject *s)
{
	return s->set == NULL ? &s->vhost->set : s->set;
}

/* REDIRECT_name: what the hop before had set itself. */
static void
inherit(struct env *e, const struct env *old)
{
	static const struct str prefix = { "REDIRECT_", 9 };
	struct out o;
	size_t i, size;
	char *mem;

	for (i = old->inherited; i < old->n; i++) {
		if (env_is_control(old->v[i].name))
			continue;
		size = prefix.n + old->v[i].name.n;
		mem = arena_alloc(e->arena, size);
		if (mem == NULL) {
			e->bad = true;
			return;
		}
		out_init(&o, mem, size);
		out_str(&o, prefix);
		out_str(&o, old->v[i].name);
		env_set(e, out_done(&o), old->v[i].value);
	}
}

static struct str
number(struct env *e, uint64_t value)
{
	struct out o;
	char *mem;

	mem = arena_alloc(e->arena, 20);
	if (mem == NULL) {
		e->bad = true;
		return STR("");
	}
	out_init(&o, mem, 20);
	out_u64(&o, value);
	return out_done(&o);
}

void
env_begin(struct env *e, const struct env_subject *s, const struct env *old)
{
	const struct target *prev;

	prev = s->target->prev;
	if (old != NULL && old->bad)
		e->bad = true;
	if (old != NULL)
		inherit(e, old);
	if (prev != NULL) {
		/* A head that was refused may have neither. */
		if (prev->method.p != NULL)
			env_set(e, STR("REDIRECT_REQUEST_METHOD"),
			    prev->method);
		env_set(e, STR("REDIRECT_STATUS"),
		    number(e, (uint64_t)s->target->status));
		if (prev->path.p != NULL)
			env_set(e, STR("REDIRECT_URL"), prev->path);
		if (prev->query.p != NULL)
			env_set(e, STR("REDIRECT_QUERY_STRING"), prev->query);
	}
	e->inherited = e->n;
	if (s->vhost->base != NULL)
		env_apply_rules(e, s->vhost->base->env_rules, s);
	env_apply_rules(e, s->vhost->env_rules, s);
}

static bool
has_unset(const struct section_block *b)
{
	const struct env_op *op;

	for (; b != NULL; b = b->next)
		for (op = b->ops; op != NULL; op = op->next)
			if (op->verb == ENV_UNSET)
				return true;
	return false;
}

/*
 * UnsetEnv takes back what SetEnv said, never what SetEnvIf did: so where
 * it is used the two are kept apart until all blocks are through.
 */
static void
apply_blocks(struct env *e, const struct section_block *b)
{
	struct env own;
	size_t i;

	if (!has_unset(b)) {
		for (; b != NULL; b = b->next)
			env_apply_ops(e, b->ops);
		return;
	}
	env_init(&own, e->arena, 8);
	for (; b != NULL; b = b->next)
		env_apply_ops(&own, b->ops);
	for (i = 0; i < own.n; i++)
		env_set(e, own.v[i].name, own.v[i].value);
	e->bad |= own.bad;
}

void
env_mapped(struct env *e, const struct env_subject *s)
{
	const struct section_block *b;

	for (b = settings_of(s)->blocks; b != NULL; b = b->next)
		env_apply_rules(e, b->rules, s);
}

void
env_fixup(struct env *e, const struct env_subject *s)
{
	apply_blocks(e, settings_of(s)->blocks);
}

bool
env_is_control(struct str name)
{
	/* httpd: its special purpose variables. */
	static const char *const table[] = {
		"ap_trust_cgilike_cl", "dont-vary", "downgrade-1.0",
		"force-no-vary", "force-proxy-request-1.0",
		"force-response-1.0", "gzip-only-text/html", "no-brotli",
		"no-cache", "no-gzip", "no-proxy", "nokeepalive",
		"redirect-carefully", "suppress-error-charset"
	};
	size_t i;

	if (str_casestarts(name, STR("proxy-")))
		return true;
	for (i = 0; i < NELEM(table); i++)
		if (str_caseeq(name, str_of(table[i])))
			return true;
	return false;
}

static const struct str path_info_switch = { "proxy-scgi-pathinfo", 19 };

bool
env_wants_path_info(const struct env *e)
{
	return env_get(e, path_info_switch) != NULL;
}

void
env_set_path_info(struct env *e, int on)
{
	if (on == 1)
		env_set(e, path_info_switch, STR("1"));
	else if (on == 0)
		env_unset(e, path_info_switch);
}

/*
 * Who the server is.
 */
struct str
env_server_name(const struct env_subject *s)
{
	int canonical;

	canonical = settings_of(s)->canonical;
	if (canonical == CANONICAL_DNS && s->here_host.p != NULL)
		return s->here_host;
	if (canonical != CANONICAL_ON && canonical != CANONICAL_DNS &&
	    s->req != NULL && s->req->host.p != NULL)
		return s->req->host;
	if (s->vhost->server_name != NULL)
		return str_of(s->vhost->server_name);
	return s->conn->local ? STR("localhost") : str_of(s->conn->here_ip);
}

static int
default_port(const struct vhost *v)
{
	return v->server_scheme != NULL &&
	    strcmp(v->server_scheme, "https") == 0 ? 443 : 80;
}

int
env_server_port(const struct env_subject *s)
{
	bool canonical, physical;

	canonical = settings_of(s)->canonical == CANONICAL_ON;
	physical = settings_of(s)->physical_port == 1 &&
	    s->conn->here_port != 0;
	if (!canonical && s->req != NULL && s->req->port != 0)
		return s->req->port;
	if (!canonical && physical)
		return (int)s->conn->here_port;
	if (s->vhost->server_port != 0)
		return s->vhost->server_port;
	return physical ? (int)s->conn->here_port : default_port(s->vhost);
}

/* s up to its dot number n, or all of it. */
static struct str
up_to_dot(struct str s, int n)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (s.p[i] == '.' && --n == 0)
			break;
	return str_head(s, i);
}

struct str
env_server_software(int tokens)
{
	static const struct str full = {
		"gateway/" GATEWAY_VERSION " (Unix)",
		sizeof("gateway/" GATEWAY_VERSION " (Unix)") - 1
	};

	switch (tokens) {
	case TOKENS_PROD:
		return str_head(full, str_chr(full, '/'));
	case TOKENS_MAJOR:
		return up_to_dot(full, 1);
	case TOKENS_MINOR:
		return up_to_dot(full, 2);
	case TOKENS_MIN:
		return str_head(full, str_chr(full, ' '));
	default:
		return full;
	}
}

/* As SERVER_NAME and pages have it: escaped, IPv6 in brackets. */
static void
out_server_name(struct out *o, const struct env_subject *s)
{
	struct str name;
	bool bare;

	name = env_server_name(s);
	bare = str_chr(name, ':') < name.n && name.p[0] != '[';
	if (bare)
		out_ch(o, '[');
	out_html(o, name);
	if (bare)
		out_ch(o, ']');
}

struct str
env_server_url(const struct env_subject *s, struct arena *a)
{
	const char *scheme;
	struct out o;
	int port;

	scheme = s->vhost->server_scheme;
	port = env_server_port(s);
	out_begin(&o, a);
	out_z(&o, scheme == NULL ? "http" : scheme);
	out_z(&o, "://");
	out_server_name(&o, s);
	if (port != default_port(s->vhost)) {
		out_ch(&o, ':');
		out_u64(&o, (uint64_t)port);
	}
	return out_end(&o, a);
}

static struct str
server_admin(const struct env_subject *s)
{
	const struct settings *set;

	set = settings_of(s);
	if (set->server_admin != NULL)
		return str_of(set->server_admin);
	if (s->vhost->server_admin != NULL)
		return str_of(s->vhost->server_admin);
	return STR("[no address given]");
}

struct str
env_signature(const struct env_subject *s, struct arena *a)
{
	struct out o;
	struct str admin;
	int signature;

	signature = settings_of(s)->signature;
	if (signature != SIGNATURE_ON && signature != SIGNATURE_EMAIL)
		return STR("");
	admin = server_admin(s);
	out_begin(&o, a);
	out_z(&o, "<address>");
	out_str(&o, env_server_software(s->conf->tokens));
	out_z(&o, " Server at ");
	if (signature == SIGNATURE_EMAIL) {
		out_z(&o, "<a href=\"");
		/* httpd: ServerAdmin may be a url. */
		if (str_chr(admin, ':') == admin.n)
			out_z(&o, "mailto:");
		out_html(&o, admin);
		out_z(&o, "\">");
	}
	out_server_name(&o, s);
	if (signature == SIGNATURE_EMAIL)
		out_z(&o, "</a>");
	out_z(&o, " Port ");
	out_u64(&o, (uint64_t)env_server_port(s));
	out_z(&o, "</address>\n");
	return out_end(&o, a);
}

/*
 * The CGI.
 */

/* A value that was made here: absent means that the arena is full. */
static void
set_made(struct env *w, struct str name, struct str value)
{
	if (value.p == NULL)
		w->bad = true;
	else
		env_set(w, name, value);
}

/* A value that may be missing: it is empty then. */
static void
set_or_empty(struct env *w, struct str name, struct str value)
{
	env_set(w, name, value.p == NULL ? STR("") : value);
}

/*
 * The variables of SetEnv and SetEnvIf.  scgi.c writes CONTENT_LENGTH and
 * SCGI itself; httpd never sends GATEWAY_INTERFACE.  What a redirect left
 * has its own place further down.
 */
static void
copy_sent(struct env *w, const struct env *e, const struct env_subject *s)
{
	struct str name;
	size_t i;

	for (i = 0; i < e->n; i++) {
		name = e->v[i].name;
		if (name.n == 0 || env_is_control(name) ||
		    str_caseeq(name, STR("CONTENT_LENGTH")) ||
		    str_caseeq(name, STR("SCGI")) ||
		    str_caseeq(name, STR("GATEWAY_INTERFACE")))
			continue;
		if (s->target->prev != NULL &&
		    (str_caseeq(name, STR("REDIRECT_URL")) ||
		    str_caseeq(name, STR("REDIRECT_QUERY_STRING"))))
			continue;
		env_set(w, name, e->v[i].value);
	}
}

/*
 * The export of the request's fields.  Repeated lines become one variable;
 * they are chained while we pass, and joined at the end, so that the time
 * stays linear whatever a client sends.  Indexes here are 1 too high, 0 is
 * the end of a chain.
 */
struct export {
	struct env	*wire;
	struct fields	 fields;	/* without hop-by-hop ones */
	bool		 pass_auth;
	bool		 counts_hops;
	bool		 repeats;
	uint32_t	*next;		/* of each line */
	uint32_t	*first;		/* line of each variable */
	uint32_t	*last;
	char		*names;		/* memory for HTTP_* */
};

static bool
is_withheld(const struct export *x, struct str name)
{
	if (str_caseeq(name, STR("Proxy")))
		return true;	/* httpoxy: it would be HTTP_PROXY */
	if (str_caseeq(name, STR("Content-Length")))
		return true;
	if (str_caseeq(name, STR("Authorization")) ||
	    str_caseeq(name, STR("Proxy-Authorization")))
		return !x->pass_auth;
	return false;
}

/*
 * HTTP_NAME, absent when the name has a sign that another could be mistaken
 * for: X_Foo and X-Foo would both be HTTP_X_FOO.
 */
static struct str
variable_name(struct export *x, struct str name)
{
	char c, *p;
	size_t i;

	if (str_caseeq(name, STR("Content-Type")))
		return STR("CONTENT_TYPE");
	p = x->names;
	memcpy(p, "HTTP_", 5);
	for (i = 0; i < name.n; i++) {
		c = ch_upper(name.p[i]);
		if (c == '-')
			c = '_';
		else if (!ch_isalpha(c) && !ch_isdigit(c))
			return STR_NONE;
		p[5 + i] = c;
	}
	x->names += 5 + name.n;
	return (struct str){ p, 5 + name.n };
}

/*
 * Max-Forwards is for TRACE and OPTIONS alone (RFC 9110 7.6.2); what is no
 * number passes as it is.
 */
static struct str
field_for_export(struct export *x, const struct field *f)
{
	uint64_t v;

	if (x->counts_hops && str_caseeq(f->name, STR("Max-Forwards")) &&
	    str_u64(f->value, &v) == 0 && v > 0)
		return number(x->wire, v - 1);
	return f->value.p == NULL ? STR("") : f->value;
}

static void
export_field(struct export *x, size_t i)
{
	const struct field *f;
	struct str name;
	size_t k;

	f = &x->fields.v[i];
	if (is_withheld(x, f->name))
		return;
	name = variable_name(x, f->name);
	if (name.p == NULL)
		return;
	k = put(x->wire, name, field_for_export(x, f));
	if (x->first[k] == 0)
		x->first[k] = (uint32_t)i + 1;
	else {
		x->next[x->last[k] - 1] = (uint32_t)i + 1;
		x->repeats = true;
	}
	x->last[k] = (uint32_t)i + 1;
}

static void
join_chain(struct export *x, size_t k)
{
	struct str sep;
	struct out o;
	uint32_t i;
	size_t size;
	char *mem;

	sep = separator_of(x->fields.v[x->first[k] - 1].name);
	size = 0;
	for (i = x->first[k]; i != 0; i = x->next[i - 1])
		size += sep.n + x->fields.v[i - 1].value.n;
	mem = arena_alloc(x->wire->arena, size);
	if (mem == NULL) {
		x->wire->bad = true;
		return;
	}
	out_init(&o, mem, size);
	for (i = x->first[k]; i != 0; i = x->next[i - 1]) {
		if (i != x->first[k])
			out_str(&o, sep);
		out_str(&o, x->fields.v[i - 1].value);
	}
	x->wire->v[k].value = out_done(&o);
}

/*
 * What asks for a part of an answer, or for none, means what the client asked
 * for, not the page of the error that it gets (RFC 9110 13.2.1, 14.2).
 */
static void
drop_conditions(struct fields *f)
{
	static const char *const names[] = { "If-Match", "If-None-Match",
	    "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Range" };
	size_t i;

	for (i = 0; i < NELEM(names); i++)
		fields_del(f, str_of(names[i]));
}

/* A copy of what goes on to the application; the request stays as it is. */
static int
copy_fields(struct fields *to, const struct env_subject *s, struct arena *a)
{
	const struct fields *from;

	from = env_fields(s);
	to->v = arena_alloc(a, from->n * sizeof(*to->v));
	if (to->v == NULL)
		return -1;
	memcpy(to->v, from->v, from->n * sizeof(*to->v));
	to->n = to->cap = from->n;
	http_strip_hop_by_hop(to, str_of(s->vhost->remote.field));
	if (s->target->status != 200)
		drop_conditions(to);
	return 0;
}

static int
init_export(struct export *x, struct env *w, const struct env_subject *s)
{
	size_t i, n, size;

	memset(x, 0, sizeof(*x));
	x->wire = w;
	x->pass_auth = settings_of(s)->pass_auth == 1;
	x->counts_hops = str_eq(s->target->method, STR("TRACE")) ||
	    str_eq(s->target->method, STR("OPTIONS"));
	if (copy_fields(&x->fields, s, w->arena) == -1)
		return -1;
	size = 0;
	for (i = 0; i < x->fields.n; i++)
		size += 5 + x->fields.v[i].name.n;
	/* As many variables as there are now and fields may add. */
	n = w->n + x->fields.n;
	x->names = arena_alloc(w->arena, size);
	x->next = arena_zalloc(w->arena, x->fields.n * sizeof(*x->next));
	x->first = arena_zalloc(w->arena, n * sizeof(*x->first));
	x->last = arena_zalloc(w->arena, n * sizeof(*x->last));
	if (x->names == NULL || x->next == NULL || x->first == NULL ||
	    x->last == NULL)
		return -1;
	return 0;
}

static void
add_fields(struct env *w, const struct env_subject *s)
{
	struct export x;
	size_t i;

	if (w->bad || env_fields(s)->n == 0)
		return;
	if (init_export(&x, w, s) == -1) {
		w->bad = true;
		return;
	}
	for (i = 0; i < x.fields.n && !w->bad; i++)
		export_field(&x, i);
	if (!x.repeats)
		return;
	for (i = 0; i < w->n && !w->bad; i++)
		if (x.first[i] != x.last[i])
			join_chain(&x, i);
}

static struct str
server_name(struct arena *a, const struct env_subject *s)
{
	struct out o;

	out_begin(&o, a);
	out_server_name(&o, s);
	return out_end(&o, a);
}

static void
add_server(struct env *w, const struct env_subject *s)
{
	const struct conn *c;
	struct str root, scheme;

	c = s->conn;
	root = str_of(s->vhost->document_root);
	scheme = str_of(s->vhost->server_scheme);
	set_made(w, STR("SERVER_SIGNATURE"), env_signature(s, w->arena));
	env_set(w, STR("SERVER_SOFTWARE"),
	    env_server_software(s->conf->tokens));
	set_made(w, STR("SERVER_NAME"), server_name(w->arena, s));
	env_set(w, STR("SERVER_ADDR"),
	    c->local ? STR("") : str_of(c->here_ip));
	env_set(w, STR("SERVER_PORT"),
	    number(w, (uint64_t)env_server_port(s)));
	if (s->remote_host.p != NULL)
		env_set(w, STR("REMOTE_HOST"), s->remote_host);
	env_set(w, STR("REMOTE_ADDR"), str_of(env_client_ip(s)));
	set_or_empty(w, STR("DOCUMENT_ROOT"), root);
	env_set(w, STR("REQUEST_SCHEME"),
	    scheme.p == NULL ? STR("http") : scheme);
	env_set(w, STR("CONTEXT_PREFIX"), STR(""));
	set_or_empty(w, STR("CONTEXT_DOCUMENT_ROOT"), root);
	env_set(w, STR("SERVER_ADMIN"), server_admin(s));
}

/* Who has authenticated here; the application's own users are its own. */
static void
add_user(struct env *w, const struct env_subject *s)
{
	if (s->user.p == NULL)
		return;
	env_set(w, STR("REMOTE_USER"), s->user);
	env_set(w, STR("AUTH_TYPE"), STR("Basic"));
}

static void
add_redirect(struct env *w, const struct target *prev)
{
	if (prev == NULL)
		return;
	if (prev->path.p != NULL)
		env_set(w, STR("REDIRECT_URL"), prev->path);
	if (prev->query.p != NULL)
		env_set(w, STR("REDIRECT_QUERY_STRING"), prev->query);
}

/* DocumentRoot and PATH_INFO with one slash between them. */
static struct str
translated(struct arena *a, struct str root, struct str path)
{
	struct out o;

	while (root.n > 0 && root.p[root.n - 1] == '/')
		root.n--;
	out_begin(&o, a);
	out_str(&o, root);
	out_str(&o, path);
	return out_end(&o, a);
}

static void
add_request(struct env *w, const struct env_subject *s)
{
	bool current;

	current = settings_of(s)->request_uri == CGIVAR_CURRENT;
	set_or_empty(w, STR("SERVER_PROTOCOL"), s->req->protocol);
	set_or_empty(w, STR("REQUEST_METHOD"), s->target->method);
	set_or_empty(w, STR("QUERY_STRING"), s->target->query);
	/* httpd: the request line's, whatever redirects came since. */
	set_or_empty(w, STR("REQUEST_URI"),
	    current ? s->target->path : s->req->uri);
}

void
env_cgi(struct env *wire, const struct env *e, const struct env_subject *s,
    struct str mount, struct str rest, struct str script)
{
	struct str root;

	env_init(wire, e->arena, e->n + env_fields(s)->n + MADE);
	wire->bad |= e->bad;
	copy_sent(wire, e, s);
	add_fields(wire, s);
	add_server(wire, s);
	set_or_empty(wire, STR("SCRIPT_FILENAME"), script);
	env_set(wire, STR("REMOTE_PORT"), number(wire, s->client_ip != NULL ?
	    s->client_port : s->conn->peer_port));
	add_user(wire, s);
	add_redirect(wire, s->target->prev);
	add_request(wire, s);
	if (!env_wants_path_info(e)) {
		set_or_empty(wire, STR("SCRIPT_NAME"), s->target->path);
		return;
	}
	set_or_empty(wire, STR("SCRIPT_NAME"), mount);
	set_or_empty(wire, STR("PATH_INFO"), rest);
	root = str_of(s->vhost->document_root);
	if (s->translated.p != NULL)
		env_set(wire, STR("PATH_TRANSLATED"), s->translated);
	else if (root.p != NULL)
		set_made(wire, STR("PATH_TRANSLATED"),
		    translated(wire->arena, root, rest));
}
