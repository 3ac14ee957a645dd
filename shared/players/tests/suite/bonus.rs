//! Bonuses: their keys never change, as what was paid is found by them.

use crate::common::user;
use evens_ledger::{Posting, SystemAccount};
use evens_players::{referral_bonus, registration_bonus};

#[test]
fn a_bonus_is_keyed_by_who_signed_up() {
    let amount = "50.5".parse().expect("an amount");
    #[rustfmt::skip]
    let table = [
        (registration_bonus(user(42), amount), "BONUS:REG:42", "reg_bonus_42"),
        (referral_bonus(user(42), amount),     "BONUS:REF:42", "ref_bonus_42"),
    ];
    for (posting, expected_key, expected_reference) in table {
        let Posting { key, amount: posted, account, reference } = posting;
        assert_eq!((key.as_str(), reference.as_str()), (expected_key, expected_reference));
        assert_eq!((posted, account), (amount, SystemAccount::BonusPool));
    }
}
