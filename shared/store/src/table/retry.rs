//! Retries after a lost race or throttling. The first attempt is followed by further ones after 100, 200, 400 ms and so
//! on, at most 2 s, with full jitter, until a deadline. The last error is reported, unless it would claim more than is
//! known.

use crate::{Operation, Store, StoreError};
use std::time::Duration;
use tokio::time::Instant;

/// The result of one attempt.
pub(crate) enum Attempt<T> {
    Done(T),
    /// Another writer was faster, the engine was overloaded, or it is unknown whether the write happened. In each case
    /// the state is read again, and its conditions decide.
    Again(StoreError),
}

/// Number of retries, and the pauses between them, before the deadline of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// Upper bound of the pause before the first retry. The bound doubles with each retry.
    pub pause: Duration,
    /// Maximum number of retries; `None` if only the deadline ends them.
    pub attempts_max: Option<u32>,
}

impl Default for Retries {
    fn default() -> Self {
        Self { pause: Duration::from_millis(100), attempts_max: None }
    }
}

/// The retry state of one operation.
pub(crate) struct Attempts<'a> {
    store: &'a Store,
    operation: Operation,
    deadline: Instant,
    number: u32,
    /// The last error that left it unknown whether something was written.
    unknown: Option<StoreError>,
}

impl<'a> Attempts<'a> {
    const PAUSE_MAX: Duration = Duration::from_secs(2);
    /// The attempt from which on retries are logged at the level info instead of debug.
    const TOLD_FROM: u32 = 3;

    pub(crate) fn of(store: &'a Store, operation: Operation) -> Self {
        Self { store, operation, deadline: Instant::now() + store.retry_for, number: 0, unknown: None }
    }

    /// Pauses before the next attempt. Returns the error if it is not retryable, or if no time is left.
    async fn pause(&mut self, error: StoreError) -> Result<(), StoreError> {
        self.store.observe_failure(self.operation, &error);
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
        self.store.observe_retry(self.operation, &error);
        self.tell(pause, &error);
        if matches!(error, StoreError::Unavailable(_)) {
            self.unknown = Some(error);
        }
        tokio::time::sleep(pause).await;
        Ok(())
    }

    /// Logs a retry. The first ones are logged at debug only: single conflicts are normal, and under load each would
    /// add a line.
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

    /// A conflict or throttling means that the last attempt changed nothing. If the answer of an earlier attempt was
    /// lost, the operation as a whole may still have happened. The caller must not report that it did not.
    fn last_word(&mut self, error: StoreError) -> StoreError {
        match error {
            StoreError::Contended | StoreError::Throttled => self.unknown.take().unwrap_or(error),
            StoreError::Unavailable(_) | StoreError::Rejected { .. } | StoreError::Corrupt { .. } => error,
        }
    }

    /// Returns the answer of an attempt that has one. Otherwise pauses before the next attempt, if time is left.
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

/// Runs attempts until one has an answer, fails for good, or time runs out. `return` and `?` in the block end the
/// attempt. This is a macro because the compiler cannot see that the future of an asynchronous closure is `Send`.
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
