//! M1 and M3 of money in and out: what a deposit or a withdrawal has moved follows from where it stands, and what is
//! known of a player's payments is what their orders come to.

use crate::books::Books;
use crate::effects::add;
use crate::movement::{Expected, Purpose};
use crate::report::{Subject, Violations, coins};
use evens_exchange::Invariant;
use evens_ledger::{EntryKey, EntryKind, SystemAccount, Transfer, UserId};
use evens_payments::{Cashier, DepositOrder, DepositState, OrderTerms, WithdrawalOrder, WithdrawalState};
use std::collections::BTreeMap;

/// What a player's orders come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Sums {
    deposited_units: i128,
    withdrawn_units: i128,
    open_withdrawals: u32,
}

pub(crate) fn check(books: &Books, violations: &mut Violations) {
    let mut sums: BTreeMap<UserId, Sums> = BTreeMap::new();
    let mut unfinished_units = 0;
    for deposit in books.deposits.values() {
        check_deposit(books, deposit, violations);
        let sums = sums.entry(deposit.terms.user).or_default();
        if matches!(deposit.state, DepositState::Completed | DepositState::Disputed) {
            sums.deposited_units += deposit.terms.amount().units();
        }
    }
    for withdrawal in books.withdrawals.values() {
        check_withdrawal(books, withdrawal, violations);
        let sums = sums.entry(withdrawal.terms.user).or_default();
        let units = withdrawal.terms.amount().units();
        if withdrawal.state.is_unfinished() {
            unfinished_units += units;
            sums.open_withdrawals += 1;
        } else if withdrawal.state == WithdrawalState::Completed {
            sums.withdrawn_units += units;
        }
    }
    check_account(books, unfinished_units, violations);
    for (user, sums) in sums {
        check_cashier(user, books.cashiers.get(&user), sums, violations);
    }
}

/// Whether a deposit's money went into the wallet, whatever became of it afterwards.
pub(crate) fn was_credited(deposit: &DepositOrder) -> bool {
    match deposit.state {
        DepositState::Completed
        | DepositState::Refunded
        | DepositState::Disputed
        | DepositState::ChargedBack => true,
        DepositState::Created
        | DepositState::Pending
        | DepositState::Failed
        | DepositState::Expired
        | DepositState::Unclaimed
        | DepositState::Returned => false,
    }
}

/// One `DEPOSIT` entry for each deposit that was credited.
fn check_deposit(books: &Books, deposit: &DepositOrder, violations: &mut Violations) {
    if was_credited(deposit) {
        let purpose = Purpose::Deposit(deposit.terms.id);
        let account = deposit.terms.provider_account();
        check_entry(books, &deposit.terms, &purpose, EntryKind::Credit, account, violations);
    }
}

/// One `WITHDRAW` entry for each withdrawal; one `WITHDRAW-REV` where it was given back; and the transfers of what the
/// provider paid, and of what came back.
fn check_withdrawal(books: &Books, withdrawal: &WithdrawalOrder, violations: &mut Violations) {
    let terms = &withdrawal.terms;
    let owed = SystemAccount::Withdrawals;
    check_entry(books, terms, &Purpose::Withdrawal(terms.id), EntryKind::Debit, owed.clone(), violations);
    if withdrawal.state.is_given_back() {
        check_entry(books, terms, &Purpose::WithdrawalBack(terms.id), EntryKind::Refund, owed, violations);
    }
    for expected in transfers_of(withdrawal) {
        let found = books.transfers.get(&expected.key);
        let is_same = |found: &Transfer| Transfer { at: expected.at, ..found.clone() } == expected;
        let fault = match found {
            None => Some(format!("The withdrawal {} has no transfer {}.", terms.id, expected.key)),
            Some(found) if !is_same(found) => {
                Some(format!("The transfer {} is not what the withdrawal {} is for.", expected.key, terms.id))
            }
            Some(_) => None,
        };
        add(violations, Subject::User(terms.user), fault);
    }
}

/// The transfers that a withdrawal must have made, by where it stands.
fn transfers_of(withdrawal: &WithdrawalOrder) -> Vec<Transfer> {
    let terms = &withdrawal.terms;
    let (owed, provider) = (SystemAccount::Withdrawals, terms.provider_account());
    let transfer = |purpose: &str, from: &SystemAccount, to: &SystemAccount| Transfer {
        key: EntryKey::new(purpose, &[&terms.id]),
        from: from.clone(),
        to: to.clone(),
        amount: terms.amount(),
        reference: terms.id.to_string(),
        at: terms.created_at,
    };
    let mut transfers = Vec::new();
    if matches!(withdrawal.state, WithdrawalState::Completed | WithdrawalState::Returned) {
        transfers.push(transfer("PAYOUT", &owed, &provider));
    }
    if withdrawal.state == WithdrawalState::Returned {
        transfers.push(transfer("PAYOUT-REV", &provider, &owed));
    }
    if withdrawal.is_paid_after_return {
        transfers.push(transfer("PAID-AFTER-RETURN", &SystemAccount::Receivable(terms.user), &provider));
    }
    transfers
}

/// Whether something in the books is the reason for a transfer: a withdrawal that stands where it must have made it, or
/// a deposit that tells of the payment.
pub(crate) fn explains(books: &Books, transfer: &Transfer) -> bool {
    let key = transfer.key.as_str();
    let of_withdrawal = || {
        let order = transfer.reference.parse().ok()?;
        let found = books.withdrawals.get(&order)?;
        Some(transfers_of(found).iter().any(|expected| expected.key == transfer.key))
    };
    let of_deposit = || {
        let payment = key.strip_prefix("SUSPENSE:").or_else(|| key.strip_prefix("SUSPENSE-OUT:"))?;
        let found = books.deposits.get(&transfer.reference.parse().ok()?)?;
        let is_told_of = |cause: &str| cause.split(' ').any(|word| word == payment);
        Some(found.history.lines().iter().any(|line| is_told_of(&line.cause)))
    };
    of_withdrawal() == Some(true) || of_deposit() == Some(true)
}

fn check_entry(
    books: &Books,
    terms: &OrderTerms,
    purpose: &Purpose,
    kind: EntryKind,
    account: SystemAccount,
    violations: &mut Violations,
) {
    let expected = Expected { user: terms.user, kind, units: terms.amount().units(), account };
    let fault = match books.movements.get(purpose) {
        None => Some(format!("The order {} has no entry {purpose}.", terms.id)),
        Some(movement) => {
            movement.misfit(&expected, &books.accounts).map(|misfit| format!("The entry {purpose} {misfit}."))
        }
    };
    add(violations, Subject::User(terms.user), fault);
}

/// M1: what is owed to players who take money home is what their unfinished withdrawals come to.
fn check_account(books: &Books, unfinished_units: i128, violations: &mut Violations) {
    let account = SystemAccount::Withdrawals;
    let units = books.accounts.units_on(&account);
    if units != unfinished_units {
        let (units, sum) = (coins(units), coins(unfinished_units));
        let sentence =
            format!("The account {account} has {units}, but unfinished withdrawals come to {sum}.");
        violations.add(Invariant::M1Conservation, Subject::Books, sentence);
    }
}

/// M1: what is known of a player's payments is what their orders come to.
fn check_cashier(user: UserId, cashier: Option<&Cashier>, sums: Sums, violations: &mut Violations) {
    let known = cashier.map_or_else(Sums::default, |cashier| Sums {
        deposited_units: cashier.totals.actual_deposit_amount.units(),
        withdrawn_units: cashier.totals.withdrawn.units(),
        open_withdrawals: cashier.open_withdrawals,
    });
    if known != sums {
        let say = |sums: Sums| {
            let (deposited, withdrawn) = (coins(sums.deposited_units), coins(sums.withdrawn_units));
            format!(
                "{deposited} deposited, {withdrawn} withdrawn and {} open withdrawals",
                sums.open_withdrawals
            )
        };
        let sentence = format!(
            "The cashier record of user {user} says {}, but the orders come to {}.",
            say(known),
            say(sums)
        );
        violations.add(Invariant::M1Conservation, Subject::User(user), sentence);
    }
}
