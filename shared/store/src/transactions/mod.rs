//! Every write. A transaction is a function with a name, and its documentation is its list of conditions: they are
//! numbered like the items of the request, and the lowest one that failed decides the outcome.

mod draw_match;
mod fund_wallet;
mod join_bets;
mod place_bet;
mod refund_bet;
mod settle_match;
mod void_match;
mod wallet_items;
mod write_round;

pub use draw_match::DrawOutcome;
pub use fund_wallet::FundOutcome;
pub use join_bets::JoinOutcome;
pub use refund_bet::RefundBetOutcome;
pub use settle_match::SettleOutcome;
pub use void_match::VoidMatchOutcome;
pub use write_round::RoundWrite;
