//! Thresholds for warnings.

use evens_metrics::JobCounts;

/// Severity of the number of waiting jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backlog {
    /// Within the limit.
    Normal,
    /// More than 50: an operator should look today.
    High,
    /// More than 100: an operator should look now.
    Critical,
}

const HIGH: u64 = 50;
const CRITICAL: u64 = 100;

/// Classifies the number of waiting jobs. The `CloudWatch` alarms have the same limits.
pub fn backlog(waiting: u64) -> Backlog {
    match waiting {
        0..=HIGH => Backlog::Normal,
        51..=CRITICAL => Backlog::High,
        _ => Backlog::Critical,
    }
}

/// Returns `true` if the failed jobs are more than 10 % of the completed ones.
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
