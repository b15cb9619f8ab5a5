#!/bin/sh
# Applications that are absent, refuse, hang, break off or send rubbish: what
# the client gets, which line the log has, and that the gateway goes on.

. "${0%/*}/lib.sh"

start_backend app
start_backend tcp -p 0
TCP=scgi://127.0.0.1:$BPORT
start_backend locked -m 000
start_backend busy -1 -n 0
start_backend queue -1 -n 1

# ports that nobody listens on, and a socket that nobody serves any more
CLOSED=$(free_port)
start_backend dead
stop_process dead
: >"$T/plain"
chmod 666 "$T/plain"

# how long an application may be silent
HANG=$((600 * SLOW))

start_gateway - <<EOT
MaxKeepAliveRequests 0
LogFormat "%>s %X %r" short
CustomLog @ACCESS@ short
ProxyPass /absent unix:$T/absent.sock
ProxyPass /dead unix:$T/dead.sock
ProxyPass /plain unix:$T/plain
ProxyPass /closed scgi://127.0.0.1:$CLOSED/
ProxyPass /locked unix:$T/locked.sock
ProxyPass /busy unix:$T/busy.sock connectiontimeout=${HANG}ms
ProxyPass /patient unix:$T/busy.sock connectiontimeout=20 timeout=5
ProxyPass /queue unix:$T/queue.sock connectiontimeout=${HANG}ms
ProxyPass /tcp $TCP/ timeout=${HANG}ms
ProxyPass /now unix:$T/app.sock timeout=${HANG}ms
ProxyPass /tcpnow $TCP/ timeout=${HANG}ms
ProxyPass /waits unix:$T/app.sock timeout=20
ProxyPass /ignore unix:$T/app.sock timeout=20
ProxyPass / unix:$T/app.sock timeout=${HANG}ms
<Location /little>
ProxyMaxTempFileSize 100000
</Location>
<Location /ignore>
ProxyIgnoreClientAbort On
</Location>
<Location /now>
ProxyRequestBuffering Off
</Location>
<Location /tcpnow>
ProxyRequestBuffering Off
</Location>
EOT
WORKERS=$(workers | tr '\n' ' ')

#
# Helpers.
#

# One request on a connection that would be kept: what came, status of talk
ask()
{
	asked=$(chat s "GET $1 HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n" k o 100)
}

# The lines that the log got since the last look.
forget()
{
	log_seen=$(wc -l <"$LOG")
}

log_news()
{
	tail -n "+$((log_seen + 1))" "$LOG"
}

has_news()
{
	log_news | grep -Eq -e "$1"
}

# faults PATH STATUS LOG: the status, the page, and one line in the log with
# these words; then the gateway serves on
faults()
{
	forget
	text=$(get "$1")
	status "$text" "$2" "$1"
	like "$text" '^Content-Type: text/html' "$1: a page"
	within 3 has_news "$3" ||
		fail "$1: nothing like \"$3\" in: $(log_news)"
	is "$(log_news | wc -l | tr -d ' ')" 1 "$1: lines in the log"
	serves_on
}

serves_on()
{
	is "$(get /id | body)" app 'another request'
	# none has crashed: those that were there are there
	for serves_pid in $WORKERS; do
		alive "$serves_pid" || fail "worker $serves_pid is gone"
	done
}

# Who cut the connection in the middle of an answer; $T/cut has what came.
# cut PATH BYTES: so many bytes of the body came
cut_after()
{
	forget
	wire s "GET $1 HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n" k >"$T/cut"
	rc=$?
	case $rc in
	3|4)
		;;
	*)
		fail "$1: talk says $rc, it was not cut" ;;
	esac
	status "$(head_of <"$T/cut")" 200 "$1"
}

length_of_body()
{
	body <"$T/cut" | wc -c | tr -d ' '
}

#
# No connection.
#

test_absent()
{
	faults /absent/x 503 "connect: unix:$T/absent\.sock: No such file or \
directory .*location /absent, request GET /absent/x HTTP/1\.1"
	like "$text" '<h1>Service Unavailable</h1>'
	is "$(printf '%s\n' "$text" | head_of | field Connection)" close
}

test_refused()
{
	faults /dead/x 503 "connect: unix:$T/dead\.sock: Connection refused"
	faults /closed/x 503 \
	    "connect: scgi://127\.0\.0\.1:$CLOSED/?: Connection refused"
	faults /plain/x 503 "connect: unix:$T/plain: (Connection refused|\
Socket operation on non-socket|Protocol wrong type for socket)"
}

# With a body as well, which is not taken from the client in vain when it
# is to be streamed.
test_absent_with_a_body()
{
	for path in /absent /closed; do
		text=$(chat s "POST $path/x HTTP/1.1\\r\\nHost: x\\r\\n" \
		    s 'Content-Length: 100000\r\n\r\n' g 100000 1 k)
		status "$text" 503 "$path"
	done
	serves_on
}

test_permission_denied()
{
	[ "$(id -u)" -eq 0 ] && uid=$(id -u nobody) || uid=$(id -u)
	faults /locked/x 503 "connect: unix:$T/locked\.sock: Permission \
denied \(as uid $uid, socket mode 0000, owner $(id -u)\)"
}

is_held()
{
	grep -q '^held' "$T/$1.out"
}

is_taken()
{
	[ -s "$T/$1.log" ]
}

# Fill the queue of an application that serves one connection at a time:
# that one, then n more that wait.
fill_backlog()
{
	: >"$T/$1.log"
	spawn "$1.0" "$TALK" -H 1 -u "$T/$1.sock"
	within 3 is_taken "$1" || fail "$1 takes no connection"
	spawn "$1.1" "$TALK" -H "$2" -u "$T/$1.sock"
	within 3 is_held "$1.1" || fail "$1: $(cat "$T/$1.1.err")"
}

free_backlog()
{
	stop_process "$1.1"
	stop_process "$1.0"
}

# A full backlog is tried again until the time is over.
test_full_backlog()
{
	fill_backlog busy 1
	fill_backlog queue 2
	forget
	for where in busy queue; do
		spawn "client.$where" "$TALK" "$ADDR" "$PORT" \
		    s "GET /$where/id HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n" k t
	done
	for where in busy queue; do
		within 4 ended "client.$where" || fail "$where: no answer"
		text=$(cat "$T/client.$where.out")
		status "$text" 503 $where
		ms=$(printf '%s\n' "$text" |
			sed -n 's/^.*<\([0-9]*\) ms>$/\1/p')
		if [ "$ms" -lt $((HANG - 50)) ] ||
		    [ "$ms" -gt $((2500 * SLOW)) ]; then
			fail "$where: gave up after $ms ms"
		fi
		within 3 has_news "connect: unix:$T/$where\.sock: no connection within" ||
			fail "$where: in the log: $(log_news)"
	done
	free_backlog busy
	free_backlog queue
	serves_on
	is "$(get /busy/id | body)" busy 'when there is room again'
}

# There is room before the time is over.
test_backlog_in_time()
{
	fill_backlog busy 1
	spawn client "$TALK" "$ADDR" "$PORT" \
	    s 'GET /patient/id HTTP/1.1\r\nHost: x\r\n\r\n' k
	nap 0.4
	ended client && fail "it did not wait: $(cat "$T/client.out")"
	free_backlog busy
	within 3 ended client || fail 'it waits for ever'
	status "$(cat "$T/client.out")" 200
	like "$(cat "$T/client.out")" '^X-Backend: busy'
}

# A client that leaves meanwhile.
test_leaves_while_connecting()
{
	fill_backlog busy 1
	: >"$ACCESS"
	forget
	wire s 'GET /patient/id HTTP/1.1\r\nHost: x\r\n\r\n' p 200 x
	within 2 grep -q 'GET /patient' "$ACCESS" ||
		fail 'the worker goes on connecting'
	is "$(log_news)" '' 'a fault of nobody'
}

#
# No answer in time.
#

test_hang()
{
	: >"$T/app.log"
	faults /hang 504 "receive: unix:$T/app\.sock: no answer within.*location /"
	like "$text" '<h1>Gateway Timeout</h1>'
	# and the application is let go
	within 2 grep -q '^gone hang' "$T/app.log" ||
		fail 'the connection was kept'
	ms=$(sed -n 's/^gone hang \([0-9]*\)$/\1/p' "$T/app.log")
	[ "$ms" -ge $((HANG - 50)) ] || fail "it had $ms ms only"
	faults /tcp/hang 504 "receive: $TCP/?: no answer within .* s \(timeout="
}

test_hang_in_the_head()
{
	faults /hang-head 504 "receive: unix:$T/app\.sock: no answer within"
}

# timeout= before ProxyTimeout before Timeout.
test_whose_timeout()
{
	G=own
	start_gateway - <<-EOT
	Timeout 20
	ProxyTimeout 1
	ProxyPass /member unix:$T/app.sock timeout=300ms
	ProxyPass /slow unix:$T/app.sock timeout=3
	ProxyPass / unix:$T/app.sock
	EOT
	text=$(wire s 'GET /member/hang HTTP/1.1\r\nHost: x\r\n\r\n' k t)
	status "$text" 504
	ms=$(printf '%s\n' "$text" | sed -n 's/^.*<\([0-9]*\) ms>$/\1/p')
	[ "$ms" -ge 250 ] && [ "$ms" -lt $((900 * SLOW)) ] ||
		fail "timeout=300ms: after $ms ms"
	text=$(wire s 'GET /hang HTTP/1.1\r\nHost: x\r\n\r\n' k t)
	status "$text" 504
	ms=$(printf '%s\n' "$text" | sed -n 's/^.*<\([0-9]*\) ms>$/\1/p')
	[ "$ms" -ge 900 ] && [ "$ms" -lt $((2500 * SLOW)) ] ||
		fail "ProxyTimeout 1: after $ms ms"
	status "$(get '/slow/delay?ms=1300')" 200 'timeout=3'
}

# The time is one without a step forward, not one for all.
test_slow_is_not_hanging()
{
	text=$(get "/stream?n=4&ms=$((300 * SLOW))")
	status "$text" 200
	is "$(printf '%s\n' "$text" | body | wc -l | tr -d ' ')" 4
	text=$(chat s 'POST /slowread?n=65536&ms=40 HTTP/1.1\r\nHost: x\r\n' \
	    s 'Content-Length: 1500000\r\n\r\n' g 1500000 1 k)
	status "$text" 200
	like "$text" "^$("$TALK" -G 1500000 1 | "$TALK" -S -)\$"
}

# A client that is slow uses up no time of the application.
test_slow_client_is_not_a_hanging_application()
{
	forget
	text=$(chat s 'POST /now/sum HTTP/1.1\r\nHost: x\r\n' \
	    s 'Content-Length: 10\r\n\r\n12345' p $((900 * SLOW)) s 67890 k)
	status "$text" 200 'a slow body'
	text=$(talk_to -s to \
	    s 'GET /little/bytes?n=20000000&len=1 HTTP/1.1\r\nHost: x\r\n' \
	    s '\r\n' o $((5000 * SLOW)) p $((900 * SLOW)) k)
	like "$text" "^<body $("$TALK" -G 20000000 1 | "$TALK" -S -)>\$"
	is "$(log_news)" '' 'a fault of nobody'
}

# The client that takes nothing is given up after Timeout.
test_client_takes_nothing()
{
	G=own
	start_gateway - <<-EOT
	Timeout 1
	ProxyPass / unix:$T/app.sock timeout=20
	ProxyMaxTempFileSize 1000000
	EOT
	: >"$T/app.log"
	forget
	spawn client "$TALK" "$ADDR" "$PORT" \
	    s 'GET /endless HTTP/1.1\r\nHost: x\r\n\r\n' o 5000 p 20000
	within 4 grep -q '^gone endless' "$T/app.log" ||
		fail 'the application was kept'
	is "$(log_news)" '' 'a fault of nobody'
}

# What nobody gets is not waited for.
test_endless_without_a_reader()
{
	: >"$T/app.log"
	text=$(wire s 'HEAD /endless HTTP/1.1\r\nHost: x\r\n\r\n' kh \
	    s 'GET /id HTTP/1.1\r\nHost: x\r\n\r\n' m 'X-Backend' t)
	status "$text" 200
	like "$text" '^X-Backend'
	within 2 grep -q '^gone endless' "$T/app.log" ||
		fail 'the application was kept'
}

# Nor for ever, when it trickles.
test_trickle_without_a_reader()
{
	text=$(wire s 'HEAD /stream?n=50&ms=300 HTTP/1.1\r\nHost: x\r\n\r\n' \
	    kh s 'GET /id HTTP/1.1\r\nHost: x\r\n\r\n' m 'X-Backend' t)
	status "$text" 200
	like "$text" '^X-Backend'
}

test_takes_no_body()
{
	forget
	text=$(chat s 'POST /hold HTTP/1.1\r\nHost: x\r\n' \
	    s 'Content-Length: 1500000\r\n\r\n' g 1500000 1 k)
	status "$text" 200 'who reads'
	# one that reads 8 bytes each 5 s stands still
	text=$(chat s 'POST /slowread?n=8&ms=5000 HTTP/1.1\r\nHost: x\r\n' \
	    s 'Content-Length: 1500000\r\n\r\n' g 1500000 1 k)
	status "$text" 504 'who does not read'
	within 2 has_news "send: unix:$T/app\.sock: the request was not taken within" ||
		fail "in the log: $(log_news)"
}

#
# Broken answers.
#

test_early_close()
{
	faults /drop 502 "receive: unix:$T/app\.sock: closed without an answer"
	like "$text" '<h1>Bad Gateway</h1>'
	faults /close-head 502 \
	    "receive: unix:$T/app\.sock: closed in the middle of the response"
	faults /tcp/drop 502 "receive: $TCP/?: closed without an answer"
}

test_reset()
{
	faults /tcp/reset 502 "receive: $TCP/?: Connection reset by peer"
	faults /tcp/reset-head 502 "receive: $TCP/?: Connection reset by peer"
}

test_garbage()
{
	for n in 1 10 512 100000; do
		faults "/garbage?n=$n" 502 \
		    "(receive|response head): unix:$T/app\.sock: .*location /"
	done
	# even before a newline comes
	faults /endless-head 502 "response head: unix:$T/app\.sock: .*longer than"
}

test_close_with_a_body()
{
	for path in /drop /now/drop /tcp/drop /tcpnow/drop; do
		text=$(chat s "POST $path HTTP/1.1\\r\\nHost: x\\r\\n" \
		    s 'Content-Length: 1000000\r\n\r\n' g 1000000 1 k)
		status "$text" 502 "$path"
	done
	for path in /reset /tcp/reset /tcpnow/reset; do
		text=$(chat s "POST $path HTTP/1.1\\r\\nHost: x\\r\\n" \
		    s 'Content-Length: 100000\r\n\r\n' g 100000 1 k)
		status "$text" 502 "$path"
	done
	serves_on
}

#
# Answers that are not as long as they say.
#

test_short_body()
{
	cut_after '/short?len=100&n=50'
	is "$(length_of_body)" 50 'what came'
	within 3 has_news "unix:$T/app\.sock: .*50 bytes: .*Content-Length" ||
		fail "in the log: $(log_news)"
	cut_after '/short?len=5000000&n=3000000'
	is "$(length_of_body)" 3000000 'what came'
	# nobody can miss what HEAD does not get
	text=$(chat s 'HEAD /short?len=100&n=50 HTTP/1.1\r\nHost: x\r\n\r\n' \
	    kh o 100)
	like "$text" '^Content-Length: 100$'
	like "$text" '<open>$'
	serves_on
}

test_long_body()
{
	ask '/long?len=100&n=200'
	status "$asked" 200
	like "$asked" '^Content-Length: 100$'
	wire s 'GET /long?len=100&n=200 HTTP/1.1\r\nHost: x\r\n\r\n' \
	    s 'GET /id HTTP/1.1\r\nHost: x\r\n\r\n' k m 'X-Backend: app' \
	    >/dev/null || fail 'the next answer does not follow'
	# exactly so many, and the connection is kept
	{
		"$TALK" -G 100 1
		printf '<open>\n'
	} >"$T/want"
	wire s 'GET /long?len=100&n=5000000 HTTP/1.1\r\nHost: x\r\n\r\n' \
	    k o 300 | tail -c 107 | cmp -s - "$T/want" || fail 'other bytes'
	serves_on
}

test_does_not_close()
{
	: >"$T/app.log"
	for at in / /tcp/; do
		text=$(wire s "GET ${at}hang-body?n=100&len=100 " \
		    s 'HTTP/1.1\r\nHost: x\r\n\r\n' k t \
		    s 'GET /id HTTP/1.1\r\nHost: x\r\n\r\n' m 'X-Backend' t |
		    tr -d '\000')
		for ms in $(printf '%s\n' "$text" |
		    grep -ao '<[0-9]* ms>' | tr -dc '0-9\n'); do
			[ "$ms" -lt $((500 * SLOW)) ] ||
				fail "$at: the answer took $ms ms"
		done
		printf '%s\n' "$text" | grep -aq '^X-Backend' ||
			fail "$at: no next answer"
	done
	within 2 grep -q '^gone hang-body' "$T/app.log" ||
		fail 'the application was kept'
}

# A length that is not known: the last chunk is missing, or the connection
# ends early.
test_hang_in_the_body()
{
	cut_after '/hang-body?n=1000'
	tail -c 5 "$T/cut" | grep -aq '^0' && fail 'a last chunk'
	within 3 has_news "receive: unix:$T/app\.sock: .*1000 bytes: .*timed" ||
		fail "in the log: $(log_news)"
	cut_after '/hang-body?n=1000&len=2000'
	is "$(length_of_body)" 1000 'what came'
	serves_on
}

test_reset_in_the_body()
{
	cut_after '/tcp/reset-body?n=1000&len=2000'
	within 3 has_news "receive: $TCP/?: .* bytes: Connection reset" ||
		fail "in the log: $(log_news)"
	serves_on
}

# A reset that comes with the data, and no length to miss bytes of.
test_reset_at_once()
{
	cut_after '/tcp/reset-body?n=1000&len=none'
	tail -c 5 "$T/cut" | grep -aq '^0' && fail 'a last chunk'
	within 3 has_news "receive: $TCP/?: .* bytes: Connection reset" ||
		fail "in the log: $(log_news)"
	serves_on
}

# HTTP/1.0 takes an end of file for the end of the body.
test_cut_for_http_1_0()
{
	forget
	wire s 'GET /tcp/reset-body?n=1000&len=none HTTP/1.0\r\n\r\n' r \
	    >"$T/cut"
	is $? 3 'reset by peer'
	within 3 has_news "receive: $TCP/?: answer cut .* Connection reset" ||
		fail "in the log: $(log_news)"
	wire s 'GET /tcp/bytes?n=1000 HTTP/1.0\r\n\r\n' r >/dev/null
	is $? 0 'a whole one'
	serves_on
}

# Behind a body it may be one that was not read: the answer is whole for the
# client, and the log tells.
test_reset_behind_a_body()
{
	text=$(chat s 'POST /tcp/reset-body?n=1000&len=none HTTP/1.1\r\n' \
	    s 'Host: x\r\nContent-Length: 3\r\n\r\nabc' k)
	status "$text" 200
	within 3 has_news "receive: $TCP/?: reset after .* for its end" ||
		fail "in the log: $(log_news)"
	text=$(chat s 'POST /tcp/early-close HTTP/1.1\r\nHost: x\r\n' \
	    s 'Content-Length: 3\r\n\r\nabc' k)
	status "$text" 200
	like "$text" '^early$'
	serves_on
}

# The access log tells of a cut answer: aborted.
test_access_line_of_a_cut_answer()
{
	: >"$ACCESS"
	cut_after '/short?len=100&n=50'
	within 2 grep -q . "$ACCESS"
	is "$(cat "$ACCESS")" '200 X GET /short?len=100&n=50 HTTP/1.1'
}

#
# Clients that leave while the application works.
#

test_client_leaves()
{
	for end in x c; do
		: >"$T/app.log"
		forget
		wire s 'GET /waits/hang HTTP/1.1\r\nHost: x\r\n\r\n' p 100 $end
		within 2 grep -q '^gone hang' "$T/app.log" ||
			fail "$end: the application was kept"
		ms=$(sed -n 's/^gone hang \([0-9]*\)$/\1/p' "$T/app.log")
		[ "$ms" -lt $((1000 * SLOW)) ] || fail "$end: after $ms ms"
		is "$(log_news)" '' "$end: a fault of nobody"
	done
	serves_on
}

# Bytes that were sent ahead do not hide that the client has gone.
test_client_leaves_behind_pipelined_bytes()
{
	: >"$T/app.log"
	wire s 'GET /waits/hang HTTP/1.1\r\nHost: x\r\n\r\n' p 100 \
	    s 'GET /id HTTP/1.1\r\nHost: x\r\n\r\n' p 100 x
	within 2 grep -q '^gone hang' "$T/app.log" ||
		fail 'the application was kept'
	serves_on
}

test_ignore_client_abort()
{
	: >"$T/app.log"
	: >"$ACCESS"
	wire s 'GET /ignore/delay?ms=500 HTTP/1.1\r\nHost: x\r\n\r\n' \
	    p 100 x
	within 3 grep -q 'GET /ignore' "$ACCESS" || fail 'it never ended'
	grep -q '^gone' "$T/app.log" && fail 'the application was left'
	serves_on
}

run_tests
