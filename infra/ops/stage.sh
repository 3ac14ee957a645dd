# For stop-stage.sh and start-stage.sh: `. stage.sh` with the stage as $1.

stage=${1:-}
case $stage in
  local | dev | staging | prod) ;;
  *) echo "usage: $0 local|dev|staging|prod" >&2; exit 2 ;;
esac
[ -n "${AWS_REGION:-}" ] || { echo "AWS_REGION is not set: the region of the stage" >&2; exit 2; }

# The rows of writers.txt of these kinds: kind, function, timeout in seconds, limits.
writers() {
  local kind
  for kind in "$@"; do
    grep "^$kind " "$here/writers.txt"
  done
}

# The limit of this stage, of those that a row has for local, dev, staging and prod.
limit_of() {
  local local_limit dev staging prod
  read -r local_limit dev staging prod <<< "$1"
  case $stage in
    local) echo "$local_limit" ;;
    dev) echo "$dev" ;;
    staging) echo "$staging" ;;
    prod) echo "$prod" ;;
  esac
}

# The ids of the mappings of queues to this stage's workers. Fails if a worker has none, or if there are more of them.
mappings() {
  local found expected
  found=$(aws lambda list-event-source-mappings --output text \
    --query "EventSourceMappings[?contains(FunctionArn, ':evens-$stage-')].UUID")
  expected=$(writers worker | wc -l)
  [ "$(wc -w <<< "$found")" = "$expected" ] || {
    echo "$(wc -w <<< "$found") queues are mapped to functions of $stage, instead of $expected" >&2
    return 1
  }
  echo "$found"
}

state_of() { aws lambda get-event-source-mapping --uuid "$1" --query State --output text; }
