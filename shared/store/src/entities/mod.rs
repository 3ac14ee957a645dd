//! One file per kind of item: its key, its index keys, and how it is written and read.

pub(crate) mod account;
pub(crate) mod attendance;
pub(crate) mod bet;
pub(crate) mod bet_match;
pub(crate) mod cashier;
pub(crate) mod deposit;
pub(crate) mod entry;
pub(crate) mod funding;
pub(crate) mod login;
pub(crate) mod order;
pub(crate) mod rate;
pub(crate) mod referral;
pub(crate) mod referral_code;
pub(crate) mod round;
pub(crate) mod session;
pub(crate) mod shard;
pub(crate) mod stored_order;
pub(crate) mod totals;
pub(crate) mod transfer;
pub(crate) mod waiting;
pub(crate) mod wallet;
pub(crate) mod withdrawal;

pub(crate) use shard::{Shard, index_sort};
