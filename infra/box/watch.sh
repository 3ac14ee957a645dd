#!/usr/bin/env bash
# Tells CloudWatch how this box is: whether it serves, how many dead letters lie in its queues, how much is matched in rounds
# without a result, and, where copies of the table are made, how old the newest is and whether the last one failed. As root; evens-watch.timer does it each minute.
#
#   infra/box/watch.sh
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=infra/box/common.sh
. "$here/common.sh"

require_root
metrics=()
tell() { metrics+=("MetricName=$1,Value=$2"); }

# As clients see it, with name, certificate and Caddy, but not out of the machine and back in.
domain=$(sed -n 's/^EVENS_DOMAIN=//p' "$configuration/proxy.env")
serves() {
  curl --fail --silent --output /dev/null --max-time 20 --connect-to "$domain:443:127.0.0.1:443" "https://$domain/health"
}
if serves; then tell box_healthy 1; else tell box_healthy 0; fi

# What the monitor and the sweeper saw at their last look. Where they have not looked yet, or nobody answers, nothing is told.
sum_of() {
  curl --fail --silent --max-time 5 "http://$(configured EVENS_METRICS_LISTEN)/metrics" \
    | awk -v name="$1" '$1 ~ "^" name "([{]|$)" { sum += $NF; seen = 1 } END { if (!seen) exit 1; print sum + 0 }'
}
if count=$(sum_of evens_dead_letters); then tell box_dead_letters "$count"; fi
if matched=$(sum_of evens_overdue_matched); then tell box_overdue_matched "$matched"; fi
if age=$(sum_of evens_oldest_undrawn_period_age_seconds); then tell box_undrawn_period_age_seconds "$age"; fi
# All books are looked at 5 minutes after a start, and then each hour.
if violations=$(sum_of evens_books_violations); then tell box_books_violations "$violations"; fi
if second=$(sum_of evens_books_verified_timestamp_seconds); then tell box_books_verified_age_seconds $(($(date +%s) - second)); fi

if [ "$(configured EVENS_ENGINES)" = embedded ]; then
  newest=$(find "$backups" -maxdepth 1 -name 'evens-*.tar.gz' -printf '%T@\n' | sort --numeric-sort | tail -n 1)
  if [ -n "$newest" ]; then tell box_backup_age_seconds $(($(date +%s) - ${newest%.*})); fi
  if systemctl is-failed --quiet evens-backup.service; then tell box_backup_failed 1; else tell box_backup_failed 0; fi
fi

aws cloudwatch put-metric-data --namespace "Evens/$(configured EVENS_STAGE)" --metric-data "${metrics[@]}" \
  --cli-connect-timeout 5 --cli-read-timeout 10
