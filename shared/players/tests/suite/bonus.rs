//! Bonuses. Their keys never change, because paid bonuses are found by them.

use crate::common::user;
use evens_ledger::{Posting, SystemAccount};
use evens_players::{
    BonusAfter, BonusAfterError, ReferralBonusAfter, ReferralBonusAfterError, ReferralBonuses,
    ReferralBonusesError, ReferralCap, ReferralDay, referral_bonus, registration_bonus,
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
    for (text, after) in
        [("sign-up", ReferralBonusAfter::SignUp), ("deposit", ReferralBonusAfter::FirstDeposit)]
    {
        assert_eq!(text.parse(), Ok(after));
    }
    for fault in ["", "Deposit", "verified"] {
        assert_eq!(fault.parse::<ReferralBonusAfter>(), Err(ReferralBonusAfterError), "{fault:?}");
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
        (Some(of(21, 1)),   Some(of(21, 2))),
        (Some(of(21, 2)),   None),
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
        (registration_bonus(user(42), amount), "BONUS:REG:42",   "reg_bonus_42"),
        (referral_bonus(user(42), 1, amount),  "BONUS:REF:42",   "ref_bonus_42"),
        (referral_bonus(user(42), 2, amount),  "BONUS:REF:42:2", "ref_bonus_42_2"),
    ];
    for (posting, expected_key, expected_reference) in table {
        let Posting { key, amount: posted, account, reference } = posting;
        assert_eq!((key.as_str(), reference.as_str()), (expected_key, expected_reference));
        assert_eq!((posted, account), (amount, SystemAccount::BonusPool));
    }
}

#[test]
fn a_list_of_bonuses_says_what_each_level_gets() {
    #[rustfmt::skip]
    let table: [(_, &[(u32, &str)], _, _); 8] = [
        // text              amounts by level               as text      above level 1
        ("0",                &[],                           "0",         None),
        ("10.00",            &[(1, "10")],                  "10",        None),
        ("10,5",             &[(1, "10"), (2, "5")],        "10,5",      Some("5")),
        (" 10 , 2.50 ",      &[(1, "10"), (2, "2.5")],      "10,2.5",    Some("2.5")),
        ("0,5",              &[(2, "5")],                   "0,5",       Some("5")),
        ("10,0,1,0,0",       &[(1, "10"), (3, "1")],        "10,0,1",    Some("0,1")),
        ("1,0,0,0,0",        &[(1, "1")],                   "1",         None),
        ("0,0,0,0,5",        &[(5, "5")],                   "0,0,0,0,5", Some("0,0,0,5")),
    ];
    for (text, levels, written, above) in table {
        let bonuses: ReferralBonuses = text.parse().expect("bonuses");
        let found: Vec<_> = bonuses.levels().map(|(level, amount)| (level, amount.to_string())).collect();
        let expected: Vec<_> = levels.iter().map(|(level, amount)| (*level, (*amount).to_owned())).collect();
        assert_eq!(found, expected, "{text:?}");
        assert_eq!((bonuses.to_string().as_str(), bonuses.above().as_deref()), (written, above), "{text:?}");
        assert_eq!(written.parse(), Ok(bonuses), "{text:?}");
        assert_eq!(bonuses.is_zero(), levels.is_empty(), "{text:?}");
        let again = match above {
            Some(above) => ReferralBonuses::with_above(bonuses.of_level(1), above),
            None => Ok(ReferralBonuses::direct(bonuses.of_level(1))),
        };
        assert_eq!(again, Ok(bonuses), "{text:?}");
        for (level, _) in levels {
            assert_eq!(bonuses.without(*level).of_level(*level).to_string(), "0", "{text:?}");
            assert_eq!(bonuses.without(*level).levels().count(), levels.len() - 1, "{text:?}");
        }
        assert_eq!(bonuses.without(9), bonuses, "{text:?}");
    }
    for fault in ["", ",", "10,", ",5", "ten", "-1", "10,-5", "1,1,1,1,1,1", "10;5", "0.000000001"] {
        assert_eq!(fault.parse::<ReferralBonuses>(), Err(ReferralBonusesError), "{fault:?}");
    }
}
