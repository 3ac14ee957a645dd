//! Callbacks of Razorpay: their signatures, and the events of the documented ones.

use crate::common::played::{SECRET, settings, uncalled};
use crate::common::{at, inr, name, order_id};
use evens_ledger::Digest;
use evens_payments::{
    Direction, DisputeState, Money, OrderId, PaymentReport, PaymentState, PayoutReport, PayoutState,
    ProviderEvent, RefundReport, ReportSource,
};
use evens_providers::{EventFault, PaymentProvider, Razorpay, RazorpaySettings, SignatureFault, Verified};
use hyper::HeaderMap;
use jiff::Timestamp;
use proptest::prelude::*;
use ring::hmac;
use serde_json::{Value, json};

const HEADER: &str = "x-razorpay-signature";

fn deposit() -> OrderId {
    order_id(Direction::Deposit)
}

fn withdrawal() -> OrderId {
    order_id(Direction::Withdrawal)
}

fn sign(secret: &str, body: &[u8]) -> String {
    hex::encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), body))
}

fn headers(signatures: &[&str]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for signature in signatures {
        headers.append(HEADER, signature.parse().unwrap());
    }
    headers
}

/// The events of a body signed by Razorpay.
fn events_of(body: &[u8]) -> Result<Vec<ProviderEvent>, EventFault> {
    let provider = uncalled();
    let headers = headers(&[&sign(SECRET, body)]);
    provider.read(provider.verify(&headers, body, Timestamp::UNIX_EPOCH).unwrap())
}

#[test]
fn a_callback_is_signed_over_its_bytes() {
    use SignatureFault as Fault;
    let body = br#"{"a":1,"b":2,"c":{"d":3}}"#;
    // Computed without our code.
    let right = "edd37296f3895f8d020c872385b6cbc09da2e65dd79c0617c43a31d821713d7b";
    let [retired, of_other_bytes] =
        [sign("another-secret-0123456789", body), sign(SECRET, br#"{"a":1,"b":2,"c":{"d":4}}"#)];
    #[rustfmt::skip]
    let table: [(&[&str], Option<Fault>); 10] = [
        (&[],                               Some(Fault::Missing(HEADER))),
        (&[right, right],                   Some(Fault::Several(HEADER))),
        (&["sdfafds"],                      Some(Fault::Malformed(HEADER))),
        (&["zz"],                           Some(Fault::Malformed(HEADER))),
        (&[""],                             Some(Fault::Wrong)),
        (&[&right[..62]],                   Some(Fault::Wrong)),
        (&[&retired],                       Some(Fault::Wrong)),
        (&[&of_other_bytes],                Some(Fault::Wrong)),
        (&[&right.to_uppercase()],          None),
        (&[right],                          None),
    ];
    let provider = uncalled();
    // The age does not matter, because no signed field contains the time.
    for now in [Timestamp::MIN, at("2026-03-01T00:00:00Z")] {
        for (signatures, expected) in table {
            let verified = provider.verify(&headers(signatures), body, now);
            assert_eq!(verified.err(), expected, "{signatures:?}");
        }
    }
}

#[test]
fn payments_and_payouts_may_have_secrets_of_their_own() {
    let secrets = format!("{SECRET},payouts-secret-0123456789").parse().unwrap();
    let provider = Razorpay::new(RazorpaySettings { secrets, ..settings("http://127.0.0.1:1/v1") }).unwrap();
    for secret in [SECRET, "payouts-secret-0123456789"] {
        let verified: Result<Verified<'_>, _> =
            provider.verify(&headers(&[&sign(secret, b"{}")]), b"{}", Timestamp::UNIX_EPOCH);
        assert!(verified.is_ok());
    }
}

fn event(event: &str, payload: Value) -> Value {
    let envelope = json!({
        "entity": "event", "account_id": "acc_BFQ7uQEaa7j2z7", "event": event, "contains": [],
        "created_at": 1_567_674_606,
    });
    with(envelope, "payload", payload)
}

/// A record with one field replaced.
fn with(mut record: Value, field: &str, value: Value) -> Value {
    record[field] = value;
    record
}

fn of(entity: Value) -> Value {
    with(json!({}), "entity", entity)
}

fn order() -> Value {
    json!({
        "id": "order_1", "entity": "order", "amount": 10_050, "amount_paid": 10_050, "amount_due": 0,
        "currency": "INR", "receipt": deposit().to_string(), "offer_id": null, "status": "paid", "attempts": 1,
        "notes": [], "created_at": 1_567_674_581,
    })
}

fn payment(status: &str, notes: Value) -> Value {
    let payment = json!({
        "id": "pay_1", "entity": "payment", "amount": 10_050, "currency": "INR", "status": status,
        "order_id": "order_1", "amount_refunded": 0, "refund_status": null, "email": "gaurav.kumar@example.com",
        "contact": "+919876543210", "fee": 2, "tax": 0, "created_at": 1_567_674_599,
    });
    with(payment, "notes", notes)
}

fn refund(status: &str) -> Value {
    json!({
        "id": "rfnd_1", "entity": "refund", "amount": 4_000, "currency": "INR", "payment_id": "pay_1",
        "notes": { "order": deposit().to_string() }, "receipt": null, "created_at": 1_597_734_071,
        "status": status, "speed_requested": "normal",
    })
}

fn payout(status: &str) -> Value {
    json!({
        "id": "pout_1", "entity": "payout", "fund_account_id": "fa_1", "amount": 10_050, "currency": "INR",
        "notes": [], "fees": 0, "tax": 0, "status": status, "purpose": "payout", "utr": null, "mode": "UPI",
        "reference_id": withdrawal().to_string(), "batch_id": null, "created_at": 1_580_808_301,
    })
}

fn order_paid(order: &Value, payment: &Value) -> Value {
    event("order.paid", json!({ "payment": of(payment.clone()), "order": of(order.clone()) }))
}

fn payment_failed(payment: Value) -> Value {
    event("payment.failed", json!({ "payment": of(payment) }))
}

fn our_notes() -> Value {
    json!({ "order": deposit().to_string(), "Shipping address": "106" })
}

/// The only event of a callback.
fn only(body: &Value) -> (ProviderEvent, ReportSource) {
    let body = body.to_string().into_bytes();
    let mut events = events_of(&body).unwrap();
    assert_eq!(events.len(), 1, "{events:?}");
    (events.remove(0), ReportSource::Callback(Digest::of(&body)))
}

#[test]
fn reports_of_a_payment_are_read() {
    let report = |state, money: Money, source| PaymentReport {
        provider: name("razorpay"),
        id: "pay_1".parse().unwrap(),
        reference: deposit(),
        money,
        state,
        at: Some(at("2019-09-05T09:10:06Z")),
        source,
    };
    let mut given_back_in_part = payment("captured", json!([]));
    given_back_in_part["amount_refunded"] = json!(50);
    #[rustfmt::skip]
    let table = [
        (order_paid(&order(), &payment("captured", json!([]))),  PaymentState::Paid,   "100.50"),
        (order_paid(&order(), &given_back_in_part),              PaymentState::Paid,   "100"),
        (order_paid(&order(), &payment("refunded", json!({}))),  PaymentState::Failed, "100.50"),
        (payment_failed(payment("failed", our_notes())),         PaymentState::Failed, "100.50"),
    ];
    for (body, state, money) in table {
        let (actual, source) = only(&body);
        assert_eq!(actual, ProviderEvent::Payment(report(state, inr(money), source)), "{body}");
    }
}

#[test]
fn reports_of_a_refund_are_read() {
    #[rustfmt::skip]
    let table = [
        ("refund.created",   "pending",   PayoutState::Processing),
        ("refund.created",   "processed", PayoutState::Paid),
        ("refund.processed", "processed", PayoutState::Paid),
        ("refund.failed",    "failed",    PayoutState::Failed),
    ];
    for (kind, status, state) in table {
        let payload = json!({ "refund": of(refund(status)), "payment": of(payment("captured", json!([]))) });
        let (actual, source) = only(&event(kind, payload));
        let expected = RefundReport {
            provider: name("razorpay"),
            id: "rfnd_1".parse().unwrap(),
            reference: deposit(),
            money: inr("40"),
            state,
            source,
        };
        assert_eq!(actual, ProviderEvent::Refund(expected), "{kind}");
    }
}

#[test]
fn reports_of_a_payout_are_read() {
    #[rustfmt::skip]
    let table = [
        ("payout.pending",   "pending",    PayoutState::Processing),
        ("payout.queued",    "queued",     PayoutState::Processing),
        ("payout.initiated", "processing", PayoutState::Processing),
        ("payout.processed", "processed",  PayoutState::Paid),
        ("payout.updated",   "processed",  PayoutState::Paid),
        ("payout.rejected",  "rejected",   PayoutState::Failed),
        ("payout.failed",    "failed",     PayoutState::Failed),
        ("payout.reversed",  "reversed",   PayoutState::Returned),
        // The status of the record counts, not the name of the event.
        ("payout.processed", "reversed",   PayoutState::Returned),
    ];
    for (kind, status, state) in table {
        let (actual, source) = only(&event(kind, json!({ "payout": of(payout(status)) })));
        let expected = PayoutReport {
            provider: name("razorpay"),
            id: "pout_1".parse().unwrap(),
            reference: withdrawal(),
            money: inr("100.50"),
            state,
            at: Some(at("2019-09-05T09:10:06Z")),
            source,
        };
        assert_eq!(actual, ProviderEvent::Payout(expected), "{kind}");
    }
}

/// The order is never identified by text that a payer can write.
#[test]
fn a_dispute_says_what_to_ask_about() {
    let body = |kind: &str| {
        let dispute = json!({ "id": "disp_1", "payment_id": "pay_1", "amount": 10_050, "status": "lost" });
        event(kind, json!({ "payment": of(payment("captured", our_notes())), "dispute": of(dispute) }))
    };
    for (kind, expected) in [
        ("payment.dispute.created", DisputeState::Opened),
        ("payment.dispute.under_review", DisputeState::Opened),
        ("payment.dispute.won", DisputeState::Won),
        ("payment.dispute.lost", DisputeState::Lost),
        ("payment.dispute.closed", DisputeState::Won),
    ] {
        let events = events_of(body(kind).to_string().as_bytes()).unwrap();
        let [ProviderEvent::Dispute(dispute)] = events.as_slice() else { panic!("{events:?}") };
        let known = (dispute.id.as_str(), dispute.reference, dispute.state);
        assert_eq!(known, ("disp_1", None, expected), "{kind}");
    }
}

#[test]
fn callbacks_that_tell_nothing() {
    use EventFault::{Field, ForeignReference, Unreadable};
    let paid = || payment("captured", json!([]));
    let dispute = |kind: &str, notes: Value| {
        let dispute = json!({ "id": "disp_1", "payment_id": "pay_1", "amount": 10_050, "status": "lost" });
        event(kind, json!({ "payment": of(payment("captured", notes)), "dispute": of(dispute) }))
    };
    let downtime = json!({ "payout.downtime": of(json!({ "id": "poutdown_1", "status": "started" })) });
    let of_payout = |payout: Value| event("payout.processed", json!({ "payout": of(payout) }));
    let of_refund = |refund: Value| event("refund.processed", json!({ "refund": of(refund) }));
    let made_up_payment = payment_failed(payment("captured", our_notes()));
    #[rustfmt::skip]
    let table = [
        (json!([]),                                                                Err(Unreadable)),
        (json!({ "event": "order.paid" }),                                         Err(Unreadable)),
        (event("order.paid", json!({ "order": of(order()) })),                     Err(Unreadable)),
        (event("payout.processed", json!({})),                                     Err(Unreadable)),
        (order_paid(&order(), &with(paid(), "amount", json!(-1))),                 Err(Unreadable)),
        (order_paid(&order(), &with(paid(), "amount", json!(1.5))),                Err(Unreadable)),
        (order_paid(&order(), &with(paid(), "amount", json!("10050"))),            Err(Unreadable)),
        (order_paid(&with(order(), "receipt", Value::Null), &paid()),              Err(ForeignReference)),
        (order_paid(&with(order(), "receipt", json!("rcptid #1")), &paid()),       Err(ForeignReference)),
        (payment_failed(payment("failed", json!([]))),                             Err(ForeignReference)),
        (payment_failed(payment("failed", json!({ "order": 7 }))),                 Err(ForeignReference)),
        (payment_failed(payment("failed", json!("Beam me up Scotty."))),           Err(ForeignReference)),
        (of_refund(with(refund("processed"), "notes", json!([]))),                 Err(ForeignReference)),
        (of_payout(with(payout("processed"), "reference_id", Value::Null)),        Err(ForeignReference)),
        (with(order_paid(&with(order(), "receipt", Value::Null), &paid()), "created_at", json!(i64::MAX)),
                                                                                   Err(ForeignReference)),
        (event("payment.dispute.lost", json!({ "payment": of(paid()) })),          Err(Unreadable)),
        (with(of_payout(payout("processed")), "created_at", json!(i64::MAX)),      Err(Field("created_at"))),
        (order_paid(&order(), &with(paid(), "order_id", json!("order_2"))),        Err(Field("order_id"))),
        (order_paid(&order(), &with(paid(), "order_id", Value::Null)),             Err(Field("order_id"))),
        (order_paid(&order(), &with(paid(), "amount_refunded", json!(10_051))),    Err(Field("amount_refunded"))),
        (order_paid(&order(), &with(paid(), "status", json!("settled"))),          Err(Field("status"))),
        // A payer may forge its notes, so it must not report money as received.
        (made_up_payment,                                                          Err(Field("status"))),
        (of_refund(with(refund("processed"), "status", json!("queued"))),          Err(Field("status"))),
        (of_payout(with(payout("processed"), "status", json!("issued"))),          Err(Field("status"))),
        (of_payout(with(payout("processed"), "id", json!(""))),                    Err(Field("id"))),
        (of_payout(with(payout("processed"), "currency", json!("inr"))),           Err(Field("currency"))),
        (of_payout(with(payout("processed"), "amount", json!(0))),                 Err(Field("amount"))),
        (of_payout(with(payout("processed"), "amount", json!(u64::MAX))),          Err(Field("amount"))),
        (event("payment.captured", json!({ "payment": of(paid()) })),              Ok(0)),
        (event("payout.downtime.started", downtime),                               Ok(0)),
        (event("transaction.created", json!({})),                                  Ok(0)),
        (with(of_payout(payout("processed")), "created_at", Value::Null),          Ok(1)),
        (dispute("payment.dispute.created", json!([])),                            Ok(1)),
        (order_paid(&order(), &paid()),                                            Ok(1)),
    ];
    for (body, expected) in table {
        assert_eq!(events_of(body.to_string().as_bytes()).map(|events| events.len()), expected, "{body}");
    }
}

#[test]
fn a_body_is_read_in_one_way_or_not_at_all() {
    let right = event("payout.processed", json!({ "payout": of(payout("processed")) })).to_string();
    assert_eq!(events_of(right.as_bytes()).map(|events| events.len()), Ok(1));
    #[rustfmt::skip]
    let table = [
        String::new(),
        format!("{right}x"),
        right.replace(r#""status":"#, r#""status":"failed","status":"#),
        right.replace(r#""event":"payout.processed""#, r#""event":"payout.processed","event":"order.paid""#),
        right.replace(r#""amount":10050"#, r#""amount":1e400"#),
        right.replace(r#""payout":{"#, r#""payout":{"entity":null,"#),
    ];
    for body in table {
        assert_eq!(events_of(body.as_bytes()), Err(EventFault::Unreadable), "{body}");
    }
}

/// Any value that a provider may write.
fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!({})),
        Just(json!([])),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,80}".prop_map(Value::from),
    ]
}

proptest! {
    /// A callback reports a received payment only for an order of ours and a possible amount.
    #[test]
    fn a_callback_with_any_field_value_is_read_or_refused(
        field in prop::sample::select(vec!["amount", "amount_refunded", "status", "id", "order_id", "currency", "notes"]),
        value in any_value(),
        is_of_order in any::<bool>(),
    ) {
        let (mut order, mut payment) = (order(), payment("captured", json!([])));
        let record = if is_of_order { &mut order } else { &mut payment };
        record[field] = value;
        for event in events_of(order_paid(&order, &payment).to_string().as_bytes()).unwrap_or_default() {
            let ProviderEvent::Payment(report) = event else { panic!("{event:?}") };
            prop_assert_eq!(report.reference, deposit());
            prop_assert!(report.state != PaymentState::Paid || payment["status"] == "captured");
        }
    }
}
