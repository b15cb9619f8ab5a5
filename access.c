/*
 * access: Order, Allow, Deny and Satisfy, as httpd's mod_access_compat has
 * them, and how they go together with Require.
 *
 * It knows no user and no rule of Require, which are auth.c's, and it asks
 * nobody for the name of a client.
 */
#include <stdbool.h>
#include <string.h>

#include "access.h"
#include "auth.h"
#include "buf.h"
#include "config.h"
#include "env.h"
#include "log.h"

enum order { ORDER_DENY_ALLOW, ORDER_ALLOW_DENY, ORDER_MUTUAL_FAILURE };

/* "env=name" */
struct wanted {
	struct wanted	*next;
	struct str	 name;
	bool		 absent;	/* "env=!name" */
};

/* What stands behind Allow from, or Deny from. */
struct access_names {
	bool			 all;
	struct auth_nets	*nets;
	struct wanted		*variables;
};

struct access_rules {
	enum order		 order;
	bool			 any;		/* Satisfy any */
	struct access_names	 names[2];	/* by enum access_list */
};

struct access_rules *
access_make(struct arena *a)
{
	return arena_zalloc(a, sizeof(struct access_rules));
}

bool
access_set_order(struct access_rules *rules, const char *word)
{
	int value;

	value = config_find_word("deny,allow allow,deny mutual-failure",
	    word);
	if (value == -1)
		return false;
	rules->order = (enum order)value;
	return true;
}

bool
access_set_satisfy(struct access_rules *rules, const char *word)
{
	int value;

	value = config_find_word("all any", word);
	if (value == -1)
		return false;
	rules->any = value == 1;
	return true;
}

static const char *
add_variable(struct access_names *names, struct arena *a, struct str name)
{
	struct wanted *w;

	w = arena_zalloc(a, sizeof(*w));
	if (w == NULL)
		return "out of memory";
	w->absent = str_starts(name, STR("!"));
	w->name = w->absent ? str_from(name, 1) : name;
	if (w->name.n == 0)
		return "env= needs the name of a variable";
	w->next = names->variables;
	names->variables = w;
	return NULL;
}

const char *
access_add(struct access_rules *rules, struct arena *a, enum access_list list,
    const char *word)
{
	struct access_names *names;
	struct str s;

	names = &rules->names[list];
	s = str_of(word);
	if (str_caseeq(s, STR("all"))) {
		names->all = true;
		return NULL;
	}
	if (str_casestarts(s, STR("env=")))
		return add_variable(names, a, str_from(s, 4));
	if (str_caseeq(s, STR("localhost")))
		return "names of hosts are not looked up, write 127.0.0.0/8 "
		    "::1";
	return auth_add_net(&names->nets, a, word);
}

static bool
names_nobody(const struct access_names *names)
{
	return !names->all && names->nets == NULL && names->variables == NULL;
}

/* httpd: of deny,allow the last word is Allow's, else it is Deny's. */
static bool
decide(enum order order, bool allowed, bool denied)
{
	switch (order) {
	case ORDER_DENY_ALLOW:
		return allowed || !denied;
	case ORDER_ALLOW_DENY:
	case ORDER_MUTUAL_FAILURE:
		return allowed && !denied;
	}
	return false;
}

bool
access_is_open(const struct settings *set)
{
	const struct access_rules *rules;
	bool admitted, granted;

	rules = set->access;
	granted = set->require == NULL || auth_is_open(set->require);
	if (rules == NULL)
		return granted;
	admitted = decide(rules->order, rules->names[ACCESS_ALLOW].all,
	    rules->names[ACCESS_DENY].all);
	return rules->any ? admitted || granted : admitted && granted;
}

/* Whoever comes may be in a list that is not empty. */
static bool
admits_nobody(const struct access_rules *rules)
{
	return !decide(rules->order, !names_nobody(&rules->names[ACCESS_ALLOW]),
	    rules->names[ACCESS_DENY].all);
}

bool
access_is_closed(const struct settings *set)
{
	bool refused;

	refused = set->require != NULL && auth_is_closed(set->require);
	if (set->access == NULL)
		return refused;
	return set->access->any ? refused && admits_nobody(set->access) :
	    refused || admits_nobody(set->access);
}

bool
access_denies_nets(const struct access_rules *rules)
{
	const struct access_names *denied = &rules->names[ACCESS_DENY];

	return denied->nets != NULL && !denied->all;
}

bool
access_is_idle(const struct access_rules *rules)
{
	return rules->any && !decide(rules->order,
	    rules->names[ACCESS_ALLOW].all,
	    !names_nobody(&rules->names[ACCESS_DENY]));
}

static bool
names_subject(const struct access_names *names, const struct auth_subject *s)
{
	const struct wanted *w;

	if (names->all || auth_in_nets(names->nets, s->client))
		return true;
	for (w = names->variables; w != NULL; w = w->next)
		if ((env_get(s->env, w->name) == NULL) == w->absent)
			return true;
	return false;
}

bool
access_admits(const struct auth_subject *s)
{
	const struct access_rules *rules;

	rules = s->set->access;
	return rules == NULL || decide(rules->order,
	    names_subject(&rules->names[ACCESS_ALLOW], s),
	    names_subject(&rules->names[ACCESS_DENY], s));
}

/* httpd: with Satisfy any either is enough, else both have to let in. */
int
access_check(const struct auth_subject *s, struct auth_result *r)
{
	bool admitted, any;

	admitted = access_admits(s);
	any = s->set->access != NULL && s->set->access->any;
	if (admitted != any)
		return auth_check(s, r);
	memset(r, 0, sizeof(*r));
	if (any)
		return 0;
	log_info("access: %s: denied by Order, Allow and Deny (%.*s)",
	    s->client_ip, STR_ARG(s->path));
	return 403;
}
