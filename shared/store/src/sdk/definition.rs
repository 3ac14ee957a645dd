//! The table's definition, the same as in `template.yaml`, for engines to which no template is deployed.

use super::failure::built;
use crate::table::item::EXPIRES_AT;
use crate::{Store, StoreError};
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::create_table::CreateTableError;
use aws_sdk_dynamodb::operation::describe_table::DescribeTableError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, IndexStatus, KeySchemaElement, KeyType,
    Projection, ProjectionType, ScalarAttributeType, TableDescription, TableStatus, TimeToLiveSpecification,
    TimeToLiveStatus,
};
use std::time::Duration;

/// The attribute that a sweep reads from the index besides the keys.
const INDEXED_ATTRIBUTE: &str = "user_a";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MigrateOutcome {
    Created,
    /// The table already existed, with its index.
    Present,
}

/// Creates the table if it is missing, and waits until it is usable. Can be repeated. Fails with
/// [`StoreError::Rejected`] if a table of that name has another key or lacks the index.
pub async fn migrate(client: &Client, table: &str) -> Result<MigrateOutcome, StoreError> {
    let outcome = match describe(client, table).await? {
        Some(_) => MigrateOutcome::Present,
        None => create(client, table).await?,
    };
    for _ in 0..60 {
        // A new table may not be visible everywhere at first.
        if let Some(described) = describe(client, table).await? {
            check_definition(&described)?;
            if is_active(&described) {
                expire_items(client, table).await?;
                return Ok(outcome);
            }
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Err(StoreError::Contended)
}

/// Turns on time to live, so that the engine deletes expired sessions and counters.
async fn expire_items(client: &Client, table: &str) -> Result<(), StoreError> {
    if expires_items(client, table).await? {
        return Ok(());
    }
    let wanted = TimeToLiveSpecification::builder().attribute_name(EXPIRES_AT).enabled(true).build();
    let request = client.update_time_to_live().table_name(table);
    match request.time_to_live_specification(built(wanted)?).send().await {
        Ok(_) => Ok(()),
        // The engine refuses this if another process has enabled it in the meantime.
        Err(_) if expires_items(client, table).await? => Ok(()),
        Err(error) => Err(error.into()),
    }
}

async fn expires_items(client: &Client, table: &str) -> Result<bool, StoreError> {
    let described = client.describe_time_to_live().table_name(table).send().await?;
    let Some(described) = described.time_to_live_description else { return Ok(false) };
    let is_enabled =
        matches!(described.time_to_live_status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling));
    // If expiry is set on another attribute, the engine refuses ours with an error that says so.
    Ok(is_enabled && described.attribute_name.is_none_or(|name| name == EXPIRES_AT))
}

async fn describe(client: &Client, table: &str) -> Result<Option<TableDescription>, StoreError> {
    match client.describe_table().table_name(table).send().await {
        Ok(output) => Ok(output.table),
        Err(error)
            if error.as_service_error().is_some_and(DescribeTableError::is_resource_not_found_exception) =>
        {
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

fn check_definition(table: &TableDescription) -> Result<(), StoreError> {
    let mut indexes = table.global_secondary_indexes().iter();
    let index = indexes.find(|index| index.index_name() == Some(Store::UNFINISHED));
    let has_index = index.is_some_and(|index| {
        index.key_schema() == key_schema("unfinished_pk", "unfinished_sk").unwrap_or_default()
            && index.projection().is_some_and(has_user)
    });
    if has_index && table.key_schema() == key_schema("pk", "sk")? {
        return Ok(());
    }
    let name = table.table_name().unwrap_or_default();
    let source = format!("the table {name} exists, but with another key or without the index").into();
    Err(StoreError::Rejected { code: "TableDiffers".to_owned(), source })
}

/// Returns `true` if the index projects the attribute that a sweep reads.
fn has_user(projection: &Projection) -> bool {
    projection.projection_type() == Some(&ProjectionType::All)
        || projection.non_key_attributes().iter().any(|name| name == INDEXED_ATTRIBUTE)
}

fn is_active(table: &TableDescription) -> bool {
    let mut indexes = table.global_secondary_indexes().iter();
    table.table_status() == Some(&TableStatus::Active)
        && indexes.all(|index| index.index_status().is_none_or(|status| *status == IndexStatus::Active))
}

async fn create(client: &Client, table: &str) -> Result<MigrateOutcome, StoreError> {
    let request = client
        .create_table()
        .table_name(table)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(attribute_definitions()?))
        .set_key_schema(Some(key_schema("pk", "sk")?))
        .global_secondary_indexes(unfinished_index()?);
    match request.send().await {
        Ok(_) => Ok(MigrateOutcome::Created),
        Err(error) if was_faster(&error) => Ok(MigrateOutcome::Present),
        Err(error) => Err(error.into()),
    }
}

/// Returns `true` if another process is creating the same table.
fn was_faster(error: &SdkError<CreateTableError>) -> bool {
    error.as_service_error().is_some_and(CreateTableError::is_resource_in_use_exception)
}

fn attribute_definitions() -> Result<Vec<AttributeDefinition>, StoreError> {
    let text =
        |name| AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S);
    ["pk", "sk", "unfinished_pk", "unfinished_sk"]
        .into_iter()
        .map(|name| Ok(built(text(name).build())?))
        .collect()
}

fn unfinished_index() -> Result<GlobalSecondaryIndex, StoreError> {
    let projection =
        Projection::builder().projection_type(ProjectionType::Include).non_key_attributes(INDEXED_ATTRIBUTE);
    let index = GlobalSecondaryIndex::builder()
        .index_name(Store::UNFINISHED)
        .set_key_schema(Some(key_schema("unfinished_pk", "unfinished_sk")?))
        .projection(projection.build());
    Ok(built(index.build())?)
}

fn key_schema(partition: &str, sort: &str) -> Result<Vec<KeySchemaElement>, StoreError> {
    let element = |name, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
    Ok(vec![built(element(partition, KeyType::Hash))?, built(element(sort, KeyType::Range))?])
}
