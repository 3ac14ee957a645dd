//! [`Money`]: an amount in a currency, as used in calls to providers and in their reports.

use evens_ledger::Amount;
use iso_currency::Currency;
use std::fmt;

/// More than zero, at most [`Money::AMOUNT_MAX_UNITS`], and without fractions of the currency's smallest coin.
///
/// ```
/// use evens_payments::{Currency, Money, MoneyError};
/// let money = Money::parse("100.50".parse()?, Currency::INR)?;
/// assert_eq!((money.minor_units(), money.to_string().as_str()), (10_050, "100.5 INR"));
/// assert_eq!(Money::parse("0.001".parse()?, Currency::INR), Err(MoneyError::TooFine { decimals: 2 }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    amount: Amount,
    currency: Currency,
}

/// The reason why an amount cannot be paid, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("must be above 0")]
    Zero,
    /// Above the largest amount of one order.
    #[error("must be at most 1000000000000")]
    TooLarge,
    /// A fraction of the currency's smallest coin.
    #[error("must have at most {decimals} decimals")]
    TooFine {
        /// The number of decimals of the currency.
        decimals: u32,
    },
}

impl Money {
    /// The largest amount of one order, in units of the last decimal of an [`Amount`]: 10^12 coins.
    pub const AMOUNT_MAX_UNITS: i128 = 10_i128.pow(12 + Amount::DECIMALS_MAX);

    /// Returns an error if the amount cannot be paid in the currency.
    pub fn parse(amount: Amount, currency: Currency) -> Result<Self, MoneyError> {
        if amount.is_zero() {
            return Err(MoneyError::Zero);
        }
        if amount.units() > Self::AMOUNT_MAX_UNITS {
            return Err(MoneyError::TooLarge);
        }
        if !amount.fits_decimals(decimals(currency)) {
            return Err(MoneyError::TooFine { decimals: decimals(currency) });
        }
        Ok(Self { amount, currency })
    }

    /// Converts from the currency's smallest coin, such as paise.
    pub fn from_minor_units(minor_units: u64, currency: Currency) -> Result<Self, MoneyError> {
        let units = i128::from(minor_units) * units_of_minor_unit(currency);
        Amount::from_units(units).map_or(Err(MoneyError::TooLarge), |amount| Self::parse(amount, currency))
    }

    pub fn amount(self) -> Amount {
        self.amount
    }

    pub fn currency(self) -> Currency {
        self.currency
    }

    /// The amount in the currency's smallest coin.
    pub fn minor_units(self) -> i128 {
        self.amount.units() / units_of_minor_unit(self.currency)
    }
}

/// The currency's smallest coin in units of the last decimal of an [`Amount`].
fn units_of_minor_unit(currency: Currency) -> i128 {
    10_i128.pow(Amount::DECIMALS_MAX - decimals(currency))
}

/// The number of decimals of the currency. Zero if the standard defines none, as for gold.
pub fn decimals(currency: Currency) -> u32 {
    currency.exponent().map_or(0, u32::from).min(Amount::DECIMALS_MAX)
}

impl fmt::Display for Money {
    /// The amount and the currency code: `100.5 INR`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.amount, self.currency.code())
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
