//! Who goes with whom, in virtual time.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use evens_lane::Lane;
use futures::future::join_all;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Calls that take a second each, and what was in them. The answer to a word is the word in capitals.
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
    lane: Lane<&'static str, String>,
    calls: Calls,
    start: Instant,
}

impl World {
    fn new() -> Self {
        Self { lane: Lane::of(10), calls: Calls::default(), start: Instant::now() }
    }

    /// Asks so many milliseconds after the start.
    async fn ask(&self, at_ms: u64, words: &[&'static str]) -> Result<Vec<String>, String> {
        tokio::time::sleep_until(self.start + Duration::from_millis(at_ms)).await;
        self.lane.ask(words.to_vec(), |together| self.calls.call(together)).await
    }
}

fn answered(words: &[&str]) -> Result<Vec<String>, String> {
    Ok(words.iter().map(|word| word.to_uppercase()).collect())
}

#[tokio::test(start_paused = true)]
async fn alone_one_asks_at_once() {
    let world = World::new();
    assert_eq!(world.ask(0, &["a", "b"]).await, answered(&["a", "b"]));
    assert_eq!((world.calls.seen(), world.start.elapsed()), (vec![vec!["a", "b"]], Calls::TIME));
}

#[tokio::test(start_paused = true)]
async fn a_call_takes_along_who_came_during_the_one_before() {
    let world = World::new();
    let all = [(0, &["a"][..]), (960, &["b", "c"]), (1_960, &["d", "e"]), (1_970, &["f"]), (2_960, &["g"])];
    let told = join_all(all.map(|(at_ms, words)| world.ask(at_ms, words))).await;
    assert_eq!(world.calls.seen(), [vec!["a"], vec!["b", "c"], vec!["d", "e", "f"], vec!["g"]]);
    assert_eq!(told, all.map(|(_, words)| answered(words)));
}

#[tokio::test(start_paused = true)]
async fn a_call_takes_no_more_than_it_can_and_all_of_a_caller() {
    let world = World::new();
    let parcels = [&["first"][..], &["x"; 6], &["y"; 5], &["z"; 4], &["many"; 11]];
    let told = join_all((0_u64..).zip(parcels).map(|(number, words)| {
        let at_ms = if number == 0 { 0 } else { 985 + number };
        world.ask(at_ms, words)
    }));
    assert_eq!(told.await, parcels.map(answered));
    let sizes: Vec<_> = world.calls.seen().iter().map(Vec::len).collect();
    // Those who were not taken along within 50 ms called alone.
    assert_eq!(sizes, [1, 6, 5, 4, 11]);
}

#[tokio::test(start_paused = true)]
async fn who_is_not_taken_along_soon_asks_alone() {
    let world = World::new();
    let told = join_all([&["slow"], &["b"], &["c"]].map(|words| world.ask(0, words))).await;
    assert_eq!(told, [&["slow"], &["b"], &["c"]].map(|words| answered(words)));
    assert_eq!(world.start.elapsed(), Calls::TIME + Lane::<(), ()>::PATIENCE);
    assert_eq!(world.calls.seen(), [["slow"], ["b"], ["c"]]);
}

#[tokio::test(start_paused = true)]
async fn whose_call_fails_takes_nobody_down_with_him() {
    let world = World::new();
    let told = [(0, &["first"][..]), (990, &["a", "fail"]), (991, &["b"]), (992, &["fail"])];
    let told = join_all(told.map(|(at_ms, words)| world.ask(at_ms, words))).await;
    let calls = [vec!["first"], vec!["a", "fail", "b", "fail"], vec!["b"], vec!["fail"]];
    assert_eq!(world.calls.seen(), calls);
    let failed = |number: u8| Err(format!("call {number} failed"));
    assert_eq!(told, [answered(&["first"]), failed(2), answered(&["b"]), failed(4)]);
}

#[tokio::test(start_paused = true)]
async fn who_was_taken_along_by_one_who_gave_up_asks_again() {
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
    assert_eq!(follower.await.unwrap(), answered(&["follower"]));
    assert_eq!(first.await.unwrap(), answered(&["first"]));
    assert_eq!(world.calls.seen()[2..], [["follower"]]);
    // The lane is free again.
    assert_eq!(world.ask(0, &["next"]).await, answered(&["next"]));
}
