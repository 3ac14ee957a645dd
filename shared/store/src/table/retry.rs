//! Trying again after a lost race or an overload: first call and further ones after 100, 200, 400 ms and so on, at most
//! 2 s, with full jitter, until a deadline; the last error is the one reported, unless it would say too much.

use crate::{Operation, Store, StoreError};
use std::time::Duration;
use tokio::time::Instant;

/// What one attempt came to.
pub(crate) enum Attempt<T> {
    /// It has an answer.
    Done(T),
    /// Another writer was faster, the engine was overloaded, or nobody knows whether the write happened. Each is
    /// answered the same way: what is there now is read again, and its conditions decide.
    Again(StoreError),
}

/// How often, and after what pauses, an operation is tried again before its deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// The longest pause before the first further attempt; each later one may be twice as long.
    pub pause: Duration,
    /// How many further attempts there are at most; none where only the deadline ends them.
    pub attempts_max: Option<u32>,
}

impl Default for Retries {
    fn default() -> Self {
        Self { pause: Duration::from_millis(100), attempts_max: None }
    }
}

/// The pauses between the attempts of one operation.
pub(crate) struct Attempts<'a> {
    store: &'a Store,
    operation: Operation,
    deadline: Instant,
    number: u32,
    /// The last error after which nobody knew whether something was written.
    unknown: Option<StoreError>,
}

impl<'a> Attempts<'a> {
    const PAUSE_MAX: Duration = Duration::from_secs(2);
    /// From which attempt on it is told that an operation meets others, at the level that is always seen.
    const TOLD_FROM: u32 = 3;

    pub(crate) fn of(store: &'a Store, operation: Operation) -> Self {
        Self { store, operation, deadline: Instant::now() + store.retry_for, number: 0, unknown: None }
    }

    /// Pauses before the next attempt; returns the error if there is no time for one.
    async fn pause(&mut self, error: StoreError) -> Result<(), StoreError> {
        self.store.observe_retry(self.operation, &error);
        let Retries { pause, attempts_max } = self.store.retries;
        let pause_max = pause.saturating_mul(1 << self.number.min(8)).min(Self::PAUSE_MAX);
        let pause_max_us = u64::try_from(pause_max.as_micros()).unwrap_or(u64::MAX);
        let pause = Duration::from_micros(fastrand::u64(0..=pause_max_us));
        let is_last =
            attempts_max.is_some_and(|max| self.number >= max) || Instant::now() + pause >= self.deadline;
        if !error.is_retryable() || is_last {
            return Err(self.last_word(error));
        }
        self.number += 1;
        self.tell(pause, &error);
        if matches!(error, StoreError::Unavailable(_)) {
            self.unknown = Some(error);
        }
        tokio::time::sleep(pause).await;
        Ok(())
    }

    /// Says so where it is seen once an operation has met others again and again: that two writes meet once is how they
    /// take turns here, and under load there would be a line for each.
    fn tell(&self, pause: Duration, error: &StoreError) {
        let (attempt, pause_ms, operation) = (self.number, pause.as_millis(), self.operation.as_str());
        let what = if matches!(error, StoreError::Contended) {
            "Deadlock detected"
        } else {
            "No answer from the table"
        };
        if attempt < Self::TOLD_FROM {
            tracing::debug!(attempt, pause_ms, operation, cause = %error, "{what}, retrying in {pause_ms}ms (attempt {attempt})");
        } else {
            tracing::info!(attempt, pause_ms, operation, cause = %error, "{what}, retrying in {pause_ms}ms (attempt {attempt})");
        }
    }

    /// A conflict or an overload means that nothing was changed: by the last attempt. After one whose answer was lost
    /// that is not known of the operation, and the caller must not tell anybody that it did not happen.
    fn last_word(&mut self, error: StoreError) -> StoreError {
        match error {
            StoreError::Contended | StoreError::Throttled => self.unknown.take().unwrap_or(error),
            StoreError::Unavailable(_) | StoreError::Rejected { .. } | StoreError::Corrupt { .. } => error,
        }
    }

    /// The answer of an attempt that has one; otherwise pauses before the next, if there is time for one.
    pub(crate) async fn answer<T>(
        &mut self,
        one: Result<Attempt<T>, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        match one {
            Ok(Attempt::Done(answer)) => {
                if self.number > 0 {
                    self.store.observe_recovery(self.operation);
                }
                Ok(Some(answer))
            }
            Ok(Attempt::Again(error)) | Err(error) => self.pause(error).await.map(|()| None),
        }
    }
}

/// Makes attempts until one has an answer, fails for good, or time is over. `return` and `?` in the block end the
/// attempt. Not a function of an asynchronous closure, because the compiler cannot see that its future is `Send`.
macro_rules! attempt {
    ($store:expr, $operation:ident, $one:block) => {{
        let mut attempts = $crate::table::retry::Attempts::of($store, $crate::Operation::$operation);
        loop {
            let one: Result<$crate::table::retry::Attempt<_>, $crate::StoreError> = async $one.await;
            if let Some(answer) = attempts.answer(one).await? {
                break Ok(answer);
            }
        }
    }};
}

pub(crate) use attempt;
