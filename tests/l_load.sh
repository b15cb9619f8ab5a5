#!/bin/sh
# 50,000 requests of every kind: descriptors and memory of the master and of
# every worker stay flat.

. "${0%/*}/lib.sh"

start_backend

# One round: kept and fresh connections, answers with and without length,
# bodies, redirects, faults of the application.
load()
{
	for path in '/bytes?n=2000&len=1' '/bytes?n=2000' \
	    '/redirect?to=/id' /garbage /nothing '/bytes?n=300000'; do
		"$TALK" -L "$1" -k -c 4 "$ADDR" "$PORT" "$path" >>"$T/load" ||
			fail "$path: $(tail -n 1 "$T/load")"
		"$TALK" -L "$1" -c 4 "$ADDR" "$PORT" "$path" >>"$T/load" ||
			fail "$path: $(tail -n 1 "$T/load")"
	done
	"$TALK" -L "$1" -k -c 4 -B 100000 "$ADDR" "$PORT" /sum >>"$T/load" ||
		fail "upload: $(tail -n 1 "$T/load")"
}

measure()
{
	for pid in $GPID $(workers); do
		echo "$pid $(fds "$pid") $(rss "$pid")"
	done
}

test_flat()
{
	start_gateway - <<-EOT
	StartServers 4
	MinSpareServers 1
	MaxSpareServers 4
	MaxRequestWorkers 4
	ProxyPass /nothing scgi://127.0.0.1:1/
	ProxyPass / $URL
	EOT
	# buffers have been touched as far as they ever are
	load 300
	measure >"$T/before"
	load 3900
	measure >"$T/after"
	while read -r pid fds rss; do
		# shellcheck disable=SC2046
		set -- $(grep "^$pid " "$T/after")
		[ $# -eq 3 ] || fail "process $pid is gone"
		[ "$2" -eq "$fds" ] || fail "$pid: $fds descriptors, now $2"
		[ "$3" -le $((rss + 1024)) ] ||
			fail "$pid: $rss KiB, now $3"
	done <"$T/before"
	log_lacks 'died'
}

run_tests
