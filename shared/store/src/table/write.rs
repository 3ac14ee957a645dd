//! Conditional writes, alone or in a transaction, and the interpretation of their failures.

use crate::table::error::of_code;
use crate::table::item::{Item, Key, number, text};
use crate::{Store, StoreError};
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::builders::UpdateBuilder;
use aws_sdk_dynamodb::types::{
    AttributeValue, ConditionCheck, Delete, Put, ReturnValue, ReturnValuesOnConditionCheckFailure,
    TransactWriteItem, Update,
};
use std::collections::HashMap;

const RETURN_OLD: ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure::AllOld;

/// The outcome of a conditional write.
pub(crate) enum Written {
    Committed,
    /// Nothing was written: the condition at this position failed, the lowest one if several failed.
    Refused {
        /// The position in the request, counted from zero.
        position: usize,
        /// The item at that position.
        found: Option<Item>,
    },
}

/// An update of one item: expression, condition, and the values of both.
pub(crate) struct Change<'a> {
    pub(crate) key: Key,
    pub(crate) update: &'a str,
    pub(crate) condition: &'a str,
    pub(crate) values: Vec<(&'static str, AttributeValue)>,
}

/// Attributes whose names are reserved words, with their placeholders in expressions.
const NAMES: [(&str, &str); 2] = [("#state", "state"), ("#user", "user")];

/// The placeholders that the expressions use. The engine refuses unused ones.
fn names_in(expressions: &[&str]) -> Option<HashMap<String, String>> {
    let is_used = |name: &str| expressions.iter().any(|expression| expression.contains(name));
    let used = NAMES.into_iter().filter(|(name, _)| is_used(name));
    let names: HashMap<_, _> =
        used.map(|(name, attribute)| (name.to_owned(), attribute.to_owned())).collect();
    (!names.is_empty()).then_some(names)
}

impl Change<'_> {
    fn names(&self) -> Option<HashMap<String, String>> {
        names_in(&[self.update, self.condition])
    }
}

/// Puts an item that must not exist yet.
pub(crate) fn put_new(table: &str, item: Item) -> Result<TransactWriteItem, StoreError> {
    let put = Put::builder()
        .table_name(table)
        .set_item(Some(item))
        .condition_expression("attribute_not_exists(pk)")
        .return_values_on_condition_check_failure(RETURN_OLD)
        .build();
    Ok(TransactWriteItem::builder().put(built(put)?).build())
}

/// Puts a secret that must not exist yet. A refusal does not return the stored item.
pub(crate) fn put_new_secret(table: &str, item: Item) -> Result<TransactWriteItem, StoreError> {
    let put = Put::builder()
        .table_name(table)
        .set_item(Some(item))
        .condition_expression("attribute_not_exists(pk)")
        .build();
    Ok(TransactWriteItem::builder().put(built(put)?).build())
}

/// Replaces an item that is in `state` and has a public seed, or has none.
pub(crate) fn put_over(
    table: &str,
    item: Item,
    state: &str,
    has_seed: bool,
) -> Result<TransactWriteItem, StoreError> {
    let seed = if has_seed { "attribute_exists(seed)" } else { "attribute_not_exists(seed)" };
    let put = Put::builder()
        .table_name(table)
        .set_item(Some(item))
        .condition_expression(format!("#state = :read AND {seed}"))
        .expression_attribute_names("#state", "state")
        .expression_attribute_values(":read", text(state))
        .return_values_on_condition_check_failure(RETURN_OLD)
        .build();
    Ok(TransactWriteItem::builder().put(built(put)?).build())
}

/// Replaces an item whose revision is `read`.
pub(crate) fn put_revised(table: &str, item: Item, read: u64) -> Result<TransactWriteItem, StoreError> {
    let put = Put::builder()
        .table_name(table)
        .set_item(Some(item))
        .condition_expression("revision = :read")
        .expression_attribute_values(":read", number(read))
        .return_values_on_condition_check_failure(RETURN_OLD)
        .build();
    Ok(TransactWriteItem::builder().put(built(put)?).build())
}

/// Replaces an item under a condition, which may use `#state` and `#user` for the attributes of those names.
pub(crate) fn put_in_place(
    table: &str,
    item: Item,
    condition: &str,
    values: Vec<(&'static str, AttributeValue)>,
) -> Result<TransactWriteItem, StoreError> {
    let mut put = Put::builder()
        .table_name(table)
        .set_item(Some(item))
        .set_expression_attribute_names(names_in(&[condition]))
        .condition_expression(condition)
        .return_values_on_condition_check_failure(RETURN_OLD);
    for (name, value) in values {
        put = put.expression_attribute_values(name, value);
    }
    Ok(TransactWriteItem::builder().put(built(put.build())?).build())
}

/// Updates an item under a condition. The expressions may use `#state` and `#user` for the attributes of those names.
pub(crate) fn change(table: &str, change: Change<'_>) -> Result<TransactWriteItem, StoreError> {
    let update = update_of(table, change).return_values_on_condition_check_failure(RETURN_OLD);
    Ok(TransactWriteItem::builder().update(built(update.build())?).build())
}

/// Like [`change`], for an item that the writer may not see: a refusal does not return it.
pub(crate) fn change_unseen(table: &str, change: Change<'_>) -> Result<TransactWriteItem, StoreError> {
    Ok(TransactWriteItem::builder().update(built(update_of(table, change).build())?).build())
}

fn update_of(table: &str, change: Change<'_>) -> UpdateBuilder {
    let mut update = Update::builder()
        .table_name(table)
        .set_expression_attribute_names(change.names())
        .set_key(Some(change.key.attributes()))
        .update_expression(change.update)
        .condition_expression(change.condition);
    for (name, value) in change.values {
        update = update.expression_attribute_values(name, value);
    }
    update
}

pub(crate) fn delete(
    table: &str,
    key: &Key,
    condition: &'static str,
    value: (&'static str, AttributeValue),
) -> Result<TransactWriteItem, StoreError> {
    let delete = Delete::builder()
        .table_name(table)
        .set_key(Some(key.attributes()))
        .condition_expression(condition)
        .expression_attribute_values(value.0, value.1)
        .return_values_on_condition_check_failure(RETURN_OLD)
        .build();
    Ok(TransactWriteItem::builder().delete(built(delete)?).build())
}

/// Requires a condition of an item without changing the item. The condition may use `#state` and `#user` for the
/// attributes of those names.
pub(crate) fn check(
    table: &str,
    key: &Key,
    condition: &str,
    values: Vec<(&'static str, AttributeValue)>,
) -> Result<TransactWriteItem, StoreError> {
    let mut check = ConditionCheck::builder()
        .table_name(table)
        .set_key(Some(key.attributes()))
        .set_expression_attribute_names(names_in(&[condition]))
        .condition_expression(condition);
    for (name, value) in values {
        check = check.expression_attribute_values(name, value);
    }
    Ok(TransactWriteItem::builder().condition_check(built(check.build())?).build())
}

/// The result of an SDK builder, which fails only if this crate left out a part.
pub(crate) fn built<T, E: std::error::Error + Send + Sync + 'static>(
    result: Result<T, E>,
) -> Result<T, StoreError> {
    result.map_err(|error| StoreError::Rejected { code: "not built".to_owned(), source: error.into() })
}

impl Store {
    /// Writes all items, or none. An error means that nothing was written, except [`StoreError::Unavailable`]: then it
    /// is unknown.
    pub(crate) async fn transact(&self, items: Vec<TransactWriteItem>) -> Result<Written, StoreError> {
        let request = self.client.transact_write_items().set_transact_items(Some(items));
        match request.set_return_consumed_capacity(self.report_capacity()).send().await {
            Ok(output) => {
                self.count_write(output.consumed_capacity());
                Ok(Written::Committed)
            }
            Err(error) => {
                self.count_write(&[]);
                refusal(error)
            }
        }
    }

    /// Like [`Self::transact`], but a put that is the only item is written alone, at half the cost.
    pub(crate) async fn put_or_transact(&self, items: Vec<TransactWriteItem>) -> Result<Written, StoreError> {
        let [TransactWriteItem { put: Some(put), .. }] = items.as_slice() else {
            return self.transact(items).await;
        };
        let request = self
            .client
            .put_item()
            .table_name(put.table_name())
            .set_item(Some(put.item().clone()))
            .set_condition_expression(put.condition_expression.clone())
            .set_expression_attribute_names(put.expression_attribute_names.clone())
            .set_expression_attribute_values(put.expression_attribute_values.clone())
            .set_return_values_on_condition_check_failure(
                put.return_values_on_condition_check_failure.clone(),
            )
            .set_return_consumed_capacity(self.report_capacity());
        match request.send().await {
            Ok(output) => {
                self.count_write(output.consumed_capacity.as_slice());
                Ok(Written::Committed)
            }
            Err(SdkError::ServiceError(service)) if service.err().is_conditional_check_failed_exception() => {
                self.count_write(&[]);
                match service.into_err() {
                    PutItemError::ConditionalCheckFailedException(failed) => {
                        Ok(Written::Refused { position: 0, found: failed.item })
                    }
                    other => Err(of_code("not understood", other)),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Puts an item unconditionally.
    pub(crate) async fn put(&self, item: Item) -> Result<(), StoreError> {
        let put = self.client.put_item().table_name(&self.table).set_item(Some(item));
        let output = put.set_return_consumed_capacity(self.report_capacity()).send().await?;
        self.count_write(output.consumed_capacity.as_slice());
        Ok(())
    }

    pub(crate) async fn change_one(&self, change: Change<'_>) -> Result<Written, StoreError> {
        Ok(match self.change_and_read(change).await? {
            Ok(_) => Written::Committed,
            Err(found) => Written::Refused { position: 0, found },
        })
    }

    /// Returns the item after the change, or the stored item if the condition failed.
    pub(crate) async fn change_and_read(
        &self,
        change: Change<'_>,
    ) -> Result<Result<Item, Option<Item>>, StoreError> {
        let mut request = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_expression_attribute_names(change.names())
            .set_key(Some(change.key.attributes()))
            .update_expression(change.update)
            .condition_expression(change.condition)
            .return_values(ReturnValue::AllNew)
            .return_values_on_condition_check_failure(RETURN_OLD)
            .set_return_consumed_capacity(self.report_capacity());
        for (name, value) in change.values {
            request = request.expression_attribute_values(name, value);
        }
        match request.send().await {
            Ok(output) => {
                self.count_write(output.consumed_capacity.as_slice());
                Ok(Ok(output.attributes.unwrap_or_default()))
            }
            Err(SdkError::ServiceError(service)) if service.err().is_conditional_check_failed_exception() => {
                self.count_write(&[]);
                match service.into_err() {
                    UpdateItemError::ConditionalCheckFailedException(failed) => Ok(Err(failed.item)),
                    other => Err(of_code("not understood", other)),
                }
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Interprets a cancelled transaction. The lowest position with a reason decides, be it a failed condition or a
/// conflict. A failed condition above a conflict proves nothing, because the other transaction may be visible in part.
/// For example, while a match is being voided, the wallets may be written already and the match not yet.
fn refusal(error: SdkError<TransactWriteItemsError>) -> Result<Written, StoreError> {
    let reasons = match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
            cancelled.cancellation_reasons()
        }
        _ => return Err(error.into()),
    };
    let coded = reasons.iter().map(|reason| reason.code().unwrap_or("None"));
    let Some((position, code)) = coded.enumerate().find(|(_, code)| *code != "None") else {
        return Err(of_code("no reason", error));
    };
    if code == "ConditionalCheckFailed" {
        let found = reasons[position].item.clone();
        return Ok(Written::Refused { position, found });
    }
    let code = code.to_owned();
    let reasons: Vec<_> = reasons.iter().map(|reason| reason.code().unwrap_or("None").to_owned()).collect();
    let refused = of_code(&code, error);
    if matches!(refused, StoreError::Contended) {
        // Databases with locks call this a deadlock: two transactions want the same items at the same moment.
        let reasons = reasons.join(", ");
        tracing::warn!(
            reasons,
            "A transaction conflicted with another one on its item {position}: {reasons}"
        );
    }
    Err(refused)
}
