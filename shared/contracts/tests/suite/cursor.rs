//! Cursors: clients cannot read them, and only those that a page gave are accepted.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use evens_contracts::{Cursor, MatchCursor, OrderCursor, RoundCursor, WaitingCursor};
use proptest::prelude::*;

/// The value is made by `printf before:7 | base64`. It must not change, because clients may hold a cursor across a
/// deployment.
#[test]
fn cursors_are_golden() {
    assert_eq!(Cursor { before: 7 }.to_string(), "YmVmb3JlOjc");
    assert_eq!("YmVmb3JlOjc".parse(), Ok(Cursor { before: 7 }));
}

#[test]
fn garbage_is_no_cursor() {
    let encoded = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    let table = [
        String::new(),
        "7".to_owned(),
        "before:7".to_owned(),
        "YmVmb3JlOjc=".to_owned(),
        " YmVmb3JlOjc".to_owned(),
        "YmVmb3JlOjd".to_owned(), // other bits after the last byte
        "YmVmb3JlOjc%3D".to_owned(),
        encoded("before:"),
        encoded("before:-7"),
        encoded("before:+7"),
        encoded("before:07"),
        encoded("before:7 "),
        encoded("before:18446744073709551616"),
        encoded("after:7"),
        BASE64_URL_SAFE_NO_PAD.encode(b"before:\xff"),
        "A".repeat(100_000),
    ];
    for text in table {
        assert!(text.parse::<Cursor>().is_err(), "{text}");
    }
}

proptest! {
    #[test]
    fn cursors_come_back_from_their_text(before in any::<u64>()) {
        let cursor = Cursor { before };
        prop_assert_eq!(cursor.to_string().parse(), Ok(cursor));
        prop_assert!(cursor.to_string().bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
    }

    #[test]
    fn no_text_makes_a_cursor_panic(text in any::<String>()) {
        let _ = text.parse::<Cursor>();
    }
}

#[test]
fn a_cursor_of_matches_is_golden_and_no_cursor_of_entries() {
    let after = "0820039d-26b6-8139-91b0-9302aa2376d7".parse().unwrap();
    let text = MatchCursor { after }.to_string();
    assert_eq!(text, "YWZ0ZXI6MDgyMDAzOWQtMjZiNi04MTM5LTkxYjAtOTMwMmFhMjM3NmQ3");
    assert_eq!(text.parse(), Ok(MatchCursor { after }));
    assert!(text.parse::<Cursor>().is_err());
    assert!("YmVmb3JlOjc".parse::<MatchCursor>().is_err());
}

#[test]
fn a_cursor_of_orders_is_golden_and_no_other_one() {
    let before = "1795392234033.c2ddea97-c275-8072-94b6-17821ddacbe1".parse().unwrap();
    let text = OrderCursor { before }.to_string();
    assert_eq!(text, "YmVmb3JlLW9yZGVyOjE3OTUzOTIyMzQwMzMuYzJkZGVhOTctYzI3NS04MDcyLTk0YjYtMTc4MjFkZGFjYmUx");
    assert_eq!(text.parse(), Ok(OrderCursor { before }));
    assert!(text.parse::<Cursor>().is_err() && text.parse::<MatchCursor>().is_err());
    assert!("YmVmb3JlOjc".parse::<OrderCursor>().is_err());
}

#[test]
fn a_cursor_of_orders_that_wait_is_no_cursor_of_a_players_orders() {
    let after = "1795392234033.c2ddea97-c275-8072-94b6-17821ddacbe1".parse().unwrap();
    let text = WaitingCursor { after }.to_string();
    assert_eq!(text, "YWZ0ZXItb3JkZXI6MTc5NTM5MjIzNDAzMy5jMmRkZWE5Ny1jMjc1LTgwNzItOTRiNi0xNzgyMWRkYWNiZTE");
    assert_eq!(text.parse(), Ok(WaitingCursor { after }));
    assert!(text.parse::<OrderCursor>().is_err() && text.parse::<MatchCursor>().is_err());
    assert!(OrderCursor { before: after }.to_string().parse::<WaitingCursor>().is_err());
}

#[test]
fn a_cursor_of_open_rounds_is_golden_and_says_when_its_round_closes() {
    let after = "1795392234033-quick-7".parse().unwrap();
    let text = RoundCursor { after }.to_string();
    assert_eq!(text, "YWZ0ZXItcm91bmQ6MTc5NTM5MjIzNDAzMy1xdWljay03");
    let read: RoundCursor = text.parse().unwrap();
    assert_eq!((read.after.id().as_str(), read.after.at().as_millisecond()), ("quick-7", 1_795_392_234_033));
    assert!(text.parse::<MatchCursor>().is_err());
    let encoded = |place: &str| BASE64_URL_SAFE_NO_PAD.encode(format!("after-round:{place}"));
    for place in ["", "7", "-r", "7-", "x-r", "07-r", "9999999999999999-r", "7-a/b"] {
        assert!(encoded(place).parse::<RoundCursor>().is_err(), "{place}");
    }
}
