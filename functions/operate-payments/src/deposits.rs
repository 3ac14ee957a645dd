//! `GET /api/operator/deposits`, and one deposit: payments that could not be credited or are still awaited. `refund`
//! and `return` send a payment back to its payer: the books release the money at once, and `follow-payments` makes the
//! provider refund it.

use crate::act::{ActOn, acted, audit_act, may_not, not_in_state};
use crate::players::waiting;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::{Router, routing};
use evens_audit_log::{Act, Action};
use evens_contracts::{
    CheckPaymentJob, Data, Problem, ProblemKind, ReviewedDepositBody, ReviewedDepositListAnswer,
    WaitingCursor,
};
use evens_http::{Answer, PageCursor, Refusal, Staff, parse_parameter};
use evens_payments::{
    ActRefusal, CashierAct, DepositOrder, DepositPlan, DepositState, OrderId, ReverseRefusal,
    SettleDepositInput, agreed_on_deposit, refund_deposit, return_unclaimed,
};
use evens_queues::OutgoingJob;
use evens_runtime::Context;
use evens_store::OrderList;

/// Maximum number of deposits per page.
const PAGE: u16 = 50;

/// The name of this action in the cashiers' approvals stored with the deposit.
const REFUND: &str = "refund";
const RETURN: &str = "return";

pub(crate) fn router() -> Router<Context> {
    Router::new()
        .route("/api/operator/deposits", routing::get(list_deposits))
        .route("/api/operator/deposits/{orderId}", routing::get(read_deposit))
        .route("/api/operator/deposits/{orderId}/refund", routing::post(refund))
        .route("/api/operator/deposits/{orderId}/return", routing::post(give_back))
}

/// The requested list. As an extractor it rejects invalid parameters with `422`.
struct DepositsQuery(OrderList);

impl<S: Sync> FromRequestParts<S> for DepositsQuery {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let state: Option<String> = parse_parameter(&parts.uri, "state")?;
        match state.as_deref() {
            None | Some("unclaimed") => Ok(Self(OrderList::Unclaimed)),
            Some("unfinished") => Ok(Self(OrderList::Deposits)),
            Some(_) => {
                let detail = "must be unclaimed or unfinished. Deposits that have ended are not listed";
                Err(Problem::invalid("state", detail).into())
            }
        }
    }
}

async fn list_deposits(
    State(context): State<Context>,
    Staff(_): Staff,
    PageCursor(cursor): PageCursor<WaitingCursor>,
    DepositsQuery(list): DepositsQuery,
) -> Result<Answer<ReviewedDepositListAnswer>, Refusal> {
    let (after, now) = (cursor.map(|cursor| cursor.after), context.clock.now());
    let page = context.store.list_deposits_to_check(list, after, PAGE, now).await?;
    let data = page.orders.iter().map(ReviewedDepositBody::from).collect();
    Ok(Answer::ok(ReviewedDepositListAnswer::new(data, page.next_after)))
}

async fn read_deposit(
    State(context): State<Context>,
    Staff(_): Staff,
    Path(order_id): Path<String>,
) -> Result<Answer<Data<ReviewedDepositBody>>, Refusal> {
    let order = context.store.load_deposit(parse_id(&order_id)?).await?.ok_or_else(unknown)?;
    Ok(Answer::ok(Data { data: (&order).into() }))
}

async fn refund(asked: ActOn<String>) -> Result<Answer<Data<ReviewedDepositBody>>, Refusal> {
    let ActOn { holds, act, now, .. } = &asked;
    let rule = |input: SettleDepositInput<'_>| {
        let (order, amount) = (input.order, input.order.terms.amount());
        let plan = refund_deposit(order, input.record, input.wallet, act, *now)?;
        Ok::<_, ReverseRefusal>(agreed_on_deposit(order, REFUND, amount, plan, act, holds, *now)?)
    };
    asked.reverse(Action::RefundDeposit, rule, DepositState::Refunded).await
}

async fn give_back(asked: ActOn<String>) -> Result<Answer<Data<ReviewedDepositBody>>, Refusal> {
    let ActOn { holds, act, now, .. } = &asked;
    let rule = |input: SettleDepositInput<'_>| {
        let order = input.order;
        let plan = return_unclaimed(order, act, *now)?;
        let amount = order.payment.as_ref().map_or(order.terms.amount(), |payment| payment.money.amount());
        Ok::<_, ReverseRefusal>(agreed_on_deposit(order, RETURN, amount, plan, act, holds, *now)?)
    };
    asked.reverse(Action::ReturnDeposit, rule, DepositState::Returned).await
}

impl ActOn<String> {
    /// Sends a deposit back as the rule says, unless it is `done`.
    async fn reverse(
        &self,
        action: Action,
        rule: impl Fn(SettleDepositInput<'_>) -> Result<DepositPlan, ReverseRefusal>,
        done: DepositState,
    ) -> Result<Answer<Data<ReviewedDepositBody>>, Refusal> {
        let (context, id) = (&self.context, parse_id(&self.subject)?);
        let audited = |plan| audited_plan(plan, action, &self.act);
        let outcome = context.store.act_on_deposit(id, self.now, |input| rule(input).map(audited)).await?;
        let is_repeat = |refusal: &ReverseRefusal| is_repeat(refusal, done);
        let stored = context.store.load_deposit(id);
        let (order, is_replay) =
            acted(outcome, is_repeat, stored, |refusal| problem_of(&refusal), unknown).await?;
        if !is_replay {
            ask_for_refund(context, &order).await;
        }
        Ok(Answer::ok(Data { data: (&order).into() }).replayed(is_replay))
    }
}

/// Sends the job that requests the refund from the provider, if one is pending.
pub(crate) async fn ask_for_refund(context: &Context, order: &DepositOrder) {
    let id = order.terms.id;
    if order.pending_refund().is_some() {
        let job = OutgoingJob::of(CheckPaymentJob { order_id: id });
        context.ask_for(vec![job], || format!("the refund of {id}")).await;
    }
}

/// Returns `true` if the deposit is already in that state, or if the same cashier approved before.
fn is_repeat(refusal: &ReverseRefusal, done: DepositState) -> bool {
    match refusal {
        ReverseRefusal::InState(state) => *state == done,
        ReverseRefusal::Act(refusal) => *refusal == ActRefusal::AgreedBefore,
        ReverseRefusal::Disputed | ReverseRefusal::BonusGiven | ReverseRefusal::Spent(_) => false,
    }
}

/// The plan and its audit log line.
pub(crate) fn audited_plan(plan: DepositPlan, action: Action, act: &CashierAct) -> (DepositPlan, Act) {
    let summary = |order: &DepositOrder| format!("{}{}", order.state.as_ref(), waiting(&order.agreements));
    let before = plan.read.as_ref().map_or(String::new(), summary);
    let line = audit_act(act, action, &plan.order.terms.id, before, summary(&plan.order));
    (plan, line)
}

fn problem_of(refusal: &ReverseRefusal) -> Problem {
    match refusal {
        ReverseRefusal::Act(refusal) => may_not(*refusal),
        ReverseRefusal::InState(_)
        | ReverseRefusal::Disputed
        | ReverseRefusal::BonusGiven
        | ReverseRefusal::Spent(_) => not_in_state(format!("The deposit cannot be returned: {refusal}.")),
    }
}

/// A malformed id gets the same `404` as an unknown one.
pub(crate) fn parse_id(text: &str) -> Result<OrderId, Problem> {
    text.parse().map_err(|_| unknown())
}

pub(crate) fn unknown() -> Problem {
    let detail = "There is no such deposit. GET /api/operator/deposits lists those that need a decision.";
    Problem::new(ProblemKind::NotFound, detail).about_field("orderId")
}
