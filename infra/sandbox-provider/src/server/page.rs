//! The page on which a payer pays, fails or leaves. It needs no script and escapes everything it shows.

use super::Server;
use super::problem::Problem;
use crate::core::{Payment, PaymentId, PaymentStatus, Refusal};
use axum::Router;
use axum::extract::{Path, State as Shared};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use std::sync::Arc;

/// Browsers must not cache the page, run scripts, show it in a frame, or reveal its address.
const HEADERS: [(HeaderName, &str); 4] = [
    (header::CACHE_CONTROL, "no-store"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
];

/// The payment id in the URL is the payer's only credential, so no key is required.
pub(super) fn router() -> Router<Arc<Server>> {
    Router::new()
        .route("/pay/page.css", get(style))
        .route("/pay/{id}", get(show))
        .route("/pay/{id}/pay", post(pay))
        .route("/pay/{id}/fail", post(fail))
        .route("/pay/{id}/leave", post(leave))
}

async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("page.css"))
}

async fn show(Shared(server): Shared<Arc<Server>>, Path(id): Path<String>) -> Result<Response, Problem> {
    let payment = find(&server, &id).await?;
    Ok(page(StatusCode::OK, &payment))
}

async fn pay(Shared(server): Shared<Arc<Server>>, Path(id): Path<String>) -> Result<Response, Problem> {
    let payment = find(&server, &id).await?.id;
    let paid = server.state.change(|core, now| core.pay(payment, now)).await?;
    done(&server, payment, paid).await
}

async fn fail(Shared(server): Shared<Arc<Server>>, Path(id): Path<String>) -> Result<Response, Problem> {
    let payment = find(&server, &id).await?.id;
    let failed = server.state.change(|core, now| core.fail(payment, now)).await?;
    done(&server, payment, failed).await
}

/// Redirects without changing the payment.
async fn leave(Shared(server): Shared<Arc<Server>>, Path(id): Path<String>) -> Result<Response, Problem> {
    let payment = find(&server, &id).await?;
    Ok(go_back(&payment))
}

async fn find(server: &Server, id: &str) -> Result<Payment, Problem> {
    let id: PaymentId = id.parse().map_err(|_| Problem::no_such("payment"))?;
    let payment = server.state.look(|core, _| core.payment(id).cloned()).await?;
    payment.ok_or_else(|| Problem::no_such("payment"))
}

/// Redirects to the caller's site. If the action failed, shows the page in its current state.
async fn done(server: &Server, id: PaymentId, result: Result<Payment, Refusal>) -> Result<Response, Problem> {
    match result {
        Ok(payment) => Ok(go_back(&payment)),
        Err(_) => Ok(page(StatusCode::CONFLICT, &find(server, &id.to_string()).await?)),
    }
}

fn go_back(payment: &Payment) -> Response {
    let here = format!("/pay/{}", payment.id);
    let to = payment.return_url.as_ref().map_or(here.as_str(), |url| url.as_str());
    (HEADERS, Redirect::to(to)).into_response()
}

fn page(status: StatusCode, payment: &Payment) -> Response {
    (status, HEADERS, Html(html(payment))).into_response()
}

fn html(payment: &Payment) -> String {
    let Payment { id, reference, status, .. } = payment;
    let (amount, reference) = (amount(payment), escape(reference.as_str()));
    let (status, sign, sentence) = match status {
        PaymentStatus::Open => ("open", "", "Choose how this payment ends."),
        PaymentStatus::Succeeded if payment.return_url.is_none() => {
            ("succeeded", "✓ ", "Paid. You can close this page.")
        }
        PaymentStatus::Succeeded => ("succeeded", "✓ ", "Paid."),
        PaymentStatus::Failed => ("failed", "! ", "The payment has failed. You can try again."),
        PaymentStatus::Disputed => ("disputed", "! ", "The payer disputes this payment."),
    };
    let forms: String = acts(payment).iter().map(|(act, label)| form(*id, act, label)).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>Pay {amount} (sandbox)</title>\n<link rel=\"stylesheet\" href=\"/pay/page.css\">\n\
         </head>\n<body>\n<main>\n<h1>Sandbox payment</h1>\n\
         <p class=\"note\">No real money moves here.</p>\n<p class=\"amount\">{amount}</p>\n\
         <p class=\"status {status}\" role=\"status\">{sign}{sentence}</p>\n{forms}\
         <dl><dt>Reference</dt><dd>{reference}</dd></dl>\n</main>\n</body>\n</html>\n"
    )
}

/// The amount as a person reads it: `INR 1,234.50`.
fn amount(payment: &Payment) -> String {
    let Payment { amount, currency, .. } = payment;
    let decimals = iso_currency::Currency::from_code(&currency.to_string())
        .and_then(iso_currency::Currency::exponent)
        .map_or(0, usize::from);
    let digits = format!("{:0>width$}", amount.units(), width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    let grouped = whole.char_indices().map(|(index, digit)| {
        let is_next_group = index > 0 && (whole.len() - index).is_multiple_of(3);
        format!("{}{digit}", if is_next_group { "," } else { "" })
    });
    let point = if decimals == 0 { "" } else { "." };
    format!("{currency} {}{point}{fraction}", grouped.collect::<String>())
}

/// The acts that a payer can choose, each with its label. There is a way back where the payment has a return address.
fn acts(payment: &Payment) -> &'static [(&'static str, &'static str)] {
    const PAY: (&str, &str) = ("pay", "Pay");
    const FAIL: (&str, &str) = ("fail", "Let the payment fail");
    const LEAVE: (&str, &str) = ("leave", "Leave without paying");
    const BACK: (&str, &str) = ("leave", "Go back");
    match payment.status {
        PaymentStatus::Open => &[PAY, FAIL, LEAVE],
        PaymentStatus::Failed => &[PAY, LEAVE],
        PaymentStatus::Succeeded | PaymentStatus::Disputed if payment.return_url.is_some() => &[BACK],
        PaymentStatus::Succeeded | PaymentStatus::Disputed => &[],
    }
}

fn form(id: PaymentId, act: &str, label: &str) -> String {
    format!("<form method=\"post\" action=\"/pay/{id}/{act}\"><button>{label}</button></form>\n")
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
