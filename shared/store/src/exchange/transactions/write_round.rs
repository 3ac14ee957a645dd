//! Opening a round and changing its state.

use crate::exchange::entities::round;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{WriteOutcome, put_new, put_new_secret, put_over};
use crate::{Store, StoreError};
use evens_audit_log::Act;
use evens_draws::Seed;
use evens_exchange::{Round, RoundState};
use jiff::Timestamp;

// Position of the round in both transactions below.
const ROUND: usize = 0;
// Of a move of a round; its opening has the seed there.
const HEAD_OF_LOG: usize = 1;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoundWrite {
    /// Written by this call. Holds the round as it is now.
    Written(Round),
    /// Another request was faster. Holds the round as it is now.
    Found(Round),
}

impl RoundWrite {
    pub fn into_round(self) -> Round {
        match self {
            Self::Written(round) | Self::Found(round) => round,
        }
    }
}

/// The operator's act and its time, for the audit log.
type AuditedAct<'a> = Option<(&'a Act, Timestamp)>;

/// The state of a round, in the words of the audit log.
fn state_text(round: &Round) -> String {
    let name = round.state.name().as_str();
    match &round.state {
        RoundState::Resulted { outcome, .. } => format!("{name} {}", outcome.winner.as_str()),
        RoundState::Open | RoundState::Closed { .. } | RoundState::Cancelled { .. } => name.to_owned(),
    }
}

impl Store {
    /// Opens a round with its secret: both items, or none.
    ///
    /// 1. round: absent, else [`RoundWrite::Found`]
    /// 2. seed: absent, because the round was
    ///
    /// # Role
    /// - `PutItem` on `ROUND#`, `SEED#`
    pub async fn open_round(&self, new: Round, seed: &Seed) -> Result<RoundWrite, StoreError> {
        self.open(new, seed, None).await
    }

    /// Like [`Store::open_round`], for an operator. Adds the head and the line of the audit log:
    ///
    /// 3. head: is the one read, else read again until the deadline
    /// 4. line: absent, because the head is the one read
    ///
    /// # Role
    /// - `GetItem` on `AUDIT`
    /// - `PutItem` on `AUDIT`, `AUDIT#`, `ROUND#`, `SEED#`
    pub async fn open_round_by(
        &self,
        new: Round,
        seed: &Seed,
        act: &Act,
        now: Timestamp,
    ) -> Result<RoundWrite, StoreError> {
        self.open(new, seed, Some((act, now))).await
    }

    async fn open(&self, new: Round, seed: &Seed, audited: AuditedAct<'_>) -> Result<RoundWrite, StoreError> {
        attempt!(self, WriteRound, {
            let mut items = vec![
                put_new(round::encode(&new, self.layout)),
                put_new_secret(round::seed::encode(&new.id, seed)),
            ];
            let log_at = items.len();
            if let Some((act, now)) = audited {
                items.extend(self.log_items(Act { after: state_text(&new), ..act.clone() }, now).await?);
            }
            match self.transact(items).await? {
                WriteOutcome::Committed => {
                    self.observe_round(&new.id);
                    Ok(Attempt::Done(RoundWrite::Written(new.clone())))
                }
                WriteOutcome::Refused { position: ROUND, found: Some(item) } => {
                    self.observe_round(&new.id);
                    Ok(Attempt::Done(RoundWrite::Found(round::decode(&item)?)))
                }
                // The refusal does not return the stored item, so it is read again.
                WriteOutcome::Refused { position: ROUND, found: None } => Err(StoreError::Contended),
                WriteOutcome::Refused { position, .. } if position >= log_at => {
                    Ok(Attempt::Again(StoreError::Contended))
                }
                WriteOutcome::Refused { .. } => Err(StoreError::corrupt(&new.id, "a seed without a round")),
            }
        })
    }

    /// Changes a round from the state that was read:
    ///
    /// 1. round: state is the one read, and its seed is public or not as read, else [`RoundWrite::Found`]
    ///
    /// # Role
    /// - `PutItem` on `ROUND#`
    pub async fn move_round(&self, read: &Round, moved: Round) -> Result<RoundWrite, StoreError> {
        self.advance(read, moved, None).await
    }

    /// Like [`Store::move_round`], for an operator or an oracle. Adds the head and the line of the audit log:
    ///
    /// 2. head: is the one read, else read again until the deadline
    /// 3. line: absent, because the head is the one read
    ///
    /// # Role
    /// - `GetItem` on `AUDIT`
    /// - `PutItem` on `AUDIT`, `AUDIT#`, `ROUND#`
    pub async fn move_round_by(
        &self,
        read: &Round,
        moved: Round,
        act: &Act,
        now: Timestamp,
    ) -> Result<RoundWrite, StoreError> {
        self.advance(read, moved, Some((act, now))).await
    }

    async fn advance(
        &self,
        read: &Round,
        moved: Round,
        audited: AuditedAct<'_>,
    ) -> Result<RoundWrite, StoreError> {
        attempt!(self, WriteRound, {
            let mut items = vec![put_over(
                round::encode(&moved, self.layout),
                read.state.name().as_str(),
                read.state.seed().is_some(),
            )];
            if let Some((act, now)) = audited {
                let act = Act { before: state_text(read), after: state_text(&moved), ..act.clone() };
                items.extend(self.log_items(act, now).await?);
            }
            match self.transact(items).await? {
                WriteOutcome::Committed => {
                    self.observe_round(&read.id);
                    Ok(Attempt::Done(RoundWrite::Written(moved.clone())))
                }
                WriteOutcome::Refused { position: HEAD_OF_LOG.., .. } => {
                    Ok(Attempt::Again(StoreError::Contended))
                }
                WriteOutcome::Refused { found: Some(item), .. } => {
                    self.observe_round(&read.id);
                    Ok(Attempt::Done(RoundWrite::Found(round::decode(&item)?)))
                }
                WriteOutcome::Refused { found: None, .. } => {
                    Err(StoreError::corrupt(&read.id, "the round is missing"))
                }
            }
        })
    }
}
