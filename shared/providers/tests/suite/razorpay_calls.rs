//! Deposits at Razorpay: requests, and the meaning of its documented answers, which include fields that are not parsed.

use crate::common::played::{
    Answer, KEY_ID, KEY_SECRET, SECRET, SOURCE, ScriptedServer, collection, settings, uncalled,
};
use crate::common::{first, inr, name, order_id, terms};
use evens_payments::{
    CallError, Currency, Direction, DisputeReport, DisputeState, Money, OrderTerms, PaymentReport,
    PaymentState, PayoutState, RefundReport, ReportSource,
};
use evens_providers::{
    PaymentProvider, PaymentRequest, ProviderSettings, Providers, RazorpayKeyId, RazorpaySettings,
    RefundRequest, Sending, SourceAccount,
};
use evens_runtime::Clock;
use serde_json::{Value, json};

const ORDER: &str = "order_IluGWxBm9U8zJ8";
const PAYMENT: &str = "pay_29QQoUBi66xm2f";

fn deposit() -> OrderTerms {
    terms(Direction::Deposit, "razorpay")
}

fn order(id: &str, status: &str, created_at: i64) -> Value {
    json!({
        "id": id, "entity": "order", "amount": 10_050, "amount_paid": 0, "amount_due": 10_050, "currency": "INR",
        "receipt": deposit().id.to_string(), "offer_id": null, "status": status, "attempts": 0,
        "notes": { "order": deposit().id.to_string() }, "created_at": created_at, "checkout": { "name": null },
    })
}

fn payment(id: &str, status: &str, refunded: u64) -> Value {
    json!({
        "id": id, "entity": "payment", "amount": 10_050, "currency": "INR", "status": status, "order_id": ORDER,
        "method": "upi", "amount_refunded": refunded, "refund_status": null, "captured": status == "captured",
        "email": "void@razorpay.com", "contact": "+919999999999", "notes": [], "fee": 2, "tax": 0,
        "error_code": null, "created_at": 1_701_688_684,
    })
}

fn refund(receipt: &str, status: &str) -> Value {
    json!({
        "id": "rfnd_FP8QHiV938haTz", "entity": "refund", "amount": 4_000, "receipt": receipt, "currency": "INR",
        "payment_id": PAYMENT, "notes": [], "acquirer_data": { "arn": null }, "created_at": 1_597_078_866,
        "batch_id": null, "status": status, "speed_processed": "normal", "speed_requested": "normal",
    })
}

/// A record with one field replaced.
fn with(mut record: Value, field: &str, value: Value) -> Answer {
    record[field] = value;
    Answer::Json(record)
}

#[tokio::test]
async fn an_order_is_made_and_its_player_pays_at_the_checkout() {
    let played = ScriptedServer::start([Answer::Json(order(ORDER, "created", 1))]).await;
    let terms = deposit();
    let opened = played.provider().open_payment(first(&terms)).await.unwrap();
    assert_eq!(opened.id.as_str(), ORDER);
    assert!(opened.checkout.url().to_string().ends_with("/v1/checkout/embedded"));
    let reference = terms.id.to_string();
    #[rustfmt::skip]
    let fields = [
        ("amount",       "10050"),
        ("callback_url", "https://evens.example/paid"),
        ("cancel_url",   "https://evens.example/paid"),
        ("currency",     "INR"),
        ("key_id",       KEY_ID),
        ("name",         "Evens"),
        ("notes[order]", &reference),
        ("order_id",     ORDER),
    ];
    let given = opened.checkout.parameters().iter();
    assert_eq!(given.map(|(name, value)| (name.as_str(), value.as_str())).collect::<Vec<_>>(), fields);

    let [asked] = played.asked().try_into().unwrap();
    assert_eq!(asked.what, "POST /v1/orders");
    // Base64 of the key id, a colon and the secret, computed without our code.
    assert_eq!(asked.authorization, "Basic cnpwX3Rlc3RfMDEyMzQ1Njc4OWFiY2Q6a2V5LXNlY3JldC0wMTIzNDU2Nzg5");
    let expected =
        json!({ "amount": 10_050, "currency": "INR", "receipt": reference, "notes": { "order": reference } });
    assert_eq!(asked.body, expected);
}

#[tokio::test]
async fn a_repeat_looks_for_the_order_first() {
    let terms = deposit();
    let search = format!("GET /v1/orders?receipt={}&count=100", terms.id);
    let repeat = PaymentRequest { terms: &terms, sending: Sending::Repeat };
    let [one, two] = [order("order_1", "attempted", 1), order("order_2", "created", 2)];
    let mut foreign = order("order_0", "created", 0);
    foreign["receipt"] = format!("{}-2", terms.id).into();
    #[rustfmt::skip]
    let table: [(&[Value], &str, usize); 4] = [
        // found,                                          opened,    calls
        (&[],                                              "order_3", 2),
        (std::slice::from_ref(&foreign),                   "order_3", 2),
        (std::slice::from_ref(&one),                       "order_1", 1),
        (&[two.clone(), one.clone(), foreign.clone()],     "order_1", 1),
    ];
    for (found, expected, calls) in table {
        let made = Answer::Json(order("order_3", "created", 3));
        let played = ScriptedServer::start([collection(found), made]).await;
        let opened = played.provider().open_payment(repeat).await.unwrap();
        let asked = played.asked_what();
        assert_eq!((opened.id.as_str(), asked.len(), asked[0].as_str()), (expected, calls, search.as_str()));
    }
}

#[tokio::test]
async fn an_order_that_is_not_what_was_asked_for_is_not_opened() {
    let terms = deposit();
    let answers = [
        with(order(ORDER, "created", 1), "receipt", json!("rcptid_11")),
        with(order(ORDER, "created", 1), "receipt", Value::Null),
        with(order(ORDER, "created", 1), "amount", json!(10_051)),
        with(order(ORDER, "created", 1), "amount", json!(100.5)),
        with(order(ORDER, "created", 1), "currency", json!("USD")),
        with(order(ORDER, "created", 1), "id", json!("")),
    ];
    for answer in answers {
        let played = ScriptedServer::start([answer.clone()]).await;
        let opened = played.provider().open_payment(first(&terms)).await;
        assert_eq!(opened, Err(CallError::Unknown), "{answer:?}");
    }
}

#[tokio::test]
async fn payments_of_an_order_are_found() {
    use PaymentState::{Failed, Open, Paid};
    type FoundPayments = Vec<(&'static str, &'static str, PaymentState)>;
    #[rustfmt::skip]
    let table: Vec<(&str, Vec<Value>, Option<FoundPayments>)> = vec![
        // the order is, its payments,                                        found
        ("created",   vec![],                                                 Some(vec![(ORDER, "100.50", Open)])),
        ("attempted", vec![payment("pay_1", "created", 0)],                   Some(vec![(ORDER, "100.50", Open)])),
        ("attempted", vec![payment("pay_1", "failed", 0)],                    Some(vec![(ORDER, "100.50", Open)])),
        ("attempted", vec![payment("pay_1", "authorized", 0)],                Some(vec![(ORDER, "100.50", Open)])),
        ("attempted", vec![payment("pay_1", "captured", 0)],
            Some(vec![("pay_1", "100.50", Paid), (ORDER, "100.50", Open)])),
        ("paid",      vec![payment("pay_1", "failed", 0), payment("pay_2", "captured", 0)],
            Some(vec![("pay_2", "100.50", Paid)])),
        ("paid",      vec![payment("pay_1", "captured", 0), payment("pay_2", "captured", 0)],
            Some(vec![("pay_1", "100.50", Paid), ("pay_2", "100.50", Paid)])),
        ("paid",      vec![payment("pay_1", "captured", 4_000)],              Some(vec![("pay_1", "60.50", Paid)])),
        ("paid",      vec![payment("pay_1", "captured", 10_050)],             Some(vec![("pay_1", "100.50", Failed)])),
        ("paid",      vec![payment("pay_1", "refunded", 10_050)],             Some(vec![("pay_1", "100.50", Failed)])),
        // Contradictory or new states count as unknown.
        ("paid",      vec![],                                                 None),
        ("paid",      vec![payment("pay_1", "failed", 0)],                    None),
        ("paid",      vec![payment("pay_1", "captured", 10_051)],             None),
        ("cancelled", vec![payment("pay_1", "failed", 0)],                    None),
    ];
    for (status, payments, expected) in table {
        let answers = [collection(&[order(ORDER, status, 1)]), collection(&payments)];
        let played = ScriptedServer::start(answers).await;
        let expected = expected.map(|found| {
            found.into_iter().map(|(id, money, state)| report(id, inr(money), state)).collect::<Vec<_>>()
        });
        let found = played.provider().find_payments(deposit().id).await;
        assert_eq!(found, expected.ok_or(CallError::Unknown), "{status} {payments:?}");
        assert_eq!(played.asked_what()[1], format!("GET /v1/orders/{ORDER}/payments"));
    }
}

fn report(id: &str, money: Money, state: PaymentState) -> PaymentReport {
    let OrderTerms { provider, id: reference, .. } = deposit();
    let (id, at, source) = (id.parse().unwrap(), None, ReportSource::Asked);
    PaymentReport { provider, id, reference, money, state, at, source }
}

#[tokio::test]
async fn all_orders_of_a_receipt_are_asked_about() {
    let mut payment = payment("pay_2", "captured", 0);
    payment["order_id"] = json!("order_2");
    let orders = [order("order_2", "paid", 2), order("order_1", "created", 1)];
    let played = ScriptedServer::start([
        collection(&orders),
        collection(&[]),
        collection(std::slice::from_ref(&payment)),
    ])
    .await;
    let found = played.provider().find_payments(deposit().id).await.unwrap();
    let found: Vec<_> = found.iter().map(|report| (report.id.as_str(), report.state)).collect();
    assert_eq!(found, [("order_1", PaymentState::Open), ("pay_2", PaymentState::Paid)]);

    // A payment of another order is not a valid answer.
    let played = ScriptedServer::start([collection(&orders[1..]), collection(&[payment])]).await;
    assert_eq!(played.provider().find_payments(deposit().id).await, Err(CallError::Unknown));

    // Neither is an order whose id does not fit into a path.
    let odd = order("order_1/../../payouts", "created", 1);
    let played = ScriptedServer::start([collection(&[odd])]).await;
    assert_eq!(played.provider().find_payments(deposit().id).await, Err(CallError::Unknown));

    // Neither is a full answer, because there may be more records.
    let many: Vec<Value> = (0..100).map(|number| order("order_1", "created", number)).collect();
    let played = ScriptedServer::start([collection(&many)]).await;
    assert_eq!(played.provider().find_payments(deposit().id).await, Err(CallError::Unknown));
    assert_eq!(
        ScriptedServer::start([collection(&[])]).await.provider().find_payments(deposit().id).await,
        Ok(vec![])
    );
}

#[tokio::test]
async fn a_payment_is_given_back_under_one_key() {
    let reference = order_id(Direction::Deposit);
    let payment = PAYMENT.parse().unwrap();
    let request =
        RefundRequest { reference, payment: &payment, money: inr("40"), attempt: 1, sending: Sending::First };
    let expected = |state| RefundReport {
        provider: deposit().provider,
        id: "rfnd_FP8QHiV938haTz".parse().unwrap(),
        reference,
        money: inr("40"),
        state,
        source: ReportSource::Asked,
    };
    #[rustfmt::skip]
    let table = [
        ("pending",   Some(PayoutState::Processing)),
        ("processed", Some(PayoutState::Paid)),
        ("failed",    Some(PayoutState::Failed)),
        ("queued",    None),
    ];
    let mut keys = Vec::new();
    for (status, state) in table {
        let played = ScriptedServer::start([Answer::Json(refund("any", status))]).await;
        let made = played.provider().refund(request).await;
        assert_eq!(made, state.map(expected).ok_or(CallError::Unknown), "{status}");
        let [asked] = played.asked().try_into().unwrap();
        assert_eq!(asked.what, format!("POST /v1/payments/{PAYMENT}/refund"));
        let key = asked.key.unwrap();
        let body = json!({
            "amount": 4_000, "speed": "normal", "receipt": key, "notes": { "order": reference.to_string() },
        });
        assert_eq!(asked.body, body);
        keys.push(key);
    }
    keys.dedup();
    let [key] = keys.try_into().unwrap();

    // A repeat searches for the refund of the first call, and uses the same key if there is none.
    let repeat = RefundRequest { sending: Sending::Repeat, ..request };
    let played =
        ScriptedServer::start([collection(&[refund("another", "failed"), refund(&key, "processed")])]).await;
    assert_eq!(played.provider().refund(repeat).await, Ok(expected(PayoutState::Paid)));
    let played = ScriptedServer::start([collection(&[]), Answer::Json(refund(&key, "pending"))]).await;
    assert_eq!(played.provider().refund(repeat).await, Ok(expected(PayoutState::Processing)));
    assert_eq!(played.asked()[1].key.as_ref(), Some(&key));

    // A refund made by hand in the dashboard counts, so that no second one is made.
    let played = ScriptedServer::start([collection(&[refund("by hand", "processed")])]).await;
    assert_eq!(played.provider().refund(repeat).await, Ok(expected(PayoutState::Paid)));
    let mut part = refund("by hand", "processed");
    part["amount"] = json!(3_999);
    let played = ScriptedServer::start([collection(&[part]), Answer::Json(refund(&key, "pending"))]).await;
    assert_eq!(played.provider().refund(repeat).await, Ok(expected(PayoutState::Processing)));
    let other = with(refund(&key, "processed"), "payment_id", json!("pay_another"));
    let played = ScriptedServer::start([other]).await;
    assert_eq!(played.provider().refund(request).await, Err(CallError::Unknown));
}

/// A dispute is matched through its payment, the payment's order and our receipt, never through a payer's text.
#[tokio::test]
async fn a_dispute_is_about_the_order_that_we_made() {
    let reference = order_id(Direction::Deposit);
    let actual = DisputeReport {
        provider: deposit().provider,
        id: "disp_1".parse().unwrap(),
        reference: None,
        state: DisputeState::Lost,
        source: ReportSource::Asked,
    };
    let dispute = |status: &str| {
        Answer::Json(json!({
            "id": "disp_1", "entity": "dispute", "payment_id": "pay_1", "amount": 10_050, "currency": "INR",
            "amount_deducted": 0, "respond_by": 1_514_658_600, "status": status, "phase": "chargeback",
        }))
    };
    let payment = |order: Value| {
        Answer::Json(json!({
            "id": "pay_1", "amount": 10_050, "currency": "INR", "status": "captured", "order_id": order,
            "notes": { "order": "c6d110f3-7eb3-8322-875b-644f690fa954" }, "created_at": 1_400_826_750,
        }))
    };
    let order = |receipt: &str| {
        Answer::Json(json!({
            "id": "order_1", "amount": 10_050, "currency": "INR", "receipt": receipt, "status": "paid",
            "created_at": 1_400_826_750,
        }))
    };
    let ours = reference.to_string();
    #[rustfmt::skip]
    let table = [
        // status        order of the payment  receipt    expected
        ("open",         json!("order_1"),     &*ours,    Ok(Some(DisputeState::Opened))),
        ("under_review", json!("order_1"),     &ours,     Ok(Some(DisputeState::Opened))),
        ("won",          json!("order_1"),     &ours,     Ok(Some(DisputeState::Won))),
        ("closed",       json!("order_1"),     &ours,     Ok(Some(DisputeState::Won))),
        ("lost",         json!("order_1"),     &ours,     Ok(Some(DisputeState::Lost))),
        ("lost",         Value::Null,          &ours,     Ok(None)),
        ("lost",         json!("order_1"),     "foreign", Ok(None)),
        ("lost",         json!("order_2"),     &ours,     Err(CallError::Unknown)),
        ("new",          json!("order_1"),     &ours,     Err(CallError::Unknown)),
    ];
    for (status, order_id, receipt, expected) in table {
        let played = ScriptedServer::start([dispute(status), payment(order_id), order(receipt)]).await;
        let found = played.provider().find_dispute(&actual).await;
        let known = found.map(|found| {
            found.map(|found| {
                assert_eq!(
                    (found.reference, found.payment.as_str(), found.money),
                    (reference, "pay_1", inr("100.50"))
                );
                found.state
            })
        });
        assert_eq!(known, expected, "{status} {receipt}");
        assert_eq!(played.asked_what()[..2], ["GET /v1/disputes/disp_1", "GET /v1/payments/pay_1"]);
    }
}

#[tokio::test]
async fn rupees_alone_are_moved() {
    let money = Money::from_minor_units(10_050, Currency::USD).unwrap();
    let deposit = OrderTerms { money, ..deposit() };
    let payment = PAYMENT.parse().unwrap();
    let reference = deposit.id;
    let refund = RefundRequest { reference, payment: &payment, money, attempt: 1, sending: Sending::First };
    let played = ScriptedServer::start([]).await;
    let refused = CallError::Refused { code: "currency".to_owned() };
    assert_eq!(played.provider().open_payment(first(&deposit)).await, Err(refused.clone()));
    assert_eq!(played.provider().refund(refund).await, Err(refused));
    assert!(played.asked().is_empty());
}

#[test]
fn neither_settings_nor_the_provider_show_what_is_secret() {
    let settings = settings("http://127.0.0.1:1/secret-path");
    let shown = format!("{settings:?} {:?}", uncalled());
    for secret in [KEY_SECRET, SECRET, SOURCE, "secret-path", "cnpwX3"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn it_is_known_beside_others_and_moves_real_money() {
    let [one, other] = ["razorpay", "razorpay-2"].map(|called| {
        let settings = RazorpaySettings { name: name(called), ..settings("http://127.0.0.1:1/v1") };
        ProviderSettings::Razorpay(settings)
    });
    assert!(one.moves_real_money());
    let providers = Providers::from_settings(one, [other], &Clock::system()).unwrap();
    assert_eq!(providers.by_name(&name("razorpay-2")).unwrap().name(), &name("razorpay-2"));
}

#[test]
fn texts_that_are_no_key_and_no_account() {
    #[rustfmt::skip]
    let table = [
        ("",                 false),
        ("a:b",              false),
        ("7878&count=1",     false),
        ("7878 7800",        false),
        ("७८७८",             false),
        (KEY_ID,             true),
        (SOURCE,             true),
    ];
    for (text, is_word) in table {
        assert_eq!(text.parse::<RazorpayKeyId>().is_ok(), is_word, "{text}");
        assert_eq!(text.parse::<SourceAccount>().is_ok(), is_word, "{text}");
    }
    assert!("1".repeat(64).parse::<SourceAccount>().is_ok());
    assert!("1".repeat(65).parse::<SourceAccount>().is_err());
}
