//! The switches of the stage, as a process knows them.

use evens_audit_log::Actor;
use evens_doubles::EmbeddedTable;
use evens_runtime::{Context, Settings, StageSwitches};
use evens_store::CapacityMeter;
use evens_switches::{SetSwitch, SwitchName, SwitchState};
use std::time::Duration;

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
    futures::future::join_all((0..100).map(|_| stopped(&metered))).await;
    assert_eq!(meter.take().calls, 1);
}
