//! [`Settings`]: settings from the environment, read once and validated together.

mod need;
mod parse;
mod stage;

pub use need::Need;
pub use parse::parse_switch;
pub use stage::Stage;

use self::parse::{optional, parse, parse_betting, parse_game_limits, parse_jackpots, parse_keys};
use crate::tokens::PublicKey;
use crate::{RateLimits, StartError, require_set};
use evens_exchange::{BettingLimits, CommissionRate};
use evens_games::GameLimits;
use evens_jackpots::JackpotSettings;
use evens_ledger::Amount;
use evens_players::{AttendanceOffset, BonusAfter, Country, ReferralBonusAfter, ReferralBonuses};
use evens_queues::QueueUrls;
use ipnet::IpNet;
use std::num::NonZeroU32;

/// The common prefix of all queue URLs.
const QUEUE_URL_PREFIX: &str = "EVENS_QUEUE_URL_PREFIX";

/// Variables that every function needs on AWS.
const OF_EVERY_FUNCTION: [&str; 2] = ["EVENS_TABLE", QUEUE_URL_PREFIX];

/// Settings from the environment.
///
/// | variable | default | meaning |
/// |---|---|---|
/// | `EVENS_STAGE` | `local` | `local`, `dev`, `staging` or `prod`; part of every queue's name |
/// | `EVENS_TABLE` | `evens-{stage}` | the DynamoDB table |
/// | `EVENS_TOKEN_PUBLIC_KEYS` | none when local, else required | `kid:base64` pairs of Ed25519 keys, separated by commas; several during a rotation |
/// | `EVENS_TOKEN_ISSUER` | `evens-{stage}` | the `iss` of a token |
/// | `EVENS_TOKEN_AUDIENCE` | `evens-api-{stage}` | the `aud` of a token |
/// | `EVENS_REFUND_AFTER_SECONDS` | `300` | the age at which the unmatched part of a bet is refunded |
/// | `EVENS_BETS` | `on` | `off`: no new bets are accepted; existing ones continue |
/// | `EVENS_STAKE_MIN` | `1.00` | the minimum stake; a round may have a higher one |
/// | `EVENS_COMMISSION` | `0` | the commission on winnings in rounds that open from now on, 0 to 0.1; a round may have its own |
/// | `EVENS_WAITING_BETS_MAX` | `50` | the maximum number of unmatched bets per player and round |
/// | `EVENS_PHONE_COUNTRY` | `IN` | the default country of phone numbers |
/// | `EVENS_RATE_LIMITS` | the table of [`evens_contracts::Rate`] | budgets that differ: `bets=600/1m,login=20/15m`; or `off`, not in prod. In the local stage nothing is counted by address unless it is listed here, because all clients share one |
/// | `EVENS_TRUSTED_PROXIES` | none | the networks of proxies in front of one box, whose `X-Forwarded-For` is trusted: `10.0.0.0/8,::1/128` |
/// | `ATTENDANCE_TZ_OFFSET` | `+05:30` | the time zone of attendance days |
/// | `REG_BONUS` | `25.00` | the sign-up bonus; `0` for none |
/// | `REG_BONUS_AFTER` | `sign-up` | when it and the later bonuses are given: at the `sign-up`, or when the phone number is `verified` |
/// | `REFERRAL_BONUS` | `0` | the referrer's bonus per sign-up; `0` for none; `10,5` for 5 to the referrer's referrer, and so on, up to five levels |
/// | `REFERRAL_BONUS_AFTER` | `sign-up` | when it is given: with the `sign-up`, or when the player's first `deposit` was credited |
/// | `REFERRAL_BONUSES_PER_DAY` | none | the maximum number of referral bonuses per player and day; further ones are not given |
/// | `GAMES_BANKROLL` | `10000000` | the bankroll of the house: one period may cost a hundredth of it, all open periods together four hundredths |
/// | `GAMES_LIMITS` | none | limits of bets in rooms of house games that differ from the defaults: [`GameLimits`] |
/// | `JACKPOT_…` | | those of [`JackpotSettings`] |
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
    /// Limits of every bet.
    pub betting: BettingLimits,
    /// The commission rate of rounds that open without a rate of their own.
    pub commission: CommissionRate,
    /// The default country of phone numbers.
    pub phone_country: Country,
    pub rate_limits: RateLimits,
    /// The networks of proxies in front of one box.
    pub trusted_proxies: Vec<IpNet>,
    /// The time zone of attendance days.
    pub attendance_offset: AttendanceOffset,
    /// The sign-up bonus; zero for none.
    pub registration_bonus: Amount,
    /// When the sign-up bonus is given.
    pub registration_bonus_after: BonusAfter,
    /// Bonuses per sign-up for the players above in the referral tree.
    pub referral_bonus: ReferralBonuses,
    /// When the referral bonuses are given.
    pub referral_bonus_after: ReferralBonusAfter,
    /// Maximum number of referral bonuses per player and day.
    pub referral_bonuses_per_day: Option<NonZeroU32>,
    /// The bankroll of the house.
    pub games_bankroll: Amount,
    /// Limits of bets in the rooms of house games.
    pub games_limits: GameLimits,
    pub jackpots: JackpotSettings,
    /// The queue URLs, or `None` to resolve them through SQS.
    pub queue_urls: Option<QueueUrls>,
}

impl Settings {
    /// 25.00, as in the old system.
    const REGISTRATION_BONUS_UNITS: i128 = 25 * 100_000_000;

    /// 10,000,000.
    const GAMES_BANKROLL_UNITS: i128 = 10_000_000 * 100_000_000;

    /// 1.00.
    const STAKE_MIN_UNITS: i128 = 100_000_000;

    /// Reads the environment.
    ///
    /// # Errors
    /// The first malformed variable, in the order of the table above.
    pub fn from_env() -> Result<Self, StartError> {
        Self::from_lookup(variable)
    }

    /// The settings of the local stage without any variable.
    pub fn local() -> Self {
        Self {
            stage: Stage::Local,
            table: "evens-local".to_owned(),
            token_public_keys: Vec::new(),
            token_issuer: Stage::Local.token_issuer(),
            token_audience: Stage::Local.token_audience(),
            betting: BettingLimits {
                is_open: true,
                stake_min: Amount::from_units(Self::STAKE_MIN_UNITS).unwrap_or(Amount::ZERO),
                waiting_max: 50,
                refund_after: evens_exchange::REFUND_AFTER,
                day_offset: AttendanceOffset::INDIA.offset(),
            },
            commission: CommissionRate::NONE,
            phone_country: Country::INDIA,
            rate_limits: RateLimits::of_stage(Stage::Local),
            trusted_proxies: Vec::new(),
            attendance_offset: AttendanceOffset::INDIA,
            registration_bonus: Amount::from_units(Self::REGISTRATION_BONUS_UNITS).unwrap_or(Amount::ZERO),
            registration_bonus_after: BonusAfter::SignUp,
            referral_bonus: ReferralBonuses::NONE,
            referral_bonus_after: ReferralBonusAfter::SignUp,
            referral_bonuses_per_day: None,
            games_bankroll: Amount::from_units(Self::GAMES_BANKROLL_UNITS).unwrap_or(Amount::ZERO),
            games_limits: GameLimits::default(),
            jackpots: JackpotSettings::default(),
            queue_urls: None,
        }
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
        Self::read(Need::ALL, &lookup)
    }

    /// The settings that a function uses. All others keep their defaults and are not read.
    ///
    /// # Errors
    /// 1. The stage is unknown.
    /// 2. The first required variable that is missing ([`require_set`]).
    /// 3. Those of [`Settings::from_env`].
    pub fn of_function(needs: &[Need], lookup: impl Fn(&str) -> Option<String>) -> Result<Self, StartError> {
        let stage = lookup("EVENS_STAGE").filter(|name| !name.is_empty());
        let stage = stage.map_or(Ok(Stage::Local), |name| name.parse())?;
        let needed = needs.iter().map(|need| need.variable());
        require_set(stage, OF_EVERY_FUNCTION.into_iter().chain(needed), &lookup)?;
        let others: Vec<_> = Need::ALL.iter().filter(|need| !needs.contains(need)).collect();
        let is_other = |name: &str| others.iter().any(|need| need.variable() == name);
        Self::read(needs, &|name| if is_other(name) { None } else { lookup(name) })
    }

    fn read(needs: &[Need], lookup: &impl Fn(&str) -> Option<String>) -> Result<Self, StartError> {
        let lookup = &|name: &str| lookup(name).filter(|value| !value.is_empty());
        let defaults = Self::local();
        let stage = lookup("EVENS_STAGE").map_or(Ok(defaults.stage), |name| name.parse())?;
        let table = lookup("EVENS_TABLE").unwrap_or_else(|| format!("evens-{}", stage.as_str()));
        let keys = lookup(Need::TokenPublicKeys.variable()).unwrap_or_default();
        let token_public_keys = parse_keys(&keys)?;
        if token_public_keys.is_empty() && stage != Stage::Local && needs.contains(&Need::TokenPublicKeys) {
            let message = format!("no token public key is set in the stage {}", stage.as_str());
            let hint = "set EVENS_TOKEN_PUBLIC_KEYS to kid:base64 of an Ed25519 public key";
            return Err(StartError::new(message, hint));
        }
        let attendance_offset: AttendanceOffset =
            optional(lookup, Need::AttendanceOffset, "an offset such as +05:30")?
                .unwrap_or(defaults.attendance_offset);
        let day_offset = attendance_offset.offset();
        let betting = parse_betting(lookup, BettingLimits { day_offset, ..defaults.betting })?;
        let rate_limits = match lookup(Need::RateLimits.variable()) {
            Some(text) => RateLimits::parse(stage, &text)?,
            None => RateLimits::of_stage(stage),
        };
        let trusted_proxies = lookup("EVENS_TRUSTED_PROXIES").unwrap_or_default();
        let trusted_proxies = trusted_proxies.split(',').map(str::trim).filter(|part| !part.is_empty());
        let trusted_proxies = trusted_proxies
            .map(|part| parse("EVENS_TRUSTED_PROXIES", part, "networks such as 10.0.0.0/8"))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            stage,
            table,
            token_public_keys,
            token_issuer: lookup("EVENS_TOKEN_ISSUER").unwrap_or_else(|| stage.token_issuer()),
            token_audience: lookup("EVENS_TOKEN_AUDIENCE").unwrap_or_else(|| stage.token_audience()),
            betting,
            commission: optional(lookup, Need::Commission, "a rate from 0 to 0.1, such as 0.025")?
                .unwrap_or(defaults.commission),
            phone_country: optional(lookup, Need::PhoneCountry, "a two-letter country code, such as IN")?
                .unwrap_or(defaults.phone_country),
            rate_limits,
            trusted_proxies,
            attendance_offset,
            registration_bonus: optional(lookup, Need::RegistrationBonus, "an amount such as 25.00")?
                .unwrap_or(defaults.registration_bonus),
            registration_bonus_after: optional(lookup, Need::RegistrationBonusAfter, "sign-up or verified")?
                .unwrap_or(defaults.registration_bonus_after),
            referral_bonus: optional(
                lookup,
                Need::ReferralBonus,
                "one to five amounts, such as 10.00 or 10,5",
            )?
            .unwrap_or(defaults.referral_bonus),
            referral_bonus_after: optional(lookup, Need::ReferralBonusAfter, "sign-up or deposit")?
                .unwrap_or(defaults.referral_bonus_after),
            referral_bonuses_per_day: optional(
                lookup,
                Need::ReferralBonusesPerDay,
                "a whole number from 1, or an empty text for no limit",
            )?,
            games_bankroll: optional(lookup, Need::GamesBankroll, "an amount such as 10000000")?
                .unwrap_or(defaults.games_bankroll),
            games_limits: parse_game_limits(&lookup(Need::GamesLimits.variable()).unwrap_or_default())?,
            jackpots: parse_jackpots(lookup)?,
            queue_urls: lookup(QUEUE_URL_PREFIX).map(|prefix| QueueUrls::from_prefix(&prefix)),
        })
    }
}

/// Reads a variable for settings of single functions. Each is read once, during the start.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
