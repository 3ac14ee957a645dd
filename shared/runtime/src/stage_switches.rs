//! [`StageSwitches`]: the switches of the stage, as this process knows them.

use crate::Context;
use evens_store::{Store, StoreError};
use evens_switches::{SwitchName, Switches};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// The switches, read from the table when they are needed and older than [`StageSwitches::AGE_MAX`]. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct StageSwitches(Arc<Mutex<LastRead>>);

#[derive(Debug, Default)]
struct LastRead {
    switches: Option<ReadSwitches>,
    /// The end of the last read, if it failed.
    failed_at: Option<Instant>,
}

#[derive(Debug)]
struct ReadSwitches {
    /// The time before the read.
    at: Instant,
    switches: Arc<Switches>,
}

impl StageSwitches {
    /// The maximum age of the switches that decide about a request.
    pub const AGE_MAX: Duration = Duration::from_secs(5);

    /// The switches. While one request reads them, the others wait for its result. If the read fails, they fail with
    /// it, so that they do not wait for one time-out after the other.
    pub async fn load(&self, store: &Store) -> Result<Arc<Switches>, StoreError> {
        let called_at = Instant::now();
        let mut last = self.0.lock().await;
        if let Some(ReadSwitches { at, switches }) = &last.switches
            && at.elapsed() < Self::AGE_MAX
        {
            return Ok(Arc::clone(switches));
        }
        if last.failed_at.is_some_and(|failed_at| failed_at > called_at) {
            return Err(StoreError::Unavailable("the read that this request waited for failed".into()));
        }
        let at = Instant::now();
        match store.load_switches().await {
            Ok(switches) => {
                let switches = Arc::new(switches);
                *last = LastRead {
                    switches: Some(ReadSwitches { at, switches: Arc::clone(&switches) }),
                    failed_at: None,
                };
                Ok(switches)
            }
            Err(error) => {
                last.failed_at = Some(Instant::now());
                Err(error)
            }
        }
    }

    /// Reads the switches again for the next request. For the process that has changed one.
    pub async fn forget(&self) {
        *self.0.lock().await = LastRead::default();
    }
}

impl Context {
    /// The switch that stops requests of this kind in this moment, if any.
    pub async fn stopped_by(&self, name: SwitchName) -> Result<Option<SwitchName>, StoreError> {
        Ok(self.switches.load(&self.store).await?.stopped_by(name))
    }
}
