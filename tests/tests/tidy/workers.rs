//! A worker has the name of its queue, unless the exception is explained here.

use crate::assert_none;
use evens_contracts::Queue;
use evens_workers::folder_of;

/// Queues whose worker has another name, with the reason. A queue is named after the subject of its jobs, which is
/// often a route's subject too. In that case the worker is named after its action.
const OTHERS: [(Queue, &str); 6] = [
    (Queue::Rounds, "the function `rounds` shows rounds; this one brings them to their end"),
    (Queue::Periods, "the function `periods` shows periods; this one settles them"),
    (Queue::Jackpots, "its jobs are wins, and what was not contributed in time, not jackpots"),
    (Queue::Deposits, "the function `deposits` opens deposits; this one does what follows them"),
    (Queue::Payments, "it follows what providers tell of payments, and makes none"),
    (Queue::Withdrawals, "the function `withdrawals` takes them; this one pays them out"),
];

fn wrong_workers(folder_of: impl Fn(Queue) -> String) -> Vec<String> {
    let is_other = |queue| OTHERS.iter().any(|(other, _)| *other == queue);
    let named = Queue::ALL.into_iter().map(|queue| (queue, folder_of(queue)));
    let wrong = named.filter(|(queue, folder)| (folder == queue.name()) == is_other(*queue));
    wrong.map(|(queue, folder)| format!("the worker of {} is {folder}", queue.name())).collect()
}

#[test]
fn a_worker_is_called_like_its_queue_or_says_why() {
    assert_none(&wrong_workers(|queue| folder_of(queue).to_owned()));
}

#[test]
fn a_worker_of_another_name_is_found() {
    assert_eq!(wrong_workers(|queue| queue.name().to_owned()).len(), OTHERS.len());
    assert_eq!(wrong_workers(|_| "other".to_owned()).len(), Queue::ALL.len() - OTHERS.len());
}
