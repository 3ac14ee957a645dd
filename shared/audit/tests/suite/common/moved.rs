//! Checks the newest entries of each wallet, as the hourly check does: with the records that it asks for, by name.

use evens_audit::{Books, Report, Secrets};
use evens_ledger::{Entry, UserId, Wallet};
use evens_records::{JackpotRecord, Name, Record, RecordName};
use std::collections::{BTreeMap, BTreeSet};

/// The report on the last `newest` entries of each wallet, on all transfers, and on the audit log.
pub(crate) fn check_moved(items: &[Record], newest: usize) -> Report {
    let mut books = Books::new().with_secrets(Secrets::Unseen);
    let mut asked = BTreeSet::new();
    for item in items {
        match item {
            Record::AuditLine(_) | Record::AuditHead(_) => books.record(item.clone()),
            Record::Transfer(transfer) if asked.insert(RecordName::Transfer(transfer.key.clone())) => {
                books.record(item.clone());
            }
            _ => {}
        }
    }
    for (wallet, entries) in wallets(items) {
        // Entries that were posted together have one time.
        let since = entries.get(entries.len().saturating_sub(newest)).map(|entry| entry.at);
        let first = entries.iter().position(|entry| Some(entry.at) >= since).unwrap_or_default();
        books.record_moved(wallet, &entries[..first], entries[first..].to_vec());
    }
    loop {
        let wanted: Vec<_> = books.wanted().difference(&asked).cloned().collect();
        if wanted.is_empty() {
            return books.check_moved().0;
        }
        for name in &wanted {
            let found = items.iter().find(|item| name_of(item).as_ref() == Some(name));
            if let Some(item) = found {
                books.record(item.clone());
            }
        }
        asked.extend(wanted);
    }
}

/// The wallets, each with its entries in their order.
fn wallets(items: &[Record]) -> Vec<(Wallet, Vec<Entry>)> {
    let mut entries: BTreeMap<UserId, Vec<Entry>> = BTreeMap::new();
    for item in items {
        if let Record::Entry(entry) = item {
            entries.entry(entry.user).or_default().push(entry.clone());
        }
    }
    let wallets = items.iter().filter_map(|item| match item {
        Record::Wallet(wallet) => Some(wallet.clone()),
        _ => None,
    });
    let mut of_users: BTreeMap<UserId, Wallet> = BTreeMap::new();
    for wallet in wallets {
        of_users.entry(wallet.user).or_insert(wallet);
    }
    let of = |wallet: Wallet| {
        let mut entries = entries.remove(&wallet.user).unwrap_or_default();
        entries.sort_by_key(|entry| entry.number);
        (wallet, entries)
    };
    of_users.into_values().map(of).collect()
}

/// The name by which a record is loaded, if it can explain a movement.
fn name_of(record: &Record) -> Option<RecordName> {
    Some(match record {
        Record::Account(account) => RecordName::Account(account.user),
        Record::Bet(bet) => RecordName::Bet(bet.id),
        Record::GameBet(bet) => RecordName::Bet(bet.id),
        Record::Cashier(record) => RecordName::Cashier(record.user),
        Record::Name(Name::Code(code), _) => RecordName::Code(*code),
        Record::Funding(funding) => RecordName::Funding(funding.order.clone()),
        Record::Match(found) => RecordName::Match(found.round.clone(), found.id),
        Record::Deposit(order) => RecordName::Order(order.terms.id),
        Record::Withdrawal(order) => RecordName::Order(order.terms.id),
        Record::Period(period) => RecordName::Period(period.id),
        Record::Round(round) => RecordName::Round(round.id.clone()),
        Record::Jackpot(record) => match record.as_ref() {
            JackpotRecord::Config(terms) => RecordName::JackpotTerms(terms.group, terms.version),
            JackpotRecord::Win(win) => RecordName::JackpotWin(win.group, win.cycle),
            JackpotRecord::Contribution(made) => RecordName::Operation(made.operation.clone()),
            JackpotRecord::Award(award) => RecordName::Operation(award.operation.clone()),
            JackpotRecord::Pool(_) | JackpotRecord::Meter(_) => return None,
        },
        _ => return None,
    })
}
