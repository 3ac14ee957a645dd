//! Decisions of cashiers about players: an identity status is that of its newest audit line, and a hold of an account
//! that had a cause ended with a line.

use crate::books::Books;
use crate::operations::lines::Lines;
use crate::report::{Subject, Violations};
use evens_audit_log::{Action, AuditLine};
use evens_ledger::{Invariant, SystemAccount, UserId};
use evens_payments::{IdentityStatus, PaymentsRecord};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

const RULE: Invariant = Invariant::AuditLogIsWhole;

/// Allowed difference between two clocks.
const LEEWAY: SignedDuration = SignedDuration::from_secs(10);

pub(crate) fn check(books: &Books, lines: &Lines<'_>, violations: &mut Violations) {
    let debts = newest_debts(books);
    for record in books.payments_records.values() {
        let user = record.user;
        let fault = fault_of_identity(record, lines)
            .or_else(|| debts.get(&user).and_then(|since| fault_of_hold(record, *since, lines)));
        if let Some(sentence) = fault {
            violations.add(RULE, Subject::User(user), sentence);
        }
    }
}

fn fault_of_identity(record: &PaymentsRecord, lines: &Lines<'_>) -> Option<String> {
    let (user, found) = (record.user, record.identity);
    let newest = lines.newest(&[Action::NoteIdentity], &user.to_string());
    let said = newest.map_or(Ok(IdentityStatus::NotAsked), |line| first_part(line).parse());
    (said != Ok(found)).then(|| {
        let said = newest.map_or("", |line| first_part(line));
        format!("The identity of user {user} is {found}, but the audit log says {said:?}.")
    })
}

/// The state of the subject after an act, without the pending acts that follow it.
fn first_part(line: &AuditLine) -> &str {
    line.act.after.split(',').next().unwrap_or_default()
}

/// The time of each player's newest debt. Each of them held the player's account.
fn newest_debts(books: &Books) -> BTreeMap<UserId, Timestamp> {
    let mut debts = BTreeMap::new();
    for transfer in books.transfers.values() {
        if let SystemAccount::Receivable(user) = transfer.from {
            let newest = debts.entry(user).or_insert(transfer.at);
            *newest = transfer.at.max(*newest);
        }
    }
    debts
}

/// An account with a debt is held until cashiers release it.
fn fault_of_hold(record: &PaymentsRecord, since: Timestamp, lines: &Lines<'_>) -> Option<String> {
    let user = record.user;
    let is_release = |line: &&AuditLine| {
        line.act.after.contains(", not held") && line.at.saturating_add(LEEWAY).is_ok_and(|at| at >= since)
    };
    let released = lines.about(Action::ReleaseAccount, &user.to_string()).iter().any(is_release);
    (!record.is_held && !released).then(|| {
        format!("User {user} came to owe money at {since} and is not held, but the audit log has no release.")
    })
}
