//! Faults in requests about bets, rounds and pages of lists.

use super::{Change, Fault, Part, To, fault, field};
use crate::world::World;
use evens_contracts::{OpenRoundRequest, PlaceBetRequest, ResultRequest, RouteBody};

const fn bet(
    name: &'static str,
    fields: &'static [(&'static str, &'static str)],
    expected: &'static str,
) -> Fault {
    field(name, RouteBody::of::<PlaceBetRequest>(), fields[0].0, fields, expected)
}

const fn round(
    name: &'static str,
    fields: &'static [(&'static str, &'static str)],
    expected: &'static str,
) -> Fault {
    field(name, RouteBody::of::<OpenRoundRequest>(), fields[0].0, fields, expected)
}

const fn result(
    name: &'static str,
    fields: &'static [(&'static str, &'static str)],
    expected: &'static str,
) -> Fault {
    field(name, RouteBody::of::<ResultRequest>(), fields[0].0, fields, expected)
}

const fn cursor(name: &'static str, query: &'static str) -> Fault {
    fault(name, 10, Part::Query, To::Takes("cursor"), Change::Query(query), "422 invalid cursor")
}

const fn key(name: &'static str, change: Change) -> Fault {
    fault(
        name,
        10,
        Part::Key,
        To::Body(RouteBody::of::<PlaceBetRequest>()),
        change,
        "422 invalid Idempotency-Key",
    )
}

const fn round_in_path(name: &'static str, change: Change) -> Fault {
    fault(name, 10, Part::Path, To::PathHas("{roundId}"), change, "422 invalid roundId")
}

const fn bet_in_path(name: &'static str, change: Change) -> Fault {
    fault(name, 13, Part::Path, To::PathHas("{betId}"), change, "404 not-found betId")
}

const USER: &str = "422 invalid userId";
const ROUND: &str = "422 invalid roundId";
const AMOUNT: &str = "422 invalid amount";
const SIDE: &str = "422 invalid side";
const DRAW: &str = "422 invalid draw";
const ORACLE: &str = "422 invalid oracle";
const ORACLE_NAME: &str = "422 invalid oracle.name";
const ORACLE_KEY: &str = "422 invalid oracle.publicKey";
const WINNER: &str = "422 invalid winner";
const SIGNATURE: &str = "422 invalid signature";
/// The answer to a body that ends in the middle of a field.
const BROKEN: &str = "400 malformed-body -";

pub(super) const FAULTS: &[Fault] = &[
    fault(
        "NaN",
        9,
        Part::Field("amount"),
        To::Body(RouteBody::of::<PlaceBetRequest>()),
        Change::Fields(&[("amount", "NaN")]),
        BROKEN,
    ),
    fault(
        "Infinity",
        9,
        Part::Field("amount"),
        To::Body(RouteBody::of::<PlaceBetRequest>()),
        Change::Fields(&[("amount", "Infinity")]),
        BROKEN,
    ),
    fault(
        "a leading zero",
        9,
        Part::Field("amount"),
        To::Body(RouteBody::of::<PlaceBetRequest>()),
        Change::Fields(&[("amount", "01")]),
        BROKEN,
    ),
    // POST /api/bets, in the order of its fields.
    bet("userId 0", &[("userId", "0")], USER),
    bet("a negative userId", &[("userId", "-41")], USER),
    bet("half a userId", &[("userId", "41.5")], USER),
    bet("a userId above BIGINT", &[("userId", "9223372036854775808")], USER),
    bet("a userId of letters", &[("userId", "\"abc\"")], USER),
    bet("an empty userId", &[("userId", "\"\"")], USER),
    bet("a userId that is true", &[("userId", "true")], USER),
    bet("a userId that is an object", &[("userId", "{}")], USER),
    bet("userId null", &[("userId", "null")], USER),
    bet("no roundId", &[("roundId", "")], ROUND),
    bet("roundId null", &[("roundId", "null")], ROUND),
    bet("an empty roundId", &[("roundId", "\"\"")], ROUND),
    bet("a roundId with a space", &[("roundId", "\"a b\"")], ROUND),
    bet("a roundId with a zero byte", &[("roundId", "\"a\\u0000\"")], ROUND),
    bet("a roundId with a line break", &[("roundId", "\"a\\n\"")], ROUND),
    bet("a roundId with a letter that is not ASCII", &[("roundId", "\"\u{e9}\"")], ROUND),
    bet("a roundId that is a number", &[("roundId", "5")], ROUND),
    bet("a roundId that is a list", &[("roundId", "[\"open\"]")], ROUND),
    fault(
        "a roundId of 300 characters",
        10,
        Part::Field("roundId"),
        To::Body(RouteBody::of::<PlaceBetRequest>()),
        Change::Long("roundId"),
        ROUND,
    ),
    bet("no amount", &[("amount", "")], AMOUNT),
    bet("amount null", &[("amount", "null")], AMOUNT),
    bet("a negative amount", &[("amount", "-1")], AMOUNT),
    bet("amount 0", &[("amount", "0")], AMOUNT),
    bet("amount -0", &[("amount", "-0")], AMOUNT),
    bet("9 decimals", &[("amount", "0.123456789")], AMOUNT),
    bet("9 decimals in a text", &[("amount", "\"0.123456789\"")], AMOUNT),
    bet("a number without end", &[("amount", "1e400")], AMOUNT),
    bet("a number next to nothing", &[("amount", "1e-400")], AMOUNT),
    bet("a text with an exponent", &[("amount", "\"1e0\"")], AMOUNT),
    bet("a text with a zero in front", &[("amount", "\"01\"")], AMOUNT),
    bet("21 digits", &[("amount", "100000000000000000000")], AMOUNT),
    bet("more than the largest stake", &[("amount", "1000000000000.00000001")], AMOUNT),
    bet("an empty amount", &[("amount", "\"\"")], AMOUNT),
    bet("an amount with a comma", &[("amount", "\"1,5\"")], AMOUNT),
    bet("an amount with a space", &[("amount", "\" 1\"")], AMOUNT),
    bet("an amount with a plus", &[("amount", "\"+1\"")], AMOUNT),
    bet("a hexadecimal amount", &[("amount", "\"0x10\"")], AMOUNT),
    bet("NaN as a text", &[("amount", "\"NaN\"")], AMOUNT),
    bet("an amount that is true", &[("amount", "true")], AMOUNT),
    bet("an amount that is a list", &[("amount", "[1]")], AMOUNT),
    fault(
        "an amount of 300 characters",
        10,
        Part::Field("amount"),
        To::Body(RouteBody::of::<PlaceBetRequest>()),
        Change::Long("amount"),
        AMOUNT,
    ),
    bet("no side", &[("side", "")], SIDE),
    bet("side null", &[("side", "null")], SIDE),
    bet("an unknown side", &[("side", "\"C\"")], SIDE),
    bet("a small side", &[("side", "\"a\"")], SIDE),
    bet("an empty side", &[("side", "\"\"")], SIDE),
    bet("a side that is a number", &[("side", "1")], SIDE),
    bet("a side that is a list", &[("side", "[\"A\"]")], SIDE),
    // POST /api/rounds.
    round("no roundId", &[("roundId", "")], ROUND),
    round("an empty roundId", &[("roundId", "\"\"")], ROUND),
    round("a roundId with a slash", &[("roundId", "\"a/b\"")], ROUND),
    round("a roundId that is a number", &[("roundId", "5")], ROUND),
    fault(
        "a roundId of 300 characters",
        10,
        Part::Field("roundId"),
        To::Body(RouteBody::of::<OpenRoundRequest>()),
        Change::Long("roundId"),
        ROUND,
    ),
    round("an unknown draw", &[("draw", "\"coin\"")], DRAW),
    round("draw null", &[("draw", "null")], DRAW),
    round("oracle null", &[("draw", "\"oracle\""), ("oracle", "null")], ORACLE),
    round("a draw that is a number", &[("draw", "5")], DRAW),
    round("no oracle", &[("draw", "\"oracle\"")], ORACLE),
    round("an oracle that is a text", &[("draw", "\"oracle\""), ("oracle", "\"me\"")], ORACLE),
    round("an oracle without a name", &[("draw", "\"oracle\""), ("oracle", "{}")], ORACLE_NAME),
    round(
        "an oracle with an empty name",
        &[("draw", "\"oracle\""), ("oracle", "{\"name\":\"\"}")],
        ORACLE_NAME,
    ),
    round("an oracle without a key", &[("draw", "\"oracle\""), ("oracle", "{\"name\":\"x\"}")], ORACLE_KEY),
    round(
        "an oracle with a short key",
        &[("draw", "\"oracle\""), ("oracle", "{\"name\":\"x\",\"publicKey\":\"AAAA\"}")],
        ORACLE_KEY,
    ),
    // POST /api/rounds/{roundId}/result.
    result("no winner", &[("winner", "")], WINNER),
    result("an unknown winner", &[("winner", "\"C\"")], WINNER),
    result("a winner that is a number", &[("winner", "1")], WINNER),
    result("no signature", &[("signature", "")], SIGNATURE),
    result("an empty signature", &[("signature", "\"\"")], SIGNATURE),
    result("a short signature", &[("signature", "\"AAAA\"")], SIGNATURE),
    result("a signature that is not base64", &[("signature", "\"!\"")], SIGNATURE),
    result("a signature that is a number", &[("signature", "5")], SIGNATURE),
    // Checked after the body.
    cursor("a cursor that is garbage", "?cursor=garbage"),
    cursor("an empty cursor", "?cursor="),
    cursor("a cursor of another form", "?cursor=YmVmb3JlOi0x"),
    cursor("two cursors", "?cursor=YmVmb3JlOjE&cursor=YmVmb3JlOjE"),
    key("an empty key", Change::Keys(&[b""])),
    key("a key of 300 characters", Change::LongKey),
    key("a key with a letter that is not ASCII", Change::Keys(&[b"\xc3\xa9"])),
    key("a key with a tab", Change::Keys(&[b"a\tb"])),
    key("two keys", Change::Keys(&[b"a", b"b"])),
    key("two keys, as a gateway joins them", Change::Keys(&[b"a,b"])),
    round_in_path("a roundId of 300 characters in the path", Change::LongParameter),
    round_in_path("a space in the path", Change::Parameter("a%20b")),
    round_in_path("a zero byte in the path", Change::Parameter("a%00")),
    round_in_path("a line break in the path", Change::Parameter("a%0A")),
    // Refused because the bet is for another user.
    fault(
        "somebody else's userId",
        12,
        Part::Field("userId"),
        To::Body(RouteBody::of::<PlaceBetRequest>()),
        Change::Fields(&[("userId", "42")]),
        "403 forbidden userId",
    ),
    // Refused because of the stored state.
    fault(
        "a bet of an ended session",
        13,
        Part::Token,
        To::Body(RouteBody::of::<PlaceBetRequest>()),
        Change::Instead("ended player"),
        "401 unauthorized -",
    ),
    fault(
        "a blocked player's bet",
        13,
        Part::Token,
        To::Body(RouteBody::of::<PlaceBetRequest>()),
        Change::Instead("blocked player"),
        "403 account-blocked -",
    ),
    bet_in_path("a bet that is not there", Change::Parameter("00000000-0000-8000-8000-000000000000")),
    bet_in_path("a betId of 300 characters", Change::LongParameter),
    bet_in_path("a betId that is none", Change::Parameter("bet-abc-123")),
    bet_in_path("a zero byte in the path", Change::Parameter("a%00")),
    fault(
        "a round that is not there",
        13,
        Part::Path,
        To::RoundInPath,
        Change::Parameter("nowhere"),
        "404 not-found roundId",
    ),
    fault(
        "a match of a round that is not there",
        13,
        Part::Path,
        To::PathHas("{matchId}"),
        Change::Parameter("nowhere"),
        "404 not-found matchId",
    ),
    fault(
        "a key that was used for another bet",
        13,
        Part::Key,
        To::Body(RouteBody::of::<PlaceBetRequest>()),
        Change::Keys(&[World::USED_KEY]),
        "409 idempotency-key-reused Idempotency-Key",
    ),
    fault(
        "a round that takes no bets",
        13,
        Part::Field("roundId"),
        To::Body(RouteBody::of::<PlaceBetRequest>()),
        Change::Fields(&[("roundId", "\"closed\"")]),
        "409 round-state roundId",
    ),
    fault(
        "a fraction of the smallest coin",
        13,
        Part::Field("amount"),
        To::Body(RouteBody::of::<PlaceBetRequest>()),
        Change::Fields(&[("amount", "1.23456789")]),
        AMOUNT,
    ),
    fault(
        "more than the wallet holds",
        13,
        Part::Field("amount"),
        To::Body(RouteBody::of::<PlaceBetRequest>()),
        Change::Fields(&[("amount", "50.01")]),
        "400 insufficient-balance amount",
    ),
    fault(
        "a round that is there with another draw",
        13,
        Part::Field("roundId"),
        To::Body(RouteBody::of::<OpenRoundRequest>()),
        Change::Fields(&[("roundId", "\"with-oracle\"")]),
        "409 round-exists roundId",
    ),
];
