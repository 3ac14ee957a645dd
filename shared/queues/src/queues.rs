//! [`Queues`]: all calls to SQS while the system runs.

use crate::call_batcher::CallBatcher;
use crate::refused::{BATCH_MAX, in_batches};
use crate::sdk::{SdkQueues, existing_url};
use crate::{
    DeadLetter, Message, OutgoingJob, OutgoingMessage, QueueCounts, QueueDepth, QueueError, QueueService,
    QueueUrl, QueueUrls, ReceiveRequest, RefusedEntry,
};
use evens_contracts::{Queue, TraceParent};
use futures::future::{try_join, try_join_all};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// The queues of a stage.
#[derive(Debug, Clone)]
pub struct Queues {
    service: Arc<dyn QueueService>,
    pub(crate) urls: Arc<QueueUrls>,
    batchers: Arc<[SendBatcher; Queue::ALL.len()]>,
    trace: Option<Arc<str>>,
    traceparent: Option<TraceParent>,
}

impl Queues {
    /// Time limit of [`Queues::probe`].
    const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

    /// Queues with known URLs that the client reaches.
    pub fn new(client: aws_sdk_sqs::Client, urls: QueueUrls) -> Self {
        Self::over(Arc::new(SdkQueues::new(client)), urls)
    }

    /// Queues of an engine.
    pub fn over(service: Arc<dyn QueueService>, urls: QueueUrls) -> Self {
        let batchers = Arc::new(std::array::from_fn(|_| CallBatcher::of(BATCH_MAX)));
        Self { service, urls: Arc::new(urls), batchers, trace: None, traceparent: None }
    }

    /// The same queues, called through another way to their engine.
    #[must_use]
    pub fn through(&self, service: Arc<dyn QueueService>) -> Self {
        Self { service, ..self.clone() }
    }

    /// The same queues on behalf of a request: jobs without their own request id carry this one. So one id connects a
    /// request with all jobs that follow from it.
    #[must_use]
    pub fn traced(&self, request_id: &str) -> Self {
        Self { trace: Some(request_id.into()), ..self.clone() }
    }

    /// The same queues within a trace: jobs without their own trace continue this one.
    #[must_use]
    pub fn following(&self, traceparent: TraceParent) -> Self {
        Self { traceparent: Some(traceparent), ..self.clone() }
    }

    /// Resolves the URLs of a stage's queues through SQS.
    ///
    /// # Errors
    /// 1. [`QueueError::Missing`] for the first queue that does not exist.
    /// 2. [`QueueError::Unavailable`] or [`QueueError::Rejected`].
    pub async fn resolve(client: aws_sdk_sqs::Client, stage: &str) -> Result<Self, QueueError> {
        let find = async |queue: Queue| {
            let main = existing_url(&client, queue.full_name(stage)).await?;
            let dead_letter = existing_url(&client, queue.dead_letter_name(stage)).await?;
            Ok::<_, QueueError>((queue, QueueUrl { main, dead_letter }))
        };
        let mut found: HashMap<Queue, QueueUrl> =
            try_join_all(Queue::ALL.map(find)).await?.into_iter().collect();
        let urls = QueueUrls::from_each(|queue| {
            found.remove(&queue).ok_or(QueueError::Incomplete { operation: "find a queue", what: "the url" })
        })?;
        Ok(Self::new(client, urls))
    }

    /// Sends jobs to their queues, in order, batched with those of concurrent callers. A job that SQS first refused
    /// arrives after later ones.
    ///
    /// # Errors
    /// [`QueueError::Refused`] with the number of jobs that were not sent; the others were. The table still owes the
    /// unsent ones, and the sweeper finds them.
    pub async fn send(&self, jobs: Vec<OutgoingJob>) -> Result<(), QueueError> {
        let total = jobs.len();
        let mut not_sent = 0;
        let mut last_error = None;
        for queue in Queue::ALL {
            let of_queue = jobs.iter().filter(|outgoing| outgoing.job.queue() == queue);
            let entries = of_queue.map(|outgoing| self.outgoing_message(outgoing));
            let entries = entries.collect::<Result<Vec<_>, QueueError>>()?;
            let sent = in_batches("send", &entries, |batch| self.send_with_others(queue, batch)).await;
            match sent {
                Ok(()) => {}
                Err(QueueError::Refused { refused, source, .. }) => {
                    not_sent += refused;
                    last_error = source;
                }
                Err(error) => return Err(error),
            }
        }
        match not_sent {
            0 => Ok(()),
            _ => Err(QueueError::Refused { operation: "send", refused: not_sent, total, source: last_error }),
        }
    }

    fn outgoing_message(&self, outgoing: &OutgoingJob) -> Result<OutgoingMessage, QueueError> {
        let body = serde_json::to_string(&outgoing.job).map_err(|error| not_sent("send", &error))?;
        let trace = outgoing.trace.as_deref().or(self.trace.as_deref());
        Ok(OutgoingMessage {
            body,
            group: outgoing.group.clone(),
            deduplication_id: outgoing.deduplication_id(),
            trace: trace.map(str::to_owned),
            traceparent: outgoing.traceparent.or(self.traceparent),
        })
    }

    async fn send_with_others(
        &self,
        queue: Queue,
        batch: Vec<OutgoingMessage>,
    ) -> Result<Vec<RefusedEntry>, QueueError> {
        let url = &self.urls.of(queue).main;
        let sent =
            self.batchers[queue as usize].ask(batch, |together| self.send_batch(url, together)).await?;
        let refused = sent.into_iter().enumerate();
        Ok(refused.filter_map(|(index, refused)| Some(RefusedEntry { index, ..refused? })).collect())
    }

    /// Sends a batch. Returns per entry whether it was refused.
    async fn send_batch(
        &self,
        url: &str,
        batch: Vec<OutgoingMessage>,
    ) -> Result<Vec<Option<RefusedEntry>>, QueueError> {
        let mut sent: Vec<_> = batch.iter().map(|_| None).collect();
        for refused in self.service.send_batch(url, batch).await.map_err(|failure| failure.of("send"))? {
            if let Some(entry) = sent.get_mut(refused.index) {
                *entry = Some(refused);
            }
        }
        Ok(sent)
    }

    /// Receives one batch, waiting up to `wait` for its first message (SQS allows 20 s).
    ///
    /// # Errors
    /// [`QueueError::Unavailable`] or [`QueueError::Rejected`]; [`QueueError::Incomplete`] if a message lacks a
    /// requested attribute.
    pub async fn receive(&self, queue: Queue, wait: Duration) -> Result<Vec<Message>, QueueError> {
        let rules = queue.rules();
        self.receive_from(&self.urls.of(queue).main, rules.batch_size, rules.visibility_timeout, wait).await
    }

    pub(crate) async fn receive_from(
        &self,
        url: &str,
        messages_max: u32,
        visibility_timeout: Duration,
        wait: Duration,
    ) -> Result<Vec<Message>, QueueError> {
        let request = ReceiveRequest { messages_max, visibility_timeout, wait };
        self.service.receive(url, request).await.map_err(|failure| failure.of("receive"))
    }

    /// Deletes messages by the receipts of their last receive.
    ///
    /// # Errors
    /// [`QueueError::Refused`]: that many messages reappear; their jobs are harmless when repeated.
    pub async fn delete(&self, queue: Queue, receipts: Vec<String>) -> Result<(), QueueError> {
        self.delete_from(&self.urls.of(queue).main, &receipts).await
    }

    pub(crate) async fn delete_from(&self, url: &str, receipts: &[String]) -> Result<(), QueueError> {
        let delete = |batch| async move {
            let deleted = self.service.delete_batch(url, batch).await;
            deleted.map_err(|failure| failure.of("delete"))
        };
        in_batches("delete", receipts, delete).await
    }

    /// Hides messages for a time from now on; zero makes them visible at once. Their groups wait for them.
    ///
    /// # Errors
    /// [`QueueError::Refused`]: that many messages stay hidden for the rest of their visibility timeout.
    pub async fn hide(&self, queue: Queue, receipts: Vec<String>, delay: Duration) -> Result<(), QueueError> {
        self.hide_in(&self.urls.of(queue).main, &receipts, delay).await
    }

    pub(crate) async fn hide_in(
        &self,
        url: &str,
        receipts: &[String],
        delay: Duration,
    ) -> Result<(), QueueError> {
        // Rounded up, so that a message does not reappear early.
        let seconds = u32::try_from(delay.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX);
        let hide = |batch| async move {
            let hidden = self.service.hide_batch(url, batch, seconds).await;
            hidden.map_err(|failure| failure.of("hide"))
        };
        in_batches("hide", receipts, hide).await
    }

    /// Writes the record of a job that was given up to the queue's dead-letter queue.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`] or [`QueueError::Rejected`]: there is no record, so the message must not be deleted.
    pub async fn dead_letter(&self, queue: Queue, record: DeadLetter) -> Result<(), QueueError> {
        let operation = "dead letter";
        let message = OutgoingMessage {
            body: record.body(queue).map_err(|error| not_sent(operation, &error))?,
            deduplication_id: record.deduplication_id(),
            group: record.message_id,
            trace: record.trace,
            traceparent: record.traceparent,
        };
        let sent = self.service.send(&self.urls.of(queue).dead_letter, message);
        sent.await.map_err(|failure| failure.of(operation))
    }

    /// Approximate size of a queue and its dead-letter queue.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`] or [`QueueError::Rejected`]; [`QueueError::Incomplete`] if SQS omits a count.
    pub async fn depth(&self, queue: Queue) -> Result<QueueDepth, QueueError> {
        let urls = self.urls.of(queue);
        let main = self.counts("count a queue", &urls.main);
        let (main, dead_letter) = try_join(main, self.counts("count a queue", &urls.dead_letter)).await?;
        Ok(QueueDepth {
            waiting: main.visible,
            in_flight: main.not_visible,
            delayed: main.delayed,
            dead_letters: dead_letter.visible + dead_letter.not_visible + dead_letter.delayed,
        })
    }

    /// Approximate number of visible jobs in a queue; see [`QueueDepth::waiting`].
    ///
    /// # Errors
    /// Those of [`Queues::depth`].
    pub async fn waiting_count(&self, queue: Queue) -> Result<u64, QueueError> {
        Ok(self.counts("count a queue", &self.urls.of(queue).main).await?.visible)
    }

    /// Checks that every queue answers within two seconds.
    ///
    /// # Errors
    /// Any error, of the first queue that fails.
    pub async fn probe(&self) -> Result<(), QueueError> {
        let probes = Queue::ALL.map(|queue| self.counts("probe", &self.urls.of(queue).main));
        match tokio::time::timeout(Self::PROBE_TIMEOUT, try_join_all(probes)).await {
            Ok(answers) => answers.map(|_| ()),
            Err(elapsed) => Err(QueueError::Unavailable { operation: "probe", source: elapsed.into() }),
        }
    }

    async fn counts(&self, operation: &'static str, url: &str) -> Result<QueueCounts, QueueError> {
        self.service.counts(url).await.map_err(|failure| failure.of(operation))
    }
}

/// Combines concurrent sends of this process to one queue.
type SendBatcher = CallBatcher<OutgoingMessage, Option<RefusedEntry>>;

fn not_sent(operation: &'static str, error: &serde_json::Error) -> QueueError {
    QueueError::Rejected { operation, code: "not sent".to_owned(), source: error.to_string().into() }
}
