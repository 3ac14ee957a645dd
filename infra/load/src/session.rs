//! [`Session`]: the tokens of a logged-in player, which can be refreshed during requests.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::{Mutex, MutexGuard};

/// The tokens of a logged-in player.
pub(crate) struct Session {
    access: RwLock<Arc<str>>,
    /// Locked from the use of a refresh token until its successor is stored, because using an old one would end the
    /// session.
    refresh: Mutex<String>,
    refreshes: AtomicU64,
}

impl Session {
    pub(crate) fn new(access: &str, refresh: String) -> Self {
        let refreshes = AtomicU64::new(0);
        Self { access: RwLock::new(access.into()), refresh: Mutex::new(refresh), refreshes }
    }

    pub(crate) fn access_token(&self) -> Arc<str> {
        self.access.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Locks the refresh token for a refresh. Other tasks wait until it is done.
    pub(crate) async fn refresh_token(&self) -> MutexGuard<'_, String> {
        self.refresh.lock().await
    }

    pub(crate) fn replace(&self, mut held: MutexGuard<'_, String>, access: &str, refresh: String) {
        *held = refresh;
        *self.access.write().unwrap_or_else(PoisonError::into_inner) = access.into();
        self.refreshes.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn refreshes(&self) -> u64 {
        self.refreshes.load(Ordering::Relaxed)
    }
}

/// Hides the tokens.
impl fmt::Debug for Session {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Session(refreshed {} times)", self.refreshes())
    }
}
