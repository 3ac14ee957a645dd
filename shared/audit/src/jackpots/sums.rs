//! M9: the two accounts of a group hold exactly its pool, its meters and the win in progress.

use crate::books::Books;
use crate::report::{Subject, Violations, coins};
use evens_jackpots::{JackpotGroup, MeterPart, Pool, Share};
use evens_ledger::{Amount, Invariant};

pub(crate) fn check(books: &Books, group: JackpotGroup, violations: &mut Violations) {
    let pool = books.jackpots.pools.get(&group);
    let parts = || books.jackpots.meters.values().map(|meter| meter.parts.get(group));
    let pending = pool.and_then(Pool::winning).map(|win| &win.award.operation);
    // Recomputed here, without the rules' code. Without a pool the meters must be empty as well.
    let units_of = |of: fn(Share) -> Amount, in_pool: Amount| {
        let in_meter = |part: &MeterPart| {
            let won = part.won.as_ref().filter(|won| Some(&won.by) == pending);
            of(part.share).units() + won.map_or(0, |won| of(won.share).units())
        };
        in_pool.units() + parts().map(in_meter).sum::<i128>()
    };
    let (amount, reserve) = pool.map(|pool| (pool.amount, pool.reserve)).unwrap_or_default();
    let (version, wins) = pool.map(|pool| (pool.version, pool.cycle)).unwrap_or_default();
    let contributions = books.jackpots.contributions.len();
    for (account, units_held) in [
        (group.pool_account(), units_of(|share| share.pool, amount)),
        (group.reserve_account(), units_of(|share| share.reserve, reserve)),
    ] {
        let units = books.accounts.units_on(&account);
        if units != units_held {
            let (booked, units_of) = (coins(units), coins(units_held));
            let sentence = format!(
                "The account {account} has {booked} after {contributions} contributions and {wins} wins, but \
                 pool (version {version}) and meters hold {units_of}."
            );
            violations.add(Invariant::M9JackpotAddsUp, Subject::Books, sentence);
        }
    }
    let newest = wins + u64::from(pending.is_some());
    if let Some(ahead) = parts().map(|part| part.cycle).find(|cycle| *cycle > newest) {
        let sentence = format!(
            "A meter was collected by win {ahead} of the jackpot {group}, which has had only {newest}."
        );
        violations.add(Invariant::M9JackpotAddsUp, Subject::Books, sentence);
    }
}
