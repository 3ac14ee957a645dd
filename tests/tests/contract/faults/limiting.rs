//! Faults in requests about players' own limits.

use super::{Change, Fault, Part, To, fault, field};
use evens_contracts::{ExclusionRequest, RouteBody, SetLimitRequest, SetRealityCheckRequest};

type Fields = &'static [(&'static str, &'static str)];

const fn kind(name: &'static str, json: Fields) -> Fault {
    field(name, RouteBody::of::<SetLimitRequest>(), "kind", json, "422 invalid kind")
}

const fn period(name: &'static str, json: Fields) -> Fault {
    field(name, RouteBody::of::<SetLimitRequest>(), "period", json, "422 invalid period")
}

const fn limit(name: &'static str, json: Fields) -> Fault {
    field(name, RouteBody::of::<SetLimitRequest>(), "limit", json, "422 invalid limit")
}

const fn minutes(name: &'static str, json: Fields) -> Fault {
    let body = RouteBody::of::<SetRealityCheckRequest>();
    field(name, body, "everyMinutes", json, "422 invalid everyMinutes")
}

const fn months(name: &'static str, json: Fields) -> Fault {
    field(name, RouteBody::of::<ExclusionRequest>(), "months", json, "422 invalid months")
}

/// Refused because of the path or the stored state.
const fn refused(name: &'static str, parameter: &'static str, expected: &'static str) -> Fault {
    fault(name, 13, Part::Path, To::PathHas("{limitId}"), Change::Parameter(parameter), expected)
}

pub(super) const FAULTS: &[Fault] = &[
    kind("no kind of a limit", &[("kind", "")]),
    kind("a kind of a limit that is null", &[("kind", "null")]),
    kind("an unknown kind of a limit", &[("kind", "\"wins\"")]),
    kind("a kind of a limit that is a number", &[("kind", "7")]),
    period("no period of a limit", &[("period", "")]),
    period("an unknown period of a limit", &[("period", "\"year\"")]),
    limit("no limit", &[("limit", "")]),
    limit("a limit that is null", &[("limit", "null")]),
    limit("a negative limit", &[("limit", "-1")]),
    limit("a limit finer than currencies are paid", &[("limit", "10.001")]),
    limit("a limit beyond 10^12", &[("limit", "1000000000000.01")]),
    limit("a limit without end", &[("limit", "1e400")]),
    limit("a limit with an exponent in a text", &[("limit", "\"1e6\"")]),
    limit("a limit that is a word", &[("limit", "\"never\"")]),
    limit("a limit that is a list", &[("limit", "[1]")]),
    minutes("no minutes of a reality check", &[("everyMinutes", "")]),
    minutes("a reality check that is null", &[("everyMinutes", "null")]),
    minutes("a reality check every 4 minutes", &[("everyMinutes", "4")]),
    minutes("a reality check every 1441 minutes", &[("everyMinutes", "1441")]),
    minutes("a reality check every 30.5 minutes", &[("everyMinutes", "30.5")]),
    minutes("a reality check with a zero in front", &[("everyMinutes", "\"060\"")]),
    minutes("a reality check that is a word", &[("everyMinutes", "\"often\"")]),
    months("no months of an exclusion", &[("months", "")]),
    months("an exclusion of 5 months", &[("months", "5")]),
    months("an exclusion of 1201 months", &[("months", "1201")]),
    months("an exclusion of 6.5 months", &[("months", "6.5")]),
    months("an exclusion with a sign", &[("months", "\"+6\"")]),
    months("an exclusion that is null", &[("months", "null")]),
    refused("an unknown limit", "wins-day", "404 not-found limitId"),
    refused("a limit that is no word", "%20", "404 not-found limitId"),
    refused("a limit of which no higher one is wanted", "deposits-day", "409 nothing-to-confirm limitId"),
];
