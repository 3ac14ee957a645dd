//! Requests about accounts, parsed into types that cannot be wrong. Fields are checked in the order of the struct.
//! Sign-up and login also accept the field names of the old system. If a field is present under both names, both are
//! checked, and the current one is used.

use crate::{Body, Problem, ProblemKind};
use evens_ledger::UserId;
use evens_players::{Country, Password, PhoneNumber, ReferralCode, RefreshToken, UserName, VerificationCode};
use std::str::FromStr;

/// The account in a path. A malformed number is answered like that of an unknown account.
pub fn parse_user_id(text: &str) -> Result<UserId, Problem> {
    text.parse().map_err(|_| unknown_user())
}

/// The problem of an account that does not exist.
pub fn unknown_user() -> Problem {
    Problem::new(ProblemKind::NotFound, "There is no such account.").about_field("userId")
}

/// `POST /api/users/signup`.
#[derive(Debug)]
pub struct SignUpRequest {
    /// The phone number to log in with.
    pub phone: PhoneNumber,
    /// The password to log in with.
    pub password: Password,
    /// The player's display name.
    pub name: Option<UserName>,
    /// The referral code of the referrer.
    pub referred_by: Option<ReferralCode>,
    /// The place where the refresh token is kept.
    pub keeper: TokenKeeper,
}

impl SignUpRequest {
    /// Parses the body, or returns the problem of the first invalid field. A phone number without a country code
    /// belongs to `country`.
    pub fn parse(bytes: &[u8], country: Country) -> Result<Self, Problem> {
        let body = Body::parse(bytes)?;
        let phone = phone_number(&body, country)?;
        let password = new_password(&body, "password")?;
        let password = password.of(&phone).map_err(|error| Problem::invalid("password", error))?;
        let (name, old_name) = (user_name(&body, "userName")?, user_name(&body, "user_name")?);
        let referred_by: Option<ReferralCode> = body.optional_string("referredBy")?;
        let old_referred_by = body.optional_string("referred_by")?;
        let (name, referred_by) = (name.or(old_name), referred_by.or(old_referred_by));
        Ok(Self { phone, password, name, referred_by, keeper: TokenKeeper::read(&body)? })
    }
}

/// `POST /api/users/login`.
#[derive(Debug)]
pub struct LoginRequest {
    /// The phone number.
    pub phone: PhoneNumber,
    /// The password as given.
    pub password: Password,
    /// The place where the refresh token is kept.
    pub keeper: TokenKeeper,
}

impl LoginRequest {
    /// Parses the body. A text that cannot be a password counts as a wrong one.
    pub fn parse(bytes: &[u8], country: Country) -> Result<Self, Problem> {
        let body = Body::parse(bytes)?;
        let phone = phone_number(&body, country)?;
        let password = Password::presented(body.string("password")?);
        Ok(Self { phone, password, keeper: TokenKeeper::read(&body)? })
    }
}

/// The place where a client keeps its refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKeeper {
    /// The client itself: the token is in the body of the answer.
    Client,
    /// The browser: the token is in a cookie that scripts cannot read.
    Cookie,
}

/// The text is not `cookie`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not cookie")]
pub struct TokenKeeperError;

impl TokenKeeper {
    pub(crate) const COOKIE: &str = "cookie";

    /// Reads the field `session`. If it is absent, the client keeps the token.
    fn read(body: &Body<'_>) -> Result<Self, Problem> {
        Ok(body.optional_string("session")?.unwrap_or(Self::Client))
    }
}

impl FromStr for TokenKeeper {
    type Err = TokenKeeperError;

    fn from_str(text: &str) -> Result<Self, TokenKeeperError> {
        if text == Self::COOKIE { Ok(Self::Cookie) } else { Err(TokenKeeperError) }
    }
}

/// `POST /api/users/refresh` and `POST /api/users/logout`.
#[derive(Debug)]
pub struct RefreshRequest {
    /// The refresh token; `None` if the session cookie carries it.
    pub token: Option<RefreshToken>,
}

impl RefreshRequest {
    /// Parses the body.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let body = Body::parse(bytes)?;
        Ok(Self { token: body.optional_string("refreshToken")? })
    }

    /// The problem of a request without any refresh token.
    pub fn missing() -> Problem {
        Problem::invalid("refreshToken", "is missing, and there is no session cookie")
    }
}

/// `PATCH /api/users/me`. Absent fields stay as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileRequest {
    /// The new name.
    pub name: Option<UserName>,
    /// The new picture.
    pub picture: Option<u32>,
}

impl ProfileRequest {
    /// Parses the body, which must contain at least one field.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let body = Body::parse(bytes)?;
        let name = user_name(&body, "userName")?;
        let picture = body.optional_whole::<PictureId>("profilePictureId")?.map(|PictureId(id)| id);
        if name.is_none() && picture.is_none() {
            return Err(Problem::invalid(
                "userName",
                "is missing, as is profilePictureId. Give at least one of them",
            ));
        }
        Ok(Self { name, picture })
    }
}

/// The number of one of the client's pictures.
struct PictureId(u32);

impl FromStr for PictureId {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let id = text.parse().ok().filter(|_| is_digits);
        id.map(Self).ok_or("must be a whole number from 0 to 4294967295")
    }
}

/// `POST /api/users/me/password`.
#[derive(Debug)]
pub struct PasswordRequest {
    /// The current password as given.
    pub current: Password,
    /// The new password.
    pub new: Password,
    /// The place where the refresh token is kept.
    pub keeper: TokenKeeper,
}

impl PasswordRequest {
    /// Parses the body.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let body = Body::parse(bytes)?;
        let current = Password::presented(body.string("currentPassword")?);
        let new = new_password(&body, "newPassword")?;
        Ok(Self { current, new, keeper: TokenKeeper::read(&body)? })
    }
}

/// `POST /api/users/me/phone/verify`.
#[derive(Debug)]
pub struct PhoneCodeRequest {
    /// The code that was sent to the player.
    pub code: VerificationCode,
}

impl PhoneCodeRequest {
    /// Parses the body.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        Ok(Self { code: Body::parse(bytes)?.string("code")? })
    }
}

fn phone_number(body: &Body<'_>, country: Country) -> Result<PhoneNumber, Problem> {
    let named = |field: &'static str| {
        let text: Option<String> = body.optional_string(field)?;
        let phone = text.map(|text| PhoneNumber::parse(&text, country)).transpose();
        phone.map_err(|error| Problem::invalid(field, error))
    };
    let (phone, old_phone) = (named("phoneNo")?, named("phone_no")?);
    phone.or(old_phone).ok_or_else(|| Problem::invalid("phoneNo", "is missing"))
}

fn user_name(body: &Body<'_>, field: &'static str) -> Result<Option<UserName>, Problem> {
    let text: Option<String> = body.optional_string(field)?;
    let name = text.map(|text| UserName::parse(&text)).transpose();
    name.map_err(|error| Problem::invalid(field, error))
}

fn new_password(body: &Body<'_>, field: &'static str) -> Result<Password, Problem> {
    Password::parse(body.string(field)?).map_err(|error| Problem::invalid(field, error))
}
