//! The routes of operators and of health checks.

use super::request_schema::WHICH_DEAD_LETTERS;
use crate::http::route::{INSPECT, OPERATE, PUBLIC, Route, RouteAnswer, RouteBody};
use crate::{
    DeadLetterActionAnswer, DeadLetterActionListAnswer, DeadLetterAnswer, DeadLetterListAnswer,
    DeadLettersRequest, DecisionRequest, HealthAnswer, LiveAnswer, ProblemKind, QueueListAnswer,
    Rate, ReadyAnswer, TrafficAnswer, TrafficMinutesAnswer,
};

pub(crate) const ROUTES: &[Route] = &[
    Route {
        path: "/api/operator/queues",
        function: "dead-letters",
        answer: Some(RouteAnswer::of::<QueueListAnswer>()),
        summary: "Read the number of waiting, in-flight and dead-lettered jobs per queue",
        ..INSPECT
    },
    Route {
        path: "/api/operator/metrics",
        function: "dead-letters",
        answer: Some(RouteAnswer::of::<TrafficAnswer>()),
        problems: &[ProblemKind::SwitchedOff],
        summary: "Read the traffic of this process: bets, matches, requests, durations, money moved",
        ..INSPECT
    },
    Route {
        path: "/api/operator/metrics/minutes",
        function: "dead-letters",
        answer: Some(RouteAnswer::of::<TrafficMinutesAnswer>()),
        problems: &[ProblemKind::SwitchedOff],
        summary: "Read the traffic of this process by minute, for the last 24 hours",
        ..INSPECT
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
        answer: Some(RouteAnswer::of::<DeadLetterActionAnswer>()),
        problems: &[ProblemKind::NotFound, ProblemKind::NotAJob],
        summary: "Redrive a dead letter: send its job to the queue again",
        ..OPERATE
    },
    Route {
        path: "/api/operator/dead-letters/{deadLetterId}/delete",
        function: "dead-letters",
        answer: Some(RouteAnswer::of::<DeadLetterActionAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Delete a dead letter",
        ..OPERATE
    },
    Route {
        body: Some(RouteBody::of::<DecisionRequest>()),
        path: "/health",
        function: "status",
        answer: Some(RouteAnswer::of::<HealthAnswer>()),
        is_told_unavailable: true,
        summary: "Check whether the table and the queues answer",
        ..PUBLIC
    },
    Route {
        body: Some(RouteBody::of::<DecisionRequest>()),
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
