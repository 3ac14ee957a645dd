//! Calls of the SDK to the table: requests parsed from AWS's JSON, and answers written in it.

use crate::call::{CallItem, code_of};
use crate::{Answer, Fault, Request};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use evens_table::{
    AttributeValue, Check, Condition, Delete, Get, Placeholders, Put, Query, Reason, ReturnValues, Scan,
    Segment, Update, Write,
};
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// The name of the table in answers. The store has only one table.
const TABLE: &str = "table";

/// Stands for the condition of a deletion that has none. It always holds.
const NO_CONDITION: &str = "attribute_not_exists(nothing)";

/// Parses a request.
pub fn request(operation: &str, body: &Value) -> Result<Request, Fault> {
    Ok(match operation {
        "GetItem" => Request::Get(Get {
            key: item(&body["Key"])?,
            is_consistent: body["ConsistentRead"] == true,
            projection: text(&body["ProjectionExpression"]),
            names: names(body),
        }),
        "BatchGetItem" => {
            let tables = body["RequestItems"].as_object().into_iter().flatten();
            let keys = tables.flat_map(|(_, wanted)| elements(&wanted["Keys"]));
            Request::GetBatch(keys.map(item).collect::<Result<_, _>>()?)
        }
        "TransactGetItems" => {
            let keys = elements(&body["TransactItems"]).map(|get| item(&get["Get"]["Key"]));
            Request::GetAtOnce(keys.collect::<Result<_, _>>()?)
        }
        "Query" => Request::Query(query(body)?),
        "Scan" => Request::Scan(scan(body)?),
        "PutItem" => Request::Put(put(body)?),
        "UpdateItem" => {
            let is_all = body["ReturnValues"] == "ALL_NEW";
            let returned = if is_all { ReturnValues::All } else { ReturnValues::Changed };
            Request::Update(update(body)?, returned)
        }
        "DeleteItem" => Request::Delete(delete(body)?),
        "TransactWriteItems" => Request::Transact {
            writes: elements(&body["TransactItems"]).map(write).collect::<Result<_, _>>()?,
            token: text(&body["ClientRequestToken"]),
        },
        _ => return Err(Fault::validation(format!("no operation {operation}"))),
    })
}

fn query(body: &Value) -> Result<Query, Fault> {
    Ok(Query {
        key_condition: text(&body["KeyConditionExpression"]).unwrap_or_default(),
        filter: text(&body["FilterExpression"]),
        projection: text(&body["ProjectionExpression"]),
        placeholders: placeholders(body)?,
        index: text(&body["IndexName"]),
        is_consistent: body["ConsistentRead"] == true,
        is_descending: body["ScanIndexForward"] == false,
        start: start(body)?,
        limit: number(&body["Limit"]),
    })
}

fn scan(body: &Value) -> Result<Scan, Fault> {
    let segment = number(&body["Segment"]).zip(number(&body["TotalSegments"]));
    Ok(Scan {
        filter: text(&body["FilterExpression"]),
        projection: text(&body["ProjectionExpression"]),
        placeholders: placeholders(body)?,
        is_consistent: body["ConsistentRead"] == true,
        segment: segment.map(|(number, total)| Segment { number, total }),
        start: start(body)?,
        limit: number(&body["Limit"]),
    })
}

fn write(fields: &Value) -> Result<Write, Fault> {
    let fields = fields.as_object().and_then(|fields| fields.iter().next());
    match fields.map(|(kind, fields)| (kind.as_str(), fields)) {
        Some(("Put", fields)) => put(fields).map(Write::Put),
        Some(("Update", fields)) => update(fields).map(Write::Update),
        Some(("Delete", fields)) => delete(fields).map(Write::Delete),
        Some(("ConditionCheck", fields)) => {
            Ok(Write::Check(Check { key: item(&fields["Key"])?, condition: condition(fields)? }))
        }
        _ => Err(Fault::validation("an unknown write")),
    }
}

/// Parses the items of a `BatchWriteItem` that puts all of them.
pub(crate) fn puts(body: &Value) -> Result<Vec<Put>, Fault> {
    let tables = body["RequestItems"].as_object().into_iter().flatten();
    tables.flat_map(|(_, writes)| elements(writes)).map(|write| put(&write["PutRequest"])).collect()
}

fn put(fields: &Value) -> Result<Put, Fault> {
    let has_condition = fields["ConditionExpression"].is_string();
    let condition = has_condition.then(|| condition(fields)).transpose()?;
    Ok(Put { item: item(&fields["Item"])?, condition })
}

fn update(fields: &Value) -> Result<Update, Fault> {
    Ok(Update {
        key: item(&fields["Key"])?,
        expression: text(&fields["UpdateExpression"]).unwrap_or_default(),
        condition: text(&fields["ConditionExpression"]),
        placeholders: placeholders(fields)?,
        returns_item: returns_item(fields),
    })
}

fn delete(fields: &Value) -> Result<Delete, Fault> {
    Ok(Delete { key: item(&fields["Key"])?, condition: condition(fields)? })
}

fn condition(fields: &Value) -> Result<Condition, Fault> {
    Ok(Condition {
        expression: text(&fields["ConditionExpression"]).unwrap_or_else(|| NO_CONDITION.to_owned()),
        placeholders: placeholders(fields)?,
        returns_item: returns_item(fields),
    })
}

fn returns_item(fields: &Value) -> bool {
    fields["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD"
}

fn placeholders(fields: &Value) -> Result<Placeholders, Fault> {
    let values = &fields["ExpressionAttributeValues"];
    let values = if values.is_null() { CallItem::new() } else { item(values)? };
    Ok(Placeholders { names: names(fields), values })
}

fn names(fields: &Value) -> HashMap<String, String> {
    let names = fields["ExpressionAttributeNames"].as_object().into_iter().flatten();
    names.map(|(name, attribute)| (name.clone(), text(attribute).unwrap_or_default())).collect()
}

fn start(body: &Value) -> Result<Option<CallItem>, Fault> {
    let start = Some(&body["ExclusiveStartKey"]).filter(|start| !start.is_null());
    start.map(item).transpose()
}

fn elements(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn number<T: TryFrom<u64>>(value: &Value) -> Option<T> {
    value.as_u64().and_then(|number| T::try_from(number).ok())
}

fn item(value: &Value) -> Result<CallItem, Fault> {
    let fields = value.as_object().ok_or_else(|| Fault::validation("not a map of attributes"))?;
    fields.iter().map(|(name, value)| Ok((name.clone(), attribute(value)?))).collect()
}

fn attribute(value: &Value) -> Result<AttributeValue, Fault> {
    let wrong = || Fault::validation(format!("an attribute that is not understood: {value}"));
    let bytes = |value: &Value| value.as_str().and_then(|text| BASE64_STANDARD.decode(text).ok());
    let (kind, inner) = value.as_object().and_then(|map| map.iter().next()).ok_or_else(wrong)?;
    match (kind.as_str(), inner) {
        ("S", Value::String(text)) => Ok(AttributeValue::S(text.clone())),
        ("N", Value::String(number)) => Ok(AttributeValue::N(number.clone())),
        ("BOOL", Value::Bool(value)) => Ok(AttributeValue::Bool(*value)),
        ("M", map) => item(map).map(AttributeValue::M),
        ("L", Value::Array(values)) => {
            values.iter().map(attribute).collect::<Result<_, _>>().map(AttributeValue::L)
        }
        ("BS", Value::Array(members)) => {
            let members: Option<_> = members.iter().map(bytes).collect();
            members.map(AttributeValue::Bs).ok_or_else(wrong)
        }
        _ => Err(wrong()),
    }
}

/// The status and the body of an answer.
pub fn answer(request: &Request, done: Result<Answer, Fault>) -> (u16, Value) {
    match done {
        Ok(answer) => (200, answer_body(request, answer)),
        Err(fault) => fault_answer(fault),
    }
}

fn answer_body(request: &Request, answer: Answer) -> Value {
    let item_field = |item: Option<CallItem>| match item {
        Some(item) => json!({ "Item": item_json(item) }),
        None => json!({}),
    };
    match answer {
        Answer::Item(item) => item_field(item),
        Answer::Batch(batch) => {
            let left_out = match request {
                Request::GetBatch(keys) if !batch.is_complete => {
                    json!({ TABLE: { "Keys": [item_json(keys.last().cloned().unwrap_or_default())] } })
                }
                _ => json!({}),
            };
            json!({ "Responses": { TABLE: items_json(batch.items) }, "UnprocessedKeys": left_out })
        }
        Answer::Items(items) => {
            json!({ "Responses": items.into_iter().map(item_field).collect::<Vec<_>>() })
        }
        Answer::Page(page) => {
            let mut body = json!({ "Count": page.items.len(), "Items": items_json(page.items) });
            if let Some(next) = page.next {
                body["LastEvaluatedKey"] = item_json(next);
            }
            body
        }
        Answer::Changed(attributes) => json!({ "Attributes": item_json(attributes) }),
        Answer::Done => json!({}),
    }
}

pub(crate) fn fault_answer(fault: Fault) -> (u16, Value) {
    let mut body = json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{}", fault.code()) });
    match fault {
        Fault::ConditionFailed { found } => {
            if let Some(found) = found {
                body["Item"] = item_json(found);
            }
            (400, body)
        }
        Fault::Cancelled(ref reasons) => {
            body["Message"] = json!(format!("Transaction {}", fault.summary()));
            body["CancellationReasons"] = reasons.iter().map(|reason| reason_json(reason.as_ref())).collect();
            (400, body)
        }
        Fault::Refused { status, message, .. } => {
            body["message"] = json!(message);
            (status, body)
        }
    }
}

fn reason_json(reason: Option<&Reason>) -> Value {
    let mut body = json!({ "Code": code_of(reason) });
    if let Some(found) = reason.and_then(|reason| reason.found.clone()) {
        body["Item"] = item_json(found);
    }
    body
}

fn items_json(items: Vec<CallItem>) -> Value {
    items.into_iter().map(item_json).collect()
}

fn item_json(item: CallItem) -> Value {
    Value::Object(item.into_iter().map(|(name, value)| (name, attribute_json(value))).collect::<Map<_, _>>())
}

fn attribute_json(value: AttributeValue) -> Value {
    let bytes = |bytes: Vec<u8>| Value::String(BASE64_STANDARD.encode(bytes));
    match value {
        AttributeValue::S(text) => json!({ "S": text }),
        AttributeValue::N(number) => json!({ "N": number }),
        AttributeValue::B(value) => json!({ "B": bytes(value) }),
        AttributeValue::Bool(value) => json!({ "BOOL": value }),
        AttributeValue::Null => json!({ "NULL": true }),
        AttributeValue::Ss(texts) => json!({ "SS": texts }),
        AttributeValue::Ns(numbers) => json!({ "NS": numbers }),
        AttributeValue::Bs(members) => json!({ "BS": members.into_iter().map(bytes).collect::<Vec<_>>() }),
        AttributeValue::L(values) => {
            json!({ "L": values.into_iter().map(attribute_json).collect::<Vec<_>>() })
        }
        AttributeValue::M(item) => json!({ "M": item_json(item) }),
    }
}
