#!/bin/sh
#
# make check-httpd: the same configuration for httpd (Debian's apache2) and
# for the gateway, the same requests to both, one application behind both.
# What the application got and what the client got has to be the same, but
# for the differences that tests/httpd_cases.txt lists with their reasons.  A
# listed difference that does not occur any more is a failure, too.
#
#	tests/httpd.sh [test_CASE ...]
#
# A file of cases consists of lines; what they are says how they begin:
#
#	=== NAME	a case
#	...		its configuration, for both servers as it stands
#	--- METHOD PATH [VERSION]
#			a request; VERSION is 1.1 when not told
#	Name: value	a field of it; Host: localhost and Connection: close
#			are added where they are missing, "Host:" is none
#	> TEXT		its body; Content-Length is added when there is none
#	^ TEXT		a line before the request line
#	< TEXT		what /head of the application answers, line by line
#	~ KEY | HTTPD | GATEWAY | REASON
#			a difference.  It holds from where it stands: for all
#			cases, for a case, or for a request
#	#		before the first case, and among requests: a comment
#
# In configurations and requests stand for something: @PORT@ the server's
# port, @APP@ and @APP2@ host:port of an application that says what it gets
# (tests/backend.c: its path may say what else it shall do), @UNIX@ the path
# of its Unix socket, @DOWN@ a host:port where nobody listens, @WWW@ the
# DocumentRoot of both, @LOG@ a file for CustomLog.
#
# The keys, each with a value, or "-" when it is not there:
#
#	config		yes or no: does the server take the configuration?
#	status		of the answer; "none" without one
#	phrase		behind the status
#	interim		statuses before that
#	field NAME	of the answer, in small letters
#	body		of the answer: (echo) what the application got, (page)
#			a built-in page
#	apps		how many requests the application got
#	N NAME		a variable of the N-th of these; "N body" its body
#	log N		a line of the log
#
# In a key * stands for any text; HTTPD and GATEWAY are a value, or * for any.

. "${0%/*}/lib.sh"

PATH=$PATH:/usr/sbin:/usr/local/sbin
MODULES=${MODULES:-/usr/lib/apache2/modules}
AVAILABLE=${AVAILABLE:-/etc/apache2/mods-available}
CASES=${CASES:-$HERE/httpd_cases.txt}
WANTED='mpm_prefork authn_core authn_file authz_core authz_host authz_user
    authz_groupfile access_compat auth_basic setenvif env headers remoteip
    log_config logio alias dir mime slotmem_shm proxy proxy_scgi proxy_balancer
    lbmethod_byrequests'

#
# Servers.
#

missing()
{
	for missing_name in apache2 setsid; do
		command -v "$missing_name" >/dev/null 2>&1 ||
			echo "$missing_name is not installed"
	done
	for missing_name in $WANTED; do
		[ -r "$MODULES/mod_$missing_name.so" ] ||
		    [ "$missing_name" = log_config ] ||
		    [ "$missing_name" = logio ] ||
			echo "no mod_$missing_name of apache2"
	done
	[ "$(id -u)" -ne 0 ] || id www-data >/dev/null 2>&1 ||
		echo "no user www-data"
}

# Some modules may be compiled in.
load_modules()
{
	for module in $WANTED; do
		[ ! -r "$MODULES/mod_$module.so" ] ||
			echo "LoadModule ${module}_module" \
			    "$MODULES/mod_$module.so"
	done
}

# Files, and users: ada:secret, bob:builder, both as httpd's htpasswd -s.
make_files()
{
	mkdir -p "$T/www/sub" "$T/www/dir.d" "$T/www/prog" \
	    "$T/www/.htdir" "$T/run"
	echo 'a plain file' >"$T/www/file.txt"
	echo '<p>a page' >"$T/www/page.html"
	echo 'an index' >"$T/www/sub/index.html"
	echo 'from the document root' >"$T/www/dir.d/x.txt"
	echo 'a program' >"$T/www/prog/index.php"
	echo 'beside it' >"$T/www/prog/file.txt"
	echo 'its page' >"$T/www/prog/page.html"
	echo 'hidden' >"$T/www/sub/.htusers"
	echo 'in a hidden one' >"$T/www/.htdir/file.txt"
	ln -s sub "$T/www/linked"
	ln -s prog/index.php "$T/www/script.php"
	cat >"$T/www/users" <<-END
	ada:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=
	bob:{SHA}9SMYoF5RilWWASry7TjeaKwmpGg=
	END
	printf 'crew: ada\nothers: bob eve\n' >"$T/www/groups"
	printf 'SetEnv INCLUDED yes\n' >"$T/www/included.conf"
	touch -d 2020-01-02T03:04:05Z "$T"/www/*.* "$T"/www/*/*.*
	chmod -R a+rX "$T/www"
}

# What both have in common besides the case.
common()
{
	[ "$(id -u)" -ne 0 ] || printf 'User www-data\nGroup www-data\n'
	echo "Listen 127.0.0.1:$1"
	echo ServerName main.example
	echo "DocumentRoot $T/www"
	echo 'AddType text/plain .txt'
	echo 'AddType text/html .html'
}

# write_conf who port
write_conf()
{
	{
		if [ "$1" = httpd ]; then
			load_modules
			cat <<-END
			ServerRoot $T
			DefaultRuntimeDir $T/run
			PidFile $T/run/$NAME.pid
			ErrorLog $T/httpd.err
			TypesConfig /dev/null
			StartServers 1
			MinSpareServers 1
			END
		fi
		common "$2"
		sed "$(placeholders "$1" "$2")" "$NAME.conf"
	} >"$1.conf"
}

placeholders()
{
	echo "s!@PORT@!$2!g; s!@LOG@!$PWD/$1.log!g"
}

is_up_or_over()
{
	is_over "$1" || "$TALK" -w -t 100 127.0.0.1 "$2"
}

start_both()
{
	# when httpd ends it sends TERM to its process group, which is ours
	spawn httpd setsid apache2 -f "$PWD/httpd.conf" -DFOREGROUND
	G=gateway
	LOG=$T/gateway.err
	PORT=$2
	: >"$T/gateway.isgateway"
	# shellcheck disable=SC2086
	spawn gateway $GATEWAY -d -f "$PWD/gateway.conf"
	for who in httpd gateway; do
		within 5 is_up_or_over $who "$1" ||
			fail "$who neither starts nor ends"
		! is_over $who || echo no >"$who.config"
		shift
	done
}

stop_both()
{
	for who in httpd gateway; do
		is_over $who || kill -TERM "$(pid_of $who)"
	done
	for who in httpd gateway; do
		stop_process $who || fail "$who does not end"
	done
}

#
# Cases.
#

# NAME.conf, NAME.allow (number of the request, or 0, and the difference),
# NAME.N, a script for talk, and NAME.count; ../cases; ../allow for all.
split_cases()
{
	awk '
	function quoted(text) {
		gsub(/"/, "\\\"", text)
		return text
	}
	function percent(text,  i, c, out) {
		for (i = 1; i <= length(text); i++) {
			c = substr(text, i, 1)
			if (index("/:.@_=-", c) || c ~ /[A-Za-z0-9]/)
				out = out c
			else
				out = out sprintf("%%%02X", code[c])
		}
		return out
	}
	function end_request(  f) {
		if (!request)
			return
		print method " " path >(name ".names")
		if (has_answer)
			path = path (path ~ /\?/ ? "&" : "?") "raw=" answer
		if (!has_host)
			fields = "Host: localhost\\r\\n" fields
		if (!has_connection)
			fields = fields "Connection: close\\r\\n"
		if (has_body && !has_length)
			fields = fields "Content-Length: " length(sent) \
			    "\\r\\n"
		f = name "." request
		printf "s \"%s%s %s HTTP/%s\\r\\n%s\\r\\n%s\" %s\n", before,
		    quoted(method), quoted(path), version, quoted(fields),
		    quoted(sent), method == "HEAD" ? "kh" : "k" >f
		close(f)
	}
	function end_case() {
		end_request()
		if (name == "")
			return
		print request >(name ".count")
		close(name ".count")
		close(name ".conf")
		close(name ".names")
		close(name ".allow")
		request = 0
	}
	function wrong(what) {
		print FILENAME ":" FNR ": " what >"../wrong"
	}
	BEGIN {
		for (i = 1; i < 256; i++)
			code[sprintf("%c", i)] = i
	}
	/^=== / {
		end_case()
		name = $2
		if (name !~ /^[a-z0-9_]+$/ || name in seen)
			wrong("name")
		seen[name]
		print name >"../cases"
		printf "" >(name ".conf")
		printf "" >(name ".names")
		printf "" >(name ".allow")
		next
	}
	/^~ / {
		n = split(substr($0, 3), part, / \| /)
		if (n != 4)
			wrong("no difference")
		print request + 0 " | " substr($0, 3) \
		    >(name == "" ? "../allow" : name ".allow")
		next
	}
	name == "" || request && /^(#|$)/ {
		next
	}
	/^--- / {
		end_request()
		request++
		method = $2
		path = $3
		version = NF > 3 ? $4 : "1.1"
		fields = sent = before = answer = ""
		has_host = has_connection = has_body = has_length = 0
		has_answer = 0
		next
	}
	!request {
		print >(name ".conf")
		next
	}
	/^>/ {
		has_body = 1
		sent = sent substr($0, 3)
		next
	}
	/^\^ / {
		before = before quoted(substr($0, 3)) "\\r\\n"
		next
	}
	/^</ {
		has_answer = 1
		answer = answer percent(substr($0, 3)) "%0A"
		next
	}
	/^Host:$/ {
		has_host = 1
		next
	}
	{
		lower = tolower($1)
		if (lower == "host:")
			has_host = 1
		else if (lower == "connection:")
			has_connection = 1
		else if (lower ~ /^(content-length|transfer-encoding):$/)
			has_length = 1
		else if (!/:/)
			wrong("no field")
		fields = fields $0 "\\r\\n"
	}
	END {
		end_case()
	}'
}

# What a server did with a request: a line \001request, the answer, a line
# \001app, what the application got, with newlines for NUL.
ask()
{
	# shellcheck disable=SC2094
	{
		echo
		printf '\001request %s\n' "$3"
		sed "$(placeholders "$1" "$2")" "$NAME.$3" |
			"$TALK" -d -t 5000 127.0.0.1 "$2" | tr -d '\r'
		echo
		printf '\001app\n'
		tr '\000' '\n' <"$T/record"
		echo
	} >>"$1.saw"
	: >"$T/record"
}

# Lines of request, key and value, with tabs, from those of ask.
transcript()
{
	awk -v port="$1" '
	function plain(v) {
		gsub(port, "(port)", v)
		gsub(/(Apache|gateway)\/[0-9]+\.[0-9]+\.[0-9]+/,
		    "(server)/n.n.n", v)
		gsub(/(Apache|gateway)\/[0-9]+\.[0-9]+/, "(server)/n.n", v)
		gsub(/(Apache|gateway)\/[0-9]+/, "(server)/n", v)
		sub(/^(Apache|gateway)$/, "(server)", v)
		sub(/>(Apache|gateway) Server at/, ">(server) Server at", v)
		gsub(/\((Debian|Unix)\)/, "(system)", v)
		gsub(/\t/, "\\t", v)
		return v == "" ? "\"\"" : v
	}
	function put(key, v) {
		if (key ~ / REMOTE_PORT$/)
			v = "(n)"
		print request "\t" key "\t" plain(v)
	}
	function page(v) {
		if (v ~ /^<!DOCTYPE (HTML PUBLIC|html>)/)
			return "(page)"
		return v ~ /^CONTENT_LENGTH=[0-9]/ ? "(echo)" : v
	}
	function end_answer(  i) {
		if (!request || part == "app")
			return
		put("status", status)
		if (status == "none")
			return
		put("phrase", phrase)
		if (interim != "")
			put("interim", interim)
		body = page(body)
		for (i = 1; i <= n; i++) {
			if (names[i] == "date")
				sub(/^[A-Z][a-z][a-z], .*GMT$/, "(date)",
				    values[i])
			put("field " names[i], values[i])
		}
		put("body", body)
	}
	function end_app() {
		if (part == "app")
			put("apps", apps)
	}
	/^\001request/ {
		end_app()
		request = $2
		part = "head"
		status = "none"
		phrase = interim = body = ""
		n = apps = lines = 0
		next
	}
	/^\001app/ {
		end_answer()
		part = "app"
		within = 0
		next
	}
	part == "head" && /^HTTP\/1\.[01] [0-9][0-9][0-9]/ {
		if (status ~ /^1/)
			interim = interim status
		status = $2
		phrase = substr($0, 14)
		n = 0
		next
	}
	part == "head" && /^$/ {
		if (status != "none" && status !~ /^1/)
			part = "body"
		next
	}
	part == "head" {
		colon = index($0, ":")
		key = tolower(substr($0, 1, colon - 1))
		value = substr($0, colon + 1)
		sub(/^[ \t]+/, "", value)
		for (i = 1; i <= n && names[i] != key; i++)
			continue
		if (i <= n)
			values[i] = values[i] " && " value
		else {
			names[++n] = key
			values[n] = value
		}
		next
	}
	part == "body" {
		# ask adds a newline
		if (lines++)
			body = body (body == "" ? "" : "\\n") $0
		else
			body = $0
		sub(/\\n$/, "", body)
		next
	}
	part == "app" && !within && /^[0-9]+:/ {
		sub(/^[0-9]+:/, "")
		within = 1
		apps++
		names_of = $0
		want_value = 1
		next
	}
	part == "app" && within && want_value {
		put(apps " " names_of, $0)
		want_value = 0
		next
	}
	part == "app" && within && /^,[0-9]+:/ {
		sub(/^,[0-9]+:/, "")
		sub(/,$/, "")
		if ($0 != "")
			put(apps " body", $0)
		within = 0
		next
	}
	part == "app" && within {
		names_of = $0
		want_value = 1
	}
	END {
		end_app()
	}'
}

log_lines()
{
	[ -f "$1.log" ] || return 0
	sed 's/\[[0-9]*\/[A-Z][a-z]*\/[0-9: +-]*\]/(time)/g
	    s/\(time\|pid\|bytes\)=[0-9.]*/\1=(n)/g' "$1.log" | tr '\t' ' ' |
		sed "s/$2/(port)/g; s/^\$/\"\"/" |
		awk '{ print "0\tlog " NR "\t" $0 }'
}

# What differs and is not allowed; what is allowed and does not differ.
compare()
{
	awk -F '\t' -v used="$T/used" '
	function pattern(text) {
		gsub(/[][\\.^$+?(){}|]/, "\\\\&", text)
		gsub(/\*/, ".*", text)
		return "^" text "$"
	}
	function matches(want, got) {
		return want == "*" || want == got
	}
	function is_allowed(r, key, a, b,  i, found) {
		for (i = 1; i <= n; i++)
			if ((where[i] == 0 || where[i] == r) &&
			    key ~ pattern(what[i]) &&
			    matches(theirs[i], a) && matches(ours[i], b)) {
				hits[i]++
				found = 1
			}
		return found
	}
	function look(r, key,  a, b) {
		a = (r, key, 1) in value ? value[r, key, 1] : "-"
		b = (r, key, 2) in value ? value[r, key, 2] : "-"
		if (a == b || is_allowed(r, key, a, b))
			return
		print (r ? r " (" title[r] "): " : "") key \
		    ": httpd: " a " | gateway: " b
	}
	FILENAME == "titles" {
		title[FNR] = $0
		next
	}
	FILENAME ~ /allow$/ {
		split($0, part, / \| /)
		where[++n] = part[1]
		what[n] = part[2]
		theirs[n] = part[3]
		ours[n] = part[4]
		line[n] = $0
		global[n] = FILENAME !~ /^case/
		next
	}
	{
		side = FILENAME ~ /^httpd/ ? 1 : 2
		if (!(($1, $2) in known)) {
			known[$1, $2] = ++keys
			request[keys] = $1
			name[keys] = $2
		}
		value[$1, $2, side] = $3
	}
	END {
		for (k = 1; k <= keys; k++)
			look(request[k], name[k])
		for (i = 1; i <= n; i++)
			if (global[i] && hits[i])
				print line[i] >>used
			else if (!global[i] && !hits[i])
				print "does not differ any more: " line[i]
	}' titles "$T/allow" case.allow httpd.did gateway.did
}

same_length()
{
	[ -f gateway.log ] &&
	    [ "$(wc -l <httpd.log)" -eq "$(wc -l <gateway.log)" ]
}

# The case NAME; each server has all its requests one after the other.
run_case()
{
	NAME=$1
	cd "$T/case" || exit 71
	count=$(cat "$NAME.count")
	# shellcheck disable=SC2046
	set -- $(free_port 2)
	write_conf httpd "$1"
	write_conf gateway "$2"
	echo yes >httpd.config
	echo yes >gateway.config
	: >httpd.saw
	: >gateway.saw
	: >"$T/record"
	rm -f httpd.log gateway.log refusal
	start_both "$1" "$2"
	i=0
	while [ "$(cat httpd.config gateway.config)" = 'yes
yes' ] && [ "$i" -lt "$count" ]; do
		i=$((i + 1))
		ask httpd "$1" "$i"
		ask gateway "$2" "$i"
	done
	# with -d access lines go to the standard output, whatever they say
	[ ! -f httpd.log ] || ln -s "$T/gateway.out" gateway.log
	[ ! -f httpd.log ] || within 1 same_length
	stop_both
	judge "$1" "$2"
}

judge()
{
	for who in httpd gateway; do
		{
			printf '0\tconfig\t%s\n' "$(cat $who.config)"
			transcript "$1" <$who.saw || fail transcript
			log_lines $who "$1"
		} >$who.did
		shift
	done
	mv "$NAME.names" titles
	mv "$NAME.allow" case.allow
	compare >wrong || fail compare
	if [ "$(cat httpd.config)" = no ] && [ "$count" -gt 0 ]; then
		echo 'httpd refuses it' >>wrong
		cat "$T/httpd.out" >>wrong
	fi
	[ "$(cat gateway.config)" = yes ] || head -n 5 "$T/gateway.err" |
	    sed 's/^/gateway: /' >refusal
	[ -s wrong ] || return 0
	cat wrong
	! [ -s refusal ] || cat refusal
	fail "$(wc -l <wrong) wrong: $(head -n 1 wrong)"
}

# After all cases: every difference that holds for all is there somewhere.
test_differences()
{
	[ -z "$MISSING" ] || skip "$MISSING"
	sort -u "$T/used" >"$T/used.all"
	is "$(grep -vxF -f "$T/used.all" "$T/allow")" '' \
	    'differences that are nowhere'
}

# The names of all directives of all modules, with each MPM.
names_of_httpd()
{
	for names_mpm in prefork worker event; do
		[ -r "$MODULES/mod_mpm_$names_mpm.so" ] || continue
		{
			echo "LoadModule mpm_${names_mpm}_module" \
			    "$MODULES/mod_mpm_$names_mpm.so"
			# mod_dav before mod_dav_fs, which wants it
			awk '$1 == "LoadModule" && !/mpm_/ {
			    print $1, $2, $3 }' \
			    "$AVAILABLE"/*.load | LC_ALL=C sort -u -k 3
			echo ServerName main.example
			echo "ErrorLog $T/names.err"
		} >"$T/names.conf"
		apache2 -L -f "$T/names.conf" 2>/dev/null
	done | sed -n 's/\.c)$//
	    s/^\(<*[A-Za-z][A-Za-z0-9_]*\) (\([a-z0-9_]*\)$/\1 \2/p' |
		sort -u
}

# What is told of httpd's names is told of all that there are.
test_names()
{
	[ -z "$MISSING" ] || skip "$MISSING"
	[ -d "$AVAILABLE" ] || skip "no $AVAILABLE"
	names_of_httpd >"$T/httpd.names"
	[ "$(wc -l <"$T/httpd.names")" -gt 550 ] || fail 'apache2 -L'
	awk '!/^#/ { for (i = 2; i <= NF; i++) print $1, $i }' \
	    "$HERE/httpd_modules.txt" | sort -u >"$T/our.names"
	is "$(comm -23 "$T/httpd.names" "$T/our.names")" '' \
	    'not in httpd_modules.txt'
}

start_all()
{
	make_files
	start_backend app -r "$T/record"
	start_backend tcp -r "$T/record" -p 0
	APP=127.0.0.1:$BPORT
	start_backend two -r "$T/record" -p 0
	mkdir "$T/case"
	chmod 755 "$T/case"
	touch "$T/used" "$T/allow" "$T/wrong" "$T/cases"
	down=$(free_port)
	(cd "$T/case" && sed "s!@APP@!$APP!g; s!@APP2@!127.0.0.1:$BPORT!g
	    s!@UNIX@!$T/app.sock!g; s!@DOWN@!127.0.0.1:$down!g
	    s!@WWW@!$T/www!g" "$CASES" | split_cases) || exit 70
}

MISSING=$(missing | head -n 1)
if [ -n "$MISSING" ]; then
	ONLY=test_differences
else
	start_all
	for name in $(cat "$T/cases"); do
		eval "test_$name() { run_case $name; }"
	done
	: "${ONLY:=$(sed 's/^/test_/' "$T/cases") test_differences test_names}"
	[ ! -s "$T/wrong" ] || { cat "$T/wrong"; exit 1; }
fi
run_tests
rc=$?
echo "$tests_passed passed, $tests_failed failed, $tests_skipped skipped"
exit $rc
