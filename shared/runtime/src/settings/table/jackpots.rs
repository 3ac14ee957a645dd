//! Settings of jackpots.

use super::{Reading, Setting, Use};

const OPERATES: &[Use] = &[Use::Code("JackpotOperation::")];

pub(super) const JACKPOTS: &[Setting] = &[
    Setting::new("JackpotMaxRetryAttempts", &[("JACKPOT_MAX_RETRY_ATTEMPTS", Reading::Value)])
        .used_by(OPERATES)
        .default("3")
        .pattern("^([0-9]|10)$")
        .about("Retries of a [jackpot](jackpots.md) operation that conflicts with another."),
    Setting::new("JackpotRetriesContribute", &[("JACKPOT_MAX_RETRY_ATTEMPTS_CONTRIBUTE", Reading::Value)])
        .used_by(&[Use::Code("JackpotOperation::begin_contribution(")])
        .pattern("^([0-9]|10)?$")
        .default_is("`JACKPOT_MAX_RETRY_ATTEMPTS`")
        .about("Retries of a contribution."),
    Setting::new("JackpotRetriesProcessWin", &[("JACKPOT_MAX_RETRY_ATTEMPTS_PROCESS_WIN", Reading::Value)])
        .used_by(&[Use::Code("JackpotAction::ProcessWin")])
        .pattern("^([0-9]|10)?$")
        .default_is("`JACKPOT_MAX_RETRY_ATTEMPTS`")
        .about("Retries of a win that has not begun. One that has begun is always completed."),
    Setting::new(
        "JackpotRetriesUpdateConfig",
        &[("JACKPOT_MAX_RETRY_ATTEMPTS_UPDATE_CONFIG", Reading::Value)],
    )
    .used_by(&[Use::Code("JackpotAction::UpdateConfig")])
    .pattern("^([0-9]|10)?$")
        .default_is("`JACKPOT_MAX_RETRY_ATTEMPTS`")
    .about("Retries of a change of terms."),
    Setting::new("JackpotRetryDelayMs", &[("JACKPOT_RETRY_DELAY_MS", Reading::Value)])
        .used_by(OPERATES)
        .default("100")
        .pattern("^[1-9][0-9]{0,4}$")
        .about("Longest pause before the first retry, in ms; it doubles each time."),
    Setting::new("JackpotLockTimeoutMs", &[("JACKPOT_LOCK_TIMEOUT_MS", Reading::Value)])
        .used_by(OPERATES)
        .default("5000")
        .pattern("^[1-9][0-9]{0,4}$")
        .about("Longest time of an operation, or of a win that waits for another, in ms."),
    Setting::new("JackpotCheckIntervalMs", &[("JACKPOT_CONCURRENCY_CHECK_INTERVAL_MS", Reading::Value)])
        .used_by(&[Use::Code("settings.check_interval")])
        .default("50")
        .pattern("^[1-9][0-9]{0,4}$")
        .about("Poll interval while waiting for a win, in ms."),
    Setting::new("JackpotMetrics", &[("JACKPOT_ENABLE_METRICS", Reading::Value)])
        .used_by(OPERATES)
        .default("true")
        .values(&["true", "false"])
        .about("Whether operations of jackpots are counted and timed: `true` or `false`."),
    Setting::new("JackpotLogLevel", &[("JACKPOT_LOG_LEVEL", Reading::Value)])
        .used_by(OPERATES)
        .default("info")
        .values(&["error", "warn", "info", "debug", "trace"])
        .about(
            "Log level of operations of jackpots: `error`, `warn`, `info`, `debug` or `trace`; `RUST_LOG` \
             overrides it. Wins and changed terms log at `info`, contributions and failed attempts at `debug`.",
        ),
    Setting::new("JackpotTwoPersonsFrom", &[("JACKPOT_TWO_PERSONS_FROM", Reading::Value)])
        .used_by(&[Use::Code("two_persons_from")])
        .default("10000")
        .pattern("^[0-9]{1,12}([.][0-9]{1,8})?$")
        .about(
            "Win amount from which two operators must agree, including all awards by single operators in the \
             last 24 hours. An invalid amount stops the start.",
        ),
    Setting::new("JackpotContributionMax", &[("JACKPOT_CONTRIBUTION_MAX", Reading::Value)])
        .used_by(&[Use::Code("contribution_max")])
        .default("100")
        .pattern("^[0-9]{1,12}([.][0-9]{1,8})?$")
        .about("Largest contribution by route to one jackpot. An invalid amount stops the start."),
    Setting::new("JackpotContributionsPerDayMax", &[("JACKPOT_CONTRIBUTIONS_PER_DAY_MAX", Reading::Value)])
        .used_by(&[Use::Code("contributions_per_day_max")])
        .default_is("`10000`, or those 64 times if more")
        .default("10000")
        .pattern("^[0-9]{1,12}([.][0-9]{1,8})?$")
        .about(
            "Contributions by route to one jackpot per UTC day, without those from bets. At least 64 times \
             `JACKPOT_CONTRIBUTION_MAX`; a smaller or invalid amount stops the start.",
        ),
];
