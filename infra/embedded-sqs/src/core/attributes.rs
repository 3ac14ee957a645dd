//! The attributes of a queue: their ranges, defaults and text formats.

use std::{collections::BTreeMap, ops::RangeInclusive};

use serde::{Deserialize, Serialize};

use super::{
    limits::{DELAY_SECONDS_MAX, VISIBILITY_TIMEOUT_SECONDS_MAX, WAIT_SECONDS_MAX},
    redrive::{RedriveAllowPolicy, RedrivePolicy},
    refusal::Refusal,
};

/// The scope within which deduplication ids are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeduplicationScope {
    /// One window for the queue.
    Queue,
    /// One window for each group.
    MessageGroup,
}

/// Stored and returned without effect, because an endpoint in one process has one throughput.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ThroughputLimit {
    /// `perQueue`.
    PerQueue,
    /// `perMessageGroupId`, only with [`DeduplicationScope::MessageGroup`].
    PerMessageGroup,
}

/// Attributes of FIFO queues only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FifoAttributes {
    /// A message without a deduplication id gets the hash of its body.
    pub content_based_deduplication: bool,
    pub deduplication_scope: DeduplicationScope,
    /// Stored and returned without effect.
    pub throughput_limit: ThroughputLimit,
}

/// The attributes of one queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attributes {
    /// Seconds before a sent message can be received.
    pub delay_seconds: u32,
    /// Bytes of a message's body and attributes.
    pub message_bytes_max: u32,
    /// Seconds after which a message is dropped.
    pub retention_seconds: u32,
    /// Seconds that a receive waits by default.
    pub receive_wait_seconds: u32,
    /// Seconds that a received message is invisible by default.
    pub visibility_timeout_seconds: u32,
    /// The dead-letter queue for failing messages.
    pub redrive: Option<RedrivePolicy>,
    /// The queues that may use this one as their dead-letter queue.
    pub redrive_allow: Option<RedriveAllowPolicy>,
    /// Present on FIFO queues, absent on standard ones.
    pub fifo: Option<FifoAttributes>,
    /// Attributes that are stored and returned without effect: access policy and encryption.
    pub kept: BTreeMap<String, String>,
}

const KEPT: [&str; 4] = ["Policy", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled"];

impl Attributes {
    /// The default attributes of a standard or FIFO queue.
    pub fn new(is_fifo: bool) -> Self {
        Self {
            delay_seconds: 0,
            message_bytes_max: 1_048_576,
            retention_seconds: 345_600,
            receive_wait_seconds: 0,
            visibility_timeout_seconds: 30,
            redrive: None,
            redrive_allow: None,
            fifo: is_fifo.then_some(FifoAttributes {
                content_based_deduplication: false,
                deduplication_scope: DeduplicationScope::Queue,
                throughput_limit: ThroughputLimit::PerQueue,
            }),
            kept: BTreeMap::from([("SqsManagedSseEnabled".to_owned(), "true".to_owned())]),
        }
    }

    /// The attributes with these changes, or the first error.
    pub(crate) fn with(&self, changes: &BTreeMap<String, String>) -> Result<Self, Refusal> {
        let mut attributes = self.clone();
        for (name, value) in changes {
            attributes.set(name, value)?;
        }
        if let Some(fifo) = &attributes.fifo
            && fifo.throughput_limit == ThroughputLimit::PerMessageGroup
            && fifo.deduplication_scope != DeduplicationScope::MessageGroup
        {
            return Err(Refusal::attribute(
                "FifoThroughputLimit",
                "perMessageGroupId needs DeduplicationScope messageGroup.",
            ));
        }
        Ok(attributes)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), Refusal> {
        match name {
            "DelaySeconds" => self.delay_seconds = integer(name, value, 0..=DELAY_SECONDS_MAX)?,
            "MaximumMessageSize" => self.message_bytes_max = integer(name, value, 1024..=1_048_576)?,
            "MessageRetentionPeriod" => self.retention_seconds = integer(name, value, 60..=1_209_600)?,
            "ReceiveMessageWaitTimeSeconds" => {
                self.receive_wait_seconds = integer(name, value, 0..=WAIT_SECONDS_MAX)?;
            }
            "VisibilityTimeout" => {
                self.visibility_timeout_seconds = integer(name, value, 0..=VISIBILITY_TIMEOUT_SECONDS_MAX)?;
            }
            // An empty text removes a policy.
            "RedrivePolicy" if value.is_empty() => self.redrive = None,
            "RedrivePolicy" => self.redrive = Some(RedrivePolicy::parse(value)?),
            "RedriveAllowPolicy" if value.is_empty() => self.redrive_allow = None,
            "RedriveAllowPolicy" => self.redrive_allow = Some(RedriveAllowPolicy::parse(value)?),
            kept if KEPT.contains(&kept) => self.set_kept(name, value)?,
            _ => match &mut self.fifo {
                Some(fifo) => fifo.set(name, value)?,
                None => return Err(Refusal::InvalidAttributeName(name.to_owned())),
            },
        }
        Ok(())
    }

    fn set_kept(&mut self, name: &str, value: &str) -> Result<(), Refusal> {
        match name {
            _ if value.is_empty() => {
                self.kept.remove(name);
                return Ok(());
            }
            "KmsDataKeyReusePeriodSeconds" => drop(integer(name, value, 60..=86_400)?),
            "SqsManagedSseEnabled" => drop(boolean(name, value)?),
            _ => {}
        }
        self.kept.insert(name.to_owned(), value.to_owned());
        Ok(())
    }

    /// All attributes by name, in the format of `GetQueueAttributes`.
    pub(crate) fn to_texts(&self) -> BTreeMap<&str, String> {
        let mut texts: BTreeMap<&str, String> = BTreeMap::from([
            ("DelaySeconds", self.delay_seconds.to_string()),
            ("MaximumMessageSize", self.message_bytes_max.to_string()),
            ("MessageRetentionPeriod", self.retention_seconds.to_string()),
            ("ReceiveMessageWaitTimeSeconds", self.receive_wait_seconds.to_string()),
            ("VisibilityTimeout", self.visibility_timeout_seconds.to_string()),
        ]);
        texts.extend(self.redrive.as_ref().map(|policy| ("RedrivePolicy", policy.to_json())));
        texts.extend(self.redrive_allow.as_ref().map(|policy| ("RedriveAllowPolicy", policy.to_json())));
        texts.extend(self.kept.iter().map(|(name, value)| (name.as_str(), value.clone())));
        texts.extend(self.fifo.iter().flat_map(FifoAttributes::to_texts));
        texts
    }
}

impl FifoAttributes {
    fn set(&mut self, name: &str, value: &str) -> Result<(), Refusal> {
        match (name, value) {
            // The type of a queue cannot change; repeating it is harmless.
            ("FifoQueue", "true") => {}
            ("FifoQueue", _) => {
                return Err(Refusal::attribute(name, "The type of a queue cannot be changed."));
            }
            ("ContentBasedDeduplication", _) => self.content_based_deduplication = boolean(name, value)?,
            ("DeduplicationScope", "queue") => self.deduplication_scope = DeduplicationScope::Queue,
            ("DeduplicationScope", "messageGroup") => {
                self.deduplication_scope = DeduplicationScope::MessageGroup;
            }
            ("FifoThroughputLimit", "perQueue") => self.throughput_limit = ThroughputLimit::PerQueue,
            ("FifoThroughputLimit", "perMessageGroupId") => {
                self.throughput_limit = ThroughputLimit::PerMessageGroup;
            }
            ("DeduplicationScope", _) => {
                return Err(Refusal::attribute(name, "It must be messageGroup or queue."));
            }
            ("FifoThroughputLimit", _) => {
                return Err(Refusal::attribute(name, "It must be perQueue or perMessageGroupId."));
            }
            _ => return Err(Refusal::InvalidAttributeName(name.to_owned())),
        }
        Ok(())
    }

    fn to_texts(&self) -> [(&str, String); 4] {
        let scope = match self.deduplication_scope {
            DeduplicationScope::Queue => "queue",
            DeduplicationScope::MessageGroup => "messageGroup",
        };
        let limit = match self.throughput_limit {
            ThroughputLimit::PerQueue => "perQueue",
            ThroughputLimit::PerMessageGroup => "perMessageGroupId",
        };
        [
            ("FifoQueue", "true".to_owned()),
            ("ContentBasedDeduplication", self.content_based_deduplication.to_string()),
            ("DeduplicationScope", scope.to_owned()),
            ("FifoThroughputLimit", limit.to_owned()),
        ]
    }
}

/// Returns whether `GetQueueAttributes` accepts this name, apart from `All`.
pub(crate) fn is_attribute_name(name: &str) -> bool {
    const OTHERS: [&str; 16] = [
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesDelayed",
        "ApproximateNumberOfMessagesNotVisible",
        "ContentBasedDeduplication",
        "CreatedTimestamp",
        "DeduplicationScope",
        "DelaySeconds",
        "FifoQueue",
        "FifoThroughputLimit",
        "LastModifiedTimestamp",
        "MaximumMessageSize",
        "MessageRetentionPeriod",
        "QueueArn",
        "ReceiveMessageWaitTimeSeconds",
        "RedrivePolicy",
        "VisibilityTimeout",
    ];
    OTHERS.contains(&name) || KEPT.contains(&name) || name == "RedriveAllowPolicy"
}

fn integer(name: &str, value: &str, range: RangeInclusive<u32>) -> Result<u32, Refusal> {
    value.parse().ok().filter(|number| range.contains(number)).ok_or_else(|| {
        Refusal::attribute(name, &format!("It must be an integer from {} to {}.", range.start(), range.end()))
    })
}

fn boolean(name: &str, value: &str) -> Result<bool, Refusal> {
    value.parse().map_err(|_| Refusal::attribute(name, "It must be true or false."))
}
