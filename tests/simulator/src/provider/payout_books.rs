//! Compares the provider's payouts with the withdrawals: each payout is debited once and sent once, and money returned
//! to a wallet was not sent.

use super::Provider;
use super::books::order_of;
use super::payouts::{money, payee_keys};
use crate::alarms::Alarms;
use crate::made_up::MadeUp;
use crate::violation::Violation;
use crate::world::{State, Who, World};
use evens_ledger::{EntryKey, UserId};
use evens_payments::{AccountNumber, Alarm, Direction, PayeeId, PaymentsRecord, WithdrawalOrder};
use evens_records::Record;
use evens_sandbox_provider::core::{Payout, PayoutStatus, Reference};
use evens_simulated_table::Table;
use evens_simulated_table::item::{Item, text};
use std::collections::{BTreeMap, BTreeSet};

/// The states of a withdrawal that is neither paid nor returned.
const UNFINISHED: [&str; 3] = ["HELD", "APPROVED", "PROCESSING"];

/// A withdrawal with the provider's payouts for it.
struct Compared<'a> {
    order: &'a Item,
    payouts: Vec<&'a Payout>,
    /// Set if an alarm reported two payouts.
    is_told: bool,
    /// Set if the provider forgot the key, so that two payouts are its fault.
    is_forgotten: bool,
}

/// All withdrawals.
fn compared<'a>(
    provider: &'a Provider,
    alarms: &'a Alarms,
    table: &'a Table,
) -> impl Iterator<Item = Compared<'a>> {
    let withdrawals = table.of_kind("order").filter(|order| text(order, "direction") == "withdrawal");
    withdrawals.map(move |order| {
        let id = text(order, "order");
        let payouts = Reference::parse(id).map(|id| provider.core.payouts_of(&id).collect());
        Compared {
            order,
            payouts: payouts.unwrap_or_default(),
            is_told: alarms.has(id, Alarm::PaidTwice),
            is_forgotten: provider.forgotten.contains(id),
        }
    })
}

impl Compared<'_> {
    fn id(&self) -> &str {
        text(self.order, "order")
    }

    fn state(&self) -> &str {
        text(self.order, "state")
    }

    /// Returns whether an operator must act: two payouts by the provider's fault alone, or a pending decision of a
    /// cashier. A cashier also decides on a retry if the player was held after the claim.
    fn is_with_person(&self) -> bool {
        let is_stopped =
            self.state() == "PROCESSING" && text(self.order, "resolution").starts_with("retry\n");
        let waits_for_cashier = self.state() == "HELD" || is_stopped;
        self.is_told && self.is_forgotten || waits_for_cashier && self.payouts.is_empty()
    }

    /// The difference from the provider's records, if any.
    fn fault(&self) -> Option<String> {
        if self.is_with_person() {
            return None;
        }
        let (id, state) = (self.id(), self.state());
        let remaining = self.payouts.iter().filter(|payout| payout.status == PayoutStatus::Processed).count();
        if remaining > 1 || self.payouts.len() > 1 {
            let count = self.payouts.len();
            let alarm = if self.is_told { "an alarm was raised" } else { "no alarm was raised" };
            return Some(format!(
                "The provider has {count} payouts for the order {id}, of which {remaining} remain paid; {alarm}."
            ));
        }
        if UNFINISHED.contains(&state) {
            return Some(format!("The withdrawal {id} has not ended: it is {state}."));
        }
        if ["FAILED", "RETURNED"].contains(&state) && self.payouts.is_empty() {
            return Some(format!("The withdrawal {id} is {state}, but the provider has no payout."));
        }
        let is_owed = self.order.contains_key("paid_after_return");
        let expected = usize::from(state == "COMPLETED" || is_owed);
        (remaining != expected).then(|| {
            let owed = if is_owed { ", and owed" } else { "" };
            format!("The order {id} is {state}{owed}, and {remaining} of its payouts remain paid.")
        })
    }

    /// Returns whether a job should have processed it by now. Ended withdrawals have lists of their own, by state.
    fn is_due(&self, now_ms: u64) -> bool {
        let is_ended =
            text(self.order, "unfinished_pk").starts_with(&format!("WITHDRAWAL-{}#", self.state()));
        let looked_at = text(self.order, "unfinished_sk").parse::<u64>();
        !is_ended && looked_at.is_ok_and(|at_ms| at_ms <= now_ms)
    }
}

/// The pending work of withdrawals, or `None` (M6).
pub(crate) fn unrest_of_payouts(world: &World) -> Option<String> {
    let now_ms = world.now_ms();
    let state = world.lock();
    let State { provider, alarms, table, .. } = &*state;
    if provider.under_way > 0 {
        return Some(format!("{} calls of the provider are in flight.", provider.under_way));
    }
    if provider.core.payouts().next().is_some() && provider.core.next_deadline().is_some() {
        return Some("The provider has pending work or callbacks.".to_owned());
    }
    compared(provider, alarms, table).filter(|withdrawal| !withdrawal.is_with_person()).find_map(
        |withdrawal| {
            let due =
                || withdrawal.is_due(now_ms).then(|| format!("No cashier has reviewed {}.", withdrawal.id()));
            withdrawal.fault().or_else(due)
        },
    )
}

/// Acts as the daily reconciliation: sends jobs for withdrawals that differ from the provider's records, once the
/// provider has nothing left to report. If a callback is lost, the difference would otherwise be found late or never.
pub(crate) fn ask_about_payouts(world: &World) {
    let asked: Vec<(String, MadeUp)> = {
        let state = world.lock();
        let State { provider, alarms, table, .. } = &*state;
        if provider.under_way > 0 || provider.core.next_deadline().is_some() {
            return;
        }
        let other = compared(provider, alarms, table).filter(|withdrawal| withdrawal.fault().is_some());
        let known = other.filter(|withdrawal| !withdrawal.payouts.is_empty());
        let job = |withdrawal: Compared<'_>| {
            let id = withdrawal.id().to_owned();
            let is_unfinished = UNFINISHED.contains(&withdrawal.state());
            let job = if is_unfinished { MadeUp::payout(&id) } else { MadeUp::payment_check(&id) };
            (id, job)
        };
        known.map(job).collect()
    };
    for (order, job) in asked {
        world.note(Who::World, format_args!("reconciles the withdrawal {order}"));
        let mut dice = world.lock().provider.dice.fork();
        job.send(world, &mut dice, &format!("reconcile:{order}:{}", world.elapsed_ms()), 1);
    }
}

/// The withdrawals in the books.
#[derive(Default)]
pub(crate) struct OurPayouts {
    withdrawals: Vec<WithdrawalOrder>,
    /// The number of money movements by key.
    entries: BTreeMap<EntryKey, usize>,
    held: BTreeMap<UserId, bool>,
}

impl OurPayouts {
    pub(crate) fn take_in(&mut self, record: &Record) {
        match record {
            Record::Withdrawal(withdrawal) => self.withdrawals.push((**withdrawal).clone()),
            Record::Entry(entry) if entry.reference.parse::<evens_payments::OrderId>().is_ok() => {
                *self.entries.entry(entry.key.clone()).or_default() += 1;
            }
            Record::Cashier(record) => {
                let PaymentsRecord { user, is_held, .. } = **record;
                self.held.insert(user, is_held);
            }
            _ => {}
        }
    }

    fn times(&self, purpose: &str, withdrawal: &WithdrawalOrder) -> usize {
        let key = EntryKey::from_stored(format!("{purpose}:{}", withdrawal.terms.id));
        self.entries.get(&key).copied().unwrap_or_default()
    }

    /// Checks the movements of each withdrawal. It is debited once and returned as often as its state says. Its payouts
    /// have its amount and its payee.
    fn check(&self, provider: &Provider, released: &BTreeSet<u64>, violated: &mut impl FnMut(String)) {
        let keys = payee_keys();
        for withdrawal in &self.withdrawals {
            let (id, user) = (withdrawal.terms.id, withdrawal.terms.user);
            let moved = (self.times("WITHDRAW", withdrawal), self.times("WITHDRAW-REV", withdrawal));
            if moved != (1, usize::from(withdrawal.state.is_given_back())) {
                let (debited, given_back) = moved;
                let state = withdrawal.state.as_ref();
                violated(format!(
                    "The withdrawal {id} is {state}, debited {debited} times and returned {given_back} times."
                ));
            }
            let is_held = self.held.get(&user).copied().unwrap_or_default();
            if withdrawal.is_paid_after_return && !is_held && !released.contains(&user.number()) {
                violated(format!("User {user} owes the withdrawal {id}, but is not held."));
            }
            let Ok(reference) = Reference::parse(&id.to_string()) else { continue };
            for payout in provider.core.payouts_of(&reference) {
                let account = payout.account.as_str().parse::<AccountNumber>().ok();
                let account = account.map(|account| keys.fingerprint(&account.canonical()));
                let payee = account.map(|account| PayeeId::derive(user, account));
                if money(payout) != Some(withdrawal.terms.money) || payee != Some(withdrawal.payee.clone()) {
                    violated(format!("The payout {} does not match the withdrawal {id}.", payout.id));
                }
            }
        }
    }
}

/// Compares the provider's payouts with the withdrawals.
pub(crate) fn check_payouts(state: &State, ours: &OurPayouts) -> Vec<Violation> {
    let State { provider, alarms, table, answers, .. } = state;
    let mut found = Vec::new();
    let mut violated = |sentence: String| found.push(Violation::new("provider", sentence));
    for withdrawal in compared(provider, alarms, table) {
        withdrawal.fault().into_iter().for_each(&mut violated);
        if UNFINISHED.contains(&withdrawal.state()) && !withdrawal.order.contains_key("unfinished_pk") {
            violated(format!("The withdrawal {} is {} and in no list.", withdrawal.id(), withdrawal.state()));
        }
    }
    for payout in provider.core.payouts() {
        let order = order_of(table, payout.reference.as_str());
        if order.is_none_or(|order| text(order, "direction") != Direction::Withdrawal.as_ref()) {
            violated(format!("The payout {} belongs to no withdrawal.", payout.id));
        }
    }
    ours.check(provider, &answers.released, &mut violated);
    found
}

#[cfg(test)]
mod tests {
    use super::compared;
    use crate::alarms::Alarms;
    use crate::dice::Dice;
    use crate::provider::Provider;
    use evens_payments::Alarm;
    use evens_sandbox_provider::core::{
        AccountNumber, Amount, Currency, IdempotencyKey, Reference, SendPayout, Settings,
    };
    use evens_simulated_table::Table;
    use evens_simulated_table::item::{Attribute, Item};
    use jiff::{SignedDuration, Timestamp};

    const ORDER: &str = "an-order";

    /// A table with one withdrawal. A cashier's pending resolution may follow the state.
    fn table_of(state: &str, is_owed: bool) -> Table {
        let (state, wanted) = state.split_once(' ').unwrap_or((state, ""));
        let wanted = format!("{wanted}\n2026-01-01T00:00:00Z\n");
        let mut attributes = vec![("kind", "order"), ("order", ORDER), ("direction", "withdrawal")];
        attributes.extend([("state", state), ("resolution", &wanted)]);
        attributes.extend(is_owed.then_some(("paid_after_return", "1")));
        let item: Item = attributes
            .into_iter()
            .map(|(name, text)| (name.to_owned(), Attribute::Text(text.to_owned())))
            .collect();
        let mut table = Table::default();
        table.put((format!("ORDER#{ORDER}"), "ORDER".to_owned()), Some(item), 0);
        table
    }

    /// A provider with completed payouts to these accounts.
    fn provider_of(accounts: &[&str]) -> Provider {
        let mut provider = Provider::new(Settings::default(), Dice::new(0));
        for (bits, account) in (1..).zip(accounts) {
            let request = SendPayout {
                amount: Amount::new(500).expect("an amount"),
                currency: Currency::parse("INR").expect("a currency"),
                reference: Reference::parse(ORDER).expect("a reference"),
                account: AccountNumber::parse(account).expect("an account"),
            };
            let key = IdempotencyKey::parse(&format!("key-{bits}")).expect("a key");
            provider.core.send_payout(key, request, bits, Timestamp::UNIX_EPOCH).expect("accepted");
        }
        provider.core.advance(Timestamp::UNIX_EPOCH + SignedDuration::from_mins(1));
        provider
    }

    #[test]
    fn remaining_payouts_agree_with_the_withdrawal() {
        let (fine, two, stay) = (None, Some("has 2 payouts"), Some("remain paid"));
        #[rustfmt::skip]
        let table = [
            // state,      owed,  payouts,             alarm,  forgotten, finding
            ("COMPLETED",  false, &["bank", "bank"][..], false, false,   two),
            ("COMPLETED",  false, &["bank", "bank"],     true,  false,   two),
            ("COMPLETED",  false, &["bank", "fail"],     false, true,    two),
            ("COMPLETED",  false, &["bank", "bank"],     true,  true,    fine),
            ("APPROVED",   false, &[],                   false, false,   Some("has not ended")),
            ("PROCESSING", false, &["bank"],             false, false,   Some("has not ended")),
            ("PROCESSING retry", false, &["bank"],       false, false,   Some("has not ended")),
            ("PROCESSING retry", false, &[],             false, false,   fine),
            ("PROCESSING give-back", false, &[],         false, false,   Some("has not ended")),
            ("HELD",       false, &["bank"],             false, false,   Some("has not ended")),
            ("HELD",       false, &[],                   false, false,   fine),
            ("FAILED",     false, &[],                   false, false,   Some("has no payout")),
            ("FAILED",     false, &["bank"],             false, false,   stay),
            ("FAILED",     true,  &["fail"],             false, false,   stay),
            ("FAILED",     true,  &["bank"],             false, false,   fine),
            ("FAILED",     false, &["fail"],             false, false,   fine),
            ("RETURNED",   false, &["bank"],             false, false,   stay),
            ("RETURNED",   false, &["return"],           false, false,   fine),
            ("CANCELLED",  false, &["bank"],             false, false,   stay),
            ("CANCELLED",  false, &[],                   false, false,   fine),
            ("COMPLETED",  false, &["return"],           false, false,   stay),
            ("COMPLETED",  false, &["bank"],             false, false,   fine),
        ];
        for (number, (state, is_owed, accounts, is_told, is_forgotten, expected)) in
            table.into_iter().enumerate()
        {
            let (table, mut provider) = (table_of(state, is_owed), provider_of(accounts));
            let alarms = Alarms::default();
            provider.forgotten.extend(is_forgotten.then(|| ORDER.to_owned()));
            if is_told {
                alarms.tell(ORDER, Alarm::PaidTwice.as_ref());
            }
            let found: Vec<_> = compared(&provider, &alarms, &table).map(|one| one.fault()).collect();
            match (&found[..], expected) {
                ([None], None) => {}
                ([Some(found)], Some(words)) => assert!(found.contains(words), "row {number}: {found}"),
                _ => panic!("row {number}: {found:?}"),
            }
        }
    }
}
