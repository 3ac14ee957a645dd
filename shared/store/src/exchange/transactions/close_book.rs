//! Closing the book of a round, bet by bet: the second step of a round's end (decision 018).

use crate::table::item::{Key, text};
use crate::table::queries::PageStart;
use crate::table::retry::{Attempt, attempt};
use crate::table::write::{Change, WriteOutcome};
use crate::{Store, StoreError};
use evens_exchange::{RoundId, Side};
use futures::future::try_join_all;
use jiff::Timestamp;

/// Number of bets closed concurrently.
const AT_ONCE: usize = 16;

/// The result of closing a page of the book.
#[derive(Debug, Clone)]
pub struct ClosedPage {
    /// Number of bets closed by this call.
    pub closed: usize,
    /// Start of the next page; `None` on the last page.
    pub next: Option<PageStart>,
}

impl Store {
    /// Closes every bet on a page of one side of a round's book, readable or not. Once all pages of both sides are
    /// closed, no bet that was unmatched when the round ended can be matched, or cancelled by its player. Both require
    /// the absence of the attribute that this call sets. One conditional write for each bet:
    ///
    /// 1. unmatched bet: exists and is not closed, else it has left the book, or was closed before
    ///
    /// # Role
    /// - `Query` on `BOOK#`
    /// - `UpdateItem` on `BOOK#`
    pub async fn close_book(
        &self,
        round: &RoundId,
        side: Side,
        ended_at: Timestamp,
        start: Option<PageStart>,
    ) -> Result<ClosedPage, StoreError> {
        let page = self.list_places(round, side, start, Self::PAGE).await?;
        let mut closed = 0;
        for some in page.found.chunks(AT_ONCE) {
            let each = some.iter().map(|key| self.close_place(key, ended_at));
            closed += try_join_all(each).await?.into_iter().filter(|was_closed| *was_closed).count();
        }
        Ok(ClosedPage { closed, next: page.next })
    }

    async fn close_place(&self, key: &Key, ended_at: Timestamp) -> Result<bool, StoreError> {
        attempt!(self, WriteRound, {
            let change = Change {
                key: key.clone(),
                update: "SET closed_at = :at",
                condition: "attribute_exists(pk) AND attribute_not_exists(closed_at)",
                values: vec![(":at", text(ended_at))],
            };
            let written = self.change_one(change).await?;
            Ok(Attempt::Done(matches!(written, WriteOutcome::Committed)))
        })
    }
}
