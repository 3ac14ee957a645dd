#!/usr/bin/env bash
# Reports the state of this box to CloudWatch: whether it serves, the number of dead letters in its queues, and the
# matches in rounds without a result. For a table with backups, it also reports the age of the newest one and whether
# the last one failed. Run as root by evens-watch.timer every minute.
#
#   infra/box/watch.sh
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=infra/box/common.sh
. "$here/common.sh"

require_root
metrics=()
tell() { metrics+=("MetricName=$1,Value=$2"); }

# The path that clients use, with name, certificate and Caddy, but without leaving the machine.
domain=$(sed -n 's/^EVENS_DOMAIN=//p' "$configuration/proxy.env")
serves() {
  curl --fail --silent --output /dev/null --max-time 20 --connect-to "$domain:443:127.0.0.1:443" "https://$domain/health"
}
if serves; then tell box_healthy 1; else tell box_healthy 0; fi

# The latest values of the monitor and the sweeper. Before their first run, or if the process does not answer, nothing
# is reported. With a pattern, only series with matching labels count.
sum_of() {
  curl --fail --silent --max-time 5 "http://$(configured EVENS_METRICS_LISTEN)/metrics" \
    | awk -v name="$1" -v labels="${2:-.}" '$1 ~ "^" name "([{]|$)" && $1 ~ labels { sum += $NF; seen = 1 } END { if (!seen) exit 1; print sum + 0 }'
}
if count=$(sum_of evens_dead_letters); then tell box_dead_letters "$count"; fi
if matched=$(sum_of evens_overdue_matched); then tell box_overdue_matched "$matched"; fi
if age=$(sum_of evens_oldest_undrawn_period_age_seconds); then tell box_undrawn_period_age_seconds "$age"; fi
if age=$(sum_of evens_oldest_unsent_withdrawal_age_seconds); then tell box_unsent_withdrawal_age_seconds "$age"; fi
if age=$(sum_of evens_oldest_unclaimed_deposit_age_seconds); then tell box_unclaimed_deposit_age_seconds "$age"; fi

# The count since the previous run. The first run only stores it. A restarted process counts from zero.
since_last_look() {
  local now=$1 file=$RUNTIME_DIRECTORY/$2 before
  before=$(cat "$file" 2>/dev/null || echo "$now")
  echo "$now" > "$file"
  if [ "$now" -ge "$before" ]; then echo $((now - before)); else echo "$now"; fi
}
operations=0 not_done=0 conflicts=0
if all=$(sum_of evens_jackpot_operations_total); then
  operations=$(since_last_look "$all" jackpot-operations)
  some=$(sum_of evens_jackpot_operations_total 'outcome="(failed|handedOver)"' || echo 0)
  not_done=$(since_last_look "$some" jackpot-not-done)
  some=$(sum_of evens_jackpot_conflicts_total 'operation="processWin"' || echo 0)
  conflicts=$(since_last_look "$some" jackpot-win-conflicts)
fi
tell box_jackpot_failure_percent "$(awk -v some="$not_done" -v all="$operations" 'BEGIN { print (all > 0 ? 100 * some / all : 0) }')"
tell box_jackpot_win_conflicts "$conflicts"

# Data shared by all players is cached, as on AWS. A minute with few look-ups is not meaningful and counts as good.
hits=0 misses=0
for outcome in hit miss; do
  if some=$(sum_of evens_cache_lookups_total "cache=\"(room-results|seed-hashes)\".*outcome=\"$outcome\""); then
    some=$(since_last_look "$some" "cache-$outcome")
    if [ "$outcome" = hit ]; then hits=$some; else misses=$some; fi
  fi
done
tell box_cache_hit_percent "$(awk -v hits="$hits" -v misses="$misses" 'BEGIN { all = hits + misses; print (all > 20 ? 100 * hits / all : 100) }')"

# Movements are verified 5 minutes after a start, and then every hour.
if violations=$(sum_of evens_movements_violations); then tell box_movements_violations "$violations"; fi
if second=$(sum_of evens_movements_verified_timestamp_seconds); then tell box_movements_verified_age_seconds $(($(date +%s) - second)); fi

# Small books are verified completely at the same times, and larger ones once a day. A restarted process has no result
# until then, so the time of the last one is kept here. Before the first one, the age counts from the first run.
verified=$RUNTIME_DIRECTORY/books-verified
if violations=$(sum_of evens_books_violations); then tell box_books_violations "$violations"; fi
if second=$(sum_of evens_books_verified_timestamp_seconds); then echo "$second" > "$verified"; fi
[ -s "$verified" ] || date +%s > "$verified"
tell box_books_verified_age_seconds $(($(date +%s) - $(cat "$verified")))

if [ "$(configured EVENS_ENGINES)" = embedded ]; then
  newest=$(find "$backups" -maxdepth 1 -name 'evens-*.tar.gz' -printf '%T@\n' | sort --numeric-sort | tail -n 1)
  if [ -n "$newest" ]; then tell box_backup_age_seconds $(($(date +%s) - ${newest%.*})); fi
  if systemctl is-failed --quiet evens-backup.service; then tell box_backup_failed 1; else tell box_backup_failed 0; fi
fi

aws cloudwatch put-metric-data --namespace "Evens/$(configured EVENS_STAGE)" --metric-data "${metrics[@]}" \
  --cli-connect-timeout 5 --cli-read-timeout 10
