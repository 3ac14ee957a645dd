//! M7 of games: recomputes every result from the seed whose hash was public before the first bet, and from the block of
//! the source fixed at that time. No bet may be later than the fence; the seed was secret until then.

use crate::books::Books;
use crate::exchange::draws::{CLOCK_TOLERANCE, SeedCommitment};
use crate::games::times;
use crate::report::{Subject, Violations};
use evens_games::{DrawnSymbols, GameBet, Period, PeriodResult, draw};
use evens_ledger::Invariant;

const RULE: Invariant = Invariant::M7DrawWasFixed;

/// One period and its recomputed draw. Needs public data only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodAudit {
    /// The draw from the seed and the block. `None` without a result (yet), or if data for the draw is missing.
    pub recomputed: Option<DrawnSymbols>,
    /// Violations, as ends of sentences that begin with the period.
    pub faults: Vec<String>,
}

/// Recomputes the times and the draw of a period.
pub fn audit_period(period: &Period) -> PeriodAudit {
    let mut faults = Vec::from_iter(times::fault(period));
    let Some(PeriodResult { drawn, seed, drawn_at }) = period.result() else {
        return PeriodAudit { recomputed: None, faults };
    };
    if !seed.opens(&period.seed_hash) {
        faults.push("has published a seed that does not have the period's seed hash".to_owned());
    }
    let recomputed = draw(period.id, seed, period.entropy);
    match &recomputed {
        None => faults.push(format!("has drawn {drawn} without its block")),
        Some(recomputed) if recomputed != drawn => {
            faults.push(format!("has drawn {drawn}, but its {} gives {recomputed}", drawn_from(period)));
        }
        Some(_) => {}
    }
    let closes_at = period.times.closes_at;
    if closes_at.duration_since(*drawn_at) > CLOCK_TOLERANCE {
        faults.push(format!("was drawn at {drawn_at}, but closes at {closes_at}"));
    }
    faults.extend(block_fault(period));
    PeriodAudit { recomputed, faults }
}

fn drawn_from(period: &Period) -> &'static str {
    if period.id.room.needs_blocks() { "block" } else { "seed" }
}

/// Checks the block of a period: its source was fixed before the first bet, and its timestamp is after the last one.
fn block_fault(period: &Period) -> Option<String> {
    let (source, block) = (period.entropy.source()?, period.entropy.block()?);
    let (number, stamped) = (block.number(), block.timestamp());
    if !block.is_of(source, period.id) {
        return Some(format!("has the block {number}, which {source} does not vouch for"));
    }
    let (from, until) = (period.block_from(), period.block_before());
    let is_in_time = (from..until).contains(&stamped);
    (!is_in_time).then(|| format!("has the block {number} of {stamped}, which is not from {from} to {until}"))
}

pub(crate) fn check(books: &Books, violations: &mut Violations) {
    for period in books.periods.values() {
        let faults = audit_period(period).faults.into_iter();
        let has_all = books.share.has_period(period.id);
        let of_others = || secret_fault(books, period).into_iter().chain(history_fault(books, period));
        for fault in faults.chain(has_all.then(of_others).into_iter().flatten()) {
            let sentence = format!("The period {} {fault}.", period.id);
            violations.add(RULE, Subject::Period(period.id), sentence);
        }
    }
    let seeds = books.period_seeds.keys().map(|id| (id, "seed"));
    let results = books.period_results.keys().map(|id| (id, "result"));
    for (id, what) in seeds.chain(results).filter(|(id, _)| !books.periods.contains_key(id)) {
        let sentence = format!("There is a {what} of the period {id}, but no period.");
        violations.add(RULE, Subject::Period(*id), sentence);
    }
    check_bets(books, violations);
}

/// The draws of periods by what is public, and the times of bets.
pub(crate) fn check_public(books: &Books, violations: &mut Violations) {
    for period in books.periods.values() {
        for fault in audit_period(period).faults {
            let sentence = format!("The period {} {fault}.", period.id);
            violations.add(RULE, Subject::Period(period.id), sentence);
        }
    }
    check_bets(books, violations);
}

fn check_bets(books: &Books, violations: &mut Violations) {
    for bet in books.game_bets.values() {
        if let Some(fault) = bet_fault(books, bet) {
            violations.add(RULE, Subject::Bet(bet.id), format!("The bet {} {fault}.", bet.id));
        }
    }
}

/// An archived period has published its seed and keeps no secret. Any other period keeps it.
fn secret_fault(books: &Books, period: &Period) -> Option<String> {
    if books.archived_periods.contains(&period.id) {
        let is_left = books.period_seeds.contains_key(&period.id);
        return is_left.then(|| "is archived, but there is a secret seed of it".to_owned());
    }
    let published = period.result().map(|result| &result.seed);
    let of = SeedCommitment { what: "period", hash: &period.seed_hash, published };
    of.fault(books.secrets, books.period_seeds.get(&period.id))
}

/// The public history must show the draw. An archived period is itself in the history.
fn history_fault(books: &Books, period: &Period) -> Option<String> {
    if books.archived_periods.contains(&period.id) {
        return None;
    }
    let drawn = period.result().map(|result| &result.drawn);
    match (drawn, books.period_results.get(&period.id)) {
        (Some(drawn), Some(shown)) if drawn != shown => {
            Some(format!("has drawn {drawn}, but the history of its room shows {shown}"))
        }
        (Some(_), None) => Some("was drawn, but is not in the history of its room".to_owned()),
        (None, Some(shown)) => Some(format!("has no result, but the history of its room shows {shown}")),
        (Some(_), Some(_)) | (None, None) => None,
    }
}

/// A bet must be placed while its period takes bets, within the tolerance of clocks. The fence is the exact limit.
fn bet_fault(books: &Books, bet: &GameBet) -> Option<String> {
    let Some(period) = books.periods.get(&bet.period) else {
        return Some(format!("is in the period {}, which does not exist", bet.period));
    };
    let (placed_at, times) = (bet.placed_at, period.times);
    if times.opens_at.duration_since(placed_at) > CLOCK_TOLERANCE {
        return Some(format!("was placed at {placed_at}, but its period opened at {}", times.opens_at));
    }
    let is_late = placed_at.duration_since(times.closes_at) > CLOCK_TOLERANCE;
    is_late.then(|| format!("was placed at {placed_at}, but its period closed at {}", times.closes_at))
}
