//! The table of queues (requirements C3 to C8, C10, C11, C15 and U2), and a check that its times fit together.

use evens_contracts::{Backoff, Queue, QueueRules};
use std::collections::HashSet;
use std::time::Duration;

#[test]
fn queues_have_the_rules_that_the_requirements_give() {
    let exponential = |seconds| Backoff::Exponential(Duration::from_secs(seconds));
    let fixed = |seconds| Backoff::Fixed(Duration::from_secs(seconds));
    #[rustfmt::skip]
    let table = [
        // queue               attempts  back-off        concurrency
        (Queue::Match,         5,        exponential(2), 5),  // C3
        (Queue::Settle,        3,        exponential(5), 3),  // C4
        (Queue::Refund,        5,        exponential(2), 3),  // C5, U2, X19
        (Queue::Rounds,        5,        exponential(2), 2),  // ours: U2 as for the others
        (Queue::Periods,       5,        exponential(2), 10), // ours: the lanes of a period
        (Queue::Jackpots,      5,        exponential(2), 10), // ours
        (Queue::Registration,  3,        exponential(2), 8),  // C7, D5, D9
        (Queue::Attendance,    2,        fixed(5),       15), // C6, D17
        (Queue::Deposits,      5,        exponential(2), 12), // C8, U2
        (Queue::Payments,      5,        exponential(2), 15), // C8, U2
        (Queue::Withdrawals,   5,        exponential(2), 10), // C8, U2, X27
        (Queue::Notifications, 5,        exponential(2), 3),  // U2; concurrency as for refunds
    ];
    for (queue, attempts_max, backoff, concurrency) in table {
        let rules = queue.rules();
        let found = (rules.attempts_max, rules.backoff, rules.concurrency);
        assert_eq!(found, (attempts_max, backoff, concurrency), "{queue:?}");
    }
}

/// Only jobs that call another system wait for it. A waiting job is received at most once in two minutes after the
/// first looks, so SQS does not move it before its time is over. It moves the message of a worker that dies.
#[test]
fn jobs_that_call_another_system_wait_for_it() {
    let waiting: Vec<_> = Queue::ALL.into_iter().filter(|queue| queue.rules().wait_max.is_some()).collect();
    assert_eq!(waiting, [Queue::Payments, Queue::Notifications]);
    for queue in Queue::ALL {
        let rules = queue.rules();
        let Some(wait_max) = rules.wait_max else {
            assert_eq!(rules.receives_max(), rules.attempts_max, "{queue:?}");
            continue;
        };
        let mut waited = Duration::ZERO;
        let receives = (1..).take_while(|receives| {
            waited += rules.look_again_after(*receives);
            waited < wait_max
        });
        assert!(receives.count() < rules.receives_max() as usize, "{queue:?}");
        assert_eq!(rules.look_again_after(3), Duration::from_secs(8));
        assert_eq!(rules.look_again_after(900), Duration::from_mins(2));
    }
}

/// The places of queues are kept in a list whose index is the queue's own number.
#[test]
fn queues_are_listed_in_the_order_of_their_numbers() {
    for (number, queue) in Queue::ALL.into_iter().enumerate() {
        assert_eq!(queue as usize, number, "{queue:?}");
    }
}

/// A job has at most 30 s (C11), here 10; a job whose process was killed comes back in a minute (C10, X29); and a job
/// that was given up is kept for a week or longer (C15).
#[test]
fn a_job_has_ten_seconds_comes_back_in_a_minute_and_is_kept_for_two_weeks() {
    for queue in Queue::ALL {
        let QueueRules { function_timeout, visibility_timeout, dead_letter_retention, .. } = queue.rules();
        let times = [function_timeout, visibility_timeout, dead_letter_retention];
        let expected = [Duration::from_secs(10), Duration::from_mins(1), Duration::from_hours(14 * 24)];
        assert_eq!(times, expected, "{queue:?}");
    }
}

#[test]
fn the_times_of_a_queue_fit_together() {
    for queue in Queue::ALL {
        let QueueRules { function_timeout, visibility_timeout, batch_size, concurrency, .. } = queue.rules();
        assert!(visibility_timeout >= 6 * function_timeout, "{queue:?}");
        assert!(function_timeout <= Duration::from_secs(10), "{queue:?}: X29 asks for 5 to 10 seconds");
        assert!((1..=10).contains(&batch_size), "{queue:?}: a FIFO queue gives 10 at most");
        assert!(concurrency >= 2, "{queue:?}: Lambda takes no lower MaximumConcurrency");
    }
}

#[test]
fn failed_jobs_wait_longer_each_time_and_never_longer_than_sqs_can() {
    let two = Backoff::Exponential(Duration::from_secs(2));
    let five = Backoff::Fixed(Duration::from_secs(5));
    let endless = Backoff::Exponential(Duration::MAX);
    #[rustfmt::skip]
    let table = [
        // back-off  attempt   seconds
        (two,        0,        2), // no attempt has this number
        (two,        1,        2),
        (two,        2,        4),
        (two,        3,        8),
        (two,        5,        32),
        (two,        15,       32_768),
        (two,        16,       43_200),
        (two,        u32::MAX, 43_200),
        (five,       1,        5),
        (five,       2,        5),
        (five,       u32::MAX, 5),
        (endless,    1,        43_200),
        (endless,    u32::MAX, 43_200),
    ];
    for (backoff, attempt, seconds) in table {
        assert_eq!(
            backoff.delay(attempt),
            Duration::from_secs(seconds),
            "{backoff:?} after attempt {attempt}"
        );
    }
}

#[test]
fn queues_have_names_that_sqs_takes_and_that_differ() {
    let mut names = HashSet::new();
    for queue in Queue::ALL {
        assert_eq!(queue.full_name("dev"), format!("evens-dev-{}.fifo", queue.name()));
        assert_eq!(queue.dead_letter_name("dev"), format!("evens-dev-{}-dead-letter.fifo", queue.name()));
        for name in [queue.full_name("localstack"), queue.dead_letter_name("localstack")] {
            let plain = name.strip_suffix(".fifo").expect("a FIFO queue");
            assert!(
                name.len() <= 80 && plain.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
                "{name}"
            );
            assert!(names.insert(name));
        }
    }
}
