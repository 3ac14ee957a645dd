//! Blocks: valid ones, the block that draws a period, and its result.

use crate::common::{
    BLOCK_ID, PERIOD, block, block_id, open_period, oracle, period, period_id, second, seed, tron,
};
use evens_games::{
    Block, BlockError, BlockId, BlockOrigin, BlockSignature, BlockSignatureError, BlockSource,
    CLOSES_BEFORE_BLOCK, CLOSES_BEFORE_END, CancelStep, Entropy, Period, PeriodRefusal, PeriodState, Room,
    TakeBlockOutcome, draw,
};
use proptest::prelude::*;

#[test]
fn a_block_has_the_height_of_its_id_and_the_next_one_of_its_parent() {
    let (id, parent) = (block_id(78_049_728), block_id(78_049_727));
    let height = |number, height| Err(BlockError::Height { number, height });
    #[rustfmt::skip]
    let table = [
        // Each row is the row above with its first fault repaired.
        (78_049_729, i64::MAX, BlockOrigin::Tron(id),     Err(BlockError::Timestamp(78_049_729))),
        (78_049_729, 0,        BlockOrigin::Tron(id),     height(78_049_729, 78_049_728)),
        (78_049_728, 0,        BlockOrigin::Tron(id),     Err(BlockError::ParentHeight { number: 78_049_728, height: 78_049_728 })),
        (78_049_728, 0,        BlockOrigin::Tron(parent), Ok(78_049_728)),
        (78_049_728, 0,        BlockOrigin::Local(id),    Err(BlockError::ParentHeight { number: 78_049_728, height: 78_049_728 })),
        (78_049_728, 0,        BlockOrigin::Local(parent), Ok(78_049_728)),
        // Without a parent, the signature of an oracle is required.
        (78_049_728, 0,        BlockOrigin::Oracle(BlockSignature::from_bytes([0; 64])), Ok(78_049_728)),
    ];
    for (number, timestamp_ms, origin, expected) in table {
        let found = Block::new(number, timestamp_ms, id, origin).map(|block| block.number());
        assert_eq!(found, expected, "{number} {origin:?}");
    }
    let first = Block::new(0, 0, block_id(0), BlockOrigin::Tron(block_id(u64::MAX)));
    assert_eq!(first, Err(BlockError::ParentHeight { number: 0, height: u64::MAX }));
}

#[test]
fn an_id_is_64_lower_case_digits_and_says_its_height() {
    let id: BlockId = BLOCK_ID.parse().expect("an id");
    assert_eq!((id.height(), id.to_string()), (78_049_728, BLOCK_ID.to_owned()));
    for text in
        ["", &BLOCK_ID[1..], &format!("{BLOCK_ID}0"), &BLOCK_ID.to_uppercase(), &BLOCK_ID.replace('f', "g")]
    {
        assert!(text.parse::<BlockId>().is_err(), "{text:?}");
    }
}

#[test]
fn a_signature_is_128_lower_case_digits() {
    let signature =
        BlockSignature::from_bytes(std::array::from_fn(|index| u8::try_from(index).expect("small")));
    let text = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\
                202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f";
    assert_eq!((signature.to_string().as_str(), text.parse()), (text, Ok(signature)));
    for wrong in ["", &text[2..], &format!("{text}40"), &text.to_uppercase(), &text.replace('f', "g")] {
        assert_eq!(wrong.parse::<BlockSignature>(), Err(BlockSignatureError), "{wrong:?}");
    }
}

/// `printf %s {id} | tr -dc 0-9 | tail -c 1` gives the same digit.
#[test]
fn trx_wix_is_the_last_decimal_digit_of_the_id_and_nothing_else() {
    let hash = |tail: &str| format!("0000000004a6f1c0{}{tail}", "a".repeat(48 - tail.len()));
    #[rustfmt::skip]
    let table = [
        (BLOCK_ID.to_owned(), "0"), (hash("7"), "7"), (hash("7f"), "7"), (hash("3abcdef"), "3"), (hash("12"), "2"),
        (hash("9f"), "9"),
        // The hash has no decimal digit (odds of 3.6e-21), so the digit comes from the height, which begins with zeros.
        (hash(""), "0"), (format!("0000000004a6f1ca{}", "b".repeat(48)), "1"),
    ];
    let id = period_id("trx_wix-30-20261123000000042");
    for (text, expected) in table {
        let tron_block = Block::new(
            text.parse::<BlockId>().expect("an id").height(),
            0,
            text.parse().expect("an id"),
            BlockOrigin::Tron(block_id(text.parse::<BlockId>().expect("an id").height() - 1)),
        );
        let entropy = Entropy::Block { source: BlockSource::Tron, block: Some(tron_block.expect("a block")) };
        assert_eq!(entropy.message(id), None);
        for byte in [0, 7, 255] {
            let drawn = draw(id, &evens_draws::Seed::from_bytes([byte; 32]), entropy);
            assert_eq!(drawn.expect("drawn").to_string(), expected, "{text}");
        }
    }
    assert_eq!(draw(id, &seed(), Entropy::None), None);
    assert_eq!(draw(id, &seed(), Entropy::block_of(BlockSource::Tron)), None);
}

/// Computed independently, like the draws without a block, with the id of the block in place of `none`.
#[test]
fn the_result_of_a_seed_and_a_block_never_changes() {
    let entropy = tron(second(27));
    #[rustfmt::skip]
    let table = [
        ("wingo-30-20261123000000042", "9"),
        ("k3-60-20261123000000042",    "5,2,5"),
        ("5d-60-20261123000000042",    "3,3,4,7,7"),
    ];
    for (period, expected) in table {
        let id = period_id(period);
        assert_eq!(entropy.message(id), Some(format!("game\n{period}\n{BLOCK_ID}")));
        assert_eq!(draw(id, &seed(), entropy).expect("drawn").to_string(), expected, "{period}");
        assert_eq!(draw(id, &seed(), Entropy::block_of(BlockSource::Tron)), None, "it waits for its block");
    }
}

#[test]
fn the_entropy_of_a_period_is_read_back_from_its_text() {
    let (key, _) = oracle(3);
    let texts = [
        (Entropy::None, "none".to_owned(), "none"),
        (Entropy::block_of(BlockSource::Local), "block:local".to_owned(), "block"),
        (Entropy::block_of(BlockSource::Tron), "block:tron".to_owned(), "block"),
        (Entropy::block_of(BlockSource::Oracle(key)), format!("block:oracle:{key:?}"), "block"),
    ];
    for (entropy, text, name) in texts {
        assert_eq!((entropy.to_string(), entropy.as_str()), (text.clone(), name));
        assert_eq!(text.parse(), Ok(entropy));
    }
    for text in
        ["", "block", "block:", "block:other", "block:oracle", "block:oracle:00", "none:tron", "Block:tron"]
    {
        assert!(text.parse::<Entropy>().is_err(), "{text:?}");
    }
}

#[test]
fn a_period_closes_early_enough_for_its_block() {
    for room in Room::all() {
        let id = period_id(&format!("{room}-20261123000000000"));
        let times = id.times(crate::common::india());
        let before = times.before_block();
        let closes = if room.duration_s() >= 60 { CLOSES_BEFORE_BLOCK } else { CLOSES_BEFORE_END };
        assert_eq!(before.ends_at.duration_since(before.closes_at), closes, "{room}");
        assert_eq!((before.opens_at, before.ends_at), (times.opens_at, times.ends_at));
        let period = Period { id, times, ..open_period() };
        assert_eq!(period.drawn_with_block_of(BlockSource::Tron).times, before, "{room}");
    }
    let by_block = open_period().drawn_with_block_of(BlockSource::Tron);
    assert_eq!(by_block.block_from(), second(27));
    assert_eq!(by_block.block_until(), second(625));
}

/// [`PERIOD`] in this state, drawn with a block of this source.
fn by_block(source: BlockSource, state: &str) -> Period {
    Period { state: period(state).state, ..open_period().drawn_with_block_of(source) }
}

/// Each row is the row above with its first fault repaired.
#[test]
fn a_block_is_taken_once_and_refused_in_the_order_of_the_checks() {
    let (key, sign) = oracle(3);
    let (of_oracle, other) = (BlockSource::Oracle(key), BlockSource::Oracle(oracle(4).0));
    let taken = |period: &Period, block| match period.take_block(block) {
        TakeBlockOutcome::Taken(period) => *period,
        outcome => panic!("{outcome:?}"),
    };
    let signed = |at| sign(&block(at, BlockOrigin::Oracle(BlockSignature::from_bytes([0; 64]))), PERIOD);
    let chained = |at| block(at, BlockOrigin::Tron(block_id(78_049_727)));
    let elsewhere = sign(&signed(second(27)), "wingo-30-20261123000000043");
    let open = by_block(of_oracle, "open");
    let has = taken(&by_block(of_oracle, "closed"), signed(second(27)));
    let table = [
        (period("closed"), signed(second(26)), TakeBlockOutcome::NoBlockWanted),
        (open.clone(), chained(second(26)), TakeBlockOutcome::AnotherSource { source: of_oracle }),
        (open.clone(), elsewhere, TakeBlockOutcome::AnotherSource { source: of_oracle }),
        (by_block(other, "open"), signed(second(26)), TakeBlockOutcome::AnotherSource { source: other }),
        (has.clone(), signed(second(27)), TakeBlockOutcome::TakenBefore),
        (
            has.clone(),
            signed(second(28)),
            TakeBlockOutcome::HasAnother { block: Box::new(signed(second(27))) },
        ),
        (open.clone(), signed(second(26)), TakeBlockOutcome::TooEarly { from: second(27) }),
        (open.clone(), signed(second(57)), TakeBlockOutcome::TooLate { until: second(57) }),
        (open.clone(), signed(second(56)), TakeBlockOutcome::NotClosed { state: open.state.name() }),
    ];
    for (period, block, expected) in table {
        assert_eq!(period.take_block(block), expected, "{:?} {:?}", period.state.name(), period.entropy);
    }
    for state in ["closing", "resulted", "settled", "cancelled", "refunded"] {
        let period = by_block(of_oracle, state);
        let expected = TakeBlockOutcome::NotClosed { state: period.state.name() };
        assert_eq!(period.take_block(signed(second(27))), expected);
        assert_eq!(period.wanted_block(), None);
    }
    assert_eq!(has.entropy, Entropy::Block { source: of_oracle, block: Some(signed(second(27))) });
    assert_eq!(by_block(of_oracle, "closed").wanted_block(), Some(of_oracle));
    let of_tron = taken(&by_block(BlockSource::Tron, "closed"), chained(second(624)));
    assert_eq!((of_tron.wanted_block(), of_tron.state.name()), (None, period("closed").state.name()));
}

#[test]
fn a_period_is_drawn_when_its_block_is_there_and_no_operator_cancels_it_from_its_closing_on() {
    let waits = by_block(BlockSource::Tron, "closed");
    assert_eq!(waits.draw(seed(), second(30)), Err(PeriodRefusal::NoBlock));
    // The block may be on an explorer now, even if the platform has not seen it.
    for state in ["open", "closing", "closed"] {
        let undrawn = by_block(BlockSource::Tron, state);
        let closes_at = undrawn.times.closes_at;
        assert_eq!(closes_at, second(25));
        assert_eq!(undrawn.cancel(closes_at), Err(PeriodRefusal::BlockDecides(closes_at)), "{state}");
        assert!(matches!(undrawn.cancel(second(24)), Ok(CancelStep::Fence(_) | CancelStep::Cancelled(_))));
    }
    assert!(waits.give_up(second(625)).is_ok());
    let has = Period { entropy: tron(second(27)), ..waits };
    assert_eq!(has.cancel(second(26)), Err(PeriodRefusal::BlockDecides(second(25))));
    // The period has its block, but its seed is lost.
    assert!(has.give_up(second(625)).is_ok());
    let drawn = has.draw(seed(), second(30)).expect("it is drawn");
    assert_eq!(drawn.result().map(|result| result.drawn.to_string()), Some("9".to_owned()));
    assert!(matches!(drawn.state, PeriodState::Resulted(..)));
}

proptest! {
    #[test]
    fn ids_come_back_from_their_texts(bytes in any::<[u8; 32]>()) {
        let id = BlockId::from_bytes(bytes);
        prop_assert_eq!(id.to_string().parse(), Ok(id));
        let text = id.to_string();
        let last = text.bytes().rev().find(u8::is_ascii_digit).map_or(0, |digit| digit - b'0');
        prop_assert_eq!(id.last_decimal_digit(), last);
    }
}
