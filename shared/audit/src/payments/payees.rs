//! Payees: a bank account belongs to one player until they remove it, and a withdrawal goes to a payee of its own
//! player (M8).

use crate::books::Books;
use crate::report::{Subject, Violations};
use evens_ledger::Invariant;
use evens_payments::PayeeId;

const RULE: Invariant = Invariant::M8NobodyElses;

pub(crate) fn check(books: &Books, violations: &mut Violations) {
    for payee in books.payees.values() {
        let (user, id) = (payee.user, &payee.id);
        if *id != PayeeId::derive(user, payee.fingerprint) {
            let sentence =
                format!("The id of payee {id} of user {user} is not derived from its bank account.");
            violations.add(RULE, Subject::User(user), sentence);
        }
        let sentence = match books.payee_owners.get(&payee.fingerprint) {
            Some(owner) if *owner == user || payee.removed_at.is_some() => continue,
            Some(owner) => format!("The bank account of payee {id} of user {user} belongs to user {owner}."),
            None => format!("The bank account of payee {id} of user {user} has no owner."),
        };
        violations.add(RULE, Subject::User(user), sentence);
    }
    for (account, owner) in &books.payee_owners {
        if !books.payees.contains_key(&(*owner, PayeeId::derive(*owner, *account))) {
            let sentence = format!("User {owner} owns a bank account but has no payee with it.");
            violations.add(RULE, Subject::User(*owner), sentence);
        }
    }
    for order in books.withdrawals.values() {
        let (user, id) = (order.terms.user, order.terms.id);
        if !books.payees.contains_key(&(user, order.payee.clone())) {
            let sentence = format!("Withdrawal {id} of user {user} goes to a payee of another user.");
            violations.add(RULE, Subject::User(user), sentence);
        }
    }
}
