//! [`RecentTotals`]: a cache of rounds' totals. Many clients look at one round, and the table is read once for all of
//! them.
//!
//! Architecture invariant: the cache contains only data that was read, and no decision depends on it.

use evens_exchange::RoundId;
use evens_runtime::Clock;
use evens_store::{CountedTotals, StoreError};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

/// The totals of recently requested rounds.
#[derive(Debug, Default)]
pub(crate) struct RecentTotals(Mutex<HashMap<RoundId, Arc<TotalsRead>>>);

/// A read of a round's totals, running or finished.
#[derive(Debug)]
struct TotalsRead {
    began: Timestamp,
    /// The totals and the time when the read finished.
    totals: OnceCell<(CountedTotals, Timestamp)>,
}

impl RecentTotals {
    /// Lifetime of totals, counted from the start of the read.
    const KEPT: SignedDuration = SignedDuration::from_secs(1);
    /// If reads take long, totals live this many times as long as all cached reads took together. A process then spends
    /// at most that fraction of its time on reads.
    const KEPT_TIMES: i32 = 10;
    /// Callers do not wait for a read that takes longer.
    const READING_MAX: SignedDuration = SignedDuration::from_mins(1);

    /// The totals of a round. Callers that arrive during a read wait for its result.
    pub(crate) async fn of(
        &self,
        round: &RoundId,
        clock: &Clock,
        load: impl AsyncFnOnce() -> Result<CountedTotals, StoreError>,
    ) -> Result<CountedTotals, StoreError> {
        let reading = self.reading(round, clock.now());
        let read = async || Ok::<_, StoreError>((load().await?, clock.now()));
        let (totals, _) = reading.totals.get_or_try_init(read).await?;
        Ok(*totals)
    }

    /// Drops expired reads, so that the map stays small.
    fn reading(&self, round: &RoundId, now: Timestamp) -> Arc<TotalsRead> {
        let mut readings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let took: SignedDuration = readings.values().filter_map(|reading| reading.took()).sum();
        let kept = (took * Self::KEPT_TIMES).max(Self::KEPT);
        readings.retain(|_, reading| reading.is_good(now, kept));
        let new = || Arc::new(TotalsRead { began: now, totals: OnceCell::new() });
        Arc::clone(readings.entry(round.clone()).or_insert_with(new))
    }
}

impl TotalsRead {
    /// Duration of the read, or `None` while it runs.
    fn took(&self) -> Option<SignedDuration> {
        self.totals.get().map(|(_, ended)| ended.duration_since(self.began))
    }

    /// A negative age means that the clock was set back, so the entry is stale.
    fn is_good(&self, now: Timestamp, kept: SignedDuration) -> bool {
        let age = now.duration_since(self.began);
        let age_max = if self.totals.initialized() { kept } else { RecentTotals::READING_MAX };
        !age.is_negative() && age < age_max
    }
}

#[cfg(test)]
mod tests {
    use super::RecentTotals;
    use evens_exchange::RoundTotals;
    use evens_ledger::Amount;
    use evens_runtime::Clock;
    use evens_store::{CountedTotals, StoreError};
    use futures::future::join_all;
    use jiff::Timestamp;
    use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
    use std::sync::{Arc, LazyLock};

    /// A round whose totals are the number of reads, and a clock.
    struct World {
        now_ms: Arc<AtomicI64>,
        clock: Clock,
        reads: AtomicU32,
        totals: RecentTotals,
    }

    static WAITING_B: LazyLock<Amount> = LazyLock::new(|| "5".parse().unwrap());

    impl World {
        fn start() -> Self {
            let now_ms = Arc::new(AtomicI64::new(0));
            let read = Arc::clone(&now_ms);
            let now = move || Timestamp::from_millisecond(read.load(Ordering::Relaxed)).unwrap();
            Self {
                now_ms,
                clock: Clock::from_fn(now),
                reads: AtomicU32::new(0),
                totals: RecentTotals::default(),
            }
        }

        fn pass(&self, ms: i64) {
            self.now_ms.fetch_add(ms, Ordering::Relaxed);
        }

        /// Requests the round. A read takes `took_ms`.
        async fn look(&self, round: &str, took_ms: i64) -> Result<(String, i64), StoreError> {
            let load = async || {
                let as_of = self.clock.now();
                let reads = self.reads.fetch_add(1, Ordering::Relaxed) + 1;
                tokio::task::yield_now().await;
                self.pass(took_ms);
                let matched = reads.to_string().parse().unwrap();
                let (waiting_a, waiting_b) = (Amount::ZERO, *WAITING_B);
                let totals = RoundTotals { matched, waiting_a, waiting_b, is_complete: true };
                Ok(CountedTotals { totals, as_of })
            };
            let CountedTotals { totals, as_of } =
                self.totals.of(&round.parse().unwrap(), &self.clock, load).await?;
            assert_eq!(totals.waiting_b, *WAITING_B);
            Ok((totals.matched.to_string(), as_of.as_millisecond()))
        }
    }

    #[tokio::test]
    async fn totals_are_good_for_a_second_or_ten_times_what_they_took() {
        #[rustfmt::skip]
        let table = [
            // reading took, then passed, reads and as of when
            (0,    999,   ("1", 0)),
            (0,    1_000, ("2", 1_000)),
            (100,  899,   ("1", 0)),
            (101,  899,   ("1", 0)),
            (500,  4_499, ("1", 0)),
            (500,  4_500, ("2", 5_000)),
            // The clock is set back.
            (0,    -1,    ("2", -1)),
        ];
        for (took_ms, passed_ms, expected) in table {
            let world = World::start();
            assert_eq!(world.look("r", took_ms).await.unwrap(), ("1".to_owned(), 0));
            world.pass(passed_ms);
            let (reads, at) = world.look("r", 0).await.unwrap();
            assert_eq!((reads.as_str(), at), expected, "{took_ms} {passed_ms}");
        }
    }

    #[tokio::test]
    async fn the_more_rounds_there_are_the_longer_their_totals_are_good() {
        let world = World::start();
        for round in ["a", "b", "c"] {
            world.look(round, 200).await.unwrap();
        }
        // All reads took 600 ms together, and the first began 6 s ago.
        world.pass(5_399);
        assert_eq!(world.look("a", 200).await.unwrap(), ("1".to_owned(), 0));
        world.pass(1);
        assert_eq!(world.look("a", 200).await.unwrap(), ("4".to_owned(), 6_000));
        assert_eq!(world.look("c", 200).await.unwrap(), ("3".to_owned(), 400));
    }

    #[tokio::test]
    async fn concurrent_looks_read_once_for_each_round() {
        let world = World::start();
        let looks = join_all((0..50).map(|_| world.look("r", 10))).await;
        assert!(looks.into_iter().all(|look| look.unwrap() == ("1".to_owned(), 0)));
        assert_eq!(world.look("s", 10).await.unwrap(), ("2".to_owned(), 10));
    }

    #[tokio::test]
    async fn failed_reads_are_repeated_and_old_totals_are_dropped() {
        let world = World::start();
        let round = "r".parse().unwrap();
        let failed = world.totals.of(&round, &world.clock, async || Err(StoreError::Contended)).await;
        assert!(matches!(failed, Err(StoreError::Contended)));
        let endless = world.totals.of(&round, &world.clock, async || std::future::pending().await);
        let gone = tokio::time::timeout(std::time::Duration::from_millis(1), endless).await;
        assert!(gone.is_err());
        assert_eq!(world.look("r", 0).await.unwrap(), ("1".to_owned(), 0));
        world.pass(1_000);
        world.look("s", 0).await.unwrap();
        assert_eq!(world.totals.0.lock().unwrap().len(), 1);
    }
}
