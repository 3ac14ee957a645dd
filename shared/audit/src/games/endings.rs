//! M6 of bets against the house: every period with bets ends, and an ended one has paid everything it owes. A losing
//! bet ends with its period, without a record.

use crate::books::{Books, Completeness};
use crate::games::bets::owed_by;
use crate::report::{Subject, Violations};
use evens_games::{Period, PeriodId, PeriodStateName};
use evens_idempotency::BetId;
use evens_ledger::Invariant;
use std::collections::BTreeMap;

const RULE: Invariant = Invariant::M6EveryBetEnds;

pub(crate) fn check(books: &Books, completeness: Completeness, violations: &mut Violations) {
    let mut bets: BTreeMap<PeriodId, usize> = BTreeMap::new();
    for bet in books.game_bets.values() {
        *bets.entry(bet.period).or_default() += 1;
        if let Some(period) = books.periods.get(&bet.period).filter(|period| has_ended(period))
            && let Some(owed) = owed_by(period, bet).filter(|_| bet.paid.is_none())
        {
            let (id, state) = (period.id, period.state.name().as_str());
            let sentence =
                format!("The period {id} is {state}, but {} of the bet {} is not paid.", owed.amount, bet.id);
            violations.add(RULE, Subject::Bet(bet.id), sentence);
        }
    }
    let in_share = |period: &&Period| books.share.has_period(period.id);
    for period in books.periods.values().filter(in_share).filter(|period| !has_ended(period)) {
        let bets = bets.get(&period.id).copied().unwrap_or_default();
        let must_have_ended = match completeness {
            Completeness::Ended => bets > 0,
            Completeness::Running { now, patience } => {
                bets > 0 && now.duration_since(period.times.ends_at) > patience
            }
            Completeness::Stopped => false,
        };
        if must_have_ended {
            let (id, state) = (period.id, period.state.name().as_str());
            let sentence = format!("The period {id} with {bets} bets has not ended: it is {state}.");
            violations.add(RULE, Subject::Period(id), sentence);
        }
    }
}

fn has_ended(period: &Period) -> bool {
    matches!(period.state.name(), PeriodStateName::Settled | PeriodStateName::Refunded)
}

/// Number of held bets whose periods have not ended.
pub(crate) fn on_the_way(books: &Books) -> usize {
    let waits = |bet: &&BetId| {
        books.game_bets.get(*bet).is_some_and(|bet| {
            bet.paid.is_none() && books.periods.get(&bet.period).is_none_or(|period| !has_ended(period))
        })
    };
    books.game_bets.keys().filter(waits).count()
}
