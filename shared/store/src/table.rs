//! The table's definition: the same as in `template.yaml`, for engines where nobody deploys a template.

use crate::write::built;
use crate::{Store, StoreError};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::operation::describe_table::DescribeTableError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType, TableDescription, TableStatus,
};
use std::time::Duration;

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
            Err(StoreError::Rejected { code: "TableDiffers".to_owned(), source })
        }
        Err(error)
            if error.as_service_error().is_some_and(DescribeTableError::is_resource_not_found_exception) =>
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
    has_index && table.key_schema().iter().map(KeySchemaElement::attribute_name).eq(["pk", "sk"])
}

async fn create(client: &Client, table: &str) -> Result<(), StoreError> {
    let request = client
        .create_table()
        .table_name(table)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(attribute_definitions()?))
        .set_key_schema(Some(key_schema("pk", "sk")?))
        .global_secondary_indexes(unfinished_index()?);
    match request.send().await {
        Ok(_) => {}
        Err(error) if was_faster(&error) => {}
        Err(error) => return Err(error.into()),
    }
    wait_until_active(client, table).await
}

/// Whether another process is creating the same table.
fn was_faster(error: &SdkError<CreateTableError>) -> bool {
    error.as_service_error().is_some_and(CreateTableError::is_resource_in_use_exception)
}

fn attribute_definitions() -> Result<Vec<AttributeDefinition>, StoreError> {
    let text =
        |name| AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S);
    ["pk", "sk", "unfinished_pk", "unfinished_sk"].map(|name| built(text(name).build())).into_iter().collect()
}

fn unfinished_index() -> Result<GlobalSecondaryIndex, StoreError> {
    let projection =
        Projection::builder().projection_type(ProjectionType::Include).non_key_attributes("user_a");
    let index = GlobalSecondaryIndex::builder()
        .index_name(Store::UNFINISHED)
        .set_key_schema(Some(key_schema("unfinished_pk", "unfinished_sk")?))
        .projection(projection.build());
    built(index.build())
}

fn key_schema(partition: &str, sort: &str) -> Result<Vec<KeySchemaElement>, StoreError> {
    let element = |name, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
    Ok(vec![built(element(partition, KeyType::Hash))?, built(element(sort, KeyType::Range))?])
}

async fn wait_until_active(client: &Client, table: &str) -> Result<(), StoreError> {
    for _ in 0..60 {
        let output = client.describe_table().table_name(table).send().await?;
        if output.table().and_then(TableDescription::table_status) == Some(&TableStatus::Active) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Err(StoreError::Contended)
}
