//! Orders: a rule decides on what is there now, and all that it plans is written, or nothing.

use super::wallet_items::{Lock, Standing, post};
use crate::entities::{account, cashier, deposit, index_sort, order, transfer, wallet, withdrawal};
use crate::item::{Item, number, text};
use crate::retry::{Attempt, attempt};
use crate::write::{Change, Written, put_new, put_revised};
use crate::{Store, StoreError};
use aws_sdk_dynamodb::types::TransactWriteItem;
use evens_ledger::{UserId, Wallet};
use evens_payments::{
    Cashier, DepositOrder, DepositPlan, DepositRules, Direction, OpenDeposit, OpenDepositRefusal, OrderId,
    OrderTerms, Plan, SeenForOpening, SeenForPayment, SeenForPayout, WithdrawalOrder, WithdrawalPlan,
    open_deposit,
};
use jiff::Timestamp;
use std::slice::from_ref;

/// What a rule made of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderOutcome<Order, Refusal> {
    /// What it planned is written.
    Changed(Box<Plan<Order>>),
    /// It refused; nothing changed.
    Refused(Refusal),
    /// There is no such order.
    Unknown,
}

/// An order in the table.
trait StoredOrder: Sized {
    const DIRECTION: Direction;
    fn terms(&self) -> &OrderTerms;
    fn encode(&self, revision: u64, now: Timestamp) -> Item;
    fn decode(item: &Item) -> Result<Self, StoreError>;
}

impl StoredOrder for DepositOrder {
    const DIRECTION: Direction = Direction::Deposit;

    fn terms(&self) -> &OrderTerms {
        &self.terms
    }

    fn encode(&self, revision: u64, now: Timestamp) -> Item {
        deposit::encode(self, revision, self.look_at(now))
    }

    fn decode(item: &Item) -> Result<Self, StoreError> {
        deposit::decode(item)
    }
}

impl StoredOrder for WithdrawalOrder {
    const DIRECTION: Direction = Direction::Withdrawal;

    fn terms(&self) -> &OrderTerms {
        &self.terms
    }

    fn encode(&self, revision: u64, now: Timestamp) -> Item {
        withdrawal::encode(self, revision, self.look_at(now))
    }

    fn decode(item: &Item) -> Result<Self, StoreError> {
        withdrawal::decode(item)
    }
}

/// What is read of a player for a rule.
struct SeenPlayer {
    cashier: Cashier,
    wallet: Wallet,
    is_blocked: bool,
}

/// An order as it was read, with its revision.
type Found<Order> = Option<(Order, u64)>;

impl Store {
    /// Opens a deposit, as the rule decides on what is there now: all of its items, or none.
    ///
    /// 1. order: absent, else the rule decides between the repeat and the reused key
    /// 2. cashier record: revision is the one read, else read again until the deadline
    /// 3. place among the player's orders: absent, as the order was
    pub async fn open_deposit(
        &self,
        asked: &OpenDeposit,
        rules: &DepositRules,
        now: Timestamp,
    ) -> Result<Result<DepositOrder, OpenDepositRefusal>, StoreError> {
        attempt!(self, WriteOrder, {
            let (found, player) =
                tokio::try_join!(self.find_order(asked.order), self.see_player(asked.user))?;
            let existing = found.as_ref().map(|(existing, _)| existing);
            let seen = SeenForOpening { existing, is_blocked: player.is_blocked, cashier: &player.cashier };
            match open_deposit(asked, seen, rules, now) {
                Err(refusal) => Ok(Attempt::Done(Err(refusal))),
                Ok(plan) => match self.transact(plan_items(&self.table, &plan, None, now)?).await? {
                    Written::Committed => Ok(Attempt::Done(Ok(plan.order))),
                    Written::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
                },
            }
        })
    }

    /// Changes a deposit, as the rule decides on what is there now: all of its items, or none.
    ///
    /// 1. order: revision is the one read, else read again until the deadline
    /// 2. cashier record, where it changes: revision is the one read, else the same
    /// 3. wallet, where it changes, with the entry: version is the one read, else the same
    /// 4. transfer, where there is one: absent, as the order's revision was the one read
    /// 5. page of the ledger that was full, if one was: absent, as the version was the one read
    pub async fn change_deposit<Refusal>(
        &self,
        id: OrderId,
        now: Timestamp,
        rule: impl Fn(SeenForPayment<'_>) -> Result<DepositPlan, Refusal>,
    ) -> Result<OrderOutcome<DepositOrder, Refusal>, StoreError> {
        attempt!(self, WriteOrder, {
            let Some((order, revision)) = self.find_order::<DepositOrder>(id).await? else {
                return Ok(Attempt::Done(OrderOutcome::Unknown));
            };
            let SeenPlayer { cashier, wallet, is_blocked } = self.see_player(order.terms.user).await?;
            let seen = SeenForPayment { order: &order, cashier: &cashier, wallet: &wallet, is_blocked };
            self.write_planned(rule(seen), revision, now).await
        })
    }

    /// Changes a withdrawal, as the rule decides on what is there now, under the conditions of
    /// [`Store::change_deposit`].
    pub async fn change_withdrawal<Refusal>(
        &self,
        id: OrderId,
        now: Timestamp,
        rule: impl Fn(SeenForPayout<'_>) -> Result<WithdrawalPlan, Refusal>,
    ) -> Result<OrderOutcome<WithdrawalOrder, Refusal>, StoreError> {
        attempt!(self, WriteOrder, {
            let Some((order, revision)) = self.find_order::<WithdrawalOrder>(id).await? else {
                return Ok(Attempt::Done(OrderOutcome::Unknown));
            };
            let SeenPlayer { cashier, wallet, .. } = self.see_player(order.terms.user).await?;
            let seen = SeenForPayout { order: &order, cashier: &cashier, wallet: &wallet };
            self.write_planned(rule(seen), revision, now).await
        })
    }

    /// A deposit, if there is one of that id.
    pub async fn load_deposit(&self, id: OrderId) -> Result<Option<DepositOrder>, StoreError> {
        Ok(self.find_order(id).await?.map(|(found, _)| found))
    }

    /// A withdrawal, if there is one of that id.
    pub async fn load_withdrawal(&self, id: OrderId) -> Result<Option<WithdrawalOrder>, StoreError> {
        Ok(self.find_order(id).await?.map(|(found, _)| found))
    }

    /// What is known of a player's payments.
    pub async fn load_cashier(&self, user: UserId) -> Result<Cashier, StoreError> {
        cashier::of(user, self.get(&cashier::key(user)).await?.as_ref())
    }

    /// Puts an order behind the others of its list until it is to be looked at again. Where it was changed meanwhile,
    /// that has done so. One conditional write:
    ///
    /// 1. order: revision is the one read, and it is listed, else nothing changes
    pub async fn look_at_deposit_later(&self, id: OrderId, now: Timestamp) -> Result<(), StoreError> {
        let Some((found, revision)) = self.find_order::<DepositOrder>(id).await? else { return Ok(()) };
        let (key, condition) = (order::key(id), "revision = :read AND attribute_exists(unfinished_pk)");
        let mut values = vec![(":read", number(revision))];
        let update = match found.look_at(now) {
            Some(at) => {
                values.push((":at", text(index_sort(at))));
                "SET unfinished_sk = :at"
            }
            None => "REMOVE unfinished_pk, unfinished_sk",
        };
        self.change_one(Change { key, update, condition, values }).await.map(drop)
    }

    async fn find_order<Order: StoredOrder>(&self, id: OrderId) -> Result<Found<Order>, StoreError> {
        let Some(item) = self.get(&order::key(id)).await? else { return Ok(None) };
        if !order::is(&item, Order::DIRECTION)? {
            return Ok(None);
        }
        Ok(Some((Order::decode(&item)?, order::revision(&item)?)))
    }

    async fn see_player(&self, user: UserId) -> Result<SeenPlayer, StoreError> {
        let [cashier, wallet] = self.get_several([cashier::key(user), wallet::key(user)]).await?;
        let is_blocked = wallet.as_ref().is_some_and(|item| item.contains_key(account::BLOCKED));
        let (cashier, wallet) = (cashier::of(user, cashier.as_ref())?, wallet::of(user, wallet.as_ref())?);
        Ok(SeenPlayer { cashier, wallet, is_blocked })
    }

    /// One attempt at what a rule made of an order that was read with that revision.
    async fn write_planned<Order: StoredOrder, Refusal>(
        &self,
        planned: Result<Plan<Order>, Refusal>,
        revision: u64,
        now: Timestamp,
    ) -> Result<Attempt<OrderOutcome<Order, Refusal>>, StoreError> {
        let plan = match planned {
            Ok(plan) => plan,
            Err(refusal) => return Ok(Attempt::Done(OrderOutcome::Refused(refusal))),
        };
        match self.transact(plan_items(&self.table, &plan, Some(revision), now)?).await? {
            Written::Committed => {
                let entries: Vec<_> = plan.posted.iter().map(|posted| &posted.entry).collect();
                self.observe_entries(&entries);
                Ok(Attempt::Done(OrderOutcome::Changed(Box::new(plan))))
            }
            Written::Refused { .. } => Ok(Attempt::Again(StoreError::Contended)),
        }
    }
}

/// What is written for a plan whose order was read with that revision, or was not there.
fn plan_items<Order: StoredOrder>(
    table: &str,
    plan: &Plan<Order>,
    read: Option<u64>,
    now: Timestamp,
) -> Result<Vec<TransactWriteItem>, StoreError> {
    let item = plan.order.encode(read.map_or(1, |read| read + 1), now);
    let mut items = vec![match read {
        None => put_new(table, item)?,
        Some(read) => put_revised(table, item, read)?,
    }];
    if let Some(after) = &plan.cashier {
        let item = cashier::encode(after);
        items.push(match after.revision {
            1 => put_new(table, item)?,
            revision => put_revised(table, item, revision - 1)?,
        });
    }
    let mut pages = Vec::new();
    if let Some(posted) = &plan.posted {
        let standing = if read.is_none() { Standing::NotBlocked } else { Standing::Any };
        let written = post(table, &posted.wallet, from_ref(&posted.entry), Lock::Keep, standing)?;
        items.push(written.wallet);
        pages = written.pages;
    }
    if let Some(moved) = &plan.transfer {
        items.push(put_new(table, transfer::encode(moved))?);
    }
    if read.is_none() {
        items.push(put_new(table, order::encode_place(Order::DIRECTION, plan.order.terms()))?);
    }
    items.extend(pages);
    Ok(items)
}
