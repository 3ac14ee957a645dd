//! Sending: validation of messages, and deduplication.

use std::sync::Arc;

use ring::digest::{SHA256, digest};

use super::{
    Core,
    answers::{BatchAnswer, SentMessage},
    attributes::DeduplicationScope,
    identifier,
    journal::{Change, Journal, StoredDeduplication},
    limits::{BATCH_BYTES_MAX, DEDUPLICATION_WINDOW_SECONDS, DELAY_SECONDS_MAX, IDENTIFIER_CHARACTERS_MAX},
    message::{Content, Message, Progress},
    message_attributes::{self, MessageAttributes, md5_of_attributes},
    queue::Queue,
    refusal::Refusal,
    requests::{Batch, OutgoingMessage, SendMessage},
    time::Timestamp,
};

impl Core {
    /// Accepts a message. A duplicate within the window gets the original's answer.
    pub fn send_message(&mut self, request: SendMessage, now: Timestamp) -> Result<SentMessage, Refusal> {
        let seed = self.seed;
        let (queue, journal, now) = self.open(&request.queue, now)?;
        queue.accept(request.message, seed, now, journal)
    }

    /// Accepts messages in order. Each entry has its own result.
    pub fn send_message_batch(
        &mut self,
        request: Batch<OutgoingMessage>,
        now: Timestamp,
    ) -> Result<BatchAnswer<SentMessage>, Refusal> {
        let seed = self.seed;
        let (queue, journal, now) = self.open(&request.queue, now)?;
        request.check("SendMessageBatchRequestEntry")?;
        let bytes = request.entries.iter().map(|entry| size(&entry.item)).sum();
        if bytes > BATCH_BYTES_MAX {
            return Err(Refusal::BatchTooLong(bytes));
        }
        Ok(request.answer(|message| queue.accept(message, seed, now, journal)))
    }
}

impl Queue {
    fn accept(
        &mut self,
        message: OutgoingMessage,
        seed: u64,
        now: Timestamp,
        journal: &mut Journal,
    ) -> Result<SentMessage, Refusal> {
        check_content(&message, self.record.attributes.message_bytes_max)?;
        let delay_seconds = self.check_delay(&message)?;
        let deduplication_id = self.check_identifiers(&message)?;
        let group = self.deduplication_group(&message);
        let sent = SentMessage {
            message_id: String::new(),
            md5_of_body: Content::digest(&message.message_body),
            md5_of_attributes: digest_unless_empty(&message.message_attributes),
            md5_of_system_attributes: digest_unless_empty(&message.message_system_attributes),
            sequence_number: None,
        };
        if let Some(id) = &deduplication_id
            && let Some(first) = self.window.first_use(group.as_deref(), id)
        {
            let sequence_number = Some(first.key.sequence_number());
            return Ok(SentMessage { message_id: first.message_id.clone(), sequence_number, ..sent });
        }

        // From here on the message is accepted.
        let message_id = identifier(seed, journal.next_number());
        let content = content(message, &message_id, &sent.md5_of_body, deduplication_id.clone(), now);
        let progress = Progress::sent(now, now.plus_seconds(delay_seconds));
        let key = self.add(Message { content: Arc::new(content), progress }, journal);
        let sequence_number = deduplication_id.is_some().then(|| key.sequence_number());
        if let Some(id) = deduplication_id {
            let until = now.plus_seconds(DEDUPLICATION_WINDOW_SECONDS);
            let entry = StoredDeduplication {
                queue: self.id(),
                key,
                group,
                id,
                message_id: message_id.clone(),
                until,
            };
            journal.write(Change::PutDeduplication(entry.clone()));
            self.window.open(entry);
        }
        Ok(SentMessage { message_id, sequence_number, ..sent })
    }

    /// The delay in seconds. Only standard queues permit a delay per message.
    fn check_delay(&self, message: &OutgoingMessage) -> Result<u32, Refusal> {
        match message.delay_seconds {
            Some(seconds) if self.is_fifo() && seconds != 0 => {
                Err(Refusal::parameter("DelaySeconds", seconds, NOT_FOR_THIS_TYPE))
            }
            Some(seconds) if !self.is_fifo() => {
                u32::try_from(seconds).ok().filter(|seconds| *seconds <= DELAY_SECONDS_MAX).ok_or_else(|| {
                    Refusal::parameter("DelaySeconds", seconds, "DelaySeconds must be >= 0 and <= 900.")
                })
            }
            _ => Ok(self.record.attributes.delay_seconds),
        }
    }

    /// Checks group and deduplication id. Returns the latter, as given or derived from the body.
    fn check_identifiers(&self, message: &OutgoingMessage) -> Result<Option<String>, Refusal> {
        if let Some(group) = &message.message_group_id {
            check_identifier("MessageGroupId", group)?;
        }
        if let Some(id) = &message.message_deduplication_id {
            check_identifier("MessageDeduplicationId", id)?;
        }
        match (&self.record.attributes.fifo, &message.message_deduplication_id) {
            (None, None) => Ok(None),
            (None, Some(id)) => Err(Refusal::parameter("MessageDeduplicationId", id, NOT_FOR_THIS_TYPE)),
            (Some(_), _) if message.message_group_id.is_none() => {
                Err(Refusal::MissingParameter("MessageGroupId"))
            }
            (Some(_), Some(id)) => Ok(Some(id.clone())),
            (Some(fifo), None) if fifo.content_based_deduplication => {
                Ok(Some(hex::encode(digest(&SHA256, message.message_body.as_bytes()))))
            }
            (Some(_), None) => Err(Refusal::parameter(
                "MessageDeduplicationId",
                "",
                "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
            )),
        }
    }

    /// The group within which an id is compared, unless it is the whole queue.
    fn deduplication_group(&self, message: &OutgoingMessage) -> Option<String> {
        let fifo = self.record.attributes.fifo.as_ref()?;
        let is_per_group = fifo.deduplication_scope == DeduplicationScope::MessageGroup;
        message.message_group_id.clone().filter(|_| is_per_group)
    }
}

fn content(
    message: OutgoingMessage,
    message_id: &str,
    md5_of_body: &str,
    deduplication_id: Option<String>,
    now: Timestamp,
) -> Content {
    let trace_header = message.message_system_attributes.get("AWSTraceHeader");
    Content {
        message_id: message_id.to_owned(),
        md5_of_body: md5_of_body.to_owned(),
        trace_header: trace_header.and_then(|header| header.string_value.clone()),
        body: message.message_body,
        attributes: message.message_attributes,
        group: message.message_group_id.map(Arc::from),
        deduplication_id,
        sent_at: now,
        dead_letter_source: None,
    }
}

const NOT_FOR_THIS_TYPE: &str = "The request include parameter that is not valid for this queue type";

fn digest_unless_empty(attributes: &MessageAttributes) -> Option<String> {
    (!attributes.is_empty()).then(|| md5_of_attributes(attributes))
}

fn size(message: &OutgoingMessage) -> usize {
    message.message_body.len() + message_attributes::size(&message.message_attributes)
}

fn check_content(message: &OutgoingMessage, bytes_max: u32) -> Result<(), Refusal> {
    if message.message_body.is_empty() {
        return Err(Refusal::MissingParameter("MessageBody"));
    }
    if !message.message_body.chars().all(is_allowed) {
        return Err(Refusal::InvalidMessageContents);
    }
    message_attributes::check(&message.message_attributes)?;
    if let Some(name) = message.message_system_attributes.keys().find(|name| *name != "AWSTraceHeader") {
        return Err(Refusal::parameter("MessageSystemAttributes", name, "Only AWSTraceHeader may be sent."));
    }
    if size(message) > bytes_max as usize {
        let reason = format!("Message must be shorter than {bytes_max} bytes.");
        return Err(Refusal::parameter("MessageBody", "(too long)", &reason));
    }
    Ok(())
}

/// The characters of XML 1.0.
fn is_allowed(character: char) -> bool {
    matches!(character, '\u{9}' | '\u{A}' | '\u{D}' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

fn check_identifier(name: &'static str, value: &str) -> Result<(), Refusal> {
    let is_valid = (1..=IDENTIFIER_CHARACTERS_MAX).contains(&value.len())
        && value.bytes().all(|byte| byte.is_ascii_graphic());
    if is_valid {
        return Ok(());
    }
    let reason =
        format!("{name} can only include alphanumeric and punctuation characters. 1 to 128 in length.");
    Err(Refusal::parameter(name, value, &reason))
}
