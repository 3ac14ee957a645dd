//! Contributions that could not be made in time are made here, once, even if the client repeats them.

use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::{Client, Config};
use evens_contracts::{ContributeJob, JackpotsJob};
use evens_doubles::embedded;
use evens_engines::Engines;
use evens_jackpot_win::handle;
use evens_jackpots::{ByGroup, ContributeOutcome, JackpotGroup, JackpotTerms, UpdateConfig, contribute};
use evens_ledger::{Amount, UserId};
use evens_runtime::{Context, JobDone, Settings};
use evens_store::{Store, migrate};

const TABLE: &str = "evens-test";
const OPERATOR: u64 = 700;

fn amount(text: &str) -> Amount {
    text.parse().expect("an amount")
}

fn terms() -> JackpotTerms {
    let rates = ["0.003", "0.001"].map(|rate| rate.parse().expect("a rate"));
    JackpotTerms::new(amount("1000"), rates[0], rates[1], amount("1000000"), None).expect("terms")
}

/// A table per test with an open minor jackpot.
async fn started() -> (Context, Engines) {
    let engines = Engines::start(None).await.expect("engines");
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("local"))
        .endpoint_url(engines.dynamodb_url())
        .http_client(engines.http_client())
        .credentials_provider(Credentials::new(engines.access_key(), "any", None, None, "test"));
    let table = Client::from_conf(config.build());
    migrate(&table, TABLE).await.expect("a table");
    let store = Store::new(table, TABLE.to_owned());
    let update = UpdateConfig { group: JackpotGroup::Minor, expected_version: 0, terms: terms() };
    evens_doubles::agree_on_terms(&store, &update, evens_doubles::now()).await;
    let (_, queues) = embedded::queues().await;
    (evens_doubles::context_of(store, queues, &evens_doubles::signer(), Settings::local()), engines)
}

fn job(operation: &str, minor: &str) -> JackpotsJob {
    let zero = || Amount::ZERO.into();
    let (operation, minor) = (operation.to_owned(), amount(minor).into());
    let by = Some(UserId::new(OPERATOR).expect("a user"));
    JackpotsJob::Contribute(ContributeJob { operation, minor, major: zero(), mega: zero(), by })
}

async fn held(context: &Context) -> Amount {
    let standings = context.store.load_jackpot_totals().await.expect("the table");
    standings.minor.expect("it is open").amount
}

#[tokio::test]
async fn a_queued_contribution_is_made_once_and_its_sender_finds_it() {
    let (context, _engines) = started().await;
    for done in ["contributed", "contributed before"] {
        let said = handle(&context, job("op-1", "4"), evens_doubles::now()).await.expect("done");
        assert_eq!(said, JobDone(done));
        assert_eq!(held(&context).await, amount("1003"));
    }
    // The same contribution, as made by a repeated request.
    let amounts = ByGroup { minor: amount("4"), ..ByGroup::default() };
    let open = ByGroup { minor: Some(terms()), ..ByGroup::default() };
    let again = contribute("op-1".parse().expect("an id"), &amounts, &open, evens_doubles::now());
    let made = context.store.contribute_jackpot(&again.expect("it is open"), None).await.expect("the table");
    assert!(matches!(made, ContributeOutcome::Contributed { is_replay: true, .. }), "{made:?}");
    assert_eq!(held(&context).await, amount("1003"));
}

/// Only stakes may bring a jackpot to its limit. A contribution accepted before the limit existed needs a person.
#[tokio::test]
async fn a_queued_contribution_to_a_jackpot_that_has_a_limit_by_then_is_given_up() {
    let (context, _engines) = started().await;
    handle(&context, job("op-1", "4"), evens_doubles::now()).await.expect("done");
    let (of, limit) = (terms(), Some(amount("5000")));
    let limited =
        JackpotTerms::new(of.start(), of.rate(), of.reserve_rate(), of.odds(), limit).expect("terms");
    let update = UpdateConfig { group: JackpotGroup::Minor, expected_version: 1, terms: limited };
    evens_doubles::agree_on_terms(&context.store, &update, evens_doubles::now()).await;
    let failure = handle(&context, job("op-2", "4"), evens_doubles::now()).await.unwrap_err();
    assert!(!failure.is_retryable(), "{failure:?}");
    let again = handle(&context, job("op-1", "4"), evens_doubles::now()).await.expect("made before");
    assert_eq!((again, held(&context).await), (JobDone("contributed before"), amount("1003")));
}

#[tokio::test]
async fn another_contribution_of_that_id_is_given_up() {
    let (context, _engines) = started().await;
    handle(&context, job("op-1", "4"), evens_doubles::now()).await.expect("done");
    let failure = handle(&context, job("op-1", "5"), evens_doubles::now()).await.unwrap_err();
    assert!(!failure.is_retryable(), "{failure:?}");
    assert_eq!(held(&context).await, amount("1003"));
}
