//! Signatures, compared with the specification's libraries.

use crate::common::Provider;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use evens_sandbox_provider::core::Delivery;
use evens_sandbox_provider::{SecretError, Signer};

/// The test vector of the specification's own libraries.
const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

fn delivery() -> Delivery {
    let mut provider = Provider::new();
    provider.paid();
    let sent = provider.sent().remove(0);
    Delivery {
        id: "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk".to_owned(),
        seconds: 1_649_367_553,
        body: r#"{"email":"test@example.com","username":"test_user"}"#.to_owned(),
        ..sent
    }
}

#[test]
fn a_callback_is_signed_as_the_specification_has_it() {
    let signer: Signer = SECRET.parse().unwrap();
    let expected = [
        ("webhook-id", "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk"),
        ("webhook-timestamp", "1649367553"),
        ("webhook-signature", "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="),
    ];
    assert_eq!(signer.headers(&delivery()), expected.map(|(name, value)| (name, value.to_owned())));
    let wrong = signer.headers(&Delivery { is_signed_right: false, ..delivery() });
    assert_ne!(wrong[2].1, expected[2].1);
}

#[test]
fn texts_that_are_no_secrets() {
    let of = |length: usize| format!("whsec_{}", STANDARD.encode(vec![7; length]));
    #[rustfmt::skip]
    let table = [
        (String::new(),                Some(SecretError::Prefix)),
        (SECRET[6..].to_owned(),       Some(SecretError::Prefix)),
        ("whsec_no base64".to_owned(), Some(SecretError::Base64)),
        (of(23),                       Some(SecretError::Length(23))),
        (of(24),                       None),
        (of(64),                       None),
        (of(65),                       Some(SecretError::Length(65))),
    ];
    for (text, expected) in table {
        assert_eq!(text.parse::<Signer>().err(), expected, "{text}");
    }
}

#[test]
fn a_signer_does_not_show_its_secret() {
    assert_eq!(format!("{:?}", SECRET.parse::<Signer>().unwrap()), "Signer");
}
