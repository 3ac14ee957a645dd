//! A player's orders, page by page, newest first: their places sorted by time, then the orders themselves.

use crate::payments::entities::{deposit, order, withdrawal};
use crate::table::item::{Fields, Item, text};
use crate::{Store, StoreError};
use evens_ledger::UserId;
use evens_payments::{DepositOrder, Direction, OrderPosition, OrderTerms, WithdrawalOrder};
use evens_records::OrderPlace;
use evens_table::Query;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlayerOrder {
    Deposit(Box<DepositOrder>),
    Withdrawal(Box<WithdrawalOrder>),
}

impl PlayerOrder {
    /// The terms on which the order was opened.
    pub fn terms(&self) -> &OrderTerms {
        match self {
            Self::Deposit(order) => &order.terms,
            Self::Withdrawal(order) => &order.terms,
        }
    }

    pub fn deposit(&self) -> Option<&DepositOrder> {
        match self {
            Self::Deposit(order) => Some(order),
            Self::Withdrawal(_) => None,
        }
    }

    pub fn withdrawal(&self) -> Option<&WithdrawalOrder> {
        match self {
            Self::Withdrawal(order) => Some(order),
            Self::Deposit(_) => None,
        }
    }

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
    pub orders: Vec<PlayerOrder>,
    /// The next page starts before this position; `None` on the last page.
    pub next_before: Option<OrderPosition>,
}

impl Store {
    /// A page of a player's orders before a position, newest first, of one direction or of both.
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

    /// The newest places before a position, at most `wanted`.
    async fn list_order_places(
        &self,
        user: UserId,
        direction: Option<Direction>,
        before: Option<OrderPosition>,
        wanted: usize,
    ) -> Result<Vec<OrderPlace>, StoreError> {
        let partition = order::places_partition(user);
        // Sorts after every sort key, which all begin with a digit.
        let last = before.map_or_else(|| ":".to_owned(), order::place_sort);
        let query = Query::new("pk = :pk AND sk < :before")
            .descending()
            .value(":pk", text(partition))
            .value(":before", text(last));
        let (mut places, mut start) = (Vec::new(), None);
        while places.len() < wanted {
            // Places of the other direction are filtered out afterwards, so the pages are never small.
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

    async fn load_orders(&self, places: &[OrderPlace]) -> Result<Vec<PlayerOrder>, StoreError> {
        let keys: Vec<_> = places.iter().map(|place| order::key(place.order)).collect();
        let items = self.get_named(&keys, "the order is missing").await?;
        items.iter().map(PlayerOrder::decode).collect()
    }
}
