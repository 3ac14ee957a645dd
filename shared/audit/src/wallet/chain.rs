//! [`Chain`]: the entries of one wallet, in whatever order they come (M4).

use crate::operations::seals::DayEnd;
use crate::report::{Subject, Violations};
use evens_ledger::{Entry, Invariant, UserId, Wallet};
use std::collections::BTreeMap;

/// The entries of one wallet. Each is held against the ones before it as soon as those are there; kept are only the
/// ones that came too early: for entries that come in order, none.
#[derive(Debug)]
pub(crate) struct Chain {
    /// The wallet as the entries explain it, up to the first one that is missing.
    explained: Wallet,
    /// By their number.
    early: BTreeMap<u64, Entry>,
    /// What the entries of both balances come to.
    pub(crate) units: i128,
    /// How many there are.
    pub(crate) entries: usize,
}

impl Chain {
    /// The chain of a wallet without entries.
    pub(crate) fn new(user: UserId) -> Self {
        Self { explained: Wallet::empty(user), early: BTreeMap::new(), units: 0, entries: 0 }
    }

    /// The number of the last entry before the first one that is missing.
    pub(crate) fn last(&self) -> u64 {
        self.explained.version
    }

    /// Whether the entry of that number is there.
    pub(crate) fn has(&self, number: u64) -> bool {
        (1..=self.last()).contains(&number) || self.early.contains_key(&number)
    }

    /// Takes in the next entry, and tells the ends of days of those that continue the ones before.
    pub(crate) fn add(&mut self, entry: Entry, day_ends: &mut [DayEnd], violations: &mut Violations) {
        self.units += entry.units_signed();
        self.entries += 1;
        let number = entry.number;
        if self.next() == Some(number) {
            let mut next = Some(entry);
            while let Some(entry) = next {
                self.explained = follow(&self.explained, &entry, violations);
                for day_end in &mut *day_ends {
                    day_end.follow(&entry);
                }
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

    /// Looks for gaps, and compares the end with the wallet.
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

/// The wallet after its next entry. Where that does not continue the ones before, it is taken by its word, so that each
/// fault is said once.
fn follow(explained: &Wallet, entry: &Entry, violations: &mut Violations) -> Wallet {
    explained.follow(entry).unwrap_or_else(|fault| {
        let Entry { user, number, key, .. } = entry;
        let sentence = format!("Entry {number} of user {user} ({key}): {fault}.");
        violations.add(Invariant::M4LedgerExplainsWallet, Subject::User(*user), sentence);
        explained.left_by(entry)
    })
}
