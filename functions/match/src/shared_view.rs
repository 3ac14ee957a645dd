//! [`SharedView`]: what jobs that are worked on at the same time in this process tell each other.

use evens_exchange::{RoundId, Side, UnmatchedBet};
use evens_idempotency::BetId;
use evens_runtime::BoundedCache;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Which waiting bets somebody reaches for, and what the newest look at one side of a book has shown: hints, which save
/// looks and attempts that would be refused. That nobody waits is never concluded from them, and what is joined with
/// what is decided by the table. And which bets have left the book, as the table has said: they never come back. Clones
/// share one view.
#[derive(Debug, Clone)]
pub(crate) struct SharedView(Arc<Mutex<View>>);

#[derive(Debug)]
struct View {
    in_hands: HashSet<BetId>,
    pages: HashMap<(RoundId, Side), Page>,
    gone: BoundedCache<BetId, ()>,
    /// Rounds that draw each match with its join.
    drawing: BoundedCache<RoundId, ()>,
}

#[derive(Debug)]
struct Page {
    read_at: Instant,
    waiting: VecDeque<UnmatchedBet>,
}

impl Page {
    /// For how long a look is worth something. Most of what waits in a busy book is gone a moment later.
    const FRESH_FOR: Duration = Duration::from_millis(100);

    fn is_fresh(&self) -> bool {
        self.read_at.elapsed() < Self::FRESH_FOR
    }
}

/// A bet in somebody's hands, until this is dropped.
#[derive(Debug)]
pub(crate) struct Held {
    view: SharedView,
    bet: BetId,
}

impl SharedView {
    /// How many bets that are gone are known. Where the jobs of more than these are still to come, the oldest look for
    /// themselves.
    const GONE_MAX: usize = 10_000;

    /// Of how many rounds it is known that they draw each match.
    const DRAWING_MAX: usize = 1_000;

    /// Whether it is known that a round draws each match with its join.
    pub(crate) fn draws_matches(&self, round: &RoundId) -> bool {
        self.lock().drawing.get(round).is_some()
    }

    /// A round draws each match with its join, and always will.
    pub(crate) fn note_draws_matches(&self, round: &RoundId) {
        self.lock().drawing.insert(round.clone(), ());
    }

    /// Takes a bet into one's hands; none where it is in somebody else's.
    pub(crate) fn take(&self, bet: BetId) -> Option<Held> {
        self.lock().in_hands.insert(bet).then(|| Held { view: self.clone(), bet })
    }

    /// Who waited on a side, as somebody has just seen, without those who were taken since.
    pub(crate) fn seen(&self, round: &RoundId, side: Side) -> VecDeque<UnmatchedBet> {
        let view = self.lock();
        let page = view.pages.get(&(round.clone(), side)).filter(|page| page.is_fresh());
        page.map(|page| page.waiting.clone()).unwrap_or_default()
    }

    /// Keeps who waits on a side, as seen now.
    pub(crate) fn show(&self, round: &RoundId, side: Side, waiting: &VecDeque<UnmatchedBet>) {
        let pages = &mut self.lock().pages;
        pages.retain(|_, page| page.is_fresh());
        let key = (round.clone(), side);
        if waiting.is_empty() {
            pages.remove(&key);
        } else {
            pages.insert(key, Page { read_at: Instant::now(), waiting: waiting.clone() });
        }
    }

    /// A bet does not wait any more, or not as it was seen.
    pub(crate) fn forget(&self, gone: &UnmatchedBet) {
        if let Some(page) = self.lock().pages.get_mut(&(gone.round.clone(), gone.side)) {
            page.waiting.retain(|waiting| waiting.bet != gone.bet);
        }
    }

    /// Nothing of a bet waits any more.
    pub(crate) fn note_gone(&self, bet: BetId) {
        self.lock().gone.insert(bet, ());
    }

    /// Whether it is known that nothing of a bet waits any more.
    pub(crate) fn is_gone(&self, bet: BetId) -> bool {
        self.lock().gone.get(&bet).is_some()
    }

    fn lock(&self) -> MutexGuard<'_, View> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for SharedView {
    fn default() -> Self {
        let (gone, drawing) = (BoundedCache::of(Self::GONE_MAX), BoundedCache::of(Self::DRAWING_MAX));
        Self(Arc::new(Mutex::new(View { in_hands: HashSet::new(), pages: HashMap::new(), gone, drawing })))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.view.lock().in_hands.remove(&self.bet);
    }
}

#[cfg(test)]
mod tests {
    use super::{Page, SharedView};
    use evens_exchange::{RoundId, Side, UnmatchedBet};
    use evens_idempotency::BetId;
    use evens_ledger::UserId;
    use jiff::Timestamp;
    use std::collections::VecDeque;
    use std::time::Duration;

    fn round() -> RoundId {
        "r".parse().unwrap()
    }

    fn waiting(number: u64) -> UnmatchedBet {
        let user = UserId::new(number).unwrap();
        UnmatchedBet {
            bet: BetId::derive(user, &"key".parse().unwrap()),
            user,
            round: round(),
            side: Side::B,
            open: "10".parse().unwrap(),
            placed_at: Timestamp::UNIX_EPOCH,
            nonce: None,
            is_closed: false,
        }
    }

    #[test]
    fn a_bet_is_in_one_hand_at_a_time() {
        let view = SharedView::default();
        let (bet, another) = (waiting(1).bet, waiting(2).bet);
        let held = view.take(bet).expect("it is in nobody's hands");
        assert!(view.clone().take(bet).is_none());
        assert!(view.take(another).is_some());
        drop(held);
        assert!(view.take(bet).is_some());
    }

    #[test]
    fn the_newest_bets_that_are_gone_are_known() {
        let view = SharedView::default();
        let bets = (1..).map(|number| waiting(number).bet).take(SharedView::GONE_MAX + 1);
        let bets: Vec<_> = bets.collect();
        assert!(!view.is_gone(bets[0]));
        for bet in bets[..SharedView::GONE_MAX].iter().chain(&bets[..1]) {
            view.note_gone(*bet);
        }
        assert!(bets[..SharedView::GONE_MAX].iter().all(|bet| view.is_gone(*bet)));
        view.note_gone(bets[SharedView::GONE_MAX]);
        assert!(!view.is_gone(bets[0]));
        assert!(bets[1..].iter().all(|bet| view.is_gone(*bet)));
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_seen_is_known_for_a_moment_without_what_is_gone() {
        let view = SharedView::default();
        assert!(view.seen(&round(), Side::B).is_empty());
        view.show(&round(), Side::B, &VecDeque::from([waiting(1), waiting(2)]));
        assert!(view.seen(&round(), Side::A).is_empty());
        assert!(view.seen(&"another".parse().unwrap(), Side::B).is_empty());
        view.forget(&waiting(1));
        assert_eq!(view.seen(&round(), Side::B), [waiting(2)]);
        tokio::time::advance(Page::FRESH_FOR.saturating_sub(Duration::from_millis(1))).await;
        assert_eq!(view.seen(&round(), Side::B), [waiting(2)]);
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(view.seen(&round(), Side::B).is_empty());
        // Nothing is kept of what nobody asks for any more.
        view.show(&"another".parse().unwrap(), Side::A, &VecDeque::from([waiting(3)]));
        assert_eq!(view.lock().pages.len(), 1);
        // The newest look counts, also where it found nobody.
        view.show(&"another".parse().unwrap(), Side::A, &VecDeque::new());
        assert!(view.seen(&"another".parse().unwrap(), Side::A).is_empty());
    }
}
