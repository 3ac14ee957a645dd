//! Compares refunds and chargebacks with the provider's records: for each payment, the books hold the same amount as
//! the provider, in any order of refunds and disputes.

use super::adapter::money;
use super::books::{moved, order_of, own_payment};
use super::{NAME, Provider};
use crate::alarms::Alarms;
use crate::answers::Answers;
use crate::clients::urls_of;
use crate::process::backlog;
use crate::violation::Violation;
use crate::world::{State, Who, World};
use evens_contracts::Queue;
use evens_ledger::{Amount, EntryKey, SystemAccount, UserId};
use evens_payments::{
    Currency, DepositOrder, DepositState, DisputeState, Money, OrderId, PaymentRefund, PaymentsRecord,
    ReceivedPayment,
};
use evens_records::Record;
use evens_sandbox_provider::core::{Payment, PaymentStatus};
use evens_simulated_table::Table;
use evens_simulated_table::item::{Item, text};
use std::collections::BTreeMap;

/// A cashier's acknowledged action on a deposit or on a payment for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AcknowledgedReturn {
    /// A credited deposit was refunded.
    Refunded(String),
    /// A payment that could not be credited was sent back.
    Returned(String),
    /// A payment in suspense was credited to the player.
    Given(String, String),
    /// A second payment was sent back.
    SentBack(String, String),
}

impl AcknowledgedReturn {
    fn order(&self) -> &str {
        match self {
            Self::Refunded(order)
            | Self::Returned(order)
            | Self::Given(order, _)
            | Self::SentBack(order, _) => order,
        }
    }

    /// Returns whether the action still holds. A payment in suspense that was to be sent back may have gone by a
    /// dispute instead.
    fn is_so(&self, deposit: &DepositOrder) -> bool {
        let own = deposit.payment.as_ref();
        match self {
            Self::Refunded(_) => deposit.state == DepositState::Refunded,
            Self::Returned(_) => {
                deposit.state == DepositState::Returned
                    || own.is_some_and(|own| deposit.was_taken_back(&own.id))
            }
            Self::Given(_, payment) => {
                deposit.claims.iter().any(|claim| claim.payment.as_str() == payment && claim.is_given)
            }
            Self::SentBack(_, payment) => {
                deposit.returns.iter().any(|back| back.payment.id.as_str() == payment)
                    || payment.parse().is_ok_and(|payment| deposit.was_taken_back(&payment))
            }
        }
    }
}

/// The number of deposits that were refunded, sent back, claimed or disputed.
pub(crate) fn count_returned(table: &Table) -> u64 {
    const STATES: [&str; 5] = ["REFUNDED", "RETURNED", "CLAIMED", "DISPUTED", "CHARGED_BACK"];
    let orders = table.of_kind("order").filter(|order| STATES.contains(&text(order, "state")));
    let deposits = orders.filter(|order| text(order, "direction") == "deposit");
    u64::try_from(deposits.count()).unwrap_or(u64::MAX)
}

/// The pending work of refunds and disputes, or `None` (M6).
pub(crate) fn unrest_of_returns(world: &World) -> Option<String> {
    let state = world.lock();
    let State { provider, alarms, table, .. } = &*state;
    if let Some(payment) = untold(provider, alarms, table).next() {
        let (id, order) = (payment.id, payment.reference.as_str());
        return Some(format!("The dispute over {id} for the order {order} had no effect."));
    }
    // The provider does not refund a disputed payment.
    let is_owed = |payment: &&Payment| {
        let item = order_of(table, payment.reference.as_str());
        payment.status == PaymentStatus::Succeeded
            && payment.amount_refunded == 0
            && item.is_some_and(|item| is_to_go_back(item, &payment.id.to_string()))
    };
    let owed = provider.core.payments().find(is_owed);
    owed.map(|payment| format!("The payment {} should have been refunded.", payment.id))
}

/// Returns whether the order sends this payment back, or has done so.
fn is_to_go_back(item: &Item, payment: &str) -> bool {
    let is_own = own_payment(item) == Some(payment);
    let is_beside = || item.get("returns").is_some_and(|returns| returns.mentions(payment));
    is_own && item.contains_key("refund") || is_beside()
}

/// The disputed payments to which the books have not reacted. For money in suspense, an alarm is enough. A lost dispute
/// removes a second payment from suspense.
fn untold<'a>(
    provider: &'a Provider,
    alarms: &'a Alarms,
    table: &'a Table,
) -> impl Iterator<Item = &'a Payment> {
    provider.core.payments().filter(|payment| {
        let Some(dispute) = provider.dispute_over(payment) else { return false };
        let id = payment.id.to_string();
        let Some(item) = order_of(table, payment.reference.as_str()) else { return false };
        let was_moved = |purpose| moved(table, purpose, &id).is_some();
        let is_suspended = || was_moved("SUSPENSE") && !was_moved("SUSPENSE-OUT");
        let is_told = || alarms.has_dispute(payment.reference.as_str());
        if own_payment(item) != Some(&id) {
            return dispute == DisputeState::Lost && is_suspended() && !is_told();
        }
        match (dispute, text(item, "state")) {
            (DisputeState::Opened, state) => state == "COMPLETED",
            (DisputeState::Won, state) => state == "DISPUTED",
            (DisputeState::Lost, "COMPLETED" | "DISPUTED") => true,
            (DisputeState::Lost, "CLAIMED" | "UNCLAIMED") => !is_told(),
            (DisputeState::Lost, _) => false,
        }
    })
}

/// Reports disputes without a reaction again, once all jobs are done. This covers callbacks that were lost for good. If
/// a callback was accepted and its job was not lost, the missing reaction is a violation.
pub(crate) fn tell_of_disputes_again(world: &World) {
    if backlog(world, &urls_of(Queue::Payments).main) > 0 {
        return;
    }
    let again: Vec<(Payment, DisputeState, bool)> = {
        let state = world.lock();
        let State { provider, alarms, table, answers, .. } = &*state;
        if provider.under_way > 0 || provider.core.next_deadline().is_some() {
            return;
        }
        let again = untold(provider, alarms, table).filter_map(|payment| {
            let taken = provider.taken_of(payment.id).iter();
            let is_in_vain = taken.filter(|digest| !was_lost(answers, &digest.to_string())).count() > 0;
            Some((payment.clone(), provider.dispute_over(payment)?, is_in_vain))
        });
        again.collect()
    };
    for (payment, stands, is_in_vain) in again {
        if is_in_vain {
            let sentence =
                format!("A callback of the dispute over {} was accepted without effect.", payment.id);
            world.violated(Violation::new("provider", sentence));
        }
        world.note(Who::World, format_args!("reports the dispute over {} again", payment.id));
        world.tell_of_dispute(&payment, stands, 1);
    }
}

/// Returns whether the job with this hash was lost or given up.
fn was_lost(answers: &Answers, digest: &str) -> bool {
    answers.lost.iter().any(|job| job.contains(digest))
}

/// The refunds in the books.
#[derive(Default)]
pub(crate) struct OurReturns {
    deposits: BTreeMap<OrderId, DepositOrder>,
    /// The changes of the provider's account by key, in units.
    at_provider: BTreeMap<EntryKey, i128>,
    held: BTreeMap<UserId, bool>,
}

impl OurReturns {
    pub(crate) fn take_in(&mut self, record: &Record) {
        let is_provider = |account: &SystemAccount| matches!(account, SystemAccount::PaymentProvider(_));
        let mut add =
            |key: &EntryKey, units: i128| *self.at_provider.entry(key.clone()).or_default() += units;
        match record {
            Record::Deposit(deposit) => drop(self.deposits.insert(deposit.terms.id, (**deposit).clone())),
            Record::Entry(entry) if is_provider(&entry.account) => {
                let sign = if entry.key.to_string().starts_with("DEPOSIT:") { 1 } else { -1 };
                add(&entry.key, sign * entry.amount.units());
            }
            Record::Transfer(moved) if is_provider(&moved.from) => add(&moved.key, moved.amount.units()),
            Record::Transfer(moved) if is_provider(&moved.to) => add(&moved.key, -moved.amount.units()),
            Record::Cashier(record) => {
                let PaymentsRecord { user, is_held, .. } = **record;
                self.held.insert(user, is_held);
            }
            _ => {}
        }
    }

    /// Returns whether this payment was credited for its order.
    fn has_credited(&self, payment: &Payment) -> bool {
        let order = payment.reference.as_str().parse().ok();
        let deposit = order.and_then(|order: OrderId| self.deposits.get(&order));
        let id = payment.id.to_string();
        let is_own = |own: &ReceivedPayment| own.id.as_str() == id && own.unclaimed.is_none();
        deposit.and_then(|deposit| deposit.payment.as_ref()).is_some_and(is_own)
    }

    /// The amount that the books hold of a payment, in units. Credits with the order's key belong to its own payment.
    fn units_of(&self, payment: &Payment) -> i128 {
        let (id, order) = (payment.id.to_string(), payment.reference.as_str());
        let has_own = self.has_credited(payment);
        let of_order = ["DEPOSIT", "DEPOSIT-REFUND"].map(|purpose| format!("{purpose}:{order}"));
        let of_payment = ["SUSPENSE", "SUSPENSE-OUT", "CHARGEBACK", "CHARGEBACK-OWED"];
        let of_payment = of_payment.map(|purpose| format!("{purpose}:{id}"));
        let keys = of_order.into_iter().filter(|_| has_own).chain(of_payment);
        let moved = keys.filter_map(|key| self.at_provider.get(&EntryKey::from_stored(key)));
        moved.sum()
    }

    /// All payments with pending or completed refunds.
    fn refunds(&self) -> impl Iterator<Item = (OrderId, &ReceivedPayment, &PaymentRefund)> {
        self.deposits.values().flat_map(|deposit| {
            deposit.refunds().map(|(payment, refund)| (deposit.terms.id, payment, refund))
        })
    }
}

/// Compares the provider's records with the books.
pub(crate) fn check_returns(state: &State, ours: &OurReturns) -> Vec<Violation> {
    let State { provider, alarms, answers, .. } = state;
    let mut found = Vec::new();
    let mut violated = |sentence: String| found.push(Violation::new("provider", sentence));
    for payment in provider.core.payments() {
        check_payment(payment, alarms, ours, &mut violated);
    }
    for (order, payment, refund) in ours.refunds() {
        check_refund(provider, order, payment, refund, &mut violated);
    }
    let disputed = [DepositState::Disputed, DepositState::ChargedBack];
    for deposit in ours.deposits.values().filter(|deposit| disputed.contains(&deposit.state)) {
        let (id, user) = (deposit.terms.id, deposit.terms.user);
        let is_held = ours.held.get(&user).copied().unwrap_or_default();
        if !is_held && !answers.released.contains(&user.number()) {
            violated(format!("The deposit {id} is {}, but user {user} is not held.", deposit.state));
        }
    }
    for reported in &answers.returns {
        let deposit = reported.order().parse().ok().and_then(|order: OrderId| ours.deposits.get(&order));
        if !deposit.is_some_and(|deposit| reported.is_so(deposit)) {
            found.push(Violation::new("M3", format!("The answer {reported:?} is no longer true.")));
        }
    }
    found
}

/// Checks that the books hold the same amount of a payment as the provider. If a reversed amount could not be
/// recovered, an alarm must exist.
fn check_payment(payment: &Payment, alarms: &Alarms, ours: &OurReturns, violated: &mut impl FnMut(String)) {
    let id = payment.id;
    let Some(all) = money(payment) else { return };
    if all.currency() != Currency::INR {
        return;
    }
    let left = Money::from_minor_units(payment.amount_left(), Currency::INR);
    let left = left.map_or(Amount::ZERO, Money::amount).units();
    let held = ours.units_of(payment);
    let is_for_person = payment.status == PaymentStatus::Disputed
        && held == all.amount().units()
        && !ours.has_credited(payment)
        && alarms.has_dispute(payment.reference.as_str());
    if held != left && !is_for_person {
        let order = payment.reference.as_str();
        violated(format!(
            "The provider holds {left} units of {id} for the order {order}, and our books {held}."
        ));
    }
}

/// Checks that a recorded refund was made, and for this payment.
fn check_refund(
    provider: &Provider,
    order: OrderId,
    payment: &ReceivedPayment,
    refund: &PaymentRefund,
    violated: &mut impl FnMut(String),
) {
    let Some(found) = payment.id.as_str().parse().ok().and_then(|id| provider.core.payment(id)) else {
        violated(format!("{NAME} has no refundable payment {}.", payment.id));
        return;
    };
    let refunds = || provider.core.refunds().filter(|refund| refund.payment == found.id);
    match &refund.made {
        Some(made) if !refunds().any(|refund| refund.id.to_string() == made.as_str()) => {
            violated(format!(
                "The order {order} says that {} was refunded by {made}, which is wrong.",
                found.id
            ));
        }
        _ if found.status == PaymentStatus::Succeeded && refunds().count() != 1 => {
            let count = refunds().count();
            violated(format!("The payment {} of the order {order} was refunded {count} times.", found.id));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::{OurReturns, check_returns};
    use crate::dice::Dice;
    use crate::provider::Provider;
    use crate::trace::Trace;
    use crate::world::State;
    use evens_ledger::{EntryKey, UserId, WalletOwner};
    use evens_payments::{
        Currency, DepositOrder, DepositState, Direction, Money, OpenDeposit, OpenDepositInput, OrderId,
        PaymentsRecord, ReceivedPayment, open_deposit,
    };
    use evens_providers::PaymentSettings;
    use evens_records::Record;
    use evens_sandbox_provider::core::{
        Amount, Currency as SandboxCurrency, Fault, IdempotencyKey, MakeRefund, OpenPayment, PaymentFault,
        PaymentId, PendingFault, Reference, Settings,
    };
    use jiff::{SignedDuration, Timestamp};

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    /// The fate of a payment at the provider.
    #[derive(Clone, Copy, PartialEq)]
    enum Fate {
        Stays,
        IsRefunded,
        IsDisputed,
    }

    /// The fate of the payment, the movements in the books by key, and the finding.
    type Row = (Fate, &'static [(&'static str, i128)], Option<&'static str>);

    /// A credited deposit of 10.00 for this payment.
    fn credited(payment: PaymentId, reference: OrderId) -> DepositOrder {
        let user = UserId::new(1).expect("a user");
        let money = Money::from_minor_units(1_000, Currency::INR).expect("money");
        let provider: evens_ledger::ProviderName = "sandbox".parse().expect("a name");
        let asked = OpenDeposit {
            order: reference,
            user,
            money,
            provider: provider.clone(),
            barred: None,
            session_epoch: 0,
        };
        let seen = OpenDepositInput {
            existing: None,
            owner: WalletOwner::default(),
            record: &PaymentsRecord::empty(user),
        };
        let rules = PaymentSettings::default().deposits;
        let order = open_deposit(&asked, seen, &rules, NOW).expect("opened").order;
        let id = payment.to_string().parse().expect("an id");
        let payment = Some(ReceivedPayment { provider, id, money, unclaimed: None });
        DepositOrder { state: DepositState::Completed, payment, ..order }
    }

    /// A provider with a payment of 10.00 for the order, with this fate.
    fn provider_of(reference: OrderId, fate: Fate) -> (Provider, PaymentId) {
        let mut provider = Provider::new(Settings::default(), Dice::new(0));
        let core = &mut provider.core;
        let amount = Amount::new(1_000).expect("an amount");
        let request = OpenPayment {
            amount,
            currency: SandboxCurrency::parse("INR").expect("a currency"),
            reference: Reference::parse(&reference.to_string()).expect("a reference"),
            return_url: None,
        };
        let key = |text| IdempotencyKey::parse(text).expect("a key");
        let payment = core.open_payment(key("open"), request, 1, NOW).expect("opened").id;
        if fate == Fate::IsDisputed {
            core.add_fault(PendingFault { fault: Fault::Payment(PaymentFault::Dispute), times: 1 });
        }
        core.pay(payment, NOW).expect("paid");
        if fate == Fate::IsRefunded {
            core.make_refund(key("refund"), MakeRefund { payment, amount }, 2, NOW).expect("refunded");
        }
        core.advance(NOW + SignedDuration::from_mins(1));
        (provider, payment)
    }

    #[test]
    fn of_each_payment_our_books_hold_what_the_provider_holds() {
        use Fate::{IsDisputed, IsRefunded, Stays};
        #[rustfmt::skip]
        let table: [Row; 8] = [
            // fate,      movements in the books,                                          finding
            (Stays,      &[("DEPOSIT", 10)],                                            None),
            (Stays,      &[],                                                           Some("and our books 0")),
            (Stays,      &[("DEPOSIT", 10), ("DEPOSIT-REFUND", -10)],                   Some("and our books 0")),
            (IsRefunded, &[("DEPOSIT", 10)],                                            Some("holds 0 units")),
            (IsRefunded, &[("DEPOSIT", 10), ("DEPOSIT-REFUND", -10)],                   None),
            (IsDisputed, &[("DEPOSIT", 10)],                                            Some("holds 0 units")),
            (IsDisputed, &[("DEPOSIT", 10), ("CHARGEBACK", -4)],                        Some("holds 0 units")),
            (IsDisputed, &[("DEPOSIT", 10), ("CHARGEBACK", -4), ("CHARGEBACK-OWED", -6)], None),
        ];
        let user = UserId::new(1).expect("a user");
        let order = OrderId::derive(Direction::Deposit, user, &"a-key".parse().expect("a key"));
        for (number, (fate, moved, expected)) in table.into_iter().enumerate() {
            let (provider, payment) = provider_of(order, fate);
            let mut ours = OurReturns::default();
            ours.take_in(&Record::Deposit(Box::new(credited(payment, order))));
            for (purpose, coins) in moved {
                let id = if purpose.starts_with("DEPOSIT") { order.to_string() } else { payment.to_string() };
                let key = EntryKey::from_stored(format!("{purpose}:{id}"));
                ours.at_provider.insert(key, coins * 100_000_000);
            }
            let state = State { provider, ..State::new(0, Dice::new(0), Trace::new(false)) };
            let found = check_returns(&state, &ours);
            match expected {
                None => assert_eq!(found, [], "row {number}"),
                Some(words) => assert!(found[0].sentence.contains(words), "row {number}: {found:?}"),
            }
        }
    }
}
