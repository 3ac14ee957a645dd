//! Two items that were read in one transaction: whether they still differ.

use crate::books::Books;
use crate::operations::staff;
use crate::payments::limits;
use crate::report::Violations;
use evens_records::{Pair, Record};

/// Returns `true` if the items of a pair say the same. `records` are all records of the two items.
pub fn is_equal(pair: Pair, records: impl IntoIterator<Item = Record>) -> bool {
    let (mut books, mut violations) = (Books::new(), Violations::default());
    for record in records {
        books.record(record);
    }
    match pair {
        Pair::PlayRules(user) => limits::check_rules(&books, user, books.play.get(&user), &mut violations),
        Pair::Access(user) => {
            let account = books.sign_ups.get(&user).map(|sign_up| sign_up.access).unwrap_or_default();
            staff::check_copy(&books, user, account, &mut violations);
        }
    }
    violations.is_empty()
}
