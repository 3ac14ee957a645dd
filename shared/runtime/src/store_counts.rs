//! [`StoreCounts`]: counts what the table meets.

use evens_ledger::Entry;
use evens_metrics::{ConflictKind, Metrics};
use evens_store::{Observer, Operation, RetryCause};
use tracing::warn;

/// Counts what the table meets, and says at each hundredth conflict of a kind that there are so many.
#[derive(Debug)]
pub(crate) struct StoreCounts(Metrics);

/// As the old system warned.
const CONFLICTS_WARN_AT: i128 = 100;

impl StoreCounts {
    pub(crate) fn new(metrics: Metrics) -> Self {
        Self(metrics)
    }
}

impl Observer for StoreCounts {
    fn retried(&self, operation: Operation, cause: RetryCause) {
        let name = operation.as_str();
        let label = match cause {
            RetryCause::Conflict => evens_metrics::RetryCause::Conflict,
            RetryCause::Throttled => evens_metrics::RetryCause::Throttled,
            RetryCause::Unavailable => evens_metrics::RetryCause::Unavailable,
        };
        self.0.store_retried(label, name);
        if cause != RetryCause::Conflict {
            return;
        }
        let Some(kind) = conflict_kind(operation) else { return };
        let conflicts = self.0.conflicted(kind, name);
        if conflicts % CONFLICTS_WARN_AT == 0 {
            let kind = kind.as_str();
            // A number that a log can hold.
            let conflicts = u64::try_from(conflicts).unwrap_or(u64::MAX);
            warn!(kind, conflicts, "HIGH CONFLICTS: {conflicts} writes of {kind} met others in this process");
        }
    }

    fn recovered(&self, operation: Operation) {
        self.0.store_recovered(operation.as_str());
    }

    fn entered(&self, entry: &Entry) {
        self.0.money_moved(entry.kind, entry.balance_kind, entry.amount);
    }

    fn drawn(&self, winner: &'static str) {
        self.0.drawn(winner);
    }
}

/// Which of the four kinds an operation is about; none where nothing is written.
fn conflict_kind(operation: Operation) -> Option<ConflictKind> {
    match operation {
        Operation::Read => None,
        Operation::PlaceBet | Operation::PlaceGameBet => Some(ConflictKind::Betting),
        // Money that comes from outside; what goes there is the same kind.
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
