//! [`Answers`]: the answers to players about their bets, which are compared with the final table (M3, M8).

use crate::canceller::{self, PeriodReport};
use crate::cashiers::{self, DecisionReport};
use crate::dealer::{self, JackpotReport};
use crate::game_answers::{self, GameBetReport, GameOrder};
use crate::provider::AcknowledgedReturn;
use crate::violation::Violation;
use evens_draws::Nonce;
use evens_ledger::UserId;
use evens_payments::{Direction, OrderId};
use evens_simulated_table::Table;
use evens_simulated_table::item::{Attribute, Item, text};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// A player's request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Order {
    pub(crate) user: u64,
    pub(crate) key: String,
    pub(crate) round: String,
    pub(crate) side: &'static str,
    pub(crate) stake: String,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BetAnswer {
    /// The bet is accepted.
    Accepted { bet: String, balance: String, nonce_hash: String, is_replay: bool },
    /// The bet is refused and has no effect.
    Refused(u16),
    /// The outcome is unknown.
    Unknown,
}

/// A player's request for a deposit or a withdrawal, with its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GivenOrder {
    pub(crate) direction: Direction,
    pub(crate) user: u64,
    pub(crate) key: String,
    pub(crate) amount: &'static str,
    pub(crate) reported: OrderAnswer,
}

/// The answer to an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OrderAnswer {
    /// The order exists, with this id.
    Given(String),
    /// The order is refused and has no effect.
    Refused,
    /// The outcome is unknown.
    Unknown,
}

impl GivenOrder {
    /// The order id in the answer.
    pub(crate) fn order(&self) -> Option<&str> {
        match &self.reported {
            OrderAnswer::Given(order) => Some(order),
            OrderAnswer::Refused | OrderAnswer::Unknown => None,
        }
    }

    /// Checks that the answered order exists as requested, with one order per key.
    fn check(&self, table: &Table) -> Option<Violation> {
        let order = self.order()?;
        let is_same = order_item(table, order).is_some_and(|item| {
            is_of(item, self.user)
                && text(item, "direction") == self.direction.as_ref()
                && self.amount.parse().is_ok_and(|amount: Decimal| amount == number(item, "amount"))
        });
        let user = UserId::new(self.user).ok()?;
        let key = self.key.parse().ok()?;
        let is_of_key = OrderId::derive(self.direction, user, &key).to_string() == order;
        let sentence = || format!("{self:?} is missing or different.");
        (!is_same || !is_of_key).then(|| Violation::new("M3", sentence()))
    }
}

fn order_item<'a>(table: &'a Table, order: &str) -> Option<&'a Item> {
    table.get(&(format!("ORDER#{order}"), "ORDER".to_owned()))
}

/// An acknowledged step of a round: `close`, `cancel`, or the side that the oracle named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) round: String,
    pub(crate) step: String,
}

impl Step {
    /// Returns whether the round is in the state after this step, or in a later one.
    fn is_of(&self, round: &Item) -> bool {
        let (state, draw, winner) = (text(round, "state"), text(round, "draw"), text(round, "winner"));
        match self.step.as_str() {
            "cancel" => state == "CANCELLED",
            // A closed round may still be cancelled until its seed is public.
            "close" if draw == "round" => ["RESULTED", "CANCELLED"].contains(&state),
            "close" => state != "OPEN",
            side => state == "RESULTED" && winner == side,
        }
    }
}

/// All requests with their answers.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    pub(crate) orders: Vec<(Order, BetAnswer)>,
    /// Bets on house games.
    pub(crate) games: Vec<(GameOrder, GameBetReport)>,
    /// Cancellations of periods.
    pub(crate) periods: Vec<PeriodReport>,
    /// Contributions to jackpots and wins.
    pub(crate) jackpots: Vec<JackpotReport>,
    /// Jobs whose messages were lost, or that were given up.
    pub(crate) lost: Vec<String>,
    /// Deposits and withdrawals.
    pub(crate) given: Vec<GivenOrder>,
    /// Withdrawals that their players cancelled.
    pub(crate) cancelled: Vec<String>,
    /// Cashiers' decisions on withdrawals.
    pub(crate) decisions: Vec<DecisionReport>,
    /// Cashiers' actions on deposits.
    pub(crate) returns: Vec<AcknowledgedReturn>,
    /// Users whose hold a cashier wanted to release.
    pub(crate) released: BTreeSet<u64>,
    /// Payees with their owners.
    pub(crate) payees: Vec<(u64, String)>,
    /// The owner of each bank account.
    pub(crate) accounts: BTreeMap<String, u64>,
    /// Refunded bets with their owners.
    pub(crate) refunds: Vec<(u64, String)>,
    /// Acknowledged steps of rounds.
    pub(crate) steps: Vec<Step>,
    /// Users whose sign-up was acknowledged.
    pub(crate) signed_up: Vec<u64>,
}

impl Answers {
    /// Compares the answers with the table.
    pub(crate) fn check(&self, table: &Table) -> Vec<Violation> {
        let mut found = Vec::new();
        let mut by_key: BTreeMap<(u64, &str), Vec<&(Order, BetAnswer)>> = BTreeMap::new();
        for asked in &self.orders {
            by_key.entry((asked.0.user, &asked.0.key)).or_default().push(asked);
        }
        let bets = bets_by_id(table);
        for asked in by_key.values() {
            check_key(asked, &bets, &mut found);
        }
        for (user, bet) in &self.refunds {
            if bets.get(bet).is_none_or(|bet| number(bet, "refunded").is_zero() || !is_of(bet, *user)) {
                found.push(Violation::new(
                    "M3",
                    format!("User {user} got the answer that {bet} is refunded, which is wrong."),
                ));
            }
        }
        for step in &self.steps {
            let round = table.get(&(format!("ROUND#{}", step.round), "ROUND".to_owned()));
            if round.is_none_or(|round| !step.is_of(round)) {
                let state = round.map(|round| text(round, "state"));
                found.push(Violation::new(
                    "M7",
                    format!("{step:?} was confirmed, but the state is {state:?}."),
                ));
            }
        }
        found.extend(self.given.iter().filter_map(|given| given.check(table)));
        self.check_payouts(table, &mut found);
        found.extend(cashiers::check(&self.decisions, table));
        found.extend(game_answers::check(&self.games, table));
        found.extend(canceller::check(&self.periods, table));
        found.extend(dealer::check(&self.jackpots, &self.lost, table));
        for user in &self.signed_up {
            let key = (format!("ACCOUNT#{user}"), "ACCOUNT".to_owned());
            if table.get(&key).is_none() {
                found.push(Violation::new(
                    "M3",
                    format!("User {user} got an answer about an account that does not exist."),
                ));
            }
        }
        found
    }

    /// Checks cancelled withdrawals and payees.
    fn check_payouts(&self, table: &Table, found: &mut Vec<Violation>) {
        for order in &self.cancelled {
            let state = order_item(table, order).map(|item| text(item, "state"));
            if state != Some("CANCELLED") {
                let sentence =
                    format!("The cancellation of the withdrawal {order} was confirmed, but it is {state:?}.");
                found.push(Violation::new("M3", sentence));
            }
        }
        for (user, payee) in &self.payees {
            if table.get(&(format!("PAYEE#{user}"), format!("PAYEE#{payee}"))).is_none() {
                let sentence =
                    format!("User {user} got an answer about the payee {payee}, which does not exist.");
                found.push(Violation::new("M3", sentence));
            }
        }
    }
}

type Bets<'a> = BTreeMap<String, &'a Item>;

fn bets_by_id(table: &Table) -> Bets<'_> {
    table.of_kind("bet").map(|item| (text(item, "bet").to_owned(), item)).collect()
}

pub(crate) fn number(item: &Item, name: &str) -> Decimal {
    match item.get(name) {
        Some(Attribute::Number(number)) => *number,
        _ => Decimal::ZERO,
    }
}

fn is_of(bet: &Item, user: u64) -> bool {
    number(bet, "user") == Decimal::from(user)
}

fn hash_of_nonce(bet: &Item) -> Option<String> {
    text(bet, "nonce").parse::<Nonce>().ok().map(|nonce| nonce.hash().to_string())
}

/// Checks all requests with one key of one user.
fn check_key(asked: &[&(Order, BetAnswer)], bets: &Bets<'_>, found: &mut Vec<Violation>) {
    let mut first: Option<(&str, &str)> = None;
    let mut fresh = 0;
    for (order, reported) in asked {
        let BetAnswer::Accepted { bet, balance, nonce_hash, is_replay } = reported else { continue };
        fresh += u32::from(!is_replay);
        let Order { user, round, side, stake, .. } = order;
        let is_same = bets.get(bet).is_some_and(|item| {
            is_of(item, *user)
                && text(item, "round") == round
                && text(item, "side") == *side
                && stake.parse().is_ok_and(|stake: Decimal| stake == number(item, "stake"))
                && balance.parse().is_ok_and(|reported: Decimal| reported == number(item, "balance_after"))
        });
        if !is_same {
            let sentence = format!("{order:?} was accepted as {bet}, which is missing or different.");
            found.push(Violation::new("M3", sentence));
        }
        if bets.get(bet).is_none_or(|item| hash_of_nonce(item).as_ref() != Some(nonce_hash)) {
            let sentence = format!("{order:?} was accepted as {bet} with the hash of another nonce.");
            found.push(Violation::new("M7", sentence));
        }
        let answer = (bet.as_str(), balance.as_str());
        if *first.get_or_insert(answer) != answer {
            found.push(Violation::new(
                "M3",
                format!("{order:?} was answered differently: {first:?} and {answer:?}."),
            ));
        }
    }
    if fresh > 1 {
        found.push(Violation::new(
            "M3",
            format!("{fresh} answers to {:?} claim to be the first.", asked[0].0),
        ));
    }
    let all_refused = asked.iter().all(|(_, reported)| matches!(reported, BetAnswer::Refused(_)));
    let Some((order, _)) = asked.first() else { return };
    if all_refused && bets.contains_key(&bet_id(order)) {
        found.push(Violation::new("M3", format!("{order:?} was refused, but the bet exists.")));
    }
}

/// The bet id derived from user and key.
fn bet_id(order: &Order) -> String {
    let user = evens_ledger::UserId::new(order.user).ok();
    let key = order.key.parse().ok();
    user.zip(key)
        .map(|(user, key)| evens_idempotency::BetId::derive(user, &key).to_string())
        .unwrap_or_default()
}
