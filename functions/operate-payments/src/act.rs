//! [`ActOn`]: the act of a cashier, and its line in the audit log.

use axum::extract::{Extension, FromRequest, FromRequestParts, Path, Request};
use axum::response::{IntoResponse, Response};
use evens_audit_log::{Act, Action, Actor};
use evens_contracts::{DecisionRequest, Problem, ProblemKind};
use evens_http::{Caller, JsonBody, Refusal, Staff, TracedContext};
use evens_payments::{ActReason, ActRefusal, CashierAct, HoldRules};
use evens_runtime::Context;
use evens_store::{OrderOutcome, StoreError};
use jiff::Timestamp;
use serde::de::DeserializeOwned;

/// A cashier's act on the subject in the path, for the reason in the body. As the only extractor it refuses with
/// `401` or `403`, then as [`JsonBody`] does, then with `422`.
pub(crate) struct ActOn<Subject> {
    pub(crate) context: Context,
    pub(crate) holds: HoldRules,
    pub(crate) subject: Subject,
    pub(crate) act: CashierAct,
    pub(crate) now: Timestamp,
}

impl<Subject: DeserializeOwned + Send> FromRequest<Context> for ActOn<Subject> {
    type Rejection = Response;

    async fn from_request(request: Request, context: &Context) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let Ok(TracedContext(traced)) = TracedContext::from_request_parts(&mut parts, context).await;
        let holds = Extension::from_request_parts(&mut parts, context).await;
        let Extension(holds) = holds.map_err(IntoResponse::into_response)?;
        let staff = Staff::from_request_parts(&mut parts, context).await;
        let Staff(caller) = staff.map_err(IntoResponse::into_response)?;
        let path = Path::from_request_parts(&mut parts, context).await;
        let Path(subject) = path.map_err(IntoResponse::into_response)?;
        let body = JsonBody::from_request(Request::from_parts(parts, body), context).await;
        let body = body.and_then(|JsonBody(body)| Ok(DecisionRequest::parse(&body)?));
        let DecisionRequest { reason } = body.map_err(IntoResponse::into_response)?;
        let now = traced.clock.now();
        Ok(Self { context: traced, holds, subject, act: act_because(caller, reason), now })
    }
}

/// The deciding cashier and their reason. A refreshed token has no login time, so its login counts as too old.
pub(crate) fn act_because(caller: Caller, reason: ActReason) -> CashierAct {
    let logged_in_at = caller.logged_in_at.unwrap_or(Timestamp::UNIX_EPOCH);
    CashierAct { by: caller.user, logged_in_at, reason }
}

/// The order after an act. The second value is `true` if the act was made before, and the order is `stored`.
pub(crate) async fn acted<Order, Why>(
    outcome: OrderOutcome<Order, Why>,
    is_repeat: impl Fn(&Why) -> bool,
    stored: impl Future<Output = Result<Option<Order>, StoreError>>,
    problem_of: impl Fn(Why) -> Problem,
    unknown: impl Fn() -> Problem,
) -> Result<(Order, bool), Refusal> {
    match outcome {
        OrderOutcome::Changed(plan) => Ok((plan.order, false)),
        OrderOutcome::Refused(refusal) if is_repeat(&refusal) => {
            Ok((stored.await?.ok_or_else(unknown)?, true))
        }
        OrderOutcome::Refused(refusal) => Err(problem_of(refusal).into()),
        OrderOutcome::Unknown => Err(unknown().into()),
    }
}

/// The audit log line of a cashier's action.
pub(crate) fn audit_act(
    act: &CashierAct,
    action: Action,
    subject: &impl ToString,
    before: String,
    after: String,
) -> Act {
    let (actor, subject, reason) = (Actor::User(act.by), subject.to_string(), act.reason.as_str().to_owned());
    Act { actor, action, subject, reason, before, after }
}

/// The problem returned to a cashier who may not decide.
pub(crate) fn may_not(refusal: ActRefusal) -> Problem {
    match refusal {
        ActRefusal::LoginTooOld => {
            let detail = "Decisions about money need a login within the last 15 minutes. Log in again.";
            Problem::new(ProblemKind::LoginTooOld, detail)
        }
        ActRefusal::TooManyWaiting => {
            let detail = format!(
                "The decision was not recorded: {refusal}. Approve pending decisions, or wait: \
                                  each lapses after a day."
            );
            Problem::new(ProblemKind::TooManyAgreements, detail)
        }
        ActRefusal::OwnOrder | ActRefusal::AgreedBefore => {
            Problem::new(ProblemKind::Forbidden, format!("You may not decide this: {refusal}."))
        }
    }
}

/// The problem of an order whose state refuses the act.
pub(crate) fn not_in_state(detail: String) -> Problem {
    Problem::new(ProblemKind::OrderState, detail).about_field("orderId")
}
