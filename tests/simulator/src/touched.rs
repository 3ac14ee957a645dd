//! [`Touch`]: a table action of a function, to be compared with its role. Roles do not apply in a run, so the
//! comparison finds actions that AWS alone would refuse.

use axum::body::Body;
use axum::http::Request;
use evens_contracts::ROUTES;
use evens_simulated_table::Request as TableRequest;
use evens_simulated_table::call::{CallItem, text_in};
use evens_table::{AttributeValue, Query, Write};

tokio::task_local! {
    static FUNCTION: &'static str;
}

/// An action of a function on one kind of items.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Touch {
    /// The folder of the function.
    pub function: &'static str,
    /// The action's name in IAM. Each part of a transaction counts separately.
    pub action: &'static str,
    /// The common prefix of the partition keys of a kind, or `index` and its name.
    pub on: String,
}

/// Runs a future on behalf of a function, if there is one.
pub(crate) async fn on_behalf_of<T>(function: Option<&'static str>, doing: impl Future<Output = T>) -> T {
    match function {
        Some(function) => FUNCTION.scope(function, doing).await,
        None => doing.await,
    }
}

/// The function that serves a request.
pub(crate) fn function_of(request: &Request<Body>) -> Option<&'static str> {
    let is_at = |route: &str| {
        let (mut wanted, mut asked) = (route.split('/'), request.uri().path().split('/'));
        wanted.by_ref().zip(asked.by_ref()).all(|(wanted, asked)| wanted == asked || wanted.starts_with('{'))
            && route.split('/').count() == request.uri().path().split('/').count()
    };
    let mut routes = ROUTES.iter().filter(|route| route.method.as_str() == request.method().as_str());
    routes.find(|route| is_at(route.path)).map(|route| route.function)
}

/// The table actions of a call, or none if no function makes it.
pub(crate) fn touches(request: &TableRequest) -> Vec<Touch> {
    let Ok(function) = FUNCTION.try_with(|function| *function) else { return Vec::new() };
    parts(request).into_iter().map(|(action, on)| Touch { function, action, on }).collect()
}

fn parts(request: &TableRequest) -> Vec<(&'static str, String)> {
    match request {
        TableRequest::Get(get) => vec![("GetItem", of_key(&get.key))],
        TableRequest::Put(put) => vec![("PutItem", of_key(&put.item))],
        TableRequest::Update(update, _) => vec![("UpdateItem", of_key(&update.key))],
        TableRequest::Delete(delete) => vec![("DeleteItem", of_key(&delete.key))],
        TableRequest::Query(query) => vec![("Query", of_query(query))],
        TableRequest::GetBatch(keys) => keys.iter().map(|key| ("BatchGetItem", of_key(key))).collect(),
        TableRequest::GetAtOnce(keys) => keys.iter().map(|key| ("GetItem", of_key(key))).collect(),
        TableRequest::Transact { writes, .. } => writes.iter().map(of_write).collect(),
        TableRequest::Scan(_) => vec![("Scan", String::new())],
    }
}

fn of_write(write: &Write) -> (&'static str, String) {
    match write {
        Write::Put(put) => ("PutItem", of_key(&put.item)),
        Write::Update(update) => ("UpdateItem", of_key(&update.key)),
        Write::Delete(delete) => ("DeleteItem", of_key(&delete.key)),
        Write::Check(check) => ("ConditionCheckItem", of_key(&check.key)),
    }
}

fn of_query(query: &Query) -> String {
    let partition = query.placeholders.values.get(":pk").and_then(AttributeValue::as_text);
    match &query.index {
        Some(index) => format!("index {index}"),
        None => partition.map(beginning).unwrap_or_default(),
    }
}

fn of_key(key: &CallItem) -> String {
    beginning(text_in(key, "pk"))
}

/// The prefix up to the first separator, which is `:` for transfers and `#` for all others. Secrets of periods are told
/// apart from those of rounds.
fn beginning(partition: &str) -> String {
    const OF_PERIODS: &str = "SEED#PERIOD#";
    if partition.starts_with(OF_PERIODS) {
        return OF_PERIODS.to_owned();
    }
    let end = if partition.starts_with("TRANSFER#") { ':' } else { '#' };
    partition.split_inclusive(end).next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::{FUNCTION, TableRequest, function_of, touches};
    use axum::body::Body;
    use axum::http::Request;
    use evens_simulated_table::call::{CallItem, set_text};
    use evens_table::{AttributeValue, Check, Condition, Get, Placeholders, Put, Query, Write};
    use std::collections::HashMap;

    #[test]
    fn requests_are_for_functions() {
        #[rustfmt::skip]
        let table = [
            ("POST",  "/api/bets",                   Some("place-bet")),
            ("GET",   "/api/bets",                   Some("bets")),
            ("PATCH", "/api/jackpots/minor/config",  Some("jackpot-pools")),
            ("PATCH", "/api/jackpots/minor",         None),
            ("GET",   "/api/nothing",                None),
        ];
        for (method, path, function) in table {
            let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
            assert_eq!(function_of(&request), function, "{method} {path}");
        }
    }

    #[test]
    fn parts_of_a_call_are_seen() {
        let key = |pk: &str| {
            let mut key = CallItem::new();
            set_text(&mut key, "pk", pk);
            set_text(&mut key, "sk", "X");
            key
        };
        let condition = Condition {
            expression: "attribute_exists(pk)".to_owned(),
            placeholders: Placeholders::default(),
            returns_item: false,
        };
        let writes = vec![
            Write::Put(Put { item: key("TRANSFER#JACKPOT-START:minor"), condition: None }),
            Write::Check(Check { key: key("CASHIER#7"), condition }),
        ];
        let transaction = TableRequest::Transact { writes, token: None };
        let query = Query::new("pk = :pk").value(":pk", AttributeValue::S("AUDIT#2026-11-20#3".to_owned()));
        let get = Get { key: key("PROBE"), is_consistent: true, projection: None, names: HashMap::new() };
        let of_index = Query::new("unfinished_pk = :pk").index("unfinished");
        #[rustfmt::skip]
        let table = [
            (TableRequest::Get(get),                     vec!["GetItem PROBE"]),
            (transaction,                                vec!["PutItem TRANSFER#JACKPOT-START:", "ConditionCheckItem CASHIER#"]),
            (TableRequest::Query(query),                 vec!["Query AUDIT#"]),
            (TableRequest::Query(of_index),              vec!["Query index unfinished"]),
            (TableRequest::GetBatch(vec![key("BET#1")]), vec!["BatchGetItem BET#"]),
        ];
        for (request, expected) in table {
            let seen = FUNCTION.sync_scope("bets", || touches(&request));
            let seen: Vec<_> = seen.iter().map(|touch| format!("{} {}", touch.action, touch.on)).collect();
            assert_eq!(seen, expected);
            assert_eq!(touches(&request), [], "nobody's function");
        }
    }
}
