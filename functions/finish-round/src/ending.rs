//! How a round ends: it closes at its latest moment, its book is closed bet by bet, and only then its seed is published
//! (M7).

use crate::handler::{FinishFault, ask_for};
use evens_exchange::{Round, RoundStep, Side};
use evens_runtime::{Context, JobError};
use evens_store::RoundWrite;
use jiff::Timestamp;

/// Maximum number of pages in which one job closes bets. Pages that were already closed do not count.
const PAGES: usize = 10;

/// Closes the round if its latest closing time has passed.
pub(crate) async fn close_if_due(context: &Context, round: Round, now: Timestamp) -> Result<Round, JobError> {
    if !round.is_past_closing(now) {
        return Ok(round);
    }
    let RoundStep::Made(closed) = round.close(now) else { return Ok(round) };
    let written = context.store.move_round(&round, *closed).await?;
    if let RoundWrite::Written(closed) = &written {
        tracing::info!("round.id" = %closed.id, "Closed round {} at its latest moment", closed.id);
    }
    Ok(written.into_round())
}

/// Closes every unmatched bet of an ended round, and returns whether the whole book was read. A request that saw the
/// round open placed its bet before the round ended. So that bet is in the book by now, or has already left it.
async fn close_book(context: &Context, round: &Round, ended_at: Timestamp) -> Result<bool, JobError> {
    let mut pages = 0;
    for side in Side::ALL {
        let mut start = None;
        loop {
            let page = context.store.close_book(&round.id, side, ended_at, start).await?;
            start = page.next;
            pages += usize::from(page.closed > 0);
            match start {
                None => break,
                Some(_) if pages >= PAGES => return Ok(false),
                Some(_) => {}
            }
        }
    }
    Ok(true)
}

/// Closes the book of an ended round and publishes its seed, unless it is public. Returns the resulting round, and the
/// error if the seed could not be published. If one job cannot close the whole book, it sends itself again.
pub(crate) async fn publish(
    context: &Context,
    round: Round,
    ended_at: Timestamp,
) -> (Round, Result<(), JobError>) {
    if round.state.seed().is_some() {
        return (round, Ok(()));
    }
    match close_and_publish(context, &round, ended_at).await {
        Ok(published) => (published, Ok(())),
        Err(error) => (round, Err(error)),
    }
}

async fn close_and_publish(context: &Context, round: &Round, ended_at: Timestamp) -> Result<Round, JobError> {
    if close_book(context, round, ended_at).await? {
        return publish_seed(context, round).await;
    }
    // The current time as nudge gives a new deduplication id, so that SQS does not drop the job as a repeat.
    ask_for(context, round, None, context.clock.now().as_millisecond().unsigned_abs()).await?;
    Ok(round.clone())
}

async fn publish_seed(context: &Context, round: &Round) -> Result<Round, JobError> {
    let no_seed = || JobError::permanent(FinishFault::NoSeed(round.id.clone()));
    let seed = context.store.load_seed(&round.id).await?.ok_or_else(no_seed)?;
    // Read the clock again instead of using the job's start time: every match joined meanwhile must be earlier than
    // this.
    let published = match round.publish(&seed, context.clock.now()) {
        RoundStep::Made(published) => *published,
        RoundStep::WrongSeed => {
            return Err(JobError::permanent(FinishFault::WrongSeed(round.id.clone())));
        }
        _ => return Ok(round.clone()),
    };
    // Flush first: after a power cut the table must still know that the round has closed.
    context.durability.sync().await?;
    let written = context.store.move_round(round, published).await?;
    if let RoundWrite::Written(round) = &written {
        tracing::info!("round.id" = %round.id, "Published the seed of round {}", round.id);
    }
    Ok(written.into_round())
}
