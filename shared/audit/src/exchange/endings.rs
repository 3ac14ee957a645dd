//! M6: every bet and every sign-up ends.

use crate::books::{Books, Completeness, units_at_risk};
use crate::report::{OnTheWay, Subject, Violations, coins};
use evens_exchange::{Draw, Match, RoundState};
use evens_ledger::Invariant;
use jiff::{SignedDuration, Timestamp};

const RULE: Invariant = Invariant::M6EveryBetEnds;

pub(crate) fn check(books: &Books, completeness: Completeness, violations: &mut Violations) -> OnTheWay {
    match completeness {
        Completeness::Ended => check_ended(books, violations),
        Completeness::Running { now, patience } => check_overdue(books, now, patience, violations),
        Completeness::Stopped => {}
    }
    books.on_the_way()
}

fn check_ended(books: &Books, violations: &mut Violations) {
    for bet in books.bets.values() {
        let at_risk = units_at_risk(bet);
        if at_risk != 0 {
            let (id, at_risk, stake) = (bet.id, coins(at_risk), bet.stake.amount());
            let sentence = format!("The bet {id} has not ended: {at_risk} of its {stake} is still at risk.");
            violations.add(RULE, Subject::Bet(bet.id), sentence);
        }
    }
    for waiting in books.waiting.values() {
        let sentence = format!("The bet {} still has {} unmatched.", waiting.bet, waiting.open);
        violations.add(RULE, Subject::Bet(waiting.bet), sentence);
    }
    for bet_match in books.matches.values().filter(|bet_match| !bet_match.state.is_final()) {
        let (id, state) = (bet_match.id, bet_match.state.as_str());
        violations.add(RULE, Subject::Match(id), format!("The match {id} has not ended: it is {state}."));
    }
    for sign_up in books.sign_ups.values().filter(|sign_up| sign_up.registration.is_under_way()) {
        let (user, state) = (sign_up.user, sign_up.registration.as_str());
        let sentence = format!("The sign-up of user {user} has not ended: it is {state}.");
        violations.add(RULE, Subject::User(user), sentence);
    }
}

fn check_overdue(books: &Books, now: Timestamp, patience: SignedDuration, violations: &mut Violations) {
    let is_overdue = |since: Timestamp| now.duration_since(since) > patience;
    for waiting in books.waiting.values().filter(|waiting| is_overdue(waiting.placed_at)) {
        let sentence = format!(
            "The bet {} of user {} has {} unmatched since {}: it should have been refunded.",
            waiting.bet, waiting.user, waiting.open, waiting.placed_at
        );
        violations.add(RULE, Subject::Bet(waiting.bet), sentence);
    }
    for bet_match in books.matches.values().filter(|bet_match| !bet_match.state.is_final()) {
        if let Some(since) = payable_since(books, bet_match).filter(|since| is_overdue(*since)) {
            let (id, state) = (bet_match.id, bet_match.state.as_str());
            let sentence =
                format!("The match {id} is {state} since {since}: it should have been settled or voided.");
            violations.add(RULE, Subject::Match(id), sentence);
        }
    }
    for round in books.rounds.values().filter(|round| round.is_overdue(now)) {
        let undecided =
            books.matches.values().filter(|found| found.round == round.id && !found.state.is_final());
        let units: i128 = undecided.map(|found| found.amount.units()).sum();
        if let Some(deadlines) = round.deadlines.filter(|_| units > 0) {
            let (id, matched, result_by) = (&round.id, coins(units), deadlines.result_by);
            let sentence =
                format!("The round {id} has no result since {result_by}: {matched} is matched on each side.");
            violations.add(RULE, Subject::Round(id.clone()), sentence);
        }
    }
    let sign_ups = books.sign_ups.values().filter(|sign_up| sign_up.registration.is_under_way());
    for sign_up in sign_ups.filter(|sign_up| is_overdue(sign_up.at)) {
        let (user, state, since) = (sign_up.user, sign_up.registration.as_str(), sign_up.at);
        let sentence = format!(
            "The sign-up of user {user} at {since} is still {state}: its bonuses should have been given."
        );
        violations.add(RULE, Subject::User(user), sentence);
    }
}

/// Earliest time at which a match could end, or `None` while it waits for the result of its round.
fn payable_since(books: &Books, bet_match: &Match) -> Option<Timestamp> {
    let round = books.rounds.get(&bet_match.round)?;
    let since = match (&round.draw, &round.state) {
        (_, RoundState::Cancelled { cancelled_at, .. }) => *cancelled_at,
        (Draw::Match, _) => bet_match.joined_at,
        (_, RoundState::Resulted { outcome, .. }) => outcome.fixed_at,
        (_, RoundState::Open | RoundState::Closed { .. }) => return None,
    };
    Some(since.max(bet_match.joined_at))
}
