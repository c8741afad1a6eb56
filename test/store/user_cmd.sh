#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The commands user, migrate, backup and restore, as an administrator types them.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export ENCOURS_DB=sqlite:$dir/a.db LC_ALL=C.UTF-8
encours=${ENCOURS_PROGRAM:-build/encours}
n=0

# expect STATUS PATTERN NAME COMMAND...: exit status, and what is printed on either stream.
expect() {
	local status=$1 pattern=$2 name=$3 out
	shift 3
	out=$("$@" 2>&1)
	local got=$?
	n=$((n + 1))
	if [ $got -eq "$status" ] && grep -qE -- "$pattern" <<<"$out"; then
		echo "ok $n $name"
	else
		echo "not ok $n $name (exit $got)"
		echo "$out" | sed 's/^/# /'
	fi
}
with() { printf '%s\n' "$1" | "${@:2}"; }

expect 0 '"applied":[1-9]' 'migrate makes the schema' "$encours" migrate --json
expect 0 '"applied":0' 'migrate again does nothing' "$encours" migrate --json
expect 0 '"role":"administrator".*"password":true' 'the first account is the administrator' \
	with 'correct horse' "$encours" user add anne@example.org --role collector --password-stdin --json
expect 0 'bob@example.org: auditor' 'an account with a name' \
	with 'correct horse' "$encours" user add bob@example.org --role auditor --name 'Bob B' --password-stdin
expect 1 'has an account already' 'not twice' \
	with 'correct horse' "$encours" user add BOB@example.org --role auditor --password-stdin
expect 1 'fewer than 8' 'a short password is refused' \
	with 'short' "$encours" user add carol@example.org --role auditor --password-stdin
expect 1 'more than 256' 'an endless password is refused' \
	with "$(printf 'x%.0s' {1..400})" "$encours" user add carol@example.org --role auditor --password-stdin
expect 2 'is no role' 'a role that is none' "$encours" user add carol@example.org --role king
expect 2 'role is needed' 'no role' "$encours" user add carol@example.org
expect 2 'expected' 'no act' "$encours" user
expect 0 'no password yet' 'without a terminal there is no password' \
	"$encours" user add carol@example.org --role accountant </dev/null
expect 0 '"users":\[\{.*anne.*bob.*"name":"Bob B".*carol.*"password":false' 'the list' "$encours" user list --json
expect 0 'disabled' 'disable' "$encours" user disable bob@example.org
expect 0 'disabled' 'disable twice is harmless' "$encours" user disable bob@example.org
expect 0 'auditor$' 'enable' "$encours" user enable bob@example.org
expect 1 'administrator left' 'the last administrator stays' "$encours" user disable anne@example.org
expect 1 'no user' 'nobody of that address' "$encours" user disable nobody@example.org
expect 0 'executive' 'another role' "$encours" user role bob@example.org --role executive
expect 0 'bob' 'a new password' with 'another horse' "$encours" user password bob@example.org --password-stdin
expect 0 '"schema":' 'backup' "$encours" backup "$dir/copy" --json
expect 1 'exists already' 'a backup overwrites nothing' "$encours" backup "$dir/copy"
expect 1 'not empty' 'restore into what is used' "$encours" restore "$dir/copy"
expect 0 'restored' 'restore into an empty database' "$encours" restore "$dir/copy" --db "sqlite:$dir/b.db"
expect 0 'anne.*' 'the accounts are there' "$encours" user list --db "sqlite:$dir/b.db"
expect 1 'no SQLite database' 'restore what is no backup' "$encours" restore "$0" --db "sqlite:$dir/c.db"
expect 1 'is no backup' 'restore an empty file' "$encours" restore /dev/null --db "sqlite:$dir/d.db"
echo "1..$n"
