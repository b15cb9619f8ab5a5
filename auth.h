/*
 * auth: who may have what (Require, Basic authentication), and who the client
 * really is (RemoteIP).
 */
#ifndef AUTH_H
#define AUTH_H

#include <sys/types.h>
#include <sys/socket.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

struct auth_remote;
struct env;
struct fields;
struct settings;

/* A list of networks, in the arena. */
struct auth_nets;

/*
 * Append a network to *list: "10.0.0.0/8", "10.1" (httpd: the beginning of an
 * address), "192.168.1.0/255.255.255.0", "::1", "fe80::/10".  Bits behind the
 * mask do not count.  NULL, or what is wrong; names of hosts are refused.
 */
const char	*auth_add_net(struct auth_nets **list, struct arena *a,
		    const char *word);

/* The same for a list of proxies, where "unix:" is each Unix socket's peer. */
const char	*auth_add_proxy(struct auth_nets **list, struct arena *a,
		    const char *word);

/* Does the list have "unix:"? */
bool		 auth_has_unix(const struct auth_nets *list);

/*
 * Is the address in one of them?  An IPv4 address in an IPv6 one counts as
 * itself, in the list and here; one of a Unix socket is in a list that has
 * "unix:", and what is neither is in none.
 */
bool		 auth_in_nets(const struct auth_nets *list,
		    const struct sockaddr_storage *ss);

/* A Require, or a group of them. */
struct auth_rule;

/* <RequireAll>, <RequireAny>, <RequireNone> */
enum auth_group { AUTH_ALL, AUTH_ANY, AUTH_NONE };

/* An empty group; NULL: the arena is full. */
struct auth_rule	*auth_make_group(struct arena *a,
			    enum auth_group kind);

/*
 * Compile the arguments of a Require, which must live as long as the rule:
 * "[not] ip net ...", "local", "all granted|denied", "method name ...", "env
 * name ...", "valid-user", "user name ...".  NULL, or what is wrong.
 */
const char	*auth_compile(struct auth_rule **rule, struct arena *a,
		    int argc, const char *const *argv);

void		 auth_add(struct auth_rule *group, struct auth_rule *rule);

/*
 * What is wrong with a group that is whole (httpd refuses the same): rules
 * that can have no effect, or that can never grant.  implicit: it is the
 * section itself, in which Require lines are as in <RequireAny>.  NULL:
 * nothing.
 */
const char	*auth_check_group(const struct auth_rule *group,
		    bool implicit);

/* Is it "not", or a group of that kind? */
bool		 auth_is_negated(const struct auth_rule *rule);

/* Does it ask for a user somewhere? */
bool		 auth_asks_user(const struct auth_rule *rule);

/* Does it let in whoever is local? */
bool		 auth_asks_local(const struct auth_rule *rule);

/* Does it let everybody in?  Nobody? */
bool		 auth_is_open(const struct auth_rule *rule);
bool		 auth_is_closed(const struct auth_rule *rule);

/*
 * A rule that decides alone, so that those beside it ask for nothing: who
 * wrote them meant something else.  The words for a warning; NULL: none.
 */
const char	*auth_find_idle(const struct auth_rule *group);

/* A file of AuthUserFile. */
struct auth_file;

/*
 * Read it, at load, as who may; path must live as long.  It lives until
 * auth_close_file().  NULL with *why.  *warning (NULL: none) tells of the
 * first line whose user can never log in.
 */
struct auth_file	*auth_open_file(struct arena *a, const char *path,
			    const char **why, const char **warning);
void			 auth_close_file(struct auth_file *f);

/* In each worker: its secret key.  0, or -1 with errno. */
int	auth_setup(void);

/* Who asks for what. */
struct auth_subject {
	const struct settings		*set;
	const struct sockaddr_storage	*client;	/* after RemoteIP */
	const char			*client_ip;
	const struct sockaddr_storage	*here;
	struct str			 method;
	struct str			 path;		/* for the log */
	const struct env		*env;
	const struct fields		*fields;	/* of the request */
	struct arena			*arena;
	int64_t				 now;		/* io_now() */
	bool				 vouched;	/* an application knows
							 * the user: whoever it
							 * is will do */
};

struct auth_result {
	struct str	user;		/* authenticated; absent: nobody */
	struct str	challenge;	/* WWW-Authenticate of a 401; absent */
};

/*
 * May it be served?  0, 401, 403, or 500: a user is asked for where AuthType,
 * AuthName or AuthUserFile is missing, or a section has AuthType and no
 * Require holds, which the log says.
 *
 * Passwords are checked with crypt(3) or {SHA}.  A wrong one costs about as
 * much as the dearest hash of the file, for users that there are and for
 * others, so that the time tells no names.  One that was right is remembered
 * for 5 minutes, as a digest under the worker's key.
 */
int	auth_check(const struct auth_subject *s, struct auth_result *r);

/*
 * Who the client is, by the field of RemoteIPHeader (httpd): each step from
 * the right needs an address so far that is one of our proxies; a private
 * address is only believed from an internal one.  fields, the caller's copy,
 * loses what was used and gets RemoteIPProxiesHeader.  *client and ip, of
 * size bytes, are the peer's at first.  0, or -1: the arena is full.
 */
int	auth_find_client(const struct auth_remote *r, struct fields *fields,
	    struct arena *a, struct sockaddr_storage *client, char *ip,
	    size_t size);

#endif
