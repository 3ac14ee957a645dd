//! The checks of recent movements. They are the same as those of all books, but begin at a movement instead of at a
//! record: of older records, not all movements are here.

use crate::books::Books;
use crate::exchange::{barred, draws, effects, matching};
use crate::games::{self, bets};
use crate::jackpots::wins;
use crate::moved::whole;
use crate::operations::acts;
use crate::operations::day_ends::DayEnds;
use crate::payments::{deposits, orders};
use crate::players::bonuses;
use crate::report::{OnTheWay, Part, Report, Subject, Violations, add};
use crate::wallet::movement::{Movement, Purpose};
use crate::wallet::transfers;
use evens_exchange::{Bet, Match, MatchState, Side};
use evens_ledger::{EntryKind, SystemAccount};
use evens_payments::OrderTerms;

impl Books {
    /// Checks that the entries of each wallet follow each other and leave the balances of the wallet (M2, M4). Each
    /// moves the amount that the record that explains it requires, once (M3), and bets were drawn as fixed (M7). Also
    /// returns the ends of days, for the next wallets.
    pub fn check_moved(mut self) -> (Report, DayEnds) {
        let mut violations = std::mem::take(&mut self.found);
        for (user, chain) in &self.chains {
            chain.check(self.wallets.get(user), &mut violations);
        }
        effects::check_causes(&self, &mut violations);
        for (purpose, movement) in self.movements.iter() {
            check_owner(&self, purpose, movement, &mut violations);
            check_amount(&self, purpose, &mut violations);
        }
        bonuses::check_given(&self, &mut violations);
        transfers::check(&self, &mut violations);
        for transfer in self.transfers.values() {
            orders::check_required(&self, transfer, &mut violations);
        }
        for found in self.matches.values() {
            let fault = matching::match_fault(&self, found).or_else(|| stake_fault(&self, found));
            let sentence = fault.map(|fault| format!("The match {} {fault}.", found.id));
            add(&mut violations, Subject::Match(found.id), sentence);
        }
        whole::check(&self, &mut violations);
        acts::check_newest(&self, &mut violations);
        violations.begin(Part::Unsealed);
        barred::check(&self, &mut violations);
        draws::check(&self, &mut violations);
        games::draws::check_public(&self, &mut violations);
        let report = Report::new(self.counts, OnTheWay::default(), 0, violations);
        (report, self.day_ends)
    }
}

/// A refund is not more than the bet says.
fn check_refunded(books: &Books, bet: &Bet, violations: &mut Violations) {
    let purpose = Purpose::Refund(bet.id);
    let refunded = books.movements.get(&purpose).map(|movement| movement.amount);
    let fault = refunded.filter(|amount| *amount > bet.refunded).map(|amount| {
        format!("The entry {purpose} moves {amount}, but the bet says {} refunded.", bet.refunded)
    });
    add(violations, Subject::Bet(bet.id), fault);
}

/// A match cannot be for more than the stakes of its bets.
fn stake_fault(books: &Books, found: &Match) -> Option<String> {
    let bets = Side::ALL.into_iter().filter_map(|side| books.bets.get(&found.bet(side)));
    let mut smaller = bets.filter(|bet| bet.stake.amount() < found.amount);
    smaller.next().map(|bet| {
        format!("is for {}, but its bet {} has a stake of {}", found.amount, bet.id, bet.stake.amount())
    })
}

/// The record that explains an entry names the owner of its wallet.
fn check_owner(books: &Books, purpose: &Purpose, movement: &Movement, violations: &mut Violations) {
    let owner = effects::owner(books, purpose).filter(|owner| *owner != movement.user);
    let fault = owner.map(|owner| {
        let Movement { user, number, .. } = movement;
        format!("Entry {number} of user {user} is {purpose}, which belongs to user {owner}.")
    });
    add(violations, Subject::User(movement.user), fault);
}

/// An entry moves what its record requires. Without a record, it is a violation already.
fn check_amount(books: &Books, purpose: &Purpose, violations: &mut Violations) {
    match purpose {
        Purpose::Bet(bet) => {
            if let Some(bet) = books.bets.get(bet) {
                effects::check_stake(books, bet, violations);
                effects::check_fingerprint(bet, violations);
            }
        }
        Purpose::Refund(bet) => {
            if let Some(bet) = books.bets.get(bet) {
                effects::check_refund(books, bet, violations);
                check_refunded(books, bet, violations);
            }
        }
        Purpose::Settle(id, _) => {
            if let Some(found) = books.matches.get(id)
                && let MatchState::Settled(outcome) = found.state
            {
                effects::check_payout(books, found, outcome.winner, violations);
            }
        }
        Purpose::Void(id, user) => {
            if let Some(found) = books.matches.get(id)
                && let Some(side) = Side::ALL.into_iter().find(|side| found.user(*side) == *user)
            {
                effects::check_void(books, found, side, violations);
            }
        }
        Purpose::GameStake(bet, _) => {
            if let Some(bet) = books.game_bets.get(bet) {
                bets::check_stake_parts(books, bet, violations);
                bets::check_fingerprint(bet, violations);
            }
        }
        Purpose::GamePayout(bet, _) | Purpose::GameRefund(bet, _) => {
            if let Some(bet) = books.game_bets.get(bet) {
                bets::check_return(books, bet, violations);
            }
        }
        Purpose::Fund(order) => {
            if let Some(funding) = books.fundings.get(order) {
                effects::check_funding(books, funding, violations);
            }
        }
        Purpose::JackpotWin(operation) => {
            let faults = books.jackpots.win_of(operation).map(|win| wins::faults_of(books, win));
            faults.into_iter().flatten().for_each(|fault| add(violations, Subject::Books, Some(fault)));
        }
        Purpose::Claim(payment) => deposits::check_claimed(books, payment, violations),
        Purpose::ChargeBack(dispute) => deposits::check_charged_back(books, dispute, violations),
        Purpose::Deposit(id) | Purpose::DepositRefund(id) => {
            if let Some(terms) = books.deposits.get(id).map(|deposit| &deposit.terms) {
                check_order(books, purpose, terms, terms.provider_account(), violations);
            }
        }
        Purpose::Withdrawal(id) | Purpose::WithdrawalBack(id) => {
            if let Some(terms) = books.withdrawals.get(id).map(|withdrawal| &withdrawal.terms) {
                check_order(books, purpose, terms, SystemAccount::Withdrawals, violations);
            }
        }
        // Checked with their causes, with their payouts, or with all bonuses.
        Purpose::Adjustment(..)
        | Purpose::Commission(..)
        | Purpose::RegistrationBonus(_)
        | Purpose::ReferralBonus(..)
        | Purpose::DepositBonus(_)
        | Purpose::Other(_) => {}
    }
}

fn check_order(
    books: &Books,
    purpose: &Purpose,
    terms: &OrderTerms,
    account: SystemAccount,
    violations: &mut Violations,
) {
    let kind = match purpose {
        Purpose::Deposit(_) => EntryKind::Credit,
        Purpose::WithdrawalBack(_) => EntryKind::Refund,
        _ => EntryKind::Debit,
    };
    orders::check_entry(books, terms, purpose, kind, account, violations);
}
