//! Whom a bet could play against: what waits on the other side, oldest first, page by page.

use evens_exchange::{RoundId, Side, WaitingBet};
use evens_store::{Store, StoreError};
use std::collections::VecDeque;

/// The waiting bets of one side of a round that were not tried yet.
pub(crate) struct Candidates<'a> {
    store: &'a Store,
    round: RoundId,
    side: Side,
    page: VecDeque<WaitingBet>,
    last: Option<WaitingBet>,
    is_last_page: bool,
}

impl<'a> Candidates<'a> {
    /// Mostly the first one is taken, and each costs to be read.
    const PAGE: u16 = 4;

    /// Those who wait against a bet on `side`.
    pub(crate) fn against(store: &'a Store, round: RoundId, side: Side) -> Self {
        let side = side.opposite();
        Self { store, round, side, page: VecDeque::new(), last: None, is_last_page: false }
    }

    /// Whether this is whom the bet could play against.
    pub(crate) fn are_against(&self, bet: &WaitingBet) -> bool {
        self.round == bet.round && self.side == bet.side.opposite()
    }

    /// Whether there is none left.
    pub(crate) async fn is_empty(&mut self) -> Result<bool, StoreError> {
        while self.page.is_empty() && !self.is_last_page {
            let page =
                self.store.list_waiting(&self.round, self.side, self.last.as_ref(), Self::PAGE).await?;
            self.is_last_page = page.len() < Self::PAGE.into();
            self.last = page.last().cloned().or(self.last.take());
            self.page = page.into();
        }
        Ok(self.page.is_empty())
    }

    /// The next candidate.
    pub(crate) async fn next(&mut self) -> Result<Option<WaitingBet>, StoreError> {
        self.is_empty().await?;
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
