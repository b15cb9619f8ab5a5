# gateway: one POSIX makefile for GNU make and bmake, no configure.
#
#	make		the program
#	make demo	the demo application in front of a browser
#	make deps	what the tests need, installed where it is missing
#	make check	units and themes, under two minutes
#	make check-long	what is big or slow
#	make check-real	applications that nobody here wrote
#	make check-httpd	the same configurations for httpd and for us
#	make check-valgrind, make asan, make fuzz, make strict, make lint
#	make install	below $(DESTDIR)$(PREFIX)

.POSIX:
.SUFFIXES:
.SUFFIXES: .c .o

CC = cc
CFLAGS = -O2 -g
WARN = -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wvla -pedantic
LDFLAGS =
# Nothing on OpenBSD, macOS and with musl.
CRYPT_LIBS = -lcrypt
LIBS = $(CRYPT_LIBS)
PREFIX = /usr/local
SYSCONFDIR = /etc
RUNDIR = /var/run
MANDIR = $(PREFIX)/share/man
JOBS = 4
FUZZ_TIME = 60

# compat.c alone may use what is not POSIX.
BASE = -std=c11 -D_FILE_OFFSET_BITS=64
POSIX = $(BASE) -D_XOPEN_SOURCE=700
PATHS = -DGATEWAY_CONF='"$(SYSCONFDIR)/gateway.conf"' \
	-DGATEWAY_PID='"$(RUNDIR)/gateway.pid"'

ROOMS = access.o accesslog.o auth.o balance.o board.o buf.o compat.o config.o \
	directive.o edit.o env.o file.o foreign.o health.o http.o io.o log.o \
	pattern.o probe.o redirect.o refused.o reply.o review.o route.o scgi.o \
	search.o spool.o worker.o
UNITS = tests/unit.c tests/unit_access.c tests/unit_accesslog.c \
	tests/unit_auth.c \
	tests/unit_balance.c tests/unit_board.c tests/unit_buf.c \
	tests/unit_config.c tests/unit_directive.c tests/unit_edit.c \
	tests/unit_env.c tests/unit_file.c tests/unit_http.c tests/unit_log.c \
	tests/unit_names.c tests/unit_reply.c tests/unit_route.c \
	tests/unit_scgi.c tests/unit_search.c tests/unit_spool.c
TOOLS = tests/backend tests/replay tests/talk

all: gateway

gateway: gateway.o $(ROOMS)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ gateway.o $(ROOMS) $(LIBS)

.c.o:
	$(CC) $(POSIX) $(PATHS) $(WARN) $(CFLAGS) -c -o $@ $<

compat.o: compat.c compat.h
	$(CC) $(BASE) $(WARN) $(CFLAGS) -c -o $@ compat.c

# The include graph; tests/lint.sh compares it with the sources.
access.o: access.c access.h auth.h buf.h config.h env.h http.h log.h
accesslog.o: accesslog.c accesslog.h buf.h config.h env.h http.h io.h log.h
auth.o: auth.c auth.h buf.h compat.h config.h env.h http.h io.h log.h
balance.o: balance.c balance.h board.h buf.h config.h http.h log.h
board.o: board.c board.h compat.h
buf.o: buf.c buf.h compat.h
compat.o: compat.c compat.h
config.o: config.c config.h buf.h foreign.h http.h log.h
directive.o: directive.c directive.h access.h accesslog.h auth.h buf.h \
	config.h edit.h env.h file.h http.h log.h pattern.h redirect.h \
	route.h
edit.o: edit.c edit.h buf.h env.h http.h pattern.h
env.o: env.c env.h buf.h config.h http.h io.h log.h pattern.h version.h
file.o: file.c file.h buf.h compat.h http.h
foreign.o: foreign.c foreign.h buf.h
gateway.o: gateway.c accesslog.h board.h buf.h compat.h config.h directive.h \
	health.h http.h io.h log.h refused.h review.h route.h version.h \
	worker.h
health.o: health.c health.h board.h buf.h compat.h config.h http.h io.h log.h \
	probe.h scgi.h spool.h
http.o: http.c http.h buf.h
io.o: io.c io.h buf.h compat.h
log.o: log.c log.h buf.h compat.h
pattern.o: pattern.c pattern.h buf.h search.h
probe.o: probe.c probe.h buf.h config.h edit.h env.h http.h io.h log.h route.h \
	scgi.h spool.h
redirect.o: redirect.c redirect.h buf.h config.h env.h http.h log.h \
	pattern.h route.h
refused.o: refused.c refused.h buf.h config.h http.h log.h
reply.o: reply.c reply.h buf.h config.h http.h io.h log.h spool.h
review.o: review.c review.h buf.h config.h http.h log.h redirect.h route.h
route.o: route.c route.h buf.h config.h file.h http.h log.h pattern.h
search.o: search.c search.h buf.h
scgi.o: scgi.c scgi.h board.h buf.h config.h env.h http.h io.h log.h spool.h
spool.o: spool.c spool.h board.h buf.h compat.h config.h http.h io.h log.h
worker.o: worker.c worker.h access.h accesslog.h auth.h balance.h board.h \
	buf.h compat.h config.h edit.h env.h file.h http.h io.h log.h \
	pattern.h redirect.h reply.h route.h scgi.h spool.h

demo: gateway examples/demo tests/talk
	sh tests/demo.sh

examples/demo: examples/demo.c
	$(CC) $(POSIX) $(WARN) $(CFLAGS) $(LDFLAGS) -o $@ examples/demo.c

tests/backend: tests/backend.c
	$(CC) $(POSIX) $(WARN) $(CFLAGS) $(LDFLAGS) -o $@ tests/backend.c

tests/replay: tests/replay.c tests/vectors_http.h
	$(CC) $(POSIX) $(WARN) $(CFLAGS) $(LDFLAGS) -o $@ tests/replay.c

tests/talk: tests/talk.c
	$(CC) $(POSIX) $(WARN) $(CFLAGS) $(LDFLAGS) -o $@ tests/talk.c

# Without check(3) there is no unit program, and tests/run says what to type.
tests/unit: $(UNITS) tests/unit.h tests/vectors_http.h $(ROOMS)
	rm -f $@
	if pkg-config --exists check; then $(CC) $(POSIX) -I. $(CFLAGS) \
	    `pkg-config --cflags check` $(LDFLAGS) -o $@ $(UNITS) $(ROOMS) \
	    `pkg-config --libs check` $(LIBS); fi

deps:
	sh tests/deps.sh

check: gateway examples/demo $(TOOLS) tests/unit
	tests/run -j $(JOBS)

check-long: gateway examples/demo $(TOOLS) tests/unit
	LONG=1 tests/run -j $(JOBS)

check-real: gateway examples/demo $(TOOLS)
	tests/real.sh

check-httpd: gateway $(TOOLS)
	sh tests/httpd.sh

check-valgrind: gateway examples/demo $(TOOLS) tests/unit
	tests/valgrind.sh

# Sanitizers want objects of their own.
asan:
	$(MAKE) clean
	CK_FORK=no SLOW=3 ASAN_OPTIONS=detect_leaks=0 \
	UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
	$(MAKE) CFLAGS="-O1 -g -fsanitize=address,undefined \
	    -fno-sanitize-recover=all -fno-omit-frame-pointer" \
	    LDFLAGS="-fsanitize=address,undefined" check
	$(MAKE) clean

# How long many virtual hosts take.
bench: bench/hosts
	bench/hosts

bench/hosts: bench/hosts.c $(ROOMS)
	$(CC) $(POSIX) $(WARN) $(CFLAGS) -I. $(LDFLAGS) -o $@ bench/hosts.c \
	    $(ROOMS) $(LIBS)

# Every warning is an error, with both compilers.
strict:
	for cc in gcc clang; do \
	    $(MAKE) clean && \
	    $(MAKE) CC=$$cc CFLAGS="-O2 -Werror" all examples/demo \
	        $(TOOLS) || exit 1; \
	done
	$(MAKE) clean

# libFuzzer, which comes with clang, for FUZZ_TIME seconds each; a corpus that
# has been found is where it begins.
fuzz:
	$(MAKE) clean
	$(MAKE) CC=clang CFLAGS="-O1 -g -fno-sanitize-recover=all \
	    -fsanitize=fuzzer-no-link,address,undefined" $(ROOMS)
	for what in http config; do \
	    clang $(POSIX) -I. -O1 -g -o tests/fuzz_$$what \
	        -fsanitize=fuzzer,address,undefined tests/fuzz_$$what.c \
	        $(ROOMS) $(LIBS) && mkdir -p tests/corpus_$$what && \
	    { [ ! -f tests/fuzz_$$what.tgz ] || gzip -dc \
	        tests/fuzz_$$what.tgz | tar -C tests/corpus_$$what -xf -; } && \
	    tests/fuzz_$$what -max_total_time=$(FUZZ_TIME) -verbosity=0 \
	        -artifact_prefix=tests/ tests/corpus_$$what || exit 1; \
	    rm -rf tests/corpus_$$what; \
	done
	$(MAKE) clean

lint:
	sh tests/lint.sh

install: gateway
	mkdir -p $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(MANDIR)/man5 \
	    $(DESTDIR)$(MANDIR)/man7 $(DESTDIR)$(MANDIR)/man8 \
	    $(DESTDIR)$(SYSCONFDIR)
	install -m 755 gateway $(DESTDIR)$(PREFIX)/sbin/gateway
	install -m 644 man/gateway.8 $(DESTDIR)$(MANDIR)/man8/gateway.8
	install -m 644 man/gateway.conf.5 \
	    $(DESTDIR)$(MANDIR)/man5/gateway.conf.5
	install -m 644 man/gateway-migration.7 \
	    $(DESTDIR)$(MANDIR)/man7/gateway-migration.7
	test -f $(DESTDIR)$(SYSCONFDIR)/gateway.conf || \
	    install -m 644 gateway.conf.sample \
	    $(DESTDIR)$(SYSCONFDIR)/gateway.conf

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/sbin/gateway \
	    $(DESTDIR)$(MANDIR)/man8/gateway.8 \
	    $(DESTDIR)$(MANDIR)/man5/gateway.conf.5 \
	    $(DESTDIR)$(MANDIR)/man7/gateway-migration.7

clean:
	rm -f gateway gateway.o $(ROOMS) $(TOOLS) tests/unit examples/demo \
	    bench/hosts tests/fuzz_http tests/fuzz_config

.PHONY: all bench demo deps check check-long check-real check-httpd \
	check-valgrind asan fuzz strict lint install uninstall clean
