#!/bin/sh
# What a client may send and how fast: the Limit directives, each to the
# byte, RequestReadTimeout, TraceEnable, Max-Forwards, slashes in paths.

. "${0%/*}/lib.sh"

start_backend

# httpd's defaults
start_gateway - <<EOT
LimitRequestBody 100
<Location /small>
LimitRequestBody 5
</Location>
<Location /large>
LimitRequestBody 0
</Location>
<Location /streamed>
LimitRequestBody 5
ProxyRequestBuffering Off
</Location>
ProxyPass / $URL
EOT
DEFAULT=$PORT

# all that can be otherwise
G=other start_gateway - <<EOT
LimitRequestLine 200
LimitRequestFieldSize 1990
LimitRequestFields 5
LimitRequestHead 2000
TraceEnable off
AllowEncodedSlashes On
MergeSlashes Off
HostnameLookups On
ProxyPass / $URL
EOT
OTHER=$PORT

G=third start_gateway - <<EOT
LimitRequestFields 0
TraceEnable extended
AllowEncodedSlashes NoDecode
HostnameLookups Double
ProxyPass / $URL
EOT
THIRD=$PORT
G=gateway
PORT=$DEFAULT

HOST='Host: a\r\n'

requests()
{
	grep '^request ' "$T/app.log"
}

begin()
{
	: >"$T/app.log"
}

# taken|refused what status words ...: the answer to these bytes
taken()
{
	taken_what=$1
	shift
	text=$(wire -d "$@" k | tr -d '\r')
	status "$text" 200 "$taken_what"
}

refused()
{
	refused_what=$1
	refused_status=$2
	shift 2
	: >"$T/app.log"
	text=$(wire -d "$@" k o 3000 | tr -d '\r')
	status "$text" "$refused_status" "$refused_what"
	is "$(echo "$text" | field Connection)" close "$refused_what"
	like "$text" '^<closed>$' "$refused_what"
	is "$(requests)" '' "what the application got, $refused_what"
}

# line N: a request line of N bytes
line()
{
	set -- "$1" "s|GET /id?|z|$(($1 - 17))|a|s| HTTP/1.1\\r\\n$HOST\\r\\n"
	printf '%s' "$2"
}

# A list of words that are separated by |.
words()
{
	words_kind=$1
	words_what=$2
	words_status=$3
	words_list=$4
	set -f
	words_ifs=$IFS
	IFS='|'
	# shellcheck disable=SC2086
	set -- $words_list
	IFS=$words_ifs
	set +f
	if [ "$words_kind" = taken ]; then
		taken "$words_what" "$@"
	else
		refused "$words_what" "$words_status" "$@"
	fi
}

test_line()
{
	words taken '8190 bytes' 200 "$(line 8190)"
	words refused '8191 bytes' 414 "$(line 8191)"
	PORT=$OTHER
	words taken '200 bytes' 200 "$(line 200)"
	words refused '201 bytes' 414 "$(line 201)"
}

# no end of the line is needed to refuse it
test_endless_line()
{
	refused 'without an end' 414 s 'GET /' z 9000 a
	PORT=$OTHER
	refused 'without an end' 414 s 'GET /' z 300 a
}

# fields 'N M ...': a request with fields X-1, X-2 ... of N, M bytes
fields()
{
	fields_list="s|GET /id HTTP/1.1\\r\\n$HOST"
	fields_n=0
	for fields_size in $1; do
		fields_n=$((fields_n + 1))
		fields_list="$fields_list|s|X-$fields_n:|z"
		fields_list="$fields_list|$((fields_size - 3 - ${#fields_n}))"
		fields_list="$fields_list|a|s|\\r\\n"
	done
	printf '%s' "$fields_list|s|\\r\\n"
}

test_field_size()
{
	words taken '8190 bytes' 200 "$(fields 8190)"
	words refused '8191 bytes' 431 "$(fields 8191)"
	refused 'without an end' 431 s "GET /id HTTP/1.1\\r\\n${HOST}X-A:" \
	    z 9000 a
	# the name counts
	refused 'a name' 431 s "GET /id HTTP/1.1\\r\\n$HOST" z 8190 a \
	    s ':\r\n\r\n'
	PORT=$OTHER
	words taken '1900 bytes' 200 "$(fields 1900)"
	words refused '1991 bytes' 431 "$(fields 1991)"
}

test_field_size_of_folds()
{
	taken 'below it' s "GET /id HTTP/1.1\\r\\n${HOST}X-A: " z 4000 a \
	    s '\r\n ' z 4000 a s '\r\n\r\n'
	refused 'above it' 431 s "GET /id HTTP/1.1\\r\\n${HOST}X-A: " \
	    z 4000 a s '\r\n ' z 4200 a s '\r\n\r\n'
}

# httpd: the joined value counts, too
test_field_size_of_joined()
{
	taken 'below it' s "GET /id HTTP/1.1\\r\\n${HOST}X-A: " z 4000 a \
	    s '\r\nX-A: ' z 4000 a s '\r\n\r\n'
	refused 'above it' 431 s "GET /id HTTP/1.1\\r\\n${HOST}X-A: " \
	    z 4200 a s '\r\nX-A: ' z 4200 a s '\r\n\r\n'
}

# several "n n ..."
several()
{
	yes "$2" | head -n "$1" | tr '\n' ' '
}

test_fields()
{
	# Host is one of them
	words taken '100 fields' 200 "$(fields "$(several 99 10)")"
	words refused '101 fields' 431 "$(fields "$(several 100 10)")"
	PORT=$OTHER
	words taken '5 fields' 200 "$(fields "$(several 4 10)")"
	words refused '6 fields' 431 "$(fields "$(several 5 10)")"
	PORT=$THIRD
	words taken '401 fields' 200 "$(fields "$(several 400 10)")"
}

# from the first byte to the empty line: 18 + 9 + N + 2 + 2
test_head()
{
	PORT=$OTHER
	words taken '2000 bytes' 200 "$(fields 1969)"
	words refused '2001 bytes' 431 "$(fields 1970)"
	words taken '2000 bytes in three' 200 "$(fields '500 500 965')"
	words refused '2001 bytes in three' 431 "$(fields '500 500 966')"
}

# 1 MiB, however many fields are allowed
test_head_default()
{
	PORT=$THIRD
	words taken 'a MiB' 200 "$(fields "$(several 130 8000) 8043")"
	refused 'no end' 431 s "GET /id HTTP/1.1\\r\\n$HOST" \
	    z 110000 'X-Y: Z123\r\n'
}

post_head()
{
	printf '%s' "POST $1 HTTP/1.1\\r\\n$HOST"
	printf '%s' "Content-Length: $2\\r\\n\\r\\n"
}

chunked_head()
{
	printf '%s' "POST $1 HTTP/1.1\\r\\n$HOST"
	printf '%s' 'Transfer-Encoding: chunked\r\n\r\n'
}

test_body()
{
	begin
	taken 'length 100' s "$(post_head /sum 100)" z 100 x
	refused 'length 101' 413 s "$(post_head /sum 101)" z 101 x
	taken 'chunks of 100' s "$(chunked_head /sum)" \
	    z 10 'a\r\n0123456789\r\n' s '0\r\n\r\n'
	refused 'chunks of 101' 413 s "$(chunked_head /sum)" \
	    z 10 'a\r\n0123456789\r\n' s '1\r\nx\r\n0\r\n\r\n'
	# before a byte of it has come, or the end of the chunk
	refused 'length, no body' 413 s "$(post_head /sum 101)"
	refused 'chunk of a size' 413 s "$(chunked_head /sum)" \
	    s '65\r\n' z 101 x
}

test_body_of_locations()
{
	taken 'small' s "$(post_head /small/sum 5)" z 5 x
	refused 'small' 413 s "$(post_head /small/sum 6)" z 6 x
	refused 'small' 413 s "$(chunked_head /small/sum)" \
	    s '6\r\n123456\r\n0\r\n\r\n'
	taken 'large' s "$(post_head /large/sum 300000)" z 300000 x
	like "$text" '^300000 '
	taken 'streamed' s "$(post_head /streamed/sum 5)" z 5 x
	refused 'streamed' 413 s "$(post_head /streamed/sum 6)" z 6 x
	refused 'streamed' 413 s "$(chunked_head /streamed/sum)" \
	    s '6\r\n123456\r\n0\r\n\r\n'
}

#
# RequestReadTimeout.  Many clients at a time, so that it does not take long.
#

client()
{
	client_name=$1
	shift
	spawn "$client_name" "$TALK" -t 9000 "$ADDR" "$PORT" "$@"
}

finish()
{
	within 12 ended "$1" || fail "$1 does not end"
	text=$(tr -d '\r' <"$T/$1.out")
}

# drip n text: send the text n times, with 200 ms after each; every <open>
# that is printed are 200 ms without an answer
drip()
{
	drip_n=$1
	drip_list=
	while [ "$drip_n" -gt 0 ]; do
		drip_list="$drip_list s $2 o 200"
		drip_n=$((drip_n - 1))
	done
	printf '%s' "$drip_list"
}

# dripped name low high: it waited so many 200 ms until the 408 came
dripped()
{
	finish "$1"
	status "$text" 408 "$1"
	is "$(echo "$text" | sed 's/^.*HTTP/HTTP/' | field Connection)" \
	    close "$1"
	dripped_n=$(echo "$text" | grep -c '<open>')
	[ "$dripped_n" -ge "$2" ] && [ "$dripped_n" -le $(($3 * SLOW)) ] ||
		fail "$1: 408 after $dripped_n times 200 ms, not $2 to $3"
}

start_timed()
{
	G=timed
	start_gateway - <<-EOT
	StartServers 16
	MaxSpareServers 30
	KeepAliveTimeout 4
	RequestReadTimeout header=1-2,MinRate=20 body=1-2,MinRate=20
	<Location /streamed>
	ProxyRequestBuffering Off
	</Location>
	ProxyPass / $URL
	EOT
	begin
}

# Below the rate the deadline is at 1 + 5t/20 s, which is 1.33 s; above it at
# 2 s.
# shellcheck disable=SC2046
test_slow_heads()
{
	start_timed
	client silent t o 9000 t
	client below $(drip 12 a) k
	client above s GET $(drip 16 aaaaaaaa) k
	client whole s 'GET\x20/id?' $(drip 8 aaaaaaaa) \
	    s ' HTTP/1.1\r\nHost: a\r\n\r\n' k
	client fields s "GET /id HTTP/1.1\\r\\n${HOST}X:" $(drip 12 a) k
	client kept s "GET /id HTTP/1.1\\r\\n$HOST\\r\\n" k o 1500 \
	    s "GET /id HTTP/1.1\\r\\n$HOST\\r\\n" k $(drip 12 a) k
	client lingers $(drip 8 a) k $(several 12 'p 300 s x') r
	# httpd: nothing is said to who said nothing
	finish silent
	is "$(echo "$text" | sed -n 2p)" '<closed>'
	silent_ms=$(echo "$text" | sed -n 's/^<\([0-9]*\) ms>/\1/p' | tail -n 1)
	[ "$silent_ms" -ge 900 ] && [ "$silent_ms" -le $((1800 * SLOW)) ] ||
		fail "silent: closed after $silent_ms ms"
	dripped below 5 9
	dripped above 9 12
	finish whole
	status "$text" 200 'faster than the rate'
	is "$(echo "$text" | grep -c '<open>')" 8
	dripped fields 5 9
	# after a request the clock waits for the first byte
	finish kept
	is "$(echo "$text" | grep -c '^HTTP/1.1 200 ')" 2 'kept: answers'
	like "$text" 'HTTP/1.1 408 '
	dripped_n=$(echo "$text" | awk '/^HTTP.1.1 200/ { n++ }
	    n == 2 && /<open>/' | grep -c .)
	[ "$dripped_n" -ge 5 ] && [ "$dripped_n" -le $((9 * SLOW)) ] ||
		fail "kept: 408 after $dripped_n times 200 ms"
	# httpd: lingers for 2 s after a 408, not for 30
	finish lingers
	like "$text" 'HTTP/1.1 408 '
	is "$(cat "$T/lingers.exit")" 3 'how the lingering ends'
	# only those that were whole
	is "$(requests | wc -l | tr -d ' ')" 3 'requests'
}

# the clock of a new connection does not wait for the first byte
# shellcheck disable=SC2046
test_slow_head_late()
{
	start_timed
	client late o 800 $(drip 12 a) k
	dripped late 1 4
}

# shellcheck disable=SC2046
test_slow_bodies()
{
	start_timed
	client below s "$(post_head /sum 1000)" $(drip 12 a) k
	client above s "$(post_head /sum 1000)" $(drip 16 aaaaaaaa) k
	client whole s "$(post_head /sum 64)" $(drip 8 aaaaaaaa) k
	client chunks s "$(chunked_head /sum)" $(drip 12 1) k
	client silent s "$(post_head /sum 5)" t k t
	client streamed s "$(post_head /streamed/sum 1000)" $(drip 12 a) k
	dripped streamed 5 9
	within 2 grep -q '^gone sum' "$T/app.log" ||
		fail 'streamed: the application is not told'
	dripped below 5 9
	dripped above 9 12
	dripped chunks 5 9
	finish silent
	status "$text" 408 'no byte of the body'
	finish whole
	status "$text" 200 'faster than the rate'
	like "$text" '^64 '
	is "$(requests | cut -d ' ' -f 2-4)" 'POST /sum 64'
	is "$(grep -c '^connect' "$T/app.log")" 2 'connections'
}

# without RequestReadTimeout each wait ends at Timeout
test_timeout()
{
	G=timed
	start_gateway - <<-EOT
	Timeout 1
	RequestReadTimeout header=0 body=0
	ProxyPass / $URL
	EOT
	begin
	client head s 'GET /' k
	client body s "$(post_head /sum 5)" s a k
	client slow s 'GET ' p 600 s '/id' p 600 s ' HTTP/1.1\r\n' p 600 \
	    s "$HOST\\r\\n" k
	finish head
	status "$text" 408 'half a head'
	finish body
	status "$text" 408 'half a body'
	finish slow
	status "$text" 200 'each step in time'
}

#
# Methods and paths.
#

test_trace()
{
	begin
	text=$(request TRACE /echo)
	status "$text" 200
	like "$text" '^REQUEST_METHOD=TRACE$' 'forwarded'
	refused 'body' 413 s "TRACE /echo HTTP/1.1\\r\\n$HOST" \
	    s 'Content-Length: 5\r\n\r\nhello'
	refused 'chunks' 413 s "TRACE /echo HTTP/1.1\\r\\n$HOST" \
	    s 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n'
	# ends here: what came, but for what is secret (RFC 9110 9.3.8)
	text=$(request TRACE /echo 'Max-Forwards: 0' 'X-A: b' \
	    'Cookie: secret' 'Authorization: secret')
	status "$text" 200
	is "$(echo "$text" | field Content-Type)" message/http
	is "$(echo "$text" | body | head -n 1)" 'TRACE /echo HTTP/1.1'
	like "$text" '^X-A: b$'
	unlike "$text" secret
	is "$(requests)" '' 'what the application got'
}

# no content is no body
test_trace_length_0()
{
	text=$(request TRACE /echo 'Content-Length: 0')
	status "$text" 200
}

test_trace_off()
{
	PORT=$OTHER
	begin
	for field in 'X: y' 'Max-Forwards: 0'; do
		text=$(request TRACE /echo "$field")
		status "$text" 405 "$field"
		# RFC 9110 15.5.6
		like "$(echo "$text" | field Allow)" 'GET'
		unlike "$(echo "$text" | field Allow)" 'TRACE'
	done
	is "$(requests)" ''
}

test_trace_extended()
{
	PORT=$THIRD
	text=$(wire -d s "TRACE /echo HTTP/1.1\\r\\n$HOST" \
	    s 'Content-Length: 5\r\n\r\nhello' k | tr -d '\r')
	status "$text" 200
	like "$text" '^REQUEST_METHOD=TRACE$'
	like "$text" '^body 5 a430d84680aabd0b$'
}

test_max_forwards()
{
	begin
	for method in TRACE OPTIONS; do
		text=$(request $method /echo 'Max-Forwards: 7')
		status "$text" 200 "$method 7"
		like "$text" '^HTTP_MAX_FORWARDS=6$' "$method 7"
		text=$(request $method /echo 'Max-Forwards: 1')
		like "$text" '^HTTP_MAX_FORWARDS=0$' "$method 1"
	done
	unlike "$(get /echo)" HTTP_MAX_FORWARDS
	begin
	text=$(request OPTIONS /echo 'Max-Forwards: 0')
	status "$text" 200 'OPTIONS 0'
	is "$(echo "$text" | body)" ''
	for value in x -1 1.5 '1 2' ''; do
		for method in TRACE OPTIONS; do
			text=$(request $method /echo "Max-Forwards: $value")
			status "$text" 400 "$method $value"
		done
	done
	is "$(requests)" ''
	# it says nothing to a GET (RFC 9110 7.6.2)
	for value in 7 1 0 x -1 '1 2'; do
		for method in GET POST; do
			text=$(request $method /echo "Max-Forwards: $value")
			status "$text" 200 "$method $value"
			like "$text" "^HTTP_MAX_FORWARDS=$value\$" \
			    "$method $value"
		done
	done
	status "$(request HEAD /echo 'Max-Forwards: 0')" 200 HEAD
}

test_options_of_the_server()
{
	begin
	for PORT in $DEFAULT $OTHER $THIRD; do
		text=$(request OPTIONS '*')
		status "$text" 200
		is "$(echo "$text" | field Content-Length)" 0
		is "$(echo "$text" | field Allow)" ''
	done
	is "$(requests)" ''
}

# mapped what: path -> SCRIPT_NAME or a status
mapped()
{
	text=$(wire -d s "GET $1 HTTP/1.1\\r\\n$HOST\\r\\n" k | tr -d '\r')
	case $2 in
	[0-9]*)
		status "$text" "$2" "$1" ;;
	*)
		status "$text" 200 "$1"
		is "$(printf '%s\n' "$text" |
		    sed -n 's/^SCRIPT_NAME=//p')" "$2" "$1"
		is "$(printf '%s\n' "$text" |
		    sed -n 's/^REQUEST_URI=//p')" "$1" "$1" ;;
	esac
}

test_paths()
{
	mapped /echo/a%20b '/echo/a b'
	mapped /echo/%C3%A4 "$(printf '/echo/\303\244')"
	mapped /%65cho/%7Ea /echo/~a
	mapped /echo/./a/././b /echo/a/b
	mapped /echo/a/. /echo/a/
	mapped /echo/a/.. /echo/
	mapped /a/../echo/b /echo/b
	mapped /a/%2e%2E/echo/%2e/b /echo/b
	mapped /echo/..a/...b/.c /echo/..a/...b/.c
	mapped /echo/a%5Cb '/echo/a\b'
	mapped /.. 400
	mapped /../echo 400
	mapped /echo/../../echo 400
	mapped /%2e%2e/echo 400
	mapped /echo/%00 404
	mapped /echo/%0a /echo/
	mapped /echo/% 400
	mapped /echo/%4 400
	mapped /echo/%zz 400
	mapped /echo/%%41 400
	mapped '/echo/a?b=%zz&c=/../%00' /echo/a
}

test_encoded_slashes()
{
	mapped /echo/a%2Fb 404
	mapped /echo/a%2fb 404
	mapped '/echo/a?b=%2F' /echo/a
	PORT=$OTHER
	mapped /echo/a%2Fb /echo/a/b
	mapped /echo/a%2fb /echo/a/b
	mapped /echo/a%2F..%2Fb /echo/b
	mapped /echo/a%2F%2e%2e%2fb /echo/b
	mapped /..%2Fecho 400
	mapped /echo/%00%2F 404
	PORT=$THIRD
	mapped /echo/a%2Fb%41 /echo/a%2FbA
	mapped /echo/a%2fb /echo/a%2fb
	mapped /echo/a%2F../b /echo/a%2F../b
	mapped /echo/a%2Fb/../c /echo/c
}

test_merge_slashes()
{
	mapped /echo//a///b /echo/a/b
	mapped //echo /echo
	mapped ///echo/a// /echo/a/
	PORT=$OTHER
	mapped /echo//a///b /echo//a///b
	# the first ones are one, always
	mapped //echo /echo
	mapped ///echo//a /echo//a
}

test_hostname_lookups()
{
	unlike "$(get /echo)" '^REMOTE_HOST='
	name=$(getent hosts 127.0.0.1 2>/dev/null | awk '{ print $2; exit }')
	for PORT in $OTHER $THIRD; do
		text=$(get /echo)
		status "$text" 200
		like "$text" '^REMOTE_ADDR=127\.0\.0\.1$'
		[ -z "$name" ] ||
			is "$(echo "$text" |
			    sed -n 's/^REMOTE_HOST=//p')" "$name"
	done
}

# Expressions cost the length of a client's text, not its square.
test_expressions_and_long_fields()
{
	G=long
	start_gateway - <<-EOT
	LimitRequestFieldSize 100000
	LimitRequestLine 100000
	SetEnvIf X "(a|aa)+\$" FOUND=\$1
	SetEnvIf X "a+(b)" LAST=\$1
	RequestHeader edit X "(a|aa)+\$" never
	<LocationMatch "(a|aa)+\$">
	Require all denied
	</LocationMatch>
	ProxyPassMatch (a|aa)+\$ $URL
	ProxyPass / $URL
	EOT
	text=$(wire -t $((3000 * SLOW)) s 'GET /echo?' s ' HTTP/1.1\r\n' \
	    s 'Host: a\r\nConnection: close\r\nX: ' z 60000 a s 'cab\r\n\r\n' r) ||
		fail "a long field: talk ended with $?"
	status "$text" 200
	is "$(value LAST "$text")$(value FOUND "$text")" b
	text=$(wire -t $((3000 * SLOW)) s 'GET /' z 60000 a s 'b HTTP/1.1\r\n' \
	    s 'Host: a\r\nConnection: close\r\n\r\n' r) ||
		fail "a long path: talk ended with $?"
	status "$text" 200
	text=$(wire s 'GET /' z 60000 a s ' HTTP/1.1\r\n' \
	    s 'Host: a\r\nConnection: close\r\n\r\n' r)
	status "$text" 403
}

# What cannot be made cheap is said at the start, and bounded.
test_expressions_that_are_heavy()
{
	G=heavy
	start_gateway - <<-EOT
	LimitRequestFieldSize 100000
	SetEnvIf X "a{20}.*y" FOUND=1
	RequestHeader edit* Y "a*b|a" c
	RequestHeader edit* Cookie "a=[^;]*; *" ""
	ProxyPass / $URL
	EOT
	log_has 'heavy.conf:[0-9]*: SetEnvIf: it may cost the square'
	ask_with()
	{
		wire s 'GET /id HTTP/1.1\r\nHost: a\r\nConnection: close\r\n' \
		    s "$1: " z "$2" a s '\r\n\r\n' r
	}
	status "$(ask_with X 8190)" 200
	status "$(ask_with X 8191)" 500
	log_has 'expression: a\{20\}\.\*y: the text is longer than 8190 bytes'
	status "$(ask_with Y 500)" 200
	# what people have is far below
	text=$(wire s 'GET /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n' \
	    s 'Cookie: ' z 1000 'a=1; b; ' s '\r\n\r\n' r)
	status "$text" 200
	is "$(value HTTP_COOKIE "$text" | tr -dc ab | wc -c | tr -d ' ')" 1000
	status "$(ask_with Y 8000)" 500
	log_has 'expression: a\*b\|a: edit\* has too many matches'
}

# What one large request has touched goes back to the system, whatever worker
# it came to.
test_large_requests_leave_nothing()
{
	[ "$(uname)" = Linux ] || skip 'others free pages when they need them'
	[ "$SLOW" = 1 ] || skip 'the memory is not that of the program alone'
	G=one
	start_gateway - <<-EOT
	StartServers 1
	MinSpareServers 1
	MaxSpareServers 1
	MaxRequestWorkers 1
	ServerLimit 1
	ProxyRequestBufferSize 16M
	ProxyPass / $URL
	EOT
	worker=$(workers)
	for i in 1 2 3; do
		get /id >/dev/null
		post /sum x >/dev/null
	done
	before=$(rss "$worker")
	large=$(printf '%08150d' 0)
	set --
	i=0
	while [ $i -lt 97 ]; do
		set -- "$@" s "X-$i: $large\r\n"
		i=$((i + 1))
	done
	wire -q s 'GET /redirect?to=/redirect?to=/redirect?to=/id HTTP/1.1\r\n' \
	    s 'Host: a\r\nConnection: close\r\n' "$@" s '\r\n' k ||
		fail "talk ended with $?"
	within 2 is_back "$before" ||
		fail "a large head: $before KiB before, $(rss "$worker") behind"
	upload /sum 12000000 length >/dev/null
	within 2 is_back "$before" ||
		fail "a large body: $before KiB before, $(rss "$worker") behind"
}

is_back()
{
	[ "$(rss "$worker")" -lt $(($1 + 1536)) ]
}

run_tests
