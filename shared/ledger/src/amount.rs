//! [`Amount`]: an exact, non-negative sum of money in the single currency of the platform.

use rust_decimal::Decimal;
use std::fmt;
use std::str::FromStr;

/// A sum of money: zero or more, with at most 20 digits before the point and 8 after it.
///
/// Amounts are exact: a value that does not fit is refused, never rounded. The largest amount is
/// 99,999,999,999,999,999,999.99999999.
///
/// ```
/// use evens_ledger::Amount;
/// let stake: Amount = "100.50".parse()?;
/// assert_eq!(stake.to_string(), "100.5");
/// assert!("0.123456789".parse::<Amount>().is_err()); // nine decimals
/// # Ok::<(), evens_ledger::AmountError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Amount(Decimal);

/// The reason why a text or number is not an [`Amount`], in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    #[error("is not a decimal number")]
    NotANumber,
    #[error("is negative")]
    Negative,
    #[error("must have at most {} decimals", Amount::DECIMALS_MAX)]
    TooManyDecimals,
    #[error("must have at most {} digits before the point", Amount::INTEGER_DIGITS_MAX)]
    TooLarge,
}

impl Amount {
    pub const DECIMALS_MAX: u32 = 8;
    pub const INTEGER_DIGITS_MAX: u32 = 20;
    pub const ZERO: Self = Self(Decimal::ZERO);
    /// In units of the last decimal.
    const UNITS_MAX: i128 = 10_i128.pow(Self::INTEGER_DIGITS_MAX + Self::DECIMALS_MAX) - 1;

    /// Converts from units of the last decimal (0.00000001). Returns an error outside the limits.
    pub fn from_units(units: i128) -> Result<Self, AmountError> {
        match units {
            ..0 => Err(AmountError::Negative),
            0..=Self::UNITS_MAX => {
                let value = Decimal::from_i128_with_scale(units, Self::DECIMALS_MAX);
                Ok(Self(value.normalize()))
            }
            _ => Err(AmountError::TooLarge),
        }
    }

    /// The amount in units of the last decimal (0.00000001). Sums of units can be negative and do not overflow.
    pub fn units(self) -> i128 {
        self.0.mantissa() * 10_i128.pow(Self::DECIMALS_MAX - self.0.scale())
    }

    /// Returns `true` if the amount has at most this number of decimals.
    pub fn fits_decimals(self, decimals: u32) -> bool {
        self.units() % 10_i128.pow(Self::DECIMALS_MAX.saturating_sub(decimals)) == 0
    }

    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// Returns `None` if the sum is above the largest amount.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Self::from_units(self.units() + other.units()).ok()
    }

    /// Returns `None` if the difference would be negative.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        Self::from_units(self.units() - other.units()).ok()
    }

    /// The sum, or the larger operand if the sum is above the largest amount. Sums of stored amounts stay far below
    /// that.
    #[must_use]
    pub fn saturating_add(self, other: Self) -> Self {
        self.checked_add(other).unwrap_or(self.max(other))
    }

    /// The difference, or zero if it would be negative.
    #[must_use]
    pub fn saturating_sub(self, other: Self) -> Self {
        self.checked_sub(other).unwrap_or_default()
    }
}

impl FromStr for Amount {
    type Err = AmountError;

    /// Reads `123`, `100.50` or `1.5e3` exactly, and refuses every other form.
    ///
    /// Any number of redundant zeros may precede or follow the digits: `007.500` is `7.5`.
    fn from_str(text: &str) -> Result<Self, AmountError> {
        let number = Number::parse(text).ok_or(AmountError::NotANumber)?;
        if number.digits.is_empty() {
            return Ok(Self::ZERO);
        }
        if number.negative {
            return Err(AmountError::Negative);
        }
        if number.exponent < -i64::from(Self::DECIMALS_MAX) {
            return Err(AmountError::TooManyDecimals);
        }
        let zeros = number.exponent.saturating_add(i64::from(Self::DECIMALS_MAX));
        let units = number.digits.parse::<i128>().ok().and_then(|digits| {
            let factor = 10_i128.checked_pow(u32::try_from(zeros).ok()?)?;
            digits.checked_mul(factor)
        });
        units.map_or(Err(AmountError::TooLarge), Self::from_units)
    }
}

/// A decimal number in parts: `digits` x 10^`exponent`, where the digits neither begin nor end with a zero.
struct Number {
    negative: bool,
    digits: String,
    exponent: i64,
}

impl Number {
    /// Parses a JSON number. Unlike in JSON, redundant leading zeros are allowed.
    fn parse(text: &str) -> Option<Self> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(unsigned) => (true, unsigned),
            None => (false, text),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, Self::parse_exponent(exponent)?),
            None => (unsigned, 0),
        };
        let (whole, decimals) = match mantissa.split_once('.') {
            Some((whole, decimals)) => (whole, parse_digits(decimals)?),
            None => (mantissa, ""),
        };
        let all = format!("{}{decimals}", parse_digits(whole)?);
        let digits = all.trim_end_matches('0');
        let moved = i64::try_from(all.len() - digits.len()).ok()? - i64::try_from(decimals.len()).ok()?;
        Some(Self {
            negative,
            digits: digits.trim_start_matches('0').to_owned(),
            exponent: exponent.saturating_add(moved),
        })
    }

    /// An exponent that overflows its type counts as the largest one of its sign: neither gives an amount.
    fn parse_exponent(text: &str) -> Option<i64> {
        let (negative, unsigned) = match text.strip_prefix(['-', '+']) {
            Some(unsigned) => (text.starts_with('-'), unsigned),
            None => (false, text),
        };
        let size = parse_digits(unsigned)?.parse().unwrap_or(i64::MAX);
        Some(if negative { -size } else { size })
    }
}

/// Returns the text if it is one or more of the digits 0 to 9.
fn parse_digits(text: &str) -> Option<&str> {
    let is_digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_digits.then_some(text)
}

impl fmt::Display for Amount {
    /// Plain digits without an exponent or redundant zeros: `100.5`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0.normalize(), formatter)
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
