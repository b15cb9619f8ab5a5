/*
 * search: where an extended regular expression matches first, at a cost that
 * grows with the length of the text and not with its square.
 */
#ifndef SEARCH_H
#define SEARCH_H

#include <regex.h>

#include "buf.h"

/* What regexec(3) costs on a text of n bytes. */
enum search_cost {
	SEARCH_PLAIN,		/* n: nothing need be done */
	SEARCH_SQUARE,		/* n * n: it goes to the end from each byte */
	SEARCH_HEAVY		/* the same, and nothing helps: counted
				 * repetitions beside endless ones */
};

/* Judge an ERE that regcomp(3) takes. */
enum search_cost	search_judge(const char *ere);

/*
 * For a SEARCH_SQUARE: an expression that matches a text, from its beginning,
 * if the first one matches anywhere in it.  In the arena; NULL when it is
 * full.
 */
const char	*search_anywhere(const char *ere, struct arena *a);

/*
 * The same for the text backwards; the end of the match is then where the
 * first match of the text begins.
 */
const char	*search_backwards(const char *ere, struct arena *a);

/*
 * Where the first match begins: re is what search_backwards() made, compiled
 * with regcomp(3).  -1: there is none, -2: the arena, a fixed one, is full.
 * The text has no NUL.
 */
long		search_first(const regex_t *re, struct str text,
		    struct arena *a);

#endif
