//! A player with a debt or a held account cannot place a bet. Checked when the table decides on a bet.

use crate::answers::number;
use crate::violation::Violation;
use crate::writes::{Kind, Writes};
use evens_simulated_table::Table;
use evens_table::Write;

/// The violation by a newly placed bet, if any.
pub(crate) fn broken_by(table: &Table, writes: &[Write]) -> Option<Violation> {
    let is_bet = |written: &Writes<'_>| matches!(written.kind(), Kind::Place | Kind::PlaceGame);
    let (key, _) = Some(Writes(writes)).filter(is_bet)?.posting()?;
    let user = key.0.strip_prefix("USER#")?;
    let cashier = table.get(&(format!("CASHIER#{user}"), "CASHIER".to_owned()))?;
    let (is_held, owed) = (cashier.contains_key("held"), number(cashier, "owed"));
    let sentence = || format!("User {user} places a bet, and owes {owed}, held: {is_held}.");
    (is_held || !owed.is_zero()).then(|| Violation::new("hold", sentence()))
}
