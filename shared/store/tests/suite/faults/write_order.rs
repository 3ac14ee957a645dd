//! The writes of orders, prepared so that they can happen, with their outcomes as words.

use super::write::Write;
use crate::order_scenario::{
    claimed, credited, deposit_of, deposit_rules, facts, give_payee, opened, payment, payout, requested,
    withdrawal_of, withdrawal_rules,
};
use crate::scenario::{fund, user};
use evens_payments::{
    BonusRefusal, DepositOrder, DepositReportRefusal, OpenDepositRefusal, PayoutReportRefusal, PayoutState,
    RequestWithdrawalRefusal, SettleDepositInput, SettlePayoutInput, WithdrawalOrder, settle_deposit,
    settle_payout,
};
use evens_store::{OrderOutcome, Store, StoreError};
use jiff::Timestamp;

/// A write of an order of player 1, with its inputs.
pub(crate) enum OrderWrite {
    OpenDeposit,
    Credit(DepositOrder),
    Withdraw,
    Payout(WithdrawalOrder),
    FirstBonus,
}

impl OrderWrite {
    /// Brings the table into the state in which the write can happen.
    pub(crate) async fn prepare(write: Write, store: &Store) -> Self {
        match write {
            Write::OpenDeposit => Self::OpenDeposit,
            Write::Credit => Self::Credit(opened(store, 1, "key", "10", 0).await),
            Write::Withdraw => {
                fund(store, 1, "10").await;
                give_payee(store, 1).await;
                Self::Withdraw
            }
            Write::Payout => {
                fund(store, 1, "10").await;
                let order = requested(store, 1, "key", "10", 0).await;
                Self::Payout(claimed(store, &order, 1).await)
            }
            Write::FirstBonus => {
                credited(store, 1, "key", "10", 0).await;
                Self::FirstBonus
            }
            another => panic!("{another:?} is no write of an order"),
        }
    }

    pub(crate) async fn write(&self, store: &Store, now: Timestamp) -> Result<&'static str, StoreError> {
        match self {
            Self::OpenDeposit => open_deposit(store, now).await,
            Self::Credit(order) => credit(order, store, now).await,
            Self::Withdraw => withdraw(store, now).await,
            Self::Payout(order) => pay_out(order, store, now).await,
            Self::FirstBonus => Ok(match store.give_first_bonus(user(1), now).await? {
                Ok(_) => "now",
                Err(BonusRefusal::GivenBefore) => "before",
                Err(_) => "refused",
            }),
        }
    }
}

async fn open_deposit(store: &Store, now: Timestamp) -> Result<&'static str, StoreError> {
    Ok(match store.open_deposit(&deposit_of(1, "key", "10"), &deposit_rules(), now).await? {
        Ok(_) => "now",
        Err(OpenDepositRefusal::OpenedBefore(_)) => "before",
        Err(_) => "refused",
    })
}

async fn credit(order: &DepositOrder, store: &Store, now: Timestamp) -> Result<&'static str, StoreError> {
    let (report, rules) = (payment(order, "pay-1"), deposit_rules());
    let settle = |input: SettleDepositInput<'_>| settle_deposit(&report, input, &rules, now);
    Ok(match store.change_deposit(order.terms.id, now, settle).await? {
        OrderOutcome::Changed(_) => "now",
        OrderOutcome::Refused(DepositReportRefusal::NothingNew) => "before",
        OrderOutcome::Refused(_) | OrderOutcome::Unknown => "refused",
    })
}

async fn withdraw(store: &Store, now: Timestamp) -> Result<&'static str, StoreError> {
    let (asked, rules) = (withdrawal_of(1, "key", "5"), withdrawal_rules());
    Ok(match store.request_withdrawal(&asked, facts(), &rules, now).await? {
        Ok(_) => "now",
        Err(RequestWithdrawalRefusal::RequestedBefore(_)) => "before",
        Err(_) => "refused",
    })
}

async fn pay_out(order: &WithdrawalOrder, store: &Store, now: Timestamp) -> Result<&'static str, StoreError> {
    let (report, rules) = (payout(order, PayoutState::Paid), withdrawal_rules());
    let settle = |input: SettlePayoutInput<'_>| settle_payout(&report, Some(input.order), input, &rules, now);
    Ok(match store.change_withdrawal(order.terms.id, now, settle).await? {
        OrderOutcome::Changed(_) => "now",
        OrderOutcome::Refused(PayoutReportRefusal::NothingNew) => "before",
        OrderOutcome::Refused(_) | OrderOutcome::Unknown => "refused",
    })
}
