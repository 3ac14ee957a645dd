//! A function's role allows exactly what its code calls.
//!
//! The calls are read from the sources of the function, and their permissions from the documentation of the store
//! ([`calls`]). A call without documented permissions is an error.

use crate::made_jobs::jobs;
use crate::role_calls::{Need, calls};
use crate::role_rules::{CHANGES, LOCAL_CALLS, RULES};
use crate::stacks::template;
use crate::template::functions;
use crate::{Source, assert_none, is_rust, root, sources};
use evens_contracts::{Queue, ROUTES, SwitchCheck};
use evens_workers::folder_of;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// The prefix of all queue ARNs.
pub(crate) const QUEUES: &str = "${QueueArnPrefix}";

/// A dependency of the functions that sign tokens and hash passwords.
const CREDENTIALS: &str = "evens-credentials";

/// A dependency of the functions that seal or open payees.
const SEALING: &str = "evens-sealing";

/// The memory in MB from which Lambda provides a full vCPU.
const ONE_VCPU: u64 = 1769;

/// Actions with their targets: the prefix of a partition key, or the name of a resource.
pub(crate) type Allowed = BTreeSet<(String, String)>;

pub(crate) fn resource(queue: Queue) -> String {
    format!("{queue:?}Queue")
}

fn dead_letters(queue: Queue) -> String {
    format!("{queue:?}DeadLetterQueue")
}

/// The sources of a function.
pub(crate) struct Code {
    folder: String,
    /// The code without comments and white space.
    pub(crate) text: String,
    manifest: String,
}

impl Code {
    fn of(folder: &str, sources: &[Source]) -> Self {
        let (code, manifest) = (format!("functions/{folder}/src/"), format!("functions/{folder}/Cargo.toml"));
        let files = sources.iter().filter(|source| source.path.starts_with(&code) && is_rust(&source.path));
        let lines = files.flat_map(|source| source.text().lines());
        let lines = lines.filter(|line| !line.trim_start().starts_with("//"));
        let manifest =
            sources.iter().find(|source| source.path == manifest).map_or("", Source::text).to_owned();
        let text: String = lines.flat_map(str::split_whitespace).collect();
        Self { folder: folder.to_owned(), text, manifest }
    }

    pub(crate) fn signs(&self) -> bool {
        self.manifest.contains(CREDENTIALS)
    }

    fn seals(&self) -> bool {
        self.manifest.contains(SEALING)
    }

    fn moves_money(&self) -> bool {
        self.text.contains("Payments::from_env(")
    }

    fn asks_register(&self) -> bool {
        self.text.contains("Exclusions::from_env(")
    }

    /// The names called on this receiver.
    fn calls(&self, receiver: &str) -> BTreeSet<String> {
        let start = format!("{receiver}.");
        let after = self.text.match_indices(&start).filter_map(|(at, _)| self.text.get(at + start.len()..));
        let names = after.filter_map(|after| after.split_once('('));
        let is_name = |name: &str| name.chars().all(|part| part.is_alphanumeric() || part == '_');
        names.filter(|(name, _)| is_name(name)).map(|(name, _)| format!("{receiver}.{name}")).collect()
    }

    fn needs(&self, known: &BTreeMap<String, Allowed>) -> Result<Allowed, String> {
        let mut needs = Allowed::new();
        let calls = self.calls("store").into_iter().chain(self.calls("sessions"));
        let is_local = |call: &String| LOCAL_CALLS.contains(&(self.folder.as_str(), call));
        for call in calls.filter(|call| !is_local(call)) {
            let said = known.get(&call);
            let said = said.ok_or_else(|| format!("{} calls {call}, which has no `# Role`", self.folder))?;
            needs.extend(said.iter().cloned());
        }
        let mut need = |action: &str, on: &str| needs.insert((action.to_owned(), on.to_owned()));
        for (action, keys) in self.rules()?.into_iter().flatten() {
            for key in *keys {
                need(&format!("dynamodb:{action}"), key);
            }
        }
        let routes: Vec<_> = ROUTES.iter().filter(|route| route.function == self.folder).collect();
        if routes.iter().any(|route| route.rate.is_some()) {
            need("dynamodb:UpdateItem", "RATE#");
        }
        if routes.iter().any(|route| route.access.takes_token()) {
            need("dynamodb:GetItem", "ACCOUNT#");
        }
        let is_stopped = routes.iter().any(|route| route.switch_check != SwitchCheck::Never);
        let calls = ["context.stopped_by(", "switches.load("];
        if is_stopped || calls.iter().any(|call| self.text.contains(call)) {
            need("dynamodb:GetItem", "SWITCHES");
        }
        if ["queues.probe(", "queues.waiting_count("].iter().any(|call| self.text.contains(call)) {
            for queue in Queue::ALL {
                need("sqs:GetQueueAttributes", &resource(queue));
            }
        }
        for queue in Queue::ALL {
            if self.text.contains("queues.depth(") {
                need("sqs:GetQueueAttributes", &resource(queue));
                need("sqs:GetQueueAttributes", &dead_letters(queue));
            }
            let calls = [
                ("queues.hold_dead_letters(", "sqs:ReceiveMessage"),
                ("queues.release_dead_letters(", "sqs:ChangeMessageVisibility"),
                ("queues.delete_dead_letters(", "sqs:DeleteMessage"),
            ];
            for (_, action) in calls.into_iter().filter(|(call, _)| self.text.contains(call)) {
                need(action, &dead_letters(queue));
            }
        }
        if self.signs() {
            need("secretsmanager:GetSecretValue", "token-signing-key");
        }
        if self.seals() {
            need("secretsmanager:GetSecretValue", "payee-keys");
        }
        if self.moves_money() {
            need("secretsmanager:GetSecretValue", "payment-provider");
        }
        if self.asks_register() {
            need("secretsmanager:GetSecretValue", "exclusion-register");
        }
        if ["queues.send(", "context.ask_for("].iter().any(|call| self.text.contains(call)) {
            for queue in self.asked_queues() {
                need("sqs:SendMessage", &resource(queue));
            }
        }
        if let Some(queue) = self.queue() {
            for action in ["ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "ReceiveMessage"]
            {
                need(&format!("sqs:{action}"), &resource(queue));
            }
            need("sqs:SendMessage", &dead_letters(queue));
        }
        Ok(needs)
    }

    /// The permissions of the rules by which it changes orders. Each change needs a rule.
    fn rules(&self) -> Result<Vec<&'static [Need]>, String> {
        let changes: usize =
            CHANGES.iter().map(|change| self.text.matches(&format!("{change}(")).count()).sum();
        let called = RULES.iter().filter(|(rule, _)| self.text.contains(&format!("{rule}(")));
        let called: Vec<_> = called.map(|(_, needs)| *needs).collect();
        if changes > called.len() {
            return Err(format!("{} changes orders by a rule that stands in no row of RULES", self.folder));
        }
        Ok(if changes == 0 { Vec::new() } else { called })
    }

    /// The queues of the jobs that it sends. A redrive can send any job.
    pub(crate) fn asked_queues(&self) -> BTreeSet<Queue> {
        let sends_any = self.text.contains("queues.hold_dead_letters(");
        let made = jobs().into_iter().filter(|job| sends_any || job.is_made_in(&self.text));
        made.map(|job| job.queue()).collect()
    }

    fn queue(&self) -> Option<Queue> {
        Queue::ALL.into_iter().find(|queue| folder_of(*queue) == self.folder)
    }
}

pub(crate) fn texts(value: &Value) -> Vec<&str> {
    let values = value.as_array().map_or_else(|| vec![value], |values| values.iter().collect());
    values.into_iter().filter_map(Value::as_str).collect()
}

/// The resource of a statement, and whether a condition names its items.
fn named(resource: &Value) -> (String, bool) {
    let attribute = resource["Fn::GetAtt"].as_str().and_then(|name| name.strip_suffix(".Arn"));
    let said = attribute.or(resource["Fn::Sub"].as_str()).unwrap_or("?");
    match said {
        "Table" => ("any item".to_owned(), true),
        "${Table.Arn}/index/unfinished" => ("index unfinished".to_owned(), false),
        said if said.ends_with(":secret:evens/${Stage}/${TokenSigningKeySecret}-??????") => {
            ("token-signing-key".to_owned(), false)
        }
        said if said.ends_with(":secret:evens/${Stage}/${PayeeKeysSecret}-??????") => {
            ("payee-keys".to_owned(), false)
        }
        said if said.ends_with(":secret:evens/${Stage}/${PaymentProviderSecret}-??????") => {
            ("payment-provider".to_owned(), false)
        }
        said if said.ends_with(":secret:evens/${Stage}/${ExclusionRegisterSecret}-??????") => {
            ("exclusion-register".to_owned(), false)
        }
        said => (said.to_owned(), false),
    }
}

/// The queues whose name in the stage matches the pattern, in which a leading `*` matches anything.
fn queues_like(pattern: &str) -> Vec<String> {
    let names = Queue::ALL.into_iter().flat_map(|queue| {
        [(queue.name_in_stage(), resource(queue)), (queue.dead_letter_name_in_stage(), dead_letters(queue))]
    });
    let fits = |name: &str| pattern.strip_prefix('*').map_or(name == pattern, |end| name.ends_with(end));
    names.filter(|(name, _)| fits(name)).map(|(_, resource)| resource).collect()
}

/// The permissions in the policies of a function or of another resource with the same structure.
pub(crate) fn allowed(function: &Value) -> Allowed {
    let (mut allowed, mut denied) = (Allowed::new(), Allowed::new());
    let policies = function["Policies"].as_array().into_iter().flatten();
    let statements: Vec<_> =
        policies.flat_map(|policy| policy["Statement"].as_array().into_iter().flatten()).collect();
    for statement in statements {
        if statement["Effect"] != "Deny" {
            allowed.extend(said(statement));
        } else if statement["Condition"].is_null() {
            denied.extend(said(statement));
        }
    }
    allowed.difference(&denied).cloned().collect()
}

/// The permissions that a statement names.
fn said(statement: &Value) -> Allowed {
    let mut about = Allowed::new();
    let resources = &statement["Resource"];
    let resources = resources.as_array().map_or_else(|| vec![resources], |all| all.iter().collect());
    let conditions = statement["Condition"].as_object().into_iter().flatten();
    let fits = conditions.filter(|(operator, _)| operator.starts_with("ForAllValues:"));
    let keys: Vec<_> = fits.flat_map(|(_, values)| texts(&values["dynamodb:LeadingKeys"])).collect();
    for action in texts(&statement["Action"]) {
        let mut add = |on: &str| about.insert((action.to_owned(), on.to_owned()));
        for resource in &resources {
            let (name, has_keys) = named(resource);
            if has_keys && !keys.is_empty() {
                for key in &keys {
                    add(key.trim_end_matches('*'));
                }
            } else if let Some(pattern) = name.strip_prefix(QUEUES) {
                for queue in queues_like(pattern) {
                    add(&queue);
                }
            } else {
                add(&name);
            }
        }
    }
    about
}

/// Statements name `BatchGetItem` beside `GetItem`, so the two are treated as one.
pub(crate) fn items(pairs: &Allowed) -> Allowed {
    let one = |action: &String| action.replace("BatchGetItem", "GetItem");
    pairs.iter().map(|(action, on)| (one(action), on.clone())).collect()
}

fn wrong_roles(template: &Value, codes: &BTreeMap<String, Code>) -> Vec<String> {
    let (mut wrong, calls) = (Vec::new(), calls());
    let none = json!({});
    for (folder, (name, properties)) in functions(template) {
        let Some(code) = codes.get(&folder) else { continue };
        let needs = match code.needs(&calls) {
            Ok(needs) => needs,
            Err(error) => {
                wrong.push(error);
                continue;
            }
        };
        let allowed = allowed(properties);
        for (action, on) in needs.difference(&allowed) {
            wrong.push(format!("{name} may not {action} on {on}"));
        }
        for (action, on) in items(&allowed).difference(&items(&needs)) {
            wrong.push(format!("{name} may {action} on {on}, and does not"));
        }
        let actions = |all: &Allowed| all.iter().map(|(action, _)| action.clone()).collect::<BTreeSet<_>>();
        for action in actions(&needs).symmetric_difference(&actions(&allowed)) {
            wrong.push(format!("{name}: only one of role and code has {action}"));
        }
        let variables = properties["Environment"]["Variables"].as_object().or(none.as_object());
        let has = |variable: &str| variables.is_some_and(|variables| variables.contains_key(variable));
        for (variable, is_read) in [
            ("EVENS_ARGON2", code.signs()),
            ("EVENS_TOKEN_SIGNING_KEY_SECRET", code.signs()),
            ("EVENS_PAYEE_KEYS_SECRET", code.seals()),
            ("EVENS_PAYMENT_PROVIDER_SECRET", code.moves_money()),
            ("EVENS_EXCLUSION_REGISTER_SECRET", code.asks_register()),
        ] {
            if has(variable) != is_read {
                wrong.push(format!("only one of {name} and its code has to do with {variable}"));
            }
        }
        for variable in ["EVENS_WEBHOOK_SECRET", "EVENS_WEBHOOK_URL"] {
            if has(variable) != code.text.contains(variable) {
                wrong.push(format!("only one of {name} and its code has to do with {variable}"));
            }
        }
        for variable in [
            "EVENS_EXCLUSION_REGISTER",
            "EVENS_PAYEE_KEYS",
            "EVENS_PAYMENT_PROVIDER",
            "EVENS_TOKEN_SIGNING_KEY",
        ] {
            if has(variable) {
                wrong.push(format!("{name} has what is secret of {variable} in its environment"));
            }
        }
        if code.signs() && properties["MemorySize"].as_u64().unwrap_or_default() < ONE_VCPU {
            wrong.push(format!("{name} hashes passwords with less than a vCPU"));
        }
    }
    wrong
}

pub(crate) fn codes() -> BTreeMap<String, Code> {
    let sources = sources();
    let folders = fs::read_dir(root().join("functions")).unwrap();
    let folders = folders.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    folders.map(|folder| (folder.clone(), Code::of(&folder, &sources))).collect()
}

#[test]
fn a_role_allows_what_the_code_calls() {
    assert_none(&wrong_roles(&template(), &codes()));
}

/// The path of the condition that restricts a statement to items.
const KEYS: &str = "Condition/ForAllValues:StringLike/dynamodb:LeadingKeys";

#[test]
fn a_role_that_differs_is_found() {
    let (good, codes) = (template(), codes());
    let before = wrong_roles(&good, &codes);
    let policy = |function: &str| format!("/Resources/{function}Function/Properties/Policies/0/Statement");
    let differences = [
        (
            policy("OperateRounds") + "/2/Condition",
            json!({ "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["ACCOUNT#*"] } }),
        ),
        (format!("{}/0/Action", policy("Wallet")), json!("dynamodb:Query")),
        (format!("{}/0/Action", policy("Wallet")), json!("dynamodb:*")),
        (format!("{}/0/Condition", policy("Wallet")), json!({})),
        (format!("{}/1/Action", policy("Wallet")), json!("dynamodb:PutItem")),
        (format!("{}/0/Resource", policy("Notifications")), json!({ "Fn::GetAtt": "MatchQueue.Arn" })),
        // Deny statements, and the monitor's read access.
        (format!("{}/2/Resource", policy("Status")), json!({ "Fn::Sub": "${QueueArnPrefix}x.fifo" })),
        (
            format!("{}/0/Resource", policy("Monitor")),
            json!({ "Fn::Sub": "${QueueArnPrefix}*-dead-letter.fifo" }),
        ),
        (format!("{}/0", policy("Register")), json!({})),
        (format!("{}/2", policy("Registration")), json!({})),
        ("/Resources/LoginFunction/Properties/MemorySize".to_owned(), json!(512)),
        ("/Resources/LoginFunction/Properties/Environment".to_owned(), json!({})),
        ("/Resources/NotificationsFunction/Properties/Environment".to_owned(), json!({})),
        (
            "/Resources/BetsFunction/Properties/Environment/Variables".to_owned(),
            json!({ "EVENS_TOKEN_SIGNING_KEY_SECRET": "a" }),
        ),
        (
            "/Resources/BetsFunction/Properties/Environment/Variables".to_owned(),
            json!({ "EVENS_TOKEN_SIGNING_KEY": "a" }),
        ),
        (
            "/Resources/BetsFunction/Properties/Environment/Variables".to_owned(),
            json!({ "EVENS_PAYEE_KEYS_SECRET": "a" }),
        ),
        (
            "/Resources/SendPayoutsFunction/Properties/Environment/Variables".to_owned(),
            json!({ "EVENS_PAYEE_KEYS_SECRET": "a", "EVENS_PAYEE_KEYS": "a" }),
        ),
        (format!("{}/1/{KEYS}", policy("Withdrawals")), json!(["CASHIER#*", "TRANSFER#*"])),
        (format!("{}/1/{KEYS}", policy("SendPayouts")), json!(["ORDER#*", "PAYEE#*"])),
        (
            format!("{}/5/Resource", policy("SendPayouts")),
            json!({ "Fn::Sub": "arn:aws:secretsmanager:::secret:evens/${Stage}/*" }),
        ),
    ];
    for (place, value) in differences {
        let mut changed = good.clone();
        *changed.pointer_mut(&place).unwrap_or_else(|| panic!("there is no {place}")) = value;
        assert_ne!(wrong_roles(&changed, &codes), before, "{place}");
    }
}

#[test]
fn calls_are_found() {
    let source = |path: &str, text: &str| Source { path: path.to_owned(), bytes: text.as_bytes().to_vec() };
    let text = "// store.probe()\ncontext\n    .store\n    .load_bet(id); sessions.open(a); let x = &context.store; store.sum";
    let code =
        Code::of("x", &[source("functions/x/src/a.rs", text), source("functions/xy/src/a.rs", "store.b()")]);
    assert_eq!(code.calls("store").into_iter().collect::<Vec<_>>(), ["store.load_bet"]);
    assert_eq!(code.calls("sessions").into_iter().collect::<Vec<_>>(), ["sessions.open"]);
    let unknown = Code::of("x", &[source("functions/x/src/a.rs", "store.load_everything()")]);
    let known = calls();
    assert!(unknown.needs(&known).is_err());
    let follow = |text: &str| Code::of("x", &[source("functions/x/src/a.rs", text)]).needs(&known);
    let may_credit = |needs: Allowed| needs.iter().any(|(_, on)| on == "LEDGER#");
    #[rustfmt::skip]
    let table = [
        ("store.change_deposit(id, now, |seen| note_provider_id(seen))",                       Some(false)),
        ("store.change_deposit(id, now, |seen| settle_deposit(seen))",                         Some(true)),
        ("store.load_deposit(id); let settle_deposit = 1;",                                    Some(false)),
        ("settle_deposit(seen)",                                                               Some(false)),
        ("store.change_deposit(id, now, |seen| anything(seen))",                               None),
        ("store.change_deposit(a, now, anything); store.change_deposit(b, expire_deposit())",  None),
        ("store.change_withdrawal(id, now, |seen| claim_payout(seen))",                        Some(false)),
        ("store.change_withdrawal(id, now, |seen| cancel_withdrawal(seen))",                   Some(true)),
        ("store.change_withdrawal(a, now, anything); store.change_deposit(b, expire_deposit())", None),
    ];
    for (text, expected) in table {
        assert_eq!(follow(text).ok().map(may_credit), expected, "{text}");
    }
}
