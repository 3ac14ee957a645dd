//! Items and costs, to and from the types of the SDK.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue as SdkValue, Capacity, ConsumedCapacity};
use evens_table::{AttributeValue, ConsumedUnits, Item};
use std::collections::HashMap;

pub(super) type SdkItem = HashMap<String, SdkValue>;

pub(super) fn sdk_item(item: Item) -> SdkItem {
    item.into_iter().map(|(name, value)| (name, sdk_value(value))).collect()
}

pub(super) fn own_item(item: SdkItem) -> Item {
    item.into_iter().map(|(name, value)| (name, own_value(value))).collect()
}

pub(super) fn own_items(items: Vec<SdkItem>) -> impl Iterator<Item = Item> {
    items.into_iter().map(own_item)
}

fn sdk_value(value: AttributeValue) -> SdkValue {
    match value {
        AttributeValue::S(text) => SdkValue::S(text),
        AttributeValue::N(number) => SdkValue::N(number),
        AttributeValue::B(bytes) => SdkValue::B(Blob::new(bytes)),
        AttributeValue::Bool(value) => SdkValue::Bool(value),
        AttributeValue::Null => SdkValue::Null(true),
        AttributeValue::Ss(texts) => SdkValue::Ss(texts),
        AttributeValue::Ns(numbers) => SdkValue::Ns(numbers),
        AttributeValue::Bs(members) => SdkValue::Bs(members.into_iter().map(Blob::new).collect()),
        AttributeValue::L(values) => SdkValue::L(values.into_iter().map(sdk_value).collect()),
        AttributeValue::M(item) => SdkValue::M(sdk_item(item)),
    }
}

/// A value of a type that this version of the SDK does not know becomes [`AttributeValue::Null`], which every reader
/// reports as corrupt.
fn own_value(value: SdkValue) -> AttributeValue {
    match value {
        SdkValue::S(text) => AttributeValue::S(text),
        SdkValue::N(number) => AttributeValue::N(number),
        SdkValue::B(bytes) => AttributeValue::B(bytes.into_inner()),
        SdkValue::Bool(value) => AttributeValue::Bool(value),
        SdkValue::Ss(texts) => AttributeValue::Ss(texts),
        SdkValue::Ns(numbers) => AttributeValue::Ns(numbers),
        SdkValue::Bs(members) => AttributeValue::Bs(members.into_iter().map(Blob::into_inner).collect()),
        SdkValue::L(values) => AttributeValue::L(values.into_iter().map(own_value).collect()),
        SdkValue::M(item) => AttributeValue::M(own_item(item)),
        _ => AttributeValue::Null,
    }
}

/// Engines refuse a request with an empty map of placeholders.
pub(super) fn some_if_any<T>(map: HashMap<String, T>) -> Option<HashMap<String, T>> {
    Some(map).filter(|map| !map.is_empty())
}

pub(super) fn limit(limit: u32) -> i32 {
    i32::try_from(limit).unwrap_or(i32::MAX)
}

/// The sum over the tables of a call. `None` if the answer reports no cost.
#[expect(clippy::float_arithmetic, reason = "capacity units, not money; the SDK reports them as floats")]
pub(super) fn consumed(reports: &[ConsumedCapacity]) -> Option<ConsumedUnits> {
    (!reports.is_empty()).then(|| {
        let mut sum = ConsumedUnits::default();
        for report in reports {
            let indexes = report.global_secondary_indexes().into_iter().flat_map(HashMap::values);
            sum.units += report.capacity_units().unwrap_or_default();
            sum.index_units += indexes.filter_map(Capacity::capacity_units).sum::<f64>();
        }
        sum
    })
}
