# For `.ci/run` and `.ci/full`: `source .ci/parts.sh` at the root of the repository.
#
# Gives `part NAME COMMAND...`, which runs a part, says how long it took, and stops at a failure; `print_times`, which
# lists the parts that ran; `twice COMMAND...` and `all_tests`, for tests that depend on the machine; `background NAME
# COMMAND...` with `await NAME`, for a part that runs beside others; and `$scratch`, a folder that is removed at the
# end.

# Every crate is built once here, so data for incremental builds and debuggers would only fill the disk.
export CARGO_INCREMENTAL=0 CARGO_PROFILE_DEV_DEBUG=none

scratch=$(mktemp -d)
programs=${CARGO_TARGET_DIR:-target}/debug
times=""
unstable=""
declare -A groups=()

# Ends every process group that is still running, then removes the scratch folder.
clean_up() {
  local group
  for group in "${groups[@]}"; do
    kill -- "-$group" 2> /dev/null || true
    wait "$group" 2> /dev/null || true
  done
  rm -rf "$scratch"
}
trap clean_up EXIT

# A check that needs more than Rust is an error here if it cannot run, where its packages can be installed.
required=()
[ "$(uname -sm) $(id -u)" != "Linux x86_64 0" ] || ! command -v apt-get > /dev/null || required=(--required)

clock() { date -u -d "@$1" +%H:%M:%S; }

part() {
  local name=$1 began=$SECONDS
  shift
  echo "== $(clock "$SECONDS") $name"
  # Not in a condition: there, bash would ignore failures inside the function.
  "$@"
  times+=$(printf '%7d s  %s' "$((SECONDS - began))" "$name")$'\n'
}

print_times() {
  printf 'times of the parts:\n%s' "$times"
  [ -z "$unstable" ] || printf 'UNSTABLE, to be mended before anything else:\n%s' "$unstable"
}

# Runs a program again if it fails. A test with processes, sockets or a browser may fail because the machine was held
# up, and that must not hide what the rest of the gate says. Lines about a first failure are printed again at the end.
twice() {
  ! "$@" 2>&1 | tee "$scratch/first" || return 0
  unstable+=$(grep -E 'FAILED$|^FAILED' "$scratch/first" || echo "$*")$'\n'
  printf '== it failed, and runs again:\n%s' "$unstable"
  "$@"
}

# Runs all tests, then those that failed once more, as `twice` does for a whole program. A program of tests that ended
# by a signal, or without the names of its failures, is a failure.
all_tests() {
  local failed count
  ! cargo test --workspace --no-fail-fast 2>&1 | tee "$scratch/first" || return 0
  mapfile -t failed < <(sed -nE 's/^test (.*) \.\.\. FAILED$/\1/; T; s/ - should panic$//; p' "$scratch/first")
  count=$(awk '/^test result: FAILED/ { count += $6 } END { print count + 0 }' "$scratch/first")
  [ "$count" != 0 ] && [ ${#failed[@]} = "$count" ] && ! grep --quiet '(signal: ' "$scratch/first" || return 1
  unstable+=$(printf '%s\n' "${failed[@]}")$'\n'
  printf '== failed, and runs again: %s\n' "${failed[@]}"
  cargo test --workspace --no-fail-fast -- --exact "${failed[@]}"
}

# In a process group of its own, so that all of it can be ended.
background() {
  local name=$1
  shift
  set -m
  ( "$@" ) > "$scratch/$name.log" 2>&1 &
  set +m
  groups[$name]=$!
}

await() {
  local name=$1 code=0
  wait "${groups[$name]}" || code=$?
  unset "groups[$name]"
  cat "$scratch/$name.log"
  return "$code"
}
