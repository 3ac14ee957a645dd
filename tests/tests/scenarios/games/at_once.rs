//! Players bet while they are paid: the moment with the most concurrent writes.

use crate::games::table::Table;
use evens_block_sources::LocalChain;
use evens_ledger::Amount;
use evens_tests::Scenario;
use futures::future::join_all;
use std::collections::BTreeSet;
use std::sync::Arc;

const PLAYERS: u64 = 20;

/// K4: a bet moves money from a player to a period, and a payout moves it back. Twenty players bet on one period while
/// all lanes of another pay them. No lock is held: each bet is placed, and each payout is made once. The periods are in
/// two rooms, because the next period of a room takes no bets before the process's clock reaches it.
#[tokio::test(flavor = "multi_thread")]
async fn bets_on_the_next_period_and_payouts_of_the_last_one_at_once_all_succeed() {
    let scenario = Scenario::start().await;
    let last = Table::open(&scenario).await;
    let next = Table::open_in("k3-300", &scenario, Arc::new(LocalChain)).await;
    let players = join_all((41..41 + PLAYERS).map(|user| scenario.funded(user, "500"))).await;
    // For any result, one of the two bets wins.
    let bets = players.iter().map(async |player| {
        for on in ["SIZE:big", "SIZE:small"] {
            last.bet(player, on, "10").await.expect(202);
        }
    });
    join_all(bets).await;
    last.close().await;

    let bets = join_all(players.iter().map(async |player| {
        for _ in 0..10 {
            // A 503 would mean that a bet waited too long.
            next.bet(player, "SUM_CATEGORY:big", "1").await.expect(202);
        }
    }));
    tokio::join!(last.end(), bets);
    last.await_state("SETTLED").await;
    next.close().await;
    next.end().await;
    let next = next.await_state("SETTLED").await;
    // 500 - 20 + 19.6, and then 10 bets that won 1.96 each or nothing.
    let is_big = next["result"]["sum_size"] == "big";
    let balance: Amount = if is_big { "509.2" } else { "489.6" }.parse().unwrap();
    scenario.await_idle().await;
    for player in &players {
        assert_eq!(player.balance().await, balance, "{}", player.user);
    }
    let books = scenario.finish().await;
    for player in &players {
        let keys: Vec<_> = books.entries[&player.user].iter().map(|entry| entry.key.to_string()).collect();
        assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len(), "{keys:?}");
        let of = |kind: &str| keys.iter().filter(|key| key.starts_with(kind)).count();
        assert_eq!((of("GAME:"), of("WIN:")), (12, if is_big { 11 } else { 1 }));
    }
}
