//! The routes of payees.

use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use axum::{Router, routing};
use evens_contracts::{AddPayeeRequest, Data, PayeeBody, PayeeListAnswer, Problem, ProblemKind};
use evens_http::{Answer, Caller, JsonBody, Refusal};
use evens_ledger::Digest;
use evens_payments::{Payee, PayeeId};
use evens_providers::{PaymentProvider as _, Payments};
use evens_runtime::Context;
use evens_runtime::telemetry::chain;
use evens_sealing::SealingKeys;
use evens_store::{AddPayeeOutcome, RemovePayeeOutcome, Store};
use jiff::SignedDuration;

pub(crate) fn router() -> Router<Context> {
    Router::new()
        .route("/api/payees", routing::get(list_payees).post(add_payee))
        .route("/api/payees/{payeeId}/remove", routing::post(remove_payee))
}

async fn add_payee(
    State(context): State<Context>,
    Extension(keys): Extension<SealingKeys>,
    Extension(payments): Extension<Payments>,
    caller: Caller,
    JsonBody(body): JsonBody,
) -> Result<Answer<Data<PayeeBody>>, Refusal> {
    let AddPayeeRequest { account } = AddPayeeRequest::parse(&body)?;
    if payments.provider_of_new_orders().is_some_and(|provider| !provider.pays_to(account.expose())) {
        return Err(
            Problem::invalid("account", "is not an account that the payment provider can pay to").into()
        );
    }
    let fingerprint = keys.fingerprint(&account.canonical());
    // Accounts added by older versions have the fingerprint of their original spelling.
    let as_written = keys.fingerprint(account.expose());
    if as_written != fingerprint && context.store.is_of_another(as_written, caller.user).await? {
        return Err(payee_taken(as_written).into());
    }
    let place = Payee::place_of_seal(caller.user, &PayeeId::derive(caller.user, fingerprint));
    let sealed = keys.seal(account.expose(), &place, &context.entropy).map_err(|fault| {
        tracing::error!(error = chain(&fault), "Could not encrypt the account of a payee");
        Problem::internal()
    })?;
    let (sealed, mask, now) = (sealed.to_string(), account.mask(), context.clock.now());
    let payee = Payee::new(caller.user, mask, sealed, fingerprint, SignedDuration::ZERO, now);
    let (payee, is_replay) = match context.store.add_payee(&payee).await? {
        AddPayeeOutcome::Added(payee) => (payee, false),
        AddPayeeOutcome::AddedBefore(payee) => (payee, true),
        AddPayeeOutcome::OfAnother => return Err(payee_taken(fingerprint).into()),
        AddPayeeOutcome::TooMany => {
            let detail = format!(
                "You have {} bank accounts, or have added {} in total, the maximum. Remove one or ask support.",
                Store::PAYEES_MAX,
                Store::PAYEES_EVER_MAX
            );
            return Err(Problem::new(ProblemKind::TooManyPayees, detail).into());
        }
    };
    let data = PayeeBody::from(&payee);
    Ok(Answer::new(StatusCode::CREATED, Data { data }).replayed(is_replay))
}

async fn list_payees(
    State(context): State<Context>,
    caller: Caller,
) -> Result<Answer<PayeeListAnswer>, Refusal> {
    Ok(Answer::ok(PayeeListAnswer::new(context.store.list_payees(caller.user).await?)))
}

async fn remove_payee(
    State(context): State<Context>,
    caller: Caller,
    Path(payee_id): Path<String>,
) -> Result<Answer<Data<PayeeBody>>, Refusal> {
    // A malformed id is an unknown payee.
    let id: PayeeId = payee_id.parse().map_err(|_| unknown_payee())?;
    let removed = context.store.remove_payee(caller.user, &id, context.clock.now()).await?;
    let (payee, is_replay) = match removed {
        RemovePayeeOutcome::Unknown => return Err(unknown_payee().into()),
        RemovePayeeOutcome::RemovedBefore(payee) => (payee, true),
        RemovePayeeOutcome::Awaited => {
            let detail = "The bank account cannot be removed while a withdrawal is unfinished. Wait until it \
                          ends, or cancel it.";
            return Err(Problem::new(ProblemKind::OrderState, detail).about_field("payeeId").into());
        }
        RemovePayeeOutcome::Removed(payee) => (payee, false),
    };
    Ok(Answer::ok(Data { data: PayeeBody::from(&payee) }).replayed(is_replay))
}

/// The problem contains a reference by which a cashier finds the account. It is always the same for the same account,
/// and reveals nothing about it.
fn payee_taken(fingerprint: Digest) -> Problem {
    let detail = "This bank account belongs to another player, and an account can have only one. If it is \
                  yours, send support the reference and a proof.";
    Problem::new(ProblemKind::PayeeTaken, detail).about_field("account").about_reference(fingerprint)
}

pub(crate) fn unknown_payee() -> Problem {
    let detail = "You have no such bank account. Choose one of yours, or add it.";
    Problem::new(ProblemKind::NotFound, detail).about_field("payeeId")
}
