//! Gives a new player what they are owed: the bonus, then their referral, then the bonuses of those above them.
//!
//! Each step asks for the next one when it is done; none waits for another, and none holds a wallet while it waits, so
//! there is no order in which two could hold each other up: transactions that meet are tried again. Keeps M3: a bonus
//! shares a transaction with the state of the account that owes it.
//!
//! A referral code that nobody has is no fault: anybody may type one. The sign-up then ends without a referral, and a
//! line of the log says so.
//!
//! Architecture invariant: a job is a hint. What is owed is read from the account.

mod handler;

pub use handler::handle;

use evens_runtime::Need;

/// What it has to be told.
pub const NEEDS: &[Need] = &[
    Need::AttendanceOffset,
    Need::RegistrationBonus,
    Need::ReferralBonus,
    Need::ReferralBonusAfter,
    Need::ReferralBonusesPerDay,
];
