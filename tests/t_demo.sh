# The demo application (examples/demo.c) and make demo (tests/demo.sh).

. "${0%/*}/lib.sh"

DEMO=$TOP/examples/demo
export GATEWAY TALK DEMO

# make demo on a port of our own; it is "demo" in $T, $PORT is where.
PORT=$(free_port)
PORT=$PORT spawn demo sh "$TOP/tests/demo.sh"
within 8 grep -q 'The demo is at' "$T/demo.out" || {
	echo "make demo does not start: $(cat "$T/demo.err")"
	exit 1
}

count_lines()
{
	wc -l | tr -d ' '
}

test_front_page()
{
	said=$(get '/?a=<b>&c="d"' 'X-Test: <&>')
	status "$said" 200
	is "$(printf '%s\n' "$said" | field content-type)" \
	    'text/html; charset=utf-8'
	like "$said" '<tr><td>QUERY_STRING<td>a=&#60;b&#62;&#38;c=&#34;d&#34;$'
	like "$said" '<tr><td>HTTP_X_TEST<td>&#60;&#38;&#62;$'
	like "$said" '<tr><td>PATH_INFO<td>/$'
	like "$said" '<tr><td>CONTENT_LENGTH<td>0$'
}

# A page for a telephone, for the dark, with an icon that is asked from nobody.
test_page_head()
{
	for path in / /form /status/404 /pair/which /broken; do
		said=$(get "$path")
		like "$said" '<meta name=viewport' "$path"
		like "$said" '<meta name=color-scheme content="light dark">' \
		    "$path"
		like "$said" '<link rel=icon href="data:' "$path"
		[ "$path" = / ] ||
			like "$said" '<a href="/">back to the front page' "$path"
	done
	like "$(get / | tail -n 12)" '<h2>Now yours</h2>'
	like "$(get / | tail -n 12)" \
	    '^<pre>\./gateway -d -l 8080 scgi://localhost:4000/$'
	like "$(cat "$T/demo.out")" 'Now yours: *\./gateway -d -l 8080 scgi://'
}

# Every link of the front page leads somewhere.
test_links()
{
	links=$(get / | sed -n 's/^<li><a href="\([^"]*\)".*/\1/p')
	is "$(printf '%s\n' "$links" | count_lines)" 12 'number of links'
	for link in $links; do
		case $link in
		/status/404)
			status "$(get "$link")" 404 "$link" ;;
		/broken)
			status "$(get "$link")" 502 "$link" ;;
		/redirect)
			status "$(get "$link")" 302 "$link" ;;
		/stream)
			status "$(get "$link?n=1")" 200 "$link" ;;
		/slow*)
			status "$(get /slow?s=0)" 200 "$link" ;;
		*)
			status "$(get "$link")" 200 "$link" ;;
		esac
	done
}

test_form()
{
	said=$(get '/form?name=Ada+L&words=%3Cb%3E%26')
	like "$said" 'It came with GET'
	like "$said" 'Name: <b>Ada L</b>, words: <b>&#60;b&#62;&#38;</b>'
	said=$(post /form 'xname=no&name=J%C3%BCrgen&words=1%2B1' \
	    'Content-Type: application/x-www-form-urlencoded')
	like "$said" 'It came with POST'
	like "$said" 'Name: <b>J..rgen</b>, words: <b>1\+1</b>'
}

# cksum(1) prints: checksum, size, name.
want_of()
{
	cksum <"$1" | awk '{ print $2 " bytes, cksum " $1 }'
}

send_file()
{
	wire s "$1 /upload HTTP/1.1\\r\\nHost: localhost\\r\\n" \
	    s "Content-Type: $2\\r\\nContent-Length: $(wc -c <"$3" |
		tr -d ' ')\\r\\n\\r\\n" f "$3" k
}

test_upload()
{
	for size in 0 1 70000 3000001; do
		"$TALK" -G $size 2 >"$T/up"
		like "$(send_file POST application/octet-stream "$T/up")" \
		    "$(want_of "$T/up")" "$size bytes"
	done
	like "$(send_file PUT text/plain "$T/up")" "$(want_of "$T/up")" PUT
	said=$(wire s 'POST /upload HTTP/1.1\r\nHost: localhost\r\n' \
	    s 'Transfer-Encoding: chunked\r\n\r\n' gc 3000001 2 k)
	like "$said" "$(want_of "$T/up")" chunked
}

# The second file holds what looks nearly like the boundary.
test_upload_multipart()
{
	"$TALK" -G 200000 3 >"$T/one"
	printf 'a\r\n--boundar\r\r\n--bound\r\n\n' >"$T/two"
	{
		printf -- '--boundary\r\nContent-Disposition: form-data; '
		printf 'name="f"; filename="<one>"\r\n\r\n'
		cat "$T/one"
		printf '\r\n--boundary\r\nX-Two: yes\r\n\r\n'
		cat "$T/two"
		printf '\r\n--boundary--\r\n'
	} >"$T/parts"
	said=$(send_file POST 'multipart/form-data; boundary=boundary' \
	    "$T/parts")
	like "$said" 'filename=&#34;&#60;one&#62;&#34;<br>'
	like "$said" "$(want_of "$T/one")"
	like "$said" 'X-Two: yes<br>'
	like "$said" "$(want_of "$T/two")"
	unlike "$said" 'cut off'
	said=$(send_file POST 'multipart/form-data; boundary="other"' \
	    "$T/parts")
	like "$said" 'cut off' 'a boundary that never comes'
}

test_stream()
{
	said=$(wire s 'GET /stream?n=3 HTTP/1.1\r\nHost: localhost\r\n\r\n' \
	    m 'line 1 of 3' t m 'line 2 of 3' t m 'line 3 of 3' t)
	for ms in $(printf '%s\n' "$said" | sed -n 's/.*<\(.*\) ms>/\1/p' |
	    sed 1d); do
		[ "$ms" -ge 300 ] || fail "a line came after $ms ms"
	done
	is "$(get '/stream?n=1' 'Accept: text/event-stream' | body)" \
	    'data: line 1 of 1'
	is "$(get '/stream?n=1' 'Accept: text/event-stream' |
	    field content-type)" text/event-stream
}

test_slow()
{
	began=$(date +%s)
	status "$(get '/slow?s=2')" 200
	[ $(($(date +%s) - began)) -ge 1 ] || fail 'that was not slow'
}

test_status()
{
	for code in 200 201 404 418 500 503 599; do
		said=$(get "/status/$code")
		status "$said" $code
		like "$said" "The status of this page is $code"
	done
	for code in 199 600 abc ''; do
		status "$(get "/status/$code")" 404 "/status/$code"
	done
	status "$(get /nowhere)" 404
}

test_redirects()
{
	said=$(get /redirect)
	status "$said" 302
	is "$(printf '%s\n' "$said" | field location)" '/?redirected'
	said=$(get /internal)
	status "$said" 200
	is "$(printf '%s\n' "$said" | field location)" ''
	like "$said" 'asked for <code>/internal</code> and got <code>/inner<'
	like "$said" 'query <code>room=42<'
}

test_cookie()
{
	said=$(get /cookie)
	like "$said" '^Set-Cookie: visits=1; Path=/'
	like "$said" 'You were here 1 time\.'
	said=$(get /cookie 'Cookie: a=b; visits=41')
	like "$said" '^Set-Cookie: visits=42; '
	like "$said" 'You were here 42 times\.'
}

test_download()
{
	said=$(get /download)
	status "$said" 200
	like "$said" '^Content-Disposition: attachment; filename=demo\.txt$'
	is "$(printf '%s\n' "$said" | field Accept-Ranges)" bytes
	like "$said" '^line 1000 of a file'
	said=$(get /download 'Range: bytes=0-5')
	status "$said" 206
	is "$(printf '%s\n' "$said" | body)" 'line 1'
}

test_inside()
{
	status "$(get /protected/demo.txt)" 404
	like "$(get /inside)" '^line 1000 of a file'
}

test_error_page()
{
	said=$(get /broken)
	status "$said" 502
	like "$said" 'did not answer for <code>/broken</code>'
	like "$said" 'in the place of status 502'
}

test_pair()
{
	for n in 1 2 3 4; do
		get /pair/which | sed -n 's/.*chose <code>\([^<]*\)<.*/\1/p'
	done | sort >"$T/chosen"
	is "$(uniq -c <"$T/chosen" | awk '{ print $1, $2 }')" \
	    "$(printf '2 scgi://one\n2 scgi://two')"
	like "$(get /pair/)" '<tr><td>SCRIPT_NAME<td>/pair$'
}

test_not_scgi()
{
	ADDR=$(ls "$TMPDIR"/gateway-demo.*/demo.sock)
	for text in 'GET / HTTP/1.0\r\n\r\n' '0:,' '9999999:' '5:a\0b\0\0,' \
	    '24:CONTENT_LENGTH\0000\0SCGI\0002\0x'; do
		like "$(wire s "$text" h r)" '^Status: 400' "$text"
	done
}

# As a real mount, and as httpd does it by default: all in SCRIPT_NAME.
test_mounted()
{
	demo_port=$(free_port)
	spawn second "$DEMO" -p "$demo_port"
	G=mounted
	start_gateway - <<END
SetEnvIf Request_URI ^/app/ proxy-scgi-pathinfo
ProxyPass /app/ scgi://127.0.0.1:$demo_port/
ProxyPass / scgi://127.0.0.1:$demo_port/
END
	said=$(get /app/)
	like "$said" '<li><a href="/app/cookie">'
	like "$said" '<tr><td>SCRIPT_NAME<td>/app$'
	like "$(get /app/internal)" 'got <code>/inner<' 'internal, mounted'
	is "$(get /app/redirect | field location)" '/app/?redirected'
	said=$(get /)
	like "$said" '<li><a href="/cookie">'
	like "$said" '<tr><td>SCRIPT_NAME<td>/$'
	like "$(get /internal)" 'got <code>/inner<' 'internal, at the root'
}

test_port_in_use()
{
	said=$(PORT=$PORT sh "$TOP/tests/demo.sh" 2>&1)
	is $? 69 'exit status'
	like "$said" "port $PORT is in use"
}

# The last one.
test_end()
{
	STILL_ALIVE=no
	like "$(ls "$TMPDIR")" '^gateway-demo\.' 'its directory'
	family_of_demo=$(children_of "$(pid_of demo)")
	[ "$(printf '%s\n' "$family_of_demo" | count_lines)" -ge 2 ] ||
		fail "children: $family_of_demo"
	kill -TERM "$(pid_of demo)"
	within 10 is_over demo || fail 'it does not end'
	for pid in $family_of_demo; do
		within 3 is_gone "$pid" || fail "left over: $pid"
	done
	is "$(ls "$TMPDIR")" '' 'what is left of its directory'
	is "$(cat "$T/demo.exit")" 0 'exit status'
}

is_gone()
{
	! alive "$1"
}

run_tests
