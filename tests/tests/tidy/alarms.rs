//! Each alarm names a page of `docs/runbooks`, and everything that can fail has an alarm.

use crate::composite_alarms::{PROBE, SUM, topic};
use crate::quiet_alarms::MANY_CALLS;
use crate::stacks::{ONE_BOX, members, read, template};
use crate::template::{functions, resources};
use crate::{Source, assert_none, is_of_kind, sources};
use evens_contracts::Queue;
use evens_metrics::{ConflictKind, LineAlarm};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use strum::VariantArray;

pub(crate) const ALARM: &str = "AWS::CloudWatch::Alarm";
const FOLDER: &str = "docs/runbooks/";

/// The sections of a runbook, in order.
const SECTIONS: [&str; 4] =
    ["## What it means", "## How to see it", "## What to do", "## How to check that it is over"];

/// Log filters that look for no alarm's name, with the file and the code that writes the matching line.
const LINES: &[(&str, &str, &str)] = &[
    (r#"{ $.outcome = "dead letter" }"#, "shared/runtime/src/batch.rs", r#"outcome = "dead letter""#),
    (r#"{ $.dead_letter_error = "*" }"#, "shared/runtime/src/batch.rs", "dead_letter_error = "),
];

/// The file that times table calls and lists their operations.
const TABLE_TIMER: &str = "shared/runtime/src/table_timer.rs";

/// The texts around the documented numbers of alarms and sums of alarms. A number may be off by a tenth, so that a few
/// more alarms change no document.
const COUNTED: [(&str, &str, [&str; 2]); 2] = [
    ("docs/deploy.md", ALARM, ["About ", " of them, at about 0.10 dollars"]),
    ("docs/deploy.md", SUM, ["by about ", " sums of them, at about 0.50 dollars"]),
];

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().or(value["Fn::Sub"].as_str()).unwrap_or_default()
}

/// The runbook pages named in a text.
pub(crate) fn pages(text: &str) -> BTreeSet<String> {
    let parts = text.split(|part: char| part.is_whitespace() || "()[],;`".contains(part));
    let pages = parts.filter_map(|part| part.find("runbooks/").map(|at| &part[at..]));
    pages.filter(|page| is_of_kind(page, "md")).map(|page| format!("docs/{page}")).collect()
}

fn wrong_pages(template: &Value, sources: &[Source]) -> Vec<String> {
    let runbooks: Vec<_> = sources.iter().filter(|source| source.path.starts_with(FOLDER)).collect();
    let exists = |page: &String| runbooks.iter().any(|runbook| runbook.path == *page);
    let mut wrong = Vec::new();
    let guide = sources.iter().find(|source| source.path == "docs/deploy.md").unwrap();
    let mut named = pages(guide.text());
    let one_box = read(ONE_BOX);
    let probe = read(PROBE);
    let alarms = resources(template, ALARM).chain(resources(template, SUM));
    for (name, alarm) in alarms.chain(resources(&one_box, ALARM)).chain(resources(&probe, ALARM)) {
        let said = pages(text(&alarm["AlarmDescription"]));
        if said.len() != 1 {
            wrong.push(format!("{name} names {} runbooks instead of one", said.len()));
        }
        named.extend(said);
    }
    wrong.extend(named.iter().filter(|page| !exists(page)).map(|page| format!("there is no {page}")));
    for runbook in runbooks {
        if !named.contains(&runbook.path) {
            wrong.push(format!("{} is named by nobody", runbook.path));
        }
        let found: Vec<_> = runbook.text().lines().filter(|line| line.starts_with("## ")).collect();
        if found != SECTIONS {
            wrong.push(format!("{} has the sections {found:?} instead of {SECTIONS:?}", runbook.path));
        }
    }
    wrong
}

/// The first dimension, the metric with its topic, and the threshold of an alarm. Alarms that agree in all three are
/// duplicates.
fn about(template: &Value, alarm: &Value) -> (String, String, Value) {
    let dimension = &alarm["Dimensions"][0]["Value"];
    let topic = topic(template, alarm);
    let kind = alarm["ExtendedStatistic"].as_str().unwrap_or_default();
    let metric = format!("{}{kind} {topic}", alarm["MetricName"].as_str().unwrap_or_default());
    (text(dimension).to_owned(), metric, alarm["Threshold"].clone())
}

fn wrong_alarms(template: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut names = BTreeSet::new();
    for (name, alarm) in resources(template, ALARM) {
        let called = text(&alarm["AlarmName"]);
        if !called.starts_with("evens-${Stage}-") || !names.insert(called) {
            wrong.push(format!("{name} is called {called:?}: without its stage, or as another one"));
        }
        if topic(template, alarm).is_empty() {
            wrong.push(format!("{name} tells nobody"));
        }
    }
    let found: Vec<_> = resources(template, ALARM).map(|(_, alarm)| about(template, alarm)).collect();
    let mut expect = |of: &str, metric: &str, threshold: Option<u64>| {
        let fits = |(on, about, at): &(String, String, Value)| {
            on == of && about == metric && threshold.is_none_or(|threshold| *at == threshold)
        };
        if !found.iter().any(fits) {
            wrong.push(format!("{of} has no alarm about {metric} {threshold:?}"));
        }
    };
    for queue in Queue::ALL {
        let (name, dead) = (queue.full_name("${Stage}"), queue.dead_letter_name("${Stage}"));
        expect(&name, "ApproximateNumberOfMessagesVisible WarnTopic", Some(50));
        expect(&name, "ApproximateNumberOfMessagesVisible PageTopic", Some(100));
        expect(&name, "ApproximateAgeOfOldestMessage PageTopic", None);
        expect(queue.name(), "evens_job_retries_total WarnTopic", None);
        expect(&dead, "ApproximateNumberOfMessagesVisible PageTopic", Some(0));
    }
    for folder in functions(template).into_keys() {
        let name = format!("evens-${{Stage}}-{folder}");
        expect(&name, "Errors WarnTopic", Some(0));
        expect(&name, "Throttles WarnTopic", Some(10));
        let is_many = MANY_CALLS.contains(&folder.as_str());
        expect(&name, if is_many { "Durationp95 WarnTopic" } else { "Duration WarnTopic" }, None);
        expect(&name, if is_many { "Durationp99 PageTopic" } else { "Duration PageTopic" }, None);
        expect(&name, "evens_memory_used_percent WarnTopic", Some(80));
    }
    for kind in ConflictKind::ALL {
        expect(kind.as_str(), "evens_conflicts_total WarnTopic", Some(100));
    }
    wrong
}

/// The table operations that the running system uses, from the timer's list.
pub(crate) fn operations(sources: &[Source]) -> BTreeSet<&str> {
    let timer = sources.iter().find(|source| source.path == TABLE_TIMER).unwrap();
    let (_, list) = timer.text().split_once("const OPERATIONS").unwrap();
    let (list, _) = list.split_once("];").unwrap();
    let found: BTreeSet<_> = list.split('"').skip(1).step_by(2).collect();
    assert!(found.contains("TransactWriteItems"), "{TABLE_TIMER} lists {found:?}");
    found
}

/// Alarms about an operation must have it as their second dimension.
fn wrong_operations(template: &Value, sources: &[Source]) -> Vec<String> {
    let about = |metric: &str| -> BTreeSet<_> {
        let alarms = resources(template, ALARM).filter(|(_, alarm)| alarm["MetricName"] == metric);
        alarms.filter_map(|(_, alarm)| alarm["Dimensions"][1]["Value"].as_str()).collect()
    };
    let called = operations(sources);
    let metrics = ["SystemErrors", "SuccessfulRequestLatency"].map(|metric| (metric, about(metric)));
    let differing = metrics.into_iter().filter(|(_, found)| *found != called);
    differing.map(|(metric, found)| format!("{metric} has alarms about {found:?}, not {called:?}")).collect()
}

fn wrong_count(template: &Value, sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (path, kind, said) in COUNTED {
        let source = sources.iter().find(|source| source.path == path);
        let counted = source.and_then(|source| number_between(source.text(), said));
        let count = resources(template, kind).count();
        if counted.is_none_or(|counted| counted.abs_diff(count) * 10 > count) {
            wrong.push(format!("{path} says {counted:?} between {said:?}, and there are {count}"));
        }
    }
    wrong
}

fn number_between(text: &str, [before, behind]: [&str; 2]) -> Option<usize> {
    text.split(before).skip(1).find_map(|after| after.split_once(behind)?.0.parse().ok())
}

fn wrong_lines(template: &Value, sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    let has = |path: &str, text: &str| {
        sources.iter().any(|source| source.path.starts_with(path) && source.text().contains(text))
    };
    for (name, filter) in resources(template, "AWS::Logs::MetricFilter") {
        let pattern = filter["FilterPattern"].as_str().unwrap_or_default();
        let is_written = match LINES.iter().find(|(known, ..)| *known == pattern) {
            Some((_, path, written)) => has(path, written),
            None => ["($.alarm = ", "($.reason = "].iter().any(|field| pattern.contains(field)),
        };
        if !is_written {
            wrong.push(format!("{name} looks for {pattern}, which nobody writes"));
        }
        let metric = &filter["MetricTransformations"][0];
        let has_alarm = resources(template, ALARM).any(|(_, alarm)| {
            alarm["MetricName"] == metric["MetricName"] && alarm["Namespace"] == metric["MetricNamespace"]
        });
        if !has_alarm {
            wrong.push(format!("{name} counts {}, which no alarm looks at", metric["MetricName"]));
        }
    }
    for alarm in LineAlarm::VARIANTS {
        let (named, text) = (format!("LineAlarm::{alarm:?}.name()"), template.to_string());
        if !["functions/", "shared/"].iter().any(|path| has(path, &named)) || !text.contains(alarm.name()) {
            wrong.push(format!("{alarm:?} is written by nobody, or no filter looks for it"));
        }
    }
    wrong
}

#[test]
fn every_alarm_has_a_runbook_and_every_runbook_an_alarm() {
    assert_none(&wrong_pages(&template(), &sources()));
}

#[test]
fn each_failure_has_an_alarm() {
    assert_none(&wrong_alarms(&template()));
}

#[test]
fn every_operation_of_the_table_has_alarms() {
    assert_none(&wrong_operations(&template(), &sources()));
}

#[test]
fn documents_count_the_alarms() {
    assert_none(&wrong_count(&template(), &sources()));
}

#[test]
fn filters_look_for_what_is_written() {
    assert_none(&wrong_lines(&template(), &sources()));
}

#[test]
fn alarms_that_say_nothing_are_found() {
    let (good, sources) = (template(), sources());
    let all = |template: &Value| -> Vec<String> {
        let actual =
            [wrong_pages(template, &sources), wrong_alarms(template), wrong_lines(template, &sources)];
        [actual.concat(), wrong_operations(template, &sources), wrong_count(template, &sources)].concat()
    };
    let differences = [
        ("/Resources/MatchQueueAlarmsAge/Properties/AlarmDescription", json!("Look.")),
        ("/Resources/MatchQueueAlarmsAge/Properties/AlarmDescription", json!("docs/runbooks/other.md")),
        (
            "/Resources/MatchQueueAlarmsAge/Properties/AlarmName",
            json!({ "Fn::Sub": "evens-${Stage}-match-backlog-warn" }),
        ),
        ("/Resources/MatchQueueAlarmsAge/Properties/AlarmName", json!("age")),
        ("/Resources/MatchQueueAlarmsAge/Properties/AlarmActions", json!([])),
        ("/Resources/MatchQueueAlarmsBacklogPage/Properties/Threshold", json!(50)),
        (
            "/Resources/MatchQueueAlarmsDeadLetters/Properties/Dimensions/0/Value",
            json!({ "Fn::Sub": "evens-${Stage}-x" }),
        ),
        ("/Resources/BetsFunctionAlarmsErrors/Properties/MetricName", json!("Invocations")),
        ("/Resources/BetsFunctionAlarmsSlow/Properties/ExtendedStatistic", json!("p50")),
        ("/Resources/QueryAlarmsErrors/Properties/Dimensions/1/Value", json!("Scan")),
        ("/Resources/QueryAlarmsSlow/Properties/MetricName", json!("Latency")),
        ("/Resources/SlowRequests", json!({})),
        ("/Resources/SlowRequestsLines/Properties/FilterPattern", json!("slow")),
        ("/Resources/SlowRequests/Properties/MetricName", json!("Requests")),
    ];
    for (place, value) in differences {
        let mut changed = good.clone();
        *changed.pointer_mut(place).unwrap_or_else(|| panic!("there is no {place}")) = value;
        assert_ne!(all(&changed), all(&good), "{place}");
    }
    let mut more = sources;
    more.push(Source { path: "docs/runbooks/unknown.md".to_owned(), bytes: SECTIONS.join("\n").into() });
    assert_eq!(wrong_pages(&good, &more), ["docs/runbooks/unknown.md is named by nobody"]);
    assert!(members(&good["Resources"]).count() > 200);
}
