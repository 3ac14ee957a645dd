//! The release of a bank account from one player to another, by a cashier who is neither, while no payout to it is
//! pending.

use crate::common::{act, minute, user};
use evens_payments::{ActRefusal, FreeAccountRefusal, PaymentsRecord, free_account};

#[test]
fn refusals_come_in_their_order() {
    use ActRefusal::{LoginTooOld, OwnOrder};
    use FreeAccountRefusal::{Act, Awaited, Theirs};
    let (now, fresh, old) = (minute(60), minute(60), minute(44));
    #[rustfmt::skip]
    let table = [
        // cashier, login, claimant, open withdrawals, removed, expected
        (43,        old,   43,       1,                false,   Err(Act(OwnOrder))),
        (42,        old,   43,       1,                false,   Err(Act(OwnOrder))),
        (1,         old,   42,       1,                false,   Err(Act(LoginTooOld))),
        (1,         fresh, 42,       1,                false,   Err(Theirs)),
        (1,         fresh, 43,       1,                false,   Err(Awaited)),
        (1,         fresh, 43,       0,                false,   Ok(())),
        // The owner has removed it: nothing is paid to it, and they can add it again.
        (1,         fresh, 43,       1,                true,    Ok(())),
        (1,         fresh, 42,       1,                true,    Ok(())),
        (1,         old,   42,       1,                true,    Err(Act(LoginTooOld))),
    ];
    for (by, login, claimant, open_withdrawals, is_removed, expected) in table {
        let record = PaymentsRecord { open_withdrawals, ..PaymentsRecord::empty(user(42)) };
        let freed = free_account(&record, user(claimant), is_removed, &act(by, login), now);
        let next = PaymentsRecord { revision: 1, ..record };
        assert_eq!(freed, expected.map(|()| next), "{by} {claimant} {open_withdrawals} {is_removed}");
    }
}
