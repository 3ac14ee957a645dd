//! Debts of players: the write-off, and the end of the hold on their account.

use crate::common::{act, amount, minute, user};
use evens_payments::{ActRefusal, PaymentsRecord, release_account, write_off_debt};

fn owing(owed: &str) -> PaymentsRecord {
    PaymentsRecord { owed: amount(owed), is_held: true, ..PaymentsRecord::empty(user(42)) }
}

#[test]
fn a_debt_is_written_off_whole_and_by_another() {
    let now = minute(1);
    assert_eq!(write_off_debt(&owing("100"), 7, &act(42, now), now), Err(ActRefusal::OwnOrder));
    assert_eq!(write_off_debt(&owing("0"), 7, &act(1, now), now), Ok(None));
    let plan = write_off_debt(&owing("100"), 7, &act(1, now), now).expect("another").expect("a debt");
    assert_eq!(
        (plan.transfer.key.to_string(), plan.transfer.amount),
        ("WRITE-OFF:42:7".to_owned(), amount("100"))
    );
    assert_eq!(
        (plan.record.owed, plan.record.is_held),
        (amount("0"), true),
        "it is free by an act of its own"
    );
    let freed = release_account(&plan.record, &act(1, now), now).expect("another").expect("it is held");
    assert!(!freed.is_held && freed.revision == plan.record.revision + 1);
    assert_eq!(release_account(&freed, &act(1, now), now), Ok(None));
    assert_eq!(release_account(&plan.record, &act(42, now), now), Err(ActRefusal::OwnOrder));
}
