//! What callers say, as types that cannot be wrong. Each is parsed once, at the edge, and is never checked again.

use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;

/// Why a text or number is not what it should be. It does not repeat what was given.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ValueError {
    /// Not an amount.
    #[error("an amount is a whole number of minor units from 1 to {}", Amount::MAX.0)]
    Amount,
    /// Not a currency.
    #[error("a currency is three capital letters")]
    Currency,
    /// Not a reference.
    #[error("a reference has 1 to {} characters and no control characters", Reference::LENGTH_MAX)]
    Reference,
    /// Not an account number.
    #[error("an account has 1 to {} visible ASCII characters", AccountNumber::LENGTH_MAX)]
    Account,
    /// Not an idempotency key.
    #[error("an idempotency key has 1 to {} visible ASCII characters", IdempotencyKey::LENGTH_MAX)]
    IdempotencyKey,
    /// Not a URL to return to.
    #[error(
        "a URL to return to is http or https, with at most {} visible ASCII characters",
        ReturnUrl::LENGTH_MAX
    )]
    ReturnUrl,
}

/// Money in minor units of its currency: 1 to 10^15.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Amount(u64);

impl Amount {
    /// The largest amount.
    pub const MAX: Self = Self(1_000_000_000_000_000);

    /// That many minor units.
    pub fn new(units: u64) -> Result<Self, ValueError> {
        if (1..=Self::MAX.0).contains(&units) { Ok(Self(units)) } else { Err(ValueError::Amount) }
    }

    /// In minor units.
    pub const fn units(self) -> u64 {
        self.0
    }

    /// In minor units, with a sign for what it is in a sum.
    pub(super) const fn signed(self) -> i64 {
        self.0.cast_signed()
    }

    /// Some other amount, for faults.
    pub(super) const fn other(self) -> Self {
        if self.0 < Self::MAX.0 { Self(self.0 + 1) } else { Self(self.0 - 1) }
    }
}

impl TryFrom<u64> for Amount {
    type Error = ValueError;

    fn try_from(units: u64) -> Result<Self, ValueError> {
        Self::new(units)
    }
}

impl From<Amount> for u64 {
    fn from(amount: Amount) -> Self {
        amount.0
    }
}

/// A currency as ISO 4217 writes it. How many minor units it has is the caller's business.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// Reads three capital letters.
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        let letters = <[u8; 3]>::try_from(text.as_bytes()).map_err(|_| ValueError::Currency)?;
        if letters.iter().all(u8::is_ascii_uppercase) { Ok(Self(letters)) } else { Err(ValueError::Currency) }
    }

    /// Some other currency, for faults: the one that ISO 4217 keeps for tests.
    pub(super) const fn other(self) -> Self {
        match &self.0 {
            b"XTS" => Self(*b"XXX"),
            _ => Self(*b"XTS"),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|letter| write!(formatter, "{}", char::from(*letter)))
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")
    }
}

impl TryFrom<String> for Currency {
    type Error = ValueError;

    fn try_from(text: String) -> Result<Self, ValueError> {
        Self::parse(&text)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.to_string()
    }
}

/// A text with a rule.
macro_rules! text {
    ($(#[$about:meta])* $type:ident, $length_max:literal, $fault:ident, $rule:expr) => {
        $(#[$about])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $type(String);

        impl $type {
            /// How many characters it may have.
            pub const LENGTH_MAX: usize = $length_max;

            /// Reads it.
            pub fn parse(text: &str) -> Result<Self, ValueError> {
                let rule: fn(&str) -> bool = $rule;
                let is_valid = !text.is_empty() && text.chars().count() <= Self::LENGTH_MAX && rule(text);
                if is_valid { Ok(Self(text.to_owned())) } else { Err(ValueError::$fault) }
            }

            /// As it was given.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $type {
            type Error = ValueError;

            fn try_from(text: String) -> Result<Self, ValueError> {
                Self::parse(&text)
            }
        }

        impl From<$type> for String {
            fn from(text: $type) -> Self {
                text.0
            }
        }
    };
}

text! {
    /// What the caller calls a payment or payout. Several may have the same one.
    Reference, 64, Reference, |text| !text.chars().any(char::is_control)
}

text! {
    /// Where a payout goes. Its first letters say what becomes of the payout: see [`Fate`].
    AccountNumber, 64, Account, is_visible
}

text! {
    /// What a caller names a request by, so that repeats of it have no further effect.
    IdempotencyKey, 64, IdempotencyKey, is_visible
}

text! {
    /// Where the payer's browser goes when the pay page is done.
    ReturnUrl, 2048, ReturnUrl, |text| {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        is_visible(text) && rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['/', '?', '#']))
    }
}

fn is_visible(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}

impl Reference {
    /// One that is nobody's, for faults.
    pub(super) fn foreign() -> Self {
        Self("foreign-reference".to_owned())
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// Without what it may carry in its query.
impl fmt::Debug for ReturnUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ReturnUrl")
    }
}

/// The last four characters.
impl fmt::Debug for AccountNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.masked())
    }
}

/// What becomes of a payout, as its account number says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Any account with other first letters: it is processed.
    Processed,
    /// `fail...`: it fails, and no money leaves.
    Failed,
    /// `reverse...`: it is reversed before it was processed, and no money leaves.
    Reversed,
    /// `return...`: it is processed, and later reversed: money leaves and comes back.
    Returned,
}

impl AccountNumber {
    /// What becomes of payouts to it, whatever the case of its letters.
    pub fn fate(&self) -> Fate {
        let lower = self.0.to_ascii_lowercase();
        let fates = [("fail", Fate::Failed), ("reverse", Fate::Reversed), ("return", Fate::Returned)];
        let fate = fates.into_iter().find(|(prefix, _)| lower.starts_with(prefix));
        fate.map_or(Fate::Processed, |(_, fate)| fate)
    }

    /// The last four characters, or none of a short one.
    pub fn masked(&self) -> String {
        match self.0.len().checked_sub(4).filter(|hidden| *hidden >= 4) {
            Some(hidden) => format!("...{}", &self.0[hidden..]),
            None => "...".to_owned(),
        }
    }
}
