//! Valid and invalid values.

use evens_sandbox_provider::core::{
    AccountNumber, Amount, Currency, Fate, Fault, FaultError, IdempotencyKey, PaymentId, Reference, ReturnUrl,
};

#[test]
fn amounts() {
    #[rustfmt::skip]
    let table = [
        (0,                         false),
        (1,                         true),
        (1_000_000_000_000_000,     true),
        (1_000_000_000_000_001,     false),
        (u64::MAX,                  false),
    ];
    for (units, expected) in table {
        assert_eq!(Amount::new(units).is_ok(), expected, "{units}");
    }
}

#[test]
fn texts() {
    let currency: fn(&str) -> bool = |text| Currency::parse(text).is_ok();
    let reference: fn(&str) -> bool = |text| Reference::parse(text).is_ok();
    let account: fn(&str) -> bool = |text| AccountNumber::parse(text).is_ok();
    let key: fn(&str) -> bool = |text| IdempotencyKey::parse(text).is_ok();
    let url: fn(&str) -> bool = |text| ReturnUrl::parse(text).is_ok();
    let (long, longer) = ("a".repeat(64), "a".repeat(65));
    #[rustfmt::skip]
    let table = [
        (currency,  "INR",                           true),
        (currency,  "inr",                           false),
        (currency,  "INRX",                          false),
        (currency,  "\u{20b9}",                      false),
        (currency,  "",                              false),
        (reference, "=cmd|' /C calc'!A0, \"quoted\"", true),
        (reference, "\u{20b9}",                      true),
        (reference, "two\nlines",                    false),
        (reference, "",                              false),
        (reference, &long,                           true),
        (reference, &longer,                         false),
        (account,   "fail@upi",                      true),
        (account,   "has space",                     false),
        (account,   &longer,                         false),
        (key,       "3f0c",                          true),
        (key,       "",                              false),
        (key,       "has space",                     false),
        (key,       &longer,                         false),
        (url,       "https://example.com/a?b=c#d",   true),
        (url,       "http://127.0.0.1:8080/",        true),
        (url,       "javascript:alert(1)",           false),
        (url,       "https://",                      false),
        (url,       "https:///path",                 false),
        (url,       "/path",                         false),
        (url,       "https://example.com/a\r\nb: c", false),
    ];
    for (is_valid, text, expected) in table {
        assert_eq!(is_valid(text), expected, "{text:?}");
    }
}

#[test]
fn the_account_determines_the_fate_of_a_payout() {
    #[rustfmt::skip]
    let table = [
        ("fail-1",     Fate::Failed),
        ("FAIL@upi",   Fate::Failed),
        ("reverse-1",  Fate::Reversed),
        ("return-1",   Fate::Returned),
        ("1234567890", Fate::Processed),
        ("no-fail",    Fate::Processed),
    ];
    for (account, expected) in table {
        assert_eq!(AccountNumber::parse(account).unwrap().fate(), expected, "{account}");
    }
}

#[test]
fn an_account_shows_its_last_characters_only() {
    let table = [("1234567890", "...7890"), ("12345678", "...5678"), ("1234567", "...")];
    for (account, expected) in table {
        assert_eq!(format!("{:?}", AccountNumber::parse(account).unwrap()), expected);
    }
}

#[test]
fn an_id_is_read_as_it_is_written() {
    let id = PaymentId::from_random(7);
    assert_eq!(id.to_string(), "pay_00000000000000000000000000000007");
    assert_eq!(id.to_string().parse(), Ok(id));
    let others = [
        "",
        "pay_7",
        "out_00000000000000000000000000000007",
        "pay_+0000000000000000000000000000007",
        "pay_0000000000000000000000000000000A",
    ];
    for text in others {
        assert!(text.parse::<PaymentId>().is_err(), "{text}");
    }
}

#[test]
fn faults_are_read_as_they_are_written() {
    #[rustfmt::skip]
    let table = [
        ("nowhere",           "delay",                   Some(FaultError::On)),
        ("callback",          "nothing",                 Some(FaultError::Do)),
        ("send-payout",       "wrong-signature",         Some(FaultError::Do)),
        ("find-payouts",      "forget-key",              Some(FaultError::Do)),
        ("payment",           "reverse-after-processed", Some(FaultError::Do)),
        ("payout",            "dispute",                 Some(FaultError::Do)),
        ("refund",            "dispute",                 Some(FaultError::Do)),
        ("payout",            "fail",                    Some(FaultError::Do)),
        ("callback",          "hang",                    Some(FaultError::Do)),
        ("send-payout",       "lose-answer",             None),
        ("send-payout",       "forget-key",              None),
        ("find-payouts",      "429",                     None),
        ("statement",         "garbage",                 None),
        ("callback",          "garbage",                 None),
        ("payment.succeeded", "wrong-amount",            None),
        ("payment",           "success-after-failure",   None),
        ("get-refund",        "hang",                    None),
        ("refund.failed",     "duplicate",               None),
        ("refund",            "fail",                    None),
        ("payout",            "reverse-after-processed", None),
        ("payout",            "success-after-failure",   None),
    ];
    for (on, fault, expected) in table {
        let parsed = Fault::parse(on, fault);
        assert_eq!(parsed.err(), expected, "{fault} on {on}");
        if let Ok(parsed) = parsed {
            assert_eq!(parsed.names(), (on, fault));
        }
    }
}
