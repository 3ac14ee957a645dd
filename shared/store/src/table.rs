//! The table's definition: the same as in `template.yaml`, for engines where nobody deploys a template.

use crate::{Store, StoreError};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::operation::describe_table::DescribeTableError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType, TableDescription, TableStatus,
};

/// What migrating did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MigrateOutcome {
    /// The table was created.
    Created,
    /// The table was there, with its index.
    Present,
}

/// Creates the table where it is missing. Repeatable. Fails with [`StoreError::Rejected`] where a table of that name
/// has another key or lacks the index.
pub async fn migrate(client: &Client, table: &str) -> Result<MigrateOutcome, StoreError> {
    let described = client.describe_table().table_name(table).send().await;
    match described {
        Ok(output) => {
            if output.table().is_some_and(is_as_defined) {
                return Ok(MigrateOutcome::Present);
            }
            let source = format!("the table {table} exists with another key or without the index").into();
            Err(StoreError::Rejected {
                code: "TableDiffers".to_owned(),
                source,
            })
        }
        Err(error)
            if error
                .as_service_error()
                .is_some_and(DescribeTableError::is_resource_not_found_exception) =>
        {
            create(client, table).await?;
            Ok(MigrateOutcome::Created)
        }
        Err(error) => Err(error.into()),
    }
}

fn is_as_defined(table: &TableDescription) -> bool {
    let mut indexes = table.global_secondary_indexes().iter();
    let has_index = indexes.any(|index| index.index_name() == Some(Store::UNFINISHED));
    has_index
        && table
            .key_schema()
            .iter()
            .map(KeySchemaElement::attribute_name)
            .eq(["pk", "sk"])
}

async fn create(client: &Client, table: &str) -> Result<(), StoreError> {
    let index = GlobalSecondaryIndex::builder()
        .index_name(Store::UNFINISHED)
        .set_key_schema(Some(key_schema("unfinished_pk", "unfinished_sk")?))
        .projection(
            Projection::builder()
                .projection_type(ProjectionType::Include)
                .non_key_attributes("user_a")
                .build(),
        )
        .build()
        ?;
    let mut request = client
        .create_table()
        .table_name(table)
        .billing_mode(BillingMode::PayPerRequest);
    for name in ["pk", "sk", "unfinished_pk", "unfinished_sk"] {
        let definition = AttributeDefinition::builder().attribute_name(name);
        let definition = definition
            .attribute_type(ScalarAttributeType::S)
            .build()
            ?;
        request = request.attribute_definitions(definition);
    }
    let request = request
        .set_key_schema(Some(key_schema("pk", "sk")?))
        .global_secondary_indexes(index);
    match request.send().await {
        Ok(_) => {}
        // Another process was faster.
        Err(error)
            if error
                .as_service_error()
                .is_some_and(CreateTableError::is_resource_in_use_exception) => {}
        Err(error) => return Err(error.into()),
    }
    wait_until_active(client, table).await
}

async fn wait_until_active(client: &Client, table: &str) -> Result<(), StoreError> {
    for _ in 0..60 {
        let output = client.describe_table().table_name(table).send().await?;
        if output.table().and_then(|table| table.table_status()) == Some(&TableStatus::Active) {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    }
    Err(StoreError::Contended)
}

fn key_schema(partition: &str, sort: &str) -> Result<Vec<KeySchemaElement>, StoreError> {
    let element = |name, kind| {
        KeySchemaElement::builder()
            .attribute_name(name)
            .key_type(kind)
            .build()
            .map_err(not_built)
    };
    Ok(vec![
        element(partition, KeyType::Hash)?,
        element(sort, KeyType::Range)?,
    ])
}
