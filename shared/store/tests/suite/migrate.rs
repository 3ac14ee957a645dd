//! The table's definition: created once, and refused if an existing table differs.

use crate::engine::{Engine, new_table_name};
use crate::scenario::{bet, second};
use aws_sdk_dynamodb::operation::create_table::builders::CreateTableFluentBuilder;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType,
};
use evens_exchange::Side;
use evens_store::{MigrateOutcome, StoreError, migrate};
use futures::future::join_all;

pub(crate) async fn migrating_again_changes_nothing(engine: &Engine) {
    bet(&engine.store, 1, Side::A, "1", 0).await;
    for _ in 0..2 {
        assert_eq!(migrate(&engine.client, &engine.table).await.unwrap(), MigrateOutcome::Present);
    }
    assert_eq!(crate::raw::items(engine, "waiting").await.len(), 1);
    engine.store.probe().await.unwrap();
}

pub(crate) async fn parallel_migrations_create_one_table(engine: &Engine) {
    let table = new_table_name();
    let migrated = join_all((0..4).map(|_| migrate(&engine.client, &table))).await;
    assert!(migrated.iter().all(Result::is_ok), "{migrated:?}");
    assert_eq!(migrate(&engine.client, &table).await.unwrap(), MigrateOutcome::Present);
}

pub(crate) async fn a_table_that_is_another_one_is_refused(engine: &Engine) {
    let index = ("unfinished", "unfinished_pk", "unfinished_sk");
    #[rustfmt::skip]
    let table = [
        // key             index                                            projected          accepted
        (["pk", "sk"],     Some(index),                                     Some("user_a"),    true),
        (["pk", "sk"],     Some(index),                                     None,              true),
        (["pk", "sk"],     Some(index),                                     Some("user_b"),    false),
        (["pk", "sk"],     Some(("unfinished", "unfinished_pk", "sk")),     Some("user_a"),    false),
        (["pk", "sk"],     Some(("finished", "unfinished_pk", "unfinished_sk")), Some("user_a"), false),
        (["pk", "sk"],     None,                                            None,              false),
        (["id", "sk"],     Some(index),                                     Some("user_a"),    false),
    ];
    for (key, index, projected, is_accepted) in table {
        let name = new_table_name();
        create(engine, &name, key, index, projected).await;
        let migrated = migrate(&engine.client, &name).await;
        let case = format!("{key:?}, {index:?}, {projected:?}: {migrated:?}");
        match migrated {
            Ok(MigrateOutcome::Present) => assert!(is_accepted, "{case}"),
            Err(StoreError::Rejected { code, .. }) => {
                assert!(!is_accepted && code == "TableDiffers", "{case}");
            }
            _ => panic!("{case}"),
        }
    }
}

pub(crate) async fn a_store_without_a_table_is_rejected(engine: &Engine) {
    let store = evens_store::Store::new(engine.client.clone(), new_table_name());
    let probed = store.probe().await;
    assert!(matches!(probed, Err(StoreError::Rejected { .. })), "{probed:?}");
    let funded =
        store.fund_wallet(crate::scenario::user(1), crate::scenario::amount("1"), "order", second(0)).await;
    assert!(matches!(funded, Err(StoreError::Rejected { .. })), "{funded:?}");
}

/// `None` for the projection: everything.
async fn create(
    engine: &Engine,
    name: &str,
    key: [&str; 2],
    index: Option<(&str, &str, &str)>,
    projected: Option<&str>,
) {
    let mut attributes = vec![key[0], key[1]];
    let mut request = with_key(engine.client.create_table().table_name(name), key);
    if let Some((index, partition, sort)) = index {
        attributes.extend([partition, sort]);
        let projection = match projected {
            Some(attribute) => {
                Projection::builder().projection_type(ProjectionType::Include).non_key_attributes(attribute)
            }
            None => Projection::builder().projection_type(ProjectionType::All),
        };
        let index = GlobalSecondaryIndex::builder()
            .index_name(index)
            .key_schema(element(partition, KeyType::Hash))
            .key_schema(element(sort, KeyType::Range))
            .projection(projection.build());
        request = request.global_secondary_indexes(index.build().unwrap());
    }
    attributes.sort_unstable();
    attributes.dedup();
    for attribute in attributes {
        let definition = AttributeDefinition::builder().attribute_name(attribute);
        let definition = definition.attribute_type(ScalarAttributeType::S).build().unwrap();
        request = request.attribute_definitions(definition);
    }
    request.billing_mode(BillingMode::PayPerRequest).send().await.expect("a table");
}

fn with_key(request: CreateTableFluentBuilder, [partition, sort]: [&str; 2]) -> CreateTableFluentBuilder {
    request.key_schema(element(partition, KeyType::Hash)).key_schema(element(sort, KeyType::Range))
}

fn element(name: &str, kind: KeyType) -> KeySchemaElement {
    KeySchemaElement::builder().attribute_name(name).key_type(kind).build().expect("an element")
}
