//! Settings: each variable by its name, and the report of a wrong value.

use crate::common::amount;
use evens_jackpots::{JackpotAction, JackpotSettings, LogLevel};
use evens_ledger::Amount;
use std::time::Duration;

const NAMES: [&str; 12] = [
    "JACKPOT_MAX_RETRY_ATTEMPTS",
    "JACKPOT_MAX_RETRY_ATTEMPTS_CONTRIBUTE",
    "JACKPOT_MAX_RETRY_ATTEMPTS_PROCESS_WIN",
    "JACKPOT_MAX_RETRY_ATTEMPTS_UPDATE_CONFIG",
    "JACKPOT_RETRY_DELAY_MS",
    "JACKPOT_LOCK_TIMEOUT_MS",
    "JACKPOT_CONCURRENCY_CHECK_INTERVAL_MS",
    "JACKPOT_ENABLE_METRICS",
    "JACKPOT_LOG_LEVEL",
    "JACKPOT_TWO_PERSONS_FROM",
    "JACKPOT_CONTRIBUTION_MAX",
    "JACKPOT_CONTRIBUTIONS_PER_DAY_MAX",
];

fn read(given: &[(&str, &str)]) -> JackpotSettings {
    JackpotSettings::from_lookup(|name| {
        given.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    })
}

fn retries(settings: &JackpotSettings) -> [u32; 3] {
    JackpotAction::ALL.map(|action| settings.retries_max.of(action))
}

#[test]
fn the_common_setting_applies_to_operations_without_their_own() {
    let given = [("JACKPOT_MAX_RETRY_ATTEMPTS", "5"), ("JACKPOT_MAX_RETRY_ATTEMPTS_PROCESS_WIN", "0")];
    assert_eq!(retries(&read(&given)), [5, 0, 5]);
}

#[test]
fn the_defaults_are_those_of_the_old_system() {
    let settings = read(&[]);
    assert_eq!((retries(&settings), settings.is_measured), ([3; 3], true));
    let times = [settings.retry_delay, settings.lock_timeout, settings.check_interval];
    assert_eq!(times, [100, 5_000, 50].map(Duration::from_millis));
    assert_eq!(settings.log_level, LogLevel::Info);
    assert_eq!(amounts(&settings), ["10000", "100", "10000"].map(amount));
    assert_eq!(settings.wrong, []);
    assert_eq!(read(&NAMES.map(|name| (name, ""))), settings);
}

fn amounts(settings: &JackpotSettings) -> [Amount; 3] {
    [settings.two_persons_from, settings.contribution_max, settings.contributions_per_day_max]
}

/// Each of the 64 meters allows an equal share of the daily maximum, which must hold the largest contribution.
#[test]
fn a_day_takes_at_least_what_all_meters_take_at_once() {
    #[rustfmt::skip]
    let table = [
        // one contribution, a day,         then
        ("10000",            "",            Some("640000")),
        ("150",              "",            Some("10000")),
        ("10000",            "640000",      Some("640000")),
        ("10000",            "639999.99",   None),
        ("0",                "0",           Some("0")),
    ];
    for (one, day, then) in table {
        let given = [("JACKPOT_CONTRIBUTION_MAX", one), ("JACKPOT_CONTRIBUTIONS_PER_DAY_MAX", day)];
        let settings = read(&given);
        let read = settings.fatal().is_none().then_some(settings.contributions_per_day_max);
        assert_eq!(read, then.map(amount), "{one} {day}");
    }
}

#[test]
fn each_setting_is_read_under_its_name() {
    let values = ["5", "6", "7", "8", "200", "1000", "10", "false", "debug", "1.5", "2.5", "160"];
    let given: Vec<_> = NAMES.into_iter().zip(values).collect();
    let settings = read(&given);
    assert_eq!((retries(&settings), settings.is_measured), ([6, 7, 8], false));
    let times = [settings.retry_delay, settings.lock_timeout, settings.check_interval];
    assert_eq!(times, [200, 1_000, 10].map(Duration::from_millis));
    assert_eq!(settings.log_level, LogLevel::Debug);
    assert_eq!(amounts(&settings), ["1.5", "2.5", "160"].map(amount));
}

#[test]
fn a_wrong_value_is_named_and_its_default_holds() {
    for (name, value) in NAMES
        .into_iter()
        .zip(["11", "12", "-1", "x", "0", "60001", "-1", "yes", "loud", "much", "-1", "6399.99"])
    {
        let settings = read(&[(name, value)]);
        let [wrong] = settings.wrong.as_slice() else { panic!("{name}: {:?}", settings.wrong) };
        let said = wrong.to_string();
        assert!(said.starts_with(&format!("{name} cannot be {value:?}: set it to ")), "{said}");
        // A wrong limit for a single operator is fatal.
        let is_fatal = NAMES[9..].contains(&name);
        assert_eq!(settings.fatal().is_some(), is_fatal);
        assert_eq!(JackpotSettings { wrong: Vec::new(), ..settings }, read(&[]));
    }
}

#[test]
fn a_report_names_the_allowed_values_and_the_default() {
    #[rustfmt::skip]
    let table = [
        ("JACKPOT_LOG_LEVEL",   "loud", "error, warn, info, debug or trace; until then it is info"),
        ("JACKPOT_LOCK_TIMEOUT_MS", "0", "a number of milliseconds from 1 to 60000; until then it is 5000"),
    ];
    for (name, value, rest) in table {
        let said: Vec<_> = read(&[(name, value)]).wrong.iter().map(ToString::to_string).collect();
        assert_eq!(said, [format!("{name} cannot be {value:?}: set it to {rest}")]);
    }
}
