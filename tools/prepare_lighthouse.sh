#!/bin/sh
# Installs what `make lighthouse` needs into .cache/lighthouse: Lighthouse, from npm's registry. Chromium and npm are
# installed as Debian packages (root, or sudo without a password); otherwise it says which command installs them.
set -eu
cd "$(dirname "$0")/.."

version=13.5.0  # https://github.com/GoogleChrome/lighthouse

missing=
command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing="chromium fonts-liberation"
installed=.cache/lighthouse/node_modules/lighthouse/package.json
grep -qs "\"version\": \"$version\"" "$installed" || command -v npm >/dev/null || missing="$missing npm"
if [ -n "$missing" ]; then
    # shellcheck disable=SC2086 # $missing is a list of words
    set -- apt-get install --yes --no-install-recommends $missing
    sudo=
    [ "$(id -u)" = 0 ] || sudo='sudo -n'
    if ! command -v apt-get >/dev/null || ! $sudo true 2>/dev/null; then
        echo "sitegen: Lighthouse needs: $missing" >&2
        echo "On Debian and Ubuntu: sudo apt-get update && sudo $*" >&2
        exit 1
    fi
    export DEBIAN_FRONTEND=noninteractive
    $sudo apt-get update --quiet=2
    $sudo "$@"
fi
if ! grep -qs "\"version\": \"$version\"" "$installed"; then
    # Lighthouse runs in the newer Node.js that Playwright includes; npm warns about its own.
    npm install --silent --no-audit --no-fund --no-save --prefix .cache/lighthouse "lighthouse@$version"
fi
