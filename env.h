/*
 * env: what the application, the client and the logs will see of a request:
 * SetEnv, SetEnvIf and the CGI meta-variables.  Gets mount and path as
 * slices; knows no location and no member.
 */
#ifndef ENV_H
#define ENV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

struct arena;
struct config;
struct conn;
struct env_rule;
struct fields;
struct request;
struct settings;
struct target;
struct vhost;

/* A variable. */
struct var {
	struct str	name;
	struct str	value;
};

/*
 * An ordered table without case: a name given twice is one entry at the
 * place of the first, in its spelling, with the value of the last.  When
 * the arena is full the table becomes bad and stays it.  Names and values
 * are not copied.
 */
struct env {
	struct arena	*arena;
	struct var	*v;
	size_t		 n;
	size_t		 cap;
	uint32_t	*hash;		/* index + 1 by name, 0 = free */
	size_t		 nhash;		/* a power of two */
	uint32_t	 seed;		/* of the hash */
	size_t		 inherited;	/* the first ones: REDIRECT_* */
	const struct env *wire;		/* what the application got; NULL */
	bool		 bad;
};

/* An empty table with room for n variables; it grows. */
void	env_init(struct env *e, struct arena *a, size_t n);
void	env_set(struct env *e, struct str name, struct str value);
void	env_unset(struct env *e, struct str name);
/* The value; NULL when there is none. */
const struct str	*env_get(const struct env *e, struct str name);
/*
 * The same, or else what the application got under that name: as Header and
 * the access log see it (httpd: there they are one table).
 */
const struct str	*env_see(const struct env *e, struct str name);

/*
 * SetEnv, UnsetEnv and PassEnv compiled: a list in the order of the file.
 */
enum env_verb { ENV_SET, ENV_UNSET };
struct env_op {
	struct env_op	*next;
	enum env_verb	 verb;
	struct str	 name;
	struct str	 value;
};

/*
 * Append to *list an operation, in the arena.  0, or -1 (arena full).
 */
int	env_add_op(struct env_op **list, struct arena *a, enum env_verb verb,
	    struct str name, struct str value);

/*
 * Compile "SetEnvIf attribute regex [!]var[=value] ..." and append it to
 * *list; argv is attribute, regex, variables.  nocase: SetEnvIfNoCase.
 * NULL, or what is wrong (in the arena or static).
 *
 * The expressions are those of pattern_compile().
 */
const char	*env_compile_rule(struct env_rule **list, struct arena *a,
		    bool nocase, int argc, const char *const *argv);

/* A warning of the last rule's expressions; NULL: there is none. */
const char	*env_rule_warning(const struct env_rule *list);

/* Free what regcomp(3) allocated. */
void	env_free_rules(struct env_rule *list);

/* What a rule may look at, and what the variables are made of. */
struct env_subject {
	const struct config	*conf;
	const struct vhost	*vhost;
	const struct settings	*set;		/* NULL before mapping */
	const struct conn	*conn;
	const struct request	*req;
	const struct target	*target;
	const struct fields	*fields;	/* of the request, as edited;
						 * NULL: as they came */
	const char		*client_ip;	/* NULL: the connection's */
	unsigned		 client_port;	/* with ->client_ip */
	struct str		 user;		/* authenticated; absent */
	struct str		 remote_host;	/* absent: not looked up */
	struct str		 here_host;	/* name of the local address
						 * for UseCanonicalName DNS;
						 * absent: not looked up */
	struct str		 translated;	/* PATH_TRANSLATED of a
						 * PATH_INFO that is proxied
						 * itself; absent: it is not */
};

/* Apply SetEnvIf rules in order. */
void	env_apply_rules(struct env *e, const struct env_rule *rules,
	    const struct env_subject *s);

/* Apply one block's SetEnv operations in order. */
void	env_apply_ops(struct env *e, const struct env_op *ops);

/*
 * The environment of a target before it is mapped, into e, which is empty:
 * what it inherits from old, the environment of the hop before (NULL on the
 * first), then the host's rules.  Inherited are REDIRECT_name of every
 * SetEnv and SetEnvIf variable of old but the control ones (once: there is
 * no REDIRECT_REDIRECT_name), REDIRECT_REQUEST_METHOD, REDIRECT_STATUS,
 * REDIRECT_URL and REDIRECT_QUERY_STRING.
 */
void	env_begin(struct env *e, const struct env_subject *s,
	    const struct env *old);

/* After mapping: all rules of the merged settings. */
void	env_mapped(struct env *e, const struct env_subject *s);

/*
 * After access control: all SetEnv of the merged settings (httpd: fixup).  A
 * variable of SetEnv replaces one of SetEnvIf; UnsetEnv uncovers it.
 */
void	env_fixup(struct env *e, const struct env_subject *s);

/*
 * What goes to the application but for CONTENT_LENGTH and SCGI, into wire,
 * which needs no env_init(): a copy of e without what is for the gateway
 * alone (env_is_control), then the CGI variables in httpd's order.
 * mount and rest split the path for proxy-scgi-pathinfo (rest: what follows
 * the mount, with the base of the url before it); script is the text of
 * SCRIPT_FILENAME.  wire->bad tells that the arena is full.
 *
 * Over a Unix listener REMOTE_ADDR is "unix:", SERVER_ADDR is empty and
 * REMOTE_PORT is "0".  DOCUMENT_ROOT is empty when none is told.
 * PATH_TRANSLATED is the subject's, else below DOCUMENT_ROOT, else there is
 * none.
 */
void	env_cgi(struct env *wire, const struct env *e,
	    const struct env_subject *s, struct str mount, struct str rest,
	    struct str script);

/* A variable that steers the gateway and is never sent (proxy-*, ...). */
bool	env_is_control(struct str name);

/* The fields of the request as they are now, and where the client is. */
const struct fields	*env_fields(const struct env_subject *s);
const char		*env_client_ip(const struct env_subject *s);

/*
 * SERVER_NAME and SERVER_PORT as httpd makes them.  The name is neither escaped
 * nor bracketed.  Without Host and ServerName it is the local address
 * ("localhost" on a Unix socket).
 */
struct str	env_server_name(const struct env_subject *s);
int		env_server_port(const struct env_subject *s);

/*
 * "http://name:port" of this host, for urls that lead back to it (httpd); the
 * port where it is not the scheme's.  Absent when the arena is full.
 */
struct str	env_server_url(const struct env_subject *s, struct arena *a);

/*
 * SERVER_SOFTWARE, the Server field: by ServerTokens.  A static string.
 */
struct str	env_server_software(int tokens);

/*
 * SERVER_SIGNATURE, the foot of error pages, in the arena; empty when Off.
 */
struct str	env_signature(const struct env_subject *s, struct arena *a);

/*
 * Is proxy-scgi-pathinfo set?  Any value counts.
 */
bool	env_wants_path_info(const struct env *e);

/* Set it, take it back, or (UNSET) leave it as it is. */
void	env_set_path_info(struct env *e, int on);

#endif
