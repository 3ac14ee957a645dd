//! [`Requests`]: random requests of the store's kinds, over few items so that they interact.

use crate::dice::Dice;
use serde_json::{Map, Value, json};

#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) operation: &'static str,
    pub(super) body: Value,
}

/// A generator of requests.
pub(super) struct Requests<'a> {
    dice: Dice,
    table: &'a str,
    /// The prefix of every partition name.
    prefix: String,
    /// Earlier transactions, which may be repeated.
    transactions: Vec<Value>,
}

const PARTITIONS: [&str; 3] = ["USER#1", "BOOK#07", "ROUND#r"];
const SORTS: [&str; 5] = ["WALLET", "r#A#1", "r#A#2", "r#B#1", "ENTRY#0"];
const INDEXED: [&str; 2] = ["MATCH#03", "ROUND#11"];
const STATES: [&str; 3] = ["JOINED", "DRAWN", "SETTLED"];
const NUMBERS: [&str; 7] = ["0", "1", "2.50", "10", "99999999999999999999.99999999", "0.00000001", "-3"];
/// Values in Base64.
const RECORDS: [&str; 3] = ["AAE=", "AAI=", "//8="];

/// Updates of the store's kinds: the expression, and the names of its values.
const UPDATES: [(&str, &[&str]); 11] = [
    ("SET #state = :state REMOVE unfinished_pk, unfinished_sk", &[":state"]),
    ("SET amount_open = :number", &[":number"]),
    ("SET locked = locked - :number", &[":number"]),
    (
        "SET balance = :number, locked = locked + :other, version = version + :one",
        &[":number", ":other", ":one"],
    ),
    ("SET kind = :state, #user = :other ADD requests :number", &[":state", ":other", ":number"]),
    ("SET direct_referral_count = direct_referral_count + :one", &[":one"]),
    ("SET user_name = :state, unfinished_pk = :index, unfinished_sk = :state", &[":state", ":index"]),
    ("SET kind = :state ADD bets :record", &[":state", ":record"]),
    ("REMOVE blocked, user_name", &[]),
    ("SET version = :number, entries = list_append(entries, :entries)", &[":number", ":entries"]),
    ("SET entries = :entries, locked = if_not_exists(locked, :number)", &[":entries", ":number"]),
];

/// Conditions of the store's kinds.
const CONDITIONS: [(&str, &[&str]); 9] = [
    ("attribute_not_exists(pk)", &[]),
    ("attribute_exists(pk)", &[]),
    ("#state = :read", &[":read"]),
    ("#state = :read AND version = :had", &[":read", ":had"]),
    ("locked >= :had", &[":had"]),
    ("amount_open = :had", &[":had"]),
    ("attribute_not_exists(pk) OR #state <> :read", &[":read"]),
    ("attribute_exists(pk) AND attribute_not_exists(blocked)", &[]),
    ("#user = :had OR #user = :read", &[":had", ":read"]),
];

impl<'a> Requests<'a> {
    pub(super) fn new(dice: Dice, table: &'a str, prefix: String) -> Self {
        Self { dice, table, prefix, transactions: Vec::new() }
    }

    pub(super) fn draw(&mut self) -> Request {
        match self.dice.index(16) {
            0..3 => self.one("PutItem", "Put"),
            3..6 => self.one("UpdateItem", "Update"),
            6 => self.one("DeleteItem", "Delete"),
            7..11 => self.transaction(),
            11 => self.get(),
            12 => self.get_several(),
            13 => self.get_together(),
            14 => self.query(),
            _ => self.query_index(),
        }
    }

    /// Queries for everything in the table.
    pub(super) fn all_partitions(&self) -> Vec<Request> {
        let all = |partition: &&str| {
            let values = json!({ ":pk": self.partition(partition) });
            self.request(
                "Query",
                json!({ "KeyConditionExpression": "pk = :pk", "ConsistentRead": true,
                "ExpressionAttributeValues": values }),
            )
        };
        PARTITIONS.iter().map(all).collect()
    }

    fn request(&self, operation: &'static str, mut body: Value) -> Request {
        body["TableName"] = json!(self.table);
        Request { operation, body }
    }

    fn pick<'b>(&mut self, from: &[&'b str]) -> &'b str {
        from[self.dice.index(from.len())]
    }

    fn partition(&self, name: &str) -> Value {
        json!({ "S": format!("{}/{name}", self.prefix) })
    }

    fn key(&mut self) -> Value {
        let partition = self.pick(&PARTITIONS);
        json!({ "pk": self.partition(partition), "sk": { "S": self.pick(&SORTS) } })
    }

    fn number(&mut self) -> Value {
        json!({ "N": self.pick(&NUMBERS) })
    }

    fn item(&mut self) -> Value {
        let mut item = self.key();
        for name in ["balance", "locked", "version", "amount_open", "requests", "direct_referral_count"] {
            if self.dice.index(2) == 0 {
                item[name] = self.number();
            }
        }
        for name in ["state", "user", "user_a", "user_name", "blocked"] {
            if self.dice.index(2) == 0 {
                item[name] = json!({ "S": self.pick(&STATES) });
            }
        }
        if self.dice.index(3) == 0 {
            let index = self.pick(&INDEXED);
            item["unfinished_pk"] = self.partition(index);
            item["unfinished_sk"] = json!({ "S": self.pick(&STATES) });
        }
        if self.dice.index(2) == 0 {
            item["entries"] = self.entries();
        }
        if self.dice.index(5) == 0 {
            item["metadata"] = json!({ "M": { "b": self.number(), "a": { "S": "x" } } });
        }
        item
    }

    /// A list with one text, like a wallet's new entry.
    fn entries(&mut self) -> Value {
        json!({ "L": [{ "S": self.pick(&STATES) }] })
    }

    fn value(&mut self, name: &str) -> Value {
        match name {
            ":entries" => self.entries(),
            ":record" => json!({ "BS": [self.pick(&RECORDS)] }),
            ":state" | ":read" => json!({ "S": self.pick(&STATES) }),
            ":index" => {
                let index = self.pick(&INDEXED);
                self.partition(index)
            }
            ":one" => json!({ "N": "1" }),
            _ => self.number(),
        }
    }

    /// The fields of one write of this kind.
    fn write(&mut self, kind: &str) -> Value {
        let (mut fields, mut expressions, mut values) = (json!({}), String::new(), Map::new());
        if kind == "Put" {
            fields["Item"] = self.item();
        } else {
            fields["Key"] = self.key();
        }
        if kind == "Update" {
            let (update, names) = UPDATES[self.dice.index(UPDATES.len())];
            fields["UpdateExpression"] = json!(update);
            expressions.push_str(update);
            values.extend(names.iter().map(|name| ((*name).to_owned(), self.value(name))));
        }
        if self.dice.index(4) > 0 {
            let (condition, names) = CONDITIONS[self.dice.index(CONDITIONS.len())];
            fields["ConditionExpression"] = json!(condition);
            expressions.push_str(condition);
            values.extend(names.iter().map(|name| ((*name).to_owned(), self.value(name))));
            if self.dice.index(2) == 0 {
                fields["ReturnValuesOnConditionCheckFailure"] = json!("ALL_OLD");
            }
        }
        if !values.is_empty() {
            fields["ExpressionAttributeValues"] = Value::Object(values);
        }
        let used = [("#state", "state"), ("#user", "user")].into_iter();
        let used: Map<_, _> = used
            .filter(|(name, _)| expressions.contains(name))
            .map(|(name, attribute)| (name.to_owned(), json!(attribute)))
            .collect();
        if !used.is_empty() {
            fields["ExpressionAttributeNames"] = Value::Object(used);
        }
        fields
    }

    fn one(&mut self, operation: &'static str, kind: &str) -> Request {
        let mut fields = self.write(kind);
        if operation == "UpdateItem" && self.dice.index(2) == 0 {
            fields["ReturnValues"] = json!("ALL_NEW");
        }
        self.request(operation, fields)
    }

    /// A transaction of several writes. Sometimes an earlier one again, or other writes with its token.
    fn transaction(&mut self) -> Request {
        let operation = "TransactWriteItems";
        if !self.transactions.is_empty() && self.dice.index(6) == 0 {
            let mut again = self.transactions[self.dice.index(self.transactions.len())].clone();
            if self.dice.index(3) == 0 {
                let other = self.dice.index(self.transactions.len());
                again["TransactItems"] = self.transactions[other]["TransactItems"].clone();
            }
            return Request { operation, body: again };
        }
        let (mut items, mut keys) = (Vec::new(), Vec::new());
        for _ in 0..=self.dice.index(4) {
            let kind = self.pick(&["Put", "Put", "Update", "Update", "Delete"]);
            let mut fields = self.write(kind);
            let of = if kind == "Put" { &fields["Item"] } else { &fields["Key"] };
            let key = (of["pk"].clone(), of["sk"].clone());
            if keys.contains(&key) {
                continue;
            }
            keys.push(key);
            fields["TableName"] = json!(self.table);
            items.push(json!({ kind: fields }));
        }
        if self.dice.index(20) == 0 {
            // The same item twice, which is refused. The request has no other fault, so only one error is possible.
            let delete = json!({ "Delete": { "Key": self.key(), "TableName": self.table } });
            items = vec![delete; 2];
        }
        // The engine may remember tokens of an earlier run with another table.
        let run = self.table.rsplit('-').next().unwrap_or_default();
        let token = format!("{run}-{}-{}", self.prefix, self.transactions.len());
        let body = json!({ "TransactItems": items, "ClientRequestToken": token });
        self.transactions.push(body.clone());
        Request { operation, body }
    }

    fn get(&mut self) -> Request {
        let key = self.key();
        self.request("GetItem", json!({ "Key": key, "ConsistentRead": true }))
    }

    /// Sometimes the same key twice, which is refused.
    fn get_several(&mut self) -> Request {
        let keys: Vec<_> = (0..=self.dice.index(3)).map(|_| self.key()).collect();
        let wanted = json!({ "Keys": keys, "ConsistentRead": true });
        Request { operation: "BatchGetItem", body: json!({ "RequestItems": { self.table: wanted } }) }
    }

    fn get_together(&mut self) -> Request {
        let mut keys: Vec<Value> = Vec::new();
        for _ in 0..=self.dice.index(3) {
            let key = self.key();
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        let gets = keys.into_iter().map(|key| json!({ "Get": { "Key": key, "TableName": self.table } }));
        let body = json!({ "TransactItems": gets.collect::<Vec<_>>() });
        Request { operation: "TransactGetItems", body }
    }

    fn query(&mut self) -> Request {
        let partition = self.pick(&PARTITIONS);
        let mut values = json!({ ":pk": self.partition(partition) });
        let condition = match self.dice.index(3) {
            0 => "pk = :pk",
            1 => {
                values[":prefix"] = json!({ "S": self.pick(&["r#A#", "r#", "W", "x"]) });
                "pk = :pk AND begins_with(sk, :prefix)"
            }
            _ => {
                values[":first"] = json!({ "S": self.pick(&SORTS) });
                values[":last"] = json!({ "S": "r#A#2" });
                // The reverse order would be refused.
                if values[":first"]["S"].as_str() > values[":last"]["S"].as_str() {
                    values[":first"] = values[":last"].clone();
                }
                "pk = :pk AND sk BETWEEN :first AND :last"
            }
        };
        let mut body = json!({ "KeyConditionExpression": condition, "ExpressionAttributeValues": values,
            "ConsistentRead": true, "ScanIndexForward": self.dice.index(2) == 0 });
        if self.dice.index(2) == 0 {
            body["Limit"] = json!(1 + self.dice.index(3));
        }
        self.request("Query", body)
    }

    fn query_index(&mut self) -> Request {
        let index = self.pick(&INDEXED);
        let mut values = json!({ ":pk": self.partition(index) });
        let condition = if self.dice.index(2) == 0 {
            "unfinished_pk = :pk"
        } else {
            values[":before"] = json!({ "S": self.pick(&STATES) });
            "unfinished_pk = :pk AND unfinished_sk < :before"
        };
        let mut body = json!({ "IndexName": "unfinished", "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values });
        if self.dice.index(2) == 0 {
            body["Limit"] = json!(1 + self.dice.index(3));
        }
        self.request("Query", body)
    }
}
