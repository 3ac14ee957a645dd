//! Alarms and dashboard use only metrics that the code writes, with their dimensions.

use crate::assert_none;
use crate::search::Search;
use crate::stacks::template;
use crate::template::resources;
use evens_contracts::Queue;
use evens_jackpots::JackpotAction;
use evens_ledger::{BalanceKind, EntryKind};
use evens_metrics::{ConflictKind, Definition, Kind, Metric};
use evens_payments::DifferenceKind;
use evens_store::UnfinishedWork;
use evens_sweep::KINDS;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use strum::VariantArray;

/// The namespace of all metrics of functions.
const NAMESPACE: &str = "Evens/${Stage}";

fn text(value: &Value) -> &str {
    value.as_str().or(value["Fn::Sub"].as_str()).unwrap_or_default()
}

/// A metric that an alarm or the dashboard uses.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Looked {
    by: String,
    name: String,
    dimensions: Vec<(String, String)>,
    statistic: String,
}

/// The metric that an alarm or a term of its arithmetic uses, or `None` outside the own namespace.
fn of_metric(by: &str, metric: &Value, statistic: &Value) -> Option<Looked> {
    let pair =
        |dimension: &Value| (text(&dimension["Name"]).to_owned(), text(&dimension["Value"]).to_owned());
    let dimensions = metric["Dimensions"].as_array().into_iter().flatten().map(pair);
    (text(&metric["Namespace"]) == NAMESPACE).then(|| Looked {
        by: by.to_owned(),
        name: text(&metric["MetricName"]).to_owned(),
        dimensions: dimensions.collect(),
        statistic: text(statistic).to_owned(),
    })
}

fn of_alarms(template: &Value) -> Vec<Looked> {
    let mut found = Vec::new();
    for (name, alarm) in resources(template, "AWS::CloudWatch::Alarm") {
        let statistic = if alarm["Statistic"].is_null() { "ExtendedStatistic" } else { "Statistic" };
        found.extend(of_metric(name, alarm, &alarm[statistic]));
        for part in alarm["Metrics"].as_array().into_iter().flatten() {
            found.extend(of_metric(name, &part["MetricStat"]["Metric"], &part["MetricStat"]["Stat"]));
        }
    }
    found
}

fn of_dashboard(template: &Value) -> Vec<Looked> {
    let (_, dashboard) = resources(template, "AWS::CloudWatch::Dashboard").next().unwrap();
    let body: Value = serde_json::from_str(text(&dashboard["DashboardBody"])).unwrap();
    let mut found = Vec::new();
    for widget in body["widgets"].as_array().into_iter().flatten() {
        let properties = &widget["properties"];
        for metric in properties["metrics"].as_array().into_iter().flatten() {
            let search = metric[0]["expression"].as_str().and_then(Search::parse);
            let search = search.filter(|search| search.namespace == NAMESPACE);
            let parts: Vec<_> = metric.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let named = match parts.as_slice() {
                [NAMESPACE, name, dimensions @ ..] => {
                    let pairs = dimensions.chunks_exact(2);
                    let pairs = pairs.map(|pair| (pair[0].to_owned(), pair[1].to_owned()));
                    Some(((*name).to_owned(), pairs.collect()))
                }
                _ => None,
            };
            found.extend(search.as_ref().map(searched).or(named).map(|(name, dimensions)| Looked {
                by: properties["title"].to_string(),
                name,
                dimensions,
                statistic: text(&properties["stat"]).to_owned(),
            }));
        }
    }
    found
}

/// Name and dimensions of a search. A dimension that matches any value has an empty one.
fn searched(search: &Search) -> (String, Vec<(String, String)>) {
    let wanted = |of: &str| search.wanted(of).unwrap_or_default().to_owned();
    let dimensions = search.dimensions.iter().map(|dimension| (dimension.clone(), wanted(dimension)));
    (wanted("MetricName"), dimensions.collect())
}

/// The possible values of a dimension.
fn values(dimension: &str) -> Vec<&'static str> {
    match dimension {
        "queue" => Queue::ALL.map(Queue::name).to_vec(),
        "status" => vec!["completed", "failed"],
        "kind" => {
            let differences = DifferenceKind::VARIANTS.iter().map(Into::into);
            let conflicts = ConflictKind::ALL.map(ConflictKind::as_str);
            KINDS.iter().map(|kind| kind.one).chain(conflicts).chain(differences).collect()
        }
        "cause" => vec!["conflict", "throttled", "unavailable"],
        "type" => [EntryKind::Debit, EntryKind::Credit, EntryKind::Refund, EntryKind::Payout]
            .map(EntryKind::as_str)
            .to_vec(),
        "purse" => [BalanceKind::Cash, BalanceKind::Bonus].map(BalanceKind::as_str).to_vec(),
        "winner" => vec!["A", "B"],
        "outcome" => vec!["hit", "miss", "done", "refused", "handedOver", "failed"],
        "operation" => JackpotAction::ALL.map(JackpotAction::as_str).to_vec(),
        "group" => vec!["minor", "major", "mega", "several"],
        _ => Vec::new(),
    }
}

fn wrong(template: &Value) -> Vec<String> {
    let filters: BTreeSet<_> = resources(template, "AWS::Logs::MetricFilter")
        .map(|(_, filter)| text(&filter["MetricTransformations"][0]["MetricName"]))
        .collect();
    let mut wrong = Vec::new();
    for looked in [of_alarms(template), of_dashboard(template)].concat() {
        let Looked { by, name, dimensions, statistic } = &looked;
        if filters.contains(name.as_str()) {
            continue;
        }
        let metric = Metric::ALL.iter().map(|metric| metric.definition()).find(|metric| metric.name == name);
        let Some(Definition { kind, dimensions: known, .. }) = metric else {
            wrong.push(format!("{by} looks at {name:?}, which nobody writes"));
            continue;
        };
        let named: Vec<_> = dimensions.iter().map(|(name, _)| name.as_str()).collect();
        if Some(named.as_slice()) != known {
            wrong.push(format!("{by} looks at {name} by {named:?}, which is told by {known:?}"));
        }
        for (dimension, value) in dimensions {
            let values = values(dimension);
            if !value.is_empty() && !values.is_empty() && !values.contains(&value.as_str()) {
                wrong.push(format!("{by} looks at {name} where {dimension} is {value}, which it never is"));
            }
        }
        let fits = match kind {
            Kind::Counter => statistic == "Sum",
            Kind::Gauge => statistic == "Maximum",
            Kind::Histogram(_) => statistic.starts_with('p') || statistic == "SampleCount",
        };
        if !fits {
            wrong.push(format!("{by} looks at the {statistic} of {name}, which is a {kind:?}"));
        }
    }
    wrong
}

#[test]
fn every_kind_of_unfinished_things_is_swept() {
    assert_eq!(KINDS.map(|kind| kind.what), UnfinishedWork::ALL);
}

#[test]
fn alarms_and_dashboard_use_written_metrics() {
    let template = template();
    assert_none(&wrong(&template));
    let looked = [of_alarms(&template), of_dashboard(&template)].concat();
    let shown: BTreeSet<_> = looked.iter().map(|looked| looked.name.as_str()).collect();
    // Metrics that the dashboard takes from AWS, and metrics that only people query: those of sockets in the console.
    let elsewhere = [
        "evens_sockets",
        "evens_socket_rooms",
        "evens_sockets_refused_total",
        "evens_sockets_ended_total",
        "evens_live_frames_total",
        "evens_live_conflated_total",
        "evens_live_unreadable_total",
        "evens_queue_oldest_age_seconds",
        "evens_table_request_duration_seconds",
        "evens_slow_requests_total",
        "process_resident_memory_bytes",
    ];
    let all = Metric::ALL.iter().map(|metric| metric.definition().name);
    let missing: Vec<_> = all.filter(|name| !shown.contains(name) && !elsewhere.contains(name)).collect();
    assert_eq!(missing, Vec::<&str>::new(), "on no dashboard and in no alarm");
}

#[test]
fn an_alarm_about_nothing_is_found() {
    let good = template();
    let differences = [
        ("/Resources/OldestOpenBet/Properties/MetricName", json!("evens_oldest_bet")),
        ("/Resources/OldestOpenBet/Properties/Dimensions", json!([{ "Name": "queue", "Value": "match" }])),
        ("/Resources/OldestOpenBet/Properties/Statistic", json!("Sum")),
        ("/Resources/LostMatches/Properties/Dimensions/0/Value", json!("matches")),
        ("/Resources/MatchQueueAlarmsRetries/Properties/Dimensions/0/Value", json!("x")),
        ("/Resources/MatchQueueAlarmsRetries/Properties/Statistic", json!("Maximum")),
        (
            "/Resources/MatchQueueAlarmsFailureRate/Properties/Metrics/1/MetricStat/Metric/Dimensions/1/Value",
            json!("done"),
        ),
        ("/Resources/BettingConflictAlarmsConflicts/Properties/Dimensions/0/Name", json!("function")),
    ];
    for (place, value) in differences {
        let mut changed = good.clone();
        let (parent, name) = place.rsplit_once('/').unwrap();
        let parent = changed.pointer_mut(parent).unwrap_or_else(|| panic!("there is no {place}"));
        parent[name] = value;
        assert_eq!(wrong(&changed).len(), 1, "{place}");
    }
    let dashboard = "/Resources/Dashboard/Properties/DashboardBody/Fn::Sub";
    let body = good.pointer(dashboard).unwrap().as_str().unwrap();
    for (from, to) in [
        ("evens_draws_total", "evens_draw_total"),
        ("Evens/${Stage},function}", "Evens/${Stage},name}"),
        ("MetricName=evens_http_requests_total", "MetricName=requests"),
        ("\"winner\", \"A\"", "\"winner\", \"C\""),
    ] {
        let mut changed = good.clone();
        assert!(body.contains(from), "{from}");
        *changed.pointer_mut(dashboard).unwrap() = json!(body.replace(from, to));
        assert_ne!(wrong(&changed), Vec::<String>::new(), "{from}");
    }
}
