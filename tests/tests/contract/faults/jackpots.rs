//! Faults in operators' requests about jackpots and in the group in a path.

use super::{Change, Fault, Part, To, fault, field};
use evens_contracts::{AwardRequest, ContributeRequest, RouteBody, UpdateJackpotRequest};

type Fields = &'static [(&'static str, &'static str)];

const fn contribution(name: &'static str, fields: Fields, expected: &'static str) -> Fault {
    field(name, RouteBody::of::<ContributeRequest>(), fields[0].0, fields, expected)
}

const fn award(name: &'static str, fields: Fields, expected: &'static str) -> Fault {
    field(name, RouteBody::of::<AwardRequest>(), fields[0].0, fields, expected)
}

const fn terms(name: &'static str, fields: Fields, expected: &'static str) -> Fault {
    field(name, RouteBody::of::<UpdateJackpotRequest>(), fields[0].0, fields, expected)
}

const OPERATION: &str = "422 invalid opId";

#[rustfmt::skip]
pub(super) const FAULTS: &[Fault] = &[
    contribution("no opId", &[("opId", "")], OPERATION),
    contribution("an opId with a colon", &[("opId", "\"period:x\"")], OPERATION),
    contribution("an opId that is a number", &[("opId", "5")], OPERATION),
    contribution("an amount of nothing", &[("minor", "0")], "422 invalid minor"),
    contribution("9 decimals", &[("minor", "0.000000001")], "422 invalid minor"),
    contribution("an amount with an exponent in a text", &[("minor", "\"5e-1\"")], "422 invalid minor"),
    contribution("a negative amount", &[("major", "-1")], "422 invalid major"),
    contribution("an amount that is true", &[("mega", "true")], "422 invalid mega"),
    contribution("more than one contribution may be", &[("major", "10000.00000001")], "422 invalid major"),
    award("a win without an opId", &[("opId", "")], OPERATION),
    award("an empty opId", &[("opId", "\"\"")], OPERATION),
    award("no winner", &[("userId", "")], "422 invalid userId"),
    award("a winner of no number", &[("userId", "\"x\"")], "422 invalid userId"),
    award("a win of nothing", &[("amount", "0")], "422 invalid amount"),
    award("a win for no reason", &[("reason", "")], "422 invalid reason"),
    award("a blank reason", &[("reason", "\" \"")], "422 invalid reason"),
    terms("no version", &[("expectedVersion", "")], "422 invalid expectedVersion"),
    terms("half a version", &[("expectedVersion", "0.5")], "422 invalid expectedVersion"),
    terms("no start", &[("startAmount", "")], "422 invalid startAmount"),
    terms("no rate", &[("rate", "")], "422 invalid rate"),
    terms("a rate above the fee", &[("rate", "0.01")], "422 invalid rate"),
    terms("no reserveRate", &[("reserveRate", "")], "422 invalid reserveRate"),
    terms("no odds", &[("odds", "")], "422 invalid odds"),
    terms("terms for no reason", &[("reason", "")], "422 invalid reason"),
    // Fields are checked against each other only when all of them are present.
    terms("a start of nothing", &[("startAmount", "0")], "422 invalid startAmount"),
    terms("a start with an exponent in a text", &[("startAmount", "\"1e3\"")], "422 invalid startAmount"),
    terms("rates above the fee", &[("reserveRate", "0.0066")], "422 invalid reserveRate"),
    terms("odds below the start", &[("odds", "999")], "422 invalid odds"),
    terms("a must-hit-by at the start", &[("mustHitBy", "1000")], "422 invalid mustHitBy"),
    fault("a jackpot that is not there", 13, Part::Path, To::PathHas("{group}"), Change::Parameter("maxi"), "404 not-found group"),
    fault("a winner who is not there", 13, Part::Field("userId"), To::Body(RouteBody::of::<AwardRequest>()), Change::Fields(&[("userId", "987654")]), "404 not-found userId"),
    fault("more than the pool holds", 13, Part::Field("amount"), To::Body(RouteBody::of::<AwardRequest>()), Change::Fields(&[("amount", "1000000000")]), "409 jackpot-state amount"),
    fault("a version that is not there", 13, Part::Field("expectedVersion"), To::Body(RouteBody::of::<UpdateJackpotRequest>()), Change::Fields(&[("expectedVersion", "1000000")]), "409 concurrency-violation -"),
    fault("a limit that the pool has reached", 13, Part::Field("mustHitBy"), To::Body(RouteBody::of::<UpdateJackpotRequest>()), Change::Fields(&[("mustHitBy", "2"), ("startAmount", "1")]), "409 jackpot-state mustHitBy"),
];
