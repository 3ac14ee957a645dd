//! [`Pace`]: the rate limit for calls of one process to a provider.

use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Longest time that a call waits for its turn. Beyond it, the caller has to retry later.
const WAIT_MAX: Duration = Duration::from_secs(2);

/// Longest time by which urgent calls can delay the others.
const PUT_OFF_MAX: Duration = Duration::from_secs(10);

/// Priority of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turn {
    /// A player or a payout waits for it: it is made at once and delays the others.
    First,
    /// A query, which can be made later.
    Waits,
}

/// The call was not made, because too many others are ahead of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany;

/// Allows a number of calls per second, and as many at once after a pause.
#[derive(Debug)]
pub(crate) struct Pace {
    interval: Duration,
    burst: Duration,
    /// When the next call is due if calls are spaced evenly.
    due: Mutex<Option<Instant>>,
}

impl Pace {
    pub(crate) fn new(per_second: NonZeroU32) -> Self {
        let interval = Duration::from_secs(1) / per_second.get();
        Self { interval, burst: Duration::from_secs(1).saturating_sub(interval), due: Mutex::new(None) }
    }

    /// Waits for the turn of a call.
    pub(crate) async fn wait(&self, turn: Turn) -> Result<(), TooMany> {
        let wait = self.take(turn, Instant::now()).ok_or(TooMany)?;
        if !wait.is_zero() {
            sleep(wait).await;
        }
        Ok(())
    }

    /// Takes a turn and returns the time to wait for it. `None`, without taking a turn, if that is too long.
    fn take(&self, turn: Turn, now: Instant) -> Option<Duration> {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        let ahead = due.unwrap_or(now).saturating_duration_since(now);
        let wait = match turn {
            Turn::First => Duration::ZERO,
            Turn::Waits => ahead.saturating_sub(self.burst),
        };
        if wait > WAIT_MAX {
            return None;
        }
        *due = Some(now + (ahead + self.interval).min(PUT_OFF_MAX));
        Some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIVE: NonZeroU32 = NonZeroU32::new(5).unwrap();

    #[test]
    fn so_many_go_at_once_and_the_others_one_by_one_as_far_as_they_wait() {
        let (pace, now) = (Pace::new(FIVE), Instant::now());
        let waits: Vec<_> = (0..17).map(|_| pace.take(Turn::Waits, now)).collect();
        let expected = [0, 0, 0, 0, 0, 200, 400, 600, 800, 1_000, 1_200, 1_400, 1_600, 1_800, 2_000];
        let expected = expected.map(|wait| Some(Duration::from_millis(wait)));
        assert_eq!((&waits[..15], &waits[15..]), (&expected[..], &[None, None][..]));
        assert_eq!(
            pace.take(Turn::Waits, now + Duration::from_millis(200)),
            Some(WAIT_MAX),
            "a place is free"
        );
        assert_eq!(pace.take(Turn::Waits, now + Duration::from_mins(1)), Some(Duration::ZERO));
    }

    #[test]
    fn money_goes_first_and_puts_the_others_off_for_a_while_only() {
        let (pace, now) = (Pace::new(FIVE), Instant::now());
        for _ in 0..1_000 {
            assert_eq!(pace.take(Turn::First, now), Some(Duration::ZERO));
        }
        assert_eq!(pace.take(Turn::Waits, now), None);
        assert_eq!(pace.take(Turn::Waits, now + PUT_OFF_MAX), Some(Duration::ZERO));
    }

    #[tokio::test(start_paused = true)]
    async fn a_waiting_call_proceeds_at_its_turn() {
        let (pace, start) = (Pace::new(FIVE), Instant::now());
        for _ in 0..10 {
            pace.wait(Turn::Waits).await.expect("one after the other nobody waits for long");
        }
        assert_eq!(start.elapsed(), Duration::from_secs(1));
    }
}
