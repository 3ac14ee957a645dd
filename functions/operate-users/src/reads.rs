//! `GET /api/operator/users` and the routes below it: an account, its ledger, its bets, its limits and its opponents.
//! `GET /api/operator/names`: the names of several users.

use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::{Router, routing};
use evens_contracts::{
    BetListAnswer, Data, ExclusionBody, LedgerAnswer, LimitBody, NameListAnswer, NamedUsers,
    OpponentListAnswer, PlayerLimitsBody, Problem, ReviewedUserBody, parse_user_id, unknown_user,
};
use evens_http::{Answer, PageCursor, Refusal, Staff, find_account, parse_parameter, require_parameter};
use evens_ledger::UserId;
use evens_players::{Account, PhoneNumber, ReferralCode, Session};
use evens_runtime::Context;
use jiff::tz::TimeZone;

const PAGE: u16 = 50;

pub(crate) fn router() -> Router<Context> {
    Router::new()
        .route("/api/operator/names", routing::get(list_names))
        .route("/api/operator/users", routing::get(find))
        .route("/api/operator/users/{userId}", routing::get(read))
        .route("/api/operator/users/{userId}/ledger", routing::get(list_entries))
        .route("/api/operator/users/{userId}/bets", routing::get(list_bets))
        .route("/api/operator/users/{userId}/limits", routing::get(read_limits))
        .route("/api/operator/users/{userId}/opponents", routing::get(list_opponents))
}

/// The name by which an account is searched.
enum UserName {
    Phone(PhoneNumber),
    User(UserId),
    Code(ReferralCode),
}

impl FromRequestParts<Context> for UserName {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, context: &Context) -> Result<Self, Refusal> {
        let phone: Option<String> = parse_parameter(&parts.uri, "phone")?;
        let phone =
            phone.map(|text| PhoneNumber::parse(&text, context.settings.players.phone_country)).transpose();
        let phone = phone.map_err(|error| Problem::invalid("phone", error))?.map(Self::Phone);
        let user = parse_parameter(&parts.uri, "user")?.map(Self::User);
        let code = parse_parameter(&parts.uri, "code")?.map(Self::Code);
        match (phone, user, code) {
            (Some(name), None, None) | (None, Some(name), None) | (None, None, Some(name)) => Ok(name),
            (None, None, None) => {
                Err(Problem::invalid("phone", "is missing, and so are user and code").into())
            }
            _ => Err(Problem::invalid("phone", "cannot be combined with user or code").into()),
        }
    }
}

/// The requested users. As an extractor it rejects a missing or invalid list with `422`.
struct NamesQuery(NamedUsers);

impl<S: Sync> FromRequestParts<S> for NamesQuery {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        Ok(Self(require_parameter(&parts.uri, "users")?))
    }
}

async fn list_names(
    State(context): State<Context>,
    Staff(_): Staff,
    NamesQuery(NamedUsers(users)): NamesQuery,
) -> Result<Answer<NameListAnswer>, Refusal> {
    let names = context.store.load_names(&users).await?;
    Ok(Answer::ok(NameListAnswer::new(&users, &names)))
}

async fn find(
    State(context): State<Context>,
    Staff(_): Staff,
    name: UserName,
) -> Result<Answer<Data<ReviewedUserBody>>, Refusal> {
    let user = match name {
        UserName::Phone(phone) => context.store.user_of_phone(&phone).await?,
        UserName::User(user) => Some(user),
        UserName::Code(code) => context.store.load_referrer(code).await?,
    };
    Ok(Answer::ok(load(&context, user.ok_or_else(unknown_user)?).await?))
}

async fn read(
    State(context): State<Context>,
    Staff(_): Staff,
    Path(user_id): Path<String>,
) -> Result<Answer<Data<ReviewedUserBody>>, Refusal> {
    Ok(Answer::ok(load(&context, parse_user_id(&user_id)?).await?))
}

async fn list_entries(
    State(context): State<Context>,
    Staff(_): Staff,
    PageCursor(cursor): PageCursor,
    Path(user_id): Path<String>,
) -> Result<Answer<LedgerAnswer>, Refusal> {
    let before = cursor.map(|cursor| cursor.before);
    let user = find_account(&context, &user_id).await?;
    let entries = context.store.list_entries(user, before, PAGE).await?;
    let bets = context.store.bets_of_entries(&entries).await?;
    Ok(Answer::ok(LedgerAnswer::new(&entries, &bets)))
}

async fn list_bets(
    State(context): State<Context>,
    Staff(_): Staff,
    PageCursor(cursor): PageCursor,
    Path(user_id): Path<String>,
) -> Result<Answer<BetListAnswer>, Refusal> {
    let before = cursor.map(|cursor| cursor.before);
    let user = find_account(&context, &user_id).await?;
    let page = context.store.list_bets(user, before, PAGE).await?;
    Ok(Answer::ok(BetListAnswer::new(&page.bets, page.next_before, page.read_to)))
}

async fn read_limits(
    State(context): State<Context>,
    Staff(_): Staff,
    Path(user_id): Path<String>,
) -> Result<Answer<Data<PlayerLimitsBody>>, Refusal> {
    let user = find_account(&context, &user_id).await?;
    let (record, play) = context.store.load_limits(user).await?;
    let zone = TimeZone::fixed(context.settings.players.attendance_offset.offset());
    let now = context.clock.now();
    let limits = record.used_limits(&play, &zone, now).iter().map(LimitBody::from).collect();
    let exclusion = ExclusionBody::new(&record, now);
    Ok(Answer::ok(Data { data: PlayerLimitsBody { limits, exclusion } }))
}

async fn list_opponents(
    State(context): State<Context>,
    Staff(_): Staff,
    Path(user_id): Path<String>,
) -> Result<Answer<OpponentListAnswer>, Refusal> {
    let user = find_account(&context, &user_id).await?;
    let opponents = context.store.list_opponents(user).await?;
    Ok(Answer::ok(OpponentListAnswer::from(&opponents)))
}

/// The sessions of an account that go on. Those of earlier epochs have ended, whether or not their items are removed.
pub(crate) async fn open_sessions(context: &Context, account: &Account) -> Result<Vec<Session>, Refusal> {
    let listed = context.store.list_sessions(account.user).await?;
    Ok(listed.into_iter().filter(|session| session.epoch == account.session_epoch).collect())
}

/// An account as staff see it.
pub(crate) async fn load(context: &Context, user: UserId) -> Result<Data<ReviewedUserBody>, Refusal> {
    let found = context.store.load_account_and_wallet(user).await?;
    let (account, wallet) = found.ok_or_else(unknown_user)?;
    let sessions = open_sessions(context, &account).await?;
    let data = ReviewedUserBody::new(&account, &wallet, &sessions, context.clock.now());
    Ok(Data { data })
}
