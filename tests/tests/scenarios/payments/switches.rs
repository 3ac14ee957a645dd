//! Operations that are switched off get a clear refusal, work in progress continues, and withdrawals stay possible.

use super::register::bet_on_the_house;
use super::withdrawing::{await_withdrawal, balance, decide, paid_out, payee, try_withdraw, withdraw};
use evens_tests::{Client, Request, Scenario};

fn keyed(player: &Client, side: &str, key: &str) -> Request {
    player.bet_request("open", side, "10").header("idempotency-key", key)
}

#[tokio::test(flavor = "multi_thread")]
async fn players_withdraw_while_bets_and_deposits_are_off() {
    let mut scenario = Scenario::start().await;
    let player = scenario.funded(41, "100").await;
    let placed = player.send(keyed(&player, "A", "before")).await.expect(202);
    let bet = placed["data"]["betId"].as_str().expect("an id").to_owned();
    scenario.restart_with(&[("EVENS_BETS", "off"), ("EVENS_DEPOSITS", "off")]).await;
    let player = scenario.player(41);
    let again = player.send(keyed(&player, "A", "before")).await;
    assert!(again.is_replay() && again.expect(202)["data"]["betId"] == bet, "{again:?}");
    let refused = player.send(keyed(&player, "B", "after")).await;
    assert_eq!(refused.problem(), "503 switched-off -");
    assert!(refused.text().contains("you can withdraw"), "{}", refused.text());
    assert_eq!(player.try_deposit("10", "after").await.problem(), "503 switched-off -");
    assert_eq!(bet_on_the_house(&player).await.problem(), "503 switched-off -");
    // The bet is refunded, and the whole balance is withdrawn.
    player.post(&format!("/api/bets/{bet}/refund")).await.expect(200);
    scenario.await_ended().await;
    assert_eq!(balance(&player).await, "100");
    let payee = payee(&player, "IN12345678").await;
    let order = withdraw(&player, "100", &payee, "all").await;
    await_withdrawal(&scenario, &player, &order, "completed").await;
    assert_eq!(paid_out(&scenario, &order).await, [("processed".to_owned(), 10_000)]);
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn accepted_withdrawals_continue_while_withdrawals_are_off() {
    let mut scenario = Scenario::start_with(&[("EVENS_HOLDS", "from=1")]).await;
    let player = scenario.funded(41, "100").await;
    let payee = payee(&player, "IN12345678").await;
    let approved = withdraw(&player, "30", &payee, "approved").await;
    let cancelled = withdraw(&player, "20", &payee, "cancelled").await;
    scenario.restart_with(&[("EVENS_HOLDS", "from=1"), ("EVENS_WITHDRAWALS", "off")]).await;
    let (player, cashier) = (scenario.player(41), scenario.cashier());
    let refused = try_withdraw(&player, "10", &payee, "after").await;
    assert_eq!(refused.problem(), "503 switched-off -");
    let again = try_withdraw(&player, "30", &payee, "approved").await;
    assert!(again.is_replay() && again.expect(202)["data"]["orderId"] == *approved, "{again:?}");
    decide(&cashier, &approved, "approve").await.expect(200);
    player.post(&format!("/api/withdrawals/{cancelled}/cancel")).await.expect(200);
    await_withdrawal(&scenario, &player, &approved, "completed").await;
    assert_eq!(paid_out(&scenario, &approved).await, [("processed".to_owned(), 3_000)]);
    // Other operations are unaffected.
    let placed = player.send(keyed(&player, "A", "meanwhile")).await.expect(202);
    let bet = placed["data"]["betId"].as_str().expect("an id");
    player.post(&format!("/api/bets/{bet}/refund")).await.expect(200);
    scenario.await_ended().await;
    assert_eq!(balance(&player).await, "70");
    scenario.finish().await;
}
