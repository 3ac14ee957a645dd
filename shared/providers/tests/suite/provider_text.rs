//! Parsing the description of the payment provider.

use evens_ledger::Amount;
use evens_providers::{PaymentSettings, Payments, ProviderSettings};
use evens_runtime::{Clock, Identity, Settings, Stage};
use serde_json::{Value, json};

fn sandbox() -> Value {
    json!({
        "provider": "sandbox", "url": "http://127.0.0.1:9", "key": "0123456789abcdef",
        "secret": "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    })
}

fn razorpay() -> Value {
    json!({
        "provider": "razorpay", "keyId": "rzp_test_1", "keySecret": "0123456789abcdef", "secret": "0123456789abcdef",
        "account": "7878780080316316", "shop": "Evens", "returnTo": "https://evens.example/paid",
    })
}

fn with(whole: Value, part: &str, value: impl Into<Value>) -> Value {
    let mut changed = whole;
    changed[part] = value.into();
    changed
}

fn without(whole: Value, part: &str) -> Value {
    let mut changed = whole;
    changed.as_object_mut().unwrap().remove(part);
    changed
}

fn payments(stage: Stage, text: &Value) -> Payments {
    let provider = ProviderSettings::from_text(&text.to_string(), stage).unwrap();
    Payments::new(PaymentSettings::default(), Some(provider), &Clock::system()).unwrap()
}

#[test]
fn each_provider_is_known_by_its_name() {
    for (text, name, is_real) in [(sandbox(), "sandbox", false), (razorpay(), "razorpay", true)] {
        let settings = ProviderSettings::from_text(&text.to_string(), Stage::Staging).unwrap();
        assert_eq!(settings.moves_real_money(), is_real, "{name}");
        let payments = payments(Stage::Staging, &text);
        assert!(payments.provider(&name.parse().unwrap()).is_some() && payments.deposits.is_open, "{name}");
    }
}

/// A stolen secret alone must not credit anything.
#[test]
fn real_money_is_confirmed_unless_said_otherwise() {
    let said = Some("500".parse().unwrap());
    for (text, set, expected) in [
        (sandbox(), None, None),
        (sandbox(), said, said),
        (razorpay(), None, Some(Amount::ZERO)),
        (razorpay(), said, said),
    ] {
        let mut settings = PaymentSettings::default();
        (settings.deposits.confirm_above, settings.withdrawals.confirm_above) = (set, set);
        let provider = ProviderSettings::from_text(&text.to_string(), Stage::Staging).unwrap();
        let payments = Payments::new(settings, Some(provider), &Clock::system()).unwrap();
        let found = (payments.deposits.confirm_above, payments.withdrawals.confirm_above);
        assert_eq!(found, (expected, expected), "{text}");
    }
}

#[test]
fn deposits_in_prod_need_a_licence() {
    let (bare, licensed) = (razorpay(), with(razorpay(), "licence", "a basis"));
    let empty = with(razorpay(), "licence", "");
    for (text, stage, is_open) in [
        (&bare, Stage::Staging, true),
        (&bare, Stage::Prod, false),
        (&empty, Stage::Prod, false),
        (&licensed, Stage::Prod, true),
    ] {
        let payments = payments(stage, text);
        assert_eq!((payments.deposits.is_open, payments.withdrawals.is_open), (is_open, true), "{text}");
        assert!(payments.provider_of_new_orders().is_some());
    }
}

#[test]
fn an_invalid_provider_text_is_refused_by_name_without_its_values() {
    let url = "an address: hidden";
    #[rustfmt::skip]
    let table = [
        (json!("hidden"),                                   "it is not a JSON object of strings"),
        (with(sandbox(), "key", 5),                         "it is not a JSON object of strings"),
        (without(sandbox(), "provider"),                    "it has no \"provider\""),
        (with(sandbox(), "provider", "hidden"),             "its \"provider\" is unknown"),
        (with(without(sandbox(), "url"), "key", "hidden"),  "it has no \"url\""),
        (with(with(sandbox(), "url", url), "key", "hidden"), "its \"url\" is invalid"),
        (with(sandbox(), "url", "http://example.com/hidden"), "its \"url\" is invalid"),
        (with(sandbox(), "key", "hidden"),                  "its \"key\" is invalid"),
        (with(sandbox(), "secret", "hidden"),               "its \"secret\" is invalid"),
        (with(sandbox(), "keyId", "hidden"),                "it contains \"keyId\", which is not a setting of this provider"),
        (with(razorpay(), "keyId", "hidden-"),              "its \"keyId\" is invalid"),
        (with(razorpay(), "keySecret", "hidden"),           "its \"keySecret\" is invalid"),
        (with(razorpay(), "secret", ""),                    "it has no \"secret\""),
        (with(razorpay(), "account", "hidden-"),            "its \"account\" is invalid"),
        (without(razorpay(), "shop"),                       "it has no \"shop\""),
        (with(razorpay(), "returnTo", "hidden"),            "its \"returnTo\" is invalid"),
        (with(razorpay(), "url", "hidden"),                 "its \"url\" is invalid"),
        (with(razorpay(), "key", "hidden"),                 "it contains \"key\", which is not a setting of this provider"),
    ];
    for (text, expected) in table {
        let error = ProviderSettings::from_text(&text.to_string(), Stage::Dev).unwrap_err().to_string();
        assert!(error.contains(expected) && !error.contains("hidden"), "{error}, not {expected}");
    }
    let in_prod = ProviderSettings::from_text(&sandbox().to_string(), Stage::Prod).unwrap_err().to_string();
    assert!(in_prod.contains("not allowed in prod"), "{in_prod}");
}

#[tokio::test]
async fn a_secret_goes_before_a_text() {
    let (text, identity) = (sandbox().to_string(), Identity::default());
    #[rustfmt::skip]
    let table = [
        (vec![],                                                                      Ok(false)),
        (vec![("EVENS_PAYMENT_PROVIDER", ""), ("EVENS_PAYMENT_PROVIDER_SECRET", "")],       Ok(false)),
        (vec![("EVENS_PAYMENT_PROVIDER", &*text)],                                    Ok(true)),
        (vec![("EVENS_PAYMENT_PROVIDER_SECRET", "a"), ("EVENS_PAYMENT_PROVIDER", &*text)], Err("the AWS region is not known")),
    ];
    for (variables, expected) in table {
        let lookup = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        };
        let read = ProviderSettings::from_lookup(&identity, &Settings::local(), lookup).await;
        match (read, expected) {
            (Ok(read), Ok(is_some)) => assert_eq!(read.is_some(), is_some),
            (Err(error), Err(expected)) => assert!(error.to_string().contains(expected), "{error}"),
            (read, expected) => panic!("{read:?}, not {expected:?}"),
        }
    }
}
