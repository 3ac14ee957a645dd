//! Attacks on deposits and withdrawals with a current secret, a retired secret, or good timing. Nothing takes effect
//! twice.

use super::withdrawing::{await_withdrawal, balance, paid_out, payee, withdraw};
use evens_tests::{Client, OpenedDeposit, Request, Scenario, payment_event};
use futures::future::join_all;
use serde_json::json;

/// The provider's id of an order's payment.
async fn payment_of(scenario: &Scenario, order: &str) -> String {
    let state = scenario.sandbox().state().await;
    let mut payments = state["payments"].as_array().expect("payments").iter();
    let found = payments.find(|payment| payment["reference"] == order).expect("a payment");
    found["id"].as_str().expect("an id").to_owned()
}

/// The number of ledger entries.
async fn entries(player: &Client) -> usize {
    player.get("/api/wallet/ledger").await.expect(200)["data"].as_array().expect("entries").len()
}

/// The permutation of 0 to 5 with this number, of 720.
fn order_of_six(mut number: usize) -> Vec<usize> {
    let mut left: Vec<_> = (0..6).collect();
    let mut order = Vec::new();
    for count in (1..=6).rev() {
        order.push(left.remove(number % count));
        number /= count;
    }
    order
}

/// Six signed events of one deposit: true ones, one of them twice, and false ones. In any order, the money is credited
/// once.
#[tokio::test(flavor = "multi_thread")]
async fn in_every_order_of_six_events_a_deposit_ends_the_same() {
    const ORDERS: usize = 18;
    let scenario = Scenario::start_with(&[("EVENS_CONFIRM_ABOVE", "0")]).await;
    let (sandbox, nobody, player) = (scenario.sandbox(), scenario.visitor(), scenario.player(41));
    for number in 0..ORDERS {
        let opened = player.deposit("25", &format!("key-{number}")).await;
        // Only the events below report the payment.
        sandbox.fault("callback", "fail-before-effect", 1).await;
        sandbox.press(&opened.pay_url, "pay").await;
        let id = payment_of(&scenario, &opened.order).await;
        let of = |kind: &str, id: &str, minor_units, currency| {
            payment_event(kind, id, &opened.order, minor_units, currency)
        };
        let events = [
            of("payment.succeeded", &id, 2_500, "INR"),
            of("payment.succeeded", &id, 2_500, "INR"),
            of("payment.failed", &id, 2_500, "INR"),
            of("payment.succeeded", &id, 250_000, "INR"),
            of("payment.succeeded", &format!("{id}-other"), 2_500, "INR"),
            of("payment.succeeded", &id, 2_500, "EUR"),
        ];
        for place in order_of_six(number * 41) {
            let request = sandbox.callback(&format!("msg_{number}_{place}"), &events[place]);
            nobody.send_as_it_stands(request).await.expect(200);
        }
        scenario.await_deposit(&player, &opened.order, "completed").await;
    }
    scenario.await_idle().await;
    assert_eq!(balance(&player).await, (25 * ORDERS).to_string());
    assert_eq!(entries(&player).await, ORDERS);
    scenario.finish().await;
}

#[test]
fn each_number_is_another_order() {
    let orders: std::collections::BTreeSet<_> = (0..720).map(order_of_six).collect();
    assert_eq!(orders.len(), 720);
}

/// The same bytes repeatedly, some of them concurrently.
#[tokio::test(flavor = "multi_thread")]
async fn a_callback_that_is_replayed_ten_thousand_times_credits_once() {
    let scenario = Scenario::start().await;
    let (sandbox, nobody, player) = (scenario.sandbox(), scenario.visitor(), scenario.player(41));
    let opened = player.deposit("25", "one").await;
    sandbox.press(&opened.pay_url, "pay").await;
    let id = payment_of(&scenario, &opened.order).await;
    let event = payment_event("payment.succeeded", &id, &opened.order, 2_500, "INR");
    let (callback, nobody) = (sandbox.callback("msg_1", &event), &nobody);
    for _ in 0..500 {
        join_all((0..20).map(async |_| nobody.send_as_it_stands(callback.clone()).await.expect(200))).await;
    }
    scenario.await_deposit(&player, &opened.order, "completed").await;
    scenario.await_idle().await;
    assert_eq!((balance(&player).await, entries(&player).await), ("25".to_owned(), 1));
    scenario.finish().await;
}

/// A retired secret, another provider's secret, and a body with a duplicate key, which two parsers could read
/// differently.
#[tokio::test(flavor = "multi_thread")]
async fn a_callback_with_another_secret_or_a_duplicate_key_is_refused() {
    let scenario = Scenario::start().await;
    let (sandbox, nobody, player) = (scenario.sandbox(), scenario.visitor(), scenario.player(41));
    let opened = player.deposit("25", "one").await;
    let id = payment_of(&scenario, &opened.order).await;
    let event = payment_event("payment.succeeded", &id, &opened.order, 2_500, "INR");
    let mut retired = sandbox.clone();
    retired.secret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz".to_owned();
    let refused = nobody.send_as_it_stands(retired.callback("msg_1", &event)).await;
    assert_eq!(refused.problem(), "401 wrong-signature -");
    // The path without a name stands for the same provider.
    let default = |request: Request| Request { path: "/api/payments/callback".to_owned(), ..request };
    let refused = nobody.send_as_it_stands(default(retired.callback("msg_1", &event))).await;
    assert_eq!(refused.problem(), "401 wrong-signature -");
    // A signed body is read as JSON only with that content type.
    let mut as_text = sandbox.callback("msg_1", &event);
    as_text.headers.retain(|(name, _)| *name != "content-type");
    let refused = nobody.send_as_it_stands(as_text.header("content-type", "text/plain")).await;
    assert_eq!(refused.problem(), "415 unsupported-media-type -");
    let text = event.to_string();
    for (one, two) in [
        (r#""amount":2500"#, r#""amount":2500,"amount":250000"#),
        (r#""type":"payment.succeeded""#, r#""type":"payment.failed","type":"payment.succeeded""#),
    ] {
        let body = text.replace(one, two);
        assert_ne!(body, text, "{one} is there");
        let headers = sandbox.headers("msg_2", body.as_bytes());
        let request = Request::new("POST", "/api/payments/callback/sandbox").json(body);
        let request = headers.into_iter().fold(request, |request, (name, value)| request.header(name, value));
        assert_eq!(nobody.send_as_it_stands(request).await.problem(), "422 invalid body", "{two}");
    }
    scenario.await_idle().await;
    assert_eq!(balance(&player).await, "0");
    // A signed event is accepted on this path too. The payment was not made, as the provider says when queried.
    sandbox.fault("callback", "fail-before-effect", 1).await;
    sandbox.press(&opened.pay_url, "pay").await;
    nobody.send_as_it_stands(default(sandbox.callback("msg_3", &event))).await.expect(200);
    scenario.await_deposit(&player, &opened.order, "completed").await;
    assert_eq!(balance(&player).await, "25");
    scenario.finish_despite(&["Could not read a callback"]).await;
}

/// A player who cancels a withdrawal while it is being sent gets their money back or the payout. They never get both or
/// neither.
#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_that_is_cancelled_while_it_is_claimed_goes_one_way() {
    const TRIES: u64 = 20;
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "200").await;
    let payee = payee(&player, "IN12345678").await;
    let mut paid = 0;
    for number in 0..TRIES {
        let order = withdraw(&player, "10", &payee, &format!("key-{number}")).await;
        let path = format!("/api/withdrawals/{order}/cancel");
        let cancels = join_all((0..3).map(async |_| player.post(&path).await)).await;
        let taken_back: Vec<_> = cancels.iter().filter(|answer| answer.status() == 200).collect();
        // Every successful answer reports the withdrawal as cancelled, repeats included.
        assert!(
            taken_back.iter().all(|answer| answer.json()["data"]["status"] == "cancelled"),
            "{cancels:?}"
        );
        let is_cancelled = !taken_back.is_empty();
        let status = if is_cancelled { "cancelled" } else { "completed" };
        await_withdrawal(&scenario, &player, &order, status).await;
        let expected = if is_cancelled { vec![] } else { vec![("processed".to_owned(), 1_000)] };
        assert_eq!(paid_out(&scenario, &order).await, expected, "{cancels:?}");
        paid += u64::from(!is_cancelled);
    }
    assert_eq!(balance(&player).await, (200 - 10 * paid).to_string());
    scenario.finish().await;
}

/// A deposit cannot be refunded after it earned a bonus.
#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_with_a_bonus_is_not_refunded() {
    let scenario = Scenario::start_with(&[("EVENS_FIRST_DEPOSIT_BONUS", "15")]).await;
    let (player, cashier) = (scenario.player(41), scenario.cashier());
    let OpenedDeposit { order, pay_url } = player.deposit("100", "first").await;
    scenario.sandbox().press(&pay_url, "pay").await;
    scenario.await_deposit(&player, &order, "completed").await;
    scenario.await_idle().await;
    let path = format!("/api/operator/deposits/{order}/refund");
    let body = json!({ "reason": "they asked for it" }).to_string();
    let refused = cashier.send(Request::new("POST", path).json(body)).await;
    assert_eq!(refused.problem(), "409 order-state orderId");
    assert!(refused.text().contains("bonus"), "{}", refused.text());
    assert_eq!(balance(&player).await, "100");
    scenario.finish().await;
}
