//! What is done with a table that was brought back to the moment of a copy.
//!
//! A round that was open at that moment may have ended since, and whoever was there knows its seed. So it takes no bet
//! again: it is cancelled, and what is not settled goes back (M7). A round that had closed by then goes on: nobody can
//! bet in it, or take a bet back.

use evens_contracts::{FinishRoundJob, Job};
use evens_exchange::{Round, RoundId, RoundState, RoundStep};
use evens_queues::Outgoing;
use evens_runtime::telemetry::chain;
use evens_runtime::{Context, StartError};
use evens_store::{Record, RoundWrite, StoreError};

/// Cancels every round that takes bets; says which. Harmless when repeated. It reads the whole table. Fails where a round
/// may be left that takes bets.
pub(crate) async fn cancel_open_rounds(context: &Context) -> Result<Vec<RoundId>, StartError> {
    let hint = "see whether the table can be reached and `evens verify` can read it, and try again";
    let failed = |error: StoreError| {
        StartError::new("could not cancel the rounds that take bets", hint).caused_by(error)
    };
    let mut cancelled = Vec::new();
    for round in open_rounds(context).await.map_err(failed)? {
        let id = round.id.clone();
        if cancel(context, round).await.map_err(failed)? {
            ask_for_finish(context, &id).await;
            cancelled.push(id);
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

/// Whether it was this call that ended the round.
async fn cancel(context: &Context, round: Round) -> Result<bool, StoreError> {
    let RoundStep::Made(cancelled) = round.cancel(context.clock.now()) else { return Ok(false) };
    Ok(matches!(context.store.move_round(&round, *cancelled).await?, RoundWrite::Written(_)))
}

/// The round is cancelled whether or not this succeeds: the sweeper asks again.
async fn ask_for_finish(context: &Context, round: &RoundId) {
    let job = Job::FinishRound(FinishRoundJob { round_id: round.clone(), after_match: None });
    let nudge = context.clock.now().as_millisecond().unsigned_abs();
    if let Err(error) = context.queues.send(vec![Outgoing::new(job, round.as_str()).nudged(nudge)]).await {
        tracing::warn!(error = chain(&error), "round.id" = %round, "Could not ask for the finish of round {round}; the sweeper will");
    }
}
