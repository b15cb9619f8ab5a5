#!/bin/sh
# Flags, exit codes, detaching, the pid file, -k, a second start, listeners.

. "${0%/*}/lib.sh"
. "${0%/*}/daemon.sh"

start_backend

is_root()
{
	[ "$(id -u)" -eq 0 ]
}

# run ARGS: sets $said and $code
run()
{
	said=$(run_gateway "$@")
	code=$?
}

refuses()
{
	! ADDR=${2:-127.0.0.1} PORT=$1 talk_to -w -t 200 to
}

test_help_and_version()
{
	run -h
	is "$code" 0 'exit of -h'
	like "$said" '^usage: gateway '
	for flag in c D d f h k l n V v; do
		like "$said" "^  -$flag[, ]" "help of -$flag"
	done
	run -V
	is "$code" 0 'exit of -V'
	like "$said" '^gateway [0-9]+\.[0-9]+\.[0-9]+$'
	unlike "$said" features
	run -V -v
	like "$said" '^features: '
	run --help
	is "$code" 0 'exit of --help'
	like "$said" '^usage: gateway '
	run --version
	is "$code" 0 'exit of --version'
	like "$said" '^gateway [0-9]+\.[0-9]+\.[0-9]+$'
	run --nonsense
	is "$code" 64 'exit of another'
	is "$said" \
	    'gateway: --nonsense: no such flag (-h says which there are)'
}

test_usage_errors()
{
	for words in '-x' '-k' '-k bogus' '-k status' 'foo' 'http://x/' \
	    'scgi://a:1/,foo' 'scgi://a:1,' '/app=foo'; do
		# shellcheck disable=SC2086
		run $words
		is "$code" 64 "exit of \"$words\""
		[ -n "$said" ] || fail "nothing said to \"$words\""
	done
	run -k status
	like "$said" 'not available'
}

# word TEXT: what is said to that url on the command line; and the same in a
# file
word()
{
	run -n "$1"
	is "$code" 64 "exit of \"$1\""
	is "$said" "gateway: $1: $2"
	printf 'ProxyPass / "%s"\n' "$1" >"$T/c.conf"
	run -n -f "$T/c.conf"
	is "$code" 78 "exit of \"$1\" in a file"
	is "$(printf '%s\n' "$said" | head -n 1 | sed "s,$T/,,")" \
	    "gateway: c.conf:1: ProxyPass $1: $2"
}

test_wrong_urls()
{
	no='this is no url of an application'
	word localhost:4000 "$no (did you mean \"scgi://localhost:4000\"?)"
	word 4000 "$no (did you mean \"scgi://localhost:4000\"?)"
	word /run/app.sock "$no (did you mean \"unix:/run/app.sock\"?)"
	word app.sock "$no (did you mean \"unix:app.sock\"?)"
	word scgi:localhost:4000 \
	    "$no (did you mean \"scgi://localhost:4000\"?)"
	word scg://localhost "$no (did you mean \"scgi://localhost\"?)"
	word foo "$no: scgi://host:port/ or unix:/path"
	word http://h/ 'only SCGI is spoken here: HTTP servers need an HTTP proxy (does it speak SCGI? then "scgi://h/")'
	word fcgi://h/ 'only SCGI is spoken here: let the application speak SCGI instead of FastCGI (does it speak SCGI? then "scgi://h/")'
	word uwsgi://h/ 'only SCGI is spoken here: start uwsgi with --scgi-socket (does it speak SCGI? then "scgi://h/")'
	word unix:@name 'a socket without a file (@name) is not supported: write a path, which can have owner and mode'
	word scgi://h:99999 'the port is not a number from 1 to 65535'
	word scgi://::1:4000 'an IPv6 address must stand in brackets'
	word scgi:// 'the name of a host is missing'
	run -n /app=localhost:1
	is "$said" "gateway: /app=localhost:1: \"localhost:1\": $no (did you mean \"scgi://localhost:1\"?)"
}

# What nobody has typed is not named.
test_words_are_named()
{
	run -n -l 8123 /a/=unix:/x /a/=unix:/y
	is "$code" 0 "$said"
	like "$said" '^gateway: /a/=unix:/y: /a/ never matches, because /a/ at /a/=unix:/x comes first'
	unlike "$said" '-c:|ProxyPass'
}

test_urls_before_the_file()
{
	start_gateway - "/app/=$URL" <<-END
	ProxyPass / scgi://127.0.0.1:9/
	END
	status "$(get /app/echo)" 200
}

test_k_without_a_file()
{
	[ ! -f /etc/gateway.conf ] || skip 'there is a file'
	run -k stop
	is "$code" 69 "$said"
	like "$said" '^gateway: -k stop: no gateway is running \(nobody holds /.*gateway.pid\)'
}

test_relative_socket()
{
	run -n -l 8123 unix:sub/a.sock
	is "$code" 0 "$said"
	like "$said" "^/ -> unix:$PWD/sub/a.sock"
}

test_several_urls()
{
	run -nn "/app=scgi://127.0.0.1:1,unix:/b" 'unix:/a,unix:/b' -l 8123
	is "$code" 0 "exit ($said)"
	like "$said" '^BalancerMember balancer://urls1 scgi://127.0.0.1:1$'
	like "$said" '^BalancerMember balancer://urls1 unix:/b$'
	like "$said" '^ProxyPass /app balancer://urls1$'
	like "$said" '^ProxyPass / balancer://urls2/$'
}

test_flags_behind()
{
	run "$URL" -n /app="$URL" -l 127.0.0.1:8123
	is "$code" 0 "exit ($said)"
	like "$said" '^listen 127\.0\.0\.1:8123$'
	like "$said" '^/app -> '
}

test_no_file()
{
	run -d -f "$T/absent.conf"
	is "$code" 66 exit
	like "$said" "$T/absent.conf: No such file"
}

test_check()
{
	cat >"$T/c.conf" <<-EOT
	Listen 127.0.0.1:8123
	ProxyPass /x !
	ProxyPass / $URL
	<Location /in>
	ProxyPass $URL
	</Location>
	EOT
	for flag in -n -t; do
		run $flag -f "$T/c.conf"
		is "$code" 0 "exit of $flag"
		like "$said" '^Syntax OK$'
		like "$said" '^listen 127\.0\.0\.1:8123$'
		like "$said" '^/x -> ! '
		like "$said" '^/ -> unix:'
		like "$said" '^/in -> unix:'
	done
	$GATEWAY -n -f "$T/c.conf" 2>/dev/null | head -n 1 |
	    grep -q '^Syntax' ||
		fail 'Syntax OK is not the first line'
}

test_check_faults()
{
	printf 'Listen 127.0.0.1:8123\nBogus on\nTimeout never\n' >"$T/c.conf"
	run -n -f "$T/c.conf"
	is "$code" 78 exit
	like "$said" "c\.conf:2: "
	like "$said" "c\.conf:3: "
	unlike "$said" 'Syntax OK'
	run -f "$T/c.conf"
	is "$code" 78 'exit of a start'
	like "$said" "c\.conf:2: "
	run -n -f "$T/c.conf" -c 'Nonsense'
	like "$said" '[Nn]onsense' 'the fault of a -c line'
}

test_dump_reads_back()
{
	cat >"$T/c.conf" <<-EOT
	listen 127.0.0.1:8123
	proxypass / "$URL" timeout=7
	EOT
	$GATEWAY -nn -f "$T/c.conf" >"$T/one.conf" 2>/dev/null || fail "exit $?"
	grep -q '^ProxyPass /' "$T/one.conf" || fail 'not canonical'
	$GATEWAY -nn -f "$T/one.conf" >"$T/two.conf" 2>/dev/null ||
		fail "exit $?"
	diff "$T/one.conf" "$T/two.conf" || fail 'the dump changes'
}

# -l takes the place of Listen in what is printed, too.
test_dump_of_listen()
{
	cat >"$T/c.conf" <<-EOT
	Listen 127.0.0.1:8123
	<IfDefine !X>
	Listen unix:$T/file.sock
	</IfDefine>
	ProxyPass / $URL
	EOT
	(cd "$T" && $GATEWAY -nn -f "$T/c.conf" -l 9090 -l '[::1]:9091 http' \
	    -l 'unix:rel.sock mode=0600' 2>/dev/null) >"$T/one.conf" ||
		fail "exit $?"
	is "$(grep -i '^ *Listen ' "$T/one.conf")" "Listen 9090
Listen [::1]:9091 http
Listen unix:$T/rel.sock mode=0600"
	$GATEWAY -nn -f "$T/one.conf" >"$T/two.conf" 2>/dev/null ||
		fail "exit $?"
	diff "$T/one.conf" "$T/two.conf" || fail 'the dump changes'
	# without a file a mere port is loopback
	run -nn -l 9090 "$URL"
	like "$said" '^Listen 127\.0\.0\.1:9090$'
	run -n -l 9090 -l 9090 "$URL"
	is "$code" 78 'exit with an address twice'
	like "$said" '-l: 9090: another one listens there'
	run -n -l 'unix:/x user=no-such-user-here' -l 70000 "$URL"
	is "$code" 78 'exit with two faults'
	like "$said" '-l: unix:/x user=no-such-user-here: no such user'
	like "$said" '-l: 70000: the port '
}

# What a start would refuse is refused by -n, whoever asks.
test_check_names()
{
	cat >"$T/c.conf" <<-EOT
	User no-such-user-here
	Group no-such-group-here
	User root
	Listen unix:$T/x.sock user=no-such-user-here
	Listen unix:$T/x.sock group=no-such-group-here
	ErrorLog syslog:bogus
	CustomLog syslog:bogus common
	CustomLog "|cat 'x" common
	EOT
	run -n -f "$T/c.conf"
	is "$code" 78 "exit of -n ($said)"
	like "$said" 'c\.conf:1: User: no-such-user-here: no such user'
	like "$said" 'c\.conf:2: Group: no-such-group-here: no such group'
	like "$said" 'c\.conf:3: User: root: workers must not be root'
	like "$said" 'c\.conf:4: Listen .*x\.sock: no such user'
	like "$said" 'c\.conf:5: Listen .*x\.sock: no such group'
	like "$said" 'c\.conf:6: ErrorLog: "syslog:bogus" names no facility'
	like "$said" 'c\.conf:7: CustomLog: "syslog:bogus" names no facility'
	like "$said" "c\.conf:8: CustomLog: .* opens a quote"
	unlike "$said" 'Syntax OK'
	run -d -f "$T/c.conf"
	is "$code" 78 "exit of a start ($said)"
}

# The temporary files are the workers': root's rights do not count.
test_spool_rights()
{
	mkdir "$T/private"
	chmod 0500 "$T/private"
	who="as uid $(id -u)"
	! is_root || who='as nobody'
	cat >"$T/c.conf" <<-EOT
	Listen 127.0.0.1:$(free_port)
	SpoolDirectory $T/private
	ProxyPass / $URL
	EOT
	for flag in -n -d; do
		run $flag -f "$T/c.conf"
		is "$code" 78 "exit of $flag ($said)"
		like "$said" "c\.conf:2: SpoolDirectory: .*private:\
 Permission denied \($who\)"
	done
	# a shell may have left SIGCHLD ignored
	(trap '' CHLD && run_gateway -n -f "$T/c.conf" >"$T/trapped")
	like "$(cat "$T/trapped")" "Permission denied \($who\)"
	if is_root; then
		chown 12345 "$T/private"
		chmod 0700 "$T/private"
		run -n -f "$T/c.conf" -c 'User #12346'
		is "$code" 78 'exit for another user'
		like "$said" 'Permission denied \(as uid 12346\)'
		run -n -f "$T/c.conf" -c 'User #12345'
		is "$code" 0 "exit for the owner ($said)"
	fi
	chmod 0500 "$T/private"
	! is_root || chown 0 "$T/private"
	# root's own TMPDIR is nothing for workers
	TMPDIR=$T/private
	start_gateway -c 'ProxyRequestBufferSize 0' "$URL"
	status "$(post /sum 'a body for a file')" 200
	rmdir "$T/private"
}

test_quick_mode()
{
	start_gateway "$URL" "/app=$URL"
	log_has "listening on 127\.0\.0\.1:$PORT"
	log_has '^gateway: / -> unix:.*proxy-scgi-pathinfo'
	log_has '^gateway: /app -> unix:'
	log_has "http://127\.0\.0\.1:$PORT/"
	text=$(get /app/echo/x)
	status "$text" 200
	like "$text" '^SCRIPT_NAME=/app$'
	like "$text" '^PATH_INFO=/echo/x$'
	text=$(get /echo/y)
	like "$text" '^PATH_INFO=/echo/y$'
	like "$(cat "$ACCESS")" '"GET /app/echo/x HTTP/1\.1" 200 '
}

test_quick_plain_socket()
{
	start_gateway "unix:$T/app.sock"
	text=$(get /echo/x)
	status "$text" 200
	like "$text" '^PATH_INFO=/echo/x$'
}

test_extra_line()
{
	start_gateway -c 'ServerAdmin me@example.org' "$URL"
	like "$(get /echo)" '^SERVER_ADMIN=me@example\.org$'
}

test_define()
{
	start_gateway - -D WITH <<-EOT
	<IfDefine WITH>
	ProxyPass / $URL
	</IfDefine>
	EOT
	status "$(get /echo)" 200
}

# -d changes where nothing was said, and nothing else.
test_foreground()
{
	start_gateway - <<-EOT
	CustomLog $T/fg-access.log "%m %U"
	CustomLog $T/fg-second.log "second %U"
	LogLevel error
	ProxyPass / $URL
	EOT
	log_has "listening on 127\.0\.0\.1:$PORT"
	status "$(get /echo)" 200
	within 2 grep -q '^GET /echo$' "$T/fg-access.log" || fail 'no line'
	within 2 grep -q '^second /echo$' "$T/fg-second.log" || fail 'no line'
	is "$(cat "$T/gateway.out")" '' 'standard output'
	[ ! -e "$T/gateway.lock" ] || fail 'there is a pid file'
	stop_gateway
	is "$GSTATUS" 0 exit
}

test_foreground_error_log()
{
	start_gateway - <<-EOT
	ErrorLog $T/fg-error.log
	LogLevel warn
	ProxyPass /gone unix:$T/none.sock
	ProxyPass / $URL
	EOT
	log_has "listening on 127\.0\.0\.1:$PORT" 'the terminal'
	status "$(get /gone/x)" 503
	within 2 grep -q 'warn: connect: unix:' "$T/fg-error.log" ||
		fail "the file: $(cat "$T/fg-error.log")"
	log_lacks 'connect: unix:'
	unlike "$(cat "$T/fg-error.log")" ' info: ' 'LogLevel'
	# after a reload too
	mv "$T/fg-error.log" "$T/fg-old.log"
	kill -HUP "$GPID"
	within 5 test -e "$T/fg-error.log" || fail 'it was not opened again'
	within 5 is_told_there || fail 'nothing in the new file'
	stop_gateway
	# what keeps it from starting is on the terminal
	run -d -f "$T/gateway.conf" -c "ErrorLog $T/none/x"
	is "$code" 73 exit
	like "$said" 'log: .*none/x: No such file'
}

is_told_there()
{
	get /gone/x >/dev/null
	grep -q 'warn: connect: unix:' "$T/fg-error.log"
}

# Without a file to say it access lines go to standard output.
test_foreground_quick()
{
	start_gateway "$URL"
	status "$(get /echo)" 200
	within 2 grep -q '"GET /echo HTTP/1.1" 200' "$T/gateway.out" ||
		fail 'no line'
	stop_gateway
	start_gateway -c "CustomLog $T/quick.log %U" "$URL"
	status "$(get /echo)" 200
	within 2 grep -q '^/echo$' "$T/quick.log" || fail 'no line'
	is "$(cat "$T/gateway.out")" '' 'standard output'
	stop_gateway
	# a file that does not ask for lines gets none
	cat >"$T/mute.conf" <<-EOT
	Listen 127.0.0.1:$PORT
	ProxyPass / $URL
	EOT
	start_gateway -f "$T/mute.conf"
	status "$(get /echo)" 200
	stop_gateway
	is "$(cat "$T/gateway.out")" '' 'standard output'
}

test_detaches()
{
	start_daemon <<-EOT
	ProxyPass / $URL
	EOT
	# it is ready when the parent has gone
	status "$(get /echo)" 200
	is "$(cat "$T/gateway.lock")" "$GPID"
	alive "$GPID" || fail 'the pid file is wrong'
	unlike "$(children_of $$)" "^$GPID\$" 'child of the shell'
	log_has 'info: listening on'
	is "$(cat "$T/gateway.out")" '' 'standard output'
	run -f "$T/gateway.conf" -k stop
	is "$code" 0 "exit of stop ($said)"
	refuses "$PORT" || fail 'it still listens'
	[ ! -e "$T/gateway.lock" ] || fail 'the pid file is still there'
	within 5 is_over gateway || fail 'it is still there'
	log_has 'info: stopped'
}

# Who captures the output must not wait for the daemon's end.
test_detaches_from_pipe()
{
	pick_port
	cat >"$T/gateway.conf" <<-EOT
	Listen 127.0.0.1:$PORT
	PidFile $T/gateway.lock
	ErrorLog "|cat >>$T/gateway.log"
	CustomLog "|cat" combined
	ProxyPass / $URL
	EOT
	sed 's/"|cat >>/"|$cat >>/' "$T/gateway.conf" >"$T/g.conf"
	spawn capture sh -c "$GATEWAY -f $T/g.conf 2>&1 | cat"
	within 5 ended capture || fail 'the pipe is held open'
	adopt gateway "$(cat "$T/gateway.lock")"
	status "$(get /echo)" 200
}

test_reads_file_relative()
{
	pick_port
	cat >"$T/rel.conf" <<-EOT
	Listen 127.0.0.1:$PORT
	PidFile rel.lock
	ErrorLog rel.log
	ProxyPass / $URL
	EOT
	LOG=$T/rel.log
	said=$(cd "$T" && run_gateway -f rel.conf) || fail "exit $?: $said"
	adopt gateway "$(cat "$T/rel.lock")"
	GPID=$(cat "$T/rel.lock")
	status "$(get /echo)" 200
	reload_gateway
	log_has reloaded
	status "$(get /echo)" 200
}

test_commands()
{
	start_daemon <<-EOT
	ProxyPass / $URL
	EOT
	for command in graceful restart; do
		reloads_before=$(count_reloads)
		run -f "$T/gateway.conf" -k $command
		is "$code" 0 "exit of $command ($said)"
		within 5 more_reloads || fail "$command did nothing"
	done
	echo 'Bogus on' >>"$T/gateway.conf"
	run -f "$T/gateway.conf" -k graceful
	is "$code" 78 'exit of graceful with a fault'
	like "$said" 'gateway\.conf:[0-9]+: '
	# a stop does not need a file without faults
	run -f "$T/gateway.conf" -k graceful-stop
	is "$code" 0 "exit of graceful-stop ($said)"
	within 5 is_over gateway || fail 'it is still there'
}

test_command_without_daemon()
{
	cat >"$T/c.conf" <<-EOT
	PidFile $T/stale.lock
	ProxyPass / $URL
	EOT
	run -f "$T/c.conf" -k stop
	is "$code" 69 'exit without a pid file'
	like "$said" 'no gateway is running'
	# the number in a file that nobody locks means nothing
	spawn sleeper sleep 60
	pid_of sleeper >"$T/stale.lock"
	run -f "$T/c.conf" -k stop
	is "$code" 69 'exit with a stale pid file'
	alive "$(pid_of sleeper)" || fail 'a stranger was signalled'
}

# Nobody is signalled either by what happens to be in memory.
test_command_memory()
{
	command -v valgrind >/dev/null || skip 'no valgrind'
	cat >"$T/c.conf" <<-EOT
	PidFile $T/absent.lock
	ProxyPass / $URL
	EOT
	GATEWAY="valgrind -q --error-exitcode=99 $GATEWAY"
	run -V
	[ "$code" -eq 0 ] || skip 'this build does not run in valgrind'
	for command in stop graceful; do
		run -f "$T/c.conf" -k $command
		is "$code" 69 "exit of $command ($said)"
	done
}

test_stale_pid_file()
{
	echo 1 >"$T/gateway.lock"
	start_daemon <<-EOT
	ProxyPass / $URL
	EOT
	[ "$GPID" -ne 1 ] || fail 'the old number stayed'
	status "$(get /echo)" 200
}

# locked FILE: somebody who may only read it locks it
locked()
{
	build reader <<-'EOT'
	#include <fcntl.h>
	#include <stdio.h>
	#include <string.h>
	#include <unistd.h>

	int
	main(int argc, char **argv)
	{
		struct flock lock;
		int fd;

		memset(&lock, 0, sizeof(lock));
		lock.l_type = F_RDLCK;
		lock.l_whence = SEEK_SET;
		fd = open(argv[argc - 1], O_RDONLY);
		if (fd == -1 || fcntl(fd, F_SETLK, &lock) == -1)
			return 1;
		puts("locked");
		fflush(stdout);
		for (;;)
			pause();
	}
	EOT
	spawn reader "$T/reader" "$1"
	within 5 grep -q locked "$T/reader.out" || fail 'no lock to test with'
}

# A file that is left over may be locked by whoever can read it.
test_locked_pid_file()
{
	echo 1 >"$T/gateway.lock"
	locked "$T/gateway.lock"
	cat >"$T/c.conf" <<-EOT
	PidFile $T/gateway.lock
	ProxyPass / $URL
	EOT
	run -f "$T/c.conf" -k stop
	is "$code" 69 "exit of stop ($said)"
	start_daemon <<-EOT
	ProxyPass / $URL
	EOT
	alive "$(pid_of reader)" || fail 'the reader was signalled'
	is "$(cat "$T/gateway.lock")" "$GPID"
	is "$(mode_of "$T/gateway.lock")" '-rw-r--r--' 'mode of the pid file'
	run -f "$T/gateway.conf"
	is "$code" 69 "exit of a second start ($said)"
	run -f "$T/gateway.conf" -k graceful
	is "$code" 0 "exit of graceful ($said)"
	log_has reloaded
	run -f "$T/gateway.conf" -k stop
	is "$code" 0 "exit of stop ($said)"
	within 5 is_over gateway || fail 'it is still there'
}

# Where no new file can be made the message names who is in the way.
test_locked_for_good()
{
	! is_root || skip 'root may'
	mkdir "$T/dir"
	echo 1 >"$T/dir/lock"
	chmod 0500 "$T/dir"
	locked "$T/dir/lock"
	run -d -c "PidFile $T/dir/lock" -l "127.0.0.1:$(free_port)" "$URL"
	is "$code" 73 "exit ($said)"
	like "$said" "dir/lock: locked by pid $(pid_of reader), which is no"
	chmod 0700 "$T/dir"
}

test_second_start()
{
	start_daemon <<-EOT
	ProxyPass / $URL
	EOT
	run -f "$T/gateway.conf"
	is "$code" 69 "exit ($said)"
	like "$said" "listen: 127\.0\.0\.1:$PORT: .*pid $GPID"
	# another address, the same pid file
	sed "s/^Listen.*/Listen 127.0.0.1:$(free_port)/" "$T/gateway.conf" \
	    >"$T/c.conf"
	run -f "$T/c.conf"
	is "$code" 69 "exit with the same pid file ($said)"
	like "$said" "gateway\.lock: .*pid $GPID"
	# in the foreground, without one
	run -d -l "127.0.0.1:$PORT" "$URL"
	is "$code" 69 "exit of quick mode ($said)"
	like "$said" "listen: 127\.0\.0\.1:$PORT: "
	# the first is untouched
	is "$(cat "$T/gateway.lock")" "$GPID"
	status "$(get /echo)" 200
}

test_cannot_create()
{
	pick_port
	cat >"$T/c.conf" <<-EOT
	Listen 127.0.0.1:$PORT
	ErrorLog $T/c.log
	PidFile $T/absent/pid
	ProxyPass / $URL
	EOT
	run -f "$T/c.conf"
	is "$code" 73 "exit for a pid file ($said)"
	like "$said" "absent/pid: No such file"
	sed "s,^PidFile.*,PidFile $T/c.lock,
		s,^ErrorLog.*,ErrorLog $T/absent/log," "$T/c.conf" >"$T/d.conf"
	run -f "$T/d.conf"
	is "$code" 73 "exit for a log ($said)"
	like "$said" "absent/log: No such file"
	sed 's,^ErrorLog.*,ErrorLog "|/absent/program",' "$T/d.conf" \
	    >"$T/e.conf"
	run -f "$T/e.conf"
	is "$code" 73 "exit for a program ($said)"
	like "$said" "/absent/program: No such file"
	refuses "$PORT" || fail 'something listens'
	[ ! -e "$T/c.lock" ] || fail 'a pid file is left'
}

test_low_port()
{
	! is_root || skip 'root may'
	[ "$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start \
	    2>/dev/null || echo 1024)" -gt 81 ] || skip 'everybody may'
	run -d -l 127.0.0.1:81 "$URL"
	is "$code" 77 "exit ($said)"
	like "$said" 'listen: 127\.0\.0\.1:81: Permission denied'
}

test_privileges()
{
	is_root || skip 'not root'
	start_gateway - <<-EOT
	ProxyPass / $URL
	EOT
	is "$(grep -c 'root without User' "$LOG")" 1 'number of warnings'
	for pid in $(workers); do
		is "$(ps -o user= -p "$pid" | tr -d ' ')" nobody 'user'
	done
	stop_gateway
	start_gateway - <<-EOT
	User #12345
	Group #12346
	ProxyPass / $URL
	EOT
	log_lacks 'without User'
	pid=$(workers | head -n 1)
	is "$(ps -o uid= -p "$pid" | tr -d ' ')" 12345 uid
	is "$(ps -o gid= -p "$pid" | tr -d ' ')" 12346 gid
	[ ! -r "/proc/$pid/status" ] ||
		is "$(sed -n 's/^Groups:[[:space:]]*//p' \
		    "/proc/$pid/status" | tr -d ' ')" 12346 groups
}

test_bad_users()
{
	for user in root '#0' no-such-user-here; do
		for flag in -d -n; do
			run $flag -c "User $user" "$URL"
			is "$code" 78 "exit of $flag for User $user ($said)"
			like "$said" "^gateway: -c:[0-9]*: User: $user: "
		done
	done
	run -d -c 'User nobody' -c 'Group no-such-group-here' "$URL"
	is "$code" 78 'exit for Group'
}

test_listen_overridden()
{
	old=$(free_port)
	cat >"$T/c.conf" <<-EOT
	Listen 127.0.0.1:$old
	ProxyPass / $URL
	EOT
	pick_port
	start_gateway -f "$T/c.conf" -l "127.0.0.1:$PORT"
	status "$(get /echo)" 200
	refuses "$old" || fail 'Listen was not overridden'
}

test_listen_several()
{
	set -- $(free_port 2)
	start_gateway - <<-EOT
	Listen 127.0.0.1:$1
	Listen 127.0.0.1:$2
	ProxyPass / $URL
	EOT
	opens "$ADDR" "$2"
	for PORT; do
		status "$(get /echo)" 200 "status on port $PORT"
	done
}

has_ipv6()
{
	ADDR=::1 PORT=1 talk_to to >/dev/null 2>"$T/v6"
	! grep -Eq 'family|available|unreachable' "$T/v6"
}

test_listen_ipv6()
{
	pick_port
	run -n -l "[::1]:$PORT" "$URL"
	is "$code" 0 "exit of -n ($said)"
	ADDR=::1
	[ -e /proc/net/if_inet6 ] || skip 'no IPv6'
	spawn gateway $GATEWAY -d -l "[::1]:$PORT" "$URL"
	GPID=$(pid_of gateway)
	within 5 talk_to -w -t 200 to || fail "$(cat "$T/gateway.err")"
	text=$(get /echo)
	like "$text" '^SERVER_ADDR=::1$'
	like "$(cat "$T/gateway.err")" "listening on \[::1\]:$PORT"
	like "$(cat "$T/gateway.err")" "http://\[::1\]:$PORT/"
}

test_listen_every_address()
{
	pick_port
	start_gateway - <<-EOT
	Listen $PORT
	ProxyPass / $URL
	EOT
	log_has "listening on 0\.0\.0\.0:$PORT"
	log_has "http://localhost:$PORT/"
	status "$(get /echo)" 200
	[ -e /proc/net/if_inet6 ] || skip 'no IPv6'
	log_has "listening on \[::\]:$PORT"
	status "$(ADDR=::1 get /echo)" 200 'status on IPv6'
}

# Without a file a port alone is nobody else's business.
test_listen_port_alone()
{
	pick_port
	start_gateway -l "$PORT" -c 'MinSpareServers 1' "$URL"
	log_has "listening on 127\.0\.0\.1:$PORT"
	log_lacks '0\.0\.0\.0'
}

test_listen_name()
{
	pick_port
	start_gateway - <<-EOT
	Listen localhost:$PORT
	ProxyPass / $URL
	EOT
	log_has "listening on 127\.0\.0\.1:$PORT"
	status "$(get /echo)" 200
}

mode_of()
{
	ls -ld "$1" | cut -c 1-10
}

test_listen_unix()
{
	spawn gateway $GATEWAY -d -l "unix:$T/l.sock mode=0640" "$URL"
	ADDR=$T/l.sock
	within 5 talk_to -w -t 200 to || fail "$(cat "$T/gateway.err")"
	is "$(mode_of "$T/l.sock")" srw-r----- mode
	text=$(get /echo)
	status "$text" 200
	like "$text" '^REMOTE_ADDR=unix:$'
	# a second one finds it alive
	run -d -l "unix:$T/l.sock" "$URL"
	is "$code" 69 "exit of a second start ($said)"
	like "$said" "listen: unix:$T/l\.sock: "
	status "$(get /echo)" 200 'status after it'
	stop_process gateway || fail 'it did not end'
	[ ! -e "$T/l.sock" ] || fail 'the socket is still there'
}

test_listen_unix_owner()
{
	is_root || skip 'not root'
	spawn gateway $GATEWAY -d \
	    -l "unix:$T/l.sock mode=0600 user=#12345 group=#12346" "$URL"
	ADDR=$T/l.sock
	within 5 talk_to -w -t 200 to || fail "$(cat "$T/gateway.err")"
	is "$(ls -ldn "$T/l.sock" | awk '{ print $1, $3, $4 }')" \
	    'srw------- 12345 12346'
	run -d -l "unix:$T/m.sock user=no-such-user-here" "$URL"
	is "$code" 78 "exit ($said)"
	like "$said" 'm\.sock.*: no such user'
}

test_listen_unix_stale()
{
	spawn gateway $GATEWAY -d -l "unix:$T/l.sock" "$URL"
	ADDR=$T/l.sock
	within 5 talk_to -w -t 200 to || fail "$(cat "$T/gateway.err")"
	for pid in $(pid_of gateway) $(workers "$(pid_of gateway)"); do
		kill -KILL "$pid"
	done
	within 2 is_over gateway
	[ -e "$T/l.sock" ] || fail 'no stale socket to test with'
	spawn gateway $GATEWAY -d -l "unix:$T/l.sock" "$URL"
	within 5 talk_to -w -t 200 to || fail "$(cat "$T/gateway.err")"
	# the file of somebody else is not removed
	mv "$T/l.sock" "$T/moved.sock"
	: >"$T/l.sock"
	stop_process gateway || fail 'it did not end'
	[ -e "$T/l.sock" ] || fail 'a strange file was removed'
	# and a file that is no socket is never replaced
	run -d -l "unix:$T/l.sock" "$URL"
	is "$code" 69 "exit ($said)"
	[ -e "$T/l.sock" ] || fail 'a plain file was replaced'
	rm -f "$T/l.sock" "$T/moved.sock"
}

test_unresolved_member()
{
	start_gateway - <<-EOT
	ProxyPass /x/ scgi://no-such-host.invalid:4000/
	ProxyPass / $URL
	EOT
	log_has 'resolve: scgi://no-such-host\.invalid:4000.*503'
	status "$(get /x/)" 503
	status "$(get /echo)" 200
}

# Nothing of the master's is in a worker's hands.
test_descriptors()
{
	start_gateway "$URL"
	pid=$(workers | head -n 1)
	# standard ones, a listener, lifeline, bell, epoll or kqueue
	n=$(fds "$pid")
	[ "$n" -le 8 ] || fail "$n descriptors: $(ls -l "/proc/$pid/fd")"
}

# A chroot or a container may have no /dev, and a /var/tmp that is read-only.
test_poor_surroundings()
{
	[ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null ||
		skip 'only root can hide /dev from a process of its own'
	cat >"$T/poor" <<-'EOT'
	mount -t tmpfs none /dev && mount -t tmpfs -o ro none /var/tmp || exit 99
	unset TMPDIR
	exec "$@"
	EOT
	printf 'bob:{SHA}0JQeaNqPOBUf+Gph/Fn3xc+fyqI=\n' >"$T/poor.users"
	cat >"$T/poor.conf" <<-EOT
	ProxyRequestBufferSize 0
	ProxyPass / $URL
	<Location /user>
	AuthType Basic
	AuthName x
	AuthUserFile $T/poor.users
	Require valid-user
	</Location>
	EOT
	GATEWAY="unshare -m sh $T/poor $GATEWAY"
	start_gateway - <"$T/poor.conf"
	status "$(post /sum 'a body for a file')" 200
	status "$(get /user/echo 'Authorization: Basic Ym9iOm90aGVy')" 200
	status "$(get /user/echo 'Authorization: Basic Ym9iOm90aGV5')" 401
	stop_gateway
	# nowhere at all
	code=0
	said=$(unshare -m sh -c 'cp '"${GATEWAY##* }"' /run/gw.$$ &&
	    mount -t tmpfs -o ro none /var/tmp &&
	    mount -t tmpfs -o ro none /tmp && unset TMPDIR &&
	    /run/gw.$$ -n scgi://localhost:4/
	    rc=$?; rm -f /run/gw.$$; exit $rc' 2>&1) || code=$?
	is "$code" 78 "exit: $said"
	like "$said" 'no directory for temporary files can be written to.*/tmp.*'\
'set SpoolDirectory or TMPDIR'
}

run_tests
