//! `evens user list`.

use crate::cli::{RoleArg, UserListArgs};
use crate::commands::text_table::text_table;
use crate::commands::{cannot_read, output};
use crate::commands::{moment, plural};
use evens_contracts::Time;
use evens_players::{Account, UserName};
use evens_records::Record;
use evens_runtime::StartError;
use evens_store::Store;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The newest accounts that match. Memory is bounded, however many accounts there are.
pub(super) async fn list(store: &Store, args: &UserListArgs) -> Result<String, StartError> {
    let role = args.role.map(RoleArg::role);
    let fits = |account: &Account| {
        role.is_none_or(|role| account.role == role) && (!args.blocked || account.is_blocked)
    };
    let (mut newest, mut count, mut unreadable) = (BTreeMap::new(), 0_usize, 0_usize);
    let scanned = store.scan(|record| match record {
        Ok(Record::Account(account)) if fits(&account) => {
            count += 1;
            newest.insert((account.created_at, account.user), account);
            if newest.len() > args.limit {
                newest.pop_first();
            }
        }
        Ok(_) => {}
        Err(_) => unreadable += 1,
    });
    scanned.await.map_err(cannot_read)?;
    if unreadable > 0 {
        output::note(format_args!(
            "warning: {} cannot be read; `evens verify` shows the first",
            plural(unreadable, "item of the table")
        ));
    }
    let accounts: Vec<_> = newest.into_values().rev().collect();
    if args.shared.json {
        let users: Vec<_> = accounts.iter().map(json_account).collect();
        return Ok(format!("{}\n", json!({ "count": count, "users": users })));
    }
    if accounts.len() < count {
        output::note(format_args!(
            "Showing the newest {} of {count}; raise --limit for more.",
            accounts.len()
        ));
    }
    if accounts.is_empty() {
        output::note("No matching accounts.");
    }
    Ok(table(&accounts))
}

pub(super) fn json_account(account: &Account) -> Value {
    json!({
        "userId": account.user.number(),
        "phoneNo": account.phone.as_str(),
        "userName": account.name.as_ref().map(UserName::as_str),
        "role": account.role.as_str(),
        "isBlocked": account.is_blocked,
        "createdAt": Time::from(account.created_at),
        "lastLoginAt": account.last_login.as_ref().map(|login| Time::from(login.at)),
    })
}

fn table(accounts: &[Account]) -> String {
    let heads = ["id", "phone", "name", "role", "blocked", "registered", "last login"];
    text_table(heads, accounts.iter().map(row))
}

fn row(account: &Account) -> [String; 7] {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    [
        account.user.to_string(),
        account.phone.to_string(),
        or_dash(account.name.as_ref().map(UserName::to_string)),
        account.role.to_string(),
        if account.is_blocked { "yes" } else { "no" }.to_owned(),
        moment(account.created_at),
        or_dash(account.last_login.as_ref().map(|login| moment(login.at))),
    ]
}
