#!/bin/sh
# What TERM, INT, HUP, USR1, USR2 and WINCH do to the master and to workers.

. "${0%/*}/lib.sh"
. "${0%/*}/daemon.sh"

start_backend

# now: milliseconds, or seconds where date(1) has no more
now()
{
	now_text=$(date +%s%3N 2>/dev/null)
	case $now_text in
	*[!0-9]*|'')
		now_text=$(date +%s)000 ;;
	esac
	echo "$now_text"
}

# took LIMIT: fails if more milliseconds have passed since $since
took()
{
	took_ms=$(($(now) - since))
	[ "$took_ms" -le $(($1 * SLOW)) ] || fail "it took $took_ms ms"
}

is_busy()
{
	grep -q "^connect" "$T/app.log"
}

wait_busy()
{
	within 5 is_busy || fail 'the application was not asked'
}

refused()
{
	! talk_to -w -t 200 to
}

gone()
{
	is_over gateway
}

: >"$T/empty"

serve()
{
	: >"$T/app.log"
	start_gateway - <<-EOT
	StartServers 3
	MinSpareServers 3
	KeepAliveTimeout 30
	GracefulShutdownTimeout ${1:-8}
	ProxyPass / $URL
	EOT
}

test_term_when_idle()
{
	serve
	children=$(workers)
	since=$(now)
	stop_gateway TERM
	is "$GSTATUS" 0 exit
	took 1500
	for pid in $children; do
		within 2 dead "$pid" || fail "worker $pid is still there"
	done
	log_has 'stopped'
}

dead()
{
	! alive "$1"
}

test_term_drains()
{
	serve
	begin slow '/delay?ms=1500'
	wait_busy
	kill -TERM "$GPID"
	within 1 refused || fail 'it still listens'
	ended slow && fail 'the request did not last long enough'
	text=$(answer slow)
	status "$text" 200
	within 5 gone || fail 'it is still there'
	is "$(cat "$T/gateway.exit")" 0 exit
	log_lacks 'ended: '
}

# A client that is kept alive without a request is not waited for.
test_term_idle_clients()
{
	serve
	held kept /echo
	since=$(now)
	stop_gateway TERM
	is "$GSTATUS" 0 exit
	took 3000
	log_lacks 'ended: '
}

test_term_twice()
{
	serve
	begin slow /hang
	wait_busy
	kill -TERM "$GPID"
	within 1 refused || fail 'it still listens'
	gone && fail 'it did not wait'
	since=$(now)
	kill -TERM "$GPID"
	within 2 gone || fail 'it is still there'
	took 1500
	log_has 'worker [0-9]+: ended: told twice'
	is "$(cat "$T/gateway.exit")" 0 exit
}

test_int()
{
	serve
	begin slow '/delay?ms=1000'
	wait_busy
	kill -INT "$GPID"
	within 1 refused || fail 'it still listens'
	status "$(answer slow)" 200
	within 5 gone || fail 'it is still there'
	is "$(cat "$T/gateway.exit")" 0 exit
}

test_int_twice()
{
	serve
	begin slow /hang
	wait_busy
	kill -INT "$GPID"
	within 1 refused || fail 'it still listens'
	kill -INT "$GPID"
	within 2 gone || fail 'it is still there'
}

test_stop_timeout()
{
	serve 1
	begin slow /hang
	wait_busy
	since=$(now)
	stop_gateway TERM
	is "$GSTATUS" 0 exit
	took 4000
	log_has 'worker [0-9]+: ended: GracefulShutdownTimeout'
}

reloads_with()
{
	serve
	old=$(workers)
	begin slow '/delay?ms=1500'
	wait_busy
	reload_gateway "$1"
	log_has 'reloaded: generation 2'
	ended slow && fail 'the request did not last long enough'
	status "$(get /echo)" 200
	status "$(answer slow)" 200
	for pid in $old; do
		within 3 dead "$pid" || fail "old worker $pid is still there"
	done
	is "$(workers | wc -l | tr -d ' ')" 3 'workers'
	alive "$GPID" || fail 'the master is another'
}

test_hup()
{
	reloads_with HUP
}

test_usr1()
{
	reloads_with USR1
}

# A kept-alive client is served by an old worker once more, or told to go,
# but never left without an answer.
test_hup_kept_alive()
{
	serve
	spawn kept "$TALK" -t 10000 "$ADDR" "$PORT" \
	    s 'GET /id HTTP/1.1\r\nHost: x\r\n\r\n' k p 1500 \
	    s 'GET /id HTTP/1.1\r\nHost: x\r\n\r\n' k
	within 3 has_file "$T/kept.out" || fail 'no first answer'
	reload_gateway
	within 5 ended kept || fail 'no second answer'
	is "$(cat "$T/kept.exit")" 0 'exit of talk'
	is "$(grep -c '^HTTP/1.1 200' "$T/kept.out")" 2 'answers'
	like "$(tail -n 12 "$T/kept.out" | tr -d '\r')" '^Connection: close$'
}

test_usr2()
{
	serve
	kill -USR2 "$GPID"
	log_has 'USR2: not available'
	status "$(get /echo)" 200
}

test_winch_in_foreground()
{
	serve
	kill -WINCH "$GPID" 2>/dev/null || skip 'no WINCH'
	nap 0.3
	status "$(get /echo)" 200
	log_lacks stopping
}

absent()
{
	[ ! -e "$1" ]
}

test_winch_detached()
{
	: >"$T/app.log"
	start_daemon <<-EOT
	ProxyPass / $URL
	EOT
	begin slow '/delay?ms=1000'
	wait_busy
	kill -WINCH "$GPID" 2>/dev/null || skip 'no WINCH'
	within 1 refused || fail 'it still listens'
	within 2 absent "$T/gateway.lock" ||
		fail 'the pid file is still there'
	ended slow && fail 'the request did not last long enough'
	status "$(answer slow)" 200
	within 5 gone || fail 'it is still there'
}

# ^C in a terminal goes to all of them.
test_workers_ignore()
{
	serve
	for sig in INT HUP USR2 WINCH USR1; do
		for pid in $(workers); do
			kill "-$sig" "$pid"
		done
		nap 0.1
	done
	log_lacks 'died'
	is "$(workers | wc -l | tr -d ' ')" 3 workers
	status "$(get /echo)" 200
}

# A kept connection gets the answer that is due, and no more.
test_worker_term_keepalive()
{
	serve
	spawn kept "$TALK" -d "$ADDR" "$PORT" \
	    s 'GET /id HTTP/1.1\r\nHost: x\r\n\r\n' k p 600 \
	    s 'GET /id HTTP/1.1\r\nHost: x\r\n\r\n' k r
	within 3 grep -q X-Backend "$T/kept.out" || fail 'no answer'
	for pid in $(workers); do
		kill -TERM "$pid"
	done
	within 5 ended kept || fail 'the connection goes on'
	is "$(tr -d '\r' <"$T/kept.out" | grep -c '^HTTP/1.1 200')" 2
	is "$(tr -d '\r' <"$T/kept.out" | grep -c '^Connection: close')" 1
}

test_worker_term()
{
	serve
	old=$(workers)
	begin slow '/delay?ms=1000'
	wait_busy
	for pid in $old; do
		kill -TERM "$pid"
	done
	status "$(answer slow)" 200
	for pid in $old; do
		within 3 dead "$pid" || fail "worker $pid is still there"
	done
	within 3 has_workers 3 || fail "$(workers | wc -l) workers"
	log_lacks 'died'
	status "$(get /echo)" 200
}

has_workers()
{
	[ "$(workers | wc -l)" -eq "$1" ]
}

# Reload and stop at the same time.
test_hup_then_term()
{
	serve
	kill -HUP "$GPID"
	kill -TERM "$GPID"
	within 5 gone || fail 'it is still there'
	is "$(cat "$T/gateway.exit")" 0 exit
	log_lacks 'died'
}

# A terminal that is closed ends what was started on it; HUP alone does not.
test_closed_terminal()
{
	build pty <<-'EOT'
	#include <sys/ioctl.h>

	#include <fcntl.h>
	#include <signal.h>
	#include <stdlib.h>
	#include <unistd.h>

	static void
	leave(int sig)
	{
		(void)sig;
		_exit(0);
	}

	/* A session with a terminal, which closes when this process ends. */
	int
	main(int argc, char **argv)
	{
		char bytes[4096];
		int fd, slave;

		if (argc < 2 || (fd = posix_openpt(O_RDWR | O_NOCTTY)) == -1 ||
		    grantpt(fd) == -1 || unlockpt(fd) == -1)
			return 1;
		if (fork() == 0) {
			setsid();
			if ((slave = open(ptsname(fd), O_RDWR)) == -1)
				_exit(1);
	#ifdef TIOCSCTTY
			ioctl(slave, TIOCSCTTY, 0);
	#endif
			close(fd);
			dup2(slave, 0);
			dup2(slave, 1);
			dup2(slave, 2);
			execvp(argv[1], argv + 1);
			_exit(1);
		}
		signal(SIGTERM, leave);
		while (read(fd, bytes, sizeof(bytes)) > 0)
			continue;
		return 0;
	}
	EOT
	pick_port
	# shellcheck disable=SC2086
	spawn pty "$T/pty" $GATEWAY -d -l "127.0.0.1:$PORT" \
	    -c "ErrorLog $T/pty.log" -c "PidFile $T/pty.lock" "$URL"
	G=pty
	within 5 answers || fail 'no start'
	LOG=$T/pty.log
	log_has 'listening on'
	terminal_pid=$(cat "$T/pty.lock")
	kill -HUP "$terminal_pid"
	log_has 'reloaded: generation'
	kill -TERM "$(pid_of pty)"
	within 6 is_dead "$terminal_pid" || {
		kill -KILL "$terminal_pid"
		fail 'it outlives its terminal'
	}
	log_has 'stopping: the terminal was closed'
}

is_dead()
{
	! alive "$1"
}

run_tests
