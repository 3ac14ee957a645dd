//! Requests about accounts, parsed into types that cannot be wrong. Fields are looked at in the order of the struct.
//! Sign-up and login take the names that clients of the old system give to fields, too; where a field is there under
//! both, both are looked at, and today's counts.

use crate::{Body, Problem};
use evens_players::{Country, Password, PhoneNumber, ReferralCode, RefreshToken, UserName, VerificationCode};

/// `POST /api/users/signup`.
#[derive(Debug)]
pub struct SignUpRequest {
    /// The phone number to log in with.
    pub phone: PhoneNumber,
    /// The password to log in with.
    pub password: Password,
    /// What the player wants to be called.
    pub name: Option<UserName>,
    /// The referral code of who told them.
    pub referred_by: Option<ReferralCode>,
}

impl SignUpRequest {
    /// Reads the body; the first wrong field is the answer. Phone numbers without a country are of that country.
    pub fn parse(bytes: &[u8], country: Country) -> Result<Self, Problem> {
        let body = Body::parse(bytes)?;
        let phone = phone_number(&body, country)?;
        let password = new_password(&body, "password")?;
        let password = password.of(&phone).map_err(|error| Problem::invalid("password", error))?;
        let (name, old_name) = (user_name(&body, "userName")?, user_name(&body, "user_name")?);
        let referred_by: Option<ReferralCode> = body.optional_string("referredBy")?;
        let old_referred_by = body.optional_string("referred_by")?;
        Ok(Self { phone, password, name: name.or(old_name), referred_by: referred_by.or(old_referred_by) })
    }
}

/// `POST /api/users/login`.
#[derive(Debug)]
pub struct LoginRequest {
    /// The phone number.
    pub phone: PhoneNumber,
    /// The password, as it was given.
    pub password: Password,
}

impl LoginRequest {
    /// Reads the body. What cannot be a password is a wrong one.
    pub fn parse(bytes: &[u8], country: Country) -> Result<Self, Problem> {
        let body = Body::parse(bytes)?;
        let phone = phone_number(&body, country)?;
        let password = Password::presented(body.string("password")?);
        Ok(Self { phone, password })
    }
}

/// `POST /api/users/refresh` and `POST /api/users/logout`.
#[derive(Debug)]
pub struct RefreshRequest {
    /// The refresh token.
    pub token: RefreshToken,
}

impl RefreshRequest {
    /// Reads the body.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let body = Body::parse(bytes)?;
        Ok(Self { token: body.string("refreshToken")? })
    }
}

/// `PATCH /api/users/me`. What is absent stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileRequest {
    /// The new name.
    pub name: Option<UserName>,
    /// The new picture.
    pub picture: Option<u32>,
}

impl ProfileRequest {
    /// Reads the body, which must hold something.
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

impl std::str::FromStr for PictureId {
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
    /// The current password, as it was given.
    pub current: Password,
    /// The new one.
    pub new: Password,
}

impl PasswordRequest {
    /// Reads the body.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let body = Body::parse(bytes)?;
        let current = Password::presented(body.string("currentPassword")?);
        let new = new_password(&body, "newPassword")?;
        Ok(Self { current, new })
    }
}

/// `POST /api/users/me/phone/verify`.
#[derive(Debug)]
pub struct PhoneCodeRequest {
    /// The code that the player was sent.
    pub code: VerificationCode,
}

impl PhoneCodeRequest {
    /// Reads the body.
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
