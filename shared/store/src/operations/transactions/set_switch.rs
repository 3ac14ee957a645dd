//! The switches of the stage: read, and set with a line of the audit log.

use crate::operations::entities::switches;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{WriteOutcome, put_new, put_revised};
use crate::{Store, StoreError};
use evens_switches::{SetSwitch, SetSwitchOutcome, Switches, set_switch};
use jiff::Timestamp;

impl Store {
    /// The switches of the stage, strongly consistent.
    ///
    /// # Role
    /// - `GetItem` on `SWITCHES`
    pub async fn load_switches(&self) -> Result<Switches, StoreError> {
        let found = self.get(&switches::key()).await?;
        found.as_ref().map(switches::decode).transpose().map(Option::unwrap_or_default)
    }

    /// Sets a switch and logs the act: all items, or none. Writes nothing if the switch has the state already.
    ///
    /// 1. switches: are those read, else read again until the deadline
    /// 2. head of the log: is the one read, else the same
    /// 3. line of the log: absent, else the same
    ///
    /// # Role
    /// - `GetItem` on `AUDIT`, `SWITCHES`
    /// - `PutItem` on `AUDIT`, `AUDIT#`, `SWITCHES`
    pub async fn set_switch(
        &self,
        request: &SetSwitch,
        now: Timestamp,
    ) -> Result<SetSwitchOutcome, StoreError> {
        attempt!(self, WriteAccount, {
            let read = self.load_switches().await?;
            let outcome = set_switch(&read, request.clone(), now);
            let SetSwitchOutcome::Set { switches, act } = &outcome else { return Ok(Attempt::Done(outcome)) };
            let after = switches::encode(switches);
            let put = match read.revision {
                0 => put_new(after),
                revision => put_revised(after, revision),
            };
            let mut items = vec![put];
            items.extend(self.log_items(act.clone(), now).await?);
            match self.transact(items).await? {
                WriteOutcome::Committed => Ok(Attempt::Done(outcome)),
                WriteOutcome::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
            }
        })
    }
}
