#!/bin/sh
#
# make check-real: applications that nobody here wrote, behind the gateway as
# the quick starts of the README show it: uwsgi (plain WSGI, Django, Flask),
# Perl's SCGI.pm, rtorrent.  What is not installed is skipped with a word.
# On Debian: apt-get install uwsgi-core uwsgi-plugin-python3 python3-django
# python3-flask libscgi-perl rtorrent.
#
#	tests/real.sh [test_x ...]

. "${0%/*}/lib.sh"

REAL=$HERE/real
PYTHON=/usr/bin/python3
command -v "$PYTHON" >/dev/null || PYTHON=python3

sha256()
{
	if command -v sha256sum >/dev/null; then
		sha256sum | cut -d ' ' -f 1
	else
		sha256 -q
	fi
}

need_uwsgi()
{
	command -v uwsgi >/dev/null || skip 'uwsgi is not installed'
	uwsgi --plugin python3 --version >/dev/null 2>&1 ||
		skip "uwsgi's python3 plugin is not installed"
}

need_module()
{
	"$PYTHON" -c "import $1" 2>/dev/null || skip "$2 is not installed"
}

socket_is_there()
{
	[ -S "$1" ] || ended "$2"
}

port_is_there()
{
	"$TALK" -w -t 100 127.0.0.1 "$1" || ended "$2"
}

# start_uwsgi unix|tcp module-or-file options ...; sets $AT, an url of ours.
start_uwsgi()
{
	if [ "$1" = unix ]; then
		AT=unix:$T/uwsgi.sock
		uwsgi_socket=$T/uwsgi.sock
	else
		uwsgi_port=$(free_port)
		AT=scgi://127.0.0.1:$uwsgi_port/
		uwsgi_socket=127.0.0.1:$uwsgi_port
	fi
	shift
	spawn uwsgi uwsgi --plugin python3 --scgi-socket "$uwsgi_socket" \
	    --chmod-socket=666 --buffer-size 32768 --chdir "$REAL" \
	    --master --die-on-term --need-app --processes 2 "$@"
	if [ "${AT#unix:}" != "$AT" ]; then
		within 10 socket_is_there "$uwsgi_socket" uwsgi
	else
		within 10 port_is_there "$uwsgi_port" uwsgi
	fi
	ended uwsgi && fail "uwsgi: $(tail -n 5 "$T/uwsgi.err")"
	# the socket is there before the application
	within 10 grep -q 'spawned uWSGI worker' "$T/uwsgi.err" ||
		fail "uwsgi: $(tail -n 5 "$T/uwsgi.err")"
}

# A body from talk -G, named and summed.
upload()
{
	"$TALK" -G "$2" 7 >"$T/upload"
	upload_sum=$(sha256 <"$T/upload")
	upload_said=$(wire s "POST $1 HTTP/1.1\\r\\nHost: localhost\\r\\n" \
	    s "Connection: close\\r\\nContent-Length: $2\\r\\n\\r\\n" \
	    f "$T/upload" k)
	status "$upload_said" 200 upload
	like "$upload_said" "$2 $upload_sum" 'sum of the upload'
}

upload_chunked()
{
	upload_said=$(wire s "POST $1 HTTP/1.1\\r\\nHost: localhost\\r\\n" \
	    s 'Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n' \
	    gc "$2" 7 k)
	status "$upload_said" 200 'chunked upload'
	like "$upload_said" "$2 $("$TALK" -G "$2" 7 | sha256)" \
	    'sum of the chunked upload'
}

#
# Plain WSGI.
#

wsgi_pages()
{
	said=$(get '/show/a%20b?x=1&y=2' 'X-Test: yes')
	status "$said" 200
	like "$said" '^REQUEST_METHOD=GET$'
	like "$said" '^SCRIPT_NAME=$'
	like "$said" '^PATH_INFO=/show/a b$'
	like "$said" '^QUERY_STRING=x=1&y=2$'
	like "$said" '^HTTP_X_TEST=yes$'
	like "$said" '^HTTP_HOST=localhost$'
	like "$said" '^wsgi.url_scheme=http$'

	said=$(get '/show/gr%C3%BC%C3%9Fe/%E2%82%AC')
	like "$said" "^path=/show/gr$(printf '\303\274\303\237')e/" 'UTF-8'

	said=$(post /form 'name=Ada&words=a%20b&name=Bob' \
	    'Content-Type: application/x-www-form-urlencoded')
	like "$said" '^name=Ada\|Bob$' form
	like "$said" '^words=a b$' form

	status "$(get /none)" 404
	is "$(get /none | field content-type)" 'text/plain; charset=utf-8'
	said=$(request HEAD /show)
	status "$said" 200 HEAD
	is "$(printf '%s\n' "$said" | body)" '' 'body of HEAD'
}

wsgi_bodies()
{
	upload /upload 0
	upload /upload 1
	upload /upload 5000000
	upload_chunked /upload 5000000
	said=$(talk_to -o "$T/down" to s 'GET /download?n=5000001 ' \
	    s 'HTTP/1.1\r\nHost: localhost\r\n\r\n' k)
	status "$said" 200
	is "$(printf '%s\n' "$said" | field x-sha256)" \
	    "$(sha256 <"$T/down")" 'sum of the download'
}

wsgi_cookies()
{
	said=$(get /cookie)
	is "$(printf '%s\n' "$said" | field set-cookie | wc -l | tr -d ' ')" 2 \
	    'number of cookies'
	like "$(get /cookie 'Cookie: count=4')" '^count 5$'
	like "$(get /cookie 'Cookie: a=b' 'Cookie: count=6')" '^count 7$' \
	    'cookies in two fields'
}

# Each line comes when it is made, 400 ms after the one before.
wsgi_stream()
{
	said=$(wire s 'GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n' \
	    m 'data: 0' t m 'data: 1' t m 'data: 2' t)
	like "$(printf '%s' "$said" | tr -d '\r')" '^Transfer-Encoding: chunked'
	for ms in $(printf '%s\n' "$said" | sed -n 's/.*<\(.*\) ms>/\1/p' |
	    sed 1d); do
		[ "$ms" -ge 250 ] || fail "a line came after $ms ms"
	done
}

wsgi_redirects()
{
	said=$(get /redirect)
	status "$said" 302
	is "$(printf '%s\n' "$said" | field location)" \
	    http://localhost/elsewhere
	said=$(get /internal)
	status "$said" 200 'internal redirect'
	like "$said" '^QUERY_STRING=from=internal$'
	like "$said" '^REDIRECT_URL=/internal$'
	is "$(printf '%s\n' "$said" | field location)" '' 'Location'
}

wsgi_all()
{
	wsgi_pages
	wsgi_bodies
	wsgi_cookies
	wsgi_stream
	wsgi_redirects
}

test_uwsgi_unix()
{
	need_uwsgi
	start_uwsgi unix --wsgi-file app.py
	start_gateway "$AT"
	wsgi_all
}

test_uwsgi_tcp()
{
	need_uwsgi
	start_uwsgi tcp --wsgi-file app.py
	start_gateway "$AT"
	wsgi_all
}

# As in httpd: the whole path is SCRIPT_NAME unless proxy-scgi-pathinfo.
test_uwsgi_configured()
{
	need_uwsgi
	start_uwsgi unix --wsgi-file app.py
	start_gateway - <<END
SetEnvIf Request_URI . proxy-scgi-pathinfo
ProxyPass /app/ $AT|scgi://localhost/
END
	said=$(get /app/show/x)
	like "$said" '^SCRIPT_NAME=/app$'
	like "$said" '^PATH_INFO=/show/x$'
	status "$(get /other)" 404
}

test_uwsgi_keepalive()
{
	need_uwsgi
	start_uwsgi unix --wsgi-file app.py
	start_gateway "$AT"
	said=$("$TALK" -L 300 -k -c 3 127.0.0.1 "$PORT" /show) ||
		fail "$said"
	like "$said" '^status 200 300$'
}

#
# Frameworks.
#

test_django()
{
	need_uwsgi
	need_module django Django
	start_uwsgi unix --module djangoapp
	start_gateway "$AT"
	like "$(get / | body)" '^Hello from Django at /$'
	# CommonMiddleware appends the slash
	said=$(get /form)
	status "$said" 301
	is "$(printf '%s\n' "$said" | field location)" /form/
	said=$(get /form/)
	like "$said" '"method": "GET"'
	token=$(printf '%s\n' "$said" | sed -n 's/.*"token": "\(.*\)".*/\1/p')
	cookie=$(printf '%s\n' "$said" | field set-cookie | sed 's/;.*//')
	status "$(post /form/ 'name=Ada')" 403 'without the token'
	said=$(post /form/ "name=Ada&csrfmiddlewaretoken=$token" \
	    "Cookie: $cookie" 'Content-Type: application/x-www-form-urlencoded')
	status "$said" 200 'with the token'
	like "$said" '"name": "Ada"'
	is "$(get /away/ | field location)" /
	like "$(get '/absolute/?a=b' | body)" \
	    '^http://localhost/absolute/\?a=b$'
}

test_flask()
{
	need_uwsgi
	need_module flask Flask
	start_uwsgi tcp --module flaskapp:app
	start_gateway "/app/=$AT"
	like "$(get /app/ | body)" '^Hello from Flask at /app/$'
	like "$(get '/app/form?name=Ada')" '"name":"Ada"'
	like "$(post /app/form 'name=Bob' \
	    'Content-Type: application/x-www-form-urlencoded')" \
	    '"method":"POST","name":"Bob"'
	said=$(get /app/login)
	status "$said" 302
	is "$(printf '%s\n' "$said" | field location)" /app/whoami
	cookie=$(printf '%s\n' "$said" | field set-cookie | sed 's/;.*//')
	like "$(get /app/whoami "Cookie: $cookie" | body)" '^user ada$'
	is "$(get /app/stream | body | wc -l | tr -d ' ')" 5
	like "$(get '/app/user/J%C3%BCrgen' | body)" '^user J..rgen$'
	printf '%s\r\n' --b 'Content-Disposition: form-data; name="file"; '\
'filename="x.txt"' '' hello --b-- >"$T/multipart"
	said=$(wire s 'POST /app/file HTTP/1.1\r\nHost: localhost\r\n' \
	    s 'Content-Type: multipart/form-data; boundary=b\r\n' \
	    s "Connection: close\\r\\nContent-Length: $(wc -c \
	    <"$T/multipart" | tr -d ' ')\\r\\n\\r\\n" f "$T/multipart" k)
	like "$said" 'x.txt 5$' 'multipart upload'
}

#
# Perl.
#

test_perl()
{
	perl -MSCGI -e 1 2>/dev/null || skip 'SCGI.pm is not installed'
	perl_port=$(free_port)
	spawn perl perl "$REAL/app.pl" "$perl_port"
	# SCGI.pm dies of a connection without a request: no probe
	within 5 has_file "$T/perl.out" || fail "perl: $(cat "$T/perl.err")"
	start_gateway "scgi://127.0.0.1:$perl_port/"
	said=$(get /world)
	status "$said" 200
	like "$said" '^Hello, /world$'
	said=$(wire s 'POST /up HTTP/1.1\r\nHost: localhost\r\n' \
	    s 'Connection: close\r\nContent-Length: 1000000\r\n\r\n' \
	    g 1000000 5 k)
	like "$said" "^body 1000000 $("$TALK" -G 1000000 5 | sha256)"
	"$TALK" -q -L 100 -k 127.0.0.1 "$PORT" /x >/dev/null ||
		fail '100 requests'
}

#
# rtorrent.
#

call()
{
	post "$1" "<?xml version=\"1.0\"?><methodCall><methodName>$2\
</methodName>${3:-}</methodCall>" 'Content-Type: text/xml'
}

test_rtorrent()
{
	command -v rtorrent >/dev/null || skip 'rtorrent is not installed'
	mkdir "$T/rt"
	cat >"$T/rt/rc" <<END
system.daemon.set = true
session.path.set = $T/rt
directory.default.set = $T/rt
network.port_random.set = yes
dht.mode.set = off
protocol.pex.set = no
trackers.use_udp.set = no
network.scgi.open_local = $T/rt/rpc.sock
END
	HOME=$T/rt spawn rtorrent rtorrent -n -o "import=$T/rt/rc"
	within 10 socket_is_there "$T/rt/rpc.sock" rtorrent
	ended rtorrent && fail "rtorrent: $(tail -n 5 "$T/rtorrent.err" \
	    "$T/rtorrent.out")"
	chmod 666 "$T/rt/rpc.sock"
	start_gateway "/RPC2=unix:$T/rt/rpc.sock"
	said=$(call /RPC2 system.listMethods)
	status "$said" 200
	like "$said" '<string>d.multicall2</string>'
	said=$(call /RPC2 system.client_version)
	like "$said" '<string>[0-9.]+</string>'
	said=$(call /RPC2 no.such.method)
	like "$said" 'not defined'
	said=$("$TALK" -L 50 -B 300 127.0.0.1 "$PORT" /RPC2)
	like "$said" '^status 200 50$' "rtorrent's answers to nonsense"
}

run_tests
rc=$?
echo "$tests_passed passed, $tests_failed failed, $tests_skipped skipped"
exit $rc
