//! [`in_background`]: runs long work on a low-priority thread of its own, so that player requests come first.

use std::{io, thread};
use tokio::sync::oneshot;

/// The reason why work did not finish.
#[derive(Debug, thiserror::Error)]
pub enum BackgroundFault {
    /// No thread could be started.
    #[error("no thread could be started")]
    NoThread(#[from] io::Error),
    /// The work panicked.
    #[error("the thread ended without a result")]
    Ended(#[from] oneshot::error::RecvError),
}

/// Runs `work` and returns its result.
///
/// # Errors
/// [`BackgroundFault`].
pub(crate) async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, BackgroundFault> {
    let (sender, receiver) = oneshot::channel();
    let run = move || {
        step_back();
        // The caller may be gone.
        drop(sender.send(work()));
    };
    thread::Builder::new().name("background".to_owned()).spawn(run)?;
    Ok(receiver.await?)
}

/// Lowers the priority of this thread. If that is not allowed, it runs at normal priority.
#[cfg(target_os = "linux")]
fn step_back() {
    const LAST: i32 = 19;
    // Linux only: elsewhere this call would change the priority of the whole process.
    if let Err(error) = rustix::process::setpriority_process(None, LAST) {
        tracing::debug!(%error, "Could not lower the priority of a thread");
    }
}

#[cfg(not(target_os = "linux"))]
fn step_back() {}

#[cfg(test)]
mod tests {
    use super::{BackgroundFault, in_background};

    #[tokio::test]
    async fn the_result_of_background_work_is_returned() {
        assert_eq!(in_background(|| 6 * 7).await.expect("an answer"), 42);
    }

    #[tokio::test]
    async fn a_panic_in_the_background_is_returned_as_an_error() {
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
