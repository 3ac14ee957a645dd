//! `evens user opponents`: the players against whom an account won again and again.

use crate::commands::text_table::text_table;
use crate::commands::{cannot_read, output};
use evens_contracts::OpponentListAnswer;
use evens_ledger::UserId;
use evens_runtime::StartError;
use evens_store::Store;
use serde_json::json;

pub(super) async fn list(store: &Store, user: UserId, as_json: bool) -> Result<String, StartError> {
    let opponents = store.list_opponents(user).await.map_err(cannot_read)?;
    if as_json {
        return Ok(format!("{}\n", json!(OpponentListAnswer::from(&opponents))));
    }
    let repeated = opponents.repeated();
    if repeated.is_empty() {
        output::note("No opponents whom this player met again and again.");
    }
    let rows = repeated.into_iter().map(|(opponent, meetings)| {
        [opponent.to_string(), meetings.won.to_string(), meetings.staked.to_string()]
    });
    Ok(text_table(["opponent", "matches won", "stakes"], rows))
}
