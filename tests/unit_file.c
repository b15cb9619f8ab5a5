/*
 * file: what may be opened and what leads out, in a tree of links and odd
 * files, by the kernel's confinement and by our own walk; conditions and
 * ranges; types.
 */
#include <sys/types.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "file.h"
#include "unit.h"

/*
 * The tree: base/root is what is served, base/secret what must not be.
 */
static char base[64];

static char *
below(const char *name)
{
	static char path[8][6000];
	static unsigned turn;
	char *p;

	p = path[turn++ % 8];
	snprintf(p, sizeof(path[0]), "%s%s", base, name);
	return p;
}

static void
make_file(const char *name, const char *text)
{
	int fd;

	fd = open(below(name), O_WRONLY | O_CREAT | O_TRUNC, 0644);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(write(fd, text, strlen(text)),
	    (ssize_t)strlen(text));
	close(fd);
}

static void
make_dir(const char *name)
{
	ck_assert_int_eq(mkdir(below(name), 0755), 0);
}

static void
make_link(const char *name, const char *target)
{
	ck_assert_int_eq(symlink(target, below(name)), 0);
}

static void
make_socket(const char *name)
{
	struct sockaddr_un sun;
	int fd;

	memset(&sun, 0, sizeof(sun));
	sun.sun_family = AF_UNIX;
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s%s", base, name);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	close(fd);
}

/* link0 is the file, each further one leads to the one before. */
static void
make_chain(int n)
{
	char name[32], target[32];
	int i;

	make_file("/root/link0", "inside");
	for (i = 1; i <= n; i++) {
		snprintf(name, sizeof(name), "/root/link%d", i);
		snprintf(target, sizeof(target), "link%d", i - 1);
		make_link(name, target);
	}
}

/* As many directories as a walk goes down, and more. */
static void
make_depth(void)
{
	char name[512];
	size_t n;
	int i;

	n = (size_t)snprintf(name, sizeof(name), "/root");
	for (i = 0; i < 140; i++) {
		memcpy(name + n, "/d", 3);
		n += 2;
		make_dir(name);
	}
}

static void
make_links(void)
{
	make_link("/root/in", "sub/b.txt");
	make_link("/root/in_dir", "sub");
	make_link("/root/in_dir_slash", "sub/");
	make_link("/root/in_up", "sub/../a.txt");
	make_link("/root/sub/back", "../a.txt");
	make_link("/root/sub/deep/back", "../../in_dir/b.txt");
	make_link("/root/file_slash", "a.txt/");
	make_link("/root/dangling", "nothing");
	make_link("/root/abs_in", below("/root/sub/b.txt"));
	make_link("/root/abs_top", below("/root"));
	make_link("/root/abs_near", below("/rootish/x.txt"));
	make_link("/root/abs_up", below("/root/../secret"));
	make_link("/root/abs_out", below("/secret"));
	make_link("/root/out", "../secret");
	make_link("/root/out_and_in", "../root/a.txt");
	make_link("/root/out_missing", "../nothing");
	make_link("/root/sub/out", "../../secret");
	make_link("/root/out_dir", "..");
	make_link("/root/passwd", "/etc/passwd");
	make_link("/root/top", "/");
	make_link("/root/environ", "/proc/self/environ");
	make_link("/root/null", "/dev/null");
	make_link("/root/self", "self");
	make_link("/root/ping", "pong");
	make_link("/root/pong", "ping");
	make_link("/to_file", "root/a.txt");
	make_link("/to_proc", "/proc");
	make_link("/to_proc_relative", "../../../../proc/version");
	make_link("/to_dev", "/dev/shm/../null");
	make_link("/to_root", "/proc/self/root");
}

static void
make_tree(void)
{
	char long_name[256];

	umask(022);
	snprintf(base, sizeof(base), "/tmp/gateway-file.XXXXXX");
	ck_assert_ptr_ne(mkdtemp(base), NULL);
	ck_assert_int_eq(chmod(base, 0711), 0);
	make_file("/secret", "outside");
	make_dir("/root");
	make_dir("/rootish");
	make_dir("/other");
	make_dir("/root/sub");
	make_dir("/root/sub/deep");
	make_file("/rootish/x.txt", "outside");
	make_file("/other/f", "outside");
	make_file("/root/a.txt", "inside");
	make_file("/root/empty", "");
	make_file("/root/sub/b.txt", "inside");
	make_file("/root/ a%2e\"b\\..", "inside");
	memset(long_name, 'n', sizeof(long_name));
	memcpy(long_name, "/root/", 6);
	long_name[255] = '\0';
	make_file(long_name, "inside");
	ck_assert_int_eq(mkfifo(below("/root/fifo"), 0644), 0);
	make_socket("/root/socket");
	make_links();
	make_chain(21);
	make_depth();
	make_dir("/root/search");
	make_file("/root/search/x", "inside");
	make_dir("/root/locked");
	make_file("/root/locked/x", "inside");
	make_file("/root/unreadable", "inside");
	chmod(below("/root/unreadable"), 0);
	chmod(below("/root/search"), 0111);
	chmod(below("/root/locked"), 0);
}

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static void
remove_tree(void)
{
	chmod(below("/root/search"), 0755);
	chmod(below("/root/locked"), 0755);
	nftw(base, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* What the file holds is what row says; "outside" never comes out. */
static void
check_content(struct file *f, const char *expected)
{
	char got[64];
	ssize_t n;

	n = pread(f->fd, got, sizeof(got) - 1, 0);
	ck_assert_int_ge(n, 0);
	got[n] = '\0';
	ck_assert_str_eq(got, expected);
	ck_assert_int_eq(f->size, (int64_t)n);
}

#define DIRECTORY	"directory"

static const struct {
	const char	*path;		/* below root */
	int		 status;
	const char	*content;
	int		 error;		/* errno; 0: any */
	int		 through;	/* status when links may lead out; 0:
					 * the same */
} inside[] = {
	{ "/a.txt", 0, "inside", 0, 0 },
	{ "//sub///b.txt", 0, "inside", 0, 0 },
	{ "/./sub/./b.txt", 0, "inside", 0, 0 },
	{ "/sub/../a.txt", 0, "inside", 0, 0 },
	{ "/nothing/../a.txt", 0, "inside", 0, 0 },
	{ "/empty", 0, "", 0, 0 },
	{ "/ a%2e\"b\\..", 0, "inside", 0, 0 },
	{ "/", 0, DIRECTORY, 0, 0 },
	{ "/sub", 0, DIRECTORY, 0, 0 },
	{ "/sub/", 0, DIRECTORY, 0, 0 },
	{ "/sub/deep/..", 0, DIRECTORY, 0, 0 },
	{ "/sub/.", 0, DIRECTORY, 0, 0 },
	{ "/a.txt/", 404, NULL, ENOTDIR, 0 },
	{ "/a.txt/.", 404, NULL, ENOTDIR, 0 },
	{ "/a.txt/more", 404, NULL, ENOTDIR, 0 },
	{ "/nothing", 404, NULL, ENOENT, 0 },
	{ "/sub/nothing/x", 404, NULL, ENOENT, 0 },
	{ "", 404, NULL, EINVAL, 0 },
	{ "a.txt", 404, NULL, EINVAL, 0 },
	{ "..", 404, NULL, EINVAL, 0 },
	{ "/..", 403, NULL, EPERM, 0 },
	{ "/../secret", 403, NULL, EPERM, 0 },
	{ "/sub/../../secret", 403, NULL, EPERM, 0 },
	{ "/../root/a.txt", 403, NULL, EPERM, 0 },
	{ "/../nothing", 403, NULL, EPERM, 0 },
	{ "/..../secret", 404, NULL, ENOENT, 0 },
	{ "/%2e%2e/secret", 404, NULL, ENOENT, 0 },
	{ "/..\\secret", 404, NULL, ENOENT, 0 },
	{ "/fifo", 403, NULL, ENXIO, 0 },
	{ "/socket", 403, NULL, ENXIO, 0 },
	{ "/in", 0, "inside", 0, 0 },
	{ "/in/", 404, NULL, ENOTDIR, 0 },
	{ "/in_dir/b.txt", 0, "inside", 0, 0 },
	{ "/in_dir", 0, DIRECTORY, 0, 0 },
	{ "/in_dir/", 0, DIRECTORY, 0, 0 },
	{ "/in_dir_slash", 0, DIRECTORY, 0, 0 },
	{ "/in_dir_slash/b.txt", 0, "inside", 0, 0 },
	{ "/in_dir/../a.txt", 0, "inside", 0, 0 },
	{ "/in_up", 0, "inside", 0, 0 },
	{ "/sub/back", 0, "inside", 0, 0 },
	{ "/in_dir/deep/back", 0, "inside", 0, 0 },
	{ "/file_slash", 404, NULL, ENOTDIR, 0 },
	{ "/dangling", 404, NULL, ENOENT, 0 },
	{ "/abs_in", 0, "inside", 0, 0 },
	{ "/abs_top/sub/b.txt", 0, "inside", 0, 0 },
	{ "/abs_top/abs_top/abs_top/a.txt", 0, "inside", 0, 0 },
	{ "/abs_top", 0, DIRECTORY, 0, 0 },
	{ "/abs_near", 403, NULL, EPERM, -1 },
	{ "/abs_up", 403, NULL, EPERM, -1 },
	{ "/abs_out", 403, NULL, EPERM, -1 },
	{ "/out", 403, NULL, EPERM, -1 },
	{ "/out_and_in", 403, NULL, EPERM, -1 },
	{ "/out_missing", 403, NULL, EPERM, 404 },
	{ "/sub/out", 403, NULL, EPERM, -1 },
	{ "/in_dir/out", 403, NULL, EPERM, -1 },
	{ "/out_dir", 403, NULL, EPERM, -1 },
	{ "/out_dir/secret", 403, NULL, EPERM, -1 },
	{ "/out_dir/root/a.txt", 403, NULL, EPERM, -1 },
	{ "/passwd", 403, NULL, EPERM, -1 },
	{ "/top/etc/passwd", 403, NULL, EPERM, -1 },
	{ "/environ", 403, NULL, EPERM, 403 },
	{ "/null", 403, NULL, 0, 403 },
	{ "/self", 403, NULL, ELOOP, 0 },
	{ "/ping", 403, NULL, ELOOP, 0 },
	{ "/ping/x", 403, NULL, ELOOP, 0 },
	{ "/link20", 0, "inside", 0, 0 },
};

/* Without the kernel when the row is of the second half. */
START_TEST(test_inside)
{
	struct file f;
	size_t i;
	int error, status;

	i = (size_t)_i % NELEM(inside);
	file_trust_kernel(i == (size_t)_i);
	status = file_open_below(&f, below("/root"), str_of(inside[i].path),
	    false);
	error = errno;
	file_trust_kernel(true);
	ck_assert_int_eq(status, inside[i].status);
	if (inside[i].error != 0)
		ck_assert_int_eq(error, inside[i].error);
	if (status != 0)
		ck_assert_int_eq(f.fd, -1);
	else if (strcmp(inside[i].content, DIRECTORY) == 0)
		ck_assert(f.directory);
	else
		check_content(&f, inside[i].content);
	file_close(&f);
	file_close(&f);
}
END_TEST

START_TEST(test_through_links)
{
	struct file f;
	int expected, status;

	status = file_open_below(&f, below("/root"), str_of(inside[_i].path),
	    true);
	expected = inside[_i].through == -1 ? 0 : inside[_i].through != 0 ?
	    inside[_i].through : inside[_i].status;
	ck_assert_int_eq(status, expected);
	file_close(&f);
}
END_TEST

START_TEST(test_limits)
{
	char path[5000];
	struct file f;
	int i, status;

	for (i = 0; i < 2; i++) {
		file_trust_kernel(i == 0);
		memset(path, 'n', sizeof(path));
		path[0] = '/';
		/* 249 bytes are a name that is there, 256 too many for one */
		ck_assert_int_eq(file_open_below(&f, below("/root"),
		    (struct str){ path, 250 }, false), 0);
		check_content(&f, "inside");
		file_close(&f);
		ck_assert_int_eq(file_open_below(&f, below("/root"),
		    (struct str){ path, 257 }, false), 404);
		ck_assert_int_eq(file_open_below(&f, below("/root"),
		    (struct str){ path, 4095 }, false), 404);
		ck_assert_int_eq(file_open_below(&f, below("/root"),
		    (struct str){ path, 4096 }, false), 404);
		ck_assert_int_eq(file_open_below(&f, below("/root"),
		    (struct str){ path, 4096 }, true), 404);
		ck_assert_int_eq(file_open_below(&f, below("/root"),
		    STR("/a.txt\0"), false), 404);
		ck_assert_int_eq(errno, EINVAL);
		ck_assert_int_eq(file_open_below(&f, below("/root"),
		    STR("/a.txt\0.png"), true), 404);
		/* "/d" 140 times is there; the walk goes 127 down */
		for (path[0] = '\0'; strlen(path) < 240;)
			memcpy(path + strlen(path), "/d", 3);
		ck_assert_int_eq(file_open_below(&f, below("/root"),
		    str_of(path), false), 0);
		file_close(&f);
		while (strlen(path) < 270)
			memcpy(path + strlen(path), "/d", 3);
		status = file_open_below(&f, below("/root"), str_of(path),
		    false);
		/* a kernel that can goes on */
		ck_assert(status == 404 || (i == 0 && status == 0));
		file_close(&f);
		while (strlen(path) < 4095)
			memcpy(path + strlen(path), "/d", 3);
		ck_assert_int_eq(file_open_below(&f, below("/root"),
		    str_of(path), false), 404);
		ck_assert_int_eq(file_open(&f, str_of(path)), 404);
	}
	/* more links than we follow ourselves */
	ck_assert_int_eq(file_open_below(&f, below("/root"), STR("/link21"),
	    false), 403);
	ck_assert_int_eq(errno, ELOOP);
	file_trust_kernel(true);
}
END_TEST

START_TEST(test_root)
{
	struct file f;

	ck_assert_int_eq(file_open_below(&f, below("/nowhere"), STR("/a.txt"),
	    false), 404);
	ck_assert_int_eq(file_open_below(&f, below("/secret"), STR("/a.txt"),
	    false), 404);
	ck_assert_int_eq(file_open_below(&f, below("//root/./"),
	    STR("/abs_in"), false), 0);
	file_close(&f);
	/* a root that is reached through a link is where it leads */
	ck_assert_int_eq(file_open_below(&f, below("/root/out_dir"),
	    STR("/secret"), false), 0);
	check_content(&f, "outside");
	file_close(&f);
	/* below "/" nothing of the kernel */
	ck_assert_int_eq(file_open_below(&f, "/", STR("/proc/version"),
	    false), 403);
	ck_assert_int_eq(file_open_below(&f, "/",
	    str_of(below("/root/a.txt")), false), 0);
	check_content(&f, "inside");
	file_close(&f);
	ck_assert_int_eq(file_open_below(&f, "/", STR("/"), true), 0);
	ck_assert(f.directory);
	file_close(&f);
}
END_TEST

/* Paths that begin with "@" are below base. */
static const struct {
	const char	*path;
	int		 status;
	int		 error;
} anywhere[] = {
	{ "@/root/a.txt", 0, 0 },
	{ "@/root/../root//./a.txt", 0, 0 },
	{ "/../../..@/root/a.txt", 0, 0 },
	{ "@/root/out_and_in", 0, 0 },
	{ "@/root/abs_in", 0, 0 },
	{ "@/root/empty", 0, 0 },
	{ "@/to_file", 0, 0 },
	{ "/etc/passwd", 0, 0 },
	{ "@/root/passwd", 0, 0 },
	{ "@/root/top/etc/passwd", 0, 0 },
	{ "@", 403, EISDIR },
	{ "@/root/", 403, EISDIR },
	{ "/", 403, EISDIR },
	{ "/..", 403, EISDIR },
	{ "@/root/fifo", 403, ENXIO },
	{ "@/root/socket", 403, ENXIO },
	{ "@/root/self", 403, ELOOP },
	{ "@/root/a.txt/", 404, ENOTDIR },
	{ "@/root/a.txt/more", 404, ENOTDIR },
	{ "@/root/nothing", 404, ENOENT },
	{ "@/root/a.txt ", 404, ENOENT },
	{ "@/root/a%2etxt", 404, ENOENT },
	{ "@/root/a.txt?x", 404, ENOENT },
	{ "root/a.txt", 404, EINVAL },
	{ "", 404, EINVAL },
	{ "/proc/version", 403, EPERM },
	{ "/proc/self/environ", 403, EPERM },
	{ "/proc/self/root/etc/passwd", 403, EPERM },
	{ "/proc/nothing", 403, EPERM },
	{ "/PROC/version", 403, EPERM },
	{ "/sys/kernel/uevent_seqnum", 403, EPERM },
	{ "/dev/null", 403, EPERM },
	{ "/dev/zero", 403, EPERM },
	{ "/dev/fd/0", 403, EPERM },
	{ "/dev", 403, 0 },
	{ "/dev/../proc/version", 403, EPERM },
	{ "/etc/../proc/./version", 403, EPERM },
	{ "//proc//version", 403, EPERM },
	{ "@/root/environ", 403, EPERM },
	{ "@/root/null", 403, EPERM },
	{ "@/root/top/proc/version", 403, EPERM },
	{ "@/to_proc/version", 403, EPERM },
	{ "@/to_proc_relative", 403, EPERM },
	{ "@/to_dev", 403, EPERM },
	{ "@/to_root/etc/passwd", 403, EPERM },
};

static struct str
spell(const char *path)
{
	static char room[512];
	const char *at;

	at = strchr(path, '@');
	if (at == NULL)
		return str_of(path);
	snprintf(room, sizeof(room), "%.*s%s%s", (int)(at - path), path, base,
	    at + 1);
	return str_of(room);
}

START_TEST(test_anywhere)
{
	struct file f;
	int status;

	errno = 0;
	status = file_open(&f, spell(anywhere[_i].path));
	ck_assert_int_eq(status, anywhere[_i].status);
	if (anywhere[_i].error != 0)
		ck_assert_int_eq(errno, anywhere[_i].error);
	ck_assert(status != 0 || !f.directory);
	file_close(&f);
}
END_TEST

static const struct {
	const char	*path;
	int		 status;
} allowed[] = {
	{ "@/root/sub/b.txt", 0 },
	{ "@/root/sub/../sub/b.txt", 0 },
	{ "@/root/sub//b.txt", 0 },
	{ "@/other/f", 0 },
	{ "@/root/sub/nothing", 404 },
	{ "@/root/sub/b.txt/", 404 },
	{ "@/root/sub/b.txt/more", 404 },
	{ "@/root/sub", 403 },
	{ "@/root/sub/", 403 },
	{ "@/root/sub/deep", 403 },
	{ "@/root/sub/back", 403 },
	{ "@/root/sub/deep/back", 403 },
	{ "@/root/sub/out", 403 },
	{ "@/root/sub/../a.txt", 403 },
	{ "@/root/subway", 403 },
	{ "@/root/a.txt", 403 },
	{ "@/root/in_dir/b.txt", 403 },
	{ "@/secret", 403 },
	{ "@/nothing", 403 },
	{ "/etc/passwd", 403 },
	{ "/proc/version", 403 },
	{ "/", 403 },
	{ "root/sub/b.txt", 404 },
	{ "", 404 },
};

START_TEST(test_allowed)
{
	const char *dirs[3];
	struct file f;
	size_t i;

	i = (size_t)_i % NELEM(allowed);
	file_trust_kernel(i == (size_t)_i);
	dirs[0] = below("/root/sub/");
	dirs[1] = below("/missing");
	dirs[2] = below("/./other");
	ck_assert_int_eq(file_open_allowed(&f, dirs, 3,
	    spell(allowed[i].path)), allowed[i].status);
	if (allowed[i].status == 403)
		ck_assert(errno == EPERM || errno == EISDIR);
	file_trust_kernel(true);
	file_close(&f);
	/* nothing allowed, nothing served */
	ck_assert_int_eq(file_open_allowed(&f, dirs, 0,
	    str_of(below("/other/f"))), 403);
	/* of two that hold it one is enough */
	dirs[1] = below("/root");
	ck_assert_int_eq(file_open_allowed(&f, dirs, 2,
	    str_of(below("/root/sub/back"))), 0);
	file_close(&f);
}
END_TEST

/* As somebody who is not root, for whom modes count. */
START_TEST(test_permissions)
{
	struct file f;
	int i;

	if (geteuid() == 0)
		ck_assert_int_eq(seteuid(65534), 0);
	for (i = 0; i < 2; i++) {
		file_trust_kernel(i == 0);
		ck_assert_int_eq(file_open_below(&f, below("/root"),
		    STR("/unreadable"), false), 403);
		ck_assert_int_eq(errno, EACCES);
		ck_assert_int_eq(file_open_below(&f, below("/root"),
		    STR("/locked/x"), false), 403);
		ck_assert_int_eq(errno, EACCES);
		ck_assert_int_eq(file_open_below(&f, below("/root"),
		    STR("/search/x"), false), 0);
		file_close(&f);
		ck_assert_int_eq(file_open_below(&f, below("/root"),
		    STR("/search/"), false), 0);
		ck_assert(f.directory);
		file_close(&f);
	}
	file_trust_kernel(true);
	ck_assert_int_eq(file_open_below(&f, below("/root"), STR("/search"),
	    true), 0);
	file_close(&f);
	ck_assert_int_eq(file_open(&f, str_of(below("/root/unreadable"))),
	    403);
	ck_assert_int_eq(file_open(&f, str_of(below("/root/search/x"))), 0);
	file_close(&f);
	if (getuid() == 0)
		ck_assert_int_eq(seteuid(0), 0);
}
END_TEST

/* No descriptor left is our fault, not the file's. */
START_TEST(test_no_descriptors)
{
	struct rlimit limit, old;
	struct file f;
	int i, next;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &old), 0);
	next = dup(0);
	if (next == -1)
		next = open("/", O_RDONLY);
	close(next);
	limit = old;
	for (i = 0; i < 2; i++) {
		limit.rlim_cur = (rlim_t)(next + i);
		ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
		/* the kernel alone needs but one */
		file_trust_kernel(i == 0);
		ck_assert_int_eq(file_open_below(&f, below("/root"),
		    STR("/sub/b.txt"), false), 503);
		ck_assert_int_eq(errno, EMFILE);
		ck_assert_int_eq(file_open(&f,
		    str_of(below("/root/a.txt"))), 503);
	}
	file_trust_kernel(true);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &old), 0);
}
END_TEST

/* Where the walk ends, of roots that are links as well. */
static const struct {
	const char	*root;
	const char	*path;
	bool		 links;
	const char	*real;
	const char	*top;		/* its beginning that is the root's, or
					 * NULL: not below the root */
} reals[] = {
	{ "/root", "/a.txt", false, "/root/a.txt", "/root" },
	{ "/root", "//sub/./../a.txt", false, "/root/a.txt", "/root" },
	{ "/root", "/", false, "/root", "/root" },
	{ "/root", "/sub/", false, "/root/sub", "/root" },
	{ "/root", "/in", false, "/root/sub/b.txt", "/root" },
	{ "/root", "/in_dir", false, "/root/sub", "/root" },
	{ "/root", "/in_dir/b.txt", false, "/root/sub/b.txt", "/root" },
	{ "/root", "/sub/deep/back", false, "/root/sub/b.txt", "/root" },
	{ "/root", "/sub/back", false, "/root/a.txt", "/root" },
	{ "/root", "/abs_top/abs_top/a.txt", false, "/root/a.txt", "/root" },
	{ "/root/in_dir", "/b.txt", false, "/root/sub/b.txt", "/root/sub" },
	{ "/root/in_dir", "/back", true, "/root/a.txt", NULL },
	{ "/root/in_dir", "/b.txt", true, "/root/sub/b.txt", "/root/sub" },
	{ "/root", "/out_and_in", true, "/root/a.txt", "/root" },
	{ "/root", "/out", true, "/secret", NULL },
	{ "/root", "/abs_near", true, "/rootish/x.txt", NULL },
	{ "/root", "/out_dir", true, "", NULL },
	{ "/root/out_dir", "/secret", false, "/secret", "" },
};

START_TEST(test_real_names)
{
	struct file f;
	size_t i;

	i = (size_t)_i % NELEM(reals);
	file_trust_kernel(i == (size_t)_i);
	ck_assert_int_eq(file_open_below(&f, below(reals[i].root),
	    str_of(reals[i].path), reals[i].links), 0);
	file_trust_kernel(true);
	file_close(&f);
	ck_assert(str_eq(f.path, str_of(below(reals[i].real))));
	ck_assert_int_eq(f.below, reals[i].top != NULL);
	ck_assert_uint_eq(f.root_n, reals[i].top == NULL ? 0 :
	    strlen(below(reals[i].top)));
}
END_TEST

START_TEST(test_real_names_anywhere)
{
	struct file f;

	ck_assert_int_eq(file_open(&f,
	    str_of(below("/other/../root/out_dir/root/in"))), 0);
	file_close(&f);
	ck_assert(str_eq(f.path, str_of(below("/root/sub/b.txt"))));
	ck_assert(f.below && f.root_n == 0);
	ck_assert_int_eq(file_open_below(&f, "/", STR("/"), true), 0);
	file_close(&f);
	ck_assert(str_eq(f.path, STR("/")));
}
END_TEST

static const struct {
	const char	*path;
	const char	*simple;	/* NULL: there is none */
} simple[] = {
	{ "/", "/" },
	{ "//", "/" },
	{ "/..", "/" },
	{ "/a/.", "/a/" },
	{ "/a/b/..", "/a/" },
	{ "/a//b/./../../c", "/c" },
	{ "/a/..b/.c/...", "/a/..b/.c/..." },
	{ "/a/b/", "/a/b/" },
	{ "a", NULL },
	{ "", NULL },
};

START_TEST(test_simplify)
{
	struct arena a;
	struct str s;

	ck_assert_int_eq(arena_init(&a, 8192), 0);
	s = file_simplify(&a, str_of(simple[_i].path));
	if (simple[_i].simple == NULL)
		ck_assert_ptr_eq(s.p, NULL);
	else
		ck_assert(str_eq(s, str_of(simple[_i].simple)));
	ck_assert_ptr_eq(file_simplify(&a, (struct str){ "/\0", 2 }).p, NULL);
	arena_free(&a);
}
END_TEST

/*
 * Another process makes of "race" a directory and a link to the outside, by
 * turns, and moves a directory out of the tree and back.
 */
static void
swap_for(double seconds)
{
	struct timespec now, start;

	clock_gettime(CLOCK_MONOTONIC, &start);
	do {
		if (rename(below("/root/race"), below("/root/aside")) == -1 ||
		    symlink("../other", below("/root/race")) == -1 ||
		    unlink(below("/root/race")) == -1 ||
		    symlink(below("/other"), below("/root/race")) == -1 ||
		    unlink(below("/root/race")) == -1 ||
		    rename(below("/root/aside"), below("/root/race")) == -1 ||
		    rename(below("/root/moves"), below("/moved")) == -1 ||
		    rename(below("/moved"), below("/root/moves")) == -1)
			_exit(1);
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while ((double)(now.tv_sec - start.tv_sec) +
	    (double)(now.tv_nsec - start.tv_nsec) / 1e9 < seconds);
	_exit(0);
}

static void
open_raced(const char *path, unsigned long *opened)
{
	struct file f;
	int status;

	status = file_open_below(&f, below("/root"), str_of(path), false);
	ck_assert(status == 0 || status == 403 || status == 404);
	if (status == 0) {
		check_content(&f, "inside");
		(*opened)++;
	}
	file_close(&f);
}

START_TEST(test_race)
{
	unsigned long opened;
	pid_t pid;
	int i, status;

	if (_i == 0) {
		make_dir("/root/race");
		make_file("/root/race/f", "inside");
		make_dir("/root/moves");
		make_dir("/root/moves/sub");
		/* from a place outside this would be base/f */
		make_link("/root/moves/sub/up", "../../race/f");
		make_dir("/race");
		make_file("/race/f", "outside");
	}
	file_trust_kernel(_i == 0);
	opened = 0;
	pid = fork();
	ck_assert_int_ne(pid, -1);
	if (pid == 0)
		swap_for(0.5);
	while (waitpid(pid, &status, WNOHANG) == 0)
		for (i = 0; i < 100; i++) {
			open_raced("/race/f", &opened);
			open_raced("/moves/sub/up", &opened);
		}
	file_trust_kernel(true);
	ck_assert_int_eq(status, 0);
	ck_assert_uint_gt(opened, 0);
}
END_TEST

/*
 * Answers: a file of 1000 bytes, of the first of February 2024, 12:00:00.
 */
enum { WHEN = 1706788800 };

#define TAG	"\"3e8-61050bc217000\""
#define DATE	"Thu, 01 Feb 2024 12:00:00 GMT"
#define EARLIER	"Thu, 01 Feb 2024 11:59:59 GMT"
#define LATER	"Thu, 01 Feb 2024 12:00:01 GMT"

static struct arena arena;

static void
set_up(void)
{
	ck_assert_int_eq(arena_init(&arena, 1024 * 1024), 0);
}

static void
tear_down(void)
{
	arena_free(&arena);
}

/* "Name: value" lines. */
static void
add_lines(struct fields *f, const char *lines)
{
	struct str line, rest;
	size_t colon;

	for (rest = str_of(lines); rest.n > 0;
	    rest = str_from(rest, line.n + 1)) {
		line = str_head(rest, str_chr(rest, '\n'));
		colon = str_chr(line, ':');
		ck_assert_int_eq(fields_add(f, &arena, str_head(line, colon),
		    str_trim(str_from(line, colon + 1))), 0);
	}
}

static const char *
value_of(const struct response *r, const char *name)
{
	const struct str *value;

	value = fields_get(&r->fields, str_of(name));
	return value == NULL ? "" : arena_cstr(&arena, *value);
}

/* Ask for a file that is not there in fact. */
static int
ask_for(struct response *r, struct fields *request, const char *method,
    int64_t size)
{
	struct file_ask ask;
	struct file f;
	int status;

	memset(&f, 0, sizeof(f));
	f.fd = open("/dev/null", O_RDONLY);
	f.size = size;
	f.mtime = WHEN;
	memset(&ask, 0, sizeof(ask));
	ask.request = request;
	ask.method = str_of(method);
	ask.arena = &arena;
	ask.now = WHEN + 1000;
	ask.type = STR("text/plain");
	ask.max_ranges = FILE_MAX_RANGES;
	ask.max_overlaps = FILE_MAX_OVERLAPS;
	ask.max_reversals = FILE_MAX_REVERSALS;
	status = file_answer(r, &f, &ask);
	if (status == 0 && r->status != 304) {
		ck_assert_int_eq(r->source, SOURCE_FILE);
		ck_assert_int_ne(r->fd, -1);
		ck_assert_int_eq(f.fd, -1);
	} else {
		ck_assert_int_eq(r->fd, -1);
		ck_assert_int_ne(f.fd, -1);
	}
	file_close(&f);
	return status;
}

/* What of the file is sent: "first-last,first-last"; "" for all. */
static const char *
pieces_of(const struct response *r, int64_t size)
{
	static char text[8192];
	size_t i, n;

	if (r->nparts == 0 && r->offset == 0 && r->length == size)
		return "";
	if (r->nparts == 0) {
		snprintf(text, sizeof(text), "%" PRId64 "-%" PRId64,
		    r->offset, r->offset + r->length - 1);
		return text;
	}
	for (i = n = 0; i < r->nparts && n < sizeof(text); i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "%s%" PRId64 "-%" PRId64, i == 0 ? "" : ",",
		    r->parts[i].offset,
		    r->parts[i].offset + r->parts[i].length - 1);
	return text;
}

/* Heads, lengths and the tail of a multipart body belong together. */
static void
check_parts(const struct response *r, int64_t size)
{
	static const char type[] = "multipart/byteranges; boundary=";
	const char *boundary;
	char expected[512];
	int64_t length;
	size_t i;

	boundary = value_of(r, "Content-Type");
	ck_assert_int_eq(strncmp(boundary, type, sizeof(type) - 1), 0);
	boundary += sizeof(type) - 1;
	ck_assert_uint_eq(strlen(boundary), 32);
	snprintf(expected, sizeof(expected), "\r\n--%s--\r\n", boundary);
	ck_assert_str_eq(arena_cstr(&arena, r->tail), expected);
	length = (int64_t)r->tail.n;
	for (i = 0; i < r->nparts; i++) {
		snprintf(expected, sizeof(expected), "\r\n--%s\r\n"
		    "Content-Type: text/plain\r\nContent-Range: bytes %"
		    PRId64 "-%" PRId64 "/%" PRId64 "\r\n\r\n", boundary,
		    r->parts[i].offset,
		    r->parts[i].offset + r->parts[i].length - 1, size);
		ck_assert_str_eq(arena_cstr(&arena, r->parts[i].head),
		    expected);
		length += (int64_t)r->parts[i].head.n + r->parts[i].length;
	}
	ck_assert_int_eq(r->length, length);
	ck_assert_str_eq(value_of(r, "Content-Range"), "");
}

static void
check_range(const struct response *r, int status, int64_t size,
    const char *pieces)
{
	char expected[128];

	if (status == 416) {
		snprintf(expected, sizeof(expected), "bytes */%" PRId64,
		    size);
		ck_assert_str_eq(value_of(r, "Content-Range"), expected);
		ck_assert_str_eq(value_of(r, "ETag"), "");
		return;
	}
	ck_assert_int_eq(r->status, pieces == NULL ? 200 : 206);
	ck_assert_str_eq(value_of(r, "Accept-Ranges"), "bytes");
	if (pieces == NULL) {
		ck_assert_uint_eq(r->nparts, 0);
		ck_assert_int_eq(r->offset, 0);
		ck_assert_int_eq(r->length, size);
		ck_assert_str_eq(value_of(r, "Content-Range"), "");
	} else if (r->nparts > 0) {
		ck_assert_str_eq(pieces_of(r, -1), pieces);
		check_parts(r, size);
	} else {
		ck_assert_str_eq(pieces_of(r, -1), pieces);
		snprintf(expected, sizeof(expected), "bytes %s/%" PRId64,
		    pieces, size);
		ck_assert_str_eq(value_of(r, "Content-Range"), expected);
		ck_assert_str_eq(value_of(r, "Content-Type"), "text/plain");
	}
}

#define HUGE_SIZE	INT64_C(6442450944)	/* 6 GiB */
#define LARGEST		INT64_MAX

static const struct {
	const char	*range;
	int64_t		 size;
	int		 status;	/* 0, or what file_answer returns */
	const char	*pieces;	/* NULL: the whole file with 200 */
} ranges[] = {
	/* RFC 9110 14.1.2 */
	{ "bytes=0-0", 1000, 0, "0-0" },
	{ "bytes=0-499", 1000, 0, "0-499" },
	{ "bytes=500-999", 1000, 0, "500-999" },
	{ "bytes=999-999", 1000, 0, "999-999" },
	{ "bytes=0-999", 1000, 0, "0-999" },
	{ "bytes=0-", 1000, 0, "0-999" },
	{ "bytes=00-", 1000, 0, "0-999" },
	{ "bytes=500-", 1000, 0, "500-999" },
	{ "bytes=999-", 1000, 0, "999-999" },
	{ "bytes=-1", 1000, 0, "999-999" },
	{ "bytes=-500", 1000, 0, "500-999" },
	{ "bytes=-1000", 1000, 0, "0-999" },
	{ "bytes=-2000", 1000, 0, "0-999" },
	{ "bytes=500-1000", 1000, 0, "500-999" },
	{ "bytes=500-600", 1000, 0, "500-600" },
	{ "BYTES=5-9", 1000, 0, "5-9" },
	{ "bytes= 5-9 ", 1000, 0, "5-9" },
	/* numbers that fit nowhere */
	{ "bytes=500-9223372036854775807", 1000, 0, "500-999" },
	{ "bytes=500-99999999999999999999999", 1000, 0, "500-999" },
	{ "bytes=-18446744073709551616", 1000, 0, "0-999" },
	{ "bytes=9223372036854775807-", 1000, 416, NULL },
	{ "bytes=99999999999999999999999-", 1000, 416, NULL },
	{ "bytes=00000000000000000000000000005-9", 1000, 0, "5-9" },
	/* beyond the end (14.1.2, 15.5.17) */
	{ "bytes=1000-", 1000, 416, NULL },
	{ "bytes=1000-1000", 1000, 416, NULL },
	{ "bytes=2000-,3000-4000", 1000, 416, NULL },
	{ "bytes=-0", 1000, 416, NULL },
	{ "bytes=-0,1000-", 1000, 416, NULL },
	{ "bytes=-0,0-0", 1000, 0, "0-0" },
	{ "bytes=1000-,5-9", 1000, 0, "5-9" },
	{ "bytes=5-9,1000-,20-29", 1000, 0, "5-9,20-29" },
	/* not the grammar (14.2: ignored) */
	{ "", 1000, 0, NULL },
	{ "bytes", 1000, 0, NULL },
	{ "bytes=", 1000, 0, NULL },
	{ "bytes=,", 1000, 0, NULL },
	{ "bytes=-", 1000, 0, NULL },
	{ "bytes=--1", 1000, 0, NULL },
	{ "bytes=5", 1000, 0, NULL },
	{ "bytes=5-3", 1000, 0, NULL },
	{ "bytes=1-2-3", 1000, 0, NULL },
	{ "bytes=a-b", 1000, 0, NULL },
	{ "bytes=0x1-5", 1000, 0, NULL },
	{ "bytes=+1-5", 1000, 0, NULL },
	{ "bytes=1-+5", 1000, 0, NULL },
	{ "bytes=1 -5", 1000, 0, NULL },
	{ "bytes=1-5x", 1000, 0, NULL },
	{ "bytes=1-5;6-7", 1000, 0, NULL },
	{ "bytes=5-9,x", 1000, 0, NULL },
	{ "bytes=5-9,9-5", 1000, 0, NULL },
	{ "bytes=1000-,9-5", 1000, 0, NULL },
	{ "bytes=\"5-9\"", 1000, 0, NULL },
	{ "bytes =5-9", 1000, 0, NULL },
	{ "bytes:5-9", 1000, 0, NULL },
	{ "lines=5-9", 1000, 0, NULL },
	{ "none", 1000, 0, NULL },
	/* lists (5.6.1) */
	{ "bytes=0-0,-1", 1000, 0, "0-0,999-999" },
	{ "bytes=0-9,20-29,40-49", 1000, 0, "0-9,20-29,40-49" },
	{ "bytes=0-9 , 20-29", 1000, 0, "0-9,20-29" },
	{ "bytes=,0-9,,20-29,", 1000, 0, "0-9,20-29" },
	{ "bytes=20-29,0-9", 1000, 0, "20-29,0-9" },
	/* put together, as httpd does */
	{ "bytes=0-9,10-19", 1000, 0, "0-19" },
	{ "bytes=0-9,5-19", 1000, 0, "0-19" },
	{ "bytes=0-99,10-19", 1000, 0, "0-99" },
	{ "bytes=10-19,0-99", 1000, 0, "0-99" },
	{ "bytes=10-19,0-9", 1000, 0, "0-19" },
	{ "bytes=5-5,5-5,5-5", 1000, 0, "5-5" },
	{ "bytes=0-9,20-29,5-24", 1000, 0, "0-9,5-29" },
	{ "bytes=500-700,601-999", 1000, 0, "500-999" },
	{ "bytes=0-9,11-19", 1000, 0, "0-9,11-19" },
	{ "bytes=0-,5-9", 1000, 0, "0-999" },
	{ "bytes=5-9,20-29,0-", 1000, 0, "0-999" },
	{ "bytes=0-,x", 1000, 0, NULL },
	/* more in all than there is */
	{ "bytes=0-599,700-999,0-599", 1000, 0, NULL },
	{ "bytes=0-499,501-999,0-0", 1000, 0, "0-499,501-999,0-0" },
	{ "bytes=0-499,501-999,0-1", 1000, 0, NULL },
	/* an empty file */
	{ "bytes=0-", 0, 0, NULL },
	{ "bytes=0-0", 0, 0, NULL },
	{ "bytes=5-", 0, 0, NULL },
	{ "bytes=-0", 0, 0, NULL },
	{ "bytes=-5", 0, 0, NULL },
	{ "x", 0, 0, NULL },
	/* large ones */
	{ "bytes=6442450943-", HUGE_SIZE, 0, "6442450943-6442450943" },
	{ "bytes=-1", HUGE_SIZE, 0, "6442450943-6442450943" },
	{ "bytes=4294967295-4294967296", HUGE_SIZE, 0,
	    "4294967295-4294967296" },
	{ "bytes=6442450944-", HUGE_SIZE, 416, NULL },
	{ "bytes=0-0,4294967296-4294967296", HUGE_SIZE, 0,
	    "0-0,4294967296-4294967296" },
	{ "bytes=0-", LARGEST, 0, "0-9223372036854775806" },
	{ "bytes=-1", LARGEST, 0, "9223372036854775806-9223372036854775806" },
	{ "bytes=-1,0-0", LARGEST, 0,
	    "9223372036854775806-9223372036854775806,0-0" },
	{ "bytes=0-4611686018427387903,4611686018427387905-", LARGEST, 0,
	    NULL },
};

START_TEST(test_ranges)
{
	struct fields request;
	struct response r;

	memset(&request, 0, sizeof(request));
	ck_assert_int_eq(fields_add(&request, &arena, STR("Range"),
	    str_of(ranges[_i].range)), 0);
	response_init(&r);
	ck_assert_int_eq(ask_for(&r, &request, "GET", ranges[_i].size),
	    ranges[_i].status);
	check_range(&r, ranges[_i].status, ranges[_i].size,
	    ranges[_i].pieces);
	response_close(&r);
}
END_TEST

/* n ranges of one byte. */
static const struct {
	int		 n;
	int		 first;
	int		 step;
	size_t		 parts;		/* 0: the whole file */
	const char	*pieces;	/* of one part */
} many[] = {
	{ 2, 0, 2, 2, NULL },
	{ 200, 0, 2, 200, NULL },
	{ 201, 0, 2, 0, NULL },
	{ 500, 0, 2, 0, NULL },
	/* adjoining: each counts as one that overlaps */
	{ 21, 0, 1, 1, "0-20" },
	{ 22, 0, 1, 0, NULL },
	{ 21, 500, -1, 1, "480-500" },
	{ 22, 500, -1, 0, NULL },
	/* backwards, apart */
	{ 100, 999, -2, 100, NULL },
};

START_TEST(test_many_ranges)
{
	struct fields request;
	struct response r;
	char text[8192];
	size_t n;
	int at, i;

	n = (size_t)snprintf(text, sizeof(text), "bytes=");
	for (i = 0; i < many[_i].n; i++) {
		at = many[_i].first + i * many[_i].step;
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%d-%d",
		    i == 0 ? "" : ",", at, at);
	}
	memset(&request, 0, sizeof(request));
	ck_assert_int_eq(fields_add(&request, &arena, STR("Range"),
	    str_of(text)), 0);
	response_init(&r);
	ck_assert_int_eq(ask_for(&r, &request, "GET", 1000), 0);
	ck_assert_int_eq(r.status, many[_i].parts == 0 ? 200 : 206);
	ck_assert_uint_eq(r.nparts, many[_i].parts > 1 ? many[_i].parts : 0);
	if (r.nparts > 0) {
		check_parts(&r, 1000);
		ck_assert_str_eq(pieces_of(&r, -1), text + 6);
	}
	if (many[_i].pieces != NULL)
		check_range(&r, 0, 1000, many[_i].pieces);
	response_close(&r);
}
END_TEST

START_TEST(test_range_limits)
{
	struct fields request;
	struct file_ask ask;
	struct file f;
	struct response r;
	static const struct {
		int	ranges, overlaps, reversals;
		size_t	parts;
	} rows[] = {
		{ -1, -1, -1, 3 },
		{ 3, 1, 1, 3 },
		{ 2, 1, 1, 0 },
		{ 3, 0, 1, 0 },
		{ 3, 1, 0, 0 },
		{ 0, 20, 20, 0 },
	};

	memset(&request, 0, sizeof(request));
	add_lines(&request, "Range: bytes=0-9,30-39,25-29,50-59");
	memset(&f, 0, sizeof(f));
	f.size = 1000;
	f.fd = open("/dev/null", O_RDONLY);
	memset(&ask, 0, sizeof(ask));
	ask.request = &request;
	ask.method = STR("GET");
	ask.arena = &arena;
	ask.max_ranges = rows[_i].ranges;
	ask.max_overlaps = rows[_i].overlaps;
	ask.max_reversals = rows[_i].reversals;
	response_init(&r);
	ck_assert_int_eq(file_answer(&r, &f, &ask), 0);
	ck_assert_uint_eq(r.nparts, rows[_i].parts);
	ck_assert_str_eq(value_of(&r, "Accept-Ranges"),
	    rows[_i].ranges == 0 ? "none" : "bytes");
	/* no type: none in the parts */
	if (r.nparts > 0)
		ck_assert_ptr_eq(strstr(arena_cstr(&arena, r.parts[0].head),
		    "Content-Type"), NULL);
	response_close(&r);
}
END_TEST

#define FIVE	"Range: bytes=0-4\n"

static const struct {
	const char	*method;
	const char	*request;
	const char	*given;		/* fields of the application */
	int		 given_status;
	int		 status;	/* of the answer, or returned */
	const char	*pieces;	/* "": the whole file */
} conditions[] = {
	{ "GET", "", "", 200, 200, "" },
	{ "HEAD", "", "", 200, 200, "" },
	/* RFC 9110 13.1.1: strong */
	{ "GET", "If-Match: " TAG, "", 200, 200, "" },
	{ "GET", "If-Match: *", "", 200, 200, "" },
	{ "GET", "If-Match: \"x\", " TAG, "", 200, 200, "" },
	{ "GET", "If-Match: \"x\"", "", 200, 412, NULL },
	{ "GET", "If-Match: W/" TAG, "", 200, 412, NULL },
	{ "HEAD", "If-Match: \"x\"", "", 200, 412, NULL },
	/* 13.1.2: weak */
	{ "GET", "If-None-Match: " TAG, "", 200, 304, NULL },
	{ "GET", "If-None-Match: W/" TAG, "", 200, 304, NULL },
	{ "GET", "If-None-Match: *", "", 200, 304, NULL },
	{ "GET", "If-None-Match: \"x\", " TAG, "", 200, 304, NULL },
	{ "GET", "If-None-Match: \"x\"\nIf-None-Match: " TAG, "", 200, 304,
	    NULL },
	{ "GET", "If-None-Match: \"x\"", "", 200, 200, "" },
	{ "HEAD", "If-None-Match: " TAG, "", 200, 304, NULL },
	/* 13.1.3 */
	{ "GET", "If-Modified-Since: " DATE, "", 200, 304, NULL },
	{ "GET", "If-Modified-Since: " LATER, "", 200, 304, NULL },
	{ "GET", "If-Modified-Since: " EARLIER, "", 200, 200, "" },
	{ "GET", "If-Modified-Since: Thursday, 01-Feb-24 12:00:00 GMT", "",
	    200, 304, NULL },
	{ "GET", "If-Modified-Since: Thu Feb  1 12:00:00 2024", "", 200, 304,
	    NULL },
	{ "GET", "If-Modified-Since: yesterday", "", 200, 200, "" },
	{ "GET", "If-Modified-Since: " DATE "\nIf-Modified-Since: " DATE, "",
	    200, 200, "" },
	{ "HEAD", "If-Modified-Since: " DATE, "", 200, 304, NULL },
	/* 13.1.4 */
	{ "GET", "If-Unmodified-Since: " DATE, "", 200, 200, "" },
	{ "GET", "If-Unmodified-Since: " LATER, "", 200, 200, "" },
	{ "GET", "If-Unmodified-Since: " EARLIER, "", 200, 412, NULL },
	{ "GET", "If-Unmodified-Since: yesterday", "", 200, 200, "" },
	/* 13.2.2: the order */
	{ "GET", "If-None-Match: \"x\"\nIf-Modified-Since: " DATE, "", 200,
	    200, "" },
	{ "GET", "If-None-Match: " TAG "\nIf-Modified-Since: " EARLIER, "",
	    200, 304, NULL },
	{ "GET", "If-Match: " TAG "\nIf-Unmodified-Since: " EARLIER, "", 200,
	    200, "" },
	{ "GET", "If-Match: \"x\"\nIf-None-Match: " TAG, "", 200, 412, NULL },
	{ "GET", FIVE "If-None-Match: " TAG, "", 200, 304, NULL },
	{ "GET", FIVE "If-Match: \"x\"", "", 200, 412, NULL },
	{ "GET", FIVE "If-Match: " TAG, "", 200, 206, "0-4" },
	{ "GET", FIVE "If-Unmodified-Since: " DATE, "", 200, 206, "0-4" },
	{ "GET", FIVE "If-Unmodified-Since: " EARLIER, "", 200, 412, NULL },
	/* 13.1.5 */
	{ "GET", FIVE "If-Range: " TAG, "", 200, 206, "0-4" },
	{ "GET", FIVE "If-Range: W/" TAG, "", 200, 200, "" },
	{ "GET", FIVE "If-Range: \"x\"", "", 200, 200, "" },
	{ "GET", FIVE "If-Range: *", "", 200, 200, "" },
	{ "GET", FIVE "If-Range: " TAG ", \"x\"", "", 200, 200, "" },
	{ "GET", FIVE "If-Range: " TAG "\nIf-Range: " TAG, "", 200, 200, "" },
	{ "GET", FIVE "If-Range: " DATE, "", 200, 206, "0-4" },
	{ "GET", FIVE "If-Range: " EARLIER, "", 200, 200, "" },
	{ "GET", FIVE "If-Range: " LATER, "", 200, 200, "" },
	{ "GET", FIVE "If-Range: yesterday", "", 200, 200, "" },
	{ "GET", FIVE "If-Range:", "", 200, 200, "" },
	{ "GET", "If-Range: \"x\"", "", 200, 200, "" },
	{ "GET", "Range: bytes=1000-\nIf-Range: \"x\"", "", 200, 200, "" },
	{ "GET", "Range: bytes=1000-\nIf-Range: " TAG, "", 200, 416, NULL },
	/* 14.2: GET alone; one field */
	{ "HEAD", FIVE, "", 200, 200, "" },
	{ "HEAD", "Range: bytes=1000-", "", 200, 200, "" },
	{ "POST", FIVE, "", 200, 200, "" },
	{ "GET", FIVE FIVE, "", 200, 200, "" },
	/* what an application said */
	{ "GET", FIVE, "", 404, 404, "" },
	{ "GET", FIVE, "", 206, 206, "" },
	{ "GET", "If-None-Match: " TAG, "", 404, 404, "" },
	{ "GET", "If-Match: \"x\"", "", 201, 201, "" },
	{ "POST", "If-None-Match: " TAG, "", 200, 200, "" },
	{ "POST", "If-Match: \"x\"", "", 200, 200, "" },
	{ "GET", "If-None-Match: \"app\"", "ETag: \"app\"", 200, 304, NULL },
	{ "GET", "If-None-Match: " TAG, "ETag: \"app\"", 200, 200, "" },
	{ "GET", FIVE "If-Range: \"app\"", "ETag: \"app\"", 200, 206, "0-4" },
	{ "GET", FIVE "If-Range: W/\"app\"", "ETag: W/\"app\"", 200, 200,
	    "" },
	{ "GET", "If-Modified-Since: " DATE, "Last-Modified: " LATER, 200,
	    200, "" },
	{ "GET", "If-Modified-Since: " EARLIER, "Last-Modified: " EARLIER,
	    200, 304, NULL },
	{ "GET", FIVE "If-Range: " EARLIER, "Last-Modified: " EARLIER, 200,
	    206, "0-4" },
	{ "GET", FIVE, "Accept-Ranges: none", 200, 200, "" },
	{ "GET", FIVE, "Accept-Ranges: bytes", 200, 206, "0-4" },
	{ "GET", FIVE, "Content-Range: bytes 0-999/5000", 200, 200, "" },
};

START_TEST(test_conditions)
{
	struct fields request;
	struct response r;
	int status;

	memset(&request, 0, sizeof(request));
	add_lines(&request, conditions[_i].request);
	response_init(&r);
	r.status = conditions[_i].given_status;
	r.reason = STR("Fine");
	add_lines(&r.fields, conditions[_i].given);
	status = ask_for(&r, &request, conditions[_i].method, 1000);
	ck_assert_int_eq(status == 0 ? r.status : status,
	    conditions[_i].status);
	/* An application's reason stays with its status. */
	if (status == 0)
		ck_assert_uint_eq(r.reason.n, r.status ==
		    conditions[_i].given_status ? 4 : 0);
	if (conditions[_i].pieces != NULL)
		ck_assert_str_eq(pieces_of(&r, 1000), conditions[_i].pieces);
	response_close(&r);
}
END_TEST

static const struct {
	const char	*name;		/* of a field */
	const char	*values[6];	/* one for each case */
} heads[] = {
	{ "ETag", { TAG, TAG, "\"app\"", "", "", TAG } },
	{ "Last-Modified", { DATE, "", DATE, "", "", DATE } },
	{ "Accept-Ranges", { "bytes", "", "bytes", "", "", "bytes" } },
	{ "Content-Type", { "text/plain", "", "a/b", "text/plain",
	    "text/plain", "text/plain" } },
	{ "X-App", { "", "", "yes", "", "", "" } },
	{ "Content-Range", { "", "", "", "", "", "bytes 0-4/1000" } },
};

static const struct {
	const char	*method;
	const char	*request;
	const char	*given;
	int		 given_status;
} head_cases[] = {
	{ "GET", "", "", 200 },
	{ "GET", "If-None-Match: *", "", 200 },
	{ "GET", "", "Content-Type: a/b\nETag: \"app\"\nX-App: yes", 200 },
	{ "POST", "", "", 200 },
	{ "GET", "", "", 404 },
	{ "GET", FIVE, "", 200 },
};

START_TEST(test_heads)
{
	struct fields request;
	struct response r;
	size_t i;

	memset(&request, 0, sizeof(request));
	add_lines(&request, head_cases[_i].request);
	response_init(&r);
	r.status = head_cases[_i].given_status;
	add_lines(&r.fields, head_cases[_i].given);
	ck_assert_int_eq(ask_for(&r, &request, head_cases[_i].method, 1000),
	    0);
	for (i = 0; i < NELEM(heads); i++)
		ck_assert_str_eq(value_of(&r, heads[i].name),
		    heads[i].values[_i]);
	response_close(&r);
}
END_TEST

/* Tags and dates against the clock, age seconds after the change. */
static const struct {
	int		 age;
	long		 nsec;
	const char	*etag;
	const char	*date;
	int		 by_date;	/* status of If-Range: DATE */
} ages[] = {
	{ 1000, 0, TAG, DATE, 206 },
	{ 2, 0, TAG, DATE, 206 },
	/* a file system without fractions */
	{ 1, 0, "W/" TAG, DATE, 206 },
	{ 0, 0, "W/" TAG, DATE, 200 },
	{ 0, 123456789, "\"3e8-61050bc235240\"", DATE, 200 },
	{ 1, 123456789, "\"3e8-61050bc235240\"", DATE, 206 },
	/* a file of the future is of now (8.8.2.1) */
	{ -1, 123456789, "\"3e8-61050bc235240\"", EARLIER, 200 },
};

START_TEST(test_ages)
{
	struct fields request;
	struct file_ask ask;
	struct file f;
	struct response r;

	memset(&request, 0, sizeof(request));
	add_lines(&request, FIVE "If-Range: " DATE);
	memset(&f, 0, sizeof(f));
	f.fd = open("/dev/null", O_RDONLY);
	f.size = 1000;
	f.mtime = WHEN;
	f.mtime_nsec = ages[_i].nsec;
	memset(&ask, 0, sizeof(ask));
	ask.request = &request;
	ask.method = STR("GET");
	ask.arena = &arena;
	ask.now = WHEN + ages[_i].age;
	ask.max_ranges = FILE_MAX_RANGES;
	response_init(&r);
	ck_assert_int_eq(file_answer(&r, &f, &ask), 0);
	ck_assert_str_eq(value_of(&r, "ETag"), ages[_i].etag);
	ck_assert_str_eq(value_of(&r, "Last-Modified"), ages[_i].date);
	ck_assert_int_eq(r.status, ages[_i].by_date);
	ck_assert_str_eq(value_of(&r, "Content-Type"), "");
	response_close(&r);
}
END_TEST

/* Whatever does not fit is 500 and no fault. */
START_TEST(test_no_room)
{
	struct arena small;
	struct fields request;
	struct file_ask ask;
	struct file f;
	struct response r;
	size_t size;
	int status;

	memset(&request, 0, sizeof(request));
	add_lines(&request, "Range: bytes=0-9,20-29");
	status = 500;
	for (size = 16; status != 0; size += 16) {
		ck_assert_uint_lt(size, 8192);
		ck_assert_int_eq(arena_init(&small, size), 0);
		memset(&f, 0, sizeof(f));
		f.fd = open("/dev/null", O_RDONLY);
		f.size = 1000;
		memset(&ask, 0, sizeof(ask));
		ask.request = &request;
		ask.method = STR("GET");
		ask.arena = &small;
		ask.max_ranges = -1;
		response_init(&r);
		status = file_answer(&r, &f, &ask);
		ck_assert(status == 0 || (status == 500 && f.fd != -1));
		file_close(&f);
		response_close(&r);
		arena_free(&small);
	}
}
END_TEST

/* Two answers never have the same boundary. */
START_TEST(test_boundary)
{
	struct fields request;
	struct response r[2];
	int i;

	memset(&request, 0, sizeof(request));
	add_lines(&request, "Range: bytes=0-9,20-29");
	for (i = 0; i < 2; i++) {
		response_init(&r[i]);
		ck_assert_int_eq(ask_for(&r[i], &request, "GET", 1000), 0);
		ck_assert_uint_eq(r[i].nparts, 2);
	}
	ck_assert_str_ne(value_of(&r[0], "Content-Type"),
	    value_of(&r[1], "Content-Type"));
	response_close(&r[0]);
	response_close(&r[1]);
}
END_TEST

/* A real file of 6 GiB: its size, its time, its last bytes. */
START_TEST(test_huge)
{
	static const struct timespec when[2] = { { WHEN, 0 }, { WHEN, 0 } };
	struct fields request;
	struct file_ask ask;
	struct file f;
	struct response r;
	char got[8];
	int fd;

	fd = open(below("/huge"), O_WRONLY | O_CREAT, 0644);
	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(pwrite(fd, "the end", 7, (off_t)HUGE_SIZE - 7), 7);
	ck_assert_int_eq(futimens(fd, when), 0);
	close(fd);
	ck_assert_int_eq(file_open(&f, str_of(below("/huge"))), 0);
	unlink(below("/huge"));
	ck_assert_int_eq(f.size, HUGE_SIZE);
	ck_assert_int_eq((int64_t)f.mtime, WHEN);
	ck_assert_int_eq(f.mtime_nsec, 0);
	memset(&request, 0, sizeof(request));
	add_lines(&request, "Range: bytes=-7");
	memset(&ask, 0, sizeof(ask));
	ask.request = &request;
	ask.method = STR("GET");
	ask.arena = &arena;
	ask.now = WHEN + 1000;
	ask.max_ranges = FILE_MAX_RANGES;
	response_init(&r);
	ck_assert_int_eq(file_answer(&r, &f, &ask), 0);
	ck_assert_int_eq(r.length, 7);
	ck_assert_int_eq(pread(r.fd, got, sizeof(got), (off_t)r.offset), 7);
	ck_assert_int_eq(memcmp(got, "the end", 7), 0);
	response_close(&r);
}
END_TEST

/*
 * Types
 */

static const struct {
	const char	*name;
	const char	*type;		/* NULL: none */
} types[] = {
	{ "index.html", "text/html" },
	{ "/srv/www/INDEX.HTML", "text/html" },
	{ "a.b.c/x.Css", "text/css" },
	{ "x.js", "text/javascript" },
	{ "x.7z", "application/x-7z-compressed" },
	{ "x.zst", "application/zstd" },
	{ "x.docx", "application/vnd.openxmlformats-officedocument"
	    ".wordprocessingml.document" },
	{ "x.tar.gz", "application/gzip" },
	{ "page.html.old", "text/html" },
	{ "page.old.html", "text/html" },
	{ "archive.html.zip", "application/zip" },
	{ "html", NULL },
	{ ".html", NULL },
	{ "..html", NULL },
	{ ".profile.txt", "text/plain" },
	{ "a.html/README", NULL },
	{ "x.", NULL },
	{ "x.htmlx", NULL },
	{ "x.htm ", NULL },
	{ "", NULL },
	{ "/", NULL },
	{ "...", NULL },
};

static void
check_type(const struct file_types *t, const char *name, const char *type)
{
	struct str got;

	got = file_type(t, str_of(name));
	if (type == NULL)
		ck_assert_ptr_eq(got.p, NULL);
	else
		ck_assert(str_eq(got, str_of(type)));
}

static void
check_sorted(const struct file_types *t)
{
	size_t i;

	for (i = 1; i < t->n; i++)
		ck_assert_int_lt(strcmp(
		    arena_cstr(&arena, t->v[i - 1].extension),
		    arena_cstr(&arena, t->v[i].extension)), 0);
}

START_TEST(test_types)
{
	struct file_types t;
	struct arena a;

	ck_assert_int_eq(arena_init_growing(&a), 0);
	memset(&t, 0, sizeof(t));
	ck_assert_int_eq(file_types_read(&t, &a, NULL), 0);
	ck_assert_uint_gt(t.n, 60);
	check_sorted(&t);
	check_type(&t, types[_i].name, types[_i].type);
	check_type(NULL, types[_i].name, NULL);
	arena_free(&a);
}
END_TEST

START_TEST(test_types_read)
{
	struct file_types own, t;
	struct arena a;

	make_file("/types", "# a comment\n\n"
	    "text/html\thtml htm\r\n"
	    "text/nothing\n"
	    "  application/x-a  a\tAA # aaa\n"
	    "no-type b\n"
	    "/x b\nx/ b\n x/y/z b\nx/\001 b\n"
	    "text/first twice\ntext/second twice\n"
	    "text/last last");
	ck_assert_int_eq(arena_init_growing(&a), 0);
	memset(&t, 0, sizeof(t));
	ck_assert_int_eq(file_types_read(&t, &a, below("/types")), 0);
	check_sorted(&t);
	ck_assert_uint_eq(t.n, 6);
	check_type(&t, "x.htm", "text/html");
	check_type(&t, "x.aa", "application/x-a");
	check_type(&t, "x.twice", "text/second");
	check_type(&t, "x.last", "text/last");
	check_type(&t, "x.b", NULL);
	check_type(&t, "x.png", NULL);
	/* AddType of a Location before that of the server */
	memset(&own, 0, sizeof(own));
	own.next = &t;
	ck_assert_int_eq(file_types_add(&own, &a, STR(".HTM"),
	    STR("text/own")), 0);
	ck_assert_int_eq(file_types_add(&own, &a, STR("new"),
	    STR("text/new;charset=utf-8")), 0);
	check_type(&own, "x.htm", "text/own");
	check_type(&own, "x.html", "text/html");
	check_type(&own, "x.new", "text/new;charset=utf-8");
	check_type(&t, "x.htm", "text/html");
	arena_free(&a);
}
END_TEST

START_TEST(test_types_faults)
{
	struct file_types t;
	struct arena a;

	ck_assert_int_eq(arena_init_growing(&a), 0);
	memset(&t, 0, sizeof(t));
	ck_assert_int_eq(file_types_read(&t, &a, "/dev/null"), 0);
	ck_assert_uint_eq(t.n, 0);
	ck_assert_int_eq(file_types_read(&t, &a, below("/nothing")), -1);
	ck_assert_int_eq(errno, ENOENT);
	/* a FIFO that nobody writes to is empty, and no wait */
	ck_assert_int_eq(file_types_read(&t, &a, below("/root/fifo")), 0);
	arena_free(&a);
	ck_assert_int_eq(arena_init(&a, 1024), 0);
	memset(&t, 0, sizeof(t));
	ck_assert_int_eq(file_types_read(&t, &a, NULL), -1);
	ck_assert_int_eq(errno, ENOMEM);
	arena_free(&a);
}
END_TEST

static void
add_opening(TCase *t)
{
	tcase_add_unchecked_fixture(t, make_tree, remove_tree);
	tcase_add_loop_test(t, test_inside, 0, 2 * (int)NELEM(inside));
	tcase_add_loop_test(t, test_through_links, 0, (int)NELEM(inside));
	tcase_add_test(t, test_limits);
	tcase_add_test(t, test_root);
	tcase_add_loop_test(t, test_anywhere, 0, (int)NELEM(anywhere));
	tcase_add_loop_test(t, test_allowed, 0, 2 * (int)NELEM(allowed));
	tcase_add_test(t, test_permissions);
	tcase_add_test(t, test_no_descriptors);
	tcase_add_loop_test(t, test_real_names, 0, 2 * NELEM(reals));
	tcase_add_test(t, test_real_names_anywhere);
	tcase_add_loop_test(t, test_simplify, 0, NELEM(simple));
	tcase_add_loop_test(t, test_race, 0, 2);
	tcase_add_test(t, test_huge);
	tcase_add_test(t, test_types_read);
	tcase_add_test(t, test_types_faults);
}

static void
add_answers(TCase *t)
{
	tcase_add_loop_test(t, test_ranges, 0, (int)NELEM(ranges));
	tcase_add_loop_test(t, test_many_ranges, 0, (int)NELEM(many));
	tcase_add_loop_test(t, test_range_limits, 0, 6);
	tcase_add_loop_test(t, test_conditions, 0, (int)NELEM(conditions));
	tcase_add_loop_test(t, test_heads, 0, (int)NELEM(head_cases));
	tcase_add_loop_test(t, test_ages, 0, (int)NELEM(ages));
	tcase_add_test(t, test_no_room);
	tcase_add_test(t, test_boundary);
	tcase_add_loop_test(t, test_types, 0, (int)NELEM(types));
}

Suite *
suite_file(void)
{
	Suite *s;
	TCase *t;

	s = suite_create("file");
	t = tcase_create("opening");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 20);
	add_opening(t);
	suite_add_tcase(s, t);
	t = tcase_create("answers");
	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_set_timeout(t, 20);
	add_answers(t);
	suite_add_tcase(s, t);
	return s;
}
