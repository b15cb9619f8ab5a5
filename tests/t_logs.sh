#!/bin/sh
# Where messages and access lines go: files, programs, syslog; reopening.

. "${0%/*}/lib.sh"
. "${0%/*}/daemon.sh"

start_backend

# lines FILE N: it has N lines soon
has_lines()
{
	[ -f "$1" ] && [ "$(wc -l <"$1")" -eq "$2" ]
}

lines()
{
	within 5 has_lines "$1" "$2" ||
		fail "$1: $(cat "$1" 2>&1 | wc -l) lines, want $2"
}

test_error_log()
{
	start_daemon <<-EOT
	LogLevel info
	ProxyPass / $URL
	EOT
	when='[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{6}Z'
	log_has "^$when gateway\[[0-9]+\]: info: listening on 127\.0\.0\.1:"
	log_has "gateway\[$GPID\]: info: / -> unix:"
	if [ "$(id -u)" -eq 0 ]; then
		log_has 'warn: started as root without User'
		like "$(cat "$DLOG")" 'started as root without User'
	fi
	unlike "$(cat "$DLOG")" 'listening on'
	is "$(grep -cv '^[0-9].*: [a-z]*: ' "$LOG")" 0 'lines without a head'
}

# A value that is no message is never cut.
test_long_values()
{
	long=$(printf '%01500d' 0)
	start_daemon <<-EOT
	DocumentRoot $T
	LogFormat "%f" name
	CustomLog $T/names name
	ProxyPass /files/ !
	<Proxy balancer://one>
	BalancerMember ${URL%/}/$long
	</Proxy>
	ProxyPass / balancer://one/
	EOT
	text=$(get /echo)
	like "$(value BALANCER_WORKER_NAME "$text")" "/$long\$"
	get "/files/$long/$long" >/dev/null
	within 5 grep -q "^$T/files/$long/$long\$" "$T/names" ||
		fail "the log: $(cut -c 1-200 "$T/names")"
}

test_levels()
{
	start_daemon <<-EOT
	LogLevel error
	ProxyPass / $URL
	EOT
	status "$(get /echo)" 200
	is "$(cat "$LOG")" '' 'the log'
	stop_gateway
	is "$(cat "$LOG")" '' 'the log after a stop'
	start_daemon -v <<-EOT
	LogLevel error
	ProxyPass / $URL
	EOT
	log_has 'info: listening on'
	log_lacks 'debug: '
	stop_gateway
	start_daemon -vv <<-EOT
	LogLevel error
	ProxyPass / $URL
	EOT
	status "$(get /echo)" 200
	log_has 'debug: '
}

# What a client sends makes no line of its own.
test_escapes()
{
	start_daemon -vv <<-EOT
	ProxyPass / $URL
	EOT
	# decoded, so that there are bytes to escape
	get '/echo/%1b[31m' >/dev/null
	log_has 'mapped: /echo/.x1b\[31m'
	get '/echo/%9b31m%c3%a9%7f' >/dev/null
	log_has 'mapped: /echo/.x9b31m.xc3.xa9.x7f'
	get '/echo/%5cx1b' >/dev/null
	log_has 'mapped: /echo/\\\\x1b'
	get '/%0a2026-01-01T00:00:00.000000Z%20gateway[1]:%20error:%20forged' \
	    >/dev/null
	log_has 'x0a2026-01-01T00:00:00.000000Z gateway\[1\]: error: forged'
	# what an application says instead of a head
	get "/head?raw=$(escaped 'bad\033[31m\233\n\n')" >/dev/null
	log_has 'bad.x1b\[31m'
	is "$(tr -d '\n -~' <"$LOG" | wc -c | tr -d ' ')" 0 'control bytes'
	log_lacks '^2026-01-01T00:00:00\.000000Z gateway\[1\]'
}

test_access_file()
{
	start_daemon <<-EOT
	CustomLog $T/a.log "%m %U %>s"
	CustomLog $T/b.log common env=never
	ProxyPass / $URL
	EOT
	status "$(get /echo)" 200
	status "$(get /status/404)" 404
	lines "$T/a.log" 2
	is "$(cat "$T/a.log")" 'GET /echo 200
GET /status/404 404'
	[ -f "$T/b.log" ] || fail 'a log without lines is not made'
	lines "$T/b.log" 0
}

reopens_with()
{
	start_daemon <<-EOT
	CustomLog $T/r.log "%U"
	LogLevel info
	ProxyPass / $URL
	EOT
	status "$(get /echo/one)" 200
	lines "$T/r.log" 1
	mv "$T/r.log" "$T/r.log.old"
	mv "$LOG" "$LOG.old"
	status "$(get /echo/two)" 200
	lines "$T/r.log.old" 2
	: >"$LOG"
	rm "$LOG"
	kill "-$1" "$GPID"
	within 5 has_file "$LOG" || fail 'no new error log'
	log_has 'reloaded'
	status "$(get /echo/three)" 200
	lines "$T/r.log" 1
	is "$(cat "$T/r.log")" /echo/three
	lines "$T/r.log.old" 2
	rm -f "$T/r.log" "$T/r.log.old" "$LOG.old"
}

# What a client sends is a text of JSON, with quotes of the format or without.
test_json()
{
	start_daemon <<-EOT
	LogFormat "{\"a\":%{X-A}i,\"b\":\"%{X-A}i\",\"c\":%>s,\"d\":%q}" js
	CustomLog $T/js.log js
	CustomLog "|\$exec cat >>$T/pipe.log" js
	ProxyPass / $URL
	EOT
	get /echo 'X-A: 1,"c":"\xff' >/dev/null
	get '/echo?q' >/dev/null
	lines "$T/js.log" 2
	is "$(sed -n 1p "$T/js.log")" \
	    '{"a":"1,\"c\":\"\u00ff","b":"1,\"c\":\"\u00ff","c":200,"d":null}'
	is "$(sed -n 2p "$T/js.log")" '{"a":null,"b":"-","c":200,"d":"?q"}'
	# a line too long for a pipe keeps its end
	get /echo "X-A: $(printf '%06000d' 0)" >/dev/null
	lines "$T/pipe.log" 3
	like "$(sed -n 3p "$T/pipe.log")" \
	    '^\{"a":"0+","b":"0+","c":200,"d":null\}$'
}

test_reopen_hup()
{
	reopens_with HUP
}

test_reopen_usr1()
{
	reopens_with USR1
}

# A log that cannot be opened any more stops a reload, not the service.
test_reopen_fails()
{
	mkdir "$T/dir"
	start_daemon <<-EOT
	CustomLog $T/dir/a.log "%U"
	ProxyPass / $URL
	EOT
	status "$(get /echo/one)" 200
	mv "$T/dir" "$T/moved"
	kill -HUP "$GPID"
	log_has 'log: .*dir/a\.log: No such file'
	log_has 'reload: failed'
	status "$(get /echo/two)" 200
	lines "$T/moved/a.log" 2
	rm -rf "$T/moved"
}

test_access_program()
{
	cat >"$T/prog" <<-'EOT'
	#!/bin/sh
	echo "args $# $1" >>"$2"
	exec cat >>"$2"
	EOT
	chmod +x "$T/prog"
	start_daemon <<-EOT
	CustomLog "|$T/prog 'a word' $T/p.log" "%U"
	CustomLog "||$T/prog \"a word\" $T/q.log" "%U"
	CustomLog "|\$sed s/echo/shell/ >>$T/s.log" "%U"
	ProxyPass / $URL
	EOT
	status "$(get /echo/x)" 200
	lines "$T/p.log" 2
	is "$(cat "$T/p.log")" 'args 2 a word
/echo/x'
	lines "$T/q.log" 2
	stop_gateway
	# they see the end, and go
	lines "$T/s.log" 1
	is "$(cat "$T/s.log")" /shell/x
}

program_of()
{
	children_of "$GPID" | while read -r pid; do
		ps -o args= -p "$pid" | grep -q "$1" && echo "$pid"
	done
}

# A program that dies is started again, and no line is lost.
test_program_dies()
{
	cat >"$T/prog" <<-'EOT'
	#!/bin/sh
	while read -r line; do echo "$line" >>"$1"; done
	EOT
	chmod +x "$T/prog"
	start_daemon <<-EOT
	CustomLog "|$T/prog $T/d.log" "%U"
	ProxyPass / $URL
	EOT
	status "$(get /echo/1)" 200
	lines "$T/d.log" 1
	nap 1.1
	kill -KILL "$(program_of "$T/prog")"
	status "$(get /echo/2)" 200
	status "$(get /echo/3)" 200
	log_has "log: \|$T/prog .*: the program ended, signal 9"
	lines "$T/d.log" 3
	# not more than once a second
	kill -KILL "$(program_of "$T/prog")"
	status "$(get /echo/4)" 200
	lines "$T/d.log" 4
	rm "$T/d.log"
}

test_program_of_old_generation()
{
	start_daemon <<-EOT
	CustomLog "|\$exec cat >>$T/o.log" "%U"
	ProxyPass / $URL
	EOT
	status "$(get /echo/1)" 200
	lines "$T/o.log" 1
	before=$(program_of '^cat')
	[ -n "$before" ] || fail 'no program'
	kill -HUP "$GPID"
	log_has reloaded
	status "$(get /echo/2)" 200
	lines "$T/o.log" 2
	within 5 none_alive "$before" || fail 'the old program is still there'
	is "$(program_of '^cat' | wc -l | tr -d ' ')" 1 programs
}

none_alive()
{
	! alive "$1"
}

test_messages_to_program()
{
	pick_port
	cat >"$T/gateway.conf" <<-EOT
	Listen 127.0.0.1:$PORT
	PidFile $T/gateway.lock
	ErrorLog "|\$cat >>$T/m.log"
	LogLevel info
	ProxyPass / $URL
	EOT
	LOG=$T/m.log
	said=$(run_gateway -f "$T/gateway.conf") || fail "exit $?: $said"
	GPID=$(cat "$T/gateway.lock")
	adopt gateway "$GPID"
	log_has 'info: listening on'
	stop_gateway
	log_has 'info: stopped'
}

# ^C in the terminal must not end the programs before their last line.
test_program_group()
{
	start_daemon <<-EOT
	CustomLog "|\$exec cat >>$T/g.log" "%U"
	ProxyPass / $URL
	EOT
	pid=$(program_of '^cat')
	[ -n "$pid" ] || fail 'no program'
	is "$(ps -o pgid= -p "$pid" | tr -d ' ')" "$pid" 'process group'
}

# A disk that is full never stops service.
test_full_disk()
{
	[ -c /dev/full ] || skip 'no /dev/full'
	start_daemon <<-EOT
	CustomLog /dev/full "%U"
	ProxyPass / $URL
	EOT
	for i in 1 2 3; do
		status "$(get /echo)" 200
	done
	log_has 'warn: log: /dev/full: No space left on device: 1 lines'
}

# A program that does not read costs lines, not time.
test_stuck_program()
{
	start_daemon <<-EOT
	CustomLog "|sleep 60" "%U %{X-Long}i"
	ProxyPass / $URL
	EOT
	long=$(printf '%04000d' 0)
	i=0
	while [ "$i" -lt 24 ]; do
		status "$(get /echo "X-Long: $long")" 200 "request $i"
		i=$((i + 1))
	done
	log_has 'warn: log: \|sleep 60: not read: [0-9]+ lines are lost'
	# it would be started again while the gateway runs
	pid=$(program_of '^sleep 60')
	stop_gateway
	kill "$pid"
}

test_syslog()
{
	cat >"$T/s.conf" <<-EOT
	Listen 127.0.0.1:$(free_port)
	PidFile $T/s.lock
	ErrorLog syslog:nothing
	ProxyPass / $URL
	EOT
	code=0
	said=$(run_gateway -f "$T/s.conf") || code=$?
	is "$code" 78 "exit ($said)"
	like "$said" 's\.conf:3: ErrorLog: "syslog:nothing" names no facility'
	LOG=$T/none.log
	for form in syslog syslog:local3 syslog:local3:web syslog::web; do
		start_daemon <<-EOT
		ErrorLog $form
		ProxyPass / $URL
		EOT
		status "$(get /echo)" 200 "$form"
		stop_process gateway || fail "$form: it did not end"
	done
}

# A daemon for syslog(3), for as long as the test runs; "hang" reads nothing.
start_syslogd()
{
	[ "$(id -u)" -eq 0 ] || skip 'only root can make /dev/log'
	[ ! -e /dev/log ] && [ ! -L /dev/log ] ||
		skip 'there is a /dev/log, which is not ours to read'
	build syslogd <<-'EOT'
	#include <sys/socket.h>
	#include <sys/un.h>

	#include <signal.h>
	#include <stdio.h>
	#include <string.h>
	#include <unistd.h>

	static const char path[] = "/dev/log";

	static void
	leave(int sig)
	{
		(void)sig;
		unlink(path);
		_exit(0);
	}

	int
	main(int argc, char **argv)
	{
		struct sockaddr_un sun;
		char line[8192];
		ssize_t n;
		int fd;

		memset(&sun, 0, sizeof(sun));
		sun.sun_family = AF_UNIX;
		memcpy(sun.sun_path, path, sizeof(path));
		fd = socket(AF_UNIX, SOCK_DGRAM, 0);
		if (fd == -1 || bind(fd, (struct sockaddr *)&sun,
		    sizeof(sun)) == -1) {
			perror(path);
			return 1;
		}
		signal(SIGTERM, leave);
		puts("ready");
		fflush(stdout);
		while (argc > 1 && strcmp(argv[1], "hang") == 0)
			pause();
		for (;;) {
			fflush(stdout);
			n = recv(fd, line, sizeof(line), 0);
			if (n > 0)
				printf("%.*s\n", (int)n, line);
		}
	}
	EOT
	spawn syslogd "$T/syslogd" "$@"
	within 5 has_file "$T/syslogd.out" ||
		skip "no socket: $(cat "$T/syslogd.err")"
}

test_syslog_arrives()
{
	start_syslogd
	start_daemon <<-EOT
	ErrorLog syslog:local3:unit-web
	CustomLog syslog:local4:unit-access "%m %U %>s"
	LogLevel info
	ProxyPass / $URL
	EOT
	status "$(get /echo)" 200
	LOG=$T/syslogd.out
	# facility times eight, and info
	log_has "^<158>.* unit-web\[$GPID\]: listening on 127\.0\.0\.1:$PORT"
	log_has '^<166>.* unit-access\[[0-9]+\]: GET /echo 200$'
	stop_process gateway || fail 'it did not end'
	log_has "^<158>.* unit-web\[$GPID\]: stopped"
	stop_process syslogd
	[ ! -e /dev/log ] || fail '/dev/log is still there'
}

# One that does not read stops nobody: neither the workers nor the master.
test_syslog_hangs()
{
	start_syslogd hang
	start_daemon <<-EOT
	CustomLog syslog:local4:unit-access "%m %U %>s"
	LogLevel info
	ServerLimit 2
	StartServers 2
	ProxyPass /gone unix:$T/none.sock
	ProxyPass / $URL
	EOT
	began=$(date +%s)
	for i in $(seq 40); do
		status "$(get "/echo/$i")" 200 "$i"
		status "$(get "/gone/$i")" 503 "$i"
	done
	[ $(($(date +%s) - began)) -le $((12 * SLOW)) ] ||
		fail "80 requests took $(($(date +%s) - began)) s"
	kill -TERM "$GPID"
	within 4 is_gone "$GPID" || fail 'TERM is not heard'
	stop_process syslogd
}

is_gone()
{
	! alive "$1"
}

# A terminal or pipe that is not read stops nobody either, however long the
# lines are.
test_stdout_hangs()
{
	mkfifo "$T/hang.fifo"
	# it reads nothing of what it has opened
	spawn sleeper sh -c 'exec sleep 60 <"$0"' "$T/hang.fifo"
	pick_port
	spawn hanging sh -c "exec $GATEWAY -d -l 127.0.0.1:$PORT \
	    -c 'StartServers 1' -c 'ServerLimit 1' \
	    -c 'LimitRequestLine 30000' \
	    '$URL' >$T/hang.fifo"
	G=hanging
	within 5 answers || fail 'no start'
	began=$(date +%s)
	# more than what poll(2) promises room for
	for i in $(seq 30); do
		status "$(get "/id?$(printf '%017000d' 0)")" 200 "$i"
	done
	[ $(($(date +%s) - began)) -le $((15 * SLOW)) ] ||
		fail "30 requests took $(($(date +%s) - began)) s"
	GPID=$(pid_of hanging)
	kill -TERM "$GPID"
	within 4 is_gone "$GPID" || fail 'TERM is not heard'
}

test_buffered()
{
	start_daemon <<-EOT
	BufferedLogs On
	CustomLog $T/buf.log "%U"
	ProxyPass / $URL
	EOT
	for i in 1 2 3 4 5; do
		status "$(get "/echo/$i")" 200
	done
	stop_gateway
	lines "$T/buf.log" 5
}

run_tests
