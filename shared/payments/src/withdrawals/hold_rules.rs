//! [`HoldRules`]: the rules that hold withdrawals, and their text.

use evens_ledger::Amount;
use jiff::{SignedDuration, Timestamp};
use std::collections::HashSet;
use std::str::FromStr;

/// The rules that hold withdrawals for review. Each rule is off by default, but that about recoveries. Four more
/// reasons always apply: the player owes money, the account is held, the identity check failed, or stakes are missing
/// that the player may not place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoldRules {
    /// Holds withdrawals of this amount or more.
    pub amount_from: Option<Amount>,
    /// Holds withdrawals that raise the player's sum of 24 hours above this amount, and which then need two cashiers.
    pub four_eyes_above: Option<Amount>,
    /// Holds withdrawals to a payee added more recently than this.
    pub payee_age_min: Option<SignedDuration>,
    /// Holds withdrawals of a player whose password is more recent than this.
    pub password_age_min: Option<SignedDuration>,
    /// Holds withdrawals of a player who got a new password by a code within this time.
    pub recovered_for: SignedDuration,
    /// Holds the first withdrawal of each player.
    pub first_withdrawal: bool,
    /// Holds withdrawals of a player with more unfinished ones than this.
    pub open_max: Option<u32>,
    /// Holds withdrawals that raise the player's sum of the calendar day above this.
    pub day_sum_max: Option<Amount>,
    /// Holds withdrawals that raise the player's total, paid and pending, above this while they are not identified.
    pub identity_above: Option<Amount>,
}

impl Default for HoldRules {
    fn default() -> Self {
        Self {
            amount_from: None,
            four_eyes_above: None,
            payee_age_min: None,
            password_age_min: None,
            recovered_for: Self::RECOVERED_FOR,
            first_withdrawal: false,
            open_max: None,
            day_sum_max: None,
            identity_above: None,
        }
    }
}

/// A part of the text that is not a rule, or is repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{part:?} is not a rule, or is repeated")]
pub struct HoldRuleError {
    pub part: String,
}

/// Rules such as `from=10000,four-eyes-above=50000,first`. A missing rule is off.
///
/// | rule | holds |
/// |---|---|
/// | `from=10000` | withdrawals of this amount or more |
/// | `four-eyes-above=50000` | withdrawals above this amount; they need two cashiers |
/// | `new-payee=24h` | withdrawals to an account that the player added within this time |
/// | `new-password=24h` | withdrawals of a player whose password was set within this time |
/// | `recovered=24h` | withdrawals of a player who got a new password by a code within this time; always on |
/// | `first` | each player's first withdrawal |
/// | `open-above=3` | withdrawals that leave a player with more unfinished ones than this |
/// | `day-above=20000` | withdrawals that take a player's sum of the calendar day above this |
/// | `owing` | nothing: withdrawals of players who owe money are always held |
/// | `kyc-above=2000` | withdrawals that take the sum of a player's withdrawals above this, until the player is identified |
impl FromStr for HoldRules {
    type Err = HoldRuleError;

    fn from_str(text: &str) -> Result<Self, HoldRuleError> {
        let (mut rules, mut names) = (Self::default(), HashSet::new());
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, value) =
                part.split_once('=').map_or((part, None), |(name, value)| (name, Some(value)));
            let is_added = names.insert(name) && rules.add(name, value).is_some();
            if !is_added {
                return Err(HoldRuleError { part: part.to_owned() });
            }
        }
        Ok(rules)
    }
}

impl HoldRules {
    /// The time for which a recovery holds withdrawals, if no rule says another one.
    pub const RECOVERED_FOR: SignedDuration = SignedDuration::from_hours(24);

    /// The shortest such time where money is real: enough for a player to read that the password was changed.
    pub const RECOVERED_FOR_MIN: SignedDuration = SignedDuration::from_hours(1);

    /// Returns `true` if a recovery at that time still holds withdrawals.
    pub fn is_recent(&self, recovered_at: Option<Timestamp>, now: Timestamp) -> bool {
        recovered_at.is_some_and(|at| now.duration_since(at) < self.recovered_for)
    }

    /// Adds one rule. Returns `None` if it is not a rule.
    fn add(&mut self, name: &str, value: Option<&str>) -> Option<()> {
        match (name, value) {
            ("from", Some(value)) => self.amount_from = Some(parse(value)?),
            ("four-eyes-above", Some(value)) => self.four_eyes_above = Some(parse(value)?),
            ("new-payee", Some(value)) => self.payee_age_min = Some(parse_age(value)?),
            ("new-password", Some(value)) => self.password_age_min = Some(parse_age(value)?),
            ("recovered", Some(value)) => self.recovered_for = parse_age(value)?,
            ("first", None) => self.first_withdrawal = true,
            ("open-above", Some(value)) => self.open_max = Some(parse(value)?),
            ("day-above", Some(value)) => self.day_sum_max = Some(parse(value)?),
            // Obsolete, but still accepted so that old settings do not fail the start.
            ("owing", None) => {}
            ("kyc-above", Some(value)) => self.identity_above = Some(parse(value)?),
            _ => return None,
        }
        Some(())
    }
}

fn parse<T: FromStr>(value: &str) -> Option<T> {
    value.parse().ok()
}

fn parse_age(value: &str) -> Option<SignedDuration> {
    parse(value).filter(|age| *age > SignedDuration::ZERO)
}
