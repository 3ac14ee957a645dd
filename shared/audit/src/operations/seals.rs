//! Seals of days: recomputes the state of the books at the end of a day and compares it with the seal.
//!
//! The newest seal covers everything sealed before: a wallet's hash covers all its entries, and sums, transfers and the
//! audit log are cumulative. So only one day is recomputed; for the others the chain of seals is sufficient.

use crate::books::Books;
use crate::operations::lines::Lines;
use crate::report::{Subject, Violations};
use evens_audit_log::{Action, AuditLine};
use evens_ledger::{Digest, Entry, Invariant, SystemAccount, Transfer, UserId};
use evens_records::{DaySeal, SealedParts};
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::{BTreeMap, HashMap};

const RULE: Invariant = Invariant::SealsHold;

/// The state of the books at the end of a day. It reads each wallet's entries in order.
#[derive(Debug)]
pub(crate) struct DayEnd {
    day: Date,
    end: Timestamp,
    wallets: BTreeMap<UserId, LastEntry>,
    accounts: HashMap<SystemAccount, i128>,
}

/// The last sealed entry of a wallet. Later entries are not sealed, whatever their time.
#[derive(Debug, Clone, Copy)]
struct LastEntry {
    number: u64,
    hash: Digest,
    is_over: bool,
}

impl DayEnd {
    /// The state before any entry, or `None` if the day has no representable end.
    pub(crate) fn of(day: Date) -> Option<Self> {
        let (wallets, accounts) = (BTreeMap::new(), HashMap::new());
        Some(Self { day, end: DaySeal::end_of(day)?, wallets, accounts })
    }

    /// Adds the next entry of its wallet.
    pub(crate) fn follow(&mut self, entry: &Entry) {
        let last = LastEntry { number: 0, hash: Digest::ZERO, is_over: false };
        let last = self.wallets.entry(entry.user).or_insert(last);
        last.is_over |= entry.at >= self.end;
        if last.is_over {
            return;
        }
        (last.number, last.hash) = (entry.number, entry.hash);
        match self.accounts.get_mut(&entry.account) {
            Some(units) => *units -= entry.units_signed(),
            None => drop(self.accounts.insert(entry.account.clone(), -entry.units_signed())),
        }
    }

    fn parts(&self, books: &Books) -> SealedParts {
        let with_entries = self.wallets.iter().filter(|(_, last)| last.number > 0);
        let wallets = with_entries.map(|(user, last)| format!("{user} {} {}", last.number, last.hash));
        let transfers = || books.transfers.values().filter(|transfer| transfer.at < self.end);
        let mut accounts = self.accounts.clone();
        for Transfer { from, to, amount, .. } in transfers() {
            *accounts.entry(from.clone()).or_default() -= amount.units();
            *accounts.entry(to.clone()).or_default() += amount.units();
        }
        let accounts = accounts.into_iter().filter(|(_, units)| *units != 0);
        let accounts: BTreeMap<_, _> =
            accounts.map(|(account, units)| (account.to_string(), units)).collect();
        let lines = books.audit_lines.values().take_while(|line| line.at < self.end);
        SealedParts {
            wallets: chained(wallets),
            accounts: chained(accounts.into_iter().map(|(account, units)| format!("{account} {units}"))),
            transfers: chained(transfers().map(|Transfer { key, from, to, amount, reference, at }| {
                format!("{key} {from} {to} {amount} {at} {reference}")
            })),
            audit_log: lines.last().map_or(Digest::ZERO, |line| line.hash),
        }
    }
}

/// A seal is as its line in the audit log says, and none was removed since its line was written. Seals from before
/// there were such lines have none.
pub(crate) fn check_lines(books: &Books, lines: &Lines<'_>, violations: &mut Violations) {
    let seal_lines = lines.subjects(Action::SealDay);
    for day in &seal_lines {
        let seal = day.parse().ok().and_then(|day: Date| books.seals.get(&day));
        let digest = seal.map(|seal| seal.digest().to_string());
        let has_it = |line: &&AuditLine| digest.as_deref() == Some(line.act.after.as_str());
        if !lines.about(Action::SealDay, day).iter().all(has_it) {
            let sentence = format!("The audit log says that {day} was sealed, but that seal is missing.");
            violations.add(RULE, Subject::Books, sentence);
        }
    }
    let days = books.seals.keys().map(ToString::to_string);
    for day in days.filter(|day| seal_lines.first().is_some_and(|first| *first < day.as_str())) {
        if !seal_lines.contains(day.as_str()) {
            let sentence = format!("There is a seal of {day}, but the audit log has no line about it.");
            violations.add(RULE, Subject::Books, sentence);
        }
    }
}

/// Chains lines into one digest: each line is hashed together with the digest of the previous ones, starting from zero.
fn chained(lines: impl Iterator<Item = String>) -> Digest {
    lines.fold(Digest::ZERO, |before, line| Digest::of(format!("{before}\n{line}").as_bytes()))
}

/// The seal of a day whose end was computed.
pub(crate) fn seal_of(books: &Books, day: Date, previous: Digest) -> Option<DaySeal> {
    let of_day = books.day_ends.iter().find(|found| found.day == day)?;
    Some(DaySeal { day, previous, parts: of_day.parts(books) })
}

pub(crate) fn check(books: &Books, violations: &mut Violations) {
    let mut previous = Digest::ZERO;
    for (day, seal) in &books.seals {
        if seal.previous != previous {
            let sentence = format!("The seal of {day} does not follow the previous one.");
            violations.add(RULE, Subject::Books, sentence);
        }
        previous = seal.digest();
        let Some(found) = seal_of(books, *day, seal.previous) else { continue };
        let parts = seal.parts.by_name().into_iter().zip(found.parts.by_name());
        for ((part, sealed), (_, found)) in parts.filter(|((_, sealed), (_, found))| sealed != found) {
            let sentence = format!(
                "In the books up to the end of {day}, the sealed {part} is {sealed}, but the books come to {found}."
            );
            violations.add(RULE, Subject::Books, sentence);
        }
    }
}
