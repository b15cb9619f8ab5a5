#!/bin/sh
# What stands in the files that systems bring along: Debian's /etc/apache2 as
# installed, httpd's own, and the names that others have.

. "${0%/*}/lib.sh"

STOCK=${STOCK:-/etc/apache2}

mkdir -p "$T/conf" "$T/www/sub" "$T/log" "$T/run"
echo text >"$T/www/a.txt"
echo page >"$T/www/a.html"
echo page >"$T/www/sub/b.html"
echo '{}' >"$T/www/a.json"
echo secret >"$T/www/.htpasswd"
chmod -R a+rX "$T/www"
start_backend app

# check: gateway -n of what comes in; $code, $said
check()
{
	cat >"$T/conf/c.conf"
	said=$(run_gateway -n -f "$T/conf/c.conf")
	code=$?
	said=$(printf '%s\n' "$said" | sed "s,$T/conf/,,g; s/^gateway: //")
}

#
# Debian's apache2.
#

# A copy in $T/apache2, with proxy_scgi as a2enmod enables it; what envvars
# exports is exported.
copy_stock()
{
	[ -f "$STOCK/apache2.conf" ] || skip "no $STOCK/apache2.conf"
	rm -rf "$T/apache2"
	cp -R "$STOCK" "$T/apache2" || fail copy
	chmod -R u+w "$T/apache2"
	for module in proxy.load proxy.conf proxy_scgi.load; do
		ln -s "../mods-available/$module" "$T/apache2/mods-enabled/"
	done
	APACHE_RUN_USER=nobody
	APACHE_RUN_GROUP=$(id -gn nobody)
	APACHE_RUN_DIR=$T/run
	APACHE_LOG_DIR=$T/log
	APACHE_PID_FILE=$T/run/apache2.pid
	export APACHE_RUN_USER APACHE_RUN_GROUP APACHE_RUN_DIR APACHE_LOG_DIR
	export APACHE_PID_FILE
}

test_debian_loads()
{
	copy_stock
	said=$(run_gateway -n -f "$T/apache2/apache2.conf")
	is $? 0 "$said"
	like "$said" '^Syntax OK$'
	like "$said" '^/ -> files of /var/www/html'
	unlike "$said" 'unknown'
}

# ask PATH, of app.example
ask()
{
	chat s "GET $1 HTTP/1.1\\r\\nHost: app.example\\r\\n" \
	    s 'Connection: close\r\n\r\n' r
}

test_debian_serves_scgi()
{
	copy_stock
	pick_port
	sed "s/^Listen 80\$/Listen 127.0.0.1:$PORT/" "$STOCK/ports.conf" \
	    >"$T/apache2/ports.conf"
	cat >"$T/apache2/sites-enabled/app.conf" <<-END
	<VirtualHost *:$PORT>
	    ServerName app.example
	    ProxyPass "/app/" "unix:$T/app.sock|scgi://localhost/"
	    DocumentRoot $T/www
	    <Directory $T/www>
	        Require all granted
	    </Directory>
	</VirtualHost>
	END
	own_gateway -f "$T/apache2/apache2.conf"
	text=$(ask /app/echo)
	status "$text" 200
	is "$(value SERVER_NAME "$text")" app.example
	status "$(ask /a.txt)" 200
	status "$(ask /.htpasswd)" 403
}

#
# <Files> for what is never served anyway.
#

ht_section()
{
	check <<-END
	$1
	Require all denied
	</$2>
	END
	is "$code" 0 "$1: $said"
	unlike "$said" 'Files' "$1"
}

test_ht_sections()
{
	ht_section '<FilesMatch "^\.ht">' FilesMatch
	ht_section '<FilesMatch "^\.([Hh][Tt]|ht)">' FilesMatch
	ht_section '<FilesMatch "^\.(htaccess|htpasswd)$">' FilesMatch
	ht_section '<Files ".ht*">' Files
	ht_section '<Files .htaccess>' Files
	ht_section '<Files ~ "^\.ht">' Files
	check <<-'END'
	<VirtualHost *>
	<Directory /srv>
	<Files ".ht*">
	Order deny,allow
	Require all denied
	</Files>
	Require all granted
	</Directory>
	</VirtualHost>
	END
	is "$code" 0 "$said"
}

other_section()
{
	check <<-END
	$1
	Require all denied
	</$2>
	END
	is "$code" 78 "$1"
	like "$said" '^c.conf:1: <Files.* is not supported: .*<LocationMatch>'
	like "$said" '^1 fault'
}

test_other_files_sections()
{
	other_section '<FilesMatch "\.php$">' FilesMatch
	other_section '<FilesMatch "^\.ht|\.bak$">' FilesMatch
	other_section '<FilesMatch "^\.(ht|git)">' FilesMatch
	other_section '<FilesMatch "^\.(ht)|x">' FilesMatch
	other_section '<Files "*.ini">' Files
	other_section '<Files ~ "\.ht">' Files
}

test_ht_section_lets_nobody_in()
{
	check <<-'END'
	<Files ".ht*">
	Require all granted
	</Files>
	END
	is "$code" 78 "$said"
	like "$said" '^c.conf:2: <Files .ht\*>: .*only "Require all denied"'
}

#
# Names of which half was known.
#

test_families()
{
	check <<-'END'
	FancyIndexing On
	IndexOptions FancyIndexing VersionSort HTMLTable
	AddIcon /icons/a.gif .bin
	AddIconByType (TXT,/icons/text.gif) text/*
	DefaultIcon /icons/unknown.gif
	AddAlt "a" .x
	AddDescription "b" .y
	ReadmeName README.html
	HeaderName HEADER.html
	IndexIgnore .??* *~
	AddLanguage en .en
	DefaultLanguage en
	LanguagePriority en de
	ForceLanguagePriority Prefer Fallback
	AddCharset utf-8 .utf8
	RemoveType tar
	RemoveHandler .py
	AddHandler type-map var
	SSLCACertificatePath /etc/ssl
	SSLVerifyDepth 2
	SSLOpenSSLConfCmd DHParameters x
	CustomLog log/access.log vhost_combined
	END
	is "$code" 0 "$said"
	is "$(printf '%s\n' "$said" | grep -c 'has no effect: ')" 21 "$said"
	like "$said" '^c.conf:18: AddHandler: type-map has no effect'
}

refused()
{
	check <<-END
	$1
	END
	is "$code" 78 "$1"
	like "$said" "^c.conf:1: $2" "$1"
}

test_refused()
{
	refused 'AddHandler cgi-script .cgi' \
	    'AddHandler: "cgi-script" is not supported: programs are not'
	refused 'AddHandler "proxy:fcgi://h" .php' \
	    'AddHandler: .*write ProxyPassMatch "\[\.\]php\$" scgi://host:port'
	refused 'php_admin_value open_basedir /srv' \
	    'php_admin_value, of mod_php, is not here: .*php.ini'
	refused 'ExpiresActive On' \
	    'ExpiresActive, of mod_expires, is not here: write Header set Cache-'
	refused 'XSendFile On' \
	    'XSendFile, of mod_xsendfile, .*write ProxySCGISendfile On'
	refused 'WSGIScriptAlias / /srv/app.wsgi' \
	    'WSGIScriptAlias, of mod_wsgi, is not here: .*scgi://host:port'
	refused 'FallbackResource /index.php' 'FallbackResource, of mod_dir, is'
	refused 'SSLProxyVerfy none' 'unknown directive "SSLProxyVerfy" .did you mean "SSLProxyVerify", of mod_ssl\? that is not here: '
}

#
# Files of other servers.
#

# foreign WHOSE: one sentence of the file that comes in
foreign()
{
	check
	is "$code" 78 "$1"
	is "$(printf '%s\n' "$said" | head -n 1)" \
	    "c.conf: this is the language of $1, and httpd's is spoken here: gateway-migration(7) says what to write instead"
	is "$(printf '%s\n' "$said" | wc -l)" 2 "$said"
}

test_other_servers()
{
	foreign nginx <<-'END'
	user www-data;
	http {
	    server {
	        listen 80; # all
	        location / { include scgi_params; scgi_pass localhost:4000; }
	    }
	}
	END
	foreign nginx <<-'END'
	scgi_param  REQUEST_METHOD     $request_method;
	scgi_param  REQUEST_URI        $request_uri;
	END
	foreign lighttpd <<-'END'
	server.modules += ( "mod_scgi" )
	scgi.server = ( "/app" =>
	  (( "host" => "127.0.0.1", "port" => 4000 ))
	)
	END
	foreign lighttpd <<-'END'
	$HTTP["host"] == "a.example" {
	  server.document-root = "/srv"
	}
	END
	foreign Caddy <<-'END'
	example.com {
	    reverse_proxy localhost:9000
	}
	END
	foreign uwsgi <<-'END'
	[uwsgi]
	scgi-socket = :4000
	END
	for file in /etc/nginx/nginx.conf /etc/nginx/sites-available/default; do
		[ ! -f "$file" ] || foreign nginx <"$file"
	done
	[ ! -f /etc/lighttpd/lighttpd.conf ] ||
		foreign lighttpd </etc/lighttpd/lighttpd.conf
	echo "Include $T/conf/n.conf" >"$T/conf/x.conf"
	printf 'worker_processes 4;\nevents {\n}\n' >"$T/conf/n.conf"
	check <"$T/conf/x.conf"
	like "$said" '^c.conf:1: cannot include n.conf: this is the language of nginx,'
}

# What httpd can read is never taken for another's.
test_not_of_other_servers()
{
	check <<-'END'
	LogFormat "{ \
	\"a\": 1, \
	}" x
	SetEnv A "b;"
	SetEnv B c;
	Define x {
	UnDefine \
	[x]
	END
	is "$code" 0 "$said"
	for file in "$STOCK"/apache2.conf "$STOCK"/*-available/* \
	    "$TOP"/gateway.conf.sample; do
		[ -f "$file" ] || continue
		said=$(run_gateway -n -f "$file")
		unlike "$said" 'the language of' "$file"
	done
}

# Words too many are most often a text without its quotes.
test_quotes()
{
	refused 'Header set X hello world' \
	    'Header: unknown parameter "world": .* in quotes, "hello world", '
	refused 'Header always append X a b c env=d' \
	    'Header: unknown parameter "b": .* in quotes, "a b c", '
	refused 'RequestHeader set X hello big wide world of mine' \
	    'RequestHeader: .* in quotes, "hello big wide world of mine", '
	refused 'SetEnv A b c' 'SetEnv takes .* in quotes: "b c"\)'
	refused 'AuthName my realm' 'AuthName takes .* in quotes: "my realm"'
	refused 'ErrorDocument 404 Not here' \
	    'ErrorDocument takes .* in quotes: "Not here"\)'
}

#
# AddDefaultCharset, and text behind a section.
#

type_of()
{
	get "$1" | field Content-Type
}

test_default_charset()
{
	start_gateway - <<-END
	DocumentRoot $T/www
	ProxyPass /app/ $URL
	AddDefaultCharset utf-8
	<Directory $T/www/sub>
	AddDefaultCharset On
	</Directory>
	<Location /app/off>
	AddDefaultCharset Off
	</Location>
	END
	is "$(type_of /a.txt)" 'text/plain; charset=utf-8'
	is "$(type_of /a.html)" 'text/html; charset=utf-8'
	is "$(type_of /a.json)" 'application/json'
	is "$(type_of /sub/b.html)" 'text/html; charset=iso-8859-1'
	head=$(escaped 'Content-Type: text/html\n\n')
	is "$(type_of "/app/head?raw=$head")" 'text/html; charset=utf-8'
	head=$(escaped 'Content-Type: text/html;charset=x\n\n')
	is "$(type_of "/app/head?raw=$head")" 'text/html;charset=x'
	text=$(get /a.txt 'Range: bytes=0-0,2-2')
	is "$(printf '%s\n' "$text" | grep -c \
	    '^Content-Type: text/plain; charset=utf-8')" 2 'in each part'
}

test_charset_is_a_name()
{
	check <<-'END'
	AddDefaultCharset "utf-8; x"
	END
	is "$code" 78
	like "$said" '^c.conf:1: AddDefaultCharset: "utf-8; x" is no name of'
}

test_text_behind_a_section()
{
	start_gateway - <<-END
	DocumentRoot $T/www
	<Location /a.html> # not for everybody
	Require all denied
	</Location> # the end
	<IfModule mod_ssl.c> if there is one
	NoSuchThing
	</IfModule> x
	END
	status "$(get /a.html)" 403
	status "$(get /a.txt)" 200
	log_has ':[0-9]+: "# not for everybody" behind the > is passed over'
	log_has ':[0-9]+: "# the end" behind the > is passed over'
}

run_tests
