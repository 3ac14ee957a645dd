//! M6: sweeps find work whose messages were lost. Repeated and late messages do no harm.

use evens_contracts::{Job, MatchJob, Queue, RefundJob, SettleJob};
use evens_draws::{Nonce, Seed};
use evens_exchange::{
    BettingLimits, Draw, OpposedBets, PlaceBet, PlaceBetOutcome, RefundReason, Round, RoundStep, RoundTerms,
    Side, Stake, join,
};
use evens_idempotency::BetId;
use evens_ledger::Amount;
use evens_store::{JoinOutcome, RoundWrite};
use evens_tests::books::Books;
use evens_tests::{Scenario, await_until};
use futures::future::join_all;
use jiff::{Timestamp, ToSpan};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Makes a process log each finished sweep.
pub(crate) const TELLS_OF_SWEEPS: &[(&str, &str)] = &[("RUST_LOG", "warn,evens_runtime::poller=info")];

/// Waits until a process with [`TELLS_OF_SWEEPS`] has swept at its start. The next sweep comes a minute later, after
/// the test has ended.
pub(crate) async fn await_own_sweep(scenario: &Scenario) {
    await_until("its own sweep", Scenario::DEADLINE, async || {
        scenario.log().contains("Finished the scheduled run: swept").then_some(())
    })
    .await;
}

/// Places a bet without its message, as if the process had been killed before sending it.
async fn place_silently(scenario: &Scenario, number: u64, side: &str) -> BetId {
    place_silently_at(scenario, "r", number, side, Timestamp::now()).await
}

/// The same in this round, at this time.
pub(crate) async fn place_silently_at(
    scenario: &Scenario,
    round: &str,
    number: u64,
    side: &str,
    placed_at: Timestamp,
) -> BetId {
    let (store, user) = (&scenario.context().store, scenario.player(number).user);
    let (order, amount) = (format!("silent-{number}"), "10".parse().unwrap());
    store.fund_wallet(user, amount, &order, placed_at).await.unwrap();
    let bet = BetId::derive(user, &order.parse().unwrap());
    let stake = Stake::parse(amount).unwrap();
    let round = open_round(scenario, round, Draw::Match, placed_at).await;
    let nonce = Nonce::from_bytes([8; 32]);
    let command = PlaceBet {
        bet,
        user,
        round: round.id,
        side: side.parse().unwrap(),
        stake,
        nonce,
        by_staff: false,
        barred: None,
        session_started_at: placed_at,
        session_epoch: 0,
    };
    let limits = BettingLimits { stake_min: Amount::ZERO, ..scenario.context().settings.betting };
    let placed = store.place_bet(&command, limits, placed_at).await;
    assert!(matches!(placed, Ok(PlaceBetOutcome::Placed(_))), "{placed:?}");
    bet
}

/// Opens the round if it does not exist, and returns it.
async fn open_round(scenario: &Scenario, id: &str, draw: Draw, at: Timestamp) -> Round {
    let id = id.parse().unwrap();
    let terms = RoundTerms::endless(id, draw, Amount::ZERO);
    let seed = Seed::from_bytes([7; 32]);
    let written = scenario.context().store.open_round(Round::open(terms, &seed, at), &seed).await;
    written.unwrap().into_round()
}

#[tokio::test(flavor = "multi_thread")]
async fn bets_whose_message_was_never_sent_are_matched() {
    let scenario = Scenario::start().await;
    for number in 0..6 {
        place_silently(&scenario, 50 + number, if number % 2 == 0 { "A" } else { "B" }).await;
    }
    scenario.await_idle().await;
    let books = scenario.books().await;
    assert_eq!((books.matches.len(), books.waiting.len()), (0, 6));
    // Items younger than a minute are skipped, since their own job may still be on its way.
    scenario.sweep_after(jiff::SignedDuration::from_secs(30)).await;
    assert_eq!(scenario.books().await.waiting.len(), 6);
    scenario.sweep_later().await;
    assert_eq!(scenario.await_ended().await.matches.len(), 3);
    scenario.finish().await;
}

/// Joins two bets at this time without the message, as if the process had been killed before sending it.
async fn join_silently(scenario: &Scenario, numbers: [u64; 2], joined_at: Timestamp) {
    let [a, b] = numbers;
    let (a, b) = (place_silently(scenario, a, "A").await, place_silently(scenario, b, "B").await);
    let books = scenario.books().await;
    let pair = OpposedBets::of(&books.waiting[&a], &books.waiting[&b], Amount::ZERO).unwrap();
    let joined = scenario.context().store.join_bets(&join(&pair, joined_at), Side::A, &Draw::Match).await;
    assert!(matches!(joined, Ok(JoinOutcome::Joined)), "{joined:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_match_whose_message_was_never_sent_is_settled() {
    let scenario = Scenario::start().await;
    join_silently(&scenario, [51, 52], Timestamp::now()).await;
    // A clock that was ahead.
    join_silently(&scenario, [53, 54], Timestamp::now() + 1.hour()).await;
    scenario.await_idle().await;
    assert_eq!(scenario.books().await.unended(), 2);
    scenario.sweep_later().await;
    scenario.await_ended().await;
    scenario.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_whose_message_was_never_sent_is_finished() {
    let scenario = Scenario::start().await;
    let store = &scenario.context().store;
    let round = open_round(&scenario, "r", Draw::Round, Timestamp::now()).await;
    for (number, side) in [(51, "A"), (52, "B"), (53, "B")] {
        place_silently(&scenario, number, side).await;
    }
    scenario.sweep_later().await;
    scenario.await_idle().await;
    let RoundStep::Made(closed) = round.close(Timestamp::now()) else { panic!("closed") };
    assert!(matches!(store.move_round(&round, *closed).await, Ok(RoundWrite::Written(_))));
    scenario.await_idle().await;
    assert_eq!(scenario.books().await.unended(), 2);
    scenario.sweep_later().await;
    let books = scenario.await_ended().await;
    let refunds = books.entries.values().flatten().filter(|entry| entry.key.as_str().starts_with("REFUND:"));
    assert_eq!((books.matches.len(), refunds.count()), (1, 1));
    scenario.finish().await;
}

/// Messages are received beside the pollers and deleted, so that their jobs are lost.
#[tokio::test(flavor = "multi_thread")]
async fn messages_that_are_deleted_are_made_up_for() {
    let scenario = Scenario::start().await;
    let players = players(&scenario, 30).await;
    let is_over = AtomicBool::new(false);
    let steal = async |queue: Queue| {
        let mut stolen = 0;
        while !is_over.load(Ordering::Relaxed) {
            // With the pollers' own waiting time, a receive would outlast the test.
            let messages = scenario.context().queues.receive(queue, Duration::from_secs(1)).await.unwrap();
            stolen += messages.len();
            let receipts = messages.into_iter().map(|message| message.receipt).collect();
            scenario.context().queues.delete(queue, receipts).await.unwrap();
        }
        stolen
    };
    let bets = async {
        let bets = players.iter().enumerate().map(|(number, player)| async move {
            for _ in 0..2 {
                player.bet("r", if number % 2 == 0 { "A" } else { "B" }, "10").await;
            }
        });
        join_all(bets).await;
        is_over.store(true, Ordering::Relaxed);
    };
    let thieves =
        join_all([Queue::Match, Queue::Match, Queue::Match, Queue::Match, Queue::Settle].map(steal));
    let (stolen, ()) = tokio::join!(thieves, bets);
    assert!(stolen.iter().sum::<usize>() > 0, "the thieves came too late");
    scenario.await_idle().await;
    scenario.sweep_later().await;
    scenario.await_ended().await;
    scenario.finish().await;
}

/// Every possible job about a bet or match is sent twice more, concurrently and in any order.
#[tokio::test(flavor = "multi_thread")]
async fn messages_that_come_again_change_nothing_more() {
    let scenario = Scenario::start().await;
    let players = players(&scenario, 20).await;
    let bets = players.iter().enumerate().map(|(number, player)| {
        player.bet("r", if number % 2 == 0 { "A" } else { "B" }, ["10", "7", "3"][number % 3])
    });
    let placed = join_all(bets).await;
    let jobs_of_bets: Vec<_> = placed
        .iter()
        .zip(&players)
        .flat_map(|(placed, player)| {
            let job = Job::Match(MatchJob { bet_id: placed.id(), user_id: None, place: None });
            let refund = Job::Refund(RefundJob { bet_id: placed.id(), reason: RefundReason::Expired });
            [job.clone(), job, refund.clone(), refund].map(|job| (job, player.user.to_string()))
        })
        .collect();
    scenario.send_again(jobs_of_bets.clone()).await;
    for _ in 0..3 {
        scenario.send_again(jobs_of_matches(&scenario.books().await)).await;
    }
    scenario.await_idle().await;
    let before = scenario.books().await;
    assert!(!before.matches.is_empty());
    scenario.send_again(jobs_of_bets).await;
    scenario.send_again(jobs_of_matches(&before)).await;
    scenario.await_idle().await;
    assert_eq!(scenario.finish().await, before);
}

fn jobs_of_matches(books: &Books) -> Vec<(Job, String)> {
    let job = |found: &evens_exchange::Match| {
        let job = SettleJob::of_match(found).job;
        [(job.clone(), found.user_a.to_string()), (job, found.user_b.to_string())]
    };
    books.matches.iter().flat_map(job).collect()
}

async fn players(scenario: &Scenario, count: u64) -> Vec<evens_tests::Client> {
    let mut players = Vec::new();
    for number in 0..count {
        players.push(scenario.funded(100 + number, "20").await);
    }
    players
}

#[tokio::test(flavor = "multi_thread")]
async fn a_malformed_message_becomes_a_dead_letter_and_blocks_no_job() {
    let scenario = Scenario::start().await;
    let url = scenario.queue_url(Queue::Match).await;
    let player = scenario.funded(41, "10").await;
    let unknown_bet = r#"{"type":"match","data":{"betId":"00000000-0000-8000-8000-000000000000"}}"#;
    for (number, body) in ["not JSON", r#"{"type":"dance","data":{}}"#, unknown_bet].into_iter().enumerate() {
        let sent = scenario.sqs().send_message().queue_url(&url).message_body(body);
        let sent =
            sent.message_group_id(player.user.to_string()).message_deduplication_id(number.to_string());
        sent.send().await.unwrap();
    }
    let other = scenario.funded(42, "10").await;
    let (a, b) = (player.bet("r", "A", "10").await, other.bet("r", "B", "10").await);
    crate::exchange::settle::await_settled(&scenario, &[(&player, &a), (&other, &b)]).await;
    assert_eq!(scenario.dead_letters(Queue::Match).await, 3);
    assert_eq!(scenario.books().await.violations(), [""; 0]);
}
