//! Checks recent movements: the newest entries of some wallets, and the records that explain them, instead of all
//! books.
//!
//! The order of calls is [`Books::record_moved`] for each wallet and [`Books::record`] for each transfer, then
//! [`Books::record`] for all that is [wanted](Books::wanted) until nothing more is, then [`Books::check_moved`].
//!
//! Old movements are checked in the same way, with [`Books::record_ledger`] for each wallet.

mod causes;
mod check;
mod transfer_order;
mod whole;

pub use causes::may_be_of_operators;
pub use transfer_order::TransferOrder;

use crate::books::Books;
use crate::wallet::chain::Chain;
use evens_ledger::{Amount, BalanceKind, Entry, Wallet};
use evens_records::Record;

impl Books {
    /// Adds a wallet with its newest entries, oldest first, and with some entries before them. Those are taken as
    /// checked before: the wallet must follow from them and the newest entries.
    pub fn record_moved(&mut self, wallet: Wallet, before: &[Entry], entries: Vec<Entry>) {
        let start = left_by(&wallet, before, &entries);
        self.record_continued(start, wallet, entries);
    }

    /// Adds a part of a wallet's ledger: all entries from `start`, the wallet as earlier entries left it, to `end`. If
    /// this is the whole ledger, the records of its player must have their entries in it.
    pub fn record_ledger(&mut self, start: Wallet, end: Wallet, is_whole: bool, entries: Vec<Entry>) {
        if is_whole {
            self.whole_ledgers.insert(end.user);
        }
        self.record_continued(start, end, entries);
    }

    fn record_continued(&mut self, start: Wallet, end: Wallet, entries: Vec<Entry>) {
        self.chains.insert(end.user, Chain::after(start));
        self.record(Record::Wallet(end));
        for entry in entries {
            self.record_entry(entry);
        }
    }
}

/// The wallet as the entries `before` left it. Of a balance that none of them moved, the newest entries tell how it
/// was, or else the wallet.
fn left_by(wallet: &Wallet, before: &[Entry], entries: &[Entry]) -> Wallet {
    let balance = |kind: BalanceKind, of_wallet: Amount| {
        let is_of_kind = |entry: &&Entry| entry.balance_kind == kind;
        let left = before.iter().rev().find(is_of_kind).map(|entry| entry.balance_after);
        left.or_else(|| entries.iter().find(is_of_kind).map(|entry| entry.balance_before))
            .unwrap_or(of_wallet)
    };
    let (version, head) = match (before.last(), entries.first()) {
        (Some(last), _) => (last.number, last.hash),
        (None, Some(first)) => (first.number.saturating_sub(1), first.previous_hash),
        (None, None) => (wallet.version, wallet.head),
    };
    Wallet {
        balance: balance(BalanceKind::Cash, wallet.balance),
        bonus: balance(BalanceKind::Bonus, wallet.bonus),
        version,
        head,
        ..wallet.clone()
    }
}
