//! The platform's public settings.

use crate::Money;
use serde::Serialize;
use utoipa::ToSchema;

/// The platform's settings that clients show, or check before a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlatformBody {
    /// `local`, `dev`, `staging` or `prod`.
    pub stage: &'static str,
    /// The ISO 4217 code of the currency of all amounts.
    pub currency: String,
    /// Maximum number of decimals in the amount of a stake, deposit or withdrawal.
    pub currency_decimals: u32,
    /// The two-letter code of the country of phone numbers without a country code.
    pub phone_country: String,
    /// `true` if new bets are accepted.
    pub bets: bool,
    /// `true` if new deposits are accepted.
    pub deposits: bool,
    /// `true` if new withdrawals are accepted.
    pub withdrawals: bool,
    /// The switches by which operators have paused something: `all`, `bets`, `deposits`, `withdrawals`.
    pub paused: Vec<&'static str>,
    /// The minimum stake of a bet in a round; a round may require more.
    pub stake_min: Money,
    /// The maximum stake of a bet in a round.
    pub stake_max: Money,
    /// Seconds after which the unmatched part of a bet is refunded, at most a minute late.
    pub refund_after_seconds: i64,
    /// The minimum deposit.
    pub deposit_min: Money,
    /// The maximum deposit.
    pub deposit_max: Money,
    /// The minimum withdrawal.
    pub withdrawal_min: Money,
}
