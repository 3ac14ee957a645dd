//! Jackpots on the wire: the reasons for which requests are refused, and the text of a conflict.

use evens_contracts::{
    AwardRequest, ContributeAnswer, ContributeRequest, Problem, UpdateJackpotRequest, parse_jackpot,
};
use evens_jackpots::{
    ByGroup, ConcurrencyViolation, ConflictDetails, JackpotAction, JackpotGroup, JackpotTerms, contribute,
};
use evens_ledger::Amount;
use jiff::Timestamp;
use serde_json::{Value, json};

fn amount(text: &str) -> Amount {
    text.parse().unwrap()
}

fn said<T>(parsed: Result<T, Problem>) -> String {
    match parsed {
        Ok(_) => "taken".to_owned(),
        Err(problem) => format!("{} {}", problem.kind.status(), problem.detail),
    }
}

fn changed(good: &Value, field: &str, value: Value) -> Vec<u8> {
    let mut body = good.clone();
    match value {
        Value::Null => drop(body.as_object_mut().unwrap().remove(field)),
        value => body[field] = value,
    }
    body.to_string().into_bytes()
}

#[test]
fn the_first_wrong_field_is_the_answer() {
    let contribution = json!({ "opId": "op-1", "minor": "1.5" });
    #[rustfmt::skip]
    let table = [
        ("opId",  json!("op-2"),       "taken"),
        ("opId",  json!("a:b"),        "422 opId must be 1 to 64 letters, digits, '.', '_' and '-'"),
        ("minor", json!(0),            "422 minor must be above 0"),
        ("minor", Value::Null,         "422 minor is missing, as are major and mega. Give at least one of them"),
        ("major", json!("1000000000000.1"), "422 major must be at most 1000000000000"),
        ("mega",  json!("0.000000001"), "422 mega must have at most 8 decimals"),
    ];
    for (field, value, expected) in table {
        assert_eq!(said(ContributeRequest::parse(&changed(&contribution, field, value))), expected);
    }
    let award = json!({ "opId": "op-1", "userId": 41, "reason": "a prize" });
    #[rustfmt::skip]
    let table = [
        ("amount", json!(1),     "taken"),
        ("amount", json!("0.0"), "422 amount must be above 0"),
        ("userId", Value::Null,  "422 userId is missing"),
        ("reason", Value::Null,  "422 reason is missing"),
    ];
    for (field, value, expected) in table {
        assert_eq!(said(AwardRequest::parse(&changed(&award, field, value))), expected);
    }
    let terms = json!({
        "expectedVersion": 1, "startAmount": 1_000, "rate": 0.003, "reserveRate": 0.001, "odds": 1_000_000,
        "reason": "a good start",
    });
    #[rustfmt::skip]
    let table = [
        ("expectedVersion", json!(2.0),     "taken"),
        ("expectedVersion", Value::Null,    "422 expectedVersion is missing"),
        ("reason",          Value::Null,    "422 reason is missing"),
        ("startAmount",     json!(0),       "422 startAmount must be above 0"),
        ("rate",            json!(0.006_666_1), "422 rate must be from 0 to 0.006666 with at most 6 decimals"),
        ("reserveRate",     json!(0.005),   "422 reserveRate must be at most 0.006666 together with rate"),
        ("odds",            json!(999),     "422 odds must be at least the start amount, and at most 100000000000"),
        ("mustHitBy",       json!(1_000),   "422 mustHitBy must be above the start amount, and at most 100000000000"),
    ];
    for (field, value, expected) in table {
        assert_eq!(said(UpdateJackpotRequest::parse(&changed(&terms, field, value))), expected);
    }
    assert_eq!(
        said(parse_jackpot("maxi")),
        "404 There is no jackpot with this name. GET /api/jackpots lists \
                                   the jackpots."
    );
}

#[test]
fn a_conflict_says_operation_group_and_details() {
    let body = |operation, details| {
        let violation = ConcurrencyViolation { operation, group: JackpotGroup::Major, details };
        serde_json::to_value(Problem::concurrency_violation(&violation).body("request-1")).unwrap()
    };
    let version = body(JackpotAction::UpdateConfig, ConflictDetails::Version { expected: 1, found: 3 });
    assert_eq!((&version["status"], &version["code"]), (&json!(409), &json!("concurrency-violation")));
    assert_eq!((&version["operation"], &version["group"]), (&json!("updateConfig"), &json!("major")));
    assert_eq!(version["conflictDetails"], json!({ "expectedVersion": 1, "foundVersion": 3 }));
    let (by, since) = ("win-1".parse().unwrap(), Timestamp::UNIX_EPOCH);
    let held = body(JackpotAction::ProcessWin, ConflictDetails::Held { by, since });
    let details = json!({ "heldBy": "win-1", "heldSince": "1970-01-01T00:00:00.000Z" });
    assert_eq!((&held["operation"], &held["conflictDetails"]), (&json!("processWin"), &details));
}

#[test]
fn a_contribution_is_told_by_group_and_together() {
    let rates = ["0.003", "0.001"].map(|rate| rate.parse().unwrap());
    let terms = JackpotTerms::new(amount("1000"), rates[0], rates[1], amount("1000000"), None).unwrap();
    let amounts = ByGroup { minor: amount("1000"), major: amount("2000"), mega: Amount::ZERO };
    let made =
        contribute("op-1".parse().unwrap(), &amounts, &ByGroup::of(|_| Some(terms)), Timestamp::UNIX_EPOCH);
    let actual = serde_json::to_value(ContributeAnswer::from(&made.unwrap())).unwrap();
    let expected = json!({
        "opId": "op-1",
        "totalContribution": 3_000,
        "contributions": [
            { "group": "minor", "pool": 750, "reserve": 250 },
            { "group": "major", "pool": 1_500, "reserve": 500 },
        ],
    });
    assert_eq!(actual, expected);
}
