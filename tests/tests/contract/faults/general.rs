//! Faults in a request to any route: its path, method, token and the form of its body.

use super::{Change, Fault, Part, To, fault};
use crate::world::World;
use evens_runtime::tokens::Role;

const EXHAUSTED: &str = "429 too-many-requests -";

const fn token(name: &'static str, change: Change) -> Fault {
    fault(name, 3, Part::Token, To::WithToken, change, "401 unauthorized -")
}

const fn other_role(name: &'static str, role: Role, change: Change) -> Fault {
    fault(name, 4, Part::Token, To::WithoutRole(role), change, "403 forbidden -")
}

const fn exhausted(name: &'static str, to: To, change: Change) -> Fault {
    fault(name, 5, Part::Token, to, change, EXHAUSTED)
}

const fn ended(name: &'static str, to: To, token: &'static str) -> Fault {
    fault(name, 6, Part::Token, to, Change::Token(token), "401 unauthorized -")
}

const fn content_type(name: &'static str, types: &'static [&'static str]) -> Fault {
    fault(
        name,
        7,
        Part::ContentType,
        To::TakesBytes,
        Change::ContentTypes(types),
        "415 unsupported-media-type -",
    )
}

const fn encoding(name: &'static str, encodings: &'static [&'static str]) -> Fault {
    fault(
        name,
        7,
        Part::ContentEncoding,
        To::TakesBytes,
        Change::ContentEncodings(encodings),
        "415 unsupported-media-type -",
    )
}

const fn malformed(name: &'static str, raw: &'static [u8]) -> Fault {
    fault(name, 9, Part::Raw, To::WithBody, Change::Raw(raw), "400 malformed-body -")
}

pub(super) const FAULTS: &[Fault] = &[
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
    token("an expired token", Change::Token("expired operator")),
    token("a token of the future", Change::Token("early operator")),
    token("a token signed with a foreign key", Change::Token("foreign key operator")),
    token("a token signed with an unknown key", Change::Token("unknown key operator")),
    token("a token for somebody else", Change::Token("other audience operator")),
    token("a token from somebody else", Change::Token("other issuer operator")),
    token("a token with changed claims", Change::Token("changed claims")),
    token("an unsigned token", Change::Token("unsigned")),
    fault("a player's token", 4, Part::Token, To::WithRoles, Change::Token("player"), "403 forbidden -"),
    other_role("an operator's token", Role::Operator, Change::Token("operator")),
    other_role("an oracle's token", Role::Oracle, Change::Token("oracle")),
    other_role("a cashier's token", Role::Cashier, Change::Token("cashier")),
    other_role("an auditor's token", Role::Auditor, Change::Token("auditor")),
    other_role("a contributor's token", Role::Contributor, Change::Token("contributor")),
    exhausted("a user whose requests are used up", To::Players, Change::Token("exhausted player")),
    exhausted(
        "an operator whose requests are used up",
        To::WithRole(Role::Operator),
        Change::Token("exhausted operator"),
    ),
    exhausted(
        "an oracle whose requests are used up",
        To::WithRole(Role::Oracle),
        Change::Token("exhausted oracle"),
    ),
    exhausted(
        "a cashier whose requests are used up",
        To::WithRole(Role::Cashier),
        Change::Token("exhausted cashier"),
    ),
    exhausted(
        "an auditor whose requests are used up",
        To::WithRole(Role::Auditor),
        Change::Token("exhausted auditor"),
    ),
    exhausted(
        "a contributor whose requests are used up",
        To::WithRole(Role::Contributor),
        Change::Token("exhausted contributor"),
    ),
    fault(
        "an address whose requests are used up",
        5,
        Part::Address,
        To::Counted,
        Change::Address(World::EXHAUSTED_ADDRESS),
        EXHAUSTED,
    ),
    fault(
        "a blocked player",
        6,
        Part::Token,
        To::ChecksBlock,
        Change::Token("blocked player"),
        "403 account-blocked -",
    ),
    fault(
        "a blocked operator",
        6,
        Part::Token,
        To::WithRole(Role::Operator),
        Change::Token("blocked operator"),
        "403 account-blocked -",
    ),
    fault(
        "a blocked oracle",
        6,
        Part::Token,
        To::WithRole(Role::Oracle),
        Change::Token("blocked oracle"),
        "403 account-blocked -",
    ),
    fault(
        "a blocked cashier",
        6,
        Part::Token,
        To::WithRole(Role::Cashier),
        Change::Token("blocked cashier"),
        "403 account-blocked -",
    ),
    fault(
        "a blocked auditor",
        6,
        Part::Token,
        To::WithRole(Role::Auditor),
        Change::Token("blocked auditor"),
        "403 account-blocked -",
    ),
    fault(
        "a blocked contributor",
        6,
        Part::Token,
        To::WithRole(Role::Contributor),
        Change::Token("blocked contributor"),
        "403 account-blocked -",
    ),
    fault(
        "an operator whose role was taken away",
        6,
        Part::Token,
        To::WithRole(Role::Operator),
        Change::Token("former operator"),
        "403 forbidden -",
    ),
    fault(
        "an oracle whose role was taken away",
        6,
        Part::Token,
        To::WithRole(Role::Oracle),
        Change::Token("former oracle"),
        "403 forbidden -",
    ),
    fault(
        "a cashier whose role was taken away",
        6,
        Part::Token,
        To::WithRole(Role::Cashier),
        Change::Token("former cashier"),
        "403 forbidden -",
    ),
    fault(
        "an auditor whose role was taken away",
        6,
        Part::Token,
        To::WithRole(Role::Auditor),
        Change::Token("former auditor"),
        "403 forbidden -",
    ),
    fault(
        "a contributor whose role was taken away",
        6,
        Part::Token,
        To::WithRole(Role::Contributor),
        Change::Token("former contributor"),
        "403 forbidden -",
    ),
    fault(
        "a former operator among players",
        6,
        Part::Token,
        To::Players,
        Change::Token("former operator"),
        "403 forbidden -",
    ),
    ended("a player whose sessions were ended", To::ChecksBlock, "ended player"),
    ended("an operator whose sessions were ended", To::WithRole(Role::Operator), "ended operator"),
    ended("an oracle whose sessions were ended", To::WithRole(Role::Oracle), "ended oracle"),
    ended("a cashier whose sessions were ended", To::WithRole(Role::Cashier), "ended cashier"),
    ended("an auditor whose sessions were ended", To::WithRole(Role::Auditor), "ended auditor"),
    ended("a contributor whose sessions were ended", To::WithRole(Role::Contributor), "ended contributor"),
    content_type("no content type", &[]),
    content_type("a body said to be text", &["text/plain"]),
    content_type("a body said to be a form", &["application/x-www-form-urlencoded"]),
    content_type("a body said to be almost JSON", &["application/jsonp"]),
    content_type("a body in another charset", &["application/json; charset=latin1"]),
    content_type("two content types", &["application/json", "application/json"]),
    encoding("a body that is compressed", &["gzip"]),
    encoding("a body of an encoding that nobody knows", &["x-none"]),
    encoding("a body that is compressed beside another encoding", &["identity", "br"]),
    encoding("a body in a list of encodings", &["Identity, gzip"]),
    fault("a body of 2 MB", 8, Part::Raw, To::WithBody, Change::Zeros(2 << 20), "413 payload-too-large -"),
    fault(
        "a body of a byte too much",
        8,
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
    malformed("a key that comes twice", b"{\"side\":\"A\",\"side\":\"A\"}"),
    malformed("a key that comes twice in two ways to write it", b"{\"side\":\"A\",\"s\\u0069de\":\"B\"}"),
    malformed("a key that comes twice in an object inside", b"{\"oracle\":{\"name\":\"a\",\"name\":\"b\"}}"),
    malformed("a key that comes twice in a list that nobody reads", b"{\"x\":[{\"y\":1,\"y\":1}]}"),
    malformed("a body that is not UTF-8", b"{\"side\":\"\xff\"}"),
    malformed("a control character in a text", b"{\"side\":\"\x01\"}"),
];
