//! The routes of house games.

use crate::http::route::{GET, INSPECT, OPERATE, PAGED, POST, PUBLIC, Route, RouteAnswer, RouteBody};
use crate::{
    Access, ActivePeriodsAnswer, BlockCheck, CancelPeriodRequest, CurrentPeriodAnswer, Data,
    DistributionAnswer, GameBetBody, GameBetListAnswer, GameResultAnswer, GamesAnswer, HistoryAnswer,
    PageLimit, PageNumber, Parameter, PeriodAnswer, PlaceGameBetAnswer, PlaceGameBetRequest,
    PlayStatisticsAnswer, ProblemKind, Rate, RecordBlockRequest, SwitchCheck, TrendsAnswer,
};
use evens_games::StatisticsPeriod;
use evens_switches::SwitchName;
use serde_json::{Value, json};

/// The start of a page of results: a period, or the number of the page with its length.
const PERIOD_PAGE: &[Parameter] = &[
    Parameter::cursor(|| json!({ "type": "string", "format": "period-cursor" })),
    Parameter {
        name: "page",
        description: "A page number from 1, instead of a cursor. Each page covers the same number of periods, \
                      with or without a result",
        schema: || up_to(PageNumber::MAX.get()),
    },
    Parameter {
        name: "limit",
        description: "Periods per page. Default: 50",
        schema: || up_to(PageLimit::MAX.get().into()),
    },
];

/// The days of a player's statistics.
const STATISTICS_PERIOD: &[Parameter] =
    &[Parameter { name: "period", description: "The days to add up", schema: statistics_period }];

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
        name: "ListGames",
        path: "/api/games",
        answer: Some(RouteAnswer::of::<GamesAnswer>()),
        summary: "List the games: rooms, limits, bet types, payouts and returns",
        ..LOOK
    },
    Route {
        name: "ListActivePeriods",
        path: "/api/games/active-periods",
        answer: Some(RouteAnswer::of::<ActivePeriodsAnswer>()),
        summary: "List the current period of every room",
        ..LOOK
    },
    Route {
        name: "ReadCurrentPeriod",
        path: "/api/games/{gameType}/{duration}",
        answer: Some(RouteAnswer::of::<CurrentPeriodAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read the current period and the seed hashes of the next ones",
        ..LOOK
    },
    Route {
        name: "ReadLastResult",
        path: "/api/games/{gameType}/{duration}/last-result",
        answer: Some(RouteAnswer::of::<GameResultAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read the newest result of a room",
        ..LOOK
    },
    Route {
        name: "ListHistory",
        path: "/api/games/{gameType}/{duration}/history",
        answer: Some(RouteAnswer::of::<HistoryAnswer>()),
        in_query: PERIOD_PAGE,
        problems: &[ProblemKind::NotFound],
        summary: "List the results of a room, newest first, at most 50 a page",
        ..LOOK
    },
    Route {
        name: "ReadPeriod",
        path: "/api/games/{gameType}/{duration}/period/{periodId}",
        answer: Some(RouteAnswer::of::<PeriodAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read a period: state, seed hash and, once drawn, result and seed",
        ..LOOK
    },
    Route {
        name: "ReadGameStatistics",
        path: "/api/games/{gameType}/{duration}/statistics",
        answer: Some(RouteAnswer::of::<TrendsAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read how often and how long ago each selection won in the last 100 periods",
        ..LOOK
    },
    Route {
        name: "PlaceGameBet",
        path: "/api/games/{gameType}/{duration}/bet",
        function: "place-game-bet",
        body: Some(RouteBody::of::<PlaceGameBetRequest>()),
        success: 202,
        answer: Some(RouteAnswer::of::<PlaceGameBetAnswer>()),
        rate: Some(Rate::Bets),
        block_check: BlockCheck::InTransaction,
        switch_check: SwitchCheck::InRule(SwitchName::Bets),
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
        summary: "Place a bet on a period. Staff accounts are refused",
        ..POST
    },
    Route {
        name: "ListGameBetsOfRoom",
        path: "/api/games/{gameType}/{duration}/my-bets",
        function: "game-bets",
        answer: Some(RouteAnswer::of::<GameBetListAnswer>()),
        in_query: PAGED,
        problems: &[ProblemKind::NotFound],
        summary: "List the bets in this room from one page of the player's game bets, newest first",
        ..GET
    },
    Route {
        name: "ListGameBets",
        path: "/api/games/my-bets",
        function: "game-bets",
        answer: Some(RouteAnswer::of::<GameBetListAnswer>()),
        in_query: PAGED,
        summary: "List the player's game bets, newest first, at most 50 a page",
        ..GET
    },
    Route {
        name: "ReadGameBet",
        path: "/api/games/my-bets/{betId}",
        function: "game-bets",
        answer: Some(RouteAnswer::of::<Data<GameBetBody>>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read one of the player's game bets",
        ..GET
    },
    Route {
        name: "ListGameBetsOfUser",
        path: "/api/operator/users/{userId}/game-bets",
        function: "game-bets",
        access: Access::SUPPORT,
        answer: Some(RouteAnswer::of::<GameBetListAnswer>()),
        in_query: PAGED,
        problems: &[ProblemKind::NotFound],
        summary: "List a user's game bets, newest first, at most 50 a page",
        ..INSPECT
    },
    Route {
        name: "ReadPlayStatistics",
        path: "/api/users/in-house-games/stats",
        function: "game-bets",
        answer: Some(RouteAnswer::of::<PlayStatisticsAnswer>()),
        in_query: STATISTICS_PERIOD,
        summary: "Read the statistics of the player's game bets, at most five minutes old",
        ..GET
    },
    Route {
        name: "CancelPeriod",
        path: "/api/games/{gameType}/{duration}/cancel",
        function: "operate-games",
        body: Some(RouteBody::of::<CancelPeriodRequest>()),
        answer: Some(RouteAnswer::of::<PeriodAnswer>()),
        problems: &[ProblemKind::LoginTooOld, ProblemKind::NotFound, ProblemKind::PeriodState],
        summary: "Cancel a period without a result and refund every stake",
        ..OPERATE
    },
    Route {
        name: "ReadDistribution",
        path: "/api/games/{gameType}/{duration}/period/{periodId}/distribution",
        function: "operate-games",
        answer: Some(RouteAnswer::of::<DistributionAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read the stakes per selection in a period and the house's largest possible cost",
        ..INSPECT
    },
    Route {
        name: "RecordBlock",
        path: "/api/games/{gameType}/{duration}/block",
        function: "record-block",
        access: Access::ORACLE,
        body: Some(RouteBody::of::<RecordBlockRequest>()),
        answer: Some(RouteAnswer::of::<PeriodAnswer>()),
        problems: &[ProblemKind::NotFound, ProblemKind::PeriodState],
        summary: "Submit the block that draws a closed period, signed by its oracle",
        ..OPERATE
    },
];
