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

# Dead letters stay where they are.
jobs_left() {
  local queue left=0
  for queue in $(aws sqs list-queues --queue-name-prefix "evens-$stage-" --query 'QueueUrls[]' --output text); do
    case $queue in *-dead-letter.fifo) continue ;; esac
    left=$((left + $(aws sqs get-queue-attributes --queue-url "$queue" --output text \
      --attribute-names ApproximateNumberOfMessages ApproximateNumberOfMessagesNotVisible \
      --query 'sum(values(Attributes)[*].to_number(@))' | cut -d. -f1)))
  done
  echo "$left"
}
until left=$(jobs_left) && [ "$left" = 0 ]; do
  echo "$left jobs wait in the queues, and the API stays off."
  sleep 10
done

start api
echo "All writers of $stage run."
