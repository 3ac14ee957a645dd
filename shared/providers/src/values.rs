//! What providers write, read into our types. Adapters say which field is wrong.

use evens_payments::{CallError, Currency, Money, OrderId, ProviderId};

/// The name of a field that is not what it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WrongField(pub(crate) &'static str);

/// Our order, where the text is the id of one.
pub(crate) fn reference(text: Option<&str>) -> Option<OrderId> {
    text?.parse().ok()
}

pub(crate) fn provider_id(text: &str) -> Result<ProviderId, WrongField> {
    text.parse().map_err(|_| WrongField("id"))
}

/// An amount in the smallest coin of the currency with that code.
pub(crate) fn money(minor_units: u64, code: &str) -> Result<Money, WrongField> {
    let currency = Currency::from_code(code).ok_or(WrongField("currency"))?;
    Money::from_minor_units(minor_units, currency).map_err(|_| WrongField("amount"))
}

/// An id as a part of a path.
///
/// # Errors
/// A character that means something else there: nothing is sent.
pub(crate) fn path_segment(id: &ProviderId) -> Result<&str, CallError> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if id.as_str().bytes().all(is_plain) {
        Ok(id.as_str())
    } else {
        Err(CallError::Refused { code: "unwritable".to_owned() })
    }
}
