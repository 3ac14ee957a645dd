//! [`Observer`]: who is told what the table met, so that it can be counted. Nothing is decided by it.

use crate::{Store, StoreError};
use evens_ledger::Entry;
use std::fmt::Debug;
use strum::IntoStaticStr;

/// Is told what the table met. Called in the middle of a request, so it must not wait for anything.
pub trait Observer: Debug + Send + Sync {
    /// An attempt failed and another one is made, or it was a race that is lost for good.
    fn retried(&self, operation: Operation, cause: RetryCause);

    /// An operation that had been tried again has an answer.
    fn recovered(&self, operation: Operation);

    /// An entry was made. Not called where a write succeeded and its answer was lost.
    fn entered(&self, entry: &Entry);

    /// The outcome of a match was fixed: the name of the side that won.
    fn drawn(&self, winner: &'static str);
}

/// Why an attempt is made again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryCause {
    /// Another writer was faster.
    Conflict,
    /// The table was overloaded.
    Throttled,
    /// The table did not answer.
    Unavailable,
}

/// What was attempted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Operation {
    /// Items are read.
    Read,
    /// A bet is placed.
    PlaceBet,
    /// Two bets are joined.
    JoinBets,
    /// A match is drawn.
    DrawMatch,
    /// A match is settled.
    SettleMatch,
    /// A match is voided.
    VoidMatch,
    /// A bet is refunded.
    RefundBet,
    /// A round is opened or moved on.
    WriteRound,
    /// A bet against the house is placed.
    PlaceGameBet,
    /// Bets against the house are paid or given back.
    PayGameBets,
    /// A period is opened or moved on.
    WritePeriod,
    /// A wallet is funded.
    FundWallet,
    /// A player signs up.
    SignUp,
    /// A bonus is given.
    GiveBonus,
    /// A referral is recorded.
    RecordReferral,
    /// An account, its login or its password is changed.
    WriteAccount,
    /// A session is opened, refreshed or ended.
    WriteSession,
    /// A day of attendance is recorded.
    RecordAttendance,
    /// A deposit or a withdrawal is opened or changed.
    WriteOrder,
    /// A report is kept, or what a statement tells is booked.
    WriteReport,
    /// What a player sets for themselves is changed.
    ChangeLimits,
    /// Something is contributed to jackpots.
    ContributeJackpot,
    /// A win of a jackpot begins, or is proposed.
    AwardJackpot,
    /// What is in a meter of jackpots is given to a win.
    CollectJackpot,
    /// A win of a jackpot is paid.
    FinishJackpotWin,
    /// The terms of a jackpot are changed.
    UpdateJackpotConfig,
}

impl Operation {
    /// Its name, as the transaction is called.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl RetryCause {
    /// Of an error that another attempt may help; none of any other.
    fn of(error: &StoreError) -> Option<Self> {
        match error {
            StoreError::Contended => Some(Self::Conflict),
            StoreError::Throttled => Some(Self::Throttled),
            StoreError::Unavailable(_) => Some(Self::Unavailable),
            StoreError::Rejected { .. } | StoreError::Corrupt { .. } => None,
        }
    }
}

impl Store {
    /// An attempt failed for a reason that another one may help.
    pub(crate) fn observe_retry(&self, operation: Operation, error: &StoreError) {
        if let (Some(observer), Some(cause)) = (&self.observer, RetryCause::of(error)) {
            observer.retried(operation, cause);
        }
    }

    /// An operation has an answer after it was tried again.
    pub(crate) fn observe_recovery(&self, operation: Operation) {
        if let Some(observer) = &self.observer {
            observer.recovered(operation);
        }
    }

    /// These entries were made.
    pub(crate) fn observe_entries(&self, entries: &[&Entry]) {
        if let Some(observer) = &self.observer {
            for entry in entries {
                observer.entered(entry);
            }
        }
    }

    /// A match was drawn, and that side won.
    pub(crate) fn observe_draw(&self, winner: &'static str) {
        if let Some(observer) = &self.observer {
            observer.drawn(winner);
        }
    }
}
