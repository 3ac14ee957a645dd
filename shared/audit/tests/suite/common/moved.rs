//! Checks the newest entries of each wallet, as the hourly check does, or whole ledgers part by part, as the check of
//! the history does: with the records that they ask for, by name.

use evens_audit::{Books, Report, Secrets, may_be_of_operators};
use evens_ledger::{Entry, UserId, Wallet};
use evens_records::{JackpotRecord, Name, Record, RecordName};
use std::collections::{BTreeMap, BTreeSet};

/// The report on the last `newest` entries of each wallet, on all transfers, and on the audit log.
pub(crate) fn check_moved(items: &[Record], newest: usize) -> Report {
    let (mut books, names) = books_of_transfers(items);
    for (wallet, entries) in wallets(items) {
        // Entries that were posted together have one time.
        let since = entries.get(entries.len().saturating_sub(newest)).map(|entry| entry.at);
        let first = entries.iter().position(|entry| Some(entry.at) >= since).unwrap_or_default();
        books.record_moved(wallet, &entries[..first], entries[first..].to_vec());
    }
    with_causes(books, names, items)
}

/// The report on each ledger in parts of at most `entries_max` entries, and on all transfers.
pub(crate) fn check_history(items: &[Record], entries_max: usize) -> Report {
    let (books, names) = books_of_transfers(items);
    let mut reports = vec![with_causes(books, names, items)];
    for (wallet, entries) in wallets(items) {
        let mut start = Wallet::empty(wallet.user);
        let mut rest = entries.as_slice();
        while !rest.is_empty() {
            // Entries that were posted together have one time.
            let last = rest[entries_max.min(rest.len()) - 1].at;
            let end = rest.iter().rposition(|entry| entry.at == last).map_or(rest.len(), |at| at + 1);
            let (part, later) = rest.split_at(end);
            let left = part.iter().fold(start.clone(), |left, entry| left.left_by(entry));
            let is_whole = later.is_empty() && start.version == 0;
            let end = if later.is_empty() { wallet.clone() } else { left.clone() };
            let is_logged = part.iter().any(|entry| may_be_of_operators(&entry.key));
            let mut books = if is_logged { books_of_lines(items) } else { books_without_lines() };
            books.record_ledger(start, end, is_whole, part.to_vec());
            reports.push(with_causes(books, BTreeSet::new(), items));
            (start, rest) = (left, later);
        }
    }
    reports.into_iter().reduce(Report::and).expect("a report")
}

fn books_without_lines() -> Books {
    Books::new().with_secrets(Secrets::Unseen)
}

/// Books with the audit log.
fn books_of_lines(items: &[Record]) -> Books {
    let mut books = books_without_lines();
    let is_log = |item: &&Record| matches!(item, Record::AuditLine(_) | Record::AuditHead(_));
    items.iter().filter(is_log).for_each(|item| books.record(item.clone()));
    books
}

/// Books with the audit log and all transfers, and the names of the transfers.
fn books_of_transfers(items: &[Record]) -> (Books, BTreeSet<RecordName>) {
    let (mut books, mut names) = (books_of_lines(items), BTreeSet::new());
    for item in items {
        if let Record::Transfer(transfer) = item
            && names.insert(RecordName::Transfer(transfer.key.clone()))
        {
            books.record(item.clone());
        }
    }
    (books, names)
}

/// Adds the records that are wanted, until nothing more is, and checks.
fn with_causes(mut books: Books, mut asked: BTreeSet<RecordName>, items: &[Record]) -> Report {
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
        Record::Transfer(transfer) => RecordName::Transfer(transfer.key.clone()),
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
