//! Every write. A transaction is a function with a name, and its documentation is its list of conditions: they are
//! numbered like the items of the request, and the lowest one that failed decides the outcome.

mod apply_bonus;
mod change_order;
mod close_book;
mod count_requests;
mod draw_match;
mod fund_wallet;
mod give_first_bonus;
mod import_referral;
mod join_bets;
mod open_order;
mod order_items;
mod place_bet;
mod record_attendance;
mod record_referral;
mod refund_bet;
mod sessions;
mod settle_match;
mod sign_up;
mod void_match;
mod wallet_items;
mod write_account;
mod write_round;

pub use apply_bonus::BonusOutcome;
pub use change_order::OrderOutcome;
pub use close_book::ClosedPage;
pub use draw_match::DrawOutcome;
pub use fund_wallet::FundOutcome;
pub use import_referral::ImportReferralOutcome;
pub use join_bets::JoinOutcome;
pub use open_order::WithdrawalFacts;
pub use record_attendance::AttendanceOutcome;
pub use record_referral::ReferralOutcome;
pub use refund_bet::RefundBetOutcome;
pub use sessions::RefreshOutcome;
pub use settle_match::SettleOutcome;
pub use sign_up::SignUpOutcome;
pub use void_match::VoidMatchOutcome;
pub use write_account::{AccountWrite, LoginOutcome};
pub use write_round::RoundWrite;
