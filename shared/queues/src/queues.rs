//! [`Queues`]: all calls to SQS while the system runs.

use crate::call_batcher::CallBatcher;
use crate::refused::{BATCH_MAX, RefusedEntry, in_batches};
use crate::{DeadLetter, Message, OutgoingJob, QueueDepth, QueueError, QueueUrl, QueueUrls, depth};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::timeout::TimeoutConfig;
use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry, MessageAttributeValue,
    MessageSystemAttributeName, SendMessageBatchRequestEntry,
};
use evens_contracts::{Queue, TraceParent};
use futures::future::{try_join, try_join_all};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// The queues of a stage.
#[derive(Debug, Clone)]
pub struct Queues {
    client: Client,
    pub(crate) urls: Arc<QueueUrls>,
    batchers: Arc<[SendBatcher; Queue::ALL.len()]>,
    trace: Option<Arc<str>>,
    traceparent: Option<TraceParent>,
}

impl Queues {
    /// Time limit of [`Queues::probe`].
    const PROBE_TIMEOUT: Duration = Duration::from_secs(2);
    /// Time that a long poll may take beyond its own wait.
    const RECEIVE_MARGIN: Duration = Duration::from_secs(3);

    /// Queues with known URLs.
    pub fn new(client: Client, urls: QueueUrls) -> Self {
        let batchers = Arc::new(std::array::from_fn(|_| CallBatcher::of(BATCH_MAX)));
        Self { client, urls: Arc::new(urls), batchers, trace: None, traceparent: None }
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
    pub async fn resolve(client: Client, stage: &str) -> Result<Self, QueueError> {
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
            let entries =
                of_queue.map(|outgoing| self.send_entry(outgoing)).collect::<Result<Vec<_>, QueueError>>()?;
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

    fn send_entry(&self, outgoing: &OutgoingJob) -> Result<SendEntry, QueueError> {
        let body = serde_json::to_string(&outgoing.job).map_err(|error| incomplete("send", &error))?;
        let trace = outgoing.trace.as_deref().or(self.trace.as_deref());
        let traceparent = outgoing.traceparent.or(self.traceparent);
        Ok(SendMessageBatchRequestEntry::builder()
            .message_group_id(&outgoing.group)
            .message_deduplication_id(outgoing.deduplication_id())
            .message_body(body)
            .set_message_attributes(trace_attributes(trace, traceparent)?))
    }

    async fn send_with_others(
        &self,
        queue: Queue,
        batch: Vec<(usize, SendEntry)>,
    ) -> Result<Vec<RefusedEntry>, QueueError> {
        let (indexes, entries): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
        let url = &self.urls.of(queue).main;
        let sent =
            self.batchers[queue as usize].ask(entries, |together| self.send_batch(url, together)).await?;
        let refused = indexes.into_iter().zip(sent);
        Ok(refused.filter_map(|(index, refused)| Some(RefusedEntry { index, ..refused? })).collect())
    }

    /// Sends a batch. Returns per entry whether it was refused.
    async fn send_batch(
        &self,
        url: &str,
        batch: Vec<SendEntry>,
    ) -> Result<Vec<Option<RefusedEntry>>, QueueError> {
        let mut sent: Vec<_> = batch.iter().map(|_| None).collect();
        let mut request = self.client.send_message_batch().queue_url(url);
        for (index, entry) in batch.into_iter().enumerate() {
            let entry = entry.id(index.to_string()).build().map_err(|error| incomplete("send", &error))?;
            request = request.entries(entry);
        }
        let answer = request.send().await.map_err(|error| QueueError::from_sdk("send", error))?;
        for refused in answer.failed.into_iter().map(RefusedEntry::from) {
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
        let seconds = |duration: Duration| i32::try_from(duration.as_secs()).unwrap_or(i32::MAX);
        // The client's default timeouts are shorter than a long poll.
        let attempt = wait + Self::RECEIVE_MARGIN;
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(attempt)
            .operation_timeout(attempt * 2)
            .build();
        let answer = self
            .client
            .receive_message()
            .queue_url(url)
            .max_number_of_messages(i32::try_from(messages_max).unwrap_or(1))
            .wait_time_seconds(seconds(wait))
            .visibility_timeout(seconds(visibility_timeout))
            .message_system_attribute_names(MessageSystemAttributeName::ApproximateReceiveCount)
            .message_system_attribute_names(MessageSystemAttributeName::MessageGroupId)
            .message_system_attribute_names(MessageSystemAttributeName::SentTimestamp)
            .message_attribute_names(Message::TRACE_ATTRIBUTE)
            .message_attribute_names(TraceParent::NAME)
            // If the answer is lost, the SDK's retry gets the same messages. Otherwise their groups would stay blocked
            // until the visibility timeout.
            .receive_request_attempt_id(format!("{:032x}", fastrand::u128(..)))
            .customize()
            .config_override(aws_sdk_sqs::config::Builder::new().timeout_config(timeouts))
            .send()
            .await
            .map_err(|error| QueueError::from_sdk("receive", error))?;
        let messages = answer.messages.unwrap_or_default();
        messages.into_iter().map(Message::from_sdk).collect()
    }

    /// Deletes messages by the receipts of their last receive.
    ///
    /// # Errors
    /// [`QueueError::Refused`]: that many messages reappear; their jobs are harmless when repeated.
    pub async fn delete(&self, queue: Queue, receipts: Vec<String>) -> Result<(), QueueError> {
        self.delete_from(&self.urls.of(queue).main, &receipts).await
    }

    pub(crate) async fn delete_from(&self, url: &str, receipts: &[String]) -> Result<(), QueueError> {
        in_batches("delete", receipts, |batch| self.delete_batch(url, batch)).await
    }

    async fn delete_batch(
        &self,
        url: &str,
        batch: Vec<(usize, String)>,
    ) -> Result<Vec<RefusedEntry>, QueueError> {
        let mut request = self.client.delete_message_batch().queue_url(url);
        for (index, receipt) in batch {
            let entry = DeleteMessageBatchRequestEntry::builder();
            let entry = entry.id(index.to_string()).receipt_handle(receipt);
            request = request.entries(entry.build().map_err(|error| incomplete("delete", &error))?);
        }
        let answer = request.send().await.map_err(|error| QueueError::from_sdk("delete", error))?;
        Ok(answer.failed.into_iter().map(RefusedEntry::from).collect())
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
        let seconds = i32::try_from(delay.as_millis().div_ceil(1_000)).unwrap_or(i32::MAX);
        in_batches("hide", receipts, |batch| self.hide_batch(url, batch, seconds)).await
    }

    async fn hide_batch(
        &self,
        url: &str,
        batch: Vec<(usize, String)>,
        seconds: i32,
    ) -> Result<Vec<RefusedEntry>, QueueError> {
        let mut request = self.client.change_message_visibility_batch().queue_url(url);
        for (index, receipt) in batch {
            let entry = ChangeMessageVisibilityBatchRequestEntry::builder()
                .id(index.to_string())
                .receipt_handle(receipt)
                .visibility_timeout(seconds);
            request = request.entries(entry.build().map_err(|error| incomplete("hide", &error))?);
        }
        let answer = request.send().await.map_err(|error| QueueError::from_sdk("hide", error))?;
        Ok(answer.failed.into_iter().map(RefusedEntry::from).collect())
    }

    /// Writes the record of a job that was given up to the queue's dead-letter queue.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`] or [`QueueError::Rejected`]: there is no record, so the message must not be deleted.
    pub async fn dead_letter(&self, queue: Queue, record: DeadLetter) -> Result<(), QueueError> {
        let operation = "dead letter";
        let body = record.body(queue).map_err(|error| incomplete(operation, &error))?;
        self.client
            .send_message()
            .queue_url(&self.urls.of(queue).dead_letter)
            .message_deduplication_id(record.deduplication_id())
            .message_group_id(&record.message_id)
            .message_body(body)
            .set_message_attributes(trace_attributes(record.trace.as_deref(), record.traceparent)?)
            .send()
            .await
            .map_err(|error| QueueError::from_sdk(operation, error))?;
        Ok(())
    }

    /// Approximate size of a queue and its dead-letter queue.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`] or [`QueueError::Rejected`]; [`QueueError::Incomplete`] if SQS omits a count.
    pub async fn depth(&self, queue: Queue) -> Result<QueueDepth, QueueError> {
        let urls = self.urls.of(queue);
        let main = depth::counts(&self.client, &urls.main);
        let (main, dead_letter) = try_join(main, depth::counts(&self.client, &urls.dead_letter)).await?;
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
        Ok(depth::counts(&self.client, &self.urls.of(queue).main).await?.visible)
    }

    /// Checks that every queue answers within two seconds.
    ///
    /// # Errors
    /// Any error, of the first queue that fails.
    pub async fn probe(&self) -> Result<(), QueueError> {
        let probes = Queue::ALL.map(|queue| {
            let url = &self.urls.of(queue).main;
            let request = self.client.get_queue_attributes().queue_url(url).send();
            async move { request.await.map_err(|error| QueueError::from_sdk("probe", error)) }
        });
        match tokio::time::timeout(Self::PROBE_TIMEOUT, try_join_all(probes)).await {
            Ok(answers) => answers.map(|_| ()),
            Err(elapsed) => Err(QueueError::Unavailable { operation: "probe", source: elapsed.into() }),
        }
    }
}

/// Combines concurrent sends of this process to one queue.
type SendBatcher = CallBatcher<SendEntry, Option<RefusedEntry>>;

type SendEntry = aws_sdk_sqs::types::builders::SendMessageBatchRequestEntryBuilder;

type Attributes = HashMap<String, MessageAttributeValue>;

fn trace_attributes(
    trace: Option<&str>,
    traceparent: Option<TraceParent>,
) -> Result<Option<Attributes>, QueueError> {
    let trace = trace.map(|trace| (Message::TRACE_ATTRIBUTE, trace.to_owned()));
    let traceparent = traceparent.map(|parent| (TraceParent::NAME, parent.to_string()));
    let mut attributes = Attributes::new();
    for (name, text) in trace.into_iter().chain(traceparent) {
        let value = MessageAttributeValue::builder().data_type("String").string_value(text).build();
        attributes.insert(name.to_owned(), value.map_err(|error| incomplete("send", &error))?);
    }
    Ok((!attributes.is_empty()).then_some(attributes))
}

fn incomplete(operation: &'static str, error: &dyn std::error::Error) -> QueueError {
    QueueError::Rejected { operation, code: "not sent".to_owned(), source: error.to_string().into() }
}

/// The URL of a queue that must exist.
async fn existing_url(client: &Client, name: String) -> Result<String, QueueError> {
    let url = crate::create::find_url(client, &name).await?;
    url.ok_or(QueueError::Missing { name })
}
