//! The routes of deposits, withdrawals and limits.

use super::accounts::{FreeAccountRequest, KnownAccountAnswer};
use super::adjust::{AdjustWalletRequest, AdjustedWalletAnswer};
use super::answer::{
    DepositAnswer, DepositListAnswer, PayeeAnswer, PayeeListAnswer, RequestedWithdrawalAnswer,
    WithdrawalAnswer, WithdrawalListAnswer,
};
use super::identity::{IdentityAnswer, NoteIdentityRequest, PlayerIdentityAnswer};
use super::limits::{
    ExclusionAnswer, ExclusionRequest, LimitAnswer, LimitListAnswer, RealityCheckAnswer, SetLimitRequest,
    SetRealityCheckRequest,
};
use super::parameters::{AUDIT_LINES, DEPOSIT_LIST, ORDERS, WITHDRAWAL_LIST};
use super::platform::PlatformAnswer;
use super::reconciliation::{ReconciliationAnswer, ReconciliationListAnswer};
use super::request::{AddPayeeRequest, OpenDepositRequest, WithdrawalRequest};
use super::review::{
    AuditLineListAnswer, DecisionRequest, PlayerDebtAnswer, ReviewedWithdrawalAnswer,
    ReviewedWithdrawalListAnswer,
};
use super::reviewed_deposit::{ReviewedDepositAnswer, ReviewedDepositListAnswer};
use crate::http::route::{CALL_BACK, GET, INSPECT, OPERATE, POST, PUBLIC, Route, RouteAnswer, RouteBody};
use crate::{Access, BlockCheck, DoneAnswer, ProblemKind, Rate, SwitchCheck};
use evens_switches::SwitchName;

/// Defaults of routes by which cashiers decide about withdrawals.
const DECIDE: Route = Route {
    function: "operate-payments",
    access: Access::CASHIER,
    body: Some(RouteBody::of::<DecisionRequest>()),
    answer: Some(RouteAnswer::of::<ReviewedWithdrawalAnswer>()),
    problems: &[ProblemKind::LoginTooOld, ProblemKind::NotFound, ProblemKind::OrderState],
    ..OPERATE
};

/// Defaults of routes by which cashiers refund a deposit.
const SEND_BACK: Route = Route {
    answer: Some(RouteAnswer::of::<ReviewedDepositAnswer>()),
    problems: &[
        ProblemKind::LoginTooOld,
        ProblemKind::NotFound,
        ProblemKind::OrderState,
        ProblemKind::TooManyAgreements,
    ],
    ..DECIDE
};

/// Defaults of routes by which cashiers decide about a player's debts.
const SETTLE: Route = Route {
    answer: Some(RouteAnswer::of::<PlayerDebtAnswer>()),
    problems: &[ProblemKind::LoginTooOld, ProblemKind::NotFound, ProblemKind::TooManyAgreements],
    ..DECIDE
};

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
        path: "/api/platform",
        function: "deposits",
        answer: Some(RouteAnswer::of::<PlatformAnswer>()),
        summary: "Read the currency, the limits of amounts, and whether bets, deposits and withdrawals are on",
        ..PUBLIC
    },
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
        path: "/api/deposits",
        function: "deposits",
        answer: Some(RouteAnswer::of::<DepositListAnswer>()),
        in_query: ORDERS,
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
        path: "/api/payees",
        function: "withdrawals",
        body: Some(RouteBody::of::<AddPayeeRequest>()),
        rate: Some(Rate::Payees),
        success: 201,
        answer: Some(RouteAnswer::of::<PayeeAnswer>()),
        problems: &[ProblemKind::PayeeTaken, ProblemKind::TooManyPayees],
        summary: "Add a bank account for withdrawals",
        ..POST
    },
    Route {
        path: "/api/payees",
        function: "withdrawals",
        answer: Some(RouteAnswer::of::<PayeeListAnswer>()),
        summary: "List the player's bank accounts",
        ..GET
    },
    Route {
        path: "/api/payees/{payeeId}/remove",
        function: "withdrawals",
        answer: Some(RouteAnswer::of::<PayeeAnswer>()),
        problems: &[ProblemKind::NotFound, ProblemKind::OrderState],
        summary: "Remove a bank account while no withdrawal is unfinished",
        ..POST
    },
    Route {
        path: "/api/withdrawals",
        function: "withdrawals",
        body: Some(RouteBody::of::<WithdrawalRequest>()),
        success: 202,
        answer: Some(RouteAnswer::of::<RequestedWithdrawalAnswer>()),
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
        path: "/api/withdrawals",
        function: "withdrawals",
        answer: Some(RouteAnswer::of::<WithdrawalListAnswer>()),
        in_query: ORDERS,
        summary: "List the player's withdrawals, newest first, 50 a page",
        ..GET
    },
    Route {
        path: "/api/withdrawals/{orderId}",
        function: "withdrawals",
        answer: Some(RouteAnswer::of::<WithdrawalAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read one of the player's withdrawals",
        ..GET
    },
    Route {
        path: "/api/withdrawals/{orderId}/cancel",
        function: "withdrawals",
        answer: Some(RouteAnswer::of::<WithdrawalAnswer>()),
        problems: &[ProblemKind::NotFound, ProblemKind::OrderState],
        summary: "Cancel a withdrawal that was not sent yet",
        ..POST
    },
    Route {
        path: "/api/limits",
        function: "limits",
        answer: Some(RouteAnswer::of::<LimitListAnswer>()),
        summary: "Read the player's limits, their use and the reality check",
        ..GET
    },
    Route {
        path: "/api/limits",
        function: "limits",
        body: Some(RouteBody::of::<SetLimitRequest>()),
        answer: Some(RouteAnswer::of::<LimitAnswer>()),
        summary: "Set a limit. A lower one applies at once; a higher one must be confirmed after a day",
        ..POST
    },
    Route {
        path: "/api/limits/{limitId}/confirm",
        function: "limits",
        answer: Some(RouteAnswer::of::<LimitAnswer>()),
        problems: &[ProblemKind::NotFound, ProblemKind::NothingToConfirm, ProblemKind::TooEarly],
        summary: "Confirm a higher limit, one to eight days after it was requested",
        ..POST
    },
    Route {
        path: "/api/limits/reality-check",
        function: "limits",
        body: Some(RouteBody::of::<SetRealityCheckRequest>()),
        answer: Some(RouteAnswer::of::<RealityCheckAnswer>()),
        problems: &[ProblemKind::RealityCheckDue],
        summary: "Set the interval of the reality check",
        ..POST
    },
    Route {
        path: "/api/limits/reality-check/acknowledge",
        function: "limits",
        answer: Some(RouteAnswer::of::<RealityCheckAnswer>()),
        summary: "Acknowledge the reality check",
        ..POST
    },
    Route {
        path: "/api/exclusion",
        function: "limits",
        answer: Some(RouteAnswer::of::<ExclusionAnswer>()),
        summary: "Read the player's self-exclusion",
        ..GET
    },
    Route {
        path: "/api/exclusion/end",
        function: "limits",
        answer: Some(RouteAnswer::of::<ExclusionAnswer>()),
        problems: &[ProblemKind::TooEarly],
        summary: "End an expired self-exclusion, with effect in a day",
        ..POST
    },
    Route {
        path: "/api/exclusion",
        function: "limits",
        body: Some(RouteBody::of::<ExclusionRequest>()),
        answer: Some(RouteAnswer::of::<ExclusionAnswer>()),
        summary: "Exclude the player from bets and deposits at once, for at least six months",
        ..POST
    },
    Route {
        path: "/api/identity",
        function: "limits",
        answer: Some(RouteAnswer::of::<IdentityAnswer>()),
        summary: "Read the status of the player's identity check",
        ..GET
    },
    Route {
        path: "/api/operator/deposits",
        function: "operate-payments",
        access: Access::REVIEWER,
        answer: Some(RouteAnswer::of::<ReviewedDepositListAnswer>()),
        in_query: DEPOSIT_LIST,
        summary: "List deposits that need a decision or are unfinished, oldest first",
        ..INSPECT
    },
    Route {
        path: "/api/operator/deposits/{orderId}",
        function: "operate-payments",
        access: Access::REVIEWER,
        answer: Some(RouteAnswer::of::<ReviewedDepositAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read a deposit with its history",
        ..INSPECT
    },
    Route {
        path: "/api/operator/deposits/{orderId}/refund",
        summary: "Approve the refund of a credited deposit to its payer",
        ..SEND_BACK
    },
    Route {
        path: "/api/operator/deposits/{orderId}/return",
        summary: "Approve the return of an unclaimed payment to its payer",
        ..SEND_BACK
    },
    Route {
        path: "/api/operator/deposits/{orderId}/payments/{paymentId}/claim",
        answer: Some(RouteAnswer::of::<ReviewedDepositAnswer>()),
        summary: "Approve crediting a payment in suspense to the deposit's player",
        ..DECIDE
    },
    Route {
        path: "/api/operator/deposits/{orderId}/payments/{paymentId}/return",
        summary: "Approve the return of an additional payment of a deposit to its payer",
        ..SEND_BACK
    },
    Route {
        path: "/api/operator/withdrawals",
        function: "operate-payments",
        access: Access::REVIEWER,
        answer: Some(RouteAnswer::of::<ReviewedWithdrawalListAnswer>()),
        in_query: WITHDRAWAL_LIST,
        summary: "List held or unfinished withdrawals, oldest first, or ended ones, newest first",
        ..INSPECT
    },
    Route {
        path: "/api/operator/withdrawals/{orderId}",
        function: "operate-payments",
        access: Access::REVIEWER,
        answer: Some(RouteAnswer::of::<ReviewedWithdrawalAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read a withdrawal with its history",
        ..INSPECT
    },
    Route {
        path: "/api/operator/withdrawals/{orderId}/approve",
        summary: "Approve a held withdrawal",
        ..DECIDE
    },
    Route {
        path: "/api/operator/withdrawals/{orderId}/reject",
        summary: "Reject a held withdrawal and return its money to the player",
        ..DECIDE
    },
    Route {
        path: "/api/operator/withdrawals/{orderId}/retry",
        summary: "Approve a new attempt of a payout that its provider has not decided",
        ..DECIDE
    },
    Route {
        path: "/api/operator/withdrawals/{orderId}/give-back",
        summary: "Approve returning a payout to the player that its provider has not decided",
        ..DECIDE
    },
    Route {
        path: "/api/operator/users/{userId}/write-off",
        summary: "Approve writing off a player's debt",
        ..SETTLE
    },
    Route {
        path: "/api/operator/users/{userId}/release",
        summary: "Approve ending the hold on a player's withdrawals",
        ..SETTLE
    },
    Route {
        path: "/api/operator/users/{userId}/adjust",
        body: Some(RouteBody::of::<AdjustWalletRequest>()),
        answer: Some(RouteAnswer::of::<AdjustedWalletAnswer>()),
        problems: &[
            ProblemKind::LoginTooOld,
            ProblemKind::NotFound,
            ProblemKind::IdempotencyKeyReused,
            ProblemKind::InsufficientBalance,
            ProblemKind::TooManyAgreements,
        ],
        summary: "Approve a manual adjustment of a player's wallet",
        ..SETTLE
    },
    Route {
        path: "/api/operator/users/{userId}/identity",
        function: "operate-payments",
        access: Access::REVIEWER,
        answer: Some(RouteAnswer::of::<PlayerIdentityAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read the status of a player's identity check",
        ..INSPECT
    },
    Route {
        path: "/api/operator/users/{userId}/identity",
        body: Some(RouteBody::of::<NoteIdentityRequest>()),
        answer: Some(RouteAnswer::of::<PlayerIdentityAnswer>()),
        summary: "Set the status of a player's identity check",
        ..SETTLE
    },
    Route {
        path: "/api/operator/users/{userId}/deposits",
        function: "operate-payments",
        access: Access::REVIEWER,
        answer: Some(RouteAnswer::of::<ReviewedDepositListAnswer>()),
        in_query: ORDERS,
        problems: &[ProblemKind::NotFound],
        summary: "List a player's deposits, newest first, 50 a page",
        ..INSPECT
    },
    Route {
        path: "/api/operator/users/{userId}/withdrawals",
        function: "operate-payments",
        access: Access::REVIEWER,
        answer: Some(RouteAnswer::of::<ReviewedWithdrawalListAnswer>()),
        in_query: ORDERS,
        problems: &[ProblemKind::NotFound],
        summary: "List a player's withdrawals, newest first, 50 a page",
        ..INSPECT
    },
    Route {
        path: "/api/operator/payees/{reference}",
        function: "operate-payments",
        access: Access::REVIEWER,
        answer: Some(RouteAnswer::of::<KnownAccountAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Find the owner of a bank account by the reference in the problem payee-taken",
        ..INSPECT
    },
    Route {
        path: "/api/operator/payees/{reference}/free",
        body: Some(RouteBody::of::<FreeAccountRequest>()),
        answer: Some(RouteAnswer::of::<KnownAccountAnswer>()),
        problems: &[
            ProblemKind::LoginTooOld,
            ProblemKind::NotFound,
            ProblemKind::OrderState,
            ProblemKind::TooManyAgreements,
        ],
        summary: "Approve removing a bank account from its owner and reserving it for another player",
        ..SETTLE
    },
    Route {
        path: "/api/operator/reconciliations",
        function: "operate-payments",
        access: Access::REVIEWER,
        answer: Some(RouteAnswer::of::<ReconciliationListAnswer>()),
        summary: "List the reconciliation reports of payment providers, newest day first",
        ..INSPECT
    },
    Route {
        path: "/api/operator/reconciliations/{reportId}",
        function: "operate-payments",
        access: Access::REVIEWER,
        answer: Some(RouteAnswer::of::<ReconciliationAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read a reconciliation report with its differences",
        ..INSPECT
    },
    Route {
        path: "/api/operator/audit",
        function: "operate-payments",
        access: Access::AUDITOR,
        answer: Some(RouteAnswer::of::<AuditLineListAnswer>()),
        in_query: AUDIT_LINES,
        summary: "Read the audit log of a day",
        ..INSPECT
    },
    Route {
        path: "/api/payments/callback/{provider}",
        summary: "Receive a payment provider's signed callback",
        ..TOLD
    },
    Route {
        path: "/api/payments/callback",
        summary: "Receive a signed callback of the provider of new orders",
        ..TOLD
    },
];
