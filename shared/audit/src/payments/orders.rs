//! M1 and M3 of money in and out: a withdrawal's state determines the money it moved, like that of a
//! [deposit](crate::payments::deposits). A player's payment totals equal the sums of their orders.

use crate::books::Books;
use crate::payments::deposits;
use crate::report::{Subject, Violations, add, coins};
use crate::wallet::movement::{ExpectedMovement, Purpose};
use evens_audit_log::Action;
use evens_ledger::{EntryKey, EntryKind, EntryPurpose, Invariant, SystemAccount, Transfer, UserId};
use evens_payments::{
    DepositState, OrderTerms, PaymentsRecord, WithdrawalOrder, WithdrawalState, is_booked_by_statement,
};
use std::collections::BTreeMap;

/// Prefix of the key of a transfer that returns a payout which the player owed.
const OWED_BACK: &str = "OWED-BACK:";

/// Sums of a player's orders, and the player's debt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Sums {
    deposited_units: i128,
    withdrawn_units: i128,
    open_deposits: u32,
    open_withdrawals: u32,
    being_withdrawn_units: i128,
    owed_units: i128,
}

pub(crate) fn check(books: &Books, violations: &mut Violations) {
    let mut sums: BTreeMap<UserId, Sums> = BTreeMap::new();
    let mut unfinished_units = 0;
    for deposit in books.deposits.values() {
        if books.share.has_user(deposit.terms.user) {
            deposits::check(books, deposit, violations);
        }
        let sums = sums.entry(deposit.terms.user).or_default();
        if matches!(deposit.state, DepositState::Completed | DepositState::Disputed) {
            sums.deposited_units += deposit.terms.amount().units();
        }
        sums.deposited_units += deposits::claimed_units(books, deposit);
        sums.open_deposits += u32::from(deposit.state.is_reserved());
    }
    for withdrawal in books.withdrawals.values() {
        if books.share.has_user(withdrawal.terms.user) {
            check_withdrawal(books, withdrawal, violations);
        }
        let sums = sums.entry(withdrawal.terms.user).or_default();
        let units = withdrawal.terms.amount().units();
        if withdrawal.state.is_unfinished() {
            unfinished_units += units;
            sums.open_withdrawals += 1;
            sums.being_withdrawn_units += units;
        } else if withdrawal.state == WithdrawalState::Completed {
            sums.withdrawn_units += units;
        }
    }
    check_account(books, unfinished_units, violations);
    for (user, owed_units) in books.accounts.debts() {
        sums.entry(user).or_default().owed_units = owed_units;
    }
    for record in books.payments_records.values() {
        sums.entry(record.user).or_default();
        if books.share.has_user(record.user) {
            check_first_bonus(books, record, violations);
        }
        check_first_deposit(books, record, violations);
    }
    for (user, sums) in sums {
        check_payments_record(user, books.payments_records.get(&user), sums, violations);
    }
}

/// The entries of a withdrawal, and the transfers of the provider's payouts and returns.
fn check_withdrawal(books: &Books, withdrawal: &WithdrawalOrder, violations: &mut Violations) {
    check_withdrawal_entries(books, withdrawal, violations);
    for expected in transfers_of(withdrawal) {
        check_withdrawal_transfer(books, withdrawal, expected, violations);
    }
}

/// One `WITHDRAW` entry per withdrawal, and one `WITHDRAW-REV` if it was returned.
pub(crate) fn check_withdrawal_entries(
    books: &Books,
    withdrawal: &WithdrawalOrder,
    violations: &mut Violations,
) {
    let terms = &withdrawal.terms;
    let owed = SystemAccount::Withdrawals;
    check_entry(books, terms, &Purpose::Withdrawal(terms.id), EntryKind::Debit, owed.clone(), violations);
    if withdrawal.state.is_given_back() {
        check_entry(books, terms, &Purpose::WithdrawalBack(terms.id), EntryKind::Refund, owed, violations);
    }
}

/// The transfer exists and matches the withdrawal. A debt that comes back may have been written off.
fn check_withdrawal_transfer(
    books: &Books,
    withdrawal: &WithdrawalOrder,
    mut expected: Transfer,
    violations: &mut Violations,
) {
    let found = books.transfers.get(&expected.key);
    let was_written_off = found.is_some_and(|found| found.to == SystemAccount::BadDebt);
    if was_written_off && expected.key.as_str().starts_with(OWED_BACK) {
        expected.to = SystemAccount::BadDebt;
    }
    check_transfer(books, &withdrawal.terms, &expected, violations);
}

/// The transfer exists and matches the order. Its time is not checked.
pub(crate) fn check_transfer(
    books: &Books,
    terms: &OrderTerms,
    expected: &Transfer,
    violations: &mut Violations,
) {
    let is_same = |found: &Transfer| Transfer { at: expected.at, ..found.clone() } == *expected;
    let fault = match books.transfers.get(&expected.key) {
        None => Some(format!("The order {} has no transfer {}.", terms.id, expected.key)),
        Some(found) if !is_same(found) => {
            Some(format!("The transfer {} does not match the order {}.", expected.key, terms.id))
        }
        Some(_) => None,
    };
    add(violations, Subject::User(terms.user), fault);
}

/// The transfers that a withdrawal's state requires.
fn transfers_of(withdrawal: &WithdrawalOrder) -> Vec<Transfer> {
    let terms = &withdrawal.terms;
    let (owed, provider) = (SystemAccount::Withdrawals, terms.provider_account());
    let receivable = SystemAccount::Receivable(terms.user);
    let moved = |key: EntryKey, from: &SystemAccount, to: &SystemAccount| Transfer {
        key,
        from: from.clone(),
        to: to.clone(),
        amount: terms.amount(),
        reference: terms.id.to_string(),
        at: terms.created_at,
    };
    let transfer = |purpose: EntryPurpose, from: &SystemAccount, to: &SystemAccount| {
        moved(EntryKey::new(purpose, &[&terms.id]), from, to)
    };
    let mut transfers = Vec::new();
    if matches!(withdrawal.state, WithdrawalState::Completed | WithdrawalState::Returned) {
        transfers.push(transfer(EntryPurpose::Payout, &owed, &provider));
    }
    if withdrawal.state == WithdrawalState::Returned {
        transfers.push(transfer(EntryPurpose::PayoutRev, &provider, &owed));
    }
    if withdrawal.is_paid_after_return {
        transfers.push(transfer(EntryPurpose::PaidAfterReturn, &receivable, &provider));
    }
    for payout in &withdrawal.paid_twice {
        transfers.push(moved(
            EntryKey::new(EntryPurpose::PaidTwice, &[&terms.id, payout]),
            &receivable,
            &provider,
        ));
    }
    for payout in &withdrawal.owed_back {
        transfers.push(moved(
            EntryKey::new(EntryPurpose::OwedBack, &[&terms.id, payout]),
            &provider,
            &receivable,
        ));
    }
    transfers
}

/// Compares a transfer with what the order that it refers to requires.
pub(crate) fn check_required(books: &Books, transfer: &Transfer, violations: &mut Violations) {
    let Ok(order) = transfer.reference.parse() else { return };
    if let Some(deposit) = books.deposits.get(&order) {
        let expected = deposits::transfers_of(deposit).into_iter().find(|found| found.key == transfer.key);
        if let Some(expected) = expected {
            check_transfer(books, &deposit.terms, &expected, violations);
        }
    }
    if let Some(withdrawal) = books.withdrawals.get(&order) {
        let expected = transfers_of(withdrawal).into_iter().find(|found| found.key == transfer.key);
        if let Some(expected) = expected {
            check_withdrawal_transfer(books, withdrawal, expected, violations);
        }
    }
}

/// Returns `true` if a transfer has a cause. The cause is an order that it refers to and whose state requires it, or a
/// cashier's action. Or it is a provider's statement, which is not in the books and which the reconciliation compares.
pub(crate) fn explains(books: &Books, transfer: &Transfer) -> bool {
    if is_booked_by_statement(transfer) || is_written_off(books, transfer) {
        return true;
    }
    let Ok(order) = transfer.reference.parse() else { return false };
    let withdrawal = books.withdrawals.get(&order);
    let deposit = books.deposits.get(&order);
    withdrawal.is_some_and(|found| transfers_of(found).iter().any(|expected| expected.key == transfer.key))
        || deposit.is_some_and(|found| deposits::explains(books, found, transfer))
}

/// Returns `true` if a cashier wrote off a player's debt with this transfer, with an audit log line that names it.
fn is_written_off(books: &Books, transfer: &Transfer) -> bool {
    let (SystemAccount::BadDebt, SystemAccount::Receivable(user)) = (&transfer.from, &transfer.to) else {
        return false;
    };
    let (key, subject) = (transfer.key.as_str(), user.to_string());
    let of_write_off = transfer.key.of_purpose(EntryPurpose::WriteOff);
    let is_its_key = of_write_off.is_some_and(|rest| rest.starts_with(&format!("{subject}:")));
    is_its_key
        && books.audit_lines.values().any(|line| {
            let act = &line.act;
            act.action == Action::WriteOffDebt && act.subject == subject && act.after.ends_with(key)
        })
}

pub(crate) fn check_entry(
    books: &Books,
    terms: &OrderTerms,
    purpose: &Purpose,
    kind: EntryKind,
    account: SystemAccount,
    violations: &mut Violations,
) {
    let expected = ExpectedMovement { user: terms.user, kind, units: terms.amount().units(), account };
    let fault = match books.movements.get(purpose) {
        None => Some(format!("The order {} has no entry {purpose}.", terms.id)),
        Some(movement) => {
            movement.misfit(&expected, &books.accounts).map(|misfit| format!("The entry {purpose} {misfit}."))
        }
    };
    add(violations, Subject::User(terms.user), fault);
}

/// M1: the account of withdrawals owed to players equals the sum of their unfinished withdrawals.
fn check_account(books: &Books, unfinished_units: i128, violations: &mut Violations) {
    let account = SystemAccount::Withdrawals;
    let (units, entries) = books.accounts.sum_on(&account);
    if units != unfinished_units {
        let (units, sum) = (coins(units), coins(unfinished_units));
        let sentence = format!(
            "The account {account} has {units} by {entries} entries, but unfinished withdrawals come to {sum}."
        );
        violations.add(Invariant::M1Conservation, Subject::Books, sentence);
    }
}

/// M1: a player's payment totals equal the sums of their orders, and their debt equals their receivable account.
fn check_payments_record(
    user: UserId,
    record: Option<&PaymentsRecord>,
    sums: Sums,
    violations: &mut Violations,
) {
    let known = record.map_or_else(Sums::default, |record| Sums {
        deposited_units: record.totals.actual_deposit_amount.units(),
        withdrawn_units: record.totals.withdrawn.units(),
        open_deposits: record.open_deposits,
        open_withdrawals: record.open_withdrawals,
        being_withdrawn_units: record.being_withdrawn.units(),
        owed_units: record.owed.units(),
    });
    if known != sums {
        let say = |sums: Sums| {
            let [deposited, withdrawn, open_sum, owed] =
                [sums.deposited_units, sums.withdrawn_units, sums.being_withdrawn_units, sums.owed_units]
                    .map(coins);
            let (incoming, open) = (sums.open_deposits, sums.open_withdrawals);
            format!(
                "{deposited} deposited, {withdrawn} withdrawn, {incoming} open deposits, {open} open withdrawals \
                 of {open_sum} and {owed} owed"
            )
        };
        let sentence = format!(
            "The payments record of user {user} (revision {}) says {}, but the books come to {}.",
            record.map_or(0, |record| record.revision),
            say(known),
            say(sums)
        );
        violations.add(Invariant::M1Conservation, Subject::User(user), sentence);
    }
}

/// M3: a first-deposit bonus marked as given has its entry.
fn check_first_bonus(books: &Books, record: &PaymentsRecord, violations: &mut Violations) {
    let user = record.user;
    let purpose = Purpose::DepositBonus(user);
    let is_missing = record.has_received_first_bonus && books.movements.get(&purpose).is_none();
    let fault = is_missing
        .then(|| format!("User {user} has the bonus for a first deposit, but there is no entry {purpose}."));
    add(violations, Subject::User(user), fault);
}

/// M3: the first credited deposit is one of the player's that was credited. It is known as soon as there is one.
fn check_first_deposit(books: &Books, record: &PaymentsRecord, violations: &mut Violations) {
    let user = record.user;
    let Some(first) = record.first_deposit else { return };
    let found = books.deposits.get(&first).filter(|deposit| deposit.terms.user == user);
    let is_right = found.is_some_and(|deposit| {
        deposits::was_credited(deposit) || deposit.claims.iter().any(|claim| claim.is_given)
    });
    let fault = (!is_right).then(|| format!("The first deposit {first} of user {user} was not credited."));
    add(violations, Subject::User(user), fault);
}
