#!/bin/sh
# shellcheck disable=SC2034 # lib.sh reads them
# Who may have what: Require, Basic authentication, and who the client is
# behind other proxies.

. "${0%/*}/lib.sh"

ANN='Authorization: Basic YW5uOnNlY3JldA=='	# ann:secret
BOB='Authorization: Basic Ym9iOm90aGVy'	# bob:other
WRONG='Authorization: Basic YW5uOm90aGVy'	# ann:other

mkdir -p "$T/www/shut"
printf 'file' >"$T/www/file.txt"
printf 'shut' >"$T/www/shut/file.txt"
printf 'please log in' >"$T/www/401.txt"
cat >"$T/users" <<'EOT'
# by digest
ann:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=
bob:{SHA}0JQeaNqPOBUf+Gph/Fn3xc+fyqI=
EOT
chmod -R a+rX "$T/www" "$T/users"

start_backend
BARE=${URL%/}
start_gateway - <<EOT
DocumentRoot $T/www
CustomLog @ACCESS@ "%u %>s %U"
SetEnvIf X-Pass . PASS
ProxyPass /app $BARE
ProxyPass /open $BARE
<Location /app>
AuthType Basic
AuthName "the place"
AuthUserFile $T/users
Require valid-user
</Location>
<Location /app/bob>
Require user bob
</Location>
<Location /app/pass>
CGIPassAuth On
</Location>
<Location /app/here>
<RequireAny>
Require local
Require valid-user
</RequireAny>
</Location>
<Location /app/none>
Require all denied
</Location>
<Location /open/all>
<RequireAll>
Require all granted
Require not method PUT DELETE
<RequireNone>
Require env PASS
</RequireNone>
</RequireAll>
</Location>
<Location /open/broken>
Require valid-user
</Location>
<Location /page>
ProxyPass $BARE
AuthType Basic
AuthName x
AuthUserFile $T/users
Require valid-user
ErrorDocument 401 /401.txt
</Location>
<Directory $T/www/shut>
Require ip 192.0.2.0/24
</Directory>
EOT

test_basic()
{
	text=$(get /app/echo)
	status "$text" 401
	is "$(printf '%s\n' "$text" | field WWW-Authenticate)" \
	    'Basic realm="the place"'
	text=$(get /app/echo "$ANN")
	status "$text" 200
	is "$(value REMOTE_USER "$text")" ann
	is "$(value AUTH_TYPE "$text")" Basic
	lacks "$text" HTTP_AUTHORIZATION
	status "$(get /app/echo "$WRONG")" 401
	status "$(get /app/echo 'Authorization: Bearer x')" 401
	log_has "auth: 127.0.0.1: user ann: unknown, or a wrong password"
	is "$(value HTTP_AUTHORIZATION "$(get /app/pass/echo "$ANN")")" \
	    "${ANN#Authorization: }"
}

test_users()
{
	status "$(get /app/bob/echo "$ANN")" 401
	is "$(value REMOTE_USER "$(get /app/bob/echo "$BOB")")" bob
	log_has 'auth: 127.0.0.1: user ann: may not have /app/bob/echo'
	# nobody is asked who may come in anyway, or never
	text=$(get /app/here/echo)
	status "$text" 200
	lacks "$text" REMOTE_USER
	status "$(get /app/none/echo "$ANN")" 403
	within 3 grep -q '^bob 200 /app/bob/echo$' "$ACCESS" || fail log
}

test_groups()
{
	status "$(get /open/all/echo)" 200
	status "$(get /open/all/echo 'X-Pass: 1')" 403
	status "$(request PUT /open/all/echo)" 403
	status "$(request POST /open/all/echo)" 200
}

test_what_is_missing()
{
	status "$(get /open/broken/echo "$ANN")" 500
	log_has 'auth: /open/broken/echo: .* there is no AuthType Basic'
}

test_page_of_401()
{
	text=$(get /page/echo)
	status "$text" 401
	is "$(printf '%s\n' "$text" | body)" 'please log in'
	like "$text" '^WWW-Authenticate: Basic realm="x"$'
}

test_files()
{
	is "$(get /file.txt | body)" file
	status "$(get /shut/file.txt)" 403
}

test_redirect_into_it()
{
	status "$(get '/open/redirect?to=/app/echo')" 401
	text=$(get '/open/redirect?to=/app/echo' "$ANN")
	status "$text" 200
	is "$(value REMOTE_USER "$text")" ann
	status "$(get '/open/redirect?to=/app/none/x' "$ANN")" 403
}

test_file_that_changes()
{
	status "$(get /app/echo "$BOB")" 200
	printf 'ann:{SHA}0JQeaNqPOBUf+Gph/Fn3xc+fyqI=\n' >"$T/new"
	chmod a+r "$T/new"
	mv "$T/new" "$T/users"
	nap 1.2
	for _ in 1 2 3 4 5 6 7 8; do
		status "$(get /app/echo "$BOB")" 401
		status "$(get /app/echo "$WRONG")" 200 'the new password'
	done
}

#
# Who the client is.
#

start_remote()
{
	own_gateway - <<-EOT
	RemoteIPHeader X-Forwarded-For
	RemoteIPProxiesHeader X-By
	$1
	LogFormat "%a %{c}a %h" own
	CustomLog @ACCESS@ own
	SetEnvIf Remote_Addr ^192\.0\.2\. INSIDE
	ProxyPass / $URL
	<Location /only>
	Require ip 192.0.2.0/24
	</Location>
	EOT
}

test_internal_proxy()
{
	start_remote 'RemoteIPInternalProxy 127.0.0.1 10.0.0.0/8'
	text=$(get /echo 'X-Forwarded-For: 203.0.113.1, 192.0.2.7, 10.1.1.1')
	is "$(value REMOTE_ADDR "$text")" 192.0.2.7
	is "$(value HTTP_X_FORWARDED_FOR "$text")" 203.0.113.1
	is "$(value INSIDE "$text")" 1
	lacks "$text" HTTP_X_BY
	within 3 grep -q '^192.0.2.7 127.0.0.1 192.0.2.7$' "$ACCESS" ||
		fail "log: $(cat "$ACCESS")"
	status "$(get /only/echo 'X-Forwarded-For: 192.0.2.1')" 200
	status "$(get /only/echo 'X-Forwarded-For: 198.51.100.1')" 403
	status "$(get /only/echo)" 403
	text=$(get /echo 'X-Forwarded-For: nonsense')
	is "$(value REMOTE_ADDR "$text")" 127.0.0.1
	is "$(value HTTP_X_FORWARDED_FOR "$text")" nonsense
}

# What a client writes into Connection does not unsay who it is.
test_connection_keeps_the_header()
{
	for list in 127.0.0.1 10.0.0.0/8; do
		own_gateway - <<-EOT
		RemoteIPHeader X-Real-IP
		RemoteIPInternalProxy $list
		ProxyPass / $URL
		EOT
		text=$(get /echo 'Connection: X-Real-IP, X-Other' \
		    'X-Real-IP: 203.0.113.1, 192.0.2.7' 'X-Other: gone')
		case $list in
		127*)
			is "$(value REMOTE_ADDR "$text")" 192.0.2.7
			is "$(value HTTP_X_REAL_IP "$text")" 203.0.113.1 ;;
		*)
			is "$(value HTTP_X_REAL_IP "$text")" \
			    '203.0.113.1, 192.0.2.7' ;;
		esac
		lacks "$text" HTTP_X_OTHER
	done
}

test_trusted_proxy()
{
	start_remote 'RemoteIPTrustedProxy 127.0.0.1'
	text=$(get /echo 'X-Forwarded-For: 192.0.2.7')
	is "$(value REMOTE_ADDR "$text")" 192.0.2.7
	is "$(value HTTP_X_BY "$text")" 127.0.0.1
	lacks "$text" HTTP_X_FORWARDED_FOR
	text=$(get /echo 'X-Forwarded-For: 10.0.0.7')
	is "$(value REMOTE_ADDR "$text")" 127.0.0.1 'a private one'
}

test_strangers()
{
	start_remote 'RemoteIPInternalProxy 10.0.0.0/8'
	text=$(get /echo 'X-Forwarded-For: 192.0.2.7')
	is "$(value REMOTE_ADDR "$text")" 127.0.0.1
	is "$(value HTTP_X_FORWARDED_FOR "$text")" 192.0.2.7
}

test_everybody_is_refused()
{
	said=$(run_gateway -n -c 'RemoteIPHeader X-Real-IP' "$URL")
	is $? 78
	like "$said" 'needs to know which proxies may send it: add Remote'
}

# proxied BYTES ...: a request behind them
proxied()
{
	chat "$@" s 'GET /echo HTTP/1.1\r\nHost: x\r\n\r\n' k
}

V2='\r\n\r\n\x00\r\nQUIT\n'

test_proxy_protocol()
{
	# which asks without a header
	STILL_ALIVE=no
	own_gateway - <<-EOT
	RemoteIPProxyProtocol On
	ProxyPass / $URL
	EOT
	text=$(proxied s 'PROXY TCP4 192.0.2.7 192.0.2.1 4711 80\r\n')
	is "$(value REMOTE_ADDR "$text")" 192.0.2.7
	is "$(value REMOTE_PORT "$text")" 4711
	text=$(proxied s 'PROXY TCP6 2001:db8::7 ::1 4711 80\r\n')
	is "$(value REMOTE_ADDR "$text")" 2001:db8::7
	text=$(proxied s 'PROXY TCP6 ::ffff:192.0.2.8 ::1 4711 80\r\n')
	is "$(value REMOTE_ADDR "$text")" 192.0.2.8
	text=$(proxied s 'PROXY UNKNOWN\r\n')
	is "$(value REMOTE_ADDR "$text")" 127.0.0.1
	text=$(proxied s "$V2" s '!\x11\x00\x0c' s '\xc0\x00\x02\x09' \
	    s '\xc0\x00\x02\x01\x12\x34\x00P')
	is "$(value REMOTE_ADDR "$text")" 192.0.2.9
	is "$(value REMOTE_PORT "$text")" 4660
	# with a TLV behind the addresses; LOCAL, of which nothing counts
	text=$(proxied s "$V2" s '!\x11\x00\x11' s '\xc0\x00\x02\x09' \
	    s '\xc0\x00\x02\x01\x12\x34\x00P' s '\x04\x00\x02ab')
	is "$(value REMOTE_ADDR "$text")" 192.0.2.9
	text=$(proxied s "$V2" s ' \x00\x00\x00')
	is "$(value REMOTE_ADDR "$text")" 127.0.0.1
	# for the whole connection
	is "$(chat s 'PROXY TCP4 192.0.2.7 192.0.2.1 4711 80\r\n' \
	    s 'GET /echo HTTP/1.1\r\nHost: x\r\n\r\n' k \
	    s 'GET /echo HTTP/1.1\r\nHost: x\r\n\r\n' k |
	    grep -c '^REMOTE_ADDR=192.0.2.7$')" 2
}

# How far a request may go is asked behind who may ask.
test_max_forwards()
{
	echo 'bob:{SHA}0JQeaNqPOBUf+Gph/Fn3xc+fyqI=' >"$T/max.users"
	own_gateway - <<-EOT
	ProxyPass / $URL
	<Location /denied>
	Require all denied
	</Location>
	<Location /user>
	AuthType Basic
	AuthName x
	AuthUserFile $T/max.users
	Require valid-user
	</Location>
	EOT
	for method in OPTIONS TRACE GET; do
		status "$(request $method /denied/x 'Max-Forwards: 0')" 403 \
		    "$method"
		status "$(request $method /user/echo 'Max-Forwards: 0')" 401 \
		    "$method"
		status "$(request $method /user/echo 'Max-Forwards: 0' \
		    "$BOB")" 200 "$method"
	done
}

# A client is foreign whatever its port: none is the sign of no header.
test_proxy_protocol_port_0()
{
	STILL_ALIVE=no
	pick_port
	own_gateway - <<-EOT
	Listen 127.0.0.1:$PORT
	Listen unix:$T/pp.sock
	RemoteIPProxyProtocol On
	RemoteIPHeader X-Real-IP
	RemoteIPInternalProxy 127.0.0.1 192.0.2.0/24 unix:
	ProxyPass / $URL
	<Location /local>
	Require local
	</Location>
	<Location /net>
	Require ip 192.0.2.0/24
	</Location>
	EOT
	v2_head=$V2'!\x11\x00\x0c\xc0\x00\x02\x07'
	v2_head=$v2_head'\xc0\x00\x02\x01\x00\x00\x00P'
	for ADDR in 127.0.0.1 "$T/pp.sock"; do
		for head in 'PROXY TCP4 192.0.2.7 192.0.2.1 0 80\r\n' \
		    "$v2_head"; do
			text=$(chat s "$head" s "$(tell_local /local/echo)" k)
			status "$text" 403 "$ADDR: local"
			text=$(chat s "$head" s "$(tell_local /net/echo)" k)
			status "$text" 200 "$ADDR: net"
			is "$(value REMOTE_ADDR "$text")" 192.0.2.7
			is "$(value REMOTE_PORT "$text")" 0
			is "$(value HTTP_X_REAL_IP "$text")" 127.0.0.1
		done
	done
}

# A request that says with a field that it comes from here.
tell_local()
{
	printf '%s' "GET $1 HTTP/1.1\\r\\nHost: x\\r\\n" \
	    'X-Real-IP: 127.0.0.1\r\n\r\n'
}

# An IPv4 address in the form of IPv6 is the same one in every list.
test_mapped_networks()
{
	own_gateway - <<-EOT
	RemoteIPHeader X-Real-IP
	RemoteIPInternalProxy ::ffff:127.0.0.1
	ProxyPass / $URL
	<Location /in>
	Require ip ::ffff:192.0.2.7
	</Location>
	<Location /net>
	Require ip ::ffff:192.0.2.0/120
	</Location>
	<Location /out>
	<RequireAll>
	Require all granted
	Require not ip ::ffff:192.0.2.7
	</RequireAll>
	</Location>
	EOT
	for who in 192.0.2.7 ::ffff:192.0.2.7; do
		status "$(get /in/echo "X-Real-IP: $who")" 200 "in $who"
		status "$(get /net/echo "X-Real-IP: $who")" 200 "net $who"
		status "$(get /out/echo "X-Real-IP: $who")" 403 "out $who"
	done
	status "$(get /in/echo 'X-Real-IP: 192.0.2.8')" 403
	status "$(get /out/echo 'X-Real-IP: 192.0.2.8')" 200
	own_gateway - <<-EOT
	RemoteIPProxyProtocol On
	RemoteIPProxyProtocolExceptions ::ffff:127.0.0.0/104
	ProxyPass / $URL
	EOT
	is "$(value REMOTE_ADDR "$(get /echo)")" 127.0.0.1 exceptions
}

# A front on a Unix socket says for whom it speaks, if it is believed.
test_unix_front()
{
	for words in RemoteIPInternalProxy RemoteIPTrustedProxy; do
		pick_port
		own_gateway - <<-EOT
		Listen 127.0.0.1:$PORT
		Listen unix:$T/front.sock
		RemoteIPHeader X-Forwarded-For
		$words unix:
		ProxyPass / $URL
		<Location /local>
		Require local
		</Location>
		EOT
		log_lacks 'unix:: not|is not heeded|lets in everybody'
		text=$(ADDR=$T/front.sock get /echo \
		    'X-Forwarded-For: 198.51.100.9')
		is "$(value REMOTE_ADDR "$text")" 198.51.100.9 "$words"
		status "$(ADDR=$T/front.sock get /local/echo \
		    'X-Forwarded-For: 198.51.100.9')" 403
		status "$(ADDR=$T/front.sock get /local/echo)" 200
		text=$(get /echo 'X-Forwarded-For: 198.51.100.9')
		is "$(value REMOTE_ADDR "$text")" 127.0.0.1 'by TCP'
		stop_gateway
	done
	said=$(run_gateway -n -f "$T/own.conf" -c '<Location /x>' \
	    -c 'Require ip unix:' -c '</Location>')
	like "$said" 'ip unix:: not an address'
}

test_unix_front_that_is_not_believed()
{
	cat >"$T/front.conf" <<-EOT
	Listen unix:$T/front.sock
	ProxyPass / $URL
	<Location /local>
	<RequireAny>
	Require local
	Require valid-user
	</RequireAny>
	</Location>
	EOT
	said=$(run_gateway -n -f "$T/front.conf")
	like "$said" 'front.conf:4: Require local lets in everybody who comes'
	said=$(run_gateway -n -f "$T/front.conf" -c 'RemoteIPHeader X-A' \
	    -c 'RemoteIPInternalProxy 127.0.0.1')
	like "$said" 'RemoteIPHeader X-A is not heeded from Listen unix:.*add '
	for more in 'RemoteIPProxyProtocol On' \
	    'RemoteIPInternalProxy unix:'; do
		said=$(run_gateway -n -f "$T/front.conf" \
		    -c 'RemoteIPHeader X-A' -c "$more" \
		    -c 'RemoteIPTrustedProxy 127.0.0.1')
		unlike "$said" 'lets in everybody|is not heeded' "$more"
	done
}

test_proxy_protocol_in_pieces()
{
	# which asks without a header
	STILL_ALIVE=no
	own_gateway - <<-EOT
	RemoteIPProxyProtocol On
	ProxyPass / $URL
	EOT
	text=$(chat s 'PROXY TC' p 30 s 'P4 192.0.2.7 192.0.2.1 4' p 30 \
	    s '711 80\r' p 30 s '\nGET /echo HTTP/1.1\r\nHost: x\r\n\r\n' k)
	is "$(value REMOTE_ADDR "$text")" 192.0.2.7
}

test_proxy_protocol_is_mandatory()
{
	own_gateway - <<-EOT
	RemoteIPProxyProtocol On
	ProxyPass / $URL
	EOT
	is "$(wire s 'GET /echo HTTP/1.1\r\nHost: x\r\n\r\n' r)" ''
	is "$(wire s 'PROXY TCP4 nonsense\r\n' r)" ''
	log_has 'proxy header: 127.0.0.1: '
	own_gateway_except
	is "$(value REMOTE_ADDR "$(get /echo)")" 127.0.0.1
}

own_gateway_except()
{
	G=except
	start_gateway - <<-EOT
	RemoteIPProxyProtocol On
	RemoteIPProxyProtocolExceptions 127.0.0.0/8
	ProxyPass / $URL
	EOT
}

test_proxy_protocol_of_strangers()
{
	# which asks without a header
	STILL_ALIVE=no
	own_gateway - <<-EOT
	RemoteIPProxyProtocol On
	RemoteIPTrustedProxy 192.0.2.0/24
	ProxyPass / $URL
	EOT
	is "$(wire s 'PROXY TCP4 192.0.2.7 192.0.2.1 1 80\r\n' \
	    s 'GET /echo HTTP/1.1\r\nHost: x\r\n\r\n' r)" ''
	log_has 'proxy header: 127.0.0.1: not one of RemoteIP'
}

test_unix_clients()
{
	pick_port
	own_gateway - <<-EOT
	Listen 127.0.0.1:$PORT
	Listen unix:$T/in.sock
	ProxyPass / $URL
	<Location /local>
	Require local
	</Location>
	<Location /ip>
	Require ip 0.0.0.0/0 ::/0
	</Location>
	EOT
	opens "$T/in.sock" ''
	status "$(ADDR=$T/in.sock get /local/echo)" 200
	status "$(ADDR=$T/in.sock get /ip/echo)" 403
	status "$(get /ip/echo)" 200
}

# What stands in the configurations of rtorrent, Trac and hgweb.
test_compat_as_pasted()
{
	echo 'ann:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=' >"$T/trac"
	own_gateway - <<-EOT
	ProxyPass /RPC2 $BARE
	ProxyPass /trac $BARE
	ProxyPass /hg $BARE
	<Proxy *>
	Order deny,allow
	Allow from all
	</Proxy>
	<Location /RPC2>
	Order deny,allow
	Deny from all
	Allow from 192.0.2.1
	</Location>
	<Location /trac/login>
	AuthType Basic
	AuthName trac
	AuthUserFile $T/trac
	Require valid-user
	Order allow,deny
	Allow from 192.0.2.1
	Satisfy any
	</Location>
	<Location /hg>
	SetEnvIf User-Agent ^mercurial hg
	Order allow,deny
	Allow from env=hg
	</Location>
	EOT
	status "$(get /RPC2/echo)" 403
	log_has 'access: 127.0.0.1: denied by Order, Allow and Deny ./RPC2/'
	status "$(get /trac/echo)" 200
	text=$(get /trac/login/echo)
	status "$text" 401
	is "$(printf '%s\n' "$text" | field WWW-Authenticate)" \
	    'Basic realm="trac"'
	status "$(get /trac/login/echo "$WRONG")" 401
	text=$(get /trac/login/echo "$ANN")
	status "$text" 200
	is "$(value REMOTE_USER "$text")" ann
	status "$(get /hg/echo)" 403
	status "$(get /hg/echo 'User-Agent: mercurial/6')" 200
}

# By whichever way a file is reached.
test_compat_of_files()
{
	own_gateway - <<-EOT
	DocumentRoot $T/www
	ProxySCGISendfile On
	ProxyPass /app $BARE
	Alias /other $T/www/shut
	<Directory $T/www/shut>
	Order allow,deny
	Deny from all
	</Directory>
	<Directory $T/www>
	Order deny,allow
	</Directory>
	EOT
	status "$(get /file.txt)" 200
	status "$(get /shut/file.txt)" 403
	status "$(get /other/file.txt)" 403
	status "$(get "/app/head?raw=X-Sendfile:$T/www/file.txt%0A%0A")" 200
	status "$(get "/app/head?raw=X-Sendfile:$T/www/shut/file.txt%0A%0A")" \
	    403
}

# An address that an IPv6 socket shows, a proxy's client.
test_compat_addresses()
{
	own_gateway - <<-EOT
	ProxyPass / $URL
	RemoteIPHeader X-Forwarded-For
	RemoteIPInternalProxy 127.0.0.1
	<Location /deny>
	Order allow,deny
	Allow from all
	Deny from ::ffff:192.0.2.0/120
	</Location>
	EOT
	status "$(get /deny/echo)" 200
	status "$(get /deny/echo 'X-Forwarded-For: 192.0.2.7')" 403
	status "$(get /deny/echo 'X-Forwarded-For: ::ffff:192.0.2.7')" 403
	status "$(get /deny/echo 'X-Forwarded-For: 198.51.100.1')" 200
}

# Whoever wrote how to ask meant to ask.
test_asks_nobody()
{
	own_gateway - <<-EOT
	ProxyPass / $URL
	<Location /forgotten>
	AuthType Basic
	AuthName forgotten
	AuthUserFile $T/users
	</Location>
	<Location /forgotten/not>
	AuthType None
	</Location>
	EOT
	status "$(get /forgotten/echo "$ANN")" 500
	log_has 'auth: /forgotten/echo: .* without a Require: add Require'
	status "$(get /forgotten/not/echo)" 200
}

# decides LINES: a fault whose sentence says what to write
decides()
{
	printf "<Directory $T/www>\n%s\n</Directory>\n" "$1" >"$T/x.conf"
	text=$(run_gateway -n -f "$T/x.conf")
	is $? 78 "$1"
	like "$text" "of .*, is not here: $2" "$1"
}

# What lets in, shuts out or answers is no word to pass over.
test_words_that_decide()
{
	decides 'AllowOverride All' \
	    'there are no .htaccess files; write their lines into <Directory>'
	decides 'AllowOverride AuthConfig Limit' 'there are no .htaccess'
	decides 'AllowOverrideList Require' 'there are no .htaccess'
	decides 'DirectorySlash Off' 'clients of a directory'
	decides 'FileETag None' 'it is always .*write Header unset ETag'
	decides 'AcceptPathInfo On' 'a file has no path behind'
	decides 'ProxyBlock example.com' 'this file names who is asked'
	decides 'ServerPath /x' 'clients send the name'
	decides 'MIMEMagicFile magic' '.*write AddType or ForceType'
	cat >"$T/x.conf" <<-EOT
	<Directory $T/www>
	AllowOverride None
	AllowOverrideList None
	DirectorySlash On
	FileETag MTime Size
	AcceptPathInfo Off
	</Directory>
	EOT
	text=$(run_gateway -n -f "$T/x.conf")
	is $? 0 "$text"
	unlike "$text" 'is not here|has no effect'
}

# An attachment may not become a page by its name.
test_forced_type()
{
	own_gateway - <<-EOT
	DocumentRoot $T/www
	ProxySCGISendfile On
	ProxyPass /app $BARE
	<Location />
	ForceType Application/Octet-Stream
	</Location>
	<Location /shut>
	ForceType None
	</Location>
	EOT
	is "$(get /file.txt | field Content-Type)" application/octet-stream
	is "$(get /shut/file.txt | field Content-Type)" text/plain
	is "$(get "/app/head?raw=X-Sendfile:$T/www/file.txt%0A%0A" |
	    field Content-Type)" application/octet-stream
	is "$(get '/app/head?raw=Status:200%0A%0A' | field Content-Type)" \
	    application/octet-stream
	is "$(get '/app/head?raw=Content-Type:text/x-own%0A%0A' |
	    field Content-Type)" text/x-own
}

run_tests
