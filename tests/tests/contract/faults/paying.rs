//! Faults in deposits and in callbacks of providers.

use super::{Change, Fault, Part, To, fault, field};
use crate::world::World;
use evens_contracts::{OpenDepositRequest, RouteBody};

const DEPOSIT: To = To::Body(RouteBody::of::<OpenDepositRequest>());
const CALLBACK: To = To::Paths(&["/api/payments/callback/{provider}", "/api/payments/callback"]);
const CALLBACK_OF: To = To::Paths(&["/api/payments/callback/{provider}"]);
const AMOUNT: &str = "422 invalid amount";
const BROKEN: &str = "400 malformed-body -";

const fn amount(name: &'static str, json: &'static [(&'static str, &'static str)]) -> Fault {
    field(name, RouteBody::of::<OpenDepositRequest>(), "amount", json, AMOUNT)
}

/// An invalid number makes the whole body malformed.
const fn broken(name: &'static str, json: &'static [(&'static str, &'static str)]) -> Fault {
    fault(name, 9, Part::Field("amount"), DEPOSIT, Change::Fields(json), BROKEN)
}

/// Limits are the platform's rule, so they are checked in the last stage, after a repeat is recognised.
const fn limit(name: &'static str, json: &'static [(&'static str, &'static str)]) -> Fault {
    fault(name, 13, Part::Field("amount"), DEPOSIT, Change::Fields(json), AMOUNT)
}

const fn callback(
    name: &'static str,
    stage: u8,
    part: Part,
    change: Change,
    expected: &'static str,
) -> Fault {
    fault(name, stage, part, CALLBACK, change, expected)
}

const fn unknown_provider(name: &'static str, change: Change) -> Fault {
    fault(name, 13, Part::Path, CALLBACK_OF, change, "404 not-found provider")
}

const fn key(name: &'static str, change: Change) -> Fault {
    fault(name, 10, Part::Key, DEPOSIT, change, "422 invalid Idempotency-Key")
}

const fn order_in_path(name: &'static str, change: Change) -> Fault {
    fault(name, 13, Part::Path, To::PathHas("{orderId}"), change, "404 not-found orderId")
}

const fn report_in_path(name: &'static str, change: Change) -> Fault {
    fault(name, 13, Part::Path, To::PathHas("{reportId}"), change, "404 not-found reportId")
}

const fn listed(name: &'static str, query: &'static str, expected: &'static str) -> Fault {
    fault(name, 10, Part::Query, To::Takes("status"), Change::Query(query), expected)
}

const fn cursor(name: &'static str, query: &'static str) -> Fault {
    listed(name, query, "422 invalid cursor")
}

const fn status(name: &'static str, query: &'static str) -> Fault {
    listed(name, query, "422 invalid status")
}

pub(super) const FAULTS: &[Fault] = &[
    broken("a deposit of NaN", &[("amount", "NaN")]),
    broken("a deposit of Infinity", &[("amount", "Infinity")]),
    broken("a deposit of 01", &[("amount", "01")]),
    amount("no amount of a deposit", &[("amount", "")]),
    amount("an amount of a deposit that is null", &[("amount", "null")]),
    amount("a negative deposit", &[("amount", "-1")]),
    amount("a deposit of 0", &[("amount", "0")]),
    amount("a deposit finer than the currency is paid", &[("amount", "10.001")]),
    amount("a deposit without end", &[("amount", "1e400")]),
    amount("a deposit that is next to nothing", &[("amount", "1e-400")]),
    amount("a deposit with an exponent in a text", &[("amount", "\"1e2\"")]),
    amount("a deposit of 21 digits", &[("amount", "100000000000000000000")]),
    amount("a deposit with a comma", &[("amount", "\"1,5\"")]),
    amount("a deposit that is true", &[("amount", "true")]),
    amount("a deposit that is a list", &[("amount", "[1]")]),
    cursor("a cursor of orders that is garbage", "?cursor=garbage"),
    cursor("a cursor of entries in a list of orders", "?cursor=YmVmb3JlOjE"),
    status("a status of orders that there is not", "?status=COMPLETED"),
    status("two statuses of orders", "?status=failed&status=pending"),
    key("an empty key of a deposit", Change::Keys(&[b""])),
    key("a key of a deposit of 300 characters", Change::LongKey),
    key("two keys of a deposit", Change::Keys(&[b"a", b"b"])),
    fault(
        "a deposit of an ended session",
        13,
        Part::Token,
        DEPOSIT,
        Change::Instead("ended player"),
        "401 unauthorized -",
    ),
    fault(
        "a blocked player's deposit",
        13,
        Part::Token,
        DEPOSIT,
        Change::Instead("blocked player"),
        "403 account-blocked -",
    ),
    order_in_path("an order that is not there", Change::Parameter("00000000-0000-8000-8000-000000000000")),
    order_in_path("an orderId of 300 characters", Change::LongParameter),
    order_in_path("an orderId that is none", Change::Parameter("order-1")),
    order_in_path("a zero byte in an orderId", Change::Parameter("a%00")),
    report_in_path(
        "a report that is not there",
        Change::Parameter(
            "2026-11-03:sandbox:0000000000000000000000000000000000000000000000000000000000000000",
        ),
    ),
    report_in_path("a reportId of 300 characters", Change::LongParameter),
    report_in_path("a reportId that is a day", Change::Parameter("2026-11-03")),
    report_in_path("a zero byte in a reportId", Change::Parameter("a%00")),
    fault(
        "a key that was used for another deposit",
        13,
        Part::Key,
        DEPOSIT,
        Change::Keys(&[World::USED_KEY]),
        "409 idempotency-key-reused Idempotency-Key",
    ),
    limit("less than the least deposit", &[("amount", "0.99")]),
    limit("more than the largest deposit", &[("amount", "100000.01")]),
    // A callback has no token, and its fields are not parsed before its signature is checked.
    callback("a callback of 2 MB", 8, Part::Raw, Change::Zeros(2 << 20), "413 payload-too-large -"),
    unknown_provider("an unknown provider", Change::Parameter("nobody")),
    unknown_provider("a provider that has no name", Change::Parameter("a%00")),
    callback("an empty callback", 13, Part::Raw, Change::Raw(b""), "401 wrong-signature -"),
    callback("a callback of other bytes", 13, Part::Raw, Change::Raw(b"{}"), "401 wrong-signature -"),
];
