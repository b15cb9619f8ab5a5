/*
 * buf: memory.  The arena that a request lives in, the slice that names
 * bytes in it, the bounded builder that appends to it.
 */
#ifndef BUF_H
#define BUF_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A slice: n bytes at p, not NUL-terminated, not owned.  A slice with
 * p == NULL is "absent"; one with n == 0 and p != NULL is "empty".
 */
struct str {
	const char	*p;
	size_t		 n;
};

/* A slice over a string literal. */
#define STR(lit)	((struct str){ (lit), sizeof(lit) - 1 })
#define STR_NONE	((struct str){ NULL, 0 })

/* Number of elements of an array. */
#define NELEM(a)	(sizeof(a) / sizeof((a)[0]))

/*
 * For printf("%.*s", STR_ARG(s)).  STR_ARG is for lines that somebody reads: it
 * cuts the slice at 1024 bytes.  STR_ALL is for values that are used: it cuts
 * nothing.
 */
#define STR_ALL(s)	((int)((s).n > INT_MAX ? INT_MAX : (s).n)), \
			((s).p == NULL ? "" : (s).p)
#define STR_ARG(s)	((int)((s).n > 1024 ? 1024 : (s).n)), \
			((s).p == NULL ? "" : (s).p)

/* The slice over a NUL-terminated string; absent for NULL. */
struct str	str_of(const char *z);

/* Same bytes?  str_caseeq ignores the case of ASCII letters. */
bool		str_eq(struct str a, struct str b);
bool		str_caseeq(struct str a, struct str b);

/* Does s begin with prefix?  The second ignores the case of letters. */
bool		str_starts(struct str s, struct str prefix);
bool		str_casestarts(struct str s, struct str prefix);

/* Index of the first c in s, s.n when there is none. */
size_t		str_chr(struct str s, char c);

/* The part of s from index i on (empty when i >= s.n). */
struct str	str_from(struct str s, size_t i);

/* The first n bytes of s, or all of it. */
struct str	str_head(struct str s, size_t n);

/* s without SP and HTAB at both ends (OWS of RFC 9110 5.6.3). */
struct str	str_trim(struct str s);

/*
 * The next element of a comma separated list (RFC 9110 5.6.1): trimmed,
 * empty elements skipped.  Advances *list; returns an absent slice at the
 * end.  Commas inside quoted strings do not separate.
 */
struct str	str_list_next(struct str *list);

/*
 * The whole slice as an unsigned decimal, digits only: no sign, no blank,
 * not empty.  0, or -1 with errno EINVAL (syntax) or ERANGE (overflow).
 */
int		str_u64(struct str s, uint64_t *value);

/* ASCII without the locale. */
bool		ch_isdigit(char c);
bool		ch_isalpha(char c);
char		ch_lower(char c);
char		ch_upper(char c);
/* Value of a hexadecimal digit, -1 for any other byte. */
int		ch_hex(char c);

/*
 * The arena: allocation by moving a mark, nothing is freed alone.  A fixed
 * arena (a worker's) is full when its size is used up.  A growing arena (a
 * configuration's) takes more memory as it needs it.
 */
struct arena_chunk;

struct arena {
	char			*base;
	size_t			 used;
	size_t			 size;	/* bytes */
	size_t			 touched; /* by builders that were bad */
	struct arena_chunk	*chunks; /* growing arena: what to free */
	bool			 grows;
};

/*
 * size bytes of address space, touched only as far as used.
 * 0, or -1 with errno.
 */
int		arena_init(struct arena *a, size_t size);

/* A growing arena.  0, or -1 with errno. */
int		arena_init_growing(struct arena *a);

/* What a reset keeps for the next time, bytes; the rest is given back. */
enum { ARENA_KEEP = 256 * 1024 };

/*
 * Forget all that was allocated, and give the pages above ARENA_KEEP back to
 * the system.  Fixed arenas only.
 */
void		arena_reset(struct arena *a);

/*
 * Forget what was allocated since ->used was that much.  Fixed arenas only.
 */
void		arena_release(struct arena *a, size_t used);

/* Give the memory back; *a is unusable until it is initialised again. */
void		arena_free(struct arena *a);

/*
 * n bytes, aligned for any type.  NULL with errno ENOMEM when the arena is
 * full.  arena_zalloc clears them.
 */
void		*arena_alloc(struct arena *a, size_t n);
void		*arena_zalloc(struct arena *a, size_t n);

/* A copy of s in the arena; absent when the arena is full. */
struct str	arena_dup(struct arena *a, struct str s);

/*
 * The one bridge to the OS: a NUL-terminated copy.  NULL with errno EINVAL
 * when s holds a NUL, ENOMEM when the arena is full.
 */
char		*arena_cstr(struct arena *a, struct str s);

/* A printf into the arena; NULL with errno ENOMEM when it is full. */
char		*arena_printf(struct arena *a, const char *fmt, ...)
		    __attribute__((__format__(printf, 2, 3)));

/*
 * The bounded builder.  Appending to a builder that is bad does nothing; one
 * that runs out of room becomes bad.  The caller asks once, at the end.
 */
struct out {
	char	*p;
	size_t	 n;
	size_t	 cap;
	bool	 bad;
};

/* Build into cap bytes at p. */
void		out_init(struct out *o, char *p, size_t cap);

/*
 * Build into all that is left of a fixed arena; nothing else may be taken
 * from the arena until out_end(), which keeps what was built and returns it
 * (absent when the builder is bad).
 */
void		out_begin(struct out *o, struct arena *a);
struct str	out_end(struct out *o, struct arena *a);

void		out_str(struct out *o, struct str s);
void		out_z(struct out *o, const char *z);
void		out_ch(struct out *o, char c);
/* The text with & < > " as HTML wants them. */
void		out_html(struct out *o, struct str s);
void		out_u64(struct out *o, uint64_t v);
void		out_hex(struct out *o, uint64_t v);
void		out_fmt(struct out *o, const char *fmt, ...)
		    __attribute__((__format__(printf, 2, 3)));

/* What has been built; absent when bad. */
struct str	out_done(const struct out *o);

#endif
