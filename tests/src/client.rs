//! [`Client`]: a user with a token. [`Answer`]: an answer of the API, already compared with its published schema.

use crate::Document;
use evens_contracts::Money;
use evens_ledger::{Amount, UserId};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// A user with a token, who acts through the API.
#[derive(Debug, Clone)]
pub struct Client {
    pub user: UserId,
    pub(crate) token: Option<String>,
    pub(crate) api: SocketAddr,
    pub(crate) http: reqwest::Client,
    pub(crate) document: Arc<Document>,
}

/// A request in parts, so that a test can change one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub method: &'static str,
    /// Path and query.
    pub path: String,
    /// The headers, in which names may repeat.
    pub headers: Vec<(&'static str, Vec<u8>)>,
    pub body: Vec<u8>,
}

impl Request {
    /// A request without headers and body.
    pub fn new(method: &'static str, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), headers: Vec::new(), body: Vec::new() }
    }

    /// Adds a JSON body with its content type.
    #[must_use]
    pub fn json(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self }.header("content-type", "application/json")
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl Client {
    /// The timeout of a request.
    const TIMEOUT: Duration = Duration::from_mins(1);

    /// An HTTP client with a connection pool.
    pub(crate) fn http() -> reqwest::Client {
        reqwest::Client::builder().no_proxy().timeout(Self::TIMEOUT).build().expect("a client")
    }

    /// The same client for another host of the API.
    #[must_use]
    pub fn at(&self, api: SocketAddr) -> Self {
        Self { api, ..self.clone() }
    }

    /// Sends a GET request.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::new("GET", path)).await
    }

    /// Sends a POST request.
    pub async fn post(&self, path: &str) -> Answer {
        self.send(Request::new("POST", path)).await
    }

    /// Sends a request with the client's token.
    pub async fn send(&self, request: Request) -> Answer {
        let request = match &self.token {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            None => request,
        };
        self.send_as_it_stands(request).await
    }

    /// Sends a request without adding a token. Panics if the answer violates its published schema.
    pub async fn send_as_it_stands(&self, request: Request) -> Answer {
        let shown = format!("{} {}", request.method, request.path);
        let answer = self.try_send(request.clone()).await;
        let answer = answer.unwrap_or_else(|error| panic!("{shown} is not answered: {error:#}"));
        self.check(&request, &answer);
        answer
    }

    /// Sends a request to a process that may be killed meanwhile. Panics if an answer violates its published schema.
    pub async fn send_if_alive(&self, request: Request) -> Option<Answer> {
        let request = match &self.token {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            None => request,
        };
        let answer = self.try_send(request.clone()).await.ok()?;
        self.check(&request, &answer);
        Some(answer)
    }

    async fn try_send(&self, request: Request) -> anyhow::Result<Answer> {
        let Request { method, path, headers, body } = request;
        let url = format!("http://{}{path}", self.api);
        let mut sent = self.http.request(Method::from_bytes(method.as_bytes())?, url).body(body);
        for (name, value) in headers {
            sent = sent.header(name, value);
        }
        let response = sent.send().await?;
        let (status, headers) = (response.status(), response.headers().clone());
        Ok(Answer { status, headers, text: response.text().await? })
    }

    fn check(&self, request: &Request, answer: &Answer) {
        let Request { method, path, .. } = request;
        let request_id = answer.header("x-request-id").unwrap_or_default();
        assert!(!request_id.is_empty(), "{method} {path} has no id: {answer:?}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{method} {path}: {answer:?}");
        if *method == "HEAD" {
            return;
        }
        let content_type = answer.header(CONTENT_TYPE.as_str()).unwrap_or_default();
        let body = if answer.text.is_empty() { Value::Null } else { answer.json() };
        let checked = self.document.check(method, path, answer.status(), content_type, &body);
        assert_eq!(checked, Ok(()), "{answer:?}");
        if answer.status() >= 400 && content_type == "application/problem+json" {
            assert_eq!(body["status"], answer.status(), "{answer:?}");
            assert_eq!(body["requestId"], request_id, "{answer:?}");
            assert_eq!(body["success"], false, "{answer:?}");
            assert_eq!(body["message"], body["detail"], "{answer:?}");
            let kind = format!("urn:evens:problem:{}", body["code"].as_str().unwrap_or_default());
            assert_eq!(body["type"], kind, "{answer:?}");
        }
    }
}

/// An answer of the API.
#[derive(Debug, Clone)]
pub struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// The first value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// All headers, sorted by name.
    pub fn headers(&self) -> Vec<(String, String)> {
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let mut headers: Vec<_> =
            self.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        headers.sort();
        headers
    }

    /// Returns whether the answer repeats that of an earlier request.
    pub fn is_replay(&self) -> bool {
        self.header("idempotency-replayed") == Some("true")
    }

    /// The raw body.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The body as JSON. Numbers are rounded to floats; for exact ones see [`Answer::amount`].
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("an answer is not JSON: {self:?}"))
    }

    /// The body of an answer. Panics unless it has this status.
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status(), status, "{self:?}");
        self.json()
    }

    /// Status, code and field of a refusal in one line: `422 invalid amount`, `404 not-found -`.
    pub fn problem(&self) -> String {
        let body = self.json();
        let text = |name: &str| body[name].as_str().unwrap_or("-").to_owned();
        format!("{} {} {}", self.status(), text("code"), text("field"))
    }

    /// The exact amount at a path such as `data.balance`.
    pub fn amount(&self, place: &str) -> Amount {
        let found = place.split('.').try_fold(self.text.as_str(), |text, name| {
            let members: HashMap<&str, &RawValue> = serde_json::from_str(text).ok()?;
            members.get(name).map(|value| value.get())
        });
        let found = found.unwrap_or_else(|| panic!("there is no {place} in {self:?}"));
        let money: Money = serde_json::from_str(found).unwrap_or_else(|_| panic!("{found} is no amount"));
        money.amount()
    }
}
