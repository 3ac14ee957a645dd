//! `GET /api/operator/search`: players, orders, rounds and bets by one text. `GET /api/operator/players`: the newest
//! players.

use axum::extract::{FromRequestParts, State};
use axum::http::Uri;
use axum::http::request::Parts;
use axum::{Router, routing};
use evens_contracts::{
    Data, FoundBetBody, FoundOrderBody, ListedUserBody, ListedUserListAnswer, PlayerCursor, RoundLineBody,
    SearchBody, SearchText,
};
use evens_http::{Answer, PageCursor, Refusal, Staff, parse_span, require_parameter};
use evens_ledger::UserId;
use evens_payments::Direction;
use evens_players::{PhoneNumber, Role};
use evens_runtime::Context;
use evens_store::{AnyBet, FoundThings, PlayerOrder, SearchIds};

/// Players per page.
const PAGE: u16 = 50;

/// Maximum number of players found by their name.
const NAMED_MAX: u16 = 20;

pub(crate) fn router() -> Router<Context> {
    Router::new()
        .route("/api/operator/search", routing::get(search))
        .route("/api/operator/players", routing::get(list_newest))
}

/// The text of a search. As an extractor it rejects a missing or invalid one with `422`.
struct SearchQuery(SearchText);

impl<S: Sync> FromRequestParts<S> for SearchQuery {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        Ok(Self(require_parameter(&parts.uri, "text")?))
    }
}

async fn search(
    State(context): State<Context>,
    Staff(caller): Staff,
    SearchQuery(text): SearchQuery,
) -> Result<Answer<Data<SearchBody>>, Refusal> {
    let text = text.as_str();
    let users = exact_users(&context, text).await?;
    let exact = context.store.load_players(&users).await?;
    let named = context.store.find_players_by_name(text, NAMED_MAX).await?;
    let others = named.players.iter().filter(|(account, _)| !users.contains(&account.user));
    let mut found = SearchBody {
        users: exact.iter().chain(others).map(ListedUserBody::from).collect(),
        has_more_users: named.has_more,
        ..SearchBody::default()
    };
    let things = context.store.find_by_ids(&ids_of(text, caller.role)).await?;
    add_things(&context, &mut found, &things).await?;
    Ok(Answer::ok(Data { data: found }))
}

/// The users whose phone number, number or referral code the text is.
async fn exact_users(context: &Context, text: &str) -> Result<Vec<UserId>, Refusal> {
    let mut users: Vec<UserId> = text.parse().ok().into_iter().collect();
    if let Ok(phone) = PhoneNumber::parse(text, context.settings.players.phone_country) {
        users.extend(context.store.user_of_phone(&phone).await?);
    }
    if let Ok(code) = text.parse() {
        users.extend(context.store.load_referrer(code).await?);
    }
    let mut once = Vec::new();
    for user in users {
        if !once.contains(&user) {
            once.push(user);
        }
    }
    Ok(once)
}

/// The ids that the text can be. Operators do not see orders.
fn ids_of(text: &str, role: Role) -> SearchIds {
    let order = if role == Role::Operator { None } else { text.parse().ok() };
    SearchIds { order, round: text.parse().ok(), bet: text.parse().ok() }
}

async fn add_things(context: &Context, found: &mut SearchBody, things: &FoundThings) -> Result<(), Refusal> {
    let of_order = things.order.as_ref().map(|order| order.terms().user);
    let of_bet = things.bet.as_ref().map(|bet| match bet {
        AnyBet::OnRound(bet) => bet.user,
        AnyBet::OnPeriod(bet) => bet.user,
    });
    let players: Vec<_> = of_order.into_iter().chain(of_bet).collect();
    let names = context.store.load_names(&players).await?;
    found.orders.extend(things.order.as_ref().map(|order| {
        let (direction, state) = match order {
            PlayerOrder::Deposit(order) => (Direction::Deposit, order.state.into()),
            PlayerOrder::Withdrawal(order) => (Direction::Withdrawal, order.state.into()),
        };
        FoundOrderBody::new(direction, order.terms(), state, &names)
    }));
    found.rounds.extend(things.round.as_ref().map(RoundLineBody::from));
    found.bets.extend(things.bet.as_ref().map(|bet| match bet {
        AnyBet::OnRound(bet) => FoundBetBody::on_round(bet, &names),
        AnyBet::OnPeriod(bet) => FoundBetBody::on_period(bet, &names),
    }));
    Ok(())
}

async fn list_newest(
    State(context): State<Context>,
    Staff(_): Staff,
    uri: Uri,
    PageCursor(cursor): PageCursor<PlayerCursor>,
) -> Result<Answer<ListedUserListAnswer>, Refusal> {
    let span = parse_span(&uri)?;
    let before = cursor.map(|cursor| cursor.before);
    let page = context.store.list_newest_players(span, before, PAGE).await?;
    Ok(Answer::ok(ListedUserListAnswer::new(&page.players, page.next_before)))
}
