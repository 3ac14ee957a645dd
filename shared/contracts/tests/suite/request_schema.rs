//! The document's schemas of fields compared with their readers: for each field of each body, the tests try values at
//! and beyond every limit. The parser takes all values that the schema admits, and refuses all others, except those
//! that are forgiven on purpose.

use evens_contracts::{
    AddPayeeRequest, AdjustWalletRequest, AwardRequest, CancelPeriodRequest, ContributeRequest,
    DeadLettersRequest, DecisionRequest, ExclusionRequest, FreeAccountRequest, LoginRequest,
    NoteIdentityRequest, OpenDepositRequest, OpenRoundRequest, PasswordRequest, PhoneCodeRequest,
    PlaceBetRequest, PlaceGameBetRequest, Problem, ProfileRequest, ROUTES, RecordBlockRequest,
    RecoverRequest, RecoveryRequest, RefreshRequest, ResultRequest, RouteBody, SetLimitRequest,
    SetRealityCheckRequest, SetSwitchRequest, SignUpRequest, UpdateJackpotRequest, WithdrawalRequest,
    openapi,
};
use evens_payments::{ActReason, Currency};
use evens_players::{Country, Password, PhoneNumber, UserName};
use regex::Regex;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const BODIES: [RouteBody; 29] = [
    RouteBody::of::<PlaceBetRequest>(),
    RouteBody::of::<PlaceGameBetRequest>(),
    RouteBody::of::<CancelPeriodRequest>(),
    RouteBody::of::<RecordBlockRequest>(),
    RouteBody::of::<OpenRoundRequest>(),
    RouteBody::of::<ResultRequest>(),
    RouteBody::of::<SignUpRequest>(),
    RouteBody::of::<LoginRequest>(),
    RouteBody::of::<RefreshRequest>(),
    RouteBody::of::<ProfileRequest>(),
    RouteBody::of::<PasswordRequest>(),
    RouteBody::of::<PhoneCodeRequest>(),
    RouteBody::of::<RecoveryRequest>(),
    RouteBody::of::<RecoverRequest>(),
    RouteBody::of::<DeadLettersRequest>(),
    RouteBody::of::<SetSwitchRequest>(),
    RouteBody::of::<OpenDepositRequest>(),
    RouteBody::of::<AddPayeeRequest>(),
    RouteBody::of::<WithdrawalRequest>(),
    RouteBody::of::<DecisionRequest>(),
    RouteBody::of::<NoteIdentityRequest>(),
    RouteBody::of::<AdjustWalletRequest>(),
    RouteBody::of::<FreeAccountRequest>(),
    RouteBody::of::<SetLimitRequest>(),
    RouteBody::of::<SetRealityCheckRequest>(),
    RouteBody::of::<ExclusionRequest>(),
    RouteBody::of::<ContributeRequest>(),
    RouteBody::of::<AwardRequest>(),
    RouteBody::of::<UpdateJackpotRequest>(),
];

#[test]
fn every_body_is_checked() {
    for route in ROUTES {
        assert!(route.body.is_none_or(|body| BODIES.contains(&body)), "{}", route.path);
    }
}

fn parse(body: RouteBody, bytes: &[u8]) -> Result<(), Problem> {
    match body.name() {
        "PlaceBetRequest" => PlaceBetRequest::parse(bytes).map(drop),
        "PlaceGameBetRequest" => PlaceGameBetRequest::parse(bytes).map(drop),
        "CancelPeriodRequest" => CancelPeriodRequest::parse(bytes).map(drop),
        "RecordBlockRequest" => RecordBlockRequest::parse(bytes).map(drop),
        "OpenRoundRequest" => OpenRoundRequest::parse(bytes, now()).map(drop),
        "ResultRequest" => ResultRequest::parse(bytes).map(drop),
        "SignUpRequest" => SignUpRequest::parse(bytes, Country::INDIA).map(drop),
        "LoginRequest" => LoginRequest::parse(bytes, Country::INDIA).map(drop),
        "RefreshRequest" => RefreshRequest::parse(bytes).map(drop),
        "ProfileRequest" => ProfileRequest::parse(bytes).map(drop),
        "PasswordRequest" => PasswordRequest::parse(bytes).map(drop),
        "PhoneCodeRequest" => PhoneCodeRequest::parse(bytes).map(drop),
        "RecoveryRequest" => RecoveryRequest::parse(bytes, Country::INDIA).map(drop),
        "RecoverRequest" => RecoverRequest::parse(bytes).map(drop),
        "DeadLettersRequest" => DeadLettersRequest::parse(bytes).map(drop),
        "SetSwitchRequest" => SetSwitchRequest::parse(bytes).map(drop),
        "OpenDepositRequest" => OpenDepositRequest::parse(bytes, Currency::INR).map(drop),
        "AddPayeeRequest" => AddPayeeRequest::parse(bytes).map(drop),
        "DecisionRequest" => DecisionRequest::parse(bytes).map(drop),
        "NoteIdentityRequest" => NoteIdentityRequest::parse(bytes).map(drop),
        "AdjustWalletRequest" => AdjustWalletRequest::parse(bytes, Currency::INR).map(drop),
        "FreeAccountRequest" => FreeAccountRequest::parse(bytes).map(drop),
        "WithdrawalRequest" => WithdrawalRequest::parse(bytes, Currency::INR).map(drop),
        "SetLimitRequest" => SetLimitRequest::parse(bytes).map(drop),
        "SetRealityCheckRequest" => SetRealityCheckRequest::parse(bytes).map(drop),
        "ExclusionRequest" => ExclusionRequest::parse(bytes).map(drop),
        "ContributeRequest" => ContributeRequest::parse(bytes).map(drop),
        "AwardRequest" => AwardRequest::parse(bytes).map(drop),
        "UpdateJackpotRequest" => UpdateJackpotRequest::parse(bytes).map(drop),
        _ => panic!("{body:?} has no parser here"),
    }
}

/// The time at which each request comes.
fn now() -> jiff::Timestamp {
    "2026-11-19T08:00:00Z".parse().expect("a time")
}

/// A body with every field that it may have.
fn good(body: RouteBody) -> Value {
    let (key, signature) = (format!("{}=", "A".repeat(43)), format!("{}==", "A".repeat(86)));
    let token = format!("{}B{}A", "A".repeat(10), "A".repeat(63));
    match body.name() {
        "PlaceBetRequest" => json!({ "userId": 41, "roundId": "r-1", "amount": 100.5, "side": "A" }),
        "PlaceGameBetRequest" => json!({
            "periodId": "20261123000000042", "betType": "COLOR", "betValue": "green", "betAmount": 10.5,
            "purse": "CASH",
        }),
        "CancelPeriodRequest" => json!({ "periodId": "20261123000000042", "reason": "its seed is gone" }),
        "RecordBlockRequest" => json!({
            "periodId": "20261123000000042", "number": 5, "timestamp": 1_795_394_568_000_i64,
            "id": format!("{:016x}{}", 5, "ab".repeat(24)), "signature": signature,
        }),
        "OpenRoundRequest" => {
            json!({
                "roundId": "r-1", "draw": "oracle", "oracle": { "name": "referee", "publicKey": key }, "stakeMin": 2.5,
                "commissionRate": 0.025,
                "closesBy": "2026-11-19T20:00:00Z", "resultBy": "2026-11-21T08:00:00Z",
            })
        }
        "ResultRequest" => json!({ "winner": "A", "signature": signature }),
        "SignUpRequest" => json!({
            "phoneNo": "+919812345678", "password": "correct horse", "userName": "Asha", "referredBy": "ABCDEFGH",
            "phone_no": "+919812345678", "user_name": "Asha", "referred_by": "ABCDEFGH", "session": "cookie",
        }),
        "LoginRequest" => json!({
            "phoneNo": "+919876543210", "password": "correct horse", "phone_no": "+919876543210",
            "session": "cookie",
        }),
        "RefreshRequest" => json!({ "refreshToken": token.replace('B', "E") }),
        "ProfileRequest" => json!({ "userName": "Asha", "profilePictureId": 7 }),
        "PasswordRequest" => json!({
            "currentPassword": "correct horse", "newPassword": "battery staple", "session": "cookie",
        }),
        "PhoneCodeRequest" => json!({ "code": "012345" }),
        "RecoveryRequest" => json!({ "phoneNo": "+919812345678", "phone_no": "+919812345678" }),
        "RecoverRequest" => json!({ "code": "01234567", "newPassword": "battery staple" }),
        "DeadLettersRequest" => json!({
            "action": "delete", "queue": "settle", "type": "settle", "about": "41", "error": "corrupt",
            "since": "2026-11-20T08:00:00Z", "until": "2026-11-21T08:00:00Z", "limit": 5, "dryRun": false, "reason": "its cause is mended",
        }),
        "SetSwitchRequest" => json!({ "state": "off", "reason": "an incident" }),
        "OpenDepositRequest" => json!({ "amount": 100.5 }),
        "AddPayeeRequest" => json!({ "account": "IN12345678" }),
        "DecisionRequest" => json!({ "reason": "seen their passport" }),
        "NoteIdentityRequest" => json!({ "status": "verified", "reason": "seen their passport" }),
        "AdjustWalletRequest" => {
            json!({ "opId": "desk-7", "kind": "credit", "amount": 100.5, "reason": "paid at the desk" })
        }
        "FreeAccountRequest" => json!({ "userId": 42, "reason": "seen the statement of their bank" }),
        "WithdrawalRequest" => json!({ "amount": 100.5, "payeeId": "0123456789abcdef" }),
        "SetLimitRequest" => json!({ "kind": "deposits", "period": "day", "limit": 100.5 }),
        "SetRealityCheckRequest" => json!({ "everyMinutes": 60 }),
        "ExclusionRequest" => json!({ "months": 6 }),
        "ContributeRequest" => json!({ "opId": "op-1", "minor": 1.5, "major": 2, "mega": 0.000_000_01 }),
        "AwardRequest" => json!({ "opId": "op-1", "userId": 41, "amount": 1.5, "reason": "a prize" }),
        "UpdateJackpotRequest" => json!({
            "expectedVersion": 1, "startAmount": 10_000_000, "rate": 0.003, "reserveRate": 0.003_666,
            "odds": 10_000_000, "mustHitBy": 10_000_001, "reason": "a good start",
        }),
        _ => panic!("{body:?} has no example here"),
    }
}

fn schema(document: &Value, body: RouteBody) -> Value {
    let route = ROUTES.iter().find(|route| route.body == Some(body)).expect("a route with that body");
    let operation = &document["paths"][route.path][route.method.as_str().to_lowercase()];
    operation["requestBody"]["content"]["application/json"]["schema"].clone()
}

/// Values of every type, at and beyond every limit of our fields.
fn values() -> Vec<Value> {
    let mut values =
        vec![json!(null), json!(true), json!(false), json!([]), json!({}), json!([1]), json!({ "a": 1 })];
    values.extend(
        [
            -1_i64,
            0,
            1,
            4,
            5,
            6,
            41,
            1_200,
            1_201,
            1_440,
            1_441,
            1_000,
            1_001,
            4_294_967_295,
            4_294_967_296,
            i64::MAX,
        ]
        .map(|number| json!(number)),
    );
    values.extend([u64::MAX, 1_000_000_000_000, 1_000_000_000_001].map(|number| json!(number)));
    values
        .extend([1.0, 0.5, 1e-8, 1e-9, 0.123_456_78, 0.123_456_789, -0.5, 1e300].map(|number| json!(number)));
    let texts = [
        "",
        " ",
        "A",
        "B",
        "a",
        "0",
        "1",
        "01",
        "-1",
        "1.5",
        "1e2",
        "6",
        "60",
        "none",
        "deposits",
        "losses",
        "day",
        "month",
        "year",
        "0.00000001",
        "0.0",
        ".",
        "..",
        "...",
        ".a",
        "a b",
        "a/b",
        "match",
        "round",
        "oracle",
        "settle",
        "rounds",
        "redrive",
        "delete",
        "true",
        "é",
        "\u{0}",
        "\u{7f}",
        "\u{3164}",
        "+919876543210",
        "9876543210",
        "+911",
        "ABCDEFGH",
        "abcd-efgh",
        "ABCDEFGU",
        "ABCDEFG",
        "ABCDEFGHJ",
        "password",
        "correct horse",
        "short 7",
        "2026-11-20T08:00:00Z",
        "2026-11-20",
        "yesterday",
        "1000000000000",
        "1000000000001",
        "9223372036854775808",
        "4294967296",
    ];
    values.extend(texts.map(|text| json!(text)));
    values
        .extend([8, 43, 44, 64, 65, 75, 76, 86, 128, 129, 256, 257].map(|length| json!("k".repeat(length))));
    values.extend([format!("{}=", "k".repeat(43)), format!("{}9=", "k".repeat(42))].map(|text| json!(text)));
    values.extend([format!("{}==", "g".repeat(86)), format!("{}==", "h".repeat(86))].map(|text| json!(text)));
    values
}

/// Says whether a schema admits a value, for the keywords that the schemas of requests use.
fn admits(schema: &Value, value: &Value) -> bool {
    let known = [
        "type",
        "enum",
        "const",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "multipleOf",
        "minLength",
        "maxLength",
        "pattern",
        "format",
        "required",
        "properties",
        "oneOf",
        "anyOf",
        "allOf",
        "if",
        "then",
        "default",
        "description",
        "example",
    ];
    let keywords = schema.as_object().expect("a schema");
    let unknown: Vec<_> = keywords.keys().filter(|keyword| !known.contains(&keyword.as_str())).collect();
    assert!(unknown.is_empty(), "this test does not know {unknown:?}");
    let fits = |keyword: &str, fits: &dyn Fn(&Value) -> bool| keywords.get(keyword).is_none_or(fits);
    let choices = |choices: &Value| {
        choices.as_array().expect("choices").iter().filter(|one| admits(one, value)).count()
    };
    fits("type", &|kind| is_a(kind.as_str().expect("one type"), value))
        && fits("enum", &|values| values.as_array().expect("values").contains(value))
        && fits("const", &|wanted| wanted == value)
        && fits("oneOf", &|one_of| choices(one_of) == 1)
        && fits("anyOf", &|any_of| choices(any_of) > 0)
        && fits("allOf", &|all_of| all_of.as_array().map(Vec::len) == Some(choices(all_of)))
        && fits("if", &|condition| !admits(condition, value) || admits(&schema["then"], value))
        && admits_number(schema, value)
        && admits_text(schema, value)
        && admits_members(schema, value)
}

fn is_a(kind: &str, value: &Value) -> bool {
    match kind {
        "object" => value.is_object(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        kind => panic!("no field of a request is of the type {kind}"),
    }
}

fn admits_number(schema: &Value, value: &Value) -> bool {
    let Some(number) = value.as_f64() else { return true };
    let limit = |keyword: &str| schema[keyword].as_f64();
    // Each step is one unit of the last decimal.
    let is_multiple = |step: f64| {
        let (step, text) = (step.to_string(), value.to_string());
        let decimals_max = step.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        let decimals = match text.split_once("e-") {
            Some((_, exponent)) => exponent.parse().expect("an exponent"),
            None => text.split_once('.').map_or(0, |(_, decimals)| decimals.trim_end_matches('0').len()),
        };
        decimals <= decimals_max
    };
    limit("minimum").is_none_or(|limit| number >= limit)
        && limit("maximum").is_none_or(|limit| number <= limit)
        && limit("exclusiveMinimum").is_none_or(|limit| number > limit)
        && limit("multipleOf").is_none_or(is_multiple)
}

fn admits_text(schema: &Value, value: &Value) -> bool {
    let Some(text) = value.as_str() else { return true };
    let length = u64::try_from(text.chars().count()).expect("a length");
    schema["minLength"].as_u64().is_none_or(|limit| length >= limit)
        && schema["maxLength"].as_u64().is_none_or(|limit| length <= limit)
        && schema["pattern"]
            .as_str()
            .is_none_or(|pattern| Regex::new(pattern).expect("a pattern").is_match(text))
        && schema["format"].as_str().is_none_or(|format| has_format(format, text))
}

/// Our own formats follow the rule of the same name.
fn has_format(format: &str, text: &str) -> bool {
    match format {
        "password" => true,
        "new-password" => Password::parse(text.to_owned()).is_ok(),
        "phone-number" => PhoneNumber::parse(text, Country::INDIA).is_ok(),
        "user-name" => UserName::parse(text).is_ok(),
        "reason" => text.parse::<ActReason>().is_ok(),
        "closing-moment" | "result-moment" => {
            text.parse().is_ok_and(|moment: jiff::Timestamp| moment > now())
        }
        "date-time" => text.contains('T') && text.parse::<jiff::Timestamp>().is_ok(),
        format => panic!("nobody knows the format {format}"),
    }
}

fn admits_members(schema: &Value, value: &Value) -> bool {
    let Some(members) = value.as_object() else { return true };
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let properties = schema["properties"].as_object().into_iter().flatten();
    required.into_iter().all(|name| members.contains_key(name))
        && properties
            .into_iter()
            .all(|(name, schema)| members.get(name).is_none_or(|value| admits(schema, value)))
}

/// The pointers of every field that a schema publishes.
fn fields(schema: &Value, at: &str) -> BTreeSet<String> {
    let properties = [&schema["properties"], &schema["then"]["properties"]];
    let properties = properties.into_iter().filter_map(Value::as_object).flatten();
    properties
        .flat_map(|(name, inner)| {
            let at = format!("{at}/{name}");
            fields(inner, &at).into_iter().chain([at])
        })
        .collect()
}

/// Says whether the parser takes this value although the schema does not admit it, because it is another way to write
/// the same value.
fn is_forgiven(field: &str, value: &Value) -> bool {
    match (field, value) {
        (
            "/amount" | "/minor" | "/major" | "/mega" | "/expectedVersion" | "/startAmount" | "/rate"
            | "/reserveRate" | "/odds" | "/mustHitBy" | "/betAmount" | "/stakeMin" | "/commissionRate"
            | "/userId" | "/profilePictureId" | "/limit" | "/everyMinutes" | "/months" | "/number"
            | "/timestamp",
            Value::String(_),
        ) => true,
        // A date has as many digits as a code of a recovery, and dashes do not count.
        ("/code", Value::String(text)) => text.replace('-', "").len() == 8,
        ("/since" | "/until", Value::String(text)) => text.parse::<jiff::Timestamp>().is_ok(),
        _ => false,
    }
}

#[test]
fn the_document_is_as_strict_as_the_parsers() {
    let document = openapi();
    let mut wrong = Vec::new();
    for body in BODIES {
        let (schema, good) = (schema(&document, body), good(body));
        assert!(admits(&schema, &good), "{good}");
        assert_eq!(
            parse(body, good.to_string().as_bytes()).map_err(|problem| problem.detail),
            Ok(()),
            "{good}"
        );
        for field in fields(&schema, "") {
            for value in values() {
                let mut changed = good.clone();
                *changed.pointer_mut(&field).unwrap_or_else(|| panic!("{field} is not in {good}")) =
                    value.clone();
                let (is_admitted, taken) =
                    (admits(&schema, &changed), parse(body, changed.to_string().as_bytes()));
                if is_admitted != taken.is_ok() && !(taken.is_ok() && is_forgiven(&field, &value)) {
                    wrong.push(format!("{body:?}{field} {value}: admitted {is_admitted}, {taken:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The terms that `docs/jackpots.md` calls a good start, and the highest rates that are allowed together.
#[test]
fn the_documented_terms_of_jackpots_are_admitted() {
    let body = RouteBody::of::<evens_contracts::UpdateJackpotRequest>();
    let schema = schema(&openapi(), body);
    #[rustfmt::skip]
    let table = [
        // start, rate,  reserve,   odds,          admitted
        (1_000,   0.003, 0.001,     1_000_000,     true),
        (20_000,  0.002, 0.001,     20_000_000,    true),
        (500_000, 0.002, 0.001,     500_000_000,   true),
        (1,       0.006, 0.000_666, 1,             true),
        (1,       0.006, 0.000_667, 1,             false),
        (1_001,   0.002, 0.001,     1_000,         false),
    ];
    for (start, rate, reserve, odds, is_admitted) in table {
        let terms = json!({
            "expectedVersion": 0, "startAmount": start, "rate": rate, "reserveRate": reserve, "odds": odds,
            "reason": "a good start",
        });
        let taken = parse(body, terms.to_string().as_bytes()).is_ok();
        assert_eq!((admits(&schema, &terms), taken), (is_admitted, is_admitted), "{terms}");
    }
}

/// Without a required field, a body is neither admitted nor taken; without an optional field, it is both.
#[test]
fn exactly_the_optional_fields_may_be_left_out() {
    let document = openapi();
    for body in BODIES {
        let schema = schema(&document, body);
        for field in fields(&schema, "") {
            let (parent, name) = field.rsplit_once('/').expect("a pointer");
            let mut changed = good(body);
            changed.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object").remove(name);
            let taken = parse(body, changed.to_string().as_bytes());
            assert_eq!(admits(&schema, &changed), taken.is_ok(), "{body:?} without {field}: {taken:?}");
        }
    }
}
