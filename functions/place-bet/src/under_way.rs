//! [`PlacementsUnderWay`]: how many bets this process is placing at the moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts them. Clones count the same. On Lambda, where an instance has one request at a time, it is never more than
/// one.
#[derive(Debug, Clone, Default)]
pub(crate) struct PlacementsUnderWay(Arc<AtomicUsize>);

/// A bet that is being placed, until this is dropped.
#[derive(Debug)]
pub(crate) struct PlacementUnderWay(PlacementsUnderWay);

impl PlacementsUnderWay {
    pub(crate) fn begin(&self) -> PlacementUnderWay {
        self.0.fetch_add(1, Ordering::Relaxed);
        PlacementUnderWay(self.clone())
    }
}

impl PlacementUnderWay {
    /// Whether no other bet is being placed.
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
