//! Rounds: opened once, changed once, and taken out of the index.

use crate::scenario::{ROUND, opened, round_id, second, seed, terms};
use evens_draws::Seed;
use evens_exchange::{
    Deadlines, Draw, OracleKey, Round, RoundOutcome, RoundState, RoundStep, RoundTerms, Side,
};
use evens_store::{RoundWrite, Store};
use futures::future::join_all;

pub(crate) async fn a_round_is_opened_once(store: &Store) {
    let first = opened(store, ROUND, Draw::Round, 0).await;
    let other = Round::open(terms(ROUND, Draw::Match), &Seed::from_bytes([8; 32]), second(1));
    let again = store.open_round(other, &Seed::from_bytes([8; 32])).await.unwrap();
    assert_eq!(again, RoundWrite::Found(first));
    assert_eq!(store.load_seed(&round_id(ROUND)).await.unwrap(), Some(seed()));
}

pub(crate) async fn of_parallel_openings_one_is_written(store: &Store) {
    let seeds: Vec<_> = (0..10).map(|number| Seed::from_bytes([number; 32])).collect();
    let openings = seeds
        .iter()
        .map(|seed| store.open_round(Round::open(terms(ROUND, Draw::Match), seed, second(0)), seed));
    let written: Vec<_> = join_all(openings).await.into_iter().map(Result::unwrap).collect();
    let first: Vec<_> = written
        .iter()
        .filter_map(|one| if let RoundWrite::Written(round) = one { Some(round) } else { None })
        .collect();
    assert_eq!(first.len(), 1);
    assert!(written.iter().all(|one| one.clone().into_round() == *first[0]));
}

pub(crate) async fn every_state_and_draw_is_read_as_it_was_written(store: &Store) {
    let oracle = OracleKey { name: "referee".to_owned(), public_key: [0xab; 32] };
    let outcome = RoundOutcome { winner: Side::B, fixed_at: second(9), signature: Some(vec![0, 0x0f, 0xff]) };
    let unsigned = RoundOutcome { signature: None, ..outcome.clone() };
    let (closed_at, seed_of) = (second(8), seed());
    let cases = [
        (Draw::Match, RoundState::Closed { closed_at, seed: None }),
        (Draw::Match, RoundState::Closed { closed_at, seed: Some(seed_of.clone()) }),
        (Draw::Round, RoundState::Cancelled { cancelled_at: closed_at, seed: None }),
        (Draw::Round, RoundState::Resulted { closed_at, seed: seed_of.clone(), outcome: unsigned }),
        (Draw::Oracle(oracle.clone()), RoundState::Resulted { closed_at, seed: seed_of.clone(), outcome }),
        (Draw::Oracle(oracle), RoundState::Cancelled { cancelled_at: closed_at, seed: Some(seed_of) }),
    ];
    for (number, (draw, state)) in cases.into_iter().enumerate() {
        let read = opened(store, &format!("round-{number}"), draw, 0).await;
        assert_eq!(store.load_round(&read.id).await.unwrap(), Some(read.clone()));
        let moved = Round { state, ..read.clone() };
        assert_eq!(store.move_round(&read, moved.clone()).await.unwrap(), RoundWrite::Written(moved.clone()));
        assert_eq!(store.load_round(&read.id).await.unwrap(), Some(moved));
    }
}

pub(crate) async fn of_two_steps_at_once_one_is_made(store: &Store) {
    let read = opened(store, ROUND, Draw::Match, 0).await;
    let RoundStep::Made(closed) = read.close(second(8)) else { panic!("it can be closed") };
    let RoundStep::Made(cancelled) = read.cancel(second(8)) else { panic!("it can be cancelled") };
    let moves = [*closed, *cancelled].map(|moved| store.move_round(&read, moved));
    let written: Vec<_> = join_all(moves).await.into_iter().map(Result::unwrap).collect();
    let found = store.load_round(&read.id).await.unwrap().expect("the round");
    assert!(written.contains(&RoundWrite::Written(found.clone())), "{written:?}");
    assert!(written.contains(&RoundWrite::Found(found)), "{written:?}");
}

pub(crate) async fn an_ended_round_is_listed_until_it_is_finished(store: &Store) {
    let open = opened(store, "open", Draw::Match, 0).await;
    let mut ended = Vec::new();
    for number in 0..20 {
        let read = opened(store, &format!("round-{number}"), Draw::Match, number).await;
        let RoundStep::Made(closed) = read.close(second(100)) else { panic!("it can be closed") };
        store.move_round(&read, *closed.clone()).await.unwrap();
        ended.push(*closed);
    }
    let mut expected: Vec<_> = ended.iter().map(|round| round.id.clone()).collect();
    expected.sort();
    assert_eq!(listed(store).await, expected);

    for round in &ended[..19] {
        store.finish_round(round).await.unwrap();
        store.finish_round(round).await.unwrap();
        assert_eq!(store.load_round(&round.id).await.unwrap().as_ref(), Some(round), "finished, unchanged");
    }
    store.finish_round(&Round { state: ended[0].state.clone(), ..open }).await.unwrap();
    assert_eq!(listed(store).await, [ended[19].id.clone()]);
}

pub(crate) async fn open_rounds_are_listed_by_when_they_close(store: &Store) {
    // Thirty rounds that close at three times, one without a deadline, a closed one, and one past its deadline.
    let closing = async |id: &str, closes_by: i64| {
        let deadlines = Some(Deadlines { closes_by: second(closes_by), result_by: second(9_000) });
        let terms = RoundTerms { deadlines, ..terms(id, Draw::Match) };
        store.open_round(Round::open(terms, &seed(), second(0)), &seed()).await.unwrap().into_round()
    };
    let mut expected = Vec::new();
    for number in 0..30 {
        let id = format!("round-{number:02}");
        closing(&id, 100 + number % 3).await;
        expected.push((number % 3, id));
    }
    expected.sort();
    opened(store, "endless", Draw::Match, 0).await;
    closing("past", 50).await;
    let read = closing("closed", 101).await;
    let RoundStep::Made(closed) = read.close(second(8)) else { panic!("it can be closed") };
    store.move_round(&read, *closed).await.unwrap();

    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = store.list_open_rounds(second(50), after.as_ref(), 7).await.unwrap();
        assert!(page.rounds.len() <= 7);
        found.extend(page.rounds.into_iter().map(|round| round.id.to_string()));
        after = page.next_after;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found, expected.into_iter().map(|(_, id)| id).collect::<Vec<_>>());
    let later = store.list_open_rounds(second(101), None, 50).await.unwrap();
    assert_eq!(
        (later.rounds.len(), later.next_after),
        (10, None),
        "those that close at that moment do not count"
    );
}

pub(crate) async fn a_round_that_moved_on_since_it_was_read_is_not_finished(store: &Store) {
    let open = opened(store, ROUND, Draw::Match, 0).await;
    let RoundStep::Made(closed) = open.close(second(8)) else { panic!("it can be closed") };
    store.move_round(&open, *closed.clone()).await.unwrap();
    let RoundStep::Made(cancelled) = closed.cancel(second(9)) else { panic!("it can be cancelled") };
    store.move_round(&closed, *cancelled).await.unwrap();
    store.finish_round(&closed).await.unwrap();
    assert_eq!(listed(store).await, [open.id]);
}

async fn listed(store: &Store) -> Vec<evens_exchange::RoundId> {
    let mut ids = Vec::new();
    for shard in store.layout().shards() {
        ids.extend(store.sweep_rounds(shard, second(1_000)).await.unwrap().into_iter().map(|round| round.id));
    }
    ids.sort();
    ids
}
