//! Settings: each by its name, and a wrong one told by it.

use crate::common::amount;
use evens_jackpots::{JackpotAction, JackpotSettings, LogLevel};
use std::time::Duration;

const NAMES: [&str; 11] = [
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
fn what_holds_for_all_operations_holds_for_each_that_has_none_of_its_own() {
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
    assert_eq!([settings.two_persons_from, settings.contribution_max], [amount("10000"); 2]);
    assert_eq!(settings.wrong, []);
    assert_eq!(read(&NAMES.map(|name| (name, ""))), settings);
}

#[test]
fn each_setting_is_read_under_its_name() {
    let values = ["5", "6", "7", "8", "200", "1000", "10", "false", "debug", "1.5", "2.5"];
    let given: Vec<_> = NAMES.into_iter().zip(values).collect();
    let settings = read(&given);
    assert_eq!((retries(&settings), settings.is_measured), ([6, 7, 8], false));
    let times = [settings.retry_delay, settings.lock_timeout, settings.check_interval];
    assert_eq!(times, [200, 1_000, 10].map(Duration::from_millis));
    assert_eq!(settings.log_level, LogLevel::Debug);
    assert_eq!([settings.two_persons_from, settings.contribution_max], ["1.5", "2.5"].map(amount));
}

#[test]
fn a_wrong_value_is_named_and_its_default_holds() {
    for (name, value) in
        NAMES.into_iter().zip(["11", "12", "-1", "x", "0", "60001", "-1", "yes", "loud", "much", "-1"])
    {
        let settings = read(&[(name, value)]);
        let [wrong] = settings.wrong.as_slice() else { panic!("{name}: {:?}", settings.wrong) };
        let said = wrong.to_string();
        assert!(said.starts_with(&format!("{name} cannot be {value:?}: set it to ")), "{said}");
        // Of how much one operator may give away alone, nobody guesses.
        let is_fatal = ["JACKPOT_TWO_PERSONS_FROM", "JACKPOT_CONTRIBUTION_MAX"].contains(&name);
        assert_eq!(settings.fatal().is_some(), is_fatal);
        assert_eq!(JackpotSettings { wrong: Vec::new(), ..settings }, read(&[]));
    }
}
