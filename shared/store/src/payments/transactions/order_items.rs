//! The common reads and writes of every change of an order, and the interpretation of a refused one.

use crate::payments::entities::stored_order::StoredOrder;
use crate::payments::entities::{order, payments_record};
use crate::table::item::{Fields, Item};
use crate::table::layout::Layout;
use crate::table::write::{Write, WriteOutcome, put_new, put_revised};
use crate::wallet::entities::{movement_mark, owner, play, transfer, wallet};
use crate::wallet::transactions::wallet_items::{Lock, OwnerCondition, hold, post};
use crate::{ChangedItem, Store, StoreError};
use evens_ledger::{UserId, Wallet, WalletOwner};
use evens_payments::{OrderId, OrderTerms, PaymentsRecord, Plan, PostedEntry};
use jiff::Timestamp;
use std::slice::from_ref;

/// The state of a player that a rule needs.
pub(super) struct PlayerSnapshot {
    pub(super) record: PaymentsRecord,
    pub(super) wallet: Wallet,
    pub(super) owner: WalletOwner,
    /// The wallet's hold on bets. `None` if there is no wallet.
    held: Option<bool>,
}

impl PlayerSnapshot {
    fn of(user: UserId, record: Option<&Item>, wallet: Option<&Item>) -> Result<Self, StoreError> {
        let held = wallet.map(|item| Fields::of(item).flag(play::HELD)).transpose()?;
        Ok(Self {
            record: payments_record::of(user, record)?,
            wallet: wallet::of(user, wallet)?,
            owner: owner::of(wallet)?,
            held,
        })
    }

    /// The hold to write to the wallet, if it differs from the record afterwards. Also if the record changes its hold,
    /// because the wallet was read beside it and may be older.
    pub(super) fn held_by(&self, after: Option<&PaymentsRecord>) -> Option<WalletHold> {
        let is_held = after?.owes_or_is_held();
        let is_said = self.held.unwrap_or(false) == is_held && self.record.owes_or_is_held() == is_held;
        (!is_said).then_some(WalletHold { is_held, has_wallet: self.held.is_some() })
    }

    /// The owner condition of a movement if the rule's decision depended on whether the player is blocked.
    pub(super) fn owner_condition(&self) -> OwnerCondition<'static> {
        if self.owner.is_blocked { OwnerCondition::Any } else { OwnerCondition::NotBlocked }
    }
}

/// The hold on bets to write to a wallet.
#[derive(Debug, Clone, Copy)]
pub(super) struct WalletHold {
    is_held: bool,
    has_wallet: bool,
}

impl WalletHold {
    /// Writes the hold together with a movement of the wallet.
    pub(super) fn lock(held: Option<Self>) -> Lock<'static> {
        held.map_or(Lock::Keep, |held| Lock::Hold { is_held: held.is_held })
    }

    /// Writes the hold if the wallet does not change otherwise.
    pub(super) fn item(self, user: UserId) -> Write {
        hold(user, self.is_held, self.has_wallet)
    }
}

pub(super) type OrderAndRevision<Order> = Option<(Order, u64)>;

impl Store {
    pub(super) async fn find_order<Order: StoredOrder>(
        &self,
        id: OrderId,
    ) -> Result<OrderAndRevision<Order>, StoreError> {
        found_order(self.get(&order::key(id)).await?.as_ref())
    }

    pub(super) async fn load_player(&self, user: UserId) -> Result<PlayerSnapshot, StoreError> {
        let [record, wallet] = self.get_several([payments_record::key(user), wallet::key(user)]).await?;
        PlayerSnapshot::of(user, record.as_ref(), wallet.as_ref())
    }

    pub(super) async fn load_order_and_player<Order: StoredOrder>(
        &self,
        id: OrderId,
        user: UserId,
    ) -> Result<(OrderAndRevision<Order>, PlayerSnapshot), StoreError> {
        let keys = [order::key(id), payments_record::key(user), wallet::key(user)];
        let [order, record, wallet] = self.get_several(keys).await?;
        let player = PlayerSnapshot::of(user, record.as_ref(), wallet.as_ref())?;
        Ok((found_order(order.as_ref())?, player))
    }

    /// Makes one attempt to write a plan whose order was read at revision `read`, or did not exist. Returns `false` if
    /// another writer changed one of the contended items first; the state must then be read again.
    ///
    /// The items after those can only exist if data is corrupt, and a retry would find the same. That is
    /// [`StoreError::Corrupt`].
    pub(super) async fn write_plan<Order: StoredOrder>(
        &self,
        plan: &Plan<Order>,
        read: Option<u64>,
        (player, owner): (&PlayerSnapshot, OwnerCondition<'_>),
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write_plan_and(plan, read, (player, owner), Vec::new(), now).await
    }

    /// Like [`Store::write_plan`], together with further items, `beside`, that other writers also change.
    pub(super) async fn write_plan_and<Order: StoredOrder>(
        &self,
        plan: &Plan<Order>,
        read: Option<u64>,
        (player, owner): (&PlayerSnapshot, OwnerCondition<'_>),
        beside: Vec<Write>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let PlanItems { mut items, mut contended } =
            plan_items(plan, read, (player, owner), now, self.layout)?;
        let of_order = items.split_off(contended);
        contended += beside.len();
        items.extend(beside.into_iter().chain(of_order));
        match self.put_or_transact(items).await? {
            WriteOutcome::Committed => {
                let entries: Vec<_> = plan.posted.iter().map(|posted| &posted.entry).collect();
                self.observe_entries(&entries);
                self.observe_order(&plan.order);
                Ok(true)
            }
            WriteOutcome::Refused { position, .. } if position < contended => {
                // An earlier attempt whose answer was lost may have moved the money.
                if let Some(posted) = &plan.posted {
                    self.observe_wallet(posted.entry.user);
                }
                self.observe_order(&plan.order);
                Ok(false)
            }
            WriteOutcome::Refused { .. } => Err(StoreError::corrupt(
                plan.order.terms().id,
                "its transfer, its list entry or the ledger page exists already",
            )),
        }
    }
}

impl Store {
    pub(super) fn observe_order<Order: StoredOrder>(&self, order: &Order) {
        let OrderTerms { id, user, .. } = order.terms();
        self.observe_change(ChangedItem::Order { id: *id, direction: Order::DIRECTION, user: *user });
    }
}

fn found_order<Order: StoredOrder>(item: Option<&Item>) -> Result<OrderAndRevision<Order>, StoreError> {
    match item {
        Some(item) if order::is(item, Order::DIRECTION)? => {
            Ok(Some((Order::decode(item)?, order::revision(item)?)))
        }
        _ => Ok(None),
    }
}

/// The items of a plan.
struct PlanItems {
    items: Vec<Write>,
    /// Number of leading items that other writers also change.
    contended: usize,
}

fn plan_items<Order: StoredOrder>(
    plan: &Plan<Order>,
    read: Option<u64>,
    (player, owner): (&PlayerSnapshot, OwnerCondition<'_>),
    now: Timestamp,
    layout: Layout,
) -> Result<PlanItems, StoreError> {
    let order_item = plan.order.encode(read.map_or(1, |read| read + 1), now, layout);
    let mut items = vec![match read {
        None => put_new(order_item),
        Some(read) => put_revised(order_item, read),
    }];
    items.extend(plan.record.as_ref().map(|record| put_payments_record(record, layout)));
    let mut added = Vec::new();
    let held = player.held_by(plan.record.as_ref());
    if let Some(PostedEntry { wallet, entry }) = &plan.posted {
        let written = post(wallet, from_ref(entry), WalletHold::lock(held), owner);
        items.push(written.wallet);
        added = written.added;
    } else if let Some(held) = held {
        items.push(held.item(player.record.user));
    }
    let contended = items.len();
    if let Some(moved) = &plan.transfer {
        items.push(put_new(transfer::encode(moved)?));
        added.push(movement_mark::of_transfer(moved));
    }
    if read.is_none() {
        let place = order::place_of(Order::DIRECTION, plan.order.terms());
        items.push(put_new(order::encode_place(&place)));
    }
    items.extend(added);
    Ok(PlanItems { items, contended })
}

/// Puts the next revision of a payments record in place of the one that was read, if any.
pub(super) fn put_payments_record(after: &PaymentsRecord, layout: Layout) -> Write {
    let item = payments_record::encode(after, layout);
    match after.revision {
        1 => put_new(item),
        revision => put_revised(item, revision - 1),
    }
}
