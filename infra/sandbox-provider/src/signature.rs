//! [`Signer`]: signs callbacks by Standard Webhooks 1.0.

use crate::core::Delivery;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// Signs with the receiver's secret, or with another one for a fault.
#[derive(Clone)]
pub struct Signer {
    right: hmac::Key,
    wrong: hmac::Key,
}

/// The reason why a text is not a signing secret. It does not repeat the text.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum SecretError {
    /// It does not begin with `whsec_`.
    #[error("it does not begin with {}", Signer::PREFIX)]
    Prefix,
    /// The rest is not base64.
    #[error("the text after {} is not base64", Signer::PREFIX)]
    Base64,
    /// The secret is too short to be safe, or longer than the specification permits.
    #[error("it has {0} bytes, but must have {min} to {max}", min = Signer::BYTES_MIN, max = Signer::BYTES_MAX)]
    Length(usize),
}

impl Signer {
    const PREFIX: &str = "whsec_";
    const BYTES_MIN: usize = 24;
    const BYTES_MAX: usize = 64;

    /// The headers of a callback: `webhook-id`, `webhook-timestamp` and `webhook-signature`.
    pub fn headers(&self, delivery: &Delivery) -> [(&'static str, String); 3] {
        let Delivery { id, seconds, body, is_signed_right, .. } = delivery;
        let key = if *is_signed_right { &self.right } else { &self.wrong };
        let mut context = hmac::Context::with_key(key);
        context.update(format!("{id}.{seconds}.").as_bytes());
        context.update(body.as_bytes());
        let signature = format!("v1,{}", STANDARD.encode(context.sign()));
        [
            ("webhook-id", id.clone()),
            ("webhook-timestamp", seconds.to_string()),
            ("webhook-signature", signature),
        ]
    }
}

/// Parses `whsec_` and the base64 of 24 to 64 bytes.
impl FromStr for Signer {
    type Err = SecretError;

    fn from_str(text: &str) -> Result<Self, SecretError> {
        let encoded = text.strip_prefix(Self::PREFIX).ok_or(SecretError::Prefix)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| SecretError::Base64)?;
        if !(Self::BYTES_MIN..=Self::BYTES_MAX).contains(&bytes.len()) {
            return Err(SecretError::Length(bytes.len()));
        }
        let wrong: Vec<u8> = bytes.iter().map(|byte| !byte).collect();
        let key = |bytes: &[u8]| hmac::Key::new(hmac::HMAC_SHA256, bytes);
        Ok(Self { right: key(&bytes), wrong: key(&wrong) })
    }
}

/// Hides the secret.
impl fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Signer")
    }
}
