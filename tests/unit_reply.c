/*
 * reply: framing towards 1.0 and 1.1 clients, over real socket pairs: what
 * the application sent and how, what the client gets.
 */
#include <sys/types.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reply.h"
#include "unit.h"

#define HEAD	"Date: Thu, 01 Jan 1970 00:00:00 GMT\r\nServer: gateway\r\n"

static const struct {
	const char	*name;
	int		 status;
	int		 minor;
	int		 head_only;
	int		 keep;		/* wanted */
	int		 keep_token;
	int64_t		 length;	/* told by the application */
	const char	*first;		/* of the body, with the head */
	const char	*later;		/* NULL: the application has closed */
	const char	*wire;
	enum reply_result	 result;
	int		 kept;
} rows[] = {
	{ "length known", 200, 1, 0, 1, 0, 5, "hello", NULL,
	    "HTTP/1.1 200 OK\r\n" HEAD "Content-Length: 5\r\n\r\nhello",
	    REPLY_SENT, 1 },
	{ "all there, length computed", 200, 1, 0, 1, 0, -1, "hello", NULL,
	    "HTTP/1.1 200 OK\r\n" HEAD "Content-Length: 5\r\n\r\nhello",
	    REPLY_SENT, 1 },
	{ "empty, length computed", 200, 1, 0, 1, 0, -1, "", NULL,
	    "HTTP/1.1 200 OK\r\n" HEAD "Content-Length: 0\r\n\r\n",
	    REPLY_SENT, 1 },
	{ "comes in pieces: chunks", 200, 1, 0, 1, 0, -1, "hello",
	    " world and more", "HTTP/1.1 200 OK\r\n" HEAD
	    "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
	    "f\r\n world and more\r\n0\r\n\r\n", REPLY_SENT, 1 },
	{ "pieces for 1.0: close", 200, 0, 0, 1, 1, -1, "hello", " world",
	    "HTTP/1.1 200 OK\r\n" HEAD "Connection: close\r\n\r\nhello world",
	    REPLY_SENT, 0 },
	{ "1.0 keep-alive with length", 200, 0, 0, 1, 1, 5, "hello", NULL,
	    "HTTP/1.1 200 OK\r\n" HEAD "Content-Length: 5\r\n"
	    "Keep-Alive: timeout=5, max=100\r\nConnection: Keep-Alive\r\n\r\n"
	    "hello", REPLY_SENT, 1 },
	{ "never more than promised", 200, 1, 0, 1, 0, 4, "hello", NULL,
	    "HTTP/1.1 200 OK\r\n" HEAD "Content-Length: 4\r\n\r\nhell",
	    REPLY_SENT, 1 },
	{ "fewer than promised", 200, 1, 0, 1, 0, 6, "hello", NULL,
	    "HTTP/1.1 200 OK\r\n" HEAD "Content-Length: 6\r\n\r\nhello",
	    REPLY_SOURCE_SHORT, 1 },
	{ "HEAD says the length", 200, 1, 1, 1, 0, 5, "hello", NULL,
	    "HTTP/1.1 200 OK\r\n" HEAD "Content-Length: 5\r\n\r\n",
	    REPLY_SENT, 1 },
	{ "HEAD without length", 200, 1, 1, 1, 0, -1, "hello", NULL,
	    "HTTP/1.1 200 OK\r\n" HEAD "\r\n", REPLY_SENT, 1 },
	{ "204 has no body and no length", 204, 1, 0, 1, 0, 5, "hello", NULL,
	    "HTTP/1.1 204 No Content\r\n" HEAD "\r\n", REPLY_SENT, 1 },
	{ "304 likewise", 304, 1, 0, 1, 0, -1, "hello", NULL,
	    "HTTP/1.1 304 Not Modified\r\n" HEAD "\r\n", REPLY_SENT, 1 },
	{ "not kept", 200, 1, 0, 0, 0, 2, "ok", NULL,
	    "HTTP/1.1 200 OK\r\n" HEAD "Content-Length: 2\r\n"
	    "Connection: close\r\n\r\nok", REPLY_SENT, 0 },
	{ "unknown status", 299, 1, 0, 1, 0, 0, "", NULL,
	    "HTTP/1.1 299 Status 299\r\n" HEAD "Content-Length: 0\r\n\r\n",
	    REPLY_SENT, 1 },
};

static void
pair(int fd[2])
{
	int i;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	for (i = 0; i < 2; i++)
		fcntl(fd[i], F_SETFL, O_NONBLOCK);
}

/* The later piece comes from another process, or all would be there. */
static void
send_later(int fd, const char *later)
{
	ssize_t n;

	if (fork() != 0)
		return;
	poll(NULL, 0, 100);
	n = write(fd, later, strlen(later));
	_exit(n < 0);
}

START_TEST(test_framing)
{
	char room[4096], from[4096], got[4096];
	struct arena a;
	struct conn c;
	struct reply_sent sent;
	struct reply_to to;
	struct response r;
	struct stream s;
	int app[2], client[2];
	ssize_t n;

	ck_assert_int_eq(arena_init(&a, 65536), 0);
	pair(app);
	pair(client);
	memset(&c, 0, sizeof(c));
	stream_open(&c.s, client[0], room, sizeof(room));
	stream_open(&s, app[0], from, sizeof(from));
	n = write(app[1], rows[_i].first, strlen(rows[_i].first));
	ck_assert_int_ge(n, 0);
	if (rows[_i].later != NULL)
		send_later(app[1], rows[_i].later);
	close(app[1]);
	response_init(&r);
	r.status = rows[_i].status;
	r.length = rows[_i].length;
	r.source = SOURCE_STREAM;
	r.stream = &s;
	memset(&to, 0, sizeof(to));
	to.conn = &c;
	to.arena = &a;
	to.minor = rows[_i].minor;
	to.head_only = rows[_i].head_only;
	to.keep = rows[_i].keep;
	to.keep_token = rows[_i].keep_token;
	to.keep_timeout = 5;
	to.keep_left = 100;
	to.timeout = to.source_timeout = 2000;
	to.software = STR("gateway");
	ck_assert_int_eq(reply_send(&to, &r, &sent), rows[_i].result);
	ck_assert_int_eq(to.keep, rows[_i].kept);
	n = read(client[1], got, sizeof(got) - 1);
	got[n < 0 ? 0 : n] = '\0';
	ck_assert_str_eq(got, rows[_i].wire);
	close(app[0]);
	close(client[0]);
	close(client[1]);
	arena_free(&a);
}
END_TEST

/*
 * Files: byte i of the file is a letter that i tells.  The client is another
 * process, for what a socket does not hold.
 */
enum { PARTS = 3, FILE_MAX = 300 * 1000 };

static const struct {
	const char	*name;
	int64_t		 size;		/* of the file */
	int64_t		 offset;
	int64_t		 length;	/* of the body, without parts */
	int		 head_only;
	int		 status;
	int64_t		 parts[PARTS][2];	/* first byte, bytes */
	enum reply_result	 result;
	int64_t		 gets;		/* bytes of the body; -1: all */
	int		 writes;	/* 0: some */
} files[] = {
	{ "small", 5, 0, 5, 0, 200, { { 0 } }, REPLY_SENT, -1, 1 },
	{ "empty", 0, 0, 0, 0, 200, { { 0 } }, REPLY_SENT, -1, 1 },
	{ "a range", 100, 10, 20, 0, 206, { { 0 } }, REPLY_SENT, -1, 1 },
	{ "just small", 32768, 0, 32768, 0, 200, { { 0 } }, REPLY_SENT, -1,
	    1 },
	{ "large", FILE_MAX, 0, FILE_MAX, 0, 200, { { 0 } }, REPLY_SENT, -1,
	    0 },
	{ "a large range", FILE_MAX, 1000, 200000, 0, 206, { { 0 } },
	    REPLY_SENT, -1, 0 },
	{ "HEAD", FILE_MAX, 0, FILE_MAX, 1, 200, { { 0 } }, REPLY_SENT, 0,
	    1 },
	{ "304", 5, 0, 5, 0, 304, { { 0 } }, REPLY_SENT, 0, 1 },
	{ "parts", 1000, 0, 0, 0, 206, { { 0, 5 }, { 900, 100 }, { 10, 1 } },
	    REPLY_SENT, -1, 1 },
	{ "a large part", FILE_MAX, 0, 0, 0, 206, { { 3, 5 },
	    { 10, 100000 }, { 200000, 7 } }, REPLY_SENT, -1, 0 },
	{ "large parts", FILE_MAX, 0, 0, 0, 206, { { 0, 40000 },
	    { 50000, 20000 }, { 100000, 20000 } }, REPLY_SENT, -1, 0 },
	{ "cut short", 10, 0, 20, 0, 200, { { 0 } }, REPLY_SOURCE_SHORT, 10,
	    1 },
	{ "cut short, large", 50000, 0, FILE_MAX, 0, 200, { { 0 } },
	    REPLY_SOURCE_SHORT, 50000, 0 },
	{ "gone", 0, 100000, 100000, 0, 206, { { 0 } }, REPLY_SOURCE_SHORT,
	    0, 1 },
	{ "cut short in parts", 500, 0, 0, 0, 206, { { 0, 5 }, { 400, 200 },
	    { 10, 1 } }, REPLY_SOURCE_SHORT, 5 + 2 * 4 + 100, 1 },
};

static char
letter(int64_t i)
{
	return (char)('a' + i % 26 - (i / 1000 % 2) * 32);
}

static int
make_letters(int64_t size)
{
	static char text[FILE_MAX];
	char path[] = "/tmp/gateway-reply.XXXXXX";
	int64_t i;
	int fd;

	for (i = 0; i < size; i++)
		text[i] = letter(i);
	fd = mkstemp(path);
	ck_assert_int_ne(fd, -1);
	unlink(path);
	ck_assert_int_eq(write(fd, text, (size_t)size), (ssize_t)size);
	return fd;
}

/* What the body is, in full. */
static size_t
spell_body(char *to, const struct response *r)
{
	size_t i, n;
	int64_t k;

	n = 0;
	for (k = 0; r->nparts == 0 && k < r->length; k++)
		to[n++] = letter(r->offset + k);
	for (i = 0; i < r->nparts; i++) {
		memcpy(to + n, r->parts[i].head.p, r->parts[i].head.n);
		n += r->parts[i].head.n;
		for (k = 0; k < r->parts[i].length; k++)
			to[n++] = letter(r->parts[i].offset + k);
	}
	if (r->tail.n > 0)
		memcpy(to + n, r->tail.p, r->tail.n);
	return n + r->tail.n;
}

static void
describe_file(struct response *r, struct part *parts, size_t row)
{
	size_t i;

	response_init(r);
	r->status = files[row].status;
	r->source = SOURCE_FILE;
	r->fd = make_letters(files[row].size);
	r->offset = files[row].offset;
	r->length = files[row].length;
	if (files[row].parts[0][1] == 0)
		return;
	r->parts = parts;
	r->nparts = PARTS;
	r->tail = STR("--\r\n");
	r->length = (int64_t)r->tail.n;
	for (i = 0; i < PARTS; i++) {
		parts[i].head = STR("<->\n");
		parts[i].offset = files[row].parts[i][0];
		parts[i].length = files[row].parts[i][1];
		r->length += 4 + parts[i].length;
	}
}

/* In another process: read all, count the reads, answer how it was. */
static void
receive_file(int fd, const char *body, size_t n, size_t row)
{
	static char got[FILE_MAX + 4096];
	char *start;
	size_t total;
	ssize_t k;
	int reads;

	total = 0;
	for (reads = 0; (k = read(fd, got + total, sizeof(got) - 1 - total)) >
	    0; reads++) {
		total += (size_t)k;
		if (files[row].writes == 0)
			poll(NULL, 0, 1);
	}
	got[total] = '\0';
	start = strstr(got, "\r\n\r\n");
	if (start == NULL)
		_exit(1);
	start += 4;
	total -= (size_t)(start - got);
	_exit(total != n ? 2 : memcmp(start, body, n) != 0 ? 3 :
	    files[row].writes != 0 && reads != files[row].writes ? 4 : 0);
}

/*
 * A socket that keeps records apart shows what was one write; where the
 * number does not matter a plain one will do.
 */
START_TEST(test_files)
{
	static char body[FILE_MAX + 4096];
	struct part parts[PARTS];
	struct arena a;
	struct conn c;
	struct reply_sent sent;
	struct reply_to to;
	struct response r;
	size_t n;
	pid_t pid;
	int client[2], status;

	ck_assert_int_eq(arena_init(&a, 65536), 0);
	describe_file(&r, parts, (size_t)_i);
	n = spell_body(body, &r);
	if (files[_i].gets != -1)
		n = (size_t)files[_i].gets;
	ck_assert_int_eq(socketpair(AF_UNIX, files[_i].writes != 0 ?
	    SOCK_SEQPACKET : SOCK_STREAM, 0, client), 0);
	pid = fork();
	ck_assert_int_ne(pid, -1);
	if (pid == 0) {
		close(client[0]);
		receive_file(client[1], body, n, (size_t)_i);
	}
	close(client[1]);
	fcntl(client[0], F_SETFL, O_NONBLOCK);
	memset(&c, 0, sizeof(c));
	stream_open(&c.s, client[0], NULL, 0);
	memset(&to, 0, sizeof(to));
	to.conn = &c;
	to.arena = &a;
	to.minor = 1;
	to.head_only = files[_i].head_only;
	to.timeout = 5000;
	ck_assert_int_eq(reply_send(&to, &r, &sent), files[_i].result);
	ck_assert_uint_eq(sent.body, n);
	ck_assert_int_eq(sent.source_done,
	    files[_i].result != REPLY_SOURCE_SHORT);
	close(client[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	response_close(&r);
	arena_free(&a);
}
END_TEST

/* A client that takes nothing ends the answer. */
START_TEST(test_file_timeout)
{
	struct part parts[PARTS];
	struct arena a;
	struct conn c;
	struct reply_sent sent;
	struct reply_to to;
	struct response r;
	int client[2];

	ck_assert_int_eq(arena_init(&a, 65536), 0);
	describe_file(&r, parts, 4);
	pair(client);
	/* More than any buffer of a socket. */
	r.length = (int64_t)1 << 32;
	ck_assert_int_eq(ftruncate(r.fd, (off_t)r.length), 0);
	memset(&c, 0, sizeof(c));
	stream_open(&c.s, client[0], NULL, 0);
	memset(&to, 0, sizeof(to));
	to.conn = &c;
	to.arena = &a;
	to.minor = 1;
	to.timeout = 100;
	ck_assert_int_eq(reply_send(&to, &r, &sent), REPLY_CLIENT_GONE);
	ck_assert_int_eq(sent.client_error, ETIMEDOUT);
	ck_assert_uint_gt(sent.body, 0);
	close(client[0]);
	close(client[1]);
	response_close(&r);
	arena_free(&a);
}
END_TEST

START_TEST(test_error_page)
{
	struct arena a;
	struct reply_page page;
	struct response r;

	ck_assert_int_eq(arena_init(&a, 65536), 0);
	response_init(&r);
	r.status = 503;
	page = (struct reply_page){ STR("<b>&\""), STR(""), false, true };
	ck_assert_int_eq(reply_error_page(&r, &a, &page), 0);
	ck_assert_int_eq(r.source, SOURCE_BYTES);
	ck_assert_int_eq(r.length, (int64_t)r.bytes.n);
	ck_assert_ptr_ne(strstr(arena_cstr(&a, r.bytes),
	    "<title>503 Service Unavailable</title>"), NULL);
	ck_assert_ptr_ne(strstr(arena_cstr(&a, r.bytes),
	    "<p>&lt;b&gt;&amp;&quot;</p>"), NULL);
	ck_assert_ptr_ne(fields_get(&r.fields, STR("content-type")), NULL);
	page.plain = true;
	ck_assert_int_eq(reply_error_page(&r, &a, &page), 0);
	ck_assert(str_eq(r.bytes,
	    STR("503 Service Unavailable\n<b>&\"\n")));
	arena_free(&a);
}
END_TEST

Suite *
suite_reply(void)
{
	Suite *s;
	TCase *t;

	s = suite_create("reply");
	t = tcase_create("reply");
	tcase_add_loop_test(t, test_framing, 0, (int)NELEM(rows));
	tcase_add_loop_test(t, test_files, 0, (int)NELEM(files));
	tcase_add_test(t, test_file_timeout);
	tcase_add_test(t, test_error_page);
	suite_add_tcase(s, t);
	return s;
}
