#!/bin/sh
#
# Units and the relay, redirect and reload themes under valgrind: no error,
# no byte that is definitely lost, in the master and in every worker.

cd "$(dirname "$0")/.." || exit 71

if ! command -v valgrind >/dev/null 2>&1; then
	echo "valgrind is not installed" >&2
	exit 69
fi
VALGRIND="valgrind -q --vgdb=no --error-exitcode=99 --leak-check=full
    --show-leak-kinds=definite --errors-for-leak-kinds=definite
    --trace-children=no
    --child-silent-after-fork=no"

echo "units under valgrind"
if ! CK_FORK=no CK_TIMEOUT_MULTIPLIER=20 $VALGRIND tests/unit; then
	echo "0 passed, 1 failed"
	exit 1
fi
GATEWAY="$VALGRIND $(pwd)/gateway" SLOW=8 \
    tests/run -u -j 2 -t 600 relay redirect reload
