//! [`QueueService`]: the calls to SQS by types of their own, which the SDK and engines in this process answer.

use crate::{Message, QueueError};
use evens_contracts::TraceParent;
use std::error::Error;
use std::fmt::Debug;
use std::pin::Pin;
use std::time::Duration;

/// The answer to a call, once it is there.
pub type QueueAnswer<'a, T> = Pin<Box<dyn Future<Output = Result<T, QueueFailure>> + Send + 'a>>;

/// The queues of an engine, by their URLs. A batch has at most ten entries, and its answer names the refused ones.
///
/// A call may take effect even if its future is dropped.
pub trait QueueService: Debug + Send + Sync {
    fn send_batch<'a>(
        &'a self,
        url: &'a str,
        messages: Vec<OutgoingMessage>,
    ) -> QueueAnswer<'a, Vec<RefusedEntry>>;

    fn send<'a>(&'a self, url: &'a str, message: OutgoingMessage) -> QueueAnswer<'a, ()>;

    /// Receives messages and hides them from others.
    fn receive<'a>(&'a self, url: &'a str, request: ReceiveRequest) -> QueueAnswer<'a, Vec<Message>>;

    /// Deletes messages by their receipts.
    fn delete_batch<'a>(&'a self, url: &'a str, receipts: Vec<String>) -> QueueAnswer<'a, Vec<RefusedEntry>>;

    /// Hides messages for this number of seconds from now on.
    fn hide_batch<'a>(
        &'a self,
        url: &'a str,
        receipts: Vec<String>,
        seconds: u32,
    ) -> QueueAnswer<'a, Vec<RefusedEntry>>;

    /// The approximate number of messages in a queue.
    fn counts<'a>(&'a self, url: &'a str) -> QueueAnswer<'a, QueueCounts>;
}

/// A message to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingMessage {
    pub body: String,
    pub group: String,
    pub deduplication_id: String,
    /// Id of the request that causes the job.
    pub trace: Option<String>,
    /// Trace and parent span.
    pub traceparent: Option<TraceParent>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceiveRequest {
    /// Maximum number of messages, up to ten.
    pub messages_max: u32,
    /// Time for which the messages are hidden.
    pub visibility_timeout: Duration,
    /// Time to wait for the first message, up to 20 s.
    pub wait: Duration,
}

/// An entry of a batch that was refused, although the call succeeded.
#[derive(Debug, thiserror::Error)]
#[error("an entry was refused: {code}")]
pub struct RefusedEntry {
    /// Position of the entry in its call.
    pub index: usize,
    /// SQS's error code.
    pub code: String,
    /// `true` if the entry itself is wrong, so that a retry would fail as well.
    pub sender_fault: bool,
}

/// The approximate number of messages in one queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueCounts {
    pub visible: u64,
    pub not_visible: u64,
    pub delayed: u64,
}

/// A call that failed or was refused as a whole.
#[derive(Debug)]
pub enum QueueFailure {
    /// There was no answer, or the engine is overloaded. The call may have taken effect.
    Unavailable(Box<dyn Error + Send + Sync>),
    /// The engine rejected the call. A retry will be rejected again.
    Rejected {
        /// SQS's error code.
        code: String,
        source: Box<dyn Error + Send + Sync>,
    },
    /// The answer lacks this part.
    Incomplete(&'static str),
}

impl QueueFailure {
    /// Classifies a refusal by its code. `source` is for the log.
    pub fn of_code(code: &str, is_server_error: bool, source: Box<dyn Error + Send + Sync>) -> Self {
        const OVERLOAD_CODES: [&str; 5] =
            ["KmsThrottled", "OverLimit", "RequestThrottled", "Throttling", "ThrottlingException"];
        // Older codes have the prefix `AWS.SimpleQueueService.`.
        let bare_code = code.rsplit('.').next().unwrap_or_default();
        if is_server_error || OVERLOAD_CODES.contains(&bare_code) {
            Self::Unavailable(source)
        } else {
            Self::Rejected { code: code.to_owned(), source }
        }
    }

    /// The error of an operation with this name.
    pub(crate) fn of(self, operation: &'static str) -> QueueError {
        match self {
            Self::Unavailable(source) => QueueError::Unavailable { operation, source },
            Self::Rejected { code, source } => QueueError::Rejected { operation, code, source },
            Self::Incomplete(what) => QueueError::Incomplete { operation, what },
        }
    }
}
