//! What wins a pool: a number for each cash bet and group that follows from the seed of the bet's period, so that
//! everybody makes it again once the seed is public.

use crate::{JackpotGroup, JackpotTerms};
use evens_draws::Seed;
use evens_games::GameBetRecord;
use evens_idempotency::BetId;
use evens_ledger::{Amount, UserId};
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// The number of a bet in the draw of a group: the lower, the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// The text is no ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not 16 hexadecimal digits")]
pub struct TicketError;

/// As 16 hexadecimal digits.
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

/// What of a bet may win a jackpot: what of it was paid in cash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CashBet {
    /// The bet.
    pub bet: BetId,
    /// Whose it is.
    pub user: UserId,
    /// What of its stake was cash.
    pub cash: Amount,
}

/// The bet that wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrawnBet {
    /// Its ticket.
    pub ticket: Ticket,
    /// The bet.
    pub bet: CashBet,
    /// Whether only because the pool must be won.
    pub is_forced: bool,
}

impl CashBet {
    /// What of a bet against the house may win.
    pub fn of(record: &GameBetRecord) -> Self {
        Self { bet: record.bet, user: record.user, cash: record.cash() }
    }
}

/// The ticket of a bet: the first 8 bytes of HMAC-SHA256(seed, `jackpot`, group, bet and entropy, one a line), as a
/// whole number, the most significant byte first.
pub fn ticket(seed: &Seed, group: JackpotGroup, bet: BetId, entropy: &str) -> Ticket {
    let tag = seed.tag(format!("jackpot\n{group}\n{bet}\n{entropy}").as_bytes());
    Ticket(tag[..8].iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// Whether a ticket wins: one in `odds / cash` does, exactly.
pub fn wins(ticket: Ticket, cash: Amount, terms: &JackpotTerms) -> bool {
    let units = |amount: Amount| u128::try_from(amount.units()).unwrap_or_default();
    // Below 2^64 each: terms are limited to that, and where a stake is not, it is above any odds.
    let (odds, cash) = (units(terms.odds()), units(cash));
    cash >= odds || u128::from(ticket.0) * odds < cash << 64
}

/// Which of two bets comes first in a draw: that with the lower ticket for each coin of cash, so ticket / cash,
/// compared in whole numbers; of equal ones the one with the lower id. By tickets alone, many small bets would be drawn
/// before a large one that cost as much.
pub fn by_ticket_for_cash(one: &(Ticket, CashBet), other: &(Ticket, CashBet)) -> Ordering {
    // A stake that is above any odds is not larger than another one.
    let cash = |bet: &CashBet| u64::try_from(bet.cash.units()).unwrap_or(u64::MAX);
    let product = |(Ticket(ticket), _): &(Ticket, CashBet), (_, bet): &(Ticket, CashBet)| {
        u128::from(*ticket) * u128::from(cash(bet))
    };
    product(one, other).cmp(&product(other, one)).then_with(|| one.1.bet.cmp(&other.1.bet))
}

/// Who wins a group among the bets of a period: the first one [by its ticket](by_ticket_for_cash), if that
/// [wins](wins()), or if the pool must be won. Where any ticket wins, the first one does. Bets without cash take no
/// part.
pub fn drawn(
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
