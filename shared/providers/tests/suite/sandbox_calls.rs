//! Calls of the sandbox provider over a socket.

use crate::common::served::SandboxServer;
use crate::common::{account, first, guarded, inr, only_payment, order_id, payout, payout_in, terms, until};
use evens_payments::{
    CallError, Direction, PaymentReport, PaymentState, PayoutReport, PayoutState, ReportSource,
};
use evens_providers::{PaymentProvider, PaymentRequest, RefundRequest, Sandbox, SandboxSettings, Sending};

#[tokio::test]
async fn a_payment_is_opened_paid_and_found() {
    let served = SandboxServer::start().await;
    let provider = served.provider();
    let terms = terms(Direction::Deposit, "sandbox");
    assert_eq!(provider.find_payments(terms.id).await.unwrap(), []);

    let opened = provider.open_payment(first(&terms)).await.unwrap();
    assert!(opened.checkout.parameters().is_empty());
    assert_eq!(format!("{:?}", opened.checkout), "Checkout(at 127.0.0.1)");
    let open = only_payment(&provider, terms.id).await;
    assert_eq!(
        open,
        PaymentReport {
            provider: terms.provider.clone(),
            id: opened.id.clone(),
            reference: terms.id,
            money: inr("100.50"),
            state: PaymentState::Open,
            at: open.at,
            source: ReportSource::Asked,
        }
    );

    served.press(&opened, "fail").await;
    assert_eq!(only_payment(&provider, terms.id).await.state, PaymentState::Failed);
    served.press(&opened, "pay").await;
    assert_eq!(only_payment(&provider, terms.id).await.state, PaymentState::Paid);
}

#[tokio::test]
async fn a_repeat_opens_the_same_payment() {
    let served = SandboxServer::start().await;
    let provider = served.provider();
    let terms = terms(Direction::Deposit, "sandbox");
    let opened = provider.open_payment(first(&terms)).await.unwrap();
    let again = PaymentRequest { terms: &terms, sending: Sending::Repeat };
    assert_eq!(provider.open_payment(again).await.unwrap(), opened);
    assert_eq!(served.state().await["payments"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_payout_is_sent_once_and_ends_as_its_account_says() {
    #[rustfmt::skip]
    let table = [
        ("account-1",  PayoutState::Paid),
        ("fail-1",     PayoutState::Failed),
        ("reverse-1",  PayoutState::Returned),
        ("return-1",   PayoutState::Returned),
    ];
    for (to, end) in table {
        let served = SandboxServer::start().await;
        let provider = served.provider();
        let (terms, account) = (terms(Direction::Withdrawal, "sandbox"), account(to));
        assert_eq!(provider.find_payouts(terms.id).await.unwrap(), []);
        let sent = provider.send_payout(payout(&terms, &account, Sending::First)).await.unwrap();
        let expected = PayoutReport {
            provider: terms.provider.clone(),
            id: sent.id.clone(),
            reference: terms.id,
            money: inr("100.50"),
            state: PayoutState::Processing,
            at: sent.at,
            source: ReportSource::Asked,
        };
        assert_eq!(sent, expected, "{to}");
        let again = provider.send_payout(payout(&terms, &account, Sending::Repeat)).await.unwrap();
        assert_eq!(again.id, sent.id, "{to}");
        let ended = payout_in(&provider, terms.id, end).await;
        assert_eq!(ended, PayoutReport { state: end, at: ended.at, ..sent }, "{to}");
        let state = served.state().await;
        assert_eq!(
            (state["payouts"].as_array().unwrap().len(), &state["payouts"][0]["account"]),
            (1, &to.into())
        );
    }
}

#[tokio::test]
async fn a_new_attempt_is_another_payout() {
    let served = SandboxServer::start().await;
    let provider = served.provider();
    let (terms, account) = (terms(Direction::Withdrawal, "sandbox"), account("fail-1"));
    let one = payout(&terms, &account, Sending::First);
    provider.send_payout(one).await.unwrap();
    provider.send_payout(evens_providers::PayoutRequest { attempt: 2, ..one }).await.unwrap();
    let found = until(|| provider.find_payouts(terms.id), |found| found.len() == 2).await;
    assert_ne!(found[0].id, found[1].id);
}

#[tokio::test]
async fn a_payment_is_given_back_in_parts_and_never_more_than_there_is() {
    let served = SandboxServer::start().await;
    let provider = served.provider();
    let terms = terms(Direction::Deposit, "sandbox");
    let opened = provider.open_payment(first(&terms)).await.unwrap();
    let request = RefundRequest {
        reference: terms.id,
        payment: &opened.id,
        money: inr("60"),
        attempt: 1,
        sending: Sending::First,
    };
    // The payment is still unpaid. The answer is 409, which could also mean that the key was used.
    assert_eq!(provider.refund(request).await, Err(CallError::Unknown));
    served.press(&opened, "pay").await;
    let refund = provider.refund(request).await.unwrap();
    assert_eq!(
        (refund.reference, refund.money, refund.state),
        (terms.id, inr("60"), PayoutState::Processing)
    );
    assert_eq!(provider.refund(request).await.unwrap().id, refund.id);
    let more = RefundRequest { attempt: 2, ..request };
    let refused = CallError::Refused { code: "refund-too-large".to_owned() };
    assert_eq!(provider.refund(more).await, Err(refused));
    let repeated = RefundRequest { sending: Sending::Repeat, ..more };
    assert_eq!(guarded(served.provider()).refund(repeated).await, Err(CallError::Unknown));
}

#[tokio::test]
async fn an_id_that_fits_no_url_is_refused_without_a_call() {
    let served = SandboxServer::start().await;
    let provider = served.provider();
    for id in ["pay_1/../../payouts", "pay?x", "pay#x", "pay%2F", "."] {
        let request = RefundRequest {
            reference: order_id(Direction::Deposit),
            payment: &id.parse().unwrap(),
            money: inr("1"),
            attempt: 1,
            sending: Sending::First,
        };
        let refused = CallError::Refused { code: "unwritable".to_owned() };
        assert_eq!(provider.refund(request).await, Err(refused), "{id}");
    }
}

#[tokio::test]
async fn a_call_with_an_unknown_key_is_refused() {
    let served = SandboxServer::start().await;
    let key = "another-key-0123456789".parse().unwrap();
    let provider = Sandbox::new(SandboxSettings { key, ..served.settings() }).unwrap();
    let refused = CallError::Refused { code: "unauthorized".to_owned() };
    assert_eq!(provider.find_payouts(order_id(Direction::Withdrawal)).await, Err(refused));
}
