//! Whom a bet could play against: what waits on the other side, oldest first, page by page. Who cannot be read is
//! passed over.

use crate::shared_view::{Held, SharedView};
use evens_exchange::{RoundId, Side, UnmatchedBet};
use evens_idempotency::BetId;
use evens_store::{PageStart, Store, StoreError};
use std::collections::{HashSet, VecDeque};

/// The waiting bets of one side of a round that were not tried yet. The first ones are those that somebody else has
/// just seen; when they are used up, the book itself is looked at, from its beginning.
pub(crate) struct Candidates<'a> {
    store: &'a Store,
    view: SharedView,
    round: RoundId,
    side: Side,
    page: VecDeque<UnmatchedBet>,
    /// Those that were in somebody's hands: they come last.
    held: VecDeque<UnmatchedBet>,
    tried: HashSet<BetId>,
    ahead: Ahead,
    pages_turned: usize,
    /// The next one, where it was looked at already.
    next: Option<Candidate>,
}

/// What of the book is still to be looked at.
enum Ahead {
    Everything,
    From(PageStart),
    Nothing,
}

/// A candidate, in one's hands if it is not in somebody else's.
type Candidate = (UnmatchedBet, Option<Held>);

impl<'a> Candidates<'a> {
    /// Mostly one of the first is taken, and each costs to be read.
    const PAGE: u16 = 10;
    /// Who looks further looks at more at once.
    const PAGE_FURTHER: u16 = 100;
    /// How many pages one job turns.
    const PAGES_MAX: usize = 20;

    /// Those who wait against a bet on `side`.
    pub(crate) fn against(store: &'a Store, view: &SharedView, round: RoundId, side: Side) -> Self {
        let (view, side) = (view.clone(), side.opposite());
        let page = view.seen(&round, side);
        let (held, tried) = (VecDeque::new(), HashSet::new());
        Self {
            store,
            view,
            round,
            side,
            page,
            held,
            tried,
            ahead: Ahead::Everything,
            pages_turned: 0,
            next: None,
        }
    }

    /// Whether this is whom the bet could play against.
    pub(crate) fn are_against(&self, bet: &UnmatchedBet) -> bool {
        self.round == bet.round && self.side == bet.side.opposite()
    }

    /// The next candidate, which stays the next.
    pub(crate) async fn peek(&mut self) -> Result<Option<&UnmatchedBet>, StoreError> {
        self.next = self.next().await?;
        Ok(self.next.as_ref().map(|(candidate, _)| candidate))
    }

    /// Whether there may be more than one job looks at.
    pub(crate) fn are_there_more(&self) -> bool {
        matches!(self.ahead, Ahead::From(_))
    }

    async fn turn_page(&mut self) -> Result<(), StoreError> {
        while self.page.is_empty() && self.pages_turned < Self::PAGES_MAX {
            let start = match std::mem::replace(&mut self.ahead, Ahead::Nothing) {
                Ahead::Everything => None,
                Ahead::From(start) => Some(start),
                Ahead::Nothing => return Ok(()),
            };
            let is_first = start.is_none();
            let limit = if is_first { Self::PAGE } else { Self::PAGE_FURTHER };
            let page = self.store.list_waiting(&self.round, self.side, start, limit).await?;
            self.pages_turned += 1;
            self.ahead = page.next.map_or(Ahead::Nothing, Ahead::From);
            self.page = page.found.into();
            if is_first {
                self.view.show(&self.round, self.side, &self.page);
            }
        }
        Ok(())
    }

    /// The next candidate; those in somebody else's hands are the last ones.
    pub(crate) async fn next(&mut self) -> Result<Option<Candidate>, StoreError> {
        if let Some(next) = self.next.take() {
            return Ok(Some(next));
        }
        loop {
            self.turn_page().await?;
            let Some(candidate) = self.page.pop_front() else {
                return Ok(self.held.pop_front().map(|candidate| (candidate, None)));
            };
            if !self.tried.insert(candidate.bet) {
                continue;
            }
            match self.view.take(candidate.bet) {
                Some(held) => return Ok(Some((candidate, Some(held)))),
                None => self.held.push_back(candidate),
            }
        }
    }

    /// This does not wait as it was seen.
    pub(crate) fn forget(&self, changed: &UnmatchedBet) {
        self.view.forget(changed);
    }

    /// Nothing of this waits any more: its own job has nothing to look for.
    pub(crate) fn note_gone(&self, gone: &UnmatchedBet) {
        self.view.forget(gone);
        self.view.note_gone(gone.bet);
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
