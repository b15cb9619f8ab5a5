/*
 * route: connection and path -> virtual host, merged settings, destination.
 * Pure look-up: reads the configuration, changes nothing.
 */
#ifndef ROUTE_H
#define ROUTE_H

#include <sys/types.h>
#include <sys/socket.h>

#include <stdbool.h>

#include "buf.h"
#include "config.h"

enum place_kind {
	PLACE_MEMBER,		/* an application, or one of several */
	PLACE_FILE,		/* a plain file */
	PLACE_NONE		/* nothing is mapped here: 404 */
};

/* Where a target is served. */
struct place {
	enum place_kind		 kind;
	const struct vhost	*vhost;
	const struct settings	*set;		/* merged */
	const struct mapping	*mapping;	/* that leads there; NULL */
	const struct member	*member;	/* NULL: to be elected */
	struct str		 path;		/* what was looked up */
	struct str		 base;		/* of the mapping's url */
	struct str		 tail;		/* that follows it */
	size_t			 taken;		/* of the path, by a prefix */
	struct str		 mount;		/* part of the path that the
						 * mapping took, no final / */
	struct str		 rest;		/* what PATH_INFO is: base of
						 * the url, then the tail,
						 * one slash at the seam */
	struct str		 script;	/* proxy:scgi://host/path, the
						 * two glued as they are */
	struct str		 label;		/* location for the log: the
						 * mapping's path, or absent */
	const char		*root;		/* PLACE_FILE, or SetHandler:
						 * the directory; NULL */
	struct str		 file;		/* and the path below it */
	struct str		 name;		/* both, in the simplest form
						 * by text; with SetHandler
						 * without ->rest */
};

/* The hosts of one address, by their names. */
struct vhost_set;

/*
 * Make the look-up of hosts, in the configuration's arena, when the addresses
 * of <VirtualHost> are known.  0, or -1: out of memory.
 */
int	route_index(struct config *conf);

/*
 * The hosts for a connection by its local address (httpd: an address beats
 * *, then a port beats every port).  Connections over Unix sockets have those
 * of * with any port.  Never NULL.
 */
const struct vhost_set	*route_hosts(const struct config *conf,
			    const struct sockaddr_storage *here);

/* The first of them in the file; has the limits until a name is known. */
const struct vhost	*route_default(const struct vhost_set *hosts);

/* Must connections begin with a PROXY header?  The last host decides. */
bool	route_wants_proxy_header(const struct vhost_set *hosts);

/*
 * The host by its name, in lower case: the first in the file of which
 * ServerName or a ServerAlias matches, else the name written in
 * <VirtualHost>.  NULL: none has it.
 */
const struct vhost	*route_vhost(const struct vhost_set *hosts,
			    struct str name);

/*
 * Lay the settings of a section over those around it: what it sets replaces
 * what is set, ->blocks excepted.  0, or -1: the arena is full.
 */
int	route_merge(struct settings *to, const struct settings *from,
	    struct arena *a);

/*
 * The settings for a path, merged in the order of the file.  With a place
 * also those of <Proxy> or <Directory> for where it leads, which the ones of
 * <Location> override.  When no section matches it is the host's own,
 * nothing is copied.  NULL: the arena is full.
 */
const struct settings	*route_settings(const struct vhost *v,
			    struct str path, const struct place *p,
			    struct arena *a);

/*
 * The same for a file by its absolute name, in the simplest form: with the
 * <Directory> sections around it, and, if path is not absent, those of
 * <Location> for path.  For a file that was opened name is where it really
 * is, all links followed, and decides; written (absent: the same) is that
 * name as the operator wrote it, by way of a root that is a link: what holds
 * for it alone, and not for name, may be taken back by what holds for name.
 */
const struct settings	*route_file_settings(const struct vhost *v,
			    struct str path, struct str name,
			    struct str written, struct arena *a);

/*
 * Can the sections of <Directory> say something else of where a file really
 * is than of its name?
 */
bool	route_wants_real(const struct vhost *v, struct str name,
	    struct str real);

/*
 * Where to: the ProxyPass of the last matching section that has one, then
 * the main server's in order, then the host's; then the SetHandler of the
 * sections; what is not proxied is a file by Alias or DocumentRoot if there
 * is one (httpd).  no_proxy: the variable of that name is set.  0, or 500
 * (the arena is full), or 400: the url and the rest do not make one, which is
 * a fault of the configuration; ->label and ->member tell of which line, for
 * the log.
 *
 * The mapping of a section with wildcards has the path "" or "/", so that
 * all of ours follows the url.
 */
int	route_find(struct place *p, const struct vhost *v,
	    const struct settings *set, struct str path, bool no_proxy,
	    struct arena *a);

/*
 * The place of a balancer gets the member that was elected: its mount, rest
 * and script.  0, 400 or 500 as route_find().
 */
int	route_place_on(struct place *p, const struct member *m,
	    struct arena *a);

/*
 * A place of SetHandler: so many bytes at the end of the path are not the
 * script's, because the file before them is none that has something below
 * it.  0, or 500: the arena is full.
 */
int	route_split_handler(struct place *p, size_t rest, struct arena *a);

/*
 * Has a ProxyPass taken the path?  Then mod_alias is not asked (httpd).
 */
bool	route_is_passed(const struct place *p);

/*
 * What sections say of the variable proxy-scgi-pathinfo: ProxySCGIPathInfo is
 * a spelling of it, SCGIMount and SetHandler mean it.  1, 0, or UNSET:
 * nothing.
 */
int	route_wants_path_info(const struct place *p);

/*
 * Does the ProxyPass path match, and how many bytes of path does it take?
 * -1: no (httpd: prefix match).
 */
long	route_match_prefix(struct str prefix, struct str path);

/* Does <Location path> match (httpd)?  Not for regular expressions. */
bool	route_match_location(const struct location *l, struct str path);

#endif
