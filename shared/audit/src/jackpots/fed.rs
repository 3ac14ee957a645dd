//! M9 of play: each lane of a drawn period has contributed for its cash stakes, by the terms in force when the period
//! opened. Nothing else contributed in the name of bets.

use crate::books::Books;
use crate::report::{Subject, Violations};
use evens_games::{Lane, Period, PeriodId};
use evens_jackpots::{ByGroup, Contribution, JackpotGroup, OperationId, Rate, Share};
use evens_ledger::{Amount, Invariant};
use std::collections::{BTreeMap, HashSet};

const RULE: Invariant = Invariant::M9JackpotAddsUp;

pub(crate) fn check(books: &Books, violations: &mut Violations) {
    let contributions = &books.jackpots.contributions;
    if books.jackpots.configs.is_empty() && contributions.is_empty() {
        return;
    }
    let mut explained = HashSet::new();
    for ((id, lane), units) in cash_by_lane(books) {
        let Some(period) = books.periods.get(&id).filter(|period| period.result().is_some()) else {
            continue;
        };
        let operation = OperationId::of_lane(id, lane);
        let expected = ByGroup::of(|group| share_of(books, group, period, units));
        let is_done = !period.open_lanes().contains(&lane);
        if let Some(fault) = fault_of(contributions.get(&operation), &expected, is_done) {
            let sentence = format!("The lane {lane} of the period {id} {fault}.");
            violations.add(RULE, Subject::Period(id), sentence);
        }
        explained.insert(operation);
    }
    let in_share = |id: &&OperationId| id.period().is_none_or(|period| books.share.has_period(period));
    let of_play = contributions.keys().filter(|id| id.is_of_play());
    for id in of_play.filter(in_share).filter(|id| !explained.contains(*id)) {
        let sentence = format!("The contribution {id} does not belong to any drawn bets.");
        violations.add(RULE, Subject::Books, sentence);
    }
}

/// Cash stakes per lane of each period in the share, in units, from its bets.
fn cash_by_lane(books: &Books) -> BTreeMap<(PeriodId, Lane), i128> {
    let mut cash = BTreeMap::new();
    for bet in books.game_bets.values().filter(|bet| books.share.has_period(bet.period)) {
        if let Some(period) = books.periods.get(&bet.period) {
            let lane = Lane::of_shard(period.shards.shard_of(bet.user));
            *cash.entry((period.id, lane)).or_default() += bet.parts.cash.units();
        }
    }
    cash
}

/// The share of a group in that much cash, recomputed here from the version of its terms.
fn share_of(books: &Books, group: JackpotGroup, period: &Period, units: i128) -> Share {
    let in_force = books.jackpots.config_at(group, period.times.opens_at);
    let of = |rate: Rate| {
        Amount::from_units(units * i128::from(rate.millionths()) / 1_000_000).unwrap_or_default()
    };
    in_force
        .map(|config| Share { pool: of(config.terms.rate()), reserve: of(config.terms.reserve_rate()) })
        .unwrap_or_default()
}

/// The violation in a lane's contribution, as the end of a sentence. A lane that has not ended may still contribute.
fn fault_of(made: Option<&Contribution>, expected: &ByGroup<Share>, is_done: bool) -> Option<&'static str> {
    let is_nothing = expected.iter().all(|(_, share)| *share == Share::default());
    match made {
        None if is_nothing || !is_done => None,
        None => Some("has not contributed to the jackpots"),
        Some(made) if made.shares == *expected && !is_nothing => None,
        Some(_) => Some("has contributed amounts to the jackpots that do not match its bets"),
    }
}
