//! Callers' values as validated types. Each is parsed once, at the edge, and never checked again.

use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;

/// The reason why a text or number is invalid. It does not repeat the input.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ValueError {
    #[error("the amount must be a whole number of minor units from 1 to {}", Amount::MAX.0)]
    Amount,
    #[error("the currency must be three capital letters")]
    Currency,
    #[error("the reference must have 1 to {} characters and no control characters", Reference::LENGTH_MAX)]
    Reference,
    #[error("the account must have 1 to {} visible ASCII characters", AccountNumber::LENGTH_MAX)]
    Account,
    #[error("the idempotency key must have 1 to {} visible ASCII characters", IdempotencyKey::LENGTH_MAX)]
    IdempotencyKey,
    #[error(
        "the return URL must be http or https, with at most {} visible ASCII characters",
        ReturnUrl::LENGTH_MAX
    )]
    ReturnUrl,
}

/// Money in minor units of its currency: 1 to 10^15.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Amount(u64);

impl Amount {
    pub const MAX: Self = Self(1_000_000_000_000_000);

    /// An amount of this many minor units.
    pub fn new(units: u64) -> Result<Self, ValueError> {
        if (1..=Self::MAX.0).contains(&units) { Ok(Self(units)) } else { Err(ValueError::Amount) }
    }

    /// The amount in minor units.
    pub const fn units(self) -> u64 {
        self.0
    }

    /// The amount in minor units as a signed number, for sums.
    pub(super) const fn signed(self) -> i64 {
        self.0.cast_signed()
    }

    /// A different amount, for faults.
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

/// An ISO 4217 currency code. The number of its minor units is the caller's concern.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

impl Currency {
    /// Parses three capital letters.
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        let letters = <[u8; 3]>::try_from(text.as_bytes()).map_err(|_| ValueError::Currency)?;
        if letters.iter().all(u8::is_ascii_uppercase) { Ok(Self(letters)) } else { Err(ValueError::Currency) }
    }

    /// A different currency, for faults: the ISO 4217 code for tests.
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

/// Defines a validated text type.
macro_rules! text {
    ($(#[$about:meta])* $type:ident, $length_max:literal, $fault:ident, $rule:expr) => {
        $(#[$about])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $type(String);

        impl $type {
            /// The largest number of characters.
            pub const LENGTH_MAX: usize = $length_max;

            pub fn parse(text: &str) -> Result<Self, ValueError> {
                let rule: fn(&str) -> bool = $rule;
                let is_valid = !text.is_empty() && text.chars().count() <= Self::LENGTH_MAX && rule(text);
                if is_valid { Ok(Self(text.to_owned())) } else { Err(ValueError::$fault) }
            }

            /// The original text.
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
    /// The caller's reference of a payment or payout. Several may share one.
    Reference, 64, Reference, |text| !text.chars().any(char::is_control)
}

text! {
    /// The destination of a payout. Its prefix determines the payout's fate: see [`Fate`].
    AccountNumber, 64, Account, is_visible
}

text! {
    /// The caller's key of a request, so that repeats have no further effect.
    IdempotencyKey, 64, IdempotencyKey, is_visible
}

text! {
    /// The destination of the payer's browser after the payment page.
    ReturnUrl, 2048, ReturnUrl, |text| {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        is_visible(text) && rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with(['/', '?', '#']))
    }
}

fn is_visible(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}

impl Reference {
    /// A reference that belongs to no caller, for faults.
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

/// Hides the URL, whose query may carry secrets.
impl fmt::Debug for ReturnUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ReturnUrl")
    }
}

/// Shows only the last four characters.
impl fmt::Debug for AccountNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.masked())
    }
}

/// The fate of a payout, from the prefix of its account number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Any other prefix: it is processed.
    Processed,
    /// `fail...`: it fails, and no money leaves.
    Failed,
    /// `reverse...`: it is reversed before processing, and no money leaves.
    Reversed,
    /// `return...`: it is processed and later reversed, so money leaves and comes back.
    Returned,
}

impl AccountNumber {
    /// The fate of payouts to this account. Upper and lower case do not matter.
    pub fn fate(&self) -> Fate {
        let lower = self.0.to_ascii_lowercase();
        let fates = [("fail", Fate::Failed), ("reverse", Fate::Reversed), ("return", Fate::Returned)];
        let fate = fates.into_iter().find(|(prefix, _)| lower.starts_with(prefix));
        fate.map_or(Fate::Processed, |(_, fate)| fate)
    }

    /// The last four characters, or none of a short number.
    pub fn masked(&self) -> String {
        match self.0.len().checked_sub(4).filter(|hidden| *hidden >= 4) {
            Some(hidden) => format!("...{}", &self.0[hidden..]),
            None => "...".to_owned(),
        }
    }
}
