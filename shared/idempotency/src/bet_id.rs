//! [`BetId`]: the id of a bet, whether against another player or against the house.

use crate::{DerivedId, IdempotencyKey, derived_id};
use evens_ledger::UserId;

derived_id! {
    /// The id of a bet. It follows from the user and the idempotency key, for bets against players and against the
    /// house alike.
    BetId
}

impl BetId {
    pub fn derive(user: UserId, key: &IdempotencyKey) -> Self {
        Self(DerivedId::of("bet", &[&user, key]))
    }

    /// Wraps 16 stored bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(DerivedId::from_bytes(bytes))
    }

    pub fn bytes(&self) -> &[u8; 16] {
        self.0.bytes()
    }
}

/// The earlier use of an idempotency key. Bets against the house and bets between players share the keys of their
/// player.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExistingBet<B> {
    /// A bet of the same kind as the request.
    Bet(B),
    /// A bet of the other kind, so it cannot be a repeat of the request.
    OtherKind,
}
