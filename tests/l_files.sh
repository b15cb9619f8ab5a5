#!/bin/sh
# Files that are large, that many want at once, or that lie outside of what
# may be served; and chains of redirects that come to files.

. "${0%/*}/lib.sh"

CLIENTS=64
DOWNLOAD=100000000
SPARSE=6442450944
TAIL=2000
# what no answer may have in it
OUTSIDE='SECRET-BYTES|root:[^:]*:0:|Linux version|PATH='

mkdir "$T/www" "$T/www/sub" "$T/out"
echo inside >"$T/www/ok.txt"
echo inside >"$T/www/sub/name"
: >"$T/www/empty"
echo SECRET-BYTES >"$T/out/secret"
echo SECRET-BYTES >"$T/out/name"
ln -s ../out/secret "$T/www/relative"
ln -s "$T/out/secret" "$T/www/absolute"
ln -s chain2 "$T/www/chain1"
ln -s sub/../chain3 "$T/www/chain2"
ln -s outdir/secret "$T/www/chain3"
ln -s ../out "$T/www/outdir"
ln -s "$T/out" "$T/www/absdir"
ln -s .. "$T/www/up"
ln -s / "$T/www/top"
ln -s self "$T/www/self"
ln -s /proc "$T/www/proc"
ln -s /proc/self/environ "$T/www/environ"
ln -s /dev/zero "$T/www/zero"
mkfifo "$T/www/fifo"
# for root alone; elsewhere there is the link
mknod "$T/www/device" c 1 5 2>/dev/null && chmod a+r "$T/www/device"
chmod -R a+rX "$T/www" "$T/out"

start_backend socket -u "$T/www/socket"
start_backend app -r "$T/record"
start_gateway - <<EOT
MaxKeepAliveRequests 0
DocumentRoot $T/www
Alias /alias/ $T/www/
ProxyPass /app/ $URL
<Location /app/>
ProxySCGISendfile On
XSendFilePath $T/www
</Location>
EOT

#
# Helpers.
#

# The path of a request whose answer names a file.
names()
{
	echo "/app/head?raw=X-Sendfile:%20$(code "$1")%0A%0A"
}

# Neither a byte from outside, nor no answer, nor one that says it went well.
refused()
{
	unlike "$1" "$OUTSIDE" "$2"
	case $(printf '%s\n' "$1" | head -n 1) in
	*" 400 "*|*" 403 "*|*" 404 "*|*" 414 "*|*" 502 "*)
		;;
	*)
		fail "$2: \"$(short "$1")\"" ;;
	esac
}

# Names below a directory of which none may be served.
bad_names()
{
	cat <<-'EOT'
	relative
	absolute
	chain1
	chain3
	outdir
	outdir/
	outdir/secret
	absdir/secret
	up/out/secret
	up/www/../out/secret
	sub/../outdir/secret
	top/etc/passwd
	top/proc/version
	self
	self/x
	proc/version
	proc/self/environ
	proc/self/root/etc/passwd
	environ
	zero
	fifo
	fifo/
	socket
	device
	../out/secret
	sub/../../out/secret
	./../out/secret
	.././out//secret
	%2e%2e/out/secret
	..%2fout%2fsecret
	sub/%2e%2e/%2e%2e/out/secret
	%252e%252e/out/secret
	..%252fout%252fsecret
	%25252e%25252e/out/secret
	..%5cout%5csecret
	%c0%ae%c0%ae/out/secret
	outdir%2fsecret
	ok.txt%00
	%00ok.txt
	relative%00.txt
	ok.txt/
	ok.txt/../relative
	EOT
	printf '%04096d\n' 1
	printf '%02048d\n' 1 | sed 's/./&\//g'
	printf '%01000d\n' 1 | sed 's/./..\//g; s/$/etc\/passwd/'
}

# The most that a worker ever had.
highest()
{
	for highest_pid in $(workers "$GPID"); do
		peak "$highest_pid"
	done | sort -n | tail -n 1
}

# No more than 1 MiB: what BEFORE NOW
flat()
{
	[ $(($3 - $2)) -lt 1024 ] ||
		fail "$1: from $2 to $3 KiB"
}

#
# Large files.
#

# a range of the sparse file: what PATH RANGE WANTED
range_is()
{
	rm -f "$T/part"
	text=$(wire -t 30000 -o "$T/part" \
	    s "GET $2 HTTP/1.1\\r\\nHost: x\\r\\nRange: bytes=$3\\r\\n\\r\\n" \
	    k | tr -d '\r')
	status "$text" 206 "$1: $3"
	is "$(printf '%s\n' "$text" | field Content-Range)" "bytes $4" "$1"
	is "$(printf '%s\n' "$text" | field Content-Length)" \
	    "$(wc -c <"$T/part" | tr -d ' ')" "$1: length of $3"
}

# Over what 32 bits can say, too, and much of it.
sparse_by()
{
	text=$(wire s "HEAD $2 HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n" kh |
	    tr -d '\r')
	status "$text" 200 "$1"
	is "$(printf '%s\n' "$text" | field Content-Length)" "$all" "$1: HEAD"
	# one answer of each kind, so that its memory has been touched
	range_is "$1" "$2" 0-999999 "0-999999/$all"
	sparse_pid=$(workers "$GPID")
	sparse_rss=$(rss "$sparse_pid")
	for sparse_range in -1000 "$((all - 1000))-" \
	    "$((all - 1000))-$((all - 1))" "$((all - 1000))-$((all * 2))"; do
		range_is "$1" "$2" "$sparse_range" \
		    "$((all - 1000))-$((all - 1))/$all"
		tail -c 1000 "$T/www/sparse" | cmp -s - "$T/part" ||
			fail "$1: $sparse_range: other bytes"
	done
	sparse_range=4294967000-4494966999
	range_is "$1" "$2" "$sparse_range" "$sparse_range/$all"
	is "$("$TALK" -S "$T/part")" \
	    "$(head -c 200000000 /dev/zero | "$TALK" -S -)" "$1: zeros"
	rm -f "$T/part"
	status "$(get "$2" "Range: bytes=$all-")" 416 "$1: behind the end"
	is "$(workers "$GPID")" "$sparse_pid" "$1: the worker"
	flat "$1" "$sparse_rss" "$(rss "$sparse_pid")"
}

test_sparse()
{
	dd if=/dev/null of="$T/www/sparse" bs=1 seek="$SPARSE" 2>/dev/null ||
		skip 'no file of 6 GB here'
	"$TALK" -G "$TAIL" 7 >>"$T/www/sparse"
	[ "$(du -k "$T/www/sparse" | cut -f 1)" -lt 100000 ] ||
		skip 'no sparse files here'
	all=$((SPARSE + TAIL))
	G=single
	start_gateway - <<-EOT
	ServerLimit 1
	MaxKeepAliveRequests 0
	DocumentRoot $T/www
	ProxyPass /app/ $URL
	<Location /app/>
	ProxySCGISendfile On
	XSendFilePath $T/www
	</Location>
	EOT
	sparse_by DocumentRoot /sparse
	sparse_by X-Sendfile "$(names "$T/www/sparse")"
	rm -f "$T/www/sparse"
}

# all_at_once FILE: every client gets it; its sums have to be right
all_at_once()
{
	once_want="<body $("$TALK" -S "$1")>"
	once_path=$(names "$1")
	once_pids=
	once=0
	while [ "$once" -lt "$CLIENTS" ]; do
		once=$((once + 1))
		talk_to -s -t $((30000 * SLOW)) -a $((60 * SLOW)) to \
		    s "GET $once_path HTTP/1.1\\r\\nHost: x\\r\\n" \
		    s 'Connection: close\r\n\r\n' k >"$T/client.$once" 2>&1 &
		once_pids="$once_pids $!"
	done
	# the gateway is a child of this shell, too
	# shellcheck disable=SC2086
	wait $once_pids
	once=0
	while [ "$once" -lt "$CLIENTS" ]; do
		once=$((once + 1))
		once_text=$(tr -d '\r' <"$T/client.$once")
		status "$once_text" 200 "client $once"
		is "$(printf '%s\n' "$once_text" | grep '^<body')" \
		    "$once_want" "client $once"
	done
	rm -f "$T"/client.*
}

has_workers()
{
	[ "$(workers "$GPID" | wc -l)" -ge "$1" ]
}

test_many_downloads()
{
	"$TALK" -G 1000000 3 >"$T/www/small"
	"$TALK" -G "$DOWNLOAD" 4 >"$T/www/big"
	chmod a+r "$T/www/small" "$T/www/big"
	G=many
	start_gateway - <<-EOT
	StartServers $CLIENTS
	ServerLimit $CLIENTS
	MaxRequestWorkers $CLIENTS
	MinSpareServers $CLIENTS
	MaxSpareServers $((CLIENTS * 2))
	ProxyPass /app/ $URL
	<Location /app/>
	ProxySCGISendfile On
	XSendFilePath $T/www
	</Location>
	EOT
	within 10 has_workers "$CLIENTS" || fail 'too few workers'
	all_at_once "$T/www/small"
	many_before=$(highest)
	all_at_once "$T/www/big"
	flat 'the largest worker' "$many_before" "$(highest)"
	rm -f "$T/www/small" "$T/www/big"
	log_lacks 'sendfile: '
}

#
# Nothing from outside.
#

test_ordinary()
{
	for path in / /alias/ "/app/head?raw=X-Sendfile:%20$T/www/"; do
		case $path in
		*raw*)
			end=%0A%0A ;;
		*)
			end= ;;
		esac
		is "$(get "${path}ok.txt$end" | body)" inside "$path"
		text=$(get "${path}empty$end")
		status "$text" 200 "$path"
		is "$(printf '%s\n' "$text" | field Content-Length)" 0 "$path"
		is "$(get "${path}sub/name$end" | body)" inside "$path"
	done
}

test_document_root()
{
	bad_names >"$T/names"
	while read -r name; do
		refused "$(get "/$name")" "/$name"
	done <"$T/names"
	for name in sub/ up/ top/; do
		refused "$(get "/$name")" "/$name"
	done
}

test_alias()
{
	bad_names >"$T/names"
	while read -r name; do
		refused "$(get "/alias/$name")" "/alias/$name"
	done <"$T/names"
	for name in /alias../out/secret /alias/..%2f..%2fout/secret \
	    /alias%2f..%2f..%2fout/secret //alias//../../out/secret; do
		refused "$(get "$name")" "$name"
	done
}

test_sendfile()
{
	bad_names >"$T/names"
	while read -r name; do
		# as it is, and decoded once by the application
		refused "$(get "$(names "$T/www/$name")")" "$name"
		refused "$(get "/app/head?raw=X-Sendfile:%20$T/www/$name%0A%0A")" \
		    "decoded $name"
	done <"$T/names"
	for name in "$T/out/secret" "$T/www" "$T/www/" "$T/www/sub" \
	    "$T/wwwx" "$T/www../out/secret" / // /etc/passwd /proc/version \
	    /proc/self/environ /proc/self/root/etc/passwd /proc/self/fd/0 \
	    "/proc/self/root$T/out/secret" "/proc/self/cwd/$T/out/secret" \
	    /dev/null /dev/zero /dev/tty /dev/stdin /dev/fd/0 \
	    "$T/app.sock" ok.txt ../out/secret; do
		refused "$(get "$(names "$name")")" "$name"
	done
}

# What is no plain file, or of the system, is refused there, too.
test_sendfile_anywhere()
{
	G=anywhere
	start_gateway - <<-EOT
	ProxyPass /app/ $URL
	ProxySCGISendfile On
	EOT
	is "$(get "$(names "$T/www/ok.txt")" | body)" inside
	for name in "$T/www" "$T/www/" "$T/www/fifo" "$T/www/socket" \
	    "$T/www/device" "$T/www/zero" "$T/www/environ" "$T/www/self" \
	    "$T/www/proc/version" "$T/www/proc/self/environ" \
	    "$T/www/top/proc/version" "$T/www/top/proc/self/environ" \
	    "$T/www/top/proc/self/root/etc/passwd" "$T/www/ok.txt/" \
	    "$T/www/ok.txt/.." "$T/app.sock" / // //proc/version \
	    /./proc/version /dev/../proc/version /proc/version \
	    /proc/self/environ /proc/self/root/etc/passwd \
	    "/proc/self/root$T/out/secret" /proc/self/fd/0 /proc/self/mem \
	    /proc/kmsg /sys/kernel/notes /sys/power/state /dev/null \
	    /dev/zero /dev/random /dev/tty /dev/stdin /dev/fd/0 /dev/ptmx \
	    "/$(printf '%04096d' 1)" "$T/www/$(printf '%04000d' 1)" \
	    "$(printf '%01000d' 1 | sed 's/./\/../g')/proc/version" \
	    "$T/www/ok.txt%00" '%2fetc%2fpasswd' etc/passwd; do
		refused "$(get "$(names "$name")")" "$name"
	done
	for name in "$T/www/ok.txt%00" "$T/www/ok.txt%00.html" %00 \
	    "%00$T/www/ok.txt" "$T/www/%00ok.txt"; do
		refused "$(get "/app/head?raw=X-Sendfile:%20$name%0A%0A")" \
		    "NUL in $name"
	done
}

# Fifty requests for a path on one connection.
fifty()
{
	fifty_words=
	while [ "${#fifty_words}" -lt 100 ]; do
		fifty_words="$fifty_words k"
	done
	# shellcheck disable=SC2086
	wire z 50 "GET $1 HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n" $fifty_words \
	    >>"$T/answers" || fail "$1: status $? of the client"
	asked=$((asked + 50))
}

# A file, and a directory on the way, that are links out now and then.  A
# file is replaced in one step; for a moment there may be no directory.
test_race()
{
	mkdir "$T/www/moved"
	echo inside >"$T/www/moved/name"
	echo inside >"$T/www/race"
	chmod -R a+rX "$T/www/moved" "$T/www/race"
	ln -s ../out "$T/www/link"
	# shellcheck disable=SC2016
	spawn swap sh -c 'cd "$0" || exit 1
	end=$(($(date +%s) + 4))
	while [ "$(date +%s)" -lt "$end" ]; do
		ln -s ../out/secret new && mv -f new race
		mv moved real && mv link moved
		echo inside >new && mv -f new race
		mv moved link && mv real moved
	done' "$T/www"
	asked=0
	: >"$T/answers"
	while ! ended swap; do
		for path in /race /alias/race "$(names "$T/www/race")" \
		    /moved/name /alias/moved/name \
		    "$(names "$T/www/moved/name")"; do
			fifty "$path"
		done
	done
	is "$(cat "$T/swap.exit")" 0 "the race: $(head -n 3 "$T/swap.err")"
	tr -d '\r' <"$T/answers" >"$T/answers.text"
	[ "$asked" -ge 300 ] || fail "no more than $asked requests"
	if grep -Eq "$OUTSIDE" "$T/answers.text"; then
		fail "from outside, $(grep -Ec "$OUTSIDE" "$T/answers.text")" \
		    "of $asked"
	fi
	is "$(grep -c 'HTTP/1\.1 [0-9]' "$T/answers.text")" "$asked" answers
	served=$(grep -c 'HTTP/1\.1 200' "$T/answers.text")
	is "$(grep -c '^inside' "$T/answers.text")" "$served" 'bodies of 200'
	[ "$served" -gt 0 ] || fail 'it was never served'
	is "$(sed -n 's/.*HTTP\/1\.1 \([0-9]*\).*/\1/p' "$T/answers.text" |
	    grep -Ev '^(200|403|404)$' | sort | uniq -c)" '' 'other answers'
	[ "$served" -lt "$asked" ] || fail 'it was never a link'
}

#
# Chains.
#

# hops N PATH: redirects that end at PATH
hops()
{
	hops_left=$1
	hops_path=$2
	while [ "$hops_left" -gt 0 ]; do
		hops_path="/app/redirect?to=$hops_path"
		hops_left=$((hops_left - 1))
	done
	echo "$hops_path"
}

requests()
{
	grep -c '^request' "$T/app.log"
}

# chain_gateway [status page [status page]]
chain_gateway()
{
	G=chain
	start_gateway - <<-EOT
	DocumentRoot $T/www
	ErrorDocument ${1:-404} ${2:-/app/echo?page}
	ErrorDocument ${3:-410} ${4:-default}
	ProxyPass /app/ $URL
	<Location /app/>
	ProxySCGISendfile On
	XSendFilePath $T/www
	</Location>
	EOT
	: >"$T/app.log"
	: >"$T/record"
}

# The page of the error is asked for with GET, and nothing is sent again.
test_chain_to_an_error_page()
{
	chain_gateway
	for path in '/app/redirect?to=/none' "$(names "$T/www/none")" \
	    '/app/redirect?to=/app/redirect?to=/sub/none'; do
		: >"$T/record"
		text=$(post "$path" posted-once)
		status "$text" 404 "$path"
		text=$(printf '%s\n' "$text" | body)
		like "$text" '^SCRIPT_NAME=/app/echo$' "$path"
		like "$text" '^REQUEST_METHOD=GET$' "$path"
		like "$text" '^CONTENT_LENGTH=0$' "$path"
		like "$text" '^REDIRECT_STATUS=404$' "$path"
		like "$text" '^QUERY_STRING=page$' "$path"
		like "$text" '^body 0 cbf29ce484222325$' "$path"
		tr '\000' '\n' <"$T/record" >"$T/record.text"
		is "$(grep -c posted-once "$T/record.text")" 1 \
		    "$path: bodies"
		is "$(sed -n '/^REQUEST_METHOD$/{n;p;}' "$T/record.text" |
		    sed '/GET/d' | tr '\n' ' ')" 'POST ' "$path: methods"
	done
	unlike "$(cat "$T/app.log")" '^bad' 'what the application says'
}

test_ten_hops()
{
	chain_gateway
	text=$(post "$(hops 10 /ok.txt)" posted-once)
	status "$text" 200
	is "$(printf '%s\n' "$text" | body)" inside
	is "$(requests)" 10 'requests of ten hops'
	is "$(tr '\000' '\n' <"$T/record" | grep -c posted-once)" 1 bodies
	: >"$T/app.log"
	text=$(get "$(hops 11 /ok.txt)")
	status "$text" 500
	unlike "$text" inside
	is "$(requests)" 11 'requests of eleven hops'
	log_has 'more than 10 hops'
}

# The page of an error comes after the ten, and there is one: else what the
# limit says could have no page.
test_ten_hops_and_an_error_page()
{
	chain_gateway
	text=$(get "$(hops 10 /none)")
	status "$text" 404
	like "$text" '^REDIRECT_STATUS=404$'
	is "$(requests)" 11 'requests of ten hops and a page'
	: >"$T/app.log"
	text=$(get "$(hops 11 /none)")
	status "$text" 500
	is "$(requests)" 11 'requests of eleven hops'
}

# Pages that lead to errors and to further redirects come to an end, with
# the status of the first error or of the limit.
test_pages_without_an_end()
{
	chain_gateway 404 '/app/redirect?to=/none&status=200' \
	    500 '/app/redirect?to=/none&status=200'
	for path in /none '/app/redirect?to=/none' "$(names "$T/www/none")" \
	    /app/loop "$(hops 11 /none)"; do
		: >"$T/app.log"
		: >"$T/record"
		text=$(post "$path" posted-once)
		like "$text" '^HTTP/1\.1 (404|405|500) ' "$path"
		like "$text" '<h1>|^404|^500|^405' "$path: a page"
		[ "$(requests)" -le 22 ] ||
			fail "$path: $(requests) requests"
		[ "$(tr '\000' '\n' <"$T/record" |
		    grep -c posted-once)" -le 1 ] ||
			fail "$path: the body was sent again"
	done
}

run_tests
