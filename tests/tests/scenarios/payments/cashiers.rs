//! Cashiers decide on held withdrawals: each once, by a cashier who may, with a line in the audit log.

use super::withdrawing::{audit_lines, await_withdrawal, balance, decide, paid_out, payee, withdraw};
use aws_sdk_dynamodb::types::AttributeValue;
use evens_contracts::PayoutJob;
use evens_ledger::UserId;
use evens_queues::OutgoingJob;
use evens_runtime::tokens::{Role, TokenSubject};
use evens_tests::{Answer, Scenario, await_until};
use futures::future::join_all;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::collections::BTreeSet;
use std::time::Duration;

const HOLDS: &[(&str, &str)] = &[("EVENS_HOLDS", "from=50,four-eyes-above=100,first")];
/// A second cashier beside the scenario's own.
const OTHER_CASHIER: u64 = 900_020;

/// Four withdrawals of 499 under a limit of 500: the first one goes out, and each of the others needs two cashiers.
#[tokio::test(flavor = "multi_thread")]
async fn withdrawals_of_a_day_need_two_cashiers_together() {
    let scenario = Scenario::start_with(&[("EVENS_HOLDS", "four-eyes-above=500")]).await;
    scenario.enrol(OTHER_CASHIER, Role::Cashier).await;
    let player = scenario.funded(41, "2000").await;
    let payee = payee(&player, "IN12345678").await;
    let first = withdraw(&player, "499", &payee, "key-0").await;
    await_withdrawal(&scenario, &player, &first, "completed").await;
    let cashiers = [scenario.cashier(), scenario.client(OTHER_CASHIER, Role::Cashier)];
    for number in 1..4 {
        let order = withdraw(&player, "499", &payee, &format!("key-{number}")).await;
        let approved = decide(&cashiers[0], &order, "approve").await.expect(200);
        let data = &approved["data"];
        assert_eq!((&data["state"], &data["holdReasons"]), (&json!("HELD"), &json!(["four-eyes"])), "{data}");
        scenario.await_idle().await;
        assert_eq!(paid_out(&scenario, &order).await, []);
        decide(&cashiers[1], &order, "approve").await.expect(200);
        await_withdrawal(&scenario, &player, &order, "completed").await;
    }
    assert_eq!(balance(&player).await, "4");
    scenario.finish().await;
}

/// Held withdrawals are listed page by page, each once. A finished order is in no list, and is found by its id.
#[tokio::test(flavor = "multi_thread")]
async fn held_withdrawals_are_listed_page_by_page() {
    let scenario = Scenario::start_with(&[("EVENS_HOLDS", "from=1")]).await;
    let (player, cashier) = (scenario.funded(41, "300").await, scenario.cashier());
    let payee = payee(&player, "IN12345678").await;
    let mut expected = Vec::new();
    for number in 0..53 {
        expected.push(withdraw(&player, "1", &payee, &format!("key-{number}")).await);
    }
    let (mut pages, mut path) = (Vec::new(), "/api/operator/withdrawals".to_owned());
    loop {
        let page = cashier.get(&path).await.expect(200);
        let ids = page["data"].as_array().unwrap().iter();
        pages.push(ids.map(|one| one["orderId"].as_str().unwrap().to_owned()).collect::<Vec<_>>());
        assert_eq!(page["hasMore"], json!(page["nextCursor"].is_string()));
        let Some(next) = page["nextCursor"].as_str() else { break };
        path = format!("/api/operator/withdrawals?state=held&cursor={next}");
    }
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [50, 3]);
    assert_eq!(pages.concat().into_iter().collect::<BTreeSet<_>>(), expected.into_iter().collect());
    for state in ["approved", "processing", "unfinished"] {
        let page = cashier.get(&format!("/api/operator/withdrawals?state={state}")).await.expect(200);
        assert_eq!(page, json!({ "data": [], "hasMore": false, "nextCursor": null }), "{state}");
    }
    for (query, problem) in [
        ("withdrawals?state=lost", "422 invalid state"),
        ("withdrawals?state=rejected&cursor=YmVmb3JlOjc", "422 invalid cursor"),
        ("withdrawals?until=2026-11-02T00:00:00Z", "422 invalid until"),
        ("withdrawals?cursor=YmVmb3JlOjc", "422 invalid cursor"),
        ("deposits?state=completed", "422 invalid state"),
        ("deposits?cursor=x", "422 invalid cursor"),
    ] {
        assert_eq!(cashier.get(&format!("/api/operator/{query}")).await.problem(), problem);
    }
    let opened = player.deposit("7", "open").await.order;
    let deposits = cashier.get("/api/operator/deposits?state=unfinished").await.expect(200);
    assert_eq!(deposits["data"][0]["orderId"], json!(opened));
    let deposits = cashier.get("/api/operator/deposits").await.expect(200);
    assert_eq!(deposits, json!({ "data": [], "hasMore": false, "nextCursor": null }));
    scenario.finish().await;
}

/// G6: withdrawals that have ended are listed by their state, newest first, page by page.
#[tokio::test(flavor = "multi_thread")]
async fn ended_withdrawals_are_listed_by_state() {
    let scenario = Scenario::start_with(&[("EVENS_HOLDS", "from=10")]).await;
    let (player, cashier) = (scenario.funded(41, "300").await, scenario.cashier());
    let payee = payee(&player, "IN12345678").await;
    let paid = withdraw(&player, "5", &payee, "paid").await;
    await_withdrawal(&scenario, &player, &paid, "completed").await;
    let rejected = withdraw(&player, "20", &payee, "rejected").await;
    decide(&cashier, &rejected, "reject").await.expect(200);
    let mut cancelled = Vec::new();
    for number in 0..52 {
        let order = withdraw(&player, "10", &payee, &format!("key-{number}")).await;
        player.post(&format!("/api/withdrawals/{order}/cancel")).await.expect(200);
        cancelled.push(order);
    }
    cancelled.sort();
    let ids = |page: &serde_json::Value| -> Vec<String> {
        let orders = page["data"].as_array().unwrap().iter();
        orders.map(|order| order["orderId"].as_str().unwrap().to_owned()).collect()
    };
    let path = |state: &str| format!("/api/operator/withdrawals?state={state}");
    for client in [&cashier, &scenario.auditor()] {
        for (state, expected) in [
            ("rejected", vec![rejected.clone()]),
            ("completed", vec![paid.clone()]),
            ("completed&until=2020-01-01T00:00:00Z", vec![]),
            ("completed&since=2020-01-01T00:00:00Z", vec![paid.clone()]),
            ("failed", vec![]),
            ("returned", vec![]),
            ("held", vec![]),
        ] {
            assert_eq!(ids(&client.get(&path(state)).await.expect(200)), expected, "{state}");
        }
        let first = client.get(&path("cancelled")).await.expect(200);
        let next = first["nextCursor"].as_str().expect("a further page");
        let second = client.get(&format!("{}&cursor={next}", path("cancelled"))).await.expect(200);
        assert_eq!((ids(&first).len(), ids(&second).len()), (50, 2));
        let mut both = [ids(&first), ids(&second)].concat();
        both.sort();
        assert_eq!(both, cancelled, "each of them once");
        let requested = |page: &serde_json::Value| page["data"][0]["createdAt"].as_str().unwrap().to_owned();
        assert!(requested(&first) > requested(&second), "the newest first");
        assert_eq!((&first["hasMore"], &second["hasMore"]), (&json!(true), &json!(false)));
        let crossed = client.get(&format!("{}&cursor={next}", path("held"))).await;
        assert_eq!(crossed.problem(), "422 invalid cursor", "a cursor of another order of pages");
    }
    assert_eq!(scenario.operator().get(&path("rejected")).await.problem(), "403 forbidden -");
    // E15: the history of a player, by status. A page has 50 orders before it is filtered. A rejected withdrawal has
    // the status cancelled.
    let history = |status: &str| format!("/api/operator/users/41/withdrawals?status={status}");
    for (status, count) in [("cancelled", 50), ("completed", 0)] {
        let page = cashier.get(&history(status)).await.expect(200);
        assert_eq!((ids(&page).len(), &page["hasMore"]), (count, &json!(true)), "{status}");
        let next = page["nextCursor"].as_str().expect("a further page");
        let rest = cashier.get(&format!("{}&cursor={next}", history(status))).await.expect(200);
        assert_eq!(ids(&rest).len(), if status == "cancelled" { 3 } else { 1 }, "{status}");
    }
    assert_eq!(cashier.get(&history("lost")).await.problem(), "422 invalid status");
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_withdrawal_is_paid_on_approval_and_given_back_on_rejection() {
    let scenario = Scenario::start_with(HOLDS).await;
    let player = scenario.funded(41, "300").await;
    let (cashier, auditor, payee) =
        (scenario.cashier(), scenario.auditor(), payee(&player, "IN12345678").await);
    let agreed = withdraw(&player, "60", &payee, "agreed").await;
    let refused = withdraw(&player, "30", &payee, "refused").await;
    let own = player.get(&format!("/api/withdrawals/{agreed}")).await.expect(200);
    assert_eq!((&own["data"]["status"], &own["data"]["isHeld"]), (&json!("pending"), &json!(true)));
    assert_eq!(own["data"]["holdReasons"], json!(["large", "first-withdrawal"]));
    let listed = cashier.get("/api/operator/withdrawals").await.expect(200);
    let ids: Vec<_> = listed["data"].as_array().unwrap().iter().map(|one| one["orderId"].clone()).collect();
    assert_eq!(ids, [json!(agreed), json!(refused)]);
    assert_eq!(listed["data"][0]["holdReasons"], json!(["large", "first-withdrawal"]));
    assert_eq!(
        auditor.get("/api/operator/withdrawals?state=unfinished").await.expect(200)["data"],
        json!([])
    );
    let wrong = auditor.get("/api/operator/withdrawals?state=lost").await;
    assert_eq!(wrong.problem(), "422 invalid state");

    let answer = decide(&cashier, &agreed, "approve").await;
    assert_eq!(answer.expect(200)["data"]["approvals"][0]["by"], Scenario::CASHIER);
    assert!(decide(&cashier, &agreed, "approve").await.is_replay(), "the same again");
    await_withdrawal(&scenario, &player, &agreed, "completed").await;
    assert_eq!(paid_out(&scenario, &agreed).await, [("processed".to_owned(), 6_000)]);
    let answer = decide(&cashier, &refused, "reject").await;
    assert_eq!(answer.expect(200)["data"]["state"], "REJECTED");
    assert!(decide(&cashier, &refused, "reject").await.is_replay(), "the same again");
    assert_eq!(decide(&cashier, &refused, "approve").await.problem(), "409 order-state orderId");
    assert_eq!(decide(&cashier, &agreed, "reject").await.problem(), "409 order-state orderId");
    assert_eq!(balance(&player).await, "240");
    // The first withdrawal is paid by now, so this small one needs no decision.
    let small = withdraw(&player, "10", &payee, "small").await;
    await_withdrawal(&scenario, &player, &small, "completed").await;

    let by = Scenario::CASHIER.to_string();
    let line = |action: &str, order: &str| (by.clone(), action.to_owned(), order.to_owned());
    assert_eq!(
        audit_lines(&scenario).await,
        [line("approve-withdrawal", &agreed), line("reject-withdrawal", &refused)]
    );
    let log = auditor.get(Scenario::AUDIT_LOG).await.expect(200);
    assert_eq!(log["data"][0]["reason"], "seen their passport");
    assert_eq!(log["data"][1]["previousHash"], log["data"][0]["hash"]);
    assert_eq!(cashier.get("/api/operator/audit").await.problem(), "403 forbidden -");
    assert_eq!(auditor.get("/api/operator/audit?day=today").await.problem(), "422 invalid day");
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_withdrawal_needs_two_cashiers_who_logged_in_just_now_and_are_not_its_player() {
    let scenario = Scenario::start_with(HOLDS).await;
    scenario.enrol(OTHER_CASHIER, Role::Cashier).await;
    let player = scenario.funded(OTHER_CASHIER, "300").await;
    let payee = payee(&player, "IN12345678").await;
    let order = withdraw(&player, "150", &payee, "large").await;
    let own = scenario.client(OTHER_CASHIER, Role::Cashier);
    assert_eq!(decide(&own, &order, "approve").await.problem(), "403 forbidden -");
    let token = |at: Timestamp, is_login: bool| {
        let (user, role, hour) =
            (UserId::new(Scenario::CASHIER).unwrap(), Role::Cashier, Duration::from_hours(1));
        let signer = scenario.signer();
        let token = if is_login {
            signer.sign(user, role, at, hour)
        } else {
            signer.carry_on(TokenSubject { user, role, session_epoch: 0 }, at, at, hour)
        };
        scenario.bearer(token.expect("a token"))
    };
    let earlier = Timestamp::now() - SignedDuration::from_mins(16);
    for old in [token(earlier, true), token(Timestamp::now(), false)] {
        assert_eq!(decide(&old, &order, "approve").await.problem(), "403 login-too-old -");
        assert_eq!(decide(&old, &order, "reject").await.problem(), "403 login-too-old -");
    }
    assert_eq!(audit_lines(&scenario).await, []);

    let first = decide(&scenario.cashier(), &order, "approve").await;
    let data = &first.expect(200)["data"];
    assert_eq!((&data["state"], &data["approvalsNeeded"]), (&json!("HELD"), &json!(2)));
    assert!(decide(&scenario.cashier(), &order, "approve").await.is_replay(), "one pair of eyes");
    let third = 900_021;
    scenario.enrol(third, Role::Cashier).await;
    let second = decide(&scenario.client(third, Role::Cashier), &order, "approve").await;
    assert_eq!(second.expect(200)["data"]["approvals"][1]["by"], third);
    await_withdrawal(&scenario, &player, &order, "completed").await;
    assert_eq!(audit_lines(&scenario).await.len(), 2);
    scenario.finish().await;
}

/// Many concurrent approvals, rejections and cancellations: exactly one takes effect, and nothing is paid or returned
/// twice.
#[tokio::test(flavor = "multi_thread")]
async fn of_decisions_at_once_one_is_made() {
    let scenario = Scenario::start_with(HOLDS).await;
    let player = scenario.funded(41, "1000").await;
    let payee = payee(&player, "IN12345678").await;
    for number in 0..5 {
        let order = withdraw(&player, "60", &payee, &format!("key-{number}")).await;
        let cashier = scenario.cashier();
        let own = format!("/api/withdrawals/{order}/cancel");
        let (decided, cancelled) = tokio::join!(
            join_all(
                ["approve", "reject", "approve", "reject"].map(|decision| decide(&cashier, &order, decision))
            ),
            player.post(&own),
        );
        let made = |answer: &&Answer| answer.status() == 200 && !answer.is_replay();
        let all: Vec<_> = decided.iter().chain([&cancelled]).collect();
        let made = all.iter().copied().filter(|answer| made(answer)).count();
        assert!(all.iter().all(|answer| [200, 409].contains(&answer.status())), "{all:?}");
        // The player may still cancel an approved withdrawal.
        assert!((1..=2).contains(&made), "{all:?}");
        let is_over = await_over(&scenario, &order).await;
        let paid = paid_out(&scenario, &order).await.len();
        assert_eq!(paid, usize::from(is_over == "COMPLETED"), "{is_over}");
    }
    scenario.finish().await;
}

/// The final state of a withdrawal.
async fn await_over(scenario: &Scenario, order: &str) -> String {
    let id = order.parse().expect("an order");
    evens_tests::await_until("a withdrawal that has ended", 2 * Scenario::DEADLINE, async || {
        let found = scenario.context().store.load_withdrawal(id).await.expect("the table").expect("an order");
        (!found.state.is_unfinished()).then(|| found.state.to_string())
    })
    .await
}

/// The approvals of a cashier who was blocked, or who lost the role, are dropped.
#[tokio::test(flavor = "multi_thread")]
async fn agreements_of_those_who_are_no_cashiers_any_more_do_not_count() {
    let scenario = Scenario::start_with(HOLDS).await;
    let player = scenario.funded(41, "300").await;
    let payee = payee(&player, "IN12345678").await;
    let order = withdraw(&player, "150", &payee, "large").await;
    let state = async |by: u64| {
        scenario.enrol(by, Role::Cashier).await;
        let decided = decide(&scenario.client(by, Role::Cashier), &order, "approve").await.expect(200);
        let approvals = decided["data"]["approvals"].as_array().expect("approvals").len();
        (decided["data"]["state"].as_str().expect("a state").to_owned(), approvals)
    };
    let held = || ("HELD".to_owned(), 1);
    assert_eq!(state(900_031).await, held());
    scenario.set_blocked(UserId::new(900_031).unwrap(), true).await;
    assert_eq!(state(900_032).await, held(), "the first one is blocked");
    scenario.set_role(UserId::new(900_032).unwrap(), Role::Player).await;
    assert_eq!(state(900_033).await, held(), "the second one is a player");
    assert_eq!(state(900_034).await, ("APPROVED".to_owned(), 2));
    await_withdrawal(&scenario, &player, &order, "completed").await;
    scenario.finish().await;
}

/// A withdrawal that was held is not sent if its state alone says that it is approved, whatever wrote that state.
#[tokio::test(flavor = "multi_thread")]
async fn a_held_withdrawal_without_approvals_is_not_sent() {
    let scenario = Scenario::start_with(HOLDS).await;
    let player = scenario.funded(41, "300").await;
    let payee = payee(&player, "IN12345678").await;
    let order = withdraw(&player, "60", &payee, "held").await;
    let update = scenario.dynamodb().update_item().table_name(&scenario.context().settings.table);
    let update = update.key("pk", AttributeValue::S(format!("ORDER#{order}")));
    let update = update.key("sk", AttributeValue::S("ORDER".to_owned()));
    let update =
        update.update_expression("SET #state = :approved").expression_attribute_names("#state", "state");
    let update = update.expression_attribute_values(":approved", AttributeValue::S("APPROVED".to_owned()));
    update.send().await.unwrap();
    let job = OutgoingJob::of(PayoutJob::of_order(order.parse().unwrap(), player.user));
    scenario.context().ask_for(vec![job], || "the payout".to_owned()).await;
    let refusal = format!("A person must look at order {order}: the withdrawal was held and has 0 of the 1");
    await_until("a refusal to send it", Scenario::DEADLINE, async || {
        scenario.log().contains(&refusal).then_some(())
    })
    .await;
    assert_eq!(paid_out(&scenario, &order).await, []);
}
