#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# run.sh - the test suites by name, by default all but bench, faults, fuzz, offline and references. Called by
# ./build.sh test, which sets up and builds first.
#
#   tests/run.sh [SUITES]  ->  what failed, a count for each suite, and the last line "N passed, N failed"
#   tests/run.sh bench --OPTIONS   those of tests/bench/bench.mjs
#
# Every program of a suite ends its output with "# NAME: N passed, N failed[, N skipped]". A program that ends without
# that line, or that fails without saying so, counts as one failure, as does a suite that ran nothing. Whole logs are
# in build/log.
# shellcheck disable=SC2086 # flags and lists of names are meant to fall apart at blanks
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
[ -n "${WEFT_CFLAGS:-}" ] || exec ./build.sh test "$@"
all="layers symbols exports format types unit wasm-unit asan ubsan parity coverage fault-places cli web browser"
all="$all offline-smoke sizes fuzz-smoke bench-smoke"

# ---- Compiling: a FLAVOUR is native, asan, ubsan, libfuzzer, coverage, wasm, wasm-steps or wasm-fused; it lands in
# build/FLAVOUR

compiler() { # compiler FLAVOUR ARGUMENTS...
    local flavour=$1
    shift
    case $flavour in
        native) gcc -O2 -fno-pie -no-pie $WEFT_CFLAGS "$@" ;;
        asan) gcc -O1 -g -fsanitize=address -fno-omit-frame-pointer $WEFT_CFLAGS "$@" ;;
        ubsan) gcc -O1 -g -fsanitize=undefined,float-cast-overflow -fno-sanitize-recover=all $WEFT_CFLAGS "$@" ;;
        libfuzzer) clang-14 -O1 -g -fsanitize=fuzzer-no-link,$sanitizers $WEFT_CFLAGS "$@" ;;
        coverage) gcc -O2 --coverage $WEFT_CFLAGS "$@" ;;
        wasm) emcc -O3 -msimd128 $WEFT_CFLAGS "$@" ;;
        wasm-steps) emcc -O3 -msimd128 -DMPNN_STEP_ROWS=5 $WEFT_CFLAGS "$@" ;; # steps of another size
        wasm-fused) emcc -O3 -msimd128 -DMPNN_STEP_ROWS=5 $WEFT_FUSED $WEFT_CFLAGS "$@" ;; # what weft-fast.wasm is
    esac
}

export sanitizers="address,undefined,float-cast-overflow -fno-sanitize-recover=all -fno-omit-frame-pointer"

compile() { # compile FLAVOUR SOURCE: one object, core_arena.o of src/core/arena.c
    local object=${2#src/}
    object=${object//\//_}
    compiler $1 -c $2 -o build/$1/${object%.c}.o
}

link() { # link FLAVOUR SOURCE: one program, with the library and with the files beside it that have no main
    local out=build/$1/$(basename $2 .c) helpers
    helpers=$(grep -L '^int main(' ${2%/*}/*.c)
    set -- $1 $2 $helpers build/$1/libweft.a
    case $1 in
        coverage) gcc -O2 $WEFT_CFLAGS "${@:2}" -lm -lgcov -o $out ;; # only the library counts its lines
        wasm*)
            case $2 in
                */golden.c | */hashes.c) ;;
                *) set -- "$@" -O1 ;; # is linked in a third of the time
            esac
            compiler "$@" $WEFT_WASMLINK -s NODERAWFS=1 -s EXIT_RUNTIME=1 -o $out.js || return
            [ $1 != wasm-fused ] || node wasm/build/relax.mjs $out.wasm $out.wasm
            ;;
        *) compiler "$@" -lm -o $out ;;
    esac
}
export -f compiler compile link

stale() { [ ! -e $1 ] || [ -n "$(find "${@:2}" -newer $1 -print -quit)" ]; }

library() { # library FLAVOUR: made anew when anything in src changed
    local lib=build/$1/libweft.a ar=ar
    stale $lib src build.sh tests/run.sh || return 0
    case $1 in wasm*) ar=emar ;; esac
    rm -rf build/$1
    mkdir -p build/$1
    find src -name '*.c' | sort | xargs -P "$(nproc)" -n 1 bash -c 'compile "$@"' _ $1 && $ar rcs $lib build/$1/*.o
}

mains() { # mains FOLDER [NAMES...]: the sources of its programs
    local named=("${@:2}")
    [ $# -gt 1 ] || named=('*')
    grep -l '^int main(' $(printf "tests/$1/%s.c " "${named[@]}")
}

programs() { # programs FLAVOUR FOLDER [NAMES...], by default all
    local out source
    library $1 || return 1
    for source in $(mains $2 "${@:3}"); do
        out=build/$1/$(basename $source .c)
        case $1 in wasm*) out=$out.js ;; esac
        ! stale $out build/$1/libweft.a tests/$2 || echo $source
    done | xargs -r -P "$(nproc)" -n 1 bash -c 'link "$@"' _ $1
}

fuzzers() { # the native harnesses; a compiler without libFuzzer makes none
    local name harness=tests/fuzz/native
    echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' >build/probe.c
    clang-14 -fsanitize=fuzzer,address build/probe.c -o build/probe 2>/dev/null || return 0
    library libfuzzer || return
    for name in pdb table select eqx; do
        ! stale build/libfuzzer/$name build/libfuzzer/libweft.a $harness ||
            clang-14 -O1 -g -fsanitize=fuzzer,$sanitizers $WEFT_CFLAGS $harness/fuzz.c $harness/$name.c \
                build/libfuzzer/libweft.a -lm -o build/libfuzzer/$name || return
    done
}

# ---- Running --------------------------------------------------------------------------------------------------

run() { # run COMMAND...: passes its output on and sees to it that a failure is counted
    local status=0 expected='^# .* passed, 0 failed' out=build/log/run.$BASHPID
    "$@" 2>&1 | cut -c 1-400 | tee $out || status=$?
    [ $status = 0 ] || expected='^# .* passed, [1-9][0-9]* failed'
    grep -qE "$expected" $out || fails "$* (status $status)"
    rm -f $out
}

fails() { printf 'not ok %s\n# stopped: 0 passed, 1 failed\n' "$*"; }
skips() { printf 'skip %s\n# skipped: 0 passed, 0 failed, 1 skipped\n' "$*"; }
node_tests() { run node --test --test-reporter=./tests/checks/reporter.mjs "$@"; }

unit() { # unit FLAVOUR
    local source
    programs $1 unit || fails "the unit tests do not compile ($1)"
    for source in $(mains unit); do run build/$1/"$(basename $source .c)"; done
}

weights() { # the published models in the cache, fetched where they are missing
    node wasm/cli.js weights get {protein,soluble}mpnn_v_48_{002,010,020,030} ca_v_48_{002,010,020} \
        >build/log/weights.out 2>&1
}

# Makes Node 20 take relaxed SIMD.
relaxed="data:text/javascript,import{setFlagsFromString}from'node:v8';"
relaxed+="setFlagsFromString('--experimental-wasm-relaxed-simd')"

less() { # less FLAVOUR PROGRAM: what need not be done again after the native build has done it; WEFT_LONG=1: more
    case $2,$1 in
        random_shapes,coverage) [ -n "${WEFT_LONG:-}" ] || echo --short ;;
        *,coverage) ;;
        golden,*) echo --engine ;; # not the twin
        random_shapes,* | jacobian,* | hashes,wasm-steps) echo --short ;;
        plans,wasm-steps) echo random ;;
        states,*) echo 6MRR_v_48_020 ;;
    esac
}

parity() { # parity FLAVOUR [PROGRAMS...], by default all
    local flavour=$1 program
    programs $flavour parity "${@:2}" || fails "the parity programs do not compile ($flavour)"
    for program in $(mains parity "${@:2}"); do
        program=$(basename $program .c)
        echo "-- $program, ${flavour/coverage/native}, from $SECONDS s on"
        case $flavour in
            wasm*)
                run node --no-experimental-fetch --import "$relaxed" build/$flavour/$program.js "$WEFT_CACHE/weights" \
                    $(less $flavour $program)
                ;;
            *) run build/$flavour/$program "$WEFT_CACHE/weights" $(less $flavour $program) ;;
        esac
    done
}

# ---- The suites -----------------------------------------------------------------------------------------------

suite_layers() { run node tests/checks/layers.mjs; }
suite_symbols() { library native && run node tests/checks/symbols.mjs build/native; }
suite_exports() { run node tests/checks/exports.mjs; }
suite_format() { run node tests/checks/format.mjs; }
suite_sizes() { run node tests/checks/sizes.mjs; }
suite_types() { run node tests/checks/types.mjs; }
suite_unit() { unit native; }
suite_wasm-unit() { programs wasm unit && node_tests tests/unit/wasm.test.mjs; }
suite_asan() { unit asan; }
suite_ubsan() { unit ubsan; }
suite_cli() { node_tests --test-concurrency=2 tests/cli/*.test.js; }
suite_web() { node_tests --test-concurrency=2 tests/web/*.test.js; }
suite_browser() {
    node_tests --test-concurrency=2 tests/browser/{engine,files,grid,page,pool,screenshots,settings,site}.test.js
}
suite_references() { run tests/references/references.sh; }
suite_offline() { node_tests --test-concurrency=2 tests/browser/{offline,firefox}.test.js; }
# The journeys that touch what is another thing on file://: weights, workers, storage, downloads, the clipboard.
suite_offline-smoke() { WEFT_JOURNEYS="1 2 8 11 12 14 15 16 20 23" suite_offline; }
no_weights() { skips "no weights: $(tail -n 1 build/log/weights.out)"; }

bench() { # bench [OPTIONS]: passes when every stage ran; no time is asserted
    weights || { no_weights; return; }
    if stale build/roof.wasm tests/bench/roof.c src/core build.sh tests/run.sh; then
        compiler wasm tests/bench/roof.c src/core/*.c -s STANDALONE_WASM --no-entry $WEFT_WASMLINK \
            -s EXPORTED_FUNCTIONS=_bench_open,_bench_peak,_bench_tile,_bench_layer -s INITIAL_MEMORY=32MB \
            -o build/roof.wasm || return
    fi
    node tests/bench/bench.mjs "$WEFT_CACHE/weights/proteinmpnn_v_48_020.eqx" build/roof.wasm "$@" &&
        echo "# bench: 1 passed, 0 failed"
}
suite_bench() { bench "${bench_options[@]}"; }
suite_bench-smoke() { bench --short >build/log/bench-smoke.table && tail -n 1 build/log/bench-smoke.table; }
suite_fuzz() { fuzzers && node tests/fuzz/fuzz.mjs "${fuzz_options[@]}"; }
suite_fuzz-smoke() { fuzzers && node tests/fuzz/fuzz.mjs smoke; }
suite_fault-places() { run node tests/faults/faults.mjs --places; }
suite_faults() {
    weights || { no_weights; return; }
    run node tests/faults/faults.mjs "$WEFT_CACHE/weights" 1/2 >build/log/faults.1 2>&1 &
    run node tests/faults/faults.mjs "$WEFT_CACHE/weights" 2/2
    wait
    cat build/log/faults.1
}

# Natively and in WebAssembly side by side, there with steps of two sizes. The native library is the one that counts
# lines: the same bits, and the suite coverage need not run everything once more.
suite_parity() {
    weights || { no_weights; return; }
    find build/coverage -name '*.gcda' -delete 2>/dev/null
    local in_wasm="features file_order golden hashes jacobian plans sampling states torch_stream" # not random_shapes
    [ -z "${WEFT_LONG:-}" ] || in_wasm=
    {
        parity wasm $in_wasm
        parity wasm-steps hashes jacobian plans
        parity wasm-fused golden
    } >build/log/parity.wasm 2>&1 &
    parity coverage
    wait
    cat build/log/parity.wasm
    touch build/coverage/parity.done
}

suite_coverage() {
    stale build/coverage/parity.done src tests/parity && suite_parity >build/log/coverage.run 2>&1
    unit coverage >>build/log/coverage.run 2>&1
    run node tests/checks/coverage.mjs build/coverage
}

# "P F S" of a log: what its count lines add up to
counts() { awk '/^# .*: [0-9]+ passed, / {for (i = 2; i < NF; i++) n[$(i + 1)] += $i}
                END {print n["passed,"] + 0, n["failed"] + n["failed,"], n["skipped"] + 0}' "$1"; }

bench_options=() fuzz_options=()
if [ "${1:-}" = fuzz ]; then
    fuzz_options=("${@:2}")
    set -- fuzz
fi
if [ "${1:-}" = bench ] && [[ ${2:-} == -* ]]; then
    bench_options=("${@:2}")
    set -- bench
fi
for suite in ${*:-$all}; do
    declare -F "suite_$suite" >/dev/null || { echo "no suite $suite; there are: $all" >&2; exit 2; }
done
mkdir -p build/log
echo '{"type": "commonjs"}' >build/package.json # what emcc writes is no ES module
passed=0 failed=0 skipped=0
for suite in ${*:-$all}; do
    SECONDS=0
    echo "== $suite"
    # What went well stays in the log, but for parity's lines: they are the evidence.
    suite_$suite 2>&1 | tee build/log/$suite.log |
        case $suite in parity | bench | fuzz) cat ;; *) grep -vE '^(ok|#) ' ;; esac
    ended=${PIPESTATUS[0]}
    read -r p f s < <(counts build/log/$suite.log)
    if [ $((p + f + s)) = 0 ]; then
        echo "not ok $suite: nothing ran"
        f=1
    elif [ $ended != 0 ] && [ $f = 0 ]; then
        echo "not ok $suite: ended with status $ended"
        f=1
    fi
    echo "== $suite: $p passed, $f failed$([ $s = 0 ] || echo ", $s skipped") (${SECONDS} s)"
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done
printf '\n%d passed, %d failed%s\n' $passed $failed "$([ $skipped = 0 ] || echo ", $skipped skipped")"
[ $failed = 0 ] && [ $passed != 0 ]
