//! Checks after a crowd has stopped, for every kind of fault.

use crate::crowd::{Crowd, Tally, is_player};
use evens_ledger::Amount;
use evens_tests::Scenario;
use evens_tests::books::Books;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// The time limit for pending work. It exceeds the visibility timeout of messages that a killed process had received.
const DEADLINE: Duration = Duration::from_mins(6);

/// The stakes of the bets in the books, by id.
pub(crate) fn booked(books: &Books) -> BTreeMap<String, Amount> {
    books.bets.values().map(|bet| (bet.id.to_string(), bet.stake.amount())).collect()
}

/// The accepted bets that are not among those in the books.
pub(crate) fn lost<'tally>(booked: &BTreeMap<String, Amount>, tally: &'tally Tally) -> Vec<&'tally String> {
    let taken = tally.taken.iter().filter(|(id, stake)| booked.get(*id) != Some(*stake));
    taken.map(|(id, _)| id).collect()
}

/// Closes the rounds, waits until every bet has ended, and compares the books with the players' answers. `despite`
/// lists permitted log errors.
pub(crate) async fn prove(scenario: Scenario, tally: Tally, despite: &[&str]) {
    prove_bets(&scenario, &tally).await;
    scenario.finish_despite(despite).await;
    println!("evens verify: the books are in order");
}

/// The same where jobs may have been given up.
pub(crate) async fn prove_with_dead_letters(scenario: Scenario, tally: Tally) {
    prove_bets(&scenario, &tally).await;
    scenario.finish_with_dead_letters().await;
    println!("evens verify: the books are in order");
}

async fn prove_bets(scenario: &Scenario, tally: &Tally) {
    let started = Instant::now();
    for round in 0..Crowd::ROUNDS {
        scenario.operator().close_round(&Crowd::round(round)).await.expect(200);
    }
    scenario.sweep_later().await;
    let books = scenario.await_ended_within(DEADLINE).await;

    let booked = booked(&books);
    let lost = lost(&booked, tally);
    assert!(lost.is_empty(), "accepted bets that are not in the books: {lost:?}");
    let unasked: Vec<_> = booked.keys().filter(|id| !tally.taken.contains_key(*id)).collect();
    assert!(unasked.is_empty(), "bets in the books that no answer confirmed: {unasked:?}");

    let wallets = books.wallets.values().filter(|wallet| is_player(wallet.user));
    let held: i128 = wallets.map(|wallet| wallet.balance.units()).sum();
    assert_eq!(held, tally.funded, "the players together hold their initial money");
    println!(
        "{} bets accepted, {} matches; {} requests retried, {} repeated on purpose",
        tally.taken.len(),
        books.matches.len(),
        tally.asked_again,
        tally.repeated
    );
    println!("every bet ended once, within {:.1} s, and no money is lost", started.elapsed().as_secs_f64());
}
