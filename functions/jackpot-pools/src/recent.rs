//! [`RecentJackpots`]: a cache of the jackpots' state. The route is public and unthrottled per caller, but the table is
//! read at most twice a second.

use evens_jackpots::{ByGroup, JackpotGroup, JackpotTerms, Win};
use evens_runtime::Context;
use evens_store::{JackpotSnapshot, StoreError};
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// The state of the jackpots at a moment.
#[derive(Debug)]
pub(crate) struct JackpotsSnapshot {
    pub(crate) jackpots: ByGroup<Option<JackpotSnapshot>>,
    /// The newest wins of each group, newest first.
    pub(crate) wins: ByGroup<Vec<Win>>,
    pub(crate) at: Timestamp,
}

impl JackpotsSnapshot {
    /// Wins shown with each jackpot.
    const WINS: u16 = 5;

    /// Reads the state from the table.
    pub(crate) async fn read(context: &Context) -> Result<Self, StoreError> {
        let at = context.clock.now();
        let jackpots = context.store.load_jackpots_snapshot().await?;
        let mut wins = ByGroup::default();
        for group in JackpotGroup::ALL {
            if jackpots.get(group).is_some() {
                *wins.get_mut(group) = context.store.list_jackpot_wins(group, None, Self::WINS).await?.wins;
            }
        }
        Ok(Self { jackpots, wins, at })
    }
}

/// The terms of each open group.
type Terms = ByGroup<Option<JackpotTerms>>;

/// A cached value and the time of its read.
type Newest<T> = Option<(Instant, T)>;

/// The newest state and the newest terms. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct RecentJackpots {
    seen: Arc<Mutex<Newest<Arc<JackpotsSnapshot>>>>,
    terms: Arc<Mutex<Newest<Terms>>>,
}

impl RecentJackpots {
    /// Lifetime of the cached state. With the time of the read itself, an amount is at most a second old.
    const KEPT: Duration = Duration::from_millis(500);

    /// The current state of the jackpots. Callers that arrive during a read wait for its result.
    pub(crate) async fn seen(&self, context: &Context) -> Result<Arc<JackpotsSnapshot>, StoreError> {
        let mut newest = self.seen.lock().await;
        if let Some((at, seen)) = newest.as_ref()
            && at.elapsed() < Self::KEPT
        {
            return Ok(seen.clone());
        }
        let began = Instant::now();
        let seen = Arc::new(JackpotsSnapshot::read(context).await?);
        *newest = Some((began, seen.clone()));
        Ok(seen)
    }

    /// The current terms, at most half a second old.
    pub(crate) async fn terms(&self, context: &Context) -> Result<Terms, StoreError> {
        let mut newest = self.terms.lock().await;
        if let Some((at, terms)) = *newest
            && at.elapsed() < Self::KEPT
        {
            return Ok(terms);
        }
        self.read_terms(context, &mut newest).await
    }

    /// The current terms, read from the table.
    pub(crate) async fn terms_now(&self, context: &Context) -> Result<Terms, StoreError> {
        let mut newest = self.terms.lock().await;
        self.read_terms(context, &mut newest).await
    }

    async fn read_terms(&self, context: &Context, newest: &mut Newest<Terms>) -> Result<Terms, StoreError> {
        let began = Instant::now();
        let configs = context.store.load_jackpot_configs().await?;
        let terms = ByGroup::of(|group| configs.get(group).as_ref().map(|config| config.terms));
        *newest = Some((began, terms));
        Ok(terms)
    }
}
