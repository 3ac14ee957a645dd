#!/usr/bin/env bash
# Builds all functions: `sam build` with the given options, for size and with fat LTO
# (docs/decisions/010-functions-start-fast.md). SAM passes cargo-lambda no profile but `release`, so the settings of
# packages are in the environment. A plain `sam build` gives functions that work as well and are larger. Afterwards
# infra/built-for.sh ties the functions to their processor.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_PROFILE_RELEASE_OPT_LEVEL=s CARGO_PROFILE_RELEASE_LTO=fat CARGO_PROFILE_RELEASE_CODEGEN_UNITS=1
sam build "$@"

folder=.aws-sam/build
for ((number = 1; number < $#; number++)); do
  case ${!number} in
    --build-dir | -b) next=$((number + 1)) folder=${!next} ;;
  esac
done
infra/built-for.sh "$folder"
