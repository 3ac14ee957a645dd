//! [`HttpsRegister`]: queries a register over HTTPS, one player at a time.

use crate::{ExclusionRegister, NoAnswer};
use evens_ledger::UserId;
use evens_outbound::{Endpoint, HttpsClient, NoCertificates, Unreachable};
use futures::future::{BoxFuture, FutureExt};
use http_body_util::Full;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, USER_AGENT};
use hyper::{Request, StatusCode};
use serde::Deserialize;
use serde_json::json;
use std::fmt::Display;
use std::str::FromStr;

/// Maximum size of an answer in bytes.
const ANSWER_BYTES_MAX: usize = 4_096;

/// An API key of a register: 16 to 256 printable ASCII characters. Never printed.
#[derive(Debug, Clone)]
pub struct RegisterKey(HeaderValue);

/// The text is not a valid key. The error does not repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it must have 16 to 256 printable ASCII characters without spaces")]
pub struct RegisterKeyFault;

impl FromStr for RegisterKey {
    type Err = RegisterKeyFault;

    fn from_str(text: &str) -> Result<Self, RegisterKeyFault> {
        if !(16..=256).contains(&text.len()) || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(RegisterKeyFault);
        }
        let mut value = HeaderValue::from_str(&format!("Bearer {text}")).map_err(|_| RegisterKeyFault)?;
        value.set_sensitive(true);
        Ok(Self(value))
    }
}

/// Posts `{"userId": 42}` for each player and expects `{"isExcluded": false}`. A national register does not know our
/// user ids, so the endpoint is an operator's own service that maps them.
#[derive(Debug)]
pub struct HttpsRegister {
    client: HttpsClient,
    endpoint: Endpoint,
    key: RegisterKey,
}

/// The parsed fields of an answer.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    is_excluded: bool,
}

impl HttpsRegister {
    /// Creates the client. Nothing is called yet.
    ///
    /// # Errors
    /// The endpoint uses TLS, and this machine has no CA certificates to verify it.
    pub fn new(endpoint: Endpoint, key: RegisterKey) -> Result<Self, NoCertificates> {
        Ok(Self { client: HttpsClient::new(&endpoint)?, endpoint, key })
    }

    async fn ask(&self, user: UserId) -> Result<bool, NoAnswer> {
        let body = json!({ "userId": user.number() }).to_string();
        let request = Request::post(self.endpoint.uri())
            .header(AUTHORIZATION, self.key.0.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, concat!("evens/", env!("CARGO_PKG_VERSION")))
            .body(Full::from(body))
            .map_err(|error| without_answer(&error))?;
        let called = self.client.call(request, ANSWER_BYTES_MAX).await;
        let answer = called.map_err(|Unreachable(cause)| without_answer(&cause))?;
        if answer.status() != StatusCode::OK {
            return Err(without_answer(&answer.status()));
        }
        // The parse error is not logged, because it may quote the answer.
        let read = serde_json::from_slice(answer.body());
        let Answer { is_excluded } = read.map_err(|_| without_answer(&"unreadable answer"))?;
        Ok(is_excluded)
    }
}

impl ExclusionRegister for HttpsRegister {
    fn has(&self, user: UserId) -> BoxFuture<'_, Result<bool, NoAnswer>> {
        self.ask(user).boxed()
    }
}

fn without_answer(what: &dyn Display) -> NoAnswer {
    tracing::warn!("The exclusion register did not answer: {what}");
    NoAnswer
}
