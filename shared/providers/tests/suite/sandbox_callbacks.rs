//! Callbacks of the sandbox provider, received over a socket.

use crate::common::served::{Callback, SandboxServer};
use crate::common::{account, first, inr, payout, terms};
use evens_ledger::Digest;
use evens_outbound::Signer;
use evens_payments::{
    Currency, Direction, DisputeReport, DisputeState, Money, OrderTerms, PaymentReport, PaymentState,
    PayoutReport, PayoutState, ProviderEvent, RefundReport, ReportSource,
};
use evens_providers::{
    EventFault, PaymentProvider, PendingPayment, RefundRequest, Sandbox, Sending, SignatureFault, Verified,
};
use jiff::Timestamp;

/// The parsed payment callback, if it is authentic.
type CallbackResult = Result<Result<Money, EventFault>, SignatureFault>;

fn verify<'a>(provider: &Sandbox, (headers, body): &'a Callback) -> Result<Verified<'a>, SignatureFault> {
    provider.verify(headers, body, Timestamp::now())
}

/// The event of the next callback.
async fn next(served: &mut SandboxServer, provider: &Sandbox) -> Result<ProviderEvent, EventFault> {
    let callback = served.callback().await;
    let events = provider.read(verify(provider, &callback).unwrap());
    events.map(|mut events| {
        assert_eq!(events.len(), 1, "{events:?}");
        events.remove(0)
    })
}

/// An opened payment whose callback will have that fault.
async fn opened(fault: Option<(&str, &str)>) -> (SandboxServer, Sandbox, OrderTerms, PendingPayment) {
    let served = SandboxServer::start().await;
    if let Some((on, what)) = fault {
        served.fault(on, what, 1).await;
    }
    let (provider, terms) = (served.provider(), terms(Direction::Deposit, "sandbox"));
    let opened = provider.open_payment(first(&terms)).await.unwrap();
    (served, provider, terms, opened)
}

#[tokio::test]
async fn reports_of_a_payment_are_read() {
    let (mut served, provider, terms, opened) = opened(Some(("payment", "dispute"))).await;
    served.press(&opened, "fail").await;
    let ProviderEvent::Payment(failed) = next(&mut served, &provider).await.unwrap() else { panic!() };
    assert_eq!((failed.state, &failed.id), (PaymentState::Failed, &opened.id));

    served.press(&opened, "pay").await;
    let callback = served.callback().await;
    let events = provider.read(verify(&provider, &callback).unwrap()).unwrap();
    let [ProviderEvent::Payment(paid)] = events.as_slice() else { panic!("{events:?}") };
    let source = ReportSource::Callback(Digest::of(&callback.1));
    let expected = PaymentReport {
        provider: terms.provider.clone(),
        id: opened.id.clone(),
        reference: terms.id,
        money: inr("100.50"),
        state: PaymentState::Paid,
        at: paid.at,
        source,
    };
    assert_eq!(*paid, expected);

    let ProviderEvent::Dispute(dispute) = next(&mut served, &provider).await.unwrap() else { panic!() };
    let expected = DisputeReport {
        provider: terms.provider.clone(),
        id: opened.id.as_str().parse().unwrap(),
        reference: Some(terms.id),
        state: DisputeState::Lost,
        source: dispute.source,
    };
    assert_eq!(dispute, expected);
    let found = provider.find_payments(terms.id).await.unwrap();
    assert_eq!(found[0].state, PaymentState::Failed, "its money is gone");
    let asked = provider.find_dispute(&dispute).await.unwrap().expect("it has one");
    let known = (asked.reference, asked.payment, asked.money, asked.state);
    assert_eq!(known, (terms.id, opened.id.clone(), inr("100.50"), DisputeState::Lost));
    let made_up = DisputeReport { id: "pay_1".parse().unwrap(), ..dispute };
    assert_eq!(provider.find_dispute(&made_up).await, Ok(None));
}

/// A query returns the current state. The answer to the key alone stays that of the first call.
#[tokio::test]
async fn reports_of_a_refund_are_read() {
    for (fault, state) in [(None, PayoutState::Paid), (Some(("refund", "fail")), PayoutState::Failed)] {
        let (mut served, provider, terms, opened) = opened(fault).await;
        served.press(&opened, "pay").await;
        next(&mut served, &provider).await.unwrap();
        let request = RefundRequest {
            reference: terms.id,
            payment: &opened.id,
            money: inr("100.50"),
            attempt: 1,
            sending: Sending::First,
        };
        let refund = provider.refund(request).await.unwrap();
        let ProviderEvent::Refund(actual) = next(&mut served, &provider).await.unwrap() else { panic!() };
        assert_eq!(actual, RefundReport { state, source: actual.source, ..refund.clone() });
        let repeat = RefundRequest { sending: Sending::Repeat, ..request };
        assert_eq!(provider.refund(repeat).await, Ok(RefundReport { state, ..refund.clone() }));
        assert_eq!(provider.refund(request).await, Ok(refund));
        let other = provider.refund(RefundRequest { attempt: 2, ..repeat }).await;
        assert_eq!(
            other.is_ok(),
            state == PayoutState::Failed,
            "what failed may go back once more: {other:?}"
        );
    }
}

#[tokio::test]
async fn reports_of_a_payout_are_read() {
    #[rustfmt::skip]
    let table: [(&str, &[PayoutState]); 4] = [
        ("account-1",  &[PayoutState::Paid]),
        ("fail-1",     &[PayoutState::Failed]),
        ("reverse-1",  &[PayoutState::Returned]),
        ("return-1",   &[PayoutState::Paid, PayoutState::Returned]),
    ];
    for (to, states) in table {
        let mut served = SandboxServer::start().await;
        let provider = served.provider();
        let (terms, account) = (terms(Direction::Withdrawal, "sandbox"), account(to));
        let sent = provider.send_payout(payout(&terms, &account, Sending::First)).await.unwrap();
        for state in states {
            let ProviderEvent::Payout(actual) = next(&mut served, &provider).await.unwrap() else { panic!() };
            let (at, source) = (actual.at, actual.source);
            assert_eq!(actual, PayoutReport { state: *state, at, source, ..sent.clone() }, "{to}");
        }
    }
}

#[tokio::test]
async fn callbacks_that_are_not_what_they_should_be() {
    let money = |minor_units, currency| Money::from_minor_units(minor_units, currency).unwrap();
    #[rustfmt::skip]
    let table: [(&str, CallbackResult); 6] = [
        ("wrong-signature",   Err(SignatureFault::Wrong)),
        ("old-time",          Err(SignatureFault::TimeOff)),
        ("garbage",           Ok(Err(EventFault::Unreadable))),
        ("foreign-reference", Ok(Err(EventFault::ForeignReference))),
        ("wrong-amount",      Ok(Ok(money(10_051, Currency::INR)))),
        ("wrong-currency",    Ok(Ok(money(10_050, Currency::XTS)))),
    ];
    for (fault, expected) in table {
        let (mut served, provider, _, opened) = opened(Some(("callback", fault))).await;
        served.press(&opened, "pay").await;
        let callback = served.callback().await;
        let actual = verify(&provider, &callback).map(|verified| {
            provider.read(verified).map(|events| match events.as_slice() {
                [ProviderEvent::Payment(report)] => report.money,
                other => panic!("{fault}: {other:?}"),
            })
        });
        assert_eq!(actual, expected, "{fault}");
    }
}

#[tokio::test]
async fn a_callback_that_comes_twice_is_the_same_one() {
    let (mut served, provider, _, opened) = opened(Some(("payment.succeeded", "duplicate"))).await;
    served.press(&opened, "pay").await;
    let [one, other] = [served.callback().await, served.callback().await];
    let [one, other] = [&one, &other].map(|callback| verify(&provider, callback).unwrap());
    assert_eq!(one.digest(), other.digest());
    assert_eq!(provider.read(one), provider.read(other));
}

#[test]
fn bodies_that_are_signed_and_read_in_one_way_or_not_at_all() {
    let settings = evens_providers::SandboxSettings {
        name: "sandbox".parse().unwrap(),
        endpoint: "http://127.0.0.1:1".parse().unwrap(),
        key: crate::common::served::KEY.parse().unwrap(),
        secrets: crate::common::served::SECRET.parse().unwrap(),
    };
    let provider = Sandbox::new(settings).unwrap();
    let order = crate::common::order_id(Direction::Deposit);
    let body = |kind: &str, data: &str| format!(r#"{{"type":"{kind}","data":{{{data}}}}}"#);
    let data = |amount: &str, currency: &str, status: &str| {
        let about = format!(r#""id":"pay_1","reference":"{order}","at":"2026-03-01T00:00:00Z""#);
        format!(r#"{about},"amount":{amount},"currency":"{currency}","status":"{status}""#)
    };
    let paid = |amount: &str| body("payment.succeeded", &data(amount, "INR", "succeeded"));
    let twice = format!(r#"{},"amount":1"#, data("10050", "INR", "succeeded"));
    let field = |name| Err(EventFault::Field(name));
    #[rustfmt::skip]
    let table = [
        (String::new(),                                                       Err(EventFault::Unreadable)),
        ("[]".to_owned(),                                                     Err(EventFault::Unreadable)),
        (format!("{}x", paid("10050")),                                       Err(EventFault::Unreadable)),
        (body("payment.succeeded", r#""id":"pay_1""#),                        Err(EventFault::Unreadable)),
        (body("payment.succeeded", &twice),                                   Err(EventFault::Unreadable)),
        (paid("-1"),                                                          Err(EventFault::Unreadable)),
        (paid("1.5"),                                                         Err(EventFault::Unreadable)),
        (paid("1e400"),                                                       Err(EventFault::Unreadable)),
        (paid("\"10050\""),                                                   Err(EventFault::Unreadable)),
        (paid("0"),                                                           field("amount")),
        (paid("18446744073709551615"),                                        field("amount")),
        (body("payment.succeeded", &data("1", "inr", "succeeded")),           field("currency")),
        (body("payment.succeeded", &data("1", "INR", "paid")),                field("status")),
        (body("customer.created", "\"id\":1"),                                Ok(0)),
        (paid("10050"),                                                       Ok(1)),
    ];
    let signer: Signer = crate::common::served::SECRET.parse().unwrap();
    let now = crate::common::at("2026-03-01T00:00:00Z");
    for (body, expected) in table {
        let signature = signer.sign("a", now.as_second(), body.as_bytes());
        let mut headers = hyper::HeaderMap::new();
        headers.insert("webhook-id", "a".parse().unwrap());
        headers.insert("webhook-timestamp", now.as_second().into());
        headers.insert("webhook-signature", signature.parse().unwrap());
        let verified = provider.verify(&headers, body.as_bytes(), now).unwrap();
        assert_eq!(provider.read(verified).map(|events| events.len()), expected, "{body}");
    }
}
