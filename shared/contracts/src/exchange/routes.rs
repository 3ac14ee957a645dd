//! The routes of bets and rounds.

use super::request::round_id;
use crate::http::route::{GET, INSPECT, OPERATE, PAGED, POST, PUBLIC, Route, RouteAnswer, RouteBody};
use crate::http::span::{SINCE, UNTIL};
use crate::{
    Access, BetBody, BetListAnswer, BetMatchListAnswer, BlockCheck, Data, DecisionRequest,
    EndedRoundListAnswer, FoundEntriesAnswer, MatchListAnswer, OpenRoundRequest, Parameter, PlaceBetAnswer,
    PlaceBetRequest, ProblemKind, Rate, RefundBody, ResultRequest, RoundBody, RoundListAnswer, SwitchCheck,
    UnfinishedRoundListAnswer, VoidBody, WaitingBetListAnswer,
};
use evens_switches::SwitchName;
use serde_json::{Value, json};

/// Unlike an id that the server issues, a round id is checked, and an invalid one is refused.
const ROUND: &[Parameter] = &[Parameter { name: "roundId", description: "", schema: round_id }];

/// Matches have no numbers, so a cursor names a match.
const MATCHES: &[Parameter] = &[Parameter::cursor(|| json!({ "type": "string", "format": "match-cursor" }))];

/// Open rounds are sorted by their closing time.
const OPEN_ROUNDS: &[Parameter] =
    &[Parameter::cursor(|| json!({ "type": "string", "format": "round-cursor" }))];

/// Ended rounds are sorted by their end.
const ENDED_ROUNDS: &[Parameter] = &[
    Parameter::cursor(|| json!({ "type": "string", "format": "ended-round-cursor" })),
    Parameter {
        name: "state",
        description: "The way in which the rounds ended",
        schema: || json!({ "type": "string", "enum": ["closed", "cancelled"], "default": "closed" }),
    },
    SINCE,
    UNTIL,
];

/// The ledger entries to find.
const ENTRY_NAME: &[Parameter] = &[
    Parameter { name: "key", description: "The idempotency key of a ledger entry", schema: short_text },
    Parameter {
        name: "reference",
        description: "A bet, a match or an order that entries refer to, instead of a key",
        schema: short_text,
    },
    Parameter {
        name: "user",
        description: "The user whose ledger is searched. Required if the key or the reference does not name a user",
        schema: || json!({ "type": "integer", "minimum": 1 }),
    },
];

fn short_text() -> Value {
    json!({ "type": "string", "minLength": 1, "maxLength": 256 })
}

pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "PlaceBet",
        path: "/api/bets",
        function: "place-bet",
        body: Some(RouteBody::of::<PlaceBetRequest>()),
        success: 202,
        answer: Some(RouteAnswer::of::<PlaceBetAnswer>()),
        rate: Some(Rate::Bets),
        block_check: BlockCheck::InTransaction,
        switch_check: SwitchCheck::InRule(SwitchName::Bets),
        takes_idempotency_key: true,
        problems: &[
            ProblemKind::InsufficientBalance,
            ProblemKind::IdempotencyKeyReused,
            ProblemKind::SwitchedOff,
            ProblemKind::TooManyWaitingBets,
            ProblemKind::NotFound,
            ProblemKind::RoundState,
            ProblemKind::Excluded,
            ProblemKind::AccountHeld,
            ProblemKind::RealityCheckDue,
            ProblemKind::OverLimit,
        ],
        summary: "Place a bet",
        ..POST
    },
    Route {
        name: "ListBets",
        path: "/api/bets",
        function: "bets",
        answer: Some(RouteAnswer::of::<BetListAnswer>()),
        in_query: PAGED,
        summary: "List the player's bets, newest first, at most 50 a page",
        ..GET
    },
    Route {
        name: "ReadBet",
        path: "/api/bets/{betId}",
        function: "bets",
        answer: Some(RouteAnswer::of::<Data<BetBody>>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read one of the player's bets",
        ..GET
    },
    Route {
        name: "ListBetMatches",
        path: "/api/bets/{betId}/matches",
        function: "bets",
        answer: Some(RouteAnswer::of::<BetMatchListAnswer>()),
        in_query: MATCHES,
        problems: &[ProblemKind::NotFound],
        summary: "List the matches of one of the player's bets, newest first in each page",
        ..GET
    },
    Route {
        name: "RequestRefund",
        path: "/api/bets/{betId}/refund",
        function: "request-refund",
        answer: Some(RouteAnswer::of::<Data<RefundBody>>()),
        problems: &[ProblemKind::NotFound, ProblemKind::RoundState, ProblemKind::NothingToRefund],
        summary: "Cancel the unmatched part of a bet",
        ..POST
    },
    Route {
        name: "ListRounds",
        path: "/api/rounds",
        function: "rounds",
        answer: Some(RouteAnswer::of::<RoundListAnswer>()),
        in_query: OPEN_ROUNDS,
        rate: Some(Rate::Rounds),
        summary: "List the open rounds that have a latest moment to close, the earliest first, at most 50 a page",
        ..PUBLIC
    },
    Route {
        name: "ReadRound",
        path: "/api/rounds/{roundId}",
        in_path: ROUND,
        function: "rounds",
        answer: Some(RouteAnswer::of::<Data<RoundBody>>()),
        problems: &[ProblemKind::NotFound, ProblemKind::Invalid],
        summary: "Read a round: state, seed hash, seed once public, matched and unmatched amounts",
        rate: Some(Rate::Rounds),
        ..PUBLIC
    },
    Route {
        name: "ListMatches",
        path: "/api/rounds/{roundId}/matches",
        in_path: ROUND,
        function: "rounds",
        answer: Some(RouteAnswer::of::<MatchListAnswer>()),
        in_query: MATCHES,
        problems: &[ProblemKind::NotFound, ProblemKind::RoundState],
        summary: "List the matches of an ended round, 50 a page. With its seed, each draw can be recomputed",
        rate: Some(Rate::Rounds),
        ..PUBLIC
    },
    Route {
        name: "OpenRound",
        path: "/api/rounds",
        function: "operate-rounds",
        body: Some(RouteBody::of::<OpenRoundRequest>()),
        success: 201,
        answer: Some(RouteAnswer::of::<Data<RoundBody>>()),
        problems: &[ProblemKind::RoundExists],
        summary: "Open a round",
        ..OPERATE
    },
    Route {
        name: "CloseRound",
        path: "/api/rounds/{roundId}/close",
        in_path: ROUND,
        function: "operate-rounds",
        body: Some(RouteBody::of::<DecisionRequest>()),
        answer: Some(RouteAnswer::of::<Data<RoundBody>>()),
        problems: &[ProblemKind::LoginTooOld, ProblemKind::NotFound, ProblemKind::RoundState],
        summary: "Close a round to bets and publish its seed",
        ..OPERATE
    },
    Route {
        name: "ResultRound",
        path: "/api/rounds/{roundId}/result",
        in_path: ROUND,
        function: "operate-rounds",
        access: Access::ORACLE,
        body: Some(RouteBody::of::<ResultRequest>()),
        answer: Some(RouteAnswer::of::<Data<RoundBody>>()),
        problems: &[ProblemKind::NotFound, ProblemKind::RoundState],
        summary: "Submit the result of a closed round, signed by its oracle",
        ..OPERATE
    },
    Route {
        name: "CancelRound",
        path: "/api/rounds/{roundId}/cancel",
        in_path: ROUND,
        function: "operate-rounds",
        body: Some(RouteBody::of::<DecisionRequest>()),
        answer: Some(RouteAnswer::of::<Data<RoundBody>>()),
        problems: &[ProblemKind::LoginTooOld, ProblemKind::NotFound, ProblemKind::RoundState],
        summary: "Cancel a round without a result and refund everything unsettled",
        ..OPERATE
    },
    Route {
        name: "RefundBetByOperator",
        path: "/api/operator/bets/{betId}/refund",
        function: "operate-bets",
        body: Some(RouteBody::of::<DecisionRequest>()),
        answer: Some(RouteAnswer::of::<Data<RefundBody>>()),
        problems: &[ProblemKind::LoginTooOld, ProblemKind::NotFound, ProblemKind::NothingToRefund],
        summary: "Refund the unmatched part of any player's bet",
        ..OPERATE
    },
    Route {
        name: "VoidMatch",
        path: "/api/operator/rounds/{roundId}/matches/{matchId}/void",
        in_path: ROUND,
        function: "operate-bets",
        body: Some(RouteBody::of::<DecisionRequest>()),
        answer: Some(RouteAnswer::of::<Data<VoidBody>>()),
        problems: &[
            ProblemKind::LoginTooOld,
            ProblemKind::NotFound,
            ProblemKind::RoundState,
            ProblemKind::TooEarly,
        ],
        summary: "Void a stuck match and refund both stakes",
        ..OPERATE
    },
    Route {
        name: "ListUnfinishedRounds",
        path: "/api/operator/rounds",
        function: "operate-rounds",
        answer: Some(RouteAnswer::of::<UnfinishedRoundListAnswer>()),
        summary: "List the rounds that have ended, or should have, and are not finished",
        ..INSPECT
    },
    Route {
        name: "ListEndedRounds",
        path: "/api/operator/rounds/ended",
        function: "operate-rounds",
        answer: Some(RouteAnswer::of::<EndedRoundListAnswer>()),
        in_query: ENDED_ROUNDS,
        summary: "List closed or cancelled rounds, those that ended last first, 50 a page",
        ..INSPECT
    },
    Route {
        name: "ListWaitingBets",
        path: "/api/operator/rounds/{roundId}/waiting",
        in_path: ROUND,
        function: "operate-rounds",
        answer: Some(RouteAnswer::of::<WaitingBetListAnswer>()),
        problems: &[ProblemKind::NotFound, ProblemKind::Invalid],
        summary: "List the unmatched bets of a round",
        ..INSPECT
    },
    Route {
        name: "FindEntries",
        path: "/api/operator/ledger",
        function: "operate-bets",
        answer: Some(RouteAnswer::of::<FoundEntriesAnswer>()),
        in_query: ENTRY_NAME,
        summary: "Find ledger entries by key or by reference",
        ..INSPECT
    },
];
