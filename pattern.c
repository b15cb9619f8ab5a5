/*
 * pattern: httpd's regular expressions, which are Perl's, as POSIX EREs.
 *
 * What an ERE cannot say is refused by name when it is compiled; matching
 * never fails but for memory.  It knows nothing of where an expression came
 * from and what is done with a match.
 */
#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "pattern.h"
#include "search.h"

enum {
	MATCHES = 32,		/* of regexec(3); ours stand between them */
	DEPTH_MAX = 100,	/* of groups: regcomp(3) may call itself */
	WEIGHT_MAX = 50000,	/* atoms, as regcomp(3) multiplies them out */
	SHORT_TEXT = 128,	/* bytes of which the square is no matter */
	HEAVY_TEXT = 8190	/* bytes that a heavy expression may match */
};

/*
 * Most expressions of real configurations are a dot or a word, and they are
 * matched at each request: these are not given to regexec(3), which also
 * wants its subject copied for the NUL.
 */
enum pattern_kind {
	PATTERN_ANY,		/* . .* .+ (.*) (.+), anchored or not */
	PATTERN_TEXT,		/* a text, anchored or not */
	PATTERN_REGEX
};

struct pattern {
	enum pattern_kind	 kind;
	bool			 nocase;
	bool			 plain;		/* no metacharacter at all */
	bool			 anchored;	/* it begins with ^ */
	bool			 head;		/* TEXT: ^ */
	bool			 tail;		/* TEXT: $ */
	struct str		 text;
	size_t			 least;		/* ANY: bytes */
	bool			 one;		/* ANY: $0 is one byte */
	bool			 group;		/* ANY: $1 is all */
	enum search_cost	 cost;
	regex_t			 re;
	regex_t			 backwards;	/* of SEARCH_SQUARE, if groups
						 * are wanted */
	bool			 has_backwards;
	const char		*text_of;	/* as it was written */
	size_t			 groups;	/* $1 to $9 that there are */
	size_t			 number[PATTERN_GROUPS];	/* regexec's */
	bool			 first;		/* its 1 is a leading \b */
	size_t			 last;		/* that of a final \b, 0 */
	const char		*warning;	/* NULL: none */
};

static bool
is_word(char c)
{
	return ch_isalpha(c) || ch_isdigit(c) || c == '_';
}

static bool
is_meta(char c)
{
	return c != '\0' && strchr("^$.[]()|*+?{}\\", c) != NULL;
}

static bool
compile_any(struct pattern *p, const char *re)
{
	static const struct {
		struct str	re;
		size_t		least;
		bool		one;
		bool		group;
	} table[] = {
		{ { ".", 1 }, 1, true, false },
		{ { ".*", 2 }, 0, false, false },
		{ { ".+", 2 }, 1, false, false },
		{ { "(.*)", 4 }, 0, false, true },
		{ { "(.+)", 4 }, 1, false, true }
	};
	struct str s;
	size_t i;
	bool tail;

	s = str_of(re);
	if (s.n > 0 && s.p[0] == '^')
		s = str_from(s, 1);
	tail = s.n > 0 && s.p[s.n - 1] == '$';
	if (tail)
		s.n--;
	for (i = 0; i < NELEM(table); i++) {
		if (!str_eq(s, table[i].re) || (tail && table[i].one))
			continue;
		p->kind = PATTERN_ANY;
		p->least = table[i].least;
		p->one = table[i].one;
		p->group = table[i].group;
		return true;
	}
	return false;
}

/* A text, with ^ before and $ behind it: 1; no: 0; arena full: -1. */
static int
compile_text(struct pattern *p, struct arena *a, const char *re)
{
	struct out o;
	char *mem;

	mem = arena_alloc(a, strlen(re) + 1);
	if (mem == NULL)
		return -1;
	out_init(&o, mem, strlen(re) + 1);
	p->head = *re == '^';
	p->tail = false;
	for (re += p->head; *re != '\0'; re++) {
		if (*re == '$' && re[1] == '\0') {
			p->tail = true;
			break;
		}
		if (*re == '\\' && re[1] != '\0' && !is_word(re[1]))
			re++;
		else if (is_meta(*re))
			return 0;
		out_ch(&o, *re);
	}
	p->kind = PATTERN_TEXT;
	p->text = out_done(&o);
	p->plain = !p->head && !p->tail;
	return 1;
}

/* Perl's language -> POSIX ERE. */
struct ere {
	const char	*re;		/* all of it */
	const char	*p;		/* what is left */
	const char	*why;		/* what is wrong; NULL */
	struct out	 o;
	struct out	 set;		/* a bracket's ordinary members */
	bool		 atom;		/* there is something to repeat */
	bool		 repeated;	/* it has a quantifier */
	bool		 captures;	/* what a group takes is wanted */
	size_t		 groups;	/* regcomp's, ours among them */
	size_t		 depth;		/* open groups */
	uint64_t	 weight[DEPTH_MAX + 1];	/* atoms in each of them */
	uint64_t	 last;		/* weight of the last atom */
	struct pattern	*pattern;
};

/* A class of Perl's as the inside of a bracket; NULL: none. */
static const char *
class_of(char c)
{
	switch (c) {
	case 'd': case 'D':
		return "0-9";
	case 'w': case 'W':
		return "A-Za-z0-9_";
	case 's': case 'S':
		return "[:space:]";
	case 'h': case 'H':
		return " \t";
	default:
		return NULL;
	}
}

/*
 * The byte that an escape stands for; t->p is behind its backslash, and
 * behind all of it afterwards.  -1 with t->why.
 */
static int
escaped_byte(struct ere *t)
{
	static const char from[] = "tnrfvea", to[] = "\t\n\r\f\v\033\a";
	const char *at;
	char c;
	int v;

	c = *t->p++;
	if (c == '\0') {
		t->p--;
		t->why = "a backslash ends the expression";
		return -1;
	}
	if (!is_word(c))
		return (unsigned char)c;
	at = strchr(from, c);
	if (at != NULL)
		return to[at - from];
	if (c == 'x' && ch_hex(t->p[0]) != -1 && ch_hex(t->p[1]) != -1) {
		v = ch_hex(t->p[0]) * 16 + ch_hex(t->p[1]);
		t->p += 2;
		if (v != 0)
			return v;
	}
	if (c >= '1' && c <= '9')
		t->why = "an ERE has no back-references: "
		    "write the text of \\1 again";
	else
		t->why = "an ERE has no such escape: \\d \\w \\s \\t \\n \\xhh "
		    "and a backslash before a sign are known";
	return -1;
}

static void
add_byte(struct ere *t, char c)
{
	if (is_meta(c) && c != ']' && c != '}')
		out_ch(&t->o, '\\');
	out_ch(&t->o, c);
	t->atom = true;
	t->repeated = false;
}

/* Is p[0] something that repeats zero times, so that the word may miss? */
static bool
may_vanish(const char *p)
{
	return *p == '*' || *p == '?' || *p == '{';
}

/*
 * Where the word atom at p ends: a letter, digit or _, \w, \d, a bracket of
 * such.  NULL: it is none.
 */
static const char *
skip_word_atom(const char *p)
{
	if (*p == '\\' && (p[1] == 'w' || p[1] == 'd'))
		p += 2;
	else if (*p == '[') {
		for (p++; is_word(*p) || *p == '-'; p++)
			continue;
		if (*p++ != ']')
			return NULL;
	} else if (is_word(*p))
		p++;
	else
		return NULL;
	return may_vanish(p) ? NULL : p;
}

/* The parenthesis that closes the one at p; NULL: none. */
static const char *
find_close(const char *p)
{
	int depth;

	depth = 0;
	for (; *p != '\0'; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		else if (*p == '[')
			return NULL;
		else if (*p == '(')
			depth++;
		else if (*p == ')' && --depth == 0)
			return p;
	}
	return NULL;
}

/* What stands in the group at p: behind ( or (?: */
static const char *
inside_group(const char *p)
{
	return p[1] == '?' && p[2] == ':' ? p + 3 : p + 1;
}

/*
 * Does p begin with a word, whatever it matches?  A group does when it is
 * made of plain words: (foo|bar).
 */
static bool
begins_word(const char *p)
{
	const char *close, *first;

	if (*p != '(')
		return skip_word_atom(p) != NULL;
	close = find_close(p);
	if (close == NULL || may_vanish(close + 1))
		return false;
	first = inside_group(p) - 1;
	for (p = first; p < close; p++)
		if ((p == first || *p == '|') && !is_word(p[1]))
			return false;
		else if (p > first && !is_word(*p) && *p != '|')
			return false;
	return true;
}

/* Does the expression up to end finish with a word? */
static bool
ends_word(const char *re, const char *end)
{
	const char *p;

	if (end > re + 1 && end[-1] == '+')
		end--;
	if (end == re)
		return false;
	if (end[-1] == ')') {
		for (p = end - 1; p > re && *p != '('; p--)
			continue;
		return find_close(p) == end - 1 && begins_word(p);
	}
	if (!is_word(end[-1]))
		return false;
	return end - 1 == re || end[-2] != '\\' || end[-1] == 'w' ||
	    end[-1] == 'd';
}

/*
 * \b at either end of the expression: a group of ours that takes the byte
 * beside the word; match_regex() takes it out of $0 and the numbering.
 */
static void
add_boundary(struct ere *t)
{
	if (t->p == t->re + 2 && begins_word(t->p)) {
		out_z(&t->o, "(^|[^A-Za-z0-9_])");
		t->pattern->first = true;
		t->groups++;
	} else if (*t->p == '\0' && ends_word(t->re, t->p - 2)) {
		out_z(&t->o, "([^A-Za-z0-9_]|$)");
		t->pattern->last = ++t->groups;
	} else
		t->why = "an ERE has no \\b: it is understood only at the "
		    "ends of the expression, beside a word; write "
		    "(^|[^A-Za-z0-9_])";
	t->atom = false;
}

static void
add_escape(struct ere *t)
{
	const char *class;
	char c;
	int v;

	c = *++t->p;
	class = class_of(c);
	if (class != NULL || c == 'A' || c == 'z' || c == 'Z' || c == 'b')
		t->p++;
	if (class != NULL) {
		out_z(&t->o, c < 'a' ? "[^" : "[");
		out_z(&t->o, class);
		out_ch(&t->o, ']');
		t->atom = true;
		t->repeated = false;
	} else if (c == 'A' || c == 'z' || c == 'Z') {
		out_ch(&t->o, c == 'A' ? '^' : '$');
		t->atom = false;
	} else if (c == 'b')
		add_boundary(t);
	else if ((v = escaped_byte(t)) != -1)
		add_byte(t, (char)v);
}

/* One byte of a bracket, escaped or not; -1 with t->why. */
static int
set_byte(struct ere *t)
{
	if (*t->p != '\\')
		return (unsigned char)*t->p++;
	t->p++;
	if (*t->p == 'b') {
		t->p++;
		return '\b';
	}
	return escaped_byte(t);
}

/* Members that a bracket of an ERE takes only at certain places. */
struct special {
	bool	close;
	bool	open;
	bool	caret;
	bool	dash;
};

static bool
note_special(struct special *sp, int c)
{
	switch (c) {
	case ']':
		return sp->close = true;
	case '[':
		return sp->open = true;
	case '^':
		return sp->caret = true;
	case '-':
		return sp->dash = true;
	default:
		return false;
	}
}

/* A single member or a range. */
static void
add_member(struct ere *t, struct special *sp)
{
	struct special end;
	int from, to;

	from = set_byte(t);
	if (from == -1)
		return;
	if (t->p[0] != '-' || t->p[1] == ']' || t->p[1] == '\0') {
		if (!note_special(sp, from))
			out_ch(&t->set, (char)from);
		return;
	}
	t->p++;
	if (*t->p == '\\' && class_of(t->p[1]) != NULL) {
		t->why = "a range in [] ends in a class";
		return;
	}
	to = set_byte(t);
	if (to == -1)
		return;
	if (note_special(&end, from) || note_special(&end, to))
		t->why = "an ERE has no range from or to ] [ ^ -";
	out_ch(&t->set, (char)from);
	out_ch(&t->set, '-');
	out_ch(&t->set, (char)to);
}

/* [:alpha:], copied as it is; false: it is none. */
static bool
add_posix_class(struct ere *t)
{
	const char *end;

	if (t->p[0] != '[' || t->p[1] != ':')
		return false;
	end = strstr(t->p, ":]");
	if (end == NULL || end == t->p + 1)
		return false;
	out_str(&t->set, (struct str){ t->p, (size_t)(end + 2 - t->p) });
	t->p = end + 2;
	return true;
}

/* ] goes first, [ before what cannot begin [. [: [=, ^ not first, - last. */
static void
put_bracket(struct ere *t, const struct special *sp, bool negated)
{
	bool first;

	first = t->set.n == 0 && !sp->close && !sp->open && !negated;
	if (first && sp->caret && !sp->dash) {
		out_z(&t->o, "\\^");
		return;
	}
	out_z(&t->o, negated ? "[^" : "[");
	if (sp->close)
		out_ch(&t->o, ']');
	out_str(&t->o, out_done(&t->set));
	if (sp->open)
		out_ch(&t->o, '[');
	if (first && sp->caret) {
		out_z(&t->o, "-^]");
		return;
	}
	if (sp->caret)
		out_ch(&t->o, '^');
	if (sp->dash)
		out_ch(&t->o, '-');
	out_ch(&t->o, ']');
}

static void
add_bracket(struct ere *t)
{
	struct special sp;
	const char *class, *first;
	bool negated;

	memset(&sp, 0, sizeof(sp));
	out_init(&t->set, t->set.p, t->set.cap);
	negated = *++t->p == '^';
	t->p += negated;
	for (first = t->p; *t->p != ']' || t->p == first; ) {
		if (t->why != NULL)
			return;
		if (*t->p == '\0') {
			t->why = "a [ has no ]";
			return;
		}
		class = *t->p == '\\' ? class_of(t->p[1]) : NULL;
		if (class != NULL) {
			if (t->p[1] < 'a')
				t->why = "an ERE has no \\D \\S \\W in []: "
				    "write . for [\\s\\S]";
			out_z(&t->set, class);
			t->p += 2;
		} else if (!add_posix_class(t))
			add_member(t, &sp);
	}
	t->p++;
	put_bracket(t, &sp, negated);
	t->atom = true;
	t->repeated = false;
}

/* Length of {n}, {n,} or {n,m}; 0: the brace is a byte like others. */
static size_t
interval_length(const char *p)
{
	size_t i;

	if (!ch_isdigit(p[1]))
		return 0;
	for (i = 1; ch_isdigit(p[i]); i++)
		continue;
	if (p[i] == ',')
		for (i++; ch_isdigit(p[i]); i++)
			continue;
	return p[i] == '}' ? i + 1 : 0;
}

/* What regcomp(3) makes of a quantifier: copies of what is repeated. */
static void
multiply(struct ere *t)
{
	unsigned long n, times;
	char *end;

	times = *t->p == '+' ? 2 : 1;
	if (*t->p == '{') {
		times = strtoul(t->p + 1, &end, 10);
		n = *end == ',' ? strtoul(end + 1, NULL, 10) : 0;
		if (n > times)
			times = n;
	}
	if (times > WEIGHT_MAX)
		times = WEIGHT_MAX;
	if (times > 1) {
		t->weight[t->depth] += t->last * (times - 1);
		t->last *= times;
	}
	if (t->weight[t->depth] > WEIGHT_MAX)
		t->why = "its repetitions multiply to too much";
}

/*
 * A lazy quantifier takes less, but it matches where a greedy one does: who
 * only asks whether there is a match need not tell them apart.
 */
static void
add_quantifier(struct ere *t, size_t n)
{
	if (t->atom && t->repeated && *t->p == '?' && !t->captures) {
		t->p++;
		t->atom = false;
		return;
	}
	if (t->atom && t->repeated && (*t->p == '?' || *t->p == '+'))
		t->why = *t->p == '?' ?
		    "an ERE has no lazy quantifiers: write [^x]* with what "
		    "may not follow instead of .*?" :
		    "an ERE has no possessive quantifiers: leave the + out";
	else if (!t->atom || t->repeated)
		t->why = "there is nothing to repeat before a quantifier";
	multiply(t);
	out_str(&t->o, (struct str){ t->p, n });
	t->p += n;
	t->repeated = true;
}

/* What an ERE cannot say of "(?", and what to write. */
static const char *
explain_group(const char *p)
{
	switch (*p) {
	case 'i': case 's': case 'm': case 'x': case '-': case '^':
		return "an ERE has no (?i) but at its beginning, and of "
		    "letters only (?i) and (?s): write [Aa] for a";
	case '=': case '!': case '<':
		if (*p != '<' || p[1] == '=' || p[1] == '!')
			return "an ERE has no look-around such as (?=, (?! "
			    "and (?<=: write (...), or a second line";
		return "an ERE has no names for groups: write (...), which "
		    "counts for $1 to $9";
	default:
		return "an ERE has no (?...): write (...) or (?:...)";
	}
}

static void
add_group(struct ere *t)
{
	struct pattern *p;
	const char *inside;

	p = t->pattern;
	inside = inside_group(t->p);
	if (*inside == '?')
		t->why = explain_group(inside + 1);
	if (t->depth == DEPTH_MAX) {
		t->why = "its groups are nested too deeply";
		return;
	}
	t->groups++;
	if (inside == t->p + 1 && p->groups + 1 < PATTERN_GROUPS) {
		p->number[++p->groups] = t->groups;
		if (t->captures && t->groups >= MATCHES)
			t->why = "too many groups before one of $1 to $9";
	}
	out_ch(&t->o, '(');
	t->p = inside;
	t->weight[++t->depth] = 0;
	t->atom = false;
}

/* An ERE may take a ) that nothing opened as itself; Perl does not. */
static void
end_group(struct ere *t)
{
	if (t->depth == 0) {
		t->why = "a ) has no (";
		return;
	}
	t->last = t->weight[t->depth--] + 1;
	t->weight[t->depth] += t->last;
	out_ch(&t->o, *t->p++);
	t->atom = true;
	t->repeated = false;
}

static void
translate_step(struct ere *t)
{
	size_t n;

	switch (*t->p) {
	case '\\':
		add_escape(t);
		break;
	case '[':
		add_bracket(t);
		break;
	case '(':
		add_group(t);
		break;
	case '*': case '+': case '?':
		add_quantifier(t, 1);
		break;
	case '{':
		n = interval_length(t->p);
		if (n > 0)
			add_quantifier(t, n);
		else
			add_byte(t, *t->p++);
		break;
	case ')':
		end_group(t);
		break;
	case '|': case '^': case '$': case '.':
		out_ch(&t->o, *t->p);
		t->atom = *t->p == '.';
		t->repeated = false;
		t->p++;
		break;
	default:
		add_byte(t, *t->p++);
		break;
	}
}

/* NULL with *why: what an ERE cannot say, or the arena is full. */
static const char *
translate(struct pattern *p, struct arena *a, const char *re, bool captures,
    const char **why)
{
	struct ere t;
	struct str s;
	size_t cap, depth;
	char *mem, *set;

	/* A \b is the worst: two bytes become 17. */
	cap = strlen(re) * 9 + 16;
	mem = arena_alloc(a, cap);
	set = arena_alloc(a, cap);
	*why = "out of memory";
	if (mem == NULL || set == NULL)
		return NULL;
	memset(&t, 0, sizeof(t));
	t.re = t.p = re;
	t.pattern = p;
	t.captures = captures;
	out_init(&t.o, mem, cap);
	out_init(&t.set, set, cap);
	while (*t.p != '\0' && t.why == NULL) {
		depth = t.depth;
		translate_step(&t);
		if (t.atom && !t.repeated && t.depth == depth) {
			t.last = 1;
			t.weight[t.depth]++;
		}
	}
	if (t.why != NULL) {
		*why = t.why;
		return NULL;
	}
	s = out_done(&t.o);
	return s.p == NULL ? NULL : arena_cstr(a, s);
}

/*
 * What makes it cost the length of a text and not its square, where there is
 * such a thing.  false: the arena is full.
 */
static bool
make_cheap(struct pattern *p, struct arena *a, const char *ere, int flags)
{
	const char *cheap;

	p->cost = search_judge(ere);
	if (p->cost == SEARCH_SQUARE) {
		regfree(&p->re);
		p->kind = PATTERN_ANY;
		cheap = (flags & REG_NOSUB) != 0 ? search_anywhere(ere, a) :
		    search_backwards(ere, a);
		if (cheap == NULL)
			return false;
		if ((flags & REG_NOSUB) != 0)
			return regcomp(&p->re, cheap, flags) == 0;
		if (regcomp(&p->re, ere, flags) != 0)
			return false;
		p->has_backwards = regcomp(&p->backwards, cheap, flags) == 0;
		if (!p->has_backwards)
			p->cost = SEARCH_HEAVY;
	}
	if (p->cost == SEARCH_HEAVY && p->warning == NULL)
		p->warning = "it may cost the square of what a client sends: "
		    "begin it with ^, if it can; a text of more than 8190 "
		    "bytes gets 500";
	return true;
}

static const char *
compile_regex(struct pattern *p, struct arena *a, const char *re,
    bool captures)
{
	const char *ere, *why;
	char text[128];
	int error, flags;

	ere = translate(p, a, re, captures, &why);
	if (ere == NULL)
		return why;
	flags = REG_EXTENDED;
	if (p->nocase)
		flags |= REG_ICASE;
	if (!captures)
		flags |= REG_NOSUB;
	error = regcomp(&p->re, ere, flags);
	if (error != 0) {
		regerror(error, &p->re, text, sizeof(text));
		why = arena_printf(a, "%s: %s", re, text);
		return why == NULL ? "not a regular expression" : why;
	}
	p->text_of = re;
	if (!make_cheap(p, a, ere, flags))
		return "out of memory";
	p->kind = PATTERN_REGEX;
	return NULL;
}

/*
 * One alternative and where it ends: at a bar or parenthesis of its own
 * depth, or at the end.
 */
static struct str
next_alternative(const char *p)
{
	const char *from;
	int depth;

	depth = 0;
	for (from = p; *p != '\0'; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		else if (*p == '(')
			depth++;
		else if (depth == 0 && (*p == '|' || *p == ')'))
			break;
		else if (*p == ')')
			depth--;
	}
	return (struct str){ from, (size_t)(p - from) };
}

/* Is an alternative at p the beginning of a later one beside it? */
static bool
begins_another(const char *p)
{
	struct str first, later;

	first = next_alternative(p);
	for (p = first.p + first.n; *p == '|'; p = later.p + later.n) {
		later = next_alternative(p + 1);
		if (first.n < later.n && str_starts(later, first))
			return true;
	}
	return false;
}

/*
 * Perl takes the first alternative that lets the rest match, POSIX the
 * longest: it makes a difference where one begins another.
 */
static bool
has_prefixes(const char *re)
{
	const char *p;

	if (begins_another(re))
		return true;
	for (p = re; *p != '\0'; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		else if (*p == '(' && begins_another(inside_group(p)))
			return true;
		else if (*p == '|' && begins_another(p + 1))
			return true;
	}
	return false;
}

/*
 * (?i) at the beginning, and (?s), which is what an ERE does; what follows
 * them.
 */
static const char *
take_options(struct pattern *p, const char *re)
{
	size_t n;

	while (re[0] == '(' && re[1] == '?') {
		n = strspn(re + 2, "is");
		if (n == 0 || re[2 + n] != ')')
			break;
		if (memchr(re + 2, 'i', n) != NULL)
			p->nocase = true;
		re += n + 3;
	}
	return re;
}

const char *
pattern_compile(struct pattern **pattern, struct arena *a, const char *re,
    bool nocase, bool captures)
{
	struct pattern *p;
	const char *all;

	p = arena_zalloc(a, sizeof(*p));
	if (p == NULL)
		return "out of memory";
	*pattern = p;
	p->nocase = nocase;
	all = re;
	re = take_options(p, all);
	p->anchored = re[0] == '^' || (re[0] == '\\' && re[1] == 'A');
	if (compile_any(p, re))
		return NULL;
	switch (compile_text(p, a, re)) {
	case 1:
		p->plain = p->plain && re == all;
		return NULL;
	case 0:
		if (captures && has_prefixes(re))
			p->warning = "one alternative begins another: here "
			    "the longest is taken, in httpd the first";
		return compile_regex(p, a, re, captures);
	default:
		return "out of memory";
	}
}

void
pattern_free(const struct pattern *p)
{
	/* It is only const for those who match. */
	if (p == NULL || p->kind != PATTERN_REGEX)
		return;
	regfree(&((struct pattern *)p)->re);
	if (p->has_backwards)
		regfree(&((struct pattern *)p)->backwards);
}

bool
pattern_is_plain(const struct pattern *p)
{
	return p->plain;
}

bool
pattern_is_anchored(const struct pattern *p)
{
	return p->anchored;
}

const char *
pattern_warning(const struct pattern *p)
{
	return p->warning;
}

static bool
text_at(const struct pattern *p, struct str s, size_t at)
{
	struct str part;

	part = str_head(str_from(s, at), p->text.n);
	return p->nocase ? str_caseeq(part, p->text) : str_eq(part, p->text);
}

static bool
match_text(const struct pattern *p, struct str s, struct str *group)
{
	size_t at, end;

	if (s.n < p->text.n)
		return false;
	end = s.n - p->text.n;
	at = p->tail ? end : 0;
	if (p->head)
		end = 0;
	for (; at <= end; at++) {
		if (!text_at(p, s, at))
			continue;
		if (group != NULL)
			group[0] = str_head(str_from(s, at), p->text.n);
		return true;
	}
	return false;
}

/* regexec's matches as slices, without the groups that are ours. */
static void
take_groups(const struct pattern *p, struct str s, regmatch_t *m,
    struct str *group)
{
	size_t i, k;

	if (p->first && m[1].rm_so != -1)
		m[0].rm_so = m[1].rm_eo;
	if (p->last > 0 && p->last < MATCHES && m[p->last].rm_so != -1)
		m[0].rm_eo = m[p->last].rm_so;
	for (i = 0; i <= p->groups; i++) {
		k = p->number[i];
		if (m[k].rm_so != -1)
			group[i] = str_head(str_from(s, (size_t)m[k].rm_so),
			    (size_t)(m[k].rm_eo - m[k].rm_so));
	}
}

static const struct pattern *refused;
static const char *refused_why;

int
pattern_refuse(const struct pattern *p, const char *why)
{
	refused = p;
	refused_why = why;
	return -1;
}

const char *
pattern_refusal(const char **why)
{
	const struct pattern *p;

	p = refused;
	*why = refused_why;
	refused = NULL;
	return p == NULL ? NULL : p->text_of;
}

bool
pattern_is_costly(const struct pattern *p)
{
	return p->kind == PATTERN_REGEX && p->cost != SEARCH_PLAIN;
}

static int
match_regex(const struct pattern *p, struct pattern_text *t, struct arena *a,
    struct str *group)
{
	regmatch_t m[MATCHES];
	long at;

	if (p->cost == SEARCH_HEAVY && t->s.n > HEAVY_TEXT)
		return pattern_refuse(p, "the text is longer than 8190 "
		    "bytes, and the expression does not begin with ^");
	if (t->z == NULL)
		t->z = arena_cstr(a, t->s);
	/* A NUL is in no field and in no path: it cannot match. */
	if (t->z == NULL)
		return errno == ENOMEM ? -1 : 0;
	at = 0;
	if (group != NULL && p->has_backwards && t->s.n > SHORT_TEXT)
		at = search_first(&p->backwards, t->s, a);
	if (at < 0)
		return at == -1 ? 0 : -1;
	if (regexec(&p->re, t->z + at, group == NULL ? 0 : MATCHES, m,
	    at > 0 ? REG_NOTBOL : 0) != 0)
		return 0;
	if (group != NULL)
		take_groups(p, str_from(t->s, (size_t)at), m, group);
	return 1;
}

int
pattern_match(const struct pattern *p, struct pattern_text *t,
    struct arena *a, struct str *group)
{
	size_t i;

	for (i = 0; group != NULL && i < PATTERN_GROUPS; i++)
		group[i] = STR_NONE;
	switch (p->kind) {
	case PATTERN_ANY:
		if (t->s.n < p->least)
			return 0;
		if (group != NULL) {
			group[0] = p->one ? str_head(t->s, 1) : t->s;
			group[1] = p->group ? t->s : STR_NONE;
		}
		return 1;
	case PATTERN_TEXT:
		return match_text(p, t->s, group);
	case PATTERN_REGEX:
		return match_regex(p, t, a, group);
	}
	return 0;
}

bool
pattern_has_reference(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text == '\\' ||
		    (*text == '$' && ch_isdigit(text[1])))
			return true;
	return false;
}

static struct str
group_value(const struct str *group, char digit)
{
	const struct str *g;

	g = &group[digit - '0'];
	return g->p == NULL ? STR("") : *g;
}

struct str
pattern_substitute(struct arena *a, struct str text, const struct str *group)
{
	struct out o;
	size_t i;

	if (text.n == 2 && text.p[0] == '$' && ch_isdigit(text.p[1]))
		return group_value(group, text.p[1]);
	out_begin(&o, a);
	for (i = 0; i < text.n; i++) {
		if (text.p[i] == '$' && i + 1 < text.n &&
		    ch_isdigit(text.p[i + 1]))
			out_str(&o, group_value(group, text.p[++i]));
		else {
			if (text.p[i] == '\\' && i + 1 < text.n)
				i++;
			out_ch(&o, text.p[i]);
		}
	}
	return out_end(&o, a);
}
