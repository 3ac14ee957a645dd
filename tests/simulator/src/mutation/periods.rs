//! What a mutation does to periods of games: their seeds and draws, and whether they are cancelled (M7).

use super::Mutation;
use crate::dynamo::Table;
use crate::dynamo::item::text;
use crate::rewrite::{Kind, Part, Written};
use serde_json::{Value, json};

impl Mutation {
    /// What it does to a step of a period, given what the table holds; whether anything.
    pub(super) fn rewrite_period(self, written: &mut Written<'_>, table: &Table) -> bool {
        if written.kind() != Kind::MovePeriod {
            return false;
        }
        let state = written.new_text("period", "state").unwrap_or_default().to_owned();
        let Some(period) = written.new_item("period") else { return false };
        match (self, state.as_str()) {
            (Self::PeriodSeedEarly, "CLOSING") => publish(period, table),
            (Self::DrawByExposure, "RESULTED") => draw_other(period),
            (Self::CancelDrawn, "CANCELLED" | "REFUNDED") => {
                written.without_condition(Part::New("period"), 0)
            }
            _ => false,
        }
    }
}

/// Puts the secret seed of a period into its item.
fn publish(period: &mut Value, table: &Table) -> bool {
    let name = period["period"]["S"].as_str().unwrap_or_default();
    let secret = table.get(&(format!("SEED#PERIOD#{name}"), "SEED".to_owned()));
    let Some(secret) = secret else { return false };
    period["seed"] = json!({ "S": text(secret, "seed") });
    true
}

/// Makes what was drawn something else that the game could draw.
fn draw_other(period: &mut Value) -> bool {
    let highest =
        if period["period"]["S"].as_str().is_some_and(|name| name.starts_with("k3")) { 7 } else { 9 };
    let other = |symbol: &str| symbol.parse().ok().and_then(|symbol| u8::checked_sub(highest, symbol));
    let drawn: Option<Vec<u8>> =
        period["drawn"]["S"].as_str().unwrap_or_default().split(',').map(other).collect();
    let drawn = drawn.map(|drawn| drawn.iter().map(ToString::to_string).collect::<Vec<_>>().join(","));
    drawn.is_some_and(|drawn| {
        period["drawn"] = json!({ "S": drawn });
        true
    })
}
