//! [`Players`]: funded users with their credentials.

use crate::Session;
use evens_ledger::{Amount, UserId};
use evens_payments::PayeeId;
use evens_runtime::Clock;
use evens_runtime::tokens::{Role, SigningKeyError, TokenSigner};
use evens_store::{FundOutcome, Store, StoreError};
use futures::{StreamExt, TryStreamExt, stream};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OnceCell;

/// A user with credentials. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Player {
    pub user: UserId,
    proof: Proof,
    /// The payee, from the first withdrawal on.
    payee: Arc<OnceCell<PayeeId>>,
}

/// A player's credentials.
#[derive(Debug, Clone)]
enum Proof {
    /// None, for a system without authentication.
    Nothing,
    /// A token that outlives any run.
    Token(Arc<str>),
    /// A session whose tokens are refreshed during the run.
    Session(Arc<Session>),
}

/// The players of a plan, at least one. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Players(Arc<[Player]>);

/// The reason why players could not be funded.
#[derive(Debug, thiserror::Error)]
pub enum FundError {
    /// The store refused the funding.
    #[error("cannot fund the wallet of user {0}")]
    Store(UserId, #[source] StoreError),
    /// The order was already used for another funding.
    #[error("the order {0} was used for another deposit")]
    OrderUsed(String),
    /// The balance would exceed its maximum.
    #[error("the balance of user {0} cannot hold the amount")]
    BalanceTooLarge(UserId),
}

impl Player {
    /// A player without credentials, for a system without authentication.
    pub fn unproved(user: UserId) -> Self {
        Self::proved_by(Proof::Nothing, user)
    }

    pub(crate) fn logged_in(user: UserId, session: Session) -> Self {
        Self::proved_by(Proof::Session(Arc::new(session)), user)
    }

    fn proved_by(proof: Proof, user: UserId) -> Self {
        Self { user, proof, payee: Arc::default() }
    }

    pub(crate) fn payee(&self) -> &OnceCell<PayeeId> {
        &self.payee
    }

    /// The current bearer token. Empty for a system without authentication.
    pub fn token(&self) -> Arc<str> {
        match &self.proof {
            Proof::Nothing => Arc::default(),
            Proof::Token(token) => token.clone(),
            Proof::Session(session) => session.access_token(),
        }
    }

    /// The number of token refreshes of the session.
    pub fn refreshes(&self) -> u64 {
        self.session().map_or(0, Session::refreshes)
    }

    pub(crate) fn session(&self) -> Option<&Session> {
        match &self.proof {
            Proof::Session(session) => Some(session),
            Proof::Nothing | Proof::Token(_) => None,
        }
    }
}

impl Players {
    /// The number of wallets funded concurrently.
    const FUNDED_AT_ONCE: usize = 16;
    /// The lifetime of tokens signed here, which outlive any run.
    const TOKEN_LIFETIME: Duration = Duration::from_hours(24);

    /// Returns `None` for an empty list.
    pub fn of(players: Vec<Player>) -> Option<Self> {
        if players.is_empty() { None } else { Some(Self(players.into())) }
    }

    /// Users without accounts, for a system that accepts this key. They need no sign-up, and no refresh during a
    /// measurement. Returns `None` for an empty list.
    ///
    /// # Errors
    /// The operating system returned no random numbers.
    pub fn signed(
        signer: &TokenSigner,
        users: impl IntoIterator<Item = UserId>,
    ) -> Result<Option<Self>, SigningKeyError> {
        let now = Clock::system().now();
        let player = |user| {
            let token = signer.sign(user, Role::Player, now, Self::TOKEN_LIFETIME)?;
            Ok(Player::proved_by(Proof::Token(token.into()), user))
        };
        Ok(Self::of(users.into_iter().map(player).collect::<Result<_, _>>()?))
    }

    /// Funds the players from the house, beside a running system of the local stage. The same `order` funds each of
    /// them once.
    ///
    /// # Errors
    /// Any of [`FundError`]. Some of the players may be funded already.
    pub async fn fund(&self, store: &Store, amount: Amount, order: &str) -> Result<(), FundError> {
        let now = Clock::system().now();
        let users: Vec<_> = self.0.iter().map(|player| player.user).collect();
        let funded = stream::iter(users).map(|user| async move {
            let order = format!("{order}-{user}");
            let outcome = store.fund_wallet(user, amount, &order, now).await;
            match outcome.map_err(|error| FundError::Store(user, error))? {
                FundOutcome::Funded(_) | FundOutcome::FundedBefore => Ok(()),
                FundOutcome::OrderUsedForAnother => Err(FundError::OrderUsed(order)),
                FundOutcome::BalanceTooLarge => Err(FundError::BalanceTooLarge(user)),
            }
        });
        funded.buffered(Self::FUNDED_AT_ONCE).try_collect().await
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The player at this index, modulo the number of players.
    pub fn at(&self, place: usize) -> &Player {
        &self.0[place % self.0.len()]
    }

    /// All players in order.
    pub fn iter(&self) -> impl Iterator<Item = &Player> {
        self.0.iter()
    }
}
