//! The documented limits of SQS, each defined once.

/// How long a deduplication id is remembered after its first use.
pub const DEDUPLICATION_WINDOW_SECONDS: u32 = 300;
/// Messages that a queue may have in flight, standard and FIFO alike.
pub const IN_FLIGHT_MAX: usize = 120_000;
/// Entries in one batch, and messages in one answer to a receive.
pub const BATCH_ENTRIES_MAX: usize = 10;
/// Bytes of all messages of one batch.
pub const BATCH_BYTES_MAX: usize = 1_048_576;
/// Message attributes of one message.
pub const MESSAGE_ATTRIBUTES_MAX: usize = 10;
/// Characters of a message group id or deduplication id.
pub const IDENTIFIER_CHARACTERS_MAX: usize = 128;
/// Characters of a queue's name, `.fifo` included.
pub const QUEUE_NAME_CHARACTERS_MAX: usize = 80;
/// Tags of one queue.
pub const TAGS_MAX: usize = 50;
/// The longest time that a message may stay invisible: twelve hours.
pub const VISIBILITY_TIMEOUT_SECONDS_MAX: u32 = 43_200;
/// The longest delay of a message.
pub const DELAY_SECONDS_MAX: u32 = 900;
/// The longest wait of a receive.
pub const WAIT_SECONDS_MAX: u32 = 20;
/// A queue may be purged once in this time.
pub const PURGE_PAUSE_SECONDS: u32 = 60;
/// The highest rate of a move task, in messages per second.
pub const MOVE_RATE_MAX: u32 = 500;
/// Move tasks of a queue that are kept and listed.
pub const MOVE_TASKS_LISTED_MAX: usize = 10;
