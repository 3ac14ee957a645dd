//! Unmatched bets of players who exclude themselves or are blocked: they come back at once, and are never matched.

use crate::exchange::settle::await_settled;
use crate::operations::user_commands::run;
use crate::operations::watched::{metrics, metrics_address};
use evens_contracts::{Job, RefundPlayerJob};
use evens_ledger::Amount;
use evens_tests::{Client, PASSWORD, Request, Scenario, await_until, phone};
use serde_json::json;

/// The ways in which a player is barred, with their jobs.
#[derive(Debug, Clone, Copy)]
enum Bar {
    Exclusion,
    Block,
    /// `evens user block`.
    Command,
}

impl Bar {
    async fn apply(self, scenario: &Scenario, player: &Client) {
        let (client, path, body) = match self {
            Self::Exclusion => (player, "/api/exclusion".to_owned(), json!({ "months": 6 })),
            Self::Block => {
                let path = format!("/api/operator/users/{}/block", player.user);
                (&scenario.operator(), path, json!({ "reason": "a report" }))
            }
            Self::Command => {
                let done = run(scenario, &["user", "block", &player.user.to_string()]).await;
                assert_eq!(done.code, Some(0), "{}", done.stderr);
                return;
            }
        };
        client.send(Request::new("POST", path).json(body.to_string())).await.expect(200);
    }
}

/// The free balance and the locked one.
async fn holds(scenario: &Scenario, player: &Client) -> (String, String) {
    let wallet = scenario.context().store.load_wallet(player.user).await.expect("the table");
    (wallet.balance.to_string(), wallet.locked.to_string())
}

async fn await_holds(scenario: &Scenario, player: &Client, balance: &str, locked: &str) {
    let expected = (balance.to_owned(), locked.to_owned());
    await_until("the refund", Scenario::DEADLINE, async || {
        (holds(scenario, player).await == expected).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unmatched_bets_come_back_at_once_and_are_not_matched() {
    let scenario = Scenario::start().await;
    for (number, bar) in [(1, Bar::Exclusion), (2, Bar::Block), (3, Bar::Command)] {
        let (round, other_round) = (format!("r-{number}"), format!("other-{number}"));
        let player = scenario.signed_up(&phone(number), PASSWORD).await;
        scenario.fund(player.user.number(), "100").await;
        let other = scenario.funded(41 + u64::from(number), "100").await;
        // 4 of 10 are matched before; they stay in the wallet of the winner.
        let matched = player.bet(&round, "A", "10").await;
        let against = other.bet(&round, "B", "4").await;
        await_settled(&scenario, &[(&other, &against)]).await;
        player.bet(&other_round, "B", "7").await;
        let before = player.balance().await.units();
        bar.apply(&scenario, &player).await;
        let back = Amount::from_units(before + 13 * 100_000_000).expect("an amount");
        await_holds(&scenario, &player, &back.to_string(), "0").await;
        let waits = [other.bet(&round, "B", "6").await, other.bet(&other_round, "A", "7").await];
        scenario.await_idle().await;
        for bet in &waits {
            assert_eq!(other.read_bet(&bet.bet_id).await["status"], "PENDING", "{bar:?}");
        }
        let books = scenario.books().await;
        assert!(books.matches.iter().all(|found| found.bet_b != waits[0].id()), "{bar:?}");
        let ended = &books.bets[&matched.id()];
        assert_eq!((ended.settled.to_string(), ended.refunded.to_string()), ("4".to_owned(), "6".to_owned()));
        for bet in &waits {
            other.post(&format!("/api/bets/{}/refund", bet.bet_id)).await.expect(200);
        }
    }
    scenario.finish().await;
}

/// The job of the bar is lost. The matcher finds the bet in the way of another one, has it refunded, and goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_bet_that_the_matcher_finds_is_skipped_and_comes_back() {
    let scenario = Scenario::start().await;
    // In a round with one outcome for all, no wallet is written by the join.
    let operator = scenario.operator();
    let opened = json!({ "roundId": "late", "draw": "round" });
    operator.send(Request::new("POST", "/api/rounds").json(opened.to_string())).await.expect(201);
    for (number, round) in [(1, "r"), (3, "late")] {
        let barred = scenario.signed_up(&phone(number), PASSWORD).await;
        let other = scenario.signed_up(&phone(number + 1), PASSWORD).await;
        for player in [&barred, &other] {
            scenario.fund(player.user.number(), "10").await;
        }
        barred.bet(round, "A", "10").await;
        other.bet(round, "A", "3").await;
        scenario.await_idle().await;
        scenario.set_blocked(barred.user, true).await;
        let taker = scenario.funded(60 + u64::from(number), "10").await;
        let taken = taker.bet(round, "B", "10").await;
        await_holds(&scenario, &barred, "10", "0").await;
        scenario.await_idle().await;
        let books = scenario.books().await;
        let met: Vec<_> = books.matches.iter().filter(|found| found.bet_b == taken.id()).collect();
        assert_eq!(
            met.iter().map(|found| (found.user_a, found.amount.to_string())).collect::<Vec<_>>(),
            [(other.user, "3".to_owned())]
        );
    }
    scenario.finish().await;
}

/// A job is a hint: it returns nothing of a player who may play, and a repeat does no harm.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_for_a_player_who_may_play_returns_nothing() {
    let scenario = Scenario::start().await;
    let player = scenario.signed_up(&phone(1), PASSWORD).await;
    scenario.fund(player.user.number(), "10").await;
    player.bet("r", "A", "10").await;
    let job = || Job::RefundPlayer(RefundPlayerJob { user_id: player.user });
    scenario.work(job()).await.expect("done");
    assert_eq!(holds(&scenario, &player).await, ("0".to_owned(), "10".to_owned()));
    scenario.set_blocked(player.user, true).await;
    for _ in 0..2 {
        scenario.work(job()).await.expect("done");
        assert_eq!(holds(&scenario, &player).await, ("10".to_owned(), "0".to_owned()));
    }
    scenario.finish().await;
}

/// Each job searches the ledger of the player. In an earlier version, each repeat sent one.
#[tokio::test(flavor = "multi_thread")]
async fn an_exclusion_that_is_repeated_searches_once_a_minute() {
    let scenario =
        Scenario::start_with(&[("RUST_LOG", "info"), ("EVENS_METRICS_LISTEN", "127.0.0.1:0")]).await;
    let address = metrics_address(&scenario).await;
    let player = scenario.signed_up(&phone(1), PASSWORD).await;
    for _ in 0..20 {
        Bar::Exclusion.apply(&scenario, &player).await;
    }
    scenario.await_idle().await;
    let jobs = metrics(address).await.remove(r#"bullmq_jobs_total{queue="refund",status="completed"}"#);
    // At most one for each minute that began.
    assert!(["1", "2"].map(str::to_owned).map(Some).contains(&jobs), "{jobs:?}");
    scenario.finish().await;
}
