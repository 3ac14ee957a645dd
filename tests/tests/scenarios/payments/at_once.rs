//! Concurrent operations on one wallet: withdrawals, deposit callbacks, bonuses and bets. No lock is held (K3, K5, K7,
//! E10): each of them succeeds once, and the books balance.

use super::withdrawing::{await_withdrawal, balance, paid_out, payee, try_withdraw, withdraw};
use evens_ledger::{Amount, UserId};
use evens_tests::books::Books;
use evens_tests::{Client, PASSWORD, Scenario, phone};
use futures::future::join_all;
use std::collections::BTreeSet;

/// The number of ledger entries with this reason. No key occurs twice.
fn entries(books: &Books, user: UserId, reason: &str) -> usize {
    let keys: Vec<_> = books.entries[&user].iter().map(|entry| entry.key.to_string()).collect();
    assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len(), "{keys:?}");
    keys.iter().filter(|key| key.starts_with(reason)).count()
}

/// Opens this number of deposits.
async fn open(player: &Client, amount: &str, count: u32) -> Vec<evens_tests::OpenedDeposit> {
    join_all((0..count).map(async |number| player.deposit(amount, &format!("deposit-{number}")).await)).await
}

/// K3, E10: the provider confirms deposits while their player withdraws.
#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_and_a_callback_of_a_deposit_at_once_both_succeed() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "100").await;
    let payee = &payee(&player, "IN12345678").await;
    let deposits = open(&player, "10", 12).await;
    let (player, sandbox) = (&player, scenario.sandbox());
    let pay = join_all(deposits.iter().map(|opened| sandbox.press(&opened.pay_url, "pay")));
    let take = join_all((0..12).map(async |number| {
        let key = format!("withdrawal-{number}");
        withdraw(player, "7", payee, &key).await
    }));
    let (_, withdrawals) = tokio::join!(pay, take);
    for opened in &deposits {
        scenario.await_deposit(player, &opened.order, "completed").await;
    }
    for order in &withdrawals {
        await_withdrawal(&scenario, player, order, "completed").await;
        assert_eq!(paid_out(&scenario, order).await, [("processed".to_owned(), 700)]);
    }
    assert_eq!(balance(player).await, "136");
    let user = player.user;
    let books = scenario.finish().await;
    assert_eq!((entries(&books, user, "DEPOSIT:"), entries(&books, user, "WITHDRAW:")), (12, 12));
    assert_eq!(entries(&books, user, "WITHDRAW-REV:"), 0);
}

/// K5: the bonus job of a first deposit and the jobs of referrals compete for the wallets of one referrer and of the
/// referred players.
#[tokio::test(flavor = "multi_thread")]
async fn a_deposits_bonus_and_bonuses_of_referrals_at_once_are_each_given_once() {
    const WITH_BONUSES: &[(&str, &str)] = &[("EVENS_FIRST_DEPOSIT_BONUS", "15"), ("REFERRAL_BONUS", "10")];
    let scenario = Scenario::start_with(WITH_BONUSES).await;
    let referrer = scenario.signed_up(&phone(0), PASSWORD).await;
    let code = &referrer.referral_code().await;
    let deposits = open(&referrer, "100", 5).await;
    let (running, sandbox) = (&scenario, scenario.sandbox());
    let pay = join_all(deposits.iter().map(|opened| sandbox.press(&opened.pay_url, "pay")));
    let bring = join_all((1..=20).map(async |number| {
        let player = running.referred(&phone(number), code).await;
        let opened = player.deposit("50", "first").await;
        sandbox.press(&opened.pay_url, "pay").await;
        (player, opened.order)
    }));
    let (_, brought) = tokio::join!(pay, bring);
    for opened in &deposits {
        scenario.await_deposit(&referrer, &opened.order, "completed").await;
    }
    for (player, order) in &brought {
        scenario.await_deposit(player, order, "completed").await;
    }
    scenario.await_idle().await;
    let books = scenario.finish().await;
    let bonus = |user: UserId| books.wallets[&user].bonus.to_string();
    // 25 for signing up, 15 for the first deposit, and 10 for each referred player.
    assert_eq!(
        (bonus(referrer.user), books.wallets[&referrer.user].balance),
        ("240".to_owned(), amount("500"))
    );
    assert_eq!(entries(&books, referrer.user, "BONUS:DEP:"), 1);
    for (player, _) in &brought {
        assert_eq!(
            (bonus(player.user), books.wallets[&player.user].balance),
            ("40".to_owned(), amount("50"))
        );
        assert_eq!(entries(&books, player.user, "BONUS:DEP:"), 1);
    }
}

/// E9, K7: concurrent requests never overdraw the wallet, and one key has one effect.
#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_withdrawals_at_once_take_no_more_than_there_is() {
    let scenario = Scenario::start().await;
    let player = scenario.funded(41, "100").await;
    let payee = &payee(&player, "IN12345678").await;
    let player = &player;
    let ask = |number: u32| async move {
        let key = if number.is_multiple_of(2) { "same".to_owned() } else { format!("key-{number}") };
        try_withdraw(player, "9", payee, &key).await
    };
    let answers = join_all((0..100).map(ask)).await;
    let taken: Vec<_> =
        answers.iter().filter(|answer| answer.status() == 202 && !answer.is_replay()).collect();
    let refused = answers.iter().filter(|answer| answer.status() == 400).count();
    assert_eq!(taken.len(), 11, "and {refused} refused");
    for answer in taken {
        let order = answer.expect(202)["data"]["orderId"].as_str().expect("an id").to_owned();
        await_withdrawal(&scenario, player, &order, "completed").await;
        assert_eq!(paid_out(&scenario, &order).await, [("processed".to_owned(), 900)]);
    }
    assert_eq!(balance(player).await, "1");
    let user = player.user;
    let books = scenario.finish().await;
    assert_eq!((entries(&books, user, "WITHDRAW:"), books.withdrawals.len()), (11, 11));
}

/// E10 with all actions of a player: matched bets, withdrawals, and incoming deposits.
#[tokio::test(flavor = "multi_thread")]
async fn withdrawals_deposits_bets_and_matches_of_one_player_at_once_all_succeed() {
    let scenario = Scenario::start().await;
    let (player, opponent) = (scenario.funded(41, "200").await, scenario.funded(42, "100").await);
    let payee = &payee(&player, "IN12345678").await;
    let deposits = open(&player, "10", 8).await;
    let (player, opponent, sandbox) = (&player, &opponent, scenario.sandbox());
    let pay = join_all(deposits.iter().map(|opened| sandbox.press(&opened.pay_url, "pay")));
    let take = join_all((0..8).map(async |number| {
        let key = format!("withdrawal-{number}");
        withdraw(player, "7", payee, &key).await
    }));
    let bet = join_all((0..16).map(async |number| {
        let (who, side) = if number % 2 == 0 { (player, "A") } else { (opponent, "B") };
        who.bet("busy", side, "5").await
    }));
    let (_, withdrawals, _) = tokio::join!(pay, take, bet);
    for opened in &deposits {
        scenario.await_deposit(player, &opened.order, "completed").await;
    }
    for order in &withdrawals {
        await_withdrawal(&scenario, player, order, "completed").await;
    }
    let books = scenario.await_ended().await;
    assert_eq!((books.bets.len(), books.matches.len()), (16, 8));
    let both = books.wallets[&player.user].balance.units() + books.wallets[&opponent.user].balance.units();
    assert_eq!(both, amount("324").units(), "what one lost, the other has won");
    assert_eq!(entries(&books, player.user, "DEPOSIT:"), 8);
    assert_eq!(entries(&books, player.user, "WITHDRAW:"), 8);
    scenario.finish().await;
}

fn amount(text: &str) -> Amount {
    text.parse().expect("an amount")
}
