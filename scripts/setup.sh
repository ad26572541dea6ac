#!/bin/bash
# Brings what building and testing need, and says what it did. Safe to run
# again; without a network it succeeds when everything is there.
#
# Exit codes
#    0  everything is there
#   65  a download is not what was pinned
#   69  something is missing that only a person can bring; the message says how
set -euo pipefail
cd "$(dirname "$0")/.."

readonly want_go=1.26

missing() {
	echo "setup: $*" >&2
	exit 69
}

# What each Debian package is asked for, and how to see that it is not needed.
has_compiler() { echo 'int main(void){return 0;}' | cc -x c -o /dev/null - 2>/dev/null; }
has_turbojpeg() {
	echo '#include <turbojpeg.h>' | cc -E -x c -o /dev/null - 2>/dev/null &&
		[[ $(cc -print-file-name=libturbojpeg.a) == /* ]]
}

has_vpx() {
	echo '#include <vpx/vp8dx.h>' | cc -E -x c -o /dev/null - 2>/dev/null &&
		[[ $(cc -print-file-name=libvpx.a) == /* ]]
}

debian_packages() {
	local wanted=()
	has_compiler || wanted+=(gcc libc6-dev)
	has_turbojpeg || wanted+=(libturbojpeg0-dev)
	has_vpx || wanted+=(libvpx-dev)
	command -v curl >/dev/null || wanted+=(curl ca-certificates)
	if ! scripts/onnxruntime.sh --present && ! command -v npm >/dev/null; then
		wanted+=(npm)
	fi
	((${#wanted[@]})) || return 0

	local as=() by_hand="apt-get update && apt-get install -y --no-install-recommends ${wanted[*]}"
	if ((EUID != 0)); then
		as=(sudo)
		by_hand="sudo sh -c '$by_hand'"
	fi
	command -v apt-get >/dev/null ||
		missing "this system has no apt-get; install what Debian calls: ${wanted[*]}"
	((EUID == 0)) || sudo -n true 2>/dev/null ||
		missing "packages are missing; run: $by_hand"
	echo "setup: installing ${wanted[*]}"
	export DEBIAN_FRONTEND=noninteractive
	if ! "${as[@]}" apt-get update -qq ||
		! "${as[@]}" apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null; then
		missing "apt-get failed; run: $by_hand"
	fi
}

go_toolchain() {
	command -v go >/dev/null ||
		missing "Go is missing; install Go $want_go or later from https://go.dev/dl/ and put its bin folder into PATH"
	# In this folder go reads go.mod and, unless GOTOOLCHAIN forbids it,
	# brings the version that is asked for there.
	local have
	if ! have=$(go env GOVERSION 2>/dev/null) || ! at_least "${have#go}"; then
		missing "Go $want_go is needed and $(GOTOOLCHAIN=local go version 2>/dev/null || echo this go) is installed; install a later one from https://go.dev/dl/, or allow go (1.21 or later) to bring it: go env -w GOTOOLCHAIN=auto"
	fi
}

at_least() { [[ $(printf '%s\n' "$want_go" "$1" | sort -V | head -n 1) == "$want_go" ]]; }

# Naming every package of the build and the tests makes go download the
# modules that they need, and no others.
go_modules() {
	CGO_ENABLED=1 go list -deps -test ./... >/dev/null ||
		missing "the Go modules could not be had; what go says stands above"
}

go_toolchain
debian_packages
go_modules
scripts/onnxruntime.sh
