//! Periods drawn by a block: the block is recorded once, and is shown with the result.

use crate::game_scenario::{closed, game_bet, game_command, game_seed, of, period_id, purses, settled_lanes};
use crate::scenario::{fund, second};
use evens_games::{
    Block, BlockId, BlockOrigin, BlockSource, Period, PeriodStateName, ShardCount, TakeBlockOutcome,
};
use evens_store::{PeriodWrite, Store};
use futures::future::join_all;
use jiff::tz::Offset;

/// The usual period, drawn with a block of TRON.
async fn opened(store: &Store) -> Period {
    let period = Period::open(period_id(), Offset::UTC, game_seed().hash(), ShardCount::ONE_PER_LANE);
    let period = period.drawn_with_block_of(BlockSource::Tron);
    store.open_period(period, &game_seed()).await.unwrap().into_period()
}

/// A block with this number, stamped two seconds after the closing, whose id ends in that digit.
fn block(number: u64, digit: u8) -> Block {
    let id = |height: u64| {
        let mut bytes = [0xaa; 32];
        bytes[..8].copy_from_slice(&height.to_be_bytes());
        bytes[31] = digit;
        BlockId::from_bytes(bytes)
    };
    let stamped = second(27).as_millisecond();
    Block::new(number, stamped, id(number), BlockOrigin::Tron(id(number - 1))).unwrap()
}

fn with_block(closed: &Period, block: Block) -> Period {
    match closed.take_block(block) {
        TakeBlockOutcome::Taken(period) => *period,
        outcome => panic!("not taken: {outcome:?}"),
    }
}

pub(crate) async fn a_block_is_kept_with_the_period_that_it_draws(store: &Store) {
    let period = opened(store).await;
    assert_eq!(store.load_period(period.id).await.unwrap(), Some(period.clone()));
    fund(store, 1, "10").await;
    game_bet(store, &game_command(1, "one", true, "10"), &period).await;
    let closed = closed(store, &period).await;
    let block = block(78_049_728, 7);
    let recorded = store.move_period(&closed, with_block(&closed, block)).await.unwrap().into_period();
    assert_eq!(recorded.entropy.block(), Some(&block));
    let seed = store.load_period_seed(&recorded).await.unwrap().unwrap();
    let drawn = recorded.draw(seed, second(30)).unwrap();
    let drawn = store.draw_period(&recorded, drawn).await.unwrap().into_period();
    assert_eq!(store.load_period(period.id).await.unwrap(), Some(drawn.clone()));
    let results = store.list_results(period.id.room, None, 1).await.unwrap();
    assert_eq!(results.first().and_then(|result| result.block), Some(block));
    settled_lanes(store, &drawn).await;
}

pub(crate) async fn of_blocks_at_once_one_is_recorded(store: &Store) {
    let period = opened(store).await;
    let closed = closed(store, &period).await;
    let blocks: Vec<_> = (0..8).map(|number| block(78_049_728 + number, 1)).collect();
    let record = |block: &Block| store.move_period(&closed, with_block(&closed, *block));
    let written: Vec<_> = join_all(blocks.iter().map(record)).await.into_iter().map(Result::unwrap).collect();
    let first = written.iter().filter(|written| matches!(written, PeriodWrite::Written(_))).count();
    assert_eq!(first, 1);
    let kept = store.load_period(period.id).await.unwrap().unwrap();
    assert!(written.into_iter().all(|written| written.into_period() == kept));
    // A draw with another block, by a process that had not read the stored one, is not written either.
    let other = blocks.into_iter().find(|block| kept.entropy.block() != Some(block)).unwrap();
    let drawn = with_block(&closed, other).draw(game_seed(), second(30)).unwrap();
    assert_eq!(store.draw_period(&closed, drawn).await.unwrap(), PeriodWrite::Found(kept));
    assert_eq!(store.list_results(period.id.room, None, 1).await.unwrap(), []);
}

/// Ten minutes after the closing two clocks run: one has found the block, the other has not.
pub(crate) async fn of_a_block_and_a_cancellation_one_happens(store: &Store) {
    let period = opened(store).await;
    fund(store, 1, "10").await;
    game_bet(store, &game_command(1, "one", true, "10"), &period).await;
    let closed = closed(store, &period).await;
    let given_up = closed.give_up(closed.block_until()).unwrap();
    let (recorded, cancelled) = futures::join!(
        store.move_period(&closed, with_block(&closed, block(78_049_728, 1))),
        store.move_period(&closed, given_up)
    );
    let is_recorded = matches!(recorded.unwrap(), PeriodWrite::Written(_));
    match cancelled.unwrap() {
        PeriodWrite::Found(found) => {
            assert!(is_recorded && found.entropy.block().is_some());
            assert_eq!(purses(store, 1).await, of("0", "0"));
        }
        PeriodWrite::Written(cancelled) => {
            assert!(!is_recorded && cancelled.entropy.block().is_none());
            settled_lanes(store, &cancelled).await;
            assert_eq!(purses(store, 1).await, of("10", "0"));
        }
    }
    let kept = store.load_period(period.id).await.unwrap().unwrap();
    let expected = if is_recorded { PeriodStateName::Closed } else { PeriodStateName::Refunded };
    assert_eq!(kept.state.name(), expected);
}
