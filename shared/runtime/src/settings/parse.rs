//! Parses variables. Errors name the variable and its format.

use super::Need;
use crate::StartError;
use crate::tokens::PublicKey;
use evens_exchange::BettingLimits;
use evens_games::GameLimits;
use evens_jackpots::{JackpotSettings, WrongSetting};
use jiff::SignedDuration;
use std::num::NonZeroUsize;
use std::str::FromStr;

pub(super) fn parse_keys(text: &str) -> Result<Vec<PublicKey>, StartError> {
    let mut keys: Vec<PublicKey> = Vec::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let hint = "set EVENS_TOKEN_PUBLIC_KEYS to kid:base64 pairs, separated by commas";
        let key: PublicKey = part
            .parse()
            .map_err(|error| StartError::new("a token public key cannot be read", hint).caused_by(error))?;
        if keys.iter().any(|known| known.kid == key.kid) {
            let message = format!("two token public keys have the name {}", key.kid);
            return Err(StartError::new(message, hint));
        }
        keys.push(key);
    }
    Ok(keys)
}

/// Parses an optional variable.
pub(super) fn optional<T: FromStr>(
    lookup: impl Fn(&str) -> Option<String>,
    need: Need,
    wanted: &str,
) -> Result<Option<T>, StartError> {
    let name = need.variable();
    lookup(name).map(|text| parse(name, text.trim(), wanted)).transpose()
}

pub(super) fn parse<T: FromStr>(name: &str, text: &str, wanted: &str) -> Result<T, StartError> {
    text.parse()
        .map_err(|_| StartError::new(format!("{name} cannot be {text:?}"), format!("set {name} to {wanted}")))
}

pub(super) fn parse_game_limits(text: &str) -> Result<GameLimits, StartError> {
    text.parse().map_err(|error| {
        let hint =
            "set GAMES_LIMITS to limits such as wingo-30:stakeMax=5000,trx_wix:betsMax=20, or unset it";
        StartError::new(format!("GAMES_LIMITS cannot be {text:?}"), hint).caused_by(error)
    })
}

pub(super) fn parse_jackpots(lookup: impl Fn(&str) -> Option<String>) -> Result<JackpotSettings, StartError> {
    let settings = JackpotSettings::from_lookup(lookup);
    match settings.fatal() {
        None => Ok(settings),
        Some(WrongSetting { name, value, wanted, .. }) => {
            Err(StartError::new(format!("{name} cannot be {value:?}"), format!("set {name} to {wanted}")))
        }
    }
}

pub(super) fn parse_betting(
    lookup: impl Fn(&str) -> Option<String>,
    defaults: BettingLimits,
) -> Result<BettingLimits, StartError> {
    let refund_after = lookup(Need::RefundAfter.variable())
        .map_or(Ok(defaults.refund_after), |seconds| parse_seconds(&seconds))?;
    let is_open =
        lookup(Need::Bets.variable()).map_or(Ok(true), |text| parse_switch(Need::Bets.variable(), &text))?;
    let stake_min =
        optional(&lookup, Need::StakeMin, "an amount such as 1.00")?.unwrap_or(defaults.stake_min);
    let waiting_max: NonZeroUsize = optional(&lookup, Need::WaitingBetsMax, "a whole number from 1")?
        .or(NonZeroUsize::new(defaults.waiting_max))
        .unwrap_or(NonZeroUsize::MIN);
    Ok(BettingLimits { is_open, stake_min, waiting_max: waiting_max.get(), refund_after, ..defaults })
}

/// Parses `on` or `off`.
///
/// # Errors
/// Any other text.
pub fn parse_switch(name: &str, text: &str) -> Result<bool, StartError> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(StartError::new(format!("{name} cannot be {text:?}"), format!("set {name} to on or off"))),
    }
}

fn parse_seconds(text: &str) -> Result<SignedDuration, StartError> {
    let seconds = text.parse().ok().filter(|seconds| *seconds > 0);
    seconds.map(SignedDuration::from_secs).ok_or_else(|| {
        let message = format!("{text:?} is not a number of seconds above zero");
        StartError::new(message, "set EVENS_REFUND_AFTER_SECONDS, for example to 300")
    })
}
