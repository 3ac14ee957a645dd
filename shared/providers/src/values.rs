//! Parses values that providers write into our types. Errors name the field.

use evens_payments::{CallError, Currency, Money, OrderId, ProviderId};

/// The name of a malformed field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WrongField(pub(crate) &'static str);

/// Our order id, if the text is one.
pub(crate) fn reference(text: Option<&str>) -> Option<OrderId> {
    text?.parse().ok()
}

pub(crate) fn provider_id(text: &str) -> Result<ProviderId, WrongField> {
    text.parse().map_err(|_| WrongField("id"))
}

/// An amount in minor units of the currency with that code.
pub(crate) fn money(minor_units: u64, code: &str) -> Result<Money, WrongField> {
    let currency = Currency::from_code(code).ok_or(WrongField("currency"))?;
    Money::from_minor_units(minor_units, currency).map_err(|_| WrongField("amount"))
}

/// An id as a path segment.
///
/// # Errors
/// A character with a special meaning in a path. Nothing is sent.
pub(crate) fn path_segment(id: &ProviderId) -> Result<&str, CallError> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if id.as_str().bytes().all(is_plain) {
        Ok(id.as_str())
    } else {
        Err(CallError::Refused { code: "unwritable".to_owned() })
    }
}
