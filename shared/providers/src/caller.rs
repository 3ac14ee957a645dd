//! [`Caller`]: calls one provider's HTTPS API and classifies its answers.

use crate::answer::judge;
use bytes::Bytes;
use evens_ledger::ProviderName;
use evens_outbound::{Endpoint, HttpsClient, NoCertificates};
use evens_payments::CallError;
use http_body_util::Full;
use hyper::Request;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, USER_AGENT};
use hyper::http::request::Builder;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Maximum size of an answer about one order.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// Calls one provider.
#[derive(Debug)]
pub(crate) struct Caller {
    client: HttpsClient,
    endpoint: Endpoint,
    /// Marked as sensitive, so that it is never printed.
    authorization: HeaderValue,
    provider: ProviderName,
    code_of: fn(&[u8]) -> Option<String>,
}

/// Credentials for the `Authorization` header.
pub(crate) struct Credentials<'a> {
    pub(crate) scheme: &'static str,
    pub(crate) text: &'a str,
}

impl Caller {
    /// Creates the caller. Nothing is called yet.
    ///
    /// # Errors
    /// The endpoint uses TLS, and this machine has no CA certificates to verify it.
    pub(crate) fn new(
        provider: ProviderName,
        endpoint: Endpoint,
        credentials: &Credentials<'_>,
        code_of: fn(&[u8]) -> Option<String>,
    ) -> Result<Self, NoCertificates> {
        let Credentials { scheme, text } = credentials;
        let client = HttpsClient::new(&endpoint)?;
        // Keys are printable ASCII, so this cannot fail. With the fallback the provider would refuse every call.
        let mut authorization = HeaderValue::from_str(&format!("{scheme} {text}"))
            .unwrap_or_else(|_| HeaderValue::from_static("unwritable"));
        authorization.set_sensitive(true);
        Ok(Self { client, endpoint, authorization, provider, code_of })
    }

    /// Gets a record about one order.
    pub(crate) async fn get<Answer: DeserializeOwned>(&self, path: &str) -> Result<Answer, CallError> {
        self.get_within(path, ANSWER_BYTES_MAX).await
    }

    /// Gets a record of at most `bytes_max` bytes.
    pub(crate) async fn get_within<Answer: DeserializeOwned>(
        &self,
        path: &str,
        bytes_max: usize,
    ) -> Result<Answer, CallError> {
        self.parse(path, &self.get_bytes(path, bytes_max).await?)
    }

    /// Gets a whole file.
    pub(crate) async fn get_bytes(&self, path: &str, bytes_max: usize) -> Result<Bytes, CallError> {
        let request = self.request(Request::get(self.uri(path)?)).body(Full::default());
        self.send(path, request.map_err(unwritable)?, bytes_max).await
    }

    /// Posts a body, with the idempotency key header if there is one.
    pub(crate) async fn post<Answer: DeserializeOwned>(
        &self,
        path: &str,
        key: Option<(&'static str, &str)>,
        body: &impl Serialize,
    ) -> Result<Answer, CallError> {
        let body = serde_json::to_vec(body).map_err(unwritable)?;
        let mut request =
            self.request(Request::post(self.uri(path)?)).header(CONTENT_TYPE, "application/json");
        if let Some((name, key)) = key {
            request = request.header(name, key);
        }
        let request = request.body(Full::from(body)).map_err(unwritable)?;
        self.parse(path, &self.send(path, request, ANSWER_BYTES_MAX).await?)
    }

    fn uri(&self, path: &str) -> Result<hyper::Uri, CallError> {
        self.endpoint.at(path).map_err(unwritable)
    }

    fn request(&self, request: Builder) -> Builder {
        request
            .header(AUTHORIZATION, self.authorization.clone())
            .header(USER_AGENT, concat!("evens/", env!("CARGO_PKG_VERSION")))
    }

    async fn send(
        &self,
        path: &str,
        request: Request<Full<Bytes>>,
        bytes_max: usize,
    ) -> Result<Bytes, CallError> {
        let answer = self.client.call(request, bytes_max).await.map_err(|unreachable| {
            let is_sent = unreachable.may_be_sent();
            self.log(path, &unreachable.0);
            if is_sent { CallError::Unknown } else { CallError::NotSent }
        })?;
        let status = answer.status();
        let body = answer.into_body();
        judge(status, &body, self.code_of).inspect_err(|error| match error {
            CallError::Refused { code } => self.log(path, &format_args!("{status}, {code}")),
            CallError::NotSent | CallError::Unknown => self.log(path, &status),
        })?;
        Ok(body)
    }

    /// An unreadable answer does not say whether the call had an effect. The parse error is not logged, because it may
    /// quote the body.
    fn parse<Answer: DeserializeOwned>(&self, path: &str, body: &[u8]) -> Result<Answer, CallError> {
        serde_json::from_slice(body).map_err(|_| {
            self.log(path, &"unreadable answer");
            CallError::Unknown
        })
    }

    /// Logs the path without its query, which contains references and accounts.
    fn log(&self, path: &str, what: &dyn std::fmt::Display) {
        let (provider, path) = (&self.provider, path.split('?').next().unwrap_or_default());
        tracing::warn!(
            "provider.name" = %provider,
            "url.path" = path,
            "A call of {path} at the provider {provider} failed: {what}"
        );
    }
}

/// Nothing was sent.
fn unwritable(_: impl std::error::Error) -> CallError {
    CallError::Refused { code: "unwritable".to_owned() }
}
