/*
 * review: what a configuration comes to, in words: what is mapped, in the
 * order of route.c's decisions, for -n and the log; and warnings of what one
 * does not see in it, because each line by itself is right.
 *
 * It decides nothing and changes nothing but the list of messages.  It looks
 * at directories, and opens none.
 */
#include <sys/types.h>
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "config.h"
#include "redirect.h"
#include "review.h"
#include "route.h"

/* In this order (route.c, worker.c). */
enum stage {
	STAGE_AWAY,		/* Redirect in a section */
	STAGE_MAPPING,
	STAGE_REDIRECT,
	STAGE_HANDLER,
	STAGE_FILES,
	STAGE_MOUNT,
	STAGE_ROOT
};

/* One thing that is asked whether a path is its. */
struct step {
	struct step		*next;
	enum stage		 stage;
	const struct config_place *place;	/* NULL: not to be told */
	struct str		 path;
	bool			 prefix;	/* all below path is its */
	const struct mapping	*mapping;	/* NULL: not to one */
	const struct redirect	*redirect;	/* NULL: to none */
	const char		*directory;	/* NULL: not to files */
	bool			 own;	/* of the host, not the main server */
};

struct steps {
	struct config	 *conf;
	const struct vhost *host;
	struct step	 *first;
	struct step	**end;
};

/*
 * The order.
 */

/* Without memory there are fewer steps to tell of. */
static struct step *
add_step(struct steps *all, enum stage stage, const struct vhost *of,
    const struct config_place *place, struct str path)
{
	struct step *s;

	s = arena_zalloc(&all->conf->arena, sizeof(*s));
	if (s == NULL)
		return NULL;
	s->stage = stage;
	s->place = place;
	s->path = path;
	s->own = of == all->host;
	*all->end = s;
	all->end = &s->next;
	return s;
}

static void
list_mapping(struct steps *all, enum stage stage, const struct vhost *of,
    const struct mapping *m, bool prefix)
{
	struct step *s;

	s = add_step(all, stage, of, &m->place, m->path);
	if (s == NULL)
		return;
	s->mapping = m;
	s->prefix = prefix && m->regex == NULL;
}

/* Of sections the last one that matches decides. */
static void
add_sections(struct steps *all, enum stage stage, const struct vhost *of,
    const struct location *l)
{
	const struct mapping *m;

	if (l == NULL)
		return;
	add_sections(all, stage, of, l->next);
	m = stage == STAGE_MAPPING ? l->set.mapping :
	    stage == STAGE_MOUNT ? l->set.scgi_server : l->set.handler;
	if (m != NULL)
		list_mapping(all, stage, of, m, l->regex == NULL &&
		    !l->wildcard);
}

static void
add_mappings(struct steps *all, const struct vhost *of)
{
	const struct mapping *m;

	for (m = of->mappings; m != NULL; m = m->next)
		list_mapping(all, STAGE_MAPPING, of, m, true);
}

static void
add_mounts(struct steps *all, const struct vhost *of)
{
	const struct mapping *m;

	for (m = of->mounts; m != NULL; m = m->next)
		list_mapping(all, STAGE_MOUNT, of, m, true);
}

static void
list_redirect(struct steps *all, enum stage stage, const struct vhost *of,
    const struct redirect *r, struct str path, bool prefix)
{
	struct step *s;

	s = add_step(all, stage, of, &r->place, path);
	if (s == NULL)
		return;
	s->redirect = r;
	s->prefix = prefix && r->regex == NULL;
}

/* The last section's that matches: without a path, then those with one. */
static void
add_section_redirects(struct steps *all, const struct vhost *of,
    const struct location *l)
{
	const struct redirect *r;
	bool plain;

	if (l == NULL)
		return;
	add_section_redirects(all, of, l->next);
	plain = l->regex == NULL && !l->wildcard;
	if (l->set.redirect != NULL)
		list_redirect(all, STAGE_AWAY, of, l->set.redirect, l->path,
		    plain);
	for (r = l->set.own.redirects; r != NULL; r = r->next)
		list_redirect(all, STAGE_AWAY, of, r, r->path, plain &&
		    route_match_prefix(l->path, r->path) != -1);
}

static void
add_redirects(struct steps *all, const struct vhost *of)
{
	const struct redirect *r;

	for (r = of->redirects; r != NULL; r = r->next)
		list_redirect(all, STAGE_REDIRECT, of, r, r->path, true);
}

static void
add_files(struct steps *all, const struct vhost *of)
{
	const struct alias *alias;
	struct step *s;

	for (alias = of->aliases; alias != NULL; alias = alias->next) {
		s = add_step(all, STAGE_FILES, of, &alias->place,
		    alias->path);
		if (s == NULL)
			return;
		s->prefix = alias->regex == NULL;
		s->directory = alias->target;
	}
}

static void
list_steps(struct steps *all, struct config *conf, const struct vhost *v)
{
	const struct vhost *w;
	struct step *s;

	all->conf = conf;
	all->host = v;
	all->first = NULL;
	all->end = &all->first;
	for (w = v; w != NULL; w = w->base)
		add_section_redirects(all, w, w->locations);
	for (w = v; w != NULL; w = w->base)
		add_sections(all, STAGE_MAPPING, w, w->locations);
	if (v->base != NULL)
		add_mappings(all, v->base);
	add_mappings(all, v);
	for (w = v; w != NULL; w = w->base)
		add_redirects(all, w);
	for (w = v; w != NULL; w = w->base)
		add_sections(all, STAGE_HANDLER, w, w->locations);
	for (w = v; w != NULL; w = w->base)
		add_files(all, w);
	for (w = v; w != NULL; w = w->base)
		add_sections(all, STAGE_MOUNT, w, w->locations);
	for (w = v; w != NULL; w = w->base)
		add_mounts(all, w);
	if (v->document_root == NULL)
		return;
	s = add_step(all, STAGE_ROOT, v, NULL, STR("/"));
	if (s == NULL)
		return;
	s->prefix = true;
	s->directory = v->document_root;
}

static bool
is_excluded(const struct step *s)
{
	return s->mapping != NULL && s->mapping->member == NULL &&
	    s->mapping->balancer_name == NULL;
}

/* Does it take what is below path, or may it? */
static bool
may_take_below(const struct step *s, struct str path)
{
	return !s->prefix || route_match_prefix(path, s->path) != -1;
}

/*
 * Who takes all requests for a path before the stage, or before the step
 * itself; NULL: nobody.  A "!" takes it from mappings only: what is behind
 * them gets there.
 */
static const struct step *
find_hider(const struct steps *all, struct str path, enum stage stage,
    const struct step *self)
{
	const struct step *s;
	bool excluded, all_of_it;

	excluded = false;
	for (s = all->first; s != NULL && s != self; s = s->next) {
		if (s->stage > stage)
			return NULL;
		all_of_it = s->prefix &&
		    route_match_prefix(s->path, path) != -1;
		if (is_excluded(s) && stage != STAGE_MAPPING)
			excluded |= all_of_it || may_take_below(s, path);
		else if (all_of_it && (!excluded ||
		    s->stage != STAGE_MAPPING))
			return s;
	}
	return NULL;
}

/*
 * What is said of it.
 */

/* "with this, with that" in brackets; NULL: without memory. */
static const char *
add_note(struct config *conf, const char *notes, const char *note)
{
	if (notes == NULL)
		return note;
	return arena_printf(&conf->arena, "%s, %s", notes, note);
}

static const char *
note_place(struct config *conf, const char *notes,
    const struct config_place *place)
{
	if (place == NULL || place->file == NULL || place->line == 0)
		return notes;
	return add_note(conf, notes, config_place_name(conf, place));
}

static const char *
note_taker(struct config *conf, const char *notes, const struct step *taker)
{
	const char *note;

	if (taker->place == NULL)
		return add_note(conf, notes, "dead");
	note = arena_printf(&conf->arena, "dead: %.*s at %s comes first",
	    STR_ARG(taker->path), config_place_name(conf, taker->place));
	return note == NULL ? notes : add_note(conf, notes, note);
}

static const char *
destination(struct config *conf, const struct step *s)
{
	const struct mapping *m = s->mapping;

	if (s->redirect != NULL)
		return s->redirect->url.n == 0 ?
		    arena_printf(&conf->arena, "%d", s->redirect->status) :
		    arena_printf(&conf->arena, "%d %.*s", s->redirect->status,
		    STR_ARG(s->redirect->url));
	if (m == NULL)
		return arena_printf(&conf->arena, "files of %s",
		    s->directory);
	if (m->balancer != NULL)
		return arena_printf(&conf->arena, "balancer://%s",
		    m->balancer->name);
	return m->member != NULL ? m->member->url : "!";
}

static void
describe_step(const struct steps *all, const struct step *s, bool quick,
    void (*say)(const char *))
{
	const struct step *taker;
	const char *notes, *text, *to;

	notes = note_place(all->conf, NULL, s->place);
	if (s->mapping != NULL && s->mapping->member != NULL) {
		if (s->mapping->member->addresses == NULL)
			notes = add_note(all->conf, notes, "does not resolve");
		else if (quick)
			notes = add_note(all->conf, notes,
			    "with PATH_INFO: proxy-scgi-pathinfo is on");
	}
	taker = s->prefix ? find_hider(all, s->path, s->stage, s) : NULL;
	if (taker != NULL)
		notes = note_taker(all->conf, notes, taker);
	to = destination(all->conf, s);
	text = to == NULL ? NULL : arena_printf(&all->conf->arena,
	    notes == NULL ? "%.*s -> %s" : "%.*s -> %s (%s)",
	    STR_ARG(s->path), to, notes);
	if (text != NULL)
		say(text);
}

static bool
is_at_address(const struct vhost_address *a, const struct vhost_address *b)
{
	if (a->port != b->port || (a->host == NULL) != (b->host == NULL))
		return false;
	return a->host == NULL || strcmp(a->host, b->host) == 0;
}

/* Does the host get what names nobody, for one of its addresses? */
static bool
is_default(const struct config *conf, const struct vhost *v,
    const struct vhost_address *va)
{
	const struct vhost_address *other;
	const struct vhost *before;

	for (before = conf->vhosts; before != NULL && before != v;
	    before = before->next)
		for (other = before->addresses; other != NULL;
		    other = other->next)
			if (is_at_address(other, va))
				return false;
	return true;
}

static const char *
address_name(struct config *conf, const struct vhost_address *va)
{
	const char *host = va->host == NULL ? "*" : va->host;

	return va->port == 0 ? host : arena_printf(&conf->arena,
	    strchr(host, ':') == NULL ? "%s:%d" : "[%s]:%d", host, va->port);
}

/* "host a.example: *:80 (default, file:line), alias b.example" */
static void
describe_host(struct config *conf, const struct vhost *v,
    void (*say)(const char *))
{
	const struct word_list *alias;
	const struct vhost_address *va;
	const char *text, *address;

	text = arena_printf(&conf->arena, "host %s:",
	    v->server_name == NULL ? "(no ServerName)" : v->server_name);
	for (va = v->addresses; text != NULL && va != NULL; va = va->next) {
		address = address_name(conf, va);
		if (address != NULL)
			text = arena_printf(&conf->arena, "%s %s%s", text,
			    address, is_default(conf, v, va) ? " (default)" :
			    "");
	}
	for (alias = v->server_aliases; text != NULL && alias != NULL;
	    alias = alias->next)
		text = arena_printf(&conf->arena, "%s, alias %s", text,
		    alias->word);
	if (text != NULL)
		text = arena_printf(&conf->arena, "%s (%s)", text,
		    config_place_name(conf, &v->place));
	if (text != NULL)
		say(text);
}

static void
describe_steps(struct config *conf, const struct vhost *v, bool quick,
    void (*say)(const char *))
{
	const struct step *s;
	struct steps all;

	list_steps(&all, conf, v);
	for (s = all.first; s != NULL; s = s->next)
		if (s->own)
			describe_step(&all, s, quick, say);
}

void
review_describe(struct config *conf, bool quick, void (*say)(const char *))
{
	const struct vhost *v;

	describe_steps(conf, &conf->main, quick, say);
	for (v = conf->vhosts; v != NULL; v = v->next) {
		describe_host(conf, v, say);
		describe_steps(conf, v, quick, say);
	}
}

/*
 * Warnings.
 */

static const char *
absolute_path(struct config *conf, const char *word)
{
	if (word[0] == '/' || conf->base == NULL)
		return word;
	return arena_printf(&conf->arena, "%s/%s", conf->base, word);
}

static void
warn_directory(struct config *conf, const struct config_line *line,
    const char *path)
{
	struct stat st;
	int error;

	error = stat(path, &st) == -1 ? errno :
	    S_ISDIR(st.st_mode) ? 0 : ENOTDIR;
	if (error != 0)
		config_warn_at(conf, line->place, "%s: %s: %s", line->name,
		    path, strerror(error));
}

/* The directory of a log that is a file. */
static void
check_log(struct config *conf, const struct config_line *line)
{
	const char *path, *slash;

	path = line->argv[0];
	if (path[0] == '|' || str_caseeq(str_head(str_of(path),
	    strcspn(path, ":")), STR("syslog")))
		return;
	path = absolute_path(conf, path);
	slash = path == NULL ? NULL : strrchr(path, '/');
	if (slash == NULL)
		return;
	path = slash == path ? "/" : arena_printf(&conf->arena, "%.*s",
	    (int)(slash - path), path);
	if (path != NULL)
		warn_directory(conf, line, path);
}

static void
check_root(const struct steps *all, const struct config_line *line)
{
	const struct step *taker;
	const char *path;

	path = absolute_path(all->conf, line->argv[0]);
	if (path != NULL)
		warn_directory(all->conf, line, path);
	taker = find_hider(all, STR("/"), STAGE_HANDLER, NULL);
	if (taker != NULL)
		config_warn_at(all->conf, line->place, "DocumentRoot serves "
		    "no file, because %.*s at %s takes every request: write "
		    "\"ProxyPass /path !\" before that",
		    STR_ARG(taker->path), config_place_name(all->conf,
		    taker->place));
}

static bool
has_files(const struct steps *all)
{
	const struct step *s;

	for (s = all->first; s != NULL; s = s->next)
		if (s->stage == STAGE_FILES || s->stage == STAGE_ROOT)
			return true;
	return false;
}

/* A page that would be a file, and is asked of an application. */
static void
check_page(const struct steps *all, const struct config_line *line)
{
	const struct step *taker;
	struct str path;

	if (line->argc < 2 || line->argv[1][0] != '/' || !has_files(all))
		return;
	path = str_of(line->argv[1]);
	taker = find_hider(all, path, STAGE_HANDLER, NULL);
	if (taker != NULL)
		config_warn_at(all->conf, line->place, "ErrorDocument %s is "
		    "no file, because %.*s at %s takes it: write "
		    "\"ProxyPass %s !\" before that",
		    line->argv[1], STR_ARG(taker->path),
		    config_place_name(all->conf, taker->place),
		    line->argv[1]);
}

static void
warn_dead(const struct steps *all, const struct step *s,
    const struct step *taker)
{
	const char *where = config_place_name(all->conf, taker->place);

	if (taker->stage == STAGE_MAPPING)
		config_warn_at(all->conf, *s->place, "Alias %.*s is never "
		    "reached, because %.*s at %s takes its requests: write "
		    "\"ProxyPass %.*s !\" before that", STR_ARG(s->path),
		    STR_ARG(taker->path), where, STR_ARG(s->path));
	else
		config_warn_at(all->conf, *s->place, "Alias %.*s is never "
		    "reached, because %.*s at %s comes first",
		    STR_ARG(s->path), STR_ARG(taker->path), where);
}

/* Dead mappings and redirects are told where they are read. */
static void
check_aliases(const struct steps *all)
{
	const struct step *s, *taker;

	for (s = all->first; s != NULL; s = s->next) {
		if (s->stage != STAGE_FILES || !s->own || !s->prefix ||
		    s->place == NULL)
			continue;
		taker = find_hider(all, s->path, STAGE_FILES, s);
		if (taker != NULL && taker->place != NULL)
			warn_dead(all, s, taker);
	}
}

static const struct vhost *
host_of_line(const struct config *conf, const struct config_line *line)
{
	const struct vhost *v;

	for (v = conf->vhosts; v != NULL; v = v->next)
		if (v->place.file == line->place.file &&
		    v->place.line == line->place.line)
			return v;
	return &conf->main;
}

static void
check_line(const struct steps *all, const struct config_line *line)
{
	if (strcmp(line->name, "DocumentRoot") == 0)
		check_root(all, line);
	else if (strcmp(line->name, "ErrorDocument") == 0)
		check_page(all, line);
	else if (strcmp(line->name, "ErrorLog") == 0 ||
	    strcmp(line->name, "CustomLog") == 0 ||
	    strcmp(line->name, "GlobalLog") == 0 ||
	    strcmp(line->name, "TransferLog") == 0)
		check_log(all->conf, line);
}

/* Line by line, with what the host has to which it belongs. */
static void
check_lines(struct config *conf)
{
	const struct config_line *line;
	struct steps all, main;

	list_steps(&main, conf, &conf->main);
	check_aliases(&main);
	all = main;
	for (line = conf->lines; line != NULL; line = line->next) {
		if (strcmp(line->name, "VirtualHost") != 0) {
			check_line(&all, line);
			continue;
		}
		all = main;
		if (line->closes)
			continue;
		list_steps(&all, conf, host_of_line(conf, line));
		check_aliases(&all);
	}
}

static bool
serves_something(const struct vhost *v)
{
	const struct location *l;

	if (v->mappings != NULL || v->mounts != NULL || v->aliases != NULL ||
	    v->redirects != NULL || v->set.redirect != NULL ||
	    v->document_root != NULL || v->set.handler != NULL)
		return true;
	for (l = v->locations; l != NULL; l = l->next)
		if (l->set.mapping != NULL || l->set.handler != NULL ||
		    l->set.redirect != NULL ||
		    l->set.own.redirects != NULL ||
		    l->set.scgi_server != NULL)
			return true;
	return false;
}

/* Without an application and files there is nothing to serve. */
static void
check_mapped(struct config *conf)
{
	static const struct config_place nowhere;
	const struct vhost *v;

	for (v = conf->vhosts; v != NULL; v = v->next)
		if (serves_something(v))
			return;
	if (serves_something(&conf->main))
		return;
	if (conf->left_out == NULL)
		config_warn_at(conf, nowhere, "no ProxyPass is given, every "
		    "request gets 404");
	else
		config_warn_at(conf, nowhere, "no ProxyPass is given, every "
		    "request gets 404: that at %s is left out by %s",
		    config_place_name(conf, &conf->left_out_place),
		    conf->left_out);
}

void
review_warn(struct config *conf)
{
	if (conf->faults > 0)
		return;
	check_mapped(conf);
	check_lines(conf);
}
