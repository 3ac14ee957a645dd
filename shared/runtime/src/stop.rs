//! [`stopped`]: waits for the end of the process.

use tokio::sync::watch;

/// Resolves when it is time to stop.
pub async fn stopped(mut stop: watch::Receiver<bool>) {
    // An error means that the sender is gone, which also means to stop.
    let _ = stop.wait_for(|stop| *stop).await;
}
