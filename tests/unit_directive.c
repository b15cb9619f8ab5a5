/*
 * directive: every row of the table, set in a text and read back from the
 * struct; what each refuses; the defaults; the checks across lines.
 */
#include <sys/types.h>

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "buf.h"
#include "config.h"
#include "directive.h"
#include "env.h"
#include "file.h"
#include "log.h"
#include "pattern.h"
#include "redirect.h"
#include "refused.h"
#include "unit.h"

static struct config	*conf;
static char		 messages[16384];

/* Each line of text as a line of the command line. */
static struct config *
load_with(const char *text, const char *base, bool listens_told)
{
	static char copy[8192];
	const char *words[128];
	struct config_source source;
	char *p;
	size_t n;

	ck_assert_uint_lt(strlen(text), sizeof(copy));
	memcpy(copy, text, strlen(text) + 1);
	n = 0;
	for (p = copy; p != NULL && *p != '\0'; ) {
		words[n++] = p;
		p = strchr(p, '\n');
		if (p != NULL)
			*p++ = '\0';
	}
	memset(&source, 0, sizeof(source));
	source.lines = words;
	source.nlines = n;
	source.base = base;
	source.listens_told = listens_told;
	source.table = directives;
	source.ntable = ndirectives;
	source.absent = refused;
	source.nabsent = nrefused;
	source.begin = directive_begin;
	source.finish = directive_finish;
	return config_load(&source);
}

static void
load(const char *text)
{
	const struct config_message *m;
	struct out o;

	conf = load_with(text, "/base", true);
	ck_assert_ptr_nonnull(conf);
	out_init(&o, messages, sizeof(messages));
	for (m = conf->messages; m != NULL; m = m->next)
		out_fmt(&o, "%s%s\n", m->warning ? "W:" : "",
		    m->text + (strncmp(m->text, "-c:", 3) == 0 ? 3 : 0));
	out_ch(&o, '\0');
	ck_assert(!o.bad);
}

static void
setup(void)
{
	conf = NULL;
	setenv("TMPDIR", "/tmp", 1);
	setenv("UNIT_WORD", "from the environment", 1);
	unsetenv("UNIT_NONE");
}

static void
teardown(void)
{
	config_free(conf);
	conf = NULL;
}

/*
 * What can be read back, by name.
 */
enum kind { INT, SIZE, INT64, TEXT, SLICE, MODE, BOOL, UID, GID };
enum base { CONFIG, LISTEN, LISTEN2, LOCATION, MEMBER, MAPPING, INSIDE, LOG,
    SINK, LINE, INDEX, OVERRIDE, DOCUMENT, ALIAS,
    REDIRECT };

static const struct reader {
	const char	*name;
	enum base	 base;
	enum kind	 kind;
	size_t		 offset;
} readers[] = {
	{ "listen.host", LISTEN, TEXT, offsetof(struct listen_on, host) },
	{ "listen.port", LISTEN, TEXT, offsetof(struct listen_on, port) },
	{ "listen.path", LISTEN, TEXT, offsetof(struct listen_on, path) },
	{ "listen.text", LISTEN, TEXT, offsetof(struct listen_on, text) },
	{ "listen.mode", LISTEN, MODE, offsetof(struct listen_on, mode) },
	{ "listen.uid", LISTEN, UID, offsetof(struct listen_on, uid) },
	{ "listen.gid", LISTEN, GID, offsetof(struct listen_on, gid) },
	{ "listen2.host", LISTEN2, TEXT, offsetof(struct listen_on, host) },
	{ "backlog", CONFIG, INT, offsetof(struct config, backlog) },
	{ "accept_filter", CONFIG, INT,
	  offsetof(struct config, accept_filter) },
	{ "uid", CONFIG, UID, offsetof(struct config, uid) },
	{ "gid", CONFIG, GID, offsetof(struct config, gid) },
	{ "pid_file", CONFIG, TEXT, offsetof(struct config, pid_file) },
	{ "start_servers", CONFIG, INT,
	  offsetof(struct config, start_servers) },
	{ "min_spare", CONFIG, INT, offsetof(struct config, min_spare) },
	{ "max_spare", CONFIG, INT, offsetof(struct config, max_spare) },
	{ "server_limit", CONFIG, INT,
	  offsetof(struct config, server_limit) },
	{ "max_workers", CONFIG, INT, offsetof(struct config, max_workers) },
	{ "max_connections", CONFIG, INT,
	  offsetof(struct config, max_connections) },
	{ "stop_timeout", CONFIG, INT,
	  offsetof(struct config, stop_timeout) },
	{ "scheduling", CONFIG, INT, offsetof(struct config, scheduling) },
	{ "tokens", CONFIG, INT, offsetof(struct config, tokens) },
	{ "spool_dir", CONFIG, TEXT, offsetof(struct config, spool_dir) },
	{ "spool_else", CONFIG, TEXT, offsetof(struct config, spool_else[0]) },
	{ "spool_last", CONFIG, TEXT, offsetof(struct config, spool_else[1]) },
	{ "spool_place", CONFIG, TEXT,
	  offsetof(struct config, spool_place.file) },
	{ "spool_total", CONFIG, INT64,
	  offsetof(struct config, spool_total) },
	{ "error_log", CONFIG, TEXT, offsetof(struct config, error_log) },
	{ "log_level", CONFIG, INT, offsetof(struct config, log_level) },
	{ "buffered_logs", CONFIG, INT,
	  offsetof(struct config, buffered_logs) },
	{ "server_name", CONFIG, TEXT,
	  offsetof(struct config, main.server_name) },
	{ "server_scheme", CONFIG, TEXT,
	  offsetof(struct config, main.server_scheme) },
	{ "server_port", CONFIG, INT,
	  offsetof(struct config, main.server_port) },
	{ "server_admin", CONFIG, TEXT,
	  offsetof(struct config, main.server_admin) },
	{ "set.server_admin", CONFIG, TEXT,
	  offsetof(struct config, main.set.server_admin) },
	{ "document_root", CONFIG, TEXT,
	  offsetof(struct config, main.document_root) },
	{ "timeout", CONFIG, INT, offsetof(struct config, main.timeout) },
	{ "proxy_timeout", CONFIG, INT,
	  offsetof(struct config, main.proxy_timeout) },
	{ "keepalive", CONFIG, INT, offsetof(struct config, main.keepalive) },
	{ "keepalive_timeout", CONFIG, INT,
	  offsetof(struct config, main.keepalive_timeout) },
	{ "keepalive_max", CONFIG, INT,
	  offsetof(struct config, main.keepalive_max) },
	{ "read_head.first", CONFIG, INT,
	  offsetof(struct config, main.read_head.first) },
	{ "read_head.max", CONFIG, INT,
	  offsetof(struct config, main.read_head.max) },
	{ "read_head.rate", CONFIG, INT,
	  offsetof(struct config, main.read_head.rate) },
	{ "read_body.first", CONFIG, INT,
	  offsetof(struct config, main.read_body.first) },
	{ "read_body.max", CONFIG, INT,
	  offsetof(struct config, main.read_body.max) },
	{ "read_body.rate", CONFIG, INT,
	  offsetof(struct config, main.read_body.rate) },
	{ "limits.line", CONFIG, SIZE,
	  offsetof(struct config, main.limits.line) },
	{ "limits.field_size", CONFIG, SIZE,
	  offsetof(struct config, main.limits.field_size) },
	{ "limits.fields", CONFIG, SIZE,
	  offsetof(struct config, main.limits.fields) },
	{ "limits.head", CONFIG, SIZE,
	  offsetof(struct config, main.limits.head) },
	{ "trace", CONFIG, INT, offsetof(struct config, main.trace) },
	{ "slashes", CONFIG, INT, offsetof(struct config, main.slashes) },
	{ "merge_slashes", CONFIG, INT,
	  offsetof(struct config, main.merge_slashes) },
	{ "recursion", CONFIG, INT, offsetof(struct config, main.recursion) },
	{ "body_limit", CONFIG, INT64,
	  offsetof(struct config, main.set.body_limit) },
	{ "pass_auth", CONFIG, INT,
	  offsetof(struct config, main.set.pass_auth) },
	{ "request_uri", CONFIG, INT,
	  offsetof(struct config, main.set.request_uri) },
	{ "canonical", CONFIG, INT,
	  offsetof(struct config, main.set.canonical) },
	{ "signature", CONFIG, INT,
	  offsetof(struct config, main.set.signature) },
	{ "lookups", CONFIG, INT, offsetof(struct config, main.set.lookups) },
	{ "request_buffering", CONFIG, INT,
	  offsetof(struct config, main.set.request_buffering) },
	{ "request_buffer", CONFIG, INT64,
	  offsetof(struct config, main.set.request_buffer) },
	{ "temp_file_max", CONFIG, INT64,
	  offsetof(struct config, main.set.temp_file_max) },
	{ "ignore_abort", CONFIG, INT,
	  offsetof(struct config, main.set.ignore_abort) },
	{ "redirect_field", CONFIG, TEXT,
	  offsetof(struct config, main.set.redirect_field) },
	{ "sendfile_field", CONFIG, TEXT,
	  offsetof(struct config, main.set.sendfile_field) },
	{ "max_ranges", CONFIG, INT,
	  offsetof(struct config, main.set.max_ranges) },
	{ "max_overlaps", CONFIG, INT,
	  offsetof(struct config, main.set.max_overlaps) },
	{ "max_reversals", CONFIG, INT,
	  offsetof(struct config, main.set.max_reversals) },
	{ "error_override", CONFIG, INT,
	  offsetof(struct config, main.set.error_override) },
	{ "override", OVERRIDE, INT, offsetof(struct status_list, status) },
	{ "auth_type", CONFIG, INT,
	  offsetof(struct config, main.set.auth_type) },
	{ "auth_name", CONFIG, TEXT,
	  offsetof(struct config, main.set.auth_name) },
	{ "physical_port", CONFIG, INT,
	  offsetof(struct config, main.set.physical_port) },
	{ "internal_only", CONFIG, INT,
	  offsetof(struct config, main.set.internal_only) },
	{ "accel_headers", CONFIG, INT,
	  offsetof(struct config, main.set.accel_headers) },
	{ "redirect_relative", CONFIG, INT,
	  offsetof(struct config, main.set.redirect_relative) },
	{ "follow_links", CONFIG, INT,
	  offsetof(struct config, main.set.follow_links) },
	{ "index", INDEX, TEXT, offsetof(struct word_list, word) },
	{ "location.path", LOCATION, SLICE,
	  offsetof(struct location, path) },
	{ "location.pattern", LOCATION, TEXT,
	  offsetof(struct location, pattern) },
	{ "location.wildcard", LOCATION, BOOL,
	  offsetof(struct location, wildcard) },
	{ "location.body_limit", LOCATION, INT64,
	  offsetof(struct location, set.body_limit) },
	{ "location.pass_auth", LOCATION, INT,
	  offsetof(struct location, set.pass_auth) },
	{ "location.request_uri", LOCATION, INT,
	  offsetof(struct location, set.request_uri) },
	{ "location.canonical", LOCATION, INT,
	  offsetof(struct location, set.canonical) },
	{ "location.signature", LOCATION, INT,
	  offsetof(struct location, set.signature) },
	{ "location.lookups", LOCATION, INT,
	  offsetof(struct location, set.lookups) },
	{ "location.request_buffering", LOCATION, INT,
	  offsetof(struct location, set.request_buffering) },
	{ "location.request_buffer", LOCATION, INT64,
	  offsetof(struct location, set.request_buffer) },
	{ "location.temp_file_max", LOCATION, INT64,
	  offsetof(struct location, set.temp_file_max) },
	{ "location.ignore_abort", LOCATION, INT,
	  offsetof(struct location, set.ignore_abort) },
	{ "location.redirect_field", LOCATION, TEXT,
	  offsetof(struct location, set.redirect_field) },
	{ "location.error_override", LOCATION, INT,
	  offsetof(struct location, set.error_override) },
	{ "location.auth_type", LOCATION, INT,
	  offsetof(struct location, set.auth_type) },
	{ "location.path_info", LOCATION, INT,
	  offsetof(struct location, set.path_info) },
	{ "location.internal_only", LOCATION, INT,
	  offsetof(struct location, set.internal_only) },
	{ "location.accel_headers", LOCATION, INT,
	  offsetof(struct location, set.accel_headers) },
	{ "location.follow_links", LOCATION, INT,
	  offsetof(struct location, set.follow_links) },
	{ "document.status", DOCUMENT, INT,
	  offsetof(struct error_doc, status) },
	{ "document.kind", DOCUMENT, INT, offsetof(struct error_doc, kind) },
	{ "document.value", DOCUMENT, SLICE,
	  offsetof(struct error_doc, value) },
	{ "alias.path", ALIAS, SLICE, offsetof(struct alias, path) },
	{ "alias.target", ALIAS, TEXT, offsetof(struct alias, target) },
	{ "redirect.status", REDIRECT, INT, offsetof(struct redirect, status) },
	{ "redirect.path", REDIRECT, SLICE, offsetof(struct redirect, path) },
	{ "redirect.url", REDIRECT, SLICE, offsetof(struct redirect, url) },
	{ "member.url", MEMBER, TEXT, offsetof(struct member, url) },
	{ "member.host", MEMBER, TEXT, offsetof(struct member, host) },
	{ "member.port", MEMBER, TEXT, offsetof(struct member, port) },
	{ "member.path", MEMBER, TEXT, offsetof(struct member, path) },
	{ "member.base", MEMBER, SLICE, offsetof(struct member, base) },
	{ "member.canon", MEMBER, SLICE, offsetof(struct member, canon) },
	{ "member.timeout", MEMBER, INT, offsetof(struct member, timeout) },
	{ "member.connect_timeout", MEMBER, INT,
	  offsetof(struct member, connect_timeout) },
	{ "member.field_size", MEMBER, SIZE,
	  offsetof(struct member, field_size) },
	{ "mapping.path", MAPPING, SLICE, offsetof(struct mapping, path) },
	{ "inside.path", INSIDE, SLICE, offsetof(struct mapping, path) },
	{ "log.text", LOG, TEXT, offsetof(struct custom_log, text) },
	{ "log.env", LOG, TEXT, offsetof(struct custom_log, env) },
	{ "log.env_not", LOG, BOOL, offsetof(struct custom_log, env_not) },
	{ "sink.name", SINK, TEXT, offsetof(struct sink, name) },
	{ "line", LINE, TEXT, offsetof(struct config_line, name) }
};

static const void *
find_base(enum base base)
{
	switch (base) {
	case CONFIG:
		return conf;
	case LISTEN:
		return conf->listens;
	case LISTEN2:
		return conf->listens == NULL ? NULL : conf->listens->next;
	case LOCATION:
		return conf->main.locations;
	case MEMBER:
		return conf->members;
	case MAPPING:
		return conf->main.mappings;
	case INSIDE:
		return conf->main.locations == NULL ? NULL :
		    conf->main.locations->set.mapping;
	case LOG:
		return conf->main.logs;
	case SINK:
		return conf->sinks;
	case LINE:
		return conf->lines;
	case INDEX:
		return conf->main.set.indexes;
	case OVERRIDE:
		return conf->main.set.override_list;
	case DOCUMENT:
		return conf->main.set.errors.list;
	case REDIRECT:
		return conf->main.redirects;
	case ALIAS:
		return conf->main.aliases;
	}
	return NULL;
}

/* The value as text; "NULL" for none. */
static const char *
show(const char *name)
{
	static char buf[256];
	const struct reader *r;
	const struct str *s;
	const char *p;
	size_t i;

	for (i = 0; i < NELEM(readers); i++)
		if (strcmp(readers[i].name, name) == 0)
			break;
	ck_assert_msg(i < NELEM(readers), "no reader %s", name);
	r = &readers[i];
	p = find_base(r->base);
	if (p == NULL)
		return "NULL";
	p += r->offset;
	switch (r->kind) {
	case INT:
		snprintf(buf, sizeof(buf), "%d", *(const int *)p);
		break;
	case SIZE:
		snprintf(buf, sizeof(buf), "%zu", *(const size_t *)p);
		break;
	case INT64:
		snprintf(buf, sizeof(buf), "%lld",
		    (long long)*(const int64_t *)p);
		break;
	case MODE:
		snprintf(buf, sizeof(buf), "%o",
		    (unsigned)*(const mode_t *)p);
		break;
	case UID:
		snprintf(buf, sizeof(buf), "%ld",
		    (long)*(const uid_t *)p == (long)(uid_t)-1 ? -1 :
		    (long)*(const uid_t *)p);
		break;
	case GID:
		snprintf(buf, sizeof(buf), "%ld",
		    (long)*(const gid_t *)p == (long)(gid_t)-1 ? -1 :
		    (long)*(const gid_t *)p);
		break;
	case BOOL:
		snprintf(buf, sizeof(buf), "%d", *(const bool *)p ? 1 : 0);
		break;
	case TEXT:
		if (*(const char *const *)p == NULL)
			return "NULL";
		snprintf(buf, sizeof(buf), "%s", *(const char *const *)p);
		break;
	case SLICE:
		s = (const struct str *)p;
		snprintf(buf, sizeof(buf), "%.*s", STR_ARG(*s));
		break;
	}
	return buf;
}

struct value {
	const char	*text;
	const char	*name;
	const char	*value;
};

static const struct value defaults[] = {
	{ "", "listen.text", "NULL" },
	{ "", "backlog", "511" },
	{ "", "accept_filter", "0" },
	{ "", "uid", "-1" },
	{ "", "gid", "-1" },
	{ "", "pid_file", "NULL" },
	{ "", "start_servers", "5" },
	{ "", "min_spare", "5" },
	{ "", "max_spare", "10" },
	{ "", "server_limit", "256" },
	{ "", "max_workers", "256" },
	{ "", "max_connections", "0" },
	{ "", "stop_timeout", "8000" },
	{ "", "scheduling", "1" },
	{ "", "tokens", "5" },
	{ "", "spool_dir", "/tmp" },
	{ "", "spool_else", "/var/tmp" },
	{ "", "spool_last", "/tmp" },
	{ "", "spool_place", "NULL" },
	{ "", "spool_total", "0" },
	{ "", "error_log", "NULL" },
	{ "", "log_level", "2" },
	{ "", "buffered_logs", "0" },
	{ "", "server_name", "NULL" },
	{ "", "server_scheme", "http" },
	{ "", "server_port", "0" },
	{ "", "server_admin", "[no address given]" },
	{ "", "set.server_admin", "[no address given]" },
	{ "", "document_root", "NULL" },
	{ "", "timeout", "60000" },
	{ "", "proxy_timeout", "0" },
	{ "", "keepalive", "1" },
	{ "", "keepalive_timeout", "5000" },
	{ "", "keepalive_max", "100" },
	{ "", "read_head.first", "20000" },
	{ "", "read_head.max", "40000" },
	{ "", "read_head.rate", "500" },
	{ "", "read_body.first", "20000" },
	{ "", "read_body.max", "0" },
	{ "", "read_body.rate", "500" },
	{ "", "limits.line", "8190" },
	{ "", "limits.field_size", "8190" },
	{ "", "limits.fields", "100" },
	{ "", "limits.head", "1048576" },
	{ "", "trace", "1" },
	{ "", "slashes", "0" },
	{ "", "merge_slashes", "1" },
	{ "", "recursion", "10" },
	{ "", "body_limit", "1073741824" },
	{ "", "pass_auth", "0" },
	{ "", "request_uri", "0" },
	{ "", "canonical", "0" },
	{ "", "signature", "0" },
	{ "", "lookups", "0" },
	{ "", "request_buffering", "1" },
	{ "", "request_buffer", "65536" },
	{ "", "temp_file_max", "1073741824" },
	{ "", "ignore_abort", "0" },
	{ "", "redirect_field", "Location" },
	{ "", "sendfile_field", "" },
	{ "", "max_ranges", "200" },
	{ "", "max_overlaps", "20" },
	{ "", "max_reversals", "20" },
	{ "", "error_override", "0" },
	{ "", "override", "NULL" },
	{ "", "auth_type", "0" },
	{ "", "internal_only", "0" },
	{ "", "accel_headers", "0" },
	{ "", "follow_links", "0" },
	{ "", "index", "index.html" },
	{ "", "document.kind", "NULL" },
	{ "", "alias.target", "NULL" },
	{ "", "member.url", "NULL" },
	{ "", "mapping.path", "NULL" },
	{ "", "log.text", "NULL" },
	{ "", "line", "NULL" },

	/* In a section nothing is set that is not written. */
	{ "<Location /a>\n</Location>", "location.body_limit", "-1" },
	{ "<Location /a>\n</Location>", "location.pass_auth", "-1" },
	{ "<Location /a>\n</Location>", "location.request_uri", "-1" },
	{ "<Location /a>\n</Location>", "location.canonical", "-1" },
	{ "<Location /a>\n</Location>", "location.signature", "-1" },
	{ "<Location /a>\n</Location>", "location.lookups", "-1" },
	{ "<Location /a>\n</Location>", "location.request_buffering", "-1" },
	{ "<Location /a>\n</Location>", "location.request_buffer", "-1" },
	{ "<Location /a>\n</Location>", "location.temp_file_max", "-1" },
	{ "<Location /a>\n</Location>", "location.ignore_abort", "-1" },
	{ "<Location /a>\n</Location>", "location.redirect_field", "NULL" },
	{ "<Location /a>\n</Location>", "location.error_override", "-1" },
	{ "<Location /a>\n</Location>", "location.auth_type", "-1" },
	{ "<Location /a>\n</Location>", "location.internal_only", "-1" },
	{ "<Location /a>\n</Location>", "location.accel_headers", "-1" },
	{ "<Location /a>\n</Location>", "location.follow_links", "-1" },
	{ "<Location /a>\n</Location>", "inside.path", "NULL" }
};

static const struct value values[] = {
	{ "Listen 80", "listen.port", "80" },
	{ "Listen 80", "listen.host", "NULL" },
	{ "Listen 80", "listen.path", "NULL" },
	{ "Listen *:80", "listen.port", "80" },
	{ "Listen *:80", "listen.host", "NULL" },
	{ "Listen 127.0.0.1:8080", "listen.host", "127.0.0.1" },
	{ "Listen 127.0.0.1:8080", "listen.port", "8080" },
	{ "Listen 127.0.0.1:8080", "listen.text", "127.0.0.1:8080" },
	{ "Listen [::1]:81 http", "listen.host", "::1" },
	{ "Listen [::1]:81", "listen.port", "81" },
	{ "Listen [fe80::1%eth0]:81", "listen.host", "fe80::1%eth0" },
	{ "Listen LocalHost:81", "listen.host", "localhost" },
	{ "Listen unix:/run/g", "listen.path", "/run/g" },
	{ "Listen unix:/run/g", "listen.mode", "666" },
	{ "Listen unix:run/g", "listen.path", "/base/run/g" },
	{ "Listen unix:/g mode=0660 user=root group=#33", "listen.mode",
	  "660" },
	{ "Listen unix:/g mode=0660 user=root group=#33", "listen.uid",
	  "0" },
	{ "Listen unix:/g mode=0660 user=root group=#33", "listen.gid",
	  "33" },
	{ "Listen unix:/g", "listen.uid", "-1" },
	{ "Listen unix:/g", "listen.gid", "-1" },
	{ "Listen 443 http", "listen.port", "443" },
	{ "Listen 80\nListen [::1]:80", "listen2.host", "::1" },
	{ "Listen 0.0.0.0:80\nListen [::]:80", "listen2.host", "::" },
	{ "ListenBackLog 7", "backlog", "7" },
	{ "AcceptFilter http data", "accept_filter", "1" },
	{ "AcceptFilter http httpready", "accept_filter", "1" },
	{ "AcceptFilter https data", "accept_filter", "0" },
	{ "AcceptFilter http data\nAcceptFilter http none", "accept_filter",
	  "0" },
	{ "User #33", "uid", "33" },
	{ "User #2147483646", "uid", "2147483646" },
	{ "Group #33", "gid", "33" },
	{ "Group #0", "gid", "0" },
	{ "PidFile /run/g.pid", "pid_file", "/run/g.pid" },
	{ "PidFile g.pid", "pid_file", "/base/g.pid" },
	{ "ServerRoot /a/\nPidFile g.pid", "pid_file", "/a/g.pid" },
	{ "StartServers 3", "start_servers", "3" },
	{ "MinSpareServers 2", "min_spare", "2" },
	{ "MaxSpareServers 20", "max_spare", "20" },
	{ "ServerLimit 300", "server_limit", "300" },
	{ "MaxRequestWorkers 30", "max_workers", "30" },
	{ "MaxClients 30", "max_workers", "30" },
	{ "MaxClients 30", "line", "MaxRequestWorkers" },
	{ "MaxConnectionsPerChild 9", "max_connections", "9" },
	{ "MaxRequestsPerChild 9", "max_connections", "9" },
	{ "GracefulShutdownTimeout 3", "stop_timeout", "3000" },
	{ "GracefulShutdownTimeout 0", "stop_timeout", "0" },
	{ "WorkerScheduling normal", "scheduling", "0" },
	{ "ServerName www.example.com", "server_name", "www.example.com" },
	{ "ServerName www.example.com:81", "server_name",
	  "www.example.com" },
	{ "ServerName www.example.com:81", "server_port", "81" },
	{ "ServerName https://a_b:444", "server_scheme", "https" },
	{ "ServerName https://a_b:444", "server_port", "444" },
	{ "ServerName HTTP://a", "server_scheme", "http" },
	{ "ServerName [::1]:81", "server_name", "[::1]" },
	{ "ServerAdmin me@example.com", "server_admin", "me@example.com" },
	{ "ServerAdmin me@example.com", "set.server_admin",
	  "me@example.com" },
	{ "ServerTokens Prod", "tokens", "0" },
	{ "ServerTokens ProductOnly", "tokens", "0" },
	{ "ServerTokens major", "tokens", "1" },
	{ "ServerTokens Minor", "tokens", "2" },
	{ "ServerTokens Min", "tokens", "3" },
	{ "ServerTokens Minimal", "tokens", "3" },
	{ "ServerTokens OS", "tokens", "4" },
	{ "ServerTokens Full", "tokens", "5" },
	{ "ServerSignature On", "signature", "1" },
	{ "ServerSignature EMail", "signature", "2" },
	{ "UseCanonicalName On", "canonical", "1" },
	{ "UseCanonicalName DNS", "canonical", "2" },
	{ "HostnameLookups On", "lookups", "1" },
	{ "HostnameLookups double", "lookups", "2" },
	{ "DocumentRoot /srv/www/", "document_root", "/srv/www" },
	{ "DocumentRoot www", "document_root", "/base/www" },
	{ "DocumentRoot /", "document_root", "/" },

	/* Files and error pages. */
	{ "Alias /icons/ /srv/icons/", "alias.path", "/icons/" },
	{ "Alias /icons/ /srv/icons/", "alias.target", "/srv/icons/" },
	{ "AliasMatch ^/~(.*)/ /home/$1", "alias.path", "^/~(.*)/" },
	{ "AliasMatch ^/~(.*)/ /home/$1", "alias.target", "/home/$1" },
	{ "<Location /a>\nSCGIServer h 5000\n</Location>", "member.port",
	  "5000" },
	{ "<Location /a>\nSCGIServer ::1 5000\n</Location>", "member.host",
	  "::1" },
	{ "<Location /a>\nSCGIServer h:5000\n</Location>", "member.canon",
	  "scgi://h:5000" },
	{ "<Location /a>\nSCGIServer h\n</Location>", "member.port", "4000" },
	{ "<Location /a>\nSCGIServer unix:/s\n</Location>", "member.path",
	  "/s" },
	{ "Redirect /a /b", "redirect.status", "302" },
	{ "Redirect permanent /a /b", "redirect.status", "301" },
	{ "Redirect TEMP /a /b", "redirect.status", "302" },
	{ "Redirect seeother /a /b", "redirect.status", "303" },
	{ "Redirect gone /a", "redirect.status", "410" },
	{ "Redirect 308 /a https://b", "redirect.status", "308" },
	{ "Redirect 404 /a", "redirect.status", "404" },
	{ "RedirectTemp /a /b", "redirect.status", "302" },
	{ "RedirectPermanent /a /b", "redirect.status", "301" },
	{ "Redirect /a https://b/", "redirect.path", "/a" },
	{ "Redirect /a https://b/", "redirect.url", "https://b/" },
	{ "RedirectMatch 404 \\.git", "redirect.path", "\\.git" },
	{ "RedirectMatch ^/(.*) $1", "redirect.url", "$1" },
	{ "RedirectRelative On", "redirect_relative", "1" },
	{ "DirectoryIndex a.html b.html", "index", "a.html" },
	{ "DirectoryIndex index.html", "index", "index.html" },
	{ "DirectoryIndex a.html\nDirectoryIndex Disabled", "index", "" },
	{ "DirectoryIndex disabled\nDirectoryIndex b.html", "index",
	  "b.html" },
	{ "DirectoryIndex disabled b.html", "index", "disabled" },
	{ "Options FollowSymLinks", "follow_links", "1" },
	{ "Options all", "follow_links", "1" },
	{ "Options All\nOptions None", "follow_links", "0" },
	{ "Options +FollowSymLinks", "follow_links", "1" },
	{ "Options All\nOptions -FollowSymLinks", "follow_links", "0" },
	{ "Options All\nOptions -Indexes -SymLinksIfOwnerMatch",
	  "follow_links", "1" },
	{ "<Location /a>\nOptions -Indexes\n</Location>",
	  "location.follow_links", "-1" },
	{ "<Location /a>\nOptions +All\n</Location>",
	  "location.follow_links", "1" },
	{ "DefaultType None", "line", "DefaultType" },
	{ "Require all denied", "line", "Require" },
	{ "AuthType Basic", "auth_type", "1" },
	{ "ServerAlias a b", "line", "ServerAlias" },
	{ "<Location /a>\nAuthType none\n</Location>",
	  "location.auth_type", "0" },
	{ "AuthName \"a b\"", "auth_name", "a b" },
	{ "UseCanonicalPhysicalPort On", "physical_port", "1" },
	{ "<Location /a>\nProxySCGIPathInfo On\n</Location>",
	  "location.path_info", "1" },
	{ "DefaultRuntimeDir run\nProxyPass /a unix:s", "member.path",
	  "/base/run/s" },
	{ "<Location /a>\nInternalOnly On\n</Location>",
	  "location.internal_only", "1" },
	{ "<Location /a>\nProxyAccelHeaders Off\n</Location>",
	  "location.accel_headers", "0" },
	{ "ErrorDocument 404 /err", "document.status", "404" },
	{ "ErrorDocument 404 /err", "document.kind", "2" },
	{ "ErrorDocument 404 /err?x", "document.value", "/err?x" },
	{ "ErrorDocument 404 \"/ is not there\"", "document.kind", "1" },
	{ "ErrorDocument 599 HTTPS://h/x", "document.kind", "3" },
	{ "ErrorDocument 400 http://h/x", "document.value", "http://h/x" },
	{ "ErrorDocument 404 Gone", "document.kind", "1" },
	{ "ErrorDocument 404 Gone", "document.value", "Gone" },
	{ "ErrorDocument 404 '\"Not here'", "document.value", "Not here" },
	{ "ErrorDocument 404 /a\nErrorDocument 404 Default",
	  "document.kind", "0" },
	{ "ErrorDocument 401 /a", "document.kind", "2" },
	{ "ProxyErrorOverride On", "error_override", "1" },
	{ "ProxyErrorOverride On", "override", "NULL" },
	{ "ProxyErrorOverride on 500 404", "override", "500" },
	{ "ProxyErrorOverride On 500\nProxyErrorOverride On", "override",
	  "NULL" },
	{ "ProxyErrorOverride On 500\nProxyErrorOverride Off",
	  "error_override", "0" },
	{ "<Location /a>\nProxyErrorOverride On\n</Location>",
	  "location.error_override", "1" },
	{ "<IfModule mod_alias.c>\nAlias /a /b\n</IfModule>", "alias.path",
	  "/a" },

	{ "Timeout 5", "timeout", "5000" },
	{ "Timeout 250ms", "timeout", "250" },
	{ "ProxyTimeout 2mi", "proxy_timeout", "120000" },
	{ "KeepAlive Off", "keepalive", "0" },
	{ "KeepAlive oN", "keepalive", "1" },
	{ "KeepAliveTimeout 0", "keepalive_timeout", "0" },
	{ "KeepAliveTimeout 100ms", "keepalive_timeout", "100" },
	{ "MaxKeepAliveRequests 0", "keepalive_max", "0" },
	{ "RequestReadTimeout header=10", "read_head.first", "10000" },
	{ "RequestReadTimeout header=10", "read_head.rate", "0" },
	{ "RequestReadTimeout header=10", "read_body.rate", "500" },
	{ "RequestReadTimeout header=10-30,MinRate=9", "read_head.max",
	  "30000" },
	{ "RequestReadTimeout Header=10-30,minrate=9", "read_head.rate",
	  "9" },
	{ "RequestReadTimeout header=10 body=30", "read_body.first",
	  "30000" },
	{ "RequestReadTimeout body=0", "read_body.first", "0" },
	{ "RequestReadTimeout body=10,MinRate=1", "read_body.rate", "1" },
	{ "RequestReadTimeout handshake=0 header=500ms-2s,MinRate=5",
	  "read_head.max", "2000" },
	{ "LimitRequestLine 100", "limits.line", "100" },
	{ "LimitRequestLine 16K", "limits.line", "16384" },
	{ "LimitRequestFieldSize 100", "limits.field_size", "100" },
	{ "LimitRequestFields 0", "limits.fields", "0" },
	{ "LimitRequestFields 50", "limits.fields", "50" },
	{ "LimitRequestHead 2M", "limits.head", "2097152" },
	{ "LimitRequestBody 0", "body_limit", "0" },
	{ "LimitRequestBody 5368709120", "body_limit", "5368709120" },
	{ "LimitRequestBody 9223372036854775807", "body_limit",
	  "9223372036854775807" },
	{ "LimitInternalRecursion 5", "recursion", "5" },
	{ "LimitInternalRecursion 5 20", "recursion", "5" },
	{ "TraceEnable Off", "trace", "0" },
	{ "TraceEnable extended", "trace", "2" },
	{ "AllowEncodedSlashes On", "slashes", "1" },
	{ "AllowEncodedSlashes NoDecode", "slashes", "2" },
	{ "MergeSlashes Off", "merge_slashes", "0" },
	{ "ProxyRequests Off", "line", "ProxyRequests" },
	{ "ProxySCGIInternalRedirect Off", "redirect_field", "" },
	{ "ProxySCGIInternalRedirect on", "redirect_field", "Location" },
	{ "ProxySCGIInternalRedirect X-Go", "redirect_field", "X-Go" },
	{ "ProxySCGISendfile On\nXSendFilePath /srv", "sendfile_field",
	  "X-Sendfile" },
	{ "ProxySCGISendfile off", "sendfile_field", "" },
	{ "ProxySCGISendfile X-Send-Static\nXSendFilePath /srv",
	  "sendfile_field", "X-Send-Static" },
	{ "MaxRanges 5", "max_ranges", "5" },
	{ "MaxRanges none", "max_ranges", "0" },
	{ "MaxRanges unlimited", "max_ranges", "-2" },
	{ "MaxRanges 5\nMaxRanges default", "max_ranges", "200" },
	{ "MaxRangeOverlaps 7", "max_overlaps", "7" },
	{ "MaxRangeReversals default", "max_reversals", "20" },
	{ "ProxyAccelHeaders On", "accel_headers", "1" },
	{ "ProxyRequestBuffering Off", "request_buffering", "0" },
	{ "ProxyRequestBufferSize 8k", "request_buffer", "8192" },
	{ "ProxyRequestBufferSize 0", "request_buffer", "0" },
	{ "ProxyMaxTempFileSize 0", "temp_file_max", "0" },
	{ "ProxyMaxTempFileSize 3G", "temp_file_max", "3221225472" },
	{ "ProxyIgnoreClientAbort On", "ignore_abort", "1" },
	{ "SpoolDirectory /tmp", "spool_dir", "/tmp" },
	{ "SpoolDirectory /tmp", "spool_place", "-c" },
	{ "SpoolDirectory /tmp", "spool_else", "NULL" },
	{ "SpoolMaxTotal 10M", "spool_total", "10485760" },
	{ "CGIPassAuth On", "pass_auth", "1" },
	{ "CGIVar REQUEST_URI current-uri", "request_uri", "1" },
	{ "ErrorLog /var/log/g", "error_log", "/var/log/g" },
	{ "ErrorLog logs/g", "error_log", "/base/logs/g" },
	{ "ErrorLog syslog", "error_log", "syslog" },
	{ "ErrorLog syslog:local1:me", "error_log", "syslog:local1:me" },
	{ "ErrorLog \"|cat -u\"", "error_log", "|cat -u" },
	{ "LogLevel warn", "log_level", "1" },
	{ "LogLevel Notice", "log_level", "2" },
	{ "LogLevel trace8", "log_level", "3" },
	{ "LogLevel crit", "log_level", "0" },
	{ "BufferedLogs On", "buffered_logs", "1" },
	{ "CustomLog a common", "sink.name", "/base/a" },
	{ "CustomLog \"|cat\" common", "sink.name", "|cat" },
	{ "CustomLog syslog:user:web common", "sink.name",
	  "syslog:user:web" },
	{ "CustomLog a common", "log.env", "NULL" },
	{ "CustomLog a common env=x", "log.env", "x" },
	{ "CustomLog a common env=x", "log.env_not", "0" },
	{ "CustomLog a common env=!x", "log.env", "x" },
	{ "CustomLog a common env=!x", "log.env_not", "1" },
	{ "CustomLog a \"%h %b\"", "log.text", "%h %b" },
	{ "TransferLog a", "log.text", "NULL" },
	{ "TransferLog a", "sink.name", "/base/a" },

	/* Sections. */
	{ "<Location /a/>\n</Location>", "location.path", "/a/" },
	{ "<Location /a>\n</Location>", "location.wildcard", "0" },
	{ "<Location /a/*>\n</Location>", "location.wildcard", "1" },
	{ "<Location /a/[bc]?>\n</Location>", "location.pattern",
	  "/a/[bc]?" },
	{ "<Location /a>\nLimitRequestBody 5\n</Location>",
	  "location.body_limit", "5" },
	{ "<Location /a>\nLimitRequestBody 5\n</Location>", "body_limit",
	  "1073741824" },
	{ "<Location /a>\nCGIPassAuth On\n</Location>\nCGIPassAuth Off",
	  "location.pass_auth", "1" },
	{ "<Location /a>\nCGIVar REQUEST_URI current-uri\n</Location>",
	  "location.request_uri", "1" },
	{ "<Location /a>\nUseCanonicalName On\n</Location>",
	  "location.canonical", "1" },
	{ "<Location /a>\nServerSignature EMail\n</Location>",
	  "location.signature", "2" },
	{ "<Location /a>\nHostnameLookups On\n</Location>",
	  "location.lookups", "1" },
	{ "<Location /a>\nProxyRequestBuffering Off\n</Location>",
	  "location.request_buffering", "0" },
	{ "<Location /a>\nProxyRequestBufferSize 1K\n</Location>",
	  "location.request_buffer", "1024" },
	{ "<Location /a>\nProxyMaxTempFileSize 1K\n</Location>",
	  "location.temp_file_max", "1024" },
	{ "<Location /a>\nProxyIgnoreClientAbort On\n</Location>",
	  "location.ignore_abort", "1" },
	{ "<Location /a>\nProxySCGIInternalRedirect Off\n</Location>",
	  "location.redirect_field", "" },

	/* Applications. */
	{ "ProxyPass /a/ scgi://Host:4001/b/", "mapping.path", "/a/" },
	{ "ProxyPass /a/ scgi://Host:4001/b/", "member.host", "host" },
	{ "ProxyPass /a/ scgi://Host:4001/b/", "member.port", "4001" },
	{ "ProxyPass /a/ scgi://Host:4001/b/", "member.base", "/b/" },
	{ "ProxyPass /a/ scgi://Host:4001/b/", "member.path", "NULL" },
	{ "ProxyPass /a/ scgi://Host:4001/b/", "member.url",
	  "scgi://host:4001" },
	{ "ProxyPass /a/ scgi://Host:4001/b/", "member.canon",
	  "scgi://host:4001" },
	{ "ProxyPass /a scgi://h", "member.port", "4000" },
	{ "ProxyPass /a scgi://h", "member.base", "" },
	{ "ProxyPass /a scgi://h:4000", "member.canon", "scgi://h" },
	{ "ProxyPass /a scgi://h:4000", "member.url", "scgi://h:4000" },
	{ "ProxyPass /a SCGI://u:p@h:1/", "member.canon", "scgi://h:1" },
	{ "ProxyPass / scgi://[::1]:4002/", "member.host", "::1" },
	{ "ProxyPass / scgi://[::1]:4002/", "member.canon",
	  "scgi://[::1]:4002" },
	{ "ProxyPass / scgi://[::1]/", "member.url", "scgi://[::1]:4000" },
	{ "ProxyPass / unix:/s|scgi://b/", "member.path", "/s" },
	{ "ProxyPass / unix:/s|scgi://b/", "member.url", "unix:/s" },
	{ "ProxyPass / unix:/s|scgi://b:7/x/", "member.canon",
	  "scgi://b:7" },
	{ "ProxyPass / unix:/s|scgi://b:7/x/", "member.base", "/x/" },
	{ "ProxyPass /a unix:/s|scgi:", "member.canon", "scgi://localhost" },
	{ "ProxyPass /a unix:/s|scgi://", "member.canon",
	  "scgi://localhost" },
	{ "ProxyPass /a unix:/s", "member.canon", "scgi://localhost" },
	{ "ProxyPass /a unix:/s", "member.base", "" },
	{ "ProxyPass /a/ unix:/s", "member.base", "/" },
	{ "ProxyPass /a unix:s", "member.path", "/base/s" },
	{ "ProxyPass /a !", "mapping.path", "/a" },
	{ "ProxyPass \"/a/\" \"!\"", "member.url", "NULL" },
	{ "ProxyPass / scgi://h/ timeout=5", "member.timeout", "5000" },
	{ "ProxyPass / scgi://h/", "member.timeout", "0" },
	{ "ProxyPass / scgi://h/ Timeout=100ms", "member.timeout", "100" },
	{ "ProxyPass / scgi://h/ timeout=1 timeout=2", "member.timeout",
	  "2000" },
	{ "ProxyPass / scgi://h/ connectiontimeout=2",
	  "member.connect_timeout", "2000" },
	{ "ProxyPass / scgi://h/", "member.connect_timeout", "0" },
	{ "ProxyPass / scgi://h/", "member.field_size", "8192" },
	{ "ProxyPass / scgi://h/ responsefieldsize=100",
	  "member.field_size", "100" },
	{ "ProxyPass / scgi://h/ responsefieldsize=0", "member.field_size",
	  "0" },
	{ "<Location /a>\nProxyPass scgi://h\n</Location>", "inside.path",
	  "/a" },
	{ "<Location /a>\nProxyPass scgi://h\n</Location>", "mapping.path",
	  "NULL" },
	{ "<Location /a>\nProxyPass scgi://h\n</Location>", "member.host",
	  "h" },
	{ "<Location /a/>\nProxyPass unix:/s\n</Location>", "member.base",
	  "/" },
	{ "<Location /a/>\nProxyPass !\n</Location>", "inside.path", "/a/" },
	{ "<Location /*.x>\nProxyPass scgi://h\n</Location>", "inside.path",
	  "" },
	{ "<Location /*.x>\nProxyPass scgi://h/\n</Location>", "inside.path",
	  "/" },

	/* What httpd takes and what asks for nothing. */
	{ "SSLEngine off\nRewriteEngine Off\nSSLVerifyClient none", "line",
	  "NULL" },
	{ "HttpProtocolOptions Strict LenientMethods", "line", "NULL" },
	{ "Protocols http/1.1", "line", "NULL" }
};

START_TEST(test_defaults)
{
	load(defaults[_i].text);
	ck_assert_str_eq(messages, "");
	ck_assert_str_eq(show(defaults[_i].name), defaults[_i].value);
}
END_TEST

START_TEST(test_values)
{
	load(values[_i].text);
	ck_assert_str_eq(messages, "");
	ck_assert_int_eq(conf->faults, 0);
	ck_assert_str_eq(show(values[_i].name), values[_i].value);
}
END_TEST

#define GRANTS_ALL "\"Require all granted\" lets everybody in, whatever " \
    "stands beside it, because one of several lines is enough: remove it, " \
    "or put them into <RequireAll>\n"

/* What is said: "line: text", warnings with "W:" before. */
static const struct {
	const char	*text;
	const char	*messages;
} complaints[] = {
	{ "Listen 0", "1: Listen 0: the port is not a number from 1 to "
	  "65535\n" },
	{ "Listen 65536", "1: Listen 65536: the port is not a number from 1 "
	  "to 65535\n" },
	{ "Listen localhost", "1: Listen localhost: the port is missing\n" },
	{ "Listen a:b", "1: Listen a:b: the port is not a number from 1 to "
	  "65535\n" },
	{ "Listen ::1:80", "1: Listen ::1:80: an IPv6 address must stand "
	  "in brackets\n" },
	{ "Listen fe80::1:80", "1: Listen fe80::1:80: an IPv6 address must "
	  "stand in brackets\n" },
	{ "Listen [::1]80", "1: Listen [::1]80: after the ] comes no "
	  "port\n" },
	{ "Listen [::1", "1: Listen [::1: there is a [ without its ]\n" },
	{ "Listen a/b:80", "1: Listen a/b:80: there is a bad character in "
	  "the name of the host\n" },
	{ "Listen 999.1.1.1:80", "1: Listen 999.1.1.1:80: it is neither an "
	  "address nor a name: an IPv4 address has four numbers from 0 to "
	  "255\n" },
	{ "Listen a..b:80", "1: Listen a..b:80: there is an empty label in "
	  "the name of the host\n" },
	{ "Listen [::zz]:80", "1: Listen [::zz]:80: what stands in brackets "
	  "is no IPv6 address\n" },
	{ "Listen \"\"", "1: Listen : the port is not a number from 1 to "
	  "65535\n" },
	{ "Listen 443 https", "1: Listen 443: https is not available: TLS "
	  "must end in front of the gateway\n" },
	{ "Listen 80 spdy", "1: Listen 80: the protocol must be http\n" },
	{ "Listen 80 http x", "1: Listen 80: after the address comes the "
	  "protocol only\n" },
	{ "Listen unix:", "1: Listen unix:: unix: without a path\n" },
	{ "Listen unix:/a mode=8", "1: Listen unix:/a: mode= takes an octal "
	  "number like 0660\n" },
	{ "Listen unix:/a mode=1777", "1: Listen unix:/a: mode= takes an "
	  "octal number like 0660\n" },
	{ "Listen unix:/a mode=", "1: Listen unix:/a: mode= takes an octal "
	  "number like 0660\n" },
	{ "Listen unix:/a user=", "1: Listen unix:/a: after unix:/path come "
	  "mode=, user= and group= only\n" },
	{ "Listen unix:/a http", "1: Listen unix:/a: after unix:/path come "
	  "mode=, user= and group= only\n" },
	{ "Listen unix:/0123456789012345678901234567890123456789012345678901"
	  "23456789012345678901234567890123456789012345678901234567890",
	  "1: Listen unix:/01234567890123456789012345678901234567890123456789"
	  "0123456789012345678901234567890123456789012345678901234567890: the "
	  "path of the socket is longer than 103 bytes\n" },
	{ "Listen unix:/a user=no-such-user", "1: Listen unix:/a: no such "
	  "user\n" },
	{ "Listen unix:/a user=#4294967295", "1: Listen unix:/a: no such "
	  "user\n" },
	{ "Listen unix:/a group=no-such-group", "1: Listen unix:/a: no such "
	  "group\n" },
	{ "Listen unix:/a group=#x", "1: Listen unix:/a: no such group\n" },
	{ "Listen 443", "W:1: Listen 443: this is http, where httpd would "
	  "speak https: let TLS end in front, or write \"Listen 443 "
	  "http\"\n" },
	{ "Listen 127.0.0.1:443", "W:1: Listen 127.0.0.1:443: this is http, "
	  "where httpd would speak https: let TLS end in front, or write "
	  "\"Listen 127.0.0.1:443 http\"\n" },
	{ "Listen 80 options=reuseport", "1: Listen 80: options= is not "
	  "supported: leave it out, the sockets are made as they are "
	  "needed\n" },
	{ "Listen 80 http Options=freebind", "1: Listen 80: options= is not "
	  "supported: leave it out, the sockets are made as they are "
	  "needed\n" },
	{ "Listen 80\nListen 80", "2: Listen 80: -c:1 listens there already "
	  "(80)\n" },
	{ "Listen 80\nListen 0.0.0.0:080", "2: Listen 0.0.0.0:080: -c:1 "
	  "listens there already (80)\n" },
	{ "Listen unix:/a\nListen unix:/a", "2: Listen unix:/a: -c:1 listens "
	  "there already (unix:/a)\n" },
	{ "ListenBackLog 0", "1: ListenBackLog: 0 is not between 1 and "
	  "2147483647\n" },
	{ "ListenBackLog x", "1: ListenBackLog: \"x\" is not a number\n" },
	{ "AcceptFilter ftp data", "1: AcceptFilter: the protocol must be "
	  "http, not \"ftp\"\n" },
	{ "AcceptFilter http x", "1: AcceptFilter: unknown filter \"x\": data "
	  "or none\n" },
	{ "User #x", "1: User: after # comes a number, not \"x\"\n" },
	{ "User #4294967295", "1: User: after # comes a number, not "
	  "\"4294967295\"\n" },
	{ "User #0", "1: User: #0: workers must not be root\n" },
	{ "User root", "1: User: root: workers must not be root\n" },
	{ "User no-such-user", "1: User: no-such-user: no such user\n" },
	{ "Group \"\"", "1: Group: the name is empty\n" },
	{ "Group no-such-group", "1: Group: no-such-group: no such "
	  "group\n" },
	{ "PidFile \"\"", "1: PidFile: the path is empty\n" },
	{ "StartServers -1", "1: StartServers: \"-1\" is not a number\n" },
	{ "StartServers 99999999999", "1: StartServers: 99999999999 is not "
	  "between 0 and 2147483647\n" },
	{ "StartServers 0", "W:1: StartServers 0 is too low here, 1 is "
	  "taken\n" },
	{ "MinSpareServers 0", "W:1: MinSpareServers 0 is too low here, 1 is "
	  "taken\n" },
	{ "MinSpareServers 7\nMaxSpareServers 7", "W:2: MaxSpareServers 7 is "
	  "too low here, 8 is taken\n" },
	{ "MaxRequestWorkers 300", "W:1: MaxRequestWorkers 300 is too high "
	  "here, 256 is taken\n" },
	{ "ServerLimit 200001\nMaxRequestWorkers 200001", "W:1: ServerLimit "
	  "200001 is too high here, 200000 is taken\n"
	  "W:2: MaxRequestWorkers 200001 is too high here, 200000 is "
	  "taken\n" },
	{ "MaxRequestWorkers 3\nStartServers 4", "W:2: StartServers 4 is too "
	  "high here, 3 is taken\n" },
	{ "GracefulShutdownTimeout x", "1: GracefulShutdownTimeout: \"x\" is "
	  "not a time (seconds, or with ms, s, mi or h; 24 days at most)\n" },
	{ "WorkerScheduling idle", "1: WorkerScheduling: unknown value "
	  "\"idle\": WorkerScheduling batch|normal\n" },
	{ "ServerName a:0", "1: ServerName a:0: the port is not a number "
	  "from 1 to 65535\n" },
	{ "ServerName a/b", "1: ServerName a/b: there is a bad character in "
	  "the name of the host\n" },
	{ "ServerName https://", "1: ServerName https://: the name of a host "
	  "is missing\n" },
	{ "ServerTokens none", "1: ServerTokens: unknown value \"none\": "
	  "ServerTokens Full|OS|Minimal|Minor|Major|Prod\n" },
	{ "ServerSignature yes", "1: ServerSignature: unknown value \"yes\": "
	  "ServerSignature On|Off|EMail\n" },
	{ "UseCanonicalName x", "1: UseCanonicalName: unknown value \"x\": "
	  "UseCanonicalName On|Off|DNS\n" },
	{ "HostnameLookups x", "1: HostnameLookups: unknown value \"x\": "
	  "HostnameLookups On|Off|Double\n" },
	{ "DocumentRoot \"\"", "1: DocumentRoot: the path is empty\n" },
	{ "Alias a /b", "1: Alias: the path \"a\" does not begin with /\n" },
	{ "Alias /a b", "1: Alias: \"b\" is no absolute path\n" },
	{ "Alias /a%20 /b", "W:1: Alias: /a%20 is compared with the decoded "
	  "path, the % means itself\n" },
	{ "AliasMatch ^/a b", "1: AliasMatch: \"b\" is no absolute path\n" },
	{ "AliasMatch ^/(.*) /$1", "W:1: AliasMatch: /$1 lets requests choose "
	  "any file: let a directory stand before the $\n" },
	{ "<Location /a>\nAlias /a /b\n</Location>", "2: Alias cannot stand "
	  "inside <Location> (opened at -c:1)\n" },
	{ "SCGIServer h:1", "1: SCGIServer cannot stand outside "
	  "<Location>\n" },
	{ "SCGIHandler On", "1: SCGIHandler cannot stand outside "
	  "<Location>\n" },
	{ "<Location /a>\nSCGIServer h:x\n</Location>", "2: SCGIServer "
	  "scgi://h:x: the port is not a number from 1 to 65535\n" },
	{ "<Location /a>\nSCGIHandler x\n</Location>", "2: SCGIHandler must be "
	  "On or Off, not \"x\"\n" },
	{ "SCGIServerTimeout 0", "1: SCGIServerTimeout: 0 is not possible\n" },
	{ "Redirect often /a /b", "1: Redirect: \"often\" is no status: write "
	  "permanent, temp, seeother, gone or a number\n" },
	{ "Redirect 200 /a", "1: Redirect: \"200\" is no status to answer "
	  "with: write permanent (301), temp (302), seeother (303), 307, 308, "
	  "gone (410), or another one from 400 to 599\n" },
	{ "Redirect 3o1 /a /b", "1: Redirect: \"3o1\" is no status to answer "
	  "with: write permanent (301), temp (302), seeother (303), 307, 308, "
	  "gone (410), or another one from 400 to 599\n" },
	{ "Redirect 404 /a /b", "1: Redirect: a status of 404 has no url\n" },
	{ "Redirect permanent /a", "1: Redirect: the path or the url is "
	  "missing: write [status] path url, or leave the path out in "
	  "<Location>\n" },
	{ "Redirect gone", "1: Redirect: the path is missing: only in a "
	  "section it may be left out\n" },
	{ "Redirect /a b", "1: Redirect: \"b\" is neither a url nor a path: "
	  "let it begin with https:// or /\n" },
	{ "Redirect a /b", "1: Redirect: the path \"a\" does not begin with "
	  "/, and it is no status\n" },
	{ "Redirect / https://b", "W:1: Redirect: a slash is put between "
	  "https://b and the rest of the path: write it\n" },
	{ "RedirectPermanent /a gone", "1: RedirectPermanent: \"gone\" is "
	  "neither a url nor a path: let it begin with https:// or /\n" },
	{ "RedirectMatch 301 ^/a", "1: RedirectMatch: the url is missing: "
	  "write [status] expression url\n" },
	{ "RedirectMatch ( /a", "1: RedirectMatch: (: Unmatched ( or \\(\n" },
	{ "<Location /a>\nRedirect permanent https://b/%{TIME}\n</Location>",
	  "2: Redirect: %{TIME} is not known here: there are HTTP_HOST, "
	  "REQUEST_URI, QUERY_STRING, SERVER_NAME and the like, env:name and "
	  "req:field\n" },
	{ "<Location /a>\nRedirect https://b/%{HTTP_HOST\n</Location>",
	  "2: Redirect: a %{ without its }\n" },
	{ "<Location /a>\nRedirect https://b/$1\n</Location>", "2: Redirect: $ "
	  "has no meaning without an expression: write RedirectMatch\n" },
	{ "ProxyPass / scgi://h/\nRedirect /a /b", "W:2: Redirect /a never "
	  "matches, because ProxyPass / at -c:1 takes it: write ProxyPass /a "
	  "! before that, or Redirect in <Location /a>\n" },
	{ "ProxyPass /a !\nProxyPass / scgi://h/\nRedirect /a /b", "" },
	{ "DirectoryIndex \"\"", "1: DirectoryIndex: the name is empty\n" },
	{ "Options Indexes FollowSymLinks", "W:1: Options: Indexes has no "
	  "effect\n" },
	{ "Options +ExecCGI", "W:1: Options: ExecCGI has no effect\n" },
	{ "Options SymLinksIfOwnerMatch", "W:1: Options: SymLinksIfOwnerMatch "
	  "is not supported: links that lead out are not followed\n" },
	{ "Options +All Indexes", "1: Options: either all words begin with + "
	  "or -, or none does\n" },
	{ "Options +Links", "1: Options: unknown word \"Links\": Options "
	  "[+|-]FollowSymLinks|All|None ...\n" },
	{ "AddType html .html", "1: AddType: \"html\" is not of the form "
	  "type/subtype\n" },
	{ "AddType application/x-httpd-php .php", "W:1: AddType: "
	  "application/x-httpd-php starts no program here: such files are "
	  "sent as they are\n" },
	{ "TypesConfig /nonexistent", "1: TypesConfig: /nonexistent: No such "
	  "file or directory\n" },
	{ "TypesConfig types", "1: TypesConfig: /base/types: No such file or "
	  "directory\n" },
	{ "DefaultType text/plain", "W:1: DefaultType: text/plain has no "
	  "effect: files whose type is not known have none\n" },
	{ "ForceType html", "1: ForceType: \"html\" is not of the form "
	  "type/subtype\n" },
	{ "AuthType Digest", "1: AuthType: Digest is not supported: write "
	  "Basic\n" },
	{ "AuthBasicProvider dbm", "1: AuthBasicProvider: dbm is not "
	  "supported: write file, and AuthUserFile\n" },
	{ "Order allow,deny", "1: Order cannot stand outside <Location> or "
	  "<Proxy> or <Directory> or <Files>\n" },
	{ "<Location /a>\nOrder allow\nSatisfy both\nAllow all 10.1\n"
	  "Deny from 10.1/33 x.example env=! localhost\n</Location>",
	  "2: Order: \"allow\" is not known: it is deny,allow, allow,deny or "
	  "mutual-failure\n"
	  "3: Satisfy: \"both\" is not known: it is all or any\n"
	  "4: Allow is followed by from: write Allow from all\n"
	  "5: Deny from 10.1/33: not an address before the /\n"
	  "5: Deny from x.example: not an address; names of hosts are not "
	  "looked up, write addresses\n"
	  "5: Deny from env=!: env= needs the name of a variable\n"
	  "5: Deny from localhost: names of hosts are not looked up, write "
	  "127.0.0.0/8 ::1\n" },
	{ "<Location /a>\nOrder allow,deny\nAllow from 10.1\nSatisfy any\n"
	  "</Location>", "W:2: Satisfy any lets in whom Order, Allow and Deny "
	  "do not, because there is no Require here: write Satisfy all unless "
	  "another section has one\n" },
	{ "<Location /a>\nAuthType Basic\nAuthName x\n</Location>", "W:1: "
	  "AuthType Basic asks for nobody, because there is no Require here: "
	  "requests get 500 unless another section has it\n" },
	{ "<Location /a>\nDeny from 10.1\n</Location>\nListen unix:/x",
	  "W:2: Deny from an address holds for nobody who comes by Listen "
	  "unix:/x: add RemoteIPHeader and RemoteIPInternalProxy unix: to "
	  "know who they are\n" },
	{ "<Files .ht*>\nOrder allow,deny\nDeny from all\nSatisfy all\n"
	  "</Files>", "" },
	{ "<Files .ht*>\nOrder allow,deny\nAllow from 10.1\n</Files>", "2: "
	  "<Files .ht*>: names that begin with .ht are never served: only "
	  "\"Require all denied\" can stand here\n" },
	{ "InternalOnly On", "1: InternalOnly cannot stand outside "
	  "<Location>\n" },
	{ "<Location /a>\nInternalOnly x\n</Location>", "2: InternalOnly "
	  "must be On or Off, not \"x\"\n" },
	{ "ErrorDocument 399 x", "1: ErrorDocument: \"399\" is no status "
	  "from 400 to 599\n" },
	{ "ErrorDocument 600 x", "1: ErrorDocument: \"600\" is no status "
	  "from 400 to 599\n" },
	{ "ErrorDocument 404", "1: ErrorDocument takes 2 arguments, not 1: "
	  "ErrorDocument status text|/path|url|default\n" },
	{ "ErrorDocument 401 https://h/", "W:1: ErrorDocument: a url has no "
	  "effect for 401: write a path or a text\n" },
	{ "ErrorDocument 404 \"No %{REQUEST_URI}\"", "W:1: ErrorDocument: "
	  "there are no expressions, %{ means itself\n" },
	{ "ProxyErrorOverride 404", "1: ProxyErrorOverride must be On or Off, "
	  "not \"404\"\n" },
	{ "ProxyErrorOverride Off 404", "1: ProxyErrorOverride: after Off "
	  "comes nothing, not \"404\"\n" },
	{ "ProxyErrorOverride On 404 302", "1: ProxyErrorOverride: \"302\" "
	  "is no status from 400 to 599\n" },
	{ "ProxyAccelHeaders x", "1: ProxyAccelHeaders must be On or Off, not "
	  "\"x\"\n" },
	{ "Timeout 0", "1: Timeout: 0 is not possible\n" },
	{ "Timeout 1x", "1: Timeout: \"1x\" is not a time (seconds, or with "
	  "ms, s, mi or h; 24 days at most)\n" },
	{ "ProxyTimeout 0", "1: ProxyTimeout: 0 is not possible\n" },
	{ "KeepAlive yes", "1: KeepAlive must be On or Off, not \"yes\"\n" },
	{ "KeepAliveTimeout x", "1: KeepAliveTimeout: \"x\" is not a time "
	  "(seconds, or with ms, s, mi or h; 24 days at most)\n" },
	{ "MaxKeepAliveRequests x", "1: MaxKeepAliveRequests: \"x\" is not a "
	  "number\n" },
	{ "RequestReadTimeout header", "1: RequestReadTimeout: \"header\" has "
	  "no time: RequestReadTimeout [header=time[-max][,MinRate=rate]] "
	  "[body=time[-max][,MinRate=rate]]\n" },
	{ "RequestReadTimeout tail=5", "1: RequestReadTimeout: unknown stage "
	  "\"tail\": RequestReadTimeout [header=time[-max][,MinRate=rate]] "
	  "[body=time[-max][,MinRate=rate]]\n" },
	{ "RequestReadTimeout header=5-10", "1: RequestReadTimeout: "
	  "\"header=5-10\" has a range, which needs MinRate=\n" },
	{ "RequestReadTimeout header=5-5,MinRate=1", "1: RequestReadTimeout: "
	  "in \"header=5-5,MinRate=1\" the second time is not longer than the "
	  "first\n" },
	{ "RequestReadTimeout body=5,MinRate=0", "1: RequestReadTimeout: "
	  "\"body=5,MinRate=0\" has no MinRate= of at least 1\n" },
	{ "RequestReadTimeout body=5,rate=1", "1: RequestReadTimeout: "
	  "\"body=5,rate=1\" has no MinRate= of at least 1\n" },
	{ "RequestReadTimeout handshake=5", "W:1: RequestReadTimeout: "
	  "handshake has no effect: there is no TLS\n" },
	{ "LimitRequestLine 1", "1: LimitRequestLine: 1 is not between 16 and "
	  "268435456\n" },
	{ "LimitRequestFieldSize x", "1: LimitRequestFieldSize: \"x\" is not "
	  "a size (bytes, or with K, M or G)\n" },
	{ "LimitRequestFields 40000", "1: LimitRequestFields: 40000 is not "
	  "between 0 and 32767\n" },
	{ "LimitRequestFields 1K", "1: LimitRequestFields: \"1K\" is not a "
	  "number\n" },
	{ "LimitRequestHead 1G", "1: LimitRequestHead: 1G is not between 1024 "
	  "and 268435456\n" },
	{ "LimitRequestLine 2M", "W:1: LimitRequestLine 2097152 is above "
	  "LimitRequestHead, which bounds the whole head to 1048576\n" },
	{ "LimitRequestBody -1", "1: LimitRequestBody: \"-1\" is not a size "
	  "(bytes, or with K, M or G)\n" },
	{ "LimitRequestBody 9223372036854775808", "1: LimitRequestBody: "
	  "\"9223372036854775808\" is not a size (bytes, or with K, M or "
	  "G)\n" },
	{ "LimitRequestBody 9007199254740992G", "1: LimitRequestBody: "
	  "\"9007199254740992G\" is not a size (bytes, or with K, M or "
	  "G)\n" },
	{ "LimitRequestBody K", "1: LimitRequestBody: \"K\" is not a size "
	  "(bytes, or with K, M or G)\n" },
	{ "LimitInternalRecursion 0", "1: LimitInternalRecursion: 0 is not "
	  "between 1 and 2147483647\n" },
	{ "LimitInternalRecursion 5 x", "1: LimitInternalRecursion: \"x\" is "
	  "not a number\n" },
	{ "LimitInternalRecursion 3", "W:1: LimitInternalRecursion 3 is very "
	  "low\n" },
	{ "TraceEnable x", "1: TraceEnable: unknown value \"x\": TraceEnable "
	  "On|Off|extended\n" },
	{ "AllowEncodedSlashes x", "1: AllowEncodedSlashes: unknown value "
	  "\"x\": AllowEncodedSlashes On|Off|NoDecode\n" },
	{ "MergeSlashes x", "1: MergeSlashes must be On or Off, not "
	  "\"x\"\n" },
	{ "ProxyRequests On", "1: ProxyRequests On is not supported: this is "
	  "no forward proxy\n" },
	{ "XSendFilePath srv", "1: XSendFilePath: \"srv\" is no absolute "
	  "path\n" },
	{ "MaxRanges some", "1: MaxRanges: \"some\" is neither default nor "
	  "unlimited nor none nor a number\n" },
	{ "ProxySCGIInternalRedirect \"a b\"", "1: "
	  "ProxySCGIInternalRedirect: \"a b\" is neither On nor Off nor the "
	  "name of a field\n" },
	{ "ProxyRequestBuffering x", "1: ProxyRequestBuffering must be On or "
	  "Off, not \"x\"\n" },
	{ "ProxyRequestBufferSize 1G", "1: ProxyRequestBufferSize: 1G is not "
	  "between 0 and 268435456\n" },
	{ "ProxyMaxTempFileSize x", "1: ProxyMaxTempFileSize: \"x\" is not a "
	  "size (bytes, or with K, M or G)\n" },
	{ "ProxyIgnoreClientAbort x", "1: ProxyIgnoreClientAbort must be On "
	  "or Off, not \"x\"\n" },
	{ "SpoolDirectory /nonexistent", "1: SpoolDirectory: /nonexistent: No "
	  "such file or directory\n" },
	{ "SpoolDirectory /dev/null", "1: SpoolDirectory: /dev/null: Not a "
	  "directory\n" },
	{ "SpoolMaxTotal x", "1: SpoolMaxTotal: \"x\" is not a size (bytes, "
	  "or with K, M or G)\n" },

	/* Variables. */
	{ "SetEnv", "1: SetEnv takes 1 to 2 arguments, not 0: SetEnv name "
	  "[value]\n" },
	{ "SetEnv \"\" x", "1: SetEnv: the name of the variable is empty\n" },
	{ "SetEnv a=b", "W:1: SetEnv: the name of the variable is \"a=b\", "
	  "with the =\n" },
	{ "PassEnv UNIT_NONE", "W:1: PassEnv: UNIT_NONE is not in the "
	  "environment\n" },
	{ "SetEnvIf Host x", "1: SetEnvIf takes at least 3 arguments, not 2: "
	  "SetEnvIf attribute regex [!]name[=value] ...\n" },
	{ "BrowserMatch x", "1: BrowserMatch takes at least 2 arguments, not "
	  "1: BrowserMatch regex [!]name[=value] ...\n" },
	{ "CGIPassAuth x", "1: CGIPassAuth must be On or Off, not \"x\"\n" },
	{ "CGIVar PATH current-uri", "1: CGIVar: only REQUEST_URI can be "
	  "chosen, not \"PATH\"\n" },
	{ "CGIVar REQUEST_URI x", "1: CGIVar: unknown value \"x\": CGIVar "
	  "REQUEST_URI original-uri|current-uri\n" },

	/* Logs. */
	{ "ErrorLog \"\"", "1: ErrorLog: \"\" names no file and no "
	  "program\n" },
	{ "ErrorLog |", "1: ErrorLog: \"|\" names no program\n" },
	{ "ErrorLog syslog:bogus", "1: ErrorLog: \"syslog:bogus\" names no "
	  "facility of syslog\n" },
	{ "CustomLog syslog:bogus:web common", "1: CustomLog: "
	  "\"syslog:bogus:web\" names no facility of syslog\n" },
	{ "TransferLog \"|a 'b\"", "1: TransferLog: \"|a 'b\" opens a quote "
	  "and does not close it\n" },
	{ "LogLevel loud", "1: LogLevel: unknown level \"loud\": emerg, "
	  "alert, crit, error, warn, notice, info, debug or trace1 to "
	  "trace8\n" },
	{ "LogLevel warn proxy:debug", "W:1: LogLevel: proxy:debug has no "
	  "effect: there is one level for all\n" },
	{ "<Location /a>\nLogLevel debug\n</Location>", "W:2: LogLevel: "
	  "debug has no effect in sections: there is one level for all\n" },
	{ "<Location /a>\nLogLevel loud\n</Location>", "2: LogLevel: unknown "
	  "level \"loud\": emerg, alert, crit, error, warn, notice, info, "
	  "debug or trace1 to trace8\n" },
	{ "LogLevel proxy:loud", "1: LogLevel: unknown level \"loud\": emerg, "
	  "alert, crit, error, warn, notice, info, debug or trace1 to "
	  "trace8\n" },
	{ "CustomLog a", "1: CustomLog takes 2 to 3 arguments, not 1: "
	  "CustomLog path|\"|program\" format|nickname [env=[!]name]\n" },
	{ "CustomLog a nick", "1: CustomLog: no LogFormat has the nickname "
	  "\"nick\"\n" },
	{ "CustomLog a common if=x", "1: CustomLog: \"if=x\" is not env=NAME "
	  "or env=!NAME\n" },
	{ "CustomLog a common env=!", "1: CustomLog: env= without a name\n" },
	{ "CustomLog a common expr=true", "1: CustomLog: expr= is not "
	  "supported: set a variable with SetEnvIf, and env=\n" },
	{ "BufferedLogs x", "1: BufferedLogs must be On or Off, not "
	  "\"x\"\n" },

	/* Sections. */
	{ "<Location>\n</Location>", "1: Location takes 1 to 2 arguments, not "
	  "0: Location path|~ regex\n" },
	{ "<Location ~ \"^/a\">\n</Location>", "" },
	{ "<Location ~>\n</Location>", "1: <Location> takes one argument, or "
	  "~ and an expression\n" },
	{ "<Location /a /b>\n</Location>", "1: <Location> takes one argument, "
	  "or ~ and an expression\n" },
	{ "<LocationMatch \"a(?i)\">\n</LocationMatch>",
	  "1: LocationMatch: an ERE has no (?i) but at its beginning, and of "
	  "letters only (?i) and (?s): write [Aa] for a\n" },
	{ "<LocationMatch \"^/a.*?/b\">\n</LocationMatch>", "" },
	{ "<LocationMatch \"^/a.*?/b\">\nProxyPass scgi://h\n"
	  "</LocationMatch>", "2: ProxyPass: an ERE has no lazy quantifiers: "
	  "write [^x]* with what may not follow instead of .*?\n" },
	{ "<LocationMatch \"^/(a|ab)\">\n</LocationMatch>", "" },
	{ "ProxyPassMatch ^/(a|ab) scgi://h/$1",
	  "W:1: ProxyPassMatch: one alternative begins another: here the "
	  "longest is taken, in httpd the first\n" },
	{ "<Directory a>\n</Directory>", "1: <Directory a>: the path does not "
	  "begin with /\n" },
	{ "<Directory /a>\nProxySCGISendfile On\n</Directory>",
	  "W:1: <Directory /a>: ProxySCGIInternalRedirect and "
	  "ProxySCGISendfile have no effect on files: write them into "
	  "<Location>\nW:ProxySCGISendfile without XSendFilePath: "
	  "applications may name any file that the workers can read\n" },
	{ "<Directory /a>\nProxyPass scgi://h\n</Directory>",
	  "2: ProxyPass cannot stand inside <Directory> (opened at -c:1)\n" },
	{ "<Proxy scgi://h timeout=5>\n</Proxy>", "W:1: Proxy: no ProxyPass "
	  "has that url\n" },
	{ "<Proxy unix:/a>\nRequire all denied\n</Proxy>\n"
	  "ProxyPass / unix:/a/b|scgi://h/", "W:1: <Proxy unix:/a> holds for "
	  "nothing: no ProxyPass has such a url (a member of a balancer is "
	  "looked up as balancer://name)\n" },
	{ "<Proxy unix:/a|fcgi://h>\n</Proxy>", "1: <Proxy unix:/a|fcgi://h>: "
	  "after the | comes scgi://name\n" },
	{ "<Proxy scgi://h:1>\nRequire all denied\n</Proxy>\n"
	  "<VirtualHost *>\nProxyPass / scgi://h:1/\n</VirtualHost>", "" },
	{ "<Proxy unix:*>\nRequire all denied\n</Proxy>\n"
	  "<Location /x>\nSetHandler proxy:unix:/a|scgi://h\n</Location>", "" },
	{ "ProxySet timeout=5", "1: ProxySet: it stands in <Proxy url>, or "
	  "begins with a url\n" },
	{ "<Proxy scgi://h*>\nProxySet timeout=5\n</Proxy>", "2: ProxySet: it "
	  "stands in <Proxy url>, or begins with a url\n" },
	{ "ProxySet scgi://h lbmethod=byrequests", "1: ProxySet: lbmethod= is "
	  "a parameter of a balancer://, not of an application\n"
	  "W:1: ProxySet: no ProxyPass has that url\n" },
	{ "SetEnvIf Request_URI (get|getall) A=$1", "W:1: SetEnvIf: "
	  "one alternative begins another: here the longest is taken, in httpd "
	  "the first\n" },
	{ "SetEnvIf Host ((a{1,255}){1,255}){1,255} x", "1: SetEnvIf: its "
	  "repetitions multiply to too much\n" },
	{ "<Proxy *>\nListen 80\n</Proxy>", "2: Listen cannot stand inside "
	  "<Proxy> (opened at -c:1)\n" },
	{ "<RequireAny>\nTimeout 5\nRequire local\n</RequireAny>",
	  "2: Timeout cannot stand inside <RequireAny> (opened at "
	  "-c:1)\n" },
	{ "<Location /a>\nRequire all granted\nRequire method GET\n"
	  "</Location>", "W:2: " GRANTS_ALL },
	{ "<Directory /a>\nRequire method GET\nRequire all granted\n"
	  "</Directory>", "W:2: " GRANTS_ALL },
	{ "Require all granted\nRequire ip 10.1", "W:1: " GRANTS_ALL },
	{ "<VirtualHost *>\nRequire local\n<RequireAny>\nRequire all "
	  "granted\nRequire ip 10.1\n</RequireAny>\n</VirtualHost>",
	  "W:2: " GRANTS_ALL },
	{ "<RequireAll>\n<RequireAny>\nRequire ip 10.1\nRequire all granted\n"
	  "</RequireAny>\nRequire ip 10.2\n</RequireAll>",
	  "W:1: " GRANTS_ALL },
	{ "<RequireAll>\nRequire all denied\nRequire ip 10.1\n</RequireAll>",
	  "W:1: \"Require all denied\" lets nobody in, whatever stands beside "
	  "it in <RequireAll>: remove it\n" },
	{ "<RequireAll>\nRequire all granted\nRequire not ip 10.1\n"
	  "</RequireAll>", "" },
	{ "Require all granted\nRequire all granted", "" },
	{ "Require all denied\nRequire ip 10.1", "" },
	{ "<RequireAny>\n</RequireAny>", "1: <RequireAny>: it is empty\n" },
	{ "Require not ip 10.1", "1: Require: not, and <RequireNone>, stand in "
	  "<RequireAll> only\n" },
	{ "<Location /a>\nRequire valid-user\n</Location>", "W:2: Require "
	  "asks for a user, but there is no AuthType Basic here: requests get "
	  "500 unless another section has it\n" },
	{ "<VirtualHost *>\nRequire local\n<RequireNone>\nRequire local\n"
	  "</RequireNone>\n</VirtualHost>", "3: Require: not, and "
	  "<RequireNone>, stand in <RequireAll> only\n" },
	{ "RemoteIPHeader X\n<VirtualHost *>\n</VirtualHost>", "1: "
	  "RemoteIPHeader X needs to know which proxies may send it: add "
	  "RemoteIPInternalProxy or RemoteIPTrustedProxy\n" },

	/* Virtual hosts. */
	{ "<VirtualHost>\n</VirtualHost>", "1: VirtualHost takes at least 1 "
	  "argument, not 0: VirtualHost address[:port] ...\n" },
	{ "<VirtualHost *:x>\n</VirtualHost>", "1: <VirtualHost *:x>: the "
	  "port is not a number from 1 to 65535\n" },
	{ "<VirtualHost 1.2.3.4:80 [::1>\n</VirtualHost>",
	  "1: <VirtualHost [::1>: there is a [ without its ]\n" },
	{ "<VirtualHost *>\nListen 80\n</VirtualHost>", "2: Listen cannot "
	  "stand inside <VirtualHost> (opened at -c:1)\n" },
	{ "<VirtualHost *>\n<VirtualHost *>\n</VirtualHost>\n"
	  "</VirtualHost>", "2: VirtualHost cannot stand inside <VirtualHost> "
	  "(opened at -c:1)\n" },
	{ "<VirtualHost *>\nErrorLog x\n</VirtualHost>", "W:2: ErrorLog has "
	  "no effect in <VirtualHost>: the messages of all hosts go to one "
	  "log\n" },
	{ "ServerAlias a:80", "1: ServerAlias: \"a:80\" is not a name, "
	  "without a port, with * and ? for what varies\n" },
	{ "ProxyPass /a scgi://h\n<VirtualHost *>\nProxyPass /a/b scgi://g\n"
	  "</VirtualHost>", "W:3: ProxyPass /a/b never matches, because /a at "
	  "-c:1 comes first\n" },
	{ "RemoteIPHeader X-Real-IP", "1: RemoteIPHeader X-Real-IP needs to "
	  "know which proxies may send it: add RemoteIPInternalProxy or "
	  "RemoteIPTrustedProxy\n" },
	{ "<Location a>\nKeepAliv On\n</Location>", "1: <Location a>: the "
	  "path does not begin with /\n2: unknown directive \"KeepAliv\" (did "
	  "you mean \"KeepAlive\"?)\n" },
	{ "<Location http://a/>\n</Location>", "1: <Location http://a/>: a "
	  "url with its host is for forward proxies\n" },
	{ "<Location /a>\nTimeout 5\n</Location>", "2: Timeout cannot stand "
	  "inside <Location> (opened at -c:1)\n" },
	{ "<Location /a>\n<Location /b>\n</Location>\n</Location>",
	  "2: Location cannot stand inside <Location> (opened at -c:1)\n" },
	{ "<Locatoin /a>\n</Locatoin>", "1: unknown section <Locatoin> (did "
	  "you mean <Location>?)\n" },

	/* Applications. */
	{ "ProxyPass /a", "1: ProxyPass /a: the url is missing: ProxyPass "
	  "[path] !|url [key=value ...]\n" },
	{ "ProxyPass a scgi://h/", "1: ProxyPass: the path \"a\" does not "
	  "begin with /\n" },
	{ "ProxyPass ~ ^/a scgi://h/", "" },
	{ "ProxyPass ~", "1: ProxyPass: the path is missing: ProxyPass [path] "
	  "!|url [key=value ...]\n" },
	{ "ProxyPassMatch ^/(.*)$ scgi://$1:4000/", "1: ProxyPassMatch "
	  "scgi://$1:4000/: the name of a host is missing\n" },
	{ "ProxyPassMatch ^/(.*?)/ scgi://h/$1", "1: ProxyPassMatch: an ERE "
	  "has no lazy quantifiers: write [^x]* with what may not follow "
	  "instead of .*?\n" },
	{ "ProxyPassMatch \"^/(.)\\1\" scgi://h/$1", "1: ProxyPassMatch: an "
	  "ERE has no back-references: write the text of \\1 again\n" },
	{ "SCGIMount a h:1", "1: SCGIMount: the path \"a\" does not begin "
	  "with /\n" },
	{ "SetHandler cgi-script", "1: SetHandler: \"cgi-script\" is not "
	  "supported: write \"proxy:scgi://host:port\" or ProxyPass, or let "
	  "the application speak SCGI\n" },
	{ "BalancerMember scgi://h", "1: BalancerMember: outside of <Proxy "
	  "balancer://...> it begins with the url of a balancer\n" },
	{ "ProxyPass /a scgi://", "1: ProxyPass scgi://: the name of a host "
	  "is missing\n" },
	{ "ProxyPass /a scgi:h", "1: ProxyPass scgi:h: this is no url of an "
	  "application (did you mean \"scgi://h\"?)\n" },
	{ "ProxyPass /a localhost:4000", "1: ProxyPass localhost:4000: this "
	  "is no url of an application (did you mean "
	  "\"scgi://localhost:4000\"?)\n" },
	{ "ProxyPass /a 4000", "1: ProxyPass 4000: this is no url of an "
	  "application (did you mean \"scgi://localhost:4000\"?)\n" },
	{ "ProxyPass /a /run/a", "1: ProxyPass /run/a: this is no url of an "
	  "application (did you mean \"unix:/run/a\"?)\n" },
	{ "ProxyPass /a a.sock", "1: ProxyPass a.sock: this is no url of an "
	  "application (did you mean \"unix:a.sock\"?)\n" },
	{ "ProxyPass /a sgci://h/x", "1: ProxyPass sgci://h/x: this is no url "
	  "of an application (did you mean \"scgi://h/x\"?)\n" },
	{ "ProxyPass /a what", "1: ProxyPass what: this is no url of an "
	  "application: scgi://host:port/ or unix:/path\n" },
	{ "ProxyPass /a unix:@x", "1: ProxyPass unix:@x: a socket without a "
	  "file (@name) is not supported: write a path, which can have owner "
	  "and mode\n" },
	{ "Listen unix:@x", "1: Listen unix:@x: a socket without a file "
	  "(@name) is not supported: write a path, which can have owner and "
	  "mode\n" },
	{ "ProxyPass /a balancer://x/", "1: balancer://x has no member: write "
	  "<Proxy \"balancer://x\"> with BalancerMember lines\n" },
	{ "ProxyPass /a http://x/", "1: ProxyPass http://x/: only SCGI is "
	  "spoken here: HTTP servers need an HTTP proxy (does it speak SCGI? "
	  "then \"scgi://x/\")\n" },
	{ "ProxyPass /a fcgi://x/", "1: ProxyPass fcgi://x/: only SCGI is "
	  "spoken here: let the application speak SCGI instead of "
	  "FastCGI (does it speak SCGI? then \"scgi://x/\")\n" },
	{ "ProxyPass /a uwsgi://x/", "1: ProxyPass uwsgi://x/: only SCGI is "
	  "spoken here: start uwsgi with --scgi-socket (does it speak SCGI? "
	  "then \"scgi://x/\")\n" },
	{ "ProxyPass /a scgi://h:70000", "1: ProxyPass scgi://h:70000: the "
	  "port is not a number from 1 to 65535\n" },
	{ "ProxyPass /a scgi://h:", "1: ProxyPass scgi://h:: the port is not "
	  "a number from 1 to 65535\n" },
	{ "ProxyPass /a scgi://h,g", "1: ProxyPass scgi://h,g: there is a bad "
	  "character in the name of the host\n" },
	{ "ProxyPass /a scgi://h/?x", "1: ProxyPass scgi://h/?x: a url of an "
	  "application has no query and no fragment: the request's own query "
	  "is passed on\n" },
	{ "ProxyPass /a \"scgi://h/a b\"", "1: ProxyPass scgi://h/a b: there "
	  "is a blank in the url\n" },
	{ "ProxyPass /a unix:", "1: ProxyPass unix:: unix: without a path\n" },
	{ "ProxyPass /a unix:/s|", "1: ProxyPass unix:/s|: after the | comes "
	  "scgi://name\n" },
	{ "ProxyPass /a unix:/s|http://x", "1: ProxyPass unix:/s|http://x: "
	  "after the | comes scgi://name\n" },
	{ "ProxyPass /a scgi://h rety=5", "1: ProxyPass: unknown parameter "
	  "\"rety\" (did you mean \"retry\"?)\n" },
	{ "ProxyPass /a scgi://h xyzzy=5 timeout=x", "1: ProxyPass: unknown "
	  "parameter \"xyzzy\"\n1: ProxyPass: timeout=x is not a time "
	  "(seconds, or with ms, s, mi or h)\n" },
	{ "ProxyPass /a scgi://h timeout=0", "1: ProxyPass: timeout=0 is not "
	  "a time (seconds, or with ms, s, mi or h)\n" },
	{ "ProxyPass /a scgi://h connectiontimeout=x", "1: ProxyPass: "
	  "connectiontimeout=x is not a time (seconds, or with ms, s, mi or "
	  "h)\n" },
	{ "ProxyPass /a scgi://h responsefieldsize=x", "1: ProxyPass: "
	  "responsefieldsize=x is not a number of bytes up to 268435456\n" },
	{ "ProxyPass /a scgi://h mapping=encoded", "1: ProxyPass: "
	  "mapping=encoded is not supported: paths are compared as "
	  "decoded\n" },
	{ "ProxyPass /a scgi://h status=+D", "1: ProxyPass: status=+D is not "
	  "supported: leave the line out, or write ! for the url\n" },
	{ "ProxyPass /a scgi://h status=+I", "W:1: ProxyPass: status= has no "
	  "effect\n" },
	{ "ProxyPass /a scgi://h retry=0 nocanon", "W:1: ProxyPass: retry= "
	  "has no effect\nW:1: ProxyPass: nocanon has no effect\n" },
	{ "ProxyPass /a scgi://h lbmethod=byrequests route=a", "1: ProxyPass: "
	  "lbmethod= is a parameter of a balancer://, not of an "
	  "application\nW:1: ProxyPass: route= has no effect\n" },
	{ "ProxyPass /a scgi://h StickySession=ID", "1: ProxyPass: "
	  "stickysession= is a parameter of a balancer://, not of an "
	  "application\n" },
	{ "ProxyPass /a scgi://h fast", "1: ProxyPass: \"fast\" is not of the "
	  "form key=value\n" },
	{ "ProxyPass /a ! timeout=5", "1: ProxyPass: after ! comes nothing, "
	  "not \"timeout=5\"\n" },
	{ "<Location /a>\nProxyPass /a scgi://h\n</Location>", "2: ProxyPass "
	  "takes no path in <Location>, it has that of the section\n" },
	{ "<Location /a>\nProxyPass scgi://h\nProxyPass scgi://g\n"
	  "</Location>", "W:3: ProxyPass: the one at -c:2 in the same section "
	  "has no effect any more\n" },

	/* Mappings together. */
	{ "ProxyPass /a/ scgi://h:4001", "W:1: ProxyPass: below /a/ every "
	  "request is 400, because its rest is glued to \"scgi://h:4001\": "
	  "end both with a slash, or none\n" },
	{ "ProxyPass /a/ scgi://h/b", "W:1: ProxyPass: the path ends with a "
	  "slash, the url does not: what follows /a/ is glued to \"/b\"\n" },
	{ "ProxyPass /a scgi://h/", "" },
	{ "ProxyPass /a%20b scgi://h", "W:1: ProxyPass: /a%20b is compared "
	  "with the decoded path, the % means itself\n" },
	{ "ProxyPass / scgi://h/\nProxyPass /static/ !", "W:2: ProxyPass "
	  "/static/ never matches, because / at -c:1 comes first\n" },
	{ "ProxyPass /a scgi://h\nProxyPass /a/b scgi://g", "W:2: ProxyPass "
	  "/a/b never matches, because /a at -c:1 comes first\n" },
	{ "ProxyPass /a scgi://h\nProxyPass /a scgi://g", "W:2: ProxyPass /a "
	  "never matches, because /a at -c:1 comes first\n" },
	{ "ProxyPass /a/ scgi://h/\nProxyPass /a scgi://g\n"
	  "ProxyPass /ab scgi://h", "" },
	{ "<Location /a/b>\nProxyPass scgi://h\n</Location>\n<Location /a>\n"
	  "ProxyPass scgi://g\n</Location>", "W:2: ProxyPass in <Location "
	  "/a/b> is never used, because <Location /a> at -c:4 comes "
	  "later\n" },
	{ "<Location /a>\nProxyPass scgi://h\n</Location>\n<Location /a/b>\n"
	  "ProxyPass scgi://g\n</Location>", "" },

	/* Other directives of httpd. */
	{ "LoadModule a b\nLoadModule c d", "W:1: LoadModule, of mod_so, "
	  "has no effect: there are no modules\n" },
	{ "RewriteRule a b", "1: RewriteRule, of mod_rewrite, is not "
	  "here: there is no rewriting; use Redirect or RedirectMatch to "
	  "send clients elsewhere, ProxyPass, <Location> and "
	  "SetEnvIf, or let the application do it\n" },
	{ "ProxyPas /a scgi://h", "1: unknown directive \"ProxyPas\" (did you "
	  "mean \"ProxyPass\"?)\n" }
};

START_TEST(test_complaints)
{
	load(complaints[_i].text);
	ck_assert_str_eq(messages, complaints[_i].messages);
}
END_TEST

/* What the rooms that compile say is passed on. */
START_TEST(test_compiled)
{
	load("SetEnvIf Host ( a\nLogFormat \"%Y\" x\n"
	    "CustomLog a \"%{x\"\nAliasMatch ( /a");
	ck_assert_int_eq(conf->faults, 4);
	ck_assert_ptr_nonnull(strstr(messages, "4: AliasMatch: (: "));
	ck_assert_ptr_null(conf->main.aliases);
	ck_assert_ptr_nonnull(strstr(messages, "1: SetEnvIf: "));
	ck_assert_ptr_nonnull(strstr(messages, "2: LogFormat: \"%Y\": "));
	ck_assert_ptr_nonnull(strstr(messages, "3: CustomLog: \"%{x\": "));
}
END_TEST

START_TEST(test_env)
{
	const struct env_op *op;

	load("SetEnv a 1\nSetEnv b\nUnsetEnv a c\nPassEnv UNIT_WORD\n"
	    "<Location /x>\nSetEnv d 2\nSetEnvIf Host x y\n</Location>\n"
	    "BrowserMatch x y\nBrowserMatchNoCase x y\n"
	    "SetEnvIfNoCase Host x y");
	ck_assert_str_eq(messages, "");
	op = conf->main.set.own.ops;
	ck_assert(op->verb == ENV_SET && str_eq(op->value, STR("1")));
	op = op->next;
	ck_assert(str_eq(op->name, STR("b")) && op->value.n == 0);
	op = op->next;
	ck_assert(op->verb == ENV_UNSET && str_eq(op->name, STR("a")));
	op = op->next;
	ck_assert(op->verb == ENV_UNSET && str_eq(op->name, STR("c")));
	op = op->next;
	ck_assert(str_eq(op->value, STR("from the environment")));
	ck_assert_ptr_null(op->next);
	op = conf->main.locations->set.own.ops;
	ck_assert(str_eq(op->name, STR("d")));
	ck_assert_ptr_nonnull(conf->main.locations->set.own.rules);
	ck_assert_ptr_nonnull(conf->main.env_rules);
	ck_assert_ptr_null(conf->main.set.own.rules);
}
END_TEST

/* In the order of the file, and compiled where it is an expression. */
START_TEST(test_aliases)
{
	struct str group[PATTERN_GROUPS];
	struct pattern_text text;
	const struct alias *alias;

	load("Alias /a /srv/a\nAliasMatch ^/b(.+)$ /srv/b/$1\n"
	    "Alias /c /srv/c");
	ck_assert_str_eq(messages, "");
	alias = conf->main.aliases;
	ck_assert_ptr_null(alias->regex);
	ck_assert_int_eq(alias->place.line, 1);
	alias = alias->next;
	ck_assert_ptr_nonnull(alias->regex);
	text = (struct pattern_text){ STR("/bxy"), NULL };
	ck_assert_int_eq(pattern_match(alias->regex, &text, &conf->arena,
	    group), 1);
	ck_assert(str_eq(group[1], STR("xy")));
	text = (struct pattern_text){ STR("/b"), NULL };
	ck_assert_int_eq(pattern_match(alias->regex, &text, &conf->arena,
	    group), 0);
	alias = alias->next;
	ck_assert_str_eq(alias->target, "/srv/c");
	ck_assert_ptr_null(alias->next);
}
END_TEST

/* Lists have all their members, and those of a section are its own. */
START_TEST(test_lists)
{
	const struct settings *set, *inner;

	load("DirectoryIndex a b\nDirectoryIndex c\n"
	    "ErrorDocument 404 /a\nErrorDocument 500 b\n"
	    "ErrorDocument 404 /c\nProxyErrorOverride On 404 500\n"
	    "<Location /x>\nDirectoryIndex d\nErrorDocument 404 default\n"
	    "</Location>\n<Location /y>\n</Location>");
	ck_assert_str_eq(messages, "");
	set = &conf->main.set;
	ck_assert_str_eq(set->indexes->word, "a");
	ck_assert_str_eq(set->indexes->next->word, "b");
	ck_assert_str_eq(set->indexes->next->next->word, "c");
	ck_assert_ptr_null(set->indexes->next->next->next);
	ck_assert(str_eq(set->errors.list->value, STR("/c")));
	ck_assert_int_eq(set->errors.list->next->status, 500);
	ck_assert_ptr_null(set->errors.list->next->next);
	ck_assert_ptr_null(set->errors.outer);
	ck_assert_int_eq(set->override_list->next->status, 500);
	ck_assert_ptr_null(set->override_list->next->next);
	inner = &conf->main.locations->set;
	ck_assert_str_eq(inner->indexes->word, "d");
	ck_assert_ptr_null(inner->indexes->next);
	ck_assert_int_eq(inner->errors.list->kind, ERROR_DOC_DEFAULT);
	ck_assert_ptr_null(inner->errors.list->next);
	inner = &conf->main.locations->next->set;
	ck_assert_ptr_null(inner->indexes);
	ck_assert_ptr_null(inner->errors.list);
	ck_assert_ptr_null(inner->override_list);
}
END_TEST

static const char *
type_of(const char *name)
{
	static char buf[64];
	struct str type;

	type = file_type(conf->types, str_of(name));
	snprintf(buf, sizeof(buf), "%.*s", STR_ARG(type));
	return buf;
}

/* AddType goes before TypesConfig wherever it stands. */
START_TEST(test_types)
{
	char path[] = "/tmp/unit_types.XXXXXX", text[128];
	static const char types[] = "text/x-one one html\n";
	int fd;

	load("AddType \"text/html; charset=utf-8\" .HTM page");
	ck_assert_str_eq(messages, "");
	ck_assert_str_eq(type_of("a.htm"), "text/html; charset=utf-8");
	ck_assert_str_eq(type_of("a.page"), "text/html; charset=utf-8");
	ck_assert_str_eq(type_of("a.html"), "text/html");
	config_free(conf);

	fd = mkstemp(path);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq((int)write(fd, types, sizeof(types) - 1),
	    (int)sizeof(types) - 1);
	close(fd);
	snprintf(text, sizeof(text), "AddType text/x-two html\n"
	    "TypesConfig %s", path);
	load(text);
	unlink(path);
	ck_assert_str_eq(messages, "");
	ck_assert_str_eq(type_of("a.one"), "text/x-one");
	ck_assert_str_eq(type_of("a.html"), "text/x-two");
	ck_assert_str_eq(type_of("a.css"), "");
}
END_TEST

/* Nicknames before and after; logs of one name share a sink. */
START_TEST(test_logs)
{
	const struct custom_log *log;

	load("CustomLog a later\nLogFormat \"%h\" later\nLogFormat \"%b\"\n"
	    "TransferLog a\nCustomLog b combined\nCustomLog b combinedio");
	ck_assert_str_eq(messages, "");
	for (log = conf->main.logs; log != NULL; log = log->next) {
		ck_assert_ptr_nonnull(log->format);
		ck_assert_ptr_nonnull(log->sink);
	}
	log = conf->main.logs;
	ck_assert_ptr_eq(log->sink, log->next->sink);
	ck_assert_ptr_ne(log->sink, log->next->next->sink);
	ck_assert_ptr_eq(conf->sinks->next, log->next->next->sink);
	ck_assert_ptr_null(conf->sinks->next->next);
	ck_assert_ptr_nonnull(conf->error_sink);
}
END_TEST

/* ProxySet for the url of an application, and what is below it. */
START_TEST(test_url_params)
{
	const struct member *m;

	load("<Proxy scgi://H/>\nProxySet timeout=1 max=2\n</Proxy>\n"
	    "ProxyPass /a scgi://h/a timeout=9\nProxyPass /b scgi://h\n"
	    "ProxyPass /c scgi://h:1 timeout=9\n"
	    "ProxyPass /d unix:/s|scgi://h timeout=9\n"
	    "ProxySet unix:/s|scgi://h timeout=3\n"
	    "BalancerMember balancer://b scgi://h timeout=9\n"
	    "ProxyPass /e balancer://b\n");
	ck_assert_str_eq(messages, "");
	m = conf->members;
	ck_assert_int_eq(m->timeout, 1000);
	ck_assert_int_eq(m->max, 2);
	m = m->next;
	ck_assert_int_eq(m->timeout, 1000);
	m = m->next;
	ck_assert_int_eq(m->timeout, 9000);
	m = m->next;
	ck_assert_int_eq(m->timeout, 3000);
	ck_assert_int_eq(m->max, 0);
	m = m->next;
	ck_assert_int_eq(m->timeout, 9000);
}
END_TEST

START_TEST(test_default_listen)
{
	conf = load_with("", NULL, false);
	ck_assert_ptr_nonnull(conf);
	ck_assert_str_eq(conf->messages->text,
	    "no Listen is given, listening on 127.0.0.1:8080");
	ck_assert(conf->messages->warning);
	ck_assert_str_eq(show("listen.host"), "127.0.0.1");
	ck_assert_str_eq(show("listen.port"), "8080");
	ck_assert_str_eq(show("line"), "Listen");
	config_free(conf);

	conf = load_with("Listen 0", NULL, false);
	ck_assert_ptr_nonnull(conf);
	ck_assert_int_eq(conf->faults, 1);
	ck_assert_ptr_null(conf->messages->next);
	ck_assert_ptr_null(conf->listens);
}
END_TEST

static void
keep_line(void *arg, const char *line)
{
	struct out *o = arg;

	out_fmt(o, "%s\n", line);
}

static void
dump(char *buf, size_t size)
{
	struct out o;

	out_init(&o, buf, size);
	config_dump(conf, directives, ndirectives, keep_line, &o);
	out_ch(&o, '\0');
	ck_assert(!o.bad);
}

/* By name, and the names are those of this system. */
START_TEST(test_identity)
{
	const struct passwd *pw;
	const struct group *gr;
	char text[256], id[32];

	do
		pw = getpwent();
	while (pw != NULL && pw->pw_uid == 0);
	gr = getgrgid(getgid());
	if (pw == NULL || gr == NULL)
		return;
	snprintf(id, sizeof(id), "%ld", (long)pw->pw_uid);
	snprintf(text, sizeof(text), "User %s\nGroup %s\n"
	    "Listen unix:/g user=%s group=%s", pw->pw_name, gr->gr_name,
	    pw->pw_name, gr->gr_name);
	endpwent();
	load(text);
	ck_assert_str_eq(messages, "");
	ck_assert_str_eq(show("uid"), id);
	ck_assert_str_eq(show("listen.uid"), id);
	snprintf(id, sizeof(id), "%ld", (long)getgid());
	ck_assert_str_eq(show("gid"), id);
	ck_assert_str_eq(show("listen.gid"), id);
}
END_TEST

/* -l: what the file says is neither listened on nor printed. */
START_TEST(test_override)
{
	static const char *const port[] = { "127.0.0.1:81" };
	static const char *const path[] = { "unix:/x y", "mode=0600" };
	static const char *const same[] = { "127.0.0.1:081", "http" };
	static const char *const wrong[] = { "81", "https" };
	char text[8192];
	const char *p;

	load("Listen 80\nKeepAlive Off\nListen unix:/z mode=0660\nTimeout 5");
	directive_forget_listens(conf);
	ck_assert_ptr_null(conf->listens);
	ck_assert_ptr_null(directive_add_listen(conf, 1, port));
	ck_assert_ptr_null(directive_add_listen(conf, 2, path));
	ck_assert_str_eq(directive_add_listen(conf, 2, same),
	    "another one listens there already");
	ck_assert_ptr_nonnull(strstr(directive_add_listen(conf, 2, wrong),
	    "TLS"));
	ck_assert_str_eq(show("listen.port"), "81");
	ck_assert_str_eq(conf->listens->next->path, "/x y");
	ck_assert_ptr_null(conf->listens->next->next);
	dump(text, sizeof(text));
	p = "ServerRoot /base\nKeepAlive Off\nTimeout 5\n"
	    "Listen 127.0.0.1:81\nListen \"unix:/x y\" mode=0600\n# ";
	ck_assert_int_eq(strncmp(text, p, strlen(p)), 0);
}
END_TEST

START_TEST(test_spool_directory)
{
	setenv("TMPDIR", "/nonexistent", 1);
	load("");
	ck_assert_str_eq(show("spool_dir"), "/var/tmp");
	ck_assert_str_eq(show("spool_else"), "/tmp");
	ck_assert_str_eq(show("spool_last"), "NULL");
	config_free(conf);
	setenv("TMPDIR", "relative", 1);
	load("");
	ck_assert_str_eq(show("spool_dir"), "/var/tmp");
}
END_TEST

START_TEST(test_dump)
{
	static char first[8192], second[8192];
	const char *p;

	load("listen 127.0.0.1:80\nserverlimit 1\nMaxClients 1\n"
	    "LoadModule a b\nSSLEngine off\nProxyRequests Off\n"
	    "SetEnvIf Request_URI \\.gif$ \"a=b c\"\n"
	    "SetEnv q \"a\\\"b\"\nLogFormat \"%h \\\"%r\\\"\" x\n"
	    "<Location \"/a b\">\n<IfModule proxy_module>\n"
	    "ProxyPass unix:run/s\n</IfModule>\n</Location>\n"
	    "CustomLog log x env=!y");
	ck_assert_int_eq(conf->faults, 0);
	dump(first, sizeof(first));
	p = "ServerRoot /base\n"
	    "Listen 127.0.0.1:80\nServerLimit 1\nMaxRequestWorkers 1\n"
	    "ProxyRequests Off\n"
	    "SetEnvIf Request_URI \"\\\\.gif$\" \"a=b c\"\n"
	    "SetEnv q \"a\\\"b\"\n"
	    "LogFormat \"%h \\\"%r\\\"\" x\n"
	    "<Location \"/a b\">\n    ProxyPass unix:run/s\n</Location>\n"
	    "CustomLog log x env=!y\n# ListenBackLog 511\n";
	ck_assert_int_eq(strncmp(first, p, strlen(p)), 0);
	ck_assert_ptr_nonnull(strstr(first, "\n# Timeout 60\n"));
	ck_assert_ptr_null(strstr(first, "\n# ServerLimit"));
	config_free(conf);

	load(first);
	ck_assert_int_eq(conf->faults, 0);
	dump(second, sizeof(second));
	ck_assert_str_eq(first, second);
	ck_assert_str_eq(show("member.path"), "/base/run/s");
}
END_TEST

/* The defaults of the dump are those that hold: as lines they change
 * nothing. */
START_TEST(test_defaults_read_back)
{
	static char text[8192];
	char *p;
	size_t i;

	load("");
	dump(text, sizeof(text));
	config_free(conf);
	for (p = text; (p = strstr(p, "# ")) != NULL; )
		memcpy(p, "  ", 2);
	load(text);
	ck_assert_str_eq(messages, "");
	for (i = 0; i < NELEM(defaults) && defaults[i].text[0] == '\0'; i++)
		if (strcmp(defaults[i].name, "line") != 0)
			ck_assert_str_eq(show(defaults[i].name),
			    defaults[i].value);
}
END_TEST

static size_t
count_rows(const char *name)
{
	size_t i, n;

	n = 0;
	for (i = 0; i < ndirectives; i++)
		if (strcasecmp(directives[i].name, name) == 0)
			n++;
	return n;
}

START_TEST(test_table)
{
	const struct directive *d;
	size_t i;

	for (i = 0; i < ndirectives; i++) {
		d = &directives[i];
		ck_assert_msg(count_rows(d->name) == 1, "%s twice", d->name);
		if (d->kind == DIRECTIVE_ALIAS) {
			ck_assert_uint_eq(count_rows(d->words), 1);
			continue;
		}
		ck_assert_msg(d->help != NULL, "%s: no help", d->name);
		ck_assert_msg(d->set != NULL && d->contexts != 0,
		    "%s: no setter or context", d->name);
		ck_assert_msg(strncmp(d->help, d->name,
		    strlen(d->name)) == 0, "%s: help is no syntax", d->name);
	}
}
END_TEST

Suite *
suite_directive(void)
{
	Suite *s;
	TCase *tc;

	s = suite_create("directive");
	tc = tcase_create("all");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, test_defaults, 0, (int)NELEM(defaults));
	tcase_add_loop_test(tc, test_values, 0, (int)NELEM(values));
	tcase_add_loop_test(tc, test_complaints, 0, (int)NELEM(complaints));
	tcase_add_test(tc, test_compiled);
	tcase_add_test(tc, test_env);
	tcase_add_test(tc, test_aliases);
	tcase_add_test(tc, test_lists);
	tcase_add_test(tc, test_types);
	tcase_add_test(tc, test_logs);
	tcase_add_test(tc, test_url_params);
	tcase_add_test(tc, test_default_listen);
	tcase_add_test(tc, test_identity);
	tcase_add_test(tc, test_override);
	tcase_add_test(tc, test_spool_directory);
	tcase_add_test(tc, test_dump);
	tcase_add_test(tc, test_defaults_read_back);
	tcase_add_test(tc, test_table);
	suite_add_tcase(s, tc);
	return s;
}
