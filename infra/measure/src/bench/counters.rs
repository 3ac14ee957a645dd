//! [`Counters`]: the metrics of `evens` from its `GET /metrics`.

use crate::figure::Figure;
use anyhow::Context;
use evens_contracts::Queue;
use evens_metrics::Metric;
use std::collections::BTreeMap;
use std::net::SocketAddr;

/// The values by series: the name of a metric, with its labels in braces.
#[derive(Debug)]
pub(crate) struct Counters(BTreeMap<String, f64>);

/// The largest mean time of a job in milliseconds, for the three queues with a limit (J12).
const JOB_MS_MAX: [(Queue, f64); 3] =
    [(Queue::Registration, 80.0), (Queue::Attendance, 150.0), (Queue::Match, 50.0)];
/// The largest share of failures after all retries, in percent (K13).
const FAILED_PERCENT_MAX: f64 = 0.1;
/// The operations that write to the table.
const WRITES: [&str; 4] = ["TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem"];

impl Counters {
    /// Reads the metrics of a process at this address.
    pub(crate) async fn read(address: SocketAddr) -> anyhow::Result<Self> {
        let answer = reqwest::get(format!("http://{address}/metrics")).await.context("no metrics")?;
        Ok(Self::parse(&answer.error_for_status()?.text().await?))
    }

    fn parse(text: &str) -> Self {
        let series = text.lines().filter(|line| !line.starts_with('#'));
        let series = series.filter_map(|line| {
            let (series, value) = line.rsplit_once(' ')?;
            Some((series.to_owned(), value.parse().ok()?))
        });
        Self(series.collect())
    }

    /// The counts since an earlier reading of the same process.
    #[expect(clippy::float_arithmetic, reason = "numbers of things, not money")]
    pub(crate) fn since(self, before: &Self) -> Self {
        let counted = self.0.into_iter().map(|(series, value)| {
            let value = value - before.0.get(&series).copied().unwrap_or_default();
            (series, value)
        });
        Self(counted.collect())
    }

    /// The number of completed jobs.
    pub(crate) fn jobs_done(&self) -> f64 {
        self.sum(Metric::Jobs, "", "status=\"completed\"")
    }

    /// The job times of the queues with a limit that had jobs.
    #[expect(clippy::float_arithmetic, reason = "times, not money")]
    pub(crate) fn job_times(&self) -> Vec<Figure> {
        let figure = |(queue, budget_ms): (Queue, f64)| {
            let label = format!("queue=\"{}\"", queue.name());
            let jobs = self.sum(Metric::JobDuration, "_count", &label);
            let seconds = self.sum(Metric::JobDuration, "_sum", &label);
            let name = format!("{} job mean ms", queue.name());
            (jobs > 0.0).then(|| Figure::lower(name, 1_000.0 * seconds / jobs).at_most(budget_ms))
        };
        JOB_MS_MAX.into_iter().filter_map(figure).collect()
    }

    /// The number of write conflicts, and of failures after retries: requests answered with 5xx, and jobs given up. No
    /// metric has their cause, so all of them count as unresolved conflicts, which is an upper bound.
    #[expect(clippy::float_arithmetic, reason = "numbers of things, not money")]
    pub(crate) fn conflicts(&self) -> [Figure; 4] {
        let met = self.sum(Metric::Conflicts, "", "");
        let calls = |operation: &str| {
            self.sum(Metric::TableRequestDuration, "_count", &format!("operation=\"{operation}\""))
        };
        let writes: f64 = WRITES.into_iter().map(calls).sum();
        let requests = self.sum(Metric::HttpRequests, "", "");
        let requests_failed = self.sum(Metric::HttpRequests, "", "status=\"5");
        let jobs = self.sum(Metric::Jobs, "", "");
        let jobs_failed = self.sum(Metric::Jobs, "", "status=\"failed\"");
        let failed = percent(requests_failed + jobs_failed, requests + jobs);
        [
            Figure::note("conflicts met", met),
            Figure::note("conflicts met, % of writes", percent(met, writes)),
            Figure::note("jobs tried again", self.sum(Metric::JobRetries, "", "")),
            Figure::lower("failed after retries, %", failed).below(FAILED_PERCENT_MAX),
        ]
    }

    /// The conflicts and retries of jackpot operations, and the operations that failed after their retries.
    #[expect(clippy::float_arithmetic, reason = "numbers of things, not money")]
    pub(crate) fn jackpots(&self) -> [Figure; 4] {
        let ended =
            |outcome: &str| self.sum(Metric::JackpotOperations, "", &format!("outcome=\"{outcome}\""));
        let handed_over = ended("handedOver");
        [
            Figure::note("conflicts of jackpots", self.sum(Metric::JackpotConflicts, "", "")),
            Figure::note("calls of jackpots tried again", self.sum(Metric::StoreRetries, "", "jackpot")),
            Figure::note("handed to the queue", handed_over),
            Figure::lower("conflicts left after retries", handed_over + ended("failed")).at_most(0.0),
        ]
    }

    /// The share of cache look-ups for data shared by all players that needed no table read.
    #[expect(clippy::float_arithmetic, reason = "a share, not money")]
    pub(crate) fn hits_of_rooms(&self) -> f64 {
        let looks = |outcome: &str| -> f64 {
            let of = |cache: &str| format!("cache=\"{cache}\",outcome=\"{outcome}\"");
            ["room-results", "seed-hashes"]
                .into_iter()
                .map(|cache| self.sum(Metric::CacheLookups, "", &of(cache)))
                .sum()
        };
        let (hits, misses) = (looks("hit"), looks("miss"));
        hits / (hits + misses).max(1.0)
    }

    /// The sum over the series of a metric with this text in its labels. For a histogram, `ending` selects the part.
    fn sum(&self, metric: Metric, ending: &str, label: &str) -> f64 {
        let name = format!("{}{ending}", metric.definition().name);
        let is_of = |series: &str| {
            let (found, labels) = series.split_once('{').unwrap_or((series, ""));
            found == name && labels.contains(label)
        };
        // An empty sum is minus zero.
        self.0.iter().filter(|(series, _)| is_of(series)).map(|(_, value)| *value).sum::<f64>().abs()
    }
}

#[expect(clippy::float_arithmetic, reason = "a share, not money")]
fn percent(part: f64, whole: f64) -> f64 {
    100.0 * part / whole.max(1.0)
}

#[cfg(test)]
mod tests {
    use super::Counters;
    use crate::figure::Figure;
    use evens_contracts::{Queue, ROUTES};
    use evens_metrics::{ConflictKind, JobStatus, Metrics};
    use std::time::Duration;

    fn texts(figures: &[Figure]) -> Vec<String> {
        figures.iter().map(|figure| format!("{}: {:.2}", figure.name, figure.value)).collect()
    }

    #[test]
    fn only_what_came_since_counts() {
        let metrics = Metrics::default();
        let count = |jobs: u64, took: Duration| {
            for _ in 0..jobs {
                metrics.job_took(Queue::Match, took);
                metrics.job_ended(Queue::Match, JobStatus::Completed);
            }
            metrics.conflicted(ConflictKind::Betting, "place-bet");
            metrics.table_answered("TransactWriteItems", took);
            metrics.table_answered("GetItem", took);
        };
        count(5, Duration::from_secs(1));
        let before = Counters::parse(&metrics.prometheus());
        count(2, Duration::from_millis(20));
        metrics.job_took(Queue::Settle, Duration::from_secs(2));
        metrics.job_retried(Queue::Settle);
        let counted = Counters::parse(&metrics.prometheus()).since(&before);
        assert_eq!(format!("{:.2}", counted.jobs_done()), "2.00");
        assert_eq!(texts(&counted.job_times()), ["match job mean ms: 20.00"]);
        let expected = [
            "conflicts met: 1.00",
            "conflicts met, % of writes: 100.00",
            "jobs tried again: 1.00",
            "failed after retries, %: 0.00",
        ];
        assert_eq!(texts(&counted.conflicts()), expected);
    }

    #[test]
    fn final_failures_are_a_share_of_requests_and_jobs() {
        let metrics = Metrics::default();
        let route = ROUTES.first();
        for status in [202, 503, 404, 500, 202, 202] {
            metrics.answered(route, status, Duration::from_millis(1), false);
        }
        metrics.job_ended(Queue::Settle, JobStatus::Failed);
        metrics.job_ended(Queue::Settle, JobStatus::Completed);
        let figures = Counters::parse(&metrics.prometheus()).conflicts();
        assert_eq!(texts(&figures).last().unwrap(), "failed after retries, %: 37.50");
    }
}
