//! Lambda stops a function that triggers itself after about 16 calls in a row, and moves the job to the dead-letter
//! queue. Therefore a function whose jobs lead back to it either stops earlier, or has recursion allowed.

use crate::assert_none;
use crate::roles::allowed;
use crate::stacks::template;
use crate::template::functions;
use evens_contracts::Queue;
use evens_stacks::resource;
use evens_workers::folder_of;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A function whose jobs lead back to it, and whose chains end before Lambda would end them, with the longest one. Long
/// chains say so in the function itself (`Function::chain`).
const SHORT: (&str, &str) = ("registration", "the bonus, the referral, the referrer's bonus, and no more");

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
        let is_long = properties["RecursiveLoop"] == "Allow";
        let is_short = folder == SHORT.0;
        if leads_back != (is_long || is_short) {
            wrong.push(format!("only one of {name}'s role and its chain says that its jobs lead back to it"));
        }
        if (is_short || !is_long) && !properties["RecursiveLoop"].is_null() {
            wrong.push(format!("{name} has {} as its RecursiveLoop", properties["RecursiveLoop"]));
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
    let arn = |queue: &str| json!({ "Fn::GetAtt": format!("{queue}Queue.Arn") });
    let sent = |queue: &str| {
        let statement = json!({ "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn(queue) });
        json!([{ "Statement": [statement] }])
    };
    let rows = [
        ("/Resources/FinishRoundFunction/Properties/RecursiveLoop", json!("Terminate")),
        ("/Resources/FinishRoundFunction/Properties/RecursiveLoop", Value::Null),
        ("/Resources/FinishRoundFunction/Properties/Policies", json!([])),
        ("/Resources/SettleFunction/Properties/RecursiveLoop", json!("Allow")),
        ("/Resources/SweepFunction/Properties/RecursiveLoop", json!("Allow")),
        ("/Resources/RegistrationFunction/Properties/RecursiveLoop", json!("Allow")),
        ("/Resources/RefundFunction/Properties/Policies", sent("Refund")),
        // Through finish-round, which sends refund jobs.
        ("/Resources/RefundFunction/Properties/Policies", sent("Rounds")),
    ];
    for (place, value) in rows {
        let mut changed = good.clone();
        let (parent, name) = place.rsplit_once('/').unwrap();
        changed.pointer_mut(parent).unwrap_or_else(|| panic!("there is no {parent}"))[name] = value;
        assert_ne!(wrong_loops(&changed), Vec::<String>::new(), "{place}");
    }
}
