//! Requests that place a bet: each bad body has exactly one problem, and the refusal names the first wrong field.

use crate::common::{BET, ROUND, amount, invalid, line};
use evens_contracts::{
    OpenRoundRequest, PlaceBetRequest, Problem, ProblemKind, ResultRequest, parse_bet_id, parse_round_id,
};
use evens_exchange::{Side, Stake};
use evens_ledger::UserId;
use jiff::Timestamp;
use proptest::prelude::*;

const NULL: &str = "is null. Give it a value, or omit it if it is optional";

/// The body of a good bet in which one field has this JSON as its value, or is left out if the JSON is empty.
fn bet_with(field: &str, json: &str) -> String {
    let usual =
        [("userId", "123"), ("roundId", "\"round-2024-01-01\""), ("amount", "100.50"), ("side", "\"A\"")];
    let fields = usual.map(|(name, usual)| (name, if name == field { json } else { usual }));
    let written = fields.iter().filter(|(_, json)| !json.is_empty());
    let written: Vec<_> = written.map(|(name, json)| format!("\"{name}\":{json}")).collect();
    format!("{{{}}}", written.join(","))
}

fn good_bet() -> PlaceBetRequest {
    PlaceBetRequest {
        user_id: Some(UserId::new(123).expect("a player")),
        round_id: ROUND.parse().expect("a round"),
        amount: Stake::parse(amount("100.5")).expect("a stake"),
        side: Side::A,
    }
}

fn place_bet_line(body: &[u8]) -> String {
    PlaceBetRequest::parse(body).map_or_else(|problem| line(&problem), |_| "good".to_owned())
}

#[test]
fn a_good_bet_is_read() {
    assert_eq!(PlaceBetRequest::parse(bet_with("", "").as_bytes()), Ok(good_bet()));
    let without_user = PlaceBetRequest { user_id: None, ..good_bet() };
    assert_eq!(PlaceBetRequest::parse(bet_with("userId", "").as_bytes()), Ok(without_user));
}

#[test]
fn a_good_bet_may_be_written_in_many_ways() {
    let bodies = [
        r#"{"userId":"123","roundId":"round-2024-01-01","amount":"100.50","side":"A"}"#,
        r#"{"side":"A","amount":100.5,"roundId":"round-2024-01-01","userId":123}"#,
        r#"{"userId":123,"roundId":"round-2024-01-01","amount":1.005e2,"side":"A"}"#,
        // A whole number may be written in any form.
        r#"{"userId":123.0,"roundId":"round-2024-01-01","amount":100.50,"side":"A"}"#,
        r#"{"userId":1.23e2,"roundId":"round-2024-01-01","amount":100.50,"side":"A"}"#,
        r#"{"userId":123,"roundId":"round-2024-01-01","amount":10050E-2,"side":"A"}"#,
        "\r\n\t { \"userId\" : 123 , \"roundId\" : \"round-2024-01-01\" ,\n \"amount\" : 100.50 , \"side\" : \"A\" } \n",
        // Escapes in names and values mean the characters that they stand for.
        r#"{"userId":123,"roundId":"round-2024-01-01","\u0061mount":100.50,"side":"A"}"#,
        r#"{"\u0075serId":123,"r\u006fundId":"round\u002d2024-01-01","amount":"\u003100.50","s\u0069de":"\u0041"}"#,
        // Unknown fields are ignored, no matter what their values are.
        r#"{"userId":123,"roundId":"round-2024-01-01","amount":100.50,"side":"A","":0,"x":{"amount":-1}}"#,
        r#"{"userId":123,"roundId":"round-2024-01-01","amount":100.50,"side":"A","f":1e400,"s":"\ud83d\ude00"}"#,
        // These only look like repeated fields: they are inside a text, or in another object.
        r#"{"userId":123,"roundId":"round-2024-01-01","amount":100.50,"side":"A","x":"\",\"side\":","y":{"side":"B"}}"#,
        r#"{"userId":123,"roundId":"round-2024-01-01","amount":100.50,"side":"A","x":[{"y":1},{"y":1}],"y":"y"}"#,
    ];
    for body in bodies {
        assert_eq!(PlaceBetRequest::parse(body.as_bytes()), Ok(good_bet()), "{body}");
    }
}

/// If a proxy or a gateway reads the other one of two values, it decides about a different bet from the one that we
/// place.
#[test]
fn a_body_that_gives_a_key_twice_is_malformed_and_the_key_is_named() {
    let rows = [
        (r#"{"amount":1,"amount":2}"#, "amount"),
        (r#"{"roundId":"r","amount":1,"side":"A","amount":1}"#, "amount"),
        // The name may be written in any form.
        (r#"{"amount":1,"\u0061mount":2}"#, "amount"),
        (r#"{"\\":1,"\u005c":2}"#, "\\"),
        (r#"{"a\"":1,"b":2,"a\"":3}"#, "a\""),
        (r#"{"":1,"":2}"#, ""),
        // Repeated keys are also found in unknown fields, at any depth.
        (r#"{"x":{"y":1,"y":1}}"#, "y"),
        (r#"{"x":[[{"y":{"z":[1,2]},"s":"}","y":1}]]}"#, "y"),
        (r#"{"x":{"y":1},"side":"A","x":{"y":1}}"#, "x"),
    ];
    for (body, key) in rows {
        let problem = PlaceBetRequest::parse(body.as_bytes()).expect_err(body);
        let said = format!("malformed-body -: The body gives the key \"{key}\" more than once.");
        assert_eq!(line(&problem), said, "{body}");
    }
    // Only the beginning of a long name is repeated.
    let long = "k".repeat(30_000);
    let problem =
        PlaceBetRequest::parse(format!("{{\"{long}\":1,\"{long}\":1}}").as_bytes()).expect_err("twice");
    assert!(problem.detail.len() < 150, "{}", problem.detail);
    // Deep bodies are checked as quickly as flat ones.
    let deep = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    assert_eq!(place_bet_line(deep.as_bytes()), "invalid roundId: roundId is missing");
}

#[test]
fn a_number_in_a_text_is_written_in_plain_digits() {
    let said = |field: &str, text: &str| place_bet_line(bet_with(field, &format!("\"{text}\"")).as_bytes());
    for text in ["1e0", "1E0", "1e+1", "+1", "01", "00", "007.5", "1.5e3", "-0e0"] {
        let refused = "invalid amount: amount must be a number in plain digits";
        assert_eq!(said("amount", text), refused, "{text}");
    }
    for text in ["123e0", "+123", "0123", "1.23e2"] {
        let refused = "invalid userId: userId must be a number in plain digits";
        assert_eq!(said("userId", text), refused, "{text}");
    }
    for text in ["0.5", "10", "10.50"] {
        assert_eq!(said("amount", text), "good", "{text}");
    }
}

#[test]
fn a_body_that_is_no_json_object_is_malformed() {
    let good = bet_with("", "");
    let deep = "[".repeat(100_000);
    let bodies: &[&[u8]] = &[
        b"",
        b" ",
        b"null",
        b"true",
        b"5",
        b"NaN",
        b"\"\"",
        b"[]",
        b"[{}]",
        b"amount=100.50&side=A",
        b"<bet/>",
        b"{",
        b"}",
        b"{}{}",
        b"{} x",
        b"{\"amount\"}",
        b"{\"amount\":}",
        b"{\"amount\":1,}",
        b"{amount:1}",
        b"{'amount':1}",
        b"{1:1}",
        b"{\"amount\":NaN}",
        b"{\"amount\":Infinity}",
        b"{\"amount\":+5}",
        b"{\"amount\":.5}",
        b"{\"amount\":5.}",
        b"{\"amount\":05}",
        b"{\"amount\":0x5}",
        b"{\"amount\":--5}",
        b"{\"amount\":1e}",
        b"{\"side\":\"A}",
        b"{\"side\":\"\x01\"}", // a control character as it stands
        b"{\"s\\u00ZZ\":1}",
        b"{\"\\ud800\":1}",     // half a character as a name
        b"{\"side\":\"\xff\"}", // not UTF-8
        b"{\"x\":\"\xc3\"}",    // not UTF-8 in an unknown field
        b"\xef\xbb\xbf{}",      // a byte order mark
        b"\0{}",
        deep.as_bytes(),
        &good.as_bytes()[..good.len() - 1],
        &[good.as_bytes(), b","].concat(),
        &[good.as_bytes(), b"\0"].concat(),
        &[b"{\"x\":".as_slice(), deep.as_bytes()].concat(),
        &good.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>(),
    ];
    for body in bodies {
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        let problem = PlaceBetRequest::parse(body).expect_err(&shown);
        assert_eq!((problem.kind, problem.field), (ProblemKind::MalformedBody, None), "{shown}");
        assert!(problem.detail.starts_with("The body is not a JSON object: see line "), "{}", problem.detail);
    }
}

#[test]
fn a_malformed_body_is_shown_where_it_breaks() {
    let problem = PlaceBetRequest::parse(b"{\n  \"amount\": oops\n}").unwrap_err();
    assert_eq!(line(&problem), "malformed-body -: The body is not a JSON object: see line 2, column 13.");
}

#[test]
fn each_wrong_field_of_a_bet_is_named() {
    let long = format!("\"{}\"", "r".repeat(300));
    let digits_21 = "1".repeat(21);
    #[rustfmt::skip]
    let table = [
        ("userId",  "0",                       "must be a whole number from 1 to 9223372036854775807"),
        ("userId",  "-1",                      "must be a whole number from 1 to 9223372036854775807"),
        ("userId",  "1.5",                     "must be a whole number from 1 to 9223372036854775807"),
        ("userId",  "1e-3",                    "must be a whole number from 1 to 9223372036854775807"),
        ("userId",  "\"1.0\"",                 "must be a whole number from 1 to 9223372036854775807"),
        ("userId",  "9223372036854775808",     "must be a whole number from 1 to 9223372036854775807"),
        ("userId",  "\"\"",                    "must be a whole number from 1 to 9223372036854775807"),
        ("userId",  "\" 1\"",                  "must be a whole number from 1 to 9223372036854775807"),
        ("userId",  "true",                    "is not a number"),
        ("userId",  "[1]",                     "is not a number"),
        ("userId",  "{\"id\":1}",              "is not a number"),
        ("roundId", "",                        "is missing"),
        ("roundId", "null",                    NULL),
        ("roundId", "5",                       "is not a string"),
        ("roundId", "false",                   "is not a string"),
        ("roundId", "[\"r\"]",                 "is not a string"),
        ("roundId", "{}",                      "is not a string"),
        ("roundId", "\"\\ud800\"",             "is not a string"),
        ("roundId", "\"\"",                    "is empty"),
        ("roundId", "\"..\"",                  "is \".\" or \"..\""),
        ("roundId", &long,                     "is longer than 64 characters"),
        ("roundId", "\"a b\"",                 "has a character other than letters, digits, '-', '_' and '.'"),
        ("roundId", "\"a\\u0000b\"",           "has a character other than letters, digits, '-', '_' and '.'"),
        ("roundId", "\"a\\nb\"",               "has a character other than letters, digits, '-', '_' and '.'"),
        ("roundId", "\"rønd\"",                "has a character other than letters, digits, '-', '_' and '.'"),
        ("amount",  "",                        "is missing"),
        ("amount",  "null",                    NULL),
        ("amount",  "true",                    "is not a number"),
        ("amount",  "[5]",                     "is not a number"),
        ("amount",  "{\"value\":5}",           "is not a number"),
        ("amount",  "\"\\ud800\"",             "is not a number"),
        ("amount",  "\"\"",                    "is not a decimal number"),
        ("amount",  "\"NaN\"",                 "is not a decimal number"),
        ("amount",  "\"null\"",                "is not a decimal number"),
        ("amount",  "\" 5\"",                  "is not a decimal number"),
        ("amount",  "\"+5\"",                  "must be a number in plain digits"),
        ("amount",  "\"5,00\"",                "is not a decimal number"),
        ("amount",  "\"5 EUR\"",               "is not a decimal number"),
        ("amount",  "\"0x10\"",                "is not a decimal number"),
        ("amount",  "-5",                      "is negative"),
        ("amount",  "\"-5\"",                  "is negative"),
        ("amount",  "-0.000000001",            "is negative"),
        ("amount",  "-1e400",                  "is negative"),
        ("amount",  "0.123456789",             "must have at most 8 decimals"),
        ("amount",  "1e-9",                    "must have at most 8 decimals"),
        ("amount",  "100.50000000000000001",   "must have at most 8 decimals"),
        ("amount",  &digits_21,                "must have at most 20 digits before the point"),
        ("amount",  "1e400",                   "must have at most 20 digits before the point"),
        ("amount",  "1e99999999999999999999",  "must have at most 20 digits before the point"),
        ("amount",  "0",                       "must be above 0"),
        ("amount",  "-0",                      "must be above 0"),
        ("amount",  "0.0",                     "must be above 0"),
        ("amount",  "0e400",                   "must be above 0"),
        ("amount",  "1000000000000.00000001",  "must be at most 1000000000000"),
        ("amount",  "99999999999999999999",    "must be at most 1000000000000"),
        ("side",    "",                        "is missing"),
        ("side",    "null",                    NULL),
        ("side",    "1",                       "is not a string"),
        ("side",    "true",                    "is not a string"),
        ("side",    "[\"A\"]",                 "is not a string"),
        ("side",    "{\"A\":1}",               "is not a string"),
        ("side",    "\"\"",                    "must be \"A\" or \"B\""),
        ("side",    "\"a\"",                   "must be \"A\" or \"B\""),
        ("side",    "\"C\"",                   "must be \"A\" or \"B\""),
        ("side",    "\"A \"",                  "must be \"A\" or \"B\""),
        ("side",    "\"AB\"",                  "must be \"A\" or \"B\""),
        ("side",    "\"\\u0410\"",             "must be \"A\" or \"B\""), // a Cyrillic letter
    ];
    for (field, json, detail) in table {
        let body = bet_with(field, json);
        assert_eq!(place_bet_line(body.as_bytes()), invalid(field, detail), "{body}");
    }
}

/// Each row repairs one fault of the row above.
#[test]
fn the_first_wrong_field_of_a_bet_is_the_answer() {
    #[rustfmt::skip]
    let table = [
        (r#"{"userId":0,"roundId":0,"amount":0,"side":0"#,         "malformed-body -"),
        (r#"{"userId":0,"roundId":0,"amount":0,"side":0}"#,        "invalid userId"),
        (r#"{"userId":1,"roundId":0,"amount":0,"side":0}"#,        "invalid roundId"),
        (r#"{"userId":1,"roundId":"r","amount":0,"side":0}"#,      "invalid amount"),
        (r#"{"userId":1,"roundId":"r","amount":1,"side":0}"#,      "invalid side"),
        (r#"{"userId":1,"roundId":"r","amount":1,"side":"A"}"#,    "good"),
        ("{}",                                                     "invalid roundId"),
    ];
    for (body, expected) in table {
        let line = place_bet_line(body.as_bytes());
        assert_eq!(line.split(": ").next(), Some(expected), "{body}");
    }
}

#[test]
fn a_large_body_is_read_like_a_small_one() {
    let good = bet_with("", "");
    let rest = &good[1..];
    let many_fields: Vec<_> = (0..100_000).map(|number| format!("\"f{number}\":{number},")).collect();
    let many_fields = many_fields.concat();
    let deep = format!("\"x\":{}{},", "[".repeat(100_000), "]".repeat(100_000));
    let deep_objects = format!("\"x\":{}1{},", "{\"x\":".repeat(100_000), "}".repeat(100_000));
    let zeros = "0".repeat(100_000);
    for fields in [many_fields, deep, deep_objects, format!("\"x\":1{zeros},"), format!("\"x\":\"{zeros}\",")]
    {
        let body = format!("{{{fields}{rest}");
        assert_eq!(PlaceBetRequest::parse(body.as_bytes()), Ok(good_bet()), "{}", &body[..60]);
    }
    let padded = bet_with("amount", &format!("100.50{zeros}"));
    assert_eq!(PlaceBetRequest::parse(padded.as_bytes()), Ok(good_bet()));
}

#[test]
fn paths_name_rounds_and_bets() {
    assert_eq!(parse_round_id(ROUND).unwrap().as_str(), ROUND);
    let problem = parse_round_id("a b").unwrap_err();
    let detail = "has a character other than letters, digits, '-', '_' and '.'";
    assert_eq!(line(&problem), invalid("roundId", detail));
    assert_eq!(parse_bet_id(BET).unwrap().to_string(), BET);
    for text in ["", "bet-abc-123", &BET.to_uppercase()] {
        let problem = parse_bet_id(text).expect_err(text);
        assert_eq!(line(&problem), "not-found betId: There is no bet with this id.");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_a_request_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let refused: [Option<Problem>; 3] = [
            PlaceBetRequest::parse(&bytes).err(),
            OpenRoundRequest::parse(&bytes, Timestamp::UNIX_EPOCH).err(),
            ResultRequest::parse(&bytes).err(),
        ];
        prop_assert!(refused.iter().all(Option::is_some));
    }

    #[test]
    fn any_amount_is_read_from_a_number_and_from_a_string(units in 1..=10_i128.pow(20)) {
        let stake = evens_ledger::Amount::from_units(units).expect("an amount");
        for json in [stake.to_string(), format!("\"{stake}\"")] {
            let request = PlaceBetRequest::parse(bet_with("amount", &json).as_bytes()).expect("a good bet");
            prop_assert_eq!(request.amount.amount(), stake);
        }
    }
}
