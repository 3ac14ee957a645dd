//! Receipt handles: opaque to callers, and sufficient to find the message and the receive.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use md5::{Digest, Md5};

use super::{message::MessageKey, queue::QueueId, refusal::Refusal};

/// The content of a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub(crate) queue: QueueId,
    pub(crate) key: MessageKey,
    /// The number of the receive.
    pub(crate) number: u64,
}

const CHECK_BYTES: usize = 4;

impl Receipt {
    pub(crate) fn to_handle(self) -> String {
        let mut bytes = [self.queue.0, self.key.0, self.number].map(u64::to_be_bytes).concat();
        bytes.extend(check(&bytes));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Parses a handle. Unknown handles and those of other queues are refused.
    pub(crate) fn parse(handle: &str, queue: QueueId) -> Result<Self, Refusal> {
        if handle.is_empty() {
            return Err(Refusal::MissingParameter("ReceiptHandle"));
        }
        Self::decode(handle)
            .filter(|receipt| receipt.queue == queue)
            .ok_or_else(|| Refusal::ReceiptHandleIsInvalid(handle.to_owned()))
    }

    fn decode(handle: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(handle).ok()?;
        let (numbers, given_check) = bytes.split_last_chunk::<CHECK_BYTES>()?;
        let ([queue, key, number], []) = numbers.as_chunks::<8>() else {
            return None;
        };
        (check(numbers) == *given_check).then(|| Self {
            queue: QueueId(u64::from_be_bytes(*queue)),
            key: MessageKey(u64::from_be_bytes(*key)),
            number: u64::from_be_bytes(*number),
        })
    }
}

/// A checksum against malformed handles. It is no protection.
fn check(numbers: &[u8]) -> [u8; CHECK_BYTES] {
    let digest = Md5::digest(numbers);
    [digest[0], digest[1], digest[2], digest[3]]
}
