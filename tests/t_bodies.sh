#!/bin/sh
# Bodies both ways, bit by bit, and what happens when one of the three does
# not wait for the others.

. "${0%/*}/lib.sh"

SIZES='0 1 8189 8190 8191 8192 65535 65536 65537 262143 262144 262145'
MEGABYTES='1000000 5000000 20000000'

start_backend app
AT=${URL%localhost/}

# One worker, so that its memory can be looked at.
configuration()
{
	cat <<-EOT
	ServerLimit 1
	MaxKeepAliveRequests 0
	RequestReadTimeout header=20 body=0
	LimitRequestBody 30000000
	ProxyPass / $URL
	<Location /now>
	ProxyRequestBuffering Off
	</Location>
	<Location /small>
	ProxyRequestBufferSize 1000
	</Location>
	<Location /limit>
	LimitRequestBody 1000
	</Location>
	<Location /now/limit>
	LimitRequestBody 1000
	</Location>
	<Location /absent>
	ProxyPass ${AT%app.sock*}absent.sock
	</Location>
	<Location /now/absent>
	ProxyPass ${AT%app.sock*}absent.sock
	</Location>
	<Location /none>
	ProxyPass !
	</Location>
	EOT
}

start_gateway - <<EOT
$(configuration)
EOT

#
# Helpers.
#

uploads_arrive()
{
	for size in $2; do
		want=$(sum_of "$size")
		for how in length chunked; do
			text=$(upload "$1" "$size" $how)
			status "$text" 200 "$1 $size $how"
			is "$(printf '%s\n' "$text" | body)" "$want" \
			    "$1 $size $how"
		done
	done
}

# A fresh worker; its memory after a first request.
measure()
{
	own_gateway - <<-EOT
	$(configuration)
	EOT
	worker=$(workers)
	upload /sum 1000 length >/dev/null
	rss_before=$(rss "$worker")
}

stays_flat()
{
	is "$(workers)" "$worker" 'the worker'
	grown=$(($(rss "$worker") - rss_before))
	[ "$grown" -lt 1024 ] || fail "memory: $grown KiB more at the end"
	grown=$(($(peak "$worker") - rss_before))
	[ "$grown" -lt 1024 ] || fail "memory: $grown KiB more at the most"
}

# The application has done nothing wrong but answer early.
not_to_blame()
{
	blamed=$(grep 'app\.sock: ' "$LOG" | grep -v 'taken for its end')
	is "$blamed" '' 'the application is not to blame'
}

# Has the backend noted that?
noted()
{
	grep -Eq "$1" "$T/${2:-app}.log"
}

nothing_noted()
{
	[ ! -s "$T/app.log" ] ||
		fail "$1: the application was asked: $(cat "$T/app.log")"
}

#
# Requests with bodies.
#

test_uploads()
{
	measure
	uploads_arrive /sum "$SIZES"
	uploads_arrive /now/sum "$SIZES"
	uploads_arrive /small/sum '0 1 999 1000 1001 65536 1000000'
	spool_is_empty
	stays_flat
}

test_big_uploads()
{
	measure
	uploads_arrive /sum "$MEGABYTES"
	uploads_arrive /now/sum "$MEGABYTES"
	spool_is_empty
	stays_flat
}

test_uploads_over_tcp()
{
	start_backend tcp -p 0
	own_gateway - <<-EOT
	ProxyPass / $URL
	<Location /now>
	ProxyRequestBuffering Off
	</Location>
	EOT
	uploads_arrive /sum '0 1 65536 65537 1000000 5000000'
	uploads_arrive /now/sum '0 1 65536 65537 1000000 5000000'
}

# A slow application, a small receive buffer in between.
test_slow_application()
{
	for path in /slowread /now/slowread; do
		text=$(upload "$path?n=60000&ms=5" 1000000 length)
		is "$(printf '%s\n' "$text" | body)" "$(sum_of 1000000)" "$path"
	done
}

# A worker has none left over, however the upload went.
test_descriptors()
{
	own_gateway - <<-EOT
	$(configuration)
	EOT
	worker=$(workers)
	status "$(upload /now/sum 1000 length)" 200
	before=$(fds "$worker")
	status "$(upload /now/sum 1000000 length)" 200
	like "$(upload /now/early-close 1000000 length)" '^early$'
	wire s 'POST /now/sum HTTP/1.1\r\nHost: x\r\n' \
	    s 'Content-Length: 1000000\r\n\r\n' g 500000 1 p 50 x >/dev/null
	status "$(upload /now/sum 1000 length)" 200
	is "$(workers)" "$worker" 'the worker'
	is "$(fds "$worker")" "$before" descriptors
}

# Head and body in pieces of any size.
test_slow_client()
{
	for path in /sum /now/sum; do
		text=$(chat s "POST $path HTTP/1.1\\r\\nHost: x\\r\\nConten" \
		    p 30 s 't-Length: 10\r\n\r' p 30 s '\n12' p 30 s 345 \
		    p 30 s 67890 k)
		is "$(printf '%s\n' "$text" | body)" \
		    "$(printf 1234567890 | "$TALK" -S -)" "$path"
	done
	text=$(chat s 'POST /sum HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:' \
	    s ' chunked\r\n\r\n' p 30 s 0 p 30 s 05 p 30 s ';a="b' p 30 \
	    s '"\r' p 30 s '\n12' p 30 s 345 p 30 s '\r\n5\r\n67890' p 30 \
	    s '\r' p 30 s '\n000\r\nX-T: 1\r' p 30 s '\n\r' p 30 s '\n' k)
	is "$(printf '%s\n' "$text" | body)" \
	    "$(printf 1234567890 | "$TALK" -S -)" chunks
}

test_get_with_a_body()
{
	text=$(chat s 'GET /sum HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n' \
	    s '\r\nhello' k)
	is "$(printf '%s\n' "$text" | body)" "$(printf hello | "$TALK" -S -)"
}

#
# Answers with bodies.
#

# download PATH: "LENGTH SUM" of the body, and what X-Sum says
download()
{
	text=$(talk_to -s to s "GET $1 HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n" k) ||
		fail "$1: status $? of talk"
	text=$(printf '%s\n' "$text" | tr -d '\r')
	got=$(printf '%s\n' "$text" | sed -n 's/^<body \(.*\)>$/\1/p')
	said=$(printf '%s\n' "$text" | field X-Sum)
}

downloads_arrive()
{
	for size in $1; do
		for more in 'len=1' 'len=0' 'len=1&chunk=4000' \
		    'len=0&chunk=4000'; do
			download "/bytes?n=$size&$more"
			status "$text" 200 "$size $more"
			is "$got" "$size $said" "$size $more"
		done
	done
}

test_downloads()
{
	measure
	downloads_arrive "$SIZES"
	stays_flat
}

test_big_downloads()
{
	measure
	for size in $MEGABYTES; do
		for more in 0 1; do
			download "/bytes?n=$size&len=$more"
			is "$got" "$size $said" "$size $more"
		done
	done
	is "$said" "$(sum_of 20000000 | cut -d ' ' -f 2)" 'the last sum'
	stays_flat
}

test_both_ways()
{
	measure
	for size in 65537 1000000 5000000; do
		text=$(talk_to -s to s 'POST /body HTTP/1.1\r\nHost: x\r\n' \
		    s "Content-Length: $size\\r\\n\\r\\n" g $size 7 k)
		like "$text" "^<body $(sum_of $size 7)>\$" "$size"
	done
	spool_is_empty
	stays_flat
}

test_http_1_0_download()
{
	"$TALK" "$ADDR" "$PORT" \
	    s 'GET /bytes?n=1000001&len=0 HTTP/1.0\r\n\r\n' r >"$T/answer"
	tail -c 1000001 "$T/answer" >"$T/got"
	is "$("$TALK" -S "$T/got")" "$(sum_of 1000001)"
	rm -f "$T/answer" "$T/got"
}

# One of five megabytes that reads nothing for a while.
slow_reader()
{
	spawn "$1" "$TALK" -s "$ADDR" "$PORT" \
	    s "GET $2 HTTP/1.1\\r\\nHost: x\\r\\n" \
	    s 'Connection: close\r\n\r\n' \
	    o $((5000 * SLOW)) p $(($3 * SLOW)) k
}

# The application has written all of it long before the client has it.
test_application_is_freed()
{
	start_backend one -1
	own_gateway - <<-EOT
	ProxyPass / $URL timeout=20
	EOT
	for len in 0 1; do
		slow_reader reader "/bytes?n=5000000&len=$len" 800
		within 3 noted "bytes.n=5000000&len=$len" one
		# it does one request at a time
		text=$(get /id)
		status "$text" 200
		ended reader && fail 'the reader was not slow'
		within 5 ended reader
		like "$(cat "$T/reader.out")" \
		    "^<body 5000000 $(sum_of 5000000 | cut -d ' ' -f 2)>\$"
	done
	spool_is_empty
}

# One that waits for us to close is let go as well.
test_application_that_does_not_close_is_freed()
{
	: >"$T/app.log"
	slow_reader reader '/hang-body?n=5000000&len=5000000' 800
	within 3 noted '^gone hang-body' || fail 'it is kept'
	ended reader && fail 'the reader was not slow'
	within 5 ended reader
	like "$(cat "$T/reader.out")" \
	    "^<body 5000000 $(sum_of 5000000 | cut -d ' ' -f 2)>\$"
}

# Without room to read ahead it goes at the client's pace.
test_application_is_not_freed()
{
	start_backend one -1
	own_gateway - <<-EOT
	ProxyPass / $URL timeout=20
	<Location /none>
	ProxyMaxTempFileSize 0
	</Location>
	<Location /little>
	ProxyMaxTempFileSize 1000000
	</Location>
	EOT
	for where in none little; do
		slow_reader reader "/$where/bytes?n=20000000&len=1" 600
		within 3 noted "$where" one
		text=$(wire s 'GET /id HTTP/1.1\r\nHost: x\r\n\r\n' o 400 \
		    m 'X-Backend: one')
		like "$text" '^<open>' "$where: the second had to wait"
		within 5 ended reader
		like "$(cat "$T/reader.out")" \
		    "^<body 20000000 $(sum_of 20000000 | cut -d ' ' -f 2)>\$"
	done
	spool_is_empty
	log_lacks 'cannot be spooled' 'a limit of the answer is no fault'
}

#
# Buffering.
#

test_a_slow_upload_holds_no_application()
{
	: >"$T/app.log"
	spawn client "$TALK" "$ADDR" "$PORT" \
	    s 'POST /sum HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n' \
	    g 1000 1 p $((700 * SLOW)) g 1000 2 k
	nap 0.4
	nothing_noted 'before the whole body was there'
	within 3 ended client
	noted '^request POST /sum 2000' || fail 'no request'
}

test_a_streamed_upload_goes_on_at_once()
{
	: >"$T/app.log"
	spawn client "$TALK" "$ADDR" "$PORT" \
	    s 'POST /now/sum HTTP/1.1\r\nHost: x\r\n' \
	    s 'Content-Length: 2000\r\n\r\n' g 1000 1 \
	    p $((700 * SLOW)) g 1000 2 k
	within 1 noted '^connect' || fail 'it waits for the body'
	ended client && fail 'the client was not slow'
	within 3 ended client
	like "$(cat "$T/client.out")" '^2000 '
	# chunks have no length to tell the application
	: >"$T/app.log"
	spawn client "$TALK" "$ADDR" "$PORT" \
	    s 'POST /now/sum HTTP/1.1\r\nHost: x\r\n' \
	    s 'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n' \
	    p $((500 * SLOW)) s '0\r\n\r\n' k
	nap 0.3
	nothing_noted 'before the last chunk was there'
	within 3 ended client
	like "$(cat "$T/client.out")" '^5 '
}

#
# Expect: 100-continue.
#

# expect PATH LENGTH COMMAND ...: a request that waits, then the commands
expect()
{
	expect_path=$1
	expect_length=$2
	shift 2
	chat s "POST $expect_path HTTP/1.1\\r\\nHost: x\\r\\n" \
	    s "Content-Length: $expect_length\\r\\n" \
	    s 'Expect: 100-continue\r\n\r\n' "$@"
}

test_continue()
{
	for path in /sum /now/sum; do
		text=$(expect $path 5 m '100 Continue\r\n\r\n' s hello k o 100)
		is "$(printf '%s\n' "$text" | head -n 3 | tr '\n' '|')" \
		    'HTTP/1.1 100 Continue||HTTP/1.1 200 OK|' $path
		is "$(printf '%s\n' "$text" | grep -c '^HTTP/')" 2 $path
		like "$text" "^$(printf hello | "$TALK" -S -)\$" $path
		like "$text" '<open>$' $path
	done
	text=$(chat s 'POST /sum HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue' \
	    s '\r\nTransfer-Encoding: chunked\r\n\r\n' \
	    m '100 Continue\r\n\r\n' s '5\r\nhello\r\n0\r\n\r\n' k)
	like "$text" "^$(printf hello | "$TALK" -S -)\$" chunked
}

# The body is there, or none is coming, or the client is too old.
test_no_continue_for_nothing()
{
	for path in /sum /now/sum; do
		text=$(chat s "POST $path HTTP/1.1\\r\\nHost: x\\r\\n" \
		    s 'Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello' \
		    k o 100)
		unlike "$text" '100 Continue' "$path: the body was there"
		status "$text" 200 $path
		text=$(chat s "POST $path HTTP/1.0\\r\\nHost: x\\r\\n" \
		    s 'Expect: 100-continue\r\nContent-Length: 5\r\n\r\n' \
		    p 100 s hello r)
		unlike "$text" '100 Continue' "$path: HTTP/1.0"
		status "$text" 200 $path
	done
}

# Who is refused is not asked to send first; what it may send all the same
# would be taken for a request, so the connection ends.
test_no_continue_for_the_refused()
{
	: >"$T/app.log"
	for try in '/none/x 5 404' '/limit/sum 1001 413' \
	    '/now/limit/sum 1001 413' '/now/absent/x 5 503' \
	    '/%zz 5 400'; do
		# shellcheck disable=SC2086
		set -- $try
		text=$(expect "$1" "$2" k o 500)
		unlike "$text" '100 Continue' "$1"
		status "$text" "$3" "$1"
		like "$text" '^Connection: close$' "$1"
		like "$text" '<closed>$' "$1"
	done
	text=$(chat s 'POST /sum HTTP/1.1\r\nHost: x\r\nExpect: other\r\n' \
	    s 'Content-Length: 5\r\n\r\n' k)
	unlike "$text" '100 Continue'
	status "$text" 417
	nothing_noted 'refused requests'
}

# The application answers before it wants the body.
test_no_continue_after_the_answer()
{
	text=$(expect '/now/early?status=403' 5 p 100 r)
	status "$text" 403
	like "$text" '^early$'
}

# An application that begins to answer before it has read the head: when that
# has gone at last the body is wanted, and a 100 would stand in the answer.
test_no_continue_within_an_answer()
{
	start_backend begins -b 300
	own_gateway - <<-EOT
	ProxyRequestBuffering Off
	ProxyPass / $URL
	EOT
	# more than any socket takes at once
	fields=$(awk 'BEGIN {
		for (v = "v"; length(v) < 4096; )
			v = v v
		for (i = 0; i < 90; i++)
			printf "X-%d: %s%s\\r\\n", i, v, substr(v, 1, 3000)
	}')
	for method in POST HEAD; do
		printf '%s\n' "s \"$method /sum HTTP/1.1\\r\\nHost: x\\r\\n" \
		    "$fields" 'Content-Length: 5\r\nExpect: 100-continue' \
		    '\r\n\r\n"' | tr -d '\n' >"$T/early.script"
		printf '%s\n' '' 'm "\r\n\r\n"' 'p 500' 's hello' r \
		    >>"$T/early.script"
		text=$(wire <"$T/early.script" | tr -d '\r')
		status "$text" 200 $method
		is "$(printf '%s\n' "$text" | head -n 1)" 'HTTP/1.1 200 OK' \
		    $method
		unlike "$text" '100 Continue' $method
		like "$text" '^Connection: close$' $method
		[ $method = HEAD ] || {
			like "$text" '^begun$'
			like "$text" "^$(printf hello | "$TALK" -S -)\$"
		}
	done
}

#
# Answers that do not wait for the body.
#

test_early_answers()
{
	for path in /early '/early?status=413' /early-close \
	    '/early-late?ms=50'; do
		text=$(upload "$path" 5000000 length)
		like "$text" '^early$' "$path"
		text=$(upload "$path" 5000000 chunked)
		like "$text" '^early$' "$path, chunked"
	done
}

# The body was taken from the client, so its connection goes on.
test_next_request_after_an_early_answer()
{
	text=$(chat s 'POST /early HTTP/1.1\r\nHost: x\r\n' \
	    s 'Content-Length: 1000000\r\n\r\n' g 1000000 1 k \
	    s 'GET /id HTTP/1.1\r\nHost: x\r\n\r\n' k)
	like "$text" '^early$'
	like "$text" '^X-Backend: app$'
}

test_early_answers_to_streams()
{
	for path in /now/early '/now/early?status=413' \
	    /now/early-close '/now/early-late?ms=50'; do
		text=$(upload "$path" 5000000 length)
		like "$text" '^early$' "$path"
	done
	# long before the end of the body
	text=$(chat s 'POST /now/early HTTP/1.1\r\nHost: x\r\n' \
	    s 'Content-Length: 5000000\r\n\r\n' g 1000 1 m 'early\n' t \
	    o 1000)
	like "$text" '^early$'
	like "$text" '<closed>$' 'a body that did not come ends the connection'
}

test_early_answer_then_the_next_request()
{
	# the rest of the body is there when the answer is: it may go on
	text=$(wire s 'POST /now/early HTTP/1.1\r\nHost: x\r\n' \
	    s 'Content-Length: 5\r\n\r\nhello' k \
	    s 'GET /id HTTP/1.1\r\nHost: x\r\n\r\n' k | tr -d '\r')
	like "$text" '^early$'
	like "$text" '^X-Backend: app$'
}

# The application writes while it reads.
test_duplex()
{
	for path in /duplex /now/duplex; do
		for size in 1 65537 5000000; do
			text=$(talk_to -s to s "POST $path HTTP/1.1\\r\\n" \
			    s "Host: x\\r\\nContent-Length: $size\\r\\n\\r\\n" \
			    g $size 7 k)
			like "$text" "^<body $(sum_of $size 7)>\$" \
			    "$path $size"
		done
	done
}

# ProxyRequestBufferSize of a section: what is over it needs the spool.
test_buffer_of_a_location()
{
	mkdir -m 777 "$T/nospool"
	G=nospool
	start_gateway - <<-EOT
	SpoolDirectory $T/nospool
	ProxyPass / $URL
	<Location /sum>
	ProxyRequestBufferSize 1M
	</Location>
	EOT
	rmdir "$T/nospool"
	text=$(upload /sum 200000 length)
	status "$text" 200
	text=$(upload /body/sum 200000 length)
	status "$text" 503
	grep -q 'request body: .*cannot be spooled: .*(location /, ' \
	    "$T/nospool.err" || fail "$(tail -n 2 "$T/nospool.err")"
}

#
# Pipelining.
#

test_pipelined_behind_bodies()
{
	text=$(chat s 'POST /sum HTTP/1.1\r\nHost: x\r\n' \
	    s 'Content-Length: 300000\r\n\r\n' g 300000 1 \
	    s 'GET /id HTTP/1.1\r\nHost: x\r\n\r\n' \
	    s 'POST /sum HTTP/1.1\r\nHost: x\r\n' \
	    s 'Transfer-Encoding: chunked\r\n\r\n' gc 200000 2 \
	    s 'POST /now/sum HTTP/1.1\r\nHost: x\r\n' \
	    s 'Content-Length: 100000\r\n\r\n' g 100000 3 \
	    s 'POST /now/sum HTTP/1.1\r\nHost: x\r\n' \
	    s 'Content-Length: 1000000\r\n\r\n' g 1000000 4 \
	    s 'GET /now/id HTTP/1.1\r\nHost: x\r\nConnection: close\r\n' \
	    s '\r\n' k k k k k k o 300)
	is "$(printf '%s\n' "$text" | grep -c '^HTTP/1.1 200')" 6 answers
	is "$(printf '%s\n' "$text" |
	    grep -E '^([0-9]+ [0-9a-f]{16}|app)$')" "$(sum_of 300000 1
	    echo app; sum_of 200000 2; sum_of 100000 3; sum_of 1000000 4
	    echo app)"
	like "$text" '<closed>$'
}

#
# Limits.
#

test_limit_of_the_body()
{
	: >"$T/app.log"
	for path in /limit/sum /now/limit/sum; do
		for how in length chunked; do
			text=$(upload $path 1001 $how)
			status "$text" 413 "$path $how"
			like "$text" '^Connection: close$' "$path $how"
		done
	done
	nothing_noted 'bodies over the limit'
	for path in /limit/sum /now/limit/sum; do
		for how in length chunked; do
			text=$(upload $path 1000 $how)
			status "$text" 200 "$path $how"
		done
	done
	# without its body the answer comes, too
	text=$(chat s 'POST /limit/sum HTTP/1.1\r\nHost: x\r\n' \
	    s 'Content-Length: 99999999\r\n\r\n' k)
	status "$text" 413
	text=$(upload /limit/sum 5000000 length)
	status "$text" 413 'much more than the limit'
	text=$(upload /limit/sum 5000000 chunked)
	status "$text" 413 'much more than the limit, chunked'
}

test_unlimited()
{
	own_gateway - <<-EOT
	LimitRequestBody 10
	ProxyPass / $URL
	<Location /any>
	LimitRequestBody 0
	</Location>
	EOT
	status "$(upload /sum 11 length)" 413
	status "$(upload /any/sum 100000 chunked)" 200
}

# No room to spool a request is 503, with a line in the log; an answer goes
# at the pace of the client.
test_spool_is_full()
{
	own_gateway - <<-EOT
	SpoolMaxTotal 100000
	ProxyPass / $URL
	<Location /now>
	ProxyRequestBuffering Off
	</Location>
	EOT
	: >"$T/app.log"
	for how in length chunked; do
		text=$(upload /sum 1000000 $how)
		status "$text" 503 $how
	done
	log_has "request body: $T/spool: .*[Nn]o space"
	nothing_noted 'bodies that could not be spooled'
	status "$(upload /sum 90000 length)" 200 'what has room'
	status "$(upload /now/sum 1000000 length)" 200 'no spool is used'
	slow_reader reader '/bytes?n=20000000&len=1' 500
	within 5 ended reader
	like "$(cat "$T/reader.out")" \
	    "^<body 20000000 $(sum_of 20000000 | cut -d ' ' -f 2)>\$"
	spool_is_empty
}

# The directory was there at the start.
test_spool_directory_is_gone()
{
	mkdir "$T/gone" && chmod 1777 "$T/gone"
	own_gateway - <<-EOT
	SpoolDirectory $T/gone
	ProxyPass / $URL
	EOT
	rmdir "$T/gone"
	status "$(upload /sum 1000000 length)" 503
	log_has "request body: $T/gone: .*No such file"
	status "$(upload /sum 60000 chunked)" 200 'what has room in memory'
	slow_reader reader '/bytes?n=20000000&len=1' 300
	within 5 ended reader
	like "$(cat "$T/reader.out")" \
	    "^<body 20000000 $(sum_of 20000000 | cut -d ' ' -f 2)>\$"
	log_has "answer: $T/gone: .*No such file"
}

# All workers together.
test_spool_is_shared()
{
	own_gateway - <<-EOT
	StartServers 3
	SpoolMaxTotal 1500000
	ProxyPass / $URL
	EOT
	spawn client "$TALK" "$ADDR" "$PORT" \
	    s 'POST /sum HTTP/1.1\r\nHost: x\r\n' \
	    s 'Content-Length: 1000001\r\n\r\n' g 1000000 1 \
	    p $((1000 * SLOW)) s x k
	within 3 spool_is_used 1000000
	status "$(upload /sum 1000000 length)" 503 'the second'
	within 4 ended client
	status "$(cat "$T/client.out")" 200 'the first'
	status "$(upload /sum 1000000 length)" 200 'a third'
}

# The file is unlinked; the processes still show it.
spool_is_used()
{
	[ -d /proc/self/fd ] || return 0
	for spool_pid in $(workers); do
		for spool_fd in "/proc/$spool_pid/fd/"*; do
			case $(readlink "$spool_fd") in
			"$T/spool/"*)
				spool_size=$(wc -c <"$spool_fd")
				[ "$spool_size" -lt $(($1 - 65536)) ] ||
					return 0 ;;
			esac
		done
	done
	return 1
}

#
# Clients that leave.
#

test_abort_in_the_middle_of_a_body()
{
	: >"$T/app.log"
	for end in x c; do
		wire s 'POST /sum HTTP/1.1\r\nHost: x\r\n' \
		    s 'Content-Length: 100000\r\n\r\n' g 50000 1 p 50 $end
		wire s 'POST /sum HTTP/1.1\r\nHost: x\r\n' \
		    s 'Transfer-Encoding: chunked\r\n\r\n5\r\nhel' p 50 $end
	done
	text=$(wire s 'POST /sum HTTP/1.1\r\nHost: x\r\n' \
	    s 'Content-Length: 100000\r\n\r\n' g 50000 1 h o 1000)
	is "$text" '<closed>' 'half a body and then the end'
	nothing_noted 'half bodies'
	spool_is_empty
	not_to_blame
	status "$(get /id)" 200
}

# Of the bytes that go by the buffer, and of those that do not.
test_abort_in_the_middle_of_a_stream()
{
	for length in 100000 1000000; do
		for end in x c h; do
			: >"$T/app.log"
			wire s 'POST /now/sum HTTP/1.1\r\nHost: x\r\n' \
			    s "Content-Length: $length\\r\\n\\r\\n" \
			    g $((length / 2)) 1 p 50 $end p 50 >/dev/null
			within 2 noted '^gone' ||
				fail "$length $end: the application was kept"
		done
	done
	not_to_blame
	status "$(get /id)" 200
}

# With an application that has begun to answer, and one worker, that must not
# wait for what cannot come.
test_abort_of_a_stream_that_is_answered()
{
	own_gateway - <<-EOT
	ServerLimit 1
	ProxyRequestBuffering Off
	ProxyIgnoreClientAbort On
	RequestReadTimeout body=1
	ProxyPass / $URL
	EOT
	for end in x c 'p 1500'; do
		: >"$T/app.log"
		# shellcheck disable=SC2086
		wire s 'POST /head-first HTTP/1.1\r\nHost: x\r\n' \
		    s 'Content-Length: 1000\r\n\r\nabc' m '\r\n\r\n' \
		    $end >/dev/null
		within 2 noted '^gone' || fail "$end: the application was kept"
		status "$(get /id)" 200 "after $end"
	done
}

test_abort_in_the_middle_of_an_answer()
{
	for end in x c; do
		: >"$T/app.log"
		wire s 'GET /endless HTTP/1.1\r\nHost: x\r\n\r\n' R 100000 \
		    $end >/dev/null
		within 3 noted '^gone endless' ||
			fail "$end: the application was kept"
	done
	not_to_blame
}

# Who half-closes still wants the answer, if it is the last one.
test_half_close_is_no_leaving()
{
	text=$(chat s 'POST /delay?ms=300 HTTP/1.1\r\nHost: x\r\n' \
	    s 'Connection: close\r\nContent-Length: 5\r\n\r\nhello' h k)
	like "$text" '^delayed 300$'
	text=$(chat s 'POST /delay?ms=300 HTTP/1.0\r\n' \
	    s 'Content-Length: 5\r\n\r\nhello' h r)
	like "$text" '^delayed 300$'
	text=$(chat s 'POST /now/delay?ms=300 HTTP/1.1\r\nHost: x\r\n' \
	    s 'Connection: close\r\nContent-Length: 5\r\n\r\nhello' h k)
	like "$text" '^delayed 300$'
}

# The client is slow, not the application that has begun to answer.
test_slow_body_of_a_stream_that_is_answered()
{
	own_gateway - <<-EOT
	ProxyTimeout 1
	ProxyRequestBuffering Off
	ProxyPass / $URL
	EOT
	text=$(chat s 'POST /head-first HTTP/1.1\r\nHost: x\r\n' \
	    s 'Content-Length: 6\r\n\r\nabc' p 700 s d p 700 s e p 700 s f k)
	status "$text" 200
	is "$(printf '%s\n' "$text" | body)" 6
}

# A body that stands still, and one that is too slow.
test_timeout_of_a_body()
{
	own_gateway - <<-EOT
	Timeout 10
	RequestReadTimeout header=20 body=1
	ProxyPass / $URL
	<Location /now>
	ProxyRequestBuffering Off
	</Location>
	EOT
	: >"$T/app.log"
	for path in /sum /now/sum; do
		text=$(chat s "POST $path HTTP/1.1\\r\\nHost: x\\r\\n" \
		    s 'Content-Length: 5\r\n\r\nhel' k)
		status "$text" 408 $path
		like "$text" '^Connection: close$'
	done
	is "$(grep -c '^request' "$T/app.log")" 0 'whole requests'
	not_to_blame
}

run_tests
