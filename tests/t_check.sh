#!/bin/sh
# What the check says of a configuration without faults: what is mapped, in
# the order of the decisions, and what will not do what was meant.

. "${0%/*}/lib.sh"

mkdir -p "$T/conf" "$T/www"

# check: gateway -n of what comes in; $code, $said
check()
{
	cat >"$T/conf/c.conf"
	said=$(run_gateway -n -f "$T/conf/c.conf")
	code=$?
	said=$(printf '%s\n' "$said" | sed "s,$T/conf/,,g; s/^gateway: //
	    s,$T/,,g")
}

# what is mapped
mapped()
{
	printf '%s\n' "$said" | grep -E ' -> |^host '
}

# the warnings
warned()
{
	printf '%s\n' "$said" | sed -n 's/ (warning)$//p'
}

test_order_of_decision()
{
	check <<-END
	Listen 8123
	Alias /icons/ $T/www/
	ProxyPass /app/ scgi://127.0.0.1:1/
	ProxyPassMatch "^/x(.*)" scgi://127.0.0.1:2/
	<Location /app/>
	ProxyPass scgi://127.0.0.1:3/
	</Location>
	<Location /handled>
	SetHandler proxy:scgi://127.0.0.1:4/
	</Location>
	<Location /app/new/>
	ProxyPass scgi://127.0.0.1:5/
	</Location>
	Redirect permanent /old /app/
	Redirect gone /gone
	ProxyPass /icons/ !
	ProxyPass /icons/big/ scgi://127.0.0.1:6/
	DocumentRoot $T/www
	END
	is "$code" 0 "$said"
	is "$(mapped)" "$(cat <<-'END'
	/app/new/ -> scgi://127.0.0.1:5 (c.conf:12)
	/app/ -> scgi://127.0.0.1:3 (c.conf:6)
	/app/ -> scgi://127.0.0.1:1 (c.conf:3, dead: /app/ at c.conf:6 comes first)
	^/x(.*) -> scgi://127.0.0.1:2 (c.conf:4)
	/icons/ -> ! (c.conf:16)
	/icons/big/ -> scgi://127.0.0.1:6 (c.conf:17, dead: /icons/ at c.conf:16 comes first)
	/old -> 301 /app/ (c.conf:14)
	/gone -> 410 (c.conf:15)
	/handled -> scgi://127.0.0.1:4 (c.conf:9)
	/icons/ -> files of www/ (c.conf:2)
	/ -> files of www
	END
	)"
}

test_hosts()
{
	check <<-END
	Listen 8123
	ServerName main.example
	ProxyPass /all/ scgi://127.0.0.1:1/
	<VirtualHost *:8123>
	ServerName a.example
	ServerAlias www.a.example a.test
	ProxyPass /all/mine/ scgi://127.0.0.1:2/
	</VirtualHost>
	<VirtualHost *:8123 127.0.0.1:8123>
	ServerName b.example
	</VirtualHost>
	END
	is "$code" 0 "$said"
	is "$(mapped)" "$(cat <<-'END'
	/all/ -> scgi://127.0.0.1:1 (c.conf:3)
	host a.example: *:8123 (default), alias www.a.example, alias a.test (c.conf:4)
	/all/mine/ -> scgi://127.0.0.1:2 (c.conf:7, dead: /all/ at c.conf:3 comes first)
	host b.example: *:8123 127.0.0.1:8123 (default) (c.conf:9)
	END
	)"
}

test_hidden_files()
{
	check <<-END
	Listen 8123
	DocumentRoot $T/www
	Alias /static/ $T/www/
	Alias /static/js/ $T/www/
	ErrorDocument 503 /busy.html
	ErrorDocument 404 "Not here"
	ProxyPass / scgi://127.0.0.1:1/
	<VirtualHost *:8123>
	Alias /media/ $T/www/
	</VirtualHost>
	END
	is "$code" 0 "$said"
	is "$(warned)" "$(cat <<-'END'
	c.conf:3: Alias /static/ is never reached, because / at c.conf:7 takes its requests: write "ProxyPass /static/ !" before that
	c.conf:4: Alias /static/js/ is never reached, because / at c.conf:7 takes its requests: write "ProxyPass /static/js/ !" before that
	c.conf:2: DocumentRoot serves no file, because / at c.conf:7 takes every request: write "ProxyPass /path !" before that
	c.conf:5: ErrorDocument /busy.html is no file, because / at c.conf:7 takes it: write "ProxyPass /busy.html !" before that
	c.conf:9: Alias /media/ is never reached, because / at c.conf:7 takes its requests: write "ProxyPass /media/ !" before that
	END
	)"
}

# What is excluded is not hidden, and what has no file behind it is meant.
test_not_hidden()
{
	check <<-END
	Listen 8123
	DocumentRoot $T/www
	Alias /static/ $T/www/
	ErrorDocument 503 /static/busy.html
	ProxyPass /static/ !
	ProxyPass / scgi://127.0.0.1:1/
	END
	is "$(warned)" ''
	check <<-END
	Listen 8123
	ErrorDocument 404 /notfound
	ProxyPass / scgi://127.0.0.1:1/
	END
	is "$(warned)" ''
	check <<-END
	Listen 8123
	DocumentRoot $T/www
	ProxyPassMatch "\.html$" !
	ErrorDocument 503 /busy.html
	ProxyPass / scgi://127.0.0.1:1/
	END
	is "$(warned)" ''
	check <<-END
	Listen 8123
	Alias /a/b/ $T/www/
	Alias /a/ $T/www/
	ProxyPass /a/b/c scgi://127.0.0.1:1
	END
	is "$(warned)" ''
}

test_alias_behind_alias()
{
	check <<-END
	Listen 8123
	Alias /a/ $T/www/
	Alias /a/b/ $T/www/
	END
	is "$(warned)" 'c.conf:3: Alias /a/b/ is never reached, because /a/ at c.conf:2 comes first'
}

test_missing_directories()
{
	check <<-END
	Listen 8123
	DocumentRoot $T/nowhere
	ErrorLog $T/no/error.log
	CustomLog $T/nor/access.log common
	CustomLog "|/bin/cat" common
	CustomLog $T/access.log common
	<VirtualHost *:8123>
	DocumentRoot $T/conf/c.conf
	TransferLog never/a.log
	</VirtualHost>
	END
	is "$code" 0 "$said"
	is "$(warned)" "$(cat <<-'END'
	c.conf:2: DocumentRoot: nowhere: No such file or directory
	c.conf:3: ErrorLog: no: No such file or directory
	c.conf:4: CustomLog: nor: No such file or directory
	c.conf:8: DocumentRoot: c.conf: Not a directory
	c.conf:9: TransferLog: never: No such file or directory
	END
	)"
}

test_nothing_is_mapped()
{
	echo 'Listen 8123' >"$T/conf/x.conf"
	check <"$T/conf/x.conf"
	is "$(warned)" 'no ProxyPass is given, every request gets 404'
	check <<-'END'
	Listen 8123
	<IfModule mod_proxy_http.c>
	<Location /app>
	    ProxyPass scgi://127.0.0.1:1
	</Location>
	</IfModule>
	END
	is "$(warned)" 'no ProxyPass is given, every request gets 404: that at c.conf:4 is left out by <IfModule mod_proxy_http.c>'
	check <<-'END'
	Lisen 8123
	END
	is "$code" 78
	unlike "$said" 'no ProxyPass'
}

# Redirect of a section goes before ProxyPass, SCGIMount behind Alias.
test_order_of_others()
{
	check <<-END
	Listen 127.0.0.1:8123
	SCGIMount /app 127.0.0.1:1
	SCGIMount /app/x 127.0.0.1:2
	Alias /app/static $T/www
	ProxyPass /a/ scgi://127.0.0.1:3/
	<Location /a/old>
	Redirect permanent /new
	Redirect gone /a/old/x
	</Location>
	<Location /s>
	SCGIServer 127.0.0.1:4
	</Location>
	END
	is "$(mapped)" "/a/old -> 301 /new (c.conf:7)
/a/old/x -> 410 (c.conf:8, dead: /a/old at c.conf:7 comes first)
/a/ -> scgi://127.0.0.1:3 (c.conf:5)
/app/static -> files of www (c.conf:4)
/s -> scgi://127.0.0.1:4 (c.conf:11)
/app -> scgi://127.0.0.1:1 (c.conf:2)
/app/x -> scgi://127.0.0.1:2 (c.conf:3, dead: /app at c.conf:2 comes first)"
}

# One of several lines is enough: who asks for a user beside it asks nobody.
test_granted_beside_user()
{
	echo 'ada:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=' >"$T/conf/users"
	check <<-END
	Listen 127.0.0.1:8123
	ProxyPass /app/ scgi://127.0.0.1:1/
	<Location /app/>
	AuthType Basic
	AuthName x
	AuthUserFile $T/conf/users
	Require valid-user
	Require all granted
	</Location>
	<Location /app/other>
	<RequireAll>
	Require all granted
	Require method GET
	</RequireAll>
	</Location>
	END
	is "$(warned | cut -d , -f 1)" \
	    'c.conf:7: "Require all granted" lets everybody in'
}

run_tests
