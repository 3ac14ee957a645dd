//! Reads: single items, batches, queries by page, and table scans.

use super::expression::{Names, holds, partition};
use super::item::{Item, Key, key_of, parse, parse_key, text, to_json};
use super::{Fault, Table, reason};
use serde_json::{Value, json};

/// The view of the table that a read gets.
pub(crate) struct View<'a> {
    pub(crate) now_ms: u64,
    /// The age of the version returned by an eventually consistent read, in milliseconds.
    pub(crate) lag_ms: &'a mut dyn FnMut() -> u64,
    /// The largest number of items in an answer.
    pub(crate) page_max: usize,
}

/// The attributes in the index, including both keys.
const PROJECTED: [&str; 5] = ["pk", "sk", "unfinished_pk", "unfinished_sk", "user_a"];

impl Table {
    /// Performs a read operation. Returns `None` if the operation is not a read.
    pub(crate) fn read(
        &self,
        operation: &str,
        request: &Value,
        view: &mut View<'_>,
    ) -> Option<Result<Value, Fault>> {
        Some(match operation {
            "GetItem" => self.get_item(request),
            "BatchGetItem" => self.batch_get_item(request, view),
            "TransactGetItems" => self.transact_get_items(request),
            "Query" => self.query(request, view),
            "Scan" => self.scan(request),
            _ => return None,
        })
    }

    fn get_item(&self, request: &Value) -> Result<Value, Fault> {
        Ok(match self.get(&parse_key(&request["Key"])?) {
            Some(item) => json!({ "Item": to_json(item) }),
            None => json!({}),
        })
    }

    fn batch_get_item(&self, request: &Value, view: &View<'_>) -> Result<Value, Fault> {
        let tables = request["RequestItems"].as_object().ok_or_else(|| Fault::validation("no tables"))?;
        let (mut responses, mut left_out) = (json!({}), json!({}));
        for (name, wanted) in tables {
            let keys = wanted["Keys"].as_array().ok_or_else(|| Fault::validation("no keys"))?;
            let parsed = keys.iter().map(parse_key).collect::<Result<Vec<_>, _>>()?;
            let mut distinct = parsed.clone();
            distinct.sort();
            distinct.dedup();
            if distinct.len() != parsed.len() || !(1..=100).contains(&parsed.len()) {
                return Err(Fault::validation("Provided list of item keys contains duplicates, or too many"));
            }
            let read = parsed.iter().take(view.page_max).filter_map(|key| self.get(key));
            responses[name] = Value::Array(read.map(to_json).collect());
            if parsed.len() > view.page_max {
                let mut rest = wanted.clone();
                rest["Keys"] = Value::Array(keys[view.page_max..].to_vec());
                left_out[name] = rest;
            }
        }
        Ok(json!({ "Responses": responses, "UnprocessedKeys": left_out }))
    }

    fn transact_get_items(&self, request: &Value) -> Result<Value, Fault> {
        let items = request["TransactItems"].as_array().ok_or_else(|| Fault::validation("no items"))?;
        let keys = items.iter().map(|item| parse_key(&item["Get"]["Key"])).collect::<Result<Vec<_>, _>>()?;
        if keys.iter().any(|key| self.locked.contains(key)) {
            let reasons = keys
                .iter()
                .map(|key| reason(if self.locked.contains(key) { "TransactionConflict" } else { "None" }));
            return Err(Fault::cancelled(reasons.collect()));
        }
        let found = keys.iter().map(|key| match self.get(key) {
            Some(item) => json!({ "Item": to_json(item) }),
            None => json!({}),
        });
        Ok(json!({ "Responses": found.collect::<Vec<_>>() }))
    }

    fn query(&self, request: &Value, view: &mut View<'_>) -> Result<Value, Fault> {
        let condition = request["KeyConditionExpression"].as_str().unwrap_or_default();
        let known = Names::of(request, &[condition])?;
        let is_index = request["IndexName"].is_string();
        let is_consistent = request["ConsistentRead"] == true;
        if is_index && is_consistent {
            return Err(Fault::validation("an index is not strongly consistent"));
        }
        let keys: Vec<&Key> = if is_index {
            self.keys_indexed(&partition(condition, "unfinished_pk", &known)?).collect()
        } else {
            let partition = partition(condition, "pk", &known)?;
            let first = (partition.clone(), String::new());
            self.keys_from(&first).take_while(|key| key.0 == partition).collect()
        };
        let mut found: Vec<&Item> = Vec::new();
        for key in keys {
            let lag_ms = if is_consistent { 0 } else { (view.lag_ms)() };
            let item = self.get_at(key, view.now_ms.saturating_sub(lag_ms));
            if let Some(item) = item
                && holds(condition, &known, item)?
            {
                found.push(item);
            }
        }
        let place = |item: &Item| -> Vec<String> {
            let names: &[&str] = if is_index { &["unfinished_sk", "pk", "sk"] } else { &["sk"] };
            names.iter().map(|name| text(item, name).to_owned()).collect()
        };
        found.sort_by_key(|item| place(item));
        let is_forward = request["ScanIndexForward"] != false;
        if !is_forward {
            found.reverse();
        }
        let start = parse(&request["ExclusiveStartKey"])?;
        if !start.is_empty() {
            let start = place(&start);
            found.retain(|item| if is_forward { place(item) > start } else { place(item) < start });
        }
        let limit = request["Limit"].as_u64().and_then(|limit| usize::try_from(limit).ok());
        let page = limit.unwrap_or(usize::MAX).min(view.page_max).max(1);
        let mut answer = json!({});
        if found.len() >= page {
            found.truncate(page);
            // A full page has a next key even if the list ends there, as on AWS.
            answer["LastEvaluatedKey"] =
                found.last().map(|last| start_key(last, is_index)).unwrap_or_default();
        }
        let items = found.iter().map(|item| if is_index { to_json(&projected(item)) } else { to_json(item) });
        answer["Items"] = Value::Array(items.collect());
        answer["Count"] = json!(found.len());
        Ok(answer)
    }

    fn scan(&self, request: &Value) -> Result<Value, Fault> {
        let start = parse(&request["ExclusiveStartKey"])?;
        let start = if start.is_empty() { None } else { Some(key_of(&start)?) };
        let limit = request["Limit"].as_u64().and_then(|limit| usize::try_from(limit).ok()).unwrap_or(1_000);
        let mut found = Vec::new();
        for item in self.all() {
            if start.as_ref().is_none_or(|start| key_of(item).is_ok_and(|key| key > *start)) {
                found.push(item);
            }
        }
        let mut answer = json!({});
        if found.len() > limit {
            found.truncate(limit);
            answer["LastEvaluatedKey"] = found.last().map(|last| start_key(last, false)).unwrap_or_default();
        }
        answer["Items"] = Value::Array(found.into_iter().map(to_json).collect());
        Ok(answer)
    }
}

fn projected(item: &Item) -> Item {
    item.iter()
        .filter(|(name, _)| PROJECTED.contains(&name.as_str()))
        .map(|(name, attribute)| (name.clone(), attribute.clone()))
        .collect()
}

fn start_key(item: &Item, is_index: bool) -> Value {
    let names = if is_index { &PROJECTED[..4] } else { &PROJECTED[..2] };
    to_json(
        &item
            .iter()
            .filter(|(name, _)| names.contains(&name.as_str()))
            .map(|(name, attribute)| (name.clone(), attribute.clone()))
            .collect(),
    )
}
