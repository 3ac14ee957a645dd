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
pub struct StageSwitches(Arc<Mutex<Option<ReadSwitches>>>);

#[derive(Debug)]
struct ReadSwitches {
    /// The time before the read.
    at: Instant,
    switches: Arc<Switches>,
}

impl StageSwitches {
    /// The maximum age of the switches that decide about a request.
    pub const AGE_MAX: Duration = Duration::from_secs(5);

    /// The switches. While one request reads them, the others wait for its result.
    pub async fn load(&self, store: &Store) -> Result<Arc<Switches>, StoreError> {
        let mut read = self.0.lock().await;
        if let Some(ReadSwitches { at, switches }) = &*read
            && at.elapsed() < Self::AGE_MAX
        {
            return Ok(Arc::clone(switches));
        }
        let at = Instant::now();
        let switches = Arc::new(store.load_switches().await?);
        *read = Some(ReadSwitches { at, switches: Arc::clone(&switches) });
        Ok(switches)
    }

    /// Reads the switches again for the next request. For the process that has changed one.
    pub async fn forget(&self) {
        *self.0.lock().await = None;
    }
}

impl Context {
    /// The switch that stops requests of this kind in this moment, if any.
    pub async fn stopped_by(&self, name: SwitchName) -> Result<Option<SwitchName>, StoreError> {
        Ok(self.switches.load(&self.store).await?.stopped_by(name))
    }
}
