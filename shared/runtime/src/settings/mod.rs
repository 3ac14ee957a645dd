//! [`Settings`]: the environment, read once and checked whole.

mod need;
mod parse;
mod stage;

pub use need::Need;
pub use parse::parse_switch;
pub use stage::Stage;

use self::parse::{optional, parse, parse_betting, parse_game_limits, parse_jackpots, parse_keys};
use crate::tokens::PublicKey;
use crate::{RateLimits, StartError, require_told};
use evens_exchange::BettingLimits;
use evens_games::GameLimits;
use evens_jackpots::JackpotSettings;
use evens_ledger::Amount;
use evens_players::{AttendanceOffset, BonusAfter, Country, ReferralBonusAfter, ReferralBonuses};
use evens_queues::QueueUrls;
use ipnet::IpNet;
use std::num::NonZeroU32;

/// What the URLs of all queues begin with.
const QUEUE_URL_PREFIX: &str = "EVENS_QUEUE_URL_PREFIX";

/// What each function is told on AWS, whatever it does.
const OF_EVERY_FUNCTION: [&str; 2] = ["EVENS_TABLE", QUEUE_URL_PREFIX];

/// What the environment says.
///
/// | variable | default | meaning |
/// |---|---|---|
/// | `EVENS_STAGE` | `local` | `local`, `dev`, `staging` or `prod`; part of every queue's name |
/// | `EVENS_TABLE` | `evens-{stage}` | the DynamoDB table |
/// | `EVENS_TOKEN_PUBLIC_KEYS` | none when local, else required | `kid:base64` pairs of Ed25519 keys, separated by commas; several hold at once, so that keys can be changed |
/// | `EVENS_TOKEN_ISSUER` | `evens-{stage}` | the `iss` of a token |
/// | `EVENS_TOKEN_AUDIENCE` | `evens-api-{stage}` | the `aud` of a token |
/// | `EVENS_REFUND_AFTER_SECONDS` | `300` | how old a bet is when what of it still waits is refunded |
/// | `EVENS_BETS` | `on` | `off` to place no new bets; those that were placed are carried on |
/// | `EVENS_STAKE_MIN` | `1.00` | the least stake; a round may ask for more |
/// | `EVENS_WAITING_BETS_MAX` | `50` | how many bets of one player may wait in one round |
/// | `EVENS_PHONE_COUNTRY` | `IN` | the country of phone numbers that are given without one |
/// | `EVENS_RATE_LIMITS` | the table of [`evens_contracts::Rate`] | budgets that differ: `bets=600/1m,login=20/15m`; or `off`, not in prod. Locally nothing is counted by address, because everybody has the same one, unless it stands here |
/// | `EVENS_TRUSTED_PROXIES` | none | the networks of proxies in front of one box, whose `X-Forwarded-For` is believed: `10.0.0.0/8,::1/128` |
/// | `ATTENDANCE_TZ_OFFSET` | `+05:30` | where days of attendance begin |
/// | `REG_BONUS` | `25.00` | the bonus for signing up; `0` for none |
/// | `REG_BONUS_AFTER` | `sign-up` | when it and what follows are given: at the `sign-up`, or when the phone number is `verified` |
/// | `REFERRAL_BONUS` | `0` | the bonus for each player who signed up with one's code; `0` for none; `10,5` for 5 to whoever brought that one, and so on, five levels at most |
/// | `REFERRAL_BONUS_AFTER` | `sign-up` | when it is given: with the `sign-up`, or when the player's first `deposit` was credited |
/// | `REFERRAL_BONUSES_PER_DAY` | none | how many of them a player gets on a day at most; further ones are not given |
/// | `GAMES_BANKROLL` | `10000000` | what the house plays with: a period of a house game may cost a hundredth of it, and all that are open four hundredths |
/// | `GAMES_LIMITS` | none | what limits bets in rooms of house games, where it differs from the usual: [`GameLimits`] |
/// | `JACKPOT_…` | | those of [`JackpotSettings`] |
/// | `EVENS_QUEUE_URL_PREFIX` | asked of SQS by name | what the URLs of all queues begin with, up to and with the stage; `{queue}.fifo` and `{queue}-dead-letter.fifo` follow |
/// | `AWS_REGION`, `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_DYNAMODB`, `AWS_ENDPOINT_URL_SQS`, credentials | as the SDK has it, but looked for in the environment alone | read by [`crate::Clients`] and [`crate::Identity`] |
/// | `RUST_LOG`, `NO_COLOR` | `info` | read by [`crate::telemetry`] |
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Where the program runs.
    pub stage: Stage,
    /// The DynamoDB table.
    pub table: String,
    /// The keys that tokens may be signed with.
    pub token_public_keys: Vec<PublicKey>,
    /// Who issues tokens.
    pub token_issuer: String,
    /// Whom tokens are for.
    pub token_audience: String,
    /// What limits every bet.
    pub betting: BettingLimits,
    /// The country of phone numbers that are given without one.
    pub phone_country: Country,
    /// How often who may ask.
    pub rate_limits: RateLimits,
    /// The networks of proxies in front of one box.
    pub trusted_proxies: Vec<IpNet>,
    /// Where days of attendance begin.
    pub attendance_offset: AttendanceOffset,
    /// The bonus for signing up; zero for none.
    pub registration_bonus: Amount,
    /// When it is given.
    pub registration_bonus_after: BonusAfter,
    /// What each player who signed up with a code is worth to those above them in the tree of referrals.
    pub referral_bonus: ReferralBonuses,
    /// When it is given.
    pub referral_bonus_after: ReferralBonusAfter,
    /// How many of them a player gets on a day at most.
    pub referral_bonuses_per_day: Option<NonZeroU32>,
    /// What the house plays with.
    pub games_bankroll: Amount,
    /// What limits bets in the rooms of house games.
    pub games_limits: GameLimits,
    /// What operations of jackpots are held to.
    pub jackpots: JackpotSettings,
    /// Where the queues are; none where SQS is to be asked.
    pub queue_urls: Option<QueueUrls>,
}

impl Settings {
    /// 25.00, as the old system gave it.
    const REGISTRATION_BONUS_UNITS: i128 = 25 * 100_000_000;

    /// 10,000,000.
    const GAMES_BANKROLL_UNITS: i128 = 10_000_000 * 100_000_000;

    /// 1.00.
    const STAKE_MIN_UNITS: i128 = 100_000_000;

    /// Reads the environment.
    ///
    /// # Errors
    /// The first variable, in the order of the table above, that cannot be used.
    pub fn from_env() -> Result<Self, StartError> {
        Self::from_lookup(variable)
    }

    /// The settings of a machine whose environment says nothing.
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

    /// Says in the log which settings nobody can use, and what holds instead.
    pub fn warn(&self) {
        for wrong in &self.jackpots.wrong {
            tracing::warn!(setting = wrong.name, "{wrong}");
        }
    }

    /// Reads variables from wherever they are. An empty one counts as not set.
    ///
    /// # Errors
    /// As [`Settings::from_env`].
    pub fn from_lookup(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, StartError> {
        Self::read(Need::ALL, &lookup)
    }

    /// The same for a function that has use for these only: it reads no other, and gets the defaults of those.
    ///
    /// # Errors
    /// 1. There is no such stage.
    /// 2. The first variable that is not there, although the function cannot do without it ([`require_told`]).
    /// 3. As [`Settings::from_env`].
    pub fn of_function(needs: &[Need], lookup: impl Fn(&str) -> Option<String>) -> Result<Self, StartError> {
        let stage = lookup("EVENS_STAGE").filter(|name| !name.is_empty());
        let stage = stage.map_or(Ok(Stage::Local), |name| name.parse())?;
        let needed = needs.iter().map(|need| need.variable());
        require_told(stage, OF_EVERY_FUNCTION.into_iter().chain(needed), &lookup)?;
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
            let message = format!("there is no key to check tokens with in the stage {}", stage.as_str());
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
            phone_country: optional(lookup, Need::PhoneCountry, "a country's two letters, such as IN")?
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
                "an amount such as 10.00, or up to five: 10,5",
            )?
            .unwrap_or(defaults.referral_bonus),
            referral_bonus_after: optional(lookup, Need::ReferralBonusAfter, "sign-up or deposit")?
                .unwrap_or(defaults.referral_bonus_after),
            referral_bonuses_per_day: optional(
                lookup,
                Need::ReferralBonusesPerDay,
                "a number from 1, or to nothing",
            )?,
            games_bankroll: optional(lookup, Need::GamesBankroll, "an amount such as 10000000")?
                .unwrap_or(defaults.games_bankroll),
            games_limits: parse_game_limits(&lookup(Need::GamesLimits.variable()).unwrap_or_default())?,
            jackpots: parse_jackpots(lookup)?,
            queue_urls: lookup(QUEUE_URL_PREFIX).map(|prefix| QueueUrls::from_prefix(&prefix)),
        })
    }
}

/// A variable of the environment, for settings that only some functions have. Each is read once, at the start.
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
