//! Requests about accounts, parsed into types that cannot be wrong, with their JSON Schema. Fields are checked in
//! order. Sign-up and login also accept the field names of the old system. If a field is present under both names, both
//! are checked, and the current one is used.
//!
//! Rules that a schema cannot express have a format with a name: the numbering plan of a phone number, frequent
//! passwords, and the visible characters of a name. White space and other notations that the parsers accept are not
//! published.

use crate::http::request::request;
use crate::http::schema::whole;
use crate::{Body, Problem, ProblemKind, RequestBody};
use evens_ledger::UserId;
use evens_players::{
    CodeError, Country, Password, PhoneNumber, RecoveryCode, ReferralCode, RefreshToken, UserName,
    VerificationCode,
};
use serde_json::{Value, json};
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
        let missing = || Problem::invalid("password", "is missing");
        let password = new_password(&body, "password")?.ok_or_else(missing)?;
        let password = password.of(&phone).map_err(|error| Problem::invalid("password", error))?;
        let (name, old_name) = (user_name(&body, "userName")?, user_name(&body, "user_name")?);
        let referred_by: Option<ReferralCode> = body.optional_string("referredBy")?;
        let old_referred_by = body.optional_string("referred_by")?;
        let (name, referred_by) = (name.or(old_name), referred_by.or(old_referred_by));
        Ok(Self { phone, password, name, referred_by, keeper: TokenKeeper::read(&body)? })
    }
}

impl RequestBody for SignUpRequest {
    const NAME: &'static str = "SignUpRequest";

    fn schema() -> Value {
        json!({
            "type": "object",
            "required": ["password"],
            "anyOf": any_phone_number(),
            "properties": {
                "phoneNo": phone_number_schema(), "password": new_password_schema(), "userName": user_name_schema(),
                "referredBy": referral_code(),
                "phone_no": phone_number_schema(), "user_name": user_name_schema(), "referred_by": referral_code(),
                "session": session(),
            },
        })
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

impl RequestBody for LoginRequest {
    const NAME: &'static str = "LoginRequest";

    fn schema() -> Value {
        json!({
            "type": "object",
            "required": ["password"],
            "anyOf": any_phone_number(),
            "properties": {
                "phoneNo": phone_number_schema(), "password": password(), "phone_no": phone_number_schema(),
                "session": session(),
            },
        })
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
    /// The problem of a request without any refresh token.
    pub fn missing() -> Problem {
        Problem::invalid("refreshToken", "is missing, and there is no session cookie")
    }
}

request! {
    RefreshRequest {
        token: optional "refreshToken", Body::optional_string, refresh_token();
    }
    rules json!({ "description": "A body without a refreshToken is for browsers that send the session cookie" });
}

/// `PATCH /api/users/me`. Absent fields stay as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileRequest {
    /// The new name.
    pub name: Option<UserName>,
    /// The new picture.
    pub picture: Option<u32>,
}

request! {
    ProfileRequest {
        name: optional "userName", user_name, user_name_schema();
        picture: optional "profilePictureId", Body::optional_whole, picture();
    }
    rules json!({ "anyOf": [{ "required": ["userName"] }, { "required": ["profilePictureId"] }] });
    => {
        if name.is_none() && picture.is_none() {
            let detail = "is missing, as is profilePictureId. Give at least one of them";
            return Err(Problem::invalid("userName", detail));
        }
        Self { name, picture: picture.map(|PictureId(id)| id) }
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

request! {
    PasswordRequest {
        current: required "currentPassword", Body::optional_string, password();
        new: required "newPassword", new_password, new_password_schema();
        keeper: optional "session", Body::optional_string, session();
    }
    => Self { current: Password::presented(current), new, keeper: keeper.unwrap_or(TokenKeeper::Client) }
}

/// `POST /api/users/me/phone/verify`.
#[derive(Debug)]
pub struct PhoneCodeRequest {
    /// The code that was sent to the player.
    pub code: VerificationCode,
}

request! {
    PhoneCodeRequest {
        code: required "code", Body::optional_string, verification_code();
    }
}

/// `POST /api/users/recovery`.
#[derive(Debug)]
pub struct RecoveryRequest {
    /// The phone number whose password was forgotten.
    pub phone: PhoneNumber,
}

impl RecoveryRequest {
    /// Parses the body. A phone number without a country code belongs to `country`.
    pub fn parse(bytes: &[u8], country: Country) -> Result<Self, Problem> {
        Ok(Self { phone: phone_number(&Body::parse(bytes)?, country)? })
    }
}

impl RequestBody for RecoveryRequest {
    const NAME: &'static str = "RecoveryRequest";

    fn schema() -> Value {
        json!({
            "type": "object",
            "anyOf": any_phone_number(),
            "properties": { "phoneNo": phone_number_schema(), "phone_no": phone_number_schema() },
        })
    }
}

/// `POST /api/users/recovery/{recoveryId}`.
#[derive(Debug)]
pub struct RecoverRequest {
    /// The code that was sent to the player.
    pub code: RecoveryCode,
    /// The new password.
    pub new: Password,
}

request! {
    RecoverRequest {
        code: required "code", recovery_code, recovery_code_schema();
        new: required "newPassword", new_password, new_password_schema();
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

/// A code is often shown in two groups of four digits, so spaces and dashes are dropped.
fn recovery_code(body: &Body<'_>, field: &'static str) -> Result<Option<RecoveryCode>, Problem> {
    let typed: Option<String> = body.optional_string(field)?;
    let code = typed.map(|typed| {
        let digits: String = typed.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        digits.parse::<RecoveryCode>()
    });
    code.transpose().map_err(|error: CodeError| Problem::invalid(field, error))
}

fn user_name(body: &Body<'_>, field: &'static str) -> Result<Option<UserName>, Problem> {
    let text: Option<String> = body.optional_string(field)?;
    let name = text.map(|text| UserName::parse(&text)).transpose();
    name.map_err(|error| Problem::invalid(field, error))
}

fn new_password(body: &Body<'_>, field: &'static str) -> Result<Option<Password>, Problem> {
    let text: Option<String> = body.optional_string(field)?;
    text.map(Password::parse).transpose().map_err(|error| Problem::invalid(field, error))
}

/// `2026-11`.
pub(crate) fn month() -> Value {
    json!({ "type": "string", "pattern": "^(20[0-9]{2}|2100)-(0[1-9]|1[0-2])$" })
}

fn picture() -> Value {
    json!({ "oneOf": whole(0, u64::from(u32::MAX), "^(0|[1-9][0-9]{0,8})$") })
}

/// Under the current name, or that of the old system.
fn any_phone_number() -> Value {
    json!([{ "required": ["phoneNo"] }, { "required": ["phone_no"] }])
}

fn phone_number_schema() -> Value {
    let description = "A valid number with its country code, or without it for the platform's own country";
    let example = "+919876543210";
    json!({ "type": "string", "format": "phone-number", "description": description, "example": example })
}

fn verification_code() -> Value {
    let description = "The six digits of the code that the player received";
    json!({ "type": "string", "pattern": "^[0-9]{6}$", "description": description })
}

fn recovery_code_schema() -> Value {
    let description = "The eight digits of the code that the player received; spaces and dashes do not count";
    json!({ "type": "string", "pattern": "^[0-9]{8}$", "description": description })
}

fn session() -> Value {
    let description = "Puts the refresh token into a cookie of the browser, and not into the answer";
    json!({ "type": "string", "enum": [TokenKeeper::COOKIE], "description": description })
}

fn password() -> Value {
    json!({ "type": "string", "format": "password" })
}

fn new_password_schema() -> Value {
    let description = "Not a common password, and not the phone number";
    json!({ "type": "string", "format": "new-password", "minLength": 8, "maxLength": 128, "description": description })
}

fn user_name_schema() -> Value {
    let description = "At least one visible character; no control or invisible characters";
    json!({ "type": "string", "format": "user-name", "minLength": 1, "maxLength": 64, "description": description })
}

/// Crockford's digits, and letters that people mistake for them.
fn referral_code() -> Value {
    let description = "The referringCode of the referrer";
    json!({ "type": "string", "pattern": "^-*([0-9A-TV-Za-tv-z]-*){8}$", "description": description })
}

/// 56 bytes in base64url. The first bit is 0, and the last digit has two unused bits.
fn refresh_token() -> Value {
    json!({ "type": "string", "pattern": "^[A-Za-f][A-Za-z0-9_-]{73}[AEIMQUYcgkosw048]$" })
}
