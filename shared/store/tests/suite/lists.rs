//! Lists: pages of entries, bets, matches and unmatched bets; views of a bet; and the cost of a long history.

use crate::engine::Engine;
use crate::game_scenario::{game_bet, game_command, opened_period};
use crate::scenario::{
    ENOUGH, ROUND, amount, bet, command, drawn, fund, joined, place, refund, round_id, second, settled,
    totals, user, welcomed,
};
use evens_exchange::{BetStatus, BetView, Side, UnmatchedBet};
use evens_idempotency::BetId;
use evens_store::{CapacityMeter, PageStart, Store, Waiters};

pub(crate) async fn entries_are_listed_newest_first_page_by_page(store: &Store) {
    assert_eq!(store.list_entries(user(1), None, 10).await.unwrap(), []);
    for number in 1..=7 {
        store.fund_wallet(user(1), amount("1"), &format!("order-{number}"), second(number)).await.unwrap();
    }
    let numbers = async |before, limit| {
        let entries = store.list_entries(user(1), before, limit).await.unwrap();
        entries.iter().map(|entry| entry.number).collect::<Vec<_>>()
    };
    #[rustfmt::skip]
    let table: [(Option<u64>, u16, &[u64]); 9] = [
        // before    limit  numbers
        (None,           3, &[7, 6, 5]),
        (Some(5),        3, &[4, 3, 2]),
        (Some(2),        3, &[1]),
        (Some(1),        3, &[]),
        (Some(0),        3, &[]),
        (Some(8),        3, &[7, 6, 5]),
        (Some(u64::MAX), 1, &[7]),
        (None,         100, &[7, 6, 5, 4, 3, 2, 1]),
        (None,           0, &[]),
    ];
    for (before, limit, expected) in table {
        assert_eq!(numbers(before, limit).await, expected, "before {before:?}, limit {limit}");
    }
}

pub(crate) async fn bets_are_found_among_other_entries_page_by_page(store: &Store) {
    let bets = bets_among_other_entries(store, 5).await;
    // For every page size: each bet once, newest first, no empty page unless it is the only one, and the last page says
    // that it is the last.
    for limit in 1..=7 {
        let (mut found, mut before) = (Vec::new(), None);
        loop {
            let page = store.list_bets(user(1), before, limit).await.unwrap();
            assert!(page.bets.len() <= usize::from(limit) && !page.bets.is_empty(), "{page:?}");
            let oldest = page.bets.last().map(|view| view.bet.placed_at);
            assert_eq!(page.read_to, oldest.filter(|_| page.next_before.is_some()), "{page:?}");
            found.extend(page.bets.iter().map(|view| view.bet.id));
            before = page.next_before;
            if before.is_none() {
                break;
            }
            assert_eq!(page.bets.len(), usize::from(limit));
        }
        assert!(found.iter().rev().eq(&bets), "limit {limit}: {found:?}");
    }
    let none = store.list_bets(user(3), None, 10).await.unwrap();
    assert_eq!((none.bets, none.next_before), (vec![], None));
    let none = store.list_bets(user(1), Some(1), 10).await.unwrap();
    assert_eq!((none.bets, none.next_before), (vec![], None));
}

/// The store reads entries in pages of its own. A player's history may end just before, at or after the end of one.
pub(crate) async fn bets_are_found_where_a_page_of_entries_ends(store: &Store) {
    for (player, entries) in [(1, 99), (2, 100), (3, 101), (4, 200)] {
        let placed = place_many(store, player, entries - 1).await;
        let count = u16::try_from(placed.len()).unwrap();
        for limit in [count - 1, count, count + 1, 100] {
            let page = store.list_bets(user(player), None, limit).await.unwrap();
            let expected = usize::from(limit).min(placed.len());
            assert_eq!(page.bets.len(), expected, "{entries} entries, limit {limit}");
            assert_eq!(
                page.next_before.is_some(),
                expected < placed.len(),
                "{entries} entries, limit {limit}"
            );
        }
    }
}

/// A page reads at most 500 entries. If they contain few bets or none, it is short and says where the next one starts.
pub(crate) async fn a_page_of_bets_looks_at_so_many_entries_and_goes_on(store: &Store) {
    let period = opened_period(store).await;
    welcomed(store, 1, None).await;
    fund(store, 1, ENOUGH).await;
    // Both balances pay: entries 3 and 4.
    let placed = game_bet(store, &game_command(1, "key-1", true, "40"), &period).await;
    #[rustfmt::skip]
    let table: [(u64, &[usize]); 6] = [
        // entries  bets of each page
        (499,       &[1]),
        (500,       &[1]),
        (501,       &[1, 0]),
        // The page ends with an entry of the stake, then between its two entries, then before them.
        (502,       &[0, 1]),
        (503,       &[0, 1]),
        (504,       &[0, 1]),
    ];
    for (entries, expected) in table {
        let newest = store.load_wallet(user(1)).await.unwrap().version;
        for number in newest + 1..=entries {
            store.fund_wallet(user(1), amount("1"), &format!("order-{number}"), second(9)).await.unwrap();
        }
        let (mut found, mut pages, mut before) = (Vec::new(), Vec::new(), None);
        loop {
            let page = store.list_game_bets(user(1), before, 50).await.unwrap();
            pages.push(page.bets.len());
            found.extend(page.bets.iter().map(|bet| bet.id));
            assert!(
                page.next_before.is_none_or(|next| before.is_none_or(|before| next < before)),
                "{page:?}"
            );
            before = page.next_before;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(
            (pages.as_slice(), found.as_slice()),
            (expected, &[placed.bet.id][..]),
            "{entries} entries"
        );
    }
    // There are no bets of the other kind, which takes as many reads.
    let first = store.list_bets(user(1), None, 50).await.unwrap();
    assert_eq!((first.bets, first.next_before, first.read_to), (vec![], Some(5), Some(second(9))));
    let last = store.list_bets(user(1), first.next_before, 50).await.unwrap();
    assert_eq!((last.bets, last.next_before, last.read_to), (vec![], None, None));
}

pub(crate) async fn a_bet_is_seen_at_each_stage(store: &Store) {
    let a = bet(store, 1, Side::A, "10", 0).await;
    let look = async |id: BetId| {
        let view = store.load_bet_view(id).await.unwrap().expect("the bet");
        let bet = &view.bet;
        let amounts = [view.open, view.matched(), bet.settled, bet.refunded, bet.paid];
        (view.status(), amounts.map(|amount| amount.to_string()).join(" "))
    };
    assert_eq!(look(a.bet.id).await, (BetStatus::Pending, "10 0 0 0 0".to_owned()));
    let b = bet(store, 2, Side::B, "6", 1).await;
    let found = joined(store, &a.waiting, &b.waiting, 2).await;
    assert_eq!(look(a.bet.id).await, (BetStatus::Pending, "4 6 0 0 0".to_owned()));
    assert_eq!(look(b.bet.id).await, (BetStatus::Matched, "0 6 0 0 0".to_owned()));
    drawn(store, &found, Side::A).await;
    assert_eq!(look(b.bet.id).await, (BetStatus::Matched, "0 6 0 0 0".to_owned()));
    refund(store, &a.bet).await;
    assert_eq!(look(a.bet.id).await, (BetStatus::Matched, "0 6 0 4 0".to_owned()));
    let outcome = store.load_match(&found.round, found.id).await.unwrap().unwrap().state.outcome().unwrap();
    store.settle_match(&found, outcome, None, second(30)).await.unwrap();
    assert_eq!(look(a.bet.id).await, (BetStatus::Settled, "0 0 6 4 12".to_owned()));
    assert_eq!(look(b.bet.id).await, (BetStatus::Settled, "0 0 6 0 0".to_owned()));
    let c = bet(store, 3, Side::A, "1", 3).await;
    refund(store, &c.bet).await;
    assert_eq!(look(c.bet.id).await, (BetStatus::Refunded, "0 0 0 1 0".to_owned()));
    let absent = command(9, "key-9", Side::A, "1").bet;
    assert_eq!(store.load_bet_view(absent).await.unwrap(), None);
}

pub(crate) async fn locked_is_right_at_every_stage(store: &Store) {
    let locked = async |player| {
        let wallet = store.load_wallet(user(player)).await.unwrap();
        wallet.locked.to_string()
    };
    let a = bet(store, 1, Side::A, "10", 0).await;
    assert_eq!(locked(1).await, "10");
    let b = bet(store, 2, Side::B, "6.5", 1).await;
    let found = joined(store, &a.waiting, &b.waiting, 2).await;
    assert_eq!((locked(1).await, locked(2).await), ("10".to_owned(), "6.5".to_owned()));
    settled(store, &found, Side::B).await;
    assert_eq!((locked(1).await, locked(2).await), ("3.5".to_owned(), "0".to_owned()));
    refund(store, &a.bet).await;
    assert_eq!(locked(1).await, "0");
}

pub(crate) async fn waiters_are_distinguished_from_the_asking_player(store: &Store) {
    let waiters = async || store.load_waiters(&round_id(ROUND), Side::A).await.unwrap();
    assert_eq!(waiters().await, Waiters::Nobody);
    bet(store, 1, Side::A, "10", 0).await;
    place(store, &command(1, "key-2", Side::A, "10"), second(1)).await;
    bet(store, 3, Side::B, "10", 1).await;
    assert_eq!(waiters().await, Waiters::One(user(1)));
    assert_eq!([1, 2].map(|player| Waiters::One(user(1)).may_play(user(player))), [false, true]);
    bet(store, 2, Side::A, "10", 2).await;
    assert_eq!(waiters().await, Waiters::Several);
}

pub(crate) async fn unmatched_bets_are_listed_oldest_first_page_by_page(store: &Store) {
    let placed_at = [5, 1, 3, 4, 2];
    for (player, at) in (1..).zip(placed_at) {
        bet(store, player, Side::A, "1", at).await;
    }
    bet(store, 10, Side::B, "1", 0).await;
    crate::scenario::fund(store, 11, ENOUGH).await;
    // A round whose id begins like the usual one's.
    let mut elsewhere = command(11, "key-1", Side::A, "1");
    elsewhere.round = round_id(&format!("{ROUND}-b"));
    place(store, &elsewhere, second(0)).await;

    let seconds = |page: &[UnmatchedBet]| -> Vec<i64> {
        page.iter().map(|one| one.placed_at.as_second() - second(0).as_second()).collect()
    };
    let list = async |start: Option<PageStart>, limit| {
        store.list_waiting(&round_id(ROUND), Side::A, start, limit).await.unwrap()
    };
    let first = list(None, 3).await;
    assert_eq!(seconds(&first.found), [1, 2, 3]);
    let rest = list(first.next.clone(), 3).await;
    assert_eq!((seconds(&rest.found), rest.next.is_none()), (vec![4, 5], true));
    let all = list(None, 100).await;
    assert_eq!((seconds(&all.found), all.next.is_none()), (vec![1, 2, 3, 4, 5], true));
    // The page continues from its position, although its last bet is gone.
    let gone = store.load_bet(first.found[2].bet).await.unwrap().expect("a bet");
    refund(store, &gone).await;
    assert_eq!(seconds(&list(first.next, 2).await.found), [4, 5]);
    assert_eq!(totals(store).await, ["0", "4", "1"]);
}

pub(crate) async fn matches_are_listed_page_by_page(store: &Store) {
    let mut expected = Vec::new();
    for number in 0..6 {
        let a = bet(store, 100 + 2 * number, Side::A, "10", 0).await;
        let b = bet(store, 101 + 2 * number, Side::B, "10", 1).await;
        expected.push(joined(store, &a.waiting, &b.waiting, 10).await);
    }
    expected.sort_by_key(|found| found.id);
    for limit in [1, 2, 3, 5, 6, 7] {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = store.list_matches(&round_id(ROUND), after, limit).await.unwrap();
            assert!(!page.matches.is_empty(), "limit {limit}: no page but the only one is empty");
            found.extend(page.matches);
            after = page.next_after;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found, expected, "limit {limit}");
    }
    let none = store.list_matches(&round_id("elsewhere"), None, 10).await.unwrap();
    assert_eq!((none.matches, none.next_after), (vec![], None));
}

/// Newest first, only those of the bet, and on either side.
pub(crate) async fn matches_of_a_bet_are_listed(store: &Store) {
    let large = bet(store, 1, Side::A, "10", 0).await;
    let mut waiting = large.waiting.clone();
    let mut expected = Vec::new();
    for number in 0..3 {
        let taker = bet(store, 2 + number, Side::B, "2", 1).await;
        let joined_at = 10 + i64::try_from(number).expect("a small number");
        expected.push(joined(store, &waiting, &taker.waiting, joined_at).await);
        waiting = store.load_waiting(&large.bet).await.unwrap().expect("something waits");
    }
    let (a, b) = (bet(store, 11, Side::A, "10", 0).await, bet(store, 12, Side::B, "10", 1).await);
    let others = joined(store, &a.waiting, &b.waiting, 10).await;
    expected.reverse();
    let page = store.list_matches_of_bet(&large.bet, None).await.unwrap();
    assert_eq!((page.matches, page.next_after), (expected, None));
    let page = store.list_matches_of_bet(&b.bet, None).await.unwrap();
    assert_eq!((page.matches, page.next_after), (vec![others], None));
    let none = bet(store, 13, Side::A, "10", 0).await;
    assert_eq!(store.list_matches_of_bet(&none.bet, None).await.unwrap().matches, []);
}

/// A match costs the same regardless of the round's history.
pub(crate) async fn looking_for_an_opponent_costs_the_same_after_a_long_history(engine: &Engine) {
    let store = &engine.store;
    let meter = CapacityMeter::default();
    let metered = store.clone().metered(meter.clone());
    let look = async || {
        meter.take();
        let found = metered.list_waiting(&round_id(ROUND), Side::A, None, 10).await.unwrap();
        assert_eq!(found.found.len(), 3);
        meter.take()
    };
    for player in [1, 2, 3] {
        bet(store, player, Side::A, "1", 10_000).await;
    }
    settle_many(store, 0..5).await;
    let short = look().await;
    settle_many(store, 5..150).await;
    assert_eq!(look().await, short, "after 10 and after 300 settled bets");
    assert_eq!(short.calls, 1);
    assert!(short.read_units <= 1.0, "{short:?}");
}

async fn settle_many(store: &Store, numbers: std::ops::Range<u64>) {
    for number in numbers {
        let key = format!("key-{number}");
        let mut waiting = Vec::new();
        for (player, side) in [(50, Side::A), (51, Side::B)] {
            store
                .fund_wallet(user(player), amount("1"), &format!("{player}-{number}"), second(0))
                .await
                .unwrap();
            waiting.push(place(store, &command(player, &key, side, "1"), second(1)).await.waiting);
        }
        let found = joined(store, &waiting[0], &waiting[1], 2).await;
        settled(store, &found, if number % 2 == 0 { Side::A } else { Side::B }).await;
    }
}

/// Bets of player 1 in the order in which they were placed, with fundings, winnings and refunds between them.
async fn bets_among_other_entries(store: &Store, count: u64) -> Vec<BetId> {
    fund(store, 2, ENOUGH).await;
    let mut bets = Vec::new();
    for number in 0..count {
        let (key, order) = (format!("key-{number}"), format!("order-{number}"));
        store.fund_wallet(user(1), amount("10"), &order, second(0)).await.unwrap();
        let own = place(store, &command(1, &key, Side::A, "2"), second(1)).await;
        let other = place(store, &command(2, &key, Side::B, "1"), second(2)).await;
        let found = joined(store, &own.waiting, &other.waiting, 3).await;
        settled(store, &found, Side::A).await;
        refund(store, &own.bet).await;
        bets.push(own.bet.id);
    }
    bets
}

/// One funding and then `count` bets.
async fn place_many(store: &Store, player: u64, count: u64) -> Vec<BetView> {
    fund(store, player, ENOUGH).await;
    let mut placed = Vec::new();
    for number in 0..count {
        let bet = place(store, &command(player, &format!("key-{number}"), Side::A, "1"), second(1)).await.bet;
        placed.push(BetView { bet, open: amount("1") });
    }
    placed
}
