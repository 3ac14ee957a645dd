//! Mutations of queue calls.

use super::Mutation;
use crate::deliveries::job;
use crate::process::sweep_step;
use evens_contracts::TraceParent;
use serde_json::{Value, json};

impl Mutation {
    /// Mutates the sending of jobs to the queue with this short name. Returns whether it changed anything.
    pub(super) fn rewrite_sending(self, queue: &str, request: &mut Value) -> bool {
        let Some(entries) = request["Entries"].as_array_mut() else { return false };
        match self {
            Self::SweepWithoutNudge => {
                let changed = entries.iter_mut().filter(|entry| is_of_sweep(entry)).filter_map(|entry| {
                    let job = job(queue, entry["MessageBody"].as_str().unwrap_or_default())?;
                    let id = json!(job.id());
                    (entry["MessageDeduplicationId"] != id).then(|| entry["MessageDeduplicationId"] = id)
                });
                changed.count() > 0
            }
            Self::SendNothing => {
                let count = entries.len();
                entries.retain(goes_back_to_sweep);
                entries.len() < count
            }
            _ => false,
        }
    }

    /// Mutates received messages. Returns whether it changed anything.
    pub(super) fn rewrite_received(self, answer: &mut Value) -> bool {
        let messages = answer["Messages"].as_array_mut().map(Vec::as_mut_slice).unwrap_or_default();
        if self != Self::BatchWithoutGroups || messages.len() < 2 {
            return false;
        }
        for message in messages {
            message["Attributes"]["MessageGroupId"] = message["MessageId"].clone();
        }
        true
    }
}

/// Returns whether the sweeper sent the entry itself. Jobs that follow from its jobs are further steps of the same
/// trace.
pub(crate) fn is_of_sweep(entry: &Value) -> bool {
    step(entry) == Some(sweep_step())
}

fn goes_back_to_sweep(entry: &Value) -> bool {
    step(entry).is_some_and(|step| step.trace_id() == sweep_step().trace_id())
}

fn step(entry: &Value) -> Option<TraceParent> {
    entry["MessageAttributes"][TraceParent::NAME]["StringValue"].as_str()?.parse().ok()
}
