//! Requests that open a round and that give its result: each bad body has exactly one problem, and the refusal names
//! the first wrong field.

use crate::common::{PUBLIC_KEY, SIGNATURE, amount, invalid, line};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evens_contracts::{OpenRoundRequest, ProblemKind, ResultRequest};
use evens_draws::Seed;
use evens_exchange::{Deadlines, Draw, OracleKey, Round, RoundTerms, Side};
use jiff::Timestamp;

const NULL: &str = "is null. Give it a value, or omit it if it is optional";

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// The time at which the bodies here are read.
fn now() -> Timestamp {
    at("2024-01-01T00:00:00Z")
}

/// The round closes a day after it is opened, and has its result a day later.
fn usual_deadlines() -> Deadlines {
    Deadlines { closes_by: at("2024-01-02T00:00:00Z"), result_by: at("2024-01-03T00:00:00Z") }
}

fn oracle_round(oracle: &str) -> String {
    format!(r#"{{"roundId":"r1","draw":"oracle","oracle":{oracle}}}"#)
}

#[test]
fn rounds_to_be_opened_are_read() {
    let key = OracleKey {
        name: "Schiedsrichter ⚖".to_owned(),
        public_key: BASE64_STANDARD.decode(PUBLIC_KEY).unwrap().try_into().unwrap(),
    };
    let oracle = oracle_round(&format!(r#"{{"name":"Schiedsrichter ⚖","publicKey":"{PUBLIC_KEY}"}}"#));
    #[rustfmt::skip]
    let table = [
        (r#"{"roundId":"r1"}"#,                                    Draw::Match),
        (r#"{"roundId":"r1","draw":"match"}"#,                     Draw::Match),
        (r#"{"roundId":"r1","draw":"match","oracle":"ignored"}"#,  Draw::Match),
        (r#"{"roundId":"r1","draw":"round"}"#,                     Draw::Round),
        (oracle.as_str(),                                          Draw::Oracle(key)),
    ];
    for (body, draw) in table {
        let round_id = "r1".parse().unwrap();
        let expected = OpenRoundRequest {
            round_id,
            draw,
            stake_min: None,
            commission: None,
            closes_by: None,
            result_by: None,
        };
        assert_eq!(OpenRoundRequest::parse(body.as_bytes(), now()).as_ref(), Ok(&expected), "{body}");
        assert_eq!(expected.deadlines(now()), usual_deadlines(), "{body}");
    }
}

/// The body that opens a round, with these fields beside its id.
fn round_with(fields: &str) -> String {
    format!("{{\"roundId\":\"r1\"{fields}}}")
}

#[test]
fn a_round_may_have_a_least_stake() {
    #[rustfmt::skip]
    let table = [
        ("",                              None),
        (",\"stakeMin\":0",               Some("0")), // the platform's own least stake counts
        (",\"stakeMin\":2.50",            Some("2.5")),
        (",\"stakeMin\":\"2.50\"",        Some("2.5")),
        (",\"stakeMin\":1e-8",            Some("0.00000001")),
        (",\"stakeMin\":1000000000000",   Some("1e12")),
    ];
    for (fields, expected) in table {
        let request = OpenRoundRequest::parse(round_with(fields).as_bytes(), now()).expect(fields);
        assert_eq!(request.stake_min, expected.map(amount), "{fields}");
    }
}

#[test]
fn a_round_may_have_a_commission_of_its_own() {
    #[rustfmt::skip]
    let table = [
        ("",                               Ok(None)),
        (",\"commissionRate\":0",          Ok(Some("0"))),
        (",\"commissionRate\":0.0250",     Ok(Some("0.025"))),
        (",\"commissionRate\":\"0.1\"",    Ok(Some("0.1"))),
        (",\"commissionRate\":0.1001",     Err("commissionRate")),
        (",\"commissionRate\":0.00001",    Err("commissionRate")),
        (",\"commissionRate\":-0.01",      Err("commissionRate")),
        (",\"commissionRate\":\"2.5%\"",   Err("commissionRate")),
    ];
    for (fields, expected) in table {
        let request = OpenRoundRequest::parse(round_with(fields).as_bytes(), now());
        let found = request.map(|request| request.commission.map(|rate| rate.to_string()));
        let found = found.map_err(|problem| problem.field.unwrap_or_default().to_owned());
        assert_eq!(found, expected.map(|rate| rate.map(str::to_owned)).map_err(str::to_owned), "{fields}");
    }
}

#[test]
fn a_round_closes_and_has_its_result_when_the_operator_says_or_after_a_day_each() {
    #[rustfmt::skip]
    let table = [
        // requested closesBy, requested resultBy, closes by, has its result by
        ("",                                       "",                                    "2024-01-02T00:00:00Z",             "2024-01-03T00:00:00Z"),
        ("\"2024-01-01T00:00:00.000000001Z\"",     "",                                    "2024-01-01T00:00:00.000000001Z",   "2024-01-02T00:00:00.000000001Z"),
        ("\"2024-06-30T20:00:00+02:00\"",          "",                                    "2024-06-30T18:00:00Z",             "2024-07-01T18:00:00Z"),
        ("\"2024-01-01T01:00:00Z\"",               "\"2024-01-01T01:00:00.000000001Z\"",  "2024-01-01T01:00:00Z",             "2024-01-01T01:00:00.000000001Z"),
        ("",                                       "\"2024-01-02T00:00:01Z\"",            "2024-01-02T00:00:00Z",             "2024-01-02T00:00:01Z"),
        ("\"2025-01-01T00:00:00Z\"",               "",                                    "2025-01-01T00:00:00Z",             "2025-01-02T00:00:00Z"),
        ("\"2024-12-31T00:00:00Z\"",               "\"2025-01-01T00:00:00Z\"",            "2024-12-31T00:00:00Z",             "2025-01-01T00:00:00Z"),
    ];
    for (closes_by, result_by, expected_close, expected_result) in table {
        let body = round_with(&deadline_fields(closes_by, result_by));
        let request = OpenRoundRequest::parse(body.as_bytes(), now()).expect(&body);
        let expected = Deadlines { closes_by: at(expected_close), result_by: at(expected_result) };
        assert_eq!(request.deadlines(now()), expected, "{body}");
    }
}

#[test]
fn a_repeat_asks_for_the_round_that_is_there() {
    let opened_at = at("2024-01-01T00:00:00Z");
    let opening = round_with(",\"stakeMin\":2,\"closesBy\":\"2024-01-01T10:00:00Z\"");
    let opening = OpenRoundRequest::parse(opening.as_bytes(), opened_at).unwrap();
    let terms = RoundTerms {
        id: opening.round_id.clone(),
        draw: opening.draw.clone(),
        opened_by: None,
        stake_min: amount("2"),
        commission: "0.02".parse().unwrap(),
        deadlines: Some(opening.deadlines(opened_at)),
    };
    let round = Round::open(terms, &Seed::from_bytes([7; 32]), opened_at);
    #[rustfmt::skip]
    let table = [
        // fields of the repeat, the platform's least stake at that time, and the field that differs
        ("",                                              "1", None),
        (",\"stakeMin\":2",                               "1", None),
        (",\"stakeMin\":0.5",                             "2", None),
        (",\"commissionRate\":\"0.0200\"",                "1", None),
        (",\"closesBy\":\"2024-01-01T12:00:00+02:00\"",   "1", None),
        (",\"resultBy\":\"2024-01-02T10:00:00Z\"",        "1", None),
        (",\"draw\":\"round\",\"stakeMin\":3",            "1", Some("draw")),
        (",\"stakeMin\":3",                               "1", Some("stakeMin")),
        (",\"stakeMin\":0.5",                             "1", Some("stakeMin")),
        (",\"commissionRate\":0",                         "1", Some("commissionRate")),
        (",\"closesBy\":\"2024-01-01T10:00:01Z\"",        "1", Some("closesBy")),
        (",\"resultBy\":\"2024-01-02T10:00:01Z\"",        "1", Some("resultBy")),
    ];
    for (fields, allowed, expected) in table {
        // The repeat comes a little later.
        let repeat = OpenRoundRequest::parse(round_with(fields).as_bytes(), at("2024-01-01T00:00:30Z"));
        let repeat = repeat.unwrap_or_else(|problem| panic!("{fields}: {problem:?}"));
        assert_eq!(repeat.differs_from(&round, amount(allowed)), expected, "{fields}");
    }
}

/// Both deadlines as fields of a body; a field is left out if its text is empty.
fn deadline_fields(closes_by: &str, result_by: &str) -> String {
    let fields = [("closesBy", closes_by), ("resultBy", result_by)];
    let written = fields.into_iter().filter(|(_, json)| !json.is_empty());
    let written: Vec<_> = written.map(|(name, json)| format!(",\"{name}\":{json}")).collect();
    written.concat()
}

#[test]
fn each_wrong_latest_moment_of_a_round_is_named() {
    let no_time = "must be a time such as 2026-11-20T08:00:00Z";
    let late = "must be at most 2025-01-01T00:00:00Z";
    #[rustfmt::skip]
    let table = [
        // closesBy                   resultBy                    field       detail
        ("null",                      "",                         "closesBy", NULL),
        ("5",                         "",                         "closesBy", "is not a string"),
        ("true",                      "",                         "closesBy", "is not a string"),
        ("{}",                        "",                         "closesBy", "is not a string"),
        ("\"\"",                      "",                         "closesBy", no_time),
        ("\"tomorrow\"",              "",                         "closesBy", no_time),
        ("\"2024-02-30T00:00:00Z\"",  "",                         "closesBy", no_time),
        ("\"2024-01-02\"",            "",                         "closesBy", no_time),
        ("\"2024-01-02T00:00:00\"",   "",                         "closesBy", no_time),
        ("\"1704153600\"",            "",                         "closesBy", no_time),
        ("\"2023-12-31T23:59:59Z\"",  "",                         "closesBy", "must be after 2024-01-01T00:00:00Z"),
        ("\"2024-01-01T00:00:00Z\"",  "",                         "closesBy", "must be after 2024-01-01T00:00:00Z"),
        ("\"2025-01-01T00:00:01Z\"",  "",                         "closesBy", late),
        ("\"9999-12-30T00:00:00Z\"",  "",                         "closesBy", late),
        ("\"5\"",                     "5",                        "closesBy", no_time),
        ("",                          "null",                     "resultBy", NULL),
        ("",                          "5",                        "resultBy", "is not a string"),
        ("",                          "\"soon\"",                 "resultBy", no_time),
        ("",                          "\"2024-01-01T12:00:00Z\"", "resultBy", "must be after 2024-01-02T00:00:00Z"),
        ("",                          "\"2024-01-02T00:00:00Z\"", "resultBy", "must be after 2024-01-02T00:00:00Z"),
        ("\"2024-05-01T00:00:00Z\"",  "\"2024-05-01T00:00:00Z\"", "resultBy", "must be after 2024-05-01T00:00:00Z"),
        ("\"2024-05-01T00:00:00Z\"",  "\"2024-04-30T00:00:00Z\"", "resultBy", "must be after 2024-05-01T00:00:00Z"),
        ("\"2024-05-01T00:00:00Z\"",  "\"2025-01-01T00:00:01Z\"", "resultBy", late),
    ];
    for (closes_by, result_by, field, detail) in table {
        let body = round_with(&deadline_fields(closes_by, result_by));
        let problem = OpenRoundRequest::parse(body.as_bytes(), now()).expect_err(&body);
        assert_eq!(line(&problem), invalid(field, detail), "{body}");
    }
}

/// Each row repairs one fault of the row above.
#[test]
fn the_first_wrong_field_of_a_round_is_the_answer() {
    #[rustfmt::skip]
    let table = [
        (r#"{"roundId":0,"draw":0,"stakeMin":-1,"closesBy":0,"resultBy":0"#,      "malformed-body -"),
        (r#"{"roundId":0,"draw":0,"stakeMin":-1,"closesBy":0,"resultBy":0}"#,     "invalid roundId"),
        (r#"{"roundId":"r","draw":0,"stakeMin":-1,"closesBy":0,"resultBy":0}"#,   "invalid draw"),
        (r#"{"roundId":"r","stakeMin":-1,"closesBy":0,"resultBy":0}"#,            "invalid stakeMin"),
        (r#"{"roundId":"r","stakeMin":1,"closesBy":0,"resultBy":0}"#,             "invalid closesBy"),
        (r#"{"roundId":"r","stakeMin":1,"resultBy":0}"#,                          "invalid resultBy"),
        (r#"{"roundId":"r","stakeMin":1}"#,                                       "good"),
    ];
    for (body, expected) in table {
        let parsed = OpenRoundRequest::parse(body.as_bytes(), now());
        let line = parsed.map_or_else(|problem| line(&problem), |_| "good".to_owned());
        assert_eq!(line.split(": ").next(), Some(expected), "{body}");
    }
}

#[test]
fn each_wrong_field_of_a_round_is_named() {
    let named = |name: &str| oracle_round(&format!(r#"{{"name":{name},"publicKey":"{PUBLIC_KEY}"}}"#));
    let keyed = |key: &str| oracle_round(&format!(r#"{{"name":"referee","publicKey":{key}}}"#));
    let long = format!("\"{}\"", "é".repeat(65));
    #[rustfmt::skip]
    let table = [
        ("{}".to_owned(),                                "roundId",          "is missing"),
        (r#"{"roundId":"a/b","draw":"x"}"#.to_owned(),   "roundId",          "has a character other than letters, digits, '-', '_' and '.'"),
        (r#"{"roundId":"r1","draw":"x"}"#.to_owned(),    "draw",             "must be \"match\", \"round\" or \
            \"oracle\""),
        (r#"{"roundId":"r1","draw":"Match"}"#.to_owned(), "draw",            "must be \"match\", \"round\" or \
            \"oracle\""),
        (r#"{"roundId":"r1","draw":1}"#.to_owned(),      "draw",             "is not a string"),
        (r#"{"roundId":"r1","draw":null}"#.to_owned(),   "draw",             NULL),
        (r#"{"roundId":"r1","draw":"oracle"}"#.to_owned(), "oracle",         "is missing"),
        (oracle_round("null"),                           "oracle",           NULL),
        (oracle_round("[]"),                             "oracle",           "is not an object"),
        (oracle_round("\"referee\""),                    "oracle",           "is not an object"),
        (oracle_round("{}"),                             "oracle.name",      "is missing"),
        (named("5"),                                     "oracle.name",      "is not a string"),
        (named("\"\""),                                  "oracle.name",      "must be 1 to 64 printable characters"),
        (named("\"a\\u0007\""),                          "oracle.name",      "must be 1 to 64 printable characters"),
        (named(&long),                                   "oracle.name",      "must be 1 to 64 printable characters"),
        (oracle_round("{\"name\":\"referee\"}"),         "oracle.publicKey", "is missing"),
        (keyed("5"),                                     "oracle.publicKey", "is not a string"),
        (keyed("\"\""),                                  "oracle.publicKey", "must be 32 bytes in base64"),
        (keyed("\"AAAA\""),                              "oracle.publicKey", "must be 32 bytes in base64"),
        (keyed("\"not base64!\""),                       "oracle.publicKey", "must be 32 bytes in base64"),
        (keyed(&format!("\"{SIGNATURE}\"")),             "oracle.publicKey", "must be 32 bytes in base64"),
        (round_with(",\"stakeMin\":null"),               "stakeMin",         NULL),
        (round_with(",\"stakeMin\":true"),               "stakeMin",         "is not a number"),
        (round_with(",\"stakeMin\":[1]"),                "stakeMin",         "is not a number"),
        (round_with(",\"stakeMin\":\"\""),               "stakeMin",         "is not a decimal number"),
        (round_with(",\"stakeMin\":\"one\""),            "stakeMin",         "is not a decimal number"),
        (round_with(",\"stakeMin\":-1"),                 "stakeMin",         "is negative"),
        (round_with(",\"stakeMin\":0.000000001"),        "stakeMin",         "must have at most 8 decimals"),
        (round_with(",\"stakeMin\":1e400"),              "stakeMin",         "must have at most 20 digits before the point"),
        (round_with(",\"stakeMin\":1000000000000.1"),    "stakeMin",         "is above the maximum stake"),
    ];
    for (body, field, detail) in table {
        let problem = OpenRoundRequest::parse(body.as_bytes(), now()).expect_err(&body);
        assert_eq!(line(&problem), invalid(field, detail), "{body}");
    }
    let malformed = OpenRoundRequest::parse(b"[]", now()).map_err(|problem| problem.kind);
    assert_eq!(malformed, Err(ProblemKind::MalformedBody));
}

#[test]
fn an_oracle_may_have_a_name_of_64_characters_of_any_script() {
    let name = "é".repeat(64);
    let body = oracle_round(&format!(r#"{{"name":"{name}","publicKey":"{PUBLIC_KEY}"}}"#));
    let request = OpenRoundRequest::parse(body.as_bytes(), now()).unwrap();
    assert!(matches!(request.draw, Draw::Oracle(oracle) if oracle.name == name));
}

#[test]
fn each_wrong_field_of_a_result_is_named() {
    let good = format!(r#"{{"winner":"B","signature":"{SIGNATURE}"}}"#);
    let request = ResultRequest::parse(good.as_bytes()).unwrap();
    assert_eq!((request.result.winner, request.result.signature.len()), (Side::B, 64));
    #[rustfmt::skip]
    let table = [
        ("{}".to_owned(),                                            "winner",    "is missing"),
        (r#"{"winner":"b"}"#.to_owned(),                             "winner",    "must be \"A\" or \"B\""),
        (r#"{"winner":["B"]}"#.to_owned(),                           "winner",    "is not a string"),
        (r#"{"winner":"B"}"#.to_owned(),                             "signature", "is missing"),
        (r#"{"winner":"B","signature":0}"#.to_owned(),               "signature", "is not a string"),
        (r#"{"winner":"B","signature":""}"#.to_owned(),              "signature", "must be 64 bytes in base64"),
        (format!(r#"{{"winner":"B","signature":"{PUBLIC_KEY}"}}"#),  "signature", "must be 64 bytes in base64"),
        (format!(r#"{{"winner":"B","signature":" {SIGNATURE}"}}"#),  "signature", "must be 64 bytes in base64"),
    ];
    for (body, field, detail) in table {
        let problem = ResultRequest::parse(body.as_bytes()).expect_err(&body);
        assert_eq!(line(&problem), invalid(field, detail), "{body}");
    }
}
