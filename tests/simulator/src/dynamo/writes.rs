//! Writes: single items with a condition, and transactions.

use super::expression::{Names, holds, updated};
use super::item::{Item, Key, key_of, parse, parse_key, to_json};
use super::table::TokenRecord;
use super::{Fault, Table, reason};
use serde_json::{Value, json};

/// The new state of an item.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    key: Key,
    after: Option<Item>,
}

/// A committed transaction that still locks its items.
#[derive(Debug, Clone)]
pub(crate) struct Transaction {
    /// The writes that are not visible yet.
    pub(crate) writes: Vec<Prepared>,
    keys: Vec<Key>,
    token: Option<String>,
}

/// The reason why a write is refused.
enum Refused {
    /// The condition does not hold for the stored item.
    Condition {
        found: Option<Item>,
        is_shown: bool,
    },
    Fault(Fault),
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// The kind and the fields of one write.
fn part(item: &Value) -> Option<(&str, &Value)> {
    item.as_object()?.iter().next().map(|(kind, fields)| (kind.as_str(), fields))
}

/// The key of the item that a write changes.
fn key_of_write(kind: &str, fields: &Value) -> Result<Key, Fault> {
    match kind {
        "Put" => key_of(&parse(&fields["Item"])?),
        "Update" | "Delete" | "ConditionCheck" => parse_key(&fields["Key"]),
        _ => Err(Fault::validation(format!("{kind} is no write"))),
    }
}

impl Table {
    /// Performs a write to a single item. Returns `None` if the operation is not one.
    pub(crate) fn write(
        &mut self,
        operation: &str,
        request: &Value,
        now_ms: u64,
    ) -> Option<Result<Value, Fault>> {
        let kind = match operation {
            "PutItem" => "Put",
            "UpdateItem" => "Update",
            "DeleteItem" => "Delete",
            _ => return None,
        };
        Some(self.write_one(kind, request, now_ms))
    }

    fn write_one(&mut self, kind: &str, request: &Value, now_ms: u64) -> Result<Value, Fault> {
        let key = key_of_write(kind, request)?;
        if self.locked.contains(&key) {
            return Err(Fault::new(400, "TransactionConflictException"));
        }
        match self.prepare_one(kind, request) {
            Ok(prepared) => {
                let after = prepared.after.clone().unwrap_or_default();
                self.put(prepared.key, prepared.after, now_ms);
                Ok(match request["ReturnValues"].as_str() {
                    Some("ALL_NEW" | "UPDATED_NEW") => json!({ "Attributes": to_json(&after) }),
                    _ => json!({}),
                })
            }
            Err(Refused::Fault(fault)) => Err(fault),
            Err(Refused::Condition { found, is_shown }) => {
                let fault = Fault::new(400, "ConditionalCheckFailedException");
                Err(match found.filter(|_| is_shown) {
                    Some(found) => fault.with("Item", to_json(&found)),
                    None => fault,
                })
            }
        }
    }

    fn prepare_one(&self, kind: &str, fields: &Value) -> Result<Prepared, Refused> {
        let key = key_of_write(kind, fields)?;
        let condition = fields["ConditionExpression"].as_str();
        let update = fields["UpdateExpression"].as_str();
        let expressions: Vec<&str> = condition.into_iter().chain(update).collect();
        let known = Names::of(fields, &expressions)?;
        let found = self.get(&key);
        let absent = Item::new();
        let seen = found.unwrap_or(&absent);
        if let Some(condition) = condition
            && !holds(condition, &known, seen)?
        {
            let is_shown = fields["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD";
            return Err(Refused::Condition { found: found.cloned(), is_shown });
        }
        let after = match (kind, update) {
            ("Put", _) => Some(parse(&fields["Item"])?),
            ("Delete", _) => None,
            ("ConditionCheck", _) => found.cloned(),
            ("Update", Some(update)) => {
                let mut after = updated(update, &known, seen)?;
                after.extend(parse(&fields["Key"])?);
                Some(after)
            }
            _ => return Err(Fault::validation("an update without an expression").into()),
        };
        Ok(Prepared { key, after })
    }

    /// Decides a transaction. If it succeeds, its items stay locked until [`Table::finish`]. Returns `None` if the same
    /// token has already succeeded.
    pub(crate) fn prepare(&mut self, request: &Value) -> Result<Option<Transaction>, Fault> {
        let items = request["TransactItems"].as_array().ok_or_else(|| Fault::validation("no items"))?;
        let token = request["ClientRequestToken"].as_str();
        if let Some(known) = token.and_then(|token| self.tokens.get(token)) {
            return match known {
                TokenRecord { asked, .. } if *asked != request["TransactItems"] => {
                    Err(Fault::new(400, "IdempotentParameterMismatchException"))
                }
                TokenRecord { is_done: true, .. } => Ok(None),
                TokenRecord { is_done: false, .. } => Err(Fault::new(400, "TransactionInProgressException")),
            };
        }
        let (mut keys, mut writes, mut reasons) = (Vec::new(), Vec::new(), Vec::new());
        for item in items {
            let (kind, fields) = part(item).ok_or_else(|| Fault::validation("an empty write"))?;
            let key = key_of_write(kind, fields)?;
            if keys.contains(&key) {
                return Err(Fault::validation("a transaction has two operations on one item"));
            }
            let is_held = self.locked.contains(&key);
            keys.push(key);
            reasons.push(match self.prepare_one(kind, fields) {
                _ if is_held => reason("TransactionConflict"),
                Ok(prepared) => {
                    writes.push(prepared);
                    reason("None")
                }
                Err(Refused::Fault(fault)) => return Err(fault),
                Err(Refused::Condition { found, is_shown }) => {
                    let failed = json!({ "Code": "ConditionalCheckFailed", "Message": "The conditional request failed" });
                    match found.filter(|_| is_shown) {
                        Some(found) => json!({ "Item": to_json(&found), "Code": failed["Code"], "Message": failed["Message"] }),
                        None => failed,
                    }
                }
            });
        }
        if writes.len() < items.len() {
            return Err(Fault::cancelled(reasons));
        }
        self.locked.extend(keys.iter().cloned());
        if let Some(token) = token {
            let known = TokenRecord { asked: request["TransactItems"].clone(), is_done: false };
            self.tokens.insert(token.to_owned(), known);
        }
        Ok(Some(Transaction { writes, keys, token: token.map(str::to_owned) }))
    }

    /// Makes one write of a transaction visible.
    pub(crate) fn apply(&mut self, write: Prepared, now_ms: u64) {
        self.put(write.key, write.after, now_ms);
    }

    /// Makes the remaining writes visible and releases the locks.
    pub(crate) fn finish(&mut self, transaction: Transaction, now_ms: u64) {
        for write in transaction.writes {
            self.apply(write, now_ms);
        }
        for key in &transaction.keys {
            self.locked.remove(key);
        }
        if let Some(known) = transaction.token.and_then(|token| self.tokens.get_mut(&token)) {
            known.is_done = true;
        }
    }
}
