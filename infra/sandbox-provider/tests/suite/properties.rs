//! Invariants over arbitrary sequences of calls, repeats and times.

use crate::common::{Provider, payment_of, payout_of, second};
use evens_sandbox_provider::core::{
    Amount, Currency, Event, Fate, MovementKind, PaymentId, PaymentStatus, PayoutId, PayoutStatus, Refund,
    RefundStatus, Refusal,
};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// A random action. Numbers select one of a few keys, payments, amounts and accounts, so that actions interact.
#[derive(Clone, Debug)]
enum Act {
    Open(u8, u64),
    Pay(usize),
    Fail(usize),
    Refund(u8, usize, u64),
    Payout(u8, u64, usize),
    /// Waits this many seconds.
    Wait(i64),
    Fault(usize),
    /// Sends callbacks. The receiver accepts each one whose flag is set.
    Send(Vec<bool>),
}

const ACCOUNTS: [&str; 4] = ["123456789", "fail-1", "reverse-1", "return-1"];

/// Faults that lose neither a key nor a callback.
const FAULTS: [(&str, &str); 12] = [
    ("callback", "delay"),
    ("callback", "duplicate"),
    ("callback", "reorder"),
    ("callback", "wrong-signature"),
    ("callback", "garbage"),
    ("payment", "success-after-failure"),
    ("payment", "dispute"),
    ("payment", "wrong-amount"),
    ("payment", "wrong-currency"),
    ("refund", "fail"),
    ("payout", "reverse-after-processed"),
    ("payout", "success-after-failure"),
];

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (0..4_u8, 100..103_u64).prop_map(|(key, units)| Act::Open(key, units)),
        (0..4_usize).prop_map(Act::Pay),
        (0..4_usize).prop_map(Act::Fail),
        (0..4_u8, 0..4_usize, 1..103_u64).prop_map(|(key, payment, units)| Act::Refund(key, payment, units)),
        (0..4_u8, 1..3_u64, 0..ACCOUNTS.len()).prop_map(|(key, units, to)| Act::Payout(key, units, to)),
        prop_oneof![0..20_i64, Just(90), Just(40_000)].prop_map(Act::Wait),
        (0..FAULTS.len()).prop_map(Act::Fault),
        prop::collection::vec(any::<bool>(), 0..8).prop_map(Act::Send),
    ]
}

/// A payout with a new key: its time, amount and account, and its id.
type SentPayout = (Timestamp, (u64, usize), PayoutId);

/// The state that the test tracks itself.
#[derive(Default)]
struct Observations {
    /// The payouts by key, latest last.
    payouts: BTreeMap<u8, Vec<SentPayout>>,
    failed: BTreeSet<PaymentId>,
    taken: BTreeSet<String>,
}

impl Observations {
    fn act(&mut self, provider: &mut Provider, act: Act) {
        let id =
            |provider: &Provider, number: usize| provider.core.payments().nth(number).map(|found| found.id);
        let now = provider.now;
        match act {
            Act::Open(name, units) => drop(provider.open(&name.to_string(), &payment_of(units))),
            Act::Pay(number) => drop(id(provider, number).map(|id| provider.core.pay(id, now))),
            Act::Fail(number) => {
                let failed = id(provider, number).filter(|id| provider.core.fail(*id, now).is_ok());
                self.failed.extend(failed);
            }
            Act::Refund(name, number, units) => {
                if let Some(id) = id(provider, number) {
                    drop(provider.refund(&name.to_string(), id, units));
                }
            }
            Act::Payout(name, units, to) => self.payout(provider, name, units, to),
            Act::Wait(seconds) => {
                provider.now += SignedDuration::from_secs(seconds);
                provider.core.advance(provider.now);
            }
            Act::Fault(number) => provider.fault(FAULTS[number].0, FAULTS[number].1, 1),
            Act::Send(answers) => self.send(provider, &answers),
        }
    }

    /// Checks that one key sends one payout as long as it is kept.
    fn payout(&mut self, provider: &mut Provider, name: u8, units: u64, to: usize) {
        let answer = provider.payout(&name.to_string(), &payout_of(units, ACCOUNTS[to]));
        let sent = self.payouts.entry(name).or_default();
        let kept = sent.last().filter(|(at, ..)| (provider.now - *at).get_seconds() < 100);
        match (kept, answer) {
            (None, Ok(payout)) => sent.push((provider.now, (units, to), payout.id)),
            (Some((_, request, id)), Ok(payout)) => {
                assert_eq!((*request, id), ((units, to), &payout.id));
            }
            (Some((_, request, _)), Err(refusal)) => {
                assert_ne!(*request, (units, to));
                assert_eq!(refusal, Refusal::KeyUsedForAnotherRequest);
            }
            (None, Err(refusal)) => panic!("a new key is refused: {refusal}"),
        }
    }

    /// A receiver that accepts only correct callbacks.
    fn send(&mut self, provider: &mut Provider, answers: &[bool]) {
        let sent = provider.core.take_due_callbacks(answers.len(), provider.now);
        for (delivery, answer) in sent.into_iter().zip(answers) {
            let event =
                serde_json::from_str::<Event>(&delivery.body).ok().filter(|_| delivery.is_signed_right);
            let is_taken = *answer && event.is_some();
            if let Some(event) = event.filter(|_| *answer) {
                assert_eq!(event.id(), delivery.id);
                self.taken.insert(delivery.id);
            }
            provider.core.note_delivery(delivery.callback, is_taken, provider.now);
        }
    }

    fn check(&mut self, provider: &mut Provider) {
        let sent: usize = self.payouts.values().map(Vec::len).sum();
        assert_eq!(provider.core.payouts().count(), sent, "one payout a key");
        while let Some(due) = provider.core.next_deadline() {
            provider.now = provider.now.max(due);
            self.send(provider, &[true; 8]);
        }
        assert_eq!(self.taken, expected_events(provider, &self.failed), "each callback was delivered");
        provider.now += SignedDuration::from_hours(48);
        provider.core.advance(provider.now);
        assert_eq!(stated_sums(provider), expected_sums(provider), "statements say what the records say");
    }
}

/// The expected callbacks, derived from the records and from the payments that the test failed.
fn expected_events(provider: &Provider, failed: &BTreeSet<PaymentId>) -> BTreeSet<String> {
    let payments = provider.core.payments().flat_map(|payment| {
        let mut types = match payment.status {
            PaymentStatus::Open | PaymentStatus::Failed => vec![],
            PaymentStatus::Succeeded => vec!["payment-succeeded"],
            PaymentStatus::Disputed => vec!["payment-succeeded", "payment-disputed"],
        };
        types.extend(failed.contains(&payment.id).then_some("payment-failed"));
        types.into_iter().map(move |name| format!("{}-{name}", payment.id))
    });
    let refunds = provider.core.refunds().map(|refund| match refund.status {
        RefundStatus::Processed => format!("{}-refund-processed", refund.id),
        RefundStatus::Failed => format!("{}-refund-failed", refund.id),
        RefundStatus::Processing => panic!("time has passed"),
    });
    let payouts = provider.core.payouts().flat_map(|payout| {
        let types = match (payout.status, payout.account.fate()) {
            (PayoutStatus::Processed, Fate::Failed) => vec!["payout-failed", "payout-processed"],
            (PayoutStatus::Processed, _) => vec!["payout-processed"],
            (PayoutStatus::Reversed, Fate::Reversed) => vec!["payout-reversed"],
            (PayoutStatus::Reversed, _) => vec!["payout-processed", "payout-reversed"],
            (PayoutStatus::Failed, _) => vec!["payout-failed"],
            (PayoutStatus::Queued | PayoutStatus::Processing, _) => panic!("time has passed"),
        };
        types.into_iter().map(move |name| format!("{}-{name}", payout.id))
    });
    payments.chain(refunds).chain(payouts).collect()
}

/// The expected balance, derived from the records.
fn expected_sums(provider: &Provider) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    let mut add = |currency: Currency, units: i64| *sums.entry(currency.to_string()).or_default() += units;
    let signed = |amount: Amount| i64::try_from(amount.units()).unwrap();
    for payment in provider.core.payments() {
        let fee = signed(payment.amount) * 200 / 10_000;
        match payment.status {
            PaymentStatus::Open | PaymentStatus::Failed => {}
            PaymentStatus::Succeeded => {
                let refunded = i64::try_from(payment.amount_refunded).unwrap();
                add(payment.currency, signed(payment.amount) - fee - refunded);
            }
            PaymentStatus::Disputed => {
                add(payment.currency, -fee);
                // Refunds that were pending at that time and failed later were reversed by no dispute.
                let is_left = |refund: &&Refund| {
                    refund.payment == payment.id
                        && refund.status == RefundStatus::Failed
                        && refund.changed_at > payment.changed_at
                };
                for refund in provider.core.refunds().filter(is_left) {
                    add(refund.currency, signed(refund.amount));
                }
            }
        }
    }
    for payout in provider.core.payouts() {
        match (payout.status, payout.account.fate()) {
            (PayoutStatus::Processed, _) => add(payout.currency, -signed(payout.amount) - 7),
            (PayoutStatus::Reversed, Fate::Processed | Fate::Returned) => add(payout.currency, -7),
            _ => {}
        }
    }
    sums.retain(|_, sum| *sum != 0);
    sums
}

/// The balance from the statements of all days without settlements. With settlements, it is zero.
fn stated_sums(provider: &Provider) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    let mut day = second(0).to_zoned(TimeZone::UTC).date();
    while day < provider.now.to_zoned(TimeZone::UTC).date() {
        let mut settled = BTreeMap::<_, i64>::new();
        for movement in provider.core.statement(day).movements {
            *settled.entry(movement.currency).or_default() += movement.amount;
            if movement.kind != MovementKind::Settlement {
                *sums.entry(movement.currency.to_string()).or_default() += movement.amount;
            }
        }
        assert!(settled.values().all(|sum| *sum == 0), "{day}: {settled:?}");
        day = day.tomorrow().unwrap();
    }
    sums.retain(|_, sum| *sum != 0);
    sums
}

proptest! {
    #[test]
    fn each_key_has_one_payout_and_every_movement_is_reported_and_stated(acts in prop::collection::vec(any_act(), 0..60)) {
        let mut provider = Provider::new();
        let mut seen = Observations::default();
        for act in acts {
            seen.act(&mut provider, act);
        }
        seen.check(&mut provider);
    }
}
