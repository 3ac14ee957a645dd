//! Limited retries of batch entries, shared by sending, deleting and hiding.

use crate::{QueueError, RefusedEntry};
use std::collections::HashSet;
use std::error::Error;
use std::time::Duration;

/// Maximum number of entries per batch.
pub(crate) const BATCH_MAX: usize = 10;

/// Maximum number of calls per batch, each with the refused entries of the previous one.
const ROUNDS_MAX: u32 = 4;
const PAUSE_MIN: Duration = Duration::from_millis(100);

/// Calls SQS in batches of at most ten entries, one after another, which keeps the order within a group. Refused
/// entries are retried after a pause.
///
/// # Errors
/// [`QueueError::Refused`] with the number of entries that were not carried out. Those of other batches were.
pub(crate) async fn in_batches<T, Call, Answer>(
    operation: &'static str,
    entries: &[T],
    call: Call,
) -> Result<(), QueueError>
where
    T: Clone,
    Call: Fn(Vec<T>) -> Answer,
    Answer: Future<Output = Result<Vec<RefusedEntry>, QueueError>>,
{
    let mut refused = 0;
    let mut last_error: Option<Box<dyn Error + Send + Sync>> = None;
    for batch in entries.chunks(BATCH_MAX) {
        if let Err((count, error)) = one_batch(batch, &call).await {
            refused += count;
            last_error = Some(error);
        }
    }
    match refused {
        0 => Ok(()),
        _ => Err(QueueError::Refused { operation, refused, total: entries.len(), source: last_error }),
    }
}

async fn one_batch<T, Call, Answer>(
    batch: &[T],
    call: &Call,
) -> Result<(), (usize, Box<dyn Error + Send + Sync>)>
where
    T: Clone,
    Call: Fn(Vec<T>) -> Answer,
    Answer: Future<Output = Result<Vec<RefusedEntry>, QueueError>>,
{
    let mut waiting: Vec<usize> = (0..batch.len()).collect();
    let mut given_up = 0;
    let mut last_error = None;
    for round in 0..ROUNDS_MAX {
        if round > 0 {
            tokio::time::sleep(pause(round)).await;
        }
        let entries = waiting.iter().map(|index| batch[*index].clone());
        // The SDK has already retried the call itself, so another round would only take longer.
        let answer = call(entries.collect()).await;
        let refused = answer.map_err(|error| (given_up + waiting.len(), error.into()))?;
        let place = |entry: &RefusedEntry| waiting.get(entry.index).copied();
        let again: HashSet<usize> =
            refused.iter().filter(|entry| !entry.sender_fault).filter_map(place).collect();
        given_up += refused.iter().filter(|entry| entry.sender_fault).count();
        waiting.retain(|index| again.contains(index));
        last_error = refused.into_iter().next_back().or(last_error);
        if waiting.is_empty() {
            break;
        }
    }
    match (given_up + waiting.len(), last_error) {
        (count, Some(error)) if count > 0 => Err((count, Box::new(error))),
        _ => Ok(()),
    }
}

/// Full jitter with a bound that doubles with each round.
fn pause(round: u32) -> Duration {
    let bound = PAUSE_MIN * (1 << (round - 1));
    let bound_us = u64::try_from(bound.as_micros()).unwrap_or(u64::MAX);
    Duration::from_micros(fastrand::u64(0..=bound_us))
}
