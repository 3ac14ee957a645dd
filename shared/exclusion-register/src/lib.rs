//! An external register of players who have excluded themselves: the port, its adapters, and [`Exclusions`], which
//! functions use before they accept a bet or open a deposit.
//!
//! Keeps: with a register configured, a player may play only if the register says so, and an answer is valid for
//! [`KEPT_FOR`]. A withdrawal is never refused because of the register. It is queried only if the player still owes
//! turnover. The register learns nothing about a player but their id.
//!
//! Architecture invariant: nothing is stored, and no rule about bets or money lives here.

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

/// A register of players who have excluded themselves.
pub trait ExclusionRegister: Debug + Send + Sync {
    /// Returns `true` if the player is in the register.
    ///
    /// # Errors
    /// No answer, or an unreadable one.
    fn has(&self, user: UserId) -> BoxFuture<'_, Result<bool, NoAnswer>>;
}

/// The register did not answer the query about a player.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the exclusion register did not say whether the player is excluded")]
pub struct NoAnswer;
