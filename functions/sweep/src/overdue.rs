//! Money matched in overdue rounds. It cannot be paid before an oracle or an operator acts, so an alarm must fire.

use evens_runtime::Context;
use evens_store::{StoreError, UnfinishedRound};
use jiff::Timestamp;

/// The money matched on each side of the overdue ones among these rounds, in units. For a very large round, the amount
/// counted so far.
pub(crate) async fn matched_units(
    context: &Context,
    rounds: &[UnfinishedRound],
    now: Timestamp,
) -> Result<i128, StoreError> {
    let mut units = 0;
    for UnfinishedRound { id } in rounds {
        let found = context.store.load_round(id).await?.filter(|round| round.is_overdue(now));
        let Some((round, deadlines)) = found.and_then(|round| Some((round.id, round.deadlines?))) else {
            continue;
        };
        let matched = context.store.load_round_totals(&round, now).await?.totals.matched;
        if !matched.is_zero() {
            let result_by = deadlines.result_by;
            tracing::warn!("round.id" = %round, "Round {round} has been without a result since {result_by}: {matched} is matched on each side");
        }
        units += matched.units();
    }
    Ok(units)
}
