/*
 * route: prefixes, sections, merging, and where a path leads.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "config.h"
#include "pattern.h"
#include "route.h"
#include "unit.h"

static struct arena arena;
static struct config conf;

/* All settings unset but for those of the host, which are 1. */
static void
clear(struct settings *set, int value)
{
	memset(set, 0, sizeof(*set));
	set->body_limit = set->request_buffer = set->temp_file_max = value;
	set->pass_auth = set->request_uri = set->canonical = value;
	set->signature = set->lookups = set->request_buffering = value;
	set->ignore_abort = value;
}

static void
setup(void)
{
	ck_assert_int_eq(arena_init(&arena, 1024 * 1024), 0);
	memset(&conf, 0, sizeof(conf));
	ck_assert_int_eq(arena_init_growing(&conf.arena), 0);
	conf.main.proxy_protocol = UNSET;
	clear(&conf.main.set, 1);
	conf.main.set.redirect_field = "Location";
}

static void
teardown(void)
{
	arena_free(&arena);
	arena_free(&conf.arena);
}

/* ---------------------------------------------------------------- prefixes */

static const struct {
	const char	*prefix;
	const char	*path;
	long		 taken;
} prefixes[] = {
	{ "/", "/", 1 },
	{ "/", "/foo", 1 },
	{ "/", "*", -1 },
	{ "/", "", -1 },
	{ "/app", "/app", 4 },
	{ "/app", "/app/", 4 },
	{ "/app", "/app/x", 4 },
	{ "/app", "/apple", -1 },
	{ "/app", "/ap", -1 },
	{ "/app", "/App", -1 },
	{ "/app", "/x/app", -1 },
	{ "/app/", "/app", -1 },
	{ "/app/", "/app/", 5 },
	{ "/app/", "/app/x/y", 5 },
	{ "/app/", "/app//x", 6 },
	{ "/app", "//app//x", 5 },
	{ "//app/", "/app/x", 5 },
	{ "/app///", "/app/x", 5 },
	{ "/a/b", "/a///b/c", 6 },
	{ "/a/b", "/ab", -1 },
	{ "/scgi-bin/", "/scgi-bin", -1 },
	{ "/scgi-bin/", "/scgi-bin/foo/bar", 10 },
	{ "/a b", "/a b/c", 4 },
	{ "/a%20b", "/a b", -1 },
	{ "/app.cgi", "/app.cgi/x", 8 },
	{ "/RPC2", "/RPC2", 5 },
	{ "/RPC2", "/RPC2x", -1 },
	{ "", "/x", 0 },
	{ "app", "/app", -1 },
};

START_TEST(test_prefixes)
{
	ck_assert_int_eq(route_match_prefix(str_of(prefixes[_i].prefix),
	    str_of(prefixes[_i].path)), prefixes[_i].taken);
}
END_TEST

/* ---------------------------------------------------------------- sections */

static const struct {
	const char	*location;
	const char	*path;
	bool		 match;
} sections[] = {
	{ "/", "/", true },
	{ "/", "/x/y", true },
	{ "/", "*", false },
	{ "/p", "/p", true },
	{ "/p", "/p/", true },
	{ "/p", "/p/q", true },
	{ "/p", "/pq", false },
	{ "/p/", "/p", false },
	{ "/p/", "/p/", true },
	{ "/p/", "/p/q", true },
	{ "/p", "//p/q", true },
	{ "/P", "/p", false },
	/* Wildcards match the whole path, and no slash. */
	{ "/*", "/x", true },
	{ "/*", "/", true },
	{ "/*", "/x/y", false },
	{ "/*/y", "/x/y", true },
	{ "/*/y", "/x/z/y", false },
	{ "/p?", "/pq", true },
	{ "/p?", "/p", false },
	{ "/p?", "/p/", false },
	{ "/p*", "/p", true },
	{ "/p*", "/pqr", true },
	{ "/p*", "/p/q", false },
	{ "/*.php", "/a.php", true },
	{ "/*.php", "/a.php.php", true },
	{ "/*.php", "/a.phpx", false },
	{ "/*a*b", "/xaxb", true },
	{ "/*a*b", "/xaxbx", false },
	{ "/*a*b*c", "/aabbc", true },
	{ "/*a/b*", "/aba/bc", true },
	{ "/[ab]x", "/ax", true },
	{ "/[ab]x", "/cx", false },
	{ "/[a-c]x", "/bx", true },
	{ "/[!a-c]x", "/bx", false },
	{ "/[!a-c]x", "/dx", true },
	{ "/[^a-c]x", "/dx", true },
	{ "/[]]x", "/]x", true },
	{ "/[!]]x", "/]x", false },
	{ "/[a-]x", "/-x", true },
	{ "/[\\]]x", "/]x", true },
	{ "/a[!b]c", "/a/c", false },
	{ "/a[/]c", "/a/c", false },
	{ "/[ab", "/[ab", true },
	{ "/[ab", "/a", false },
	{ "/\\*x*", "/*xy", true },
	{ "/\\*x*", "/yxy", false },
	{ "/a*//b", "/ac/b", true },
	{ "/a*/b", "/ac//b", true },
	{ "/*/*/", "/a/b/", true },
	{ "/*/*/", "/a/b", false },
	{ "/**", "/abc", true },
	{ "/?\xa9*", "/\xc3\xa9x", true },
	{ "/*aaaaaaaaaaaaaaaaaaaab*c*c*c*c*c*d",
	    "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabccccccccccccccccccc",
	    false },
};

static struct location *
make_location(const char *path)
{
	struct location *l;

	l = arena_zalloc(&arena, sizeof(*l));
	ck_assert_ptr_nonnull(l);
	l->path = str_of(path);
	l->pattern = path;
	l->wildcard = strpbrk(path, "*?[") != NULL;
	clear(&l->set, UNSET);
	return l;
}

START_TEST(test_sections)
{
	ck_assert(route_match_location(make_location(sections[_i].location),
	    str_of(sections[_i].path)) == sections[_i].match);
}
END_TEST

/* ----------------------------------------------------------------- merging */

static struct location *
add_location(const char *path)
{
	struct location **end, *l;

	l = make_location(path);
	for (end = &conf.main.locations; *end != NULL; end = &(*end)->next)
		continue;
	*end = l;
	return l;
}

START_TEST(test_nothing_copied)
{
	size_t used;

	add_location("/a")->set.pass_auth = 0;
	used = arena.used;
	ck_assert_ptr_eq(route_settings(&conf.main, STR("/b"), NULL, &arena),
	    &conf.main.set);
	ck_assert_uint_eq(arena.used, used);
}
END_TEST

START_TEST(test_merge_order)
{
	const struct settings *set;

	add_location("/a/b")->set.body_limit = 20;
	add_location("/")->set.body_limit = 10;
	add_location("/a")->set.pass_auth = 0;
	add_location("/zzz")->set.body_limit = 99;
	set = route_settings(&conf.main, STR("/a/b/c"), NULL, &arena);
	/* The last in the file, not the longest. */
	ck_assert_int_eq(set->body_limit, 10);
	ck_assert_int_eq(set->pass_auth, 0);
	ck_assert_int_eq(set->lookups, 1);
	ck_assert_str_eq(set->redirect_field, "Location");
	ck_assert_int_eq(conf.main.set.body_limit, 1);
}
END_TEST

START_TEST(test_merge_all)
{
	const struct settings *set;
	struct location *l;

	l = add_location("/a");
	clear(&l->set, 0);
	l->set.redirect_field = "";
	l->set.server_admin = "a";
	set = route_settings(&conf.main, STR("/a"), NULL, &arena);
	ck_assert_int_eq(set->body_limit, 0);
	ck_assert_int_eq(set->request_buffer, 0);
	ck_assert_int_eq(set->temp_file_max, 0);
	ck_assert_int_eq(set->pass_auth, 0);
	ck_assert_int_eq(set->request_uri, 0);
	ck_assert_int_eq(set->canonical, 0);
	ck_assert_int_eq(set->signature, 0);
	ck_assert_int_eq(set->lookups, 0);
	ck_assert_int_eq(set->request_buffering, 0);
	ck_assert_int_eq(set->ignore_abort, 0);
	ck_assert_str_eq(set->redirect_field, "");
	ck_assert_str_eq(set->server_admin, "a");
	ck_assert_ptr_null(set->blocks);
}
END_TEST

/* Any non-NULL address will do: route.c never looks inside. */
START_TEST(test_merge_env)
{
	const struct settings *set;
	struct section_block block;
	struct env_op *ops[3];
	struct env_rule *rules;
	struct location *l;

	ops[0] = arena_alloc(&arena, 1);
	ops[1] = arena_alloc(&arena, 1);
	ops[2] = arena_alloc(&arena, 1);
	rules = arena_alloc(&arena, 1);
	block = (struct section_block){ .ops = ops[0] };
	conf.main.set.blocks = &block;
	l = add_location("/a");
	l->set.own.ops = ops[1];
	l->set.own.rules = rules;
	add_location("/a/b");
	add_location("/c")->set.own.ops = ops[1];
	add_location("/a/b")->set.own.ops = ops[2];
	set = route_settings(&conf.main, STR("/a/b"), NULL, &arena);
	ck_assert_ptr_eq(set->blocks->ops, ops[0]);
	ck_assert_ptr_null(set->blocks->rules);
	ck_assert_ptr_eq(set->blocks->next->ops, ops[1]);
	ck_assert_ptr_eq(set->blocks->next->rules, rules);
	ck_assert_ptr_eq(set->blocks->next->next->ops, ops[2]);
	ck_assert_ptr_null(set->blocks->next->next->next);
	ck_assert_ptr_null(block.next);
}
END_TEST

START_TEST(test_merge_full)
{
	struct section_block block;
	struct arena small;
	size_t size;
	bool full;

	block = (struct section_block){ .ops = arena_alloc(&arena, 1) };
	conf.main.set.blocks = &block;
	add_location("/")->set.own.ops = block.ops;
	full = false;
	for (size = 16; size < 512; size += 16) {
		ck_assert_int_eq(arena_init(&small, size), 0);
		if (route_settings(&conf.main, STR("/"), NULL, &small) == NULL)
			full = true;
		arena_free(&small);
	}
	ck_assert(full);
}
END_TEST

/* ------------------------------------------------------------------ places */

/*
 * Lines "path url" for the host, "<location url" for a section that has
 * them, "!" for no url.  canon is "scgi://" and what stands before the
 * path.
 */
static struct mapping *
make_mapping(struct str line)
{
	struct mapping *m;
	struct str url;
	size_t n;

	m = arena_zalloc(&arena, sizeof(*m));
	ck_assert_ptr_nonnull(m);
	n = str_chr(line, ' ');
	m->path = str_head(line, n);
	url = str_from(line, n + 1);
	if (str_eq(url, STR("!")))
		return m;
	m->member = arena_zalloc(&arena, sizeof(*m->member));
	ck_assert_ptr_nonnull(m->member);
	n = 7 + str_chr(str_from(url, 7), '/');
	m->member->canon = str_head(url, n);
	m->member->base = str_from(url, n);
	m->member->url = arena_cstr(&arena, url);
	return m;
}

static void
configure(const char *text)
{
	struct mapping **end, *m;
	struct location *l;
	struct str s, line;
	size_t n;

	end = &conf.main.mappings;
	for (s = str_of(text); s.n > 0; s = str_from(s, n + 1)) {
		n = str_chr(s, '\n');
		line = str_head(s, n);
		if (line.p[0] == '<') {
			m = make_mapping(str_from(line, 1));
			l = add_location(arena_cstr(&arena, m->path));
			l->set.mapping = m;
			/* As directive.c does it: all of the path follows. */
			if (l->wildcard && m->member != NULL)
				m->path = s.p[n - 1] == '/' ? STR("/") :
				    STR("");
		} else {
			*end = make_mapping(line);
			end = &(*end)->next;
		}
	}
}

static const struct {
	const char	*lines;
	const char	*path;
	const char	*mount;		/* NULL: not mapped; "400" */
	const char	*rest;
	const char	*script;	/* without proxy:scgi:// */
} places[] = {
	{ "", "/x", NULL, NULL, NULL },
	{ "/ scgi://h", "*", NULL, NULL, NULL },
	/* httpd: proxy-scgi-pathinfo */
	{ "/ scgi://h/", "/foo/bar", "", "/foo/bar", "h/foo/bar" },
	{ "/scgi-bin/ scgi://h/", "/scgi-bin/foo/bar", "/scgi-bin",
	    "/foo/bar", "h/foo/bar" },
	{ "/app/ scgi://h/base/", "/app/x", "/app", "/base/x",
	    "h/base/x" },
	{ "/app scgi://h", "/app", "/app", "/", "h/" },
	{ "/a/ scgi://h/", "/a/x y", "/a", "/x y", "h/x%20y" },
	/* With and without slashes. */
	{ "/ scgi://h", "/", "", "/", "h/" },
	{ "/ scgi://h", "/x", "400", NULL, NULL },
	{ "/ scgi://h/", "/", "", "/", "h/" },
	{ "/ scgi://h:1/", "/x", "", "/x", "h:1/x" },
	{ "/app scgi://h", "/app/x", "/app", "/x", "h/x" },
	{ "/app scgi://h", "/app/", "/app", "/", "h/" },
	{ "/app scgi://h/", "/app", "/app", "/", "h/" },
	{ "/app scgi://h/", "/app/x", "/app", "/x", "h//x" },
	{ "/app scgi://h/b", "/app", "/app", "/b", "h/b" },
	{ "/app scgi://h/b", "/app/x", "/app", "/b/x", "h/b/x" },
	{ "/app scgi://h/b/", "/app/x", "/app", "/b/x", "h/b//x" },
	{ "/app/ scgi://h/", "/app/", "/app", "/", "h/" },
	{ "/app/ scgi://h/", "/app//x", "/app", "/x", "h/x" },
	{ "/app/ scgi://h/b", "/app/x", "/app", "/bx", "h/bx" },
	{ "/app/ scgi://h/", "/app", NULL, NULL, NULL },
	{ "/a/ scgi://h:4000", "/a/x", "400", NULL, NULL },
	{ "/a/ scgi://h:4000", "/a/", "/a", "/", "h:4000/" },
	{ "/a/ scgi://[::1]:4/", "/a/x", "/a", "/x", "[::1]:4/x" },
	{ "/app scgi://h/", "/apple", NULL, NULL, NULL },
	/* The canonical spelling of a path. */
	{ "/ scgi://h/", "/~$-_.+!*'(),;:@&=", "", "/~$-_.+!*'(),;:@&=",
	    "h/~$-_.+!*'(),;:@&=" },
	{ "/ scgi://h/", "/%?#\"<>[]\\^`{|}", "", "/%?#\"<>[]\\^`{|}",
	    "h/%25%3F%23%22%3C%3E%5B%5D%5C%5E%60%7B%7C%7D" },
	{ "/ scgi://h/", "/\xc3\xa9\t\x7f", "", "/\xc3\xa9\t\x7f",
	    "h/%C3%A9%09%7F" },
	{ "/ scgi://h/", "/a%2Fb", "", "/a%2Fb", "h/a%252Fb" },
	{ "/a/ scgi://h/b c/", "/a/x", "/a", "/b c/x", "h/b%20c/x" },
	/* First match wins, also an exclusion. */
	{ "/a scgi://one/\n/ scgi://two/", "/a/x", "/a", "/x", "one//x" },
	{ "/ scgi://two/\n/a scgi://one/", "/a/x", "", "/a/x", "two/a/x" },
	{ "/a !\n/ scgi://two/", "/a/x", NULL, NULL, NULL },
	{ "/a !\n/ scgi://two/", "/ax", "", "/ax", "two/ax" },
	{ "/ scgi://two/\n/a !", "/a/x", "", "/a/x", "two/a/x" },
	/* The last matching section, before the host's. */
	{ "/ scgi://two/\n</a scgi://one/", "/a/x", "/a", "/x", "one//x" },
	{ "/ scgi://two/\n</a scgi://one/", "/b", "", "/b", "two/b" },
	{ "</a/ scgi://one/\n</ scgi://two/", "/a/x", "", "/a/x",
	    "two/a/x" },
	{ "</ scgi://two/\n</a/ scgi://one/", "/a/x", "/a", "/x", "one/x" },
	{ "/ scgi://two/\n</a !", "/a/x", NULL, NULL, NULL },
	{ "/ scgi://two/\n</a !\n</a/b/ scgi://b/", "/a/b/x", "/a/b", "/x",
	    "b/x" },
	{ "</django-app/ scgi://localhost:4001/", "/django-app/p",
	    "/django-app", "/p", "localhost:4001/p" },
	/* A section with wildcards. */
	{ "</a* scgi://h/", "/ab", "", "/ab", "h/ab" },
	{ "</a* scgi://h", "/ab", "", "/ab", "h/ab" },
	{ "</a*/? scgi://h/b", "/ab/c", "", "/b/ab/c", "h/b/ab/c" },
	{ "</a* scgi://h", "/ab/c", NULL, NULL, NULL },
};

static void
check_place(const struct place *p, int i)
{
	if (places[i].mount == NULL) {
		ck_assert_int_eq(p->kind, PLACE_NONE);
		ck_assert_ptr_null(p->member);
		return;
	}
	ck_assert_int_eq(p->kind, PLACE_MEMBER);
	ck_assert_ptr_nonnull(p->member);
	if (strcmp(places[i].mount, "400") == 0)
		return;
	ck_assert_str_eq(arena_cstr(&arena, p->mount), places[i].mount);
	ck_assert_str_eq(arena_cstr(&arena, p->rest), places[i].rest);
	ck_assert(str_starts(p->script, STR("proxy:scgi://")));
	ck_assert_str_eq(arena_cstr(&arena, p->script) + 13,
	    places[i].script);
}

START_TEST(test_places)
{
	const struct settings *set;
	struct place p;
	struct str path;
	int status;

	configure(places[_i].lines);
	path = str_of(places[_i].path);
	set = route_settings(&conf.main, path, NULL, &arena);
	status = route_find(&p, &conf.main, set, path, false, &arena);
	ck_assert_int_eq(status, places[_i].mount != NULL &&
	    strcmp(places[_i].mount, "400") == 0 ? 400 : 0);
	ck_assert_ptr_eq(p.vhost, &conf.main);
	ck_assert_ptr_eq(p.set, set);
	check_place(&p, _i);
}
END_TEST

START_TEST(test_no_proxy)
{
	const struct settings *set;
	struct place p;

	configure("/ scgi://two/\n</a scgi://one/");
	set = route_settings(&conf.main, STR("/a"), NULL, &arena);
	ck_assert_int_eq(route_find(&p, &conf.main, set, STR("/a"), true,
	    &arena), 0);
	ck_assert_int_eq(p.kind, PLACE_NONE);
}
END_TEST

/* AllowEncodedSlashes NoDecode: what was kept is not encoded again. */
START_TEST(test_nodecode)
{
	struct place p;

	configure("/ scgi://h/");
	conf.main.slashes = HTTP_SLASHES_NODECODE;
	ck_assert_int_eq(route_find(&p, &conf.main, &conf.main.set,
	    STR("/a%2Fb%2fc%41%2"), false, &arena), 0);
	ck_assert_str_eq(arena_cstr(&arena, p.script),
	    "proxy:scgi://h/a%2Fb%2fc%2541%252");
}
END_TEST

START_TEST(test_place_full)
{
	struct arena small;
	struct place p;
	size_t size;
	int status;

	configure("/a/ scgi://host.example/base/");
	for (size = 16; size < 256; size += 16) {
		ck_assert_int_eq(arena_init(&small, size), 0);
		status = route_find(&p, &conf.main, &conf.main.set,
		    STR("/a/bbbbbbbbbbbbbbbbbbbbbbbb"), false, &small);
		if (size < 64)
			ck_assert_int_eq(status, 500);
		else if (size > 192)
			ck_assert_int_eq(status, 0);
		else
			ck_assert(status == 500 || status == 0);
		arena_free(&small);
	}
}
END_TEST

/* ------------------------------------------------------------------- hosts */

/*
 * Lines "name address[,address] alias ...", of which an address is "*",
 * "*:port", "ip" or "ip:port".
 */
static struct vhost_address *
make_address(struct str word)
{
	struct vhost_address *va;
	struct sockaddr_in *sin;
	size_t n;

	va = arena_zalloc(&arena, sizeof(*va));
	n = str_chr(word, ':');
	if (n < word.n)
		va->port = (int)strtol(word.p + n + 1, NULL, 10);
	if (word.p[0] == '*')
		return va;
	va->host = arena_cstr(&arena, str_head(word, n));
	va->addresses = arena_zalloc(&arena, sizeof(*va->addresses));
	sin = (struct sockaddr_in *)&va->addresses->sa;
	sin->sin_family = AF_INET;
	ck_assert_int_eq(inet_pton(AF_INET, va->host, &sin->sin_addr), 1);
	return va;
}

static struct str
cut_word(struct str *s, char at)
{
	struct str word;

	word = str_head(*s, str_chr(*s, at));
	*s = str_from(*s, word.n + 1);
	return word;
}

static void
add_host(struct str line)
{
	struct word_list **alias;
	struct vhost_address **va;
	struct vhost **end, *v;
	struct str list, word;

	v = arena_zalloc(&arena, sizeof(*v));
	v->base = &conf.main;
	v->proxy_protocol = UNSET;
	v->server_name = arena_cstr(&arena, cut_word(&line, ' '));
	list = cut_word(&line, ' ');
	for (va = &v->addresses; list.n > 0; va = &(*va)->next)
		*va = make_address(cut_word(&list, ','));
	for (alias = &v->server_aliases; line.n > 0;
	    alias = &(*alias)->next) {
		word = cut_word(&line, ' ');
		*alias = arena_zalloc(&arena, sizeof(**alias));
		(*alias)->word = arena_cstr(&arena, word);
	}
	for (end = &conf.vhosts; *end != NULL; end = &(*end)->next)
		continue;
	*end = v;
}

#define HOSTS								\
	"a.org *:80 www.a.org *.a.org\n"				\
	"b.org *:80 *.b.org x.a.org\n"					\
	"a.org *:80 late.a.org\n"					\
	"any.org *\n"							\
	"any2.org * b.org\n"						\
	"one.org 192.0.2.1\n"						\
	"two.org 192.0.2.1,192.0.2.2:81 w?w.two.org\n"			\
	"three.org 192.0.2.1:80 three.*"

static const struct {
	const char	*here;		/* ip:port; "unix" */
	const char	*name;		/* NULL: none */
	const char	*want;		/* ServerName; NULL: none */
	const char	*first;		/* of the default */
} hosts[] = {
	/* The port decides before the name is looked at. */
	{ "10.0.0.1:80", "a.org", "a.org", "a.org" },
	{ "10.0.0.1:80", "b.org", "b.org", "a.org" },
	{ "10.0.0.1:80", "any.org", NULL, "a.org" },
	{ "10.0.0.1:81", "any.org", "any.org", "any.org" },
	{ "10.0.0.1:81", "a.org", NULL, "any.org" },
	{ "10.0.0.1:81", "b.org", "any2.org", "any.org" },
	/* The first in the file, by a wildcard or not. */
	{ "10.0.0.1:80", "www.a.org", "a.org", "a.org" },
	{ "10.0.0.1:80", "x.a.org", "a.org", "a.org" },
	{ "10.0.0.1:80", "late.a.org", "a.org", "a.org" },
	{ "10.0.0.1:80", "deep.er.b.org", "b.org", "a.org" },
	{ "10.0.0.1:80", ".b.org", "b.org", "a.org" },
	{ "10.0.0.1:80", "bb.org", NULL, "a.org" },
	/* An address beats *, with its port or without. */
	{ "192.0.2.1:80", "three.org", "three.org", "three.org" },
	{ "192.0.2.1:80", "three.net", "three.org", "three.org" },
	{ "192.0.2.1:80", "one.org", NULL, "three.org" },
	{ "192.0.2.1:81", "one.org", "one.org", "one.org" },
	{ "192.0.2.1:81", "wxw.two.org", "two.org", "one.org" },
	{ "192.0.2.1:81", "ww.two.org", NULL, "one.org" },
	{ "192.0.2.2:81", "two.org", "two.org", "two.org" },
	{ "192.0.2.2:80", "two.org", NULL, "a.org" },
	/* What is written in <VirtualHost> is the last name. */
	{ "192.0.2.1:81", "192.0.2.1", "one.org", "one.org" },
	{ "192.0.2.2:81", "192.0.2.2", "two.org", "two.org" },
	{ "unix", "a.org", "a.org", "a.org" },
	{ "unix", "two.org", NULL, "a.org" }
};

static void
make_here(struct sockaddr_storage *ss, const char *text)
{
	struct sockaddr_in *sin;
	struct str s;
	size_t n;

	memset(ss, 0, sizeof(*ss));
	s = str_of(text);
	if (str_eq(s, STR("unix"))) {
		ss->ss_family = AF_UNIX;
		return;
	}
	n = str_chr(s, ':');
	sin = (struct sockaddr_in *)ss;
	sin->sin_family = AF_INET;
	sin->sin_port = htons((uint16_t)strtol(text + n + 1, NULL, 10));
	ck_assert_int_eq(inet_pton(AF_INET, arena_cstr(&arena, str_head(s,
	    n)), &sin->sin_addr), 1);
}

START_TEST(test_hosts)
{
	const struct vhost_set *set;
	const struct vhost *v;
	struct sockaddr_storage here;
	struct str lines;

	lines = STR(HOSTS);
	while (lines.n > 0)
		add_host(cut_word(&lines, '\n'));
	ck_assert_int_eq(route_index(&conf), 0);
	make_here(&here, hosts[_i].here);
	set = route_hosts(&conf, &here);
	ck_assert_str_eq(route_default(set)->server_name, hosts[_i].first);
	v = route_vhost(set, str_of(hosts[_i].name));
	if (hosts[_i].want == NULL)
		ck_assert_ptr_null(v);
	else {
		ck_assert_ptr_nonnull(v);
		ck_assert_str_eq(v->server_name, hosts[_i].want);
	}
}
END_TEST

START_TEST(test_no_hosts)
{
	struct sockaddr_storage here;

	conf.main.server_name = "Main.Org";
	ck_assert_int_eq(route_index(&conf), 0);
	make_here(&here, "10.0.0.1:80");
	ck_assert_ptr_eq(route_default(route_hosts(&conf, &here)),
	    &conf.main);
	ck_assert_ptr_eq(route_vhost(route_hosts(&conf, &here),
	    STR("main.org")), &conf.main);
	ck_assert_ptr_null(route_vhost(route_hosts(&conf, &here),
	    STR("other.org")));
}
END_TEST

/*
 * A name of many labels is gone through once; what makes the hash of each of
 * its ends anew takes minutes, and check(3) ends it.
 */
START_TEST(test_many_labels)
{
	static char name[1024 * 1024];
	struct word_list alias = { NULL, "*.b" };
	size_t i;

	conf.main.server_aliases = &alias;
	ck_assert_int_eq(route_index(&conf), 0);
	for (i = 0; i < sizeof(name); i += 2)
		memcpy(name + i, ".a", 2);
	memcpy(name + sizeof(name) - 2, ".b", 2);
	ck_assert_ptr_eq(route_vhost(route_hosts(&conf, &(struct
	    sockaddr_storage){ .ss_family = AF_INET }), (struct str){ name,
	    sizeof(name) }), &conf.main);
}
END_TEST

/* ------------------------------------------------------------- expressions */

static const struct {
	const char	*regex;
	const char	*base;		/* url's path, with $1 ... */
	const char	*path;
	const char	*mount;		/* NULL: no match; "400" */
	const char	*rest;
	const char	*script;	/* behind "proxy:scgi://h" */
} matches[] = {
	{ "^/app/(.*)$", "/$1", "/app/x/y", "/app", "/x/y", "/x/y" },
	{ "^/app/(.*)$", "/$1", "/ap/x", NULL, NULL, NULL },
	{ "^/app(/.*)$", "$1", "/app/x", "/app", "/x", "/x" },
	{ "^(/.*\\.cgi)(/.*)?$", "$1", "/d/a.cgi/x", "/d/a.cgi/x",
	  "/d/a.cgi", "/d/a.cgi" },
	{ "\\.gif$", "", "/a/b.gif", "", "/a/b.gif", "/a/b.gif" },
	{ "\\.gif$", "/img", "/a/b.gif", "", "/img/a/b.gif",
	  "/img/a/b.gif" },
	{ "^/x(.*)$", "$1", "/xy", "400", NULL, NULL },
	{ "^/x(.*)$", "$1", "/x", "/x", "/", "/" },
	{ "^/([a-z]+)/([0-9]+)$", "/$2/$1", "/abc/12", "/abc/12", "/12/abc",
	  "/12/abc" },
	{ "^/a b/(.*)", "/$1", "/a b/c d", "/a b", "/c d", "/c%20d" }
};

START_TEST(test_matches)
{
	struct mapping map;
	struct member m;
	struct pattern *re;
	struct place p;
	int status;

	memset(&map, 0, sizeof(map));
	memset(&m, 0, sizeof(m));
	ck_assert_ptr_null(pattern_compile(&re, &arena, matches[_i].regex,
	    false, true));
	m.canon = STR("scgi://h");
	m.base = str_of(matches[_i].base);
	map.path = str_of(matches[_i].regex);
	map.regex = re;
	map.member = &m;
	conf.main.mappings = &map;
	status = route_find(&p, &conf.main, &conf.main.set,
	    str_of(matches[_i].path), false, &arena);
	if (matches[_i].mount == NULL) {
		ck_assert_int_eq(p.kind, PLACE_NONE);
		ck_assert_int_eq(status, 0);
	} else if (matches[_i].rest == NULL)
		ck_assert_int_eq(status, 400);
	else {
		ck_assert_int_eq(status, 0);
		ck_assert_int_eq(p.kind, PLACE_MEMBER);
		ck_assert_str_eq(arena_cstr(&arena, p.mount),
		    matches[_i].mount);
		ck_assert_str_eq(arena_cstr(&arena, p.rest), matches[_i].rest);
		ck_assert_str_eq(arena_cstr(&arena, p.script) + 14,
		    matches[_i].script);
	}
	pattern_free(re);
}
END_TEST

Suite *
suite_route(void)
{
	Suite *s;
	TCase *t;

	s = suite_create("route");
	t = tcase_create("route");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, test_prefixes, 0, NELEM(prefixes));
	tcase_add_loop_test(t, test_sections, 0, NELEM(sections));
	tcase_add_test(t, test_nothing_copied);
	tcase_add_test(t, test_merge_order);
	tcase_add_test(t, test_merge_all);
	tcase_add_test(t, test_merge_env);
	tcase_add_test(t, test_merge_full);
	tcase_add_loop_test(t, test_places, 0, NELEM(places));
	tcase_add_test(t, test_no_proxy);
	tcase_add_test(t, test_nodecode);
	tcase_add_test(t, test_place_full);
	tcase_add_loop_test(t, test_hosts, 0, NELEM(hosts));
	tcase_add_test(t, test_many_labels);
	tcase_add_test(t, test_no_hosts);
	tcase_add_loop_test(t, test_matches, 0, NELEM(matches));
	suite_add_tcase(s, t);
	return s;
}
