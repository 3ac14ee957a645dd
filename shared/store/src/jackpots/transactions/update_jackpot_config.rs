//! A change of a group's terms, all of them together; and its opening.

use crate::jackpots::entities::{config, pool};
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Written, put_new};
use crate::wallet::entities::transfer;
use crate::{Store, StoreError};
use evens_audit_log::Act;
use evens_jackpots::{
    ConfigPlan, JackpotConfig, JackpotGroup, UpdateConfig, UpdateConfigRefusal, update_config,
};
use evens_ledger::Amount;
use jiff::Timestamp;

impl Store {
    /// Puts the next version of a group's terms, with its line in the audit log: all of it, or nothing.
    ///
    /// 1. version: absent, as the one before is the newest and the one that was expected, else read again, and
    ///    [`UpdateConfigRefusal::Changed`]
    /// 2. head of the log: is the one read, else read again until the deadline
    /// 3. line of the log: absent, else the same
    /// 4. of the first version, the pool and the transfer that starts it: absent, as there was no version
    pub async fn update_jackpot_config(
        &self,
        update: &UpdateConfig,
        told: impl Fn(Option<&JackpotConfig>, &JackpotConfig) -> Act,
        now: Timestamp,
    ) -> Result<Result<JackpotConfig, UpdateConfigRefusal>, StoreError> {
        attempt!(self, UpdateJackpotConfig, {
            let read = self.load_jackpot_config(update.group).await?;
            let held = match update.terms.must_hit_by() {
                Some(_) => self.load_held(update.group).await?,
                None => Amount::ZERO,
            };
            let ConfigPlan { config, opening } = match update_config(read.as_ref(), update, held, now) {
                Ok(plan) => plan,
                Err(refusal) => return Ok(Attempt::Done(Err(refusal))),
            };
            let mut items = vec![put_new(&self.table, config::encode(&config))?];
            items.extend(self.log_items(told(read.as_ref(), &config), now).await?);
            let contended = items.len();
            if let Some((opened, start)) = &opening {
                items.push(put_new(&self.table, pool::encode(opened))?);
                items.push(put_new(&self.table, transfer::encode(start))?);
            }
            match self.transact(items).await? {
                Written::Committed => Ok(Attempt::Done(Ok(config))),
                Written::Refused { position, .. } if position < contended => {
                    Ok(Attempt::Again(StoreError::Contended))
                }
                Written::Refused { .. } => {
                    Err(StoreError::corrupt(update.group, "its pool is there before its terms"))
                }
            }
        })
    }
    /// What can be won of a group; nothing of one that is not open.
    async fn load_held(&self, group: JackpotGroup) -> Result<Amount, StoreError> {
        let standings = self.load_jackpot_standings().await?;
        Ok(standings.get(group).map(|standing| standing.amount).unwrap_or_default())
    }
}
