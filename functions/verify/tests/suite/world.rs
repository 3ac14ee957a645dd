//! A table per test with funded players, and helpers that change it directly.

use aws_sdk_dynamodb::types::AttributeValue;
use evens_doubles::EmbeddedTable;
use evens_ledger::UserId;
use evens_runtime::{Clock, Context, JobDone, JobError, ScheduleHandler, Settings};
use evens_store::FundOutcome;
use evens_verify::Verifier;
use jiff::Timestamp;
use std::collections::HashMap;

/// A raw item of the table.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// The context of a test. Dropping it removes the table.
pub(crate) struct World {
    pub(crate) context: Context,
    pub(crate) table: EmbeddedTable,
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

impl World {
    pub(crate) async fn new() -> Self {
        let table = EmbeddedTable::start().await;
        Self { context: table.context(Settings::local()).await, table }
    }

    /// Funds a player with 10.
    pub(crate) async fn fund(&self, player: u64, order: &str, now: &str) {
        let (user, amount) = (UserId::new(player).expect("a user"), "10".parse().expect("an amount"));
        let funded = self.context.store.fund_wallet(user, amount, order, at(now)).await;
        assert!(matches!(funded, Ok(FundOutcome::Funded(_))), "{funded:?}");
    }

    /// Runs the verifier at that time.
    pub(crate) async fn run(&self, verifier: Verifier, now: &str) -> Result<JobDone, JobError> {
        let context = Context { clock: Clock::fixed(at(now)), ..self.context.clone() };
        verifier.run(&context, at(now)).await
    }

    /// The value of a metric in Prometheus format.
    pub(crate) fn metric(&self, name: &str) -> Option<String> {
        let text = self.context.metrics.prometheus();
        text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ').map(str::to_owned))
    }

    pub(crate) async fn item(&self, pk: &str, sk: &str) -> Option<Item> {
        let request =
            self.table.client().get_item().table_name(EmbeddedTable::NAME).set_key(Some(key(pk, sk)));
        request.send().await.expect("the table").item
    }

    pub(crate) async fn put(&self, item: Item) {
        self.table
            .client()
            .put_item()
            .table_name(EmbeddedTable::NAME)
            .set_item(Some(item))
            .send()
            .await
            .expect("the table");
    }

    pub(crate) async fn delete(&self, pk: &str, sk: &str) {
        self.table
            .client()
            .delete_item()
            .table_name(EmbeddedTable::NAME)
            .set_key(Some(key(pk, sk)))
            .send()
            .await
            .expect("the table");
    }
}

fn key(pk: &str, sk: &str) -> Item {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    Item::from([("pk".to_owned(), text(pk)), ("sk".to_owned(), text(sk))])
}
