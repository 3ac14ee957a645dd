//! Transfers: which of them move money.

use crate::common::{amount, at};
use evens_ledger::{EntryKey, SystemAccount, Transfer};

#[test]
fn a_transfer_moves_money_from_one_account_to_another() {
    use SystemAccount::{BadDebt, Bank, House};
    #[rustfmt::skip]
    let table = [
        // from  to       amount        movement
        (House,  House,   "0",          false),
        (House,  Bank,    "0",          false),
        (House,  House,   "5",          false),
        (House,  Bank,    "0.00000001", true),
        (House,  BadDebt, "5",          true),
    ];
    for (from, to, moved, movement) in table {
        let transfer = Transfer {
            key: EntryKey::from_stored("FEE:pay-2:order".to_owned()),
            from,
            to,
            amount: amount(moved),
            reference: "order".to_owned(),
            at: at("2024-01-01T00:00:00Z"),
        };
        assert_eq!(transfer.is_movement(), movement, "{transfer:?}");
    }
}
