#!/bin/sh
# Internal redirects: what triggers them, what the second application gets,
# what the client gets of all the answers.

. "${0%/*}/lib.sh"

VERSION=$($GATEWAY -V | sed -n 's/^gateway //p')

start_backend app -r "$T/record"

start_gateway - <<EOT
LimitRequestLine 100000
MaxKeepAliveRequests 0
LogFormat "%U %>U|%<m %m|%<q %q|%s %>s" all
CustomLog @ACCESS@ all
SetEnv MODE 0
SetEnvIf Request_URI ^/(..) WHERE=\$1
SetEnvIf Request_URI . proxy-control
ProxyPass /none !
ProxyPass /absent unix:$T/absent.sock
ProxyPass / $URL
<Location /off>
ProxySCGIInternalRedirect off
</Location>
<Location /off/on>
ProxySCGIInternalRedirect ON
</Location>
<Location /accel>
ProxySCGIInternalRedirect X-Accel-Redirect
</Location>
<Location /mode>
SetEnv MODE 1
</Location>
EOT

#
# Helpers.
#

has()
{
	printf '%s\n' "$1" | grep -q "^$2=" ||
		fail "$2: is not there: $(short "$1")"
	is "$(value "$2" "$1")" "$3" "$2"
}

# says TEXT: the path of an answer with that head
says()
{
	echo "/head?raw=$(escaped "$1")"
}

# The requests that the application had since the log was emptied.
requests()
{
	sed -n 's/^request \([A-Z]* [^ ?]*\).*/\1/p' "$T/app.log" |
		tr '\n' '|'
}

# hops N PATH: redirects that end at PATH
hops()
{
	hops_left=$1
	hops_path=$2
	while [ "$hops_left" -gt 0 ]; do
		hops_path="/redirect?to=$hops_path"
		hops_left=$((hops_left - 1))
	done
	echo "$hops_path"
}

has_lines()
{
	[ "$(wc -l <"$ACCESS")" -ge "$1" ]
}

#
# What is a redirect.
#

test_location()
{
	: >"$T/app.log"
	text=$(get '/redirect?to=/echo/a%2520b?x=1')
	status "$text" 200
	is "$(printf '%s\n' "$text" | field Location)" ''
	text=$(printf '%s\n' "$text" | body)
	has "$text" SCRIPT_NAME '/echo/a b'
	has "$text" QUERY_STRING x=1
	has "$text" REQUEST_URI '/redirect?to=/echo/a%2520b?x=1'
	has "$text" SCRIPT_FILENAME 'proxy:scgi://localhost/echo/a%20b'
	has "$text" REQUEST_METHOD GET
	has "$text" SERVER_PROTOCOL HTTP/1.1
	# REQUEST_URI stays that of the client
	is "$(requests)" 'GET /redirect|GET /redirect|'
}

test_query_is_not_kept()
{
	text=$(get '/redirect?to=/echo')
	has "$text" QUERY_STRING ''
	has "$text" REDIRECT_QUERY_STRING to=/echo
	text=$(get '/redirect?to=/echo?')
	has "$text" QUERY_STRING ''
	text=$(get '/redirect?to=/echo?a?b%2526c')
	has "$text" QUERY_STRING 'a?b%26c'
	text=$(get '/redirect?to=/echo/x%23part')
	has "$text" SCRIPT_NAME /echo/x
	text=$(get '/redirect?to=/echo?q%23part')
	has "$text" QUERY_STRING q
}

test_no_query()
{
	own_gateway - <<-EOT
	ProxyPass /start $URL
	ProxyPass / $URL
	<Location /start>
	SetEnv proxy-scgi-pathinfo 1
	</Location>
	EOT
	# /start/redirect without a query goes to /
	text=$(get /start/redirect)
	status "$text" 200
	lacks "$text" REDIRECT_QUERY_STRING
	has "$text" REDIRECT_URL /start/redirect
}

# Any status but 200, or any value that is not a path, is passed on.
test_only_a_path_with_200()
{
	text=$(get '/redirect?to=/echo&status=200')
	has "$text" SCRIPT_NAME /echo
	text=$(get '/redirect?to=/echo&status=200+Fine')
	has "$text" SCRIPT_NAME /echo
	for code in 201 301 302 303 307 308 404 500; do
		text=$(get "/redirect?to=/echo&status=$code&b=text")
		status "$text" "$code"
		is "$(printf '%s\n' "$text" | field Location)" /echo "$code"
		is "$(printf '%s\n' "$text" | body)" text "$code"
	done
	for to in http://localhost/echo echo '?x' ../echo; do
		text=$(get "/redirect?to=$to&b=text")
		status "$text" 302 "$to"
		is "$(printf '%s\n' "$text" | field Location)" "$to"
		is "$(printf '%s\n' "$text" | body)" text "$to"
		text=$(get "/redirect?to=$to&status=200&b=text")
		status "$text" 200 "$to with a Status"
		is "$(printf '%s\n' "$text" | field Location)" "$to"
	done
}

# An answer that is no redirect may have no status of its own either.
test_nph_answer()
{
	text=$(get "$(says 'HTTP/1.1 200 OK\nLocation: /echo\n\n')")
	has "$text" SCRIPT_NAME /echo
	text=$(get "$(says 'HTTP/1.1 302 Found\nLocation: /echo\n\n')")
	status "$text" 302
}

test_off()
{
	text=$(get '/off/redirect?to=/echo')
	status "$text" 302
	is "$(printf '%s\n' "$text" | field Location)" /echo
	text=$(get '/off/redirect?to=/echo&status=200')
	status "$text" 200
	is "$(printf '%s\n' "$text" | field Location)" /echo
	text=$(get '/off/on/redirect?to=/echo')
	has "$text" SCRIPT_NAME /echo
}

test_custom_field()
{
	at=/accel$(says 'X-Accel-Redirect: /echo\nX-A: 1\n\n')
	text=$(get "$at")
	has "$text" SCRIPT_NAME /echo
	unlike "$text" '^X-Accel-Redirect' 'the field of the redirect'
	like "$text" '^X-A: 1$'
	text=$(get "/accel$(says 'x-accel-redirect: /echo\n\n')")
	has "$text" SCRIPT_NAME /echo
	# the status goes with the body (nginx)
	for code in 206 404 500; do
		text=$(get "/accel$(says \
		    "Status: $code\nX-Accel-Redirect: /echo\n\n")")
		status "$text" 200 "$code"
		has "$text" SCRIPT_NAME /echo
	done
	# Location is a field as others there
	text=$(get '/accel/redirect?to=/echo')
	status "$text" 302
	is "$(printf '%s\n' "$text" | field Location)" /echo
	# elsewhere the field says nothing
	text=$(get "$(says 'X-Accel-Redirect: /echo\n\n')")
	status "$text" 200
	is "$(printf '%s\n' "$text" | field X-Accel-Redirect)" /echo
	# the section of the second hop decides for the second hop
	text=$(get "/accel$(says 'X-Accel-Redirect: /redirect?to=/echo\n\n')")
	has "$text" SCRIPT_NAME /echo
	text=$(get "/redirect?to=/off/redirect?to=/echo")
	status "$text" 302
}

test_server_level_off()
{
	own_gateway - <<-EOT
	ProxySCGIInternalRedirect Off
	ProxyPass / $URL
	<Location /x>
	ProxySCGIInternalRedirect On
	</Location>
	EOT
	status "$(get '/redirect?to=/echo')" 302
	has "$(get '/x/redirect?to=/echo')" SCRIPT_NAME /echo
}

#
# Loops.
#

test_ten_hops()
{
	: >"$T/app.log"
	text=$(get "$(hops 10 /echo)")
	has "$text" SCRIPT_NAME /echo
	is "$(grep -c '^request' "$T/app.log")" 11 'requests of ten hops'
	: >"$T/app.log"
	text=$(get "$(hops 11 /echo)")
	status "$text" 500
	is "$(grep -c '^request' "$T/app.log")" 11 'requests of eleven hops'
	log_has 'internal redirect: unix:.*: more than 10 hops.*location /,' 'the line of the log'
	: >"$T/app.log"
	status "$(get /loop)" 500
	is "$(grep -c '^request' "$T/app.log")" 11 'requests of a loop'
}

test_fewer_hops()
{
	own_gateway - <<-EOT
	LimitInternalRecursion 4
	ProxyPass / $URL
	EOT
	has "$(get "$(hops 4 /echo)")" SCRIPT_NAME /echo
	status "$(get "$(hops 5 /echo)")" 500
}

#
# What the second application gets.
#

test_bytes_of_the_second_hop()
{
	: >"$T/record"
	text=$(chat s 'POST /mode/redirect?to=/echo?q HTTP/1.1\r\n' \
	    s 'Host: x\r\nX-A: 1\r\nContent-Type: a/b\r\n' \
	    s 'Content-Length: 5\r\n\r\nhello' k)
	status "$text" 200
	is "$(tr '\000' '\n' <"$T/record" | sed -n 's/,5:\(.*\),$/\1/p')" \
	    hello 'the body of the first hop'
	port=$(tr '\000' '\n' <"$T/record" |
		sed -n '/^REMOTE_PORT$/{n;p;q;}')
	{
		netstring <<-EOT
		CONTENT_LENGTH=0
		SCGI=1
		REDIRECT_WHERE=mo
		REDIRECT_MODE=1
		REDIRECT_REQUEST_METHOD=POST
		REDIRECT_STATUS=200
		WHERE=ec
		MODE=0
		HTTP_HOST=x
		HTTP_X_A=1
		CONTENT_TYPE=a/b
		SERVER_SIGNATURE=
		SERVER_SOFTWARE=gateway/$VERSION (Unix)
		SERVER_NAME=x
		SERVER_ADDR=127.0.0.1
		SERVER_PORT=80
		REMOTE_ADDR=127.0.0.1
		DOCUMENT_ROOT=
		REQUEST_SCHEME=http
		CONTEXT_PREFIX=
		CONTEXT_DOCUMENT_ROOT=
		SERVER_ADMIN=[no address given]
		SCRIPT_FILENAME=proxy:scgi://localhost/echo
		REMOTE_PORT=$port
		REDIRECT_URL=/mode/redirect
		REDIRECT_QUERY_STRING=to=/echo?q
		SERVER_PROTOCOL=HTTP/1.1
		REQUEST_METHOD=GET
		QUERY_STRING=q
		REQUEST_URI=/mode/redirect?to=/echo?q
		SCRIPT_NAME=/echo
		EOT
		printf '0:,\n'
	} >"$T/want"
	# the first record ends with the body and a newline
	tail -c "$(wc -c <"$T/want")" "$T/record" >"$T/second"
	cmp -s "$T/want" "$T/second" || {
		tr '\000' '\n' <"$T/want" >"$T/want.text"
		tr '\000' '\n' <"$T/record" >"$T/record.text"
		fail "the bytes differ: $(diff "$T/want.text" "$T/record.text")"
	}
}

test_method_and_body()
{
	for method in POST PUT DELETE PATCH OPTIONS x; do
		text=$(chat s "$method /redirect?to=/echo HTTP/1.1\\r\\n" \
		    s 'Host: x\r\nConnection: close\r\n' \
		    s 'Content-Length: 5\r\n\r\nhello' k)
		has "$text" REQUEST_METHOD GET
		has "$text" REDIRECT_REQUEST_METHOD "$method"
		has "$text" CONTENT_LENGTH 0
		like "$text" '^body 0 cbf29ce484222325$' "$method"
	done
	text=$(chat s 'POST /redirect?to=/echo HTTP/1.1\r\nHost: x\r\n' \
	    s 'Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n' \
	    s '5\r\nhello\r\n0\r\n\r\n' k)
	has "$text" CONTENT_LENGTH 0
	like "$text" '^body 0 cbf29ce484222325$' chunked
}

test_head()
{
	: >"$T/record"
	text=$(wire s 'HEAD /redirect?to=/echo HTTP/1.1\r\nHost: x\r\n\r\n' \
	    kh o 100)
	status "$text" 200
	like "$text" '<open>$'
	tr '\000' '\n' <"$T/record" >"$T/record.text"
	is "$(sed -n '/^REQUEST_METHOD$/{n;p;}' "$T/record.text" |
	    tr '\n' '|')" 'HEAD|HEAD|'
}

# A name once: no REDIRECT_REDIRECT_, nothing of the request itself.
test_variables_of_many_hops()
{
	text=$(get "$(hops 3 /mode/echo)")
	has "$text" SCRIPT_NAME /mode/echo
	has "$text" MODE 1
	has "$text" WHERE mo
	has "$text" REDIRECT_MODE 0
	has "$text" REDIRECT_WHERE re
	has "$text" REDIRECT_STATUS 200
	has "$text" REDIRECT_URL /redirect
	has "$text" REDIRECT_QUERY_STRING to=/mode/echo
	has "$text" REDIRECT_REQUEST_METHOD GET
	is "$(printf '%s\n' "$text" | sed -n 's/^\(REDIRECT_[^=]*\)=.*/\1/p' |
	    sort)" "$(cat <<-EOT
	REDIRECT_MODE
	REDIRECT_QUERY_STRING
	REDIRECT_REQUEST_METHOD
	REDIRECT_STATUS
	REDIRECT_URL
	REDIRECT_WHERE
	EOT
	)" 'all of them'
	unlike "$(cat "$T/app.log")" '^bad' 'what the application says'
}

#
# Where it leads.
#

test_targets()
{
	has "$(get '/redirect?to=//host/echo')" SCRIPT_NAME /host/echo
	has "$(get '/redirect?to=///a//echo/./b/../c')" SCRIPT_NAME /a/echo/c
	has "$(get '/redirect?to=/mode/echo')" MODE 1
	status "$(get '/redirect?to=/none/x')" 404 'not mapped'
	status "$(get '/redirect?to=/absent/x')" 503 'no application'
	status "$(get '/redirect?to=/status/418')" 418
	status "$(get '/redirect?to=/drop')" 502
	log_has 'absent\.sock.*location /absent' 'the member of the last hop'
}

test_bad_targets()
{
	for to in /.. /a/../../b '/a%25zz' '/a%25'; do
		status "$(get "/redirect?to=$to")" 502 "$to"
	done
	log_has 'internal redirect: unix:.*: "/\.\." is no local path' 'the line of the log'
	status "$(get '/redirect?to=/a%252Fb')" 404 'an encoded slash'
	status "$(get '/redirect?to=/a%2500b')" 404 'an encoded NUL'
}

#
# What the client gets.
#

test_fields_of_both_answers()
{
	second=$(says 'Set-Cookie: c=3\nX-Both: second\nContent-Type: b/b\n\n')
	# the % of the second are decoded with the first
	second=$(printf '%s\n' "$second" | sed 's/%/%25/g')
	first='Set-Cookie: a=1\nSet-Cookie: b=2\nX-Both: first\nX-First: 1'
	first="$first"'\nCache-Control: no-store\nContent-Type: a/a'
	first="$first"'\nETag: "1"\nContent-Range: x\nContent-Length: 7'
	first="$first"'\nLast-Modified: Thu, 01 Jan 1998 00:00:00 GMT'
	text=$(get "$(says "$first\\nLocation: ")$second%0a%0a")
	status "$text" 200
	is "$(printf '%s\n' "$text" | field Set-Cookie | tr '\n' '|')" \
	    'a=1|b=2|c=3|'
	is "$(printf '%s\n' "$text" | field X-Both)" second
	is "$(printf '%s\n' "$text" | field X-First)" 1
	is "$(printf '%s\n' "$text" | field Cache-Control)" no-store
	is "$(printf '%s\n' "$text" | field Content-Type)" b/b
	unlike "$text" '^(ETag|Content-Range|Last-Modified|Location)'
	unlike "$text" '^Content-Length: 7$'
}

test_fields_of_a_page_of_ours()
{
	text=$(get "$(says 'Set-Cookie: a=1\nETag: "1"\nLocation: /none\n\n')")
	status "$text" 404
	is "$(printf '%s\n' "$text" | field Set-Cookie)" a=1
	unlike "$text" '^ETag'
}

# Neither the first body nor its hop-by-hop fields.
test_first_body_is_dropped()
{
	text=$(get "/redirect?to=/id&b=the-first-body")
	is "$(printf '%s\n' "$text" | body)" app
	path=$(says 'Connection: close\nUpgrade: x\nLocation: /id\n\n')
	text=$(wire s "GET $path HTTP/1.1\\r\\n" \
	    s 'Host: x\r\n\r\n' k o 100 | tr -d '\r')
	status "$text" 200
	unlike "$text" '^(Connection|Upgrade)'
	like "$text" '<open>$'
}

test_pipelined_redirects()
{
	text=$(chat s 'GET /redirect?to=/id HTTP/1.1\r\nHost: x\r\n\r\n' \
	    s 'POST /redirect?to=/echo HTTP/1.1\r\nHost: x\r\n' \
	    s 'Content-Length: 3\r\n\r\nabc' \
	    s 'GET /id HTTP/1.1\r\nHost: x\r\n\r\n' k k k o 100)
	is "$(printf '%s\n' "$text" | grep -c '^HTTP/1.1 200')" 3 answers
	is "$(printf '%s\n' "$text" | grep -c '^X-Backend: app')" 2
	has "$text" CONTENT_LENGTH 0
}

# One line, of the request and of the last answer.
test_access_log()
{
	: >"$ACCESS"
	get '/redirect?to=/status/404' >/dev/null
	get '/redirect?to=/redirect?to=/none' >/dev/null
	get '/redirect?to=/x&status=301' >/dev/null
	get /loop >/dev/null
	post '/redirect?to=/id' body >/dev/null
	within 3 has_lines 5 || fail "lines: $(cat "$ACCESS")"
	is "$(cat "$ACCESS")" "$(cat <<-'EOT'
	/redirect /status/404|GET GET|?to=/status/404 |200 404
	/redirect /none|GET GET|?to=/redirect?to=/none |200 404
	/redirect /redirect|GET GET|?to=/x&status=301 ?to=/x&status=301|301 301
	/loop /loop|GET GET| |200 500
	/redirect /id|POST GET|?to=/id |200 200
	EOT
	)"
}

run_tests
