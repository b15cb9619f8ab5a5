/*
 * auth: Require, Basic authentication, RemoteIP.
 *
 * It decides from the settings and the request, before anything of the body
 * is read, and never knows where the request leads.  It sends nothing; what
 * it opens are the files of AuthUserFile and, once, the source of random
 * bytes.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
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

enum {
	LOOK_EVERY = 1000,	/* ms between two looks at a file */
	REMEMBER = 5 * 60 * 1000,	/* ms, a password that was right */
	REMEMBERED = 64,
	FILE_MAX = 16 * 1024 * 1024,	/* bytes of a file of users */
	ROOM_LEAST = 256 * 1024,
	SHA_SIZE = 20,
	KEY_SIZE = 32,
	SECRET_MAX = 4096	/* bytes of user and password */
};

/*
 * Networks.
 */
struct auth_nets {
	struct auth_nets	*next;
	int			 family;	/* AF_UNIX: any Unix socket */
	unsigned char		 bytes[16];
	unsigned		 bits;
};

/* "10", "10.1." or "10.1.2": a network by its first bytes (httpd). */
static const char *
parse_partial(struct auth_nets *net, const char *word)
{
	struct str s, part;
	uint64_t n;
	unsigned k;

	s = str_of(word);
	if (s.n > 0 && s.p[s.n - 1] == '.')
		s.n--;
	for (k = 0; s.n > 0 && k < 4; k++) {
		part = str_head(s, str_chr(s, '.'));
		s = str_from(s, part.n + 1);
		if (str_u64(part, &n) == -1 || n > 255)
			return "not an address; names of hosts are not "
			    "looked up, write addresses";
		net->bytes[k] = (unsigned char)n;
	}
	net->family = AF_INET;
	net->bits = k * 8;
	return k == 0 || s.n > 0 ? "not an address" : NULL;
}

/* The number of leading ones of a mask; -1: they are not in a row. */
static int
bits_of_mask(const unsigned char *mask)
{
	int bits, i;

	bits = 0;
	while (bits < 32 && (mask[bits / 8] >> (7 - bits % 8) & 1) != 0)
		bits++;
	for (i = bits; i < 32; i++)
		if ((mask[i / 8] >> (7 - i % 8) & 1) != 0)
			return -1;
	return bits;
}

static const char *
parse_mask(struct auth_nets *net, const char *word)
{
	unsigned char mask[4];
	uint64_t n;
	int bits;

	if (str_u64(str_of(word), &n) == 0) {
		if (n > net->bits)
			return "the mask is longer than the address";
		net->bits = (unsigned)n;
		return NULL;
	}
	if (net->family != AF_INET || inet_pton(AF_INET, word, mask) != 1 ||
	    (bits = bits_of_mask(mask)) == -1)
		return "the mask is neither a number of bits nor an address "
		    "of ones and then zeros";
	net->bits = (unsigned)bits;
	return NULL;
}

/*
 * An IPv4 network in an IPv6 one ("::ffff:192.0.2.0/120") is the IPv4 one, as
 * the address of such a client is that of IPv4.
 */
static void
unmap(struct auth_nets *net)
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (net->family != AF_INET6 || net->bits < 96 ||
	    memcmp(net->bytes, mapped, sizeof(mapped)) != 0)
		return;
	memmove(net->bytes, net->bytes + sizeof(mapped), 4);
	net->family = AF_INET;
	net->bits -= 96;
}

static const char *
parse_net(struct auth_nets *net, struct arena *a, const char *word)
{
	const char *address, *slash;

	slash = strchr(word, '/');
	address = slash == NULL ? word : arena_cstr(a, (struct str){ word,
	    (size_t)(slash - word) });
	if (address == NULL)
		return "out of memory";
	if (inet_pton(AF_INET, address, net->bytes) == 1) {
		net->family = AF_INET;
		net->bits = 32;
	} else if (inet_pton(AF_INET6, address, net->bytes) == 1) {
		net->family = AF_INET6;
		net->bits = 128;
	} else if (slash != NULL)
		return "not an address before the /";
	else
		return parse_partial(net, word);
	return slash == NULL ? NULL : parse_mask(net, slash + 1);
}

static void
append_net(struct auth_nets **list, struct auth_nets *net)
{
	while (*list != NULL)
		list = &(*list)->next;
	*list = net;
}

const char *
auth_add_net(struct auth_nets **list, struct arena *a, const char *word)
{
	struct auth_nets *net;
	const char *why;

	net = arena_zalloc(a, sizeof(*net));
	if (net == NULL)
		return "out of memory";
	why = parse_net(net, a, word);
	if (why != NULL)
		return why;
	unmap(net);
	append_net(list, net);
	return NULL;
}

const char *
auth_add_proxy(struct auth_nets **list, struct arena *a, const char *word)
{
	struct auth_nets *net;

	if (!str_caseeq(str_of(word), STR("unix:")))
		return auth_add_net(list, a, word);
	net = arena_zalloc(a, sizeof(*net));
	if (net == NULL)
		return "out of memory";
	net->family = AF_UNIX;
	append_net(list, net);
	return NULL;
}

bool
auth_has_unix(const struct auth_nets *list)
{
	for (; list != NULL; list = list->next)
		if (list->family == AF_UNIX)
			return true;
	return false;
}

/* The bytes of an address and its family; NULL: not of the Internet. */
static const unsigned char *
bytes_of(const struct sockaddr_storage *ss, int *family)
{
	const struct sockaddr_in6 *sin6;

	*family = AF_INET;
	if (ss->ss_family == AF_INET)
		return (const unsigned char *)
		    &((const struct sockaddr_in *)ss)->sin_addr;
	if (ss->ss_family != AF_INET6)
		return NULL;
	sin6 = (const struct sockaddr_in6 *)ss;
	if (IN6_IS_ADDR_V4MAPPED(&sin6->sin6_addr))
		return sin6->sin6_addr.s6_addr + 12;
	*family = AF_INET6;
	return sin6->sin6_addr.s6_addr;
}

static bool
begins_with(const unsigned char *bytes, const unsigned char *with,
    unsigned bits)
{
	unsigned rest;

	if (memcmp(bytes, with, bits / 8) != 0)
		return false;
	rest = bits % 8;
	return rest == 0 || (bytes[bits / 8] ^ with[bits / 8]) >>
	    (8 - rest) == 0;
}

bool
auth_in_nets(const struct auth_nets *list, const struct sockaddr_storage *ss)
{
	const unsigned char *bytes;
	int family;

	if (ss->ss_family == AF_UNIX)
		return auth_has_unix(list);
	if ((bytes = bytes_of(ss, &family)) == NULL)
		return false;
	for (; list != NULL; list = list->next)
		if (list->family == family &&
		    begins_with(bytes, list->bytes, list->bits))
			return true;
	return false;
}

/*
 * Rules.
 */
enum kind {
	RULE_GROUP,
	RULE_ALL,		/* granted or denied */
	RULE_IP,
	RULE_LOCAL,
	RULE_METHOD,
	RULE_ENV,
	RULE_VALID_USER,
	RULE_USER
};

struct auth_rule {
	struct auth_rule	*next;
	enum kind		 kind;
	bool			 negated;
	bool			 granted;	/* ALL */
	enum auth_group		 group;		/* GROUP */
	struct auth_rule	*rules;		/* GROUP */
	struct auth_nets	*nets;		/* IP */
	int			 argc;		/* METHOD, ENV, USER */
	const char *const	*argv;
};

/* What a rule comes to (httpd). */
enum outcome { OUTCOME_DENIED, OUTCOME_NO_USER, OUTCOME_NEUTRAL,
    OUTCOME_GRANTED };

struct auth_rule *
auth_make_group(struct arena *a, enum auth_group kind)
{
	struct auth_rule *rule;

	rule = arena_zalloc(a, sizeof(*rule));
	if (rule == NULL)
		return NULL;
	rule->kind = RULE_GROUP;
	rule->group = kind;
	/* httpd: none is what any is, turned round. */
	rule->negated = kind == AUTH_NONE;
	return rule;
}

void
auth_add(struct auth_rule *group, struct auth_rule *rule)
{
	struct auth_rule **end;

	for (end = &group->rules; *end != NULL; end = &(*end)->next)
		continue;
	*end = rule;
}

static const char *
compile_all(struct auth_rule *rule)
{
	int value;

	value = rule->argc != 1 ? -1 : config_find_word("denied granted",
	    rule->argv[0]);
	rule->granted = value == 1;
	return value == -1 ? "all must be granted or denied" : NULL;
}

static const char *
compile_nets(struct auth_rule *rule, struct arena *a)
{
	const char *why;
	int i;

	for (i = 0; i < rule->argc; i++) {
		why = auth_add_net(&rule->nets, a, rule->argv[i]);
		if (why == NULL)
			continue;
		why = arena_printf(a, "ip %s: %s", rule->argv[i], why);
		return why == NULL ? "out of memory" : why;
	}
	return rule->argc == 0 ? "ip needs an address or a network" : NULL;
}

static const char *
advise(struct arena *a, const char *word)
{
	static const struct {
		const char	*word;
		const char	*advice;
	} table[] = {
		{ "host", "host is not supported: anybody can give an address "
		    "any name; write Require ip" },
		{ "forward-dns", "forward-dns is not supported: write Require "
		    "ip" },
		{ "group", "group is not supported: name the users with "
		    "Require user" },
		{ "file-owner", "file-owner is not supported: name the users "
		    "with Require user" },
		{ "file-group", "file-group is not supported: name the users "
		    "with Require user" },
		{ "expr", "expr is not supported: set a variable with "
		    "SetEnvIf, and Require env" }
	};
	const char *why;
	size_t i;

	for (i = 0; i < NELEM(table); i++)
		if (str_caseeq(str_of(word), str_of(table[i].word)))
			return table[i].advice;
	why = arena_printf(a, "\"%s\" is not known: [not] all, ip, local, "
	    "method, env, valid-user or user", word);
	return why == NULL ? "out of memory" : why;
}

static const char *
compile_kind(struct auth_rule *rule, struct arena *a, const char *word)
{
	static const char words[] = "all ip local method env valid-user user";

	rule->kind = (enum kind)(config_find_word(words, word) + RULE_ALL);
	switch (rule->kind) {
	case RULE_ALL:
		return compile_all(rule);
	case RULE_IP:
		return compile_nets(rule, a);
	case RULE_LOCAL:
	case RULE_VALID_USER:
		return rule->argc > 0 ? "nothing comes behind local and "
		    "valid-user" : NULL;
	case RULE_METHOD:
	case RULE_ENV:
	case RULE_USER:
		return rule->argc == 0 ? "method, env and user need a name" :
		    NULL;
	case RULE_GROUP:
		break;
	}
	return advise(a, word);
}

const char *
auth_compile(struct auth_rule **result, struct arena *a, int argc,
    const char *const *argv)
{
	struct auth_rule *rule;
	bool negated;

	rule = arena_zalloc(a, sizeof(*rule));
	if (rule == NULL)
		return "out of memory";
	negated = argc > 0 && config_find_word("not", argv[0]) == 0;
	if (negated) {
		argc--;
		argv++;
	}
	if (argc == 0)
		return "what is required is missing";
	rule->negated = negated;
	rule->argc = argc - 1;
	rule->argv = argv + 1;
	*result = rule;
	return compile_kind(rule, a, argv[0]);
}

const char *
auth_check_group(const struct auth_rule *group, bool implicit)
{
	const struct auth_rule *rule;
	bool grants;

	grants = false;
	for (rule = group->rules; rule != NULL; rule = rule->next) {
		grants |= !rule->negated;
		if (rule->negated && group->group != AUTH_ALL)
			return implicit ? "not, and <RequireNone>, stand in "
			    "<RequireAll> only" : "not, and <RequireNone>, "
			    "have no effect in it: write <RequireAll>";
	}
	if (group->rules == NULL)
		return implicit ? NULL : "it is empty";
	return grants ? NULL : "with nothing but not it can never grant: add "
	    "Require all granted";
}

bool
auth_is_negated(const struct auth_rule *rule)
{
	return rule->negated;
}

bool
auth_asks_local(const struct auth_rule *rule)
{
	const struct auth_rule *inner;

	if (rule->kind == RULE_LOCAL && !rule->negated)
		return true;
	for (inner = rule->rules; inner != NULL; inner = inner->next)
		if (auth_asks_local(inner))
			return true;
	return false;
}

bool
auth_asks_user(const struct auth_rule *rule)
{
	const struct auth_rule *inner;

	if (rule->kind == RULE_VALID_USER || rule->kind == RULE_USER)
		return true;
	for (inner = rule->rules; inner != NULL; inner = inner->next)
		if (auth_asks_user(inner))
			return true;
	return false;
}

bool
auth_is_open(const struct auth_rule *rule)
{
	const struct auth_rule *inner;

	if (rule->kind == RULE_ALL)
		return rule->granted && !rule->negated;
	if (rule->kind != RULE_GROUP || rule->negated)
		return false;
	for (inner = rule->rules; inner != NULL; inner = inner->next)
		if (auth_is_open(inner) != (rule->group == AUTH_ALL))
			return rule->group == AUTH_ANY;
	return rule->group == AUTH_ALL && rule->rules != NULL;
}

bool
auth_is_closed(const struct auth_rule *rule)
{
	const struct auth_rule *inner;

	if (rule->kind == RULE_ALL)
		return rule->granted == rule->negated;
	if (rule->kind != RULE_GROUP || rule->negated ||
	    rule->group == AUTH_NONE)
		return false;
	for (inner = rule->rules; inner != NULL; inner = inner->next)
		if (auth_is_closed(inner) != (rule->group == AUTH_ANY))
			return rule->group == AUTH_ALL;
	return rule->group == AUTH_ANY && rule->rules != NULL;
}

/* In this group, not in those inside of it. */
static const char *
find_idle_beside(const struct auth_rule *group)
{
	const struct auth_rule *rule;
	bool decides, other;

	decides = other = false;
	for (rule = group->rules; rule != NULL; rule = rule->next)
		if (group->group == AUTH_ALL ? auth_is_closed(rule) :
		    auth_is_open(rule))
			decides = true;
		else
			other = true;
	if (!decides || !other)
		return NULL;
	switch (group->group) {
	case AUTH_ALL:
		return "\"Require all denied\" lets nobody in, whatever stands "
		    "beside it in <RequireAll>: remove it";
	case AUTH_ANY:
		return "\"Require all granted\" lets everybody in, whatever "
		    "stands beside it, because one of several lines is "
		    "enough: remove it, or put them into <RequireAll>";
	case AUTH_NONE:
		return "\"Require all granted\" lets nobody in, whatever "
		    "stands beside it in <RequireNone>: remove it";
	}
	return NULL;
}

const char *
auth_find_idle(const struct auth_rule *group)
{
	const struct auth_rule *rule;
	const char *why;

	why = find_idle_beside(group);
	for (rule = group->rules; rule != NULL && why == NULL;
	    rule = rule->next)
		if (rule->kind == RULE_GROUP)
			why = auth_find_idle(rule);
	return why;
}

static bool
is_same_host(const struct sockaddr_storage *a,
    const struct sockaddr_storage *b)
{
	const unsigned char *one, *two;
	int family, other;

	one = bytes_of(a, &family);
	two = bytes_of(b, &other);
	return one != NULL && two != NULL && family == other &&
	    memcmp(one, two, family == AF_INET ? 4 : 16) == 0;
}

/* httpd: loopback, or the address that is connected to. */
static bool
is_local(const struct auth_subject *s)
{
	const unsigned char *bytes;
	int family;

	if (s->client->ss_family == AF_UNIX)
		return true;
	if ((bytes = bytes_of(s->client, &family)) == NULL)
		return false;
	if (family == AF_INET && bytes[0] == 127)
		return true;
	if (family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(
	    &((const struct sockaddr_in6 *)s->client)->sin6_addr))
		return true;
	return is_same_host(s->client, s->here);
}

static bool
is_listed(const struct auth_rule *rule, struct str s)
{
	int i;

	for (i = 0; i < rule->argc; i++)
		if (str_eq(str_of(rule->argv[i]), s))
			return true;
	return false;
}

static bool
has_variable(const struct auth_rule *rule, const struct env *e)
{
	int i;

	for (i = 0; i < rule->argc; i++)
		if (env_get(e, str_of(rule->argv[i])) != NULL)
			return true;
	return false;
}

static enum outcome outcome_of(const struct auth_rule *,
    const struct auth_subject *, struct str);

/* The rules of a group, without its being turned round (httpd). */
static enum outcome
combine(const struct auth_rule *group, const struct auth_subject *s,
    struct str user)
{
	const struct auth_rule *rule;
	enum outcome all, one;
	bool any;

	any = group->group != AUTH_ALL;
	all = OUTCOME_NEUTRAL;
	for (rule = group->rules; rule != NULL; rule = rule->next) {
		one = outcome_of(rule, s, user);
		if (one == (any ? OUTCOME_GRANTED : OUTCOME_DENIED))
			return one;
		if (all == OUTCOME_NEUTRAL || (one == OUTCOME_NO_USER &&
		    (!any || all == OUTCOME_DENIED)))
			all = one;
	}
	return all;
}

static enum outcome
grant(bool granted)
{
	return granted ? OUTCOME_GRANTED : OUTCOME_DENIED;
}

static enum outcome
plain_outcome(const struct auth_rule *rule, const struct auth_subject *s,
    struct str user)
{
	switch (rule->kind) {
	case RULE_GROUP:
		return combine(rule, s, user);
	case RULE_ALL:
		return grant(rule->granted);
	case RULE_IP:
		return grant(auth_in_nets(rule->nets, s->client));
	case RULE_LOCAL:
		return grant(is_local(s));
	case RULE_METHOD:
		/* httpd: who may GET may HEAD. */
		return grant(is_listed(rule, s->method) ||
		    (str_eq(s->method, STR("HEAD")) &&
		    is_listed(rule, STR("GET"))));
	case RULE_ENV:
		return grant(has_variable(rule, s->env));
	case RULE_VALID_USER:
		return user.p == NULL ? OUTCOME_NO_USER : OUTCOME_GRANTED;
	case RULE_USER:
		return user.p == NULL ? OUTCOME_NO_USER :
		    grant(is_listed(rule, user));
	}
	return OUTCOME_DENIED;
}

/* httpd: what a negated rule does not deny it does not grant either. */
static enum outcome
outcome_of(const struct auth_rule *rule, const struct auth_subject *s,
    struct str user)
{
	enum outcome outcome;

	outcome = plain_outcome(rule, s, user);
	if (!rule->negated || outcome == OUTCOME_NEUTRAL)
		return outcome;
	return outcome == OUTCOME_GRANTED ? OUTCOME_DENIED : OUTCOME_NEUTRAL;
}

/*
 * SHA-1 (RFC 3174), for {SHA} and the memory of passwords.
 */
struct sha {
	uint32_t	h[5];
	uint64_t	n;		/* bytes so far */
	unsigned char	block[64];
};

static uint32_t
rotate(uint32_t x, unsigned n)
{
	return x << n | x >> (32 - n);
}

static void
sha_begin(struct sha *c)
{
	static const uint32_t start[5] = { 0x67452301U, 0xefcdab89U,
	    0x98badcfeU, 0x10325476U, 0xc3d2e1f0U };

	memcpy(c->h, start, sizeof(start));
	c->n = 0;
}

/* The function and constant of a round. */
static uint32_t
sha_mix(unsigned t, const uint32_t *v)
{
	if (t < 20)
		return ((v[1] & v[2]) | (~v[1] & v[3])) + 0x5a827999U;
	if (t < 40)
		return (v[1] ^ v[2] ^ v[3]) + 0x6ed9eba1U;
	if (t < 60)
		return ((v[1] & v[2]) | (v[1] & v[3]) | (v[2] & v[3])) +
		    0x8f1bbcdcU;
	return (v[1] ^ v[2] ^ v[3]) + 0xca62c1d6U;
}

static void
sha_block(struct sha *c)
{
	uint32_t v[5], w[80], x;
	unsigned t;

	for (t = 0; t < 16; t++)
		w[t] = (uint32_t)c->block[t * 4] << 24 |
		    (uint32_t)c->block[t * 4 + 1] << 16 |
		    (uint32_t)c->block[t * 4 + 2] << 8 | c->block[t * 4 + 3];
	for (; t < 80; t++)
		w[t] = rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
	memcpy(v, c->h, sizeof(v));
	for (t = 0; t < 80; t++) {
		x = rotate(v[0], 5) + sha_mix(t, v) + v[4] + w[t];
		v[4] = v[3];
		v[3] = v[2];
		v[2] = rotate(v[1], 30);
		v[1] = v[0];
		v[0] = x;
	}
	for (t = 0; t < 5; t++)
		c->h[t] += v[t];
}

static void
sha_add(struct sha *c, const void *p, size_t n)
{
	const unsigned char *from;

	for (from = p; n > 0; n--) {
		c->block[c->n++ % 64] = *from++;
		if (c->n % 64 == 0)
			sha_block(c);
	}
}

static void
sha_end(struct sha *c, unsigned char *digest)
{
	unsigned char length[8];
	uint64_t bits;
	unsigned i;

	bits = c->n * 8;
	for (i = 0; i < 8; i++)
		length[i] = (unsigned char)(bits >> (56 - 8 * i));
	sha_add(c, "\200", 1);
	while (c->n % 64 != 56)
		sha_add(c, "", 1);
	sha_add(c, length, sizeof(length));
	for (i = 0; i < SHA_SIZE; i++)
		digest[i] = (unsigned char)(c->h[i / 4] >> (24 - 8 * (i % 4)));
}

/* As long for bytes that differ early as for those that differ late. */
static bool
is_same(const void *a, const void *b, size_t n)
{
	const unsigned char *one, *two;
	unsigned char differ;

	differ = 0;
	for (one = a, two = b; n > 0; n--)
		differ |= (unsigned char)(*one++ ^ *two++);
	return differ == 0;
}

/* What the compiler may not leave out because nobody reads it again. */
static void
wipe(void *p, size_t n)
{
	volatile unsigned char *to;

	for (to = p; n > 0; n--)
		*to++ = 0;
}

/*
 * Base64 (RFC 4648 4), strict: into bytes, of which there must be room for
 * 3/4 of s.  How many, or -1.
 */
static int
base64_value(char c)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at;

	at = c == '\0' ? NULL : strchr(alphabet, c);
	return at == NULL ? -1 : (int)(at - alphabet);
}

static long
decode_base64(struct str s, unsigned char *bytes)
{
	uint32_t word;
	size_t i, n, pad;
	int v;

	if (s.n % 4 != 0)
		return -1;
	pad = 0;
	while (pad < 2 && s.n > 0 && s.p[s.n - 1] == '=') {
		s.n--;
		pad++;
	}
	n = 0;
	word = 0;
	for (i = 0; i < s.n; i++) {
		if ((v = base64_value(s.p[i])) == -1)
			return -1;
		word = word << 6 | (uint32_t)v;
		if (i % 4 != 0)
			bytes[n++] = (unsigned char)(word >>
			    (6 - 2 * (i % 4)));
	}
	return (long)n;
}

/*
 * Files of users.
 */
struct user {
	struct str	 name;
	const char	*hash;
};

struct auth_file {
	const char	*path;
	struct arena	 room[2];	/* one in use, one for the next */
	int		 in_use;
	const struct user *users;
	size_t		 n;
	const char	*dearest;	/* the hash that takes longest; NULL:
					 * there is none */
	dev_t		 dev;
	ino_t		 ino;
	off_t		 size;
	struct timespec	 changed;
	int64_t		 looked;	/* ms; 0: never */
	bool		 told;		/* that it cannot be read again */
};

static const char sha_prefix[] = "{SHA}";

static bool
is_sha(const char *hash)
{
	return strncmp(hash, sha_prefix, sizeof(sha_prefix) - 1) == 0;
}

/* Why no password can match; NULL: one may. */
static const char *
check_hash(const char *hash)
{
	unsigned char digest[SHA_SIZE + 3];
	struct str s;

	if (is_sha(hash)) {
		s = str_of(hash + sizeof(sha_prefix) - 1);
		return s.n == 28 && decode_base64(s, digest) == SHA_SIZE ?
		    NULL : "{SHA} is not followed by a digest";
	}
	if (strncmp(hash, "$apr1$", 6) == 0)
		return "$apr1$ is httpd's own: make another one with htpasswd "
		    "-B or -5, or openssl passwd -6";
	/* The old form of crypt(3) is 13 characters, the new ones begin
	 * with a sign. */
	if (hash[0] == '$' || hash[0] == '_' || strlen(hash) == 13)
		return NULL;
	return "not a hash that crypt(3) makes: use htpasswd -B or -5, or "
	    "openssl passwd -6";
}

/* The number that follows what is at the beginning of s, or otherwise. */
static uint64_t
number_behind(const char *s, const char *what, uint64_t otherwise)
{
	uint64_t n;
	size_t len;

	len = strlen(what);
	if (strncmp(s, what, len) != 0)
		return otherwise;
	n = 0;
	for (s += len; *s >= '0' && *s <= '9' && n < 1000000000; s++)
		n = n * 10 + (uint64_t)(*s - '0');
	return n;
}

/*
 * About how many microseconds crypt(3) takes for a hash: by its scheme, and by
 * the rounds where these are written in it.  Only the order counts.
 */
static uint64_t
cost_of(const char *hash)
{
	uint64_t n;

	if (is_sha(hash) || check_hash(hash) != NULL)
		return 0;
	if (strncmp(hash, "$5$", 3) == 0 || strncmp(hash, "$6$", 3) == 0)
		return number_behind(hash + 3, "rounds=", 5000) / 2;
	if (strncmp(hash, "$2", 2) == 0 && hash[2] != '\0') {
		n = number_behind(hash + 3, "$", 10);
		return (uint64_t)50 << (n < 31 ? n : 31);
	}
	if (strncmp(hash, "$1$", 3) == 0 || hash[0] != '$')
		return 100;
	/* yescrypt, scrypt and their kind are made to be dear. */
	return 50000;
}

/* NULL when no user can log in by crypt(3): then all cost alike. */
static const char *
find_dearest(const struct auth_file *f)
{
	const char *dearest;
	uint64_t cost, most;
	size_t i;

	dearest = NULL;
	most = 0;
	for (i = 0; i < f->n; i++) {
		cost = cost_of(f->users[i].hash);
		if (cost > most) {
			most = cost;
			dearest = f->users[i].hash;
		}
	}
	return dearest;
}

static size_t
count_lines(struct str s)
{
	size_t i, n;

	n = 1;
	for (i = 0; i < s.n; i++)
		if (s.p[i] == '\n')
			n++;
	return n;
}

/* All users of a text, in the arena.  0, or -1: no room. */
static int
parse_users(struct auth_file *f, struct arena *a, struct str text,
    const char **warning, struct arena *messages)
{
	struct user *users;
	struct str line;
	const char *why;
	size_t colon, n, number;

	users = arena_alloc(a, count_lines(text) * sizeof(*users));
	if (users == NULL)
		return -1;
	n = 0;
	for (number = 1; text.n > 0; number++) {
		line = str_head(text, str_chr(text, '\n'));
		text = str_from(text, line.n + 1);
		line = str_trim(line);
		colon = str_chr(line, ':');
		if (line.n == 0 || line.p[0] == '#' || colon == line.n)
			continue;
		users[n].name = str_head(line, colon);
		line = str_from(line, colon + 1);
		line = str_head(line, str_chr(line, ':'));
		users[n].hash = arena_cstr(a, line);
		if (users[n].hash == NULL)
			return -1;
		why = check_hash(users[n].hash);
		if (why != NULL && warning != NULL && *warning == NULL)
			*warning = arena_printf(messages, "line %zu: user "
			    "%.*s cannot log in: %s", number,
			    STR_ARG(users[n].name), why);
		n++;
	}
	f->users = users;
	f->n = n;
	return 0;
}

/* The whole text of an open file, in the arena; absent with errno. */
static struct str
read_text(int fd, size_t size, struct arena *a)
{
	size_t got;
	ssize_t n;
	char *mem;

	mem = arena_alloc(a, size + 1);
	if (mem == NULL)
		return STR_NONE;
	for (got = 0; got < size; got += (size_t)n) {
		n = read(fd, mem + got, size - got);
		if (n == -1 && errno == EINTR)
			n = 0;
		else if (n == -1)
			return STR_NONE;
		else if (n == 0)
			break;
	}
	return (struct str){ mem, got };
}

/* Both rooms, four times as large as the file is now. */
static int
make_rooms(struct auth_file *f, off_t size)
{
	size_t room;

	room = (size_t)size * 8;
	if (room < ROOM_LEAST)
		room = ROOM_LEAST;
	if (f->room[0].size != 0)
		return 0;
	return arena_init(&f->room[0], room) == -1 ||
	    arena_init(&f->room[1], room) == -1 ? -1 : 0;
}

/* Read the file into the room that is not in use.  0, or -1 with errno. */
static int
read_users(struct auth_file *f, const char **warning, struct arena *messages)
{
	struct arena *a;
	struct stat st;
	struct str text;
	int fd, other;

	fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd == -1)
		return -1;
	text = STR_NONE;
	if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode))
		errno = EINVAL;
	else if (st.st_size > FILE_MAX)
		errno = EFBIG;
	else if (make_rooms(f, st.st_size) == 0) {
		other = !f->in_use;
		a = &f->room[other];
		arena_reset(a);
		text = read_text(fd, (size_t)st.st_size, a);
		if (text.p != NULL && parse_users(f, a, text, warning,
		    messages) == -1)
			text = STR_NONE;
		if (text.p != NULL) {
			f->in_use = other;
			f->dearest = find_dearest(f);
		}
	}
	close(fd);
	if (text.p == NULL)
		return -1;
	f->dev = st.st_dev;
	f->ino = st.st_ino;
	f->size = st.st_size;
	f->changed = st.st_mtim;
	return 0;
}

struct auth_file *
auth_open_file(struct arena *a, const char *path, const char **why,
    const char **warning)
{
	struct auth_file *f;

	*warning = NULL;
	*why = "out of memory";
	f = arena_zalloc(a, sizeof(*f));
	if (f == NULL)
		return NULL;
	f->path = path;
	if (read_users(f, warning, a) == 0)
		return f;
	*why = strerror(errno);
	auth_close_file(f);
	return NULL;
}

void
auth_close_file(struct auth_file *f)
{
	int i;

	for (i = 0; i < 2; i++)
		if (f->room[i].size != 0)
			arena_free(&f->room[i]);
}

/* Read it again when it has changed; what there was stays if that fails. */
static void
look_again(struct auth_file *f, int64_t now)
{
	struct stat st;

	if (f->looked != 0 && now - f->looked < LOOK_EVERY)
		return;
	f->looked = now;
	if (stat(f->path, &st) == 0 && st.st_dev == f->dev &&
	    st.st_ino == f->ino && st.st_size == f->size &&
	    st.st_mtim.tv_sec == f->changed.tv_sec &&
	    st.st_mtim.tv_nsec == f->changed.tv_nsec)
		return;
	if (read_users(f, NULL, NULL) == 0) {
		f->told = false;
		return;
	}
	if (!f->told)
		log_warn("AuthUserFile: %s: has changed, and cannot be read",
		    f->path);
	f->told = true;
}

static const struct user *
find_user(const struct auth_file *f, struct str name)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (str_eq(f->users[i].name, name))
			return &f->users[i];
	return NULL;
}

/*
 * Passwords.
 */

/* What is remembered of one that was right. */
struct memory {
	unsigned char	digest[SHA_SIZE];
	int64_t		until;		/* ms; 0: nothing */
};

static unsigned char key[KEY_SIZE];
static struct memory memories[REMEMBERED];

int
auth_setup(void)
{
	return compat_random(key, sizeof(key));
}

/* Under the key, so that it tells nobody else a password. */
static void
digest_of(const struct auth_file *f, const struct user *user,
    const char *password, unsigned char *digest)
{
	uintptr_t file;
	struct sha c;

	file = (uintptr_t)f;
	sha_begin(&c);
	sha_add(&c, key, sizeof(key));
	sha_add(&c, &file, sizeof(file));
	sha_add(&c, user->name.p, user->name.n);
	sha_add(&c, "", 1);
	sha_add(&c, user->hash, strlen(user->hash) + 1);
	sha_add(&c, password, strlen(password));
	sha_end(&c, digest);
	sha_begin(&c);
	sha_add(&c, key, sizeof(key));
	sha_add(&c, digest, SHA_SIZE);
	sha_end(&c, digest);
	wipe(&c, sizeof(c));
}

static bool
is_remembered(const unsigned char *digest, int64_t now)
{
	bool found;
	size_t i;

	found = false;
	for (i = 0; i < REMEMBERED; i++)
		found |= memories[i].until > now &&
		    is_same(memories[i].digest, digest, SHA_SIZE);
	return found;
}

static void
remember(const unsigned char *digest, int64_t now)
{
	size_t i, oldest;

	oldest = 0;
	for (i = 1; i < REMEMBERED; i++)
		if (memories[i].until < memories[oldest].until)
			oldest = i;
	memcpy(memories[oldest].digest, digest, SHA_SIZE);
	memories[oldest].until = now + REMEMBER;
}

static bool
matches_sha(const char *hash, const char *password)
{
	unsigned char digest[SHA_SIZE], stored[SHA_SIZE + 3];
	struct str s;
	struct sha c;
	bool known;

	s = str_of(hash + sizeof(sha_prefix) - 1);
	memset(stored, 0, sizeof(stored));
	known = s.n == 28 && decode_base64(s, stored) == SHA_SIZE;
	sha_begin(&c);
	sha_add(&c, password, strlen(password));
	sha_end(&c, digest);
	wipe(&c, sizeof(c));
	return is_same(digest, stored, SHA_SIZE) && known;
}

static bool
matches(const char *hash, const char *password)
{
	const char *made;

	if (is_sha(hash))
		return matches_sha(hash, password);
	made = compat_crypt(password, hash);
	if (made == NULL || strlen(made) != strlen(hash))
		return false;
	return is_same(made, hash, strlen(hash)) && check_hash(hash) == NULL;
}

/* Whose hash is tried for a name that is not there, always the same one's. */
static const struct user *
stand_in(const struct auth_file *f, struct str name)
{
	unsigned char digest[SHA_SIZE];
	struct sha c;
	uint32_t n;

	if (f->n == 0)
		return NULL;
	sha_begin(&c);
	sha_add(&c, key, sizeof(key));
	sha_add(&c, name.p, name.n);
	sha_end(&c, digest);
	memcpy(&n, digest, sizeof(n));
	return &f->users[n % f->n];
}

/*
 * What is refused takes as long as the dearest hash of the file, whoever was
 * asked for: how long it takes tells no names.
 */
static void
waste_time(const struct auth_file *f, const char *tried, const char *password)
{
	static volatile bool unused;

	if (f->dearest != NULL && cost_of(tried) < cost_of(f->dearest))
		unused = matches(f->dearest, password);
	(void)unused;
}

static bool
check_password(struct auth_file *f, struct str name, const char *password,
    int64_t now)
{
	unsigned char digest[SHA_SIZE];
	const struct user *user, *tried;

	look_again(f, now);
	user = find_user(f, name);
	tried = user != NULL ? user : stand_in(f, name);
	if (tried == NULL)
		return false;
	digest_of(f, tried, password, digest);
	if (user != NULL && is_remembered(digest, now))
		return true;
	if (!matches(tried->hash, password) || user == NULL) {
		waste_time(f, tried->hash, password);
		return false;
	}
	remember(digest, now);
	return true;
}

/*
 * The user and password of an Authorization field (RFC 7617), in the arena:
 * "user", NUL, "password", NUL.  Absent: there is none, or it is no Basic
 * one.
 */
static struct str
credentials(const struct auth_subject *s, const char **password)
{
	const struct str *value;
	struct str text;
	unsigned char *mem;
	size_t colon;
	long n;

	value = fields_get(s->fields, STR("Authorization"));
	if (value == NULL || !str_casestarts(*value, STR("Basic ")))
		return STR_NONE;
	text = str_trim(str_from(*value, 6));
	if (text.n > SECRET_MAX ||
	    (mem = arena_alloc(s->arena, text.n + 1)) == NULL)
		return STR_NONE;
	if ((n = decode_base64(text, mem)) == -1 ||
	    memchr(mem, '\0', (size_t)n) != NULL)
		return STR_NONE;
	mem[n] = '\0';
	text = (struct str){ (char *)mem, (size_t)n };
	colon = str_chr(text, ':');
	if (colon == text.n)
		return STR_NONE;
	mem[colon] = '\0';
	*password = (const char *)mem + colon + 1;
	return str_head(text, colon);
}

/* 'Basic realm="..."', quoted (RFC 9110 5.6.4). */
static struct str
make_challenge(const struct auth_subject *s)
{
	const char *p;
	struct out o;

	out_begin(&o, s->arena);
	out_z(&o, "Basic realm=\"");
	for (p = s->set->auth_name; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			out_ch(&o, '\\');
		if ((unsigned char)*p >= ' ' && *p != 0x7f)
			out_ch(&o, *p);
	}
	out_ch(&o, '"');
	return out_end(&o, s->arena);
}

/* A user is wanted: can one be asked for at all? */
static bool
can_ask(const struct auth_subject *s)
{
	const char *missing;

	missing = s->set->auth_type == AUTH_TYPE_NONE ? "AuthType Basic" :
	    s->set->auth_name == NULL ? "AuthName" :
	    s->set->auth_file == NULL ? "AuthUserFile" : NULL;
	if (missing != NULL)
		log_warnx("auth: %.*s: Require asks for a user, but there is "
		    "no %s", STR_ARG(s->path), missing);
	return missing == NULL;
}

static int
authenticate(const struct auth_subject *s, struct auth_result *r)
{
	const char *password;
	struct str user;
	bool right;

	if (!can_ask(s))
		return 500;
	r->challenge = make_challenge(s);
	user = credentials(s, &password);
	if (user.p == NULL)
		return 401;
	right = check_password(s->set->auth_file, user, password, s->now);
	wipe((void *)(uintptr_t)password, strlen(password));
	if (!right) {
		log_info("auth: %s: user %.*s: unknown, or a wrong password "
		    "(%.*s)", s->client_ip, STR_ARG(user), STR_ARG(s->path));
		return 401;
	}
	r->user = user;
	if (outcome_of(s->set->require, s, user) == OUTCOME_GRANTED)
		return 0;
	log_info("auth: %s: user %.*s: may not have %.*s", s->client_ip,
	    STR_ARG(user), STR_ARG(s->path));
	return 401;
}

/* httpd: a section that says how users are asked for means to ask. */
static int
refuse_unasked(const struct auth_subject *s)
{
	if (s->set->auth_type != AUTH_TYPE_SECTION || s->vouched)
		return 0;
	log_warnx("auth: %.*s: AuthType Basic stands in a section without a "
	    "Require: add Require valid-user, or AuthType None",
	    STR_ARG(s->path));
	return 500;
}

int
auth_check(const struct auth_subject *s, struct auth_result *r)
{
	memset(r, 0, sizeof(*r));
	if (s->set->require == NULL)
		return refuse_unasked(s);
	switch (outcome_of(s->set->require, s, STR_NONE)) {
	case OUTCOME_GRANTED:
		return 0;
	case OUTCOME_NO_USER:
		return s->vouched ? 0 : authenticate(s, r);
	case OUTCOME_DENIED:
	case OUTCOME_NEUTRAL:
		break;
	}
	log_debug("auth: %s: denied (%.*s)", s->client_ip, STR_ARG(s->path));
	return 403;
}

/*
 * RemoteIP.
 */

/* Addresses that say nothing to somebody outside (httpd). */
static bool
is_private(const struct sockaddr_storage *ss)
{
	const unsigned char *b;
	int family;

	if ((b = bytes_of(ss, &family)) == NULL)
		return true;
	if (family == AF_INET6)
		return (b[0] & 0xe0) != 0x20;
	return b[0] == 10 || b[0] == 127 || (b[0] == 172 &&
	    (b[1] & 0xf0) == 16) || (b[0] == 192 && b[1] == 168) ||
	    (b[0] == 169 && b[1] == 254);
}

/* What stands around an address: blanks, quotes, brackets, a port. */
static struct str
bare_address(struct str s)
{
	size_t colon;

	s = str_trim(s);
	if (s.n > 1 && s.p[0] == '"' && s.p[s.n - 1] == '"')
		s = str_from(str_head(s, s.n - 1), 1);
	if (s.n > 0 && s.p[0] == '[')
		return str_from(str_head(s, str_chr(s, ']')), 1);
	colon = str_chr(s, ':');
	/* One colon divides a port, several are an IPv6 address. */
	if (colon < s.n && str_chr(str_from(s, colon + 1), ':') ==
	    s.n - colon - 1)
		return str_head(s, colon);
	return s;
}

static bool
parse_address(struct str s, struct sockaddr_storage *ss)
{
	struct sockaddr_in *sin;
	struct sockaddr_in6 *sin6;
	char text[INET6_ADDRSTRLEN];

	s = bare_address(s);
	if (s.n == 0 || s.n >= sizeof(text) ||
	    memchr(s.p, '\0', s.n) != NULL)
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	memset(ss, 0, sizeof(*ss));
	sin = (struct sockaddr_in *)ss;
	sin6 = (struct sockaddr_in6 *)ss;
	if (inet_pton(AF_INET, text, &sin->sin_addr) == 1)
		ss->ss_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &sin6->sin6_addr) == 1)
		ss->ss_family = AF_INET6;
	else
		return false;
	return true;
}

/* The last element of a list, which is taken from it. */
static struct str
take_last(struct str *list)
{
	struct str last;
	size_t i;

	for (i = list->n; i > 0 && list->p[i - 1] != ','; i--)
		continue;
	last = str_from(*list, i);
	*list = str_trim(str_head(*list, i == 0 ? 0 : i - 1));
	return last;
}

/* One step: is the last element of the list an address to be believed? */
static bool
step(struct str *list, struct sockaddr_storage *client, bool internal)
{
	struct sockaddr_storage ss;
	struct str rest;

	rest = *list;
	if (!parse_address(take_last(&rest), &ss) ||
	    (!internal && is_private(&ss)))
		return false;
	*list = rest;
	*client = ss;
	return true;
}

/* The field as it is after the steps that were made.  0, or -1. */
static int
put_back(const struct auth_remote *r, struct fields *fields, struct arena *a,
    struct str list, struct str passed)
{
	struct str name;

	name = str_of(r->field);
	if (list.n == 0)
		fields_del(fields, name);
	else if (fields_set(fields, a, name, list) == -1)
		return -1;
	if (passed.n == 0 || r->proxies_field == NULL)
		return 0;
	return fields_set(fields, a, str_of(r->proxies_field), passed);
}

int
auth_find_client(const struct auth_remote *r, struct fields *fields,
    struct arena *a, struct sockaddr_storage *client, char *ip, size_t size)
{
	struct out o;
	struct str list, passed;
	unsigned port;
	bool internal, moved;

	list = fields_join(fields, a, str_of(r->field), STR(", "));
	if (list.p == NULL)
		return errno == ENOMEM ? -1 : 0;
	moved = false;
	out_begin(&o, a);
	while (list.n > 0) {
		internal = auth_in_nets(r->internal, client);
		if ((!internal && !auth_in_nets(r->trusted, client)) ||
		    !step(&list, client, internal))
			break;
		/* Who has spoken for the next one was passed. */
		if (!internal && o.n > 0)
			out_z(&o, ", ");
		if (!internal)
			out_z(&o, ip);
		io_address(client, ip, size, &port);
		moved = true;
	}
	passed = out_end(&o, a);
	if (passed.p == NULL)
		return -1;
	return moved ? put_back(r, fields, a, list, passed) : 0;
}
