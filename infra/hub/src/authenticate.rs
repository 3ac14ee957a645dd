//! Authentication: checks tokens and accounts, and describes refused rooms.

use evens_contracts::{Problem, ProblemKind};
use evens_http::Refusal;
use evens_live::{ByeReason, Connection, RoomRefusal, Session};
use evens_players::{Account, Role};
use evens_runtime::Context;
use evens_runtime::tokens::{Claims, TokenFault};
use evens_store::StoreError;

/// The reason for showing nothing, in the order of the checks.
#[derive(Debug)]
pub enum Denial {
    /// The token is not valid.
    Token(TokenFault),
    /// The account is blocked.
    Blocked,
    /// The account has lost the token's role.
    RoleLost,
    /// The sessions of the account were ended since the token's login.
    SessionEnded,
    /// The table did not answer.
    Failed(StoreError),
}

impl Denial {
    /// The reason with which the socket is closed. `None` if only this message fails.
    pub(crate) fn bye(&self) -> Option<ByeReason> {
        match self {
            Self::Token(TokenFault::Expired) | Self::SessionEnded => Some(ByeReason::TokenExpired),
            Self::Token(_) => Some(ByeReason::NoHello),
            Self::Blocked => Some(ByeReason::Blocked),
            Self::RoleLost => Some(ByeReason::RoleLost),
            Self::Failed(_) => None,
        }
    }
}

impl From<Denial> for Refusal {
    fn from(denial: Denial) -> Self {
        match denial {
            Denial::Token(fault) => Problem::new(ProblemKind::Unauthorized, fault.to_string()).into(),
            Denial::Blocked => Problem::blocked().into(),
            Denial::RoleLost => {
                let detail = "The account no longer has the role of the token. Log in again.";
                Problem::new(ProblemKind::Forbidden, detail).into()
            }
            Denial::SessionEnded => Problem::sessions_ended().into(),
            Denial::Failed(error) => error.into(),
        }
    }
}

/// The session of a valid token.
pub fn verify(context: &Context, token: &str) -> Result<Session, Denial> {
    let claims = context.tokens.verify(token, context.clock.now()).map_err(Denial::Token)?;
    let Claims { user, role, session_epoch, expires_at, .. } = claims;
    Ok(Session { user, role, session_epoch, expires_at })
}

/// Checks the account of a session as it is now. A user without an account has no role and cannot be blocked.
pub async fn check_account(context: &Context, session: Session) -> Result<(), Denial> {
    let account = context.store.load_account(session.user).await.map_err(Denial::Failed)?;
    may_stay(account.as_ref(), &session)
}

/// Checks whether an account permits a session.
pub(crate) fn may_stay(account: Option<&Account>, session: &Session) -> Result<(), Denial> {
    if account.is_some_and(|account| account.is_blocked) {
        return Err(Denial::Blocked);
    }
    let (role, epoch) = account.map_or((Role::Player, 0), |account| (account.role, account.session_epoch));
    if session.role != Role::Player && session.role != role {
        return Err(Denial::RoleLost);
    }
    if session.session_epoch == epoch { Ok(()) } else { Err(Denial::SessionEnded) }
}

/// The problem of a message whose rooms were refused.
pub fn problem(refusal: &RoomRefusal) -> Problem {
    match refusal {
        RoomRefusal::OtherUser => {
            let detail = "This connection is another user's. Open a new one.";
            Problem::new(ProblemKind::Forbidden, detail).about_field("token")
        }
        RoomRefusal::Forbidden(room) => {
            let detail = format!("The token does not allow the room {room}.");
            Problem::new(ProblemKind::Forbidden, detail).about_field("rooms")
        }
        RoomRefusal::TooManyRooms => {
            let max = Connection::ROOMS_MAX;
            Problem::invalid("rooms", format!("would be more than {max}, your own room among them"))
        }
    }
}
