//! `EVENS_HOLDS`: the rules by which withdrawals wait for a cashier.

use evens_ledger::Amount;
use evens_payments::HoldRules;
use evens_runtime::StartError;
use jiff::SignedDuration;
use std::collections::HashSet;
use std::str::FromStr;

/// Parses rules such as `from=10000,four-eyes-above=50000,first`. A missing rule is off.
///
/// | rule | holds |
/// |---|---|
/// | `from=10000` | withdrawals of this amount or more |
/// | `four-eyes-above=50000` | withdrawals above this amount; they need two cashiers |
/// | `new-payee=24h` | withdrawals to an account that the player added within this time |
/// | `new-password=24h` | withdrawals of a player whose password was set within this time |
/// | `first` | each player's first withdrawal |
/// | `open-above=3` | withdrawals that leave a player with more unfinished ones than this |
/// | `day-above=20000` | withdrawals that take a player's sum of the calendar day above this |
/// | `owing` | nothing: withdrawals of players who owe money are always held |
/// | `kyc-above=2000` | withdrawals that take the sum of a player's withdrawals above this, until the player is identified |
///
/// # Errors
/// The first part that is not a rule, or is repeated.
pub(crate) fn parse_holds(text: &str) -> Result<HoldRules, StartError> {
    let (mut rules, mut names) = (HoldRules::default(), HashSet::new());
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').map_or((part, None), |(name, value)| (name, Some(value)));
        let is_added = names.insert(name) && add(&mut rules, name, value).is_some();
        if !is_added {
            let hint = "set EVENS_HOLDS to rules such as from=10000,new-payee=24h,first, each at most once; \
                        docs/manual.md lists them";
            return Err(StartError::new(
                format!("EVENS_HOLDS contains {part:?}, which is not a valid rule or is repeated"),
                hint,
            ));
        }
    }
    Ok(rules)
}

/// Adds one rule. Returns `None` if it is not a rule.
fn add(rules: &mut HoldRules, name: &str, value: Option<&str>) -> Option<()> {
    match (name, value) {
        ("from", Some(value)) => rules.amount_from = Some(parse(value)?),
        ("four-eyes-above", Some(value)) => rules.four_eyes_above = Some(parse(value)?),
        ("new-payee", Some(value)) => rules.payee_age_min = Some(parse_age(value)?),
        ("new-password", Some(value)) => rules.password_age_min = Some(parse_age(value)?),
        ("first", None) => rules.first_withdrawal = true,
        ("open-above", Some(value)) => rules.open_max = Some(parse(value)?),
        ("day-above", Some(value)) => rules.day_sum_max = Some(parse::<Amount>(value)?),
        // Obsolete, but still accepted so that old settings do not fail the start.
        ("owing", None) => {}
        ("kyc-above", Some(value)) => rules.identity_above = Some(parse(value)?),
        _ => return None,
    }
    Some(())
}

fn parse<T: FromStr>(value: &str) -> Option<T> {
    value.parse().ok()
}

fn parse_age(value: &str) -> Option<SignedDuration> {
    parse(value).filter(|age| *age > SignedDuration::ZERO)
}
