//! Jackpots under faults: a contribution is retried a limited number of times and happens once. A read of a pool while
//! a win begins never returns a state that did not exist.

use super::script::{Fault, Script};
use crate::books;
use crate::engine::{Engine, plain_http};
use crate::jackpots::{MINOR, award, contributed, contribution, load_totals, opened, wanted};
use crate::scenario::{amount, second};
use aws_sdk_dynamodb::config::{HttpClient, RuntimeComponents, SharedHttpClient};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use evens_jackpots::{AwardRefusal, ContributeOutcome, MeterCount};
use evens_store::{Retries, Store, StoreError};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const METERS: u8 = MeterCount::PRODUCTION.get();

fn conflict() -> Fault {
    Fault::cancelled(&["TransactionConflict", "None"])
}

#[tokio::test]
async fn a_contribution_is_tried_three_more_times_and_no_more() {
    let made = |is_replay| Ok(is_replay);
    #[rustfmt::skip]
    let table = [
        // the faults,              then,                          requests, in the pool
        (vec![conflict(); 3],       made(false),                   4,        "1300"),
        (vec![conflict(); 4],       Err(StoreError::Contended),    4,        "1000"),
        // The answer was lost. The retry finds the contribution.
        (vec![Fault::ResetAfter],   made(true),                    2,        "1300"),
    ];
    for (faults, then, requests, held) in table {
        let engine = Engine::direct().await;
        opened(&engine.store).await;
        let script = Script::of("TransactWriteItems", &faults);
        let retries = Retries { pause: Duration::from_millis(1), attempts_max: Some(3) };
        let store = engine.through(script.http()).retrying(retries);
        let asked = contribution("op-1", ["400", "0", "0"]);
        let came = store.contribute_jackpot(&asked, None).await.map(|outcome| match outcome {
            ContributeOutcome::Contributed { is_replay, .. } => is_replay,
            other => panic!("{faults:?}: {other:?}"),
        });
        assert_eq!(format!("{came:?}"), format!("{then:?}"), "{faults:?}");
        assert_eq!(script.requests(), requests, "{faults:?}");
        assert_eq!(load_totals(&engine.store, MINOR).await.amount, amount(held), "{faults:?}");
        // A repeat makes the contribution, or finds it.
        let again = contributed(&engine.store, "op-1", ["400", "0", "0"]).await;
        assert!(matches!(again, ContributeOutcome::Contributed { .. }), "{again:?}");
        assert_eq!(load_totals(&engine.store, MINOR).await.amount, amount("1300"), "{faults:?}");
        books::check(&engine.store).await;
    }
}

/// A partial win begins and collects all meters after the pool is read and before the meters are.
#[tokio::test]
async fn a_win_that_begins_while_a_pool_is_added_up_hides_nothing_of_it() {
    let engine = Engine::direct().await;
    opened(&engine.store).await;
    contributed(&engine.store, "op-1", ["400", "0", "0"]).await;
    let totals = interrupted(&engine).load_jackpot_totals().await.unwrap();
    assert_eq!(totals.minor.map(|totals| totals.amount), Some(amount("1300")));
}

/// The refusal names the other win, rather than a pool that is too small.
#[tokio::test]
async fn a_win_that_begins_while_another_is_asked_for_is_named() {
    let engine = Engine::direct().await;
    opened(&engine.store).await;
    contributed(&engine.store, "op-1", ["400", "0", "0"]).await;
    let asked = wanted("other", 2, Some("1150"));
    let refused = award(&interrupted(&engine), &asked, 700, "100000000").await;
    assert!(matches!(refused, Err(AwardRefusal::Held(_))), "{refused:?}");
}

/// The same table, except that a win begins and collects all meters before the second batch is read.
fn interrupted(engine: &Engine) -> Store {
    let (store, batches, real) = (engine.store.clone(), Arc::default(), plain_http());
    engine.through(SharedHttpClient::new(InterruptedClient { store, batches, real }))
}

#[derive(Debug, Clone)]
struct InterruptedClient<Real> {
    store: Store,
    batches: Arc<AtomicUsize>,
    real: Real,
}

impl HttpClient for InterruptedClient<SharedHttpClient> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let real = self.real.http_connector(settings, components);
        SharedHttpConnector::new(InterruptedClient {
            store: self.store.clone(),
            batches: self.batches.clone(),
            real,
        })
    }
}

impl HttpConnector for InterruptedClient<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let is_batch = request.headers().get("x-amz-target").is_some_and(|of| of.ends_with(".BatchGetItem"));
        let is_second = is_batch && self.batches.fetch_add(1, Ordering::Relaxed) == 1;
        let (store, real) = (self.store.clone(), self.real.clone());
        HttpConnectorFuture::new(async move {
            if is_second {
                award(&store, &wanted("part", 1, Some("100")), 700, "100000000").await.unwrap();
                store.collect_jackpot_meters(MINOR, 0..METERS, second(5)).await.unwrap();
            }
            real.call(request).await
        })
    }
}
