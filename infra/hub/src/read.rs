//! Reads states for pushes. Reads are strongly consistent, so that a push is not older than its hint.

use crate::staff;
use evens_contracts::{
    BetBody, Data, DepositBody, EventData, GameBetBody, GameResultBody, GameResultEventBody, JackpotBody,
    LIVE_FRAME_BYTES_MAX, LiveEvent, PeriodAnswer, RoundBody, WalletBody, WithdrawalBody,
};
use evens_exchange::{BetView, RoundId};
use evens_games::{Block, DrawnSymbols, GameBet, Period, PeriodId, PeriodState, Room as GameRoom};
use evens_http::Refusal;
use evens_jackpot_pools::read_jackpots;
use evens_ledger::{UserId, Wallet};
use evens_live::{EventId, KnownRevisions, PeriodRevision, Revision, Room, RoundRevision};
use evens_payments::OrderTerms;
use evens_queues::QueueError;
use evens_runtime::Context;
use evens_store::{CountedTotals, DrawnPeriod, PlayerOrder, StoreError};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// The number of a player's newest bets in a snapshot, besides those that the client knows.
const NEWEST_BETS: u16 = 20;

/// The number of items that are read at once for one client.
const READS_AT_ONCE: usize = 4;

/// A state could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Queues(#[from] QueueError),
}

impl From<ReadError> for Refusal {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Store(error) => error.into(),
            ReadError::Queues(error) => error.into(),
        }
    }
}

/// A state as it was read, and the rooms that it goes to.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub(crate) id: EventId,
    pub(crate) revision: Revision,
    pub(crate) rooms: Vec<Room>,
    pub(crate) event: LiveEvent,
}

impl State {
    pub(crate) fn new(
        context: &Context,
        id: EventId,
        revision: Revision,
        rooms: Vec<Room>,
        data: &EventData,
    ) -> Self {
        let event = LiveEvent::new(&id, revision, &rooms, context.clock.now(), data);
        Self { id, revision, rooms, event }
    }

    fn of_bet(context: &Context, view: &BetView) -> Self {
        let (id, room) = (EventId::Bet(view.bet.id), Room::User(view.bet.user));
        let (revision, data) = (Revision::Bet(view.into()), EventData::Bet(BetBody::from(view)));
        Self::new(context, id, revision, vec![room], &data)
    }

    fn of_game_bet(context: &Context, (bet, period): &(GameBet, Period)) -> Self {
        let (id, room) = (EventId::GameBet(bet.id), Room::User(bet.user));
        let revision = Revision::GameBet(bet.status(period).into());
        let data = EventData::GameBet(Box::new(GameBetBody::of(bet, period)));
        Self::new(context, id, revision, vec![room], &data)
    }

    fn of_order(context: &Context, (order, revision): &(PlayerOrder, u64)) -> Self {
        let OrderTerms { id, user, .. } = order.terms();
        let (id, data) = match order {
            PlayerOrder::Deposit(order) => {
                (EventId::Deposit(*id), EventData::Deposit(DepositBody::new(order, None)))
            }
            PlayerOrder::Withdrawal(order) => {
                (EventId::Withdrawal(*id), EventData::Withdrawal(WithdrawalBody::from(order.as_ref())))
            }
        };
        Self::new(context, id, Revision::Order((*revision).into()), vec![Room::User(*user)], &data)
    }

    fn of_result(context: &Context, id: PeriodId, drawn: &DrawnSymbols, block: Option<&Block>) -> Self {
        let times = id.times(context.settings.players.attendance_offset.offset());
        let result = GameResultBody::new(id, drawn, block, times.ends_at);
        let data = EventData::GameResult(Box::new(GameResultEventBody::new(result, id, drawn)));
        let rooms = Room::of_periods(id.room).to_vec();
        Self::new(context, EventId::GameResult(id), Revision::GameResult, rooms, &data)
    }

    fn of_cancelled(context: &Context, period: &Period, revision: PeriodRevision) -> Self {
        let data = EventData::Period(Box::new(PeriodAnswer::from(period).data));
        let rooms = Room::of_periods(period.id.room).to_vec();
        Self::new(context, EventId::Period(period.id), Revision::Period(revision), rooms, &data)
    }

    pub(crate) fn of_jackpots(context: &Context, bodies: Vec<JackpotBody>, at: Timestamp) -> Self {
        let data = EventData::Jackpots(bodies);
        Self::new(context, EventId::Jackpots, Revision::ReadAt(at), vec![Room::Jackpots], &data)
    }

    fn of_wallet(context: &Context, wallet: &Wallet) -> Self {
        let (id, room) = (EventId::Wallet(wallet.user), Room::User(wallet.user));
        let data = EventData::Wallet(Data::<WalletBody>::from(wallet).data);
        Self::new(context, id, Revision::Wallet(wallet.into()), vec![room], &data)
    }
}

/// The current state of a thing, or `None` if it does not exist. A round that has moved goes to `rounds` too.
pub(crate) async fn current(
    context: &Context,
    id: &EventId,
    has_moved: bool,
) -> Result<Option<State>, ReadError> {
    Ok(match id {
        EventId::Bet(id) => {
            let view = context.store.load_bet_view(*id).await?;
            view.map(|view| State::of_bet(context, &view))
        }
        EventId::Wallet(user) => Some(State::of_wallet(context, &context.store.load_wallet(*user).await?)),
        EventId::GameBet(id) => {
            let found = context.store.load_game_bet(*id).await?;
            found.map(|found| State::of_game_bet(context, &found))
        }
        EventId::Deposit(id) | EventId::Withdrawal(id) => {
            let found = context.store.load_order(*id).await?;
            found.map(|found| State::of_order(context, &found))
        }
        EventId::Round(id) => round(context, id, has_moved).await?,
        EventId::GameResult(id) | EventId::Period(id) => period_end(context, *id).await?,
        EventId::Jackpots => Some(jackpots(context).await?),
        EventId::Health => Some(staff::health(context).await),
        EventId::Metrics => staff::traffic(context),
        EventId::Queues => Some(staff::queues(context).await?),
        EventId::Sockets => staff::sockets(context),
        EventId::Distribution(room) => staff::distribution(context, *room).await?,
        EventId::Review => Some(staff::review(context).await?.0),
    })
}

/// The result of a period, or its cancellation. `None` while it is undecided.
pub(crate) async fn period_end(context: &Context, id: PeriodId) -> Result<Option<State>, StoreError> {
    let Some(period) = context.store.load_period(id).await? else { return Ok(None) };
    Ok(match &period.state {
        PeriodState::Open | PeriodState::Closing | PeriodState::Closed(_) => None,
        PeriodState::Resulted(_, result, _) | PeriodState::Settled(_, result) => {
            Some(State::of_result(context, id, &result.drawn, period.entropy.block()))
        }
        PeriodState::Cancelled(..) => Some(State::of_cancelled(context, &period, PeriodRevision::Cancelled)),
        PeriodState::Refunded(_) => Some(State::of_cancelled(context, &period, PeriodRevision::Refunded)),
    })
}

async fn jackpots(context: &Context) -> Result<State, StoreError> {
    let (bodies, at) = read_jackpots(context).await?;
    Ok(State::of_jackpots(context, bodies, at))
}

async fn round(context: &Context, id: &RoundId, has_moved: bool) -> Result<Option<State>, StoreError> {
    let Some(round) = context.store.load_round(id).await? else { return Ok(None) };
    let counted = context.store.load_round_totals(id, context.clock.now()).await?;
    let CountedTotals { totals, as_of } = counted;
    let revision = Revision::Round(RoundRevision::new(&round, as_of));
    let data = EventData::Round(Box::new(Data::<RoundBody>::new(&round, &totals, as_of).data));
    let own = [Room::Round(id.clone())];
    let rooms = own.into_iter().chain(has_moved.then_some(Room::Rounds)).collect();
    Ok(Some(State::new(context, EventId::Round(id.clone()), revision, rooms, &data)))
}

/// The states of these rooms that a client lacks, as many as fit into a frame. Also returns `true` if there are more.
pub(crate) async fn snapshot(
    context: &Context,
    rooms: &[Room],
    known: &KnownRevisions,
) -> Result<(Vec<LiveEvent>, bool), ReadError> {
    let mut states = Vec::new();
    for room in rooms {
        match room {
            Room::User(user) => states.extend(of_user(context, *user, known).await?),
            Room::Round(id) => states.extend(round(context, id, false).await?),
            Room::Jackpots => states.push(jackpots(context).await?),
            Room::Admin => states.extend(staff::all(context).await?),
            Room::AdminGame(room) => states.extend(staff::distribution(context, *room).await?),
            Room::Cashier => states.push(staff::review(context).await?.0),
            Room::Rounds | Room::Games | Room::Game(_) | Room::GameRoom(_) => {}
        }
    }
    let game_rooms: BTreeSet<_> = rooms.iter().flat_map(Room::game_rooms).collect();
    for newest in newest_results(context, game_rooms).await? {
        states.push(State::of_result(context, newest.id, &newest.drawn, newest.block.as_ref()));
    }
    let lacking = states.into_iter().filter(|state| known.lacks(&state.id, state.revision));
    let (mut events, mut bytes) = (Vec::new(), 0);
    for State { event, .. } in lacking {
        bytes += event.bytes();
        if bytes > LIVE_FRAME_BYTES_MAX && !events.is_empty() {
            return Ok((events, true));
        }
        events.push(event);
    }
    Ok((events, false))
}

/// The newest result of each of these rooms that has one.
async fn newest_results(
    context: &Context,
    rooms: BTreeSet<GameRoom>,
) -> Result<Vec<DrawnPeriod>, StoreError> {
    let results = stream::iter(rooms).map(|room| context.store.load_newest_result(room));
    let results: Vec<_> = results.buffered(READS_AT_ONCE).try_collect().await?;
    Ok(results.into_iter().flatten().collect())
}

/// A user's wallet, their newest bets, and the bets and orders that the client knows.
async fn of_user(context: &Context, user: UserId, known: &KnownRevisions) -> Result<Vec<State>, StoreError> {
    let store = &context.store;
    let wallet = State::of_wallet(context, &store.load_wallet(user).await?);
    let newest = store.list_bets(user, None, NEWEST_BETS).await?.bets;
    let listed: BTreeSet<_> = newest.iter().map(|view| view.bet.id).collect();
    let others = known.bets.keys().copied().filter(|id| !listed.contains(id));
    let others = stream::iter(others).map(|id| store.load_bet_view(id)).buffered(READS_AT_ONCE);
    let others: Vec<_> = others.try_collect().await?;
    let others = others.into_iter().flatten().filter(|view| view.bet.user == user);
    let bets = newest.into_iter().chain(others).map(|view| State::of_bet(context, &view));
    let game_bets = stream::iter(known.game_bets.iter().copied()).map(|id| store.load_game_bet(id));
    let game_bets: Vec<_> = game_bets.buffered(READS_AT_ONCE).try_collect().await?;
    let game_bets = game_bets.into_iter().flatten().filter(|(bet, _)| bet.user == user);
    let game_bets = game_bets.map(|found| State::of_game_bet(context, &found));
    let orders = stream::iter(known.orders.keys().copied()).map(|id| store.load_order(id));
    let orders: Vec<_> = orders.buffered(READS_AT_ONCE).try_collect().await?;
    let orders = orders.into_iter().flatten().filter(|(order, _)| order.terms().user == user);
    let orders = orders.map(|found| State::of_order(context, &found));
    Ok([wallet].into_iter().chain(bets).chain(game_bets).chain(orders).collect())
}
