#!/usr/bin/env bash
# Tests a processor of 2013 without AVX2, BMI2 and FMA (the Xeon E5-2680 v2 of a c3.xlarge): the start, two sign-ups, a
# settled bet, and the books. An unsupported instruction ends a program there with SIGILL.
#
#   infra/checks/old_processor.sh [--required] [PROGRAM]        without PROGRAM: target/debug/evens, built before
#
# Needs qemu-x86_64 (Debian: qemu-user) on x86-64, which root gets from Debian, and curl. If something is missing, the
# check reports it and succeeds, or fails with --required. Note that cargo-lambda builds for newer processors
# (target-cpu=haswell), and such a program fails here.
set -euo pipefail
cd "$(dirname "$0")/../.."

required=""
if [ "${1:-}" = --required ]; then
  required=yes
  shift
fi
skip() {
  echo "old processor: SKIPPED, $1"
  [ -z "$required" ] || exit 1
  exit 0
}

program=${1:-${CARGO_TARGET_DIR:-target}/debug/evens}
[ -x "$program" ] || { echo "old processor: $program is missing; build it with cargo build" >&2; exit 1; }
[ "$(uname -sm)" = "Linux x86_64" ] || skip "this machine is $(uname -sm)"
source infra/checks/debian.sh
command -v qemu-x86_64 > /dev/null || install_packages qemu-user
command -v qemu-x86_64 > /dev/null \
  || skip "there is no qemu-x86_64 (Debian: apt-get update && apt-get install qemu-user)${said:+; apt-get said: ${said##*$'\n'}}"
command -v curl > /dev/null || skip "there is no curl"

folder=$(mktemp --directory)
server=""
stop() {
  if [ -n "$server" ]; then
    kill "$server" 2> /dev/null || true
    wait "$server" 2> /dev/null || true
  fi
  rm -rf "$folder"
}
trap stop EXIT
fail() {
  echo "old processor: $1" >&2
  cat "$folder/evens.log" >&2 2> /dev/null || true
  exit 1
}

on_old() { qemu-x86_64 -cpu IvyBridge "$@" 2>> "$folder/qemu.log"; }

# Verifies that the check can fail: an instruction of a newer processor ends the program.
if command -v cc > /dev/null; then
  echo 'int main(int count, char **all) { (void)all; return __builtin_ia32_pext_si(count, 1) != 1; }' > "$folder/newer.c"
  cc -mbmi2 -o "$folder/newer" "$folder/newer.c"
  ended=0
  (on_old "$folder/newer"; exit $?) 2> /dev/null || ended=$?
  [ "$ended" = 132 ] || fail "an instruction of 2015 ended with $ended instead of SIGILL: this processor is not old"
fi

export EVENS_DATA=$folder/data EVENS_ENGINES=embedded RUST_LOG=warn
unset EVENS_STAGE
qemu-x86_64 -cpu IvyBridge "$program" serve --listen 127.0.0.1:0 2> "$folder/evens.log" &
server=$!
api=""
for _ in $(seq 240); do
  api=$(sed -n 's/^api=//p' "$folder/evens.log")
  [ -z "$api" ] || break
  kill -0 "$server" 2> /dev/null || fail "evens ended instead of serving"
  sleep 0.5
done
[ -n "$api" ] || fail "evens does not serve within 2 minutes"

ask() { curl --silent --show-error --max-time 60 --header 'Content-Type: application/json' "$@"; }
# Repeated if it exceeds the request timeout. The first request loads the numbering plans, which takes a debug build
# half a minute here. If the sign-up succeeded anyway, the login shows it.
sign_up() {
  local token step
  for step in signup signup login signup login; do
    token=$(ask "$api/api/users/$step" --data "{\"phoneNo\":\"$1\",\"password\":\"a secret of $1\"}" \
      | sed -n 's/.*"accessToken":"\([^"]*\)".*/\1/p')
    if [ -n "$token" ]; then
      echo "$token"
      return 0
    fi
  done
}
bet() {
  ask "$api/api/bets" --header "Authorization: Bearer $1" --data "{\"roundId\":\"round-1\",\"amount\":100.50,\"side\":\"$2\"}"
}

tokens=()
for phone in +919000000001 +919000000002; do
  token=$(sign_up "$phone")
  [ -n "$token" ] || fail "sign-up failed"
  on_old "$program" fund --phone "$phone" --amount 500 > /dev/null || fail "funding failed"
  tokens+=("$token")
done
bet "${tokens[0]}" A | grep --quiet '"status":202' || fail "the first bet is not taken"
bet "${tokens[1]}" B | grep --quiet '"status":202' || fail "the second bet is not taken"
settled=""
for _ in $(seq 120); do
  if ask "$api/api/bets" --header "Authorization: Bearer ${tokens[0]}" | grep --quiet '"status":"SETTLED"'; then
    settled=yes
    break
  fi
  sleep 0.5
done
[ -n "$settled" ] || fail "the bet is not settled within a minute"
on_old "$program" verify > "$folder/verify.txt" || { cat "$folder/verify.txt"; fail "the books are not in order"; }
kill -TERM "$server"
ended=0
wait "$server" || ended=$?
server=""
[ "$ended" = 0 ] || fail "evens ended with $ended"
echo "old processor: start, two sign-ups, a settled bet and the books in order, without AVX2, BMI2 and FMA"
