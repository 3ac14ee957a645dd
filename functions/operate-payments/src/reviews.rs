//! `GET /api/operator/withdrawals`, one withdrawal, and the facts about its player and its payee. The lists: those that
//! need a cashier's decision, those that are being paid, and those that have ended.

use axum::extract::{Extension, FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::{Router, routing};
use evens_contracts::{
    Data, OrderCursor, PayoutFactsBody, Problem, ProblemKind, ReviewedWithdrawalBody,
    ReviewedWithdrawalListAnswer, WaitingCursor,
};
use evens_http::{Answer, Refusal, Staff, parse_parameter, parse_span};
use evens_payments::{HoldRules, OrderId, OrderPosition, WithdrawalOrder, WithdrawalState};
use evens_runtime::Context;
use evens_store::{OrderList, TimeSpan};

/// Maximum number of withdrawals per page.
const PAGE: u16 = 50;

pub(crate) fn router() -> Router<Context> {
    Router::new()
        .route("/api/operator/withdrawals", routing::get(list_withdrawals))
        .route("/api/operator/withdrawals/{orderId}", routing::get(read_withdrawal))
        .route("/api/operator/withdrawals/{orderId}/facts", routing::get(read_facts))
}

/// The requested list, from the position of the cursor. As an extractor it rejects invalid parameters with `422`. Only
/// ended withdrawals are listed by time.
enum WithdrawalsQuery {
    /// Withdrawals that wait for a decision or for the provider, with an optional state filter.
    Waiting(OrderList, Option<WithdrawalState>, Option<OrderPosition>),
    /// Withdrawals that have ended in this state and were requested in this span.
    Ended(WithdrawalState, TimeSpan, Option<OrderPosition>),
}

impl<S: Sync> FromRequestParts<S> for WithdrawalsQuery {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let state: Option<String> = parse_parameter(&parts.uri, "state")?;
        let span = parse_span(&parts.uri)?;
        let waiting = |list, state| {
            if span != TimeSpan::default() {
                let detail = "needs the state of ended withdrawals, such as completed";
                return Err(
                    Problem::invalid(if span.since.is_some() { "since" } else { "until" }, detail).into()
                );
            }
            let cursor: Option<WaitingCursor> = parse_parameter(&parts.uri, "cursor")?;
            Ok(Self::Waiting(list, state, cursor.map(|cursor| cursor.after)))
        };
        let ended = |state| {
            let cursor: Option<OrderCursor> = parse_parameter(&parts.uri, "cursor")?;
            Ok(Self::Ended(state, span, cursor.map(|cursor| cursor.before)))
        };
        match state.as_deref() {
            None | Some("held") => waiting(OrderList::Held, None),
            Some("unfinished") => waiting(OrderList::Withdrawals, None),
            Some("approved") => waiting(OrderList::Withdrawals, Some(WithdrawalState::Approved)),
            Some("processing") => waiting(OrderList::Withdrawals, Some(WithdrawalState::Processing)),
            Some("completed") => ended(WithdrawalState::Completed),
            Some("failed") => ended(WithdrawalState::Failed),
            Some("rejected") => ended(WithdrawalState::Rejected),
            Some("cancelled") => ended(WithdrawalState::Cancelled),
            Some("returned") => ended(WithdrawalState::Returned),
            Some(_) => {
                let detail = "must be held, unfinished, approved, processing, completed, failed, rejected, \
                              cancelled or returned";
                Err(Problem::invalid("state", detail).into())
            }
        }
    }
}

async fn list_withdrawals(
    State(context): State<Context>,
    Extension(holds): Extension<HoldRules>,
    Staff(_): Staff,
    query: WithdrawalsQuery,
) -> Result<Answer<ReviewedWithdrawalListAnswer>, Refusal> {
    let now = context.clock.now();
    Ok(Answer::ok(match query {
        WithdrawalsQuery::Waiting(list, state, after) => {
            let page = context.store.list_withdrawals_to_check(list, after, PAGE, now).await?;
            let wanted = page.orders.iter().filter(|order| state.is_none_or(|state| order.state == state));
            let data = wanted.map(|order| reviewed(&holds, order)).collect();
            ReviewedWithdrawalListAnswer::new(data, page.next_after)
        }
        WithdrawalsQuery::Ended(state, span, before) => {
            let page = context.store.list_ended_withdrawals(state, span, before, PAGE).await?;
            let data = page.orders.iter().map(|order| reviewed(&holds, order)).collect();
            ReviewedWithdrawalListAnswer::newest_first(data, page.next_before)
        }
    }))
}

async fn read_withdrawal(
    State(context): State<Context>,
    Extension(holds): Extension<HoldRules>,
    Staff(_): Staff,
    Path(order_id): Path<String>,
) -> Result<Answer<Data<ReviewedWithdrawalBody>>, Refusal> {
    let order = context.store.load_withdrawal(parse_id(&order_id)?).await?.ok_or_else(unknown)?;
    Ok(Answer::ok(answer(&holds, &order)))
}

async fn read_facts(
    State(context): State<Context>,
    Extension(holds): Extension<HoldRules>,
    Staff(_): Staff,
    Path(order_id): Path<String>,
) -> Result<Answer<Data<PayoutFactsBody>>, Refusal> {
    let order = context.store.load_withdrawal(parse_id(&order_id)?).await?.ok_or_else(unknown)?;
    let facts = context.store.load_payout_facts(&order).await?;
    let mut others = order.all_approvers();
    others.extend(facts.payee.as_ref().and_then(|payee| payee.shared_with));
    let names = context.store.load_names(&others.into_iter().collect::<Vec<_>>()).await?;
    let data = PayoutFactsBody::new(&order, &facts, &names, &holds, context.clock.now());
    Ok(Answer::ok(Data { data }))
}

/// A withdrawal as cashiers see it.
pub(crate) fn answer(holds: &HoldRules, order: &WithdrawalOrder) -> Data<ReviewedWithdrawalBody> {
    Data { data: reviewed(holds, order) }
}

pub(crate) fn reviewed(holds: &HoldRules, order: &WithdrawalOrder) -> ReviewedWithdrawalBody {
    ReviewedWithdrawalBody::new(order, order.approvals_needed(holds))
}

/// A malformed id gets the same `404` as an unknown one.
pub(crate) fn parse_id(text: &str) -> Result<OrderId, Problem> {
    text.parse().map_err(|_| unknown())
}

pub(crate) fn unknown() -> Problem {
    let detail = "There is no such withdrawal. GET /api/operator/withdrawals lists them by their state.";
    Problem::new(ProblemKind::NotFound, detail).about_field("orderId")
}
