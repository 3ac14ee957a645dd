//! [`Lane`]: one call of SQS sends what several callers have for a queue at the same moment.
//!
//! Who comes while a call is under way goes with all others who wait, in the next one. Nobody waits for company: who comes
//! alone sends at once, as if there were no lane. And nobody waits long for others: who was not taken along within
//! [`Lane::PATIENCE`] sends alone, so that calls that take long do not stand in a row.

use crate::QueueError;
use crate::refused::{BATCH_MAX, RefusedEntry};
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// What several callers have for one queue. `T` is an entry of a batch.
pub(crate) struct Lane<T> {
    /// Whose turn it is to call.
    turn: tokio::sync::Mutex<()>,
    waiting: Mutex<Waiting<T>>,
}

struct Waiting<T> {
    parcels: VecDeque<Parcel<T>>,
    next_number: u64,
}

/// What one caller has.
struct Parcel<T> {
    number: u64,
    /// At most [`BATCH_MAX`], each with its number, which is below that.
    entries: Vec<(usize, T)>,
    reply: oneshot::Sender<Result<Vec<RefusedEntry>, QueueError>>,
}

impl<T> Default for Lane<T> {
    fn default() -> Self {
        let waiting = Waiting { parcels: VecDeque::new(), next_number: 0 };
        Self { turn: tokio::sync::Mutex::new(()), waiting: Mutex::new(waiting) }
    }
}

impl<T> fmt::Debug for Lane<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Lane").finish_non_exhaustive()
    }
}

impl<T: Clone> Lane<T> {
    /// How long a caller waits to be taken along.
    const PATIENCE: Duration = Duration::from_millis(50);

    /// Sends at most [`BATCH_MAX`] entries with `call`, alone or together with those of others, in the order in which
    /// they came. Returns which of them were refused, by their number in `entries`.
    ///
    /// Where the caller who took them along gave up, nobody knows whether they were sent, so they are sent again: a
    /// message has an id by which SQS knows it again.
    ///
    /// # Errors
    /// That of the call, for everybody whose entries were in it.
    pub(crate) async fn send<Call, Answer>(
        &self,
        entries: Vec<(usize, T)>,
        call: Call,
    ) -> Result<Vec<RefusedEntry>, QueueError>
    where
        Call: Fn(Vec<(usize, T)>) -> Answer,
        Answer: Future<Output = Result<Vec<RefusedEntry>, QueueError>>,
    {
        let (reply, mut answer) = oneshot::channel();
        let number = self.put(entries.clone(), reply);
        let answered = tokio::select! {
            biased;
            answered = &mut answer => answered,
            _turn = self.turn.lock() => {
                while let Some(parcels) = self.take_up_to(number) {
                    send_together(parcels, &call).await;
                }
                answer.await
            }
            () = tokio::time::sleep(Self::PATIENCE) => {
                if let Some(own) = self.take_alone(number) {
                    send_together(vec![own], &call).await;
                }
                answer.await
            }
        };
        match answered {
            Ok(answered) => answered,
            Err(_gave_up) => call(entries).await,
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting<T>> {
        // Nothing is half done when a holder panics.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(
        &self,
        entries: Vec<(usize, T)>,
        reply: oneshot::Sender<Result<Vec<RefusedEntry>, QueueError>>,
    ) -> u64 {
        let mut waiting = self.waiting();
        let number = waiting.next_number;
        waiting.next_number += 1;
        waiting.parcels.push_back(Parcel { number, entries, reply });
        number
    }

    /// The oldest parcels that fit into one call; `None` once the one of this number was taken.
    fn take_up_to(&self, number: u64) -> Option<Vec<Parcel<T>>> {
        let parcels = &mut self.waiting().parcels;
        parcels.front().filter(|oldest| oldest.number <= number)?;
        let fits = |total: &mut usize, parcel: &Parcel<T>| {
            *total += parcel.entries.len();
            Some(*total <= BATCH_MAX)
        };
        let count = parcels.iter().scan(0, fits).take_while(|fits| *fits).count();
        // What does not fit by itself is nobody else's business: the call will say so.
        Some(parcels.drain(..count.max(1)).collect())
    }

    /// The parcel of this number, if nobody has taken it.
    fn take_alone(&self, number: u64) -> Option<Parcel<T>> {
        let parcels = &mut self.waiting().parcels;
        let position = parcels.iter().position(|parcel| parcel.number == number)?;
        parcels.remove(position)
    }
}

/// Sends parcels in one call, and tells each caller what became of his entries. Those of the first caller keep their
/// numbers; those of the others are [`BATCH_MAX`] apart.
async fn send_together<T, Call, Answer>(parcels: Vec<Parcel<T>>, call: &Call)
where
    Call: Fn(Vec<(usize, T)>) -> Answer,
    Answer: Future<Output = Result<Vec<RefusedEntry>, QueueError>>,
{
    let mut entries = Vec::new();
    let mut callers = Vec::new();
    for Parcel { entries: own, reply, .. } in parcels {
        let first = callers.len() * BATCH_MAX;
        entries.extend(own.into_iter().map(|(index, entry)| (first + index, entry)));
        callers.push(reply);
    }
    let answer = call(entries).await;
    for (position, reply) in callers.into_iter().enumerate() {
        let own = |refused: &&RefusedEntry| refused.index / BATCH_MAX == position;
        let index =
            |refused: &RefusedEntry| RefusedEntry { index: refused.index % BATCH_MAX, ..refused.clone() };
        let told = match &answer {
            Ok(refused) => Ok(refused.iter().filter(own).map(index).collect()),
            Err(error) => Err(error.clone()),
        };
        // An error means that the caller does not wait any more.
        let _ = reply.send(told);
    }
}

#[cfg(test)]
mod tests {
    use super::{BATCH_MAX, Lane};
    use crate::QueueError;
    use crate::refused::RefusedEntry;
    use futures::future::join_all;
    use std::pin::pin;
    use std::sync::{Arc, Mutex};
    use std::time::Duration;
    use tokio::time::{Instant, sleep};

    /// Calls that take a second each, and what was in them.
    #[derive(Default)]
    struct Calls(Mutex<Vec<Vec<&'static str>>>);

    impl Calls {
        const TIME: Duration = Duration::from_secs(1);

        async fn call(&self, entries: Vec<(usize, &'static str)>) -> Result<Vec<RefusedEntry>, QueueError> {
            let refused = entries.iter().filter(|(_, entry)| entry.starts_with("refuse"));
            let refused = refused.map(|(index, entry)| RefusedEntry {
                index: *index,
                code: (*entry).to_owned(),
                sender_fault: true,
            });
            let fails = entries.iter().any(|(_, entry)| *entry == "fail");
            let failed = Err(QueueError::Incomplete { operation: "send", what: "all" });
            let answer = if fails { failed } else { Ok(refused.collect()) };
            self.0.lock().expect("calls").push(entries.into_iter().map(|(_, entry)| entry).collect());
            sleep(Self::TIME).await;
            answer
        }

        fn seen(&self) -> Vec<Vec<&'static str>> {
            self.0.lock().expect("calls").clone()
        }
    }

    fn named(entries: &[&'static str]) -> Vec<(usize, &'static str)> {
        entries.iter().enumerate().map(|(index, entry)| (index, *entry)).collect()
    }

    async fn send(
        lane: &Lane<&'static str>,
        calls: &Calls,
        entries: &[&'static str],
    ) -> Result<Vec<(usize, String)>, String> {
        let sent = lane.send(named(entries), |batch| calls.call(batch)).await;
        let sent = sent.map_err(|error| error.to_string())?;
        Ok(sent.into_iter().map(|refused| (refused.index, refused.code)).collect())
    }

    #[tokio::test(start_paused = true)]
    async fn alone_it_sends_at_once() {
        let (lane, calls, start) = (Lane::default(), Calls::default(), Instant::now());
        assert_eq!(send(&lane, &calls, &["a", "b"]).await, Ok(vec![]));
        assert_eq!((calls.seen(), start.elapsed()), (vec![vec!["a", "b"]], Calls::TIME));
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_takes_along_who_came_during_the_one_before() {
        let (lane, calls) = (Lane::default(), Calls::default());
        let late = |wait_ms, entries: &'static [&'static str]| {
            let (lane, calls) = (&lane, &calls);
            async move {
                sleep(Duration::from_millis(wait_ms)).await;
                send(lane, calls, entries).await
            }
        };
        let all = [
            late(0, &["a"]),
            late(960, &["b", "refuse c"]),
            late(970, &["refuse d", "e"]),
            late(980, &["f"]),
        ];
        let told = join_all(all).await;
        assert_eq!(calls.seen(), [vec!["a"], vec!["b", "refuse c", "refuse d", "e", "f"]]);
        let refused = |index, code: &str| Ok(vec![(index, code.to_owned())]);
        assert_eq!(told, [Ok(vec![]), refused(1, "refuse c"), refused(0, "refuse d"), Ok(vec![])]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_takes_no_more_than_it_can_and_all_of_a_caller() {
        let (lane, calls) = (Lane::default(), Calls::default());
        let first = send(&lane, &calls, &["first"]);
        let others = async {
            sleep(Duration::from_millis(990)).await;
            join_all([&["x"; 6][..], &["y"; 5], &["z"; 4]].map(|entries| send(&lane, &calls, entries))).await
        };
        let (_, told) = futures::join!(first, others);
        assert!(told.iter().all(Result::is_ok), "{told:?}");
        let sizes: Vec<usize> = calls.seen().iter().map(Vec::len).collect();
        assert_eq!(sizes.iter().sum::<usize>(), 16);
        assert!(sizes.iter().all(|size| *size <= BATCH_MAX), "{sizes:?}");
        assert!(sizes.contains(&6) && (sizes.contains(&9) || sizes.contains(&5)), "{sizes:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_not_taken_along_soon_sends_alone() {
        let (lane, calls, start) = (Lane::default(), Calls::default(), Instant::now());
        let told = join_all([&["slow"], &["b"], &["c"]].map(|entries| send(&lane, &calls, entries))).await;
        assert!(told.iter().all(Result::is_ok), "{told:?}");
        assert_eq!(start.elapsed(), Calls::TIME + Lane::<()>::PATIENCE);
        assert_eq!(calls.seen(), [["slow"], ["b"], ["c"]]);
    }

    #[tokio::test(start_paused = true)]
    async fn an_error_is_told_to_everybody_whose_entries_were_in_the_call() {
        let (lane, calls) = (Lane::default(), Calls::default());
        let first = send(&lane, &calls, &["first"]);
        let others = async {
            sleep(Duration::from_millis(990)).await;
            join_all([&["a"], &["fail"]].map(|entries| send(&lane, &calls, entries))).await
        };
        let (first, told) = futures::join!(first, others);
        assert_eq!(first, Ok(vec![]));
        assert!(told.iter().all(Result::is_err), "{told:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn who_was_taken_along_by_one_who_gave_up_sends_again() {
        let (lane, calls) = (Arc::new(Lane::default()), Arc::new(Calls::default()));
        let first = tokio::spawn({
            let (lane, calls) = (Arc::clone(&lane), Arc::clone(&calls));
            async move { send(&lane, &calls, &["first"]).await }
        });
        sleep(Duration::from_millis(980)).await;
        let mut leader = Box::pin(send(&lane, &calls, &["leader"]));
        let mut follower = pin!(send(&lane, &calls, &["follower"]));
        tokio::select! {
            biased;
            _ = &mut leader => panic!("its call takes a second"),
            _ = &mut follower => panic!("its call takes a second"),
            () = sleep(Duration::from_millis(500)) => {}
        }
        assert_eq!(calls.seen(), [vec!["first"], vec!["leader", "follower"]]);
        drop(leader);
        assert_eq!(follower.await, Ok(vec![]));
        assert_eq!(calls.seen()[2..], [vec!["follower"]]);
        assert_eq!(first.await.expect("no panic"), Ok(vec![]));
        assert_eq!(send(&lane, &calls, &["next"]).await, Ok(vec![]));
    }
}
