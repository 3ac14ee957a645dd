//! Idempotency tokens of transactions, which only calls through the SDK have.

use super::{connect, new_table, new_world};
use crate::clients;
use crate::world::Who;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use evens_engines::Engines;

/// The code of the failure of a transaction that creates an item, if it failed.
async fn create(client: &Client, table: &str, token: &str, sort: &str) -> Option<String> {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let put = Put::builder().table_name(table).item("pk", text("P")).item("sk", text(sort));
    let put = put.condition_expression("attribute_not_exists(pk)").build().unwrap();
    let item = TransactWriteItem::builder().put(put).build();
    let request = client.transact_write_items().transact_items(item).client_request_token(token);
    let failed = request.send().await.err()?;
    Some(failed.code().unwrap_or("no code").to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_is_remembered_alike() {
    let engines = Engines::start(None).await.unwrap();
    let clients = connect(engines.dynamodb_url(), engines.access_key());
    let table = new_table(&clients, "tokens").await;
    // The system's own clients choose their tokens themselves.
    let simulated = clients::table_client(&new_world(), Who::Auditor);
    let config = simulated.config().to_builder().http_client(engines.http_client()).build();
    let embedded = Client::from_conf(config);
    #[rustfmt::skip]
    let calls = [
        // token     sort key  failure
        ("token-1",  "A",      None),
        ("token-1",  "A",      None),
        ("token-1",  "B",      Some("IdempotentParameterMismatchException")),
        ("token-2",  "A",      Some("TransactionCanceledException")),
        ("token-2",  "A",      Some("TransactionCanceledException")),
        ("token-3",  "B",      None),
    ];
    for (number, (token, sort, expected)) in calls.into_iter().enumerate() {
        for (client, name) in [(&simulated, "simulated"), (&embedded, "embedded")] {
            let failed = create(client, &table, token, sort).await;
            assert_eq!(failed.as_deref(), expected, "call {number}, {name}");
        }
    }
    engines.stop().await;
}
