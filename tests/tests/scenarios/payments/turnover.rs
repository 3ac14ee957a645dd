//! With `EVENS_TURNOVER_FACTOR`, a part of each deposit must be staked before a withdrawal.

use super::withdrawing::{await_withdrawal, balance, decide, payee, try_withdraw, withdraw};
use evens_tests::{Client, Request, Scenario};
use serde_json::json;

const FACTOR: &[(&str, &str)] = &[("EVENS_TURNOVER_FACTOR", "0.5")];

async fn bring(scenario: &Scenario, player: &Client, amount: &str, key: &str) {
    let opened = player.deposit(amount, key).await;
    scenario.sandbox().press(&opened.pay_url, "pay").await;
    scenario.await_deposit(player, &opened.order, "completed").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_of_a_deposit_is_staked_before_a_withdrawal() {
    let scenario = Scenario::start_with(FACTOR).await;
    let (player, other) = (scenario.player(41), scenario.funded(42, "100").await);
    bring(&scenario, &player, "100", "first").await;
    let (payee, others) = (payee(&player, "IN12345678").await, payee(&other, "IN87654321").await);
    let missing = "409 turnover-missing -";
    let refused = try_withdraw(&player, "10", &payee, "nothing is staked").await;
    assert_eq!(refused.problem(), missing);
    assert!(refused.text().contains("You must stake 50 more"), "{refused:?}");
    let waits = player.bet("open", "A", "50").await;
    assert_eq!(try_withdraw(&player, "10", &payee, "it waits").await.problem(), missing);
    player.post(&format!("/api/bets/{}/refund", waits.bet_id)).await.expect(200);
    assert_eq!(try_withdraw(&player, "10", &payee, "it came back").await.problem(), missing);

    player.bet("open", "A", "50").await;
    other.bet("open", "B", "50").await;
    scenario.await_idle().await;
    for key in ["it was staked", "nothing more is asked for"] {
        let order = withdraw(&player, "10", &payee, key).await;
        await_withdrawal(&scenario, &player, &order, "completed").await;
    }
    // Each deposit requires new stakes. A player without deposits needs none.
    bring(&scenario, &player, "20", "second").await;
    let refused = try_withdraw(&player, "10", &payee, "brought more").await;
    assert_eq!(refused.problem(), missing);
    assert!(refused.text().contains("You must stake 10 more"), "{refused:?}");
    let order = withdraw(&other, "10", &others, "brought nothing").await;
    await_withdrawal(&scenario, &other, &order, "completed").await;
    scenario.finish().await;
}

/// Two players who only bet against each other have staked twice the requirement. The player who won at
/// least half of their matches cannot withdraw, and staff see the pair.
#[tokio::test(flavor = "multi_thread")]
async fn stakes_of_two_players_against_each_other_do_not_free_a_deposit() {
    const MATCHES: u64 = 20;
    let scenario = Scenario::start_with(&[("EVENS_TURNOVER_FACTOR", "1")]).await;
    let pair = [scenario.funded(41, "200").await, scenario.funded(42, "200").await];
    for player in &pair {
        bring(&scenario, player, "100", "first").await;
    }
    for _ in 0..MATCHES {
        pair[0].bet("open", "A", "10").await;
        pair[1].bet("open", "B", "10").await;
        scenario.await_idle().await;
    }
    let mut won = Vec::new();
    for (player, other) in [(&pair[0], &pair[1]), (&pair[1], &pair[0])] {
        let opponents = scenario.context().store.list_opponents(player.user).await.expect("the table");
        let of_other = opponents.repeated().into_iter().find(|(user, _)| *user == other.user);
        won.push(of_other.map_or(0, |(_, meetings)| u64::from(meetings.won)));
    }
    let winner = usize::from(won[1] > won[0]);
    assert!(won[winner] >= MATCHES / 2 && won[0] + won[1] <= MATCHES, "{won:?}");
    let payee = payee(&pair[winner], "IN12345678").await;
    let refused = try_withdraw(&pair[winner], "10", &payee, "a pair").await;
    assert_eq!(refused.problem(), "409 turnover-missing -");
    let missing = (100 - (200_u64.saturating_sub(20 * (won[winner] - 3)))).to_string();
    assert!(refused.text().contains(&format!("You must stake {missing} more")), "{missing} of {refused:?}");
    scenario.finish().await;
}

/// Excluded players may not bet, so the rule does not apply.
#[tokio::test(flavor = "multi_thread")]
async fn an_excluded_player_withdraws_unstaked_money() {
    let scenario = Scenario::start_with(FACTOR).await;
    let (player, cashier) = (scenario.player(41), scenario.cashier());
    bring(&scenario, &player, "100", "first").await;
    let payee = payee(&player, "IN12345678").await;
    player.send(Request::new("POST", "/api/exclusion").json(r#"{"months":6}"#)).await.expect(200);
    let order = withdraw(&player, "100", &payee, "all").await;
    let seen = cashier.get(&format!("/api/operator/withdrawals/{order}")).await.expect(200);
    assert_eq!(seen["data"]["holdReasons"], json!(["turnover-missing"]));
    decide(&cashier, &order, "approve").await.expect(200);
    await_withdrawal(&scenario, &player, &order, "completed").await;
    assert_eq!(balance(&player).await, "0");
    scenario.finish().await;
}

/// A player whose bets are all refused cannot stake, whatever the reason.
#[tokio::test(flavor = "multi_thread")]
async fn no_turnover_is_required_while_bets_are_off() {
    const BARRING: &[(&str, &str)] =
        &[FACTOR[0], ("EVENS_EXCLUSION_REGISTER", r#"{"register":"listed","players":[42]}"#)];
    let mut scenario = Scenario::start_with(FACTOR).await;
    let (free, barred) = (scenario.player(41), scenario.player(42));
    bring(&scenario, &free, "100", "first").await;
    bring(&scenario, &barred, "100", "first").await;
    let payees = [payee(&free, "IN12345678").await, payee(&barred, "IN87654321").await];
    scenario.restart_with(BARRING).await;
    let (free, barred) = (scenario.player(41), scenario.player(42));
    assert_eq!(try_withdraw(&free, "10", &payees[0], "free").await.problem(), "409 turnover-missing -");
    let of_barred = withdraw(&barred, "100", &payees[1], "barred").await;
    scenario.restart_with(&[("EVENS_TURNOVER_FACTOR", "0.5"), ("EVENS_BETS", "off")]).await;
    let (free, barred, cashier) = (scenario.player(41), scenario.player(42), scenario.cashier());
    let of_free = withdraw(&free, "100", &payees[0], "nobody bets").await;
    for (player, order) in [(&free, of_free), (&barred, of_barred)] {
        let seen = cashier.get(&format!("/api/operator/withdrawals/{order}")).await.expect(200);
        assert_eq!(seen["data"]["holdReasons"], json!(["turnover-missing"]));
        decide(&cashier, &order, "approve").await.expect(200);
        await_withdrawal(&scenario, player, &order, "completed").await;
    }
    scenario.finish().await;
}
