//! The routes of operators and of health checks.

use super::request_schema::WHICH_DEAD_LETTERS;
use crate::http::route::{INSPECT, OPERATE, PUBLIC, Route, RouteAnswer, RouteBody};
use crate::{
    DeadLetterActionAnswer, DeadLetterActionListAnswer, DeadLetterAnswer, DeadLetterListAnswer,
    DeadLettersRequest, HealthAnswer, LiveAnswer, ProblemKind, QueueListAnswer, ReadyAnswer,
};

pub(crate) const ROUTES: &[Route] = &[
    Route {
        path: "/api/operator/queues",
        function: "dead-letters",
        answer: Some(RouteAnswer::of::<QueueListAnswer>()),
        summary: "Read how many jobs wait, are worked on and were given up, queue by queue",
        ..INSPECT
    },
    Route {
        path: "/api/operator/dead-letters",
        function: "dead-letters",
        answer: Some(RouteAnswer::of::<DeadLetterListAnswer>()),
        in_query: WHICH_DEAD_LETTERS,
        summary: "List jobs that were given up, and what the table says about each now",
        ..INSPECT
    },
    Route {
        path: "/api/operator/dead-letters",
        function: "dead-letters",
        body: Some(RouteBody::of::<DeadLettersRequest>()),
        answer: Some(RouteAnswer::of::<DeadLetterActionListAnswer>()),
        summary: "Send jobs that were given up to their queues again, or delete what is known of them",
        ..OPERATE
    },
    Route {
        path: "/api/operator/dead-letters/{deadLetterId}",
        function: "dead-letters",
        answer: Some(RouteAnswer::of::<DeadLetterAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read a job that was given up",
        ..INSPECT
    },
    Route {
        path: "/api/operator/dead-letters/{deadLetterId}/redrive",
        function: "dead-letters",
        answer: Some(RouteAnswer::of::<DeadLetterActionAnswer>()),
        problems: &[ProblemKind::NotFound, ProblemKind::NotAJob],
        summary: "Send a job that was given up to its queue again",
        ..OPERATE
    },
    Route {
        path: "/api/operator/dead-letters/{deadLetterId}/delete",
        function: "dead-letters",
        answer: Some(RouteAnswer::of::<DeadLetterActionAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Delete what is known of a job that was given up",
        ..OPERATE
    },
    Route {
        path: "/health",
        function: "status",
        answer: Some(RouteAnswer::of::<HealthAnswer>()),
        is_told_unavailable: true,
        summary: "Whether table and queues answer",
        ..PUBLIC
    },
    Route {
        path: "/health/live",
        function: "status",
        answer: Some(RouteAnswer::of::<LiveAnswer>()),
        summary: "Whether the process answers",
        ..PUBLIC
    },
    Route {
        path: "/health/ready",
        function: "status",
        answer: Some(RouteAnswer::of::<ReadyAnswer>()),
        is_told_unavailable: true,
        summary: "Whether requests should be sent here",
        ..PUBLIC
    },
    Route {
        path: "/openapi.json",
        function: "status",
        answer: None,
        summary: "This API as an OpenAPI document",
        ..PUBLIC
    },
];
