//! The settings that players make for themselves: each player's changes are one chain up to the head in the cashier
//! record, whose settings are those of the newest change. Players whose settings are older than this history have no
//! chain.

use crate::books::Books;
use crate::report::{Subject, Violations};
use evens_ledger::{Digest, Invariant, UserId};
use evens_payments::{SettingsEntry, SettingsHead};
use std::collections::BTreeSet;

const RULE: Invariant = Invariant::AuditLogIsWhole;

pub(crate) fn check(books: &Books, violations: &mut Violations) {
    let changed = books.payments_records.values().filter(|record| record.settings.number > 0);
    let users: BTreeSet<_> =
        changed.map(|record| record.user).chain(books.settings.keys().map(|(user, _)| *user)).collect();
    for user in users {
        if let Some(sentence) = fault_of(books, user) {
            violations.add(RULE, Subject::User(user), sentence);
        }
    }
}

fn fault_of(books: &Books, user: UserId) -> Option<String> {
    let entries: Vec<_> =
        books.settings.range((user, 0)..=(user, u64::MAX)).map(|(_, entry)| entry).collect();
    let (mut number, mut hash) = (0, Digest::ZERO);
    for entry in &entries {
        let SettingsEntry { number: found, previous_hash, .. } = **entry;
        if found != number + 1 || previous_hash != hash || entry.hash != entry.computed_hash() {
            return Some(format!(
                "Change {found} of the settings of user {user} does not follow the previous one."
            ));
        }
        (number, hash) = (found, entry.hash);
    }
    let Some(record) = books.payments_records.get(&user) else {
        return Some(format!("User {user} has changed settings {number} times, but has no payments record."));
    };
    if record.settings != (SettingsHead { number, hash }) {
        let named = record.settings.number;
        return Some(format!(
            "The last change of the settings of user {user} is {number}, but the payments record names {named}."
        ));
    }
    let (now, last) = (record.settings_text(), entries.last().map_or("", |entry| entry.settings.as_str()));
    (now != last)
        .then(|| format!("The settings of user {user} are {now:?}, but change {number} made them {last:?}."))
}
