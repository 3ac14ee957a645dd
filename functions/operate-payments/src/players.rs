//! `POST /api/operator/users/{userId}/write-off` and `release`: what a player owes is given up, and that all of their
//! withdrawals wait for a cashier ends.

use crate::decisions::{act, may_not, told_of};
use axum::extract::{Path, State};
use axum::{Router, routing};
use evens_audit_log::{Act, Action};
use evens_contracts::{PlayerDebtAnswer, Problem, ProblemKind};
use evens_http::{Answer, JsonBody, Refusal, Staff};
use evens_ledger::UserId;
use evens_payments::{ActRefusal, Cashier, CashierAct, release_account, write_off_debt};
use evens_runtime::Context;
use evens_store::{ActedOnCashier, CashierChange};

pub(crate) fn router() -> Router<Context> {
    Router::new()
        .route("/api/operator/users/{userId}/write-off", routing::post(write_off))
        .route("/api/operator/users/{userId}/release", routing::post(release))
}

async fn write_off(
    State(context): State<Context>,
    Staff(caller): Staff,
    Path(user_id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Answer<PlayerDebtAnswer>, Refusal> {
    let (act, user, now) = (act(caller, &body)?, parse_user(&user_id)?, context.clock.now());
    let rule = |before: &Cashier| -> Result<_, ActRefusal> {
        let plan = write_off_debt(before, before.revision + 1, &act, now)?;
        Ok(plan.map(|plan| {
            let told = told(before, &plan.cashier, Action::WriteOffDebt, &act);
            // The auditor finds the line by the key.
            let told = Act { after: format!("{}, {}", told.after, plan.transfer.key), ..told };
            CashierChange { cashier: plan.cashier, transfer: Some(plan.transfer), act: told }
        }))
    };
    Ok(answer(&context.store.act_on_cashier(user, now, rule).await?.map_err(may_not)?))
}

async fn release(
    State(context): State<Context>,
    Staff(caller): Staff,
    Path(user_id): Path<String>,
    JsonBody(body): JsonBody,
) -> Result<Answer<PlayerDebtAnswer>, Refusal> {
    let (act, user, now) = (act(caller, &body)?, parse_user(&user_id)?, context.clock.now());
    let rule = |before: &Cashier| -> Result<_, ActRefusal> {
        let after = release_account(before, &act, now)?;
        Ok(after.map(|cashier| {
            let act = told(before, &cashier, Action::ReleaseAccount, &act);
            CashierChange { cashier, transfer: None, act }
        }))
    };
    Ok(answer(&context.store.act_on_cashier(user, now, rule).await?.map_err(may_not)?))
}

/// Where nothing was changed, nothing was owed or held.
fn answer(acted: &ActedOnCashier) -> Answer<PlayerDebtAnswer> {
    Answer::ok(PlayerDebtAnswer::from(&acted.cashier)).replayed(!acted.is_changed)
}

/// What is no number of a player is no player.
pub(crate) fn parse_user(text: &str) -> Result<UserId, Problem> {
    let unknown = "There is no such player.";
    text.parse().map_err(|_| Problem::new(ProblemKind::NotFound, unknown).about_field("userId"))
}

fn told(before: &Cashier, after: &Cashier, action: Action, act: &CashierAct) -> Act {
    let stands = |cashier: &Cashier| {
        let held = if cashier.is_held { "held" } else { "not held" };
        format!("owes {}, {held}", cashier.owed)
    };
    told_of(act, action, &before.user, stands(before), stands(after))
}
