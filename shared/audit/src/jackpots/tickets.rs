//! The tickets of a period's cash bets, recomputed from public data: the period's seed and block, the ids of its bets,
//! and the terms in force when it opened.

use evens_games::{Lane, Period, PeriodId};
use evens_jackpots::{
    Award, ByGroup, CashBet, JackpotConfig, JackpotGroup, JackpotTerms, Ticket, WinCause, WinningBet,
    terms_at, ticket,
};
use evens_ledger::Amount;
use std::cmp::Ordering;

/// The tickets of a period in a jackpot's draw. Needs public data only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JackpotTickets {
    pub group: JackpotGroup,
    pub period: PeriodId,
    /// Number of tickets: one per bet that was paid at least partly in cash.
    pub count: usize,
    /// Winning tickets. The one that is lowest relative to its cash comes first.
    pub winning: Vec<(Ticket, CashBet)>,
    /// The lowest ticket relative to its cash.
    pub lowest: Option<(Ticket, CashBet)>,
    /// The limit at which the pool had to be won.
    pub limit: Option<Amount>,
    /// Version of the terms in force when the period opened.
    pub terms_version: u64,
}

/// The tickets of a drawn period, for each group that was open when it opened. `versions` contains all versions of the
/// groups' terms, in any order.
pub fn audit_tickets(
    period: &Period,
    bets: &[CashBet],
    versions: &ByGroup<Vec<JackpotConfig>>,
) -> Vec<JackpotTickets> {
    let tickets = |group| tickets_of(period, terms_at(versions.get(group), period.times.opens_at)?, bets);
    JackpotGroup::ALL.into_iter().filter_map(tickets).collect()
}

/// The same for one group. `None` if the period was not drawn.
pub(crate) fn tickets_of(
    period: &Period,
    config: &JackpotConfig,
    bets: &[CashBet],
) -> Option<JackpotTickets> {
    let JackpotConfig { group, version, terms, .. } = config;
    let group = *group;
    let (result, entropy) = (period.result()?, period.entropy.in_message()?);
    let with_cash = bets.iter().filter(|bet| !bet.cash.is_zero());
    let ticket_of = |bet: &CashBet| (ticket(&result.seed, group, bet.bet, &entropy), *bet);
    let mut all: Vec<_> = with_cash.map(ticket_of).collect();
    all.sort_unstable_by(|one, other| for_cash(one, other).then(one.1.bet.cmp(&other.1.bet)));
    Some(JackpotTickets {
        group,
        period: period.id,
        count: all.len(),
        lowest: all.first().copied(),
        winning: all.into_iter().filter(|(ticket, bet)| wins(*ticket, bet.cash, terms)).collect(),
        limit: terms.must_hit_by(),
        terms_version: *version,
    })
}

/// Compares tickets relative to their cash. Recomputed here, in integers.
fn for_cash(one: &(Ticket, CashBet), other: &(Ticket, CashBet)) -> Ordering {
    let cash = |bet: &CashBet| bet.cash.units().clamp(0, i128::from(u64::MAX)).unsigned_abs();
    let (Ticket(of_one), Ticket(of_other)) = (one.0, other.0);
    (u128::from(of_one) * cash(&other.1)).cmp(&(u128::from(of_other) * cash(&one.1)))
}

/// Returns `true` if a ticket wins. Recomputed here, in integers.
fn wins(Ticket(ticket): Ticket, cash: Amount, terms: &JackpotTerms) -> bool {
    let units = |amount: Amount| u128::try_from(amount.units()).unwrap_or_default();
    let (cash, odds) = (units(cash), units(terms.odds()));
    cash >= odds || u128::from(ticket) * odds < cash << 64
}

impl JackpotTickets {
    /// Compares the stored win with the tickets. Returns the violation as the end of a sentence that begins with the
    /// period. While the winner's lane is not done, no stored win is required.
    pub fn fault(&self, period: &Period, made: Option<&Award>) -> Option<String> {
        let (group, winner) = (self.group, self.winning.first());
        match (winner, made) {
            (None, None) => None,
            (Some((_, bet)), None) => {
                // The win is stored before the winner's lane is done.
                let lane = Lane::of_shard(period.shards.shard_of(bet.user));
                let is_done = !period.open_lanes().contains(&lane);
                is_done.then(|| {
                    format!("owes the jackpot {group} to the bet {}, but no win is recorded", bet.bet)
                })
            }
            (Some(first), Some(award)) if self.is_of(award, first, false) => None,
            (None, Some(award)) if self.is_forced_on(award) => None,
            (Some((_, bet)), Some(award)) => Some(format!(
                "has the jackpot {group} won by {} of user {}, but the winning ticket, the lowest for its \
                 stake, is that of the bet {}",
                award.cause, award.user, bet.bet
            )),
            (None, Some(award)) => Some(format!(
                "has the jackpot {group} won by {} of user {}, but that ticket does not win it",
                award.cause, award.user
            )),
        }
    }

    /// Returns `true` if the award belongs to the lowest ticket relative to its cash, in a pool with a limit.
    fn is_forced_on(&self, award: &Award) -> bool {
        let is_limit = self.limit.is_some() && award.must_hit_by.is_none_or(|by| Some(by) == self.limit);
        is_limit && self.lowest.is_some_and(|lowest| self.is_of(award, &lowest, true))
    }

    fn is_of(&self, award: &Award, (ticket, bet): &(Ticket, CashBet), is_forced: bool) -> bool {
        let cause = WinCause::Drawn { period: self.period, bet: bet.bet, is_forced };
        let winning = WinningBet { cash: bet.cash, ticket: *ticket, terms_version: self.terms_version };
        (award.group, award.user, award.requested, award.cause) == (self.group, bet.user, None, cause)
            && award.winning.is_none_or(|said| said == winning)
    }
}
