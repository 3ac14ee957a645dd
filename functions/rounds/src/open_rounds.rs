//! `GET /api/rounds`: the open rounds, page by page. Pages are remembered for a moment: many look at one list, and the
//! table is asked once for all of them.

use crate::handler::load_totals;
use crate::recent_totals::RecentTotals;
use axum::Extension;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderName, HeaderValue};
use evens_contracts::{Data, RoundBody, RoundCursor, RoundListAnswer};
use evens_exchange::{Round, RoundPlace};
use evens_http::{Answer, PageCursor, Refusal, Visitor};
use evens_runtime::Context;
use evens_store::{CountedTotals, StoreError};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::OnceCell;

/// How many rounds a page has.
const PAGE: u16 = 50;

/// How many rounds are added up side by side.
const ADDED_UP_AT_ONCE: usize = 8;

/// For how long a page is good, from when its reading began.
const KEPT: SignedDuration = SignedDuration::from_secs(2);
const TWO_SECONDS: HeaderValue = HeaderValue::from_static("public, max-age=2");

/// The pages that were read just now, by the place after which they start.
#[derive(Debug, Default)]
pub(crate) struct RecentPages(Mutex<HashMap<Option<RoundPlace>, PageRead>>);

/// A page that is being read, or was.
#[derive(Debug, Clone)]
struct PageRead {
    began: Timestamp,
    page: Arc<OnceCell<RoundListAnswer>>,
}

pub(crate) async fn list(
    State(context): State<Context>,
    Extension(pages): Extension<Arc<RecentPages>>,
    Extension(totals): Extension<Arc<RecentTotals>>,
    _: Visitor,
    PageCursor(cursor): PageCursor<RoundCursor>,
) -> Result<([(HeaderName, HeaderValue); 1], Answer<RoundListAnswer>), Refusal> {
    let after = cursor.map(|cursor| cursor.after);
    let page = pages.reading(after.clone(), context.clock.now());
    let page = page.get_or_try_init(|| read(&context, &totals, after)).await?;
    Ok(([(CACHE_CONTROL, TWO_SECONDS)], Answer::ok(page.clone())))
}

async fn read(
    context: &Context,
    totals: &RecentTotals,
    after: Option<RoundPlace>,
) -> Result<RoundListAnswer, StoreError> {
    let page = context.store.list_open_rounds(context.clock.now(), after.as_ref(), PAGE).await?;
    let add_up = async |round: Round| {
        let load = async || load_totals(context, &round.id).await;
        let CountedTotals { totals, as_of } = totals.of(&round.id, &context.clock, load).await?;
        Ok::<_, StoreError>(Data::<RoundBody>::new(&round, &totals, as_of))
    };
    let rounds = stream::iter(page.rounds).map(add_up).buffered(ADDED_UP_AT_ONCE);
    Ok(RoundListAnswer::new(rounds.try_collect().await?, page.next_after))
}

impl RecentPages {
    /// The page after that place, read by its first caller. Forgets pages that are too old.
    fn reading(&self, after: Option<RoundPlace>, now: Timestamp) -> Arc<OnceCell<RoundListAnswer>> {
        let mut readings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A negative age: the clock was put back.
        let is_good =
            |reading: &PageRead| (SignedDuration::ZERO..KEPT).contains(&now.duration_since(reading.began));
        readings.retain(|_, reading| is_good(reading));
        let new = || PageRead { began: now, page: Arc::default() };
        Arc::clone(&readings.entry(after).or_insert_with(new).page)
    }
}

#[cfg(test)]
mod tests {
    use super::{RecentPages, RoundListAnswer};
    use jiff::Timestamp;

    #[test]
    fn a_page_is_good_for_two_seconds() {
        let pages = RecentPages::default();
        let at = |ms: i64| pages.reading(None, Timestamp::from_millisecond(ms).unwrap());
        let answer = RoundListAnswer { data: Vec::new(), next_cursor: None };
        at(5_000).set(answer).unwrap();
        let rows = [(6_999, true), (5_000, true), (7_000, false), (4_999, false)];
        assert_eq!(rows.map(|(ms, _)| (ms, at(ms).initialized())), rows);
    }
}
