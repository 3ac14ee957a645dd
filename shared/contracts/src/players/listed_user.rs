//! Users in lists of staff: the newest ones, and those found by a search.

use crate::http::cursor::written_as;
use crate::{Money, Time};
use evens_ledger::Wallet;
use evens_players::{Account, PlayerPlace, UserName};
use serde::Serialize;
use utoipa::ToSchema;

/// The next page contains the players who signed up before this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlayerCursor {
    /// The last player of the previous page.
    pub before: PlayerPlace,
}

written_as!(PlayerCursor, "before-player", before);

/// `200` to `GET /api/operator/players`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListedUserListAnswer {
    /// The users, those who signed up last first, 50 a page.
    pub data: Vec<ListedUserBody>,
    /// Start of the next page; null on the last page.
    pub next_cursor: Option<String>,
}

impl ListedUserListAnswer {
    /// A page of users with their wallets. The next page starts before `next`.
    pub fn new(users: &[(Account, Wallet)], next: Option<PlayerPlace>) -> Self {
        let next_cursor = next.map(|before| PlayerCursor { before }.to_string());
        Self { data: users.iter().map(ListedUserBody::from).collect(), next_cursor }
    }
}

/// A user in a list. `GET /api/operator/users/{userId}` has the whole account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ListedUserBody {
    /// The user's number.
    pub user_id: u64,
    /// The display name; null if there is none.
    pub user_name: Option<String>,
    /// The phone number to log in with, in E.164.
    pub phone_no: String,
    /// `true` if the phone number is verified.
    pub is_phone_verified: bool,
    /// `player`, `operator`, `oracle`, `cashier`, `auditor` or `contributor`.
    pub role: &'static str,
    /// `true` if the account is blocked.
    pub is_blocked: bool,
    /// Time of the sign-up (RFC 3339).
    pub created_at: Time,
    /// Time of the last login (RFC 3339); null before the first one.
    pub last_login_at: Option<Time>,
    /// The available balance.
    pub balance: Money,
}

impl From<&(Account, Wallet)> for ListedUserBody {
    fn from((account, wallet): &(Account, Wallet)) -> Self {
        Self {
            user_id: account.user.number(),
            user_name: account.name.as_ref().map(UserName::to_string),
            phone_no: account.phone.to_string(),
            is_phone_verified: account.is_phone_verified,
            role: account.role.as_str(),
            is_blocked: account.is_blocked,
            created_at: account.created_at.into(),
            last_login_at: account.last_login.as_ref().map(|login| login.at.into()),
            balance: wallet.balance.into(),
        }
    }
}
