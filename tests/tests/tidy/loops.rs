//! Lambda stops a function that triggers itself after about 16 calls in a row, and moves the job to the dead-letter
//! queue. Therefore a function whose jobs lead back to it either stops earlier, or has recursion allowed.

use crate::assert_none;
use crate::roles::{allowed, resource};
use crate::stacks::template;
use crate::template::functions;
use evens_contracts::Queue;
use evens_workers::folder_of;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Functions whose jobs lead back to them: whether a chain may exceed Lambda's limit, and why.
const CHAINS: &[(&str, bool, &str)] = &[
    ("finish-round", true, "a job for each ten pages of a round's matches"),
    ("match", true, "a job for each 200 candidates that a bet is matched with"),
    ("settle-period", true, "a job for each few seconds that the payments of a lane of a period take"),
    ("registration", false, "the bonus, the referral, the referrer's bonus, and no more"),
];

/// The queues that a function may send to.
fn sends(function: &Value) -> BTreeSet<Queue> {
    let allowed = allowed(function);
    let may_send = |queue: &Queue| allowed.contains(&("sqs:SendMessage".to_owned(), resource(*queue)));
    Queue::ALL.into_iter().filter(may_send).collect()
}

/// Returns whether jobs sent by the queue's worker may lead back to it, directly or through other workers.
fn leads_back(template: &Value, queue: Queue) -> bool {
    let workers = functions(template);
    let sent_by = |queue| workers.get(folder_of(queue)).map(|(_, worker)| sends(worker)).unwrap_or_default();
    let mut reached = BTreeSet::new();
    let mut next: Vec<_> = sent_by(queue).into_iter().collect();
    while let Some(queue) = next.pop() {
        if reached.insert(queue) {
            next.extend(sent_by(queue));
        }
    }
    reached.contains(&queue)
}

fn wrong_loops(template: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for (folder, (name, properties)) in functions(template) {
        let queue = Queue::ALL.into_iter().find(|queue| folder_of(*queue) == folder);
        let leads_back = queue.is_some_and(|queue| leads_back(template, queue));
        let chain = CHAINS.iter().find(|(known, ..)| *known == folder);
        if leads_back != chain.is_some() {
            wrong.push(format!("only one of {name}'s role and CHAINS says that its jobs lead back to it"));
        }
        let is_long = chain.is_some_and(|(_, is_long, _)| *is_long);
        let expected = if is_long { json!("Allow") } else { Value::Null };
        let said = &properties["RecursiveLoop"];
        if *said != expected {
            wrong.push(format!("{name} has {said} instead of {expected} as its RecursiveLoop"));
        }
    }
    wrong
}

#[test]
fn no_chain_of_jobs_is_ended_by_lambda() {
    assert_none(&wrong_loops(&template()));
}

#[test]
fn a_chain_that_lambda_would_end_is_found() {
    let good = template();
    let to = |queue: &str| json!({ "Fn::GetAtt": format!("{queue}Queue.Arn") });
    let sent = "/Resources/RefundFunction/Properties/Policies/0/Statement/5/Resource";
    let rows = [
        ("/Resources/FinishRoundFunction/Properties/RecursiveLoop", json!("Terminate")),
        ("/Resources/FinishRoundFunction/Properties/RecursiveLoop", Value::Null),
        ("/Resources/FinishRoundFunction/Properties/Policies", json!([])),
        ("/Resources/SettleFunction/Properties/RecursiveLoop", json!("Allow")),
        ("/Resources/SweepFunction/Properties/RecursiveLoop", json!("Allow")),
        (sent, to("Refund")),
        // Through finish-round, which sends refund jobs.
        (sent, to("Rounds")),
    ];
    for (place, value) in rows {
        let mut changed = good.clone();
        let (parent, name) = place.rsplit_once('/').unwrap();
        changed.pointer_mut(parent).unwrap_or_else(|| panic!("there is no {parent}"))[name] = value;
        assert_ne!(wrong_loops(&changed), Vec::<String>::new(), "{place}");
    }
}
