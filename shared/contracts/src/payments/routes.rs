//! The routes of money in and out.

use super::answer::{DepositAnswer, DepositListAnswer};
use super::request::OpenDepositRequest;
use crate::route::{CALL_BACK, GET, POST, Route, RouteAnswer, RouteBody};
use crate::{BlockCheck, DoneAnswer, Parameter, ProblemKind};

pub(crate) const ROUTES: &[Route] = &[
    Route {
        path: "/api/deposits",
        function: "deposits",
        body: Some(RouteBody::of::<OpenDepositRequest>()),
        success: 201,
        answer: Some(RouteAnswer::of::<DepositAnswer>()),
        takes_idempotency_key: true,
        problems: &[
            ProblemKind::IdempotencyKeyReused,
            ProblemKind::SwitchedOff,
            ProblemKind::Excluded,
            ProblemKind::OverLimit,
        ],
        block_check: BlockCheck::InTransaction,
        summary: "Open a deposit, and learn where to pay it",
        ..POST
    },
    Route {
        path: "/api/deposits",
        function: "deposits",
        answer: Some(RouteAnswer::of::<DepositListAnswer>()),
        parameter: Some(Parameter::OrderCursor),
        summary: "List the player's deposits, newest first, 50 a page",
        ..GET
    },
    Route {
        path: "/api/deposits/{orderId}",
        function: "deposits",
        answer: Some(RouteAnswer::of::<DepositAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read one of the player's deposits",
        ..GET
    },
    Route {
        path: "/api/payments/callback/{provider}",
        function: "payment-callbacks",
        answer: Some(RouteAnswer::of::<DoneAnswer>()),
        problems: &[
            ProblemKind::NotFound,
            ProblemKind::PayloadTooLarge,
            ProblemKind::WrongSignature,
            ProblemKind::Invalid,
        ],
        summary: "Take a payment provider's signed callback",
        ..CALL_BACK
    },
];
