//! A transaction is a function with a name. Its documentation lists its conditions, numbered like the items of the
//! request; the lowest one that failed decides the outcome.

pub(crate) mod account_update;
pub(crate) mod apply_bonus;
pub(crate) mod import_referral;
pub(crate) mod owe_referral_bonus;
pub(crate) mod record_attendance;
pub(crate) mod record_referral;
pub(crate) mod recover;
pub(crate) mod sessions;
pub(crate) mod sign_up;
pub(crate) mod update_profile;
pub(crate) mod verify_phone;
pub(crate) mod write_account;
