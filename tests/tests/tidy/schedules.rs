//! Scheduled functions run at the same intervals on AWS, by the templates, and on one box, by the binary.

use crate::assert_none;
use crate::one_box::file;
use crate::stacks::template;
use crate::template::functions;
use serde_json::Value;
use std::collections::BTreeMap;

/// A function, its schedule on AWS, and the line in the binary with its interval.
const SCHEDULES: [(&str, &str, &str); 5] = [
    ("game-clock", "rate(1 minute)", "const GAME_CLOCK_PERIOD: Duration = Duration::from_secs(1);"),
    // I1: alarms evaluate minutes, so this is often enough.
    ("monitor", "rate(1 minute)", "const LOOK_PERIOD: Duration = Duration::from_secs(30);"),
    ("reconcile", "cron(0 3 * * ? *)", "const RECONCILE_PERIOD: Duration = Duration::from_hours(1);"),
    ("sweep", "rate(1 minute)", "const SWEEP_PERIOD: Duration = Duration::from_mins(1);"),
    ("verify", "rate(1 hour)", "const VERIFY_PERIOD: Duration = Duration::from_hours(1);"),
];

fn wrong_schedules(template: &Value, workers: &str) -> Vec<String> {
    let mut found = BTreeMap::new();
    for (folder, (_, properties)) in functions(template) {
        let events = properties["Events"].as_object().into_iter().flatten();
        for (_, event) in events.filter(|(_, event)| event["Type"] == "Schedule") {
            let schedule = event["Properties"]["Schedule"].as_str().unwrap_or_default();
            found.insert(folder.clone(), schedule.to_owned());
        }
    }
    let mut wrong = Vec::new();
    for (folder, schedule, line) in SCHEDULES {
        let stands = found.remove(folder).unwrap_or_default();
        if stands != schedule {
            wrong.push(format!("{folder} is started at {stands:?}, and not at {schedule:?}"));
        }
        if !workers.contains(line) {
            wrong.push(format!("the binary has no {line:?} for {folder}"));
        }
    }
    wrong.extend(found.into_keys().map(|folder| format!("{folder} is started, and in no row of SCHEDULES")));
    wrong
}

#[test]
fn scheduled_functions_run_as_often_on_both_hosts() {
    assert_none(&wrong_schedules(&template(), &file("infra/evens/src/workers.rs")));
}

#[test]
fn another_schedule_is_found() {
    let workers = file("infra/evens/src/workers.rs");
    let mut changed = template();
    let event = "/Resources/MonitorFunction/Properties/Events/EveryMinute/Properties/Schedule";
    *changed.pointer_mut(event).unwrap() = "rate(5 minutes)".into();
    assert_eq!(wrong_schedules(&changed, &workers).len(), 1);
    let slower = workers.replace("from_secs(30)", "from_secs(60)");
    assert_eq!(wrong_schedules(&template(), &slower).len(), 1);
}
