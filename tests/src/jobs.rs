//! Direct access to the jobs and queues of a scenario: sweeps, repeats and dead letters.

use crate::{Scenario, await_until};
use evens_contracts::{DeadLetterId, Job, JobInGroup, Queue, QueuedJob};
use evens_providers::{PaymentSettings, Payments, ProviderSettings};
use evens_queues::OutgoingJob;
use evens_runtime::{Clock, Context, Function, JobDone, JobError, JobHandler, Stage};
use evens_workers::{Outside, WithWorker, with_worker};
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use jiff::{SignedDuration, Timestamp};
use std::sync::atomic::{AtomicU64, Ordering};

impl Scenario {
    /// Sweeps as of two minutes later, so that everything unfinished counts as abandoned.
    pub async fn sweep_later(&self) {
        self.sweep_after(SignedDuration::from_mins(2)).await;
    }

    /// Sweeps as of this much later.
    pub async fn sweep_after(&self, later: SignedDuration) {
        let swept = evens_sweep::handle(self.context(), Timestamp::now() + later).await;
        swept.expect("a sweep");
    }

    /// Runs a job in parallel with the process's pollers.
    pub async fn work(&self, job: Job) -> Result<JobDone, JobError> {
        self.work_at(job, Timestamp::now()).await
    }

    /// The same as of this time.
    pub async fn work_at(&self, job: Job, now: Timestamp) -> Result<JobDone, JobError> {
        let context = &Context { clock: Clock::fixed(now), ..self.context().clone() };
        with_worker(job.queue(), &self.outside(), Work { context, job, now }).await
    }

    /// The connections of the process's own workers, except that notifications go to the log.
    fn outside(&self) -> Outside {
        let Some(sandbox) = self.sandbox_if_any() else { return Outside::none() };
        let provider = ProviderSettings::from_text(&sandbox.variable(), Stage::Local).expect("a provider");
        let settings = PaymentSettings::default();
        let payments = Payments::new(settings, Some(provider), &self.context().clock).expect("payments");
        let keys = self.folder().join("data/payee-keys");
        let payee_keys = std::fs::read_to_string(keys).expect("keys").trim().parse().expect("keys");
        Outside { payments, payee_keys, ..Outside::none() }
    }

    /// Sends jobs to their queues as distinct messages.
    pub async fn send_again(&self, jobs: impl IntoIterator<Item = (Job, String)>) {
        let now = Timestamp::now().as_nanosecond().unsigned_abs();
        let mut nudge = u64::try_from(now % u128::from(u64::MAX)).expect("a number");
        let outgoing = jobs.into_iter().map(|(job, group)| {
            nudge += 1;
            OutgoingJob::of(JobInGroup { job, group }).nudged(nudge)
        });
        self.context().queues.send(outgoing.collect()).await.expect("sent");
    }

    /// Waits until all queues are empty.
    pub async fn await_idle(&self) {
        // The messages of a killed process are invisible for a minute.
        let deadline = 2 * Self::DEADLINE;
        await_until("queues without messages", deadline, async || self.is_idle().await.then_some(())).await;
    }

    /// Returns whether all queues are empty. They are read one after another, and a job may send to a queue that was
    /// already read, so the check runs twice.
    pub(crate) async fn is_idle(&self) -> bool {
        self.are_queues_empty().await && self.are_queues_empty().await
    }

    async fn are_queues_empty(&self) -> bool {
        use aws_sdk_sqs::types::QueueAttributeName::{
            ApproximateNumberOfMessages, ApproximateNumberOfMessagesDelayed,
            ApproximateNumberOfMessagesNotVisible,
        };
        for queue in Queue::ALL {
            let url = self.queue_url(queue).await;
            let asked = self.sqs().get_queue_attributes().queue_url(url);
            let asked = asked
                .attribute_names(ApproximateNumberOfMessages)
                .attribute_names(ApproximateNumberOfMessagesDelayed)
                .attribute_names(ApproximateNumberOfMessagesNotVisible);
            let answer = asked.send().await.expect("the state of a queue");
            if answer.attributes.into_iter().flatten().any(|(_, count)| count != "0") {
                return false;
            }
        }
        true
    }

    pub async fn queue_url(&self, queue: Queue) -> String {
        let name = queue.full_name("local");
        let found = self.sqs().get_queue_url().queue_name(name).send().await.expect("a queue");
        found.queue_url.expect("a url")
    }

    async fn dead_letter_url(&self, queue: Queue) -> String {
        let name = queue.dead_letter_name("local");
        let found = self.sqs().get_queue_url().queue_name(name).send().await.expect("a queue");
        found.queue_url.expect("a url")
    }

    /// Waits for the record of a dead letter, and removes it from its queue.
    pub async fn take_dead_letter(&self, queue: Queue) -> serde_json::Value {
        let url = self.dead_letter_url(queue).await;
        let message = await_until("a dead letter", Self::DEADLINE, async || {
            let received = self.sqs().receive_message().queue_url(&url).send().await.expect("messages");
            received.messages.unwrap_or_default().pop()
        })
        .await;
        let deleted = self.sqs().delete_message().queue_url(&url).set_receipt_handle(message.receipt_handle);
        deleted.send().await.expect("deleted");
        serde_json::from_str(&message.body.expect("a body")).expect("a record")
    }

    /// Puts a message into the dead-letter queue, as SQS does when no worker could give the job up itself.
    pub async fn put_dead_letter(&self, queue: Queue, group: &str, body: &str) -> DeadLetterId {
        // Every message is distinct.
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let sent = self.sqs().send_message().queue_url(self.dead_letter_url(queue).await);
        let sent = sent.message_group_id(group).message_body(body);
        let sent = sent.message_deduplication_id(format!("put-{number}")).send().await.expect("sent");
        DeadLetterId::new(queue, sent.message_id.expect("an id"))
    }

    /// Purges the dead-letter queue.
    pub async fn delete_dead_letters(&self, queue: Queue) {
        let url = self.dead_letter_url(queue).await;
        self.sqs().purge_queue().queue_url(url).send().await.expect("an empty queue");
    }

    /// The number of dead letters of a queue.
    pub async fn dead_letters(&self, queue: Queue) -> usize {
        let asked = self.sqs().get_queue_attributes().queue_url(self.dead_letter_url(queue).await);
        let asked =
            asked.attribute_names(aws_sdk_sqs::types::QueueAttributeName::ApproximateNumberOfMessages);
        let answer = asked.send().await.expect("the state of a queue");
        let count = answer.attributes.into_iter().flatten().next().map(|(_, count)| count);
        count.and_then(|count| count.parse().ok()).expect("a count")
    }
}

/// Hands a job to its worker.
struct Work<'a> {
    context: &'a Context,
    job: Job,
    now: Timestamp,
}

impl<'a> WithWorker for Work<'a> {
    type Answer = LocalBoxFuture<'a, Result<JobDone, JobError>>;

    fn call<H, J>(self, _: Function, handler: H) -> Self::Answer
    where
        J: QueuedJob + 'static,
        H: for<'h> JobHandler<'h, J> + Clone + 'static,
    {
        let Self { context, job, now } = self;
        async move { handler.handle(context, job.through()?, now).await }.boxed_local()
    }
}
