//! Reads the states of the rooms of staff: the numbers of the platform, and the orders that wait for cashiers.
//!
//! They decide nothing, so bets on a period and waiting orders are read eventually consistent. A number of the process
//! is the counter that `GET /metrics` shows.

use crate::read::{ReadError, State};
use evens_contracts::{EventData, HealthAnswer, ReviewBody, WaitingOrderBody};
use evens_dead_letters::{overview, queue_list, sockets_body, traffic_body};
use evens_games::{PeriodId, Room as GameRoom};
use evens_live::{EventId, Revision, Room};
use evens_operate_games::distribution_of;
use evens_runtime::Context;
use evens_store::{OrderList, StoreError};

/// The maximum number of withdrawals in a `review`, and of deposits: a page of their lists.
const REVIEWED_MAX: u16 = 50;

fn state(context: &Context, id: EventId, room: Room, data: &EventData) -> State {
    State::new(context, id, Revision::ReadAt(context.clock.now()), vec![room], data)
}

/// All states of the room `admin`.
pub(crate) async fn all(context: &Context) -> Result<Vec<State>, ReadError> {
    let states =
        [Some(health(context).await), traffic(context), Some(queues(context).await?), sockets(context)];
    Ok(states.into_iter().flatten().collect())
}

pub(crate) async fn health(context: &Context) -> State {
    let health = HealthAnswer::from(evens_status::probe(context).await);
    state(context, EventId::Health, Room::Admin, &EventData::Health(health))
}

/// `None` until the process has begun to count.
pub(crate) fn traffic(context: &Context) -> Option<State> {
    let report = context.metrics.traffic_report(context.clock.now().as_millisecond())?;
    let data = EventData::Metrics(Box::new(traffic_body(&report)));
    Some(state(context, EventId::Metrics, Room::Admin, &data))
}

pub(crate) async fn queues(context: &Context) -> Result<State, ReadError> {
    let data = EventData::Queues(queue_list(&overview(context).await?).data);
    Ok(state(context, EventId::Queues, Room::Admin, &data))
}

/// `None` until the sockets are counted for the first time.
pub(crate) fn sockets(context: &Context) -> Option<State> {
    let data = EventData::Sockets(Box::new(sockets_body(&context.metrics.socket_report()?)));
    Some(state(context, EventId::Sockets, Room::Admin, &data))
}

/// The bets on the current period of a room. `None` if the period was not opened.
pub(crate) async fn distribution(context: &Context, room: GameRoom) -> Result<Option<State>, StoreError> {
    let id = PeriodId::at(room, context.clock.now(), context.settings.players.attendance_offset.offset());
    let found = distribution_of(context, id).await?;
    Ok(found.map(|answer| {
        let data = EventData::Distribution(Box::new(answer.data));
        state(context, EventId::Distribution(room), Room::AdminGame(room), &data)
    }))
}

/// The orders that wait for a cashier, and their body.
pub(crate) async fn review(context: &Context) -> Result<(State, ReviewBody), StoreError> {
    let (store, now) = (&context.store, context.clock.now());
    let held = store.list_withdrawals_to_check(OrderList::Held, None, REVIEWED_MAX, now).await?;
    let unclaimed = store.list_deposits_to_check(OrderList::Unclaimed, None, REVIEWED_MAX, now).await?;
    let withdrawals = held.orders.iter().map(|order| WaitingOrderBody {
        order_id: order.terms.id.to_string(),
        approvals: order.approvals.len(),
    });
    let deposits = unclaimed.orders.iter().map(|order| WaitingOrderBody {
        order_id: order.terms.id.to_string(),
        approvals: order.agreements.len(),
    });
    let body = ReviewBody {
        withdrawals: withdrawals.collect(),
        deposits: deposits.collect(),
        has_more: held.next_after.is_some() || unclaimed.next_after.is_some(),
    };
    let data = EventData::Review(body.clone());
    Ok((state(context, EventId::Review, Room::Cashier, &data), body))
}
