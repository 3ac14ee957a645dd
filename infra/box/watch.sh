#!/usr/bin/env bash
# Measures the state of this box: whether it serves and how fast, its queues, the work that waits for a person, its
# books and its backups. On AWS it reports the values to CloudWatch, whose alarms compare them. Elsewhere it compares
# them itself with alarms.tsv, writes each change of an alarm to the journal, and posts it to ALARM_URL of
# /etc/evens/watch.env. Run as root by evens-watch.timer every minute.
#
#   infra/box/watch.sh
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=infra/box/common.sh
. "$here/common.sh"

require_root
declare -A values=()
tell() { values[$1]=$2; }

# The path that clients use, with name, certificate and Caddy, but without leaving the machine.
domain=$(sed -n 's/^EVENS_DOMAIN=//p' "$configuration/proxy.env")
serves() {
  curl --fail --silent --output /dev/null --max-time 20 --connect-to "$domain:443:127.0.0.1:443" "https://$domain/health"
}
if serves; then tell box_healthy 1; else tell box_healthy 0; fi

# The latest values of the monitor and the sweeper. Before their first run, or if the process does not answer, nothing
# is reported. With a pattern, only series with matching labels count.
scraped=$(mktemp)
trap 'rm -f "$scraped"' EXIT
curl --fail --silent --max-time 5 "http://$(configured EVENS_METRICS_LISTEN)/metrics" > "$scraped" || true
sum_of() {
  awk -v name="$1" -v labels="${2:-.}" '$1 ~ "^" name "([{]|$)" && $1 ~ labels { sum += $NF; seen = 1 } END { if (!seen) exit 1; print sum + 0 }' "$scraped"
}
largest_of() {
  awk -v name="$1" '$1 ~ "^" name "([{]|$)" { if (!seen || $NF > most) most = $NF; seen = 1 } END { if (!seen) exit 1; print most }' "$scraped"
}
if count=$(largest_of evens_queue_waiting); then tell box_backlog "$count"; fi
if count=$(sum_of evens_dead_letters); then tell box_dead_letters "$count"; fi
if matched=$(sum_of evens_overdue_matched); then tell box_overdue_matched "$matched"; fi
if age=$(sum_of evens_oldest_undrawn_period_age_seconds); then tell box_undrawn_period_age_seconds "$age"; fi
if age=$(sum_of evens_oldest_held_withdrawal_age_seconds); then tell box_held_withdrawal_age_seconds "$age"; fi
if age=$(sum_of evens_oldest_unsent_withdrawal_age_seconds); then tell box_unsent_withdrawal_age_seconds "$age"; fi
if age=$(sum_of evens_oldest_unclaimed_deposit_age_seconds); then tell box_unclaimed_deposit_age_seconds "$age"; fi

# The count since the previous run. The first run only stores it. A restarted process counts from zero.
since_last_look() {
  local now=$1 file=$RUNTIME_DIRECTORY/$2 before
  before=$(cat "$file" 2>/dev/null || echo "$now")
  echo "$now" > "$file"
  if [ "$now" -ge "$before" ]; then echo $((now - before)); else echo "$now"; fi
}
# The share in per cent. Fewer than the least number of all is not meaningful and counts as none.
percent_of() { awk -v some="$1" -v all="$2" -v least="$3" 'BEGIN { print (all >= least ? 100 * some / all : 0) }'; }

if all=$(sum_of evens_http_requests_total); then
  all=$(since_last_look "$all" requests)
  failed=$(since_last_look "$(sum_of evens_http_requests_total 'status="5' || echo 0)" failed-requests)
  # One or two failures are no rate.
  [ "$failed" -ge 3 ] || failed=0
  tell box_api_error_percent "$(percent_of "$failed" "$all" 1)"
fi
if all=$(sum_of bullmq_jobs_total); then
  all=$(since_last_look "$all" jobs)
  failed=$(since_last_look "$(sum_of bullmq_jobs_total 'status="failed"' || echo 0)" failed-jobs)
  [ "$failed" -ge 3 ] || failed=0
  tell box_job_failure_percent "$(percent_of "$failed" "$all" 1)"
fi
# A counter without conflicts has no series yet.
[ ! -s "$scraped" ] || tell box_conflicts "$(since_last_look "$(sum_of evens_conflicts_total || echo 0)" conflicts)"

# The bound below which 95 of 100 requests of the last minute were answered. Its buckets count from the process's start.
# The values of the previous minute are in the first file that awk reads.
buckets=$RUNTIME_DIRECTORY/request-buckets
[ -e "$buckets" ] || : > "$buckets"
if grep --quiet '^evens_http_request_duration_seconds_bucket' "$scraped"; then
  awk '$1 ~ /^evens_http_request_duration_seconds_bucket[{]/ { match($0, /le="[^"]*"/); le = substr($0, RSTART + 4, RLENGTH - 5); sum[le] += $NF }
    END { for (le in sum) print (le == "+Inf" ? 60 : le), sum[le] }' "$scraped" | sort --general-numeric-sort > "$buckets.new"
  tell box_api_p95_milliseconds "$(awk 'NR == FNR { before[$1] = $2; next }
    { bound[++n] = $1; count[n] = $2 - before[$1]; if (count[n] < 0) restarted = 1; now[n] = $2 }
    END { if (restarted) for (i = 1; i <= n; i++) count[i] = now[i]
      if (count[n] < 20) { print 0; exit }
      for (i = 1; i <= n; i++) if (count[i] >= 0.95 * count[n]) { print 1000 * bound[i]; exit } }' "$buckets" "$buckets.new")"
  mv "$buckets.new" "$buckets"
fi

operations=0 not_done=0 win_conflicts=0
if all=$(sum_of evens_jackpot_operations_total); then
  operations=$(since_last_look "$all" jackpot-operations)
  some=$(sum_of evens_jackpot_operations_total 'outcome="(failed|handedOver)"' || echo 0)
  not_done=$(since_last_look "$some" jackpot-not-done)
  some=$(sum_of evens_jackpot_conflicts_total 'operation="processWin"' || echo 0)
  win_conflicts=$(since_last_look "$some" jackpot-win-conflicts)
fi
tell box_jackpot_failure_percent "$(percent_of "$not_done" "$operations" 1)"
tell box_jackpot_win_conflicts "$win_conflicts"

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

if [ -n "${AWS_DEFAULT_REGION-}" ]; then
  metrics=()
  for metric in "${!values[@]}"; do metrics+=("MetricName=$metric,Value=${values[$metric]}"); done
  exec aws cloudwatch put-metric-data --namespace "Evens/$(configured EVENS_STAGE)" --metric-data "${metrics[@]}" \
    --cli-connect-timeout 5 --cli-read-timeout 10
fi

# The values that AWS or its agent measure there, by the names of their alarms.
read -r busy all < <(awk '$1 == "cpu" { for (i = 2; i <= 9; i++) all += $i; print all - $5 - $6, all }' /proc/stat)
tell cpu "$(percent_of "$(since_last_look "$busy" cpu-busy)" "$(since_last_look "$all" cpu-all)" 1)"
tell memory "$(awk '$1 == "MemTotal:" { all = $2 } $1 == "MemAvailable:" { free = $2 } END { print 100 * (all - free) / all }' /proc/meminfo)"
used_percent() { df --output=pcent "$1" | tail -n 1 | tr -dc 0-9; }
tell disk "$(used_percent "$state")"
tell root-disk "$(used_percent /)"

# Writes a change of an alarm to the journal, and posts it. `text` is what chat services show.
announce() {
  local alarm=$1 change=$2 metric=$3 value=$4 text
  text="Evens $(configured EVENS_STAGE) on $(hostname): $alarm $change ($metric is ${value:-missing})"
  say "$text"
  [ -n "${ALARM_URL-}" ] || return 0
  printf '{"text":"%s","alarm":"%s","state":"%s","metric":"%s","value":"%s","at":"%s"}' "$text" "$alarm" "$change" "$metric" \
    "$value" "$(date --utc +%FT%TZ)" \
    | curl --fail --silent --output /dev/null --max-time 10 --header 'Content-Type: application/json' --data @- "$ALARM_URL" \
    || { say "ALARM_URL did not take it; it is sent again in a minute"; return 1; }
}

# Each alarm's file has the kind of its last value, the minutes for which values were of that kind, and the change that
# was announced last. An alarm begins with its first value: a missing value before is no change.
while IFS=$'\t' read -r alarm metric rings threshold minutes silence; do
  case $alarm in '' | '#'*) continue ;; esac
  value=${values[$alarm]-${values[$metric]-}}
  kind=$(awk -v value="$value" -v rings="$rings" -v threshold="$threshold" 'BEGIN {
    if (value == "") print "missing"
    else print ((rings == "above" ? value > threshold + 0 : value < threshold + 0) ? "bad" : "good") }')
  file=$RUNTIME_DIRECTORY/alarm-$alarm
  read -r before count announced < <(cat "$file" 2> /dev/null || echo "- 0 -")
  if [ "$kind" = "$before" ]; then count=$((count + 1)); else count=1; fi
  change=$announced
  case $kind in
    good) change=OK ;;
    bad) [ "$count" -lt "$minutes" ] || change=ALARM ;;
    missing) [ "$silence" = allowed ] || [ "$announced" = - ] || [ "$count" -lt "$minutes" ] || change=SILENT ;;
  esac
  if [ "$change" != "$announced" ] && { [ "$announced$change" = -OK ] || announce "$alarm" "$change" "$metric" "$value"; }; then
    announced=$change
  fi
  echo "$kind $count $announced" > "$file"
done < "$here/alarms.tsv"
