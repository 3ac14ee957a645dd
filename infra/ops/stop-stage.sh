#!/usr/bin/env bash
# Stops all functions of a stage that write to the table, and returns when their last write has ended. It may be
# repeated. Boxes of the stage are stopped by hand: `systemctl stop evens`.
#
#   AWS_REGION=eu-west-1 infra/ops/stop-stage.sh prod
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=infra/ops/stage.sh
. "$here/stage.sh"

# Callers first, so that no new job is sent. A worker stops by its mapping alone: with a limit of 0, messages would
# still be received and become dead letters.
writers api schedule | while read -r _ function _; do
  aws lambda put-function-concurrency --function-name "evens-$stage-$function" --reserved-concurrent-executions 0 \
    > /dev/null < /dev/null
done
mappings=$(mappings)
for mapping in $mappings; do
  aws lambda update-event-source-mapping --no-enabled --uuid "$mapping" > /dev/null
done
for mapping in $mappings; do
  until [ "$(state_of "$mapping")" = Disabled ]; do sleep 5; done
done

# A call that had begun may run until its timeout.
seconds=$(writers api schedule worker | awk '$3 > most { most = $3 } END { print most }')
echo "No call begins. Waiting $seconds s, the longest timeout, for calls that had begun."
sleep "$seconds"
echo "All writers of $stage are stopped."
