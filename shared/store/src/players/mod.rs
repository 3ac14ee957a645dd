//! Players in the table: accounts, logins, sessions, referrals and days of attendance.

pub(crate) mod entities;
pub(crate) mod player_lists;
pub(crate) mod reads;
pub(crate) mod transactions;
