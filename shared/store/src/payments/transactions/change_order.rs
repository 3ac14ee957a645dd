//! Changes of orders: a rule decides from the current state, and everything that it plans is written, or nothing.

use super::order_items::PlayerSnapshot;
use crate::payments::entities::stored_order::StoredOrder;
use crate::payments::entities::{order, payments_record};
use crate::players::entities::account;
use crate::table::item::{number, text};
use crate::table::retry::{Attempt, attempt};
use crate::table::shard::index_sort;
use crate::table::write::Change;
use crate::wallet::entities::transfer;
use crate::wallet::transactions::wallet_items::OwnerCondition;
use crate::{PlayerOrder, Store, StoreError};
use evens_audit_log::Act;
use evens_ledger::{Transfer, UserId};
use evens_payments::{
    AgreedTo, DepositOrder, DepositPlan, OrderId, PaymentsRecord, Plan, ProviderId, SettleDepositInput,
    SettlePayoutInput, WithdrawalOrder, WithdrawalPlan, suspense_key,
};
use evens_players::Role;
use jiff::Timestamp;
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderOutcome<Order, Refusal> {
    /// The plan was written.
    Changed(Box<Plan<Order>>),
    /// The rule refused; nothing changed.
    Refused(Refusal),
    Unknown,
}

impl Store {
    /// Changes a deposit, as the rule decides from the current state: all items, or none.
    ///
    /// 1. order: revision is the one read, else read again until the deadline
    /// 2. payments record, if it changes: revision is the one read, else the same
    /// 3. wallet, if it changes, with the entry: version is the one read, and its owner is not blocked unless they
    ///    were, else the same. If the record's hold on bets changes, the wallet's does too, and it gets a new fence,
    ///    with or without an entry
    /// 4. transfer, if any: absent, because the order is the one read, else [`StoreError::Corrupt`]. Its key names this
    ///    step of this order, which was not made yet, or an id that the provider gave to two orders
    /// 5. ledger page that was full, if any: absent, because the wallet's version is the one read, else
    ///    [`StoreError::Corrupt`]
    ///
    /// # Role
    /// - `BatchGetItem` on `CASHIER#`, `USER#`
    /// - `GetItem` on `ORDER#`
    pub async fn change_deposit<Refusal>(
        &self,
        id: OrderId,
        now: Timestamp,
        rule: impl Fn(SettleDepositInput<'_>) -> Result<DepositPlan, Refusal>,
    ) -> Result<OrderOutcome<DepositOrder, Refusal>, StoreError> {
        attempt!(self, WriteOrder, {
            let Some((order, revision)) = self.find_order::<DepositOrder>(id).await? else {
                return Ok(Attempt::Done(OrderOutcome::Unknown));
            };
            let player = self.load_player(order.terms.user).await?;
            let PlayerSnapshot { record, wallet, owner, .. } = &player;
            let input = SettleDepositInput { order: &order, record, wallet, is_blocked: owner.is_blocked };
            self.write_planned(rule(input), revision, (&player, player.owner_condition()), now).await
        })
    }

    /// Like [`Store::change_deposit`], about a payment that may be in suspense for the deposit. The rule also gets the
    /// transfer that put it there, which never changes.
    ///
    /// # Role
    /// - `BatchGetItem` on `CASHIER#`, `TRANSFER#SUSPENSE:`, `USER#`
    /// - `GetItem` on `ORDER#`
    pub async fn change_suspended<Refusal>(
        &self,
        id: OrderId,
        payment: &ProviderId,
        now: Timestamp,
        rule: impl Fn(SettleDepositInput<'_>, Option<&Transfer>) -> Result<DepositPlan, Refusal>,
    ) -> Result<OrderOutcome<DepositOrder, Refusal>, StoreError> {
        let suspended = self.load_suspended(payment).await?;
        self.change_deposit(id, now, |input| rule(input, suspended.as_ref())).await
    }

    async fn load_suspended(&self, payment: &ProviderId) -> Result<Option<Transfer>, StoreError> {
        let [suspended] = self.get_several_again([transfer::key(&suspense_key(payment))]).await?;
        suspended.as_ref().map(transfer::decode).transpose()
    }

    /// Changes a withdrawal, as the rule decides from the current state, under the conditions of
    /// [`Store::change_deposit`]. Money is also returned to blocked players.
    ///
    /// # Role
    /// - `BatchGetItem` on `CASHIER#`, `USER#`
    /// - `GetItem` on `ORDER#`
    pub async fn change_withdrawal<Refusal>(
        &self,
        id: OrderId,
        now: Timestamp,
        rule: impl Fn(SettlePayoutInput<'_>) -> Result<WithdrawalPlan, Refusal>,
    ) -> Result<OrderOutcome<WithdrawalOrder, Refusal>, StoreError> {
        attempt!(self, WriteOrder, {
            let Some((order, revision)) = self.find_order::<WithdrawalOrder>(id).await? else {
                return Ok(Attempt::Done(OrderOutcome::Unknown));
            };
            let player = self.load_player(order.terms.user).await?;
            let PlayerSnapshot { record, wallet, owner, .. } = &player;
            let input = SettlePayoutInput { order: &order, record, wallet, owner: *owner };
            self.write_planned(rule(input), revision, (&player, OwnerCondition::Any), now).await
        })
    }

    /// Changes a withdrawal by an act of a cashier, as [`Store::change_withdrawal`] does, and logs the act: all items,
    /// or none. Earlier approvals are dropped if their cashier is blocked or lost the role. Adds these items after the
    /// others that can conflict:
    ///
    /// 1. head of the log: is the one read, else read again until the deadline
    /// 2. line of the log: absent, else the same
    ///
    /// # Role
    /// - `BatchGetItem` on `ACCOUNT#`, `CASHIER#`, `USER#`
    /// - `GetItem` on `AUDIT`, `ORDER#`
    /// - `PutItem` on `AUDIT`, `AUDIT#`
    pub async fn act_on_withdrawal<Refusal>(
        &self,
        id: OrderId,
        now: Timestamp,
        rule: impl Fn(SettlePayoutInput<'_>) -> Result<(WithdrawalPlan, Act), Refusal>,
    ) -> Result<OrderOutcome<WithdrawalOrder, Refusal>, StoreError> {
        attempt!(self, WriteOrder, {
            let Some((mut order, revision)) = self.find_order::<WithdrawalOrder>(id).await? else {
                return Ok(Attempt::Done(OrderOutcome::Unknown));
            };
            self.drop_approvals_of_others(&mut order).await?;
            let player = self.load_player(order.terms.user).await?;
            let PlayerSnapshot { record, wallet, owner, .. } = &player;
            let input = SettlePayoutInput { order: &order, record, wallet, owner: *owner };
            self.write_act(rule(input), revision, &player, now).await
        })
    }

    /// Changes a deposit by an act of a cashier, as [`Store::act_on_withdrawal`] does a withdrawal.
    ///
    /// # Role
    /// - `BatchGetItem` on `ACCOUNT#`, `CASHIER#`, `USER#`
    /// - `GetItem` on `AUDIT`, `ORDER#`
    /// - `PutItem` on `AUDIT`, `AUDIT#`
    pub async fn act_on_deposit<Refusal>(
        &self,
        id: OrderId,
        now: Timestamp,
        rule: impl Fn(SettleDepositInput<'_>) -> Result<(DepositPlan, Act), Refusal>,
    ) -> Result<OrderOutcome<DepositOrder, Refusal>, StoreError> {
        attempt!(self, WriteOrder, {
            let Some((mut order, revision)) = self.find_order::<DepositOrder>(id).await? else {
                return Ok(Attempt::Done(OrderOutcome::Unknown));
            };
            self.drop_approvals_of_others(&mut order).await?;
            let player = self.load_player(order.terms.user).await?;
            let PlayerSnapshot { record, wallet, owner, .. } = &player;
            let input = SettleDepositInput { order: &order, record, wallet, is_blocked: owner.is_blocked };
            self.write_act(rule(input), revision, &player, now).await
        })
    }

    /// Like [`Store::act_on_deposit`], about a payment for the deposit that is in suspense. The rule also gets the
    /// transfer that put it there, which never changes.
    ///
    /// # Role
    /// - `BatchGetItem` on `ACCOUNT#`, `CASHIER#`, `TRANSFER#SUSPENSE:`, `USER#`
    /// - `GetItem` on `AUDIT`, `ORDER#`
    /// - `PutItem` on `AUDIT`, `AUDIT#`
    pub async fn act_on_suspended<Refusal>(
        &self,
        id: OrderId,
        payment: &ProviderId,
        now: Timestamp,
        rule: impl Fn(SettleDepositInput<'_>, Option<&Transfer>) -> Result<(DepositPlan, Act), Refusal>,
    ) -> Result<OrderOutcome<DepositOrder, Refusal>, StoreError> {
        let suspended = self.load_suspended(payment).await?;
        self.act_on_deposit(id, now, |input| rule(input, suspended.as_ref())).await
    }

    /// Drops the approvals of accounts that are blocked or no longer cashiers. Few items have any.
    pub(super) async fn drop_approvals_of_others(
        &self,
        agreed: &mut impl AgreedTo,
    ) -> Result<(), StoreError> {
        let mut gone: BTreeSet<UserId> = agreed.approvers();
        let keys: Vec<_> = gone.iter().map(|approver| account::key(*approver)).collect();
        for some in keys.chunks(Self::BATCH_MAX) {
            for item in self.get_batch(some).await?.iter().flatten() {
                let account = account::decode(item)?;
                if account.role == Role::Cashier && !account.is_blocked {
                    gone.remove(&account.user);
                }
            }
        }
        agreed.drop_approvals(&gone);
        Ok(())
    }

    /// Makes one attempt to write the plan of a cashier's act for an order read at `revision`, with its line in the
    /// log.
    async fn write_act<Order: StoredOrder, Refusal>(
        &self,
        planned: Result<(Plan<Order>, Act), Refusal>,
        revision: u64,
        player: &PlayerSnapshot,
        now: Timestamp,
    ) -> Result<Attempt<OrderOutcome<Order, Refusal>>, StoreError> {
        let (plan, act) = match planned {
            Ok(planned) => planned,
            Err(refusal) => return Ok(Attempt::Done(OrderOutcome::Refused(refusal))),
        };
        let log = self.log_items(act, now).await?.into();
        if self.write_plan_and(&plan, Some(revision), (player, OwnerCondition::Any), log, now).await? {
            Ok(Attempt::Done(OrderOutcome::Changed(Box::new(plan))))
        } else {
            Ok(Attempt::Again(StoreError::Contended))
        }
    }

    /// Makes one attempt to write a rule's plan for an order read at `revision`.
    async fn write_planned<Order: StoredOrder, Refusal>(
        &self,
        planned: Result<Plan<Order>, Refusal>,
        revision: u64,
        player: (&PlayerSnapshot, OwnerCondition<'_>),
        now: Timestamp,
    ) -> Result<Attempt<OrderOutcome<Order, Refusal>>, StoreError> {
        match planned {
            Err(refusal) => Ok(Attempt::Done(OrderOutcome::Refused(refusal))),
            Ok(plan) if self.write_plan(&plan, Some(revision), player, now).await? => {
                Ok(Attempt::Done(OrderOutcome::Changed(Box::new(plan))))
            }
            Ok(_) => Ok(Attempt::Again(StoreError::Contended)),
        }
    }

    /// A deposit, if there is one of that id.
    ///
    /// # Role
    /// - `GetItem` on `ORDER#`
    pub async fn load_deposit(&self, id: OrderId) -> Result<Option<DepositOrder>, StoreError> {
        Ok(self.find_order(id).await?.map(|(found, _)| found))
    }

    /// An order of either direction with the number of its revision, if there is one of that id.
    ///
    /// # Role
    /// - `GetItem` on `ORDER#`
    pub async fn load_order(&self, id: OrderId) -> Result<Option<(PlayerOrder, u64)>, StoreError> {
        let item = self.get(&order::key(id)).await?;
        item.map(|item| Ok((PlayerOrder::decode(&item)?, order::revision(&item)?))).transpose()
    }

    /// A withdrawal, if there is one of that id.
    ///
    /// # Role
    /// - `GetItem` on `ORDER#`
    pub async fn load_withdrawal(&self, id: OrderId) -> Result<Option<WithdrawalOrder>, StoreError> {
        Ok(self.find_order(id).await?.map(|(found, _)| found))
    }

    /// The payments record of a player.
    ///
    /// # Role
    /// - `GetItem` on `CASHIER#`
    pub async fn load_payments_record(&self, user: UserId) -> Result<PaymentsRecord, StoreError> {
        payments_record::of(user, self.get(&payments_record::key(user)).await?.as_ref())
    }

    /// Postpones the next check of a deposit, or takes it out of its list if nothing more is expected. If the deposit
    /// was changed meanwhile, that change has done so. One conditional write:
    ///
    /// 1. order: revision is the one read, and it is listed, else nothing changes
    ///
    /// # Role
    /// - `GetItem` on `ORDER#`
    /// - `UpdateItem` on `ORDER#`
    pub async fn postpone_deposit_check(&self, id: OrderId, now: Timestamp) -> Result<(), StoreError> {
        self.postpone_order_check::<DepositOrder>(id, now).await
    }

    /// Like [`Store::postpone_deposit_check`], for a withdrawal.
    ///
    /// # Role
    /// - `GetItem` on `ORDER#`
    /// - `UpdateItem` on `ORDER#`
    pub async fn postpone_withdrawal_check(&self, id: OrderId, now: Timestamp) -> Result<(), StoreError> {
        self.postpone_order_check::<WithdrawalOrder>(id, now).await
    }

    async fn postpone_order_check<Order: StoredOrder>(
        &self,
        id: OrderId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some((found, revision)) = self.find_order::<Order>(id).await? else { return Ok(()) };
        if found.list().is_none() {
            // An ended withdrawal stays where it is listed.
            return Ok(());
        }
        let (key, condition) = (order::key(id), "revision = :read AND attribute_exists(unfinished_pk)");
        let mut values = vec![(":read", number(revision))];
        let update = match found.next_check_at(now) {
            Some(at) => {
                values.push((":at", text(index_sort(at))));
                "SET unfinished_sk = :at"
            }
            None => "REMOVE unfinished_pk, unfinished_sk",
        };
        self.change_one(Change { key, update, condition, values }).await.map(drop)
    }
}
