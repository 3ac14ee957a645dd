//! Orders that are given: opening a deposit, and requesting a withdrawal.

use super::order_items::SeenPlayer;
use crate::table::retry::{Attempt, attempt};
use crate::wallet::transactions::wallet_items::Standing;
use crate::{Store, StoreError};
use evens_ledger::{Amount, UserId};
use evens_payments::{
    DepositOrder, DepositRules, OpenDeposit, OpenDepositRefusal, Payee, RequestWithdrawal,
    RequestWithdrawalRefusal, SeenForOpening, SeenForWithdrawal, WithdrawalPlan, WithdrawalRules,
    open_deposit, request_withdrawal,
};
use jiff::Timestamp;

/// What decides about a withdrawal and lies outside the orders: whoever asks has read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WithdrawalFacts {
    /// Since when the player has their password.
    pub password_since: Timestamp,
    /// Whether the platform takes bets, and no register of others bars the player.
    pub may_bet: bool,
}

impl Store {
    /// Opens a deposit, as the rule decides on what is there now: all of its items, or none.
    ///
    /// 1. order: absent, else read again, and the rule decides between the repeat and the reused key
    /// 2. cashier record: revision is the one read, else read again until the deadline
    /// 3. place among the player's orders: absent as the order was, else [`StoreError::Corrupt`]
    ///
    /// # Role
    /// - `BatchGetItem` on `CASHIER#`, `ORDER#`, `USER#`
    /// - `PutItem` on `CASHIER#`, `ORDER#`, `ORDERS#`
    pub async fn open_deposit(
        &self,
        asked: &OpenDeposit,
        rules: &DepositRules,
        now: Timestamp,
    ) -> Result<Result<DepositOrder, OpenDepositRefusal>, StoreError> {
        attempt!(self, WriteOrder, {
            let (found, player) = self.find_order_and_see_player(asked.order, asked.user).await?;
            let existing = found.as_ref().map(|(existing, _)| existing);
            let SeenPlayer { cashier, is_blocked, .. } = &player;
            let seen = SeenForOpening { existing, is_blocked: *is_blocked, cashier };
            let plan = match open_deposit(asked, seen, rules, now) {
                Ok(plan) => plan,
                Err(refusal) => return Ok(Attempt::Done(Err(refusal))),
            };
            if self.write_plan(&plan, None, (&player, Standing::NotBlocked), now).await? {
                Ok(Attempt::Done(Ok(plan.order)))
            } else {
                Ok(Attempt::Again(StoreError::Contended))
            }
        })
    }

    /// Whether a player may still pay what they opened before.
    ///
    /// # Role
    /// - `BatchGetItem` on `CASHIER#`, `USER#`
    pub async fn may_still_pay(&self, user: UserId, now: Timestamp) -> Result<bool, StoreError> {
        let SeenPlayer { cashier, is_blocked, .. } = self.see_player(user).await?;
        Ok(cashier.may_still_pay(is_blocked, now))
    }

    /// Requests a withdrawal to one of the player's payees, as the rule decides on what is there now: all of its items,
    /// or none. Where something must have been staked, the ledger says how much was. The debit is in the same
    /// transaction, so whoever requests may write wallets; a role does not say whose.
    ///
    /// 1. order: absent, else read again, and the rule decides between the repeat and the reused key
    /// 2. cashier record: revision is the one read, else read again until the deadline, with the payee, which is never
    ///    changed without it
    /// 3. wallet, with the entry `WITHDRAW:{orderId}`: version is the one read and its owner is not blocked, else the
    ///    same
    /// 4. place among the player's orders: absent as the order was, else [`StoreError::Corrupt`]
    /// 5. page of the ledger that was full, if one was: absent as the version was the one read, else the same
    ///
    /// # Role
    /// - `BatchGetItem` on `CASHIER#`, `ORDER#`, `PERIOD#`, `USER#`
    /// - `GetItem` on `PAYEE#`
    /// - `PutItem` on `CASHIER#`, `LEDGER#`, `ORDER#`, `ORDERS#`
    /// - `Query` on `LEDGER#`
    /// - `UpdateItem` on `USER#`
    pub async fn request_withdrawal(
        &self,
        asked: &RequestWithdrawal,
        facts: WithdrawalFacts,
        rules: &WithdrawalRules,
        now: Timestamp,
    ) -> Result<Result<Box<WithdrawalPlan>, RequestWithdrawalRefusal>, StoreError> {
        let WithdrawalFacts { password_since, may_bet } = facts;
        attempt!(self, WriteOrder, {
            let (found, player) = self.find_order_and_see_player(asked.order, asked.user).await?;
            let existing = found.as_ref().map(|(existing, _)| existing);
            let SeenPlayer { cashier, wallet, is_blocked, .. } = &player;
            // A repeat is answered whatever was staked.
            let turnover = match existing {
                Some(_) => Amount::ZERO,
                None => self.turnover(cashier, wallet).await?,
            };
            // Not before the cashier record, whose revision changes with each payee.
            let payee = self.load_payee(asked.user, &asked.payee).await?;
            let seen = SeenForWithdrawal {
                existing,
                is_blocked: *is_blocked,
                payee: payee.as_ref().and_then(Payee::seen),
                password_since,
                cashier,
                wallet,
                turnover,
                may_bet,
            };
            let plan = match request_withdrawal(asked, seen, rules, now) {
                Ok(plan) => plan,
                Err(refusal) => return Ok(Attempt::Done(Err(refusal))),
            };
            if self.write_plan(&plan, None, (&player, Standing::NotBlocked), now).await? {
                Ok(Attempt::Done(Ok(Box::new(plan))))
            } else {
                Ok(Attempt::Again(StoreError::Contended))
            }
        })
    }
}
