//! `GET /health`: the answer names the failed parts, and the log says why they failed (I13).

use aws_sdk_dynamodb::types::AttributeValue;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use evens_doubles::{EmbeddedTable, FakeSqs, Log};
use evens_runtime::{Context, Settings};
use evens_store::Store;
use serde_json::{Value, json};
use tower::ServiceExt;

/// The answer, and the log lines with the reasons.
async fn health(context: Context) -> (u16, Value, Vec<Value>) {
    let log = Log::start();
    let subscriber = tracing_subscriber::fmt().json().flatten_event(true).with_writer(log.clone()).finish();
    let guard = tracing::subscriber::set_default(subscriber);
    let request = Request::get("/health").body(Body::empty()).unwrap();
    let answer = evens_status::router().with_state(context).oneshot(request).await.unwrap();
    drop(guard);
    let status = answer.status().as_u16();
    let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    let lines = log.take();
    let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let lines = lines.filter(|line| line["message"] == "Database health check failed").collect();
    (status, serde_json::from_slice(&body).unwrap(), lines)
}

/// Makes a pool unreadable.
async fn break_pool(table: &EmbeddedTable) {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let put = table.client().put_item().table_name(EmbeddedTable::NAME);
    let put =
        put.item("pk", text("JACKPOT#minor")).item("sk", text("POOL")).item("kind", text("jackpot_pool"));
    put.send().await.unwrap();
}

#[tokio::test]
async fn a_part_without_an_answer_is_named_and_its_cause_is_logged() {
    const PARTS: [&str; 3] = ["table", "queues", "jackpots"];
    let table = EmbeddedTable::start().await;
    let good = table.context(Settings::local()).await;
    let no_table = || Store::new(table.client().clone(), "another".to_owned());
    let no_queues = || FakeSqs::new(|_, _, _| Err("AccessDenied")).queues();
    let rows = [
        (good.clone(), [true, true, true]),
        (Context { queues: no_queues(), ..good.clone() }, [true, false, true]),
        // The pools are in the same table.
        (Context { store: no_table(), ..good.clone() }, [false, true, false]),
        (Context { store: no_table(), queues: no_queues(), ..good.clone() }, [false, false, false]),
        (good, [true, true, false]),
    ];
    for (number, (context, answers)) in rows.into_iter().enumerate() {
        if number == 4 {
            break_pool(&table).await;
        }
        let (status, body, lines) = health(context).await;
        let [table, queues, jackpots] = answers;
        let healthy = answers == [true; 3];
        let expected = json!({ "healthy": healthy, "table": table, "queues": queues, "jackpots": jackpots });
        assert_eq!((status, body), (if healthy { 200 } else { 503 }, expected));
        let actual: Vec<_> = lines.iter().map(|line| PARTS.map(|part| !line[part].is_string())).collect();
        assert_eq!(actual, if healthy { vec![] } else { vec![answers] }, "{lines:?}");
        assert!(lines.iter().all(|line| line["level"] == "ERROR"), "{lines:?}");
    }
}
