#!/bin/bash
# Fuzzes the doors through which strangers' bytes come in, for the time given
# (60s), two side by side with one worker each. Exit code 1: one of them fell;
# its input is then in testdata/fuzz of its package.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly time=${1:-60s}
# Each is a package and what it is fuzzed by.
readonly doors=(
	./models/picture:FuzzDecode ./internal/web:FuzzDecode
	./capture/decode:FuzzDecode ./capture/peer:FuzzOffer
	./capture/peer:FuzzDepacketise ./capture/peer:FuzzPackets
	./capture:FuzzRead ./storage/ann:FuzzManifest
	./storage/ann:FuzzChanges ./storage/ann:FuzzKernels
	./engine/importer/source:FuzzName ./internal/transparency:FuzzOpenProof
	./internal/transparency:FuzzOpenReceipt ./internal/transparency:FuzzOpenCheckpoint
	./engine/upstream/batch:FuzzBatch ./engine/upstream/batch:FuzzReceipt
	./engine/upstream/batch:FuzzParcel ./engine/upstream/batch:FuzzPacked
	./engine/upstream/batch:FuzzHeadquarters ./storage/text:FuzzRead
	./internal/transparency:FuzzCosigned ./internal/transparency:FuzzStatement
	./engine/importer/source:FuzzUpload ./engine/importer/source:FuzzManifest
	./engine/journey:FuzzCallback
)

logs=$(mktemp -d)
running=()
# Called when the script ends, however it ends.
# shellcheck disable=SC2317
stop() {
	((${#running[@]} == 0)) || kill "${running[@]}" 2>/dev/null || true
	rm -rf "$logs"
}
trap stop EXIT

# begin N: fuzzes the N-th door in the background. An input is made smaller by 100
# tries at most: by seconds, four that are new would take all of 20s.
begin() {
	local package=${doors[$1]%:*} target=${doors[$1]#*:}
	go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 100x -parallel 1 "$package" >"$logs/$1" 2>&1 &
	running+=($!)
}

# found LOG: whether a fuzzer that ended badly has found something. Go's own
# coordinator sometimes calls the end of the time a failure when the machine is busy
# (it compares two contexts of which one has not heard yet); no input is written then.
found() {
	! grep -qx ' *context deadline exceeded' "$1" || grep -q 'Failing input written' "$1"
}

fell=0
for ((i = 0; i < ${#doors[@]}; i += 2)); do
	running=()
	begin "$i"
	((i + 1 == ${#doors[@]})) || begin $((i + 1))
	for k in "${!running[@]}"; do
		echo "== ${doors[i + k]}"
		if ! wait "${running[k]}" && found "$logs/$((i + k))"; then
			fell=1
			cat "$logs/$((i + k))"
		elif ! grep '^fuzz: elapsed' "$logs/$((i + k))" | tail -n 1; then
			# go test calls it a success when there is nothing to fuzz.
			fell=1
			echo "fuzz: ${doors[i + k]%:*} has no ${doors[i + k]#*:}"
		else
			grep '^ok' "$logs/$((i + k))" || echo "ended by its time, and found nothing"
		fi
	done
done
running=()
exit "$fell"
