//! Bonuses: their keys never change, as what was paid is found by them.

use crate::common::user;
use evens_ledger::{Posting, SystemAccount};
use evens_players::{
    BonusAfter, BonusAfterError, ReferralCap, ReferralDay, referral_bonus, registration_bonus,
};
use jiff::civil::date;
use std::num::NonZeroU32;

#[test]
fn bonuses_are_given_after_the_sign_up_or_the_proof() {
    for (text, after) in [("sign-up", BonusAfter::SignUp), ("verified", BonusAfter::Verified)] {
        assert_eq!(text.parse(), Ok(after));
    }
    for fault in ["", "Verified", "signup", "never"] {
        assert_eq!(fault.parse::<BonusAfter>(), Err(BonusAfterError), "{fault:?}");
    }
}

#[test]
fn a_cap_counts_the_bonuses_of_a_day() {
    let of = |day: i8, count| ReferralDay { day: date(2026, 11, day), count };
    #[rustfmt::skip]
    let table = [
        // last             the day with one more
        (None,              Some(of(20, 1))),
        (Some(of(19, 2)),   Some(of(20, 1))),
        (Some(of(20, 1)),   Some(of(20, 2))),
        (Some(of(20, 2)),   None),
        (Some(of(20, 9)),   None),
    ];
    let cap = ReferralCap { day: date(2026, 11, 20), max: NonZeroU32::new(2).expect("more than none") };
    for (last, expected) in table {
        assert_eq!(cap.one_more(last), expected, "{last:?}");
    }
}

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
