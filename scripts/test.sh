#!/bin/bash
# All tests, with any flags of go test. What lives by the clock (a camera in a browser,
# daemons that are killed and started again) has the machine to itself: its packages come
# last and one at a time. The others come first, built and run side by side.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly by_the_clock='/(capture|capture/peer|capture/web|daemon|daemon/crash|daemon/hub)$'

packages=$(go list ./...)
mapfile -t together < <(grep -vE "$by_the_clock" <<<"$packages")
mapfile -t alone < <(grep -E "$by_the_clock" <<<"$packages")

fell=0
go test -timeout 30m "$@" "${together[@]}" || fell=1
go test -timeout 30m -p 1 "$@" "${alone[@]}" || fell=1
exit "$fell"
