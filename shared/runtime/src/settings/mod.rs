//! [`Settings`]: settings from the environment, read once and validated together.

mod parse;
mod stage;
pub mod table;

pub use parse::parse_switch;
pub use stage::Stage;

use self::parse::{parse_jackpots, parse_keys, value};
use self::table::{
    BetSettings, GameSettings, MoneySettings, PUBLIC_KEYS, PlayerSettings, RATE_LIMITS, is_of_some,
    variables_of,
};
use crate::tokens::PublicKey;
use crate::{Function, RateLimits, StartError, require_set};
use evens_exchange::BettingLimits;
use evens_jackpots::JackpotSettings;
use evens_payments::decimals;
use evens_queues::QueueUrls;
use ipnet::IpNet;

/// The common prefix of all queue URLs.
const QUEUE_URL_PREFIX: &str = "EVENS_QUEUE_URL_PREFIX";

/// Variables that every function needs on AWS.
const OF_EVERY_FUNCTION: [&str; 2] = ["EVENS_TABLE", QUEUE_URL_PREFIX];

/// Settings from the environment: those of the [`table`], and
///
/// | variable | default | meaning |
/// |---|---|---|
/// | `EVENS_STAGE` | `local` | `local`, `dev`, `staging` or `prod`; part of every queue's name |
/// | `EVENS_TABLE` | `evens-{stage}` | the DynamoDB table |
/// | `EVENS_TOKEN_PUBLIC_KEYS` | none when local, else required | `kid:base64` pairs of Ed25519 keys, separated by commas; several during a rotation |
/// | `EVENS_TOKEN_ISSUER` | `evens-{stage}` | the `iss` of a token |
/// | `EVENS_TOKEN_AUDIENCE` | `evens-api-{stage}` | the `aud` of a token |
/// | `EVENS_RATE_LIMITS` | the table of [`evens_contracts::Rate`] | budgets that differ: `bets=600/1m,login=20/15m`; or `off`, not in prod. In the local stage nothing is counted by address unless it is listed here, because all clients share one |
/// | `EVENS_TRUSTED_PROXIES` | none | the networks of proxies in front of one box, whose `X-Forwarded-For` is trusted: `10.0.0.0/8,::1/128` |
/// | `EVENS_QUEUE_URL_PREFIX` | resolved through SQS | the prefix of all queue URLs, up to and including the stage; `{queue}.fifo` and `{queue}-dead-letter.fifo` follow |
/// | `AWS_REGION`, `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_DYNAMODB`, `AWS_ENDPOINT_URL_SQS`, credentials | those of the SDK, from the environment only | read by [`crate::Clients`] and [`crate::Identity`] |
/// | `RUST_LOG`, `NO_COLOR` | `info` | read by [`crate::telemetry`] |
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    pub stage: Stage,
    pub table: String,
    /// Keys that may sign tokens.
    pub token_public_keys: Vec<PublicKey>,
    /// The `iss` of tokens.
    pub token_issuer: String,
    /// The `aud` of tokens.
    pub token_audience: String,
    pub rate_limits: RateLimits,
    /// The networks of proxies in front of one box.
    pub trusted_proxies: Vec<IpNet>,
    /// The queue URLs, or `None` to resolve them through SQS.
    pub queue_urls: Option<QueueUrls>,
    pub players: PlayerSettings,
    pub bets: BetSettings,
    /// Limits of every bet.
    pub betting: BettingLimits,
    pub games: GameSettings,
    pub money: MoneySettings,
    pub jackpots: JackpotSettings,
}

impl Settings {
    /// Reads the environment.
    ///
    /// # Errors
    /// The first malformed variable.
    pub fn from_env() -> Result<Self, StartError> {
        Self::from_lookup(variable)
    }

    /// The settings of the local stage without any variable.
    ///
    /// # Panics
    /// If the table of settings has a malformed default.
    pub fn local() -> Self {
        Self::from_lookup(|_| None).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Logs malformed optional settings and the defaults used instead.
    pub fn warn(&self) {
        for wrong in &self.jackpots.wrong {
            tracing::warn!(setting = wrong.name, "{wrong}");
        }
    }

    /// Reads variables through `lookup`. An empty value counts as unset.
    ///
    /// # Errors
    /// Those of [`Settings::from_env`].
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, StartError> {
        let settings = Self::read(lookup)?;
        settings.require_keys()?;
        Ok(settings)
    }

    /// The settings that a function has use for, by `table/of_functions.txt`. All others keep their defaults and are
    /// not read.
    ///
    /// # Errors
    /// 1. The stage is unknown.
    /// 2. The first required variable that is missing ([`require_set`]).
    /// 3. Those of [`Settings::from_env`].
    pub fn of_function(
        function: &Function,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, StartError> {
        let stage = lookup("EVENS_STAGE").filter(|name| !name.is_empty());
        let stage = stage.map_or(Ok(Stage::Local), |name| name.parse())?;
        let its: Vec<_> = variables_of(function.folder).collect();
        require_set(stage, OF_EVERY_FUNCTION.into_iter().chain(its.iter().copied()), &lookup)?;
        let is_read = |name: &str| its.contains(&name) || !is_of_some(name);
        let settings = Self::read(|name| if is_read(name) { lookup(name) } else { None })?;
        if its.contains(&PUBLIC_KEYS) {
            settings.require_keys()?;
        }
        Ok(settings)
    }

    /// Checks that tokens can be verified. Locally the keys are made at the start.
    fn require_keys(&self) -> Result<(), StartError> {
        if !self.token_public_keys.is_empty() || self.stage == Stage::Local {
            return Ok(());
        }
        let message = format!("no token public key is set in the stage {}", self.stage.as_str());
        let hint = format!("set {PUBLIC_KEYS} to kid:base64 of an Ed25519 public key");
        Err(StartError::new(message, hint))
    }

    fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, StartError> {
        let given = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let lookup = &|name: &str| set_or_default(name, &lookup);
        let stage = lookup("EVENS_STAGE").map_or(Ok(Stage::Local), |name| name.parse())?;
        let table = lookup("EVENS_TABLE").unwrap_or_else(|| format!("evens-{}", stage.as_str()));
        let players = PlayerSettings::read(lookup)?;
        let (bets, money) = (BetSettings::read(lookup)?, MoneySettings::read(lookup)?);
        let betting = BettingLimits {
            is_open: bets.is_open,
            stake_min: bets.stake_min,
            decimals: decimals(money.currency),
            waiting_max: bets.waiting_max.get(),
            refund_after: bets.refund_after,
            day_offset: players.attendance_offset.offset(),
        };
        let rate_limits = match lookup(RATE_LIMITS) {
            Some(text) => RateLimits::parse(stage, &text)?,
            None => RateLimits::of_stage(stage),
        };
        let trusted_proxies = lookup("EVENS_TRUSTED_PROXIES").unwrap_or_default();
        let trusted_proxies = trusted_proxies.split(',').map(str::trim).filter(|part| !part.is_empty());
        let trusted_proxies = trusted_proxies
            .map(|part| value("EVENS_TRUSTED_PROXIES", "networks such as 10.0.0.0/8", Some(part.to_owned())))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            stage,
            table,
            token_public_keys: parse_keys(&lookup(PUBLIC_KEYS).unwrap_or_default())?,
            token_issuer: lookup("EVENS_TOKEN_ISSUER").unwrap_or_else(|| stage.token_issuer()),
            token_audience: lookup("EVENS_TOKEN_AUDIENCE").unwrap_or_else(|| stage.token_audience()),
            rate_limits,
            trusted_proxies,
            queue_urls: lookup(QUEUE_URL_PREFIX).map(|prefix| QueueUrls::from_prefix(&prefix)),
            players,
            bets,
            betting,
            games: GameSettings::read(lookup)?,
            money,
            // Their defaults depend on each other, so the rules of jackpots have them.
            jackpots: parse_jackpots(given)?,
        })
    }
}

/// The value of a variable, or its default in the [`table`]. An empty value counts as unset.
fn set_or_default(name: &str, lookup: impl Fn(&str) -> Option<String>) -> Option<String> {
    lookup(name).filter(|value| !value.is_empty()).or_else(|| table::default_of(name).map(str::to_owned))
}

/// Reads a variable for settings of single functions. Each is read once, during the start.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
