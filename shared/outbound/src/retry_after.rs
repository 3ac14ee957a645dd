//! [`retry_after`]: parses `Retry-After`.

use hyper::header::HeaderValue;
use jiff::Timestamp;
use std::time::Duration;

/// Longest delay that is honoured.
pub const RETRY_AFTER_MAX: Duration = Duration::from_mins(5);

/// Parses `Retry-After`: seconds, or a date. Returns `None` if it is malformed or not in the future.
pub fn retry_after(value: &HeaderValue, now: Timestamp) -> Option<Duration> {
    let text = value.to_str().ok()?.trim();
    let wait = if let Ok(seconds) = text.parse() {
        Duration::from_secs(seconds)
    } else {
        let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
        date.duration_since(now).try_into().ok()?
    };
    (!wait.is_zero()).then(|| wait.min(RETRY_AFTER_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retry_after_header_is_read_up_to_five_minutes() {
        let now: Timestamp = "1994-11-06T08:49:07Z".parse().unwrap();
        let cases = [
            ("1", Some(1)),
            (" 120 ", Some(120)),
            ("300", Some(300)),
            ("301", Some(300)),
            ("18446744073709551615", Some(300)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(30)),
            ("Sun, 06 Nov 1994 09:49:37 GMT", Some(300)),
            ("Sun, 06 Nov 1994 08:49:07 GMT", None),
            ("Sun, 06 Nov 1994 08:48:37 GMT", None),
            ("0", None),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
            ("", None),
        ];
        for (text, expected) in cases {
            let wait = retry_after(&HeaderValue::from_static(text), now);
            assert_eq!(wait, expected.map(Duration::from_secs), "{text:?}");
        }
    }
}
