//! Answers that end early: the engine returns at most 1 MB at once, however many items were requested.

use crate::engine::Engine;
use crate::raw::{self, Item, number, padding, text, with};
use crate::scenario::{
    ENOUGH, ROUND, bet, command, fund, match_of, place, round_id, second, sums, swept_matches, swept_waiting,
    totals, user,
};
use evens_exchange::{Match, MatchId, Side};
use evens_idempotency::BetId;
use evens_store::CountedTotals;

const COPIES: u64 = 9;

pub(crate) async fn waiting_bets_beyond_one_answer_are_listed_summed_and_swept(engine: &Engine) {
    let store = &engine.store;
    bet(store, 1, Side::A, "1", 0).await;
    let original = raw::items(engine, "waiting").await.remove(0);
    let copies = (1..=COPIES).map(|copy| {
        let at = second(i64::try_from(copy).unwrap());
        let id = bet_id(copy);
        let sort = format!("{ROUND}#A#{:013}#{id}", at.as_millisecond());
        let changes =
            [("sk", text(sort)), ("bet", text(id)), ("placed_at", text(at)), ("padding", padding())];
        with(&original, &changes)
    });
    raw::put_all(engine, copies).await;

    let round = round_id(ROUND);
    let listed = store.list_waiting(&round, Side::A, None, 100).await.unwrap().found;
    assert_eq!(listed.len(), 10);
    assert!(listed.is_sorted_by_key(|waiting| waiting.placed_at));
    let two = store.list_waiting(&round, Side::A, None, 2).await.unwrap();
    assert_eq!(store.list_waiting(&round, Side::A, two.next, 7).await.unwrap().found, listed[2..9]);
    assert_eq!(totals(store).await, ["0", "10", "0"]);
    assert_eq!(swept_waiting(store).await.len(), 10);
}

pub(crate) async fn matches_beyond_one_answer_are_listed_summed_and_swept(engine: &Engine) {
    let store = &engine.store;
    let joined = match_of(store, "1").await;
    let original = raw::items(engine, "match").await.remove(0);
    raw::put_all(engine, (1..=COPIES).map(|copy| copy_of_match(&original, copy))).await;

    for limit in [1, 9, 10, 100] {
        let (mut found, mut after): (Vec<Match>, Option<MatchId>) = (Vec::new(), None);
        loop {
            let page = store.list_matches(&joined.round, after, limit).await.unwrap();
            found.extend(page.matches);
            after = page.next_after;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found.len(), 10, "limit {limit}");
        assert!(found.is_sorted_by_key(|found| found.id));
    }
    assert_eq!(totals(store).await, ["10", "0", "0"]);
    assert_eq!(swept_matches(store, second(1_000)).await.len(), 10);
}

pub(crate) async fn entries_and_bets_beyond_one_answer_are_listed(engine: &Engine) {
    let store = &engine.store;
    fund(store, 1, ENOUGH).await;
    for number in 0..20 {
        place(store, &command(1, &format!("key-{number}"), Side::A, "1"), second(number)).await;
    }
    let pages = raw::items(engine, "entries").await;
    assert_eq!(pages.len(), 5, "four entries in each, and one is with the wallet");
    let padded = pages.into_iter().map(|item| with(&item, &[("padding", padding())]));
    raw::put_all(engine, padded).await;

    let entries = store.list_entries(user(1), None, 19).await.unwrap();
    assert!(entries.iter().map(|entry| entry.number).eq((3..=21).rev()));
    let page = store.list_bets(user(1), None, 100).await.unwrap();
    assert_eq!((page.bets.len(), page.next_before), (20, None));
    let page = store.list_bets(user(1), None, 19).await.unwrap();
    assert_eq!((page.bets.len(), page.next_before), (19, Some(3)));
}

/// The store reads a thousand small items at once.
pub(crate) async fn more_items_than_are_asked_for_at_once_are_all_found(engine: &Engine) {
    let store = &engine.store;
    let round = match_of(store, "1").await.round;
    bet(store, 3, Side::A, "1", 0).await;
    let waiting = raw::items(engine, "waiting").await.remove(0);
    let found = raw::items(engine, "match").await.remove(0);
    let waiting = (1..=2_000).map(|copy| {
        let id = bet_id(copy);
        let sort = format!("{ROUND}#A#{:013}#{id}", second(0).as_millisecond());
        with(&waiting, &[("sk", text(sort)), ("bet", text(id))])
    });
    let matches = (1..=1_000).map(|copy| with(&copy_of_match(&found, copy), &[("padding", text(""))]));
    raw::put_all(engine, waiting.chain(matches)).await;

    for (at, expected, is_complete) in
        [(0, "1000", false), (1, "2000", false), (2, "2001", true), (3, "2001", true)]
    {
        let CountedTotals { totals, as_of } = store.load_round_totals(&round, second(at)).await.unwrap();
        assert_eq!(
            (sums(&totals), totals.is_complete),
            (["1001", expected, "0"].map(str::to_owned), is_complete)
        );
        assert_eq!(as_of, second(0), "when the sum that took longest was begun");
    }
    assert_eq!(swept_waiting(store).await.len(), 2_001);
    assert_eq!(swept_matches(store, second(1_000)).await.len(), 1_001);
}

/// Copies of a match in its own shard of the index.
fn copy_of_match(original: &Item, copy: u64) -> Item {
    let id = MatchId::derive(bet_id(copy), bet_id(copy + 1));
    let changes = [("sk", text(format!("MATCH#{id}"))), ("match", text(id)), ("padding", padding())];
    with(original, &[&changes[..], &[("amount", number(1))]].concat())
}

fn bet_id(copy: u64) -> BetId {
    command(9, &format!("copy-{copy}"), Side::A, "1").bet
}
