//! M1 and M3 of deposits: the state of a deposit determines the money it moved.
//!
//! Orders do not contain dispute ids, so a chargeback is found by the deposit that it refers to.

use crate::books::Books;
use crate::payments::orders::{check_entry, check_transfer};
use crate::report::{Subject, Violations, add, coins};
use crate::wallet::movement::{ExpectedMovement, Purpose};
use evens_ledger::{Amount, EntryKey, EntryKind, EntryPurpose, SystemAccount, Transfer, UserId};
use evens_payments::{Claim, DepositOrder, DepositState, OrderId, PaymentState, ReceivedPayment};
use std::collections::{BTreeMap, BTreeSet};

/// Prefix of the key of an entry that charges a deposit back.
const CHARGE_BACK: &str = "CHARGEBACK:";
/// Prefix of the key of the transfer for the part of a chargeback that the player owes.
const CHARGE_BACK_OWED: &str = "CHARGEBACK-OWED:";

/// Disputes with a chargeback, and the deposits that they refer to.
#[derive(Debug, Default)]
pub(crate) struct Disputes {
    by_order: BTreeMap<OrderId, BTreeSet<String>>,
    by_dispute: BTreeMap<String, BTreeSet<Option<OrderId>>>,
}

impl Disputes {
    /// Adds the dispute in the key of an entry or a transfer.
    pub(crate) fn add(&mut self, key: &EntryKey, reference: &str) {
        let key = key.as_str();
        let dispute = key.strip_prefix(CHARGE_BACK).or_else(|| key.strip_prefix(CHARGE_BACK_OWED));
        let Some(dispute) = dispute else { return };
        let order = reference.parse().ok();
        self.by_dispute.entry(dispute.to_owned()).or_default().insert(order);
        if let Some(order) = order {
            self.by_order.entry(order).or_default().insert(dispute.to_owned());
        }
    }

    /// The deposits that a dispute refers to.
    pub(crate) fn orders_of(&self, dispute: &str) -> impl Iterator<Item = OrderId> {
        self.by_dispute.get(dispute).into_iter().flatten().copied().flatten()
    }

    fn of(&self, order: OrderId) -> impl Iterator<Item = &str> {
        self.by_order.get(&order).into_iter().flatten().map(String::as_str)
    }
}

/// Returns `true` if a dispute refers only to deposits that were charged back.
pub(crate) fn was_charged_back(books: &Books, dispute: &str) -> bool {
    let is_charged_back = |order: &Option<OrderId>| {
        let found = order.and_then(|order| books.deposits.get(&order));
        found.is_some_and(|found| found.state == DepositState::ChargedBack)
    };
    books.disputes.by_dispute.get(dispute).is_some_and(|orders| orders.iter().all(is_charged_back))
}

/// An entry that charges a deposit back takes at most its payment, to the account that it came from.
pub(crate) fn check_charged_back(books: &Books, dispute: &str, violations: &mut Violations) {
    let purpose = Purpose::ChargeBack(dispute.to_owned());
    let found = disputed(books, dispute).zip(books.movements.get(&purpose));
    let Some((deposit, movement)) = found else { return };
    let terms = &deposit.terms;
    let units = movement.amount.units().min(charged_amount(deposit).units());
    let (kind, account) = (EntryKind::Debit, terms.provider_account());
    let misfit =
        movement.misfit(&ExpectedMovement { user: terms.user, kind, units, account }, &books.accounts);
    let fault = misfit.map(|misfit| format!("The entry {purpose} {misfit}."));
    add(violations, Subject::User(terms.user), fault);
}

/// The amount that a charge-back of a deposit takes.
fn charged_amount(deposit: &DepositOrder) -> Amount {
    let claimed = deposit.payment.as_ref().filter(|payment| payment.unclaimed.is_some());
    claimed.map_or(deposit.terms.amount(), |payment| payment.money.amount())
}

/// The deposit that a dispute refers to.
fn disputed<'a>(books: &'a Books, dispute: &str) -> Option<&'a DepositOrder> {
    books.deposits.get(&books.disputes.orders_of(dispute).next()?)
}

/// The player whose deposit a dispute refers to.
pub(crate) fn charged_back(books: &Books, dispute: &str) -> Option<UserId> {
    disputed(books, dispute).map(|deposit| deposit.terms.user)
}

/// Returns `true` if a deposit's own payment first went into suspense.
fn was_unclaimed(deposit: &DepositOrder) -> bool {
    deposit.payment.as_ref().is_some_and(|payment| payment.unclaimed.is_some())
}

/// Returns `true` if a deposit's money went directly into the wallet, whatever happened afterwards.
pub(crate) fn was_credited(deposit: &DepositOrder) -> bool {
    match deposit.state {
        DepositState::Completed | DepositState::Refunded | DepositState::Disputed => true,
        DepositState::ChargedBack => !was_unclaimed(deposit),
        DepositState::Created
        | DepositState::Pending
        | DepositState::Failed
        | DepositState::Expired
        | DepositState::Unclaimed
        | DepositState::Returned
        | DepositState::Claimed => false,
    }
}

/// Returns `true` if cashiers credited a deposit's own suspended payment to its player.
fn is_own_given(deposit: &DepositOrder) -> bool {
    let own = deposit.payment.as_ref().map(|payment| &payment.id);
    deposit.claims.iter().any(|claim| claim.is_given && Some(&claim.payment) == own)
}

/// Returns `true` if a deposit's own payment was charged back before it was in any wallet.
fn was_taken_from_suspense(deposit: &DepositOrder) -> bool {
    deposit.state == DepositState::ChargedBack && was_unclaimed(deposit) && !is_own_given(deposit)
}

/// One `DEPOSIT` entry per credited deposit, and one `DEPOSIT-REFUND` if it was refunded.
pub(crate) fn check_entries(books: &Books, deposit: &DepositOrder, violations: &mut Violations) {
    let terms = &deposit.terms;
    let account = terms.provider_account();
    if was_credited(deposit) {
        let purpose = Purpose::Deposit(terms.id);
        check_entry(books, terms, &purpose, EntryKind::Credit, account.clone(), violations);
    }
    if deposit.state == DepositState::Refunded {
        check_entry(books, terms, &Purpose::DepositRefund(terms.id), EntryKind::Debit, account, violations);
    }
}

/// The entries of a deposit, the chargeback of a dispute, and the transfers of money that was not credited.
pub(crate) fn check(books: &Books, deposit: &DepositOrder, violations: &mut Violations) {
    check_entries(books, deposit, violations);
    let terms = &deposit.terms;
    if deposit.state == DepositState::ChargedBack {
        check_charge_back(books, deposit, violations);
    }
    for expected in transfers_of(deposit) {
        check_transfer(books, terms, &expected, violations);
    }
    for claim in deposit.claims.iter().filter(|claim| claim.is_given) {
        check_claim(books, deposit, claim, violations);
    }
    let is_claimed = is_own_given(deposit);
    let is_right = match deposit.state {
        DepositState::Claimed => is_claimed,
        // Taken from the wallet, or from suspense.
        DepositState::ChargedBack => was_unclaimed(deposit) || !is_claimed,
        _ => !is_claimed,
    };
    let fault = (!is_right).then(|| {
        let (id, state) = (terms.id, deposit.state.as_ref());
        format!("The deposit {id} is {state}, which does not match its payment in suspense.")
    });
    add(violations, Subject::User(terms.user), fault);
}

/// A claimed payment moved from suspense into the wallet in full.
fn check_claim(books: &Books, deposit: &DepositOrder, claim: &Claim, violations: &mut Violations) {
    let terms = &deposit.terms;
    let purpose = Purpose::Claim(claim.payment.to_string());
    let suspended = suspended(books, claim.payment.as_str()).filter(|(_, order)| *order == terms.id);
    let fault = match (suspended, books.movements.get(&purpose)) {
        (None, _) => {
            Some(format!("The deposit {} claims {}, which is not in suspense.", terms.id, claim.payment))
        }
        (Some(_), None) => Some(format!("The deposit {} has no entry {purpose}.", terms.id)),
        (Some((transfer, _)), Some(movement)) => {
            let (units, account) = (transfer.amount.units(), transfer.to.clone());
            let expected = ExpectedMovement { user: terms.user, kind: EntryKind::Credit, units, account };
            movement.misfit(&expected, &books.accounts).map(|misfit| format!("The entry {purpose} {misfit}."))
        }
    };
    add(violations, Subject::User(terms.user), fault);
}

/// A payment in suspense that was credited moved in full.
pub(crate) fn check_claimed(books: &Books, payment: &str, violations: &mut Violations) {
    let Some(deposit) = deposit_in_suspense(books, payment) else { return };
    for claim in deposit.claims.iter().filter(|claim| claim.is_given && claim.payment.as_str() == payment) {
        check_claim(books, deposit, claim, violations);
    }
}

/// The transfer that put a payment into suspense, and its deposit.
fn suspended<'a>(books: &'a Books, payment: &str) -> Option<(&'a Transfer, OrderId)> {
    let transfer = books.transfers.get(&EntryKey::from_stored(format!("SUSPENSE:{payment}")))?;
    Some((transfer, transfer.reference.parse().ok()?))
}

/// The deposit of a payment in suspense.
fn deposit_in_suspense<'a>(books: &'a Books, payment: &str) -> Option<&'a DepositOrder> {
    let (_, order) = suspended(books, payment)?;
    books.deposits.get(&order)
}

/// Returns `true` if cashiers credited a suspended payment to a player.
pub(crate) fn was_claimed(books: &Books, payment: &str) -> bool {
    let deposit = deposit_in_suspense(books, payment);
    let is_given = |claim: &Claim| claim.is_given && claim.payment.as_str() == payment;
    deposit.is_some_and(|deposit| deposit.claims.iter().any(is_given))
}

/// The player to whose deposit a suspended payment belongs.
pub(crate) fn claimant(books: &Books, payment: &str) -> Option<UserId> {
    deposit_in_suspense(books, payment).map(|deposit| deposit.terms.user)
}

/// Sum of the deposit's suspended payments that cashiers credited to the player, in units, less those charged back.
pub(crate) fn claimed_units(books: &Books, deposit: &DepositOrder) -> i128 {
    let is_own = |claim: &Claim| deposit.payment.as_ref().is_some_and(|own| own.id == claim.payment);
    let is_taken = |claim: &Claim| deposit.state == DepositState::ChargedBack && is_own(claim);
    let given = deposit.claims.iter().filter(|claim| claim.is_given && !is_taken(claim));
    let amounts = given.filter_map(|claim| suspended(books, claim.payment.as_str()));
    amounts.map(|(transfer, _)| transfer.amount.units()).sum()
}

/// Exactly one dispute charged the whole deposit back: from the wallet as far as it covered the amount, the rest as a
/// debt. If the money was still in suspense, neither happened.
fn check_charge_back(books: &Books, deposit: &DepositOrder, violations: &mut Violations) {
    let (terms, account) = (&deposit.terms, deposit.terms.provider_account());
    let (mut units, mut disputes) = (0, 0);
    for dispute in books.disputes.of(terms.id) {
        disputes += 1;
        let purpose = Purpose::ChargeBack(dispute.to_owned());
        if let Some(movement) = books.movements.get(&purpose) {
            let taken = movement.amount.units();
            let kind = EntryKind::Debit;
            let expected =
                ExpectedMovement { user: terms.user, kind, units: taken, account: account.clone() };
            let misfit = movement.misfit(&expected, &books.accounts);
            let fault = misfit.map(|misfit| format!("The entry {purpose} {misfit}."));
            add(violations, Subject::User(terms.user), fault);
            units += taken;
        }
        let key = EntryKey::from_stored(format!("{CHARGE_BACK_OWED}{dispute}"));
        if let Some(owed) = books.transfers.get(&key) {
            let expected = Transfer {
                from: SystemAccount::Receivable(terms.user),
                to: account.clone(),
                reference: terms.id.to_string(),
                ..owed.clone()
            };
            check_transfer(books, terms, &expected, violations);
            units += owed.amount.units();
        }
    }
    let credited = charged_amount(deposit);
    if was_taken_from_suspense(deposit) {
        let fault = (disputes > 0).then(|| {
            let (id, taken) = (terms.id, coins(units));
            format!(
                "The deposit {id} was charged back from suspense, but {disputes} disputes took back {taken}."
            )
        });
        add(violations, Subject::User(terms.user), fault);
        return;
    }
    let is_all = disputes == 1 && units == credited.units();
    let fault = (!is_all).then(|| {
        let (id, amount, taken) = (terms.id, credited, coins(units));
        format!("The deposit {id} of {amount} was charged back, but {disputes} disputes took back {taken}.")
    });
    add(violations, Subject::User(terms.user), fault);
}

/// The transfers that a deposit's state requires for its payment: into suspense if it could not be credited, and out of
/// it if it was returned, or charged back before it was in a wallet. Money in another currency has no account here.
pub(crate) fn transfers_of(deposit: &DepositOrder) -> Vec<Transfer> {
    let terms = &deposit.terms;
    let is_suspended = |payment: &&ReceivedPayment| {
        payment.unclaimed.is_some() && payment.money.currency() == terms.money.currency()
    };
    let Some(payment) = deposit.payment.as_ref().filter(is_suspended) else { return Vec::new() };
    let provider = SystemAccount::PaymentProvider(Some(payment.provider.clone()));
    let suspense = SystemAccount::Suspense(payment.provider.clone());
    let transfer = |purpose: EntryPurpose, from: &SystemAccount, to: &SystemAccount| Transfer {
        key: EntryKey::new(purpose, &[&payment.id]),
        from: from.clone(),
        to: to.clone(),
        amount: payment.money.amount(),
        reference: terms.id.to_string(),
        at: terms.created_at,
    };
    let mut transfers = vec![transfer(EntryPurpose::Suspense, &provider, &suspense)];
    if deposit.state == DepositState::Returned || was_taken_from_suspense(deposit) {
        transfers.push(transfer(EntryPurpose::SuspenseOut, &suspense, &provider));
    }
    transfers
}

/// Returns `true` if a deposit explains a transfer that refers to it: by its state, or because its history contains an
/// additional payment that went into suspense.
pub(crate) fn explains(books: &Books, deposit: &DepositOrder, transfer: &Transfer) -> bool {
    let key = transfer.key.as_str();
    if let Some(dispute) = key.strip_prefix(CHARGE_BACK_OWED) {
        return was_charged_back(books, dispute);
    }
    transfers_of(deposit).iter().any(|expected| expected.key == transfer.key)
        || is_of_another_payment(deposit, transfer)
}

fn is_of_another_payment(deposit: &DepositOrder, transfer: &Transfer) -> bool {
    let key = &transfer.key;
    let (payment, provider) = match (&transfer.from, &transfer.to) {
        (SystemAccount::PaymentProvider(Some(from)), SystemAccount::Suspense(to)) if from == to => {
            (key.of_purpose(EntryPurpose::Suspense), from)
        }
        (SystemAccount::Suspense(from), SystemAccount::PaymentProvider(Some(to))) if from == to => {
            (key.of_purpose(EntryPurpose::SuspenseOut), from)
        }
        _ => return false,
    };
    let Some(payment) = payment else { return false };
    let is_own =
        deposit.payment.as_ref().is_some_and(|own| own.id.as_str() == payment && own.provider == *provider);
    let cause = format!("{} {provider} {payment}", PaymentState::Paid);
    !is_own && deposit.history.lines().iter().any(|line| line.cause == cause)
}
