//! [`CallBatcher`]: combines concurrent requests of a process to one queue into one call.
//!
//! Requests that arrive during a call are batched into the next call. A lone request is sent at once. A request that is
//! not batched within [`CallBatcher::PATIENCE`] makes its own call, so that slow calls do not queue up behind each
//! other. If a call fails, only its initiator gets the error; the others in the batch make their own calls.
//!
//! Every caller gets the answer of a call that began after its request. On Lambda an instance handles one request at a
//! time, so nothing is batched.
//!
//! Alternatives: `batch-aint-one` uses a task of its own, which would outlive a process that the simulator crashes.
//! `benjamin_batchly` runs in the callers, as here, but has no size limit per call.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// Requests to one queue: `T` is a request, `A` its answer.
pub(crate) struct CallBatcher<T, A> {
    /// Maximum number of requests per call.
    call_max: usize,
    /// Held by the caller that makes the next call.
    turn: tokio::sync::Mutex<()>,
    waiting: Mutex<CallBatcherState<T, A>>,
}

struct CallBatcherState<T, A> {
    parcels: VecDeque<Parcel<T, A>>,
    next_number: u64,
}

/// The requests of one caller.
struct Parcel<T, A> {
    number: u64,
    asked: Vec<T>,
    /// Closed without an answer if the call failed or its initiator was cancelled.
    reply: oneshot::Sender<Vec<A>>,
}

impl<T, A> fmt::Debug for CallBatcher<T, A> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Lane").finish_non_exhaustive()
    }
}

impl<T: Clone, A> CallBatcher<T, A> {
    /// Longest time that a caller waits to be batched.
    const PATIENCE: Duration = Duration::from_millis(50);

    /// A lane with a maximum of `call_max` requests per call.
    pub(crate) fn of(call_max: usize) -> Self {
        let waiting = CallBatcherState { parcels: VecDeque::new(), next_number: 0 };
        Self { call_max, turn: tokio::sync::Mutex::new(()), waiting: Mutex::new(waiting) }
    }

    /// Runs `call` for these requests, alone or batched with others in order of arrival. `call` returns one answer per
    /// request, in order, and so does this function.
    ///
    /// If the initiator of a batch is cancelled, the outcome is unknown and this caller repeats its requests. `call`
    /// must therefore be harmless when repeated.
    ///
    /// # Errors
    /// The error of this caller's own call.
    pub(crate) async fn ask<Call, Answer, E>(&self, asked: Vec<T>, call: Call) -> Result<Vec<A>, E>
    where
        Call: Fn(Vec<T>) -> Answer,
        Answer: Future<Output = Result<Vec<A>, E>>,
    {
        let (reply, mut answer) = oneshot::channel();
        let number = self.put(asked.clone(), reply);
        let answered = tokio::select! {
            biased;
            answered = &mut answer => answered,
            _turn = self.turn.lock() => {
                while let Some(parcels) = self.take_up_to(number) {
                    let has_own = parcels.iter().any(|parcel| parcel.number == number);
                    match ask_together(parcels, &call).await {
                        Err(error) if has_own => return Err(error),
                        Ok(()) | Err(_) => {}
                    }
                }
                answer.await
            }
            () = tokio::time::sleep(Self::PATIENCE) => {
                if self.take_alone(number) {
                    return call(asked).await;
                }
                answer.await
            }
        };
        match answered {
            Ok(answers) => Ok(answers),
            Err(_failed_or_given_up) => call(asked).await,
        }
    }

    fn lock(&self) -> MutexGuard<'_, CallBatcherState<T, A>> {
        // A panic cannot leave the state inconsistent.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, asked: Vec<T>, reply: oneshot::Sender<Vec<A>>) -> u64 {
        let mut waiting = self.lock();
        let number = waiting.next_number;
        waiting.next_number += 1;
        waiting.parcels.push_back(Parcel { number, asked, reply });
        number
    }

    /// The oldest parcels that fit into one call, or `None` if the parcel of this number was already taken.
    fn take_up_to(&self, number: u64) -> Option<Vec<Parcel<T, A>>> {
        let parcels = &mut self.lock().parcels;
        parcels.front().filter(|oldest| oldest.number <= number)?;
        let fits = |total: &mut usize, parcel: &Parcel<T, A>| {
            *total += parcel.asked.len();
            Some(*total <= self.call_max)
        };
        let count = parcels.iter().scan(0, fits).take_while(|fits| *fits).count();
        // A parcel that is too large goes alone; the call will report it.
        Some(parcels.drain(..count.max(1)).collect())
    }

    /// Takes the parcel of this number, unless it was already taken.
    fn take_alone(&self, number: u64) -> bool {
        let parcels = &mut self.lock().parcels;
        let position = parcels.iter().position(|parcel| parcel.number == number);
        position.and_then(|position| parcels.remove(position)).is_some()
    }
}

/// Makes one call for all of these requests and distributes the answers.
async fn ask_together<T, A, Call, Answer, E>(parcels: Vec<Parcel<T, A>>, call: &Call) -> Result<(), E>
where
    Call: Fn(Vec<T>) -> Answer,
    Answer: Future<Output = Result<Vec<A>, E>>,
{
    let mut together = Vec::new();
    let mut callers = Vec::with_capacity(parcels.len());
    for Parcel { asked, reply, .. } in parcels {
        callers.push((asked.len(), reply));
        together.extend(asked);
    }
    let mut answers = call(together).await?.into_iter();
    for (count, reply) in callers {
        // An error means that the caller is gone.
        let _ = reply.send(answers.by_ref().take(count).collect());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::CallBatcher;
    use futures::future::join_all;
    use std::sync::{Arc, Mutex};
    use std::time::Duration;
    use tokio::time::{Instant, sleep, sleep_until};

    /// Calls that take a second each. The answer to a word is the word in capitals.
    #[derive(Default)]
    struct Calls(Mutex<Vec<Vec<&'static str>>>);

    impl Calls {
        const TIME: Duration = Duration::from_secs(1);

        async fn call(&self, asked: Vec<&'static str>) -> Result<Vec<String>, String> {
            let number = {
                let mut seen = self.0.lock().unwrap();
                seen.push(asked.clone());
                seen.len()
            };
            sleep(Self::TIME).await;
            if asked.contains(&"fail") {
                return Err(format!("call {number} failed"));
            }
            Ok(asked.iter().map(|word| word.to_uppercase()).collect())
        }

        fn seen(&self) -> Vec<Vec<&'static str>> {
            self.0.lock().unwrap().clone()
        }
    }

    struct World {
        batcher: CallBatcher<&'static str, String>,
        calls: Calls,
        start: Instant,
    }

    impl World {
        fn new() -> Self {
            Self { batcher: CallBatcher::of(10), calls: Calls::default(), start: Instant::now() }
        }

        /// Asks `at_ms` milliseconds after the start.
        async fn ask(&self, at_ms: u64, words: &[&'static str]) -> Result<Vec<String>, String> {
            sleep_until(self.start + Duration::from_millis(at_ms)).await;
            self.batcher.ask(words.to_vec(), |together| self.calls.call(together)).await
        }
    }

    fn capitals(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| word.to_uppercase()).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn alone_one_asks_at_once() {
        let world = World::new();
        assert_eq!(world.ask(0, &["a", "b"]).await, Ok(capitals(&["a", "b"])));
        assert_eq!((world.calls.seen(), world.start.elapsed()), (vec![vec!["a", "b"]], Calls::TIME));
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_takes_along_who_came_during_the_one_before() {
        let world = World::new();
        let all =
            [(0, &["a"][..]), (960, &["b", "c"]), (1_960, &["d", "e"]), (1_970, &["f"]), (2_960, &["g"])];
        let answers = join_all(all.map(|(at_ms, words)| world.ask(at_ms, words))).await;
        assert_eq!(world.calls.seen(), [vec!["a"], vec!["b", "c"], vec!["d", "e", "f"], vec!["g"]]);
        assert_eq!(answers, all.map(|(_, words)| Ok(capitals(words))));
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_takes_no_more_than_it_can_and_all_of_a_caller() {
        let world = World::new();
        let parcels = [&["first"][..], &["x"; 6], &["y"; 5], &["z"; 4], &["many"; 11]];
        let answers = join_all((0_u64..).zip(parcels).map(|(number, words)| {
            let at_ms = if number == 0 { 0 } else { 985 + number };
            world.ask(at_ms, words)
        }));
        assert_eq!(answers.await, parcels.map(|words| Ok(capitals(words))));
        let sizes: Vec<_> = world.calls.seen().iter().map(Vec::len).collect();
        // Callers not batched within 50 ms called on their own.
        assert_eq!(sizes, [1, 6, 5, 4, 11]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_waits_too_long_is_sent_alone() {
        let world = World::new();
        let answers = join_all([&["slow"], &["b"], &["c"]].map(|words| world.ask(0, words))).await;
        assert_eq!(answers, [&["slow"], &["b"], &["c"]].map(|words| Ok(capitals(words))));
        assert_eq!(world.start.elapsed(), Calls::TIME + CallBatcher::<(), ()>::PATIENCE);
        assert_eq!(world.calls.seen(), [["slow"], ["b"], ["c"]]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failing_request_fails_no_other_request_of_its_call() {
        let world = World::new();
        let answers = [(0, &["first"][..]), (990, &["a", "fail"]), (991, &["b"]), (992, &["fail"])];
        let answers = join_all(answers.map(|(at_ms, words)| world.ask(at_ms, words))).await;
        let calls = [vec!["first"], vec!["a", "fail", "b", "fail"], vec!["b"], vec!["fail"]];
        assert_eq!(world.calls.seen(), calls);
        let failed = |number: u8| Err(format!("call {number} failed"));
        assert_eq!(answers, [Ok(capitals(&["first"])), failed(2), Ok(capitals(&["b"])), failed(4)]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_batched_by_a_caller_that_gave_up_is_sent_again() {
        let world = Arc::new(World::new());
        let asked = |at_ms, words: &'static [&'static str]| {
            let world = Arc::clone(&world);
            tokio::spawn(async move { world.ask(at_ms, words).await })
        };
        let (first, leader, follower) =
            (asked(0, &["first"]), asked(980, &["leader"]), asked(981, &["follower"]));
        sleep(Duration::from_millis(1_500)).await;
        assert_eq!(world.calls.seen(), [vec!["first"], vec!["leader", "follower"]]);
        leader.abort();
        assert_eq!(follower.await.unwrap(), Ok(capitals(&["follower"])));
        assert_eq!(first.await.unwrap(), Ok(capitals(&["first"])));
        assert_eq!(world.calls.seen()[2..], [["follower"]]);
        // The lane is free again.
        assert_eq!(world.ask(0, &["next"]).await, Ok(capitals(&["next"])));
    }
}
