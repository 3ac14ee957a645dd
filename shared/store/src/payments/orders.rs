//! A player's orders, page by page, newest first: their places in the order of time, then the orders themselves.

use crate::payments::entities::{deposit, order, withdrawal};
use crate::table::item::{Fields, Item, text};
use crate::{Store, StoreError};
use evens_ledger::UserId;
use evens_payments::{DepositOrder, Direction, OrderPosition, OrderTerms, WithdrawalOrder};
use evens_records::OrderPlace;

/// A deposit or a withdrawal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlayerOrder {
    /// Money that a player brings.
    Deposit(Box<DepositOrder>),
    /// Money that a player takes home.
    Withdrawal(Box<WithdrawalOrder>),
}

impl PlayerOrder {
    /// What was agreed when it was given.
    pub fn terms(&self) -> &OrderTerms {
        match self {
            Self::Deposit(order) => &order.terms,
            Self::Withdrawal(order) => &order.terms,
        }
    }

    /// The deposit, if it is one.
    pub fn deposit(&self) -> Option<&DepositOrder> {
        match self {
            Self::Deposit(order) => Some(order),
            Self::Withdrawal(_) => None,
        }
    }

    /// The withdrawal, if it is one.
    pub fn withdrawal(&self) -> Option<&WithdrawalOrder> {
        match self {
            Self::Withdrawal(order) => Some(order),
            Self::Deposit(_) => None,
        }
    }

    /// The order of an item.
    pub(crate) fn decode(item: &Item) -> Result<Self, StoreError> {
        Ok(match Fields::of(item).get("direction")? {
            Direction::Deposit => Self::Deposit(Box::new(deposit::decode(item)?)),
            Direction::Withdrawal => Self::Withdrawal(Box::new(withdrawal::decode(item)?)),
        })
    }
}

/// A page of a player's orders, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderPage {
    /// The orders.
    pub orders: Vec<PlayerOrder>,
    /// The next page starts before this one; `None` where there is none.
    pub next_before: Option<OrderPosition>,
}

impl Store {
    /// A page of a player's orders of one direction, or of both, newest first: those before that position.
    ///
    /// # Role
    /// - `BatchGetItem` on `ORDER#`
    /// - `GetItem` on `ORDER#`
    /// - `Query` on `ORDERS#`
    pub async fn list_orders(
        &self,
        user: UserId,
        direction: Option<Direction>,
        before: Option<OrderPosition>,
        limit: u16,
    ) -> Result<OrderPage, StoreError> {
        let limit = usize::from(limit);
        let mut places = self.list_order_places(user, direction, before, limit + 1).await?;
        let has_more = places.len() > limit;
        places.truncate(limit);
        let mut orders = Vec::with_capacity(places.len());
        for some in places.chunks(Self::BATCH_MAX) {
            orders.extend(self.load_orders(some).await?);
        }
        let next_before = orders.last().filter(|_| has_more).map(|last| OrderPosition::of(last.terms()));
        Ok(OrderPage { orders, next_before })
    }

    /// The newest places before one, so many if there are.
    async fn list_order_places(
        &self,
        user: UserId,
        direction: Option<Direction>,
        before: Option<OrderPosition>,
        wanted: usize,
    ) -> Result<Vec<OrderPlace>, StoreError> {
        let partition = order::places_partition(user);
        // Behind every sort key: they are digits and what follows them.
        let last = before.map_or_else(|| ":".to_owned(), order::place_sort);
        let query = self.client.query().table_name(&self.table).scan_index_forward(false);
        let query = query
            .key_condition_expression("pk = :pk AND sk < :before")
            .expression_attribute_values(":pk", text(partition))
            .expression_attribute_values(":before", text(last));
        let (mut places, mut start) = (Vec::new(), None);
        while places.len() < wanted {
            // Of one direction some are left out, so they are asked for in pages that are never small.
            let asked = if direction.is_some() { Self::BATCH_MAX.max(wanted) } else { wanted - places.len() };
            let (items, next) = self.query_page(&query, start, asked).await?;
            let found = items.iter().map(order::decode_place).collect::<Result<Vec<_>, _>>()?;
            places.extend(found.into_iter().filter(|place| direction.is_none_or(|of| of == place.direction)));
            start = next;
            if start.is_none() {
                break;
            }
        }
        places.truncate(wanted);
        Ok(places)
    }

    /// The orders of some places.
    async fn load_orders(&self, places: &[OrderPlace]) -> Result<Vec<PlayerOrder>, StoreError> {
        let keys: Vec<_> = places.iter().map(|place| order::key(place.order)).collect();
        let items = self.get_named(&keys, "the order is missing").await?;
        items.iter().map(PlayerOrder::decode).collect()
    }
}
