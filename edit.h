/*
 * edit: Header, RequestHeader and ProxyPassReverse: how fields are changed
 * on their way.  Compiles at load, applies at run time; knows no location
 * and no member, and sends nothing.
 */
#ifndef EDIT_H
#define EDIT_H

#include <stdint.h>

#include "buf.h"

struct arena;
struct env;
struct fields;

/* Whose fields: RequestHeader, Header. */
enum edit_side { EDIT_REQUEST, EDIT_ANSWER };

/* One compiled line; a list in the order of the file. */
struct edit;

/* What %l, %i and %b say. */
struct edit_load {
	struct str	load;		/* "0.10/0.20/0.30", of 1, 5 and 15
					 * minutes; absent: unknown */
	int		idle;		/* percent of the workers */
	int		busy;
};

/* What the lines may look at. */
struct edit_subject {
	struct arena		*arena;		/* a fixed one, for the
						 * fields that come out */
	const struct env	*env;		/* for env= and %{VAR}e; NULL:
						 * empty */
	struct env		*notes;		/* of Header note; NULL:
						 * dropped */
	const struct fields	*request;	/* for echo; NULL: none */
	int64_t			 began_us;	/* since the epoch, for %t */
	int64_t			 spent_us;	/* for %D */
	bool			 on_error;	/* an error page of ours: only
						 * lines with always hold
						 * (httpd) */
	/* Asked once at most, when a format needs it; NULL: unknown. */
	void			(*measure)(struct edit_load *);
};

/*
 * Compile the arguments of one line,
 *
 *	[always|onsuccess] verb name [value [replacement]] [early|env=[!]VAR]
 *
 * and append it to *list.  The verbs are httpd's (mod_headers), in any case
 * of letters: set, setifempty, add, append, merge, unset, edit, edit*, and
 * for an answer echo and note.  Before those of an answer always means that
 * the line holds for error pages of ours too, onsuccess that it does not, as
 * it is without a word.  The words of argv must live as long as
 * the list.
 *
 * Values are httpd's formats: %% %t %D %l %i %b %{VAR}e %{VAR}s; a backslash
 * before \ n r t; of edit it is the replacement that is one, and what it
 * makes may have $0 to $9.  expr= is refused.
 *
 * NULL, or what is wrong (in the arena or static); then *list is as it was.
 * *warning: NULL, or what has no effect.  An answer's hop-by-hop fields and
 * its Content-Length are not for lines to change: such a line is dropped
 * with a warning.
 */
const char	*edit_compile(struct edit **list, struct arena *a,
		    enum edit_side side, int argc, const char *const *argv,
		    const char **warning);

/* Free what the patterns of a list hold; the list itself is the arena's. */
void	edit_free(struct edit *list);

/*
 * Apply the lines in order to *f, which the caller may change: its lines are
 * moved and replaced, the bytes that they name never are.  A line whose
 * value comes out with a byte that no field may have (RFC 9110 5.5: CR, LF,
 * NUL and other controls) changes nothing.
 *
 * append and merge join to the first line of the name, with ", " (httpd);
 * edit changes each line where it stands.  edit* goes on behind each match
 * as if the value began there (httpd); a match of nothing moves on by one
 * byte, and an expression that begins with ^ matches nothing only once.
 * echo passes over hop-by-hop fields and Content-Length.
 *
 * 0, or -1: the arena is full, and *f is somewhere between.
 */
int	edit_apply(const struct edit *list, struct fields *f,
	    const struct edit_subject *s);

enum reverse_kind {
	REVERSE_URL,		/* ProxyPassReverse */
	REVERSE_COOKIE_DOMAIN,	/* ProxyPassReverseCookieDomain */
	REVERSE_COOKIE_PATH	/* ProxyPassReverseCookiePath */
};

/* One compiled rule; a list of any kinds, in the order of the file. */
struct edit_reverse;

/*
 * Append a rule to *list.  from and to are url and path of ProxyPassReverse
 * ("unix:/socket|url" is that url), or internal and public of the others;
 * they must live as long as the list.  NULL, or what is wrong (in the arena
 * or static).
 */
const char	*edit_compile_reverse(struct edit_reverse **list,
		    struct arena *a, enum reverse_kind kind, const char *from,
		    const char *to);

/*
 * Apply rules to the fields of an application's answer: in each line of
 * Location, Content-Location, URI, Destination, and in each attribute of a
 * Set-Cookie, the first rule that matches is the only one.
 *
 * A url matches a value that begins with it, without regard to case (httpd),
 * and there ends or goes on with / ? or #; the result is absolute: front
 * with the path and the rest.  One that is a path ("/base") is compared with
 * the path of the value, whatever its host (httpd).  The path of a scgi url,
 * if it has one but "/", also matches a value that is a local path, or one
 * below front: an application cannot know a scgi url.  A local path stays
 * one.  Between path and rest there is one slash.
 *
 * Domain= is compared as a whole, without case and without a leading dot.
 * Path= matches where the rule's is a prefix that ends at a slash, and keeps
 * what follows.
 *
 * front is "http://name[:port]" of this server.
 * 0, or -1: the arena is full, and *f is somewhere between.
 */
int	edit_reverse(const struct edit_reverse *list, struct fields *f,
	    struct str front, struct arena *a);

#endif
