//! [`EventId`] and [`Revision`]: which thing an event is about, and how new it is.

use crate::{BetRevision, GameBetRevision, OrderRevision, PeriodRevision, RoundRevision, WalletRevision};
use evens_exchange::RoundId;
use evens_games::{PeriodId, Room as GameRoom};
use evens_idempotency::BetId;
use evens_ledger::UserId;
use evens_payments::OrderId;
use jiff::Timestamp;
use std::fmt;

/// The thing that an event is about. If two events have one id, only the newer one counts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventId {
    /// A bet.
    Bet(BetId),
    /// A user's wallet.
    Wallet(UserId),
    /// A bet on a game.
    GameBet(BetId),
    /// A deposit.
    Deposit(OrderId),
    /// A withdrawal.
    Withdrawal(OrderId),
    /// A round.
    Round(RoundId),
    /// The result of a period, with the bets that it lets win.
    GameResult(PeriodId),
    /// A period without a result, because it was cancelled.
    Period(PeriodId),
    /// All jackpots together.
    Jackpots,
    /// The health of the platform.
    Health,
    /// The traffic of the process.
    Metrics,
    /// All queues together.
    Queues,
    /// The sockets of the process.
    Sockets,
    /// The bets on the current period of a room of a game.
    Distribution(GameRoom),
    /// The orders that wait for a cashier.
    Review,
}

/// How new a state is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revision {
    /// A bet's.
    Bet(BetRevision),
    /// A wallet's.
    Wallet(WalletRevision),
    /// A game bet's.
    GameBet(GameBetRevision),
    /// A deposit's or a withdrawal's.
    Order(OrderRevision),
    /// A round's.
    Round(RoundRevision),
    /// A result's, which never changes.
    GameResult,
    /// A cancelled period's.
    Period(PeriodRevision),
    /// The time at which something without a revision of its own was read: jackpots, and the numbers of staff.
    ReadAt(Timestamp),
}

impl EventId {
    /// The id of the thing among those of its type. `None` if there is only one thing of the type.
    pub fn subject(&self) -> Option<String> {
        match self {
            Self::Bet(id) | Self::GameBet(id) => Some(id.to_string()),
            Self::Wallet(user) => Some(user.to_string()),
            Self::Deposit(id) | Self::Withdrawal(id) => Some(id.to_string()),
            Self::Round(id) => Some(id.to_string()),
            Self::GameResult(id) | Self::Period(id) => Some(id.to_string()),
            Self::Distribution(room) => Some(room.to_string()),
            Self::Jackpots | Self::Health | Self::Metrics | Self::Queues | Self::Sockets | Self::Review => {
                None
            }
        }
    }
}

impl Revision {
    /// True if this state is newer than the other one of the same thing. States of different types are not compared.
    pub fn is_newer_than(self, other: Self) -> bool {
        match (self, other) {
            (Self::Bet(this), Self::Bet(other)) => this > other,
            (Self::Wallet(this), Self::Wallet(other)) => this > other,
            (Self::GameBet(this), Self::GameBet(other)) => this > other,
            (Self::Order(this), Self::Order(other)) => this > other,
            (Self::Round(this), Self::Round(other)) => this > other,
            (Self::Period(this), Self::Period(other)) => this > other,
            (Self::ReadAt(this), Self::ReadAt(other)) => this > other,
            (
                Self::Bet(_)
                | Self::Wallet(_)
                | Self::GameBet(_)
                | Self::Order(_)
                | Self::Round(_)
                | Self::GameResult
                | Self::Period(_)
                | Self::ReadAt(_),
                _,
            ) => false,
        }
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bet(revision) => revision.fmt(formatter),
            Self::Wallet(revision) => revision.fmt(formatter),
            Self::GameBet(revision) => revision.fmt(formatter),
            Self::Order(revision) => revision.fmt(formatter),
            Self::Round(revision) => revision.fmt(formatter),
            Self::GameResult => formatter.write_str("1"),
            Self::Period(revision) => revision.fmt(formatter),
            Self::ReadAt(at) => at.fmt(formatter),
        }
    }
}
