//! The routes of operators and of health checks.

use super::request_schema::WHICH_DEAD_LETTERS;
use crate::http::route::{Access, INSPECT, OPERATE, PUBLIC, Route, RouteAnswer, RouteBody};
use crate::{
    DeadLetterActionAnswer, DeadLetterActionListAnswer, DeadLetterAnswer, DeadLetterListAnswer,
    DeadLettersRequest, DecisionRequest, HealthAnswer, LiveAnswer, ProblemKind, QueueListAnswer,
    QueueMinutesAnswer, Rate, ReadyAnswer, SetSwitchRequest, SocketsAnswer, SwitchListAnswer, TrafficAnswer,
    TrafficMinutesAnswer,
};

/// Defaults of routes by which operators and auditors read the numbers of the platform.
const WATCH: Route = Route { access: Access::WATCHER, function: "dead-letters", ..INSPECT };

pub(crate) const ROUTES: &[Route] = &[
    Route {
        path: "/api/operator/queues",
        answer: Some(RouteAnswer::of::<QueueListAnswer>()),
        summary: "Read the number of waiting, in-flight and dead-lettered jobs per queue",
        ..WATCH
    },
    Route {
        path: "/api/operator/queues/minutes",
        answer: Some(RouteAnswer::of::<QueueMinutesAnswer>()),
        problems: &[ProblemKind::SwitchedOff],
        summary: "Read the jobs that this process has ended, per queue and minute, for the last hour",
        ..WATCH
    },
    Route {
        path: "/api/operator/sockets",
        answer: Some(RouteAnswer::of::<SocketsAnswer>()),
        problems: &[ProblemKind::SwitchedOff],
        summary: "Read the sockets of this process: open, refused and ended ones",
        ..WATCH
    },
    Route {
        path: "/api/operator/metrics",
        answer: Some(RouteAnswer::of::<TrafficAnswer>()),
        problems: &[ProblemKind::SwitchedOff],
        summary: "Read the traffic of this process: bets, matches, requests, durations, money moved",
        ..WATCH
    },
    Route {
        path: "/api/operator/metrics/minutes",
        answer: Some(RouteAnswer::of::<TrafficMinutesAnswer>()),
        problems: &[ProblemKind::SwitchedOff],
        summary: "Read the traffic of this process by minute, for the last 24 hours",
        ..WATCH
    },
    Route {
        path: "/api/operator/switches",
        function: "operate-switches",
        access: Access::WATCHER,
        answer: Some(RouteAnswer::of::<SwitchListAnswer>()),
        summary: "List the switches that stop bets, deposits, withdrawals or all changes of players",
        ..INSPECT
    },
    Route {
        path: "/api/operator/switches/{switch}",
        function: "operate-switches",
        body: Some(RouteBody::of::<SetSwitchRequest>()),
        answer: Some(RouteAnswer::of::<SwitchListAnswer>()),
        problems: &[ProblemKind::LoginTooOld, ProblemKind::NotFound],
        summary: "Set a switch of the stage, effective within seconds",
        ..OPERATE
    },
    Route {
        path: "/api/operator/dead-letters",
        function: "dead-letters",
        answer: Some(RouteAnswer::of::<DeadLetterListAnswer>()),
        in_query: WHICH_DEAD_LETTERS,
        summary: "List dead letters, each with the current state of its subject",
        ..INSPECT
    },
    Route {
        path: "/api/operator/dead-letters",
        function: "dead-letters",
        body: Some(RouteBody::of::<DeadLettersRequest>()),
        answer: Some(RouteAnswer::of::<DeadLetterActionListAnswer>()),
        summary: "Redrive or delete dead letters",
        ..OPERATE
    },
    Route {
        path: "/api/operator/dead-letters/{deadLetterId}",
        function: "dead-letters",
        answer: Some(RouteAnswer::of::<DeadLetterAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read a dead letter",
        ..INSPECT
    },
    Route {
        path: "/api/operator/dead-letters/{deadLetterId}/redrive",
        function: "dead-letters",
        body: Some(RouteBody::of::<DecisionRequest>()),
        answer: Some(RouteAnswer::of::<DeadLetterActionAnswer>()),
        problems: &[ProblemKind::NotFound, ProblemKind::NotAJob],
        summary: "Redrive a dead letter: send its job to the queue again",
        ..OPERATE
    },
    Route {
        path: "/api/operator/dead-letters/{deadLetterId}/delete",
        function: "dead-letters",
        body: Some(RouteBody::of::<DecisionRequest>()),
        answer: Some(RouteAnswer::of::<DeadLetterActionAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Delete a dead letter",
        ..OPERATE
    },
    Route {
        path: "/health",
        function: "status",
        answer: Some(RouteAnswer::of::<HealthAnswer>()),
        is_told_unavailable: true,
        summary: "Check whether the table and the queues answer",
        ..PUBLIC
    },
    Route {
        path: "/health/live",
        function: "status",
        answer: Some(RouteAnswer::of::<LiveAnswer>()),
        summary: "Check whether the process answers",
        ..PUBLIC
    },
    Route {
        path: "/health/ready",
        function: "status",
        answer: Some(RouteAnswer::of::<ReadyAnswer>()),
        is_told_unavailable: true,
        summary: "Check whether the process is ready for requests",
        ..PUBLIC
    },
    Route {
        path: "/openapi.json",
        function: "status",
        answer: None,
        rate: Some(Rate::Document),
        summary: "This API as an OpenAPI document",
        ..PUBLIC
    },
];
