#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Months of business from a few seeds, on both engines, each twice on SQLite: the trace must be the same to the
# byte. How many failures were met may differ between engines: one falls on the n-th statement, and where one
# engine needs fewer of them an act can be over before. Options: --seeds=N (4), --days=N (14), --seed=N (the first one: 1). Prints TAP.
set -u
cd "$(dirname "$0")/../.."
seeds=4
days=14
first=1
for a in "$@"; do
	case $a in
	--seeds=*) seeds=${a#*=} ;;
	--days=*) days=${a#*=} ;;
	--seed=*) first=${a#*=} ;;
	*)
		echo "usage: simulation.sh [--seeds=N] [--days=N] [--seed=N]" >&2
		exit 2
		;;
	esac
done
program=build/test/simulation/simulation
export ENCOURS_PROGRAM=${ENCOURS_PROGRAM:-$PWD/build/encours}
n=0

# play URL SEED: the summary of a run, or what went wrong.
play() {
	ENCOURS_TEST_DB=$1 $program --seed "$2" --days "$days" 2>&1 | grep '^seed ' | tail -1
}

# story SUMMARY: without the number of failures met.
story() {
	sed 's/, [0-9]* failures//' <<<"$1"
}

# tell OK TEXT
tell() {
	n=$((n + 1))
	if [ "$1" = 1 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fi
}

for ((seed = first; seed < first + seeds; seed++)); do
	told=$(play sqlite "$seed")
	case $told in
	*trace*) tell 1 "$told" ;;
	*) tell 0 "$told" && continue ;;
	esac
	again=$(play sqlite "$seed")
	tell $([ "$again" = "$told" ] && echo 1 || echo 0) "seed $seed again: ${again##*, }"
	[ -n "${ENCOURS_TEST_POSTGRESQL:-}" ] || continue
	again=$(play "$ENCOURS_TEST_POSTGRESQL" "$seed")
	tell $([ "$(story "$again")" = "$(story "$told")" ] && echo 1 || echo 0) \
		"seed $seed on PostgreSQL: ${again#seed *: }"
done

# A failure is brought down to the acts that it needs, which lead there again. (Here it is a line of the trace
# that is taken for one: a payment leaves the ledger, so there was a statement, and its entry applied and taken
# back. The first seed in which that happens.)
for ((seed = 1; seed < 10; seed++)); do
	ENCOURS_TEST_DB=sqlite $program --seed $seed --days 14 --stop-at "gone " >/dev/null 2>&1 || break
done
shrunk=$(ENCOURS_TEST_DB=sqlite $program --seed $seed --days 14 --stop-at "gone " --shrink 2>/dev/null)
left=$(sed -n 's/^\([0-9]*\) of [0-9]* acts are left.*/\1/p' <<<"$shrunk")
only=$(sed -n 's/.*--only \([0-9.,]*\) .*/\1/p' <<<"$shrunk")
tell $([ "${left:-99}" -le 9 ] && echo 1 || echo 0) "a failure is shrunk to few acts: ${left:-none} (${only:-no list})"
again=$(ENCOURS_TEST_DB=sqlite $program --seed $seed --days 14 --stop-at "gone " --only "${only:-0.0}" 2>&1)
tell $([ $? = 1 ] && grep -q 'stopped at "gone "' <<<"$again" && echo 1 || echo 0) "and they lead there again"
echo "1..$n"
