//! The batch loop, which combines ordering and failure handling. Groups run concurrently; within a group, jobs run in
//! sequence until one stops it.
//!
//! - Among groups that read the same data (a round's book), the first one runs ahead, so that its handler can share the
//!   read with the others. Its outcome does not matter to them.
//! - A finished job's message is to be deleted.
//! - A job with a retryable failure stops its group. Its message and all later ones of the group are returned, hidden
//!   for the queue's back-off, so that they arrive again in the same order.
//! - A job that waits for another system is returned in the same way, and may wait for a time that its queue sets.
//! - A job with a permanent failure, or without attempts or time left, becomes a dead letter at once, with a record.
//!   Its message is finished and its group continues. If the record cannot be written, the message is returned like a
//!   failed one.
//!
//! The attempts of a message are its receives, as SQS counts them. A message returned unhandled behind a failed one has
//! been received as often, so it may be given up after fewer failures of its own. That loses no work: a job is a hint,
//! and the sweeper finds the work that is still due.
//!
//! Architecture invariant: no state of a batch outlives it, and a message that is not certainly finished is returned.

use crate::telemetry::{chain, is_sample, milliseconds};
use crate::{Context, JobDone, JobError, JobHandler, Span, SpanKind};
use evens_contracts::{Job, JobFault, Queue, QueuedJob, TraceParent};
use evens_metrics::JobStatus;
use evens_queues::{DeadLetter, Message};
use futures::FutureExt;
use futures::future::join_all;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tokio::time::Instant;
use tracing::{Instrument, debug, error, info, info_span, warn};

/// Time reserved for hiding returned messages and for answering.
const DEADLINE_MARGIN: Duration = Duration::from_secs(2);

/// A job exceeded its function's time limit.
#[derive(Debug, thiserror::Error)]
#[error("Job timeout")]
struct JobTimeout;

/// A handler panicked. The log contains the panic message.
#[derive(Debug, thiserror::Error)]
#[error("the handler panicked")]
struct HandlerPanic;

/// Processes one batch. Returns the ids of the unfinished messages, which are already hidden for their back-off. All
/// others are to be deleted.
pub async fn process_batch<H, J>(context: &Context, messages: Vec<Message>, handler: &H) -> Vec<String>
where
    J: QueuedJob,
    H: for<'a> JobHandler<'a, J>,
{
    let time = J::QUEUE.rules().function_timeout.saturating_sub(DEADLINE_MARGIN);
    let deadline = Instant::now() + time;
    let batch = Batch { context, handler, teams: into_teams(into_groups(messages)), deadline };
    let unfinished = join_all(batch.teams.iter().map(|team| batch.work_team(team))).await;
    unfinished.into_iter().flatten().collect()
}

/// A message and its parsed job.
struct Task<J> {
    message: Message,
    job: Result<J, JobFault>,
    /// The job's name in logs.
    job_id: String,
    /// The data that the job reads, if its handler can share it.
    look: Option<String>,
}

impl<J: QueuedJob> Task<J> {
    fn read(message: Message) -> Self {
        let job = Job::read(&message.body);
        let (job_id, look) = match &job {
            Ok(job) => (job.id(), job.shared_look().map(str::to_owned)),
            Err(_) => ("unreadable".to_owned(), None),
        };
        Self { message, job: job.and_then(Job::through), job_id, look }
    }
}

/// The messages of a group in order; never empty.
type Group<J> = Vec<Task<J>>;

fn into_groups<J: QueuedJob>(messages: Vec<Message>) -> Vec<Group<J>> {
    let mut groups: Vec<Group<J>> = Vec::new();
    for message in messages {
        let task = Task::read(message);
        match groups.iter_mut().find(|group| group[0].message.group == task.message.group) {
            Some(group) => group.push(task),
            None => groups.push(vec![task]),
        }
    }
    groups
}

/// Groups of groups whose first jobs read the same data. A group without shared data forms a team of its own.
fn into_teams<J>(groups: Vec<Group<J>>) -> Vec<Vec<Group<J>>> {
    let mut teams: Vec<Vec<Group<J>>> = Vec::new();
    for group in groups {
        let is_same = |team: &&mut Vec<Group<J>>| look(&group).is_some() && look(&team[0]) == look(&group);
        match teams.iter_mut().find(is_same) {
            Some(team) => team.push(group),
            None => teams.push(vec![group]),
        }
    }
    teams
}

fn look<J>(group: &[Task<J>]) -> Option<&str> {
    group[0].look.as_deref()
}

/// The outcome of a message.
enum Fate {
    /// The message is to be deleted.
    Finished,
    /// The message is returned, hidden for this long.
    Returned(Duration),
}

struct Batch<'a, H, J> {
    context: &'a Context,
    handler: &'a H,
    teams: Vec<Vec<Group<J>>>,
    deadline: Instant,
}

impl<H, J> Batch<'_, H, J>
where
    J: QueuedJob,
    H: for<'a> JobHandler<'a, J>,
{
    /// Processes the first group, then the others concurrently. Returns the ids of the returned messages.
    async fn work_team(&self, groups: &[Group<J>]) -> Vec<String> {
        let Some((first, others)) = groups.split_first() else { return Vec::new() };
        let mut unfinished = self.work_group(first).await;
        let of_others = join_all(others.iter().map(|group| self.work_group(group))).await;
        unfinished.extend(of_others.into_iter().flatten());
        unfinished
    }

    /// Processes the messages of a group until one is returned. Returns its id and those of all later ones.
    async fn work_group(&self, group: &[Task<J>]) -> Vec<String> {
        for (position, task) in group.iter().enumerate() {
            if let Fate::Returned(delay) = self.work_task(task).await {
                let unfinished = &group[position..];
                self.hide(unfinished, delay).await;
                return unfinished.iter().map(|task| task.message.id.clone()).collect();
            }
        }
        Vec::new()
    }

    /// Hides all of them for the same time. SQS delivers no message of a group while an earlier one is hidden.
    async fn hide(&self, tasks: &[Task<J>], delay: Duration) {
        let receipts = tasks.iter().map(|task| task.message.receipt.clone());
        let hidden = self.context.queues.hide(J::QUEUE, receipts.collect(), delay);
        if let Err(error) = hidden.await {
            // The messages reappear, later but in order, when their visibility timeout ends.
            let (queue, count) = (J::QUEUE.name(), tasks.len());
            warn!(
                queue,
                count,
                error = chain(&error),
                "Could not delay {count} messages of the queue {queue}; they return after their visibility timeout"
            );
        }
    }

    async fn work_task(&self, Task { message, job, job_id, .. }: &Task<J>) -> Fate {
        let started = Instant::now();
        if started >= self.deadline {
            // Not the job's fault: it is returned visible at once, for a worker with time left.
            return Fate::Returned(Duration::ZERO);
        }
        let metrics = &self.context.metrics;
        if let (1, Some(sent_at)) = (message.attempt, message.sent_at) {
            let waited = self.context.clock.now().duration_since(sent_at);
            metrics.job_waited(J::QUEUE, waited.try_into().unwrap_or_default());
        }
        // A message without a trace starts a new one.
        let traceparent = self.context.entropy.next_step(message.traceparent);
        let span = info_span!(
            "job",
            queue = J::QUEUE.name(),
            job.id = job_id,
            message.id = message.id,
            group = message.group,
            attempt = message.attempt,
            request_id = message.trace,
            trace_id = traceparent.trace_id(),
        );
        async {
            let handled = match job {
                Ok(job) => self.handle(job.clone(), message.trace.as_deref(), traceparent).await,
                Err(fault) => Err(JobError::from(fault.clone())),
            };
            let duration = started.elapsed();
            metrics.job_took(J::QUEUE, duration);
            let failure = handled.as_ref().err().map(|error| chain(error));
            self.finish_span(message, job_id, traceparent, duration, failure);
            let duration_ms = milliseconds(duration);
            match handled {
                Ok(JobDone(outcome)) => {
                    metrics.job_ended(J::QUEUE, JobStatus::Completed);
                    if Self::is_logged(message) {
                        info!(outcome, duration_ms, "Finished job {job_id}: {outcome}");
                    } else {
                        debug!(outcome, duration_ms, "Finished job {job_id}: {outcome}");
                    }
                    Fate::Finished
                }
                Err(error) => self.work_failure(message, job_id, &error, duration_ms).await,
            }
        }
        .instrument(span)
        .await
    }

    /// Returns `true` if a finished job has a line. Each bet has jobs of its own, so they have one only in a sample of
    /// requests, or after a failure.
    fn is_logged(message: &Message) -> bool {
        match J::QUEUE {
            Queue::Match | Queue::Settle => {
                message.attempt > 1 || message.trace.as_deref().is_none_or(is_sample)
            }
            _ => true,
        }
    }

    fn finish_span(
        &self,
        message: &Message,
        job_id: &str,
        id: TraceParent,
        duration: Duration,
        failure: Option<String>,
    ) {
        let queue = J::QUEUE.name();
        let trace_id = id.trace_id();
        self.context.spans.finish(message.trace.as_deref().unwrap_or(&trace_id), || Span {
            id,
            parent: message.traceparent,
            kind: SpanKind::Job,
            name: format!("process {queue}"),
            ended_at: self.context.clock.now(),
            duration,
            attributes: vec![
                ("messaging.system", "aws_sqs".to_owned()),
                ("messaging.destination.name", queue.to_owned()),
                ("messaging.message.id", message.id.clone()),
                ("evens.job_id", job_id.to_owned()),
                ("evens.attempt", message.attempt.to_string()),
                ("evens.request_id", message.trace.clone().unwrap_or_default()),
            ],
            failure,
        });
    }

    /// Runs the handler until the deadline. A panic fails only this job. Jobs sent by the handler continue this job's
    /// trace and carry its request id.
    async fn handle(
        &self,
        job: J,
        trace: Option<&str>,
        traceparent: TraceParent,
    ) -> Result<JobDone, JobError> {
        let mut context = self.context.clone();
        context.queues = context.queues.following(traceparent);
        if let Some(trace) = trace {
            context.queues = context.queues.traced(trace);
        }
        let now = context.clock.now();
        let handling = async { self.handler.handle(&context, job, now).await };
        let guarded = AssertUnwindSafe(handling).catch_unwind();
        match tokio::time::timeout_at(self.deadline, guarded).await {
            Ok(Ok(handled)) => handled,
            Ok(Err(_panic)) => Err(JobError::retryable(HandlerPanic)),
            Err(_elapsed) => Err(JobError::retryable(JobTimeout)),
        }
    }

    /// Returns `true` if the job has an attempt left, or may wait longer for another system.
    fn is_tried_again(&self, message: &Message, failure: &JobError) -> bool {
        let rules = J::QUEUE.rules();
        let age = message.sent_at.map(|sent_at| self.context.clock.now().duration_since(sent_at));
        match (failure, rules.wait_max, age) {
            (JobError::Permanent(_), ..) => false,
            (JobError::Later { .. }, Some(wait_max), Some(age)) => age.unsigned_abs() < wait_max,
            _ => message.attempt < rules.attempts_max,
        }
    }

    fn delay(message: &Message, failure: &JobError) -> Duration {
        let rules = J::QUEUE.rules();
        match failure {
            JobError::Later { after, .. } if rules.wait_max.is_some() => {
                rules.look_again_after(message.attempt).max(*after)
            }
            _ => rules.backoff.delay(message.attempt).max(failure.after()),
        }
    }

    /// Handles a failed job and logs the failure once.
    async fn work_failure(
        &self,
        message: &Message,
        job_id: &str,
        failure: &JobError,
        duration_ms: u64,
    ) -> Fate {
        let delay = Self::delay(message, failure);
        let reason = chain(failure);
        let metrics = &self.context.metrics;
        if self.is_tried_again(message, failure) {
            metrics.job_retried(J::QUEUE);
            let retry_in_ms = milliseconds(delay);
            warn!(
                outcome = "retry",
                error = reason,
                retry_in_ms,
                duration_ms,
                "Job {job_id} failed, retrying in {retry_in_ms} ms"
            );
            return Fate::Returned(delay);
        }
        let record = DeadLetter::new(message, reason.clone(), self.context.clock.now());
        match self.context.queues.dead_letter(J::QUEUE, record).await {
            Ok(()) => {
                metrics.job_ended(J::QUEUE, JobStatus::Failed);
                error!(
                    outcome = "dead letter",
                    error = reason,
                    duration_ms,
                    "Gave up job {job_id} after {} attempts; it is in the dead-letter queue",
                    message.attempt
                );
                Fate::Finished
            }
            Err(error) => {
                metrics.job_retried(J::QUEUE);
                error!(
                    outcome = "retry",
                    error = reason,
                    dead_letter_error = chain(&error),
                    duration_ms,
                    "Job {job_id} failed, and its dead letter could not be written; the message returns to its queue"
                );
                Fate::Returned(delay)
            }
        }
    }
}
