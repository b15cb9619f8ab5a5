/*
 * buf: memory.  The slice, the arena and the bounded builder.
 *
 * Nothing here is freed alone, nothing is NUL-terminated in place, nothing
 * reads or writes a descriptor.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "compat.h"

struct str
str_of(const char *z)
{
	if (z == NULL)
		return STR_NONE;
	return (struct str){ z, strlen(z) };
}

bool
str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool
str_caseeq(struct str a, struct str b)
{
	size_t i;

	if (a.n != b.n)
		return false;
	for (i = 0; i < a.n; i++)
		if (ch_lower(a.p[i]) != ch_lower(b.p[i]))
			return false;
	return true;
}

bool
str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq(str_head(s, prefix.n), prefix);
}

bool
str_casestarts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_caseeq(str_head(s, prefix.n), prefix);
}

size_t
str_chr(struct str s, char c)
{
	const char *p;

	if (s.n == 0)
		return 0;
	p = memchr(s.p, c, s.n);
	return p == NULL ? s.n : (size_t)(p - s.p);
}

struct str
str_from(struct str s, size_t i)
{
	if (i >= s.n)
		i = s.n;
	return (struct str){ s.p == NULL ? NULL : s.p + i, s.n - i };
}

struct str
str_head(struct str s, size_t n)
{
	if (n < s.n)
		s.n = n;
	return s;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct str
str_trim(struct str s)
{
	while (s.n > 0 && is_blank(s.p[0]))
		s = str_from(s, 1);
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* Length of the first element of a list: up to a comma outside quotes. */
static size_t
element_length(struct str list)
{
	bool quoted;
	size_t i;

	quoted = false;
	for (i = 0; i < list.n; i++) {
		if (list.p[i] == '"')
			quoted = !quoted;
		else if (list.p[i] == '\\' && quoted)
			i++;
		else if (list.p[i] == ',' && !quoted)
			return i;
	}
	return list.n;
}

struct str
str_list_next(struct str *list)
{
	struct str s;
	size_t n;

	while (list->n > 0) {
		n = element_length(*list);
		s = str_trim(str_head(*list, n));
		*list = str_from(*list, n + 1);
		if (s.n > 0)
			return s;
	}
	return STR_NONE;
}

int
str_u64(struct str s, uint64_t *value)
{
	uint64_t digit, v;
	size_t i;

	if (s.n == 0) {
		errno = EINVAL;
		return -1;
	}
	v = 0;
	for (i = 0; i < s.n; i++) {
		if (!ch_isdigit(s.p[i])) {
			errno = EINVAL;
			return -1;
		}
		digit = (uint64_t)(s.p[i] - '0');
		if (v > (UINT64_MAX - digit) / 10) {
			errno = ERANGE;
			return -1;
		}
		v = v * 10 + digit;
	}
	*value = v;
	return 0;
}

bool
ch_isdigit(char c)
{
	return c >= '0' && c <= '9';
}

bool
ch_isalpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char
ch_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

char
ch_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c & ~0x20) : c;
}

int
ch_hex(char c)
{
	if (ch_isdigit(c))
		return c - '0';
	c = ch_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*
 * A growing arena's pieces.  The header keeps what follows it aligned.
 */
struct arena_chunk {
	struct arena_chunk	*next;
	max_align_t		 align;
};

enum {
	ALIGN = _Alignof(max_align_t),
	CHUNK = 64 * 1024
};

int
arena_init(struct arena *a, size_t size)
{
	memset(a, 0, sizeof(*a));
	a->base = malloc(size);
	if (a->base == NULL)
		return -1;
	a->size = size;
	return 0;
}

int
arena_init_growing(struct arena *a)
{
	memset(a, 0, sizeof(*a));
	a->grows = true;
	return 0;
}

void
arena_release(struct arena *a, size_t used)
{
	if (a->touched < a->used)
		a->touched = a->used;
	a->used = used;
}

void
arena_reset(struct arena *a)
{
	if (a->touched < a->used)
		a->touched = a->used;
	if (a->touched > ARENA_KEEP)
		compat_forget(a->base + ARENA_KEEP, a->touched - ARENA_KEEP);
	a->used = a->touched = 0;
}

void
arena_free(struct arena *a)
{
	struct arena_chunk *c, *next;

	if (!a->grows)
		free(a->base);
	for (c = a->chunks; c != NULL; c = next) {
		next = c->next;
		free(c);
	}
	memset(a, 0, sizeof(*a));
}

static int
add_chunk(struct arena *a, size_t n)
{
	struct arena_chunk *c;
	size_t size;

	size = n > CHUNK ? n : CHUNK;
	c = malloc(sizeof(*c) + size);
	if (c == NULL)
		return -1;
	c->next = a->chunks;
	a->chunks = c;
	a->base = (char *)(c + 1);
	a->size = size;
	a->used = 0;
	return 0;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	void *p;

	if (n > SIZE_MAX / 2) {
		errno = ENOMEM;
		return NULL;
	}
	n = (n + ALIGN - 1) / ALIGN * ALIGN;
	if (n > a->size - a->used) {
		if (!a->grows || add_chunk(a, n) == -1) {
			errno = ENOMEM;
			return NULL;
		}
	}
	p = a->base + a->used;
	a->used += n;
	return p;
}

void *
arena_zalloc(struct arena *a, size_t n)
{
	void *p;

	p = arena_alloc(a, n);
	if (p != NULL)
		memset(p, 0, n);
	return p;
}

struct str
arena_dup(struct arena *a, struct str s)
{
	char *p;

	p = arena_alloc(a, s.n > 0 ? s.n : 1);
	if (p == NULL)
		return STR_NONE;
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return (struct str){ p, s.n };
}

char *
arena_cstr(struct arena *a, struct str s)
{
	char *p;

	if (str_chr(s, '\0') != s.n) {
		errno = EINVAL;
		return NULL;
	}
	p = arena_alloc(a, s.n + 1);
	if (p == NULL)
		return NULL;
	if (s.n > 0)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return p;
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		return NULL;
	p = arena_alloc(a, (size_t)n + 1);
	if (p == NULL)
		return NULL;
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}

void
out_init(struct out *o, char *p, size_t cap)
{
	o->p = p;
	o->n = 0;
	o->cap = cap;
	o->bad = false;
}

void
out_begin(struct out *o, struct arena *a)
{
	out_init(o, a->base + a->used, a->size - a->used);
}

struct str
out_end(struct out *o, struct arena *a)
{
	if (!o->bad && arena_alloc(a, o->n) == NULL)
		o->bad = true;
	if (o->bad && a->touched < a->used + o->n)
		a->touched = a->used + o->n;
	return out_done(o);
}

void
out_str(struct out *o, struct str s)
{
	if (o->bad || s.n > o->cap - o->n) {
		o->bad = true;
		return;
	}
	if (s.n > 0)
		memcpy(o->p + o->n, s.p, s.n);
	o->n += s.n;
}

void
out_z(struct out *o, const char *z)
{
	out_str(o, str_of(z));
}

void
out_ch(struct out *o, char c)
{
	if (o->bad || o->n == o->cap) {
		o->bad = true;
		return;
	}
	o->p[o->n++] = c;
}

void
out_html(struct out *o, struct str s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		switch (s.p[i]) {
		case '&':
			out_z(o, "&amp;");
			break;
		case '<':
			out_z(o, "&lt;");
			break;
		case '>':
			out_z(o, "&gt;");
			break;
		case '"':
			out_z(o, "&quot;");
			break;
		default:
			out_ch(o, s.p[i]);
			break;
		}
}

static void
out_number(struct out *o, uint64_t v, unsigned base)
{
	char digits[24], *p;

	p = digits + sizeof(digits);
	do {
		*--p = "0123456789abcdef"[v % base];
		v /= base;
	} while (v > 0);
	out_str(o, (struct str){ p, (size_t)(digits + sizeof(digits) - p) });
}

void
out_u64(struct out *o, uint64_t v)
{
	out_number(o, v, 10);
}

void
out_hex(struct out *o, uint64_t v)
{
	out_number(o, v, 16);
}

void
out_fmt(struct out *o, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (o->bad)
		return;
	va_start(ap, fmt);
	n = vsnprintf(o->p + o->n, o->cap - o->n, fmt, ap);
	va_end(ap);
	/* vsnprintf wants room for the NUL, which is not kept. */
	if (n < 0 || (size_t)n >= o->cap - o->n) {
		o->bad = true;
		return;
	}
	o->n += (size_t)n;
}

struct str
out_done(const struct out *o)
{
	if (o->bad)
		return STR_NONE;
	return (struct str){ o->p, o->n };
}
