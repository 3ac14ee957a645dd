//! What the environment says of money in and out.

use evens_payments::Currency;
use evens_providers::{PaymentSettings, Payments, ProviderSettings};
use evens_runtime::{Clock, Settings, Stage};
use jiff::Timestamp;

const SECRET: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
const SANDBOX: [(&str, &str); 3] = [
    ("EVENS_SANDBOX_URL", "http://127.0.0.1:9"),
    ("EVENS_SANDBOX_KEY", "0123456789abcdef"),
    ("EVENS_SANDBOX_SECRET", SECRET),
];

fn read(stage: Stage, variables: &[(&str, &str)]) -> Result<PaymentSettings, String> {
    let settings = Settings { stage, ..Settings::local() };
    let lookup = |name: &str| {
        variables.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    };
    PaymentSettings::from_lookup(&settings, lookup).map_err(|error| error.to_string())
}

#[test]
fn an_environment_that_says_nothing_has_deposits_and_no_provider() {
    let settings = read(Stage::Local, &[]).unwrap();
    assert!(settings.provider.is_none() && settings.deposits.is_open);
    let limits = [settings.deposits.amount_min, settings.deposits.amount_max].map(|limit| limit.to_string());
    assert_eq!(limits, ["1", "100000"]);
    assert_eq!((settings.currency, settings.deposits.confirm_above), (Currency::INR, None));
    let payments = Payments::new(settings, &Clock::system()).unwrap();
    assert!(payments.provider_of_new_orders().is_none());
}

#[test]
fn each_variable_says_what_it_says() {
    let mut variables = SANDBOX.to_vec();
    variables.extend([
        ("EVENS_CURRENCY", "KWD"),
        ("EVENS_DEPOSITS", "off"),
        ("EVENS_DEPOSIT_MIN", "2.50"),
        ("EVENS_DEPOSIT_MAX", "2.50"),
        ("EVENS_CONFIRM_ABOVE", "0"),
    ]);
    let settings = read(Stage::Staging, &variables).unwrap();
    assert!(!settings.deposits.is_open);
    assert_eq!(settings.currency, Currency::KWD);
    assert_eq!(settings.deposits.confirm_above.map(|above| above.to_string()).as_deref(), Some("0"));
    assert!(matches!(settings.provider, Some(ProviderSettings::Sandbox(_))));
    let payments = Payments::new(settings, &Clock::system()).unwrap();
    let name = "sandbox".parse().unwrap();
    assert!(payments.provider_of_new_orders().is_some() && payments.provider(&name).is_some());
}

/// Days of limits begin where days of attendance do.
#[test]
fn days_begin_where_the_platform_says() {
    let settings = Settings { attendance_offset: "-03:00".parse().unwrap(), ..Settings::local() };
    let settings = PaymentSettings::from_lookup(&settings, |_| None).unwrap();
    let moment: Timestamp = "2026-11-20T02:00:00Z".parse().unwrap();
    assert_eq!(moment.to_zoned(settings.deposits.zone).date().to_string(), "2026-11-19");
}

#[test]
fn what_cannot_be_used_is_refused_by_name_and_no_secret_is_repeated() {
    let with = |name: &'static str, value: &'static str| {
        let mut all = SANDBOX.to_vec();
        all.push((name, value));
        all
    };
    #[rustfmt::skip]
    let table = [
        (vec![("EVENS_CURRENCY", "rupees")],                              "EVENS_CURRENCY cannot be \"rupees\""),
        (vec![("EVENS_DEPOSITS", "yes")],                                 "EVENS_DEPOSITS cannot be \"yes\""),
        (vec![("EVENS_DEPOSIT_MIN", "-1")],                               "EVENS_DEPOSIT_MIN cannot be \"-1\""),
        (vec![("EVENS_DEPOSIT_MAX", "1e3x")],                             "EVENS_DEPOSIT_MAX cannot be \"1e3x\""),
        (vec![("EVENS_CONFIRM_ABOVE", "much")],                           "EVENS_CONFIRM_ABOVE cannot be \"much\""),
        (vec![("EVENS_DEPOSIT_MIN", "5"), ("EVENS_DEPOSIT_MAX", "4")],    "EVENS_DEPOSIT_MIN, 5, is more than"),
        (vec![SANDBOX[0]],                                                "some of the variables of the sandbox"),
        (vec![SANDBOX[0], SANDBOX[1]],                                    "some of the variables of the sandbox"),
        (with("EVENS_SANDBOX_URL", "http://example.com/hidden"),          "EVENS_SANDBOX_URL cannot be used"),
        (with("EVENS_SANDBOX_KEY", "hidden"),                             "EVENS_SANDBOX_KEY cannot be used"),
        (with("EVENS_SANDBOX_SECRET", "hidden"),                          "EVENS_SANDBOX_SECRET cannot be used"),
    ];
    for (variables, expected) in table {
        let error = read(Stage::Dev, &variables).unwrap_err();
        assert!(error.contains(expected) && !error.contains("hidden"), "{error}, not {expected}");
    }
    let in_prod = read(Stage::Prod, &SANDBOX).unwrap_err();
    assert!(in_prod.contains("set in prod"), "{in_prod}");
}
