//! Short names for values that the tests often use.

use evens_ledger::UserId;
use evens_players::{Account, Country, FamilyId, PhoneNumber, ReferralCode, RefreshToken, SuccessorSalt};
use jiff::Timestamp;

pub(crate) fn user(number: u64) -> UserId {
    UserId::new(number).expect("a player's number")
}

/// This many seconds after the start of 2024 (UTC).
pub(crate) fn second(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_704_067_200 + seconds).expect("a time")
}

pub(crate) fn country(letters: &str) -> Country {
    letters.parse().expect("a country")
}

pub(crate) fn phone(text: &str) -> PhoneNumber {
    text.parse().expect("a phone number")
}

/// The referral code with five times this byte.
pub(crate) fn code(byte: u8) -> ReferralCode {
    ReferralCode::from_random([byte; 5])
}

/// A token of player 1 whose secret is 32 times this byte.
pub(crate) fn token(secret: u8) -> RefreshToken {
    RefreshToken::new(user(1), FamilyId::from_random([7; 16]), [secret; 32])
}

/// The salt with 16 times this byte.
pub(crate) fn salt(byte: u8) -> SuccessorSalt {
    SuccessorSalt::from_random([byte; 16])
}

/// Player 1, just signed up, with the code of player 2 or without one.
pub(crate) fn registered(referred_by: Option<ReferralCode>) -> Account {
    Account::register(user(1), phone("+919876543210"), None, code(1), referred_by, second(0))
}

/// The rows of a table in a test: its lines without the header, each split at white space.
pub(crate) fn rows<const COLUMNS: usize>(table: &str) -> Vec<[&str; COLUMNS]> {
    let lines = table.lines().filter(|line| !line.trim().is_empty()).skip(1);
    let cells = lines.map(|line| line.split_whitespace().collect::<Vec<_>>());
    cells.map(|cells| cells.try_into().expect("one cell for each column")).collect()
}
