//! Opening a round, moving it on, and taking it off the list when everything in it has ended.

use crate::exchange::entities::round;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Written, put_new, put_new_secret, put_over};
use crate::{Store, StoreError};
use evens_exchange::{Round, Seed};

/// What became of writing a round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoundWrite {
    /// It is written; the round as it is now.
    Written(Round),
    /// Somebody else was faster; the round as it is.
    Found(Round),
}

impl RoundWrite {
    /// The round as it is now.
    pub fn into_round(self) -> Round {
        match self {
            Self::Written(round) | Self::Found(round) => round,
        }
    }
}

impl Store {
    /// Opens a round with its secret: both items, or none.
    ///
    /// 1. round: absent, else [`RoundWrite::Found`]
    /// 2. seed: absent, as the round was
    pub async fn open_round(&self, new: Round, seed: &Seed) -> Result<RoundWrite, StoreError> {
        attempt!(self, WriteRound, {
            let items = vec![
                put_new(&self.table, round::encode(&new))?,
                put_new_secret(&self.table, round::seed::encode(&new.id, seed))?,
            ];
            match self.transact(items).await? {
                Written::Committed => Ok(Attempt::Done(RoundWrite::Written(new.clone()))),
                Written::Refused { position: 0, found: Some(item) } => {
                    Ok(Attempt::Done(RoundWrite::Found(round::decode(&item)?)))
                }
                // Who else is there is not shown: it is read again.
                Written::Refused { position: 0, found: None } => Err(StoreError::Contended),
                Written::Refused { .. } => Err(StoreError::corrupt(&new.id, "a seed without a round")),
            }
        })
    }

    /// Moves a round on from the state that was read:
    ///
    /// 1. round: state is the one read, and its seed as public as it was, else [`RoundWrite::Found`]
    pub async fn move_round(&self, read: &Round, moved: Round) -> Result<RoundWrite, StoreError> {
        attempt!(self, WriteRound, {
            let items = vec![put_over(
                &self.table,
                round::encode(&moved),
                read.state.name().as_str(),
                read.state.seed().is_some(),
            )?];
            match self.transact(items).await? {
                Written::Committed => Ok(Attempt::Done(RoundWrite::Written(moved.clone()))),
                Written::Refused { found: Some(item), .. } => {
                    Ok(Attempt::Done(RoundWrite::Found(round::decode(&item)?)))
                }
                Written::Refused { found: None, .. } => {
                    Err(StoreError::corrupt(&read.id, "the round is gone"))
                }
            }
        })
    }
}
