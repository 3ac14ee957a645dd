//! The functions, in the order in which their stacks deploy them.

use evens_contracts::Queue;
use evens_runtime::Function;
use evens_workers::function_of;

/// Functions that requests or schedules start.
const STARTED: [Function; 31] = [
    evens_place_bet::FUNCTION,
    evens_bets::FUNCTION,
    evens_request_refund::FUNCTION,
    evens_rounds::FUNCTION,
    evens_operate_rounds::FUNCTION,
    evens_operate_bets::FUNCTION,
    evens_periods::FUNCTION,
    evens_place_game_bet::FUNCTION,
    evens_game_bets::FUNCTION,
    evens_operate_games::FUNCTION,
    evens_record_block::FUNCTION,
    evens_game_clock::FUNCTION,
    evens_jackpot_pools::FUNCTION,
    evens_dead_letters::FUNCTION,
    evens_operate_switches::FUNCTION,
    evens_status::FUNCTION,
    evens_sweep::FUNCTION,
    evens_monitor::FUNCTION,
    evens_verify::FUNCTION,
    evens_deposits::FUNCTION,
    evens_withdrawals::FUNCTION,
    evens_limits::FUNCTION,
    evens_operate_payments::FUNCTION,
    evens_compare_statements::FUNCTION,
    evens_payment_callbacks::FUNCTION,
    evens_reconcile::FUNCTION,
    evens_register::FUNCTION,
    evens_login::FUNCTION,
    evens_account::FUNCTION,
    evens_wallet::FUNCTION,
    evens_operate_users::FUNCTION,
];

/// The constant of each function. The workers follow from their queues.
pub fn functions() -> impl Iterator<Item = Function> {
    STARTED.into_iter().chain(Queue::ALL.into_iter().map(function_of))
}
