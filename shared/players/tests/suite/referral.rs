//! Referrals: how a code is parsed, the order of the refusals, and the write if there is none.

use crate::common::{code, registered, rows, second, user};
use evens_players::{
    Account, ImportReferral, RecordReferral, Referral, ReferralCode, ReferralCodeError, Registration,
    import_referral, record_referral,
};
use proptest::prelude::*;
use std::collections::HashSet;

#[test]
fn a_code_is_read_as_people_write_it() {
    #[rustfmt::skip]
    let table = [
        ([0, 0, 0, 0, 0],                "00000000",  &["oooooooo", "OOOO-OOOO", " 0000-0000 ", "0-0-0-0-0-0-0-0-"][..]),
        ([0, 0, 0, 0, 1],                "00000001",  &["0000000I", "0000000l", "0000000i", "0000000L"]),
        ([0xff; 5],                      "ZZZZZZZZ",  &["zzzzzzzz", "zZzZ-ZzZz"]),
        ([0x00, 0x44, 0x32, 0x14, 0xc7], "01234567",  &["OI23-4567"]),
        ([0xf8, 0x00, 0x00, 0x00, 0x1f], "Z000000Z",  &["z000-000z"]),
    ];
    for (bytes, text, others) in table {
        let code = ReferralCode::from_random(bytes);
        assert_eq!((code.to_string(), format!("{code:?}")), (text.to_owned(), text.to_owned()));
        assert_eq!(text.parse(), Ok(code));
        for other in others {
            assert_eq!(other.parse(), Ok(code), "{other:?}");
        }
    }
    for fault in
        ["", "-", "0000000", "000000000", "0000000U", "0000000!", "0000 0000", "0000000é", "０0000000"]
    {
        assert_eq!(fault.parse::<ReferralCode>(), Err(ReferralCodeError), "{fault:?}");
    }
}

/// Each row is the row above with one fault repaired, so the table proves the precedence.
///
/// - `before`: the recorded referrer;
/// - `code`: whether the player signed up with this code, with none, or with another one;
/// - `owed`: the step of the sign-up that is due;
/// - `found`: the owner of the code.
const TABLE: &str = "
    before    code  owed                found  outcome
    2         no    BONUS_DUE           -      RecordedBefore
    2         yes   DONE                3      RecordedBefore
    2         yes   REFERRAL_BONUS_DUE  2      RecordedBefore
    -         no    BONUS_DUE           -      NotReferred
    -         no    DONE                2      NotReferred
    -         other REFERRAL_DUE        2      NotReferred
    -         yes   VERIFICATION_DUE    2      BonusFirst
    -         yes   BONUS_DUE           -      BonusFirst
    -         yes   BONUS_DUE           1      BonusFirst
    -         yes   BONUS_DUE           2      BonusFirst
    -         yes   DONE                2      EndedBefore
    -         yes   REFERRAL_BONUS_DUE  2      EndedBefore
    -         yes   REFERRAL_DUE        -      UnknownCode
    -         yes   REFERRAL_DUE        1      SelfReferral
    -         yes   REFERRAL_DUE        2      Recorded
";

macro_rules! walk {
    ($($variant:ident)*) => {
        /// Every variant, in the order of the checks.
        const OUTCOMES: &[&str] = &[$(stringify!($variant)),*];

        fn name(outcome: RecordReferral) -> &'static str {
            match outcome {
                $(RecordReferral::$variant { .. } => stringify!($variant),)*
            }
        }
    };
}

walk!(RecordedBefore NotReferred BonusFirst EndedBefore UnknownCode SelfReferral Recorded);

fn check([before, named, owed, found, _]: [&str; 5]) -> RecordReferral {
    let player = |cell: &str| cell.parse().ok().map(user);
    let referred = Account {
        referrer: player(before),
        registration: owed.parse().expect("a step"),
        ..registered(match named {
            "yes" => Some(code(2)),
            "other" => Some(code(3)),
            _ => None,
        })
    };
    record_referral(&referred, code(2), player(found), second(5))
}

#[test]
fn refusals_have_their_order() {
    for row in rows(TABLE) {
        assert_eq!(name(check(row)), row[4], "{row:?}");
    }
}

#[test]
fn every_outcome_has_a_row_and_first_appears_in_its_place() {
    let mut seen: Vec<&str> = rows::<5>(TABLE).iter().map(|row| row[4]).collect();
    let mut first = HashSet::new();
    seen.retain(|outcome| first.insert(*outcome));
    assert_eq!(seen, OUTCOMES);
}

#[test]
fn an_edge_that_was_kept_elsewhere_is_recorded_where_nothing_else_is_or_can_be() {
    use ImportReferral::{RecordedBefore, ReferredByAnother, SelfReferral, UnderWay};
    let edge = Referral { referrer: user(2), referred: user(1), level: 1, recorded_at: second(5) };
    #[rustfmt::skip]
    let table = [
        // there   owed                             referrer  outcome
        (Some(1),  Registration::BonusDue,          1,        SelfReferral),
        (Some(2),  Registration::BonusDue,          2,        RecordedBefore),
        (Some(3),  Registration::BonusDue,          2,        ReferredByAnother(user(3))),
        (None,     Registration::VerificationDue,   2,        UnderWay),
        (None,     Registration::BonusDue,          2,        UnderWay),
        (None,     Registration::ReferralDue,       2,        UnderWay),
        (None,     Registration::DepositDue,        2,        UnderWay),
        (None,     Registration::ReferralBonusDue,  2,        UnderWay),
        (None,     Registration::Done,              2,        ImportReferral::Recorded(edge)),
    ];
    for (there, registration, referrer, expected) in table {
        let referred = Account { referrer: there.map(user), registration, ..registered(None) };
        assert_eq!(
            import_referral(&referred, user(referrer), second(5)),
            expected,
            "{there:?} {registration:?}"
        );
    }
}

#[test]
fn a_referral_says_who_brought_whom() {
    let referred = Account { registration: Registration::ReferralDue, ..registered(Some(code(2))) };
    let referral = Referral { referrer: user(2), referred: user(1), level: 1, recorded_at: second(5) };
    assert_eq!(
        record_referral(&referred, code(2), Some(user(2)), second(5)),
        RecordReferral::Recorded(referral)
    );
    let again = Account { referrer: Some(user(2)), ..referred };
    let repeated = record_referral(&again, code(2), Some(user(3)), second(6));
    assert_eq!(repeated, RecordReferral::RecordedBefore(user(2)));
    assert_eq!(Referral::STATUS, "active");
}

proptest! {
    #[test]
    fn a_code_comes_back_from_its_text(bytes in any::<[u8; 5]>()) {
        let code = ReferralCode::from_random(bytes);
        prop_assert_eq!(code.to_string().len(), ReferralCode::LENGTH);
        prop_assert_eq!(code.to_string().parse(), Ok(code));
        prop_assert_eq!(code.to_string().to_lowercase().parse(), Ok(code));
    }

    #[test]
    fn other_bytes_give_another_code(one in any::<[u8; 5]>(), other in any::<[u8; 5]>()) {
        let texts = [one, other].map(|bytes| ReferralCode::from_random(bytes).to_string());
        prop_assert_eq!(texts[0] == texts[1], one == other);
    }

    #[test]
    fn no_text_stops_the_program(text in any::<String>()) {
        let _ = text.parse::<ReferralCode>();
    }
}
