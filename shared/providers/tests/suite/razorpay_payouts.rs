//! Payouts at Razorpay: requests, and the meaning of its documented answers.

use crate::common::played::{Answer, SOURCE, ScriptedServer, collection, refusal};
use crate::common::{account, inr, payout, terms};
use evens_payments::{
    CallError, Currency, Direction, Money, OrderTerms, PayoutKey, PayoutLimit, PayoutReport, PayoutState,
    ReportSource,
};
use evens_providers::{PaymentProvider, Sending};
use serde_json::{Value, json};

const FUND_ACCOUNT: &str = "fa_00000000000001";

fn withdrawal() -> OrderTerms {
    terms(Direction::Withdrawal, "razorpay")
}

fn record(id: &str, status: &str, created_at: i64) -> Value {
    json!({
        "id": id, "entity": "payout", "fund_account_id": FUND_ACCOUNT, "amount": 10_050, "currency": "INR",
        "notes": { "order": "x" }, "fees": 0, "tax": 0, "status": status, "utr": null, "mode": "UPI",
        "purpose": "payout", "reference_id": withdrawal().id.to_string(), "narration": "Evens", "batch_id": null,
        "status_details": { "reason": "payout_processed" }, "created_at": created_at, "fee_type": "",
    })
}

fn fund_account(kind: &str) -> Answer {
    Answer::Json(
        json!({ "id": FUND_ACCOUNT, "entity": "fund_account", "account_type": kind, "active": true }),
    )
}

fn report(id: &str, state: PayoutState) -> PayoutReport {
    let OrderTerms { provider, id: reference, .. } = withdrawal();
    let (id, money, at, source) = (id.parse().unwrap(), inr("100.50"), None, ReportSource::Asked);
    PayoutReport { provider, id, reference, money, state, at, source }
}

/// Every documented state, and an undocumented one.
#[rustfmt::skip]
const STATES: [(&str, Option<PayoutState>); 10] = [
    ("queued",     Some(PayoutState::Processing)),
    ("pending",    Some(PayoutState::Processing)),
    ("scheduled",  Some(PayoutState::Processing)),
    ("processing", Some(PayoutState::Processing)),
    ("processed",  Some(PayoutState::Paid)),
    ("failed",     Some(PayoutState::Failed)),
    ("rejected",   Some(PayoutState::Failed)),
    ("cancelled",  Some(PayoutState::Failed)),
    ("reversed",   Some(PayoutState::Returned)),
    ("issued",     None),
];

#[tokio::test]
async fn a_payout_is_sent_under_the_key_that_was_decided_about() {
    let (terms, account) = (withdrawal(), account(FUND_ACCOUNT));
    for (status, state) in STATES {
        let played =
            ScriptedServer::start([fund_account("vpa"), Answer::Json(record("pout_1", status, 1))]).await;
        let sent = played.provider().send_payout(payout(&terms, &account, Sending::First)).await;
        assert_eq!(sent, state.map(|state| report("pout_1", state)).ok_or(CallError::Unknown), "{status}");
        let [account, asked] = played.asked().try_into().unwrap();
        assert_eq!(account.what, format!("GET /v1/fund_accounts/{FUND_ACCOUNT}"));
        assert_eq!(asked.what, "POST /v1/payouts");
        assert_eq!(asked.key, Some(PayoutKey::derive(terms.id, 1).to_string()));
        let reference = terms.id.to_string();
        let body = json!({
            "account_number": SOURCE, "fund_account_id": FUND_ACCOUNT, "amount": 10_050, "currency": "INR",
            "mode": "UPI", "purpose": "payout", "reference_id": reference, "queue_if_low_balance": false,
            "notes": { "order": reference },
        });
        assert_eq!(asked.body, body);
    }
}

#[tokio::test]
async fn a_repeat_is_the_same_call() {
    let (terms, account) = (withdrawal(), account(FUND_ACCOUNT));
    let answer = Answer::Json(record("pout_1", "processing", 1));
    let played =
        ScriptedServer::start([fund_account("vpa"), answer.clone(), fund_account("vpa"), answer]).await;
    for sending in [Sending::First, Sending::Repeat] {
        played.provider().send_payout(payout(&terms, &account, sending)).await.unwrap();
    }
    let [_, one, _, other] = played.asked().try_into().unwrap();
    assert_eq!((one.what, one.key, one.body), (other.what, other.key, other.body));
}

#[tokio::test]
async fn a_payout_that_is_not_the_one_is_none() {
    let (terms, account) = (withdrawal(), account(FUND_ACCOUNT));
    for reference in [Value::Null, json!("Acme Transaction ID 12345")] {
        let mut answer = record("pout_1", "processed", 1);
        answer["reference_id"] = reference;
        let played = ScriptedServer::start([fund_account("vpa"), Answer::Json(answer)]).await;
        let sent = played.provider().send_payout(payout(&terms, &account, Sending::First)).await;
        assert_eq!(sent, Err(CallError::Unknown));
    }
    let usd = OrderTerms { money: Money::from_minor_units(1, Currency::USD).unwrap(), ..withdrawal() };
    let played = ScriptedServer::start([]).await;
    let sent = played.provider().send_payout(payout(&usd, &account, Sending::First)).await;
    assert_eq!(sent, Err(CallError::Refused { code: "currency".to_owned() }));
    assert!(played.asked().is_empty());
}

/// UPI pays only to UPI addresses and only up to its limit. Bank accounts are paid by other systems.
#[tokio::test]
async fn the_payment_system_fits_the_account_and_the_amount() {
    let refused = |code: &str| Err(CallError::Refused { code: code.to_owned() });
    #[rustfmt::skip]
    let table = [
        // account type, rupees,   mode
        ("bank_account", "500",     Ok("IMPS")),
        ("bank_account", "500000",  Ok("IMPS")),
        ("bank_account", "500001",  Ok("RTGS")),
        ("vpa",          "500",     Ok("UPI")),
        ("vpa",          "100000",  Ok("UPI")),
        ("vpa",          "100001",  refused("above-upi-limit")),
        ("card",         "500",     refused("unsupported-account-type")),
    ];
    for (kind, rupees, expected) in table {
        let (terms, account) = (OrderTerms { money: inr(rupees), ..withdrawal() }, account(FUND_ACCOUNT));
        let played =
            ScriptedServer::start([fund_account(kind), Answer::Json(record("pout_1", "processing", 1))])
                .await;
        let sent = played.provider().send_payout(payout(&terms, &account, Sending::First)).await;
        let mode = played.asked().get(1).map(|asked| asked.body["mode"].clone());
        match expected {
            Ok(expected) => assert_eq!(mode, Some(json!(expected)), "{kind} {rupees}: {sent:?}"),
            Err(error) => assert_eq!((sent.err(), mode), (Some(error), None), "{kind} {rupees}"),
        }
    }
}

/// Without the kind of the account nothing is sent, so that another attempt may send it.
#[tokio::test]
async fn an_account_that_cannot_be_read_is_not_paid_to() {
    for answer in [Answer::Text(500, ""), Answer::Cut, Answer::Json(json!({}))] {
        let played = ScriptedServer::start([answer]).await;
        let (terms, account) = (withdrawal(), account(FUND_ACCOUNT));
        let sent = played.provider().send_payout(payout(&terms, &account, Sending::First)).await;
        assert_eq!((sent, played.asked().len()), (Err(CallError::NotSent), 1));
    }
}

/// The platform asks before it accepts a withdrawal, and only about amounts that UPI does not pay.
#[tokio::test]
async fn the_limit_of_a_payout_follows_from_the_kind_of_account() {
    let upi = PayoutLimit { amount_max: "100000".parse().unwrap(), system: "UPI" };
    let table = [
        (fund_account("vpa"), Ok(Some(upi))),
        (fund_account("bank_account"), Ok(None)),
        (fund_account("card"), Ok(None)),
        (Answer::Text(500, ""), Err(CallError::NotSent)),
    ];
    for (answer, expected) in table {
        let played = ScriptedServer::start([answer]).await;
        let limit = played.provider().find_payout_limit(&account(FUND_ACCOUNT)).await;
        assert_eq!((limit, played.asked().len()), (expected, 1));
    }
    let played = ScriptedServer::start([]).await;
    assert_eq!(played.provider().find_payout_limit(&account("name@bank")).await, Ok(None));
    let may_exceed =
        ["100000", "100000.01"].map(|rupees| played.provider().may_exceed_payout_limit(inr(rupees)));
    assert_eq!((may_exceed, played.asked().len()), ([false, true], 0));
}

/// Players type their account, but Razorpay pays only to fund accounts registered there.
#[tokio::test]
async fn a_payee_that_is_no_fund_account_is_not_paid() {
    let terms = withdrawal();
    let played = ScriptedServer::start([]).await;
    for text in ["fa_", "FA_1", "fa_1-2", "IN12345678", "name@bank"] {
        assert!(!played.provider().pays_to(text), "{text}");
        let sent = played.provider().send_payout(payout(&terms, &account(text), Sending::First)).await;
        assert_eq!(sent, Err(CallError::Refused { code: "no-fund-account".to_owned() }), "{text}");
    }
    assert!(played.asked().is_empty());
    assert!(played.provider().pays_to(FUND_ACCOUNT));
}

#[tokio::test]
async fn payouts_of_an_order_are_found() {
    let reference = withdrawal().id;
    let search = format!("GET /v1/payouts?account_number={SOURCE}&reference_id={reference}&count=100");
    for (status, state) in STATES {
        let played = ScriptedServer::start([collection(&[record("pout_1", status, 1)])]).await;
        let found = played.provider().find_payouts(reference).await;
        let expected = state.map(|state| vec![report("pout_1", state)]).ok_or(CallError::Unknown);
        assert_eq!((found, played.asked_what()), (expected, vec![search.clone()]), "{status}");
    }

    let mut foreign = record("pout_3", "processed", 3);
    foreign["reference_id"] = json!("another");
    let records = [foreign, record("pout_2", "processed", 2), record("pout_1", "failed", 1)];
    let found = ScriptedServer::start([collection(&records)]).await.provider().find_payouts(reference).await;
    assert_eq!(found.unwrap(), [report("pout_1", PayoutState::Failed), report("pout_2", PayoutState::Paid)]);
    assert_eq!(
        ScriptedServer::start([collection(&[])]).await.provider().find_payouts(reference).await,
        Ok(vec![])
    );

    // A full answer may be incomplete, and a payout counted as absent would be sent again.
    let many: Vec<Value> = (0..100).map(|number| record("pout_1", "processed", number)).collect();
    let found = ScriptedServer::start([collection(&many)]).await.provider().find_payouts(reference).await;
    assert_eq!(found, Err(CallError::Unknown));
}

/// A statement may name a payout or payment instead of our order.
#[tokio::test]
async fn the_order_of_a_record_is_the_one_that_we_made() {
    let ours = withdrawal().id;
    let payment = json!({
        "id": "pay_1", "amount": 10_050, "currency": "INR", "status": "captured", "order_id": "order_1",
        "notes": { "order": "text of a payer" }, "created_at": 1,
    });
    let order = json!({
        "id": "order_1", "amount": 10_050, "currency": "INR", "receipt": ours.to_string(), "status": "paid",
        "created_at": 1,
    });
    let foreign = json!({
        "id": "pout_1", "amount": 1, "currency": "INR", "reference_id": "x", "status": "reversed", "created_at": 1,
    });
    let unpaid = Answer::Failure(400, refusal("BAD_REQUEST_ERROR", "NA"));
    #[rustfmt::skip]
    let table = [
        ("pout_1",  vec![Answer::Json(record("pout_1", "reversed", 1))],     Ok(Some(ours))),
        ("pout_1",  vec![Answer::Json(record("pout_2", "reversed", 1))],     Err(CallError::Unknown)),
        ("pout_1",  vec![Answer::Json(foreign)],                             Ok(None)),
        ("pay_1",   vec![Answer::Json(payment), Answer::Json(order)],        Ok(Some(ours))),
        ("pay_1",   vec![unpaid],                                            Err(CallError::Refused { code: "BAD_REQUEST_ERROR".to_owned() })),
        ("pay_1",   vec![Answer::Text(503, "")],                             Err(CallError::Unknown)),
        ("rvrsl_1", vec![],                                                  Ok(None)),
    ];
    for (id, answers, expected) in table {
        let played = ScriptedServer::start(answers).await;
        assert_eq!(played.provider().find_order(&id.parse().unwrap()).await, expected, "{id}");
    }
}
