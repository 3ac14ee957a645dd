//! The restrictions on the bets of a wallet's player, as attributes that the wallet carries only if needed.
//!
//! `play` holds the player's own settings. It is a copy of a part of their payments record, written in one transaction
//! with it and with a new fence. So no bet is placed that was decided by earlier settings. `play_sums` holds the
//! sums staked and paid. It is written with the wallet's first movement and with each movement of money that it counts,
//! under the wallet's version. A wallet of an earlier version has none until its player's next stake: its sums begin
//! after its last movement. `held` is present if the player owes money or a withdrawal of
//! theirs is held. It is written in one transaction with the payments record that says so, also with a new fence.

use super::entry;
use crate::StoreError;
use crate::table::item::{Fields, Item};
use crate::table::texts::{from_or_empty, lines, or_empty};
use evens_ledger::Amount;
use evens_own_limits::{Exclusion, PerPeriod, PlayLimits, PlayRules, PlaySum, RealityCheck};

pub(crate) const RULES: &str = "play";
pub(crate) const SUMS: &str = "play_sums";
/// Separate from the other rules, because the player does not set it. It is written where debts are booked.
pub(crate) const HELD: &str = "held";

/// The attributes of a wallet that this module reads.
pub(crate) const ATTRIBUTES: &[&str] = &[RULES, SUMS, HELD];

/// Decodes the restrictions of a wallet. There are none without a wallet.
pub(crate) fn of(item: Option<&Item>) -> Result<PlayLimits, StoreError> {
    let Some(fields) = item.map(Fields::of) else { return Ok(PlayLimits::NONE) };
    let rules = PlayRules { is_held: fields.flag(HELD)?, ..own_rules(fields)? };
    let sums = match stored_sums(fields)? {
        Some(sums) => sums,
        // Without sums the limits would have no effect.
        None if rules.has_limits() => return Err(fields.corrupt(SUMS)),
        None => uncounted(fields)?,
    };
    Ok(PlayLimits { rules, sums })
}

/// The sums that a wallet carries.
pub(crate) fn stored_sums(fields: Fields<'_>) -> Result<Option<PerPeriod<PlaySum>>, StoreError> {
    let text = fields.optional::<String>(SUMS)?;
    text.map(|text| decode_sums(&text).ok_or_else(|| fields.corrupt(SUMS))).transpose()
}

/// Returns `true` if a wallet may have stakes that are in no sum.
pub(crate) fn is_uncounted(item: &Item) -> bool {
    !item.contains_key(SUMS) && item.contains_key("entries")
}

/// The sums of a wallet that carries none. Each stake is an entry, so nothing was staked since the last one.
fn uncounted(fields: Fields<'_>) -> Result<PerPeriod<PlaySum>, StoreError> {
    let (user, version) = (fields.get("user")?, fields.get("version")?);
    let newest = entry::decode_newest(fields, user, version)?;
    // Clocks differ, so the last entry need not have the latest time.
    let moved_at = newest.iter().map(|entry| entry.at).max();
    Ok(moved_at.map_or(PlayLimits::NONE.sums, PlayLimits::sums_after))
}

/// The last exclusion of a wallet's player.
pub(crate) fn exclusion(item: Option<&Item>) -> Result<Option<Exclusion>, StoreError> {
    item.map_or(Ok(None), |item| Ok(own_rules(Fields::of(item))?.exclusion))
}

/// The rules that the player has set.
fn own_rules(fields: Fields<'_>) -> Result<PlayRules, StoreError> {
    match fields.optional::<String>(RULES)? {
        Some(text) => decode_rules(&text).ok_or_else(|| fields.corrupt(RULES)),
        None => Ok(PlayRules::NONE),
    }
}

/// Eleven lines: the stake limits for day, week and month, the three loss limits, the exclusion, and the reality check.
/// A line is empty if the value is absent.
pub(crate) fn encode_rules(rules: &PlayRules) -> String {
    let PlayRules { exclusion, stakes, losses, reality_check, is_held: _ } = rules;
    let limits = [stakes, losses].map(|limits| {
        let PerPeriod { day, week, month } = limits.map(|_, limit| or_empty(*limit));
        format!("{day}\n{week}\n{month}")
    });
    let [stakes, losses] = limits;
    let since = or_empty(exclusion.map(|exclusion| exclusion.since));
    let until = or_empty(exclusion.map(|exclusion| exclusion.until));
    let ends_at = or_empty(exclusion.and_then(|exclusion| exclusion.ends_at));
    let every = or_empty(reality_check.map(|check| check.every));
    let seen_at = or_empty(reality_check.map(|check| check.seen_at));
    format!("{stakes}\n{losses}\n{since}\n{until}\n{ends_at}\n{every}\n{seen_at}")
}

fn decode_rules(text: &str) -> Option<PlayRules> {
    let [stakes_day, stakes_week, stakes_month, losses_day, losses_week, losses_month, rest @ ..] =
        lines::<11>(text)?;
    let [since, until, ends_at, every, seen_at] = rest;
    let limits = |day: &str, week: &str, month: &str| {
        let limit = |text: &str| from_or_empty::<Amount>(text).ok();
        Some(PerPeriod { day: limit(day)?, week: limit(week)?, month: limit(month)? })
    };
    let exclusion = match (from_or_empty(since).ok()?, from_or_empty(until).ok()?) {
        (Some(since), Some(until)) => Some(Exclusion { since, until, ends_at: from_or_empty(ends_at).ok()? }),
        (None, None) if ends_at.is_empty() => None,
        _ => return None,
    };
    let reality_check = match (from_or_empty(every).ok()?, from_or_empty(seen_at).ok()?) {
        (Some(every), Some(seen_at)) => Some(RealityCheck { every, seen_at }),
        (None, None) => None,
        _ => return None,
    };
    Some(PlayRules {
        exclusion,
        stakes: limits(stakes_day, stakes_week, stakes_month)?,
        losses: limits(losses_day, losses_week, losses_month)?,
        reality_check,
        is_held: false,
    })
}

/// Nine lines: start, amount staked and amount paid, for day, week and month. A start has no seconds if they are 0,
/// because a wallet above one kilobyte costs more to write.
pub(crate) fn encode_sums(sums: &PerPeriod<PlaySum>) -> String {
    let PerPeriod { day, week, month } = sums.map(|_, PlaySum { since, staked, paid }| {
        let since = since.to_string();
        let (minute, zone) = since.strip_suffix(":00Z").map_or((since.as_str(), ""), |minute| (minute, "Z"));
        format!("{minute}{zone}\n{staked}\n{paid}")
    });
    format!("{day}\n{week}\n{month}")
}

fn decode_sums(text: &str) -> Option<PerPeriod<PlaySum>> {
    let sum = |since: &str, staked: &str, paid: &str| {
        let (since, staked, paid) = (since.parse().ok()?, staked.parse().ok()?, paid.parse().ok()?);
        Some(PlaySum { since, staked, paid })
    };
    let [day, staked_day, paid_day, week, staked_week, paid_week, month, staked_month, paid_month] =
        lines::<9>(text)?;
    Some(PerPeriod {
        day: sum(day, staked_day, paid_day)?,
        week: sum(week, staked_week, paid_week)?,
        month: sum(month, staked_month, paid_month)?,
    })
}
