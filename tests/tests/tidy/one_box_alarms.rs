//! Alarms of one box: exhaustion and silence raise an alarm. Every alarm's metric is written by AWS, by the agent on
//! the machine, or by `infra/box/watch.sh`.

use crate::alarms::{ALARM, text};
use crate::assert_none;
use crate::one_box::{changed, file};
use crate::stacks::{ONE_BOX, read};
use crate::template::resources;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The alarms: name, metric, threshold, and an action beside the notification.
const ALARMS: [(&str, &str, u64, &str); 21] = [
    ("cpu", "CPUUtilization", 70, ""),
    ("memory", "mem_used_percent", 80, ""),
    ("disk", "disk_used_percent", 80, ""),
    ("root-disk", "disk_used_percent", 80, ""),
    ("health", "box_healthy", 1, ""),
    ("dead-letters", "box_dead_letters", 0, ""),
    ("overdue-rounds", "box_overdue_matched", 0, ""),
    ("undrawn-period", "box_undrawn_period_age_seconds", 120, ""),
    ("unsent-withdrawal", "box_unsent_withdrawal_age_seconds", 3_600, ""),
    ("unclaimed-deposit", "box_unclaimed_deposit_age_seconds", 86_400, ""),
    ("jackpot-failures", "box_jackpot_failure_percent", 1, ""),
    ("jackpot-win-conflicts", "box_jackpot_win_conflicts", 100, ""),
    ("cache-hits", "box_cache_hit_percent", 90, ""),
    ("books-not-in-order", "box_books_violations", 0, ""),
    ("movements-not-in-order", "box_movements_violations", 0, ""),
    ("books-silent", "box_movements_verified_age_seconds", 10_800, ""),
    ("books-unverified", "box_books_verified_age_seconds", 172_800, ""),
    ("backup", "box_backup_age_seconds", 7_800, ""),
    ("backup-failed", "box_backup_failed", 0, ""),
    ("host", "StatusCheckFailed_System", 0, ":ec2:recover"),
    ("machine", "StatusCheckFailed_Instance", 0, ":ec2:reboot"),
];

/// Metrics whose absence raises no alarm, because AWS always reports them or because another row of [`ALARMS`] covers
/// them.
const MAY_BE_SILENT: [&str; 5] = [
    "CPUUtilization",
    "StatusCheckFailed_System",
    "StatusCheckFailed_Instance",
    "box_backup_failed",
    "box_books_violations",
];

/// The metric names that a script sends to `CloudWatch`.
fn metric_names(script: &str) -> BTreeSet<&str> {
    let calls = script.split("tell ").skip(1);
    let names = calls.filter_map(|call| call.split_whitespace().next());
    names.filter(|name| name.starts_with("box_")).collect()
}

fn wrong_alarms(template: &Value, agent: &Value, watch: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut names = BTreeSet::new();
    let mut looked_at = BTreeSet::new();
    for (name, alarm) in resources(template, ALARM) {
        let called = text(&alarm["AlarmName"]).strip_prefix("evens-${Stage}-box-").unwrap_or_default();
        let metric = alarm["MetricName"].as_str().unwrap_or_default();
        let does = text(&alarm["AlarmActions"][1]);
        let fits = |(known, about, threshold, action): &&(&str, &str, u64, &str)| {
            *known == called && *about == metric && alarm["Threshold"] == *threshold && does.ends_with(action)
        };
        if !ALARMS.iter().any(|row| fits(&row)) || !names.insert(called) {
            wrong.push(format!(
                "{name}, called {called:?}, is about {metric} in another way than its row of ALARMS"
            ));
        }
        if alarm["AlarmActions"][0] != alarm["OKActions"][0] || alarm["AlarmActions"][0]["Ref"] != "Topic" {
            wrong.push(format!("{name} does not tell the same topic when it is over"));
        }
        // An alarm begins in the state INSUFFICIENT_DATA, and only a change of the state sends a message.
        let tells_silence = alarm["TreatMissingData"] == "missing"
            && alarm["InsufficientDataActions"] == alarm["AlarmActions"];
        if !tells_silence && !MAY_BE_SILENT.contains(&metric) {
            wrong.push(format!(
                "{name} takes silence for a good answer, or rings before the box has reported"
            ));
        }
        if metric == "disk_used_percent" {
            let path = &alarm["Dimensions"][1]["Value"];
            let disks = agent["metrics"]["metrics_collected"]["disk"]["resources"].as_array();
            if !disks.is_some_and(|disks| disks.contains(path)) {
                wrong.push(format!("nobody measures {path}, which {name} looks at"));
            }
        }
        looked_at.extend(metric.starts_with("box_").then_some(metric));
    }
    if names.len() != ALARMS.len() {
        wrong.push(format!("{} alarms instead of {}", names.len(), ALARMS.len()));
    }
    let actual = metric_names(watch);
    wrong.extend(
        actual.symmetric_difference(&looked_at).map(|name| format!("{name} is only told, or only looked at")),
    );
    let measured = &agent["metrics"]["metrics_collected"];
    for (kind, metric) in [("mem", "mem_used_percent"), ("disk", "used_percent")] {
        if measured[kind]["measurement"] != json!([metric]) {
            wrong.push(format!("nobody measures {metric}"));
        }
    }
    wrong
}

/// The queues of the stack have the same alarms as those of a stage, which notify the box's own topic.
fn wrong_queue_alarms(template: &Value) -> Vec<String> {
    let queues = &template["Resources"]["Queues"]["Properties"];
    let topic = json!({ "Ref": "Topic" });
    let kept = "DeadLetterRetentionSeconds";
    let expected =
        json!({ "Stage": { "Ref": "Stage" }, kept: { "Ref": kept }, "WarnTopic": topic, "PageTopic": topic });
    let is_told = queues["TemplateURL"] == "queues.yaml" && queues["Parameters"] == expected;
    if is_told { Vec::new() } else { vec!["alarms of the queues tell somebody else".to_owned()] }
}

/// Checks that the start script enables the watch, and that the unit runs its script.
fn wrong_watch(template: &Value, install: &str, unit: &str) -> Vec<String> {
    let start =
        template["Resources"]["Machine"]["Properties"]["UserData"]["Fn::Base64"]["Fn::Sub"][0].as_str();
    let rows = [
        (start.unwrap_or_default(), "systemctl enable --quiet --now evens-watch.timer"),
        (start.unwrap_or_default(), "AWS_DEFAULT_REGION=${AWS::Region} > /etc/evens/watch.env"),
        (install, "\"$here/evens-watch.service\" \"$here/evens-watch.timer\" /etc/systemd/system/"),
        (unit, "ExecStart=/opt/evens/current/box/watch.sh"),
        (unit, "EnvironmentFile=/etc/evens/watch.env"),
    ];
    let missing = rows.into_iter().filter(|(text, said)| !text.contains(said));
    missing.map(|(_, said)| format!("nobody says {said}")).collect()
}

fn agent() -> Value {
    serde_json::from_str(&file("infra/box/cloudwatch-agent.json")).unwrap()
}

#[test]
fn each_resource_of_a_machine_has_an_alarm() {
    let one_box = read(ONE_BOX);
    assert_none(&wrong_alarms(&one_box, &agent(), &file("infra/box/watch.sh")));
    assert_none(&wrong_queue_alarms(&one_box));
}

#[test]
fn prod_is_not_without_an_address() {
    let rule = &read(ONE_BOX)["Rules"]["ProdTellsSomebody"];
    assert_eq!(rule["RuleCondition"], json!({ "Fn::Equals": [{ "Ref": "Stage" }, "prod"] }));
    let has_address = json!({ "Fn::Not": [{ "Fn::Equals": [{ "Ref": "AlarmEmail" }, ""] }] });
    assert_eq!(rule["Assertions"][0]["Assert"], has_address);
}

#[test]
fn a_timer_watches_the_box() {
    let (install, unit) = (file("infra/box/install.sh"), file("infra/box/evens-watch.service"));
    assert_none(&wrong_watch(&read(ONE_BOX), &install, &unit));
    assert_eq!(wrong_watch(&json!({}), "", "").len(), 5);
}

#[test]
fn silence_about_a_box_is_found() {
    let (good, agent, watch) = (read(ONE_BOX), agent(), file("infra/box/watch.sh"));
    for (place, value) in [
        ("/Resources/Busy/Properties/Threshold", json!(90)),
        ("/Resources/HostFailed/Properties/AlarmActions", json!([{ "Ref": "Topic" }])),
        ("/Resources/DiskLow/Properties/OKActions", json!([])),
        ("/Resources/RootDiskLow/Properties/Dimensions/1/Value", json!("/tmp")),
        ("/Resources/Unhealthy/Properties/TreatMissingData", json!("notBreaching")),
        ("/Resources/Unhealthy/Properties/TreatMissingData", json!("breaching")),
        ("/Resources/Unhealthy/Properties/InsufficientDataActions", json!([])),
        ("/Resources/BackupOld/Properties/MetricName", json!("box_backup_failed")),
        ("/Resources/DeadLetters/Type", json!("AWS::SNS::Topic")),
    ] {
        assert_ne!(
            wrong_alarms(&changed(&good, place, value), &agent, &watch),
            Vec::<String>::new(),
            "{place}"
        );
    }
    let disks = "/metrics/metrics_collected/disk/resources";
    assert_eq!(wrong_alarms(&good, &changed(&agent, disks, json!(["/"])), &watch).len(), 1);
    assert_eq!(wrong_alarms(&good, &agent, &watch.replace("tell box_healthy", ": box_healthy")).len(), 1);
    let topic = "/Resources/Queues/Properties/Parameters/PageTopic";
    assert_eq!(
        wrong_queue_alarms(&changed(&good, topic, json!("")))[0],
        "alarms of the queues tell somebody else"
    );
}
