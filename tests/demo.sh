#!/bin/sh
#
# make demo: the demo application on a private Unix socket, a second one
# that shares /pair/ with it, and the gateway in front of them with
# gateway.conf.sample.  ^C ends all.
#
#	PORT=8081 make demo	another port than 8080
#	HOST=0.0.0.0 make demo	not only for this machine

set -u
cd "$(dirname "$0")/.." || exit 71

host=${HOST:-127.0.0.1}
port=${PORT:-8080}
: "${GATEWAY:=./gateway}" "${DEMO:=examples/demo}" "${TALK:=tests/talk}"

if "$TALK" -w -t 1 127.0.0.1 "$port" 2>/dev/null; then
	echo "demo: port $port is in use; try: PORT=8081 make demo" >&2
	exit 69
fi

dir=$(mktemp -d "${TMPDIR:-/tmp}/gateway-demo.XXXXXX") || exit 71
# the workers may run as another user
chmod 755 "$dir"
mkdir "$dir/files"
i=0
while [ $i -lt 1000 ]; do
	i=$((i + 1))
	echo "line $i of a file that can be downloaded in parts"
done >"$dir/files/demo.txt"
chmod -R a+rX "$dir/files"
demo=
second=
gateway=

end()
{
	trap '' HUP INT TERM
	trap - EXIT
	for pid in $gateway $demo $second; do
		kill -TERM "$pid" 2>/dev/null
	done
	wait
	rm -rf "$dir"
}
trap end EXIT
trap 'exit 0' HUP INT TERM

"$DEMO" -s "$dir/demo.sock" &
demo=$!
"$DEMO" -s "$dir/second.sock" &
second=$!
# shellcheck disable=SC2086
$GATEWAY -d -f gateway.conf.sample -l "$host:$port" \
    -c 'ProxyPass /protected/ !' \
    -c "Alias /protected/ $dir/files/" \
    -c '<Location /protected/>' -c 'InternalOnly On' -c '</Location>' \
    -c "BalancerMember balancer://pair unix:$dir/demo.sock|scgi://one" \
    -c "BalancerMember balancer://pair unix:$dir/second.sock|scgi://two" \
    -c 'ProxyPass /pair/ balancer://pair/' \
    -c "ProxyPass / unix:$dir/demo.sock|scgi://demo/" \
    -c 'ProxySCGISendfile On' -c "XSendFilePath $dir/files" \
    -c "SetEnv DEMO_FILES $dir/files" -c 'SetEnv DEMO_HOME /' \
    -c 'ErrorDocument 502 /sorry' -c 'SetEnv proxy-scgi-pathinfo 1' &
gateway=$!

# without talk the gateway itself says where it listens
if "$TALK" -w 127.0.0.1 "$port" 2>/dev/null; then
	echo
	echo "    The demo is at  http://localhost:$port/  (^C ends it)"
	echo "    Now yours:      ./gateway -d -l 8080 scgi://localhost:4000/"
	echo
fi
wait "$gateway"
