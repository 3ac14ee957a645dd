//! [`Requests`]: random requests of the store's kinds, over few items so that they interact.

use crate::dice::Dice;
use evens_simulated_table::Request;
use evens_simulated_table::call::{CallItem, set_number, set_text, text_in};
use evens_simulated_table::item::key_of;
use evens_table::{
    AttributeValue, Check, Condition, Delete, Get, Placeholders, Put, Query, ReturnValues, Scan, Segment,
    Update, Write,
};
use std::collections::HashMap;

/// A generator of requests.
pub(super) struct Requests {
    dice: Dice,
    /// The prefix of every partition name.
    prefix: String,
}

const PARTITIONS: [&str; 3] = ["USER#1", "BOOK#07", "ROUND#r"];
const SORTS: [&str; 5] = ["WALLET", "r#A#1", "r#A#2", "r#B#1", "ENTRY#0"];
const INDEXED: [&str; 2] = ["MATCH#03", "ROUND#11"];
const STATES: [&str; 3] = ["JOINED", "DRAWN", "SETTLED"];
const NUMBERS: [&str; 7] = ["0", "1", "2.50", "10", "99999999999999999999.99999999", "0.00000001", "-3"];
const RECORDS: [&[u8]; 3] = [&[0, 1], &[0, 2], &[0xff, 0xff]];

/// Names of attributes that are reserved words, by placeholder.
const NAMES: [(&str, &str); 2] = [("#state", "state"), ("#user", "user")];

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
const CONDITIONS: [(&str, &[&str]); 10] = [
    ("attribute_not_exists(pk)", &[]),
    ("attribute_exists(pk)", &[]),
    ("#state = :read", &[":read"]),
    ("#state = :read AND version = :had", &[":read", ":had"]),
    ("locked >= :had", &[":had"]),
    ("amount_open = :had", &[":had"]),
    ("attribute_not_exists(pk) OR #state <> :read", &[":read"]),
    ("attribute_exists(pk) AND attribute_not_exists(blocked)", &[]),
    ("#user = :had OR #user = :read", &[":had", ":read"]),
    ("#state IN (:read, :had) OR version = :had", &[":read", ":had"]),
];

/// The names that an expression uses.
fn names(expression: &str) -> HashMap<String, String> {
    let used = NAMES.into_iter().filter(|(name, _)| expression.contains(name));
    used.map(|(name, attribute)| (name.to_owned(), attribute.to_owned())).collect()
}

fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

impl Requests {
    pub(super) fn new(dice: Dice, prefix: String) -> Self {
        Self { dice, prefix }
    }

    pub(super) fn draw(&mut self) -> Request {
        match self.dice.index(18) {
            0..3 => Request::Put(self.put()),
            3..6 => {
                let returned = if self.half() { ReturnValues::All } else { ReturnValues::Changed };
                Request::Update(self.update(), returned)
            }
            6 => Request::Delete(self.delete()),
            7..11 => Request::Transact { writes: self.transaction(), token: None },
            11 => Request::Get(self.get()),
            12 => Request::GetBatch((0..=self.dice.index(3)).map(|_| self.key()).collect()),
            13 => Request::GetAtOnce(self.different_keys()),
            14 | 15 => Request::Query(self.query()),
            16 => Request::Scan(self.scan()),
            _ => Request::Query(self.query_of_index()),
        }
    }

    /// Queries for everything in the table.
    pub(super) fn all_partitions(&self) -> Vec<Request> {
        let all = |name: &&str| Query::new("pk = :pk").value(":pk", self.partition(name)).consistent(true);
        PARTITIONS.iter().map(all).map(Request::Query).collect()
    }

    fn half(&mut self) -> bool {
        self.dice.index(2) == 0
    }

    fn pick<'b>(&mut self, from: &[&'b str]) -> &'b str {
        from[self.dice.index(from.len())]
    }

    fn partition(&self, name: &str) -> AttributeValue {
        text(format!("{}/{name}", self.prefix))
    }

    pub(super) fn key(&mut self) -> CallItem {
        let partition = self.pick(&PARTITIONS);
        let mut key = CallItem::from([("pk".to_owned(), self.partition(partition))]);
        set_text(&mut key, "sk", self.pick(&SORTS));
        key
    }

    fn different_keys(&mut self) -> Vec<CallItem> {
        let mut keys: Vec<CallItem> = Vec::new();
        for _ in 0..=self.dice.index(3) {
            let key = self.key();
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        keys
    }

    fn number(&mut self) -> AttributeValue {
        AttributeValue::N(self.pick(&NUMBERS).to_owned())
    }

    fn item(&mut self) -> CallItem {
        let mut item = self.key();
        for name in ["balance", "locked", "version", "amount_open", "requests", "direct_referral_count"] {
            if self.half() {
                item.insert(name.to_owned(), self.number());
            }
        }
        for name in ["state", "user", "user_a", "user_name", "blocked"] {
            if self.half() {
                set_text(&mut item, name, self.pick(&STATES));
            }
        }
        if self.dice.index(3) == 0 {
            let index = self.pick(&INDEXED);
            item.insert("unfinished_pk".to_owned(), self.partition(index));
            set_text(&mut item, "unfinished_sk", self.pick(&STATES));
        }
        if self.half() {
            item.insert("entries".to_owned(), self.entries());
        }
        if self.dice.index(5) == 0 {
            let mut map = CallItem::from([("b".to_owned(), self.number())]);
            set_text(&mut map, "a", "x");
            item.insert("metadata".to_owned(), AttributeValue::M(map));
        }
        item
    }

    /// A list with one text, like a wallet's new entry.
    fn entries(&mut self) -> AttributeValue {
        AttributeValue::L(vec![text(self.pick(&STATES))])
    }

    fn value(&mut self, name: &str) -> AttributeValue {
        match name {
            ":entries" => self.entries(),
            ":record" => AttributeValue::Bs(vec![RECORDS[self.dice.index(RECORDS.len())].to_vec()]),
            ":state" | ":read" => text(self.pick(&STATES)),
            ":index" => {
                let index = self.pick(&INDEXED);
                self.partition(index)
            }
            ":one" => AttributeValue::N("1".to_owned()),
            _ => self.number(),
        }
    }

    fn values(&mut self, names: &[&str]) -> CallItem {
        names.iter().map(|name| ((*name).to_owned(), self.value(name))).collect()
    }

    fn condition(&mut self) -> Condition {
        let (expression, values) = CONDITIONS[self.dice.index(CONDITIONS.len())];
        let placeholders = Placeholders { names: names(expression), values: self.values(values) };
        Condition { expression: expression.to_owned(), placeholders, returns_item: self.half() }
    }

    fn put(&mut self) -> Put {
        Put { item: self.item(), condition: (self.dice.index(4) > 0).then(|| self.condition()) }
    }

    fn update(&mut self) -> Update {
        let (expression, values) = UPDATES[self.dice.index(UPDATES.len())];
        let condition = (self.dice.index(4) > 0).then(|| self.condition());
        let mut placeholders =
            condition.as_ref().map(|condition| condition.placeholders.clone()).unwrap_or_default();
        placeholders.names.extend(names(expression));
        placeholders.values.extend(self.values(values));
        Update {
            key: self.key(),
            expression: expression.to_owned(),
            returns_item: condition.as_ref().is_some_and(|condition| condition.returns_item),
            condition: condition.map(|condition| condition.expression),
            placeholders,
        }
    }

    fn delete(&mut self) -> Delete {
        Delete { key: self.key(), condition: self.condition() }
    }

    /// A transaction of several writes. Sometimes it writes an item twice, and is refused.
    pub(super) fn transaction(&mut self) -> Vec<Write> {
        if self.dice.index(20) == 0 {
            // The request has no other fault, so only one error is possible.
            let delete = self.delete();
            return vec![Write::Delete(delete.clone()), Write::Delete(delete)];
        }
        let (mut writes, mut keys) = (Vec::new(), Vec::new());
        for _ in 0..=self.dice.index(4) {
            let (key, write) = self.write();
            if !keys.contains(&key) {
                keys.push(key);
                writes.push(write);
            }
        }
        writes
    }

    fn write(&mut self) -> ((String, String), Write) {
        let (key, write) = match self.dice.index(6) {
            0 | 1 => {
                let put = self.put();
                (put.item.clone(), Write::Put(put))
            }
            2 | 3 => {
                let update = self.update();
                (update.key.clone(), Write::Update(update))
            }
            4 => {
                let delete = self.delete();
                (delete.key.clone(), Write::Delete(delete))
            }
            _ => {
                let check = Check { key: self.key(), condition: self.condition() };
                (check.key.clone(), Write::Check(check))
            }
        };
        (key_of(&key).unwrap(), write)
    }

    fn get(&mut self) -> Get {
        let projection = self.half().then(|| "pk, #state, entries".to_owned());
        let names = projection.as_deref().map(names).unwrap_or_default();
        Get { key: self.key(), is_consistent: true, projection, names }
    }

    fn query(&mut self) -> Query {
        let partition = self.pick(&PARTITIONS);
        let query = match self.dice.index(3) {
            0 => Query::new("pk = :pk"),
            1 => {
                let prefix = text(self.pick(&["r#A#", "r#", "W", "x"]));
                Query::new("pk = :pk AND begins_with(sk, :prefix)").value(":prefix", prefix)
            }
            _ => {
                // The reverse order would be refused.
                let first = self.pick(&SORTS).min("r#A#2");
                Query::new("pk = :pk AND sk BETWEEN :first AND :last")
                    .value(":first", text(first))
                    .value(":last", text("r#A#2"))
            }
        };
        let query = query.value(":pk", self.partition(partition)).consistent(true);
        let query = if self.half() { query } else { query.descending() };
        let query = if self.dice.index(3) > 0 { query } else { query.filter("attribute_exists(version)") };
        let query = if self.dice.index(3) > 0 { query } else { query.projection("pk, sk, version") };
        self.limited(query)
    }

    fn limited(&mut self, query: Query) -> Query {
        let limit = u32::try_from(self.dice.number(1..=3)).unwrap();
        if self.half() { query.limit(limit) } else { query }
    }

    fn query_of_index(&mut self) -> Query {
        let index = self.pick(&INDEXED);
        let query = if self.half() {
            Query::new("unfinished_pk = :pk")
        } else {
            let before = text(self.pick(&STATES));
            Query::new("unfinished_pk = :pk AND unfinished_sk < :before").value(":before", before)
        };
        let query = query.value(":pk", self.partition(index)).index("unfinished");
        self.limited(query)
    }

    /// A scan of the items with the prefix.
    fn scan(&mut self) -> Scan {
        let (filter, projection) =
            ("begins_with(pk, :prefix)", self.half().then(|| "pk, sk, #state".to_owned()));
        let mut values = CallItem::from([(":prefix".to_owned(), text(format!("{}/", self.prefix)))]);
        let filter = if self.half() {
            set_text(&mut values, ":read", self.pick(&STATES));
            set_number(&mut values, ":one", 1);
            format!("{filter} AND #state IN (:read, :one)")
        } else {
            filter.to_owned()
        };
        let names = names(&format!("{filter} {}", projection.as_deref().unwrap_or_default()));
        Scan {
            filter: Some(filter),
            projection,
            placeholders: Placeholders { names, values },
            is_consistent: true,
            segment: self.half().then_some(Segment { number: 0, total: 3 }),
            start: None,
            limit: self.half().then_some(7),
        }
    }
}

/// The place of an item in the order of its index.
pub(super) fn place_in_index(item: &CallItem) -> &str {
    text_in(item, "unfinished_sk")
}
