//! Reconciliation: what a provider states of a day, against our orders and our ledger. It repairs nothing; it says what
//! differs.

use crate::names::words;
use crate::{
    DepositEvent, DepositOrder, DepositState, OrderId, StatementKind, StatementLine, WithdrawalOrder,
    WithdrawalState, keys,
};
use evens_ledger::{Entry, EntryKey, ProviderName, SystemAccount, Transfer};
use iso_currency::Currency;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A day of one provider. What happened within `judged` is reconciled. The lines and movements of the day before and
/// the day after come along: each side has its own clock, and what one of them has a day later is no difference.
#[derive(Debug, Clone)]
pub struct ProviderDay<'a> {
    /// Whose day.
    pub provider: &'a ProviderName,
    /// Which day.
    pub day: Date,
    /// From its beginning to before its end.
    pub judged: Range<Timestamp>,
    /// In which currency our ledger is kept.
    pub currency: Currency,
    /// What the provider states.
    pub lines: &'a [StatementLine],
    /// The orders that the lines name, as far as there are such.
    pub orders: &'a [KnownOrder<'a>],
    /// What our ledger has on the provider's account.
    pub movements: &'a [BookedMovement],
}

/// An order of ours that a line names.
#[derive(Debug, Clone, Copy)]
pub enum KnownOrder<'a> {
    /// Money that came in.
    Deposit(&'a DepositOrder),
    /// Money that went out.
    Withdrawal(&'a WithdrawalOrder),
}

/// A movement of our ledger on a provider's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookedMovement {
    /// Its key.
    pub key: EntryKey,
    /// What it adds to what the provider holds for us, in units of the last decimal. The account of a provider is
    /// negative by what it holds, so this is the other way round there.
    pub units: i128,
    /// When it was made.
    pub at: Timestamp,
}

/// How a statement and our books differ. Of a line, the first that applies is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DifferenceKind {
    /// The line names no order of ours, and our ledger does not have it.
    UnknownReference,
    /// The provider has the same movement twice, and our ledger once.
    Twice,
    /// Another currency than our ledger's.
    Currency,
    /// Another amount than in our ledger.
    Amount,
    /// The provider has it, and our order says that it did not happen.
    State,
    /// The provider and our order have it, and our ledger does not.
    MissingInLedger,
    /// Our ledger has it, and the provider does not: something was credited for nothing.
    MissingAtProvider,
    /// The provider charged another sum than our ledger has.
    UnbookedFee,
    /// The provider has not settled it.
    Unsettled,
}

words!(DifferenceKind {
    UnknownReference = "unknown-reference",
    Twice = "twice",
    Currency = "currency",
    Amount = "amount",
    State = "state",
    MissingInLedger = "missing-in-ledger",
    MissingAtProvider = "missing-at-provider",
    UnbookedFee = "unbooked-fee",
    Unsettled = "unsettled",
});

/// Something that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// How.
    pub kind: DifferenceKind,
    /// What it is about: what the provider calls it, or our key of what the provider does not have.
    pub subject: String,
    /// The order, where one is named.
    pub order: Option<OrderId>,
    /// What the provider states that it adds to what it holds for us, in units of the last decimal; zero where that is
    /// nothing, or of another currency.
    pub stated_units: i128,
    /// What our ledger has of it.
    pub booked_units: i128,
}

/// Whether two balances agree but for what is known to differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing {
    /// What the provider states that it holds for us, in units of the last decimal.
    pub stated_units: i128,
    /// What our ledger says that it holds.
    pub booked_units: i128,
    /// What all differences that are still open explain.
    pub open_units: i128,
}

impl Closing {
    /// The closing of two balances and all differences that are still open, of this day and the days before.
    pub fn of(stated_units: i128, booked_units: i128, open: &[Difference]) -> Self {
        let open_units =
            open.iter().map(|difference| difference.stated_units - difference.booked_units).sum();
        Self { stated_units, booked_units, open_units }
    }

    /// Whether the differences explain it to the last unit.
    pub fn is_explained(self) -> bool {
        self.booked_units + self.open_units == self.stated_units
    }
}

impl BookedMovement {
    /// The movement of an entry, if it is on the provider's account.
    pub fn of_entry(entry: &Entry, provider: &ProviderName) -> Option<Self> {
        let is_providers = entry.account == keys::account_of(provider);
        is_providers.then(|| Self { key: entry.key.clone(), units: entry.units_signed(), at: entry.at })
    }

    /// The movement of a transfer, if it is on the provider's account.
    pub fn of_transfer(transfer: &Transfer, provider: &ProviderName) -> Option<Self> {
        let account: SystemAccount = keys::account_of(provider);
        let Transfer { key, from, to, amount, at, .. } = transfer;
        let gives = i128::from(*from == account) - i128::from(*to == account);
        (gives != 0).then(|| Self { key: key.clone(), units: gives * amount.units(), at: *at })
    }
}

impl KnownOrder<'_> {
    fn id(&self) -> OrderId {
        match self {
            Self::Deposit(order) => order.terms.id,
            Self::Withdrawal(order) => order.terms.id,
        }
    }

    /// Whether the order says that such a movement happened.
    fn has(&self, kind: StatementKind) -> bool {
        match (self, kind) {
            (Self::Deposit(order), StatementKind::Payment) => {
                order.state.after(DepositEvent::Credited).is_none()
            }
            (Self::Deposit(order), StatementKind::Refund) => {
                matches!(order.state, DepositState::Refunded | DepositState::Returned)
            }
            (Self::Deposit(order), StatementKind::ChargeBack) => order.state == DepositState::ChargedBack,
            (Self::Withdrawal(order), StatementKind::Payout) => {
                let is_paid = matches!(order.state, WithdrawalState::Completed | WithdrawalState::Returned);
                is_paid || order.is_paid_after_return
            }
            (Self::Withdrawal(order), StatementKind::PayoutReturn) => {
                order.state == WithdrawalState::Returned
            }
            (Self::Deposit(_) | Self::Withdrawal(_), _) => false,
        }
    }
}

/// All that differs in a day, lines first and in their order, then what only our ledger has, then fees.
pub fn reconcile(day: &ProviderDay<'_>) -> Vec<Difference> {
    let orders: BTreeMap<OrderId, KnownOrder<'_>> =
        day.orders.iter().map(|order| (order.id(), *order)).collect();
    let movements: BTreeMap<&EntryKey, i128> =
        day.movements.iter().map(|booked| (&booked.key, booked.units)).collect();
    let mut matched = BTreeSet::new();
    let mut differences = Vec::new();
    for line in day.lines.iter().filter(|line| !is_undone(line, day.lines, &movements)) {
        let found = judge_line(line, day.currency, &orders, &movements, &mut matched);
        differences.extend(found.filter(|_| day.judged.contains(&line.at)));
    }
    differences.extend(missing_at_provider(day, &matched));
    differences.extend(unbooked_fee(day, &movements));
    differences
}

/// Whether a payout came back, or the return of one, and our ledger has neither: it was given back before it counted as
/// paid, and both lines together are nothing.
fn is_undone(line: &StatementLine, lines: &[StatementLine], movements: &BTreeMap<&EntryKey, i128>) -> bool {
    let other = match line.kind {
        StatementKind::Payout => StatementKind::PayoutReturn,
        StatementKind::PayoutReturn => StatementKind::Payout,
        StatementKind::Payment
        | StatementKind::Refund
        | StatementKind::ChargeBack
        | StatementKind::Settlement => return false,
    };
    let undoes = |known: &&StatementLine| {
        known.kind == other && known.reference == line.reference && known.money == line.money
    };
    let counterpart = lines.iter().find(undoes);
    let is_booked = |line: &StatementLine| line.ledger_keys().iter().any(|key| movements.contains_key(key));
    counterpart.is_some_and(|counterpart| !is_booked(line) && !is_booked(counterpart))
}

fn judge_line(
    line: &StatementLine,
    currency: Currency,
    orders: &BTreeMap<OrderId, KnownOrder<'_>>,
    movements: &BTreeMap<&EntryKey, i128>,
    matched: &mut BTreeSet<EntryKey>,
) -> Option<Difference> {
    let is_booked = |key: &EntryKey| movements.contains_key(key);
    let keys: Vec<EntryKey> = line.ledger_keys().into_iter().filter(is_booked).collect();
    let is_ours = line.money.currency() == currency;
    let stated_units = if is_ours { line.units_signed() } else { 0 };
    let difference = |kind, booked_units| {
        let (subject, order) = (line.id.to_string(), line.reference);
        Some(Difference { kind, subject, order, stated_units, booked_units })
    };
    let needs_order = line.kind != StatementKind::Settlement;
    let reference = line.reference.filter(|_| needs_order);
    let order = reference.and_then(|reference| orders.get(&reference));
    if needs_order && order.is_none() && keys.is_empty() {
        return difference(DifferenceKind::UnknownReference, 0);
    }
    let is_new = |key: &&EntryKey| !matched.contains(*key);
    // Of several keys, one is this line's; a charge-back alone has both.
    let count = if line.kind == StatementKind::ChargeBack { 2 } else { 1 };
    let own: Vec<EntryKey> = keys.iter().filter(is_new).take(count).cloned().collect();
    if own.is_empty() && !keys.is_empty() {
        return difference(DifferenceKind::Twice, 0);
    }
    let booked: i128 = own.iter().filter_map(|key| movements.get(key)).sum();
    let is_in_ledger = !own.is_empty();
    matched.extend(own);
    if !is_ours {
        return difference(DifferenceKind::Currency, booked);
    }
    if is_in_ledger && booked != stated_units {
        return difference(DifferenceKind::Amount, booked);
    }
    if !is_in_ledger {
        let happened = order.is_none_or(|order| order.has(line.kind));
        let kind = if happened { DifferenceKind::MissingInLedger } else { DifferenceKind::State };
        return difference(kind, 0);
    }
    let awaits_settlement = line.kind == StatementKind::Payment && line.settlement.is_none();
    if awaits_settlement { difference(DifferenceKind::Unsettled, booked) } else { None }
}

fn missing_at_provider(day: &ProviderDay<'_>, matched: &BTreeSet<EntryKey>) -> Vec<Difference> {
    let fee = keys::fee(day.provider, day.day);
    let is_missing = |booked: &&BookedMovement| {
        day.judged.contains(&booked.at) && !matched.contains(&booked.key) && !is_fee(&booked.key, &fee)
    };
    let missing = day.movements.iter().filter(is_missing).map(|booked| Difference {
        kind: DifferenceKind::MissingAtProvider,
        subject: booked.key.to_string(),
        order: None,
        stated_units: 0,
        booked_units: booked.units,
    });
    missing.collect()
}

/// Whether a key is of a fee, of this day or of another one.
fn is_fee(key: &EntryKey, fee_of_day: &EntryKey) -> bool {
    let purpose = |key: &EntryKey| key.as_str().rsplit_once(':').map(|(purpose, _)| purpose.to_owned());
    purpose(key) == purpose(fee_of_day)
}

fn unbooked_fee(day: &ProviderDay<'_>, movements: &BTreeMap<&EntryKey, i128>) -> Option<Difference> {
    let key = keys::fee(day.provider, day.day);
    let of_day = day.lines.iter().filter(|line| day.judged.contains(&line.at));
    let stated_units = -of_day.map(|line| line.fee.units()).sum::<i128>();
    let booked_units = movements.get(&key).copied().unwrap_or_default();
    let kind = DifferenceKind::UnbookedFee;
    let subject = key.to_string();
    let difference = Difference { kind, subject, order: None, stated_units, booked_units };
    (stated_units != booked_units).then_some(difference)
}
