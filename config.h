/*
 * config: text -> immutable struct config: lexer, sections, includes, all
 * faults as file:line, canonical dump.  It is handed the table of
 * directives and knows no directive's name but those of the language
 * itself: Define, UnDefine, Include, IncludeOptional, ServerRoot, Error,
 * Warning, <IfDefine>, <IfDirective>, <IfFile>, <IfModule>, <IfSection>.
 *
 * All that a struct config points to lives in its own arena.
 */
#ifndef CONFIG_H
#define CONFIG_H

#include <sys/types.h>
#include <sys/socket.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "http.h"
#include "log.h"

/* Compiled by the rooms that use them. */
struct access_rules;		/* access.h: Order, Allow, Deny */
struct auth_file;		/* auth.h: AuthUserFile */
struct auth_nets;		/* auth.h: networks */
struct auth_rule;		/* auth.h: Require */
struct edit;			/* edit.h: Header, RequestHeader */
struct edit_reverse;		/* edit.h: ProxyPassReverse and its kin */
struct env_rule;		/* env.h: SetEnvIf and its kin */
struct env_op;			/* env.h: SetEnv, UnsetEnv, PassEnv */
struct file_types;		/* file.h */
struct logformat;		/* accesslog.h */
struct pattern;			/* pattern.h */
struct redirect;		/* redirect.h */
struct tally;			/* board.h */
struct vhost_index;		/* route.h */

/* Where a thing was written. */
struct config_place {
	const char	*file;		/* "-c" for the command line; NULL */
	int		 line;		/* 0: the file as a whole */
	const struct config_place *from;	/* the Include; NULL */
};

/* Listen */
struct listen_on {
	struct listen_on	*next;
	struct config_place	 place;
	const char		*text;		/* as written, for messages */
	const char		*host;		/* NULL: every address */
	const char		*port;
	const char		*path;		/* Unix socket, else NULL */
	mode_t			 mode;		/* Unix socket, 0666 default */
	uid_t			 uid;		/* Unix socket, -1: not told */
	gid_t			 gid;		/* the same */
};

struct status_list;

/* One resolved address. */
struct address {
	struct address		*next;
	struct sockaddr_storage	 sa;
	socklen_t		 len;
};

/*
 * One application: where it is reached and how long it may take.
 */
struct member {
	struct member		*next;		/* all of the configuration */
	struct member		*sibling;	/* of a balancer */
	struct config_place	 place;
	const char		*written;	/* the url as written */
	const char		*url;		/* name in logs:
						 * "scgi://localhost:4000",
						 * "unix:/run/app.sock" */
	const char		*host;		/* lower case, no brackets */
	const char		*port;		/* "4000" if not told */
	const char		*path;		/* Unix socket, else NULL */
	struct str		 base;		/* url's path, "" or "/..." */
	struct str		 canon;		/* "scgi://host[:port]", IPv6 in
						 * brackets, 4000 left out */
	struct str		 socket;	/* "unix:/path|" in its simplest
						 * form, for <Proxy>; absent */
	struct address		*addresses;	/* NULL: did not resolve */
	int			 connect_timeout;	/* ms, 0: timeout */
	int			 timeout;	/* ms, 0: ProxyTimeout */
	size_t			 field_size;	/* responsefieldsize, 8192;
						 * bytes, 0: unlimited */
	struct balancer		*balancer;	/* NULL: none, it is alone */
	const char		*key;		/* of its tally */
	struct tally		*tally;		/* on the board; the master
						 * makes it */
	unsigned		 status;	/* STATUS_..., as configured */
	int			 load_factor;	/* hundredths, 100 to 10000 */
	int			 lbset;		/* 0 to 99 */
	const char		*route;		/* "": none */
	const char		*redirect;	/* "": none */
	int			 retry;		/* ms */
	int			 max;		/* in flight, 0: unlimited */
	int			 acquire;	/* ms for a place; UNSET: as
						 * long as the timeout */
	int			 max_queue;	/* UNSET: a quarter of
						 * MaxRequestWorkers */
	int			 address_ttl;	/* s; UNSET: for ever */
	int			 check;		/* CHECK_... */
	const char		*check_uri;	/* below the url; NULL: / */
	const char		*check_host;	/* hchost; NULL: the host's */
	int			 check_interval;	/* ms */
	int			 check_passes;	/* until it is up */
	int			 check_fails;	/* until it is down */
};

/* status= of BalancerMember (httpd's letters). */
enum {
	STATUS_DISABLED = 1,	/* D */
	STATUS_STOPPED = 2,	/* S */
	STATUS_IGNORE = 4,	/* I: never in error */
	STATUS_SPARE = 8,	/* R */
	STATUS_STANDBY = 16,	/* H */
	STATUS_DRAINING = 32	/* N */
};

/* hcmethod */
enum { CHECK_NONE, CHECK_TCP, CHECK_HEAD, CHECK_GET };

/* lbmethod */
enum { METHOD_REQUESTS, METHOD_TRAFFIC, METHOD_BUSYNESS };

/* <Proxy "balancer://name">: several applications of one name. */
struct balancer {
	struct balancer		*next;		/* of its host */
	struct config_place	 place;
	const char		*name;		/* lower case */
	struct member		*members;	/* by ->sibling */
	size_t			 n;		/* of them */
	int			 method;	/* METHOD_... */
	int			 max_attempts;	/* UNSET: all but one */
	const char		*cookie;	/* stickysession; NULL: none */
	const char		*param;		/* the same in the path */
	char			 separator;	/* before the route; NUL: the
						 * whole value is one */
	int			 semicolon;	/* scolonpathdelim */
	int			 no_failover;
	int			 timeout;	/* ms for a usable member */
	struct status_list	*fail_on;	/* failonstatus */
	int			 fail_on_timeout;
	int			 force_recovery;
	bool			 told;		/* that it has no member */
};

/* ProxyPass and its kin: a path and where it leads. */
struct mapping {
	struct mapping		*next;
	struct config_place	 place;
	struct str		 path;		/* decoded prefix, or the
						 * expression as written */
	const struct pattern	*regex;		/* ProxyPassMatch; NULL */
	struct member		*member;	/* NULL for "!" */
	const char		*balancer_name;	/* NULL: none */
	struct balancer		*balancer;	/* of that name */
	struct str		 base;		/* path of its url */
	bool			 path_info;	/* SCGIMount: the mount is
						 * SCRIPT_NAME */
	bool			 handler;	/* SetHandler: files tell what
						 * is SCRIPT_NAME */
	bool			 scgi;		/* by a word of mod_scgi */
};

/* Alias, AliasMatch: a path and the files that it stands for. */
struct alias {
	struct alias		*next;
	struct config_place	 place;
	struct str		 path;		/* decoded prefix */
	const struct pattern	*regex;		/* AliasMatch; NULL */
	const char		*target;	/* with $1 ... of the regex */
};

/* CGIVar REQUEST_URI */
enum { CGIVAR_ORIGINAL, CGIVAR_CURRENT };

enum { CANONICAL_OFF, CANONICAL_ON, CANONICAL_DNS };
enum { SIGNATURE_OFF, SIGNATURE_ON, SIGNATURE_EMAIL };
enum { LOOKUPS_OFF, LOOKUPS_ON, LOOKUPS_DOUBLE };
enum { TRACE_OFF, TRACE_ON, TRACE_EXTENDED };
enum { TOKENS_PROD, TOKENS_MAJOR, TOKENS_MINOR, TOKENS_MIN, TOKENS_OS,
    TOKENS_FULL };

/* An int of struct settings that no directive has set. */
#define UNSET	(-1)

/*
 * What accumulates from section to section; a list, outermost first: server,
 * virtual host, then each section that matched.
 */
struct section_block {
	struct section_block	*next;
	struct env_op		*ops;		/* SetEnv ... or NULL */
	struct env_rule		*rules;		/* SetEnvIf ... or NULL */
	struct edit		*request_edits;	/* RequestHeader or NULL */
	struct edit		*answer_edits;	/* Header or NULL */
	struct edit_reverse	*reverses;	/* ProxyPassReverse or NULL */
	struct redirect		*redirects;	/* with a path, or NULL */
};

/* MaxRanges unlimited, which UNSET must not be. */
#define RANGES_UNLIMITED	(-2)

/* A list of words, in the order of the file. */
struct word_list {
	struct word_list	*next;
	const char		*word;
};

/* ErrorDocument */
enum error_doc_kind {
	ERROR_DOC_DEFAULT,	/* "default": the built-in page */
	ERROR_DOC_TEXT,
	ERROR_DOC_PATH,		/* a local path: dispatched */
	ERROR_DOC_URL		/* the client is sent there */
};
struct error_doc {
	struct error_doc	*next;
	int			 status;	/* 400 to 599 */
	enum error_doc_kind	 kind;
	struct str		 value;
};
/* Those of one section; the inner ones are asked first. */
struct error_docs {
	const struct error_docs	*outer;
	struct error_doc	*list;
};

/* ProxyErrorOverride On with statuses. */
struct status_list {
	struct status_list	*next;
	int			 status;	/* 400 to 599 */
};

/* AuthType */
enum {
	AUTH_TYPE_NONE,
	AUTH_TYPE_BASIC,	/* of a host: for sections with a Require */
	AUTH_TYPE_SECTION	/* Basic in a section: a Require has to hold
				 * there (httpd) */
};

/*
 * What a section may change.  In a section UNSET and NULL inherit; in the
 * merged form that route.c returns nothing is unset.
 */
struct settings {
	struct section_block	 own;		/* of this section alone */
	struct section_block	*blocks;	/* merged form: all of them */
	struct mapping		*mapping;	/* ProxyPass in the section */
	struct redirect		*redirect;	/* Redirect without a path */
	int			 redirect_relative; /* RedirectRelative */
	struct mapping		*handler;	/* SetHandler proxy: */
	struct mapping		*scgi_server;	/* SCGIServer */
	int			 scgi_handler;	/* SCGIHandler */
	int			 scgi_timeout;	/* SCGIServerTimeout, ms */
	int			 handler_told;	/* SetHandler, or none */
	const char		*redirect_field; /* ProxySCGIInternalRedirect:
						 * "" is Off */
	int64_t			 body_limit;	/* LimitRequestBody, bytes,
						 * 0: unlimited */
	int			 pass_auth;	/* CGIPassAuth */
	int			 request_uri;	/* CGIVar: CGIVAR_... */
	int			 path_info;	/* ProxySCGIPathInfo; UNSET in
						 * the merged form: not told */
	int			 canonical;	/* UseCanonicalName */
	int			 physical_port;	/* UseCanonicalPhysicalPort */
	int			 signature;	/* ServerSignature */
	int			 lookups;	/* HostnameLookups */
	int			 request_buffering; /* ProxyRequestBuffering */
	int64_t			 request_buffer;  /* ProxyRequestBufferSize */
	int64_t			 temp_file_max;	/* ProxyMaxTempFileSize */
	int			 ignore_abort;	/* ProxyIgnoreClientAbort */
	const char		*server_admin;	/* vhost's; here for env.c */
	const char		*sendfile_field; /* ProxySCGISendfile: "" is
						 * Off */
	struct word_list	*sendfile_dirs;	/* XSendFilePath of this
						 * section, or the nearest */
	struct error_docs	 errors;	/* ErrorDocument */
	int			 error_override; /* ProxyErrorOverride */
	struct status_list	*override_list;	/* NULL: 400 and above */
	struct auth_rule	*require;	/* Require; NULL: granted */
	struct config_place	 require_place;	/* of what may be wrong in it */
	struct access_rules	*access;	/* Order, Allow, Deny, Satisfy;
						 * NULL: granted */
	struct config_place	 access_place;	/* of the first of them */
	int			 auth_type;	/* AuthType */
	const char		*auth_name;	/* AuthName; NULL: not told */
	struct auth_file	*auth_file;	/* AuthUserFile; NULL */
	int			 internal_only;	/* InternalOnly */
	int			 accel_headers;	/* ProxyAccelHeaders */
	int			 follow_links;	/* Options FollowSymLinks */
	struct word_list	*indexes;	/* DirectoryIndex; a word "":
						 * disabled */
	const char		*forced_type;	/* ForceType; "": None, NULL:
						 * not told */
	const char		*charset;	/* AddDefaultCharset; "": Off,
						 * NULL: not told */
	int			 max_ranges;	/* MaxRanges */
	int			 max_overlaps;	/* MaxRangeOverlaps */
	int			 max_reversals;
};

/* <Location>, <Proxy>, <Directory> and their Match forms. */
struct location {
	struct location		*next;		/* in the order of the file */
	struct config_place	 place;
	struct str		 path;		/* as written; "/p/" does not
						 * match "/p" */
	bool			 wildcard;	/* has * ? or [ */
	const char		*pattern;	/* shell wildcard */
	const struct pattern	*regex;		/* NULL: none */
	struct str		 real;		/* <Directory>: where ->path
						 * leads by links; absent */
	struct settings		 set;
};

/* An address of <VirtualHost>. */
struct vhost_address {
	struct vhost_address	*next;
	struct config_place	 place;
	const char		*host;		/* lower case, no brackets;
						 * NULL: every address */
	int			 port;		/* 0: every port */
	struct address		*addresses;	/* of host; NULL: did not
						 * resolve */
};

/* All expressions of sections and mappings, for who gives them back. */
struct pattern_list {
	struct pattern_list	*next;
	const struct pattern	*pattern;
};

/* A file of AuthUserFile, read once. */
struct auth_list {
	struct auth_list	*next;
	struct config_place	 place;
	const char		*path;
	struct auth_file	*file;
};

/* A ProxyPassReverse of balancer://, whose members come later. */
struct reverse_later {
	struct reverse_later	*next;
	struct config_place	 place;
	const struct vhost	*vhost;
	struct section_block	*block;
	const char		*path;
	const char		*url;
};

/* RemoteIPHeader and its kin; auth.h says what they do. */
struct auth_remote {
	const char		*field;		/* NULL: none */
	const char		*proxies_field;	/* NULL: none */
	struct auth_nets	*internal;
	struct auth_nets	*trusted;
};

/* RequestReadTimeout: one stage. */
struct read_rate {
	int	first;		/* ms, 0: no limit */
	int	max;		/* ms, 0: grows without limit */
	int	rate;		/* bytes a second that buy one more, 0: none */
};

/* CustomLog */
struct custom_log {
	struct custom_log	*next;
	struct config_place	 place;
	struct sink		*sink;		/* logs of one name share it */
	const struct logformat	*format;
	const char		*text;		/* format or nickname; NULL:
						 * TransferLog */
	const char		*env;		/* env=NAME, NULL: always */
	bool			 env_not;	/* env=!NAME */
	bool			 global;	/* GlobalLog: of all hosts */
};

/* LogFormat; the last one of a name counts. */
struct log_nickname {
	struct log_nickname	*next;
	const char		*name;		/* NULL: for TransferLog */
	const char		*format;
};

/*
 * What belongs to one virtual host.  When the configuration is read the
 * host's own values are merged with the main one's; its lists hold its own
 * alone, and those of ->base come before them (after them: aliases).
 */
struct vhost {
	struct vhost		*next;		/* in the order of the file */
	const struct vhost	*base;		/* the main one; NULL for it */
	struct config_place	 place;
	struct vhost_address	*addresses;
	struct word_list	*server_aliases;
	const char		*server_name;	/* NULL: not told */
	const char		*server_scheme;	/* "http" */
	int			 server_port;	/* 0: not told */
	const char		*server_admin;
	const char		*document_root;
	int			 timeout;	/* Timeout, ms */
	int			 proxy_timeout;	/* ms, 0: timeout */
	int			 keepalive;	/* On, Off */
	int			 keepalive_timeout;	/* ms */
	bool			 keepalive_told;	/* by this host */
	int			 keepalive_max;	/* requests, 0: unlimited */
	struct read_rate	 read_head;
	struct read_rate	 read_body;
	struct http_limits	 limits;
	int			 trace;
	int			 slashes;	/* enum http_slashes */
	int			 merge_slashes;
	int			 recursion;	/* LimitInternalRecursion */
	int			 strict_host;	/* StrictHostCheck */
	int			 proxy_protocol; /* RemoteIPProxyProtocol */
	struct auth_remote	 remote;
	struct env_rule		*env_rules;	/* SetEnvIf before mapping */
	struct mapping		*mappings;
	struct mapping		*mounts;	/* SCGIMount */
	struct balancer		*balancers;
	struct alias		*aliases;
	struct redirect		*redirects;	/* of no section */
	struct location		*directories;
	struct location		*proxies;	/* <Proxy>: by the url */
	struct location		*locations;
	struct settings		 set;
	struct custom_log	*logs;		/* else those of ->base */
	struct log_nickname	*nicknames;	/* before those of ->base */
};

/* A line of configuration as understood, for the dump. */
struct config_line {
	struct config_line	*next;
	struct config_place	 place;
	const char		*name;		/* canonical */
	int			 depth;		/* sections around it */
	int			 argc;
	const char *const	*argv;
	bool			 opens;		/* <Name args> */
	bool			 closes;	/* </Name> */
};

/* A fault or a warning, ready to print: "file:line: text". */
struct config_message {
	struct config_message	*next;
	bool			 warning;
	const char		*text;
};

/* Values of AcceptFilter http and WorkerScheduling. */
enum { ACCEPT_NONE, ACCEPT_DATA };
enum { SCHED_WORKER_NORMAL, SCHED_WORKER_BATCH };

struct config {
	struct arena		 arena;
	struct config_message	*messages;
	struct config_message	**messages_end;
	struct config_line	*lines;
	struct config_line	**lines_end;
	int			 faults;	/* 0: usable */
	const char		*base;		/* ServerRoot, else where the
						 * file is; NULL: nowhere */
	const char		*runtime_dir;	/* DefaultRuntimeDir; NULL:
						 * ->base */
	bool			 listens_told;	/* source's */
	const char		*left_out;	/* the condition for which a
						 * line that ->serves does not
						 * count; NULL */
	struct config_place	 left_out_place;	/* of that line */
	const char *const	*modules;	/* true for <IfModule>, without
						 * mod_ and .c; ends in NULL */
	void			(*release)(struct config *); /* NULL */

	struct listen_on	*listens;
	int			 backlog;	/* ListenBackLog */
	int			 accept_filter;
	uid_t			 uid;		/* User, -1: not told */
	gid_t			 gid;		/* Group, -1: not told */
	const char		*pid_file;	/* NULL: none told */
	int			 start_servers;
	int			 min_spare;
	int			 max_spare;
	int			 server_limit;
	int			 max_workers;	/* MaxRequestWorkers */
	int			 max_connections; /* a worker; 0: unlimited */
	int			 stop_timeout;	/* ms, 0: wait for ever */
	int			 scheduling;
	int			 tokens;	/* ServerTokens */
	const char		*spool_dir;
	struct config_place	 spool_place;	/* file NULL: not told */
	const char		*spool_else[2];	/* where else, in turn, if the
						 * workers may not write to
						 * spool_dir; NULL: no more */
	int64_t			 spool_total;	/* bytes, 0: unlimited */
	const char		*error_log;	/* NULL: the default */
	struct sink		*error_sink;	/* never NULL, its name may be;
						 * opened by the master */
	int			 log_level;	/* enum log_level */
	int			 buffered_logs;
	struct sink		*sinks;		/* of all CustomLogs */
	struct member		*members;
	struct member		**members_end;
	const struct file_types	*types;		/* of files, by their names */
	struct auth_nets	*proxy_exceptions; /* no PROXY header */
	struct pattern_list	*patterns;
	struct auth_list	*auth_files;
	struct reverse_later	*reverses_later;
	struct url_params	*url_params;	/* directive.c's */
	struct vhost		 main;
	struct vhost		*vhosts;
	const struct vhost_index *index;	/* by address and name */
};

struct config_call;

/* Contexts that a directive may stand in. */
enum {
	CONTEXT_SERVER = 1,
	CONTEXT_VHOST = 2,
	CONTEXT_LOCATION = 4,
	CONTEXT_PROXY = 8,
	CONTEXT_DIRECTORY = 16,
	CONTEXT_GROUP = 32,	/* <RequireAny> and its kin */
	CONTEXT_FILES = 64
};

enum directive_kind {
	DIRECTIVE_WORKS,
	DIRECTIVE_SECTION,	/* <Name> ... </Name> */
	DIRECTIVE_ALIAS		/* other name of the row that words names */
};

/* One row of the table. */
struct directive {
	const char		*name;
	enum directive_kind	 kind;
	unsigned		 contexts;	/* 0: any */
	int			 min;		/* arguments */
	int			 max;		/* -1: any number */
	/*
	 * 0, or -1 after config_fault().  For a section: called at <Name>;
	 * may set call->scope for the lines inside.  NULL: nothing is to be
	 * done.
	 */
	int			(*set)(struct config_call *);
	int			(*close)(struct config_call *); /* at </Name>,
						 * with the scope of the lines
						 * inside; NULL */
	unsigned		 inside;	/* context of a section's
						 * lines */
	size_t			 offset;	/* for the typed setters: where
						 * in settings if a location is
						 * among the contexts, else in
						 * vhost if that is, else in
						 * config */
	int64_t			 low;
	int64_t			 high;
	const char		*words;		/* "off on full|all": values
						 * 0 1 2, any case */
	const char		*initial;	/* default, as one would write
						 * it; NULL: none */
	const char		*help;		/* syntax with the name */
	bool			 serves;	/* requests get somewhere */
};

enum absent_kind {
	ABSENT_IGNORED,		/* passed over, and warned of once a name */
	ABSENT_REFUSED		/* a fault */
};

/*
 * Names that httpd or a module of it has and that are not here, as far as the
 * same is to be said of them.
 */
struct config_absent {
	const char		*module;	/* whose: "mod_x", "httpd's
						 * core" */
	enum absent_kind	 kind;
	const char		*names;		/* "Name <Section Prefix*" */
	const char		*harmless;	/* of what is refused: words
						 * (see struct directive) that
						 * ask for what is so anyway
						 * and are accepted in
						 * silence; NULL */
	const char		*help;		/* why, or what to use instead:
						 * the end of a sentence */
};

/* Whose settings a line changes. */
struct config_scope {
	struct vhost		*vhost;
	struct location		*location;	/* NULL outside */
	struct balancer		*balancer;	/* NULL outside */
	struct auth_rule	*group;		/* <RequireAny>; NULL outside */
};

/* What a setter is called with. */
struct config_call {
	struct config		*conf;
	struct config_scope	 scope;
	const struct directive	*directive;
	struct config_place	 place;
	int			 argc;
	const char *const	*argv;		/* NUL-terminated words; live
						 * as long as conf */
	void			*loader;	/* private to config.c */
};

/* The settings that the call may change: the location's or the host's. */
struct settings	*config_settings(struct config_call *call);

/*
 * The path that a word names: itself when it is absolute, else below
 * conf->base.  In the arena; NULL after config_fault().
 */
const char	*config_path(struct config_call *call, const char *word);

/* The value of word in a list of words (see struct directive), or -1. */
int	config_find_word(const char *words, const char *word);

/*
 * Read the row's default as if it were written in the file, but without a
 * trace in ->lines.  0, or -1.
 */
int	config_preset(struct config *conf, const struct directive *d);

/*
 * Add a line to ->lines that nobody has written; argv and its words must
 * live as long as conf.  0, or -1.
 */
int	config_add_line(struct config *conf, const char *name, int argc,
	    const char *const *argv);

/* Take all lines with that name out of ->lines. */
void	config_drop_lines(struct config *conf, const char *name);

/*
 * Report about the line of the call; the reading goes on.  config_fault
 * returns -1.
 */
int	config_fault(struct config_call *call, const char *fmt, ...)
	    __attribute__((__format__(printf, 2, 3)));
void	config_warn(struct config_call *call, const char *fmt, ...)
	    __attribute__((__format__(printf, 2, 3)));
/* The same for what is found later, about a place. */
int	config_fault_at(struct config *conf, struct config_place place,
	    const char *fmt, ...) __attribute__((__format__(printf, 3, 4)));
void	config_warn_at(struct config *conf, struct config_place place,
	    const char *fmt, ...) __attribute__((__format__(printf, 3, 4)));

/* "file:line", or "file" alone, for a message.  In the arena; never NULL. */
const char	*config_place_name(struct config *conf,
		    const struct config_place *place);

/*
 * "5", "5s", "500ms", "2mi", "1h" (httpd's time-interval) in milliseconds;
 * unit is that of a bare number in milliseconds (1000: seconds).
 * 0, or -1: no such thing, negative, or more than 24 days.
 */
int	config_parse_time(const char *word, int unit, int *ms);

/*
 * The nearest of n words to word by edit distance, at most 2 and less than
 * half of its length away; NULL when none is near.
 */
const char	*config_nearest(const char *word, const char *const *words,
		    size_t n);

/* A line that a word of the command line makes; messages name the word. */
struct config_word {
	const char		*word;
	const char		*line;
};

/* What to read. */
struct config_source {
	const char		*file;		/* NULL: none */
	const char *const	*defines;	/* -D */
	size_t			 ndefines;
	const char *const	*lines;		/* -c, read after the file */
	size_t			 nlines;
	const struct config_word *words;	/* before the file */
	size_t			 nwords;
	const char		*base;		/* without a file: relative
						 * paths are below it; NULL */
	bool			 listens_told;	/* -l: no Listen is needed */
	const struct directive	*table;
	size_t			 ntable;
	const struct config_absent *absent;	/* NULL */
	size_t			 nabsent;
	/* Fills in the defaults before the first line is read. */
	int			(*begin)(struct config *);
	/* Checks across lines after the last one. */
	void			(*finish)(struct config *);
};

/*
 * Whose is the name, of which *known becomes the spelling that is usual?
 * NULL: it is not in source->absent.
 */
const struct config_absent	*config_find_absent(
		    const struct config_source *source, const char *name,
		    struct str *known);

/*
 * Read it all.  Every fault is found in one run (but no more than 100) and
 * is in ->messages, in order; ->faults counts them.  NULL with errno only
 * when memory is out (ENOMEM) or the main file cannot be opened (ENOENT and
 * others).  The result is given back with config_free(), which closes
 * nothing.
 */
struct config	*config_load(const struct config_source *source);
void		 config_free(struct config *conf);

/*
 * The configuration as understood: one directive a line in canonical
 * spelling, arguments quoted where needed, sections indented, defaults of
 * what was not given as comments ("# Timeout 60").  What it prints reads
 * back to the same.  emit gets each line without its newline.
 */
void	config_dump(const struct config *conf, const struct directive *table,
	    size_t ntable, void (*emit)(void *, const char *), void *arg);

#endif
