//! Alarms of one box: exhaustion and silence raise an alarm. Every alarm's metric is written by AWS, by the agent on
//! the machine, or by `infra/box/watch.sh`.

use crate::alarms::{ALARM, text};
use crate::assert_none;
use crate::backup::Machine;
use crate::one_box::{changed, file};
use crate::stacks::{ONE_BOX, read};
use crate::template::resources;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Actions of alarms on AWS beside the message.
const ACTIONS: [(&str, &str); 2] = [("host", ":ec2:recover"), ("machine", ":ec2:reboot")];

/// A row of `infra/box/alarms.tsv`.
struct Row<'a> {
    alarm: &'a str,
    metric: &'a str,
    comparison: &'static str,
    threshold: u64,
    minutes: u64,
    rings_in_silence: bool,
}

fn rows(table: &str) -> Vec<Row<'_>> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    let rows = lines.map(|line| {
        let fields: [&str; 6] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
        let [alarm, metric, rings, threshold, minutes, silence] = fields;
        let comparison = match rings {
            "above" => "GreaterThanThreshold",
            "below" => "LessThanThreshold",
            _ => panic!("{line}"),
        };
        let (threshold, minutes) = (threshold.parse().unwrap(), minutes.parse().unwrap());
        Row { alarm, metric, comparison, threshold, minutes, rings_in_silence: silence == "rings" }
    });
    rows.collect()
}

/// The metric names that a script sends to `CloudWatch`.
fn metric_names(script: &str) -> BTreeSet<&str> {
    let calls = script.split("tell ").skip(1);
    let names = calls.filter_map(|call| call.split_whitespace().next());
    names.filter(|name| name.starts_with("box_")).collect()
}

fn wrong_alarms(template: &Value, agent: &Value, watch: &str) -> Vec<String> {
    let table = file("infra/box/alarms.tsv");
    let rows = rows(&table);
    let mut wrong = Vec::new();
    let mut names = BTreeSet::new();
    let mut looked_at = BTreeSet::new();
    for (name, alarm) in resources(template, ALARM) {
        let called = text(&alarm["AlarmName"]).strip_prefix("evens-${Stage}-box-").unwrap_or_default();
        let metric = alarm["MetricName"].as_str().unwrap_or_default();
        let does = text(&alarm["AlarmActions"][1]);
        let seconds = alarm["Period"].as_u64().zip(alarm["EvaluationPeriods"].as_u64());
        let row = rows.iter().find(|row| {
            row.alarm == called
                && row.metric == metric
                && alarm["ComparisonOperator"] == row.comparison
                && alarm["Threshold"] == row.threshold
                && seconds.is_some_and(|(period, times)| period * times == row.minutes * 60)
                && ACTIONS
                    .iter()
                    .find(|(name, _)| *name == called)
                    .is_none_or(|(_, action)| does.ends_with(action))
        });
        if row.is_none() || !names.insert(called) {
            wrong
                .push(format!("{name}, called {called:?}, is about {metric} in another way than alarms.tsv"));
        }
        if alarm["AlarmActions"][0]["Ref"] != "Topic" {
            wrong.push(format!("{name} tells nobody"));
        }
        // An alarm begins in the state INSUFFICIENT_DATA, and only a change of the state sends a message.
        let tells_silence = alarm["TreatMissingData"] == "missing"
            && alarm["InsufficientDataActions"] == alarm["AlarmActions"];
        if !tells_silence && row.is_none_or(|row| row.rings_in_silence) {
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
    if names.len() != rows.len() {
        wrong.push(format!("{} alarms instead of {}", names.len(), rows.len()));
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
        (install, "systemctl enable --quiet --now evens-watch.timer"),
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

/// A box outside of AWS that posts its alarms. `metrics` is the answer of `GET /metrics`.
fn watched(name: &str) -> Machine {
    let folder = Machine::new(name, "watch.sh", &[]).folder;
    let run = folder.join("run").display().to_string();
    let replaced = [
        ("${ALARM_URL-}", "https://alarms.test"),
        ("$ALARM_URL", "https://alarms.test"),
        ("$RUNTIME_DIRECTORY", &run),
    ];
    let machine = Machine::new(name, "watch.sh", &replaced);
    std::fs::create_dir_all(&run).unwrap();
    // The machine that runs the tests may be busy.
    let table = file("infra/box/alarms.tsv");
    let rows = table.lines().filter(|row| !row.starts_with("cpu\t") && !row.starts_with("memory\t"));
    machine.write("box/alarms.tsv", &rows.collect::<Vec<_>>().join("\n"));
    machine.write(
        "etc/evens/evens.env",
        "EVENS_STAGE=prod\nEVENS_ENGINES=aws\nEVENS_METRICS_LISTEN=127.0.0.1:9464\n",
    );
    machine.write("etc/evens/proxy.env", "EVENS_DOMAIN=api.example.com\n");
    machine.program("bin/df", "echo Use%; echo 12%");
    machine.program(
        "bin/curl",
        r#"case "$*" in
  */metrics) cat "$FOLDER/metrics" ;;
  *https://alarms.test) [ ! -e "$FOLDER/refused" ] && cat >> "$FOLDER/calls" && echo >> "$FOLDER/calls" ;;
esac"#,
    );
    machine
}

/// The alarms that a run posts, as `name state`.
fn posted(machine: &Machine, metrics: &str) -> Vec<String> {
    machine.write("metrics", metrics);
    let run = machine.run("watch.sh", &[]);
    assert_eq!(run.code, Some(0), "{}", run.errors);
    let posts = run.calls.iter().map(|call| serde_json::from_str::<Value>(call).unwrap());
    posts.map(|post| format!("{} {}", text(&post["alarm"]), text(&post["state"]))).collect()
}

/// The metrics of a process that answered `fast` requests in 50 ms, `slow` ones in 500 ms and `failed` ones of them
/// with 500, and whose oldest held withdrawal waits for that many seconds.
fn metrics(fast: u64, slow: u64, failed: u64, held_seconds: u64) -> String {
    let (all, good) = (fast + slow, fast + slow - failed);
    format!(
        "evens_http_requests_total{{route=\"/api/bets\",status=\"202\"}} {good}
evens_http_requests_total{{route=\"/api/bets\",status=\"500\"}} {failed}
evens_http_request_duration_seconds_bucket{{route=\"/api/bets\",le=\"0.05\"}} {fast}
evens_http_request_duration_seconds_bucket{{route=\"/api/bets\",le=\"0.5\"}} {all}
evens_http_request_duration_seconds_bucket{{route=\"/api/bets\",le=\"+Inf\"}} {all}
evens_oldest_held_withdrawal_age_seconds {held_seconds}
"
    )
}

#[test]
fn a_box_outside_of_aws_posts_its_alarms_itself() {
    let machine = watched("watch-alarms");
    assert_eq!(posted(&machine, &metrics(0, 0, 0, 0)), Vec::<String>::new());
    // Each minute 90 requests are fast and 10 slow, 2 of which fail.
    let minute = |number: u64| metrics(90 * number, 10 * number, 2 * number, 90_000);
    for number in 1..10 {
        assert_eq!(posted(&machine, &minute(number)), Vec::<String>::new(), "minute {number}");
    }
    assert_eq!(posted(&machine, &minute(10)), ["held-withdrawal ALARM"]);
    for number in 11..15 {
        assert_eq!(posted(&machine, &minute(number)), Vec::<String>::new(), "minute {number}");
    }
    // An alarm that was not taken is posted again.
    machine.write("refused", "");
    assert_eq!(posted(&machine, &minute(15)), Vec::<String>::new());
    std::fs::remove_file(machine.folder.join("refused")).unwrap();
    assert_eq!(posted(&machine, &minute(16)), ["api-p95 ALARM"]);
    assert_eq!(posted(&machine, &metrics(2_000, 160, 32, 0)), ["api-p95 OK", "held-withdrawal OK"]);
    // 10 of 100 requests fail.
    let failing = |number: u64| metrics(2_000 + 100 * number, 160, 32 + 10 * number, 0);
    for number in 1..5 {
        assert_eq!(posted(&machine, &failing(number)), Vec::<String>::new(), "minute {number}");
    }
    assert_eq!(posted(&machine, &failing(5)), ["api-error-rate ALARM"]);
    // The process no longer answers.
    assert_eq!(posted(&machine, ""), Vec::<String>::new());
    let silent: Vec<String> = (0..14).flat_map(|_| posted(&machine, "")).collect();
    assert_eq!(
        silent,
        ["api-error-rate SILENT", "conflicts SILENT", "held-withdrawal SILENT", "api-p95 SILENT"]
    );
}

#[test]
fn silence_about_a_box_is_found() {
    let (good, agent, watch) = (read(ONE_BOX), agent(), file("infra/box/watch.sh"));
    for (place, value) in [
        ("/Resources/Busy/Properties/Threshold", json!(90)),
        ("/Resources/HostFailed/Properties/AlarmActions", json!([{ "Ref": "Topic" }])),
        ("/Resources/DiskLow/Properties/AlarmActions", json!([])),
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
