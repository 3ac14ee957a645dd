//! Sessions: which token is valid and until when, and that only the client gets its text.

use crate::common::{rows, second, token, user};
use evens_ledger::Digest;
use evens_players::{
    ACCESS_TOKEN_LIFETIME, FamilyId, FamilyIdError, Owed, REFRESH_TOKEN_LIFETIME, RefreshToken,
    RefreshTokenError, RotateOutcome, Session,
};
use proptest::prelude::*;

const DAY: i64 = 24 * 60 * 60;

/// Each row is the row above with one fault repaired. The session began with token 1 and got token 2 a day later. At
/// `second` a client presents a token and requests token 3. The presented token has a number, or belongs to another
/// user.
const TABLE: &str = "
    presented   second   outcome
    1           2678400  Expired
    2           2678400  Expired
    2           9999999  Expired
    1           2678399  Reused
    3           2678399  Reused
    user        2678399  Reused
    family      2678399  Reused
    2           2678399  Rotated
    2           86400    Rotated
";

fn session() -> Session {
    match Session::open(&token(1), second(0)).rotate(&token(1), &token(2), second(DAY)) {
        RotateOutcome::Rotated(session) => session,
        refused => panic!("{refused:?}"),
    }
}

fn presented(cell: &str) -> RefreshToken {
    let good = token(2);
    match cell {
        "user" => RefreshToken::new(user(2), good.family(), [2; 32]),
        "family" => RefreshToken::new(good.user(), FamilyId::from_random([8; 16]), [2; 32]),
        secret => token(secret.parse().expect("a number")),
    }
}

fn name(outcome: &RotateOutcome) -> &'static str {
    match outcome {
        RotateOutcome::Expired => "Expired",
        RotateOutcome::Reused => "Reused",
        RotateOutcome::Rotated(_) => "Rotated",
    }
}

#[test]
fn refusals_have_their_order() {
    for row @ [cell, at, outcome] in rows(TABLE) {
        let at = second(at.parse().expect("seconds"));
        assert_eq!(name(&session().rotate(&presented(cell), &token(3), at)), outcome, "{row:?}");
    }
}

#[test]
fn a_rotation_replaces_the_token_and_moves_the_end() {
    let opened = Session::open(&token(1), second(0));
    let expected = Session {
        user: user(1),
        family: FamilyId::from_random([7; 16]),
        current: Digest::of(&[1; 32]),
        generation: 0,
        created_at: second(0),
        rotated_at: second(0),
        expires_at: second(30 * DAY),
        owed: None,
    };
    assert_eq!(opened, expected);
    let rotated = Session {
        current: Digest::of(&[2; 32]),
        generation: 1,
        rotated_at: second(DAY),
        expires_at: second(31 * DAY),
        ..expected
    };
    assert_eq!(session(), rotated);
    assert_eq!((REFRESH_TOKEN_LIFETIME.as_secs(), ACCESS_TOKEN_LIFETIME.as_secs()), (30 * DAY, 15 * 60));
}

#[test]
fn what_a_session_owes_outlives_its_tokens() {
    let notice = Owed::PasswordNotice("request-1".to_owned());
    for owed in [Owed::Day(jiff::civil::date(2026, 11, 20)), notice] {
        let opened = Session::open(&token(1), second(0)).owing(owed.clone());
        assert_eq!(opened, Session { owed: Some(owed.clone()), ..Session::open(&token(1), second(0)) });
        match opened.rotate(&token(1), &token(2), second(DAY)) {
            RotateOutcome::Rotated(rotated) => assert_eq!(rotated.owed, Some(owed)),
            refused => panic!("{refused:?}"),
        }
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
fn families_are_32_lower_case_hexadecimal_digits() {
    let text = "000102030405060708090a0b0c0d0eff";
    let family = FamilyId::from_random([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255]);
    assert_eq!((family.to_string(), text.parse()), (text.to_owned(), Ok(family)));
    let faults = [
        String::new(),
        text.to_uppercase(),
        text[1..].to_owned(),
        format!("{text}0"),
        format!("+{}", &text[1..]),
    ];
    for fault in faults {
        assert_eq!(fault.parse::<FamilyId>(), Err(FamilyIdError), "{fault:?}");
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

    /// Tokens are presented in any order: only the last issued one is valid.
    #[test]
    fn only_the_newest_token_is_good(shown in prop::collection::vec(0..6_u8, 1..20)) {
        let mut session = Session::open(&token(0), second(0));
        let mut newest = 0;
        for secret in shown {
            match session.rotate(&token(secret), &token(newest + 1), second(1)) {
                RotateOutcome::Rotated(next) => {
                    prop_assert_eq!(secret, newest);
                    newest += 1;
                    prop_assert_eq!(next.generation, u64::from(newest));
                    session = next;
                }
                RotateOutcome::Reused => prop_assert_ne!(secret, newest),
                RotateOutcome::Expired => prop_assert!(false, "a second is not too long"),
            }
        }
    }
}
