//! A table per test with funded players, and helpers that change it directly.

use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_dynamodb::types::Select;
use evens_doubles::EmbeddedTable;
use evens_draws::Seed;
use evens_games::{Period, PeriodId, PeriodStateName, ShardCount};
use evens_ledger::UserId;
use evens_runtime::{Clock, Context, JobDone, JobError, ScheduleHandler, Settings};
use evens_store::FundOutcome;
use evens_verify::Verifier;
use jiff::Timestamp;
use jiff::tz::Offset;
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

    /// Plays a period without bets, as the clock does.
    pub(crate) async fn play_idle(&self, id: PeriodId) {
        let (store, seed) = (&self.context.store, Seed::from_bytes([7; 32]));
        let open = Period::open(id, Offset::UTC, seed.hash(), ShardCount::ONE_PER_LANE);
        let times = open.times;
        store.open_period(open.clone(), &seed).await.expect("the table");
        let closing = open.close(times.closes_at).expect("it closes");
        let closing = store.move_period(&open, closing).await.expect("the table").into_period();
        let closed = store.close_period(&closing, times.closes_at).await.expect("the table");
        let drawn = closed.draw(seed, times.ends_at).expect("a draw").ended_if_empty();
        let ended = store.draw_period(&closed, drawn).await.expect("the table").into_period();
        assert_eq!(ended.state.name(), PeriodStateName::Settled);
    }

    /// Number of items in the table.
    pub(crate) async fn items(&self) -> i32 {
        let scan = self.table.client().scan().table_name(EmbeddedTable::NAME).select(Select::Count);
        scan.send().await.expect("the table").count
    }

    /// The size of the largest item of a kind in bytes, as DynamoDB counts it: names, texts, and about half of the
    /// digits of numbers.
    pub(crate) async fn size_of(&self, kind: &str) -> usize {
        let scan =
            self.table.client().scan().table_name(EmbeddedTable::NAME).send().await.expect("the table");
        let kind = AttributeValue::S(kind.to_owned());
        let size = |item: &Item| {
            let size = |(name, value): (&String, &AttributeValue)| match value {
                AttributeValue::N(digits) => name.len() + digits.len() / 2 + 2,
                AttributeValue::S(text) => name.len() + text.len(),
                other => panic!("{name} is {other:?}"),
            };
            item.iter().map(size).sum::<usize>()
        };
        scan.items().iter().filter(|item| item.get("kind") == Some(&kind)).map(size).max().expect("an item")
    }

    /// The partition keys of the items of a kind with this sort key.
    pub(crate) async fn keys_of(&self, kind: &str, sort: &str) -> Vec<String> {
        let scan =
            self.table.client().scan().table_name(EmbeddedTable::NAME).send().await.expect("the table");
        let is = |item: &Item, name: &str, value: &str| {
            item.get(name) == Some(&AttributeValue::S(value.to_owned()))
        };
        let items = scan.items().iter().filter(|item| is(item, "kind", kind) && is(item, "sk", sort));
        items.filter_map(|item| item["pk"].as_s().ok().cloned()).collect()
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
