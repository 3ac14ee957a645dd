//! [`Signer`]: signs calls, and verifies signatures, according to Standard Webhooks 1.0.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use std::fmt;
use std::str::FromStr;

/// Signs with one key or several. During a rotation both sign, and a receiver accepts either.
#[derive(Clone)]
pub struct Signer(Vec<hmac::Key>);

/// The reasons why a text is not a signing secret. The text is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretFault {
    /// It does not begin with `whsec_`.
    #[error("it does not begin with {}", Signer::PREFIX)]
    Prefix,
    /// The rest is not base64.
    #[error("the text after {} is not base64", Signer::PREFIX)]
    Base64,
    /// Too short to be safe, or longer than the specification allows.
    #[error("it has {0} bytes, but must have {min} to {max}", min = Signer::BYTES_MIN, max = Signer::BYTES_MAX)]
    Length(usize),
}

impl Signer {
    const PREFIX: &str = "whsec_";
    const BYTES_MIN: usize = 24;
    const BYTES_MAX: usize = 64;

    /// The value of `webhook-signature` over id, time and body, with one signature per key.
    ///
    /// The id must not contain a full stop, which separates the signed parts.
    pub fn sign(&self, id: &str, seconds: i64, body: &[u8]) -> String {
        let signatures: Vec<_> = self.0.iter().map(|key| sign(key, id, seconds, body)).collect();
        signatures.join(" ")
    }
}

impl Signer {
    /// Returns `true` if one of the signatures in `webhook-signature` was made with one of the keys. Compares in
    /// constant time. The caller checks the age of the timestamp.
    pub fn verifies(&self, id: &str, seconds: i64, body: &[u8], signatures: &str) -> bool {
        let mut signed = format!("{id}.{seconds}.").into_bytes();
        signed.extend_from_slice(body);
        let given = signatures.split(' ').filter_map(|signature| signature.strip_prefix("v1,"));
        let mut given = given.filter_map(|signature| STANDARD.decode(signature).ok());
        given.any(|tag| self.0.iter().any(|key| hmac::verify(key, &signed, &tag).is_ok()))
    }
}

fn sign(key: &hmac::Key, id: &str, seconds: i64, body: &[u8]) -> String {
    let mut context = hmac::Context::with_key(key);
    context.update(format!("{id}.{seconds}.").as_bytes());
    context.update(body);
    format!("v1,{}", STANDARD.encode(context.sign()))
}

/// Parses `whsec_` and base64; several secrets are separated by commas.
impl FromStr for Signer {
    type Err = SecretFault;

    fn from_str(text: &str) -> Result<Self, SecretFault> {
        text.split(',').map(|secret| parse_key(secret.trim())).collect::<Result<_, _>>().map(Self)
    }
}

fn parse_key(secret: &str) -> Result<hmac::Key, SecretFault> {
    let encoded = secret.strip_prefix(Signer::PREFIX).ok_or(SecretFault::Prefix)?;
    let bytes = STANDARD.decode(encoded).map_err(|_| SecretFault::Base64)?;
    if !(Signer::BYTES_MIN..=Signer::BYTES_MAX).contains(&bytes.len()) {
        return Err(SecretFault::Length(bytes.len()));
    }
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &bytes))
}

/// Prints the number of keys only.
impl fmt::Debug for Signer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Signer({} keys)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test vector of the specification's own libraries.
    const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    const ID: &str = "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk";
    const SECONDS: i64 = 1_649_367_553;
    const BODY: &[u8] = br#"{"email":"test@example.com","username":"test_user"}"#;
    const SIGNATURE: &str = "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=";

    #[test]
    fn signs_as_the_libraries_of_the_specification_do() {
        let signer: Signer = SECRET.parse().unwrap();
        assert_eq!(signer.sign(ID, SECONDS, BODY), SIGNATURE);
    }

    #[test]
    fn id_time_and_body_are_signed() {
        let signer: Signer = SECRET.parse().unwrap();
        let others = [
            signer.sign("msg_27UH4WbU6Z5A5EzD8u03UvzRbpl", SECONDS, BODY),
            signer.sign(ID, SECONDS + 1, BODY),
            signer.sign(ID, SECONDS, br#"{"email":"test@example.com","username":"test_uses"}"#),
        ];
        for other in others {
            assert_ne!(other, SIGNATURE);
        }
    }

    #[test]
    fn each_key_signs_while_keys_are_changed() {
        let next = format!("whsec_{}", STANDARD.encode([7; 32]));
        let (old, new): (Signer, Signer) = (SECRET.parse().unwrap(), next.parse().unwrap());
        let both: Signer = format!("{next}, {SECRET}").parse().unwrap();
        let expected = format!("{} {}", new.sign(ID, SECONDS, BODY), old.sign(ID, SECONDS, BODY));
        assert_eq!(both.sign(ID, SECONDS, BODY), expected);
    }

    #[test]
    fn a_signature_holds_for_what_was_signed_with_a_key_that_is_known() {
        let next = format!("whsec_{}", STANDARD.encode([7; 32]));
        let both: Signer = format!("{next}, {SECRET}").parse().unwrap();
        let other: Signer = next.parse().unwrap();
        let old = format!("v0,{}", SIGNATURE.strip_prefix("v1,").unwrap());
        let [several, cut] = [format!("v1,x {old} {SIGNATURE}"), SIGNATURE[..40].to_owned()];
        #[rustfmt::skip]
        let table = [
            // signer, id,   seconds,     body,       signatures,       valid
            (&both,    ID,   SECONDS,     BODY,       SIGNATURE,        true),
            (&both,    ID,   SECONDS,     BODY,       several.as_str(), true),
            (&other,   ID,   SECONDS,     BODY,       SIGNATURE,        false),
            (&both,    "ID", SECONDS,     BODY,       SIGNATURE,        false),
            (&both,    ID,   SECONDS + 1, BODY,       SIGNATURE,        false),
            (&both,    ID,   SECONDS,     &BODY[1..], SIGNATURE,        false),
            (&both,    ID,   SECONDS,     BODY,       cut.as_str(),     false),
            (&both,    ID,   SECONDS,     BODY,       old.as_str(),     false),
            (&both,    ID,   SECONDS,     BODY,       "",               false),
        ];
        for (signer, id, seconds, body, signatures, holds) in table {
            assert_eq!(signer.verifies(id, seconds, body, signatures), holds, "{id} {seconds} {signatures}");
        }
    }

    #[test]
    fn texts_that_are_no_secrets() {
        let of = |length: usize| format!("whsec_{}", STANDARD.encode(vec![7; length]));
        let cases = [
            (String::new(), Some(SecretFault::Prefix)),
            ("C2FVsBQIhrscChlQIMV+b5sSYspob7oD".to_owned(), Some(SecretFault::Prefix)),
            ("whsec_".to_owned(), Some(SecretFault::Length(0))),
            ("whsec_no base64".to_owned(), Some(SecretFault::Base64)),
            (of(23), Some(SecretFault::Length(23))),
            (of(24), None),
            (of(64), None),
            (of(65), Some(SecretFault::Length(65))),
            (format!("{SECRET},"), Some(SecretFault::Prefix)),
            (format!("{SECRET},{SECRET}"), None),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse::<Signer>().err(), expected, "{text}");
        }
    }

    #[test]
    fn a_signer_does_not_show_its_keys() {
        let signer: Signer = SECRET.parse().unwrap();
        assert_eq!(format!("{signer:?}"), "Signer(1 keys)");
    }
}
