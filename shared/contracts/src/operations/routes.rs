//! The routes of operators and of health checks.

use super::request::WHICH_DEAD_LETTERS;
use crate::http::route::{Access, INSPECT, OPERATE, PUBLIC, Route, RouteAnswer, RouteBody};
use crate::{
    BooksBody, Data, DeadLetterActionBody, DeadLetterActionListAnswer, DeadLetterAnswer,
    DeadLetterListAnswer, DeadLettersRequest, DecisionRequest, HealthAnswer, LiveAnswer, ProblemKind,
    QueueListAnswer, QueueMinutesBody, Rate, ReadyAnswer, SetSwitchRequest, SocketsBody, SwitchListAnswer,
    TrafficBody, TrafficMinutesAnswer,
};

/// Defaults of routes by which operators and auditors read the numbers of the platform.
const WATCH: Route = Route { access: Access::WATCHER, function: "dead-letters", ..INSPECT };

pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "ListQueues",
        path: "/api/operator/queues",
        answer: Some(RouteAnswer::of::<QueueListAnswer>()),
        summary: "Read the number of waiting, in-flight and dead-lettered jobs per queue",
        ..WATCH
    },
    Route {
        name: "ListQueueMinutes",
        path: "/api/operator/queues/minutes",
        answer: Some(RouteAnswer::of::<Data<QueueMinutesBody>>()),
        problems: &[ProblemKind::SwitchedOff],
        summary: "Read the jobs that this process has ended, per queue and minute, for the last hour",
        ..WATCH
    },
    Route {
        name: "ReadSockets",
        path: "/api/operator/sockets",
        answer: Some(RouteAnswer::of::<Data<SocketsBody>>()),
        problems: &[ProblemKind::SwitchedOff],
        summary: "Read the sockets of this process: open, refused and ended ones",
        ..WATCH
    },
    Route {
        name: "ReadTraffic",
        path: "/api/operator/metrics",
        answer: Some(RouteAnswer::of::<Data<TrafficBody>>()),
        problems: &[ProblemKind::SwitchedOff],
        summary: "Read the traffic of this process: bets, matches, requests, durations, money moved",
        ..WATCH
    },
    Route {
        name: "ListTrafficMinutes",
        path: "/api/operator/metrics/minutes",
        answer: Some(RouteAnswer::of::<TrafficMinutesAnswer>()),
        problems: &[ProblemKind::SwitchedOff],
        summary: "Read the traffic of this process by minute, for the last 24 hours",
        ..WATCH
    },
    Route {
        name: "ReadBooks",
        path: "/api/operator/books",
        access: Access::SUPPORT,
        answer: Some(RouteAnswer::of::<Data<BooksBody>>()),
        summary: "Read the times of the last scheduled checks of the books, and the number of violations found",
        ..WATCH
    },
    Route {
        name: "ListSwitches",
        path: "/api/operator/switches",
        function: "operate-switches",
        access: Access::WATCHER,
        answer: Some(RouteAnswer::of::<SwitchListAnswer>()),
        summary: "List the switches that stop bets, deposits, withdrawals or all changes of players",
        ..INSPECT
    },
    Route {
        name: "SetSwitch",
        path: "/api/operator/switches/{switch}",
        function: "operate-switches",
        body: Some(RouteBody::of::<SetSwitchRequest>()),
        answer: Some(RouteAnswer::of::<SwitchListAnswer>()),
        problems: &[ProblemKind::LoginTooOld, ProblemKind::NotFound],
        summary: "Set a switch of the stage, effective within seconds",
        ..OPERATE
    },
    Route {
        name: "ListDeadLetters",
        path: "/api/operator/dead-letters",
        function: "dead-letters",
        answer: Some(RouteAnswer::of::<DeadLetterListAnswer>()),
        in_query: WHICH_DEAD_LETTERS,
        summary: "List dead letters, each with the current state of its subject",
        ..INSPECT
    },
    Route {
        name: "ActOnDeadLetters",
        path: "/api/operator/dead-letters",
        function: "dead-letters",
        body: Some(RouteBody::of::<DeadLettersRequest>()),
        answer: Some(RouteAnswer::of::<DeadLetterActionListAnswer>()),
        problems: &[ProblemKind::LoginTooOld],
        summary: "Redrive or delete dead letters",
        ..OPERATE
    },
    Route {
        name: "ReadDeadLetter",
        path: "/api/operator/dead-letters/{deadLetterId}",
        function: "dead-letters",
        answer: Some(RouteAnswer::of::<DeadLetterAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read a dead letter",
        ..INSPECT
    },
    Route {
        name: "RedriveDeadLetter",
        path: "/api/operator/dead-letters/{deadLetterId}/redrive",
        function: "dead-letters",
        body: Some(RouteBody::of::<DecisionRequest>()),
        answer: Some(RouteAnswer::of::<Data<DeadLetterActionBody>>()),
        problems: &[ProblemKind::NotFound, ProblemKind::NotAJob],
        summary: "Redrive a dead letter: send its job to the queue again",
        ..OPERATE
    },
    Route {
        name: "DeleteDeadLetter",
        path: "/api/operator/dead-letters/{deadLetterId}/delete",
        function: "dead-letters",
        body: Some(RouteBody::of::<DecisionRequest>()),
        answer: Some(RouteAnswer::of::<Data<DeadLetterActionBody>>()),
        problems: &[ProblemKind::LoginTooOld, ProblemKind::NotFound],
        summary: "Delete a dead letter",
        ..OPERATE
    },
    Route {
        name: "Health",
        path: "/health",
        function: "status",
        answer: Some(RouteAnswer::of::<HealthAnswer>()),
        is_told_unavailable: true,
        summary: "Check whether the table and the queues answer",
        ..PUBLIC
    },
    Route {
        name: "Live",
        path: "/health/live",
        function: "status",
        answer: Some(RouteAnswer::of::<LiveAnswer>()),
        summary: "Check whether the process answers",
        ..PUBLIC
    },
    Route {
        name: "Ready",
        path: "/health/ready",
        function: "status",
        answer: Some(RouteAnswer::of::<ReadyAnswer>()),
        is_told_unavailable: true,
        summary: "Check whether the process is ready for requests",
        ..PUBLIC
    },
    Route {
        name: "OpenApi",
        path: "/openapi.json",
        function: "status",
        answer: None,
        has_etag: true,
        rate: Some(Rate::Document),
        summary: "This API as an OpenAPI document",
        ..PUBLIC
    },
];
