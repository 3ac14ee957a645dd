//! [`SharedView`]: knowledge that concurrent match jobs of this process share.

use evens_exchange::{RoundId, Side, UnmatchedBet};
use evens_idempotency::BetId;
use evens_runtime::BoundedCache;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Bets that a job is trying to join, and the newest page read of each side of a book. Both are hints that save reads
/// and refused writes. Nothing concludes from them that a side is empty, and the table decides every join. Also the
/// bets that the table reported as gone from the book; those never return. Clones share one view.
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
    /// Lifetime of a page. Most bets of a busy book are matched a moment later.
    const FRESH_FOR: Duration = Duration::from_millis(100);

    fn is_fresh(&self) -> bool {
        self.read_at.elapsed() < Self::FRESH_FOR
    }
}

/// A claim on a bet, released on drop.
#[derive(Debug)]
pub(crate) struct BetClaim {
    view: SharedView,
    bet: BetId,
}

impl SharedView {
    /// Maximum number of remembered gone bets. If more jobs are outstanding, the oldest read the table.
    const GONE_MAX: usize = 10_000;

    /// Maximum number of remembered rounds.
    const DRAWING_MAX: usize = 1_000;

    /// Returns `true` if the round is known to draw each match with its join.
    pub(crate) fn draws_matches(&self, round: &RoundId) -> bool {
        self.lock().drawing.get(round).is_some()
    }

    /// Remembers that the round draws each match with its join. That never changes.
    pub(crate) fn note_draws_matches(&self, round: &RoundId) {
        self.lock().drawing.insert(round.clone(), ());
    }

    /// Claims a bet, or returns `None` if another job holds it.
    pub(crate) fn take(&self, bet: BetId) -> Option<BetClaim> {
        self.lock().in_hands.insert(bet).then(|| BetClaim { view: self.clone(), bet })
    }

    /// The newest known page of a side, without bets that were taken since. Empty if that page is too old.
    pub(crate) fn seen(&self, round: &RoundId, side: Side) -> VecDeque<UnmatchedBet> {
        let view = self.lock();
        let page = view.pages.get(&(round.clone(), side)).filter(|page| page.is_fresh());
        page.map(|page| page.waiting.clone()).unwrap_or_default()
    }

    /// Stores the newest page of a side.
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

    /// Removes a bet that is matched or whose unmatched amount changed.
    pub(crate) fn forget(&self, gone: &UnmatchedBet) {
        if let Some(page) = self.lock().pages.get_mut(&(gone.round.clone(), gone.side)) {
            page.waiting.retain(|waiting| waiting.bet != gone.bet);
        }
    }

    /// Remembers that nothing of the bet is unmatched.
    pub(crate) fn note_gone(&self, bet: BetId) {
        self.lock().gone.insert(bet, ());
    }

    /// Returns `true` if nothing of the bet is known to be unmatched.
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

impl Drop for BetClaim {
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
    async fn seen_bets_are_shared_for_a_moment_without_removed_ones() {
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
        // Expired pages are dropped.
        view.show(&"another".parse().unwrap(), Side::A, &VecDeque::from([waiting(3)]));
        assert_eq!(view.lock().pages.len(), 1);
        // The newest page counts, even an empty one.
        view.show(&"another".parse().unwrap(), Side::A, &VecDeque::new());
        assert!(view.seen(&"another".parse().unwrap(), Side::A).is_empty());
    }
}
