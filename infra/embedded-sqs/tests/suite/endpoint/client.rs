//! Queues for tests, with short calls that panic on an error.

use std::sync::atomic::{AtomicUsize, Ordering};

use aws_sdk_sqs::{
    Client, Config,
    config::{Credentials, Region, retry::RetryConfig},
    error::SdkError,
    operation::{
        delete_message::DeleteMessageError,
        send_message::{SendMessageError, SendMessageOutput},
    },
    types::{Message, MessageSystemAttributeName, QueueAttributeName},
};

pub(crate) struct Endpoint {
    pub(crate) client: Client,
    /// Keeps alive what the endpoint needs.
    pub(crate) keeper: Option<Box<dyn std::any::Any + Send + Sync>>,
}

impl Endpoint {
    pub(crate) fn at(url: &str) -> Self {
        Self::at_with(url, "test")
    }

    /// The same with another access key.
    pub(crate) fn at_with(url: &str, access_key: &str) -> Self {
        let config = Config::builder()
            .behavior_version_latest()
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new(access_key, "test", None, None, "test"))
            .endpoint_url(url)
            // A retry would hide a failure.
            .retry_config(RetryConfig::disabled())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        Self { client: Client::from_conf(config), keeper: None }
    }

    /// A new FIFO queue with a visibility timeout of 30 seconds, unless the attributes set another.
    pub(crate) async fn fifo_queue<'a>(
        &self,
        attributes: impl IntoIterator<Item = (QueueAttributeName, &'a str)>,
    ) -> Queue {
        self.create(
            &format!("{}.fifo", new_name()),
            [(QueueAttributeName::FifoQueue, "true")].into_iter().chain(attributes),
        )
        .await
    }

    pub(crate) async fn standard_queue<'a>(
        &self,
        attributes: impl IntoIterator<Item = (QueueAttributeName, &'a str)>,
    ) -> Queue {
        self.create(&new_name(), attributes.into_iter()).await
    }

    async fn create<'a>(
        &self,
        name: &str,
        attributes: impl Iterator<Item = (QueueAttributeName, &'a str)>,
    ) -> Queue {
        let mut request = self.client.create_queue().queue_name(name);
        for (attribute, value) in attributes {
            request = request.attributes(attribute, value);
        }
        let url = request.send().await.expect("the queue is created").queue_url.expect("it has a URL");
        Queue { client: self.client.clone(), url }
    }
}

/// A name unique across runs, for endpoints that keep their queues.
fn new_name() -> String {
    static CREATED: AtomicUsize = AtomicUsize::new(0);
    format!("test-{}-{}", std::process::id(), CREATED.fetch_add(1, Ordering::Relaxed))
}

/// The attribute value that moves a message to a dead-letter queue after this number of receives.
pub(crate) async fn redrive_to(dead_letters: &Queue, receives_max: u32) -> String {
    format!(r#"{{"deadLetterTargetArn":"{}","maxReceiveCount":{receives_max}}}"#, dead_letters.arn().await)
}

#[derive(Clone)]
pub(crate) struct Queue {
    pub(crate) client: Client,
    pub(crate) url: String,
}

impl Queue {
    pub(crate) async fn send(&self, group: &str, deduplication_id: &str, body: &str) -> SendMessageOutput {
        self.try_send(Some(group), Some(deduplication_id), body).await.expect("the message is accepted")
    }

    pub(crate) async fn try_send(
        &self,
        group: Option<&str>,
        deduplication_id: Option<&str>,
        body: &str,
    ) -> Result<SendMessageOutput, SdkError<SendMessageError>> {
        self.client
            .send_message()
            .queue_url(&self.url)
            .set_message_group_id(group.map(Into::into))
            .set_message_deduplication_id(deduplication_id.map(Into::into))
            .message_body(body)
            .send()
            .await
    }

    /// Sends bodies to one group, in order.
    pub(crate) async fn send_all(&self, group: &str, bodies: &[&str]) {
        for body in bodies {
            self.send(group, &format!("{group}-{body}"), body).await;
        }
    }

    /// Receives the available messages.
    pub(crate) async fn receive(&self, messages_max: i32) -> Vec<Message> {
        self.receive_within(messages_max, 0).await
    }

    /// Receives messages within this time.
    pub(crate) async fn receive_within(&self, messages_max: i32, wait_seconds: i32) -> Vec<Message> {
        let received = self
            .client
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(messages_max)
            .wait_time_seconds(wait_seconds)
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .message_attribute_names("All")
            .send()
            .await;
        received.expect("the receive is accepted").messages.unwrap_or_default()
    }

    pub(crate) async fn delete(&self, message: &Message) {
        self.try_delete(handle(message)).await.expect("the message is deleted");
    }

    pub(crate) async fn try_delete(&self, handle: &str) -> Result<(), SdkError<DeleteMessageError>> {
        self.client.delete_message().queue_url(&self.url).receipt_handle(handle).send().await.map(drop)
    }

    pub(crate) async fn change_visibility(&self, message: &Message, seconds: i32) {
        let request = self.client.change_message_visibility().queue_url(&self.url);
        let changed = request.receipt_handle(handle(message)).visibility_timeout(seconds).send().await;
        changed.expect("the visibility is changed");
    }

    pub(crate) async fn attribute(&self, name: QueueAttributeName) -> String {
        let request = self.client.get_queue_attributes().queue_url(&self.url).attribute_names(name.clone());
        let attributes = request.send().await.expect("the queue exists").attributes.unwrap_or_default();
        attributes.get(&name).cloned().unwrap_or_default()
    }

    pub(crate) async fn arn(&self) -> String {
        self.attribute(QueueAttributeName::QueueArn).await
    }
}

pub(crate) fn handle(message: &Message) -> &str {
    message.receipt_handle().expect("a received message has a handle")
}

pub(crate) fn bodies(messages: &[Message]) -> Vec<&str> {
    messages.iter().map(|message| message.body().expect("a received message has a body")).collect()
}

pub(crate) fn system_attribute<'a>(
    message: &'a Message,
    name: &MessageSystemAttributeName,
) -> Option<&'a str> {
    message.attributes()?.get(name).map(String::as_str)
}

pub(crate) fn receive_count(message: &Message) -> &str {
    system_attribute(message, &MessageSystemAttributeName::ApproximateReceiveCount)
        .expect("receives are counted")
}
