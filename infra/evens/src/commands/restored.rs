//! Repairs a table that was restored to the moment of a copy.
//!
//! A round that was open at that moment may have ended since, and some players may know its seed. So it must take no
//! more bets: it is cancelled, and unsettled stakes are returned (M7). A round that had already closed continues,
//! because no bet can be placed in it or taken back.

use crate::commands::operator::tell;
use evens_audit_log::Action;
use evens_exchange::{Round, RoundId, RoundState, RoundStep};
use evens_operate_rounds::ask_for_finish;
use evens_records::Record;
use evens_runtime::{Context, StartError};
use evens_store::{RoundWrite, StoreError};

/// Cancels every round that takes bets and returns their ids. Reads the whole table and can be repeated. Fails if a
/// round that takes bets may remain.
pub(crate) async fn cancel_open_rounds(context: &Context) -> Result<Vec<RoundId>, StartError> {
    let hint = "check the table with `evens verify`, and try again";
    let failed = |error: StoreError| StartError::new("cannot cancel the open rounds", hint).caused_by(error);
    let mut cancelled = Vec::new();
    for round in open_rounds(context).await.map_err(failed)? {
        if let Some(round) = cancel(context, &round).await.map_err(failed)? {
            ask_for_finish(context, &round).await;
            cancelled.push(round.id);
        }
    }
    Ok(cancelled)
}

async fn open_rounds(context: &Context) -> Result<Vec<Round>, StoreError> {
    let (mut open, mut unreadable) = (Vec::new(), None);
    let scanned = context.store.scan(|record| match record {
        Ok(Record::Round(round)) if round.state == RoundState::Open => open.push(round),
        Ok(_) => {}
        // It may be a round.
        Err(error) => unreadable = Some(error),
    });
    scanned.await?;
    unreadable.map_or(Ok(open), Err)
}

/// Returns the cancelled round, if this call ended it.
async fn cancel(context: &Context, round: &Round) -> Result<Option<Round>, StoreError> {
    let now = context.clock.now();
    let RoundStep::Made(cancelled) = round.cancel(now) else { return Ok(None) };
    let act = tell(Action::CancelRound, round.id.to_string());
    match context.store.move_round_by(round, *cancelled, &act, now).await? {
        RoundWrite::Written(round) => Ok(Some(round)),
        RoundWrite::Found(_) => Ok(None),
    }
}
