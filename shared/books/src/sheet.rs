//! Values as a spreadsheet may read them.

use std::borrow::Cow;

/// What makes a spreadsheet take a text for something to work out.
const FORMULA_STARTS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// The value of a CSV twin: one that a spreadsheet would work out gets an apostrophe in front of it. A decimal number
/// is what it is, also below zero.
///
/// ```
/// use evens_books::guarded;
/// assert_eq!(guarded("=1+1"), "'=1+1");
/// assert_eq!(guarded("-12.5"), "-12.5");
/// ```
pub fn guarded(value: &str) -> Cow<'_, str> {
    if value.starts_with(FORMULA_STARTS) && !is_number(value) {
        Cow::Owned(format!("'{value}"))
    } else {
        Cow::Borrowed(value)
    }
}

/// Digits, perhaps with a point between them, perhaps below zero.
fn is_number(value: &str) -> bool {
    let size = value.strip_prefix('-').unwrap_or(value);
    let (whole, decimals) = size.split_once('.').unwrap_or((size, "0"));
    [whole, decimals]
        .iter()
        .all(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}
