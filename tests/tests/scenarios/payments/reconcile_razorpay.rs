//! `evens reconcile` with statements of Razorpay, whose reversals name a payout instead of an order.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use evens_ledger::{Digest, ProviderName, UserId};
use evens_payments::{
    AccountNumber, Currency, Direction, Money, OrderId, Payee, PayoutReport, PayoutState, PayoutTiming,
    ReportSource, RequestWithdrawal, SettlePayoutInput, WithdrawalRules, claim_payout, settle_payout,
};
use evens_providers::PaymentSettings;
use evens_store::{OrderOutcome, WithdrawalFacts};
use evens_tests::{Process, Scenario};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

const PLAYER: u64 = 41;
const DAY: &str = "2026-01-05";
const LATER: &str = "2026-01-08";

fn time(day: &str) -> Timestamp {
    format!("{day}T05:00:00Z").parse().expect("a time")
}

/// The records of a fake Razorpay.
#[derive(Debug, Default)]
struct Records {
    moved: Vec<Value>,
    payouts: BTreeMap<String, Value>,
}

/// A fake Razorpay. It answers queries about statements and payouts.
#[derive(Debug, Clone, Default)]
struct Razorpay(Arc<Mutex<Records>>);

type Answer = Result<Json<Value>, StatusCode>;

impl Razorpay {
    /// Starts it. Returns its settings as a variable of `evens`.
    async fn start(&self) -> &'static [(&'static str, &'static str)] {
        let none = async || Json(json!({ "items": [] }));
        let router = Router::new()
            .route("/v1/settlements/recon/combined", get(none))
            .route("/v1/transactions", get(transactions))
            .route("/v1/payouts", get(payouts))
            .route("/v1/payouts/{id}", get(payout))
            .with_state(self.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/v1", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let settings = json!({
            "provider": "razorpay", "keyId": "rzp_test_1", "keySecret": "0123456789abcdef",
            "secret": "0123456789abcdef", "account": "7878780080316316", "shop": "Evens",
            "returnTo": "https://evens.example/", "url": url,
        });
        // A process is started with variables that live as long as the test.
        let settings: &'static str = settings.to_string().leak();
        vec![("EVENS_PAYMENT_PROVIDER", settings)].leak()
    }

    /// States a movement of 40 on the account that payouts are paid from.
    fn states(&self, day: &str, credit: u64, debit: u64, source: &Value) {
        let record = json!({
            "id": "txn_1", "entity": "transaction", "amount": 4_000, "currency": "INR", "credit": credit,
            "debit": debit, "created_at": time(day).as_second(), "source": source,
        });
        self.0.lock().expect("the records").moved.push(record);
    }

    fn states_payout(&self, day: &str, payout: &str, order: OrderId) {
        let notes = json!({ "order": order.to_string() });
        let source = json!({ "id": payout, "entity": "payout", "amount": 4_000, "notes": notes, "fees": 0 });
        self.states(day, 0, 4_000, &source);
    }

    /// A reversal has an id of its own, and its notes are empty.
    fn states_reversal(&self, day: &str, payout: &str) {
        let id = format!("rvrsl_{payout}");
        let source =
            json!({ "id": id, "entity": "reversal", "amount": 4_000, "payout_id": payout, "notes": [] });
        self.states(day, 4_000, 0, &source);
    }

    /// Answers queries about this payout.
    fn has_payout(&self, payout: &str, order: OrderId) {
        let record = json!({
            "id": payout, "amount": 4_000, "currency": "INR", "reference_id": order.to_string(),
            "status": "reversed", "created_at": time(DAY).as_second(),
        });
        self.0.lock().expect("the records").payouts.insert(payout.to_owned(), record);
    }
}

async fn transactions(
    State(razorpay): State<Razorpay>,
    Query(query): Query<BTreeMap<String, i64>>,
) -> Answer {
    let is_meant = |record: &&Value| {
        let at = record["created_at"].as_i64().expect("a time");
        query["skip"] == 0 && (query["from"]..=query["to"]).contains(&at)
    };
    let records = razorpay.0.lock().expect("the records");
    Ok(Json(json!({ "items": records.moved.iter().filter(is_meant).collect::<Vec<_>>() })))
}

async fn payouts(State(razorpay): State<Razorpay>, Query(query): Query<BTreeMap<String, String>>) -> Answer {
    let records = razorpay.0.lock().expect("the records");
    let of_order = records.payouts.values().filter(|payout| payout["reference_id"] == query["reference_id"]);
    Ok(Json(json!({ "items": of_order.collect::<Vec<_>>() })))
}

/// Answers with a failure for payouts that were not added.
async fn payout(State(razorpay): State<Razorpay>, Path(id): Path<String>) -> Answer {
    let records = razorpay.0.lock().expect("the records");
    records.payouts.get(&id).cloned().map(Json).ok_or(StatusCode::SERVICE_UNAVAILABLE)
}

/// Requests and sends a withdrawal of 40 on [`DAY`].
async fn sent(scenario: &Scenario, key: &str) -> OrderId {
    let (store, now, user) = (&scenario.context().store, time(DAY), UserId::new(PLAYER).expect("a user"));
    let (account, long_ago): (AccountNumber, _) =
        ("fa_00001".parse().expect("an account"), time("2026-01-01"));
    let (sealed, fingerprint) = ("sealed".to_owned(), Digest::of(b"fa_00001"));
    let payee = Payee::new(user, account.mask(), sealed, fingerprint, SignedDuration::ZERO, long_ago);
    store.add_payee(&payee).await.expect("the table");
    let order = OrderId::derive(Direction::Withdrawal, user, &key.parse().expect("a key"));
    let money = Money::parse("40".parse().expect("an amount"), Currency::INR).expect("money");
    let request =
        RequestWithdrawal { order, user, money, payee: payee.id, provider: razorpay(), session_epoch: 0 };
    let facts = WithdrawalFacts { password_since: long_ago, may_bet: true, payout_limit: None };
    let requested = store.request_withdrawal(&request, facts, &rules(), now).await.expect("the table");
    requested.expect("nothing stands in its way");
    let claim = |input: SettlePayoutInput<'_>| claim_payout(input.order, PayoutTiming::default(), now);
    let claimed = store.change_withdrawal(order, now, claim).await.expect("the table");
    assert!(matches!(claimed, OrderOutcome::Changed(_)), "{claimed:?}");
    order
}

/// Applies Razorpay's answer to a query.
async fn report(scenario: &Scenario, order: OrderId, payout: &str, state: PayoutState, day: &str) {
    let money = Money::parse("40".parse().expect("an amount"), Currency::INR).expect("money");
    let (id, now) = (payout.parse().expect("an id"), time(day));
    let source = ReportSource::Asked;
    let report = PayoutReport { provider: razorpay(), id, reference: order, money, state, at: None, source };
    let rule = |input: SettlePayoutInput<'_>| settle_payout(&report, Some(input.order), input, &rules(), now);
    let changed = scenario.context().store.change_withdrawal(order, now, rule).await.expect("the table");
    assert!(matches!(changed, OrderOutcome::Changed(_)), "{changed:?}");
}

fn razorpay() -> ProviderName {
    "razorpay".parse().expect("a name")
}

fn rules() -> WithdrawalRules {
    PaymentSettings::default().withdrawals
}

async fn reconcile(scenario: &Scenario, day: &str, variables: &[(&str, &str)]) -> (Option<i32>, Value) {
    let arguments = ["reconcile", "--provider", "razorpay", "--day", day, "--json"];
    let exit = Process::run(scenario.folder(), &arguments, variables).await;
    let found = serde_json::from_str(&exit.stdout).unwrap_or_else(|_| panic!("{exit:?}"));
    (exit.code, found)
}

async fn start() -> (Scenario, Razorpay, &'static [(&'static str, &'static str)]) {
    let razorpay = Razorpay::default();
    let variables = razorpay.start().await;
    // With embedded engines, the process takes no provider of real money. The command compares one.
    let scenario = Scenario::start().await;
    let (user, amount) = (UserId::new(PLAYER).expect("a user"), "500".parse().expect("an amount"));
    let funded = scenario.context().store.fund_wallet(user, amount, "fund", time("2026-01-01")).await;
    funded.expect("the table");
    (scenario, razorpay, variables)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reversed_payout_is_no_difference() {
    let (scenario, razorpay, variables) = start().await;
    // On one day, the payout names the order. Later, Razorpay does, or if it does not answer, our books do.
    for (key, returned_on, is_answered) in
        [("same", DAY, false), ("later", LATER, true), ("silent", LATER, false)]
    {
        let (payout, order) = (format!("pout_{key}"), sent(&scenario, key).await);
        report(&scenario, order, &payout, PayoutState::Paid, DAY).await;
        razorpay.states_payout(DAY, &payout, order);
        report(&scenario, order, &payout, PayoutState::Returned, returned_on).await;
        razorpay.states_reversal(returned_on, &payout);
        if is_answered {
            razorpay.has_payout(&payout, order);
        }
    }
    for (day, lines) in [(DAY, 4), (LATER, 2)] {
        let (code, found) = reconcile(&scenario, day, variables).await;
        assert_eq!(
            (code, &found["counts"], &found["lines"]),
            (Some(0), &json!({}), &json!(lines)),
            "{found}"
        );
        assert_eq!(found["closing"]["onTheWay"], "0", "{found}");
    }
    scenario.finish().await;
}

/// Razorpay says which order came back, so the report names it. Its job is for the function that sends payouts.
#[tokio::test(flavor = "multi_thread")]
async fn a_reversal_that_came_back_untold_days_later_is_a_difference_of_its_order() {
    let (mut scenario, razorpay, variables) = start().await;
    let order = sent(&scenario, "untold").await;
    report(&scenario, order, "pout_1", PayoutState::Paid, DAY).await;
    razorpay.states_payout(DAY, "pout_1", order);
    razorpay.states_reversal(LATER, "pout_1");
    razorpay.has_payout("pout_1", order);
    // The job waits for a process that knows Razorpay.
    scenario.stop().await;
    let (code, found) = reconcile(&scenario, LATER, variables).await;
    assert_eq!((code, &found["counts"]), (Some(1), &json!({ "state": 1 })), "{found}");
    assert_eq!(found["differences"][0]["orderId"], json!(order.to_string()), "{found}");
}

/// The payout never counted as paid, so our ledger has neither of its two lines.
#[tokio::test(flavor = "multi_thread")]
async fn a_payout_that_failed_days_later_is_no_difference() {
    let (scenario, razorpay, variables) = start().await;
    let order = sent(&scenario, "failed").await;
    razorpay.states_payout(DAY, "pout_1", order);
    report(&scenario, order, "pout_1", PayoutState::Returned, LATER).await;
    razorpay.states_reversal(LATER, "pout_1");
    razorpay.has_payout("pout_1", order);
    for day in [DAY, LATER] {
        let (code, found) = reconcile(&scenario, day, variables).await;
        assert_eq!((code, &found["counts"]), (Some(0), &json!({})), "{found}");
    }
    scenario.finish().await;
}
