/*
 * config: text -> immutable struct config.  Reads lines, replaces variables,
 * splits words, follows sections and includes, collects every fault with its
 * place, prints the result in canonical form.
 *
 * It never knows what a directive means: that is the table's.  It opens no
 * file but the ones it reads, and is not used after start but for a reload.
 */
#include <sys/types.h>
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "config.h"
#include "foreign.h"

enum {
	MAX_LINE = 64 * 1024,	/* bytes, also with its variables replaced */
	MAX_FAULTS = 100,
	MAX_NESTING = 16,	/* files that include each other */
	TOO_FAR = 3,		/* edits, for "did you mean" */
	MAX_FILES = 1000	/* files and directories of one load */
};

/* Define, and -D. */
struct define {
	struct define	*next;
	const char	*name;
	const char	*value;		/* NULL: defined, but not as text */
};

/* What is being read: a file, or the lines of the command line. */
struct input {
	struct input		*from;	/* who includes it; NULL */
	struct config_place	 place;	/* of the present line */
	int			 depth;	/* inputs around it */
	FILE			*fp;	/* NULL: lines */
	dev_t			 dev;
	ino_t			 ino;
	int			 next_line;
	const char *const	*lines;
	size_t			 nlines;
	size_t			 at;	/* which of lines */
	const char		*rest;	/* of lines[at] */
	bool			 is_word;	/* has no number of a line */
};

/* A section that is open. */
struct section {
	struct section		*outer;
	const struct input	*input;	/* where it was opened */
	struct config_place	 place;
	const char		*name;
	const char		*title;		/* of a condition, "<Name
						 * arg>"; NULL */
	const struct directive	*directive;	/* NULL: not of the table */
	struct config_scope	 outside;	/* what holds after it */
	bool			 skip;	/* the lines inside are passed over */
};

/* A name without effect that has been warned of. */
struct told {
	struct told	*next;
	struct str	 name;
};

/* A line taken apart. */
struct words {
	int		  argc;
	const char	**argv;
	int		  comment;	/* index of the first bare word that
					 * begins with #; 0: none */
};

struct loader {
	struct config			*conf;
	const struct config_source	*source;
	struct input			*input;
	struct section			*section;
	struct config_scope		 scope;
	struct define			*defines;
	struct told			*told;
	char				*line;	/* MAX_LINE bytes */
	char				*text;	/* MAX_LINE bytes */
	int				 nfiles;
	bool				 no_memory;
};

static int	read_file(struct loader *, const char *, bool);
static int	read_path(struct loader *, const char *, int);

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct str
trim_blanks(struct str s)
{
	while (s.n > 0 && is_blank(s.p[0]))
		s = str_from(s, 1);
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

static bool
same_name(const char *a, const char *b)
{
	return str_caseeq(str_of(a), str_of(b));
}

/*
 * Messages.
 */

/* "file:line: text (included from file:line, file:line)" */
static const char *
place_message(struct arena *a, const struct config_place *place, char *body)
{
	const struct config_place *from;
	const char *text, *sep;
	char *p;

	for (p = body; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	if (place->file == NULL)
		return arena_printf(a, "%s", body);
	if (place->line == 0)
		text = arena_printf(a, "%s: %s", place->file, body);
	else
		text = arena_printf(a, "%s:%d: %s", place->file, place->line,
		    body);
	sep = " (included from ";
	for (from = place->from; from != NULL && text != NULL;
	    from = from->from) {
		text = arena_printf(a, "%s%s%s:%d", text, sep, from->file,
		    from->line);
		sep = ", ";
	}
	if (place->from != NULL && text != NULL)
		text = arena_printf(a, "%s)", text);
	return text;
}

const char *
config_place_name(struct config *conf, const struct config_place *place)
{
	const char *name;

	name = place->line == 0 ? place->file : arena_printf(&conf->arena,
	    "%s:%d", place->file, place->line);
	return name == NULL ? "?" : name;
}

static void
add_text(struct config *conf, bool warning, const char *text)
{
	struct config_message *m;

	m = arena_zalloc(&conf->arena, sizeof(*m));
	if (m == NULL || text == NULL)
		return;
	m->warning = warning;
	m->text = text;
	*conf->messages_end = m;
	conf->messages_end = &m->next;
}

static void
add_message(struct config *conf, bool warning,
    const struct config_place *place, const char *fmt, va_list ap)
{
	char body[2048];

	if (!warning && conf->faults == MAX_FAULTS)
		return;
	vsnprintf(body, sizeof(body), fmt, ap);
	add_text(conf, warning, place_message(&conf->arena, place, body));
	if (!warning && ++conf->faults == MAX_FAULTS)
		add_text(conf, false,
		    "too many faults, the rest is not looked at");
}

int
config_fault(struct config_call *call, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_message(call->conf, false, &call->place, fmt, ap);
	va_end(ap);
	return -1;
}

void
config_warn(struct config_call *call, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_message(call->conf, true, &call->place, fmt, ap);
	va_end(ap);
}

int
config_fault_at(struct config *conf, struct config_place place,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_message(conf, false, &place, fmt, ap);
	va_end(ap);
	return -1;
}

void
config_warn_at(struct config *conf, struct config_place place,
    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_message(conf, true, &place, fmt, ap);
	va_end(ap);
}

/* A fault of the line that is being read. */
static int
fault(struct loader *l, const char *fmt, ...)
    __attribute__((__format__(printf, 2, 3)));

static int
fault(struct loader *l, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_message(l->conf, false, &l->input->place, fmt, ap);
	va_end(ap);
	return -1;
}

static int
fail_memory(struct loader *l)
{
	l->no_memory = true;
	return -1;
}

/*
 * Words and values.
 */

struct settings *
config_settings(struct config_call *call)
{
	return call->scope.location != NULL ? &call->scope.location->set :
	    &call->scope.vhost->set;
}

const char *
config_path(struct config_call *call, const char *word)
{
	struct config *conf = call->conf;
	const char *path;

	if (word[0] == '/' || conf->base == NULL)
		return word;
	path = arena_printf(&conf->arena, "%s%s%s", conf->base,
	    conf->base[strlen(conf->base) - 1] == '/' ? "" : "/", word);
	if (path == NULL)
		config_fault(call, "out of memory");
	return path;
}

int
config_find_word(const char *words, const char *word)
{
	struct str s, rest, wanted;
	size_t n;
	int value;

	wanted = str_of(word);
	rest = str_of(words);
	for (value = 0; rest.n > 0; ) {
		n = strcspn(rest.p, " |");
		s = str_head(rest, n);
		if (str_caseeq(s, wanted))
			return value;
		if (n < rest.n && rest.p[n] == ' ')
			value++;
		rest = str_from(rest, n + 1);
	}
	return -1;
}

/* Milliseconds of a unit's name; 0 for no such unit. */
static int
unit_ms(struct str unit)
{
	if (str_caseeq(unit, STR("ms")))
		return 1;
	if (str_caseeq(unit, STR("s")))
		return 1000;
	if (str_caseeq(unit, STR("mi")) || str_caseeq(unit, STR("min")))
		return 60 * 1000;
	if (str_caseeq(unit, STR("h")))
		return 60 * 60 * 1000;
	return 0;
}

int
config_parse_time(const char *word, int unit, int *ms)
{
	struct str s;
	uint64_t n;
	size_t digits;

	s = str_of(word);
	digits = strspn(word, "0123456789");
	if (str_u64(str_head(s, digits), &n) == -1)
		return -1;
	if (digits < s.n) {
		unit = unit_ms(str_from(s, digits));
		if (unit == 0)
			return -1;
	}
	/* 24 days of milliseconds still fit an int. */
	if (n > (uint64_t)24 * 24 * 60 * 60 * 1000 / (uint64_t)unit)
		return -1;
	*ms = (int)n * unit;
	return 0;
}

/*
 * The next word of a list of absent names, without its marks; false: there is
 * none any more.
 */
static bool
next_absent(struct str *list, struct str *name, bool *section, bool *prefix)
{
	if (list->n == 0)
		return false;
	*name = str_head(*list, str_chr(*list, ' '));
	*list = str_from(*list, name->n + 1);
	*section = name->p[0] == '<';
	if (*section)
		*name = str_from(*name, 1);
	*prefix = name->p[name->n - 1] == '*';
	if (*prefix)
		name->n--;
	return true;
}

const struct config_absent *
config_find_absent(const struct config_source *source, const char *name,
    struct str *known)
{
	struct str list, s, wanted;
	bool section, prefix;
	size_t i;

	wanted = str_of(name);
	for (i = 0; i < source->nabsent; i++) {
		list = str_of(source->absent[i].names);
		while (next_absent(&list, &s, &section, &prefix)) {
			if (!prefix && !str_caseeq(s, wanted))
				continue;
			if (prefix && !str_casestarts(wanted, s))
				continue;
			*known = prefix ? wanted : s;
			return &source->absent[i];
		}
	}
	return NULL;
}

/* Edit distance without case of two words of less than 64 bytes. */
static size_t
distance(struct str a, struct str b)
{
	size_t row[64], i, j, above, left, cost;

	for (j = 0; j <= b.n; j++)
		row[j] = j;
	for (i = 1; i <= a.n; i++) {
		above = row[0];
		row[0] = i;
		for (j = 1; j <= b.n; j++) {
			cost = above;
			if (ch_lower(a.p[i - 1]) != ch_lower(b.p[j - 1]))
				cost++;
			left = row[j - 1] + 1;
			above = row[j];
			if (left < cost)
				cost = left;
			if (above + 1 < cost)
				cost = above + 1;
			row[j] = cost;
		}
	}
	return row[b.n];
}

/* Is s nearer to word than *least, and near at all?  Then *least is less. */
static bool
is_nearer(struct str word, struct str s, size_t *least)
{
	size_t d;

	if (word.n >= 64 || s.n >= 64)
		return false;
	d = distance(word, s);
	if (d >= *least || d * 2 >= word.n)
		return false;
	*least = d;
	return true;
}

const char *
config_nearest(const char *word, const char *const *words, size_t n)
{
	const char *best;
	size_t i, least;

	best = NULL;
	least = TOO_FAR;
	for (i = 0; i < n; i++)
		if (is_nearer(str_of(word), str_of(words[i]), &least))
			best = words[i];
	return best;
}

/*
 * The next word of *s, as httpd takes it: in quotes until their end, else
 * until a blank; a backslash takes away the meaning of a backslash, and in
 * quotes that of the quote.  -1: quotes without an end.
 */
static int
next_word(struct out *o, struct str *s, bool *bare)
{
	char quote, c;
	size_t i;

	quote = s->p[0] == '"' || s->p[0] == '\'' ? s->p[0] : '\0';
	*bare = quote == '\0';
	for (i = *bare ? 0 : 1; i < s->n; i++) {
		c = s->p[i];
		if (*bare ? is_blank(c) : c == quote)
			break;
		if (c == '\\' && i + 1 < s->n && (s->p[i + 1] == '\\' ||
		    (!*bare && s->p[i + 1] == quote)))
			c = s->p[++i];
		out_ch(o, c);
	}
	if (i == s->n && !*bare)
		return -1;
	out_ch(o, '\0');
	*s = trim_blanks(str_from(*s, *bare ? i : i + 1));
	return 0;
}

/* 0, -1 for quotes without an end, or -2 without memory. */
static int
split_words(struct arena *a, struct str s, struct words *w)
{
	struct out o;
	const char *word;
	char *room;
	bool bare;

	memset(w, 0, sizeof(*w));
	s = trim_blanks(s);
	/* The shortest word is one byte and a blank, or two quotes. */
	w->argv = arena_alloc(a, (s.n / 2 + 1) * sizeof(*w->argv));
	room = arena_alloc(a, s.n + 1);
	if (w->argv == NULL || room == NULL)
		return -2;
	out_init(&o, room, s.n + 1);
	while (s.n > 0) {
		word = room + o.n;
		if (next_word(&o, &s, &bare) == -1)
			return -1;
		if (bare && word[0] == '#' && w->comment == 0)
			w->comment = w->argc;
		w->argv[w->argc++] = word;
	}
	return 0;
}

static int
split_line(struct loader *l, struct str s, struct words *w)
{
	switch (split_words(&l->conf->arena, s, w)) {
	case 0:
		return 0;
	case -1:
		return fault(l, "a quote is opened and not closed");
	default:
		return fail_memory(l);
	}
}

/*
 * Variables.
 */

static const struct define *
find_define(const struct loader *l, struct str name)
{
	const struct define *d;

	for (d = l->defines; d != NULL; d = d->next)
		if (str_eq(str_of(d->name), name))
			return d;
	return NULL;
}

static int
add_define(struct loader *l, const char *name, const char *value)
{
	struct define *d;

	d = arena_zalloc(&l->conf->arena, sizeof(*d));
	if (d == NULL)
		return fail_memory(l);
	d->name = name;
	d->value = value;
	d->next = l->defines;
	l->defines = d;
	return 0;
}

/*
 * The text of ${name}: what is defined first, in any case of letters
 * (httpd), then the environment.
 */
static const char *
find_variable(struct loader *l, struct str name)
{
	const struct define *d;
	char *word;

	for (d = l->defines; d != NULL; d = d->next)
		if (d->value != NULL && str_caseeq(str_of(d->name), name))
			return d->value;
	word = arena_cstr(&l->conf->arena, name);
	return word == NULL ? NULL : getenv(word);
}

/* What stands between ${ and }, which may be name?=default. */
static int
expand_one(struct loader *l, struct out *o, struct str inside)
{
	struct config_call call;
	const char *value;
	struct str name;
	size_t mark;

	mark = str_chr(inside, '?');
	if (!str_starts(str_from(inside, mark), STR("?=")))
		mark = inside.n;
	name = str_head(inside, mark);
	value = name.n == 0 ? NULL : find_variable(l, name);
	if (value != NULL && strchr(value, '\n') != NULL)
		return fault(l, "the value of ${%.*s} has a line break in it",
		    STR_ARG(name));
	if (value != NULL) {
		out_z(o, value);
		return 0;
	}
	if (mark < inside.n) {
		out_str(o, str_from(inside, mark + 2));
		return 0;
	}
	out_z(o, "${");
	out_str(o, inside);
	out_ch(o, '}');
	/* httpd: a name with a colon is somebody else's syntax. */
	if (str_chr(name, ':') == name.n) {
		call.conf = l->conf;
		call.place = l->input->place;
		config_warn(&call, "${%.*s} is not defined and left as it is",
		    STR_ARG(name));
	}
	return 0;
}

/* The line with its variables replaced, in l->text. */
static int
expand(struct loader *l, struct str s, struct str *result)
{
	struct out o;
	size_t i, end;

	out_init(&o, l->text, MAX_LINE);
	for (;;) {
		i = str_chr(s, '$');
		out_str(&o, str_head(s, i));
		s = str_from(s, i);
		if (!str_starts(s, STR("${"))) {
			out_str(&o, str_head(s, 1));
			s = str_from(s, 1);
			if (s.n == 0)
				break;
			continue;
		}
		end = str_chr(s, '}');
		if (end == s.n) {
			out_str(&o, s);
			break;
		}
		if (expand_one(l, &o, str_head(str_from(s, 2), end - 2)) == -1)
			return -1;
		s = str_from(s, end + 1);
	}
	if (o.bad)
		return fault(l, "line is longer than %d bytes when its "
		    "variables are replaced", MAX_LINE);
	*result = trim_blanks((struct str){ o.p, o.n });
	return 0;
}

/*
 * The language's own directives.
 */

static int
set_define(struct config_call *call)
{
	const char *name = call->argv[0];

	if (name[0] == '\0' || strchr(name, ':') != NULL)
		return config_fault(call, "\"%s\" cannot be defined: a name "
		    "is not empty and has no colon", name);
	return add_define(call->loader, name,
	    call->argc > 1 ? call->argv[1] : NULL);
}

static int
set_undefine(struct config_call *call)
{
	struct loader *l = call->loader;
	struct define **p;

	for (p = &l->defines; *p != NULL; )
		if (strcmp((*p)->name, call->argv[0]) == 0)
			*p = (*p)->next;
		else
			p = &(*p)->next;
	return 0;
}

static int
set_error(struct config_call *call)
{
	return config_fault(call, "%s", call->argv[0]);
}

static int
set_warning(struct config_call *call)
{
	config_warn(call, "%s", call->argv[0]);
	return 0;
}

static int
set_server_root(struct config_call *call)
{
	if (call->argv[0][0] != '/')
		return config_fault(call,
		    "ServerRoot: \"%s\" does not begin with /", call->argv[0]);
	call->conf->base = call->argv[0];
	if (config_add_line(call->conf, "ServerRoot", 1, call->argv) == -1)
		return fail_memory(call->loader);
	return 0;
}

static int
fail_include(struct loader *l, const char *path, const char *why)
{
	return fault(l, "cannot include %s: %s", path, why);
}

static int
visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

/* All that is in a directory, in the order of names (httpd: and below). */
static int
read_directory(struct loader *l, const char *path, int depth)
{
	struct dirent **names;
	const char *name;
	int i, n;

	n = scandir(path, &names, visible, alphasort);
	if (n == -1)
		return fail_include(l, path, strerror(errno));
	for (i = 0; i < n; i++) {
		name = arena_printf(&l->conf->arena, "%s/%s", path,
		    names[i]->d_name);
		free(names[i]);
		if (name == NULL)
			l->no_memory = true;
		else
			read_path(l, name, depth + 1);
	}
	free(names);
	return 0;
}

/* A file or a directory that was found by its pattern or in a directory. */
static int
read_path(struct loader *l, const char *path, int depth)
{
	struct stat st;

	if (l->conf->faults >= MAX_FAULTS || l->no_memory)
		return -1;
	if (stat(path, &st) == -1)
		return fail_include(l, path, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		/* Not what may block: a fifo, a device. */
		return S_ISREG(st.st_mode) ? read_file(l, path, false) : 0;
	if (depth >= MAX_NESTING || ++l->nfiles > MAX_FILES)
		return fail_include(l, path, "too many directories");
	return read_directory(l, path, depth);
}

static int
read_pattern(struct loader *l, const char *pattern, bool optional)
{
	glob_t g;
	char *path;
	size_t i;
	int rc;

	rc = glob(pattern, 0, NULL, &g);
	if (rc == GLOB_NOMATCH)
		return optional ? 0 :
		    fail_include(l, pattern, "nothing matches");
	if (rc != 0)
		return fail_include(l, pattern, "cannot be searched");
	for (i = 0; i < g.gl_pathc; i++) {
		/* The names are glob's; places must live as long as conf. */
		path = arena_cstr(&l->conf->arena, str_of(g.gl_pathv[i]));
		if (path == NULL)
			l->no_memory = true;
		else
			read_path(l, path, 0);
	}
	globfree(&g);
	return 0;
}

static int
include(struct config_call *call, bool optional)
{
	struct loader *l = call->loader;
	const char *path;
	struct stat st;

	path = config_path(call, call->argv[0]);
	if (path == NULL)
		return -1;
	if (strpbrk(path, "*?[") != NULL)
		return read_pattern(l, path, optional);
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return read_path(l, path, 0);
	return read_file(l, path, optional);
}

static int
set_include(struct config_call *call)
{
	return include(call, false);
}

static int
set_include_optional(struct config_call *call)
{
	return include(call, true);
}

static const struct directive language[] = {
	{ .name = "Define", .set = set_define, .min = 1, .max = 2,
	  .help = "Define name [value]" },
	{ .name = "UnDefine", .set = set_undefine, .min = 1, .max = 1,
	  .help = "UnDefine name" },
	{ .name = "Include", .set = set_include, .min = 1, .max = 1,
	  .help = "Include file|directory|pattern" },
	{ .name = "IncludeOptional", .set = set_include_optional, .min = 1,
	  .max = 1, .help = "IncludeOptional file|directory|pattern" },
	{ .name = "Error", .set = set_error, .min = 1, .max = 1,
	  .help = "Error \"text\"" },
	{ .name = "Warning", .set = set_warning, .min = 1, .max = 1,
	  .help = "Warning \"text\"" },
	{ .name = "ServerRoot", .set = set_server_root,
	  .contexts = CONTEXT_SERVER, .min = 1, .max = 1,
	  .help = "ServerRoot directory" }
};

/*
 * Directives.
 */

static const struct directive *
find_row(const struct directive *table, size_t n, const char *name)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (same_name(table[i].name, name))
			return &table[i];
	return NULL;
}

static const struct directive *
find_directive(const struct loader *l, const char *name)
{
	const struct config_source *src = l->source;
	const struct directive *d;

	d = find_row(language, NELEM(language), name);
	if (d == NULL)
		d = find_row(src->table, src->ntable, name);
	if (d != NULL && d->kind == DIRECTIVE_ALIAS)
		d = find_row(src->table, src->ntable, d->words);
	return d;
}

/* A language's condition: true when the lines inside count. */
struct condition {
	const char	*name;
	bool		(*holds)(struct loader *, const char *);
};

static bool
is_defined(struct loader *l, const char *arg)
{
	return find_define(l, str_of(arg)) != NULL;
}

static bool
is_file(struct loader *l, const char *arg)
{
	struct config_call call;
	const char *path;
	struct stat st;

	call.conf = l->conf;
	call.place = l->input->place;
	path = config_path(&call, arg);
	return path != NULL && stat(path, &st) == 0;
}

/* "mod_proxy.c" and "proxy_module" are the module proxy. */
static bool
is_module(struct loader *l, const char *arg)
{
	const char *const *m;
	struct str s;

	s = str_of(arg);
	if (str_starts(s, STR("mod_")))
		s = str_from(s, 4);
	if (s.n > 2 && str_eq(str_from(s, s.n - 2), STR(".c")))
		s.n -= 2;
	else if (s.n > 7 && str_eq(str_from(s, s.n - 7), STR("_module")))
		s.n -= 7;
	for (m = l->conf->modules; m != NULL && *m != NULL; m++)
		if (str_eq(str_of(*m), s))
			return true;
	return false;
}

static bool
is_directive(struct loader *l, const char *arg)
{
	const struct directive *d;

	d = find_directive(l, arg);
	return d != NULL && d->kind == DIRECTIVE_WORKS;
}

static bool
is_section(struct loader *l, const char *arg)
{
	const struct directive *d;

	d = find_directive(l, arg);
	return d != NULL && d->kind == DIRECTIVE_SECTION;
}

static const struct condition conditions[] = {
	{ "IfDefine", is_defined },
	{ "IfDirective", is_directive },
	{ "IfFile", is_file },
	{ "IfModule", is_module },
	{ "IfSection", is_section }
};

static const struct condition *
find_condition(const char *name)
{
	size_t i;

	for (i = 0; i < NELEM(conditions); i++)
		if (same_name(conditions[i].name, name))
			return &conditions[i];
	return NULL;
}

/* The nearest name that works; absent: none is near. */
static struct str
near_known(const struct loader *l, struct str word, bool section,
    size_t *least)
{
	const struct config_source *src = l->source;
	struct str best = STR_NONE, s;
	size_t i;

	for (i = 0; i < src->ntable; i++) {
		s = str_of(src->table[i].name);
		if ((src->table[i].kind == DIRECTIVE_SECTION) == section &&
		    is_nearer(word, s, least))
			best = s;
	}
	for (i = 0; i < NELEM(language) && !section; i++)
		if (is_nearer(word, str_of(language[i].name), least))
			best = str_of(language[i].name);
	for (i = 0; i < NELEM(conditions) && section; i++)
		if (is_nearer(word, str_of(conditions[i].name), least))
			best = str_of(conditions[i].name);
	return best;
}

/* The nearest name of all, and whose it is if it is not here; else NULL. */
static const struct config_absent *
find_near(const struct loader *l, struct str word, bool section,
    struct str *near)
{
	const struct config_source *src = l->source;
	const struct config_absent *whose;
	bool is_section, prefix;
	size_t i, least;
	struct str list, s;

	least = TOO_FAR;
	whose = NULL;
	*near = near_known(l, word, section, &least);
	for (i = 0; i < src->nabsent; i++) {
		list = str_of(src->absent[i].names);
		while (next_absent(&list, &s, &is_section, &prefix)) {
			if (prefix || is_section != section ||
			    !is_nearer(word, s, &least))
				continue;
			*near = s;
			whose = &src->absent[i];
		}
	}
	return whose;
}

/*
 * Say that a name is known to nobody, with the one that may be meant: one that
 * works, or one that is not here.
 */
static void
fault_unknown(struct loader *l, const char *word, bool section)
{
	const char *open = section ? "<" : "\"", *close = section ? ">" : "\"";
	const struct config_absent *absent;
	struct str near;

	absent = find_near(l, str_of(word), section, &near);
	if (near.p == NULL)
		fault(l, "unknown %s %s%s%s", section ? "section" :
		    "directive", open, word, close);
	else if (absent == NULL)
		fault(l, "unknown %s %s%s%s (did you mean %s%.*s%s?)",
		    section ? "section" : "directive", open, word, close,
		    open, STR_ARG(near), close);
	else
		fault(l, "unknown %s %s%s%s (did you mean %s%.*s%s, of %s? "
		    "that is not here: %s)", section ? "section" : "directive",
		    open, word, close, open, STR_ARG(near), close,
		    absent->module, absent->help);
}

static void
begin_call(struct loader *l, struct config_call *call,
    const struct directive *d, const struct words *w)
{
	memset(call, 0, sizeof(*call));
	call->conf = l->conf;
	call->scope = l->scope;
	call->directive = d;
	call->place = l->input->place;
	call->argc = w->argc - 1;
	call->argv = w->argv + 1;
	call->loader = l;
}

/* The sections in which a row may stand, for a message; in the arena. */
static const char *
context_phrase(struct loader *l, const struct directive *d)
{
	static const struct {
		unsigned	 context;
		const char	*name;
	} names[] = {
		{ CONTEXT_VHOST, "<VirtualHost>" },
		{ CONTEXT_LOCATION, "<Location>" },
		{ CONTEXT_PROXY, "<Proxy>" },
		{ CONTEXT_DIRECTORY, "<Directory>" },
		{ CONTEXT_GROUP, "<RequireAny>" },
		{ CONTEXT_FILES, "<Files>" }
	};
	const char *phrase;
	size_t i;

	phrase = NULL;
	for (i = 0; i < NELEM(names); i++) {
		if ((d->contexts & names[i].context) == 0)
			continue;
		phrase = phrase == NULL ? names[i].name :
		    arena_printf(&l->conf->arena, "%s or %s", phrase,
		    names[i].name);
		if (phrase == NULL)
			break;
	}
	return phrase == NULL ? "any section" : phrase;
}

static int
check_context(struct loader *l, const struct directive *d)
{
	const struct section *s;

	if (d->contexts == 0)
		return 0;
	for (s = l->section; s != NULL && s->directive == NULL; s = s->outer)
		;
	if (s == NULL && (d->contexts & CONTEXT_SERVER) == 0)
		return fault(l, "%s cannot stand outside %s", d->name,
		    context_phrase(l, d));
	if (s != NULL && (d->contexts & s->directive->inside) == 0)
		return fault(l, "%s cannot stand inside <%s> (opened at "
		    "%s:%d)", d->name, s->name, s->place.file, s->place.line);
	return 0;
}

static const char *
count_phrase(const struct directive *d, char *buf, size_t size)
{
	if (d->max == 0)
		snprintf(buf, size, "no argument");
	else if (d->max == d->min)
		snprintf(buf, size, "%d argument%s", d->min,
		    d->min == 1 ? "" : "s");
	else if (d->max == -1)
		snprintf(buf, size, "at least %d argument%s", d->min,
		    d->min == 1 ? "" : "s");
	else
		snprintf(buf, size, "%d to %d arguments", d->min, d->max);
	return buf;
}

/* Too many words where the last one is a text: most often a part of it. */
static const char *
advise_text(struct loader *l, const struct directive *d,
    const struct words *w)
{
	static const char *const texts[] = { "text", "value]" };
	const char *value;
	size_t k;
	int i;

	for (k = 0; k < NELEM(texts); k++)
		if (strstr(d->help, texts[k]) != NULL)
			break;
	if (k == NELEM(texts))
		return "";
	value = w->argv[d->max];
	for (i = d->max + 1; i < w->argc && value != NULL; i++)
		value = arena_printf(&l->conf->arena, "%s %s", value,
		    w->argv[i]);
	if (value != NULL)
		value = arena_printf(&l->conf->arena, " (what has blanks is "
		    "written in quotes: \"%s\")", value);
	return value == NULL ? "" : value;
}

/*
 * Enough arguments, not too many, and no comment among them: httpd takes a
 * word that begins with # for an argument, so it is one where it fits.
 */
static int
check_words(struct loader *l, const struct directive *d,
    const struct words *w)
{
	char phrase[64];
	int n;

	n = w->argc - 1;
	if (w->comment > 0 && (d->max == -1 || n > d->max ||
	    strcmp(w->argv[w->comment], "#") == 0))
		return fault(l, "a comment must be a line of its own (put "
		    "\"%s\" in quotes if it is an argument of %s)",
		    w->argv[w->comment], d->name);
	if (n >= d->min && (d->max == -1 || n <= d->max))
		return 0;
	return fault(l, "%s takes %s, not %d: %s%s", d->name,
	    count_phrase(d, phrase, sizeof(phrase)), n, d->help,
	    d->max != -1 && n > d->max ? advise_text(l, d, w) : "");
}

/* Do the arguments ask only for what is so anyway? */
static bool
asks_nothing(const struct config_absent *absent, const struct words *w)
{
	int i;

	if (absent->harmless == NULL || w->argc < 2)
		return false;
	for (i = 1; i < w->argc; i++)
		if (config_find_word(absent->harmless, w->argv[i]) == -1)
			return false;
	return true;
}

/* Is the name warned of already?  From now on it is. */
static bool
is_told(struct loader *l, struct str name)
{
	struct told *told;

	for (told = l->told; told != NULL; told = told->next)
		if (str_caseeq(told->name, name))
			return true;
	told = arena_zalloc(&l->conf->arena, sizeof(*told));
	if (told == NULL) {
		l->no_memory = true;
		return true;
	}
	told->name = name;
	told->next = l->told;
	l->told = told;
	return false;
}

/* A name that is not here, of a directive or of a section. */
static void
run_absent(struct loader *l, const struct config_absent *absent,
    struct str name, const struct words *w, bool section)
{
	const char *open = section ? "<" : "", *close = section ? ">" : "";

	switch (absent->kind) {
	case ABSENT_IGNORED:
		/* Once: the lines may be many. */
		if (!is_told(l, name))
			config_warn_at(l->conf, l->input->place, "%s%.*s%s, "
			    "of %s, has no effect: %s", open, STR_ARG(name),
			    close, absent->module, absent->help);
		return;
	case ABSENT_REFUSED:
		if (!asks_nothing(absent, w))
			fault(l, "%s%.*s%s, of %s, is not here: %s", open,
			    STR_ARG(name), close, absent->module,
			    absent->help);
		return;
	}
}

static int
add_line(struct config *conf, const struct config_line *model)
{
	struct config_line *line;

	line = arena_alloc(&conf->arena, sizeof(*line));
	if (line == NULL)
		return -1;
	*line = *model;
	line->next = NULL;
	*conf->lines_end = line;
	conf->lines_end = &line->next;
	return 0;
}

int
config_add_line(struct config *conf, const char *name, int argc,
    const char *const *argv)
{
	struct config_line line;

	memset(&line, 0, sizeof(line));
	line.name = name;
	line.argc = argc;
	line.argv = argv;
	return add_line(conf, &line);
}

void
config_drop_lines(struct config *conf, const char *name)
{
	struct config_line **p;

	for (p = &conf->lines; *p != NULL; )
		if (strcmp((*p)->name, name) == 0)
			*p = (*p)->next;
		else
			p = &(*p)->next;
	conf->lines_end = p;
}

/* How many sections of the table are around the present line? */
static int
nesting(const struct loader *l)
{
	const struct section *s;
	int n;

	n = 0;
	for (s = l->section; s != NULL; s = s->outer)
		if (s->directive != NULL)
			n++;
	return n;
}

static void
record(struct loader *l, const struct directive *d,
    const struct config_call *call, bool opens)
{
	struct config_line line;

	memset(&line, 0, sizeof(line));
	line.place = call->place;
	line.name = d->name;
	line.depth = nesting(l);
	line.argc = call->argc;
	line.argv = call->argv;
	line.opens = opens;
	if (add_line(l->conf, &line) == -1)
		l->no_memory = true;
}

static bool
is_language(const struct directive *d)
{
	return d >= language && d < language + NELEM(language);
}

static void
run_row(struct loader *l, const struct directive *d, const struct words *w)
{
	struct config_call call;

	switch (d->kind) {
	case DIRECTIVE_SECTION:
		fault(l, "%s is a section: <%s>", d->name, d->help);
		return;
	case DIRECTIVE_ALIAS:
	case DIRECTIVE_WORKS:
		break;
	}
	if (check_context(l, d) == -1 || check_words(l, d, w) == -1)
		return;
	begin_call(l, &call, d, w);
	if (d->set != NULL && d->set(&call) == -1)
		return;
	if (!is_language(d))
		record(l, d, &call, false);
}

static void
run_directive(struct loader *l, struct str s)
{
	const struct config_absent *absent;
	const struct directive *d;
	struct str known;
	struct words w;

	if (split_line(l, s, &w) == -1 || w.argc == 0)
		return;
	d = find_directive(l, w.argv[0]);
	if (d != NULL) {
		run_row(l, d, &w);
		return;
	}
	if (find_condition(w.argv[0]) != NULL) {
		fault(l, "%s is a section: <%s ...>", w.argv[0], w.argv[0]);
		return;
	}
	absent = config_find_absent(l->source, w.argv[0], &known);
	if (absent != NULL)
		run_absent(l, absent, known, &w, false);
	else
		fault_unknown(l, w.argv[0], false);
}

/*
 * Sections.
 */

static void
push(struct loader *l, const char *name, const struct directive *d, bool skip)
{
	struct section *s;

	s = arena_zalloc(&l->conf->arena, sizeof(*s));
	if (s == NULL) {
		l->no_memory = true;
		return;
	}
	s->outer = l->section;
	s->input = l->input;
	s->place = l->input->place;
	s->name = name;
	s->directive = d;
	s->outside = l->scope;
	s->skip = skip || (l->section != NULL && l->section->skip);
	l->section = s;
}

static void
pop(struct loader *l)
{
	struct section *s = l->section;
	struct config_call call;
	struct config_line line;

	if (s->directive != NULL && s->directive->close != NULL) {
		memset(&call, 0, sizeof(call));
		call.conf = l->conf;
		call.scope = l->scope;
		call.directive = s->directive;
		call.place = s->place;
		call.loader = l;
		s->directive->close(&call);
	}
	l->section = s->outer;
	l->scope = s->outside;
	if (s->directive == NULL)
		return;
	memset(&line, 0, sizeof(line));
	line.place = l->input->place;
	line.name = s->name;
	line.depth = nesting(l);
	line.closes = true;
	if (add_line(l->conf, &line) == -1)
		l->no_memory = true;
}

/* The name at the front of "Name args" or "Name>", in the arena. */
static const char *
section_name(struct loader *l, struct str s)
{
	const char *name;
	size_t n;

	for (n = 0; n < s.n && !is_blank(s.p[n]) && s.p[n] != '>'; n++)
		;
	name = arena_cstr(&l->conf->arena, str_head(s, n));
	if (name == NULL)
		l->no_memory = true;
	return name;
}

/* What stands behind the > of a section is no part of it (httpd). */
static void
warn_behind(struct loader *l, size_t end, struct str s)
{
	s = trim_blanks(str_from(s, end));
	if (s.n > 0)
		config_warn_at(l->conf, l->input->place, "\"%.*s\" behind the "
		    "> is passed over", STR_ARG(s));
}

/* </Name>, of which s is what follows the slash. */
static void
close_section(struct loader *l, struct str s)
{
	struct section *top, *match;
	const char *name;

	name = section_name(l, s);
	if (name == NULL)
		return;
	if (str_chr(s, '>') == s.n)
		fault(l, "</%s does not end with >", name);
	else
		warn_behind(l, str_chr(s, '>') + 1, s);
	top = l->section;
	if (top == NULL || top->input != l->input) {
		fault(l, "</%s> closes nothing that this file opened", name);
		return;
	}
	for (match = top; match != NULL && match->input == l->input;
	    match = match->outer)
		if (same_name(match->name, name))
			break;
	if (match != top)
		fault(l, "</%s> where </%s> is missing (opened at %s:%d)",
		    name, top->name, top->place.file, top->place.line);
	if (match != NULL && match->input == l->input)
		while (l->section != match)
			pop(l);
	/* A misspelt end is an end; another one's closes nothing. */
	else if (config_nearest(name, &top->name, 1) == NULL)
		return;
	pop(l);
}

static void
open_condition(struct loader *l, const struct condition *c,
    const struct words *w)
{
	const char *arg;
	bool not;

	if (w->argc != 2) {
		fault(l, "<%s> takes 1 argument, not %d", c->name,
		    w->argc - 1);
		push(l, c->name, NULL, true);
		return;
	}
	arg = w->argv[1];
	not = arg[0] == '!';
	push(l, c->name, NULL, c->holds(l, not ? arg + 1 : arg) == not);
	if (l->section != NULL)
		l->section->title = arena_printf(&l->conf->arena, "<%s %s>",
		    c->name, arg);
}

/* A section that is none, or not here. */
static void
refuse_section(struct loader *l, const struct directive *d, const char *name,
    const struct words *w)
{
	const struct config_absent *absent;
	struct str known;

	if (d != NULL) {
		fault(l, "%s is not a section", d->name);
		return;
	}
	absent = config_find_absent(l->source, name, &known);
	if (absent != NULL)
		run_absent(l, absent, known, w, true);
	else
		fault_unknown(l, name, true);
}

/* A section of the table.  Faulty or not, its lines are looked at. */
static void
open_row(struct loader *l, const struct directive *d, const struct words *w)
{
	struct config_call call;

	if (check_context(l, d) == -1 || check_words(l, d, w) == -1) {
		push(l, d->name, NULL, true);
		return;
	}
	begin_call(l, &call, d, w);
	if (d->set(&call) == -1 && memcmp(&call.scope, &l->scope,
	    sizeof(call.scope)) == 0) {
		push(l, d->name, NULL, true);
		return;
	}
	record(l, d, &call, true);
	push(l, d->name, d, false);
	l->scope = call.scope;
}

/* Where the last > is (httpd); s.n: there is none. */
static size_t
last_bracket(struct str s)
{
	size_t i;

	for (i = s.n; i > 0; i--)
		if (s.p[i - 1] == '>')
			return i - 1;
	return s.n;
}

/* <Name args>, of which s is what follows the bracket. */
static void
open_section(struct loader *l, struct str s)
{
	const struct condition *c;
	const struct directive *d;
	const char *name;
	struct words w;
	size_t end;

	name = section_name(l, s);
	if (name == NULL)
		return;
	end = last_bracket(s);
	if (end == s.n) {
		fault(l, "<%s ...> does not end with >%s", name,
		    str_chr(s, '#') < s.n ?
		    "; a comment must be a line of its own" : "");
		push(l, name, NULL, true);
		return;
	}
	warn_behind(l, end + 1, s);
	s.n = end;
	d = find_directive(l, name);
	c = find_condition(name);
	if (split_line(l, s, &w) == -1 || w.argc == 0) {
		push(l, name, NULL, true);
	} else if (c != NULL) {
		open_condition(l, c, &w);
	} else if (d != NULL && d->kind == DIRECTIVE_SECTION) {
		open_row(l, d, &w);
	} else {
		refuse_section(l, d, name, &w);
		push(l, name, NULL, true);
	}
}

/* The first line that would have served something and does not count. */
static void
note_left_out(struct loader *l, struct str s)
{
	const struct section *outer;
	const struct directive *d;
	const char *name;

	if (l->conf->left_out != NULL)
		return;
	name = section_name(l, s);
	d = name == NULL ? NULL : find_directive(l, name);
	if (d == NULL || !d->serves)
		return;
	for (outer = l->section; outer->outer != NULL && outer->outer->skip;
	    outer = outer->outer)
		;
	l->conf->left_out = outer->title;
	l->conf->left_out_place = l->input->place;
}

/* A line in a section that does not count: only what nests matters. */
static void
skip_line(struct loader *l, struct str s)
{
	const char *name;

	if (str_starts(s, STR("</"))) {
		close_section(l, str_from(s, 2));
	} else if (s.p[0] == '<') {
		name = section_name(l, str_from(s, 1));
		if (name != NULL)
			push(l, name, NULL, true);
	} else
		note_left_out(l, s);
}

static void
run_line(struct loader *l, struct str s)
{
	s = trim_blanks(s);
	if (s.n == 0 || s.p[0] == '#')
		return;
	if (l->section != NULL && l->section->skip) {
		skip_line(l, s);
		return;
	}
	if (expand(l, s, &s) == -1)
		return;
	if (str_starts(s, STR("</")))
		close_section(l, str_from(s, 2));
	else if (str_starts(s, STR("<")))
		open_section(l, str_from(s, 1));
	else
		run_directive(l, s);
}

/*
 * Lines.
 */

/* The next byte; a word of the command line ends like a line. */
static int
next_byte(struct input *in)
{
	if (in->fp != NULL)
		return getc(in->fp);
	if (in->at == in->nlines)
		return EOF;
	if (*in->rest != '\0')
		return (unsigned char)*in->rest++;
	in->at++;
	if (in->at < in->nlines)
		in->rest = in->lines[in->at];
	return '\n';
}

/* A line has ended: does a backslash say that it goes on? */
static bool
goes_on(const char *line, size_t *n)
{
	if (*n > 0 && line[*n - 1] == '\r')
		--*n;
	if (*n == 0 || line[*n - 1] != '\\')
		return false;
	--*n;
	return true;
}

/*
 * Read a line, with those that continue it, and keep the number of the
 * first.  1, 0 at the end, -1 when the rest of the file makes no sense.
 */
static int
read_line(struct loader *l, struct str *s)
{
	struct input *in = l->input;
	size_t n;
	int c;

	n = 0;
	in->place.line = in->is_word ? 0 : in->next_line;
	while ((c = next_byte(in)) != EOF) {
		if (c == '\n') {
			in->next_line = in->fp != NULL ?
			    in->next_line + 1 : (int)in->at + 1;
			if (goes_on(l->line, &n))
				continue;
			break;
		}
		if (c == '\0')
			return fault(l, "NUL byte: this is no text, the rest "
			    "is not read");
		if (n == MAX_LINE)
			return fault(l, "line is longer than %d bytes, the "
			    "rest is not read", MAX_LINE);
		l->line[n++] = (char)c;
	}
	if (in->fp != NULL && ferror(in->fp))
		return fault(l, "cannot read: %s", strerror(errno));
	*s = (struct str){ l->line, n };
	return c != EOF || n > 0 ? 1 : 0;
}

static void
check_closed(struct loader *l, bool tell)
{
	struct section *s;

	while ((s = l->section) != NULL && s->input == l->input) {
		if (tell)
			config_fault_at(l->conf, s->place,
			    "<%s> is opened here and not closed", s->name);
		pop(l);
	}
}

static void
read_input(struct loader *l, struct input *in)
{
	struct str s;
	bool first;
	int rc;

	in->from = l->input;
	in->next_line = 1;
	l->input = in;
	for (first = true; (rc = read_line(l, &s)) == 1; first = false) {
		/* Some editors mark UTF-8 text with this. */
		if (first && str_starts(s, STR("\xef\xbb\xbf")))
			s = str_from(s, 3);
		run_line(l, s);
		if (l->conf->faults >= MAX_FAULTS || l->no_memory) {
			rc = -1;
			break;
		}
	}
	check_closed(l, rc == 0);
	l->input = in->from;
}

/* Is the file one of those that are being read? */
static bool
is_open(const struct loader *l, const struct stat *st)
{
	const struct input *in;

	for (in = l->input; in != NULL; in = in->from)
		if (in->fp != NULL && in->dev == st->st_dev &&
		    in->ino == st->st_ino)
			return true;
	return false;
}

static const char *
refuse_file(const struct loader *l, const struct stat *st)
{
	if (is_open(l, st))
		return "it includes itself";
	if (l->input != NULL && l->input->depth + 1 >= MAX_NESTING)
		return "includes are nested too deep";
	if (l->nfiles >= MAX_FILES)
		return "too many files";
	return NULL;
}

/* What is said of a file in another server's language; NULL. */
static const char *
foreign_file(struct loader *l, FILE *fp)
{
	const char *whose;
	size_t n;

	/* Nobody reads a line yet, and a long file shows itself soon. */
	n = fread(l->line, 1, MAX_LINE, fp);
	rewind(fp);
	whose = foreign_language((struct str){ l->line, n });
	return whose == NULL ? NULL : arena_printf(&l->conf->arena, "this is "
	    "the language of %s, and httpd's is spoken here: "
	    "gateway-migration(7) says what to write instead", whose);
}

/* 0, or -1: told for an included file, errno for the main one. */
static int
read_file(struct loader *l, const char *path, bool optional)
{
	struct config_place *from;
	struct input in;
	struct stat st;
	const char *why;

	memset(&in, 0, sizeof(in));
	in.fp = fopen(path, "r");
	if (in.fp != NULL && (fstat(fileno(in.fp), &st) == -1 ||
	    S_ISDIR(st.st_mode))) {
		fclose(in.fp);
		in.fp = NULL;
		errno = EISDIR;
	}
	if (in.fp == NULL) {
		if (l->input == NULL || (optional && errno == ENOENT))
			return l->input == NULL ? -1 : 0;
		return fail_include(l, path, strerror(errno));
	}
	why = refuse_file(l, &st);
	if (why == NULL && S_ISREG(st.st_mode))
		why = foreign_file(l, in.fp);
	from = arena_zalloc(&l->conf->arena, sizeof(*from));
	if (from == NULL)
		l->no_memory = true;
	if (why == NULL && from != NULL) {
		in.dev = st.st_dev;
		in.ino = st.st_ino;
		in.place.file = path;
		if (l->input != NULL) {
			*from = l->input->place;
			in.place.from = from;
			in.depth = l->input->depth + 1;
		}
		l->nfiles++;
		read_input(l, &in);
	}
	fclose(in.fp);
	if (why != NULL && l->input == NULL)
		config_fault_at(l->conf, (struct config_place){ path, 0,
		    NULL }, "%s", why);
	else if (why != NULL)
		return fail_include(l, path, why);
	return 0;
}

static void
read_words(struct loader *l)
{
	struct input in;
	size_t i;

	for (i = 0; i < l->source->nwords; i++) {
		memset(&in, 0, sizeof(in));
		in.is_word = true;
		in.place.file = l->source->words[i].word;
		in.lines = &l->source->words[i].line;
		in.nlines = 1;
		in.rest = in.lines[0];
		read_input(l, &in);
	}
}

static void
read_arguments(struct loader *l)
{
	struct input in;

	if (l->source->nlines == 0)
		return;
	memset(&in, 0, sizeof(in));
	in.place.file = "-c";
	in.lines = l->source->lines;
	in.nlines = l->source->nlines;
	in.rest = in.lines[0];
	read_input(l, &in);
}

/*
 * The whole.
 */

int
config_preset(struct config *conf, const struct directive *d)
{
	struct config_call call;
	struct words w;

	if (split_words(&conf->arena, str_of(d->initial), &w) != 0)
		return -1;
	memset(&call, 0, sizeof(call));
	call.conf = conf;
	call.scope.vhost = &conf->main;
	call.directive = d;
	call.argc = w.argc;
	call.argv = w.argv;
	return d->set(&call);
}

/* Relative paths are below the directory of the file. */
static int
find_base(struct config *conf, const struct config_source *source)
{
	struct str path;
	size_t n;

	if (source->file == NULL) {
		if (source->base != NULL && source->base[0] != '\0')
			conf->base = source->base;
		return 0;
	}
	path = str_of(source->file);
	for (n = path.n; n > 0 && path.p[n - 1] != '/'; n--)
		;
	if (n == 0)
		return 0;
	conf->base = arena_cstr(&conf->arena,
	    str_head(path, n > 1 ? n - 1 : 1));
	return conf->base == NULL ? -1 : 0;
}

static int
load(struct loader *l)
{
	const struct config_source *src = l->source;
	size_t i;

	if (find_base(l->conf, src) == -1)
		return fail_memory(l);
	l->conf->listens_told = src->listens_told;
	l->scope.vhost = &l->conf->main;
	for (i = 0; i < src->ndefines; i++)
		if (add_define(l, src->defines[i], NULL) == -1)
			return -1;
	if (src->begin != NULL && src->begin(l->conf) == -1)
		return fail_memory(l);
	read_words(l);
	if (src->file != NULL && read_file(l, src->file, false) == -1)
		return -1;
	if (l->conf->faults < MAX_FAULTS)
		read_arguments(l);
	if (l->conf->faults < MAX_FAULTS && src->finish != NULL)
		src->finish(l->conf);
	return l->no_memory ? -1 : 0;
}

struct config *
config_load(const struct config_source *source)
{
	struct loader l;
	int rc, saved;

	memset(&l, 0, sizeof(l));
	l.source = source;
	l.conf = calloc(1, sizeof(*l.conf));
	if (l.conf == NULL)
		return NULL;
	l.conf->messages_end = &l.conf->messages;
	l.conf->lines_end = &l.conf->lines;
	l.line = malloc(MAX_LINE);
	l.text = malloc(MAX_LINE);
	rc = -1;
	if (l.line != NULL && l.text != NULL &&
	    arena_init_growing(&l.conf->arena) == 0)
		rc = load(&l);
	saved = l.no_memory ? ENOMEM : errno;
	free(l.line);
	free(l.text);
	if (rc == 0)
		return l.conf;
	config_free(l.conf);
	errno = saved;
	return NULL;
}

void
config_free(struct config *conf)
{
	if (conf == NULL)
		return;
	if (conf->release != NULL)
		conf->release(conf);
	arena_free(&conf->arena);
	free(conf);
}

/*
 * The dump.
 */

static void
out_word(struct out *o, const char *word)
{
	const char *p;

	if (word[0] != '\0' && word[0] != '#' &&
	    strpbrk(word, " \t\v\f\r\"'\\>") == NULL) {
		out_z(o, word);
		return;
	}
	out_ch(o, '"');
	for (p = word; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			out_ch(o, '\\');
		out_ch(o, *p);
	}
	out_ch(o, '"');
}

static void
out_line(struct out *o, const struct config_line *line)
{
	int i;

	for (i = 0; i < line->depth; i++)
		out_z(o, "    ");
	if (line->closes)
		out_z(o, "</");
	else if (line->opens)
		out_ch(o, '<');
	out_z(o, line->name);
	for (i = 0; i < line->argc; i++) {
		out_ch(o, ' ');
		out_word(o, line->argv[i]);
	}
	if (line->opens || line->closes)
		out_ch(o, '>');
}

static bool
is_given(const struct config *conf, const char *name)
{
	const struct config_line *line;

	for (line = conf->lines; line != NULL; line = line->next)
		if (line->depth == 0 && strcmp(line->name, name) == 0)
			return true;
	return false;
}

/* What is built, if it all fitted, to whoever wants it. */
static void
emit_line(struct out *o, void (*emit)(void *, const char *), void *arg)
{
	out_ch(o, '\0');
	if (!o->bad)
		emit(arg, o->p);
	out_init(o, o->p, o->cap);
}

void
config_dump(const struct config *conf, const struct directive *table,
    size_t ntable, void (*emit)(void *, const char *), void *arg)
{
	/* Quoting makes five bytes of a backslash and a blank. */
	enum { SIZE = MAX_LINE * 3 };
	const struct config_line *line;
	struct out o;
	char *buf;
	size_t i;

	buf = malloc(SIZE);
	if (buf == NULL)
		return;
	out_init(&o, buf, SIZE);
	if (conf->base != NULL && !is_given(conf, "ServerRoot")) {
		out_z(&o, "ServerRoot ");
		out_word(&o, conf->base);
		emit_line(&o, emit, arg);
	}
	for (line = conf->lines; line != NULL; line = line->next) {
		out_line(&o, line);
		emit_line(&o, emit, arg);
	}
	for (i = 0; i < ntable; i++) {
		if (table[i].initial == NULL || is_given(conf, table[i].name))
			continue;
		out_fmt(&o, "# %s %s", table[i].name, table[i].initial);
		emit_line(&o, emit, arg);
	}
	free(buf);
}
