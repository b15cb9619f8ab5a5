/*
 * redirect: Redirect and its kin (mod_alias): where a client is sent instead
 * of being served.
 */
#ifndef REDIRECT_H
#define REDIRECT_H

#include <stdbool.h>

#include "buf.h"
#include "config.h"

struct arena;
struct env;
struct env_subject;
struct pattern;

/* A text with variables, in pieces (private to redirect.c). */
struct redirect_piece;

/* One line.  A list is in the order of the file. */
struct redirect {
	struct redirect		*next;
	struct config_place	 place;
	struct str		 path;		/* decoded prefix, or the
						 * expression as written;
						 * absent: all that the
						 * section matches */
	const struct pattern	*regex;		/* of ->path; NULL: a prefix */
	int			 status;
	struct str		 url;		/* as written; absent: the
						 * status says all */
	const struct redirect_piece *pieces;	/* url without a path */
};

/* A line to be read. */
struct redirect_line {
	int			 status;	/* that the name means */
	bool			 match;		/* the path is an expression */
	bool			 section;	/* the path may be left out */
	int			 argc;
	const char *const	*argv;
};

/*
 * Read "[status] [path] [url]" into *r but for ->regex, which the caller
 * compiles.  NULL, or what is wrong, with what to write instead (in the arena
 * or static).
 */
const char	*redirect_parse(struct redirect *r, struct arena *a,
		    const struct redirect_line *line);

/* Is what follows the path glued to a mere host (see redirect_find())? */
bool		 redirect_lacks_slash(const struct redirect *r);

/* What a target is looked at with. */
struct redirect_ask {
	const struct env_subject	*subject;	/* with its ->target */
	const struct env		*env;
	struct arena			*arena;
	bool				 relative;	/* RedirectRelative */
};

/*
 * The first of the list that matches the target: its status, and *location,
 * absent when the status is no redirect.  0: none matches.  500: the arena is
 * full, or (with a line in the log) what came out is no url.
 *
 * Behind a prefix the rest of the path follows the url (httpd), with a slash
 * between them where the url ends in its host, so that nobody chooses
 * another.  What comes from a request is escaped, what the line says is
 * not.  A query of the request is kept unless the line has one.
 */
int		 redirect_find(const struct redirect *list,
		    const struct redirect_ask *ask, struct str *location);

#endif
