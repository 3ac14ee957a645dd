//! [`EventId`] and [`Revision`]: which thing an event is about, and how new it is.

use crate::{BetRevision, RoundRevision, WalletRevision};
use evens_exchange::RoundId;
use evens_idempotency::BetId;
use evens_ledger::UserId;
use std::fmt;

/// Which thing an event is about. Of two events with one id only the newer one counts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventId {
    /// A bet.
    Bet(BetId),
    /// A user's wallet.
    Wallet(UserId),
    /// A round.
    Round(RoundId),
}

/// How new a state is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revision {
    /// Of a bet.
    Bet(BetRevision),
    /// Of a wallet.
    Wallet(WalletRevision),
    /// Of a round.
    Round(RoundRevision),
}

impl EventId {
    /// The type of the event on the wire, which is also what its id begins with.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Bet(_) => "bet",
            Self::Wallet(_) => "wallet",
            Self::Round(_) => "round",
        }
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = self.kind();
        match self {
            Self::Bet(id) => write!(formatter, "{kind}:{id}"),
            Self::Wallet(user) => write!(formatter, "{kind}:{user}"),
            Self::Round(id) => write!(formatter, "{kind}:{id}"),
        }
    }
}

impl Revision {
    /// Whether this state is newer than the other one of the same thing. States of different types are not compared.
    pub fn is_newer_than(self, other: Self) -> bool {
        match (self, other) {
            (Self::Bet(this), Self::Bet(other)) => this > other,
            (Self::Wallet(this), Self::Wallet(other)) => this > other,
            (Self::Round(this), Self::Round(other)) => this > other,
            (Self::Bet(_) | Self::Wallet(_) | Self::Round(_), _) => false,
        }
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bet(revision) => revision.fmt(formatter),
            Self::Wallet(revision) => revision.fmt(formatter),
            Self::Round(revision) => revision.fmt(formatter),
        }
    }
}
