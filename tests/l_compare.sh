#!/bin/sh
# Conditions and ranges of plain files (RFC 9110 13 and 14), beside nginx and
# httpd: the same request to all three, the same answer from all three, but
# for the differences in the table below, each of which has its reason.  An
# entry of the table that is no difference any more is an error, too.

. "${0%/*}/lib.sh"

PATH=$PATH:/usr/sbin:/usr/local/sbin
MODULES=${MODULES:-/usr/lib/apache2/modules}

# 100 bytes, no two of them alike for their neighbours; the time is long ago
# so that the entity tag is strong and the date may serve for If-Range
make_files()
{
	mkdir "$T/www"
	for row in a b c d e f g h i j; do
		printf '%s123456789' "$row"
	done >"$T/www/f.txt"
	: >"$T/www/empty.txt"
	touch -d 2020-01-02T03:04:05Z "$T/www/f.txt" "$T/www/empty.txt"
	chmod -R a+rX "$T/www"
}

# @E is the server's own entity tag of /f.txt, @W that as a weak one; @T the
# time of the file, @B the second before, @A the one after, @F far in the
# future.  Columns: name, what the gateway says, method, path, fields with |
# between them.
cases_of_ranges()
{
	cat <<EOT
whole 200 GET /f.txt
head 200 HEAD /f.txt
single 206 GET /f.txt Range: bytes=10-19
first-byte 206 GET /f.txt Range: bytes=0-0
last-byte 206 GET /f.txt Range: bytes=99-99
all-of-it 206 GET /f.txt Range: bytes=0-99
open 206 GET /f.txt Range: bytes=90-
open-all 206 GET /f.txt Range: bytes=0-
beyond-end 206 GET /f.txt Range: bytes=90-1000
suffix 206 GET /f.txt Range: bytes=-7
suffix-long 206 GET /f.txt Range: bytes=-1000
suffix-exact 206 GET /f.txt Range: bytes=-100
suffix-zero 416 GET /f.txt Range: bytes=-0
suffix-zero-and 206 GET /f.txt Range: bytes=-0,1-2
two 206 GET /f.txt Range: bytes=0-4,50-59
three 206 GET /f.txt Range: bytes=0-4,50-59,-3
two-reversed 206 GET /f.txt Range: bytes=50-59,0-4
blank-after-comma 206 GET /f.txt Range: bytes=0-4, 50-59
one-of-two-beyond 206 GET /f.txt Range: bytes=0-4,200-300
adjoining 206 GET /f.txt Range: bytes=0-9,10-19
overlapping 206 GET /f.txt Range: bytes=0-9,5-19
overlapping-and-one 206 GET /f.txt Range: bytes=0-9,5-19,80-89
beyond 416 GET /f.txt Range: bytes=100-
beyond-closed 416 GET /f.txt Range: bytes=200-300
all-beyond 416 GET /f.txt Range: bytes=100-,200-300
backwards 200 GET /f.txt Range: bytes=19-10
letters 200 GET /f.txt Range: bytes=x-y
no-dash 200 GET /f.txt Range: bytes=5
no-number 200 GET /f.txt Range: bytes=-
nothing 200 GET /f.txt Range: bytes=
negative 200 GET /f.txt Range: bytes=--5
sign 200 GET /f.txt Range: bytes=+1-2
half-good 200 GET /f.txt Range: bytes=0-,x
other-unit 200 GET /f.txt Range: lines=0-4
no-unit 200 GET /f.txt Range: 0-4
unit-capitals 206 GET /f.txt Range: BYTES=0-4
blank-after-unit 206 GET /f.txt Range: bytes= 0-4
empty-first 206 GET /f.txt Range: bytes=,0-4
empty-last 206 GET /f.txt Range: bytes=0-4,
empty-middle 206 GET /f.txt Range: bytes=0-4,,50-59
empty-all 200 GET /f.txt Range: bytes=,
zeros-before 206 GET /f.txt Range: bytes=0005-0009
int64-last 206 GET /f.txt Range: bytes=90-9223372036854775807
huge-last 206 GET /f.txt Range: bytes=90-99999999999999999999
huge-first 416 GET /f.txt Range: bytes=99999999999999999999-
huge-suffix 206 GET /f.txt Range: bytes=-99999999999999999999
head-range 200 HEAD /f.txt Range: bytes=0-4
head-beyond 200 HEAD /f.txt Range: bytes=200-
empty-whole 200 GET /empty.txt
empty-open 200 GET /empty.txt Range: bytes=0-
empty-suffix 200 GET /empty.txt Range: bytes=-5
EOT
}

cases_of_conditions()
{
	cat <<EOT
match 200 GET /f.txt If-Match: @E
match-list 200 GET /f.txt If-Match: "no", @E
match-any 200 GET /f.txt If-Match: *
match-no 412 GET /f.txt If-Match: "no"
match-weak 412 GET /f.txt If-Match: @W
match-head 412 HEAD /f.txt If-Match: "no"
none-match 304 GET /f.txt If-None-Match: @E
none-match-weak 304 GET /f.txt If-None-Match: @W
none-match-list 304 GET /f.txt If-None-Match: "no", @E
none-match-any 304 GET /f.txt If-None-Match: *
none-match-no 200 GET /f.txt If-None-Match: "no"
none-match-head 304 HEAD /f.txt If-None-Match: @E
none-match-empty 304 GET /empty.txt If-None-Match: *
since 304 GET /f.txt If-Modified-Since: @T
since-before 200 GET /f.txt If-Modified-Since: @B
since-after 304 GET /f.txt If-Modified-Since: @A
since-850 304 GET /f.txt If-Modified-Since: Thursday, 02-Jan-20 03:04:05 GMT
since-asctime 304 GET /f.txt If-Modified-Since: Thu Jan  2 03:04:05 2020
since-no-date 200 GET /f.txt If-Modified-Since: yesterday
since-head 304 HEAD /f.txt If-Modified-Since: @T
since-twice 200 GET /f.txt If-Modified-Since: @T|If-Modified-Since: @T
unmodified 200 GET /f.txt If-Unmodified-Since: @T
unmodified-before 412 GET /f.txt If-Unmodified-Since: @B
unmodified-after 200 GET /f.txt If-Unmodified-Since: @A
unmodified-no-date 200 GET /f.txt If-Unmodified-Since: yesterday
tag-yes-date-no 304 GET /f.txt If-None-Match: @E|If-Modified-Since: @B
tag-no-date-yes 200 GET /f.txt If-None-Match: "no"|If-Modified-Since: @T
tag-and-date 304 GET /f.txt If-None-Match: @E|If-Modified-Since: @T
match-not-date 200 GET /f.txt If-Match: @E|If-Unmodified-Since: @B
match-fails-first 412 GET /f.txt If-Match: "no"|If-None-Match: @E
both-matches 304 GET /f.txt If-Match: @E|If-None-Match: @E
match-range 206 GET /f.txt If-Match: @E|Range: bytes=0-4
no-match-range 412 GET /f.txt If-Match: "no"|Range: bytes=0-4
none-match-range 304 GET /f.txt If-None-Match: @E|Range: bytes=0-4
none-match-beyond 304 GET /f.txt If-None-Match: @E|Range: bytes=200-
since-range 304 GET /f.txt If-Modified-Since: @T|Range: bytes=0-4
if-range 206 GET /f.txt If-Range: @E|Range: bytes=0-4
if-range-two 206 GET /f.txt If-Range: @E|Range: bytes=0-4,50-59
if-range-no 200 GET /f.txt If-Range: "no"|Range: bytes=0-4
if-range-weak 200 GET /f.txt If-Range: @W|Range: bytes=0-4
if-range-date 206 GET /f.txt If-Range: @T|Range: bytes=0-4
if-range-before 200 GET /f.txt If-Range: @B|Range: bytes=0-4
if-range-after 200 GET /f.txt If-Range: @A|Range: bytes=0-4
if-range-no-date 200 GET /f.txt If-Range: yesterday|Range: bytes=0-4
if-range-beyond 416 GET /f.txt If-Range: @E|Range: bytes=200-
if-range-no-beyond 200 GET /f.txt If-Range: "no"|Range: bytes=200-
if-range-alone 200 GET /f.txt If-Range: @E
EOT
}

# Columns: name of the case, who differs from the gateway (httpd, nginx, or
# both), why, by the section of RFC 9110.
differences()
{
	cat <<EOT
suffix-zero httpd 14.1.2: a suffix of no bytes cannot be satisfied
suffix-zero-and httpd 14.1.2: the other range can be satisfied
blank-after-comma httpd 5.6.1: blanks around the commas of a list
adjoining nginx 15.3.7.2: ranges that touch may be sent as one
overlapping nginx 15.3.7.2: ranges that overlap may be sent as one
overlapping-and-one nginx 15.3.7.2: ranges that overlap may be sent as one
beyond httpd 15.5.17: 416 should say the length in Content-Range
beyond-closed httpd 15.5.17: 416 should say the length in Content-Range
all-beyond httpd 15.5.17: 416 should say the length in Content-Range
backwards nginx 14.2: an invalid Range is passed over
letters nginx 14.2: an invalid Range is passed over
no-dash nginx 14.2: an invalid Range is passed over
no-number nginx 14.2: an invalid Range is passed over
negative nginx 14.2: an invalid Range is passed over
sign nginx 14.2: an invalid Range is passed over
half-good both 14.2: one invalid element makes all of it invalid
blank-after-unit httpd 5.6.1: a blank before the first element, as nginx
empty-first both 5.6.1: empty elements of a list count for nothing
empty-last nginx 5.6.1: empty elements of a list count for nothing
empty-middle nginx 5.6.1: empty elements of a list count for nothing
empty-all nginx 14.2: an invalid Range is passed over
huge-last both 14.1.2: a last position beyond the end means the end
huge-first httpd 14.1.2: a first position beyond the end, however large
huge-suffix both 14.1.2: a suffix longer than the file is the file
head-range both 14.2: Range is defined for GET alone
head-beyond both 14.2: Range is defined for GET alone
since-after nginx 13.1.3: not modified since; nginx wants the exact date
since-twice both 13.1.3: a field that is no single date is passed over
unmodified-no-date nginx 13.1.4: a field that is no date is passed over
tag-yes-date-no both 13.2.2: with If-None-Match the date is not asked
match-not-date both 13.2.2: with If-Match the date is not asked
if-range-beyond httpd 15.5.17: 416 should say the length in Content-Range
EOT
}

http_date()
{
	echo "Thu, 02 Jan 2020 03:04:0$1 GMT"
}

start_httpd()
{
	httpd_port=$(free_port 1)
	mkdir "$T/run"
	cat >"$T/httpd.conf" <<EOT
ServerRoot $T
DefaultRuntimeDir $T/run
PidFile $T/run/httpd
Listen 127.0.0.1:$httpd_port
ServerName localhost
LoadModule mpm_prefork_module $MODULES/mod_mpm_prefork.so
LoadModule authz_core_module $MODULES/mod_authz_core.so
LoadModule mime_module $MODULES/mod_mime.so
StartServers 1
MinSpareServers 1
TypesConfig /dev/null
AddType text/plain .txt
DocumentRoot $T/www
ErrorLog $T/httpd.log
User www-data
Group www-data
EOT
	# when it ends it sends TERM to its process group, which is ours, too
	spawn httpd setsid apache2 -f "$T/httpd.conf" -DFOREGROUND
	echo "$httpd_port" >"$T/httpd.port"
}

start_nginx()
{
	nginx_port=$(free_port 1)
	mkdir "$T/nginx"
	cat >"$T/nginx.conf" <<EOT
pid $T/run/nginx;
error_log $T/nginx.log;
daemon off;
worker_processes 1;
user www-data;
events { }
http {
	access_log off;
	client_body_temp_path $T/nginx/body;
	proxy_temp_path $T/nginx/proxy;
	fastcgi_temp_path $T/nginx/fastcgi;
	uwsgi_temp_path $T/nginx/uwsgi;
	scgi_temp_path $T/nginx/scgi;
	types { text/plain txt; }
	server {
		listen 127.0.0.1:$nginx_port;
		root $T/www;
	}
}
EOT
	spawn nginx nginx -e "$T/nginx.log" -c "$T/nginx.conf"
	echo "$nginx_port" >"$T/nginx.port"
}

missing()
{
	for missing_name in nginx apache2 setsid; do
		command -v "$missing_name" >/dev/null 2>&1 ||
			echo "$missing_name is not installed"
	done
	for missing_module in mpm_prefork authz_core mime; do
		[ -r "$MODULES/mod_$missing_module.so" ] ||
			echo "no mod_$missing_module of apache2"
	done
	id www-data >/dev/null 2>&1 || echo "no user www-data"
}

can_connect()
{
	is_over "$1" || PORT=$(cat "$T/$1.port") talk_to -w -t 200 to
}

start_all()
{
	make_files
	start_httpd
	start_nginx
	start_gateway - <<EOT
DocumentRoot $T/www
AddType text/plain .txt
EOT
	echo "$PORT" >"$T/gateway.port"
	for who in gateway httpd nginx; do
		if ! within 5 can_connect "$who" || is_over "$who"; then
			fail "$who did not start:" \
			    "$(cat "$T/$who.err" "$T/$who.log" 2>/dev/null |
			    tail -n 5)"
		fi
		PORT=$(cat "$T/$who.port")
		get /f.txt | field ETag >"$T/$who.tag"
	done
	PORT=$(cat "$T/gateway.port")
}

# One line for an answer: status, Content-Range, Content-Length, sum of the
# body.  Pages of errors are everybody's own; of a multipart body the parts
# count, not the delimiters and types.
digest()
{
	tr -d '\r' | awk '
	BEGIN { head = 1; range = size = "-" }
	head && /^$/ { head = 0; next }
	head && NR == 1 { status = $2 }
	head {
		n = index($0, ":")
		name = tolower(substr($0, 1, n - 1))
		value = substr($0, n + 1)
		sub(/^[ \t]+/, "", value)
		if (name == "content-range")
			range = value
		else if (name == "content-length")
			size = value
		else if (name == "content-type")
			parts = value ~ /^multipart\/byteranges/
		next
	}
	parts && (/^--/ || /^$/ || tolower($0) ~ /^content-type:/) { next }
	parts && tolower($0) ~ /^content-range:/ {
		$0 = "range" substr($0, index($0, ":"))
	}
	{ text = text $0 "\n" }
	END {
		if (parts)
			size = "parts"
		if (status >= 400)
			size = text = "page"
		print status, "range=" range, "length=" size
		print text
	}' >"$T/digest"
	echo "$(head -n 1 "$T/digest")" \
	    "sum=$(sed 1d "$T/digest" | cksum | cut -d ' ' -f 1)"
}

# ask who method path fields
ask()
{
	ask_tag=$(cat "$T/$1.tag")
	ask_fields=$(printf '%s\n' "$4" | sed "s!@E!$ask_tag!g
	    s!@W!W/$ask_tag!g; s!@T!$(http_date 5)!g; s!@B!$(http_date 4)!g
	    s!@A!$(http_date 6)!g")
	PORT=$(cat "$T/$1.port")
	ask_method=$2
	ask_path=$3
	set -f
	IFS='|'
	# shellcheck disable=SC2086
	set -- $ask_fields
	unset IFS
	set +f
	request "$ask_method" "$ask_path" "$@" | digest
}

is_allowed()
{
	differences | grep -Eq "^$1 ($2|both) ."
}

# compare_one name want method path fields; prints what is wrong
compare_one()
{
	ours=$(ask gateway "$3" "$4" "$5")
	[ "${ours%% *}" = "$2" ] || echo "$1: gateway: $ours, want $2"
	for who in httpd nginx; do
		theirs=$(ask "$who" "$3" "$4" "$5")
		if [ "$ours" = "$theirs" ]; then
			! is_allowed "$1" "$who" ||
				echo "$1: $who does not differ any more"
		else
			is_allowed "$1" "$who" ||
				echo "$1: $who: $theirs, gateway: $ours"
		fi
	done
}

compare()
{
	[ -z "$MISSING" ] || skip "$MISSING"
	"$1" >"$T/cases"
	while read -r name want method path fields; do
		compare_one "$name" "$want" "$method" "$path" "$fields"
	done <"$T/cases" >"$T/wrong"
	cat "$T/wrong"
	[ ! -s "$T/wrong" ] ||
		fail "$(wc -l <"$T/wrong") wrong: $(head -n 1 "$T/wrong")"
}

# strong, or the cases with @E would say nothing
test_tags()
{
	[ -z "$MISSING" ] || skip "$MISSING"
	for who in gateway httpd nginx; do
		like "$(cat "$T/$who.tag")" '^"[^"]+"$' "$who"
	done
}

test_ranges()
{
	compare cases_of_ranges
}

test_conditions()
{
	compare cases_of_conditions
}

# every name once, every difference of a case that there is
test_table()
{
	names=$( (cases_of_ranges; cases_of_conditions) | cut -d ' ' -f 1)
	is "$(echo "$names" | sort | uniq -d)" '' 'names that are there twice'
	is "$(differences | cut -d ' ' -f 1,2 | sort | uniq -d)" '' twice
	echo "$names" >"$T/names"
	is "$(differences | cut -d ' ' -f 1 | grep -vxF -f "$T/names")" '' \
	    'differences of no case'
}

MISSING=$(missing | head -n 1)
[ -n "$MISSING" ] || start_all
run_tests
