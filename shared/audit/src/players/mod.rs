//! Players: what they are owed for signing up, and the names that lead to them.

pub(crate) mod bonuses;
pub(crate) mod names;
pub(crate) mod sign_up;
