//! `GET /api/operator/withdrawals`, and one withdrawal: those that need a cashier's decision.

use axum::extract::{Extension, FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::{Router, routing};
use evens_contracts::{
    Problem, ProblemKind, ReviewedWithdrawalAnswer, ReviewedWithdrawalBody, ReviewedWithdrawalListAnswer,
    WaitingCursor,
};
use evens_http::{Answer, PageCursor, Refusal, Staff, parse_parameter};
use evens_payments::{HoldRules, OrderId, WithdrawalOrder, WithdrawalState};
use evens_runtime::Context;
use evens_store::OrderList;

/// Maximum number of withdrawals per page.
const PAGE: u16 = 50;

pub(crate) fn router() -> Router<Context> {
    Router::new()
        .route("/api/operator/withdrawals", routing::get(list_withdrawals))
        .route("/api/operator/withdrawals/{orderId}", routing::get(read_withdrawal))
}

/// The requested list and an optional state filter. As an extractor it rejects invalid parameters with `422`.
struct WithdrawalsQuery(OrderList, Option<WithdrawalState>);

impl<S: Sync> FromRequestParts<S> for WithdrawalsQuery {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let state: Option<String> = parse_parameter(&parts.uri, "state")?;
        match state.as_deref() {
            None | Some("held") => Ok(Self(OrderList::Held, None)),
            Some("unfinished") => Ok(Self(OrderList::Withdrawals, None)),
            Some("approved") => Ok(Self(OrderList::Withdrawals, Some(WithdrawalState::Approved))),
            Some("processing") => Ok(Self(OrderList::Withdrawals, Some(WithdrawalState::Processing))),
            Some(_) => {
                let detail = "must be held, unfinished, approved or processing. Withdrawals that have ended are \
                              not listed";
                Err(Problem::invalid("state", detail).into())
            }
        }
    }
}

async fn list_withdrawals(
    State(context): State<Context>,
    Extension(holds): Extension<HoldRules>,
    Staff(_): Staff,
    PageCursor(cursor): PageCursor<WaitingCursor>,
    WithdrawalsQuery(list, state): WithdrawalsQuery,
) -> Result<Answer<ReviewedWithdrawalListAnswer>, Refusal> {
    let (after, now) = (cursor.map(|cursor| cursor.after), context.clock.now());
    let page = context.store.list_withdrawals_to_check(list, after, PAGE, now).await?;
    let wanted = page.orders.iter().filter(|order| state.is_none_or(|state| order.state == state));
    let data = wanted.map(|order| reviewed(&holds, order)).collect();
    Ok(Answer::ok(ReviewedWithdrawalListAnswer::new(data, page.next_after)))
}

async fn read_withdrawal(
    State(context): State<Context>,
    Extension(holds): Extension<HoldRules>,
    Staff(_): Staff,
    Path(order_id): Path<String>,
) -> Result<Answer<ReviewedWithdrawalAnswer>, Refusal> {
    let order = context.store.load_withdrawal(parse_id(&order_id)?).await?.ok_or_else(unknown)?;
    Ok(Answer::ok(answer(&holds, &order)))
}

/// A withdrawal as cashiers see it.
pub(crate) fn answer(holds: &HoldRules, order: &WithdrawalOrder) -> ReviewedWithdrawalAnswer {
    ReviewedWithdrawalAnswer { data: reviewed(holds, order) }
}

pub(crate) fn reviewed(holds: &HoldRules, order: &WithdrawalOrder) -> ReviewedWithdrawalBody {
    ReviewedWithdrawalBody::new(order, order.approvals_needed(holds))
}

/// A malformed id gets the same `404` as an unknown one.
pub(crate) fn parse_id(text: &str) -> Result<OrderId, Problem> {
    text.parse().map_err(|_| unknown())
}

pub(crate) fn unknown() -> Problem {
    let detail =
        "There is no such withdrawal. GET /api/operator/withdrawals lists those that need a decision.";
    Problem::new(ProblemKind::NotFound, detail).about_field("orderId")
}
