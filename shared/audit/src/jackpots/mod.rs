//! M9, and M3 of jackpots: what was given to a group is what was won of it and what is in it; each movement has its
//! record, and each record its movements.

mod books;
mod drawn;
mod fed;
mod sums;
mod terms;
pub(crate) mod tickets;
mod wins;

pub(crate) use books::JackpotBooks;

use crate::books::{Books, Completeness};
use crate::report::{Subject, Violations};
use evens_jackpots::JackpotGroup;
use evens_ledger::{Invariant, Transfer};

pub(crate) fn check(books: &Books, completeness: Completeness, violations: &mut Violations) {
    for group in JackpotGroup::ALL {
        sums::check(books, group, violations);
        wins::check(books, group, completeness, violations);
        terms::check(books, group, violations);
    }
    wins::check_awards(books, violations);
    fed::check(books, violations);
    drawn::check(books, completeness, violations);
    for expected in books.jackpots.transfers() {
        check_transfer(books, &expected, violations);
    }
}

/// M3: the transfer is there, and is what its record says.
fn check_transfer(books: &Books, expected: &Transfer, violations: &mut Violations) {
    let key = &expected.key;
    let sentence = match books.transfers.get(key) {
        None => format!(
            "The jackpots must have moved {} by {key}, and there is no such transfer.",
            expected.amount
        ),
        Some(found) if found != expected => format!("The transfer {key} is not what its record says."),
        Some(_) => return,
    };
    violations.add(Invariant::M3OneEffect, Subject::Books, sentence);
}

/// Whether there is a record of a jackpot that a transfer follows from.
pub(crate) fn explains_transfer(books: &Books, transfer: &Transfer) -> bool {
    books.jackpots.explains(transfer)
}

/// Whether there is a win of which an entry is the payout.
pub(crate) fn explains_entry(books: &Books, operation: &str) -> bool {
    books.jackpots.win_of(operation).is_some()
}
