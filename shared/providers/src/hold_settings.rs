//! `EVENS_HOLDS`: which withdrawals cashiers look at before they are paid.

use evens_ledger::Amount;
use evens_payments::HoldRules;
use evens_runtime::StartError;
use jiff::SignedDuration;
use std::collections::HashSet;
use std::str::FromStr;

/// Reads rules such as `from=10000,four-eyes-above=50000,first`. Whichever is not there is off.
///
/// | rule | holds |
/// |---|---|
/// | `from=10000` | withdrawals of so much, or more |
/// | `four-eyes-above=50000` | those of more than this, to which two cashiers must agree |
/// | `new-payee=24h` | those to an account that the player added less than so long ago |
/// | `new-password=24h` | those of a player whose password was set less than so long ago |
/// | `first` | the first one of each player |
/// | `open-above=3` | those that leave a player with more unfinished ones than this |
/// | `day-above=20000` | those that take a player's sum of the calendar day above this |
/// | `owing` | nothing more: those of players who owe money are always held |
/// | `kyc-above=2000` | those that take what a player takes home in all above this, until it is known who they are |
///
/// # Errors
/// The first part that is no rule, or is there twice.
pub(crate) fn parse_holds(text: &str) -> Result<HoldRules, StartError> {
    let (mut rules, mut names) = (HoldRules::default(), HashSet::new());
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let (name, value) = part.split_once('=').map_or((part, None), |(name, value)| (name, Some(value)));
        let is_added = names.insert(name) && add(&mut rules, name, value).is_some();
        if !is_added {
            let hint = "set EVENS_HOLDS to rules such as from=10000,new-payee=24h,first, each once; \
                        docs/manual.md has them";
            return Err(StartError::new(format!("EVENS_HOLDS cannot hold {part:?}"), hint));
        }
    }
    Ok(rules)
}

/// Adds one rule; nothing where it is none.
fn add(rules: &mut HoldRules, name: &str, value: Option<&str>) -> Option<()> {
    match (name, value) {
        ("from", Some(value)) => rules.amount_from = Some(parse(value)?),
        ("four-eyes-above", Some(value)) => rules.four_eyes_above = Some(parse(value)?),
        ("new-payee", Some(value)) => rules.payee_age_min = Some(parse_age(value)?),
        ("new-password", Some(value)) => rules.password_age_min = Some(parse_age(value)?),
        ("first", None) => rules.first_withdrawal = true,
        ("open-above", Some(value)) => rules.open_max = Some(parse(value)?),
        ("day-above", Some(value)) => rules.day_sum_max = Some(parse::<Amount>(value)?),
        // What it asks for is no setting any more; a start must not fail for it.
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
