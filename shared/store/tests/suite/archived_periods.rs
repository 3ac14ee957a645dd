//! Periods without bets: each leaves one item, which answers every read and refuses every step as the period did.

use crate::books;
use crate::engine::Engine;
use crate::faults::script::{Fault, Script};
use crate::game_scenario::{
    cancel, closed, game_command, game_seed, opened_period, period_id, settled_lane, try_game_bet,
};
use crate::raw::{self, Item, everything, items, number, text};
use crate::scenario::{ENOUGH, fund, second, user};
use evens_draws::Seed;
use evens_games::{
    Block, BlockId, BlockOrigin, BlockSource, Lane, Period, PeriodStateName, PlaceGameBetOutcome, ShardCount,
    TakeBlockOutcome,
};
use evens_idempotency::BetId;
use evens_store::{CancelPeriodOutcome, DrawnPeriod, PeriodWrite, Store};
use futures::future::join_all;
use jiff::tz::Offset;

/// The draw of a closed period without bets, which ends it.
fn ended(closed: &Period) -> Period {
    closed.draw(game_seed(), second(30)).expect("it has ended").ended_if_empty()
}

/// The usual period, drawn without bets: before its draw, and archived.
async fn archived(store: &Store) -> (Period, Period) {
    let closed = closed(store, &opened_period(store).await).await;
    let written = store.draw_period(&closed, ended(&closed)).await.expect("a draw");
    let PeriodWrite::Written(archived) = written else { panic!("it was drawn before") };
    (closed, archived)
}

async fn kinds(engine: &Engine) -> Vec<String> {
    let items = everything(engine).await;
    items.into_values().map(|item| item["kind"].as_s().expect("a text").clone()).collect()
}

pub(crate) async fn a_period_without_bets_leaves_one_item(engine: &Engine) {
    let store = &engine.store;
    let period = opened_period(store).await;
    let closed = closed(store, &period).await;
    assert_eq!(kinds(engine).await, ["period", "period-seed"]);
    let drawn = ended(&closed);
    let written = store.draw_period(&closed, drawn.clone()).await.unwrap();
    assert_eq!(written, PeriodWrite::Written(drawn.clone()));
    let item = Item::from([
        ("pk".to_owned(), text("RESULTS#wingo-30")),
        ("sk".to_owned(), text("20240101000000000")),
        ("kind".to_owned(), text("archived-period")),
        ("period".to_owned(), text("wingo-30-20240101000000000")),
        ("rules".to_owned(), number(1)),
        ("opens_at".to_owned(), text("2024-01-01T00:00:00Z")),
        ("closes_at".to_owned(), text("2024-01-01T00:00:25Z")),
        ("ends_at".to_owned(), text("2024-01-01T00:00:30Z")),
        ("seed_hash".to_owned(), text(game_seed().hash())),
        ("entropy".to_owned(), text("none")),
        ("shards".to_owned(), number(16)),
        ("bets".to_owned(), number(0)),
        ("drawn".to_owned(), text(&drawn.result().unwrap().drawn)),
        ("published_seed".to_owned(), text("07".repeat(32))),
        ("drawn_at".to_owned(), text("2024-01-01T00:00:30Z")),
    ]);
    let all: Vec<_> = everything(engine).await.into_values().collect();
    assert_eq!(all, [item], "all that is left, as every later version must read it");
    books::check(store).await;
}

pub(crate) async fn an_archived_period_is_read_as_it_was(store: &Store) {
    let (closed, archived) = archived(store).await;
    assert_eq!(archived.state.name(), PeriodStateName::Settled);
    assert_eq!(archived, Period { state: archived.state.clone(), ..closed.clone() });
    let id = archived.id;
    assert_eq!(store.load_period(id).await.unwrap(), Some(archived.clone()));
    assert_eq!(store.load_period_eventually(id).await.unwrap(), Some(archived.clone()));
    assert_eq!(store.load_unarchived_period(id).await.unwrap(), None);
    assert!(matches!(store.load_unarchived_periods(&[id]).await.unwrap()[..], [Ok(None)]));
    assert_eq!(store.load_period_seed(&archived).await.unwrap(), None, "its seed is public");
    let listed = DrawnPeriod { id, drawn: archived.result().unwrap().drawn.clone(), bets: 0, block: None };
    assert_eq!(store.list_results(id.room, None, 10).await.unwrap(), std::slice::from_ref(&listed));
    assert_eq!(store.load_newest_result(id.room).await.unwrap(), Some(listed));
    assert_eq!(store.load_period(id.next()).await.unwrap(), None);
    assert_eq!(store.load_period_eventually(id.next()).await.unwrap(), None);
}

pub(crate) async fn an_archived_period_keeps_its_block(store: &Store) {
    let period = Period::open(period_id(), Offset::UTC, game_seed().hash(), ShardCount::ONE_PER_LANE);
    let period = period.drawn_with_block_of(BlockSource::Tron);
    let period = store.open_period(period, &game_seed()).await.unwrap().into_period();
    let closed = closed(store, &period).await;
    let id = |height: u64| {
        let mut bytes = [0xaa; 32];
        bytes[..8].copy_from_slice(&height.to_be_bytes());
        BlockId::from_bytes(bytes)
    };
    let block = Block::new(7, second(27).as_millisecond(), id(7), BlockOrigin::Tron(id(6))).unwrap();
    let TakeBlockOutcome::Taken(with_block) = closed.take_block(block) else { panic!("not taken") };
    let drawn = ended(&with_block);
    store.draw_period(&closed, drawn.clone()).await.unwrap();
    let found = store.load_period(period.id).await.unwrap().unwrap();
    assert_eq!(found, drawn);
    assert_eq!(found.take_block(block), TakeBlockOutcome::TakenBefore);
    let listed = store.list_results(period.id.room, None, 1).await.unwrap();
    assert_eq!(listed[0].block, Some(block));
    // A clock that found another block lost the race.
    let other = Block::new(8, second(27).as_millisecond(), id(8), BlockOrigin::Tron(id(7))).unwrap();
    let TakeBlockOutcome::Taken(with_other) = closed.take_block(other) else { panic!("not taken") };
    assert_eq!(store.move_period(&closed, *with_other).await.unwrap(), PeriodWrite::Found(drawn));
}

/// A clock that was stopped for a while, and decides from its earlier reads.
pub(crate) async fn a_slow_clock_changes_no_archived_period(store: &Store) {
    let (closed, archived) = archived(store).await;
    let found = PeriodWrite::Found(archived.clone());
    let other = Seed::from_bytes([8; 32]);
    for seed in [game_seed(), other] {
        let again = Period::open(period_id(), Offset::UTC, seed.hash(), ShardCount::ONE_PER_LANE);
        assert_eq!(store.open_period(again, &seed).await.unwrap(), found, "it is not opened again");
    }
    let open = Period::open(period_id(), Offset::UTC, game_seed().hash(), ShardCount::ONE_PER_LANE);
    let closing = open.close(second(25)).unwrap();
    assert_eq!(store.move_period(&open, closing.clone()).await.unwrap(), found);
    assert_eq!(store.close_period(&closing, second(25)).await.unwrap(), archived);
    assert_eq!(store.draw_period(&closed, ended(&closed)).await.unwrap(), found);
    let given_up = closed.give_up(closed.block_until()).unwrap().ended_if_empty();
    assert_eq!(store.move_period(&closed, given_up).await.unwrap(), found);
    assert_eq!(store.end_lane(archived.id, Lane::all().next().unwrap()).await.unwrap(), archived);
    assert_eq!(cancel(store, archived.id, 40).await, CancelPeriodOutcome::Decided(archived.clone()));
    assert_eq!(settled_lane(store, &archived, Lane::all().next().unwrap()).await, []);
    assert_eq!(store.load_period(archived.id).await.unwrap(), Some(archived));
}

/// The bet was decided by a read from before the closing. It gets the same refusal as on a period with bets.
pub(crate) async fn a_late_bet_on_an_archived_period_is_refused(store: &Store) {
    let (_, archived) = archived(store).await;
    fund(store, 1, ENOUGH).await;
    let open = Period::open(period_id(), Offset::UTC, game_seed().hash(), ShardCount::ONE_PER_LANE);
    let refused = PlaceGameBetOutcome::PeriodNotOpen { state: PeriodStateName::Settled };
    for period in [open, archived.clone()] {
        let command = game_command(1, "late", true, "10");
        assert_eq!(try_game_bet(store, &command, &period, 10).await, refused);
    }
    let bet = BetId::derive(user(1), &"late".parse().unwrap());
    assert_eq!(store.load_game_bet(bet).await.unwrap(), None);
    assert_eq!(store.load_period_bets_eventually(&archived).await.unwrap(), []);
}

/// Two clocks draw, and an operator cancels: the period is archived once, or cancelled.
pub(crate) async fn of_archiving_and_cancelling_one_happens(store: &Store) {
    let period = opened_period(store).await;
    let closed = closed(store, &period).await;
    let draw = || store.draw_period(&closed, ended(&closed));
    let (one, other, cancelled) = futures::join!(draw(), draw(), cancel(store, period.id, 30));
    let found = store.load_period(period.id).await.unwrap().unwrap();
    let draws = [one.unwrap(), other.unwrap()];
    let written = draws.iter().filter(|draw| matches!(draw, PeriodWrite::Written(_))).count();
    match cancelled {
        CancelPeriodOutcome::Cancelled(_) => {
            assert_eq!((written, found.state.name()), (0, PeriodStateName::Refunded));
        }
        CancelPeriodOutcome::Decided(_) => {
            assert_eq!((written, found.state.name()), (1, PeriodStateName::Settled));
        }
        unexpected => panic!("{unexpected:?}"),
    }
    assert!(draws.into_iter().all(|draw| draw.into_period() == found));
}

/// Reads beside the draw find the period in one item or in the other.
pub(crate) async fn reads_beside_the_draw_find_the_period(store: &Store) {
    let period = opened_period(store).await;
    let closed = closed(store, &period).await;
    let reads = (0..40).map(|_| async {
        let exact = store.load_period(period.id).await.unwrap();
        let shown = store.load_period_eventually(period.id).await.unwrap();
        exact.is_some() && shown.is_some()
    });
    let (drawn, found) = futures::join!(store.draw_period(&closed, ended(&closed)), join_all(reads));
    assert!(matches!(drawn.unwrap(), PeriodWrite::Written(_)));
    assert!(found.into_iter().all(|found| found));
}

/// The seed that is deleted must be the published one.
pub(crate) async fn another_seed_is_not_deleted(engine: &Engine) {
    let store = &engine.store;
    let closed = closed(store, &opened_period(store).await).await;
    let seed = items(engine, "period-seed").await.pop().unwrap();
    raw::put(engine, raw::with(&seed, &[("seed", text("08".repeat(32)))])).await;
    let error = store.draw_period(&closed, ended(&closed)).await.unwrap_err();
    assert!(error.to_string().contains("another seed than the published one"), "{error}");
    assert_eq!(kinds(engine).await, ["period", "period-seed"]);
}

/// A cancelled period has no result that could carry it, so it keeps its item and its secret.
pub(crate) async fn a_cancelled_period_without_bets_keeps_its_items(engine: &Engine) {
    let store = &engine.store;
    let period = opened_period(store).await;
    let cancelled = cancel(store, period.id, 10).await;
    assert!(matches!(cancelled, CancelPeriodOutcome::Cancelled(_)), "{cancelled:?}");
    let found = store.load_period(period.id).await.unwrap().unwrap();
    assert_eq!(found.state.name(), PeriodStateName::Refunded);
    assert_eq!((items(engine, "period").await.len(), items(engine, "period-seed").await.len()), (1, 1));
    assert_eq!(items(engine, "archived-period").await, Vec::<Item>::new());
}

/// A period of an earlier version, whose draw left its item and its seed.
pub(crate) async fn a_period_of_three_items_stays_as_it_is(engine: &Engine) {
    let store = &engine.store;
    let closed = closed(store, &opened_period(store).await).await;
    let drawn = closed.draw(game_seed(), second(30)).unwrap();
    store.draw_period(&closed, drawn.clone()).await.unwrap();
    for lane in Lane::all() {
        store.end_lane(drawn.id, lane).await.unwrap();
    }
    assert_eq!(kinds(engine).await, ["period", "period-result", "period-seed"]);
    let found = store.load_period(drawn.id).await.unwrap().unwrap();
    assert_eq!(found, drawn.ended_if_empty());
    let again = store.draw_period(&closed, ended(&closed)).await.unwrap();
    assert_eq!(again, PeriodWrite::Found(found));
    books::check(store).await;
}

pub(crate) async fn every_attribute_of_an_archived_period_is_read(engine: &Engine) {
    let store = &engine.store;
    let (_, archived) = archived(store).await;
    let item = items(engine, "archived-period").await.pop().unwrap();
    for name in item.keys().filter(|name| !["pk", "sk"].contains(&name.as_str())) {
        let mut without = item.clone();
        without.remove(name);
        raw::put(engine, without).await;
        let error = store.load_period(archived.id).await.expect_err(name);
        assert!(error.to_string().contains(name), "{name}: {error}");
    }
    for (name, value) in [("bets", number(1)), ("rules", number(2)), ("drawn", text("12"))] {
        raw::put(engine, raw::with(&item, &[(name, value)])).await;
        let error = store.load_period(archived.id).await.expect_err(name);
        assert!(error.to_string().contains(name), "{name}: {error}");
    }
    // The result of a period whose own item is missing.
    raw::put(engine, raw::with(&item, &[("kind", text("period-result"))])).await;
    assert_eq!(store.load_period(archived.id).await.unwrap(), None);
}

#[tokio::test]
async fn a_draw_with_a_lost_answer_archives_once() {
    for fault in [Fault::trouble_after(), Fault::ResetAfter, Fault::TimeOutAfter] {
        let engine = Engine::embedded().await;
        let closed = closed(&engine.store, &opened_period(&engine.store).await).await;
        let script = Script::of("TransactWriteItems", std::slice::from_ref(&fault));
        let store = engine.through(script.http());
        let written = store.draw_period(&closed, ended(&closed)).await.unwrap();
        assert_eq!(written, PeriodWrite::Found(ended(&closed)), "{fault:?}");
        assert_eq!((script.requests(), kinds(&engine).await), (2, vec!["archived-period".to_owned()]));
        books::check(&engine.store).await;
    }
}

/// The opening of a period is sent by a clock that then stops, and carried out after the period was archived.
#[tokio::test]
async fn an_opening_that_is_carried_out_late_opens_nothing() {
    let engine = Engine::embedded().await;
    let script = Script::without_end("TransactWriteItems", &[Fault::Late]);
    let slow = engine.through(script.http()).retry_for(std::time::Duration::from_millis(150));
    let open = Period::open(period_id(), Offset::UTC, game_seed().hash(), ShardCount::ONE_PER_LANE);
    slow.open_period(open, &game_seed()).await.unwrap_err();
    let (_, archived) = archived(&engine.store).await;
    let statuses = script.deliver().await;
    assert!(!statuses.is_empty() && statuses.iter().all(|status| *status == 400), "{statuses:?}");
    assert_eq!(kinds(&engine).await, ["archived-period"]);
    assert_eq!(engine.store.load_period(archived.id).await.unwrap(), Some(archived));
}

/// Between the two items of an archiving transaction a read may see neither. The transaction's read does not.
#[tokio::test]
async fn a_result_that_is_not_yet_visible_is_read_again() {
    let engine = Engine::embedded().await;
    let (_, archived) = archived(&engine.store).await;
    // The first read of the result sees nothing.
    let unseen = Fault::Answer(200, "{}".to_owned());
    let script = Script::of("GetItem", &[Fault::None, unseen]);
    let store = engine.through(script.http());
    assert_eq!(store.load_period(archived.id).await.unwrap(), Some(archived.clone()));
    assert_eq!(script.requests(), 2);
}
