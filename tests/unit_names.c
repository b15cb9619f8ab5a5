/*
 * names: tests/httpd_names.txt, the list of what httpd has and of what
 * becomes of it here, compared with the table of directives, with the
 * language and with what is said about parameters and variables; and
 * tests/httpd_modules.txt, the names of all of httpd's modules, which either
 * work or are told to be not here.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "config.h"
#include "directive.h"
#include "env.h"
#include "refused.h"
#include "unit.h"

enum { MAX_ROWS = 400, MAX_WORDS = 5, MAX_TEXT = 512 };

/* A line of the list. */
struct row {
	int	 line;
	int	 n;
	char	 text[128];
	char	*word[MAX_WORDS];
};

static const char	 list[] = "tests/httpd_names.txt";
static const char	 modules[] = "tests/httpd_modules.txt";
static const char	 manual[] = "man/gateway.conf.5";

static struct row	 rows[MAX_ROWS];
static int		 nrows;
static struct config	*conf;
static char		 messages[4096];

/* A row is a loop of its own, and so has to be there before they run. */
static void
read_list(void)
{
	static char buf[128];
	struct row *r;
	FILE *fp;
	char *p;
	int line;

	fp = fopen(list, "r");
	if (fp == NULL)
		return;
	nrows = 0;
	for (line = 1; nrows < MAX_ROWS &&
	    fgets(buf, sizeof(buf), fp) != NULL; line++) {
		r = &rows[nrows];
		memcpy(r->text, buf, sizeof(r->text));
		r->line = line;
		r->n = 0;
		for (p = r->text + strspn(r->text, " \t\n");
		    *p != '\0' && *p != '#' && r->n < MAX_WORDS;
		    p += strspn(p, " \t\n")) {
			r->word[r->n++] = p;
			p += strcspn(p, " \t\n");
			if (*p != '\0')
				*p++ = '\0';
		}
		if (r->n > 0)
			nrows++;
	}
	fclose(fp);
}

static const char *
word(const struct row *r, int i)
{
	return i < r->n ? r->word[i] : "";
}

/* The lists of names as config_load() gets them. */
static void
set_tables(struct config_source *source)
{
	memset(source, 0, sizeof(*source));
	source->base = "/base";
	source->listens_told = true;
	source->table = directives;
	source->ntable = ndirectives;
	source->absent = refused;
	source->nabsent = nrefused;
	source->begin = directive_begin;
	source->finish = directive_finish;
}

/* Each line of text is one of the command line. */
static void
load(const char *text)
{
	static char copy[MAX_TEXT];
	const struct config_message *m;
	struct config_source source;
	const char *lines[16];
	struct out o;
	char *p;

	set_tables(&source);
	ck_assert_uint_lt(strlen(text), sizeof(copy));
	memcpy(copy, text, strlen(text) + 1);
	for (p = copy; p != NULL && *p != '\0'; ) {
		ck_assert_uint_lt(source.nlines, NELEM(lines));
		lines[source.nlines++] = p;
		p = strchr(p, '\n');
		if (p != NULL)
			*p++ = '\0';
	}
	source.lines = lines;
	config_free(conf);
	conf = config_load(&source);
	ck_assert_ptr_nonnull(conf);
	out_init(&o, messages, sizeof(messages));
	for (m = conf->messages; m != NULL; m = m->next)
		out_fmt(&o, "%s%s\n", m->warning ? "W:" : "F:", m->text);
	out_ch(&o, '\0');
	ck_assert(!o.bad);
}

static void
teardown(void)
{
	config_free(conf);
	conf = NULL;
}

static bool
is_part_of_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z') || c == '_' || c == '-';
}

/* Is name in text, and not as a part of a longer one? */
static bool
has_name(const char *text, const char *name)
{
	const char *p;
	size_t n;

	n = strlen(name);
	for (p = text; (p = strstr(p, name)) != NULL; p++)
		if ((p == text || !is_part_of_word(p[-1])) &&
		    !is_part_of_word(p[n]))
			return true;
	return false;
}

/* What the messages of the last load make of it. */
static const char *
class_of_messages(void)
{
	if (conf->faults > 0)
		return "refused";
	return messages[0] == '\0' ? "works" : "ignored";
}

#define ck_assert_row(ok, r, got) \
	ck_assert_msg((ok), "%s:%d: %s %s is %s, should be %s", list, \
	    (r)->line, (r)->word[0], (r)->word[1], (got), word((r), 2))

/*
 * The list itself.
 */

static bool
is_row(const struct row *r)
{
	static const char kinds[] = "directive section handler param variable";
	const char *kind = word(r, 0), *last = word(r, 4);

	if (config_find_word(kinds, kind) == -1 ||
	    config_find_word("works ignored refused", word(r, 2)) == -1)
		return false;
	if (strcmp(kind, "param") == 0)
		return r->n == 4 || (r->n == 5 &&
		    config_find_word("member balancer", last) != -1);
	if (strcmp(kind, "variable") == 0 && r->n == 4)
		return strcmp(word(r, 3), "sent") == 0;
	return r->n == 3;
}

static bool
is_same(const struct row *a, const struct row *b)
{
	return strcmp(a->word[0], b->word[0]) == 0 &&
	    strcasecmp(word(a, 1), word(b, 1)) == 0 &&
	    strcmp(word(a, 4), word(b, 4)) == 0;
}

START_TEST(test_list)
{
	int i, k;

	ck_assert_msg(nrows > 0, "%s: cannot be read from here", list);
	ck_assert_msg(nrows < MAX_ROWS, "%s: too long", list);
	for (i = 0; i < nrows; i++) {
		ck_assert_msg(is_row(&rows[i]), "%s:%d: no such line", list,
		    rows[i].line);
		for (k = 0; k < i; k++)
			ck_assert_msg(!is_same(&rows[i], &rows[k]),
			    "%s:%d: already in line %d", list, rows[i].line,
			    rows[k].line);
	}
}
END_TEST

/*
 * Directives and sections.
 */

static const struct directive *
find_row(const char *name)
{
	size_t i;

	for (i = 0; i < ndirectives; i++)
		if (strcasecmp(directives[i].name, name) == 0)
			return directives[i].kind == DIRECTIVE_ALIAS ?
			    find_row(directives[i].words) : &directives[i];
	return NULL;
}

static const char *
class_of_row(const struct directive *d, bool section)
{
	switch (d->kind) {
	case DIRECTIVE_WORKS:
	case DIRECTIVE_ALIAS:
		return section ? "no section" : "works";
	case DIRECTIVE_SECTION:
		return section ? "works" : "a section";
	}
	return "nothing";
}

/* The language's own are in no table; KeepAlive tells what was read. */
static const struct {
	const char	*name;
	bool		 section;
	const char	*text;
	const char	*said;
	int		 keepalive;
} language[] = {
	{ "Define", false, "Define unit Off\nKeepAlive ${unit}", "", 0 },
	{ "UnDefine", false, "Define unit\nUnDefine unit\n"
	  "<IfDefine unit>\nKeepAlive Off\n</IfDefine>", "", 1 },
	{ "Include", false, "Include /dev/null", "", 1 },
	{ "IncludeOptional", false, "IncludeOptional /nonexistent/*", "", 1 },
	{ "ServerRoot", false, "ServerRoot /", "", 1 },
	{ "Error", false, "Error \"so it is\"", "F:-c:1: so it is\n", 1 },
	{ "Warning", false, "Warning \"so it is\"", "W:-c:1: so it is\n", 1 },
	{ "IfDefine", true, "<IfDefine !unit>\nKeepAlive Off\n</IfDefine>",
	  "", 0 },
	{ "IfModule", true, "<IfModule mod_proxy_scgi.c>\nKeepAlive Off\n"
	  "</IfModule>", "", 0 },
	{ "IfFile", true, "<IfFile />\nKeepAlive Off\n</IfFile>", "", 0 },
	{ "IfDirective", true, "<IfDirective ProxyPass>\nKeepAlive Off\n"
	  "</IfDirective>", "", 0 },
	{ "IfSection", true, "<IfSection Location>\nKeepAlive Off\n"
	  "</IfSection>", "", 0 },
};

static const char *
class_of_language(const char *name, bool section)
{
	size_t i;

	for (i = 0; i < NELEM(language); i++) {
		if (strcmp(language[i].name, name) != 0)
			continue;
		if (language[i].section != section)
			return section ? "no section" : "a section";
		load(language[i].text);
		return strcmp(messages, language[i].said) == 0 &&
		    conf->main.keepalive == language[i].keepalive ?
		    "works" : "broken";
	}
	return "unknown";
}

static const char *
class_of_name(const char *name, bool section)
{
	const struct config_absent *absent;
	const struct directive *d;
	struct config_source source;
	struct str known;

	d = find_row(name);
	if (d != NULL)
		return class_of_row(d, section);
	set_tables(&source);
	absent = config_find_absent(&source, name, &known);
	if (absent == NULL)
		return class_of_language(name, section);
	return absent->kind == ABSENT_IGNORED ? "ignored" : "refused";
}

static void
check_directive(const struct row *r, bool section)
{
	const char *got;

	got = class_of_name(r->word[1], section);
	ck_assert_row(strcmp(got, r->word[2]) == 0, r, got);
}

static void
check_handler(const struct row *r)
{
	char text[MAX_TEXT];
	const char *got;

	snprintf(text, sizeof(text),
	    "<Location /x>\nSetHandler \"%s\"\n</Location>", r->word[1]);
	load(text);
	got = class_of_messages();
	ck_assert_msg(messages[0] == '\0' || has_name(messages, "SetHandler"),
	    "%s:%d: not named: %s", list, r->line, messages);
	ck_assert_row(strcmp(got, r->word[2]) == 0, r, got);
}

/*
 * Parameters.
 */

static const char	behind_url[] =
    "ProxyPass /x/ scgi://127.0.0.1:1/ %s";
static const char	of_member[] =
    "<Proxy balancer://b>\n"
    "BalancerMember scgi://127.0.0.1:1 %s\n"
    "BalancerMember scgi://127.0.0.1:2 route=b\n"
    "</Proxy>\n"
    "ProxyPass /x/ balancer://b/";
static const char	of_balancer[] =
    "<Proxy balancer://b>\n"
    "BalancerMember scgi://127.0.0.1:1 route=a\n"
    "BalancerMember scgi://127.0.0.1:2 route=b\n"
    "ProxySet %s\n"
    "</Proxy>\n"
    "ProxyPass /x/ balancer://b/";

static void
load_param(const struct row *r, const char *form)
{
	char text[MAX_TEXT], param[128];
	const char *p;

	snprintf(param, sizeof(param), strcmp(r->word[3], "-") == 0 ?
	    "%s" : "%s=%s", r->word[1], r->word[3]);
	p = strstr(form, "%s");
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(p - form), form, param,
	    p + 2);
	load(text);
}

/* Wherever it is written it is known, and the message is about it. */
static void
check_param(const struct row *r)
{
	const char *got, *place = word(r, 4);

	load_param(r, behind_url);
	ck_assert_msg(strstr(messages, "unknown") == NULL &&
	    (messages[0] == '\0' || has_name(messages, r->word[1])),
	    "%s:%d: not known, or not named: %s", list, r->line, messages);
	if (strcmp(place, "member") == 0)
		load_param(r, of_member);
	else if (strcmp(place, "balancer") == 0)
		load_param(r, of_balancer);
	got = class_of_messages();
	ck_assert_msg(strcmp(got, r->word[2]) == 0 &&
	    (messages[0] == '\0' || has_name(messages, r->word[1])),
	    "%s:%d: param %s %sis %s, should be %s: %s", list, r->line,
	    r->word[1], place[0] == '\0' ? "" : "in its place ", got,
	    r->word[2], messages);
}

/*
 * Variables.
 */

/* Has the manual an entry of that name? */
static bool
is_described(const char *name)
{
	char line[256];
	bool found;
	FILE *fp;

	fp = fopen(manual, "r");
	ck_assert_msg(fp != NULL, "%s: cannot be read from here", manual);
	found = false;
	while (!found && fgets(line, sizeof(line), fp) != NULL)
		found = strncmp(line, ".It Cm ", 7) == 0 &&
		    has_name(line + 7, name);
	fclose(fp);
	return found;
}

/* What steers the gateway has an entry and is not sent. */
static void
check_variable(const struct row *r)
{
	bool sent, works;

	sent = strcmp(word(r, 3), "sent") == 0;
	works = strcmp(r->word[2], "works") == 0;
	ck_assert_msg(env_is_control(str_of(r->word[1])) != sent,
	    "%s:%d: variable %s is %ssent", list, r->line, r->word[1],
	    sent ? "not " : "");
	if (!sent)
		ck_assert_msg(is_described(r->word[1]) == works,
		    "%s:%d: variable %s: %s has %s entry", list, r->line,
		    r->word[1], manual, works ? "no" : "an");
}

START_TEST(test_row)
{
	const struct row *r = &rows[_i];
	const char *kind = r->word[0];

	if (!is_row(r))
		return;
	if (strcmp(kind, "param") == 0)
		check_param(r);
	else if (strcmp(kind, "handler") == 0)
		check_handler(r);
	else if (strcmp(kind, "variable") == 0)
		check_variable(r);
	else
		check_directive(r, strcmp(kind, "section") == 0);
}
END_TEST

/*
 * All names that httpd's modules have.
 */

/* What messages call the one that the list calls name. */
static const char *
module_phrase(const char *name)
{
	static const char *const phrases[][2] = {
		{ "core", "httpd's core" },
		{ "http_core", "httpd's core" },
		{ "event", "httpd's MPMs" },
		{ "prefork", "httpd's MPMs" },
		{ "worker", "httpd's MPMs" },
		{ "util_ldap", "mod_ldap" }
	};
	size_t i;

	for (i = 0; i < NELEM(phrases); i++)
		if (strcmp(phrases[i][0], name) == 0)
			return phrases[i][1];
	return name;
}

/* Is name in the list of a row, which is of that module? */
static bool
is_absent_of(const char *name, const char *module)
{
	const char *p;
	size_t i, n;

	n = strlen(name);
	for (i = 0; i < nrefused; i++) {
		if (strcmp(refused[i].module, module) != 0)
			continue;
		for (p = refused[i].names; *p != '\0'; ) {
			p += strspn(p, " <");
			if (strncasecmp(p, name, n) == 0 &&
			    (p[n] == '\0' || p[n] == ' '))
				return true;
			p += strcspn(p, " ");
		}
	}
	return false;
}

/* A name works, or it is told whose it is; no other one is proposed. */
static void
check_name(const char *name, bool section)
{
	char text[MAX_TEXT];

	if (strcmp(class_of_name(name, section), "works") == 0)
		return;
	snprintf(text, sizeof(text), section ? "<%s x>\n</%s>" : "%s x",
	    name, name);
	load(text);
	ck_assert_msg(strstr(messages, ", of ") != NULL &&
	    strstr(messages, "did you mean") == NULL,
	    "%s: %s: %s", modules, name, messages);
}

/* "Name module ...": one of these is told. */
static void
check_line(char *line)
{
	const char *name, *module;
	bool section, found;
	char *rest;

	section = line[0] == '<';
	rest = line + strcspn(line, " ");
	ck_assert_msg(*rest == ' ', "%s: no such line: %s", modules, line);
	*rest++ = '\0';
	name = line + section;
	check_name(name, section);
	found = strcmp(class_of_name(name, section), "works") == 0;
	for (; !found && *rest != '\0'; rest += strspn(rest, " ")) {
		module = rest;
		rest += strcspn(rest, " ");
		if (*rest != '\0')
			*rest++ = '\0';
		found = is_absent_of(name, module_phrase(module));
	}
	ck_assert_msg(found, "%s: %s: module", modules, name);
}

START_TEST(test_modules)
{
	char line[128];
	FILE *fp;
	int n;

	fp = fopen(modules, "r");
	ck_assert_msg(fp != NULL, "%s: cannot be read from here", modules);
	for (n = 0; fgets(line, sizeof(line), fp) != NULL; ) {
		if (line[0] == '#')
			continue;
		line[strcspn(line, "\n")] = '\0';
		check_line(line);
		n++;
	}
	fclose(fp);
	ck_assert_int_gt(n, 550);
}
END_TEST

/* Whose is a row, is said in a form that can be read; no name is twice. */
START_TEST(test_absent)
{
	const struct config_absent *a = &refused[_i];
	struct config_source source;
	char name[128];
	const char *p;
	struct str known;
	size_t n;

	set_tables(&source);
	ck_assert(a->module != NULL && a->help != NULL);
	ck_assert(a->kind == ABSENT_REFUSED || a->harmless == NULL);
	for (p = a->names; *p != '\0'; p += n, p += strspn(p, " ")) {
		p += strspn(p, "<");
		n = strcspn(p, " ");
		snprintf(name, sizeof(name), "%.*s", (int)n, p);
		ck_assert_msg(find_row(name) == NULL, "%s works", name);
		ck_assert_msg(config_find_absent(&source, name, &known) == a,
		    "%s twice", name);
	}
}
END_TEST

Suite *
suite_names(void)
{
	Suite *s;
	TCase *tc;

	read_list();
	s = suite_create("names");
	tc = tcase_create("all");
	tcase_add_checked_fixture(tc, NULL, teardown);
	tcase_add_test(tc, test_list);
	tcase_add_loop_test(tc, test_row, 0, nrows);
	tcase_add_test(tc, test_modules);
	tcase_add_loop_test(tc, test_absent, 0, (int)nrefused);
	suite_add_tcase(s, tc);
	return s;
}
