//! Payouts.

use super::schedule::Step;
use super::{
    Core, EventData, EventType, Fate, Fault, IdempotencyKey, KeyedOperation, MovementKind, Payout, PayoutId,
    PayoutStatus, Reference, Refusal, SendPayout, later,
};
use jiff::Timestamp;

impl Core {
    /// Accepts a payout with an id from these bits. A repeat returns the payout as it was accepted, with its original
    /// id.
    ///
    /// # Errors
    /// [`Refusal::KeyUsedForAnotherRequest`].
    pub fn send_payout(
        &mut self,
        key: IdempotencyKey,
        request: SendPayout,
        bits: u128,
        now: Timestamp,
    ) -> Result<Payout, Refusal> {
        let now = self.tick(now);
        let books = &mut self.books;
        let forgets = || books.faults.take_one(Fault::ForgetKey(KeyedOperation::SendPayout));
        if let Some(kept) = books.payout_keys.repeated(&key, &request, forgets)? {
            return Ok(Payout::accepted(kept.id, &request, kept.at));
        }
        let payout = Payout::accepted(PayoutId::from_random(bits), &request, now);
        books.payouts.insert(payout.id, &payout.reference, payout.clone());
        books.payout_keys.keep(key, request, payout.id, now);
        books.schedule.plan(later(now, self.settings.payout_queued), Step::StartPayout(payout.id));
        Ok(payout)
    }

    pub fn payout(&self, id: PayoutId) -> Option<&Payout> {
        self.books.payouts.get(id)
    }

    /// The payouts with this reference, in the order of creation.
    pub fn payouts_of(&self, reference: &Reference) -> impl Iterator<Item = &Payout> {
        self.books.payouts.of_reference(reference)
    }

    pub fn payouts(&self) -> impl Iterator<Item = &Payout> {
        self.books.payouts.all()
    }

    pub(super) fn start_payout(&mut self, id: PayoutId, at: Timestamp) {
        let Some(payout) = self.books.payouts.get_mut(id) else { return };
        payout.status = PayoutStatus::Processing;
        payout.changed_at = at;
        self.books.schedule.plan(later(at, self.settings.payout_processing), Step::FinishPayout(id));
    }

    /// Ends a payout as its account number determines.
    pub(super) fn finish_payout(&mut self, id: PayoutId, at: Timestamp) {
        match self.payout(id).map(|payout| payout.account.fate()) {
            Some(Fate::Failed) => {
                self.end_payout(id, PayoutStatus::Failed, EventType::PayoutFailed, at);
                if self.books.faults.take_one(Fault::ProcessAfterFailure) {
                    let processed_at = later(at, self.settings.fault_delay);
                    self.books.schedule.plan(processed_at, Step::ProcessPayout(id));
                }
            }
            Some(Fate::Reversed) => {
                self.end_payout(id, PayoutStatus::Reversed, EventType::PayoutReversed, at);
            }
            Some(Fate::Processed) => {
                self.process_payout(id, at);
                if self.books.faults.take_one(Fault::ReverseAfterProcessed) {
                    let reversed_at = later(at, self.settings.fault_delay);
                    self.books.schedule.plan(reversed_at, Step::ReversePayout(id));
                }
            }
            Some(Fate::Returned) => {
                self.process_payout(id, at);
                let returned_at = later(at, self.settings.payout_return);
                self.books.schedule.plan(returned_at, Step::ReversePayout(id));
            }
            None => {}
        }
    }

    /// The money comes back.
    pub(super) fn return_payout(&mut self, id: PayoutId, at: Timestamp) {
        self.end_payout(id, PayoutStatus::Reversed, EventType::PayoutReversed, at);
        if let Some(data) = self.payout(id).map(|payout| payout.event_data(at)) {
            self.books.move_money(MovementKind::PayoutReversal, data.amount.signed(), &data);
        }
    }

    /// The money leaves.
    pub(super) fn process_payout(&mut self, id: PayoutId, at: Timestamp) {
        self.end_payout(id, PayoutStatus::Processed, EventType::PayoutProcessed, at);
        let Some(data) = self.payout(id).map(|payout| payout.event_data(at)) else { return };
        self.books.move_money(MovementKind::Payout, -data.amount.signed(), &data);
        let fee = i64::from(self.settings.fees.payout_units);
        if fee > 0 {
            self.books.move_money(MovementKind::PayoutFee, -fee, &data);
        }
    }

    fn end_payout(&mut self, id: PayoutId, status: PayoutStatus, event: EventType, at: Timestamp) {
        let Some(payout) = self.books.payouts.get_mut(id) else { return };
        payout.status = status;
        payout.changed_at = at;
        let data = payout.event_data(at);
        self.books.tell(event, data);
    }
}

impl Payout {
    fn event_data(&self, at: Timestamp) -> EventData {
        EventData {
            id: self.id.to_string(),
            reference: self.reference.clone(),
            amount: self.amount,
            currency: self.currency,
            status: self.status.name().to_owned(),
            at,
        }
    }
}
