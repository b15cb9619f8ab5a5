/*
 * foreign: whose configuration is it?  People have files of other servers, and
 * a fault for each line of them tells nobody what is wrong.
 *
 * It guesses by the look of lines, reads no file and never fails.
 */
#include <string.h>

#include "buf.h"
#include "foreign.h"

/* Lines by their looks. */
struct looks {
	int	lines;		/* that are not empty, and no comments */
	int	pointed;	/* <Section>, </Section> */
	int	semicolons;	/* ... ; */
	int	opened;		/* ... { */
	int	closed;		/* } */
	int	assigned;	/* a.b = ..., $HTTP[...] */
	int	square;		/* [section] */
	bool	goes_on;	/* the last one ended with a backslash */
};

/* "server.port = 80", "scgi.server += (" and "$HTTP["host"] == ..." */
static bool
is_assignment(struct str line)
{
	struct str rest;
	size_t n;

	if (str_starts(line, STR("$HTTP[")) ||
	    str_starts(line, STR("$SERVER[")))
		return true;
	for (n = 0; n < line.n && (ch_isalpha(line.p[n]) ||
	    ch_isdigit(line.p[n]) || line.p[n] == '-' || line.p[n] == '_' ||
	    line.p[n] == '.'); n++)
		;
	if (str_chr(str_head(line, n), '.') == n)
		return false;
	rest = str_trim(str_from(line, n));
	return str_starts(rest, STR("=")) || str_starts(rest, STR("+="));
}

static void
look_at(struct looks *l, struct str line)
{
	size_t hash;
	bool continued;

	continued = l->goes_on;
	l->goes_on = line.n > 0 && line.p[line.n - 1] == '\\';
	if (continued)
		return;
	hash = str_chr(line, '#');
	if (hash > 0 && hash < line.n && line.p[hash - 1] == ' ' &&
	    str_chr(line, '"') == line.n)
		line = str_trim(str_head(line, hash));
	if (line.n == 0 || line.p[0] == '#')
		return;
	l->lines++;
	l->pointed += line.p[0] == '<';
	l->semicolons += line.p[line.n - 1] == ';' ||
	    (line.p[line.n - 1] == '}' && str_chr(line, ';') < line.n);
	l->opened += line.p[line.n - 1] == '{';
	l->closed += line.p[0] == '}';
	l->assigned += is_assignment(line);
	l->square += line.p[0] == '[' && line.p[line.n - 1] == ']';
}

const char *
foreign_language(struct str text)
{
	struct looks l;
	size_t n;

	memset(&l, 0, sizeof(l));
	while (text.n > 0) {
		n = str_chr(text, '\n');
		look_at(&l, str_trim(str_head(text, n)));
		text = str_from(text, n + 1);
	}
	if (l.pointed > 0 || l.lines == 0)
		return NULL;
	if (l.assigned > 0 && l.assigned * 4 >= l.lines)
		return "lighttpd";
	/* A piece of nginx's, such as scgi_params, has no brackets. */
	if (l.semicolons > 0 && (l.semicolons + l.opened + l.closed) * 4 >=
	    l.lines * 3)
		return "nginx";
	if (l.opened > 0 && l.closed > 0 && l.semicolons == 0)
		return "Caddy";
	if (l.square > 0)
		return "uwsgi";
	return NULL;
}
