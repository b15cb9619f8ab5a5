#!/bin/sh
# Balancers: who is asked, what a failure does, sticky sessions, max= and its
# queue, health checks, and what outlives a reload.

. "${0%/*}/lib.sh"

start_backend a
A=${URL%/}
start_backend b
B=${URL%/}
start_backend c
C=${URL%/}
DEAD=scgi://127.0.0.1:$(free_port)
ABSENT="unix:$T/absent.sock|scgi://localhost"

# balanced PARAMETERS member ...: a gateway with balancer://b below /; a
# member may have its parameters; $EXTRA is more of the configuration
EXTRA=
balanced()
{
	{
		printf '<Proxy "balancer://b">\n'
		[ -z "$1" ] || printf 'ProxySet %s\n' "$1"
		shift
		printf 'BalancerMember %s\n' "$@"
		printf '</Proxy>\nProxyPass / balancer://b/\n%s\n' "$EXTRA"
	} >"$T/in.conf"
	start_gateway - <"$T/in.conf"
}

# The names of who answers so many requests, in turn.
ids()
{
	ids_left=$1
	while [ "$ids_left" -gt 0 ]; do
		get /id | body | tr -d '\n'
		ids_left=$((ids_left - 1))
	done
}

# Requests in the background: later NAME METHOD path; its answer in $T/NAME.
later()
{
	later_name=$1
	shift
	request "$@" >"$T/$later_name.answer" &
	later_pids="${later_pids:-} $!"
	later_names="${later_names:-} $later_name"
}

# Wait for them; the first line of each answer is like the ERE, or says 200.
all_later()
{
	# shellcheck disable=SC2086
	wait $later_pids
	for later_name in $later_names; do
		like "$(head -n 1 "$T/$later_name.answer")" \
		    "${1:-^HTTP/1\.1 200 }" "answer of $later_name"
	done
	later_pids=
	later_names=
}

# How often something has happened at a backend since forget.
forget()
{
	for forget_name; do
		: >"$T/$forget_name.log"
	done
}

count()
{
	grep -c "^$2" "$T/$1.log"
}

has_count()
{
	[ "$(count "$1" "$2")" -ge "$3" ]
}

log_count()
{
	grep -Ec -e "$1" "$LOG"
}

# ------------------------------------------------------------------- methods

test_by_requests()
{
	balanced '' "$A" "$B" "$C loadfactor=2"
	is "$(ids 12)" cabccabccabc
}

test_by_traffic()
{
	balanced lbmethod=bytraffic "$A" "$B" "$C"
	status "$(get '/bytes?n=100000')" 200
	nap 0.1
	for i in 1 2 3 4 5; do
		unlike "$(ids 1)" a "request $i"
		nap 0.05
	done
}

# replace SED: the configuration, by a reload
replace()
{
	sed "$1" "$T/in.conf" >"$T/out.conf"
	printf 'Listen 127.0.0.1:%s\n' "$PORT" |
		cat - "$T/out.conf" >"$T/gateway.conf"
	reload_gateway
}

# Who joins does not get all requests until it has had as much as the others.
test_traffic_joins()
{
	balanced lbmethod=bytraffic "$A" "$B"
	for i in 1 2 3 4; do
		status "$(get '/bytes?n=100000')" 200
		nap 0.05
	done
	replace "s!^BalancerMember $B!&\\
BalancerMember $C!"
	got=
	for i in 1 2 3 4 5 6; do
		got=$got$(ids 1)
		nap 0.05
	done
	like "$got" c 'the new one'
	like "$got" '[ab].*[ab]' "the others: $got"
}

test_traffic_comes_back()
{
	start_backend gone -p 0
	gone=$BPORT
	balanced lbmethod=bytraffic "$A" "scgi://127.0.0.1:$gone retry=1"
	status "$(get '/bytes?n=1000')" 200
	stop_process gone
	for i in 1 2 3 4; do
		status "$(get '/bytes?n=100000')" 200
		nap 0.05
	done
	start_backend gone -p "$gone"
	nap 1.1
	got=
	for i in 1 2 3 4 5 6; do
		got=$got$(ids 1),
		nap 0.05
	done
	like "$got" 'gone' 'who is back'
	like "$got" 'a,.*a,' "the other: $got"
}

# Another factor is for what comes, not for what was.
test_traffic_factor()
{
	balanced lbmethod=bytraffic "$A" "$B"
	for i in 1 2 3 4; do
		status "$(get '/bytes?n=100000')" 200
		nap 0.05
	done
	replace "s!^BalancerMember $A!& loadfactor=3!"
	got=
	for i in 1 2 3 4 5 6 7 8; do
		got=$got$(ids 1)
		nap 0.05
	done
	like "$got" 'a.*a.*a' "the stronger: $got"
	like "$got" b "the weaker: $got"
}

test_by_busyness()
{
	balanced lbmethod=bybusyness "$A" "$B" "$C"
	forget a
	later one GET '/delay?ms=700'
	within 2 has_count a request 1 || fail 'a is not asked'
	unlike "$(ids 6)" a
	all_later
	nap 0.1
	like "$(ids 3)" a
}

test_sets_spares_standbys()
{
	balanced '' "$A lbset=1" "$B" "$C lbset=1"
	is "$(ids 3)" bbb 'lbset'
	stop_gateway
	balanced '' "$A status=D" "$B status=+R" "$C status=+H"
	is "$(ids 3)" bbb 'a spare'
	stop_gateway
	balanced '' "$A status=S" "$B status=N" "$C status=H"
	is "$(ids 3)" ccc 'a standby'
	stop_gateway
	balanced '' "$A" "$DEAD lbset=1" "$C status=+R"
	is "$(ids 3)" aaa
	log_lacks down
}

test_next_set_when_dead()
{
	balanced '' "$DEAD" "$ABSENT" "$C lbset=7"
	is "$(ids 4)" cccc
	is "$(log_count 'member: .*down: ')" 2 'told once each'
}

# -------------------------------------------------------------------- sticky

test_sticky_cookie()
{
	EXTRA='Header add Set-Cookie "ROUTEID=.%{BALANCER_WORKER_ROUTE}e; path=/" env=BALANCER_ROUTE_CHANGED'
	balanced stickysession=ROUTEID "$A route=one" "$B route=two"
	text=$(get /id)
	is "$(printf '%s\n' "$text" | field Set-Cookie)" \
	    'ROUTEID=.one; path=/'
	for i in 1 2 3; do
		text=$(get /id 'Cookie: x=1; ROUTEID=.two')
		is "$(printf '%s\n' "$text" | body)" b
		is "$(printf '%s\n' "$text" | field Set-Cookie)" '' 'no change'
	done
	text=$(get /id 'Cookie: ROUTEID=.three')
	like "$(printf '%s\n' "$text" | field Set-Cookie)" '^ROUTEID=\.(one|two);'
	text=$(get /id 'Cookie: XROUTEID=.two; ROUTEID=.one')
	is "$(printf '%s\n' "$text" | body)" a 'whole names'
}

test_sticky_url()
{
	balanced 'stickysession=SC|sp' "$A route=one" "$B route=two"
	for i in 1 2; do
		is "$(get '/;sp=x.two/id' | body)" b path
		is "$(get '/id?sp=x.two' | body)" b query
		is "$(get '/id?v=1&sp=x.one' | body)" a query
		is "$(get '/;sp=x.two/id?sp=x.one' | body)" b 'path first'
	done
	text=$(get '/;sp=x.two/echo')
	is "$(value BALANCER_SESSION_ROUTE "$text")" two
	is "$(value BALANCER_SESSION_STICKY "$text")" sp
	is "$(value BALANCER_WORKER_ROUTE "$text")" two
	lacks "$text" BALANCER_ROUTE_CHANGED
}

test_sticky_dead()
{
	balanced stickysession=S "$A route=one" "$DEAD route=two"
	text=$(get '/echo?S=x.two')
	is "$(value BALANCER_WORKER_ROUTE "$text")" one
	is "$(value BALANCER_ROUTE_CHANGED "$text")" 1
	stop_gateway
	balanced 'stickysession=S nofailover=On' "$A route=one" \
	    "$DEAD route=two"
	text=$(get '/echo?S=x.two')
	status "$text" 503
	like "$text" '^Retry-After: [0-9]+$'
	is "$(get '/id?S=x.three' | body)" a 'a route of nobody'
	stop_gateway
	balanced stickysession=S "$A route=one" "$B route=three" \
	    "$DEAD route=two redirect=three"
	get '/id?S=x.two' >/dev/null
	is "$(get '/id?S=x.two' | body)$(get '/id?S=x.two' | body)" bb redirect=
}

# The session's member is waited for, although another one is free.
test_sticky_waits()
{
	balanced stickysession=S "$A route=one max=1" "$B route=two max=1"
	forget a b
	for i in 1 2 3 4 5 6; do
		later "$i" GET '/delay?ms=50&S=x.one'
	done
	all_later
	is "$(count a request)" 6
	is "$(count b request)" 0
	is "$(count a overlap)" 0
}

# ----------------------------------------------------------------- variables

test_variables()
{
	balanced '' "$A/base"
	text=$(get /echo/x)
	is "$(value BALANCER_NAME "$text")" balancer://b
	is "$(value BALANCER_WORKER_NAME "$text")" scgi://localhost/base
	like "$text" '^BALANCER_WORKER_ROUTE=$'
	lacks "$text" BALANCER_ROUTE_CHANGED BALANCER_SESSION_ROUTE \
	    BALANCER_SESSION_STICKY
	is "$(value SCRIPT_FILENAME "$text")" \
	    proxy:scgi://localhost/base/echo/x
}

test_where()
{
	start_gateway - <<-EOT
	<Proxy "balancer://One">
	BalancerMember $A
	</Proxy>
	<Location /loc>
	ProxyPass balancer://one
	</Location>
	ProxyPassMatch "^/m/(.*)\$" balancer://one/\$1
	ProxyPass /before balancer://two
	<Proxy "balancer://two">
	BalancerMember $B
	</Proxy>
	BalancerMember balancer://two $C
	<VirtualHost *>
	ServerName first.example
	<Proxy "balancer://one">
	BalancerMember $C
	</Proxy>
	ProxyPass /own balancer://one
	ProxyPass /two balancer://two
	</VirtualHost>
	<VirtualHost *>
	ServerName second.example
	<Proxy "balancer://one">
	BalancerMember $B
	</Proxy>
	ProxyPass /own balancer://one
	</VirtualHost>
	EOT
	is "$(get /loc/id | body)" a '<Location>'
	is "$(get /m/id | body)" a ProxyPassMatch
	is "$(get /before/id | body)$(get /before/id | body)" bc 'named before'
	is "$(of_host first.example /own/id)" c
	is "$(of_host second.example /own/id)" b
	like "$(of_host first.example /two/id)" '^[bc]$' inherited
}

of_host()
{
	chat s "GET $2 HTTP/1.1\\r\\nHost: $1\\r\\nConnection: close\\r\\n\\r\\n" k |
	    body
}

# ------------------------------------------------------------------- failure

of_host()
{
	chat s "GET $2 HTTP/1.1\r\nHost: $1\r\nConnection: close\r\n\r\n" k |
	    body
}

# A host's balancer is its own; what it does not say the main one says.
test_hosts()
{
	start_gateway - <<-EOT
	<Proxy "balancer://b">
	BalancerMember $A route=one
	BalancerMember $C route=two
	ProxySet stickysession=S
	</Proxy>
	SetHandler "proxy:balancer://b/"
	<VirtualHost *>
	ServerName first.example
	ProxyPass /p balancer://b failonstatus=500
	</VirtualHost>
	<VirtualHost *>
	ServerName second.example
	<Proxy "balancer://b">
	BalancerMember $B
	</Proxy>
	ProxyPass /p balancer://b
	</VirtualHost>
	EOT
	for i in 1 2 3; do
		is "$(of_host first.example '/id?S=x.two')" c handler
		is "$(of_host first.example '/p/id?S=x.two')" c pass
		is "$(of_host second.example /p/id)" b 'the other host'
		is "$(of_host second.example /id)" b "its handler"
	done
}

test_dead_members()
{
	balanced '' "$DEAD" "$A" "$ABSENT" "$B"
	for i in 1 2 3 4; do
		status "$(get /id)" 200 "GET $i"
		is "$(post /sum 'some body' | body)" \
		    "$(printf 'some body' | "$TALK" -S -)" "POST $i"
	done
	is "$(upload /sum 300000 length | body)" "$(sum_of 300000)"
	is "$(log_count 'member: .*down: ')" 2 'told once each'
	log_has "member: $DEAD: down: Connection refused"
	log_lacks 'up again'
}

# The first request that meets a dead member has a body, of each kind.
test_body_is_replayed()
{
	for kind in length chunked; do
		for size in 10 300000; do
			balanced '' "$DEAD" "$A"
			is "$(upload /sum $size $kind | body)" \
			    "$(sum_of $size)" "$kind $size"
			is "$(log_count 'down: ')" 1
			stop_gateway
		done
	done
	EXTRA='ProxyRequestBuffering Off'
	balanced '' "$ABSENT" "$A"
	is "$(upload /sum 300000 length | body)" "$(sum_of 300000)" streamed
	spool_is_empty
}

test_no_address()
{
	balanced '' scgi://no-such-host.invalid:4000 "$A"
	is "$(post /sum 'some body' | body)" \
	    "$(printf 'some body' | "$TALK" -S -)"
	status "$(get /id)" 200
}

# What may be done twice goes to one other; nobody is marked.
test_reset_before_head()
{
	balanced '' "$A" "$B" "$C"
	for how in reset drop reset-head; do
		forget a b c
		status "$(get /$how)" 502 "$how"
		is "$(($(count a connect) + $(count b connect) +
		    $(count c connect)))" 2 "GET $how"
		forget a b c
		status "$(post /$how x)" 502 "POST $how"
		is "$(($(count a connect) + $(count b connect) +
		    $(count c connect)))" 1 "POST $how"
	done
	status "$(get "/drop-once?f=$T/once.get")" 200
	status "$(post "/drop-once?f=$T/once.post" x)" 502
	status "$(request PUT "/drop-once?f=$T/once.put" \
	    'Content-Length: 0')" 200 'PUT is idempotent'
	log_lacks 'down: '
	like "$(ids 3)" '^(abc|bca|cab)$'
}

test_bad_head()
{
	balanced '' "$A" "$B"
	forget a b
	status "$(get '/head?raw=no%20field%0A%0A')" 502
	is "$(($(count a connect) + $(count b connect)))" 1 'not repeated'
	log_lacks 'down: '
}

test_timeout()
{
	balanced '' "$A timeout=300ms" "$B timeout=300ms"
	forget a b
	status "$(get /hang)" 504
	is "$(($(count a connect) + $(count b connect)))" 1 'never repeated'
	log_lacks 'down: '
	stop_gateway
	balanced 'failontimeout=On' "$A timeout=300ms" "$B timeout=300ms"
	forget a b
	status "$(get /hang)" 504
	is "$(($(count a connect) + $(count b connect)))" 1
	log_has "member: .*/a.sock.*: down: no answer in time"
	is "$(ids 3)" bbb
}

test_failonstatus()
{
	balanced 'failonstatus=500,599' "$A" "$B"
	forget a b
	text=$(get /status/500)
	status "$text" 500
	like "$text" '^status 500$' 'it is delivered'
	is "$(count b connect)" 0
	log_has "member: .*/a.sock.*: down: answered 500"
	is "$(ids 3)" bbb
	status "$(get /status/503)" 503
	is "$(ids 2)" bb
	is "$(log_count 'down: ')" 1
}

test_maxattempts()
{
	balanced maxattempts=0 "$DEAD" "$A"
	text=$(get /id)
	status "$text" 503
	like "$text" '^Retry-After: [0-9]+$'
	is "$(ids 2)" aa
}

test_all_gone()
{
	start_backend late -p 0
	late=$BPORT
	stop_process late
	balanced '' "$DEAD" "scgi://127.0.0.1:$late" "$ABSENT"
	for i in 1 2 3; do
		text=$(get /id)
		status "$text" 503
		like "$text" '^Retry-After: [0-9]+$'
	done
	is "$(log_count 'member: .*down: ')" 3 'told once each'
	start_backend late -p "$late"
	is "$(get /id | body)" late 'forced recovery'
	is "$(get /id | body)" late
	is "$(log_count 'up again')" 1
}

test_retry()
{
	start_backend late -p 0
	late=$BPORT
	stop_process late
	balanced forcerecovery=Off "scgi://127.0.0.1:$late retry=1"
	text=$(get /id)
	status "$text" 503
	is "$(printf '%s\n' "$text" | field Retry-After)" 1
	start_backend late -p "$late"
	status "$(get /id)" 503 'too early'
	nap 1.1
	is "$(get /id | body)" late
	is "$(log_count 'down: ')" 1
	is "$(log_count 'up again')" 1
	status "$(get /id)" 200
}

test_ignore_errors()
{
	start_backend late -p 0
	late=$BPORT
	stop_process late
	balanced '' "scgi://127.0.0.1:$late status=+I" "$A"
	is "$(ids 4)" aaaa
	log_lacks 'down: '
	start_backend late -p "$late"
	like "$(ids 2)" late
}

test_balancer_timeout()
{
	start_backend late -p 0
	late=$BPORT
	stop_process late
	balanced 'timeout=3 forcerecovery=Off' \
	    "scgi://127.0.0.1:$late retry=1"
	status "$(get /id)" 503
	start_backend late -p "$late"
	is "$(get /id | body)" late 'waited for'
}

test_client_leaves_balancer()
{
	EXTRA='LogFormat "%s %{ms}T" left
	CustomLog @ACCESS@ left'
	balanced 'timeout=20 forcerecovery=Off' "$DEAD"
	began=$(date +%s)
	# the first one finds out that there is nobody, the next ones wait
	status "$(get /id)" 503
	within 3 grep -q '^503' "$ACCESS" || fail 'no line'
	: >"$ACCESS"
	: >"$LOG"
	wire -q s 'GET /id HTTP/1.1\r\nHost: x\r\n\r\n' p 300 x
	within 3 grep -q . "$ACCESS" || fail 'it waits on'
	# it did wait, for as long as the client was there
	like "$(cat "$ACCESS")" '^499 ([2-9][0-9]{2}|[12][0-9]{3})$'
	log_lacks 'no member can be used'
	stop_gateway
	[ $(($(date +%s) - began)) -lt $((10 * SLOW)) ] ||
		fail 'a worker waited on for a client that had left'
}

# A request of before the death ends well after it: that is no news.
test_no_false_news()
{
	start_backend dying -p 0
	balanced '' "${URL%/} retry=60" "$A"
	forget dying
	later one GET '/delay?ms=800'
	within 2 has_count dying request 1 || fail 'not asked'
	kill -KILL "$(pid_of dying)"
	within 2 is_over dying
	is "$(ids 3)" aaa
	log_has 'member: .*: down: '
	all_later
	like "$(cat "$T/one.answer")" '^delayed'
	nap 0.1
	is "$(ids 3)" aaa
	log_lacks 'up again'
	is "$(log_count 'down: ')" 1
}

# -------------------------------------------------------------------- places

MANY='StartServers 24
MinSpareServers 4'

many_clients()
{
	forget a
	n=0
	while [ $n -lt 20 ]; do
		later "m$n" GET '/delay?ms=30'
		n=$((n + 1))
	done
	all_later
	while [ $n -gt 0 ]; do
		n=$((n - 1))
		status "$(cat "$T/m$n.answer")" 200 "client $n"
	done
	is "$(count a request)" 20
	is "$(count a overlap)" 0 'two at the same time'
}

test_max()
{
	EXTRA=$MANY
	balanced '' "$A max=1 maxqueue=30"
	many_clients
}

test_max_alone()
{
	start_gateway - <<-EOT
	$MANY
	ProxyPass /x/ $A/ max=1 maxqueue=30
	ProxyPass / $A/ max=1 maxqueue=30
	EOT
	many_clients
}

# Both members have one place: all are used, none twice.
test_max_of_two()
{
	EXTRA=$MANY
	balanced '' "$A max=1 maxqueue=30" "$B max=1 maxqueue=30"
	forget a b
	for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
		later "$i" GET '/delay?ms=40'
	done
	all_later
	is "$(($(count a request) + $(count b request)))" 12
	is "$(count a overlap)$(count b overlap)" 00
	[ "$(count a request)" -ge 4 ] && [ "$(count b request)" -ge 4 ] ||
		fail "a $(count a request), b $(count b request)"
}

# Who waits for a member that hangs goes to another when that has a place, and
# takes the place.
test_queue_is_left()
{
	EXTRA=$MANY
	balanced '' "$A max=1 maxqueue=9" "$B max=1 maxqueue=9"
	forget a b
	later one GET '/delay?ms=2000'
	within 2 has_count a request 1
	later two GET '/delay?ms=400'
	within 2 has_count b request 1
	for i in 1 2 3 4 5 6; do
		later "$i" GET '/delay?ms=20'
	done
	within 1 has_count b request 7 || fail "b: $(count b request)"
	is "$(count a request)" 1
	all_later
	is "$(count a overlap)$(count b overlap)" 00
}

test_maxqueue()
{
	EXTRA=$MANY
	balanced '' "$A max=1 maxqueue=2"
	forget a
	later one GET '/delay?ms=1000'
	within 2 has_count a request 1
	later two GET /id
	later three GET /id
	nap 0.2
	text=$(get /id)
	status "$text" 503
	like "$text" '^Retry-After: 1$'
	log_has 'queue: .*maxqueue'
	all_later
	status "$(cat "$T/two.answer")" 200
	status "$(cat "$T/three.answer")" 200
	stop_gateway
	balanced '' "$A max=1 maxqueue=0"
	forget a
	later one GET '/delay?ms=500'
	within 2 has_count a request 1
	status "$(get /id)" 503
	all_later
	status "$(get /id)" 200
}

test_acquire()
{
	balanced '' "$A max=1 acquire=300"
	forget a
	later one GET '/delay?ms=1500'
	within 2 has_count a request 1
	text=$(chat t s 'GET /id HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' k t)
	status "$text" 503
	like "$text" '^Retry-After: 1$'
	ms=$(printf '%s\n' "$text" | sed -n 's/.*<\([0-9]*\) ms>$/\1/p' | tail -n 1)
	[ "$ms" -ge 290 ] && [ "$ms" -lt $((1000 * SLOW)) ] ||
		fail "after $ms ms"
	log_has 'queue: .*acquire'
	all_later
}

test_first_come()
{
	EXTRA=$MANY
	balanced '' "$A max=1 maxqueue=30"
	forget a
	later one GET '/delay?ms=700'
	within 2 has_count a request 1
	for i in 1 2 3 4 5 6; do
		later "$i" GET "/id?$i"
		nap 0.05
	done
	all_later
	is "$(sed -n 's/^request GET [^ ]*?\([0-9]\) .*/\1/p' "$T/a.log" |
	    tr -d '\n')" 123456
}

test_client_leaves_queue()
{
	balanced '' "$A max=1"
	forget a
	later one GET '/delay?ms=800'
	within 2 has_count a request 1
	wire -q s 'GET /id?gone HTTP/1.1\r\nHost: x\r\n\r\n' p 200 x
	later two GET '/id?stays'
	all_later
	status "$(cat "$T/two.answer")" 200
	is "$(count a 'request GET [^ ]*gone')" 0
}

test_redirect_to_itself()
{
	balanced '' "$A max=1"
	is "$(get '/redirect?to=/id' | body)" a
	status "$(post '/redirect?to=/id' x)" 200
	is "$(get '/redirect?to=/redirect%3Fto=/id' | body)" a
	status "$(get /loop)" 500
	status "$(get /reset)" 502
	status "$(get /id)" 200
}

test_killed_workers()
{
	CRASHES=expected
	balanced '' "$A max=1"
	for round in 1 2 3; do
		forget a
		later one GET /hang
		within 2 has_count a request 1
		later two GET /id
		nap 0.1
		# shellcheck disable=SC2046
		kill -KILL $(workers)
		all_later '^$'
		text=$(wire -t 1500 s 'GET /id HTTP/1.1\r\nHost: x\r\n' \
		    s 'Connection: close\r\n\r\n' k)
		status "$text" 200 "round $round"
	done
}

# A member that is full can be used: it is waited for.
test_full_is_usable()
{
	for other in 'status=+H' 'status=+R' 'lbset=1'; do
		EXTRA=$MANY
		balanced '' "$A max=1" "$B $other"
		forget a b
		for i in 1 2 3 4 5 6; do
			later $i GET '/delay?ms=50'
		done
		all_later
		is "$(count a request) $(count b request)" '6 0' "$other"
		stop_gateway
	done
}

# A queue without room is no reason to refuse while another one has some.
test_queue_of_another()
{
	EXTRA=$MANY
	balanced '' "$A max=1 maxqueue=1" "$B max=1 maxqueue=20" "$C status=+H"
	forget c
	for i in 1 2 3 4 5 6 7 8 9 10; do
		later $i GET '/delay?ms=100'
	done
	all_later
	for i in 1 2 3 4 5 6 7 8 9 10; do
		status "$(cat "$T/$i.answer")" 200 "client $i"
	done
	is "$(count c request)" 0
}

# All queues together leave half of the workers to others.
test_queues_leave_workers()
{
	start_gateway - <<-EOT
	StartServers 8
	ServerLimit 8
	MaxRequestWorkers 8
	ProxyPass /c $C
	BalancerMember balancer://b $A max=1
	BalancerMember balancer://b $B max=1
	BalancerMember balancer://b $A/x max=1
	ProxyPass / balancer://b/
	EOT
	for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
		later $i GET '/delay?ms=1500'
	done
	nap 0.3
	is "$(get /c/id | body)" c
	all_later ' (200|503) '
	for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
		sed -n '1s/.* \([0-9][0-9][0-9]\) .*/\1/p' "$T/$i.answer"
	done | sort | uniq -c >"$T/statuses"
	like "$(cat "$T/statuses")" ' 200'
	like "$(cat "$T/statuses")" ' 503'
}

# An error page of the application's tells when to come again, too.
test_retry_after_of_document()
{
	start_gateway - <<-EOT
	ErrorDocument 503 /c/id
	ProxyPass /c $C
	BalancerMember balancer://b $DEAD
	ProxyPass / balancer://b/
	EOT
	text=$(get /id)
	status "$text" 503
	is "$(printf '%s\n' "$text" | field retry-after)" 60
	is "$(printf '%s\n' "$text" | body)" c
}

# ------------------------------------------------------------- health checks

is_logged()
{
	[ "$(log_count "$1")" -ge "$2" ]
}

test_check_tcp()
{
	start_backend late -p 0
	late=$BPORT
	stop_process late
	balanced '' "scgi://127.0.0.1:$late hcmethod=TCP hcinterval=200ms" \
	    "$A hcmethod=TCP hcinterval=200ms"
	log_has "member: scgi://127.0.0.1:$late: down: checked: Connection refused"
	is "$(ids 3)" aaa
	start_backend late -p "$late"
	within 3 is_logged 'up again: checked' 1 || fail 'it stays down'
	like "$(ids 2)" '^(alate|latea)$'
	stop_process late
	within 3 is_logged 'down: checked' 2 || fail 'it stays up'
	is "$(ids 3)" aaa
	nap 0.5
	is "$(log_count 'down: ')" 2
	is "$(log_count 'up again')" 1
}

test_check_get()
{
	EXTRA="ProxyPass /a $A
	ProxyPass /b $B"
	check='hcmethod=GET hcinterval=150ms hcfails=2'
	forget a b
	balanced '' "$A $check hcuri=/status/500" "$B $check hcuri=/id?x=1"
	log_has 'member: .*/a.sock.*: down: checked: answered 500'
	is "$(ids 3)" bbb
	within 2 has_count a 'request GET /status/500' 3 || fail 'no more checks'
	is "$(log_count 'down: ')" 1
	has_count b 'request GET /id?x=1' 1 || fail 'no check of b'
	is "$(count b bad)$(count a bad)" 00
	stop_gateway
	balanced '' "$A $check hcuri=/status/500" "$B hcmethod=HEAD hcuri=/hang \
	    hcinterval=150ms timeout=200ms"
	log_has 'member: .*/b.sock.*: down: checked: no answer in time'
}

# checked VARIABLE: its values in what the recording application got
checked()
{
	tr '\0' '\n' <"$T/rec.rec" | paste - - 2>/dev/null |
	    sed -n "s/^$1$(printf '\t')//p" | sort -u
}

# record [line]: a balancer of one member that records what it is asked
record()
{
	rm -f "$T/rec.rec"
	stop_process rec
	start_backend rec -r "$T/rec.rec"
	start_gateway - <<-EOT
	<Proxy "balancer://b">
	BalancerMember ${URL%/}/base hcinterval=200ms $1
	</Proxy>
	$2
	EOT
	within 3 test -s "$T/rec.rec" || fail 'no check'
	nap 0.1
}

# It asks as a client of the host would, below the mount and the url.
test_check_request()
{
	record 'hcmethod=GET hcuri=/a%20b/c?x=%20y' 'ProxySCGIPathInfo On
	<VirtualHost *>
	ServerName other.example
	</VirtualHost>
	<VirtualHost *>
	ServerName https://www.example.org:8443
	ServerAdmin me@example.org
	SetEnv STAGE live
	SetEnvIf Host "^(www)" SITE=$1
	RequestHeader set X-Forwarded-Proto https
	ProxyPass /app/ balancer://b/
	</VirtualHost>'
	is "$(checked REQUEST_METHOD)" GET
	is "$(checked HTTP_HOST)" www.example.org:8443
	is "$(checked SERVER_NAME)" www.example.org
	is "$(checked SERVER_PORT)" 8443
	is "$(checked REQUEST_SCHEME)" https
	is "$(checked SERVER_PROTOCOL)" HTTP/1.1
	is "$(checked SERVER_ADMIN)" me@example.org
	is "$(checked STAGE)$(checked SITE)" livewww
	is "$(checked HTTP_X_FORWARDED_PROTO)" https
	is "$(checked REQUEST_URI)" '/app/a%20b/c?x=%20y'
	is "$(checked QUERY_STRING)" x=%20y
	is "$(checked SCRIPT_NAME)" /app
	is "$(checked PATH_INFO)" '/base/a b/c'
	is "$(checked HTTP_USER_AGENT)" 'gateway health check'
	# what clients get is the same
	get /app/a%20b/c?x=%20y 'Host: www.example.org:8443' >/dev/null
	is "$(checked REQUEST_URI)$(checked SCRIPT_NAME)$(checked PATH_INFO)" \
	    '/app/a%20b/c?x=%20y/app/base/a b/c'
}

test_check_request_of_other_kinds()
{
	record 'hcmethod=HEAD hchost=health.example:81' 'ServerName main.example
	ProxyPass / balancer://b/'
	is "$(checked REQUEST_METHOD)" HEAD
	is "$(checked HTTP_HOST)" health.example:81
	is "$(checked SERVER_NAME)" health.example
	is "$(checked SERVER_PORT)" 81
	is "$(checked SCRIPT_NAME)" / 'without ProxySCGIPathInfo'
	is "$(checked PATH_INFO)" ''
	stop_gateway
	record 'hcmethod=GET hcuri=/up' 'ServerName main.example
	ProxyPassMatch ^/x/(.*)$ balancer://b/$1'
	is "$(checked HTTP_HOST)$(checked REQUEST_URI)" main.example/up
	stop_gateway
	record 'hcmethod=GET hcuri=/up' '<VirtualHost *>
	ServerAlias *.example.org www.example.org
	<Location /in>
	ProxyPass balancer://b/in
	ProxySCGIPathInfo On
	</Location>
	</VirtualHost>'
	is "$(checked HTTP_HOST)$(checked REQUEST_URI)" www.example.org/in/up
	is "$(checked PATH_INFO)" /base/in/up
	stop_gateway
	record 'hcmethod=GET' 'ProxyPass / balancer://b/'
	is "$(checked HTTP_HOST)" localhost 'nobody has a name'
}

# A list of hosts, as Django has it: the line says what was asked for.
test_check_says_the_host()
{
	EXTRA='ServerName www.example.org'
	balanced '' "$A hcmethod=GET hcuri=/status/400 hcinterval=150ms" \
	    "$B hcmethod=GET hcuri=/id hcinterval=150ms"
	log_has 'down: checked: answered 400 to GET /status/400 for Host www.example.org, hchost='
}

# The check needs a place too, and takes no one's.
test_check_and_max()
{
	balanced '' "$A max=1 hcmethod=GET hcuri=/delay?ms=20 hcinterval=100ms"
	forget a
	for i in 1 2 3 4 5 6 7 8; do
		later "$i" GET '/delay?ms=60'
	done
	all_later
	for i in 1 2 3 4 5 6 7 8; do
		status "$(cat "$T/$i.answer")" 200
	done
	within 2 has_count a 'request GET /delay?ms=20' 2 || fail 'no check'
	is "$(count a overlap)" 0
	log_lacks 'down: '
}

# The process that checks: the one with children of its own, while one runs.
checker()
{
	for checker_pid in $(workers); do
		[ -z "$(children_of "$checker_pid")" ] || echo "$checker_pid"
	done
}

# Another checker follows, with the place that the one before had.
test_check_is_killed()
{
	forget a
	balanced '' "$A max=1 acquire=5 hcmethod=GET hcuri=/hang \
	    hcinterval=1h timeout=60" "$B max=1 hcmethod=TCP hcinterval=150ms"
	within 2 has_count a 'request GET /hang' 1 || fail 'no check'
	kill -KILL "$(checker)"
	log_has 'checker [0-9]*: ended with 9, a new one follows'
	within 2 has_count a 'request GET /hang' 2 || fail 'no check after it'
	log_lacks 'worker .*: '
}

# Those that hang do not keep the others from being checked.
test_check_in_turn()
{
	set --
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
		set -- "$@" "$A/$i hcmethod=GET hcuri=/hang hcinterval=100ms \
		    timeout=700ms"
	done
	balanced '' "$@" "$DEAD hcmethod=TCP hcinterval=100ms"
	within 4 is_logged "member: $DEAD: down: checked: " 1 ||
		fail 'the last one was not checked'
}

# Two hosts with the same member: no check goes beside another's place.
test_check_of_two_hosts()
{
	forget a
	check="<Proxy balancer://b>
	BalancerMember $A max=1 hcmethod=GET hcuri=/delay?ms=60 hcinterval=100ms
	</Proxy>
	ProxyPass / balancer://b/"
	start_gateway - <<-EOT
	$check
	<VirtualHost *>
	ServerName x
	$check
	</VirtualHost>
	EOT
	within 4 has_count a 'request GET /delay?ms=60' 8 || fail 'no checks'
	is "$(count a overlap)" 0
}

# A member is not left down when its check is taken away.
test_check_is_removed()
{
	balanced '' "$A hcmethod=GET hcuri=/status/500 hcinterval=150ms" "$B"
	log_has 'member: .*/a.sock.*: down: checked'
	sed 's/ hcmethod.*//' "$T/gateway.conf" >"$T/gateway.conf.new"
	mv "$T/gateway.conf.new" "$T/gateway.conf"
	reload_gateway
	like "$(ids 4)" '^(abab|baba)$'
}

# --------------------------------------------------------------------- names

# The gateway with an /etc/hosts of its own, $T/hosts, and nobody to ask.
own_names()
{
	[ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null ||
		skip 'only root can give a process its own /etc/hosts'
	: >"$T/nobody"
	cat >"$T/own_names" <<-'EOT'
	mount --bind "$T/hosts" /etc/hosts || exit
	[ ! -e /etc/resolv.conf ] ||
	    mount --bind "$T/nobody" /etc/resolv.conf || exit
	exec "$@"
	EOT
	export T
	GATEWAY="unshare -m sh $T/own_names $GATEWAY"
}

# name_is ADDRESS: of app.test from now on; none: no such name
name_is()
{
	# the file that is mounted must stay
	echo "127.0.0.1 localhost" >"$T/hosts"
	[ "$1" = none ] || echo "$1 app.test" >>"$T/hosts"
}

# Two applications at one port of two addresses.
two_addresses()
{
	start_backend first -p 0
	start_backend second -a 127.0.0.2 -p "$BPORT"
	name_is 127.0.0.1
}

is_answered()
{
	[ "$(get /id | body)" = "$1" ]
}

test_address_ttl()
{
	own_names
	two_addresses
	balanced '' "scgi://app.test:$BPORT addressttl=1" "$DEAD status=D"
	is "$(ids 2)" firstfirst
	name_is 127.0.0.2
	within 4 is_answered second || fail 'the old address stays'
	name_is none
	log_has "resolve: scgi://app.test:$BPORT: .*, its addresses stay"
	is "$(get /id | body)" second 'without an answer the last one counts'
	name_is 127.0.0.1
	within 4 is_answered first || fail 'no more look-ups'
}

# Without addressttl= a name is looked up when it leads nowhere.
test_address_is_dead()
{
	own_names
	two_addresses
	EXTRA="ProxyPass /plain scgi://app.test:$BPORT"
	balanced '' "scgi://app.test:$BPORT retry=0"
	is "$(ids 1)" first
	name_is 127.0.0.2
	nap 1.2
	is "$(ids 1)" first
	stop_process first
	status "$(get /id)" 503
	within 8 is_answered second || fail 'it was not looked up'
	like "$(get /plain/id | body)" second
}

test_address_at_reload()
{
	own_names
	two_addresses
	balanced '' "scgi://app.test:$BPORT"
	is "$(ids 1)" first
	name_is 127.0.0.2
	reload_gateway
	within 4 is_answered second || fail 'it was not looked up'
	name_is none
	reload_gateway
	log_has 'resolve: .*, its addresses stay'
	is "$(ids 1)" second
}

# A name that is not there at the start is 503 until it is.
test_address_comes_later()
{
	own_names
	two_addresses
	name_is none
	balanced '' "scgi://app.test:$BPORT retry=0"
	log_has 'resolve: .*, its requests get 503'
	status "$(get /id)" 503
	name_is 127.0.0.1
	within 8 is_answered first || fail 'it was not looked up'
}

# -------------------------------------------------------------------- reload

# httpd: a reload tries again who was in error.
test_reload_forgets_error()
{
	start_backend late -p 0
	late=$BPORT
	stop_process late
	balanced '' "scgi://127.0.0.1:$late retry=300" "$A"
	is "$(ids 2)" aa
	start_backend late -p "$late"
	reload_gateway
	like "$(ids 4)" 'late' 'tried again'
	is "$(log_count 'down: ')" 1
	is "$(log_count 'up again ')" 1
}

test_reload_keeps_limit()
{
	balanced '' "$A max=1"
	forget a
	later one GET '/delay?ms=1500'
	within 2 has_count a request 1
	reload_gateway
	later two GET '/delay?ms=10'
	later three GET '/delay?ms=10'
	all_later
	for i in one two three; do
		status "$(cat "$T/$i.answer")" 200 $i
	done
	is "$(count a overlap)" 0
}

# A member that is gone and comes back while it still works for us.
test_reload_comes_back()
{
	EXTRA=$MANY
	balanced '' "$A max=1" "$B"
	forget a
	later one GET '/delay?ms=1500'
	within 2 has_count a request 1
	cp "$T/gateway.conf" "$T/both.conf"
	grep -v a.sock "$T/both.conf" >"$T/gateway.conf"
	reload_gateway
	cp "$T/both.conf" "$T/gateway.conf"
	reload_gateway
	later two GET '/delay?ms=10'
	later three GET '/delay?ms=10'
	all_later
	is "$(count a overlap)" 0
}

test_reload_keeps_turn()
{
	balanced '' "$A" "$B" "$C"
	is "$(ids 2)" ab
	reload_gateway
	is "$(ids 4)" cabc
}

run_tests
