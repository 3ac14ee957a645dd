//! `POST /api/deposits` and the deposit's further course: paid, failed or abandoned, with callbacks once, twice, late,
//! false or missing.

use evens_contracts::{CheckPaymentJob, Queue};
use evens_tests::{Client, OpenedDeposit, PASSWORD, Redaction, Scenario, await_until, payment_event, phone};
use futures::future::join_all;
use insta::assert_json_snapshot;
use jiff::SignedDuration;
use serde_json::{Value, json};

/// The payments that the provider took for an order, in minor units, from its own records.
async fn taken_in(scenario: &Scenario, order: &str) -> Vec<(String, u64)> {
    let state = scenario.sandbox().state().await;
    let payments = state["payments"].as_array().expect("payments").iter();
    let of_order = payments.filter(|payment| payment["reference"] == order);
    let text = |payment: &Value| payment["status"].as_str().expect("a status").to_owned();
    of_order.map(|payment| (text(payment), payment["amount"].as_u64().expect("an amount"))).collect()
}

async fn balance(player: &Client) -> String {
    player.balance().await.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_is_opened_paid_and_credited() {
    let scenario = Scenario::start().await;
    let player = scenario.player(41);
    let answer = player.try_deposit("100.50", "first").await;
    let opened = OpenedDeposit::of(&answer);
    assert!(opened.pay_url.starts_with("http://127.0.0.1:"), "{}", opened.pay_url);
    let redacted = Redaction::of(answer.expect(201), scenario.started)
        .id("/data/orderId", "ORDER", &opened.order)
        .id("/data/checkout/url", "PAY PAGE", &opened.pay_url);
    assert_json_snapshot!(redacted.time("/data/createdAt").future("/data/payUntil").done(), @r#"
    {
      "data": {
        "amount": 100.5,
        "checkout": {
          "parameters": {},
          "url": "[PAY PAGE]"
        },
        "createdAt": "[TIME]",
        "currency": "INR",
        "orderId": "[ORDER]",
        "payUntil": "[FUTURE]",
        "status": "pending"
      }
    }
    "#);

    let repeat = player.try_deposit("100.50", "first").await;
    assert!(repeat.is_replay() && repeat.expect(201)["data"]["orderId"] == opened.order, "{repeat:?}");
    assert_eq!(balance(&player).await, "0");
    scenario.sandbox().press(&opened.pay_url, "pay").await;
    let credited = scenario.await_deposit(&player, &opened.order, "completed").await;
    assert_eq!((&credited["amount"], &credited["checkout"]), (&json!(100.5), &Value::Null));
    assert_eq!(balance(&player).await, "100.5");
    let entry = &player.get("/api/wallet/ledger").await.expect(200)["data"][0];
    assert_eq!((&entry["type"], &entry["amount"]), (&json!("CREDIT"), &json!(100.5)));
    let later = player.try_deposit("100.50", "first").await;
    assert_eq!(later.expect(201)["data"]["status"], "completed");
    assert_eq!(taken_in(&scenario, &opened.order).await, [("succeeded".to_owned(), 10_050)]);

    let other = player.deposit("7", "second").await;
    let listed = player.get("/api/deposits").await.expect(200);
    let ids: Vec<_> = listed["data"].as_array().unwrap().iter().map(|one| one["orderId"].as_str()).collect();
    assert_eq!(ids, [Some(&*other.order), Some(&*opened.order)]);
    for (status, expected) in
        [("pending", Some(&*other.order)), ("completed", Some(&*opened.order)), ("failed", None)]
    {
        let listed = player.get(&format!("/api/deposits?status={status}")).await.expect(200);
        let ids: Vec<_> =
            listed["data"].as_array().unwrap().iter().map(|one| one["orderId"].as_str()).collect();
        assert_eq!(ids, Vec::from_iter(expected.map(Some)), "{status}");
    }
    let stranger = scenario.player(42);
    assert_eq!(stranger.get("/api/deposits").await.expect(200)["data"], json!([]));
    let path = format!("/api/deposits/{}", opened.order);
    assert_eq!(stranger.get(&path).await.problem(), "404 not-found orderId");
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_deposits_goes_on_where_its_page_ended() {
    let scenario = Scenario::start().await;
    let player = scenario.player(41);
    let mut expected = Vec::new();
    for number in 0..53 {
        let opened = player.deposit("1", &format!("key-{number}")).await;
        // The number of open deposits is limited, so each is ended first.
        scenario.sandbox().press(&opened.pay_url, "fail").await;
        scenario.await_deposit(&player, &opened.order, "failed").await;
        expected.insert(0, opened.order);
    }
    let (mut found, mut path) = (Vec::new(), "/api/deposits".to_owned());
    loop {
        let page = player.get(&path).await.expect(200);
        let ids = page["data"].as_array().unwrap().iter();
        found.extend(ids.map(|one| one["orderId"].as_str().unwrap().to_owned()));
        let Some(next) = page["nextCursor"].as_str() else { break };
        path = format!("/api/deposits?cursor={next}");
    }
    assert_eq!(found, expected);
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_deposits_are_open_at_once_than_may_be() {
    let scenario = Scenario::start().await;
    let player = &scenario.player(41);
    let ask = |number: u32| async move { player.try_deposit("1", &format!("key-{number}")).await };
    let answers = join_all((0..30).map(ask)).await;
    let opened: Vec<_> = answers.iter().filter(|answer| answer.status() == 201).collect();
    assert_eq!(opened.len(), 20);
    let problems = answers.iter().filter(|answer| answer.status() != 201).map(evens_tests::Answer::problem);
    assert!(problems.into_iter().all(|problem| problem == "409 too-many-open-deposits -"));
    let first = OpenedDeposit::of(opened[0]);
    scenario.sandbox().press(&first.pay_url, "pay").await;
    scenario.await_deposit(player, &first.order, "completed").await;
    player.deposit("1", "one more").await;
    assert_eq!(player.try_deposit("1", "too many").await.problem(), "409 too-many-open-deposits -");
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_faulty_deposit_request_opens_nothing() {
    let scenario = Scenario::start_with(&[("EVENS_DEPOSIT_MAX", "500")]).await;
    let player = scenario.player(41);
    player.deposit("100", "used").await;
    #[rustfmt::skip]
    let table = [
        ("0.99",      "small", "422 invalid amount"),
        ("500.01",    "large", "422 invalid amount"),
        ("100.001",   "fine",  "422 invalid amount"),
        ("100.01",    "used",  "409 idempotency-key-reused Idempotency-Key"),
    ];
    for (amount, key, problem) in table {
        assert_eq!(player.try_deposit(amount, key).await.problem(), problem, "{amount}");
    }
    assert_eq!(player.get("/api/deposits").await.expect(200)["data"].as_array().unwrap().len(), 1);
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn open_deposits_continue_while_deposits_are_off() {
    let mut scenario = Scenario::start().await;
    let player = scenario.player(41);
    let opened = player.deposit("100", "before").await;
    scenario.restart_with(&[("EVENS_DEPOSITS", "off")]).await;
    let player = scenario.player(41);
    assert_eq!(player.try_deposit("100", "after").await.problem(), "503 switched-off -");
    // The address of the payment page has changed.
    let opened = OpenedDeposit { order: opened.order, ..player.deposit("100", "before").await };
    scenario.sandbox().press(&opened.pay_url, "pay").await;
    scenario.await_deposit(&player, &opened.order, "completed").await;
    assert_eq!(balance(&player).await, "100");
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_deposit_can_still_be_paid() {
    let scenario = Scenario::start().await;
    let player = scenario.player(41);
    let opened = player.deposit("30", "one").await;
    scenario.sandbox().press(&opened.pay_url, "leave").await;
    scenario.sandbox().press(&opened.pay_url, "fail").await;
    let failed = scenario.await_deposit(&player, &opened.order, "failed").await;
    assert_eq!(failed["checkout"], Value::Null);
    scenario.sandbox().press(&opened.pay_url, "pay").await;
    scenario.await_deposit(&player, &opened.order, "completed").await;
    assert_eq!(balance(&player).await, "30");
    scenario.finish().await;
}

/// With a slow, forgetful or broken provider, callers see 503 at worst, and the same key finds the payment.
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_does_not_answer_is_asked_again_under_the_same_key() {
    let scenario = Scenario::start().await;
    let player = scenario.player(41);
    for fault in ["lose-answer", "500", "429", "garbage", "fail-before-effect"] {
        scenario.sandbox().fault("open-payment", fault, 1).await;
        let refused = player.try_deposit("20", fault).await;
        assert_eq!(refused.problem(), "503 unavailable -", "{fault}");
        let opened = player.deposit("20", fault).await;
        scenario.sandbox().press(&opened.pay_url, "pay").await;
        scenario.await_deposit(&player, &opened.order, "completed").await;
        assert_eq!(taken_in(&scenario, &opened.order).await, [("succeeded".to_owned(), 2_000)], "{fault}");
    }
    assert_eq!(balance(&player).await, "100");
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_is_credited_once_through_callback_faults() {
    let scenario = Scenario::start().await;
    let player = scenario.player(41);
    for fault in ["duplicate", "wrong-signature", "old-time", "garbage", "wrong-amount", "wrong-currency"] {
        let opened = player.deposit("10", fault).await;
        scenario.sandbox().fault("callback", fault, 1).await;
        scenario.sandbox().press(&opened.pay_url, "pay").await;
        let later = SignedDuration::from_mins(3);
        // After a false callback without a true one, the sweeper makes a job query the provider.
        scenario.sweep_after(later).await;
        scenario.await_deposit(&player, &opened.order, "completed").await;
    }
    scenario.await_idle().await;
    assert_eq!(balance(&player).await, "60");
    let expected = ["Could not read a callback"];
    scenario.finish_despite(&expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_without_a_callback_is_found_by_asking() {
    let scenario = Scenario::start().await;
    let player = scenario.player(41);
    let opened = player.deposit("10", "silent").await;
    scenario.sandbox().fault("callback", "fail-before-effect", 1).await;
    scenario.sandbox().press(&opened.pay_url, "pay").await;
    // Too early: the provider is not queried yet.
    scenario.sweep_after(SignedDuration::from_secs(100)).await;
    scenario.await_idle().await;
    assert_eq!(balance(&player).await, "0");
    scenario.sweep_after(SignedDuration::from_mins(3)).await;
    scenario.await_deposit(&player, &opened.order, "completed").await;
    assert_eq!(balance(&player).await, "10");
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unpaid_deposit_ends_and_may_be_paid_late() {
    let scenario = Scenario::start().await;
    let player = scenario.player(41);
    let opened = player.deposit("10", "late").await;
    let job = CheckPaymentJob { order_id: opened.order.parse().unwrap() };
    let after = jiff::Timestamp::now() + SignedDuration::from_mins(31);
    scenario.work_at(job.into(), after).await.expect("asked");
    scenario.await_deposit(&player, &opened.order, "cancelled").await;
    scenario.sandbox().press(&opened.pay_url, "pay").await;
    scenario.await_deposit(&player, &opened.order, "completed").await;
    assert_eq!(balance(&player).await, "10");
    scenario.finish().await;
}

/// A payment that differs from the order is set aside until a cashier decides.
#[tokio::test(flavor = "multi_thread")]
async fn another_amount_or_currency_than_was_agreed_is_set_aside() {
    let scenario = Scenario::start().await;
    let player = scenario.player(41);
    for fault in ["wrong-amount", "wrong-currency"] {
        let opened = player.deposit("10", fault).await;
        scenario.sandbox().fault("payment", fault, 1).await;
        scenario.sandbox().press(&opened.pay_url, "pay").await;
        scenario.await_deposit(&player, &opened.order, "processing").await;
    }
    assert_eq!(balance(&player).await, "0");
    scenario.finish_despite(&["A person must look at"]).await;
}

/// A callback without the secret tells nothing. With the secret, it tells nothing beyond the order's state.
#[tokio::test(flavor = "multi_thread")]
async fn a_forged_callback_moves_nothing() {
    let scenario = Scenario::start_with(&[("EVENS_CONFIRM_ABOVE", "0")]).await;
    let (sandbox, nobody, player) = (scenario.sandbox(), scenario.visitor(), scenario.player(41));
    let opened = player.deposit("1000", "wanted").await;
    let event = payment_event("payment.succeeded", "pay_forged", &opened.order, 100_000, "INR");
    let good = sandbox.callback("msg_1", &event);
    let header =
        |name: &'static str| good.headers.iter().find(|(known, _)| *known == name).unwrap().1.clone();
    let without = |name: &str| {
        let mut request = good.clone();
        request.headers.retain(|(known, _)| *known != name);
        request
    };
    let mut altered = good.clone();
    altered.body = event.to_string().replace("100000", "900000").into_bytes();
    let mut cut = good.clone();
    cut.body.pop();
    let mut spaced = good.clone();
    spaced.body.push(b' ');
    let old = {
        let body = event.to_string();
        let headers = sandbox.headers_at("msg_1", jiff::Timestamp::now().as_second() - 301, body.as_bytes());
        let request = evens_tests::Request::new("POST", "/api/payments/callback/sandbox").json(body);
        headers.into_iter().fold(request, |request, (name, value)| request.header(name, value))
    };
    let twice = good.clone().header("webhook-signature", header("webhook-signature"));
    let other_id = without("webhook-id").header("webhook-id", "msg_2");
    let forged = [
        ("without a signature", without("webhook-signature")),
        ("without a time", without("webhook-timestamp")),
        ("without an id", without("webhook-id")),
        ("of another message", other_id),
        ("with another amount", altered),
        ("cut off", cut),
        ("with a space more", spaced),
        ("of six minutes ago", old),
        ("with two signatures", twice),
    ];
    for (what, request) in forged {
        assert_eq!(nobody.send_as_it_stands(request).await.problem(), "401 wrong-signature -", "{what}");
    }
    let elsewhere = evens_tests::Request { path: "/api/payments/callback/nobody".to_owned(), ..good.clone() };
    assert_eq!(nobody.send_as_it_stands(elsewhere).await.problem(), "404 not-found provider");
    // With the secret, but about a payment that the provider does not know: it is queried and denies it.
    nobody.send_as_it_stands(good).await.expect(200);
    scenario.await_idle().await;
    assert_eq!(balance(&player).await, "0");
    sandbox.press(&opened.pay_url, "pay").await;
    scenario.await_deposit(&player, &opened.order, "completed").await;
    assert_eq!(balance(&player).await, "1000");
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_callback_about_no_order_of_ours_is_taken_or_given_up() {
    let scenario = Scenario::start().await;
    let (sandbox, nobody) = (scenario.sandbox(), scenario.visitor());
    let foreign = payment_event("payment.succeeded", "pay_1", "somebody-elses", 100, "INR");
    nobody.send_as_it_stands(sandbox.callback("msg_1", &foreign)).await.expect(200);
    let unknown = payment_event("payment.minted", "pay_1", "x", 100, "INR");
    nobody.send_as_it_stands(sandbox.callback("msg_2", &unknown)).await.expect(200);
    for wrong in [json!([]), json!({ "type": "payment.succeeded" }), json!({ "data": {} })] {
        let answer = nobody.send_as_it_stands(sandbox.callback("msg_3", &wrong)).await;
        assert_eq!(answer.problem(), "422 invalid body", "{wrong}");
    }
    scenario.await_idle().await;
    scenario.finish_despite(&["Could not read a callback"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_callbacks_at_once_and_in_any_order_credit_once() {
    let scenario = Scenario::start().await;
    let (sandbox, nobody, player) = (scenario.sandbox(), scenario.visitor(), scenario.player(41));
    let opened = player.deposit("25", "one").await;
    sandbox.press(&opened.pay_url, "pay").await;
    let state = sandbox.state().await;
    let id = state["payments"][0]["id"].as_str().expect("an id").to_owned();
    let calls = (0..40).map(|number| {
        let kind = if number % 4 == 0 { "payment.failed" } else { "payment.succeeded" };
        let event = payment_event(kind, &id, &opened.order, 2_500, "INR");
        let request = sandbox.callback(&format!("msg_{number}"), &event);
        let nobody = &nobody;
        async move { nobody.send_as_it_stands(request).await.expect(200) }
    });
    join_all(calls).await;
    scenario.await_deposit(&player, &opened.order, "completed").await;
    scenario.await_idle().await;
    assert_eq!(balance(&player).await, "25");
    let entries = player.get("/api/wallet/ledger").await.expect(200)["data"].clone();
    assert_eq!(entries.as_array().unwrap().len(), 1);
    scenario.finish().await;
}

/// An acknowledged callback survives the process, and an unacknowledged one is sent again.
#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_killed_credits_what_was_paid_once() {
    let mut scenario = Scenario::start().await;
    let player = scenario.player(41);
    let mut orders = Vec::new();
    for number in 0..20 {
        orders.push(player.deposit("5", &format!("key-{number}")).await);
    }
    for opened in &orders {
        scenario.sandbox().press(&opened.pay_url, "pay").await;
    }
    scenario.kill_9().await;
    scenario.restart().await;
    let player = scenario.player(41);
    scenario.sweep_after(SignedDuration::from_mins(3)).await;
    for opened in &orders {
        scenario.await_deposit(&player, &opened.order, "completed").await;
    }
    scenario.await_idle().await;
    assert_eq!(balance(&player).await, "100");
    assert_eq!(scenario.dead_letters(Queue::Payments).await, 0);
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocked_player_opens_no_deposit_and_is_not_credited() {
    let scenario = Scenario::start().await;
    let player = scenario.signed_up(&phone(1), PASSWORD).await;
    let bonus = balance(&player).await;
    let opened = player.deposit("10", "before").await;
    scenario.set_blocked(player.user, true).await;
    assert_eq!(player.try_deposit("10", "after").await.problem(), "403 account-blocked -");
    let again = player.try_deposit("10", "before").await.expect(201);
    assert!(again["data"]["checkout"].is_null(), "no way to pay: {again}");
    scenario.sandbox().press(&opened.pay_url, "pay").await;
    // The provider reports the payment later. The block stays in place until that is processed.
    let id = opened.order.parse().unwrap();
    await_until("a payment that was set aside", 2 * Scenario::DEADLINE, async || {
        let found = scenario.context().store.load_deposit(id).await.unwrap();
        found.filter(|found| found.state.wire_status().as_ref() == "processing")
    })
    .await;
    scenario.set_blocked(player.user, false).await;
    let player = scenario.session_of(&scenario.log_in(&phone(1), PASSWORD).await);
    scenario.await_deposit(&player, &opened.order, "processing").await;
    assert_eq!(balance(&player).await, bonus);
    scenario.finish_despite(&["A person must look at"]).await;
}
