//! [`JackpotSettings`]: what the environment says of jackpots. A wrong value stops nothing: its default holds, and
//! somebody is told by name. But for three: how much one operator may give away alone is guessed by nobody.

use crate::{JackpotAction, METERS};
use evens_ledger::Amount;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// What the environment says of jackpots.
///
/// | variable | default | meaning |
/// |---|---|---|
/// | `JACKPOT_MAX_RETRY_ATTEMPTS` | `3` | how often an operation is tried again that met another one |
/// | `JACKPOT_MAX_RETRY_ATTEMPTS_CONTRIBUTE`, `…_PROCESS_WIN`, `…_UPDATE_CONFIG` | that | the same, of one operation |
/// | `JACKPOT_RETRY_DELAY_MS` | `100` | the longest pause before the first of them; each later one may be twice as long |
/// | `JACKPOT_LOCK_TIMEOUT_MS` | `5000` | how long an operation, or a win that waits for another one, takes at most |
/// | `JACKPOT_CONCURRENCY_CHECK_INTERVAL_MS` | `50` | how often whoever waits for a win looks again |
/// | `JACKPOT_ENABLE_METRICS` | `true` | whether operations are counted and measured |
/// | `JACKPOT_LOG_LEVEL` | `info` | what is logged of them: `error`, `warn`, `info`, `debug` or `trace` |
/// | `JACKPOT_TWO_PERSONS_FROM` | `10000` | from how much on two operators must agree to a win; a wrong value is fatal |
/// | `JACKPOT_CONTRIBUTION_MAX` | `100` | how much one contribution by route gives a group at most; a wrong value is fatal |
/// | `JACKPOT_CONTRIBUTIONS_PER_DAY_MAX` | `10000`, or 64 times the one before if that is more | how much contributions by route give a group in a day at most; a wrong value is fatal, and one of less than 64 times the one before |
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JackpotSettings {
    /// How often each operation is tried again.
    pub retries_max: RetriesMax,
    /// The longest pause before the first of them.
    pub retry_delay: Duration,
    /// How long an operation takes at most.
    pub lock_timeout: Duration,
    /// How often whoever waits looks again.
    pub check_interval: Duration,
    /// Whether operations are counted and measured.
    pub is_measured: bool,
    /// What is logged of them.
    pub log_level: LogLevel,
    /// From how much on two operators must agree to a win, or to terms that so much depends on.
    pub two_persons_from: Amount,
    /// How much one contribution by route gives a group at most.
    pub contribution_max: Amount,
    /// How much contributions by route give a group in a day at most: each meter takes its part of that, so it is not
    /// less than what all of them take at once.
    pub contributions_per_day_max: Amount,
    /// What the environment says and nobody can use.
    pub wrong: Vec<WrongSetting>,
}

/// How often an operation is tried again that met another one, at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetriesMax {
    /// A contribution.
    pub contribute: u32,
    /// A win, until it has begun: from then on it is brought to its end.
    pub process_win: u32,
    /// A change of terms.
    pub update_config: u32,
}

impl RetriesMax {
    /// That of an operation.
    pub fn of(self, action: JackpotAction) -> u32 {
        match action {
            JackpotAction::Contribute => self.contribute,
            JackpotAction::ProcessWin => self.process_win,
            JackpotAction::UpdateConfig => self.update_config,
        }
    }
}

/// What is logged: this, and what is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// What failed.
    Error,
    /// What somebody should look at.
    Warn,
    /// What was done.
    Info,
    /// How.
    Debug,
    /// All of it.
    Trace,
}

/// The text names no level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("names no level")]
pub struct LogLevelError;

/// A variable whose value nobody can use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} cannot be {value:?}: set it to {wanted}; until then it is {used}")]
pub struct WrongSetting {
    /// The variable.
    pub name: &'static str,
    /// What it says.
    pub value: String,
    /// What it may say.
    pub wanted: &'static str,
    /// What is used instead.
    pub used: String,
}

impl LogLevel {
    /// Its name.
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
    /// From how much on two operators must agree.
    const TWO_PERSONS_FROM: &str = "JACKPOT_TWO_PERSONS_FROM";

    /// How much one contribution gives a group at most.
    const CONTRIBUTION_MAX: &str = "JACKPOT_CONTRIBUTION_MAX";

    /// How much contributions give a group in a day at most.
    const CONTRIBUTIONS_PER_DAY_MAX: &str = "JACKPOT_CONTRIBUTIONS_PER_DAY_MAX";

    /// What nobody guesses.
    const FATAL: [&str; 3] =
        [Self::TWO_PERSONS_FROM, Self::CONTRIBUTION_MAX, Self::CONTRIBUTIONS_PER_DAY_MAX];

    /// 10,000: what one operator may give away, and what whoever contributes may bring a group in a day.
    const ALONE_UNITS: i128 = 10_000 * 100_000_000;

    /// 100.
    const CONTRIBUTION_UNITS: i128 = 100 * 100_000_000;

    /// Reads variables from wherever they are. An empty one counts as not set.
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
        let at_once = (0..METERS).fold(Amount::ZERO, |sum, _| sum.saturating_add(contribution_max));
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

    /// The wrong value with which nothing may start, if there is one: whoever set it may have wanted less to be given
    /// away by one operator than the default lets them.
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
