//! [`Touch`]: a table action of a function, to be compared with its role. Roles do not apply in a run, so the
//! comparison finds actions that AWS alone would refuse.

use axum::body::Body;
use axum::http::Request;
use evens_contracts::ROUTES;
use serde_json::Value;

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
pub(crate) fn touches(operation: &str, request: &Value) -> Vec<Touch> {
    let Ok(function) = FUNCTION.try_with(|function| *function) else { return Vec::new() };
    parts(operation, request)
        .into_iter()
        .map(|(action, on)| Touch { function, action, on: on.unwrap_or_default() })
        .collect()
}

fn parts(operation: &str, request: &Value) -> Vec<(&'static str, Option<String>)> {
    match operation {
        "GetItem" => vec![("GetItem", of_key(&request["Key"]))],
        "PutItem" => vec![("PutItem", of_key(&request["Item"]))],
        "UpdateItem" => vec![("UpdateItem", of_key(&request["Key"]))],
        "DeleteItem" => vec![("DeleteItem", of_key(&request["Key"]))],
        "Query" => vec![("Query", of_query(request))],
        "BatchGetItem" => {
            let tables = request["RequestItems"].as_object().into_iter().flatten();
            let keys = tables.flat_map(|(_, wanted)| wanted["Keys"].as_array().into_iter().flatten());
            keys.map(|key| ("BatchGetItem", of_key(key))).collect()
        }
        "TransactGetItems" | "TransactWriteItems" => {
            let items = request["TransactItems"].as_array().into_iter().flatten();
            items.filter_map(Value::as_object).flatten().map(|(kind, fields)| of_part(kind, fields)).collect()
        }
        _ => vec![("Scan", None)],
    }
}

fn of_part(kind: &str, fields: &Value) -> (&'static str, Option<String>) {
    match kind {
        "Get" => ("GetItem", of_key(&fields["Key"])),
        "Put" => ("PutItem", of_key(&fields["Item"])),
        "Update" => ("UpdateItem", of_key(&fields["Key"])),
        "Delete" => ("DeleteItem", of_key(&fields["Key"])),
        _ => ("ConditionCheckItem", of_key(&fields["Key"])),
    }
}

fn of_query(request: &Value) -> Option<String> {
    match request["IndexName"].as_str() {
        Some(index) => Some(format!("index {index}")),
        None => request["ExpressionAttributeValues"][":pk"]["S"].as_str().map(beginning),
    }
}

fn of_key(key: &Value) -> Option<String> {
    key["pk"]["S"].as_str().map(beginning)
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
    use super::{FUNCTION, function_of, touches};
    use axum::body::Body;
    use axum::http::Request;
    use serde_json::json;

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
        let key = |pk: &str| json!({ "pk": { "S": pk }, "sk": { "S": "X" } });
        let transaction = json!({ "TransactItems": [
            { "Put": { "Item": key("TRANSFER#JACKPOT-START:minor") } },
            { "ConditionCheck": { "Key": key("CASHIER#7") } },
        ] });
        let query = json!({ "ExpressionAttributeValues": { ":pk": { "S": "AUDIT#2026-11-20#3" } } });
        let one = json!({ "Key": key("PROBE") });
        let several = json!({ "RequestItems": { "t": { "Keys": [key("BET#1")] } } });
        let of_index = json!({ "IndexName": "unfinished" });
        #[rustfmt::skip]
        let table = [
            ("GetItem",            one,         vec!["GetItem PROBE"]),
            ("TransactWriteItems", transaction, vec!["PutItem TRANSFER#JACKPOT-START:", "ConditionCheckItem CASHIER#"]),
            ("Query",              query,       vec!["Query AUDIT#"]),
            ("Query",              of_index,    vec!["Query index unfinished"]),
            ("BatchGetItem",       several,     vec!["BatchGetItem BET#"]),
        ];
        for (operation, request, expected) in table {
            let seen = FUNCTION.sync_scope("bets", || touches(operation, &request));
            let seen: Vec<_> = seen.iter().map(|touch| format!("{} {}", touch.action, touch.on)).collect();
            assert_eq!(seen, expected);
            assert_eq!(touches(operation, &request), [], "nobody's function");
        }
    }
}
