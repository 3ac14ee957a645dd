//! [`JackpotSettings`]: the settings of jackpots from environment variables. A wrong value is replaced by its default
//! and reported by name. For three variables it is fatal, because the limits on a single operator must not be guessed.

use crate::{JackpotAction, MeterCount};
use evens_ledger::Amount;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// The settings of jackpots from environment variables.
///
/// | variable | default | meaning |
/// |---|---|---|
/// | `JACKPOT_MAX_RETRY_ATTEMPTS` | `3` | retries of an operation after a conflict with another one |
/// | `JACKPOT_MAX_RETRY_ATTEMPTS_CONTRIBUTE`, `…_PROCESS_WIN`, `…_UPDATE_CONFIG` | the value above | the same for one operation |
/// | `JACKPOT_RETRY_DELAY_MS` | `100` | the maximum pause before the first retry; it doubles with each further retry |
/// | `JACKPOT_LOCK_TIMEOUT_MS` | `5000` | the maximum duration of an operation, including the wait for another win |
/// | `JACKPOT_CONCURRENCY_CHECK_INTERVAL_MS` | `50` | the interval at which a waiting operation checks for the end of a win |
/// | `JACKPOT_ENABLE_METRICS` | `true` | enables metrics of operations |
/// | `JACKPOT_LOG_LEVEL` | `info` | the log level of operations: `error`, `warn`, `info`, `debug` or `trace` |
/// | `JACKPOT_TWO_PERSONS_FROM` | `10000` | the amount from which a win needs two operators; a wrong value is fatal |
/// | `JACKPOT_CONTRIBUTION_MAX` | `100` | the maximum of one contribution through the API to a group; a wrong value is fatal |
/// | `JACKPOT_CONTRIBUTIONS_PER_DAY_MAX` | `10000`, or 64 times the previous value if that is more | the daily maximum of contributions through the API to a group; a value that is wrong or below 64 times the previous one is fatal |
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JackpotSettings {
    /// The maximum number of retries of each operation.
    pub retries_max: RetriesMax,
    /// The maximum pause before the first retry.
    pub retry_delay: Duration,
    /// The maximum duration of an operation.
    pub lock_timeout: Duration,
    /// The interval at which a waiting operation checks again.
    pub check_interval: Duration,
    pub is_measured: bool,
    pub log_level: LogLevel,
    /// The amount from which two operators must agree to a win.
    pub two_persons_from: Amount,
    /// The maximum of one contribution through the API to a group.
    pub contribution_max: Amount,
    /// The daily maximum of contributions through the API to a group. Each meter allows an equal share, which must hold
    /// the largest single contribution.
    pub contributions_per_day_max: Amount,
    /// The variables with unusable values.
    pub wrong: Vec<WrongSetting>,
}

/// The maximum number of retries after a conflict with another operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetriesMax {
    pub contribute: u32,
    /// Until the win has begun. From then on it is always completed.
    pub process_win: u32,
    pub update_config: u32,
}

impl RetriesMax {
    pub fn of(self, action: JackpotAction) -> u32 {
        match action {
            JackpotAction::Contribute => self.contribute,
            JackpotAction::ProcessWin => self.process_win,
            JackpotAction::UpdateConfig => self.update_config,
        }
    }
}

/// The least severe messages that are logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a log level")]
pub struct LogLevelError;

/// A variable with an unusable value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} cannot be {value:?}: set it to {wanted}; until then it is {used}")]
pub struct WrongSetting {
    pub name: &'static str,
    pub value: String,
    /// The allowed values.
    pub wanted: &'static str,
    /// The value that is used instead.
    pub used: String,
}

impl LogLevel {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

impl FromStr for LogLevel {
    type Err = LogLevelError;

    fn from_str(text: &str) -> Result<Self, LogLevelError> {
        let all = [Self::Error, Self::Warn, Self::Info, Self::Debug, Self::Trace];
        all.into_iter().find(|level| level.as_str() == text).ok_or(LogLevelError)
    }
}

impl fmt::Display for LogLevel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Default for JackpotSettings {
    fn default() -> Self {
        Self::from_lookup(|_| None)
    }
}

impl JackpotSettings {
    const TWO_PERSONS_FROM: &str = "JACKPOT_TWO_PERSONS_FROM";

    const CONTRIBUTION_MAX: &str = "JACKPOT_CONTRIBUTION_MAX";

    const CONTRIBUTIONS_PER_DAY_MAX: &str = "JACKPOT_CONTRIBUTIONS_PER_DAY_MAX";

    /// The variables that must not be replaced by a default.
    const FATAL: [&str; 3] =
        [Self::TWO_PERSONS_FROM, Self::CONTRIBUTION_MAX, Self::CONTRIBUTIONS_PER_DAY_MAX];

    /// 10,000: the default for `JACKPOT_TWO_PERSONS_FROM`, and the minimum of the default for daily contributions.
    const ALONE_UNITS: i128 = 10_000 * 100_000_000;

    const CONTRIBUTION_UNITS: i128 = 100 * 100_000_000;

    /// Reads the variables through `lookup`. An empty value counts as not set.
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let mut reader = Reader { lookup, wrong: Vec::new() };
        let milliseconds = "a number of milliseconds from 1 to 60000";
        let is_milliseconds = |value: &u64| (1..=60_000).contains(value);
        let mut retries_of =
            |name, default| reader.read(name, default, "a number from 0 to 10", |value: &u32| *value <= 10);
        let of_all = retries_of("JACKPOT_MAX_RETRY_ATTEMPTS", 3);
        let retries_max = RetriesMax {
            contribute: retries_of("JACKPOT_MAX_RETRY_ATTEMPTS_CONTRIBUTE", of_all),
            process_win: retries_of("JACKPOT_MAX_RETRY_ATTEMPTS_PROCESS_WIN", of_all),
            update_config: retries_of("JACKPOT_MAX_RETRY_ATTEMPTS_UPDATE_CONFIG", of_all),
        };
        let retry_delay = reader.read("JACKPOT_RETRY_DELAY_MS", 100, milliseconds, is_milliseconds);
        let lock_timeout = reader.read("JACKPOT_LOCK_TIMEOUT_MS", 5_000, milliseconds, is_milliseconds);
        let check_interval =
            reader.read("JACKPOT_CONCURRENCY_CHECK_INTERVAL_MS", 50, milliseconds, is_milliseconds);
        let is_measured = reader.read("JACKPOT_ENABLE_METRICS", true, "true or false", |_| true);
        let levels = "error, warn, info, debug or trace";
        let log_level = reader.read("JACKPOT_LOG_LEVEL", LogLevel::Info, levels, |_| true);
        let alone = Amount::from_units(Self::ALONE_UNITS).unwrap_or_default();
        let two_persons_from =
            reader.read(Self::TWO_PERSONS_FROM, alone, "an amount such as 10000", |_| true);
        let one = Amount::from_units(Self::CONTRIBUTION_UNITS).unwrap_or_default();
        let contribution_max = reader.read(Self::CONTRIBUTION_MAX, one, "an amount such as 100", |_| true);
        let at_once = MeterCount::PRODUCTION
            .numbers()
            .fold(Amount::ZERO, |sum, _| sum.saturating_add(contribution_max));
        let contributions_per_day_max = reader.read(
            Self::CONTRIBUTIONS_PER_DAY_MAX,
            alone.max(at_once),
            "an amount of at least 64 times JACKPOT_CONTRIBUTION_MAX",
            |max| *max >= at_once,
        );
        Self {
            retries_max,
            retry_delay: Duration::from_millis(retry_delay),
            lock_timeout: Duration::from_millis(lock_timeout),
            check_interval: Duration::from_millis(check_interval),
            is_measured,
            log_level,
            two_persons_from,
            contribution_max,
            contributions_per_day_max,
            wrong: reader.wrong,
        }
    }

    /// The first wrong value that must prevent the start. Its author may have wanted a lower limit for a single
    /// operator than the default.
    pub fn fatal(&self) -> Option<&WrongSetting> {
        self.wrong.iter().find(|wrong| Self::FATAL.contains(&wrong.name))
    }
}

struct Reader<Lookup> {
    lookup: Lookup,
    wrong: Vec<WrongSetting>,
}

impl<Lookup: Fn(&str) -> Option<String>> Reader<Lookup> {
    fn read<T: FromStr + fmt::Display>(
        &mut self,
        name: &'static str,
        default: T,
        wanted: &'static str,
        is_allowed: impl Fn(&T) -> bool,
    ) -> T {
        let Some(value) = (self.lookup)(name).filter(|value| !value.is_empty()) else { return default };
        if let Some(read) = value.trim().parse().ok().filter(is_allowed) {
            return read;
        }
        self.wrong.push(WrongSetting { name, value, wanted, used: default.to_string() });
        default
    }
}
