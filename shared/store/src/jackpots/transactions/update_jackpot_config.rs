//! A change of a group's terms, all of them together, or its opening, or an operator's proposal of one.

use crate::jackpots::entities::meter::MeterClosing;
use crate::jackpots::entities::{config, pool, proposal};
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Write, WriteOutcome, put_new};
use crate::wallet::entities::{movement_mark, transfer};
use crate::{ChangedItem, Store, StoreError};
use evens_audit_log::Act;
use evens_jackpots::{
    ConfigAct, ConfigPlan, ConfigStep, JackpotConfig, JackpotConfigInput, JackpotGroup, ProposedConfig,
    UpdateConfig, UpdateConfigRefusal, change_config,
};
use evens_ledger::Amount;
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;

/// Number of meters closed concurrently.
const AT_ONCE: usize = 16;

impl Store {
    /// Puts the next version of a group's terms, or a proposal of it, as the rule decides from the current state, with
    /// its line in the audit log: all items, or none. Before a limit is introduced or removed, a separate write tells
    /// each meter until when the group takes no contributions by route. If the process dies then, the group stays
    /// closed for that time and no longer.
    ///
    /// 1. version: absent, because the previous one is the newest and the expected one, else read again, and
    ///    [`UpdateConfigRefusal::Changed`]. For a proposal the operator's proposal: absent, or the one read, else read
    ///    again
    /// 2. head of the log: is the one read, else read again until the deadline
    /// 3. line of the log: absent, else the same
    /// 4. of the first version, the pool and the transfer that starts it: absent, because there was no version
    ///
    /// # Role
    /// - `BatchGetItem` on `ACCOUNT#`, `JACKPOT#`, `JACKPOT-METER#`
    /// - `GetItem` on `AUDIT`
    /// - `PutItem` on `AUDIT`, `AUDIT#`, `JACKPOT#`, `MOVED#`, `TRANSFER#JACKPOT-START:`
    /// - `Query` on `JACKPOT#`
    /// - `UpdateItem` on `JACKPOT-METER#`
    pub async fn update_jackpot_config(
        &self,
        update: &UpdateConfig,
        act: &ConfigAct,
        act_of: impl Fn(Option<&JackpotConfig>, &ConfigStep) -> Act,
        now: Timestamp,
    ) -> Result<Result<ConfigStep, UpdateConfigRefusal>, StoreError> {
        let mut is_closed = false;
        attempt!(self, UpdateJackpotConfig, {
            let (versions, own, step) = loop {
                let versions = self.load_jackpot_configs_in_play(update.group, now).await?;
                let mut proposed = self.load_proposed_configs(update.group).await?;
                let pool_amount = self.load_pool_amount(update.group).await?;
                let own = proposed.iter().find(|proposed| proposed.by == act.by).cloned();
                let proposers = proposed.iter().map(|proposed| proposed.by).collect();
                let gone = self.proposers_gone(proposers).await?;
                proposed.retain(|proposed| !gone.contains(&proposed.by));
                let input = JackpotConfigInput { versions: &versions, proposed: &proposed, pool_amount };
                let step = match change_config(update, act, input, now) {
                    Ok(step) => step,
                    Err(refusal) => return Ok(Attempt::Done(Err(refusal))),
                };
                match step.closed_until().filter(|_| !is_closed) {
                    Some(until) => self.close_meters(update.group, until, now).await?,
                    None => break (versions, own, step),
                }
                // Contributions up to then are now included in the pool's amount.
                is_closed = true;
            };
            let mut items = vec![first_item(&step, own.as_ref())];
            items.extend(self.log_items(act_of(versions.first(), &step), now).await?);
            let contended = items.len();
            if let ConfigStep::Change(plan) = &step
                && let ConfigPlan { opening: Some((opened, start)), .. } = plan.as_ref()
            {
                items.push(put_new(pool::encode(opened, self.layout)));
                items.push(put_new(transfer::encode(start)?));
                items.push(movement_mark::of_transfer(start));
            }
            match self.transact(items).await? {
                WriteOutcome::Committed => {
                    self.observe_change(ChangedItem::Jackpot(update.group));
                    Ok(Attempt::Done(Ok(step)))
                }
                WriteOutcome::Refused { position, .. } if position < contended => {
                    Ok(Attempt::Again(StoreError::Contended))
                }
                WriteOutcome::Refused { .. } => {
                    Err(StoreError::corrupt(update.group, "its pool exists before its terms"))
                }
            }
        })
    }

    async fn close_meters(
        &self,
        group: JackpotGroup,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let closings = self
            .layout
            .meters()
            .numbers()
            .map(|meter| self.close_meter(MeterClosing::of(meter, group, until, now)));
        stream::iter(closings).buffer_unordered(AT_ONCE).try_collect().await
    }

    async fn close_meter(&self, closing: MeterClosing) -> Result<(), StoreError> {
        attempt!(self, UpdateJackpotConfig, {
            // If the condition fails, the meter is already closed for at least as long.
            let _changed = self.change_and_read(closing.change()).await?;
            Ok(Attempt::Done(()))
        })
    }

    /// The amount that can be won from a group. Zero if it is not open.
    async fn load_pool_amount(&self, group: JackpotGroup) -> Result<Amount, StoreError> {
        let totals = self.load_jackpot_totals().await?;
        Ok(totals.get(group).map(|totals| totals.amount).unwrap_or_default())
    }
}

fn first_item(step: &ConfigStep, read: Option<&ProposedConfig>) -> Write {
    match step {
        ConfigStep::Propose(proposed) => proposal::put(proposed, read),
        ConfigStep::Change(plan) => put_new(config::encode(&plan.config)),
    }
}
