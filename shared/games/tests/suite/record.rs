//! Records of bets: 42 bytes, from which exactly the same record is read.

use crate::common::{PERIOD, amount, bet_id, period_id, record, user};
use evens_games::{GAMES, GameBetRecord, GameBetRecordError, GameStake, GameStakeError, Room, Selection};
use evens_ledger::Amount;
use proptest::prelude::*;

#[test]
fn a_record_never_changes() {
    let record = record(42, "key-1", "COLOR:violet", "7.50", "2.50");
    let bet = bet_id(42, "key-1").to_string().replace('-', "");
    let expected = format!("{bet}000000000000002a000c000000003b9aca00000000000ee6b280");
    assert_eq!(hex::encode(record.encode()), expected);
    assert_eq!(GameBetRecord::decode(period_id(PERIOD), &record.encode()), Ok(record));
}

#[test]
fn cash_and_bonus_are_the_stake() {
    for (cash, bonus) in [("10", "0"), ("7.50", "2.50"), ("0", "10")] {
        let record = record(42, "key-1", "COLOR:violet", cash, bonus);
        let found = GameBetRecord::decode(period_id(PERIOD), &record.encode()).expect("a record");
        assert_eq!((found.cash(), found.bonus), (amount(cash), amount(bonus)));
    }
}

#[test]
fn bytes_that_are_no_record_say_why() {
    let good = record(42, "key-1", "COLOR:violet", "7.50", "2.50").encode();
    let with = |at: usize, bytes: &[u8]| {
        let mut changed = good;
        changed[at..at + bytes.len()].copy_from_slice(bytes);
        GameBetRecord::decode(period_id(PERIOD), &changed)
    };
    assert_eq!(GameBetRecord::decode(period_id(PERIOD), &good[1..]), Err(GameBetRecordError::Length));
    assert_eq!(with(16, &[0; 8]), Err(GameBetRecordError::User));
    assert_eq!(with(24, &[0, 17]), Err(GameBetRecordError::Selection));
    assert_eq!(with(26, &[0; 8]), Err(GameBetRecordError::Stake(GameStakeError::Zero)));
    assert_eq!(with(33, &[1]), Err(GameBetRecordError::Stake(GameStakeError::TooManyDecimals)));
    assert_eq!(with(34, &[0xff; 8]), Err(GameBetRecordError::Bonus));
}

#[test]
fn stakes_have_two_decimals() {
    #[rustfmt::skip]
    let table = [
        ("0.01", None), ("10000000000", None), ("0", Some(GameStakeError::Zero)),
        ("0.001", Some(GameStakeError::TooManyDecimals)), ("10000000000.01", Some(GameStakeError::TooLarge)),
    ];
    for (text, expected) in table {
        assert_eq!(GameStake::parse(amount(text)).err(), expected, "{text}");
    }
}

proptest! {
    #[test]
    fn records_come_back(player in 1..=i64::MAX.unsigned_abs(), room in 0..Room::all().count(), code in 0_u16..200,
        cents in 1..=1_000_000_000_000_i128, share in 0..=100_i128) {
        let room = Room::all().nth(room).expect("a room");
        let game = GAMES.iter().find(|game| game.id() == room.game().id()).expect("its game");
        let lines = u16::try_from(game.offers().len()).expect("few");
        let record = GameBetRecord {
            bet: bet_id(1, "key"),
            user: user(player),
            selection: Selection::of_code(*game, code % lines).expect("a line"),
            stake: GameStake::parse(Amount::from_units(cents * 1_000_000).expect("an amount")).expect("a stake"),
            bonus: Amount::from_units(cents * 10_000 * share).expect("an amount"),
        };
        let id = period_id(&format!("{room}-20261123000000000"));
        prop_assert_eq!(GameBetRecord::decode(id, &record.encode()), Ok(record));
    }
}
