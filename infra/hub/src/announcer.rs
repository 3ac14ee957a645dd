//! [`Announcer`]: exchanges changes with other processes over the same table.
//!
//! Announcements are items of the table that expire, so processes need neither addresses nor queues of each other. A
//! process that is alone announces only that it is there.

use crate::listening::{Listening, NextRead, earlier};
use evens_runtime::telemetry::chain;
use evens_runtime::{Clock, Context};
use evens_store::{Announcement, ChangedItem, HubId, Store, StoreError};
use jiff::SignedDuration;
use std::collections::BTreeSet;
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
    /// True if another process with sockets has said recently that it is there.
    has_others: AtomicBool,
    changes: Mutex<BTreeSet<ChangedItem>>,
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
    pub(crate) fn note(&self, changed: &ChangedItem) {
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
                    // A change may come from a command or a function, which has no sockets.
                    let is_other = |found: &Announcement| found.from != self.hub && found.changes.is_empty();
                    self.has_others.store(found.heard.iter().any(is_other), Ordering::Relaxed);
                }
                Err(error) => warn(&error),
            }
            sleep(Self::PRESENCE_PERIOD).await;
        }
    }

    /// Passes on the changes that other processes announce, forever.
    pub(crate) async fn listen(&self, context: &Context, take: impl Fn(&ChangedItem)) {
        let mut listening = Listening::default();
        loop {
            let now = context.clock.now();
            let found = match listening.next_read(now) {
                NextRead::All { since } => context.store.list_announcements(since).await,
                NextRead::Newest { since } => context.store.list_announcements_eventually(since).await,
            };
            match found {
                Ok(found) => {
                    let news = listening.take(found, now);
                    let of_others = news.announcements.iter().filter(|heard| heard.from != self.hub);
                    of_others.flat_map(|announcement| &announcement.changes).for_each(&take);
                    if news.unreadable > 0 {
                        let count = news.unreadable;
                        context.metrics.announcements_unreadable(count);
                        tracing::warn!(count, "Left out announcements that cannot be read");
                    }
                }
                Err(error) => warn(&error),
            }
            let is_alone = !self.has_others.load(Ordering::Relaxed);
            sleep(if is_alone { Self::READ_PERIOD_ALONE } else { Self::READ_PERIOD }).await;
        }
    }

    async fn write(&self, context: &Context, changes: Vec<ChangedItem>) {
        let number = self.announced.fetch_add(1, Ordering::Relaxed);
        let announcement = Announcement { from: self.hub, number, at: context.clock.now(), changes };
        if let Err(error) = context.store.announce(&announcement).await {
            warn(&error);
        }
    }
}

/// Announces a change that a command has made. A process that serves closes the sockets of the account.
pub async fn announce_once(store: &Store, clock: &Clock, changed: ChangedItem) -> Result<(), StoreError> {
    let from = HubId::from_random(rand::random());
    store.announce(&Announcement { from, number: 0, at: clock.now(), changes: vec![changed] }).await
}

/// Clients of other processes catch up with `sync`.
fn warn(error: &StoreError) {
    tracing::warn!(error = chain(error), "Could not exchange changes with other processes");
}
