//! Errors of the port if Razorpay refuses, fails or does not answer.

use crate::common::played::{Answer, ScriptedServer, collection, refusal};
use crate::common::statements::fetched;
use crate::common::{account, first, guarded, inr, order_id, payout, terms};
use evens_payments::{CallError, Direction};
use evens_providers::{PaymentProvider, PaymentRequest, RefundRequest, Sending};
use serde_json::json;

/// The position of the payout among the calls.
const PAYOUT: usize = 3;

const BAD_REQUEST: &str = "BAD_REQUEST_ERROR";

/// The error of each call, all with this answer. A payout first reads its account.
async fn ends(answer: &Answer) -> Vec<CallError> {
    let (deposit, withdrawal) =
        (terms(Direction::Deposit, "razorpay"), terms(Direction::Withdrawal, "razorpay"));
    let (to, payment) = (account("fa_1"), "pay_1".parse().unwrap());
    let refund = RefundRequest {
        reference: deposit.id,
        payment: &payment,
        money: inr("1"),
        attempt: 1,
        sending: Sending::First,
    };
    let played = ScriptedServer::start(vec![answer.clone(); 6]).await;
    let provider = played.provider();
    let ends = vec![
        provider.open_payment(first(&deposit)).await.unwrap_err(),
        provider.find_payments(deposit.id).await.unwrap_err(),
        provider.refund(refund).await.unwrap_err(),
        provider.send_payout(payout(&withdrawal, &to, Sending::First)).await.unwrap_err(),
        provider.find_payouts(withdrawal.id).await.unwrap_err(),
        fetched(&provider, "2026-03-01".parse().unwrap()).await.unwrap_err(),
    ];
    assert_eq!(played.asked().len(), 6);
    ends
}

#[tokio::test]
async fn failures_are_refusals_or_unknown_results() {
    let refused = |code: &str| CallError::Refused { code: code.to_owned() };
    let failure = |status, code, reason| Answer::Failure(status, refusal(code, reason));
    #[rustfmt::skip]
    let table = [
        (failure(400, BAD_REQUEST, "input_validation_failed"),  refused("input_validation_failed")),
        (failure(400, BAD_REQUEST, "NA"),                       refused(BAD_REQUEST)),
        (failure(400, BAD_REQUEST, "null"),                     refused(BAD_REQUEST)),
        (failure(400, BAD_REQUEST, "a text, +9198"),            refused("http-400")),
        (failure(401, BAD_REQUEST, "NA"),                       refused(BAD_REQUEST)),
        (failure(404, BAD_REQUEST, "NA"),                       refused(BAD_REQUEST)),
        (Answer::Failure(400, json!({ "error": "closed" })),    refused("http-400")),
        (Answer::Text(403, "<html>"),                           refused("http-403")),
        (failure(400, "SERVER_ERROR", "server_error"),          CallError::Unknown),
        (failure(400, "GATEWAY_ERROR", "payment_timed_out"),    CallError::Unknown),
        (failure(400, "INTERNAL_SERVER_ERROR", "NA"),           CallError::Unknown),
        (failure(409, BAD_REQUEST, "NA"),                       CallError::Unknown),
        (failure(429, BAD_REQUEST, "NA"),                       CallError::Unknown),
        (failure(500, "SERVER_ERROR", "NA"),                    CallError::Unknown),
        (failure(502, "GATEWAY_ERROR", "NA"),                   CallError::Unknown),
        (Answer::Text(504, ""),                                 CallError::Unknown),
        (Answer::Text(301, "moved"),                            CallError::Unknown),
        (Answer::Text(200, "<html>"),                           CallError::Unknown),
        (Answer::Text(200, ""),                                 CallError::Unknown),
        (Answer::Json(json!({ "entity": "collection" })),       CallError::Unknown),
        (Answer::Cut,                                           CallError::Unknown),
    ];
    for (answer, expected) in table {
        let mut each = vec![expected; 6];
        if each[PAYOUT] == CallError::Unknown {
            each[PAYOUT] = CallError::NotSent;
        }
        assert_eq!(ends(&answer).await, each, "{answer:?}");
    }
}

#[tokio::test]
async fn a_hanging_call_is_given_up() {
    let played = ScriptedServer::start([Answer::Never, collection(&[])]).await;
    let provider = guarded(played.provider());
    let (terms, account) = (terms(Direction::Withdrawal, "razorpay"), account("fa_1"));
    // A paused clock advances by itself while the runtime is idle.
    tokio::time::pause();
    let sent = provider.send_payout(payout(&terms, &account, Sending::First)).await;
    tokio::time::resume();
    assert_eq!(sent, Err(CallError::Unknown));
    assert_eq!(provider.find_payouts(terms.id).await, Ok(Vec::new()));
}

#[tokio::test]
async fn a_refusal_of_a_repeat_may_be_of_its_key_alone() {
    let refusal = Answer::Failure(400, refusal(BAD_REQUEST, "NA"));
    let played = ScriptedServer::start([refusal.clone(), refusal]).await;
    let provider = guarded(played.provider());
    let (terms, account) = (terms(Direction::Withdrawal, "razorpay"), account("fa_1"));
    let sent = provider.send_payout(payout(&terms, &account, Sending::First)).await;
    assert_eq!(sent, Err(CallError::Refused { code: BAD_REQUEST.to_owned() }));
    let sent = provider.send_payout(payout(&terms, &account, Sending::Repeat)).await;
    assert_eq!(sent, Err(CallError::Unknown));
}

#[tokio::test]
async fn a_repeat_that_cannot_look_makes_nothing() {
    let played = ScriptedServer::start([Answer::Text(500, ""), Answer::Cut]).await;
    let provider = played.provider();
    let terms = terms(Direction::Deposit, "razorpay");
    let open = PaymentRequest { terms: &terms, sending: Sending::Repeat };
    assert_eq!(provider.open_payment(open).await, Err(CallError::Unknown));
    let refund = RefundRequest {
        reference: order_id(Direction::Deposit),
        payment: &"pay_1".parse().unwrap(),
        money: inr("1"),
        attempt: 1,
        sending: Sending::Repeat,
    };
    assert_eq!(provider.refund(refund).await, Err(CallError::Unknown));
    assert!(played.asked_what().iter().all(|asked| asked.starts_with("GET ")), "{:?}", played.asked_what());
}

#[tokio::test]
async fn an_id_that_fits_no_url_is_refused_without_a_call() {
    let played = ScriptedServer::start([]).await;
    for id in ["pay_1/../../payouts", "pay?x", "pay%2F", "."] {
        let request = RefundRequest {
            reference: order_id(Direction::Deposit),
            payment: &id.parse().unwrap(),
            money: inr("1"),
            attempt: 1,
            sending: Sending::Repeat,
        };
        let refused = CallError::Refused { code: "unwritable".to_owned() };
        assert_eq!(played.provider().refund(request).await, Err(refused), "{id}");
    }
    assert!(played.asked().is_empty());
}
