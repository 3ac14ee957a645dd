//! CSV values that are safe to open in a spreadsheet.

use std::borrow::Cow;

/// Characters with which a spreadsheet recognizes a formula. East Asian versions also take the full-width ones, and the
/// minus sign.
const FORMULA_STARTS: [char; 12] =
    ['=', '+', '-', '@', '\t', '\r', '\n', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}', '\u{2212}'];

/// The CSV form of a value: a text that a spreadsheet would evaluate gets an apostrophe in front. Decimal numbers stay
/// unchanged, including negative ones.
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

/// Digits with an optional decimal point and an optional minus sign.
fn is_number(value: &str) -> bool {
    let size = value.strip_prefix('-').unwrap_or(value);
    let (whole, decimals) = size.split_once('.').unwrap_or((size, "0"));
    [whole, decimals]
        .iter()
        .all(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}
