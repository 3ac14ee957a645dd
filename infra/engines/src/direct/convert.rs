//! Items, writes, costs and failures, to and from the types of the library.

use dynoxide::DynoxideError;
use dynoxide::actions::transact_write_items::{
    TransactConditionCheck, TransactDelete, TransactPut, TransactUpdate, TransactWriteItem,
};
use dynoxide::types::{AttributeValue as EngineValue, ConsumedCapacity};
use evens_table::{
    AttributeValue, Check, Condition, ConsumedUnits, Delete, Failure, Item, Put, Reason, Update, Write,
};
use std::collections::HashMap;

type EngineItem = HashMap<String, EngineValue>;

pub(super) fn engine_item(item: Item) -> EngineItem {
    item.into_iter().map(|(name, value)| (name, engine_value(value))).collect()
}

pub(super) fn own_item(item: EngineItem) -> Item {
    item.into_iter().map(|(name, value)| (name, own_value(value))).collect()
}

pub(super) fn own_items(items: Vec<EngineItem>) -> impl Iterator<Item = Item> {
    items.into_iter().map(own_item)
}

fn engine_value(value: AttributeValue) -> EngineValue {
    match value {
        AttributeValue::S(text) => EngineValue::S(text),
        AttributeValue::N(number) => EngineValue::N(number),
        AttributeValue::B(bytes) => EngineValue::B(bytes),
        AttributeValue::Bool(value) => EngineValue::BOOL(value),
        AttributeValue::Null => EngineValue::NULL(true),
        AttributeValue::Ss(texts) => EngineValue::SS(texts),
        AttributeValue::Ns(numbers) => EngineValue::NS(numbers),
        AttributeValue::Bs(members) => EngineValue::BS(members),
        AttributeValue::L(values) => EngineValue::L(values.into_iter().map(engine_value).collect()),
        AttributeValue::M(item) => EngineValue::M(engine_item(item)),
    }
}

fn own_value(value: EngineValue) -> AttributeValue {
    match value {
        EngineValue::S(text) => AttributeValue::S(text),
        EngineValue::N(number) => AttributeValue::N(number),
        EngineValue::B(bytes) => AttributeValue::B(bytes),
        EngineValue::BOOL(value) => AttributeValue::Bool(value),
        EngineValue::NULL(_) => AttributeValue::Null,
        EngineValue::SS(texts) => AttributeValue::Ss(texts),
        EngineValue::NS(numbers) => AttributeValue::Ns(numbers),
        EngineValue::BS(members) => AttributeValue::Bs(members),
        EngineValue::L(values) => AttributeValue::L(values.into_iter().map(own_value).collect()),
        EngineValue::M(item) => AttributeValue::M(own_item(item)),
    }
}

/// The engine refuses a request with an empty map of placeholders.
pub(super) fn some_if_any<T>(map: HashMap<String, T>) -> Option<HashMap<String, T>> {
    Some(map).filter(|map| !map.is_empty())
}

/// The setting of a request that decides whether the answer reports its cost.
pub(super) fn capacity_mode(is_metered: bool) -> Option<String> {
    is_metered.then(|| "INDEXES".to_owned())
}

/// The setting of a write that decides whether a failed condition returns the stored item.
pub(super) fn returned_on_failure(returns_item: bool) -> Option<String> {
    returns_item.then(|| "ALL_OLD".to_owned())
}

/// The parts of a condition, as the requests of the library take them.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) expression: Option<String>,
    pub(super) names: Option<HashMap<String, String>>,
    pub(super) values: Option<EngineItem>,
    pub(super) returned: Option<String>,
}

pub(super) fn parts(condition: Option<Condition>) -> Parts {
    condition.map_or_else(Parts::default, |Condition { expression, placeholders, returns_item }| Parts {
        expression: Some(expression),
        names: some_if_any(placeholders.names),
        values: some_if_any(engine_item(placeholders.values)),
        returned: returned_on_failure(returns_item),
    })
}

pub(super) fn engine_write(table: &str, write: Write) -> TransactWriteItem {
    let table_name = table.to_owned();
    let mut item = TransactWriteItem::default();
    match write {
        Write::Put(Put { item: stored, condition }) => {
            let condition = parts(condition);
            item.put = Some(TransactPut {
                table_name,
                item: engine_item(stored),
                condition_expression: condition.expression,
                expression_attribute_names: condition.names,
                expression_attribute_values: condition.values,
                return_values_on_condition_check_failure: condition.returned,
            });
        }
        Write::Update(update) => item.update = Some(engine_update(table_name, update)),
        Write::Delete(Delete { key, condition }) => {
            let condition = parts(Some(condition));
            item.delete = Some(TransactDelete {
                table_name,
                key: engine_item(key),
                condition_expression: condition.expression,
                expression_attribute_names: condition.names,
                expression_attribute_values: condition.values,
                return_values_on_condition_check_failure: condition.returned,
            });
        }
        Write::Check(Check { key, condition }) => {
            let Condition { expression, placeholders, returns_item } = condition;
            item.condition_check = Some(TransactConditionCheck {
                table_name,
                key: engine_item(key),
                condition_expression: expression,
                expression_attribute_names: some_if_any(placeholders.names),
                expression_attribute_values: some_if_any(engine_item(placeholders.values)),
                return_values_on_condition_check_failure: returned_on_failure(returns_item),
            });
        }
    }
    item
}

fn engine_update(table_name: String, update: Update) -> TransactUpdate {
    TransactUpdate {
        table_name,
        key: engine_item(update.key),
        update_expression: update.expression,
        condition_expression: update.condition,
        expression_attribute_names: some_if_any(update.placeholders.names),
        expression_attribute_values: some_if_any(engine_item(update.placeholders.values)),
        return_values_on_condition_check_failure: returned_on_failure(update.returns_item),
    }
}

#[expect(clippy::float_arithmetic, reason = "capacity units, not money; the engine reports them as floats")]
fn add(mut sum: ConsumedUnits, report: &ConsumedCapacity) -> ConsumedUnits {
    let indexes = report.global_secondary_indexes.iter().flat_map(HashMap::values);
    sum.units += report.capacity_units;
    sum.index_units += indexes.map(|index| index.capacity_units).sum::<f64>();
    sum
}

pub(super) fn consumed(report: Option<&ConsumedCapacity>) -> Option<ConsumedUnits> {
    report.map(|report| add(ConsumedUnits::default(), report))
}

pub(super) fn consumed_by_all(reports: Option<&[ConsumedCapacity]>) -> Option<ConsumedUnits> {
    reports.map(|reports| reports.iter().fold(ConsumedUnits::default(), add))
}

/// The failure of a call. The library names its errors as `DynamoDB` does, behind a prefix.
pub(super) fn failure(error: DynoxideError) -> Failure {
    match error {
        DynoxideError::ConditionalCheckFailedException(_, found) => {
            Failure::ConditionFailed { found: found.map(own_item) }
        }
        DynoxideError::TransactionCanceledException(message, reasons) => {
            let reason = |reason: dynoxide::errors::CancellationReason| {
                (reason.code != "None")
                    .then(|| Reason { code: reason.code, found: reason.item.map(own_item) })
            };
            Failure::Cancelled { reasons: reasons.into_iter().map(reason).collect(), source: message.into() }
        }
        error => {
            let code = error.error_type().rsplit('#').next().unwrap_or_default().to_owned();
            Failure::Refused {
                code,
                is_server_error: error.status_code() >= 500,
                source: error.to_string().into(),
            }
        }
    }
}
