/*
 * Units of the log: the form of a line, what is left out, and that a place
 * that takes no lines costs lines and not time.
 */
#include <sys/types.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../log.h"
#include "unit.h"

static char dir[64];
static char path[96];
static struct sink sink;

static void
setup(void)
{
	snprintf(dir, sizeof(dir), "/tmp/unit_log.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/log", dir);
	memset(&sink, 0, sizeof(sink));
	signal(SIGPIPE, SIG_IGN);
	log_init("gateway");
}

static void
teardown(void)
{
	log_to(NULL, LOG_LEVEL_INFO);
	unlink(path);
	rmdir(dir);
}

static const char *
content(void)
{
	static char text[65536];
	ssize_t n;
	int fd;

	fd = open(path, O_RDONLY);
	ck_assert_int_ne(fd, -1);
	n = read(fd, text, sizeof(text) - 1);
	ck_assert_int_ge(n, 0);
	text[n] = '\0';
	close(fd);
	return text;
}

/* Until the file has so many bytes: a program writes it. */
static const char *
content_soon(size_t bytes)
{
	struct timespec ts = { 0, 10000000 };
	struct stat st;
	int i;

	for (i = 0; i < 500; i++) {
		if (stat(path, &st) == 0 && (size_t)st.st_size >= bytes)
			break;
		nanosleep(&ts, NULL);
	}
	return content();
}

static void
assert_like(const char *text, const char *pattern)
{
	regex_t re;

	ck_assert_int_eq(regcomp(&re, pattern, REG_EXTENDED | REG_NOSUB), 0);
	if (regexec(&re, text, 0, NULL, 0) != 0)
		ck_abort_msg("\"%s\" is not like \"%s\"", text, pattern);
	regfree(&re);
}

static long
elapsed_ms(const struct timespec *since)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - since->tv_sec) * 1000 +
	    (now.tv_nsec - since->tv_nsec) / 1000000;
}

START_TEST(test_levels)
{
	static const struct {
		const char	*word;
		int		 level;
	} table[] = {
		{ "emerg", LOG_LEVEL_ERROR }, { "alert", LOG_LEVEL_ERROR },
		{ "crit", LOG_LEVEL_ERROR }, { "error", LOG_LEVEL_ERROR },
		{ "warn", LOG_LEVEL_WARN }, { "WARN", LOG_LEVEL_WARN },
		{ "notice", LOG_LEVEL_INFO }, { "info", LOG_LEVEL_INFO },
		{ "debug", LOG_LEVEL_DEBUG }, { "trace1", LOG_LEVEL_DEBUG },
		{ "Trace8", LOG_LEVEL_DEBUG }, { "trace9", -1 },
		{ "trace", -1 }, { "trace12", -1 }, { "", -1 },
		{ "warning", -1 }, { "4", -1 },
	};
	size_t i;

	for (i = 0; i < NELEM(table); i++)
		ck_assert_int_eq(log_level_of(table[i].word),
		    table[i].level);
}
END_TEST

START_TEST(test_line)
{
	ck_assert_int_eq(sink_open(&sink, path), 0);
	ck_assert_int_eq(sink.kind, SINK_FILE);
	log_to(&sink, LOG_LEVEL_INFO);
	errno = ENOENT;
	log_warn("open: %s", "/x");
	ck_assert_int_eq(errno, ENOENT);
	log_errorx("one");
	log_info("two");
	log_debug("three");
	ck_assert(!log_debugging());
	assert_like(content(),
	    "^[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]"
	    "\\.[0-9]{6}Z gateway\\[[0-9]+\\]: warn: open: /x: "
	    "No such file or directory\n"
	    "[^\n]*: error: one\n"
	    "[^\n]*: info: two\n$");
	sink_close(&sink);
	ck_assert_int_eq(sink.fd, -1);
}
END_TEST

START_TEST(test_threshold)
{
	ck_assert_int_eq(sink_open(&sink, path), 0);
	log_to(&sink, LOG_LEVEL_WARN);
	log_info("no");
	log_warnx("yes");
	log_to(&sink, LOG_LEVEL_DEBUG);
	ck_assert(log_debugging());
	ck_assert_int_eq(log_level(), LOG_LEVEL_DEBUG);
	log_debug("now");
	assert_like(content(), "^[^\n]*warn: yes\n[^\n]*debug: now\n$");
	sink_close(&sink);
}
END_TEST

START_TEST(test_escapes)
{
	static const struct {
		const char	*message;
		const char	*line;
	} table[] = {
		{ "plain \"quoted\" \\", "plain \"quoted\" \\\\" },
		{ "\\x1b", "\\\\x1b" },
		{ "a\nb", "a\\x0ab" },
		{ "\r\t\x1b[31m", "\\x0d\\x09\\x1b[31m" },
		{ "\x7f", "\\x7f" },
		{ "\xc3\xa9", "\\xc3\\xa9" },
		{ "\x9b" "31m\xff", "\\x9b31m\\xff" },
	};
	const char *got;
	size_t i;

	ck_assert_int_eq(sink_open(&sink, path), 0);
	log_to(&sink, LOG_LEVEL_INFO);
	for (i = 0; i < NELEM(table); i++) {
		ck_assert_int_eq(truncate(path, 0), 0);
		log_info("%s", table[i].message);
		got = strstr(content(), "info: ");
		ck_assert_ptr_nonnull(got);
		ck_assert_uint_eq(strlen(got), strlen(table[i].line) + 7);
		ck_assert_int_eq(strncmp(got + 6, table[i].line,
		    strlen(table[i].line)), 0);
	}
	sink_close(&sink);
}
END_TEST

START_TEST(test_long_message)
{
	char big[8192];
	const char *text;

	memset(big, '\n', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	ck_assert_int_eq(sink_open(&sink, path), 0);
	log_to(&sink, LOG_LEVEL_INFO);
	log_info("%s", big);
	text = content();
	ck_assert_uint_le(strlen(text), 4097);
	assert_like(text, "x0a\\.\\.\\.\n$");
	sink_close(&sink);
}
END_TEST

START_TEST(test_stderr_form)
{
	struct sink over;
	int fd;

	fd = open(path, O_WRONLY | O_CREAT, 0600);
	ck_assert_int_ne(fd, -1);
	memset(&over, 0, sizeof(over));
	sink_over(&over, fd, "stderr");
	log_to(&over, LOG_LEVEL_INFO);
	log_warnx("it is so");
	sink_close(&over);
	ck_assert_int_ne(fcntl(fd, F_GETFD), -1);
	close(fd);
	ck_assert_str_eq(content(), "gateway: it is so\n");
}
END_TEST

START_TEST(test_open_fails)
{
	static const struct {
		const char	*spec;
		int		 error;
	} table[] = {
		{ "syslog:nobody", EINVAL },
		{ "syslog:", 0 },
		{ "syslog:local7:name", 0 },
		{ "syslog::name", 0 },
		{ "/nonexistent/log", ENOENT },
		{ "/", EISDIR },
		{ "|/nonexistent/program", ENOENT },
		{ "||/nonexistent/program", ENOENT },
		{ "|/", EACCES },
		{ "|", EINVAL },
		{ "|\"\"", EINVAL },
		{ "|\"not closed", EINVAL },
	};
	size_t i;

	for (i = 0; i < NELEM(table); i++) {
		errno = 0;
		ck_assert_int_eq(sink_open(&sink, table[i].spec),
		    table[i].error == 0 ? 0 : -1);
		if (table[i].error != 0)
			ck_assert_int_eq(errno, table[i].error);
		ck_assert_int_eq(sink.fd, -1);
		ck_assert_int_eq(sink.fd_read, -1);
		sink_close(&sink);
	}
}
END_TEST

/* What no system would open is known before anything is opened. */
START_TEST(test_check)
{
	static const struct {
		const char	*spec;
		const char	*why;
		bool		 file;
	} table[] = {
		{ "/var/log/x", NULL, true },
		{ "relative", NULL, true },
		{ "syslogs", NULL, true },
		{ "", "names no file and no program", true },
		{ "syslog", NULL, false },
		{ "syslog:", NULL, false },
		{ "syslog:local7:name", NULL, false },
		{ "syslog::name", NULL, false },
		{ "syslog:LOCAL0", NULL, false },
		{ "syslog:nobody", "names no facility of syslog", false },
		{ "syslog:local8:name", "names no facility of syslog",
		  false },
		{ "|cat", NULL, false },
		{ "||cat 'a b' \"c\"", NULL, false },
		{ "|$cat >'x", NULL, false },
		{ "|", "names no program", false },
		{ "|| ", "names no program", false },
		{ "|$ ", "names no program", false },
		{ "|'' x", "names no program", false },
		{ "|cat 'x", "opens a quote and does not close it", false },
		{ "|a a a a a a a a a a a a a a a a a a a a a a a a a a a a a "
		  "a a a a a a a a a a a a a a a a a a a a a a a a a a a a a "
		  "a a a a a a a a", "has too many words", false },
	};
	const char *why;
	size_t i;

	for (i = 0; i < NELEM(table); i++) {
		why = sink_check(table[i].spec);
		if (table[i].why == NULL)
			ck_assert_ptr_null(why);
		else
			ck_assert_str_eq(why, table[i].why);
		ck_assert_int_eq(sink_is_file(table[i].spec), table[i].file);
	}
}
END_TEST

START_TEST(test_buffer)
{
	char buffer[16];

	ck_assert_int_eq(sink_open(&sink, path), 0);
	sink_buffer(&sink, buffer, sizeof(buffer));
	sink_write(&sink, STR("12345"));
	sink_write(&sink, STR("67890"));
	ck_assert_str_eq(content(), "");
	sink_write(&sink, STR("abcde"));
	ck_assert_str_eq(content(), "12345\n67890\n");
	sink_write(&sink, STR("more than the buffer has"));
	ck_assert_str_eq(content(),
	    "12345\n67890\nabcde\nmore than the buffer has\n");
	sink_write(&sink, STR("123456789012345"));
	sink_flush(&sink);
	assert_like(content(), "\n123456789012345\n$");
	sink_flush(&sink);
	sink_write(&sink, STR("x"));
	sink_close(&sink);
	assert_like(content(), "5\nx\n$");
}
END_TEST

static int
end_of(pid_t pid)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

START_TEST(test_program)
{
	static const struct {
		const char	*form;
		const char	*want;
	} table[] = {
		{ "|tee %s", "one\ntwo\n" },
		{ "||tee \"%s\"", "one\ntwo\n" },
		{ "|sh -c 'tr a-z A-Z >%s'", "ONE\nTWO\n" },
		{ "|$sed s/o/0/ >%s", "0ne\ntw0\n" },
	};
	char spec[256];
	size_t i;
	int saved;

	/* tee's own output is not for the report. */
	saved = dup(STDOUT_FILENO);
	ck_assert_int_ne(dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO),
	    -1);
	for (i = 0; i < NELEM(table); i++) {
		unlink(path);
		snprintf(spec, sizeof(spec), table[i].form, path);
		ck_assert_int_eq(sink_open(&sink, spec), 0);
		ck_assert_int_eq(sink.kind, SINK_PIPE);
		ck_assert_int_eq(getpgid(sink.pid), sink.pid);
		sink_write(&sink, STR("one"));
		sink_write(&sink, STR("two"));
		sink_close(&sink);
		ck_assert_int_eq(end_of(sink.pid), 0);
		ck_assert_str_eq(content(), table[i].want);
	}
	dup2(saved, STDOUT_FILENO);
	close(saved);
}
END_TEST

/* A program that ends is started again, and no line is lost. */
START_TEST(test_restart)
{
	struct timespec ts = { 0, 50000000 };
	char spec[256];
	pid_t first;
	int i, status;

	snprintf(spec, sizeof(spec), "|$while read x; do echo $x; "
	    "[ $x = end ] && exit 3; done >>%s", path);
	ck_assert_int_eq(sink_open(&sink, spec), 0);
	first = sink.pid;
	sink_write(&sink, STR("one"));
	sink_write(&sink, STR("end"));
	status = end_of(first);
	ck_assert_int_eq(WEXITSTATUS(status), 3);
	sink_write(&sink, STR("two"));
	log_to(NULL, LOG_LEVEL_ERROR);
	ck_assert(!sink_reaped(&sink, first + 1, status));
	ck_assert(sink_reaped(&sink, first, status));
	/* It ended within its first second: not at once. */
	ck_assert_int_eq(sink.pid, 0);
	for (i = 0; i < 100 && sink.pid == 0; i++) {
		sink_restart(&sink);
		nanosleep(&ts, NULL);
	}
	ck_assert_int_gt(sink.pid, 0);
	sink_close(&sink);
	ck_assert_str_eq(content_soon(12), "one\nend\ntwo\n");
	end_of(sink.pid);
}
END_TEST

/* A reader that hangs: 100 ms once, then lines are lost without a wait. */
START_TEST(test_full_pipe)
{
	struct timespec since;
	char line[1000];
	int i;

	ck_assert_int_eq(sink_open(&sink, "|sleep 60"), 0);
	log_to(NULL, LOG_LEVEL_ERROR);
	memset(line, 'x', sizeof(line));
	for (i = 0; i < 10000 && sink.error == 0; i++)
		sink_write(&sink, (struct str){ line, sizeof(line) });
	ck_assert_int_eq(sink.error, EAGAIN);
	clock_gettime(CLOCK_MONOTONIC, &since);
	for (i = 0; i < 100; i++)
		sink_write(&sink, (struct str){ line, sizeof(line) });
	ck_assert_int_lt(elapsed_ms(&since), 90);
	ck_assert_uint_ge(sink.dropped, 100);
	kill(sink.pid, SIGKILL);
	end_of(sink.pid);
	sink_close(&sink);
}
END_TEST

/* How many are lost is said at once, then not for a minute. */
START_TEST(test_losses_are_told)
{
	struct sink broken;
	int fd;

	ck_assert_int_eq(sink_open(&sink, path), 0);
	log_to(&sink, LOG_LEVEL_INFO);
	fd = open("/dev/null", O_RDONLY);
	ck_assert_int_ne(fd, -1);
	memset(&broken, 0, sizeof(broken));
	sink_over(&broken, fd, "access");
	sink_write(&broken, STR("one"));
	sink_write(&broken, STR("two"));
	sink_write(&broken, STR("three"));
	ck_assert_uint_eq(broken.dropped, 2);
	assert_like(content(),
	    "^[^\n]*: warn: log: access: [^:\n]*: 1 lines are lost\n$");
	broken.told -= 60000;
	sink_write(&broken, STR("four"));
	ck_assert_uint_eq(broken.dropped, 0);
	assert_like(content(), "lost\n[^\n]*: 3 lines are lost\n$");
	/* and when it ends, what nobody was told of */
	sink_write(&broken, STR("five"));
	sink_end(&broken);
	sink_end(&broken);
	assert_like(content(), "3 lines are lost\n[^\n]*: 1 lines are lost\n$");
	close(fd);
	sink_close(&sink);
}
END_TEST

START_TEST(test_pipe_cut)
{
	char line[PIPE_BUF + 100];
	char spec[256];

	snprintf(spec, sizeof(spec), "|$cat >%s", path);
	ck_assert_int_eq(sink_open(&sink, spec), 0);
	memset(line, 'y', sizeof(line));
	sink_write(&sink, (struct str){ line, sizeof(line) });
	sink_close(&sink);
	end_of(sink.pid);
	ck_assert_uint_eq(strlen(content()), PIPE_BUF);
	assert_like(content(), "y\n$");
}
END_TEST

START_TEST(test_forked)
{
	struct sink second;

	memset(&second, 0, sizeof(second));
	sink.next = &second;
	ck_assert_int_eq(sink_open(&second, "|cat"), 0);
	ck_assert_int_eq(sink_open(&sink, path), 0);
	ck_assert_ptr_eq(sink.next, &second);
	ck_assert_int_ne(second.fd_read, -1);
	sink_forked(&sink);
	ck_assert_int_eq(second.fd_read, -1);
	ck_assert_int_ne(second.fd, -1);
	sink_close(&second);
	sink_close(&sink);
	end_of(second.pid);
}
END_TEST

Suite *
suite_log(void)
{
	Suite *s;
	TCase *c;

	s = suite_create("log");
	c = tcase_create("log");
	tcase_set_timeout(c, 20);
	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, test_levels);
	tcase_add_test(c, test_line);
	tcase_add_test(c, test_threshold);
	tcase_add_test(c, test_escapes);
	tcase_add_test(c, test_long_message);
	tcase_add_test(c, test_stderr_form);
	tcase_add_test(c, test_open_fails);
	tcase_add_test(c, test_check);
	tcase_add_test(c, test_buffer);
	tcase_add_test(c, test_program);
	tcase_add_test(c, test_restart);
	tcase_add_test(c, test_full_pipe);
	tcase_add_test(c, test_losses_are_told);
	tcase_add_test(c, test_pipe_cut);
	tcase_add_test(c, test_forked);
	suite_add_tcase(s, c);
	return s;
}
