//! [`Chain`]: the entries of one wallet, in whatever order they come (M4).

use crate::report::{Offences, Subject};
use evens_exchange::Invariant;
use evens_ledger::{Account, Entry, EntryKey, UserId, Wallet};
use std::collections::BTreeMap;

/// The entries of one wallet. Each is compared with the one before it as soon as both are there; kept is only what
/// still has to be compared: for entries that come in order, the last one.
#[derive(Debug, Default)]
pub(crate) struct Chain {
    /// By the number of their first entry.
    runs: BTreeMap<u64, Run>,
    /// What the entries come to.
    pub(crate) units: i128,
    /// How many there are.
    pub(crate) entries: usize,
}

/// Entries without a gap.
#[derive(Debug)]
struct Run {
    /// The first, until the one before it is there; the wallet's first entry has been looked at already.
    unchecked: Option<Entry>,
    /// What the next one continues.
    last: Entry,
}

impl Chain {
    /// Takes in the next entry.
    pub(crate) fn add(&mut self, entry: Entry, offences: &mut Offences) {
        self.units += entry.units_signed();
        self.entries += 1;
        let number = entry.number;
        let before = self.runs.range(..=number).next_back();
        let before = before.map(|(first, run)| (*first, run.last.number));
        if before.is_some_and(|(_, last)| last >= number) {
            let (user, key) = (entry.user, &entry.key);
            let sentence =
                format!("Entry {number} of user {user} ({key}) has a number that another entry has.");
            offences.add(Invariant::M4LedgerExplainsWallet, Subject::User(user), sentence);
            return;
        }
        let mut tail = tail(&entry);
        if let Some(following) = number.checked_add(1).and_then(|next| self.runs.remove(&next)) {
            if let Some(next) = &following.unchecked {
                compare(next, Some(&tail), offences);
            }
            tail = following.last;
        }
        let continued = before.filter(|(_, last)| last + 1 == number);
        if let Some(run) = continued.and_then(|(first, _)| self.runs.get_mut(&first)) {
            compare(&entry, Some(&run.last), offences);
            run.last = tail;
        } else if number == 1 {
            compare(&entry, None, offences);
            self.runs.insert(number, Run { unchecked: None, last: tail });
        } else {
            self.runs.insert(number, Run { unchecked: Some(entry), last: tail });
        }
    }

    /// Looks for gaps, and compares the end with the wallet.
    pub(crate) fn check(&self, user: UserId, wallet: Option<&Wallet>, offences: &mut Offences) {
        let mut previous = None;
        for run in self.runs.values() {
            if let Some(first) = &run.unchecked {
                compare(first, previous, offences);
            }
            previous = Some(&run.last);
        }
        let fault = match (wallet, previous) {
            (_, None) => return,
            (None, Some(last)) => format!("User {user} has {} entries, but no wallet.", last.number),
            (Some(wallet), Some(last)) => match difference(wallet, last) {
                Some(difference) => format!("The wallet of user {user} {difference}."),
                None => return,
            },
        };
        offences.add(Invariant::M4LedgerExplainsWallet, Subject::User(user), fault);
    }
}

fn difference(wallet: &Wallet, last: &Entry) -> Option<String> {
    let Entry { number, balance_after, hash, .. } = last;
    if wallet.version != *number {
        Some(format!("is at version {}, but its last entry is number {number}", wallet.version))
    } else if wallet.balance != *balance_after {
        let balance = wallet.balance;
        Some(format!("holds {balance}, but its last entry, number {number}, leaves {balance_after}"))
    } else if wallet.head != *hash {
        Some(format!("does not carry the hash of its last entry, number {number}"))
    } else {
        None
    }
}

fn compare(entry: &Entry, previous: Option<&Entry>, offences: &mut Offences) {
    if let Err(fault) = entry.continues(previous) {
        let Entry { user, number, key, .. } = entry;
        let sentence = format!("Entry {number} of user {user} ({key}): {fault}.");
        offences.add(Invariant::M4LedgerExplainsWallet, Subject::User(*user), sentence);
    }
}

/// What the next entry is compared with, without the texts, which would take most of the memory.
fn tail(entry: &Entry) -> Entry {
    Entry {
        key: EntryKey::from_stored(String::new()),
        account: Account::House,
        reference: String::new(),
        user: entry.user,
        number: entry.number,
        kind: entry.kind,
        amount: entry.amount,
        balance_before: entry.balance_before,
        balance_after: entry.balance_after,
        at: entry.at,
        previous_hash: entry.previous_hash,
        hash: entry.hash,
    }
}
