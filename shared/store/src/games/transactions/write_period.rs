//! Opening a period, and changing it from the state that was read.

use crate::games::entities::{period, result};
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Write, WriteOutcome, check, put_in_place, put_new, put_new_secret};
use crate::{ChangedItem, Store, StoreError};
use evens_audit_log::Act;
use evens_draws::Seed;
use evens_games::{CancelStep, Lane, Period, PeriodId, PeriodRefusal, PeriodState};
use jiff::Timestamp;

// The positions of these items in the transactions below.
const PERIOD: usize = 0;
const RESULT: usize = 1;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeriodWrite {
    /// Written by this call. Holds the period as it is now.
    Written(Period),
    /// Another process was faster. Holds the period as it is now.
    Found(Period),
}

impl PeriodWrite {
    pub fn into_period(self) -> Period {
        match self {
            Self::Written(period) | Self::Found(period) => period,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CancelPeriodOutcome {
    /// Cancelled by this call; its stakes are owed.
    Cancelled(Period),
    /// Cancelled by an earlier call; nothing changed.
    CancelledBefore(Period),
    /// The period has a result, which is final, or a block decides it; nothing changed.
    Decided(Period),
    Unknown,
}

impl Store {
    /// Opens a period with its secret: both items, or none.
    ///
    /// 1. period: absent, else [`PeriodWrite::Found`]
    /// 2. result: absent, else the period was archived and a slow clock opens it again: [`PeriodWrite::Found`]
    /// 3. seed: absent, because the period was
    ///
    /// # Role
    /// - `ConditionCheckItem` on `RESULTS#`
    /// - `GetItem` on `RESULTS#`
    /// - `PutItem` on `PERIOD#`, `SEED#`
    pub async fn open_period(&self, new: Period, seed: &Seed) -> Result<PeriodWrite, StoreError> {
        attempt!(self, WritePeriod, {
            let items = vec![
                put_new(period::encode(&new, self.layout)),
                check(&result::key(new.id), "attribute_not_exists(pk)", Vec::new()),
                put_new_secret(period::seed::encode(new.id, seed)),
            ];
            match self.transact(items).await? {
                WriteOutcome::Committed => Ok(Attempt::Done(PeriodWrite::Written(new.clone()))),
                WriteOutcome::Refused { position: PERIOD, found: Some(item) } => {
                    Ok(Attempt::Done(PeriodWrite::Found(period::decode(&item)?)))
                }
                // The refusal does not return the stored item, so it is read again.
                WriteOutcome::Refused { position: PERIOD, found: None } => Err(StoreError::Contended),
                WriteOutcome::Refused { position: RESULT, .. } => {
                    let gone = || StoreError::corrupt(new.id, "a result without a period");
                    let archived = self.load_archived_period(new.id).await?.ok_or_else(gone)?;
                    Ok(Attempt::Done(PeriodWrite::Found(archived)))
                }
                WriteOutcome::Refused { .. } => Err(StoreError::corrupt(new.id, "a seed without a period")),
            }
        })
    }

    /// Changes a period from the state that was read, without drawing it. [`Store::draw_period`] draws it.
    ///
    /// 1. period: its state and its finished lanes are those read, and while it waits for a block it still has none,
    ///    else [`PeriodWrite::Found`]
    ///
    /// # Role
    /// - `GetItem` on `RESULTS#`
    /// - `PutItem` on `PERIOD#`
    pub async fn move_period(&self, read: &Period, moved: Period) -> Result<PeriodWrite, StoreError> {
        attempt!(self, WritePeriod, {
            let (condition, values) = period::is_as_read(read);
            let items = vec![put_in_place(period::encode(&moved, self.layout), condition, values)];
            self.write_step(read, &moved, items).await
        })
    }

    /// Writes a step of a period, whose item is the first of `items`. An archived period has no such item.
    pub(crate) async fn write_step(
        &self,
        read: &Period,
        moved: &Period,
        items: Vec<Write>,
    ) -> Result<Attempt<PeriodWrite>, StoreError> {
        match self.transact(items).await? {
            WriteOutcome::Committed => {
                self.observe_period(read, moved);
                Ok(Attempt::Done(PeriodWrite::Written(moved.clone())))
            }
            WriteOutcome::Refused { position: PERIOD, found } => {
                let found = match found {
                    Some(item) => Some(period::decode(&item)?),
                    None => self.load_archived_period(read.id).await?,
                };
                let found = found.ok_or_else(|| StoreError::corrupt(read.id, "the period is missing"))?;
                self.observe_period(read, &found);
                Ok(Attempt::Done(PeriodWrite::Found(found)))
            }
            WriteOutcome::Refused { position: RESULT, .. } => {
                Err(StoreError::corrupt(read.id, "a result before it was drawn"))
            }
            WriteOutcome::Refused { .. } => {
                Err(StoreError::corrupt(read.id, "another seed than the published one"))
            }
        }
    }

    /// Marks a lane of a period as fully paid. The last lane ends the period. Returns the period afterwards. A period
    /// that has ended, or owes nothing yet, stays as it is.
    ///
    /// # Role
    /// - `GetItem` on `PERIOD#`, `RESULTS#`
    /// - `PutItem` on `PERIOD#`
    pub async fn end_lane(&self, id: PeriodId, lane: Lane) -> Result<Period, StoreError> {
        attempt!(self, WritePeriod, {
            let gone = || StoreError::corrupt(id, "the period is missing");
            let read = self.load_period(id).await?.ok_or_else(gone)?;
            let Ok(moved) = read.lane_done(lane) else { return Ok(Attempt::Done(read)) };
            if moved == read {
                return Ok(Attempt::Done(read));
            }
            match self.move_period(&read, moved).await? {
                PeriodWrite::Written(period) => Ok(Attempt::Done(period)),
                PeriodWrite::Found(_) => Ok(Attempt::Again(StoreError::Contended)),
            }
        })
    }

    /// Cancels a period without a result at an operator's request, with a line in the audit log for each step. A period
    /// that may still accept bets is fenced first, and that step is logged first. The bets in its shards at that
    /// point are refunded. Without bets it ends at once, and keeps its item and its secret seed: it has no result that
    /// could carry them.
    ///
    /// 1. period: state is the one read, else read again until the deadline
    /// 2. head of the audit log: is the one read, else read again until the deadline
    /// 3. line: absent, because the head is the one read
    ///
    /// # Role
    /// - `GetItem` on `AUDIT`, `PERIOD#`, `RESULTS#`
    /// - `PutItem` on `AUDIT`, `AUDIT#`, `PERIOD#`
    /// - `UpdateItem` on `PERIOD-BETS#`
    pub async fn cancel_period(
        &self,
        id: PeriodId,
        act: &Act,
        now: Timestamp,
    ) -> Result<CancelPeriodOutcome, StoreError> {
        attempt!(self, WritePeriod, {
            let Some(read) = self.load_period(id).await? else {
                return Ok(Attempt::Done(CancelPeriodOutcome::Unknown));
            };
            match read.cancel(now) {
                Err(
                    PeriodRefusal::State(_)
                    | PeriodRefusal::TooEarly(_)
                    | PeriodRefusal::AnotherSeed
                    | PeriodRefusal::NoBlock
                    | PeriodRefusal::BlockDecides(_),
                ) => Ok(Attempt::Done(CancelPeriodOutcome::Decided(read))),
                Ok(CancelStep::CancelledBefore) => {
                    self.observe_change(ChangedItem::Period(read.id));
                    Ok(Attempt::Done(CancelPeriodOutcome::CancelledBefore(read)))
                }
                Ok(CancelStep::Fence(closing)) => {
                    if read.state == PeriodState::Open
                        && !self.move_and_tell(&read, &closing, act, now).await?
                    {
                        return Ok(Attempt::Again(StoreError::Contended));
                    }
                    self.close_period(&closing, now).await?;
                    Ok(Attempt::Again(StoreError::Contended))
                }
                Ok(CancelStep::Cancelled(cancelled)) => {
                    let cancelled = cancelled.ended_if_empty();
                    if self.move_and_tell(&read, &cancelled, act, now).await? {
                        self.observe_period(&read, &cancelled);
                        return Ok(Attempt::Done(CancelPeriodOutcome::Cancelled(cancelled)));
                    }
                    Ok(Attempt::Again(StoreError::Contended))
                }
            }
        })
    }

    fn observe_period(&self, read: &Period, moved: &Period) {
        let end = End::of(moved);
        if end.is_some() && End::of(read) != end {
            self.observe_change(ChangedItem::Period(moved.id));
        }
    }

    /// Makes a step of an operator, with its line in the audit log. Returns `false` if another process was faster.
    async fn move_and_tell(
        &self,
        read: &Period,
        moved: &Period,
        act: &Act,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (condition, values) = period::is_as_read(read);
        let mut items = vec![put_in_place(period::encode(moved, self.layout), condition, values)];
        let name = |period: &Period| period.state.name().as_str().to_owned();
        let logged = Act { before: name(read), after: name(moved), ..act.clone() };
        items.extend(self.log_items(logged, now).await?);
        Ok(matches!(self.transact(items).await?, WriteOutcome::Committed))
    }
}

/// The end of a period as players see it.
#[derive(PartialEq, Eq)]
enum End {
    Drawn,
    Cancelled,
    Refunded,
}

impl End {
    fn of(period: &Period) -> Option<Self> {
        match period.state {
            PeriodState::Open | PeriodState::Closing | PeriodState::Closed(_) => None,
            PeriodState::Resulted(..) | PeriodState::Settled(..) => Some(Self::Drawn),
            PeriodState::Cancelled(..) => Some(Self::Cancelled),
            PeriodState::Refunded(_) => Some(Self::Refunded),
        }
    }
}
