//! The records of players whose whole ledger is here. The movements that these records require must be in it.

use crate::books::Books;
use crate::exchange::{effects, matching};
use crate::games::bets;
use crate::payments::{deposits, orders};
use crate::report::Violations;
use evens_ledger::UserId;

pub(super) fn check(books: &Books, violations: &mut Violations) {
    let is_whole = |user: UserId| books.whole_ledgers.contains(&user);
    for bet in books.bets.values().filter(|bet| is_whole(bet.user)) {
        effects::check_stake(books, bet, violations);
    }
    effects::check_ends(books, is_whole, violations);
    matching::check_returned(books, is_whole, violations);
    for bet in books.game_bets.values().filter(|bet| is_whole(bet.user)) {
        bets::check_stake_parts(books, bet, violations);
        bets::check_return(books, bet, violations);
    }
    for deposit in books.deposits.values().filter(|deposit| is_whole(deposit.terms.user)) {
        deposits::check_entries(books, deposit, violations);
    }
    for withdrawal in books.withdrawals.values().filter(|withdrawal| is_whole(withdrawal.terms.user)) {
        orders::check_withdrawal_entries(books, withdrawal, violations);
    }
}
