//! Sessions: which token is valid and until when, and that only the client gets its text.

use crate::common::{rows, salt, second, token, user};
use evens_ledger::Digest;
use evens_players::{
    ACCESS_TOKEN_LIFETIME, FamilyId, FamilyIdError, PendingTask, Predecessor, REFRESH_TOKEN_LIFETIME,
    RefreshToken, RefreshTokenError, RotateOutcome, Session, SuccessorSalt, SuccessorSaltError,
};
use proptest::prelude::*;

const DAY: i64 = 24 * 60 * 60;

/// Each row is the row above with one fault repaired. The session began with token 1 and got its successor, token 2, a
/// day later. At `second` a client presents a token. The presented token has a number, or belongs to another user or
/// family.
const TABLE: &str = "
    presented   second   outcome
    1           2678400  Expired
    2           2678400  Expired
    2           9999999  Expired
    1           2678399  Reused
    3           2678399  Reused
    user        2678399  Reused
    family      2678399  Reused
    1           86430    Reused
    old-user    86429    Reused
    old-family  86429    Reused
    1           86429    Repeated
    1           86399    Repeated
    2           2678399  Rotated
    2           86400    Rotated
";

fn session() -> Session {
    match Session::open(&token(1), second(0)).rotate(&token(1), salt(2), second(DAY)) {
        RotateOutcome::Rotated(session) => session,
        refused => panic!("{refused:?}"),
    }
}

fn presented(cell: &str) -> RefreshToken {
    let good = token(1).successor(salt(2));
    match cell {
        "2" => good,
        "user" => RefreshToken::new(user(2), good.family(), [2; 32]),
        "family" => RefreshToken::new(good.user(), FamilyId::from_random([8; 16]), [2; 32]),
        "old-user" => RefreshToken::new(user(2), good.family(), [1; 32]),
        "old-family" => RefreshToken::new(good.user(), FamilyId::from_random([8; 16]), [1; 32]),
        secret => token(secret.parse().expect("a number")),
    }
}

fn name(outcome: &RotateOutcome) -> &'static str {
    match outcome {
        RotateOutcome::Expired => "Expired",
        RotateOutcome::Repeated => "Repeated",
        RotateOutcome::Reused => "Reused",
        RotateOutcome::Rotated(_) => "Rotated",
    }
}

#[test]
fn refusals_have_their_order() {
    for row @ [cell, at, outcome] in rows(TABLE) {
        let at = second(at.parse().expect("seconds"));
        assert_eq!(name(&session().rotate(&presented(cell), salt(3), at)), outcome, "{row:?}");
    }
}

#[test]
fn a_rotation_replaces_the_token_and_moves_the_end() {
    let opened = Session::open(&token(1), second(0));
    let expected = Session {
        user: user(1),
        family: FamilyId::from_random([7; 16]),
        current: Digest::of(&[1; 32]),
        previous: None,
        generation: 0,
        epoch: 0,
        created_at: second(0),
        rotated_at: second(0),
        expires_at: second(30 * DAY),
        owed: None,
    };
    assert_eq!(opened, expected);
    let rotated = Session {
        current: token(1).successor(salt(2)).digest(),
        previous: Some(Predecessor { digest: Digest::of(&[1; 32]), salt: salt(2) }),
        generation: 1,
        rotated_at: second(DAY),
        expires_at: second(31 * DAY),
        ..expected
    };
    assert_eq!(session(), rotated);
    assert_eq!((REFRESH_TOKEN_LIFETIME.as_secs(), ACCESS_TOKEN_LIFETIME.as_secs()), (30 * DAY, 15 * 60));
}

/// The successor is made from the replaced token and the stored salt. Neither alone gives it.
#[test]
fn a_repeated_refresh_gets_the_same_successor() {
    let rotated = session();
    let successor = |token: &RefreshToken| rotated.successor(token).map(|token| token.reveal());
    let first = token(1).successor(salt(2));
    assert_eq!(first.reveal()[..32], token(1).reveal()[..32]);
    assert_eq!(successor(&token(1)), Some(first.reveal()));
    assert_eq!(successor(&first), None);
    assert_eq!(successor(&token(3)), None);
    assert_ne!(token(1).successor(salt(3)).reveal(), first.reveal());
    assert_ne!(token(3).successor(salt(2)).reveal(), first.reveal());
    assert!(Session::open(&token(1), second(0)).successor(&token(1)).is_none());
}

#[test]
fn work_owed_by_a_session_outlives_its_tokens() {
    let notice = PendingTask::PasswordNotice("request-1".to_owned());
    for owed in [PendingTask::Day(jiff::civil::date(2026, 11, 20)), notice] {
        let opened = Session::open(&token(1), second(0)).owing(owed.clone());
        assert_eq!(opened, Session { owed: Some(owed.clone()), ..Session::open(&token(1), second(0)) });
        match opened.rotate(&token(1), salt(2), second(DAY)) {
            RotateOutcome::Rotated(rotated) => assert_eq!(rotated.owed, Some(owed)),
            refused => panic!("{refused:?}"),
        }
    }
}

#[test]
fn a_session_has_the_epoch_of_its_account() {
    let opened = Session::open(&token(1), second(0)).of_epoch(3);
    assert_eq!(opened, Session { epoch: 3, ..Session::open(&token(1), second(0)) });
    match opened.rotate(&token(1), salt(2), second(DAY)) {
        RotateOutcome::Rotated(rotated) => assert_eq!(rotated.epoch, 3),
        refused => panic!("{refused:?}"),
    }
}

#[test]
fn a_session_at_the_end_of_time_ends_there() {
    assert_eq!(Session::open(&token(1), jiff::Timestamp::MAX).expires_at, jiff::Timestamp::MAX);
}

#[test]
fn a_token_prints_as_nothing_until_it_is_revealed() {
    assert_eq!(format!("{:?}", token(1)), "RefreshToken(secret)");
    // printf '\0\0\0\0\0\0\0\1', 16 times 7 and 32 times 1, encoded as base64url without padding
    let text =
        format!("{}{}", "AAAAAAAAAAEHBwcHBwcHBwcHBwcHBwcH", "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE");
    assert_eq!(token(1).reveal(), text);
}

#[test]
fn a_token_has_one_text() {
    let good = token(1).reveal();
    assert_eq!(good.parse::<RefreshToken>().map(|token| token.reveal()), Ok(good.clone()));
    let no_user = good.replacen("AAAAAAAAAAE", "AAAAAAAAAAA", 1);
    let too_large = good.replacen("AAAAAAAAAAE", "gAAAAAAAAAE", 1);
    let faults = [
        String::new(),
        no_user,
        too_large,
        good[1..].to_owned(),
        good[..74].to_owned(),
        good[..72].to_owned(),
        format!("{good}A"),
        format!("{good}="),
        format!("{good}\n"),
        format!("{}F", &good[..74]),
        format!("{}+", &good[..74]),
        format!("{}/{}", &good[..20], &good[21..]),
        format!("é{}", &good[2..]),
        "A".repeat(10_000),
    ];
    for fault in faults {
        assert_eq!(fault.parse::<RefreshToken>().err(), Some(RefreshTokenError), "{fault:?}");
    }
}

#[test]
fn families_and_salts_are_32_lower_case_hexadecimal_digits() {
    let text = "000102030405060708090a0b0c0d0eff";
    let family = FamilyId::from_random([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255]);
    assert_eq!((family.to_string(), text.parse()), (text.to_owned(), Ok(family)));
    let salt = SuccessorSalt::from_random([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255]);
    assert_eq!((salt.to_string(), text.parse()), (text.to_owned(), Ok(salt)));
    let faults = [
        String::new(),
        text.to_uppercase(),
        text[1..].to_owned(),
        format!("{text}0"),
        format!("+{}", &text[1..]),
    ];
    for fault in faults {
        assert_eq!(fault.parse::<FamilyId>(), Err(FamilyIdError), "{fault:?}");
        assert_eq!(fault.parse::<SuccessorSalt>(), Err(SuccessorSaltError), "{fault:?}");
    }
}

proptest! {
    #[test]
    fn a_token_comes_back_from_its_text(
        number in 1..=i64::MAX.unsigned_abs(),
        family in any::<[u8; 16]>(),
        secret in any::<[u8; 32]>(),
    ) {
        let token = RefreshToken::new(user(number), FamilyId::from_random(family), secret);
        let back: RefreshToken = token.reveal().parse().expect("a token");
        prop_assert_eq!(
            (back.user(), back.family(), back.digest(), back.reveal()),
            (token.user(), token.family(), token.digest(), token.reveal())
        );
        prop_assert_eq!(token.family().to_string().parse(), Ok(token.family()));
    }

    #[test]
    fn no_text_stops_the_program(text in any::<String>()) {
        let _ = text.parse::<RefreshToken>();
        let _ = text.parse::<FamilyId>();
    }

    /// Tokens are presented in any order: the last issued one is replaced, the one before it gets the same successor
    /// again, and any other is refused.
    #[test]
    fn only_the_newest_token_is_replaced(shown in prop::collection::vec(0..6_usize, 1..20)) {
        let mut session = Session::open(&token(0), second(0));
        let mut tokens = vec![token(0)];
        for number in shown {
            let newest = tokens.len() - 1;
            let presented = tokens.get(number).cloned().unwrap_or_else(|| token(99));
            match session.rotate(&presented, salt(1), second(1)) {
                RotateOutcome::Rotated(next) => {
                    prop_assert_eq!(number, newest);
                    prop_assert_eq!(next.generation, session.generation + 1);
                    tokens.push(next.successor(&presented).expect("the successor"));
                    session = next;
                }
                RotateOutcome::Repeated => prop_assert_eq!(number + 1, newest),
                RotateOutcome::Reused => prop_assert!(number > newest || number + 1 < newest),
                RotateOutcome::Expired => prop_assert!(false, "a second is not too long"),
            }
        }
    }
}
