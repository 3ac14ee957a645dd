//! [`SenderSettings`]: the destination of events, from the environment.

use crate::LogSender;
use evens_outbound::{Endpoint, EndpointFault, SecretFault, Signer};
use evens_runtime::{Stage, StartError, variable};

const URL: &str = "EVENS_WEBHOOK_URL";
const SECRET: &str = "EVENS_WEBHOOK_SECRET";
const BONUS_AFTER: &str = "REG_BONUS_AFTER";

/// The destination of events: both variables are set, or neither.
///
/// | variable | default | meaning |
/// |---|---|---|
/// | `EVENS_WEBHOOK_URL` | none: events go to the log | the URL that events are posted to; `https`, or `http` to this machine |
/// | `EVENS_STAGE` | `local` | in `local`, logged events include the code for the player |
/// | `REG_BONUS_AFTER` | `sign-up` | with `verified`, a start without a webhook fails, except in the local stage |
/// | `EVENS_WEBHOOK_SECRET` | none | the signing secret: `whsec_` and base64 of 24 to 64 bytes; several, separated by commas, during a rotation |
#[derive(Debug, Clone)]
pub enum SenderSettings {
    Log(LogSender),
    Webhook(Webhook),
}

/// A webhook's address and the secrets that sign its calls.
#[derive(Debug, Clone)]
pub struct Webhook {
    pub(crate) endpoint: Endpoint,
    pub(crate) signer: Signer,
}

impl SenderSettings {
    /// Reads the environment.
    ///
    /// # Errors
    /// Those of [`SenderSettings::from_lookup`].
    pub fn from_env() -> Result<Self, StartError> {
        Self::from_lookup(variable)
    }

    /// Reads variables through `lookup`. An empty value counts as unset.
    ///
    /// # Errors
    /// 1. Only one of the two variables is missing.
    /// 2. Both are missing although a bonus depends on a code that reaches the player. On Lambda the template rejects
    ///    that before deployment (`CodesReachPlayers`).
    /// 3. The URL is malformed, or would send events unencrypted over a network.
    /// 4. The secret is malformed.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, StartError> {
        let lookup = |name: &str| lookup(name).filter(|value| !value.is_empty());
        match (lookup(URL), lookup(SECRET)) {
            (None, None) => {
                let is_local = lookup("EVENS_STAGE").is_none_or(|stage| stage == Stage::Local.as_str());
                if !is_local && lookup(BONUS_AFTER).as_deref() == Some("verified") {
                    let message =
                        format!("{BONUS_AFTER} is verified, but without a webhook no code reaches a player");
                    return Err(StartError::new(
                        message,
                        format!("set {URL} and {SECRET}, or unset {BONUS_AFTER}"),
                    ));
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
        format!("{set} is set, but {missing} is not"),
        format!("set both {URL} and {SECRET}, or neither"),
    )
}

/// The error does not repeat the URL, which may contain a secret.
fn parse_url(text: &str) -> Result<Endpoint, StartError> {
    text.parse().map_err(|fault: EndpointFault| {
        let hint = format!("set {URL} to an https URL, for example https://example.com/evens");
        let error = StartError::new(format!("{URL} is not a valid webhook URL: {fault}"), hint);
        match fault {
            EndpointFault::NotUrl(cause) => error.caused_by(cause),
            _ => error,
        }
    })
}

fn parse_secret(text: &str) -> Result<Signer, StartError> {
    text.parse().map_err(|fault: SecretFault| {
        let hint = format!("set {SECRET} to whsec_ followed by 24 to 64 random bytes in base64");
        StartError::new(format!("{SECRET} is not a valid signing secret"), hint).caused_by(fault)
    })
}
