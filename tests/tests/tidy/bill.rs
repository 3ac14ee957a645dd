//! Costs without traffic: the runbook counts each resource, and the template has none that is unused.

use crate::alarms::ALARM;
use crate::assert_none;
use crate::composite_alarms::SUM;
use crate::one_box::file;
use crate::stacks::template;
use crate::template::{functions, resources};
use serde_json::{Value, json};

const FORECAST: &str = "docs/runbooks/cost-forecast.md";

/// The number of metrics that an alarm is paid for. A range of usual values counts as two more.
fn metrics(alarm: &Value) -> usize {
    let parts = alarm["Metrics"].as_array().map_or(&[][..], Vec::as_slice);
    let ranges = parts.iter().filter(|part| {
        part["Expression"].as_str().is_some_and(|expression| expression.starts_with("ANOMALY_DETECTION_BAND"))
    });
    let read = parts.iter().filter(|part| part["MetricStat"].is_object()).count();
    read.max(1) + 2 * ranges.count()
}

/// The counts of the runbook's table without traffic: the name of a row, and its number.
fn counts(template: &Value) -> Vec<(&'static str, usize)> {
    let scheduled = |(_, function): &(&String, &Value)| function["Events"].is_object();
    vec![
        ("alarms", resources(template, ALARM).count()),
        ("metrics of alarms", resources(template, ALARM).map(|(_, alarm)| metrics(alarm)).sum()),
        ("sums of alarms", resources(template, SUM).count()),
        ("metrics from log filters", resources(template, "AWS::Logs::MetricFilter").count()),
        ("functions", functions(template).len()),
        ("functions with a schedule", functions(template).into_values().filter(scheduled).count()),
        ("mapped queues", resources(template, "AWS::Lambda::EventSourceMapping").count()),
    ]
}

fn wrong_counts(template: &Value, forecast: &str) -> Vec<String> {
    let rows = counts(template).into_iter().map(|(name, number)| format!("| {name} | {number} |"));
    rows.filter(|row| !forecast.contains(row.as_str())).map(|row| format!("{FORECAST} lacks {row}")).collect()
}

#[test]
fn the_forecast_counts_what_is_deployed() {
    let forecast = file(FORECAST);
    assert_none(&wrong_counts(&template(), &forecast));
    let mut changed = template();
    changed["Resources"].as_object_mut().unwrap().remove("SlowTable");
    changed["Resources"].as_object_mut().unwrap().remove("BooksSilent");
    assert_eq!(wrong_counts(&changed, &forecast).len(), 3);
}

/// Metrics of each route are paid for, and nothing reads them.
#[test]
fn nothing_unused_is_paid_for() {
    let template = template();
    let stage = &template["Resources"]["ApiStage"]["Properties"]["DefaultRouteSettings"];
    assert_eq!(stage["DetailedMetricsEnabled"], json!(false));
    let memory = &template["Resources"]["GameClockFunction"]["Properties"]["MemorySize"];
    assert_eq!(*memory, json!(128), "the clock runs all the time");
}
