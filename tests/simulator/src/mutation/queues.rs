//! Mutations of queue calls.

use super::Mutation;
use crate::deliveries::job;
use crate::process::sweep_step;
use evens_queues::{Message, OutgoingMessage};

impl Mutation {
    /// Mutates the sending of jobs to the queue with this short name. Returns whether it changed anything.
    pub(super) fn rewrite_sending(self, queue: &str, messages: &mut Vec<OutgoingMessage>) -> bool {
        match self {
            Self::SweepWithoutNudge => {
                let of_sweep = messages.iter_mut().filter(|message| is_of_sweep(message));
                let changed = of_sweep.filter_map(|message| {
                    let id = job(queue, &message.body)?.id();
                    (message.deduplication_id != id).then(|| message.deduplication_id = id)
                });
                changed.count() > 0
            }
            Self::SendNothing => {
                let count = messages.len();
                messages.retain(goes_back_to_sweep);
                messages.len() < count
            }
            _ => false,
        }
    }

    /// Mutates received messages. Returns whether it changed anything.
    pub(super) fn rewrite_received(self, messages: &mut [Message]) -> bool {
        if self != Self::BatchWithoutGroups || messages.len() < 2 {
            return false;
        }
        for message in messages {
            message.group.clone_from(&message.id);
        }
        true
    }
}

/// Returns whether the sweeper sent the message itself. Jobs that follow from its jobs are further steps of the same
/// trace.
pub(crate) fn is_of_sweep(message: &OutgoingMessage) -> bool {
    message.traceparent == Some(sweep_step())
}

fn goes_back_to_sweep(message: &OutgoingMessage) -> bool {
    message.traceparent.is_some_and(|step| step.trace_id() == sweep_step().trace_id())
}
