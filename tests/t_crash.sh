#!/bin/sh
# Workers and masters that are killed.

. "${0%/*}/lib.sh"
. "${0%/*}/daemon.sh"

CRASHES=expected
start_backend

serve()
{
	: >"$T/app.log"
	start_gateway - <<-EOT
	StartServers ${1:-4}
	MinSpareServers 1
	MaxSpareServers ${1:-4}
	LimitRequestHead ${2:-65536}
	ProxyPass / $URL
	EOT
}

has_workers()
{
	[ "$(workers | wc -l)" -eq "$1" ]
}

none_alive()
{
	for none_pid; do
		! alive "$none_pid" || return 1
	done
}

refused()
{
	! talk_to -w -t 200 to
}

test_idle_worker()
{
	serve
	within 3 has_workers 4 || fail 'four workers were wanted'
	pid=$(workers | head -n 1)
	kill -KILL "$pid"
	log_has "worker $pid: died, killed by signal 9, [0-9]+ requests served"
	within 2 has_workers 4 || fail 'it was not replaced'
	status "$(get /echo)" 200
}

test_all_workers()
{
	serve
	for round in 1 2 3; do
		for pid in $(workers); do
			kill -KILL "$pid" 2>/dev/null
		done
		within 3 has_workers 4 ||
			fail "round $round: $(workers | wc -l) workers"
		status "$(get /echo)" 200 "round $round"
	done
}

# Only the request of the worker that is killed is lost.
test_busy_worker()
{
	serve
	for i in 1 2 3; do
		begin "slow$i" '/delay?ms=1500'
	done
	within 5 requests_are 3 || fail 'the application was not asked'
	[ -d "/proc/$GPID/fd" ] || skip 'no /proc to find a busy worker'
	# the one with a client and an application has the most descriptors
	victim=$(for pid in $(workers); do
		echo "$(fds "$pid") $pid"
	done | sort -n | tail -n 1 | cut -d ' ' -f 2)
	kill -KILL "$victim"
	good=0
	lost=0
	for i in 1 2 3; do
		case $(answer "slow$i") in
		'HTTP/1.1 200'*)
			good=$((good + 1)) ;;
		'')
			lost=$((lost + 1)) ;;
		esac
	done
	is "$good good, $lost lost" '2 good, 1 lost'
	within 2 has_workers 4 || fail 'it was not replaced'
}

# A poisonous request may cost 20 workers a second, not the pool.
test_replacement_is_limited()
{
	serve 30
	within 3 has_workers 30 || fail 'thirty workers were wanted'
	# shellcheck disable=SC2046
	kill -KILL $(workers)
	nap 0.4
	n=$(workers | wc -l | tr -d ' ')
	[ "$n" -le 20 ] || fail "$n workers at once"
	[ "$n" -ge 15 ] || [ "$SLOW" -gt 1 ] || fail "only $n workers"
	within 3 has_workers 30 || fail "$(workers | wc -l) workers"
	status "$(get /echo)" 200
}

test_kill_under_load()
{
	serve
	spawn load "$TALK" -L 0 -T 3 -c 4 "$ADDR" "$PORT" /sum
	kills=0
	for i in 1 2 3 4 5 6; do
		nap 0.3
		pid=$(workers | head -n 1)
		kill -KILL "$pid" && kills=$((kills + 1))
	done
	within 10 ended load || fail 'the load does not end'
	# requests N ok N failed N closed N refused N
	set -- $(head -n 1 "$T/load.out")
	[ "$4" -gt 100 ] || fail "$*"
	[ "$kills" -ge 3 ] || fail "only $kills workers were killed"
	# each had one request at most, and the port stays open
	[ "$6" -le "$kills" ] || fail "$kills workers were killed: $*"
	is "${10}" 0 'refused'
	# more were made under the load, and go one a second
	within 8 has_workers 4 || fail "$(workers | wc -l) workers"
	is "$(children_of "$GPID" | wc -l | tr -d ' ')" 4 'children'
}

# Dead slots do not stay counted: the pool still grows to its limit.
test_counts_do_not_shift()
{
	start_gateway - <<-EOT
	StartServers 2
	MinSpareServers 1
	MaxSpareServers 2
	MaxRequestWorkers 4
	ProxyPass / $URL
	EOT
	: >"$T/app.log"
	for round in 1 2; do
		for i in 1 2 3 4; do
			begin "hang$round$i" /hang
		done
		within 5 requests_are $((round * 4)) ||
			fail "round $round: not four at once"
		# shellcheck disable=SC2046
		kill -KILL $(workers)
		within 3 refused_not || fail 'nobody serves'
	done
	status "$(get /echo)" 200
}

refused_not()
{
	talk_to -w -t 200 to
}

test_master_killed()
{
	STILL_ALIVE=no
	serve
	within 3 has_workers 4 || fail 'four workers were wanted'
	pids=$(workers)
	kill -KILL "$GPID"
	# shellcheck disable=SC2086
	within 3 none_alive $pids || fail 'idle workers stay'
	refused || fail 'the port is held'
	start_gateway -l "127.0.0.1:$PORT" "$URL"
	status "$(get /echo)" 200
}

test_master_killed_while_busy()
{
	STILL_ALIVE=no
	serve
	begin slow '/delay?ms=4000'
	held kept /echo
	within 5 requests_are 2 || fail 'the application was not asked'
	pids=$(workers)
	kill -KILL "$GPID"
	within 3 refused || fail 'the port is held'
	ended slow && fail 'the request did not last long enough'
	status "$(answer slow)" 200
	# shellcheck disable=SC2086
	within 3 none_alive $pids || fail 'workers stay'
}

# run_limited ARGS: with a gigabyte of addresses; sets $said and $code
run_limited()
{
	code=0
	# shellcheck disable=SC3045
	said=$(ulimit -v 1000000; run_gateway "$@") || code=$?
}

# Not with sanitizers, which need more addresses than there are.
limits_memory()
{
	command -v prlimit >/dev/null || skip 'no prlimit(1)'
	run_limited -V
	[ "$code" -eq 0 ] || skip 'this build needs more memory than that'
}

# What workers need is refused by the system: memory here.
test_cannot_begin()
{
	limits_memory
	pick_port
	run_limited -d -l "127.0.0.1:$PORT" -c 'LimitRequestHead 268435456' \
	    "$URL"
	is "$code" 71 "exit ($said)"
	like "$said" 'cannot begin'
	# the parent of a daemon tells it, too
	cat >"$T/c.conf" <<-EOT
	Listen 127.0.0.1:$PORT
	PidFile $T/c.lock
	ErrorLog $T/c.log
	LimitRequestHead 268435456
	ProxyPass / $URL
	EOT
	run_limited -f "$T/c.conf"
	is "$code" 71 "exit of a daemon ($said)"
	like "$said" 'cannot begin'
	[ ! -e "$T/c.lock" ] || fail 'the pid file is still there'
}

log_count()
{
	[ "$(grep -Ec "$1" "$LOG")" -ge "$2" ]
}

# Once they have served, the pauses grow, and all is well when they can.
test_backoff()
{
	limits_memory
	serve 4 268435456
	within 3 has_workers 4 || fail 'four workers were wanted'
	prlimit --pid "$GPID" --as=1500000000:unlimited 2>/dev/null ||
		skip 'prlimit does not work'
	pid=$(workers | head -n 1)
	kill -KILL "$pid"
	log_has 'worker [0-9]+: died, exit code 71'
	log_has 'next try in 1 s'
	within 4 log_count 'next try in 2 s' 1 || fail 'no pause of 2 s'
	lines=$(grep -c 'exit code 71' "$LOG")
	[ "$lines" -le 4 ] || fail "$lines attempts"
	status "$(get /echo)" 200
	prlimit --pid "$GPID" --as=unlimited:unlimited
	within 6 has_workers 4 || fail 'it was not replaced'
}

test_reload_that_cannot_begin()
{
	limits_memory
	serve 4
	within 3 has_workers 4 || fail 'four workers were wanted'
	pids=$(workers)
	prlimit --pid "$GPID" --as=1000000000:unlimited 2>/dev/null ||
		skip 'prlimit does not work'
	sed 's/^LimitRequestHead.*/LimitRequestHead 268435456/' \
	    "$T/gateway.conf" >"$T/new.conf"
	cp "$T/gateway.conf" "$T/old.conf"
	cp "$T/new.conf" "$T/gateway.conf"
	kill -HUP "$GPID"
	log_has 'reload: failed, the old configuration stays: new workers'
	within 3 has_workers 4 || fail "$(workers | wc -l) workers"
	is "$(workers)" "$pids" 'the old workers'
	status "$(get /echo)" 200
	cp "$T/old.conf" "$T/gateway.conf"
	kill -HUP "$GPID"
	log_has 'reloaded'
	status "$(get /echo)" 200
}

run_tests
