//! [`LineLimit`]: at most one log line a second for an event that clients can cause as often as they like.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::sleep;

/// Counts the events of a second that get no line of their own. Clones share the count.
#[derive(Debug, Clone, Default)]
pub struct LineLimit(Arc<Mutex<Option<u64>>>);

impl LineLimit {
    const SECOND: Duration = Duration::from_secs(1);

    /// Returns `true` if the event gets a line of its own. The other events are counted, and `log_count` logs their
    /// number once a second, until there are none.
    pub fn admits(&self, log_count: impl Fn(u64) + Send + 'static) -> bool {
        let mut counted = self.lock();
        if let Some(count) = &mut *counted {
            *count += 1;
            return false;
        }
        *counted = Some(0);
        drop(counted);
        let limit = self.clone();
        tokio::spawn(async move {
            loop {
                sleep(Self::SECOND).await;
                let mut counted = limit.lock();
                let count = counted.take().unwrap_or_default();
                if count == 0 {
                    return;
                }
                *counted = Some(0);
                drop(counted);
                log_count(count);
            }
        });
        true
    }

    fn lock(&self) -> MutexGuard<'_, Option<u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::LineLimit;
    use std::sync::{Arc, Mutex};
    use std::time::Duration;
    use tokio::time::sleep;

    #[tokio::test(start_paused = true)]
    async fn a_burst_gets_one_line_a_second() {
        let (limit, counts) = (LineLimit::default(), Arc::new(Mutex::new(Vec::new())));
        let happen = || {
            let counts = counts.clone();
            limit.admits(move |count| counts.lock().unwrap().push(count))
        };
        let pause = Duration::from_millis(1_001);
        assert!(happen(), "the first has its line");
        for _ in 0..1_000 {
            assert!(!happen());
        }
        sleep(pause).await;
        assert!(!happen());
        sleep(pause).await;
        assert_eq!(*counts.lock().unwrap(), [1_000, 1]);
        sleep(pause).await;
        assert!(happen(), "after a quiet second");
        assert_eq!(*counts.lock().unwrap(), [1_000, 1]);
    }
}
