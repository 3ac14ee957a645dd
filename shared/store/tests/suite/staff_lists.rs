//! Lists by time and searches of staff: ended rounds, newest players, players by name, and things by their ids.

use crate::engine::Engine;
use crate::order_scenario::{give_payee, held, opened as deposit_opened};
use crate::raw;
use crate::scenario::{ROUND, account, bet, fund, hash, newcomer, opened, round_id, second, user};
use evens_exchange::{Draw, Round, RoundStep, Side};
use evens_ledger::UserId;
use evens_players::{Account, LastLogin, PlayerPlace, UserName};
use evens_store::{
    AccountWrite, AnyBet, FoundThings, LoginOutcome, RoundEnd, SearchIds, SignUpOutcome, Store, TimeSpan,
};

const ALWAYS: TimeSpan = TimeSpan { since: None, until: None };

/// Ends a round, and finishes it if `is_finished`.
async fn ended(store: &Store, id: &str, end: RoundEnd, at: i64, is_finished: bool) -> Round {
    let read = opened(store, id, Draw::Match, 0).await;
    let step = match end {
        RoundEnd::Closed => read.close(second(at)),
        RoundEnd::Cancelled => read.cancel(second(at)),
    };
    let RoundStep::Made(round) = step else { panic!("{id} is open") };
    store.move_round(&read, *round.clone()).await.unwrap();
    if is_finished {
        store.finish_round(&round).await.unwrap();
    }
    *round
}

/// The ids of all pages of ended rounds.
async fn rounds(store: &Store, end: RoundEnd, span: TimeSpan, limit: u16) -> Vec<Vec<String>> {
    let (mut pages, mut before) = (Vec::new(), None);
    loop {
        let page = store.list_ended_rounds(end, span, before.as_ref(), limit, second(10_000)).await.unwrap();
        pages.push(page.rounds.iter().map(|round| round.id.to_string()).collect());
        before = page.next_before;
        if before.is_none() {
            return pages;
        }
    }
}

/// Closed and cancelled rounds have a list each, those that ended last first, whether or not they are finished.
pub(crate) async fn ended_rounds_are_listed_by_their_end(store: &Store) {
    opened(store, "open", Draw::Match, 0).await;
    let (mut closed, mut cancelled) = (Vec::new(), Vec::new());
    for number in 0..40 {
        // Many at the same time, so that some share a shard, and some with work left.
        let at = if number < 20 { 100 } else { 100 + number };
        let (end, list) = match number % 4 {
            0 => (RoundEnd::Cancelled, &mut cancelled),
            _ => (RoundEnd::Closed, &mut closed),
        };
        let round = ended(store, &format!("round-{number:02}"), end, at, number % 3 > 0).await;
        list.push((at, round.id.to_string()));
    }
    for (end, mut all) in [(RoundEnd::Closed, closed), (RoundEnd::Cancelled, cancelled)] {
        all.sort();
        let newest: Vec<_> = all.iter().rev().map(|(_, id)| id.clone()).collect();
        for limit in [1, 7, newest.len(), 50] {
            let expected: Vec<Vec<_>> = newest.chunks(limit).map(<[_]>::to_vec).collect();
            let found = rounds(store, end, ALWAYS, u16::try_from(limit).unwrap()).await;
            assert_eq!(found, expected, "{end:?} by {limit}");
        }
        let span = TimeSpan { since: Some(second(121)), until: Some(second(130)) };
        let within = all.iter().rev().filter(|(at, _)| (121..130).contains(at)).map(|(_, id)| id.clone());
        assert_eq!(rounds(store, end, span, 50).await, [within.collect::<Vec<_>>()], "{end:?} in a span");
    }
}

async fn joined(store: &Store, player: u64, name: &str, at: i64) -> UserId {
    let name = Some(name).filter(|name| !name.is_empty()).map(|name| UserName::parse(name).unwrap());
    let account = Account { name, created_at: second(at), ..newcomer(player, None) };
    assert_eq!(store.sign_up(&account, &hash(player)).await.unwrap(), SignUpOutcome::SignedUp);
    user(player)
}

/// The numbers of all pages of the newest players.
async fn newest(store: &Store, span: TimeSpan, limit: u16) -> Vec<Vec<u64>> {
    let (mut pages, mut before) = (Vec::new(), None);
    loop {
        let page = store.list_newest_players(span, before, limit).await.unwrap();
        pages.push(page.players.iter().map(|(account, _)| account.user.number()).collect());
        let Some(next) = page.next_before else { return pages };
        before = Some(next.to_string().parse::<PlayerPlace>().expect("a place"));
    }
}

pub(crate) async fn the_newest_players_come_first(store: &Store) {
    assert_eq!(newest(store, ALWAYS, 5).await, [Vec::<u64>::new()]);
    for player in 1..=30 {
        let at = if player <= 15 { 100 } else { 100 + player };
        joined(store, player, "", i64::try_from(at).unwrap()).await;
    }
    fund(store, 30, "25").await;
    let all: Vec<u64> = (1..=30).rev().collect();
    for limit in [1, 7, 29, 30, 31] {
        let expected: Vec<Vec<_>> = all.chunks(limit).map(<[_]>::to_vec).collect();
        assert_eq!(newest(store, ALWAYS, u16::try_from(limit).unwrap()).await, expected, "by {limit}");
    }
    let span = TimeSpan { since: Some(second(116)), until: Some(second(120)) };
    assert_eq!(newest(store, span, 50).await, [vec![19, 18, 17, 16]]);
    let page = store.list_newest_players(ALWAYS, None, 1).await.unwrap();
    assert_eq!(page.players[0].1.balance.to_string(), "25", "with its wallet");
}

/// The numbers of the players whose name begins with a text, and whether there are more.
async fn named(store: &Store, beginning: &str, limit: u16) -> (Vec<u64>, bool) {
    let found = store.find_players_by_name(beginning, limit).await.unwrap();
    (found.players.iter().map(|(account, _)| account.user.number()).collect(), found.has_more)
}

/// Players who are found, and whether there are more.
type FoundPlayers = (&'static [u64], bool);

pub(crate) async fn players_are_found_by_the_beginning_of_their_name(store: &Store) {
    for (player, name) in
        [(1, "Ravi"), (2, "ravina"), (3, "Ravi  Kumar"), (4, "Asha"), (5, "आशा"), (6, "Ravi#7"), (7, "")]
    {
        joined(store, player, name, 0).await;
    }
    #[rustfmt::skip]
    let table: [(&str, u16, FoundPlayers); 10] = [
        ("ravi",       20, (&[1, 3, 6, 2], false)),
        ("  RAVI ",    20, (&[1, 3, 6, 2], false)),
        ("ravi k",     20, (&[3], false)),
        ("ravi",       2,  (&[1, 3], true)),
        ("ravin",      20, (&[2], false)),
        ("ａsh",       20, (&[4], false)),
        ("आ",          20, (&[5], false)),
        ("ravx",       20, (&[], false)),
        ("  ",         20, (&[], false)),
        ("#",          20, (&[], false)),
    ];
    for (beginning, limit, (players, has_more)) in table {
        let (mut found, more) = named(store, beginning, limit).await;
        let mut expected = players.to_vec();
        if has_more {
            found.sort_unstable();
            expected.sort_unstable();
        }
        assert_eq!((found, more), (expected, has_more), "{beginning:?}");
    }
    // A new name takes the place of the old one. The same name in another case keeps its place.
    for (name, by_old, by_new) in [("Ravina", vec![2], vec![2]), ("Zoya", vec![], vec![2])] {
        let written =
            store.update_profile(user(2), Some(&UserName::parse(name).unwrap()), None).await.unwrap();
        assert!(matches!(written, AccountWrite::Written(_)), "{written:?}");
        assert_eq!(named(store, "ravina", 20).await, (by_old, false), "{name}");
        assert_eq!(named(store, name, 20).await, (by_new, false), "{name}");
    }
    assert_eq!(newest(store, ALWAYS, 50).await[0].len(), 7, "each player once");
}

/// An account from before there were lists is found once its player has logged in, or has another name.
pub(crate) async fn an_old_account_is_listed_at_its_next_login(engine: &Engine) {
    let store = &engine.store;
    for (player, name) in [(1, "Ravi"), (2, "Ravi")] {
        joined(store, player, name, 0).await;
        let place = raw::items(engine, "listed-player").await;
        let place = place.iter().find(|item| item["user"] == raw::number(player)).expect("a place");
        raw::delete(engine, place["pk"].as_s().unwrap(), place["sk"].as_s().unwrap()).await;
        let mut old = raw::items(engine, "account").await;
        old.retain(|item| item["user"] == raw::number(player));
        let mut old = old.pop().expect("an account");
        assert!(old.remove("listed").is_some());
        raw::put(engine, old).await;
    }
    assert_eq!(named(store, "ravi", 20).await, (vec![], false));
    let login = LastLogin { at: second(5), address: "203.0.113.7".to_owned() };
    for _ in 0..2 {
        let outcome = store.record_login(user(1), &login).await.unwrap();
        assert!(matches!(outcome, LoginOutcome::LoggedIn(_)), "{outcome:?}");
        assert_eq!(named(store, "ravi", 20).await, (vec![1], false));
        assert_eq!(newest(store, ALWAYS, 20).await, [vec![1]]);
    }
    store.update_profile(user(2), Some(&UserName::parse("Kiran").unwrap()), None).await.unwrap();
    assert_eq!(named(store, "kiran", 20).await, (vec![2], false));
    // A picture alone lists no player.
    assert_eq!(account(store, 2).await.picture, None);
    store.update_profile(user(2), None, Some(3)).await.unwrap();
    assert_eq!(account(store, 2).await.picture, Some(3));
    crate::books::check(store).await;
}

pub(crate) async fn things_are_found_by_their_ids(store: &Store) {
    fund(store, 1, "100").await;
    give_payee(store, 1).await;
    let round = opened(store, ROUND, Draw::Match, 0).await;
    let withdrawal = held(store, 1, "taken", "10", 5).await;
    let deposit = deposit_opened(store, 1, "brought", "10", 5).await;
    let bet = bet(store, 1, Side::A, "10", 6).await.bet;
    let all =
        SearchIds { order: Some(withdrawal.terms.id), round: Some(round.id.clone()), bet: Some(bet.id) };
    let found = store.find_by_ids(&all).await.unwrap();
    assert_eq!(found.order.as_ref().map(|order| order.terms().id), Some(withdrawal.terms.id));
    assert_eq!(found.round.map(|round| round.id), Some(round.id));
    assert!(matches!(found.bet, Some(AnyBet::OnRound(found)) if found.id == bet.id));
    let other = SearchIds { order: Some(deposit.terms.id), ..SearchIds::default() };
    let found = store.find_by_ids(&other).await.unwrap();
    assert!(found.order.is_some_and(|order| order.deposit().is_some()));
    let unknown = SearchIds { round: Some(round_id("nowhere")), ..SearchIds::default() };
    assert_eq!(store.find_by_ids(&unknown).await.unwrap(), FoundThings::default());
    assert_eq!(store.find_by_ids(&SearchIds::default()).await.unwrap(), FoundThings::default());
}
