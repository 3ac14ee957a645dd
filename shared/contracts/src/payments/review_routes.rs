//! The routes by which cashiers and auditors review deposits and withdrawals.

use super::accounts::{FreeAccountRequest, KnownAccountBody};
use super::adjust::{AdjustWalletRequest, AdjustedWalletBody};
use super::identity::{NoteIdentityRequest, PlayerIdentityBody};
use super::parameters::{AUDIT_LINES, DEPOSIT_LIST, ORDERS, REPORTS, STATED_DAY, WITHDRAWAL_LIST};
use super::payout_facts::PayoutFactsBody;
use super::reconciliation::{ComparedStatementAnswer, ReconciliationAnswer, ReconciliationListAnswer};
use super::review::{
    AuditLineListAnswer, DecisionRequest, PlayerDebtBody, ReviewedWithdrawalBody,
    ReviewedWithdrawalListAnswer,
};
use super::reviewed_deposit::{ReviewedDepositBody, ReviewedDepositListAnswer};
use crate::http::route::{INSPECT, OPERATE, Route, RouteAnswer, RouteBody};
use crate::{Access, Data, ProblemKind, Rate};

/// Defaults of routes by which cashiers decide about withdrawals.
const DECIDE: Route = Route {
    function: "operate-payments",
    access: Access::CASHIER,
    body: Some(RouteBody::of::<DecisionRequest>()),
    answer: Some(RouteAnswer::of::<Data<ReviewedWithdrawalBody>>()),
    problems: &[ProblemKind::LoginTooOld, ProblemKind::NotFound, ProblemKind::OrderState],
    ..OPERATE
};

/// Defaults of routes by which cashiers refund a deposit.
const SEND_BACK: Route = Route {
    answer: Some(RouteAnswer::of::<Data<ReviewedDepositBody>>()),
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
    answer: Some(RouteAnswer::of::<Data<PlayerDebtBody>>()),
    problems: &[ProblemKind::LoginTooOld, ProblemKind::NotFound, ProblemKind::TooManyAgreements],
    ..DECIDE
};

pub(crate) const ROUTES: &[Route] = &[
    Route {
        name: "ListReviewedDeposits",
        path: "/api/operator/deposits",
        function: "operate-payments",
        access: Access::REVIEWER,
        answer: Some(RouteAnswer::of::<ReviewedDepositListAnswer>()),
        in_query: DEPOSIT_LIST,
        summary: "List deposits that need a decision or are unfinished, oldest first",
        ..INSPECT
    },
    Route {
        name: "ReadReviewedDeposit",
        path: "/api/operator/deposits/{orderId}",
        function: "operate-payments",
        access: Access::REVIEWER,
        answer: Some(RouteAnswer::of::<Data<ReviewedDepositBody>>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read a deposit with its history",
        ..INSPECT
    },
    Route {
        name: "RefundDeposit",
        path: "/api/operator/deposits/{orderId}/refund",
        summary: "Approve the refund of a credited deposit to its payer",
        ..SEND_BACK
    },
    Route {
        name: "ReturnDeposit",
        path: "/api/operator/deposits/{orderId}/return",
        summary: "Approve the return of an unclaimed payment to its payer",
        ..SEND_BACK
    },
    Route {
        name: "ClaimSuspended",
        path: "/api/operator/deposits/{orderId}/payments/{paymentId}/claim",
        answer: Some(RouteAnswer::of::<Data<ReviewedDepositBody>>()),
        summary: "Approve crediting a payment in suspense to the deposit's player",
        ..DECIDE
    },
    Route {
        name: "ReturnPayment",
        path: "/api/operator/deposits/{orderId}/payments/{paymentId}/return",
        summary: "Approve the return of an additional payment of a deposit to its payer",
        ..SEND_BACK
    },
    Route {
        name: "ListReviewedWithdrawals",
        path: "/api/operator/withdrawals",
        function: "operate-payments",
        access: Access::REVIEWER,
        answer: Some(RouteAnswer::of::<ReviewedWithdrawalListAnswer>()),
        in_query: WITHDRAWAL_LIST,
        summary: "List held or unfinished withdrawals, oldest first, or ended ones, newest first",
        ..INSPECT
    },
    Route {
        name: "ReadReviewedWithdrawal",
        path: "/api/operator/withdrawals/{orderId}",
        function: "operate-payments",
        access: Access::REVIEWER,
        answer: Some(RouteAnswer::of::<Data<ReviewedWithdrawalBody>>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read a withdrawal with its history",
        ..INSPECT
    },
    Route {
        name: "ReadPayoutFacts",
        path: "/api/operator/withdrawals/{orderId}/facts",
        function: "operate-payments",
        access: Access::REVIEWER,
        answer: Some(RouteAnswer::of::<Data<PayoutFactsBody>>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read who asks for a withdrawal, where it goes, and what is unusual",
        ..INSPECT
    },
    Route {
        name: "ApproveWithdrawal",
        path: "/api/operator/withdrawals/{orderId}/approve",
        summary: "Approve a held withdrawal",
        ..DECIDE
    },
    Route {
        name: "RejectWithdrawal",
        path: "/api/operator/withdrawals/{orderId}/reject",
        summary: "Reject a held withdrawal and return its money to the player",
        ..DECIDE
    },
    Route {
        name: "RetryPayout",
        path: "/api/operator/withdrawals/{orderId}/retry",
        summary: "Approve a new attempt of a payout that its provider has not decided",
        ..DECIDE
    },
    Route {
        name: "GiveBackPayout",
        path: "/api/operator/withdrawals/{orderId}/give-back",
        summary: "Approve returning a payout to the player that its provider has not decided",
        ..DECIDE
    },
    Route {
        name: "WriteOffDebt",
        path: "/api/operator/users/{userId}/write-off",
        summary: "Approve writing off a player's debt",
        ..SETTLE
    },
    Route {
        name: "ReleaseAccount",
        path: "/api/operator/users/{userId}/release",
        summary: "Approve ending the hold on a player's withdrawals",
        ..SETTLE
    },
    Route {
        name: "AdjustWallet",
        path: "/api/operator/users/{userId}/adjust",
        body: Some(RouteBody::of::<AdjustWalletRequest>()),
        answer: Some(RouteAnswer::of::<Data<AdjustedWalletBody>>()),
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
        name: "ReadPlayerIdentity",
        path: "/api/operator/users/{userId}/identity",
        function: "operate-payments",
        access: Access::REVIEWER,
        answer: Some(RouteAnswer::of::<Data<PlayerIdentityBody>>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read the status of a player's identity check",
        ..INSPECT
    },
    Route {
        name: "NoteIdentity",
        path: "/api/operator/users/{userId}/identity",
        body: Some(RouteBody::of::<NoteIdentityRequest>()),
        answer: Some(RouteAnswer::of::<Data<PlayerIdentityBody>>()),
        summary: "Set the status of a player's identity check",
        ..SETTLE
    },
    Route {
        name: "ListUserDeposits",
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
        name: "ListUserWithdrawals",
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
        name: "ReadKnownAccount",
        path: "/api/operator/payees/{reference}",
        function: "operate-payments",
        access: Access::REVIEWER,
        answer: Some(RouteAnswer::of::<Data<KnownAccountBody>>()),
        problems: &[ProblemKind::NotFound],
        summary: "Find the owner of a bank account by the reference in the problem payee-taken",
        ..INSPECT
    },
    Route {
        name: "FreeAccount",
        path: "/api/operator/payees/{reference}/free",
        body: Some(RouteBody::of::<FreeAccountRequest>()),
        answer: Some(RouteAnswer::of::<Data<KnownAccountBody>>()),
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
        name: "ListReconciliations",
        path: "/api/operator/reconciliations",
        function: "operate-payments",
        access: Access::REVIEWER,
        answer: Some(RouteAnswer::of::<ReconciliationListAnswer>()),
        in_query: REPORTS,
        summary: "List the reconciliation reports of payment providers, newest day first",
        ..INSPECT
    },
    Route {
        name: "CompareStatement",
        path: "/api/operator/reconciliations",
        function: "compare-statements",
        access: Access::CASHIER,
        takes_file: true,
        success: 201,
        unchanged: Some(200),
        answer: Some(RouteAnswer::of::<ComparedStatementAnswer>()),
        in_query: STATED_DAY,
        problems: &[ProblemKind::LoginTooOld],
        rate: Some(Rate::Statements),
        summary: "Compare a payment provider's statement, given as a file, with the books",
        ..OPERATE
    },
    Route {
        name: "ReadReconciliation",
        path: "/api/operator/reconciliations/{reportId}",
        function: "operate-payments",
        access: Access::REVIEWER,
        answer: Some(RouteAnswer::of::<ReconciliationAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read a reconciliation report with its differences",
        ..INSPECT
    },
    Route {
        name: "ListAuditLines",
        path: "/api/operator/audit",
        function: "operate-payments",
        access: Access::AUDITOR,
        answer: Some(RouteAnswer::of::<AuditLineListAnswer>()),
        in_query: AUDIT_LINES,
        summary: "Read the audit log of a day",
        ..INSPECT
    },
];
