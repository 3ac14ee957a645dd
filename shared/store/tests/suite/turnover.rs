//! The turnover required before a withdrawal, counted from the ledger.

use crate::game_scenario::{cancel, closed, drawn, game_bet, game_command, opened_period};
use crate::order_scenario::{facts, give_payee, withdrawal_of, withdrawal_rules};
use crate::scenario::{amount, command, fund, joined, match_of, place, second, settled, user};
use evens_exchange::Side;
use evens_payments::{PaymentsRecord, RequestWithdrawalRefusal};
use evens_store::Store;
use std::convert::Infallible;

/// Requires a turnover of `coins` from player 1, after the entry `turnover_since`.
async fn need(store: &Store, coins: &str, turnover_since: u64) {
    let needs = |record: &PaymentsRecord| {
        let (turnover_needed, revision) = (amount(coins), record.revision + 1);
        Ok::<_, Infallible>(PaymentsRecord { turnover_needed, turnover_since, revision, ..record.clone() })
    };
    store.change_limits(user(1), second(0), needs).await.expect("an answer").expect("a change");
}

/// Requests a withdrawal of 10 by player 1.
async fn request(store: &Store, key: &str) -> Result<(), RequestWithdrawalRefusal> {
    let asked = withdrawal_of(1, key, "10");
    let outcome = store.request_withdrawal(&asked, facts(), &withdrawal_rules(), second(50)).await;
    outcome.expect("an answer").map(drop)
}

fn missing(coins: &str) -> Result<(), RequestWithdrawalRefusal> {
    Err(RequestWithdrawalRefusal::TurnoverMissing { missing: amount(coins) })
}

/// Stakes of ended bets count, after the withdrawal that required turnover before.
pub(crate) async fn stakes_are_counted_from_the_ledger(store: &Store) {
    let bet_match = match_of(store, "20").await;
    give_payee(store, 1).await;
    need(store, "20", 0).await;
    assert_eq!(request(store, "it has not ended").await, missing("20"));
    settled(store, &bet_match, Side::A).await;
    assert_eq!(request(store, "it has ended").await, Ok(()));
    assert_eq!(store.load_payments_record(user(1)).await.expect("a read").turnover_needed, amount("0"));
    assert_eq!(request(store, "nothing is needed").await, Ok(()));
    let version = store.load_wallet(user(1)).await.expect("a wallet").version;
    need(store, "1", version).await;
    assert_eq!(request(store, "more is needed").await, missing("1"));
}

/// Player 1 wins six of eight matches against player 2. Three of them are repetitions, which count for nothing, and
/// neither do as many lost ones: 20 of the stakes of 80 remain.
pub(crate) async fn stakes_of_a_repeated_pair_do_not_count(store: &Store) {
    fund(store, 1, "100").await;
    fund(store, 2, "100").await;
    give_payee(store, 1).await;
    for number in 0..8 {
        let key = format!("bet-{number}");
        let a = place(store, &command(1, &key, Side::A, "10"), second(2 * number)).await;
        let b = place(store, &command(2, &key, Side::B, "10"), second(2 * number + 1)).await;
        let bet_match = joined(store, &a.waiting, &b.waiting, 20).await;
        settled(store, &bet_match, if number < 6 { Side::A } else { Side::B }).await;
    }
    let opponents = store.list_opponents(user(1)).await.expect("the table").repeated();
    let [(opponent, meetings)] = opponents.as_slice() else { panic!("one opponent: {opponents:?}") };
    assert_eq!((*opponent, meetings.won, meetings.staked), (user(2), 6, amount("60")));
    assert_eq!(store.list_opponents(user(2)).await.expect("the table").repeated(), []);
    need(store, "20.01", 0).await;
    assert_eq!(request(store, "too little").await, missing("0.01"));
    need(store, "20", 0).await;
    assert_eq!(request(store, "enough").await, Ok(()));
}

/// A stake against the house counts once its period is drawn, and not if it was refunded.
pub(crate) async fn stakes_on_house_games_count_once_they_are_drawn(store: &Store) {
    fund(store, 1, "100").await;
    give_payee(store, 1).await;
    need(store, "10", 0).await;
    let period = opened_period(store).await;
    game_bet(store, &game_command(1, "bet", false, "10"), &period).await;
    assert_eq!(request(store, "it is open").await, missing("10"));
    let closed = closed(store, &period).await;
    assert_eq!(request(store, "it is closed").await, missing("10"));
    drawn(store, &closed).await;
    assert_eq!(request(store, "it is drawn").await, Ok(()));
}

pub(crate) async fn stakes_of_a_cancelled_period_do_not_count(store: &Store) {
    fund(store, 1, "100").await;
    give_payee(store, 1).await;
    need(store, "10", 0).await;
    let period = opened_period(store).await;
    game_bet(store, &game_command(1, "bet", false, "10"), &period).await;
    cancel(store, period.id, 26).await;
    assert_eq!(request(store, "it was cancelled").await, missing("10"));
}
