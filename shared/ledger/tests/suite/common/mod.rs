//! Short names for what the tests write often.

use evens_ledger::{Amount, EntryKey, Posting, SystemAccount, UserId, Wallet};
use jiff::Timestamp;

/// The amount that the text says.
pub(crate) fn amount(text: &str) -> Amount {
    text.parse().expect("an amount")
}

/// The time that the text says.
pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// The player of that number.
pub(crate) fn user(number: u64) -> UserId {
    UserId::new(number).expect("a player's number")
}

/// The wallet of player 42 that holds so much, as if by entries that nobody kept.
pub(crate) fn wallet_of(balance: &str) -> Wallet {
    Wallet { balance: amount(balance), ..Wallet::empty(user(42)) }
}

/// A movement of so much under that key, against the house.
pub(crate) fn posting(key: &str, moved: &str) -> Posting {
    Posting {
        key: EntryKey::from_stored(format!("TEST:{key}")),
        amount: amount(moved),
        account: SystemAccount::House,
        reference: key.to_owned(),
    }
}
