//! Mutations of rounds: seeds, draws, and refunds after their end.

use super::Mutation;
use crate::rewrite::Rewritten;
use crate::writes::{Kind, Part};
use evens_draws::Seed;
use evens_exchange::draw_round;
use evens_simulated_table::call::{CallItem, set_number, set_text, text_in};
use evens_simulated_table::item::text;
use evens_simulated_table::{Answer, Table};

/// The condition of joins and of players' refunds that their bet is not closed.
const NOT_CLOSED: &str = " AND attribute_not_exists(closed_at)";

impl Mutation {
    /// Mutates a step of a round, given the table. Returns whether it changed anything.
    pub(super) fn rewrite_step(self, written: &mut Rewritten<'_>, table: &Table) -> bool {
        self == Self::CloseWithSeed
            && written.writes().kind() == Kind::Move
            && written.new_item("round").is_some_and(|round| publish(round, table))
    }

    /// Mutates the reads of the refund route. Returns whether it changed anything.
    pub(super) fn rewrite_read_of_refund(self, answer: &mut Answer) -> bool {
        self == Self::RefundWhenEnded && reopen(answer)
    }
}

/// Removes the condition that an unmatched bet is not closed.
pub(super) fn forget_closed(written: &mut Rewritten<'_>, place: usize) -> bool {
    written.forget(Part::Place, place, NOT_CLOSED)
}

/// Makes a new round draw from the ids of bets alone.
pub(super) fn draw_by_ids(open: &mut Rewritten<'_>) -> bool {
    open.new_item("round").is_some_and(|round| {
        set_number(round, "draw_rule", 1);
        text_in(round, "draw") == "match"
    })
}

/// Stores another nonce for a bet than the drawn one.
pub(super) fn keep_other_nonce(place: &mut Rewritten<'_>) -> bool {
    ["bet", "waiting"].iter().all(|kind| {
        place.new_item(kind).is_some_and(|item| {
            let other: String = text_in(item, "nonce").chars().rev().collect();
            set_text(item, "nonce", other);
            true
        })
    })
}

/// Publishes the seed of a round that closes, with its outcome if the seed determines it.
fn publish(round: &mut CallItem, table: &Table) -> bool {
    let name = text_in(round, "round").to_owned();
    let secret = table.get(&(format!("SEED#{name}"), "SEED".to_owned())).map(|secret| text(secret, "seed"));
    let Some(secret) = secret.filter(|_| !round.contains_key("seed")) else { return false };
    set_text(round, "seed", secret);
    if text_in(round, "state") == "CLOSED"
        && text_in(round, "draw") == "round"
        && let Some((seed, id)) = secret.parse::<Seed>().ok().zip(name.parse().ok())
    {
        set_text(round, "state", "RESULTED");
        set_text(round, "winner", draw_round(&seed, &id).as_str());
        let closed_at = round.get("closed_at").cloned();
        round.extend(closed_at.map(|at| ("fixed_at".to_owned(), at)));
    }
    true
}

/// Reopens ended rounds and closed bets in an answer. Returns whether there were any.
fn reopen(answer: &mut Answer) -> bool {
    let reopen_one = |item: &mut CallItem| match text_in(item, "kind") {
        "round" => {
            let has_ended = text_in(item, "state") != "OPEN";
            set_text(item, "state", "OPEN");
            has_ended
        }
        "waiting" => item.remove("closed_at").is_some(),
        _ => false,
    };
    answer.items_mut().into_iter().filter_map(|item| reopen_one(item).then_some(())).count() > 0
}
