#!/bin/bash
# Fuzzes the two doors through which strangers' bytes come in, for the time
# given (60s), side by side with one worker each. Exit code 1: one of them
# fell; its input is then in testdata/fuzz of its package.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly time=${1:-60s}
readonly doors=(./models/picture ./internal/web)
readonly target='^FuzzDecode$'

logs=$(mktemp -d)
running=()
# Called when the script ends, however it ends.
# shellcheck disable=SC2317
stop() {
	((${#running[@]} == 0)) || kill "${running[@]}" 2>/dev/null || true
	rm -rf "$logs"
}
trap stop EXIT

for i in "${!doors[@]}"; do
	# go test calls it a success when there is nothing to fuzz.
	if [[ $(go test -list "$target" "${doors[i]}") != Fuzz* ]]; then
		echo "fuzz: ${doors[i]} has no FuzzDecode" >&2
		exit 1
	fi
	go test -run '^$' -fuzz "$target" -fuzztime "$time" -parallel 1 "${doors[i]}" >"$logs/$i" 2>&1 &
	running+=($!)
done

fell=0
for i in "${!doors[@]}"; do
	if wait "${running[i]}"; then
		grep '^fuzz: elapsed' "$logs/$i" | tail -n 1
		tail -n 1 "$logs/$i"
	else
		fell=1
		cat "$logs/$i"
	fi
done
running=()
exit "$fell"
