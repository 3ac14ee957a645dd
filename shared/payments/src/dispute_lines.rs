//! What an order's history says of disputes about its payments: a line `{event} {payment} {dispute}` each, which is
//! kept for ever. Where the order's state says all there is to say, there is none.

use crate::{DepositEvent, DepositOrder, Dispute, History, HistoryLine, ProviderId};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// The events that such a line may tell of.
const EVENTS: [DepositEvent; 3] =
    [DepositEvent::DisputeOpened, DepositEvent::DisputeWon, DepositEvent::MoneyTakenBack];

/// What, of which payment, and in which dispute; none where a line tells of something else.
pub(crate) fn read_line(cause: &str) -> Option<(DepositEvent, &str, &str)> {
    let mut words = cause.split(' ');
    let (event, payment, dispute) = (words.next()?.parse().ok()?, words.next()?, words.next()?);
    (words.next().is_none() && EVENTS.contains(&event)).then_some((event, payment, dispute))
}

impl DepositOrder {
    fn dispute_lines(&self) -> impl Iterator<Item = (DepositEvent, &str, &str)> {
        self.history.lines().iter().filter_map(|line| read_line(&line.cause))
    }

    /// Whether whoever paid a payment wants it back or has got it, as far as is noted. Where the order's state says so
    /// of its own payment, nothing needs to be noted.
    pub(crate) fn is_disputed(&self, payment: &ProviderId) -> bool {
        let about = self.dispute_lines().filter(|(_, of, _)| *of == payment.as_str());
        let newest: BTreeMap<_, _> = about.map(|(event, _, dispute)| (dispute, event)).collect();
        newest.into_values().any(|event| event != DepositEvent::DisputeWon)
    }

    /// The payments that whoever paid has got back out of suspense, each with the dispute.
    pub(crate) fn taken_back(&self) -> impl Iterator<Item = (&str, &str)> {
        let taken = self.dispute_lines().filter(|(event, _, _)| *event == DepositEvent::MoneyTakenBack);
        taken.map(|(_, payment, dispute)| (payment, dispute))
    }

    /// Whether some dispute took a payment out of suspense.
    pub fn was_taken_back(&self, payment: &ProviderId) -> bool {
        self.taken_back().any(|(of, _)| of == payment.as_str())
    }

    pub(crate) fn was_taken_back_by(&self, dispute: &Dispute) -> bool {
        self.taken_back().any(|taken| taken == (dispute.payment.as_str(), dispute.id.as_str()))
    }

    /// The history with a line about a dispute. `None` where the newest line about it says the same.
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
