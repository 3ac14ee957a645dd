//! Tells players what happened, through a webhook of whoever reaches them by telephone or mail.
//!
//! Sending is not undone by anything: a repeat of a job is a repeat of the call, with the same event id, and the
//! receiver tells repeats by it. No money depends on what is told.
//!
//! Architecture invariant: the webhook is called from here and from nowhere else, behind the circuit breaker and
//! within its limit. What is sent, and what it is signed with, is in no log.
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
