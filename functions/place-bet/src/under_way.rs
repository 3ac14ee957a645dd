//! [`PlacementsUnderWay`]: the number of bets that this process is placing now.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The counter. Clones share it. On Lambda it never exceeds one, because an instance handles one request at a time.
#[derive(Debug, Clone, Default)]
pub(crate) struct PlacementsUnderWay(Arc<AtomicUsize>);

/// A bet in progress. Dropping it decrements the counter.
#[derive(Debug)]
pub(crate) struct PlacementUnderWay(PlacementsUnderWay);

impl PlacementsUnderWay {
    pub(crate) fn begin(&self) -> PlacementUnderWay {
        self.0.fetch_add(1, Ordering::Relaxed);
        PlacementUnderWay(self.clone())
    }
}

impl PlacementUnderWay {
    /// Returns `true` if no other bet is in progress.
    pub(crate) fn is_alone(&self) -> bool {
        self.0.0.load(Ordering::Relaxed) == 1
    }
}

impl Drop for PlacementUnderWay {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::PlacementsUnderWay;

    #[test]
    fn the_one_that_is_left_is_alone() {
        let under_way = PlacementsUnderWay::default();
        let one = under_way.begin();
        assert!(one.is_alone());
        let other = under_way.clone().begin();
        assert!(!one.is_alone() && !other.is_alone());
        drop(one);
        assert!(other.is_alone());
    }
}
