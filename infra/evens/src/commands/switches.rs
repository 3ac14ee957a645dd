//! `evens switches`: the same as the operators' routes, for an operator with access to the table.

use crate::cli::{SetSwitchArgs, SwitchListArgs, SwitchesArgs, SwitchesCommand};
use crate::commands::operator::{record, signed_reason};
use crate::commands::output;
use crate::commands::text_table::text_table;
use crate::commands::{cannot_read, moment};
use crate::home::{Home, OpenMode};
use evens_audit_log::Actor;
use evens_contracts::SwitchListAnswer;
use evens_runtime::{Clock, StartError};
use evens_store::StoreError;
use evens_switches::{SetSwitch, SetSwitchOutcome, SwitchName, Switches};
use serde_json::json;
use std::process::ExitCode;

pub(crate) async fn run(args: SwitchesArgs) -> Result<ExitCode, StartError> {
    match args.command {
        SwitchesCommand::List(args) => list(&args).await?,
        SwitchesCommand::Set(args) => {
            let home = Home::open(&args.home.data, OpenMode::Beside).await?;
            let done = set(&home, &args).await;
            home.close().await;
            output::line(done?);
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(args: &SwitchListArgs) -> Result<(), StartError> {
    let home = Home::open(&args.home.data, OpenMode::Beside).await?;
    let read = load(&home).await;
    home.close().await;
    let switches = read?;
    if args.json {
        output::line(json!(SwitchListAnswer::from(&switches)));
    } else {
        output::data(table(&switches));
    }
    Ok(())
}

async fn load(home: &Home) -> Result<Switches, StartError> {
    let store = home.context(home.settings.clone()).await?.store;
    store.load_switches().await.map_err(cannot_read)
}

fn table(switches: &Switches) -> String {
    let row = |name: &SwitchName| {
        let set = switches.set.get(name);
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        [
            name.to_string(),
            switches.state(*name).to_string(),
            or_dash(set.map(|switch| moment(switch.since))),
            or_dash(set.map(|switch| switch.by.to_string())),
            or_dash(set.map(|switch| switch.reason.clone())),
        ]
    };
    text_table(["switch", "state", "since", "by", "reason"], SwitchName::ALL.iter().map(row))
}

async fn set(home: &Home, args: &SetSwitchArgs) -> Result<String, StartError> {
    let (name, state) = (args.switch.name(), args.state.state());
    let store = home.context(home.settings.clone()).await?.store;
    let request = SetSwitch { name, state, by: Actor::CommandLine, reason: signed_reason(&args.reason) };
    match store.set_switch(&request, Clock::system().now()).await.map_err(unknown_result)? {
        SetSwitchOutcome::Set { .. } => {
            record(&format!("set the switch {name} to {state}"), &format!("switch={name} state={state}"));
            Ok(format!("Set the switch {name} to {state}. All processes follow within seconds."))
        }
        SetSwitchOutcome::SetBefore(_) => {
            Ok(format!("The switch {name} is already {state}. Nothing changed."))
        }
    }
}

fn unknown_result(error: StoreError) -> StartError {
    let hint = "repeat the command; a repeat is harmless";
    StartError::new("it is unknown whether the switch was set", hint).caused_by(error)
}
