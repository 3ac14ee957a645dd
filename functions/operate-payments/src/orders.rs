//! `GET /api/operator/users/{userId}/deposits` and `…/withdrawals`: a player's orders, also those that have ended.

use crate::players::find_player;
use crate::reviews::reviewed;
use axum::extract::{Extension, Path, State};
use axum::{Router, routing};
use evens_contracts::{
    OrderCursor, ReviewedDepositBody, ReviewedDepositListAnswer, ReviewedWithdrawalListAnswer,
};
use evens_http::{Answer, PageCursor, Refusal, Staff};
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
    PageCursor(cursor): PageCursor<OrderCursor>,
    Path(user_id): Path<String>,
) -> Result<Answer<ReviewedDepositListAnswer>, Refusal> {
    let (user, before) = (find_player(&context, &user_id).await?, cursor.map(|cursor| cursor.before));
    let page = context.store.list_orders(user, Some(Direction::Deposit), before, PAGE).await?;
    let orders = page.orders.iter().filter_map(PlayerOrder::deposit).map(ReviewedDepositBody::from);
    Ok(Answer::ok(ReviewedDepositListAnswer::of_player(orders.collect(), page.next_before)))
}

async fn list_withdrawals(
    State(context): State<Context>,
    Extension(holds): Extension<HoldRules>,
    Staff(_): Staff,
    PageCursor(cursor): PageCursor<OrderCursor>,
    Path(user_id): Path<String>,
) -> Result<Answer<ReviewedWithdrawalListAnswer>, Refusal> {
    let (user, before) = (find_player(&context, &user_id).await?, cursor.map(|cursor| cursor.before));
    let page = context.store.list_orders(user, Some(Direction::Withdrawal), before, PAGE).await?;
    let orders = page.orders.iter().filter_map(PlayerOrder::withdrawal).map(|order| reviewed(&holds, order));
    Ok(Answer::ok(ReviewedWithdrawalListAnswer::of_player(orders.collect(), page.next_before)))
}
