//! [`SyncedAnswers`]: answers that wait until the disk has the commits before them.
//!
//! A thread of its own syncs the table's log, so the table performs further calls meanwhile, and all calls that were
//! performed in that time share the next sync. A reader waits too if a commit before it is not synced yet: an answer, a
//! job or a payout that follows from a commit must not outlive it.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// Sends the answer of a call.
pub(crate) type Answer = Box<dyn FnOnce() + Send>;

/// The effect of a call on the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    Reads,
    /// It may have committed a change.
    Writes,
}

/// The queue of answers, in the order of their calls. It has one caller, the thread of the table.
#[derive(Debug)]
pub(crate) struct SyncedAnswers {
    waiting: Sender<(Effect, Answer)>,
    /// The number of answers that are not sent yet.
    count: Arc<AtomicUsize>,
}

impl SyncedAnswers {
    /// Starts the thread that syncs. After a failed sync no further answer is sent, because it is not known which
    /// commits the disk has, and `failed` is called.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub(crate) fn start(
        sync: impl FnMut() -> io::Result<()> + Send + 'static,
        failed: impl FnOnce(io::Error) + Send + 'static,
    ) -> io::Result<Self> {
        let (waiting, answers) = channel();
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        thread::Builder::new().name("table-sync".to_owned()).spawn(move || {
            if let Err(error) = send_all(&answers, &counted, sync) {
                failed(error);
            }
        })?;
        Ok(Self { waiting, count })
    }

    /// Sends an answer as soon as the disk has what the call has written or may have read.
    pub(crate) fn pass(&self, effect: Effect, answer: Answer) {
        if effect == Effect::Reads && self.count.load(Ordering::Acquire) == 0 {
            return answer();
        }
        self.count.fetch_add(1, Ordering::AcqRel);
        // An error means that a sync has failed. The answer is dropped, which tells its caller.
        let _ = self.waiting.send((effect, answer));
    }
}

fn send_all(
    answers: &Receiver<(Effect, Answer)>,
    count: &AtomicUsize,
    mut sync: impl FnMut() -> io::Result<()>,
) -> io::Result<()> {
    while let Ok(first) = answers.recv() {
        let ready: Vec<_> = [first].into_iter().chain(answers.try_iter()).collect();
        if ready.iter().any(|(effect, _)| *effect == Effect::Writes) {
            sync()?;
        }
        let sent = ready.len();
        for (_, answer) in ready {
            answer();
        }
        count.fetch_sub(sent, Ordering::AcqRel);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Effect, SyncedAnswers};
    use std::io;
    use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
    use std::time::Duration;

    const SOON: Duration = Duration::from_secs(20);

    /// Answers with a disk that waits for the test, and the numbers of what was sent.
    struct Seen {
        answers: SyncedAnswers,
        asked: Receiver<()>,
        disk: Sender<io::Result<()>>,
        sent: Receiver<u32>,
        send: Sender<u32>,
        failures: Receiver<String>,
    }

    fn start() -> Seen {
        let ((ask, asked), (disk, synced)) = (channel(), channel());
        let ((send, sent), (fail, failures)) = (channel(), channel());
        let sync = move || {
            let _ = ask.send(());
            synced.recv().unwrap_or(Ok(()))
        };
        let failed = move |error: io::Error| {
            let _ = fail.send(error.to_string());
        };
        let answers = SyncedAnswers::start(sync, failed).expect("a thread");
        Seen { answers, asked, disk, sent, send, failures }
    }

    impl Seen {
        fn pass(&self, effect: Effect, number: u32) {
            let send = self.send.clone();
            self.answers.pass(
                effect,
                Box::new(move || {
                    let _ = send.send(number);
                }),
            );
        }
    }

    #[test]
    fn a_read_of_synced_commits_waits_for_nothing() {
        let seen = start();
        seen.pass(Effect::Reads, 1);
        assert_eq!(seen.sent.try_recv(), Ok(1), "in the thread of the table");
        assert!(seen.asked.try_recv().is_err());
    }

    #[test]
    fn a_commit_and_what_may_have_read_it_wait_for_the_disk_and_share_a_sync() {
        let seen = start();
        seen.pass(Effect::Writes, 1);
        assert_eq!(seen.asked.recv_timeout(SOON), Ok(()));
        for (effect, number) in [(Effect::Reads, 2), (Effect::Writes, 3), (Effect::Writes, 4)] {
            seen.pass(effect, number);
        }
        assert!(seen.sent.try_recv().is_err(), "the disk has not answered");
        seen.disk.send(Ok(())).expect("a disk");
        assert_eq!(seen.sent.recv_timeout(SOON), Ok(1));
        assert_eq!(seen.asked.recv_timeout(SOON), Ok(()), "one more sync for the other three");
        assert!(seen.sent.try_recv().is_err());
        seen.disk.send(Ok(())).expect("a disk");
        for number in [2, 3, 4] {
            assert_eq!(seen.sent.recv_timeout(SOON), Ok(number));
        }
        assert!(seen.asked.try_recv().is_err());
    }

    #[test]
    fn after_a_failed_sync_nothing_is_answered() {
        let seen = start();
        seen.pass(Effect::Writes, 1);
        seen.disk.send(Err(io::Error::other("the disk is gone"))).expect("a disk");
        assert_eq!(seen.failures.recv_timeout(SOON).as_deref(), Ok("the disk is gone"));
        seen.pass(Effect::Writes, 2);
        seen.pass(Effect::Reads, 3);
        let Seen { answers, sent, send, .. } = seen;
        drop((answers, send));
        assert_eq!(sent.recv_timeout(SOON), Err(RecvTimeoutError::Disconnected), "all were dropped");
    }
}
