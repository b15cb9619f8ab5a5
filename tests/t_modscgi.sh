#!/bin/sh
# The words of mod_scgi: SCGIMount, SCGIServer, SCGIHandler,
# SCGIServerTimeout and SetHandler scgi-handler.

. "${0%/*}/lib.sh"

mkdir -p "$T/www/static" "$T/www/files" "$T/www/first"
printf 'static' >"$T/www/static/x.txt"
printf 'file' >"$T/www/files/x.txt"
printf 'first' >"$T/www/first/x.txt"
chmod -R a+rX "$T/www"

start_backend tcp -p 0
HOSTPORT=127.0.0.1:$BPORT
start_backend two -p 0
TWOPORT=127.0.0.1:$BPORT
two=$BPORT
start_gateway - <<EOT
DocumentRoot $T/www
SCGIServerTimeout 30
SCGIMount /app $HOSTPORT
SCGIMount /app/inner $TWOPORT
SCGIMount /first $HOSTPORT
SCGIMount /slash/ $HOSTPORT
ProxyPass /app/passed scgi://$TWOPORT/
Alias /app/static $T/www/static
Redirect /app/moved /n
<Location /app/off>
SCGIHandler Off
</Location>
<Location /app/off/on>
SCGIHandler On
SCGIServer $TWOPORT
</Location>
<Location /RPC2>
SetHandler scgi-handler
SCGIServer 127.0.0.1 $two
SCGIHandler On
</Location>
<Location /served/>
SCGIServer $HOSTPORT
</Location>
<Location /files>
SCGIServer $HOSTPORT
SetHandler scgi-handler
</Location>
Alias /files $T/www/files
<LocationMatch "^/match/[a-z]+">
SCGIServer $HOSTPORT
</LocationMatch>
<Location /app/quick>
SCGIServerTimeout 200ms
</Location>
<VirtualHost *>
ServerName other.example
SCGIMount /app $TWOPORT
</VirtualHost>
<VirtualHost *>
ServerName root.example
SCGIMount / $TWOPORT
</VirtualHost>
EOT

# says path [host]: status, SCRIPT_NAME, PATH_INFO
says()
{
	chat s "GET $1 HTTP/1.0\\r\\nHost: ${2:-h}\\r\\n\\r\\n" k | awk '
	NR == 1 { status = $2 }
	sub(/^SCRIPT_NAME=/, "") { name = $0 }
	sub(/^PATH_INFO=/, "") { info = $0; has = 1 }
	END { print status, "\"" name "\"", has ? "\"" info "\"" : "-" }'
}

# The application echoes its variables only where its path says echo.
test_mounts()
{
	is "$(says /app/echo)" '200 "/app" "/echo"'
	is "$(says /app/echo/a%20b/)" '200 "/app" "/echo/a b/"'
	# the first in the file
	is "$(says /app/inner/echo)" '200 "/app" "/inner/echo"'
	is "$(says /slash/echo)" '200 "/slash" "/echo"'
	is "$(says /echo root.example)" '200 "" "/echo"'
	is "$(says /applet)" '404 "" -'
}

test_mount_itself()
{
	start_backend rec -p 0 -r "$T/record"
	G=itself start_gateway - <<-END
	SCGIMount /app 127.0.0.1:$BPORT
	SCGIMount / 127.0.0.1:$BPORT
	END
	get /app >/dev/null
	get /app/ >/dev/null
	get / >/dev/null
	is "$(tr '\000' '\n' <"$T/record" | awk '
	    name { print name "=" $0; name = ""; next }
	    /^(SCRIPT_NAME|PATH_INFO)$/ { name = $0 }' | tr '\n' ' ')" \
	    'SCRIPT_NAME=/app PATH_INFO= SCRIPT_NAME=/app PATH_INFO=/ SCRIPT_NAME= PATH_INFO=/ '
}

# ProxyPass, then Redirect, then Alias, then a mount, then DocumentRoot.
test_order()
{
	like "$(get /app/static/x.txt)" 'static'
	is "$(says /app/passed/echo)" '200 "/app/passed/echo" -'
	like "$(get /app/moved)" 'HTTP/1.1 302'
	is "$(says /first/echo)" '200 "/first" "/echo"'
	like "$(get /static/x.txt)" 'static'
}

# A host's own mounts come before the main server's.
test_hosts()
{
	is "$(says /app/echo other.example)" '200 "/app" "/echo"'
	is "$(says /slash/echo other.example)" '200 "/slash" "/echo"'
	like "$(run_gateway -n -f "$T/gateway.conf")" "/app -> scgi://$TWOPORT"
}

test_server()
{
	is "$(says /RPC2/echo)" '200 "/RPC2/echo" -'
	is "$(says /served/echo)" '200 "/served/echo" -'
	is "$(says /match/a/echo)" '200 "/match/a/echo" -'
	is "$(says /app/off/on/echo)" '200 "/app/off/on/echo" -'
	# by its name a file is found, and what is behind it
	is "$(says /files/x.txt/echo)" '200 "/files/x.txt" "/echo"'
}

test_off()
{
	is "$(says /app/off/echo)" '404 "" -'
	is "$(says /app/office/echo)" '200 "/app" "/office/echo"'
}

test_timeout()
{
	is "$(says '/app/quick/delay?ms=1500')" '504 "" -'
	is "$(says '/app/delay?ms=500')" '200 "" -'
}

# Where mod_scgi has a default it is said.
test_handler_alone()
{
	out=$(run_gateway -n -f /dev/null -c '<Location /x>' \
	    -c 'SetHandler scgi-handler' -c '</Location>') || fail "$out"
	like "$out" 'localhost:4000 is asked'
	like "$out" '/x -> scgi://localhost:4000'
	out=$(run_gateway -n -f /dev/null -c 'SCGIMount /x h.invalid:1' \
	    -c '<Location /x>' -c 'SetHandler scgi-handler' \
	    -c '</Location>') || fail "$out"
	case $out in
	*4000*)	fail "$out" ;;
	esac
}

test_warned()
{
	out=$(run_gateway -n -f /dev/null -c 'SCGIMount /a/b h.invalid:1' \
	    -c 'ProxyPass /a scgi://h.invalid:2') || fail "$out"
	like "$out" 'SCGIMount /a/b never matches, because /a at -c:2 comes'
	out=$(run_gateway -n -f /dev/null -c 'Listen 80' \
	    -c 'SCGIMount /RPC2 h.invalid:1') || fail "$out"
	like "$out" '/RPC2 is open to everybody'
}

run_tests
