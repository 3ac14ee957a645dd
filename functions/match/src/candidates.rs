//! Whom a bet could play against: what waits on the other side, oldest first, page by page.

use evens_exchange::{Side, WaitingBet};
use evens_store::{Store, StoreError};
use std::collections::VecDeque;

/// The waiting bets of the other side that were not tried yet.
pub(crate) struct Candidates<'a> {
    store: &'a Store,
    of: &'a WaitingBet,
    page: VecDeque<WaitingBet>,
    last: Option<WaitingBet>,
    is_last_page: bool,
}

impl<'a> Candidates<'a> {
    const PAGE: u16 = 25;

    pub(crate) fn new(store: &'a Store, of: &'a WaitingBet) -> Self {
        Self { store, of, page: VecDeque::new(), last: None, is_last_page: false }
    }

    /// The next candidate.
    pub(crate) async fn next(&mut self) -> Result<Option<WaitingBet>, StoreError> {
        while self.page.is_empty() && !self.is_last_page {
            let side: Side = self.of.side.opposite();
            let page = self.store.list_waiting(&self.of.round, side, self.last.as_ref(), Self::PAGE).await?;
            self.is_last_page = page.is_empty();
            self.last = page.last().cloned().or(self.last.take());
            self.page = page.into();
        }
        Ok(self.page.pop_front())
    }

    /// Goes on at a random place of this page, after somebody else was faster: many who look for opponents at the same
    /// moment then do not run after each other from candidate to candidate.
    pub(crate) fn scatter(&mut self) {
        if !self.page.is_empty() {
            let offset = fastrand::usize(0..self.page.len());
            self.page.rotate_left(offset);
        }
    }
}
