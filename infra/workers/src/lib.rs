//! The worker of each queue: whoever hosts or calls workers finds them here, and nowhere else.
//!
//! Architecture invariant: every queue has a worker. One without does not compile.

use evens_contracts::{Queue, QueuedJob};
use evens_follow_payments::PaymentFollower;
use evens_notifications::{LogSender, Notifications};
use evens_providers::Payments;
use evens_runtime::JobHandler;
use evens_sealing::SealingKeys;
use evens_send_payouts::PayoutSender;

/// What is to be done with a worker. It is called with the worker of one queue, and is told there which jobs it takes.
pub trait WithWorker {
    /// What comes of it.
    type Answer;

    /// Does it with the worker that is built from that folder of `functions/`.
    fn call<H, J>(self, folder: &'static str, handler: H) -> Self::Answer
    where
        J: QueuedJob + 'static,
        H: for<'a> JobHandler<'a, J> + Clone + 'static;
}

/// What workers know of the world outside: each of them what it has use for.
#[derive(Clone)]
pub struct Outside {
    /// Where events go.
    pub notifications: Notifications,
    /// Who moves money in and out.
    pub payments: Payments,
    /// What opens the accounts that players are paid to.
    pub payee_keys: SealingKeys,
}

/// Finds the worker of a queue.
///
/// Each call makes a worker of its own. Its clones share what it knows.
pub fn with_worker<W: WithWorker>(queue: Queue, outside: &Outside, with: W) -> W::Answer {
    match queue {
        Queue::Match => with.call("match", evens_match::Matcher::default()),
        Queue::Settle => with.call("settle", evens_settle::handle),
        Queue::Refund => with.call("refund", evens_refund::handle),
        Queue::Rounds => with.call("finish-round", evens_finish_round::handle),
        Queue::Periods => with.call("settle-period", evens_settle_period::LaneSettler::default()),
        Queue::Jackpots => with.call("jackpot-win", evens_jackpot_win::handle),
        Queue::Registration => with.call("registration", evens_registration::handle),
        Queue::Attendance => with.call("attendance", evens_attendance::handle),
        Queue::Deposits => with.call("follow-deposits", evens_follow_deposits::handle),
        Queue::Payments => with.call("follow-payments", PaymentFollower::new(outside.payments.clone())),
        Queue::Withdrawals => {
            let Outside { payments, payee_keys, .. } = outside.clone();
            with.call("send-payouts", PayoutSender::new(payments, payee_keys))
        }
        Queue::Notifications => with.call("notifications", outside.notifications.clone()),
    }
}

impl Outside {
    /// Of somebody who asks about workers and has none work: events go to the log, and nobody moves money.
    pub fn nobody() -> Self {
        Self {
            notifications: Notifications::new(LogSender::default()),
            payments: Payments::default(),
            payee_keys: SealingKeys::from_bytes("nobody", [0; 32]),
        }
    }
}

/// The folder in `functions/` that the worker of a queue is built from.
pub fn folder_of(queue: Queue) -> &'static str {
    with_worker(queue, &Outside::nobody(), Folder)
}

struct Folder;

impl WithWorker for Folder {
    type Answer = &'static str;

    fn call<H, J>(self, folder: &'static str, _: H) -> &'static str {
        folder
    }
}

#[cfg(test)]
mod tests {
    use super::{Outside, WithWorker, with_worker};
    use evens_contracts::{Queue, QueuedJob};
    use evens_runtime::JobHandler;

    struct ItsQueue;

    impl WithWorker for ItsQueue {
        type Answer = Queue;

        fn call<H, J>(self, _: &'static str, _: H) -> Queue
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
            assert_eq!(with_worker(queue, &Outside::nobody(), ItsQueue), queue);
        }
    }
}
