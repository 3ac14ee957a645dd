//! [`StoreCounts`]: metrics of the table's retries and conflicts; forwards changes.

use crate::Changes;
use evens_ledger::Entry;
use evens_metrics::{ConflictKind, Metrics};
use evens_store::{ChangedItem, Observer, Operation, RetryCause};
use tracing::warn;

/// Counts retries and conflicts of the table, and logs every hundredth conflict of a kind. Forwards changes.
#[derive(Debug)]
pub(crate) struct StoreCounts {
    metrics: Metrics,
    changes: Changes,
}

/// The threshold of the old system.
const CONFLICTS_WARN_AT: i128 = 100;

impl StoreCounts {
    pub(crate) fn new(metrics: Metrics, changes: Changes) -> Self {
        Self { metrics, changes }
    }
}

impl Observer for StoreCounts {
    fn failed(&self, operation: Operation, cause: RetryCause) {
        let name = operation.as_str();
        if cause != RetryCause::Conflict {
            return;
        }
        let Some(kind) = conflict_kind(operation) else { return };
        let conflicts = self.metrics.conflicted(kind, name);
        if conflicts % CONFLICTS_WARN_AT == 0 {
            let kind = kind.as_str();
            // A number type that log fields support.
            let conflicts = u64::try_from(conflicts).unwrap_or(u64::MAX);
            warn!(
                kind,
                conflicts,
                "HIGH CONFLICTS: {conflicts} writes of {kind} conflicted with others in this process"
            );
        }
    }

    fn retried(&self, operation: Operation, cause: RetryCause) {
        self.metrics.store_retried(cause.as_str(), operation.as_str());
    }

    fn recovered(&self, operation: Operation) {
        self.metrics.store_recovered(operation.as_str());
    }

    fn entered(&self, entry: &Entry) {
        self.metrics.money_moved(entry.kind, entry.balance_kind, entry.amount);
    }

    fn drawn(&self, winner: &'static str) {
        self.metrics.drawn(winner);
    }

    fn changed(&self, changed: ChangedItem) {
        self.changes.tell(&changed);
    }
}

/// The conflict kind of an operation, or `None` for reads.
fn conflict_kind(operation: Operation) -> Option<ConflictKind> {
    match operation {
        Operation::Read => None,
        Operation::PlaceBet | Operation::PlaceGameBet => Some(ConflictKind::Betting),
        // Money from outside counts as the same kind as money going out.
        Operation::FundWallet | Operation::WriteOrder | Operation::WriteReport | Operation::ChangeLimits => {
            Some(ConflictKind::Withdrawal)
        }
        Operation::JoinBets
        | Operation::DrawMatch
        | Operation::SettleMatch
        | Operation::VoidMatch
        | Operation::RefundBet
        | Operation::WriteRound
        | Operation::PayGameBets
        | Operation::WritePeriod
        | Operation::ContributeJackpot
        | Operation::AwardJackpot
        | Operation::CollectJackpot
        | Operation::FinishJackpotWin
        | Operation::UpdateJackpotConfig => Some(ConflictKind::QueueProcessing),
        Operation::SignUp
        | Operation::GiveBonus
        | Operation::RecordReferral
        | Operation::WriteAccount
        | Operation::WriteSession
        | Operation::RecordAttendance => Some(ConflictKind::Registration),
    }
}

#[cfg(test)]
mod tests {
    use super::StoreCounts;
    use crate::Changes;
    use evens_doubles::Log;
    use evens_metrics::{ConflictKind, Metrics};
    use evens_store::{Observer, Operation, RetryCause};

    /// The log output after an operation failed `times` times for that reason.
    fn log_after(operation: Operation, cause: RetryCause, times: usize) -> String {
        let log = Log::start();
        let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).with_ansi(false).finish();
        let counts = StoreCounts::new(Metrics::default(), Changes::default());
        tracing::subscriber::with_default(subscriber, || {
            for _ in 0..times {
                counts.failed(operation, cause);
            }
        });
        log.take()
    }

    /// I6: every hundredth conflict of a kind is logged, and nothing else.
    #[test]
    fn each_hundredth_conflict_of_a_kind_is_told() {
        #[rustfmt::skip]
        let table = [
            // operation             cause                    times  lines
            (Operation::PlaceBet,    RetryCause::Conflict,    99,    0),
            (Operation::PlaceBet,    RetryCause::Conflict,    100,   1),
            (Operation::PlaceBet,    RetryCause::Conflict,    250,   2),
            (Operation::PlaceBet,    RetryCause::Throttled,   100,   0),
            (Operation::PlaceBet,    RetryCause::Unavailable, 100,   0),
            (Operation::Read,        RetryCause::Conflict,    100,   0),
        ];
        for (operation, cause, times, lines) in table {
            let text = log_after(operation, cause, times);
            assert_eq!(text.matches("HIGH CONFLICTS: ").count(), lines, "{operation:?} {cause:?}: {text}");
        }
        let text = log_after(Operation::WriteOrder, RetryCause::Conflict, 100);
        assert!(
            text.contains("HIGH CONFLICTS: 100 writes of withdrawal conflicted with others in this process"),
            "{text}"
        );
    }

    /// The four kinds of the old system, with one operation of each writer.
    #[test]
    fn an_operation_is_of_a_kind() {
        #[rustfmt::skip]
        let table = [
            (Operation::PlaceGameBet,  ConflictKind::Betting),
            (Operation::FundWallet,    ConflictKind::Withdrawal),
            (Operation::SettleMatch,   ConflictKind::QueueProcessing),
            (Operation::AwardJackpot,  ConflictKind::QueueProcessing),
            (Operation::SignUp,        ConflictKind::Registration),
        ];
        for (operation, kind) in table {
            assert_eq!(super::conflict_kind(operation), Some(kind), "{operation:?}");
        }
        assert_eq!(super::conflict_kind(Operation::Read), None);
    }
}
