#!/bin/sh
# Installs what `make test-latex` needs, pdfLaTeX, BibTeX and biber, as Debian packages (root, or sudo without a
# password); otherwise says which command installs them.
set -eu

packages='texlive-latex-base texlive-latex-recommended texlive-bibtex-extra biber lmodern'
missing=
for command in pdflatex bibtex biber; do
    command -v "$command" >/dev/null || missing=$command
done
if [ -z "$missing" ] && kpsewhich biblatex.sty lmodern.sty amssymb.sty >/dev/null; then exit; fi

# shellcheck disable=SC2086 # $packages is a list of words
set -- apt-get install --yes --no-install-recommends $packages
sudo=
[ "$(id -u)" = 0 ] || sudo='sudo -n'
if ! command -v apt-get >/dev/null || ! $sudo true 2>/dev/null; then
    echo "sitegen: the tests of BibTeX need: $packages" >&2
    echo "On Debian and Ubuntu: sudo apt-get update && sudo $*" >&2
    exit 1
fi
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update --quiet=2
$sudo "$@"
