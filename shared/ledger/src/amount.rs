//! [`Amount`]: an exact, never negative sum of money in the platform's one currency.

use rust_decimal::Decimal;
use std::fmt;
use std::str::FromStr;

/// A sum of money: zero or more, at most 20 digits before the point and 8 after it.
///
/// It is exact: what cannot be held is refused, never rounded. The largest amount is
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

/// Why a text is not an [`Amount`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Not a decimal number at all.
    #[error("is not a decimal number")]
    NotANumber,
    /// Below zero.
    #[error("is negative")]
    Negative,
    /// More decimals than are kept.
    #[error("has more than {} decimals", Amount::DECIMALS_MAX)]
    TooManyDecimals,
    /// More digits before the point than are kept.
    #[error("has more than {} digits before the point", Amount::INTEGER_DIGITS_MAX)]
    TooLarge,
}

impl Amount {
    /// Digits kept after the point.
    pub const DECIMALS_MAX: u32 = 8;
    /// Digits kept before the point.
    pub const INTEGER_DIGITS_MAX: u32 = 20;
    /// No money.
    pub const ZERO: Self = Self(Decimal::ZERO);
    /// The longest text that is looked at; longer ones cannot be an amount and cost nothing.
    const TEXT_LENGTH_MAX: usize = 64;

    /// The largest amount, in units of the last decimal.
    const UNITS_MAX: i128 = 10_i128.pow(Self::INTEGER_DIGITS_MAX + Self::DECIMALS_MAX) - 1;

    fn from_decimal(value: Decimal) -> Result<Self, AmountError> {
        let value = value.normalize();
        if value.is_sign_negative() && !value.is_zero() {
            return Err(AmountError::Negative);
        }
        if value.scale() > Self::DECIMALS_MAX {
            return Err(AmountError::TooManyDecimals);
        }
        if value.trunc() >= Decimal::from_i128_with_scale(10_i128.pow(Self::INTEGER_DIGITS_MAX), 0) {
            return Err(AmountError::TooLarge);
        }
        Ok(Self(value.abs()))
    }

    /// The amount of that many units of the last decimal (0.00000001), if it is within the limits.
    pub fn from_units(units: i128) -> Result<Self, AmountError> {
        match units {
            ..0 => Err(AmountError::Negative),
            0..=Self::UNITS_MAX => {
                Self::from_decimal(Decimal::from_i128_with_scale(units, Self::DECIMALS_MAX))
            }
            _ => Err(AmountError::TooLarge),
        }
    }

    /// The amount in units of the last decimal (0.00000001): for sums that must not overflow or be negative.
    pub fn units(self) -> i128 {
        self.0.mantissa() * 10_i128.pow(Self::DECIMALS_MAX - self.0.scale())
    }

    /// Whether this is no money.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// The sum, if it is within the limits.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Self::from_units(self.units() + other.units()).ok()
    }

    /// The difference, if it is not negative.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        Self::from_units(self.units() - other.units()).ok()
    }

    /// The difference, or zero where that would be negative.
    pub fn saturating_sub(self, other: Self) -> Self {
        self.checked_sub(other).unwrap_or_default()
    }
}

impl FromStr for Amount {
    type Err = AmountError;

    /// Reads `123`, `100.50` or `1.5e3`; nothing else, and nothing inexactly.
    fn from_str(text: &str) -> Result<Self, AmountError> {
        let digits_only = text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'));
        if text.len() > Self::TEXT_LENGTH_MAX || !digits_only {
            return Err(AmountError::NotANumber);
        }
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse().map_err(|_| AmountError::NotANumber)?),
            None => (text, 0_i32),
        };
        Self::from_decimal(scale(mantissa, exponent)?)
    }
}

/// The number `mantissa` x 10^`exponent`, exactly.
fn scale(mantissa: &str, exponent: i32) -> Result<Decimal, AmountError> {
    let value = Decimal::from_str_exact(mantissa).map_err(|error| match error {
        rust_decimal::Error::Underflow => AmountError::TooManyDecimals,
        rust_decimal::Error::ExceedsMaximumPossibleValue => AmountError::TooLarge,
        _ => too_long_or_not_a_number(mantissa),
    })?;
    let value = value.normalize();
    if value.is_zero() || exponent == 0 {
        return Ok(value);
    }
    let scale = i64::from(value.scale()) - i64::from(exponent);
    if scale > i64::from(Amount::DECIMALS_MAX) {
        return Err(AmountError::TooManyDecimals);
    }
    let (mantissa, scale) = if scale < 0 {
        let factor = u32::try_from(-scale)
            .ok()
            .and_then(|power| 10_i128.checked_pow(power));
        let mantissa = factor.and_then(|factor| value.mantissa().checked_mul(factor));
        (mantissa.ok_or(AmountError::TooLarge)?, 0)
    } else {
        (
            value.mantissa(),
            u32::try_from(scale).map_err(|_| AmountError::TooManyDecimals)?,
        )
    };
    Decimal::try_from_i128_with_scale(mantissa, scale).map_err(|_| AmountError::TooLarge)
}

/// The decimal library calls a number of more digits than it holds the same as a text that is no number.
fn too_long_or_not_a_number(text: &str) -> AmountError {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mut parts = unsigned.splitn(2, '.');
    let (whole, decimals) = (parts.next().unwrap_or_default(), parts.next().unwrap_or("0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(decimals) {
        AmountError::NotANumber
    } else if text.starts_with('-') {
        AmountError::Negative
    } else if whole.trim_start_matches('0').len() > Amount::INTEGER_DIGITS_MAX as usize {
        AmountError::TooLarge
    } else {
        AmountError::TooManyDecimals
    }
}

impl fmt::Display for Amount {
    /// Plain digits, no exponent, no needless zeros: `100.5`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0.normalize(), formatter)
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
