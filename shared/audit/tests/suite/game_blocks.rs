//! Periods drawn by a block: a sound one, and the violations of each corruption.

use evens_audit::audit_period;
use evens_draws::Seed;
use evens_games::{
    Block, BlockId, BlockOrigin, BlockSignature, BlockSource, DrawnSymbols, Entropy, OraclePublicKey, Period,
    PeriodState, PeriodTotals, ShardCount, TakeBlockOutcome,
};
use jiff::Timestamp;
use jiff::tz::Offset;

/// The time `seconds` after the period opened. It closes after 45 of its 60.
fn second(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_704_067_200 + seconds).expect("a time")
}

/// A block with that timestamp, whose id ends in 7.
fn block(seconds: i64) -> Block {
    let id = |number: u64| {
        let mut bytes = [0xaa; 32];
        bytes[..8].copy_from_slice(&number.to_be_bytes());
        bytes[31] = 0x7f;
        BlockId::from_bytes(bytes)
    };
    let origin = BlockOrigin::Tron(id(78_049_727));
    Block::new(78_049_728, second(seconds).as_millisecond(), id(78_049_728), origin).expect("a block")
}

/// A period of the room, drawn with a TRON block.
fn drawn(room: &str) -> Period {
    let id = format!("{room}-20240101000000000").parse().expect("a period");
    let seed = Seed::from_bytes([7; 32]);
    let open = Period::open(id, Offset::UTC, seed.hash(), ShardCount::ONE_PER_LANE);
    let open = open.drawn_with_block_of(BlockSource::Tron);
    let closed = open.close(second(45)).and_then(|closing| closing.closed(PeriodTotals::default()));
    let taken = closed.expect("closed").take_block(block(47));
    let TakeBlockOutcome::Taken(period) = taken else { panic!("{taken:?}") };
    period.draw(seed, second(60)).expect("drawn")
}

fn with_source(period: &mut Period, source: BlockSource) {
    let block = period.entropy.block().copied();
    period.entropy = Entropy::Block { source, block };
}

#[test]
fn a_draw_by_a_block_is_recomputed() {
    for room in ["trx_wix-60", "wingo-60", "k3-60", "5d-60"] {
        let audit = audit_period(&drawn(room));
        assert_eq!(audit.faults, Vec::<String>::new(), "{room}");
        assert!(audit.recomputed.is_some());
    }
    let digit = audit_period(&drawn("trx_wix-60")).recomputed.map(|drawn| drawn.to_string());
    assert_eq!(digit.as_deref(), Some("7"));
}

#[test]
fn each_corruption_is_told() {
    type Corrupt = fn(&mut Period);
    let table: [(&str, Corrupt, &str); 7] = [
        (
            "trx_wix-60",
            |period| {
                period.entropy = Entropy::None;
                period.times = period.id.times(Offset::UTC);
            },
            "has drawn 7 without its block",
        ),
        (
            "trx_wix-60",
            |period| period.entropy = Entropy::block_of(BlockSource::Tron),
            "has drawn 7 without its block",
        ),
        (
            "trx_wix-60",
            |period| {
                let PeriodState::Resulted(_, result, _) = &mut period.state else { panic!("resulted") };
                result.drawn = DrawnSymbols::parse(period.id.room.game(), "8").expect("drawn");
            },
            "has drawn 8, but its block gives 7",
        ),
        (
            "wingo-60",
            |period| with_source(period, BlockSource::Local),
            "has the block 78049728, which local does not vouch for",
        ),
        (
            "wingo-60",
            |period| {
                let Entropy::Block { block, .. } = &mut period.entropy else { panic!("a block") };
                *block = Some(self::block(46));
            },
            "has the block 78049728 of 2024-01-01T00:00:46Z, which is not from 2024-01-01T00:00:47Z to \
             2024-01-01T00:10:45Z",
        ),
        (
            "wingo-60",
            |period| {
                let Entropy::Block { block, .. } = &mut period.entropy else { panic!("a block") };
                *block = Some(self::block(645));
            },
            "has the block 78049728 of 2024-01-01T00:10:45Z, which is not from 2024-01-01T00:00:47Z to \
             2024-01-01T00:10:45Z",
        ),
        (
            "wingo-60",
            |period| {
                let unsigned = BlockOrigin::Oracle(BlockSignature::from_bytes([0; 64]));
                let block = self::block(47);
                let stamped = block.timestamp().as_millisecond();
                let block = Block::new(block.number(), stamped, block.id(), unsigned).expect("a block");
                let source = BlockSource::Oracle(OraclePublicKey::from_bytes([9; 32]));
                period.entropy = Entropy::Block { source, block: Some(block) };
            },
            "has the block 78049728, which \
             oracle:0909090909090909090909090909090909090909090909090909090909090909 does not vouch for",
        ),
    ];
    for (room, corrupt, expected) in table {
        let mut period = drawn(room);
        corrupt(&mut period);
        assert_eq!(audit_period(&period).faults, [expected], "{room}");
    }
}
