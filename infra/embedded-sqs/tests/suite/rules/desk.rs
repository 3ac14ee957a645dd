//! A core with a clock, and short calls for tests.

use std::collections::BTreeMap;

use embedded_sqs::core::{
    BatchAnswer, Core, Delivery, EmptyAnswer, QueueName, Refusal, SentMessage, Timestamp,
    requests::{
        Batch, ChangeMessageVisibility, CreateQueue, DeleteMessage, Deletion, Entry, GetQueueAttributes,
        OnQueue, OutgoingMessage, ReceiveMessage, SendMessage, SetQueueAttributes, VisibilityChange,
    },
};

use crate::rules::records::Records;

/// A core with its records and the time.
pub(crate) struct Desk {
    pub(crate) core: Core,
    pub(crate) records: Records,
    pub(crate) now: Timestamp,
}

pub(crate) const START: Timestamp = Timestamp::from_milliseconds(1_700_000_000_000);

impl Desk {
    pub(crate) fn new() -> Self {
        Self { core: Core::new("us-east-1", 7), records: Records::default(), now: START }
    }

    /// A desk with one FIFO queue `q.fifo` with these attributes.
    pub(crate) fn with_fifo(attributes: &[(&str, &str)]) -> Self {
        let mut desk = Self::new();
        desk.create("q.fifo", attributes).expect("the queue is created");
        desk
    }

    /// A desk with one standard queue `q`.
    pub(crate) fn with_standard(attributes: &[(&str, &str)]) -> Self {
        let mut desk = Self::new();
        desk.create("q", attributes).expect("the queue is created");
        desk
    }

    pub(crate) fn pass_seconds(&mut self, seconds: u32) {
        self.now = self.now.plus_seconds(seconds);
    }

    pub(crate) fn pass_milliseconds(&mut self, milliseconds: u64) {
        self.now = self.now.plus_milliseconds(milliseconds);
    }

    /// Calls the core and writes its changes.
    pub(crate) fn call<Answer>(&mut self, call: impl FnOnce(&mut Core, Timestamp) -> Answer) -> Answer {
        let answer = call(&mut self.core, self.now);
        self.records.write(self.core.take_effects().changes);
        answer
    }

    /// The names of the queues that a call woke.
    pub(crate) fn woken_by(&mut self, call: impl FnOnce(&mut Core, Timestamp)) -> Vec<String> {
        call(&mut self.core, self.now);
        let effects = self.core.take_effects();
        self.records.write(effects.changes);
        effects.woken.iter().filter_map(|id| self.records.queue_name(*id)).collect()
    }

    /// Simulates a crash and restart: only written records are left.
    pub(crate) fn restart(&mut self) {
        self.core = Core::restore("us-east-1", 8, self.records.snapshot());
    }

    /// Creates a queue, which is FIFO if its name ends in `.fifo`.
    pub(crate) fn create(&mut self, name: &str, attributes: &[(&str, &str)]) -> Result<String, Refusal> {
        let mut attributes = texts(attributes);
        if name.strip_suffix(".fifo").is_some() {
            attributes.insert("FifoQueue".to_owned(), "true".to_owned());
        }
        let request = CreateQueue { queue_name: name.to_owned(), attributes, tags: BTreeMap::new() };
        self.call(|core, now| core.create_queue(request, now))
    }

    pub(crate) fn set(&mut self, name: &str, attributes: &[(&str, &str)]) -> Result<(), Refusal> {
        let request = SetQueueAttributes { queue: queue(name), attributes: texts(attributes) };
        self.call(|core, now| core.set_queue_attributes(&request, now))
    }

    pub(crate) fn attribute(&mut self, name: &str, attribute: &str) -> Option<String> {
        let request = GetQueueAttributes { queue: queue(name), attribute_names: vec![attribute.to_owned()] };
        self.call(|core, now| core.queue_attributes(&request, now))
            .expect("the queue exists")
            .remove(attribute)
    }

    /// The numbers of visible, delayed and in-flight messages.
    pub(crate) fn counts(&mut self, name: &str) -> [usize; 3] {
        ["", "Delayed", "NotVisible"].map(|kind| {
            let count = self.attribute(name, &format!("ApproximateNumberOfMessages{kind}"));
            count.and_then(|count| count.parse().ok()).expect("a number")
        })
    }

    pub(crate) fn try_send(&mut self, name: &str, message: OutgoingMessage) -> Result<SentMessage, Refusal> {
        let request = SendMessage { queue: queue(name), message };
        self.call(|core, now| core.send_message(request, now))
    }

    /// Sends a body to a group of a FIFO queue; the body is also the deduplication id.
    pub(crate) fn send(&mut self, name: &str, group: &str, body: &str) -> SentMessage {
        self.try_send(name, in_group(group, body, body)).expect("the message is accepted")
    }

    pub(crate) fn send_batch(
        &mut self,
        name: &str,
        entries: Vec<(&str, OutgoingMessage)>,
    ) -> Result<BatchAnswer<SentMessage>, Refusal> {
        let request = batch(name, entries);
        self.call(|core, now| core.send_message_batch(request, now))
    }

    pub(crate) fn try_receive(&mut self, request: &ReceiveMessage) -> Result<Vec<Delivery>, Refusal> {
        self.call(|core, now| core.receive_message(request, now)).map(|received| received.deliveries)
    }

    pub(crate) fn receive(&mut self, name: &str, messages_max: i64) -> Vec<Delivery> {
        self.try_receive(&receive_request(name, messages_max)).expect("the receive is accepted")
    }

    pub(crate) fn receive_bodies(&mut self, name: &str, messages_max: i64) -> Vec<String> {
        bodies(&self.receive(name, messages_max))
    }

    pub(crate) fn delete(&mut self, name: &str, handle: &str) -> Result<(), Refusal> {
        let deletion = Deletion { receipt_handle: handle.to_owned() };
        self.call(|core, now| core.delete_message(&DeleteMessage { queue: queue(name), deletion }, now))
    }

    pub(crate) fn delete_batch(
        &mut self,
        name: &str,
        handles: Vec<(&str, &str)>,
    ) -> Result<BatchAnswer<EmptyAnswer>, Refusal> {
        let deletion = |handle: &str| Deletion { receipt_handle: handle.to_owned() };
        let request = batch(name, handles.into_iter().map(|(id, handle)| (id, deletion(handle))).collect());
        self.call(|core, now| core.delete_message_batch(request, now))
    }

    pub(crate) fn change_visibility(
        &mut self,
        name: &str,
        handle: &str,
        seconds: i64,
    ) -> Result<(), Refusal> {
        let change =
            VisibilityChange { receipt_handle: handle.to_owned(), visibility_timeout: Some(seconds) };
        let request = ChangeMessageVisibility { queue: queue(name), change };
        self.call(|core, now| core.change_message_visibility(&request, now))
    }

    pub(crate) fn purge(&mut self, name: &str) -> Result<(), Refusal> {
        let request = OnQueue { queue: queue(name) };
        self.call(|core, now| core.purge_queue(&request, now))
    }

    pub(crate) fn delete_queue(&mut self, name: &str) -> Result<(), Refusal> {
        self.call(|core, _| core.delete_queue(&OnQueue { queue: queue(name) }))
    }
}

pub(crate) fn queue(name: &str) -> QueueName {
    QueueName(name.to_owned())
}

pub(crate) fn arn(name: &str) -> String {
    format!("arn:aws:sqs:us-east-1:000000000000:{name}")
}

pub(crate) fn redrive(name: &str, receives_max: u32) -> String {
    format!(r#"{{"deadLetterTargetArn":"{}","maxReceiveCount":{receives_max}}}"#, arn(name))
}

pub(crate) fn receive_request(name: &str, messages_max: i64) -> ReceiveMessage {
    ReceiveMessage {
        queue: queue(name),
        max_number_of_messages: Some(messages_max),
        ..ReceiveMessage::default()
    }
}

pub(crate) fn message(body: &str) -> OutgoingMessage {
    OutgoingMessage { message_body: body.to_owned(), ..OutgoingMessage::default() }
}

pub(crate) fn in_group(group: &str, deduplication_id: &str, body: &str) -> OutgoingMessage {
    OutgoingMessage {
        message_group_id: Some(group.to_owned()),
        message_deduplication_id: Some(deduplication_id.to_owned()),
        ..message(body)
    }
}

pub(crate) fn bodies(deliveries: &[Delivery]) -> Vec<String> {
    deliveries.iter().map(|delivery| delivery.content.body.clone()).collect()
}

pub(crate) fn texts(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn batch<Item>(name: &str, entries: Vec<(&str, Item)>) -> Batch<Item> {
    let entries = entries.into_iter().map(|(id, item)| Entry { id: id.to_owned(), item }).collect();
    Batch { queue: queue(name), entries }
}
