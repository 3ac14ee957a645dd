//! [`faults`]: every way in which a request can be wrong, with the expected answer. The order is the precedence that
//! `evens_http` documents.

mod accounts;
mod betting;
mod gaming;
mod general;
mod jackpots;
mod limiting;
mod operating;
mod paying;
mod withdrawing;

use crate::draft::Draft;
use evens_contracts::{Access, BlockCheck, LoginRequest, RecoveryRequest, Route, RouteBody, SignUpRequest};
use evens_runtime::tokens::Role;
use std::sync::LazyLock;

/// Every fault, in order of precedence. A route has rows from at most one of the last eight tables.
pub(crate) fn faults() -> &'static [&'static Fault] {
    static FAULTS: LazyLock<Vec<&Fault>> = LazyLock::new(|| {
        let mut all: Vec<_> = general::FAULTS.iter().chain(betting::FAULTS).chain(accounts::FAULTS).collect();
        all.extend(operating::FAULTS);
        all.extend(paying::FAULTS);
        all.extend(withdrawing::FAULTS);
        all.extend(limiting::FAULTS);
        all.extend(gaming::FAULTS);
        all.extend(jackpots::FAULTS);
        // If body and path are both invalid, the body's problem is reported.
        let is_last = |fault: &Fault| fault.part == Part::Path && fault.expected.starts_with("422");
        all.sort_by_key(|fault| (fault.stage, is_last(fault)));
        all
    });
    &FAULTS
}

/// The part of a request that is wrong. A request cannot have two faults in the same part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Prefix,
    Method,
    Token,
    Address,
    ContentType,
    ContentEncoding,
    Raw,
    Field(&'static str),
    Query,
    Key,
    Path,
}

/// The routes that a fault applies to.
#[derive(Debug, Clone, Copy)]
enum To {
    Every,
    WithToken,
    Players,
    WithRole(Role),
    /// Routes that require a role other than this one.
    WithoutRole(Role),
    WithRoles,
    /// Routes that check whether the player is blocked before their handlers run.
    ChecksBlock,
    WithBody,
    /// Routes that read a body, signed or not.
    TakesBytes,
    Body(RouteBody),
    TakesFile,
    /// Routes with a query parameter of this name.
    Takes(&'static str),
    PathHas(&'static str),
    /// Routes with a round in the path, except those about one of its matches.
    RoundInPath,
    Paths(&'static [&'static str]),
    /// Routes without a token, which are rate-limited by address.
    Counted,
    /// Routes that are rate-limited by phone number.
    WithPhone,
}

/// The change that makes the request wrong.
#[derive(Debug, Clone, Copy)]
enum Change {
    Prefix(&'static str),
    Method(&'static str),
    Token(&'static str),
    /// The token of another player with the same bets and orders. No field names the owner.
    Instead(&'static str),
    NoToken,
    /// The client address that a trusted proxy reports.
    Address(&'static str),
    Authorization(&'static [&'static str]),
    ContentTypes(&'static [&'static str]),
    ContentEncodings(&'static [&'static str]),
    Raw(&'static [u8]),
    Zeros(usize),
    Fields(&'static [(&'static str, &'static str)]),
    Long(&'static str),
    Query(&'static str),
    Keys(&'static [&'static [u8]]),
    LongKey,
    /// The parameter in the path.
    Parameter(&'static str),
    LongParameter,
}

#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    /// The number of the check in the documented order.
    pub(crate) stage: u8,
    pub(crate) part: Part,
    to: To,
    change: Change,
    /// Status, code and field of the answer.
    pub(crate) expected: &'static str,
}

impl Fault {
    pub(crate) fn concerns(&self, route: &Route) -> bool {
        match self.to {
            To::Every => true,
            To::WithToken => route.access.takes_token(),
            To::Players => route.access == Access::Player,
            To::WithRole(role) => matches!(route.access, Access::Staff(roles) if roles.contains(&role)),
            To::WithoutRole(role) => matches!(route.access, Access::Staff(roles) if !roles.contains(&role)),
            To::WithRoles => matches!(route.access, Access::Staff(_)),
            To::ChecksBlock => route.access == Access::Player && route.block_check == BlockCheck::Before,
            To::WithBody => route.body.is_some(),
            To::TakesBytes => route.body.is_some() || route.access == Access::Provider,
            To::Body(body) => route.body == Some(body),
            To::TakesFile => route.takes_file,
            To::Takes(name) => route.in_query.iter().any(|parameter| parameter.name == name),
            To::PathHas(part) => route.path.contains(part),
            To::RoundInPath => route.path.contains("{roundId}") && !route.path.contains("{matchId}"),
            To::Paths(paths) => paths.contains(&route.path),
            To::Counted => route.access == Access::Public && route.rate.is_some(),
            To::WithPhone => {
                let with_phone = [
                    RouteBody::of::<SignUpRequest>(),
                    RouteBody::of::<LoginRequest>(),
                    RouteBody::of::<RecoveryRequest>(),
                ];
                route.body.is_some_and(|body| with_phone.contains(&body))
            }
        }
    }

    pub(crate) fn apply(&self, draft: &mut Draft) {
        let parameter = |draft: &mut Draft, value: &str| {
            let mut parts: Vec<_> = draft.path.split('/').map(str::to_owned).collect();
            let is_deeper =
                ["/api/operator/", "/api/payments/", "/api/games/my-bets/", "/api/users/recovery/"]
                    .iter()
                    .any(|start| draft.path.starts_with(start));
            let position = if is_deeper { 4 } else { 3 };
            value.clone_into(&mut parts[position]);
            draft.path = parts.join("/");
        };
        match self.change {
            Change::Prefix(prefix) => draft.prefix = prefix,
            Change::Method(method) => draft.method = method,
            Change::Token(token) => draft.token = Some(token),
            Change::Instead(token) => {
                draft.token = Some(token);
                draft.set("userId", "");
            }
            Change::NoToken => draft.token = None,
            Change::Address(address) => draft.forwarded_for = Some(address),
            Change::Authorization(values) => (draft.token, draft.authorization) = (None, values.to_vec()),
            Change::ContentTypes(types) => draft.content_types = types.to_vec(),
            Change::ContentEncodings(encodings) => draft.content_encodings = encodings.to_vec(),
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

/// A fault in one field of a body.
const fn field(
    name: &'static str,
    body: RouteBody,
    part: &'static str,
    fields: &'static [(&'static str, &'static str)],
    expected: &'static str,
) -> Fault {
    fault(name, 10, Part::Field(part), To::Body(body), Change::Fields(fields), expected)
}
