//! `evens ledger`: finds entries by key or reference, and the contributor to a jackpot.

use crate::cli::LedgerArgs;
use crate::commands::text_table::text_table;
use crate::commands::{cannot_read, output};
use crate::home::{Home, OpenMode};
use evens_contracts::FoundEntriesAnswer;
use evens_jackpots::Contribution;
use evens_runtime::StartError;
use evens_store::{EntryName, FoundEntries, Store, StoreError};
use serde_json::json;
use std::process::ExitCode;

pub(crate) async fn run(args: LedgerArgs) -> Result<ExitCode, StartError> {
    let home = Home::open(&args.home.data, OpenMode::Beside).await?;
    let found = look(&home, &args).await;
    home.close().await;
    output::line(found?);
    Ok(ExitCode::SUCCESS)
}

async fn look(home: &Home, args: &LedgerArgs) -> Result<String, StartError> {
    let store = home.context(home.settings.clone()).await?.store;
    let name = match (&args.key, &args.reference) {
        (Some(key), _) => EntryName::Key(key.clone()),
        (None, reference) => EntryName::Reference(reference.clone().unwrap_or_default()),
    };
    let found = store.find_entries(&name, args.user).await.map_err(cannot_read)?;
    // The contributor chooses the id, so a contribution must not hide an entry with the same id.
    if let (true, false, Some(contribution)) = (found.entries.is_empty(), args.json, &found.contribution) {
        return Ok(contribution_text(contribution));
    }
    if found.searched.is_none() && found.transfer.is_none() && found.contribution.is_none() {
        let hint = "name the user with --user";
        return Err(StartError::new("the user of these entries is unknown", hint));
    }
    if args.json { json_of(&store, &found).await.map_err(cannot_read) } else { Ok(text_of(&found)) }
}

fn contribution_text(contribution: &Contribution) -> String {
    let Contribution { operation, at, .. } = contribution;
    let moved = contribution.transfers().into_iter().map(|transfer| {
        let (key, from, to, amount) = (&transfer.key, &transfer.from, &transfer.to, transfer.amount);
        format!("\nThe transfer {key} moved {amount} from {from} to {to}.")
    });
    let by = match contribution.by {
        Some(user) => format!("user {user}"),
        None if operation.is_of_play() => "the bets of a period".to_owned(),
        None => "an unrecorded user".to_owned(),
    };
    format!("The contribution {operation} was made at {at} by {by}.{}", moved.collect::<String>())
}

async fn json_of(store: &Store, found: &FoundEntries) -> Result<String, StoreError> {
    let FoundEntries { entries, transfer, contribution, searched, is_complete } = found;
    let bets = store.bets_of_entries(entries).await?;
    let (transfer, contribution) = (transfer.as_ref(), contribution.as_ref());
    let answer = FoundEntriesAnswer::new(entries, &bets, transfer, contribution, *searched, *is_complete);
    Ok(json!(answer).to_string())
}

fn text_of(found: &FoundEntries) -> String {
    if !found.is_complete {
        output::note("warning: the ledger is too long to search completely");
    }
    if let Some(transfer) = &found.transfer {
        let (key, from, to, amount) = (&transfer.key, &transfer.from, &transfer.to, transfer.amount);
        return format!("The transfer {key} moved {amount} from {from} to {to} at {}.", transfer.at);
    }
    if found.entries.is_empty() {
        output::note("No matching entries.");
    }
    let heads = ["user", "number", "key", "type", "purse", "amount", "account", "balance after", "at"];
    let rows = found.entries.iter().map(|entry| {
        [
            entry.user.to_string(),
            entry.number.to_string(),
            entry.key.to_string(),
            entry.kind.as_str().to_owned(),
            entry.balance_kind.as_str().to_owned(),
            entry.amount.to_string(),
            entry.account.to_string(),
            entry.balance_after.to_string(),
            entry.at.to_string(),
        ]
    });
    text_table(heads, rows).trim_end().to_owned()
}
