//! Calls with injected faults: the answer to the caller, and the actual effect.

use crate::common::server::{SandboxServer, send_payout, settings};
use serde_json::json;
use std::time::Duration;

/// The fault, the answer's status (`None`: the connection closed), and the number of payouts afterwards.
#[tokio::test]
async fn each_fault_has_its_answer_and_its_effect() {
    #[rustfmt::skip]
    let table = [
        ("fail-before-effect", Some(503), 0),
        ("429",                Some(429), 0),
        ("422",                Some(422), 0),
        ("500",                Some(500), 1),
        ("lose-answer",        None,      1),
        ("garbage",            Some(201), 1),
        ("delay",              Some(201), 1),
    ];
    for (fault, status, payouts) in table {
        let served = SandboxServer::start(settings()).await;
        served.fault("send-payout", fault).await;
        assert_eq!(served.get("/v1/payouts?reference=order-2").await.status, 200, "another call");
        let answer = served.post("/v1/payouts", "k", &send_payout()).send().await;
        assert_eq!(answer.as_ref().ok().map(|answer| answer.status), status, "{fault}");
        if fault == "garbage" {
            assert!(serde_json::from_str::<serde_json::Value>(&answer.unwrap().body).is_err());
        }
        let state = served.state().await;
        assert_eq!(state["payouts"].as_array().unwrap().len(), payouts, "{fault}");
        assert_eq!(state["faults"], json!([]));
        // A repeat is answered as if there had been no fault.
        let repeat = served.send_payout("k").await;
        assert_eq!(repeat["status"], "queued", "{fault}");
        assert_eq!(served.state().await["payouts"].as_array().unwrap().len(), 1, "{fault}");
        served.stop().await;
    }
}

#[tokio::test]
async fn a_call_that_hangs_was_carried_out_and_ends_with_the_server() {
    let served = SandboxServer::start(settings()).await;
    served.fault("send-payout", "hang").await;
    let hanging = tokio::spawn(served.post("/v1/payouts", "k", &send_payout()).send());
    let state = served.state_when(|state| state["payouts"][0]["status"] == "processed").await;
    assert_eq!(state["faults"], json!([]));
    assert!(!hanging.is_finished());
    served.stop().await;
    assert!(hanging.await.unwrap().is_err());
}

/// The caller gives up before the call takes effect, so "not found" does not mean "failed".
#[tokio::test]
async fn a_delayed_call_is_carried_out_although_its_caller_has_gone() {
    let mut settings = settings();
    // Long enough for the test to observe the call and disconnect.
    settings.rules.fault_delay = Duration::from_secs(5);
    let served = SandboxServer::start(settings).await;
    served.fault("send-payout", "delay").await;
    let call = tokio::spawn(served.post("/v1/payouts", "k", &send_payout()).send());
    let state = served.state_when(|state| state["faults"] == json!([])).await;
    assert_eq!(state["payouts"], json!([]));
    call.abort();
    served.state_when(|state| state["payouts"][0]["reference"] == "order-2").await;
    served.stop().await;
}

#[tokio::test]
async fn a_fault_needs_the_key_to_happen() {
    let served = SandboxServer::start(settings()).await;
    served.fault("send-payout", "500").await;
    let stranger = served.request("POST", "/v1/payouts", &[], "{}").send().await.unwrap();
    assert_eq!(stranger.status, 401);
    assert_eq!(served.state().await["faults"], json!([{ "on": "send-payout", "do": "500", "times": 1 }]));
    served.stop().await;
}
