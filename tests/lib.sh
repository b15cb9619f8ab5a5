# Helpers for the shell themes (tests/t_*.sh, tests/l_*.sh).  POSIX sh.
#
# A theme is a script that begins with
#
#	. "${0%/*}/lib.sh"
#
# defines functions test_xxx, and ends with the line run_tests.  They run in
# the order of the file, each in a subshell: the first assertion that fails
# ends it.  What is started before run_tests is shared by all; what a test
# starts is stopped after it.  sh tests/t_x.sh [test_y ...] runs one theme,
# or some tests of it, by hand.  KEEP=1 leaves $T behind.
#
#	ok theme: name
#	not ok theme: name: reason	(with what was printed, as # lines)
#	skip theme: name: reason
#
# Things of a theme
#	$T		directory of its own, which the user nobody can reach
#	$THEME		its name
#	$GATEWAY	the program, may be several words (valgrind ...)
#	$SLOW		what every waiting time is multiplied with (1)
#	free_port [n]	print free ports
#	pick_port	a free port for the next gateway in $PORT
#
# Processes
#	start_gateway - [args]	configuration from standard input, into
#			$T/gateway.conf; a Listen line is added if there is
#			none, and a CustomLog (to $ACCESS, common); @ACCESS@
#			in it is $ACCESS; runs "gateway -d -f
#			$T/gateway.conf args"
#	start_gateway args	runs "gateway -d -l 127.0.0.1:$PORT args"
#			(urls, -c lines; with -f nothing is added but -d)
#		sets $PORT, $GPID (the master), $LOG (messages, on standard
#		error), $ACCESS (access lines, standard output without a
#		configuration) and returns when it can be connected to;
#		a second one needs G=name before: G=two start_gateway ...
#	run_gateway args	runs "gateway args" until it ends; prints
#			both outputs; its status is returned
#	reload_gateway [signal]	HUP, and waits for the line that says so
#	stop_gateway [signal]	TERM, waits until it has ended, $GSTATUS
#	workers [pid]	print the pids of the living children of $GPID
#	start_backend [name [options]]	tests/backend on $T/name.sock (app
#			when not told) or where -u or -p 0 says; sets $URL,
#			what ProxyPass wants, and $BPORT; events in
#			$T/name.log, requests as records with -r file
#	stop_process name	TERM for something started, and wait
#	spawn name command ...	start anything in the background: $T/name.pid,
#			$T/name.out, $T/name.err and, when it has ended,
#			$T/name.exit with its status
#	ended name	has it?
#	adopt name pid	have a process that detached itself ended, too
#	alive pid	is it there, and no zombie?
#	opens address port	wait for a listener behind the first
#	rss pid, fds pid	its memory in KiB, its open descriptors
#
# Requests (to $ADDR, which is 127.0.0.1, and $PORT; texts understand the
# escapes of talk)
#	get path [field ...]	GET with Connection: close; the answer without
#			CR and chunks; each field as 'Name: value'
#	post path body [field ...], request METHOD path [field ...]
#	wire [options] words ...	talk with these words: exact bytes
#			(ADDR=::1 wire ..., ADDR=/path/of.sock wire ...)
#	chat words ...	the same without CR and, in what k reads, chunks
#	upload PATH SIZE length|chunked	a POST by chat
#	value NAME text, lacks text NAME ...	in the lines of /echo
#	body, head_of	filters: what is behind or before the empty line
#	field name	filter: the values of a field
#
# Assertions (inside a test; "what" is optional)
#	is got want [what]
#	like text ERE [what], unlike text ERE [what]
#	status text NNN [what]	the first status of an answer that is no 1xx
#	within seconds command ...	becomes true soon
#	log_has ERE [what], log_lacks ERE [what]	in $LOG (has: soon)
#	fail reason, skip reason

set -u
umask 022
# as the gateway prints and matches bytes
LC_ALL=C
export LC_ALL

HERE=$(cd "$(dirname "$0")" && pwd)
TOP=${HERE%/*}
THEME=$(basename "$0" .sh)
THEME=${THEME#[tl]_}
: "${GATEWAY:=$TOP/gateway}" "${TALK:=$TOP/tests/talk}"
: "${BACKEND:=$TOP/tests/backend}" "${SLOW:=1}"
G=gateway
ADDR=127.0.0.1
STILL_ALIVE=yes

T=$(mktemp -d "${TMPDIR:-/tmp}/gateway-test.XXXXXX") || exit 71
T=$(cd "$T" && pwd -P)
chmod 755 "$T"
# the spool directory of the gateways that are started
TMPDIR=$T/spool
export TMPDIR
mkdir "$TMPDIR" && chmod 1777 "$TMPDIR"

#
# Outcome.
#

# In $( ) exit ends only a subshell: the outcome is noted for run_test.
end_test()
{
	end_test_rc=$1
	shift
	[ -s "$T/outcome" ] || echo "$end_test_rc" >"$T/outcome"
	printf '%s\n' "$*" | tee "$T/reason"
	exit "$end_test_rc"
}

fail()
{
	end_test 1 "$@"
}

skip()
{
	end_test 77 "$@"
}

# Times that may be written as fractions.
nap()
{
	sleep "$1"
}

# The first lines of a text, for a message.
short()
{
	printf '%s\n' "$1" | cut -c 1-200 | head -n 12
}

is()
{
	[ "$1" = "$2" ] || fail "${3:-value}: got \"$(short "$1")\"," \
	    "want \"$(short "$2")\""
}

like()
{
	printf '%s\n' "$1" | grep -Eq -e "$2" ||
		fail "${3:-text}: \"$(short "$1")\" is not like \"$2\""
}

unlike()
{
	if printf '%s\n' "$1" | grep -Eq -e "$2"; then
		fail "${3:-text}: \"$(short "$1")\" is like \"$2\""
	fi
}

# 1xx answers come before the one that counts.
status()
{
	status_got=$(printf '%s\n' "$1" | awk '/^HTTP\/1\.[01] [0-9]+/ {
		s = $2
		if (s >= 200) exit
	} END { print s }')
	[ "$status_got" = "$2" ] ||
		fail "${3:-status}: got ${status_got:-no answer}, want $2:" \
		    "\"$(short "$1")\""
}

# Try every 50 ms; seconds are multiplied with $SLOW.
within()
{
	within_left=$(($1 * 20 * SLOW))
	shift
	until "$@"; do
		within_left=$((within_left - 1))
		[ "$within_left" -gt 0 ] || return 1
		nap 0.05
	done
}

log_has_now()
{
	grep -Eq -e "$1" "$LOG"
}

log_has()
{
	within 3 log_has_now "$1" ||
		fail "${2:-log}: nothing like \"$1\" in:" \
		    "$(tail -n 8 "$LOG" | cut -c 1-200)"
}

log_lacks()
{
	log_lacks_it=$(grep -E -e "$1" "$LOG" | head -n 3)
	[ -z "$log_lacks_it" ] || fail "${2:-log}: \"$log_lacks_it\""
}

#
# Processes.
#

# A zombie answers kill -0, so where there is a better way it is used.
alive()
{
	[ -n "$1" ] || return 1
	if [ -r "/proc/$1/stat" ]; then
		alive_stat=$(cat "/proc/$1/stat" 2>/dev/null)
		case ${alive_stat##*) } in
		Z*|X*|'')
			return 1 ;;
		esac
		return 0
	fi
	[ -r /proc/self/stat ] && return 1
	case $(ps -o stat= -p "$1" 2>/dev/null) in
	Z*|'')
		return 1 ;;
	esac
	return 0
}

# Lines "pid ppid" of all that live.
family()
{
	if [ -r /proc/self/stat ]; then
		cat /proc/[0-9]*/stat 2>/dev/null |
			sed -n 's/^\([0-9]*\) .*) [^ZX] \([0-9]*\) .*/\1 \2/p'
	else
		ps -A -o pid= -o ppid= -o stat= | awk '$3 !~ /^Z/ {
			print $1, $2 }'
	fi
}

children_of()
{
	family | awk -v p="$1" '$2 == p { print $1 }' | sort -n
}

workers()
{
	children_of "${1:-$GPID}"
}

rss()
{
	if [ -r "/proc/$1/status" ]; then
		sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$1/status"
	else
		ps -o rss= -p "$1" | tr -d ' '
	fi
}

fds_of()
{
	# shellcheck disable=SC2012
	ls -l "/proc/$1/fd" | awk 'NF > 3 { print $(NF - 2), $NF }'
}

# Without what was inherited from whoever runs the tests.
fds()
{
	[ -d "/proc/$1/fd" ] || skip "no /proc/PID/fd to count descriptors"
	fds_of $$ >"$T/fds.own"
	fds_of "$1" | grep -cvxF -f "$T/fds.own"
}

ended()
{
	[ -f "$T/$1.exit" ]
}

has_file()
{
	[ -s "$1" ]
}

# The pid is written by the process itself, just before it becomes the
# command; the subshell reaps it and keeps the status.
spawn()
{
	spawn_name=$1
	shift
	# a name has one process
	stop_process "$spawn_name" || fail "$spawn_name: does not end"
	rm -f "$T/$spawn_name.pid" "$T/$spawn_name.exit" \
	    "$T/$spawn_name.keeper"
	: >"$T/$spawn_name.out"
	: >"$T/$spawn_name.err"
	(
		sh -c 'echo $$ >"$0.new" && mv "$0.new" "$0.pid" && exec "$@"' \
		    "$T/$spawn_name" "$@" \
		    >>"$T/$spawn_name.out" 2>>"$T/$spawn_name.err" </dev/null
		echo $? >"$T/$spawn_name.exit.new"
		mv "$T/$spawn_name.exit.new" "$T/$spawn_name.exit"
	) 2>/dev/null &
	echo $! >"$T/$spawn_name.keeper"
	within 5 has_file "$T/$spawn_name.pid" ||
		fail "$spawn_name: was not started"
}

adopt()
{
	stop_process "$1" || fail "$1: does not end"
	rm -f "$T/$1.exit"
	echo "$2" >"$T/$1.pid"
	rm -f "$T/$1.keeper"
}

pid_of()
{
	cat "$T/$1.pid" 2>/dev/null
}

# Whoever keeps its status has to be gone, too, if there is no status.
is_over()
{
	ended "$1" || { ! alive "$(pid_of "$1")" &&
	    ! alive "$(cat "$T/$1.keeper" 2>/dev/null)"; }
}

# TERM first; what has not gone after ten seconds is killed, with the
# children it had, and that is an error.
stop_process()
{
	[ -f "$T/$1.pid" ] || return 0
	stop_rc=0
	if ! is_over "$1"; then
		stop_pid=$(pid_of "$1")
		stop_all="$stop_pid $(children_of "$stop_pid")"
		kill "-${2:-TERM}" "$stop_pid" 2>/dev/null
		# one that was stopped
		kill -CONT "$stop_pid" 2>/dev/null
		if ! within 10 is_over "$1"; then
			for stop_pid in $stop_all; do
				kill -KILL "$stop_pid" 2>/dev/null
			done
			within 2 is_over "$1"
			stop_rc=1
		fi
	fi
	rm -f "$T/$1.pid"
	return $stop_rc
}

free_port()
{
	"$TALK" -P "${1:-1}"
}

pick_port()
{
	PORT=$(free_port)
}

# The options of talk, then "to", then its words.
talk_to()
{
	talk_options=
	while [ "$1" != to ]; do
		talk_options="$talk_options $1"
		shift
	done
	shift
	# shellcheck disable=SC2086
	case $ADDR in
	/*)
		"$TALK" $talk_options -u "$ADDR" "$@" ;;
	*)
		"$TALK" $talk_options "$ADDR" "$PORT" "$@" ;;
	esac
}

answers()
{
	is_over "$G" || talk_to -w -t 200 to
}

# opens ADDRESS PORT: of several, the first may answer before the others do
opens()
{
	(ADDR=$1 && PORT=$2 && within 5 answers) ||
		fail "nobody listens on $1 $2"
}

start_gateway()
{
	LOG=$T/$G.err
	ACCESS=$T/$G.out
	if [ "${1:-}" = - ]; then
		shift
		ACCESS=$T/$G.access
		: >"$ACCESS"
		sed "s,@ACCESS@,$ACCESS,g" >"$T/$G.conf"
		grep -q '^[[:space:]]*CustomLog' "$T/$G.conf" ||
			echo "CustomLog $ACCESS common" >>"$T/$G.conf"
		start_listen=$(sed -n \
		    's/^ *[Ll]isten *127\.0\.0\.1:\([0-9]*\).*/\1/p' \
		    "$T/$G.conf" | head -n 1)
		if [ -n "$start_listen" ]; then
			PORT=$start_listen
		elif ! grep -Eiq '^[[:space:]]*listen[[:space:]]' \
		    "$T/$G.conf"; then
			pick_port
			echo "Listen 127.0.0.1:$PORT" >>"$T/$G.conf"
		fi
		set -- -f "$T/$G.conf" "$@"
	else
		case " $* " in
		*" -f "*)
			;;
		*)
			pick_port
			set -- -l "127.0.0.1:$PORT" "$@" ;;
		esac
	fi
	# shellcheck disable=SC2086
	spawn "$G" $GATEWAY -d "$@"
	GPID=$(pid_of "$G")
	: >"$T/$G.isgateway"
	if ! within 5 answers || is_over "$G"; then
		fail "the gateway did not start: $(tail -n 5 "$LOG")"
	fi
}

# shellcheck disable=SC2086
run_gateway()
{
	$GATEWAY "$@" </dev/null 2>&1
}

count_reloads()
{
	grep -Ec 'reloaded: |reload: ' "$LOG"
}

more_reloads()
{
	[ "$(count_reloads)" -gt "$reloads_before" ]
}

reload_gateway()
{
	reloads_before=$(count_reloads)
	kill "-${1:-HUP}" "$GPID"
	within 5 more_reloads || fail "no word of a reload in the log"
	# the new workers shall be there, the old ones be going
	nap 0.3
}

# What a sanitizer, valgrind or assert() said, and workers that crashed.
# A test that kills workers itself says CRASHES=expected.
complaints()
{
	grep -hE '^==[0-9]+==|runtime error:|Sanitizer|[Aa]ssert(ion)? .*fail' \
	    "$T"/*.err 2>/dev/null | head -n 30
	[ "${CRASHES:-}" = expected ] || for complaint in "$T"/*.isgateway; do
		[ -f "$complaint" ] || continue
		grep -hE 'signal (4|6|7|8|10|11)([^0-9]|$)' \
		    "${complaint%.isgateway}.err" | head -n 5
	done
}

stop_gateway()
{
	stop_process "$G" "${1:-TERM}" ||
		fail "the gateway did not end: $(tail -n 5 "$LOG")"
	GSTATUS=$(cat "$T/$G.exit" 2>/dev/null || echo '?')
}

backend_ready()
{
	grep -q '^ready' "$T/$1.out" || ended "$1"
}

start_backend()
{
	backend_name=${1:-app}
	[ $# -eq 0 ] || shift
	case " $* " in
	*" -u "*|*" -p "*)
		;;
	*)
		set -- "$@" -u "$T/$backend_name.sock" ;;
	esac
	: >>"$T/$backend_name.log"
	spawn "$backend_name" "$BACKEND" -i "$backend_name" \
	    -l "$T/$backend_name.log" "$@"
	within 5 backend_ready "$backend_name"
	backend_at=$(sed -n 's/^ready //p' "$T/$backend_name.out")
	case $backend_at in
	/*)
		URL="unix:$backend_at|scgi://localhost/"
		BPORT= ;;
	[0-9]*)
		URL="scgi://127.0.0.1:$backend_at/"
		BPORT=$backend_at ;;
	*)
		fail "the backend did not start: $(cat "$T/$backend_name.err")"
	esac
}

#
# Requests.
#

wire()
{
	wire_options=
	while :; do
		case ${1:-} in
		-[aot])
			wire_options="$wire_options $1 $2"
			shift 2 ;;
		-*)
			wire_options="$wire_options $1"
			shift ;;
		*)
			break ;;
		esac
	done
	# shellcheck disable=SC2086
	talk_to $wire_options to "$@"
}

# Fields are joined with CRLF in the escapes of talk.
request()
{
	request_kind=k
	[ "$1" != HEAD ] || request_kind=kh
	request_text="$1 $2 HTTP/1.1\\r\\nHost: localhost\\r\\n"
	request_text="${request_text}Connection: close\\r\\n"
	shift 2
	for request_field in "$@"; do
		request_text="$request_text$request_field\\r\\n"
	done
	talk_to -d to s "$request_text\\r\\n" $request_kind |
		tr -d '\r'
}

get()
{
	get_path=$1
	shift
	request GET "$get_path" "$@"
}

post()
{
	post_path=$1
	post_body=$2
	shift 2
	post_text="POST $post_path HTTP/1.1\\r\\nHost: localhost\\r\\n"
	post_text="${post_text}Connection: close\\r\\n"
	for post_field in "$@"; do
		post_text="$post_text$post_field\\r\\n"
	done
	talk_to -d to s \
	    "${post_text}Content-Length: ${#post_body}\\r\\n\\r\\n" \
	    s "$(printf '%s' "$post_body" | sed 's/\\/\\\\/g')" k | tr -d '\r'
}

body()
{
	sed '1,/^.\{0,1\}$/d'
}

head_of()
{
	sed '/^.\{0,1\}$/,$d'
}

field()
{
	tr -d '\r' | awk -v want="$1" '
	/^$/ { exit }
	{
		n = index($0, ":")
		if (tolower(substr($0, 1, n - 1)) == tolower(want)) {
			v = substr($0, n + 1)
			sub(/^[ \t]+/, "", v)
			print v
		}
	}'
}

#
# What several themes have in common.
#

# The same as wire, but without CR and, in what k reads, without chunks.
chat()
{
	talk_to -d to "$@" | tr -d '\r'
}

# LENGTH SUM of a body that talk makes
sum_of()
{
	"$TALK" -G "$1" "${2:-1}" | "$TALK" -S -
}

# upload PATH SIZE length|chunked: the answer is the sum of what came
upload()
{
	case $3 in
	length)
		chat s "POST $1 HTTP/1.1\\r\\nHost: x\\r\\n" \
		    s "Content-Length: $2\\r\\n\\r\\n" g "$2" 1 k ;;
	chunked)
		chat s "POST $1 HTTP/1.1\\r\\nHost: x\\r\\n" \
		    s 'Transfer-Encoding: chunked\r\n\r\n' gc "$2" 1 k ;;
	esac
}

# The most memory that a process has had, in KiB.
peak()
{
	if [ -r "/proc/$1/status" ]; then
		sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$1/status"
	else
		rss "$1"
	fi
}

# No temporary file is left.
spool_is_empty()
{
	is "$(ls -A "$T/spool")" '' 'the spool directory'
}

# One beside that of the theme, with a configuration of its own.
own_gateway()
{
	G=own
	start_gateway "$@"
}

# Percent-encoded, for the action head and its first decoding.
code()
{
	printf '%s' "$1" | sed 's/%/%25/g; s/ /%20/g; s/&/%26/g; s/+/%2B/g;
	    s/?/%3F/g; s/#/%23/g'
}

# value VARIABLE text
value()
{
	printf '%s\n' "$2" | sed -n "s/^$1=//p"
}

# lacks text VARIABLE ...
lacks()
{
	lacks_text=$1
	shift
	for lacks_name; do
		unlike "$lacks_text" "^$lacks_name=" "$lacks_name"
	done
}

# Bytes for a query, each as %XX.
escaped()
{
	# shellcheck disable=SC2059
	printf "$1" | od -An -v -tx1 | tr -d ' \n' | sed 's/../%&/g'
}

# NAME=VALUE lines as they go out: a netstring.
netstring()
{
	awk '{
		n = index($0, "=")
		print substr($0, 1, n - 1)
		print substr($0, n + 1)
	}' | tr '\n' '\000' >"$T/block"
	printf '%d:' "$(wc -c <"$T/block")"
	cat "$T/block"
	printf ,
}

# So many connections have reached the backend.
requests_are()
{
	[ "$(grep -c '^connect' "$T/app.log")" -ge "$1" ]
}

# tell path field [field ...]: a POST
tell()
{
	printf 'POST%s' "$(ask "$@" | sed 's/^GET//')"
}

#
# Running.
#

still_alive()
{
	[ -f "$T/$G.isgateway" ] && [ -f "$T/$G.pid" ] || return 0
	if is_over "$G"; then
		# what a test has started it may also end
		case " $run_shared" in
		*" $G "*)
			fail "the gateway has died: $(tail -n 3 "$LOG")" ;;
		esac
		return 0
	fi
	[ "$STILL_ALIVE" = yes ] || return 0
	still_text=$(talk_to -t $((5000 * SLOW)) to s \
	    'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' k)
	like "$still_text" '^HTTP/1.1 [0-9]' 'the gateway is not well'
}

# The names of what runs now.
running()
{
	for running_pid in "$T"/*.pid; do
		[ -f "$running_pid" ] || continue
		running_pid=${running_pid##*/}
		echo "${running_pid%.pid}"
	done
}

# End all that is not in the list; gateways first, so that they do not
# complain about backends that have gone.
stop_others()
{
	stop_others_rc=0
	for stop_others_kind in gateway other; do
		for stop_others_name in $(running); do
			case " $1 " in
			*" $stop_others_name "*)
				continue ;;
			esac
			[ "$stop_others_kind" = other ] ||
			    [ -f "$T/$stop_others_name.isgateway" ] || continue
			if ! stop_process "$stop_others_name"; then
				echo "$stop_others_name did not end on TERM"
				stop_others_rc=1
			fi
			rm -f "$T/$stop_others_name.isgateway"
		done
	done
	return $stop_others_rc
}

clean_up()
{
	trap '' HUP INT TERM
	trap - EXIT
	stop_others ''
	[ "${KEEP:-}" != 1 ] || echo "# kept: $T"
	[ "${KEEP:-}" = 1 ] || rm -rf "$T"
}

trap 'clean_up >/dev/null 2>&1' EXIT
trap 'exit 1' HUP INT TERM

# A failed start outside of any test comes here too.
run_test()
{
	run_shared=$(running | tr '\n' ' ')
	: >"$T/reason"
	: >"$T/outcome"
	(
		# the trap is for the theme, not for this subshell
		trap - EXIT HUP INT TERM
		"$1"
		still_alive
	) >"$T/said" 2>&1
	run_rc=$?
	[ ! -s "$T/outcome" ] || run_rc=$(cat "$T/outcome")
	stop_others "$run_shared" >>"$T/said" || run_rc=1
	complaints | grep -vxF -f "$T/complaints" >"$T/new-complaints"
	if [ -s "$T/new-complaints" ]; then
		cat "$T/new-complaints" >>"$T/said"
		cat "$T/new-complaints" >>"$T/complaints"
		[ "$run_rc" -ne 0 ] || run_rc=1
	fi
	[ -s "$T/reason" ] || tail -n 1 "$T/said" >"$T/reason"
	run_why=$(tr -s '\n' ' ' <"$T/reason" | cut -c 1-300)
	case $run_rc in
	0)
		echo "ok $THEME: ${1#test_}"
		tests_passed=$((tests_passed + 1)) ;;
	77)
		echo "skip $THEME: ${1#test_}: $run_why"
		tests_skipped=$((tests_skipped + 1)) ;;
	*)
		echo "not ok $THEME: ${1#test_}: $run_why"
		sed 's/^/# /' "$T/said" | head -n 60
		tests_failed=$((tests_failed + 1)) ;;
	esac
}

run_tests()
{
	tests_passed=0
	tests_failed=0
	tests_skipped=0
	# an impossible line: with an empty file grep -f has no patterns, and
	# not all agree that this matches nothing
	echo '# none' >"$T/complaints"
	run_names=${ONLY:-$(sed -n 's/^\(test_[A-Za-z0-9_]*\)().*/\1/p' "$0")}
	for run_name in $run_names; do
		run_test "$run_name"
	done
	run_end=$(stop_others '' 2>&1) || {
		echo "not ok $THEME: end: $run_end"
		tests_failed=$((tests_failed + 1))
	}
	echo "# $THEME: $tests_passed passed, $tests_failed failed," \
	    "$tests_skipped skipped"
	[ "$tests_failed" -eq 0 ]
}

# The names given on the command line of the theme.
ONLY=$*
