//! The worker of each queue, for every host and caller of workers.
//!
//! Architecture invariant: every queue has a worker. A queue without one does not compile.

use evens_contracts::{Queue, QueuedJob};
use evens_follow_payments::PaymentFollower;
use evens_notifications::{LogSender, Notifications};
use evens_providers::Payments;
use evens_runtime::{Function, JobHandler};
use evens_sealing::SealingKeys;
use evens_send_payouts::PayoutSender;

/// An operation on a worker. It is called with the worker of one queue, whose type determines the job type.
pub trait WithWorker {
    type Answer;

    /// Called with the worker, and with the constant of its function.
    fn call<H, J>(self, function: Function, handler: H) -> Self::Answer
    where
        J: QueuedJob + 'static,
        H: for<'a> JobHandler<'a, J> + Clone + 'static;
}

/// External dependencies of workers. Each worker takes the ones it uses.
#[derive(Clone)]
pub struct Outside {
    /// The receiver of notifications.
    pub notifications: Notifications,
    /// The payment settings and providers.
    pub payments: Payments,
    /// The keys that open sealed payees.
    pub payee_keys: SealingKeys,
}

/// Calls `with` with the worker of a queue.
///
/// Each call creates a new worker. Its clones share their state.
pub fn with_worker<W: WithWorker>(queue: Queue, outside: &Outside, with: W) -> W::Answer {
    match queue {
        Queue::Match => with.call(evens_match::FUNCTION, evens_match::Matcher::default()),
        Queue::Settle => with.call(evens_settle::FUNCTION, evens_settle::handle),
        Queue::Refund => with.call(evens_refund::FUNCTION, evens_refund::handle),
        Queue::Rounds => with.call(evens_finish_round::FUNCTION, evens_finish_round::handle),
        Queue::Periods => {
            with.call(evens_settle_period::FUNCTION, evens_settle_period::LaneSettler::default())
        }
        Queue::Jackpots => with.call(evens_jackpot_win::FUNCTION, evens_jackpot_win::handle),
        Queue::Registration => with.call(evens_registration::FUNCTION, evens_registration::handle),
        Queue::Attendance => with.call(evens_attendance::FUNCTION, evens_attendance::handle),
        Queue::Deposits => with.call(evens_follow_deposits::FUNCTION, evens_follow_deposits::handle),
        Queue::Payments => {
            with.call(evens_follow_payments::FUNCTION, PaymentFollower::new(outside.payments.clone()))
        }
        Queue::Withdrawals => {
            let Outside { payments, payee_keys, .. } = outside.clone();
            with.call(evens_send_payouts::FUNCTION, PayoutSender::new(payments, payee_keys))
        }
        Queue::Notifications => with.call(evens_notifications::FUNCTION, outside.notifications.clone()),
    }
}

impl Outside {
    /// No external dependencies, for callers that only query workers: notifications go to the log, and there is no
    /// payment provider.
    pub fn none() -> Self {
        Self {
            notifications: Notifications::new(LogSender::default()),
            payments: Payments::default(),
            payee_keys: SealingKeys::from_bytes("nobody", [0; 32]),
        }
    }
}

/// The constant of the function of a queue's worker.
pub fn function_of(queue: Queue) -> Function {
    with_worker(queue, &Outside::none(), ItsFunction)
}

/// The folder in `functions/` that a queue's worker is built from.
pub fn folder_of(queue: Queue) -> &'static str {
    function_of(queue).folder
}

struct ItsFunction;

impl WithWorker for ItsFunction {
    type Answer = Function;

    fn call<H, J>(self, function: Function, _: H) -> Function {
        function
    }
}

#[cfg(test)]
mod tests {
    use super::{Outside, WithWorker, with_worker};
    use evens_contracts::{Queue, QueuedJob};
    use evens_runtime::{Function, JobHandler};

    struct ItsQueue;

    impl WithWorker for ItsQueue {
        type Answer = Queue;

        fn call<H, J>(self, _: Function, _: H) -> Queue
        where
            J: QueuedJob + 'static,
            H: for<'a> JobHandler<'a, J> + Clone + 'static,
        {
            J::QUEUE
        }
    }

    #[test]
    fn a_worker_takes_the_jobs_of_its_own_queue() {
        for queue in Queue::ALL {
            assert_eq!(with_worker(queue, &Outside::none(), ItsQueue), queue);
        }
    }
}
