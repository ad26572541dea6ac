#!/bin/bash
# Brings what the tests of the capture page and of its video need and nothing
# else does: two browsers, Node, the packages that the sources are built with,
# libvpx's own programs, readers of PDFs and of JSON, network namespaces, and an emulator for the kernels of another processor. Safe to run
# again; without a network it succeeds when everything is there.
#
# Exit codes
#    0  everything is there
#   69  something is missing that only a person can bring; the message says how
set -euo pipefail
cd "$(dirname "$0")/../capture/web"

missing() {
	echo "browsers: $*" >&2
	exit 69
}

wanted=()
command -v node >/dev/null || wanted+=(nodejs)
command -v npm >/dev/null || wanted+=(npm)
command -v chromium >/dev/null || wanted+=(chromium)
command -v firefox-esr >/dev/null || wanted+=(firefox-esr)
command -v vpxdec >/dev/null || wanted+=(vpx-tools)
command -v qemu-aarch64 >/dev/null || wanted+=(qemu-user)
command -v pdfsig >/dev/null || wanted+=(poppler-utils)
command -v certutil >/dev/null || wanted+=(libnss3-tools)
command -v jq >/dev/null || wanted+=(jq)
command -v ip >/dev/null || wanted+=(iproute2)
if ((${#wanted[@]})); then
	by_hand="apt-get update && apt-get install -y --no-install-recommends ${wanted[*]}"
	((EUID == 0)) || missing "packages are missing; run: sudo sh -c '$by_hand'"
	command -v apt-get >/dev/null || missing "this system has no apt-get; install what Debian calls: ${wanted[*]}"
	echo "browsers: installing ${wanted[*]}"
	export DEBIAN_FRONTEND=noninteractive
	if ! apt-get update -qq || ! apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null; then
		missing "apt-get failed; run: $by_hand"
	fi
fi

[[ $(node -p 'process.versions.node.split(".")[0] >= 20') == true ]] ||
	missing "Node 20 or later is needed and $(node --version) is installed; install a later one from https://nodejs.org and put its bin folder into PATH"

# npm writes this file last: older than the list, the folder is not what the
# list says.
if [[ ! node_modules/.package-lock.json -nt package-lock.json ]]; then
	echo "browsers: bringing the packages of package-lock.json"
	# Not npm ci: the list names the packages of one platform, and ci wants those
	# of every other, too. The versions are those of the list either way.
	npm install --no-save --no-audit --no-fund --silent || missing "npm failed; run: cd capture/web && npm install --no-save"
	touch node_modules/.package-lock.json
fi
