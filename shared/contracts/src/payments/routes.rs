//! The routes of deposits, withdrawals and limits, for players and providers.

use super::answer::{
    DepositBody, DepositListAnswer, PayeeBody, PayeeListAnswer, RequestedWithdrawalBody, WithdrawalBody,
    WithdrawalListAnswer,
};
use super::identity::IdentityBody;
use super::limits::{
    ExclusionBody, ExclusionRequest, LimitBody, LimitListBody, RealityCheckBody, SetLimitRequest,
    SetRealityCheckRequest,
};
use super::parameters::ORDERS;
use super::platform::PlatformBody;
use super::request::{AddPayeeRequest, OpenDepositRequest, WithdrawalRequest};
use crate::http::route::{CALL_BACK, GET, POST, PUBLIC, Route, RouteAnswer, RouteBody};
use crate::{BlockCheck, Data, DoneAnswer, ProblemKind, Rate, SwitchCheck};
use evens_switches::SwitchName;

/// Defaults of routes for callbacks of payment providers.
const TOLD: Route = Route {
    function: "payment-callbacks",
    answer: Some(RouteAnswer::of::<DoneAnswer>()),
    problems: &[
        ProblemKind::NotFound,
        ProblemKind::UnsupportedMediaType,
        ProblemKind::PayloadTooLarge,
        ProblemKind::WrongSignature,
        ProblemKind::Invalid,
    ],
    ..CALL_BACK
};

pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "Platform",
        path: "/api/platform",
        function: "deposits",
        answer: Some(RouteAnswer::of::<Data<PlatformBody>>()),
        summary: "Read the currency, the limits of amounts, and whether bets, deposits and withdrawals are on",
        ..PUBLIC
    },
    Route {
        name: "OpenDeposit",
        path: "/api/deposits",
        function: "deposits",
        body: Some(RouteBody::of::<OpenDepositRequest>()),
        success: 201,
        answer: Some(RouteAnswer::of::<Data<DepositBody>>()),
        takes_idempotency_key: true,
        problems: &[
            ProblemKind::IdempotencyKeyReused,
            ProblemKind::SwitchedOff,
            ProblemKind::Excluded,
            ProblemKind::TooManyOpenDeposits,
            ProblemKind::OverLimit,
            ProblemKind::IdentityMissing,
        ],
        block_check: BlockCheck::InTransaction,
        switch_check: SwitchCheck::InRule(SwitchName::Deposits),
        summary: "Open a deposit and get the address to pay it at",
        ..POST
    },
    Route {
        name: "ListDeposits",
        path: "/api/deposits",
        function: "deposits",
        answer: Some(RouteAnswer::of::<DepositListAnswer>()),
        in_query: ORDERS,
        summary: "List the player's deposits, newest first, 50 a page",
        ..GET
    },
    Route {
        name: "ReadDeposit",
        path: "/api/deposits/{orderId}",
        function: "deposits",
        answer: Some(RouteAnswer::of::<Data<DepositBody>>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read one of the player's deposits",
        ..GET
    },
    Route {
        name: "ReopenCheckout",
        path: "/api/deposits/{orderId}/checkout",
        function: "deposits",
        rate: Some(Rate::DepositCalls),
        answer: Some(RouteAnswer::of::<Data<DepositBody>>()),
        problems: &[ProblemKind::NotFound, ProblemKind::SwitchedOff],
        summary: "Get the address to pay an open deposit at once more",
        ..POST
    },
    Route {
        name: "CheckDeposit",
        path: "/api/deposits/{orderId}/check",
        function: "deposits",
        rate: Some(Rate::DepositCalls),
        success: 202,
        answer: Some(RouteAnswer::of::<Data<DepositBody>>()),
        problems: &[ProblemKind::NotFound],
        summary: "Let the payment provider be asked about a deposit now",
        ..POST
    },
    Route {
        name: "AddPayee",
        path: "/api/payees",
        function: "withdrawals",
        body: Some(RouteBody::of::<AddPayeeRequest>()),
        rate: Some(Rate::Payees),
        success: 201,
        answer: Some(RouteAnswer::of::<Data<PayeeBody>>()),
        problems: &[ProblemKind::PayeeTaken, ProblemKind::TooManyPayees],
        summary: "Add a bank account for withdrawals",
        ..POST
    },
    Route {
        name: "ListPayees",
        path: "/api/payees",
        function: "withdrawals",
        answer: Some(RouteAnswer::of::<PayeeListAnswer>()),
        summary: "List the player's bank accounts",
        ..GET
    },
    Route {
        name: "RemovePayee",
        path: "/api/payees/{payeeId}/remove",
        function: "withdrawals",
        answer: Some(RouteAnswer::of::<Data<PayeeBody>>()),
        problems: &[ProblemKind::NotFound, ProblemKind::OrderState],
        summary: "Remove a bank account while no withdrawal is unfinished",
        ..POST
    },
    Route {
        name: "RequestWithdrawal",
        path: "/api/withdrawals",
        function: "withdrawals",
        body: Some(RouteBody::of::<WithdrawalRequest>()),
        success: 202,
        answer: Some(RouteAnswer::of::<Data<RequestedWithdrawalBody>>()),
        takes_idempotency_key: true,
        problems: &[
            ProblemKind::InsufficientBalance,
            ProblemKind::NotFound,
            ProblemKind::IdempotencyKeyReused,
            ProblemKind::PayeeNotUsable,
            ProblemKind::TurnoverMissing,
            ProblemKind::SwitchedOff,
        ],
        block_check: BlockCheck::InTransaction,
        switch_check: SwitchCheck::InRule(SwitchName::Withdrawals),
        summary: "Request a withdrawal",
        ..POST
    },
    Route {
        name: "ListWithdrawals",
        path: "/api/withdrawals",
        function: "withdrawals",
        answer: Some(RouteAnswer::of::<WithdrawalListAnswer>()),
        in_query: ORDERS,
        summary: "List the player's withdrawals, newest first, 50 a page",
        ..GET
    },
    Route {
        name: "ReadWithdrawal",
        path: "/api/withdrawals/{orderId}",
        function: "withdrawals",
        answer: Some(RouteAnswer::of::<Data<WithdrawalBody>>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read one of the player's withdrawals",
        ..GET
    },
    Route {
        name: "CancelWithdrawal",
        path: "/api/withdrawals/{orderId}/cancel",
        function: "withdrawals",
        answer: Some(RouteAnswer::of::<Data<WithdrawalBody>>()),
        problems: &[ProblemKind::NotFound, ProblemKind::OrderState],
        summary: "Cancel a withdrawal that was not sent yet",
        ..POST
    },
    Route {
        name: "ListLimits",
        path: "/api/limits",
        function: "limits",
        answer: Some(RouteAnswer::of::<Data<LimitListBody>>()),
        summary: "Read the player's limits, their use and the reality check",
        ..GET
    },
    Route {
        name: "SetLimit",
        path: "/api/limits",
        function: "limits",
        body: Some(RouteBody::of::<SetLimitRequest>()),
        answer: Some(RouteAnswer::of::<Data<LimitBody>>()),
        problems: &[ProblemKind::TooManyChanges],
        summary: "Set a limit. A lower one applies at once; a higher one must be confirmed after a day",
        ..POST
    },
    Route {
        name: "ConfirmLimit",
        path: "/api/limits/{limitId}/confirm",
        function: "limits",
        answer: Some(RouteAnswer::of::<Data<LimitBody>>()),
        problems: &[
            ProblemKind::NotFound,
            ProblemKind::NothingToConfirm,
            ProblemKind::TooEarly,
            ProblemKind::TooManyChanges,
        ],
        summary: "Confirm a higher limit, one to eight days after it was requested",
        ..POST
    },
    Route {
        name: "SetRealityCheck",
        path: "/api/limits/reality-check",
        function: "limits",
        body: Some(RouteBody::of::<SetRealityCheckRequest>()),
        answer: Some(RouteAnswer::of::<Data<RealityCheckBody>>()),
        problems: &[ProblemKind::RealityCheckDue, ProblemKind::TooManyChanges],
        summary: "Set the interval of the reality check",
        ..POST
    },
    Route {
        name: "AcknowledgeRealityCheck",
        path: "/api/limits/reality-check/acknowledge",
        function: "limits",
        answer: Some(RouteAnswer::of::<Data<RealityCheckBody>>()),
        problems: &[ProblemKind::TooManyChanges],
        summary: "Acknowledge the reality check",
        ..POST
    },
    Route {
        name: "ReadExclusion",
        path: "/api/exclusion",
        function: "limits",
        answer: Some(RouteAnswer::of::<Data<ExclusionBody>>()),
        summary: "Read the player's self-exclusion",
        ..GET
    },
    Route {
        name: "EndExclusion",
        path: "/api/exclusion/end",
        function: "limits",
        answer: Some(RouteAnswer::of::<Data<ExclusionBody>>()),
        problems: &[ProblemKind::TooEarly, ProblemKind::TooManyChanges],
        summary: "End an expired self-exclusion, with effect in a day",
        ..POST
    },
    Route {
        name: "Exclude",
        path: "/api/exclusion",
        function: "limits",
        body: Some(RouteBody::of::<ExclusionRequest>()),
        answer: Some(RouteAnswer::of::<Data<ExclusionBody>>()),
        summary: "Exclude the player from bets and deposits at once, for at least six months",
        ..POST
    },
    Route {
        name: "ReadIdentity",
        path: "/api/identity",
        function: "limits",
        answer: Some(RouteAnswer::of::<Data<IdentityBody>>()),
        summary: "Read the status of the player's identity check",
        ..GET
    },
    Route {
        name: "TakeCallback",
        path: "/api/payments/callback/{provider}",
        summary: "Receive a payment provider's signed callback",
        ..TOLD
    },
    Route {
        name: "TakeDefaultCallback",
        path: "/api/payments/callback",
        summary: "Receive a signed callback of the provider of new orders",
        ..TOLD
    },
];
