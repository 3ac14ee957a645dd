//! Logs of retries (K10).

use super::script::{Fault, Script};
use super::write::Write;
use super::{Came, write_through};
use crate::engine::Engine;
use crate::scenario::{amount, second, user};
use evens_doubles::Log;
use futures::future::join_all;
use std::time::Duration;
use tracing::Level;
use tracing::subscriber::set_default;

/// Single conflicts are normal; from the third on the log has a line at the level info. Only a conflict is called a
/// deadlock, as in the old system.
#[tokio::test]
async fn a_write_that_meets_others_again_and_again_says_so() {
    for (code, said) in [
        ("TransactionConflictException", "Deadlock detected"),
        ("ThrottlingException", "No answer from the table"),
    ] {
        let log = Log::start();
        let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).with_ansi(false);
        let guard = set_default(subscriber.finish());
        let script = Script::of(Write::Settle.operation(), &[(); 3].map(|()| Fault::error(code)));
        let came = write_through(Write::Settle, &script, Duration::from_secs(20)).await;
        drop(guard);
        assert_eq!(came, Came::of("now", 4, 1), "{code}");
        let text = log.take();
        let actual: Vec<_> = text.lines().filter(|line| line.contains(", retrying in ")).collect();
        let [line] = actual.as_slice() else { panic!("{code}: {text}") };
        assert!(line.contains(&format!("{said}, retrying in ")) && line.contains("ms (attempt 3)"), "{line}");
    }
}

/// K10, X36: up to 100 ms before the second attempt, then up to twice as long each time, and at most 2 s. Each pause is
/// drawn at random, so that writes which met once do not meet again.
#[tokio::test]
async fn each_pause_may_be_twice_as_long_up_to_two_seconds() {
    const PAUSE_MS_MAX: [u64; 6] = [100, 200, 400, 800, 1_600, 2_000];
    let log = Log::start();
    let subscriber = tracing_subscriber::fmt().with_writer(log.clone()).with_ansi(false);
    let guard = set_default(subscriber.with_max_level(Level::DEBUG).finish());
    let engine = Engine::direct().await;
    let throttled = Script::without_end("TransactWriteItems", &[Fault::error("ThrottlingException")]);
    let store = engine.through(throttled.http()).retry_for(Duration::from_secs(10));
    let funded = (1..=40).map(async |number| {
        store.fund_wallet(user(number), amount("1"), &format!("order-{number}"), second(1)).await
    });
    assert!(join_all(funded).await.iter().all(Result::is_err), "nothing is written");
    drop(guard);
    let text = log.take();
    let actual = text.lines().filter_map(|line| {
        let (pause_ms, attempt) = line.split_once(", retrying in ")?.1.split_once("ms (attempt ")?;
        Some((attempt.split_once(')')?.0.parse().ok()?, pause_ms.parse().ok()?))
    });
    let mut longest = [0; PAUSE_MS_MAX.len()];
    for (attempt, pause_ms) in actual.filter(|(attempt, _): &(usize, u64)| *attempt <= PAUSE_MS_MAX.len()) {
        longest[attempt - 1] = longest[attempt - 1].max(pause_ms);
    }
    let fits = longest.iter().zip(PAUSE_MS_MAX).all(|(longest, max)| *longest <= max && *longest > max / 2);
    assert!(fits, "of 40 pauses each, the longest are {longest:?}");
}

/// Other tests of the binary log the same text concurrently, without a subscriber.
#[test]
fn a_line_that_another_thread_logged_first_is_captured() {
    let say = || tracing::warn!("said twice");
    let log = Log::start();
    let _guard = set_default(tracing_subscriber::fmt().with_writer(log.clone()).finish());
    std::thread::spawn(say).join().expect("it is said");
    say();
    assert_eq!(log.take().matches("said twice").count(), 1);
}
