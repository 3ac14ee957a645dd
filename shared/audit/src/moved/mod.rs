//! Checks recent movements: the newest entries of some wallets, and the records that explain them, instead of all
//! books.
//!
//! The order of calls is [`Books::record_moved`] for each wallet and [`Books::record`] for each transfer, then
//! [`Books::record`] for all that is [wanted](Books::wanted) until nothing more is, then [`Books::check_moved`].

mod causes;
mod check;

use crate::books::Books;
use crate::wallet::chain::Chain;
use evens_ledger::{BalanceKind, Entry, Wallet};
use evens_records::Record;

impl Books {
    /// Adds a wallet with its newest entries, oldest first. Older entries are taken as checked before: the wallet must
    /// be what they left and these entries made of it.
    pub fn record_moved(&mut self, wallet: Wallet, entries: Vec<Entry>) {
        self.chains.insert(wallet.user, Chain::after(before(&wallet, &entries)));
        self.record(Record::Wallet(wallet));
        for entry in entries {
            self.record_entry(entry);
        }
    }
}

/// The wallet before these entries, by what the entries say. A balance that none of them moved is that of the wallet.
fn before(wallet: &Wallet, entries: &[Entry]) -> Wallet {
    let Some(first) = entries.first() else { return wallet.clone() };
    let balance_before = |kind: BalanceKind| {
        entries.iter().find(|entry| entry.balance_kind == kind).map(|entry| entry.balance_before)
    };
    Wallet {
        balance: balance_before(BalanceKind::Cash).unwrap_or(wallet.balance),
        bonus: balance_before(BalanceKind::Bonus).unwrap_or(wallet.bonus),
        version: first.number.saturating_sub(1),
        head: first.previous_hash,
        ..wallet.clone()
    }
}
