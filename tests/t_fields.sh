#!/bin/sh
# Fields on their way: Header, RequestHeader, ProxyPassReverse and its kin.

. "${0%/*}/lib.sh"

mkdir -p "$T/www"
printf 'file' >"$T/www/file.txt"
chmod -R a+rX "$T/www"

start_backend
BARE=${URL%/}
start_gateway - <<EOT
ServerName front.example
UseCanonicalName On
DocumentRoot $T/www
LogFormat "note %{kept}n %{X-Out}o" own
CustomLog @ACCESS@ own
SetEnvIf X-Pass (.+) PASS=\$1
Header set X-Server server
Header set X-Both server
Header unset X-Secret
Header edit X-Edit "^(.)(.*)\$" "\$2\$1"
Header edit* X-All a o
Header append X-List last
Header merge X-Merge b
Header add Set-Cookie "more=1"
Header setifempty X-Empty filled
Header set X-Pass "%{PASS}e 100%%" env=PASS
Header set X-None yes env=!PASS
Header note X-Out kept
Header echo ^X-Echo
Header add Set-Cookie "ROUTEID=.%{BALANCER_WORKER_ROUTE}e; path=/" \\
    env=BALANCER_ROUTE_CHANGED
RequestHeader set X-Set gateway
RequestHeader unset X-Gone
RequestHeader append X-Append two
RequestHeader edit X-Swap "(.)(.)" "\$2\$1"
RequestHeader set Proxy http://evil/
ProxyPass /app $BARE
ProxyPass /base $BARE/base
ProxyPassReverse /base scgi://localhost/base
ProxyPassReverse /abs http://inner.example:8080/
ProxyPassReverseCookieDomain inner.example front.example
ProxyPassReverseCookiePath / /base/
<Location /app/in>
Header set X-Both location
Header unset X-Server
RequestHeader set X-Set location
</Location>
<VirtualHost *>
ServerName front.example
</VirtualHost>
<VirtualHost *>
ServerName other.example
Header set X-Both host
Header set X-Host host
</VirtualHost>
EOT

# head PATH HEAD [field ...]: an answer with that head (printf's escapes)
head_from()
{
	head_path=$1
	head_text=$(escaped "$2\n\n")
	shift 2
	get "$head_path/head?raw=$head_text" "$@"
}

# has text NAME VALUE: the values of a field, one a line
has()
{
	is "$(printf '%s\n' "$1" | field "$2")" "$3" "$2"
}

test_verbs()
{
	text=$(head_from /app 'X-Secret: 1\nX-Edit: 1234\nX-All: banana
X-List: first\nX-Merge: a, b\nX-Empty: own\nX-Both: app
Set-Cookie: a=1\nX-Out: out' 'X-Echo-One: 1' 'X-Echo-Two: 2')
	has "$text" X-Secret ''
	has "$text" X-Edit 2341
	has "$text" X-All bonono
	has "$text" X-List 'first, last'
	has "$text" X-Merge 'a, b'
	has "$text" X-Empty own
	has "$text" X-Both server
	has "$text" X-Server server
	has "$text" Set-Cookie "$(printf 'a=1\nmore=1')"
	has "$text" X-Echo-One 1
	has "$text" X-Echo-Two 2
	has "$text" X-None yes
	within 3 grep -q '^note out out$' "$ACCESS" || fail 'no note'
	text=$(head_from /app 'X-Out: 1' 'X-Pass: word')
	has "$text" X-Pass 'word 100%'
	has "$text" X-None ''
	has "$text" X-Empty filled
	has "$text" X-Merge b
	has "$text" X-List last
}

test_sections()
{
	text=$(get /app/in/echo)
	has "$text" X-Both location
	has "$text" X-Server ''
	is "$(value HTTP_X_SET "$text")" location
	text=$(get /app/echo)
	has "$text" X-Both server
	text=$(wire s 'GET /app/echo HTTP/1.1\r\nHost: other.example\r\n' \
	    s 'Connection: close\r\n\r\n' r | tr -d '\r')
	has "$text" X-Both host
	has "$text" X-Host host
	has "$text" X-Server server
}

test_every_answer()
{
	has "$(get /file.txt)" X-Server server
	text=$(get /none)
	status "$text" 404
	has "$text" X-Server ''
	text=$(head_from /app 'Status: 304 Not Modified')
	status "$text" 304
	has "$text" X-Server server
	text=$(get '/app/redirect?to=/file.txt')
	is "$(printf '%s\n' "$text" | body)" file
	has "$text" X-Both server
}

test_request()
{
	text=$(get /app/echo 'X-Set: client' 'X-Gone: 1' 'X-Append: one' \
	    'X-Swap: 12')
	is "$(value HTTP_X_SET "$text")" gateway
	is "$(value HTTP_X_APPEND "$text")" 'one, two'
	is "$(value HTTP_X_SWAP "$text")" 21
	lacks "$text" HTTP_X_GONE HTTP_PROXY
	is "$(value HTTP_X_SET "$(get /app/echo)")" gateway
}

test_injection()
{
	text=$(get /app/echo 'X-Pass: a%0d%0aX-Evil: 1')
	has "$text" X-Pass 'a%0d%0aX-Evil: 1 100%'
	has "$text" X-Evil ''
}

# location PATH VALUE: what becomes of it
location()
{
	head_from "$1" "Status: 302 Found\nLocation: $2" | field Location
}

test_reverse()
{
	is "$(location /app http://inner.example:8080/x?y)" \
	    http://front.example/abs/x?y
	is "$(location /app HTTP://INNER.example:8080/x)" \
	    http://front.example/abs/x
	is "$(location /app http://inner.example:80801/x)" \
	    http://inner.example:80801/x
	is "$(location /app http://else.example/x)" http://else.example/x
	is "$(location /app /app/x)" /app/x
	text=$(head_from /app \
	    'Content-Location: http://inner.example:8080/c\nX-Other: http://inner.example:8080/c')
	has "$text" Content-Location http://front.example/abs/c
	has "$text" X-Other http://inner.example:8080/c
}

test_cookies()
{
	text=$(head_from /app \
	    'Set-Cookie: a=/; Path=/x; Domain=inner.example; Secure')
	is "$(printf '%s\n' "$text" | field Set-Cookie | sed -n 1p)" \
	    'a=/; Path=/base/x; Domain=front.example; Secure'
	text=$(head_from /app 'Set-Cookie: a=1; domain=else.example')
	is "$(printf '%s\n' "$text" | field Set-Cookie | sed -n 1p)" \
	    'a=1; domain=else.example'
}

test_reverse_of_a_balancer()
{
	own_gateway - <<-EOT
	ServerName front.example
	UseCanonicalName On
	<Proxy balancer://two>
	BalancerMember unix:$T/app.sock|scgi://one/a
	BalancerMember unix:$T/app.sock|scgi://two/b
	</Proxy>
	ProxyPass /app/ balancer://two/
	ProxyPassReverse /app/ balancer://two/
	BalancerMember balancer://in unix:$T/app.sock|scgi://three/d
	<Location /in/>
	ProxyPass balancer://in/
	ProxyPassReverse balancer://in/
	</Location>
	EOT
	for _ in 1 2; do
		is "$(location /app /a/x)" /app/x
		is "$(location /app /b/x/y)" /app/x/y
		is "$(location /app /c/x)" /c/x
		is "$(location /in /d/x)" /in/x
		# those of the server come first
		is "$(location /in /a/x)" /app/x
	done
}

test_nothing_is_changed()
{
	own_gateway - <<-EOT
	ProxyPass / $URL
	EOT
	text=$(head_from '' 'Location: http://inner.example/x\nX-A: 1\nX-A: 2
Set-Cookie: a=1; path=/; domain=b')
	has "$text" Location http://inner.example/x
	has "$text" X-A "$(printf '1\n2')"
	has "$text" Set-Cookie 'a=1; path=/; domain=b'
}

run_tests
