//! [`only_line`]: a header that may be sent once.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// The only line of a header. `None` if there is none, and if there are several: a decision by the first would let the
/// others pass.
pub fn only_line<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a HeaderValue> {
    let mut lines = headers.get_all(name).iter();
    let line = lines.next()?;
    if lines.next().is_none() { Some(line) } else { None }
}
