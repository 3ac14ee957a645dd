//! [`ReviewedUserBody`]: an account as staff see it.

use crate::{Data, Time, WalletBody};
use evens_ledger::Wallet;
use evens_players::{Account, ReferralCode, Session, UserName};
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

/// An account with its wallet and its sessions, as staff see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReviewedUserBody {
    /// The user's number.
    pub user_id: u64,
    /// The phone number to log in with, in E.164.
    pub phone_no: String,
    /// The display name; null if there is none.
    pub user_name: Option<String>,
    /// `player`, `operator`, `oracle`, `cashier`, `auditor` or `contributor`.
    pub role: &'static str,
    /// `true` if the account is blocked.
    pub is_blocked: bool,
    /// `true` if the phone number is verified.
    pub is_phone_verified: bool,
    /// The pending step of the sign-up, or `done`.
    pub registration: &'static str,
    /// The user's own referral code.
    pub referring_code: String,
    /// The code that the user signed up with; null if there was none.
    pub referred_by: Option<String>,
    /// The owner of that code; null if there was none.
    pub referrer_id: Option<u64>,
    /// Number of users who signed up with the user's code.
    pub direct_referral_count: u64,
    /// Time of the last login (RFC 3339).
    pub last_login_at: Option<Time>,
    /// Address of the last login.
    pub last_login_ip: Option<String>,
    /// Time of the sign-up (RFC 3339).
    pub created_at: Time,
    /// The wallet.
    pub wallet: WalletBody,
    /// The sessions that have not ended, newest first.
    pub sessions: Vec<OpenSessionBody>,
}

/// A session that has not ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OpenSessionBody {
    /// Time of the login (RFC 3339).
    pub created_at: Time,
    /// Time of the last refresh (RFC 3339).
    pub refreshed_at: Time,
    /// Time of the end without a further refresh (RFC 3339).
    pub expires_at: Time,
}

impl ReviewedUserBody {
    /// An account with its wallet, and those of its sessions that are open now.
    pub fn new(account: &Account, wallet: &Wallet, sessions: &[Session], now: Timestamp) -> Self {
        let last_login = account.last_login.as_ref();
        let mut open: Vec<_> = sessions.iter().filter(|session| session.expires_at > now).collect();
        open.sort_by_key(|session| std::cmp::Reverse(session.created_at));
        Self {
            user_id: account.user.number(),
            phone_no: account.phone.to_string(),
            user_name: account.name.as_ref().map(UserName::to_string),
            role: account.role.as_str(),
            is_blocked: account.is_blocked,
            is_phone_verified: account.is_phone_verified,
            registration: account.registration.as_str(),
            referring_code: account.referral_code.to_string(),
            referred_by: account.referred_by.as_ref().map(ReferralCode::to_string),
            referrer_id: account.referrer.map(evens_ledger::UserId::number),
            direct_referral_count: account.direct_referral_count,
            last_login_at: last_login.map(|login| login.at.into()),
            last_login_ip: last_login.map(|login| login.address.clone()),
            created_at: account.created_at.into(),
            wallet: Data::<WalletBody>::from(wallet).data,
            sessions: open.into_iter().map(OpenSessionBody::from).collect(),
        }
    }
}

impl From<&Session> for OpenSessionBody {
    fn from(session: &Session) -> Self {
        Self {
            created_at: session.created_at.into(),
            refreshed_at: session.rotated_at.into(),
            expires_at: session.expires_at.into(),
        }
    }
}
