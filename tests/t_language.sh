#!/bin/sh
# What people paste from httpd: whole blocks, the examples of its manual, and
# what is said of faults.

. "${0%/*}/lib.sh"

mkdir -p "$T/files" "$T/conf"
printf 'a file' >"$T/files/x"
chmod -R a+rX "$T/files"

start_backend one -i one -u "$T/one.sock"
start_backend two -i two -u "$T/two.sock"
PASTED=$HERE/pasted.conf

# The pasted block with the places of this test, and nothing else changed.
adapted()
{
	pick_port
	sed -e "s,^Listen 8080,Listen 127.0.0.1:$PORT," \
	    -e "/<Location .django-app/,/<\/Location>/s,scgi://localhost:4001,unix:$T/two.sock|scgi://two," \
	    -e "/^    ProxyPass/s,scgi://localhost:4000,unix:$T/one.sock|scgi://one," \
	    -e "s,\"scgi://localhost:4000\",\"unix:$T/one.sock|scgi://a\"," \
	    -e "s,unix:/run/app/b.sock,unix:$T/two.sock," \
	    "$PASTED"
}

# check FILE|-: gateway -n; $code, $said
check()
{
	[ "$1" != - ] || { cat >"$T/conf/c.conf"; set -- "$T/conf/c.conf"; }
	said=$(run_gateway -n -f "$1")
	code=$?
	said=$(printf '%s\n' "$said" | sed "s,$T/conf/,,g; s/^gateway: //")
}

# canonical FILE: what -nn prints, without the defaults
canonical()
{
	run_gateway -nn -f "$1" | grep -v '^gateway: ' | grep -v '^#'
}

#
# Whole blocks.
#

test_pasted_block_loads()
{
	check "$PASTED"
	is "$code" 0 "$said"
	is "$(printf '%s\n' "$said" | grep warning | sed 's/^[^:]*\///')" \
	    "$(cat <<-'EOT'
	pasted.conf:1: LoadModule, of mod_so, has no effect: there are no modules (warning)
	pasted.conf:9: ProxyPass: retry= has no effect (warning)
	pasted.conf:27: SetHandler: there is no status page in this version (warning)
	ProxySCGISendfile without XSendFilePath: applications may name any file that the workers can read (warning)
	EOT
	)"
	like "$said" '^/static/ -> ! '
	like "$said" '^/app/ -> balancer://somecluster '
}

test_pasted_block_serves()
{
	adapted >"$T/conf/pasted.conf"
	own_gateway -f "$T/conf/pasted.conf"
	status "$(get /static/x)" 404
	text=$(get /scgi-bin/echo/a%20b)
	is "$(value SCRIPT_NAME "$text")" /scgi-bin
	is "$(value PATH_INFO "$text")" '/echo/a b'
	is "$(value SERVER_NAME "$text")" localhost
	lacks "$text" HTTP_AUTHORIZATION proxy-scgi-pathinfo
	# Off for the server: the client is told
	text=$(get '/scgi-bin/redirect?to=/scgi-bin/id')
	status "$text" 302
	is "$(printf '%s\n' "$text" | field Location)" /scgi-bin/id
	# X-Location in the section
	head=$(escaped 'X-Location: /scgi-bin/id\n\n')
	is "$(get "/django-app/head?raw=$head" | body)" one
	head=$(escaped "X-Sendfile: $T/files/x\n\n")
	is "$(get "/django-app/head?raw=$head" | body)" 'a file'
	text=$(get /django-app/echo 'Authorization: Basic eA==')
	is "$(value HTTP_AUTHORIZATION "$text")" 'Basic eA=='
	lacks "$(get /scgi-bin/echo 'Authorization: Basic eA==')" \
	    HTTP_AUTHORIZATION
}

test_pasted_block_balances()
{
	adapted >"$T/conf/pasted.conf"
	own_gateway -f "$T/conf/pasted.conf"
	text=$(get /app/id)
	status "$text" 200
	like "$(printf '%s\n' "$text" | field Set-Cookie)" \
	    '^ROUTEID=\.[ab]; path=/$'
	for route in a b a b; do
		text=$(get /app/echo "Cookie: ROUTEID=.$route")
		is "$(value BALANCER_WORKER_ROUTE "$text")" "$route"
		is "$(printf '%s\n' "$text" | field Set-Cookie)" ''
	done
}

#
# The examples of httpd's page on mod_proxy_scgi.
#

test_simple_gateway()
{
	own_gateway - <<-EOT
	ProxyPass "/scgi-bin/" "unix:$T/one.sock|scgi://localhost/"
	EOT
	text=$(get /scgi-bin/echo/x)
	is "$(value SCRIPT_NAME "$text")" /scgi-bin/echo/x
	lacks "$text" PATH_INFO
	check - <<-'EOT'
	ProxyPass "/scgi-bin/" "scgi://localhost:4000/"
	EOT
	is "$code" 0 "$said"
}

test_balanced_gateway()
{
	own_gateway - <<-EOT
	ProxyPass "/scgi-bin/" "balancer://somecluster/"
	<Proxy "balancer://somecluster">
	    BalancerMember "unix:$T/one.sock|scgi://localhost:4000"
	    BalancerMember "unix:$T/two.sock|scgi://localhost:4001"
	</Proxy>
	EOT
	is "$(for _ in 1 2 3 4; do get /scgi-bin/id | body; echo; done |
	    grep . | sort | uniq -c | tr -s ' \n' ' ')" ' 2 one 2 two '
	check - <<-'EOT'
	ProxyPass "/scgi-bin/" "balancer://somecluster/"
	<Proxy "balancer://somecluster">
	    BalancerMember "scgi://localhost:4000"
	    BalancerMember "scgi://localhost:4001"
	</Proxy>
	EOT
	is "$code" 0 "$said"
}

test_internal_redirect_examples()
{
	own_gateway - <<-EOT
	ProxySCGIInternalRedirect Off
	ProxyPass /one unix:$T/one.sock|scgi://one
	<Location "/django-app/">
	    ProxySCGIInternalRedirect X-Location
	    ProxyPass "unix:$T/two.sock|scgi://two/"
	</Location>
	EOT
	status "$(get '/one/redirect?to=/one/id')" 302
	head=$(escaped 'X-Location: /one/id\n\n')
	is "$(get "/django-app/head?raw=$head" | body)" one
	status "$(get '/django-app/redirect?to=/one/id')" 302
}

test_sendfile_examples()
{
	own_gateway - <<-EOT
	ProxySCGISendfile On
	XSendFilePath $T/files
	ProxyPass /one unix:$T/one.sock|scgi://one
	<Location /named>
	ProxySCGISendfile X-Send-Static
	ProxyPass unix:$T/one.sock|scgi://one
	</Location>
	<Location /off>
	ProxySCGISendfile Off
	ProxyPass unix:$T/one.sock|scgi://one
	</Location>
	EOT
	head=$(escaped "X-Sendfile: $T/files/x\n\n")
	is "$(get "/one/head?raw=$head" | body)" 'a file'
	is "$(get "/off/head?raw=$head" | field X-Sendfile)" "$T/files/x"
	is "$(get "/named/head?raw=$head" | field X-Sendfile)" "$T/files/x"
	head=$(escaped "X-Send-Static: $T/files/x\n\n")
	is "$(get "/named/head?raw=$head" | body)" 'a file'
}

test_pathinfo_example()
{
	own_gateway - <<-EOT
	SetEnvIf Request_URI . proxy-scgi-pathinfo
	ProxyPass /app/ unix:$T/one.sock|scgi://one/
	EOT
	text=$(get /app/echo/x)
	is "$(value SCRIPT_NAME "$text")" /app
	is "$(value PATH_INFO "$text")" /echo/x
}

#
# Faults.
#

test_faults_in_one_run()
{
	cat >"$T/conf/in.conf" <<-'EOT'
	<VirtualHost *>
	KeepAliveTimout 5
	</VirtualHost>
	EOT
	check - <<-'EOT'
	Listen 8080
	Timeout never
	Lisen 80
	<Locaton /a>
	</Locaton>
	ProxyPass /a scgi://h rety=1
	SetEnv
	<Location /b>
	Listen 81
	</Location>
	Include in.conf
	Macro x
	ProxyPass /c fcgi://h
	<LocationMatch "(?=x)">
	</LocationMatch>
	<VirtualHost *>
	EOT
	is "$code" 78
	is "$(printf '%s\n' "$said" | grep -v warning |
	    sed 's/ (does it speak.*//')" "$(cat <<-'EOT'
	c.conf:2: Timeout: "never" is not a time (seconds, or with ms, s, mi or h; 24 days at most)
	c.conf:3: unknown directive "Lisen" (did you mean "Listen"?)
	c.conf:4: unknown section <Locaton> (did you mean <Location>?)
	c.conf:6: ProxyPass: unknown parameter "rety" (did you mean "retry"?)
	c.conf:7: SetEnv takes 1 to 2 arguments, not 0: SetEnv name [value]
	c.conf:9: Listen cannot stand inside <Location> (opened at c.conf:8)
	in.conf:2: unknown directive "KeepAliveTimout" (did you mean "KeepAliveTimeout"?) (included from c.conf:11)
	c.conf:12: Macro, of mod_macro, is not here: use Define and Include
	c.conf:13: ProxyPass fcgi://h: only SCGI is spoken here: let the application speak SCGI instead of FastCGI
	c.conf:14: LocationMatch: an ERE has no look-around such as (?=, (?! and (?<=: write (...), or a second line
	c.conf:16: <VirtualHost> is opened here and not closed
	11 faults: the configuration is not used
	EOT
	)"
}

# An open /RPC2 is said, in whatever way it is mapped; a closed one is not.
# a host that is no address, and a name that no name server could know
test_hosts_that_cannot_be()
{
	label=$(printf '%064d' 0)
	for host in 999.1.1.1 300.1.1.1 1.2.3.4.5 1.2.3. a..b .b \
	    "a$label" '[::zz]' '[1.2.3.4]' '[::1::]'; do
		for line in "Listen $host:8080" "ServerName $host:80" \
		    "ProxyPass / scgi://$host:4000/" \
		    "BalancerMember balancer://b scgi://$host:4000"; do
			check - <<-EOT
			$line
			EOT
			is "$code" 78 "$line: $said"
			like "$said" "^c.conf:1: .*(neither an address|label|no IPv6)" \
			    "$line"
		done
		check - <<-EOT
		<VirtualHost $host:80>
		</VirtualHost>
		EOT
		is "$code" 78 "<VirtualHost $host:80>: $said"
		said=$(run_gateway -n -l "$host:8080" scgi://localhost:4000/)
		is "$?" 78 "-l $host: $said"
	done
	for host in 127.0.0.1 127.1 255.255.255.255 localhost. a-b.c_d app.1 \
	    '[::1]' '[fe80::1%lo]' '[::ffff:192.0.2.1]'; do
		check - <<-EOT
		Listen $host:8080
		ProxyPass / scgi://$host:4000/
		EOT
		is "$code" 0 "$host: $said"
	done
}

test_dangers()
{
	check - <<-'EOT'
	Listen 8080
	ProxyPassMatch ^/RPC2$ scgi://127.0.0.1:1
	ProxyPass /rutorrent/RPC2 scgi://127.0.0.1:1
	<LocationMatch ^/(u|w)/RPC2$>
	ProxyPass scgi://127.0.0.1:1
	Require local
	</LocationMatch>
	<Location /q/RPC2>
	SetHandler "proxy:scgi://127.0.0.1:1"
	</Location>
	ProxyPass /safe/RPC2 scgi://127.0.0.1:1
	<Location /safe>
	Require ip 10
	</Location>
	EOT
	is "$code" 0
	is "$(printf '%s\n' "$said" |
	    sed -n 's/.*:\([0-9]*\): .* is open to everybody.*/\1/p' |
	    tr '\n' ' ')" '2 3 9 '
}

test_warnings()
{
	check - <<-'EOT'
	Listen 8080
	ProxyPass / scgi://127.0.0.1:1/
	ProxyPass /RPC2 scgi://127.0.0.1:2
	ProxyPass /x/ scgi://127.0.0.1:3
	<VirtualHost *:443>
	ProxyPass /y scgi://127.0.0.1:4
	</VirtualHost>
	SetEnvIf Host (a|ab) A=$1
	Mutex default
	EOT
	is "$code" 0
	for line in \
	    'c.conf:3: ProxyPass /RPC2 never matches, because / at' \
	    'c.conf:4: ProxyPass: below /x/ every request is 400' \
	    'c.conf:5: <VirtualHost>: no Listen has the port 443' \
	    'c.conf:6: ProxyPass /y never matches, because / at' \
	    'c.conf:8: SetEnvIf: one alternative begins another' \
	    "c.conf:9: Mutex, of httpd's core, has no effect: none is needed" \
	    'c.conf:3: /RPC2 is open to everybody'; do
		printf '%s\n' "$said" | grep -qF "$line" ||
			fail "not said: $line ($said)"
	done
}

test_rpc_that_is_not_open()
{
	check - <<-'EOT'
	Listen 8080
	ProxyPass /RPC2 scgi://127.0.0.1:2
	<Location /RPC2>
	Require local
	</Location>
	EOT
	unlike "$said" 'open to everybody'
	check - <<-'EOT'
	Listen 127.0.0.1:8080
	ProxyPass /RPC2 scgi://127.0.0.1:2
	EOT
	unlike "$said" 'open to everybody' 'loopback'
}

test_users_below_the_root()
{
	printf 'a:$5$x$y\n' >"$T/files/users"
	check - <<-EOT
	DocumentRoot $T/files
	<Location />
	AuthType Basic
	AuthName x
	AuthUserFile $T/files/users
	Require valid-user
	</Location>
	EOT
	is "$code" 0
	like "$said" 'AuthUserFile: .* is below DocumentRoot'
}

#
# The language.
#

test_conditions_and_includes()
{
	mkdir -p "$T/conf/sub"
	printf 'SetEnv INCLUDED ${HOST_NAME}\n' >"$T/conf/sub/a.conf"
	printf 'SetEnv SECOND yes\n' >"$T/conf/sub/b.conf"
	cat >"$T/conf/l.conf" <<-EOT
	Define HOST_NAME one.example
	DefaultRuntimeDir $T
	<VirtualHost *>
	ServerName \${HOST_NAME}
	<Location /in>
	Include sub/*.conf
	IncludeOptional none/*.conf
	</Location>
	<IfModule mod_headers.c>
	Header set X-Module yes
	</IfModule>
	<IfModule !mod_rewrite.c>
	SetEnv NO_REWRITE yes
	</IfModule>
	<IfDefine EXTRA>
	SetEnv EXTRA yes
	</IfDefine>
	<IfFile sub/a.conf>
	SetEnv FILE yes
	</IfFile>
	ProxyPass / unix:one.sock|scgi://one/
	UnDefine HOST_NAME
	<IfDefine HOST_NAME>
	Error "still defined"
	</IfDefine>
	</VirtualHost>
	EOT
	pick_port
	echo "Listen 127.0.0.1:$PORT" >>"$T/conf/l.conf"
	own_gateway -f "$T/conf/l.conf" -D EXTRA
	text=$(get /in/echo)
	is "$(value INCLUDED "$text")" one.example
	is "$(value SECOND "$text")" yes
	is "$(value NO_REWRITE "$text")" yes
	is "$(value EXTRA "$text")" yes
	is "$(value FILE "$text")" yes
	is "$(printf '%s\n' "$text" | field X-Module)" yes
}

test_read_back()
{
	check "$PASTED"
	canonical "$PASTED" >"$T/conf/first.conf"
	canonical "$T/conf/first.conf" >"$T/conf/second.conf"
	cmp -s "$T/conf/first.conf" "$T/conf/second.conf" ||
		fail "$(diff "$T/conf/first.conf" "$T/conf/second.conf")"
	like "$(run_gateway -nn -f "$PASTED")" '^# Timeout 60$' 'defaults'
	canonical "$TOP/gateway.conf.sample" >"$T/conf/first.conf"
	canonical "$T/conf/first.conf" >"$T/conf/second.conf"
	cmp -s "$T/conf/first.conf" "$T/conf/second.conf" || fail sample
}

# Each line of the sample that one may take the # off is right.
test_sample_uncommented()
{
	: >"$T/conf/users"
	sed -E -e 's/^#([A-Z<]| {4,}[A-Z<])/\1/' \
	    -e "s,/etc/gateway.users,$T/conf/users," \
	    -e '/^ProxyPass \/ /d' "$TOP/gateway.conf.sample" \
	    >"$T/conf/sample.conf"
	check "$T/conf/sample.conf"
	like "$said" '^Syntax OK$'
	unlike "$said" 'never matches|unknown|no effect|before the'
	is "$(grep -c '^ *ProxyPass ' "$T/conf/sample.conf")" 10 mappings
}

# Each example of gateway.conf(5) can be pasted.
test_examples_of_the_manual()
{
	awk -v to="$T/conf/example" '
	/^\.Sh / { inside = $2 == "EXAMPLES" }
	/^\.Ed/ { literal = 0 }
	inside && literal { print > (to "." n) }
	inside && /^\.Bd -literal/ { literal = 1; n++ }
	' "$TOP/man/gateway.conf.5"
	n=0
	for file in "$T"/conf/example.*; do
		n=$((n + 1))
		grep -q ProxyPass "$file" ||
			echo 'ProxyPass / scgi://localhost:4000/' >>"$file"
		grep -q Listen "$file" || echo 'Listen 8080' >>"$file"
		check "$file"
		is "$code" 0 "$(cat "$file"): $said"
		like "$said" '^Syntax OK$'
		unlike "$said" '(warning|advice)' "$(cat "$file")"
	done
	[ "$n" -ge 6 ] || fail "$n examples"
}

test_everything_reads_back()
{
	printf '192.0.2.0/24\n' >"$T/conf/nets"
	: >"$T/conf/users"
	cat >"$T/conf/all.conf" <<-'EOT'
	Listen 127.0.0.1:8080
	ServerName https://example.org:8443
	ServerAdmin "me \"at\" home"
	RemoteIPHeader X-Forwarded-For
	RemoteIPInternalProxy 127.0.0.1 10.0.0.0/8
	RemoteIPTrustedProxyList nets
	RemoteIPProxiesHeader X-By
	RequestHeader edit* X-A "^(a)|b$" "$1 %{B}e"
	Header always append Vary Cookie env=!NO
	LogFormat "%h \"%r\" %{X}i" own
	CustomLog /tmp/a own env=X
	GlobalLog /tmp/b combined
	SetEnvIf User-Agent "a b" X=$0 !Y
	ErrorDocument 404 "not \"here\""
	ProxyPassMatch "^/m/(.*)$" unix:/run/a.sock|scgi://a/$1 timeout=5
	SCGIMount /s 127.0.0.1:4000
	<Proxy "balancer://b">
	BalancerMember scgi://127.0.0.1:1 route=a loadfactor=1.5 status=+H
	ProxySet lbmethod=bytraffic stickysession=A|b
	</Proxy>
	<Directory /srv>
	Require all denied
	Options +FollowSymLinks
	</Directory>
	<VirtualHost *:8080 [::1]>
	ServerName a
	ServerAlias *.a b?c
	<Location ~ "^/x\.(y|z)$">
	SetHandler "proxy:balancer://b"
	ProxySCGIPathInfo On
	<RequireAll>
	Require not ip 192.0.2.1
	<RequireAny>
	Require user a b
	Require env X
	</RequireAny>
	</RequireAll>
	AuthType Basic
	AuthName "the place"
	AuthUserFile users
	</Location>
	ProxyPassReverse / balancer://b/
	ProxyPassReverseCookiePath /a/ /b/
	ProxyPass / balancer://b/
	</VirtualHost>
	EOT
	check "$T/conf/all.conf"
	is "$code" 0 "$said"
	canonical "$T/conf/all.conf" >"$T/conf/first.conf"
	canonical "$T/conf/first.conf" >"$T/conf/second.conf"
	cmp -s "$T/conf/first.conf" "$T/conf/second.conf" ||
		fail "$(diff "$T/conf/first.conf" "$T/conf/second.conf")"
	# nothing is lost; ServerRoot is told besides
	is "$(wc -l <"$T/conf/first.conf" | tr -d ' ')" \
	    "$(($(wc -l <"$T/conf/all.conf") + 1))" 'lines'
}

run_tests
