//! M5: matched value is equal, and every part of every stake is where the bet says.

use crate::books::Books;
use crate::exchange::effects::commission_units;
use crate::report::{Subject, Violations, coins};
use crate::wallet::movement::Purpose;
use evens_exchange::{Bet, CommissionRate, Match, MatchId, MatchState, Side, UnmatchedBet};
use evens_idempotency::BetId;
use evens_ledger::{Amount, Invariant, UserId};
use std::collections::HashMap;

const RULE: Invariant = Invariant::M5MatchedValueIsEqual;

/// Sums of a bet's matches, in units.
#[derive(Debug, Clone, Copy, Default)]
struct MatchSums {
    unsettled: i128,
    settled: i128,
    won: i128,
    commission: i128,
    void: i128,
}

impl MatchSums {
    fn add(&mut self, books: &Books, bet_match: &Match, side: Side) {
        let units = bet_match.amount.units();
        match bet_match.state {
            MatchState::Joined | MatchState::Drawn(_) => self.unsettled += units,
            MatchState::Void => self.void += units,
            MatchState::Settled(outcome) => {
                self.settled += units;
                if outcome.winner == side {
                    self.won += units;
                    self.commission += commission_units(books, bet_match, side);
                }
            }
        }
    }
}

/// The sums of the present matches, by bet.
fn sums(books: &Books) -> HashMap<BetId, MatchSums> {
    let mut sums: HashMap<BetId, MatchSums> = HashMap::new();
    for bet_match in books.matches.values() {
        for side in Side::ALL {
            sums.entry(bet_match.bet(side)).or_default().add(books, bet_match, side);
        }
    }
    sums
}

/// The amounts that the bets of some users returned are those of their refunds and of the matches that they won or that
/// are void. Other matches need not be present.
pub(crate) fn check_returned(books: &Books, is_of: impl Fn(UserId) -> bool, violations: &mut Violations) {
    let sums = sums(books);
    for bet in books.bets.values().filter(|bet| is_of(bet.user)) {
        let matched = sums.get(&bet.id).copied().unwrap_or_default();
        if let Some(fault) = returned_fault(bet, refund_units(books, bet), matched) {
            violations.add(RULE, Subject::Bet(bet.id), format!("The bet {} {fault}.", bet.id));
        }
    }
}

pub(crate) fn check(books: &Books, violations: &mut Violations) {
    let matched = sums(books);
    for bet_match in books.matches.values() {
        if let Some(fault) = match_fault(books, bet_match) {
            let sentence = format!("The match {} {fault}.", bet_match.id);
            violations.add(RULE, Subject::Match(bet_match.id), sentence);
        }
    }
    for waiting in books.waiting.values().filter(|waiting| books.share.has_user(waiting.user)) {
        if let Some(fault) = waiting_fault(books, waiting) {
            let sentence = format!("The unmatched part of the bet {} {fault}.", waiting.bet);
            violations.add(RULE, Subject::Bet(waiting.bet), sentence);
        }
    }
    for bet in books.bets.values().filter(|bet| books.share.has_user(bet.user)) {
        let matched = matched.get(&bet.id).copied().unwrap_or_default();
        if let Some(fault) = bet_fault(books, bet, matched) {
            violations.add(RULE, Subject::Bet(bet.id), format!("The bet {} {fault}.", bet.id));
        }
    }
}

/// The reason why a match does not join two opposed bets.
pub(crate) fn match_fault(books: &Books, bet_match: &Match) -> Option<String> {
    let Match { id, round, bet_a, bet_b, user_a, user_b, amount, .. } = bet_match;
    if amount.is_zero() {
        return Some("is for a zero amount".to_owned());
    }
    if *id != MatchId::derive(*bet_a, *bet_b) {
        return Some(format!("does not have the id derived from the bets {bet_a} and {bet_b}"));
    }
    if user_a == user_b {
        return Some(format!("joins two bets of user {user_a}"));
    }
    let in_share = |side: &Side| books.share.has_user(bet_match.user(*side));
    Side::ALL.into_iter().filter(in_share).find_map(|side| {
        let id = bet_match.bet(side);
        let Some(bet) = books.bets.get(&id) else {
            return Some(format!("joins the bet {id}, which does not exist"));
        };
        if bet.round != *round {
            Some(format!("is in round {round}, but its bet {id} is in {}", bet.round))
        } else if bet.side != side {
            Some(format!("has the bet {id} on side {side}, but the bet is on {}", bet.side))
        } else if bet.user != bet_match.user(side) {
            Some(format!(
                "has the bet {id} of user {}, but the bet belongs to {}",
                bet_match.user(side),
                bet.user
            ))
        } else if bet.commission != bet_match.commission_rate(side) {
            Some(format!(
                "has the commission rate {} for the bet {id}, but the bet says {}",
                bet_match.commission_rate(side),
                bet.commission
            ))
        } else {
            None
        }
    })
}

/// The difference between an unmatched bet and its bet.
fn waiting_fault(books: &Books, waiting: &UnmatchedBet) -> Option<String> {
    let Some(bet) = books.bets.get(&waiting.bet) else {
        return Some("exists, but its bet does not".to_owned());
    };
    let place = (waiting.user, &waiting.round, waiting.side, waiting.placed_at);
    if place != (bet.user, &bet.round, bet.side, bet.placed_at) {
        Some("has a different user, round, side or time than the bet".to_owned())
    } else if waiting.commission != bet.commission {
        Some(format!("has the commission rate {}, but the bet says {}", waiting.commission, bet.commission))
    } else if waiting.open.is_zero() {
        Some("is zero".to_owned())
    } else {
        None
    }
}

/// The difference between a bet and its round, its unmatched part, its matches and its refund. A bet without a
/// commission may be in a round with one: an earlier version of the program placed it.
fn bet_fault(books: &Books, bet: &Bet, matched: MatchSums) -> Option<String> {
    let of_round = books.rounds.get(&bet.round).map_or(CommissionRate::NONE, |round| round.commission);
    if !bet.commission.is_none() && bet.commission != of_round {
        return Some(format!("has the commission rate {}, but its round says {of_round}", bet.commission));
    }
    let MatchSums { unsettled, settled, void, .. } = matched;
    let open = books.waiting.get(&bet.id).map_or(0, |waiting| waiting.open.units());
    let refund = refund_units(books, bet);
    let explained = open + refund + unsettled + settled + void;
    let stake = bet.stake.amount();
    if stake.units() != explained {
        let [open, refund, unsettled] = [open, refund, unsettled].map(coins);
        let (settled, void) = (coins(settled), coins(void));
        return Some(format!(
            "has a stake of {stake}, but {open} is unmatched, {refund} was refunded, and in matches {unsettled} \
             is unsettled, {settled} settled and {void} void"
        ));
    }
    said_fault("settled", bet.settled, settled, "its matches")
        .or_else(|| returned_fault(bet, refund, matched))
}

/// The difference between what a bet says that it returned and its refund and matches.
fn returned_fault(bet: &Bet, refund: i128, matched: MatchSums) -> Option<String> {
    let MatchSums { won, commission, void, .. } = matched;
    said_fault("refunded", bet.refunded, refund + void, "its refund and void matches")
        .or_else(|| said_fault("paid", bet.paid, 2 * won, "the matches that it won"))
        .or_else(|| said_fault("of commission", bet.commission_paid, commission, "the matches that it won"))
}

fn said_fault(name: &str, said: Amount, units: i128, source: &str) -> Option<String> {
    (said.units() != units).then(|| format!("says {said} {name}, but {source} say {}", coins(units)))
}

fn refund_units(books: &Books, bet: &Bet) -> i128 {
    books.movements.get(&Purpose::Refund(bet.id)).map_or(0, |refund| refund.amount.units())
}
