//! Disputes in an order's history: each event is a line `{event} {payment} {dispute}`, which is never dropped. No line
//! is written for events that the state of the order already shows.

use crate::{DepositEvent, DepositOrder, Dispute, History, HistoryLine, ProviderId};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The events that such a line can record.
const EVENTS: [DepositEvent; 3] =
    [DepositEvent::DisputeOpened, DepositEvent::DisputeWon, DepositEvent::MoneyTakenBack];

/// The event, payment and dispute of a line. Returns `None` for other lines.
pub(crate) fn read_line(cause: &str) -> Option<(DepositEvent, &str, &str)> {
    let mut words = cause.split(' ');
    let (event, payment, dispute) = (words.next()?.parse().ok()?, words.next()?, words.next()?);
    (words.next().is_none() && EVENTS.contains(&event)).then_some((event, payment, dispute))
}

impl DepositOrder {
    fn dispute_lines(&self) -> impl Iterator<Item = (DepositEvent, &str, &str)> {
        self.history.lines().iter().filter_map(|line| read_line(&line.cause))
    }

    /// Returns `true` if the payer disputes the payment or has got it back, according to the history. The state of the
    /// order covers its own payment where the history has no line.
    pub(crate) fn is_disputed(&self, payment: &ProviderId) -> bool {
        let about = self.dispute_lines().filter(|(_, of, _)| *of == payment.as_str());
        let newest: BTreeMap<_, _> = about.map(|(event, _, dispute)| (dispute, event)).collect();
        newest.into_values().any(|event| event != DepositEvent::DisputeWon)
    }

    /// The payments that payers got back out of suspense, each with its dispute.
    pub fn taken_back(&self) -> impl Iterator<Item = (&str, &str)> {
        let taken = self.dispute_lines().filter(|(event, _, _)| *event == DepositEvent::MoneyTakenBack);
        taken.map(|(_, payment, dispute)| (payment, dispute))
    }

    /// Returns `true` if a dispute took the payment out of suspense.
    pub fn was_taken_back(&self, payment: &ProviderId) -> bool {
        self.taken_back().any(|(of, _)| of == payment.as_str())
    }

    pub(crate) fn was_taken_back_by(&self, dispute: &Dispute) -> bool {
        self.taken_back().any(|taken| taken == (dispute.payment.as_str(), dispute.id.as_str()))
    }

    /// The history with a line about a dispute. Returns `None` if the newest line about the dispute is the same.
    pub(crate) fn history_with_dispute(
        &self,
        event: DepositEvent,
        dispute: &Dispute,
        now: Timestamp,
    ) -> Option<History> {
        let (payment, id) = (dispute.payment.as_str(), dispute.id.as_str());
        let newest = self.dispute_lines().filter(|(_, of, by)| (*of, *by) == (payment, id)).last();
        let is_new = newest.is_none_or(|(known, _, _)| known != event);
        is_new.then(|| self.history.with(HistoryLine::own(format!("{event} {payment} {id}"), now)))
    }
}
