//! The routes of jackpots.

use crate::http::route::{Access, INSPECT, Method, OPERATE, PAGED, PUBLIC, Route, RouteAnswer, RouteBody};
use crate::{
    AwardAnswer, AwardRequest, ContributeAnswer, ContributeRequest, JackpotConfigAnswer, JackpotListAnswer,
    JackpotProposalListAnswer, JackpotTermsListAnswer, JackpotWinListAnswer, ProblemKind, Rate,
    UpdateJackpotRequest,
};

/// Defaults of public routes about jackpots.
const LOOK: Route = Route { function: "jackpot-pools", rate: Some(Rate::Games), ..PUBLIC };

pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "ListJackpots",
        path: "/api/jackpots",
        answer: Some(RouteAnswer::of::<JackpotListAnswer>()),
        summary: "List the jackpots: pools, terms and last wins",
        ..LOOK
    },
    Route {
        name: "ListJackpotWins",
        path: "/api/jackpots/{group}/wins",
        answer: Some(RouteAnswer::of::<JackpotWinListAnswer>()),
        in_query: PAGED,
        problems: &[ProblemKind::NotFound],
        summary: "List the wins of a jackpot, newest first, 50 a page",
        ..LOOK
    },
    Route {
        name: "ListJackpotTerms",
        path: "/api/jackpots/{group}/terms",
        answer: Some(RouteAnswer::of::<JackpotTermsListAnswer>()),
        in_query: PAGED,
        problems: &[ProblemKind::NotFound],
        summary: "List every version of the terms of a jackpot, newest first, 50 a page",
        ..LOOK
    },
    Route {
        name: "Contribute",
        path: "/api/jackpots/contribute",
        function: "jackpot-pools",
        body: Some(RouteBody::of::<ContributeRequest>()),
        answer: Some(RouteAnswer::of::<ContributeAnswer>()),
        access: Access::CONTRIBUTOR,
        rate: Some(Rate::Contributions),
        problems: &[ProblemKind::NotFound, ProblemKind::IdempotencyKeyReused, ProblemKind::JackpotState],
        summary: "Contribute to one or more jackpots in one step",
        ..OPERATE
    },
    Route {
        name: "AwardJackpot",
        path: "/api/jackpots/{group}/win",
        function: "jackpot-pools",
        body: Some(RouteBody::of::<AwardRequest>()),
        answer: Some(RouteAnswer::of::<AwardAnswer>()),
        problems: &[
            ProblemKind::LoginTooOld,
            ProblemKind::NotFound,
            ProblemKind::IdempotencyKeyReused,
            ProblemKind::ConcurrencyViolation,
            ProblemKind::JackpotState,
        ],
        summary: "Award all or part of a jackpot to a player. Above a threshold, two operators must approve",
        ..OPERATE
    },
    Route {
        method: Method::Patch,
        name: "UpdateJackpot",
        path: "/api/jackpots/{group}/config",
        function: "jackpot-pools",
        body: Some(RouteBody::of::<UpdateJackpotRequest>()),
        answer: Some(RouteAnswer::of::<JackpotConfigAnswer>()),
        problems: &[
            ProblemKind::LoginTooOld,
            ProblemKind::NotFound,
            ProblemKind::ConcurrencyViolation,
            ProblemKind::JackpotState,
        ],
        summary: "Open a jackpot or replace all of its terms. One operator proposes them, another approves",
        ..OPERATE
    },
    Route {
        name: "ListJackpotProposals",
        path: "/api/operator/jackpots/proposals",
        function: "jackpot-pools",
        answer: Some(RouteAnswer::of::<JackpotProposalListAnswer>()),
        summary: "List the wins and terms that await another operator, with the 100 oldest wins",
        ..INSPECT
    },
];
