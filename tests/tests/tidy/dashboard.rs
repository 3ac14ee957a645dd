//! The dashboard shows every queue, every function, the API and the table.

use crate::alarms::operations;
use crate::search::Search;
use crate::stacks::template;
use crate::template::{functions, resources};
use crate::{assert_none, sources};
use evens_contracts::Queue;
use serde_json::Value;
use std::collections::BTreeSet;

/// The width of a dashboard in `CloudWatch` grid units.
const WIDTH: u64 = 24;

fn body(template: &Value) -> String {
    let (_, dashboard) = resources(template, "AWS::CloudWatch::Dashboard").next().unwrap();
    dashboard["DashboardBody"]["Fn::Sub"].as_str().unwrap().to_owned()
}

fn wrong_dashboard(body: &str, template: &Value) -> Vec<String> {
    let body: Value = match serde_json::from_str(body) {
        Ok(body) => body,
        Err(error) => return vec![format!("the dashboard is no JSON: {error}")],
    };
    let mut wrong = Vec::new();
    let (mut shown, mut searches) = (BTreeSet::new(), Vec::new());
    for widget in body["widgets"].as_array().into_iter().flatten() {
        let title = &widget["properties"]["title"];
        let end = widget["x"].as_u64().zip(widget["width"].as_u64()).map(|(x, width)| x + width);
        if end.is_none_or(|end| end > WIDTH) {
            wrong.push(format!("{title} does not fit into the width of the page"));
        }
        for metric in widget["properties"]["metrics"].as_array().into_iter().flatten() {
            searches.extend(metric[0]["expression"].as_str().and_then(Search::parse));
            let parts: Vec<_> = metric.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            if let [namespace, name, dimensions @ ..] = parts.as_slice() {
                let of = dimensions.iter().skip(1).step_by(2).copied().collect::<Vec<_>>().join(" ");
                shown.insert(format!("{namespace} {name} {of}").trim().to_owned());
            }
        }
    }
    let finds = |namespace: &str, metric: &str, dimension: &str, value: &str| {
        searches.iter().any(|search| search.finds(namespace, metric, dimension, value))
    };
    let waiting = "ApproximateNumberOfMessagesVisible";
    for queue in Queue::ALL {
        let (name, dead) = (queue.full_name("${Stage}"), queue.dead_letter_name("${Stage}"));
        let of_queues = [waiting, "ApproximateNumberOfMessagesNotVisible", "ApproximateAgeOfOldestMessage"];
        for (metric, name) in of_queues.into_iter().map(|metric| (metric, &name)).chain([(waiting, &dead)]) {
            if !finds("AWS/SQS", metric, "QueueName", name) {
                wrong.push(format!("the dashboard does not show {metric} of {name}"));
            }
        }
        for metric in ["evens_queue_waiting", "evens_dead_letters", "evens_job_retries_total"] {
            if !finds("Evens/${Stage}", metric, "queue", queue.name()) {
                wrong.push(format!("the dashboard does not show {metric} of {}", queue.name()));
            }
        }
    }
    // Searches must not mix up main queues and dead-letter queues.
    for name in ["evens-${Stage}-x.fifo", "evens-${Stage}-x-dead-letter.fifo"] {
        let found =
            searches.iter().filter(|search| search.finds("AWS/SQS", waiting, "QueueName", name)).count();
        if found != 1 {
            wrong.push(format!("{found} widgets show how much is in {name}"));
        }
    }
    for folder in functions(template).into_keys() {
        for metric in ["Invocations", "Errors", "Throttles", "Duration", "ConcurrentExecutions"] {
            if !finds("AWS/Lambda", metric, "FunctionName", &format!("evens-${{Stage}}-{folder}")) {
                wrong.push(format!("the dashboard does not show {metric} of {folder}"));
            }
        }
    }
    let mut expect = |metric: String| {
        if !shown.contains(&metric) {
            wrong.push(format!("the dashboard does not show {metric}"));
        }
    };
    for metric in ["Count", "4xx", "5xx", "Latency"] {
        expect(format!("AWS/ApiGateway {metric} ${{Api}}"));
    }
    for metric in ["ReadThrottleEvents", "WriteThrottleEvents", "TransactionConflict"] {
        expect(format!("AWS/DynamoDB {metric} ${{Table}}"));
    }
    for operation in operations(&sources()) {
        expect(format!("AWS/DynamoDB SuccessfulRequestLatency ${{Table}} {operation}"));
    }
    for (_, filter) in resources(template, "AWS::Logs::MetricFilter") {
        let name = filter["MetricTransformations"][0]["MetricName"].as_str().unwrap_or_default();
        expect(format!("Evens/${{Stage}} {name}"));
    }
    wrong
}

#[test]
fn the_dashboard_shows_everything() {
    let template = template();
    assert_none(&wrong_dashboard(&body(&template), &template));
}

#[test]
fn a_dashboard_that_leaves_something_out_is_found() {
    let template = template();
    let good = body(&template);
    let differences = [
        ("{AWS/SQS,QueueName}", "{AWS/SQS,Name}"),
        ("NOT QueueName=dead", "QueueName=dead"),
        ("${Stage} QueueName=dead", "${Stage}"),
        ("FunctionName=evens", "FunctionName=x"),
        ("MetricName=\\\"Throttles\\\"", "MetricName=\\\"Throttle\\\""),
        ("evens_queue_waiting", "x"),
        ("\"5xx\"", "\"x\""),
        ("TransactionConflict", "x"),
        ("TransactGetItems", "x"),
        ("SlowRequests", "x"),
        ("\"width\": 8", "\"width\": 25"),
        ("{\"widgets\"", "\"widgets\""),
    ];
    for (from, to) in differences {
        let changed = good.replace(from, to);
        assert_ne!(changed, good, "{from}");
        assert_ne!(wrong_dashboard(&changed, &template), Vec::<String>::new(), "{from}");
    }
}
