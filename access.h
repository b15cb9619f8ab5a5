/*
 * access: Order, Allow, Deny and Satisfy (httpd's mod_access_compat), and how
 * they go together with Require.
 */
#ifndef ACCESS_H
#define ACCESS_H

#include <stdbool.h>

#include "auth.h"
#include "buf.h"

struct settings;

/* What one section says; it takes the place of all that outer ones say. */
struct access_rules;

/* The two lists of a section. */
enum access_list { ACCESS_ALLOW, ACCESS_DENY };

/*
 * As if nothing were said yet: Order deny,allow, nobody in the lists, Satisfy
 * all.  NULL: the arena is full.
 */
struct access_rules	*access_make(struct arena *a);

/* "deny,allow", "allow,deny", "mutual-failure"; false: none of them. */
bool		 access_set_order(struct access_rules *rules,
		    const char *word);

/* "all", "any"; false: none of them. */
bool		 access_set_satisfy(struct access_rules *rules,
		    const char *word);

/*
 * Put into a list what may follow "from": "all", "env=name", "env=!name", or
 * a network as auth_add_net() takes it.  word must live as long as the rules.
 * NULL, or what is wrong; names of hosts are refused.
 */
const char	*access_add(struct access_rules *rules, struct arena *a,
		    enum access_list list, const char *word);

/*
 * What Order, Allow, Deny, Satisfy and Require of settings come to, as far
 * as can be seen without a client: may somebody of whom nothing is known have
 * it?  Can nobody at all?
 */
bool		 access_is_open(const struct settings *set);
bool		 access_is_closed(const struct settings *set);

/* Does Deny name networks?  Who comes by a Unix socket is in none. */
bool		 access_denies_nets(const struct access_rules *rules);

/* Satisfy any: does it keep somebody out, if a Require does too? */
bool		 access_is_idle(const struct access_rules *rules);

/*
 * What Order, Allow and Deny alone say of the subject; without a line of
 * them everybody is admitted.
 */
bool		 access_admits(const struct auth_subject *s);

/*
 * May it be served, by all four and Require?  What auth_check() returns, with
 * its result.
 */
int		 access_check(const struct auth_subject *s,
		    struct auth_result *r);

#endif
