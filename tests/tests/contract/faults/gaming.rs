//! Faults in bets on games and in the room in a path.

use super::{Change, Fault, Part, To, fault, field};
use crate::world::World;
use evens_contracts::{CancelPeriodRequest, PlaceGameBetRequest, RecordBlockRequest, RouteBody};

const fn bet(
    name: &'static str,
    fields: &'static [(&'static str, &'static str)],
    expected: &'static str,
) -> Fault {
    field(name, RouteBody::of::<PlaceGameBetRequest>(), fields[0].0, fields, expected)
}

const fn key(name: &'static str, change: Change) -> Fault {
    let to = To::Body(RouteBody::of::<PlaceGameBetRequest>());
    fault(name, 10, Part::Key, to, change, "422 invalid Idempotency-Key")
}

const fn state(
    name: &'static str,
    fields: &'static [(&'static str, &'static str)],
    expected: &'static str,
) -> Fault {
    let to = To::Body(RouteBody::of::<PlaceGameBetRequest>());
    fault(name, 13, Part::Field(fields[0].0), to, Change::Fields(fields), expected)
}

const fn block(
    name: &'static str,
    fields: &'static [(&'static str, &'static str)],
    expected: &'static str,
) -> Fault {
    field(name, RouteBody::of::<RecordBlockRequest>(), fields[0].0, fields, expected)
}

const fn cancel(
    name: &'static str,
    fields: &'static [(&'static str, &'static str)],
    expected: &'static str,
) -> Fault {
    field(name, RouteBody::of::<CancelPeriodRequest>(), fields[0].0, fields, expected)
}

const fn days(name: &'static str, query: &'static str) -> Fault {
    let to = To::Takes("period");
    fault(name, 10, Part::Query, to, Change::Query(query), "422 invalid period")
}

const fn page(name: &'static str, query: &'static str, expected: &'static str) -> Fault {
    fault(name, 10, Part::Query, To::Takes("page"), Change::Query(query), expected)
}

const PERIOD: &str = "422 invalid periodId";
const TYPE: &str = "422 invalid betType";
const VALUE: &str = "422 invalid betValue";
const AMOUNT: &str = "422 invalid betAmount";
const PURSE: &str = "422 invalid purse";
const NUMBER: &str = "422 invalid number";
const TIMESTAMP: &str = "422 invalid timestamp";
const ID: &str = "422 invalid id";
const SIGNATURE: &str = "422 invalid signature";
const REASON: &str = "422 invalid reason";

pub(super) const FAULTS: &[Fault] = &[
    // POST …/bet, in the order of its fields.
    bet("no periodId", &[("periodId", "")], PERIOD),
    bet("periodId null", &[("periodId", "null")], PERIOD),
    bet("a short periodId", &[("periodId", "\"2026112300000004\"")], PERIOD),
    bet("a periodId of letters", &[("periodId", "\"2026112300000004x\"")], PERIOD),
    bet("a periodId that is a number", &[("periodId", "20261123000000042")], PERIOD),
    bet("no betType", &[("betType", "")], TYPE),
    bet("an empty betType", &[("betType", "\"\"")], TYPE),
    bet("a betType with a space", &[("betType", "\"CO LOR\"")], TYPE),
    bet("a betType that is a number", &[("betType", "5")], TYPE),
    bet("no betValue", &[("betValue", "")], VALUE),
    bet("an empty betValue", &[("betValue", "\"\"")], VALUE),
    bet("a betValue with a slash", &[("betValue", "\"a/b\"")], VALUE),
    bet("a betValue that is a list", &[("betValue", "[1,2]")], VALUE),
    bet("no betAmount", &[("betAmount", "")], AMOUNT),
    bet("betAmount 0", &[("betAmount", "0")], AMOUNT),
    bet("a negative betAmount", &[("betAmount", "-1")], AMOUNT),
    bet("3 decimals", &[("betAmount", "1.001")], AMOUNT),
    bet("a betAmount with an exponent in a text", &[("betAmount", "\"1e0\"")], AMOUNT),
    bet("more than any room takes", &[("betAmount", "10000000000.01")], AMOUNT),
    bet("a betAmount that is true", &[("betAmount", "true")], AMOUNT),
    bet("an unknown purse", &[("purse", "\"BONUS\"")], PURSE),
    bet("a purse that is a number", &[("purse", "1")], PURSE),
    // POST …/block, in the order of its fields.
    block("a block for no period", &[("periodId", "")], PERIOD),
    block("a block for a short periodId", &[("periodId", "\"42\"")], PERIOD),
    block("no number", &[("number", "")], NUMBER),
    block("a negative number", &[("number", "-1")], NUMBER),
    block("a number with a fraction", &[("number", "1.5")], NUMBER),
    block("no timestamp", &[("timestamp", "")], TIMESTAMP),
    block("a timestamp that is a date", &[("timestamp", "\"2026-11-23\"")], TIMESTAMP),
    block("no id", &[("id", "")], ID),
    block("a short id", &[("id", "\"00000000\"")], ID),
    block("no signature of a block", &[("signature", "")], SIGNATURE),
    block("a short signature of a block", &[("signature", "\"AAAA\"")], SIGNATURE),
    key("an empty key", Change::Keys(&[b""])),
    key("a key of 300 characters", Change::LongKey),
    key("two keys", Change::Keys(&[b"a", b"b"])),
    // POST …/cancel, in the order of its fields.
    cancel("no period to cancel", &[("periodId", "")], PERIOD),
    cancel("a period to cancel of letters", &[("periodId", "\"2026112300000004x\"")], PERIOD),
    cancel("a period to cancel that is a number", &[("periodId", "20261123000000042")], PERIOD),
    cancel("no reason to cancel", &[("reason", "")], REASON),
    cancel("a reason to cancel that is a number", &[("reason", "1")], REASON),
    cancel("a reason to cancel of white space", &[("reason", "\"  \"")], REASON),
    cancel("a reason to cancel of two lines", &[("reason", "\"a\\nb\"")], REASON),
    // GET …/stats.
    days("days of no name", "?period=tomorrow"),
    days("days in capitals", "?period=Today"),
    days("no days", "?period="),
    days("days twice", "?period=today&period=yesterday"),
    // GET …/history, in the order of its parameters.
    page("page 0", "?page=0", "422 invalid page"),
    page("a page after the last one", "?page=10001", "422 invalid page"),
    page("two pages", "?page=1&page=2", "422 invalid page"),
    page("a page of none", "?page=1&limit=0", "422 invalid limit"),
    page("page 01", "?page=01", "422 invalid page"),
    page("page +1", "?page=%2B1", "422 invalid page"),
    page("a page of 05", "?limit=05", "422 invalid limit"),
    page("a page of +5", "?limit=%2B5", "422 invalid limit"),
    page("a page of 51", "?limit=51", "422 invalid limit"),
    // Refused because of the room, then because of the stored state.
    fault(
        "a game that is not there",
        13,
        Part::Path,
        To::PathHas("{gameType}"),
        Change::Parameter("roulette"),
        "404 not-found gameType",
    ),
    state("an unknown betType", &[("betType", "\"COLOUR\"")], TYPE),
    state("an unknown betValue", &[("betValue", "\"blue\"")], VALUE),
    state("a period that is not there", &[("periodId", "\"20200101000000000\"")], "404 not-found periodId"),
    fault(
        "a period to cancel that is not there",
        13,
        Part::Field("periodId"),
        To::Body(RouteBody::of::<CancelPeriodRequest>()),
        Change::Fields(&[("periodId", "\"20200101000000000\"")]),
        "404 not-found periodId",
    ),
    fault(
        "a bet on a game of an ended session",
        13,
        Part::Token,
        To::Body(RouteBody::of::<PlaceGameBetRequest>()),
        Change::Instead("ended player"),
        "401 unauthorized -",
    ),
    fault(
        "a blocked player's bet on a game",
        13,
        Part::Token,
        To::Body(RouteBody::of::<PlaceGameBetRequest>()),
        Change::Instead("blocked player"),
        "403 account-blocked -",
    ),
    fault(
        "a key that was used for another bet",
        13,
        Part::Key,
        To::Body(RouteBody::of::<PlaceGameBetRequest>()),
        Change::Keys(&[World::USED_KEY]),
        "409 idempotency-key-reused Idempotency-Key",
    ),
    state("less than the room takes", &[("betAmount", "0.5")], AMOUNT),
    state("more than the wallet holds", &[("betAmount", "60.01")], "400 insufficient-balance betAmount"),
];
