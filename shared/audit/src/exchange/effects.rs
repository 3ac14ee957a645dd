//! M3: each bet, refund, settlement, void and funding moved its money once, and nothing else moved any.

use crate::books::{Books, Fundings};
use crate::games::bets;
use crate::jackpots;
use crate::operations::acts;
use crate::payments::deposits;
use crate::players::bonuses::above;
use crate::players::sign_up::SignUp;
use crate::report::{Subject, Violations, add};
use crate::wallet::movement::{ExpectedMovement, Movement, Purpose};
use evens_exchange::{Bet, Match, MatchId, MatchState, Side};
use evens_ledger::{Amount, EntryKind, Invariant, SystemAccount, UserId};
use evens_payments::DepositState;
use evens_records::Funding;

const RULE: Invariant = Invariant::M3OneEffect;

pub(crate) fn check(books: &Books, violations: &mut Violations) {
    for bet in books.bets.values().filter(|bet| books.share.has_user(bet.user)) {
        check_stake(books, bet, violations);
        check_fingerprint(bet, violations);
        check_refund(books, bet, violations);
    }
    check_ends(books, |user| books.share.has_user(user), violations);
    check_causes(books, violations);
    for funding in books.fundings.values() {
        check_funding(books, funding, violations);
    }
}

/// The matches that have ended moved the money of some of their players as they must.
pub(crate) fn check_ends(books: &Books, is_of: impl Fn(UserId) -> bool, violations: &mut Violations) {
    for bet_match in books.matches.values() {
        match bet_match.state {
            MatchState::Joined | MatchState::Drawn(_) => {}
            MatchState::Settled(outcome) => {
                if is_of(bet_match.user(outcome.winner)) {
                    check_payout(books, bet_match, outcome.winner, violations);
                }
            }
            MatchState::Void => {
                for side in Side::ALL.into_iter().filter(|side| is_of(bet_match.user(*side))) {
                    check_void(books, bet_match, side, violations);
                }
            }
        }
    }
}

/// One `BET` entry per bet.
pub(crate) fn check_stake(books: &Books, bet: &Bet, violations: &mut Violations) {
    let expected = ExpectedMovement {
        user: bet.user,
        kind: EntryKind::Debit,
        units: bet.stake.amount().units(),
        account: SystemAccount::Stakes(bet.round.to_string()),
    };
    let purpose = Purpose::Bet(bet.id);
    let fault = match books.movements.get(&purpose) {
        None => Some(format!("The bet {} has no entry {purpose}.", bet.id)),
        Some(movement) => movement
            .misfit(&expected, &books.accounts)
            .or_else(|| balance_misfit(bet, movement))
            .map(|misfit| format!("The entry {purpose} {misfit}.")),
    };
    add(violations, Subject::Bet(bet.id), fault);
}

/// The fingerprint distinguishes a repeat from another request, so it must be that of the bet. The idempotency key
/// itself is not stored.
pub(crate) fn check_fingerprint(bet: &Bet, violations: &mut Violations) {
    let Bet { id, user, ref round, side, stake, fingerprint, .. } = *bet;
    let differs = Bet::fingerprint_of(user, round, side, stake) != fingerprint;
    let sentence = differs.then(|| format!("The fingerprint of the bet {id} does not match its contents."));
    add(violations, Subject::Bet(id), sentence);
}

/// The balance in the answer to the player must be that in the ledger.
fn balance_misfit(bet: &Bet, movement: &Movement) -> Option<String> {
    let (left, recorded) = (movement.balance_after, bet.balance_after);
    (left != recorded).then(|| format!("leaves {left}, but the bet says {recorded}"))
}

/// At most one `REFUND` entry per bet, of at most its stake. M5 checks the exact amount.
pub(crate) fn check_refund(books: &Books, bet: &Bet, violations: &mut Violations) {
    let purpose = Purpose::Refund(bet.id);
    let Some(movement) = books.movements.get(&purpose) else {
        return;
    };
    let stake = bet.stake.amount().units();
    let expected = ExpectedMovement {
        user: bet.user,
        kind: EntryKind::Refund,
        units: movement.amount.units().min(stake),
        account: SystemAccount::Stakes(bet.round.to_string()),
    };
    let misfit = movement.misfit(&expected, &books.accounts);
    add(violations, Subject::Bet(bet.id), misfit.map(|misfit| format!("The entry {purpose} {misfit}.")));
}

/// One `SETTLE` entry per settled match: twice the amount, to the winner. One `COMMISSION` entry if the winner's bet
/// has a commission that is not rounded down to zero.
pub(crate) fn check_payout(books: &Books, settled: &Match, winner: Side, violations: &mut Violations) {
    let expected = ExpectedMovement {
        user: settled.user(winner),
        kind: EntryKind::Credit,
        units: 2 * settled.amount.units(),
        account: SystemAccount::Stakes(settled.round.to_string()),
    };
    check_end(books, settled, &Purpose::Settle(settled.id, expected.user), &expected, violations);
    let units = commission_units(books, settled, winner);
    if units > 0 {
        let expected =
            ExpectedMovement { kind: EntryKind::Debit, units, account: SystemAccount::Revenue, ..expected };
        check_end(books, settled, &Purpose::Commission(settled.id, expected.user), &expected, violations);
    }
}

/// The commission that the winner of a match owes, in units: the rate of the bet, of the amount, rounded down.
pub(super) fn commission_units(books: &Books, settled: &Match, winner: Side) -> i128 {
    let rate = books.bets.get(&settled.bet(winner)).map_or(0, |bet| bet.commission.amount().units());
    settled.amount.units() * rate / 10_i128.pow(Amount::DECIMALS_MAX)
}

/// A settled match with its winning side.
fn settled_match(books: &Books, id: MatchId) -> Option<(&Match, Side)> {
    let found = books.matches.get(&id)?;
    match found.state {
        MatchState::Settled(outcome) => Some((found, outcome.winner)),
        MatchState::Joined | MatchState::Drawn(_) | MatchState::Void => None,
    }
}

/// One `VOID` entry per side of a void match.
pub(crate) fn check_void(books: &Books, void: &Match, side: Side, violations: &mut Violations) {
    let expected = ExpectedMovement {
        user: void.user(side),
        kind: EntryKind::Refund,
        units: void.amount.units(),
        account: SystemAccount::Stakes(void.round.to_string()),
    };
    check_end(books, void, &Purpose::Void(void.id, expected.user), &expected, violations);
}

fn check_end(
    books: &Books,
    ended: &Match,
    purpose: &Purpose,
    expected: &ExpectedMovement,
    violations: &mut Violations,
) {
    let (id, state) = (ended.id, ended.state.as_str());
    let fault = match books.movements.get(purpose) {
        None => Some(format!("The match {id} is {state}, but has no entry {purpose}.")),
        Some(movement) => {
            movement.misfit(expected, &books.accounts).map(|misfit| format!("The entry {purpose} {misfit}."))
        }
    };
    add(violations, Subject::Match(id), fault);
}

/// Every entry has its bet, match, funding or account, in the state that the entry requires. Together with the checks
/// above, nothing is both settled and voided, only winners are paid, and nothing still owed was already given.
pub(crate) fn check_causes(books: &Books, violations: &mut Violations) {
    for (purpose, movement) in books.movements.iter() {
        let has_cause = match purpose {
            Purpose::Bet(bet) | Purpose::Refund(bet) => books.bets.contains_key(bet),
            Purpose::Settle(id, user) => {
                settled_match(books, *id).is_some_and(|(found, winner)| found.user(winner) == *user)
            }
            Purpose::Commission(id, user) => settled_match(books, *id).is_some_and(|(found, winner)| {
                found.user(winner) == *user && commission_units(books, found, winner) > 0
            }),
            Purpose::Void(id, user) => books.matches.get(id).is_some_and(|found| {
                found.state == MatchState::Void && Side::ALL.iter().any(|side| found.user(*side) == *user)
            }),
            Purpose::Fund(order) => books.fundings.contains_key(order),
            Purpose::Adjustment(user, _) => acts::is_adjusted(books, *user, purpose, movement),
            Purpose::RegistrationBonus(user) => books.sign_ups.get(user).is_some_and(SignUp::is_welcomed),
            Purpose::ReferralBonus(referred, level) => books.sign_ups.get(referred).is_some_and(|sign_up| {
                sign_up.is_done() && above(books, sign_up, *level) == Some(movement.user)
            }),
            Purpose::Deposit(order) => books.deposits.get(order).is_some_and(deposits::was_credited),
            Purpose::DepositRefund(order) => {
                books.deposits.get(order).is_some_and(|found| found.state == DepositState::Refunded)
            }
            Purpose::Claim(payment) => deposits::was_claimed(books, payment),
            Purpose::ChargeBack(dispute) => deposits::was_charged_back(books, dispute),
            Purpose::Withdrawal(order) => books.withdrawals.contains_key(order),
            Purpose::WithdrawalBack(order) => {
                books.withdrawals.get(order).is_some_and(|found| found.state.is_given_back())
            }
            Purpose::DepositBonus(user) => {
                books.payments_records.get(user).is_some_and(|record| record.has_received_first_bonus)
            }
            Purpose::GameStake(..) | Purpose::GamePayout(..) | Purpose::GameRefund(..) => {
                bets::explains(books, purpose)
            }
            Purpose::JackpotWin(operation) => jackpots::explains_entry(books, operation),
            Purpose::Other(_) => false,
        };
        // In a share, an entry in the wallet of another player than its owner has no record that explains it.
        let is_foreign = owner(books, purpose).is_some_and(|owner| !books.share.has_user(owner));
        if !has_cause || is_foreign {
            let Movement { user, number, amount, .. } = movement;
            let sentence = format!(
                "Entry {number} of user {user} moves {amount} as {purpose}, but no record explains it."
            );
            violations.add(RULE, Subject::User(*user), sentence);
        }
        check_stage(books, purpose, movement, violations);
    }
}

/// Only the stage `local` credits money that came from nowhere.
fn check_stage(books: &Books, purpose: &Purpose, movement: &Movement, violations: &mut Violations) {
    if let (Purpose::Fund(_), Fundings::Forbidden) = (purpose, books.may_fund) {
        let Movement { user, number, amount, .. } = movement;
        let sentence = format!(
            "Entry {number} of user {user} is {purpose} over {amount}, which only the stage local has."
        );
        violations.add(RULE, Subject::User(*user), sentence);
    }
}

/// The player whose money an entry of this purpose moves, if a record says so.
pub(crate) fn owner(books: &Books, purpose: &Purpose) -> Option<UserId> {
    match purpose {
        Purpose::Bet(bet) | Purpose::Refund(bet) => books.bets.get(bet).map(|bet| bet.user),
        Purpose::GameStake(bet, _) | Purpose::GamePayout(bet, _) | Purpose::GameRefund(bet, _) => {
            books.game_bets.get(bet).map(|bet| bet.user)
        }
        Purpose::Settle(_, user)
        | Purpose::Commission(_, user)
        | Purpose::Void(_, user)
        | Purpose::Adjustment(user, _)
        | Purpose::RegistrationBonus(user)
        | Purpose::DepositBonus(user) => Some(*user),
        Purpose::Deposit(order) | Purpose::DepositRefund(order) => {
            books.deposits.get(order).map(|deposit| deposit.terms.user)
        }
        Purpose::Claim(payment) => deposits::claimant(books, payment),
        Purpose::ChargeBack(dispute) => deposits::charged_back(books, dispute),
        Purpose::Withdrawal(order) | Purpose::WithdrawalBack(order) => {
            books.withdrawals.get(order).map(|withdrawal| withdrawal.terms.user)
        }
        Purpose::JackpotWin(operation) => books.jackpots.win_of(operation).map(|win| win.user),
        // A funding is held with its player. The cause of a referral bonus names its player.
        Purpose::Fund(_) | Purpose::ReferralBonus(..) | Purpose::Other(_) => None,
    }
}

/// One `FUND` entry per funding, which it names exactly. If its order differed from the entry's, the entry's order
/// could be credited again.
pub(crate) fn check_funding(books: &Books, funding: &Funding, violations: &mut Violations) {
    let expected = ExpectedMovement {
        user: funding.user,
        kind: EntryKind::Credit,
        units: funding.amount.units(),
        account: SystemAccount::House,
    };
    let purpose = Purpose::Fund(funding.order.clone());
    let fault = match books.movements.get(&purpose) {
        None => Some(format!("The funding of the order {} has no entry {purpose}.", funding.order)),
        Some(movement) => movement
            .misfit(&expected, &books.accounts)
            .or_else(|| number_misfit(funding, movement))
            .map(|misfit| format!("The entry {purpose} {misfit}.")),
    };
    add(violations, Subject::User(funding.user), fault);
}

fn number_misfit(funding: &Funding, movement: &Movement) -> Option<String> {
    let (is, wanted) = (movement.number, funding.entry);
    (is != wanted).then(|| format!("has the number {is}, but the funding says {wanted}"))
}
