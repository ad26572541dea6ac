#!/bin/bash
# Puts ONNX Runtime's library, as models/manifest.json pins it, into
# .cache/onnxruntime: from where it already is (the cache, bin, the folder in
# ROSTOD_MODELS_BUNDLE, the file in ROSTOD_ONNXRUNTIME), or out of its npm
# package. It is checked by its SHA-256, wherever it comes from.
#
#    onnxruntime.sh            bring it
#    onnxruntime.sh --present  only say, by the exit code, whether it is here
#
# Exit codes
#    0  it is there
#    1  --present: it is not
#   65  what came is not what was pinned
#   69  it could not be had
set -euo pipefail
cd "$(dirname "$0")/.."

readonly file=libonnxruntime.so.1
readonly home=.cache/onnxruntime

pins=$(go run ./scripts/pin) || exit 69
read -r package version path digest <<<"$pins"

pinned() { [[ -f $1 ]] && echo "$digest  $1" | sha256sum --check --status 2>/dev/null; }

# A move is whole or not at all: an interrupted copy is never taken for it.
keep() {
	mkdir -p "$home"
	cp "$1" "$home/$file.new"
	chmod 0644 "$home/$file.new"
	mv -f "$home/$file.new" "$home/$file"
}

if pinned "$home/$file"; then
	exit 0
fi
for place in "bin/$file" "${ROSTOD_ONNXRUNTIME:-}" "${ROSTOD_MODELS_BUNDLE:+$ROSTOD_MODELS_BUNDLE/$file}"; do
	if pinned "$place"; then
		[[ ${1:-} == --present ]] || keep "$place"
		exit 0
	fi
done
[[ ${1:-} != --present ]] || exit 1

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
echo "setup: bringing ONNX Runtime $version (about 100 MB, once)"
(cd "$scratch" && npm pack --loglevel=error "$package@$version" >/dev/null) || {
	echo "setup: npm could not bring $package@$version. On a machine without a network, put $file into a folder and name the folder in ROSTOD_MODELS_BUNDLE." >&2
	exit 69
}
tar -xzf "$scratch"/*.tgz -C "$scratch" "package/$path"
if ! pinned "$scratch/package/$path"; then
	echo "setup: $path of $package@$version is not the file that models/manifest.json pins; it was thrown away" >&2
	exit 65
fi
keep "$scratch/package/$path"
