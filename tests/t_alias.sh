#!/bin/sh
# mod_alias' Redirect and its kin: where a client is sent, and that nobody is
# sent where no line says.  tests/httpd_cases.txt has more, beside httpd.

. "${0%/*}/lib.sh"

mkdir -p "$T/www/old"
printf 'old' >"$T/www/old/x.txt"
printf 'page' >"$T/www/page.html"
chmod -R a+rX "$T/www"

start_backend
start_gateway - <<EOT
ServerName main.example
DocumentRoot $T/www
MergeSlashes Off
ErrorDocument 410 "it is gone"
ErrorDocument 404 /page.html
Redirect permanent /a https://o.example/n
Redirect /page.html /elsewhere
Redirect gone /gone
Redirect 503 /down
Redirect 307 /here /there
Redirect / https://o.example
Redirect /never /n
RedirectMatch ^/m/([a-z]+)/(.*)\$ https://\$1.example/\$2?own
<Location /app/old>
Redirect permanent https://%{HTTP_HOST}%{REQUEST_URI}
</Location>
<Location /app/rel>
RedirectRelative On
RedirectMatch ^/app/rel(.*)\$ \$1
</Location>
<Location /app/wrong>
RedirectMatch ^/app/wrong/(.*)\$ \$1
</Location>
<Location /inner>
InternalOnly On
Redirect gone
</Location>
<Location /app/deny>
Require all denied
Redirect permanent /n
</Location>
<Location /app>
ProxyPass $URL
</Location>
EOT

# sent path [host]: the status and where to
sent()
{
	chat s "GET $1 HTTP/1.0\r\nHost: ${2:-localhost}\r\n\r\n" k | awk '
	NR == 1 { status = $2 }
	tolower($1) == "location:" { to = " " $2 }
	/^$/ { exit }
	END { print status to }'
}

test_statuses()
{
	is "$(sent /a)" '301 https://o.example/n'
	is "$(sent /a/x%20y?q)" '301 https://o.example/n/x%20y?q'
	is "$(sent /here/x)" '307 http://localhost/there/x'
	is "$(sent /gone)" '410'
	is "$(sent /gone/x?q)" '410'
	like "$(get /gone)" 'it is gone'
	is "$(sent /down)" '503'
}

test_order()
{
	# ProxyPass before all that is outside of sections, sections before it
	is "$(sent /app/echo)" '200'
	is "$(sent /app/old/x?q=1 h.example:81)" \
	    '301 https://h.example:81/app/old/x?q=1'
	is "$(sent /app/deny/x)" '403'
	# the first of the file decides
	is "$(sent /never)" '302 https://o.example/never'
}

# A url that ends in its host: what follows never becomes a part of it.
test_host_stays()
{
	is "$(sent /.evil.example/)" '302 https://o.example/.evil.example/'
	is "$(sent /@evil.example/)" '302 https://o.example/@evil.example/'
	is "$(sent //evil.example/)" '302 https://o.example/evil.example/'
	is "$(sent /)" '302 https://o.example'
	like "$(cat "$LOG")" 'a slash is put between https://o.example and'
	# a relative one stays on this host
	is "$(sent /app/rel//evil.example/)" '302 /evil.example/'
	is "$(sent /app/rel/x)" '302 /x'
}

# What a request brings is escaped, wherever it lands.
test_escapes()
{
	is "$(sent '/a/%0D%0ASet-Cookie:%20a=b')" \
	    '301 https://o.example/n/%0D%0ASet-Cookie:%20a=b'
	is "$(sent '/a/%3Fb%23c%25%22%3C')" \
	    '301 https://o.example/n/%3Fb%23c%25%22%3C'
	is "$(sent '/app/old/%0D%0Ax' h)" \
	    '301 https://h/app/old/%0D%0Ax'
	like "$(chat s 'GET /a?\xff\x80" HTTP/1.0\r\n\r\n' k)" \
	    'Location: https://o.example/n[?]%FF%80"'
	like "$(chat s 'GET /app/old/\xff HTTP/1.0\r\nHost: h\r\n\r\n' k)" \
	    'Location: https://h/app/old/%FF'
}

# What comes out has to be a url, or the client gets no Location at all.
test_no_url()
{
	is "$(sent /app/wrong/x)" '500'
	like "$(cat "$LOG")" 'redirect: /app/wrong/x: leads to "x", which is'
	is "$(sent /app/wrong/https:x)" '302 https:x'
}

# A Redirect of the error's document does not change the error.
test_document()
{
	is "$(sent /inner/x)" '404'
}

test_connection_stays()
{
	like "$(chat s 'GET /a HTTP/1.1\r\nHost: h\r\n\r\n' k \
	    s 'GET /app/echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n' \
	    k)" 'HTTP/1.1 200'
}

test_warned()
{
	out=$(run_gateway -n -f /dev/null -c 'ProxyPass / scgi://127.0.0.1:1/' \
	    -c 'Redirect /a /b' -c 'RedirectMatch ^/c /d') || fail "$out"
	like "$out" 'Redirect /a never matches, because ProxyPass / at -c:1'
	out=$(run_gateway -n -f /dev/null -c 'RewriteRule ^/a /b [R]') &&
	    fail 'RewriteRule is accepted'
	like "$out" 'use Redirect or RedirectMatch'
}

run_tests
