# For the checks that need Python: `source python.sh NAME [--required]`. Defines `skip REASON`, which prints why the
# check NAME did not run and fails if it was required, and `venv NAME REQUIREMENTS`, which creates $venvs/NAME once.

check=$1 required=$2
target=${CARGO_TARGET_DIR:-target}
venvs=$target/checks
python=${PYTHON:-python3}

skip() {
  echo "$check: SKIPPED, $1"
  [ "$required" != --required ] || exit 1
  exit 0
}

venv() {
  local made=$venvs/$1 wanted=$2 log
  cmp -s "$wanted" "$made/requirements.txt" && return
  rm -rf "$made"
  mkdir -p "$venvs"
  log=$("$python" -m venv "$made" 2>&1 && "$made/bin/pip" install --quiet --disable-pip-version-check --no-compile \
    --requirement "$wanted" 2>&1) || skip "the packages of $wanted cannot be installed: ${log##*$'\n'}"
  cp "$wanted" "$made/requirements.txt"
}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || skip "no Python 3.10 or newer ($python)"
