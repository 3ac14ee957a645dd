//! The environment, as a table of variables and what becomes of them.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use evens_contracts::Queue;
use evens_runtime::tokens::TokenSigner;
use evens_runtime::{Settings, Stage, StartError};
use jiff::SignedDuration;

fn key(kid: &str) -> String {
    let pkcs8 = TokenSigner::generate_pkcs8().unwrap();
    let signer = TokenSigner::from_pkcs8(kid, &pkcs8, "evens", "evens-api").unwrap();
    signer.public_key().to_string()
}

fn read(variables: &[(&str, &str)]) -> Result<Settings, StartError> {
    Settings::from_lookup(|name| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    })
}

#[test]
fn nothing_set_is_a_local_machine() {
    assert_eq!(read(&[]).unwrap(), Settings::local());
    assert_eq!(read(&[("EVENS_STAGE", ""), ("EVENS_TABLE", "")]).unwrap(), Settings::local());
}

#[test]
fn everything_set() {
    let keys = format!("{}, {}", key("old"), key("new"));
    let settings = read(&[
        ("EVENS_STAGE", "prod"),
        ("EVENS_TOKEN_PUBLIC_KEYS", &keys),
        ("EVENS_TOKEN_ISSUER", "https://issuer"),
        ("EVENS_TOKEN_AUDIENCE", "api"),
        ("EVENS_REFUND_AFTER_SECONDS", "60"),
        ("EVENS_QUEUE_URL_MATCH", "m"),
        ("EVENS_QUEUE_URL_MATCH_DEAD_LETTER", "md"),
        ("EVENS_QUEUE_URL_SETTLE", "s"),
        ("EVENS_QUEUE_URL_SETTLE_DEAD_LETTER", "sd"),
        ("EVENS_QUEUE_URL_REFUND", "r"),
        ("EVENS_QUEUE_URL_REFUND_DEAD_LETTER", "rd"),
        ("EVENS_QUEUE_URL_ROUNDS", "o"),
        ("EVENS_QUEUE_URL_ROUNDS_DEAD_LETTER", "od"),
    ]);
    let settings = settings.unwrap();
    assert_eq!((settings.stage, settings.table.as_str()), (Stage::Prod, "evens-prod"));
    let kids = settings.token_public_keys.iter().map(|key| key.kid.as_str());
    assert_eq!(kids.collect::<Vec<_>>(), ["old", "new"]);
    assert_eq!(settings.token_issuer, "https://issuer");
    assert_eq!(settings.token_audience, "api");
    assert_eq!(settings.refund_after, SignedDuration::from_mins(1));
    let urls = settings.queue_urls.unwrap();
    let urls = Queue::ALL.map(|queue| format!("{} {}", urls.of(queue).main, urls.of(queue).dead_letter));
    assert_eq!(urls, ["m md", "s sd", "r rd", "o od"]);
}

#[test]
fn a_wrong_variable_is_named_in_the_hint() {
    let twice = format!("{},{}", key("one"), key("one"));
    let cases: [(&[(&str, &str)], &str); 8] = [
        (&[("EVENS_STAGE", "production")], "EVENS_STAGE"),
        (&[("EVENS_STAGE", "prod")], "EVENS_TOKEN_PUBLIC_KEYS"),
        (&[("EVENS_TOKEN_PUBLIC_KEYS", "nonsense")], "EVENS_TOKEN_PUBLIC_KEYS"),
        (&[("EVENS_TOKEN_PUBLIC_KEYS", &twice)], "EVENS_TOKEN_PUBLIC_KEYS"),
        (&[("EVENS_REFUND_AFTER_SECONDS", "0")], "EVENS_REFUND_AFTER_SECONDS"),
        (&[("EVENS_REFUND_AFTER_SECONDS", "-1")], "EVENS_REFUND_AFTER_SECONDS"),
        (&[("EVENS_REFUND_AFTER_SECONDS", "5 minutes")], "EVENS_REFUND_AFTER_SECONDS"),
        (&[("EVENS_QUEUE_URL_MATCH", "m")], "EVENS_QUEUE_URL_"),
    ];
    for (variables, named) in cases {
        let error = read(variables).unwrap_err();
        assert!(error.hint().contains(named), "{variables:?}: {error:?}");
    }
}

/// A main that ends with this error prints it so.
#[test]
fn a_start_error_is_a_sentence_and_a_hint() {
    let error = read(&[("EVENS_STAGE", "production")]).unwrap_err();
    assert_eq!(
        format!("{error:?}"),
        "there is no stage \"production\"\nhint: set EVENS_STAGE to local, dev, staging or prod"
    );
}
