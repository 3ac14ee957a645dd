//! Alarms ring for what needs a person: slow calls where `CloudWatch` can see them, rates with a minimum, and silence
//! only of functions that were there before.

use crate::alarms::{ALARM, text};
use crate::assert_none;
use crate::one_box::file;
use crate::stacks::template;
use crate::template::{functions, resources};
use serde_json::{Value, json};

/// Functions with many calls. `CloudWatch` has no 95th percentile of less than 200 calls in a period, and no 99th of
/// less than 1,000.
pub(crate) const MANY_CALLS: [&str; 9] = [
    "account",
    "bets",
    "game-bets",
    "jackpot-pools",
    "periods",
    "place-bet",
    "place-game-bet",
    "rounds",
    "wallet",
];

fn is_scheduled(function: &Value) -> bool {
    function["Events"].as_object().into_iter().flatten().any(|(_, event)| event["Type"] == "Schedule")
}

/// Each function has two alarms on the duration of its calls, below its timeout.
fn wrong_latency(template: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for (folder, (_, function)) in functions(template) {
        let timeout_ms = function["Timeout"].as_u64().unwrap_or_default() * 1_000;
        let mut previous = 0;
        for percentile in ["p95", "p99"] {
            let name = format!("evens-${{Stage}}-{folder}-{percentile}");
            let alarm = resources(template, ALARM).find(|(_, alarm)| text(&alarm["AlarmName"]) == name);
            let alarm = alarm.map_or(&Value::Null, |(_, alarm)| alarm);
            let expected = if MANY_CALLS.contains(&folder.as_str()) {
                json!([percentile, null, 3, 3])
            } else if is_scheduled(function) {
                json!([null, "Maximum", 1, 1])
            } else {
                json!([null, "Maximum", 3, 2])
            };
            let parts = ["ExtendedStatistic", "Statistic", "EvaluationPeriods", "DatapointsToAlarm"];
            let found: Value = parts.iter().map(|part| alarm[part].clone()).collect();
            if found != expected {
                wrong.push(format!("{name} looks at {found}, and not at {expected}"));
            }
            let threshold = alarm["Threshold"].as_u64().unwrap_or_default();
            if !(previous < threshold && threshold < timeout_ms) {
                wrong.push(format!("{name} rings at {threshold} ms, and the timeout is {timeout_ms} ms"));
            }
            previous = threshold;
        }
    }
    wrong
}

/// Returns `true` if a rate counts from a number above 1, as in `IF(errors >= 3, …)`.
fn has_minimum(expression: &str) -> bool {
    let after = expression.split_once('>').map_or("", |(_, after)| after);
    let number = after.trim_start_matches(['=', ' ']).split(',').next();
    number.and_then(|number| number.parse::<u32>().ok()).is_some_and(|minimum| minimum > 1)
}

/// One call, or none yet, is no reason to wake a person.
fn wrong_minimums(template: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, alarm) in resources(template, ALARM) {
        let called = text(&alarm["AlarmName"]);
        let threshold = alarm["Threshold"].as_u64().unwrap_or_default();
        let points = alarm["DatapointsToAlarm"].as_u64().unwrap_or_default();
        if called.ends_with("-throttles") && (threshold < 5 || points < 2) {
            wrong.push(format!("{name} rings for {threshold} throttles at {points} points in time"));
        }
        if called.ends_with("-api-error-rate") && points < 2 {
            wrong.push(format!("{name} rings for one point in time"));
        }
        for part in alarm["Metrics"].as_array().into_iter().flatten() {
            let expression = part["Expression"].as_str().unwrap_or_default();
            if expression.contains("100 * ") && !has_minimum(expression) {
                wrong.push(format!("{name} rings for a rate without a minimum: {expression}"));
            }
        }
        // Every alarm begins in the state INSUFFICIENT_DATA, and only a change of the state sends a message.
        if alarm["TreatMissingData"] == "breaching" {
            wrong.push(format!("{name} rings before there is any data"));
        }
        let is_silent =
            alarm["MetricName"] == "Invocations" && alarm["ComparisonOperator"] == "LessThanThreshold";
        if (is_silent || alarm["TreatMissingData"] == "missing")
            && (alarm["TreatMissingData"] != "missing"
                || alarm["InsufficientDataActions"] != alarm["AlarmActions"])
        {
            wrong.push(format!("{name} does not tell that there is no data any longer"));
        }
    }
    wrong
}

#[test]
fn slow_calls_are_seen() {
    assert_none(&wrong_latency(&template()));
}

/// A run of the clock lasts longer than the minute until the next one.
#[test]
fn the_clock_is_not_slow_by_design() {
    let run_ms = 75_000;
    assert!(file("functions/game-clock/src/clock.rs").contains("run_for: Duration::from_secs(75)"));
    let template = template();
    let slow = &template["Resources"]["GameClockFunctionAlarmsSlow"]["Properties"]["Threshold"];
    assert!(slow.as_u64().unwrap() > run_ms, "{slow}");
}

#[test]
fn alarms_have_a_minimum() {
    assert_none(&wrong_minimums(&template()));
}

#[test]
fn an_alarm_that_rings_for_nothing_is_found() {
    let good = template();
    for (place, value) in [
        ("/Resources/BetsFunctionAlarmsSlow/Properties/ExtendedStatistic", json!("p50")),
        ("/Resources/SweepFunctionAlarmsTooSlow/Properties/Statistic", json!("Average")),
        ("/Resources/MatchFunctionAlarmsTooSlow/Properties/Threshold", json!(10_000)),
        ("/Resources/MatchFunctionAlarmsThrottles/Properties/Threshold", json!(0)),
        ("/Resources/TableReadThrottles/Properties/DatapointsToAlarm", json!(1)),
        ("/Resources/ApiErrorRate/Properties/DatapointsToAlarm", json!(1)),
        ("/Resources/ApiErrorRate/Properties/Metrics/0/Expression", json!("100 * errors / requests")),
        (
            "/Resources/MatchQueueAlarmsFailureRate/Properties/Metrics/0/Expression",
            json!("IF(FILL(failed, 0) > 0, 100 * failed / completed, 0)"),
        ),
        ("/Resources/SweepSilent/Properties/TreatMissingData", json!("breaching")),
        ("/Resources/BooksSilent/Properties/InsufficientDataActions", json!([])),
    ] {
        let mut changed = good.clone();
        *changed.pointer_mut(place).unwrap_or_else(|| panic!("there is no {place}")) = value;
        let wrong = [wrong_latency(&changed), wrong_minimums(&changed)].concat();
        assert!(!wrong.is_empty(), "{place}");
    }
}
