#!/bin/sh
# Balancers under load: shares, members that die and come back, members that
# misbehave, and one place for a hundred clients.

. "${0%/*}/lib.sh"

: "${SECONDS_OF_KILLING:=120}"

count()
{
	grep -c "^$2" "$T/$1.log"
}

# about GOT WANT: to one in a hundred
about()
{
	[ $(($1 * 100)) -ge $(($2 * 99)) ] &&
	    [ $(($1 * 100)) -le $(($2 * 101)) ]
}

test_shares()
{
	members=
	for name in a b c; do
		start_backend $name -j 4
		members="${members}BalancerMember ${URL%/}
"
	done
	start_gateway - <<-EOT
	StartServers 33
	<Proxy "balancer://b">
	$(printf '%s' "$members" | sed '$s/$/ loadfactor=2/')
	</Proxy>
	ProxyPass / balancer://b/
	EOT
	"$TALK" -L 10000 -c 32 "$ADDR" "$PORT" /id >"$T/load" ||
		fail "$(cat "$T/load")"
	like "$(cat "$T/load")" '^status 200 10000$'
	shares="$(count a connect) $(count b connect) $(count c connect)"
	echo "# $shares"
	about "$(count a connect)" 2500 || fail "$shares"
	about "$(count b connect)" 2500 || fail "$shares"
	about "$(count c connect)" 5000 || fail "$shares"
}

# One POST after the other, each with a number: "NUMBER STATUS" a line.
post_for()
{
	n=0
	while [ ! -f "$T/enough" ]; do
		n=$((n + 1))
		echo "$1.$n $(post "/sum?id=$1.$n" "body $n" |
		    sed -n '1s/^HTTP\/1.1 \([0-9]*\).*/\1/p')"
	done >"$T/posts.$1"
}

# Start the member again where it was.
start_member()
{
	case $1 in
	*1|*2)
		start_backend "$1" -1 ;;
	*)
		start_backend "$1" -1 -p "$(cat "$T/$1.port")" ;;
	esac
}

kill_members()
{
	until=$(($(date +%s) + SECONDS_OF_KILLING))
	while [ "$(date +%s)" -lt "$until" ]; do
		for name in m1 m2 m3 m4; do
			kill -KILL "$(pid_of $name)"
			within 2 is_over $name
			nap 0.3
			start_member $name
			nap 0.7
		done
	done
}

test_killed_members()
{
	for name in m1 m2; do
		start_backend $name -1
	done
	for name in m3 m4; do
		free_port >"$T/$name.port"
		start_member $name
	done
	start_gateway - <<-EOT
	StartServers 16
	<Proxy "balancer://b">
	ProxySet maxattempts=3
	BalancerMember unix:$T/m1.sock|scgi://m retry=1
	BalancerMember unix:$T/m2.sock|scgi://m retry=1
	BalancerMember scgi://127.0.0.1:$(cat "$T/m3.port") retry=1
	BalancerMember scgi://127.0.0.1:$(cat "$T/m4.port") retry=1
	</Proxy>
	ProxyPass / balancer://b/
	EOT
	"$TALK" -L 0 -T "$SECONDS_OF_KILLING" -k -c 4 -a 600 \
	    "$ADDR" "$PORT" /id >"$T/gets" &
	gets=$!
	posters=
	for i in 1 2 3 4; do
		post_for $i &
		posters="$posters $!"
	done
	kill_members
	: >"$T/enough"
	# shellcheck disable=SC2086
	wait $gets $posters
	sed 's/^/# /' "$T/gets"
	like "$(cat "$T/gets")" ' failed 0 .*refused 0$'
	is "$(sed -n 's/^status \([0-9]*\) .*/\1/p' "$T/gets")" 200 'GET'
	cat "$T"/posts.* >"$T/posts"
	awk '{ n[$2]++ } END { for (s in n) print "# POST", s, n[s] }' \
	    "$T/posts"
	is "$(grep -Evc ' (200|502|503)$' "$T/posts")" 0 'a POST'
	cat "$T"/m?.log | sed -n 's/^request POST .*id=\([0-9.]*\) .*/\1/p' |
	    sort >"$T/served"
	is "$(uniq -d "$T/served")" '' 'served twice'
	sed -n 's/ 200$//p' "$T/posts" | sort >"$T/answered"
	is "$(comm -23 "$T/answered" "$T/served")" '' 'answered by nobody'
	log_has 'down: '
	log_has 'up again'
}

# p99 MEMBERS: microseconds of the requests that these served alone
p99()
{
	nap 0.5
	awk -v want="$1" '$1 ~ want && $3 == 200 && $4 == 1 { print $2 }' \
	    "$ACCESS" | sort -n | awk '{ v[NR] = $1 } END {
		print NR < 100 ? "none" : v[int(NR * 0.99)] }'
}

# A listener that nobody accepts from, and whose queue is full.
start_full()
{
	start_backend full -1 -n 1
	spawn first "$TALK" -q -u "$T/full.sock" s 9:x o 100000
	for i in 1 2 3 4 5; do
		spawn "wait$i" "$TALK" -q -u "$T/full.sock" o 100000
	done
}

# configure member ...
configure()
{
	{
		printf 'StartServers 24\n'
		printf 'LogFormat "%%{member}n %%D %%>s %%{attempts}x" t\n'
		printf 'CustomLog @ACCESS@ t\nProxySCGIPathInfo On\n'
		printf '<Proxy "balancer://b">\n'
		printf 'BalancerMember %s\n' "$@"
		printf '</Proxy>\nProxyPass / balancer://b/\n'
	} >"$T/in.conf"
	start_gateway - <"$T/in.conf"
}

# p99_with member ...: in $P99, of those that the good ones serve
p99_with()
{
	configure "$@"
	"$TALK" -L 4000 -c 16 "$ADDR" "$PORT" /id >"$T/load" ||
		fail "$(cat "$T/load")"
	P99=$(p99 'good[12]')
	stop_gateway
	[ "$P99" != none ] || fail "no times: $(tail -n 3 "$ACCESS")"
}

# What else runs on the machine makes a round slow, but not three.
test_bad_members()
{
	start_backend good1 -j 4
	one=${URL%/}
	start_backend good2 -j 4
	two=${URL%/}
	start_backend bad
	bad=${URL%/}
	start_full
	rounds=
	for round in 1 2 3; do
		p99_with "$one" "$two"
		before=$P99
		p99_with "$one" "$two" "$bad/hang timeout=300ms" \
		    "$bad/reset" "$bad/garbage" "unix:$T/full.sock|scgi://full \
		    connectiontimeout=300ms timeout=300ms"
		sed 's/^/# /' "$T/load"
		rounds="$rounds $before to $P99 us"
		# two milliseconds are noise
		[ "$P99" -gt $((before * 2)) ] && [ "$P99" -gt 2000 ] ||
			return 0
	done
	fail "p99 in $round rounds:$rounds"
}

test_one_place()
{
	start_backend
	start_gateway - <<-EOT
	StartServers 110
	MaxRequestWorkers 128
	ServerLimit 128
	ProxyPass / $URL max=1 acquire=5s maxqueue=100
	EOT
	"$TALK" -L 3000 -c 100 "$ADDR" "$PORT" '/delay?ms=1' >"$T/load" ||
		fail "$(cat "$T/load")"
	like "$(cat "$T/load")" '^status 200 3000$'
	is "$(count app overlap)" 0
	is "$(count app request)" 3000
}

run_tests
