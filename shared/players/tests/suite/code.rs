//! Codes that prove a phone number.

use crate::common::{second, user};
use evens_ledger::Digest;
use evens_players::{CodeError, RecoveryCode, SentCode, VerificationCode};

#[test]
fn a_code_is_six_digits() {
    for text in ["000000", "000001", "123456", "999999"] {
        let code: VerificationCode = text.parse().expect(text);
        assert_eq!(code.reveal(), text);
    }
    for fault in ["", "12345", "1234567", "12345a", "+12345", " 12345", "12 345", "\u{967}23456", "1.2345"] {
        assert_eq!(fault.parse::<VerificationCode>(), Err(CodeError(6)), "{fault:?}");
    }
}

#[test]
fn a_code_of_a_recovery_is_eight_digits() {
    for text in ["00000000", "01234567", "99999999"] {
        let code: RecoveryCode = text.parse().expect(text);
        assert_eq!(code.reveal(), text);
    }
    for fault in ["", "123456", "1234567", "123456789", "1234 5678", "-1234567"] {
        assert_eq!(fault.parse::<RecoveryCode>(), Err(CodeError(8)), "{fault:?}");
    }
    assert_eq!(
        [6, 8].map(|digits| CodeError(digits).to_string()),
        ["must be six digits", "must be eight digits"]
    );
    assert_eq!(RecoveryCode::from_random(u64::to_be_bytes(u64::MAX)).reveal(), "09551615");
}

#[test]
fn a_code_is_made_of_random_bytes() {
    #[rustfmt::skip]
    let table = [
        (0,         "000000"),
        (1,         "000001"),
        (999_999,   "999999"),
        (1_000_000, "000000"),
        (u64::MAX,  "551615"),
    ];
    for (number, digits) in table {
        assert_eq!(VerificationCode::from_random(u64::to_be_bytes(number)).reveal(), digits);
    }
}

#[test]
fn a_code_prints_as_nothing_until_it_is_revealed() {
    let code: VerificationCode = "123456".parse().expect("six digits");
    assert_eq!(format!("{code:?}"), "Code(..)");
}

#[test]
fn a_code_holds_for_ten_minutes_and_five_tries() {
    let sent = SentCode::new(user(1), Digest::of(b"code"), second(0));
    assert_eq!((sent.tries, SentCode::TRIES_MAX, sent.expires_at()), (0, 5, second(600)));
}
