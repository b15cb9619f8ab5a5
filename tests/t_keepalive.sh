#!/bin/sh
# What keeps a connection, what ends it, and what of a request that is not
# read (RFC 9112 9; httpd's rules and its Keep-Alive field).

. "${0%/*}/lib.sh"

# A small answer whose length the application tells.
SMALL='/head?raw=Content-Length:%203%0D%0A%0D%0A&b=ok%0A'

# ask path [field ...]: a GET in the escapes of talk; $HTTP: its version
HTTP=1.1
ask()
{
	ask_text="GET $1 HTTP/$HTTP\\r\\nHost: a\\r\\n"
	shift
	for ask_field in "$@"; do
		ask_text="$ask_text$ask_field\\r\\n"
	done
	printf '%s' "$ask_text\\r\\n"
}

# Of a body.
CHUNKS='Transfer-Encoding: chunked'
HELLO='5\r\nhello\r\n0\r\n\r\n'

requests()
{
	grep '^request ' "$T/app.log"
}

statuses()
{
	printf '%s\n' "$1" | sed -n 's/^HTTP\/1.[01] \([0-9]*\) .*/\1/p' |
		tr '\n' ' '
}

# took text n: the nth <N ms>
took()
{
	printf '%s\n' "$1" | sed -n 's/^<\([0-9]*\) ms>$/\1/p' | sed -n "$2p"
}

in_range()
{
	[ -n "$1" ] && [ "$1" -ge "$2" ] && [ "$1" -le $(($3 * SLOW)) ] ||
		fail "$4: ${1:-no time} ms, not $2 to $3"
}

# One gateway for all that want no other.
start_backend
start_gateway - <<EOT
ProxyPass /local !
ProxyPass /absent unix:$T/absent.sock|scgi://localhost/
ProxyPass / $URL
EOT

plain()
{
	: >"$T/app.log"
}

# start line ...: another with these lines
start()
{
	plain
	{
		for start_line in "$@"; do
			printf '%s\n' "$start_line"
		done
		printf '%s\n' 'ProxyPass /local !' "ProxyPass / $URL"
	} >"$T/lines"
	G=other
	start_gateway - <"$T/lines"
}

# wired words: wire, which must end well, without chunks and CR
wired()
{
	wire -d "$@" >"$T/wired" || fail "talk ended with $?:" \
	    "$(short "$(cat "$T/wired")")"
	tr -d '\r' <"$T/wired"
}

# RFC 9112 9.3; httpd says no word to a client of 1.1 that did not ask
test_http11()
{
	plain
	text=$(wired s "$(ask $SMALL)" k s "$(ask $SMALL)" k o 100) || exit 1
	is "$(statuses "$text")" '200 200 '
	unlike "$text" '^Connection:|^Keep-Alive:'
	like "$text" '^<open>$'
}

test_http11_close()
{
	plain
	for value in close Close 'TE, close' 'keep-alive, close'; do
		text=$(wired s "$(ask $SMALL "Connection: $value")" k o 3000) ||
			exit 1
		is "$(echo "$text" | field Connection)" close "$value"
		is "$(echo "$text" | field Keep-Alive)" '' "$value"
		like "$text" '^<closed>$'
	done
}

test_http11_asks()
{
	plain
	for value in keep-alive Keep-Alive 'TE, KEEP-ALIVE'; do
		text=$(wired s "$(ask $SMALL "Connection: $value")" k o 100) ||
			exit 1
		is "$(echo "$text" | field Connection)" Keep-Alive "$value"
		is "$(echo "$text" | field Keep-Alive)" 'timeout=5, max=100'
		like "$text" '^<open>$'
	done
}

test_http10()
{
	HTTP=1.0
	plain
	text=$(wired s "$(ask $SMALL)" k o 3000) || exit 1
	is "$(echo "$text" | field Connection)" close
	like "$text" '^<closed>$'
	text=$(wired s "$(ask $SMALL 'Connection: Keep-Alive')" k \
	    s "$(ask $SMALL 'Connection: Keep-Alive')" k o 100) || exit 1
	is "$(statuses "$text")" '200 200 '
	is "$(echo "$text" | grep '^Connection:' | sort -u)" \
	    'Connection: Keep-Alive'
	is "$(echo "$text" | grep '^Keep-Alive:' | tr '\n' ';')" \
	    'Keep-Alive: timeout=5, max=100;Keep-Alive: timeout=5, max=99;'
	like "$text" '^<open>$'
	# the second did not ask
	text=$(wired s "$(ask $SMALL 'Connection: Keep-Alive')" k \
	    s "$(ask $SMALL)" k o 3000) || exit 1
	is "$(echo "$text" | grep '^Connection:' | tr '\n' ';')" \
	    'Connection: Keep-Alive;Connection: close;'
	like "$text" '^<closed>$'
}

# there are no chunks in 1.0: the end of the connection ends the body
test_http10_unknown_length()
{
	HTTP=1.0
	plain
	text=$(wired s "$(ask '/stream?n=3&ms=100' \
	    'Connection: keep-alive')" r) || exit 1
	is "$(echo "$text" | field Connection)" close
	is "$(echo "$text" | field Transfer-Encoding)$(echo "$text" |
	    field Content-Length)" ''
	is "$(echo "$text" | body)" "$(printf 'line 0\nline 1\nline 2')"
}

# chunks end a body of unknown length without the end of the connection
test_http11_unknown_length()
{
	plain
	text=$(wired s "$(ask '/stream?n=3&ms=100')" k s "$(ask $SMALL)" k \
	    o 100) || exit 1
	is "$(statuses "$text")" '200 200 '
	is "$(echo "$text" | field Transfer-Encoding)" chunked
	like "$text" '^<open>$'
}

test_count_down()
{
	start 'MaxKeepAliveRequests 3'
	one=$(ask $SMALL 'Connection: keep-alive')
	text=$(wired s "$one" k s "$one" k s "$one" k s "$one" k o 3000) ||
		exit 1
	is "$(statuses "$text")" '200 200 200 200 '
	is "$(echo "$text" | grep -E '^(Keep-Alive|Connection):' |
	    tr '\n' ';')" "$(for n in 3 2 1; do
		printf 'Keep-Alive: timeout=5, max=%d;' $n
		printf 'Connection: Keep-Alive;'
	done)Connection: close;"
	like "$text" '^<closed>$'
}

test_default_count()
{
	plain
	one=$(ask $SMALL 'Connection: keep-alive')
	text=$(wired z 102 "$one" r) || exit 1
	is "$(echo "$text" | grep -c '^HTTP/1.1 200 ')" 101 'answers'
	is "$(echo "$text" | sed -n 's/^Keep-Alive: timeout=5, max=//p' |
	    tr '\n' ' ')" "$(seq 100 -1 1 | tr '\n' ' ')" 'max'
	is "$(echo "$text" | grep '^Connection:' | tail -n 1)" \
	    'Connection: close'
	is "$(requests | wc -l | tr -d ' ')" 101 'what the application got'
}

test_unlimited_count()
{
	start 'MaxKeepAliveRequests 0'
	one=$(ask $SMALL 'Connection: keep-alive')
	text=$(wired z 150 "$one" s "$(ask $SMALL 'Connection: close')" r) ||
		exit 1
	is "$(echo "$text" | grep -c '^HTTP/1.1 200 ')" 151 'answers'
	is "$(echo "$text" | grep '^Keep-Alive:' | sort -u)" \
	    'Keep-Alive: timeout=5'
}

test_timeout_seconds()
{
	start 'KeepAliveTimeout 1'
	text=$(wired s "$(ask $SMALL 'Connection: keep-alive')" k t \
	    o 9000 t) || exit 1
	is "$(echo "$text" | field Keep-Alive)" 'timeout=1, max=100'
	like "$text" '^<closed>$'
	in_range "$(took "$text" 2)" 900 1900 'closed after'
	# it was no request: nothing is logged of it
	is "$(grep -c . "$ACCESS")" 1 'access lines'
}

test_timeout_ms()
{
	start 'KeepAliveTimeout 300ms'
	text=$(wired s "$(ask $SMALL)" k p 150 s "$(ask $SMALL)" k t \
	    o 9000 t) || exit 1
	is "$(statuses "$text")" '200 200 '
	like "$text" '^<closed>$'
	in_range "$(took "$text" 2)" 250 900 'closed after'
}

test_timeout_0()
{
	start 'KeepAliveTimeout 0'
	text=$(wired s "$(ask $SMALL 'Connection: keep-alive')" k o 3000) ||
		exit 1
	is "$(echo "$text" | field Connection)" close
	like "$text" '^<closed>$'
}

test_off()
{
	start 'KeepAlive Off'
	text=$(wired s "$(ask $SMALL 'Connection: keep-alive')" k o 3000) ||
		exit 1
	is "$(echo "$text" | field Connection)" close
	is "$(echo "$text" | field Keep-Alive)" ''
	like "$text" '^<closed>$'
}

# httpd: not for a proxy that says so by Via
test_nokeepalive()
{
	start 'SetEnvIf X-Old . nokeepalive' 'SetEnvIf X-Zero . nokeepalive=0'
	for field in 'X-Old: 1' 'X-Zero: 1'; do
		text=$(wired s "$(ask $SMALL "$field")" k o 3000) || exit 1
		is "$(echo "$text" | field Connection)" close "$field"
		like "$text" '^<closed>$'
	done
	text=$(wired s "$(ask $SMALL)" k o 100) || exit 1
	like "$text" '^<open>$'
}

test_nokeepalive_and_via()
{
	start 'SetEnvIf X-Old . nokeepalive'
	text=$(wired s "$(ask $SMALL 'X-Old: 1' 'Via: 1.1 front')" k o 100) ||
		exit 1
	is "$(echo "$text" | field Connection)" ''
	like "$text" '^<open>$'
}

test_nokeepalive_by_setenv()
{
	start '<Location /head>' 'SetEnv nokeepalive 1' '</Location>'
	text=$(wired s "$(ask $SMALL)" k o 3000) || exit 1
	is "$(echo "$text" | field Connection)" close
	text=$(wired s "$(ask /id)" k o 100) || exit 1
	like "$text" '^<open>$'
}

test_pipelining()
{
	plain
	all=
	n=1
	while [ $n -le 20 ]; do
		case $((n % 3)) in
		0)
			all="$all$(ask "/delay?ms=20&n=$n")" ;;
		1)
			all="$all$(ask "/echo?n=$n")" ;;
		2)
			all="$all$(ask "/bytes?n=70000&len=1&n=$n")" ;;
		esac
		n=$((n + 1))
	done
	text=$(wire -s s "$all" k k k k k k k k k k k k k k k k k k k k \
	    o 100) || fail "talk ended with $?"
	is "$(statuses "$text")" "$(yes 200 | head -n 20 | tr '\n' ' ')"
	like "$text" '^<open>$'
	is "$(requests | sed 's/.*[?&]n=\([0-9]*\) .*/\1/' | tr '\n' ' ')" \
	    "$(seq 1 20 | tr '\n' ' ')" 'order of the requests'
	# the order of the answers: by their lengths
	is "$(echo "$text" | sed -n 's/^<body \([0-9]*\) .*/\1/p' |
	    awk '{ print $1 == 70000 ? 2 : $1 == 11 ? 0 : 1 }' |
	    tr '\n' ' ')" "$(seq 1 20 | awk '{ print $1 % 3 }' |
	    tr '\n' ' ')" 'order of the answers'
}

# heads that are together larger than any buffer
test_pipelining_of_large_heads()
{
	plain
	awk 'BEGIN {
		for (i = 0; i < 500; i++)
			pad = pad "0123456789abcdef"
		for (r = 1; r <= 20; r++) {
			printf "GET /echo?n=%d HTTP/1.1\r\nHost: a\r\n", r
			for (f = 0; f < 8; f++)
				printf "X-%d: %s\r\n", f, pad
			printf "\r\n"
		}
	}' >"$T/heads"
	text=$(wire -s f "$T/heads" k k k k k k k k k k k k k k k k k k k k \
	    o 100) || fail "talk ended with $?"
	is "$(statuses "$text")" "$(yes 200 | head -n 20 | tr '\n' ' ')"
	is "$(requests | sed 's/.*n=\([0-9]*\) .*/\1/' | tr '\n' ' ')" \
	    "$(seq 1 20 | tr '\n' ' ')" 'order'
}

test_pipelined_behind_bodies()
{
	plain
	text=$(wired s "$(tell /sum 'Content-Length: 5')hello$(ask /id)" \
	    s "$(tell /sum "$CHUNKS")$HELLO$(ask /id)" \
	    s "$(tell /sum 'Content-Length: 0')$(ask /id)" \
	    k k k k k k o 100) || exit 1
	sum='5 a430d84680aabd0b'
	is "$(echo "$text" | grep -E '^(app|[0-9]+ [0-9a-f]{16})$' |
	    tr '\n' ';')" "$sum;app;$sum;app;0 cbf29ce484222325;app;"
	like "$text" '^<open>$'
}

test_pipelined_behind_large_bodies()
{
	plain
	sum=$("$TALK" -G 300000 7 | "$TALK" -S -)
	text=$(wired s "$(tell /sum 'Content-Length: 300000')" g 300000 7 \
	    s "$(ask /id)" s "$(tell /sum "$CHUNKS")" gc 300000 7 \
	    s "$(ask /id)" k k k k o 100) || exit 1
	is "$(echo "$text" | grep -E '^(app|[0-9]+ [0-9a-f]{16})$' |
	    tr '\n' ';')" "$sum;app;$sum;app;"
}

# nothing of a request is left for the next one
test_nothing_left_over()
{
	start 'SetEnvIf X-A (.+) SEEN=$1'
	text=$(wired s "$(ask /echo?x=1 'X-A: 1' 'Cookie: c' \
	    'Content-Type: text/x')" k s "$(ask /echo)" k) || exit 1
	second=$(echo "$text" | awk '/^HTTP\// { n++ } n == 2')
	unlike "$second" '^HTTP_X_A|^HTTP_COOKIE|^CONTENT_TYPE|^SEEN|x=1'
	like "$second" '^QUERY_STRING=$'
	is "$(echo "$text" | grep '^REMOTE_PORT=' | uniq | wc -l |
	    tr -d ' ')" 1 'ports'
}

test_statuses_of_an_application()
{
	plain
	all=
	list='400 401 403 404 405 408 411 413 414 417 431 500 501 502 503 504'
	for n in $list; do
		all="$all$(ask "/status/$n")"
	done
	text=$(wired s "$all" k k k k k k k k k k k k k k k k o 100) ||
		exit 1
	is "$(statuses "$text")" "$list "
	unlike "$text" '^Connection:'
	like "$text" '^<open>$'
}

# httpd: 400 and 503 are of those that end a connection, 404 is not
test_statuses_of_ours()
{
	plain
	text=$(wired s "$(ask /local)" k s "$(ask /a%2Fb)" k o 100) || exit 1
	is "$(statuses "$text")" '404 404 '
	unlike "$text" '^Connection:'
	like "$text" '^<open>$'
	for line in '/%zz 400' '/../x 400' '/absent/ 503'; do
		text=$(wired s "$(ask "${line% *}")" k o 3000) || exit 1
		status "$text" "${line#* }"
		is "$(echo "$text" | field Connection)" close "$line"
		like "$text" '^<closed>$'
	done
}

# a Connection of the application is for the gateway, not for the client
test_connection_of_the_application()
{
	plain
	raw='Connection:%20close%0D%0AKeep-Alive:%20timeout=1%0D%0A'
	raw="${raw}Content-Length:%203%0D%0A%0D%0A"
	text=$(wired s "$(ask "/head?raw=$raw&b=ok%0A")" k o 100) || exit 1
	unlike "$text" '^Connection:|^Keep-Alive:'
	like "$text" '^<open>$'
}

test_unread_small_body()
{
	plain
	text=$(wired s "$(tell /local 'Content-Length: 5')hello$(ask /id)" \
	    k k s "$(tell /local "$CHUNKS")$HELLO$(ask /id)" k k o 100) ||
		exit 1
	is "$(statuses "$text")" '404 200 404 200 '
	unlike "$text" '^Connection:'
	like "$text" '^<open>$'
	is "$(requests | wc -l | tr -d ' ')" 2
}

# the same when the body comes behind the answer
test_unread_body_comes_late()
{
	plain
	text=$(wired s "$(tell /local 'Content-Length: 5')" k \
	    s "hello$(ask /id)" k s "$(tell /local "$CHUNKS")" k \
	    s "$HELLO$(ask /id)" k o 100) || exit 1
	is "$(statuses "$text")" '404 200 404 200 '
	unlike "$text" '^Connection:'
	like "$text" '^<open>$'
	is "$(requests | wc -l | tr -d ' ')" 2
}

# what follows a body that cannot be read to its end is no request
test_unread_bad_body()
{
	plain
	text=$(wired s "$(tell /local "$CHUNKS")5\\r\\nhello!\\r\\n" \
	    s "$(ask /id)" r) || exit 1
	is "$(statuses "$text")" '404 '
	is "$(echo "$text" | field Connection)" close
	is "$(requests)" ''
}

# RFC 9112 9.6: no reset may take the answer from a client that still sends
test_unread_large_body()
{
	start 'LimitRequestBody 10000000'
	text=$(wired s "$(tell /local 'Content-Length: 9000000')" \
	    g 9000000 1 p 100 k o 3000) || exit 1
	status "$text" 404
	is "$(echo "$text" | field Connection)" close
	like "$text" '^<closed>$'
	text=$(wired s "$(tell /sum 'Content-Length: 12000000')" \
	    g 12000000 1 p 100 k o 3000) || exit 1
	status "$text" 413
	like "$text" '^<closed>$'
	text=$(wired s "$(tell /sum "$CHUNKS")" gc 12000000 1 p 100 k \
	    o 3000) || exit 1
	status "$text" 413
	like "$text" '^<closed>$'
	is "$(requests)" ''
}

# the same with an answer that is larger than the buffers between
test_unread_body_large_answer()
{
	start 'ProxyRequestBuffering Off'
	text=$(wire -s s "$(tell /early 'Content-Length: 9000000')" \
	    g 9000000 1 k o 5000) || fail "talk ended with $?"
	status "$text" 200
	like "$text" '^<body 6 '
	like "$text" '^<closed>$'
}

# a client of 1.1 that pipelines does not know that we will close
test_close_of_ours_waits()
{
	start 'KeepAlive Off'
	text=$(wire -s s "$(ask '/bytes?n=2000000&len=1')" p 300 \
	    s "$(ask /id)" p 300 k o 5000 | tr -d '\r')
	status "$text" 200
	is "$(echo "$text" | sed -n 's/^<body \(.*\)>$/\1/p')" \
	    "$("$TALK" -G 2000000 1 | "$TALK" -S -)" 'the answer'
	like "$text" '^<closed>$'
	is "$(requests | wc -l | tr -d ' ')" 1
}

# httpd: as if the request were 1.0
test_downgrade()
{
	start 'SetEnvIf X-Old . downgrade-1.0'
	text=$(wired s "$(ask '/stream?n=3&ms=50' 'X-Old: 1')" r) || exit 1
	like "$text" '^HTTP/1\.1 200 OK'
	is "$(echo "$text" | field Connection)" close
	is "$(echo "$text" | field Transfer-Encoding)" ''
	is "$(echo "$text" | body)" "$(printf 'line 0\nline 1\nline 2')"
	# who asks is kept, as in 1.0
	text=$(wired s "$(ask $SMALL 'X-Old: 1' 'Connection: keep-alive')" k \
	    o 100) || exit 1
	is "$(echo "$text" | field Connection)" Keep-Alive
	like "$text" '^<open>$'
}

test_downgrade_who_does_not_ask()
{
	start 'SetEnvIf X-Old . downgrade-1.0'
	text=$(wired s "$(ask $SMALL 'X-Old: 1')" k o 3000) || exit 1
	is "$(echo "$text" | field Connection)" close
	like "$text" '^<closed>$'
}

test_force_response()
{
	start 'SetEnvIf X-Old . force-response-1.0'
	text=$(wired s "$(ask $SMALL 'X-Old: 1')" k) || exit 1
	like "$text" '^HTTP/1\.1 200 OK' 'to 1.1'
	HTTP=1.0
	text=$(wired s "$(ask $SMALL 'X-Old: 1')" r) || exit 1
	like "$text" '^HTTP/1\.0 200 OK' 'to 1.0'
	is "$(echo "$text" | field Connection)" close
	text=$(wired s "$(ask $SMALL)" r) || exit 1
	like "$text" '^HTTP/1\.1 200 OK' 'to 1.0, not forced'
}

# BrowserMatch "MSIE 4\.0b2;" nokeepalive downgrade-1.0 force-response-1.0
test_downgrade_and_force()
{
	start 'BrowserMatch "MSIE 4\.0b2;" downgrade-1.0 force-response-1.0'
	text=$(wired s "$(ask $SMALL \
	    'User-Agent: Mozilla/4.0 (MSIE 4.0b2; x)')" k) || exit 1
	like "$text" '^HTTP/1\.0 200 OK'
	is "$(echo "$text" | field Connection)" close
}

# An answer without a body is over when its head is, whatever the application
# does with its connection.
test_bodyless_answer_lets_go()
{
	own_gateway - <<-EOT
	ServerLimit 1
	StartServers 1
	ProxyPass / $URL max=1
	EOT
	hold="$(escaped 'Content-Type: a/b\r\n\r\n')&b=x&hold=1"
	for head in "HEAD /head?raw=$hold" \
	    "GET /head?raw=$(escaped 'Status: 204\r\n')$hold" \
	    "GET /head?raw=$(escaped 'Status: 304\r\n')$hold"; do
		: >"$T/app.log"
		text=$(chat s "$head HTTP/1.1\r\nHost: x\r\n\r\n" kh t \
		    s 'GET /status/201 HTTP/1.1\r\nHost: x\r\n\r\n' k t)
		like "$text" '^HTTP/1\.1 201 ' "${head%%%*}"
		took=$(printf '%s\n' "$text" |
		    sed -n 's/.*<\([0-9]*\) ms>.*/\1/p' | tail -n 1)
		[ "$took" -lt $((1000 * SLOW)) ] ||
			fail "${head%%%*}: the next one took $took ms"
		like "$(cat "$T/app.log")" '^gone head [0-9]{1,3}$' "${head%%%*}"
	done
	# one that goes on is read for a while: nothing is reset under it
	: >"$T/app.log"
	text=$(request HEAD '/bytes?n=40000&chunk=1000&delay=1')
	status "$text" 200
	nap 0.2
	unlike "$(cat "$T/app.log")" '^gone'
}

run_tests
