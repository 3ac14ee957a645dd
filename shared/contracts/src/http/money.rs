//! [`Money`]: an amount as JSON, with its exact digits.

use evens_ledger::Amount;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::value::RawValue;

/// An amount in a body. It is written as a JSON number with its exact digits, and read from a number or a string, never
/// as a floating-point number. Only the debit of a ledger entry is negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    amount: Amount,
    negative: bool,
}

impl Money {
    /// A debit, written with a minus sign.
    pub fn debit(amount: Amount) -> Self {
        Self { amount, negative: !amount.is_zero() }
    }

    /// An amount with its sign, in units of the last decimal.
    pub fn of_units(units: i128) -> Self {
        let amount = Amount::from_units(units.saturating_abs()).unwrap_or_default();
        if units < 0 { Self::debit(amount) } else { amount.into() }
    }

    /// The amount without its sign.
    pub fn amount(self) -> Amount {
        self.amount
    }
}

impl From<Amount> for Money {
    fn from(amount: Amount) -> Self {
        Self { amount, negative: false }
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let sign = if self.negative { "-" } else { "" };
        let digits = RawValue::from_string(format!("{sign}{}", self.amount));
        digits.map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text = match raw.get() {
            quoted if quoted.starts_with('"') => serde_json::from_str(quoted).map_err(de::Error::custom)?,
            number => number.to_owned(),
        };
        let taken = text.strip_prefix('-');
        let amount = taken.unwrap_or(&text).parse().map_err(de::Error::custom)?;
        Ok(if taken.is_some() { Self::debit(amount) } else { amount.into() })
    }
}

impl utoipa::PartialSchema for Money {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::Number)
            .description(Some(
                "Exact decimal, at most 8 decimals. Parse its text as a decimal, not as a binary float.",
            ))
            .into()
    }
}

impl utoipa::ToSchema for Money {}
