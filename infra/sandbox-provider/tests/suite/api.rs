//! The API through a socket: its answers, and the order of its refusals.

use crate::common::server::{KEY, SandboxServer, open_payment, send_payout, settings};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

#[tokio::test]
async fn a_payment_and_its_refund() {
    let served = SandboxServer::start(settings()).await;
    let payment = served.open_payment().await;
    let id = payment["id"].as_str().unwrap();
    assert_eq!(payment["status"], "open");
    assert_eq!(payment["payUrl"], format!("{}/pay/{id}", served.url));
    assert_eq!(served.open_payment().await, payment, "a repeat");
    assert_eq!(served.get(&format!("/v1/payments/{id}")).await.json(), payment);
    let found = served.get("/v1/payments?reference=order-1").await.json();
    assert_eq!(found, json!({ "payments": [payment] }));
    assert_eq!(served.get("/v1/payments?reference=order-9").await.json(), json!({ "payments": [] }));

    let refunds = format!("/v1/payments/{id}/refunds");
    let refund = || served.post(&refunds, "r", &json!({ "amount": 400 })).send();
    let refused = refund().await.unwrap();
    assert_eq!((refused.status, &refused.json()["code"]), (409, &json!("payment-status")));
    let paid = served.request("POST", &format!("/pay/{id}/pay"), &[], "").send().await.unwrap();
    assert_eq!(paid.status, 303);
    let refunded = refund().await.unwrap();
    assert_eq!((refunded.status, &refunded.json()["paymentId"]), (201, &json!(id)));
    let state = served.state_when(|state| state["refunds"][0]["status"] == "processed").await;
    assert_eq!(state["payments"][0]["amountRefunded"], 400);
    let id = refunded.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(served.get(&format!("/v1/refunds/{id}")).await.json(), state["refunds"][0]);
    assert_eq!(served.get("/v1/refunds/ref_7").await.status, 404);
    served.stop().await;
}

#[tokio::test]
async fn a_payout_is_processed_and_stated() {
    let served = SandboxServer::start(settings()).await;
    let payout = served.send_payout("k").await;
    assert_eq!((&payout["status"], &payout["account"]), (&json!("queued"), &json!("...7890")));
    let state = served.state_when(|state| state["payouts"][0]["status"] == "processed").await;
    assert_eq!(state["payouts"][0]["account"], "1234567890");
    assert_eq!(served.send_payout("k").await, payout, "a repeat gets the same answer");
    let other = served.post(
        "/v1/payouts",
        "k",
        &json!({ "amount": 501, "currency": "INR", "reference": "order-2", "account": "1234567890" }),
    );
    let other = other.send().await.unwrap();
    assert_eq!((other.status, &other.json()["code"]), (409, &json!("idempotency-key-reused")));

    let id = payout["id"].as_str().unwrap();
    let found = served.get("/v1/payouts?reference=order-2").await.json();
    assert_eq!(found["payouts"][0], served.get(&format!("/v1/payouts/{id}")).await.json());
    assert_eq!(found["payouts"].as_array().unwrap().len(), 1);

    let day = state["movements"][0]["at"].as_str().unwrap().split_once('T').unwrap().0.to_owned();
    let statement = served.get(&format!("/v1/statements/{day}.csv")).await;
    assert!(statement.header("content-type").starts_with("text/csv"));
    let mut lines = statement.body.lines();
    assert_eq!(lines.next(), Some("\"at\",\"kind\",\"id\",\"reference\",\"amount\",\"currency\""));
    assert!(lines.next().unwrap().ends_with(&format!(",\"payout\",\"{id}\",\"order-2\",-500,\"INR\"")));
    assert!(lines.next().unwrap().ends_with(&format!(",\"payout-fee\",\"{id}\",\"order-2\",-7,\"INR\"")));
    served.stop().await;
}

#[tokio::test]
async fn only_requests_with_the_key_are_answered() {
    let served = SandboxServer::start(settings()).await;
    let basic = |pair: String| format!("Basic {}", STANDARD.encode(pair));
    let table = [
        (None, 401),
        (Some(String::new()), 401),
        (Some(KEY.to_owned()), 401),
        (Some(format!("Bearer {KEY}x")), 401),
        (Some(format!("Bearer {}", &KEY[1..])), 401),
        (Some(format!("Bearer {KEY}")), 200),
        (Some(format!("bearer {KEY}")), 200),
        (Some("Basic not base64".to_owned()), 401),
        (Some(basic(KEY.to_owned())), 401),
        (Some(basic(format!("{KEY}:"))), 401),
        (Some(basic(format!("anybody:{KEY}"))), 200),
        (Some(basic(format!(":{KEY}"))), 200),
    ];
    for (authorization, expected) in table {
        for path in ["/v1/payouts?reference=a", "/_state"] {
            let headers: Vec<_> =
                authorization.as_deref().map(|value| ("authorization", value)).into_iter().collect();
            let answer = served.request("GET", path, &headers, "").send().await.unwrap();
            assert_eq!(answer.status, expected, "{authorization:?}");
            if expected == 401 {
                assert_eq!(answer.json()["code"], "unauthorized");
                assert!(answer.header("www-authenticate").starts_with("Basic"));
            }
        }
    }
    served.stop().await;
}

/// Each row has one fault, with the expected status, code and field.
#[tokio::test]
async fn each_fault_of_a_request_has_its_status_code_and_field() {
    let served = SandboxServer::start(settings()).await;
    let payout = |name: &str, value: Value| {
        let mut body = send_payout();
        body[name] = value;
        ("/v1/payouts", body)
    };
    let payment = |name: &str, value: Value| {
        let mut body = open_payment();
        body[name] = value;
        ("/v1/payments", body)
    };
    let fault =
        |on: &str, what: &str, times: Value| ("/_faults", json!({ "on": on, "do": what, "times": times }));
    let unknown = "/v1/payments/pay_00000000000000000000000000000007/refunds";
    #[rustfmt::skip]
    let table = [
        (payout("amount", json!(0)),                    422, "invalid-field",  "amount"),
        (payout("amount", json!(-1)),                   422, "invalid-field",  "amount"),
        (payout("amount", json!(1.5)),                  422, "invalid-field",  "amount"),
        (payout("amount", json!(1e15)),                 422, "invalid-field",  "amount"),
        (payout("amount", json!("500")),                422, "invalid-field",  "amount"),
        (payout("currency", json!("rupees")),           422, "invalid-field",  "currency"),
        (payout("currency", json!(["INR"])),            422, "invalid-field",  "currency"),
        (payout("reference", json!("")),                422, "invalid-field",  "reference"),
        (payout("account", json!(null)),                422, "invalid-field",  "account"),
        (payout("acount", json!("1")),                  422, "invalid-field",  "acount"),
        (payment("returnUrl", json!("javascript:1")),   422, "invalid-field",  "returnUrl"),
        (("/v1/payouts", json!([])),                    422, "malformed-json", ""),
        (fault("nowhere", "hang", json!(1)),            422, "invalid-field",  "on"),
        (fault("callback", "hang", json!(1)),           422, "invalid-field",  "do"),
        (fault("send-payout", "hang", json!(0)),        422, "invalid-field",  "times"),
        (fault("send-payout", "hang", json!(5_000_000)), 422, "invalid-field", "times"),
        (("/v1/payments/7/refunds", json!({})),         404, "not-found",      ""),
        ((unknown, json!({ "amount": 1 })),             404, "not-found",      ""),
        (("/v2/payouts", json!({})),                    404, "not-found",      ""),
        (("/_state", json!({})),                        405, "method-not-allowed", ""),
    ];
    for ((path, body), status, code, field) in table {
        let answer = served.post(path, "k", &body).send().await.unwrap();
        let problem = answer.json();
        assert_eq!((answer.status, problem["code"].as_str().unwrap()), (status, code), "{path} {body}");
        assert_eq!(problem["field"].as_str().unwrap_or_default(), field, "{path} {body}");
    }
    for (path, field) in [
        ("/v1/payouts", "reference"),
        ("/v1/payouts?reference=", "reference"),
        ("/v1/payments?reference=a&reference=b", "reference"),
        ("/v1/statements/2026-02-30.csv", "day"),
    ] {
        let answer = served.get(path).await;
        assert_eq!((answer.status, answer.json()["field"].as_str()), (422, Some(field)), "{path}");
    }
    let state = served.state().await;
    assert_eq!(
        (&state["payouts"], &state["payments"], &state["faults"]),
        (&json!([]), &json!([]), &json!([]))
    );
    served.stop().await;
}

type Header<'a> = (&'a str, &'a str);

#[tokio::test]
async fn idempotency_keys_and_large_bodies() {
    let served = SandboxServer::start(settings()).await;
    let key = |value| ("idempotency-key", value);
    let authorization = format!("Bearer {KEY}");
    let large = format!("{{\"amount\": {}1}}", " ".repeat(64 * 1024));
    let body = send_payout().to_string();
    #[rustfmt::skip]
    let table: [(&[Header], &str, u16); 5] = [
        (&[key("a")],                   &large, 413),
        (&[],                           &body,  422),
        (&[key("a"), key("a")],         &body,  422),
        (&[key("a b")],                 &body,  422),
        (&[key("a")],                   &body,  201),
    ];
    for (keys, body, expected) in table {
        let headers: Vec<_> = [("authorization", &*authorization)].into_iter().chain(keys.to_vec()).collect();
        let answer = served.request("POST", "/v1/payouts", &headers, body).send().await.unwrap();
        assert_eq!(answer.status, expected, "{keys:?}");
        if expected == 422 {
            assert_eq!(answer.json()["field"], "Idempotency-Key");
        }
    }
    served.stop().await;
}
