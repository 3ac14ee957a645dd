//! [`Alarms`]: the alarms about orders during a run. Alarms exist only as log lines.

use evens_payments::Alarm;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::{DefaultGuard, set_default};
use tracing::{Event, Level, Metadata, Subscriber};

/// The alarms so far, by order. Clones share them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Alarms(Arc<Mutex<BTreeSet<(String, String)>>>);

/// The alarm about an order with a dispute that needs review.
const DISPUTE: &str = "a dispute";

impl Alarms {
    /// Captures alarms on this thread until the guard is dropped.
    pub(crate) fn listen(&self) -> DefaultGuard {
        set_default(Listener(self.clone()))
    }

    /// Returns whether this alarm was raised about the order.
    pub(crate) fn has(&self, order: &str, alarm: Alarm) -> bool {
        let raised = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        raised.contains(&(order.to_owned(), alarm.as_ref().to_owned()))
    }

    /// Returns whether an alarm asked for a review of a dispute on the order.
    pub(crate) fn has_dispute(&self, order: &str) -> bool {
        let raised = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        raised.contains(&(order.to_owned(), DISPUTE.to_owned()))
    }

    pub(crate) fn tell(&self, order: &str, alarm: &str) {
        let mut raised = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        raised.insert((order.to_owned(), alarm.to_owned()));
    }
}

/// A log subscriber. It never locks the world, because the caller may hold that lock while it logs.
struct Listener(Alarms);

impl Subscriber for Listener {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && *metadata.level() == Level::ERROR
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::ERROR)
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        let Some(order) = line.order else { return };
        if line.is_of_dispute {
            self.0.tell(&order, DISPUTE);
        }
        if let Some(alarm) = line.alarm {
            self.0.tell(&order, &alarm);
        }
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The relevant fields of a log line.
#[derive(Default)]
struct Line {
    order: Option<String>,
    alarm: Option<String>,
    is_of_dispute: bool,
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "order.id" {
            self.order = Some(format!("{value:?}"));
        }
        if field.name() == "message" {
            let text = format!("{value:?}");
            self.is_of_dispute = text.starts_with("A person must look") && text.contains(": the dispute");
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "reason" {
            self.alarm = Some(value.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Alarms;
    use evens_payments::Alarm;

    #[test]
    fn alarms_are_read_from_the_log() {
        let alarms = Alarms::default();
        let listening = alarms.listen();
        tracing::error!("order.id" = %"one", reason = Alarm::PaidTwice.as_ref(), "A person must look");
        tracing::error!("order.id" = %"two", reason = None::<&str>, "A person must look");
        tracing::warn!("order.id" = %"three", reason = Alarm::PaidTwice.as_ref(), "Nobody must");
        tracing::error!("order.id" = %"five", "A person must look at order five: the dispute is about another order");
        drop(listening);
        tracing::error!("order.id" = %"four", reason = Alarm::PaidTwice.as_ref(), "A person must look");
        let raised = ["one", "two", "three", "four"].map(|order| alarms.has(order, Alarm::PaidTwice));
        assert_eq!(raised, [true, false, false, false]);
        assert!(!alarms.has("one", Alarm::PaidAfterReturn));
        assert_eq!(["one", "five"].map(|order| alarms.has_dispute(order)), [false, true]);
    }
}
