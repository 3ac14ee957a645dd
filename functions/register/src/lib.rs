//! `POST /api/users/signup`: makes an account in one transaction, opens a session, asks for the bonus, and answers 201.
//!
//! The phone number and the referral code are unique because each is an item of its own in that transaction. What else
//! a new player gets is owed by the account itself until it is given: if the message is lost, the sweeper finds it.
//!
//! Architecture invariant: nothing but the transaction, the session and the hash of the password is in the request.
//!
//! Not in simulated runs: nobody hashes a password there.

mod handler;

pub use handler::router;

use evens_runtime::Need;

/// What it has to be told.
pub const NEEDS: &[Need] = &[
    Need::TokenPublicKeys,
    Need::RateLimits,
    Need::PhoneCountry,
    Need::RegistrationBonus,
    Need::RegistrationBonusAfter,
    Need::ReferralBonus,
];
