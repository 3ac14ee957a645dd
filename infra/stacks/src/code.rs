//! The permissions of a function, read from its code: its calls of the store, its queues, its secrets.

use crate::jobs::{KnownJob, jobs};
use crate::rules::{CHANGES, LOCAL_CALLS, RULES, RowNeed};
use crate::{RenderError, Source, is_of_kind};
use evens_contracts::{Queue, ROUTES, Route, SwitchCheck};
use evens_runtime::settings_table::{Setting, Use};
use evens_workers::folder_of;
use std::collections::{BTreeMap, BTreeSet};

/// Dependencies whose code reads and writes the table for a function, with their folders.
const TABLE_CALLERS: [(&str, &str); 1] = [("evens-reconciliation", "shared/reconciliation/src/")];

/// Actions with their targets: the prefix of a partition key, or the name of a resource.
pub type Allowed = BTreeSet<(String, String)>;

/// The name of the queue in the templates.
pub fn resource(queue: Queue) -> String {
    format!("{queue:?}Queue")
}

/// The name of its dead-letter queue in the templates.
pub fn dead_letters(queue: Queue) -> String {
    format!("{queue:?}DeadLetterQueue")
}

/// The sources of a function, with those of [`TABLE_CALLERS`] among its dependencies.
pub struct Code {
    folder: String,
    /// The code without comments and white space.
    pub text: String,
    manifest: String,
    /// The queues of the jobs that it sends. A redrive can send any job.
    asked_queues: BTreeSet<Queue>,
}

impl Code {
    fn of(folder: &str, sources: &[Source], jobs: &[KnownJob]) -> Self {
        let (code, manifest) = (format!("functions/{folder}/src/"), format!("functions/{folder}/Cargo.toml"));
        let manifest =
            sources.iter().find(|source| source.path == manifest).map_or("", Source::text).to_owned();
        let callers =
            TABLE_CALLERS.iter().filter(|(name, _)| manifest.contains(&format!("{name}.workspace")));
        let folders: Vec<_> = callers.map(|(_, code)| *code).chain([code.as_str()]).collect();
        let is_code =
            |path: &str| is_of_kind(path, "rs") && folders.iter().any(|code| path.starts_with(code));
        let files = sources.iter().filter(|source| is_code(&source.path));
        let lines = files.flat_map(|source| source.text().lines());
        let lines = lines.filter(|line| !line.trim_start().starts_with("//"));
        let text: String = lines.flat_map(str::split_whitespace).collect();
        let sends_any = text.contains("queues.hold_dead_letters(");
        let made = jobs.iter().filter(|job| sends_any || job.is_made_in(&text));
        let asked_queues = made.map(KnownJob::queue).collect();
        Self { folder: folder.to_owned(), text, manifest, asked_queues }
    }

    /// Returns `true` if its code or its routes have use for a setting.
    pub fn has_use_for(&self, setting: &Setting) -> bool {
        let is_use = |use_: &Use| match *use_ {
            Use::Code(text) => self.has(text),
            Use::Dependency(name) => self.manifest.contains(name),
            Use::Tokens => self.takes_tokens(),
            Use::Budgets => self.has_budgets(),
        };
        (!setting.field.is_empty() && self.has(setting.field)) || setting.uses.iter().any(is_use)
    }

    fn routes(&self) -> impl Iterator<Item = &'static Route> {
        ROUTES.iter().filter(|route| route.function == self.folder)
    }

    fn takes_tokens(&self) -> bool {
        self.routes().any(|route| route.access.takes_token())
    }

    fn has_budgets(&self) -> bool {
        self.routes().any(|route| route.rate.is_some())
    }

    /// Returns `true` if the code has this text, and not only the beginning of a longer name.
    fn has(&self, text: &str) -> bool {
        let is_name = |part: char| part.is_alphanumeric() || part == '_';
        let mut after = self.text.match_indices(text).map(|(at, _)| &self.text[at + text.len()..]);
        after.any(|after| !text.ends_with(is_name) || !after.starts_with(is_name))
    }

    /// The names called on this receiver.
    fn calls(&self, receiver: &str) -> BTreeSet<String> {
        let start = format!("{receiver}.");
        let after = self.text.match_indices(&start).filter_map(|(at, _)| self.text.get(at + start.len()..));
        let names = after.filter_map(|after| after.split_once('('));
        let is_name = |name: &str| name.chars().all(|part| part.is_alphanumeric() || part == '_');
        names.filter(|(name, _)| is_name(name)).map(|(name, _)| format!("{receiver}.{name}")).collect()
    }

    /// The permissions that it needs. `known` are those of the store's calls.
    ///
    /// # Errors
    /// A call without documented permissions, or a change of an order by a rule that is not in the table.
    pub(crate) fn needs(&self, known: &BTreeMap<String, Allowed>) -> Result<Allowed, RenderError> {
        let mut needs = Allowed::new();
        let calls = self.calls("store").into_iter().chain(self.calls("sessions"));
        let is_local = |call: &String| LOCAL_CALLS.contains(&(self.folder.as_str(), call));
        for call in calls.filter(|call| !is_local(call)) {
            let said = known.get(&call);
            let said = said.ok_or_else(|| RenderError::UndocumentedCall {
                function: self.folder.clone(),
                call: call.clone(),
            })?;
            needs.extend(said.iter().cloned());
        }
        let mut need = |action: &str, on: &str| needs.insert((action.to_owned(), on.to_owned()));
        for (action, keys) in self.rules()?.into_iter().flatten() {
            for key in *keys {
                need(&format!("dynamodb:{action}"), key);
            }
        }
        if self.has_budgets() {
            need("dynamodb:UpdateItem", "RATE#");
        }
        if self.takes_tokens() {
            need("dynamodb:GetItem", "ACCOUNT#");
        }
        let is_stopped = self.routes().any(|route| route.switch_check != SwitchCheck::Never);
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
        if ["queues.send(", "context.ask_for("].iter().any(|call| self.text.contains(call)) {
            for queue in &self.asked_queues {
                need("sqs:SendMessage", &resource(*queue));
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
    fn rules(&self) -> Result<Vec<&'static [RowNeed]>, RenderError> {
        let changes: usize =
            CHANGES.iter().map(|change| self.text.matches(&format!("{change}(")).count()).sum();
        let called = RULES.iter().filter(|(rule, _)| self.text.contains(&format!("{rule}(")));
        let called: Vec<_> = called.map(|(_, needs)| *needs).collect();
        if changes > called.len() {
            return Err(RenderError::UnknownRule { function: self.folder.clone() });
        }
        Ok(if changes == 0 { Vec::new() } else { called })
    }

    /// The queues of the jobs that it sends.
    pub fn asked_queues(&self) -> &BTreeSet<Queue> {
        &self.asked_queues
    }

    /// The queue whose worker it is.
    pub(crate) fn queue(&self) -> Option<Queue> {
        Queue::ALL.into_iter().find(|queue| folder_of(*queue) == self.folder)
    }
}

/// The code of each function, by folder.
pub fn codes(sources: &[Source]) -> BTreeMap<String, Code> {
    let jobs = jobs(sources);
    let folders = sources.iter().filter_map(|source| {
        let (folder, rest) = source.path.strip_prefix("functions/")?.split_once('/')?;
        (rest == "Cargo.toml").then_some(folder)
    });
    folders.map(|folder| (folder.to_owned(), Code::of(folder, sources, &jobs))).collect()
}

#[test]
fn calls_are_found() {
    let source = |path: &str, text: &str| Source { path: path.to_owned(), bytes: text.as_bytes().to_vec() };
    let text = "// store.probe()\ncontext\n    .store\n    .load_bet(id); sessions.open(a); let x = &context.store; store.sum";
    let of = |text: &str| {
        let sources = [source("functions/x/src/a.rs", text), source("functions/xy/src/a.rs", "store.b()")];
        Code::of("x", &sources, &[])
    };
    let code = of(text);
    assert_eq!(code.calls("store").into_iter().collect::<Vec<_>>(), ["store.load_bet"]);
    assert_eq!(code.calls("sessions").into_iter().collect::<Vec<_>>(), ["sessions.open"]);
    let known = crate::calls(&crate::sources());
    assert!(of("store.load_everything()").needs(&known).is_err());
    let follow = |text: &str| of(text).needs(&known);
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
