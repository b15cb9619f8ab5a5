/*
 * auth: networks, rules, passwords, and who the client is.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "auth.h"
#include "buf.h"
#include "compat.h"
#include "config.h"
#include "env.h"
#include "http.h"
#include "io.h"
#include "log.h"
#include "unit.h"

enum { MAX_WORDS = 12 };

static struct arena arena;
static struct settings set;
static struct sockaddr_storage client, here;
static struct env env;
static struct fields fields;
static struct auth_subject subject;
static char dir[64], path[96];

/* Address of a text; "" and "unix" are of no network. */
static void
address(struct sockaddr_storage *ss, const char *text)
{
	struct sockaddr_in *sin;
	struct sockaddr_in6 *sin6;

	memset(ss, 0, sizeof(*ss));
	sin = (struct sockaddr_in *)ss;
	sin6 = (struct sockaddr_in6 *)ss;
	ss->ss_family = AF_UNIX;
	if (inet_pton(AF_INET, text, &sin->sin_addr) == 1)
		ss->ss_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &sin6->sin6_addr) == 1)
		ss->ss_family = AF_INET6;
}

static void
setup(void)
{
	ck_assert_int_eq(arena_init(&arena, 4 * 1024 * 1024), 0);
	ck_assert_int_eq(auth_setup(), 0);
	log_to(NULL, LOG_LEVEL_ERROR);
	memset(&set, 0, sizeof(set));
	memset(&fields, 0, sizeof(fields));
	env_init(&env, &arena, 4);
	address(&client, "192.0.2.1");
	address(&here, "192.0.2.99");
	memset(&subject, 0, sizeof(subject));
	subject.set = &set;
	subject.client = &client;
	subject.client_ip = "192.0.2.1";
	subject.here = &here;
	subject.method = STR("GET");
	subject.path = STR("/x");
	subject.env = &env;
	subject.fields = &fields;
	subject.arena = &arena;
	subject.now = 1000;
	snprintf(dir, sizeof(dir), "/tmp/gateway-auth.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/users", dir);
}

static void
teardown(void)
{
	if (set.auth_file != NULL)
		auth_close_file(set.auth_file);
	unlink(path);
	rmdir(dir);
	arena_free(&arena);
}

static int
split(const char *line, const char **argv)
{
	struct str s, word;
	int argc;

	argc = 0;
	for (s = str_of(line); s.n > 0 && argc < MAX_WORDS;) {
		word = str_head(s, str_chr(s, ' '));
		s = str_from(s, word.n + 1);
		if (word.n > 0)
			argv[argc++] = arena_cstr(&arena, word);
	}
	return argc;
}

/* -------------------------------------------------------------- networks */

static const struct {
	const char	*net;
	const char	*address;
	bool		 in;
} nets[] = {
	{ "192.0.2.1", "192.0.2.1", true },
	{ "192.0.2.1", "192.0.2.2", false },
	{ "192.0.2.0/24", "192.0.2.255", true },
	{ "192.0.2.0/24", "192.0.3.0", false },
	{ "192.0.2.128/25", "192.0.2.127", false },
	{ "192.0.2.128/25", "192.0.2.128", true },
	{ "10.0.0.0/8", "10.255.0.1", true },
	{ "0.0.0.0/0", "255.1.2.3", true },
	{ "0.0.0.0/0", "::1", false },
	{ "10", "10.1.2.3", true },
	{ "10.", "10.1.2.3", true },
	{ "10.1", "10.1.9.9", true },
	{ "10.1", "10.10.9.9", false },
	{ "10.1.2.", "10.1.2.9", true },
	{ "192.168.1.0/255.255.255.0", "192.168.1.77", true },
	{ "192.168.1.0/255.255.255.0", "192.168.2.77", false },
	{ "172.16.0.0/255.240.0.0", "172.31.0.1", true },
	{ "::1", "::1", true },
	{ "::1", "::2", false },
	{ "fe80::/10", "fe80::1", true },
	{ "fe80::/10", "febf::1", true },
	{ "fe80::/10", "fec0::1", false },
	{ "2001:db8::/33", "2001:db8:7fff::1", true },
	{ "2001:db8::/33", "2001:db8:8000::1", false },
	{ "::/0", "2001::1", true },
	{ "::/0", "192.0.2.1", false },
	{ "192.0.2.0/24", "::ffff:192.0.2.9", true },
	{ "::ffff:192.0.2.1", "192.0.2.1", true },
	{ "::ffff:192.0.2.1", "::ffff:192.0.2.1", true },
	{ "::ffff:192.0.2.1", "192.0.2.2", false },
	{ "::ffff:c000:201/128", "192.0.2.1", true },
	{ "::ffff:192.0.2.0/120", "192.0.2.200", true },
	{ "::ffff:192.0.2.0/120", "192.0.3.1", false },
	{ "::ffff:0:0/96", "198.51.100.1", true },
	{ "::ffff:0:0/96", "::1", false },
	{ "::ffff:0:0/95", "192.0.2.1", false },
	{ "192.0.2.77/24", "192.0.2.1", true },
	{ "192.0.2.77/24", "192.0.3.77", false },
	{ "fe80::1/10", "febf::2", true },
	{ "10.0.0.0/8", "unix", false },
	{ "::/0", "unix", false }
};

START_TEST(test_nets)
{
	struct sockaddr_storage ss;
	struct auth_nets *list;

	list = NULL;
	ck_assert_ptr_null(auth_add_net(&list, &arena, nets[_i].net));
	address(&ss, nets[_i].address);
	ck_assert_msg(auth_in_nets(list, &ss) == nets[_i].in, "%s in %s",
	    nets[_i].address, nets[_i].net);
}
END_TEST

static const char *const bad_nets[] = { "", "host.example", "10.0.0.0/33",
    "10.0.0.0/x", "10.256", "1.2.3.4.5", "::1/129",
    "a/8", "/8", "10.0.0.0/255.0.255.0", "::/255.0.0.0", "10.1/16", "-1",
    "10..1" };

START_TEST(test_bad_nets)
{
	struct auth_nets *list;

	list = NULL;
	ck_assert_msg(auth_add_net(&list, &arena, bad_nets[_i]) != NULL,
	    "%s is taken", bad_nets[_i]);
	ck_assert_ptr_null(list);
}
END_TEST

/* ----------------------------------------------------------------- rules */

/*
 * A tree as words: "+all", "+any", "+none" open a group and "-" closes it,
 * anything else is a Require.  The whole is as in a section.
 */
static const char *
build(struct auth_rule **root, const char *text)
{
	struct auth_rule *rule, *stack[8];
	const char **argv, *line, *why;
	struct str s;
	size_t depth;

	depth = 0;
	stack[0] = auth_make_group(&arena, AUTH_ANY);
	for (s = str_of(text); s.n > 0;) {
		line = arena_cstr(&arena, str_head(s, str_chr(s, ';')));
		s = str_from(s, strlen(line) + 1);
		if (strcmp(line, "-") == 0) {
			why = auth_check_group(stack[depth--], false);
			if (why != NULL)
				return why;
			continue;
		}
		if (line[0] == '+') {
			rule = auth_make_group(&arena, strcmp(line, "+all") ==
			    0 ? AUTH_ALL : strcmp(line, "+any") == 0 ?
			    AUTH_ANY : AUTH_NONE);
			auth_add(stack[depth], rule);
			stack[++depth] = rule;
			continue;
		}
		argv = arena_alloc(&arena, MAX_WORDS * sizeof(*argv));
		why = auth_compile(&rule, &arena, split(line, argv), argv);
		if (why != NULL)
			return why;
		auth_add(stack[depth], rule);
	}
	*root = stack[0];
	return auth_check_group(stack[0], true);
}

#define NOBODY	NULL
static const struct {
	const char	*rules;
	const char	*user;		/* who is right about a password */
	int		 want;
} trees[] = {
	{ "all granted", NOBODY, 0 },
	{ "all denied", NOBODY, 403 },
	{ "all denied;all granted", NOBODY, 0 },
	{ "ip 192.0.2.1", NOBODY, 0 },
	{ "ip 192.0.2.0/24", NOBODY, 0 },
	{ "ip 10.1 192.0", NOBODY, 0 },
	{ "ip 10.0.0.0/8", NOBODY, 403 },
	{ "local", NOBODY, 403 },
	{ "method GET", NOBODY, 0 },
	{ "method PUT POST", NOBODY, 403 },
	{ "method get", NOBODY, 403 },
	{ "env SET", NOBODY, 0 },
	{ "env NONE SET", NOBODY, 0 },
	{ "env NONE", NOBODY, 403 },
	{ "valid-user", NOBODY, 401 },
	{ "valid-user", "ann", 0 },
	{ "user ann", "ann", 0 },
	{ "user bob", "ann", 401 },
	{ "user bob ann", "ann", 0 },
	{ "user bob", NOBODY, 401 },
	{ "ip 192.0.2.1;valid-user", NOBODY, 0 },
	{ "ip 10.1;valid-user", NOBODY, 401 },
	{ "ip 10.1;valid-user", "ann", 0 },
	{ "+all;ip 192.0.2.1;valid-user;-", NOBODY, 401 },
	{ "+all;ip 192.0.2.1;valid-user;-", "ann", 0 },
	{ "+all;ip 10.1;valid-user;-", NOBODY, 403 },
	{ "+all;ip 10.1;valid-user;-", "ann", 403 },
	{ "+all;all granted;not ip 192.0.2.1;-", NOBODY, 403 },
	{ "+all;all granted;not ip 10.1;-", NOBODY, 0 },
	{ "+all;all granted;not env SET;-", NOBODY, 403 },
	{ "+all;all granted;not method GET;-", NOBODY, 403 },
	{ "+all;all granted;not local;-", NOBODY, 0 },
	{ "+all;valid-user;not user ann;-", "ann", 401 },
	{ "+all;valid-user;not user bob;-", "ann", 0 },
	{ "+all;valid-user;not user bob;-", NOBODY, 401 },
	{ "+all;all granted;not user bob;-", NOBODY, 0 },
	{ "+all;all granted;not all denied;-", NOBODY, 0 },
	{ "+all;all granted;not all granted;-", NOBODY, 403 },
	{ "+all;all granted;+none;ip 10.1;env NONE;-;-", NOBODY, 0 },
	{ "+all;all granted;+none;ip 10.1;env SET;-;-", NOBODY, 403 },
	{ "+all;valid-user;+none;user bob;-;-", "ann", 0 },
	{ "+all;valid-user;+none;user ann;-;-", "ann", 401 },
	{ "+any;ip 10.1;env SET;-", NOBODY, 0 },
	{ "+any;ip 10.1;+all;env SET;method GET;-;-", NOBODY, 0 },
	{ "+any;ip 10.1;+all;env SET;method PUT;-;-", NOBODY, 403 },
	{ "+all;+any;ip 10.1;env SET;-;+any;method GET;user bob;-;-", NOBODY,
	  0 },
	{ "+all;+any;ip 10.1;env SET;-;+any;method PUT;user bob;-;-", NOBODY,
	  401 },
	{ "+all;+any;ip 10.1;env SET;-;+any;method PUT;user ann;-;-", "ann",
	  0 }
};

static void
write_users(const char *text)
{
	FILE *fp;

	fp = fopen(path, "w");
	ck_assert_ptr_nonnull(fp);
	fputs(text, fp);
	fclose(fp);
}

/* Users by their password, which is "secret" for ann and "other" for bob. */
static void
use_users(const char *text)
{
	const char *why, *warning;

	write_users(text);
	set.auth_type = AUTH_TYPE_BASIC;
	set.auth_name = "the place";
	set.auth_file = auth_open_file(&arena, path, &why, &warning);
	ck_assert_ptr_nonnull(set.auth_file);
}

static const char *
hash_of(const char *password, const char *setting)
{
	const char *made;

	made = compat_crypt(password, setting);
	return made == NULL || made[0] == '*' ? NULL :
	    arena_cstr(&arena, str_of(made));
}

static struct str
base64(const char *text, size_t n)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned char in[3];
	struct out o;
	size_t i, k;

	out_begin(&o, &arena);
	for (i = 0; i < n; i += 3) {
		memset(in, 0, sizeof(in));
		k = n - i < 3 ? n - i : 3;
		memcpy(in, text + i, k);
		out_ch(&o, alphabet[in[0] >> 2]);
		out_ch(&o, alphabet[(in[0] & 3) << 4 | in[1] >> 4]);
		out_ch(&o, k < 2 ? '=' : alphabet[(in[1] & 15) << 2 |
		    in[2] >> 6]);
		out_ch(&o, k < 3 ? '=' : alphabet[in[2] & 63]);
	}
	return out_end(&o, &arena);
}

static void
authorize(const char *user, const char *password)
{
	const char *text, *value;
	struct str code;

	fields_del(&fields, STR("Authorization"));
	text = arena_printf(&arena, "%s:%s", user, password);
	code = base64(text, strlen(text));
	value = arena_printf(&arena, "Basic %.*s", STR_ARG(code));
	ck_assert_int_eq(fields_add(&fields, &arena, STR("Authorization"),
	    str_of(value)), 0);
}

static const char users_sha[] =
    "# two\n\nann:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n"
    "bob:{SHA}0JQeaNqPOBUf+Gph/Fn3xc+fyqI=\n";

START_TEST(test_trees)
{
	struct auth_result r;

	ck_assert_ptr_null(build(&set.require, trees[_i].rules));
	use_users(users_sha);
	env_set(&env, STR("SET"), STR(""));
	if (trees[_i].user != NULL)
		authorize(trees[_i].user, "secret");
	ck_assert_msg(auth_check(&subject, &r) == trees[_i].want, "%s",
	    trees[_i].rules);
	ck_assert((trees[_i].want == 401) == (r.challenge.p != NULL &&
	    trees[_i].want == 401));
}
END_TEST

static const struct {
	const char	*rules;
	const char	*why;
} faults[] = {
	{ "not ip 10.1", "<RequireAll> only" },
	{ "+none;local;-", "<RequireAll> only" },
	{ "+any;not local;-", "write <RequireAll>" },
	{ "+none;not local;-", "write <RequireAll>" },
	{ "+all;not local;-", "can never grant" },
	{ "+all;+none;local;-;-", "can never grant" },
	{ "+all;-", "empty" },
	{ "all", "granted or denied" },
	{ "all allowed", "granted or denied" },
	{ "all granted now", "granted or denied" },
	{ "ip", "needs an address" },
	{ "ip 10.1 host.example", "names of hosts" },
	{ "local now", "nothing comes behind" },
	{ "valid-user ann", "nothing comes behind" },
	{ "method", "need a name" },
	{ "env", "need a name" },
	{ "user", "need a name" },
	{ "host example.org", "write Require ip" },
	{ "not host example.org", "write Require ip" },
	{ "forward-dns a", "write Require ip" },
	{ "group g", "Require user" },
	{ "expr true", "SetEnvIf" },
	{ "ldap-user a", "is not known" },
	{ "not", "is missing" }
};

START_TEST(test_faults)
{
	struct auth_rule *root;
	const char *why;

	why = build(&root, faults[_i].rules);
	ck_assert_msg(why != NULL, "%s is taken", faults[_i].rules);
	ck_assert_msg(strstr(why, faults[_i].why) != NULL, "%s: %s",
	    faults[_i].rules, why);
}
END_TEST

static const struct {
	const char	*rules;
	bool		 open;
	bool		 asks;
} kinds[] = {
	{ "all granted", true, false },
	{ "all denied", false, false },
	{ "local", false, false },
	{ "all granted;local", true, false },
	{ "+all;all granted;-", true, false },
	{ "+all;all granted;local;-", false, false },
	{ "valid-user", false, true },
	{ "+all;local;+any;user a;env B;-;-", false, true },
	{ "+all;all granted;not user a;-", false, true }
};

START_TEST(test_kinds)
{
	struct auth_rule *root;

	ck_assert_ptr_null(build(&root, kinds[_i].rules));
	ck_assert(auth_is_open(root) == kinds[_i].open);
	ck_assert(auth_asks_user(root) == kinds[_i].asks);
}
END_TEST

static const struct {
	const char	*client;
	bool		 local;
	bool		 any_ip;	/* Require ip of all */
} locals[] = {
	{ "127.0.0.1", true, true },
	{ "127.9.9.9", true, true },
	{ "::1", true, true },
	{ "::ffff:127.0.0.1", true, true },
	{ "192.0.2.99", true, true },
	{ "192.0.2.98", false, true },
	{ "2001:db8::1", false, true },
	{ "unix", true, false }
};

START_TEST(test_locals)
{
	struct auth_result r;

	address(&client, locals[_i].client);
	ck_assert_ptr_null(build(&set.require, "local"));
	ck_assert_int_eq(auth_check(&subject, &r), locals[_i].local ? 0 : 403);
	ck_assert_ptr_null(build(&set.require, "ip 0.0.0.0/0 ::/0"));
	ck_assert_int_eq(auth_check(&subject, &r),
	    locals[_i].any_ip ? 0 : 403);
}
END_TEST

/* httpd: GET stands for HEAD. */
START_TEST(test_head)
{
	struct auth_result r;

	subject.method = STR("HEAD");
	ck_assert_ptr_null(build(&set.require, "method GET"));
	ck_assert_int_eq(auth_check(&subject, &r), 0);
	ck_assert_ptr_null(build(&set.require, "method POST"));
	ck_assert_int_eq(auth_check(&subject, &r), 403);
}
END_TEST

/* ------------------------------------------------------------- passwords */

static const char *const crypts[] = { "ab", "$1$salt", "$5$saltsalt",
    "$6$rounds=1000$saltsalt", "$2b$04$abcdefghijklmnopqrstuu",
    "$2y$04$abcdefghijklmnopqrstuu" };

START_TEST(test_crypt)
{
	struct auth_result r;
	const char *hash;

	hash = hash_of("secret", crypts[_i]);
	if (hash == NULL) {
		fprintf(stderr, "auth: crypt(3) has no %s here\n",
		    crypts[_i]);
		return;
	}
	use_users(arena_printf(&arena, "x:y\nann:%s\nbob:%s:rest\n", hash,
	    hash));
	ck_assert_ptr_null(build(&set.require, "valid-user"));
	authorize("ann", "secret");
	ck_assert_int_eq(auth_check(&subject, &r), 0);
	ck_assert(str_eq(r.user, STR("ann")));
	authorize("bob", "secret");
	ck_assert_int_eq(auth_check(&subject, &r), 0);
	authorize("ann", "secre");
	ck_assert_int_eq(auth_check(&subject, &r), 401);
	ck_assert_ptr_null(r.user.p);
	authorize("ann", "");
	ck_assert_int_eq(auth_check(&subject, &r), 401);
	authorize("nobody", "secret");
	ck_assert_int_eq(auth_check(&subject, &r), 401);
}
END_TEST

/* What a refusal costs: nothing tells who is there, and by which hash. */
static const char *const refused[] = { "ann", "bob", "apr", "des", "eve",
    "nobody", "no", "whoever", "root", "admin" };

/* CPU time of a request that is refused, in clock ticks. */
static clock_t
cost_of_refusal(const char *user)
{
	struct auth_result r;
	clock_t began;

	authorize(user, "wrong");
	began = clock();
	ck_assert_int_eq(auth_check(&subject, &r), 401);
	return clock() - began;
}

START_TEST(test_refusal_costs_the_same)
{
	const char *dear, *des;
	clock_t cost, most;

	dear = hash_of("secret", "$6$rounds=60000$saltsalt");
	if (dear == NULL)
		return;
	des = hash_of("secret", "ab");
	/* the cheap one first, one that is refused, the dear one last */
	use_users(arena_printf(&arena,
	    "ann:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n"
	    "apr:$apr1$x$secret\ndes:%s\nbob:%s\n",
	    des != NULL ? des : "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=", dear));
	ck_assert_ptr_null(build(&set.require, "valid-user"));
	most = cost_of_refusal("bob");
	cost = cost_of_refusal(refused[_i]);
	ck_assert_msg(cost > most / 3 && cost < most * 3,
	    "%s: %ld, bob: %ld", refused[_i], (long)cost, (long)most);
}
END_TEST

static const char *const never[] = { "secret", "{SHA}",
    "{SHA}5en6G6MezRroT3XKqkdPOmY/BfR", "$apr1$x$secret", "", "!", "*",
    "{SSHA}abc" };

START_TEST(test_never)
{
	const char *why, *warning;
	struct auth_result r;

	write_users(arena_printf(&arena, "ann:%s\n", never[_i]));
	set.auth_type = AUTH_TYPE_BASIC;
	set.auth_name = "x";
	set.auth_file = auth_open_file(&arena, path, &why, &warning);
	ck_assert_ptr_nonnull(set.auth_file);
	ck_assert_ptr_nonnull(warning);
	ck_assert_ptr_nonnull(strstr(warning, "line 1: user ann cannot log "
	    "in: "));
	ck_assert_ptr_null(build(&set.require, "valid-user"));
	authorize("ann", "secret");
	ck_assert_int_eq(auth_check(&subject, &r), 401);
	authorize("ann", never[_i]);
	ck_assert_int_eq(auth_check(&subject, &r), 401);
}
END_TEST

/* RFC 3174 7.3, and texts around the length of a block. */
static const struct {
	const char	*text;
	const char	*digest;
} shas[] = {
	{ "", "2jmj7l5rSw0yVb/vlWAYkK/YBwk=" },
	{ "abc", "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
	  "hJg+RBw70m66rkqh+VEp5eVGcPE=" },
	{ "0123456701234567012345670123456701234567012345670123456701234567",
	  "4MCU6GfvRsNQ71Sn9Z3WC+2SroM=" },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  "wci73CJ5bijA4VFj0giZtlYh1lo=" }
};

START_TEST(test_sha)
{
	struct auth_result r;

	use_users(arena_printf(&arena, "ann:{SHA}%s\n", shas[_i].digest));
	ck_assert_ptr_null(build(&set.require, "valid-user"));
	authorize("ann", shas[_i].text);
	ck_assert_int_eq(auth_check(&subject, &r), 0);
	authorize("ann", "x");
	ck_assert_int_eq(auth_check(&subject, &r), 401);
}
END_TEST

static const struct {
	const char	*value;
	int		 want;
} values[] = {
	{ "Basic YW5uOnNlY3JldA==", 0 },
	{ "basic YW5uOnNlY3JldA==", 0 },
	{ "BASIC   YW5uOnNlY3JldA== ", 0 },
	{ "Basic YW5uOnNlY3JldA=", 401 },
	{ "Basic YW5uOnNlY3JldA", 401 },
	{ "Basic YW5u OnNlY3JldA==", 401 },
	{ "Basic YW5uOnNlY3JldA===", 401 },
	{ "Basic YW5u!nNlY3JldA==", 401 },
	{ "Basic =YW5uOnNlY3JldA=", 401 },
	{ "Basic YW5u", 401 },			/* no colon */
	{ "Basic OnNlY3JldA==", 401 },		/* no user */
	{ "Basic YW5uAHg6c2VjcmV0", 401 },	/* NUL in the user */
	{ "Basic YW5uOnNlY3JldAB4", 401 },	/* NUL in the password */
	{ "Basic", 401 },
	{ "Basic ", 401 },
	{ "", 401 },
	{ "Bearer YW5uOnNlY3JldA==", 401 },
	{ "Basically YW5uOnNlY3JldA==", 401 }
};

START_TEST(test_values)
{
	struct auth_result r;

	use_users(users_sha);
	ck_assert_ptr_null(build(&set.require, "valid-user"));
	ck_assert_int_eq(fields_add(&fields, &arena, STR("Authorization"),
	    str_of(values[_i].value)), 0);
	ck_assert_int_eq(auth_check(&subject, &r), values[_i].want);
	if (values[_i].want == 401)
		ck_assert(str_eq(r.challenge,
		    STR("Basic realm=\"the place\"")));
}
END_TEST

START_TEST(test_challenge)
{
	struct auth_result r;

	use_users(users_sha);
	set.auth_name = "a \"b\" \\ \n\tc";
	ck_assert_ptr_null(build(&set.require, "valid-user"));
	ck_assert_int_eq(auth_check(&subject, &r), 401);
	ck_assert(str_eq(r.challenge,
	    STR("Basic realm=\"a \\\"b\\\" \\\\ c\"")));
}
END_TEST

/* What is missing is a fault of the configuration. */
START_TEST(test_missing)
{
	struct auth_result r;

	use_users(users_sha);
	ck_assert_ptr_null(build(&set.require, "valid-user"));
	authorize("ann", "secret");
	set.auth_type = AUTH_TYPE_NONE;
	ck_assert_int_eq(auth_check(&subject, &r), 500);
	set.auth_type = AUTH_TYPE_BASIC;
	set.auth_name = NULL;
	ck_assert_int_eq(auth_check(&subject, &r), 500);
	set.auth_name = "x";
	auth_close_file(set.auth_file);
	set.auth_file = NULL;
	ck_assert_int_eq(auth_check(&subject, &r), 500);
	ck_assert_ptr_null(build(&set.require, "ip 192.0.2.1;valid-user"));
	ck_assert_int_eq(auth_check(&subject, &r), 0);
}
END_TEST

static int
log_in(int64_t now, const char *password)
{
	struct auth_result r;

	subject.now = now;
	authorize("ann", password);
	return auth_check(&subject, &r);
}

/* The file is looked at once a second, and what was known stays. */
START_TEST(test_changes)
{
	use_users(users_sha);
	ck_assert_ptr_null(build(&set.require, "valid-user"));
	ck_assert_int_eq(log_in(1000, "secret"), 0);
	write_users("ann:{SHA}0JQeaNqPOBUf+Gph/Fn3xc+fyqI=\nlonger:x\n");
	ck_assert_int_eq(log_in(1500, "secret"), 0);
	ck_assert_int_eq(log_in(2500, "secret"), 401);
	ck_assert_int_eq(log_in(2600, "other"), 0);
	unlink(path);
	ck_assert_int_eq(log_in(4000, "other"), 0);
	ck_assert_int_eq(log_in(4000, "secret"), 401);
	write_users("bob:x\n");
	ck_assert_int_eq(log_in(6000, "other"), 401);
	write_users(users_sha);
	ck_assert_int_eq(log_in(8000, "secret"), 0);
}
END_TEST

/* A file that has become much larger does not fit: the old one stays. */
START_TEST(test_too_large)
{
	char *text;
	size_t n;

	use_users(users_sha);
	ck_assert_ptr_null(build(&set.require, "valid-user"));
	n = 2 * 1024 * 1024;
	text = malloc(n + 1);
	ck_assert_ptr_nonnull(text);
	memset(text, '\n', n);
	text[n] = '\0';
	write_users(text);
	free(text);
	ck_assert_int_eq(log_in(5000, "secret"), 0);
}
END_TEST

START_TEST(test_remembered)
{
	int i;

	use_users(users_sha);
	ck_assert_ptr_null(build(&set.require, "valid-user"));
	for (i = 0; i < 3; i++)
		ck_assert_int_eq(log_in(1000 + i, "secret"), 0);
	ck_assert_int_eq(log_in(1003, "Secret"), 401);
	ck_assert_int_eq(log_in(1000 + 6 * 60 * 1000, "secret"), 0);
	ck_assert_int_eq(log_in(1001 + 6 * 60 * 1000, "secre"), 401);
}
END_TEST

START_TEST(test_bad_files)
{
	const char *why, *warning;

	ck_assert_ptr_null(auth_open_file(&arena, "/nonexistent/x", &why,
	    &warning));
	ck_assert_str_eq(why, "No such file or directory");
	ck_assert_ptr_null(auth_open_file(&arena, dir, &why, &warning));
	ck_assert_ptr_null(auth_open_file(&arena, "/dev/zero", &why,
	    &warning));
	write_users("");
	set.auth_file = auth_open_file(&arena, path, &why, &warning);
	ck_assert_ptr_nonnull(set.auth_file);
	ck_assert_ptr_null(warning);
}
END_TEST

START_TEST(test_full)
{
	struct arena small;
	struct auth_result r;
	size_t size;
	int status;

	use_users(users_sha);
	ck_assert_ptr_null(build(&set.require, "valid-user"));
	authorize("ann", "secret");
	for (size = 16; size < 256; size += 8) {
		ck_assert_int_eq(arena_init(&small, size), 0);
		subject.arena = &small;
		status = auth_check(&subject, &r);
		ck_assert(status == 0 || status == 401);
		arena_free(&small);
	}
}
END_TEST

/* -------------------------------------------------------------- RemoteIP */

static const struct {
	const char	*peer;
	const char	*internal;	/* NULL: none */
	const char	*trusted;
	const char	*lines;		/* of the field, | between them */
	const char	*client;
	const char	*left;		/* of the field; NULL: it is gone */
	const char	*passed;	/* NULL: none */
} chains[] = {
	{ "10.0.0.1", "10.0.0.0/8", NULL, "192.0.2.5", "192.0.2.5", NULL,
	  NULL },
	{ "10.0.0.1", "10.0.0.0/8", NULL, "192.0.2.5, 10.0.0.2", "192.0.2.5",
	  NULL, NULL },
	{ "10.0.0.1", "10.0.0.0/8", NULL, "192.0.2.4, 192.0.2.5", "192.0.2.5",
	  "192.0.2.4", NULL },
	{ "10.0.0.1", "10.0.0.0/8", NULL, "192.0.2.4|192.0.2.5", "192.0.2.5",
	  "192.0.2.4", NULL },
	{ "192.0.2.1", "10.0.0.0/8", NULL, "192.0.2.5", "192.0.2.1",
	  "192.0.2.5", NULL },
	{ "10.0.0.1", NULL, NULL, "192.0.2.5", "10.0.0.1", "192.0.2.5", NULL },
	{ "10.0.0.1", NULL, "10.0.0.0/8", "192.0.2.5", "192.0.2.5", NULL,
	  "10.0.0.1" },
	{ "198.51.100.1", NULL, "198.51.100.0/24",
	  "192.0.2.5, 198.51.100.2", "192.0.2.5", NULL,
	  "198.51.100.1, 198.51.100.2" },
	/* Private addresses are believed from internal ones only. */
	{ "10.0.0.1", "10.0.0.0/8", NULL, "192.168.1.1", "192.168.1.1", NULL,
	  NULL },
	{ "198.51.100.1", NULL, "198.51.100.1", "192.168.1.1",
	  "198.51.100.1", "192.168.1.1", NULL },
	{ "198.51.100.1", NULL, "198.51.100.1", "127.0.0.1", "198.51.100.1",
	  "127.0.0.1", NULL },
	{ "198.51.100.1", NULL, "198.51.100.1", "172.16.0.1",
	  "198.51.100.1", "172.16.0.1", NULL },
	{ "198.51.100.1", NULL, "198.51.100.1", "172.32.0.1", "172.32.0.1",
	  NULL, "198.51.100.1" },
	{ "198.51.100.1", NULL, "198.51.100.1", "169.254.0.1",
	  "198.51.100.1", "169.254.0.1", NULL },
	{ "198.51.100.1", NULL, "198.51.100.1", "fe80::1", "198.51.100.1",
	  "fe80::1", NULL },
	{ "198.51.100.1", NULL, "198.51.100.1", "2001:db8::5",
	  "2001:db8::5", NULL, "198.51.100.1" },
	/* How addresses are written. */
	{ "10.0.0.1", "10.0.0.0/8", NULL, "192.0.2.5:4711", "192.0.2.5", NULL,
	  NULL },
	{ "10.0.0.1", "10.0.0.0/8", NULL, "[2001:db8::5]:80", "2001:db8::5",
	  NULL, NULL },
	{ "10.0.0.1", "10.0.0.0/8", NULL, "[2001:db8::5]", "2001:db8::5",
	  NULL, NULL },
	{ "10.0.0.1", "10.0.0.0/8", NULL, "\"[2001:db8::5]:80\"",
	  "2001:db8::5", NULL, NULL },
	{ "10.0.0.1", "10.0.0.0/8", NULL, "  192.0.2.5\t", "192.0.2.5", NULL,
	  NULL },
	{ "::1", "::1", NULL, "192.0.2.5", "192.0.2.5", NULL, NULL },
	{ "::1", "::1", NULL, "::ffff:192.0.2.5", "192.0.2.5", NULL, NULL },
	{ "::ffff:10.0.0.1", "10.0.0.0/8", NULL, "192.0.2.5", "192.0.2.5",
	  NULL, NULL },
	/* What is none ends the walk. */
	{ "10.0.0.1", "10.0.0.0/8", NULL, "192.0.2.5, unknown", "10.0.0.1",
	  "192.0.2.5, unknown", NULL },
	{ "10.0.0.1", "10.0.0.0/8", NULL, "evil, 10.0.0.2", "10.0.0.2",
	  "evil", NULL },
	{ "10.0.0.1", "10.0.0.0/8", NULL, "192.0.2.5,", "10.0.0.1",
	  "192.0.2.5,", NULL },
	{ "10.0.0.1", "10.0.0.0/8", NULL, ",,192.0.2.5", "192.0.2.5", ",",
	  NULL },
	{ "10.0.0.1", "10.0.0.0/8", NULL, "", "10.0.0.1", "", NULL },
	{ "10.0.0.1", "10.0.0.0/8", NULL, "192.0.2", "10.0.0.1", "192.0.2",
	  NULL },
	{ "10.0.0.1", "10.0.0.0/8", NULL, "1.2.3.4.5", "10.0.0.1",
	  "1.2.3.4.5", NULL },
	{ "10.0.0.1", "10.0.0.0/8", NULL, "[192.0.2.5", "192.0.2.5", NULL,
	  NULL },
	{ "unix", "0.0.0.0/0", "::/0", "192.0.2.5", "unix", "192.0.2.5", NULL }
};

START_TEST(test_chains)
{
	struct auth_remote r;
	struct sockaddr_storage ss;
	const struct str *value;
	struct str s, line;
	char ip[INET6_ADDRSTRLEN], of[INET6_ADDRSTRLEN];
	unsigned port;

	memset(&r, 0, sizeof(r));
	r.field = "X-Forwarded-For";
	r.proxies_field = "X-By";
	if (chains[_i].internal != NULL)
		ck_assert_ptr_null(auth_add_net(&r.internal, &arena,
		    chains[_i].internal));
	if (chains[_i].trusted != NULL)
		ck_assert_ptr_null(auth_add_net(&r.trusted, &arena,
		    chains[_i].trusted));
	s = str_of(chains[_i].lines);
	do {
		line = str_head(s, str_chr(s, '|'));
		s = str_from(s, line.n + 1);
		ck_assert_int_eq(fields_add(&fields, &arena,
		    STR("x-forwarded-for"), line), 0);
	} while (s.n > 0);
	address(&ss, chains[_i].peer);
	snprintf(ip, sizeof(ip), "%s", chains[_i].peer);
	ck_assert_int_eq(auth_find_client(&r, &fields, &arena, &ss, ip,
	    sizeof(ip)), 0);
	ck_assert_str_eq(ip, chains[_i].client);
	io_address(&ss, of, sizeof(of), &port);
	ck_assert_str_eq(strcmp(of, "unix:") == 0 ? "unix" : of,
	    chains[_i].client);
	value = fields_get(&fields, STR("X-Forwarded-For"));
	if (chains[_i].left == NULL)
		ck_assert_ptr_null(value);
	else if (strchr(chains[_i].lines, '|') == NULL)
		ck_assert(str_eq(*value, str_of(chains[_i].left)));
	value = fields_get(&fields, STR("X-By"));
	if (chains[_i].passed == NULL)
		ck_assert_ptr_null(value);
	else
		ck_assert(str_eq(*value, str_of(chains[_i].passed)));
}
END_TEST

/* A long chain costs its length, also in memory. */
START_TEST(test_long_chain)
{
	static char list[64 * 1024];
	struct auth_remote r;
	struct fields fields;
	struct sockaddr_storage ss;
	struct out o;
	char ip[INET6_ADDRSTRLEN];
	size_t used;
	int i;

	memset(&r, 0, sizeof(r));
	memset(&fields, 0, sizeof(fields));
	r.field = "X-Forwarded-For";
	r.proxies_field = "X-By";
	ck_assert_ptr_null(auth_add_net(&r.trusted, &arena, "192.0.2.0/24"));
	out_init(&o, list, sizeof(list));
	for (i = 0; i < 5000; i++)
		out_z(&o, "192.0.2.1,");
	ck_assert_int_eq(fields_add(&fields, &arena, STR("X-Forwarded-For"),
	    str_head(out_done(&o), o.n - 1)), 0);
	address(&ss, "192.0.2.9");
	snprintf(ip, sizeof(ip), "192.0.2.9");
	used = arena.used;
	ck_assert_int_eq(auth_find_client(&r, &fields, &arena, &ss, ip,
	    sizeof(ip)), 0);
	ck_assert_str_eq(ip, "192.0.2.1");
	ck_assert_uint_eq(fields_get(&fields, STR("X-By"))->n,
	    5000 * strlen("192.0.2.1, ") - 2);
	ck_assert_uint_lt(arena.used - used, 2 * sizeof(list));
}
END_TEST

Suite *
suite_auth(void)
{
	Suite *s;
	TCase *t;

	s = suite_create("auth");
	t = tcase_create("auth");
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, test_nets, 0, NELEM(nets));
	tcase_add_loop_test(t, test_bad_nets, 0, NELEM(bad_nets));
	tcase_add_loop_test(t, test_trees, 0, NELEM(trees));
	tcase_add_loop_test(t, test_faults, 0, NELEM(faults));
	tcase_add_loop_test(t, test_kinds, 0, NELEM(kinds));
	tcase_add_loop_test(t, test_locals, 0, NELEM(locals));
	tcase_add_test(t, test_head);
	tcase_add_loop_test(t, test_crypt, 0, NELEM(crypts));
	tcase_add_loop_test(t, test_refusal_costs_the_same, 0,
	    NELEM(refused));
	tcase_add_loop_test(t, test_never, 0, NELEM(never));
	tcase_add_loop_test(t, test_sha, 0, NELEM(shas));
	tcase_add_loop_test(t, test_values, 0, NELEM(values));
	tcase_add_test(t, test_challenge);
	tcase_add_test(t, test_missing);
	tcase_add_test(t, test_changes);
	tcase_add_test(t, test_too_large);
	tcase_add_test(t, test_remembered);
	tcase_add_test(t, test_bad_files);
	tcase_add_test(t, test_full);
	tcase_add_loop_test(t, test_chains, 0, NELEM(chains));
	tcase_add_test(t, test_long_chain);
	suite_add_tcase(s, t);
	return s;
}
