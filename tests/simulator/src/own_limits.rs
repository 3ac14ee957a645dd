//! Players' own limits, checked when the table decides on a bet. The bet must count towards the wallet's limits at that
//! moment and must not exceed them. The auditor does not know the moment, and checks only that the counted sums match
//! the bets.

use crate::violation::Violation;
use crate::writes::{Kind, Writes};
use evens_simulated_table::Table;
use evens_simulated_table::item::text;
use evens_table::{AttributeValue, Write};
use rust_decimal::Decimal;

/// The limit exceeded by a newly placed bet, if any.
pub(crate) fn broken_by(table: &Table, writes: &[Write]) -> Option<Violation> {
    let written = Some(Writes(writes)).filter(|written| written.kind() == Kind::Place)?;
    let (key, values) = written.posting()?;
    // The limits on stakes for day, week and month, those on losses, and other fields.
    let rules: Vec<&str> = text(table.get(&key)?, "play").split('\n').collect();
    let (stakes, losses) = (rules.get(..3)?, rules.get(3..6)?);
    if stakes.iter().chain(losses).all(|limit| limit.is_empty()) {
        return None;
    }
    let wallet = &key.0;
    let Some(sums) = values.get(":play_sums").and_then(AttributeValue::as_text) else {
        return Some(Violation::new(
            "limit",
            format!("A bet of {wallet} does not count against its limits."),
        ));
    };
    // For day, week and month: the start, the staked sum, and the paid sum.
    let sums: Vec<&str> = sums.split('\n').collect();
    let passed = sums.chunks(3).zip(stakes.iter().zip(losses)).find_map(|(sum, (stakes, losses))| {
        let [_, staked, paid] = sum else { return None };
        let (staked, paid) = (number(staked)?, number(paid)?);
        let is_over = |limit: &str, counted: Decimal| number(limit).is_some_and(|limit| counted > limit);
        let is_passed = is_over(stakes, staked) || is_over(losses, staked - paid);
        is_passed.then(|| format!("{staked} staked and {paid} paid pass {stakes:?} or {losses:?}"))
    });
    passed.map(|passed| Violation::new("limit", format!("A bet of {wallet} is placed, and {passed}.")))
}

fn number(text: &str) -> Option<Decimal> {
    text.parse().ok()
}
