#!/usr/bin/env bash
# Tests one box with LocalStack's queues and a table in DynamoDB Local: `evens migrate` twice, players who sign up and
# bet until everything is settled, an invalid message that becomes a dead letter, and `evens verify`.
#
#   infra/checks/localstack.sh [--required] [PROGRAM]        without PROGRAM: target/debug/evens, built before
#
# LocalStack runs here without Docker, for queues only. Needs Python 3.10 or newer, and Java 17 with Maven, which root
# gets from Debian. Packages are fetched into target/ once. If something is missing, the check reports it and succeeds,
# or fails with --required.
set -euo pipefail
cd "$(dirname "$0")/../.."
required=""
if [ "${1:-}" = --required ]; then
  required=--required
  shift
fi
source infra/checks/python.sh localstack "$required"
source infra/checks/debian.sh

program=$(realpath "${1:-$target/debug/evens}")
[ -x "$program" ] || { echo "localstack: $program is missing; build it with cargo build" >&2; exit 1; }
has_java() { command -v java > /dev/null && command -v mvn > /dev/null; }
has_java || install_packages default-jre-headless maven
has_java || skip "there is no java with mvn (Debian: default-jre-headless and maven)${said:+; apt-get said: ${said##*$'\n'}}"
venv localstack infra/checks/requirements-localstack.txt
table=$venvs/dynamodb-local
if ! cmp -s infra/checks/requirements-localstack.xml "$table/pom.xml"; then
  rm -rf "$table"
  mkdir -p "$table"
  said=$(mvn --batch-mode --quiet --file infra/checks/requirements-localstack.xml dependency:copy-dependencies \
    -DoutputDirectory="$PWD/$table/lib" 2>&1) || skip "DynamoDB Local cannot be fetched: ${said##*$'\n'}"
  cp infra/checks/requirements-localstack.xml "$table/pom.xml"
fi

folder=$(mktemp --directory)
started=()
stop() {
  for process in "${started[@]}"; do
    kill "$process" 2> /dev/null || true
    wait "$process" 2> /dev/null || true
  done
  rm -rf "$folder"
}
trap stop EXIT
fail() {
  echo "localstack: $1" >&2
  tail -n 60 "$folder/$2.log" >&2
  exit 1
}
port() { "$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

unset AWS_PROFILE AWS_SESSION_TOKEN AWS_ENDPOINT_URL EVENS_TABLE
export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=us-east-1 NO_PROXY=127.0.0.1 no_proxy=127.0.0.1
export EVENS_ENGINES=aws EVENS_STAGE=local EVENS_DATA=$folder/data
at_table=$(port) at_queues=$(port) at_api=$(port)
export AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:$at_table AWS_ENDPOINT_URL_SQS=http://127.0.0.1:$at_queues

# It writes a file into its working directory.
libraries=$(realpath "$table/lib")
(cd "$folder" && exec java -Djava.library.path="$libraries" -cp "$libraries/*" \
  com.amazonaws.services.dynamodbv2.local.main.ServerRunner -inMemory -port "$at_table") > "$folder/table.log" 2>&1 & started+=($!)
SERVICES=sqs GATEWAY_LISTEN=127.0.0.1:$at_queues DISABLE_EVENTS=1 SKIP_SSL_CERT_DOWNLOAD=1 FILESYSTEM_ROOT=$folder/localstack \
  "$venvs/localstack/bin/python" -m localstack.runtime.main > "$folder/queues.log" 2>&1 & started+=($!)
for _ in $(seq 240); do grep -q '^Ready' "$folder/queues.log" && break; sleep 0.5; done
grep -q '^Ready' "$folder/queues.log" || fail "LocalStack does not start" queues
echo "localstack: $(grep -m 1 'LocalStack version' "$folder/queues.log"), and DynamoDB Local"

"$program" migrate > "$folder/migrate.log" 2>&1 || fail "the table and the queues cannot be made" migrate
"$program" migrate > "$folder/again.log" 2>&1 || fail "existing queues are not found" again
! grep -qE ': (created|corrected)' "$folder/again.log" || fail "existing queues are changed" again
echo "localstack: evens migrate made $(grep -c '^queue .*: created' "$folder/migrate.log") queues, and found them again"

# The stakes of a run are random and may be as small as the smallest amount.
EVENS_STAKE_MIN=0.00000001 "$program" serve --listen "127.0.0.1:$at_api" > "$folder/serve.log" 2>&1 & started+=($!)
for _ in $(seq 120); do curl -fs -m 5 "http://127.0.0.1:$at_api/health" > /dev/null && break; sleep 0.5; done
"$program" play --users 20 --bets 100 --connections 4 --url "http://127.0.0.1:$at_api" > "$folder/play.log" 2>&1 || fail "a bet was not taken, or has no end" play
echo "localstack: 20 players signed up, and 100 bets have ended"

"$venvs/localstack/bin/python" - "$AWS_ENDPOINT_URL_SQS" <<'END' > "$folder/sent.log" 2>&1 || fail "nothing can be sent" sent
import boto3, sys
queues = boto3.client("sqs", endpoint_url=sys.argv[1], region_name="us-east-1")
url = queues.get_queue_url(QueueName="evens-local-settle.fifo")["QueueUrl"]
queues.send_message(QueueUrl=url, MessageBody="not {json", MessageGroupId="41", MessageDeduplicationId="by-hand")
END
for _ in $(seq 60); do
  "$program" dead-letters list > "$folder/letters.log" 2>&1 && grep -q 'malformed job' "$folder/letters.log" && break
  sleep 0.5
done
grep -q 'malformed job' "$folder/letters.log" || fail "a malformed job did not become a dead letter" letters
echo "localstack: a malformed job becomes a dead letter"

"$program" verify > "$folder/verify.log" 2>&1 || fail "the books are not in order" verify
echo "localstack: $(tail -n 1 "$folder/verify.log")"
