//! [`FAULTS`]: everything that can be wrong with a request, in the order of precedence that `evens_runtime::http`
//! documents, and what is answered to it.

use crate::draft::Draft;
use crate::world::World;
use evens_contracts::{Access, Route, RouteBody};

/// Which part of a request is wrong. Two faults in one part cannot both be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Prefix,
    Method,
    Token,
    ContentType,
    Raw,
    Field(&'static str),
    Cursor,
    Key,
    Path,
}

/// To which routes a fault applies.
#[derive(Debug, Clone, Copy)]
enum To {
    Every,
    WithToken,
    WithRole(Access),
    WithRoles,
    WithBody,
    Body(RouteBody),
    Paged,
    PathHas(&'static str),
}

/// What makes the request wrong.
#[derive(Debug, Clone, Copy)]
enum Change {
    Prefix(&'static str),
    Method(&'static str),
    Token(&'static str),
    NoToken,
    Authorization(&'static [&'static str]),
    ContentTypes(&'static [&'static str]),
    Raw(&'static [u8]),
    Zeros(usize),
    Fields(&'static [(&'static str, &'static str)]),
    Long(&'static str),
    Query(&'static str),
    Keys(&'static [&'static [u8]]),
    LongKey,
    /// The parameter of the path.
    Parameter(&'static str),
    LongParameter,
}

/// One way to be wrong.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    /// The number in the documented order.
    pub(crate) stage: u8,
    pub(crate) part: Part,
    to: To,
    change: Change,
    /// Status, code and field.
    pub(crate) expected: &'static str,
}

impl Fault {
    pub(crate) fn concerns(&self, route: &Route) -> bool {
        match self.to {
            To::Every => true,
            To::WithToken => route.access != Access::Public,
            To::WithRole(access) => route.access == access,
            To::WithRoles => matches!(route.access, Access::Operator | Access::Oracle),
            To::WithBody => route.body.is_some(),
            To::Body(body) => route.body == Some(body),
            To::Paged => route.paged,
            To::PathHas(parameter) => route.path.contains(parameter),
        }
    }

    pub(crate) fn apply(&self, draft: &mut Draft) {
        let parameter = |draft: &mut Draft, value: &str| {
            let mut parts: Vec<_> = draft.path.split('/').map(str::to_owned).collect();
            value.clone_into(&mut parts[3]);
            draft.path = parts.join("/");
        };
        match self.change {
            Change::Prefix(prefix) => draft.prefix = prefix,
            Change::Method(method) => draft.method = method,
            Change::Token(token) => draft.token = Some(token),
            Change::NoToken => draft.token = None,
            Change::Authorization(values) => (draft.token, draft.authorization) = (None, values.to_vec()),
            Change::ContentTypes(types) => draft.content_types = types.to_vec(),
            Change::Raw(raw) => draft.raw = Some(raw.to_vec()),
            Change::Zeros(size) => draft.raw = Some(vec![b'0'; size]),
            Change::Fields(fields) => fields.iter().for_each(|(name, json)| draft.set(name, *json)),
            Change::Long(field) => draft.set(field, format!("\"{}\"", "x".repeat(300))),
            Change::Query(query) => draft.query = query,
            Change::Keys(keys) => draft.keys = keys.iter().map(|key| key.to_vec()).collect(),
            Change::LongKey => draft.keys = vec![vec![b'k'; 300]],
            Change::Parameter(value) => parameter(draft, value),
            Change::LongParameter => parameter(draft, &"x".repeat(300)),
        }
    }
}

const fn fault(
    name: &'static str,
    stage: u8,
    part: Part,
    to: To,
    change: Change,
    expected: &'static str,
) -> Fault {
    Fault { name, stage, part, to, change, expected }
}

const fn token(name: &'static str, change: Change) -> Fault {
    fault(name, 3, Part::Token, To::WithToken, change, "401 unauthorized -")
}

const fn content_type(name: &'static str, types: &'static [&'static str]) -> Fault {
    fault(
        name,
        5,
        Part::ContentType,
        To::WithBody,
        Change::ContentTypes(types),
        "415 unsupported-media-type -",
    )
}

const fn malformed(name: &'static str, raw: &'static [u8]) -> Fault {
    fault(name, 7, Part::Raw, To::WithBody, Change::Raw(raw), "400 malformed-body -")
}

/// A field of a body.
const fn field(
    name: &'static str,
    body: RouteBody,
    part: &'static str,
    fields: &'static [(&'static str, &'static str)],
    expected: &'static str,
) -> Fault {
    fault(name, 8, Part::Field(part), To::Body(body), Change::Fields(fields), expected)
}

const fn bet(
    name: &'static str,
    fields: &'static [(&'static str, &'static str)],
    expected: &'static str,
) -> Fault {
    field(name, RouteBody::PlaceBet, fields[0].0, fields, expected)
}

const fn round(
    name: &'static str,
    fields: &'static [(&'static str, &'static str)],
    expected: &'static str,
) -> Fault {
    field(name, RouteBody::OpenRound, fields[0].0, fields, expected)
}

const fn result(
    name: &'static str,
    fields: &'static [(&'static str, &'static str)],
    expected: &'static str,
) -> Fault {
    field(name, RouteBody::Result, fields[0].0, fields, expected)
}

const fn cursor(name: &'static str, query: &'static str) -> Fault {
    fault(name, 8, Part::Cursor, To::Paged, Change::Query(query), "422 invalid cursor")
}

const fn key(name: &'static str, change: Change) -> Fault {
    fault(name, 8, Part::Key, To::Body(RouteBody::PlaceBet), change, "422 invalid Idempotency-Key")
}

const fn round_in_path(name: &'static str, change: Change) -> Fault {
    fault(name, 8, Part::Path, To::PathHas("{roundId}"), change, "422 invalid roundId")
}

const fn bet_in_path(name: &'static str, change: Change) -> Fault {
    fault(name, 10, Part::Path, To::PathHas("{betId}"), change, "404 not-found betId")
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
/// What a body that breaks in the middle of a field is.
const BROKEN: &str = "400 malformed-body -";

/// Every fault.
pub(crate) const FAULTS: &[Fault] = &[
    fault("an unknown path", 1, Part::Prefix, To::Every, Change::Prefix("/nothing"), "404 not-found -"),
    fault(
        "a method that is not there",
        2,
        Part::Method,
        To::Every,
        Change::Method("DELETE"),
        "405 method-not-allowed -",
    ),
    token("no token", Change::NoToken),
    token("an empty token", Change::Token("empty")),
    token("another scheme", Change::Authorization(&["Basic YTpi"])),
    token("no scheme", Change::Authorization(&["garbage"])),
    token("two tokens", Change::Authorization(&["Bearer a", "Bearer b"])),
    token("a garbage token", Change::Token("garbage")),
    token("a token that looks like one", Change::Token("three dots")),
    token("a token of 5,000 characters", Change::Token("long")),
    token("an expired token", Change::Token("expired")),
    token("a token of the future", Change::Token("early")),
    token("a token signed with a foreign key", Change::Token("foreign key")),
    token("a token signed with an unknown key", Change::Token("unknown key")),
    token("a token for somebody else", Change::Token("other audience")),
    token("a token from somebody else", Change::Token("other issuer")),
    token("a token with changed claims", Change::Token("changed claims")),
    token("an unsigned token", Change::Token("unsigned")),
    fault("a player's token", 4, Part::Token, To::WithRoles, Change::Token("player"), "403 forbidden -"),
    fault(
        "an oracle's token",
        4,
        Part::Token,
        To::WithRole(Access::Operator),
        Change::Token("oracle"),
        "403 forbidden -",
    ),
    fault(
        "an operator's token",
        4,
        Part::Token,
        To::WithRole(Access::Oracle),
        Change::Token("operator"),
        "403 forbidden -",
    ),
    content_type("no content type", &[]),
    content_type("a body said to be text", &["text/plain"]),
    content_type("a body said to be a form", &["application/x-www-form-urlencoded"]),
    content_type("a body said to be almost JSON", &["application/jsonp"]),
    content_type("a body in another charset", &["application/json; charset=latin1"]),
    content_type("two content types", &["application/json", "application/json"]),
    fault("a body of 2 MB", 6, Part::Raw, To::WithBody, Change::Zeros(2 << 20), "413 payload-too-large -"),
    fault(
        "a body of a byte too much",
        6,
        Part::Raw,
        To::WithBody,
        Change::Zeros((64 << 10) + 1),
        "413 payload-too-large -",
    ),
    malformed("no body", b""),
    malformed("a body that is not JSON", b"amount=1"),
    malformed("a list", b"[]"),
    malformed("null", b"null"),
    malformed("half a body", b"{\"side\":\"A\""),
    malformed("two bodies", b"{}{}"),
    malformed("a body that is not UTF-8", b"{\"side\":\"\xff\"}"),
    malformed("a control character in a text", b"{\"side\":\"\x01\"}"),
    fault(
        "NaN",
        7,
        Part::Field("amount"),
        To::Body(RouteBody::PlaceBet),
        Change::Fields(&[("amount", "NaN")]),
        BROKEN,
    ),
    fault(
        "Infinity",
        7,
        Part::Field("amount"),
        To::Body(RouteBody::PlaceBet),
        Change::Fields(&[("amount", "Infinity")]),
        BROKEN,
    ),
    fault(
        "a leading zero",
        7,
        Part::Field("amount"),
        To::Body(RouteBody::PlaceBet),
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
        8,
        Part::Field("roundId"),
        To::Body(RouteBody::PlaceBet),
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
        8,
        Part::Field("amount"),
        To::Body(RouteBody::PlaceBet),
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
        8,
        Part::Field("roundId"),
        To::Body(RouteBody::OpenRound),
        Change::Long("roundId"),
        ROUND,
    ),
    round("an unknown draw", &[("draw", "\"coin\"")], DRAW),
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
    // What is read after the body.
    cursor("a cursor that is garbage", "?cursor=garbage"),
    cursor("an empty cursor", "?cursor="),
    cursor("a cursor of another form", "?cursor=YmVmb3JlOi0x"),
    cursor("two cursors", "?cursor=YmVmb3JlOjE&cursor=YmVmb3JlOjE"),
    key("an empty key", Change::Keys(&[b""])),
    key("a key of 300 characters", Change::LongKey),
    key("a key with a letter that is not ASCII", Change::Keys(&[b"\xc3\xa9"])),
    key("a key with a tab", Change::Keys(&[b"a\tb"])),
    key("two keys", Change::Keys(&[b"a", b"b"])),
    round_in_path("a roundId of 300 characters in the path", Change::LongParameter),
    round_in_path("a space in the path", Change::Parameter("a%20b")),
    round_in_path("a zero byte in the path", Change::Parameter("a%00")),
    round_in_path("a line break in the path", Change::Parameter("a%0A")),
    // Whose it is.
    fault(
        "somebody else's userId",
        9,
        Part::Field("userId"),
        To::Body(RouteBody::PlaceBet),
        Change::Fields(&[("userId", "42")]),
        "403 forbidden userId",
    ),
    // What the state says.
    bet_in_path("a bet that is not there", Change::Parameter("00000000-0000-8000-8000-000000000000")),
    bet_in_path("a betId of 300 characters", Change::LongParameter),
    bet_in_path("a betId that is none", Change::Parameter("bet-abc-123")),
    bet_in_path("a zero byte in the path", Change::Parameter("a%00")),
    fault(
        "a round that is not there",
        10,
        Part::Path,
        To::PathHas("{roundId}"),
        Change::Parameter("nowhere"),
        "404 not-found roundId",
    ),
    fault(
        "a key that was used for another bet",
        10,
        Part::Key,
        To::Body(RouteBody::PlaceBet),
        Change::Keys(&[World::USED_KEY]),
        "409 idempotency-key-reused Idempotency-Key",
    ),
    fault(
        "a round that takes no bets",
        10,
        Part::Field("roundId"),
        To::Body(RouteBody::PlaceBet),
        Change::Fields(&[("roundId", "\"closed\"")]),
        "409 round-state roundId",
    ),
    fault(
        "more than the wallet holds",
        10,
        Part::Field("amount"),
        To::Body(RouteBody::PlaceBet),
        Change::Fields(&[("amount", "50.00000001")]),
        "400 insufficient-balance amount",
    ),
    fault(
        "a round that is there with another draw",
        10,
        Part::Field("roundId"),
        To::Body(RouteBody::OpenRound),
        Change::Fields(&[("roundId", "\"with-oracle\"")]),
        "409 round-exists roundId",
    ),
];
