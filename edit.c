/*
 * edit: Header, RequestHeader and ProxyPassReverse: how fields are changed
 * on their way.
 *
 * It compiles lines at load and applies them at run time.  It never decides
 * which lines count, knows no location and no member, never logs and sends
 * nothing.  Whatever a line is made of, no byte that ends a field's line
 * comes out.  Two parts, one after the other: the lines of httpd's
 * mod_headers, and the way back of urls and cookies.
 */
#include <string.h>

#include "buf.h"
#include "edit.h"
#include "env.h"
#include "http.h"
#include "pattern.h"

static const char out_of_memory[] = "out of memory";

/* A compiler's word; without memory for it, that. */
static const char *
say(const char *why)
{
	return why == NULL ? out_of_memory : why;
}

/* RFC 9110 5.5: what may stand in a field's value. */
static bool
is_value(struct str s)
{
	unsigned char c;
	size_t i;

	for (i = 0; i < s.n; i++) {
		c = (unsigned char)s.p[i];
		if ((c < ' ' && c != '\t') || c == 0x7f)
			return false;
	}
	return true;
}

/* What the gateway alone says about a message. */
static bool
is_framing(struct str name)
{
	return http_is_hop_by_hop(name) ||
	    str_caseeq(name, STR("Content-Length"));
}

/*
 * Lines.
 */
enum item_kind {
	ITEM_TEXT,
	ITEM_BEGAN,
	ITEM_SPENT,
	ITEM_VARIABLE,
	ITEM_LOAD,
	ITEM_IDLE,
	ITEM_BUSY
};

/* A piece of a value. */
struct item {
	struct item	*next;
	enum item_kind	 kind;
	struct str	 arg;		/* text, or the variable's name */
};

/* One call of edit_apply(). */
struct run {
	const struct edit_subject	*s;
	struct edit_load		 load;
	bool				 measured;
};

enum wants { WANTS_NOTHING, WANTS_VALUE, WANTS_REPLACEMENT };

struct verb {
	const char	*name;
	enum wants	 wants;		/* after the name of the field */
	bool		 answers;	/* Header only */
	int		(*apply)(struct run *, const struct edit *,
			    struct fields *);
};

struct edit {
	struct edit		*next;
	const struct verb	*verb;
	struct str		 name;
	struct item		*items;		/* value or replacement */
	struct pattern		*pattern;	/* of edit and echo; NULL */
	bool			 anchored;	/* it begins with ^ */
	struct str		 variable;	/* env=; absent: always */
	bool			 unless;	/* env=! */
	bool			 on_errors;	/* always */
};

/*
 * Values at run time.
 */
static void
measure(struct run *r)
{
	if (r->measured)
		return;
	r->measured = true;
	r->load.load = STR_NONE;
	if (r->s->measure != NULL)
		r->s->measure(&r->load);
}

static void
put_number(struct out *o, const char *prefix, int64_t value)
{
	out_z(o, prefix);
	out_u64(o, value < 0 ? 0 : (uint64_t)value);
}

static void
put_load(struct out *o, struct run *r)
{
	measure(r);
	out_z(o, "l=");
	out_str(o, r->load.load.p == NULL ? STR("0.00/0.00/0.00") :
	    r->load.load);
}

static void
put_variable(struct out *o, const struct env *env, struct str name)
{
	const struct str *value;

	value = env == NULL ? NULL : env_see(env, name);
	out_str(o, value == NULL ? STR("(null)") : *value);
}

static void
put_item(struct out *o, struct run *r, const struct item *i)
{
	switch (i->kind) {
	case ITEM_TEXT:
		out_str(o, i->arg);
		break;
	case ITEM_BEGAN:
		put_number(o, "t=", r->s->began_us);
		break;
	case ITEM_SPENT:
		put_number(o, "D=", r->s->spent_us);
		break;
	case ITEM_VARIABLE:
		put_variable(o, r->s->env, i->arg);
		break;
	case ITEM_LOAD:
		put_load(o, r);
		break;
	case ITEM_IDLE:
		measure(r);
		put_number(o, "i=", r->load.idle);
		break;
	case ITEM_BUSY:
		measure(r);
		put_number(o, "b=", r->load.busy);
		break;
	}
}

/* 0, or -1: the arena is full. */
static int
expand(struct run *r, const struct item *items, struct str *value)
{
	struct out o;

	if (items != NULL && items->next == NULL && items->kind == ITEM_TEXT) {
		*value = items->arg;
		return 0;
	}
	out_begin(&o, r->s->arena);
	for (; items != NULL; items = items->next)
		put_item(&o, r, items);
	*value = out_end(&o, r->s->arena);
	return value->p == NULL ? -1 : 0;
}

/* 1: *value can be had; 0: no field may have it; -1: the arena is full. */
static int
make_value(struct run *r, const struct edit *e, struct str *value)
{
	if (expand(r, e->items, value) == -1)
		return -1;
	*value = str_trim(*value);
	return is_value(*value) ? 1 : 0;
}

/*
 * Verbs.
 */
static int
apply_set(struct run *r, const struct edit *e, struct fields *f)
{
	struct str value;
	int got;

	got = make_value(r, e, &value);
	if (got != 1)
		return got;
	return fields_set(f, r->s->arena, e->name, value);
}

static int
apply_add(struct run *r, const struct edit *e, struct fields *f)
{
	struct str value;
	int got;

	got = make_value(r, e, &value);
	if (got != 1)
		return got;
	return fields_add(f, r->s->arena, e->name, value);
}

static int
apply_setifempty(struct run *r, const struct edit *e, struct fields *f)
{
	if (fields_get(f, e->name) != NULL)
		return 0;
	return apply_add(r, e, f);
}

/* httpd: Set-Cookie too, which no client understands. */
static int
join(struct run *r, const struct edit *e, struct fields *f, struct str value)
{
	struct out o;
	size_t i;

	for (i = 0; i < f->n; i++)
		if (str_caseeq(f->v[i].name, e->name))
			break;
	if (i == f->n)
		return fields_add(f, r->s->arena, e->name, value);
	out_begin(&o, r->s->arena);
	out_str(&o, f->v[i].value);
	out_z(&o, ", ");
	out_str(&o, value);
	value = out_end(&o, r->s->arena);
	if (value.p == NULL)
		return -1;
	f->v[i].value = value;
	return 0;
}

static int
apply_append(struct run *r, const struct edit *e, struct fields *f)
{
	struct str value;
	int got;

	got = make_value(r, e, &value);
	if (got != 1)
		return got;
	return join(r, e, f, value);
}

static bool
has_element(const struct fields *f, struct str name, struct str value)
{
	struct str element, list;
	size_t i;

	for (i = 0; i < f->n; i++) {
		if (!str_caseeq(f->v[i].name, name))
			continue;
		list = f->v[i].value;
		while ((element = str_list_next(&list)).p != NULL)
			if (str_eq(element, value))
				return true;
	}
	return false;
}

static int
apply_merge(struct run *r, const struct edit *e, struct fields *f)
{
	struct str value;
	int got;

	got = make_value(r, e, &value);
	if (got != 1)
		return got;
	if (has_element(f, e->name, value))
		return 0;
	return join(r, e, f, value);
}

static int
apply_unset(struct run *r, const struct edit *e, struct fields *f)
{
	(void)r;
	fields_del(f, e->name);
	return 0;
}

static int
apply_echo(struct run *r, const struct edit *e, struct fields *f)
{
	const struct fields *request;
	const struct field *line;
	struct pattern_text t;
	size_t i;
	int got;

	request = r->s->request;
	for (i = 0; request != NULL && i < request->n; i++) {
		line = &request->v[i];
		if (is_framing(line->name) || !is_value(line->value))
			continue;
		t = (struct pattern_text){ line->name, NULL };
		got = pattern_match(e->pattern, &t, r->s->arena, NULL);
		if (got == -1 || (got == 1 && fields_add(f, r->s->arena,
		    line->name, line->value) == -1))
			return -1;
	}
	return 0;
}

/* httpd: the value of the line is the name of the note. */
static int
apply_note(struct run *r, const struct edit *e, struct fields *f)
{
	const struct str *value;
	struct str note;
	int got;

	if (r->s->notes == NULL)
		return 0;
	got = make_value(r, e, &note);
	if (got != 1)
		return got;
	value = fields_get(f, e->name);
	if (value == NULL)
		env_unset(r->s->notes, note);
	else
		env_set(r->s->notes, note, *value);
	return r->s->notes->bad ? -1 : 0;
}

/*
 * edit.  The pieces of a new value are collected before it is built, because
 * matching takes from the arena too.
 */
struct piece {
	struct piece	*next;
	struct str	 s;
};

/* What edit* may match of a value in all, by an expression that is costly. */
enum { WORK_MAX = 8 * 1024 * 1024 };

/* A value while it is edited. */
struct editing {
	struct run		*run;
	const struct edit	*line;
	struct str		 replacement;	/* absent: not yet made */
	struct pattern_text	 text;		/* what is still to be done */
	struct piece		*pieces;	/* the last one first */
	size_t			 n;		/* bytes of the pieces */
	size_t			 work;		/* bytes that were matched */
	bool			 behind;	/* a match has just ended */
};

static int
add_piece(struct editing *x, struct str s)
{
	struct piece *p;

	p = arena_alloc(x->run->s->arena, sizeof(*p));
	if (p == NULL)
		return -1;
	p->s = s;
	p->next = x->pieces;
	x->pieces = p;
	x->n += s.n;
	return 0;
}

/* The next n bytes stay as they are. */
static int
keep(struct editing *x, size_t n)
{
	if (n > 0 && add_piece(x, str_head(x->text.s, n)) == -1)
		return -1;
	x->text.s = str_from(x->text.s, n);
	if (x->text.z != NULL)
		x->text.z += n;
	return 0;
}

/* httpd: in an edit & is itself, which it need not be in a pattern's text. */
static struct str
guard_ampersands(struct arena *a, struct str s)
{
	struct out o;
	size_t i;

	if (str_chr(s, '&') == s.n)
		return s;
	out_begin(&o, a);
	for (i = 0; i < s.n; i++) {
		if (s.p[i] == '&')
			out_ch(&o, '\\');
		else if (s.p[i] == '\\' && i + 1 < s.n)
			out_ch(&o, s.p[i++]);
		out_ch(&o, s.p[i]);
	}
	return out_end(&o, a);
}

/* Put the replacement in the place of the match. */
static int
replace(struct editing *x, const struct str *group)
{
	struct run *r;
	struct str s;

	r = x->run;
	if (x->replacement.p == NULL) {
		if (expand(r, x->line->items, &s) == -1)
			return -1;
		x->replacement = guard_ampersands(r->s->arena, s);
		if (x->replacement.p == NULL)
			return -1;
	}
	s = pattern_substitute(r->s->arena, x->replacement, group);
	if (s.p == NULL || add_piece(x, s) == -1)
		return -1;
	x->text.s = str_from(x->text.s, group[0].n);
	if (x->text.z != NULL)
		x->text.z += group[0].n;
	return 0;
}

/*
 * The next match: 1, and whether to go on in *more; 0: there is none; -1: the
 * arena is full.  A match of nothing right behind another one is none, as
 * sed(1) has it, and a byte is left alone so that the end is reached.
 */
static int
edit_next(struct editing *x, bool all, bool *more)
{
	struct str group[PATTERN_GROUPS];
	bool nothing, skip;
	int got;

	*more = false;
	if (pattern_is_costly(x->line->pattern))
		x->work += x->text.s.n;
	if (x->work > WORK_MAX)
		return pattern_refuse(x->line->pattern, "edit* has too many "
		    "matches in too long a value");
	got = pattern_match(x->line->pattern, &x->text, x->run->s->arena,
	    group);
	if (got != 1)
		return got;
	nothing = group[0].n == 0;
	skip = nothing && x->behind && group[0].p == x->text.s.p;
	if (keep(x, (size_t)(group[0].p - x->text.s.p)) == -1)
		return -1;
	if (!skip && replace(x, group) == -1)
		return -1;
	x->behind = !nothing;
	if (!all || (nothing && (x->text.s.n == 0 || x->line->anchored)))
		return 1;
	*more = true;
	return nothing ? keep(x, 1) == -1 ? -1 : 1 : 1;
}

/* The pieces from the last to the first, into n bytes. */
static struct str
glue(struct editing *x)
{
	struct piece *p;
	size_t at;
	char *mem;

	mem = arena_alloc(x->run->s->arena, x->n > 0 ? x->n : 1);
	if (mem == NULL)
		return STR_NONE;
	at = x->n;
	for (p = x->pieces; p != NULL; p = p->next) {
		at -= p->s.n;
		if (p->s.n > 0)
			memcpy(mem + at, p->s.p, p->s.n);
	}
	return (struct str){ mem, x->n };
}

static int
edit_value(struct editing *x, bool all, struct str *value)
{
	struct str made;
	bool any, more;
	int got;

	x->text.s = value->p == NULL ? STR("") : *value;
	x->text.z = NULL;
	x->pieces = NULL;
	x->n = 0;
	x->behind = any = false;
	x->work = 0;
	do {
		got = edit_next(x, all, &more);
		if (got == -1)
			return -1;
		any |= got == 1;
	} while (got == 1 && more);
	if (!any)
		return 0;
	if (keep(x, x->text.s.n) == -1)
		return -1;
	made = str_trim(glue(x));
	if (made.p == NULL)
		return -1;
	if (is_value(made))
		*value = made;
	return 0;
}

static int
edit_lines(struct run *r, const struct edit *e, struct fields *f, bool all)
{
	struct editing x;
	size_t i;

	memset(&x, 0, sizeof(x));
	x.run = r;
	x.line = e;
	for (i = 0; i < f->n; i++)
		if (str_caseeq(f->v[i].name, e->name) &&
		    edit_value(&x, all, &f->v[i].value) == -1)
			return -1;
	return 0;
}

static int
apply_edit(struct run *r, const struct edit *e, struct fields *f)
{
	return edit_lines(r, e, f, false);
}

static int
apply_edit_all(struct run *r, const struct edit *e, struct fields *f)
{
	return edit_lines(r, e, f, true);
}

static bool
holds(const struct edit *e, const struct edit_subject *s)
{
	bool set;

	if (s->on_error && !e->on_errors)
		return false;
	if (e->variable.p == NULL)
		return true;
	set = s->env != NULL && env_see(s->env, e->variable) != NULL;
	return set != e->unless;
}

int
edit_apply(const struct edit *list, struct fields *f,
    const struct edit_subject *s)
{
	struct run r;

	memset(&r, 0, sizeof(r));
	r.s = s;
	for (; list != NULL; list = list->next)
		if (holds(list, s) && list->verb->apply(&r, list, f) == -1)
			return -1;
	return 0;
}

/*
 * Formats, at load.
 */
static const char *
add_item(struct item ***end, struct arena *a, enum item_kind kind,
    struct str arg)
{
	struct item *i;

	i = arena_zalloc(a, sizeof(*i));
	if (i == NULL)
		return out_of_memory;
	i->kind = kind;
	i->arg = arg;
	**end = i;
	*end = &i->next;
	return NULL;
}

/* httpd: \\ \n \r \t, and a backslash before anything else is itself. */
static const char *
add_text(struct item ***end, struct arena *a, struct str s)
{
	static const char from[] = "\\nrt", to[] = "\\\n\r\t";
	const char *at;
	size_t i, n;
	char *mem;

	mem = arena_alloc(a, s.n);
	if (mem == NULL)
		return out_of_memory;
	for (i = n = 0; i < s.n; i++) {
		mem[n++] = s.p[i];
		if (s.p[i] != '\\' || i + 1 == s.n)
			continue;
		at = strchr(from, s.p[i + 1]);
		if (at != NULL) {
			mem[n - 1] = to[at - from];
			i++;
		}
	}
	return add_item(end, a, ITEM_TEXT, (struct str){ mem, n });
}

static const char *
add_letter(struct item ***end, struct arena *a, char c, struct str arg)
{
	switch (c) {
	case 't':
		return add_item(end, a, ITEM_BEGAN, arg);
	case 'D':
		return add_item(end, a, ITEM_SPENT, arg);
	case 'l':
		return add_item(end, a, ITEM_LOAD, arg);
	case 'i':
		return add_item(end, a, ITEM_IDLE, arg);
	case 'b':
		return add_item(end, a, ITEM_BUSY, arg);
	case 'e':
	case 's':
		if (arg.n == 0)
			return say(arena_printf(a,
			    "%%%c wants the {name} of a variable", c));
		/* httpd's word for a variable that is not there. */
		if (c == 's')
			return add_item(end, a, ITEM_TEXT, STR("(null)"));
		return add_item(end, a, ITEM_VARIABLE, arg);
	}
	return say(arena_printf(a, "unknown format \"%%%c\" "
	    "(%%%% %%t %%D %%l %%i %%b %%{VAR}e %%{VAR}s)", c));
}

/* What begins with a percent sign; *s moves on. */
static const char *
add_tag(struct item ***end, struct arena *a, struct str *s)
{
	struct str arg, rest;
	size_t n;

	rest = str_from(*s, 1);
	/* httpd: one at the end is itself. */
	if (rest.n == 0 || rest.p[0] == '%') {
		*s = str_from(rest, 1);
		return add_item(end, a, ITEM_TEXT, STR("%"));
	}
	arg = STR_NONE;
	if (rest.p[0] == '{') {
		n = str_chr(rest, '}');
		if (n == rest.n)
			return say(arena_printf(a, "no } after \"%.*s\"",
			    STR_ARG(*s)));
		arg = str_from(str_head(rest, n), 1);
		rest = str_from(rest, n + 1);
	}
	if (rest.n == 0)
		return say(arena_printf(a, "no letter after \"%.*s\"",
		    STR_ARG(*s)));
	*s = str_from(rest, 1);
	return add_letter(end, a, rest.p[0], arg);
}

static const char *
compile_format(struct item **items, struct arena *a, const char *format)
{
	const char *why;
	struct item **end;
	struct str s;
	size_t n;

	end = items;
	s = str_of(format);
	if (s.n == 0)
		return add_item(&end, a, ITEM_TEXT, STR(""));
	while (s.n > 0) {
		n = str_chr(s, '%');
		if (n == 0) {
			why = add_tag(&end, a, &s);
		} else {
			why = add_text(&end, a, str_head(s, n));
			s = str_from(s, n);
		}
		if (why != NULL)
			return why;
	}
	return NULL;
}

/*
 * Lines, at load.
 */
static const struct verb verbs[] = {
	{ "set", WANTS_VALUE, false, apply_set },
	{ "setifempty", WANTS_VALUE, false, apply_setifempty },
	{ "add", WANTS_VALUE, false, apply_add },
	{ "append", WANTS_VALUE, false, apply_append },
	{ "merge", WANTS_VALUE, false, apply_merge },
	{ "unset", WANTS_NOTHING, false, apply_unset },
	{ "edit", WANTS_REPLACEMENT, false, apply_edit },
	{ "edit*", WANTS_REPLACEMENT, false, apply_edit_all },
	{ "echo", WANTS_NOTHING, true, apply_echo },
	{ "note", WANTS_VALUE, true, apply_note }
};

/* A line that is being compiled. */
struct compiler {
	struct arena		*arena;
	enum edit_side		 side;
	int			 argc;		/* words not yet taken */
	const char *const	*argv;
	struct edit		*line;
	const char		*regex;		/* NULL: none */
	const char		*warning;	/* NULL: none */
};

static const char *
take(struct compiler *c)
{
	if (c->argc == 0)
		return NULL;
	c->argc--;
	return *c->argv++;
}

static bool
next_is(const struct compiler *c, const char *word)
{
	return c->argc > 0 && str_caseeq(str_of(*c->argv), str_of(word));
}

static const char *
take_verb(struct compiler *c)
{
	const struct verb *v;
	size_t i;

	c->line->on_errors = c->side == EDIT_ANSWER && next_is(c, "always");
	if (c->side == EDIT_ANSWER &&
	    (c->line->on_errors || next_is(c, "onsuccess")))
		take(c);
	if (c->argc < 2)
		return "a verb and the name of a field are wanted";
	for (i = 0; i < NELEM(verbs); i++) {
		v = &verbs[i];
		if (next_is(c, v->name) &&
		    (!v->answers || c->side == EDIT_ANSWER)) {
			c->line->verb = v;
			take(c);
			return NULL;
		}
	}
	return say(arena_printf(c->arena, "unknown verb \"%s\" (set, "
	    "setifempty, add, append, merge, unset, edit%s)", *c->argv,
	    c->side == EDIT_ANSWER ? ", edit*, echo or note" : " or edit*"));
}

static bool
is_echo(const struct edit *e)
{
	return e->verb->apply == apply_echo;
}

static const char *
take_name(struct compiler *c)
{
	struct str name;

	name = str_of(take(c));
	if (is_echo(c->line)) {
		c->regex = name.p;
		return NULL;
	}
	if (name.n > 0 && name.p[name.n - 1] == ':')
		name.n--;
	if (!http_is_token(name))
		return say(arena_printf(c->arena,
		    "\"%.*s\" is no name of a field", STR_ARG(name)));
	c->line->name = name;
	return NULL;
}

static const char expr_refused[] =
    "expr= is not supported: set a variable with SetEnvIf, and env=";

static const char *
take_value(struct compiler *c)
{
	const struct verb *v;
	const char *value;

	v = c->line->verb;
	if (v->wants == WANTS_NOTHING)
		return NULL;
	if (v->wants == WANTS_REPLACEMENT)
		c->regex = take(c);
	value = take(c);
	if (value == NULL)
		return say(arena_printf(c->arena,
		    v->wants == WANTS_REPLACEMENT ?
		    "%s wants an expression and a replacement" :
		    "%s wants a value", v->name));
	if (str_starts(str_of(value), STR("expr=")))
		return expr_refused;
	return compile_format(&c->line->items, c->arena, value);
}

static const char *
take_variable(struct edit *e, struct str name)
{
	if (name.n > 0 && name.p[0] == '!') {
		e->unless = true;
		name = str_from(name, 1);
	}
	if (name.n == 0)
		return "env= wants the name of a variable";
	e->variable = name;
	return NULL;
}

/* A word too many behind a value: most often a part of it. */
static const char *
advise_quotes(const struct compiler *c)
{
	const char *value;
	struct str s;
	int i;

	value = arena_printf(c->arena, "%s %s", c->argv[-2], c->argv[-1]);
	for (i = 0; i < c->argc && value != NULL; i++) {
		s = str_of(c->argv[i]);
		if (str_casestarts(s, STR("env=")) ||
		    str_caseeq(s, STR("early")))
			break;
		value = arena_printf(c->arena, "%s %s", value, c->argv[i]);
	}
	return say(value == NULL ? NULL : arena_printf(c->arena,
	    "unknown parameter \"%s\": a value with blanks is written in "
	    "quotes, \"%s\", and behind it comes env=VAR or env=!VAR",
	    c->argv[-1], value));
}

static const char *
take_condition(struct compiler *c)
{
	const char *why, *word;
	struct str s;

	word = take(c);
	if (word == NULL)
		return NULL;
	s = str_of(word);
	why = NULL;
	if (str_casestarts(s, STR("env=")))
		why = take_variable(c->line, str_from(s, 4));
	else if (str_casestarts(s, STR("expr=")))
		why = expr_refused;
	else if (str_caseeq(s, STR("early")))
		c->warning = "early has no effect";
	else if (c->line->verb->wants == WANTS_NOTHING)
		why = say(arena_printf(c->arena, "%s takes no value: \"%s\"",
		    c->line->verb->name, word));
	else
		why = advise_quotes(c);
	if (why == NULL && c->argc > 0)
		why = say(arena_printf(c->arena, "too many arguments: \"%s\"",
		    *c->argv));
	return why;
}

/* httpd compares names with regard to case, which they do not have. */
static const char *
compile_pattern(struct compiler *c)
{
	const char *why;
	struct edit *e;

	if (c->regex == NULL)
		return NULL;
	e = c->line;
	why = pattern_compile(&e->pattern, c->arena, c->regex, is_echo(e),
	    !is_echo(e));
	if (why != NULL)
		return why;
	e->anchored = pattern_is_anchored(e->pattern);
	if (c->warning == NULL)
		c->warning = pattern_warning(e->pattern);
	return NULL;
}

static void
warn_of_controls(struct compiler *c)
{
	const struct item *i;

	for (i = c->line->items; i != NULL; i = i->next)
		if (i->kind == ITEM_TEXT && !is_value(i->arg))
			c->warning = "no field can have this value, "
			    "because of a line end or another control "
			    "character in it: the line has no effect";
}

const char *
edit_compile(struct edit **list, struct arena *a, enum edit_side side,
    int argc, const char *const *argv, const char **warning)
{
	static const char *(*const steps[])(struct compiler *) = {
		take_verb, take_name, take_value, take_condition,
		compile_pattern
	};
	struct compiler c;
	const char *why;
	size_t i;

	*warning = NULL;
	memset(&c, 0, sizeof(c));
	c.arena = a;
	c.side = side;
	c.argc = argc;
	c.argv = argv;
	c.line = arena_zalloc(a, sizeof(*c.line));
	why = c.line == NULL ? out_of_memory : NULL;
	for (i = 0; i < NELEM(steps) && why == NULL; i++)
		why = steps[i](&c);
	if (why != NULL)
		return why;
	warn_of_controls(&c);
	if (side == EDIT_ANSWER && is_framing(c.line->name)) {
		*warning = "has no effect: the gateway makes this field";
		edit_free(c.line);
		return NULL;
	}
	*warning = c.warning;
	while (*list != NULL)
		list = &(*list)->next;
	*list = c.line;
	return NULL;
}

void
edit_free(struct edit *list)
{
	for (; list != NULL; list = list->next)
		if (list->pattern != NULL)
			pattern_free(list->pattern);
}

/*
 * The way back.
 */
struct edit_reverse {
	struct edit_reverse	*next;
	enum reverse_kind	 kind;
	struct str		 from;
	struct str		 to;
	struct str		 path;	/* of a scgi url; absent: none, or / */
};

static bool
is_scheme(char c)
{
	return ch_isalpha(c) || ch_isdigit(c) || c == '+' || c == '.' ||
	    c == '-';
}

/* What follows scheme and host of a url; absent when it is none. */
static struct str
behind_host(struct str url)
{
	size_t n;

	for (n = 0; n < url.n && is_scheme(url.p[n]); n++)
		continue;
	if (n == 0 || !str_starts(str_from(url, n), STR("://")))
		return STR_NONE;
	for (n += 3; n < url.n; n++)
		if (url.p[n] == '/' || url.p[n] == '?' || url.p[n] == '#')
			break;
	return str_from(url, n);
}

/* Two slashes begin a host, and browsers take a backslash for one. */
static bool
is_local(struct str s)
{
	return s.n > 0 && s.p[0] == '/' &&
	    (s.n == 1 || (s.p[1] != '/' && s.p[1] != '\\'));
}

static const char *
compile_url(struct edit_reverse *r, struct arena *a)
{
	struct str path;
	size_t n;

	if (!is_local(r->to))
		return say(arena_printf(a,
		    "the path \"%.*s\" does not begin with one slash",
		    STR_ARG(r->to)));
	if (is_local(r->from))
		return NULL;
	if (str_casestarts(r->from, STR("unix:"))) {
		n = str_chr(r->from, '|');
		/* A mere socket is in no answer. */
		if (n == r->from.n)
			return NULL;
		r->from = str_from(r->from, n + 1);
	}
	path = behind_host(r->from);
	if (path.p == NULL)
		return say(arena_printf(a,
		    "\"%.*s\" is neither a url nor a path",
		    STR_ARG(r->from)));
	if (str_casestarts(r->from, STR("scgi://")) && path.n > 1 &&
	    is_local(path))
		r->path = path;
	return NULL;
}

/* What a Set-Cookie can say. */
static const char *
check_cookie(const struct edit_reverse *r, struct arena *a)
{
	if (r->from.n == 0)
		return "what to replace is empty";
	if (r->to.n == 0 || str_chr(r->to, ';') < r->to.n ||
	    str_chr(r->to, '"') < r->to.n)
		return say(arena_printf(a,
		    "\"%.*s\" cannot stand in a cookie", STR_ARG(r->to)));
	return NULL;
}

const char *
edit_compile_reverse(struct edit_reverse **list, struct arena *a,
    enum reverse_kind kind, const char *from, const char *to)
{
	struct edit_reverse *r;
	const char *why;

	r = arena_zalloc(a, sizeof(*r));
	if (r == NULL)
		return out_of_memory;
	r->kind = kind;
	r->from = str_of(from);
	r->to = str_of(to);
	why = NULL;
	if (!is_value(r->from) || !is_value(r->to))
		why = "a control character";
	else if (kind == REVERSE_URL)
		why = compile_url(r, a);
	else
		why = check_cookie(r, a);
	if (why != NULL)
		return why;
	while (*list != NULL)
		list = &(*list)->next;
	*list = r;
	return NULL;
}

/*
 * What follows prefix in s, absent if it does not begin so or goes on in the
 * middle of a segment.
 */
static struct str
rest_after(struct str s, struct str prefix, bool nocase)
{
	struct str rest;

	if (!(nocase ? str_casestarts(s, prefix) : str_starts(s, prefix)))
		return STR_NONE;
	rest = str_from(s, prefix.n);
	if (rest.n == 0 || rest.p[0] == '/' || rest.p[0] == '?' ||
	    rest.p[0] == '#' ||
	    (prefix.n > 0 && prefix.p[prefix.n - 1] == '/'))
		return rest;
	return STR_NONE;
}

/* One slash between the two, and never a host at the beginning. */
static void
put_path(struct out *o, struct str to, struct str rest)
{
	bool slash;

	slash = to.p[to.n - 1] == '/';
	out_str(o, to);
	if (slash && rest.n > 0 && rest.p[0] == '/')
		rest = str_from(rest, 1);
	else if (!slash && rest.n > 0 && rest.p[0] != '/' &&
	    rest.p[0] != '?' && rest.p[0] != '#')
		out_ch(o, '/');
	if (to.n == 1)
		while (rest.n > 0 && (rest.p[0] == '/' ||
		    rest.p[0] == '\\' || rest.p[0] == '\t'))
			rest = str_from(rest, 1);
	out_str(o, rest);
}

/* What follows the url of r in value; absent: no match. */
static struct str
match_url(const struct edit_reverse *r, struct str value, struct str front)
{
	struct str rest;

	if (is_local(r->from))
		return rest_after(is_local(value) ? value :
		    behind_host(value), r->from, true);
	rest = rest_after(value, r->from, true);
	if (rest.p != NULL || r->path.p == NULL)
		return rest;
	if (!is_local(value))
		value = front.n > 0 ? rest_after(value, front, true) :
		    STR_NONE;
	return rest_after(value, r->path, false);
}

static int
reverse_url(const struct edit_reverse *r, struct str *value,
    struct str front, struct arena *a)
{
	struct out o;
	struct str made, rest;

	rest = STR_NONE;
	for (; r != NULL; r = r->next) {
		if (r->kind != REVERSE_URL)
			continue;
		rest = match_url(r, *value, front);
		if (rest.p != NULL)
			break;
	}
	if (r == NULL)
		return 0;
	out_begin(&o, a);
	if (!is_local(*value))
		out_str(&o, front);
	put_path(&o, r->to, rest);
	made = out_end(&o, a);
	if (made.p == NULL)
		return -1;
	*value = made;
	return 0;
}

/*
 * Cookies.
 */

/* Index behind the quoted string that s begins with; 0: it never ends. */
static size_t
quoted_length(struct str s)
{
	size_t i;

	for (i = 1; i < s.n; i++) {
		if (s.p[i] == '"')
			return i + 1;
		if (s.p[i] == '\\')
			i++;
	}
	return 0;
}

/* Length of what s begins with, up to a semicolon that is not quoted. */
static size_t
part_length(struct str s)
{
	struct str value;
	size_t at, n;

	n = str_chr(s, ';');
	at = str_chr(s, '=') + 1;
	while (at < n && (s.p[at] == ' ' || s.p[at] == '\t'))
		at++;
	if (at >= n || s.p[at] != '"')
		return n;
	value = str_from(s, at);
	at += quoted_length(value);
	return at + str_chr(str_from(s, at), ';');
}

/* Without the dot that old servers put before it (RFC 6265 5.2.3). */
static struct str
bare_domain(struct str s)
{
	return s.n > 0 && s.p[0] == '.' ? str_from(s, 1) : s;
}

/* Does the rule want the value?  *rest gets what is kept behind it. */
static bool
match_cookie(const struct edit_reverse *r, struct str value,
    struct str *rest)
{
	*rest = STR("");
	switch (r->kind) {
	case REVERSE_URL:
		return false;
	case REVERSE_COOKIE_DOMAIN:
		return str_caseeq(bare_domain(value), bare_domain(r->from));
	case REVERSE_COOKIE_PATH:
		*rest = rest_after(value, r->from, false);
		return rest->p != NULL;
	}
	return false;
}

static const struct edit_reverse *
find_rule(const struct edit_reverse *r, enum reverse_kind kind,
    struct str value, struct str *rest)
{
	for (; r != NULL; r = r->next)
		if (r->kind == kind && match_cookie(r, value, rest))
			return r;
	return NULL;
}

/* An attribute; true if it was changed. */
static bool
put_attribute(struct out *o, const struct edit_reverse *list,
    struct str part)
{
	const struct edit_reverse *r;
	struct str name, rest, value;
	size_t n;

	n = str_chr(part, '=');
	name = str_trim(str_head(part, n));
	value = str_trim(str_from(part, n + 1));
	if (value.n > 1 && value.p[0] == '"' && value.p[value.n - 1] == '"')
		value = str_from(str_head(value, value.n - 1), 1);
	r = NULL;
	if (str_caseeq(name, STR("Domain")))
		r = find_rule(list, REVERSE_COOKIE_DOMAIN, value, &rest);
	else if (str_caseeq(name, STR("Path")))
		r = find_rule(list, REVERSE_COOKIE_PATH, value, &rest);
	if (r == NULL) {
		out_str(o, part);
		return false;
	}
	n = (size_t)(value.p - part.p);
	out_str(o, str_head(part, n));
	put_path(o, r->to, rest);
	out_str(o, str_from(part, n + value.n));
	return true;
}

static int
reverse_cookie(const struct edit_reverse *list, struct str *value,
    struct arena *a)
{
	struct out o;
	struct str made, rest;
	size_t n;
	bool changed;

	changed = false;
	n = part_length(*value);
	out_begin(&o, a);
	out_str(&o, str_head(*value, n));
	while (n < value->n) {
		out_ch(&o, ';');
		rest = str_from(*value, n + 1);
		n = n + 1 + part_length(rest);
		rest = str_head(rest, part_length(rest));
		changed |= put_attribute(&o, list, rest);
	}
	if (!changed)
		return 0;
	made = out_end(&o, a);
	if (made.p == NULL)
		return -1;
	*value = made;
	return 0;
}

static bool
has_url(struct str name)
{
	return str_caseeq(name, STR("Location")) ||
	    str_caseeq(name, STR("Content-Location")) ||
	    str_caseeq(name, STR("URI")) ||
	    str_caseeq(name, STR("Destination"));
}

int
edit_reverse(const struct edit_reverse *list, struct fields *f,
    struct str front, struct arena *a)
{
	struct field *line;
	size_t i;
	int got;

	if (list == NULL)
		return 0;
	for (i = 0; i < f->n; i++) {
		line = &f->v[i];
		got = 0;
		if (has_url(line->name))
			got = reverse_url(list, &line->value, front, a);
		else if (str_caseeq(line->name, STR("Set-Cookie")))
			got = reverse_cookie(list, &line->value, a);
		if (got == -1)
			return -1;
	}
	return 0;
}
