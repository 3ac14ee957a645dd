//! The policy of a function: a statement for each set of targets, from what its code needs.

use crate::environment::Variable;
use crate::parts::Parts;
use crate::yaml::{comment, indented, one_or_all};
use crate::{dead_letters, resource};
use evens_contracts::Queue;
use evens_store::{attributes_of_books, attributes_of_ledgers};
use std::collections::{BTreeMap, BTreeSet};

/// A right to some attributes of items only. Their other attributes are secret, or for other functions.
struct Limited {
    function: &'static str,
    action: &'static str,
    keys: &'static [&'static str],
    attributes: &'static [&'static str],
    reason: &'static str,
}

const LIMITED: &[Limited] = &[
    Limited {
        function: "login",
        action: "dynamodb:UpdateItem",
        keys: &["USER#"],
        attributes: &["pk", "recovered_at", "session_epoch", "sk"],
        reason: "Only the epoch of the sessions that a new password ends, and the time of a recovery.",
    },
    Limited {
        function: "notifications",
        action: "dynamodb:GetItem",
        keys: &["PHONE#"],
        attributes: &["pk", "sk", "user"],
        reason: "The user of a phone number, without the password hash.",
    },
    Limited {
        function: "operate-payments",
        action: "dynamodb:GetItem",
        keys: &["PAYEE#"],
        attributes: &["fingerprint", "mask", "payee", "pk", "removed_at", "since", "sk", "user"],
        reason: "A payee without its sealed number.",
    },
    Limited {
        function: "operate-payments",
        action: "dynamodb:UpdateItem",
        keys: &["PAYEE#", "PAYEE-OF#"],
        attributes: &["freed_at", "kept_for", "pk", "removed_at", "sk", "user"],
        reason: "Only the removal of a payee.",
    },
    Limited {
        function: "operate-users",
        action: "dynamodb:GetItem",
        keys: &["PHONE#"],
        attributes: &["pk", "sk", "user"],
        reason: "The user of a phone number, without the password hash.",
    },
];

/// What a scan asks for.
type Attributes = fn() -> BTreeSet<&'static str>;

/// The functions that scan the table, with the attributes that they ask for.
const SCANS: &[(&str, Attributes)] = &[
    ("compare-statements", attributes_of_ledgers),
    ("reconcile", attributes_of_ledgers),
    ("verify", attributes_of_books),
];

const SCAN: &str = "dynamodb:Scan";
const INDEX: &str = "index unfinished";
const READ: &str = "dynamodb:GetItem";
/// The item with the role of a user.
const ACCOUNT: &str = "ACCOUNT#";

type Targets = BTreeMap<String, BTreeSet<String>>;

/// The statements of a function's policy, without indentation.
pub(crate) fn statements(parts: &Parts) -> Vec<String> {
    let folder = parts.function.folder;
    let of_function = || LIMITED.iter().filter(move |limited| limited.function == folder);
    let mut targets = Targets::new();
    for (action, on) in &parts.needs {
        let is_limited = |row: &Limited| row.action == action && row.keys.contains(&on.as_str());
        if !of_function().any(is_limited) {
            targets.entry(action.clone()).or_default().insert(on.clone());
        }
    }
    let mut lines = Vec::new();
    if targets.remove(SCAN).is_some() {
        lines.extend(scan(folder));
    }
    lines.extend(items(&mut targets));
    lines.extend(of_function().flat_map(limited));
    lines.extend(indexes(&mut targets));
    lines.extend(queues(&mut targets));
    lines.extend(secrets(parts));
    let writes = ["PutItem", "UpdateItem"].map(|action| (format!("dynamodb:{action}"), ACCOUNT.to_owned()));
    if writes.iter().any(|write| parts.needs.contains(write)) {
        lines.extend(without_roles());
    }
    lines
}

/// A pattern of partition keys: a kind of item, or the one item with this key.
fn pattern(key: &str) -> String {
    if key.ends_with(['#', ':']) { format!("\"{key}*\"") } else { format!("\"{key}\"") }
}

fn allow(actions: &[String], resource: &str) -> Vec<String> {
    vec![
        "- Effect: Allow".to_owned(),
        format!("  Action: {}", one_or_all(actions)),
        format!("  Resource: {resource}"),
    ]
}

/// Actions with the same targets, which one statement permits.
fn grouped(targets: Targets) -> Vec<(Vec<String>, BTreeSet<String>)> {
    let mut groups = BTreeMap::<BTreeSet<String>, Vec<String>>::new();
    for (action, on) in targets {
        groups.entry(on).or_default().push(action);
    }
    let mut groups: Vec<_> = groups.into_iter().map(|(on, actions)| (actions, on)).collect();
    groups.sort();
    groups
}

/// Items by their partition keys.
fn items(targets: &mut Targets) -> Vec<String> {
    let is_item = |on: &String| on != INDEX;
    let mut of_items = Targets::new();
    for (action, all) in targets.iter_mut().filter(|(action, _)| action.starts_with("dynamodb:")) {
        let (items, others) = all.iter().cloned().partition::<BTreeSet<_>, _>(is_item);
        *all = others;
        if !items.is_empty() {
            of_items.insert(action.clone(), items);
        }
    }
    let mut lines = Vec::new();
    for (actions, keys) in grouped(of_items) {
        let keys: Vec<_> = keys.iter().map(|key| pattern(key)).collect();
        lines.extend(allow(&actions, "!Ref TableArn"));
        lines.push("  Condition:".to_owned());
        lines.push(format!(
            "    \"ForAllValues:StringLike\": {{\"dynamodb:LeadingKeys\": [{}]}}",
            keys.join(", ")
        ));
        lines.push("    \"Null\": {\"dynamodb:LeadingKeys\": \"false\"}".to_owned());
    }
    lines
}

fn limited(row: &Limited) -> Vec<String> {
    let keys: Vec<_> = row.keys.iter().map(|key| pattern(key)).collect();
    let mut lines = comment(row.reason, 0);
    lines.extend(allow(&[row.action.to_owned()], "!Ref TableArn"));
    lines.push("  Condition:".to_owned());
    lines.push(format!(
        "    \"ForAllValues:StringLike\": {{\"dynamodb:LeadingKeys\": [{}]}}",
        keys.join(", ")
    ));
    lines.push(format!(
        "    \"ForAllValues:StringEquals\": {{\"dynamodb:Attributes\": [{}]}}",
        row.attributes.join(", ")
    ));
    lines.push(
        "    \"Null\": {\"dynamodb:LeadingKeys\": \"false\", \"dynamodb:Attributes\": \"false\"}".to_owned(),
    );
    if row.action == READ {
        lines.push("    StringEquals: {\"dynamodb:Select\": SPECIFIC_ATTRIBUTES}".to_owned());
    }
    lines
}

/// The attributes that a function asks for when it scans, as items of a list.
pub(crate) fn attributes(folder: &str) -> Vec<String> {
    let asked = SCANS.iter().filter(|(function, _)| *function == folder).flat_map(|(_, asked)| asked());
    asked.map(|attribute| format!("- {attribute}")).collect()
}

/// IAM can restrict a scan by attribute, but not by item.
fn scan(folder: &str) -> Vec<String> {
    let mut lines = comment("All items, without secret attributes.", 0);
    lines.extend(allow(&[SCAN.to_owned()], "!Ref TableArn"));
    lines.push("  Condition:".to_owned());
    lines.push("    \"ForAllValues:StringEquals\":".to_owned());
    lines.push("      \"dynamodb:Attributes\":".to_owned());
    lines.extend(indented(attributes(folder), 8));
    lines.push("    StringEquals: {\"dynamodb:Select\": SPECIFIC_ATTRIBUTES}".to_owned());
    lines.push("    \"Null\": {\"dynamodb:Attributes\": \"false\"}".to_owned());
    lines
}

fn indexes(targets: &mut Targets) -> Vec<String> {
    let mut lines = Vec::new();
    for (action, all) in targets.iter_mut() {
        if all.remove(INDEX) {
            let resource = "!Sub \"${TableArn}/index/unfinished\"";
            lines.push(format!("- {{Effect: Allow, Action: {action}, Resource: {resource}}}"));
        }
    }
    lines
}

/// A function that reaches every queue, or every dead-letter queue, is permitted the common end of their names, so that
/// a new queue changes nothing. If it may do something to queues and not to dead letters, the latter is denied.
fn queues(targets: &mut Targets) -> Vec<String> {
    let arn = |name: &str| format!("!Sub \"${{QueueArnPrefix}}{name}\"");
    let mut groups: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
    let mut denied = Vec::new();
    for (action, on) in targets.iter().filter(|(action, _)| action.starts_with("sqs:")) {
        let has_all = Queue::ALL.iter().all(|queue| on.contains(&resource(*queue)));
        let has_all_dead = Queue::ALL.iter().all(|queue| on.contains(&dead_letters(*queue)));
        let names = match (has_all, has_all_dead) {
            (true, true) => vec![arn("*.fifo")],
            (true, false) => {
                denied.push(action.clone());
                vec![arn("*.fifo")]
            }
            (false, true) => vec![arn("*-dead-letter.fifo")],
            (false, false) => {
                let of = |queue: &Queue| {
                    let dead = on.contains(&dead_letters(*queue)).then(|| queue.dead_letter_name_in_stage());
                    let own = on.contains(&resource(*queue)).then(|| queue.name_in_stage());
                    [dead, own].into_iter().flatten().map(|name| arn(&name))
                };
                Queue::ALL.iter().flat_map(of).collect()
            }
        };
        groups.entry(names).or_default().push(action.clone());
    }
    let mut groups: Vec<_> = groups.into_iter().map(|(names, actions)| (actions, names)).collect();
    groups.sort();
    let mut lines = Vec::new();
    for (actions, names) in groups {
        lines.extend(allow(&actions, &one_or_all(&names)));
    }
    if !denied.is_empty() {
        lines.push("- Effect: Deny".to_owned());
        lines.push(format!("  Action: {}", one_or_all(&denied)));
        lines.push(format!("  Resource: {}", arn("*-dead-letter.fifo")));
    }
    lines
}

/// Secrets Manager appends six characters to the names in its ARNs.
fn secrets(parts: &Parts) -> Vec<String> {
    let named = parts.variables.iter().filter(|variable| variable.names_secret());
    let arn = "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:evens/${Stage}";
    let line = |variable: &Variable| format!("    - !Sub \"{arn}/${{{}}}-??????\"", variable.parameter);
    let read: Vec<_> = named.map(line).collect();
    if read.is_empty() {
        return read;
    }
    let mut lines = comment("Secrets Manager appends six characters to the names in its ARNs.", 0);
    lines.extend([
        "- Effect: Allow".to_owned(),
        "  Action: secretsmanager:GetSecretValue".to_owned(),
        "  Resource:".to_owned(),
    ]);
    lines.extend(read);
    lines
}

fn without_roles() -> Vec<String> {
    let reason =
        "Only an operator's command grants roles, never a function. An account without a role is a player's.";
    let mut lines = comment(reason, 0);
    lines.extend([
        "- Effect: Deny".to_owned(),
        "  Action: [dynamodb:PutItem, dynamodb:UpdateItem]".to_owned(),
        "  Resource: !Ref TableArn".to_owned(),
        "  Condition: {\"ForAnyValue:StringEquals\": {\"dynamodb:Attributes\": [user_role]}}".to_owned(),
    ]);
    lines
}
