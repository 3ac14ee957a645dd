//! House games: players bet against the house on what is drawn for a period, one after the other in each room.
//!
//! Keeps M3 (each movement names its key), M7 (what is drawn follows from a seed whose hash was public a period before
//! the first bet, and from a block of after the closing, and from nothing else) and, with the handlers that call it, M6
//! (every bet ends with its period).
//! Every rule is a function from what was read to an outcome, or to a plan of what is to be written.
//!
//! Architecture invariant: nothing here reads a clock, draws a random number or does I/O. What draws a result takes a
//! seed, the id of a period and a block: no bet, no stake, no exposure is within its reach. A game is one file of
//! `games`, and a line in [`GAMES`]; nothing else here or above names one.

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
pub use drawn::{Drawn, DrawnError, draw};
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
    GamePlacement, PlaceGameBet, PlaceGameBetOutcome, RoomLimits, SeenForGameBet, place_game_bet,
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
