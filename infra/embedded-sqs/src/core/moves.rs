//! Move tasks: they move the messages of a dead-letter queue to another queue, or back to their sources.
//!
//! A task moves receivable messages in the order in which they would be received, so groups keep their order. It ends
//! when no message is receivable, or when it has moved as many messages as there were at its start. A destination that
//! keeps failing therefore does not keep it running. A moved message is new to its destination: it has a new id, a new
//! age and no receives, and is never taken for a duplicate.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    Core, MoveTaskEntry, identifier,
    journal::Change,
    limits::{MOVE_RATE_MAX, MOVE_TASKS_LISTED_MAX},
    message::{Content, Message, MessageKey, Progress},
    queue::QueueId,
    receiving::in_range,
    refusal::Refusal,
    requests::{CancelMessageMoveTask, ListMessageMoveTasks, StartMessageMoveTask},
    time::Timestamp,
};

/// The state of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MoveStatus {
    Running,
    /// It moved every message it could.
    Completed,
    Cancelled,
    /// It found a message that it could not move.
    Failed,
}

impl MoveStatus {
    fn name(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Completed => "COMPLETED",
            Self::Cancelled => "CANCELLED",
            Self::Failed => "FAILED",
        }
    }
}

/// A move task as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoveTask {
    /// Later tasks have larger ids.
    pub id: u64,
    /// The handle for cancelling it.
    pub handle: String,
    pub source: QueueId,
    /// The ARN of the dead-letter queue.
    pub source_arn: String,
    /// The destination, unless messages return to their sources.
    pub destination_arn: Option<String>,
    /// Messages per second, if limited.
    pub rate: Option<u32>,
    pub status: MoveStatus,
    /// The number of moved messages.
    pub moved: u64,
    /// The number of messages at the start.
    pub to_move: u64,
    pub failure: Option<String>,
    pub started_at: Timestamp,
}

/// The number of messages that a task without a rate moves before other work has its turn.
const MOVED_AT_ONCE: u64 = 500;

impl MoveTask {
    /// The number of messages that it may have moved at this time.
    fn allowed(&self, now: Timestamp) -> u64 {
        let Some(rate) = self.rate else {
            return self.to_move.min(self.moved + MOVED_AT_ONCE);
        };
        let milliseconds = now.milliseconds().saturating_sub(self.started_at.milliseconds());
        // The first message is due at once.
        self.to_move.min(1 + milliseconds * u64::from(rate) / 1000)
    }

    /// The time at which it may move its next message.
    pub(crate) fn next_step(&self) -> Timestamp {
        let milliseconds = self.rate.map_or(0, |rate| (self.moved * 1000).div_ceil(u64::from(rate)));
        self.started_at.plus_milliseconds(milliseconds)
    }
}

impl Core {
    /// Starts to empty a dead-letter queue. Returns the task's handle.
    pub fn start_message_move_task(
        &mut self,
        request: StartMessageMoveTask,
        now: Timestamp,
    ) -> Result<String, Refusal> {
        let now = self.tick(now);
        let (source, to_move) = self.check_move(&request)?;
        let rate = match request.max_number_of_messages_per_second {
            None => None,
            rate => Some(in_range("MaxNumberOfMessagesPerSecond", rate, MOVE_RATE_MAX, 1..=MOVE_RATE_MAX)?),
        };
        let id = self.journal.next_number();
        let handle = identifier(self.seed, id);
        let task = MoveTask {
            id,
            handle: handle.clone(),
            source,
            source_arn: request.source_arn,
            destination_arn: request.destination_arn,
            rate,
            status: MoveStatus::Running,
            moved: 0,
            to_move,
            failure: None,
            started_at: now,
        };
        self.put_task(task);
        self.forget_old_tasks(source);
        Ok(handle)
    }

    fn check_move(&self, request: &StartMessageMoveTask) -> Result<(QueueId, u64), Refusal> {
        let arn = &request.source_arn;
        let missing = || {
            Refusal::ResourceNotFound(
                "The resource that you specified for the SourceArn parameter doesn't exist.",
            )
        };
        let source = self.queue_of_arn(arn).ok_or_else(missing)?;
        if !self.queues.keys().any(|id| self.sends_to(*id, arn)) {
            let reason = "Source queue must be configured as a Dead Letter Queue.";
            return Err(Refusal::parameter("SourceArn", arn, reason));
        }
        if let Some(destination_arn) = &request.destination_arn {
            let missing = || {
                Refusal::ResourceNotFound(
                    "The resource that you specified for the DestinationArn parameter doesn't exist.",
                )
            };
            let destination = self.queue_of_arn(destination_arn).ok_or_else(missing)?;
            let refuse = |reason| Err(Refusal::parameter("DestinationArn", destination_arn, reason));
            if destination.id() == source.id() {
                return refuse("Source queue arn and destination queue arn cannot be the same.");
            }
            if destination.is_fifo() != source.is_fifo() {
                return refuse("Source and destination must be queues of the same type.");
            }
        }
        let is_running =
            |task: &super::MoveTask| task.source == source.id() && task.status == MoveStatus::Running;
        if self.move_tasks.values().any(is_running) {
            return Err(Refusal::UnsupportedOperation(
                "There is already a task running. Only one active task is allowed for a source queue arn at a given time.",
            ));
        }
        let counts = source.counts();
        Ok((source.id(), (counts.visible + counts.delayed + counts.in_flight) as u64))
    }

    /// The latest tasks of a dead-letter queue, newest first.
    pub fn list_message_move_tasks(
        &self,
        request: &ListMessageMoveTasks,
    ) -> Result<Vec<MoveTaskEntry>, Refusal> {
        let missing = Refusal::ResourceNotFound(
            "The resource that you specified for the SourceArn parameter doesn't exist.",
        );
        let source = self.queue_of_arn(&request.source_arn).ok_or(missing)?.id();
        let count = in_range("MaxResults", request.max_results, 1, 1..=10)?;
        let tasks = self.move_tasks.values().rev().filter(|task| task.source == source);
        Ok(tasks.take(count as usize).map(MoveTaskEntry::from).collect())
    }

    /// Cancels a task. Returns the number of messages it moved, which stay at their destinations.
    pub fn cancel_message_move_task(&mut self, request: &CancelMessageMoveTask) -> Result<u64, Refusal> {
        let missing = Refusal::ResourceNotFound(
            "The resource that you specified for the TaskHandle parameter doesn't exist.",
        );
        let found = self.move_tasks.values().find(|task| task.handle == request.task_handle);
        let task = found.cloned().ok_or(missing)?;
        if task.status != MoveStatus::Running {
            return Err(Refusal::UnsupportedOperation("Only active tasks can be cancelled."));
        }
        let moved = task.moved;
        self.put_task(MoveTask { status: MoveStatus::Cancelled, ..task });
        Ok(moved)
    }

    pub(crate) fn advance_move_tasks(&mut self, now: Timestamp) {
        let is_due = |task: &&MoveTask| task.status == MoveStatus::Running && task.next_step() <= now;
        let due: Vec<MoveTask> = self.move_tasks.values().filter(is_due).cloned().collect();
        for mut task in due {
            self.advance_move_task(&mut task, now);
            self.put_task(task);
        }
    }

    fn advance_move_task(&mut self, task: &mut MoveTask, now: Timestamp) {
        let allowed = task.allowed(now);
        while task.moved < allowed {
            let Some(source) = self.queues.get(&task.source) else {
                break;
            };
            let room = usize::try_from(allowed - task.moved).unwrap_or(usize::MAX);
            let run = source.next_run(room, &mut self.journal);
            if run.is_empty() {
                break;
            }
            for key in run {
                if let Err(failure) = self.move_message(task, key, now) {
                    task.status = MoveStatus::Failed;
                    task.failure = Some(failure.to_owned());
                    return;
                }
                task.moved += 1;
            }
        }
        let has_next = self
            .queues
            .get(&task.source)
            .is_some_and(|source| !source.next_run(1, &mut self.journal).is_empty());
        if task.moved >= task.to_move || !has_next {
            task.status = MoveStatus::Completed;
        }
    }

    /// Moves one message, or returns the reason why it stays.
    fn move_message(&mut self, task: &MoveTask, key: MessageKey, now: Timestamp) -> Result<(), &'static str> {
        let source = self.queues.get(&task.source).ok_or("AWS.SimpleQueueService.NonExistentQueue")?;
        let origin = source.message(key).and_then(|message| message.content.dead_letter_source.as_ref());
        let arn = task.destination_arn.as_ref().or(origin).ok_or("CouldNotDetermineMessageSource")?;
        let target = self.queue_of_arn(arn).ok_or("AWS.SimpleQueueService.NonExistentQueue")?.id();
        let message_id = identifier(self.seed, self.journal.next_number());
        let removed =
            self.queues.get_mut(&task.source).and_then(|source| source.remove(key, &mut self.journal));
        if let (Some(message), Some(target)) = (removed, self.queues.get_mut(&target)) {
            let content = Content {
                message_id,
                sent_at: now,
                dead_letter_source: None,
                ..Content::clone(&message.content)
            };
            let message = Message { content: Arc::new(content), progress: Progress::sent(now, now) };
            target.add(message, &mut self.journal);
        }
        Ok(())
    }

    fn put_task(&mut self, task: MoveTask) {
        self.journal.write(Change::PutMoveTask(task.clone()));
        self.move_tasks.insert(task.id, task);
    }

    fn forget_old_tasks(&mut self, source: QueueId) {
        let ids = self.move_tasks.values().rev().filter(|task| task.source == source).map(|task| task.id);
        let old: Vec<u64> = ids.skip(MOVE_TASKS_LISTED_MAX).collect();
        for id in old {
            self.move_tasks.remove(&id);
            self.journal.write(Change::DeleteMoveTask(id));
        }
    }
}

impl From<&MoveTask> for MoveTaskEntry {
    fn from(task: &MoveTask) -> Self {
        let is_running = task.status == MoveStatus::Running;
        Self {
            task_handle: is_running.then(|| task.handle.clone()),
            status: task.status.name(),
            source_arn: task.source_arn.clone(),
            destination_arn: task.destination_arn.clone(),
            max_number_of_messages_per_second: task.rate,
            approximate_number_of_messages_moved: task.moved,
            approximate_number_of_messages_to_move: task.to_move,
            failure_reason: task.failure.clone(),
            started_timestamp: task.started_at.milliseconds(),
        }
    }
}
