//! M1 and M3 of transfers: each moves a positive amount from one account to another, under a unique key.

use crate::books::Books;
use crate::jackpots;
use crate::payments::orders;
use crate::report::{Subject, Violations};
use crate::wallet::movement::Purpose;
use evens_ledger::{Invariant, Transfer};

pub(crate) fn check(books: &Books, violations: &mut Violations) {
    for transfer in books.transfers.values() {
        let Transfer { key, from, to, amount, .. } = transfer;
        if !transfer.is_movement() {
            let sentence =
                format!("The transfer {key} moves {amount} from {from} to {to}, which changes nothing.");
            violations.add(Invariant::M1Conservation, Subject::Books, sentence);
        }
        if let Some(movement) = books.movements.get(&Purpose::of(key.as_str())) {
            let sentence = format!(
                "The key {key} moved money twice: as a transfer and as entry {} of user {}.",
                movement.number, movement.user
            );
            violations.add(Invariant::M3OneEffect, Subject::User(movement.user), sentence);
        }
        if !orders::explains(books, transfer) && !jackpots::explains_transfer(books, transfer) {
            let sentence =
                format!("The transfer {key} moves {amount} from {from} to {to}, but no record explains it.");
            violations.add(Invariant::M3OneEffect, Subject::Books, sentence);
        }
    }
}
