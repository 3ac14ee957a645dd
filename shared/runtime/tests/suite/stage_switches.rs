//! The switches of the stage, as a process knows them.

use evens_audit_log::Actor;
use evens_doubles::EmbeddedTable;
use evens_runtime::{Context, Settings, StageSwitches};
use evens_store::{CapacityMeter, Store};
use evens_switches::{SetSwitch, SwitchName, SwitchState};
use evens_table::{
    Answer, Delete, Failure, FoundBatch, Get, Item, Page, Put, Query, ReturnValues, Scan, Table, Update,
    Write,
};
use futures::future::join_all;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::Instant;

async fn set(context: &Context, state: SwitchState) {
    let (by, reason) = (Actor::CommandLine, "an incident".to_owned());
    let request = SetSwitch { name: SwitchName::Bets, state, by, reason };
    context.store.set_switch(&request, context.clock.now()).await.expect("the table");
}

async fn stopped(context: &Context) -> Option<SwitchName> {
    context.stopped_by(SwitchName::Bets).await.expect("the table")
}

/// Lets time pass, without waiting.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

#[tokio::test]
async fn a_process_follows_a_switch_within_its_age() {
    let table = EmbeddedTable::start().await;
    let context = table.context(Settings::local()).await;
    assert_eq!(stopped(&context).await, None);
    set(&context, SwitchState::Off).await;
    pass(StageSwitches::AGE_MAX / 2).await;
    assert_eq!(stopped(&context).await, None, "the copy is not old yet");
    pass(StageSwitches::AGE_MAX / 2).await;
    assert_eq!(stopped(&context).await, Some(SwitchName::Bets));
    set(&context, SwitchState::On).await;
    assert_eq!(stopped(&context).await, Some(SwitchName::Bets));
    context.switches.forget().await;
    assert_eq!(stopped(&context).await, None);
}

/// A process of many requests reads the switches once for all of them.
#[tokio::test]
async fn requests_at_once_read_the_switches_once() {
    let table = EmbeddedTable::start().await;
    let context = table.context(Settings::local()).await;
    let meter = CapacityMeter::default();
    let metered = Context { store: context.store.clone().metered(meter.clone()), ..context };
    join_all((0..100).map(|_| stopped(&metered))).await;
    assert_eq!(meter.take().calls, 1);
}

/// A table that lets a call wait for [`SilentTable::TIMEOUT`], and then fails it.
#[derive(Debug, Default)]
struct SilentTable {
    calls: AtomicUsize,
}

impl SilentTable {
    const TIMEOUT: Duration = Duration::from_secs(5);

    fn fail<T: Send + 'static>(&self) -> Answer<'_, T> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        Box::pin(async {
            tokio::time::sleep(Self::TIMEOUT).await;
            Err(Failure::NoAnswer("no answer".into()))
        })
    }
}

impl Table for SilentTable {
    fn get(&self, _: Get, _: bool) -> Answer<'_, Option<Item>> {
        self.fail()
    }

    fn get_batch(&self, _: Vec<Item>, _: bool) -> Answer<'_, FoundBatch> {
        self.fail()
    }

    fn get_at_once(&self, _: Vec<Item>, _: bool) -> Answer<'_, Vec<Option<Item>>> {
        self.fail()
    }

    fn query(&self, _: Query, _: bool) -> Answer<'_, Page> {
        self.fail()
    }

    fn scan(&self, _: Scan, _: bool) -> Answer<'_, Page> {
        self.fail()
    }

    fn put(&self, _: Put, _: bool) -> Answer<'_, ()> {
        self.fail()
    }

    fn update(&self, _: Update, _: ReturnValues, _: bool) -> Answer<'_, Item> {
        self.fail()
    }

    fn delete(&self, _: Delete, _: bool) -> Answer<'_, ()> {
        self.fail()
    }

    fn transact(&self, _: Vec<Write>, _: bool) -> Answer<'_, ()> {
        self.fail()
    }
}

#[tokio::test(start_paused = true)]
async fn requests_during_an_outage_share_one_failed_read() {
    let table = Arc::new(SilentTable::default());
    let store = Store::over(Arc::clone(&table) as Arc<dyn Table>);
    let switches = StageSwitches::default();
    let began = Instant::now();
    let answers = join_all((0..20).map(|_| switches.load(&store))).await;
    assert!(answers.iter().all(Result::is_err), "{answers:?}");
    assert_eq!((table.calls.load(Ordering::Relaxed), began.elapsed()), (1, SilentTable::TIMEOUT));
    assert!(switches.load(&store).await.is_err());
    assert_eq!(table.calls.load(Ordering::Relaxed), 2, "a later request reads again");
}
