#!/bin/sh
# shellcheck disable=SC2034 # lib.sh reads them
# What is denied is denied, whichever way leads to a file: by its path, by
# links, by other spellings, as an index, a page of an error, by Alias, and
# named by an application.

. "${0%/*}/lib.sh"

ANN='Authorization: Basic YW5uOnNlY3JldA=='	# ann:secret

# Below srv stands what is served and what is not.
S=$T/srv
mkdir -p "$S/pub/sub" "$S/private/sub" "$S/users" "$S/releases/1" "$S/code"
printf 'public' >"$S/pub/x.txt"
printf 'public' >"$S/pub/sub/x.txt"
printf 'private' >"$S/private/x.txt"
printf 'private' >"$S/private/index.html"
printf 'for users' >"$S/users/x.txt"
printf 'release' >"$S/releases/1/x.txt"
printf 'source' >"$S/code/index.php"
printf 'source' >"$S/code/page.php"
printf 'hidden' >"$S/pub/.htusers"
printf 'ann:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n' >"$T/users"
ln -s ../private "$S/pub/link"
ln -s ../private/x.txt "$S/pub/file"
ln -s ../users/x.txt "$S/pub/asks"
ln -s .htusers "$S/pub/other.txt"
ln -s ../private/x.txt "$S/code/away.php"
ln -s private "$S/alias"
ln -s releases/1 "$S/current"
chmod -R a+rX "$S" "$T/users"

start_backend
BARE=${URL%/}

DENIED="<Directory $S/private>
Require all denied
</Directory>"

# names PATH: what an application answers that names the file
names()
{
	get "/app/head?raw=X-Sendfile:%20$(code "$1")%0A%0A" "$ANN"
}

# denied TEXT WHAT: a 403 without a word of the file
denied()
{
	status "$1" 403 "$2"
	unlike "$1" 'private|WWW-Auth' "$2"
}

test_spelled_otherwise()
{
	for name in "$S/./private" "$S//private/" "$S/pub/../private" \
	    "$S/private/sub/.." "$S/priv*/./"; do
		stop_gateway 2>/dev/null
		own_gateway - <<-EOT
		DocumentRoot $S/pub/..//./
		Alias /a/ "$S/pub/../private/"
		Alias /b "$S/./private"
		Alias /c $S/pub//../private/x.txt
		AliasMatch ^/d/(.*)$ $S/pub/../private/\$1
		<Directory "$name">
		Require all denied
		</Directory>
		EOT
		for path in /private/x.txt /a/x.txt /b/x.txt /c /d/x.txt \
		    /a/sub/../x.txt; do
			denied "$(get "$path")" "$name: $path"
		done
		is "$(get /pub/x.txt | body)" public
	done
}

test_relative_to_server_root()
{
	mkdir -p "$S/etc"
	own_gateway - <<-EOT
	ServerRoot $S/etc
	DocumentRoot ../private
	$DENIED
	EOT
	denied "$(get /x.txt)" DocumentRoot
}

test_users_below_the_root()
{
	cp "$T/users" "$S/pub/sub/users"
	cat >"$T/check.conf" <<-EOT
	DocumentRoot $S/pub
	Listen 127.0.0.1:8080
	<Location />
	AuthType Basic
	AuthName x
	AuthUserFile $S/private/..//pub/sub/users
	Require valid-user
	</Location>
	EOT
	like "$(run_gateway -n -f "$T/check.conf")" \
	    'AuthUserFile: .* is below DocumentRoot'
}

test_through_links()
{
	own_gateway - <<-EOT
	DocumentRoot $S/pub
	Options FollowSymLinks
	Alias /all $S
	Alias /root $S/alias
	Alias /one $S/pub/file
	ErrorDocument 404 /file
	ErrorDocument 405 /link/x.txt
	<Location /dir>
	DirectoryIndex /link/x.txt
	</Location>
	Alias /dir $S/pub/sub
	ProxyPass /app $BARE
	$DENIED
	EOT
	denied "$(get '/app/redirect?to=/link/x.txt')" 'an internal redirect'
	for path in /link/x.txt /file /all/pub/link/x.txt /all/alias/x.txt \
	    /root/x.txt /one /dir/ /link/; do
		denied "$(get "$path")" "$path"
	done
	log_has "file: $S/pub/file: it is $S/private/x.txt, for which"
	text=$(get /nothing)
	status "$text" 404
	unlike "$text" private
	text=$(request PUT /x.txt)
	status "$text" 405
	unlike "$text" private
	is "$(get /x.txt | body)" public
}

test_denied_but_for_one()
{
	own_gateway - <<-EOT
	DocumentRoot $S/pub
	Options FollowSymLinks
	<Directory />
	Require all denied
	</Directory>
	<Directory $S/pub>
	Require all granted
	</Directory>
	EOT
	is "$(get /x.txt | body)" public
	denied "$(get /file)" 'a link out of what is granted'
	denied "$(get /link/x.txt)" 'the same'
}

# A root that is a link is the operator's word, also when it is changed; what
# is said of where it leads counts more.
test_root_is_a_link()
{
	own_gateway - <<-EOT
	DocumentRoot $S/current
	Alias /back $S/alias
	<Directory />
	Require all denied
	</Directory>
	<Directory $S/current>
	Require all granted
	</Directory>
	<Directory $S/alias>
	Require all granted
	</Directory>
	$DENIED
	EOT
	is "$(get /x.txt | body)" release
	mkdir -p "$S/releases/2"
	printf 'second' >"$S/releases/2/x.txt"
	rm "$S/current"
	ln -s releases/2 "$S/current"
	is "$(get /x.txt | body)" second
	denied "$(get /back/x.txt)" 'a root that leads to what is denied'
}

test_section_names_a_link()
{
	own_gateway - <<-EOT
	DocumentRoot $S
	<Directory $S/alias>
	Require all denied
	</Directory>
	EOT
	denied "$(get /alias/x.txt)" 'by the same name'
	denied "$(get /private/x.txt)" 'by the other'
}

test_users_through_links()
{
	own_gateway - <<-EOT
	DocumentRoot $S/pub
	Options FollowSymLinks
	CustomLog @ACCESS@ "%u %>s %U"
	<Directory $S/users>
	AuthType Basic
	AuthName x
	AuthUserFile $T/users
	Require valid-user
	</Directory>
	EOT
	text=$(get /asks)
	status "$text" 401
	like "$text" '^WWW-Authenticate: Basic'
	is "$(get /asks "$ANN" | body)" 'for users'
	within 3 grep -q '^ann 200 /asks$' "$ACCESS" || fail log
}

test_named_by_an_application()
{
	own_gateway - <<-EOT
	ProxySCGISendfile On
	ProxyPass /app $BARE
	$DENIED
	<Location /app/in>
	XSendFilePath $S/alias
	XSendFilePath $S/pub
	</Location>
	EOT
	for path in "$S/private/x.txt" "$S/pub/../private/x.txt" \
	    "$S/./private//x.txt" "$S/pub/link/x.txt" "$S/pub/file" \
	    "$S/alias/x.txt" "$S/current/../private/x.txt"; do
		denied "$(names "$path")" "$path"
	done
	for path in "$S/alias/x.txt" "$S/pub/file" "$S/pub/link/x.txt"; do
		denied "$(get "/app/in/head?raw=X-Sendfile:%20$(code \
		    "$path")%0A%0A")" "below XSendFilePath: $path"
	done
	is "$(names "$S/pub/x.txt" | body)" public
}

# The application has decided who may have it; what is denied to everybody
# stays so.
test_named_for_users()
{
	own_gateway - <<-EOT
	ProxySCGISendfile On
	ProxyPass /app $BARE
	CustomLog @ACCESS@ "%u %>s"
	<Location /app>
	AuthType Basic
	AuthName outer
	AuthUserFile $T/users
	Require valid-user
	</Location>
	<Directory $S/users>
	AuthType Basic
	AuthName inner
	AuthUserFile $T/users
	Require user somebody else
	</Directory>
	<Directory $S/releases>
	Require ip 192.0.2.1
	</Directory>
	$DENIED
	EOT
	text=$(names "$S/users/x.txt")
	status "$text" 200
	unlike "$text" WWW-Auth
	is "$(printf '%s\n' "$text" | body)" 'for users'
	within 3 grep -q '^ann 200$' "$ACCESS" || fail 'the user is lost'
	denied "$(names "$S/private/x.txt")" 'denied to all'
	denied "$(names "$S/releases/1/x.txt")" 'not for this client'
	within 3 grep -q '^ann 403$' "$ACCESS" || fail 'the user is lost'
	log_has "sendfile: $S/private/x.txt: <Directory> denies it"
}

test_hidden_names()
{
	own_gateway - <<-EOT
	DocumentRoot $S/pub
	Options FollowSymLinks
	ProxySCGISendfile On
	ProxyPass /app $BARE
	Alias /alias $S/pub/.htusers
	<LocationMatch "ht|txt$">
	SetHandler "proxy:$BARE"
	</LocationMatch>
	<Location /plain>
	SetHandler none
	</Location>
	Alias /plain $S/pub
	DirectoryIndex .htusers
	EOT
	for path in /.htusers /.HTUSERS /.htusers/more /alias /other.txt \
	    /sub/.htaccess /plain/.htusers /plain/other.txt /; do
		text=$(get "$path")
		status "$text" 403 "$path"
		unlike "$text" hidden "$path"
	done
	status "$(names "$S/pub/.htusers")" 403
	status "$(names "$S/pub/other.txt")" 403
	status "$(names "$S/pub/sub/../.htusers")" 403
	status "$(get /x.txt)" 200
	log_has 'file: /other.txt: names that begin with .ht are never served'
	log_has "sendfile: $S/pub/other.txt: names that begin with .ht"
}

test_index_is_a_request()
{
	own_gateway - <<-EOT
	DocumentRoot $S
	DirectoryIndex index.html index.php
	ProxyPassMatch \\.php\$ $BARE
	Header set X-Where host
	CustomLog @ACCESS@ "%U %q %>s"
	ErrorDocument 403 "no entry"
	<Location /private>
	DirectoryIndex index.html
	</Location>
	<Location /private/index.html>
	Require all denied
	</Location>
	<Location /code/index.php>
	Header set X-Where index
	</Location>
	EOT
	text=$(get /private/)
	is "$(printf '%s\n' "$text" | body)" 'no entry'
	denied "$text" 'the index'
	for method in GET POST OPTIONS; do
		text=$(request "$method" '/code/?a=b')
		status "$text" 200 "$method"
		unlike "$text" source "$method"
		is "$(printf '%s\n' "$text" | field X-Where)" index "$method"
	done
	is "$(value SCRIPT_NAME "$(get '/code/?a=b')")" /code/index.php
	is "$(value QUERY_STRING "$(get '/code/?a=b')")" a=b
	is "$(value REQUEST_URI "$(get '/code/?a=b')")" '/code/?a=b'
	like "$(post /code/ 'a body')" '^body 6 '
	within 3 grep -q '^/code/index.php ?a=b 200$' "$ACCESS" || fail log
}

test_index_never_is_source()
{
	own_gateway - <<-EOT
	DocumentRoot $S/code
	DirectoryIndex index.php
	ErrorDocument 404 /
	<LocationMatch "\\.php\$">
	SetHandler "proxy:$BARE"
	</LocationMatch>
	EOT
	for path in / /?x //./ /nothing; do
		text=$(get "$path")
		unlike "$text" source "$path"
		is "$(value SCRIPT_NAME "$text")" /index.php "$path"
	done
}

test_handler_in_directories()
{
	own_gateway - <<-EOT
	DocumentRoot $S
	Options FollowSymLinks
	<Location />
	SetHandler "proxy:$BARE"
	</Location>
	$DENIED
	<Directory $S/code>
	Require method POST
	</Directory>
	EOT
	for path in /private/x.txt /private/none /private/ /pub/link/x.txt \
	    /pub/file /alias/x.txt /private/x.txt/more /code/page.php; do
		denied "$(get "$path")" "$path"
	done
	status "$(post /code/page.php x)" 200
	denied "$(post /code/away.php x)" 'a link out of it'
	status "$(get /pub/x.txt)" 200
	status "$(get /nowhere/at/all)" 200
}

# <Proxy> as ProxyPass writes the url of a socket.
test_sockets()
{
	sock=${BARE#unix:}
	sock=${sock%%|*}
	while read -r want section; do
		stop_gateway 2>/dev/null
		own_gateway - <<-EOT
		<Proxy $section>
		Require all denied
		</Proxy>
		ProxyPass /bare unix:$sock
		ProxyPass /named unix:$sock|scgi://one/base
		SetHandler "proxy:unix:$T/./${sock##*/}|scgi://two"
		EOT
		is "$(for path in /bare/x /named/x /other; do
			get "$path" | sed -n '1s/HTTP.1.1 \([0-9]*\).*/\1/p'
		done | paste -sd, -)" "$want" "$section"
		if [ "$want" = 200,200,200 ]; then
			log_has "<Proxy $section> holds for nothing" "$section"
		else
			log_lacks 'holds for nothing' "$section"
		fi
	done <<-EOT
	403,403,403 unix:$sock
	403,403,403 unix:$T/..//${T##*/}/./${sock##*/}
	403,403,403 unix:*
	403,403,403 unix:$T/
	403,200,200 unix:$sock|scgi://localhost
	403,200,200 unix:$sock|scgi://LOCALHOST:4000/
	200,403,200 unix:$sock|scgi://one/base/
	200,403,200 unix:*|scgi://one/*
	403,403,403 unix:$sock|scgi:
	200,403,200 scgi://one
	200,200,403 ~ ^unix:.*.scgi://two/
	200,200,200 unix:${sock%?}
	200,200,200 unix:$sock|scgi://onetwo
	EOT
}

run_tests
