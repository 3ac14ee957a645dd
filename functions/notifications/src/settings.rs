//! [`SenderSettings`]: where events go, as the environment says.

use crate::LogSender;
use evens_outbound::{Endpoint, EndpointFault, SecretFault, Signer};
use evens_runtime::{Stage, StartError, variable};

const URL: &str = "EVENS_WEBHOOK_URL";
const SECRET: &str = "EVENS_WEBHOOK_SECRET";
const BONUS_AFTER: &str = "REG_BONUS_AFTER";

/// What the environment says about where events go: both variables, or none.
///
/// | variable | default | meaning |
/// |---|---|---|
/// | `EVENS_WEBHOOK_URL` | none: events go to the log | where events are posted; `https`, or `http` to this machine |
/// | `EVENS_STAGE` | `local` | where events that go to the log show what only the player is to know |
/// | `REG_BONUS_AFTER` | `sign-up` | with `verified` nothing starts without a webhook, but in the local stage |
/// | `EVENS_WEBHOOK_SECRET` | none | what they are signed with: `whsec_` and base64 of 24 to 64 bytes; several with commas between them while it is changed |
#[derive(Debug, Clone)]
pub enum SenderSettings {
    /// To the log.
    Log(LogSender),
    /// To a webhook.
    Webhook(Webhook),
}

/// A webhook: where it is, and what it knows us by.
#[derive(Debug, Clone)]
pub struct Webhook {
    pub(crate) endpoint: Endpoint,
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
    /// 2. Both are missing, where a player must have got a code to be given what is theirs. On Lambda the template
    ///    refuses that before it is deployed (`CodesReachPlayers`).
    /// 3. The URL is none, or would send events over a network unencrypted.
    /// 4. The secret is none.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, StartError> {
        let lookup = |name: &str| lookup(name).filter(|value| !value.is_empty());
        match (lookup(URL), lookup(SECRET)) {
            (None, None) => {
                let is_local = lookup("EVENS_STAGE").is_none_or(|stage| stage == Stage::Local.as_str());
                if !is_local && lookup(BONUS_AFTER).as_deref() == Some("verified") {
                    let message = format!("{BONUS_AFTER} is verified, and no code would reach a player");
                    return Err(StartError::new(message, format!("set {URL} and {SECRET}, or leave it out")));
                }
                Ok(Self::Log(if is_local { LogSender::local() } else { LogSender::default() }))
            }
            (Some(url), Some(secret)) => {
                Ok(Self::Webhook(Webhook { endpoint: parse_url(&url)?, signer: parse_secret(&secret)? }))
            }
            (Some(_), None) => Err(missing(SECRET, URL)),
            (None, Some(_)) => Err(missing(URL, SECRET)),
        }
    }
}

fn missing(missing: &str, set: &str) -> StartError {
    StartError::new(
        format!("{set} is set, and {missing} is not"),
        format!("set both {URL} and {SECRET}, or none"),
    )
}

/// The URL is not repeated in an error: it may be what the webhook knows us by.
fn parse_url(text: &str) -> Result<Endpoint, StartError> {
    text.parse().map_err(|fault: EndpointFault| {
        let hint = format!("set {URL} to an https address, for example https://example.com/evens");
        let error = StartError::new(format!("events cannot be posted to {URL}: {fault}"), hint);
        match fault {
            EndpointFault::NotUrl(cause) => error.caused_by(cause),
            _ => error,
        }
    })
}

fn parse_secret(text: &str) -> Result<Signer, StartError> {
    text.parse().map_err(|fault: SecretFault| {
        let hint = format!("set {SECRET} to whsec_ and the base64 of 24 to 64 random bytes");
        StartError::new(format!("{SECRET} is not a secret to sign with"), hint).caused_by(fault)
    })
}
