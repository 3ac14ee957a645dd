//! The tickets that win a pool. Each cash bet has a ticket for each group, which follows from the seed of its period.
//! Once the seed is public, every player can recompute it.

use crate::{JackpotGroup, JackpotTerms};
use evens_draws::Seed;
use evens_games::GameBetRecord;
use evens_idempotency::BetId;
use evens_ledger::{Amount, UserId};
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// The number of a bet in the draw of a group. Lower numbers are better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(pub u64);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 16 hexadecimal digits")]
pub struct TicketError;

impl fmt::Display for Ticket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:016x}", self.0)
    }
}

impl FromStr for Ticket {
    type Err = TicketError;

    fn from_str(text: &str) -> Result<Self, TicketError> {
        let is_digits = text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = u64::from_str_radix(text, 16).ok().filter(|_| is_digits);
        number.map(Self).ok_or(TicketError)
    }
}

/// A bet with its cash part, which is the part that takes part in jackpots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CashBet {
    pub bet: BetId,
    pub user: UserId,
    pub cash: Amount,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrawnBet {
    pub ticket: Ticket,
    pub bet: CashBet,
    /// True if the bet wins only because the pool must be won.
    pub is_forced: bool,
}

impl CashBet {
    pub fn of(record: &GameBetRecord) -> Self {
        Self { bet: record.bet, user: record.user, cash: record.cash() }
    }
}

/// The ticket of a bet: the first 8 bytes of HMAC-SHA256(seed, message) as an integer, most significant byte first. The
/// message has one item per line: `jackpot`, the group, the bet and the entropy.
pub fn ticket(seed: &Seed, group: JackpotGroup, bet: BetId, entropy: &str) -> Ticket {
    let tag = seed.tag(format!("jackpot\n{group}\n{bet}\n{entropy}").as_bytes());
    Ticket(tag[..8].iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// Returns `true` if the ticket wins. One ticket in `odds / cash` wins, exactly.
pub fn wins(ticket: Ticket, cash: Amount, terms: &JackpotTerms) -> bool {
    let units = |amount: Amount| u128::try_from(amount.units()).unwrap_or_default();
    // Both are below 2^64: terms are limited to that, and a larger stake is above any odds.
    let (odds, cash) = (units(terms.odds()), units(cash));
    cash >= odds || u128::from(ticket.0) * odds < cash << 64
}

/// Orders two bets in a draw by ticket / cash, lowest first, compared in integers. Ties are ordered by id. By ticket
/// alone, many small bets would have an advantage over a large one of the same total.
pub fn by_ticket_for_cash(one: &(Ticket, CashBet), other: &(Ticket, CashBet)) -> Ordering {
    // All stakes above any odds count as equally large.
    let cash = |bet: &CashBet| u64::try_from(bet.cash.units()).unwrap_or(u64::MAX);
    let product = |(Ticket(ticket), _): &(Ticket, CashBet), (_, bet): &(Ticket, CashBet)| {
        u128::from(*ticket) * u128::from(cash(bet))
    };
    product(one, other).cmp(&product(other, one)).then_with(|| one.1.bet.cmp(&other.1.bet))
}

/// The winning bet of a group in a period: the first one [by its ticket](by_ticket_for_cash), if it [wins](wins()) or
/// if the pool must be won. If any ticket wins, the first one does too. Bets without cash do not take part.
pub fn winning_bet(
    seed: &Seed,
    group: JackpotGroup,
    bets: &[CashBet],
    entropy: &str,
    terms: &JackpotTerms,
    must_be_won: bool,
) -> Option<DrawnBet> {
    let with_cash = bets.iter().filter(|bet| !bet.cash.is_zero());
    let tickets = with_cash.map(|bet| (ticket(seed, group, bet.bet, entropy), *bet));
    let (ticket, bet) = tickets.min_by(by_ticket_for_cash)?;
    let has_won = wins(ticket, bet.cash, terms);
    (has_won || must_be_won).then_some(DrawnBet { ticket, bet, is_forced: !has_won })
}
