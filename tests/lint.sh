#!/bin/sh
#
# make lint: what a compiler does not say.  Findings are file:line: words;
# the last line is "lint: N findings", the status 0 when N is 0.
#
#	tests/lint.sh		all checks
#	tests/lint.sh -d	print the Makefile's dependency lines as they
#				should be
#	tests/lint.sh -q	without the slow checks (clang-tidy, cppcheck)
#
# A function longer than 60 lines needs a name in long_functions below, for
# a table, and none may have more than 100.

set -u
cd "$(dirname "$0")/.." || exit 71
LC_ALL=C
export LC_ALL

# A room includes nothing of a higher level; of its own level only what is
# named here as room:other.
levels='compat=0 version=0 buf=1 foreign=1 log=1 search=1 config=2 http=2 io=2
    board=2 pattern=2 redirect=3 route=3 access=3 auth=3 env=3 file=3 spool=3
    accesslog=3 edit=4 scgi=4 balance=4 reply=4 worker=5 directive=5 refused=5
    review=5 health=5 probe=5 gateway=6'
neighbours='log:buf foreign:buf search:buf config:http access:auth access:env
    accesslog:env auth:env health:probe route:file redirect:env
    redirect:route'

long_functions=''

# These run before the first fork, or once a reload.
may_allocate='buf.c config.c gateway.c log.c board.c compat.c health.c'

rooms=$(ls ./*.c ./*.h | sed 's,^\./,,')
others=$(ls tests/*.c tests/*.h examples/*.c 2>/dev/null)
scripts=$(ls tests/*.sh tests/run .ci/run 2>/dev/null)

dir=$(mktemp -d "${TMPDIR:-/tmp}/gateway-lint.XXXXXX") || exit 71
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
findings=$dir/findings
: >"$findings"

# Comments and what is in quotes become blanks; lines stay lines.
bare()
{
	awk '
	{
		line = ""
		n = length($0)
		for (i = 1; i <= n; i++) {
			c = substr($0, i, 1)
			two = substr($0, i, 2)
			if (comment) {
				if (two == "*/") {
					comment = 0
					i++
				}
				line = line " "
			} else if (quote != "") {
				if (c == "\\")
					i++
				else if (c == quote)
					quote = ""
				line = line (quote == "" ? c : " ")
			} else if (two == "/*") {
				comment = 1
				i++
			} else if (two == "//") {
				break
			} else {
				if (c == "\"" || c == "\047")
					quote = c
				line = line c
			}
		}
		quote = ""
		print line
	}' "$1"
}

for file in $rooms $others; do
	mkdir -p "$dir/bare/$(dirname "$file")"
	bare "$file" >"$dir/bare/$file"
done

# grep in the bare text of files, with a message.
look_for()
{
	pattern=$1
	message=$2
	shift 2
	for file in "$@"; do
		grep -nE -e "$pattern" "$dir/bare/$file" |
			sed "s,^\([0-9]*\):.*,$file:\1: $message,"
	done
}

#
# The include graph.
#

includes()
{
	sed -n 's/^#include "\(.*\)".*/\1/p' "$1" | sed 's,.*/,,'
}

# All headers of ours that a file sees.
closure()
{
	closure_todo=$(includes "$1")
	closure_seen=
	while [ -n "$closure_todo" ]; do
		closure_next=
		for header in $closure_todo; do
			case " $closure_seen " in
			*" $header "*)
				continue ;;
			esac
			closure_seen="$closure_seen $header"
			[ ! -f "$header" ] ||
			    closure_next="$closure_next $(includes "$header")"
		done
		closure_todo=$(echo $closure_next)
	done
	for header in $closure_seen; do
		echo "$header"
	done | sort
}

# A line as in the Makefile, folded at 78 columns.
depend()
{
	{
		echo "${1%.c}.o: $1"
		# its own header first
		[ ! -f "${1%.c}.h" ] || echo "${1%.c}.h"
		closure "$1" | grep -vx "${1%.c}.h"
	} | awk '
	{
		wide = line ~ /^\t/ ? 7 : 0
		if (length(line) + wide + length($0) > 76) {
			print line " \\"
			line = "\t" $0
		} else
			line = line (line == "" ? "" : " ") $0
	}
	END { print line }'
}

if [ "${1:-}" = -d ]; then
	for file in *.c; do
		depend "$file"
	done
	exit 0
fi

check_levels()
{
	for file in $rooms; do
		awk -v levels="$levels" -v neighbours="$neighbours" '
		BEGIN {
			n = split(levels, pair, " ")
			for (i = 1; i <= n; i++) {
				split(pair[i], part, "=")
				level[part[1]] = part[2]
			}
			n = split(neighbours, pair, " ")
			for (i = 1; i <= n; i++)
				may[pair[i]] = 1
		}
		/^#include "/ {
			me = FILENAME
			sub(/\.[ch]$/, "", me)
			split($0, part, "\"")
			it = part[2]
			sub(/\.h$/, "", it)
			if (it == me)
				next
			where = FILENAME ":" FNR ": "
			if (!(me in level))
				print where "a room without a level: " me
			else if (!(it in level))
				print where "a header without a level: " it
			else if (level[it] > level[me])
				print where "includes upward: " it ".h"
			else if (level[it] == level[me] && level[it] > 0 &&
			    !((me ":" it) in may))
				print where "includes sideways: " it ".h"
		}' "$file"
	done
}

# The dependency lines, against what the sources see.
check_depends()
{
	for file in *.c; do
		object=${file%.c}.o
		depend "$file" | sed 's/\\$//' | tr '\t\n' '  ' |
			sed 's/^[^:]*://' | tr -s ' ' '\n' | sort -u |
			grep . >"$dir/want"
		awk -v object="$object:" '
		$1 == object {
			on = 1
			line = line ? line : FNR
			$1 = ""
		}
		on {
			more = sub(/\\$/, "")
			for (i = 1; i <= NF; i++)
				if ($i != "")
					print $i
			on = more
		}' Makefile | sort -u >"$dir/have"
		if ! cmp -s "$dir/want" "$dir/have"; then
			line=$(grep -n "^$object:" Makefile | head -n 1 |
				cut -d : -f 1)
			echo "Makefile:${line:-1}: $object:" \
			    "missing [$(comm -23 "$dir/want" "$dir/have" |
				tr '\n' ' ')] too much" \
			    "[$(comm -13 "$dir/want" "$dir/have" |
				tr '\n' ' ')] (tests/lint.sh -d)"
		fi
	done
}

#
# The text.
#

# From the line of the name to the closing brace.
check_lengths()
{
	for file in $rooms $others; do
		awk -v listed=" $long_functions " -v file="$file" '
		/^[A-Za-z_][A-Za-z0-9_]*\(/ {
			name = $0
			sub(/\(.*/, "", name)
			start = FNR
		}
		/^}/ {
			n = FNR - start + 1
			if (start && n > 100)
				print file ":" start ": " name ": " n " lines"
			else if (start && n > 60 &&
			    !index(listed, " " name " "))
				print file ":" start ": " name ": " n \
				    " lines, not listed"
			start = 0
		}' "$dir/bare/$file"
	done
}

check_width()
{
	for file in $rooms $others $scripts Makefile; do
		case $file in
		# what goes over the wire may stay whole
		tests/[tl]_*)
			limit=140 ;;
		*)
			limit=80 ;;
		esac
		awk -v limit=$limit '
		{
			text = $0
			while ((at = index(text, "\t")) > 0)
				text = substr(text, 1, at - 1) \
				    substr("        ", 1,
				    8 - (at - 1) % 8) substr(text, at + 1)
			if (length(text) > limit)
				print FILENAME ":" FNR ": " length(text) \
				    " columns"
			if (/[ \t]$/)
				print FILENAME ":" FNR ": blank at the end"
			if (/[^ -~\t]/)
				print FILENAME ":" FNR ": not ASCII"
		}' "$file"
	done
}

check_calls()
{
	begin='(^|[^A-Za-z0-9_.>])'
	banned='strcpy|strcat|stpcpy|sprintf|vsprintf|strtok|atoi|atol|atoll'
	banned="$banned|atof|gets|alloca|tmpnam|mktemp|system|popen|setjmp"
	# shellcheck disable=SC2086
	look_for "$begin($banned|longjmp)[ ]*\(" \
	    'banned call' $rooms $others
	for file in $rooms; do
		case " $may_allocate " in
		*" $file "*)
			continue ;;
		esac
		look_for "$begin(malloc|calloc|realloc|free|strdup|strndup|\
asprintf|vasprintf|getline|open_memstream)[ ]*\(" 'allocates' "$file"
	done
	# shellcheck disable=SC2086
	look_for '(^|[^A-Za-z0-9_])return *\([^()]*\);' \
	    'return with parentheses' $rooms $others
}

# Guards, and defaults that the Makefile gives, are no portability.
check_if()
{
	for file in $rooms $others; do
		case $file in
		compat.[ch])
			continue ;;
		esac
		awk -v file="$file" '
		/^[ \t]*#[ \t]*(if|ifdef|elif)([^n]|$)/ && !/#[ \t]*ifndef/ {
			print file ":" FNR ": #if outside compat"
		}
		/^[ \t]*#[ \t]*ifndef/ {
			guard = $2
			at = FNR
		}
		at && FNR == at + 1 {
			if ($1 != "#define" || $2 != guard)
				print file ":" at ": #ifndef outside compat"
			at = 0
		}' "$dir/bare/$file"
	done
}

check_words()
{
	words='TO''DO|FIX''ME'
	# shellcheck disable=SC2086
	grep -nEH -e "$words" $rooms $others $scripts Makefile ./*.md \
	    man/* gateway.conf.sample 2>/dev/null |
		sed 's/^\.\///; s/^\([^:]*:[0-9]*\):.*/\1: left to do/'
}

#
# The manual.
#

# Rows of a table: { .name = "Listen", .kind = DIRECTIVE_WORKS, ... } or
# { "Listen", DIRECTIVE_WORKS, ... }; a row without a kind works.
directives()
{
	tr '\n\t' '  ' <"$1" | sed 's/{ *\(\.name = \)\{0,1\}"/\
ROW "/g' | awk -F '"' '
	/^ROW "<*[A-Z]/ {
		row = $0
		name = $2
		# the last row of a table
		sub(/ }.*/, "", row)
		if (row ~ /DIRECTIVE_(ALIAS|IGNORED|REFUSED)/)
			next
		if (row !~ /\.set|DIRECTIVE_(WORKS|SECTION)|\.kind|is_/)
			next
		gsub(/[<>]/, "", name)
		print name
	}' | sort -u
}

# The name after .It Ic, if it begins like one of a directive.
described()
{
	sed -n 's/^\.It Ic //p' "$1" | sed -e 's/\\\*(Lt//g' \
	    -e 's/\\\*(Gt//g' -e 's/\\(l[at]//g' -e 's/[<>"]//g' |
		awk '/^[A-Z]/ { print $1 }' | sort -u
}

line_of()
{
	line_of_n=$(grep -nE -e "$1" "$2" | head -n 1 | cut -d : -f 1)
	echo "$2:${line_of_n:-1}"
}

check_directives()
{
	page=man/gateway.conf.5
	if [ ! -f "$page" ] || [ ! -f directive.c ]; then
		echo "$page:1: no page, or no directive.c"
		return
	fi
	{
		directives directive.c
		directives config.c
	} | sort -u >"$dir/table"
	described "$page" >"$dir/page"
	for name in $(comm -23 "$dir/table" "$dir/page"); do
		echo "$(line_of "\"<?$name>?\"" directive.c): $name is not in" \
		    "$page"
	done
	for name in $(comm -13 "$dir/table" "$dir/page"); do
		echo "$(line_of "^\.It Ic [^A-Za-z]*$name" "$page"): $name is" \
		    "in no table"
	done
}

check_flags()
{
	page=man/gateway.8
	if [ ! -f "$page" ]; then
		echo "$page:1: no page"
		return
	fi
	sed -n 's/.*getopt(argc, argv, "\([^"]*\)").*/\1/p' gateway.c |
		tr -d ':\n' | sed 's/./&\
/g' | grep . | sort -u >"$dir/flags"
	sed -n 's/^\.It Fl /Fl /p' "$page" | tr ' ' '\n' |
		awk 'next_is { print substr($0, 1, 1) } { next_is = /^Fl$/ }' |
		sort -u >"$dir/page"
	sed -n '/"usage: /,/;/p' gateway.c | tr -d '\n' | tr '[' '\n' |
		sed -n 's/^-\([A-Za-z]*\).*/\1/p' | sed 's/./&\
/g' | grep . | sort -u >"$dir/usage"
	for name in $(comm -3 "$dir/flags" "$dir/page"); do
		echo "$(line_of "^\.It Fl $name" "$page"): -$name is not in" \
		    'both, page and gateway.c'
	done
	for name in $(comm -3 "$dir/flags" "$dir/usage"); do
		echo "$(line_of '"usage: ' gateway.c): -$name is not in both," \
		    'usage and getopt'
	done
}

check_pages()
{
	command -v mandoc >/dev/null || return 0
	for file in man/*.[0-9]; do
		[ ! -f "$file" ] || mandoc -Tlint -Wwarning "$file"
	done | sed 's/^mandoc: //'
}

#
# Other people's tools.
#

# Without seeing all rooms at once the analyzer's core believes that what
# returns an error may not have, and finds garbage everywhere.
tidy_checks='-*,bugprone-*,clang-analyzer-unix.*,-clang-analyzer-unix.Malloc,'\
'clang-analyzer-deadcode.*,'\
'clang-analyzer-security.insecureAPI.*,misc-redundant-expression,'\
'-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling,'\
'-bugprone-easily-swappable-parameters,-bugprone-narrowing-conversions,'\
'-bugprone-branch-clone,-bugprone-assignment-in-if-condition,'\
'-bugprone-reserved-identifier,-bugprone-signal-handler,'\
'-bugprone-implicit-widening-of-multiplication-result,'\
'-bugprone-not-null-terminated-result,'\
'-bugprone-switch-missing-default-case,-bugprone-multi-level-*'

tidy_one='
case $1 in
compat.c)
	x=-D_GNU_SOURCE ;;
*)
	x=-D_XOPEN_SOURCE=700 ;;
esac
clang-tidy --quiet --checks="$checks" "$1" -- -std=c11 $x \
    -D_FILE_OFFSET_BITS=64 -include "$paths" 2>/dev/null'

run_tidy()
{
	paths=$dir/paths.h
	checks=$tidy_checks
	export paths checks
	{
		echo '#define GATEWAY_CONF "/etc/gateway.conf"'
		echo '#define GATEWAY_PID "/var/run/gateway.pid"'
	} >"$paths"
	for file in *.c; do
		echo "$file"
	done | xargs -n 1 -P 2 sh -c "$tidy_one" tidy |
		sed -n "s,^$(pwd)/,,; /: \(warning\|error\): /p"
}

run_cppcheck()
{
	# shellcheck disable=SC2086
	cppcheck --quiet --enable=warning,portability --std=c11 \
	    --suppress=missingIncludeSystem --inline-suppr -j 2 \
	    --template='{file}:{line}: {severity}: {message}' \
	    -D_XOPEN_SOURCE=700 -D__linux__ ./*.c 2>&1 |
		sed 's/^\.\///'
}

run_tools()
{
	if command -v clang-tidy >/dev/null; then
		run_tidy
	fi
	if command -v cppcheck >/dev/null; then
		run_cppcheck
	fi
	if command -v shellcheck >/dev/null; then
		# shellcheck disable=SC2086
		shellcheck -s sh -S warning -f gcc \
		    -e SC1087,SC2034,SC2046,SC2120,SC2154 tests/*.sh tests/run
	fi
}

{
	check_levels
	check_depends
	check_lengths
	check_width
	check_calls
	check_if
	check_words
	check_directives
	check_flags
	check_pages
	[ "${1:-}" = -q ] || run_tools
} >"$findings"

cat "$findings"
n=$(grep -c . "$findings")
echo "lint: $n findings"
[ "$n" -eq 0 ]
