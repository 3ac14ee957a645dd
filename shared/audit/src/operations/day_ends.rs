//! [`DayEnds`]: the state of the books at the ends of some days, from the entries of each wallet in their order.

use crate::books::Books;
use evens_ledger::{Digest, Entry, SystemAccount, Transfer, UserId};
use evens_records::{DaySeal, SealedDays, SealedParts};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};
use std::ops::Bound::{Excluded, Unbounded};

/// The state of the books at the ends of some days.
#[derive(Debug, Default)]
pub struct DayEnds {
    /// The newest one that covers everything until its day, which stands for earlier ones.
    whole: Option<DayEnd>,
    /// Those that cover the movements since another day, by their end.
    moved: BTreeMap<Timestamp, DayEnd>,
}

/// The movements of some days, added up.
#[derive(Debug)]
struct DayEnd {
    days: SealedDays,
    /// `None` from the beginning of the books.
    begin: Option<Timestamp>,
    end: Timestamp,
    wallets: BTreeMap<UserId, LastEntry>,
    accounts: HashMap<SystemAccount, i128>,
    /// The lines of the transfers so far, in a [chain](next).
    transfers: Digest,
}

/// The last entry of a wallet in some days.
#[derive(Debug, Clone, Copy)]
struct LastEntry {
    number: u64,
    hash: Digest,
}

impl DayEnds {
    /// The ends of these days, before any entry. Days without a representable end are left out.
    pub fn of(days: impl IntoIterator<Item = SealedDays>) -> Self {
        let mut ends = Self::default();
        for day_end in days.into_iter().filter_map(DayEnd::of) {
            if day_end.begin.is_some() {
                ends.moved.insert(day_end.end, day_end);
            } else if ends.whole.as_ref().is_none_or(|whole| whole.end < day_end.end) {
                ends.whole = Some(day_end);
            }
        }
        ends
    }

    /// Adds the next entry of its wallet. `reached` is the latest time of this entry and those before it: an entry
    /// after a later one belongs to the later day, whatever its time.
    pub(crate) fn follow(&mut self, entry: &Entry, reached: Timestamp) {
        if let Some(day_end) = self.whole.as_mut().filter(|day_end| reached < day_end.end) {
            day_end.add(entry);
        }
        let next = self.moved.range_mut((Excluded(reached), Unbounded)).next();
        if let Some((_, day_end)) = next
            && day_end.begin.is_some_and(|begin| begin <= reached)
        {
            day_end.add(entry);
        }
    }

    /// Adds the next transfer, in the order of their keys.
    pub(crate) fn follow_transfer(&mut self, transfer: &Transfer) {
        let day_ends = self.whole.iter_mut().chain(self.moved.values_mut());
        day_ends.for_each(|day_end| day_end.add_transfer(transfer));
    }

    fn find(&self, days: SealedDays) -> Option<&DayEnd> {
        self.whole.iter().chain(self.moved.values()).find(|day_end| day_end.days == days)
    }

    /// The parts of the seal of these days, if their end is computed here.
    pub(crate) fn parts(&self, days: SealedDays, books: &Books) -> Option<SealedParts> {
        Some(self.find(days)?.parts(books))
    }
}

impl DayEnd {
    fn of(days: SealedDays) -> Option<Self> {
        let begin = match days.after {
            Some(after) => Some(DaySeal::end_of(after)?),
            None => None,
        };
        let (wallets, accounts) = (BTreeMap::new(), HashMap::new());
        let (end, transfers) = (DaySeal::end_of(days.last)?, Digest::ZERO);
        Some(Self { days, begin, end, wallets, accounts, transfers })
    }

    fn add(&mut self, entry: &Entry) {
        self.wallets.insert(entry.user, LastEntry { number: entry.number, hash: entry.hash });
        add_units(&mut self.accounts, &entry.account, -entry.units_signed());
    }

    fn add_transfer(&mut self, transfer: &Transfer) {
        if self.covers(transfer.at) {
            let Transfer { key, from, to, amount, reference, at } = transfer;
            add_units(&mut self.accounts, from, -amount.units());
            add_units(&mut self.accounts, to, amount.units());
            self.transfers = next(self.transfers, &format!("{key} {from} {to} {amount} {at} {reference}"));
        }
    }

    fn covers(&self, at: Timestamp) -> bool {
        self.begin.is_none_or(|begin| begin <= at) && at < self.end
    }

    fn parts(&self, books: &Books) -> SealedParts {
        let wallets = self.wallets.iter().map(|(user, last)| format!("{user} {} {}", last.number, last.hash));
        // If all books are here, no transfer was added before.
        let mut moved = Self { wallets: BTreeMap::new(), accounts: self.accounts.clone(), ..*self };
        books.transfers_in_order().for_each(|transfer| moved.add_transfer(&transfer));
        let accounts = moved.accounts.into_iter().filter(|(_, units)| *units != 0);
        let accounts: BTreeMap<_, _> =
            accounts.map(|(account, units)| (account.to_string(), units)).collect();
        let lines = books.audit_lines.values().take_while(|line| line.at < self.end);
        // Only the newest lines may be here.
        let earlier =
            books.audit_lines.values().next().map_or(books.audit_head.hash, |line| line.previous_hash);
        SealedParts {
            wallets: chained(wallets),
            accounts: chained(accounts.into_iter().map(|(account, units)| format!("{account} {units}"))),
            transfers: moved.transfers,
            audit_log: lines.last().map_or(earlier, |line| line.hash),
        }
    }
}

fn add_units(accounts: &mut HashMap<SystemAccount, i128>, account: &SystemAccount, units: i128) {
    match accounts.get_mut(account) {
        Some(before) => *before += units,
        None => drop(accounts.insert(account.clone(), units)),
    }
}

/// Chains lines into one digest, starting from zero.
fn chained(lines: impl Iterator<Item = String>) -> Digest {
    lines.fold(Digest::ZERO, |before, line| next(before, &line))
}

/// The digest of a line together with that of the previous ones.
fn next(before: Digest, line: &str) -> Digest {
    Digest::of(format!("{before}\n{line}").as_bytes())
}
