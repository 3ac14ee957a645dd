//! [`Company`]: how many bets this process is placing at the moment.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Who is placing a bet in this process. Clones count the same. On Lambda, where an instance has one request at a time, nobody
/// ever has company.
#[derive(Debug, Clone, Default)]
pub(crate) struct Company(Arc<AtomicUsize>);

/// Somebody who is placing a bet, until it is dropped.
#[derive(Debug)]
pub(crate) struct Presence(Company);

impl Company {
    pub(crate) fn enter(&self) -> Presence {
        self.0.fetch_add(1, Ordering::Relaxed);
        Presence(self.clone())
    }
}

impl Presence {
    /// Whether nobody else is placing a bet.
    pub(crate) fn is_alone(&self) -> bool {
        self.0.0.load(Ordering::Relaxed) == 1
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::Company;

    #[test]
    fn who_is_left_is_alone() {
        let company = Company::default();
        let one = company.enter();
        assert!(one.is_alone());
        let other = company.clone().enter();
        assert!(!one.is_alone() && !other.is_alone());
        drop(one);
        assert!(other.is_alone());
    }
}
