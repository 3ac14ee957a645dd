//! The payment provider of a run: the sandbox provider's core in virtual time, and the faults between it and the
//! platform.
//!
//! The provider is external. It does not crash with a process, and its records are the truth. The final checks use its
//! records, never the platform's notes about them.

mod adapter;
mod books;
mod call;
mod callbacks;
mod disputes;
mod payout_books;
mod payouts;
mod refunds;
mod returned;

pub(crate) use adapter::ProviderSetup;
pub(crate) use books::{OurBooks, ask_again, check, check_lists, order_of, own_payment, unrest};
pub(crate) use callbacks::send_callbacks;
pub(crate) use payout_books::{OurPayouts, ask_about_payouts, check_payouts, unrest_of_payouts};
pub(crate) use payouts::payee_keys;
pub(crate) use returned::{
    AcknowledgedReturn, OurReturns, check_returns, count_returned, tell_of_disputes_again, unrest_of_returns,
};

use crate::dice::Dice;
use crate::hazard::Hazard;
use crate::world::{State, Who, World};
use disputes::Disputes;
use evens_sandbox_provider::core::{
    self, CallFault, CallbackFault, Core, Fault, KeyedOperation, Operation, Payment, PaymentFault, PaymentId,
    PaymentStatus, PendingFault, Refusal, Retries,
};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// The test secret for callbacks.
const SECRET: &str = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

const NAME: &str = "sandbox";

/// The address prefix of payment pages.
const PAY_PAGE: &str = "http://sandbox.simulator/pay/";

/// The provider with its own dice.
pub(crate) struct Provider {
    pub(crate) core: Core,
    dice: Dice,
    /// The number of calls that have left a process and are not served yet.
    under_way: u64,
    /// Orders whose payout was sent again after the provider forgot its key. Their second payout is the provider's
    /// fault.
    forgotten: BTreeSet<String>,
    disputes: Disputes,
    /// Fires when a callback may be due.
    stirred: Arc<Notify>,
}

impl Provider {
    pub(crate) fn new(settings: core::Settings, dice: Dice) -> Self {
        Self {
            core: Core::new(settings),
            dice,
            under_way: 0,
            forgotten: BTreeSet::new(),
            disputes: Disputes::default(),
            stirred: Arc::default(),
        }
    }

    /// Draws the provider's response times.
    pub(crate) fn draw_settings(dice: &mut Dice) -> core::Settings {
        let defaults = core::Settings::default();
        let fault_delay = Duration::from_secs(dice.pick(&[5, 60, 400]).unwrap_or(5));
        let pause_max = Duration::from_secs(dice.pick(&[30, 300]).unwrap_or(30));
        core::Settings { fault_delay, callbacks: Retries { pause_max, ..defaults.callbacks }, ..defaults }
    }

    /// Forgets the key of the next repeated call of this operation.
    fn forget_key(&mut self, of: KeyedOperation) {
        self.core.add_fault(PendingFault { fault: Fault::ForgetKey(of), times: 1 });
    }

    fn bits(&mut self) -> u128 {
        let mut bytes = [0; 16];
        self.dice.bytes(&mut bytes);
        u128::from_be_bytes(bytes)
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Provider")
    }
}

impl State {
    /// Makes the provider's next action fail if this hazard strikes.
    fn provoke(&mut self, hazard: Hazard, fault: impl FnOnce(&mut Dice) -> Option<Fault>) {
        if self.strike(hazard)
            && let Some(fault) = fault(&mut self.provider.dice)
        {
            self.provider.core.add_fault(PendingFault { fault, times: 1 });
        }
    }

    /// Draws the provider's fault for an arriving call.
    fn fault_of_call(&mut self, operation: Operation) -> Option<CallFault> {
        self.provoke(Hazard::ProviderTrouble, |dice| {
            Some(Fault::Call(operation, dice.pick(CallFault::ALL)?))
        });
        self.provider.core.take_call_fault(operation)
    }

    /// Draws the fault of the next callback.
    fn provoke_callback(&mut self) {
        self.provoke(Hazard::CallbackTrouble, |dice| {
            Some(Fault::Callback(None, dice.pick(CallbackFault::ALL)?))
        });
    }
}

impl World {
    /// A player pays on the provider's page.
    pub(crate) fn pay(&self, who: Who, payment: PaymentId) {
        const FAULTS: [PaymentFault; 2] = [PaymentFault::WrongAmount, PaymentFault::WrongCurrency];
        let now = self.now();
        self.at_pay_page(who, payment, "pays", |state| {
            state.provoke(Hazard::OtherMoney, |dice| dice.pick(&FAULTS).map(Fault::Payment));
            state.provoke_dispute();
            state.provider.core.pay(payment, now)
        });
        self.may_open_dispute(payment);
    }

    /// A player's payment fails on the provider's page.
    pub(crate) fn fail_to_pay(&self, who: Who, payment: PaymentId) {
        let now = self.now();
        self.at_pay_page(who, payment, "fails to pay", |state| {
            let found = state.provider.core.payment(payment).map(|found| found.status);
            if found == Some(PaymentStatus::Open) {
                let late = Fault::Payment(PaymentFault::SuccessAfterFailure);
                state.provoke(Hazard::LateMoney, |_| Some(late));
            }
            state.provider.core.fail(payment, now)
        });
    }

    fn at_pay_page(
        &self,
        who: Who,
        payment: PaymentId,
        does: &str,
        act: impl FnOnce(&mut State) -> Result<Payment, Refusal>,
    ) {
        let came_of_it = {
            let mut state = self.lock();
            let done = act(&mut state);
            state.provider.stirred.notify_one();
            done.map_or_else(|refusal| refusal.to_string(), |payment| payment.status.name().to_owned())
        };
        self.note(who, format_args!("{does} {payment}: {came_of_it}"));
    }
}

/// The payment at this page address.
pub(crate) fn payment_at(url: &str) -> Option<PaymentId> {
    url.strip_prefix(PAY_PAGE)?.parse().ok()
}
