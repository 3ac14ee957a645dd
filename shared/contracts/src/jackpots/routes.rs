//! The routes of jackpots.

use crate::http::route::{Method, OPERATE, PUBLIC, Route, RouteAnswer, RouteBody};
use crate::{
    AwardAnswer, AwardRequest, ContributeAnswer, ContributeRequest, JackpotConfigAnswer, JackpotListAnswer,
    JackpotWinListAnswer, Parameter, ProblemKind, Rate, UpdateJackpotRequest,
};

/// What everybody may read of jackpots.
const LOOK: Route = Route { function: "jackpot-pools", rate: Some(Rate::Games), ..PUBLIC };

pub(crate) const ROUTES: &[Route] = &[
    Route {
        path: "/api/jackpots",
        answer: Some(RouteAnswer::of::<JackpotListAnswer>()),
        summary: "List the jackpots: what each holds, how it is fed and won, its last wins",
        ..LOOK
    },
    Route {
        path: "/api/jackpots/{group}/wins",
        answer: Some(RouteAnswer::of::<JackpotWinListAnswer>()),
        parameter: Some(Parameter::Cursor),
        problems: &[ProblemKind::NotFound],
        summary: "List the wins of a jackpot, newest first, 50 a page",
        ..LOOK
    },
    Route {
        path: "/api/jackpots/contribute",
        function: "jackpot-pools",
        body: Some(RouteBody::of::<ContributeRequest>()),
        answer: Some(RouteAnswer::of::<ContributeAnswer>()),
        rate: Some(Rate::Contributions),
        problems: &[ProblemKind::NotFound, ProblemKind::IdempotencyKeyReused],
        summary: "Contribute to jackpots, to several in one step",
        ..OPERATE
    },
    Route {
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
        summary: "Award a jackpot, or part of it, to a player; above a threshold two operators must",
        ..OPERATE
    },
    Route {
        method: Method::Patch,
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
        summary: "Change the terms of a jackpot, all of them together, or open it",
        ..OPERATE
    },
];
