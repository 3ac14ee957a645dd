//! M7 and M9 of drawn wins. A win belongs to the lowest winning ticket, recomputed from public data, and every win that
//! follows from the tickets exists and begins. A forced win belongs to the lowest ticket of a pool that had to be won.
//! A pool that must be won is won by the next period.

use super::books::JackpotBooks;
use super::tickets::tickets_of;
use crate::books::{Books, Completeness};
use crate::report::{Subject, Violations, coins};
use evens_games::{Period, PeriodId};
use evens_jackpots::{Award, CashBet, JackpotGroup, OperationId, Pool, WinCause};
use evens_ledger::{Amount, Invariant};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, HashSet};

const RULE: Invariant = Invariant::M7DrawWasFixed;

/// From this time after a pool reached its limit on, every lane sees that, whatever its clock shows.
const SEEN_AFTER: SignedDuration = SignedDuration::from_mins(1);

pub(crate) fn check(books: &Books, completeness: Completeness, violations: &mut Violations) {
    let jackpots = &books.jackpots;
    if jackpots.configs.is_empty() && jackpots.awards.is_empty() {
        return;
    }
    let bets = cash_bets(books);
    let mut explained = HashSet::new();
    for (period, bets) in drawn_periods(books, &bets) {
        for group in JackpotGroup::ALL {
            let config = jackpots.config_at(group, period.times.opens_at);
            let Some(tickets) = config.and_then(|config| tickets_of(period, config, bets)) else {
                continue;
            };
            let operation = OperationId::of_drawn_win(period.id, group);
            if let Some(fault) = tickets.fault(period, jackpots.awards.get(&operation)) {
                let sentence = format!("The period {} {fault}.", period.id);
                violations.add(RULE, Subject::Period(period.id), sentence);
            }
            explained.insert(operation);
        }
    }
    for award in jackpots.awards.values() {
        let id = &award.operation;
        let in_share = id.drawn_win().is_none_or(|(period, _)| books.share.has_period(period));
        if in_share && is_drawn(award) && !explained.contains(id) {
            let sentence = format!("The win {id} does not belong to any drawn bets.");
            violations.add(RULE, Subject::User(award.user), sentence);
        }
        if award.is_owed() && !award.is_forced() && is_late(award.at, completeness) {
            let sentence = format!("The win {id} was drawn at {} but has not begun.", award.at);
            violations.add(Invariant::M9JackpotAddsUp, Subject::User(award.user), sentence);
        }
        if let Some(fault) = forced_fault(jackpots, award) {
            let sentence = format!("The win {id} {fault}.");
            violations.add(Invariant::M9JackpotAddsUp, Subject::User(award.user), sentence);
        }
    }
    for group in JackpotGroup::ALL {
        check_limit(books, group, &bets, violations);
    }
}

type CashBets = BTreeMap<PeriodId, Vec<CashBet>>;

/// The cash part of the bets of each period in the share.
fn cash_bets(books: &Books) -> CashBets {
    let mut cash = CashBets::new();
    for bet in books.game_bets.values().filter(|bet| books.share.has_period(bet.period)) {
        let of = CashBet { bet: bet.id, user: bet.user, cash: bet.parts.cash };
        cash.entry(bet.period).or_default().push(of);
    }
    cash
}

/// Drawn periods with bets.
fn drawn_periods<'a>(
    books: &'a Books,
    bets: &'a CashBets,
) -> impl Iterator<Item = (&'a Period, &'a [CashBet])> {
    bets.iter().filter_map(move |(id, bets)| {
        let period = books.periods.get(id).filter(|period| period.result().is_some())?;
        Some((period, bets.as_slice()))
    })
}

fn is_drawn(award: &Award) -> bool {
    let is_manual = matches!(award.cause, WinCause::Manual { .. });
    !is_manual || award.operation.drawn_win().is_some()
}

fn is_late(since: Timestamp, completeness: Completeness) -> bool {
    match completeness {
        Completeness::Ended => true,
        Completeness::Running { now, patience } => now.duration_since(since) > patience,
        Completeness::Stopped => false,
    }
}

/// Checks a forced win: its pool had reached the limit in the terms in force when its period opened. If the win does
/// not contain that limit, any limit of the group is accepted.
fn forced_fault(jackpots: &JackpotBooks, award: &Award) -> Option<String> {
    let (_, group) = award.operation.drawn_win().filter(|_| award.is_forced())?;
    let before = jackpots.win_of(award.operation.as_str())?.pool_before;
    let versions = jackpots.configs.range((group, 0)..=(group, u64::MAX));
    let limits = versions.filter_map(|(_, config)| config.terms.must_hit_by());
    let limit = award.must_hit_by.or(limits.min());
    let had_to_be_won = limit.is_some_and(|limit| before >= limit);
    (!had_to_be_won).then(|| format!("took a pool of {before}, which did not have to be won"))
}

/// A period drawn some time after the pool reached its limit must win the pool.
fn check_limit(books: &Books, group: JackpotGroup, bets: &CashBets, violations: &mut Violations) {
    let jackpots = &books.jackpots;
    let Some(pool) = jackpots.pools.get(&group).filter(|pool| pool.winning().is_none()) else { return };
    let in_meters = jackpots.meters.values().map(|meter| meter.parts.get(group).share.pool.units());
    let pool_amount = pool.amount.units() + in_meters.sum::<i128>();
    let mut reached: BTreeMap<Amount, Timestamp> = BTreeMap::new();
    for (period, _) in
        drawn_periods(books, bets).filter(|(_, bets)| bets.iter().any(|bet| !bet.cash.is_zero()))
    {
        let config = jackpots.config_at(group, period.times.opens_at);
        let Some(limit) = config.and_then(|config| config.terms.must_hit_by()) else { continue };
        if limit.units() > pool_amount || !period.open_lanes().is_empty() {
            continue;
        }
        let at = *reached.entry(limit).or_insert_with(|| reached_at(jackpots, pool, pool_amount, limit));
        let is_after = period.result().is_some_and(|result| result.drawn_at.duration_since(at) > SEEN_AFTER);
        let operation = OperationId::of_drawn_win(period.id, group);
        if is_after && !jackpots.awards.contains_key(&operation) {
            let pool_amount = coins(pool_amount);
            let sentence = format!(
                "The jackpot {group} must be won at {limit} and held {pool_amount} since {at}, but the period {} did \
                 not win it.",
                period.id
            );
            violations.add(Invariant::M9JackpotAddsUp, Subject::Period(period.id), sentence);
        }
    }
}

/// The time when the pool reached an amount: the contribution that brought it there, or the pool's last win.
fn reached_at(jackpots: &JackpotBooks, pool: &Pool, pool_amount: i128, limit: Amount) -> Timestamp {
    let made = jackpots.contributions.values();
    let mut made: Vec<_> = made.map(|made| (made.at, made.shares.get(pool.group).pool.units())).collect();
    made.sort_unstable();
    let mut left = pool_amount;
    for (at, units) in made.into_iter().rev() {
        left -= units;
        if left < limit.units() {
            return at.max(pool.last_modified_at);
        }
    }
    pool.last_modified_at
}
