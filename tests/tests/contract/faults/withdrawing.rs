//! Faults in withdrawals and in payees.

use super::{Change, Fault, Part, To, fault, field};
use crate::world::World;
use evens_contracts::{
    AddPayeeRequest, AdjustWalletRequest, DecisionRequest, FreeAccountRequest, NoteIdentityRequest,
    RouteBody, WithdrawalRequest,
};

const WITHDRAWAL: To = To::Body(RouteBody::of::<WithdrawalRequest>());
const AMOUNT: &str = "422 invalid amount";
const PAYEE: &str = "422 invalid payeeId";
const ACCOUNT: &str = "422 invalid account";
const STATUS: &str = "422 invalid status";
const NOT_A_FILE: &str = "415 unsupported-media-type -";
const BAD_LINE: &[u8] = b"at,kind,id,reference,amount,currency\nnot,a,line\n";

const fn amount(name: &'static str, json: &'static [(&'static str, &'static str)]) -> Fault {
    field(name, RouteBody::of::<WithdrawalRequest>(), "amount", json, AMOUNT)
}

const fn payee(name: &'static str, json: &'static [(&'static str, &'static str)]) -> Fault {
    field(name, RouteBody::of::<WithdrawalRequest>(), "payeeId", json, PAYEE)
}

const fn account(name: &'static str, json: &'static [(&'static str, &'static str)]) -> Fault {
    field(name, RouteBody::of::<AddPayeeRequest>(), "account", json, ACCOUNT)
}

const fn key(name: &'static str, change: Change) -> Fault {
    fault(name, 10, Part::Key, WITHDRAWAL, change, "422 invalid Idempotency-Key")
}

const fn reason(name: &'static str, json: &'static [(&'static str, &'static str)]) -> Fault {
    field(name, RouteBody::of::<DecisionRequest>(), "reason", json, "422 invalid reason")
}

/// A note on a player's identity. The status is checked before the reason.
const fn noted(
    name: &'static str,
    json: &'static [(&'static str, &'static str)],
    expected: &'static str,
) -> Fault {
    field(name, RouteBody::of::<NoteIdentityRequest>(), json[0].0, json, expected)
}

/// An adjustment of a wallet. The checks run in the order id, kind, amount, reason.
const fn adjusted(
    name: &'static str,
    json: &'static [(&'static str, &'static str)],
    expected: &'static str,
) -> Fault {
    field(name, RouteBody::of::<AdjustWalletRequest>(), json[0].0, json, expected)
}

/// The release of a bank account. The user is checked before the reason.
const fn freed(
    name: &'static str,
    json: &'static [(&'static str, &'static str)],
    expected: &'static str,
) -> Fault {
    field(name, RouteBody::of::<FreeAccountRequest>(), json[0].0, json, expected)
}

const fn query(
    name: &'static str,
    takes: &'static str,
    query: &'static str,
    expected: &'static str,
) -> Fault {
    fault(name, 10, Part::Query, To::Takes(takes), Change::Query(query), expected)
}

/// A fault of a statement file.
const fn file(name: &'static str, stage: u8, part: Part, change: Change, expected: &'static str) -> Fault {
    fault(name, stage, part, To::TakesFile, change, expected)
}

/// Refused because of the stored state, in the order of the rule.
const fn refused(name: &'static str, part: Part, change: Change, expected: &'static str) -> Fault {
    fault(name, 13, part, WITHDRAWAL, change, expected)
}

pub(super) const FAULTS: &[Fault] = &[
    amount("no amount of a withdrawal", &[("amount", "")]),
    amount("an amount of a withdrawal that is null", &[("amount", "null")]),
    amount("a negative withdrawal", &[("amount", "-1")]),
    amount("a withdrawal of 0", &[("amount", "0")]),
    amount("a withdrawal finer than the currency is paid", &[("amount", "10.001")]),
    amount("a withdrawal without end", &[("amount", "1e400")]),
    amount("a withdrawal with an exponent in a text", &[("amount", "\"15e-1\"")]),
    amount("a withdrawal of 21 digits", &[("amount", "100000000000000000000")]),
    amount("a withdrawal that is a list", &[("amount", "[1]")]),
    payee("no payee", &[("payeeId", "")]),
    payee("a payee that is null", &[("payeeId", "null")]),
    payee("a payee that is a number", &[("payeeId", "7")]),
    payee("a payee without a character", &[("payeeId", "\"\"")]),
    payee("a payee with a space", &[("payeeId", "\"a b\"")]),
    account("no account", &[("account", "")]),
    account("an account that is null", &[("account", "null")]),
    account("an account that is a number", &[("account", "12345678")]),
    account("an account of 5 characters", &[("account", "\"12345\"")]),
    account("an account with a space", &[("account", "\"IN 12345678\"")]),
    account("an account with a line break", &[("account", "\"IN12\\n345678\"")]),
    account("an account in other letters", &[("account", "\"१२३४५६७८\"")]),
    reason("no reason", &[("reason", "")]),
    reason("a reason that is null", &[("reason", "null")]),
    reason("a reason that is a number", &[("reason", "1")]),
    reason("a reason without a character", &[("reason", "\"\"")]),
    reason("a reason of white space", &[("reason", "\"  \"")]),
    reason("a reason of two lines", &[("reason", "\"a\\nb\"")]),
    noted("no status", &[("status", "")], STATUS),
    noted("a status that is null", &[("status", "null")], STATUS),
    noted("a status that is a number", &[("status", "1")], STATUS),
    noted("an unknown status", &[("status", "\"known\"")], STATUS),
    noted("a status in another case", &[("status", "\"VERIFIED\"")], STATUS),
    noted("no reason for a status", &[("reason", "")], "422 invalid reason"),
    noted("a reason of a status that is null", &[("reason", "null")], "422 invalid reason"),
    noted("a reason of a status in two lines", &[("reason", "\"a\\nb\"")], "422 invalid reason"),
    adjusted("no id of an adjustment", &[("opId", "")], "422 invalid opId"),
    adjusted("an id of an adjustment with a space", &[("opId", "\"a b\"")], "422 invalid opId"),
    adjusted("no kind of an adjustment", &[("kind", "")], "422 invalid kind"),
    adjusted("a kind that is null", &[("kind", "null")], "422 invalid kind"),
    adjusted("an unknown kind", &[("kind", "\"gift\"")], "422 invalid kind"),
    adjusted("no amount of an adjustment", &[("amount", "")], AMOUNT),
    adjusted("an adjustment of 0", &[("amount", "0")], AMOUNT),
    adjusted("a negative adjustment", &[("amount", "-1")], AMOUNT),
    adjusted("an adjustment finer than the currency is paid", &[("amount", "0.001")], AMOUNT),
    adjusted("no reason of an adjustment", &[("reason", "")], "422 invalid reason"),
    adjusted("a reason of an adjustment in two lines", &[("reason", "\"a\\nb\"")], "422 invalid reason"),
    freed("an account freed for nobody", &[("userId", "")], "422 invalid userId"),
    freed("an account freed for a text", &[("userId", "\"x\"")], "422 invalid userId"),
    freed("no reason to free an account", &[("reason", "")], "422 invalid reason"),
    query("a list that is not there", "state", "?state=lost", "422 invalid state"),
    query("a time that is none", "since", "?since=today", "422 invalid since"),
    query("an end that is none", "until", "?until=2026-11-02", "422 invalid until"),
    query(
        "an end twice",
        "until",
        "?until=2026-11-02T00:00:00Z&until=2026-11-02T00:00:00Z",
        "422 invalid until",
    ),
    query("nobody to name", "users", "", "422 invalid users"),
    query("a number that is none", "users", "?users=41,x", "422 invalid users"),
    query("no search", "text", "", "422 invalid text"),
    query("an empty search", "text", "?text=%20", "422 invalid text"),
    query("two lists", "state", "?state=held&state=held", "422 invalid state"),
    query("a day that is none", "after", "?day=2026-02-30", "422 invalid day"),
    query("a line before the first", "after", "?after=-1", "422 invalid after"),
    query("a line 01", "after", "?after=01", "422 invalid after"),
    query("a line +1", "after", "?after=%2B1", "422 invalid after"),
    file(
        "a file said to be JSON",
        7,
        Part::ContentType,
        Change::ContentTypes(&["application/json"]),
        NOT_A_FILE,
    ),
    file("a file of no type", 7, Part::ContentType, Change::ContentTypes(&[]), NOT_A_FILE),
    file(
        "a file that is compressed",
        7,
        Part::ContentEncoding,
        Change::ContentEncodings(&["gzip"]),
        NOT_A_FILE,
    ),
    file("a file of a byte too much", 8, Part::Raw, Change::Zeros((3 << 20) + 1), "413 payload-too-large -"),
    query("no provider", "provider", "?day=2026-01-05", "422 invalid provider"),
    query("a provider in capitals", "provider", "?provider=Sandbox&day=2026-01-05", "422 invalid provider"),
    query("an unknown provider", "provider", "?provider=other&day=2026-01-05", "422 invalid provider"),
    query("a statement of no day", "provider", "?provider=sandbox", "422 invalid day"),
    query(
        "a statement of a day that is none",
        "provider",
        "?provider=sandbox&day=2026-02-30",
        "422 invalid day",
    ),
    file(
        "a statement of a day to come",
        13,
        Part::Query,
        Change::Query("?provider=sandbox&day=2999-01-05"),
        "422 invalid day",
    ),
    file("an empty statement", 13, Part::Raw, Change::Raw(b""), "422 invalid statement"),
    file("a statement with a bad line", 13, Part::Raw, Change::Raw(BAD_LINE), "422 invalid statement"),
    fault(
        "an account of 300 characters",
        10,
        Part::Field("account"),
        To::Body(RouteBody::of::<AddPayeeRequest>()),
        Change::Long("account"),
        ACCOUNT,
    ),
    key("an empty key of a withdrawal", Change::Keys(&[b""])),
    key("a key of a withdrawal of 300 characters", Change::LongKey),
    key("two keys of a withdrawal", Change::Keys(&[b"a", b"b"])),
    refused(
        "a withdrawal of an ended session",
        Part::Token,
        Change::Instead("ended player"),
        "401 unauthorized -",
    ),
    refused(
        "a blocked player's withdrawal",
        Part::Token,
        Change::Instead("blocked player"),
        "403 account-blocked -",
    ),
    refused(
        "a key that was used for another withdrawal",
        Part::Key,
        Change::Keys(&[World::USED_KEY]),
        "409 idempotency-key-reused Idempotency-Key",
    ),
    refused(
        "a payee that is not there",
        Part::Field("payeeId"),
        Change::Fields(&[("payeeId", "\"nobody\"")]),
        "404 not-found payeeId",
    ),
    refused(
        "less than the least withdrawal",
        Part::Field("amount"),
        Change::Fields(&[("amount", "0.99")]),
        AMOUNT,
    ),
    refused(
        "more than there is",
        Part::Field("amount"),
        Change::Fields(&[("amount", "1000")]),
        "400 insufficient-balance amount",
    ),
    fault(
        "an account that is another player's",
        13,
        Part::Field("account"),
        To::Body(RouteBody::of::<AddPayeeRequest>()),
        Change::Fields(&[("account", "\"IN-OF-ANOTHER\"")]),
        "409 payee-taken account",
    ),
    fault(
        "a payee that is not there to be removed",
        13,
        Part::Path,
        To::PathHas("{payeeId}"),
        Change::Parameter("nobody"),
        "404 not-found payeeId",
    ),
    fault(
        "an account that is not there",
        13,
        Part::Path,
        To::PathHas("{reference}"),
        Change::Parameter("nobody"),
        "404 not-found reference",
    ),
    fault(
        "nobody's number",
        13,
        Part::Path,
        To::PathHas("{userId}"),
        Change::Parameter("nobody"),
        "404 not-found userId",
    ),
];
