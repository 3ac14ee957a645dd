//! The routes of house games.

use crate::http::route::{GET, INSPECT, OPERATE, PAGED, POST, PUBLIC, Route, RouteAnswer, RouteBody};
use crate::{
    Access, ActivePeriodsAnswer, BlockCheck, CancelPeriodRequest, CurrentPeriodAnswer, DistributionAnswer,
    GameBetListAnswer, GameResultAnswer, GamesAnswer, HistoryAnswer, PageLimit, PageNumber, Parameter,
    PeriodAnswer, PlaceGameBetAnswer, PlaceGameBetRequest, PlayStatisticsAnswer, ProblemKind, Rate,
    RecordBlockRequest, TrendsAnswer,
};
use evens_games::StatisticsPeriod;
use serde_json::{Value, json};

/// The start of a page of results: a period, or the number of the page with its length.
const PERIOD_PAGE: &[Parameter] = &[
    Parameter::cursor(|| json!({ "type": "string", "format": "period-cursor" })),
    Parameter {
        name: "page",
        description: "The number of the page instead, from 1 on: as many periods a page, with a result or without",
        schema: || up_to(PageNumber::MAX.get()),
    },
    Parameter {
        name: "limit",
        description: "How many a page; 50 where nothing is said",
        schema: || up_to(PageLimit::MAX.get().into()),
    },
];

/// The days of a player's statistics.
const STATISTICS_PERIOD: &[Parameter] =
    &[Parameter { name: "period", description: "Which days", schema: statistics_period }];

fn up_to(max: u32) -> Value {
    json!({ "type": "integer", "minimum": 1, "maximum": max })
}

fn statistics_period() -> Value {
    let names = StatisticsPeriod::ALL.map(StatisticsPeriod::as_str);
    json!({ "type": "string", "enum": names, "default": "today" })
}

/// Defaults of public routes about games.
const LOOK: Route = Route { function: "periods", rate: Some(Rate::Games), ..PUBLIC };

pub(crate) const ROUTES: &[Route] = &[
    Route {
        path: "/api/games",
        answer: Some(RouteAnswer::of::<GamesAnswer>()),
        summary: "List the games: rooms, limits, what can be bet on, what it pays and returns",
        ..LOOK
    },
    Route {
        path: "/api/games/active-periods",
        answer: Some(RouteAnswer::of::<ActivePeriodsAnswer>()),
        summary: "List the period of the moment in every room",
        ..LOOK
    },
    Route {
        path: "/api/games/{gameType}/{duration}",
        answer: Some(RouteAnswer::of::<CurrentPeriodAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read the period of the moment, and the seed hashes of those that follow",
        ..LOOK
    },
    Route {
        path: "/api/games/{gameType}/{duration}/last-result",
        answer: Some(RouteAnswer::of::<GameResultAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read the newest result of a room",
        ..LOOK
    },
    Route {
        path: "/api/games/{gameType}/{duration}/history",
        answer: Some(RouteAnswer::of::<HistoryAnswer>()),
        in_query: PERIOD_PAGE,
        problems: &[ProblemKind::NotFound],
        summary: "List the results of a room, newest first, at most 50 a page",
        ..LOOK
    },
    Route {
        path: "/api/games/{gameType}/{duration}/period/{periodId}",
        answer: Some(RouteAnswer::of::<PeriodAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read a period: state, seed hash, and once it is drawn its result and seed",
        ..LOOK
    },
    Route {
        path: "/api/games/{gameType}/{duration}/statistics",
        answer: Some(RouteAnswer::of::<TrendsAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read how often and how long ago each selection won in the last 100 periods",
        ..LOOK
    },
    Route {
        path: "/api/games/{gameType}/{duration}/bet",
        function: "place-game-bet",
        body: Some(RouteBody::of::<PlaceGameBetRequest>()),
        success: 202,
        answer: Some(RouteAnswer::of::<PlaceGameBetAnswer>()),
        rate: Some(Rate::Bets),
        block_check: BlockCheck::InTransaction,
        takes_idempotency_key: true,
        problems: &[
            ProblemKind::InsufficientBalance,
            ProblemKind::IdempotencyKeyReused,
            ProblemKind::SwitchedOff,
            ProblemKind::NotFound,
            ProblemKind::PeriodState,
            ProblemKind::TooManyGameBets,
            ProblemKind::PeriodFull,
            ProblemKind::ExposureLimit,
            ProblemKind::Excluded,
            ProblemKind::AccountHeld,
            ProblemKind::RealityCheckDue,
            ProblemKind::OverLimit,
        ],
        summary: "Place a bet on a period; whoever has a role beside playing is refused",
        ..POST
    },
    Route {
        path: "/api/games/{gameType}/{duration}/my-bets",
        function: "game-bets",
        answer: Some(RouteAnswer::of::<GameBetListAnswer>()),
        in_query: PAGED,
        problems: &[ProblemKind::NotFound],
        summary: "List those of a page of the player's bets on games that are in this room, newest first",
        ..GET
    },
    Route {
        path: "/api/games/my-bets",
        function: "game-bets",
        answer: Some(RouteAnswer::of::<GameBetListAnswer>()),
        in_query: PAGED,
        summary: "List the player's bets on games, newest first, at most 50 a page",
        ..GET
    },
    Route {
        path: "/api/users/in-house-games/stats",
        function: "game-bets",
        answer: Some(RouteAnswer::of::<PlayStatisticsAnswer>()),
        in_query: STATISTICS_PERIOD,
        summary: "Read what the player's bets on games came to, as of five minutes ago at most",
        ..GET
    },
    Route {
        path: "/api/games/{gameType}/{duration}/cancel",
        function: "operate-games",
        body: Some(RouteBody::of::<CancelPeriodRequest>()),
        answer: Some(RouteAnswer::of::<PeriodAnswer>()),
        problems: &[ProblemKind::NotFound, ProblemKind::PeriodState],
        summary: "Cancel a period that has no result: every stake goes back",
        ..OPERATE
    },
    Route {
        path: "/api/games/{gameType}/{duration}/period/{periodId}/distribution",
        function: "operate-games",
        answer: Some(RouteAnswer::of::<DistributionAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read what players have bet on in a period, and what it can cost the house",
        ..INSPECT
    },
    Route {
        path: "/api/games/{gameType}/{duration}/block",
        function: "record-block",
        access: Access::ORACLE,
        body: Some(RouteBody::of::<RecordBlockRequest>()),
        answer: Some(RouteAnswer::of::<PeriodAnswer>()),
        problems: &[ProblemKind::NotFound, ProblemKind::PeriodState],
        summary: "Hand in the block that draws a closed period, signed by its oracle",
        ..OPERATE
    },
];
