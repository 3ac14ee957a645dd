//! [`Verified`]: a callback with a verified signature. Each verification method is a constructor.

use crate::secret::{SecretTextFault, checked};
use evens_ledger::Digest;
use evens_outbound::Signer;
use evens_payments::ReportSource;
use hyper::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use ring::hmac;
use std::fmt;
use std::str::FromStr;

/// A callback signed by its provider. A valid signature is the only way to create one.
///
/// ```compile_fail,E0451
/// // The fields are private: a callback cannot be verified without a secret.
/// let verified = evens_providers::Verified { body: b"{}", digest: evens_ledger::Digest::of(b"{}") };
/// ```
#[derive(Clone)]
pub struct Verified<'a> {
    body: &'a [u8],
    digest: Digest,
}

/// The reasons why a callback is not authentic, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureFault {
    /// A signature header is missing.
    #[error("the header {0} is missing")]
    Missing(&'static str),
    /// A signature header is repeated, so it is unclear which one a proxy has checked.
    #[error("the header {0} is repeated")]
    Several(&'static str),
    /// A signature header is malformed.
    #[error("the header {0} is malformed")]
    Malformed(&'static str),
    /// No configured secret made the signature over these bytes.
    #[error("the signature is wrong")]
    Wrong,
    /// It was signed too long ago, or in the future. It may be a replay.
    #[error("it was signed more than {} s ago, or in the future", Verified::AGE_MAX.as_secs())]
    TimeOff,
}

impl<'a> Verified<'a> {
    /// Maximum difference between now and the timestamp of a Standard Webhook.
    pub const AGE_MAX: SignedDuration = SignedDuration::from_mins(5);

    /// Verifies a callback signed according to Standard Webhooks 1.0: `webhook-id`, `webhook-timestamp` and
    /// `webhook-signature`.
    ///
    /// # Errors
    /// In the order of [`SignatureFault`], for each header in this order.
    pub fn by_standard_webhooks(
        signer: &Signer,
        headers: &HeaderMap,
        body: &'a [u8],
        now: Timestamp,
    ) -> Result<Self, SignatureFault> {
        const ID: &str = "webhook-id";
        const TIME: &str = "webhook-timestamp";
        let id = one_header(headers, ID)?;
        let seconds = one_header(headers, TIME)?;
        let signatures = one_header(headers, "webhook-signature")?;
        // The signed parts are separated by full stops, so an id with one would be ambiguous.
        if id.contains('.') {
            return Err(SignatureFault::Malformed(ID));
        }
        let seconds: i64 = seconds.parse().map_err(|_| SignatureFault::Malformed(TIME))?;
        let signed_at = Timestamp::from_second(seconds).map_err(|_| SignatureFault::Malformed(TIME))?;
        if !signer.verifies(id, seconds, body, signatures) {
            return Err(SignatureFault::Wrong);
        }
        if now.duration_since(signed_at).abs() > Self::AGE_MAX {
            return Err(SignatureFault::TimeOff);
        }
        Ok(Self::of(body))
    }

    /// Verifies a callback by the HMAC-SHA256 of `signed`: the body, or the fields of it that are parsed afterwards.
    ///
    /// # Errors
    /// [`SignatureFault::Wrong`].
    pub fn by_hmac(
        secrets: &HmacSecrets,
        signed: &[u8],
        tag: &[u8],
        body: &'a [u8],
    ) -> Result<Self, SignatureFault> {
        if secrets.verify(signed, tag) { Ok(Self::of(body)) } else { Err(SignatureFault::Wrong) }
    }

    fn of(body: &'a [u8]) -> Self {
        Self { body, digest: Digest::of(body) }
    }

    /// The signed bytes.
    pub fn body(&self) -> &'a [u8] {
        self.body
    }

    /// SHA-256 of the body, which identifies a callback where the body is not stored.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The source of reports from this callback.
    pub fn source(&self) -> ReportSource {
        ReportSource::Callback(self.digest)
    }
}

/// Prints the digest only.
impl fmt::Debug for Verified<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Verified({})", self.digest)
    }
}

/// The text of a header that must occur exactly once.
///
/// # Errors
/// In the order of [`SignatureFault`].
pub(crate) fn one_header<'h>(headers: &'h HeaderMap, name: &'static str) -> Result<&'h str, SignatureFault> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Err(SignatureFault::Missing(name)),
        (Some(_), Some(_)) => Err(SignatureFault::Several(name)),
        (Some(value), None) => value.to_str().map_err(|_| SignatureFault::Malformed(name)),
    }
}

/// A provider's callback signing secrets: one, or several during a rotation.
#[derive(Clone)]
pub struct HmacSecrets(Vec<hmac::Key>);

/// The text is not a list of secrets. The error does not repeat it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("secret {number} of the list is invalid")]
pub struct HmacSecretsFault {
    /// Number of the malformed secret, counted from 1.
    pub number: usize,
    #[source]
    pub fault: SecretTextFault,
}

impl HmacSecrets {
    const LENGTH_MIN: usize = 16;
    const LENGTH_MAX: usize = 256;

    /// Returns `true` if one of the secrets made the tag over these bytes. Compares in constant time.
    fn verify(&self, signed: &[u8], tag: &[u8]) -> bool {
        self.0.iter().any(|key| hmac::verify(key, signed, tag).is_ok())
    }
}

/// Parses secrets of 16 to 256 printable ASCII characters, separated by commas.
impl FromStr for HmacSecrets {
    type Err = HmacSecretsFault;

    fn from_str(text: &str) -> Result<Self, HmacSecretsFault> {
        let parse =
            |(index, secret): (usize, &str)| match checked(secret.trim(), Self::LENGTH_MIN, Self::LENGTH_MAX)
            {
                Ok(secret) => Ok(hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes())),
                Err(fault) => Err(HmacSecretsFault { number: index + 1, fault }),
            };
        text.split(',').enumerate().map(parse).collect::<Result<_, _>>().map(Self)
    }
}

/// Prints the number of secrets only.
impl fmt::Debug for HmacSecrets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "HmacSecrets({} secrets)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test vector of Razorpay's own libraries. Its secret is shorter than settings may have.
    #[test]
    fn tags_are_those_of_razorpays_libraries() {
        let secrets = HmacSecrets(vec![hmac::Key::new(hmac::HMAC_SHA256, b"123456")]);
        let body = br#"{"a":1,"b":2,"c":{"d":3}}"#;
        let tag = hex::decode("2fe04e22977002e6c7cb553adab8b460cb9e2a4970d5953cb27a8472752e3bbc").unwrap();
        assert!(Verified::by_hmac(&secrets, body, &tag, body).is_ok());
        assert!("123456".parse::<HmacSecrets>().is_err());
    }

    /// The test vector of razorpay-python: a whole callback, including its final line break.
    #[test]
    fn a_callback_of_razorpays_libraries_has_its_tag() {
        let secrets = HmacSecrets(vec![hmac::Key::new(hmac::HMAC_SHA256, b"key_secret")]);
        let body = include_bytes!("../tests/payment-authorized.json").as_slice();
        let tag = hex::decode("d60e67fd884556c045e9be7dad57903e33efc7172c17c6e3ef77db42d2b366e9").unwrap();
        assert!(Verified::by_hmac(&secrets, body, &tag, body).is_ok());
        let shorter = &body[..body.len() - 1];
        assert!(Verified::by_hmac(&secrets, shorter, &tag, shorter).is_err());
    }
}
