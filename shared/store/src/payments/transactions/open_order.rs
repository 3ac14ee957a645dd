//! New orders: opening a deposit, and requesting a withdrawal.

use super::order_items::PlayerSnapshot;
use crate::table::retry::{Attempt, attempt};
use crate::wallet::transactions::wallet_items::OwnerCondition;
use crate::{Store, StoreError};
use evens_ledger::{Amount, UserId};
use evens_payments::{
    DepositOrder, DepositRules, OpenDeposit, OpenDepositInput, OpenDepositRefusal, Payee, PayoutLimit,
    RequestWithdrawal, RequestWithdrawalInput, RequestWithdrawalRefusal, WithdrawalPlan, WithdrawalRules,
    open_deposit, request_withdrawal,
};
use jiff::Timestamp;

/// Facts for the decision about a withdrawal that are not stored with orders. The caller has read them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WithdrawalFacts {
    /// The time since which the player has their current password.
    pub password_since: Timestamp,
    /// `true` if the platform takes bets and no external exclusion register bars the player.
    pub may_bet: bool,
    /// The limit of the payee's account, as far as the provider answered.
    pub payout_limit: Option<PayoutLimit>,
}

impl Store {
    /// Opens a deposit, as the rule decides from the current state: all items, or none.
    ///
    /// 1. order: absent, else read again, and the rule decides between the repeat and the reused key
    /// 2. payments record: revision is the one read, else read again until the deadline
    /// 3. place among the player's orders: absent, because the order was, else [`StoreError::Corrupt`]
    ///
    /// # Role
    /// - `BatchGetItem` on `CASHIER#`, `ORDER#`, `USER#`
    /// - `PutItem` on `CASHIER#`, `ORDER#`, `ORDERS#`
    pub async fn open_deposit(
        &self,
        request: &OpenDeposit,
        rules: &DepositRules,
        now: Timestamp,
    ) -> Result<Result<DepositOrder, OpenDepositRefusal>, StoreError> {
        attempt!(self, WriteOrder, {
            let (found, player) = self.load_order_and_player(request.order, request.user).await?;
            let existing = found.as_ref().map(|(existing, _)| existing);
            let PlayerSnapshot { record, owner, .. } = &player;
            let input = OpenDepositInput { existing, owner: *owner, record };
            let plan = match open_deposit(request, input, rules, now) {
                Ok(plan) => plan,
                Err(refusal) => return Ok(Attempt::Done(Err(refusal))),
            };
            if self.write_plan(&plan, None, (&player, OwnerCondition::NotBlocked), now).await? {
                Ok(Attempt::Done(Ok(plan.order)))
            } else {
                Ok(Attempt::Again(StoreError::Contended))
            }
        })
    }

    /// Returns `true` if a player may still pay a deposit that they opened before.
    ///
    /// # Role
    /// - `BatchGetItem` on `CASHIER#`, `USER#`
    pub async fn may_still_pay(&self, user: UserId, now: Timestamp) -> Result<bool, StoreError> {
        let PlayerSnapshot { record, owner, .. } = self.load_player(user).await?;
        Ok(record.may_still_pay(owner.is_blocked, now))
    }

    /// Requests a withdrawal to one of the player's payees, as the rule decides from the current state: all items, or
    /// none. If turnover is required, it is read from the ledger. The debit is in the same transaction, so the
    /// requesting function may write wallets; IAM cannot restrict whose.
    ///
    /// 1. order: absent, else read again, and the rule decides between the repeat and the reused key
    /// 2. payments record: revision is the one read, else read again until the deadline, with the payee, which never
    ///    changes without it
    /// 3. wallet, with the entry `WITHDRAW:{orderId}`: version is the one read, its owner is not blocked, and the
    ///    request's session has not ended, else the same
    /// 4. place among the player's orders: absent, because the order was, else [`StoreError::Corrupt`]
    /// 5. ledger page that was full, if any: absent, because the wallet's version is the one read, else
    ///    [`StoreError::Corrupt`]
    ///
    /// # Role
    /// - `BatchGetItem` on `CASHIER#`, `MATCHES#`, `ORDER#`, `PERIOD#`, `USER#`
    /// - `GetItem` on `PAYEE#`
    /// - `PutItem` on `CASHIER#`, `LEDGER#`, `MOVED#`, `ORDER#`, `ORDERS#`
    /// - `Query` on `LEDGER#`
    /// - `UpdateItem` on `USER#`
    pub async fn request_withdrawal(
        &self,
        request: &RequestWithdrawal,
        facts: WithdrawalFacts,
        rules: &WithdrawalRules,
        now: Timestamp,
    ) -> Result<Result<Box<WithdrawalPlan>, RequestWithdrawalRefusal>, StoreError> {
        let WithdrawalFacts { password_since, may_bet, payout_limit } = facts;
        attempt!(self, WriteOrder, {
            let (found, player) = self.load_order_and_player(request.order, request.user).await?;
            let existing = found.as_ref().map(|(existing, _)| existing);
            let PlayerSnapshot { record, wallet, owner, .. } = &player;
            // A repeat is answered regardless of turnover.
            let turnover = match existing {
                Some(_) => Amount::ZERO,
                None => self.turnover(record, wallet).await?,
            };
            // Read after the payments record, whose revision changes with each payee.
            let payee = self.load_payee(request.user, &request.payee).await?;
            let input = RequestWithdrawalInput {
                existing,
                owner: *owner,
                payee: payee.as_ref().and_then(Payee::snapshot),
                password_since,
                record,
                wallet,
                turnover,
                may_bet,
                payout_limit,
            };
            let plan = match request_withdrawal(request, input, rules, now) {
                Ok(plan) => plan,
                Err(refusal) => return Ok(Attempt::Done(Err(refusal))),
            };
            let owner = OwnerCondition::HasSession(request.session_epoch);
            if self.write_plan(&plan, None, (&player, owner), now).await? {
                Ok(Attempt::Done(Ok(Box::new(plan))))
            } else {
                Ok(Attempt::Again(StoreError::Contended))
            }
        })
    }
}
