//! Payment settings from the environment.

use evens_payments::{Currency, HoldRules};
use evens_providers::{PaymentNeed, PaymentSettings, Payments};
use evens_runtime::{Clock, Settings, Stage};
use jiff::{SignedDuration, Timestamp};

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
        ("EVENS_CURRENCY", "KWD"),
        ("EVENS_DEPOSITS", "off"),
        ("EVENS_DEPOSIT_MIN", "2.50"),
        ("EVENS_DEPOSIT_MAX", "2.50"),
        ("EVENS_CONFIRM_ABOVE", "0"),
        ("EVENS_FIRST_DEPOSIT_BONUS", "25"),
        ("EVENS_TURNOVER_FACTOR", "1.5"),
        ("EVENS_KYC_ABOVE", "2000"),
    ];
    let settings = read(Stage::Staging, &variables).unwrap();
    assert!(!settings.deposits.is_open);
    assert_eq!(settings.deposits.first_bonus.to_string(), "25");
    assert_eq!(settings.deposits.turnover, "1.5".parse().unwrap());
    assert_eq!(settings.deposits.identity_above, Some("2000".parse().unwrap()));
    assert_eq!(settings.currency, Currency::KWD);
    assert_eq!(settings.deposits.confirm_above.map(|above| above.to_string()).as_deref(), Some("0"));
}

#[test]
fn each_rule_of_holds_says_what_it_says() {
    let holds = "from=10000, four-eyes-above=50000,new-payee=24h,new-password=90m,first,open-above=3,day-above=20000,owing,kyc-above=2000";
    let settings = read(Stage::Prod, &[("EVENS_HOLDS", holds), ("EVENS_WITHDRAWALS", "off")]).unwrap();
    let amount = |text: &str| Some(text.parse().unwrap());
    let expected = HoldRules {
        amount_from: amount("10000"),
        four_eyes_above: amount("50000"),
        payee_age_min: Some(SignedDuration::from_hours(24)),
        password_age_min: Some(SignedDuration::from_mins(90)),
        first_withdrawal: true,
        open_max: Some(3),
        day_sum_max: amount("20000"),
        identity_above: amount("2000"),
    };
    assert_eq!((settings.withdrawals.holds, settings.withdrawals.is_open), (expected, false));
    let nothing = read(Stage::Prod, &[]).unwrap().withdrawals;
    assert_eq!(
        (nothing.holds, nothing.is_open, nothing.amount_min.to_string()),
        (HoldRules::default(), true, "1".to_owned())
    );
}

/// Days of limits begin in the same time zone as attendance days.
#[test]
fn days_begin_where_the_platform_says() {
    let settings = Settings { attendance_offset: "-03:00".parse().unwrap(), ..Settings::local() };
    let settings = PaymentSettings::from_lookup(&settings, |_| None).unwrap();
    let moment: Timestamp = "2026-11-20T02:00:00Z".parse().unwrap();
    assert_eq!(moment.to_zoned(settings.deposits.zone).date().to_string(), "2026-11-19");
}

#[test]
fn invalid_payment_settings_are_refused_by_name() {
    #[rustfmt::skip]
    let table = [
        (&[("EVENS_CURRENCY", "rupees")][..], "EVENS_CURRENCY cannot be \"rupees\""),
        (&[("EVENS_DEPOSITS", "yes")][..], "EVENS_DEPOSITS cannot be \"yes\""),
        (&[("EVENS_DEPOSIT_MIN", "-1")][..], "EVENS_DEPOSIT_MIN cannot be \"-1\""),
        (&[("EVENS_DEPOSIT_MAX", "1e3x")][..], "EVENS_DEPOSIT_MAX cannot be \"1e3x\""),
        (&[("EVENS_FIRST_DEPOSIT_BONUS", "-1")][..], "EVENS_FIRST_DEPOSIT_BONUS cannot be \"-1\""),
        (&[("EVENS_TURNOVER_FACTOR", "100")][..], "EVENS_TURNOVER_FACTOR cannot be \"100\""),
        (&[("EVENS_TURNOVER_FACTOR", "often")][..], "EVENS_TURNOVER_FACTOR cannot be \"often\""),
        (&[("EVENS_WITHDRAWALS", "1")][..], "EVENS_WITHDRAWALS cannot be \"1\""),
        (&[("EVENS_WITHDRAWAL_MIN", "-1")][..], "EVENS_WITHDRAWAL_MIN cannot be \"-1\""),
        (&[("EVENS_HOLDS", "above=5")][..], "EVENS_HOLDS contains \"above=5\", which is not a valid rule or is repeated"),
        (&[("EVENS_HOLDS", "first,from")][..], "EVENS_HOLDS contains \"from\", which is not a valid rule or is repeated"),
        (&[("EVENS_HOLDS", "from=much")][..], "EVENS_HOLDS contains \"from=much\", which is not a valid rule or is repeated"),
        (&[("EVENS_HOLDS", "from=5, from=6")][..], "EVENS_HOLDS contains \"from=6\", which is not a valid rule or is repeated"),
        (&[("EVENS_HOLDS", "new-payee=a day")][..], "EVENS_HOLDS contains \"new-payee=a day\", which is not a valid rule or is repeated"),
        (&[("EVENS_HOLDS", "new-password=-1h")][..], "EVENS_HOLDS contains \"new-password=-1h\", which is not a valid rule or is repeated"),
        (&[("EVENS_HOLDS", "open-above=-1")][..], "EVENS_HOLDS contains \"open-above=-1\", which is not a valid rule or is repeated"),
        (&[("EVENS_HOLDS", "kyc-above")][..], "EVENS_HOLDS contains \"kyc-above\", which is not a valid rule or is repeated"),
        (&[("EVENS_KYC_ABOVE", "-1")][..], "EVENS_KYC_ABOVE cannot be \"-1\""),
        (&[("EVENS_CONFIRM_ABOVE", "much")][..], "EVENS_CONFIRM_ABOVE cannot be \"much\""),
        (&[("EVENS_DEPOSIT_MIN", "5"), ("EVENS_DEPOSIT_MAX", "4")][..], "EVENS_DEPOSIT_MIN, 5, is greater than"),
    ];
    for (variables, expected) in table {
        let error = read(Stage::Dev, variables).unwrap_err();
        assert!(error.contains(expected), "{error}, not {expected}");
    }
}

/// A function reads only the settings it lists. Outside the local stage none of them may be missing, because the
/// default of a protective setting is no protection.
#[test]
fn a_function_of_payments_is_told_all_of_it() {
    let read = |stage, needs: &[PaymentNeed], without: Option<PaymentNeed>| {
        let settings = Settings { stage, ..Settings::local() };
        PaymentSettings::of_function(&settings, needs, |name| {
            let is_missing = without.is_some_and(|need| need.variable() == name);
            // An empty value counts as set.
            let value = if name == "EVENS_CURRENCY" { "rupees" } else { "" };
            (!is_missing).then(|| value.to_owned())
        })
    };
    let needs: Vec<_> = PaymentNeed::ALL.into_iter().filter(|need| *need != PaymentNeed::Currency).collect();
    assert!(read(Stage::Prod, &needs, Some(PaymentNeed::Currency)).is_ok());
    for missing in needs.iter().copied() {
        for stage in [Stage::Dev, Stage::Staging, Stage::Prod] {
            let error = read(stage, &needs, Some(missing)).unwrap_err().to_string();
            let (stage, name) = (stage.as_str(), missing.variable());
            assert_eq!(error, format!("{name} is not set for this function in the stage {stage}"));
        }
        assert!(read(Stage::Local, &needs, Some(missing)).is_ok(), "where everything has a default");
    }
    assert_eq!(read(Stage::Prod, &needs, None).unwrap().currency, Currency::INR, "what it does not ask for");
    assert!(read(Stage::Prod, &PaymentNeed::ALL, None).is_err());
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
