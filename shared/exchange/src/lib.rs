//! Bets at even odds: rounds, the order book, matching, draws, settlement and refunds.
//!
//! Keeps M3 (each movement of money names its key) and M5 (a match takes the same amount from both sides). Keeps M7
//! (the outcome follows from a seed whose hash was public first). Together with the handlers that call it, keeps M6
//! (every bet ends). Every rule is a function from the state that was read to an outcome, or to a plan of the writes.
//!
//! Architecture invariant: nothing here reads a clock, draws a random number or does I/O. Time, identifiers and seeds
//! are arguments. The same arguments give the same answer on every host and in every version.

mod bet;
mod commission;
mod draw;
mod entry_subject;
mod ids;
mod matching;
mod place_bet;
mod player_state;
mod refund;
mod round;
mod round_place;
mod round_terms;
mod round_totals;
mod settlement;
mod way_out;

pub use bet::{Bet, BetStatus, BetView, BookPosition, Side, SideError, Stake, StakeError, UnmatchedBet};
pub use commission::{CommissionRate, CommissionRateError};
pub use draw::{DrawRule, Outcome, draw_match, draw_round};
pub use entry_subject::EntrySubject;
pub use ids::{MatchId, RoundId, RoundIdError};
pub use matching::{Join, Match, MatchState, NotOpposed, OpposedBets, join};
pub use place_bet::{BettingLimits, PlaceBet, PlaceBetInput, PlaceBetOutcome, Placement, place_bet};
pub use player_state::PlayerState;
pub use refund::{
    REFUND_AFTER, Refund, RefundOutcome, RefundReason, RefundReasonError, RefundTerms, refund_waiting,
};
pub use round::{
    Draw, MatchVerdict, OracleKey, Round, RoundOutcome, RoundState, RoundStateName, RoundStep, SignedResult,
};
pub use round_place::{RoundPlace, RoundPlaceError};
pub use round_terms::{Deadlines, RoundTerms};
pub use round_totals::RoundTotals;
pub use settlement::{Settlement, Void, settle, void_match, winner};
pub use way_out::{STUCK_AFTER, VoidRefusal, refuse_void};
