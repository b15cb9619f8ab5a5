/*
 * access: who is let in by Order, Allow, Deny and Satisfy, alone and with
 * Require.
 */
#include <sys/types.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "access.h"
#include "auth.h"
#include "buf.h"
#include "config.h"
#include "env.h"
#include "http.h"
#include "log.h"
#include "unit.h"

static struct arena arena;
static struct settings set;
static struct sockaddr_storage client;
static struct env env;
static struct fields fields;
static struct auth_subject subject;

static void
setup(void)
{
	struct sockaddr_in *sin;

	ck_assert_int_eq(arena_init(&arena, 1024 * 1024), 0);
	log_to(NULL, LOG_LEVEL_ERROR);
	memset(&set, 0, sizeof(set));
	memset(&fields, 0, sizeof(fields));
	memset(&client, 0, sizeof(client));
	client.ss_family = AF_INET;
	sin = (struct sockaddr_in *)&client;
	ck_assert_int_eq(inet_pton(AF_INET, "192.0.2.1", &sin->sin_addr), 1);
	env_init(&env, &arena, 4);
	env_set(&env, STR("HERE"), STR(""));
	memset(&subject, 0, sizeof(subject));
	subject.set = &set;
	subject.client = &client;
	subject.client_ip = "192.0.2.1";
	subject.here = &client;
	subject.method = STR("GET");
	subject.path = STR("/x");
	subject.env = &env;
	subject.fields = &fields;
	subject.arena = &arena;
}

static void
teardown(void)
{
	arena_free(&arena);
}

static const struct {
	const char	*order;		/* NULL: not told */
	const char	*allow;		/* NULL: none */
	const char	*deny;
	bool		 in;
	bool		 open;
	bool		 closed;
} rows[] = {
	{ NULL, NULL, NULL, true, true, false },
	{ NULL, NULL, "all", false, false, true },
	{ NULL, "192.0.2.1", "all", true, false, false },
	{ NULL, "192.0.2.2", "all", false, false, false },
	{ NULL, NULL, "192.0.2.1", false, true, false },
	{ "Deny,Allow", "all", "all", true, true, false },
	{ "allow,deny", NULL, NULL, false, false, true },
	{ "ALLOW,DENY", "all", NULL, true, true, false },
	{ "allow,deny", "all", "192.0.2", false, true, false },
	{ "allow,deny", "all", "::ffff:192.0.2.1", false, true, false },
	{ "allow,deny", "all", "all", false, false, true },
	{ "allow,deny", "::/0", NULL, false, false, false },
	{ "mutual-failure", "192.0.2.0/24", NULL, true, false, false },
	{ "mutual-failure", "192.0.2.0/24", "192.0.2.1", false, false, false },
	{ "mutual-failure", NULL, "192.0.2.9", false, false, true },
	{ NULL, "env=HERE", "all", true, false, false },
	{ NULL, "ENV=here", "all", true, false, false },
	{ NULL, "env=!HERE", "all", false, false, false },
	{ NULL, "env=!AWAY", "ALL", true, false, false },
	{ NULL, NULL, "env=HERE", false, true, false }
};

START_TEST(test_order)
{
	struct access_rules *r;
	struct auth_result result;

	r = set.access = access_make(&arena);
	ck_assert(rows[_i].order == NULL ||
	    access_set_order(r, rows[_i].order));
	ck_assert(rows[_i].allow == NULL || access_add(r, &arena,
	    ACCESS_ALLOW, rows[_i].allow) == NULL);
	ck_assert(rows[_i].deny == NULL || access_add(r, &arena,
	    ACCESS_DENY, rows[_i].deny) == NULL);
	ck_assert_int_eq(access_admits(&subject), rows[_i].in);
	ck_assert_int_eq(access_check(&subject, &result),
	    rows[_i].in ? 0 : 403);
	ck_assert_int_eq(access_is_open(&set), rows[_i].open);
	ck_assert_int_eq(access_is_closed(&set), rows[_i].closed);
}
END_TEST

/* Require all granted or denied, or none, beside Allow or Deny from all. */
static const struct {
	const char	*satisfy;
	enum access_list list;
	const char	*require;	/* NULL: none */
	int		 status;
} both[] = {
	{ "all", ACCESS_ALLOW, NULL, 0 },
	{ "all", ACCESS_ALLOW, "granted", 0 },
	{ "All", ACCESS_ALLOW, "denied", 403 },
	{ "all", ACCESS_DENY, NULL, 403 },
	{ "ALL", ACCESS_DENY, "granted", 403 },
	{ "all", ACCESS_DENY, "denied", 403 },
	{ "any", ACCESS_ALLOW, NULL, 0 },
	{ "any", ACCESS_ALLOW, "granted", 0 },
	{ "Any", ACCESS_ALLOW, "denied", 0 },
	{ "any", ACCESS_DENY, NULL, 0 },
	{ "ANY", ACCESS_DENY, "granted", 0 },
	{ "any", ACCESS_DENY, "denied", 403 }
};

START_TEST(test_satisfy)
{
	const char *words[2] = { "all", both[_i].require };
	struct auth_result result;
	struct auth_rule *rule;

	set.access = access_make(&arena);
	ck_assert(access_set_satisfy(set.access, both[_i].satisfy));
	ck_assert_ptr_null(access_add(set.access, &arena, both[_i].list,
	    "all"));
	if (words[1] != NULL) {
		set.require = auth_make_group(&arena, AUTH_ANY);
		ck_assert_ptr_null(auth_compile(&rule, &arena, 2, words));
		auth_add(set.require, rule);
	}
	ck_assert_int_eq(access_check(&subject, &result), both[_i].status);
	ck_assert_int_eq(access_is_open(&set), both[_i].status == 0);
	ck_assert_int_eq(access_is_closed(&set), both[_i].status != 0);
	ck_assert_int_eq(access_is_idle(set.access),
	    both[_i].list == ACCESS_DENY && str_caseeq(str_of(
	    both[_i].satisfy), STR("any")));
}
END_TEST

/* A section that says how to ask, and asks nobody. */
START_TEST(test_unasked)
{
	struct auth_result result;

	ck_assert_int_eq(access_check(&subject, &result), 0);
	set.auth_type = AUTH_TYPE_BASIC;
	ck_assert_int_eq(access_check(&subject, &result), 0);
	set.auth_type = AUTH_TYPE_SECTION;
	ck_assert_int_eq(access_check(&subject, &result), 500);
	set.access = access_make(&arena);
	ck_assert_int_eq(access_check(&subject, &result), 500);
	ck_assert(access_set_satisfy(set.access, "any"));
	ck_assert_int_eq(access_check(&subject, &result), 0);
	subject.vouched = true;
	ck_assert(access_set_satisfy(set.access, "all"));
	ck_assert_int_eq(access_check(&subject, &result), 0);
}
END_TEST

static const char *const wrong[] = { "", "host.example", ".example", "10.1/33",
    "300.1", "env=", "env=!", "localhost", "10.0.0.0/255.0.255.0", "unix:" };

START_TEST(test_wrong_names)
{
	struct access_rules *r;

	r = access_make(&arena);
	ck_assert_ptr_nonnull(access_add(r, &arena, ACCESS_DENY, wrong[_i]));
	ck_assert(!access_set_order(r, "deny"));
	ck_assert(!access_set_satisfy(r, "some"));
	ck_assert(!access_denies_nets(r));
	ck_assert_ptr_null(access_add(r, &arena, ACCESS_DENY, "10.1"));
	ck_assert(access_denies_nets(r));
	ck_assert_ptr_null(access_add(r, &arena, ACCESS_DENY, "all"));
	ck_assert(!access_denies_nets(r));
}
END_TEST

Suite *
suite_access(void)
{
	Suite *s;
	TCase *c;

	s = suite_create("access");
	c = tcase_create("access");
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_loop_test(c, test_order, 0, (int)NELEM(rows));
	tcase_add_loop_test(c, test_satisfy, 0, (int)NELEM(both));
	tcase_add_test(c, test_unasked);
	tcase_add_loop_test(c, test_wrong_names, 0, (int)NELEM(wrong));
	suite_add_tcase(s, c);
	return s;
}
