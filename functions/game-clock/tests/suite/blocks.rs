//! Periods drawn by blocks: the clock waits for the right source only, delays no other period, and checks blocks again.

use crate::world::{World, period};
use evens_block_sources::{BlockFault, Blocks, LocalChain, SignedOracle};
use evens_game_clock::GameClock;
use evens_games::{
    Block, BlockId, BlockOrigin, BlockSource, OraclePublicKey, PeriodId, PeriodStateName, Room,
};
use evens_runtime::telemetry::chain;
use evens_runtime::{Clock, Context, ScheduleHandler, Stage};
use futures::future::{BoxFuture, pending, ready};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A block source whose answers the test controls.
#[derive(Debug, Default)]
struct Double {
    is_silent: Mutex<bool>,
    is_changed: Mutex<bool>,
    /// Number of 300 ms calls that one block takes.
    calls: u32,
    /// Number of requests for the first block at each time.
    asked: Mutex<BTreeMap<Timestamp, usize>>,
}

impl Double {
    fn block(number: u64, stamped: Timestamp, branch: u8) -> Block {
        let id = |number: u64| {
            let mut bytes = [branch; 32];
            bytes[..8].copy_from_slice(&number.to_be_bytes());
            BlockId::from_bytes(bytes)
        };
        let origin = BlockOrigin::Tron(id(number - 1));
        Block::new(number, stamped.as_millisecond(), id(number), origin).expect("a block")
    }
}

impl Blocks for Double {
    fn source(&self) -> BlockSource {
        BlockSource::Tron
    }

    fn first_block_at_or_after(&self, at: Timestamp) -> BoxFuture<'_, Result<Block, BlockFault>> {
        *self.asked.lock().expect("a count").entry(at).or_default() += 1;
        if *self.is_silent.lock().expect("a switch") {
            return Box::pin(pending());
        }
        let calls = self.calls;
        Box::pin(async move {
            for _ in 0..calls {
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
            Ok(Self::block(number_of(at), at, 7))
        })
    }

    fn block_of_number(&self, number: u64) -> BoxFuture<'_, Result<Block, BlockFault>> {
        let branch = if *self.is_changed.lock().expect("a switch") { 8 } else { 7 };
        Box::pin(ready(Ok(Self::block(number, Timestamp::UNIX_EPOCH, branch))))
    }
}

/// The number of the block with that timestamp.
fn number_of(at: Timestamp) -> u64 {
    u64::try_from(at.as_second()).expect("after 1970")
}

fn clock_of(blocks: Arc<dyn Blocks>) -> GameClock {
    GameClock::for_a_second(Some(blocks))
}

/// Runs one second, and returns the clock's error as text.
async fn run(world: &World, clock: &GameClock, seconds: i64) -> Result<(), String> {
    let now = world.second(seconds);
    let context = Context { clock: Clock::fixed(now), ..world.context.clone() };
    clock.run(&context, now).await.map(|_| ()).map_err(|error| chain(&error))
}

#[tokio::test]
async fn the_first_block_of_after_the_closing_draws() {
    let (world, clock) = (World::of(Stage::Local).await, clock_of(Arc::new(LocalChain)));
    for seconds in [0, 25, 30] {
        world.tick(&clock, seconds).await;
    }
    let drawn = world.load(period()).await.expect("a period");
    assert!(drawn.result().is_some());
    let block = drawn.entropy.block().expect("a block");
    assert!((world.second(27)..world.second(30)).contains(&block.timestamp()), "{block:?}");
}

#[tokio::test]
async fn without_a_source_rooms_that_need_one_have_no_periods() {
    let (world, clock) = (World::of(Stage::Local).await, GameClock::for_a_second(None));
    world.tick(&clock, 0).await;
    assert_eq!(world.state(period()).await, Some(PeriodStateName::Open));
    let id = "trx_wix-30-20261123000000042".parse().expect("a period");
    assert_eq!(world.state(id).await, None);
}

/// In that game the block alone decides the result, and an oracle could sign the block it prefers.
#[tokio::test]
async fn an_oracle_draws_no_game_that_its_block_alone_decides() {
    let oracle = SignedOracle(OraclePublicKey::from_bytes([9; 32]));
    let (world, clock) = (World::of(Stage::Local).await, clock_of(Arc::new(oracle)));
    world.tick(&clock, 0).await;
    let drawn_by = world.load(period()).await.expect("a period").entropy.source();
    assert!(matches!(drawn_by, Some(BlockSource::Oracle(_))), "{drawn_by:?}");
    for room in Room::all().filter(|room| room.needs_blocks()) {
        let now =
            PeriodId::at(room, world.second(0), world.context.settings.players.attendance_offset.offset());
        for id in [now, now.later(1), now.later(2)] {
            assert_eq!(world.state(id).await, None, "{id}");
        }
    }
}

/// The exposure limit is computed for three undrawn periods per room.
#[tokio::test]
async fn a_silent_source_leaves_later_periods_out_until_it_speaks() {
    let (world, source) = (World::of(Stage::Local).await, Arc::new(Double::default()));
    let wingo = period().room;
    let clock = || clock_of(Arc::clone(&source) as Arc<dyn Blocks>).with_rooms([wingo]);
    let waits = clock();
    world.tick(&waits, 0).await;
    *source.is_silent.lock().expect("a switch") = true;
    let is_undrawn =
        |state| matches!(state, PeriodStateName::Open | PeriodStateName::Closing | PeriodStateName::Closed);
    for seconds in (30..=300).step_by(30) {
        world.tick(&waits, seconds).await;
        let mut undrawn = Vec::new();
        for id in (0..=seconds / 30 + 2).map(|periods| period().later(periods)) {
            let state = world.state(id).await;
            if state.is_some_and(is_undrawn) {
                undrawn.push(id);
            }
        }
        assert_eq!(undrawn, [0, 1, 2].map(|periods| period().later(periods)), "second {seconds}");
    }
    *source.is_silent.lock().expect("a switch") = false;
    // The first request never completes. A new clock, which does not know of it, asks again.
    world.tick(&clock(), 301).await;
    for periods in 0..=2 {
        let state = world.state(period().later(periods)).await;
        assert_eq!(state, Some(PeriodStateName::Settled), "what waited is drawn");
    }
    assert_eq!(world.state(period().later(12)).await, Some(PeriodStateName::Open), "the room goes on");
}

#[tokio::test]
async fn a_silent_source_is_waited_for_and_keeps_nothing_else_waiting() {
    let (world, source) = (World::of(Stage::Local).await, Arc::new(Double::default()));
    let clock = clock_of(Arc::clone(&source) as Arc<dyn Blocks>);
    world.tick(&clock, 0).await;
    world.tick(&clock, 25).await;
    *source.is_silent.lock().expect("a switch") = true;
    // The rooms of Wingo and TrxWix close at the same time, ask once, and then keep waiting.
    for seconds in [30, 31] {
        world.tick(&clock, seconds).await;
        assert_eq!(world.state(period()).await, Some(PeriodStateName::Closed));
    }
    assert_eq!(source.asked.lock().expect("a count").get(&world.second(27)), Some(&1));
    world.tick(&clock, 55).await;
    assert_eq!(world.state(period().next()).await, Some(PeriodStateName::Closed), "its fence is up in time");
    // The first request never completes. A new clock, which does not know of it, asks again.
    *source.is_silent.lock().expect("a switch") = false;
    let other = clock_of(Arc::clone(&source) as Arc<dyn Blocks>);
    world.tick(&other, 56).await;
    let drawn = world.load(period()).await.expect("a period");
    assert_eq!(drawn.entropy.block().map(Block::timestamp), Some(world.second(27)));
}

#[tokio::test]
async fn no_other_source_is_asked_and_a_period_without_a_block_is_cancelled() {
    let (world, clock) = (World::of(Stage::Local).await, clock_of(Arc::new(Double::default())));
    world.tick(&clock, 0).await;
    let oracle = SignedOracle(OraclePublicKey::from_bytes([9; 32]));
    let others = [Some(Arc::new(oracle) as Arc<dyn Blocks>), Some(Arc::new(LocalChain)), None];
    let others = others.map(GameClock::for_a_second);
    let waits = [30, 590, 600, 610, 620, 624].map(|seconds| (seconds, PeriodStateName::Closed));
    for (seconds, expected) in waits.into_iter().chain([(625, PeriodStateName::Refunded)]) {
        for other in &others {
            world.tick(other, seconds).await;
            assert_eq!(world.state(period()).await, Some(expected), "{seconds}");
        }
    }
}

/// Otherwise an operator who stops the clock could choose between a result and none: the block existed all the time.
#[tokio::test]
async fn a_clock_that_was_away_asks_for_half_a_minute_before_it_cancels() {
    let (world, source) = (World::of(Stage::Local).await, Arc::new(Double { calls: 6, ..Double::default() }));
    let clock = || clock_of(Arc::clone(&source) as Arc<dyn Blocks>);
    let before = clock();
    for seconds in [0, 25] {
        world.tick(&before, seconds).await;
    }
    // The answer takes 1.8 s, longer than the first second of the next clock waits.
    let after = clock();
    world.tick(&after, 700).await;
    assert_eq!(world.state(period()).await, Some(PeriodStateName::Closed));
    tokio::time::sleep(Duration::from_millis(1_400)).await;
    world.tick(&after, 701).await;
    assert!(world.load(period()).await.expect("a period").result().is_some());

    // A silent node: each clock asks for itself.
    *source.is_silent.lock().expect("a switch") = true;
    let next = period().later(25);
    let asks = clock();
    for seconds in [720, 775, 780] {
        world.tick(&asks, seconds).await;
    }
    let others = clock();
    // The first clock was paused, so its earlier requests no longer count.
    let asked = [1_400, 1_410, 1_420, 1_429].map(|seconds| (&others, seconds));
    for (clock, seconds) in asked.into_iter().chain([(&clock(), 1_431), (&asks, 1_431)]) {
        world.tick(clock, seconds).await;
        assert_eq!(world.state(next).await, Some(PeriodStateName::Closed), "{seconds}");
    }
    world.tick(&others, 1_432).await;
    assert_eq!(world.state(next).await, Some(PeriodStateName::Refunded));
}

#[tokio::test]
async fn a_block_that_is_another_one_by_now_is_an_error_once() {
    let (world, source) = (World::of(Stage::Local).await, Arc::new(Double::default()));
    let clock = clock_of(Arc::clone(&source) as Arc<dyn Blocks>);
    for seconds in [0, 25, 30] {
        world.tick(&clock, seconds).await;
    }
    let drawn = world.load(period()).await.expect("a period");
    *source.is_changed.lock().expect("a switch") = true;
    run(&world, &clock, 146).await.expect("it is too early to look again");
    let error = run(&world, &clock, 147).await.expect_err("another block");
    let number = number_of(world.second(27));
    assert!(error.contains(&format!("block {number} was")), "{error}");
    run(&world, &clock, 148).await.expect("it was told");
    assert_eq!(world.load(period()).await.expect("a period").result(), drawn.result());
}

/// The clock that drew with a block may be gone when the block is due for its check.
#[tokio::test]
async fn a_restarted_clock_checks_blocks_of_other_clocks_again() {
    let (world, source) = (World::of(Stage::Local).await, Arc::new(Double::default()));
    let clock = || clock_of(Arc::clone(&source) as Arc<dyn Blocks>);
    let drew = clock();
    for seconds in [0, 25, 30] {
        world.tick(&drew, seconds).await;
    }
    *source.is_changed.lock().expect("a switch") = true;
    let other = clock();
    let error = run(&world, &other, 147).await.expect_err("another block");
    assert!(error.contains(&format!("block {} was", number_of(world.second(27)))), "{error}");
    run(&world, &other, 148).await.expect("it was told");
    let oracle = SignedOracle(OraclePublicKey::from_bytes([9; 32]));
    run(&world, &clock_of(Arc::new(oracle)), 149).await.expect("that one knows nothing of the chain");
    // Old blocks are not checked any longer.
    run(&world, &clock(), 2_000).await.expect("nothing to look at");
}

/// One block takes several calls to a node. They continue between two seconds of the clock.
#[tokio::test]
async fn a_node_is_asked_on_while_no_second_waits_for_it() {
    let (world, source) = (World::of(Stage::Local).await, Double { calls: 6, ..Double::default() });
    let clock = clock_of(Arc::new(source));
    for seconds in [0, 25, 30] {
        world.tick(&clock, seconds).await;
    }
    assert_eq!(world.state(period()).await, Some(PeriodStateName::Closed), "1.8 s are more than it waits");
    tokio::time::sleep(Duration::from_millis(1_400)).await;
    world.tick(&clock, 31).await;
    assert!(world.load(period()).await.expect("a period").result().is_some());
}
