# For themes that let the gateway detach itself.  Read after lib.sh.
#
#	start_daemon [args]	configuration from standard input, into
#			$T/gateway.conf; Listen, PidFile ($T/gateway.lock) and
#			ErrorLog ($T/gateway.log) are added where absent; runs
#			"gateway -f $T/gateway.conf args", which has to exit
#			with 0, and sets $PORT, $GPID, $LOG as start_gateway
#			does; DLOG is what was said on the terminal
#	begin name path		GET path in the background, as spawn
#	answer name		wait for it and print the answer
#	build name	compile the C program on standard input to $T/name
#	held name path		GET path on a connection that stays open
#			without a request, in the background; returns when the
#			answer is there

config_has()
{
	grep -Eiq "^[[:space:]]*$1[[:space:]]" "$T/$G.conf"
}

start_daemon()
{
	LOG=$T/$G.log
	DLOG=$T/$G.err
	cat >"$T/$G.conf"
	rm -f "$LOG"
	if ! config_has Listen; then
		pick_port
		echo "Listen 127.0.0.1:$PORT" >>"$T/$G.conf"
	fi
	config_has PidFile || echo "PidFile $T/$G.lock" >>"$T/$G.conf"
	config_has ErrorLog || echo "ErrorLog $T/$G.log" >>"$T/$G.conf"
	# shellcheck disable=SC2086
	$GATEWAY -f "$T/$G.conf" "$@" </dev/null >"$T/$G.out" 2>"$DLOG" ||
		fail "exit $?: $(cat "$DLOG")"
	GPID=$(cat "$T/$G.lock")
	adopt "$G" "$GPID"
}

begin()
{
	spawn "$1" "$TALK" -d -t $((20000 * SLOW)) "$ADDR" "$PORT" s \
	    "GET $2 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" \
	    k
}

build()
{
	command -v "${CC:-cc}" >/dev/null || skip 'no C compiler'
	cat >"$T/$1.c"
	"${CC:-cc}" -D_XOPEN_SOURCE=700 -o "$T/$1" "$T/$1.c" ||
		fail "$1.c: does not compile"
}

answer()
{
	within 20 ended "$1" || fail "$1: no answer"
	tr -d '\r' <"$T/$1.out"
}

held()
{
	spawn "$1" "$TALK" -t $((60000 * SLOW)) "$ADDR" "$PORT" s \
	    "GET $2 HTTP/1.1\r\nHost: localhost\r\n\r\n" k r
	within 5 has_file "$T/$1.out" || fail "$1: no answer"
}
