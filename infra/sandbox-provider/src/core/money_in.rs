//! Payments and their refunds.

use super::schedule::Step;
use super::{
    Amount, Core, EventData, EventType, Fault, IdempotencyKey, KeyedOperation, MakeRefund, MovementKind,
    OpenPayment, Payment, PaymentFault, PaymentId, PaymentStatus, Reference, Refund, RefundId, RefundStatus,
    Refusal, later,
};
use jiff::Timestamp;

impl Core {
    /// Opens a payment with an id from these bits. A repeat returns the payment as it was opened, with its original id.
    ///
    /// # Errors
    /// [`Refusal::KeyUsedForAnotherRequest`].
    pub fn open_payment(
        &mut self,
        key: IdempotencyKey,
        request: OpenPayment,
        bits: u128,
        now: Timestamp,
    ) -> Result<Payment, Refusal> {
        let now = self.tick(now);
        let books = &mut self.books;
        let forgets = || books.faults.take_one(Fault::ForgetKey(KeyedOperation::OpenPayment));
        if let Some(kept) = books.payment_keys.repeated(&key, &request, forgets)? {
            return Ok(Payment::opened(kept.id, &request, kept.at));
        }
        let payment = Payment::opened(PaymentId::from_random(bits), &request, now);
        books.payments.insert(payment.id, &payment.reference, payment.clone());
        books.payment_keys.keep(key, request, payment.id, now);
        Ok(payment)
    }

    pub fn payment(&self, id: PaymentId) -> Option<&Payment> {
        self.books.payments.get(id)
    }

    /// The payments with this reference, in the order of creation.
    pub fn payments_of(&self, reference: &Reference) -> impl Iterator<Item = &Payment> {
        self.books.payments.of_reference(reference)
    }

    pub fn payments(&self) -> impl Iterator<Item = &Payment> {
        self.books.payments.all()
    }

    pub fn refund(&self, id: RefundId) -> Option<&Refund> {
        self.books.refunds.get(id)
    }

    pub fn refunds(&self) -> impl Iterator<Item = &Refund> {
        self.books.refunds.all()
    }

    /// The payer pays. A failed payment may still be paid, and a paid one stays unchanged.
    ///
    /// # Errors
    /// 1. [`Refusal::UnknownPayment`].
    /// 2. [`Refusal::PaymentStatus`]: it is already paid.
    pub fn pay(&mut self, id: PaymentId, now: Timestamp) -> Result<Payment, Refusal> {
        let now = self.tick(now);
        match self.payment(id).ok_or(Refusal::UnknownPayment)?.status {
            PaymentStatus::Open | PaymentStatus::Failed => {}
            paid @ (PaymentStatus::Succeeded | PaymentStatus::Disputed) => {
                return Err(Refusal::PaymentStatus(paid));
            }
        }
        self.succeed(id, now);
        self.payment(id).cloned().ok_or(Refusal::UnknownPayment)
    }

    /// The payer's attempt fails.
    ///
    /// # Errors
    /// 1. [`Refusal::UnknownPayment`].
    /// 2. [`Refusal::PaymentStatus`]: it is paid, or an attempt has failed already.
    pub fn fail(&mut self, id: PaymentId, now: Timestamp) -> Result<Payment, Refusal> {
        let now = self.tick(now);
        let payment = self.books.payments.get_mut(id).ok_or(Refusal::UnknownPayment)?;
        if payment.status != PaymentStatus::Open {
            return Err(Refusal::PaymentStatus(payment.status));
        }
        payment.status = PaymentStatus::Failed;
        payment.changed_at = now;
        let payment = payment.clone();
        self.books.tell(EventType::PaymentFailed, payment.event_data(payment.amount, now));
        if self.books.faults.take_one(Fault::Payment(PaymentFault::SuccessAfterFailure)) {
            self.books.schedule.plan(later(now, self.settings.fault_delay), Step::SucceedPayment(id));
        }
        Ok(payment)
    }

    /// Accepts a refund with an id from these bits. A repeat returns the refund as it was accepted.
    ///
    /// # Errors
    /// 1. [`Refusal::KeyUsedForAnotherRequest`].
    /// 2. [`Refusal::UnknownPayment`].
    /// 3. [`Refusal::PaymentStatus`]: it has not succeeded, or is disputed.
    /// 4. [`Refusal::RefundTooLarge`].
    pub fn make_refund(
        &mut self,
        key: IdempotencyKey,
        request: MakeRefund,
        bits: u128,
        now: Timestamp,
    ) -> Result<Refund, Refusal> {
        let now = self.tick(now);
        let books = &mut self.books;
        let forgets = || books.faults.take_one(Fault::ForgetKey(KeyedOperation::MakeRefund));
        let kept = books.refund_keys.repeated(&key, &request, forgets)?;
        let payment = books.payments.get_mut(request.payment).ok_or(Refusal::UnknownPayment)?;
        if let Some(kept) = kept {
            return Ok(Refund::accepted(kept.id, payment, request.amount, kept.at));
        }
        if payment.status != PaymentStatus::Succeeded {
            return Err(Refusal::PaymentStatus(payment.status));
        }
        let amount_left = payment.amount_left();
        if request.amount.units() > amount_left {
            return Err(Refusal::RefundTooLarge { amount_left });
        }
        payment.amount_refunded += request.amount.units();
        let refund = Refund::accepted(RefundId::from_random(bits), payment, request.amount, now);
        books.refunds.insert(refund.id, &refund.reference, refund.clone());
        books.refund_keys.keep(key, request, refund.id, now);
        let processed_at = later(now, self.settings.refund_processing);
        books.schedule.plan(processed_at, Step::ProcessRefund(refund.id));
        Ok(refund)
    }

    /// Makes a failed payment succeed, unless the payer has paid since.
    pub(super) fn succeed_late(&mut self, id: PaymentId, at: Timestamp) {
        if self.payment(id).is_some_and(|payment| payment.status == PaymentStatus::Failed) {
            self.succeed(id, at);
        }
    }

    /// The payer's bank reverses the remaining amount.
    pub(super) fn dispute(&mut self, id: PaymentId, at: Timestamp) {
        let Some(payment) = self.books.payments.get_mut(id) else { return };
        // Nothing remains of a payment that was fully refunded or already disputed.
        let Ok(amount) = Amount::new(payment.amount_left()) else { return };
        payment.status = PaymentStatus::Disputed;
        payment.changed_at = at;
        let data = payment.event_data(amount, at);
        self.books.move_money(MovementKind::Dispute, -amount.signed(), &data);
        self.books.tell(EventType::PaymentDisputed, data);
    }

    /// Processes a refund. If it fails, the money stays with its payment, and another refund is possible.
    pub(super) fn finish_refund(&mut self, id: RefundId, at: Timestamp) {
        let (status, event) = if self.books.faults.take_one(Fault::FailRefund) {
            (RefundStatus::Failed, EventType::RefundFailed)
        } else {
            (RefundStatus::Processed, EventType::RefundProcessed)
        };
        let Some(refund) = self.books.refunds.get_mut(id) else { return };
        refund.status = status;
        refund.changed_at = at;
        let data = refund.event_data(at);
        if status == RefundStatus::Processed {
            self.books.move_money(MovementKind::Refund, -data.amount.signed(), &data);
        } else if let Some(payment) = self.books.payments.get_mut(refund.payment) {
            payment.amount_refunded -= refund.amount.units();
        }
        self.books.tell(event, data);
    }

    fn succeed(&mut self, id: PaymentId, at: Timestamp) {
        let faults = &mut self.books.faults;
        let mut takes = |fault| faults.take_one(Fault::Payment(fault));
        let (is_other_amount, is_other_currency, is_disputed) = (
            takes(PaymentFault::WrongAmount),
            takes(PaymentFault::WrongCurrency),
            takes(PaymentFault::Dispute),
        );
        let Some(payment) = self.books.payments.get_mut(id) else { return };
        if is_other_amount {
            payment.amount = payment.amount.other();
        }
        if is_other_currency {
            payment.currency = payment.currency.other();
        }
        payment.status = PaymentStatus::Succeeded;
        payment.changed_at = at;
        let data = payment.event_data(payment.amount, at);
        let fee = self.settings.fees.of_payment(payment.amount);
        self.books.move_money(MovementKind::Payment, data.amount.signed(), &data);
        if fee > 0 {
            self.books.move_money(MovementKind::PaymentFee, -fee, &data);
        }
        self.books.tell(EventType::PaymentSucceeded, data);
        if is_disputed {
            self.books.schedule.plan(later(at, self.settings.fault_delay), Step::DisputePayment(id));
        }
    }
}

impl Payment {
    fn event_data(&self, amount: Amount, at: Timestamp) -> EventData {
        EventData {
            id: self.id.to_string(),
            reference: self.reference.clone(),
            amount,
            currency: self.currency,
            status: self.status.name().to_owned(),
            at,
        }
    }
}

impl Refund {
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
