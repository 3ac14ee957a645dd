//! Metrics and log lines of jackpot operations.

use crate::world::{PLAYER, World};
use serde_json::{Value, json};
use std::io::{Result, Write};
use std::sync::{Arc, Mutex, PoisonError};
use tracing::Level;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

/// The log output of this thread.
#[derive(Debug, Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Log {
    fn listen(&self) -> DefaultGuard {
        evens_doubles::listen_everywhere();
        let subscriber = tracing_subscriber::fmt().json().flatten_event(true).with_max_level(Level::DEBUG);
        tracing::subscriber::set_default(subscriber.with_writer(self.clone()).finish())
    }

    /// The log lines about operations with their levels, without values that differ from run to run.
    fn lines(&self) -> Vec<Value> {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let text = String::from_utf8(bytes).expect("text");
        let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        let of_operations = lines.filter(|line| line["target"] == "evens_runtime::jackpot_operation");
        let actual = of_operations.map(|mut line| {
            if line["outcome"].is_string() {
                assert!(line["duration_ms"].is_u64(), "{line}");
            }
            let fields = ["level", "message", "operation", "operation.id", "group", "outcome", "retries"];
            line.as_object_mut().expect("fields").retain(|name, _| fields.contains(&name.as_str()));
            line
        });
        actual.collect()
    }
}

fn tried(attempt: u32) -> Value {
    json!({
        "level": "DEBUG", "operation": "contribute", "operation.id": "op-1", "group": "minor",
        "message": format!("Attempt {attempt} at contribute op-1 failed: Conflict"),
    })
}

fn ended(outcome: &str, retries: u32) -> Value {
    json!({
        "level": "DEBUG", "operation": "contribute", "operation.id": "op-1", "group": "minor",
        "message": format!("contribute op-1: {outcome}"), "outcome": outcome, "retries": retries,
    })
}

#[tokio::test]
async fn failed_attempts_of_a_contribution_are_counted_by_group_and_logged_under_its_id() {
    let world = World::start(true).await;
    let log = Log::default();
    let _guard = log.listen();
    let body = json!({ "opId": "op-1", "minor": 4 });
    world.lose_every_race(true);
    assert_eq!(world.contribute(&body).await.status, 503);
    world.lose_every_race(false);
    assert_eq!(world.contribute(&body).await.status, 200);
    let expected = [tried(1), tried(2), tried(3), tried(4), ended("handedOver", 3), ended("done", 0)];
    assert_eq!(log.lines(), expected);
    let counted = world.counted();
    for series in [
        r#"evens_jackpot_operations_total{operation="contribute",group="minor",outcome="handedOver"} 1"#,
        r#"evens_jackpot_operations_total{operation="contribute",group="minor",outcome="done"} 1"#,
        r#"evens_jackpot_conflicts_total{operation="contribute",group="minor"} 4"#,
        r#"evens_jackpot_retries_total{operation="contribute",group="minor"} 3"#,
    ] {
        assert!(counted.lines().any(|line| line == series), "{series}\n{counted}");
    }
}

#[tokio::test]
async fn an_award_that_never_comes_to_its_turn_has_failed_and_is_seen_without_debugging() {
    let world = World::start(true).await;
    let log = Log::default();
    let _guard = log.listen();
    world.lose_every_race(true);
    let body = json!({ "opId": "win-1", "userId": PLAYER, "reason": "a prize" });
    assert_eq!(world.award(&body).await.status, 503);
    let actual = log.lines();
    let last = actual.last().expect("a line");
    assert_eq!((&last["level"], &last["outcome"]), (&json!("INFO"), &json!("failed")), "{last}");
    assert_eq!(last["message"], "processWin win-1: failed");
}

/// F11: a request that waits for another win learns at the timeout which win holds the group, and nothing has begun.
#[tokio::test]
async fn a_win_that_waits_for_another_one_is_refused_when_its_time_is_over() {
    let world = World::start(true).await;
    let body = |id: &str| json!({ "opId": id, "userId": PLAYER, "amount": "100", "reason": "a prize" });
    // No worker runs here, so the first win is not paid.
    let first = world.award(&body("win-1")).await;
    assert_eq!((first.status, first.retry_after.as_deref()), (503, Some("1")), "{}", first.body);
    let waited = world.award(&body("win-2")).await;
    assert_eq!(waited.status, 409);
    let actual = &waited.body;
    assert_eq!((&actual["operation"], &actual["group"]), (&json!("processWin"), &json!("minor")), "{actual}");
    assert_eq!(actual["conflictDetails"]["heldBy"], json!("win-1"), "{actual}");
    let counted = world.counted();
    let refused =
        r#"evens_jackpot_operations_total{operation="processWin",group="minor",outcome="refused"} 1"#;
    assert!(counted.lines().any(|line| line == refused), "{counted}");
}
