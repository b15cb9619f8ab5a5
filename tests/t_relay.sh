#!/bin/sh
# What the application gets, byte for byte, which application gets it, and
# what the client gets of its answer.

. "${0%/*}/lib.sh"

VERSION=$($GATEWAY -V | sed -n 's/^gateway //p')
TAB=$(printf '\t')

start_backend app -r "$T/record"
# several names for one application: SCRIPT_FILENAME shows which was taken
AT=${URL%localhost/}

start_gateway - <<EOT
LimitRequestLine 400000
LimitRequestFieldSize 400000
MaxKeepAliveRequests 0
ProxyPass / $URL
EOT

#
# Helpers.
#

# The variables of /echo below a path, one NAME=VALUE a line.
vars()
{
	get "$@" | body | sed '/^$/,$d'
}

# has text VARIABLE value
has()
{
	printf '%s\n' "$1" | grep -q "^$2=" ||
		fail "$2: is not there: $(printf '%s\n' "$1" | head -n 1)"
	is "$(value "$2" "$1")" "$3" "$2"
}

# The label of the application that a path leads to, else the status.
place()
{
	place_text=$(get "$@")
	place_label=$(printf '%s\n' "$place_text" |
		sed -n 's|^SCRIPT_FILENAME=proxy:scgi://\([a-z]*\).*|\1|p')
	[ -n "$place_label" ] || place_label=$(printf '%s\n' "$place_text" |
		sed -n '1s|^HTTP/1.1 \([0-9]*\).*|\1|p')
	echo "$place_label"
}

# Wait for the record of a request and compare it with the variables on
# standard input and the body; the port of the client is any.
is_recorded()
{
	within 3 has_file "$T/record" || fail 'nothing was recorded'
	recorded_port=$(tr '\000' '\n' <"$T/record" |
		sed -n '/^REMOTE_PORT$/{n;p;}')
	like "$recorded_port" '^[1-9][0-9]{3,4}$' REMOTE_PORT
	sed "s/^REMOTE_PORT=?\$/REMOTE_PORT=$recorded_port/" |
		netstring >"$T/want"
	printf '%d:%s,\n' "${#1}" "$1" >>"$T/want"
	cmp -s "$T/want" "$T/record" || {
		tr '\000' '\n' <"$T/want" >"$T/want.text"
		tr '\000' '\n' <"$T/record" >"$T/record.text"
		fail "the bytes differ: $(diff "$T/want.text" "$T/record.text")"
	}
}

# answer head [body [field ...]]: what the client gets when the application
# says that (printf's escapes).
answer()
{
	answer_head=$1
	answer_body=${2:-}
	shift
	[ $# -eq 0 ] || shift
	get "/head?raw=$(escaped "$answer_head")&b=$(escaped "$answer_body")" \
	    "$@"
}

status_line()
{
	printf '%s\n' "$1" | sed -n 1p
}

#
# The request.
#

test_bytes_of_a_request()
{
	: >"$T/record"
	text=$(wire s 'POST /echo/a%20b//c/./%7Ed?x=1&y=%20+ HTTP/1.1\r\n' \
	    s 'Host: Example.COM:8081\r\nX-One: 1\r\nAccept: */*\r\n' \
	    s 'X_Under: 1\r\nX.Dot: 1\r\nProxy: http://evil/\r\n' \
	    s 'Authorization: Basic Zm9v\r\nProxy-Authorization: x y\r\n' \
	    s 'x-ONE:  two \r\nCookie: a=1\r\nCookie: b=2\r\n' \
	    s 'Content-Type: text/x; q="1"\r\nX-Empty:\r\n' \
	    s 'TE: trailers\r\nKeep-Alive: 5\r\nUpgrade: h2c\r\n' \
	    s 'Trailer: X-T\r\nProxy-Connection: close\r\n' \
	    s 'X-Gone: 1\r\nConnection: X-Gone, TE, close, Upgrade\r\n' \
	    s 'Content-Length: 5\r\n\r\nhello' k)
	status "$text" 200
	is_recorded hello <<-EOT
	CONTENT_LENGTH=5
	SCGI=1
	HTTP_HOST=Example.COM:8081
	HTTP_X_ONE=1, two
	HTTP_ACCEPT=*/*
	HTTP_COOKIE=a=1; b=2
	CONTENT_TYPE=text/x; q="1"
	HTTP_X_EMPTY=
	SERVER_SIGNATURE=
	SERVER_SOFTWARE=gateway/$VERSION (Unix)
	SERVER_NAME=example.com
	SERVER_ADDR=127.0.0.1
	SERVER_PORT=8081
	REMOTE_ADDR=127.0.0.1
	DOCUMENT_ROOT=
	REQUEST_SCHEME=http
	CONTEXT_PREFIX=
	CONTEXT_DOCUMENT_ROOT=
	SERVER_ADMIN=[no address given]
	SCRIPT_FILENAME=proxy:scgi://localhost/echo/a%20b/c/~d
	REMOTE_PORT=?
	SERVER_PROTOCOL=HTTP/1.1
	REQUEST_METHOD=POST
	QUERY_STRING=x=1&y=%20+
	REQUEST_URI=/echo/a%20b//c/./%7Ed?x=1&y=%20+
	SCRIPT_NAME=/echo/a b/c/~d
	EOT
}

test_bytes_of_the_least()
{
	: >"$T/record"
	text=$(wire s 'GET / HTTP/1.0\r\n\r\n' r)
	status "$text" 200
	is_recorded '' <<-EOT
	CONTENT_LENGTH=0
	SCGI=1
	SERVER_SIGNATURE=
	SERVER_SOFTWARE=gateway/$VERSION (Unix)
	SERVER_NAME=127.0.0.1
	SERVER_ADDR=127.0.0.1
	SERVER_PORT=80
	REMOTE_ADDR=127.0.0.1
	DOCUMENT_ROOT=
	REQUEST_SCHEME=http
	CONTEXT_PREFIX=
	CONTEXT_DOCUMENT_ROOT=
	SERVER_ADMIN=[no address given]
	SCRIPT_FILENAME=proxy:scgi://localhost/
	REMOTE_PORT=?
	SERVER_PROTOCOL=HTTP/1.0
	REQUEST_METHOD=GET
	QUERY_STRING=
	REQUEST_URI=/
	SCRIPT_NAME=/
	EOT
}

# SetEnvIf before SetEnv before the rest; what the server makes stands where
# a variable of that name stood first (httpd).
test_bytes_of_the_environment()
{
	GW_PASSED=pass; export GW_PASSED
	own_gateway - <<-EOT
	ServerName https://www.example.org
	ServerAdmin me@example.org
	DocumentRoot /srv/www
	UseCanonicalName On
	ServerTokens Prod
	SetEnv FIRST "from SetEnv"
	SetEnv EMPTY
	SetEnv SERVER_NAME evil
	SetEnv HTTP_X_SENT evil
	SetEnv HTTP_X_UNSENT kept
	SetEnv no-gzip 1
	SetEnv GATEWAY_INTERFACE CGI/1.1
	SetEnv CONTENT_LENGTH 77
	SetEnv SCGI 2
	SetEnv PATH /bin
	PassEnv GW_PASSED
	SetEnvIf Request_URI . EARLY nokeepalive with-dash=x
	ProxyPass /app/ ${AT}www.example.org/base/
	<Location /app>
	CGIPassAuth On
	SetEnv LATE 1
	SetEnvIf Request_Method (.*) IN=\$1 proxy-scgi-pathinfo
	</Location>
	EOT
	: >"$T/record"
	text=$(wire s 'PUT /app/echo/a%2Bb%3F?q HTTP/1.1\r\nHost: x:1\r\n' \
	    s 'X-Sent: sent\r\nAuthorization: Basic Zm9v\r\n' \
	    s 'Transfer-Encoding: chunked\r\n\r\n' \
	    s '3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nX-Trail: 1\r\n\r\n' k)
	status "$text" 200
	is_recorded abcdefg <<-EOT
	CONTENT_LENGTH=7
	SCGI=1
	EARLY=1
	with-dash=x
	IN=PUT
	FIRST=from SetEnv
	EMPTY=
	SERVER_NAME=www.example.org
	HTTP_X_SENT=sent
	HTTP_X_UNSENT=kept
	PATH=/bin
	GW_PASSED=pass
	LATE=1
	HTTP_HOST=x:1
	HTTP_AUTHORIZATION=Basic Zm9v
	SERVER_SIGNATURE=
	SERVER_SOFTWARE=gateway
	SERVER_ADDR=127.0.0.1
	SERVER_PORT=443
	REMOTE_ADDR=127.0.0.1
	DOCUMENT_ROOT=/srv/www
	REQUEST_SCHEME=https
	CONTEXT_PREFIX=
	CONTEXT_DOCUMENT_ROOT=/srv/www
	SERVER_ADMIN=me@example.org
	SCRIPT_FILENAME=proxy:scgi://www.example.org/base/echo/a+b%3F
	REMOTE_PORT=?
	SERVER_PROTOCOL=HTTP/1.1
	REQUEST_METHOD=PUT
	QUERY_STRING=q
	REQUEST_URI=/app/echo/a%2Bb%3F?q
	SCRIPT_NAME=/app
	PATH_INFO=/base/echo/a+b?
	PATH_TRANSLATED=/srv/www/base/echo/a+b?
	EOT
}

# The backend refuses what is against the protocol, a name twice too.
test_never_a_name_twice()
{
	set --
	i=0
	while [ $i -lt 60 ]; do
		set -- "$@" "X-Name-$((i % 20)): $i"
		i=$((i + 1))
	done
	set -- "$@" 'Cookie: a' 'Accept: a' 'cookie: b' 'accept: b'
	text=$(vars /echo "$@" 'Content-Type: a/b' 'CONTENT-TYPE: a/b')
	[ -n "$text" ] || fail 'no answer'
	is "$(printf '%s\n' "$text" | sed 's/=.*//' | sort | uniq -d)" '' \
	    twice
	has "$text" HTTP_X_NAME_3 '3, 23, 43'
	unlike "$(cat "$T/app.log")" '^bad' 'what the application says'
}

test_raw_netstring()
{
	text=$(get '/raw?hex=1' 'X-A: b' | body)
	like "$text" '^[0-9a-f]+2c$'
	# digits, a colon, "CONTENT_LENGTH" 0 "SCGI" 1
	like "$text" '^3[1-9](3[0-9])*3a434f4e54454e545f4c454e4754480030'
	like "$text" '^[0-9a-f]*4754480030005343474900310048'
}

# Far more than a socket takes at once.
test_big_block()
{
	{
		printf 'POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n'
		awk 'BEGIN {
			for (i = 0; i < 80; i++)
				printf "X-%d: %08100d\r\n", i, i
		}'
		printf 'Content-Length: 3\r\n\r\nabc'
	} >"$T/big"
	: >"$T/record"
	talk_to -d to f "$T/big" k | tr -d '\r' >"$T/answer"
	status "$(sed '/^$/q' "$T/answer")" 200
	body <"$T/answer" >"$T/got"
	awk 'BEGIN {
		for (i = 0; i < 80; i++)
			printf "HTTP_X_%d=%08100d\n", i, i
	}' >"$T/want"
	grep '^HTTP_X_' "$T/got" | cmp -s - "$T/want" || fail 'other variables'
	like "$(tail -n 1 "$T/got")" "^body $(printf abc | "$TALK" -S -)\$"
	# the length in front, the comma behind it
	size=$(sed -n '1s/^\([0-9]*\):.*/\1/p' "$T/record")
	is "$(wc -c <"$T/record" | tr -d ' ')" \
	    $((${#size} + 1 + size + 1 + 7)) 'size of the record'
}

test_request_uri_forms()
{
	text=$(chat s 'GET http://Other.example:81/echo/x?q HTTP/1.1\r\n' \
	    s 'Host: ignored\r\nConnection: close\r\n\r\n' k)
	has "$text" REQUEST_URI 'http://Other.example:81/echo/x?q'
	has "$text" SCRIPT_NAME /echo/x
	has "$text" QUERY_STRING q
	has "$text" HTTP_HOST Other.example:81
	has "$text" SERVER_NAME other.example
	has "$text" SERVER_PORT 81
	text=$(vars '/echo/?')
	has "$text" QUERY_STRING ''
	has "$text" REQUEST_URI '/echo/?'
	text=$(vars '/echo/a?b?c=%zz')
	has "$text" QUERY_STRING 'b?c=%zz'
	text=$(vars '/echo/../echo//./x')
	has "$text" SCRIPT_NAME /echo/x
	has "$text" REQUEST_URI '/echo/../echo//./x'
	text=$(chat s 'GET http://other HTTP/1.1\r\nHost: other\r\n' \
	    s 'Connection: close\r\n\r\n' k)
	has "$text" REQUEST_URI http://other
	has "$text" SCRIPT_NAME /
	text=$(vars /echo/caf%C3%A9/%E2%82%AC)
	has "$text" SCRIPT_NAME "$(printf '/echo/caf\303\251/\342\202\254')"
	has "$text" SCRIPT_FILENAME \
	    proxy:scgi://localhost/echo/caf%C3%A9/%E2%82%AC
	status "$(get /..)" 400 'above the root'
	status "$(get /a%zz)" 400 'a bad escape'
	status "$(get /a%00b)" 404 'a NUL'
	status "$(get /a%2Fb)" 404 'a slash'
}

test_current_uri()
{
	own_gateway - <<-EOT
	ProxyPass / $URL
	<Location /now>
	CGIVar REQUEST_URI current-uri
	</Location>
	EOT
	has "$(vars '/now/echo/a%20b/../c?q')" REQUEST_URI /now/echo/c
	has "$(vars '/echo/a%20b?q')" REQUEST_URI '/echo/a%20b?q'
}

test_slashes()
{
	own_gateway - <<-EOT
	AllowEncodedSlashes On
	MergeSlashes Off
	ProxyPass / $URL
	EOT
	text=$(vars /echo//a%2Fb)
	has "$text" SCRIPT_NAME /echo//a/b
	stop_gateway
	own_gateway - <<-EOT
	AllowEncodedSlashes NoDecode
	ProxyPass / $URL
	EOT
	text=$(vars /echo//a%2fb%20c)
	has "$text" SCRIPT_NAME '/echo/a%2fb c'
	has "$text" SCRIPT_FILENAME 'proxy:scgi://localhost/echo/a%2fb%20c'
}

# As httpd makes them.
test_server_name_by_host()
{
	for try in 'x x 80' 'x:8081 x 8081' 'X.Example. x.example 80' \
	    '[::1] [::1] 80' '[::1]:99 [::1] 99' '10.0.0.1:1 10.0.0.1 1'; do
		# shellcheck disable=SC2086
		set -- $try
		text=$(chat s "GET /echo HTTP/1.1\\r\\nHost: $1\\r\\n" \
		    s 'Connection: close\r\n\r\n' k)
		has "$text" HTTP_HOST "$1"
		has "$text" SERVER_NAME "$2"
		has "$text" SERVER_PORT "$3"
	done
}

server_name_is()
{
	text=$(wire s "$1 /echo HTTP/1.0\\r\\n$2\\r\\n" r | tr -d '\r')
	has "$text" SERVER_NAME "$3"
	has "$text" SERVER_PORT "$4"
	has "$text" REQUEST_SCHEME "$5"
}

test_server_name_by_configuration()
{
	own_gateway - <<-EOT
	ServerName Www.Example.Org:8443
	ProxyPass / $URL
	EOT
	server_name_is GET '' Www.Example.Org 8443 http
	server_name_is GET 'Host: a:1\r\n' a 1 http
	server_name_is GET 'Host: a\r\n' a 8443 http
	stop_gateway
	own_gateway - <<-EOT
	ServerName https://www.example.org
	ProxyPass / $URL
	<Location /echo>
	UseCanonicalName On
	</Location>
	EOT
	server_name_is GET 'Host: a:1\r\n' www.example.org 443 https
	stop_gateway
	own_gateway - <<-EOT
	ServerName www.example.org:8443
	UseCanonicalName On
	ProxyPass / $URL
	EOT
	server_name_is GET 'Host: a:1\r\n' www.example.org 8443 http
}

test_signature_and_software()
{
	own_gateway - <<-EOT
	ServerSignature EMail
	ServerAdmin me@example.org
	ServerTokens Minor
	ProxyPass / $URL
	EOT
	# its signature ends with a newline, the variables go on behind it
	text=$(get /echo | body)
	has "$text" SERVER_SOFTWARE "gateway/${VERSION%.*}"
	is "$(value SERVER_SIGNATURE "$text")" \
	    "<address>gateway/${VERSION%.*} Server at <a href=\"mailto:\
me@example.org\">localhost</a> Port 80</address>"
	text=$(get /echo)
	is "$(printf '%s\n' "$text" | field Server)" "gateway/${VERSION%.*}"
}

test_authorization()
{
	own_gateway - <<-EOT
	ProxyPass / $URL
	<Location /pass>
	CGIPassAuth On
	</Location>
	<Location /pass/not>
	CGIPassAuth Off
	</Location>
	<Location /trick>
	SetEnvIf Authorization "(.*)" HTTP_AUTHORIZATION=\$1
	</Location>
	EOT
	text=$(vars /echo 'Authorization: Basic Zm9v')
	lacks "$text" HTTP_AUTHORIZATION
	text=$(vars /pass/echo 'Authorization: Basic Zm9v' \
	    'Proxy-Authorization: Basic YmFy')
	has "$text" HTTP_AUTHORIZATION 'Basic Zm9v'
	has "$text" HTTP_PROXY_AUTHORIZATION 'Basic YmFy'
	text=$(vars /pass/not/echo 'Authorization: Basic Zm9v')
	lacks "$text" HTTP_AUTHORIZATION
	text=$(vars /trick/echo 'Authorization: Basic Zm9v')
	has "$text" HTTP_AUTHORIZATION 'Basic Zm9v'
}

# Connection cannot remove what an application relies on.
test_connection_names()
{
	text=$(vars /echo 'Connection: Host, Cookie, Authorization' \
	    'Connection: X-Forwarded-For, Forwarded, Content-Type, X-A' \
	    'Cookie: c=1' 'X-Forwarded-For: 10.1.1.1' 'Forwarded: for=x' \
	    'Content-Type: a/b' 'X-A: 1' 'X-B: 2')
	has "$text" HTTP_HOST localhost
	has "$text" HTTP_COOKIE c=1
	has "$text" HTTP_X_FORWARDED_FOR 10.1.1.1
	has "$text" HTTP_FORWARDED for=x
	has "$text" CONTENT_TYPE a/b
	has "$text" HTTP_X_B 2
	lacks "$text" HTTP_X_A HTTP_CONNECTION
}

test_nothing_is_added()
{
	text=$(vars /echo)
	is "$(value SCGI "$text") $(value REQUEST_URI "$text")" '1 /echo'
	lacks "$text" HTTP_X_FORWARDED_FOR HTTP_X_FORWARDED_HOST HTTP_VIA \
	    HTTP_X_FORWARDED_SERVER HTTP_MAX_FORWARDS GATEWAY_INTERFACE \
	    HTTPS REMOTE_HOST REMOTE_USER AUTH_TYPE REMOTE_IDENT PATH \
	    LD_LIBRARY_PATH PATH_INFO PATH_TRANSLATED CONTENT_TYPE \
	    'REDIRECT_[A-Z_]*' 'proxy-[a-z-]*'
}

# As httpd makes them, but for GET.
test_max_forwards()
{
	has "$(request OPTIONS /echo 'Max-Forwards: 5')" HTTP_MAX_FORWARDS 4
	has "$(vars /echo 'Max-Forwards: 0')" HTTP_MAX_FORWARDS 0
	has "$(vars /echo 'Max-Forwards: many')" HTTP_MAX_FORWARDS many
	text=$(request TRACE /echo 'Max-Forwards: 0' 'Cookie: secret')
	status "$text" 200
	is "$(printf '%s\n' "$text" | field Content-Type)" message/http
	like "$(printf '%s\n' "$text" | body)" '^TRACE /echo HTTP/1\.1$'
	unlike "$text" secret
	status "$(request OPTIONS /echo 'Max-Forwards: 0')" 200
	has "$(request TRACE /echo 'Max-Forwards: 2')" REQUEST_METHOD TRACE
}

test_any_method()
{
	for method in DELETE PATCH PROPFIND OPTIONS M-SEARCH x; do
		has "$(request "$method" /echo)" REQUEST_METHOD "$method"
	done
	: >"$T/record"
	text=$(wire s 'OPTIONS * HTTP/1.1\r\nHost: x\r\n' \
	    s 'Connection: close\r\n\r\n' r)
	status "$text" 200 'OPTIONS *'
	[ ! -s "$T/record" ] || fail 'OPTIONS * went to the application'
}

#
# Environment directives.
#

test_setenv_merging()
{
	own_gateway - <<-EOT
	ProxyPass / $URL
	SetEnv A server
	SetEnv B server
	SetEnv C server
	SetEnvIf Request_URI . D
	UnsetEnv C
	<Location /in>
	SetEnv A outer
	UnsetEnv B D
	</Location>
	<Location /in/er>
	SetEnv A inner
	SetEnv B again
	UnsetEnv E
	SetEnv E 1
	SetEnv D both
	</Location>
	EOT
	text=$(vars /echo)
	has "$text" A server
	has "$text" B server
	has "$text" D 1
	lacks "$text" C E
	text=$(vars /in/echo)
	has "$text" A outer
	has "$text" D 1
	lacks "$text" B C
	text=$(vars /in/er/echo)
	has "$text" A inner
	has "$text" B again
	has "$text" D both
	has "$text" E 1
}

test_passenv()
{
	GW_THERE='a b'; export GW_THERE
	unset GW_ABSENT
	own_gateway - <<-EOT
	PassEnv GW_THERE GW_ABSENT
	ProxyPass / $URL
	EOT
	text=$(vars /echo)
	has "$text" GW_THERE 'a b'
	lacks "$text" GW_ABSENT
	log_has GW_ABSENT 'the warning'
}

test_setenvif()
{
	own_gateway - <<-EOT
	SetEnvIf Remote_Addr ^127\\. LOCAL=yes
	SetEnvIf Server_Addr 127.0.0.1 HERE
	SetEnvIf Request_Method ^P M=post
	SetEnvIf Request_Protocol (1\\.[01])\$ PROTO=\$1
	SetEnvIf Request_URI ^/echo/(.)(.) URI=\$2\$1\$0
	SetEnvIf X-Absent ^\$ ABSENT
	SetEnvIf X-Word "^(a+)(b*)" W1=\$1 W2=\$2 W0=\$0
	SetEnvIf W1 aa CHAIN=on
	SetEnvIf ^X-Any.* 2 ANY=last
	SetEnvIfNoCase user-agent MOZ MOZ
	SetEnvIf User-Agent moz SMALL
	BrowserMatch Firefox/([0-9]+) FF=\$1
	SetEnvIf Request_URI plain OFF=1
	SetEnvIf Request_URI plain !OFF
	SetEnvIf X-Forwarded-Proto https HTTPS=on
	ProxyPass / $URL
	EOT
	text=$(vars /echo/xyz 'X-Word: aab' 'X-Any-A: 1' 'X-Any-B: 2' \
	    'User-Agent: Mozilla Firefox/42' 'X-Forwarded-Proto: https')
	has "$text" LOCAL yes
	has "$text" HERE 1
	lacks "$text" M OFF SMALL
	has "$text" PROTO 1.1
	has "$text" URI yx/echo/xy
	has "$text" ABSENT 1
	has "$text" W1 aa
	has "$text" W2 b
	has "$text" W0 aab
	has "$text" CHAIN on
	has "$text" ANY last
	has "$text" MOZ 1
	has "$text" FF 42
	has "$text" HTTPS on
	text=$(post /echo/plain x 'X-Absent: 1' 'X-Any: 1')
	has "$text" M post
	lacks "$text" ABSENT OFF ANY W1 CHAIN
}

# SetEnvIf of the server runs before the mapping, that of a section after
# it, SetEnv last.
test_environment_timing()
{
	own_gateway - <<-EOT
	SetEnvIf X-Away . no-proxy
	SetEnvIf Request_URI /set A=if
	SetEnv A env
	SetEnv no-proxy 1
	ProxyPass / $URL
	<Location /late>
	SetEnvIf X-Late . no-proxy
	SetEnvIf A . B=\$0
	SetEnvIf A ^\$ B=none
	</Location>
	EOT
	is "$(place /echo)" localhost 'SetEnv no-proxy is too late'
	is "$(place /echo 'X-Away: 1')" 404 'SetEnvIf no-proxy'
	is "$(place /late/echo 'X-Late: 1')" localhost \
	    'no-proxy of a section is too late'
	has "$(vars /late/echo)" B none
	has "$(vars /late/echo)" A env
	has "$(vars /late/set/echo)" B i
	has "$(vars /late/set/echo)" A env
	lacks "$(vars /late/echo 'X-Late: 1')" no-proxy
}

#
# proxy-scgi-pathinfo.
#

splits()
{
	splits_text=$(vars "$1")
	has "$splits_text" SCRIPT_NAME "$2"
	has "$splits_text" PATH_INFO "$3"
	lacks "$splits_text" proxy-scgi-pathinfo
}

test_path_info()
{
	own_gateway - <<-EOT
	SetEnvIf Request_URI . proxy-scgi-pathinfo=0
	ProxyPass /scgi-bin/ $URL
	ProxyPass /base/ ${AT}localhost/the/base/
	ProxyPass /bare ${AT}localhost
	ProxyPass /a/ $URL
	ProxyPass / $URL
	EOT
	splits /foo/bar '' /foo/bar
	splits / '' /
	splits /scgi-bin/foo/bar /scgi-bin /foo/bar
	splits /scgi-bin/ /scgi-bin /
	splits /base/x /base /the/base/x
	splits /bare /bare /
	splits /bare/x /bare /x
	splits /a/x%20y /a '/x y'
	splits /a/x%3Fy%25 /a '/x?y%'
	splits //scgi-bin///foo /scgi-bin /foo
	has "$(vars /scgi-bin/x%20y)" SCRIPT_FILENAME \
	    proxy:scgi://localhost/x%20y
	has "$(vars /base/x)" SCRIPT_FILENAME \
	    proxy:scgi://localhost/the/base/x
	has "$(vars /bare)" SCRIPT_FILENAME proxy:scgi://localhost/
	# PATH_INFO is the path of a mapping itself (httpd)
	has "$(vars /scgi-bin/app/x)" PATH_TRANSLATED \
	    "$(value SCRIPT_FILENAME "$(vars /app/x)")"
}

# Any way to set it is early enough, any value counts.
test_path_info_is_asked_for()
{
	own_gateway - <<-EOT
	DocumentRoot /srv/
	ProxyPass /none/ $URL
	ProxyPass /env/ $URL
	ProxyPass /if/ $URL
	<Location /env>
	SetEnv proxy-scgi-pathinfo
	</Location>
	<Location /if>
	SetEnvIf X-Ask . proxy-scgi-pathinfo
	</Location>
	<Location /at>
	ProxyPass $URL
	SetEnv proxy-scgi-pathinfo 0
	</Location>
	EOT
	text=$(vars /none/x)
	has "$text" SCRIPT_NAME /none/x
	lacks "$text" PATH_INFO PATH_TRANSLATED
	splits /env/x /env /x
	has "$(vars /env/x)" PATH_TRANSLATED /srv/x
	text=$(vars /if/x)
	has "$text" SCRIPT_NAME /if/x
	lacks "$text" PATH_INFO
	has "$(vars /if/x 'X-Ask: 1')" PATH_INFO /x
	splits /at/x /at /x
}

#
# Where to.
#

test_mapping_order()
{
	own_gateway - <<-EOT
	ProxyPass /app/static !
	ProxyPass /app/b ${AT}b/
	ProxyPass /app ${AT}a/
	ProxyPass /app/c ${AT}c/
	ProxyPass /slash/ ${AT}s/
	ProxyPass /two//slashes ${AT}t/
	ProxyPass /glue/ ${AT}g
	EOT
	is "$(place /app)" a
	is "$(place /app/)" a
	is "$(place /app/x)" a
	is "$(place /apple)" 404 'no whole segment'
	is "$(place /App)" 404 'another case'
	is "$(place /app/b/x)" b
	is "$(place /app/bb)" a
	is "$(place /app/c)" a 'the first match wins'
	is "$(place /app/static)" 404
	is "$(place /app/static/x)" 404
	is "$(place /app/statics)" a
	is "$(place /slash)" 404 'shorter than the path'
	is "$(place /slash/)" s
	is "$(place //slash///x)" s
	is "$(place /two/slashes)" t
	is "$(place /a%70p/%62)" b 'the decoded path counts'
	is "$(place /glue/)" g
	is "$(place /glue/x)" 400 'scgi://gx'
	log_has '/glue/: unix:.*app\.sock' 'the fault of the configuration'
	is "$(place /)" 404
}

test_location_order()
{
	own_gateway - <<-EOT
	ProxyPass /app/server ${AT}server/
	ProxyPass / ${AT}rest/
	<Location /app/late>
	ProxyPass ${AT}early/
	</Location>
	<Location /app>
	ProxyPass ${AT}app/
	SetEnv S app
	</Location>
	<Location /app/inner>
	ProxyPass ${AT}inner/
	SetEnv S inner
	</Location>
	<Location /app/not>
	ProxyPass !
	</Location>
	<Location /app/only>
	SetEnv S only
	</Location>
	<Location /dir/>
	ProxyPass ${AT}dir/
	</Location>
	<Location /w*/?>
	ProxyPass ${AT}wild/
	</Location>
	EOT
	is "$(place /x)" rest
	is "$(place /app)" app
	is "$(place /apple)" rest
	is "$(place /app/inner/x)" inner
	is "$(place /app/late)" app 'the last section wins, not the longest'
	is "$(place /app/server)" app 'a section wins over the server'
	is "$(place /app/not/x)" 404 'the ! of a section'
	is "$(place /app/only/x)" app
	is "$(place /dir)" rest 'Location /dir/ is not /dir'
	is "$(place /dir/x)" dir
	is "$(place /wa/b)" wild
	is "$(place /wa/bc)" rest
	is "$(place /w/a/b)" rest
	has "$(vars /app/inner/echo)" S inner
	has "$(vars /app/only/echo)" S only
	lacks "$(vars /echo)" S
}

#
# Ways to the application.
#

test_tcp()
{
	start_backend tcp -p 0 -r "$T/tcp.record"
	own_gateway - <<-EOT
	ProxyPass / $URL
	EOT
	text=$(vars /echo/x)
	has "$text" SCRIPT_FILENAME "proxy:scgi://127.0.0.1:$BPORT/echo/x"
	text=$(post /body 'a body over tcp')
	is "$(printf '%s\n' "$text" | body)" 'a body over tcp'
}

test_tcp_by_name()
{
	start_backend tcp -p 0
	own_gateway - <<-EOT
	ProxyPass / SCGI://LocalHost:$BPORT/
	EOT
	text=$(vars /echo/x)
	has "$text" SCRIPT_FILENAME "proxy:scgi://localhost:$BPORT/echo/x"
}

test_ipv6()
{
	start_backend six -a ::1 -p 0
	pick_port
	own_gateway - <<-EOT
	Listen 127.0.0.1:$PORT
	Listen [::1]:$PORT
	ProxyPass / scgi://[::1]:$BPORT/
	EOT
	opens ::1 "$PORT"
	text=$(ADDR=::1 vars /echo/x)
	has "$text" SCRIPT_FILENAME "proxy:scgi://[::1]:$BPORT/echo/x"
	has "$text" SERVER_ADDR ::1
	has "$text" REMOTE_ADDR ::1
	text=$(ADDR=::1 wire s 'GET /echo HTTP/1.0\r\n\r\n' r)
	has "$text" SERVER_NAME '[::1]'
}

test_unix_listener()
{
	pick_port
	own_gateway - <<-EOT
	Listen 127.0.0.1:$PORT
	Listen unix:$T/front.sock
	ProxyPass / $URL
	EOT
	opens "$T/front.sock" ''
	text=$(ADDR=$T/front.sock vars /echo/x)
	has "$text" REMOTE_ADDR unix:
	has "$text" REMOTE_PORT 0
	has "$text" SERVER_ADDR ''
	has "$text" SERVER_NAME localhost
}

# Each is a socket of its own, whatever stands behind the bar.
test_sockets_with_the_same_label()
{
	start_backend one
	one=$URL
	start_backend two
	own_gateway - <<-EOT
	ProxyPass /one $one
	ProxyPass /two $URL
	ProxyPass /three unix:$T/one.sock|scgi:
	ProxyPass /four unix:$T/two.sock|scgi://
	EOT
	is "$(get /one/id | body)" one
	is "$(get /two/id | body)" two
	is "$(get /three/id | body)" one
	is "$(get /four/id | body)" two
}

test_name_that_does_not_resolve()
{
	own_gateway - <<-EOT
	ProxyPass /lost scgi://no-such-host.invalid:4000/
	ProxyPass / $URL
	EOT
	log_has 'no-such-host\.invalid' 'the warning at start'
	status "$(get /lost/x)" 503
	log_has 'connect: scgi://no-such-host\.invalid:4000: .*no address' \
	    'the line of the request'
	status "$(get /echo)" 200
}

#
# The answer.
#

test_status()
{
	is "$(status_line "$(answer 'Status: 404\n\n')")" \
	    'HTTP/1.1 404 Not Found'
	is "$(status_line "$(answer 'Status: 404 Gone fishing\n\n')")" \
	    'HTTP/1.1 404 Gone fishing'
	is "$(status_line "$(answer 'Status: 299\n\n')")" \
	    'HTTP/1.1 299 Status 299'
	is "$(status_line "$(answer 'status: 201\nSTATUS: 202\n\n')")" \
	    'HTTP/1.1 202 Accepted'
	is "$(status_line "$(answer 'Content-Type: a/b\n\n')")" \
	    'HTTP/1.1 200 OK'
	is "$(status_line "$(answer 'Status: 200\n\n')")" 'HTTP/1.1 200 OK'
	is "$(status_line "$(answer 'Status: 599\n\n')")" \
	    'HTTP/1.1 599 Status 599'
}

# The leading number counts, and the phrase is ours then (httpd).
test_status_with_more_behind()
{
	is "$(status_line "$(answer 'Status: 404x y\n\n')")" \
	    'HTTP/1.1 404 Not Found'
}

test_bad_status()
{
	for bad in 99 100 103 199 600 999 abc 20 2000 -200 ''; do
		status "$(answer "Status: $bad\\n\\n")" 502 "Status: $bad"
	done
}

test_line_ends()
{
	for head in 'Content-Type: a/b\r\nX-A: 1\r\n\r\n' \
	    'Content-Type: a/b\nX-A: 1\n\n' \
	    'Content-Type: a/b\r\nX-A: 1\n\r\n' \
	    'content-type:a/b\nx-a:   1  \n\r\n'; do
		text=$(answer "$head" 'the\nbody')
		status "$text" 200 "$head"
		is "$(printf '%s\n' "$text" | field Content-Type)" a/b
		is "$(printf '%s\n' "$text" | field X-A)" 1
		is "$(printf '%s\n' "$text" | body)" "$(printf 'the\nbody')"
	done
}

# What an application printed instead of a head is in the log.
test_what_was_said()
{
	: >"$LOG"
	answer 'X-A: 1\nthis is no field\nX-B: 2\n\n' >/dev/null
	log_has 'response head: unix:.*: line without a colon: "this is no field"'
	answer 'Hello, world' >/dev/null
	log_has 'closed in the middle of the response head: "Hello, world" .loc'
	answer 'Traceback (most recent call last):\n  File "x"\nKeyError: 1\n' \
	    >/dev/null
	log_has 'of the response head: "KeyError: 1" '
	answer 'Traceback (most recent call last):\n  x\nValueError: 2\n\nx' \
	    >/dev/null
	log_has 'response head: unix:.*: "ValueError: 2" '
	answer "X-A: 1\\nX-Long: $(printf '%09000d' 0)\\n\\n" >/dev/null
	log_has 'a line is longer than responsefieldsize=: "X-Long: 0{192}" '
}

# whole TEXT WHAT: $whole_text is a whole answer with that body
whole()
{
	status "$whole_text" 200
	is "$(printf '%s\n' "$whole_text" | body)" "$1" "${2:-body}"
}

# Chunks of an application are decoded, however they come.
test_chunked_answer()
{
	head='Content-Type: text/plain\r\nTransfer-Encoding: Chunked\r\n\r\n'
	chunks='5;x=1\r\nhello\r\n0006\r\n world\r\n0\r\nX-T: 1\r\n\r\n'
	for more in '' '&hold=1' '&split=1' '&split=3' '&split=17&hold=1'; do
		for minor in 1 0; do
			path="/head?raw=$(escaped "$head")&b=$(escaped \
			    "$chunks")$more"
			began=$(date +%s)
			whole_text=$(chat s "GET $path HTTP/1.$minor\r\n" \
			    s 'Host: x\r\n\r\n' k)
			whole 'hello world' "$more 1.$minor"
			unlike "$whole_text" '^X-T:'
			[ $(($(date +%s) - began)) -lt 3 ] ||
				fail "$more: the end was not seen"
		done
	done
	# before a length, which is not heeded then; nothing is there
	whole_text=$(answer "Content-Length: 3\\r\\n$head" "$chunks")
	whole 'hello world' 'a length beside'
	whole_text=$(answer "$head" '0\r\n\r\n')
	whole '' 'no chunk'
	is "$(printf '%s\n' "$whole_text" | field Content-Length)" 0
	# what follows the last chunk is nobody's
	whole_text=$(answer "$head" "$chunks"'HTTP/1.1 200 OK\r\n\r\nx')
	whole 'hello world' 'what follows'
	# HEAD, 204 and 304 have no body
	text=$(request HEAD "/head?raw=$(escaped "$head")&b=$(escaped \
	    "$chunks")")
	status "$text" 200
	log_lacks 'answer cut|malformed'
}

test_chunked_answer_that_is_none()
{
	head='Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n'
	status "$(answer "$head" 'hello')" 502
	log_has 'response: unix:.*: a malformed chunk'
	status "$(answer "$head" '')" 200
	log_has 'answer cut after 0 bytes: closed before its last chunk'
	path="/head?raw=$(escaped "$head")&b=$(escaped '5\r\nhelloxx')"
	text=$(chat s "GET $path HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n" r)
	unlike "$text" '^0$' 'the end of chunks'
	path="$path&split=4"
	text=$(chat s "GET $path HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n" r)
	unlike "$text" '^0$' 'the end of chunks'
	log_has 'answer cut after 5 bytes: a malformed chunk'
	for coding in gzip identity 'gzip, chunked' 'chunked, chunked' ''; do
		status "$(answer "Transfer-Encoding: $coding\\r\\n\\r\\n" \
		    x)" 502 "$coding"
	done
	log_has 'response head: unix:.*Transfer-Encoding is not chunked'
}

# A length that is none, and more bytes than it says, are told of.
test_lengths_that_are_wrong()
{
	for value in None '' -5 5.0 '5, x'; do
		: >"$LOG"
		text=$(answer "Content-Length: $value\\r\\n\\r\\n" 'hello!')
		status "$text" 200 "$value"
		is "$(printf '%s\n' "$text" | body)" 'hello!' "$value"
		log_has "receive: unix:.*: Content-Length \"$value\" is no"
	done
	: >"$LOG"
	text=$(answer 'Content-Length: 5, 5\r\n\r\n' hello)
	is "$(printf '%s\n' "$text" | field Content-Length)" 5
	log_lacks 'Content-Length'
	text=$(answer 'Content-Length: 5\r\n\r\n' 'hello world')
	is "$(printf '%s\n' "$text" | body)" hello
	log_has 'its Content-Length is 5 and at least 11 bytes came .*/head'
	: >"$LOG"
	status "$(answer 'Content-Length: 5, 6\r\n\r\n' hello)" 502
}

# Dates that are not quite those of RFC 9110 are compared, what is no date
# passes.
test_odd_dates()
{
	for date in 'Sun, 06 Nov 1994 08:49:37 UTC' \
	    'Sun, 06 Nov 1994 08:49:37 +0000' 'Sun, 6 Nov 1994 08:49:37 -0000' \
	    'Sun, 06 Nov 1994 10:49:37 +0200'; do
		text=$(answer "Last-Modified: $date\\r\\n\\r\\n" x \
		    'If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT')
		status "$text" 304 "$date"
		text=$(answer \
		    'Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n' x \
		    "If-Modified-Since: $date")
		status "$text" 304 "$date of the client"
	done
	text=$(answer 'Last-Modified: once upon a time\r\n\r\n' x)
	is "$(printf '%s\n' "$text" | field Last-Modified)" 'once upon a time'
	# of the future: RFC 9110 13.1.3 lets no client mean that
	text=$(answer 'Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n' x \
	    'If-Modified-Since: Fri, 01 Jan 2038 00:00:00 GMT')
	status "$text" 200 'later than now'
}

test_empty_head()
{
	for head in '\n' '\r\n'; do
		text=$(answer "$head" 'just a body')
		is "$(status_line "$text")" 'HTTP/1.1 200 OK'
		is "$(printf '%s\n' "$text" | field Content-Type)" ''
		is "$(printf '%s\n' "$text" | body)" 'just a body'
	done
}

test_bad_heads()
{
	for head in 'no colon\n\n' 'X-A: 1\n folded\n\n' 'X-A : 1\n\n' \
	    ': 1\n\n' 'X(A): 1\n\n' 'X-A: a\000b\n\n' 'X-A: a\rb\n\n' \
	    'X-A: \001\n\n' 'X-A\000: 1\n\n' \
	    'Content-Length: 1\nContent-Length: 2\n\n' \
	    'HTTP/1.1\n\n' 'X-A: 1\nHTTP/1.1 200 OK\n\n' \
	    'HTTP/1.1 99 Low\n\n'; do
		text=$(answer "X-Secret: 1\\n$head" body)
		status "$text" 502 "$head"
		unlike "$text" 'X-Secret|^body' "$head"
		status "$(answer "$head")" 502 "$head alone"
	done
	log_has 'response head: unix:.*location /' 'who and where'
	text=$(answer 'Content-Length: 4\nContent-Length: 4\n\n' same)
	status "$text" 200 'the same length twice'
	text=$(answer "X-A: a${TAB}b\\n\\n")
	is "$(printf '%s\n' "$text" | field X-A)" "a${TAB}b" 'a tab'
}

test_nph()
{
	text=$(get /nph)
	is "$(status_line "$text")" 'HTTP/1.1 202 Custom'
	is "$(printf '%s\n' "$text" | field X-Nph)" yes
	is "$(printf '%s\n' "$text" | body)" nph
	is "$(status_line "$(answer 'HTTP/1.0 404 Not here\r\n\r\n')")" \
	    'HTTP/1.1 404 Not here'
}

long()
{
	awk -v n="$1" 'BEGIN { while (n-- > 0) printf "x" }'
}

# The same as answer, for heads that are too long for the words of a command.
long_answer()
{
	{
		printf 'GET /head?raw='
		escaped "$1"
		printf '&b=%s HTTP/1.1\r\nHost: x\r\n' "$2"
		printf 'Connection: close\r\n\r\n'
	} >"$T/long"
	talk_to -d to f "$T/long" k | tr -d '\r'
}

# 8 KiB a line, 64 KiB in all.
test_limits_of_the_head()
{
	text=$(answer "X: $(long 8189)\\nY: 1\\n\\n")
	status "$text" 200 'a line of 8192 bytes'
	is "$(printf '%s\n' "$text" | field X | wc -c | tr -d ' ')" 8190
	status "$(answer "X: $(long 8190)\\n\\n")" 502 'one byte more'
	log_has 'response head: unix:.*longer than'
	# 8 lines of 8000 bytes, and what is missing to 65536
	many=$(for i in 1 2 3 4 5 6 7 8; do
		echo "X-$i: $(long 7994)"
	done)
	text=$(long_answer "$many\\nX: $(long 1531)\\n\\n" b)
	status "$text" 200 'a head of 64 KiB'
	is "$(printf '%s\n' "$text" | body)" b
	status "$(long_answer "$many\\nX: $(long 1532)\\n\\n" b)" 502 \
	    'one byte more than 64 KiB'
}

test_field_size_of_a_member()
{
	own_gateway - <<-EOT
	LimitRequestLine 100000
	ProxyPass /big $URL responsefieldsize=20000
	ProxyPass / ${AT}other/ responsefieldsize=100
	EOT
	head=$(escaped "X: $(long 19000)\\n\\n")
	status "$(get "/big/head?raw=$head")" 200
	head=$(escaped "X: $(long 97)\\n\\n")
	status "$(get "/head?raw=$head")" 200 '100 bytes'
	head=$(escaped "X: $(long 98)\\n\\n")
	status "$(get "/head?raw=$head")" 502 '101 bytes'
}

test_content_type()
{
	text=$(answer 'Content-Type: Text/HTML; Charset=UTF-8 \n\n')
	is "$(printf '%s\n' "$text" | field Content-Type)" \
	    'text/html; Charset=UTF-8'
}

test_repeated_fields()
{
	text=$(answer "$(cat <<-'EOT'
	Status: 302
	Location: /a
	ETag: "1"
	Content-Range: x
	Content-Type: a/a
	Last-Modified: Thu, 01 Jan 1998 00:00:00 GMT
	Location: /b
	ETag: "2"
	Content-Range: y
	Content-Type: b/b
	Last-Modified: Fri, 02 Jan 1998 00:00:00 GMT
	X-Many: 1
	X-Many: 2
	Set-Cookie: a=1
	Set-Cookie: b=2, c
	EOT
	)\n\n")
	for want in 'Location:/b' 'ETag:"2"' 'Content-Range:y' \
	    'Content-Type:b/b' \
	    'Last-Modified:Fri, 02 Jan 1998 00:00:00 GMT'; do
		is "$(printf '%s\n' "$text" | field "${want%%:*}")" \
		    "${want#*:}" "${want%%:*}"
	done
	is "$(printf '%s\n' "$text" | field Set-Cookie | tr '\n' '|')" \
	    'a=1|b=2, c|' Set-Cookie
	# one line or two: a list all the same
	is "$(printf '%s\n' "$text" | field X-Many | tr -d ' ' |
	    tr ',' '\n' | tr '\n' '|')" '1|2|' X-Many
}

test_last_modified()
{
	text=$(answer 'Last-Modified: yesterday\nX-A: 1\n\n')
	is "$(printf '%s\n' "$text" | field Last-Modified)" yesterday
	is "$(printf '%s\n' "$text" | field X-A)" 1
	text=$(answer 'Last-Modified: Thu, 01 Jan 2037 00:00:00 GMT\n\n')
	is "$(printf '%s\n' "$text" | field Last-Modified)" \
	    "$(printf '%s\n' "$text" | field Date)" 'of the future'
}

test_date_and_server()
{
	text=$(answer 'Date: Thu, 01 Jan 1998 00:00:00 GMT\nServer: me\n\n')
	is "$(printf '%s\n' "$text" | field Date)" \
	    'Thu, 01 Jan 1998 00:00:00 GMT'
	is "$(printf '%s\n' "$text" | field Server)" me
	text=$(answer '\n')
	like "$(printf '%s\n' "$text" | field Date)" \
	    '^[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT$'
	is "$(printf '%s\n' "$text" | field Server)" \
	    "gateway/$VERSION (Unix)"
}

# What belongs to the connection between application and gateway does not
# reach the client, and does not end its connection.
test_hop_by_hop()
{
	head=$(escaped "$(cat <<-'EOT'
	Connection: close, X-Gone
	X-Gone: 1
	Keep-Alive: 3
	Upgrade: h2c
	TE: x
	Trailer: X
	Proxy-Connection: close
	X-Kept: 1
	Content-Length: 4
	EOT
	)\n\n")
	text=$(wire s "GET /head?raw=$head&b=body HTTP/1.1\\r\\n" \
	    s 'Host: x\r\n\r\n' k o 100 | tr -d '\r')
	status "$text" 200
	like "$text" '^X-Kept: 1$'
	unlike "$text" '^(Connection|Keep-Alive|Upgrade|TE|Trailer|X-Gone):'
	unlike "$text" '^(Transfer-Encoding|Proxy-Connection):'
	like "$text" '^Content-Length: 4$'
	like "$text" '^body<open>$' 'the connection'
}

# Without a length: chunks for 1.1, to the end for 1.0.  (That it is computed
# when all came at once hangs on time; the units of reply see it.)
test_framing()
{
	text=$(wire s 'GET /stream?n=2&ms=100 HTTP/1.1\r\nHost: x\r\n\r\n' \
	    k o 100)
	like "$text" '^Transfer-Encoding: chunked'
	unlike "$text" '^Content-Length'
	is "$(printf '%s\n' "$text" | tr -d '\r' | body)" "$(printf \
	    '7\nline 0\n\n7\nline 1\n\n0\n\n<open>')" chunks
	text=$(wire s 'GET /stream?n=2&ms=100 HTTP/1.0\r\n' \
	    s 'Connection: keep-alive\r\n\r\n' r)
	unlike "$text" '^(Transfer-Encoding|Content-Length)'
	is "$(printf '%s\n' "$text" | tr -d '\r' | body)" \
	    "$(printf 'line 0\nline 1')" 'to the end of the connection'
	text=$(get '/bytes?n=100&len=1')
	is "$(printf '%s\n' "$text" | field Content-Length)" 100
}

test_keep_alive_of_http_1_0()
{
	text=$(wire s 'GET /bytes?n=8&len=1 HTTP/1.0\r\n' \
	    s 'Connection: keep-alive\r\n\r\n' k o 100 | tr -d '\r')
	like "$text" '^Connection: Keep-Alive$'
	like "$text" '^Keep-Alive: timeout=5'
	like "$text" '<open>$'
	text=$(wire s 'GET /bytes?n=8&len=1 HTTP/1.0\r\n\r\n' r | tr -d '\r')
	like "$text" '^Connection: close$'
}

test_errors_keep_the_connection()
{
	for code in 400 404 408 411 413 414 500 501 503; do
		text=$(wire s "GET /status/$code HTTP/1.1\\r\\n" \
		    s 'Host: x\r\n\r\n' k o 50 | tr -d '\r')
		status "$text" "$code"
		unlike "$text" '^Connection:' "$code"
		like "$text" '<open>$' "$code"
	done
}

bodyless()
{
	text=$(wire s "$1 /head?raw=$2&b=abcd HTTP/1.1\\r\\nHost: x\\r\\n" \
	    s '\r\n' m '\r\n\r\n' o 100 | tr -d '\r')
	like "$text" '^<open>$' "$1: behind the head"
	text=$(wire s "$1 /head?raw=$2&b=abcd HTTP/1.1\\r\\nHost: x\\r\\n" \
	    s '\r\nGET /id HTTP/1.1\r\nHost: x\r\n\r\n' m '\r\n\r\n' k |
	    tr -d '\r')
	like "$text" '^X-Backend: app$' "$1: the next answer"
}

test_204_304_and_head()
{
	fields='Content-Type: a/b\nContent-Length: 4\nETag: "1"\n'
	fields=$fields'Content-Encoding: x\nContent-Language: de\n\n'
	for code in 204 304; do
		bodyless GET "$(escaped "Status: $code\\n$fields")"
		status "$text" "$code"
		like "$text" '^ETag: "1"$' "$code"
		text=$(answer "Status: $code\\n$fields" abcd)
		unlike "$text" '^(Content-|Transfer-|abcd)' "$code"
	done
	bodyless HEAD "$(escaped "$fields")"
	like "$text" '^Content-Length: 4$'
	like "$text" '^Content-Type: a/b$'
	unlike "$text" '^abcd'
	bodyless HEAD "$(escaped 'Content-Type: a/b\n\n')"
	bodyless HEAD "$(escaped 'Content-Length: 9\n\n')"
	like "$text" '^Content-Length: 9$' 'a short body of HEAD'
	log_lacks 'answer cut'
	has "$(wire s 'GET /id HTTP/1.0\r\n\r\n' r | head_of |
	    sed 's/: /=/' | tr -d '\r')" X-Backend app
	lacks "$(request HEAD /echo)" REQUEST_METHOD
}

test_location()
{
	text=$(answer 'Location: http://other/\n\n' moved)
	is "$(status_line "$text")" 'HTTP/1.1 302 Found'
	is "$(printf '%s\n' "$text" | field Location)" http://other/
	is "$(printf '%s\n' "$text" | body)" moved
	text=$(answer 'Status: 200\nLocation: http://other/\n\n')
	status "$text" 200 'an explicit 200'
	is "$(printf '%s\n' "$text" | field Location)" http://other/
	text=$(answer 'Status: 201\nLocation: /new\n\n')
	status "$text" 201
	is "$(printf '%s\n' "$text" | field Location)" /new
}

# conditional head [field ...]: the status
conditional()
{
	conditional_head=$1
	shift
	answer "$conditional_head\\n" body "$@" |
		sed -n '1s/^HTTP\/1.1 \([0-9]*\).*/\1/p'
}

# The gateway looks at conditions where the application did not
# (httpd, RFC 9110 13).
test_conditions()
{
	old='Last-Modified: Thu, 01 Jan 1998 00:00:00 GMT\n'
	before='Wed, 31 Dec 1997 00:00:00 GMT'
	same='Thu, 01 Jan 1998 00:00:00 GMT'
	tag='ETag: "a"\n'
	is "$(conditional "$tag" 'If-None-Match: "a"')" 304
	is "$(conditional "$tag" 'If-None-Match: "b"')" 200
	is "$(conditional "$tag" 'If-None-Match: "b", W/"a"')" 304
	is "$(conditional 'ETag: W/"a"\n' 'If-None-Match: "a"')" 304
	is "$(conditional "$tag" 'If-None-Match: *')" 304
	is "$(conditional "$old" "If-Modified-Since: $same")" 304
	is "$(conditional "$old" "If-Modified-Since: $before")" 200
	is "$(conditional "$old" 'If-Modified-Since: some day')" 200
	is "$(conditional '' "If-Modified-Since: $same")" 200
	is "$(conditional "$tag" 'If-Match: "a"')" 200
	is "$(conditional "$tag" 'If-Match: "b"')" 412
	is "$(conditional "$tag" 'If-Match: "b", "a"')" 200
	is "$(conditional 'ETag: W/"a"\n' 'If-Match: W/"a"')" 412
	is "$(conditional '' 'If-Match: "a"')" 412 'If-Match, no tag'
	is "$(conditional "$old" "If-Unmodified-Since: $same")" 200
	is "$(conditional "$old" "If-Unmodified-Since: $before")" 412
	# the tag counts, not the date
	is "$(conditional "$tag$old" 'If-None-Match: "b"' \
	    "If-Modified-Since: $same")" 200
	is "$(conditional "$tag$old" 'If-None-Match: "a"' \
	    "If-Modified-Since: $before")" 304
}

# An application that tells a status has looked itself.
test_conditions_and_a_status()
{
	for said in 200 404 201; do
		is "$(conditional "Status: $said\nETag: \"a\"\n" \
		    'If-None-Match: "a"')" $said
		is "$(conditional "Status: $said\nETag: \"a\"\n" \
		    'If-Match: "b"')" $said
	done
	# and only these methods ask for a copy
	path="/head?raw=$(escaped 'ETag: "a"\n\n')&b=body"
	status "$(request POST "$path" 'If-None-Match: "a"')" 200 POST
	status "$(request HEAD "$path" 'If-None-Match: "a"')" 304 HEAD
}

test_answers_to_conditions()
{
	lines=$(wc -l <"$LOG")
	head='ETag: "a"\nSet-Cookie: a=1\nX-A: 1\nContent-Type: a/b\n\n'
	text=$(answer "$head" body 'If-None-Match: "a"')
	status "$text" 304
	for want in 'ETag:"a"' 'Set-Cookie:a=1' X-A:1; do
		is "$(printf '%s\n' "$text" | field "${want%%:*}")" \
		    "${want#*:}" "${want%%:*}"
	done
	unlike "$text" '^(Content-|Transfer-|body)'
	text=$(answer "$head" body 'If-Match: "b"')
	status "$text" 412
	like "$text" '^<h1>Precondition Failed</h1>$'
	unlike "$text" '^body$'
	# the next request is in its place
	text=$(wire s "GET /head?raw=$(escaped "$head")&b=x HTTP/1.1\\r\\n" \
	    s 'Host: x\r\nIf-None-Match: "a"\r\n\r\n' m '\r\n\r\n' \
	    s 'GET /id HTTP/1.1\r\nHost: x\r\n\r\n' k | tr -d '\r')
	like "$text" '^X-Backend: app$'
	is "$(wc -l <"$LOG")" "$lines" 'lines of the log: no fault'
}

test_partial_answers_pass()
{
	text=$(answer 'Status: 206\nContent-Range: bytes 0-3/9\n\n' abcd \
	    'Range: bytes=0-3')
	status "$text" 206
	is "$(printf '%s\n' "$text" | field Content-Range)" 'bytes 0-3/9'
	is "$(printf '%s\n' "$text" | body)" abcd
	text=$(answer 'Content-Length: 4\n\n' abcd 'Range: bytes=0-1')
	status "$text" 200 'ranges are the matter of the application'
	is "$(printf '%s\n' "$text" | body)" abcd
}

# Each piece is there before the next is made.
test_streaming()
{
	for where in stream 'stream?type=text/plain'; do
		case $where in
		*\?*)
			where="$where&n=2&ms=5000" ;;
		*)
			where="$where?n=2&ms=5000" ;;
		esac
		text=$(wire s "GET /$where HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n" \
		    m 'line 0\n' t)
		ms=$(printf '%s\n' "$text" | sed -n 's/^<\([0-9]*\) ms>$/\1/p')
		[ "${ms:-9999}" -lt 2500 ] || fail "$where: after $ms ms"
	done
}

test_request_switches()
{
	own_gateway - <<-EOT
	ProxyPass / $URL
	<Location /no>
	SetEnv nokeepalive 1
	</Location>
	<Location /down>
	SetEnvIf Request_URI . downgrade-1.0
	</Location>
	<Location /line>
	SetEnvIf Request_URI . force-response-1.0
	</Location>
	EOT
	text=$(wire s 'GET /no/bytes?n=8&len=1 HTTP/1.1\r\nHost: x\r\n\r\n' \
	    k o 1000 | tr -d '\r')
	like "$text" '^Connection: close$'
	like "$text" '<closed>$'
	text=$(wire s 'GET /down/stream?n=2&ms=50 HTTP/1.1\r\nHost: x\r\n' \
	    s '\r\n' r | tr -d '\r')
	unlike "$text" '^Transfer-Encoding'
	is "$(printf '%s\n' "$text" | body)" "$(printf 'line 0\nline 1')"
	text=$(wire s 'GET /line/id HTTP/1.0\r\n\r\n' r | tr -d '\r')
	is "$(status_line "$text")" 'HTTP/1.0 200 OK'
	text=$(get /line/id)
	is "$(status_line "$text")" 'HTTP/1.1 200 OK'
	text=$(vars /no/echo)
	lacks "$text" nokeepalive
}

run_tests
