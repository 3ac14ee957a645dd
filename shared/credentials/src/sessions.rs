//! [`Sessions`]: opens sessions and carries them on.

use evens_accounts::{ACCESS_TOKEN_LIFETIME, Account, FamilyId, RefreshToken, Role, Session};
use evens_contracts::{Problem, ProblemKind, TokensBody};
use evens_ledger::UserId;
use evens_runtime::Context;
use evens_runtime::http::Refusal;
use evens_runtime::tokens::{SigningKeyError, TokenSigner};
use evens_store::RefreshOutcome;
use jiff::Timestamp;
use std::sync::Arc;

/// Opens sessions and carries them on. Holds the private key. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Sessions(Arc<TokenSigner>);

impl Sessions {
    /// Sessions whose access tokens that key signs.
    pub fn new(signer: TokenSigner) -> Self {
        Self(Arc::new(signer))
    }

    /// Opens a session of an account.
    pub async fn open(
        &self,
        context: &Context,
        account: &Account,
        now: Timestamp,
    ) -> Result<TokensBody, Refusal> {
        let (family, secret) = (FamilyId::from_random(context.entropy.bytes()?), context.entropy.bytes()?);
        let token = RefreshToken::new(account.user, family, secret);
        let access = self.sign(account.user, account.role, now)?;
        context.store.open_session(&Session::open(&token, now)).await?;
        Ok(TokensBody::new(access, &token))
    }

    /// Carries a session on with new tokens. The presented one is good no more, and presenting it again ends the
    /// session.
    ///
    /// # Errors
    /// `401` where the token does not hold, then `403` where the account is blocked.
    pub async fn refresh(
        &self,
        context: &Context,
        presented: &RefreshToken,
        now: Timestamp,
    ) -> Result<TokensBody, Refusal> {
        let next = RefreshToken::new(presented.user(), presented.family(), context.entropy.bytes()?);
        match context.store.rotate_session(presented, &next, now).await? {
            RefreshOutcome::Rotated(_) => {}
            RefreshOutcome::Ended => return Err(ended().into()),
            RefreshOutcome::Reused => {
                tracing::warn!("user.id" = %presented.user(), "A refresh token was used twice; its session has ended");
                return Err(ended().into());
            }
        }
        let account = context.store.load_account(presented.user()).await?.ok_or_else(ended)?;
        if account.is_blocked {
            context.store.end_session(presented.user(), presented.family()).await?;
            return Err(Problem::blocked().into());
        }
        Ok(TokensBody::new(self.sign(account.user, account.role, now)?, &next))
    }

    fn sign(&self, user: UserId, role: Role, now: Timestamp) -> Result<String, Refusal> {
        let signed = self.0.sign(user, role, now, ACCESS_TOKEN_LIFETIME.unsigned_abs());
        signed.map_err(|error: SigningKeyError| {
            tracing::error!(%error, "A token could not be signed");
            Problem::internal().into()
        })
    }
}

fn ended() -> Problem {
    Problem::new(ProblemKind::SessionEnded, "The refresh token does not hold any more. Log in again.")
}
