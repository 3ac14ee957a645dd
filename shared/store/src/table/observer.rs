//! [`Observer`] is notified of retries, ledger entries and draws, so that they can be counted, and of changes, so that
//! clients can see them. No decision of the store depends on it.

use crate::{Store, StoreError};
use evens_exchange::{Match, RoundId, Side};
use evens_games::{OwedBet, PeriodId};
use evens_idempotency::BetId;
use evens_jackpots::JackpotGroup;
use evens_ledger::{Entry, UserId};
use evens_payments::{Direction, OrderId};
use std::fmt::Debug;
use strum::IntoStaticStr;

/// Receives events of the table. Called in the middle of a request, so it must not block.
pub trait Observer: Debug + Send + Sync {
    /// An attempt failed, for a reason that another attempt may not meet.
    fn failed(&self, operation: Operation, cause: RetryCause);

    /// A failed attempt is followed by another one.
    fn retried(&self, operation: Operation, cause: RetryCause);

    /// An operation completed after at least one retry.
    fn recovered(&self, operation: Operation);

    /// A ledger entry was written. Not called if the write succeeded but its answer was lost.
    fn entered(&self, entry: &Entry);

    /// The outcome of a match was fixed. `winner` is the name of the winning side.
    fn drawn(&self, winner: &'static str);

    /// Data that clients see may have changed. Also called if a write turns out to be done before, because the answer
    /// to the first attempt may have been lost. Calls can be repeated, and come in any order.
    fn changed(&self, changed: ChangedItem);
}

/// Data that clients see and that may have changed. It names the item, not the change.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ChangedItem {
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
    /// A bet on a game: it was placed, or its period is paid.
    GameBet {
        /// The bet.
        id: BetId,
        /// The player who placed it.
        user: UserId,
    },
    /// A deposit or a withdrawal.
    Order {
        /// The order.
        id: OrderId,
        /// Whether it is a deposit or a withdrawal.
        direction: Direction,
        /// The player who opened it.
        user: UserId,
    },
    /// The state of a round.
    Round(RoundId),
    /// A period: it was drawn or cancelled, or all stakes of a cancelled one are returned.
    Period(PeriodId),
    /// A jackpot was won, or its terms changed. Contributions are not reported.
    Jackpot(JackpotGroup),
    /// The role of an account, or whether it is blocked.
    Account(UserId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum RetryCause {
    /// Another writer changed the same items first.
    Conflict,
    Throttled,
    Unavailable,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub enum Operation {
    Read,
    PlaceBet,
    JoinBets,
    DrawMatch,
    SettleMatch,
    VoidMatch,
    RefundBet,
    /// Opens a round or changes its state.
    WriteRound,
    /// Places a bet against the house.
    PlaceGameBet,
    /// Pays or refunds bets against the house.
    PayGameBets,
    /// Opens a period or changes its state.
    WritePeriod,
    FundWallet,
    SignUp,
    GiveBonus,
    RecordReferral,
    /// Changes an account, its login or its password.
    WriteAccount,
    /// Opens, refreshes or ends a session.
    WriteSession,
    RecordAttendance,
    /// Opens or changes a deposit or a withdrawal.
    WriteOrder,
    /// Stores a report, or books a line of a provider's statement.
    WriteReport,
    /// Changes the limits that a player sets for themselves.
    ChangeLimits,
    ContributeJackpot,
    /// Begins or proposes a jackpot win.
    AwardJackpot,
    /// Moves the balance of a meter to a jackpot win.
    CollectJackpot,
    /// Pays a jackpot win.
    FinishJackpotWin,
    UpdateJackpotConfig,
}

impl Operation {
    /// The name in kebab case, such as `place-bet`.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

impl RetryCause {
    /// The name in kebab case, such as `throttled`.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// Returns `None` if a retry cannot help.
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
    pub(crate) fn observe_failure(&self, operation: Operation, error: &StoreError) {
        if let (Some(observer), Some(cause)) = (&self.observer, RetryCause::of(error)) {
            observer.failed(operation, cause);
        }
    }

    pub(crate) fn observe_retry(&self, operation: Operation, error: &StoreError) {
        if let (Some(observer), Some(cause)) = (&self.observer, RetryCause::of(error)) {
            observer.retried(operation, cause);
        }
    }

    pub(crate) fn observe_recovery(&self, operation: Operation) {
        if let Some(observer) = &self.observer {
            observer.recovered(operation);
        }
    }

    /// Reports new entries, and the wallets that they changed.
    pub(crate) fn observe_entries(&self, entries: &[&Entry]) {
        if let Some(observer) = &self.observer {
            for entry in entries {
                observer.entered(entry);
                observer.changed(ChangedItem::Wallet(entry.user));
            }
        }
    }

    pub(crate) fn observe_change(&self, changed: ChangedItem) {
        if let Some(observer) = &self.observer {
            observer.changed(changed);
        }
    }

    /// Reports that bets on a game were paid, and the wallet that they were paid to.
    pub(crate) fn observe_paid(&self, user: UserId, paid: &[OwedBet]) {
        for owed in paid {
            self.observe_change(ChangedItem::GameBet { id: owed.record.bet, user });
        }
        self.observe_wallet(user);
    }

    pub(crate) fn observe_bet(&self, id: BetId, user: UserId, round: &RoundId) {
        self.observe_change(ChangedItem::Bet { id, user, round: round.clone() });
    }

    pub(crate) fn observe_wallet(&self, user: UserId) {
        self.observe_change(ChangedItem::Wallet(user));
    }

    pub(crate) fn observe_round(&self, id: &RoundId) {
        self.observe_change(ChangedItem::Round(id.clone()));
    }

    /// Reports that both bets of a match changed.
    pub(crate) fn observe_bets(&self, of: &Match) {
        for side in Side::ALL {
            self.observe_bet(of.bet(side), of.user(side), &of.round);
        }
    }

    /// Reports the end of a match to the observer: both bets changed, and both wallets, because the loser's stake is no
    /// longer locked. A repeated job reports it again, because the attempt that ended the match may have been cut off
    /// before it did.
    ///
    /// # Role
    /// None: it asks the table for nothing.
    pub fn observe_end(&self, of: &Match) {
        self.observe_bets(of);
        for side in Side::ALL {
            self.observe_wallet(of.user(side));
        }
    }

    pub(crate) fn observe_draw(&self, winner: &'static str) {
        if let Some(observer) = &self.observer {
            observer.drawn(winner);
        }
    }
}
