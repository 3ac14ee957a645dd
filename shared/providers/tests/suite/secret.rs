//! Secret texts are never printed.

use evens_providers::{ApiKey, HmacSecrets, PayeeAccount, SecretTextFault};

#[test]
fn texts_that_are_no_keys_and_accounts() {
    let length = |length, min, max| Some(SecretTextFault::Length { length, min, max });
    #[rustfmt::skip]
    let table = [
        // text,            as a key,              as an account
        (String::new(),     length(0, 16, 256),    length(0, 1, 64)),
        ("a".repeat(15),    length(15, 16, 256),   None),
        ("a".repeat(16),    None,                  None),
        ("a".repeat(64),    None,                  None),
        ("a".repeat(65),    None,                  length(65, 1, 64)),
        ("a".repeat(257),   length(257, 16, 256),  length(257, 1, 64)),
        ("a b".repeat(6),   Some(SecretTextFault::Character), Some(SecretTextFault::Character)),
        ("ä".repeat(16),    Some(SecretTextFault::Character), Some(SecretTextFault::Character)),
        ("a\r\nHost: x aaaaaaaa".to_owned(), Some(SecretTextFault::Character), Some(SecretTextFault::Character)),
    ];
    for (text, as_key, as_account) in table {
        assert_eq!(text.parse::<ApiKey>().err(), as_key, "{text}");
        assert_eq!(text.parse::<PayeeAccount>().err(), as_account, "{text}");
    }
}

#[test]
fn secrets_of_callbacks_are_a_list() {
    let [one, other] = ["a".repeat(16), "b".repeat(256)];
    assert!(one.parse::<HmacSecrets>().is_ok());
    let fault = format!("{one}, {other},").parse::<HmacSecrets>().unwrap_err();
    assert_eq!((fault.number, fault.fault), (3, SecretTextFault::Length { length: 0, min: 16, max: 256 }));
    assert_eq!(fault.to_string(), "secret 3 of the list is invalid");
}

#[test]
fn secrets_do_not_print_themselves() {
    let key: ApiKey = "0123456789abcdef".parse().unwrap();
    let account: PayeeAccount = "0123456789abcdef".parse().unwrap();
    let secrets: HmacSecrets = "0123456789abcdef,fedcba9876543210".parse().unwrap();
    assert_eq!(format!("{key:?} {account:?} {secrets:?}"), "ApiKey PayeeAccount HmacSecrets(2 secrets)");
}
