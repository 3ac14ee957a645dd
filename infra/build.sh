#!/usr/bin/env bash
# Builds all functions: `sam build`, with what it is given, for size and with fat LTO
# (docs/decisions/010-functions-start-fast.md). SAM passes cargo-lambda no profile but `release`, which is also that of
# `evens`; so what differs stands in the environment. A plain `sam build` gives functions that work as well, and are
# nearly twice as large.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_PROFILE_RELEASE_OPT_LEVEL=s CARGO_PROFILE_RELEASE_LTO=fat
exec sam build "$@"
