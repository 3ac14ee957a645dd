//! Candidates for a match: unmatched bets on the opposite side, oldest first, page by page. Unreadable bets are
//! skipped.

use crate::shared_view::{BetClaim, SharedView};
use evens_exchange::{RoundId, Side, UnmatchedBet};
use evens_idempotency::BetId;
use evens_store::{PageStart, Store, StoreError};
use std::collections::{HashSet, VecDeque};

/// The unmatched bets of one side of a round that were not tried yet. It starts with the page that another job just
/// read, if there is one. After that it reads the book itself, from its beginning.
pub(crate) struct Candidates<'a> {
    store: &'a Store,
    view: SharedView,
    round: RoundId,
    side: Side,
    page: VecDeque<UnmatchedBet>,
    /// Candidates that another job is trying. They come last.
    deferred: VecDeque<UnmatchedBet>,
    tried: HashSet<BetId>,
    ahead: Ahead,
    pages_turned: usize,
    /// The next candidate, if it was peeked.
    next: Option<Candidate>,
}

/// The part of the book that is still unread.
enum Ahead {
    Everything,
    From(PageStart),
    Nothing,
}

/// A candidate. It is held unless another job holds it.
type Candidate = (UnmatchedBet, Option<BetClaim>);

impl<'a> Candidates<'a> {
    /// Usually one of the first candidates is taken, and each read costs capacity.
    const PAGE: u16 = 10;
    /// Later pages are larger.
    const PAGE_FURTHER: u16 = 100;
    /// Maximum number of pages that one job reads.
    const PAGES_MAX: usize = 20;

    /// The unmatched bets opposite to `side`.
    pub(crate) fn against(store: &'a Store, view: &SharedView, round: RoundId, side: Side) -> Self {
        let (view, side) = (view.clone(), side.opposite());
        let page = view.seen(&round, side);
        let (deferred, tried) = (VecDeque::new(), HashSet::new());
        Self {
            store,
            view,
            round,
            side,
            page,
            deferred,
            tried,
            ahead: Ahead::Everything,
            pages_turned: 0,
            next: None,
        }
    }

    /// Returns `true` if these are opponents of the bet.
    pub(crate) fn are_against(&self, bet: &UnmatchedBet) -> bool {
        self.round == bet.round && self.side == bet.side.opposite()
    }

    /// The next candidate, which [`Self::next`] returns again.
    pub(crate) async fn peek(&mut self) -> Result<Option<&UnmatchedBet>, StoreError> {
        self.next = self.next().await?;
        Ok(self.next.as_ref().map(|(candidate, _)| candidate))
    }

    /// Returns `true` if there may be more candidates than one job reads.
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

    /// The next candidate. Those held by other jobs come last.
    pub(crate) async fn next(&mut self) -> Result<Option<Candidate>, StoreError> {
        if let Some(next) = self.next.take() {
            return Ok(Some(next));
        }
        loop {
            self.turn_page().await?;
            let Some(candidate) = self.page.pop_front() else {
                return Ok(self.deferred.pop_front().map(|candidate| (candidate, None)));
            };
            if !self.tried.insert(candidate.bet) {
                continue;
            }
            match self.view.take(candidate.bet) {
                Some(deferred) => return Ok(Some((candidate, Some(deferred)))),
                None => self.deferred.push_back(candidate),
            }
        }
    }

    /// The bet is no longer unmatched, or not with the amount that was read.
    pub(crate) fn forget(&self, changed: &UnmatchedBet) {
        self.view.forget(changed);
    }

    /// Nothing of the bet is unmatched any longer, so its own job has nothing to do.
    pub(crate) fn note_gone(&self, gone: &UnmatchedBet) {
        self.view.forget(gone);
        self.view.note_gone(gone.bet);
    }

    /// Continues at a random place of this page after a lost race. Otherwise many concurrent jobs would collide on each
    /// candidate in turn.
    pub(crate) fn scatter(&mut self) {
        if !self.page.is_empty() {
            let offset = fastrand::usize(0..self.page.len());
            self.page.rotate_left(offset);
        }
    }
}
