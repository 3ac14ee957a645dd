//! [`UserBody`]: an account as its player sees it, with current fields, and beside them those of the old system's
//! clients.

use crate::{Money, Time};
use evens_ledger::Amount;
use evens_players::{Account, ReferralCode, UserName};
use serde::Serialize;
use utoipa::ToSchema;

/// A player's account, as its player sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "two facts about the account, each under two names")]
pub struct UserBody {
    /// The player's number.
    pub user_id: u64,
    /// The phone number to log in with, in E.164.
    pub phone_no: String,
    /// The player's display name; null if there is none.
    pub user_name: Option<String>,
    /// The number of the client's picture that the player chose.
    pub profile_picture_id: Option<u32>,
    /// `player`, `operator`, `oracle`, `cashier`, `auditor` or `contributor`.
    pub role: &'static str,
    /// `true` if the account is blocked.
    pub is_blocked: bool,
    /// `true` if the phone number is verified.
    pub is_phone_verified: bool,
    /// The VIP level.
    pub vip_level: u32,
    /// The balance for bets; `GET /api/wallet` has the other balances.
    pub wallet_balance: Money,
    /// The player's own referral code.
    pub referring_code: String,
    /// The code that the player signed up with; null if there was none.
    pub referred_by: Option<String>,
    /// Number of players who signed up with the player's code.
    pub direct_referral_count: u64,
    /// The same number under its other old name.
    pub total_referrals: u64,
    /// Time of the last login (RFC 3339).
    pub last_login_at: Option<Time>,
    /// Address of the last login.
    pub last_login_ip: Option<String>,
    /// Time of the sign-up (RFC 3339).
    pub created_at: Time,
    /// `userId`, for old clients.
    #[serde(rename = "user_id")]
    pub old_user_id: u64,
    /// `phoneNo`, for old clients.
    #[serde(rename = "phone_no")]
    pub old_phone_no: String,
    /// `userName`, for old clients.
    #[serde(rename = "user_name")]
    pub old_user_name: Option<String>,
    /// `profilePictureId`, for old clients.
    #[serde(rename = "profile_picture_id")]
    pub old_profile_picture_id: Option<u32>,
    /// `isBlocked`, for old clients.
    #[serde(rename = "is_blocked")]
    pub old_is_blocked: bool,
    /// `isPhoneVerified`, for old clients.
    #[serde(rename = "is_phone_verified")]
    pub old_is_phone_verified: bool,
    /// `vipLevel`, for old clients.
    #[serde(rename = "vip_level")]
    pub old_vip_level: u32,
    /// `walletBalance`, for old clients.
    #[serde(rename = "wallet_balance")]
    pub old_wallet_balance: Money,
    /// `referringCode`, for old clients.
    #[serde(rename = "referring_code")]
    pub old_referring_code: String,
    /// `referredBy`, for old clients.
    #[serde(rename = "referred_by")]
    pub old_referred_by: Option<String>,
    /// `directReferralCount`, for old clients.
    #[serde(rename = "direct_referral_count")]
    pub old_direct_referral_count: u64,
    /// `totalReferrals`, for old clients.
    #[serde(rename = "total_referrals")]
    pub old_total_referrals: u64,
    /// `lastLoginAt`, for old clients.
    #[serde(rename = "last_login_at")]
    pub old_last_login_at: Option<Time>,
    /// `lastLoginIp`, for old clients.
    #[serde(rename = "last_login_ip")]
    pub old_last_login_ip: Option<String>,
}

impl UserBody {
    /// An account with its wallet's balance.
    pub fn new(account: &Account, balance: Amount) -> Self {
        let last_login = account.last_login.as_ref();
        let phone_no = account.phone.to_string();
        let user_name = account.name.as_ref().map(UserName::to_string);
        let referring_code = account.referral_code.to_string();
        let referred_by = account.referred_by.as_ref().map(ReferralCode::to_string);
        let last_login_at = last_login.map(|login| Time::from(login.at));
        let last_login_ip = last_login.map(|login| login.address.clone());
        Self {
            user_id: account.user.number(),
            phone_no: phone_no.clone(),
            user_name: user_name.clone(),
            profile_picture_id: account.picture,
            role: account.role.as_str(),
            is_blocked: account.is_blocked,
            is_phone_verified: account.is_phone_verified,
            vip_level: account.vip_level,
            wallet_balance: balance.into(),
            referring_code: referring_code.clone(),
            referred_by: referred_by.clone(),
            direct_referral_count: account.direct_referral_count,
            total_referrals: account.direct_referral_count,
            last_login_at,
            last_login_ip: last_login_ip.clone(),
            created_at: account.created_at.into(),
            old_user_id: account.user.number(),
            old_phone_no: phone_no,
            old_user_name: user_name,
            old_profile_picture_id: account.picture,
            old_is_blocked: account.is_blocked,
            old_is_phone_verified: account.is_phone_verified,
            old_vip_level: account.vip_level,
            old_wallet_balance: balance.into(),
            old_referring_code: referring_code,
            old_referred_by: referred_by,
            old_direct_referral_count: account.direct_referral_count,
            old_total_referrals: account.direct_referral_count,
            old_last_login_at: last_login_at,
            old_last_login_ip: last_login_ip,
        }
    }
}
