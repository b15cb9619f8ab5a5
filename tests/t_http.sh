#!/bin/sh
# HTTP/1.1 on the wire: the raw requests of vectors_http.h, whole and in
# pieces; expectations, forms of the target, answers without a body.

. "${0%/*}/lib.sh"

: "${REPLAY:=$TOP/tests/replay}"

# ask METHOD path [field ...]: a request in the escapes of talk
ask()
{
	ask_text="$1 $2 HTTP/1.1\\r\\nHost: a\\r\\n"
	shift 2
	for ask_field in "$@"; do
		ask_text="$ask_text$ask_field\\r\\n"
	done
	printf '%s' "$ask_text\\r\\n"
}

CONTINUE='Expect: 100-continue'
CHUNKS='Transfer-Encoding: chunked'
CLOSE='Connection: close'

requests()
{
	grep '^request ' "$T/app.log"
}

# one gateway for all that follow; the application's log begins anew
start_backend
start_gateway - <<EOT
LimitRequestBody 1000
ProxyPass /local !
ProxyPass / $URL
EOT

plain()
{
	: >"$T/app.log"
}

# replay_all [-s]: /body answers with Content-Length, and with the body that
# it got
replay_all()
{
	plain
	G=other
	start_gateway - <<-EOT
	LimitRequestBody 0
	SetEnvIf Request_URI . proxy-scgi-pathinfo
	ProxyPass / ${URL}body/
	EOT
	# shellcheck disable=SC2086
	"$REPLAY" $1 -e "$T/expected" $ADDR "$PORT" >"$T/replayed" ||
		fail "$(cat "$T/replayed")"
	count=$(sed -n 's/^\([0-9]*\) vectors.*/\1/p' "$T/replayed")
	[ "$count" -ge 150 ] || fail "only $count vectors"
	# exactly those that were taken, with their bodies, and no marker
	requests | diff "$T/expected" - >"$T/differ" ||
		fail "the application got other requests: $(cat "$T/differ")"
	is "$(grep -c '^bad ' "$T/app.log")" 0 'netstrings that are bad'
}

test_vectors_whole()
{
	replay_all ''
}

test_vectors_in_pieces()
{
	replay_all -s
}

test_form_of_a_refusal()
{
	plain
	text=$(wire s 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n' r)
	is "$(echo "$text" | head -n 1 | tr -d '\r')" \
	    'HTTP/1.1 400 Bad Request'
	is "$(echo "$text" | field Connection)" close
	like "$(echo "$text" | field Date)" \
	    '^[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT$'
	like "$(echo "$text" | field Content-Type)" '^text/html'
	length=$(echo "$text" | field Content-Length)
	is "$(wire -s s 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n' k |
	    sed -n 's/^<body \([0-9]*\) .*/\1/p')" "$length" 'its length'
	unlike "$text" 'a b'
	is "$(requests)" ''
}

# RFC 9110 9.3.2: nothing behind the head, as far as the method was read
test_refused_head()
{
	plain
	for fields in 'Host: a b' 'Host: a\r\nContent-Length: x' ''; do
		text=$(wire s "HEAD / HTTP/1.1\r\n$fields\r\n\r\n" r |
		    tr -d '\r')
		status "$text" 400
		is "$(echo "$text" | body)" '' "behind the head, $fields"
	done
}

test_refused_without_reset()
{
	plain
	# the client goes on sending, then reads
	wire -q s 'GET / HTTP/1.1\r\n\r\n' g 1000000 1 p 100 r ||
		fail "talk ended with $?: reset while the client was sending"
	text=$(wire s 'GET / HTTP/1.1\r\n\r\n' z 20000 'x' p 100 r) ||
		fail "talk ended with $?"
	status "$text" 400
}

# the peers pass them on; who writes them anew, escapes them
test_target_above_ascii()
{
	plain
	text=$(wire s "$(ask GET '/echo/\xC3\xA9?q=\xFF\x80' "$CLOSE")" r |
	    tr -d '\r')
	status "$text" 200
	bytes=$(printf '\303\251')
	is "$(value SCRIPT_NAME "$text")" "/echo/$bytes"
	is "$(value REQUEST_URI "$text")" \
	    "/echo/$bytes?q=$(printf '\377\200')" 'as it came'
	is "$(value QUERY_STRING "$text")" "q=$(printf '\377\200')"
	text=$(wire s "$(ask GET '/local/\xC3<\xA9' "$CLOSE")" r)
	status "$text" 404
	is "$(echo "$text" | tr -d '\r' | grep -c '[^ -~]')" 0 \
	    'lines of the page with raw bytes'
	within 5 grep -q 'GET /local/.xc3<.xa9 HTTP' "$ACCESS" ||
		fail "not escaped in the log: $(cat "$ACCESS")"
}

# what is not data is bounded, however it is written
test_padded_chunks()
{
	plain
	set --
	for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
		set -- "$@" z 8000 0 s '1\r\nx\r\n'
	done
	status "$(wire s "$(ask POST /sum "$CHUNKS" "$CLOSE")" "$@" \
	    s '0\r\n\r\n' r)" 400 'zeros'
	# a size of a fixed width is what some clients write
	status "$(wire s "$(ask POST /sum "$CHUNKS" "$CLOSE")" \
	    z 900 '0000000000000001\r\nx\r\n' s '0\r\n\r\n' r)" 200 \
	    'padded to sixteen digits'
}

test_expect_continue()
{
	plain
	text=$(wire s "$(ask POST /sum 'Content-Length: 5' "$CONTINUE")" \
	    m 'HTTP/1.1 100 Continue\r\n\r\n' s hello k \
	    s "$(ask GET /id)" k) || fail "talk ended with $?: $text"
	is "$(echo "$text" | grep -c '^HTTP/1.1 100 ')" 1 'how many 100'
	is "$(echo "$text" | grep -c '^HTTP/1.1 200 ')" 2 'how many 200'
	like "$text" '^5 a430d84680aabd0b$' 'what the application got'
	# chunked likewise
	text=$(wire s "$(ask POST /sum "$CHUNKS" "$CONTINUE")" \
	    m 'HTTP/1.1 100 Continue\r\n\r\n' s '5\r\nhello\r\n0\r\n\r\n' k) ||
		fail "talk ended with $?: $text"
	like "$text" '^5 a430d84680aabd0b$' 'chunked'
}

test_no_continue()
{
	plain
	# the body is on its way already
	text=$(wire s "$(ask POST /sum 'Content-Length: 5' \
	    "$CONTINUE")hello" k)
	unlike "$text" ' 100 Continue' 'body that is there'
	status "$text" 200
	# HTTP/1.0 never gets one
	text=$(wire s 'POST /sum HTTP/1.0\r\nContent-Length: 5\r\n' \
	    s "$CONTINUE\\r\\n\\r\\n" p 200 s hello r)
	unlike "$text" ' 100 Continue' 'HTTP/1.0'
	status "$text" 200
	# refused by LimitRequestBody, by the mapping, by the method
	for line in 'POST /sum:Content-Length: 1001:413' \
	    'POST /local:Content-Length: 5:404' \
	    'TRACE /sum:Content-Length: 5:413'; do
		rest=${line#*:}
		# shellcheck disable=SC2086
		text=$(wire s "$(ask ${line%%:*} "${rest%:*}" "$CONTINUE")" r)
		unlike "$text" ' 100 Continue' "$line"
		status "$text" "${line##*:}"
		# the client may send the body or not: nobody can tell
		is "$(echo "$text" | field Connection)" close "$line"
	done
}

test_no_continue_without_member()
{
	G=other
	start_gateway - <<-EOT
	ProxyPass / scgi://no-such-host.invalid:4000/
	EOT
	text=$(wire s "$(ask POST / 'Content-Length: 5' "$CONTINUE")" \
	    p 300 s hello k)
	unlike "$text" ' 100 Continue' 'no usable member'
	status "$text" 503
}

test_unknown_expectation()
{
	plain
	text=$(get /echo 'Expect: miracles')
	status "$text" 417
	is "$(requests)" ''
}

# RFC 9112 3.2.2: the target wins over Host
test_absolute_form()
{
	plain
	text=$(wire -d s 'GET http://Www.Example.org:81/echo?a HTTP/1.1\r\n' \
	    s 'Host: other\r\n\r\n' k | tr -d '\r')
	status "$text" 200
	like "$text" '^HTTP_HOST=[Ww]ww\.[Ee]xample\.org:81$'
	unlike "$text" 'other'
	like "$text" '^REQUEST_URI=http://Www\.Example\.org:81/echo\?a$'
	like "$text" '^QUERY_STRING=a$'
}

test_options_of_the_server()
{
	plain
	for target in '*' 'http://a'; do
		text=$(wire s "$(ask OPTIONS "$target")" k \
		    s "$(ask GET /id)" k | tr -d '\r') ||
			fail "talk ended with $?"
		status "$text" 200
		is "$(echo "$text" | field Content-Length)" 0
		is "$(echo "$text" | field Allow)" ''
		is "$(echo "$text" | grep -c '^HTTP/1.1 200 ')" 2
	done
	is "$(requests | sort -u)" "$(requests | grep ' GET /id ' | sort -u)" \
	    'what the application got'
}

test_connect_and_others()
{
	plain
	text=$(wire s 'CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n' r)
	status "$text" 405
	# RFC 9110 15.5.6
	like "$(echo "$text" | field Allow)" 'GET' 'Allow of a 405'
	for method in GET POST PUT DELETE PATCH OPTIONS PROPFIND BREW get; do
		text=$(request $method /echo)
		status "$text" 200 $method
		like "$text" "^REQUEST_METHOD=$method\$"
	done
	is "$(requests | wc -l | tr -d ' ')" 9
}

# RFC 9110 9.3.2, 15.3.5, 15.4.5; RFC 9112 6.3
test_answers_without_body()
{
	plain
	text=$(wire s "$(ask HEAD /id)" kh \
	    s "$(ask GET /status/204)" k \
	    s "$(ask GET /status/304)" k \
	    s "$(ask HEAD /local)" kh \
	    s "$(ask HEAD '/bytes?n=70000&len=1')" kh \
	    s "$(ask GET /id)" k o 100 | tr -d '\r') ||
		fail "talk ended with $?: $text"
	is "$(echo "$text" | sed -n 's/^HTTP\/1.1 \([0-9]*\) .*/\1/p' |
	    tr '\n' ' ')" '200 204 304 404 200 200 '
	unlike "$text" '^status 204|^status 304|<html'
	is "$(echo "$text" | grep -c '^app$')" 1 'bodies of /id'
	is "$(echo "$text" | tail -n 1)" '<open>'
	like "$text" '^Content-Length: 70000$' 'the length that GET would have'
	# a 204 has neither length nor coding (RFC 9110 8.6, 9112 6.1)
	text=$(get /status/204)
	unlike "$text" '[Cc]ontent-[Ll]ength|[Tt]ransfer-[Ee]ncoding'
}

# RFC 9112 7.1.2: trailers may be dropped, and are no fields of the head
test_trailers()
{
	plain
	text=$(wire -d s "$(ask POST /echo "$CHUNKS" 'Trailer: X-Sum')" \
	    s '5\r\nhello\r\n0\r\nX-Sum: 1\r\nCookie: a\r\n' \
	    s 'Content-Type: b\r\n\r\n' k)
	status "$text" 200
	like "$text" '^CONTENT_LENGTH=5$'
	unlike "$text" '^HTTP_X_SUM|^HTTP_COOKIE|^CONTENT_TYPE'
	unlike "$text" '^HTTP_TRANSFER_ENCODING|^HTTP_TRAILER=' 'hop-by-hop'
	like "$text" '^body 5 a430d84680aabd0b$'
}

# RFC 9112 5.2: a fold is blanks
test_fold()
{
	plain
	text=$(wire -d s "$(ask GET /echo 'X: b\r\n \t c  \r\n\td')" k |
	    tr -d '\r')
	status "$text" 200
	like "$text" '^HTTP_X=b c d$'
}

# RFC 9110 7.8: a server may ignore Upgrade, and HTTP/2 is none here
test_upgrade()
{
	plain
	text=$(get /echo 'Upgrade: h2c' 'HTTP2-Settings: AAMAAABkAARAAAAA')
	status "$text" 200
	unlike "$text" '^HTTP_UPGRADE='
	text=$(wire s 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' r)
	status "$text" 505
	is "$(echo "$text" | field Connection)" close
}

# a body is no request, however much it looks like one
test_body_looks_like_requests()
{
	plain
	inner=$(ask GET /marker)
	text=$(wire s "$(ask POST /sum 'Content-Length: 33')$inner" \
	    s "$(ask POST /sum "$CHUNKS")21\\r\\n$inner" \
	    s "\\r\\n0\\r\\n\\r\\n$(ask GET /id "$CLOSE")" k k r)
	is "$(echo "$text" | grep -c '^HTTP/1.1 200 ')" 3 'answers'
	is "$(requests | cut -d ' ' -f 2-4 | tr '\n' ';')" \
	    'POST /sum 33;POST /sum 33;GET /id 0;'
	is "$(requests | cut -d ' ' -f 5 | head -n 2 | sort -u | wc -l |
	    tr -d ' ')" 1 'the two bodies'
}

run_tests
