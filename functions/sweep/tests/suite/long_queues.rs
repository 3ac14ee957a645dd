//! Sweeps add to a long queue once in ten minutes, and report the unfinished items every time.

use evens_contracts::{ApplyBonusJob, Queue};
use evens_doubles::{EmbeddedTable, now};
use evens_ledger::UserId;
use evens_players::{Account, ReferralCode};
use evens_queues::OutgoingJob;
use evens_runtime::{Context, JobDone, Settings};
use evens_store::{PasswordHash, SignUpOutcome};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

fn user(number: u64) -> UserId {
    UserId::new(number).expect("a user")
}

/// A new player who is owed a bonus and whose message was lost.
async fn sign_up_silently(context: &Context, number: u64) {
    let phone = format!("+919876543{number}").parse().expect("a number");
    let code = ReferralCode::from_random((number.to_be_bytes())[3..].try_into().expect("5 bytes"));
    let account = Account::register(user(number), phone, None, code, None, now());
    let nobodys = PasswordHash::new("$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAA".to_owned());
    let signed_up = context.store.sign_up(&account, &nobodys).await;
    assert!(matches!(signed_up, Ok(SignUpOutcome::SignedUp)), "{signed_up:?}");
}

/// Sweeps that many minutes later, and returns the number of waiting registration jobs.
async fn sweep_after(context: &Context, minutes: i64) -> u64 {
    let swept = evens_sweep::handle(context, later(minutes)).await;
    assert_eq!(swept.expect("a sweep"), JobDone("swept"));
    context.queues.waiting_count(Queue::Registration).await.expect("the queue")
}

fn later(minutes: i64) -> Timestamp {
    now().checked_add(SignedDuration::from_mins(minutes)).expect("a time")
}

#[tokio::test]
async fn a_queue_that_stands_still_gets_each_job_once_in_ten_sweeps() {
    let table = EmbeddedTable::start().await;
    let context = table.context(Settings::local()).await;
    for number in 100..103 {
        sign_up_silently(&context, number).await;
    }
    // Lost jobs are sent again every minute while the queue is short.
    assert_eq!(sweep_after(&context, 2).await, 3);
    assert_eq!(sweep_after(&context, 3).await, 6);

    let others = (1_000..1_994).map(|number| OutgoingJob::of(ApplyBonusJob { user_id: user(number) }));
    context.queues.send(others.collect()).await.expect("sent");
    let mut waiting = vec![1_000];
    for minutes in 4..14 {
        waiting.push(sweep_after(&context, minutes).await);
    }
    let added = waiting.windows(2).map(|pair| pair[1] - pair[0]).filter(|added| *added > 0);
    assert_eq!(added.collect::<Vec<_>>(), [3], "{waiting:?}");
    let actual = context.metrics.prometheus();
    let oldest = format!("\nevens_oldest_unfinished_age_seconds{{kind=\"registration\"}} {}\n", 13 * 60);
    assert!(actual.contains(&oldest), "{oldest} is not in {actual}");
    assert!(actual.contains("\nevens_sweeper_finds_total{kind=\"registration\"} 36\n"), "{actual}");

    // Once the queue shrinks, lost jobs are sent again.
    let taken = context.queues.receive(Queue::Registration, Duration::ZERO).await.expect("jobs");
    let (receipts, count) = (taken.iter().map(|taken| taken.receipt.clone()).collect(), taken.len() as u64);
    assert!(count > 3, "{count}");
    context.queues.delete(Queue::Registration, receipts).await.expect("deleted");
    assert_eq!(sweep_after(&context, 14).await, 1_003 - count + 3);
}
