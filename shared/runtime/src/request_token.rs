//! [`RemoveRequestToken`]: removes the SDK's idempotency token from transactions for the embedded engine.
//!
//! The token makes the SDK's own retries harmless. Our code does not need it: a repeat finds the state that the first
//! call left (M3). The embedded engine compares each transaction with all tokens of the last ten minutes, so each bet
//! would cost more the more bets were placed before it.

use aws_sdk_dynamodb::config::interceptors::BeforeTransmitInterceptorContextMut;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;

/// Removes the token from each transaction before it is signed.
#[derive(Debug)]
pub(crate) struct RemoveRequestToken;

/// Quotation marks inside JSON strings are escaped, so this text can occur only at the token.
const FIELD: &str = "\"ClientRequestToken\":\"";

impl Intercept for RemoveRequestToken {
    fn name(&self) -> &'static str {
        "WithoutRequestToken"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        let body = request.body().bytes().and_then(|bytes| str::from_utf8(bytes).ok());
        let Some(shorter) = body.and_then(without_token) else {
            return Ok(());
        };
        let length = shorter.len().to_string();
        *request.body_mut() = shorter.into();
        request.headers_mut().insert("content-length", length);
        Ok(())
    }
}

/// The body without the token and one adjacent comma, or `None` if it has no token.
fn without_token(body: &str) -> Option<String> {
    let (before, rest) = body.split_once(FIELD)?;
    let (_token, after) = rest.split_once('"')?;
    Some(match before.strip_suffix(',') {
        Some(before) => format!("{before}{after}"),
        None => format!("{before}{}", after.strip_prefix(',').unwrap_or(after)),
    })
}

#[cfg(test)]
mod tests {
    use super::without_token;

    #[test]
    fn the_token_goes_with_one_comma_wherever_it_stands() {
        #[rustfmt::skip]
        let table = [
            (r#"{"a":1,"ClientRequestToken":"t"}"#,         Some(r#"{"a":1}"#)),
            (r#"{"ClientRequestToken":"t","a":1}"#,         Some(r#"{"a":1}"#)),
            (r#"{"a":1,"ClientRequestToken":"t","b":2}"#,   Some(r#"{"a":1,"b":2}"#)),
            (r#"{"ClientRequestToken":"t"}"#,               Some("{}")),
            (r#"{"a":"\"ClientRequestToken\":\"t\""}"#,     None),
            (r#"{"a":1}"#,                                  None),
        ];
        for (body, expected) in table {
            assert_eq!(without_token(body).as_deref(), expected, "{body}");
        }
    }
}
