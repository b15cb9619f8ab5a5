/*
 * file: plain files: opening them without following surprises, conditions
 * and ranges, types by extension.
 *
 * It opens and describes; it never sends, never lists a directory, never
 * makes or changes a file, and asks nobody who the client is.
 */
#include <sys/types.h>
#include <sys/stat.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "compat.h"
#include "file.h"

enum {
	PATH_BYTES = FILE_PATH_BYTES,
	DEPTH = 128,		/* directories that a walk goes down */
	LINKS = 20,		/* that it follows below a root */
	LINKS_FREE = 40,	/* where they may lead anywhere, as Linux */
	TYPES_BYTES = 16 * 1024 * 1024	/* of a file of types */
};

/* Nothing that is opened may block, or become our terminal. */
enum { PLAIN = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC };

static bool trust_kernel = true;

void
file_trust_kernel(bool on)
{
	trust_kernel = on;
}

/*
 * Opening
 */

/* The status for an errno of a failed open. */
static int
status_of(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
	case ENAMETOOLONG:
	/* names that a file system cannot have */
	case EINVAL:
	case EILSEQ:
		return 404;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	/* somebody holds a lease on it */
	case EAGAIN:
		return 503;
	case EIO:
		return 500;
	default:
		return 403;
	}
}

/* A path in its simplest form: "" for the root, else "/a/b" or "/a/b/". */
struct plain {
	char	p[PATH_BYTES];
	size_t	n;
	bool	above;		/* ".." led above the root on the way */
};

/* What was opened, and by which name when all links are followed. */
struct opened {
	struct plain	real;
	size_t		root_n;		/* of that, the root's; 0 */
	size_t		written_n;	/* length of the root's own text */
	bool		below;		/* it is below the root */
};

static void
remove_last(struct plain *to)
{
	if (to->n == 0) {
		to->above = true;
		return;
	}
	while (to->p[--to->n] != '/')
		continue;
}

/* 0, or -1 with errno. */
static int
simplify(struct plain *to, struct str path)
{
	struct str segment;
	bool dots, slash;

	if (path.n == 0 || path.p[0] != '/' ||
	    str_chr(path, '\0') != path.n) {
		errno = EINVAL;
		return -1;
	}
	if (path.n >= PATH_BYTES) {
		errno = ENAMETOOLONG;
		return -1;
	}
	to->n = 0;
	to->above = slash = false;
	while (path.n > 0) {
		path = str_from(path, 1);
		segment = str_head(path, str_chr(path, '/'));
		path = str_from(path, segment.n);
		dots = str_eq(segment, STR(".."));
		if (dots)
			remove_last(to);
		/* What ends in one of these can be a directory only. */
		slash = dots || segment.n == 0 || str_eq(segment, STR("."));
		if (slash)
			continue;
		to->p[to->n++] = '/';
		memcpy(to->p + to->n, segment.p, segment.n);
		to->n += segment.n;
	}
	if (slash && to->n > 0)
		to->p[to->n++] = '/';
	to->p[to->n] = '\0';
	return 0;
}

struct str
file_simplify(struct arena *a, struct str path)
{
	struct plain to;

	if (simplify(&to, path) == -1)
		return STR_NONE;
	return to.n == 0 ? STR("/") : arena_dup(a, (struct str){ to.p, to.n });
}

static void
close_quietly(int fd)
{
	int error;

	error = errno;
	close(fd);
	errno = error;
}

static int
open_no_link(int dir, const char *name, int flags)
{
	return openat(dir, name, flags | O_NOFOLLOW);
}

/*
 * Open to read; a directory that may only be searched is opened too (httpd
 * finds the index of a directory that it cannot read).
 */
static int
open_by(int (*how)(int, const char *, int), int dir, const char *name)
{
	int fd;

	do
		fd = how(dir, name, PLAIN);
	while (fd == -1 && errno == EINTR);
	if (fd == -1 && errno == EACCES) {
		fd = how(dir, name, compat_search() | O_DIRECTORY | O_CLOEXEC);
		if (fd == -1)
			errno = EACCES;
	}
	return fd;
}

static int
open_directory(int dir, const char *name, int flags)
{
	int fd;

	do
		fd = openat(dir, name, compat_search() | O_DIRECTORY |
		    O_CLOEXEC | flags);
	while (fd == -1 && errno == EINTR);
	return fd;
}

/*
 * A walk down from a directory, which nothing leads out of unless it is that
 * of the file system.
 */
struct walk {
	const char	*root;		/* "" or "/a/b" */
	bool		 guarded;	/* not to what is forbidden */
	int		 links_max;
	int		 dirs[DEPTH];	/* dirs[0] is the root's, not owned */
	size_t		 depth;		/* how many are open */
	int		 links;		/* followed so far */
	struct plain	*real;		/* name of the last one of dirs */
	size_t		 at;		/* what is left of path */
	char		 path[2 * PATH_BYTES];
};

static void
go_up(struct walk *w, size_t depth)
{
	while (w->depth > depth) {
		close(w->dirs[--w->depth]);
		remove_last(w->real);
	}
}

/* The name of what is opened next.  0, or -1 with errno. */
static int
append_name(struct plain *to, const char *name)
{
	size_t n;

	n = strlen(name);
	if (to->n + n + 2 > sizeof(to->p)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	to->p[to->n++] = '/';
	memcpy(to->p + to->n, name, n + 1);
	to->n += n;
	return 0;
}

/*
 * The next segment, NUL-terminated in place; NULL at the end.  *slash:
 * something follows, if only a slash.
 */
static char *
next_segment(struct walk *w, bool *slash)
{
	char *name;
	size_t n;

	while (w->path[w->at] == '/')
		w->at++;
	name = w->path + w->at;
	n = strcspn(name, "/");
	if (n == 0)
		return NULL;
	w->at += n;
	*slash = name[n] == '/';
	if (*slash) {
		name[n] = '\0';
		w->at++;
	}
	return name;
}

/* Below the root of the file system these are not for serving. */
static bool
is_forbidden(struct str name)
{
	return str_caseeq(name, STR("proc")) ||
	    str_caseeq(name, STR("sys")) || str_caseeq(name, STR("dev"));
}

/*
 * Where the walk to an absolute path goes on: the root's text is passed
 * over.  -1 with errno EPERM: it leads elsewhere.
 */
static int
restart(struct walk *w, struct str *target)
{
	struct str root;

	root = str_of(w->root);
	if (!str_starts(*target, root) ||
	    (target->n > root.n && target->p[root.n] != '/')) {
		errno = EPERM;
		return -1;
	}
	*target = str_from(*target, root.n);
	go_up(w, 1);
	return 0;
}

/*
 * name could not be opened, errno says why: if it is a link, put its target
 * in front of what is left.  Systems disagree about the errno of a link that
 * is not to be followed, so that only readlinkat(2) can tell.
 */
static int
follow_link(struct walk *w, const char *name, bool slash)
{
	char room[PATH_BYTES];
	struct str target;
	ssize_t n;
	size_t left;
	int error;

	error = errno;
	n = readlinkat(w->dirs[w->depth - 1], name, room, sizeof(room));
	if (n <= 0) {
		errno = error;
		return -1;
	}
	target = (struct str){ room, (size_t)n };
	errno = w->links++ < w->links_max ? ENAMETOOLONG : ELOOP;
	if (w->links > w->links_max || target.n == sizeof(room))
		return -1;
	if (target.p[0] == '/' && restart(w, &target) == -1)
		return -1;
	left = strlen(w->path + w->at) + 1;
	if (target.n + 1 + left > sizeof(w->path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memmove(w->path + target.n + slash, w->path + w->at, left);
	if (target.n > 0)
		memcpy(w->path, target.p, target.n);
	if (slash)
		w->path[target.n] = '/';
	w->at = 0;
	return 0;
}

/* "..", and "." that is nothing.  0, or -1 with errno. */
static int
step_by_dots(struct walk *w, const char *name)
{
	if (name[1] == '\0')
		return 0;
	/* The parent of the file system's root is the root. */
	if (w->depth == 1 && w->root[0] != '\0') {
		errno = EPERM;
		return -1;
	}
	go_up(w, w->depth > 1 ? w->depth - 1 : 1);
	return 0;
}

/*
 * One segment.  0: go on; 1: *fd is what was looked for; -1 with errno.
 */
static int
take_step(struct walk *w, const char *name, bool slash, int *fd)
{
	int dir;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return step_by_dots(w, name);
	if (w->guarded && w->depth == 1 && is_forbidden(str_of(name))) {
		errno = EPERM;
		return -1;
	}
	dir = w->dirs[w->depth - 1];
	if (!slash) {
		*fd = open_by(open_no_link, dir, name);
		if (*fd == -1)
			return follow_link(w, name, slash);
		return append_name(w->real, name) == -1 ? -1 : 1;
	}
	if (w->depth == DEPTH) {
		errno = ENAMETOOLONG;
		return -1;
	}
	dir = open_directory(dir, name, O_NOFOLLOW);
	if (dir == -1)
		return follow_link(w, name, slash);
	if (append_name(w->real, name) == -1) {
		close_quietly(dir);
		return -1;
	}
	w->dirs[w->depth++] = dir;
	return 0;
}

/*
 * The descriptor, or -1 with errno.  w->real gets the name of what was
 * opened, and is that of top at first.
 */
static int
walk_down(struct walk *w, int top, const char *path)
{
	char *name;
	bool slash;
	int error, fd, step;

	slash = false;
	w->dirs[0] = top;
	w->depth = 1;
	w->links = 0;
	w->at = 0;
	memcpy(w->path, path, strlen(path) + 1);
	fd = -1;
	step = 0;
	while (step == 0 && (name = next_segment(w, &slash)) != NULL)
		step = take_step(w, name, slash, &fd);
	if (step == 0)
		fd = open_by(open_no_link, w->dirs[w->depth - 1], ".");
	else if (step == -1 && fd != -1) {
		close_quietly(fd);
		fd = -1;
	}
	error = errno;
	while (w->depth > 1)
		close(w->dirs[--w->depth]);
	errno = error;
	return fd;
}

/*
 * Does the kernel's refusal stand?  Its walk knows no links, and can be
 * forbidden us.
 */
static bool
is_final(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
	case EACCES:
	case ENAMETOOLONG:
	case EMFILE:
	case ENFILE:
		return true;
	case ENOSYS:
		trust_kernel = false;
		return false;
	default:
		return false;
	}
}

/* root has no slash at its end; path is simple.  0, or -1 with errno. */
static int
join_names(struct plain *to, struct str root, struct str path)
{
	if (root.n + path.n + 2 > sizeof(to->p)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(to->p, root.p, root.n);
	memcpy(to->p + root.n, path.p, path.n);
	to->n = root.n + path.n;
	to->p[to->n] = '\0';
	return 0;
}

/*
 * Where there is no link, which is usual, one call is enough.  -1 with
 * errno.
 */
static int
open_at_once(const struct plain *name)
{
	return open_by(compat_open_no_links, AT_FDCWD,
	    name->n == 0 ? "/" : name->p);
}

/* From "/" by way of any links.  -1 with errno. */
static int
walk_freely(const struct plain *name, struct plain *real)
{
	struct walk w;
	int fd, top;

	top = open_directory(AT_FDCWD, "/", 0);
	if (top == -1)
		return -1;
	w.root = "";
	w.guarded = false;
	w.links_max = LINKS_FREE;
	w.real = real;
	real->n = 0;
	real->p[0] = '\0';
	fd = walk_down(&w, top, name->p);
	close_quietly(top);
	return fd;
}

/* The operator's word, whatever links are in it.  -1 with errno. */
static int
open_root(const struct plain *root, struct plain *real)
{
	struct plain name;

	/* The slash asks for a directory. */
	if (join_names(&name, (struct str){ root->p, root->n },
	    STR("/")) == -1)
		return -1;
	return walk_freely(&name, real);
}

/* Links may lead anywhere.  -1 with errno. */
static int
open_anywhere(const struct plain *root, struct str path, struct opened *o)
{
	struct plain name, top;
	int fd;

	fd = open_root(root, &top);
	if (fd == -1)
		return -1;
	close(fd);
	if (join_names(&name, (struct str){ top.p, top.n }, path) == -1)
		return -1;
	fd = walk_freely(&name, &o->real);
	if (fd == -1)
		return -1;
	o->below = str_starts((struct str){ o->real.p, o->real.n },
	    (struct str){ top.p, top.n }) &&
	    (o->real.n == top.n || o->real.p[top.n] == '/');
	o->root_n = o->below ? top.n : 0;
	return fd;
}

/* Nothing leads out of root.  -1 with errno. */
static int
open_confined(const struct plain *root, struct str path, struct opened *o)
{
	struct walk w;
	struct plain name;
	int fd, top;

	if (join_names(&name, STR(""), path) == -1)
		return -1;
	top = open_root(root, &o->real);
	if (top == -1)
		return -1;
	o->root_n = o->real.n;
	w.root = root->p;
	w.guarded = root->n == 0;
	w.links_max = LINKS;
	w.real = &o->real;
	fd = walk_down(&w, top, name.p);
	close_quietly(top);
	return fd;
}

/* path is simple and below root, which has no slash at its end. */
static int
open_resolved(const struct plain *root, struct str path, bool links,
    struct opened *o)
{
	struct str first;
	int fd;

	first = path.n == 0 ? path : str_from(path, 1);
	first = str_head(first, str_chr(first, '/'));
	if (root->n == 0 && !links && is_forbidden(first)) {
		errno = EPERM;
		return -1;
	}
	if (join_names(&o->real, (struct str){ root->p, root->n }, path) == -1)
		return -1;
	o->root_n = o->written_n = root->n;
	o->below = true;
	fd = -1;
	errno = ELOOP;
	if (trust_kernel)
		fd = open_at_once(&o->real);
	if (fd == -1 && !is_final(errno))
		fd = links ? open_anywhere(root, path, o) :
		    open_confined(root, path, o);
	return fd;
}

/*
 * Files of /proc and its like say that they are empty and are not, wherever
 * they are mounted.
 */
static bool
is_made_up(int fd, struct stat *st)
{
	char c;

	return st->st_size == 0 && pread(fd, &c, 1, 0) != 0 &&
	    (fstat(fd, st) == -1 || st->st_size == 0);
}

/* errno if this is nothing to serve, else 0. */
static int
examine(int fd, struct stat *st, bool directory)
{
	if (fstat(fd, st) == -1)
		return errno;
	if (S_ISDIR(st->st_mode))
		return directory ? 0 : EISDIR;
	if (!S_ISREG(st->st_mode))
		return ENXIO;
	return is_made_up(fd, st) ? EPERM : 0;
}

/* A refusal: errno says why. */
static int
refuse(struct file *f)
{
	f->fd = -1;
	return status_of(errno);
}

/* The name, which is "/" rather than "", and has no slash at its end. */
static void
keep_real_name(struct file *f, const struct opened *o)
{
	size_t n;

	n = o->real.n;
	if (n > 1 && o->real.p[n - 1] == '/')
		n--;
	memcpy(f->room, o->real.p, n);
	if (n == 0)
		f->room[n++] = '/';
	f->path = (struct str){ f->room, n };
	f->root_n = o->root_n < n ? o->root_n : n;
	f->written_n = o->written_n;
	f->below = o->below;
}

/* Fill *f from what was opened, -1 included. */
static int
take(struct file *f, int fd, const struct opened *o, bool directory)
{
	struct stat st;
	int error;

	if (fd == -1)
		return refuse(f);
	error = examine(fd, &st, directory);
	if (error != 0) {
		close(fd);
		errno = error;
		return refuse(f);
	}
	f->fd = fd;
	f->size = (int64_t)st.st_size;
	f->mtime = st.st_mtime;
	f->mtime_nsec = compat_mtime_nsec(&st);
	f->directory = S_ISDIR(st.st_mode);
	keep_real_name(f, o);
	return 0;
}

/*
 * The directory without a slash at its end; 0, or -1 with errno.  It is the
 * operator's word, and what it means is told by text alone.
 */
static int
take_root(struct plain *root, const char *dir)
{
	if (simplify(root, str_of(dir)) == -1)
		return -1;
	if (root->n > 0 && root->p[root->n - 1] == '/')
		root->p[--root->n] = '\0';
	return 0;
}

static int
open_below(struct file *f, const struct plain *root, struct str path,
    bool links, bool directory)
{
	struct opened o;
	struct plain name;

	if (simplify(&name, path) == -1)
		return refuse(f);
	if (name.above) {
		errno = EPERM;
		return refuse(f);
	}
	return take(f, open_resolved(root, (struct str){ name.p, name.n },
	    links, &o), &o, directory);
}

int
file_open(struct file *f, struct str path)
{
	static const struct plain slash;
	struct opened o;
	struct plain name;

	if (simplify(&name, path) == -1)
		return refuse(f);
	return take(f, open_resolved(&slash, (struct str){ name.p, name.n },
	    false, &o), &o, false);
}

int
file_open_below(struct file *f, const char *root, struct str path, bool links)
{
	struct plain top;

	if (take_root(&top, root) == -1)
		return refuse(f);
	return open_below(f, &top, path, links, true);
}

size_t
file_path_info(struct file *f, const char *root, struct str path, bool links)
{
	size_t i;

	f->fd = -1;
	errno = ENOENT;
	for (i = 1; i <= path.n; i++) {
		if (i < path.n && path.p[i] != '/')
			continue;
		if (root == NULL)
			break;
		file_close(f);
		if (file_open_below(f, root, str_head(path, i), links) != 0 ||
		    !f->directory)
			break;
	}
	return path.n - (i < path.n ? i : path.n);
}

int
file_open_allowed(struct file *f, const char *const *dirs, size_t n,
    struct str path)
{
	struct plain name, top;
	struct str rest;
	size_t i;
	int status;

	if (simplify(&name, path) == -1)
		return refuse(f);
	errno = EPERM;
	status = refuse(f);
	for (i = 0; i < n && status == 403; i++) {
		if (take_root(&top, dirs[i]) == -1 ||
		    !str_starts((struct str){ name.p, name.n },
		    (struct str){ top.p, top.n }))
			continue;
		rest = str_from((struct str){ name.p, name.n }, top.n);
		if (rest.n > 0 && rest.p[0] != '/')
			continue;
		status = open_below(f, &top, rest.n > 0 ? rest : STR("/"),
		    false, false);
	}
	return status;
}

void
file_close(struct file *f)
{
	if (f->fd != -1)
		close(f->fd);
	f->fd = -1;
}

bool
file_has_coding(const struct file *f, struct str path, struct str coding)
{
	static const struct {
		const char	*coding;
		const char	*sign;		/* how it begins */
		const char	*ending;	/* or how its name ends */
	} table[] = {
		{ "gzip", "\x1f\x8b", NULL },
		{ "x-gzip", "\x1f\x8b", NULL },
		{ "compress", "\x1f\x9d", NULL },
		{ "x-compress", "\x1f\x9d", NULL },
		{ "zstd", "\x28\xb5\x2f\xfd", NULL },
		{ "br", NULL, ".br" },
		{ "deflate", NULL, ".deflate" },
		{ "identity", NULL, "" }
	};
	struct str list, one;
	char begins[4];
	size_t i, n;

	list = coding;
	while ((one = str_list_next(&list)).p != NULL)
		coding = one;
	for (i = 0; i < NELEM(table); i++)
		if (str_caseeq(coding, str_of(table[i].coding)))
			break;
	if (i == NELEM(table))
		return true;
	n = strlen(table[i].sign != NULL ? table[i].sign : table[i].ending);
	if (table[i].sign == NULL)
		return path.n >= n && memcmp(path.p + path.n - n,
		    table[i].ending, n) == 0;
	return pread(f->fd, begins, n, 0) == (ssize_t)n &&
	    memcmp(begins, table[i].sign, n) == 0;
}

/*
 * Ranges
 */

struct range {
	int64_t	first;
	int64_t	last;
};

/* What a Range field asks for, put together as httpd does. */
struct ranges {
	struct range	*v;
	size_t		 n;
	size_t		 cap;
	bool		 bad;		/* not the grammar, or not for us */
	bool		 many;		/* more than cap */
	int		 overlaps;
	int		 reversals;
};

enum spec {
	SPEC_GOOD,
	SPEC_OUTSIDE,
	SPEC_BAD
};

/*
 * A position or length; one that does not fit is beyond any file (RFC 9110
 * 14.1.2).  0, or -1.
 */
static int
parse_number(struct str s, int64_t *number)
{
	uint64_t v;

	if (str_u64(s, &v) == -1) {
		if (errno != ERANGE)
			return -1;
		v = UINT64_MAX;
	}
	*number = v > INT64_MAX ? INT64_MAX : (int64_t)v;
	return 0;
}

/* "-500" of a file of size bytes. */
static enum spec
parse_suffix(struct str s, int64_t size, struct range *range)
{
	int64_t n;

	if (parse_number(s, &n) == -1)
		return SPEC_BAD;
	if (n == 0)
		return SPEC_OUTSIDE;
	range->first = n > size ? 0 : size - n;
	range->last = size - 1;
	return SPEC_GOOD;
}

static enum spec
parse_spec(struct str spec, int64_t size, struct range *range)
{
	struct str first, last;
	size_t dash;

	dash = str_chr(spec, '-');
	if (dash == spec.n)
		return SPEC_BAD;
	first = str_head(spec, dash);
	last = str_from(spec, dash + 1);
	if (first.n == 0)
		return parse_suffix(last, size, range);
	range->last = INT64_MAX;
	if (parse_number(first, &range->first) == -1 ||
	    (last.n > 0 && parse_number(last, &range->last) == -1) ||
	    range->last < range->first)
		return SPEC_BAD;
	if (range->first >= size)
		return SPEC_OUTSIDE;
	if (range->last >= size)
		range->last = size - 1;
	return SPEC_GOOD;
}

/*
 * httpd: a range that overlaps or adjoins the one before becomes one with
 * it, and is counted.
 */
static bool
merge_range(struct ranges *all, struct range one)
{
	struct range *before;
	bool merged;

	if (all->n == 0)
		return false;
	before = &all->v[all->n - 1];
	merged = one.first >= before->first && one.last <= before->last;
	if (one.first < before->first && one.last >= before->first - 1) {
		before->first = one.first;
		all->reversals++;
		merged = true;
	}
	if (one.last >= before->last && one.first <= before->last + 1) {
		before->last = one.last;
		merged = true;
	}
	if (merged)
		all->overlaps++;
	return merged;
}

static void
add_range(struct ranges *all, struct range one)
{
	if (merge_range(all, one))
		return;
	if (all->n == all->cap)
		all->many = true;
	else
		all->v[all->n++] = one;
}

/*
 * All specs of the set.  httpd: "0-" makes all others superfluous, but here
 * these must still be grammar.
 */
static void
parse_set(struct ranges *all, struct str set, int64_t size)
{
	struct range one;
	struct str spec;
	bool all_of_it, any;

	all_of_it = any = false;
	while ((spec = str_list_next(&set)).p != NULL) {
		any = true;
		switch (parse_spec(spec, size, &one)) {
		case SPEC_GOOD:
			break;
		case SPEC_OUTSIDE:
			continue;
		case SPEC_BAD:
			all->bad = true;
			return;
		}
		if (all_of_it)
			continue;
		if (one.first == 0 && spec.p[spec.n - 1] == '-') {
			all_of_it = true;
			all->n = 0;
			all->many = false;
			all->overlaps = all->reversals = 0;
		}
		add_range(all, one);
	}
	if (!any)
		all->bad = true;
}

/* How many specs a set can have at most. */
static size_t
count_specs(struct str set)
{
	size_t i, n;

	n = 1;
	for (i = 0; i < set.n; i++)
		if (set.p[i] == ',')
			n++;
	return n;
}

/* Are they more, or more in all, than one should serve (httpd)? */
static bool
is_too_much(const struct ranges *all, int64_t size,
    const struct file_ask *ask)
{
	int64_t sum;
	size_t i;

	if (all->many ||
	    (ask->max_overlaps >= 0 && all->overlaps > ask->max_overlaps) ||
	    (ask->max_reversals >= 0 && all->reversals > ask->max_reversals))
		return true;
	sum = 0;
	for (i = 0; i < all->n; i++) {
		if (all->v[i].last - all->v[i].first >= size - sum)
			return true;
		sum += all->v[i].last - all->v[i].first + 1;
	}
	/* With the heads of the parts the sum must stay a length. */
	return all->n > 1 && sum > INT64_MAX / 2;
}

/*
 * The ranges of a request that are to be served, none for the whole file.
 * 0, 416 or 500.
 */
static int
choose_ranges(struct ranges *all, struct str field, int64_t size,
    const struct file_ask *ask)
{
	struct str set;

	set = str_from(field, sizeof("bytes=") - 1);
	if (!str_casestarts(field, STR("bytes=")))
		return 0;
	all->cap = count_specs(set);
	if (ask->max_ranges > 0 && all->cap > (size_t)ask->max_ranges)
		all->cap = (size_t)ask->max_ranges;
	all->v = arena_alloc(ask->arena, all->cap * sizeof(*all->v));
	if (all->v == NULL)
		return 500;
	parse_set(all, set, size);
	if (!all->bad && all->n == 0)
		return 416;
	if (all->bad || is_too_much(all, size, ask))
		all->n = 0;
	return 0;
}

/*
 * Answers
 */

/* What conditions compare. */
struct validators {
	struct str	 etag;
	struct str	 date;		/* Last-Modified, as text */
	const time_t	*modified;	/* NULL: none that can be read */
	time_t		 when;
	char		 room_etag[48];
	char		 room_date[30];
};

/*
 * The same tag as httpd's for the same file (FileETag MTime Size), so that
 * what clients have stays good.  A file system that knows seconds only
 * cannot tell two changes of one second apart (RFC 9110 8.8.1), and tags of
 * that second are weak.
 */
static struct str
make_etag(const struct file *f, time_t now, char *room, size_t size)
{
	struct out o;

	out_init(&o, room, size);
	if (f->mtime_nsec == 0 && now - f->mtime < 2)
		out_z(&o, "W/");
	out_ch(&o, '"');
	out_hex(&o, (uint64_t)f->size);
	out_ch(&o, '-');
	out_hex(&o, (uint64_t)f->mtime * 1000000 +
	    (uint64_t)(f->mtime_nsec / 1000));
	out_ch(&o, '"');
	return out_done(&o);
}

/* The application's validators, or those of the file. */
static void
find_validators(struct validators *v, const struct response *r,
    const struct file *f, time_t now)
{
	const struct str *value;

	value = fields_get(&r->fields, STR("ETag"));
	v->etag = value != NULL ? *value :
	    make_etag(f, now, v->room_etag, sizeof(v->room_etag));
	v->modified = &v->when;
	value = fields_get(&r->fields, STR("Last-Modified"));
	if (value != NULL) {
		v->date = *value;
		if (http_parse_date(*value, &v->when) == -1)
			v->modified = NULL;
		return;
	}
	/* RFC 9110 8.8.2.1: never later than Date. */
	v->when = f->mtime < now ? f->mtime : now;
	http_format_date(v->when, v->room_date);
	v->date = str_of(v->room_date);
}

/* Set a field that is not there yet.  0, or -1 (arena full). */
static int
add_field(struct response *r, struct arena *a, struct str name,
    struct str value)
{
	if (fields_get(&r->fields, name) != NULL)
		return 0;
	value = arena_dup(a, value);
	if (value.p == NULL)
		return -1;
	return fields_add(&r->fields, a, name, value);
}

/* May ranges be served, and are some asked for?  Absent: no. */
static struct str
range_field(const struct response *r, const struct file *f,
    const struct validators *v, const struct file_ask *ask)
{
	const struct str *accept, *range;

	range = fields_get(ask->request, STR("Range"));
	accept = fields_get(&r->fields, STR("Accept-Ranges"));
	if (range == NULL || !str_eq(ask->method, STR("GET")) ||
	    ask->max_ranges == 0 ||
	    /* Nothing has no parts (httpd, nginx: 200). */
	    f->size == 0 ||
	    (accept != NULL && str_caseeq(*accept, STR("none"))) ||
	    fields_get(&r->fields, STR("Content-Range")) != NULL ||
	    /* Two of them would be one list that is not the grammar. */
	    fields_count(ask->request, STR("Range")) > 1 ||
	    !http_check_if_range(ask->request, &v->etag, v->modified,
	    ask->now))
		return STR_NONE;
	return *range;
}

/* "bytes first-last/size"; "bytes * /size" without a range. */
static void
put_content_range(struct out *o, const struct range *range, int64_t size)
{
	out_z(o, "bytes ");
	if (range == NULL)
		out_ch(o, '*');
	else {
		out_u64(o, (uint64_t)range->first);
		out_ch(o, '-');
		out_u64(o, (uint64_t)range->last);
	}
	out_ch(o, '/');
	out_u64(o, (uint64_t)size);
}

static int
set_content_range(struct response *r, struct arena *a,
    const struct range *range, int64_t size)
{
	struct out o;
	struct str value;

	out_begin(&o, a);
	put_content_range(&o, range, size);
	value = out_end(&o, a);
	if (value.p == NULL)
		return -1;
	return fields_set(&r->fields, a, STR("Content-Range"), value);
}

/* Spread the bits of x over all of the word (the finisher of splitmix64). */
static uint64_t
scatter(uint64_t x)
{
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* What no file holds by chance, and nobody who writes one can foresee. */
static void
put_boundary(struct out *o, const struct file_ask *ask)
{
	static uint64_t state;
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	state += scatter((uint64_t)ts.tv_sec << 30 ^ (uint64_t)ts.tv_nsec);
	state += scatter((uint64_t)(uintptr_t)ask->arena->base ^
	    (uint64_t)getpid() << 44);
	out_fmt(o, "%016" PRIx64, scatter(state));
	clock_gettime(CLOCK_REALTIME, &ts);
	state += scatter((uint64_t)ts.tv_sec << 30 ^ (uint64_t)ts.tv_nsec);
	out_fmt(o, "%016" PRIx64, scatter(state));
}

/* What stands before a part (RFC 9110 14.6). */
static struct str
make_part_head(const struct range *range, int64_t size, struct str boundary,
    struct str type, struct arena *a)
{
	struct out o;

	out_begin(&o, a);
	out_z(&o, "\r\n--");
	out_str(&o, boundary);
	if (type.n > 0) {
		out_z(&o, "\r\nContent-Type: ");
		out_str(&o, type);
	}
	out_z(&o, "\r\nContent-Range: ");
	put_content_range(&o, range, size);
	out_z(&o, "\r\n\r\n");
	return out_end(&o, a);
}

/*
 * The words around the boundary: before and after it, in the arena; absent
 * when that is full.
 */
static struct str
make_around(struct arena *a, const char *before, struct str boundary,
    const char *after)
{
	struct out o;

	out_begin(&o, a);
	out_z(&o, before);
	out_str(&o, boundary);
	out_z(&o, after);
	return out_end(&o, a);
}

/* Several ranges.  0, or -1 (arena full). */
static int
make_parts(struct response *r, const struct ranges *all, int64_t size,
    const struct file_ask *ask)
{
	const struct str *given;
	struct part *part;
	struct str boundary, type;
	struct out o;
	char room[64];
	size_t i;

	out_init(&o, room, sizeof(room));
	put_boundary(&o, ask);
	boundary = out_done(&o);
	given = fields_get(&r->fields, STR("Content-Type"));
	type = given != NULL ? *given : ask->type;
	part = arena_alloc(ask->arena, all->n * sizeof(*part));
	r->tail = make_around(ask->arena, "\r\n--", boundary, "--\r\n");
	if (part == NULL || r->tail.p == NULL)
		return -1;
	r->parts = part;
	r->nparts = all->n;
	r->length = (int64_t)r->tail.n;
	for (i = 0; i < all->n; i++, part++) {
		part->head = make_part_head(&all->v[i], size, boundary, type,
		    ask->arena);
		if (part->head.p == NULL)
			return -1;
		part->offset = all->v[i].first;
		part->length = all->v[i].last - all->v[i].first + 1;
		r->length += (int64_t)part->head.n + part->length;
	}
	type = make_around(ask->arena, "multipart/byteranges; boundary=",
	    boundary, "");
	if (type.p == NULL)
		return -1;
	return fields_set(&r->fields, ask->arena, STR("Content-Type"), type);
}

static void
set_status(struct response *r, int status)
{
	r->status = status;
	r->reason = STR_NONE;
}

/* 206.  0, or -1 (arena full). */
static int
answer_ranges(struct response *r, const struct ranges *all, int64_t size,
    const struct file_ask *ask)
{
	set_status(r, 206);
	if (all->n > 1)
		return make_parts(r, all, size, ask);
	r->offset = all->v[0].first;
	r->length = all->v[0].last - all->v[0].first + 1;
	return set_content_range(r, ask->arena, &all->v[0], size);
}

static int
add_validators(struct response *r, const struct validators *v,
    const struct file_ask *ask)
{
	return add_field(r, ask->arena, STR("Last-Modified"), v->date) == -1 ||
	    add_field(r, ask->arena, STR("ETag"), v->etag) == -1 ||
	    add_field(r, ask->arena, STR("Accept-Ranges"),
	    ask->max_ranges == 0 ? STR("none") : STR("bytes")) == -1 ? -1 : 0;
}

/* The file, whole or in ranges.  0, or -1 (arena full). */
static int
answer_file(struct response *r, struct file *f, const struct ranges *all,
    const struct file_ask *ask)
{
	r->source = SOURCE_FILE;
	r->offset = 0;
	r->length = f->size;
	if (all->n > 0 && answer_ranges(r, all, f->size, ask) == -1)
		return -1;
	if (ask->type.n > 0 &&
	    add_field(r, ask->arena, STR("Content-Type"), ask->type) == -1)
		return -1;
	r->fd = f->fd;
	f->fd = -1;
	return 0;
}

/* RFC 9110 15.4.5: the tag is enough.  0, or 500. */
static int
answer_not_modified(struct response *r, const struct validators *v,
    struct arena *a)
{
	if (add_field(r, a, STR("ETag"), v->etag) == -1)
		return 500;
	set_status(r, 304);
	r->source = SOURCE_NONE;
	r->length = -1;
	return 0;
}

int
file_answer(struct response *r, struct file *f, const struct file_ask *ask)
{
	struct ranges all;
	struct validators v;
	struct str range;
	int status;

	assert(f->fd != -1 && !f->directory && r->fd == -1);
	memset(&all, 0, sizeof(all));
	/* Validators are those of what a GET gets (RFC 9110 8.8). */
	if (r->status != 200 || (!str_eq(ask->method, STR("GET")) &&
	    !str_eq(ask->method, STR("HEAD"))))
		return answer_file(r, f, &all, ask) == -1 ? 500 : 0;
	find_validators(&v, r, f, ask->now);
	status = http_check_conditions(ask->request, &v.etag, v.modified,
	    ask->now);
	if (status == 304)
		return answer_not_modified(r, &v, ask->arena);
	if (status != 0)
		return status;
	range = range_field(r, f, &v, ask);
	if (range.p != NULL)
		status = choose_ranges(&all, range, f->size, ask);
	if (status == 416 &&
	    set_content_range(r, ask->arena, NULL, f->size) == -1)
		return 500;
	if (status != 0)
		return status;
	if (add_validators(r, &v, ask) == -1 ||
	    answer_file(r, f, &all, ask) == -1)
		return 500;
	return 0;
}

/*
 * Types
 */

/* What is usual, in the form of a TypesConfig. */
static const char usual[] =
    "application/atom+xml atom\n"
    "application/epub+zip epub\n"
    "application/gzip gz tgz\n"
    "application/java-archive jar\n"
    "application/json json map\n"
    "application/manifest+json webmanifest\n"
    "application/msword doc\n"
    "application/octet-stream bin exe\n"
    "application/pdf pdf\n"
    "application/postscript ps\n"
    "application/rss+xml rss\n"
    "application/rtf rtf\n"
    "application/vnd.apple.mpegurl m3u8\n"
    "application/vnd.debian.binary-package deb\n"
    "application/vnd.ms-excel xls\n"
    "application/vnd.ms-fontobject eot\n"
    "application/vnd.ms-powerpoint ppt\n"
    "application/vnd.oasis.opendocument.presentation odp\n"
    "application/vnd.oasis.opendocument.spreadsheet ods\n"
    "application/vnd.oasis.opendocument.text odt\n"
    "application/vnd.openxmlformats-officedocument"
    ".presentationml.presentation pptx\n"
    "application/vnd.openxmlformats-officedocument"
    ".spreadsheetml.sheet xlsx\n"
    "application/vnd.openxmlformats-officedocument"
    ".wordprocessingml.document docx\n"
    "application/vnd.rar rar\n"
    "application/wasm wasm\n"
    "application/x-7z-compressed 7z\n"
    "application/x-bittorrent torrent\n"
    "application/x-bzip2 bz2\n"
    "application/x-iso9660-image iso\n"
    "application/x-tar tar\n"
    "application/x-xz xz\n"
    "application/xhtml+xml xhtml\n"
    "application/xml xml\n"
    "application/zip zip\n"
    "application/zstd zst\n"
    "audio/aac aac\n"
    "audio/flac flac\n"
    "audio/mp4 m4a\n"
    "audio/mpeg mp3\n"
    "audio/ogg oga ogg opus\n"
    "audio/webm weba\n"
    "audio/x-wav wav\n"
    "font/otf otf\n"
    "font/ttf ttf\n"
    "font/woff woff\n"
    "font/woff2 woff2\n"
    "image/avif avif\n"
    "image/bmp bmp\n"
    "image/gif gif\n"
    "image/jpeg jpeg jpg\n"
    "image/png png\n"
    "image/svg+xml svg\n"
    "image/tiff tif tiff\n"
    "image/vnd.microsoft.icon ico\n"
    "image/webp webp\n"
    "text/calendar ics\n"
    "text/css css\n"
    "text/csv csv\n"
    "text/html htm html\n"
    "text/javascript js mjs\n"
    "text/markdown md\n"
    "text/plain log txt\n"
    "text/vtt vtt\n"
    "video/mp4 mp4\n"
    "video/mpeg mpeg mpg\n"
    "video/ogg ogv\n"
    "video/quicktime mov\n"
    "video/webm webm\n"
    "video/x-m4v m4v\n"
    "video/x-matroska mkv\n"
    "video/x-msvideo avi\n";

/* The order of extensions; b is in lower case, a in any. */
static int
compare(struct str a, struct str b)
{
	size_t i;
	int d;

	for (i = 0; i < a.n && i < b.n; i++) {
		d = (unsigned char)ch_lower(a.p[i]) - (unsigned char)b.p[i];
		if (d != 0)
			return d;
	}
	return a.n < b.n ? -1 : a.n > b.n;
}

/* Where the extension is, or would be; *found tells which. */
static size_t
search(const struct file_type *v, size_t n, struct str extension, bool *found)
{
	size_t high, low, middle;
	int d;

	*found = false;
	low = 0;
	high = n;
	while (low < high) {
		middle = low + (high - low) / 2;
		d = compare(extension, v[middle].extension);
		if (d == 0) {
			*found = true;
			return middle;
		}
		if (d < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* Room for one more.  0, or -1. */
static int
make_room(struct file_types *t, struct arena *a)
{
	struct file_type *v;
	size_t cap;

	if (t->n < t->cap)
		return 0;
	cap = t->cap > 0 ? t->cap * 2 : 16;
	v = arena_alloc(a, cap * sizeof(*v));
	if (v == NULL)
		return -1;
	if (t->n > 0)
		memcpy(v, t->v, t->n * sizeof(*v));
	t->v = v;
	t->cap = cap;
	return 0;
}

static struct str
lower(struct arena *a, struct str s)
{
	char *p;
	size_t i;

	p = arena_alloc(a, s.n > 0 ? s.n : 1);
	if (p == NULL)
		return STR_NONE;
	for (i = 0; i < s.n; i++)
		p[i] = ch_lower(s.p[i]);
	return (struct str){ p, s.n };
}

int
file_types_add(struct file_types *t, struct arena *a, struct str extension,
    struct str type)
{
	size_t i;
	bool found;

	if (extension.n > 0 && extension.p[0] == '.')
		extension = str_from(extension, 1);
	i = search(t->v, t->n, extension, &found);
	if (found) {
		t->v[i].type = type;
		return 0;
	}
	extension = lower(a, extension);
	if (extension.p == NULL || make_room(t, a) == -1)
		return -1;
	memmove(t->v + i + 1, t->v + i, (t->n - i) * sizeof(*t->v));
	t->v[i].extension = extension;
	t->v[i].type = type;
	t->n++;
	return 0;
}

/* All of a file, in the arena.  Absent with errno. */
static struct str
read_all(struct arena *a, int fd)
{
	struct stat st;
	char *p;
	size_t done, size;
	ssize_t n;

	if (fstat(fd, &st) == -1)
		return STR_NONE;
	/* /dev/null is a usual way to say "no types". */
	size = S_ISREG(st.st_mode) ? (size_t)st.st_size : 0;
	if (st.st_size > TYPES_BYTES) {
		errno = EFBIG;
		return STR_NONE;
	}
	p = arena_alloc(a, size + 1);
	if (p == NULL)
		return STR_NONE;
	for (done = 0; done < size; done += (size_t)n) {
		n = read(fd, p + done, size - done);
		if (n == -1 && errno == EINTR)
			n = 0;
		else if (n == -1)
			return STR_NONE;
		else if (n == 0)
			break;
	}
	return (struct str){ p, done };
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The next word of a line, which is moved on; empty at its end. */
static struct str
next_word(struct str *line)
{
	struct str word;

	while (line->n > 0 && is_blank(line->p[0]))
		*line = str_from(*line, 1);
	word = *line;
	while (line->n > 0 && !is_blank(line->p[0]))
		*line = str_from(*line, 1);
	word.n -= line->n;
	return word;
}

static bool
is_type(struct str s)
{
	size_t slash;

	slash = str_chr(s, '/');
	return http_is_token(str_head(s, slash)) &&
	    http_is_token(str_from(s, slash + 1));
}

/* 0, or -1 (no memory). */
static int
add_lines(struct file_types *t, struct arena *a, struct str text)
{
	struct str line, type, word;

	while (text.n > 0) {
		line = str_head(text, str_chr(text, '\n'));
		text = str_from(text, line.n + 1);
		line = str_head(line, str_chr(line, '#'));
		type = next_word(&line);
		if (!is_type(type))
			continue;
		while ((word = next_word(&line)).n > 0)
			if (file_types_add(t, a, word, type) == -1)
				return -1;
	}
	return 0;
}

int
file_types_read(struct file_types *t, struct arena *a, const char *path)
{
	struct str text;
	int error, fd;

	if (path == NULL)
		return add_lines(t, a, STR(usual));
	fd = open(path, PLAIN);
	if (fd == -1)
		return -1;
	text = read_all(a, fd);
	error = errno;
	close(fd);
	errno = error;
	return text.p == NULL ? -1 : add_lines(t, a, text);
}

/* Absent: this is no extension. */
static struct str
find_type(const struct file_types *t, struct str extension)
{
	size_t i;
	bool found;

	for (; t != NULL; t = t->next) {
		i = search(t->v, t->n, extension, &found);
		if (found)
			return t->v[i].type;
	}
	return STR_NONE;
}

struct str
file_type(const struct file_types *t, struct str name)
{
	struct str type;
	size_t dot;

	while ((dot = str_chr(name, '/')) < name.n)
		name = str_from(name, dot + 1);
	/* Dots in front belong to the name (httpd: ".png" is no picture). */
	while (name.n > 0 && name.p[0] == '.')
		name = str_from(name, 1);
	for (dot = name.n; dot-- > 0;) {
		if (name.p[dot] != '.')
			continue;
		type = find_type(t, str_from(name, dot + 1));
		if (type.p != NULL)
			return type;
		name = str_head(name, dot);
	}
	return STR_NONE;
}
