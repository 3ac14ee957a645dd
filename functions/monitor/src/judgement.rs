//! What is too much.

use evens_metrics::JobCounts;

/// How many jobs wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backlog {
    /// As many as may.
    Normal,
    /// More than 50: somebody should look today.
    High,
    /// More than 100: somebody should look now.
    Critical,
}

const HIGH: u64 = 50;
const CRITICAL: u64 = 100;

/// Whether so many waiting jobs are too many; the alarms of the cloud have the same limits.
pub fn backlog(waiting: u64) -> Backlog {
    match waiting {
        0..=HIGH => Backlog::Normal,
        51..=CRITICAL => Backlog::High,
        _ => Backlog::Critical,
    }
}

/// Whether more jobs were given up than 10 % of those that were done.
pub fn is_high_failure_rate(jobs: JobCounts) -> bool {
    u128::from(jobs.failed) * 10 > u128::from(jobs.completed)
}

#[cfg(test)]
mod tests {
    use super::{Backlog, backlog, is_high_failure_rate};
    use evens_metrics::JobCounts;

    #[test]
    fn more_than_fifty_and_more_than_a_hundred() {
        let found = [0, 50, 51, 100, 101, u64::MAX].map(backlog);
        let (normal, high, critical) = (Backlog::Normal, Backlog::High, Backlog::Critical);
        assert_eq!(found, [normal, normal, high, high, critical, critical]);
    }

    #[test]
    fn more_than_a_tenth() {
        #[rustfmt::skip]
        let table = [
            (0,        0, false),
            (10,       1, false),
            (9,        1, true),
            (0,        1, true),
            (100,     10, false),
            (100,     11, true),
            (u64::MAX, u64::MAX, true),
        ];
        for (completed, failed, expected) in table {
            assert_eq!(
                is_high_failure_rate(JobCounts { completed, failed }),
                expected,
                "{completed} {failed}"
            );
        }
    }
}
