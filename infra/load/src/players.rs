//! [`Players`]: users with money and tokens.

use evens_ledger::{Amount, UserId};
use evens_runtime::Clock;
use evens_runtime::tokens::{Role, SigningKeyError, TokenSigner};
use evens_store::{FundOutcome, Store, StoreError};
use futures::{StreamExt, TryStreamExt, stream};
use std::sync::Arc;
use std::time::Duration;

/// A user, and what proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Player {
    /// The user.
    pub user: UserId,
    /// His bearer token; empty where the system asks for none.
    pub token: String,
}

/// The players of a plan: at least one. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Players(Arc<[Player]>);

/// Why there are no players.
#[derive(Debug, thiserror::Error)]
pub enum FundError {
    /// The table did not take the money.
    #[error("the wallet of user {0} cannot be funded")]
    Store(UserId, #[source] StoreError),
    /// The order credited something else.
    #[error("the order {0} was used for another deposit")]
    OrderUsed(String),
    /// More than a balance holds.
    #[error("the balance of user {0} cannot hold so much")]
    BalanceTooLarge(UserId),
    /// No token.
    #[error("no token can be signed")]
    Token(#[from] SigningKeyError),
    /// None was asked for.
    #[error("there are no players")]
    Nobody,
}

impl Players {
    /// How many wallets are funded side by side.
    const FUNDED_AT_ONCE: usize = 16;
    /// How long their tokens hold: longer than any run.
    const TOKEN_LIFETIME: Duration = Duration::from_hours(24);

    /// These players; none where there are none.
    pub fn of(players: Vec<Player>) -> Option<Self> {
        if players.is_empty() { None } else { Some(Self(players.into())) }
    }

    /// Funds users from the house, beside a running system of the local stage, and signs their tokens. The same `order`
    /// funds each of them once.
    ///
    /// # Errors
    /// Any of [`FundError`]; some of the users may be funded by then.
    pub async fn fund(
        store: &Store,
        signer: &TokenSigner,
        users: impl IntoIterator<Item = UserId>,
        amount: Amount,
        order: &str,
    ) -> Result<Self, FundError> {
        let now = Clock::system().now();
        let funded = stream::iter(users).map(|user| async move {
            let order = format!("{order}-{user}");
            let outcome = store.fund_wallet(user, amount, &order, now).await;
            match outcome.map_err(|error| FundError::Store(user, error))? {
                FundOutcome::Funded(_) | FundOutcome::FundedBefore => {}
                FundOutcome::OrderUsedForAnother => return Err(FundError::OrderUsed(order)),
                FundOutcome::BalanceTooLarge => return Err(FundError::BalanceTooLarge(user)),
            }
            let token = signer.sign(user, Role::Player, now, Self::TOKEN_LIFETIME)?;
            Ok(Player { user, token })
        });
        let players = funded.buffered(Self::FUNDED_AT_ONCE).try_collect().await?;
        Self::of(players).ok_or(FundError::Nobody)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The player of that place.
    pub fn at(&self, place: usize) -> &Player {
        &self.0[place % self.0.len()]
    }
}
