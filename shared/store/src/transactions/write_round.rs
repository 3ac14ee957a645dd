//! Opening a round, moving it on, and taking it off the list when everything in it has ended.

use crate::entities::round;
use crate::item::text;
use crate::retry::Attempt;
use crate::write::{Change, Written, put_new};
use crate::{Store, StoreError};
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure;
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
        self.attempt(async || {
            let items = vec![
                put_new(&self.table, round::encode(&new))?,
                put_new(&self.table, round::seed::encode(&new.id, seed))?,
            ];
            match self.transact(items).await? {
                Written::Committed => Ok(Attempt::Done(RoundWrite::Written(new.clone()))),
                Written::Refused { position: 0, found: Some(item) } => {
                    Ok(Attempt::Done(RoundWrite::Found(round::decode(&item)?)))
                }
                Written::Refused { .. } => Err(StoreError::corrupt(&new.id, "a seed without a round")),
            }
        })
        .await
    }

    /// Moves a round on from the state that was read. One conditional write:
    ///
    /// 1. round: state is the one read, else [`RoundWrite::Found`]
    pub async fn move_round(&self, read: &Round, moved: Round) -> Result<RoundWrite, StoreError> {
        self.attempt(async || {
            let request = self
                .client
                .put_item()
                .table_name(&self.table)
                .set_item(Some(round::encode(&moved)))
                .condition_expression("#state = :read")
                .expression_attribute_names("#state", "state")
                .expression_attribute_values(":read", text(read.state.name().as_str()))
                .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
            match request.send().await {
                Ok(_) => Ok(Attempt::Done(RoundWrite::Written(moved.clone()))),
                Err(SdkError::ServiceError(service))
                    if service.err().is_conditional_check_failed_exception() =>
                {
                    let found = self.load_round(&read.id).await?;
                    let found = found.ok_or_else(|| StoreError::corrupt(&read.id, "the round is gone"))?;
                    Ok(Attempt::Done(RoundWrite::Found(found)))
                }
                Err(error) => Err(error.into()),
            }
        })
        .await
    }

    /// Takes an ended round off the list of those with something left to do. One conditional write:
    ///
    /// 1. round: state is the one read, else nothing changes, and the next sweep looks again
    pub async fn finish_round(&self, read: &Round) -> Result<(), StoreError> {
        self.attempt(async || {
            let change = Change {
                key: round::key(&read.id),
                update: "REMOVE unfinished_pk, unfinished_sk",
                condition: "#state = :read",
                values: vec![(":read", text(read.state.name().as_str()))],
            };
            self.change_one(change).await.map(|_| Attempt::Done(()))
        })
        .await
    }
}
