#!/bin/sh
# ErrorDocument with a path: errors of the request's head too, whatever is
# wrong in it, and a page that says 200 as all pages of an application do.

. "${0%/*}/lib.sh"

mkdir -p "$T/www"
printf 'page of an error' >"$T/www/error.txt"
printf 'of one' >"$T/www/one.txt"
chmod -R a+rX "$T/www"

start_backend

documents()
{
	for document in 400 401 403 404 405 408 413 414 417 431 500 501 502 \
	    503 505; do
		echo "ErrorDocument $document $1"
	done
}

limits()
{
	cat <<-EOT
	LimitRequestLine 300
	LimitRequestFields 20
	LimitRequestFieldSize 200
	LimitRequestHead 3000
	RequestReadTimeout header=1
	EOT
}

long()
{
	printf "%${1}s" '' | tr ' ' "${2:-x}"
}

start_gateway - <<EOT
$(limits)
$(documents /app/echo?of=error)
DocumentRoot $T/www
SetEnv OWN 1
ProxyPass /app $URL
<Location /small>
ProxyPass $URL
LimitRequestBody 3
</Location>
EOT

# heads FUNCTION: calls it with each status and the words that lead to it
heads()
{
	host='Host: x\r\n'
	$1 400 s 'GET /x HTTP/1.1\r\n\r\n'
	$1 400 s "GET /x HTTP/1.1\\r\\n${host}${host}\\r\\n"
	$1 400 s 'GET /x HTTP/1.1\r\nHost: a/b\r\n\r\n'
	$1 400 s "GET /x HTTP/1.1\\r\\n${host}Bad Name: x\\r\\n\\r\\n"
	$1 400 s "GET /x HTTP/1.1\\r\\n${host}A: \\x01\\r\\n\\r\\n"
	$1 400 s "GET /x\\x01 HTTP/1.1\\r\\n${host}\\r\\n"
	$1 400 s "GET /%zz HTTP/1.1\\r\\n${host}\\r\\n"
	$1 400 s "FO(O /x HTTP/1.1\\r\\n${host}\\r\\n"
	$1 400 s 'garbage\r\n\r\n'
	$1 400 s 'GET /x\r\n\r\n'
	$1 400 s "POST /x HTTP/1.1\\r\\n${host}Content-Length: x\\r\\n\\r\\n"
	$1 404 s "GET /a%2fb HTTP/1.1\\r\\n${host}Connection: close\\r\\n\\r\\n"
	$1 405 s "CONNECT x:80 HTTP/1.1\\r\\n${host}\\r\\n"
	$1 408 s "GET /slow HTTP/1.1\\r\\n${host}"
	$1 413 s "POST /small/sum HTTP/1.1\\r\\n${host}Content-Length: 4" \
	    s '\r\n\r\nhell'
	$1 413 s "POST /small/sum HTTP/1.1\\r\\n${host}Transfer-Encoding: " \
	    s 'chunked\r\n\r\n4\r\nhell\r\n0\r\n\r\n'
	$1 414 s "GET /$(long 300) HTTP/1.1\\r\\n${host}\\r\\n"
	$1 417 s "GET /x HTTP/1.1\\r\\n${host}Expect: other\\r\\n\\r\\n"
	$1 431 s "GET /x HTTP/1.1\\r\\n${host}A: $(long 200)\\r\\n\\r\\n"
	$1 431 s "GET /x HTTP/1.1\\r\\n$host" z 20 'A: x\r\n' s '\r\n'
	$1 431 s "GET /x HTTP/1.1\\r\\n$host" z 17 "A: $(long 180)\\r\\n" \
	    s '\r\n'
	$1 501 s "POST /x HTTP/1.1\\r\\n${host}Transfer-Encoding: gzip, " \
	    s 'chunked\r\n\r\n'
	$1 505 s "GET /x HTTP/3.0\\r\\n${host}\\r\\n"
}

by_application()
{
	want=$1
	shift
	text=$(wire "$@" r | tr -d '\r')
	what="$want $*"
	status "$text" "$want" "$what"
	is "$(value REDIRECT_STATUS "$text")" "$want" "$what"
	is "$(value REQUEST_METHOD "$text")" GET "$what"
	is "$(value QUERY_STRING "$text")" of=error "$what"
	is "$(value SCRIPT_NAME "$text")" /app/echo "$what"
	is "$(value CONTENT_LENGTH "$text")" 0 "$what"
	is "$(value OWN "$text")" 1 "$what"
	like "$text" '^Connection: close$' "$what"
	is "$(printf '%s\n' "$text" | grep -c '^HTTP/')" 1 "$what"
}

test_errors_of_heads()
{
	: >"$T/app.log"
	heads by_application
	unlike "$(cat "$T/app.log")" bad
}

by_file()
{
	want=$1
	shift
	text=$(wire "$@" r | tr -d '\r')
	status "$text" "$want" "$want $*"
	is "$(printf '%s\n' "$text" | body)" 'page of an error' "$want $*"
	is "$(printf '%s\n' "$text" | field Content-Type)" text/plain
}

test_files_for_errors_of_heads()
{
	own_gateway - <<-EOT
	$(limits)
	$(documents /error.txt)
	DocumentRoot $T/www
	ProxyPass /small $URL
	<Location /small>
	LimitRequestBody 3
	</Location>
	EOT
	heads by_file
}

# What was refused makes no variables of its own, and of a head that is no
# head nothing is told but that.
test_what_documents_are_told()
{
	text=$(wire s 'GET /x\x00HTTP_X_USER\x00admin\x00 HTTP/1.1\r\nHost: x' \
	    s '\r\nA: b\r\n\r\n' r | tr -d '\r')
	status "$text" 400
	is "$(value REDIRECT_STATUS "$text")" 400
	unlike "$text" 'admin|X_USER'
	is "$(value REQUEST_URI "$text")" ''
	lacks "$text" REDIRECT_URL REDIRECT_REQUEST_METHOD
	text=$(wire s 'GET /x HTTP/1.1\r\nHost: x\r\nA: b\x00HTTP_U\x00v\r\n\r\n' \
	    r | tr -d '\r')
	status "$text" 400
	lacks "$text" HTTP_A HTTP_U
	is "$(value HTTP_HOST "$text")" x
	is "$(value REDIRECT_URL "$text")" /x
	for host in 'a/b' '"><script>' ''; do
		text=$(wire s "GET /x HTTP/1.1\\r\\nHost: $host\\r\\nExpect: " \
		    s 'x\r\n\r\n' r | tr -d '\r')
		lacks "$text" HTTP_HOST
	done
	text=$(wire s 'GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n' r |
	    tr -d '\r')
	lacks "$text" HTTP_HOST
	text=$(wire s 'POST /p/q?r HTTP/1.1\r\nHost: x:1\r\nExpect: y\r\n' \
	    s 'Content-Length: 5\r\n\r\nhello' r | tr -d '\r')
	status "$text" 417
	is "$(value REDIRECT_URL "$text")" /p/q
	is "$(value REDIRECT_QUERY_STRING "$text")" r
	is "$(value REDIRECT_REQUEST_METHOD "$text")" POST
	is "$(value REQUEST_URI "$text")" '/p/q?r'
	is "$(value SERVER_NAME "$text")" x
	like "$(tail -n 1 "$ACCESS")" '"POST /p/q\?r HTTP/1.1" 417 '
}

# A client that may not know chunks gets none; HEAD gets no body.
test_framing()
{
	for line in 'GET /x HTTP/1.0' 'GET /x HTTP/3.0' 'GET /x' nonsense; do
		text=$(wire s "$line\\r\\nBad Name: x\\r\\n\\r\\n" r |
		    tr -d '\r')
		like "$text" '^HTTP/1.1 (400|505) ' "$line"
		unlike "$text" '^Transfer-Encoding' "$line"
		like "$text" '^REDIRECT_STATUS=' "$line"
	done
	text=$(wire s 'HEAD /x HTTP/1.1\r\nBad Name: x\r\n\r\n' r | tr -d '\r')
	status "$text" 400
	is "$(printf '%s\n' "$text" | body)" ''
	# what came behind it is no request
	text=$(wire s 'GET /x HTTP/1.1\r\nHost: x\r\nB d: x\r\n\r\n' \
	    s 'GET /app/id HTTP/1.1\r\nHost: x\r\n\r\n' r | tr -d '\r')
	is "$(printf '%s\n' "$text" | grep -c '^HTTP/')" 1
	# one that has no more to say is there all the same
	text=$(wire s 'nonsense\r\n\r\n' h r | tr -d '\r')
	is "$(value REDIRECT_STATUS "$text")" 400
}

# Of the host that the head names, if it was understood; Require and RemoteIP
# hold for the page as for any other.
test_hosts_of_refused_heads()
{
	own_gateway - <<-EOT
	RemoteIPHeader X-Real-IP
	RemoteIPInternalProxy 127.0.0.1
	ErrorDocument 400 /app/echo
	ErrorDocument 417 /app/echo
	ErrorDocument 501 /shut/echo
	ProxyPass /app $URL
	ProxyPass /shut $URL
	<Location /shut>
	Require ip 192.0.2.9
	</Location>
	DocumentRoot $T/www
	<VirtualHost *:*>
	ServerName main.example
	</VirtualHost>
	<VirtualHost *:*>
	ServerName one.example
	ErrorDocument 417 /one.txt
	</VirtualHost>
	EOT
	text=$(get /x 'Expect: y' 'X-Real-IP: 192.0.2.7')
	status "$text" 417
	is "$(value REMOTE_ADDR "$text")" 192.0.2.7
	text=$(wire s 'GET / HTTP/1.1\r\nHost: one.example\r\nExpect: y\r\n\r\n' \
	    r | tr -d '\r')
	status "$text" 417
	is "$(printf '%s\n' "$text" | body)" 'of one'
	text=$(wire s 'GET / HTTP/1.1\r\nHost: one.example\r\nB d: x\r\n\r\n' r |
	    tr -d '\r')
	status "$text" 400
	is "$(value SERVER_NAME "$text")" main.example
	for address in 7 9; do
		text=$(wire s 'POST / HTTP/1.1\r\nHost: x\r\nX-Real-IP: ' \
		    s "192.0.2.$address\\r\\nTransfer-Encoding: a, chunked" \
		    s '\r\n\r\n' r | tr -d '\r')
		status "$text" 501 $address
		is "$(value REDIRECT_STATUS "$text")" \
		    "$([ $address = 7 ] || echo 501)" $address
	done
}

#
# The status of a page.
#

# documented PATH: a gateway whose errors are documented by it
documented()
{
	own_gateway - <<-EOT
	$(documents "$1")
	DocumentRoot $T/www
	ProxyPass /down unix:$T/none.sock|scgi://none/
	ProxyPass /app $URL
	ProxyPass /page $URL
	ProxySCGISendfile On
	XSendFilePath $T/www
	<Location /app>
	ProxyErrorOverride On
	</Location>
	<Location /shut>
	Require all denied
	</Location>
	<Location /user>
	AuthType Basic
	AuthName here
	AuthUserFile $T/users
	Require valid-user
	</Location>
	EOT
}

printf 'ada:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n' >"$T/users"
chmod a+r "$T/users"

# say HEAD BODY: a path whose page says so
say()
{
	printf '/page/head?raw=%s%%0A%%0A&b=%s' "$(printf '%s\n' "$1" |
	    sed 's/ /%20/g')" "$2"
}

test_a_page_that_says_200()
{
	for words in 'Status: 200' 'Status: 200 OK' 'Status: 201' 'X: y'; do
		documented "$(say "$words%0ACache-Control: no-cache" page)"
		for try in '404 /none' '403 /shut' '401 /user' '503 /down/x' \
		    '404 /app/status/404' '500 /app/status/500' \
		    '502 /app/drop' '400 /%zz'; do
			text=$(get "${try#* }")
			status "$text" "${try%% *}" "$words: $try"
			is "$(printf '%s\n' "$text" | body)" page \
			    "$words: $try"
			unlike "$text" '^HTTP/1.1 [0-9]* (OK|Created)$' \
			    "$words: $try"
			like "$text" '^Cache-Control: no-cache$' "$words: $try"
		done
		is "$(get /user | field WWW-Authenticate)" 'Basic realm="here"'
		like "$(tail -n 1 "$ACCESS")" '"GET /user HTTP/1.1" 401 '
		stop_process own
	done
}

# An error or a redirect that the page says itself is meant.
test_a_page_with_a_status_of_its_own()
{
	for code in 301 303 307 402 410 500 503; do
		documented "$(say "Status: $code%0ALocation: http://x/" page)"
		status "$(get /none)" $code
		stop_process own
	done
	documented "$(say 'Location: http://x/' page)"
	status "$(get /none)" 302
	is "$(get /none | field Location)" http://x/
}

# One without a body says nothing: that of the gateway takes its place.
test_a_page_that_is_none()
{
	for code in 204 304; do
		documented "$(say "Status: $code%0AX-Page: 1" '')"
		text=$(get /none)
		status "$text" 404 $code
		like "$text" '<h1>(404 )?Not Found' $code
		unlike "$text" X-Page $code
		log_has "ErrorDocument: /page/head: gave $code itself"
		stop_process own
	done
}

# The error stays on the whole way of its page, and none of it is a part.
test_ways_of_a_page()
{
	documented "$(say "Status: 200%0AX-Sendfile: $T/www/error.txt" '')"
	for field in 'A: b' 'Range: bytes=1-2' 'If-None-Match: *' \
	    'If-Modified-Since: Sat, 01 Jan 2050 00:00:00 GMT'; do
		text=$(get /none "$field")
		status "$text" 404 "$field"
		is "$(printf '%s\n' "$text" | body)" 'page of an error' \
		    "$field"
		unlike "$text" '^(ETag|Last-Modified|Content-Range)' "$field"
	done
	stop_process own
	documented "$(say 'Status: 200%0ALocation: /error.txt' '')"
	text=$(get /none)
	status "$text" 404
	is "$(printf '%s\n' "$text" | body)" 'page of an error'
	stop_process own
	documented "$(say 'Status: 200%0ALocation: /page/echo' '')"
	text=$(get /none)
	status "$text" 404
	is "$(value REDIRECT_STATUS "$text")" 404
	stop_process own
	documented "$(say 'Status: 200%0ALocation: /app/status/200' '')"
	status "$(get /none)" 404
}

# What asks for a part or for nothing new meant what is not there.
test_conditions_are_not_the_pages()
{
	documented /page/echo
	text=$(get /none 'Range: bytes=0-1' 'If-Range: "a"' \
	    'If-None-Match: "a"' 'If-Match: "a"' 'X-Own: 1' \
	    'If-Modified-Since: Sat, 01 Jan 2000 00:00:00 GMT' \
	    'If-Unmodified-Since: Sat, 01 Jan 2000 00:00:00 GMT')
	status "$text" 404
	lacks "$text" HTTP_RANGE HTTP_IF_RANGE HTTP_IF_MATCH \
	    HTTP_IF_NONE_MATCH HTTP_IF_MODIFIED_SINCE HTTP_IF_UNMODIFIED_SINCE
	is "$(value HTTP_X_OWN "$text")" 1
}

run_tests
