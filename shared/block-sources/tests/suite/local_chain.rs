//! The local chain: it follows from the time and is a valid chain.

use evens_block_sources::{Blocks, LocalChain};
use evens_games::{Block, BlockOrigin, BlockSource};
use futures::FutureExt;
use jiff::Timestamp;
use proptest::prelude::*;

fn first(at_ms: i64) -> Block {
    let at = Timestamp::from_millisecond(at_ms).expect("a time");
    LocalChain.first_block_at_or_after(at).now_or_never().expect("at once").expect("a block")
}

#[test]
fn the_blocks_of_the_local_chain_never_change() {
    let block = first(1_795_394_568_001);
    assert_eq!(
        (block.number(), block.timestamp().to_string().as_str()),
        (598_464_857, "2026-11-23T00:42:51Z")
    );
    assert!(block.id().to_string().starts_with("0000000023abd959"), "{}", block.id());
    assert_eq!(first(1_795_394_571_000), block);
    assert!(LocalChain.first_block_at_or_after(Timestamp::MIN).now_or_never().expect("at once").is_err());
    assert_eq!(LocalChain.source(), BlockSource::Local);
}

proptest! {
    #[test]
    fn it_is_a_chain_and_gives_the_first_block(at_ms in 10_000_i64..4_000_000_000_000) {
        let block = first(at_ms);
        let late_ms = block.timestamp().as_millisecond() - at_ms;
        prop_assert!((0..3_000).contains(&late_ms));
        let before = LocalChain.block_of_number(block.number() - 1).now_or_never().expect("at once").expect("one");
        prop_assert_eq!(block.origin(), BlockOrigin::Local(before.id()));
        prop_assert!(before.timestamp().as_millisecond() < at_ms);
        prop_assert!(first(before.timestamp().as_millisecond()) == before);
    }
}
