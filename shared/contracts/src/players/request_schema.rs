//! JSON Schema of requests about accounts, no looser than the parsers in `request.rs`.
//!
//! Rules that a schema cannot express have a format with a name: the numbering plan of a phone number, frequent
//! passwords, and the visible characters of a name. White space and other notations that the parsers accept are not
//! published.

use crate::http::route::RequestBody;
use crate::http::schema::whole;
use crate::{
    LoginRequest, PasswordRequest, PhoneCodeRequest, ProfileRequest, RefreshRequest, SignUpRequest,
    TokenKeeper,
};
use serde_json::{Value, json};

impl RequestBody for SignUpRequest {
    const NAME: &'static str = "SignUpRequest";

    fn schema() -> Value {
        json!({
            "type": "object",
            "required": ["password"],
            "anyOf": any_phone_number(),
            "properties": {
                "phoneNo": phone_number(), "password": new_password(), "userName": user_name(),
                "referredBy": referral_code(),
                "phone_no": phone_number(), "user_name": user_name(), "referred_by": referral_code(),
                "session": session(),
            },
        })
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
                "phoneNo": phone_number(), "password": password(), "phone_no": phone_number(),
                "session": session(),
            },
        })
    }
}

impl RequestBody for RefreshRequest {
    const NAME: &'static str = "RefreshRequest";

    fn schema() -> Value {
        json!({
            "type": "object",
            "description": "A body without a refreshToken is for browsers that send the session cookie",
            "properties": { "refreshToken": refresh_token() },
        })
    }
}

impl RequestBody for ProfileRequest {
    const NAME: &'static str = "ProfileRequest";

    fn schema() -> Value {
        json!({
            "type": "object",
            "anyOf": [{ "required": ["userName"] }, { "required": ["profilePictureId"] }],
            "properties": { "userName": user_name(), "profilePictureId": picture() },
        })
    }
}

impl RequestBody for PasswordRequest {
    const NAME: &'static str = "PasswordRequest";

    fn schema() -> Value {
        json!({
            "type": "object",
            "required": ["currentPassword", "newPassword"],
            "properties": {
                "currentPassword": password(), "newPassword": new_password(), "session": session(),
            },
        })
    }
}

impl RequestBody for PhoneCodeRequest {
    const NAME: &'static str = "PhoneCodeRequest";

    fn schema() -> Value {
        let description = "The six digits of the code that the player received";
        json!({
            "type": "object",
            "required": ["code"],
            "properties": {
                "code": { "type": "string", "pattern": "^[0-9]{6}$", "description": description },
            },
        })
    }
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

fn phone_number() -> Value {
    let description = "A valid number with its country code, or without it for the platform's own country";
    let example = "+919876543210";
    json!({ "type": "string", "format": "phone-number", "description": description, "example": example })
}

fn session() -> Value {
    let description = "Puts the refresh token into a cookie of the browser, and not into the answer";
    json!({ "type": "string", "enum": [TokenKeeper::COOKIE], "description": description })
}

fn password() -> Value {
    json!({ "type": "string", "format": "password" })
}

fn new_password() -> Value {
    let description = "Not a common password, and not the phone number";
    json!({ "type": "string", "format": "new-password", "minLength": 8, "maxLength": 128, "description": description })
}

fn user_name() -> Value {
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
