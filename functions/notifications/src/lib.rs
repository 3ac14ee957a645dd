//! Notifies players through a webhook of a service that sends text messages or mail.
//!
//! A sent event cannot be undone. A repeated job repeats the call with the same event id, by which the receiver detects
//! repeats. No money depends on a notification.
//!
//! Architecture invariant: only this function calls the webhook, behind the circuit breaker and within its rate limit.
//! Event bodies and signing secrets are never logged.
//!
//! Not in simulated runs: it calls a webhook only.

mod event;
mod handler;
mod sender;
mod settings;
mod webhook;

pub use handler::Notifications;
pub use sender::{LogSender, SendError, Sender};
pub use settings::{SenderSettings, Webhook};
pub use webhook::WebhookSender;
