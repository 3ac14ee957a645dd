//! Players: bonuses owed for sign-ups, and the names that lead to accounts.

pub(crate) mod bonuses;
pub(crate) mod names;
pub(crate) mod sign_up;
