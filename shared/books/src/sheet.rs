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

/// The CSV form of a value for a person: [`guarded`], and a number that a spreadsheet would change gets an apostrophe
/// in front as well. A spreadsheet keeps fifteen digits, drops zeros in front, and reads `12e5` as 1,200,000.
///
/// ```
/// use evens_books::for_person;
/// assert_eq!(for_person("2026112300010001"), "'2026112300010001");
/// assert_eq!(for_person("-12.5"), "-12.5");
/// ```
pub fn for_person(value: &str) -> Cow<'_, str> {
    if changes_as_number(value) { Cow::Owned(format!("'{value}")) } else { guarded(value) }
}

/// The number of significant digits that a spreadsheet keeps.
const DIGITS_KEPT: usize = 15;

/// Returns `true` for a number, also in exponent notation, that a spreadsheet would store as another one.
fn changes_as_number(value: &str) -> bool {
    if let Some((number, exponent)) = value.split_once(['e', 'E']) {
        let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        return is_number(number)
            && !exponent.is_empty()
            && exponent.bytes().all(|byte| byte.is_ascii_digit());
    }
    let size = value.strip_prefix('-').unwrap_or(value);
    let has_zero_in_front = size.len() > 1 && size.starts_with('0') && !size.starts_with("0.");
    let digits = size.bytes().filter(u8::is_ascii_digit);
    is_number(value) && (has_zero_in_front || digits.skip_while(|digit| *digit == b'0').count() > DIGITS_KEPT)
}

/// Digits with an optional decimal point and an optional minus sign.
fn is_number(value: &str) -> bool {
    let size = value.strip_prefix('-').unwrap_or(value);
    let (whole, decimals) = size.split_once('.').unwrap_or((size, "0"));
    [whole, decimals]
        .iter()
        .all(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
}
