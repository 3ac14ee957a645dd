//! [`BetId`]: a bet has one id and one key, whoever it is against.

use crate::{DerivedId, IdempotencyKey, derived_id};
use evens_ledger::UserId;

derived_id! {
    /// A bet's id: it follows from the user and the idempotency key, whether the bet is against another player or
    /// against the house.
    BetId
}

impl BetId {
    /// The id of the bet that this user places under this key.
    pub fn derive(user: UserId, key: &IdempotencyKey) -> Self {
        Self(DerivedId::of("bet", &[&user, key]))
    }

    /// The id of those 16 bytes, as it was stored.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(DerivedId::from_bytes(bytes))
    }

    /// Its 16 bytes.
    pub fn bytes(&self) -> &[u8; 16] {
        self.0.bytes()
    }
}

/// What an idempotency key was used for before. Bets against the house and those of players against each other share
/// the keys of their player.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Existing<B> {
    /// A bet of the kind that is asked for.
    Bet(B),
    /// A bet of the other kind, which differs whatever is asked for.
    OtherKind,
}
