//! The routes of the API, with authentication.

use super::fields::{Fields, idempotency_key};
use super::problem::Problem;
use super::{Server, faulty, page, views};
use crate::core::{
    AccountNumber, Currency, Fault, MakeRefund, OpenPayment, Operation, PendingFault, Reference, ReturnUrl,
    SendPayout,
};
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Json, Router};
use jiff::civil::Date;
use ring::rand::{SecureRandom, SystemRandom};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

const BODY_BYTES_MAX: usize = 64 * 1024;

/// The largest number of occurrences of a fault.
const FAULT_TIMES_MAX: u32 = 1_000_000;

type GetAnswer = Result<Json<Value>, Problem>;
type CreateAnswer = Result<(StatusCode, Json<Value>), Problem>;

pub(super) fn router(server: Arc<Server>) -> Router {
    // Faults affect one call, and only of callers with the key.
    let faulty = |operation: Operation, handler: MethodRouter<Arc<Server>>| {
        let state = Arc::clone(&server.state);
        handler
            .layer(from_fn(move |request, next| faulty::call(Arc::clone(&state), operation, request, next)))
    };
    let payments = faulty(Operation::OpenPayment, post(open_payment))
        .merge(faulty(Operation::FindPayments, get(find_payments)));
    let payouts = faulty(Operation::SendPayout, post(send_payout))
        .merge(faulty(Operation::FindPayouts, get(find_payouts)));
    let api = Router::new()
        .route("/v1/payments", payments)
        .route("/v1/payments/{id}", faulty(Operation::GetPayment, get(get_payment)))
        .route("/v1/payments/{id}/refunds", faulty(Operation::MakeRefund, post(make_refund)))
        .route("/v1/refunds/{id}", faulty(Operation::GetRefund, get(get_refund)))
        .route("/v1/payouts", payouts)
        .route("/v1/payouts/{id}", faulty(Operation::GetPayout, get(get_payout)))
        .route("/v1/statements/{file}", faulty(Operation::Statement, get(statement)))
        .route("/_faults", post(add_fault))
        .route("/_state", get(everything))
        .route_layer(from_fn_with_state(Arc::clone(&server), authenticate));
    api.merge(page::router())
        .fallback(async || Problem::no_such("path"))
        .method_not_allowed_fallback(async || {
            let message = "this path does not support that method";
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", message)
        })
        .layer(from_fn(read_body))
        .with_state(server)
}

async fn authenticate(Shared(server): Shared<Arc<Server>>, request: Request, next: Next) -> Response {
    let authorization = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if authorization.is_some_and(|value| server.key.is_in(value)) {
        next.run(request).await
    } else {
        Problem::unauthorized().into_response()
    }
}

/// Reads the whole body first, so that the rest does not depend on the connection.
async fn read_body(request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, BODY_BYTES_MAX).await else {
        let message = format!("the body may have at most {BODY_BYTES_MAX} bytes");
        return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", message).into_response();
    };
    next.run(Request::from_parts(head, Body::from(bytes))).await
}

async fn open_payment(Shared(server): Shared<Arc<Server>>, headers: HeaderMap, body: Bytes) -> CreateAnswer {
    let key = idempotency_key(&headers)?;
    let mut fields = Fields::parse(&body)?;
    let request = OpenPayment {
        amount: fields.amount()?,
        currency: fields.text("currency", Currency::parse)?,
        reference: fields.text("reference", Reference::parse)?,
        return_url: fields.optional_text("returnUrl", ReturnUrl::parse)?,
    };
    fields.end()?;
    let bits = random_bits()?;
    let payment = server.state.change(|core, now| core.open_payment(key, request, bits, now)).await??;
    Ok(created(views::payment(&payment, &server.base_url)))
}

async fn get_payment(Shared(server): Shared<Arc<Server>>, Path(id): Path<String>) -> GetAnswer {
    let id = id.parse().map_err(|_| Problem::no_such("payment"))?;
    let payment = server.state.look(|core, _| core.payment(id).cloned()).await?;
    let payment = payment.ok_or_else(|| Problem::no_such("payment"))?;
    Ok(Json(views::payment(&payment, &server.base_url)))
}

async fn find_payments(Shared(server): Shared<Arc<Server>>, query: FindQuery) -> GetAnswer {
    let reference = searched(query)?;
    let found: Vec<_> = server.state.look(|core, _| core.payments_of(&reference).cloned().collect()).await?;
    let views: Vec<_> = found.iter().map(|payment| views::payment(payment, &server.base_url)).collect();
    Ok(Json(json!({ "payments": views })))
}

async fn make_refund(
    Shared(server): Shared<Arc<Server>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> CreateAnswer {
    let payment = id.parse().map_err(|_| Problem::no_such("payment"))?;
    let key = idempotency_key(&headers)?;
    let mut fields = Fields::parse(&body)?;
    let request = MakeRefund { payment, amount: fields.amount()? };
    fields.end()?;
    let bits = random_bits()?;
    let refund = server.state.change(|core, now| core.make_refund(key, request, bits, now)).await??;
    Ok(created(views::refund(&refund)))
}

async fn get_refund(Shared(server): Shared<Arc<Server>>, Path(id): Path<String>) -> GetAnswer {
    let id = id.parse().map_err(|_| Problem::no_such("refund"))?;
    let refund = server.state.look(|core, _| core.refund(id).cloned()).await?;
    Ok(Json(views::refund(&refund.ok_or_else(|| Problem::no_such("refund"))?)))
}

async fn send_payout(Shared(server): Shared<Arc<Server>>, headers: HeaderMap, body: Bytes) -> CreateAnswer {
    let key = idempotency_key(&headers)?;
    let mut fields = Fields::parse(&body)?;
    let request = SendPayout {
        amount: fields.amount()?,
        currency: fields.text("currency", Currency::parse)?,
        reference: fields.text("reference", Reference::parse)?,
        account: fields.text("account", AccountNumber::parse)?,
    };
    fields.end()?;
    let bits = random_bits()?;
    let payout = server.state.change(|core, now| core.send_payout(key, request, bits, now)).await??;
    Ok(created(views::payout(&payout)))
}

async fn get_payout(Shared(server): Shared<Arc<Server>>, Path(id): Path<String>) -> GetAnswer {
    let id = id.parse().map_err(|_| Problem::no_such("payout"))?;
    let payout = server.state.look(|core, _| core.payout(id).cloned()).await?;
    Ok(Json(views::payout(&payout.ok_or_else(|| Problem::no_such("payout"))?)))
}

async fn find_payouts(Shared(server): Shared<Arc<Server>>, query: FindQuery) -> GetAnswer {
    let reference = searched(query)?;
    let found: Vec<_> = server.state.look(|core, _| core.payouts_of(&reference).cloned().collect()).await?;
    Ok(Json(json!({ "payouts": found.iter().map(views::payout).collect::<Vec<_>>() })))
}

async fn statement(
    Shared(server): Shared<Arc<Server>>,
    Path(file): Path<String>,
) -> Result<Response, Problem> {
    let day = file.strip_suffix(".csv").ok_or_else(|| Problem::no_such("statement"))?;
    let day: Date = day.parse().map_err(|_| Problem::field("day", "write the day as 2026-03-01"))?;
    let statement = server.state.look(|core, _| core.statement(day)).await?;
    let csv = statement.to_csv().map_err(|error| {
        tracing::error!(%error, "Could not write a statement: {error}");
        Problem::unwritten("the statement cannot be written")
    })?;
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present")], csv).into_response())
}

async fn add_fault(Shared(server): Shared<Arc<Server>>, body: Bytes) -> CreateAnswer {
    let mut fields = Fields::parse(&body)?;
    let on = fields.text("on", |text| Ok(text.to_owned()))?;
    let what = fields.text("do", |text| Ok(text.to_owned()))?;
    let times = fields.count("times", FAULT_TIMES_MAX)?;
    fields.end()?;
    let fault = PendingFault { fault: Fault::parse(&on, &what)?, times };
    server.state.change(|core, _| core.add_fault(fault)).await?;
    Ok(created(json!(fault)))
}

async fn everything(Shared(server): Shared<Arc<Server>>) -> GetAnswer {
    Ok(Json(server.state.look(|core, _| views::everything(core, &server.base_url)).await?))
}

type FindQuery = Result<Query<Find>, QueryRejection>;

#[derive(Deserialize)]
struct Find {
    reference: String,
}

fn searched(query: FindQuery) -> Result<Reference, Problem> {
    const NAME: &str = "reference";
    let Query(find) = query.map_err(|_| Problem::field(NAME, "exactly one reference is required"))?;
    Reference::parse(&find.reference).map_err(|error| Problem::value(NAME, error))
}

fn created(body: Value) -> (StatusCode, Json<Value>) {
    (StatusCode::CREATED, Json(body))
}

/// Random bits for the id of a record.
fn random_bits() -> Result<u128, Problem> {
    let mut bytes = [0; 16];
    SystemRandom::new().fill(&mut bytes).map_err(|_| {
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "unavailable",
            "the system's random number generator failed",
        )
    })?;
    Ok(u128::from_ne_bytes(bytes))
}
