#!/usr/bin/env bash
# Builds `evens` for a box, optimised for its work there. The first build counts how often each part of the code runs
# while the load program plays. The second build uses these counts
# (docs/decisions/015-profile-guided-build-for-a-box.md).
#
#   infra/build-box.sh        the program is target/box/evens, with the evens-bench that measures it beside it
#
# Needs `rustup component add llvm-tools`. `cargo build --release` gives a slower program in a fifth of the time.
set -euo pipefail
cd "$(dirname "$0")/.."

profdata="$(rustc --print target-libdir)/../bin/llvm-profdata"
[ -x "$profdata" ] || { echo "there is no llvm-profdata; add it: rustup component add llvm-tools" >&2; exit 1; }
host=$(rustc -vV | sed -n 's/^host: //p')
folder=$PWD/target/box
rm -rf "$folder/counts"
mkdir -p "$folder"

# With a named target, the flags do not apply to programs that run during the build.
build() { RUSTFLAGS=$1 cargo build --profile dist --locked --package evens --target "$host" --target-dir "$folder/$2"; }

echo "== built to count"
build "-Cprofile-generate=$folder/counts" counting
cargo build --profile dist --locked --package evens-measure --bin evens-bench
bench=${CARGO_TARGET_DIR:-target}/dist/evens-bench
ln --force "$bench" "$folder/counting/$host/dist/"

echo "== bets, pages, sign-ups"
ulimit -n 4096
# Counting slows it down, so a broken limit means nothing here.
"$folder/counting/$host/dist/evens-bench" --only throughput,hot,uniform,light,sign-up-burst --seconds 10 || [ $? = 1 ]

echo "== built with what was counted"
"$profdata" merge --output "$folder/counts.profdata" "$folder/counts"
build "-Cprofile-use=$folder/counts.profdata" optimised
ln --force "$folder/optimised/$host/dist/evens" "$bench" "$folder/"
echo "$folder/evens"
