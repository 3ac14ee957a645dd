//! Mutations of rounds: seeds, draws, and refunds after their end.

use super::Mutation;
use crate::dynamo::Table;
use crate::dynamo::item::text;
use crate::rewrite::{Kind, Part, Written};
use evens_draws::Seed;
use evens_exchange::draw_round;
use serde_json::{Value, json};

/// The condition of joins and of players' refunds that their bet is not closed.
const NOT_CLOSED: &str = " AND attribute_not_exists(closed_at)";

impl Mutation {
    /// Mutates a step of a round, given the table. Returns whether it changed anything.
    pub(super) fn rewrite_step(self, written: &mut Written<'_>, table: &Table) -> bool {
        self == Self::CloseWithSeed
            && written.kind() == Kind::Move
            && written.new_item("round").is_some_and(|round| publish(round, table))
    }

    /// Mutates the reads of the refund route. Returns whether it changed anything.
    pub(super) fn rewrite_read_of_refund(self, answer: &mut Value) -> bool {
        self == Self::RefundWhenEnded && reopen(answer)
    }
}

/// Removes the condition that an unmatched bet is not closed.
pub(super) fn forget_closed(written: &mut Written<'_>, place: usize) -> bool {
    written.forget(Part::Place, place, NOT_CLOSED)
}

/// Makes a new round draw from the ids of bets alone.
pub(super) fn draw_by_ids(open: &mut Written<'_>) -> bool {
    open.new_item("round").is_some_and(|round| {
        round["draw_rule"] = json!({ "N": "1" });
        round["draw"]["S"] == "match"
    })
}

/// Stores another nonce for a bet than the drawn one.
pub(super) fn keep_other_nonce(place: &mut Written<'_>) -> bool {
    ["bet", "waiting"].iter().all(|kind| {
        let nonce = place.new_item(kind).map(|item| &mut item["nonce"]["S"]);
        nonce.is_some_and(|nonce| {
            let other: String = nonce.as_str().unwrap_or_default().chars().rev().collect();
            *nonce = json!(other);
            true
        })
    })
}

/// Publishes the seed of a round that closes, with its outcome if the seed determines it.
fn publish(round: &mut Value, table: &Table) -> bool {
    let name = round["round"]["S"].as_str().unwrap_or_default().to_owned();
    let secret = table.get(&(format!("SEED#{name}"), "SEED".to_owned())).map(|secret| text(secret, "seed"));
    let Some(secret) = secret.filter(|_| round["seed"].is_null()) else { return false };
    round["seed"] = json!({ "S": secret });
    if round["state"]["S"] == "CLOSED"
        && round["draw"]["S"] == "round"
        && let Some((seed, id)) = secret.parse::<Seed>().ok().zip(name.parse().ok())
    {
        round["state"] = json!({ "S": "RESULTED" });
        round["winner"] = json!({ "S": draw_round(&seed, &id).as_str() });
        round["fixed_at"] = round["closed_at"].clone();
    }
    true
}

/// Reopens ended rounds and closed bets in an answer. Returns whether there were any.
fn reopen(value: &mut Value) -> bool {
    match value {
        Value::Array(values) => values.iter_mut().filter_map(|value| reopen(value).then_some(())).count() > 0,
        Value::Object(fields) if fields.get("kind").is_some_and(|kind| kind["S"] == "round") => {
            let has_ended = fields["state"]["S"] != "OPEN";
            fields.insert("state".to_owned(), json!({ "S": "OPEN" }));
            has_ended
        }
        Value::Object(fields) if fields.get("kind").is_some_and(|kind| kind["S"] == "waiting") => {
            fields.remove("closed_at").is_some()
        }
        Value::Object(fields) => {
            fields.values_mut().filter_map(|value| reopen(value).then_some(())).count() > 0
        }
        _ => false,
    }
}
