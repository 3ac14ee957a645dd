//! [`Players`]: users with money, and with what proves who they are.

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

/// A user, and what proves it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Player {
    /// The user.
    pub user: UserId,
    proof: Proof,
    /// Where they are paid to, from their first withdrawal on.
    payee: Arc<OnceCell<PayeeId>>,
}

/// What proves who a player is.
#[derive(Debug, Clone)]
enum Proof {
    /// Nothing: the system does not ask.
    Nothing,
    /// A token that holds longer than any run.
    Token(Arc<str>),
    /// A session, whose tokens are replaced while it lasts.
    Session(Arc<Session>),
}

/// The players of a plan: at least one. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Players(Arc<[Player]>);

/// Why players have no money.
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
}

impl Player {
    /// A player of a system that asks for no token.
    pub fn unproved(user: UserId) -> Self {
        Self::proved_by(Proof::Nothing, user)
    }

    pub(crate) fn logged_in(user: UserId, session: Session) -> Self {
        Self::proved_by(Proof::Session(Arc::new(session)), user)
    }

    fn proved_by(proof: Proof, user: UserId) -> Self {
        Self { user, proof, payee: Arc::default() }
    }

    /// Where they are paid to.
    pub(crate) fn payee(&self) -> &OnceCell<PayeeId> {
        &self.payee
    }

    /// The bearer token that holds now; empty where the system asks for none.
    pub fn token(&self) -> Arc<str> {
        match &self.proof {
            Proof::Nothing => Arc::default(),
            Proof::Token(token) => token.clone(),
            Proof::Session(session) => session.access_token(),
        }
    }

    /// How often the tokens of the session were replaced.
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
    /// How many wallets are funded side by side.
    const FUNDED_AT_ONCE: usize = 16;
    /// How long tokens that are signed here hold: longer than any run.
    const TOKEN_LIFETIME: Duration = Duration::from_hours(24);

    /// These players; none where there are none.
    pub fn of(players: Vec<Player>) -> Option<Self> {
        if players.is_empty() { None } else { Some(Self(players.into())) }
    }

    /// Users without accounts, for a system that believes this key: nobody has to sign up and nothing has to be
    /// refreshed while something is measured. None where there are no users.
    ///
    /// # Errors
    /// The system gives no random numbers.
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

    /// Funds them from the house, beside a running system of the local stage. The same `order` funds each of them once.
    ///
    /// # Errors
    /// Any of [`FundError`]; some of the players may be funded by then.
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

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The player of that place.
    pub fn at(&self, place: usize) -> &Player {
        &self.0[place % self.0.len()]
    }

    /// All of them, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Player> {
        self.0.iter()
    }
}
