//! Short names for values that the tests often use.

use evens_ledger::{Amount, EntryKey, Posting, SystemAccount, UserId, Wallet};
use jiff::Timestamp;

pub(crate) fn amount(text: &str) -> Amount {
    text.parse().expect("an amount")
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

pub(crate) fn user(number: u64) -> UserId {
    UserId::new(number).expect("a player's number")
}

/// The wallet of player 42 with this balance, without stored entries.
pub(crate) fn wallet_of(balance: &str) -> Wallet {
    Wallet { balance: amount(balance), ..Wallet::empty(user(42)) }
}

/// A movement under this key, against the house.
pub(crate) fn posting(key: &str, moved: &str) -> Posting {
    Posting {
        key: EntryKey::from_stored(format!("TEST:{key}")),
        amount: amount(moved),
        account: SystemAccount::House,
        reference: key.to_owned(),
    }
}
