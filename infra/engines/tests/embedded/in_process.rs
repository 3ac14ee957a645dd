//! A client without a socket gets the same answers as one with a socket.

use crate::table::{self, TABLE};
use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem};
use aws_sdk_dynamodb::{Client, config};
use evens_engines::Engines;
use std::collections::HashMap;

type Item = HashMap<String, AttributeValue>;

/// Two clients: one without a socket, which signs nothing, and one with a socket.
fn clients(engines: &Engines) -> [Client; 2] {
    let in_process = config::Builder::new()
        .behavior_version(config::BehaviorVersion::latest())
        .region(config::Region::new("us-east-1"))
        .allow_no_auth()
        .http_client(engines.http_client())
        .endpoint_url(engines.dynamodb_url());
    [Client::from_conf(in_process.build()), table::client(engines)]
}

async fn engines_with_table() -> Engines {
    let engines = Engines::start(None).await.unwrap();
    table::create(&table::client(&engines)).await;
    engines
}

fn item(name: &str, size: &str) -> Item {
    let name = AttributeValue::S(name.to_owned());
    HashMap::from([("name".to_owned(), name), ("size".to_owned(), AttributeValue::N(size.to_owned()))])
}

fn key(name: &str) -> AttributeValue {
    AttributeValue::S(name.to_owned())
}

/// The code and message of an error.
fn refusal<E: ProvideErrorMetadata, R>(error: &SdkError<E, R>) -> (Option<String>, Option<String>) {
    (error.code().map(str::to_owned), error.message().map(str::to_owned))
}

#[tokio::test]
async fn each_client_reads_the_writes_of_the_other() {
    let engines = engines_with_table().await;
    for (writer, reader) in [(0, 1), (1, 0)] {
        let clients = clients(&engines);
        let (writer, reader, name) = (&clients[writer], &clients[reader], format!("thing-{writer}"));
        writer.put_item().table_name(TABLE).set_item(Some(item(&name, "12.5"))).send().await.unwrap();
        let found = reader.get_item().table_name(TABLE).key("name", key(&name)).send().await.unwrap();
        assert_eq!(found.item, Some(item(&name, "12.5")));
    }
    engines.stop().await;
}

#[tokio::test]
async fn a_condition_that_fails_brings_the_item() {
    let engines = engines_with_table().await;
    for client in clients(&engines) {
        let put = Put::builder().table_name(TABLE).set_item(Some(item("thing", "1")));
        let put = put.condition_expression("attribute_not_exists(#name)");
        let put = put.expression_attribute_names("#name", "name");
        let put = put.return_values_on_condition_check_failure("ALL_OLD".into()).build().unwrap();
        client.put_item().table_name(TABLE).set_item(Some(item("thing", "7"))).send().await.unwrap();
        let write = TransactWriteItem::builder().put(put).build();
        let error = client.transact_write_items().transact_items(write).send().await.unwrap_err();
        let error = error.into_service_error();
        assert!(error.is_transaction_canceled_exception(), "{}", DisplayErrorContext(&error));
        let aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(cancelled) =
            error
        else {
            panic!("another error")
        };
        let [reason] = cancelled.cancellation_reasons() else { panic!("one reason") };
        assert_eq!(reason.code(), Some("ConditionalCheckFailed"));
        assert_eq!(reason.item(), Some(&item("thing", "7")));
    }
    engines.stop().await;
}

#[tokio::test]
async fn requests_that_are_wrong_are_refused_in_the_same_words() {
    let engines = engines_with_table().await;
    let mut said = Vec::new();
    for client in clients(&engines) {
        let get = client.get_item().table_name(TABLE);
        let wrong_key = get.key("size", key("thing")).send().await.unwrap_err();
        let no_table = client.get_item().table_name("nothing").key("name", key("thing")).send();
        let no_table = no_table.await.unwrap_err();
        let update = client.update_item().table_name(TABLE).key("name", key("thing"));
        let reserved = update.update_expression("SET size = size + :one").send().await.unwrap_err();
        let number = client.put_item().table_name(TABLE).set_item(Some(item("thing", "one")));
        let number = number.send().await.unwrap_err();
        said.push([refusal(&wrong_key), refusal(&no_table), refusal(&reserved), refusal(&number)]);
    }
    let codes = said[0].iter().map(|(code, _)| code.as_deref());
    let validation = Some("ValidationException");
    assert!(codes.eq([validation, Some("ResourceNotFoundException"), validation, validation]), "{said:?}");
    let sentences = said[0].iter().map(|(_, message)| message.as_deref().unwrap_or_default());
    // Without the parsers' prefix and position.
    let is_clean = |sentence: &str| {
        !sentence.is_empty() && !sentence.contains("VALIDATION") && !sentence.contains("at line")
    };
    assert!(sentences.into_iter().all(is_clean), "{said:?}");
    assert_eq!(said[0], said[1]);
    engines.stop().await;
}
