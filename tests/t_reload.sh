#!/bin/sh
# HUP: a new file, a faulty one, changed addresses, and under load.

. "${0%/*}/lib.sh"
. "${0%/*}/daemon.sh"

start_backend
APP=$URL
start_backend other
OTHER=$URL

refused()
{
	! talk_to -w -t 200 to
}

connects()
{
	talk_to -w -t 200 to
}

has_workers()
{
	[ "$(workers | wc -l)" -eq "$1" ]
}

configure()
{
	cat >"$T/gateway.conf"
}

who()
{
	get "${1:-/id}" | body | head -n 1
}

test_new_mapping()
{
	start_gateway - <<-EOT
	ProxyPass / $APP
	EOT
	is "$(who)" app
	configure <<-EOT
	Listen 127.0.0.1:$PORT
	ProxyPass /b/ $OTHER
	ProxyPass / $APP
	EOT
	reload_gateway
	is "$(who)" app
	is "$(who /b/id)" other
}

test_bad_file()
{
	start_gateway - <<-EOT
	StartServers 3
	MinSpareServers 1
	ProxyPass / $APP
	EOT
	within 5 has_workers 3 || fail "$(workers | wc -l) workers"
	pids=$(workers)
	configure <<-EOT
	Listen 127.0.0.1:$PORT
	ProxyPass / $OTHER
	Tmeout 5
	StartServers many
	EOT
	reload_gateway
	log_has 'gateway\.conf:3: .*Timeout'
	log_has 'gateway\.conf:4: '
	log_has 'reload: failed, the old configuration stays'
	is "$(who)" app
	is "$(workers)" "$pids" workers
	rm "$T/gateway.conf"
	reload_gateway
	log_has 'open: .*gateway\.conf: No such file'
	is "$(who)" app
	configure <<-EOT
	Listen 127.0.0.1:$PORT
	ProxyPass / $OTHER
	EOT
	reload_gateway
	is "$(who)" other
}

test_changed_listen()
{
	set -- $(free_port 3)
	start_gateway - <<-EOT
	Listen 127.0.0.1:$1
	Listen 127.0.0.1:$2
	ProxyPass / $APP
	EOT
	configure <<-EOT
	Listen 127.0.0.1:$2
	Listen 127.0.0.1:$3
	Listen unix:$T/l.sock
	ProxyPass / $APP
	EOT
	reload_gateway
	PORT=$1
	within 2 refused || fail 'the old address is still there'
	for PORT in "$2" "$3"; do
		is "$(who)" app
	done
	is "$(ADDR=$T/l.sock who)" app
	configure <<-EOT
	Listen 127.0.0.1:$2
	ProxyPass / $APP
	EOT
	reload_gateway
	PORT=$3
	within 2 refused || fail 'the address is still there'
	[ ! -e "$T/l.sock" ] || fail 'the socket is still there'
	PORT=$2
	is "$(who)" app
}

# A new address that cannot be had leaves everything as it was.
test_taken_listen()
{
	start_gateway - <<-EOT
	ProxyPass / $APP
	EOT
	first=$PORT
	G=two start_gateway "$OTHER"
	taken=$PORT
	PORT=$first
	LOG=$T/gateway.err
	GPID=$(pid_of gateway)
	extra=$(free_port)
	configure <<-EOT
	Listen 127.0.0.1:$first
	Listen 127.0.0.1:$extra
	Listen 127.0.0.1:$taken
	ProxyPass / $OTHER
	EOT
	reload_gateway
	log_has "listen: 127\.0\.0\.1:$taken: "
	log_has 'reload: failed'
	is "$(who)" app
	PORT=$extra
	refused || fail 'an address of the failed reload is left'
	PORT=$taken
	is "$(who)" other
	PORT=$first
}

# A Unix socket that stays is the same file, with a new mode if told.
test_unix_listen_stays()
{
	cat >"$T/u.conf" <<-EOT
	Listen unix:$T/u.sock mode=0600
	ProxyPass / $APP
	EOT
	ADDR=$T/u.sock
	spawn gateway $GATEWAY -d -f "$T/u.conf"
	GPID=$(pid_of gateway)
	LOG=$T/gateway.err
	within 5 connects || fail "$(cat "$LOG")"
	inode=$(ls -i "$T/u.sock" | cut -d ' ' -f 1)
	sed -i.old 's/0600/0660/' "$T/u.conf"
	reload_gateway
	is "$(ls -i "$T/u.sock" | cut -d ' ' -f 1)" "$inode" inode
	is "$(ls -l "$T/u.sock" | cut -c 1-10)" srw-rw---- mode
	is "$(who)" app
	# one that was removed is made anew
	rm "$T/u.sock"
	reload_gateway
	is "$(who)" app
}

rights()
{
	# shellcheck disable=SC2012
	ls -ldn "$T/u.sock" | awk '{ print $1, $3, $4 }'
}

# backlog PORT: how many connections the system would keep waiting
backlog()
{
	ss -ltnH "sport = :$1" 2>/dev/null | awk '{ print $3 }'
}

# Sockets that are kept are changed when the reload has succeeded, not before.
test_failed_reload_touches_nothing()
{
	me="$(id -u) $(id -g)"
	set -- "$(free_port)"
	start_gateway - <<-EOT
	Listen unix:$T/u.sock mode=0600
	Listen 127.0.0.1:$1
	ListenBackLog 77
	ProxyPass / $APP
	EOT
	G=two start_gateway "$OTHER"
	taken=$PORT
	LOG=$T/gateway.err
	GPID=$(pid_of gateway)
	PORT=$1
	is "$(rights)" "srw------- $me"
	owner=
	[ "$(id -u)" -ne 0 ] || owner='user=#12345 group=#12346'
	configure <<-EOT
	Listen unix:$T/u.sock mode=0666 $owner
	Listen 127.0.0.1:$PORT
	Listen 127.0.0.1:$taken
	ListenBackLog 33
	ProxyPass / $OTHER
	EOT
	before=$(backlog "$PORT")
	reload_gateway
	log_has 'reload: failed'
	is "$(rights)" "srw------- $me" 'rights after the failure'
	is "$(backlog "$PORT")" "$before" 'backlog after the failure'
	is "$(who)" app
	sed -i.old "/:$taken/d" "$T/gateway.conf"
	reload_gateway
	is "$(who)" other
	now=$me
	[ -z "$owner" ] || now='12345 12346'
	is "$(rights)" "srw-rw-rw- $now"
	is "$(backlog "$PORT")" "${before:+33}" backlog
	# what is not told any more is as a restart would make it
	sed -i.old "s/ mode=.*//" "$T/gateway.conf"
	reload_gateway
	is "$(rights)" "srw-rw-rw- $me"
	is "$(ADDR=$T/u.sock who)" other
}

all_fds()
{
	all_fds_sum=0
	for all_fds_pid in $(workers); do
		all_fds_sum=$((all_fds_sum + $(fds "$all_fds_pid")))
	done
	echo $all_fds_sum
}

has_fds()
{
	[ "$(all_fds)" -eq "$1" ]
}

# A worker that has just been forked still closes what it inherited.
fds_settled()
{
	fds_settled_sum=$(all_fds)
	nap "$((SLOW / 4)).3"
	has_fds "$fds_settled_sum"
}

# taken yes|no: does a worker take a client that sends nothing?
taken()
{
	within 3 has_workers 2 || fail "$(workers | wc -l) workers"
	within 5 fds_settled || fail 'the workers are not ready'
	taken_before=$(all_fds)
	spawn silent "$TALK" -H 1 "$ADDR" "$PORT"
	within 3 grep -q held "$T/silent.out" || fail 'no silent client'
	nap 0.3
	if [ "$1" = yes ]; then
		within 3 has_fds $((taken_before + 1)) ||
			fail "${2:-}: the client was not taken"
	else
		has_fds "$taken_before" || fail "${2:-}: it was taken"
	fi
	stop_process silent
	within 3 has_fds "$taken_before" || fail 'it is still held'
	is "$(who)" app
}

# A socket that stays gets, and loses, the filter.
test_accept_filter()
{
	[ -d "/proc/$$/fd" ] || skip 'no /proc/PID/fd to count descriptors'
	case $($GATEWAY -V -v) in
	*' defer-accept'*)
		;;
	*)
		skip 'the system has none that can be taken off' ;;
	esac
	pick_port
	for filter in none data; do
		cat >"$T/$filter.conf" <<-EOT
		Listen 127.0.0.1:$PORT
		StartServers 2
		MinSpareServers 1
		MaxSpareServers 2
		AcceptFilter http $filter
		ProxyPass / $APP
		EOT
	done
	start_gateway - <"$T/none.conf"
	taken yes 'at first'
	cp "$T/data.conf" "$T/gateway.conf"
	reload_gateway
	taken no 'with the filter'
	{
		cat "$T/none.conf"
		echo 'Listen 127.0.0.1:1x'
	} >"$T/gateway.conf"
	reload_gateway
	taken no 'after a failure'
	cp "$T/none.conf" "$T/gateway.conf"
	reload_gateway
	taken yes 'without it again'
	log_lacks AcceptFilter
	stop_gateway
	start_gateway - <"$T/data.conf"
	taken no 'at a start'
}

test_fixed_settings()
{
	start_gateway - <<-EOT
	ServerLimit 8
	MaxRequestWorkers 8
	ProxyPass / $APP
	EOT
	configure <<-EOT
	Listen 127.0.0.1:$PORT
	ServerLimit 16
	MaxRequestWorkers 16
	PidFile $T/new.lock
	ProxyPass / $APP
	EOT
	reload_gateway
	log_has 'ServerLimit: .*restart'
	log_has 'PidFile: .*restart'
	[ ! -e "$T/new.lock" ] || fail 'the pid file was made'
	is "$(who)" app
}

test_pool_size_changes()
{
	start_gateway - <<-EOT
	StartServers 2
	MinSpareServers 1
	ProxyPass / $APP
	EOT
	within 3 has_workers 2 || fail "$(workers | wc -l) workers"
	configure <<-EOT
	Listen 127.0.0.1:$PORT
	StartServers 6
	MinSpareServers 1
	ProxyPass / $APP
	EOT
	reload_gateway
	within 3 has_workers 6 || fail "$(workers | wc -l) workers"
}

# Descriptors and memory of the master are what they were.
test_nothing_is_left()
{
	start_gateway - <<-EOT
	Listen 127.0.0.1:$(free_port)
	ProxyPass / $APP
	EOT
	reload_gateway
	before=$(fds "$GPID")
	for i in 1 2 3 4 5 6; do
		reload_gateway
	done
	is "$(fds "$GPID")" "$before" 'descriptors'
	echo Bogus >>"$T/gateway.conf"
	for i in 1 2 3; do
		reload_gateway
	done
	is "$(fds "$GPID")" "$before" 'descriptors after faults'
	is "$(children_of "$GPID" | wc -l | tr -d ' ')" 5 children
}

# requests N ok N failed N closed N refused N
lost()
{
	set -- $(head -n 1 "$T/$1.out")
	[ "$#" -ge 10 ] || fail "the load said: $*"
	[ "$4" -gt $((50 / SLOW)) ] || fail "too few requests: $*"
	is "failed $6, refused ${10}" 'failed 0, refused 0' "of $4 requests"
}

# No request that was sent fails, on fresh and on kept-alive connections.
test_under_load()
{
	seconds=5
	[ -z "${LONG:-}" ] || seconds=10
	start_gateway - <<-EOT
	StartServers 4
	MinSpareServers 2
	MaxSpareServers 4
	ServerLimit 64
	MaxRequestWorkers 64
	ProxyPass / $APP
	EOT
	spawn fresh "$TALK" -L 0 -T "$seconds" -c 2 "$ADDR" "$PORT" /id
	spawn kept "$TALK" -L 0 -T "$seconds" -k -c 2 "$ADDR" "$PORT" /id
	most=0
	hups=0
	until ended fresh && ended kept; do
		kill -HUP "$GPID"
		hups=$((hups + 1))
		[ "$hups" -lt $((seconds * 40)) ] || fail 'the load goes on'
		n=$(workers | wc -l)
		[ "$n" -le "$most" ] || most=$n
		nap 0.1
	done
	[ "$hups" -ge $((seconds * 4)) ] || [ "$SLOW" -gt 1 ] ||
		fail "only $hups signals"
	lost fresh
	lost kept
	# two generations of at most eight, and four that clients hold
	[ "$most" -le $((20 * SLOW)) ] || fail "$most workers at one time"
	log_lacks 'died'
	log_lacks 'ended: '
	[ "$(grep -c 'reloaded' "$LOG")" -ge 5 ] || fail 'hardly any reload'
	within 8 few_workers || fail "$(workers | wc -l) workers are left"
}

few_workers()
{
	[ "$(workers | wc -l)" -le 8 ]
}

# Old workers that clients hold fill all slots: the oldest are ended.
test_slots_run_out()
{
	start_gateway - <<-EOT
	StartServers 2
	MinSpareServers 1
	MaxSpareServers 2
	ServerLimit 3
	MaxRequestWorkers 3
	GracefulShutdownTimeout 1
	ProxyPass / $APP
	EOT
	for i in 1 2 3 4 5 6; do
		begin "hang$i" /hang
		nap 0.2
		reload_gateway
	done
	log_has 'worker [0-9]+: leaving for .* and ended, all 6 slots'
	is "$(who)" app
}

run_tests
