//! `GET /api/operator/users/{userId}/deposits` and `…/withdrawals`: a player's orders, also those that have ended,
//! of all statuses or of one. A page of one status may be short.

use crate::players::find_player;
use crate::reviews::reviewed;
use axum::extract::{Extension, Path, State};
use axum::http::Uri;
use axum::{Router, routing};
use evens_contracts::{
    OrderCursor, ReviewedDepositBody, ReviewedDepositListAnswer, ReviewedWithdrawalListAnswer,
    parse_order_status,
};
use evens_http::{Answer, PageCursor, Refusal, Staff, parse_parameter};
use evens_payments::{Direction, HoldRules};
use evens_runtime::Context;
use evens_store::PlayerOrder;

const PAGE: u16 = 50;

pub(crate) fn router() -> Router<Context> {
    Router::new()
        .route("/api/operator/users/{userId}/deposits", routing::get(list_deposits))
        .route("/api/operator/users/{userId}/withdrawals", routing::get(list_withdrawals))
}

async fn list_deposits(
    State(context): State<Context>,
    Staff(_): Staff,
    uri: Uri,
    PageCursor(cursor): PageCursor<OrderCursor>,
    Path(user_id): Path<String>,
) -> Result<Answer<ReviewedDepositListAnswer>, Refusal> {
    let status = parse_order_status(parse_parameter(&uri, "status")?)?;
    let (user, before) = (find_player(&context, &user_id).await?, cursor.map(|cursor| cursor.before));
    let page = context.store.list_orders(user, Some(Direction::Deposit), before, PAGE).await?;
    let orders = page.orders.iter().filter_map(PlayerOrder::deposit);
    let orders = orders.filter(|order| status.is_none_or(|status| order.state.wire_status() == status));
    let orders = orders.map(ReviewedDepositBody::from);
    Ok(Answer::ok(ReviewedDepositListAnswer::of_player(orders.collect(), page.next_before)))
}

async fn list_withdrawals(
    State(context): State<Context>,
    Extension(holds): Extension<HoldRules>,
    Staff(_): Staff,
    uri: Uri,
    PageCursor(cursor): PageCursor<OrderCursor>,
    Path(user_id): Path<String>,
) -> Result<Answer<ReviewedWithdrawalListAnswer>, Refusal> {
    let status = parse_order_status(parse_parameter(&uri, "status")?)?;
    let (user, before) = (find_player(&context, &user_id).await?, cursor.map(|cursor| cursor.before));
    let page = context.store.list_orders(user, Some(Direction::Withdrawal), before, PAGE).await?;
    let orders = page.orders.iter().filter_map(PlayerOrder::withdrawal);
    let orders = orders.filter(|order| status.is_none_or(|status| order.state.wire_status() == status));
    let orders = orders.map(|order| reviewed(&holds, order));
    Ok(Answer::ok(ReviewedWithdrawalListAnswer::newest_first(orders.collect(), page.next_before)))
}
