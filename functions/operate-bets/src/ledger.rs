//! `GET /api/operator/ledger`: ledger entries by key or by subject, and contributions to jackpots.

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use axum::{Router, routing};
use evens_contracts::{FilterText, FoundEntriesAnswer, Problem};
use evens_http::{Answer, Refusal, Staff, parse_parameter};
use evens_ledger::UserId;
use evens_runtime::Context;
use evens_store::EntryName;

pub(crate) fn router() -> Router<Context> {
    Router::new().route("/api/operator/ledger", routing::get(find))
}

/// The search terms. As an extractor it rejects invalid parameters with `422`.
struct LedgerQuery {
    name: EntryName,
    user: Option<UserId>,
}

impl<S: Sync> FromRequestParts<S> for LedgerQuery {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let key = parse_parameter(&parts.uri, "key")?.map(|FilterText(text)| EntryName::Key(text));
        let reference = parse_parameter(&parts.uri, "reference")?;
        let reference = reference.map(|FilterText(text)| EntryName::Reference(text));
        let user = parse_parameter(&parts.uri, "user")?;
        match (key, reference) {
            (Some(name), None) | (None, Some(name)) => Ok(Self { name, user }),
            (None, None) => Err(Problem::invalid("key", "is missing, and so is reference").into()),
            (Some(_), Some(_)) => Err(Problem::invalid("reference", "cannot be combined with key").into()),
        }
    }
}

async fn find(
    State(context): State<Context>,
    Staff(_): Staff,
    LedgerQuery { name, user }: LedgerQuery,
) -> Result<Answer<FoundEntriesAnswer>, Refusal> {
    let found = context.store.find_entries(&name, user).await?;
    let bets = context.store.bets_of_entries(&found.entries).await?;
    let (transfer, contribution) = (found.transfer.as_ref(), found.contribution.as_ref());
    let (entries, searched) = (&found.entries, found.searched);
    let answer = FoundEntriesAnswer::new(entries, &bets, transfer, contribution, searched, found.is_complete);
    Ok(Answer::ok(answer))
}
