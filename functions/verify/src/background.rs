//! [`in_background`]: something long beside whoever serves players: on a thread of its own, which gets what others
//! leave of the processors.

use std::{io, thread};
use tokio::sync::oneshot;

/// Why something was not done to its end.
#[derive(Debug, thiserror::Error)]
pub enum BackgroundFault {
    /// There is no thread for it.
    #[error("there is no thread for it")]
    NoThread(#[from] io::Error),
    /// It ended with a panic.
    #[error("it ended too early")]
    Ended(#[from] oneshot::error::RecvError),
}

/// What comes of `work`.
///
/// # Errors
/// [`BackgroundFault`].
pub(crate) async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, BackgroundFault> {
    let (tell, told) = oneshot::channel();
    let run = move || {
        step_back();
        // Whoever asked may be gone.
        drop(tell.send(work()));
    };
    thread::Builder::new().name("background".to_owned()).spawn(run)?;
    Ok(told.await?)
}

/// Leaves this thread a small share of the processors where others are busy. Where that is not allowed, it is done as
/// fast as anything else.
#[cfg(target_os = "linux")]
fn step_back() {
    const LAST: i32 = 19;
    // Elsewhere than on Linux that would be the priority of the process.
    if let Err(error) = rustix::process::setpriority_process(None, LAST) {
        tracing::debug!(%error, "A thread keeps its priority");
    }
}

#[cfg(not(target_os = "linux"))]
fn step_back() {}

#[cfg(test)]
mod tests {
    use super::{BackgroundFault, in_background};

    #[tokio::test]
    async fn what_is_done_in_the_background_is_told() {
        assert_eq!(in_background(|| 6 * 7).await.expect("an answer"), 42);
    }

    #[tokio::test]
    async fn what_panics_in_the_background_is_told() {
        let ended = in_background(|| assert!(std::hint::black_box(false), "a panic of the test")).await;
        assert!(matches!(ended, Err(BackgroundFault::Ended(_))), "{ended:?}");
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn others_come_first_and_keep_their_priority() {
        let priority = || rustix::process::getpriority_process(None).expect("a priority");
        let before = priority();
        assert_eq!(in_background(priority).await.expect("an answer"), 19);
        assert_eq!(priority(), before);
    }
}
