//! House games: players bet against the house on the result of a period. In each room one period follows the other.
//!
//! Keeps M3 (each movement names its key). Keeps M7: a result follows only from a seed whose hash is published one
//! period before the first bet, and from a block made after the closing. Together with the handlers that call it, keeps
//! M6 (every bet ends with its period). Every rule is a function from the state that was read to an outcome, or to a
//! plan of the writes.
//!
//! Architecture invariant: nothing here reads a clock, draws a random number or does I/O. The code that draws a result
//! gets a seed, the id of a period and a block; it cannot see a bet, a stake or an exposure. A game is one file in
//! `games` and one entry of [`GAMES`]; no other code names a game.

mod bet;
mod block;
mod distribution;
mod drawn;
mod entropy;
mod exposure;
mod game;
mod games;
mod limits;
mod multiplier;
mod offer;
mod owed;
mod period;
mod period_id;
mod place_bet;
mod play_statistics;
mod record;
mod room;
mod settle;
mod shards;
mod stake;
mod take_block;
mod trend;

pub use bet::{GameBet, GameBetStatus, Purse, PurseError};
pub use block::{
    Block, BlockError, BlockId, BlockIdError, BlockOrigin, BlockSignature, BlockSignatureError, BlockSource,
    BlockSourceError, OraclePublicKey,
};
pub use distribution::{Distribution, SelectionBets};
pub use drawn::{DrawnError, DrawnSymbols, draw};
pub use entropy::{Entropy, EntropyError};
pub use exposure::{Exposure, ExposureRules};
pub use game::{Fact, Game, Symbols};
pub use games::{GAMES, RULES_VERSION};
pub use limits::{GameLimits, GameLimitsError};
pub use multiplier::Multiplier;
pub use offer::{Offer, Selection, SelectionError};
pub use owed::{OwedBet, pay_bets};
pub use period::{
    CancelStep, Lanes, Period, PeriodRefusal, PeriodResult, PeriodState, PeriodStateName, PeriodTotals,
};
pub use period_id::{CLOSES_BEFORE_BLOCK, CLOSES_BEFORE_END, PeriodId, PeriodIdError, PeriodTimes};
pub use place_bet::{
    GamePlacement, PlaceGameBet, PlaceGameBetInput, PlaceGameBetOutcome, RoomLimits, place_game_bet,
};
pub use play_statistics::{
    FinishedDay, PlayDays, PlayStatistics, PlayedBets, PlayedBetsError, StatisticsPeriod,
    StatisticsPeriodError,
};
pub use record::{GameBetRecord, GameBetRecordError};
pub use room::{Room, RoomError};
pub use settle::{GameBetsPaid, WinningBet, refund_bets, settle_bets, winning_bets};
pub use shards::{Lane, LaneError, ShardCount, ShardCountError};
pub use stake::{FEE_PERCENT, GameStake, GameStakeError};
pub use take_block::{BLOCK_AFTER_CLOSING, BLOCK_WITHIN, ORACLE_BLOCK_WITHIN, TakeBlockOutcome};
pub use trend::Trend;
