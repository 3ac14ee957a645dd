//! [`judge`]: classifies a provider's answer by its status, before the body is parsed.

use evens_payments::CallError;
use hyper::StatusCode;

/// Longest provider code that is passed on.
const CODE_LENGTH_MAX: usize = 64;

/// The status part of the table at [`crate::PaymentProvider`]. `code_of` extracts the provider's code from the body of
/// a refusal.
pub(crate) fn judge(
    status: StatusCode,
    body: &[u8],
    code_of: fn(&[u8]) -> Option<String>,
) -> Result<(), CallError> {
    match status.as_u16() {
        200..=299 => Ok(()),
        408 | 409 | 425 | 429 => Err(CallError::Unknown),
        400..=499 => {
            let code = code_of(body).filter(|code| is_code(code));
            Err(CallError::Refused { code: code.unwrap_or_else(|| format!("http-{}", status.as_u16())) })
        }
        _ => Err(CallError::Unknown),
    }
}

/// Returns `true` if the text is safe for logs and for an order's history.
fn is_code(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=CODE_LENGTH_MAX).contains(&text.len()) && text.bytes().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_of(body: &[u8]) -> Option<String> {
        String::from_utf8(body.to_owned()).ok()
    }

    #[test]
    fn statuses_are_refusals_or_unknown_results() {
        let refused = |code: &str| Err(CallError::Refused { code: code.to_owned() });
        let unknown = || Err(CallError::Unknown);
        #[rustfmt::skip]
        let table = [
            // status, body,              meaning
            (101,      "",                unknown()),
            (200,      "",                Ok(())),
            (201,      "any",             Ok(())),
            (299,      "",                Ok(())),
            (301,      "moved",           unknown()),
            (307,      "moved",           unknown()),
            (400,      "BAD_REQUEST",     refused("BAD_REQUEST")),
            (400,      "",                refused("http-400")),
            (401,      "a text, +9198",   refused("http-401")),
            (403,      "forbidden",       refused("forbidden")),
            (404,      "not-found",       refused("not-found")),
            (408,      "timeout",         unknown()),
            (409,      "key-used",        unknown()),
            (410,      "gone",            refused("gone")),
            (413,      "too-large",       refused("too-large")),
            (422,      "invalid-field",   refused("invalid-field")),
            (424,      "failed",          refused("failed")),
            (425,      "too-early",       unknown()),
            (429,      "slow-down",       unknown()),
            (499,      "",                refused("http-499")),
            (500,      "broken",          unknown()),
            (503,      "fault",           unknown()),
            (599,      "",                unknown()),
            (600,      "",                unknown()),
            (999,      "",                unknown()),
        ];
        for (status, body, expected) in table {
            let judged = judge(StatusCode::from_u16(status).unwrap(), body.as_bytes(), code_of);
            assert_eq!(judged, expected, "{status} {body}");
        }
        let longest = "x".repeat(CODE_LENGTH_MAX + 1);
        assert_eq!(judge(StatusCode::GONE, longest.as_bytes(), code_of), refused("http-410"));
    }
}
