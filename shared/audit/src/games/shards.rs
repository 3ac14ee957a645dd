//! M3 of the data that settles a period: every bet is in its player's shard, once and unchanged, and nothing else is
//! there. Behind the fence all shards are closed and sum up to the period's totals. A shard without bets may be
//! missing.

use crate::books::Books;
use crate::report::{Subject, Violations};
use evens_games::{GameBetRecord, Period, PeriodId, PeriodTotals};
use evens_idempotency::BetId;
use evens_ledger::{Amount, Invariant};
use std::collections::BTreeMap;

const RULE: Invariant = Invariant::M3OneEffect;

pub(crate) fn check(books: &Books, violations: &mut Violations) {
    check_records(books, violations);
    for period in books.periods.values().filter(|period| books.share.has_period(period.id)) {
        for fault in faults_of(books, period) {
            let sentence = format!("The period {} {fault}.", period.id);
            violations.add(RULE, Subject::Period(period.id), sentence);
        }
    }
    let lone = books.period_shards.keys().filter(|(period, _)| !books.periods.contains_key(period));
    for (period, number) in lone {
        let sentence = format!("There is a shard {number} of the period {period}, but no period.");
        violations.add(RULE, Subject::Period(*period), sentence);
    }
}

/// Compares each bet with its record.
fn check_records(books: &Books, violations: &mut Violations) {
    let mut records: BTreeMap<BetId, (PeriodId, u16, &GameBetRecord)> = BTreeMap::new();
    for shard in books.period_shards.values() {
        for record in &shard.bets {
            if records.insert(record.bet, (shard.period, shard.number, record)).is_some() {
                let sentence = format!("The bet {} has two records.", record.bet);
                violations.add(RULE, Subject::Bet(record.bet), sentence);
            }
        }
    }
    for (bet, (period, number, record)) in &records {
        let fault = match books.game_bets.get(bet) {
            None => Some(format!(
                "The shard {number} of the period {period} has the bet {bet}, which does not exist."
            )),
            Some(found) if found.period != *period => Some(format!(
                "The bet {bet} is in the period {}, but its record is in {period}.",
                found.period
            )),
            Some(found) if GameBetRecord::of(found) != **record => {
                Some(format!("The bet {bet} differs from its record in the period {period}."))
            }
            Some(found) => {
                let belongs = books.periods.get(period).map(|period| period.shards.shard_of(found.user));
                belongs.filter(|belongs| belongs != number).map(|belongs| {
                    format!("The record of the bet {bet} is in the shard {number} of its period, not in {belongs}.")
                })
            }
        };
        if let Some(sentence) = fault {
            violations.add(RULE, Subject::Bet(*bet), sentence);
        }
    }
    let in_share = books.game_bets.values().filter(|bet| books.share.has_period(bet.period));
    for bet in in_share.map(|bet| bet.id).filter(|bet| !records.contains_key(bet)) {
        let sentence = format!("The bet {bet} has no record in its period.");
        violations.add(RULE, Subject::Bet(bet), sentence);
    }
}

/// Violations of a period's fence, as ends of sentences that begin with the period.
fn faults_of(books: &Books, period: &Period) -> Vec<String> {
    let shards = books.period_shards.range((period.id, 0)..=(period.id, u16::MAX));
    let mut faults: Vec<_> = shards
        .clone()
        .filter(|((_, number), _)| *number >= period.shards.get())
        .map(|((_, number), _)| format!("has a shard {number} of {}", period.shards.get()))
        .collect();
    let Some(said) = period.totals() else { return faults };
    let open = shards.clone().filter(|(_, shard)| shard.closed_at.is_none()).count();
    if open > 0 {
        let state = period.state.name().as_str();
        faults.push(format!("is {state}, but {open} of its shards are not closed"));
    }
    let records = shards.flat_map(|(_, shard)| &shard.bets);
    let found = records.fold(PeriodTotals::default(), |sum, record| {
        let staked: Amount = sum.staked.saturating_add(record.stake.amount());
        PeriodTotals { bets: sum.bets + 1, staked }
    });
    if found != said {
        faults.push(format!(
            "says {} bets of {}, but its shards hold {} of {}",
            said.bets, said.staked, found.bets, found.staked
        ));
    }
    faults
}
