//! [`Lane`]: one call for what several callers of a process want of the same place at the same moment.
//!
//! Who comes while a call is under way goes with all others who wait, in the next one. Nobody waits for company: who comes
//! alone calls at once, as if there were no lane. Nobody waits long for others: who was not taken along within
//! [`Lane::PATIENCE`] calls alone, so that calls that take long do not stand in a row. And nobody's trouble is another's:
//! where a call fails, only who made it is told so, and whom he had taken along call themselves.
//!
//! Every caller gets an answer of a call that began after he came. On Lambda an instance has one request at a time, and
//! nothing of this is seen.
//!
//! Weighed: `batch-aint-one` and `ultra-batch` do this in a task of their own, which outlives the request or the process
//! that a test lets crash.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// What several callers want of one place: `T` is what is asked for, `A` the answer to it.
pub struct Lane<T, A> {
    /// How many may be asked for in one call.
    call_max: usize,
    /// Whose turn it is to call.
    turn: tokio::sync::Mutex<()>,
    waiting: Mutex<Waiting<T, A>>,
}

struct Waiting<T, A> {
    parcels: VecDeque<Parcel<T, A>>,
    next_number: u64,
}

/// What one caller wants.
struct Parcel<T, A> {
    number: u64,
    asked: Vec<T>,
    /// Closed without an answer where the call failed, or who made it gave up.
    reply: oneshot::Sender<Vec<A>>,
}

/// Parcels that go in one call, the one of the caller who makes it among them or not.
struct Load<T, A> {
    parcels: Vec<Parcel<T, A>>,
    has_own: bool,
}

impl<T, A> fmt::Debug for Lane<T, A> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Lane").finish_non_exhaustive()
    }
}

impl<T: Clone, A> Lane<T, A> {
    /// How long a caller waits to be taken along.
    pub const PATIENCE: Duration = Duration::from_millis(50);

    /// A lane to a place that may be asked for so much in one call.
    pub fn of(call_max: usize) -> Self {
        let waiting = Waiting { parcels: VecDeque::new(), next_number: 0 };
        Self { call_max, turn: tokio::sync::Mutex::new(()), waiting: Mutex::new(waiting) }
    }

    /// Asks with `call`, alone or together with others, in the order in which they came. `call` has one answer to each
    /// thing it is asked for, in their order, and so has this.
    ///
    /// Where he who took this caller along gave up, nobody knows what became of it, and it is asked for again: so `call`
    /// must be harmless when repeated.
    ///
    /// # Errors
    /// That of a call of this caller's own.
    pub async fn ask<Call, Answer, E>(&self, asked: Vec<T>, call: Call) -> Result<Vec<A>, E>
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
                while let Some(load) = self.take_up_to(number) {
                    let has_own = load.has_own;
                    match ask_together(load.parcels, &call).await {
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

    fn waiting(&self) -> MutexGuard<'_, Waiting<T, A>> {
        // Nothing is half done when a holder panics.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, asked: Vec<T>, reply: oneshot::Sender<Vec<A>>) -> u64 {
        let mut waiting = self.waiting();
        let number = waiting.next_number;
        waiting.next_number += 1;
        waiting.parcels.push_back(Parcel { number, asked, reply });
        number
    }

    /// The oldest parcels that fit into one call; `None` once the one of this number was taken.
    fn take_up_to(&self, number: u64) -> Option<Load<T, A>> {
        let parcels = &mut self.waiting().parcels;
        parcels.front().filter(|oldest| oldest.number <= number)?;
        let fits = |total: &mut usize, parcel: &Parcel<T, A>| {
            *total += parcel.asked.len();
            Some(*total <= self.call_max)
        };
        let count = parcels.iter().scan(0, fits).take_while(|fits| *fits).count();
        // What does not fit by itself is nobody else's business: the call will say so.
        let parcels: Vec<_> = parcels.drain(..count.max(1)).collect();
        let has_own = parcels.iter().any(|parcel| parcel.number == number);
        Some(Load { parcels, has_own })
    }

    /// Takes the parcel of this number, if nobody has taken it.
    fn take_alone(&self, number: u64) -> bool {
        let parcels = &mut self.waiting().parcels;
        let position = parcels.iter().position(|parcel| parcel.number == number);
        position.and_then(|position| parcels.remove(position)).is_some()
    }
}

/// Asks for all of these in one call, and tells each caller his answers.
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
        // An error means that the caller does not wait any more.
        let _ = reply.send(answers.by_ref().take(count).collect());
    }
    Ok(())
}
