//! Writes as requests of the SDK.

use super::convert::{consumed, own_item, sdk_item, some_if_any};
use super::failure::{built, of_condition};
use super::{SdkTable, report};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{
    AttributeValue as SdkValue, ConditionCheck, Delete as SdkDelete, Put as SdkPut, ReturnValue,
    ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update as SdkUpdate,
};
use evens_table::{
    Answer, AnswerWithCost, Check, Condition, Delete, Failure, Item, Put, ReturnValues, Update, Write,
};
use std::collections::HashMap;

/// The parts of a condition, as the builders of the SDK take them.
struct Parts {
    expression: Option<String>,
    names: Option<HashMap<String, String>>,
    values: Option<HashMap<String, SdkValue>>,
    returned: Option<ReturnValuesOnConditionCheckFailure>,
}

impl Parts {
    fn of(condition: Option<Condition>) -> Self {
        let Some(Condition { expression, placeholders, returns_item }) = condition else {
            return Self { expression: None, names: None, values: None, returned: None };
        };
        Self {
            expression: Some(expression),
            names: some_if_any(placeholders.names),
            values: some_if_any(sdk_item(placeholders.values)),
            returned: returned_on_failure(returns_item),
        }
    }
}

fn returned_on_failure(returns_item: bool) -> Option<ReturnValuesOnConditionCheckFailure> {
    returns_item.then_some(ReturnValuesOnConditionCheckFailure::AllOld)
}

pub(super) fn sdk_write(table: &str, write: Write) -> Result<TransactWriteItem, Failure> {
    let item = TransactWriteItem::builder();
    Ok(match write {
        Write::Put(Put { item: stored, condition }) => {
            let condition = Parts::of(condition);
            let put = SdkPut::builder()
                .table_name(table)
                .set_item(Some(sdk_item(stored)))
                .set_condition_expression(condition.expression)
                .set_expression_attribute_names(condition.names)
                .set_expression_attribute_values(condition.values)
                .set_return_values_on_condition_check_failure(condition.returned);
            item.put(built(put.build())?)
        }
        Write::Update(update) => {
            let changed = SdkUpdate::builder()
                .table_name(table)
                .set_key(Some(sdk_item(update.key)))
                .update_expression(update.expression)
                .set_condition_expression(update.condition)
                .set_expression_attribute_names(some_if_any(update.placeholders.names))
                .set_expression_attribute_values(some_if_any(sdk_item(update.placeholders.values)))
                .set_return_values_on_condition_check_failure(returned_on_failure(update.returns_item));
            item.update(built(changed.build())?)
        }
        Write::Delete(Delete { key, condition }) => {
            let condition = Parts::of(Some(condition));
            let delete = SdkDelete::builder()
                .table_name(table)
                .set_key(Some(sdk_item(key)))
                .set_condition_expression(condition.expression)
                .set_expression_attribute_names(condition.names)
                .set_expression_attribute_values(condition.values)
                .set_return_values_on_condition_check_failure(condition.returned);
            item.delete(built(delete.build())?)
        }
        Write::Check(Check { key, condition }) => {
            let condition = Parts::of(Some(condition));
            let check = ConditionCheck::builder()
                .table_name(table)
                .set_key(Some(sdk_item(key)))
                .set_condition_expression(condition.expression)
                .set_expression_attribute_names(condition.names)
                .set_expression_attribute_values(condition.values)
                .set_return_values_on_condition_check_failure(condition.returned);
            item.condition_check(built(check.build())?)
        }
    }
    .build())
}

impl SdkTable {
    pub(super) fn put_alone(&self, put: Put, is_metered: bool) -> Answer<'_, ()> {
        let condition = Parts::of(put.condition);
        let request = self
            .client
            .put_item()
            .table_name(&self.name)
            .set_item(Some(sdk_item(put.item)))
            .set_condition_expression(condition.expression)
            .set_expression_attribute_names(condition.names)
            .set_expression_attribute_values(condition.values)
            .set_return_values_on_condition_check_failure(condition.returned)
            .set_return_consumed_capacity(report(is_metered));
        Box::pin(async move {
            let output = request.send().await.map_err(|error| {
                of_condition(error, |error| match error {
                    PutItemError::ConditionalCheckFailedException(failed) => failed.item,
                    _ => None,
                })
            })?;
            Ok(AnswerWithCost { value: (), consumed: consumed(output.consumed_capacity.as_slice()) })
        })
    }

    pub(super) fn update_alone(
        &self,
        update: Update,
        returned: ReturnValues,
        is_metered: bool,
    ) -> Answer<'_, Item> {
        let returned = match returned {
            ReturnValues::All => ReturnValue::AllNew,
            ReturnValues::Changed => ReturnValue::UpdatedNew,
        };
        let request = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(sdk_item(update.key)))
            .update_expression(update.expression)
            .set_condition_expression(update.condition)
            .set_expression_attribute_names(some_if_any(update.placeholders.names))
            .set_expression_attribute_values(some_if_any(sdk_item(update.placeholders.values)))
            .return_values(returned)
            .set_return_values_on_condition_check_failure(returned_on_failure(update.returns_item))
            .set_return_consumed_capacity(report(is_metered));
        Box::pin(async move {
            let output = request.send().await.map_err(|error| {
                of_condition(error, |error| match error {
                    UpdateItemError::ConditionalCheckFailedException(failed) => failed.item,
                    _ => None,
                })
            })?;
            let consumed = consumed(output.consumed_capacity.as_slice());
            Ok(AnswerWithCost { value: own_item(output.attributes.unwrap_or_default()), consumed })
        })
    }

    pub(super) fn delete_alone(&self, delete: Delete, is_metered: bool) -> Answer<'_, ()> {
        let condition = Parts::of(Some(delete.condition));
        let request = self
            .client
            .delete_item()
            .table_name(&self.name)
            .set_key(Some(sdk_item(delete.key)))
            .set_condition_expression(condition.expression)
            .set_expression_attribute_names(condition.names)
            .set_expression_attribute_values(condition.values)
            .set_return_values_on_condition_check_failure(condition.returned)
            .set_return_consumed_capacity(report(is_metered));
        Box::pin(async move {
            let output = request.send().await.map_err(|error| {
                of_condition(error, |error| match error {
                    DeleteItemError::ConditionalCheckFailedException(failed) => failed.item,
                    _ => None,
                })
            })?;
            Ok(AnswerWithCost { value: (), consumed: consumed(output.consumed_capacity.as_slice()) })
        })
    }
}
