//! M3: each bet, refund, settlement, void and deposit moved its money once, and nothing else moved any.

use crate::bonuses::referrer_by_code;
use crate::books::{Books, Deposit};
use crate::movement::{Expected, Movement, Purpose};
use crate::report::{Offences, Subject};
use crate::sign_up::SignUp;
use evens_exchange::{Bet, Fingerprint, Invariant, Match, MatchState, Side};
use evens_ledger::{Account, EntryKind};

const RULE: Invariant = Invariant::M3OneEffect;

pub(crate) fn check(books: &Books, offences: &mut Offences) {
    for bet in books.bets.values() {
        check_stake(books, bet, offences);
        check_fingerprint(bet, offences);
        check_refund(books, bet, offences);
    }
    for bet_match in books.matches.values() {
        match bet_match.state {
            MatchState::Joined | MatchState::Drawn(_) => {}
            MatchState::Settled(outcome) => check_payout(books, bet_match, outcome.winner, offences),
            MatchState::Void => {
                for side in Side::ALL {
                    check_void(books, bet_match, side, offences);
                }
            }
        }
    }
    check_causes(books, offences);
    for deposit in books.deposits.values() {
        check_deposit(books, deposit, offences);
    }
}

/// One `BET` entry for each bet.
fn check_stake(books: &Books, bet: &Bet, offences: &mut Offences) {
    let expected = Expected {
        user: bet.user,
        kind: EntryKind::Debit,
        units: bet.stake.amount().units(),
        account: Account::Stakes(bet.round.to_string()),
    };
    let purpose = Purpose::Bet(bet.id);
    let fault = match books.movements.get(&purpose) {
        None => Some(format!("The bet {} has no entry {purpose}.", bet.id)),
        Some(movement) => movement
            .misfit(&expected, &books.accounts)
            .or_else(|| balance_misfit(bet, movement))
            .map(|misfit| format!("The entry {purpose} {misfit}.")),
    };
    add(offences, Subject::Bet(bet.id), fault);
}

/// A repeat is told from another request by the fingerprint, so it is that of the bet. The key that the bet's id follows
/// from is not kept.
fn check_fingerprint(bet: &Bet, offences: &mut Offences) {
    let Bet { id, user, ref round, side, stake, fingerprint, .. } = *bet;
    let differs = Fingerprint::of_bet(user, round, side, stake) != fingerprint;
    let sentence = differs.then(|| format!("The bet {id} does not have the fingerprint of what it is."));
    add(offences, Subject::Bet(id), sentence);
}

/// What the answer to the player said is what the ledger says.
fn balance_misfit(bet: &Bet, movement: &Movement) -> Option<String> {
    let (left, told) = (movement.balance_after, bet.balance_after);
    (left != told).then(|| format!("leaves {left}, but the bet says {told}"))
}

/// At most one `REFUND` entry for each bet, of at most its stake. That it is the right amount is part of M5.
fn check_refund(books: &Books, bet: &Bet, offences: &mut Offences) {
    let purpose = Purpose::Refund(bet.id);
    let Some(movement) = books.movements.get(&purpose) else {
        return;
    };
    let stake = bet.stake.amount().units();
    let expected = Expected {
        user: bet.user,
        kind: EntryKind::Refund,
        units: movement.amount.units().min(stake),
        account: Account::Stakes(bet.round.to_string()),
    };
    let misfit = movement.misfit(&expected, &books.accounts);
    add(offences, Subject::Bet(bet.id), misfit.map(|misfit| format!("The entry {purpose} {misfit}.")));
}

/// One `SETTLE` entry for each settled match: to the winner, twice the amount.
fn check_payout(books: &Books, settled: &Match, winner: Side, offences: &mut Offences) {
    let expected = Expected {
        user: settled.user(winner),
        kind: EntryKind::Credit,
        units: 2 * settled.amount.units(),
        account: Account::Stakes(settled.round.to_string()),
    };
    check_end(books, settled, &Purpose::Settle(settled.id, expected.user), &expected, offences);
}

/// One `VOID` entry for each side of a void match.
fn check_void(books: &Books, void: &Match, side: Side, offences: &mut Offences) {
    let expected = Expected {
        user: void.user(side),
        kind: EntryKind::Refund,
        units: void.amount.units(),
        account: Account::Stakes(void.round.to_string()),
    };
    check_end(books, void, &Purpose::Void(void.id, expected.user), &expected, offences);
}

fn check_end(books: &Books, ended: &Match, purpose: &Purpose, expected: &Expected, offences: &mut Offences) {
    let (id, state) = (ended.id, ended.state.as_str());
    let fault = match books.movements.get(purpose) {
        None => Some(format!("The match {id} is {state}, but has no entry {purpose}.")),
        Some(movement) => {
            movement.misfit(expected, &books.accounts).map(|misfit| format!("The entry {purpose} {misfit}."))
        }
    };
    add(offences, Subject::Match(id), fault);
}

/// Every entry has its bet, match, deposit or account, and that is in the state that the entry stands for: so nothing is
/// both settled and voided, nobody but the winner is paid, and nothing that is still owed was given before.
fn check_causes(books: &Books, offences: &mut Offences) {
    for (purpose, movement) in books.movements.iter() {
        let has_cause = match purpose {
            Purpose::Bet(bet) | Purpose::Refund(bet) => books.bets.contains_key(bet),
            Purpose::Settle(id, user) => books.matches.get(id).is_some_and(|found| match found.state {
                MatchState::Settled(outcome) => found.user(outcome.winner) == *user,
                MatchState::Joined | MatchState::Drawn(_) | MatchState::Void => false,
            }),
            Purpose::Void(id, user) => books.matches.get(id).is_some_and(|found| {
                found.state == MatchState::Void && Side::ALL.iter().any(|side| found.user(*side) == *user)
            }),
            Purpose::Fund(order) => books.deposits.contains_key(order),
            Purpose::RegistrationBonus(user) => books.sign_ups.get(user).is_some_and(SignUp::is_welcomed),
            Purpose::ReferralBonus(referred) => books.sign_ups.get(referred).is_some_and(|sign_up| {
                let to = Some(movement.user);
                sign_up.is_done() && sign_up.referrer == to && referrer_by_code(books, sign_up) == to
            }),
            Purpose::Other(_) => false,
        };
        if !has_cause {
            let Movement { user, number, amount, .. } = movement;
            let sentence =
                format!("Entry {number} of user {user} moves {amount} as {purpose}, which nothing explains.");
            offences.add(RULE, Subject::User(*user), sentence);
        }
    }
}

/// One `FUND` entry for each deposit, and the very one that it names. A deposit under another order than its entry's
/// would let the entry's order be credited again.
fn check_deposit(books: &Books, deposit: &Deposit, offences: &mut Offences) {
    let expected = Expected {
        user: deposit.user,
        kind: EntryKind::Credit,
        units: deposit.amount.units(),
        account: Account::House,
    };
    let purpose = Purpose::Fund(deposit.order.clone());
    let fault = match books.movements.get(&purpose) {
        None => Some(format!("The deposit of the order {} has no entry {purpose}.", deposit.order)),
        Some(movement) => movement
            .misfit(&expected, &books.accounts)
            .or_else(|| number_misfit(deposit, movement))
            .map(|misfit| format!("The entry {purpose} {misfit}.")),
    };
    add(offences, Subject::User(deposit.user), fault);
}

fn number_misfit(deposit: &Deposit, movement: &Movement) -> Option<String> {
    let (is, wanted) = (movement.number, deposit.entry);
    (is != wanted).then(|| format!("has the number {is}, but the deposit says {wanted}"))
}

pub(crate) fn add(offences: &mut Offences, subject: Subject, fault: Option<String>) {
    if let Some(sentence) = fault {
        offences.add(RULE, subject, sentence);
    }
}
