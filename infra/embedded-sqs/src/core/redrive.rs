//! The two policies of dead-letter queues: the target of failing messages, and the permitted sources.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::refusal::Refusal;

/// The target of messages that were received too often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedrivePolicy {
    /// The ARN of the dead-letter queue.
    pub target_arn: String,
    /// The number of receives after which the next one moves the message.
    pub receives_max: u32,
}

impl RedrivePolicy {
    /// Parses the JSON text of the attribute.
    pub(crate) fn parse(text: &str) -> Result<Self, Refusal> {
        let refuse = |reason: &str| Refusal::parameter("RedrivePolicy", text, reason);
        let policy: Value =
            serde_json::from_str(text).map_err(|_| refuse("Redrive policy is not a valid JSON map."))?;
        let target_arn = policy["deadLetterTargetArn"].as_str().ok_or_else(|| {
            refuse("Redrive policy does not contain mandatory attribute: deadLetterTargetArn.")
        })?;
        if policy["maxReceiveCount"].is_null() {
            return Err(refuse("Redrive policy does not contain mandatory attribute: maxReceiveCount."));
        }
        let receives_max = integer(&policy["maxReceiveCount"])
            .and_then(|count| u32::try_from(count).ok())
            .filter(|count| (1..=1000).contains(count))
            .ok_or_else(|| {
                refuse("Invalid value for maxReceiveCount: it must be an integer from 1 to 1000.")
            })?;
        Ok(Self { target_arn: target_arn.to_owned(), receives_max })
    }

    pub(crate) fn to_json(&self) -> String {
        json!({ "deadLetterTargetArn": self.target_arn, "maxReceiveCount": self.receives_max }).to_string()
    }
}

/// SDKs send the count as a number or as a string.
fn integer(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// The queues that may use this one as their dead-letter queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RedriveAllowPolicy {
    /// Every queue of the same type.
    All,
    /// No queue.
    Nobody,
    /// The queues with these ARNs.
    Queues(Vec<String>),
}

impl RedriveAllowPolicy {
    /// Parses the JSON text of the attribute.
    pub(crate) fn parse(text: &str) -> Result<Self, Refusal> {
        let refuse = |reason: &str| Refusal::parameter("RedriveAllowPolicy", text, reason);
        let policy: Value = serde_json::from_str(text)
            .map_err(|_| refuse("Redrive allow policy is not a valid JSON map."))?;
        let arns = policy["sourceQueueArns"].as_array();
        match (policy["redrivePermission"].as_str(), arns) {
            (Some("allowAll"), None) => Ok(Self::All),
            (Some("denyAll"), None) => Ok(Self::Nobody),
            (Some("byQueue"), Some(arns)) if (1..=10).contains(&arns.len()) => {
                let arns = arns.iter().map(|arn| arn.as_str().map(str::to_owned)).collect::<Option<_>>();
                arns.map(Self::Queues).ok_or_else(|| refuse("sourceQueueArns must be a list of ARNs."))
            }
            (Some("byQueue"), _) => {
                Err(refuse("sourceQueueArns must hold 1 to 10 ARNs when redrivePermission is byQueue."))
            }
            (Some("allowAll" | "denyAll"), Some(_)) => {
                Err(refuse("sourceQueueArns may be given only when redrivePermission is byQueue."))
            }
            _ => Err(refuse("redrivePermission must be allowAll, denyAll or byQueue.")),
        }
    }

    pub(crate) fn to_json(&self) -> String {
        match self {
            Self::All => json!({ "redrivePermission": "allowAll" }),
            Self::Nobody => json!({ "redrivePermission": "denyAll" }),
            Self::Queues(arns) => json!({ "redrivePermission": "byQueue", "sourceQueueArns": arns }),
        }
        .to_string()
    }

    pub(crate) fn allows(&self, source_arn: &str) -> bool {
        match self {
            Self::All => true,
            Self::Nobody => false,
            Self::Queues(arns) => arns.iter().any(|arn| arn == source_arn),
        }
    }
}
