#!/bin/sh
# Big bodies, and many clients that read slowly.

. "${0%/*}/lib.sh"

READERS=64
SIZE=200000000

start_backend app
start_backend tcp -p 0
AT=${URL%/}
URL="unix:$T/app.sock|scgi://localhost/"

#
# Helpers.
#

# One worker, so that its memory can be looked at.
one_worker()
{
	start_gateway - <<-EOT
	ServerLimit 1
	MaxKeepAliveRequests 0
	RequestReadTimeout header=20 body=0
	ProxyPass /tcp $AT/
	ProxyPass / $URL timeout=60
	<Location /now>
	ProxyRequestBuffering Off
	</Location>
	<Location /tcp/now>
	ProxyRequestBuffering Off
	</Location>
	EOT
}

# The memory of all workers after a first request.
measure()
{
	status "$(get /id)" 200
	for measured in $(workers); do
		rss "$measured" >"$T/rss.$measured"
	done
}

stay_flat()
{
	for measured in $(workers); do
		[ -f "$T/rss.$measured" ] ||
			fail "worker $measured is a new one"
		grown=$(($(peak "$measured") - $(cat "$T/rss.$measured")))
		[ "$grown" -lt 1024 ] ||
			fail "memory of $measured: $grown KiB more"
	done
}

#
# Two hundred megabytes.
#

test_uploads()
{
	one_worker
	measure
	want=$(sum_of $SIZE)
	for path in /sum /now/sum /tcp/sum /tcp/now/sum; do
		for how in length chunked; do
			text=$(upload $path $SIZE $how)
			status "$text" 200 "$path $how"
			is "$(printf '%s\n' "$text" | body)" "$want" \
			    "$path $how"
		done
	done
	spool_is_empty
	stay_flat
}

test_downloads()
{
	one_worker
	measure
	want=$(sum_of $SIZE)
	for path in /bytes /tcp/bytes; do
		for more in 'len=0' 'len=1' 'len=1&chunk=8000'; do
			text=$(talk_to -t 60000 -s to \
			    s "GET $path?n=$SIZE&$more HTTP/1.1\\r\\n" \
			    s 'Host: x\r\n\r\n' k)
			like "$text" "^<body $want>\$" "$path $more"
		done
	done
	spool_is_empty
	stay_flat
}

test_both_ways()
{
	one_worker
	measure
	text=$(talk_to -t 60000 -s to s 'POST /body HTTP/1.1\r\nHost: x\r\n' \
	    s 'Transfer-Encoding: chunked\r\n\r\n' gc $SIZE 5 k)
	like "$text" "^<body $(sum_of $SIZE 5)>\$"
	spool_is_empty
	stay_flat
}

#
# Slow readers.
#

# Every backend process but the one that accepts has gone.
applications_are_free()
{
	[ -z "$(children_of "$(cat "$T/app.pid")")" ]
}

requests()
{
	grep -c '^request' "$T/app.log"
}

all_are_asked()
{
	[ "$(requests)" -ge "$READERS" ]
}

test_slow_readers()
{
	start_gateway - <<-EOT
	StartServers $((READERS + 4))
	MinSpareServers 1
	MaxSpareServers $((READERS + 4))
	ServerLimit $((READERS + 4))
	ProxyPass / $URL timeout=60
	EOT
	measure
	: >"$T/app.log"
	want=$(sum_of 5000000)
	n=0
	while [ $n -lt $READERS ]; do
		n=$((n + 1))
		spawn "reader.$n" "$TALK" -s "$ADDR" "$PORT" \
		    s "GET /bytes?n=5000000&len=$((n % 2)) HTTP/1.1\\r\\n" \
		    s 'Host: x\r\nConnection: close\r\n\r\n' \
		    o 9000 p $((8000 * SLOW)) k
	done
	within 10 all_are_asked || fail "$(requests) requests only"
	# nobody reads, all is written
	within 8 applications_are_free || fail 'applications wait for clients'
	n=0
	while [ $n -lt $READERS ]; do
		n=$((n + 1))
		ended "reader.$n" && fail "reader $n was not slow"
	done
	status "$(get /id)" 200 'somebody else'
	n=0
	while [ $n -lt $READERS ]; do
		n=$((n + 1))
		within 30 ended "reader.$n" || fail "reader $n: no end"
		like "$(cat "$T/reader.$n.out")" "^<body $want>\$" "reader $n"
	done
	spool_is_empty
	stay_flat
}

run_tests
