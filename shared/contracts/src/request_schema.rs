//! What a request may hold, as JSON Schema: no looser than the parsers in `request.rs`, `account_request.rs` and
//! `dead_letter_request.rs`.
//!
//! What no schema can say (whether a numbering plan has a phone number, whether a password is guessed first, what can be
//! seen of a name) has a format of its own name. White space and other ways to write the same, which the parsers forgive,
//! are not published.

use crate::{DeadLetterLimit, Job, Queue, RouteBody};
use serde_json::{Value, json};

/// The body of a route.
pub(crate) fn body_schema(body: RouteBody) -> Value {
    match body {
        RouteBody::PlaceBet => json!({
            "type": "object",
            "required": ["roundId", "amount", "side"],
            "properties": { "userId": user_id(), "roundId": round_id(), "amount": stake(), "side": side() },
        }),
        RouteBody::OpenRound => json!({
            "type": "object",
            "required": ["roundId"],
            "properties": {
                "roundId": round_id(),
                "draw": { "type": "string", "enum": ["match", "round", "oracle"], "default": "match" },
                "stakeMin": stake_min(),
                "closesBy": moment("closing-moment", "Takes no bets from then on; a day after the opening, if absent"),
                "resultBy": moment("result-moment", "Has its result by then; a day after closesBy, if absent"),
            },
            "if": { "required": ["draw"], "properties": { "draw": { "const": "oracle" } } },
            "then": { "required": ["oracle"], "properties": { "oracle": oracle() } },
        }),
        RouteBody::Result => json!({
            "type": "object",
            "required": ["winner", "signature"],
            "properties": { "winner": side(), "signature": signature() },
        }),
        RouteBody::SignUp => json!({
            "type": "object",
            "required": ["phoneNo", "password"],
            "properties": {
                "phoneNo": phone_number(), "password": new_password(), "userName": user_name(),
                "referredBy": referral_code(),
            },
        }),
        RouteBody::Login => json!({
            "type": "object",
            "required": ["phoneNo", "password"],
            "properties": { "phoneNo": phone_number(), "password": password() },
        }),
        RouteBody::RefreshToken => json!({
            "type": "object",
            "required": ["refreshToken"],
            "properties": { "refreshToken": refresh_token() },
        }),
        RouteBody::Profile => json!({
            "type": "object",
            "anyOf": [{ "required": ["userName"] }, { "required": ["profilePictureId"] }],
            "properties": { "userName": user_name(), "profilePictureId": picture() },
        }),
        RouteBody::Password => json!({
            "type": "object",
            "required": ["currentPassword", "newPassword"],
            "properties": { "currentPassword": password(), "newPassword": new_password() },
        }),
        RouteBody::DeadLetters => dead_letters(),
    }
}

fn dead_letters() -> Value {
    let mut properties = json!({
        "action": { "type": "string", "enum": ["redrive", "delete"] },
        "dryRun": { "type": "boolean", "default": false, "description": "Only say what would be done" },
    });
    for (name, description, schema) in which_dead_letters() {
        properties[name] = schema;
        properties[name]["description"] = json!(description);
    }
    let which = ["queue", "type", "about", "error", "since", "until"];
    let any_of: Vec<_> = which.map(|name| json!({ "required": [name] })).to_vec();
    json!({ "type": "object", "required": ["action"], "anyOf": any_of, "properties": properties })
}

/// Name, description and schema of whatever says which dead letters are meant, in a query and in a body.
pub(crate) fn which_dead_letters() -> Vec<(&'static str, &'static str, Value)> {
    let text = || json!({ "type": "string", "minLength": 1, "maxLength": 256 });
    let time = || json!({ "type": "string", "format": "date-time" });
    let queues = Queue::ALL.map(Queue::name);
    let number = json!({ "type": "integer", "minimum": 1, "maximum": DeadLetterLimit::MAX.get() });
    vec![
        ("queue", "Those that this queue gave up", json!({ "type": "string", "enum": queues })),
        ("type", "Those whose job has this type", json!({ "type": "string", "enum": Job::TYPES })),
        ("about", "Those about the user, bet, match or round of this id", text()),
        ("error", "Those whose error has this text somewhere", text()),
        ("since", "Those given up then or later", time()),
        ("until", "Those given up before then", time()),
        ("limit", "How many at most, those given up first", number),
    ]
}

/// A round, in a path and in a body: not what a path calls this folder or the one above.
pub(crate) fn round_id() -> Value {
    let pattern = r"^([A-Za-z0-9_-]|\.[A-Za-z0-9_-]|\.\.[A-Za-z0-9._-])[A-Za-z0-9._-]*$";
    json!({ "type": "string", "minLength": 1, "maxLength": 64, "pattern": pattern })
}

/// `2026-11`.
pub(crate) fn month() -> Value {
    json!({ "type": "string", "pattern": "^(20[0-9]{2}|2100)-(0[1-9]|1[0-2])$" })
}

fn side() -> Value {
    json!({ "type": "string", "enum": ["A", "B"] })
}

fn user_id() -> Value {
    let description = "Must be the token's subject";
    json!({ "oneOf": whole(1, i64::MAX as u64, "^[1-9][0-9]{0,17}$"), "description": description })
}

fn picture() -> Value {
    json!({ "oneOf": whole(0, u64::from(u32::MAX), "^(0|[1-9][0-9]{0,8})$") })
}

/// A whole number, or a string that holds one.
fn whole(minimum: u64, maximum: u64, pattern: &str) -> Value {
    json!([{ "type": "integer", "minimum": minimum, "maximum": maximum }, { "type": "string", "pattern": pattern }])
}

/// More than 0, at most 10^12, at most 8 decimals.
fn stake() -> Value {
    let number = json!({ "type": "number", "exclusiveMinimum": 0, "maximum": 1_000_000_000_000_u64, "multipleOf": 1e-8 });
    let pattern = r"^([1-9][0-9]{0,11}(\.[0-9]{1,8})?|0\.[0-9]{0,7}[1-9])$";
    json!({ "oneOf": [number, { "type": "string", "pattern": pattern }] })
}

/// The platform's own least stake counts where this is lower.
fn stake_min() -> Value {
    let number =
        json!({ "type": "number", "minimum": 0, "maximum": 1_000_000_000_000_u64, "multipleOf": 1e-8 });
    let pattern = r"^(0|[1-9][0-9]{0,11}(\.[0-9]{1,8})?|0\.[0-9]{0,7}[1-9])$";
    let description = "The least stake; the platform's own, if absent or lower";
    json!({ "oneOf": [number, { "type": "string", "pattern": pattern }], "description": description })
}

/// A time ahead, of RFC 3339; the result comes after the closing, and both within a year.
fn moment(format: &str, description: &str) -> Value {
    json!({ "type": "string", "format": format, "description": description })
}

/// 32 bytes in base64 are 43 digits and a `=`; the last digit has two bits that nobody uses.
fn oracle() -> Value {
    json!({
        "type": "object",
        "required": ["name", "publicKey"],
        "properties": {
            "name": { "type": "string", "minLength": 1, "maxLength": 64, "pattern": r"^[^\u0000-\u001f\u007f-\u009f]*$" },
            "publicKey": { "type": "string", "pattern": "^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$" },
        },
    })
}

/// 64 bytes in base64.
fn signature() -> Value {
    json!({ "type": "string", "pattern": "^[A-Za-z0-9+/]{85}[AQgw]==$" })
}

fn phone_number() -> Value {
    let description = "With country code, or of the platform's own country; one that a numbering plan has";
    let example = "+919876543210";
    json!({ "type": "string", "format": "phone-number", "description": description, "example": example })
}

fn password() -> Value {
    json!({ "type": "string", "format": "password" })
}

fn new_password() -> Value {
    let description = "None that is guessed first, and not the phone number";
    json!({ "type": "string", "format": "new-password", "minLength": 8, "maxLength": 128, "description": description })
}

fn user_name() -> Value {
    let description = "Something of it can be seen, and nothing in it is a control or shown as nothing";
    json!({ "type": "string", "format": "user-name", "minLength": 1, "maxLength": 64, "description": description })
}

/// Crockford's digits, and those that people take for one of them.
fn referral_code() -> Value {
    let description = "The referringCode of who told the player";
    json!({ "type": "string", "pattern": "^-*([0-9A-TV-Za-tv-z]-*){8}$", "description": description })
}

/// 56 bytes in base64url, of which the first bit is 0 and the last digit has two bits that nobody uses.
fn refresh_token() -> Value {
    json!({ "type": "string", "pattern": "^[A-Za-f][A-Za-z0-9_-]{73}[AEIMQUYcgkosw048]$" })
}
