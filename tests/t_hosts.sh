#!/bin/sh
# Virtual hosts, sections by expression, url and file, and what is mapped:
# ProxyPassMatch, SCGIMount, SetHandler, ProxySCGIPathInfo.

. "${0%/*}/lib.sh"

mkdir -p "$T/www/dir" "$T/www/shut" "$T/other"
printf 'main file' >"$T/www/file.txt"
printf 'in dir' >"$T/www/dir/a.txt"
printf 'shut' >"$T/www/shut/a.txt"
printf 'other file' >"$T/other/file.txt"
chmod -R a+rX "$T/www" "$T/other"

start_backend
BARE=${URL%/}
start_gateway - <<EOT
ServerName main.example
SetEnv WHO main
SetEnv ALL all
SetEnvIf Request_URI . EARLY=main
DocumentRoot $T/www
ErrorDocument 404 "main 404"
CustomLog $T/main.log "main %v %U"
GlobalLog $T/global.log "global %v"
ProxyPass /main $BARE
<Location /both>
SetEnv IN location
</Location>

<VirtualHost *:*>
ServerName one.example
ServerAlias *.one.example uno.example
SetEnv WHO one
DocumentRoot $T/other
CustomLog $T/one.log "one %v %U"
ProxyPass /one $BARE
ProxyPass /both $BARE
<Location /both>
SetEnv INNER one
</Location>
</VirtualHost>

<VirtualHost *>
ServerName two.example:8443
ServerAlias www.one.example
UseCanonicalName On
KeepAlive Off
LimitRequestBody 4
ErrorDocument 404 "two 404"
ProxyPass / $URL
</VirtualHost>

<VirtualHost *>
ServerName https://three.example
<LocationMatch "^/m/([a-z]+)/(.*)">
ProxyPassMatch $BARE/\$2/\$1
ProxySCGIPathInfo On
</LocationMatch>
<Location ~ "\.cgi\$">
ProxyPass $BARE
SetEnv CGI yes
</Location>
ProxyPassMatch "^/p/([0-9]+)\$" $BARE/echo/\$1
ProxyPassMatch "^/no/" !
ProxyPass ~ "^/n[op]/" $BARE
SCGIMount /mount unix:$T/app.sock
<Location /path/>
ProxyPass $BARE/
ProxySCGIPathInfo On
</Location>
<Proxy "scgi://localhost/echo/sub">
SetEnv PROXY sub
</Proxy>
<Proxy *>
SetEnv ANY \${NONE?=any}
</Proxy>
<ProxyMatch "/echo/[0-9]+\$">
SetEnv MATCH number
</ProxyMatch>
<Directory $T/www/shut>
Require all denied
</Directory>
<Location /files>
ProxyPass $BARE
ProxySCGISendfile On
XSendFilePath $T/www
</Location>
<Location /handled>
SetHandler "proxy:unix:$T/app.sock|scgi://handler"
</Location>
<Location /dir>
SetHandler "proxy:unix:$T/app.sock|scgi://handler"
</Location>
<Location /dir/a.txt/off>
SetHandler none
</Location>
</VirtualHost>
EOT

# of HOST path [field ...]: the answer that a host gives
of()
{
	host=$1
	path=$2
	shift 2
	wire s "GET $path HTTP/1.1\\r\\nHost: $host\\r\\n" \
	    s "$(printf '%s\\r\\n' "$@" 'Connection: close')" s '\r\n' r |
	    tr -d '\r'
}

# is_from HOST path VALUE: SetEnv WHO of the host that serves it
is_from()
{
	is "$(value WHO "$(of "$1" "$2")")" "$3" "$1$2"
}

test_by_name()
{
	is_from one.example /one/echo one
	is_from ONE.Example. /one/echo one
	is_from one.example:81 /one/echo one
	is_from deep.er.one.example /one/echo one
	is_from uno.example /one/echo one
	# the first in the file that matches, by a wildcard or not
	is_from www.one.example /one/echo one
	# none: the first of the address
	is_from nobody.example /one/echo one
	text=$(chat s 'GET http://uno.example/one/echo HTTP/1.1\r\n' \
	    s 'Host: two.example\r\nConnection: close\r\n\r\n' k)
	is "$(value WHO "$text")" one 'the url beats Host'
}

test_inherited()
{
	text=$(of one.example /both/echo)
	is "$(value ALL "$text")" all
	is "$(value EARLY "$text")" main
	is "$(value IN "$text")" location 'sections of the server too'
	is "$(value INNER "$text")" one
	is "$(value DOCUMENT_ROOT "$text")" "$T/other"
	is_from one.example /main/echo one
	is "$(of one.example /file.txt | body)" 'other file'
	is "$(of three.example /file.txt | body)" 'main file'
	is "$(of one.example /absent | body)" 'main 404'
}

test_own_settings()
{
	text=$(of two.example /echo)
	is "$(value WHO "$text")" main
	is "$(value SERVER_NAME "$text")" two.example
	is "$(value SERVER_PORT "$text")" 8443
	status "$(wire s 'POST /echo HTTP/1.1\r\nHost: two.example\r\n' \
	    s 'Content-Length: 5\r\n\r\nhello' r)" 413
	like "$(wire s 'GET /echo HTTP/1.1\r\nHost: two.example\r\n\r\n' r)" \
	    '^Connection: close' 'KeepAlive of the host'
	text=$(of three.example /mount/echo)
	is "$(value REQUEST_SCHEME "$text")" https
	is "$(value SERVER_PORT "$text")" 443
}

test_one_connection_many_hosts()
{
	is "$(chat s 'GET /one/echo HTTP/1.1\r\nHost: one.example\r\n\r\n' k \
	    s 'GET /mount/echo HTTP/1.1\r\nHost: three.example\r\n\r\n' k \
	    s 'GET /echo HTTP/1.1\r\nHost: two.example\r\n\r\n' k |
	    grep -c '^SERVER_NAME=')" 3
}

test_logs_of_hosts()
{
	of one.example /one/id?logs >/dev/null
	of three.example /mount/id?logs >/dev/null
	within 3 grep -q 'main three' "$T/main.log" || fail 'no line'
	is "$(grep -c '^one one.example /one/id$' "$T/one.log")" 1
	is "$(grep -c '^main three.example /mount/id$' "$T/main.log")" 1
	is "$(grep -c 'one.example' "$T/main.log")" 0 'a log of its own'
	is "$(grep -c 'three.example' "$T/one.log")" 0
	like "$(cat "$T/global.log")" '^global one.example$'
	like "$(cat "$T/global.log")" '^global three.example$'
}

test_expressions()
{
	text=$(of three.example /m/abc/echo/x)
	is "$(value SCRIPT_NAME "$text")" /m/abc/echo/x
	is "$(value PATH_INFO "$text")" /echo/x/abc
	is "$(value SCRIPT_FILENAME "$text")" \
	    proxy:scgi://localhost/echo/x/abc
	is "$(value CGI "$(of three.example /echo/a.cgi)")" yes
	text=$(of three.example /p/12)
	is "$(value SCRIPT_FILENAME "$text")" proxy:scgi://localhost/echo/12
	is "$(value MATCH "$text")" number
	status "$(of three.example /p/x)" 404
	status "$(of three.example /no/echo)" 404 'excluded'
	status "$(of three.example /np/echo)" 200
}

test_mount_and_path_info()
{
	text=$(of three.example '/mount/echo/a%20b?q')
	is "$(value SCRIPT_NAME "$text")" /mount
	is "$(value PATH_INFO "$text")" '/echo/a b'
	text=$(of three.example /path/echo/x)
	is "$(value SCRIPT_NAME "$text")" /path
	is "$(value PATH_INFO "$text")" /echo/x
	lacks "$text" proxy-scgi-pathinfo
	status "$(of three.example /mountain/echo)" 404
}

test_proxy_sections()
{
	text=$(of three.example /path/echo/sub/x)
	is "$(value PROXY "$text")" sub
	is "$(value ANY "$text")" any
	lacks "$(of three.example /path/echo/x)" PROXY
}

test_directories()
{
	is "$(of three.example /dir/../file.txt | body)" 'main file'
	status "$(of three.example /shut/a.txt)" 403
	head="/files/head?raw=$(escaped "X-Sendfile: $T/www/file.txt\n\n")"
	is "$(of three.example "$head" | body)" 'main file'
	head="/files/head?raw=$(escaped "X-Sendfile: $T/www/shut/a.txt\n\n")"
	status "$(of three.example "$head")" 403 'a file that is named'
}

test_handler()
{
	text=$(of three.example /handled/echo/x)
	is "$(value SCRIPT_NAME "$text")" /handled
	is "$(value PATH_INFO "$text")" /echo/x
	is "$(value SCRIPT_FILENAME "$text")" \
	    "proxy:scgi://handler$T/www/handled"
	text=$(of three.example /dir/a.txt/echo)
	is "$(value SCRIPT_NAME "$text")" /dir/a.txt
	is "$(value PATH_INFO "$text")" /echo
	text=$(of three.example /dir/echo)
	is "$(value SCRIPT_NAME "$text")" /dir/echo
	lacks "$text" PATH_INFO
	status "$(of three.example /dir/a.txt/off)" 404
}

test_addresses()
{
	own_gateway - <<-EOT
	ServerName main.example
	SetEnv WHO main
	ProxyPass / $URL
	StrictHostCheck On
	<VirtualHost 127.0.0.9>
	ServerName other.example
	SetEnv WHO other
	</VirtualHost>
	<VirtualHost 127.0.0.1 [::1]>
	ServerName exact.example
	SetEnv WHO exact
	</VirtualHost>
	<VirtualHost *>
	ServerName any.example
	SetEnv WHO any
	</VirtualHost>
	EOT
	is_from exact.example /echo exact
	status "$(of any.example /echo)" 400 StrictHostCheck
	is_from 127.0.0.1 /echo exact
}

test_unix_listener()
{
	pick_port
	own_gateway - <<-EOT
	Listen 127.0.0.1:$PORT
	Listen unix:$T/in.sock
	ProxyPass / $URL
	<VirtualHost 127.0.0.1>
	ServerName tcp.example
	SetEnv WHO tcp
	</VirtualHost>
	<VirtualHost *:80>
	ServerName unix.example
	SetEnv WHO unix
	</VirtualHost>
	EOT
	is_from tcp.example /echo tcp
	opens "$T/in.sock" ''
	ADDR=$T/in.sock
	is_from tcp.example /echo unix
}

test_reload_brings_hosts()
{
	own_gateway - <<-EOT
	ProxyPass / $URL
	SetEnv WHO main
	EOT
	is_from x.example /echo main
	cat >>"$T/own.conf" <<-EOT
	<VirtualHost *>
	ServerName x.example
	SetEnv WHO x
	</VirtualHost>
	EOT
	reload_gateway
	is_from x.example /echo x
}

run_tests
