#!/usr/bin/env bash
# Starts the functions that stop-stage.sh has stopped: schedules and workers first, and the API when the queues are
# empty. Limits are those of the templates. It may be repeated. Boxes of the stage are started by hand: `systemctl start
# evens`.
#
#   AWS_REGION=eu-west-1 infra/ops/start-stage.sh prod
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=infra/ops/stage.sh
. "$here/stage.sh"

start() {
  writers "$1" | while read -r _ function _ limits; do
    aws lambda put-function-concurrency --function-name "evens-$stage-$function" \
      --reserved-concurrent-executions "$(limit_of "$limits")" > /dev/null < /dev/null
  done
}

start schedule
mappings=$(mappings)
for mapping in $mappings; do
  aws lambda update-event-source-mapping --enabled --uuid "$mapping" > /dev/null
done
for mapping in $mappings; do
  until [ "$(state_of "$mapping")" = Enabled ]; do sleep 5; done
done

# Fails if the queues cannot be read, because they may be full. Dead letters stay where they are.
jobs_left() {
  local queues queue jobs left=0
  queues=$(aws sqs list-queues --queue-name-prefix "evens-$stage-" --query 'QueueUrls[]' --output text) || return
  [[ $queues = *"evens-$stage-"* ]] || { echo "there are no queues of $stage" >&2; return 1; }
  for queue in $queues; do
    case $queue in *-dead-letter.fifo) continue ;; esac
    jobs=$(aws sqs get-queue-attributes --queue-url "$queue" --output text \
      --attribute-names ApproximateNumberOfMessages ApproximateNumberOfMessagesNotVisible \
      --query 'sum(values(Attributes)[*].to_number(@))') || return
    left=$((left + ${jobs%.*}))
  done
  echo "$left"
}
left=$(jobs_left)
while [ "$left" != 0 ]; do
  echo "$left jobs wait in the queues, and the API stays off."
  sleep 10
  left=$(jobs_left)
done

start api
echo "All writers of $stage run."
