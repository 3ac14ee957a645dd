//! [`Chain`]: the entries of one wallet, received in any order (M4).

use crate::operations::day_ends::DayEnds;
use crate::report::{Subject, Violations};
use evens_ledger::{Entry, Invariant, UserId, Wallet};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The entries of one wallet. Each is checked against the previous one as soon as that is present. Only entries that
/// arrive early are kept; if entries arrive in order, there are none.
#[derive(Debug)]
pub(crate) struct Chain {
    /// The wallet as explained by the entries before the first missing one.
    explained: Wallet,
    /// The latest time of those entries.
    reached: Timestamp,
    /// Keyed by entry number.
    early: BTreeMap<u64, Entry>,
    /// Sum of the entries of both balances.
    pub(crate) units: i128,
    /// Number of entries.
    pub(crate) entries: usize,
}

impl Chain {
    /// The chain of a wallet without entries.
    pub(crate) fn new(user: UserId) -> Self {
        Self::after(Wallet::empty(user))
    }

    /// The chain that continues a wallet.
    pub(crate) fn after(explained: Wallet) -> Self {
        Self { explained, reached: Timestamp::MIN, early: BTreeMap::new(), units: 0, entries: 0 }
    }

    /// Number of the last entry before the first missing one.
    pub(crate) fn last(&self) -> u64 {
        self.explained.version
    }

    /// Returns `true` if the entry of that number is present.
    pub(crate) fn has(&self, number: u64) -> bool {
        (1..=self.last()).contains(&number) || self.early.contains_key(&number)
    }

    /// Adds an entry, and passes entries that continue the chain to the ends of days.
    pub(crate) fn add(&mut self, entry: Entry, day_ends: &mut DayEnds, violations: &mut Violations) {
        self.units += entry.units_signed();
        self.entries += 1;
        let number = entry.number;
        if self.next() == Some(number) {
            let mut next = Some(entry);
            while let Some(entry) = next {
                self.explained = follow(&self.explained, &entry, violations);
                self.reached = self.reached.max(entry.at);
                day_ends.follow(&entry, self.reached);
                next = self.next().and_then(|number| self.early.remove(&number));
            }
        } else if self.has(number) {
            let (user, key) = (entry.user, &entry.key);
            let sentence =
                format!("Entry {number} of user {user} ({key}) has a number that another entry has.");
            violations.add(Invariant::M4LedgerExplainsWallet, Subject::User(user), sentence);
        } else {
            self.early.insert(number, entry);
        }
    }

    fn next(&self) -> Option<u64> {
        self.explained.version.checked_add(1)
    }

    /// Reports gaps, and compares the end of the chain with the wallet.
    pub(crate) fn check(&self, wallet: Option<&Wallet>, violations: &mut Violations) {
        let explained = self.explained.clone();
        let explained =
            self.early.values().fold(explained, |explained, entry| follow(&explained, entry, violations));
        let user = explained.user;
        let fault = match wallet {
            None => format!("User {user} has {} entries, but no wallet.", explained.version),
            Some(wallet) => match difference(wallet, &explained) {
                Some(difference) => format!("The wallet of user {user} {difference}."),
                None => return,
            },
        };
        violations.add(Invariant::M4LedgerExplainsWallet, Subject::User(user), fault);
    }
}

fn difference(wallet: &Wallet, explained: &Wallet) -> Option<String> {
    let Wallet { user: _, balance, bonus, locked: _, version, head, newest: _ } = explained;
    if wallet.version != *version {
        Some(format!("is at version {}, but its last entry is number {version}", wallet.version))
    } else if wallet.balance != *balance {
        let held = wallet.balance;
        Some(format!("holds {held}, but its last entry, number {version}, leaves {balance}"))
    } else if wallet.bonus != *bonus {
        let held = wallet.bonus;
        Some(format!("holds a bonus of {held}, but its last entry, number {version}, leaves {bonus}"))
    } else if wallet.head != *head {
        Some(format!("does not carry the hash of its last entry, number {version}"))
    } else {
        None
    }
}

/// The wallet after its next entry. An entry that does not continue the chain is taken as correct, so that each fault
/// is reported once.
fn follow(explained: &Wallet, entry: &Entry, violations: &mut Violations) -> Wallet {
    explained.follow(entry).unwrap_or_else(|fault| {
        let Entry { user, number, key, .. } = entry;
        let sentence = format!("Entry {number} of user {user} ({key}): {fault}.");
        violations.add(Invariant::M4LedgerExplainsWallet, Subject::User(*user), sentence);
        explained.left_by(entry)
    })
}
