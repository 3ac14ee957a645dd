//! Short names for values that the tests often use.

use evens_draws::Seed;
use evens_games::{
    Block, BlockId, BlockOrigin, BlockSignature, BlockSource, DrawnSymbols, Entropy, GAMES, Game,
    GameBetRecord, GameStake, Lanes, OraclePublicKey, Period, PeriodId, PeriodState, PeriodTotals, Selection,
    ShardCount,
};
use evens_idempotency::{BetId, IdempotencyKey};
use evens_ledger::{Amount, UserId, Wallet};
use jiff::Timestamp;
use jiff::tz::Offset;
use ring::signature::{Ed25519KeyPair, KeyPair};

/// Opens 21 minutes after midnight of 23 November 2026 in India, takes bets for 25 seconds, and ends after 30.
pub(crate) const PERIOD: &str = "wingo-30-20261123000000042";

/// A block with the number 78049728.
pub(crate) const BLOCK_ID: &str = "0000000004a6f1c09d2f7a31c5e8b04d16f2a97c3be05d8841c6f3a2b7d9e0fc";

pub(crate) fn block_id(height: u64) -> BlockId {
    let mut bytes = [0xab; 32];
    bytes[..8].copy_from_slice(&height.to_be_bytes());
    BlockId::from_bytes(bytes)
}

/// The block of [`BLOCK_ID`] with this timestamp.
pub(crate) fn block(at: Timestamp, origin: BlockOrigin) -> Block {
    let id: BlockId = BLOCK_ID.parse().expect("an id");
    Block::new(id.height(), at.as_millisecond(), id, origin).expect("a block")
}

/// The block of [`BLOCK_ID`] on TRON.
pub(crate) fn tron(at: Timestamp) -> Entropy {
    let block = block(at, BlockOrigin::Tron(block_id(78_049_727)));
    Entropy::Block { source: BlockSource::Tron, block: Some(block) }
}

/// The public key of an oracle, and a function that signs a block for a period.
pub(crate) fn oracle(byte: u8) -> (OraclePublicKey, impl Fn(&Block, &str) -> Block) {
    let key = Ed25519KeyPair::from_seed_unchecked(&[byte; 32]).expect("a key");
    let public = OraclePublicKey::from_bytes(key.public_key().as_ref().try_into().expect("32 bytes"));
    let sign = move |block: &Block, period: &str| {
        let signature = key.sign(block.message(period_id(period)).as_bytes());
        let signature = BlockSignature::from_bytes(signature.as_ref().try_into().expect("64 bytes"));
        let (number, at) = (block.number(), block.timestamp().as_millisecond());
        Block::new(number, at, block.id(), BlockOrigin::Oracle(signature)).expect("a block")
    };
    (public, sign)
}

pub(crate) fn amount(text: &str) -> Amount {
    text.parse().expect("an amount")
}

pub(crate) fn stake(text: &str) -> GameStake {
    GameStake::parse(amount(text)).expect("a stake")
}

pub(crate) fn user(number: u64) -> UserId {
    UserId::new(number).expect("a player's number")
}

pub(crate) fn bet_id(player: u64, key: &str) -> BetId {
    let key: IdempotencyKey = key.parse().expect("an idempotency key");
    BetId::derive(user(player), &key)
}

pub(crate) fn wallet(player: u64, balance: &str, bonus: &str) -> Wallet {
    Wallet { balance: amount(balance), bonus: amount(bonus), ..Wallet::empty(user(player)) }
}

/// The seed with the bytes 0 to 31: `000102…1e1f`.
pub(crate) fn seed() -> Seed {
    Seed::from_bytes(std::array::from_fn(|index| u8::try_from(index).expect("below 32")))
}

/// The UTC offset of the calendar of games.
pub(crate) fn india() -> Offset {
    Offset::from_seconds(19_800).expect("an offset")
}

pub(crate) fn period_id(text: &str) -> PeriodId {
    text.parse().expect("a period's id")
}

/// This many seconds after the start of [`PERIOD`].
pub(crate) fn second(seconds: i64) -> Timestamp {
    let opens_at = period_id(PERIOD).times(india()).opens_at;
    Timestamp::from_second(opens_at.as_second() + seconds).expect("a time")
}

pub(crate) fn open_period() -> Period {
    Period::open(period_id(PERIOD), india(), seed().hash(), ShardCount::ONE_PER_LANE)
}

/// [`PERIOD`] in the state with this name. If it was drawn, it was drawn when it ended.
pub(crate) fn period(state: &str) -> Period {
    let totals = PeriodTotals { bets: 3, staked: amount("30") };
    let open = open_period();
    let closed = Period { state: PeriodState::Closed(totals), ..open.clone() };
    let resulted = closed.draw(seed(), second(30)).expect("it is time");
    let result = resulted.result().expect("it was drawn").clone();
    let state = match state {
        "open" => PeriodState::Open,
        "closing" => PeriodState::Closing,
        "closed" => PeriodState::Closed(totals),
        "resulted" => resulted.state,
        "settled" => PeriodState::Settled(totals, result),
        "cancelled" => PeriodState::Cancelled(totals, Lanes::NONE),
        "refunded" => PeriodState::Refunded(totals),
        _ => panic!("no state is called {state}"),
    };
    Period { state, ..open }
}

pub(crate) fn game(id: &str) -> &'static dyn Game {
    *GAMES.iter().find(|game| game.id() == id).expect("a game")
}

/// Parses a selection such as `COLOR:green`.
pub(crate) fn selection(game_id: &str, text: &str) -> Selection {
    let (bet_type, bet_value) = text.split_once(':').expect("a type and a value");
    Selection::parse(game(game_id), bet_type, bet_value).expect("a selection")
}

pub(crate) fn drawn(game_id: &str, text: &str) -> DrawnSymbols {
    DrawnSymbols::parse(game(game_id), text).expect("something that the game draws")
}

/// A player's bet on Wingo, paid from cash and bonus in these parts.
pub(crate) fn record(player: u64, key: &str, on: &str, cash: &str, bonus: &str) -> GameBetRecord {
    let staked = amount(cash).checked_add(amount(bonus)).expect("an amount");
    GameBetRecord {
        bet: bet_id(player, key),
        user: user(player),
        selection: selection("wingo", on),
        stake: GameStake::parse(staked).expect("a stake"),
        bonus: amount(bonus),
    }
}

/// The rows of a table in a test: its lines without the header, each split at white space.
pub(crate) fn rows<const COLUMNS: usize>(table: &str) -> Vec<[&str; COLUMNS]> {
    let lines = table.lines().filter(|line| !line.trim().is_empty()).skip(1);
    let cells = lines.map(|line| line.split_whitespace().collect::<Vec<_>>());
    cells.map(|cells| cells.try_into().expect("one cell for each column")).collect()
}

/// The value of a cell, where `_` means the usual value.
pub(crate) fn or_usual<'a>(cell: &'a str, usual: &'a str) -> &'a str {
    if cell == "_" { usual } else { cell }
}

/// The number of periods in statistical tests: `EVENS_DRAWS` if it is set, else few enough for a quick test.
pub(crate) fn draws() -> u64 {
    std::env::var("EVENS_DRAWS").map_or(20_000, |draws| draws.parse().expect("a number"))
}
