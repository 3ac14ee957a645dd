//! One box: its machine's permissions, its firewall, the data it can lose, and the fit of its unit with the code.

use crate::role_ledger::changes_of_ledger;
use crate::roles::{QUEUES, allowed, items, texts};
use crate::stacks::{ONE_BOX, read, template};
use crate::template::{functions, resources};
use crate::{assert_none, root};
use evens_stacks::Allowed;
use serde_json::{Value, json};
use std::fs;

/// The seconds that `evens` drains for: `DRAIN_TIMEOUT` of `infra/evens/src/commands/serve.rs`.
const DRAIN_SECONDS: u64 = 30;

/// A permission that only the machine has: it looks queues up by name, while functions get their URLs.
const BY_NAME: &str = "sqs:GetQueueUrl";

/// Actions of the machine that no function performs.
const OF_MACHINE: [&str; 3] = ["cloudwatch:", "s3:", "ssm"];

/// The secrets that the box reads itself. For functions, `CloudFormation` resolves them.
const SECRETS: [&str; 2] =
    [":secret:evens/${Stage}/${WebhookSecret}-??????", ":secret:evens/${Stage}/${BlockSourceSecret}-??????"];

pub(crate) fn file(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The template with one value replaced.
pub(crate) fn changed(template: &Value, place: &str, value: Value) -> Value {
    let mut changed = template.clone();
    let (parent, name) = place.rsplit_once('/').unwrap();
    let parent = changed.pointer_mut(parent).unwrap_or_else(|| panic!("there is no {place}"));
    match (parent, name.parse::<usize>()) {
        (Value::Array(items), Ok(position)) => items[position] = value,
        (parent, _) => parent[name] = value,
    }
    changed
}

/// Rewrites an ARN of the functions' stacks into the box's own reference. A conditional resource becomes its positive
/// branch.
fn renamed(resource: &Value) -> Value {
    if let Some(conditional) = resource["Fn::If"].as_array() {
        return renamed(&conditional[1]);
    }
    let Some(arn) = resource["Fn::Sub"].as_str() else { return resource.clone() };
    let name = arn.rsplit(':').next().unwrap_or_default();
    if arn.contains(":dynamodb:") {
        return match name {
            "table/evens-${Stage}" => json!({ "Fn::GetAtt": "Table.Arn" }),
            "table/evens-${Stage}/index/unfinished" => json!({ "Fn::Sub": "${Table.Arn}/index/unfinished" }),
            _ => resource.clone(),
        };
    }
    match name.strip_prefix("evens-${Stage}-").filter(|_| arn.contains(":sqs:")) {
        Some(queues) => json!({ "Fn::Sub": format!("{QUEUES}{queues}") }),
        None => resource.clone(),
    }
}

/// Everything that the machine's role allows, in the form of [`allowed`].
fn allowed_to_box(template: &Value) -> Allowed {
    let inline = template["Resources"]["Role"]["Properties"]["Policies"].as_array().into_iter().flatten();
    let attached = resources(template, "AWS::IAM::Policy").map(|(_, policy)| policy);
    let policies = inline.chain(attached).map(|policy| {
        let mut document = policy["PolicyDocument"].clone();
        for statement in document["Statement"].as_array_mut().into_iter().flatten() {
            statement["Resource"] = match &statement["Resource"] {
                Value::Array(all) => all.iter().map(renamed).collect(),
                one => renamed(one),
            };
        }
        document
    });
    allowed(&json!({ "Policies": policies.collect::<Vec<_>>() }))
}

fn wrong_role(one_box: &Value, functions_of: &Value) -> Vec<String> {
    let of_box = allowed_to_box(one_box);
    let mut wrong = changes_of_ledger("the box", &of_box);
    let of_functions: Allowed =
        functions(functions_of).into_values().flat_map(|(_, properties)| allowed(properties)).collect();
    let (of_functions, of_box) = (items(&of_functions), items(&of_box));
    for (action, on) in of_functions.difference(&of_box) {
        // A permission on a kind of items covers each prefix within that kind.
        let covers =
            |of: &str, kind: &str| of == action.as_str() && kind.ends_with('#') && on.starts_with(kind);
        if of_box.iter().any(|(of, kind)| covers(of, kind)) {
            continue;
        }
        wrong.push(format!("the box may not {action} on {on}, and a function does"));
    }
    for (action, on) in of_box.difference(&of_functions) {
        let is_of_machine = OF_MACHINE.iter().any(|start| action.starts_with(start));
        let is_secret =
            action == "secretsmanager:GetSecretValue" && SECRETS.iter().any(|end| on.ends_with(end));
        if !is_of_machine && !is_secret && action != BY_NAME {
            wrong.push(format!("the box may {action} on {on}, and no function does"));
        }
        if action.contains('*') {
            wrong.push(format!("the box may {action}: name what is meant"));
        }
    }
    if !one_box["Resources"]["Role"]["Properties"]["ManagedPolicyArns"].is_null() {
        wrong.push("the box has policies that somebody else writes".to_owned());
    }
    wrong
}

fn wrong_machine(template: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, firewall) in resources(template, "AWS::EC2::SecurityGroup") {
        for rule in firewall["SecurityGroupIngress"].as_array().into_iter().flatten() {
            if (&rule["IpProtocol"], &rule["FromPort"], &rule["ToPort"])
                != (&json!("tcp"), &json!(443), &json!(443))
            {
                wrong.push(format!("{name} lets in more than HTTPS: {rule}"));
            }
        }
    }
    for (name, launch) in resources(template, "AWS::EC2::LaunchTemplate") {
        if launch["LaunchTemplateData"]["MetadataOptions"]["HttpTokens"] != "required" {
            wrong.push(format!("{name} gives credentials to whoever can make the machine send a GET"));
        }
    }
    for (name, machine) in resources(template, "AWS::EC2::Instance") {
        let disks = machine["BlockDeviceMappings"].as_array().into_iter().flatten();
        if disks.clone().count() == 0 || disks.clone().any(|disk| disk["Ebs"]["Encrypted"] != true) {
            wrong.push(format!("{name} has a disk that is not encrypted"));
        }
        if machine["Monitoring"] != true || !machine["KeyName"].is_null() {
            wrong.push(format!("{name} is not monitored each minute, or has a key for SSH"));
        }
        if machine["LaunchTemplate"]["LaunchTemplateId"]["Ref"] != "Launch" {
            wrong.push(format!("{name} is not launched by the template that demands tokens"));
        }
    }
    let volume = &template["Resources"]["DataVolume"];
    if volume["Properties"]["Encrypted"] != true
        || volume["DeletionPolicy"] != "Retain"
        || volume["UpdateReplacePolicy"] != "Retain"
    {
        wrong.push("DataVolume is not encrypted, or is lost with its stack".to_owned());
    }
    let types = texts(&template["Parameters"]["InstanceType"]["AllowedValues"]);
    for kind in ["c3.xlarge", "c5.xlarge", "c7i.xlarge"] {
        if !types.contains(&kind) {
            wrong.push(format!("a box cannot be a {kind}"));
        }
    }
    wrong
}

/// The value of a key in a unit file, if it occurs exactly once.
fn of_unit<'a>(unit: &'a str, key: &str) -> Option<&'a str> {
    let mut values = unit.lines().filter_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    values.next().filter(|_| values.next().is_none())
}

fn wrong_unit(unit: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let seconds: u64 =
        of_unit(unit, "TimeoutStopSec").and_then(|seconds| seconds.parse().ok()).unwrap_or_default();
    if seconds < DRAIN_SECONDS + 5 {
        wrong.push(format!("what is under way is ended after {seconds} s"));
    }
    let files: u64 = of_unit(unit, "LimitNOFILE").and_then(|files| files.parse().ok()).unwrap_or_default();
    if files < 2 * (10_000 + 1_024) {
        wrong.push(format!("{files} files are too few for 10,000 sockets and 1024 connections"));
    }
    for (key, expected) in [
        ("Type", "notify"),
        ("Restart", "always"),
        ("User", "evens"),
        ("EnvironmentFile", "/etc/evens/evens.env"),
        ("RequiresMountsFor", "/var/lib/evens"),
        ("NoNewPrivileges", "yes"),
        ("ProtectSystem", "strict"),
        ("PrivateTmp", "yes"),
        ("CapabilityBoundingSet", ""),
        ("RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX"),
        ("StateDirectoryMode", "0700"),
    ] {
        let found = of_unit(unit, key);
        if found != Some(expected) {
            wrong.push(format!("{key} is {found:?} instead of {expected:?}"));
        }
    }
    wrong
}

#[test]
fn the_box_may_do_what_its_functions_may() {
    assert_none(&wrong_role(&read(ONE_BOX), &template()));
}

#[test]
fn the_machine_is_closed_and_keeps_its_data() {
    assert_none(&wrong_machine(&read(ONE_BOX)));
}

#[test]
fn the_unit_fits_the_code() {
    assert_none(&wrong_unit(&file("infra/box/evens.service")));
    let code = file("infra/evens/src/commands/serve.rs");
    let drain = format!("const DRAIN_TIMEOUT: Duration = Duration::from_secs({DRAIN_SECONDS});");
    assert!(code.contains(&drain), "{drain}");
}

#[test]
fn a_box_that_differs_is_found() {
    let (good, functions) = (read(ONE_BOX), template());
    let statement = "/Resources/EnginesPolicy/Properties/PolicyDocument/Statement";
    let keys = "Condition/ForAllValues:StringLike/dynamodb:LeadingKeys";
    let rows = [
        (format!("{statement}/6/{keys}"), json!(["BOOK#*", "PHONE-CODE#*", "SESSION#*", "LEDGER#*"])),
        (format!("{statement}/6/{keys}"), json!(["BOOK#*", "PHONE-CODE#*"])),
        (format!("{statement}/0/Action"), json!("dynamodb:*")),
        (format!("{statement}/1/Condition"), json!({})),
        (format!("{statement}/8/Action/0"), json!("sqs:PurgeQueue")),
        (
            format!("{statement}/9/Resource"),
            json!({ "Fn::Sub": "arn:aws:sqs:::evens-${Stage}-*-letter.fifo" }),
        ),
        (format!("{statement}/9/Resource"), json!({ "Fn::Sub": "arn:aws:sqs:::evens-*.fifo" })),
        (
            "/Resources/Role/Properties/Policies/0/PolicyDocument/Statement/3/Resource/1".to_owned(),
            json!({ "Fn::Sub": "arn:aws:secretsmanager:::secret:evens/${Stage}/*" }),
        ),
        (
            "/Resources/Role/Properties/Policies/0/PolicyDocument/Statement/3/Resource/2".to_owned(),
            json!({ "Fn::Sub": "arn:aws:secretsmanager:::secret:evens/${Stage}/*" }),
        ),
        (
            "/Resources/Role/Properties/Policies/0/PolicyDocument/Statement/3/Resource/3".to_owned(),
            json!({ "Fn::Sub": "arn:aws:secretsmanager:::secret:evens/${Stage}/*" }),
        ),
        ("/Resources/Role/Properties/ManagedPolicyArns".to_owned(), json!(["arn:aws:iam::aws:policy/x"])),
        ("/Resources/Firewall/Properties/SecurityGroupIngress/0/FromPort".to_owned(), json!(22)),
        (
            "/Resources/Launch/Properties/LaunchTemplateData/MetadataOptions/HttpTokens".to_owned(),
            json!("optional"),
        ),
        ("/Resources/Machine/Properties/BlockDeviceMappings/0/Ebs/Encrypted".to_owned(), json!(false)),
        ("/Resources/Machine/Properties/Monitoring".to_owned(), json!(false)),
        ("/Resources/DataVolume/DeletionPolicy".to_owned(), json!("Delete")),
        ("/Parameters/InstanceType/AllowedValues".to_owned(), json!(["c5.xlarge"])),
    ];
    for (place, value) in rows {
        let changed = changed(&good, &place, value);
        assert!(
            !(wrong_role(&changed, &functions).is_empty() && wrong_machine(&changed).is_empty()),
            "{place}"
        );
    }
    let unit = file("infra/box/evens.service");
    for (said, instead) in [
        ("TimeoutStopSec=40", "TimeoutStopSec=30"),
        ("LimitNOFILE=32768", "LimitNOFILE=8192"),
        ("NoNewPrivileges=yes", "NoNewPrivileges=no"),
        ("User=evens", "User=root"),
    ] {
        assert!(unit.contains(said));
        assert_eq!(wrong_unit(&unit.replace(said, instead)).len(), 1, "{instead}");
    }
}
