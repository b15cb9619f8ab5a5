/*
 * pattern: httpd's regular expressions as POSIX EREs: compile, match a slice,
 * substitute.
 */
#ifndef PATTERN_H
#define PATTERN_H

#include <stdbool.h>

#include "buf.h"

/* Compiled; const after that. */
struct pattern;

/* $0 to $9 */
enum { PATTERN_GROUPS = 10 };

/*
 * What is matched, and the copy with a NUL that regexec(3) needs, made at the
 * first need in the arena of pattern_match().
 */
struct pattern_text {
	struct str	 s;
	const char	*z;		/* NULL at first */
};

/*
 * Compile re.  captures: $0 to $9 are wanted.  NULL with *p in the arena, or
 * what is wrong (in the arena or static).
 *
 * Of Perl's language (?i) and (?s) at the beginning, (?:, \d \w \s \h \D \W
 * \S \A \z \t \n \xhh and backslashes in brackets are translated, \b at
 * either end of the expression beside a word, and lazy quantifiers where
 * captures are not wanted; what an ERE cannot say (other (?, possessive
 * quantifiers, back-references) is refused by name, with how to write it.
 */
const char	*pattern_compile(struct pattern **p, struct arena *a,
		    const char *re, bool nocase, bool captures);

/* Free what regcomp(3) allocated; NULL is nothing. */
void		 pattern_free(const struct pattern *p);

/*
 * 1: it matches, 0: it does not, -1: the arena is full, or it was refused,
 * because it would cost too much (pattern_refusal).  group (NULL: not
 * wanted) gets PATTERN_GROUPS slices of t->s, absent where nothing matched.
 * A text with a NUL never matches an expression.
 */
int		 pattern_match(const struct pattern *p,
		    struct pattern_text *t, struct arena *a,
		    struct str *group);

/*
 * Note that a match is refused, and why, in words that do not change: -1.
 */
int		 pattern_refuse(const struct pattern *p, const char *why);

/*
 * The expression of which a match was refused since the last call, with *why;
 * NULL: none.
 */
const char	*pattern_refusal(const char **why);

/* Can one match go to the end of the text and find nothing? */
bool		 pattern_is_costly(const struct pattern *p);

/* No metacharacter at all (httpd: then SetEnvIf substitutes nothing). */
bool		 pattern_is_plain(const struct pattern *p);

/* Does it begin with ^? */
bool		 pattern_is_anchored(const struct pattern *p);

/* Where POSIX and Perl will take different groups, in words; NULL. */
const char	*pattern_warning(const struct pattern *p);

/* Has text $0 to $9 or a backslash? */
bool		 pattern_has_reference(const char *text);

/*
 * text with $0 to $9 replaced; a backslash takes the meaning from what
 * follows (httpd).  In the arena, or a group; absent: the arena is full.
 */
struct str	 pattern_substitute(struct arena *a, struct str text,
		    const struct str *group);

#endif
