//! One file per kind of item: its key, its index keys, and how it is written and read.

pub(crate) mod account;
pub(crate) mod attendance;
pub(crate) mod listed_player;
pub(crate) mod login;
pub(crate) mod phone_code;
pub(crate) mod recovery;
pub(crate) mod referral;
pub(crate) mod referral_code;
pub(crate) mod session;
