#!/bin/sh
# The pool grows, shrinks and keeps its limits.

. "${0%/*}/lib.sh"
. "${0%/*}/daemon.sh"

start_backend

has_workers()
{
	[ "$(workers | wc -l)" -eq "$1" ]
}

answered()
{
	[ "$(cat "$T"/slow*.exit 2>/dev/null | wc -l)" -ge "$1" ]
}

begin_many()
{
	many_i=0
	rm -f "$T/$2"*.exit
	while [ "$many_i" -lt "$1" ]; do
		many_i=$((many_i + 1))
		begin "$2$many_i" "$3"
	done
}

test_start()
{
	start_gateway - <<-EOT
	StartServers 7
	MinSpareServers 1
	ProxyPass / $URL
	EOT
	within 3 has_workers 7 || fail "$(workers | wc -l) workers"
	nap 1.5
	has_workers 7 || fail "$(workers | wc -l) workers later"
}

test_min_spare()
{
	start_gateway - <<-EOT
	StartServers 1
	MinSpareServers 6
	MaxSpareServers 10
	ProxyPass / $URL
	EOT
	within 3 six_or_more || fail "$(workers | wc -l) workers"
	nap 1.5
	n=$(workers | wc -l)
	[ "$n" -le 10 ] || fail "$n workers"
}

six_or_more()
{
	[ "$(workers | wc -l)" -ge 6 ]
}

# All at once get to the application, long before the next second is over.
test_grows_at_once()
{
	: >"$T/app.log"
	start_gateway - <<-EOT
	StartServers 1
	MinSpareServers 1
	MaxSpareServers 2
	ProxyPass / $URL
	EOT
	begin_many 16 slow '/delay?ms=3000'
	within 2 requests_are 16 ||
		fail "$(grep -c '^connect' "$T/app.log") of 16 requests"
	ended slow1 && skip 'too slow here'
	within 6 answered 16 || fail 'not all were answered'
	for i in 1 8 16; do
		status "$(answer "slow$i")" 200
	done
}

# The bells of many members that have a limit leave the master's alone.
test_grows_beside_many_limits()
{
	: >"$T/app.log"
	start_gateway - <<-EOT
	StartServers 1
	MinSpareServers 1
	MaxSpareServers 2
	$(n=0; while [ $n -lt 40 ]; do
		n=$((n + 1))
		echo "ProxyPass /limited$n ${URL%/*}/limited$n max=2"
	done)
	ProxyPass / $URL
	EOT
	begin_many 16 slow '/delay?ms=3000'
	within 2 requests_are 16 ||
		fail "$(grep -c '^connect' "$T/app.log") of 16 requests"
	ended slow1 && skip 'too slow here'
	within 6 answered 16 || fail 'not all were answered'
}


test_shrinks()
{
	: >"$T/app.log"
	start_gateway - <<-EOT
	StartServers 6
	MinSpareServers 1
	MaxSpareServers 3
	ProxyPass / $URL
	EOT
	within 2 has_workers 6 || fail "$(workers | wc -l) workers"
	nap 1.2
	n=$(workers | wc -l)
	[ "$n" -ge 4 ] || fail "$n workers after a second: not one by one"
	within 5 has_workers 3 || fail "$(workers | wc -l) workers"
	nap 1.2
	has_workers 3 || fail "$(workers | wc -l) workers later"
	log_lacks died
	status "$(get /echo)" 200
}

test_limit()
{
	: >"$T/app.log"
	start_gateway - <<-EOT
	StartServers 1
	MinSpareServers 1
	MaxSpareServers 2
	MaxRequestWorkers 3
	ProxyPass / $URL
	EOT
	begin_many 8 slow '/delay?ms=700'
	within 2 requests_are 3 || fail 'not three at once'
	most=0
	until answered 8; do
		n=$(workers | wc -l)
		[ "$n" -le "$most" ] || most=$n
		nap 0.1
	done
	is "$most" 3 'the most workers'
	log_has 'all 3 workers are busy.*MaxRequestWorkers'
	is "$(grep -c 'MaxRequestWorkers' "$LOG")" 1 'messages'
	for i in 1 2 3 4 5 6 7 8; do
		status "$(answer "slow$i")" 200 "request $i"
	done
}

test_lowered_limit()
{
	start_gateway - <<-EOT
	ServerLimit 2
	MaxRequestWorkers 10
	ProxyPass / $URL
	EOT
	log_has 'MaxRequestWorkers'
	within 2 has_workers 2 || fail "$(workers | wc -l) workers"
	nap 1.2
	has_workers 2 || fail "$(workers | wc -l) workers later"
}

# Clients that only hold a connection give way when others queue.
test_idle_clients_give_way()
{
	start_gateway - <<-EOT
	StartServers 3
	MinSpareServers 1
	MaxSpareServers 3
	MaxRequestWorkers 3
	KeepAliveTimeout 60
	ProxyPass / $URL
	EOT
	held one /echo
	nap 0.1
	held two /echo
	nap 0.1
	held three /echo
	ended one && fail 'it was not held'
	begin slow1 /echo
	within 2 ended slow1 || fail 'the client waits'
	status "$(answer slow1)" 200
	within 1 ended one || fail 'the longest idle one is still there'
	ended three && fail 'more than needed were closed'
	# many at once, on what is left
	begin_many 6 slow /echo
	within 4 answered 6 || fail 'clients wait'
}

# While there is room nobody has to go.
test_idle_clients_stay()
{
	start_gateway - <<-EOT
	StartServers 1
	MinSpareServers 1
	MaxSpareServers 2
	MaxRequestWorkers 20
	KeepAliveTimeout 60
	ProxyPass / $URL
	EOT
	for i in 1 2 3 4 5 6; do
		held "kept$i" /echo
	done
	status "$(get /echo)" 200
	for i in 1 2 3 4 5 6; do
		! ended "kept$i" || fail "client $i was closed"
	done
}

test_connections_per_child()
{
	start_gateway - <<-EOT
	StartServers 2
	MinSpareServers 2
	MaxSpareServers 3
	MaxConnectionsPerChild 1
	ProxyPass / $URL
	EOT
	within 2 has_workers 2 || fail "$(workers | wc -l) workers"
	first=$(workers)
	for i in 1 2 3 4 5 6; do
		status "$(get /echo)" 200 "request $i"
	done
	within 3 has_enough || fail "$(workers | wc -l) workers"
	for pid in $first; do
		within 1 no_child "$pid" || fail "worker $pid is still there"
	done
	log_lacks died
}

no_child()
{
	! workers | grep -qx "$1"
}

has_enough()
{
	n=$(workers | wc -l)
	[ "$n" -ge 2 ] && [ "$n" -le 3 ]
}

run_tests
