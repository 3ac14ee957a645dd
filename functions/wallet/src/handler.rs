use axum::extract::State;
use axum::{Router, routing};
use evens_contracts::{Data, LedgerAnswer, WalletBody};
use evens_http::{Answer, Caller, PageCursor, Refusal};
use evens_runtime::Context;

const PAGE: u16 = 50;

pub fn router() -> Router<Context> {
    Router::new()
        .route("/api/wallet", routing::get(read_wallet))
        .route("/api/wallet/ledger", routing::get(list_entries))
}

async fn read_wallet(
    State(context): State<Context>,
    caller: Caller,
) -> Result<Answer<Data<WalletBody>>, Refusal> {
    Ok(Answer::ok(Data::<WalletBody>::from(&context.store.load_wallet(caller.user).await?)))
}

async fn list_entries(
    State(context): State<Context>,
    caller: Caller,
    PageCursor(cursor): PageCursor,
) -> Result<Answer<LedgerAnswer>, Refusal> {
    let before = cursor.map(|cursor| cursor.before);
    let entries = context.store.list_entries(caller.user, before, PAGE).await?;
    let bets = context.store.bets_of_entries(&entries).await?;
    Ok(Answer::ok(LedgerAnswer::new(&entries, &bets)))
}
