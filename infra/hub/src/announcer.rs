//! [`Announcer`]: exchanges changes with other processes over the same table.
//!
//! Announcements are items of the table that expire, so processes need neither addresses nor queues of each other. A
//! process that is alone announces only that it is there.

use evens_runtime::telemetry::chain;
use evens_runtime::{Clock, Context};
use evens_store::{Announcement, Changed, HubId, Store, StoreError};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeSet, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::sleep;

/// The changes that this process has yet to announce.
#[derive(Debug)]
pub(crate) struct Announcer {
    hub: HubId,
    announced: AtomicU64,
    /// True if another process has announced a change recently.
    has_others: AtomicBool,
    changes: Mutex<BTreeSet<Changed>>,
    has_changes: Notify,
}

impl Announcer {
    /// Changes within this time are announced together.
    const COLLECTED_FOR: Duration = Duration::from_millis(50);
    /// The number of changes in an announcement, which then is smaller than 16 KB.
    const CHANGES_MAX: usize = 100;
    /// The interval at which a process announces its presence.
    const PRESENCE_PERIOD: Duration = Duration::from_secs(5);
    /// A process counts as present for this time after its last announcement.
    const PRESENT_FOR: SignedDuration = SignedDuration::from_secs(20);
    /// The interval at which announcements are read beside other processes. A process that is alone reads them too,
    /// because commands announce changes.
    const READ_PERIOD: Duration = Duration::from_millis(250);
    const READ_PERIOD_ALONE: Duration = Duration::from_secs(1);
    /// The maximum difference between the clocks of processes.
    const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_secs(4);

    pub(crate) fn new(context: &Context) -> Self {
        // Without randomness nothing that needs a secret works either.
        let id = context.entropy.bytes().map(u64::from_be_bytes).unwrap_or_default();
        Self {
            hub: HubId::from_random(id),
            announced: AtomicU64::new(0),
            has_others: AtomicBool::new(false),
            changes: Mutex::default(),
            has_changes: Notify::new(),
        }
    }

    /// Takes a change of this process, which is announced if there are other processes.
    pub(crate) fn note(&self, changed: &Changed) {
        if self.has_others.load(Ordering::Relaxed) {
            self.changes.lock().unwrap_or_else(PoisonError::into_inner).insert(changed.clone());
            self.has_changes.notify_one();
        }
    }

    /// Announces changes, forever.
    pub(crate) async fn announce(&self, context: &Context) {
        loop {
            self.has_changes.notified().await;
            sleep(Self::COLLECTED_FOR).await;
            let changes = std::mem::take(&mut *self.changes.lock().unwrap_or_else(PoisonError::into_inner));
            let changes: Vec<_> = changes.into_iter().collect();
            for some in changes.chunks(Self::CHANGES_MAX) {
                self.write(context, some.to_vec()).await;
            }
        }
    }

    /// Announces the presence of this process and looks for others, forever.
    pub(crate) async fn be_present(&self, context: &Context) {
        loop {
            self.write(context, Vec::new()).await;
            let since = earlier(context.clock.now(), Self::PRESENT_FOR);
            match context.store.list_announcements(since).await {
                Ok(found) => {
                    let has_others = found.iter().any(|announcement| announcement.from != self.hub);
                    self.has_others.store(has_others, Ordering::Relaxed);
                }
                Err(error) => warn(&error),
            }
            sleep(Self::PRESENCE_PERIOD).await;
        }
    }

    /// Passes on the changes that other processes announce, forever.
    pub(crate) async fn listen(&self, context: &Context, take: impl Fn(&Changed)) {
        let mut taken = HashSet::new();
        loop {
            let since = earlier(context.clock.now(), Self::CLOCKS_DIFFER);
            match context.store.list_announcements(since).await {
                Ok(found) => {
                    let of_others: Vec<_> =
                        found.iter().filter(|announcement| announcement.from != self.hub).collect();
                    let key = |announcement: &Announcement| (announcement.from, announcement.number);
                    for announcement in of_others.iter().filter(|found| !taken.contains(&key(found))) {
                        announcement.changes.iter().for_each(&take);
                    }
                    taken = of_others.into_iter().map(key).collect();
                }
                Err(error) => warn(&error),
            }
            let is_alone = !self.has_others.load(Ordering::Relaxed);
            sleep(if is_alone { Self::READ_PERIOD_ALONE } else { Self::READ_PERIOD }).await;
        }
    }

    async fn write(&self, context: &Context, changes: Vec<Changed>) {
        let number = self.announced.fetch_add(1, Ordering::Relaxed);
        let announcement = Announcement { from: self.hub, number, at: context.clock.now(), changes };
        if let Err(error) = context.store.announce(&announcement).await {
            warn(&error);
        }
    }
}

/// Announces a change that a command has made. A process that serves closes the sockets of the account.
pub async fn announce_once(store: &Store, clock: &Clock, changed: Changed) -> Result<(), StoreError> {
    let from = HubId::from_random(rand::random());
    store.announce(&Announcement { from, number: 0, at: clock.now(), changes: vec![changed] }).await
}

fn earlier(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.saturating_sub(by).unwrap_or(Timestamp::MIN)
}

/// Clients of other processes catch up with `sync`.
fn warn(error: &StoreError) {
    tracing::warn!(error = chain(error), "Could not exchange changes with other processes");
}
