//! M9, and M3 of jackpots: the money given to a group equals its wins plus its current amounts. Each movement has its
//! record, and each record its movements.

mod books;
mod drawn;
mod fed;
mod sums;
mod terms;
pub(crate) mod tickets;
pub(crate) mod wins;

pub(crate) use books::JackpotBooks;

use crate::books::{Books, Completeness};
use crate::operations::lines::Lines;
use crate::report::{Subject, Violations};
use evens_jackpots::JackpotGroup;
use evens_ledger::{Invariant, Transfer};

pub(crate) fn check(
    books: &Books,
    completeness: Completeness,
    lines: &Lines<'_>,
    violations: &mut Violations,
) {
    for group in JackpotGroup::ALL {
        sums::check(books, group, violations);
        wins::check(books, group, completeness, violations);
        terms::check(books, group, lines, violations);
    }
    wins::check_awards(books, violations);
    fed::check(books, violations);
    drawn::check(books, completeness, violations);
    for expected in books.jackpots.transfers() {
        check_transfer(books, &expected, violations);
    }
}

/// M3: the transfer exists and matches its record.
fn check_transfer(books: &Books, expected: &Transfer, violations: &mut Violations) {
    let key = &expected.key;
    let sentence = match books.transfers.get(key) {
        None => format!(
            "The jackpots must have moved {} under {key}, but there is no such transfer.",
            expected.amount
        ),
        Some(found) if found != expected => format!("The transfer {key} differs from its record."),
        Some(_) => return,
    };
    violations.add(Invariant::M3OneEffect, Subject::Books, sentence);
}

/// Returns `true` if a jackpot record requires the transfer.
pub(crate) fn explains_transfer(books: &Books, transfer: &Transfer) -> bool {
    books.jackpots.explains(transfer)
}

/// Returns `true` if an entry is the payout of a win.
pub(crate) fn explains_entry(books: &Books, operation: &str) -> bool {
    books.jackpots.win_of(operation).is_some()
}
