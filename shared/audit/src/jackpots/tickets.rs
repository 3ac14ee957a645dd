//! The tickets of a period's cash bets, made again from what is public: the period's seed and block, the ids of its
//! bets, and the terms that held when it opened.

use evens_games::{Lane, Period, PeriodId};
use evens_jackpots::{
    Award, ByGroup, CashBet, JackpotConfig, JackpotGroup, JackpotTerms, Ticket, WinCause, WinningBet,
    terms_at, ticket,
};
use evens_ledger::Amount;
use std::cmp::Ordering;

/// The tickets of a period in the draw of a jackpot. Needs only what is public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JackpotTickets {
    /// Of which jackpot.
    pub group: JackpotGroup,
    /// Of which period.
    pub period: PeriodId,
    /// How many there are: one for each bet that was paid in cash, be it in part.
    pub count: usize,
    /// Those that win, the lowest for its cash first.
    pub winning: Vec<(Ticket, CashBet)>,
    /// The lowest of all for its cash.
    pub lowest: Option<(Ticket, CashBet)>,
    /// What the pool had to be won by.
    pub limit: Option<Amount>,
    /// The version of the terms that held when the period opened.
    pub terms_version: u64,
}

/// The tickets of a period that was drawn, in the draw of each group that was open when it opened. `versions` are all
/// that the groups' terms ever were, in any order.
pub fn audit_tickets(
    period: &Period,
    bets: &[CashBet],
    versions: &ByGroup<Vec<JackpotConfig>>,
) -> Vec<JackpotTickets> {
    let tickets = |group| tickets_of(period, terms_at(versions.get(group), period.times.opens_at)?, bets);
    JackpotGroup::ALL.into_iter().filter_map(tickets).collect()
}

/// The same in the draw of one group; none of a period that was not drawn.
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

/// Which ticket is the lower for each coin of cash: counted here once more, in whole numbers.
fn for_cash(one: &(Ticket, CashBet), other: &(Ticket, CashBet)) -> Ordering {
    let cash = |bet: &CashBet| bet.cash.units().clamp(0, i128::from(u64::MAX)).unsigned_abs();
    let (Ticket(of_one), Ticket(of_other)) = (one.0, other.0);
    (u128::from(of_one) * cash(&other.1)).cmp(&(u128::from(of_other) * cash(&one.1)))
}

/// Whether a ticket wins: counted here once more, in whole numbers.
fn wins(Ticket(ticket): Ticket, cash: Amount, terms: &JackpotTerms) -> bool {
    let units = |amount: Amount| u128::try_from(amount.units()).unwrap_or_default();
    let (cash, odds) = (units(cash), units(terms.odds()));
    cash >= odds || u128::from(ticket) * odds < cash << 64
}

impl JackpotTickets {
    /// What is wrong with what was put down of who has won, as the end of a sentence that begins with the period. Where
    /// the lane of who has won is not done, nothing need have been put down.
    pub fn fault(&self, period: &Period, made: Option<&Award>) -> Option<String> {
        let (group, winner) = (self.group, self.winning.first());
        match (winner, made) {
            (None, None) => None,
            (Some((_, bet)), None) => {
                // Whoever settles the winner's lane puts it down first.
                let lane = Lane::of_shard(period.shards.shard_of(bet.user));
                let is_done = !period.open_lanes().contains(&lane);
                is_done.then(|| {
                    format!("owes the jackpot {group} to the bet {}, and nobody knows of it", bet.bet)
                })
            }
            (Some(first), Some(award)) if self.is_of(award, first, false) => None,
            (None, Some(award)) if self.is_forced_on(award) => None,
            (Some((_, bet)), Some(award)) => Some(format!(
                "has the jackpot {group} won by {} of user {}, but the ticket that wins, the lowest for its cash, is that of the bet {}",
                award.cause, award.user, bet.bet
            )),
            (None, Some(award)) => Some(format!(
                "has the jackpot {group} won by {} of user {}, but no ticket wins it, or not that one",
                award.cause, award.user
            )),
        }
    }

    /// Whether it is the lowest ticket's for its cash, of a pool that has to be won from some amount on.
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
