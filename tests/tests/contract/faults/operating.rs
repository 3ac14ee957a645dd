//! Faults in operators' requests about dead letters and switches.

use super::{Change, Fault, Part, To, fault, field};
use evens_contracts::{DeadLettersRequest, RouteBody, SetSwitchRequest};

const fn listed(name: &'static str, query: &'static str, expected: &'static str) -> Fault {
    fault(name, 10, Part::Query, To::Takes("about"), Change::Query(query), expected)
}

const fn meant(
    name: &'static str,
    fields: &'static [(&'static str, &'static str)],
    expected: &'static str,
) -> Fault {
    field(name, RouteBody::of::<DeadLettersRequest>(), fields[0].0, fields, expected)
}

const fn set_switch(
    name: &'static str,
    fields: &'static [(&'static str, &'static str)],
    expected: &'static str,
) -> Fault {
    field(name, RouteBody::of::<SetSwitchRequest>(), fields[0].0, fields, expected)
}

const fn letter_in_path(name: &'static str, change: Change) -> Fault {
    fault(name, 13, Part::Path, To::PathHas("{deadLetterId}"), change, "404 not-found deadLetterId")
}

const fn looked_up(name: &'static str, query: &'static str, expected: &'static str) -> Fault {
    fault(name, 10, Part::Query, To::Takes("reference"), Change::Query(query), expected)
}

const fn found(name: &'static str, query: &'static str, expected: &'static str) -> Fault {
    fault(name, 10, Part::Query, To::Takes("code"), Change::Query(query), expected)
}

#[rustfmt::skip]
pub(super) const FAULTS: &[Fault] = &[
    listed("an unknown queue", "?queue=dead-letter", "422 invalid queue"),
    listed("two queues", "?queue=match&queue=settle", "422 invalid queue"),
    listed("an empty queue", "?queue=", "422 invalid queue"),
    listed("a queue and a type that are none", "?type=x&queue=x", "422 invalid queue"),
    listed("an unknown type", "?type=Settle", "422 invalid type"),
    listed("about nothing", "?about=", "422 invalid about"),
    listed("an empty error", "?error=", "422 invalid error"),
    listed("a time that is none", "?since=yesterday", "422 invalid since"),
    listed("a day without a time", "?until=2026-11-20", "422 invalid until"),
    listed("no dead letters", "?limit=0", "422 invalid limit"),
    listed("too many dead letters", "?limit=1001", "422 invalid limit"),
    listed("a number with a zero in front", "?limit=01", "422 invalid limit"),
    listed("a number with a sign", "?limit=%2B5", "422 invalid limit"),
    listed("a negative number", "?limit=-1", "422 invalid limit"),
    looked_up("neither a key nor a reference", "", "422 invalid key"),
    looked_up("an empty key", "?key=", "422 invalid key"),
    looked_up("a key and a reference", "?key=BET:1&reference=1", "422 invalid reference"),
    looked_up("two keys", "?key=BET:1&key=BET:2", "422 invalid key"),
    looked_up("a user that is none", "?key=BET:1&user=0", "422 invalid user"),
    found("nothing that names a player", "", "422 invalid phone"),
    found("a phone number and a code", "?phone=9876543210&code=00000001", "422 invalid phone"),
    found("a phone number that is none", "?phone=12", "422 invalid phone"),
    found("a player that is none", "?user=0", "422 invalid user"),
    found("a code that is none", "?code=1", "422 invalid code"),
    set_switch("no state", &[("state", "")], "422 invalid state"),
    set_switch("a state in another case", &[("state", "\"OFF\"")], "422 invalid state"),
    set_switch("a state that is no text", &[("state", "true")], "422 invalid state"),
    set_switch("a switch without a reason", &[("reason", "")], "422 invalid reason"),
    fault(
        "a switch that is not there",
        13,
        Part::Path,
        To::PathHas("{switch}"),
        Change::Parameter("payouts"),
        "404 not-found switch",
    ),
    meant("no action", &[("action", "")], "422 invalid action"),
    meant("an unknown action", &[("action", "\"purge\"")], "422 invalid action"),
    meant("an action that is no text", &[("action", "1"), ("queue", "1")], "422 invalid action"),
    meant("a queue that is no text", &[("queue", "[\"settle\"]")], "422 invalid queue"),
    meant("every queue", &[("queue", "\"*\"")], "422 invalid queue"),
    meant("a type in another case", &[("type", "\"Settle\"")], "422 invalid type"),
    meant("about an empty text", &[("about", "\"\"")], "422 invalid about"),
    meant("about a number", &[("about", "41")], "422 invalid about"),
    fault("about a long text", 10, Part::Field("about"), To::Body(RouteBody::of::<DeadLettersRequest>()), Change::Long("about"), "422 invalid about"),
    meant("an error of no characters", &[("error", "\"\"")], "422 invalid error"),
    meant("a time without a date", &[("since", "\"08:00\"")], "422 invalid since"),
    meant("a time that is a number", &[("until", "0")], "422 invalid until"),
    meant("nothing that says which", &[("about", "")], "422 invalid queue"),
    meant("none at most", &[("limit", "0")], "422 invalid limit"),
    meant("a text with an exponent", &[("limit", "\"1e1\"")], "422 invalid limit"),
    meant("half a letter", &[("limit", "0.5")], "422 invalid limit"),
    meant("a trial that is null", &[("dryRun", "null")], "422 invalid dryRun"),
    meant("a queue that is null", &[("queue", "null")], "422 invalid queue"),
    meant("a limit that is null", &[("limit", "null")], "422 invalid limit"),
    meant("a trial that is a text", &[("dryRun", "\"true\"")], "422 invalid dryRun"),
    letter_in_path("a dead letter that is not there", Change::Parameter("attendance:00000000-0000-4000-8000-000000000000")),
    letter_in_path("a dead letter of no queue", Change::Parameter("00000000-0000-4000-8000-000000000000")),
    letter_in_path("a dead letter of an unknown queue", Change::Parameter("nothing:00000000-0000-4000-8000-000000000000")),
    letter_in_path("a deadLetterId without an id", Change::Parameter("settle:")),
    letter_in_path("a zero byte in the path", Change::Parameter("settle:a%00")),
    letter_in_path("a very long deadLetterId", Change::LongParameter),
];
