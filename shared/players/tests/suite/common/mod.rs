//! Short names for what the tests write often.

use evens_ledger::UserId;
use evens_players::{Account, Country, FamilyId, PhoneNumber, ReferralCode, RefreshToken};
use jiff::Timestamp;

/// The player of that number.
pub(crate) fn user(number: u64) -> UserId {
    UserId::new(number).expect("a player's number")
}

/// So many seconds into 2024.
pub(crate) fn second(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_704_067_200 + seconds).expect("a time")
}

/// The country of those two letters.
pub(crate) fn country(letters: &str) -> Country {
    letters.parse().expect("a country")
}

/// A stored phone number.
pub(crate) fn phone(text: &str) -> PhoneNumber {
    text.parse().expect("a phone number")
}

/// The referral code of five times that byte.
pub(crate) fn code(byte: u8) -> ReferralCode {
    ReferralCode::from_random([byte; 5])
}

/// A token of player 1 whose secret is 32 times that byte.
pub(crate) fn token(secret: u8) -> RefreshToken {
    RefreshToken::new(user(1), FamilyId::from_random([7; 16]), [secret; 32])
}

/// Player 1, who just signed up; with the code of player 2 or with none.
pub(crate) fn registered(referred_by: Option<ReferralCode>) -> Account {
    Account::register(user(1), phone("+919876543210"), None, code(1), referred_by, second(0))
}

/// The rows of a table in a test: its lines without the header, each cut at white space.
pub(crate) fn rows<const COLUMNS: usize>(table: &str) -> Vec<[&str; COLUMNS]> {
    let lines = table.lines().filter(|line| !line.trim().is_empty()).skip(1);
    let cells = lines.map(|line| line.split_whitespace().collect::<Vec<_>>());
    cells.map(|cells| cells.try_into().expect("one cell for each column")).collect()
}
