//! Payment settings from the environment.

use evens_payments::{Currency, HoldRules};
use evens_providers::{PaymentSettings, Payments};
use evens_runtime::{Clock, Settings, Stage};
use jiff::{SignedDuration, Timestamp};

fn read(variables: &[(&str, &str)]) -> Result<PaymentSettings, String> {
    let lookup = |name: &str| {
        variables.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    };
    let settings = Settings::from_lookup(lookup).and_then(|settings| PaymentSettings::of(&settings));
    settings.map_err(|error| format!("{error:?}"))
}

#[test]
fn an_environment_that_says_nothing_has_deposits_and_no_provider() {
    let settings = read(&[]).unwrap();
    assert!(settings.deposits.is_open);
    let limits = [settings.deposits.amount_min, settings.deposits.amount_max].map(|limit| limit.to_string());
    assert_eq!(limits, ["1", "100000"]);
    assert_eq!((settings.currency, settings.deposits.confirm_above), (Currency::INR, None));
    let payments = Payments::new(settings, None, &Clock::system()).unwrap();
    assert!(payments.provider_of_new_orders().is_none());
}

#[test]
fn each_variable_says_what_it_says() {
    let variables = [
        ("EVENS_DEPOSITS", "off"),
        ("EVENS_DEPOSIT_MIN", "2.50"),
        ("EVENS_DEPOSIT_MAX", "2.50"),
        ("EVENS_CONFIRM_ABOVE", "0"),
        ("EVENS_FIRST_DEPOSIT_BONUS", "25"),
        ("EVENS_TURNOVER_FACTOR", "1.5"),
        ("EVENS_KYC_ABOVE", "2000"),
    ];
    let settings = read(&variables).unwrap();
    assert!(!settings.deposits.is_open);
    assert_eq!(settings.deposits.first_bonus.to_string(), "25");
    assert_eq!(settings.deposits.turnover, "1.5".parse().unwrap());
    assert_eq!(settings.deposits.identity_above, Some("2000".parse().unwrap()));
    assert_eq!(settings.deposits.confirm_above.map(|above| above.to_string()).as_deref(), Some("0"));
}

#[test]
fn each_rule_of_holds_says_what_it_says() {
    let holds = "from=10000, four-eyes-above=50000,new-payee=24h,new-password=90m,recovered=48h,first,open-above=3,day-above=20000,owing,kyc-above=2000";
    let settings = read(&[("EVENS_HOLDS", holds), ("EVENS_WITHDRAWALS", "off")]).unwrap();
    let amount = |text: &str| Some(text.parse().unwrap());
    let expected = HoldRules {
        amount_from: amount("10000"),
        four_eyes_above: amount("50000"),
        payee_age_min: Some(SignedDuration::from_hours(24)),
        password_age_min: Some(SignedDuration::from_mins(90)),
        recovered_for: SignedDuration::from_hours(48),
        first_withdrawal: true,
        open_max: Some(3),
        day_sum_max: amount("20000"),
        identity_above: amount("2000"),
    };
    assert_eq!((settings.withdrawals.holds, settings.withdrawals.is_open), (expected, false));
    let nothing = read(&[]).unwrap().withdrawals;
    assert_eq!(
        (nothing.holds, nothing.is_open, nothing.amount_min.to_string()),
        (HoldRules::default(), true, "1".to_owned())
    );
}

#[test]
fn a_recovery_holds_for_an_hour_where_money_is_real() {
    for (stage, rule, is_good) in [
        ("local", "recovered=1m", true),
        ("prod", "recovered=59m", false),
        ("prod", "recovered=1h", true),
        ("dev", "recovered=1m", false),
        ("prod", "first", true),
    ] {
        let lookup = |name: &str| (name == "EVENS_HOLDS").then(|| rule.to_owned());
        let settings = Settings { stage: stage.parse().unwrap(), ..Settings::from_lookup(lookup).unwrap() };
        let found = PaymentSettings::of(&settings).map_err(|error| format!("{error:?}"));
        assert_eq!(found.is_ok(), is_good, "{stage} {rule}");
        assert!(
            found.err().is_none_or(|error| error.contains("EVENS_HOLDS has a time of less than an hour"))
        );
    }
}

/// The currency is a setting of the whole platform.
#[test]
fn money_moves_in_the_currency_of_the_platform() {
    assert_eq!(read(&[("EVENS_CURRENCY", "KWD")]).unwrap().currency, Currency::KWD);
}

/// Days of limits begin in the same time zone as attendance days.
#[test]
fn days_begin_where_the_platform_says() {
    let settings = read(&[("ATTENDANCE_TZ_OFFSET", "-03:00")]).unwrap();
    let moment: Timestamp = "2026-11-20T02:00:00Z".parse().unwrap();
    assert_eq!(moment.to_zoned(settings.deposits.zone).date().to_string(), "2026-11-19");
}

#[test]
fn invalid_payment_settings_are_refused_by_name() {
    #[rustfmt::skip]
    let table = [
        (&[("EVENS_DEPOSITS", "yes")][..], "EVENS_DEPOSITS cannot be \"yes\""),
        (&[("EVENS_DEPOSIT_MIN", "-1")][..], "EVENS_DEPOSIT_MIN cannot be \"-1\""),
        (&[("EVENS_DEPOSIT_MAX", "1e3x")][..], "EVENS_DEPOSIT_MAX cannot be \"1e3x\""),
        (&[("EVENS_FIRST_DEPOSIT_BONUS", "-1")][..], "EVENS_FIRST_DEPOSIT_BONUS cannot be \"-1\""),
        (&[("EVENS_TURNOVER_FACTOR", "100")][..], "EVENS_TURNOVER_FACTOR cannot be \"100\""),
        (&[("EVENS_TURNOVER_FACTOR", "often")][..], "EVENS_TURNOVER_FACTOR cannot be \"often\""),
        (&[("EVENS_WITHDRAWALS", "1")][..], "EVENS_WITHDRAWALS cannot be \"1\""),
        (&[("EVENS_WITHDRAWAL_MIN", "-1")][..], "EVENS_WITHDRAWAL_MIN cannot be \"-1\""),
        (&[("EVENS_HOLDS", "above=5")][..], ": \"above=5\" is not a rule, or is repeated\nhint: set EVENS_HOLDS to rules"),
        (&[("EVENS_HOLDS", "first,from")][..], ": \"from\" is not a rule, or is repeated\nhint: set EVENS_HOLDS to rules"),
        (&[("EVENS_HOLDS", "from=much")][..], ": \"from=much\" is not a rule, or is repeated\nhint: set EVENS_HOLDS to rules"),
        (&[("EVENS_HOLDS", "from=5, from=6")][..], ": \"from=6\" is not a rule, or is repeated\nhint: set EVENS_HOLDS to rules"),
        (&[("EVENS_HOLDS", "new-payee=a day")][..], ": \"new-payee=a day\" is not a rule, or is repeated\nhint: set EVENS_HOLDS to rules"),
        (&[("EVENS_HOLDS", "new-password=-1h")][..], ": \"new-password=-1h\" is not a rule, or is repeated\nhint: set EVENS_HOLDS to rules"),
        (&[("EVENS_HOLDS", "recovered=0s")][..], ": \"recovered=0s\" is not a rule, or is repeated\nhint: set EVENS_HOLDS to rules"),
        (&[("EVENS_HOLDS", "recovered")][..], ": \"recovered\" is not a rule, or is repeated\nhint: set EVENS_HOLDS to rules"),
        (&[("EVENS_HOLDS", "open-above=-1")][..], ": \"open-above=-1\" is not a rule, or is repeated\nhint: set EVENS_HOLDS to rules"),
        (&[("EVENS_HOLDS", "kyc-above")][..], ": \"kyc-above\" is not a rule, or is repeated\nhint: set EVENS_HOLDS to rules"),
        (&[("EVENS_KYC_ABOVE", "-1")][..], "EVENS_KYC_ABOVE cannot be \"-1\""),
        (&[("EVENS_CONFIRM_ABOVE", "much")][..], "EVENS_CONFIRM_ABOVE cannot be \"much\""),
        (&[("EVENS_DEPOSIT_MIN", "5"), ("EVENS_DEPOSIT_MAX", "4")][..], "EVENS_DEPOSIT_MIN, 5, is greater than"),
    ];
    for (variables, expected) in table {
        let error = read(variables).unwrap_err();
        assert!(error.contains(expected), "{error}, not {expected}");
    }
}

/// One box reads a file in which variables may be missing, but not protective ones once there is a provider.
#[test]
fn a_process_with_a_provider_is_told_what_protects_money() {
    #[rustfmt::skip]
    let table = [
        (Stage::Local, true,  &[][..],                                 None),
        (Stage::Prod,  false, &[][..],                                 None),
        (Stage::Prod,  true,  &[][..],                                 Some("EVENS_HOLDS")),
        (Stage::Dev,   true,  &["EVENS_KYC_ABOVE"][..],                Some("EVENS_HOLDS")),
        (Stage::Prod,  true,  &["EVENS_HOLDS"][..],                    Some("EVENS_KYC_ABOVE")),
        (Stage::Prod,  true,  &["EVENS_HOLDS", "EVENS_KYC_ABOVE"][..], None),
    ];
    for (stage, has_provider, actual, missing) in table {
        let settings = Settings { stage, ..Settings::local() };
        let lookup = |name: &str| actual.contains(&name).then(String::new);
        let error = PaymentSettings::of_process(&settings, has_provider, lookup).err();
        let error = error.map(|error| error.to_string());
        let expected = missing
            .map(|name| format!("{name} is not set for this function in the stage {}", stage.as_str()));
        assert_eq!(error, expected, "{actual:?}");
    }
}
