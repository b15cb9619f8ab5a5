/*
 * spool: the queue, deadlines of a slow body, bodies from a real socket pair.
 */
#include <sys/types.h>
#include <sys/socket.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "board.h"
#include "spool.h"
#include "unit.h"

static int board_is_up;

static void
set_up(void)
{
	if (!board_is_up) {
		ck_assert_int_eq(board_init(4), 0);
		board_take(0, 1);
		board_mine(0);
		board_is_up = 1;
	}
	spool_setup("/tmp", 0);
}

static void
pair(int fd[2])
{
	int i;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	for (i = 0; i < 2; i++)
		fcntl(fd[i], F_SETFL, O_NONBLOCK);
}

static const struct {
	size_t	cap;		/* of memory */
	size_t	piece;
	size_t	pieces;
	int	has_file;
} queues[] = {
	{ 0, 1, 1, 1 },
	{ 10, 5, 2, 0 },
	{ 10, 5, 3, 1 },
	{ 10, 11, 1, 1 },
	{ 4096, 1000, 4, 0 },
	{ 4096, 1000, 50, 1 },
};

START_TEST(test_queue)
{
	char mem[4096], sent[1024], got[64 * 1024];
	struct stream to;
	struct spool s;
	size_t i, n, total;
	ssize_t k;
	int fd[2];

	pair(fd);
	stream_open(&to, fd[0], NULL, 0);
	spool_open(&s, mem, queues[_i].cap, UINT64_MAX);
	memset(sent, 0, sizeof(sent));
	for (i = 0; i < queues[_i].pieces; i++) {
		memset(sent, (int)('a' + i % 26), queues[_i].piece);
		ck_assert_int_eq(spool_append(&s, (struct str){ sent,
		    queues[_i].piece }), 0);
	}
	total = queues[_i].piece * queues[_i].pieces;
	ck_assert_int_eq(s.fd != -1, queues[_i].has_file);
	ck_assert_uint_eq(spool_size(&s), total);
	for (n = 0; n < total; n += (size_t)k) {
		ck_assert_int_ge(spool_send(&s, &to, UINT64_MAX), 0);
		k = read(fd[1], got + n, sizeof(got) - n);
		ck_assert_int_gt(k, 0);
	}
	for (i = 0; i < total; i++)
		ck_assert_int_eq(got[i], (char)('a' +
		    i / queues[_i].piece % 26));
	ck_assert_uint_eq(spool_size(&s), 0);
	spool_close(&s);
	ck_assert_uint_eq(board_spool_total(), 0);
	close(fd[0]);
	close(fd[1]);
}
END_TEST

START_TEST(test_queue_limits)
{
	char mem[16], piece[100];
	struct spool s;

	memset(piece, 'x', sizeof(piece));
	spool_open(&s, mem, sizeof(mem), 150);
	ck_assert_int_eq(spool_append(&s, (struct str){ piece, 100 }), 0);
	ck_assert_int_eq(spool_append(&s, (struct str){ piece, 100 }), -1);
	ck_assert_int_eq(errno, EFBIG);
	ck_assert_uint_eq(spool_size(&s), 100);
	spool_close(&s);
	spool_open(&s, mem, sizeof(mem), 0);
	ck_assert_int_eq(spool_append(&s, (struct str){ piece, 16 }), 0);
	ck_assert_int_eq(spool_append(&s, (struct str){ piece, 1 }), -1);
	ck_assert_int_eq(errno, EFBIG);
	spool_close(&s);
	spool_setup("/tmp", 50);
	spool_open(&s, mem, sizeof(mem), UINT64_MAX);
	ck_assert_int_eq(spool_append(&s, (struct str){ piece, 100 }), -1);
	ck_assert_int_eq(errno, ENOSPC);
	spool_close(&s);
	spool_setup("/nonexistent", 0);
	spool_open(&s, mem, sizeof(mem), UINT64_MAX);
	ck_assert_int_eq(spool_append(&s, (struct str){ piece, 100 }), -1);
	ck_assert_int_eq(errno, ENOENT);
	spool_close(&s);
}
END_TEST

static const struct {
	struct read_rate	rate;
	uint64_t		nread;
	int			timeout;
	int64_t			deadline;	/* ms after the start */
} deadlines[] = {
	{ { 0, 0, 0 }, 0, 60000, 60000 },
	{ { 20000, 40000, 500 }, 0, 60000, 20000 },
	{ { 20000, 40000, 500 }, 500, 60000, 21000 },
	{ { 20000, 40000, 500 }, 1 << 20, 60000, 40000 },
	{ { 20000, 0, 500 }, 5000, 60000, 30000 },
	{ { 20000, 0, 500 }, 1 << 30, 60000, 60000 },
	{ { 20000, 0, 0 }, 1 << 30, 60000, 20000 },
	{ { 20000, 0, 500 }, UINT64_MAX, 60000, 60000 },
	{ { 20000, 0, 0 }, 0, 5000, 5000 },
};

START_TEST(test_deadlines)
{
	int64_t now, got;

	now = io_now();
	got = read_deadline(&deadlines[_i].rate, now, deadlines[_i].nread,
	    deadlines[_i].timeout) - now;
	ck_assert_int_ge(got, deadlines[_i].deadline);
	ck_assert_int_le(got, deadlines[_i].deadline + 50);
}
END_TEST

static const struct {
	enum http_body	 kind;
	uint64_t	 length;
	uint64_t	 limit;
	const char	*wire;
	int		 status;
	const char	*body;
	const char	*rest;		/* begins the next request */
} bodies[] = {
	{ HTTP_BODY_NONE, 0, 0, "GET", 0, "", "GET" },
	{ HTTP_BODY_LENGTH, 5, 0, "helloGET", 0, "hello", "GET" },
	{ HTTP_BODY_LENGTH, 5, 5, "hello", 0, "hello", "" },
	{ HTTP_BODY_LENGTH, 5, 4, "hello", 413, "", "hello" },
	{ HTTP_BODY_LENGTH, 6, 0, "hello", CLIENT_GONE, "hello", "" },
	{ HTTP_BODY_CHUNKED, 0, 0, "5\r\nhello\r\n0\r\n\r\nGET", 0, "hello",
	    "GET" },
	{ HTTP_BODY_CHUNKED, 0, 0, "2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nA: b\r\n"
	    "\r\n", 0, "hello", "" },
	{ HTTP_BODY_CHUNKED, 0, 4, "5\r\nhello\r\n0\r\n\r\n", 413, "", NULL },
	{ HTTP_BODY_CHUNKED, 0, 0, "x\r\n", 400, "", NULL },
	{ HTTP_BODY_CHUNKED, 0, 0, "5\r\nhel", CLIENT_GONE, "hel", "" },
};

START_TEST(test_bodies)
{
	static const struct read_rate rate = { 0, 0, 0 };
	char buf[256], mem[256];
	struct conn c;
	struct body b;
	struct spool s;
	int fd[2];

	pair(fd);
	memset(&c, 0, sizeof(c));
	stream_open(&c.s, fd[0], buf, sizeof(buf));
	ck_assert_int_eq(write(fd[1], bodies[_i].wire,
	    strlen(bodies[_i].wire)), (ssize_t)strlen(bodies[_i].wire));
	shutdown(fd[1], SHUT_WR);
	memset(&b, 0, sizeof(b));
	b.conn = &c;
	b.kind = bodies[_i].kind;
	b.length = bodies[_i].length;
	b.limit = bodies[_i].limit;
	b.line_max = 8190;
	b.fields_max = 100;
	b.rate = &rate;
	b.timeout = 1000;
	spool_open(&s, mem, sizeof(mem), 0);
	ck_assert_int_eq(body_receive(&b, &s), bodies[_i].status);
	ck_assert(str_eq(spool_memory(&s), str_of(bodies[_i].body)));
	if (bodies[_i].rest != NULL) {
		while (io_fill_now(&c.s) == IO_OK)
			continue;
		ck_assert(str_eq(stream_pending(&c.s),
		    str_of(bodies[_i].rest)));
	}
	close(fd[0]);
	close(fd[1]);
}
END_TEST

enum { PIECE = 64 * 1024, PIECES = CHANNEL_SIZE / PIECE };

/* One piece from the client through the channel to the other end of to. */
static void
splice_piece(struct body *b, struct channel *ch, int client, struct stream *to,
    int member)
{
	static char sent[PIECE], got[PIECE];
	size_t n;
	ssize_t k;
	int status;

	memset(sent, 'x', sizeof(sent));
	ck_assert_int_eq(write(client, sent, PIECE), PIECE);
	for (n = 0; n < PIECE; n += (size_t)k) {
		if (ch->held == 0) {
			ck_assert(body_splice(b, ch, &status));
			ck_assert_int_eq(status, 0);
		}
		ck_assert_int_gt(channel_drain(ch, to), 0);
		k = read(member, got + n, sizeof(got) - n);
		ck_assert_int_gt(k, 0);
	}
	ck_assert_int_eq(memcmp(got, sent, PIECE), 0);
}

static bool
has_splice(void)
{
	struct channel ch;

	if (channel_open(&ch) == -1) {
		ck_assert(errno == ENOSYS || errno == EPERM);
		return false;
	}
	channel_close(&ch);
	return true;
}

/* A body that begins in the buffer and goes on past it. */
START_TEST(test_splice)
{
	static const struct read_rate rate = { 0, 0, 0 };
	char buf[16];
	struct channel ch = { { -1, -1 }, 0 };
	struct stream to;
	struct conn c;
	struct body b;
	struct str piece;
	int fd[2], i, out[2], status;

	if (!has_splice())
		return;
	pair(fd);
	pair(out);
	memset(&c, 0, sizeof(c));
	stream_open(&c.s, fd[0], buf, sizeof(buf));
	stream_open(&to, out[0], NULL, 0);
	memset(&b, 0, sizeof(b));
	b.conn = &c;
	b.kind = HTTP_BODY_LENGTH;
	b.length = CHANNEL_SIZE + sizeof(buf);
	b.rate = &rate;
	b.timeout = 1000;
	ck_assert(!body_splice(&b, &ch, &status));
	ck_assert_int_eq(write(fd[1], "0123456789abcdef", 16), 16);
	ck_assert_int_eq(body_poll(&b, &piece), 0);
	ck_assert(str_eq(piece, STR("0123456789abcdef")));
	ck_assert(body_splice(&b, &ch, &status));
	ck_assert_int_eq(status, 0);
	ck_assert_uint_eq(ch.held, 0);
	for (i = 0; i < PIECES; i++)
		splice_piece(&b, &ch, fd[1], &to, out[1]);
	ck_assert(b.done);
	ck_assert(!body_splice(&b, &ch, &status));
	ck_assert_uint_eq(c.s.nread, b.length);
	ck_assert_uint_eq(to.nwritten, CHANNEL_SIZE);
	channel_close(&ch);
	ck_assert_int_eq(ch.fd[0], -1);
	close(fd[0]);
	close(fd[1]);
	close(out[0]);
	close(out[1]);
}
END_TEST

/* The client's end in the middle, and a body that is too small for it. */
START_TEST(test_splice_ends)
{
	static const struct read_rate rate = { 0, 0, 0 };
	struct channel ch = { { -1, -1 }, 0 };
	struct conn c;
	struct body b;
	int fd[2], status;

	if (!has_splice())
		return;
	pair(fd);
	memset(&c, 0, sizeof(c));
	stream_open(&c.s, fd[0], NULL, 0);
	memset(&b, 0, sizeof(b));
	b.conn = &c;
	b.kind = HTTP_BODY_LENGTH;
	b.begun = true;
	b.length = CHANNEL_SIZE - 1;
	b.rate = &rate;
	ck_assert(!body_splice(&b, &ch, &status));
	b.length++;
	ck_assert_int_eq(write(fd[1], "GET / HTTP", 10), 10);
	close(fd[1]);
	ck_assert(body_splice(&b, &ch, &status));
	ck_assert_int_eq(status, 0);
	ck_assert_uint_eq(ch.held, 10);
	ch.held = 0;
	ck_assert(body_splice(&b, &ch, &status));
	ck_assert_int_eq(status, CLIENT_GONE);
	channel_close(&ch);
	close(fd[0]);
}
END_TEST

START_TEST(test_continue)
{
	static const struct read_rate rate = { 0, 0, 0 };
	char buf[256], got[64];
	struct conn c;
	struct body b;
	struct str piece;
	int fd[2];

	pair(fd);
	memset(&c, 0, sizeof(c));
	stream_open(&c.s, fd[0], buf, sizeof(buf));
	memset(&b, 0, sizeof(b));
	b.conn = &c;
	b.kind = HTTP_BODY_LENGTH;
	b.length = 2;
	b.rate = &rate;
	b.timeout = 1000;
	b.expects = true;
	ck_assert_int_eq(body_poll(&b, &piece), 0);
	ck_assert_int_eq(read(fd[1], got, sizeof(got)), 25);
	ck_assert_int_eq(memcmp(got, "HTTP/1.1 100 Continue\r\n\r\n", 25), 0);
	ck_assert_int_eq(write(fd[1], "ok", 2), 2);
	ck_assert_int_eq(body_next(&b, &piece), 0);
	ck_assert(str_eq(piece, STR("ok")));
	ck_assert(b.done);
	close(fd[0]);
	close(fd[1]);
}
END_TEST

Suite *
suite_spool(void)
{
	Suite *s;
	TCase *t;

	s = suite_create("spool");
	t = tcase_create("spool");
	tcase_add_checked_fixture(t, set_up, NULL);
	tcase_add_loop_test(t, test_queue, 0, (int)NELEM(queues));
	tcase_add_test(t, test_queue_limits);
	tcase_add_loop_test(t, test_deadlines, 0, (int)NELEM(deadlines));
	tcase_add_loop_test(t, test_bodies, 0, (int)NELEM(bodies));
	tcase_add_test(t, test_splice);
	tcase_add_test(t, test_splice_ends);
	tcase_add_test(t, test_continue);
	suite_add_tcase(s, t);
	return s;
}
