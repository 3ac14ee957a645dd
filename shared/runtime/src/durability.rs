//! [`Durability`]: makes committed writes survive a power cut.

use std::error::Error;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

/// The disk sync failed, so a power cut could lose recent commits.
#[derive(Debug, thiserror::Error)]
#[error("recent commits may not survive a power cut")]
pub struct NotDurable(#[source] Box<dyn Error + Send + Sync>);

type SyncFuture = Pin<Box<dyn Future<Output = Result<(), NotDurable>> + Send>>;

/// Makes commits of the table survive a power cut. DynamoDB's always do; those of the embedded engine do once its disk
/// is synced. Wait for this before publishing anything that follows from a commit and cannot be revoked.
#[derive(Clone, Default)]
pub struct Durability(Option<Arc<dyn Fn() -> SyncFuture + Send + Sync>>);

impl Durability {
    /// For a table whose commits survive a power cut only after `sync`.
    pub fn by<Syncing_, Failure>(sync: impl Fn() -> Syncing_ + Send + Sync + 'static) -> Self
    where
        Syncing_: Future<Output = Result<(), Failure>> + Send + 'static,
        Failure: Error + Send + Sync + 'static,
    {
        Self(Some(Arc::new(move || {
            let syncing = sync();
            Box::pin(async move { syncing.await.map_err(|failure| NotDurable(failure.into())) })
        })))
    }

    /// Returns once all commits made before the call survive a power cut.
    ///
    /// # Errors
    /// The disk sync failed. A retry may succeed.
    pub async fn sync(&self) -> Result<(), NotDurable> {
        match &self.0 {
            Some(sync) => sync().await,
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Durability {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Durability")
    }
}

#[cfg(test)]
mod tests {
    use super::Durability;
    use crate::JobError;
    use std::io;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[tokio::test]
    async fn each_call_syncs_and_a_failure_is_a_reason_to_try_again() {
        let calls = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&calls);
        let durability = Durability::by(move || {
            let call = counted.fetch_add(1, Ordering::Relaxed);
            async move { if call < 2 { Ok(()) } else { Err(io::Error::other("the disk is gone")) } }
        });
        durability.sync().await.unwrap();
        durability.clone().sync().await.unwrap();
        let error = JobError::from(durability.sync().await.unwrap_err());
        assert!(error.is_retryable());
        assert_eq!(
            crate::telemetry::chain(&error),
            "recent commits may not survive a power cut: the disk is gone"
        );
        assert_eq!(calls.load(Ordering::Relaxed), 3);
    }

    #[tokio::test]
    async fn a_table_that_is_durable_by_itself_needs_nothing() {
        Durability::default().sync().await.unwrap();
    }
}
