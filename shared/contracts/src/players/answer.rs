//! Answers about accounts. The envelope of sign-up and login is the old API's.

use crate::{Cursor, UserBody};
use evens_players::{Month, Referral, RefreshToken};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

/// The tokens to use from now on.
#[derive(Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TokensBody {
    /// For the header `Authorization: Bearer`. Valid for `expiresIn` seconds.
    pub access_token: String,
    /// For `POST /api/users/refresh`. Usable once, valid for 30 days.
    pub refresh_token: String,
    /// `Bearer`.
    pub token_type: &'static str,
    /// The lifetime of the access token in seconds.
    pub expires_in: u64,
}

impl TokensBody {
    /// Tokens that were just issued.
    pub fn new(access_token: String, refresh_token: &RefreshToken) -> Self {
        Self {
            access_token,
            refresh_token: refresh_token.reveal(),
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
    /// The player's tokens.
    pub tokens: TokensBody,
}

/// `201` to `POST /api/users/signup`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SignUpAnswer {
    /// Always true.
    pub success: bool,
    /// A text for people, not for programs.
    pub message: &'static str,
    /// The player and their tokens.
    pub data: SessionBody,
}

impl SignUpAnswer {
    /// The answer to a player who has an account now.
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
    /// The answer to a player who is logged in now.
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
    /// The answer that gives new tokens.
    pub fn new(tokens: TokensBody) -> Self {
        Self { success: true, data: NewTokensBody { tokens } }
    }
}

/// `200` to routes without data to return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DoneAnswer {
    /// Always true.
    pub success: bool,
    /// A text for people, not for programs.
    pub message: &'static str,
}

impl DoneAnswer {
    /// The answer with that message.
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
    /// The answer that shows a player.
    pub fn new(user: UserBody) -> Self {
        Self { success: true, data: user }
    }
}

/// A referred player.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReferralBody {
    /// The referred player.
    pub referred_id: u64,
    /// The level in the referral tree: always 1.
    pub level: u32,
    /// `active`.
    pub status: &'static str,
    /// The time of the record (RFC 3339).
    pub recorded_at: String,
}

/// `200` to `GET /api/users/me/referrals`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReferralListAnswer {
    /// The players who signed up with the player's code, by descending user number.
    pub data: Vec<ReferralBody>,
    /// The start of the next page. Null on the last page.
    pub next_cursor: Option<String>,
}

impl ReferralListAnswer {
    /// A page of referrals; the next one starts before that number.
    pub fn new(referrals: &[Referral], next_before: Option<u64>) -> Self {
        let body = |referral: &Referral| ReferralBody {
            referred_id: referral.referred.number(),
            level: referral.level,
            status: Referral::STATUS,
            recorded_at: referral.recorded_at.to_string(),
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
    /// True if the player logged in.
    pub has_logged_in: bool,
}

/// A month of a player's attendance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AttendanceBody {
    /// The current day in the platform's calendar.
    pub today: String,
    /// The number of consecutive days with a login, up to today or yesterday.
    pub streak: u32,
    /// The month, as in `2026-11`.
    pub month: String,
    /// The days of the month up to today.
    pub days: Vec<DayBody>,
}

/// `200` to `GET /api/attendance`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AttendanceAnswer {
    /// The month.
    pub data: AttendanceBody,
}

impl AttendanceAnswer {
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
