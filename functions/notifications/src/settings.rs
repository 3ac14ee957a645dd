//! [`SenderSettings`]: where events go, as the environment says.

use crate::Signer;
use evens_runtime::{StartError, is_this_machine, variable};
use hyper::Uri;
use hyper::http::uri::{Authority, Scheme};
use std::fmt;

const URL: &str = "EVENS_WEBHOOK_URL";
const SECRET: &str = "EVENS_WEBHOOK_SECRET";

/// What the environment says about where events go: both variables, or none.
///
/// | variable | default | meaning |
/// |---|---|---|
/// | `EVENS_WEBHOOK_URL` | none: events go to the log | where events are posted; `https`, or `http` to this machine |
/// | `EVENS_WEBHOOK_SECRET` | none | what they are signed with: `whsec_` and base64 of 24 to 64 bytes; several with commas between them while it is changed |
#[derive(Debug, Clone)]
pub enum SenderSettings {
    /// To the log.
    Log,
    /// To a webhook.
    Webhook(Webhook),
}

/// A webhook: where it is, and what it knows us by.
#[derive(Clone)]
pub struct Webhook {
    pub(crate) url: Uri,
    pub(crate) signer: Signer,
}

impl SenderSettings {
    /// Reads the environment.
    ///
    /// # Errors
    /// As [`SenderSettings::from_lookup`].
    pub fn from_env() -> Result<Self, StartError> {
        Self::from_lookup(variable)
    }

    /// Reads variables from wherever they are. An empty one counts as not set.
    ///
    /// # Errors
    /// 1. One of the two is missing.
    /// 2. The URL is none, or would send events over a network unencrypted.
    /// 3. The secret is none.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, StartError> {
        let lookup = |name: &str| lookup(name).filter(|value| !value.is_empty());
        match (lookup(URL), lookup(SECRET)) {
            (None, None) => Ok(Self::Log),
            (Some(url), Some(secret)) => {
                Ok(Self::Webhook(Webhook { url: parse_url(&url)?, signer: parse_secret(&secret)? }))
            }
            (Some(_), None) => Err(missing(SECRET, URL)),
            (None, Some(_)) => Err(missing(URL, SECRET)),
        }
    }
}

impl Webhook {
    /// Whether what is sent there is encrypted; where it is not, it stays on this machine.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.url.scheme() == Some(&Scheme::HTTPS)
    }
}

/// Where it is, without path and query: they may be what it knows us by.
impl fmt::Debug for Webhook {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.url.host().unwrap_or_default();
        formatter.debug_struct("Webhook").field("host", &host).field("signer", &self.signer).finish()
    }
}

fn missing(missing: &str, set: &str) -> StartError {
    StartError::new(
        format!("{set} is set, and {missing} is not"),
        format!("set both {URL} and {SECRET}, or none"),
    )
}

/// The URL is not repeated in an error: it may be what the webhook knows us by.
fn parse_url(text: &str) -> Result<Uri, StartError> {
    let fault = |what: &str| {
        let hint = format!("set {URL} to an https address, for example https://example.com/evens");
        StartError::new(format!("events cannot be posted to {URL}: {what}"), hint)
    };
    let url: Uri = text.parse().map_err(|error| fault("it is not a URL").caused_by(error))?;
    let (Some(scheme), Some(authority)) = (url.scheme(), url.authority()) else {
        return Err(fault("it is not a whole URL"));
    };
    if authority.as_str().contains('@') {
        return Err(fault("it contains a user name, which would be ignored"));
    }
    if authority.host().is_empty() || has_bad_port(authority) {
        return Err(fault("its host is missing, or its port is not valid"));
    }
    match scheme.as_str() {
        "https" => Ok(url),
        "http" if is_this_machine(authority.host()) => Ok(url),
        "http" => Err(fault("it is not encrypted, and not on this machine")),
        _ => Err(fault("it is neither https nor http")),
    }
}

/// A port that is no number is not none to [`Authority`]; it would be left out.
fn has_bad_port(authority: &Authority) -> bool {
    authority.as_str().len() > authority.host().len() && authority.port_u16().is_none_or(|port| port == 0)
}

fn parse_secret(text: &str) -> Result<Signer, StartError> {
    text.parse().map_err(|fault: crate::SecretFault| {
        let hint = format!("set {SECRET} to whsec_ and the base64 of 24 to 64 random bytes");
        StartError::new(format!("{SECRET} is not a secret to sign with"), hint).caused_by(fault)
    })
}
