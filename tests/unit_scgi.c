/*
 * scgi: the netstring, byte by byte.
 */
#include <sys/types.h>
#include <sys/socket.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "env.h"
#include "scgi.h"
#include "unit.h"

static const struct {
	uint64_t	 length;
	struct str	 name;
	struct str	 value;
	struct str	 netstring;
} blocks[] = {
	{ 0, { NULL, 0 }, { NULL, 0 },
	    STR("24:CONTENT_LENGTH\0" "0\0SCGI\0" "1\0,") },
	{ 27, STR("REQUEST_METHOD"), STR("POST"),
	    STR("45:CONTENT_LENGTH\0" "27\0SCGI\0" "1\0"
	    "REQUEST_METHOD\0POST\0,") },
	{ 5, STR("QUERY_STRING"), STR(""),
	    STR("38:CONTENT_LENGTH\0" "5\0SCGI\0" "1\0QUERY_STRING\0\0,") },
	{ UINT64_MAX, STR("A"), STR("b"),
	    STR("47:CONTENT_LENGTH\0" "18446744073709551615\0SCGI\0" "1\0"
	    "A\0b\0,") },
};

START_TEST(test_encode)
{
	struct arena a;
	struct env e;
	struct out o;

	ck_assert_int_eq(arena_init(&a, 65536), 0);
	env_init(&e, &a, 4);
	if (blocks[_i].name.p != NULL)
		env_set(&e, blocks[_i].name, blocks[_i].value);
	out_begin(&o, &a);
	scgi_encode(&o, blocks[_i].length, &e);
	ck_assert(str_eq(out_end(&o, &a), blocks[_i].netstring));
	arena_free(&a);
}
END_TEST

START_TEST(test_encode_is_bounded)
{
	struct arena a;
	struct env e;
	struct out o;
	char room[20];

	ck_assert_int_eq(arena_init(&a, 65536), 0);
	env_init(&e, &a, 4);
	out_init(&o, room, sizeof(room));
	scgi_encode(&o, 1, &e);
	ck_assert(o.bad);
	arena_free(&a);
}
END_TEST

/*
 * What waits for the client in the buffer is not touched when the member has
 * its time to close first.
 */
START_TEST(test_close_keeps_what_waits)
{
	char buf[64];
	struct backend b;
	int fd[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	fcntl(fd[0], F_SETFL, O_NONBLOCK);
	memset(&b, 0, sizeof(b));
	b.channel.fd[0] = b.channel.fd[1] = -1;
	stream_open(&b.s, fd[0], buf, sizeof(buf));
	ck_assert_int_eq(write(fd[1], "answer", 6), 6);
	ck_assert_int_eq(io_fill_now(&b.s), IO_OK);
	ck_assert_int_eq(write(fd[1], "more than was promised", 22), 22);
	b.local = _i != 0;
	scgi_close(&b, true);
	ck_assert_int_eq(b.s.fd, -1);
	ck_assert(str_eq(stream_pending(&b.s), STR("answer")));
	close(fd[1]);
}
END_TEST

Suite *
suite_scgi(void)
{
	Suite *s;
	TCase *t;

	s = suite_create("scgi");
	t = tcase_create("scgi");
	tcase_add_loop_test(t, test_encode, 0, (int)NELEM(blocks));
	tcase_add_test(t, test_encode_is_bounded);
	tcase_add_loop_test(t, test_close_keeps_what_waits, 0, 2);
	suite_add_tcase(s, t);
	return s;
}
