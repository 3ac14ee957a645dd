//! Answers about accounts. The envelope of sign-up and login is that of the old API.

use crate::{Cursor, Data, Time, UserBody};
use evens_players::{Month, RecoveryId, Referral, RefreshToken};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

/// The tokens of a session.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokensBody {
    /// For the header `Authorization: Bearer`; valid for `expiresIn` seconds.
    pub access_token: String,
    /// For one call of `POST /api/users/refresh`; valid for 30 days. Absent if a cookie carries it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// `Bearer`.
    pub token_type: &'static str,
    /// Lifetime of the access token in seconds.
    pub expires_in: u64,
}

impl TokensBody {
    /// Tokens that were just issued.
    pub fn new(access_token: String, refresh_token: &RefreshToken) -> Self {
        Self {
            access_token,
            refresh_token: Some(refresh_token.reveal()),
            token_type: "Bearer",
            expires_in: evens_players::ACCESS_TOKEN_LIFETIME.unsigned_abs().as_secs(),
        }
    }
}

/// Never prints a token.
impl std::fmt::Debug for TokensBody {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("TokensBody(..)")
    }
}

/// A player and their tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SessionBody {
    /// The player.
    pub user: UserBody,
    /// Their tokens.
    pub tokens: TokensBody,
}

/// `201` to `POST /api/users/signup`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SignUpAnswer {
    /// Always true.
    pub success: bool,
    /// A message for people.
    pub message: &'static str,
    /// The player and their tokens.
    pub data: SessionBody,
}

impl SignUpAnswer {
    /// The answer for a new account.
    pub fn new(user: UserBody, tokens: TokensBody) -> Self {
        Self { success: true, message: "User registered successfully", data: SessionBody { user, tokens } }
    }
}

/// `200` to `POST /api/users/login`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LoginAnswer {
    /// Always true.
    pub success: bool,
    /// The player and their tokens.
    pub data: SessionBody,
}

impl LoginAnswer {
    /// The answer for a player who has just logged in.
    pub fn new(user: UserBody, tokens: TokensBody) -> Self {
        Self { success: true, data: SessionBody { user, tokens } }
    }
}

/// New tokens of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NewTokensBody {
    /// The tokens.
    pub tokens: TokensBody,
}

/// `200` to `POST /api/users/refresh` and to `POST /api/users/me/password`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TokensAnswer {
    /// Always true.
    pub success: bool,
    /// The tokens.
    pub data: NewTokensBody,
}

impl TokensAnswer {
    /// The answer with new tokens.
    pub fn new(tokens: TokensBody) -> Self {
        Self { success: true, data: NewTokensBody { tokens } }
    }
}

/// A recovery that has begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecoveryBody {
    /// The id of the recovery, for the path of the next request.
    pub recovery_id: String,
    /// When the code expires, if one was sent.
    pub expires_at: Time,
}

/// `202` to `POST /api/users/recovery`: the same whether or not the number has an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RecoveryAnswer {
    /// Always true.
    pub success: bool,
    /// The recovery.
    pub data: RecoveryBody,
}

impl RecoveryAnswer {
    /// The answer for a recovery with this id.
    pub fn new(id: &RecoveryId, expires_at: Timestamp) -> Self {
        let data = RecoveryBody { recovery_id: id.reveal(), expires_at: expires_at.into() };
        Self { success: true, data }
    }
}

/// `200` without data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DoneAnswer {
    /// Always true.
    pub success: bool,
    /// A message for people.
    pub message: &'static str,
}

impl DoneAnswer {
    /// The answer with this message.
    pub fn new(message: &'static str) -> Self {
        Self { success: true, message }
    }
}

/// `200` to `GET` and `PATCH /api/users/me`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct UserAnswer {
    /// Always true.
    pub success: bool,
    /// The player.
    pub data: UserBody,
}

impl UserAnswer {
    /// The answer with a player's account.
    pub fn new(user: UserBody) -> Self {
        Self { success: true, data: user }
    }
}

/// A player who was referred.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReferralBody {
    /// The player who signed up.
    pub referred_id: u64,
    /// Depth in the referral tree: 1.
    pub level: u32,
    /// `active`.
    pub status: &'static str,
    /// Time at which the referral was recorded (RFC 3339).
    pub recorded_at: Time,
}

/// `200` to `GET /api/users/me/referrals`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReferralListAnswer {
    /// The players who signed up with the player's code, by descending number.
    pub data: Vec<ReferralBody>,
    /// Start of the next page; null on the last page.
    pub next_cursor: Option<String>,
}

impl ReferralListAnswer {
    /// A page of referrals. The next page starts before the number `next_before`.
    pub fn new(referrals: &[Referral], next_before: Option<u64>) -> Self {
        let body = |referral: &Referral| ReferralBody {
            referred_id: referral.referred.number(),
            level: referral.level,
            status: Referral::STATUS,
            recorded_at: referral.recorded_at.into(),
        };
        Self {
            data: referrals.iter().map(body).collect(),
            next_cursor: next_before.map(|before| Cursor { before }.to_string()),
        }
    }
}

/// A day of a calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DayBody {
    /// The day, as in `2026-11-20`.
    pub date: String,
    /// `true` if the player logged in on this day.
    pub has_logged_in: bool,
}

/// A month of a player's attendance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttendanceBody {
    /// The current day, in the time zone in which days are counted.
    pub today: String,
    /// Number of consecutive days with a login, up to today or yesterday.
    pub streak: u32,
    /// The month, as in `2026-11`.
    pub month: String,
    /// Its days up to today.
    pub days: Vec<DayBody>,
}

impl Data<AttendanceBody> {
    /// The answer for a month in which the player logged in on these days.
    pub fn new(month: Month, today: Date, attended: &[Date], streak: u32) -> Self {
        let days = month.days().filter(|day| *day <= today);
        let days = days.map(|day| DayBody { date: day.to_string(), has_logged_in: attended.contains(&day) });
        let data = AttendanceBody {
            today: today.to_string(),
            streak,
            month: month.to_string(),
            days: days.collect(),
        };
        Self { data }
    }
}
