//! The thresholds of alarms equal the required figures. A wrong figure in a template would go unnoticed until its alarm
//! fails to fire. Those of one box are in `one_box_alarms`.

use crate::alarms::{ALARM, operations, text};
use crate::stacks::template;
use crate::template::resources;
use crate::{Source, assert_none, sources};
use evens_contracts::Queue;
use evens_metrics::ConflictKind;
use serde_json::{Value, json};

const ABOVE: &str = "GreaterThanThreshold";
const BELOW: &str = "LessThanThreshold";
/// The operator of alarms on the usual range for the hour.
const UNUSUAL: &str = "GreaterThanUpperThreshold";

/// The end of an alarm's name, its metric, its threshold, and the requirement. `{queue}`, `{kind}` and `{operation}`
/// stand for one alarm each.
#[rustfmt::skip]
const FIGURES: [(&str, &str, &str, Option<u64>, &str); 21] = [
    ("{queue}-backlog-warn",          "ApproximateNumberOfMessagesVisible Maximum",   ABOVE,   Some(50),    "I2, X45"),
    ("{queue}-backlog-page",          "ApproximateNumberOfMessagesVisible Maximum",   ABOVE,   Some(100),   "I2, X45"),
    ("{queue}-given-up",              GIVEN_UP,                                       ABOVE,   Some(10),    "I3"),
    ("{queue}-dead-letters",          "ApproximateNumberOfMessagesVisible Maximum",   ABOVE,   Some(0),     "C14"),
    ("{kind}-conflicts",              "evens_conflicts_total Sum",                    ABOVE,   Some(100),   "I5"),
    ("table-conflicts",               "TransactionConflict Sum",                      ABOVE,   Some(100),   "I5, I17"),
    ("table-{operation}-slow",        "SuccessfulRequestLatency Average",             ABOVE,   Some(100),   "I10"),
    ("api-p95",                       "Latency p95",                                  ABOVE,   Some(200),   "I11"),
    ("api-error-rate",                API_ERRORS,                                     ABOVE,   Some(1),     "I11"),
    ("api-latency-spike",             "ANOMALY_DETECTION_BAND(latency, 3)",           UNUSUAL, None,        "I17"),
    ("cache-hits",                    CACHE_HITS,                                     BELOW,   Some(90),    "G7, I12"),
    ("jackpot-held",                  JACKPOT_HELD,                                   ABOVE,   Some(5_000), "I14, L1"),
    ("jackpot-contribute-failures",   JACKPOT_FAILURES,                               ABOVE,   Some(1),     "I14, I15"),
    ("jackpot-processWin-failures",   JACKPOT_FAILURES,                               ABOVE,   Some(1),     "I14, I15"),
    ("jackpot-contribute-conflicts",  JACKPOT_CONFLICTS,                              ABOVE,   Some(10),    "I14, I15"),
    ("jackpot-processWin-conflicts",  JACKPOT_CONFLICTS,                              ABOVE,   Some(10),    "I14, I15"),
    ("books-not-in-order",            "evens_books_violations Maximum",               ABOVE,   Some(0),     "B9"),
    ("movements-not-in-order",        "evens_movements_violations Maximum",           ABOVE,   Some(0),     "B9"),
    ("oldest-open-bet",               "evens_oldest_open_bet_age_seconds Maximum",    ABOVE,   Some(600),   "A24, twice"),
    ("sweep-silent",                  "Invocations Sum",                              BELOW,   Some(1),     "C19"),
    ("monitor-silent",                "Invocations Sum",                              BELOW,   Some(1),     "I1"),
];

const GIVEN_UP: &str =
    "IF(FILL(failed, 0) >= 3, IF(FILL(completed, 0) > 0, 100 * failed / completed, 100), 0)";
const API_ERRORS: &str = "IF(errors >= 3, 100 * errors / requests, 0)";
const CACHE_HITS: &str = "IF(hits + misses > 1000, 100 * hits / (hits + misses), 100)";
const JACKPOT_HELD: &str = "MAX([FILL(minor, 0), FILL(major, 0), FILL(mega, 0)])";
const JACKPOT_FAILURES: &str = "IF(not_done >= 3, 100 * not_done / FILL(all, 1), 0)";
const JACKPOT_CONFLICTS: &str = "IF(met > 100, 100 * met / FILL(all, 1), 0)";

/// The name ends that a row stands for.
fn ends(end: &str, sources: &[Source]) -> Vec<String> {
    let each = |of: &str, names: Vec<&str>| names.iter().map(|name| end.replace(of, name)).collect();
    if end.contains("{queue}") {
        each("{queue}", Queue::ALL.map(Queue::name).to_vec())
    } else if end.contains("{kind}") {
        each("{kind}", ConflictKind::ALL.map(ConflictKind::as_str).to_vec())
    } else if end.contains("{operation}") {
        each("{operation}", operations(sources).into_iter().collect())
    } else {
        vec![end.to_owned()]
    }
}

/// The metric with its statistic, or the expression over several metrics.
fn looks_at(alarm: &Value) -> String {
    let mut parts = alarm["Metrics"].as_array().into_iter().flatten();
    let reckoned = parts.find_map(|part| part["Expression"].as_str());
    let statistic = alarm["Statistic"].as_str().or(alarm["ExtendedStatistic"].as_str()).unwrap_or_default();
    let metric = alarm["MetricName"].as_str().unwrap_or_default();
    reckoned.map_or_else(|| format!("{metric} {statistic}"), str::to_owned)
}

fn wrong(template: &Value, sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (end, about, side, figure, asked) in FIGURES {
        for end in ends(end, sources) {
            let name = format!("evens-${{Stage}}-{end}");
            let alarm = resources(template, ALARM).find(|(_, alarm)| text(&alarm["AlarmName"]) == name);
            let alarm = alarm.map_or(&Value::Null, |(_, alarm)| alarm);
            let found = json!([looks_at(alarm), alarm["ComparisonOperator"], alarm["Threshold"]]);
            let expected = json!([about, side, figure]);
            if found != expected {
                wrong.push(format!("{name} rings at {found}, and {asked} asks for {expected}"));
            }
        }
    }
    wrong
}

#[test]
fn alarms_ring_at_the_figures_that_were_asked_for() {
    assert_none(&wrong(&template(), &sources()));
}

#[test]
fn another_figure_is_found() {
    let (good, sources) = (template(), sources());
    for (place, value) in [
        ("/Resources/MatchQueueAlarmsFailureRate/Properties/Threshold", json!(50)),
        ("/Resources/SettleQueueAlarmsBacklogPage/Properties/Threshold", json!(1_000)),
        ("/Resources/BettingConflictAlarmsConflicts/Properties/Statistic", json!("Average")),
        ("/Resources/QueryAlarmsSlow/Properties/Threshold", json!(1_000)),
        ("/Resources/ApiLatency/Properties/ExtendedStatistic", json!("p50")),
        ("/Resources/ApiErrorRate/Properties/Metrics/0/Expression", json!("errors / requests")),
        ("/Resources/CacheHits/Properties/ComparisonOperator", json!("GreaterThanThreshold")),
        ("/Resources/ApiLatencySpike/Properties/ComparisonOperator", json!("LessThanLowerThreshold")),
        ("/Resources/OldestOpenBet/Properties/AlarmName", json!("other")),
    ] {
        let mut changed = good.clone();
        *changed.pointer_mut(place).unwrap_or_else(|| panic!("there is no {place}")) = value;
        assert_eq!(wrong(&changed, &sources).len(), 1, "{place}");
    }
}
