//! The progress of the end of a round's matches, so that a large round is read through once.

use crate::exchange::entities::round;
use crate::table::item::{Fields, text};
use crate::table::shard::index_sort;
use crate::table::write::Change;
use crate::{Store, StoreError};
use evens_exchange::{MatchId, Round, RoundId};

impl Store {
    /// The match up to which all matches of an ended round are known to have ended. `None` if nothing is known.
    ///
    /// # Role
    /// - `GetItem` on `ROUND#`
    pub async fn load_finish_progress(&self, id: &RoundId) -> Result<Option<MatchId>, StoreError> {
        match self.get(&round::key(id)).await? {
            Some(item) => Fields::of(&item).optional("finished_through"),
            None => Ok(None),
        }
    }

    /// Stores the match up to which all matches of an ended round are known to have ended. One conditional write:
    ///
    /// 1. round: state is the one read, else nothing changes
    ///
    /// # Role
    /// - `UpdateItem` on `ROUND#`
    pub async fn save_finish_progress(&self, read: &Round, through: MatchId) -> Result<(), StoreError> {
        let change = Change {
            key: round::key(&read.id),
            update: "SET finished_through = :through",
            condition: "#state = :read",
            values: vec![(":read", text(read.state.name().as_str())), (":through", text(through))],
        };
        self.change_one(change).await.map(drop)
    }

    /// Moves an ended round within the `unfinished` index from unfinished work to the list of its end. One conditional
    /// write:
    ///
    /// 1. round: state is the one read, else nothing changes, and the next sweep reads it again
    ///
    /// # Role
    /// - `UpdateItem` on `ROUND#`
    pub async fn finish_round(&self, read: &Round) -> Result<(), StoreError> {
        // A round that is open has no end, and is not finished.
        let Some((partition, at)) = round::ended_place(read, self.layout) else { return Ok(()) };
        let change = Change {
            key: round::key(&read.id),
            update: "SET unfinished_pk = :pk, unfinished_sk = :sk",
            condition: "#state = :read",
            values: vec![
                (":read", text(read.state.name().as_str())),
                (":pk", text(partition)),
                (":sk", text(index_sort(at))),
            ],
        };
        self.change_one(change).await.map(drop)
    }
}
