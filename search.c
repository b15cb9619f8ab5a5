/*
 * search: where an extended regular expression matches first.
 *
 * regexec(3) tries one beginning after the other, and what repeats without
 * end may go to the end of the text from each of them before it fails: the
 * square of the length, which is a client's choice.  Whether there is a match
 * is asked in one pass by ^.*(re).  Where the first one begins is asked of the
 * text backwards, by the expression backwards: there it is the longest.  It
 * compiles nothing and never looks at an expression that is not well formed.
 */
#include <regex.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "search.h"

enum {
	COUNTED_MAX = 8,	/* copies; states may be 2 to that power */
	COUNTED_ALONE = 64,	/* the same, where nothing is endless */
	TEXT_MAX = 4096		/* bytes of an expression; it calls itself */
};

/* Behind the bracket at p. */
static const char *
skip_bracket(const char *p)
{
	p++;
	p += *p == '^';
	p += *p == ']';
	while (*p != ']')
		if (p[0] == '[' && p[1] == ':')
			p = strstr(p, ":]") + 2;
		else
			p++;
	return p + 1;
}

/* Behind the atom at p, without what repeats it. */
static const char *
skip_atom(const char *p)
{
	if (*p == '\\')
		return p + 2;
	if (*p == '[')
		return skip_bracket(p);
	if (*p++ != '(')
		return p;
	while (*p != ')')
		p = skip_atom(p);
	return p + 1;
}

/* Behind what repeats the atom before p. */
static const char *
skip_repetition(const char *p)
{
	while (*p == '*' || *p == '+' || *p == '?' || *p == '{')
		p = *p == '{' ? strchr(p, '}') + 1 : p + 1;
	return p;
}

/* How often {n,m} at p repeats at most; *endless: {n,}. */
static unsigned long
read_count(const char *p, bool *endless)
{
	unsigned long n;
	char *end;

	n = strtoul(p + 1, &end, 10);
	if (*end == ',' && end[1] == '}')
		*endless = true;
	else if (*end == ',')
		n = strtoul(end + 1, NULL, 10);
	return n;
}

/* Must it match from the beginning of the text, whatever it is? */
static bool
is_fixed(const char *ere)
{
	const char *p;

	if (*ere != '^')
		return false;
	for (p = ere; *p != '\0'; p = skip_atom(p))
		if (*p == '|')
			return false;
	return true;
}

/* The next thing in an ERE, groups gone into. */
static const char *
step_into(const char *p)
{
	if (*p == '{')
		return strchr(p, '}') + 1;
	return *p == '(' ? p + 1 : skip_atom(p);
}

/*
 * Is the group at p repeated with an anchor in it?  glibc takes (a|$){2} for
 * more than it says when it stands behind .*
 */
static bool
repeats_anchor(const char *p)
{
	const char *end;

	end = skip_atom(p);
	if (*end != '*' && *end != '+' && *end != '{')
		return false;
	for (; p < end; p = step_into(p))
		if (*p == '^' || *p == '$')
			return true;
	return false;
}

enum search_cost
search_judge(const char *ere)
{
	unsigned long counted;
	const char *p;
	bool anchors, endless;

	if (is_fixed(ere))
		return SEARCH_PLAIN;
	counted = 0;
	anchors = endless = false;
	for (p = ere; *p != '\0'; p = step_into(p)) {
		if (*p == '*' || *p == '+')
			endless = true;
		else if (*p == '{')
			counted += read_count(p, &endless);
		else if (*p == '(')
			anchors |= repeats_anchor(p);
	}
	if (!endless)
		return counted > COUNTED_ALONE ? SEARCH_HEAVY : SEARCH_PLAIN;
	return counted > COUNTED_MAX || anchors || strlen(ere) > TEXT_MAX ?
	    SEARCH_HEAVY : SEARCH_SQUARE;
}

static void	out_backwards(struct out *, const char *, const char *);

/* An atom and what repeats it. */
static void
out_atom(struct out *o, const char *p, const char *end)
{
	const char *behind;

	behind = skip_atom(p);
	if (*p == '(') {
		out_ch(o, '(');
		out_backwards(o, p + 1, behind - 1);
		out_ch(o, ')');
	} else if (*p == '^')
		out_ch(o, '$');
	else if (*p == '$')
		out_ch(o, '^');
	else
		out_str(o, (struct str){ p, (size_t)(behind - p) });
	out_str(o, (struct str){ behind, (size_t)(end - behind) });
}

/* The atoms of a branch, the last one first. */
static void
out_branch(struct out *o, const char *p, const char *end)
{
	const char *next;

	if (p == end)
		return;
	next = skip_repetition(skip_atom(p));
	out_branch(o, next, end);
	out_atom(o, p, next);
}

/* All branches from p to end. */
static void
out_backwards(struct out *o, const char *p, const char *end)
{
	const char *bar;

	for (;;) {
		for (bar = p; bar < end && *bar != '|'; bar = skip_atom(bar))
			continue;
		out_branch(o, p, bar);
		if (bar == end)
			return;
		out_ch(o, '|');
		p = bar + 1;
	}
}

const char *
search_anywhere(const char *ere, struct arena *a)
{
	return arena_printf(a, "^.*(%s)", ere);
}

const char *
search_backwards(const char *ere, struct arena *a)
{
	struct out o;
	size_t n;
	char *mem;

	n = strlen(ere) + sizeof("^.*()");
	mem = arena_alloc(a, n);
	if (mem == NULL)
		return NULL;
	out_init(&o, mem, n);
	out_z(&o, "^.*(");
	out_backwards(&o, ere, ere + strlen(ere));
	out_ch(&o, ')');
	out_ch(&o, '\0');
	return out_done(&o).p;
}

long
search_first(const regex_t *re, struct str text, struct arena *a)
{
	regmatch_t m;
	size_t i, mark;
	char *z;
	int none;

	mark = a->used;
	z = arena_alloc(a, text.n + 1);
	if (z == NULL)
		return -2;
	for (i = 0; i < text.n; i++)
		z[i] = text.p[text.n - 1 - i];
	z[text.n] = '\0';
	none = regexec(re, z, 1, &m, 0);
	arena_release(a, mark);
	return none != 0 ? -1 : (long)text.n - (long)m.rm_eo;
}
