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
use super::platform::PlatformAnswer;
use super::reconciliation::{ReconciliationAnswer, ReconciliationListAnswer};
use super::request::{AddPayeeRequest, OpenDepositRequest, WithdrawalRequest};
use super::review::{
    AuditLineListAnswer, DecisionRequest, PlayerDebtAnswer, ReviewedWithdrawalAnswer,
    ReviewedWithdrawalListAnswer,
};
use super::reviewed_deposit::{ReviewedDepositAnswer, ReviewedDepositListAnswer};
use crate::http::route::{CALL_BACK, GET, INSPECT, OPERATE, POST, PUBLIC, Route, RouteAnswer, RouteBody};
use crate::{Access, BlockCheck, DoneAnswer, Parameter, ProblemKind, Rate};
use evens_payments::WireStatus;
use serde_json::{Value, json};
use strum::VariantArray as _;

/// Parameters of a list of orders: the start of a page, and a status. Pages follow each other in time.
const ORDERS: &[Parameter] = &[
    Parameter::cursor(|| json!({ "type": "string", "format": "order-cursor" })),
    Parameter { name: "status", description: "Only those; without it, all", schema: order_status },
];

/// The start of a page of orders that must be checked.
const WAITING: Parameter = Parameter::cursor(|| json!({ "type": "string", "format": "waiting-cursor" }));

/// Parameters of the list of withdrawals.
const WITHDRAWAL_LIST: &[Parameter] = &[
    WAITING,
    Parameter {
        name: "state",
        description: "Those that are held, those on their way, or of these the ones in that state",
        schema: || {
            let states = ["held", "unfinished", "approved", "processing"];
            json!({ "type": "string", "enum": states, "default": "held" })
        },
    },
];

/// Parameters of the list of deposits.
const DEPOSIT_LIST: &[Parameter] = &[
    WAITING,
    Parameter {
        name: "state",
        description: "Those whose money came and may not be credited, or those that a provider is still asked about",
        schema: || json!({ "type": "string", "enum": ["unclaimed", "unfinished"], "default": "unclaimed" }),
    },
];

/// Parameters of the list of audit log lines.
const AUDIT_LINES: &[Parameter] = &[
    Parameter {
        name: "day",
        description: "Which day (UTC); without it, today",
        schema: || json!({ "type": "string", "format": "date" }),
    },
    Parameter {
        name: "after",
        description: "The number of the last line of the page before",
        schema: || json!({ "type": "integer", "minimum": 0 }),
    },
];

fn order_status() -> Value {
    let names: Vec<&str> = WireStatus::VARIANTS.iter().map(Into::into).collect();
    json!({ "type": "string", "enum": names })
}

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
        summary: "Open a deposit, and learn where to pay it",
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
        summary: "Add an account that the player can be paid to",
        ..POST
    },
    Route {
        path: "/api/payees",
        function: "withdrawals",
        answer: Some(RouteAnswer::of::<PayeeListAnswer>()),
        summary: "List the accounts that the player can be paid to",
        ..GET
    },
    Route {
        path: "/api/payees/{payeeId}/remove",
        function: "withdrawals",
        answer: Some(RouteAnswer::of::<PayeeAnswer>()),
        problems: &[ProblemKind::NotFound, ProblemKind::OrderState],
        summary: "Be paid no more to an account, where no withdrawal is unfinished",
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
        summary: "Take money home",
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
        summary: "Take a withdrawal back that was not sent",
        ..POST
    },
    Route {
        path: "/api/limits",
        function: "limits",
        answer: Some(RouteAnswer::of::<LimitListAnswer>()),
        summary: "Read the limits that the player has set, what is used of them, and how often they are reminded",
        ..GET
    },
    Route {
        path: "/api/limits",
        function: "limits",
        body: Some(RouteBody::of::<SetLimitRequest>()),
        answer: Some(RouteAnswer::of::<LimitAnswer>()),
        summary: "Set a limit: a lower one at once, a higher one to be confirmed after a day",
        ..POST
    },
    Route {
        path: "/api/limits/{limitId}/confirm",
        function: "limits",
        answer: Some(RouteAnswer::of::<LimitAnswer>()),
        problems: &[ProblemKind::NotFound, ProblemKind::NothingToConfirm, ProblemKind::TooEarly],
        summary: "Raise a limit, as the player asked for a day ago or longer, up to eight days",
        ..POST
    },
    Route {
        path: "/api/limits/reality-check",
        function: "limits",
        body: Some(RouteBody::of::<SetRealityCheckRequest>()),
        answer: Some(RouteAnswer::of::<RealityCheckAnswer>()),
        problems: &[ProblemKind::RealityCheckDue],
        summary: "Set how often the player is reminded of how long they play",
        ..POST
    },
    Route {
        path: "/api/limits/reality-check/acknowledge",
        function: "limits",
        answer: Some(RouteAnswer::of::<RealityCheckAnswer>()),
        summary: "Note that the player has seen how long they have played",
        ..POST
    },
    Route {
        path: "/api/exclusion",
        function: "limits",
        answer: Some(RouteAnswer::of::<ExclusionAnswer>()),
        summary: "Read whether the player has excluded themselves",
        ..GET
    },
    Route {
        path: "/api/exclusion/end",
        function: "limits",
        answer: Some(RouteAnswer::of::<ExclusionAnswer>()),
        problems: &[ProblemKind::TooEarly],
        summary: "End an exclusion whose time is over, a day from now",
        ..POST
    },
    Route {
        path: "/api/exclusion",
        function: "limits",
        body: Some(RouteBody::of::<ExclusionRequest>()),
        answer: Some(RouteAnswer::of::<ExclusionAnswer>()),
        summary: "Exclude the player at once: no bets and no deposits, for six months at least",
        ..POST
    },
    Route {
        path: "/api/identity",
        function: "limits",
        answer: Some(RouteAnswer::of::<IdentityAnswer>()),
        summary: "Read what is known of who the player is",
        ..GET
    },
    Route {
        path: "/api/operator/deposits",
        function: "operate-payments",
        access: Access::REVIEWER,
        answer: Some(RouteAnswer::of::<ReviewedDepositListAnswer>()),
        in_query: DEPOSIT_LIST,
        summary: "List the deposits whose money may not be credited, or is awaited, those that wait longest first",
        ..INSPECT
    },
    Route {
        path: "/api/operator/deposits/{orderId}",
        function: "operate-payments",
        access: Access::REVIEWER,
        answer: Some(RouteAnswer::of::<ReviewedDepositAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read a deposit with all that has become of it",
        ..INSPECT
    },
    Route {
        path: "/api/operator/deposits/{orderId}/refund",
        summary: "Give a credited deposit back to whoever paid it",
        ..SEND_BACK
    },
    Route {
        path: "/api/operator/deposits/{orderId}/return",
        summary: "Send money back that came and may not be credited",
        ..SEND_BACK
    },
    Route {
        path: "/api/operator/deposits/{orderId}/payments/{paymentId}/claim",
        answer: Some(RouteAnswer::of::<ReviewedDepositAnswer>()),
        summary: "Agree to give money that came and was not credited to the deposit's player",
        ..DECIDE
    },
    Route {
        path: "/api/operator/deposits/{orderId}/payments/{paymentId}/return",
        summary: "Send money back that came beside the deposit's own payment",
        ..SEND_BACK
    },
    Route {
        path: "/api/operator/withdrawals",
        function: "operate-payments",
        access: Access::REVIEWER,
        answer: Some(RouteAnswer::of::<ReviewedWithdrawalListAnswer>()),
        in_query: WITHDRAWAL_LIST,
        summary: "List the withdrawals that wait for a cashier, or are on their way, those that wait longest first",
        ..INSPECT
    },
    Route {
        path: "/api/operator/withdrawals/{orderId}",
        function: "operate-payments",
        access: Access::REVIEWER,
        answer: Some(RouteAnswer::of::<ReviewedWithdrawalAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read a withdrawal with all that has become of it",
        ..INSPECT
    },
    Route {
        path: "/api/operator/withdrawals/{orderId}/approve",
        summary: "Agree to a withdrawal that is held",
        ..DECIDE
    },
    Route {
        path: "/api/operator/withdrawals/{orderId}/reject",
        summary: "Refuse a withdrawal that is held, and give its money back",
        ..DECIDE
    },
    Route {
        path: "/api/operator/withdrawals/{orderId}/retry",
        summary: "Agree to send a payout in a new attempt, where its provider neither makes nor ends it",
        ..DECIDE
    },
    Route {
        path: "/api/operator/withdrawals/{orderId}/give-back",
        summary: "Agree to give a payout back, where its provider neither makes nor ends it",
        ..DECIDE
    },
    Route { path: "/api/operator/users/{userId}/write-off", summary: "Give up what a player owes", ..SETTLE },
    Route {
        path: "/api/operator/users/{userId}/release",
        summary: "End that every withdrawal of a player waits for a cashier",
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
        summary: "Agree to put a player's wallet right by hand",
        ..SETTLE
    },
    Route {
        path: "/api/operator/users/{userId}/identity",
        function: "operate-payments",
        access: Access::REVIEWER,
        answer: Some(RouteAnswer::of::<PlayerIdentityAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read what is known of who a player is",
        ..INSPECT
    },
    Route {
        path: "/api/operator/users/{userId}/identity",
        body: Some(RouteBody::of::<NoteIdentityRequest>()),
        answer: Some(RouteAnswer::of::<PlayerIdentityAnswer>()),
        summary: "Note what is known of who a player is",
        ..SETTLE
    },
    Route {
        path: "/api/operator/payees/{reference}",
        function: "operate-payments",
        access: Access::REVIEWER,
        answer: Some(RouteAnswer::of::<KnownAccountAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read who is paid to an account, by the reference that whoever was refused it was told",
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
        summary: "Agree that a player is paid to an account no more, and that another one alone may add it",
        ..SETTLE
    },
    Route {
        path: "/api/operator/reconciliations",
        function: "operate-payments",
        access: Access::REVIEWER,
        answer: Some(RouteAnswer::of::<ReconciliationListAnswer>()),
        summary: "List the reports of how days agree with what payment providers state, the newest days first",
        ..INSPECT
    },
    Route {
        path: "/api/operator/reconciliations/{reportId}",
        function: "operate-payments",
        access: Access::REVIEWER,
        answer: Some(RouteAnswer::of::<ReconciliationAnswer>()),
        problems: &[ProblemKind::NotFound],
        summary: "Read a report with what differs",
        ..INSPECT
    },
    Route {
        path: "/api/operator/audit",
        function: "operate-payments",
        access: Access::AUDITOR,
        answer: Some(RouteAnswer::of::<AuditLineListAnswer>()),
        in_query: AUDIT_LINES,
        summary: "Read what operators and cashiers did on a day",
        ..INSPECT
    },
    Route {
        path: "/api/payments/callback/{provider}",
        summary: "Take a payment provider's signed callback",
        ..TOLD
    },
    Route {
        path: "/api/payments/callback",
        summary: "Take a signed callback of the payment provider that new orders go to",
        ..TOLD
    },
];
