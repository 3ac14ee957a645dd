//! [`Sessions`]: opens and refreshes sessions.

use evens_contracts::{Problem, ProblemKind, TokensBody};
use evens_http::Refusal;
use evens_players::{
    ACCESS_TOKEN_LIFETIME, Account, FamilyId, PendingTask, RefreshToken, Session, SuccessorSalt,
};
use evens_runtime::Context;
use evens_runtime::tokens::{SigningKeyError, TokenSigner, TokenSubject};
use evens_store::{PasswordHash, RefreshOutcome};
use jiff::Timestamp;
use std::sync::Arc;

/// Opens and refreshes sessions. Holds the private key. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Sessions(Arc<TokenSigner>);

impl Sessions {
    pub fn new(signer: TokenSigner) -> Self {
        Self::sharing(Arc::new(signer))
    }

    /// The same with a shared key.
    pub(crate) fn sharing(signer: Arc<TokenSigner>) -> Self {
        Self(signer)
    }

    /// Opens a session of an account.
    ///
    /// # Role
    /// - `PutItem` on `SESSION#`
    pub async fn open(
        &self,
        context: &Context,
        account: &Account,
        now: Timestamp,
    ) -> Result<TokensBody, Refusal> {
        let (session, tokens) = self.draw(context, account, now)?;
        context.store.open_session(&session).await?;
        Ok(tokens)
    }

    /// Creates a session and its tokens. They become valid once the caller stores the session.
    ///
    /// # Role
    /// None: it asks the table for nothing.
    pub fn draw(
        &self,
        context: &Context,
        account: &Account,
        now: Timestamp,
    ) -> Result<(Session, TokensBody), Refusal> {
        let (family, secret) = (FamilyId::from_random(context.entropy.bytes()?), context.entropy.bytes()?);
        let token = RefreshToken::new(account.user, family, secret);
        let access = self.sign(account, now)?;
        let session = Session::open(&token, now).of_epoch(account.session_epoch);
        Ok((session, TokensBody::new(access, &token)))
    }

    /// Opens a session, with the debt of the login, for a user whose password matched one of the hashes in `verified`.
    /// Returns `None` if the stored hash is now a different one: no session is open, and the password must be checked
    /// again.
    ///
    /// A password change ends all sessions of the account's epoch. A login that had checked the old password may read
    /// the account just after that, and open a session of the new epoch. So the login reads the hash again after
    /// storing its session. Either it sees the new hash, or its epoch ends with the change.
    ///
    /// # Role
    /// - `DeleteItem` on `SESSION#`
    /// - `GetItem` on `PHONE#`
    /// - `PutItem` on `SESSION#`
    /// - `UpdateItem` on `SESSION#`
    pub async fn open_verified(
        &self,
        context: &Context,
        account: &Account,
        verified: &[&PasswordHash],
        owed: PendingTask,
        now: Timestamp,
    ) -> Result<Option<TokensBody>, Refusal> {
        let (session, tokens) = self.draw(context, account, now)?;
        let session = session.owing(owed);
        context.store.open_session(&session).await?;
        let login = context.store.load_login(&account.phone).await?;
        if login.is_some_and(|login| verified.contains(&&login.password)) {
            return Ok(Some(tokens));
        }
        context.store.end_session(session.user, session.family).await?;
        Ok(None)
    }

    /// Refreshes a session with new tokens. The presented token becomes invalid. Presented again within
    /// [`REFRESH_REPEAT_WINDOW`](evens_players::REFRESH_REPEAT_WINDOW), it gets the same successor; later it ends the
    /// session. Everything the answer needs is therefore read and signed first: a failure before the rotation leaves a
    /// token that can be presented again.
    ///
    /// # Errors
    /// `401` if the token is not valid, then `403` if the account is blocked, then `401` if all sessions of the account
    /// were ended since the login.
    ///
    /// # Role
    /// - `DeleteItem` on `SESSION#`
    /// - `GetItem` on `ACCOUNT#`, `SESSION#`
    /// - `UpdateItem` on `SESSION#`
    pub async fn refresh(
        &self,
        context: &Context,
        presented: &RefreshToken,
        now: Timestamp,
    ) -> Result<TokensBody, Refusal> {
        let salt = SuccessorSalt::from_random(context.entropy.bytes()?);
        let account = context.store.load_account(presented.user()).await?.ok_or_else(session_ended)?;
        let session = context.store.load_session(presented.user(), presented.family()).await?;
        let Session { created_at, epoch, .. } = session.ok_or_else(session_ended)?;
        let access = self.carry_on(&account, epoch, created_at, now)?;
        let next = match context.store.rotate_session(presented, salt, now).await? {
            RefreshOutcome::Rotated(session) => session.successor(presented).ok_or_else(session_ended)?,
            RefreshOutcome::Ended => return Err(session_ended().into()),
            RefreshOutcome::Reused => {
                tracing::warn!("user.id" = %presented.user(), "Ended a session because an old refresh token was used again");
                return Err(session_ended().into());
            }
        };
        if account.is_blocked {
            context.store.end_session(presented.user(), presented.family()).await?;
            return Err(Problem::blocked().into());
        }
        if epoch != account.session_epoch {
            context.store.end_session(presented.user(), presented.family()).await?;
            return Err(session_ended().into());
        }
        Ok(TokensBody::new(access, &next))
    }

    fn sign(&self, account: &Account, now: Timestamp) -> Result<String, Refusal> {
        let subject = subject(account, account.session_epoch);
        signed(self.0.sign_login(subject, now, ACCESS_TOKEN_LIFETIME.unsigned_abs()))
    }

    /// An access token without a login time. Actions that need a recent login do not accept it.
    fn carry_on(
        &self,
        account: &Account,
        epoch: u64,
        started_at: Timestamp,
        now: Timestamp,
    ) -> Result<String, Refusal> {
        let lifetime = ACCESS_TOKEN_LIFETIME.unsigned_abs();
        signed(self.0.carry_on(subject(account, epoch), started_at, now, lifetime))
    }
}

/// A token belongs to the epoch of its session, which may have ended since the account was read.
fn subject(account: &Account, session_epoch: u64) -> TokenSubject {
    TokenSubject { user: account.user, role: account.role, session_epoch }
}

fn signed(signed: Result<String, SigningKeyError>) -> Result<String, Refusal> {
    signed.map_err(|error| {
        tracing::error!(%error, "A token could not be signed");
        Problem::internal().into()
    })
}

fn session_ended() -> Problem {
    Problem::new(ProblemKind::SessionEnded, "The refresh token is no longer valid. Log in again.")
}
