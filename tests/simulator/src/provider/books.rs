//! Compares the provider's records with the books: each of its payments is credited once or is in suspense, and nothing
//! else is.

use super::adapter::money;
use super::{NAME, Provider};
use crate::made_up::MadeUp;
use crate::violation::Violation;
use crate::world::{Who, World};
use evens_ledger::{Amount, Entry, Transfer};
use evens_payments::{DepositEvent, DepositOrder, DepositState, OrderId, PaymentsRecord};
use evens_records::Record;
use evens_sandbox_provider::core::{Payment, PaymentStatus};
use evens_simulated_table::Table;
use evens_simulated_table::item::{Item, text};
use std::collections::BTreeMap;

/// The states in which a deposit may still be paid.
const LISTED: [&str; 4] = ["CREATED", "PENDING", "FAILED", "EXPIRED"];

/// The pending work of deposits, or `None` (M6): provider money that is not booked, or an order that is due.
pub(crate) fn unrest(world: &World) -> Option<String> {
    let now_ms = world.now_ms();
    let state = world.lock();
    if let Some(payment) = unbooked(&state.provider, &state.table).next() {
        let (id, order) = (payment.id, payment.reference.as_str());
        return Some(format!("The money of {id} for the order {order} is missing from the books."));
    }
    let is_due = |order: &&Item| {
        text(order, "direction") == "deposit"
            && LISTED.contains(&text(order, "state"))
            && text(order, "unfinished_sk").parse::<u64>().is_ok_and(|at_ms| at_ms <= now_ms)
    };
    let due = state.table.of_kind("order").find(is_due);
    due.map(|order| format!("The deposit {} is due and was not looked at.", text(order, "order")))
}

/// Acts as the daily reconciliation. It sends a check for each finished order with its payment booked, if the provider
/// has another payment for it. If that payment's callback was lost, nothing else would find it.
pub(crate) fn ask_again(world: &World) {
    let orders: Vec<String> = {
        let state = world.lock();
        let ended = |payment: &&Payment| {
            let order = order_of(&state.table, payment.reference.as_str());
            order.is_some_and(|order| !LISTED.contains(&text(order, "state")))
        };
        let ended = unbooked(&state.provider, &state.table).filter(ended);
        ended.map(|payment| payment.reference.as_str().to_owned()).collect()
    };
    for order in orders {
        world.note(Who::World, format_args!("reconciles the order {order}"));
        let mut dice = world.lock().provider.dice.fork();
        let name = format!("reconcile:{order}:{}", world.elapsed_ms());
        MadeUp::payment_check(&order).send(world, &mut dice, &name, 1);
    }
}

/// The provider's paid payments that no order names.
fn unbooked<'a>(provider: &'a Provider, table: &'a Table) -> impl Iterator<Item = &'a Payment> {
    let paid = provider.core.payments().filter(|payment| payment.status == PaymentStatus::Succeeded);
    paid.filter(|payment| {
        let id = payment.id.to_string();
        let is_named = |order: &Item| own_payment(order) == Some(&id) || tells_of(order, &id);
        let order = order_of(table, payment.reference.as_str());
        moved(table, "SUSPENSE", &id).is_none() && !order.is_some_and(is_named)
    })
}

pub(crate) fn order_of<'a>(table: &'a Table, order: &str) -> Option<&'a Item> {
    table.get(&(format!("ORDER#{order}"), "ORDER".to_owned()))
}

/// The transfer of a payment for this purpose.
pub(crate) fn moved<'a>(table: &'a Table, purpose: &str, payment: &str) -> Option<&'a Item> {
    table.get(&(format!("TRANSFER#{purpose}:{payment}"), "TRANSFER".to_owned()))
}

/// The provider's id of an order's payment.
pub(crate) fn own_payment(order: &Item) -> Option<&str> {
    text(order, "payment").lines().nth(1)
}

/// Returns whether the order's history has a second payment in another currency.
fn tells_of(order: &Item, id: &str) -> bool {
    let cause = format!("paid {NAME} {id}");
    order.get("history").is_some_and(|history| history.mentions(&cause))
}

/// The payments that were paid, whatever happened later.
fn paid(provider: &Provider) -> impl Iterator<Item = &Payment> {
    let has_come = |status| matches!(status, PaymentStatus::Succeeded | PaymentStatus::Disputed);
    provider.core.payments().filter(move |payment| has_come(payment.status))
}

/// The deposits in the books.
#[derive(Default)]
pub(crate) struct OurBooks {
    deposits: BTreeMap<OrderId, DepositOrder>,
    credits: Vec<Entry>,
    suspended: Vec<Transfer>,
    cashiers: Vec<PaymentsRecord>,
}

impl OurBooks {
    pub(crate) fn take_in(&mut self, record: &Record) {
        match record {
            Record::Deposit(deposit) => drop(self.deposits.insert(deposit.terms.id, (**deposit).clone())),
            Record::Entry(entry) if entry.key.to_string().starts_with("DEPOSIT:") => {
                self.credits.push(entry.clone());
            }
            Record::Transfer(transfer) if transfer.key.to_string().starts_with("SUSPENSE:") => {
                self.suspended.push(transfer.clone());
            }
            Record::Cashier(record) => self.cashiers.push((**record).clone()),
            _ => {}
        }
    }

    fn credits_of(&self, order: OrderId) -> impl Iterator<Item = &Entry> {
        let key = format!("DEPOSIT:{order}");
        self.credits.iter().filter(move |entry| entry.key.to_string() == key)
    }

    /// The sum that cashiers credited to the player from payments of a deposit, in units.
    fn given_units(&self, deposit: &DepositOrder) -> i128 {
        let given = deposit.claims.iter().filter(|claim| claim.is_given);
        let keys = given.map(|claim| format!("SUSPENSE:{}", claim.payment));
        let suspended =
            keys.filter_map(|key| self.suspended.iter().find(|moved| moved.key.to_string() == key));
        suspended.map(|moved| moved.amount.units()).sum()
    }

    /// The number of credits of a payment, and the number of times that its amount is in suspense or recorded in
    /// another currency.
    fn times_booked(&self, payment: &Payment) -> (usize, usize) {
        let (id, money) = (payment.id.to_string(), money(payment));
        let is_amount = |amount: Amount| money.is_some_and(|money| money.amount() == amount);
        let order = payment.reference.as_str().parse().ok().and_then(|order| self.deposits.get(&order));
        let owns = |order: &&DepositOrder| {
            order.payment.as_ref().is_some_and(|own| own.id.to_string() == id && own.unclaimed.is_none())
        };
        let credits = order.filter(owns).map_or(0, |order| {
            self.credits_of(order.terms.id).filter(|entry| is_amount(entry.amount)).count()
        });
        let key = format!("SUSPENSE:{id}");
        let suspended = self.suspended.iter();
        let suspended = suspended
            .filter(|transfer| transfer.key.to_string() == key && is_amount(transfer.amount))
            .count();
        let is_foreign = order.is_some_and(|order| {
            let cause = format!("paid {NAME} {id}");
            money.is_some_and(|money| money.currency() != order.terms.money.currency())
                && order.history.lines().iter().any(|line| line.cause == cause)
        });
        (credits, suspended + usize::from(is_foreign))
    }
}

/// Compares the provider's records with the books.
pub(crate) fn check(provider: &Provider, ours: &OurBooks) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut violated = |sentence: String| found.push(Violation::new("provider", sentence));
    for payment in paid(provider) {
        let booked = ours.times_booked(payment);
        // A payment that was reversed before the books knew it does not count.
        let is_gone = payment.status == PaymentStatus::Disputed && booked == (0, 0);
        if booked != (1, 0) && booked != (0, 1) && !is_gone {
            let (order, (credits, suspended)) = (payment.reference.as_str(), booked);
            violated(format!(
                "The provider has {} for the order {order}, which was credited {credits} times and put in suspense {suspended} times.",
                payment.id
            ));
        }
    }
    check_unexplained(provider, ours, &mut violated);
    for deposit in ours.deposits.values() {
        check_end(provider, deposit, &mut violated);
    }
    for record in &ours.cashiers {
        check_sums(record, ours, &mut violated);
    }
    found
}

/// Checks that every credited or suspended amount exists at the provider.
fn check_unexplained(provider: &Provider, ours: &OurBooks, violated: &mut impl FnMut(String)) {
    let has = |id: &str| paid(provider).any(|payment| payment.id.to_string() == id);
    for entry in &ours.credits {
        let order = entry.reference.parse().ok().and_then(|order: OrderId| ours.deposits.get(&order));
        let payment = order.and_then(|order| order.payment.as_ref());
        if payment.is_none_or(|payment| payment.unclaimed.is_some() || !has(&payment.id.to_string())) {
            violated(format!("{} was credited, but the provider has no money for it.", entry.key));
        }
    }
    for transfer in &ours.suspended {
        let id = transfer.key.to_string();
        if !id.strip_prefix("SUSPENSE:").is_some_and(has) {
            violated(format!("{id} was put in suspense, but the provider has no such money."));
        }
    }
}

/// Checks a deposit's final state against the provider's report.
fn check_end(provider: &Provider, deposit: &DepositOrder, violated: &mut impl FnMut(String)) {
    let id = deposit.terms.id;
    let reference = id.to_string();
    let mut payments = provider.core.payments().filter(|payment| payment.reference.as_str() == reference);
    // A failure without a payment id: the provider refused to open the payment, and keeps no record of that.
    let was_refused =
        deposit.history.lines().iter().any(|line| line.cause == DepositEvent::FailureReported.as_ref());
    if deposit.state == DepositState::Failed
        && !was_refused
        && !payments.any(|payment| matches!(payment.status, PaymentStatus::Failed | PaymentStatus::Disputed))
    {
        violated(format!("The deposit {id} failed, but the provider has no failure."));
    }
    if deposit.state == DepositState::Expired {
        let ended = deposit.history.lines().iter().find(|line| line.cause == "time-over");
        if ended.is_none_or(|line| line.at < deposit.pay_until) {
            violated(format!("The deposit {id} expired too early."));
        }
    }
}

/// Checks the limits' sums against the player's deposits, because otherwise two requests could exceed a limit together.
/// Refunded deposits count, and so do amounts that cashiers credited.
fn check_sums(record: &PaymentsRecord, ours: &OurBooks, violated: &mut impl FnMut(String)) {
    let theirs = || ours.deposits.values().filter(|deposit| deposit.terms.user == record.user);
    let reserved = theirs().filter(|deposit| deposit.state.is_reserved());
    let credited = theirs().filter(|deposit| was_credited(deposit));
    let units = |deposit: &DepositOrder| deposit.terms.amount().units();
    let given = theirs().map(|deposit| ours.given_units(deposit));
    let expected = (reserved.map(units).sum::<i128>(), credited.map(units).chain(given).sum::<i128>());
    // No run reaches another day.
    let counted = (record.deposits.day.reserved.units(), record.deposits.day.used.units());
    if counted != expected {
        violated(format!(
            "The limits of user {} count {counted:?} units reserved and used; their deposits are {expected:?}.",
            record.user
        ));
    }
}

/// Returns whether a deposit was credited, even if reversed later.
fn was_credited(deposit: &DepositOrder) -> bool {
    let was_unclaimed = deposit.payment.as_ref().is_some_and(|payment| payment.unclaimed.is_some());
    match deposit.state {
        DepositState::Completed | DepositState::Refunded | DepositState::Disputed => true,
        DepositState::ChargedBack => !was_unclaimed,
        _ => false,
    }
}

/// Checks that every deposit has ended or is in an index.
pub(crate) fn check_lists(table: &Table) -> Vec<Violation> {
    // The refund of an order has three lines. The last one says that it is done.
    let goes_back = |order: &Item| {
        let refund = text(order, "refund");
        !refund.is_empty() && refund.lines().nth(2).unwrap_or_default().is_empty()
    };
    let is_left = |order: &&Item| {
        let state = text(order, "state");
        let is_deposit = text(order, "direction") == "deposit";
        is_deposit
            && (LISTED.contains(&state) || state == "UNCLAIMED" || goes_back(order))
            && !order.contains_key("unfinished_pk")
    };
    let left = table.of_kind("order").filter(is_left);
    let sentence =
        |order| format!("The order {} is {} and in no list.", text(order, "order"), text(order, "state"));
    left.map(|order| Violation::new("M6", sentence(order))).collect()
}

#[cfg(test)]
mod tests {
    use super::{OurBooks, check};
    use crate::dice::Dice;
    use crate::provider::Provider;
    use evens_ledger::{UserId, Wallet, WalletOwner};
    use evens_payments::{
        Currency, DepositPlan, DepositRules, DepositState, Direction, Money, OpenDeposit, OpenDepositInput,
        OrderId, PaymentReport, PaymentState, PaymentsRecord, ReportSource, SettleDepositInput, open_deposit,
        settle_deposit,
    };
    use evens_providers::PaymentSettings;
    use evens_records::Record;
    use evens_sandbox_provider::core::{
        Amount, Currency as SandboxCurrency, IdempotencyKey, OpenPayment, PaymentId, Reference, Settings,
    };
    use jiff::Timestamp;

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;

    fn rules() -> DepositRules {
        PaymentSettings::default().deposits
    }

    /// An open deposit of 10.00.
    fn opened() -> DepositPlan {
        let user = UserId::new(1).expect("a user");
        let asked = OpenDeposit {
            order: OrderId::derive(Direction::Deposit, user, &"a-key".parse().expect("a key")),
            user,
            money: Money::from_minor_units(1_000, Currency::INR).expect("money"),
            provider: "sandbox".parse().expect("a name"),
            barred: None,
            session_epoch: 0,
        };
        let seen = OpenDepositInput {
            existing: None,
            owner: WalletOwner::default(),
            record: &PaymentsRecord::empty(user),
        };
        open_deposit(&asked, seen, &rules(), NOW).expect("opened")
    }

    /// The same deposit, credited for this payment.
    fn credited(opened: &DepositPlan, payment: PaymentId) -> DepositPlan {
        let (order, record) = (&opened.order, opened.record.as_ref().expect("a payments record"));
        let report = PaymentReport {
            provider: order.terms.provider.clone(),
            id: payment.to_string().parse().expect("an id"),
            reference: order.terms.id,
            money: order.terms.money,
            state: PaymentState::Paid,
            at: None,
            source: ReportSource::Asked,
        };
        let wallet = Wallet::empty(order.terms.user);
        let seen = SettleDepositInput { order, record, wallet: &wallet, is_blocked: false };
        settle_deposit(&report, seen, &rules(), NOW).expect("credited")
    }

    /// A provider with the payment of this deposit.
    fn provider_of(opened: &DepositPlan) -> (Provider, PaymentId) {
        let mut provider = Provider::new(Settings::default(), Dice::new(0));
        let request = OpenPayment {
            amount: Amount::new(1_000).expect("an amount"),
            currency: SandboxCurrency::parse("INR").expect("a currency"),
            reference: Reference::parse(&opened.order.terms.id.to_string()).expect("a reference"),
            return_url: None,
        };
        let key = IdempotencyKey::parse("a-key").expect("a key");
        let payment = provider.core.open_payment(key, request, 1, NOW).expect("opened");
        (provider, payment.id)
    }

    fn books(plan: &DepositPlan, credits: usize) -> OurBooks {
        let mut ours = OurBooks::default();
        ours.take_in(&Record::Deposit(Box::new(plan.order.clone())));
        ours.take_in(&Record::Cashier(Box::new(plan.record.clone().expect("a payments record"))));
        for posted in plan.posted.iter().flat_map(|posted| vec![posted; credits]) {
            ours.take_in(&Record::Entry(posted.entry.clone()));
        }
        ours
    }

    #[test]
    fn each_movement_of_the_provider_is_in_our_books_once() {
        let opened = opened();
        let (_, payment) = provider_of(&opened);
        let credited = credited(&opened, payment);
        let mut failed = opened.clone();
        failed.order.state = DepositState::Failed;
        let mut uncounted = opened.clone();
        uncounted.record = Some(PaymentsRecord::empty(opened.order.terms.user));
        #[rustfmt::skip]
        let table = [
            // paid,  ours,                  finding
            (false,   books(&opened, 0),     None),
            (true,    books(&opened, 0),     Some("credited 0 times and put in suspense 0 times")),
            (true,    books(&credited, 0),   Some("credited 0 times and put in suspense 0 times")),
            (true,    books(&credited, 1),   None),
            (true,    books(&credited, 2),   Some("credited 2 times and put in suspense 0 times")),
            (false,   books(&credited, 1),   Some("the provider has no money for it")),
            (false,   books(&failed, 0),     Some("the provider has no failure")),
            (false,   books(&uncounted, 0),  Some("The limits of user 1 count")),
        ];
        for (number, (is_paid, ours, expected)) in table.into_iter().enumerate() {
            let (mut provider, payment) = provider_of(&opened);
            if is_paid {
                provider.core.pay(payment, NOW).expect("paid");
            }
            let found = check(&provider, &ours);
            match expected {
                None => assert_eq!(found, [], "row {number}"),
                Some(words) => assert!(found[0].sentence.contains(words), "row {number}: {found:?}"),
            }
        }
    }
}
