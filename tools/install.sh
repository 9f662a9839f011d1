#!/bin/sh
# Usage: tools/install.sh PYTHON VENV REQUIREMENT
# Makes a virtual environment where there is none and installs the project there, editable. With the development
# tools, '.[dev]', the versions are those of requirements-dev.txt, and their checksums are compared.
set -eu
python=$1 venv=$2 requirement=$3

fail() {
    printf 'sitegen: %s\n' "$@" >&2
    exit 1
}

if [ ! -x "$venv/bin/pip" ]; then
    command -v "$python" >/dev/null || fail "there is no $python." \
        "On Debian and Ubuntu: sudo apt-get install python3 python3-venv"
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || fail \
        "$("$python" -V) is too old; sitegen needs Python 3.11 or later." \
        "Name another one: make PYTHON=python3.12"
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        # Debian and Ubuntu keep them in a package of their own.
        sudo=
        [ "$(id -u)" = 0 ] || sudo='sudo -n'
        command -v apt-get >/dev/null && $sudo true 2>/dev/null || fail \
            "$python cannot make virtual environments: its venv module is not installed." \
            "On Debian and Ubuntu: sudo apt-get install python3-venv"
        $sudo apt-get update --quiet=2
        $sudo env DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes --no-install-recommends python3-venv
    fi
    "$python" -m venv --clear "$venv"
fi
if [ "$requirement" = '.[dev]' ]; then
    "$venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.txt
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
else
    "$venv/bin/pip" install --quiet --disable-pip-version-check --editable "$requirement"
fi
touch "$venv/installed"
