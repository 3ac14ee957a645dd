//! Returning the money of a withdrawal to the wallet. It always has the key `WITHDRAW-REV:{order}`, so that it happens
//! once for all possible causes.

use crate::{PaymentsRecord, Plan, WithdrawalOrder, WithdrawalPlan, WithdrawalState, keys};
use evens_ledger::{BalanceTooLarge, Incoming, Posting, SystemAccount, Wallet};
use jiff::Timestamp;

/// The plan that returns the money of an order to the wallet. If the order was paid, the provider's payment is reversed
/// first.
pub(crate) fn give_back(
    order: &WithdrawalOrder,
    after: WithdrawalOrder,
    record: &PaymentsRecord,
    wallet: &Wallet,
    now: Timestamp,
) -> Result<WithdrawalPlan, BalanceTooLarge> {
    let terms = &order.terms;
    assert!(record.user == terms.user && wallet.user == terms.user, "the records of the order's player");
    assert!(!order.state.is_given_back() && after.state.is_given_back(), "it is given back once");
    let posting = Posting {
        key: keys::give_back(terms.id),
        amount: terms.amount(),
        account: SystemAccount::Withdrawals,
        reference: terms.id.to_string(),
    };
    let posted = wallet.credit(Incoming::Refund, posting, now)?.into();
    let mut record = record.next();
    let mut transfer = None;
    if order.state == WithdrawalState::Completed {
        record.totals.withdrawn = record.totals.withdrawn.saturating_sub(terms.amount());
        let (from, to) = (terms.provider_account(), SystemAccount::Withdrawals);
        transfer = Some(keys::transfer_of(terms, keys::payout_back(terms.id), from, to, now));
    } else {
        record.finish_withdrawal(terms.amount());
    }
    let plan = Plan::of(Some(order.clone()), after);
    Ok(Plan { record: Some(record), posted: Some(posted), transfer, ..plan })
}
