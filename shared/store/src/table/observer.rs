//! [`Observer`]: who is told what the table met, so that it can be counted. Nothing is decided by it.

use crate::{Store, StoreError};
use evens_exchange::{Match, RoundId, Side};
use evens_idempotency::BetId;
use evens_ledger::{Entry, UserId};
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

    /// Something that clients are shown may have changed. Also called where a write was found to be done before,
    /// because the answer to the first attempt may have been lost. It can come twice, and in any order.
    fn changed(&self, changed: Changed);
}

/// Something that clients are shown and that may have changed: which one, not how.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Changed {
    /// A bet: it was placed, or a part of it was joined, settled, voided or refunded.
    Bet {
        /// The bet.
        id: BetId,
        /// The player who placed it.
        user: UserId,
        /// The round of the bet; its totals changed too.
        round: RoundId,
    },
    /// A balance or the locked stakes of this user's wallet.
    Wallet(UserId),
    /// The state of a round.
    Round(RoundId),
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

    /// These entries were made, so the wallets changed that they are in.
    pub(crate) fn observe_entries(&self, entries: &[&Entry]) {
        if let Some(observer) = &self.observer {
            for entry in entries {
                observer.entered(entry);
                observer.changed(Changed::Wallet(entry.user));
            }
        }
    }

    pub(crate) fn observe_bet(&self, id: BetId, user: UserId, round: &RoundId) {
        if let Some(observer) = &self.observer {
            observer.changed(Changed::Bet { id, user, round: round.clone() });
        }
    }

    pub(crate) fn observe_wallet(&self, user: UserId) {
        if let Some(observer) = &self.observer {
            observer.changed(Changed::Wallet(user));
        }
    }

    pub(crate) fn observe_round(&self, id: &RoundId) {
        if let Some(observer) = &self.observer {
            observer.changed(Changed::Round(id.clone()));
        }
    }

    /// Both bets of a match changed.
    pub(crate) fn observe_bets(&self, of: &Match) {
        for side in Side::ALL {
            self.observe_bet(of.bet(side), of.user(side), &of.round);
        }
    }

    /// A match has ended: both bets changed, and both wallets, because the loser's stake is not locked any more.
    pub(crate) fn observe_end(&self, of: &Match) {
        self.observe_bets(of);
        for side in Side::ALL {
            self.observe_wallet(of.user(side));
        }
    }

    /// A match was drawn, and that side won.
    pub(crate) fn observe_draw(&self, winner: &'static str) {
        if let Some(observer) = &self.observer {
            observer.drawn(winner);
        }
    }
}
