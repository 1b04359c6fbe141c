#!/usr/bin/env bash
# How many instructions `pagesieve extract` takes for the pages of benches/pages, beside benches/instructions.txt: more than 5% above fails.
# Instructions, unlike seconds, are the same on a busy machine. Needs valgrind.
#
#   benches/instructions.sh            compare
#   benches/instructions.sh --renew    write the file anew: after a wanted change, a newly trained model, or another compiler
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

most_percent=5
baseline=benches/instructions.txt
target="${CARGO_TARGET_DIR:-$PWD/target}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

command -v valgrind > /dev/null || {
    echo 'error: valgrind is not installed (apt-get install valgrind)' >&2
    exit 1
}
cargo build --locked --release --bin pagesieve
cargo build --locked --example bench-pages
"$target/debug/examples/bench-pages" "$work/pages"
printf '<p>One.' > "$work/one.html"

# The instructions of a run over the inputs, the program's start and the loading of the model with them.
count() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$target/release/pagesieve" extract --threads 1 "$@" 2>&1 > /dev/null \
        | sed -n 's/.*Collected : *\([0-9]*\).*/\1/p'
}

whole="$(count "$work/pages")"
start="$(count "$work/one.html")"
now=$((whole - start))
compiler="$(rustc --version)"

if [ "${1:-}" = --renew ]; then
    printf '%s\n%s\n' "$compiler" "$now" > "$baseline"
    echo "$baseline: $now instructions with $compiler"
    exit
fi

{ read -r then_compiler && read -r then; } < "$baseline"
tenths=$(((now - then) * 1000 / then))
echo "$now instructions; $baseline has $then: $tenths tenths of a percent more"
if [ "$compiler" != "$then_compiler" ]; then
    echo "warning: $baseline is of $then_compiler, this is $compiler: counts of different compilers do not compare; renew the file by $0 --renew" >&2
elif [ "$tenths" -gt $((most_percent * 10)) ]; then
    echo "error: the way of a page has become more than $most_percent% dearer. Make it cheaper, or, if it is worth it, run $0 --renew" >&2
    exit 1
fi
