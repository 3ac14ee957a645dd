//! Players: their accounts, sessions, referrals, days and wallets.

mod attendance;
mod blocking;
mod cookie_session;
mod login;
mod operate_users;
mod phone;
mod referral;
mod sessions;
mod sign_up;
mod wallet;
