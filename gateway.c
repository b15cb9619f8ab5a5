/*
 * gateway: main(), and the master: reads flags and configuration, opens
 * listeners and logs, forks workers, replaces, grows and shrinks them,
 * reloads, stops.
 *
 * It never reads from a client or an application, and it believes a worker
 * nothing but single numbers.
 */
#include <sys/types.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "accesslog.h"
#include "board.h"
#include "buf.h"
#include "compat.h"
#include "config.h"
#include "directive.h"
#include "health.h"
#include "io.h"
#include "log.h"
#include "refused.h"
#include "review.h"
#include "route.h"
#include "version.h"
#include "worker.h"

/* The Makefile knows better. */
#ifndef GATEWAY_CONF
#define GATEWAY_CONF	"/etc/gateway.conf"
#endif
#ifndef GATEWAY_PID
#define GATEWAY_PID	"/var/run/gateway.pid"
#endif

/* Of sysexits(3), which is not POSIX. */
enum {
	CODE_OK = 0,
	CODE_USAGE = 64,
	CODE_NOINPUT = 66,	/* no configuration file */
	CODE_UNAVAILABLE = 69,	/* cannot listen, nothing is running */
	CODE_SOFTWARE = 70,
	CODE_OSERR = 71,
	CODE_CANTCREAT = 73,	/* log or pid file */
	CODE_NOPERM = 77,
	CODE_CONFIG = 78
};

enum {
	TICK = 1000,		/* ms between two rounds of maintenance */
	RATE_MAX = 32,		/* workers forked in one round */
	RATE_BUSY = 8,		/* from here on it is worth a word */
	REPLACE_MAX = 20,	/* crashed workers replaced in a second */
	HOLD_MAX = 32,		/* s after deaths before being ready */
	FORK_PAUSE = 10,	/* s after fork(2) failed; httpd: 10 */
	LOOK_EVERY = 20,	/* ms between two looks at a full queue */
	NUDGE_MAX = 32,		/* workers asked for their idle clients */
	NUDGE_AGAIN = 100,	/* ms before the same one is asked again */
	SWITCH_AFTER = 1000,	/* ms: reload with fewer than StartServers */
	GIVE_UP_AFTER = 10000,	/* ms: reload without any ready worker */
	EARLY_MAX = 3,		/* early deaths that fail a reload */
	END_AFTER = 1000,	/* ms from asking a leaving worker to KILL */
	DEFER_ACCEPT = 30,	/* s a silent client stays in the kernel */
	NOBODY = 65534
};

/* The command line.  All of it is copied: ps(1)'s title overwrites argv. */
struct flags {
	bool		 foreground;	/* -d */
	bool		 help;
	bool		 version;
	bool		 quick;		/* urls are given */
	int		 check;		/* -n, -nn */
	int		 verbose;	/* -v, -vv */
	const char	*command;	/* -k */
	const char	*file;		/* absolute; NULL: none is read */
	const char	*base;		/* where relative paths begin then */
	const char	**defines;
	size_t		 ndefines;
	const char	**lines;	/* -c */
	size_t		 nlines;
	struct config_word *words;	/* what urls make */
	size_t		 nwords;
	const char	**listens;	/* -l */
	size_t		 nlistens;
};

/* A socket that is listened on. */
struct listener {
	struct listener		*next;
	struct sockaddr_storage	 asked;		/* for: is it the same? */
	socklen_t		 len;
	const char		*path;		/* Unix socket, else NULL */
	dev_t			 dev;		/* of the file that is ours */
	ino_t			 ino;
	int			 fd;
	bool			 kept;		/* from the generation before */
	bool			 deferred;	/* AcceptFilter is on */
	const struct listen_on	*on;		/* what it was told */
	const char		*name;		/* "127.0.0.1:8080" */
};

/* What workers shall be. */
struct identity {
	bool		 drop;		/* started as root */
	bool		 fallback;	/* and no User was told */
	const char	*name;		/* NULL: the uid has none */
	uid_t		 uid;
	gid_t		 gid;
	gid_t		*groups;	/* gid and the supplementary ones */
	int		 ngroups;
};

/*
 * A configuration at work: what its workers share.  Lives in the arena of
 * its configuration.
 */
struct generation {
	uint32_t	 number;	/* from 1 */
	struct config	*conf;
	struct identity	 who;
	struct listener	*listeners;
	int		*fds;		/* the same, for the workers */
	size_t		 nfds;
	int		 lifeline[2];	/* -1: closed */
	int64_t		 born;		/* ms */
	int		 early;		/* deaths before being ready */
};

/* A child process; its number is its slot on the board. */
struct child {
	pid_t		 pid;		/* 0: none */
	uint32_t	 generation;
	bool		 ready;
	bool		 leaving;	/* told to go, or going */
	bool		 ended;		/* killed by us */
	int64_t		 left;		/* since when, ms */
	int64_t		 nudged;	/* when last, ms */
	int64_t		 asked;		/* to make room, ms; 0: not */
};

struct master {
	const struct flags	*flags;
	struct generation	*now;		/* serves */
	struct generation	*next;		/* a reload that is going on */
	uint32_t		 last_number;
	struct child		*child;		/* 2 x ServerLimit */
	size_t			 nchild;
	size_t			 used;		/* slots ever used */
	int			 server_limit;
	int			 bell[2];
	bool			 rung;
	bool			 queueing;	/* a listener was readable */

	struct sink		 terminal;	/* stderr while detaching */
	int			 report;	/* to the parent that waits */
	const char		*pid_path;	/* NULL: none */
	int			 pid_fd;
	dev_t			 pid_dev;
	ino_t			 pid_ino;

	pid_t			 checker;	/* 0: none */
	int64_t			 checker_from;	/* not before, ms */
	bool			 renamed;	/* names are looked up again */

	bool			 serving;	/* a worker has been ready */
	bool			 reload;	/* is wanted */
	bool			 stopping;
	bool			 on_terminal;	/* -d, and there is one */
	int64_t			 deadline;	/* of the stop, ms */
	int			 code;		/* to exit with */

	int64_t			 tick;		/* last maintenance, ms */
	int			 rate;		/* workers to fork next */
	bool			 full_told;
	int			 owed;		/* crashed, not yet replaced */
	int64_t			 replace_from;	/* window of a second */
	int			 replaced;	/* in it */
	int			 hold;		/* s, last pause */
	int64_t			 hold_until;	/* no fork before, ms */
	int			 nudge;		/* how many next */
	int64_t			 look_at;	/* queue, not before, ms */
};

/* How many workers a generation has, without those that leave. */
struct census {
	int	total;
	int	idle;		/* or starting */
	int	ready;
};

static volatile sig_atomic_t got_child;
static volatile sig_atomic_t got_hup;
static volatile sig_atomic_t got_reload;
static volatile sig_atomic_t got_stop;
static volatile sig_atomic_t got_winch;
static volatile sig_atomic_t got_usr2;

static void	finish_reload(struct master *);
static void	abort_reload(struct master *, const char *);
static void	begin_stop(struct master *, const char *);

/*
 * Chapter 1: flags.
 */

static const char usage_text[] =
    "usage: gateway [-dhntVv] [-D name] [-c directive] [-f file] "
    "[-k command]\n"
    "               [-l address] [[prefix=]url[,url ...] ...]\n";

static void __attribute__((__noreturn__))
usage(void)
{
	fputs(usage_text, stderr);
	exit(CODE_USAGE);
}

static int
show_help(void)
{
	fputs(usage_text, stdout);
	fputs(
	    "\n"
	    "  -c directive  one more line of configuration\n"
	    "  -D name       define a name for <IfDefine>\n"
	    "  -d            stay in the foreground; messages go to stderr\n"
	    "                unless ErrorLog is given\n"
	    "  -f file       configuration (" GATEWAY_CONF ")\n"
	    "  -h, --help    this help\n"
	    "  -k command    stop, graceful-stop, graceful or restart the\n"
	    "                running daemon\n"
	    "  -l address    listen here instead: 8080, 127.0.0.1:8080,\n"
	    "                [::]:80, unix:/path\n"
	    "  -n, -t        check the configuration; -nn prints it\n"
	    "  -V, --version version; with -v, features\n"
	    "  -v, -vv       more messages\n"
	    "\n"
	    "A url is an application: scgi://localhost:4000/ or "
	    "unix:/path/of.sock,\n"
	    "with /prefix= in front below a path.  No file is needed then:\n"
	    "\n"
	    "  gateway -d -l 8080 scgi://localhost:4000/\n", stdout);
	return fflush(stdout) == 0 ? CODE_OK : CODE_OSERR;
}

static int
show_version(const struct flags *flags)
{
	printf("gateway %s\n", GATEWAY_VERSION);
	if (flags->verbose > 0)
		printf("features: %s\n", compat_features());
	return fflush(stdout) == 0 ? CODE_OK : CODE_OSERR;
}

static void *
allocate(size_t n, size_t size)
{
	void *p;

	if ((p = calloc(n, size)) == NULL)
		fatal(CODE_OSERR, "memory");
	return p;
}

static char *
copy(const char *s)
{
	size_t n;

	n = strlen(s) + 1;
	return memcpy(allocate(1, n), s, n);
}

/* A path that holds after the change to the root directory. */
static const char *
absolute(const char *dir, const char *file)
{
	char *path;
	size_t size;

	if (*file == '/')
		return copy(file);
	size = strlen(dir) + strlen(file) + 2;
	path = allocate(1, size);
	snprintf(path, size, "%s/%s", strcmp(dir, "/") == 0 ? "" : dir, file);
	return path;
}

static const char *
working_directory(void)
{
	char dir[4096];

	return copy(getcwd(dir, sizeof(dir)) == NULL ? "/" : dir);
}

/*
 * The url of the command line as the argument of a directive; the relative
 * path of a socket begins where we are.
 */
static void
put_url(struct out *o, struct str url, const char *base, const char *tail)
{
	const char *p;
	size_t i;

	out_ch(o, '"');
	if (str_casestarts(url, STR("unix:")) && url.n > 5 &&
	    url.p[5] != '/') {
		out_z(o, "unix:");
		for (p = base; *p != '\0'; p++) {
			if (*p == '"' || *p == '\\')
				out_ch(o, '\\');
			out_ch(o, *p);
		}
		out_ch(o, '/');
		url = str_from(url, 5);
	}
	for (i = 0; i < url.n; i++) {
		if (url.p[i] == '"' || url.p[i] == '\\')
			out_ch(o, '\\');
		out_ch(o, url.p[i]);
	}
	out_z(o, tail);
	out_ch(o, '"');
}

/*
 * What the url needs at its end: a slash if the prefix has one, because what
 * is behind the prefix is glued to it as it is (httpd).
 */
static const char *
tail_of_url(const char *url, bool slash)
{
	size_t n;

	n = strlen(url);
	if (strncmp(url, "unix:", 5) == 0 && strchr(url, '|') == NULL)
		return slash ? "|scgi://localhost/" : "|scgi://localhost";
	return slash && url[n - 1] != '/' ? "/" : "";
}

/* A word of the command line taken apart: "[prefix=]url[,url ...]". */
struct url_word {
	struct str	prefix;		/* "/" when it is not told */
	const char	*urls;
	size_t		 n;		/* of them */
};

/* What is no url of an application ends us, with the file's words. */
static void
check_url(const char *word, struct str url)
{
	struct arena a;
	const char *why;
	char *text;

	if (arena_init_growing(&a) == -1 || (text = arena_cstr(&a, url)) ==
	    NULL)
		fatal(CODE_OSERR, "memory");
	why = directive_check_url(&a, text);
	if (why == NULL) {
		arena_free(&a);
		return;
	}
	if (url.n < strlen(word))
		fatalx(CODE_USAGE, "%s: \"%s\": %s", word, text, why);
	fatalx(CODE_USAGE, "%s: %s", word, why);
}

static void
split_urls(struct url_word *u, const char *word)
{
	struct str rest, url;
	const char *eq;

	eq = *word == '/' ? strchr(word, '=') : NULL;
	u->prefix = eq == NULL ? STR("/") :
	    (struct str){ word, (size_t)(eq - word) };
	u->urls = eq == NULL ? word : eq + 1;
	u->n = 0;
	rest = str_of(u->urls);
	do {
		url = str_head(rest, str_chr(rest, ','));
		check_url(word, url);
		u->n++;
		rest = str_from(rest, url.n + 1);
	} while (rest.n > 0 || u->urls[strlen(u->urls) - 1] == ',');
}

static bool
wants_slash(const struct url_word *u)
{
	return u->prefix.p[u->prefix.n - 1] == '/';
}

/* The line that maps the word, allocated; several urls are balancer number. */
static const char *
line_of_mapping(const struct flags *f, const struct url_word *u,
    size_t number)
{
	struct out o;
	char *line;
	size_t size;

	size = 2 * (u->prefix.n + strlen(u->urls) + strlen(f->base)) + 96;
	line = allocate(1, size);
	out_init(&o, line, size - 1);
	out_z(&o, "ProxyPass \"");
	out_str(&o, u->prefix);
	out_z(&o, "\" ");
	if (u->n == 1)
		put_url(&o, str_of(u->urls), f->base, tail_of_url(u->urls,
		    wants_slash(u)));
	else
		out_fmt(&o, "balancer://urls%zu%s", number,
		    wants_slash(u) ? "/" : "");
	return line;
}

static const char *
line_of_member(const struct flags *f, struct str url, size_t number)
{
	struct out o;
	char *line;
	size_t size;

	size = 2 * (url.n + strlen(f->base)) + 96;
	line = allocate(1, size);
	out_init(&o, line, size - 1);
	out_fmt(&o, "BalancerMember balancer://urls%zu ", number);
	put_url(&o, url, f->base, "");
	return line;
}

static void
add_word(struct flags *f, const char *word, const char *line)
{
	f->words[f->nwords].word = word;
	f->words[f->nwords++].line = line;
}

/* The members of a word with several urls, before its mapping. */
static void
add_members(struct flags *f, const struct url_word *u, const char *word,
    size_t number)
{
	struct str rest, url;

	if (u->n == 1)
		return;
	rest = str_of(u->urls);
	while (rest.n > 0) {
		url = str_head(rest, str_chr(rest, ','));
		rest = str_from(rest, url.n + 1);
		add_word(f, word, line_of_member(f, url, number));
	}
}

/* The first mapping that matches wins: the longest prefix goes first. */
static int
by_prefix_length(const void *a, const void *b)
{
	const struct config_word *x = a, *y = b;
	size_t n, m;

	n = strcspn(x->line + sizeof("ProxyPass"), " ");
	m = strcspn(y->line + sizeof("ProxyPass"), " ");
	return n < m ? 1 : n > m ? -1 : strcmp(x->line, y->line);
}

static void
add_urls(struct flags *f, const char **urls, size_t n)
{
	struct config_word *mappings;
	struct url_word u;
	size_t i;

	mappings = allocate(n, sizeof(*mappings));
	for (i = 0; i < n; i++) {
		urls[i] = copy(urls[i]);
		split_urls(&u, urls[i]);
		mappings[i].word = urls[i];
		mappings[i].line = line_of_mapping(f, &u, i + 1);
		add_members(f, &u, urls[i], i + 1);
	}
	qsort(mappings, n, sizeof(*mappings), by_prefix_length);
	for (i = 0; i < n; i++)
		add_word(f, mappings[i].word, mappings[i].line);
	free(mappings);
	add_word(f, "urls",
	    "SetEnvIf Request_URI \"^\" proxy-scgi-pathinfo=1");
}

static void
parse_flag(struct flags *f, int ch, const char *arg)
{
	switch (ch) {
	case 'c':
		f->lines[f->nlines++] = copy(arg);
		return;
	case 'D':
		f->defines[f->ndefines++] = copy(arg);
		return;
	case 'd':
		f->foreground = true;
		return;
	case 'f':
		f->file = absolute(f->base, arg);
		return;
	case 'h':
		f->help = true;
		return;
	case 'k':
		f->command = copy(arg);
		return;
	case 'l':
		f->listens[f->nlistens++] = copy(arg);
		return;
	case 'n':
	case 't':
		f->check++;
		return;
	case 'V':
		f->version = true;
		return;
	case 'v':
		f->verbose++;
		return;
	default:
		usage();
	}
}

/* Two that everybody tries. */
static void
parse_long_flag(struct flags *f, const char *word)
{
	if (strcmp(word, "--help") == 0)
		f->help = true;
	else if (strcmp(word, "--version") == 0)
		f->version = true;
	else
		fatalx(CODE_USAGE, "%s: no such flag (-h says which there "
		    "are)", word);
}

/* A list of urls becomes a line for each of them, and one besides. */
static size_t
count_commas(int argc, char **argv)
{
	const char *p;
	size_t n;
	int i;

	n = 0;
	for (i = 1; i < argc; i++, n++)
		for (p = argv[i]; *p != '\0'; p++)
			n += *p == ',';
	return n;
}

/* Flags may stand behind urls, too, as some people are used to. */
static void
parse_flags(struct flags *f, int argc, char **argv)
{
	const char **urls;
	size_t n;
	int ch;

	memset(f, 0, sizeof(*f));
	f->base = working_directory();
	n = (size_t)argc + 2;
	f->lines = allocate(n, sizeof(*f->lines));
	f->words = allocate(n + count_commas(argc, argv), sizeof(*f->words));
	f->defines = allocate(n, sizeof(*f->defines));
	f->listens = allocate(n, sizeof(*f->listens));
	urls = allocate(n, sizeof(*urls));
	n = 0;
	for (ch = 0; optind < argc;) {
		if (ch == -1 || *argv[optind] != '-')
			urls[n++] = argv[optind++];
		else if (strncmp(argv[optind], "--", 2) == 0 &&
		    argv[optind][2] != '\0')
			parse_long_flag(f, argv[optind++]);
		else if ((ch = getopt(argc, argv, "c:D:df:hk:l:ntVv")) !=
		    -1)
			parse_flag(f, ch, optarg);
	}
	f->quick = n > 0;
	if (f->quick)
		add_urls(f, urls, n);
	else if (f->file == NULL)
		f->file = GATEWAY_CONF;
	free(urls);
}

/*
 * Chapter 2: privileges.
 */

/*
 * The groups are looked up once, by the master: a worker that is forked in a
 * hurry shall not wait for a directory service.  0, or -1 with errno.
 */
static int
find_groups(struct config *conf, struct identity *who)
{
	int n;

	for (n = 32;; n *= 2) {
		who->groups = arena_alloc(&conf->arena,
		    (size_t)n * sizeof(*who->groups));
		if (who->groups == NULL)
			return -1;
		who->groups[0] = who->gid;
		who->ngroups = who->name == NULL ? 1 : n;
		if (who->name == NULL || compat_groups(who->name, who->gid,
		    who->groups, &who->ngroups) == 0)
			return 0;
		if (n > 65536) {
			errno = EINVAL;
			return -1;
		}
	}
}

/*
 * Who the workers of a root master shall be.  Another master has no choice,
 * and User is without effect (httpd).  CODE_OK, or the exit code after a
 * word.
 */
static int
find_identity(struct config *conf, struct identity *who)
{
	const struct passwd *pw;

	memset(who, 0, sizeof(*who));
	who->uid = geteuid();
	who->gid = getegid();
	if (who->uid != 0)
		return CODE_OK;
	who->drop = true;
	who->fallback = conf->uid == (uid_t)-1;
	who->uid = conf->uid;
	who->gid = NOBODY;
	if (who->fallback) {
		pw = getpwnam("nobody");
		who->uid = pw == NULL || pw->pw_uid == 0 ? NOBODY :
		    pw->pw_uid;
	}
	if ((pw = getpwuid(who->uid)) != NULL) {
		who->gid = pw->pw_gid;
		who->name = arena_printf(&conf->arena, "%s", pw->pw_name);
	}
	if (conf->gid != (gid_t)-1)
		who->gid = conf->gid;
	if (find_groups(conf, who) == -1) {
		log_error("User: the groups of uid %ld", (long)who->uid);
		return CODE_OSERR;
	}
	return CODE_OK;
}

static int
drop_privileges(const struct identity *who)
{
	return who->drop ? compat_drop(who->uid, who->gid, who->groups,
	    who->ngroups) : 0;
}

static void
say_identity(const struct identity *who)
{
	if (who->fallback)
		log_warnx("started as root without User: workers run as %s",
		    who->name == NULL ? "uid 65534" : who->name);
}

/* Every descriptor the system grants: one client needs several. */
static void
raise_limits(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/*
 * Chapter 3: configuration.
 */

static struct config *
read_configuration(const struct flags *f)
{
	struct config_source source;

	memset(&source, 0, sizeof(source));
	source.file = f->file;
	source.base = f->base;
	source.listens_told = f->nlistens > 0;
	source.defines = f->defines;
	source.ndefines = f->ndefines;
	source.lines = f->lines;
	source.nlines = f->nlines;
	source.words = f->words;
	source.nwords = f->nwords;
	source.table = directives;
	source.ntable = ndirectives;
	source.absent = refused;
	source.nabsent = nrefused;
	source.begin = directive_begin;
	source.finish = directive_finish;
	return config_load(&source);
}

/* The configuration could not be read at all: say so, and the exit code. */
static int
say_unreadable(const struct flags *f)
{
	int error;

	error = errno;
	if (f->file == NULL || error == ENOMEM) {
		log_error("configuration");
		return CODE_OSERR;
	}
	if (error == ENOENT && strcmp(f->file, GATEWAY_CONF) == 0)
		log_errorx("open: %s: %s (give -f file, or the url of an "
		    "application)", f->file, strerror(error));
	else
		log_error("open: %s", f->file);
	return error == EACCES || error == EPERM ? CODE_NOPERM :
	    CODE_NOINPUT;
}

static void
say_messages(const struct config *conf, bool faults)
{
	const struct config_message *m;

	for (m = conf->messages; m != NULL; m = m->next) {
		if (m->warning)
			log_warnx("%s (warning)", m->text);
		else if (faults)
			log_errorx("%s", m->text);
	}
	if (faults && conf->faults > 0)
		log_errorx("%d fault%s: the configuration is not used",
		    conf->faults, conf->faults == 1 ? "" : "s");
}

/*
 * The first word of -l.  Without a file a bare port is loopback: what one
 * tries out is nobody else's business.  NULL: no memory.
 */
static const char *
complete_listen(const struct flags *f, struct arena *a, struct str word)
{
	if (f->file == NULL && strspn(word.p, "0123456789") >= word.n)
		return arena_printf(a, "127.0.0.1:%.*s", STR_ALL(word));
	if (str_casestarts(word, STR("unix:")) && word.n > 5 &&
	    word.p[5] != '/')
		return arena_printf(a, "unix:%s/%.*s", f->base,
		    STR_ALL(str_from(word, 5)));
	return arena_cstr(a, word);
}

/* One -l, with the words that Listen has.  NULL, or what is wrong. */
static const char *
add_listen(const struct flags *f, struct config *conf, const char *text)
{
	enum { WORDS = 8 };
	const char **argv;
	struct str word;
	int argc;

	argv = arena_zalloc(&conf->arena, WORDS * sizeof(*argv));
	if (argv == NULL)
		return "out of memory";
	for (argc = 0; argc < WORDS; argc++) {
		text += strspn(text, " \t");
		if (*text == '\0')
			break;
		word = (struct str){ text, strcspn(text, " \t") };
		argv[argc] = argc == 0 ? complete_listen(f, &conf->arena,
		    word) : arena_cstr(&conf->arena, word);
		if (argv[argc] == NULL)
			return "out of memory";
		text += word.n;
	}
	return argc == 0 ? "no address" :
	    directive_add_listen(conf, argc, argv);
}

/* -l takes the place of every Listen. */
static void
override_listens(const struct flags *f, struct config *conf)
{
	struct config_place place = { "-l", 0, NULL };
	const char *why;
	size_t i;

	if (f->nlistens == 0)
		return;
	directive_forget_listens(conf);
	for (i = 0; i < f->nlistens; i++)
		if ((why = add_listen(f, conf, f->listens[i])) != NULL)
			config_fault_at(conf, place, "%s: %s", f->listens[i],
			    why);
}

/* At the end of a list, *tail.  0, or -1 with errno. */
static int
add_address(struct arena *a, struct address **tail, const struct sockaddr *sa,
    socklen_t len)
{
	while (*tail != NULL)
		tail = &(*tail)->next;
	if (len > sizeof((*tail)->sa)) {
		errno = EINVAL;
		return -1;
	}
	if ((*tail = arena_zalloc(a, sizeof(**tail))) == NULL) {
		errno = ENOMEM;
		return -1;
	}
	memcpy(&(*tail)->sa, sa, len);
	(*tail)->len = len;
	return 0;
}

/*
 * Workers resolve no names: all addresses are found now.  NULL with *why.
 */
static struct address *
resolve(struct arena *a, const char *host, const char *port,
    const char **why)
{
	struct addrinfo hints, *list, *ai;
	struct address *first;
	int error;

	memset(&hints, 0, sizeof(hints));
	hints.ai_socktype = SOCK_STREAM;
	hints.ai_flags = AI_NUMERICSERV;
	error = getaddrinfo(host, port, &hints, &list);
	if (error != 0) {
		*why = error == EAI_SYSTEM ? strerror(errno) :
		    gai_strerror(error);
		return NULL;
	}
	first = NULL;
	for (ai = list; ai != NULL; ai = ai->ai_next)
		if (add_address(a, &first, ai->ai_addr, ai->ai_addrlen) == -1)
			*why = strerror(errno);
	freeaddrinfo(list);
	return first;
}

/* What is known since a start is the checker's business from then on. */
static bool
recall_addresses(struct config *conf, struct member *m)
{
	struct tally_addresses list;
	struct tally *t;
	uint32_t i;

	t = board_find_tally(m->key);
	if (t == NULL)
		return false;
	board_get_addresses(t, &list);
	for (i = 0; i < list.n; i++)
		if (add_address(&conf->arena, &m->addresses,
		    (const struct sockaddr *)&list.address[i],
		    list.length[i]) == -1)
			break;
	return m->addresses != NULL;
}

static void
resolve_member(struct config *conf, struct member *m)
{
	struct sockaddr_un sun;
	const char *why;

	if (recall_addresses(conf, m))
		return;
	if (m->path == NULL) {
		m->addresses = resolve(&conf->arena, m->host, m->port, &why);
		if (m->addresses == NULL)
			log_warnx("resolve: %s: %s, its requests get 503",
			    m->url, why);
	} else if (io_unix_address(&sun, m->path) == -1 ||
	    add_address(&conf->arena, &m->addresses,
	    (const struct sockaddr *)&sun, sizeof(sun)) == -1)
		log_warn("%s: its requests get 503", m->url);
}

/* The addresses of virtual hosts; one that does not resolve has none. */
static void
resolve_host(struct config *conf, struct vhost *v)
{
	struct vhost_address *va;
	const char *why;

	for (va = v->addresses; va != NULL; va = va->next) {
		if (va->host == NULL)
			continue;
		va->addresses = resolve(&conf->arena, va->host, "0", &why);
		if (va->addresses == NULL)
			log_warnx("resolve: <VirtualHost %s>: %s, no request "
			    "gets there (%s:%d)", va->host, why,
			    va->place.file, va->place.line);
	}
}

/*
 * May the workers write into a directory?  0, or an errno.  Root may do
 * everything, so that a process of its own asks as their user.
 */
static int
try_directory(const char *path, const struct identity *who)
{
	pid_t pid;
	int status;

	if ((pid = fork()) == 0)
		_exit(drop_privileges(who) == -1 ||
		    access(path, W_OK | X_OK) == -1 ? errno : 0);
	if (pid == -1)
		return errno;
	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : ECHILD;
}

/*
 * The temporary files are the workers'.  A TMPDIR that is root's alone, as
 * some systems make it, and a /var/tmp that is read-only are passed over.
 */
static void
check_spool(struct config *conf, const struct identity *who)
{
	char uid[32];
	const char *first;
	size_t i;
	int error;

	first = conf->spool_dir;
	error = try_directory(first, who);
	for (i = 0; error != 0 && i < NELEM(conf->spool_else) &&
	    conf->spool_else[i] != NULL; i++) {
		conf->spool_dir = conf->spool_else[i];
		error = try_directory(conf->spool_dir, who);
	}
	if (error == 0)
		return;
	snprintf(uid, sizeof(uid), "uid %ld", (long)who->uid);
	if (conf->spool_place.file != NULL)
		config_fault_at(conf, conf->spool_place, "SpoolDirectory: %s: "
		    "%s (as %s)", first, strerror(error), who->name == NULL ?
		    uid : who->name);
	else
		config_fault_at(conf, conf->spool_place, "no directory for "
		    "temporary files can be written to, %s is the last: %s "
		    "(as %s): set SpoolDirectory or TMPDIR", conf->spool_dir,
		    strerror(error), who->name == NULL ? uid : who->name);
}

/*
 * Read, check and complete a configuration.  The exit code of a start that
 * fails here, CODE_OK with *conf and *who; what is wrong has been said.
 */
static int
load_configuration(const struct flags *f, struct config **conf,
    struct identity *who)
{
	struct member *m;
	struct vhost *v;
	int code;

	if ((*conf = read_configuration(f)) == NULL)
		return say_unreadable(f);
	override_listens(f, *conf);
	code = CODE_OK;
	if ((*conf)->faults == 0 &&
	    (code = find_identity(*conf, who)) == CODE_OK)
		check_spool(*conf, who);
	review_warn(*conf);
	say_messages(*conf, true);
	if ((*conf)->faults > 0)
		code = CODE_CONFIG;
	if (code != CODE_OK) {
		config_free(*conf);
		return code;
	}
	for (m = (*conf)->members; m != NULL; m = m->next)
		resolve_member(*conf, m);
	for (v = (*conf)->vhosts; v != NULL; v = v->next)
		resolve_host(*conf, v);
	if (route_index(*conf) == -1) {
		log_error("memory");
		config_free(*conf);
		return CODE_OSERR;
	}
	return CODE_OK;
}

/*
 * What nobody has said where to write it: with -d messages go to stderr, and
 * in quick mode, which has no file to say it, access lines to stdout.
 */
static bool
logs_to_stderr(const struct flags *f, const struct config *conf)
{
	return f->foreground && conf->error_log == NULL;
}

/* An access log on stdout, if there is none.  0, or -1: no memory. */
static int
log_to_stdout(struct config *conf)
{
	struct custom_log *log;
	struct sink *s;
	const char *why;

	if (conf->main.logs != NULL)
		return 0;
	s = arena_zalloc(&conf->arena, sizeof(*s));
	log = arena_zalloc(&conf->arena, sizeof(*log));
	if (s == NULL || log == NULL)
		return -1;
	log->sink = s;
	log->format = accesslog_compile(accesslog_predefined("common"),
	    &conf->arena, &why);
	if (log->format == NULL)
		return -1;
	sink_over(s, STDOUT_FILENO, "stdout");
	conf->sinks = s;
	conf->main.logs = log;
	return 0;
}

/* The sink of ErrorLog.  0, or -1 with errno. */
static int
open_error_log(const struct flags *f, struct config *conf)
{
	if (logs_to_stderr(f, conf)) {
		sink_over(conf->error_sink, STDERR_FILENO, "stderr");
		return 0;
	}
	return sink_open(conf->error_sink, conf->error_log == NULL ? "syslog" :
	    conf->error_log);
}

static void
close_logs(struct config *conf)
{
	struct sink *s;

	for (s = conf->sinks; s != NULL; s = s->next)
		sink_close(s);
	sink_close(conf->error_sink);
}

static bool
buffer_log(struct config *conf, struct sink *s)
{
	enum { SIZE = 16 * 1024 };
	char *buffer;

	if ((buffer = arena_alloc(&conf->arena, SIZE)) == NULL)
		return false;
	sink_buffer(s, buffer, SIZE);
	return true;
}

/*
 * Open what the configuration writes to.  The exit code; on failure all is
 * closed and said.
 */
static int
open_logs(const struct flags *f, struct config *conf)
{
	struct sink *s, *failed;

	for (s = conf->sinks; s != NULL; s = s->next)
		s->fd = s->fd_read = -1;
	failed = open_error_log(f, conf) == -1 ? conf->error_sink : NULL;
	for (s = conf->sinks; failed == NULL && s != NULL; s = s->next)
		if (sink_open(s, s->name) == -1 ||
		    (conf->buffered_logs && !buffer_log(conf, s)))
			failed = s;
	if (failed != NULL) {
		log_error("log: %s", failed->name);
		close_logs(conf);
		return CODE_CANTCREAT;
	}
	if (f->foreground && f->file == NULL && log_to_stdout(conf) == -1) {
		log_error("memory");
		close_logs(conf);
		return CODE_OSERR;
	}
	return CODE_OK;
}

/* LogLevel; -v, and a terminal that nobody has asked for, only add to it. */
static enum log_level
level_of(const struct flags *f, const struct config *conf)
{
	int level;

	level = conf->log_level;
	if ((logs_to_stderr(f, conf) || f->verbose > 0) &&
	    level < LOG_LEVEL_INFO)
		level = LOG_LEVEL_INFO;
	if (f->verbose > 1)
		level = LOG_LEVEL_DEBUG;
	return (enum log_level)level;
}

static void
print_line(const char *text)
{
	puts(text);
}

static void
dump_line(void *arg, const char *text)
{
	(void)arg;
	puts(text);
}

static void
log_line(const char *text)
{
	log_info("%s", text);
}

/* -nn, -n: the configuration, or what it comes to. */
static int
print_configuration(const struct flags *f, struct config *conf)
{
	const struct listen_on *l;

	if (f->check > 1)
		config_dump(conf, directives, ndirectives, dump_line, NULL);
	else {
		puts("Syntax OK");
		for (l = conf->listens; l != NULL; l = l->next)
			printf("listen %s\n", l->text);
		review_describe(conf, f->quick, print_line);
	}
	return fflush(stdout) == 0 ? CODE_OK : CODE_OSERR;
}

/*
 * Chapter 4: listeners.
 */

static int	lock_holder(const char *, short, pid_t *);

static const char *
name_listener(struct arena *a, const struct listener *l)
{
	struct sockaddr_storage ss;
	socklen_t len;
	char ip[INET6_ADDRSTRLEN];
	const char *name;
	unsigned port;

	if (l->path != NULL)
		name = arena_printf(a, "unix:%s", l->path);
	else {
		len = sizeof(ss);
		if (l->fd == -1 || getsockname(l->fd,
		    (struct sockaddr *)&ss, &len) == -1)
			ss = l->asked;
		io_address(&ss, ip, sizeof(ip), &port);
		name = arena_printf(a, ss.ss_family == AF_INET6 ?
		    "[%s]:%u" : "%s:%u", ip, port);
	}
	return name == NULL ? "?" : name;
}

/* Is the file of a Unix socket still the one that we made? */
static bool
is_our_socket(const struct listener *l)
{
	struct stat st;

	return lstat(l->path, &st) == 0 && st.st_dev == l->dev &&
	    st.st_ino == l->ino;
}

static struct listener *
find_listener(struct listener *list, const struct listener *want)
{
	struct listener *l;

	for (l = list; l != NULL; l = l->next)
		if (l->len == want->len &&
		    memcmp(&l->asked, &want->asked, l->len) == 0)
			return l;
	return NULL;
}

static int
open_unix(struct listener *l, int backlog)
{
	struct stat st;

	l->fd = io_listen_unix(l->path, backlog, l->on->mode, l->on->uid,
	    l->on->gid);
	if (l->fd == -1)
		return -1;
	if (lstat(l->path, &st) == 0) {
		l->dev = st.st_dev;
		l->ino = st.st_ino;
	}
	return 0;
}

static void
filter_accept(struct listener *l, const struct config *conf)
{
	bool want;

	want = conf->accept_filter == ACCEPT_DATA;
	if (l->path != NULL || want == l->deferred)
		return;
	if (compat_defer_accept(l->fd, want ? DEFER_ACCEPT : 0) == -1)
		log_warn("AcceptFilter: %s", l->on->text);
	else
		l->deferred = want;
}

/*
 * Open the socket.  One that is kept is left as it is until it is known that
 * the new configuration will hold.  0, or -1 with errno.
 */
static int
open_listener(struct listener *l, const struct config *conf)
{
	if (l->kept)
		return 0;
	if (l->path != NULL)
		return open_unix(l, conf->backlog);
	l->fd = io_listen((const struct sockaddr *)&l->asked, l->len,
	    conf->backlog);
	if (l->fd == -1)
		return -1;
	filter_accept(l, conf);
	return 0;
}

/*
 * Mode and owner of a Unix socket that is kept.  An owner that was told
 * before, and is not any more, is the master again.
 */
static int
set_rights(const struct listener *l, const struct listen_on *before)
{
	uid_t uid;
	gid_t gid;

	uid = l->on->uid;
	if (uid == (uid_t)-1 && before->uid != (uid_t)-1)
		uid = geteuid();
	gid = l->on->gid;
	if (gid == (gid_t)-1 && before->gid != (gid_t)-1)
		gid = getegid();
	return io_set_rights(l->path, l->on->mode, uid, gid);
}

/* What the new configuration says about the sockets that are kept. */
static void
adjust_listeners(struct generation *g, struct generation *before)
{
	struct listener *l, *old;

	for (l = g->listeners; l != NULL; l = l->next) {
		if (!l->kept)
			continue;
		if (listen(l->fd, g->conf->backlog) == -1)
			log_warn("ListenBackLog: %s", l->name);
		filter_accept(l, g->conf);
		old = find_listener(before->listeners, l);
		if (l->path != NULL && is_our_socket(l) &&
		    set_rights(l, old->on) == -1)
			log_warn("listen: %s: mode and owner", l->name);
	}
}

/*
 * Add one address to a generation.  A socket that the generation before
 * listens on is kept: the same descriptor, so that no client in its queue is
 * lost.  0, or -1 with errno.
 */
static int
add_listener(struct master *m, struct generation *g,
    const struct listen_on *on, const struct sockaddr *sa, socklen_t len)
{
	struct listener *l, *old, **tail;

	l = arena_zalloc(&g->conf->arena, sizeof(*l));
	if (l == NULL)
		return -1;
	l->fd = -1;
	l->len = len;
	l->on = on;
	l->path = on->path;
	memcpy(&l->asked, sa, len);
	for (tail = &g->listeners; *tail != NULL; tail = &(*tail)->next)
		if (find_listener(*tail, l) == *tail)
			return 0;
	old = m->now == NULL ? NULL : find_listener(m->now->listeners, l);
	if (old != NULL && (old->path == NULL || is_our_socket(old))) {
		l->kept = true;
		l->fd = old->fd;
		l->deferred = old->deferred;
		l->dev = old->dev;
		l->ino = old->ino;
	}
	if (open_listener(l, g->conf) == -1)
		return -1;
	l->name = name_listener(&g->conf->arena, l);
	*tail = l;
	g->nfds++;
	return 0;
}

/*
 * The addresses of a Listen line.  Where IPv6 is missing, one of its IPv4
 * addresses is enough.  0, or -1 with errno or *why.
 */
static int
add_inet(struct master *m, struct generation *g, const struct listen_on *on,
    const char **why)
{
	struct addrinfo hints, *ai, *list;
	int added, error;

	memset(&hints, 0, sizeof(hints));
	hints.ai_socktype = SOCK_STREAM;
	hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
	error = getaddrinfo(on->host, on->port, &hints, &list);
	if (error != 0) {
		*why = gai_strerror(error);
		return -1;
	}
	error = added = 0;
	for (ai = list; ai != NULL; ai = ai->ai_next) {
		if (add_listener(m, g, on, ai->ai_addr, ai->ai_addrlen) == 0)
			added++;
		else if (error == 0 || ai->ai_family != AF_INET6 ||
		    (errno != EAFNOSUPPORT && errno != EADDRNOTAVAIL))
			error = errno;
	}
	freeaddrinfo(list);
	if (error == 0 || (added > 0 && (error == EAFNOSUPPORT ||
	    error == EADDRNOTAVAIL)))
		return 0;
	errno = error;
	return -1;
}

static int
add_unix(struct master *m, struct generation *g, const struct listen_on *on)
{
	struct sockaddr_un sun;

	if (io_unix_address(&sun, on->path) == -1)
		return -1;
	return add_listener(m, g, on, (const struct sockaddr *)&sun,
	    sizeof(sun));
}

/* Say why an address cannot be had, and by whom it is; the exit code. */
static int
say_not_listening(const struct master *m, const struct listen_on *on,
    const char *why)
{
	pid_t pid;
	int error;

	error = errno;
	if (why == NULL)
		why = strerror(error);
	if (error == EADDRINUSE && m->now == NULL && m->pid_path != NULL &&
	    lock_holder(m->pid_path, F_RDLCK, &pid) == 1 && pid > 0)
		log_errorx("listen: %s: %s (gateway is running, pid %ld)",
		    on->text, why, (long)pid);
	else if (error == EADDRINUSE && m->now != NULL)
		log_errorx("listen: %s: %s (an address that this gateway "
		    "listens on already in another form needs a restart)",
		    on->text, why);
	else
		log_errorx("listen: %s: %s", on->text, why);
	return error == EACCES || error == EPERM ? CODE_NOPERM :
	    CODE_UNAVAILABLE;
}

/* Close a socket, and remove its file if it is ours. */
static void
close_listener(struct listener *l)
{
	if (l->fd == -1)
		return;
	if (l->path != NULL && is_our_socket(l))
		unlink(l->path);
	close(l->fd);
	l->fd = -1;
}

static bool
has_descriptor(const struct generation *g, int fd)
{
	const struct listener *l;

	for (l = g == NULL ? NULL : g->listeners; l != NULL; l = l->next)
		if (l->fd == fd)
			return true;
	return false;
}

/* Close the listeners of a generation that the other does not use. */
static void
close_listeners(struct generation *g, const struct generation *other)
{
	struct listener *l;

	for (l = g->listeners; l != NULL; l = l->next)
		if (!has_descriptor(other, l->fd))
			close_listener(l);
}

static int
open_listeners(struct master *m, struct generation *g)
{
	const struct listen_on *on;
	struct listener *l;
	const char *why;
	size_t i;
	int code;

	for (on = g->conf->listens; on != NULL; on = on->next) {
		why = NULL;
		errno = 0;
		if ((on->path != NULL ? add_unix(m, g, on) :
		    add_inet(m, g, on, &why)) == -1) {
			code = say_not_listening(m, on, why);
			close_listeners(g, m->now);
			return code;
		}
	}
	g->fds = arena_alloc(&g->conf->arena, (g->nfds + 1) *
	    sizeof(*g->fds));
	if (g->fds == NULL) {
		log_error("memory");
		close_listeners(g, m->now);
		return CODE_OSERR;
	}
	for (i = 0, l = g->listeners; l != NULL; l = l->next)
		g->fds[i++] = l->fd;
	return CODE_OK;
}

/*
 * Chapter 5: pid file.
 */

/*
 * Who holds a lock on the file that is in the way of one of this type?  To
 * one for reading (F_RDLCK) it is only somebody who may write the file: a
 * gateway.  The file's text proves nothing, it may be left over.
 *
 * 1 with *pid (which is no pid if it cannot be seen from here), 0 when there
 * is nobody, -1 with errno; *pid is 0 then.  Not for a file that this process
 * has locked: closing it would give up the lock.
 */
static int
lock_holder(const char *path, short type, pid_t *pid)
{
	struct flock lock;
	int error, fd, r;

	*pid = 0;
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return -1;
	memset(&lock, 0, sizeof(lock));
	lock.l_type = type;
	lock.l_whence = SEEK_SET;
	r = fcntl(fd, F_GETLK, &lock);
	error = errno;
	close(fd);
	errno = error;
	if (r == -1 || lock.l_type == F_UNLCK)
		return r;
	*pid = lock.l_pid;
	return 1;
}

static bool
is_file(const char *path, const struct stat *st)
{
	struct stat there;

	return stat(path, &there) == 0 && there.st_dev == st->st_dev &&
	    there.st_ino == st->st_ino;
}

/*
 * A file that is left over can be read by everybody, and so be locked for
 * reading by everybody: that must not keep a gateway from starting.  1: it
 * has gone; -1 with errno: it is locked by a gateway, or cannot be removed.
 */
static int
remove_locked(const char *path, const struct stat *st)
{
	pid_t pid;

	if (lock_holder(path, F_RDLCK, &pid) == 1) {
		errno = EAGAIN;
		return -1;
	}
	return is_file(path, st) && unlink(path) == -1 && errno != ENOENT ?
	    -1 : 1;
}

/*
 * Open and lock.  Nobody else can open, and lock, a new one before that is
 * done.  1: it has been replaced meanwhile, try again; 0, or -1 with errno.
 */
static int
lock_pid_file(struct master *m)
{
	struct flock lock;
	struct stat st;
	int error, r;

	m->pid_fd = open(m->pid_path, O_RDWR | O_CREAT | O_CLOEXEC |
	    O_NOFOLLOW, 0600);
	if (m->pid_fd == -1)
		return -1;
	memset(&lock, 0, sizeof(lock));
	lock.l_type = F_WRLCK;
	lock.l_whence = SEEK_SET;
	r = fstat(m->pid_fd, &st);
	if (r == 0 && fcntl(m->pid_fd, F_SETLK, &lock) == 0)
		r = is_file(m->pid_path, &st) ? 0 : 1;
	else if (r == 0)
		r = errno == EACCES || errno == EAGAIN ?
		    remove_locked(m->pid_path, &st) : -1;
	if (r == 0) {
		m->pid_dev = st.st_dev;
		m->pid_ino = st.st_ino;
		return 0;
	}
	error = errno;
	close(m->pid_fd);
	m->pid_fd = -1;
	errno = error;
	return r;
}

static void
remove_pid_file(struct master *m)
{
	struct stat st;

	if (m->pid_fd == -1)
		return;
	if (lstat(m->pid_path, &st) == 0 && st.st_dev == m->pid_dev &&
	    st.st_ino == m->pid_ino)
		unlink(m->pid_path);
	close(m->pid_fd);
	m->pid_fd = -1;
}

/* 0, or -1 with errno, and no file is left. */
static int
fill_pid_file(struct master *m)
{
	char text[32];
	int error, n;

	n = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	if (ftruncate(m->pid_fd, 0) == 0 &&
	    write(m->pid_fd, text, (size_t)n) == n) {
		/* Whoever may use -k has to see the lock. */
		fchmod(m->pid_fd, 0644);
		return 0;
	}
	error = errno;
	remove_pid_file(m);
	errno = error;
	return -1;
}

/* A number, if there is one. */
static const char *
name_process(char *buf, size_t size, pid_t pid)
{
	if (pid <= 0)
		return "a process that cannot be seen from here";
	snprintf(buf, size, "pid %ld", (long)pid);
	return buf;
}

/* The exit code; what is wrong has been said. */
static int
write_pid_file(struct master *m, bool told)
{
	char name[32];
	pid_t pid;
	int error, r;

	if (m->pid_path == NULL)
		return CODE_OK;
	while ((r = lock_pid_file(m)) == 1)
		continue;
	if (r == 0 && (r = fill_pid_file(m)) == 0)
		return CODE_OK;
	error = errno;
	if (r == -1 && lock_holder(m->pid_path, F_RDLCK, &pid) == 1) {
		log_errorx("pid file: %s: gateway is running, %s",
		    m->pid_path, name_process(name, sizeof(name), pid));
		return CODE_UNAVAILABLE;
	}
	if (r == -1 && lock_holder(m->pid_path, F_WRLCK, &pid) == 1)
		log_warnx("pid file: %s: locked by %s, which is no gateway",
		    m->pid_path, name_process(name, sizeof(name), pid));
	errno = error;
	if (!told && geteuid() != 0) {
		log_warn("pid file: %s: none is kept, -k will not find this "
		    "gateway (PidFile)", m->pid_path);
		m->pid_path = NULL;
		return CODE_OK;
	}
	log_error("pid file: %s", m->pid_path);
	return CODE_CANTCREAT;
}

static void
sleep_ms(long ms)
{
	struct timespec ts;

	ts.tv_sec = ms / 1000;
	ts.tv_nsec = ms % 1000 * 1000000;
	nanosleep(&ts, NULL);
}

/* After a stop: until the daemon has let go of its addresses. */
static int
wait_for_release(const char *path, pid_t pid)
{
	pid_t holder;
	int i;

	for (i = 0; i < 1000; i++) {
		if (lock_holder(path, F_RDLCK, &holder) != 1 ||
		    holder != pid)
			return CODE_OK;
		sleep_ms(10);
	}
	log_errorx("pid %ld still holds %s", (long)pid, path);
	return CODE_SOFTWARE;
}

static int
signal_daemon(const char *path, const char *command, int sig)
{
	pid_t pid;
	int r;

	r = lock_holder(path, F_RDLCK, &pid);
	if (r == -1 && errno != ENOENT) {
		log_error("-k %s: %s", command, path);
		return errno == EACCES ? CODE_NOPERM : CODE_UNAVAILABLE;
	}
	if (r != 1) {
		log_errorx("-k %s: no gateway is running (nobody holds %s)",
		    command, path);
		return CODE_UNAVAILABLE;
	}
	if (pid <= 0) {
		log_errorx("-k %s: %s is held by a process that cannot be "
		    "seen from here", command, path);
		return CODE_UNAVAILABLE;
	}
	if (kill(pid, sig) == -1) {
		log_error("-k %s: pid %ld", command, (long)pid);
		return errno == EPERM ? CODE_NOPERM : CODE_UNAVAILABLE;
	}
	return sig == SIGTERM ? wait_for_release(path, pid) : CODE_OK;
}

/*
 * -k.  A reload is not asked for with a file that has faults (httpdctl does
 * the same); a stop needs no more of it than PidFile.
 */
static int
send_command(const struct flags *f)
{
	static const struct {
		const char	*word;
		int		 sig;
	} commands[] = {
		{ "stop", SIGTERM },
		{ "graceful-stop", SIGTERM },
		{ "graceful", SIGUSR1 },
		{ "restart", SIGHUP },
	};
	struct config *conf;
	size_t i;

	if (strcmp(f->command, "status") == 0)
		fatalx(CODE_USAGE, "-k status: not available");
	for (i = 0; i < NELEM(commands); i++)
		if (strcmp(f->command, commands[i].word) == 0)
			break;
	if (i == NELEM(commands))
		fatalx(CODE_USAGE, "-k %s: no such command (stop, "
		    "graceful-stop, graceful, restart)", f->command);
	if ((conf = read_configuration(f)) == NULL) {
		/* Started without a file: its pid is where it is by default. */
		if (errno == ENOENT && f->file != NULL &&
		    strcmp(f->file, GATEWAY_CONF) == 0)
			return signal_daemon(GATEWAY_PID, f->command,
			    commands[i].sig);
		return say_unreadable(f);
	}
	if (commands[i].sig != SIGTERM && conf->faults > 0) {
		say_messages(conf, true);
		return CODE_CONFIG;
	}
	return signal_daemon(conf->pid_file == NULL ? GATEWAY_PID :
	    conf->pid_file, f->command, commands[i].sig);
}

/*
 * Chapter 6: workers.
 */

static void
close_both(int fd[2])
{
	if (fd[0] != -1)
		close(fd[0]);
	if (fd[1] != -1)
		close(fd[1]);
	fd[0] = fd[1] = -1;
}

static struct census
count_workers(const struct master *m, uint32_t generation)
{
	struct slot_view view;
	struct census sum;
	const struct child *c;
	size_t i;

	memset(&sum, 0, sizeof(sum));
	for (i = 0; i < m->used; i++) {
		c = &m->child[i];
		if (c->pid == 0 || c->leaving || c->generation != generation)
			continue;
		sum.total++;
		sum.ready += c->ready;
		board_look(i, &view);
		sum.idle += view.state == SLOT_STARTING ||
		    view.state == SLOT_IDLE;
	}
	return sum;
}

/*
 * In the child: what belongs to the master alone, or to another generation,
 * is closed.  A lifeline that a child keeps open would never end, a log
 * neither.
 */
static void
close_inherited(struct master *m, const struct generation *mine)
{
	struct generation *all[2];
	struct listener *l;
	size_t i;

	all[0] = m->now;
	all[1] = m->next;
	for (i = 0; i < NELEM(all); i++) {
		if (all[i] == NULL)
			continue;
		if (all[i] == mine) {
			close(mine->lifeline[1]);
			continue;
		}
		close_both(all[i]->lifeline);
		close_logs(all[i]->conf);
		for (l = all[i]->listeners; l != NULL; l = l->next)
			if (!has_descriptor(mine, l->fd))
				close(l->fd);
	}
	sink_forked(mine->conf->sinks);
	sink_forked(mine->conf->error_sink);
	close(m->bell[0]);
	if (m->pid_fd != -1)
		close(m->pid_fd);
	if (m->report != -1)
		close(m->report);
	if (m->terminal.fd != -1)
		close(m->terminal.fd);
}

/* The flags of the master are nothing to a worker. */
static void
forget_signals(void)
{
	static const int ignored[] = { SIGHUP, SIGINT, SIGUSR2 };
	struct sigaction sa;
	size_t i;

	memset(&sa, 0, sizeof(sa));
	sigemptyset(&sa.sa_mask);
	sa.sa_handler = SIG_IGN;
	for (i = 0; i < NELEM(ignored); i++)
		sigaction(ignored[i], &sa, NULL);
	if (compat_sigwinch() != 0)
		sigaction(compat_sigwinch(), &sa, NULL);
	sa.sa_handler = SIG_DFL;
	sigaction(SIGCHLD, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGUSR1, &sa, NULL);
}

static void __attribute__((__noreturn__))
be_worker(struct master *m, const struct generation *g, size_t slot)
{
	struct worker_birth birth;
	struct sink *s;
	int code;

	log_to(g->conf->error_sink, level_of(m->flags, g->conf));
	close_inherited(m, g);
	forget_signals();
	if (drop_privileges(&g->who) == -1) {
		log_error("worker: become uid %ld", (long)g->who.uid);
		_exit(CODE_NOPERM);
	}
	board_mine(slot);
	compat_title("worker");
	memset(&birth, 0, sizeof(birth));
	birth.conf = g->conf;
	birth.listeners = g->fds;
	birth.nlisteners = g->nfds;
	birth.lifeline = g->lifeline[0];
	birth.bell = m->bell[1];
	birth.generation = g->number;
	code = worker_run(&birth);
	for (s = g->conf->sinks; s != NULL; s = s->next)
		sink_end(s);
	_exit(code);
}

/* The one that has been leaving for the longest time; nchild: none. */
static size_t
find_oldest_leaving(const struct master *m)
{
	const struct child *c;
	size_t i, oldest;

	oldest = m->nchild;
	for (i = 0; i < m->used; i++) {
		c = &m->child[i];
		if (c->pid == 0 || !c->leaving || c->ended)
			continue;
		if (oldest == m->nchild || c->left < m->child[oldest].left)
			oldest = i;
	}
	return oldest;
}

/*
 * All slots are taken: the oldest of those that leave makes room.  First it
 * is asked to give up an idle client; if it has a request it is cut.
 */
static void
make_room(struct master *m)
{
	struct child *c;
	int64_t now;
	size_t i;

	i = find_oldest_leaving(m);
	if (i == m->nchild)
		return;
	c = &m->child[i];
	now = io_now();
	if (c->asked == 0) {
		c->asked = now;
		kill(c->pid, SIGUSR1);
		return;
	}
	if (now - c->asked < END_AFTER)
		return;
	log_warnx("worker %ld: leaving for %ld s and ended, all %lu slots are "
	    "taken (ServerLimit)", (long)c->pid,
	    (long)((now - c->left) / 1000), (unsigned long)m->nchild);
	c->ended = true;
	kill(c->pid, SIGKILL);
}

static size_t
find_free_slot(const struct master *m)
{
	size_t i;

	for (i = 0; i < m->nchild && m->child[i].pid != 0; i++)
		;
	return i;
}

static void __attribute__((__noreturn__))
be_checker(struct master *m, const struct generation *g)
{
	size_t i;

	log_to(g->conf->error_sink, level_of(m->flags, g->conf));
	close_inherited(m, g);
	for (i = 0; i < g->nfds; i++)
		close(g->fds[i]);
	forget_signals();
	if (drop_privileges(&g->who) == -1) {
		log_error("checker: become uid %ld", (long)g->who.uid);
		_exit(CODE_NOPERM);
	}
	compat_title("checker");
	_exit(health_run(g->conf, g->lifeline[0], m->renamed));
}

/* The checker of the configuration that serves, if it needs one. */
static void
tend_checker(struct master *m)
{
	if (m->checker != 0 || io_now() < m->checker_from ||
	    !health_is_wanted(m->now->conf))
		return;
	m->checker = fork();
	if (m->checker == 0)
		be_checker(m, m->now);
	if (m->checker == -1) {
		log_warn("fork: checker");
		m->checker = 0;
		m->checker_from = io_now() + FORK_PAUSE * 1000;
	} else
		m->renamed = false;
}

static void
stop_checker(const struct master *m)
{
	if (m->checker != 0)
		kill(m->checker, SIGTERM);
}

/* Fork one worker.  False: not now. */
static bool
spawn(struct master *m, const struct generation *g)
{
	struct child *c;
	pid_t pid;
	size_t i;

	if ((i = find_free_slot(m)) == m->nchild) {
		make_room(m);
		return false;
	}
	board_take(i, g->number);
	if ((pid = fork()) == 0)
		be_worker(m, g, i);
	if (pid == -1) {
		log_warn("fork: next try in %d s", FORK_PAUSE);
		board_clear(i);
		m->hold_until = io_now() + FORK_PAUSE * 1000;
		return false;
	}
	c = &m->child[i];
	memset(c, 0, sizeof(*c));
	c->pid = pid;
	c->generation = g->number;
	if (i >= m->used)
		m->used = i + 1;
	return true;
}

/* Fork up to n workers; how many it became. */
static int
spawn_some(struct master *m, const struct generation *g, int n)
{
	int i;

	if (io_now() < m->hold_until)
		return 0;
	for (i = 0; i < n; i++)
		if (!spawn(m, g))
			break;
	return i;
}

static void
mark_leaving(struct child *c)
{
	if (c->leaving)
		return;
	c->leaving = true;
	c->left = io_now();
}

/* What the board says about who is ready and who goes by himself. */
static void
note_states(struct master *m)
{
	struct slot_view view;
	struct child *c;
	size_t i;

	for (i = 0; i < m->used; i++) {
		c = &m->child[i];
		if (c->pid == 0 || (c->ready && c->leaving))
			continue;
		board_look(i, &view);
		if (!c->ready && view.state != SLOT_STARTING) {
			c->ready = true;
			m->hold = 0;
		}
		if (view.state == SLOT_LEAVING)
			mark_leaving(c);
	}
}

static void
say_death(const struct child *c, int status, const struct slot_view *view)
{
	const char *how;
	int n;

	how = WIFSIGNALED(status) ? "killed by signal" : "exit code";
	n = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
	if (c->ended || status == 0)
		log_debug("worker %ld: ended, %s %d, %lu requests served",
		    (long)c->pid, how, n, (unsigned long)view->requests);
	else
		log_warnx("worker %ld: died, %s %d, %lu requests served",
		    (long)c->pid, how, n, (unsigned long)view->requests);
}

/*
 * A worker that dies before it was ready would die again at once: wait, and
 * longer each time.
 */
static void
hold_forks(struct master *m)
{
	m->hold = m->hold == 0 ? 1 : m->hold * 2;
	if (m->hold > HOLD_MAX)
		m->hold = HOLD_MAX;
	m->hold_until = io_now() + (int64_t)m->hold * 1000;
	log_warnx("workers die before they are ready, next try in %d s",
	    m->hold);
}

/* A worker of a generation that is about to come into its own has died. */
static void
note_early_death(struct master *m, struct generation *g, int status)
{
	g->early++;
	if (g == m->next && (WIFEXITED(status) || g->early >= EARLY_MAX)) {
		abort_reload(m, "new workers cannot begin");
		return;
	}
	if (!m->serving && WIFEXITED(status)) {
		m->code = WEXITSTATUS(status) == 0 ? CODE_SOFTWARE :
		    WEXITSTATUS(status);
		begin_stop(m, "workers cannot begin");
		return;
	}
	hold_forks(m);
	if (g == m->now)
		m->owed++;
}

static void
bury(struct master *m, size_t i, int status)
{
	struct slot_view view;
	struct child c;
	bool early;

	board_look(i, &view);
	c = m->child[i];
	early = !c.ready && view.state == SLOT_STARTING;
	say_death(&c, status, &view);
	board_clear(i);
	memset(&m->child[i], 0, sizeof(m->child[i]));
	if (m->stopping || c.leaving || view.state == SLOT_LEAVING) {
		/* It was counted no more, or goes as it should. */
		m->rung = true;
		return;
	}
	if (m->next != NULL && c.generation == m->next->number) {
		if (early)
			note_early_death(m, m->next, status);
		return;
	}
	if (early)
		note_early_death(m, m->now, status);
	else if (status != 0)
		m->owed++;
	else
		m->rung = true;
}

static void
bury_logger(struct master *m, pid_t pid, int status)
{
	struct generation *all[2];
	size_t i;

	all[0] = m->now;
	all[1] = m->next;
	for (i = 0; i < NELEM(all); i++)
		if (all[i] != NULL && !m->stopping &&
		    (sink_reaped(all[i]->conf->sinks, pid, status) ||
		    sink_reaped(all[i]->conf->error_sink, pid, status)))
			return;
}

static void
bury_checker(struct master *m, int status)
{
	if (status != 0 && !m->stopping)
		log_warnx("checker %ld: ended with %d, a new one follows",
		    (long)m->checker, status);
	board_clear_checker();
	m->checker = 0;
	m->checker_from = status == 0 ? 0 : io_now() + TICK;
}

static void
reap(struct master *m)
{
	pid_t pid;
	size_t i;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (i = 0; i < m->used && m->child[i].pid != pid; i++)
			;
		if (i < m->used)
			bury(m, i, status);
		else if (pid == m->checker)
			bury_checker(m, status);
		else
			bury_logger(m, pid, status);
	}
}

static void
signal_workers(const struct master *m, uint32_t generation, int sig)
{
	size_t i;

	for (i = 0; i < m->used; i++)
		if (m->child[i].pid != 0 && (generation == 0 ||
		    m->child[i].generation == generation))
			kill(m->child[i].pid, sig);
}

/*
 * Chapter 7: the pool, by the rules of httpd's prefork.
 */

/* Tell one idle worker, the one in the highest slot, to go. */
static void
retire_one(struct master *m)
{
	struct slot_view view;
	struct child *c;
	size_t i;

	for (i = m->used; i-- > 0;) {
		c = &m->child[i];
		if (c->pid == 0 || c->leaving ||
		    c->generation != m->now->number)
			continue;
		board_look(i, &view);
		if (view.state != SLOT_IDLE)
			continue;
		mark_leaving(c);
		kill(c->pid, SIGTERM);
		return;
	}
}

static void
grow(struct master *m, const struct census *sum)
{
	int n, room;

	room = m->now->conf->max_workers - sum->total;
	if (room <= 0) {
		if (!m->full_told && sum->idle == 0)
			log_warnx("all %d workers are busy, clients queue "
			    "(MaxRequestWorkers)", sum->total);
		m->full_told = m->full_told || sum->idle == 0;
		return;
	}
	n = m->rate < room ? m->rate : room;
	if (io_now() < m->hold_until)
		return;
	if (m->rate >= RATE_BUSY)
		log_info("busy: %d workers more, %d of %d are idle "
		    "(MinSpareServers)", n, sum->idle, sum->total);
	spawn_some(m, m->now, n);
	m->rate = m->rate * 2 > RATE_MAX ? RATE_MAX : m->rate * 2;
}

/*
 * A crashed worker is replaced at once, but not more than so many in a
 * second: one request that kills must neither empty the pool nor keep the
 * machine busy with forks.
 */
static void
replace_crashed(struct master *m)
{
	struct census sum;
	int64_t now;
	int n, room;

	if (m->owed == 0)
		return;
	now = io_now();
	if (now - m->replace_from >= 1000) {
		m->replace_from = now;
		m->replaced = 0;
	}
	sum = count_workers(m, m->now->number);
	room = m->now->conf->max_workers - sum.total;
	if (m->owed > room)
		m->owed = room > 0 ? room : 0;
	n = REPLACE_MAX - m->replaced;
	n = spawn_some(m, m->now, m->owed < n ? m->owed : n);
	m->replaced += n;
	m->owed -= n;
}

/*
 * One round.  Growing happens whenever a worker rings, shrinking and the
 * return to small steps once a second.
 */
static void
maintain(struct master *m, bool second)
{
	const struct config *conf;
	struct census sum;

	conf = m->now->conf;
	replace_crashed(m);
	sum = count_workers(m, m->now->number);
	sum.total += m->owed;
	sum.idle += m->owed;
	if (sum.total < conf->max_workers)
		m->full_told = false;
	if (sum.idle < conf->min_spare) {
		grow(m, &sum);
		return;
	}
	if (!second)
		return;
	m->rate = 1;
	if (sum.idle > conf->max_spare)
		retire_one(m);
}

/* Nobody is idle and nobody can be added: clients may be queueing. */
static bool
is_full(const struct master *m)
{
	struct census sum;

	if (m->stopping || !m->serving)
		return false;
	sum = count_workers(m, m->now->number);
	return sum.idle == 0 && sum.total >= m->now->conf->max_workers;
}

/*
 * Who has held a client without a request for the longest time and was not
 * asked just now?  nchild: nobody.
 */
static size_t
find_parked(const struct master *m, int64_t now)
{
	struct slot_view view;
	const struct child *c;
	size_t i, best;
	int32_t age, oldest;

	best = m->nchild;
	oldest = -1;
	for (i = 0; i < m->used; i++) {
		c = &m->child[i];
		if (c->pid == 0 || c->leaving ||
		    c->generation != m->now->number ||
		    (c->nudged != 0 && now - c->nudged < NUDGE_AGAIN))
			continue;
		board_look(i, &view);
		if (view.state != SLOT_KEEPALIVE &&
		    view.state != SLOT_CLOSING)
			continue;
		/* The worker's clock may have been read after ours. */
		age = (int32_t)((uint32_t)now - view.since_ms);
		if (age < 0)
			age = 0;
		if (age > oldest) {
			oldest = age;
			best = i;
		}
	}
	return best;
}

/* Clients queue: the longest idle ones give way, more each time. */
static void
nudge_parked(struct master *m)
{
	int64_t now;
	size_t i;
	int n;

	now = io_now();
	for (n = 0; n < m->nudge; n++) {
		i = find_parked(m, now);
		if (i == m->nchild)
			break;
		m->child[i].nudged = now;
		kill(m->child[i].pid, SIGUSR1);
	}
	m->nudge = m->nudge * 2 > NUDGE_MAX ? NUDGE_MAX : m->nudge * 2;
}

/*
 * Chapter 8: generations and reload.
 */

static bool
set_nonblocking(int fd)
{
	int flags;

	flags = fcntl(fd, F_GETFL);
	return flags != -1 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) != -1;
}

/*
 * Read a configuration and make a generation of it.  The exit code; what is
 * wrong has been said.
 */
static int
load_generation(struct master *m, struct generation **result)
{
	struct generation *g;
	struct identity who;
	struct config *conf;
	int code;

	code = load_configuration(m->flags, &conf, &who);
	if (code != CODE_OK)
		return code;
	if ((g = arena_zalloc(&conf->arena, sizeof(*g))) == NULL) {
		log_error("memory");
		config_free(conf);
		return CODE_OSERR;
	}
	g->conf = conf;
	g->who = who;
	g->lifeline[0] = g->lifeline[1] = -1;
	g->number = ++m->last_number;
	*result = g;
	return CODE_OK;
}

/* Open all that it needs.  The exit code; nothing is left open then. */
static int
open_generation(struct master *m, struct generation *g)
{
	int code;

	if ((code = open_listeners(m, g)) != CODE_OK)
		return code;
	if ((code = open_logs(m->flags, g->conf)) == CODE_OK) {
		if (compat_pipe(g->lifeline) == 0)
			return CODE_OK;
		log_error("pipe");
		close_logs(g->conf);
		code = CODE_OSERR;
	}
	close_listeners(g, m->now);
	return code;
}

/* The places of members on the board.  0, or -1. */
static int
make_tallies(const struct config *conf)
{
	struct tally_addresses list;
	const struct address *a;
	struct member *m;

	for (m = conf->members; m != NULL; m = m->next) {
		if ((m->tally = board_tally(m->key)) == NULL ||
		    (m->max > 0 && board_open_bells(m->tally) == -1))
			return -1;
		/* httpd: a reload tries again who was in error. */
		board_change_flags(m->tally, 0, TALLY_ERROR);
		board_get_addresses(m->tally, &list);
		if (list.n > 0)
			continue;
		for (a = m->addresses; a != NULL && list.n < TALLY_ADDRESSES;
		    a = a->next) {
			list.address[list.n] = a->sa;
			list.length[list.n++] = a->len;
		}
		board_set_addresses(m->tally, &list);
	}
	return 0;
}

/*
 * Before a reload: what neither serves nor will is given back.  Workers of
 * older generations keep what they have.
 */
static void
renew_tallies(const struct config *conf)
{
	const struct member *m;

	board_mark_tallies();
	for (m = conf->members; m != NULL; m = m->next)
		board_tally(m->key);
	board_sweep_tallies();
}

/* What only a restart can change. */
static void
keep_fixed(const struct master *m, struct config *conf)
{
	const struct config *old;

	old = m->now->conf;
	if (conf->server_limit != m->server_limit) {
		log_warnx("ServerLimit: %d is ignored until a restart, it "
		    "stays %d", conf->server_limit, m->server_limit);
		conf->server_limit = m->server_limit;
		if (conf->max_workers > m->server_limit)
			conf->max_workers = m->server_limit;
	}
	if ((conf->pid_file == NULL) != (old->pid_file == NULL) ||
	    (conf->pid_file != NULL &&
	    strcmp(conf->pid_file, old->pid_file) != 0))
		log_warnx("PidFile: the change is ignored until a restart");
}

static void
start_reload(struct master *m)
{
	struct generation *g;
	int code;

	m->reload = false;
	g = NULL;
	code = load_generation(m, &g);
	if (code == CODE_OK) {
		keep_fixed(m, g->conf);
		renew_tallies(m->now->conf);
		code = make_tallies(g->conf) == -1 ? CODE_OSERR :
		    open_generation(m, g);
		if (code != CODE_OK)
			config_free(g->conf);
	}
	if (code != CODE_OK) {
		log_errorx("reload: failed, the old configuration stays");
		return;
	}
	g->born = io_now();
	m->next = g;
	/* It may be the cure for what workers died of. */
	m->hold = 0;
	m->hold_until = 0;
}

static int
first_workers(const struct config *conf)
{
	return conf->start_servers < conf->max_workers ?
	    conf->start_servers : conf->max_workers;
}

/* See the new generation through its start. */
static void
attend_reload(struct master *m)
{
	struct generation *g;
	struct census sum;
	int64_t age;
	int want;

	g = m->next;
	sum = count_workers(m, g->number);
	want = first_workers(g->conf);
	age = io_now() - g->born;
	if (sum.ready >= want || (sum.ready > 0 && age >= SWITCH_AFTER)) {
		finish_reload(m);
		return;
	}
	if (age >= GIVE_UP_AFTER) {
		abort_reload(m, "new workers are not ready");
		return;
	}
	spawn_some(m, g, want - sum.total);
}

/* Mark all workers of a generation as leaving. */
static void
mark_generation(struct master *m, uint32_t number)
{
	size_t i;

	for (i = 0; i < m->used; i++)
		if (m->child[i].pid != 0 &&
		    m->child[i].generation == number)
			mark_leaving(&m->child[i]);
}

/*
 * The new workers are ready: the old ones may go.  The board is written
 * first, the end of the lifeline is what makes them look.
 */
static void
finish_reload(struct master *m)
{
	struct generation *old;
	struct config *conf;

	old = m->now;
	m->now = m->next;
	m->next = NULL;
	m->owed = 0;
	m->rate = 1;
	m->full_told = false;
	board_retire_before(m->now->number);
	close_both(old->lifeline);
	mark_generation(m, old->number);
	close_listeners(old, m->now);
	log_to(m->now->conf->error_sink, level_of(m->flags, m->now->conf));
	stop_checker(m);
	m->renamed = true;
	adjust_listeners(m->now, old);
	conf = old->conf;
	close_logs(conf);
	config_free(conf);
	log_info("reloaded: generation %lu",
	    (unsigned long)m->now->number);
}

static void
abort_reload(struct master *m, const char *why)
{
	struct generation *g;

	g = m->next;
	m->next = NULL;
	log_errorx("reload: failed, the old configuration stays: %s", why);
	board_retire_one(g->number);
	close_both(g->lifeline);
	signal_workers(m, g->number, SIGTERM);
	mark_generation(m, g->number);
	close_listeners(g, m->now);
	close_logs(g->conf);
	config_free(g->conf);
}

/*
 * Chapter 9: stop.
 */

/*
 * Nothing new comes in from here on: workers finish what they have.  Idle
 * clients are given up at once.
 */
static void
begin_stop(struct master *m, const char *why)
{
	struct census sum;
	int timeout;

	if (m->next != NULL)
		abort_reload(m, "stopping");
	sum = count_workers(m, m->now->number);
	log_info("stopping: %s, %d workers are busy", why,
	    sum.total - sum.idle);
	m->stopping = true;
	timeout = m->now->conf->stop_timeout;
	m->deadline = timeout == 0 ? IO_NEVER : io_now() + timeout;
	board_retire_before(UINT32_MAX);
	close_both(m->now->lifeline);
	mark_generation(m, m->now->number);
	close_listeners(m->now, NULL);
	signal_workers(m, 0, SIGUSR1);
	stop_checker(m);
}

/*
 * An address is free when the last worker has closed it, too: those that
 * wait do so when they leave, and the others when they next look up.
 */
static bool
holds_addresses(const struct master *m)
{
	struct slot_view view;
	size_t i;

	for (i = 0; i < m->used; i++) {
		board_look(i, &view);
		if (m->child[i].pid != 0 && (view.state == SLOT_IDLE ||
		    view.state == SLOT_STARTING))
			return true;
	}
	return false;
}

static void
end_now(struct master *m, const char *why)
{
	size_t i;

	for (i = 0; i < m->used; i++) {
		if (m->child[i].pid == 0 || m->child[i].ended)
			continue;
		log_warnx("worker %ld: ended: %s", (long)m->child[i].pid,
		    why);
		m->child[i].ended = true;
		kill(m->child[i].pid, SIGKILL);
	}
	m->deadline = IO_NEVER;
}

static bool
is_empty(const struct master *m)
{
	size_t i;

	for (i = 0; i < m->used; i++)
		if (m->child[i].pid != 0)
			return false;
	return m->checker == 0;
}

/*
 * Chapter 10: main.
 */

/* One assignment; the master looks in its loop. */
static void
note_signal(int sig)
{
	switch (sig) {
	case SIGCHLD:
		got_child = 1;
		return;
	case SIGHUP:
		got_hup = 1;
		return;
	case SIGUSR1:
		got_reload = 1;
		return;
	case SIGINT:
	case SIGTERM:
		got_stop = 1;
		return;
	case SIGUSR2:
		got_usr2 = 1;
		return;
	default:
		got_winch = 1;
		return;
	}
}

/*
 * All that the master handles is blocked from here on but in its wait.  A
 * terminal that is resized sends WINCH, so that in the foreground it is
 * left alone.
 */
static void
block_signals(bool foreground)
{
	static const int managed[] = { SIGCHLD, SIGHUP, SIGINT, SIGTERM,
	    SIGUSR1, SIGUSR2 };
	struct sigaction sa;
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	memset(&sa, 0, sizeof(sa));
	sigemptyset(&sa.sa_mask);
	sa.sa_handler = note_signal;
	for (i = 0; i < NELEM(managed); i++) {
		sigaddset(&set, managed[i]);
		sigaction(managed[i], &sa, NULL);
	}
	if (compat_sigwinch() != 0) {
		sigaddset(&set, compat_sigwinch());
		if (foreground)
			sa.sa_handler = SIG_IGN;
		sigaction(compat_sigwinch(), &sa, NULL);
	}
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, NULL);
	sigprocmask(SIG_SETMASK, &set, NULL);
}

/* A program started without them must not get a client as its stderr. */
static void
open_standard_fds(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd != -1 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

/* What the master waits for at most, ms. */
static int64_t
time_to_wait(const struct master *m, bool full)
{
	int64_t due, now;

	now = io_now();
	due = m->tick + TICK;
	if (full && m->look_at < due)
		due = m->look_at;
	if (m->deadline < due)
		due = m->deadline;
	if (m->hold_until > now && m->hold_until < due)
		due = m->hold_until;
	if (m->owed > 0 && m->replaced >= REPLACE_MAX &&
	    m->replace_from + 1000 < due)
		due = m->replace_from + 1000;
	return due > now ? due - now : 0;
}

static bool
is_watchable(int fd)
{
	return fd >= 0 && fd < FD_SETSIZE;
}

/* The macros of one libc want it unsigned. */
static void
watch(int fd, fd_set *set, int *max)
{
	if (!is_watchable(fd))
		return;
	FD_SET((size_t)fd, set);
	if (fd > *max)
		*max = fd;
}

static void
watch_listeners(const struct generation *g, fd_set *set, int *max)
{
	const struct listener *l;

	for (l = g->listeners; l != NULL; l = l->next)
		watch(l->fd, set, max);
}

/* Once a round: what workers ring meanwhile is heard in the next. */
static void
drain_bell(const struct master *m)
{
	char bytes[4096];

	while (read(m->bell[0], bytes, sizeof(bytes)) == -1 && errno == EINTR)
		continue;
}

/*
 * When there can be no more workers nobody has to be woken for each
 * connection.
 */
static bool
wants_bell(const struct master *m)
{
	return !m->serving || m->next != NULL ||
	    count_workers(m, m->now->number).total <
	    m->now->conf->max_workers;
}

/*
 * The only place where signals come in.  The listeners are looked at only
 * when the pool is full, and not more often than every few milliseconds.
 */
static void
wait_events(struct master *m)
{
	struct timespec ts;
	sigset_t open;
	fd_set set;
	int64_t ms;
	bool full;
	int max, n;

	FD_ZERO(&set);
	max = -1;
	if (wants_bell(m))
		watch(m->bell[0], &set, &max);
	full = is_full(m);
	ms = time_to_wait(m, full);
	if (!full)
		m->nudge = 1;
	else if (io_now() >= m->look_at) {
		watch_listeners(m->now, &set, &max);
		ms = m->tick + TICK - io_now();
	}
	if (ms < 0)
		ms = 0;
	ts.tv_sec = (time_t)(ms / 1000);
	ts.tv_nsec = (long)(ms % 1000) * 1000000;
	sigemptyset(&open);
	n = pselect(max + 1, &set, NULL, NULL, &ts, &open);
	if (n <= 0)
		return;
	if (FD_ISSET((size_t)m->bell[0], &set)) {
		drain_bell(m);
		m->rung = true;
		n--;
	}
	if (n > 0) {
		m->queueing = true;
		m->look_at = io_now() + LOOK_EVERY;
	}
}

static void
take_stop(struct master *m)
{
	if (m->stopping)
		end_now(m, "told twice to stop");
	else
		begin_stop(m, "told to");
}

/* Clear the flag first, then act. */
/*
 * HUP asks for a reload, but it also is what a terminal says that closes: who
 * was started on one with -d ends with it.
 */
static void
take_hup(struct master *m)
{
	if (!m->on_terminal || compat_has_terminal())
		got_reload = 1;
	else if (!m->stopping)
		begin_stop(m, "the terminal was closed");
}

static void
take_signals(struct master *m)
{
	if (got_child) {
		got_child = 0;
		reap(m);
	}
	if (got_stop) {
		got_stop = 0;
		take_stop(m);
	}
	if (got_winch) {
		got_winch = 0;
		if (!m->stopping)
			begin_stop(m, "told to");
	}
	if (got_hup) {
		got_hup = 0;
		take_hup(m);
	}
	if (got_reload) {
		got_reload = 0;
		m->reload = !m->stopping;
	}
	if (got_usr2) {
		got_usr2 = 0;
		log_warnx("USR2: not available, use a restart");
	}
}

/* The address for people: http://127.0.0.1:8080/ and where to begin. */
static void
say_url(const struct generation *g)
{
	const struct listener *l;
	const struct mapping *map, *first;
	bool any;

	first = NULL;
	for (map = g->conf->main.mappings; map != NULL; map = map->next)
		if (map->member != NULL && (first == NULL ||
		    map->path.n < first->path.n))
			first = map;
	for (l = g->listeners; l != NULL && l->path != NULL; l = l->next)
		;
	if (l == NULL || first == NULL)
		return;
	any = strncmp(l->name, "0.0.0.0:", 8) == 0 ||
	    strncmp(l->name, "[::]:", 5) == 0;
	log_info("ready: http://%s%s%.*s", any ? "localhost" : "",
	    any ? strrchr(l->name, ':') : l->name, STR_ARG(first->path));
}

static void
announce(const struct master *m)
{
	const struct listener *l;

	for (l = m->now->listeners; l != NULL; l = l->next)
		log_info("listening on %s", l->name);
	review_describe(m->now->conf, m->flags->quick, log_line);
	if (m->flags->quick || m->flags->foreground)
		say_url(m->now);
}

/*
 * The first worker is ready.  A parent that waits may exit; from here on
 * messages go to the log, with what was said on the terminal so far.
 */
static void
begin_service(struct master *m)
{
	const struct config *conf;
	char code;

	m->serving = true;
	conf = m->now->conf;
	if (m->flags->quick || m->flags->foreground)
		announce(m);
	if (logs_to_stderr(m->flags, conf))
		return;
	log_to(conf->error_sink, level_of(m->flags, conf));
	say_messages(conf, false);
	say_identity(&m->now->who);
	announce(m);
	if (m->report == -1)
		return;
	code = CODE_OK;
	if (write(m->report, &code, 1) == -1)
		log_warn("report to the parent");
	close(m->report);
	close(m->terminal.fd);
	m->report = m->terminal.fd = -1;
}

static void
tend(struct master *m)
{
	int64_t now;
	bool second;

	now = io_now();
	second = now - m->tick >= TICK;
	if (second)
		m->tick = now;
	note_states(m);
	if (!m->serving && count_workers(m, m->now->number).ready > 0)
		begin_service(m);
	if (m->reload && m->next == NULL && m->serving)
		start_reload(m);
	if (m->next != NULL)
		attend_reload(m);
	if (m->rung || second || m->owed > 0)
		maintain(m, second);
	if (m->queueing && is_full(m))
		nudge_parked(m);
	if (m->serving)
		tend_checker(m);
	if (second) {
		sink_restart(m->now->conf->sinks);
		sink_restart(m->now->conf->error_sink);
	}
	m->rung = m->queueing = false;
}

/* While stopping: idle clients that came up since are given up, too. */
static void
tend_stop(struct master *m)
{
	int64_t now;

	now = io_now();
	if (now >= m->deadline)
		end_now(m, "GracefulShutdownTimeout is over");
	if (!holds_addresses(m))
		remove_pid_file(m);
	if (now - m->tick < TICK)
		return;
	m->tick = now;
	remove_pid_file(m);
	signal_workers(m, 0, SIGUSR1);
}

static int
supervise(struct master *m)
{
	spawn_some(m, m->now, first_workers(m->now->conf));
	while (!m->stopping || !is_empty(m)) {
		wait_events(m);
		take_signals(m);
		if (m->stopping)
			tend_stop(m);
		else
			tend(m);
	}
	remove_pid_file(m);
	log_info("stopped");
	close_logs(m->now->conf);
	return m->code;
}

/* The parent of a daemon: its exit code is the daemon's, if that fails. */
static void __attribute__((__noreturn__))
await_daemon(pid_t pid, int report)
{
	ssize_t n;
	int status;
	char code;

	do
		n = read(report, &code, 1);
	while (n == -1 && errno == EINTR);
	if (n == 1)
		exit(code);
	while (waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			fatal(CODE_OSERR, "wait for the daemon");
	if (WIFEXITED(status))
		exit(WEXITSTATUS(status));
	fatalx(CODE_SOFTWARE, "killed by signal %d", WTERMSIG(status));
}

/*
 * Become a daemon.  Programs that are started for logs must not hold the
 * terminal, so it is let go of now; messages still reach it by a descriptor
 * of their own until the start is over.
 */
static void
become_daemon(struct master *m)
{
	pid_t pid;
	int fd[2], terminal;

	if (compat_pipe(fd) == -1 || (pid = fork()) == -1)
		fatal(CODE_OSERR, "fork");
	if (pid > 0) {
		close(fd[1]);
		await_daemon(pid, fd[0]);
	}
	close(fd[0]);
	m->report = fd[1];
	terminal = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (terminal == -1 || compat_detach() == -1)
		fatal(CODE_OSERR, "detach");
	sink_over(&m->terminal, terminal, "stderr");
	log_to(&m->terminal, log_level());
}

static void
init_master(struct master *m, const struct flags *f)
{
	memset(m, 0, sizeof(*m));
	m->flags = f;
	m->bell[0] = m->bell[1] = m->report = m->pid_fd = -1;
	m->terminal.fd = -1;
	m->rate = m->nudge = 1;
	m->deadline = IO_NEVER;
	m->tick = io_now();
}

/* 0, or -1 with errno. */
static int
open_master_bell(struct master *m)
{
	if (compat_pipe(m->bell) == -1 || !set_nonblocking(m->bell[0]) ||
	    !set_nonblocking(m->bell[1]))
		return -1;
	if (!is_watchable(m->bell[0])) {
		errno = EMFILE;
		return -1;
	}
	return 0;
}

/* All that there is once: the exit code; what is wrong has been said. */
static int
open_master(struct master *m)
{
	const struct config *conf;
	int code;

	conf = m->now->conf;
	m->server_limit = conf->server_limit;
	m->nchild = (size_t)m->server_limit * 2;
	m->child = allocate(m->nchild, sizeof(*m->child));
	if (board_init(m->nchild) == -1 || open_master_bell(m) == -1 ||
	    make_tallies(conf) == -1) {
		log_error("shared memory, pipe");
		code = CODE_OSERR;
	} else
		code = write_pid_file(m, conf->pid_file != NULL);
	if (code != CODE_OK)
		close_listeners(m->now, NULL);
	return code;
}

static int
start(struct master *m)
{
	struct generation *g;
	enum log_level level;
	int code;

	if ((code = load_generation(m, &g)) != CODE_OK)
		return code;
	level = level_of(m->flags, g->conf);
	/* Who waits at the terminal is told that it runs. */
	log_to(NULL, m->flags->foreground && level < LOG_LEVEL_INFO ?
	    LOG_LEVEL_INFO : level);
	say_identity(&g->who);
	if (g->conf->pid_file != NULL)
		m->pid_path = copy(g->conf->pid_file);
	if (!m->flags->foreground) {
		if (m->pid_path == NULL)
			m->pid_path = GATEWAY_PID;
		become_daemon(m);
	}
	m->on_terminal = m->flags->foreground && compat_has_terminal();
	block_signals(m->flags->foreground);
	if ((code = open_generation(m, g)) != CODE_OK)
		return code;
	m->now = g;
	return open_master(m);
}

static int
check_configuration(const struct flags *f)
{
	struct config *conf;
	struct identity who;
	int code;

	if ((code = load_configuration(f, &conf, &who)) != CODE_OK)
		return code;
	code = print_configuration(f, conf);
	config_free(conf);
	return code;
}

int
main(int argc, char **argv)
{
	static struct master master;
	static struct flags flags;
	int code;

	open_standard_fds();
	/* A shell may have left it ignored; then there is nobody to await. */
	signal(SIGCHLD, SIG_DFL);
	log_init("gateway");
	parse_flags(&flags, argc, argv);
	compat_title_init(argc, argv);
	if (flags.help)
		return show_help();
	if (flags.version)
		return show_version(&flags);
	if (flags.check > 0)
		return check_configuration(&flags);
	if (flags.command != NULL)
		return send_command(&flags);
	raise_limits();
	init_master(&master, &flags);
	if ((code = start(&master)) != CODE_OK)
		return code;
	compat_title("master");
	return supervise(&master);
}
