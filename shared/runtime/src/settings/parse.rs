//! Parses variables. Errors name the variable and its format.

use super::table::PUBLIC_KEYS;
use crate::StartError;
use crate::tokens::PublicKey;
use evens_jackpots::{JackpotSettings, WrongSetting};
use jiff::SignedDuration;
use std::error::Error;
use std::str::FromStr;

pub(super) fn parse_keys(text: &str) -> Result<Vec<PublicKey>, StartError> {
    let mut keys: Vec<PublicKey> = Vec::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let hint = format!("set {PUBLIC_KEYS} to kid:base64 pairs, separated by commas");
        let key: PublicKey = part.parse().map_err(|error| {
            StartError::new("a token public key cannot be read", hint.as_str()).caused_by(error)
        })?;
        if keys.iter().any(|known| known.kid == key.kid) {
            let message = format!("two token public keys have the name {}", key.kid);
            return Err(StartError::new(message, hint));
        }
        keys.push(key);
    }
    Ok(keys)
}

/// Parses a variable that has a default.
pub(super) fn value<T>(name: &str, wanted: &str, text: Option<String>) -> Result<T, StartError>
where
    T: FromStr<Err: Error + Send + Sync + 'static>,
{
    let text = text.unwrap_or_default();
    text.trim().parse().map_err(|cause| wrong(name, &text, wanted).caused_by(cause))
}

/// Parses a variable without a default.
pub(super) fn optional<T>(name: &str, wanted: &str, text: Option<String>) -> Result<Option<T>, StartError>
where
    T: FromStr<Err: Error + Send + Sync + 'static>,
{
    text.map(|text| value(name, wanted, Some(text))).transpose()
}

/// Parses `on` or `off`.
pub(super) fn switch(name: &str, _: &str, text: Option<String>) -> Result<bool, StartError> {
    parse_switch(name, &text.unwrap_or_default())
}

/// Parses a number of seconds above zero.
pub(super) fn seconds(name: &str, wanted: &str, text: Option<String>) -> Result<SignedDuration, StartError> {
    let text = text.unwrap_or_default();
    let seconds = text.parse().ok().filter(|seconds| *seconds > 0);
    seconds.map(SignedDuration::from_secs).ok_or_else(|| wrong(name, &text, wanted))
}

fn wrong(name: &str, text: &str, wanted: &str) -> StartError {
    StartError::new(format!("{name} cannot be {text:?}"), format!("set {name} to {wanted}"))
}

/// Parses `on` or `off`.
///
/// # Errors
/// Any other text.
pub fn parse_switch(name: &str, text: &str) -> Result<bool, StartError> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(wrong(name, text, "on or off")),
    }
}

pub(super) fn parse_jackpots(lookup: impl Fn(&str) -> Option<String>) -> Result<JackpotSettings, StartError> {
    let settings = JackpotSettings::from_lookup(lookup);
    match settings.fatal() {
        None => Ok(settings),
        Some(WrongSetting { name, value, wanted: hint, .. }) => Err(wrong(name, value, hint)),
    }
}
