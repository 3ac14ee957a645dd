//! The state of a provider with a file after a restart.

use crate::common::server::{SandboxServer, callbacks_to, settings};
use evens_sandbox_provider::{ServeError, Settings, serve};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tokio::net::TcpListener;

fn kept_in(path: &Path) -> Settings {
    let mut settings = settings();
    settings.state_file = Some(path.to_owned());
    settings
}

#[tokio::test]
async fn a_killed_provider_remembers_what_it_answered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("provider.json");
    let mut settings = kept_in(&path);
    // No server listens there, so the callback stays due.
    settings.callbacks = Some(callbacks_to("http://127.0.0.1:9/"));
    let served = SandboxServer::start(settings.clone()).await;
    let payout = served.send_payout("k").await;
    served.fault("send-payout", "500").await;
    served.state_when(|state| state["callbacks"][0]["type"] == "payout.processed").await;
    served.kill().await;

    let served = SandboxServer::start(settings).await;
    let state = served.state_when(|state| state["callbacks"][0]["type"] == "payout.processed").await;
    assert_eq!(state["payouts"][0]["id"], payout["id"]);
    assert_eq!(state["faults"], json!([{ "on": "send-payout", "do": "500", "times": 1 }]));
    assert_eq!(served.post("/v1/payouts", "other", &json!({})).send().await.unwrap().status, 500);
    assert_eq!(served.send_payout("k").await, payout);
    served.stop().await;
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn a_fault_that_happened_does_not_happen_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("provider.json");
    let served = SandboxServer::start(kept_in(&path)).await;
    served.fault("send-payout", "fail-before-effect").await;
    assert_eq!(served.post("/v1/payouts", "k", &json!({})).send().await.unwrap().status, 503);
    served.kill().await;
    let served = SandboxServer::start(kept_in(&path)).await;
    assert_eq!(served.state().await["faults"], json!([]));
    served.stop().await;
}

#[tokio::test]
async fn many_at_once_are_all_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("provider.json");
    let served = SandboxServer::start(kept_in(&path)).await;
    let keys: Vec<_> = (0..20).map(|number| number.to_string()).collect();
    let sent = futures::future::join_all(keys.iter().map(|key| served.send_payout(key))).await;
    served.kill().await;
    let served = SandboxServer::start(kept_in(&path)).await;
    for (key, payout) in keys.iter().zip(sent) {
        assert_eq!(served.send_payout(key).await, payout);
    }
    served.stop().await;
}

#[tokio::test]
async fn a_file_of_something_else_is_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("provider.json");
    for content in ["{}", "{\"version\":2,\"books\":{}}", ""] {
        std::fs::write(&path, content).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let error = serve(listener, kept_in(&path), async {}).await.unwrap_err();
        assert!(matches!(error, ServeError::StateFile { .. }), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), content);
    }
}

#[tokio::test]
async fn a_provider_whose_file_cannot_be_written_says_so_and_goes_on_when_it_can() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    let mut settings = kept_in(&missing.join("provider.json"));
    // No server listens there, so the callback stays due.
    settings.callbacks = Some(callbacks_to("http://127.0.0.1:9/"));
    let served = SandboxServer::start(settings.clone()).await;
    let body = json!({ "on": "payout", "do": "reverse-after-processed", "times": 1 });
    let answer = served.post("/_faults", "k", &body).send().await.unwrap();
    assert_eq!(answer.status, 500);
    std::fs::create_dir(&missing).unwrap();
    let payout = served.send_payout("k").await;
    let was_sent =
        |state: &Value| state["callbacks"][0]["attempts"].as_u64().is_some_and(|attempts| attempts > 0);
    served.state_when(was_sent).await;
    served.kill().await;
    let served = SandboxServer::start(settings).await;
    assert_eq!(served.send_payout("k").await, payout);
    served.stop().await;
}
