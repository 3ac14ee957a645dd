//! The notifications of an observer: every entry once, and every lost race.

use crate::engine::Engine;
use crate::scenario::{
    amount, bet, command, drawn, fund, match_of, opened, place, plan, refund, second, user, welcomed,
};
use evens_exchange::{Draw, Match, MatchState, Outcome, RoundStep, Side};
use evens_ledger::Entry;
use evens_store::{Changed, JoinOutcome, Observer, Operation, RetryCause, Store};
use futures::future::join_all;
use std::collections::HashSet;
use std::sync::{Arc, Mutex};

#[derive(Debug, Default)]
struct Seen {
    entries: Mutex<Vec<Entry>>,
    draws: Mutex<Vec<&'static str>>,
    failures: Mutex<Vec<(Operation, RetryCause)>>,
    retries: Mutex<Vec<(Operation, RetryCause)>>,
    recoveries: Mutex<Vec<Operation>>,
    changes: Mutex<Vec<Changed>>,
}

impl Observer for Seen {
    fn failed(&self, operation: Operation, cause: RetryCause) {
        self.failures.lock().unwrap().push((operation, cause));
    }

    fn retried(&self, operation: Operation, cause: RetryCause) {
        self.retries.lock().unwrap().push((operation, cause));
    }

    fn recovered(&self, operation: Operation) {
        self.recoveries.lock().unwrap().push(operation);
    }

    fn entered(&self, entry: &Entry) {
        self.entries.lock().unwrap().push(entry.clone());
    }

    fn drawn(&self, winner: &'static str) {
        self.draws.lock().unwrap().push(winner);
    }

    fn changed(&self, changed: Changed) {
        self.changes.lock().unwrap().push(changed);
    }
}

fn observed(engine: &Engine) -> (Store, Arc<Seen>) {
    let seen = Arc::new(Seen::default());
    (engine.store.clone().observed(seen.clone()), seen)
}

/// The stored entries of some users.
async fn entries(store: &Store, users: &[u64]) -> Vec<Entry> {
    let mut found = Vec::new();
    for number in users {
        found.extend(store.list_entries(user(*number), None, 100).await.unwrap());
    }
    found
}

fn sorted(mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.sort_by_key(|entry| (entry.user, entry.number));
    entries
}

pub(crate) async fn every_entry_and_every_draw_is_told_once(engine: &Engine) {
    let (store, seen) = observed(engine);
    // Funds, bets, a settled match, a voided match, a refunded rest, and bonuses.
    let settled = match_of(&store, "10").await;
    let outcome = drawn(&store, &settled, Side::B).await;
    for _ in 0..2 {
        store.draw_match(&settled, outcome).await.unwrap();
        store.settle_match(&settled, outcome, None, second(30)).await.unwrap();
    }
    let one = bet(&store, 3, Side::A, "7", 40).await;
    let other = bet(&store, 4, Side::B, "9", 41).await;
    // If each match is its own game, it is drawn with its join.
    let mut join = plan(&one.waiting, &other.waiting, 42);
    join.bet_match.state = MatchState::Drawn(Outcome { winner: Side::A, drawn_at: second(42) });
    assert_eq!(store.join_bets(&join, Side::A, &Draw::Match).await.unwrap(), JoinOutcome::Joined);
    let voided = join.bet_match;
    for _ in 0..2 {
        store.void_match(&voided, second(43)).await.unwrap();
        refund(&store, &other.bet).await;
    }
    welcomed(&store, 5, None).await;
    for _ in 0..2 {
        store.apply_registration_bonus(user(5), amount("25"), second(50)).await.unwrap();
    }
    let told = std::mem::take(&mut *seen.entries.lock().unwrap());
    assert_eq!(sorted(told), sorted(entries(&store, &[1, 2, 3, 4, 5]).await));
    assert_eq!(*seen.draws.lock().unwrap(), ["B", "A"]);
    assert_eq!(*seen.retries.lock().unwrap(), []);
}

pub(crate) async fn lost_races_are_told_with_what_was_attempted(engine: &Engine) {
    let (store, seen) = observed(engine);
    fund(&store, 1, "100").await;
    let commands: Vec<_> = (0..8).map(|number| command(1, &format!("key-{number}"), Side::A, "1")).collect();
    join_all(commands.iter().map(|command| place(&store, command, second(1)))).await;
    let told = std::mem::take(&mut *seen.entries.lock().unwrap());
    assert_eq!(sorted(told), sorted(entries(&store, &[1]).await), "though some were attempted several times");
    let retries = std::mem::take(&mut *seen.retries.lock().unwrap());
    let recovered = std::mem::take(&mut *seen.recoveries.lock().unwrap());
    assert!((1..=8).contains(&recovered.len()), "each bet that was tried again was placed: {recovered:?}");
    assert!(!retries.is_empty(), "eight bets of one wallet at once");
    assert!(retries.iter().all(|retry| *retry == (Operation::PlaceBet, RetryCause::Conflict)), "{retries:?}");
}

/// What is told of both bets and both wallets of a match.
fn ends_of(of: &Match) -> HashSet<Changed> {
    let of_side = |side| {
        let (id, user, round) = (of.bet(side), of.user(side), of.round.clone());
        [Changed::Bet { id, user, round }, Changed::Wallet(user)]
    };
    Side::ALL.into_iter().flat_map(of_side).collect()
}

/// The loser's too: their stake is not locked any more. And again where it was done before, as the first answer may
/// have been lost.
pub(crate) async fn what_changed_is_told_and_again_where_it_was_done_before(engine: &Engine) {
    let (store, seen) = observed(engine);
    let told = || seen.changes.lock().unwrap().drain(..).collect::<HashSet<_>>();
    let settled = match_of(&store, "10").await;
    let of_both = ends_of(&settled);
    assert!(told().is_superset(&of_both), "placed and joined");
    let outcome = drawn(&store, &settled, Side::B).await;
    told();
    for attempt in ["settled", "settled before"] {
        store.settle_match(&settled, outcome, None, second(30)).await.unwrap();
        assert_eq!(told(), of_both, "{attempt}");
    }

    let one = bet(&store, 3, Side::A, "7", 40).await;
    let other = bet(&store, 4, Side::B, "9", 41).await;
    let join = plan(&one.waiting, &other.waiting, 42);
    let of_bets: HashSet<_> =
        ends_of(&join.bet_match).into_iter().filter(|told| matches!(told, Changed::Bet { .. })).collect();
    told();
    store.join_bets(&join, Side::A, &Draw::Match).await.unwrap();
    assert_eq!(told(), of_bets, "joined");
    store.join_bets(&join, Side::A, &Draw::Match).await.unwrap();
    assert_eq!(told(), ends_of(&join.bet_match), "joined before, and perhaps paid");
    for attempt in ["voided", "voided before"] {
        store.void_match(&join.bet_match, second(43)).await.unwrap();
        assert_eq!(told(), ends_of(&join.bet_match), "{attempt}");
    }

    let of_rest = |told: &Changed| match told {
        Changed::Bet { id, .. } => *id == other.bet.id,
        Changed::Wallet(of) => *of == other.bet.user,
        Changed::Round(_) => false,
    };
    let of_rest: HashSet<_> = ends_of(&join.bet_match).into_iter().filter(of_rest).collect();
    for attempt in ["refunded", "nothing waits"] {
        refund(&store, &other.bet).await;
        assert_eq!(told(), of_rest, "{attempt}");
    }

    let round = opened(&store, "told", Draw::Match, 50).await;
    assert_eq!(told(), [Changed::Round(round.id.clone())].into(), "opened");
    let RoundStep::Made(closed) = round.close(second(51)) else { panic!("it can be closed") };
    for attempt in ["closed", "closed before"] {
        store.move_round(&round, (*closed).clone()).await.unwrap();
        assert_eq!(told(), [Changed::Round(round.id.clone())].into(), "{attempt}");
    }
}

#[test]
fn operations_are_called_like_their_transactions() {
    #[rustfmt::skip]
    let table = [
        (Operation::Read,             "read"),
        (Operation::PlaceBet,         "place-bet"),
        (Operation::RecordAttendance, "record-attendance"),
    ];
    assert_eq!(table.map(|(operation, _)| operation.as_str()), table.map(|(_, name)| name));
}
