//! Reads states as they are pushed: strongly, so that a push is not older than its hint.

use evens_contracts::{BetBody, EventData, LIVE_FRAME_BYTES_MAX, LiveEvent, RoundAnswer, WalletAnswer};
use evens_exchange::{BetView, RoundId};
use evens_ledger::{UserId, Wallet};
use evens_live::{EventId, Known, Revision, Room, RoundRevision};
use evens_runtime::Context;
use evens_store::{CountedTotals, StoreError};
use futures::{StreamExt, TryStreamExt, stream};
use std::collections::BTreeSet;

/// How many of a player's newest bets a snapshot looks at, besides those that the client knows.
const NEWEST_BETS: u16 = 20;

/// How many bets of one client are read at once.
const BETS_AT_ONCE: usize = 4;

/// A state as it was read, and the rooms that it goes to.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) id: EventId,
    pub(super) revision: Revision,
    pub(super) rooms: Vec<Room>,
    pub(super) event: LiveEvent,
}

impl State {
    fn new(context: &Context, id: EventId, revision: Revision, rooms: Vec<Room>, data: &EventData) -> Self {
        let event = LiveEvent::new(&id, revision, &rooms, context.clock.now(), data);
        Self { id, revision, rooms, event }
    }

    fn of_bet(context: &Context, view: &BetView) -> Self {
        let (id, room) = (EventId::Bet(view.bet.id), Room::User(view.bet.user));
        let (revision, data) = (Revision::Bet(view.into()), EventData::Bet(BetBody::from(view)));
        Self::new(context, id, revision, vec![room], &data)
    }

    fn of_wallet(context: &Context, wallet: &Wallet) -> Self {
        let (id, room) = (EventId::Wallet(wallet.user), Room::User(wallet.user));
        let data = EventData::Wallet(WalletAnswer::from(wallet).data);
        Self::new(context, id, Revision::Wallet(wallet.into()), vec![room], &data)
    }
}

/// The state of a thing as it is now; none where it does not exist. A round that has moved goes to `rounds` too.
pub(super) async fn current(
    context: &Context,
    id: &EventId,
    has_moved: bool,
) -> Result<Option<State>, StoreError> {
    match id {
        EventId::Bet(id) => {
            let view = context.store.load_bet_view(*id).await?;
            Ok(view.map(|view| State::of_bet(context, &view)))
        }
        EventId::Wallet(user) => {
            Ok(Some(State::of_wallet(context, &context.store.load_wallet(*user).await?)))
        }
        EventId::Round(id) => round(context, id, has_moved).await,
    }
}

async fn round(context: &Context, id: &RoundId, has_moved: bool) -> Result<Option<State>, StoreError> {
    let Some(round) = context.store.load_round(id).await? else { return Ok(None) };
    let counted = context.store.load_round_totals(id, context.clock.now()).await?;
    let CountedTotals { totals, as_of } = counted;
    let revision = Revision::Round(RoundRevision::new(&round, as_of));
    let data = EventData::Round(Box::new(RoundAnswer::new(&round, &totals, as_of).data));
    let own = [Room::Round(id.clone())];
    let rooms = own.into_iter().chain(has_moved.then_some(Room::Rounds)).collect();
    Ok(Some(State::new(context, EventId::Round(id.clone()), revision, rooms, &data)))
}

/// The states of these rooms that a client lacks, as many as fit into a frame; and whether there are more.
pub(super) async fn snapshot(
    context: &Context,
    rooms: &[Room],
    known: &Known,
) -> Result<(Vec<LiveEvent>, bool), StoreError> {
    let mut states = Vec::new();
    for room in rooms {
        match room {
            Room::User(user) => states.extend(of_user(context, *user, known).await?),
            Room::Round(id) => states.extend(round(context, id, false).await?),
            Room::Rounds => {}
        }
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

/// A user's wallet, their newest bets, and the bets that the client knows.
async fn of_user(context: &Context, user: UserId, known: &Known) -> Result<Vec<State>, StoreError> {
    let store = &context.store;
    let wallet = State::of_wallet(context, &store.load_wallet(user).await?);
    let newest = store.list_bets(user, None, NEWEST_BETS).await?.bets;
    let listed: BTreeSet<_> = newest.iter().map(|view| view.bet.id).collect();
    let others = known.bets.keys().copied().filter(|id| !listed.contains(id));
    let others = stream::iter(others).map(|id| store.load_bet_view(id)).buffered(BETS_AT_ONCE);
    let others: Vec<_> = others.try_collect().await?;
    let others = others.into_iter().flatten().filter(|view| view.bet.user == user);
    let bets = newest.into_iter().chain(others).map(|view| State::of_bet(context, &view));
    Ok([wallet].into_iter().chain(bets).collect())
}
