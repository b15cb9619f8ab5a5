#!/bin/sh
# Clients that leave, that are slow, that wait; and that none of them keeps
# others waiting.

. "${0%/*}/lib.sh"

start_backend
start_gateway - <<EOT
Timeout 20
<Location /patient>
ProxyIgnoreClientAbort On
</Location>
<Location /streamed>
ProxyRequestBuffering Off
</Location>
ProxyPass /local !
ProxyPass / $URL
EOT

# ask path [field ...]: a GET in the escapes of talk; $HTTP: its version
HTTP=1.1
ask()
{
	ask_text="GET $1 HTTP/$HTTP\\r\\nHost: a\\r\\n"
	shift
	for ask_field in "$@"; do
		ask_text="$ask_text$ask_field\\r\\n"
	done
	printf '%s' "$ask_text\\r\\n"
}

begin()
{
	: >"$T/app.log"
	: >"$ACCESS"
}

event()
{
	grep -Eq -e "$1" "$T/app.log"
}

# The application is told within a second: its connection ends.
# gone action since: it began so many ms before the client left
gone()
{
	within 5 event "^gone $1 " || fail "$1: the application is not told"
	gone_ms=$(sed -n "s/^gone $1 \([0-9]*\)$/\1/p" "$T/app.log")
	[ "$gone_ms" -le $(($2 + 1000 * SLOW)) ] ||
		fail "$1: told after $gone_ms ms, the client left after $2"
}

# client name words: talk in the background
client()
{
	client_name=$1
	shift
	spawn "$client_name" "$TALK" -t 20000 "$ADDR" "$PORT" "$@"
}

said()
{
	grep -Eq -e "$2" "$T/$1.out"
}

# heard name ERE: within 5 s it has printed that
heard()
{
	within 5 said "$1" "$2" ||
		fail "$1: nothing like $2: $(short "$(cat "$T/$1.out")")"
}

logged()
{
	grep -Eq -e "$1" "$ACCESS"
}

took()
{
	printf '%s\n' "$1" | sed -n 's/^<\([0-9]*\) ms>$/\1/p' | sed -n "$2p"
}

#
# Leaving.
#

test_leaves_while_it_works()
{
	begin
	wire s "$(ask /hang)" p 100 c
	gone hang 100
	within 2 logged '"GET /hang HTTP/1.1" 499 ' ||
		fail "the access line: $(cat "$ACCESS")"
}

test_resets_while_it_works()
{
	begin
	wire s "$(ask /hang)" p 100 x
	gone hang 100
	# whatever HTTP it speaks
	begin
	wire s 'GET /hang HTTP/1.0\r\n\r\n' p 100 x
	gone hang 100
	begin
	wire s "$(ask /hang 'Connection: close')" \
	    p 100 x
	gone hang 100
}

test_leaves_after_half_a_head()
{
	begin
	wire s "$(ask /hang-head)" p 100 c
	gone hang-head 100
}

test_leaves_between_pieces()
{
	begin
	wire s "$(ask '/hang-body?n=100')" p 100 c
	gone hang-body 100
}

# bytes that wait in front of the end do not hide it
test_leaves_with_bytes_ahead()
{
	begin
	wire s "$(ask /hang)$(ask /id)" p 100 x
	gone hang 100
	is "$(grep -c '^request ' "$T/app.log")" 1 'requests'
}

test_leaves_with_a_body()
{
	begin
	wire s "$(tell /hang 'Content-Length: 5')hello" p 100 c
	gone hang 100
	# the application is not even asked before the body is there
	begin
	wire s "$(tell /hang 'Content-Length: 5')hell" p 100 c
	wire s "$(tell /hang 'Transfer-Encoding: chunked')5\\r\\nhello\\r\\n" \
	    p 100 x
	is "$(cat "$T/app.log")" '' 'what the application saw'
}

# the same when the application has the body as it comes
test_leaves_in_an_upload()
{
	for word in c x h; do
		begin
		wire s "$(tell /streamed/sum 'Content-Length: 900000')" \
		    z 10000 0123456789 p 100 $word
		gone sum 200
		within 2 logged '/streamed/sum HTTP/1.1" 499 ' ||
			fail "the access line: $(cat "$ACCESS")"
	done
}

# on a connection that would have been kept it is a leaving
test_half_close_of_kept()
{
	begin
	text=$(wire s "$(ask '/delay?ms=3000')" p 100 h \
	    o 2500)
	is "$text" '<closed>'
	gone delay 100
}

test_half_close()
{
	begin
	# in 1.0, and when the client has said that it is the last request
	client old s 'GET /delay?ms=800 HTTP/1.0\r\n\r\n' h r
	client last s "$(ask '/delay?ms=800' 'Connection: close')" \
	    h r
	client stream s "$(tell '/stream?n=4&ms=200' 'Connection: close' \
	    'Content-Length: 5')hello" h k
	for name in old last stream; do
		within 5 ended $name || fail "$name does not end"
		is "$(cat "$T/$name.exit")" 0 "exit of $name"
		status "$(cat "$T/$name.out")" 200 $name
	done
	heard old '^delayed 800'
	heard last '^delayed 800'
	is "$(grep -c '^line ' "$T/stream.out")" 4 'pieces of a stream'
	unlike "$(cat "$T/app.log")" '^gone'
}

# then a reset all the same is a leaving
test_half_close_then_reset()
{
	begin
	wire s 'GET /hang HTTP/1.0\r\n\r\n' h p 100 x
	gone hang 100
}

test_ignore_client_abort()
{
	begin
	for word in c x; do
		wire s "$(ask '/patient/delay?ms=500')" \
		    p 100 $word
	done
	within 4 logged '/patient/delay.* 200 ' ||
		fail "no access line: $(cat "$ACCESS")"
	unlike "$(cat "$T/app.log")" '^gone'
	# all that it has to say is taken, for nobody
	begin
	wire -q s "$(ask '/patient/bytes?n=12000000&chunk=65536&delay=2')" \
	    m '\r\n\r\n' x
	within 6 logged '/patient/bytes.* 200 ' ||
		fail "no access line: $(cat "$ACCESS")"
	unlike "$(cat "$T/app.log")" '^gone'
}

test_leaves_in_a_download()
{
	begin
	wire -q s "$(ask /endless)" R 1000000 x
	gone endless 2000
	begin
	wire -q s "$(ask /endless)" R 1000000 c
	gone endless 2000
	begin
	wire -q s "$(ask '/stream?n=1000&ms=100')" m 'line 2' c
	gone stream 300
}

# it is served on, and what was read ahead for it is not left over
test_worker_after_leaving()
{
	begin
	before=$(workers)
	for word in c x h; do
		wire s "$(ask /hang)" p 50 $word
		wire -q s "$(ask /endless)" R 300000 $word
	done
	text=$(wire s "$(ask /id)" k)
	status "$text" 200
	is "$(workers)" "$before" 'workers'
	within 3 no_spool_left || fail "left: $(ls "$T/spool")"
}

no_spool_left()
{
	[ -z "$(ls "$T/spool")" ]
}

#
# Slow readers.
#

# The application has one process: it answers the next when it is free.
test_slow_reader_frees_the_application()
{
	start_backend single -1
	G=spooled
	start_gateway - <<-EOT
	ProxyPass / $URL
	EOT
	sum=$("$TALK" -G 20000000 1 | "$TALK" -S -)
	spawn reader "$TALK" -s -t 20000 "$ADDR" "$PORT" \
	    s "$(ask '/bytes?n=20000000')" p 1500 k \
	    s "$(ask /id)" k
	nap 0.1
	text=$(wire t s "$(ask /id)" k t)
	status "$text" 200 'the next client'
	[ "$(took "$text" 2)" -le $((1000 * SLOW)) ] ||
		fail "the next client waited $(took "$text" 2) ms"
	is "$(cat "$T/reader.out")" '' 'what the reader has read'
	within 10 ended reader || fail 'the reader does not end'
	is "$(cat "$T/reader.exit")" 0 'the end of the reader'
	is "$(sed -n 's/^<body \(.*\)>$/\1/p' "$T/reader.out" |
	    head -n 1)" "$sum" 'what the reader got'
	is "$(grep -c '^HTTP/1.1 200 ' "$T/reader.out")" 2
}

# without room the application waits, and no byte is lost
test_slow_reader_without_spool()
{
	start_backend single -1
	G=spooled
	start_gateway - <<-EOT
	ProxyMaxTempFileSize 0
	ProxyPass / $URL
	EOT
	spawn reader "$TALK" -s -t 20000 "$ADDR" "$PORT" \
	    s "$(ask '/bytes?n=20000000&len=1')" p 1500 k
	nap 0.1
	text=$(wire t s "$(ask /id)" k t)
	status "$text" 200 'the next client'
	[ "$(took "$text" 2)" -ge 400 ] ||
		fail "the next client waited only $(took "$text" 2) ms"
	within 10 ended reader || fail 'the reader does not end'
	is "$(sed -n 's/^<body \(.*\)>$/\1/p' "$T/reader.out")" \
	    "$("$TALK" -G 20000000 1 | "$TALK" -S -)" 'what the reader got'
}

# the application has gone, the client leaves: what was spooled goes, too
test_slow_reader_leaves()
{
	begin
	client reader s "$(ask '/bytes?n=20000000')" \
	    p 800 x
	within 5 ended reader || fail 'the reader does not end'
	within 3 logged '/bytes' || fail 'no access line'
	text=$(wire s "$(ask /id)" k)
	status "$text" 200
	is "$(grep -c '^gone' "$T/app.log")" 0 'the application was cut off'
}

# Timeout is for each step of the client, too
test_reader_that_stops()
{
	G=hasty
	start_gateway - <<-EOT
	Timeout 1
	ProxyMaxTempFileSize 1000000
	ProxyPass / $URL
	EOT
	begin
	client reader s "$(ask /endless)" p 9000
	within 4 event '^gone endless ' || fail 'the application is not told'
	gone_ms=$(sed -n 's/^gone endless //p' "$T/app.log")
	[ "$gone_ms" -ge 900 ] || fail "given up after $gone_ms ms"
	within 1 logged '/endless' || fail 'no access line'
}

#
# Streams.
#

# streamed text n: the nth line came before the next was written
streamed()
{
	streamed_sum=0
	for streamed_n in 1 2 3; do
		streamed_ms=$(took "$1" $streamed_n)
		streamed_sum=$((streamed_sum + ${streamed_ms:-99999}))
		[ "$streamed_sum" -lt $((400 * streamed_n * SLOW)) ] ||
			fail "$2: line $streamed_n after $streamed_sum ms"
	done
}

test_streaming()
{
	begin
	words='m line\x200 t m line\x201 t m line\x202 t m line\x203'
	# shellcheck disable=SC2086
	for version in 1.1 1.0; do
		client $version s "$(HTTP=$version
		    ask '/stream?n=4&ms=400')" $words
	done
	# not only what is called an event stream
	# shellcheck disable=SC2086
	client html s "$(ask '/stream?n=4&ms=400&type=text/html')" \
	    $words
	for name in 1.1 1.0 html; do
		within 5 ended $name || fail "$name does not end"
		is "$(cat "$T/$name.exit")" 0 "exit of $name"
		streamed "$(tr '<>' '\n\n' <"$T/$name.out" |
		    sed -n 's/^\([0-9]* ms\)$/<\1>/p')" $name
	done
}

# the head does not wait for a body that is late
test_head_is_flushed()
{
	text=$(wire t s "$(ask /hang-body)" m '\r\n\r\n' \
	    t x) || fail "talk ended with $?"
	[ "$(took "$text" 2)" -le $((500 * SLOW)) ] ||
		fail "after $(took "$text" 2) ms"
}

#
# Four workers and no more.
#

# $HELLO is what a client says first.
HELLO=

# start_prefork [line]: the master shall fork no fifth.
start_prefork()
{
	G=prefork
	start_gateway - <<-EOT
	${1:-}
	KeepAliveTimeout 30
	RequestReadTimeout header=30 body=30
	StartServers 4
	MinSpareServers 1
	MaxSpareServers 4
	MaxRequestWorkers 4
	ServerLimit 4
	ProxyPass /local !
	ProxyPass / $URL
	EOT
}

# A fifth client, which has its answer within a second.
fifth()
{
	text=$(wire t s "$HELLO$(ask /id 'Connection: close')" \
	    k t) || fail "the fifth: talk ended with $?"
	status "$text" 200 'the fifth'
	[ "$(took "$text" 2)" -le $((1000 * SLOW)) ] ||
		fail "the fifth waited $(took "$text" 2) ms"
}

# closed name ...: which of them are
closed()
{
	for closed_name in "$@"; do
		! ended "$closed_name" || printf '%s ' "$closed_name"
	done
}

# gives_up_one words: four clients do that and wait, $READY is what each hears;
# the longest idle one is closed for the fifth, and no other.  One is asked
# after the other, in milliseconds, when the first does not come: three tries
# for a machine that is too busy.
gives_up_one()
{
	for try in 1 2 3; do
		for name in one two three four; do
			stop_process $name
			client $name "$@" o 20000
			[ -z "$READY" ] || heard $name "$READY"
			nap 0.1
		done
		nap "$SILENCE"
		fifth
		# without a word
		heard one '<closed>'
		more=$(closed two three four)
		[ -n "$more" ] || return 0
		case $more in
		'two '|'two three '|'two three four ')
			;;
		*)
			fail "not in their order: one $more" ;;
		esac
	done
	fail "closed, too: $more"
}

test_idle_kept_ones()
{
	start_prefork
	READY='^app' SILENCE=0
	gives_up_one s "$(ask /id)" k
	is "$(workers | wc -l | tr -d ' ')" 4 'workers'
	# and the next ones
	fifth
	fifth
}

# those that wait in a row all come to their turn
test_idle_kept_ones_and_many()
{
	start_prefork
	for name in one two three four; do
		client $name s "$(ask /id)" k o 20000
		heard $name '^app'
	done
	for name in a b c d e f; do
		client $name t s "$(ask '/delay?ms=100' 'Connection: close')" \
		    k t
	done
	for name in a b c d e f; do
		within 8 ended $name || fail "$name waits"
		text=$(cat "$T/$name.out")
		status "$text" 200 $name
		[ "$(took "$text" 2)" -le $((2500 * SLOW)) ] ||
			fail "$name waited $(took "$text" 2) ms"
	done
}

# a silent one counts as idle after a second
test_silent_ones()
{
	start_prefork
	READY='' SILENCE=1.1
	gives_up_one
}

# neither does one that owes a PROXY header
test_silent_ones_before_a_proxy_header()
{
	# which asks without a header
	STILL_ALIVE=no
	start_prefork 'RemoteIPProxyProtocol On'
	READY='' SILENCE=1.1
	HELLO='PROXY TCP4 192.0.2.1 192.0.2.2 1 80\r\n'
	gives_up_one
	# and one that has given it
	READY='' SILENCE=1.1
	gives_up_one s "$HELLO"
}

# one that has said something is not given up for another
test_half_heads_stay()
{
	start_prefork
	for name in one two three; do
		client $name s 'GET /id HTTP/1.1\r\n' o 1900 \
		    s 'Host: a\r\n\r\n' k
	done
	client four s "$(ask /id)" k o 20000
	heard four '^app'
	nap 1.1
	fifth
	heard four '<closed>'
	for name in one two three; do
		within 5 ended $name
		status "$(cat "$T/$name.out")" 200 $name
	done
}

# an answer is out, the client does not close and still sends
test_lingering_ones()
{
	start_prefork
	for name in one two three four; do
		client $name s "$(tell /local 'Content-Length: 1000000')" \
		    k s a p 300 s a p 300 s a p 300 s a p 300 s a p 300 \
		    s a p 300 s a p 300 s a p 300 s a p 300 s a p 300 s a
		heard $name ' 404 '
	done
	fifth
	fifth
}

test_busy_ones_stay()
{
	start_prefork
	for name in one two three four; do
		client $name s "$(ask '/delay?ms=900')" k
	done
	nap 0.2
	text=$(wire t s "$(ask /id)" k t)
	status "$text" 200 'the fifth'
	for name in one two three four; do
		within 5 ended $name
		status "$(cat "$T/$name.out")" 200 $name
	done
}

#
# Clients on this machine.
#

test_unix_socket()
{
	G=local
	ADDR=$T/gateway.sock
	start_gateway - <<-EOT
	Listen unix:$ADDR mode=0666
	ProxyPass / $URL
	EOT
	text=$(get /echo)
	status "$text" 200
	like "$text" '^REMOTE_ADDR=unix:$'
	like "$text" '^SERVER_NAME=localhost$'
	# kept, pipelined, refused, left
	text=$(wire s "$(ask /id)" \
	    s "$(ask /id)" k k o 100) ||
		fail "talk ended with $?"
	is "$(echo "$text" | grep -c '^HTTP/1.1 200 ')" 2
	like "$text" '^<open>$'
	text=$(wire s 'GET /id HTTP/1.1\r\nHost: a b\r\n\r\n' k o 2000)
	status "$text" 400
	like "$text" '^<closed>$'
	: >"$T/app.log"
	wire s "$(ask /hang)" p 100 c
	gone hang 100
	text=$(wire s 'GET /delay?ms=500 HTTP/1.0\r\n\r\n' h r) ||
		fail "talk ended with $?"
	like "$text" '^delayed 500'
	# large bodies both ways
	sum=$("$TALK" -G 3000000 5 | "$TALK" -S -)
	text=$(wire s "$(tell /sum 'Content-Length: 3000000')" \
	    g 3000000 5 k)
	like "$text" "^$sum"
	text=$(wire -s s "$(ask '/bytes?n=3000000&seed=5')" k)
	like "$text" "^<body $sum>"
}

run_tests
