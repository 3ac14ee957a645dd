//! A register of players who have excluded themselves, kept by somebody else: the port to it, an adapter for each kind,
//! and [`Exclusions`], which functions ask before they take a bet or open a deposit.
//!
//! Keeps: where there is a register and it does not say that a player may play, they do not; an answer counts for
//! [`KEPT_FOR`] and no longer. No withdrawal is refused for an answer: it is asked
//! only where somebody would else have to stake first. Nothing is told of a player but their id.
//!
//! Architecture invariant: nothing is stored, and no rule of bets or of money lives here.

mod exclusions;
mod https_register;
mod listed_players;
mod settings;

pub use exclusions::{Exclusions, KEPT_FOR};
pub use https_register::{HttpsRegister, RegisterKey, RegisterKeyFault};
pub use listed_players::ListedPlayers;
pub use settings::RegisterSettings;

use evens_ledger::UserId;
use futures::future::BoxFuture;
use std::fmt::Debug;

/// Knows which players have excluded themselves.
pub trait ExclusionRegister: Debug + Send + Sync {
    /// Whether that player is in it.
    ///
    /// # Errors
    /// Nobody knows: no answer came, or one that says neither.
    fn has(&self, user: UserId) -> BoxFuture<'_, Result<bool, NoAnswer>>;
}

/// The register did not say whether a player is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the register of exclusions did not say whether the player is in it")]
pub struct NoAnswer;
