//! A period that already has its block from the oracle. A good request hands in the same block again.

use crate::world::oracle_key;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evens_draws::Seed;
use evens_games::{
    Block, BlockId, BlockOrigin, BlockSignature, BlockSource, OraclePublicKey, Period, ShardCount,
    TakeBlockOutcome,
};
use evens_players::AttendanceOffset;
use evens_tests::Scenario;
use ring::signature::KeyPair;
use serde_json::json;

/// The room of the period, as paths name it.
pub(crate) const ROOM: &str = "trx_wix/300";

/// A date far in the future, so that no clock starts the period.
const PERIOD: &str = "trx_wix-300-20991231000000000";

const NUMBER: u64 = 78_049_728;

fn period() -> Period {
    let key = OraclePublicKey::from_bytes(oracle_key().public_key().as_ref().try_into().unwrap());
    let offset = AttendanceOffset::INDIA.offset();
    let period = Period::open(PERIOD.parse().unwrap(), offset, seed().hash(), ShardCount::ONE_PER_LANE);
    period.drawn_with_block_of(BlockSource::Oracle(key))
}

fn seed() -> Seed {
    Seed::from_bytes([9; 32])
}

fn block() -> Block {
    let mut bytes = [0xab; 32];
    bytes[..8].copy_from_slice(&NUMBER.to_be_bytes());
    let stamped_ms = period().block_from().as_millisecond();
    let signed = |signature| {
        let origin = BlockOrigin::Oracle(BlockSignature::from_bytes(signature));
        Block::new(NUMBER, stamped_ms, BlockId::from_bytes(bytes), origin).unwrap()
    };
    let signature = oracle_key().sign(signed([0; 64]).message(period().id).as_bytes());
    signed(signature.as_ref().try_into().unwrap())
}

/// Stores the period's block.
pub(crate) async fn record(scenario: &Scenario) {
    let store = &scenario.context().store;
    let period = store.open_period(period(), &seed()).await.unwrap().into_period();
    let closing = period.close(period.times.closes_at).unwrap();
    let closing = store.move_period(&period, closing).await.unwrap().into_period();
    let closed = store.close_period(&closing, period.times.closes_at).await.unwrap();
    let TakeBlockOutcome::Taken(with_block) = closed.take_block(block()) else { panic!("not taken") };
    store.move_period(&closed, *with_block).await.unwrap();
}

/// The fields of the request that hands in the block.
pub(crate) fn fields() -> Vec<(&'static str, String)> {
    let block = block();
    let BlockOrigin::Oracle(signature) = block.origin() else { panic!("signed") };
    let signature = hex::decode(signature.to_string()).unwrap();
    vec![
        ("periodId", json!(period().id.digits()).to_string()),
        ("number", NUMBER.to_string()),
        ("timestamp", block.timestamp().as_millisecond().to_string()),
        ("id", json!(block.id().to_string()).to_string()),
        ("signature", json!(BASE64_STANDARD.encode(signature)).to_string()),
    ]
}
