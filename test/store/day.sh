#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The daily cycle: an inbox is emptied once, what is refused is put aside with its reason, and running the day
# again changes nothing.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export ENCOURS_DB=sqlite:$dir/a.db LC_ALL=C.UTF-8
encours=${ENCOURS_PROGRAM:-build/encours}
n=0
is() {
	n=$((n + 1))
	if [ "$2" = "$3" ]; then echo "ok $n $1"; else echo "not ok $n $1: wanted $2, got $3"; fi
}
field() { sed -E "s/.*\"$1\":\\{[^}]*\"$2\":(\"[^\"]*\"|[^,}]*).*/\\1/" <<<"$out"; }

mkdir "$dir/inbox"
cat >"$dir/inbox/clients.csv" <<'CSV'
code client;nom;email
C1;Menuiserie Fictive;compta@menuiserie.example
CSV
cat >"$dir/inbox/factures.csv" <<'CSV'
client;piece;date;echeance;montant ttc
C1;FA1;27/02/2026;31/03/2026;1 200,50
C1;FA2;28/02/2026;01/04/2026;80,00
CSV
head -c 300 /dev/urandom >"$dir/inbox/bruit.bin"
echo half >"$dir/inbox/.encore-ecrit"
$encours init --quiet
$encours setting set inbox "$dir/inbox" >/dev/null || $encours setting inbox "$dir/inbox" >/dev/null

out=$($encours day --date 2026-04-13 --json)
is 'a refused file gives status 1' 1 $?
is 'three files were taken' 3 "$(field import files)"
is 'one was refused' 1 "$(field import refused)"
is 'a reminder is planned' 1 "$(field dun planned)"
is 'the good files are put away' 'clients.csv factures.csv' "$(ls "$dir/inbox/done" | xargs)"
is 'the bad one is put aside with its reason' 'bruit.bin bruit.bin.reason.txt' "$(ls "$dir/inbox/refused" | xargs)"
is 'a file still being written stays' .encore-ecrit "$(ls -A "$dir/inbox" | grep encore)"
total=$($encours ageing --as-of 2026-04-13 --json | sed 's/.*"total":"\([0-9.]*\)","rows.*/\1/')
is 'the documents are in the ledger' 1280.50 "$total"

out=$($encours day --date 2026-04-13 --json)
is 'again: nothing to do' 0 $?
is 'again: no file' 0 "$(field import files)"
is 'again: no reminder' 0 "$(field dun planned)"

out=$($encours day --date 2026-05-01 --json)
is 'nothing is sent on a public holiday' '"not a business day: nothing is sent"' "$(field send remark)"
out=$($encours verify --json)
is 'every law holds' '{"ok":true' "${out%%,*}"
