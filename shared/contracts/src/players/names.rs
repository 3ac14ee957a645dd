//! `GET /api/operator/names`: the display names of users.

use evens_ledger::{UserId, UserIdError};
use evens_players::UserName;
use serde::Serialize;
use std::collections::BTreeMap;
use std::str::FromStr;
use utoipa::ToSchema;

/// The users whose names are requested: numbers with commas between them, 1 to 100.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedUsers(pub Vec<UserId>);

/// The text is not a list of user numbers, or has too many of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to {} user numbers, with commas between them", NamedUsers::LENGTH_MAX)]
pub struct NamedUsersError;

impl NamedUsers {
    /// Maximum number of users: what the table answers at once.
    pub const LENGTH_MAX: usize = 100;
}

impl FromStr for NamedUsers {
    type Err = NamedUsersError;

    fn from_str(text: &str) -> Result<Self, NamedUsersError> {
        let users: Result<Vec<UserId>, UserIdError> = text.split(',').map(str::parse).collect();
        let mut users = users.map_err(|_| NamedUsersError)?;
        users.sort_unstable();
        users.dedup();
        if users.len() <= Self::LENGTH_MAX { Ok(Self(users)) } else { Err(NamedUsersError) }
    }
}

/// `200` to `GET /api/operator/names`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct NameListAnswer {
    /// The requested users, by ascending number.
    pub data: Vec<NamedUserBody>,
}

/// A user with their display name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NamedUserBody {
    /// The user's number.
    pub user_id: u64,
    /// The display name; null if there is none.
    pub user_name: Option<String>,
}

impl NamedUserBody {
    /// A user with the name that is known of them.
    pub fn new(user: UserId, names: &BTreeMap<UserId, UserName>) -> Self {
        Self { user_id: user.number(), user_name: names.get(&user).map(UserName::to_string) }
    }
}

impl NameListAnswer {
    /// The users with the names that are known of them.
    pub fn new(users: &[UserId], names: &BTreeMap<UserId, UserName>) -> Self {
        Self { data: users.iter().map(|user| NamedUserBody::new(*user, names)).collect() }
    }
}
