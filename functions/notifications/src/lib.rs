//! Notifies players through a webhook of a service that sends text messages or mail, and decides whether the code of a
//! recovery is sent.
//!
//! A sent event cannot be undone. A repeated job repeats the call with the same event id, by which the receiver detects
//! repeats. No money depends on a notification.
//!
//! Architecture invariant: only this function calls the webhook, behind the circuit breaker and within its rate limit.
//! Event bodies and signing secrets are never logged. A phone number is read when an event is sent, so that no queue
//! holds it.
//!
//! Not in simulated runs: it moves no money.

mod event;
mod handler;
mod sender;
mod settings;
mod webhook;

pub use event::Event;
pub use handler::Notifications;
pub use sender::{LogSender, SendError, Sender};
pub use settings::{SenderSettings, Webhook};
pub use webhook::WebhookSender;

use evens_runtime::{Function, Stack};

pub const FUNCTION: Function =
    Function { folder: "notifications", stack: Stack::Notifications, ..Function::JOBS };
