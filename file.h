/*
 * file: plain files: open them safely, say what of them a request gets
 * (conditions, ranges), know their types.  It describes and never sends,
 * and waits for nothing but the disk.
 *
 * Sources: RFC 9110 sections 8.3, 8.8, 13 and 14.
 */
#ifndef FILE_H
#define FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "buf.h"
#include "http.h"

enum { FILE_PATH_BYTES = 4096 };	/* of a path with its NUL */

/* An open file, as it was when it was opened. */
struct file {
	int		 fd;		/* owned; -1: closed */
	int64_t		 size;		/* bytes */
	time_t		 mtime;
	long		 mtime_nsec;
	bool		 directory;
	struct str	 path;		/* where the walk ended, with all links
					 * followed; in ->room */
	bool		 below;		/* it is below the root that was
					 * given, */
	size_t		 root_n;	/* whose name is so long; else 0 */
	size_t		 written_n;	/* and so long as it was given */
	char		 room[FILE_PATH_BYTES];
};

/*
 * A path in its simplest form by text, in the arena: without "//", "/./" and
 * "/a/..", as httpd does it.  A slash at the end stays.  Absent: it is not
 * absolute, too long, has a NUL, or the arena is full.
 */
struct str	file_simplify(struct arena *a, struct str path);

/*
 * The three ways to open.  All of them: *f is closed (fd -1) unless 0 is
 * returned; the path is absolute, names bytes and no escapes, and is first
 * put into its simplest form by file_simplify().  Nothing blocks: a FIFO,
 * socket or device is refused.
 *
 * Returns 0 or the status to answer with, errno saying more:
 *	404	no such file: ENOENT, ENOTDIR ("file/", "file/more"),
 *		ENAMETOOLONG, EINVAL (a NUL, not absolute)
 *	403	EACCES; EISDIR; ENXIO or EOPNOTSUPP (not a plain file);
 *		ELOOP (over 20 links, 40 where they may lead anywhere);
 *		EPERM (a path or link that leads out; below /proc, /sys or
 *		/dev; a file that a kernel makes up as it is read)
 *	503	EMFILE, ENFILE and the like
 *	500	EIO
 */

/*
 * Any plain file (X-Sendfile without XSendFilePath), but none below /proc,
 * /sys or /dev.  The path is walked from the root, segment by segment and
 * link by link, and what counts is where the walk comes through: no link,
 * "/dev/../proc" or "/proc/self/root" gets around it.
 */
int	file_open(struct file *f, struct str path);

/*
 * The file or directory that path ("/a/b") names below the directory root.
 * Neither ".." nor a link leads out of it, and no race either: one
 * descriptor a directory, one step a segment, links are read and walked by
 * the same rules; where no link is, the kernel does it in one call if it
 * can.  A link to an absolute path is followed only if it begins with the
 * text of root.  Below the root "/" file_open()'s rule holds too.
 * Directories that may be searched and not be read are opened as well.
 *
 * links (Options FollowSymLinks): links may lead anywhere.
 */
int	file_open_below(struct file *f, const char *root, struct str path,
	    bool links);

/*
 * SetHandler: how many bytes at the end of path are no part of a file's name,
 * because what is before them below root is not a directory, or not there
 * (httpd: PATH_INFO).  *f is what has the name, closed with errno if it
 * cannot be opened.  root may be NULL: nothing is there.
 */
size_t	file_path_info(struct file *f, const char *root, struct str path,
	    bool links);

/*
 * A plain file below one of n directories (XSendFilePath), by the text of
 * its path and by the rules of file_open_below(): a link that leads out of
 * the directory is refused, also if it leads into another one of the list.
 * What is outside is 403, whether it exists or not.
 */
int	file_open_allowed(struct file *f, const char *const *dirs, size_t n,
	    struct str path);

/* Safe to be called twice; *f must have been opened, or fd be -1. */
void	file_close(struct file *f);

/*
 * Shall the kernel's own confinement be used where there is one?  On at
 * first; off for tests of what other systems do.
 */
void	file_trust_kernel(bool on);

/*
 * Is the open file encoded as Content-Encoding says (the last coding, which is
 * the outermost)?  gzip, compress and zstd begin with signs of their own, br is
 * known by the name; a coding that is not known is believed.
 */
bool	file_has_coding(const struct file *f, struct str path,
	    struct str coding);

/* httpd's defaults; -1 is unlimited, no ranges at all is 0 for the first. */
enum {
	FILE_MAX_RANGES = 200,
	FILE_MAX_OVERLAPS = 20,
	FILE_MAX_REVERSALS = 20
};

/* What is asked of a file. */
struct file_ask {
	const struct fields	*request;
	struct str		 method;
	struct arena		*arena;		/* a fixed one */
	time_t			 now;
	struct str		 type;		/* by its name; absent */
	int			 max_ranges;	/* MaxRanges */
	int			 max_overlaps;	/* MaxRangeOverlaps */
	int			 max_reversals;	/* MaxRangeReversals */
};

/*
 * The answer that f is.  *r comes with its status (200; the application's;
 * that of an error which the file documents) and the fields it has already.
 * These stay and win: Content-Type over ask->type, ETag and Last-Modified
 * over the file's, also in conditions; Accept-Ranges: none and
 * Content-Range are heeded.
 *
 * Status 200 with GET or HEAD: validators are added and conditions hold;
 * with GET ranges too.  Anything else gets the whole file, its length and
 * its type.
 *
 * 0: r is filled (200, 206, 304 or the status it had) and owns the
 * descriptor; after a 304 f still does.  Else the status to answer with: 412
 * (r is as it was), 416 (so it is, but for a Content-Range that the error
 * page shall keep), 500 (arena full; r is to be made anew).
 */
int	file_answer(struct response *r, struct file *f,
	    const struct file_ask *ask);

/*
 * Types by the extension of a name.  Zeroed, then filled while the
 * configuration is read.
 */
struct file_type {
	struct str	 extension;	/* lower case, no dot */
	struct str	 type;
};
struct file_types {
	struct file_type	*v;	/* sorted */
	size_t			 n;
	size_t			 cap;
	const struct file_types	*next;	/* asked for what is not in v;
					 * NULL */
};

/*
 * AddType: the extension, with or without its dot, in any case.  The last
 * one counts.  type is not copied.  0, or -1 with errno ENOMEM.
 */
int	file_types_add(struct file_types *t, struct arena *a,
	    struct str extension, struct str type);

/*
 * TypesConfig: add the lines "type extension ..." of a file, NULL: of the
 * built-in list of what is usual.  Lines that do not begin with a type are
 * passed over.  0, or -1 with errno.
 */
int	file_types_read(struct file_types *t, struct arena *a,
	    const char *path);

/*
 * The type of a name or path: of its last extension that is known (httpd:
 * "page.html.old" is HTML).  Absent when none is.
 */
struct str	file_type(const struct file_types *t, struct str name);

#endif
