//! The keys of all movements of payments, each used once (M3), and the transfers with such a key.

use crate::{DisputeId, OrderId, OrderTerms, ProviderId};
use evens_ledger::{Amount, EntryKey, EntryPurpose, ProviderName, SystemAccount, Transfer, UserId};
use jiff::Timestamp;
use jiff::civil::Date;
use std::fmt;

pub(crate) fn deposit(order: OrderId) -> EntryKey {
    EntryKey::new(EntryPurpose::Deposit, &[&order])
}

pub(crate) fn deposit_refund(order: OrderId) -> EntryKey {
    EntryKey::new(EntryPurpose::DepositRefund, &[&order])
}

pub(crate) fn first_deposit_bonus(user: UserId) -> EntryKey {
    EntryKey::new(EntryPurpose::Bonus, &[&"DEP", &user])
}

pub(crate) fn withdrawal(order: OrderId) -> EntryKey {
    EntryKey::new(EntryPurpose::Withdraw, &[&order])
}

pub(crate) fn give_back(order: OrderId) -> EntryKey {
    EntryKey::new(EntryPurpose::WithdrawRev, &[&order])
}

pub(crate) fn payout(order: OrderId) -> EntryKey {
    EntryKey::new(EntryPurpose::Payout, &[&order])
}

pub(crate) fn payout_back(order: OrderId) -> EntryKey {
    EntryKey::new(EntryPurpose::PayoutRev, &[&order])
}

pub(crate) fn paid_after_return(order: OrderId) -> EntryKey {
    EntryKey::new(EntryPurpose::PaidAfterReturn, &[&order])
}

pub(crate) fn paid_twice(order: OrderId, payout: &ProviderId) -> EntryKey {
    EntryKey::new(EntryPurpose::PaidTwice, &[&order, payout])
}

pub(crate) fn owed_back(order: OrderId, payout: &ProviderId) -> EntryKey {
    EntryKey::new(EntryPurpose::OwedBack, &[&order, payout])
}

pub(crate) fn charge_back(dispute: &DisputeId) -> EntryKey {
    EntryKey::new(EntryPurpose::Chargeback, &[dispute])
}

pub(crate) fn charge_back_owed(dispute: &DisputeId) -> EntryKey {
    EntryKey::new(EntryPurpose::ChargebackOwed, &[dispute])
}

pub(crate) fn suspense(payment: &ProviderId) -> EntryKey {
    EntryKey::new(EntryPurpose::Suspense, &[payment])
}

pub(crate) fn suspense_out(payment: &ProviderId) -> EntryKey {
    EntryKey::new(EntryPurpose::SuspenseOut, &[payment])
}

pub(crate) fn write_off(user: UserId, number: u64) -> EntryKey {
    EntryKey::new(EntryPurpose::WriteOff, &[&user, &number])
}

pub(crate) fn adjustment(user: UserId, number: u64) -> EntryKey {
    EntryKey::new(EntryPurpose::Adjust, &[&user, &number])
}

pub(crate) fn fee(provider: &ProviderName, day: Date) -> EntryKey {
    EntryKey::new(EntryPurpose::Fee, &[provider, &day])
}

pub(crate) fn settlement(settlement: &ProviderId) -> EntryKey {
    EntryKey::new(EntryPurpose::Settlement, &[settlement])
}

pub(crate) fn funding(funding: &ProviderId) -> EntryKey {
    EntryKey::new(EntryPurpose::Funding, &[funding])
}

/// Returns `true` for movements that are booked from a statement: daily fees, and transfers between a provider and our
/// bank.
pub(crate) fn is_of_statement(key: &EntryKey) -> bool {
    let of_statement = [EntryPurpose::Fee, EntryPurpose::Settlement, EntryPurpose::Funding];
    key.split().is_some_and(|(purpose, _)| of_statement.contains(&purpose))
}

/// Returns `true` for movements that undo an earlier one: out of suspense, refunds, and payouts that came back. A
/// provider may state them under the record that they undo.
pub(crate) fn is_undoing(key: &EntryKey) -> bool {
    use EntryPurpose::{DepositRefund, OwedBack, PayoutRev, SuspenseOut};
    key.split()
        .is_some_and(|(purpose, _)| [SuspenseOut, DepositRefund, PayoutRev, OwedBack].contains(&purpose))
}

pub(crate) fn account_of(provider: &ProviderName) -> SystemAccount {
    SystemAccount::PaymentProvider(Some(provider.clone()))
}

pub(crate) fn transfer_of(
    terms: &OrderTerms,
    key: EntryKey,
    from: SystemAccount,
    to: SystemAccount,
    at: Timestamp,
) -> Transfer {
    transfer(key, from, to, terms.amount(), &terms.id, at)
}

pub(crate) fn transfer(
    key: EntryKey,
    from: SystemAccount,
    to: SystemAccount,
    amount: Amount,
    reference: &dyn fmt::Display,
    at: Timestamp,
) -> Transfer {
    Transfer { key, from, to, amount, reference: reference.to_string(), at }
}
