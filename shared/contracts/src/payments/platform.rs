//! The settings of the platform that are public.

use crate::Money;
use serde::Serialize;
use utoipa::ToSchema;

/// `200` to `GET /api/platform`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlatformAnswer {
    /// The platform.
    pub data: PlatformBody,
}

/// The settings of the platform that clients show or check before they ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of the answer's body")]
pub struct PlatformBody {
    /// `local`, `dev`, `staging` or `prod`.
    pub stage: &'static str,
    /// The currency of all amounts, by its ISO 4217 code.
    pub currency: String,
    /// How many decimals an amount of money in or out may have.
    pub currency_decimals: u32,
    /// The country of phone numbers that are given without one, by its two letters.
    pub phone_country: String,
    /// Whether new bets are taken.
    pub bets: bool,
    /// Whether new deposits are taken.
    pub deposits: bool,
    /// Whether new withdrawals are taken.
    pub withdrawals: bool,
    /// The least stake of a bet in a round; a round may ask for more.
    pub stake_min: Money,
    /// The largest stake of a bet in a round.
    pub stake_max: Money,
    /// The least deposit.
    pub deposit_min: Money,
    /// The largest deposit.
    pub deposit_max: Money,
    /// The least withdrawal.
    pub withdrawal_min: Money,
}
