//! [`Problem`]: a refusal as the client gets it (RFC 9457), with additional fields for old clients.

use crate::Time;
use evens_jackpots::{ConcurrencyViolation, ConflictDetails};
use evens_players::LOGIN_AGE_MAX;
use evens_switches::SwitchName;
use serde::Serialize;
use std::time::Duration;
use strum::VariantArray;

/// Operators end a pause by hand, so clients ask again seldom.
const PAUSED_RETRY_AFTER: Duration = Duration::from_secs(30);

/// A kind of refusal. Its code and status are part of the API and never change their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, VariantArray)]
pub enum ProblemKind {
    /// The stake is larger than the balance.
    InsufficientBalance,
    /// The body is not a JSON object.
    MalformedBody,
    /// The token is missing or invalid.
    Unauthorized,
    /// The phone number or the password is wrong.
    WrongCredentials,
    /// The refresh token is no longer valid.
    SessionEnded,
    /// The signature is not that of the expected signer.
    WrongSignature,
    /// The token does not allow this.
    Forbidden,
    /// The account is blocked.
    AccountBlocked,
    /// The current password is wrong.
    WrongPassword,
    /// The code is wrong or has expired.
    WrongCode,
    /// The player has excluded themselves.
    Excluded,
    /// The account owes money or is under review.
    AccountHeld,
    /// The player's identity must be verified first.
    IdentityMissing,
    /// The user's login is too old for this.
    LoginTooOld,
    /// The resource does not exist.
    NotFound,
    /// The path exists, but not with this method.
    MethodNotAllowed,
    /// The request took too long.
    RequestTimeout,
    /// The idempotency key was used for another request.
    IdempotencyKeyReused,
    /// The state of the round does not allow it.
    RoundState,
    /// No part of the bet is unmatched.
    NothingToRefund,
    /// The round already exists with different settings.
    RoundExists,
    /// The player has the maximum number of unmatched bets in the round.
    TooManyWaitingBets,
    /// The state of the period does not allow it.
    PeriodState,
    /// The player has the maximum number of bets on the period.
    TooManyGameBets,
    /// The period has the maximum number of bets.
    PeriodFull,
    /// The phone number already has an account.
    PhoneNumberTaken,
    /// The amount exceeds a limit that the player has set.
    OverLimit,
    /// The player must first confirm how long they have played, as they requested.
    RealityCheckDue,
    /// The player has not requested a higher limit.
    NothingToConfirm,
    /// A restriction that the player set is still in force.
    TooEarly,
    /// The bank account belongs to another player.
    PayeeTaken,
    /// The player has the maximum number of open deposits.
    TooManyOpenDeposits,
    /// The player has changed their own limits and reminders too often within a day.
    TooManyChanges,
    /// The player has the maximum number of payees.
    TooManyPayees,
    /// The payee cannot be paid yet.
    PayeeNotUsable,
    /// The player has not staked enough of their deposits.
    TurnoverMissing,
    /// The order does not allow this now.
    OrderState,
    /// The maximum number of things wait for another cashier's approval.
    TooManyAgreements,
    /// A concurrent operation conflicted.
    ConcurrencyViolation,
    /// The jackpot does not allow this now.
    JackpotState,
    /// The dead letter does not contain a job.
    NotAJob,
    /// The operators have stopped this for a while.
    Paused,
    /// The body is too large.
    PayloadTooLarge,
    /// The body is not declared as JSON.
    UnsupportedMediaType,
    /// A field is missing or wrong.
    Invalid,
    /// The period could cost the house more than it may.
    ExposureLimit,
    /// The client must upgrade to another version of the protocol.
    UpgradeRequired,
    /// Too many requests.
    TooManyRequests,
    /// A failure of the server.
    Internal,
    /// Overload or outage. The same request may be repeated.
    Unavailable,
    /// The operators have switched this off.
    SwitchedOff,
}

impl ProblemKind {
    /// Every kind.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The HTTP status, the stable code, and the title.
    fn row(self) -> (u16, &'static str, &'static str) {
        match self {
            Self::InsufficientBalance => (400, "insufficient-balance", "The balance is too low"),
            Self::MalformedBody => (400, "malformed-body", "The body is not a JSON object"),
            Self::Unauthorized => (401, "unauthorized", "A valid bearer token is required"),
            Self::WrongCredentials => (401, "wrong-credentials", "The phone number or the password is wrong"),
            Self::SessionEnded => (401, "session-ended", "The session has ended"),
            Self::WrongSignature => (401, "wrong-signature", "The signature is invalid"),
            Self::Forbidden => (403, "forbidden", "This account may not do this"),
            Self::AccountBlocked => (403, "account-blocked", "The account is blocked"),
            Self::WrongPassword => (403, "wrong-password", "The current password is wrong"),
            Self::WrongCode => (403, "wrong-code", "The code is wrong or has expired"),
            Self::Excluded => (403, "excluded", "The player has excluded themselves"),
            Self::AccountHeld => (403, "account-held", "The account owes money or is under review"),
            Self::IdentityMissing => {
                (403, "identity-missing", "The player's identity must be verified first")
            }
            Self::LoginTooOld => (403, "login-too-old", "A more recent login is required"),
            Self::NotFound => (404, "not-found", "Not found"),
            Self::MethodNotAllowed => (405, "method-not-allowed", "The path does not support this method"),
            Self::RequestTimeout => (408, "request-timeout", "Request timeout"),
            Self::IdempotencyKeyReused => {
                (409, "idempotency-key-reused", "The idempotency key was used for another request")
            }
            Self::RoundState => (409, "round-state", "The round does not allow this now"),
            Self::NothingToRefund => (409, "nothing-to-refund", "No part of the bet is unmatched"),
            Self::RoundExists => (409, "round-exists", "The round already exists with different settings"),
            Self::TooManyWaitingBets => {
                (409, "too-many-waiting-bets", "Too many unmatched bets in the round")
            }
            Self::PeriodState => (409, "period-state", "The period does not allow this now"),
            Self::TooManyGameBets => (409, "too-many-game-bets", "Too many bets on the period"),
            Self::PeriodFull => (409, "period-full", "The period is full"),
            Self::PhoneNumberTaken => (409, "phone-number-taken", "The phone number already has an account"),
            Self::OverLimit => (409, "over-limit", "The amount exceeds a limit for this player"),
            Self::RealityCheckDue => {
                (409, "reality-check-due", "The player must first confirm how long they have played")
            }
            Self::NothingToConfirm => (409, "nothing-to-confirm", "There is no higher limit to confirm"),
            Self::TooEarly => (409, "too-early", "It is too early for this"),
            Self::PayeeTaken => (409, "payee-taken", "The bank account belongs to another player"),
            Self::TooManyOpenDeposits => (409, "too-many-open-deposits", "Too many open deposits"),
            Self::TooManyChanges => (409, "too-many-changes", "Too many changes of limits within a day"),
            Self::TooManyPayees => (409, "too-many-payees", "Too many bank accounts"),
            Self::PayeeNotUsable => (409, "payee-not-usable", "The bank account cannot be paid yet"),
            Self::TurnoverMissing => (409, "turnover-missing", "More bets are required before a withdrawal"),
            Self::OrderState => (409, "order-state", "The order does not allow this now"),
            Self::TooManyAgreements => (409, "too-many-agreements", "Too many decisions await approval"),
            Self::ConcurrencyViolation => (409, "concurrency-violation", "A concurrent operation conflicted"),
            Self::JackpotState => (409, "jackpot-state", "The jackpot does not allow this now"),
            Self::NotAJob => (409, "not-a-job", "The dead letter does not contain a job"),
            Self::Paused => (409, "paused", "The operators have paused this"),
            Self::PayloadTooLarge => (413, "payload-too-large", "The body is too large"),
            Self::UnsupportedMediaType => {
                (415, "unsupported-media-type", "The media type or encoding of the body is not supported")
            }
            Self::Invalid => (422, "invalid", "A field is missing or wrong"),
            Self::ExposureLimit => (422, "exposure-limit", "The bet could win more than the house accepts"),
            Self::UpgradeRequired => (426, "upgrade-required", "Another version of the protocol is required"),
            Self::TooManyRequests => (429, "too-many-requests", "Too many requests"),
            Self::Internal => (500, "internal", "An error occurred"),
            Self::Unavailable => (503, "unavailable", "Temporarily unavailable; try again"),
            Self::SwitchedOff => (503, "switched-off", "This is switched off"),
        }
    }

    /// The HTTP status.
    pub fn status(self) -> u16 {
        self.row().0
    }

    /// The stable code, which is the last part of the problem's type.
    pub fn code(self) -> &'static str {
        self.row().1
    }

    /// The title, which is the same for every problem of the kind.
    pub fn title(self) -> &'static str {
        self.row().2
    }
}

/// A refusal. Its detail is made from the request, never from the text of a lower error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The kind of refusal.
    pub kind: ProblemKind,
    /// The event, its subject, and the next step.
    pub detail: String,
    /// The invalid field of the request.
    pub field: Option<&'static str>,
    /// The bet concerned.
    pub bet_id: Option<String>,
    /// A reference by which support finds the subject.
    pub reference: Option<Box<str>>,
    /// The operation that was faster.
    pub conflict: Option<Box<Conflict>>,
    /// Time after which a retry may succeed.
    pub retry_after: Option<Duration>,
}

/// An operation that was faster than the requested one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The requested operation.
    pub operation: &'static str,
    /// The jackpot concerned.
    pub group: &'static str,
    /// The cause of the conflict.
    pub details: ConflictBody,
}

/// The details of a conflict, which some clients know as `ConcurrencyViolationError`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ConflictBody {
    /// The version that was expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_version: Option<u64>,
    /// The version that was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found_version: Option<u64>,
    /// The operation that holds the jackpot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_by: Option<String>,
    /// The time since which it holds the jackpot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_since: Option<Time>,
}

impl Problem {
    /// A problem of a kind.
    pub fn new(kind: ProblemKind, detail: impl Into<String>) -> Self {
        let (detail, field, bet_id) = (detail.into(), None, None);
        Self { kind, detail, field, bet_id, reference: None, conflict: None, retry_after: None }
    }

    /// A field that is missing or wrong. `detail` continues the sentence that begins with the field's name.
    pub fn invalid(field: &'static str, detail: impl std::fmt::Display) -> Self {
        Self::new(ProblemKind::Invalid, format!("{field} {detail}")).about_field(field)
    }

    /// A failure of the server. Its cause is only logged.
    pub fn internal() -> Self {
        Self::new(
            ProblemKind::Internal,
            "An error occurred and was recorded. Report the request id to support.",
        )
    }

    /// The account was blocked by an operator.
    pub fn blocked() -> Self {
        Self::new(ProblemKind::AccountBlocked, "The account is blocked. Ask support for the reason.")
    }

    /// All sessions of the account were ended since the login of the token.
    pub fn sessions_ended() -> Self {
        Self::new(ProblemKind::Unauthorized, "The sessions of the account were ended. Log in again.")
    }

    /// The act needs a more recent login.
    pub fn login_too_old() -> Self {
        let minutes = LOGIN_AGE_MAX.as_mins();
        let detail = format!("This needs a login within the last {minutes} minutes. Log in again.");
        Self::new(ProblemKind::LoginTooOld, detail)
    }

    /// A switch of the stage stops the request.
    pub fn paused(by: SwitchName) -> Self {
        let detail = match by {
            SwitchName::All => {
                "The operators have paused all changes. Bets already placed are still settled. Try again later."
            }
            SwitchName::Bets => {
                "The operators have paused betting. Bets already placed are still settled, and you can withdraw. Try \
                 again later."
            }
            SwitchName::Deposits => {
                "The operators have paused deposits. A payment that you have made is still credited. Try again later."
            }
            SwitchName::Withdrawals => {
                "The operators have paused new withdrawals. Those already requested are still paid. Try again later."
            }
        };
        Self::new(ProblemKind::Paused, detail).retry_after(PAUSED_RETRY_AFTER)
    }

    /// The platform currently takes no bets of any kind.
    pub fn bets_off() -> Self {
        let detail = "Betting is switched off. Bets already placed are still settled, and you can withdraw.";
        Self::new(ProblemKind::SwitchedOff, detail)
    }

    /// Overload or outage: the same request may be repeated.
    pub fn unavailable() -> Self {
        let detail = "The request was not completed in time. Repeat it unchanged, with the same Idempotency-Key \
                      if it had one.";
        Self::new(ProblemKind::Unavailable, detail).retry_after(Duration::from_secs(1))
    }

    /// Names the invalid field.
    #[must_use]
    pub fn about_field(self, field: &'static str) -> Self {
        Self { field: Some(field), ..self }
    }

    /// Names the bet concerned.
    #[must_use]
    pub fn about_bet(self, bet_id: impl std::fmt::Display) -> Self {
        Self { bet_id: Some(bet_id.to_string()), ..self }
    }

    /// Adds a reference for support.
    #[must_use]
    pub fn about_reference(self, reference: impl std::fmt::Display) -> Self {
        Self { reference: Some(reference.to_string().into()), ..self }
    }

    /// Another operation changed the state first.
    pub fn concurrency_violation(violation: &ConcurrencyViolation) -> Self {
        let none =
            ConflictBody { expected_version: None, found_version: None, held_by: None, held_since: None };
        let details = match &violation.details {
            ConflictDetails::Version { expected, found } => {
                ConflictBody { expected_version: Some(*expected), found_version: Some(*found), ..none }
            }
            ConflictDetails::Held { by, since } => {
                ConflictBody { held_by: Some(by.to_string()), held_since: Some((*since).into()), ..none }
            }
        };
        let (operation, group) = (violation.operation.as_str(), violation.group.as_str());
        let detail = format!("{violation}. Reload the jackpot, then repeat the request if it still applies.");
        let problem = Self::new(ProblemKind::ConcurrencyViolation, detail);
        Self { conflict: Some(Box::new(Conflict { operation, group, details })), ..problem }
    }

    /// Sets the time after which a retry may succeed.
    #[must_use]
    pub fn retry_after(self, retry_after: Duration) -> Self {
        Self { retry_after: Some(retry_after), ..self }
    }

    /// The response body for the request with this id.
    pub fn body(&self, request_id: &str) -> ProblemBody {
        ProblemBody {
            kind: format!("urn:evens:problem:{}", self.kind.code()),
            title: self.kind.title(),
            status: self.kind.status(),
            detail: self.detail.clone(),
            field: self.field,
            bet_id: self.bet_id.clone(),
            reference: self.reference.as_deref().map(str::to_owned),
            operation: self.conflict.as_ref().map(|conflict| conflict.operation),
            group: self.conflict.as_ref().map(|conflict| conflict.group),
            conflict_details: self.conflict.as_ref().map(|conflict| conflict.details.clone()),
            request_id: request_id.to_owned(),
            success: false,
            code: self.kind.code(),
            message: self.detail.clone(),
        }
    }
}

/// The body of a problem, `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProblemBody {
    /// Stable: `urn:evens:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same for every problem of the type.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The event, its subject, and the next step.
    pub detail: String,
    /// The invalid field of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<&'static str>,
    /// The bet concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bet_id: Option<String>,
    /// A reference by which support finds the subject, such as a bank account that belongs to another player.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The requested operation, if another one was faster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<&'static str>,
    /// The jackpot of that operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<&'static str>,
    /// The cause of the conflict.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conflict_details: Option<ConflictBody>,
    /// The id of the request in the logs.
    pub request_id: String,
    /// Always false; read by old clients.
    pub success: bool,
    /// The last part of the type; read by old clients.
    pub code: &'static str,
    /// The detail; read by old clients.
    pub message: String,
}
